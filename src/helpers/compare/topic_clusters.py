"""The topics beside another way to group the same sentences: clusters of the encoder's sentence vectors."""

import numpy as np
import pandas as pd

from helpers.coding import likeness

_COLUMNS = ["n_clusters", "n_units", "agreement"]
_STARTS = 5


def beside(both: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return how far k-means clusters of sentence vectors agree with the strongest topics, as many as topics and twice as many.

    both: unit_id, topic, vector, as `counts.WITH_VECTORS` answers. Columns: n_clusters, n_units, agreement (adjusted Rand
    index, Hubert & Arabie 1985: 0 by chance, 1 the same). Sentences count that have both a topic and a vector. The encoder was
    fitted on tools, so its clusters follow these as well; empty where it read fewer than ten sentences a cluster.
    """
    if not len(both):
        return pd.DataFrame(columns=_COLUMNS)
    from sklearn.cluster import KMeans  # a second to import, and where the encoder does not code there are no vectors
    from sklearn.metrics import adjusted_rand_score

    n = len(both)
    k = both["topic"].nunique()
    points = likeness.unpacked(both).astype(np.float32)
    rows = []
    for clusters in (k, 2 * k) if k > 1 else ():
        if n >= 10 * clusters:
            found = KMeans(clusters, n_init=_STARTS, random_state=seed).fit_predict(points)
            rows.append((clusters, n, round(float(adjusted_rand_score(both["topic"], found)), 4)))
    return pd.DataFrame(rows, columns=_COLUMNS)


def said(clusters: pd.DataFrame) -> dict:
    """State the agreement with as many clusters as topics and with twice as many."""
    first = clusters.iloc[0] if len(clusters) else {"n_units": 0, "n_clusters": 0, "agreement": 0.0}
    return {
        "n": int(first["n_units"]), "k": int(first["n_clusters"]), "agreement": float(first["agreement"]),
        "twice": float(clusters["agreement"].iloc[-1]) if len(clusters) else 0.0,
    }  # fmt: skip
