"""Figures of 07_compare: changes, the panel, who resembles whom, and the indices."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers.language import county_year, place, say
from helpers.plots import topic_change  # noqa: F401  registers topic_tools, which 07 draws
from helpers.plots.charts import chart
from helpers.plots.forms import heat, intervals, lines
from helpers.plots.shares import in_order
from helpers.plots.style import PALETTE, SHADES

_MOST_ROWS, _MOST_DOCUMENTS, _MOST_SHAPES = 24, 16, 6
_BLUE, _ORANGE = PALETTE[0], PALETTE[5]


def _change_facts(frame: pd.DataFrame, language: str) -> dict:
    top = frame.iloc[frame["difference"].abs().to_numpy().argmax()]
    sides = [
        county_year(top[f"{first}county"], top[year], language, top[f"{first}county_code"])
        for first, year in (("first_", "first_year"), ("", "last_year"))
    ]
    return {
        "earlier": sides[0], "later": sides[1], "tool": top[f"label_{language}"], "difference": top["difference"],
        "low": top["ci_low"], "high": top["ci_high"], "judged": pd.notna(top["ci_low"]), "sure": int(frame["differs"].sum()), "n": len(frame),
    }  # fmt: skip


@chart("change", section="compare", facts=_change_facts, table="differences")
def change(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the differences of one pair of groups as points with intervals, largest first."""
    return _forest(frame, "difference", "differs", language, say("compare.change.x", language))


def _forest(frame: pd.DataFrame, value: str, sure: str, language: str, axis: str) -> Figure:
    """Draw points with intervals around zero in percentage points, largest first; filled where the column `sure` holds."""
    rows = frame.reindex(frame[value].abs().sort_values(ascending=False, kind="stable").index).head(_MOST_ROWS)[::-1]
    figure, axes = plt.subplots(figsize=(6.8, 0.28 * len(rows) + 1.1))
    axes.axvline(0, color="#374151", linewidth=0.8)
    intervals(axes, rows, value, _BLUE, filled=rows[sure], labels=rows[f"label_{language}"])
    axes.set_xlabel(axis)
    return figure


def _panel_facts(frame: pd.DataFrame, language: str) -> dict:
    counties = frame[[c for c in ("county", "county_code", "province") if c in frame]].drop_duplicates()
    filled = int((frame["n_documents"] > 0).sum())
    return {"filled": filled, "cells": len(frame), "counties": len(counties), "years": frame["year"].nunique()}


@chart("panel_grid", section="compare", facts=_panel_facts, table="coverage", place="appendix")
def panel_grid(frame: pd.DataFrame, language: str) -> Figure:
    """Draw counties by years; the number in a cell is its documents, an empty cell is drawn empty."""
    keys = [c for c in ("province", "county", "county_code") if c in frame]
    counts = frame.groupby([*keys, "year"], dropna=False)["n_documents"].sum().unstack("year")
    counts = counts[counts.sum(axis=1) > 0]
    most = counts.sum(axis=1).sort_values(ascending=False, kind="stable").head(40)
    shown = counts.loc[in_order(most.to_frame().reset_index()).set_index(keys).index].astype(float)
    known = shown.index.to_frame()
    codes = known["county_code"] if "county_code" in known else [None] * len(known)
    names = [place(county, language, code) for county, code in zip(known["county"], codes, strict=True)]
    top = max(2.0, shown.to_numpy().max() * 1.6)
    size = (6.8, 0.26 * len(shown) + 0.9)
    figure, axes = heat(shown.set_axis(names), size, write=lambda n: f"{n:.0f}" if n else "·", top=top, turned=False)
    axes.set(xlabel=say("compare.panel_grid.x", language), ylabel="")
    return figure


def _trend_facts(frame: pd.DataFrame, language: str) -> dict:
    return {
        "counties": frame["n_counties"].max(),
        "cells": frame["n_cells"].max(),
        "sure": int(frame["changes"].sum()),
        "n": len(frame),
    }


@chart("trends", section="compare", facts=_trend_facts, table="trends")
def trends(frame: pd.DataFrame, language: str) -> Figure:
    """Draw yearly changes as points with intervals, steepest first."""
    return _forest(frame, "slope", "changes", language, say("compare.trends.x", language))


_MEASURES = ("tools", "topics", "wording")


def _similarity_facts(frame: pd.DataFrame, language: str) -> dict:
    known = bool(frame["wording"].notna().any())
    near = frame.loc[frame["wording"].idxmax()] if known else frame.iloc[0]
    n, shown = len({*frame["doc_a"], *frame["doc_b"]}), len(_nearest_documents(frame, language))
    names = {"a": near[f"document_a_{language}"], "b": near[f"document_b_{language}"], "cosine": near["wording"]}
    return {"known": known, **names, "cut": shown < n, "shown": shown, "all": n}


