"""Figures of 03_tools: which tools, where, raw and corrected, and what the sentences do."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.language import county_years, name, say
from helpers.plots import tools_crossed  # noqa: F401  (its charts are of 03_tools too)
from helpers.plots.charts import chart
from helpers.plots.forms import heat, intervals, lines
from helpers.plots.shares import by_type, largest_groups, n_groups
from helpers.plots.style import INK, NEUTRAL, PALETTE, colour_of_type, text_on
from helpers.shares import best

_STATEMENTS = {"measure": PALETTE[0], "goal": PALETTE[4], "background": "#9ca3af", "other": "#e5e7eb"}


def _distribution_facts(frame: pd.DataFrame, language: str) -> dict:
    label = f"label_{language}"
    tools = frame[frame["tool"].notna()].assign(best=best)
    first = frame[frame["tool"].isna()].assign(best=best).sort_values("best", ascending=False, kind="stable").iloc[0]
    leading = tools[tools["best"] > 0].nlargest(3, "best")[[label, "best"]].to_numpy()
    top = [say("labels.with_share", language, label=a, share=b) for a, b in leading]
    return {"corrected": bool(tools["corrected_share"].notna().any()), "top": top, "type": first[label], "share": first["best"]}


@chart("tool_distribution", section="tools", facts=_distribution_facts, table="tool_distribution")
def tool_distribution(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a bar a tool, grouped and coloured by type, with intervals; the raw share as an open circle."""
    tools, label = by_type(frame[frame["tool"].notna()])[::-1], f"label_{language}"
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    figure, axes = plt.subplots(figsize=(7.2, 0.27 * len(tools) + 1.2))
    y = np.arange(len(tools))
    axes.barh(y, 100 * best(tools).to_numpy(float), color=tools["tool_type"].map(colour), height=0.72, alpha=0.85)
    axes.hlines(y, 100 * tools["ci_low"], 100 * tools["ci_high"], color=INK, linewidth=1.1)
    axes.scatter(100 * tools["share"], y, facecolors="white", edgecolors=INK, s=18, linewidths=0.9, zorder=3)
    lines(axes, tools[label])
    axes.set_xlim(left=0)
    axes.set_xlabel(say("tools.share_of_units", language))
    whole = frame[frame["tool"].isna()].assign(best=best)
    handles = [
        Patch(color=colour[kind], alpha=0.85, label=say("labels.with_share", language, label=text, share=share))
        for kind, text, share in whole[["tool_type", label, "best"]].itertuples(index=False)
    ]
    handles.append(Line2D([], [], marker="o", color=INK, markerfacecolor="white", linestyle="", markersize=4.5,
                          label=say("tools.raw", language)))  # fmt: skip
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=min(len(handles), 4),
        title=say("tools.tool_distribution.legend", language),
    )
    return figure


def _heat_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = largest_groups(frame[frame["tool"].notna()]).assign(best=best)
    top = rows.loc[[rows["best"].idxmax()]]
    return {
        "tool": top[f"label_{language}"].iloc[0], "where": county_years(top, language).iloc[0], "share": top["best"].iloc[0],
        "corrected": bool(rows["corrected_share"].notna().any()), "n": n_groups(rows), "all": n_groups(frame[frame["county"].notna()]), "cut": n_groups(rows) < n_groups(frame[frame["county"].notna()]),
    }  # fmt: skip


