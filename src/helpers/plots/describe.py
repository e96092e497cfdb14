"""Figures of 02_describe: which words, how evenly spread, whose they are, what goes with what."""

from functools import lru_cache

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from helpers.language import county_year, say
from helpers.plots.charts import chart
from helpers.plots.forms import panels
from helpers.plots.shares import in_order
from helpers.plots.style import NEUTRAL, PALETTE, SHADES, font_path

MOST_TERMS = 30
_CLOUD_WIDTH, _CLOUD_HEIGHT = 760, 400
_CLOUD_SEED = 7  # places words only; what is drawn and how large is in the table


def _frequency_facts(frame: pd.DataFrame, language: str) -> dict:
    rows = frame.head(MOST_TERMS)
    top, spread = rows.iloc[0], bool(rows["dp"].notna().any())
    uneven = rows.loc[rows["dp"].idxmax()] if spread else {"term": "", "dp": None}
    return {
        "n_words": len(rows), "term": top["term"], "n": top["n"], "rate": top["per_thousand"], "spread": spread,
        "uneven": uneven["term"], "dp": uneven["dp"],
    }  # fmt: skip


@chart("term_frequencies", section="describe", facts=_frequency_facts, table="term_frequencies", place="appendix")
def term_frequencies(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the commonest words as bars, coloured by how unevenly they are spread."""
    rows = frame.head(MOST_TERMS).iloc[::-1]
    figure, ax = plt.subplots(figsize=(7.0, 0.2 * len(rows) + 1.0))
    known = rows["dp"].notna().any()
    shades = ListedColormap(plt.get_cmap(SHADES)(np.linspace(0.25, 1, 12)))  # in steps: a smooth bar shows seams in a drawing
    shade = shades(np.clip(rows["dp"].fillna(0).to_numpy(float), 0, 1))
    ax.barh(rows["term"], rows["n"], color=shade if known else PALETTE[0], height=0.72)
    ax.set_xlabel(say("describe.term_frequencies.x", language))
    ax.tick_params(axis="y", labelsize=8, length=0)
    ax.grid(axis="y", visible=False)
    ax.margins(y=0.01)
    if known:
        scale = plt.cm.ScalarMappable(plt.Normalize(0, 1), shades)
        figure.colorbar(scale, ax=ax, shrink=0.5, label=say("describe.term_frequencies.colour", language))
    return figure


def _name(row, language: str) -> str:
    return county_year(row["county"], row["year"], language, row.get("county_code"))


def _keyness_facts(frame: pd.DataFrame, language: str) -> dict:
    top, shown, n = frame.loc[frame["z"].idxmax()], frame["group"].nunique(), int(frame["n_groups"].iloc[0])
    return {
        "term": top["term"], "where": _name(top, language), "z": top["z"], "n": top["n"], "rest": top["n_rest"],
        "cut": shown < n, "shown": shown, "all": n,
    }  # fmt: skip


@chart("keyness", section="describe", facts=_keyness_facts, table="keyness")
def keyness(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the words of highest z of each county-year, a panel each."""
    groups = list(dict.fromkeys(in_order(frame)["group"]))
    figure, all_axes = panels(len(groups), 3, (7.8, 2.7), sharex=True, left=0.15, right=0.99, wspace=0.62, hspace=0.2)
    for ax, group in zip(all_axes, groups, strict=True):
        mine = frame[frame["group"] == group].head(12).iloc[::-1]
        ax.barh(mine["term"], mine["z"], color=PALETTE[0], height=0.7)
        ax.axvline(1.96, color=NEUTRAL, linestyle="--", linewidth=0.8)
        ax.set_title(_name(mine.iloc[0], language), loc="left", fontsize=8.5)
        ax.tick_params(axis="y", labelsize=7.5, length=0)
        ax.grid(axis="y", visible=False)
    bottom = 0.02 * 2.7 / figure.get_size_inches()[1]
    figure.text(0.55, bottom, say("describe.keyness.x", language), fontsize=9, ha="center", va="bottom")
    return figure


def _cloud_facts(frame: pd.DataFrame, language: str) -> dict:
    top, shown, n = frame.loc[frame["z"].idxmax()], frame["doc_id"].nunique(), int(frame["n_groups"].iloc[0])
    return {"term": top["term"], "where": _name(top, language), "cut": shown < n, "shown": shown, "all": n}


@chart("word_clouds", section="describe", facts=_cloud_facts, table="document_keyness", place="appendix")
def word_clouds(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a cloud a document from its key words."""
    documents = list(dict.fromkeys(in_order(frame)["doc_id"]))
    figure, all_axes = panels(len(documents), 2, (7.8, 2.3), bottom=0.01, left=0.01, right=0.99, wspace=0.04, hspace=0.14)
    for ax, document in zip(all_axes, documents, strict=True):
        mine = frame[frame["doc_id"] == document].head(45)
        points = 72 * 7.8 * ax.get_position().width / _CLOUD_WIDTH  # of one pixel of the cloud
        ax.set(xlim=(0, _CLOUD_WIDTH), ylim=(_CLOUD_HEIGHT, 0), aspect="equal")
        for word, size, left, baseline in _cloud(tuple(zip(mine["term"], mine["z"].round(3), strict=True))):
            ax.text(left, baseline, word, fontsize=size * points, color=PALETTE[0], va="baseline")
        ax.set_title(_name(mine.iloc[0], language), loc="left", fontsize=8.5)
        ax.axis("off")
    return figure


@lru_cache(maxsize=16)
def _cloud(sizes: tuple[tuple[str, float], ...]) -> list[tuple[str, float, float, float]]:
    """Place the words of one cloud: (word, size, left, baseline) in pixels; kept, because both editions show the same."""
    from PIL import ImageFont
    from wordcloud import WordCloud

    cloud = WordCloud(
        font_path=font_path(), width=_CLOUD_WIDTH, height=_CLOUD_HEIGHT, prefer_horizontal=1.0, random_state=_CLOUD_SEED,
        relative_scaling=0.6, min_font_size=11, max_font_size=92,
    ).generate_from_frequencies(dict(sizes))  # fmt: skip
    fonts = {size: ImageFont.truetype(font_path(), size) for _word, size, *_ in cloud.layout_}
    return [
        (word, size, left - fonts[size].getbbox(word, anchor="ls")[0], top - fonts[size].getbbox(word, anchor="ls")[1])
        for (word, _n), size, (top, left), _turned, _colour in cloud.layout_
    ]


def _large(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out pairs that hang on nothing else: two words alone at the edge of a picture say less than their row of the table."""
    net = nx.Graph(list(zip(frame["term_a"], frame["term_b"], strict=True)))
    size = {word: len(part) for part in nx.connected_components(net) for word in part}
    return frame[frame["term_a"].map(size) > 2] if max(size.values()) > 2 else frame


def _network_facts(frame: pd.DataFrame, language: str) -> dict:
    frame = _large(frame)
    strongest = frame.sort_values(["degree_a", "term_a"], ascending=[False, True], kind="stable").iloc[0]
    return {
        "n_words": len({*frame["term_a"], *frame["term_b"]}), "n_pairs": len(frame), "n_groups": frame["community_a"].nunique(),
        "term": strongest["term_a"], "degree": strongest["degree_a"],
    }  # fmt: skip


@chart("cooccurrence", section="describe", facts=_network_facts, table="cooccurrence", place="appendix", least=10)
def cooccurrence(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the network of words, communities in colours, node size by degree."""
    net, about, frame = nx.Graph(), {}, _large(frame)
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