def _nearest_documents(frame: pd.DataFrame, language: str) -> list[tuple]:
    """Return (place in the order of figures, doc_id, label) of the documents, of many those of the pairs nearest in wording."""
    pairs = frame.sort_values("wording", ascending=False, kind="stable").itertuples()
    found, named = {}, (("document", "_order"), ("doc", ""), ("document", f"_{language}"))
    for pair in pairs:
        sides = (tuple(getattr(pair, f"{name}_{side}{of}") for name, of in named) for side in "ab")
        both = found | {doc: (place, doc, name) for place, doc, name in sides}
        if len(both) > _MOST_DOCUMENTS:
            break
        found = both
    return sorted(found.values())


@chart("similarity", section="compare", facts=_similarity_facts, table="document_similarity")
def similarity(frame: pd.DataFrame, language: str) -> Figure:
    """Draw three similarity matrices side by side, of many documents those nearest to each other in wording."""
    found = _nearest_documents(frame, language)
    order, names = [row[1] for row in found], [row[2] for row in found]
    figure, all_axes = plt.subplots(1, 3, figsize=(8.0, min(3.6, 1.4 + 0.2 * len(names))), sharey=True)
    frame = frame[frame["doc_a"].isin(order) & frame["doc_b"].isin(order)]  # all with all would be a table of their square
    both = pd.concat([frame, frame.rename(columns={"doc_a": "doc_b", "doc_b": "doc_a"})])
    for axes, measure in zip(all_axes, _MEASURES, strict=True):
        grid = both.pivot_table(index="doc_a", columns="doc_b", values=measure).reindex(index=order, columns=order).to_numpy()
        notes = np.array([[f"{value:.2f}"[1:] if value < 1 else "1" for value in row] for row in grid])
        sns.heatmap(grid, annot=notes if len(names) <= 8 else None, fmt="", annot_kws={"size": 7}, cmap=SHADES, vmin=0, vmax=1,
                    cbar=False, linewidths=0.4, linecolor="white", square=True, xticklabels=False, yticklabels=False, ax=axes)  # fmt: skip
        axes.set_xlabel(say(f"compare.similarity.{measure}", language))
        axes.set_yticks(np.arange(len(names)) + 0.5, names)
        axes.tick_params(length=0)
        if len(names) > 8:
            axes.tick_params(axis="y", labelsize=6)
        axes.grid(visible=False)
    return figure


def _ends(frame: pd.DataFrame, language: str) -> dict:
    """Name the documents of the highest and the lowest total."""
    totals = frame.drop_duplicates("doc_id").sort_values("total", ascending=False, kind="stable")
    best, last, label = totals.iloc[0], totals.iloc[-1], f"document_{language}"
    return {"best": best[label], "highest": best["total"], "last": last[label], "lowest": last["total"]}


@chart("pmc_surface", section="compare", facts=_ends, table="indices")
def pmc_surface(frame: pd.DataFrame, language: str) -> Figure:
    """Draw up to six documents' 3 x 3 surfaces: the scores of X1 to X9, row by row."""
    documents = _shapes(frame)
    columns = min(3, len(documents))
    rows = -(-len(documents) // columns)
    size, three = (2.6 * columns, 2.5 * rows), {"projection": "3d"}
    figure, all_axes = plt.subplots(rows, columns, figsize=size, subplot_kw=three, squeeze=False)
    x, y = np.meshgrid([1, 2, 3], [1, 2, 3])
    for axes, document in zip(all_axes.flat, documents, strict=False):
        mine = frame[frame["doc_id"] == document]
        z = mine["score"].to_numpy(dtype=float)[:9].reshape(3, 3)
        axes.plot_surface(x, y, z, cmap=SHADES, vmin=0, vmax=1, edgecolor="#374151", linewidth=0.4, shade=False)
        axes.set_zlim(0, 1)
        axes.set_xticks([1, 2, 3])
        axes.set_yticks([1, 2, 3])
        axes.set_zticks([0, 0.5, 1])
        axes.set_xlabel(say("compare.pmc_surface.x", language), fontsize=7, labelpad=-6)
        axes.set_ylabel(say("compare.pmc_surface.y", language), fontsize=7, labelpad=-6)
        axes.set_zlabel(say("compare.pmc_surface.z", language), fontsize=7, labelpad=-8)
        axes.tick_params(labelsize=6, pad=-3)
        axes.text2D(0.5, 1.0, mine[f"document_{language}"].iloc[0], transform=axes.transAxes, ha="center", va="top")
    for axes in all_axes.flat[len(documents) :]:
        axes.remove()
    names = frame.drop_duplicates("variable")[f"label_{language}"].tolist()[:9]
    named = [say("labels.list_comma", language).join(f"X{i + 1} {names[i]}" for i in part) for part in np.split(np.arange(9), 3)]
    figure.supxlabel("\n".join(named), fontsize=7.5)
    return figure


def _shapes(frame: pd.DataFrame) -> list[str]:
    """Return the documents of highest total, as many as have a shape of their own, in the one order of figures."""
    best = frame.drop_duplicates("doc_id").head(_MOST_SHAPES)
    return best.sort_values("document_order")["doc_id"].tolist()


def _strength_facts(frame: pd.DataFrame, language: str) -> dict:
    return _ends(frame, language) | {"most": 5 * frame["variable"].nunique()}


@chart("policy_strength", section="compare", facts=_strength_facts, table="indices")
def policy_strength(frame: pd.DataFrame, language: str) -> Figure:
    """Draw documents by rubric variables, the score in each cell; up to thirty documents."""
    order = frame.drop_duplicates("doc_id").sort_values(["total", "doc_id"], ascending=[False, True], kind="stable")
    order = order.head(_MOST_DOCUMENTS).sort_values("document_order")
    variables = frame.drop_duplicates("variable")
    grid = frame.pivot(index="doc_id", columns="variable", values="score").loc[order["doc_id"], variables["variable"]]
    grid = grid.set_axis(order[f"document_{language}"]).set_axis(variables[f"label_{language}"], axis=1)
    figure, axes = heat(grid, (7.2, 0.3 * len(grid) + 1.3), write="{:.0f}".format, top=5.75)
    axes.set(xlabel=say("compare.policy_strength.x", language), ylabel="")
    return figure


def _radar_facts(frame: pd.DataFrame, language: str) -> dict:
    spread = frame.groupby("variable", sort=False)["score"].agg(lambda s: s.max() - s.min())
    names = frame.drop_duplicates("variable").set_index("variable")[f"label_{language}"]
    return {"n": frame["doc_id"].nunique(), "variable": names[spread.idxmax()], "spread": spread.max()}


@chart("pmc_radar", section="compare", facts=_radar_facts, table="indices", place="appendix")
def pmc_radar(frame: pd.DataFrame, language: str) -> Figure:
    """Draw up to six documents as closed lines over the PMC variables."""
    names = frame.drop_duplicates("variable")[f"label_{language}"].tolist()
    angles = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    figure, axes = plt.subplots(figsize=(7.2, 5.4), subplot_kw={"projection": "polar"}, layout="none")
    figure.subplots_adjust(left=0.2, right=0.8, top=0.9, bottom=0.2)  # names around a circle are not seen by the layout engine
    dashes = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
    for i, document in enumerate(_shapes(frame)):
        mine = frame[frame["doc_id"] == document]
        scores, label = mine["score"].to_numpy(dtype=float), mine[f"document_{language}"].iloc[0]
        round_ = np.append(angles, angles[0]), np.append(scores, scores[0])
        axes.plot(*round_, linestyle=dashes[i], color=PALETTE[i], linewidth=1.6, label=label)
    axes.set_xticks(angles, [""] * len(names))
    for angle, name in zip(angles, names, strict=True):
        side = "center" if abs(np.cos(angle)) < 0.1 else "left" if np.cos(angle) > 0 else "right"
        axes.text(angle, 1.09, name, ha=side, va="center")
    axes.set_ylim(0, 1)
    axes.set_yticks([0.25, 0.5, 0.75, 1], ["", "0.5", "", "1"])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    return figure


def _breadth_facts(frame: pd.DataFrame, language: str) -> dict:
    top = frame.loc[frame["shannon"].idxmax()]
    return {"best": top[f"document_{language}"], "shannon": top["shannon"]}


@chart("breadth", section="compare", facts=_breadth_facts, table="indices", place="appendix")
def breadth(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the Shannon index and the breadth of each document as two dots on one line; up to thirty documents."""
    rows = frame.sort_values(["shannon", "doc_id"], kind="stable").tail(_MOST_DOCUMENTS)
    rows = rows.sort_values("document_order", ascending=False).reset_index(drop=True)
    figure, axes = plt.subplots(figsize=(6.4, 0.3 * len(rows) + 1.2))
    ends = rows[["shannon", "breadth"]]
    axes.hlines(rows.index, ends.min(axis=1), ends.max(axis=1), color="#d1d5db", linewidth=1.5)
    names = {index: say(f"compare.breadth.{index}", language) for index in ends}
    dots = ends.rename(columns=names).melt(ignore_index=False, var_name="index", value_name="at").reset_index(names="row")
    sns.scatterplot(dots, x="at", y="row", hue="index", style="index", markers=["o", "s"], palette=[_BLUE, _ORANGE], s=44,
                    linewidth=0, zorder=3, ax=axes)  # fmt: skip
    lines(axes, rows[f"document_{language}"])
    axes.set(xlim=(0, 1.02), xlabel=say("compare.breadth.x", language), ylabel="")
    sns.move_legend(axes, "lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, title=None)
    return figure