@chart("tools_by_county_year", section="tools", facts=_heat_facts, table="tool_shares")
def tools_by_county_year(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map, a row a tool (grouped by type), a column a county-year."""
    rows = largest_groups(frame[frame["tool"].notna()])
    rows = rows.assign(group=county_years(rows, language), value=best(rows))
    grid = rows.pivot_table(index="tool", columns="group", values="value", sort=False, dropna=False)
    grid = grid.reindex(index=list(dict.fromkeys(rows["tool"])), columns=list(dict.fromkeys(rows["group"])))
    tools = rows.drop_duplicates("tool").set_index("tool").loc[grid.index]
    size = (min(8, 2.6 + 0.85 * grid.shape[1]), 0.26 * len(grid) + 1.4)
    figure, axes = heat(grid.set_axis(tools[f"label_{language}"]), size)
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    for tick, kind in zip(axes.get_yticklabels(), tools["tool_type"], strict=True):
        tick.set_color(_dark(colour[kind]))
    axes.set_xlabel(say("tools.tools_by_county_year.x", language))
    axes.set_ylabel("")
    return figure


def _dark(colour: str) -> str:
    """Return a darker shade of a colour that is legible as text."""
    return "#" + "".join(f"{int(int(colour[i : i + 2], 16) * 0.75):02x}" for i in (1, 3, 5))


def _types_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = frame[frame["corrected_share"].notna() & frame["tool"].isna() & frame["county"].notna()]
    if not len(rows):
        return {"corrected": False}
    top = rows.loc[[(rows["corrected_share"] - rows["share"]).abs().idxmax()]]
    return {
        "corrected": True, "type": top[f"label_{language}"].iloc[0], "where": county_years(top, language).iloc[0],
        "raw": top["share"].iloc[0], "share": top["corrected_share"].iloc[0], "n": len(rows),
        "outside": int(((rows["share"] < rows["ci_low"]) | (rows["share"] > rows["ci_high"])).sum()),
    }  # fmt: skip


@chart("type_shares_corrected", section="tools", facts=_types_facts, table="tool_shares")
def type_shares_corrected(frame: pd.DataFrame, language: str) -> Figure:
    """Draw raw and corrected type shares of each county-year side by side, one panel a type."""
    rows = largest_groups(frame[frame["tool"].isna()])
    rows = rows.assign(group=county_years(rows, language), filled=rows["corrected_share"])
    types, groups = list(dict.fromkeys(rows["tool_type"])), list(dict.fromkeys(rows["group"]))[::-1]
    colour = colour_of_type(types)
    figure, panels = plt.subplots(1, len(types), figsize=(7.6, 0.34 * len(groups) + 1.3), sharey=True, squeeze=False)
    for axes, kind in zip(panels[0], types, strict=True):
        part = rows[rows["tool_type"] == kind].set_index("group").reindex(groups)
        intervals(axes, part, "filled", colour[kind])
        axes.scatter(100 * part["share"], np.arange(len(part)), facecolors="white", edgecolors=NEUTRAL, s=26, zorder=2.5)
        axes.set_title(part[f"label_{language}"].dropna().iloc[0], fontsize=9)
        axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    any_corrected = rows["corrected_share"].notna().any()
    figure.supxlabel(say("tools.type_shares_corrected.x" if any_corrected else "tools.share_of_units", language), fontsize=9)
    return figure


def _statement_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = largest_groups(frame).assign(best=best)
    measure = rows[rows["statement"] == "measure"]
    labels = county_years(measure, language)
    low, high = measure["best"].idxmin(), measure["best"].idxmax()
    return {
        "corrected": bool(rows["corrected_share"].notna().all()), "low": measure["best"][low], "low_where": labels[low],
        "high": measure["best"][high], "high_where": labels[high], "one": len(measure) == 1,
    }  # fmt: skip


@chart("statement_mix", section="tools", facts=_statement_facts, table="statement_shares")
def statement_mix(frame: pd.DataFrame, language: str) -> Figure:
    """Draw one stacked bar a county-year: measure, goal, background, other."""
    rows = largest_groups(frame)
    rows = rows.assign(group=county_years(rows, language), value=best(rows))
    grid = rows.pivot_table(index="group", columns="statement", values="value", sort=False)
    grid = grid.reindex(index=list(dict.fromkeys(rows["group"]))[::-1], columns=list(_STATEMENTS)).fillna(0)
    grid = 100 * grid.div(grid.sum(axis=1), axis=0)
    figure, axes = plt.subplots(figsize=(7.2, 0.36 * len(grid) + 1.2))
    left = np.zeros(len(grid))
    for statement, colour in _STATEMENTS.items():
        width = grid[statement].to_numpy(float)
        bars = axes.barh(range(len(grid)), width, left=left, color=colour, label=name(statement, language), height=0.72)
        text = [f"{w:.0f}" if w >= 6 else "" for w in width]
        axes.bar_label(bars, text, label_type="center", fontsize=7.5, color=text_on(colour))
        left += width
    lines(axes, grid.index)
    axes.set_xlim(0, 100)
    axes.set_xlabel(say("tools.share_of_units", language))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure
