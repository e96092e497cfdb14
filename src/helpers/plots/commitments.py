"""Figures of 06_commitments: when promises fall due, what counties aim at, who works with whom, and what money is for."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from helpers.language import count, county_years, name, say
from helpers.plots import departments  # noqa: F401 its charts belong to this notebook
from helpers.plots.charts import chart
from helpers.plots.forms import broken, lines
from helpers.plots.shares import group_of, in_order, n_groups
from helpers.plots.style import INK, NEUTRAL, PALETTE

KINDS = ("target", "money", "deadline")
_COLOUR = dict(zip(KINDS, PALETTE, strict=False))
MOST_GROUPS, MOST_ROWS = 6, 16
_YEARS = 12  # of the timeline


def _groups(frame: pd.DataFrame, language: str) -> list[str]:
    """Return the labels of the county-years with most rows, in the one order of figures, the same in both languages."""
    labelled = frame.assign(group=county_years(frame, language))
    size = in_order(labelled.groupby([*group_of(frame), "group"], dropna=False).size().rename("n").reset_index())
    size = size.reset_index(drop=True)
    largest = size.sort_values("n", ascending=False, kind="stable").index[:MOST_GROUPS]
    return list(dict.fromkeys(size.loc[sorted(largest), "group"]))


def _timeline_facts(frame: pd.DataFrame, language: str) -> dict:
    dated = frame[frame["due"].str.fullmatch(r"20\d\d")]
    by_year = dated.groupby("due")["n_commitments"].sum().sort_values(ascending=False, kind="stable")
    return {
        "n": frame["n_commitments"].sum(), "dated": int(by_year.sum()), "peak": next(iter(by_year.index), None),
        "most": next(iter(by_year), None), "outside": int(by_year[~by_year.index.isin(_span(frame))].sum()),
    }  # fmt: skip


def _span(frame: pd.DataFrame) -> list[str]:
    """Return the years to draw: all between the first and the last, or the twelve in a row in which most falls due."""
    by_year = frame[frame["due"].str.fullmatch(r"20\d\d")].groupby("due")["n_commitments"].sum()
    if not len(by_year):
        return []
    first, last = int(by_year.index.min()), int(by_year.index.max())
    years = by_year.reindex([str(year) for year in range(first, last + 1)], fill_value=0)
    start = int(years.rolling(_YEARS).sum().shift(1 - _YEARS).fillna(-1).to_numpy().argmax()) if len(years) > _YEARS else 0
    return years.index[start : start + _YEARS].tolist()


@chart("commitment_timeline", section="commitments", facts=_timeline_facts, table="deadlines")
def commitment_timeline(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a panel a county-year, bars a due year, stacked by kind."""
    frame = frame.assign(group=county_years(frame, language))
    groups, span = _groups(frame, language), _span(frame)
    slots = [*span, "yearly", "none"]
    figure, panels = plt.subplots(len(groups), 1, figsize=(7.2, 1.15 * len(groups) + 0.9), sharex=True, squeeze=False)
    for axes, group in zip(panels[:, 0], groups, strict=True):
        own, base = frame[frame["group"] == group], np.zeros(len(slots))
        for kind in KINDS:
            counts = own[own["kind"] == kind].groupby("due")["n_commitments"].sum().reindex(slots, fill_value=0).to_numpy(float)
            bars = axes.bar(range(len(slots)), counts, bottom=base, color=_COLOUR[kind], width=0.7, label=name(kind, language))
            base += counts
        axes.bar_label(bars, [f"{height:.0f}" if height else "" for height in base], fontsize=7, color=NEUTRAL, padding=1.5)
        axes.set_ylim(0, max(base.max(), 1) * 1.4)
        axes.set_title(group, loc="left", fontsize=9)
        axes.axvline(len(span) - 0.5, color=NEUTRAL, linewidth=0.6, linestyle=":")
        axes.grid(axis="x", visible=False)
    last = [say(f"commitments.commitment_timeline.{which}", language) for which in ("yearly", "none")]
    panels[-1, 0].set_xticks(range(len(slots)), [*span, *last])
    panels[-1, 0].set_xlabel(say("commitments.commitment_timeline.x", language))
    figure.supylabel(say("commitments.commitment_timeline.y", language), fontsize=9)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=3, fontsize=8)
    return figure


def _years_facts(frame: pd.DataFrame, language: str) -> dict:
    ahead = frame["due"] - frame["year"]
    return {"n": len(frame), "all": int(frame["n_targets"].iloc[0]), "mean": ahead.mean(), "most": ahead.max()}


