"""Scores by rubric: policy strength and completeness of design, each item from coded sentences, each with its sentence.

A rubric file (YAML) lists indices, their variables and the variables' items. An item holds when at least `min_units` units
meet all its conditions: `statement` (any of), `tools` (any of), `types` (any of), `pattern` (regular expression on the
sentence), `commitment` (kinds, any of), `actor` (true: a department is named), `horizon` ([from, to] years between the
document and the last year that it sets a target for), `form` (any of, on the document), `always`. Nothing is scored from a
bare keyword: `pattern` needs `statement` beside it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers.codebook import bounded
from helpers.compare.lengths import common_length, still_there

_CONDITIONS = {"statement", "tools", "types", "pattern", "commitment", "actor", "horizon", "form", "always", "min_units"}


class RubricError(ValueError):
    """A rubric file is broken; the message names the file, the entry and the reason."""


@dataclass(frozen=True)
class Rubrics:
    """A checked rubric file: `strength` variables with thresholds, `pmc` variables with items, as written."""

    id: str
    strength: list[dict]
    pmc: list[dict]


def load(path: str | Path) -> Rubrics:
    """Read and check a rubric file; raise RubricError with file, entry and reason."""
    path = Path(path)
    try:
        raw = bounded.read(path)
    except FileNotFoundError:
        raise RubricError(f"{path}: no such file; give the path of a rubric file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RubricError(f"{path.name}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict) or not {"id", "strength", "pmc"} <= set(raw):
        raise RubricError(f"{path.name}: must have the entries id, strength and pmc")
    for variable in raw["strength"]:
        _check_strength(path.name, variable)
    for variable in raw["pmc"]:
        _check_variable(path.name, variable)
    return Rubrics(str(raw["id"]), raw["strength"], raw["pmc"])


def _check_strength(file: str, variable: dict) -> None:
    missing = {"id", "en", "zh", "source"} - set(variable)
    if missing or not {"forms"} & set(variable) and not {"when", "per_100", "thresholds"} <= set(variable):
        raise RubricError(
            f"{file}, strength {variable.get('id', '?')}: must have id, en, zh, source and forms, or when and thresholds"
        )
    if "thresholds" in variable and (
        len(variable["thresholds"]) != 5 or sorted(variable["thresholds"]) != variable["thresholds"]
    ):
        raise RubricError(f"{file}, strength {variable['id']}: must have five rising thresholds, one for each score 1 to 5")
    if "when" in variable:
        _check_conditions(file, variable["id"], variable["when"])


def _check_variable(file: str, variable: dict) -> None:
    if not {"id", "en", "zh", "source", "items"} <= set(variable):
        raise RubricError(f"{file}, pmc {variable.get('id', '?')}: must have id, en, zh, source and items")
    for item in variable["items"]:
        if not {"id", "en", "zh", "when"} <= set(item):
            raise RubricError(f"{file}, pmc item {item.get('id', '?')}: must have id, en, zh and when")
        _check_conditions(file, item["id"], item["when"])


def _check_conditions(file: str, entry: str, when: dict) -> None:
    unknown = sorted(set(when) - _CONDITIONS)
    if unknown:
        raise RubricError(f"{file}, {entry}: unknown conditions {', '.join(unknown)}; known: {', '.join(sorted(_CONDITIONS))}")
    if "pattern" in when and "statement" not in when:
        raise RubricError(f"{file}, {entry}: a pattern needs a statement beside it, so that no bare keyword scores")
    try:
        re.compile(when.get("pattern", ""))
    except re.error as error:
        raise RubricError(f"{file}, {entry}: pattern is not a regular expression: {error}") from None


@dataclass(frozen=True)
class Evidence:
    """What the rubrics look at: units with their statement; tools, commitments and actors by unit; the documents."""

    units: pd.DataFrame
    unit_tools: pd.DataFrame
    commitments: pd.DataFrame
    actors: pd.DataFrame
    documents: pd.DataFrame

    def meets(self, when: dict) -> np.ndarray:
        """Tell, for each unit, whether it meets all conditions that can be read off a unit."""
        holds = np.ones(len(self.units), dtype=bool)
        if "statement" in when:
            holds &= self.units["statement"].isin(when["statement"]).to_numpy()
        for key, column in (("tools", "tool"), ("types", "tool_type")):
            if key in when:
                holds &= self._marked("unit_tools", self.unit_tools[column].isin(when[key]).to_numpy())
        if "commitment" in when:
            holds &= self._marked("commitments", self.commitments["kind"].isin(when["commitment"]).to_numpy())
        if when.get("actor"):
            holds &= self._marked("actors", slice(None))
        if "horizon" in when:
            holds &= self._marked(
                "commitments", (self._years_ahead >= when["horizon"][0]) & (self._years_ahead <= when["horizon"][1])
            )
        if "form" in when:
            fitting = self.documents["doc_form"].isin(when["form"]).to_numpy()
            holds &= np.append(fitting, False)[self.document]
        if "pattern" in when:
            rest = np.flatnonzero(holds)  # only what is still open is searched
            holds[rest] = self.units["text"].iloc[rest].str.contains(when["pattern"], regex=True, na=False).to_numpy(dtype=bool)
        return holds

    @cached_property
    def document(self) -> np.ndarray:
        """The place of each unit's document in `documents`; -1 where it is not there."""
        return pd.Index(self.documents["doc_id"]).get_indexer(self.units["doc_id"])

    @cached_property
    def _rows(self) -> dict[str, np.ndarray]:
        """The place of the unit of each row of the other tables: looked up once, not once an item."""
        places = pd.Index(self.units["unit_id"])
        return {name: places.get_indexer(getattr(self, name)["unit_id"]) for name in ("unit_tools", "commitments", "actors")}

    @cached_property
    def _years_ahead(self) -> np.ndarray:
        """How many years after its document each commitment falls due; NaN where one of them is unknown."""
        row = self._rows["commitments"]
        year = np.append(self.documents["year"].to_numpy(dtype=float, na_value=np.nan), np.nan)
        of_document = np.where(row >= 0, np.append(year[self.document], np.nan)[row], np.nan)
        return pd.to_numeric(self.commitments["year"], errors="coerce").to_numpy(dtype=float, na_value=np.nan) - of_document

    def _marked(self, table: str, rows) -> np.ndarray:
        """Mark the units of the chosen rows of a table."""
        out = np.zeros(len(self.units) + 1, dtype=bool)  # the last place takes the rows of other units
        out[self._rows[table][rows]] = True
        return out[:-1]


