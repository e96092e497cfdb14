"""Figures of 06_commitments: when promises fall due, what counties aim at, who works with whom, and what money is for."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots import departments  # noqa: F401 its charts belong to this notebook
from helpers.plots.charts import chart
from helpers.plots.shares import group_labels
from helpers.plots.style import NEUTRAL, PALETTE, pick

KINDS = {"target": ("target", "目标"), "money": ("public money", "财政资金"), "deadline": ("deadline", "时限")}
_COLOUR = dict(zip(KINDS, PALETTE, strict=False))
MOST_GROUPS, MOST_ROWS = 6, 16
_YEARS = 12  # of the timeline


def _groups(frame: pd.DataFrame, language: str) -> list[str]:
    """Return the labels of the county-years with most rows, in order of county and year, the same in both languages."""
    labelled = frame.assign(group=group_labels(frame, language))
    size = labelled.groupby(["county", "year", "group"], dropna=False, sort=True).size().rename("n").reset_index()
    largest = size.sort_values("n", ascending=False, kind="stable").index[:MOST_GROUPS]
    return list(dict.fromkeys(size.loc[sorted(largest), "group"]))


# ---- timeline --------------------------------------------------------------------------------------------------------
def _timeline_caption(frame: pd.DataFrame) -> dict[str, str]:
    dated = frame[frame["due"].str.fullmatch(r"20\d\d")]
    total, n_dated = int(frame["n_commitments"].sum()), int(dated["n_commitments"].sum())
    by_year = dated.groupby("due")["n_commitments"].sum().sort_values(ascending=False, kind="stable")
    peak = by_year.index[0] if len(by_year) else None
    en = f"{n_dated} of {total} commitments name a year in the sentence itself"
    zh = f"{total}项承诺中有{n_dated}项在句中写明年份"
    if peak:
        en, zh = f"{en}; most fall due in {peak} ({int(by_year.iloc[0])})", f"{zh};到期最多的是{peak}年({int(by_year.iloc[0])}项)"
    if outside := n_dated - int(dated.loc[dated["due"].isin(_span(frame)), "n_commitments"].sum()):
        en, zh = f"{en}; {outside} fall in years that are not drawn", f"{zh};另有{outside}项的年份未画出"
    en += ". Those without a year are drawn apart: a heading or the title may date them, their words do not."
    zh += "。未写年份者另列:标题或文件名可能给出年份,句子本身没有。"
    return {"en": en, "zh": zh}


def _span(frame: pd.DataFrame) -> list[str]:
    """Return the years to draw: all between the first and the last, or the twelve in a row in which most falls due."""
    by_year = frame[frame["due"].str.fullmatch(r"20\d\d")].groupby("due")["n_commitments"].sum()
    if not len(by_year):
        return []
    first, last = int(by_year.index.min()), int(by_year.index.max())
    years = by_year.reindex([str(year) for year in range(first, last + 1)], fill_value=0)
    start = int(years.rolling(_YEARS).sum().shift(1 - _YEARS).fillna(-1).to_numpy().argmax()) if len(years) > _YEARS else 0
    return years.index[start : start + _YEARS].tolist()


@chart("commitment_timeline", section="commitments", caption=_timeline_caption, table="deadlines")
def commitment_timeline(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a panel a county-year, bars a due year, stacked by kind."""
    frame = frame.assign(group=group_labels(frame, language))
    groups = _groups(frame, language)
    span = _span(frame)
    slots = [*span, "yearly", "none"]
    names = [*span, pick(language, "every\nyear", "每年"), pick(language, "no\nyear", "未写\n年份")]
    figure, panels = plt.subplots(len(groups), 1, figsize=(7.2, 1.15 * len(groups) + 0.9), sharex=True, squeeze=False)
    for axes, group in zip(panels[:, 0], groups, strict=True):
        own, base = frame[frame["group"] == group], np.zeros(len(slots))
        for kind in KINDS:
            counts = own[own["kind"] == kind].groupby("due")["n_commitments"].sum().reindex(slots, fill_value=0).to_numpy(float)
            axes.bar(range(len(slots)), counts, bottom=base, color=_COLOUR[kind], width=0.7, label=pick(language, *KINDS[kind]))
            base += counts
        for x, height in enumerate(base):
            if height:
                axes.text(x, height, f"{height:.0f}", ha="center", va="bottom", fontsize=7, color=NEUTRAL)
        axes.set_ylim(0, max(base.max(), 1) * 1.25)
        axes.set_title(group, loc="left", fontsize=9)
        axes.axvline(len(span) - 0.5, color=NEUTRAL, linewidth=0.6, linestyle=":")
        axes.grid(axis="x", visible=False)
    panels[-1, 0].set_xticks(range(len(slots)), names)
    panels[-1, 0].set_xlabel(pick(language, "due in", "到期年份"))
    figure.supylabel(pick(language, "commitments", "承诺数(项)"), fontsize=9)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=3, fontsize=8)
    return figure


