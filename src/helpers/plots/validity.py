"""Figures of 04_validity: how well each tool is found, what is taken for what, and how coders and machine agree."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.charts import chart
from helpers.plots.shares import heat
from helpers.plots.style import NEUTRAL, PALETTE, colour_of_type, pick
from helpers.validity.sentences import CODERS

_NONE = ("nothing", "无")
_FEW = 5  # gold sentences under which a tool is not called best or worst


def _f1_caption(frame: pd.DataFrame) -> dict[str, str]:
    known = frame[frame["f1"].notna()].sort_values("f1", kind="stable")
    few = int((known["support"] < _FEW).sum())
    enough = known[known["support"] >= _FEW]
    said = ("No tool has five or more gold sentences.", "没有金标准句不少于五个的工具。")
    if len(enough):
        low, high = enough.iloc[0], enough.iloc[-1]
        said = (
            f"Of the tools with five or more gold sentences, best {high['label_en']} ({high['f1']:.2f}), "
            f"worst {low['label_en']} ({low['f1']:.2f}).",
            f"在金标准句不少于五个的工具中,最好{high['label_zh']}({high['f1']:.2f}),最差{low['label_zh']}({low['f1']:.2f})。",
        )
    return {
        "en": f"F1 of each tool against the gold units with 95 % intervals; number of gold units behind each "
        f"name. {said[0]} {few} of {len(known)} tools have "
        "fewer than five: "
        "their intervals are wide because little is known, not because the coder is erratic.",
        "zh": f"各工具相对金标准的F1及95%区间,名称后为金标准单元数。"
        f"{said[1]}{len(known)}种工具中有{few}种不足五句,区间宽是因为所知甚少。",
    }


@chart("f1_by_tool", section="validity", caption=_f1_caption, table="validity_tools")
def f1_by_tool(frame: pd.DataFrame, language: str) -> Figure:
    """Draw F1 of each tool with its interval, best on top, precision and recall as small marks; tools "
    "without support left out."""
    rows = frame[frame["f1"].notna()].sort_values(["f1", "support"], kind="stable")
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    figure, axes = plt.subplots(figsize=(6.8, 0.28 * len(rows) + 1.3))
    y = np.arange(len(rows))
    axes.hlines(y, rows["f1_low"], rows["f1_high"], color=rows["tool_type"].map(colour), linewidth=2.2, alpha=0.55)
    axes.scatter(rows["precision"], y, marker=">", color=NEUTRAL, s=16, label=pick(language, "precision", "精确率"), zorder=3)
    axes.scatter(
        rows["recall"],
        y,
        marker="<",
        facecolors="white",
        edgecolors=NEUTRAL,
        s=16,
        label=pick(language, "recall", "召回率"),
        zorder=3,
    )
    axes.scatter(rows["f1"], y, color=rows["tool_type"].map(colour), s=34, zorder=4)
    for kind, shade in colour.items():
        names = frame.loc[frame["tool_type"] == kind, f"type_{language}"]
        axes.scatter([], [], color=shade, s=34, label=f"F1, {names.iloc[0]}")
    axes.set_yticks(y, [f"{name} ({n})" for name, n in zip(rows[f"label_{language}"], rows["support"], strict=True)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel(pick(language, "score, 0 to 1 (number of gold units in brackets)", "得分(0至1;括号内为金标准单元数)"))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=min(5, 2 + len(colour)))
    return figure


def _confusion_caption(frame: pd.DataFrame) -> dict[str, str]:
    missed = frame[(frame["tool"] != "none") & (frame["tool"] != frame["coded_as"])]
    if not len(missed):
        return {"en": "No tool was missed in the gold units.", "zh": "金标准单元中没有漏判的工具。"}
    silent = missed.loc[missed["coded_as"] == "none", "n_units"].sum()
    other = missed[missed["coded_as"] != "none"]
    total = missed["n_units"].sum()
    extra = frame.loc[frame["tool"] == "none", "n_units"].sum()
    text = ("", "")
    if len(other):
        top = other.loc[other["n_units"].idxmax()]
        number = round(float(top["n_units"]), 1)
        text = (
            f" Most often confused: gold {top['label_en']} coded as {top['coded_label_en']} "
            f"({number:g} sentence{'' if number == 1 else 's'}).",
            f"最常相混:金标准为{top['label_zh']}而机器判为{top['coded_label_zh']}({number:g}句)。",
        )
    return {
        "en": f"What the machine gave (columns) for each gold tool (rows), in units. Of {total:.0f} misses, "
        f"{silent:.0f} got nothing "
        f"instead; {extra:.0f} tools were given where nothing was missed (bottom row).{text[0]} A miss with "
        "several wrong tools is divided among them.",
        "zh": f"各金标准工具(行)由机器判为何种工具(列),单位为单元数。"
        f"{total:.0f}次漏判中{silent:.0f}次未给任何工具;另有{extra:.0f}次多判(末行)。"
        f"{text[1]}一次漏判对应几种误判时均分。",
    }


@chart("tool_confusion", section="validity", caption=_confusion_caption, table="validity_confusion")
def tool_confusion(frame: pd.DataFrame, language: str) -> Figure:
    """Draw gold tools (rows) against what the machine gave (columns); shading is the share of the row, numbers are units."""
    order = [t for t in dict.fromkeys([*frame["tool"], *frame["coded_as"]]) if t != "none"]
    names = dict(zip(frame["tool"], frame[f"label_{language}"], strict=True)) | dict(
        zip(frame["coded_as"], frame[f"coded_label_{language}"], strict=True)
    )
    place = dict(zip(frame["tool"], frame["order"], strict=True)) | dict(
        zip(frame["coded_as"], frame["coded_order"], strict=True)
    )
    order = sorted(order, key=place.get)
    full = [*order, "none"]
    units = frame.pivot(index="tool", columns="coded_as", values="n_units").reindex(index=full, columns=full)
    share = (
        frame.pivot(index="tool", columns="coded_as", values="share").reindex(index=full, columns=full).to_numpy(float, copy=True)
    )
    share[-1] = np.where(np.isfinite(share[-1]), 0.0, np.nan)  # the bottom row is no tool: its shares mean nothing
    note = np.array([[f"{v:.0f}" if abs(v - round(v)) < 0.05 else f"{v:.1f}" for v in row] for row in units.fillna(0).to_numpy()])
    labels = [names.get(t, t) for t in order]
    figure, axes = plt.subplots(figsize=(8, 0.27 * len(full) + 1.9))
    heat(axes, share, [*labels, pick(language, "(no tool missed)", "(未漏判)")], [*labels, pick(language, *_NONE)], note, top=1)
    plt.setp(axes.get_xticklabels(), rotation=50, ha="right", rotation_mode="anchor")
    axes.set_ylabel(pick(language, "gold tool", "金标准"))
    axes.set_xlabel(pick(language, "given by the machine (units)", "机器编码(单元数)"))
    return figure


def _reliability_caption(frame: pd.DataFrame) -> dict[str, str]:
    def said(kind: str, measure: str) -> str:
        values = frame.loc[(frame["kind"] == kind) & (frame["measure"] == measure), "value"]
        return f"{values.min():.2f}–{values.max():.2f}" if len(values) > 1 else f"{values.iloc[0]:.2f}" if len(values) else "–"

    who = frame["coders_are"].iloc[0]
    return {
        "en": f"Agreement of the single codings with each other (κ {said('coders', 'kappa')}, micro F1 "
        f"{said('coders', 'micro_f1')}) beside the "
        f"machine's with the resolved gold codes (κ {said('machine', 'kappa')}, micro F1 {said('machine', 'micro_f1')}),"
        " with 95 % intervals. The codings "
        f"were made by {CODERS[who][0]}.",
        "zh": f"各次编码之间的一致性(κ {said('coders', 'kappa')},微平均F1 "
        f"{said('coders', 'micro_f1')})以及机器与裁定后的金标准的一致性(κ "
        f"{said('machine', 'kappa')},微平均F1 {said('machine', 'micro_f1')}),附95%区间。"
        f"{CODERS[who][1]}。",
    }


@chart("coders_and_machine", section="validity", caption=_reliability_caption, table="validity_coders")
def coders_and_machine(frame: pd.DataFrame, language: str) -> Figure:
    """Draw κ and micro F1 with intervals: pairs of codings, then the machine against gold, then counties left out.

    frame: row_en, row_zh, kind (coders, machine, left_out), measure (kappa, micro_f1), value, ci_low,
    ci_high, coders_are (a key of sentences.CODERS).
    """
    colours = {"coders": NEUTRAL, "machine": PALETTE[0], "left_out": PALETTE[5]}
    order = list(dict.fromkeys(frame["row_en"]))[::-1]
    names = frame.drop_duplicates("row_en").set_index("row_en", drop=False)[f"row_{language}"].loc[order]
    figure, panels = plt.subplots(1, 2, figsize=(7.4, 0.34 * len(order) + 1.2), sharey=True)
    titles = {
        "kappa": pick(language, "statement: Cohen's κ", "陈述:Cohen κ"),
        "micro_f1": pick(language, "tools: micro F1", "工具:微平均 F1"),
    }
    for axes, (measure, title) in zip(panels, titles.items(), strict=True):
        part = frame[frame["measure"] == measure].set_index("row_en").reindex(order)
        y, shade = np.arange(len(order)), part["kind"].map(colours).fillna(NEUTRAL)
        axes.hlines(y, part["ci_low"], part["ci_high"], color=shade, linewidth=2.2, alpha=0.55)
        axes.scatter(part["value"], y, color=shade, s=32, zorder=3)
        axes.set_title(title, fontsize=9)
        axes.set_yticks(y, names)
        axes.set_ylim(-0.6, len(order) - 0.4)
        axes.set_xlim(min(0.4, float(part["ci_low"].min()) - 0.02) if part["ci_low"].notna().any() else 0, 1.02)
    return figure


def _correction_caption(frame: pd.DataFrame) -> dict[str, str]:
    rows = frame[frame["corrected_share"].notna() & frame["tool"].notna()]
    outside = rows[(rows["share"] < rows["ci_low"]) | (rows["share"] > rows["ci_high"])]
    gap = (rows["corrected_share"] - rows["share"]).abs()
    top = rows.loc[gap.idxmax()]
    return {
        "en": f"Raw and corrected share of each tool over all reported documents, with 95 % intervals of the "
        f"corrected share. {len(outside)} of "
        f"{len(rows)} raw shares {'lies' if len(outside) == 1 else 'lie'} outside. The largest correction is {top['label_en']}: {100 * top['share']:.1f} % raw, "
        f"{100 * top['corrected_share']:.1f} % corrected.",
        "zh": f"全部所示文件中各工具的原始与校正占比,附校正占比的95%区间。{len(rows)}个原始占比中{len(outside)}个落在区间外。"
        f"校正最大的是{top['label_zh']}:原始{100 * top['share']:.1f}%,校正后{100 * top['corrected_share']:.1f}%。",
    }


@chart("raw_to_corrected", section="validity", caption=_correction_caption, table="tool_distribution")
def raw_to_corrected(frame: pd.DataFrame, language: str) -> Figure:
    """Draw an arrow a tool from its raw to its corrected share, with the interval; most used on top."""
    rows = frame[frame["tool"].notna() & frame["corrected_share"].notna()].sort_values("corrected_share", kind="stable")
    colour = colour_of_type(list(dict.fromkeys(frame["tool_type"])))
    figure, axes = plt.subplots(figsize=(6.8, 0.27 * len(rows) + 1))
    y, shade = np.arange(len(rows)), rows["tool_type"].map(colour)
    axes.hlines(y, 100 * rows["ci_low"], 100 * rows["ci_high"], color=shade, linewidth=4, alpha=0.3)
    axes.hlines(y, 100 * rows["share"], 100 * rows["corrected_share"], color="#374151", linewidth=0.9)
    axes.scatter(
        100 * rows["share"], y, facecolors="white", edgecolors="#374151", s=24, zorder=3, label=pick(language, "raw", "原始")
    )
    axes.scatter(100 * rows["corrected_share"], y, color=shade, s=30, zorder=4, label=pick(language, "corrected", "校正后"))
    axes.set_yticks(y, rows[f"label_{language}"])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(left=min(0, axes.get_xlim()[0]))
    axes.set_xlabel(
        pick(
            language,
            "share of units, % (open: raw, filled: corrected, band: 95 % interval)",
            "占单元的份额(%;空心:原始,实心:校正后,色带:95%区间)",
        )
    )
    return figure