@chart("targets_by_year", section="commitments", facts=_years_facts, table="commitments")
def targets_by_year(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a line a county-year from the document's year (stroke) to the years of its targets, circles by their number."""
    rows = frame.assign(group=county_years(frame, language))
    order = _groups(frame, language)[::-1]
    size = rows[rows["group"].isin(order)].groupby(["group", "year", "due"]).size().rename("n").reset_index()
    size["row"] = size["group"].map(order.index)
    figure, axes = plt.subplots(figsize=(7.2, 0.42 * len(order) + 1.2))
    ends = size.groupby("row").agg(first=("year", "min"), last=("due", "max"), low=("due", "min"))
    axes.hlines(ends.index, ends[["first", "low"]].min(axis=1), ends["last"], color="#d1d5db", linewidth=1.5, zorder=1)
    said = {which: say(f"commitments.targets_by_year.{which}", language) for which in ("document", "targets")}
    axes.scatter(ends["first"], ends.index, marker="|", s=800, color=INK, zorder=2)  # seen above and below a circle
    axes.scatter([], [], marker="|", s=160, color=INK, label=said["document"])
    sns.scatterplot(
        size, x="due", y="row", size="n", sizes=(120, 620), color=PALETTE[0], alpha=0.85, zorder=3, legend=False, ax=axes
    )
    for row in size.itertuples():
        axes.annotate(str(row.n), (row.due, row.row), ha="center", va="center", fontsize=7.5, color="white", zorder=4)
    axes.scatter([], [], s=90, color=PALETTE[0], label=said["targets"])
    lines(axes, order)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.06)
    axes.set(xlabel=say("commitments.targets_by_year.x", language), ylabel="")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=8)
    return figure


_UNITS = {"家": "", "个": "", "项": "", "件": "", "名": "", "人次": "", "个百分点": "pp", "亩": "mu", "万": "× 10,000"}
_MILLIONS = {"亿元": (1e-1, "bn yuan"), "万元": (1e-2, "m yuan"), "万美元": (1e-2, "m dollars")}


def _amount(value: str, unit: str, language: str) -> str:
    """Write 60 亿元 as it stands in Chinese and as 6 bn yuan in English; ranges of sums keep the unit of the text."""
    if language == "zh":
        return f"{value}%" if unit == "%" else f"{value} {unit}"
    if unit in _MILLIONS and value.replace(".", "", 1).isdigit():
        factor, name = _MILLIONS[unit]
        return f"{float(value) * factor:g} {name}"
    return f"{value}%" if unit == "%" else f"{value} {_UNITS.get(unit, unit)}".strip()


def written(frame: pd.DataFrame, language: str) -> pd.Series:
    """Write each value as a reader expects it: ≥ 220, +8.5%, with the due year where it is named."""
    sign = {">=": "≥ ", "<=": "≤ ", "growth": "+", "decrease": "−"}
    out = []
    for row in frame[["comparator", "value", "unit", "due"]].astype("object").fillna("").itertuples(index=False):
        when = say("commitments.due", language, due=row.due, yearly=row.due == "yearly") if row.due else ""
        out.append(f"{sign.get(row.comparator, '')}{_amount(row.value, row.unit, language)}{when}")
    return pd.Series(out, index=frame.index, dtype="str")


