"""Which of the common words go together, and which of them hold the others together."""

from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
import pandas as pd
from scipy.special import pdtrc

from helpers.intervals import benjamini_hochberg
from helpers.segment import Features, add_up
from helpers.terms.counts import in_parts

EDGES = ["term_a", "term_b", "n_units", "npmi", "p_adjusted"]
_FALSE = 0.05  # expected share of false pairs among those that are kept
NODES = ["term", "n_units", "degree", "weighted_degree", "betweenness", "eigenvector", "community"]


def cooccurrence(
    words: Features | Iterable[Features], terms: Sequence[str], documents: Sequence, least: int = 3, keep: int = 120
) -> pd.DataFrame:  # fmt: skip
    """Return the pairs of `terms` that meet in a unit more often than by chance (`EDGES`; npmi: Bouma 2009).

    words: of all units, or of some whole documents after others (`segment.CorpusWords`); documents: the document of each unit.
    Chance: the words of each document are dealt anew over its units, units
    keeping their lengths, so that neither two words of one document nor long sentences make a pair. The number of meetings is
    then a sum of rare events; its tail is Poisson's, no lighter than that of the permutations (Hoeffding 1956). Pairs are kept
    whose p-value, adjusted over all pairs of the terms (Benjamini & Hochberg 1995), is below .05; those in fewer than `least`
    units or of no positive npmi are left out, and the `keep` pairs with the highest n_units × npmi stay.
    """
    n_all, together, chance = _meetings(words, terms, documents)
    there = np.flatnonzero(np.diag(together))
    if len(there) < 2:
        return pd.DataFrame(columns=EDGES)
    terms, together, chance = [terms[i] for i in there], together[np.ix_(there, there)], chance[np.ix_(there, there)]
    a, b = np.nonzero(np.triu(together >= least, 1))
    n, single = together[a, b], np.diag(together)
    p = n / n_all
    npmi = np.log(p * n_all**2 / (single[a] * single[b])) / np.maximum(-np.log(p), 1e-12)
    values = {"n_units": n, "npmi": np.clip(npmi, -1, 1)}
    frame = pd.DataFrame({"term_a": [terms[i] for i in a], "term_b": [terms[i] for i in b], **values})
    p_values = np.ones(len(terms) * (len(terms) - 1) // 2)  # pairs that never meet were looked at too
    p_values[: len(a)] = pdtrc(n - 1, np.maximum(chance[a, b], 1e-12))
    frame["p_adjusted"] = benjamini_hochberg(pd.Series(p_values)).to_numpy()[: len(a)]
    frame = frame[(frame["npmi"] > 0) & (frame["p_adjusted"] < _FALSE)].assign(weight=lambda f: f["n_units"] * f["npmi"])
    frame = frame.sort_values(["weight", "term_a", "term_b"], ascending=[False, True, True], kind="stable").head(keep)
    return frame[EDGES].reset_index(drop=True)


def word_network(
    words: Features | Iterable[Features], frequency: pd.DataFrame, documents: Sequence, most: int
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Return edges and centralities of the `most` commonest words. frequency: as `frequencies`; others as `cooccurrence`."""
    edges = cooccurrence(words, frequency["term"].head(most).tolist(), documents)
    return edges, centralities(edges, dict(zip(frequency["term"], frequency["n_units"], strict=True)))


def _meetings(
    words: Features | Iterable[Features], terms: Sequence[str], documents: Sequence
) -> tuple[int, np.ndarray, np.ndarray]:
    """Return (units, in how many each two terms meet, in how many they would if each document's words were dealt anew)."""
    n_all, together, chance = 0, np.zeros((len(terms), len(terms)), np.int64), np.zeros((len(terms), len(terms)))
    for part, number in in_parts(words, documents)[0]:
        present = part.only(terms).astype(bool).astype(np.int64)
        n_all += len(number)
        together += (present.T @ present).toarray()
        here, document = np.unique(number, return_inverse=True)
        length = np.asarray(part.counts.sum(axis=1), dtype=float).ravel()
        total = np.maximum(np.bincount(document, weights=length), 2)
        # the probability that two words fall into one unit
        alike = np.bincount(document, weights=length * (length - 1)) / (total * (total - 1))
        units = add_up(present, document, len(here)).toarray().astype(float)
        chance += (units * alike[:, None]).T @ units
    return n_all, together, chance


def graph(edges: pd.DataFrame) -> nx.Graph:
    """Return the edges as a graph, nodes in alphabetical order, weight n_units × npmi."""
    out = nx.Graph()
    out.add_nodes_from(sorted({*edges["term_a"], *edges["term_b"]}))
    for edge in edges.sort_values(["term_a", "term_b"], kind="stable").itertuples():
        out.add_edge(
            edge.term_a, edge.term_b, weight=float(edge.n_units * edge.npmi), distance=1 / float(edge.n_units * edge.npmi)
        )
    return out


def centralities(edges: pd.DataFrame, n_units: dict[str, int]) -> pd.DataFrame:
    """Return one row a word: degree, weighted degree, betweenness (Freeman 1977), eigenvector centrality (Bonacich 1972),
    community.

    Communities by greedy modularity (Clauset, Newman & Moore 2004), numbered by falling size.
    """
    if not len(edges):
        return pd.DataFrame(columns=NODES)
    net = graph(edges)
    found = nx.community.greedy_modularity_communities(net, weight="weight")
    groups = sorted((sorted(group) for group in found), key=lambda group: (-len(group), group))
    community = {word: number for number, group in enumerate(groups, start=1) for word in group}
    between = nx.betweenness_centrality(net, weight="distance")
    values, vectors = np.linalg.eigh(nx.to_numpy_array(net, weight="weight"))
    leading = np.abs(vectors[:, int(np.argmax(values))])
    frame = pd.DataFrame({
        "term": list(net), "n_units": [n_units.get(w, 0) for w in net], "degree": [d for _, d in net.degree()],
        "weighted_degree": [d for _, d in net.degree(weight="weight")], "betweenness": [between[w] for w in net],
        "eigenvector": leading / max(leading.max(), 1e-12), "community": [community[w] for w in net],
    })  # fmt: skip
    return frame.sort_values(["weighted_degree", "term"], ascending=[False, True], kind="stable").reset_index(drop=True)


def with_nodes(edges: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Add community and degree of both ends to each edge, for the picture."""
    known = nodes.set_index("term")
    out = edges.copy()
    for end in ("a", "b"):
        out[f"community_{end}"], out[f"degree_{end}"] = (
            out[f"term_{end}"].map(known["community"]),
            out[f"term_{end}"].map(known["degree"]),
        )
    return out
