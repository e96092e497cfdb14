"""Figures of 05_topics that compare: years of one county, topics with tools, documents with documents."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from helpers.plots.charts import chart
from helpers.plots.places import place, place_year
from helpers.plots.style import NEUTRAL, PALETTE, pick
from helpers.plots.topic_names import marked, short_names, topic_names

MOST_COUNTIES = 3
MOST_DOCUMENTS = 30
_LEAST_FLOW = 0.004  # flows under this are in the table and not in the picture


def first_counties(frame: pd.DataFrame, most: int = MOST_COUNTIES) -> list[str]:
    """Return the counties whose topics moved most (half the sum of absolute changes), at most `most`."""
    moved = frame.assign(size=frame["change"].abs()).groupby("county")["size"].sum()
    return list(moved.sort_values(ascending=False, kind="stable").index[:most])


def _change_caption(frame: pd.DataFrame) -> dict[str, str]:
    county = first_counties(frame)[0]
    mine = frame[frame["county"] == county]
    sure = mine[(mine["ci_low"] > 0) | (mine["ci_high"] < 0)]
    mark, n = marked(frame), frame["county"].nunique()
    some = (
        ("", "")
        if n <= MOST_COUNTIES
        else (f" The {MOST_COUNTIES} of {n} counties that moved most.", f"仅示变动最大的 {MOST_COUNTIES} 个县（共 {n} 个）。")
    )
    up, down, row = mine.loc[mine["change"].idxmax()], mine.loc[mine["change"].idxmin()], mine.iloc[0]
    return {
        "en": f"Change of each topic's share in {place(county, 'en')} from {row.year_from} to {row.year_to}, in percentage points, with 95 % bootstrap intervals over "
        f"units: {len(sure)} of {len(mine)} intervals exclude zero; largest rise T{up.topic} ({100 * up.change:+.0f}), largest fall T{down.topic} "
        f"({100 * down.change:+.0f}).{some[0]}{mark['en']} Two documents of different kinds differ in topics even where the county's policy did not change.",
        "zh": f"{county} {row.year_from} 年至 {row.year_to} 年各主题份额的变化（百分点）及按单元自助法的 95% 区间：{len(mine)} 个区间中 {len(sure)} 个不含零；升幅最大 "
        f"T{up.topic}（{100 * up.change:+.0f}），降幅最大 T{down.topic}（{100 * down.change:+.0f}）。{some[1]}{mark['zh']}文种不同的两份文件，即使政策未变，主题也会不同。",
    }


@chart("topic_change", section="topics", caption=_change_caption, table="topic_change")
def topic_change(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the change of each topic with its interval, one panel a county."""
    counties = first_counties(frame)
    names = topic_names(frame, language)
    order = frame[frame["county"] == counties[0]].sort_values(["change", "topic"], kind="stable")["topic"].tolist()
    figure, axes = plt.subplots(
        1, len(counties), figsize=(7.8 if len(counties) > 1 else 7.0, 0.36 * len(order) + 1.2), sharey=True, squeeze=False
    )
    for ax, county in zip(axes[0], counties, strict=True):
        mine = frame[frame["county"] == county].set_index("topic").loc[order]
        y = np.arange(len(order))
        sure = (mine["ci_low"] > 0) | (mine["ci_high"] < 0)
        colours = np.where(~sure, NEUTRAL, np.where(mine["change"] > 0, PALETTE[0], PALETTE[5])).tolist()
        ax.axvline(0, color="#111827", linewidth=0.8)
        ax.hlines(y, 100 * mine["ci_low"], 100 * mine["ci_high"], color=colours, linewidth=2, alpha=0.7)
        ax.scatter(100 * mine["change"], y, color=colours, s=30, zorder=3)
        ax.set_yticks(y, [names[t] for t in order], fontsize=7.5)
        title = f"{place(county, language)}, {mine['year_from'].iloc[0]} → {mine['year_to'].iloc[0]}"
        ax.set_xlabel(f"{title}\n" + pick(language, "change, percentage points", "变化（百分点）"))
    return figure


