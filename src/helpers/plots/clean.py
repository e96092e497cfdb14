"""Figures of 01_clean: what was repaired, how the documents are built, how long their sentences are."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from helpers.plots.charts import chart
from helpers.plots.places import place_year
from helpers.plots.style import NEUTRAL, PALETTE, pick

CERTAINTIES = {"exact": ("exact", "确证"), "inferred": ("inferred", "推断"), "flagged": ("flagged, not changed", "存疑未改")}
_COLOURS = dict(zip(CERTAINTIES, (PALETTE[0], PALETTE[4], PALETTE[1]), strict=True))
_RULES = {
    "pinyin": ("inserted pinyin", "插入的拼音"), "torn": ("torn pair", "撕裂字节对"), "traditional": ("traditional", "繁体转简体"),
    "glyph": ("lost glyph", "缺字补正"), "misprint": ("misprint", "误植"), "furniture": ("page furniture", "网页杂项"),
    "dash": ("dash", "破折号"), "space": ("stray space", "多余空格"), "wrap": ("broken line", "误断行"),
    "mojibake": ("wrong encoding", "乱码"), "entity": ("HTML entity", "HTML 实体"),
}  # fmt: skip
_MANY = 20
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


def repair_counts(repairs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rule with the number of its repairs by certainty: columns rule, exact, inferred, flagged, n_repairs.

    `repairs` has one row a repair, or `n` in a row.
    """
    counted = repairs if "n" in repairs else repairs.assign(n=1)
    table = counted.groupby(["rule", "certainty"], dropna=False)["n"].sum().unstack(fill_value=0)
    table = table.reindex(columns=list(CERTAINTIES), fill_value=0).astype(int)
    table["n_repairs"] = table.sum(axis=1)
    return table.sort_values(["n_repairs"], ascending=False, kind="stable").reset_index()


