"""Figures of 06_commitments: when promises fall due, what counties aim at, who works with whom, and what money is for."""

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.charts import chart
from helpers.plots.places import place_year
from helpers.plots.style import NEUTRAL, PALETTE, pick

KINDS = {"target": ("target", "目标"), "money": ("public money", "财政资金"), "deadline": ("deadline", "时限")}
_COLOUR = dict(zip(KINDS, PALETTE, strict=False))
MOST_GROUPS, MOST_DEPARTMENTS, MOST_ROWS, MOST_TOOLS = 6, 28, 16, 14


def _labels(frame: pd.DataFrame, language: str) -> pd.Series:
    """Label each row's county-year, with the place's own words for what is unknown."""
    pairs = zip(frame["county"], frame["year"].astype(object).where(frame["year"].notna(), None), strict=True)
    return pd.Series([place_year(county, year, language) for county, year in pairs], index=frame.index, dtype="str")


# ---- timeline --------------------------------------------------------------------------------------------------------
def _timeline_caption(frame: pd.DataFrame) -> dict[str, str]:
    dated = frame[frame["due"].str.fullmatch(r"20\d\d")]
    total, n_dated = int(frame["n_commitments"].sum()), int(dated["n_commitments"].sum())
    by_year = dated.groupby("due")["n_commitments"].sum().sort_values(ascending=False, kind="stable")
    peak = by_year.index[0] if len(by_year) else None
    en = f"{n_dated} of {total} commitments name a year in the sentence itself"
    zh = f"{total}项承诺中有{n_dated}项在句中写明年份"
    if peak:
        en, zh = f"{en}; most fall due in {peak} ({int(by_year.iloc[0])})", f"{zh};到期最多的是{peak}年({int(by_year.iloc[0])}项)"
    en += ". Those without a year are drawn apart: a heading or the title may date them, their words do not."
    zh += "。未写年份者另列:标题或文件名可能给出年份,句子本身没有。"
    return {"en": en, "zh": zh}


