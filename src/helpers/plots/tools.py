"""Figures of 03_tools: which tools, where, raw and corrected, and what the sentences do."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.plots import tools_crossed  # noqa: F401  (its charts are of 03_tools too)
from helpers.plots.charts import chart
from helpers.plots.shares import best, by_type, fit_labels, group_labels, heat, largest_groups, percent
from helpers.plots.style import NEUTRAL, PALETTE, colour_of_type, pick

_STATEMENTS = {
    "measure": ("measure", "措施"),
    "goal": ("goal", "目标"),
    "background": ("background", "背景"),
    "other": ("other", "其他"),
}


def _distribution_caption(frame: pd.DataFrame) -> dict[str, str]:
    tools = frame[frame["tool"].notna()].assign(best=best)
    top = tools.nlargest(3, "best")
    types = frame[frame["tool"].isna()].assign(best=best).sort_values("best", ascending=False, kind="stable")
    corrected = bool(tools["corrected_share"].notna().any())
    lists = {
        x: (", " if x == "en" else "、").join(f"{a} ({percent(b)})" for a, b in zip(top[f"label_{x}"], top["best"], strict=True))
        for x in ("en", "zh")
    }
    first = types.iloc[0]
    kind_en = (
        "corrected for coding error"
        if corrected
        else "as coded, not corrected for coding error (no gold units speak for these documents)"
    )
    kind_zh = "已校正编码误差" if corrected else "未校正编码误差(这些文件没有金标准单元)"
    return {
        "en": f"Share of units that use each tool, {kind_en}, with 95 % intervals; open circles are the raw shares. Commonest: "
        f"{lists['en']}; the largest type is {first['label_en']} ({percent(first['best'])} of units). A unit "
        "can use up to three "
        "tools, so shares do not add up to 100 %. Overlapping intervals do not settle which of two tools is used more.",
        "zh": f"使用各政策工具的单元占比({kind_zh})及95%区间;空心圆为原始占比。最常用:{lists['zh']};"
        f"最大类型为{first['label_zh']}"
        f"(占{percent(first['best'])})。一个单元最多使用三种工具,各项之和不等于100%。区间重叠时不能断定孰多孰少。",
    }


@chart("tool_distribution", section="tools", caption=_distribution_caption, table="tool_distribution")
def tool_distribution(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a bar a tool, grouped and coloured by type, with intervals; the raw share as an open circle."""
    tools = by_type(frame[frame["tool"].notna()])
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    figure, axes = plt.subplots(figsize=(7.2, 0.27 * len(tools) + 1.2))
    y, value = np.arange(len(tools))[::-1], 100 * best(tools).to_numpy(float)
    axes.barh(y, value, color=tools["tool_type"].map(colour), height=0.72, alpha=0.85)
    axes.hlines(y, 100 * tools["ci_low"], 100 * tools["ci_high"], color="#111827", linewidth=1.1)
    axes.scatter(100 * tools["share"], y, facecolors="white", edgecolors="#111827", s=18, linewidths=0.9, zorder=3)
    axes.set_yticks(y, tools[f"label_{language}"])
    axes.set_ylim(-0.7, len(tools) - 0.3)
    axes.set_xlim(left=0)
    axes.set_xlabel(pick(language, "share of units, %", "占单元的份额(%)"))
    axes.grid(axis="y", visible=False)
    whole = frame[frame["tool"].isna()].set_index("tool_type")
    names = {
        kind: f"{whole.loc[kind, f'label_{language}']} ({percent(best(whole).loc[kind])})"
        for kind in colour
        if kind in whole.index
    }
    handles = [Patch(color=colour[kind], alpha=0.85, label=name) for kind, name in names.items()]
    handles.append(Line2D([], [], marker="o", color="#111827", markerfacecolor="white", linestyle="", markersize=4.5,
                          label=pick(language, "raw share", "原始占比")))  # fmt: skip
    axes.legend(handles=handles, loc="lower right", title=pick(language, "type (units that use any)", "类型(使用任一工具的单元)"))
    return figure


