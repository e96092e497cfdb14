"""Figures of 03_tools: tools by stage of the value chain, under other choices, and in another list."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers.language import county_years, name, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat, lines
from helpers.plots.shares import MOST_GROUPS, group_of, in_order, largest_groups
from helpers.plots.style import INK, NEUTRAL, PALETTE, colour_of_type, text_on
from helpers.shares import best


def _stages_facts(frame: pd.DataFrame, language: str) -> dict:
    none = frame.loc[frame["stage"] == "none", "n_units"].sum() / max(frame.groupby("tool")["n_tool"].first().sum(), 1)
    above = frame[(frame["stage"] != "none") & (frame["lift_low"] > 1)]
    if not len(above):
        return {"enough": False, "none": none, **dict.fromkeys(("tool", "stage", "share", "lift", "low", "high"))}
    top = above.loc[above["lift_low"].idxmax()]
    labels = {"tool": top[f"label_{language}"], "stage": top[f"stage_{language}"]}
    return {
        "enough": True,
        "none": none,
        **labels,
        "share": top["share"],
        "lift": top["lift"],
        "low": top["lift_low"],
        "high": top["lift_high"],
    }


@chart("tools_by_stage", section="tools", facts=_stages_facts, table="tool_stages", place="appendix")
def tools_by_stage(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map, a row a tool, a column a stage; tools without units are left out."""
    rows = frame[frame["n_tool"] > 0]
    labels = rows[f"label_{language}"] + [say("labels.in_brackets", language, n=n) for n in rows["n_tool"]]
    grid = rows.assign(row=labels).pivot_table(index="row", columns=f"stage_{language}", values="share", sort=False)
    figure, axes = heat(grid, (7.2, 0.26 * len(grid) + 1.3))
    axes.set_xlabel(say("tools.tools_by_stage.x", language))
    axes.set_ylabel("")
    return figure


def _mix_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = _mixed(frame)
    top = rows.loc[rows["mix"].idxmax()]
    return {
        "corrected": bool(rows["corrected_share"].notna().all()), "type": top[f"label_{language}"], "share": top["mix"],
        "where": county_years(rows.loc[[top.name]], language).iloc[0],
    }  # fmt: skip