@chart("commitment_timeline", section="commitments", caption=_timeline_caption, table="deadlines")
def commitment_timeline(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a panel a county-year, bars a due year, stacked by kind."""
    frame = frame.assign(group=_labels(frame, language))
    size = frame.groupby("group")["n_commitments"].sum().sort_values(ascending=False, kind="stable")
    groups = sorted(size.index[:MOST_GROUPS])
    years = sorted(y for y in frame["due"].unique() if y.isdigit())
    span = [str(y) for y in range(int(years[0]), int(years[-1]) + 1)][-12:] if years else []
    slots = [*span, "yearly", "none"]
    names = [*span, pick(language, "every\nyear", "每年"), pick(language, "no\nyear", "未写\n年份")]
    figure, panels = plt.subplots(len(groups), 1, figsize=(7.2, 1.15 * len(groups) + 0.9), sharex=True, squeeze=False)
    for axes, group in zip(panels[:, 0], groups, strict=True):
        own, base = frame[frame["group"] == group], np.zeros(len(slots))
        for kind in KINDS:
            counts = own[own["kind"] == kind].groupby("due")["n_commitments"].sum().reindex(slots, fill_value=0).to_numpy(float)
            axes.bar(range(len(slots)), counts, bottom=base, color=_COLOUR[kind], width=0.7, label=pick(language, *KINDS[kind]))
            base += counts
        for x, height in enumerate(base):
            if height:
                axes.text(x, height, f"{height:.0f}", ha="center", va="bottom", fontsize=7, color=NEUTRAL)
        axes.set_ylim(0, max(base.max(), 1) * 1.25)
        axes.set_title(group, loc="left", fontsize=9)
        axes.axvline(len(span) - 0.5, color=NEUTRAL, linewidth=0.6, linestyle=":")
        axes.grid(axis="x", visible=False)
    panels[-1, 0].set_xticks(range(len(slots)), names)
    panels[-1, 0].set_xlabel(pick(language, "due in", "到期年份"))
    figure.supylabel(pick(language, "commitments", "承诺数(项)"), fontsize=9)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=3, fontsize=8)
    return figure


# ---- indicators side by side -----------------------------------------------------------------------------------------
def written(frame: pd.DataFrame, language: str) -> pd.Series:
    """Write each value as a reader expects it: ≥ 220 家, +8.5 %, with the due year where it is named."""
    sign = {">=": "≥", "<=": "≤", "growth": "+", "decrease": "−"}
    due = {"yearly": pick(language, " a year", "/年")}
    out = []
    for row in frame[["comparator", "value", "unit", "due"]].fillna("").itertuples(index=False):
        tail = due.get(row.due, f" ({row.due})" if row.due else "")
        out.append(f"{sign.get(row.comparator, '')}{row.value} {row.unit}{tail}")
    return pd.Series(out, index=frame.index, dtype="str")


def _grid(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Lay the comparable indicators out: rows indicators, columns county-years, the one with most county-years first."""
    measure = {"growth": pick(language, " (growth)", "(增速)"), "new": pick(language, " (new)", "(新增)"), "level": ""}
    rows = frame.assign(
        row=frame[f"label_{language}"] + frame["measure"].map(measure),
        text=written(frame, language),
        group=_labels(frame, language),
    )
    texts = rows.groupby(["row", "group"], sort=False)["text"].agg(lambda values: "\n".join(list(dict.fromkeys(values))[:3]))
    grid = texts.unstack().fillna("")
    grid = grid[sorted(grid.columns)[:MOST_GROUPS]]
    return grid.loc[(grid != "").sum(axis=1).sort_values(ascending=False, kind="stable").index].head(MOST_ROWS)


def _comparison_caption(frame: pd.DataFrame) -> dict[str, str]:
    groups = frame.groupby(["indicator_id", "measure"])[["county", "year"]].apply(lambda rows: len(rows.drop_duplicates()))
    shared = int((groups > 1).sum())
    return {
        "en": f"{len(groups)} comparable indicators and measures are named, {shared} of them by more than one county-year; the rows "
        "with most county-years stand first. ≥ and ≤ are 以上 and 以内, + is growth, brackets give the year by which. Two lines in "
        "one cell are two values of the same documents. Counties define and date their indicators differently: read across "
        "only where unit, measure and year agree.",
        "zh": f"共有{len(groups)}项可比指标(按口径区分),其中{shared}项见于一个以上县年;县年最多者居前。≥、≤为“以上”“以内”,+为增速,括号内为到期年份。"
        "同一格两行即同一县年有两个数值。各县指标口径与年份不同,只有单位、口径、年份一致时才可横向比较。",
    }  # fmt: skip


@chart("indicators_side_by_side", section="commitments", caption=_comparison_caption, table="indicator_comparison")
def indicators_side_by_side(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the comparable indicators as a table: a row an indicator, a column a county-year, the value as the text has it."""
    grid = _grid(frame, language)
    heights = [max(1, max(cell.count("\n") + 1 for cell in row)) for row in grid.to_numpy()]
    total = sum(heights) + 0.9
    figure, axes = plt.subplots(figsize=(8, 0.215 * total + 0.35))
    axes.set(xlim=(0, 1), ylim=(total, 0))
    axes.axis("off")
    left = 0.29
    width = (1 - left) / max(1, grid.shape[1])
    for j, name in enumerate(grid.columns):
        axes.text(
            left + (j + 0.5) * width,
            0.45,
            name.replace(" County", "\nCounty").replace(" District", "\nDistrict"),
            ha="center",
            va="center",
            fontsize=8,
            weight="bold",
        )
    y = 0.9
    for i, (name, height) in enumerate(zip(grid.index, heights, strict=True)):
        if i % 2 == 0:
            axes.axhspan(y, y + height, color="#f3f4f6", linewidth=0)
        axes.text(0.0, y + height / 2, name, va="center", fontsize=8)
        for j, cell in enumerate(grid.iloc[i]):
            axes.text(left + (j + 0.5) * width, y + height / 2, cell, ha="center", va="center", fontsize=7.5, linespacing=1.15)
        y += height
    return figure


# ---- money -----------------------------------------------------------------------------------------------------------
_FORMS = {"sum": ("sum", "定额"), "cap": ("upper limit", "上限"), "standard": ("standard per person or month", "人均/月标准"),
          "rate": ("share of costs", "比例"), "foreign": ("other currency", "外币")}  # fmt: skip


def _money_caption(frame: pd.DataFrame) -> dict[str, str]:
    purposes = frame.groupby(["label_en", "label_zh"])["n_sums"].sum().sort_values(ascending=False, kind="stable")
    total = frame["total_yuan"].sum() / 1e4
    (en, zh), most = purposes.index[0], int(purposes.iloc[0])
    return {
        "en": f"{int(frame['n_sums'].sum())} sums of public money are named; {en} has most ({most}). The fixed sums in yuan add up to "
        f"{total:,.0f} × 10 000 yuan, but a sum in a rule is paid per case and a yearly fund every year: the total is no budget. "
        "Limits, standards and shares of costs are counted and never added.",
        "zh": f"文件共写明{int(frame['n_sums'].sum())}笔财政资金,最多的用途是{zh}({most}笔)。以元计的定额合计{total:,.0f}万元;奖励按例发放、专项逐年安排,"
        "合计不等于预算。上限、标准、比例只计笔数,不相加。",
    }  # fmt: skip


@chart("money_by_purpose", section="commitments", caption=_money_caption, table="money_by_purpose")
def money_by_purpose(frame: pd.DataFrame, language: str) -> Figure:
    """Draw, for each purpose, how many sums are named (stacked by form) and what the fixed sums in yuan add up to."""
    label = f"label_{language}"
    counts = frame.pivot_table(index=label, columns="form", values="n_sums", aggfunc="sum", fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(kind="stable").index]
    totals = frame.groupby(label)["total_yuan"].sum().reindex(counts.index) / 1e4
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 0.34 * len(counts) + 1.3), sharey=True, width_ratios=[3, 2])
    base = np.zeros(len(counts))
    for index, form in enumerate(form for form in _FORMS if form in counts):
        values = counts[form].to_numpy(float)
        left.barh(range(len(counts)), values, left=base, color=PALETTE[index], height=0.65, label=pick(language, *_FORMS[form]))
        base += values
    left.set_yticks(range(len(counts)), counts.index)
    left.set_xlabel(pick(language, "sums named", "笔数"))
    left.xaxis.get_major_locator().set_params(integer=True)
    positive = totals.where(totals > 0)
    right.scatter(positive, range(len(counts)), color=PALETTE[0], s=26, zorder=3)
    right.set_xscale("log") if positive.notna().any() else right.set_xticks([])
    for y, value in enumerate(totals):
        if value > 0:
            right.annotate(f"{value:,.0f}", (value, y), xytext=(5, 4), textcoords="offset points", fontsize=7)
    right.set_xlabel(pick(language, "fixed sums, 10 000 yuan (log scale)", "定额合计(万元,对数轴)"))
    right.margins(x=0.25)
    for axes in (left, right):
        axes.grid(axis="y", visible=False)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper right", ncols=3, fontsize=8)
    return figure


# ---- departments -----------------------------------------------------------------------------------------------------
def _network_caption(frame: pd.DataFrame) -> dict[str, str]:
    shown = shown_county(frame)
    names = sorted({*shown["lead"], *shown["partner"]})
    leads = shown.groupby("lead")["n_units"].sum().sort_values(ascending=False, kind="stable")
    county = shown["county"].iloc[0] if isinstance(shown["county"].iloc[0], str) else None
    return {
        "en": f"Departments of {county or 'the documents'} that share duties: {len(names)} bodies, {len(shown)} pairs of lead and partner. "
        f"Size grows with shared units, arrows run from lead to partner, width grows with the units that they share. "
        f"{leads.index[0]} leads most ({int(leads.iloc[0])} pairings). Groups such as 各部门 are left out, and only the county with "
        f"most pairs and its {MOST_DEPARTMENTS} best-linked bodies are drawn; the tables have all. Being named together is not working together.",
        "zh": f"{county or '文件'}各部门的共同责任:{len(names)}个部门,{len(shown)}对牵头—责任关系。圆越大,共担单元越多;箭头由牵头指向配合方,线宽表示共担单元数。"
        f"牵头最多的是{leads.index[0]}({int(leads.iloc[0])}次配对)。“各部门”等统称不计;图中只画配对最多的一县及其联系最多的{MOST_DEPARTMENTS}个部门,"
        "完整名单见表。同列一处不等于实际协作。",
    }  # fmt: skip


def shown_county(links: pd.DataFrame) -> pd.DataFrame:
    """Keep the county with most pairs, and of it the pairs among its best-linked departments."""
    size = links.groupby("county", dropna=False)["n_units"].sum().sort_values(ascending=False, kind="stable")
    top = size.index[0]
    own = links[links["county"].isna()] if pd.isna(top) else links[links["county"] == top]
    strength = pd.concat([own.set_index(end)["n_units"] for end in ("lead", "partner")]).groupby(level=0).sum()
    best = strength.sort_values(ascending=False, kind="stable").index[:MOST_DEPARTMENTS]
    return own[own["lead"].isin(best) & own["partner"].isin(best)]


@chart("department_network", section="commitments", caption=_network_caption, table="department_links")
def department_network(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the network of lead departments and their partners on two rings: the busiest leads inside."""
    links = shown_county(frame)
    graph = nx.DiGraph()
    for row in links.sort_values(["lead", "partner"], kind="stable").itertuples(index=False):
        graph.add_edge(row.lead, row.partner, n_units=row.n_units)
    strength = {
        name: sum(data["n_units"] for *_, data in [*graph.in_edges(name, data=True), *graph.out_edges(name, data=True)])
        for name in graph
    }
    ranked = sorted(graph.nodes, key=lambda name: (-strength[name], name))
    inner, outer = ranked[: max(1, len(ranked) // 4)], ranked[max(1, len(ranked) // 4) :]
    place = _ring(inner, 0.42, 0.3) | _ring(outer, 1.0, 0.0)
    figure, axes = plt.subplots(figsize=(7.6, 7.2))
    top = max(data["n_units"] for *_, data in graph.edges(data=True))
    for lead, partner, data in sorted(graph.edges(data=True), key=lambda edge: edge[2]["n_units"]):
        share = data["n_units"] / top
        axes.annotate("", place[partner], place[lead], arrowprops={"arrowstyle": "-|>", "color": PALETTE[0], "alpha": 0.12 + 0.5 * share,
                      "linewidth": 0.4 + 3 * share, "shrinkA": 8, "shrinkB": 9, "connectionstyle": "arc3,rad=0.12"})  # fmt: skip
    most = max(strength.values())
    for name, (x, y) in place.items():
        leads = graph.out_degree(name) > 0
        axes.scatter(
            x, y, s=60 + 420 * strength[name] / most, color=PALETTE[1] if leads else "#d1d5db", edgecolors="white", zorder=3
        )
        angle = 0 if name in inner else np.degrees(np.arctan2(y, x))
        _name(axes, name, x, y, angle, name in inner)
    axes.set(xlim=(-1.55, 1.55), ylim=(-1.45, 1.5))
    axes.axis("off")
    for colour, text in (
        (PALETTE[1], pick(language, "leads somewhere", "曾任牵头")),
        ("#d1d5db", pick(language, "responsible only", "仅为责任单位")),
    ):
        axes.scatter([], [], color=colour, s=60, label=text)
    axes.legend(loc="upper left", fontsize=8)
    return figure


def _ring(names: list[str], radius: float, turn: float) -> dict[str, tuple[float, float]]:
    angles = [2 * np.pi * i / max(1, len(names)) + turn for i in range(len(names))]
    return {name: (radius * np.cos(angle), radius * np.sin(angle)) for name, angle in zip(names, angles, strict=True)}


def _name(axes, name: str, x: float, y: float, angle: float, inside: bool) -> None:
    """Write a name beside its circle: on the outer ring it points outwards, so that names never cross."""
    if inside:
        axes.text(
            x,
            y,
            name,
            ha="center",
            va="center",
            fontsize=7.5,
            zorder=5,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
        )
        return
    flip = abs(angle) > 90
    axes.text(x * 1.09, y * 1.09, name, fontsize=7.5, zorder=5, rotation=angle + 180 * flip, rotation_mode="anchor",
              ha="right" if flip else "left", va="center")  # fmt: skip


# ---- tools and lead departments --------------------------------------------------------------------------------------
def _tools_caption(frame: pd.DataFrame) -> dict[str, str]:
    top = frame.sort_values(["n_units", "department", "tool"], ascending=[False, True, True], kind="stable").iloc[0]
    return {
        "en": f"Units by lead department and policy tool ({int(frame['n_units'].sum())} pairs of unit and tool). The largest cell: {top['department']} leads "
        f"{int(top['n_units'])} units of {top['label_en']}. Only sentences that name a lead count, so documents without duty brackets "
        "are not seen here, and a unit with two leads counts for both.",
        "zh": f"按牵头部门与政策工具统计的单元(共{int(frame['n_units'].sum())}个单元—工具对)。最大一格:{top['department']}牵头{top['label_zh']}{int(top['n_units'])}个单元。"
        "只统计写明牵头单位的句子,没有责任括注的文件不在其中;两个牵头单位各计一次。",
    }  # fmt: skip


@chart("tools_by_lead_department", section="commitments", caption=_tools_caption, table="tool_departments")
def tools_by_lead_department(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: rows the departments that lead most, columns policy tools, cells the units."""
    label = f"label_{language}"
    grid = frame.pivot_table(index="department", columns=label, values="n_units", aggfunc="sum", fill_value=0)
    rows = grid.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    columns = grid.sum(axis=0).sort_values(ascending=False, kind="stable").index[:MOST_TOOLS]
    grid = grid.loc[rows, columns]
    figure, axes = plt.subplots(figsize=(7.6, 0.3 * len(grid) + 1.6))
    axes.imshow(grid.to_numpy(float), cmap="Blues", aspect="auto", vmin=0)
    top = grid.to_numpy().max()
    for (i, j), value in np.ndenumerate(grid.to_numpy()):
        if value:
            axes.text(j, i, int(value), ha="center", va="center", fontsize=7.5, color="white" if value > 0.6 * top else "#111827")
    axes.set_xticks(range(len(columns)), columns)
    plt.setp(axes.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylabel(pick(language, "lead department", "牵头部门"))
    axes.grid(visible=False)
    axes.tick_params(length=0)
    return figure
