"""Figures of 03_tools: tools by stage of the value chain, under other choices, and in another list."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.plots.charts import chart
from helpers.plots.shares import fit_labels, heat, percent
from helpers.plots.style import PALETTE, colour_of_type, pick


def _stages_caption(frame: pd.DataFrame) -> dict[str, str]:
    named = frame[(frame["stage"] != "none") & (frame["n_units"] >= 5)]
    none = frame.loc[frame["stage"] == "none", "n_units"].sum() / max(frame.groupby("tool")["n_tool"].first().sum(), 1)
    if not len(named):
        text = ("Too few units address a stage for a pattern to be read.", "涉及环节的单元太少,不足以看出规律。")
    else:
        top = named.loc[(named["lift"] * np.log(named["n_units"])).fillna(0).idxmax()]
        text = (
            f"Most above expectation: {top['label_en']} at the stage {top['stage_en']} ({percent(top['share'])} of its units, "
            f"{top['lift']:.1f} times the average).",
            f"最突出的组合:{top['label_zh']}与{top['stage_zh']}({percent(top['share'])},为平均的{top['lift']:.1f}倍)。",
        )
    return {
        "en": f"Tools by stage of the value chain, % of each tool's units; a unit can address several stages. "
        f"{text[0]} {percent(none)} of "
        "codes are on units that name no stage. Stages come from word patterns alone and have not been "
        "checked against gold codes.",
        "zh": f"各政策工具的单元涉及产业价值链各环节的百分比;一个单元可涉及多个环节。"
        f"{text[1]}{percent(none)}的编码所在单元未指明环节。"
        "环节仅由词语规则判定,未经金标准检验。",
    }


@chart("tools_by_stage", section="tools", caption=_stages_caption, table="tool_stages")
def tools_by_stage(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map, a row a tool, a column a stage; tools without units are left out."""
    rows = frame[frame["n_tool"] > 0]
    order, stages = list(dict.fromkeys(rows["tool"])), list(dict.fromkeys(rows["stage"]))
    grid = rows.pivot(index="tool", columns="stage", values="share").reindex(index=order, columns=stages)
    names = rows.drop_duplicates("tool").set_index("tool").loc[order]
    labels = [f"{a} ({b})" for a, b in zip(names[f"label_{language}"], names["n_tool"], strict=True)]
    columns = rows.drop_duplicates("stage").set_index("stage").loc[stages, f"stage_{language}"].tolist()
    figure, axes = plt.subplots(figsize=(7.2, 0.26 * len(order) + 1.3))
    heat(axes, grid.to_numpy(float), labels, columns)
    fit_labels(axes, columns)
    axes.set_xlabel(pick(language, "% of the tool's units (number of units in brackets)", "占该工具单元的百分比(括号内为单元数)"))
    return figure


def _sensitivity_caption(frame: pd.DataFrame) -> dict[str, str]:
    other = frame[frame["scenario"] != "as_coded"]
    if not len(other):
        return {"en": "Shares of the types as coded.", "zh": "各类型占比(照编码)。"}
    top = other.loc[other["difference"].abs().idxmax()]
    return {
        "en": f"Raw shares of the types under other choices. The choice that matters most: {top['scenario_en'].lower()} moves "
        f"{top['label_en']} by {100 * top['difference']:+.1f} points to {percent(top['share'])}. These shares "
        "are not corrected for coding error.",
        "zh": f"各类型原始占比在其他做法下的变化。影响最大的做法是“{top['scenario_zh']}”:{top['label_zh']}变动"
        f"{100 * top['difference']:+.1f}个百分点,为{percent(top['share'])}。此处未校正编码误差。",
    }


@chart("tool_sensitivity", section="tools", caption=_sensitivity_caption, table="sensitivity")
def tool_sensitivity(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the share of each type under each choice as a dot, one row a choice."""
    types, choices = list(dict.fromkeys(frame["tool_type"])), list(dict.fromkeys(frame["scenario"]))[::-1]
    colour = colour_of_type(types)
    names = frame.drop_duplicates("scenario").set_index("scenario")[f"scenario_{language}"]
    figure, axes = plt.subplots(figsize=(6.8, 0.4 * len(choices) + 1.3))
    for kind in types:
        part = frame[frame["tool_type"] == kind].set_index("scenario").reindex(choices)
        axes.axvline(100 * part.loc["as_coded", "share"], color=colour[kind], linewidth=0.8, linestyle=":")
        axes.scatter(
            100 * part["share"], range(len(choices)), color=colour[kind], s=36, label=part[f"label_{language}"].iloc[0], zorder=3
        )
    axes.set_yticks(range(len(choices)), names.loc[choices])
    axes.set_ylim(-0.5, len(choices) - 0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel(pick(language, "share of units that use any tool of the type, %", "使用该类任一工具的单元占比(%)"))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=max(len(types), 1))
    return figure


def _crosswalk_caption(frame: pd.DataFrame) -> dict[str, str]:
    rows = frame[frame["target"] != "none"].sort_values("share", ascending=False, kind="stable")
    none = frame.loc[frame["target"] == "none", "share"].sum()
    top = rows.head(3)
    text = {
        x: (", " if x == "en" else "、").join(
            f"{a} ({percent(b)})" for a, b in zip(top[f"target_{x}"], top["share"], strict=True)
        )
        for x in ("en", "zh")
    }
    return {
        "en": f"The same codes in the 20 tools of Fang, Li & Lu (2025), % of units, as coded. Commonest: "
        f"{text['en']}; {percent(none)} of units "
        "use a tool without counterpart there. Their unit is the document and ours the sentence: compare ranks, not levels.",
        "zh": f"换算为 Fang、Li 与 Lu (2025) 的20种工具后占单元的百分比(照编码)。最常用:{text['zh']};"
        f"{percent(none)}的单元使用的工具在其中无对应。"
        "其分析单元为文件,本文为句子:宜比较次序,不宜比较高低。",
    }


@chart("crosswalk", section="tools", caption=_crosswalk_caption, table="crosswalk_shares")
def crosswalk(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a bar a tool of the other list, largest first, coloured by its group there."""
    rows = frame[frame["target"] != "none"].sort_values("share", kind="stable")
    # Not the colours of the types: these groups are another list's.
    colour = dict(zip(sorted(set(rows["target_group"])), PALETTE[3:], strict=False))
    figure, axes = plt.subplots(figsize=(6.8, 0.25 * len(rows) + 1))
    axes.barh(rows[f"target_{language}"], 100 * rows["share"], color=rows["target_group"].map(colour), height=0.7)
    axes.hlines(range(len(rows)), 100 * rows["ci_low"], 100 * rows["ci_high"], color="#111827", linewidth=1)
    groups = {"money": ("money", "资金"), "entry": ("entry and markets", "进入与市场"), "inputs": ("inputs", "要素"),
              "demand": ("demand", "需求"), "supply_chain": ("supply chain", "供应链")}  # fmt: skip
    axes.legend(handles=[Patch(color=colour[g], label=pick(language, *groups.get(g, (g, g)))) for g in colour], loc="lower right")
    axes.set_xlim(left=0)
    axes.set_xlabel(pick(language, "share of units, % (as coded)", "占单元的份额(%,照编码)"))
    axes.grid(axis="y", visible=False)
    return figure