def anatomy(documents: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return for each document in how many units a tenth of its text falls apart and under how deep a heading they stand.

    Columns: doc_id, label, tenth (1 to 10), depth (mean number of headings above a unit), n_units.
    """
    frame = units[["doc_id", "heading_path", "position"]].copy()
    frame["depth"] = frame["heading_path"].fillna("").str.count(" > ") + (frame["heading_path"].fillna("") != "")
    size = frame.groupby("doc_id")["position"].transform("max")
    frame["tenth"] = ((frame["position"] - 1) * 10 // size + 1).astype(int)
    out = frame.groupby(["doc_id", "tenth"]).agg(depth=("depth", "mean"), n_units=("depth", "size")).reset_index()
    return out.merge(labels(documents), on="doc_id", how="left")


def labels(documents: pd.DataFrame) -> pd.DataFrame:
    """Return a short label a document for axes: county and year, numbered where two would read the same."""
    county, year = documents["county"].fillna("?"), documents["year"].astype("str").replace("<NA>", "?").fillna("?")
    label = county + " " + year
    again = label.groupby(label).cumcount()
    twice = label.duplicated(keep=False)
    return pd.DataFrame({"doc_id": documents["doc_id"], "label": label.where(~twice, label + " #" + (again + 1).astype("str"))})


def _label(label: str, language: str) -> str:
    """Say a label of `labels` in the language of the figure: 湘阴县 2025 #2 is Xiangyin County 2025 #2."""
    named, _, again = label.partition(" #")
    county, _, year = named.rpartition(" ")  # a county of the manifest may have blanks in it
    shown = place_year(None if county == "?" else county, None if year == "?" else int(year), language)
    return f"{shown} #{again}" if again else shown


def lengths(documents: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return one row a document with quartiles and 5th and 95th percentile of its units' lengths, in characters."""
    size = units.assign(n=units["text"].str.len()).groupby("doc_id")["n"]
    points = list(_QUANTILES.values())
    out = size.quantile(points).unstack().reindex(columns=points).set_axis(list(_QUANTILES), axis=1)
    out["n_units"] = size.size()
    return longest_first(labels(documents).merge(out.reset_index(), on="doc_id"))


def longest_first(out: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `lengths` in the order of the figure: the documents with the longest sentences first."""
    return out.sort_values(["median", "label"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _rule_label(rule: str, language: str) -> str:
    """Name a rule, or several that worked together (pinyin+traditional), in the language of the figure."""
    return " + ".join(pick(language, *_RULES.get(part, (part, part))) for part in rule.split("+"))


def _nothing(language: str) -> Figure:
    figure = Figure(figsize=(7.2, 1.0))
    figure.text(
        0.5,
        0.5,
        pick(language, "nothing to draw in this selection", "所选范围内无可绘制的内容"),
        ha="center",
        va="center",
        color=NEUTRAL,
    )
    return figure


def _repairs_caption(frame: pd.DataFrame) -> dict[str, str]:
    total, flagged = int(frame["n_repairs"].sum()), int(frame["flagged"].sum())
    if not total:
        return {"en": "No place needed a repair.", "zh": "没有需要修复之处。"}
    (first_en, first_zh), share = (
        (_rule_label(frame["rule"].iloc[0], x) for x in ("en", "zh")),
        frame["n_repairs"].iloc[0] / total,
    )
    return {
        "en": f"Repairs by rule and certainty (log scale): {total - flagged:,} repair{'' if total - flagged == 1 else 's'} and "
        f"{flagged:,} flagged place{'' if flagged == 1 else 's'}, left as found; {share:.0%} of both together are of the kind “{first_en}”. "
        "Counts say how damaged the pages were, not how good the repairs are.",
        "zh": f"各规则的修复数量与确定程度(对数坐标):共修复{total - flagged:,}处,另有{flagged:,}处存疑未改;两者合计{share:.0%}属“{first_zh}”。数量反映网页受损程度,不代表修复质量。",
    }


@chart("repairs_by_rule", section="clean", caption=_repairs_caption, table="repairs")
def repairs_by_rule(frame: pd.DataFrame, language: str) -> Figure:
    """Draw horizontal bars, a rule each, one dot a certainty on a log scale: rules differ by orders of magnitude."""
    if frame.empty:
        return _nothing(language)
    shown = frame.head(_MANY).iloc[::-1]
    figure = Figure(figsize=(7.2, 0.9 + 0.3 * max(1, len(shown))))
    axes = figure.subplots()
    rows = np.arange(len(shown))
    axes.hlines(rows, 0.8, shown["n_repairs"].clip(lower=0.8), color="#d1d5db", linewidth=1.2, zorder=1)
    for certainty, (en, zh) in CERTAINTIES.items():
        there = shown[certainty].to_numpy() > 0
        axes.scatter(
            shown[certainty].to_numpy()[there],
            rows[there],
            s=34,
            color=_COLOURS[certainty],
            label=pick(language, en, zh),
            zorder=3,
        )
    axes.set_xscale("log")
    axes.set_xlim(left=0.8)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_yticks(rows, [_rule_label(rule, language) for rule in shown["rule"]])
    axes.set_xlabel(pick(language, "number of repairs (log scale)", "修复数量(对数坐标)"))
    axes.grid(axis="y", visible=False)
    axes.legend(loc="lower right", title=pick(language, "certainty", "确定程度"))
    return figure


def _anatomy_caption(frame: pd.DataFrame) -> dict[str, str]:
    flat = frame.groupby("label")["depth"].max()
    lost = sorted(flat[flat == 0].index)
    deep = frame.loc[frame["depth"].idxmax()] if len(frame) else None
    if deep is None:
        return {"en": "No units, so nothing is drawn.", "zh": "没有分析单元,无图可画。"}
    en = f"Mean number of headings above a unit along each document, in tenths; deepest in {_label(deep['label'], 'en')} ({deep['depth']:.1f}). "
    zh = f"各文件自首至尾(十等分)每个分析单元之上的标题层数均值;最深处在{_label(deep['label'], 'zh')}({deep['depth']:.1f}层)。"
    if lost:
        more = len(lost) - _MANY
        lost, rest = lost[:_MANY], (f" and {more} more", f"等另{more}份") if more > 0 else ("", "")
        en += f"{', '.join(_label(one, 'en') for one in lost)}{rest[0]}: no heading survived on the page, so context is missing there, not in the policy."
        zh += f"{'、'.join(_label(one, 'zh') for one in lost)}{rest[1]}的标题在网页上全部丢失,缺的是上下文而非政策内容。"
    else:
        en += "Depth is a matter of drafting, not of content."
        zh += "层数反映行文方式,不反映内容多寡。"
    return {"en": en, "zh": zh}


@chart("document_anatomy", section="clean", caption=_anatomy_caption, table="units")
def document_anatomy(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: documents down, tenths of the text across, colour the mean heading depth (at most 20 documents)."""
    if frame.empty:
        return _nothing(language)
    wide = frame.pivot_table(index="label", columns="tenth", values="depth").reindex(columns=range(1, 11))
    wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False, kind="stable").index].head(_MANY)
    figure = Figure(figsize=(7.2, 1.2 + 0.32 * max(1, len(wide))))
    axes = figure.subplots()
    cells = wide.to_numpy(dtype=float)
    image = axes.imshow(cells, aspect="auto", cmap="Blues", vmin=0, vmax=max(1.0, float(np.nanmax(cells))))
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            if not np.isnan(value):
                dark = value > 0.6 * image.norm.vmax
                axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=8, color="white" if dark else "#111827")
    axes.set_yticks(range(len(wide)), [_label(label, language) for label in wide.index])
    axes.set_xticks(range(10), range(1, 11))
    axes.set_xlabel(pick(language, "tenth of the document", "文件的第几个十分之一"))
    axes.grid(visible=False)
    if len(wide) > 3:  # a shorter one has no room for the words beside it; the numbers are in the cells
        figure.colorbar(
            image, ax=axes, label=pick(language, "headings above a unit (mean)", "单元之上的标题层数(均值)"), pad=0.01
        )
    return figure


