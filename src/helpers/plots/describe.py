"""Figures of 02_describe: which words, how evenly spread, whose they are, what goes with what."""

from functools import lru_cache

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.charts import chart
from helpers.plots.places import place_year
from helpers.plots.style import NEUTRAL, PALETTE, font_path, pick

MOST_GROUPS = 6
MOST_TERMS = 30
_CLOUD_WIDTH, _CLOUD_HEIGHT = 760, 400
_CLOUD_SEED = 7  # places words only; what is drawn and how large is in the table


def _frequency_caption(frame: pd.DataFrame) -> dict[str, str]:
    rows = frame.head(MOST_TERMS)
    uneven, even = rows.loc[rows["dp"].idxmax()] if rows["dp"].notna().any() else None, rows["dp"].notna().any()
    top = rows.iloc[0]
    en = f"The {len(rows)} commonest content words; {top.term} leads with {top.n} occurrences ({top.per_thousand:.1f} a thousand). "
    zh = f"最常见的 {len(rows)} 个实词；{top.term} 居首，{top.n} 次（每千词 {top.per_thousand:.1f}）。"
    if even:
        en += f"Colour is Gries' deviation of proportions: light words are spread evenly over the documents, dark ones are the business of a few (most of all {uneven.term}, {uneven.dp:.2f}). "
        zh += f"颜色为 Gries 比例偏差：浅色在各文件中分布均匀，深色集中于少数文件（{uneven.term} 最甚，{uneven.dp:.2f}）。"
    else:
        en += "With one document dispersion cannot be computed. "
        zh += "只有一份文件，无法计算分散度。"
    return {"en": en + "Stopwords, names and numbers are not counted.", "zh": zh + "停用词、名称与数字不计。"}


@chart("term_frequencies", section="describe", caption=_frequency_caption, table="term_frequencies")
def term_frequencies(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the commonest words as bars, coloured by how unevenly they are spread."""
    rows = frame.head(MOST_TERMS).iloc[::-1]
    figure, ax = plt.subplots(figsize=(7.0, 0.2 * len(rows) + 1.0))
    known = rows["dp"].notna().any()
    shade = plt.get_cmap("cividis_r")(np.clip(rows["dp"].fillna(0).to_numpy(float), 0, 1))
    ax.barh(rows["term"], rows["n"], color=shade if known else PALETTE[0], height=0.72)
    ax.set_xlabel(pick(language, "occurrences", "出现次数"))
    ax.tick_params(axis="y", labelsize=8, length=0)
    ax.grid(axis="y", visible=False)
    ax.margins(y=0.01)
    if known:
        scale = plt.cm.ScalarMappable(plt.Normalize(0, 1), "cividis_r")
        figure.colorbar(
            scale,
            ax=ax,
            shrink=0.5,
            label=pick(language, "deviation of proportions (0 even, 1 one document)", "比例偏差（0 均匀，1 集中）"),
        )
    return figure


def _name(row, language: str) -> str:
    return place_year(row.county, row.year, language)


def _keyness_caption(frame: pd.DataFrame) -> dict[str, str]:
    top = frame.loc[frame["z"].idxmax()]
    n_all, n = int(frame["n_groups"].iloc[0]), frame["group"].nunique()
    some = (
        ("", "")
        if n == n_all
        else (f" The {n} of {n_all} county-years with most words.", f"仅示词数最多的 {n} 个县年（共 {n_all} 个）。")
    )
    return {
        "en": f"Words that tell each county-year from all the others: log-odds with an informative Dirichlet prior (Monroe et al. 2008), as z. Strongest: {top.term} in "
        f"{_name(top, 'en')} (z {top.z:.1f}; {top.n} times, {top.n_rest} elsewhere). Dashed: z = 1.96.{some[0]} One document a county-year: the words are the document's as much as the county's.",
        "zh": f"各县年区别于其余县年的词：带信息性狄利克雷先验的对数优势比（Monroe 等 2008），以 z 值表示。最强：{_name(top, 'zh')}的{top.term}"
        f"（z {top.z:.1f}；{top.n} 次，他处 {top.n_rest} 次）。虚线为 z = 1.96。{some[1]}一个县年只有一份文件时，这些词既属于县，也属于该文件。",
    }


@chart("keyness", section="describe", caption=_keyness_caption, table="keyness")
def keyness(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the words of highest z of each county-year, a panel each."""
    groups = list(dict.fromkeys(frame["group"]))
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(7.8, 2.7 * rows), squeeze=False, sharex=True, layout="none")
    # All panels are alike: places given here save the layout engine the measuring of every label.
    figure.subplots_adjust(
        left=0.15, right=0.99, top=1 - 0.22 / (2.7 * rows), bottom=0.48 / (2.7 * rows), wspace=0.62, hspace=0.2
    )
    for ax, group in zip(axes.flat, groups, strict=False):
        mine = frame[frame["group"] == group].head(12).iloc[::-1]
        ax.barh(mine["term"], mine["z"], color=PALETTE[0], height=0.7)
        ax.axvline(1.96, color=NEUTRAL, linestyle="--", linewidth=0.8)
        ax.set_title(_name(mine.iloc[0], language), loc="left", fontsize=8.5)
        ax.tick_params(axis="y", labelsize=7.5, length=0)
        ax.grid(axis="y", visible=False)
    for ax in list(axes.flat)[len(groups) :]:
        ax.axis("off")
    figure.text(0.55, 0.02 / rows, pick(language, "z of the log-odds", "对数优势比的 z 值"), fontsize=9, ha="center", va="bottom")
    return figure