def _grid(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Lay the comparable indicators out: rows indicators, columns county-years, the one with most county-years first."""
    measures = {m: say("commitments.indicators_side_by_side.row", language, measure=m, label="") for m in set(frame["measure"])}
    rows = frame.assign(
        row=frame[f"label_{language}"] + frame["measure"].map(measures), text=written(frame, language),
        group=county_years(frame, language),
    )  # fmt: skip
    texts = rows.groupby(["row", "group"], sort=False)["text"].agg(lambda values: "\n".join(list(dict.fromkeys(values))[:3]))
    grid = texts.unstack().reindex(index=list(dict.fromkeys(rows["row"])), columns=_groups(frame, language)).fillna("")
    return grid.loc[(grid != "").sum(axis=1).sort_values(ascending=False, kind="stable").index].head(MOST_ROWS)


def _comparison_facts(frame: pd.DataFrame, language: str) -> dict:
    groups = [n_groups(rows) for _, rows in frame.groupby(["indicator_id", "measure"])]
    return {"n": len(groups), "shared": sum(n > 1 for n in groups)}


@chart("indicators_side_by_side", section="commitments", facts=_comparison_facts, table="indicator_comparison")
def indicators_side_by_side(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the comparable indicators as a table: a row an indicator, a column a county-year, the value as the text has it."""
    grid = _grid(frame, language)
    heights = [max(1, max(cell.count("\n") + 1 for cell in row)) for row in grid.to_numpy()]
    heads = [broken(group, 14) for group in grid.columns]
    head = 0.3 + 0.6 * max(name.count("\n") + 1 for name in heads)
    total = sum(heights) + head
    figure, axes = plt.subplots(figsize=(8, 0.215 * total + 0.35))
    axes.set(xlim=(0, 1), ylim=(total, 0))
    axes.axis("off")
    left = 0.29
    width = (1 - left) / max(1, grid.shape[1])
    for j, group in enumerate(heads):
        axes.text(left + (j + 0.5) * width, head - 0.15, group, ha="center", va="bottom", fontsize=8, linespacing=1.1)
    y = head
    for i, (row, height) in enumerate(zip(grid.index, heights, strict=True)):
        if i % 2 == 0:
            axes.axhspan(y, y + height, color="#f3f4f6", linewidth=0)
        axes.text(0.0, y + height / 2, row, va="center", fontsize=8)
        for j, cell in enumerate(grid.iloc[i]):
            axes.text(left + (j + 0.5) * width, y + height / 2, cell, ha="center", va="center", fontsize=7.5, linespacing=1.15)
        y += height
    return figure


_FORMS = ("fund", "yearly", "award", "part", "cap", "standard", "rate", "foreign")


def _money_facts(frame: pd.DataFrame, language: str) -> dict:
    purposes = frame.groupby(f"label_{language}")["n_sums"].sum().sort_values(ascending=False, kind="stable")
    return {
        "n": frame["n_sums"].sum(),
        "purpose": purposes.index[0],
        "most": purposes.iloc[0],
        "total": frame["total_yuan"].sum(),
        "sides": _adds_up(frame, f"label_{language}"),
    }


def _adds_up(frame: pd.DataFrame, label: str) -> bool:
    """Tell whether sums of several purposes can be drawn beside each other: one alone is said in the caption."""
    return int((frame.groupby(label)["total_yuan"].sum() > 0).sum()) > 1


@chart("money_by_purpose", section="commitments", facts=_money_facts, table="money_by_purpose")
def money_by_purpose(frame: pd.DataFrame, language: str) -> Figure:
    """Draw, for each purpose, how many sums are named (stacked by form) and, where several have one, what is set aside once."""
    label = f"label_{language}"
    counts = frame.pivot_table(index=label, columns="form", values="n_sums", aggfunc="sum", fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(kind="stable").index]
    totals = frame.groupby(label)["total_yuan"].sum().reindex(counts.index) / 1e4
    size, both = (7.6, 0.34 * len(counts) + 1.3), _adds_up(frame, label)
    figure, panels = plt.subplots(1, 1 + both, figsize=size, sharey=True, squeeze=False, width_ratios=[3, 2][: 1 + both])
    left = panels[0, 0]
    base = np.zeros(len(counts))
    for index, form in enumerate(form for form in _FORMS if form in counts):
        values = counts[form].to_numpy(float)
        left.barh(range(len(counts)), values, left=base, color=PALETTE[index], height=0.65, label=name(form, language))
        base += values
    left.set_xlabel(say("commitments.money_by_purpose.n", language))
    left.xaxis.get_major_locator().set_params(integer=True)
    lines(left, counts.index)
    if both:
        _sums(panels[0, 1], totals, language)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper right", ncols=3, fontsize=8)
    return figure


def _sums(axes: Axes, totals: pd.Series, language: str) -> None:
    """Draw what is set aside once for each purpose, a dot with its number; on a log scale where sums differ greatly."""
    positive = totals.where(totals > 0)
    axes.scatter(positive, range(len(totals)), color=PALETTE[0], s=26, zorder=3)
    if positive.max() > 20 * positive.min():
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(0, 1.25 * positive.max())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value) if value >= 1 else f"{value:g}"))
    for y, value in enumerate(totals):
        if value > 0:
            axes.annotate(f"{value:,.0f}", (value, y), xytext=(5, 4), textcoords="offset points", fontsize=7)
    axes.set_xlabel(say("commitments.money_by_purpose.yuan", language))
    lines(axes, totals.index)
