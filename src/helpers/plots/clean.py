"""Figures of 01_clean: what was repaired, how the documents are built, how long their sentences are."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from helpers.corpus.summaries import CERTAINTIES
from helpers.language import NOTHING, count, name, place, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat, lines, quiet
from helpers.plots.shares import in_order
from helpers.plots.style import PALETTE

_COLOURS = dict(zip(CERTAINTIES, (PALETTE[0], PALETTE[4], PALETTE[1]), strict=True))
_MANY, _MOST_COUNTIES = 20, 30


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
    figure.legend(loc="outside upper center", ncols=len(_COLOURS), title=say("clean.repairs_by_rule.legend", language))
    return figure


def _timeline_facts(frame: pd.DataFrame, language: str) -> dict:
    dated = frame[frame["year"].notna()]
    forms = _forms(dated, language).value_counts()
    return {
        "n": len(frame), "dated": len(dated), "every": len(dated) == len(frame), "forms": [say("labels.with_number", language, label=form, n=n) for form, n in forms.items()] or [NOTHING],
        "first": int(dated["year"].min()) if len(dated) else None, "last": int(dated["year"].max()) if len(dated) else None,
    }  # fmt: skip


def _forms(frame: pd.DataFrame, language: str) -> pd.Series:
    """Name each document's form: in English beside its Chinese name."""
    unknown = say("clean.document_timeline.unknown", language)
    return pd.Series([name(form, language, "forms") if form else unknown for form in frame["doc_form"].fillna("")], frame.index)


@chart("document_timeline", section="clean", facts=_timeline_facts, table="documents")
def document_timeline(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a row a county, a mark a document at its year, mark and colour by its form (at most 30 counties)."""
    rows = in_order(frame[frame["year"].notna()]).assign(form=lambda f: _forms(f, language))
    keys = rows["county_code"].fillna(rows["county"]).fillna("")
    rows = rows.assign(row=pd.factorize(keys)[0], at=rows["year"].astype(int))
    again = rows.groupby(["row", "at"]).cumcount() - (rows.groupby(["row", "at"])["at"].transform("size") - 1) / 2
    rows = rows.assign(at=rows["at"] + 0.16 * again)[lambda f: f["row"] < _MOST_COUNTIES]
    names = [place(county, language) for county in rows.drop_duplicates("row")["county"]]
    forms = sorted(set(rows["form"]))
    figure = Figure(figsize=(7.2, 0.36 * len(names) + 1.3))
    axes = figure.subplots()
    sns.scatterplot(rows, x="at", y="row", hue="form", style="form", hue_order=forms, style_order=forms, s=90, linewidth=0, zorder=3,
                    palette=[PALETTE[i % len(PALETTE)] for i in range(len(forms))], ax=axes)  # fmt: skip
    lines(axes, names)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel=say("clean.document_timeline.x", language), ylabel="")
    sns.move_legend(axes, "lower center", bbox_to_anchor=(0.5, 1), ncols=min(len(forms), 5), title=None)
    return figure


def _anatomy_facts(frame: pd.DataFrame, language: str) -> dict:
    deep, label = frame.loc[frame["depth"].idxmax()], f"label_{language}"
    flat = frame.groupby(label)["depth"].max()
    lost = sorted(flat[flat == 0].index)
    return {"deepest": deep[label], "depth": deep["depth"], "lost": lost[:_MANY], "more": len(lost[_MANY:])}


@chart("document_anatomy", section="clean", facts=_anatomy_facts, table="units", place="appendix")
def document_anatomy(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: documents down, tenths of the text across, colour the mean heading depth (at most 20 documents)."""
    wide = frame.pivot_table(index="doc_id", columns="tenth", values="depth").reindex(columns=range(1, 11))
    deepest = wide.mean(axis=1).sort_values(ascending=False, kind="stable").index[:_MANY]
    wide = wide.loc[[doc_id for doc_id in dict.fromkeys(frame["doc_id"]) if doc_id in deepest]]
    wide.index = wide.index.map(frame.drop_duplicates("doc_id").set_index("doc_id")[f"label_{language}"])
    top = max(1.0, float(np.nanmax(wide.to_numpy())))
    figure, axes = heat(wide, (7.2, 1.0 + 0.32 * len(wide)), write="{:.1f}".format, top=top, turned=False)
    axes.set_xlabel(say("clean.document_anatomy.x", language))
    return figure


def _lengths_facts(frame: pd.DataFrame, language: str) -> dict:
    sides = {"longest": frame.loc[frame["median"].idxmax()], "shortest": frame.loc[frame["median"].idxmin()]}
    return {side: row[f"label_{language}"] for side, row in sides.items()} | {f"n_{k}": row["median"] for k, row in sides.items()}


@chart("unit_lengths", section="clean", facts=_lengths_facts, table="units", place="appendix")
def unit_lengths(frame: pd.DataFrame, language: str) -> Figure:
    """Draw median, middle half and 5th to 95th percentile of unit lengths, a document each (at most 20, those of the longest sentences)."""
    shown = frame.loc[sorted(frame["median"].nlargest(_MANY).index)].iloc[::-1]
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