def _lengths_caption(frame: pd.DataFrame) -> dict[str, str]:
    if frame.empty:
        return {"en": "No units, so nothing is drawn.", "zh": "没有分析单元,无图可画。"}
    longest, shortest = frame.iloc[0], frame.iloc[-1]
    return {
        "en": f"Length of units in characters: median (dot), middle half (thick) and 5th to 95th percentile (thin). Medians run from "
        f"{shortest['median']:.0f} ({_label(shortest['label'], 'en')}) to {longest['median']:.0f} ({_label(longest['label'], 'en')}); a share of units therefore weighs a long "
        "sentence like a short one.",
        "zh": f"分析单元的长度(字):点为中位数,粗线为中间一半,细线为第5至95百分位。中位数从{shortest['median']:.0f}({_label(shortest['label'], 'zh')})到"
        f"{longest['median']:.0f}({_label(longest['label'], 'zh')})不等;按单元计算的占比对长短句一视同仁。",
    }


@chart("unit_lengths", section="clean", caption=_lengths_caption, table="units")
def unit_lengths(frame: pd.DataFrame, language: str) -> Figure:
    """Draw median, middle half and 5–95 % range of unit lengths, a document each (at most 20, the longest sentences first)."""
    if frame.empty:
        return _nothing(language)
    shown = frame.head(_MANY).iloc[::-1]
    figure = Figure(figsize=(7.2, 0.9 + 0.32 * max(1, len(shown))))
    axes = figure.subplots()
    rows = np.arange(len(shown))
    axes.hlines(rows, shown["p05"], shown["p95"], color=PALETTE[4], linewidth=1.5)
    axes.hlines(rows, shown["p25"], shown["p75"], color=PALETTE[0], linewidth=5)
    axes.scatter(shown["median"], rows, s=30, color="white", edgecolor="black", zorder=3)
    for row, n_units in zip(rows, shown["n_units"], strict=True):
        axes.annotate(f"n = {n_units}", (1.01, row), xycoords=("axes fraction", "data"), va="center", fontsize=8, color=NEUTRAL)
    axes.set_yticks(rows, [_label(label, language) for label in shown["label"]])
    axes.set_xlim(left=0)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(pick(language, "characters in a unit", "每个单元的字数"))
    axes.grid(axis="y", visible=False)
    return figure
