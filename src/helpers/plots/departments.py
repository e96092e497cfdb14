"""Figures of 06_commitments about departments: who works with whom, and who leads which tools."""

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path as MplPath

from helpers.language import place, say
from helpers.plots.charts import chart
from helpers.plots.forms import heat
from helpers.plots.shares import counties_by
from helpers.plots.style import PALETTE

MOST_DEPARTMENTS, MOST_ROWS, MOST_TOOLS = 28, 16, 14


def _network_facts(frame: pd.DataFrame, language: str) -> dict:
    shown = shown_county(frame)
    leads, first = shown.groupby("lead")["n_units"].sum().sort_values(ascending=False, kind="stable"), shown.iloc[0]
    county = place(first["county"], language, first.get("county_code"))
    return {
        "known": isinstance(first["county"], str), "county": county, "n_bodies": len({*shown["lead"], *shown["partner"]}),
        "n_pairs": len(shown), "lead": leads.index[0], "n": int(leads.iloc[0]), "most": MOST_DEPARTMENTS,
    }  # fmt: skip


def shown_county(links: pd.DataFrame) -> pd.DataFrame:
    """Keep the county with most pairs, and of it the pairs among its best-linked departments."""
    own = counties_by(links, links["n_units"], 1)[0]
    strength = pd.concat([own.set_index(end)["n_units"] for end in ("lead", "partner")]).groupby(level=0).sum()
    best = strength.sort_values(ascending=False, kind="stable").index[:MOST_DEPARTMENTS]
    return own[own["lead"].isin(best) & own["partner"].isin(best)]


@chart("department_network", section="commitments", facts=_network_facts, table="department_links")
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
    at = _ring(inner, 0.42, 0.3) | _ring(outer, 1.0, 0.0)
    figure, axes = plt.subplots(figsize=(7.6, 7.2))
    top = max(data["n_units"] for *_, data in graph.edges(data=True))
    edges = sorted(graph.edges(data=True), key=lambda edge: edge[2]["n_units"])
    ends = np.array([(at[lead], at[partner]) for lead, partner, _data in edges])
    _arrows(axes, ends[:, 0], ends[:, 1], np.array([data["n_units"] / top for *_, data in edges]))
    most = max(strength.values())
    for name, (x, y) in at.items():
        leads = graph.out_degree(name) > 0
        axes.scatter(
            x, y, s=60 + 420 * strength[name] / most, color=PALETTE[1] if leads else "#d1d5db", edgecolors="white", zorder=3
        )
        angle = 0 if name in inner else np.degrees(np.arctan2(y, x))
        _name(axes, name, x, y, angle, name in inner)
    axes.set(xlim=(-1.55, 1.55), ylim=(-1.45, 1.5))
    axes.axis("off")
    for colour, which in ((PALETTE[1], "leads"), ("#d1d5db", "responsible")):
        axes.scatter([], [], color=colour, s=60, label=say(f"commitments.department_network.{which}", language))
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
        back = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8}
        axes.text(x, y, name, ha="center", va="center", fontsize=7.5, zorder=5, bbox=back)
        return
    flip = abs(angle) > 90
    axes.text(x * 1.09, y * 1.09, name, fontsize=7.5, zorder=5, rotation=angle + 180 * flip, rotation_mode="anchor",
              ha="right" if flip else "left", va="center")  # fmt: skip


def _tools_facts(frame: pd.DataFrame, language: str) -> dict:
    top = frame.sort_values(["n_units", "department", "tool"], ascending=[False, True, True], kind="stable").iloc[0]
    return {
        "pairs": frame["n_units"].sum(),
        "department": top["department"],
        "n": top["n_units"],
        "tool": top[f"label_{language}"],
    }


@chart("tools_by_lead_department", section="commitments", facts=_tools_facts, table="tool_departments")
def tools_by_lead_department(frame: pd.DataFrame, language: str) -> Figure:
    """Draw a heat map: rows the departments that lead most, columns policy tools, cells the units."""
    grid = frame.pivot_table(index="department", columns=f"label_{language}", values="n_units", aggfunc="sum", fill_value=0)
    rows = grid.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_ROWS]
    columns = grid.sum(axis=0).sort_values(ascending=False, kind="stable").index[:MOST_TOOLS]
    grid = grid.loc[rows, columns]
    figure, axes = heat(grid, (7.6, 0.3 * len(grid) + 1.6), write=lambda n: f"{n:.0f}" if n else "", turned=True)
    axes.set(xlabel="", ylabel=say("commitments.tools_by_lead_department.y", language))
    return figure
