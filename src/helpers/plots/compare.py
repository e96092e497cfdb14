"""Figures of 07_compare: changes, the panel, who resembles whom, and the indices."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.cluster import hierarchy

from helpers.language import county_year
from helpers.plots import topic_change  # noqa: F401  registers topic_tools, which 07 draws
from helpers.plots.charts import chart
from helpers.plots.places import place, place_year
from helpers.plots.style import NEUTRAL, PALETTE, pick

_MOST_ROWS = 24
_BLUE, _ORANGE = PALETTE[0], PALETTE[5]


def _change_caption(frame: pd.DataFrame) -> dict[str, str]:
    sure, (first, last) = int(frame["differs"].sum()), (
        {lang: county_year(frame["county"].iloc[0], frame[year].iloc[0], lang, frame["county_code"].iloc[0]) for lang in ("en", "zh")}
        for year in ("first_year", "last_year")
    )
    top = frame.iloc[frame["difference"].abs().to_numpy().argmax()]
    return {
        "en": f"Change in tool shares from {first['en']} to {last['en']}, with 95 % intervals. The largest is "
        f"{top['label_en']} ({100 * top['difference']:+.1f} points, {100 * top['ci_low']:.1f} to {100 * top['ci_high']:.1f}). "
        f"Filled: clear, after adjustment for many comparisons and before correction too ({sure} of {len(frame)}). These are differences between "
        "documents, not between years of a county's policy.",
        "zh": f"从{first['zh']}到{last['zh']}各政策工具份额的变化及95%区间。变化最大的是{top['label_zh']}({100 * top['difference']:+.1f}个百分点,"
        f"区间{100 * top['ci_low']:.1f}至{100 * top['ci_high']:.1f})。实心点:多重比较校正后仍有差异,且校正前方向一致({len(frame)}项中{sure}项)。"
        "所示为文件之间的差异,不等于该县政策的年度变化。",
    }


def place_label(label: str, language: str) -> str:
    """Say a label that a table writes as one text (湘阴县 2017, 湘阴县 2017a) in the language of the figure."""
    name, _, year = label.rpartition(" ")
    if name and year[:4].isdigit():
        return f"{place_year(name, int(year[:4]), language)}{year[4:]}"
    return f"{place(name, language)} {year}" if name else label


@chart("change", section="compare", caption=_change_caption, table="differences")
def change(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the differences of one pair of groups as points with intervals, largest first."""
    return _forest(
        frame,
        "difference",
        "differs",
        f"label_{language}",
        pick(language, "change in share of units, percentage points", "占单元份额的变化(百分点)"),
    )


def _forest(frame: pd.DataFrame, value: str, sure: str, label: str, axis: str) -> Figure:
    """Draw points with intervals around zero in percentage points, largest first; filled where the column `sure` holds."""
    rows = frame.reindex(frame[value].abs().sort_values(ascending=False, kind="stable").index).head(_MOST_ROWS)[::-1]
    figure, axes = plt.subplots(figsize=(6.8, 0.28 * len(rows) + 1.1))
    y = np.arange(len(rows))
    axes.axvline(0, color="#374151", linewidth=0.8)
    axes.hlines(y, 100 * rows["ci_low"], 100 * rows["ci_high"], color=NEUTRAL, linewidth=1.4)
    axes.scatter(100 * rows[value], y, c=np.where(rows[sure], _BLUE, "white"), edgecolors=_BLUE, zorder=3, s=30)
    axes.set_yticks(y, rows[label])
    axes.set_xlabel(axis)
    axes.grid(axis="y", visible=False)
    return figure


def _panel_caption(frame: pd.DataFrame) -> dict[str, str]:
    cells, filled = len(frame), int((frame["n_documents"] > 0).sum())
    counties, years = frame["county"].nunique(), frame["year"].nunique()
    return {
        "en": f"Documents by county and year: {filled} of {cells} cells of the grid ({counties} counties, {years} years) hold one or "
        "more. Empty cells are missing documents, not years without policy.",
        "zh": f"各县各年文件数:{counties}个县、{years}个年份共{cells}格,其中{filled}格有文件。空格表示没有收集到文件,不表示当年没有政策。",
    }