def _heat_caption(frame: pd.DataFrame) -> dict[str, str]:
    rows = largest_groups(frame[frame["tool"].notna()]).assign(best=best)
    top = rows.loc[rows["best"].idxmax()]
    n_all = len(frame.loc[frame["county"].notna(), ["county", "year"]].drop_duplicates())
    n = len(rows[["county", "year"]].drop_duplicates())
    some = (
        "" if n == n_all else f" The {n} county-years with most coded units, of {n_all}.",
        "" if n == n_all else f"仅示编码单元最多的{n}个(共{n_all}个)。",
    )
    where = {x: group_labels(rows.loc[[top.name]], x).iloc[0] for x in ("en", "zh")}
    return {
        "en": f"Tools by county-year, % of units, corrected for coding error where gold units speak for the "
        "county-year. The highest "
        f"cell is {top['label_en']} in {where['en']} ({percent(top['best'])}).{some[0]} Each column is one or a few documents: "
        "a difference between columns is one between documents of different kinds.",
        "zh": f"各县各年政策工具占单元的百分比(有金标准单元处已校正编码误差)。"
        f"最高为{where['zh']}的{top['label_zh']}({percent(top['best'])})。"
        f"{some[1]}每列只是一份或几份文件,列间差异是不同文件之间的差异。",
    }


