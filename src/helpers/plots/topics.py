"""Figures of 05_topics: how many topics and why, what they are, where they stand, how they change."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.language import county_year, county_years, name, number, say
from helpers.language.topic_names import mark, topic_names
from helpers.plots import topic_change  # noqa: F401  (registers its charts when this room is loaded)
from helpers.plots.charts import chart
from helpers.plots.forms import heat, intervals, panels
from helpers.plots.shares import largest_groups, n_groups
from helpers.plots.style import NEUTRAL, PALETTE
from helpers.thresholds import STABLE
from helpers.topics.stability import corrected

_MEASURES = ("held_out_gain", "npmi", "exclusivity", "stability")
_STABILITIES = {"resample_stability": (PALETTE[5], "resamples"), "shuffled_stability": (NEUTRAL, "shuffled")}
_GAINS = {"held_out_gain": (PALETTE[0], None), "shuffled_gain": (NEUTRAL, None)}


def _sweep_facts(frame: pd.DataFrame, language: str) -> dict:
    row = frame[frame["chosen"]].iloc[0]
    return {
        "n": len(frame), "k": row["n_topics"], "resamples": row["resample_stability"], "chance": row["shuffled_stability"],
        "stability": row["stability"], "gain": row["held_out_gain"], "noise": row["shuffled_gain"], "asked": STABLE,
    }  # fmt: skip


@chart("topic_sweep", section="topics", facts=_sweep_facts, table="topic_sweep", place="appendix")
def topic_sweep(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the four measures over K, the chosen K marked."""
    figure, axes = plt.subplots(2, 2, figsize=(7.2, 4.4), sharex=True)
    for ax, measure in zip(axes.flat, _MEASURES, strict=True):
        ax.axvline(frame.loc[frame["chosen"], "n_topics"].iloc[0], color=NEUTRAL, linewidth=1)
        drawn = {"stability": _STABILITIES, "held_out_gain": _GAINS}.get(measure, {measure: (PALETTE[0], None)})
        for column, (colour, which) in drawn.items():
            label = say(f"topics.{which}", language) if which else None
            ax.plot(frame["n_topics"], frame[column], marker="o", markersize=4, color=colour, label=label)
        if measure == "stability":
            ax.axhline(STABLE, color=PALETTE[5], linestyle="--", linewidth=0.8)
            ax.set_ylim(0, 1.02)
            ax.legend(loc="lower right", fontsize=8)
        ax.set_ylabel(say(f"topics.topic_sweep.{measure}", language))
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set_xlim(frame["n_topics"].min() - 1, frame["n_topics"].max() + 1)
    for ax in axes[1]:
        ax.set_xlabel(say("topics.topic_sweep.x", language))
    return figure


def _stability_facts(frame: pd.DataFrame, language: str) -> dict:
    best, worst = (frame.loc[getattr(frame["stability"], which)()] for which in ("idxmax", "idxmin"))
    return {
        "mean": frame["stability"].mean(), "best": best["topic"], "highest": best["stability"], "worst": worst["topic"],
        "lowest": worst["stability"], "n": len(frame), "unstable": int((~frame["stable"]).sum()),
        "folded": bool(frame["topic"].max() > len(frame)), "last": int(frame["stable"].sum()) + 1,
    }  # fmt: skip


@chart("topic_stability", section="topics", facts=_stability_facts, table="topic_quality")
def topic_stability(frame: pd.DataFrame, language: str) -> Figure:
    """Draw each topic's stability, corrected for chance, down to its worst resample; surest first."""
    rows = frame.sort_values(["stability", "topic"], kind="stable").reset_index(drop=True)
    low = corrected(rows["resample_low"], rows["shuffled_stability"])
    rows = rows.assign(ci_low=np.minimum(low, rows["stability"]), ci_high=rows["stability"])
    figure, ax = plt.subplots(figsize=(7.2, 0.36 * len(rows) + 1.3))
    names = topic_names(frame, language)
    intervals(ax, rows, "stability", np.where(rows["stable"], PALETTE[0], NEUTRAL), filled=rows["stable"], scale=1,
              labels=[names[t] for t in rows["topic"]])  # fmt: skip
    ax.axvline(STABLE, color=NEUTRAL, linestyle="--", linewidth=0.8)
    for stable, colour, which in ((True, PALETTE[0], "carried"), (False, "white", "not_carried")):
        label = say(f"topics.topic_stability.{which}", language)
        ax.scatter([], [], color=colour, edgecolors=PALETTE[0] if stable else NEUTRAL, s=30, label=label)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, fontsize=8)
    ax.tick_params(axis="y", labelsize=8)
    ax.set_xlim(min(0, rows["ci_low"].min()) - 0.02, 1.02)
    ax.set_xlabel(say("topics.topic_stability.x", language))
    return figure