@chart("panel_grid", section="compare", caption=_panel_caption, table="coverage")
def panel_grid(frame: pd.DataFrame, language: str) -> Figure:
    """Draw counties by years; the number in a cell is its documents, an empty cell is drawn empty."""
    counts = frame.pivot_table(
        index=["province", "county"], columns="year", values="n_documents", aggfunc="sum", dropna=False, observed=True
    )
    counts = counts[counts.sum(axis=1) > 0]
    shown = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index[:40]]
    figure, axes = plt.subplots(figsize=(6.8, 0.26 * len(shown) + 0.9))
    values = shown.to_numpy(dtype=float)
    axes.imshow(np.where(values > 0, values, np.nan), cmap="Blues", vmin=-1, vmax=max(2.0, values.max() * 1.6), aspect="auto")
    for (i, j), n in np.ndenumerate(values):
        axes.text(j, i, f"{int(n)}" if n else "·", ha="center", va="center", color="#111827" if n else "#9ca3af", fontsize=8)
    axes.set_xticks(range(shown.shape[1]), [str(year) for year in shown.columns])
    axes.set_yticks(range(len(shown)), [place(county, language) for _, county in shown.index])
    axes.set_xlabel(pick(language, "year (number of documents in the cell)", "年份(格内为文件数)"))
    axes.grid(visible=False)
    return figure


def _trend_caption(frame: pd.DataFrame) -> dict[str, str]:
    sure = int(frame["changes"].sum())
    return {
        "en": f"Change a year of each share within counties, with 95 % intervals (county fixed effects, errors clustered by county; "
        f"{int(frame['n_counties'].max())} counties, {int(frame['n_cells'].max())} county-years). Filled: a trend after "
        f"adjustment for many comparisons ({sure} of {len(frame)}).",
        "zh": f"各份额的县内年变化及95%区间(县固定效应,标准误按县聚类;{int(frame['n_counties'].max())}个县、"
        f"{int(frame['n_cells'].max())}个县年)。实心点:多重比较校正后仍有趋势({len(frame)}项中{sure}项)。",
    }


@chart("trends", section="compare", caption=_trend_caption, table="trends")
def trends(frame: pd.DataFrame, language: str) -> Figure:
    """Draw yearly changes as points with intervals, steepest first."""
    return _forest(
        frame, "slope", "changes", f"label_{language}", pick(language, "change a year, percentage points", "年变化(百分点)")
    )


_MEASURES = (("tools", "tools", "工具"), ("topics", "topics", "主题"), ("wording", "wording", "用语"))


def _similarity_caption(frame: pd.DataFrame) -> dict[str, str]:
    near = frame.loc[frame["wording"].idxmax()]
    return {
        "en": "How alike documents are in tools and topics (1 minus Jensen-Shannon divergence) and in wording (cosine of TF-IDF); 1 is "
        f"the same. Nearest in wording: {place_label(near['label_a'], 'en')} and {place_label(near['label_b'], 'en')} "
        f"({near['wording']:.2f}). Columns follow the order of the rows.",
        "zh": "文件之间在工具、主题(1减詹森—香农散度)和用语(TF-IDF余弦)上的相似度,1为相同。用语最接近的是"
        f"{place_label(near['label_a'], 'zh')}与{place_label(near['label_b'], 'zh')}({near['wording']:.2f})。列的次序同行。",
    }


@chart("similarity", section="compare", caption=_similarity_caption, table="document_similarity")
def similarity(frame: pd.DataFrame, language: str) -> Figure:
    """Draw three similarity matrices side by side, up to thirty documents."""
    names = sorted(set(frame["label_a"]) | set(frame["label_b"]))[:30]
    figure, all_axes = plt.subplots(1, 3, figsize=(8.0, min(3.6, 1.4 + 0.2 * len(names))), sharey=True)
    place_of = {name: i for i, name in enumerate(names)}
    shown = frame[frame["label_a"].isin(place_of) & frame["label_b"].isin(place_of)]
    for axes, (column, en, zh) in zip(all_axes, _MEASURES, strict=True):
        matrix = np.full((len(names), len(names)), np.nan)
        a, b = shown["label_a"].map(place_of), shown["label_b"].map(place_of)
        matrix[a, b] = matrix[b, a] = shown[column]
        axes.imshow(matrix, cmap="Blues", vmin=0, vmax=1)
        for (i, j), value in np.ndenumerate(matrix if len(names) <= 8 else np.empty((0, 0))):
            if value == value:
                axes.text(j, i, f"{value:.2f}"[1:] if value < 1 else "1", ha="center", va="center", fontsize=7,
                          color="white" if value > 0.6 else "#111827")  # fmt: skip
        axes.set_xlabel(pick(language, en, zh))
        axes.set_xticks([])
        axes.set_yticks(range(len(names)), [place_label(name, language) for name in names])
        axes.grid(visible=False)
    return figure


def _tree_caption(frame: pd.DataFrame) -> dict[str, str]:
    n = frame["label"].nunique()
    return {
        "en": f"Which of the {n} documents group together: average linkage on 1 minus the mean of the three similarities. The further "
        "left two branches join, the more alike the documents.",
        "zh": f"{n}份文件的聚类:以1减三种相似度的均值为距离,平均联结法。两支合并处越靠左,文件越相似。",
    }