def _cloud_caption(frame: pd.DataFrame) -> dict[str, str]:
    n_all, n = int(frame["n_groups"].iloc[0]), frame["doc_id"].nunique()
    some = ("", "") if n == n_all else (f" The {n} longest of {n_all} documents.", f"仅示最长的 {n} 份文件（共 {n_all} 份）。")
    top = frame.loc[frame["z"].idxmax()]
    return {
        "en": f"Word clouds by keyness: size is how surely a word tells its document from the others (z), not how often it occurs. Largest: {top.term} ({_name(top, 'en')}).{some[0]} "
        "Colour and place mean nothing; the numbers are in the data under this figure.",
        "zh": f"按关键性绘制的词云：字号表示该词区别本文件与其他文件的确定程度（z 值），而非出现次数。最大：{top.term}（{_name(top, 'zh')}）。{some[1]}"
        "颜色与位置无意义，数值见本图所附数据。",
    }


@chart("word_clouds", section="describe", caption=_cloud_caption, table="document_keyness")
def word_clouds(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a cloud a document from its key words."""
    documents = list(dict.fromkeys(frame["doc_id"]))
    columns = min(2, len(documents))
    rows = -(-len(documents) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(7.8, 2.3 * rows), squeeze=False, layout="none")
    figure.subplots_adjust(left=0.01, right=0.99, top=1 - 0.22 / (2.3 * rows), bottom=0.01, wspace=0.04, hspace=0.14)
    for ax, document in zip(axes.flat, documents, strict=False):
        mine = frame[frame["doc_id"] == document].head(45)
        points = 72 * 7.8 * ax.get_position().width / _CLOUD_WIDTH  # of one pixel of the cloud
        ax.set(xlim=(0, _CLOUD_WIDTH), ylim=(_CLOUD_HEIGHT, 0), aspect="equal")
        for word, size, left, baseline, colour in _cloud(tuple(zip(mine["term"], mine["z"].round(3), strict=True))):
            ax.text(left, baseline, word, fontsize=size * points, color=colour, va="baseline")
        ax.set_title(_name(mine.iloc[0], language), loc="left", fontsize=8.5)
    for ax in axes.flat:
        ax.axis("off")
    return figure


@lru_cache(maxsize=16)
def _cloud(sizes: tuple[tuple[str, float], ...]) -> list[tuple[str, float, float, float, str]]:
    """Place the words of one cloud: (word, size, left, baseline, colour) in pixels; kept, because both editions show the same."""
    from PIL import ImageFont
    from wordcloud import WordCloud

    cloud = WordCloud(
        font_path=font_path(), width=_CLOUD_WIDTH, height=_CLOUD_HEIGHT, prefer_horizontal=1.0, random_state=_CLOUD_SEED,
        relative_scaling=0.6, min_font_size=11, max_font_size=92, color_func=_colour,
    ).generate_from_frequencies(dict(sizes))  # fmt: skip
    fonts = {size: ImageFont.truetype(font_path(), size) for _word, size, *_ in cloud.layout_}
    return [
        (word, size, left - fonts[size].getbbox(word, anchor="ls")[0], top - fonts[size].getbbox(word, anchor="ls")[1], colour)
        for (word, _n), size, (top, left), _turned, colour in cloud.layout_
    ]


def _colour(word: str, **_: object) -> str:
    return PALETTE[[0, 2, 5, 3][sum(map(ord, word)) % 4]]


def _network_caption(frame: pd.DataFrame) -> dict[str, str]:
    strongest = frame.sort_values(["degree_a", "term_a"], ascending=[False, True], kind="stable").iloc[0]
    n_words, n_groups = len({*frame["term_a"], *frame["term_b"]}), frame["community_a"].nunique()
    return {
        "en": f"Which distinctive words meet in a sentence more often than by chance: {n_words} words, {len(frame)} pairs, {n_groups} communities (colours). "
        f"{strongest.term_a} meets most others ({strongest.degree_a}). Thicker lines: more sentences. Centralities have a table of their own. Nearness on paper is layout, not meaning.",
        "zh": f"区别性词语在句中超出偶然的共现：{n_words} 个词、{len(frame)} 对、{n_groups} 个社群（颜色）。{strongest.term_a} 相连最多（{strongest.degree_a}）。"
        "线越粗，共现句越多。中心性另有一表。纸面远近只是布局，并无含义。",
    }


@chart("cooccurrence", section="describe", caption=_network_caption, table="cooccurrence")
def cooccurrence(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the network of words, communities in colours, node size by degree."""
    net = nx.Graph()
    about = {}
    for row in frame.itertuples():
        net.add_edge(row.term_a, row.term_b, weight=float(row.n_units * row.npmi), n=int(row.n_units))
        about[row.term_a], about[row.term_b] = (row.community_a, row.degree_a), (row.community_b, row.degree_b)
    place = _layout(net, about)
    figure, ax = plt.subplots(figsize=(7.8, 6.6))
    for a, b, edge in net.edges(data=True):
        (x0, y0), (x1, y1) = place[a], place[b]
        ax.plot([x0, x1], [y0, y1], color="#9ca3af", alpha=0.5, linewidth=0.5 + 0.35 * np.sqrt(edge["n"]), zorder=1)
    for word, (x, y) in place.items():
        community, degree = about[word]
        ax.scatter(x, y, s=26 + 26 * degree, color=_community_colour(community), alpha=0.35, zorder=2, linewidths=0)
        ax.text(x, y, word, ha="center", va="center", fontsize=6.5 + min(3, 0.35 * degree), zorder=3)
    ax.margins(0.06)
    ax.axis("off")
    return figure


def _community_colour(number: int) -> str:
    return [PALETTE[i] for i in (0, 1, 2, 3, 4, 5, 6)][number - 1] if number <= 7 else NEUTRAL


def _in_order(net: nx.Graph, part: list[str]) -> nx.Graph:
    """Return a part of the graph, nodes in the order given: a view of it would go through them in the order of their hashes."""
    out = nx.Graph()
    out.add_nodes_from(part)
    out.add_edges_from(net.subgraph(part).edges)
    return out


def _layout(net: nx.Graph, about: dict) -> dict[str, np.ndarray]:
    """Lay out each connected part by itself, then set the parts in rows, so that small ones do not crowd the large one;
    push labels apart.
    """
    parts = sorted((sorted(part) for part in nx.connected_components(net)), key=lambda part: (-len(part), part))
    placed: dict[str, np.ndarray] = {}
    x = y = tallest = 0.0
    for part in parts:
        side = 0.95 * np.sqrt(len(part))
        points = (
            nx.kamada_kawai_layout(_in_order(net, part), weight=None, scale=side / 2) if len(part) > 1 else {part[0]: np.zeros(2)}
        )
        if x and x + side > 1.35 * np.sqrt(len(net)):
            x, y, tallest = 0.0, y - tallest, 0.0
        placed.update({word: np.asarray(point) + [x + side / 2, y - side / 2] for word, point in points.items()})
        x, tallest = x + side + 0.2, max(tallest, side + 0.2)
    return _apart(placed)


def _apart(placed: dict[str, np.ndarray], rounds: int = 80) -> dict[str, np.ndarray]:
    words = list(placed)
    at = np.array([placed[word] for word in words])
    wide = np.array([0.17 * len(word) for word in words])
    for _ in range(rounds):
        dx, dy = at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1]
        overlap = ((wide[:, None] + wide[None, :]) / 2 - np.abs(dx)).clip(0)
        touch = (overlap > 0) & (np.abs(dy) < 0.24)
        np.fill_diagonal(touch, False)
        if not touch.any():
            break
        sign = np.where(dy != 0, np.sign(dy), np.sign(np.subtract.outer(np.arange(len(at)), np.arange(len(at)))))
        at[:, 1] += np.clip((sign * (0.24 - np.abs(dy)) * touch).sum(axis=1), -0.1, 0.1) * 0.5
    return dict(zip(words, at, strict=True))
