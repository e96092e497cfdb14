"""Figures of 05_topics: how many topics and why, what they are, where they stand, how they change."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.plots import topic_change  # noqa: F401  (registers its charts when this room is loaded)
from helpers.plots.charts import chart
from helpers.plots.places import place_year, year_name
from helpers.plots.style import NEUTRAL, PALETTE, pick
from helpers.plots.topic_names import marked, topic_names
from helpers.thresholds import STABLE, STABLE_OVER_SEEDS

MOST_GROUPS = 24
_MEASURES = (
    ("held_out_gain", "held-out gain, nats a word", "留出增益（奈特/词）"),
    ("npmi", "coherence (NPMI)", "连贯性（NPMI）"),
    ("exclusivity", "exclusivity", "排他性"),
    ("stability", "stability (mean matched cosine)", "稳定性（匹配余弦均值）"),
)


def _sweep_caption(frame: pd.DataFrame) -> dict[str, str]:
    row = frame[frame["chosen"]].iloc[0]
    numbers = {"k": row.n_topics, "r": row.resample_stability, "s": row.seed_stability, "n": row.npmi, "o": row.overlap}
    numbers |= {"asked": STABLE_OVER_SEEDS, "asked_again": STABLE}
    en = (
        "Four measures of each number of topics tried; the line marks K = {k}: stability {s:.2f} over seeds and {r:.2f} over bootstrap resamples "
        "of the passages, NPMI {n:.2f}. Dashed: the stabilities asked for ({asked}, {asked_again}). Different topics of one fit have a mean cosine of {o:.2f}, "
        "so a stability near that would mean nothing. No measure says that a topic is true."
    )
    zh = (
        "每个候选主题数的四项指标；竖线为所用 K = {k}：种子稳定性 {s:.2f}，段落自助重抽样稳定性 {r:.2f}，NPMI {n:.2f}。虚线为要求值（{asked}、{asked_again}）。"
        "同一模型中不同主题的平均余弦为 {o:.2f}，稳定性接近此值即无意义。任何指标都不能证明主题为真。"
    )
    return {"en": en.format(**numbers), "zh": zh.format(**numbers)}


@chart("topic_sweep", section="topics", caption=_sweep_caption, table="topic_sweep")
def topic_sweep(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the four measures over K, the chosen K marked."""
    figure, axes = plt.subplots(2, 2, figsize=(7.2, 4.4), sharex=True)
    chosen = frame.loc[frame["chosen"], "n_topics"].iloc[0]
    for ax, (name, en, zh) in zip(axes.flat, _MEASURES, strict=True):
        ax.axvline(chosen, color=NEUTRAL, linewidth=1)
        ax.set_ylabel(pick(language, en, zh))
        if name != "stability":
            ax.plot(frame["n_topics"], frame[name], marker="o", markersize=4, color=PALETTE[0])
            continue
        for column, colour, bar, en_, zh_ in (
            ("seed_stability", PALETTE[2], STABLE_OVER_SEEDS, "seeds", "种子"), ("resample_stability", PALETTE[5], STABLE, "resamples", "重抽样"),
        ):  # fmt: skip
            ax.plot(frame["n_topics"], frame[column], marker="o", markersize=4, color=colour, label=pick(language, en_, zh_))
            ax.axhline(bar, color=colour, linestyle="--", linewidth=0.8)
        ax.set_ylim(0, 1.02)
        ax.legend(loc="lower right", fontsize=8)
    for ax in axes[1]:
        ax.set_xlabel(pick(language, "number of topics K", "主题数 K"))
        ax.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _stability_caption(frame: pd.DataFrame) -> dict[str, str]:
    n, best, worst = (
        int((~frame["stable"]).sum()),
        frame.loc[frame["resample_stability"].idxmax()],
        frame.loc[frame["resample_stability"].idxmin()],
    )
    mean = frame["resample_stability"].mean()
    return {
        "en": f"How surely each topic comes back: mean matched cosine over other seeds (square) and over bootstrap resamples (circle; the line "
        f"reaches to the worst resample). Mean over resamples {mean:.2f}; surest T{best.topic} ({best.resample_stability:.2f}), least sure "
        f"T{worst.topic} ({worst.resample_stability:.2f}); {n} of {len(frame)} topics are marked unstable (*).",
        "zh": f"各主题能否重现：与其他种子（方块）及自助重抽样（圆点，线端为最差一次）匹配的余弦均值。重抽样均值 {mean:.2f}；最稳 T{best.topic}"
        f"（{best.resample_stability:.2f}），最不稳 T{worst.topic}（{worst.resample_stability:.2f}）；{len(frame)} 个主题中 {n} 个标为不稳定（*）。",
    }


@chart("topic_stability", section="topics", caption=_stability_caption, table="topic_quality")
def topic_stability(frame: pd.DataFrame, language: str) -> Figure:
    """Draw each topic's stability over seeds and over resamples, surest first."""
    rows = frame.sort_values(["resample_stability", "topic"], kind="stable").reset_index(drop=True)
    figure, ax = plt.subplots(figsize=(7.2, 0.36 * len(rows) + 1.1))
    y = np.arange(len(rows))
    colours = [PALETTE[5] if stable else NEUTRAL for stable in rows["stable"]]
    ax.hlines(y, rows["resample_low"], rows["resample_stability"], color=colours, linewidth=2, alpha=0.6)
    ax.scatter(rows["resample_stability"], y, color=colours, s=34, zorder=3, label=pick(language, "resamples", "重抽样"))
    ax.scatter(rows["seed_stability"], y, color=PALETTE[2], marker="s", s=24, zorder=3, label=pick(language, "seeds", "种子"))
    names = topic_names(frame, language)
    ax.set_yticks(y, [names[t] for t in rows["topic"]], fontsize=7.5)
    ax.set_xlim(0, 1.02)
    ax.set_xlabel(pick(language, "mean matched cosine", "匹配余弦均值"))
    ax.legend(loc="lower left")
    return figure


def _words_caption(frame: pd.DataFrame) -> dict[str, str]:
    n, mark = frame["topic"].nunique(), marked(frame)
    return {
        "en": f"The ten words with most weight in each of the {n} topics, the heaviest at full length; dark words are the topic's own (more "
        f"than half of their probability lies there). Topics are numbered by falling number of units.{mark['en']} A list of words is not yet a meaning: "
        "read it with the typical sentences.",
        "zh": f"{n} 个主题各自权重最高的十个词，最重者为满格；深色词为该主题独有（其概率过半在此主题）。主题按单元数由多到少编号。{mark['zh']}"
        "词表尚非含义，须与典型句子同读。",
    }