@chart("dendrogram", section="compare", caption=_tree_caption, table="document_similarity")
def dendrogram(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the tree; `frame` holds the linkage (left, right, distance, size) and, in `label`, the leaves in order."""
    leaves = frame["label"].dropna().tolist()
    linkage = frame[["left", "right", "distance", "size"]].dropna().to_numpy(dtype=float)
    figure, axes = plt.subplots(figsize=(6.4, 0.3 * len(leaves) + 0.9))
    with plt.rc_context({"lines.linewidth": 1.2}):
        hierarchy.dendrogram(
            linkage, labels=[place_label(name, language) for name in leaves], orientation="right", ax=axes,
            color_threshold=0, above_threshold_color=_BLUE, leaf_font_size=9,
        )  # fmt: skip
    axes.set_xlabel(pick(language, "distance (1 minus mean similarity)", "距离(1减平均相似度)"))
    axes.grid(axis="y", visible=False)
    return figure


def _surface_caption(frame: pd.DataFrame) -> dict[str, str]:
    totals = frame.drop_duplicates("label").sort_values("total", ascending=False, kind="stable")
    best, last = totals.iloc[0], totals.iloc[-1]
    return {
        "en": "PMC surfaces: the first nine variables of each document as a 3 by 3 matrix, row by row; a flat high surface is a complete "
        f"design. Highest total: {place_label(best['label'], 'en')} ({best['total']:.2f} of 10), lowest: "
        f"{place_label(last['label'], 'en')} ({last['total']:.2f}). Completeness of design, not effectiveness.",
        "zh": f"PMC曲面:每份文件前九个一级变量按行排成3×3矩阵;曲面越高越平,设计越完备。总分最高:{place_label(best['label'], 'zh')}({best['total']:.2f},满分10),"
        f"最低:{last['label']}({last['total']:.2f})。所示为政策设计完备度,不是政策效果。",
    }


@chart("pmc_surface", section="compare", caption=_surface_caption, table="indices")
def pmc_surface(frame: pd.DataFrame, language: str) -> Figure:
    """Draw up to six documents' 3 x 3 surfaces; `frame` has label, total and the scores of X1 to X9 in order."""
    labels = frame["label"].drop_duplicates().tolist()[:6]
    columns = min(3, len(labels))
    rows = -(-len(labels) // columns)
    figure, all_axes = plt.subplots(
        rows, columns, figsize=(2.6 * columns, 2.5 * rows), subplot_kw={"projection": "3d"}, squeeze=False
    )
    x, y = np.meshgrid([1, 2, 3], [1, 2, 3])
    for axes, label in zip(all_axes.flat, labels, strict=False):
        z = frame.loc[frame["label"] == label, "score"].to_numpy(dtype=float)[:9].reshape(3, 3)
        axes.plot_surface(x, y, z, cmap="cividis", vmin=0, vmax=1, edgecolor="#374151", linewidth=0.4, shade=False)
        axes.set_zlim(0, 1)
        axes.set_xticks([1, 2, 3])
        axes.set_yticks([1, 2, 3])
        axes.tick_params(labelsize=6, pad=-2)
        axes.text2D(0.5, 1.0, place_label(label, language), transform=axes.transAxes, ha="center", va="top")
    for axes in all_axes.flat[len(labels) :]:
        axes.remove()
    return figure


def _profile_caption(frame: pd.DataFrame) -> dict[str, str]:
    best = frame.loc[frame["total"].idxmax()]
    return {
        "en": f"Policy strength by rubric, 0 to 5 a variable. Highest sum: {place_label(best['label'], 'en')} ({best['total']:.0f} of "
        f"{5 * frame['variable'].nunique()}). Scores come from coded sentences; thresholds stand in the rubric file.",
        "zh": f"按评分表计的政策力度,每项0—5分。合计最高:{place_label(best['label'], 'zh')}({best['total']:.0f}分,满分{5 * frame['variable'].nunique()})。"
        "得分来自已编码的句子,分档标准见评分表文件。",
    }


@chart("policy_strength", section="compare", caption=_profile_caption, table="indices")
def policy_strength(frame: pd.DataFrame, language: str) -> Figure:
    """Draw documents by rubric variables, the score in each cell; up to thirty documents."""
    return _score_table(frame, language, vmax=5, number="{:.0f}", axis=("score, 0 to 5", "得分(0—5)"))


def _score_table(frame: pd.DataFrame, language: str, vmax: float, number: str, axis: tuple[str, str]) -> Figure:
    order = frame.drop_duplicates("label").sort_values(["total", "label"], ascending=[False, True], kind="stable")["label"][:30]
    variables = frame["variable"].drop_duplicates()
    names = frame.drop_duplicates("variable").set_index("variable")[f"label_{language}"]
    table = frame.pivot(index="label", columns="variable", values="score").loc[order, variables]
    figure, axes = plt.subplots(figsize=(7.2, 0.3 * len(table) + 1.3))
    axes.imshow(table.to_numpy(dtype=float), cmap="Blues", vmin=0, vmax=vmax * 1.15, aspect="auto")
    for (i, j), score in np.ndenumerate(table.to_numpy(dtype=float)):
        dark = score > 0.65 * vmax
        axes.text(j, i, number.format(score), ha="center", va="center", fontsize=8, color="white" if dark else "#111827")
    axes.set_xticks(range(len(variables)), [names[v] for v in variables], rotation=30, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(table)), [place_label(name, language) for name in table.index])
    axes.set_xlabel(pick(language, *axis))
    axes.grid(visible=False)
    return figure


def _radar_caption(frame: pd.DataFrame) -> dict[str, str]:
    spread = frame.groupby("variable", sort=False)["score"].agg(lambda s: s.max() - s.min())
    names = frame.drop_duplicates("variable").set_index("variable")
    apart = spread.idxmax()
    return {
        "en": "PMC variables of each document, 0 (centre) to 1 (rim). Documents differ most in "
        f"{names.loc[apart, 'label_en']} (by {spread.max():.2f}). Lines differ in dash as well as in colour.",
        "zh": f"各文件的PMC一级变量,中心为0,外缘为1。文件之间差别最大的是{names.loc[apart, 'label_zh']}(相差{spread.max():.2f})。"
        "各线以线型和颜色区分。",
    }


@chart("pmc_radar", section="compare", caption=_radar_caption, table="indices")
def pmc_radar(frame: pd.DataFrame, language: str) -> Figure:
    """Draw up to six documents as closed lines over the PMC variables."""
    names = frame.drop_duplicates("variable")[f"label_{language}"].tolist()
    angles = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    figure, axes = plt.subplots(figsize=(7.2, 5.4), subplot_kw={"projection": "polar"}, layout="none")
    figure.subplots_adjust(left=0.2, right=0.8, top=0.9, bottom=0.2)  # names around a circle are not seen by the layout engine
    dashes = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
    colours = (*PALETTE[:6], "#000000")
    for i, label in enumerate(frame["label"].drop_duplicates().tolist()[:6]):
        scores = frame.loc[frame["label"] == label, "score"].to_numpy(dtype=float)
        axes.plot(np.append(angles, angles[0]), np.append(scores, scores[0]), linestyle=dashes[i], color=colours[i], linewidth=1.6,
                  label=place_label(label, language))  # fmt: skip
    axes.set_xticks(angles, [""] * len(names))
    for angle, name in zip(angles, names, strict=True):
        side = "center" if abs(np.cos(angle)) < 0.1 else "left" if np.cos(angle) > 0 else "right"
        axes.text(angle, 1.09, name, ha=side, va="center")
    axes.set_ylim(0, 1)
    axes.set_yticks([0.25, 0.5, 0.75, 1], ["", "0.5", "", "1"])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    return figure


def _breadth_caption(frame: pd.DataFrame) -> dict[str, str]:
    top = frame.loc[frame["shannon"].idxmax()]
    return {
        "en": f"Diversity of tools (Shannon, relative to all tools of the codebook) and breadth of theme, objective and tool (TOT, mean "
        f"percentile). Most diverse: {place_label(top['label'], 'en')} ({top['shannon']:.2f}). TOT percentiles move when a document is "
        "added, and longer documents score higher.",
        "zh": f"工具多样性(香农指数,相对于编码表全部工具)与主题、目标、工具广度(TOT指数,平均百分位)。多样性最高:{place_label(top['label'], 'zh')}"
        f"({top['shannon']:.2f})。TOT百分位随文件增减而变,且文件越长得分越高。",
    }


@chart("breadth", section="compare", caption=_breadth_caption, table="indices")
def breadth(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the Shannon index and the TOT index of each document as two dots on one line; up to thirty documents."""
    rows = frame.sort_values(["shannon", "label"], kind="stable").tail(30)
    figure, axes = plt.subplots(figsize=(6.4, 0.3 * len(rows) + 1.2))
    y = np.arange(len(rows))
    axes.hlines(y, rows[["shannon", "tot"]].min(axis=1), rows[["shannon", "tot"]].max(axis=1), color="#d1d5db", linewidth=1.5)
    axes.scatter(rows["shannon"], y, color=_BLUE, marker="o", s=36, zorder=3, label=pick(language, "Shannon", "香农指数"))
    axes.scatter(rows["tot"], y, color=_ORANGE, marker="s", s=32, zorder=3, label=pick(language, "TOT", "TOT指数"))
    axes.set_yticks(y, [place_label(name, language) for name in rows["label"]])
    axes.set_xlim(0, 1.02)
    axes.set_xlabel(pick(language, "index, 0 to 1", "指数(0—1)"))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    axes.grid(axis="y", visible=False)
    return figure
