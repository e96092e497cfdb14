"""Figures of 04_validity: how well each tool is found, what is taken for what, and how coders and machine agree."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.language import NOTHING, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat, intervals
from helpers.plots.style import NEUTRAL, PALETTE, colour_of_type

_FEW = 5  # gold sentences under which a tool is not called best or worst


def _f1_facts(frame: pd.DataFrame, language: str) -> dict:
    known = frame[frame["f1"].notna()].sort_values("f1", kind="stable")
    enough = known[known["support"] >= _FEW]
    said = {"n": len(known), "few": len(known) - len(enough), "enough": len(enough) > 0, "one": len(enough) == 1}
    low, high = (enough if len(enough) else known).iloc[[0, -1]].to_dict("records")
    return said | {"low": low[f"label_{language}"], "f1_low": low["f1"], "high": high[f"label_{language}"], "f1_high": high["f1"]}


@chart("f1_by_tool", section="validity", facts=_f1_facts, table="validity_tools")
def f1_by_tool(frame: pd.DataFrame, language: str) -> Figure:
    """Draw F1 of each tool with its interval, best on top, precision as a stroke, recall as a cross; tools without F1 left out."""
    rows = frame[frame["f1"].notna()].sort_values(["f1", "support"], kind="stable")
    rows = rows.rename(columns={"f1_low": "ci_low", "f1_high": "ci_high"})
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    figure, axes = plt.subplots(figsize=(6.8, 0.28 * len(rows) + 1.3))
    y, mark = np.arange(len(rows)), {"s": 46, "zorder": 4, "linewidths": 1.1}
    axes.scatter(rows["precision"], y, marker="|", c=NEUTRAL, label=say("validity.precision", language), **mark)
    axes.scatter(rows["recall"], y, marker="x", c=NEUTRAL, label=say("validity.recall", language), **mark)
    names = [
        f"{label}{say('labels.in_brackets', language, n=n)}" for label, n in rows[[f"label_{language}", "support"]].to_numpy()
    ]
    intervals(axes, rows, "f1", rows["tool_type"].map(colour), scale=1, labels=names)
    for kind, label in frame.drop_duplicates("tool_type")[["tool_type", f"type_{language}"]].to_numpy():
        axes.scatter([], [], color=colour[kind], s=34, label=say("validity.f1_by_tool.legend", language, type=label))
    axes.set_xlim(0, 1.02)
    axes.set_xlabel(say("validity.f1_by_tool.x", language))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=min(5, 2 + len(colour)))
    return figure


def _confusion_facts(frame: pd.DataFrame, language: str) -> dict:
    missed = frame[(frame["tool"] != "none") & (frame["tool"] != frame["coded_as"])]
    other = missed[missed["coded_as"] != "none"]
    top = other.loc[other["n_units"].idxmax()] if len(other) else {}
    return {
        "n": missed["n_units"].sum(), "silent": missed.loc[missed["coded_as"] == "none", "n_units"].sum(),
        "extra": frame.loc[frame["tool"] == "none", "n_units"].sum(), "confused": len(other) > 0,
        "gold": top.get(f"label_{language}"), "coded": top.get(f"coded_label_{language}"), "often": top.get("n_units"),
    }  # fmt: skip


@chart("tool_confusion", section="validity", facts=_confusion_facts, table="validity_confusion", place="appendix")
def tool_confusion(frame: pd.DataFrame, language: str) -> Figure:
    """Draw gold tools (rows) against what the machine gave (columns); shading is the share of the row, numbers are units."""
    both = [frame[["tool", "order", f"label_{language}"]], frame[["coded_as", "coded_order", f"coded_label_{language}"]]]
    tools = pd.concat([side.set_axis(["tool", "order", "label"], axis=1) for side in both]).drop_duplicates("tool")
    named = tools[tools["tool"] != "none"].sort_values("order", kind="stable")
    full, labels = [*named["tool"], "none"], list(named["label"])
    units, share = (frame.pivot(index="tool", columns="coded_as", values=v).reindex(index=full, columns=full)
                    for v in ("n_units", "share"))  # fmt: skip
    notes = units.fillna(0).map(lambda n: f"{n:.1f}".removesuffix(".0")).where(share.notna(), "")  # a unit may be shared out
    share.loc["none"] = share.loc["none"].where(
        share.loc["none"].isna(), 0.0
    )  # the bottom row is no tool: its shares mean nothing
    grid = share.set_axis([*labels, say("validity.tool_confusion.none_missed", language)])
    grid = grid.set_axis([*labels, say("validity.nothing", language)], axis=1)
    figure, axes = heat(grid, (8, 0.27 * len(full) + 1.9), notes=notes.to_numpy(), top=1, turned=True)
    axes.set_ylabel(say("validity.tool_confusion.y", language))
    axes.set_xlabel(say("validity.tool_confusion.x", language))
    return figure


def _reliability_facts(frame: pd.DataFrame, language: str) -> dict:
    said = {"coders_are": say("validity.coders_are", language, coders_are=frame["coders_are"].iloc[0])}
    said |= {"several": bool((frame["kind"] == "coders").any()), "here": bool((frame["kind"] == "machine").any())}
    for kind in ("coders", "machine"):
        for measure in ("kappa", "micro_f1"):
            values = frame.loc[(frame["kind"] == kind) & (frame["measure"] == measure), "value"]
            ends = [f"{value:.2f}" for value in dict.fromkeys((values.min(), values.max()))] if len(values) else [NOTHING]
            said[f"{kind}_{measure}"] = "–".join(ends)
    return said


@chart("coders_and_machine", section="validity", facts=_reliability_facts, table="validity_coders")
def coders_and_machine(frame: pd.DataFrame, language: str) -> Figure:
    """Draw κ and micro F1 with intervals: pairs of codings, then the machine against gold, then counties left out.

    frame: row_en, row_zh, kind (coders, machine, left_out), measure (kappa, micro_f1), value, ci_low,
    ci_high, coders_are (model, people).
    """
    colours = {"coders": NEUTRAL, "machine": PALETTE[0], "left_out": PALETTE[5]}
    order = frame[f"row_{language}"].drop_duplicates()[::-1]
    figure, panels = plt.subplots(1, 2, figsize=(7.4, 0.34 * len(order) + 1.2), sharey=True)
    for axes, measure in zip(panels, ("kappa", "micro_f1"), strict=True):
        part = frame[frame["measure"] == measure].set_index(f"row_{language}").reindex(order)
        intervals(axes, part, "value", part["kind"].map(colours).fillna(NEUTRAL), scale=1)
        axes.set_title(say(f"validity.coders_and_machine.{measure}", language), fontsize=9)
        axes.set_xlim(min(0.4, float(part["ci_low"].min()) - 0.02) if part["ci_low"].notna().any() else 0, 1.02)
    return figure
