"""Figures of 06_commitments about departments: who works with whom, and who leads which tools."""

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path as MplPath

from helpers.plots import places
from helpers.plots.charts import chart
from helpers.plots.style import PALETTE, pick

MOST_DEPARTMENTS, MOST_ROWS, MOST_TOOLS = 28, 16, 14


# ---- departments -----------------------------------------------------------------------------------------------------
def _network_caption(frame: pd.DataFrame) -> dict[str, str]:
    shown = shown_county(frame)
    names = sorted({*shown["lead"], *shown["partner"]})
    leads = shown.groupby("lead")["n_units"].sum().sort_values(ascending=False, kind="stable")
    county = shown["county"].iloc[0] if isinstance(shown["county"].iloc[0], str) else None
    return {
        "en": f"Departments of {places.place(county, 'en') if county else 'the documents'} that share duties: {len(names)} bodies, {len(shown)} pairs of lead and partner. "
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
    edges = sorted(graph.edges(data=True), key=lambda edge: edge[2]["n_units"])
    ends = np.array([(place[lead], place[partner]) for lead, partner, _data in edges])
    _arrows(axes, ends[:, 0], ends[:, 1], np.array([data["n_units"] / top for *_, data in edges]))
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


def _arrows(axes, start: np.ndarray, end: np.ndarray, share: np.ndarray) -> None:
    """Draw all links at once, the strong ones wide and dark: a bent line from circle to circle and a head at its end."""
    along = end - start
    bend = (start + end) / 2 + 0.12 * np.column_stack([along[:, 1], -along[:, 0]])

    def at(t: float) -> np.ndarray:
        return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end

    ahead = (end - bend) / np.maximum(np.hypot(*(end - bend).T), 1e-9)[:, None]
    near, tip = at(0.06), end - 0.055 * ahead
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    size = 0.024 + 0.02 * share[:, None]
    neck = tip - size * ahead
    curve = [MplPath.MOVETO, MplPath.CURVE3, MplPath.CURVE3]
    lines = [MplPath(points, curve) for points in np.stack([near, bend, neck], axis=1)]
    heads = np.stack([tip, neck + 0.4 * size * across, neck - 0.4 * size * across], axis=1)
    shade = [to_rgba(PALETTE[0], 0.12 + 0.5 * part) for part in share]
    axes.add_collection(PathCollection(lines, facecolors="none", edgecolors=shade, linewidths=0.4 + 3 * share), autolim=False)
    axes.add_collection(
        PolyCollection(heads, facecolors=[to_rgba(PALETTE[0], 0.3 + 0.5 * part) for part in share], edgecolors="none"),
        autolim=False,
    )


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
