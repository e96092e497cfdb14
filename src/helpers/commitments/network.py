"""Who works with whom: the network of lead and co-responsible departments, and which tools they lead."""

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers import catalogue, engine
from helpers.structure import by_lineage

PLACE = ["county", "county_code"]
_EVERY_START, _PIVOTS, _SEED = 150, 50, 1977  # departments up to which paths start from each; above it, from so many


def links(actors: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Count the units in which `lead` leads and `partner` works with it (as responsible, or as another lead).

    Groups (各部门) are left out, so are repeated sentences. Two leads of one unit give one row in each direction.
    """
    groups = _chosen(actors, units, documents).groupby(PLACE, dropna=False, sort=True)  # all pairs at once would fill the memory
    found = [_links_of(group) for _, group in groups]
    found = [rows for rows in found if len(rows)]
    return _plain(pd.concat(found, ignore_index=True)) if found else catalogue.empty("department_links")


def _links_of(chosen: pd.DataFrame) -> pd.DataFrame:
    """Count the links of one place."""
    pairs = chosen[chosen["role"] == "lead"].merge(chosen, on=["unit_id", *PLACE], suffixes=("", "_partner"))
    pairs = pairs[pairs["department"] != pairs["department_partner"]]
    keys = [*PLACE, "department", "department_partner", "role_partner"]
    out = pairs.groupby(keys, dropna=False, sort=True)["unit_id"].nunique().rename("n_units").reset_index()
    return out.rename(columns={"department": "lead", "department_partner": "partner", "role_partner": "partner_role"})


def centrality(
    actors: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame, edges: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what each department leads and joins, and its place in its county's network.

    `degree` counts partners; `strength` counts units shared with them; `betweenness` (Freeman 1977; paths as long as the
    inverse of shared units; above 150 departments estimated from 50 of them, Brandes & Pich 2007) and `eigenvector`
    (Bonacich 1972) run from 0 to 1. The network is undirected. edges: its `links`, where they are known already.
    """
    chosen = _chosen(actors, units, documents)
    if chosen.empty:
        return catalogue.empty("department_centrality")
    edges = links(actors, units, documents) if edges is None else edges
    of = {_named(key): rows for key, rows in edges.groupby(PLACE, dropna=False)}
    places = [
        (key, group[["unit_id", "department", "role"]], of.get(_named(key), edges.head(0)))
        for key, group in chosen.groupby(PLACE, dropna=False, sort=True)
    ]
    out = [row for rows in engine.map(_of_place, places) for row in rows]
    columns = [*PLACE, "department", "n_lead", "n_responsible", "degree", "strength", "betweenness", "eigenvector"]
    frame = pd.DataFrame(out, columns=columns).astype(dict.fromkeys([*PLACE, "department"], "str"))
    return frame.sort_values(
        [*PLACE, "strength", "n_lead", "department"], ascending=[True, True, False, False, True], kind="stable",
        ignore_index=True,
    )  # fmt: skip


def _of_place(place: tuple[tuple, pd.DataFrame, pd.DataFrame]) -> list[list]:
    """Return the rows of one place's departments."""
    key, group, edges = place
    graph = _graph(group, edges)
    pivots = _PIVOTS if len(graph) > _EVERY_START else None
    between = nx.betweenness_centrality(graph, k=pivots, seed=_SEED, weight="distance", normalized=True)
    central = _eigenvector(graph)
    counts = group.groupby(["department", "role"])["unit_id"].nunique().to_dict()
    rows = []
    for name in sorted(graph.nodes):
        lead, duty = (counts.get((name, role), 0) for role in ("lead", "responsible"))
        strength = sum(data["n_units"] for *_, data in graph.edges(name, data=True))
        rows.append([*key, name, lead, duty, graph.degree(name), int(strength), round(between[name], 6), round(central[name], 6)])
    return rows


def _named(key: tuple) -> tuple:
    """Return the key of a place; an unknown county is a place of its own."""
    return tuple(None if pd.isna(value) else value for value in key)


def _chosen(actors: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Keep single departments in sentences of the chosen documents, each sentence once."""
    named = by_lineage(documents)[["doc_id", *PLACE]]
    named = named.astype(dict.fromkeys(PLACE, "category"))  # the texts of millions of rows would fill the memory
    place = np.where(units["is_repeat"].astype(bool), -1, _found_in(named["doc_id"], units["doc_id"]))
    single = actors.loc[~actors["is_collective"].astype(bool), ["unit_id", "department", "role"]]
    at = np.append(place, -1)[_found_in(units["unit_id"], single["unit_id"])]
    chosen = single[at >= 0].astype({"department": "category", "role": "category"}).reset_index(drop=True)
    where = {name: named[name].array.take(at[at >= 0]) for name in PLACE}
    return chosen.assign(**where)


def _found_in(index: pd.Series, values: pd.Series) -> np.ndarray:
    """Return the place of each value in `index`, -1 where it has none: by Arrow, since Python's own texts fill the memory."""
    known, asked = (pa.array(texts.astype("str"), pa.large_string()) for texts in (index, values))
    known = known.combine_chunks() if isinstance(known, pa.ChunkedArray) else known
    return pc.fill_null(pc.index_in(asked, value_set=known), -1).to_numpy().astype(np.int64)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return categories as the texts that they are."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


def _graph(group: pd.DataFrame, edges: pd.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(sorted(group["department"].unique()))
    for row in edges.itertuples(index=False):
        weight = row.n_units * (0.5 if row.partner_role == "lead" else 1.0)
        before = graph.get_edge_data(row.lead, row.partner, {"n_units": 0.0})["n_units"]
        graph.add_edge(row.lead, row.partner, n_units=before + weight)
    for *_, data in graph.edges(data=True):
        data["distance"] = 1 / data["n_units"]
    return graph


def _eigenvector(graph: nx.Graph) -> dict[str, float]:
    """Eigenvector centrality of the largest component, scaled to a maximum of 1; others 0."""
    scores = dict.fromkeys(graph.nodes, 0.0)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    if parts and len(parts[0]) > 2:
        names = sorted(parts[0])
        found = _power(nx.to_numpy_array(graph, names, weight="n_units"))
        scores |= dict(zip(names, (found / found.max()).tolist(), strict=True))
    return scores


def _power(weights: np.ndarray, tolerance: float = 1e-8, most: int = 2000) -> np.ndarray:
    """Find the leading eigenvector by power iteration on A + I, which also ends where the network has two sides."""
    x = np.full(len(weights), 1 / len(weights))
    for _ in range(most):
        last, x = x, x + weights @ x
        x /= np.linalg.norm(x)
        if np.abs(x - last).sum() < len(x) * tolerance:
            return x
    raise nx.PowerIterationFailedConvergence(most)


def tool_departments(
    actors: pd.DataFrame, unit_tools: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """Count units by lead department and policy tool: which department leads which tool."""
    lead = _chosen(actors, units, documents)
    both = lead[lead["role"] == "lead"].merge(unit_tools[["unit_id", "tool", "tool_type"]], on="unit_id", how="inner")
    if both.empty:
        return catalogue.empty("tool_departments")
    out = both.groupby([*PLACE, "department", "tool", "tool_type"], dropna=False, sort=True)["unit_id"].nunique()
    return _plain(out.rename("n_units").reset_index())


def joined(actors: pd.DataFrame, unit_tools: pd.DataFrame, unit_topics: pd.DataFrame | None = None) -> pd.DataFrame:
    """Join each actor to the tools (ids joined by ;) and the strongest topic of its unit."""
    units = pd.Index(actors["unit_id"].unique())
    at = units.get_indexer(unit_tools["unit_id"])
    named = pd.DataFrame({"unit": at[at >= 0], "tool": unit_tools["tool"].to_numpy(dtype=object)[at >= 0]})
    named = named.sort_values(["unit", "tool"], kind="stable").groupby("unit")["tool"].agg(";".join)
    tools = named.reindex(range(len(units)), fill_value="").to_numpy(dtype=object)[units.get_indexer(actors["unit_id"])]
    out = actors.assign(tools=pd.Series(tools, actors.index, dtype="str"))
    if unit_topics is None:
        return out.assign(topic=pd.Series(pd.NA, out.index, dtype="Int64"))
    return out.join(unit_topics.set_index("unit_id")["topic"], on="unit_id")