def _mixed(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what part each type has in all uses of a county-year's types."""
    rows = largest_groups(frame)
    value = best(rows)
    return rows.assign(
        mix=value / value.groupby([rows[key] for key in group_of(rows)], dropna=False).transform("sum").replace(0, np.nan)
    )


@chart("type_mix", section="tools", facts=_mix_facts, table="tool_shares")
def type_mix(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a bar of 100% a county-year: the parts of the types."""
    rows = _mixed(frame)
    rows = rows.assign(group=county_years(rows, language))
    kinds = list(dict.fromkeys(frame["tool_type"]))
    grid = rows.pivot_table(index="group", columns="tool_type", values="mix", sort=False)
    grid = 100 * grid.reindex(index=list(dict.fromkeys(rows["group"]))[::-1], columns=kinds).fillna(0)
    names, colour = frame.drop_duplicates("tool_type").set_index("tool_type")[f"label_{language}"], colour_of_type(kinds)
    figure, axes = plt.subplots(figsize=(7.2, 0.36 * len(grid) + 1.2))
    left = np.zeros(len(grid))
    for kind in kinds:
        bars = axes.barh(range(len(grid)), grid[kind], left=left, color=colour[kind], label=names[kind], height=0.72)
        axes.bar_label(bars, [f"{w:.0f}" if w >= 4 else "" for w in grid[kind]], label_type="center", fontsize=8,
                       color=text_on(colour[kind]))  # fmt: skip
        left += grid[kind].to_numpy()
    lines(axes, grid.index)
    axes.set(xlim=(0, 100), xlabel=say("tools.type_mix.x", language))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=min(len(kinds), 5))
    return figure


def _plane_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = frame[frame["stage"] != "none"]
    top = rows.loc[rows["n_units"].idxmax()]
    cells = frame["tool"].nunique() * rows["stage"].nunique()
    return {"tool": top[f"label_{language}"], "stage": top[f"stage_{language}"], "n": top["n_units"], "cells": cells,
            "empty": cells - int((rows["n_units"] > 0).sum())}  # fmt: skip


@chart("tools_and_stages", section="tools", facts=_plane_facts, table="tool_stages")
def tools_and_stages(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the plane of two dimensions: X stages of the value chain, Y tools, a bubble by units, coloured by type."""
    rows = frame[(frame["stage"] != "none") & (frame["n_tool"] > 0)]
    tools, stages = list(dict.fromkeys(rows[f"label_{language}"]))[::-1], list(dict.fromkeys(rows[f"stage_{language}"]))
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    drawn = rows[rows["n_units"] > 0]
    drawn = drawn.assign(x=drawn[f"stage_{language}"].map(stages.index), y=drawn[f"label_{language}"].map(tools.index))
    figure, axes = plt.subplots(figsize=(7.2, 0.34 * len(tools) + 1.1))
    sns.scatterplot(drawn, x="x", y="y", size="n_units", sizes=(14, 560), hue="tool_type", palette=colour, linewidth=0,
                    legend=False, ax=axes)  # fmt: skip
    cut = 0.22 * drawn["n_units"].max()
    for row in drawn.itertuples():
        inside = row.n_units >= cut
        axes.annotate(str(row.n_units), (row.x, row.y), xytext=(0 if inside else 9 + 10 * (row.n_units / drawn["n_units"].max()) ** 0.5, 0),
                      textcoords="offset points", ha="center" if inside else "left", va="center", fontsize=7,
                      color=text_on(colour[row.tool_type]) if inside else INK)  # fmt: skip
    lines(axes, tools)
    axes.set_xticks(range(len(stages)), ["\n".join(textwrap.wrap(stage, 12)) for stage in stages])
    axes.set(xlim=(-0.5, len(stages) - 0.4), xlabel=say("tools.tools_and_stages.x", language), ylabel="")
    axes.xaxis.set_ticks_position("none")
    return figure


def _industries_facts(frame: pd.DataFrame, language: str) -> dict:
    whole = frame.groupby(f"label_{language}")["n_units"].sum().sort_values(ascending=False, kind="stable").head(3)
    return {"top": [say("labels.with_count", language, label=label, n=n) for label, n in whole.items()], "n": int(frame["n_any"].groupby([frame[k] for k in group_of(frame)], dropna=False).first().sum()),
            "all": int(frame["n_all"].groupby([frame[k] for k in group_of(frame)], dropna=False).first().sum())}  # fmt: skip


@chart("industries", section="tools", facts=_industries_facts)
def industries(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map, a row an industry that is named, a column a county-year: % of its units."""
    rows = in_order(frame)
    keep = rows.drop_duplicates(group_of(rows)).nlargest(MOST_GROUPS, "n_all")[group_of(rows)]
    rows = rows.merge(keep, on=group_of(rows))
    rows = rows.assign(group=county_years(rows, language))
    grid = rows.pivot_table(index=f"label_{language}", columns="group", values="share", sort=False)
    grid = grid.reindex(columns=list(dict.fromkeys(rows["group"])))
    grid = grid[grid.max(axis=1) > 0]
    figure, axes = heat(grid, (min(8, 2.9 + 0.85 * grid.shape[1]), 0.27 * len(grid) + 1.3))
    axes.set(xlabel=say("tools.industries.x", language), ylabel="")
    return figure


def _sensitivity_facts(frame: pd.DataFrame, language: str) -> dict:
    other = frame[frame["scenario"] != "as_coded"]
    if not len(other):
        return {"other": False, "scenario": "", "type": "", "difference": None, "share": None}
    top = other.loc[other["difference"].abs().idxmax()]
    labels = {"scenario": top[f"scenario_{language}"], "type": top[f"label_{language}"]}
    return {"other": True, **labels, "difference": top["difference"], "share": top["share"]}


@chart("tool_sensitivity", section="tools", facts=_sensitivity_facts, table="sensitivity")
def tool_sensitivity(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the share of each type under each choice as a dot, one row a choice."""
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    choices = frame[f"scenario_{language}"].drop_duplicates()
    figure, axes = plt.subplots(figsize=(6.8, 0.4 * len(choices) + 1.3))
    for kind, share in frame.loc[frame["scenario"] == "as_coded", ["tool_type", "share"]].itertuples(index=False):
        axes.axvline(100 * share, color=colour[kind], linewidth=0.8, linestyle=":")
    names = dict(zip(frame[f"label_{language}"], frame["tool_type"].map(colour), strict=True))
    sns.stripplot(
        x=100 * frame["share"], y=frame[f"scenario_{language}"], order=choices, hue=frame[f"label_{language}"], palette=names,
        size=6, jitter=False, dodge=True, ax=axes,
    )  # fmt: skip
    axes.set(xlabel=say("tools.tool_sensitivity.x", language), ylabel="")
    axes.set_xlim(left=0)
    sns.move_legend(axes, "lower center", bbox_to_anchor=(0.5, 1), ncols=max(len(names), 1), title=None)
    return figure


def _crosswalk_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = frame[frame["target"] != "none"].sort_values("share", ascending=False, kind="stable").head(3)
    top = [say("labels.with_share", language, label=a, share=b) for a, b in rows[[f"target_{language}", "share"]].to_numpy()]
    return {"top": top, "none": frame.loc[frame["target"] == "none", "share"].sum()}


@chart("crosswalk", section="tools", facts=_crosswalk_facts, table="crosswalk_shares", place="appendix")
def crosswalk(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a point with its interval a tool of the other list, largest first, mark and colour by its group there."""
    rows = frame[frame["target"] != "none"].sort_values("share", kind="stable")
    # Marks and colours of their own: these groups are another list's, not the types.
    groups = sorted(set(rows["target_group"]))
    colour = dict(zip(groups, (INK, PALETTE[5], PALETTE[3], PALETTE[4], NEUTRAL, *PALETTE), strict=False))
    figure, axes = plt.subplots(figsize=(6.8, 0.25 * len(rows) + 1.3))
    y = np.arange(len(rows))
    axes.hlines(y, 100 * rows["ci_low"], 100 * rows["ci_high"], color=rows["target_group"].map(colour), linewidth=2, alpha=0.5)
    dots = pd.DataFrame({"x": (100 * rows["share"]).to_numpy(), "y": y, "group": rows["target_group"].to_numpy()})
    sns.scatterplot(dots, x="x", y="y", hue="group", style="group", hue_order=groups, style_order=groups, palette=colour, s=46,
                    linewidth=0, zorder=3, ax=axes)  # fmt: skip
    handles, _ = axes.get_legend_handles_labels()
    axes.legend(
        handles, [name(group, language) for group in groups], loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(groups)
    )
    lines(axes, rows[f"target_{language}"])
    axes.set(xlim=(0, None), ylabel="")
    axes.set_xlabel(say("tools.crosswalk.x", language))
    return figure