def tally(rubrics: Rubrics, evidence: Evidence) -> pd.DataFrame:
    """Count the units of each document that meet the conditions of each entry: doc_id, entry, n_hits, unit_id (the first).

    Entries are `measures`, the variables of strength and the items of the PMC index; pairs without a unit are left out.
    Documents do not depend on one another, so that a corpus may be tallied some documents at a time.
    """
    wanted = {"measures": {"statement": ["measure"]}}
    wanted |= {f"strength {variable['id']}": variable["when"] for variable in rubrics.strength if "when" in variable}
    wanted |= {f"pmc {item['id']}": item["when"] for variable in rubrics.pmc for item in variable["items"]}
    parts, entries = [], list(wanted)
    for number, when in enumerate(wanted.values()):
        hits = np.flatnonzero(evidence.meets(when) & (evidence.document >= 0)) if not when.get("always") else np.zeros(0, int)
        documents, first, n = np.unique(evidence.document[hits], return_index=True, return_counts=True)
        names, units = evidence.documents["doc_id"].iloc[documents], evidence.units["unit_id"].iloc[hits[first]]
        entry = pd.Categorical.from_codes(np.full(len(n), number), entries)  # millions of rows: a number each, not a text
        parts.append(pd.DataFrame({"doc_id": names.array, "entry": entry, "n_hits": n, "unit_id": units.array}))
    return pd.concat(parts, ignore_index=True)