@chart("tools_by_county_year", section="tools", caption=_heat_caption, table="tool_shares")
def tools_by_county_year(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map, a row a tool (grouped by type), a column a county-year."""
    rows = largest_groups(frame[frame["tool"].notna()])
    rows = rows.assign(group=group_labels(rows, language), value=best(rows))
    order, columns = list(dict.fromkeys(rows["tool"])), list(dict.fromkeys(rows["group"]))
    grid = rows.pivot_table(index="tool", columns="group", values="value", sort=False, dropna=False).reindex(
        index=order, columns=columns
    )
    labels = rows.drop_duplicates("tool").set_index("tool")
    figure, axes = plt.subplots(figsize=(min(8, 2.6 + 0.85 * len(columns)), 0.26 * len(order) + 1.4))
    heat(axes, grid.to_numpy(float), labels.loc[order, f"label_{language}"].tolist(), columns)
    fit_labels(axes, columns)
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    for tick, tool in zip(axes.get_yticklabels(), order, strict=True):
        tick.set_color(_dark(colour[labels.loc[tool, "tool_type"]]))
    axes.set_xlabel(pick(language, "% of units (row labels coloured by type)", "占单元的百分比(行名颜色表示类型)"))
    return figure


def _dark(colour: str) -> str:
    """Return a darker shade of a colour that is legible as text."""
    return "#" + "".join(f"{int(int(colour[i : i + 2], 16) * 0.75):02x}" for i in (1, 3, 5))


def _types_caption(frame: pd.DataFrame) -> dict[str, str]:
    rows = frame[frame["corrected_share"].notna() & frame["tool"].isna() & frame["county"].notna()]
    if not len(rows):
        return {
            "en": "Share of units that use any tool of a type, by county-year, as coded, with 95 % intervals "
            "(Wilson) that know nothing "
            "of coding error: no gold units speak for these documents.",
            "zh": "各县各年使用某类工具的单元占比(照编码),附95%区间(Wilson);没有金标准单元,区间不含编码误差。",
        }
    gap = (rows["corrected_share"] - rows["share"]).abs()
    top = rows.loc[gap.idxmax()]
    where = {x: group_labels(rows.loc[[top.name]], x).iloc[0] for x in ("en", "zh")}
    outside = int(((rows["share"] < rows["ci_low"]) | (rows["share"] > rows["ci_high"])).sum())
    return {
        "en": f"Share of units that use any tool of a type: raw (open) and corrected for coding error "
        "(filled) with 95 % intervals. The "
        f"correction is largest for {top['label_en']} in {where['en']}: {percent(top['share'])} raw, "
        f"{percent(top['corrected_share'])} "
        f"corrected. {outside} of {len(rows)} raw shares {'lies' if outside == 1 else 'lie'} outside the interval of the corrected one.",
        "zh": f"使用某类工具的单元占比:原始(空心)与校正编码误差后(实心)及95%区间。校正最大的是{where['zh']}的{top['label_zh']}:"
        f"原始{percent(top['share'])},校正后{percent(top['corrected_share'])}。"
        f"{len(rows)}个原始占比中有{outside}个落在校正区间之外。",
    }


@chart("type_shares_corrected", section="tools", caption=_types_caption, table="tool_shares")
def type_shares_corrected(frame: pd.DataFrame, language: str) -> Figure:
    """Draw raw and corrected type shares of each county-year side by side, one panel a type."""
    rows = largest_groups(frame[frame["tool"].isna()])
    rows = rows.assign(group=group_labels(rows, language))
    types, groups = list(dict.fromkeys(rows["tool_type"])), list(dict.fromkeys(rows["group"]))[::-1]
    colour = colour_of_type(types)
    figure, panels = plt.subplots(1, len(types), figsize=(7.6, 0.34 * len(groups) + 1.3), sharey=True, squeeze=False)
    for axes, kind in zip(panels[0], types, strict=True):
        part = rows[rows["tool_type"] == kind].set_index("group").reindex(groups)
        y, value = np.arange(len(groups)), 100 * best(part)
        axes.hlines(y, 100 * part["ci_low"], 100 * part["ci_high"], color=colour[kind], linewidth=2.2, alpha=0.6)
        axes.scatter(100 * part["share"], y, facecolors="white", edgecolors=NEUTRAL, s=26, zorder=3)
        axes.scatter(value.where(part["corrected_share"].notna()), y, color=colour[kind], s=30, zorder=4)
        axes.set_title(part[f"label_{language}"].dropna().iloc[0], fontsize=9)
        axes.set_yticks(y, groups)
        axes.set_ylim(-0.6, len(groups) - 0.4)
        axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    figure.supxlabel(
        pick(language, "share of units, % (open: raw, filled: corrected)", "占单元的份额(%;空心:原始,实心:校正后)"), fontsize=9
    )
    return figure


def _statement_caption(frame: pd.DataFrame) -> dict[str, str]:
    rows = largest_groups(frame).assign(best=best)
    measure = rows[rows["statement"] == "measure"]
    high, low = measure.loc[measure["best"].idxmax()], measure.loc[measure["best"].idxmin()]
    labels = {x: group_labels(measure, x) for x in ("en", "zh")}
    corrected = bool(rows["corrected_share"].notna().all())
    return {
        "en": f"What the sentences do, by county-year, "
        f"{'corrected for coding error' if corrected else 'as coded'}. Measures are between "
        f"{percent(low['best'])} ({labels['en'][low.name]}) and {percent(high['best'])} "
        f"({labels['en'][high.name]}) of units: documents "
        "of different forms talk differently, so shares of tools are best compared between documents of one form.",
        "zh": f"各县各年句子的作用({'已校正编码误差' if corrected else '照编码'})。"
        f"措施占{percent(low['best'])}({labels['zh'][low.name]})"
        f"至{percent(high['best'])}({labels['zh'][high.name]})。文种不同,写法不同,工具占比宜在同类文件间比较。",
    }


@chart("statement_mix", section="tools", caption=_statement_caption, table="statement_shares")
def statement_mix(frame: pd.DataFrame, language: str) -> Figure:
    """Draw one stacked bar a county-year: measure, goal, background, other."""
    rows = largest_groups(frame)
    rows = rows.assign(group=group_labels(rows, language), value=100 * best(rows))
    groups = list(dict.fromkeys(rows["group"]))[::-1]
    grid = rows.pivot_table(index="group", columns="statement", values="value", sort=False).reindex(
        index=groups, columns=list(_STATEMENTS)
    )
    grid = 100 * grid.div(grid.sum(axis=1), axis=0)
    figure, axes = plt.subplots(figsize=(7.2, 0.36 * len(groups) + 1.2))
    left = np.zeros(len(groups))
    colours = (PALETTE[0], PALETTE[4], "#9ca3af", "#e5e7eb")
    for (name, labels), colour in zip(_STATEMENTS.items(), colours, strict=True):
        width = grid[name].fillna(0).to_numpy(float)
        axes.barh(groups, width, left=left, color=colour, label=pick(language, *labels), height=0.72)
        for y, (x, w) in enumerate(zip(left, width, strict=True)):
            if w >= 6:
                axes.text(
                    x + w / 2,
                    y,
                    f"{w:.0f}",
                    ha="center",
                    va="center",
                    fontsize=7.5,
                    color="white" if name == "measure" else "#111827",
                )
        left += width
    axes.set_xlim(0, 100)
    axes.set_xlabel(pick(language, "share of units, %", "占单元的份额(%)"))
    axes.grid(axis="y", visible=False)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure
