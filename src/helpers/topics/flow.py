"""How topics pass into one another from one period to the next: each period's own version of a topic, linked by cosine."""

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.structure import by_lineage
from helpers.topics.models import Fit
from helpers.topics.passages import weigh
from helpers.topics.shares import groups_of, known_rows

COSINE = 0.2  # two topics of adjacent periods are linked at this cosine or above
COLUMNS = [
    "county", "county_code", "year_from", "year_to", "topic_from", "topic_to", "cosine", "flow", "share_from", "share_to",
]  # fmt: skip


def flows(
    unit_counts: sparse.csr_matrix, mixed: np.ndarray, units: pd.DataFrame, fitted: Fit, threshold: float = COSINE
) -> pd.DataFrame:
    """Link the topics of adjacent periods of each county with two years or more.

    A topic's version in a period is the mean of the period's units, each by its share of the topic. Versions whose cosine
    reaches `threshold` are linked; `flow` parts the topic's share in the earlier year among its links by cosine. A topic's
    own pair is always listed, with flow 0 where it is not linked.
    Columns: county, county_code, year_from, year_to, topic_from, topic_to, cosine, flow, share_from, share_to.
    """
    keep = np.flatnonzero(known_rows(mixed) & units["year"].notna().to_numpy() & units["county"].notna().to_numpy())
    frame, rows = by_lineage(units[["county", "county_code", "year"]].iloc[keep].reset_index(drop=True)), []
    for (county, code), index in groups_of(frame, ["county", "county_code"]):
        year_of = frame["year"].iloc[index].to_numpy(dtype=int)
        years = {int(year): keep[index[year_of == year]] for year in np.unique(year_of)}
        versions = {year: _version(unit_counts, mixed, places, fitted) for year, places in years.items()}
        for earlier, later in zip(list(versions), list(versions)[1:], strict=False):
            rows.extend(
                {"county": county, "county_code": code, "year_from": earlier, "year_to": later, **link}
                for link in _links(*versions[earlier], *versions[later], threshold)
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _version(unit_counts, mixed, rows, fitted):
    x = weigh(unit_counts[rows], fitted.idf)
    topics = np.asarray(x.T @ mixed[rows]).T
    return topics / np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-12), mixed[rows].mean(axis=0)


def _links(old, old_share, new, new_share, threshold):
    cosine = np.clip(old @ new.T, 0, 1)
    linked = cosine >= threshold
    part = np.where(linked, cosine, 0)
    part /= np.maximum(part.sum(axis=1, keepdims=True), 1e-12)
    for i, j in zip(*np.nonzero(linked | np.eye(len(cosine), dtype=bool)), strict=True):
        yield {"topic_from": i + 1, "topic_to": j + 1, "cosine": cosine[i, j], "flow": old_share[i] * part[i, j],
               "share_from": old_share[i], "share_to": new_share[j]}  # fmt: skip