def _words_facts(frame: pd.DataFrame, language: str) -> dict:
    return {"n": frame["topic"].nunique(), "mark": mark(frame, language)}


@chart("topic_words", section="topics", facts=_words_facts, table="topics", place="appendix")
def topic_words(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a panel a topic: its ten words as bars."""
    topics = sorted(frame["topic"].unique())
    figure, axes = panels(len(topics), 4, (7.6, 1.75), top=0.2, bottom=0.33, left=0.1, right=0.99, wspace=0.85, hspace=0.16)
    for ax, topic in zip(axes, topics, strict=True):
        mine = frame[frame["topic"] == topic].sort_values("rank", ascending=False)
        ax.barh(mine["term"], mine["weight"], color=np.where(mine["own"], PALETTE[0], PALETTE[4]), height=0.7)
        ax.set_title(f"T{topic}" + ("" if mine["stable"].iloc[0] else "*"), loc="left", fontsize=8, pad=2)
        ax.tick_params(axis="y", labelsize=7, length=0)
        ax.set_xticks([])
        ax.grid(visible=False)
        ax.spines["bottom"].set_visible(False)
    handles = [Line2D([], [], color=PALETTE[i], linewidth=5) for i in (0, 4)]
    names = [say(f"topics.topic_words.{which}", language) for which in ("own", "shared")]
    figure.legend(handles, names, loc="lower center", ncols=2, fontsize=8)
    return figure


def _heat_facts(frame: pd.DataFrame, language: str) -> dict:
    top, n = frame.loc[frame["share"].idxmax()], n_groups(frame)
    shown = n_groups(largest_groups(frame, size="first", named=False))
    where = county_year(top["county"], top["year"], language, top.get("county_code"))
    return {
        "topic": top["topic"], "where": where, "share": top["share"], "low": 100 * top["ci_low"], "high": 100 * top["ci_high"],
        "cut": shown < n, "shown": shown, "all": n, "mark": mark(frame, language),
    }  # fmt: skip


@chart("topic_shares_heat", section="topics", facts=_heat_facts, table="topic_shares")
def topic_shares_heat(frame: pd.DataFrame, language: str) -> Figure:
    """Draw topics × county-years as a heat map with the percentage in each cell."""
    rows = largest_groups(frame, size="first", named=False)
    return _shares(rows.assign(column=county_years(rows, language)), frame, language)


def _shares(rows: pd.DataFrame, frame: pd.DataFrame, language: str) -> Figure:
    grid = rows.pivot_table(index="topic", columns="column", values="share", sort=False).sort_index()
    grid = grid[list(dict.fromkeys(rows["column"]))].rename(index=topic_names(frame, language))
    size = (min(7.8, 3.2 + 0.62 * grid.shape[1]), 0.36 * len(grid) + 1.4)
    figure, axes = heat(grid, size, write=lambda share: f"{100 * share:.0f}")
    axes.tick_params(labelsize=8)
    axes.set(xlabel=say("topics.topic_shares_heat.x", language), ylabel="")
    return figure


def _comparison_facts(frame: pd.DataFrame, language: str) -> dict:
    ours = frame.iloc[0]
    rivals = [
        say("topics.topic_comparison.rival", language, model=name(row["model"], language), stability=row["stability"])
        for row in frame.iloc[1:].to_dict("records")
    ]
    return {
        "model": name(ours["model"], language), "k": ours["n_topics"], "stability": ours["stability"],
        "rivals": say("labels.list_comma", language).join(rivals), "agreement": ours["assignment_agreement"],
        "shuffled": ours["shuffled_agreement"], "learned": ours["learned_agreement"],
    }  # fmt: skip


@chart("topic_comparison", section="topics", facts=_comparison_facts, table="topic_comparison", place="appendix")
def topic_comparison(frame: pd.DataFrame, language: str) -> Figure:
    """Draw stability, agreement of sentences and coherence of each model side by side."""
    measures = ["stability", "assignment_agreement", "npmi"]
    rows = frame.melt("model", measures, "measure")
    rows["measure"] = rows["measure"].map({m: say(f"topics.topic_comparison.{m}", language) for m in measures})
    rows["model"] = [name(model, language) for model in rows["model"]]
    figure, ax = plt.subplots(figsize=(6.4, 2.9))
    sns.barplot(rows, x="value", y="measure", hue="model", palette=list(PALETTE[:3]), saturation=1, errorbar=None, ax=ax)
    for bars in ax.containers:
        ax.bar_label(bars, [number(value, ".2f") for value in bars.datavalues], fontsize=8, padding=2)
    ax.grid(axis="y", visible=False)
    lowest = frame["npmi"].min()
    left = lowest - 0.14 if lowest < 0 else -0.02  # room for a number before the bar
    ax.set(xlim=(left, 1.12), xlabel=say("topics.topic_comparison.x", language), ylabel="")
    sns.move_legend(ax, "lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize=8, title=None)
    return figure