@chart("topic_words", section="topics", caption=_words_caption, table="topics")
def topic_words(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a panel a topic: its ten words as bars."""
    topics = sorted(frame["topic"].unique())
    columns = min(4, len(topics))
    rows = -(-len(topics) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(7.6, 1.75 * rows), squeeze=False, layout="none")
    # The layout engine would measure every label of every panel; all panels are alike, so the places are given.
    figure.subplots_adjust(
        left=0.1, right=0.99, top=1 - 0.2 / (1.75 * rows), bottom=0.33 / (1.75 * rows), wspace=0.85, hspace=0.16
    )
    for ax, topic in zip(axes.flat, topics, strict=False):
        mine = frame[frame["topic"] == topic].sort_values("rank", ascending=False)
        ax.barh(mine["term"], mine["weight"], color=[PALETTE[0] if own else PALETTE[4] for own in mine["own"]], height=0.7)
        ax.set_title(f"T{topic}" + ("" if mine["stable"].iloc[0] else "*"), loc="left", fontsize=8, pad=2)
        ax.tick_params(axis="y", labelsize=7, length=0)
        ax.set_xticks([])
        ax.grid(visible=False)
        ax.spines["bottom"].set_visible(False)
    for ax in list(axes.flat)[len(topics) :]:
        ax.axis("off")
    handles = [Line2D([], [], color=PALETTE[i], linewidth=5) for i in (0, 4)]
    names = [pick(language, "the topic's own word", "主题独有词"), pick(language, "shared with other topics", "与其他主题共有")]
    figure.legend(handles, names, loc="lower center", ncols=2, fontsize=8)
    return figure


def largest(frame: pd.DataFrame, most: int = MOST_GROUPS) -> pd.DataFrame:
    """Keep the rows of the `most` county-years with most units, in order of county and year."""
    groups = (
        frame.groupby(["county", "year"], dropna=False)["n_units"]
        .first()
        .sort_values(ascending=False, kind="stable")
        .index[:most]
    )
    return frame[pd.MultiIndex.from_frame(frame[["county", "year"]]).isin(groups)]


def _heat_caption(frame: pd.DataFrame) -> dict[str, str]:
    top, mark = frame.loc[frame["share"].idxmax()], marked(frame)
    all_, shown = (
        len(frame[["county", "year"]].drop_duplicates()),
        min(MOST_GROUPS, len(frame[["county", "year"]].drop_duplicates())),
    )
    some = (
        ("", "")
        if all_ == shown
        else (f" The {shown} county-years with most units of {all_}.", f"仅示单元最多的 {shown} 个县年（共 {all_} 个）。")
    )
    interval = f"{100 * top.ci_low:.0f}–{100 * top.ci_high:.0f}"
    return {
        "en": f"Mean share of each topic in the units of a county-year, in per cent. The largest: T{top.topic} in {place_year(top.county, top.year, 'en')} "
        f"with {100 * top.share:.0f} % (95 % interval {interval}).{some[0]}{mark['en']} One document is not a county: a row says what its documents write about.",
        "zh": f"各县年单元中每个主题的平均份额（%）。最高：{place_year(top.county, top.year, 'zh')}的 T{top.topic}，{100 * top.share:.0f}%（95% 区间 {interval}）。"
        f"{some[1]}{mark['zh']}一份文件不等于一个县：每行只说明其文件写了什么。",
    }


@chart("topic_shares_heat", section="topics", caption=_heat_caption, table="topic_shares")
def topic_shares_heat(frame: pd.DataFrame, language: str) -> Figure:
    """Draw topics × county-years as a heat map with the percentage in each cell."""
    rows = largest(frame)
    keys = rows[["county", "year"]].drop_duplicates()
    names = [place_year(c, y, language) for c, y in zip(keys["county"], keys["year"], strict=True)]
    values = np.vstack(
        [part.sort_values("topic")["share"] for _, part in rows.groupby(["county", "year"], dropna=False, sort=False)]
    ).T
    return _heat(100 * values, list(topic_names(frame, language).values()), names, language)


def _heat(values: np.ndarray, rows: list[str], columns: list[str], language: str) -> Figure:
    figure, ax = plt.subplots(figsize=(min(7.8, 3.2 + 0.62 * len(columns)), 0.36 * len(rows) + 1.4))
    ax.imshow(values, cmap="Blues", vmin=0, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        ax.text(
            j, i, f"{value:.0f}", ha="center", va="center", fontsize=7, color="white" if value > 0.6 * values.max() else "#111827"
        )
    ax.set_yticks(range(len(rows)), rows, fontsize=7.5)
    ax.set_xticks(range(len(columns)), columns, fontsize=7.5, rotation=35, ha="right", rotation_mode="anchor")
    ax.set_xlabel(pick(language, "mean share of units, %", "占单元的平均份额（%）"))
    ax.grid(visible=False)
    ax.tick_params(length=0)
    return figure


def _year_caption(frame: pd.DataFrame) -> dict[str, str]:
    years, top, mark = frame["year"].nunique(), frame.loc[frame["share"].idxmax()], marked(frame)
    year_en, year_zh = year_name(top.year, "en"), year_name(top.year, "zh")
    return {
        "en": f"Mean share of each topic in the units of a year, in per cent, all reported documents of the year together ({years} years). The largest: T{top.topic} in "
        f"{year_en} with {100 * top.share:.0f} % (95 % interval {100 * top.ci_low:.0f}–{100 * top.ci_high:.0f}).{mark['en']} Years differ in their documents, so this is no trend.",
        "zh": f"各年单元中每个主题的平均份额（%），同年文件合并（共 {years} 年）。最高：{year_zh}的 T{top.topic}，{100 * top.share:.0f}%"
        f"（95% 区间 {100 * top.ci_low:.0f}–{100 * top.ci_high:.0f}）。{mark['zh']}各年文件不同，故非趋势。",
    }


@chart("topic_shares_year", section="topics", caption=_year_caption, table="topic_group_shares")
def topic_shares_year(frame: pd.DataFrame, language: str) -> Figure:
    """Draw topics × years as a heat map with the percentage in each cell."""
    parts = list(frame.groupby("year", dropna=False, sort=True))
    values = np.vstack([part.sort_values("topic")["share"] for _, part in parts]).T
    years = [str(int(year)) if not pd.isna(year) else pick(language, "unknown", "未知") for year, _ in parts]
    return _heat(100 * values, list(topic_names(frame, language).values()), years, language)


_MODELS = {
    "consensus NMF": "共识 NMF",
    "plain LDA, one run": "LDA，单次拟合",
    "NMF": "NMF",
    "LDA": "LDA",
    "consensus LDA": "共识 LDA",
}


def _model(name: str, language: str) -> str:
    return pick(language, name, _MODELS.get(name, name))


def _comparison_caption(frame: pd.DataFrame) -> dict[str, str]:
    ours, plain = frame.iloc[0], frame.iloc[-1]
    return {
        "en": f"{ours.model} beside plain single-run LDA at K = {ours.n_topics} on the same passages: NPMI {ours.npmi:.2f} against {plain.npmi:.2f}, stability over resamples "
        f"{ours.resample_stability:.2f} against {plain.resample_stability:.2f}. LDA may do better on a larger corpus or with tuned priors; neither measure replaces reading.",
        "zh": f"{_model(ours.model, 'zh')} 与单次拟合的 LDA（K = {ours.n_topics}，同一批段落）：NPMI {ours.npmi:.2f} 对 {plain.npmi:.2f}，重抽样稳定性 {ours.resample_stability:.2f} 对 "
        f"{plain.resample_stability:.2f}。语料更大或调参后 LDA 可能更好；两项指标都不能代替阅读。",
    }


@chart("topic_comparison", section="topics", caption=_comparison_caption, table="topic_comparison")
def topic_comparison(frame: pd.DataFrame, language: str) -> Figure:
    """Draw coherence and both stabilities of each model side by side."""
    measures = [
        ("npmi", "NPMI", "NPMI"),
        ("seed_stability", "stability over seeds", "种子稳定性"),
        ("resample_stability", "stability over resamples", "重抽样稳定性"),
    ]
    figure, ax = plt.subplots(figsize=(6.4, 2.3))
    height = 0.8 / len(frame)
    for i, row in enumerate(frame.itertuples()):
        y = np.arange(len(measures)) - 0.4 + height * (i + 0.5)
        values = [getattr(row, name) for name, _, _ in measures]
        ax.barh(y, values, height=height * 0.9, color=[PALETTE[0], PALETTE[1]][i % 2], label=_model(row.model, language))
        for at, value in zip(y, values, strict=True):
            ax.text(max(value, 0) + 0.01, at, f"{value:.2f}", va="center", fontsize=8)
    ax.set_yticks(range(len(measures)), [pick(language, en, zh) for _, en, zh in measures])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlim(min(0, frame["npmi"].min()) - 0.02, 1.12)
    ax.set_xlabel(pick(language, "NPMI from -1 to 1; mean matched cosine from 0 to 1", "NPMI（-1 至 1）；匹配余弦均值（0 至 1）"))
    figure.legend(loc="outside upper center", ncols=2, fontsize=8)
    return figure