# ---- indicators side by side -----------------------------------------------------------------------------------------
_UNITS = {"家": "", "个": "", "项": "", "件": "", "名": "", "人次": "", "个百分点": "pp", "亩": "mu", "万": "× 10 000"}
_MILLIONS = {"亿元": (1e-1, "bn yuan"), "万元": (1e-2, "m yuan"), "万美元": (1e-2, "m dollars")}


def _amount(value: str, unit: str, language: str) -> str:
    """Write 60 亿元 as it stands in Chinese and as 6 bn yuan in English; ranges of sums keep the unit of the text."""
    if language == "zh":
        return f"{value} {unit}"
    if unit in _MILLIONS and value.replace(".", "", 1).isdigit():
        factor, name = _MILLIONS[unit]
        return f"{float(value) * factor:g} {name}"
    return f"{value} {_UNITS.get(unit, unit)}".strip()


def written(frame: pd.DataFrame, language: str) -> pd.Series:
    """Write each value as a reader expects it: ≥ 220, +8.5 %, with the due year where it is named."""
    sign = {">=": "≥ ", "<=": "≤ ", "growth": "+", "decrease": "−"}
    due = {"yearly": pick(language, " a year", "/年")}
    out = []
    for row in frame[["comparator", "value", "unit", "due"]].astype("object").fillna("").itertuples(index=False):
        tail = due.get(row.due, f" ({row.due})" if row.due else "")
        out.append(f"{sign.get(row.comparator, '')}{_amount(row.value, row.unit, language)}{tail}")
    return pd.Series(out, index=frame.index, dtype="str")


