"""Figures of 03_tools: tools by stage of the value chain, under other choices, and in another list."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers.language import name, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat, lines
from helpers.plots.style import INK, PALETTE, colour_of_type


def _stages_facts(frame: pd.DataFrame, language: str) -> dict:
    named = frame[(frame["stage"] != "none") & (frame["n_units"] >= 5)]
    none = frame.loc[frame["stage"] == "none", "n_units"].sum() / max(frame.groupby("tool")["n_tool"].first().sum(), 1)
    if not len(named):
        return {"enough": False, "none": none, "tool": "", "stage": "", "share": None, "lift": None}
    top = named.loc[(named["lift"] * np.log(named["n_units"])).fillna(0).idxmax()]
    labels = {"tool": top[f"label_{language}"], "stage": top[f"stage_{language}"]}
    return {"enough": True, "none": none, **labels, "share": top["share"], "lift": top["lift"]}


@chart("tools_by_stage", section="tools", facts=_stages_facts, table="tool_stages")
def tools_by_stage(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map, a row a tool, a column a stage; tools without units are left out."""
    rows = frame[frame["n_tool"] > 0]
    labels = rows[f"label_{language}"] + [say("labels.in_brackets", language, n=n) for n in rows["n_tool"]]
    grid = rows.assign(row=labels).pivot_table(index="row", columns=f"stage_{language}", values="share", sort=False)
    figure, axes = heat(grid, (7.2, 0.26 * len(grid) + 1.3))
    axes.set_xlabel(say("tools.tools_by_stage.x", language))
    axes.set_ylabel("")
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
        size=6, jitter=False, ax=axes,
    )  # fmt: skip
    axes.set(xlabel=say("tools.tool_sensitivity.x", language), ylabel="")
    axes.set_xlim(left=0)
    sns.move_legend(axes, "lower center", bbox_to_anchor=(0.5, 1), ncols=max(len(names), 1), title=None)
    return figure


def _crosswalk_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = frame[frame["target"] != "none"].sort_values("share", ascending=False, kind="stable").head(3)
    top = [say("labels.with_share", language, label=a, share=b) for a, b in rows[[f"target_{language}", "share"]].to_numpy()]
    return {"top": top, "none": frame.loc[frame["target"] == "none", "share"].sum()}


@chart("crosswalk", section="tools", facts=_crosswalk_facts, table="crosswalk_shares")
def crosswalk(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a bar a tool of the other list, largest first, coloured by its group there."""
    rows = frame[frame["target"] != "none"].sort_values("share", kind="stable")
    # Not the colours of the types: these groups are another list's.
    colour = dict(zip(sorted(set(rows["target_group"])), PALETTE[3:], strict=False))
    figure, axes = plt.subplots(figsize=(6.8, 0.25 * len(rows) + 1))
    for group, part in rows.assign(y=range(len(rows))).groupby("target_group"):
        axes.barh(part["y"], 100 * part["share"], color=colour[group], height=0.7, label=name(group, language))
    axes.hlines(range(len(rows)), 100 * rows["ci_low"], 100 * rows["ci_high"], color=INK, linewidth=1)
    lines(axes, rows[f"target_{language}"])
    axes.legend(loc="lower right")
    axes.set_xlim(left=0)
    axes.set_xlabel(say("tools.crosswalk.x", language))
    return figure
