"""Figures of 05_topics that compare: years of one county, topics with tools, documents with documents."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from helpers.language import document_labels, place, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat, intervals, lines
from helpers.plots.shares import counties_by
from helpers.plots.style import INK, NEUTRAL, PALETTE
from helpers.plots.topic_names import mark, short_names, topic_names

MOST_COUNTIES = 3
MOST_DOCUMENTS = 30
_LEAST_FLOW = 0.004  # flows under this are in the table and not in the picture


def first_counties(frame: pd.DataFrame, most: int = MOST_COUNTIES) -> list[pd.DataFrame]:
    """Return the rows of the counties whose topics moved most (half the sum of absolute changes), at most `most`."""
    return counties_by(frame, frame["change"].abs(), most)


def _county(frame: pd.DataFrame, language: str) -> str:
    first = frame.iloc[0]
    return place(first["county"], language, first.get("county_code"))


def _change_facts(frame: pd.DataFrame, language: str) -> dict:
    mine, n = first_counties(frame)[0], len(first_counties(frame, len(frame)))
    up, down, row = mine.loc[mine["change"].idxmax()], mine.loc[mine["change"].idxmin()], mine.iloc[0]
    return {
        "county": _county(mine, language), "first": row["year_from"], "last": row["year_to"], "n": len(mine),
        "sure": int(((mine["ci_low"] > 0) | (mine["ci_high"] < 0)).sum()), "up": up["topic"], "rise": 100 * up["change"],
        "down": down["topic"], "fall": 100 * down["change"], "cut": n > MOST_COUNTIES, "shown": MOST_COUNTIES, "all": n,
        "mark": mark(frame, language),
    }  # fmt: skip


@chart("topic_change", section="topics", facts=_change_facts, table="topic_change")
def topic_change(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the change of each topic with its interval, one panel a county."""
    counties, names = first_counties(frame), topic_names(frame, language)
    order = counties[0].sort_values(["change", "topic"], kind="stable")["topic"].tolist()
    size = (7.8 if len(counties) > 1 else 7.0, 0.36 * len(order) + 1.2)
    figure, axes = plt.subplots(1, len(counties), figsize=size, sharey=True, squeeze=False)
    for ax, mine in zip(axes[0], counties, strict=True):
        mine = mine.set_index("topic").loc[order]
        sure = (mine["ci_low"] > 0) | (mine["ci_high"] < 0)
        ax.axvline(0, color=INK, linewidth=0.8)
        colours = np.where(~sure, NEUTRAL, np.where(mine["change"] > 0, PALETTE[0], PALETTE[5]))
        intervals(ax, mine, "change", colours, labels=[names[t] for t in order])
        ax.tick_params(axis="y", labelsize=7.5)
        years = {"first": mine["year_from"].iloc[0], "last": mine["year_to"].iloc[0]}
        ax.set_xlabel(say("topics.topic_change.x", language, county=_county(mine, language), **years))
    return figure


def _flow_facts(frame: pd.DataFrame, language: str) -> dict:
    stays = frame["topic_from"] == frame["topic_to"]
    across = frame[~stays & (frame["flow"] > 0)].nlargest(1, "flow")
    return {
        "county": _county(frame, language), "years": [str(y) for y in sorted({*frame["year_from"], *frame["year_to"]})],
        "cosine": frame["threshold"].iloc[0], "stay": frame.loc[stays, "flow"].sum() / max(frame["flow"].sum(), 1e-12),
        "crosses": len(across) > 0, "source": across["topic_from"].squeeze(), "target": across["topic_to"].squeeze(),
    }  # fmt: skip


