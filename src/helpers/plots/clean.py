"""Figures of 01_clean: what was repaired, how the documents are built, how long their sentences are."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from helpers.corpus.summaries import CERTAINTIES
from helpers.language import count, name, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat, lines, quiet
from helpers.plots.style import PALETTE

_COLOURS = dict(zip(CERTAINTIES, (PALETTE[0], PALETTE[4], PALETTE[1]), strict=True))
_MANY = 20


def _rule(rule: str, language: str) -> str:
    """Name a rule, or several that worked together (pinyin+traditional)."""
    return " + ".join(name(part, language, "rules") for part in rule.split("+"))


def _repairs_facts(frame: pd.DataFrame, language: str) -> dict:
    total, flagged, first = int(frame["n_repairs"].sum()), int(frame["flagged"].sum()), frame.iloc[0]
    return {"n": total - flagged, "flagged": flagged, "share": first["n_repairs"] / total, "rule": _rule(first["rule"], language)}


@chart("repairs_by_rule", section="clean", facts=_repairs_facts, table="repairs")
def repairs_by_rule(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a line a rule and a dot a certainty on a log scale: rules differ by orders of magnitude."""
    shown = frame.head(_MANY).iloc[::-1]
    figure = Figure(figsize=(7.2, 0.9 + 0.3 * len(shown)))
    axes, rows = figure.subplots(), np.arange(len(shown))
    axes.hlines(rows, 0.8, shown["n_repairs"], color="#d1d5db", linewidth=1.2, zorder=1)
    for certainty, colour in _COLOURS.items():
        there = shown[certainty].where(shown[certainty] > 0)
        axes.scatter(there, rows, s=34, color=colour, label=name(certainty, language), zorder=3)
    axes.set_xscale("log")
    axes.set_xlim(left=0.8)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
    lines(axes, [_rule(rule, language) for rule in shown["rule"]])
    axes.set_xlabel(say("clean.repairs_by_rule.x", language))
    axes.legend(loc="lower right", title=say("clean.repairs_by_rule.legend", language))
    return figure


def _anatomy_facts(frame: pd.DataFrame, language: str) -> dict:
    deep, label = frame.loc[frame["depth"].idxmax()], f"label_{language}"
    flat = frame.groupby(label)["depth"].max()
    lost = sorted(flat[flat == 0].index)
    return {"deepest": deep[label], "depth": deep["depth"], "lost": lost[:_MANY], "more": len(lost[_MANY:])}


@chart("document_anatomy", section="clean", facts=_anatomy_facts, table="units")
def document_anatomy(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: documents down, tenths of the text across, colour the mean heading depth (at most 20 documents)."""
    wide = frame.pivot_table(index="doc_id", columns="tenth", values="depth").reindex(columns=range(1, 11))
    wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False, kind="stable").index].head(_MANY)
    wide.index = wide.index.map(frame.drop_duplicates("doc_id").set_index("doc_id")[f"label_{language}"])
    top = max(1.0, float(np.nanmax(wide.to_numpy())))
    figure, axes = heat(wide, (7.2, 1.0 + 0.32 * len(wide)), write="{:.1f}".format, top=top, turned=False)
    axes.set_xlabel(say("clean.document_anatomy.x", language))
    return figure


def _lengths_facts(frame: pd.DataFrame, language: str) -> dict:
    sides = {"longest": frame.iloc[0], "shortest": frame.iloc[-1]}
    return {side: row[f"label_{language}"] for side, row in sides.items()} | {f"n_{k}": row["median"] for k, row in sides.items()}


@chart("unit_lengths", section="clean", facts=_lengths_facts, table="units")
def unit_lengths(frame: pd.DataFrame, language: str) -> Figure:
    """Draw median, middle half and 5th to 95th percentile of unit lengths, a document each (at most 20, the longest first)."""
    shown = frame.head(_MANY).iloc[::-1]
    figure = Figure(figsize=(7.2, 0.9 + 0.32 * len(shown)))
    axes, rows = figure.subplots(), np.arange(len(shown))
    axes.hlines(rows, shown["p05"], shown["p95"], color=PALETTE[4], linewidth=1.5)
    axes.hlines(rows, shown["p25"], shown["p75"], color=PALETTE[0], linewidth=5)
    axes.scatter(shown["median"], rows, s=30, color="white", edgecolor="black", zorder=3)
    for row, n_units in zip(rows, shown["n_units"], strict=True):
        quiet(axes, f"n = {count(n_units)}", 1.01, row, xycoords=("axes fraction", "data"))
    lines(axes, shown[f"label_{language}"])
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(say("clean.unit_lengths.x", language))
    return figure
