"""Where the machine errs: which tool it gives instead of which, and the worst single units with evidence and cause."""

import numpy as np
import pandas as pd

from helpers.coding.gold import Paired

NONE = "none"
# What went wrong, as a reader of the codebook would say it; the order is that in which a unit is given its cause.
CAUSES = (
    "report_as_plan", "plan_as_report", "goal_or_measure", "statement_other", "instead", "missed", "in_passing",
)  # fmt: skip


def confusion(paired: Paired) -> pd.DataFrame:
    """Count, for each gold tool of each unit, what the machine gave: tool, coded_as, n_units, share of the tool's gold units.

    A hit counts as itself. A missed tool counts as what was given wrongly in the same unit, divided evenly when there were
    several, or `none`; a tool given wrongly where nothing was missed counts in the row `none`.
    """
    names = [*paired.tools, NONE]
    grid = np.zeros((len(names), len(names)))
    for gold, machine in zip(paired.gold_tools, paired.machine_tools, strict=True):
        hits, missed, wrong = (np.flatnonzero(x) for x in (gold & machine, gold & ~machine, machine & ~gold))
        grid[hits, hits] += 1
        if len(missed) and len(wrong):
            grid[np.ix_(missed, wrong)] += 1 / len(wrong)
        grid[missed, -1] += not len(wrong)
        grid[-1, wrong] += not len(missed)
    row, column = np.nonzero(grid)
    total = np.maximum(grid.sum(1), 1e-12)
    return pd.DataFrame({
        "tool": pd.Series([names[i] for i in row], dtype="str"), "coded_as": pd.Series([names[j] for j in column], dtype="str"),
        "n_units": grid[row, column], "share": np.minimum(grid[row, column] / total[row], 1.0),
    })  # fmt: skip


def cause(gold: str, machine: str, missed: bool, wrong: bool) -> str:
    """Name what went wrong in a unit (a key of CAUSES), or "" when nothing did."""
    if gold != machine:
        acts, told = {"measure", "goal"}, {"background", "other"}
        if gold in told and machine in acts:
            return "report_as_plan" if gold == "background" else "statement_other"
        if gold in acts and machine in told:
            return "plan_as_report" if machine == "background" else "statement_other"
        return "goal_or_measure" if {gold, machine} == acts else "statement_other"
    return "instead" if missed and wrong else "missed" if missed else "in_passing" if wrong else ""


def causes(paired: Paired) -> pd.DataFrame:
    """Count the units with an error by cause: cause, n_units, share of all gold units; the commonest first."""
    found = pd.Series([c for c in _causes(paired) if c], dtype="str").value_counts()
    out = pd.DataFrame({"cause": list(CAUSES), "n_units": [int(found.get(c, 0)) for c in CAUSES]})
    out["share"] = out["n_units"] / max(len(paired), 1)
    return out.sort_values("n_units", ascending=False, kind="stable", ignore_index=True)


def _causes(paired: Paired) -> list[str]:
    missed = (paired.gold_tools & ~paired.machine_tools).any(1)
    wrong = (~paired.gold_tools & paired.machine_tools).any(1)
    return [cause(*row) for row in zip(paired.gold, paired.machine, missed, wrong, strict=True)]


def worst(paired: Paired, codes: pd.DataFrame, unit_tools: pd.DataFrame, n: int = 20) -> pd.DataFrame:
    """Return the `n` worst errors, the surest mistakes first.

    A unit's weight is the sum of the machine's scores of what it said wrongly (statement, tools given) and one for each tool
    missed. Columns: unit_id, doc_id, heading, text, gold_statement, statement, gold_tools, tools, evidence (words of the tools
    given), cause, severity, resolved_by.
    """
    said = codes.drop_duplicates("unit_id").set_index("unit_id")["statement_score"]
    given = unit_tools[unit_tools["unit_id"].isin(set(paired.rows["unit_id"]))]
    score = given.set_index(["unit_id", "tool"])["score"].to_dict()
    words = given.assign(evidence=given["evidence"].fillna("")).groupby("unit_id", sort=False)[["tool", "evidence"]]
    evidence = {unit: "; ".join(f"{t}: {e}" for t, e in zip(g["tool"], g["evidence"], strict=True) if e) for unit, g in words}
    rows = []
    for i, (unit, why) in enumerate(zip(paired.rows["unit_id"], _causes(paired), strict=True)):
        if not why:
            continue
        wrong = _names(paired, ~paired.gold_tools[i] & paired.machine_tools[i])
        severity = sum(score.get((unit, tool), 0.5) for tool in wrong) + (paired.gold_tools[i] & ~paired.machine_tools[i]).sum()
        severity += float(said.get(unit, 0.5)) if paired.gold[i] != paired.machine[i] else 0.0
        given_tools, gold_tools = _names(paired, paired.machine_tools[i]), _names(paired, paired.gold_tools[i])
        rows.append(
            (
                unit,
                paired.gold[i],
                paired.machine[i],
                ";".join(gold_tools),
                ";".join(given_tools),
                evidence.get(unit, ""),
                why,
                severity,
            )
        )
    columns = ["unit_id", "gold_statement", "statement", "gold_tools", "tools", "evidence", "cause", "severity"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[:-1], "str") | {"severity": float})
    table = table.sort_values(["severity", "unit_id"], ascending=[False, True], ignore_index=True).head(n)
    about = paired.rows.drop_duplicates("unit_id").reindex(columns=["unit_id", "doc_id", "heading", "text", "resolved_by"])
    return table.merge(about, on="unit_id", how="left")[["unit_id", "doc_id", "heading", "text", *columns[1:], "resolved_by"]]


def _names(paired: Paired, row: np.ndarray) -> list[str]:
    return [tool for tool, on in zip(paired.tools, row, strict=True) if on]