def _grid(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Lay the comparable indicators out: rows indicators, columns county-years, the one with most county-years first."""
    measure = {"growth": pick(language, " (growth)", "(增速)"), "new": pick(language, " (new)", "(新增)"), "level": ""}
    rows = frame.assign(
        row=frame[f"label_{language}"] + frame["measure"].map(measure),
        text=written(frame, language),
        group=group_labels(frame, language),
    )
    texts = rows.groupby(["row", "group"], sort=False)["text"].agg(lambda values: "\n".join(list(dict.fromkeys(values))[:3]))
    grid = texts.unstack().reindex(index=list(dict.fromkeys(rows["row"])), columns=_groups(frame, language)).fillna("")
    return grid.loc[(grid != "").sum(axis=1).sort_values(ascending=False, kind="stable").index].head(MOST_ROWS)


def _comparison_caption(frame: pd.DataFrame) -> dict[str, str]:
    groups = frame.groupby(["indicator_id", "measure"])[["county", "year"]].apply(lambda rows: len(rows.drop_duplicates()))
    shared = int((groups > 1).sum())
    return {
        "en": f"{len(groups)} comparable indicators and measures are named, {shared} of them by more than one county-year; the rows "
        "with most county-years stand first. ≥ and ≤ are 以上 and 以内, + is growth, brackets give the year by which. Two lines in "
        "one cell are two values of the same documents. Counties define and date their indicators differently: read across "
        "only where unit, measure and year agree.",
        "zh": f"共有{len(groups)}项可比指标(按口径区分),其中{shared}项见于一个以上县年;县年最多者居前。≥、≤为“以上”“以内”,+为增速,括号内为到期年份。"
        "同一格两行即同一县年有两个数值。各县指标口径与年份不同,只有单位、口径、年份一致时才可横向比较。",
    }  # fmt: skip


@chart("indicators_side_by_side", section="commitments", caption=_comparison_caption, table="indicator_comparison")
def indicators_side_by_side(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the comparable indicators as a table: a row an indicator, a column a county-year, the value as the text has it."""
    grid = _grid(frame, language)
    heights = [max(1, max(cell.count("\n") + 1 for cell in row)) for row in grid.to_numpy()]
    total = sum(heights) + 0.9
    figure, axes = plt.subplots(figsize=(8, 0.215 * total + 0.35))
    axes.set(xlim=(0, 1), ylim=(total, 0))
    axes.axis("off")
    left = 0.29
    width = (1 - left) / max(1, grid.shape[1])
    for j, name in enumerate(grid.columns):
        axes.text(
            left + (j + 0.5) * width,
            0.45,
            name.replace(" County", "\nCounty").replace(" District", "\nDistrict"),
            ha="center",
            va="center",
            fontsize=8,
        )
    y = 0.9
    for i, (name, height) in enumerate(zip(grid.index, heights, strict=True)):
        if i % 2 == 0:
            axes.axhspan(y, y + height, color="#f3f4f6", linewidth=0)
        axes.text(0.0, y + height / 2, name, va="center", fontsize=8)
        for j, cell in enumerate(grid.iloc[i]):
            axes.text(left + (j + 0.5) * width, y + height / 2, cell, ha="center", va="center", fontsize=7.5, linespacing=1.15)
        y += height
    return figure


# ---- money -----------------------------------------------------------------------------------------------------------
_FORMS = {"sum": ("sum", "定额"), "cap": ("upper limit", "上限"), "standard": ("standard per person or month", "人均/月标准"),
          "rate": ("share of costs", "比例"), "foreign": ("other currency", "外币")}  # fmt: skip


def _money_caption(frame: pd.DataFrame) -> dict[str, str]:
    purposes = frame.groupby(["label_en", "label_zh"])["n_sums"].sum().sort_values(ascending=False, kind="stable")
    total = frame["total_yuan"].sum() / 1e4
    (en, zh), most = purposes.index[0], int(purposes.iloc[0])
    return {
        "en": f"{int(frame['n_sums'].sum())} sums of public money are named; {en} has most ({most}). The fixed sums in yuan add up to "
        f"{total:,.0f} × 10 000 yuan, but a sum in a rule is paid per case and a yearly fund every year: the total is no budget. "
        "Limits, standards and shares of costs are counted and never added.",
        "zh": f"文件共写明{int(frame['n_sums'].sum())}笔财政资金,最多的用途是{zh}({most}笔)。以元计的定额合计{total:,.0f}万元;奖励按例发放、专项逐年安排,"
        "合计不等于预算。上限、标准、比例只计笔数,不相加。",
    }  # fmt: skip


@chart("money_by_purpose", section="commitments", caption=_money_caption, table="money_by_purpose")
def money_by_purpose(frame: pd.DataFrame, language: str) -> Figure:
    """Draw, for each purpose, how many sums are named (stacked by form) and what the fixed sums in yuan add up to."""
    label = f"label_{language}"
    counts = frame.pivot_table(index=label, columns="form", values="n_sums", aggfunc="sum", fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(kind="stable").index]
    totals = frame.groupby(label)["total_yuan"].sum().reindex(counts.index) / 1e4
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 0.34 * len(counts) + 1.3), sharey=True, width_ratios=[3, 2])
    base = np.zeros(len(counts))
    for index, form in enumerate(form for form in _FORMS if form in counts):
        values = counts[form].to_numpy(float)
        left.barh(range(len(counts)), values, left=base, color=PALETTE[index], height=0.65, label=pick(language, *_FORMS[form]))
        base += values
    left.set_yticks(range(len(counts)), counts.index)
    left.set_xlabel(pick(language, "sums named", "笔数"))
    left.xaxis.get_major_locator().set_params(integer=True)
    positive = totals.where(totals > 0)
    right.scatter(positive, range(len(counts)), color=PALETTE[0], s=26, zorder=3)
    right.set_xscale("log") if positive.notna().any() else right.set_xticks([])
    for y, value in enumerate(totals):
        if value > 0:
            right.annotate(f"{value:,.0f}", (value, y), xytext=(5, 4), textcoords="offset points", fontsize=7)
    right.set_xlabel(pick(language, "fixed sums, 10 000 yuan (log scale)", "定额合计(万元,对数轴)"))
    right.margins(x=0.25)
    for axes in (left, right):
        axes.grid(axis="y", visible=False)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper right", ncols=3, fontsize=8)
    return figure
