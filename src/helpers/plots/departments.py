"""Figures of 06_commitments about departments: who works with whom, and who leads which tools."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.language import place, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat
from helpers.plots.shares import counties_by

MOST_DEPARTMENTS, MOST_ROWS, MOST_TOOLS = 28, 16, 14


def _matrix_facts(frame: pd.DataFrame, language: str) -> dict:
    shown = shown_county(frame)
    leads, first = shown.groupby("lead")["n_units"].sum().sort_values(ascending=False, kind="stable"), shown.iloc[0]
    county = place(first["county"], language, first.get("county_code"))
    return {
        "known": isinstance(first["county"], str), "county": county, "n_bodies": len({*shown["lead"], *shown["partner"]}),
        "n_pairs": len(shown), "lead": leads.index[0], "n": int(leads.iloc[0]), "most": MOST_ROWS,
    }  # fmt: skip


def shown_county(links: pd.DataFrame) -> pd.DataFrame:
    """Keep the county with most pairs, and of it the pairs among its best-linked departments."""
    own = counties_by(links, links["n_units"], 1)[0]
    strength = pd.concat([own.set_index(end)["n_units"] for end in ("lead", "partner")]).groupby(level=0).sum()
    best = strength.sort_values(ascending=False, kind="stable").index[:MOST_DEPARTMENTS]
    return own[own["lead"].isin(best) & own["partner"].isin(best)]


@chart("department_matrix", section="commitments", facts=_matrix_facts, table="department_links")
def department_matrix(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: rows the departments that lead most, columns those that answer with them, cells the units they share."""
    links = shown_county(frame)
    grid = links.pivot_table(index="lead", columns="partner", values="n_units", aggfunc="sum")
    rows, columns = (grid.sum(axis=axis).sort_values(ascending=False, kind="stable").index for axis in (1, 0))
    grid = grid.loc[rows[:MOST_ROWS], columns[:MOST_ROWS]]
    figure, axes = heat(grid, (7.8, 0.3 * len(grid) + 1.8), write="{:.0f}".format, turned=True)
    axes.set(
        xlabel=say("commitments.department_matrix.x", language), ylabel=say("commitments.tools_by_lead_department.y", language)
    )
    return figure


def _tools_facts(frame: pd.DataFrame, language: str) -> dict:
    top = frame.sort_values(["n_units", "department", "tool"], ascending=[False, True, True], kind="stable").iloc[0]
    return {
        "pairs": frame["n_units"].sum(),
        "department": top["department"],
        "n": top["n_units"],
        "tool": top[f"label_{language}"],
    }


@chart("tools_by_lead_department", section="commitments", facts=_tools_facts, table="tool_departments", place="appendix")
def tools_by_lead_department(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: rows the departments that lead most, columns policy tools, cells the units."""
    grid = frame.pivot_table(index="department", columns=f"label_{language}", values="n_units", aggfunc="sum", fill_value=0)
    rows = grid.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    columns = grid.sum(axis=0).sort_values(ascending=False, kind="stable").index[:MOST_TOOLS]
    grid = grid.loc[rows, columns]
    figure, axes = heat(grid, (7.6, 0.3 * len(grid) + 1.6), write=lambda n: f"{n:.0f}" if n else "", turned=True)
    axes.set(xlabel="", ylabel=say("commitments.tools_by_lead_department.y", language))
    return figure