@chart("topic_flow", section="topics", facts=_flow_facts, table="topic_flow")
def topic_flow(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the flow of topics between adjacent years of one county as an alluvial picture."""
    years = sorted({*frame["year_from"], *frame["year_to"]})
    figure, ax = plt.subplots(figsize=(7.6, 5.2))
    shares = {
        **{(r.year_from, r.topic_from): r.share_from for r in frame.itertuples()},
        **{(r.year_to, r.topic_to): r.share_to for r in frame.itertuples()},
    }
    bottom = {year: _stack(shares, year) for year in years}
    for x, year in enumerate(years):
        for topic, (low, high) in bottom[year].items():
            ax.add_patch(Rectangle((x - 0.03, low), 0.06, high - low, color=_colour(topic)))
    _bands(ax, frame[frame["flow"] >= _LEAST_FLOW], years, bottom)
    names = {**_names(frame, "from", language), **_names(frame, "to", language)}
    for year, x, side in ((years[0], -0.05, "right"), (years[-1], len(years) - 0.95, "left")):
        for topic, (low, high) in bottom[year].items():
            ax.text(x, (low + high) / 2, names[topic], ha=side, va="center", fontsize=7.5)
    ax.set_xlim(-0.75, len(years) - 0.25)
    ax.set_ylim(-0.01, 1.2)
    ax.set_xticks(range(len(years)), years)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(say("topics.topic_flow.x", language, county=_county(frame, language)))
    return figure


def _names(frame: pd.DataFrame, side: str, language: str) -> dict[int, str]:
    part = frame.rename(columns={f"{name}_{side}": name for name in ("topic", "label_en", "label_zh", "stable")})
    return short_names(part, language)


def _stack(shares: dict, year: int) -> dict[int, tuple[float, float]]:
    at, out, gap = 0.0, {}, 0.012
    for topic in sorted((t for y, t in shares if y == year), reverse=True):
        height = float(shares[year, topic])
        out[topic] = (at, at + height)
        at += height + gap
    return out


def _colour(topic: int) -> str:
    return [*PALETTE[:6], "#8b5cf6", "#65a30d", "#be185d", "#0e7490"][(int(topic) - 1) % 10]


def _bands(ax, frame: pd.DataFrame, years: list, bottom: dict) -> None:
    left, right = {}, {}
    incoming = frame.groupby(["year_to", "topic_to"])["flow"].transform("sum")
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    for row, total in zip(frame.itertuples(), incoming, strict=True):
        x0, x1 = years.index(row.year_from) + 0.03, years.index(row.year_to) - 0.03
        a = bottom[row.year_from][row.topic_from][0] + left.get((row.year_from, row.topic_from), 0)
        b = bottom[row.year_to][row.topic_to][0] + right.get((row.year_to, row.topic_to), 0)
        height = row.flow / total * row.share_to
        left[row.year_from, row.topic_from] = left.get((row.year_from, row.topic_from), 0) + row.flow
        right[row.year_to, row.topic_to] = right.get((row.year_to, row.topic_to), 0) + height
        mid, c, d = (x0 + x1) / 2, b + height, a + row.flow
        points = [(x0, a), (mid, a), (mid, b), (x1, b), (x1, c), (mid, c), (mid, d), (x0, d), (x0, a)]
        ax.add_patch(PathPatch(Path(points, codes), facecolor=_colour(row.topic_from), alpha=0.35, linewidth=0))


def _tools_facts(frame: pd.DataFrame, language: str) -> dict:
    often = frame[frame["n_units"] >= 5]
    top = (often if len(often) else frame).nlargest(1, "lift").iloc[0]
    return {
        "tool": top[f"tool_{language}"],
        "topic": top["topic"],
        "n": top["n_units"],
        "lift": top["lift"],
        "mark": mark(frame, language),
    }


@chart("topic_tools", section="topics", facts=_tools_facts, table="topic_tools")
def topic_tools(frame: pd.DataFrame, language: str) -> Figure:
    """Draw topics × tools as a heat map of shares, commonest tool first."""
    tools = frame.groupby("tool")["n_units"].sum().sort_values(ascending=False, kind="stable").index
    grid = frame.pivot(index="topic", columns="tool", values="share")[tools].rename(index=short_names(frame, language))
    grid = grid.rename(columns=frame.drop_duplicates("tool").set_index("tool")[f"tool_{language}"])
    size = (7.8, 0.3 * len(grid) + 1.9)
    figure, ax = heat(grid, size, write=lambda share: f"{100 * share:.0f}" if share >= 0.005 else "", turned=True)
    ax.tick_params(labelsize=7)
    ax.set(xlabel=say("topics.topic_tools.x", language), ylabel="")
    return figure


def _documents_facts(frame: pd.DataFrame, language: str) -> dict:
    labels = document_labels(frame).set_index("doc_id")[f"label_{language}"]
    broad, narrow = frame.loc[frame["effective_topics"].idxmax()], frame.loc[frame["effective_topics"].idxmin()]
    return {
        "broad": labels[broad["doc_id"]], "most": broad["effective_topics"], "narrow": labels[narrow["doc_id"]],
        "least": narrow["effective_topics"], "cut": len(frame) > MOST_DOCUMENTS, "shown": MOST_DOCUMENTS, "all": len(frame),
        "mark": mark(frame, language),
    }  # fmt: skip


@chart("document_topics", section="topics", facts=_documents_facts, table="document_topics")
def document_topics(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the effective number of topics of each document, with its strongest topic."""
    labels = document_labels(frame).set_index("doc_id")[f"label_{language}"]
    rows = frame.sort_values(["n_units", "doc_id"], ascending=[False, True], kind="stable").head(MOST_DOCUMENTS)
    rows = rows.sort_values(["effective_topics", "doc_id"], kind="stable")
    figure, ax = plt.subplots(figsize=(7.2, 0.32 * len(rows) + 1.1))
    bars = ax.barh(range(len(rows)), rows["effective_topics"], color=PALETTE[0], height=0.6)
    notes = [f" T{row.topic}{'' if row.stable else '*'} {100 * row.share:.0f}%" for row in rows.itertuples()]
    ax.bar_label(bars, notes, fontsize=7.5)
    lines(ax, rows["doc_id"].map(labels))
    ax.tick_params(axis="y", labelsize=7.5)
    ax.set_xlim(0, rows["effective_topics"].max() * 1.2)
    ax.set_xlabel(say("topics.document_topics.x", language))
    return figure