def strength(rubrics: Rubrics, tallied: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Score each document's policy strength, 0 to 5 a variable.

    The form scores by a table; the other variables by how many of 100 measures meet the conditions, one point for each
    threshold reached. tallied: as `tally`. Returns doc_id, variable, rate (per 100 measures; empty for the form), score.
    """
    names, by_entry = documents["doc_id"], _by_entry(tallied, documents)
    measures, _ = by_entry("measures")
    parts = []
    for variable in rubrics.strength:
        if "forms" in variable:
            points = {form: score for score, forms in variable["forms"].items() for form in forms}
            score = documents["doc_form"].map(points).fillna(0)
            parts.append(pd.DataFrame({"doc_id": names, "variable": variable["id"], "rate": np.nan, "score": score}))
            continue
        hits, _ = by_entry(f"strength {variable['id']}")
        rate = np.divide(100 * hits, measures, out=np.zeros(len(names)), where=measures > 0)
        score = np.searchsorted(variable["thresholds"], rate, side="right").astype(float)
        parts.append(pd.DataFrame({"doc_id": names, "variable": variable["id"], "rate": rate, "score": score}))
    return pd.concat(parts, ignore_index=True)


def pmc(rubrics: Rubrics, tallied: pd.DataFrame, documents: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    """Fill the multi-input-output table of the PMC index (Ruiz Estrada 2011): one row a document and second-level item.

    tallied: as `tally`; sizes: the units of each document by doc_id.
    Returns doc_id, variable, item, value (0 or 1), n_hits (units that meet the conditions), at_length (probability that the item
    holds in as many units as the shortest document has, `lengths`: a long document meets more items by its length alone; empty
    for shorter ones) and unit_id (its first sentence; empty for 0 and for `always`).
    """
    size, by_entry = sizes.reindex(documents["doc_id"]).fillna(0).to_numpy(np.int64), _by_entry(tallied, documents)
    length, never = common_length(size[size > 0]), np.full(len(size), -1)
    items, columns = [(variable["id"], item) for variable in rubrics.pmc for item in variable["items"]], []
    for _, item in items:
        least = max(1, item["when"].get("min_units", 1))
        if item["when"].get("always"):
            columns.append((np.ones_like(size), size, np.where(size >= length, 1.0, np.nan), never))
            continue
        n, first = by_entry(f"pmc {item['id']}")
        holds = n >= least
        columns.append((holds.astype("int64"), n, still_there(n, size, length, least), np.where(holds, first, -1)))
    value, n_hits, at_length, first = (np.concatenate(column) for column in zip(*columns, strict=True))
    return pd.DataFrame({
        "doc_id": documents["doc_id"].array.take(np.tile(np.arange(len(size)), len(items))),
        "variable": _repeated([variable for variable, _ in items], len(size)),
        "item": _repeated([item["id"] for _, item in items], len(size)),
        "value": value, "n_hits": n_hits, "at_length": at_length,
        "unit_id": tallied["unit_id"].array.take(first, allow_fill=True),
    })  # fmt: skip


def _repeated(names: list[str], times: int) -> pd.Categorical:
    """Return each name so many times, as a number and not as a text: there are millions of rows."""
    found = list(dict.fromkeys(names))
    return pd.Categorical.from_codes(np.repeat([found.index(name) for name in names], times), found)


def _by_entry(tallied: pd.DataFrame, documents: pd.DataFrame) -> Callable[[str], tuple[np.ndarray, np.ndarray]]:
    """Return what gives n_hits of an entry and its rows in `tallied` (-1: none), in the order of the documents."""
    row = pd.Index(documents["doc_id"]).get_indexer(tallied["doc_id"])
    parts = tallied.groupby("entry", sort=False).indices

    def of(entry: str) -> tuple[np.ndarray, np.ndarray]:
        n, place, own = np.zeros(len(documents), np.int64), np.full(len(documents), -1), parts.get(entry, [])
        n[row[own]], place[row[own]] = tallied["n_hits"].iloc[own], own
        return n, place

    return of


def pmc_scores(items: pd.DataFrame, column: str = "value") -> pd.DataFrame:
    """Average the items of each variable and add the variables up: doc_id, variable ("total" for the sum), score.

    column: "value" for the index as it is defined, "at_length" for what is expected of it at equal length.
    """
    scores = items.groupby(["doc_id", "variable"], sort=False)[column].mean().rename("score").reset_index()
    scores = scores.astype({"variable": "str"})
    total = scores.groupby("doc_id", sort=False)["score"].sum(min_count=1).reset_index().assign(variable="total")
    return pd.concat([scores, total], ignore_index=True)[["doc_id", "variable", "score"]]


def precision(rubrics: Rubrics, items: pd.DataFrame, tools: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """Add `precision` to the items: how often the codes that an item rests on are right, on gold units (the lesser of two).

    tools: `validity_tools` (tool, tool_type, n_coded, n_hit); statements: `validity_statements` (statement, coded_as, n_units).
    Empty for items that rest on no code, or on one that no gold unit was given.
    """
    right: dict[str, float] = {}
    for variable in rubrics.pmc:
        for item in variable["items"]:
            when, found = item["when"], []
            for column, key in (("tool", "tools"), ("tool_type", "types")):
                if key in when:
                    rows = tools[tools[column].isin(when[key])]
                    found.append(rows["n_hit"].sum() / rows["n_coded"].sum() if rows["n_coded"].sum() else np.nan)
            if "statement" in when:
                rows = statements[statements["coded_as"].isin(when["statement"])]
                of = rows.loc[rows["statement"].isin(when["statement"]), "n_units"].sum()
                found.append(of / rows["n_units"].sum() if rows["n_units"].sum() else np.nan)
            right[item["id"]] = min(found) if found else np.nan
    return items.assign(precision=items["item"].map(right).astype(float))


def unvarying(items: pd.DataFrame) -> list[str]:
    """Return the variables in which no two documents differ: they add the same to every sum."""
    scores = pmc_scores(items)
    spread = scores[scores["variable"] != "total"].groupby("variable", sort=False)["score"].nunique()
    return spread.index[spread <= 1].tolist() if items["doc_id"].nunique() > 1 else []


def across(items: pd.DataFrame) -> pd.DataFrame:
    """Lay the items out, a row each, documents across: 1 where the item holds."""
    return items.pivot_table(index=["variable", "item"], columns="doc_id", values="value", sort=False).astype("Int64")
