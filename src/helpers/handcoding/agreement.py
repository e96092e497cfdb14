"""How far the coders agree, where they do not, and the gold file that follows."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from helpers import intervals, validity
from helpers.codebook import Codebook


@dataclass(frozen=True)
class Agreement:
    """`measures`: measure, code, value, ci_low, ci_high, n_units, note (why a value is not defined, else empty); the codings
    aligned on the sample's rows."""

    measures: pd.DataFrame
    statements: dict[str, np.ndarray]
    tools: dict[str, np.ndarray]


def align(sample: pd.DataFrame, coded: dict[str, pd.DataFrame]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Put each coder's rows in the order of the sample; what a coder left out is None."""
    statements, tools = {}, {}
    for coder, rows in coded.items():
        own = rows.set_index("unit").reindex(sample["unit"])
        said = [code if isinstance(code, str) else None for code in own["statement"]]
        statements[coder] = np.fromiter(said, dtype=object, count=len(said))
        sets = [frozenset(filter(None, cell.split(";"))) if isinstance(cell, str) else None for cell in own["tools"]]
        tools[coder] = np.fromiter(sets, dtype=object, count=len(sets))
    return statements, tools


def agree(
    sample: pd.DataFrame, coded: dict[str, pd.DataFrame], codebook: Codebook, n_bootstrap: int = 1000, seed: int = 0
) -> Agreement:
    """Measure the coders' agreement.

    Takes the sample and each coder's rows (unit, statement, tools), two coders or more. Measures: Krippendorff's α of the
    statement (nominal) and of the tool sets (MASI distance, Passonneau 2006), α of each statement and tool that any coder
    used, Cohen's κ of the statement for every two coders, percent agreement; each over the units that two coders coded, with
    a 95 % interval (`intervals.estimate`).
    Where all coders gave every unit one category, chance alone agrees wholly: α and κ are not defined; where one of two did, κ is
    0 and has no interval. `note` says so.
    One coder agrees with nobody: no rows.
    """
    statements, tools = align(sample, coded)
    columns = ["measure", "code", "value", "ci_low", "ci_high", "n_units", "note"]
    if len(coded) < 2:
        return Agreement(pd.DataFrame(columns=columns), statements, tools)
    drawn = intervals.draws(sample["source_file"].fillna(""), n_bootstrap, seed)
    rows = []

    def add(measure: str, code: str, codings: list, statistic, least: float) -> None:
        there = np.array([sum(own is not None for own in unit) > 1 for unit in zip(*codings, strict=True)])
        cut = [np.array(codes, dtype=object)[there] for codes in codings]
        chance = validity.by_chance(*cut) if least < 0 else 0.0
        found = intervals.estimate(lambda w: statistic(cut, w), np.ones(there.sum()), drawn.take(there), least, chance)
        one = measure == "kappa" and min(len(set(codes)) for codes in cut) == 1
        rows.append((measure, code, *found, n := int(there.sum()), _why_not(found[0], n, one)))

    sayings, sets = [*statements.values()], [*tools.values()]
    nominal = partial(_alpha, "nominal")
    add("alpha", "statement", sayings, nominal, -1.0)
    add("alpha", "tools", sets, partial(_alpha, "masi"), -1.0)
    for code in sorted({code for codes in sayings for code in codes if code is not None}):
        add("alpha", code, [_is(codes, code) for codes in sayings], nominal, -1.0)
    for tool in [t for t in codebook.tools if any(t in used for codes in sets for used in codes if used)]:
        add("alpha", tool, [_has(codes, tool) for codes in sets], nominal, -1.0)
    for a, b in combinations(statements, 2):
        pair, name = [statements[a], statements[b]], f"statement, {a} and {b}"
        add("kappa", name, pair, lambda two, w: validity.cohen_kappa(*two, w), -1.0)
        add("percent", name, pair, lambda two, w: validity.percent_agreement(*two, w), 0.0)
    return Agreement(pd.DataFrame(rows, columns=columns), statements, tools)


def _why_not(value: float, n: int, one: bool) -> str:
    if value == value:
        return "0 by definition: one coder gave all units the same code, so that they agree as chance would" if one else ""
    if n < 2:
        return "not defined: fewer than two units were coded by two coders"
    return "not defined: all units were given one and the same code, so that chance alone would agree wholly"


def _alpha(distance: str, codings: list, weights: np.ndarray) -> np.ndarray:
    return validity.krippendorff_alpha(codings, distance, weights)


def _is(codes: np.ndarray, code: str) -> list:
    return [None if own is None else own == code for own in codes]


def _has(codes: np.ndarray, tool: str) -> list:
    return [None if own is None else tool in own for own in codes]


def resolve(sample: pd.DataFrame, found: Agreement, decided: pd.DataFrame | None = None) -> pd.DataFrame:
    """Resolve the codings into the gold file's shape.

    What one coder alone coded is `single`. A unit on which all agree is `unanimous`; with three coders or more the majority
    of each judgement settles it (`majority`); `decided` (unit, statement, tools: what the team decided) settles the rest
    (`discussion`). Returns the gold columns: unit, source_file, county, year, heading, text, statement, tools, coder_1 …,
    resolved_by (empty where a unit is still open), inclusion_probability, document_probability.
    """
    decisions = {} if decided is None else {row.unit: (row.statement, row.tools) for row in decided.itertuples(index=False)}
    rows = []
    for i, unit in enumerate(sample["unit"]):
        sayings = [codes[i] for codes in found.statements.values()]
        sets = [codes[i] for codes in found.tools.values()]
        rows.append((*decisions[unit], "discussion") if unit in decisions else _settled(sayings, sets))
    out = sample.assign(statement=[r[0] for r in rows], tools=[r[1] for r in rows], resolved_by=[r[2] for r in rows])
    for number, coder in enumerate(found.statements, start=1):
        out[f"coder_{number}"] = coded_as(found)[coder]
    coders = [f"coder_{n}" for n in range(1, len(found.statements) + 1)]
    order = ["unit", "source_file", "county", "year", "heading", "text", "statement", "tools"]
    drawn = [name for name in ("inclusion_probability", "document_probability") if name in out]
    return out[[*order, *coders, "resolved_by", *drawn]]


def _settled(sayings: list, sets: list) -> tuple[str, str, str]:
    if any(code is None for code in sayings):
        return "", "", ""
    if len(set(sayings)) == 1 and len(set(sets)) == 1:
        return sayings[0], ";".join(sorted(sets[0])), "unanimous" if len(sayings) > 1 else "single"
    statement, votes = Counter(sayings).most_common(1)[0]
    if len(sayings) < 3 or 2 * votes <= len(sayings):
        return "", "", ""
    tools = Counter(tool for used in sets for tool in used)
    kept = sorted(tool for tool, n in tools.items() if 2 * n > len(sets))
    return statement, ";".join(kept) if statement in ("measure", "goal") else "", "majority"


def _cell(statement, tools) -> str:
    return "" if statement is None else f"{statement}|{';'.join(sorted(tools))}"


def coded_as(found: Agreement) -> dict[str, list[str]]:
    """Return what each coder said of each unit of the sample, as `statement|a;b`; empty where a unit is not coded."""
    return {
        coder: [_cell(s, t) for s, t in zip(found.statements[coder], found.tools[coder], strict=True)]
        for coder in found.statements
    }


def disagreements(sample: pd.DataFrame, found: Agreement, resolved: pd.DataFrame) -> pd.DataFrame:
    """List the units on which coders differ: unit, heading, text, each coder's codes, and how each was resolved."""
    codes = coded_as(found)
    table = sample[["unit", "source_file", "heading", "text"]].assign(**codes, resolved_by=resolved["resolved_by"].to_numpy())
    differ = pd.DataFrame(codes).nunique(axis=1) > 1
    return table[differ.to_numpy()].reset_index(drop=True)