def _flow_caption(frame: pd.DataFrame) -> dict[str, str]:
    row = frame.iloc[0]
    stay = frame.loc[frame["topic_from"] == frame["topic_to"], "flow"].sum() / max(frame["flow"].sum(), 1e-12)
    strongest = frame[(frame["topic_from"] != frame["topic_to"]) & (frame["flow"] > 0)].nlargest(1, "flow")
    cross_en = (
        ""
        if strongest.empty
        else f" The widest passage between different topics leads from T{strongest.topic_from.iloc[0]} to T{strongest.topic_to.iloc[0]}."
    )
    cross_zh = (
        "" if strongest.empty else f"不同主题间最宽的流向为 T{strongest.topic_from.iloc[0]} 至 T{strongest.topic_to.iloc[0]}。"
    )
    years = sorted({*frame["year_from"], *frame["year_to"]})
    return {
        "en": f"Topic flow in {place(row.county, 'en')}, {', '.join(map(str, years))}: boxes are shares of a year, bands join topics of adjacent periods whose words have "
        f"a cosine of {row.threshold:.2f} or more; {100 * stay:.0f} % of what flows stays in its topic.{cross_en} Bands say that words are alike, not that one measure became another.",
        "zh": f"{row.county}主题流向（{'、'.join(map(str, years))}）：方块为当年份额，带状连接相邻时期用词余弦不低于 {row.threshold:.2f} 的主题；{100 * stay:.0f}% 留在原主题。"
        f"{cross_zh}带状只说明用词相近，并不说明一项措施变成另一项。",
    }


@chart("topic_flow", section="topics", caption=_flow_caption, table="topic_flow")
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
    for topic, (low, high) in bottom[years[0]].items():
        ax.text(-0.05, (low + high) / 2, names[topic], ha="right", va="center", fontsize=7.5)
    for topic, (low, high) in bottom[years[-1]].items():
        ax.text(len(years) - 0.95, (low + high) / 2, names[topic], ha="left", va="center", fontsize=7.5)
    ax.set_xlim(-0.75, len(years) - 0.25)
    ax.set_ylim(-0.01, 1.2)
    ax.set_xticks(range(len(years)), years)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(
        pick(
            language,
            f"{place(frame['county'].iloc[0], language)}; height: share of the year's units",
            f"{frame['county'].iloc[0]}；高度：占当年单元的份额",
        )
    )
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
    for row, total in zip(frame.itertuples(), incoming, strict=True):
        x0, x1 = years.index(row.year_from) + 0.03, years.index(row.year_to) - 0.03
        a = bottom[row.year_from][row.topic_from][0] + left.get((row.year_from, row.topic_from), 0)
        b = bottom[row.year_to][row.topic_to][0] + right.get((row.year_to, row.topic_to), 0)
        height = row.flow / total * row.share_to
        left[row.year_from, row.topic_from] = left.get((row.year_from, row.topic_from), 0) + row.flow
        right[row.year_to, row.topic_to] = right.get((row.year_to, row.topic_to), 0) + height
        mid = (x0 + x1) / 2
        points = [
            (x0, a),
            (mid, a),
            (mid, b),
            (x1, b),
            (x1, b + height),
            (mid, b + height),
            (mid, a + row.flow),
            (x0, a + row.flow),
            (x0, a),
        ]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        ax.add_patch(PathPatch(Path(points, codes), facecolor=_colour(row.topic_from), alpha=0.35, linewidth=0))


def _tools_caption(frame: pd.DataFrame) -> dict[str, str]:
    often = frame[frame["n_units"] >= 5]
    top, mark = (often if len(often) else frame).nlargest(1, "lift").iloc[0], marked(frame)
    return {
        "en": f"Share of a topic's units that use a policy tool, in per cent. Most above what the tool has elsewhere: {top.tool_en} in T{top.topic} "
        f"({top.n_units} units, {top.lift:.1f} times the tool's overall share).{mark['en']} Cells of few units are uncertain; the table has the counts.",
        "zh": f"每个主题的单元中使用各政策工具的份额（%）。最高于该工具总体份额者：T{top.topic} 的{top.tool_zh}（{top.n_units} 个单元，为总体的 {top.lift:.1f} 倍）。"
        f"{mark['zh']}单元少的格子不确定，计数见表。",
    }


@chart("topic_tools", section="topics", caption=_tools_caption, table="topic_tools")
def topic_tools(frame: pd.DataFrame, language: str) -> Figure:
    """Draw topics × tools as a heat map of shares, commonest tool first."""
    tools = frame.groupby("tool")["n_units"].sum().sort_values(ascending=False, kind="stable").index
    values = 100 * frame.pivot(index="topic", columns="tool", values="share")[tools].to_numpy()
    names = frame.drop_duplicates("tool").set_index("tool")[f"tool_{language}"].loc[tools].tolist()
    topics = short_names(frame, language)
    figure, ax = plt.subplots(figsize=(7.8, 0.3 * len(topics) + 1.9))
    ax.imshow(values, cmap="Blues", vmin=0, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        if value >= 0.5:
            ax.text(
                j,
                i,
                f"{value:.0f}",
                ha="center",
                va="center",
                fontsize=6.5,
                color="white" if value > 0.6 * values.max() else "#111827",
            )
    ax.set_yticks(range(len(topics)), list(topics.values()), fontsize=7.5)
    ax.set_xticks(range(len(names)), names, fontsize=7, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_xlabel(pick(language, "share of the topic's units, %", "占该主题单元的份额（%）"))
    ax.grid(visible=False)
    ax.tick_params(length=0)
    return figure


def _documents_caption(frame: pd.DataFrame) -> dict[str, str]:
    broad, narrow = frame.loc[frame["effective_topics"].idxmax()], frame.loc[frame["effective_topics"].idxmin()]
    some = (
        ("", "")
        if len(frame) <= MOST_DOCUMENTS
        else (
            f" The {MOST_DOCUMENTS} longest of {len(frame)} documents.",
            f"仅示最长的 {MOST_DOCUMENTS} 份（共 {len(frame)} 份）。",
        )
    )
    mark = marked(frame)

    def name(row: pd.Series, language: str) -> str:
        again = ((frame["county"] == row.county) & (frame["year"] == row.year)).sum() > 1  # only then the document is named too
        when = place_year(row.county, row.year, language)
        return f"{when} · {row.doc_id}" if again else when

    return {
        "en": f"How many topics of equal size each document amounts to (exponential of the entropy of its shares). Broadest {name(broad, 'en')} ({broad.effective_topics:.1f}), "
        f"narrowest {name(narrow, 'en')} ({narrow.effective_topics:.1f}).{some[0]}{mark['en']} Long documents have room for more topics.",
        "zh": f"每份文件相当于多少个等大的主题（份额熵的指数）。最广为{name(broad, 'zh')}（{broad.effective_topics:.1f}），最集中为{name(narrow, 'zh')}（{narrow.effective_topics:.1f}）。"
        f"{some[1]}{mark['zh']}文件越长，可容的主题越多。",
    }


@chart("document_topics", section="topics", caption=_documents_caption, table="document_topics")
def document_topics(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the effective number of topics of each document, with its strongest topic."""
    rows = frame.sort_values(["n_units", "doc_id"], ascending=[False, True], kind="stable").head(MOST_DOCUMENTS)
    rows = rows.sort_values(["effective_topics", "doc_id"], kind="stable")
    figure, ax = plt.subplots(figsize=(7.2, 0.32 * len(rows) + 1.1))
    labels = pd.Series([place_year(r.county, r.year, language) for r in rows.itertuples()], dtype="str")
    twice = labels.duplicated(keep=False)  # only then the document has to be named too
    names = [
        f"{label} · {doc[-28:]}" if again else label for label, doc, again in zip(labels, rows["doc_id"], twice, strict=True)
    ]
    y = np.arange(len(rows))
    ax.barh(y, rows["effective_topics"], color=PALETTE[0], height=0.6)
    for i, row in enumerate(rows.itertuples()):
        note = f" T{row.topic}{'' if row.stable else '*'} {100 * row.share:.0f}%"
        ax.text(row.effective_topics, i, note, va="center", fontsize=7.5)
    ax.set_yticks(y, names, fontsize=7.5)
    ax.set_xlim(0, rows["effective_topics"].max() * 1.2)
    ax.set_xlabel(pick(language, "effective number of topics; beside the bar the strongest topic", "有效主题数；柱旁为最强主题"))
    return figure
