"""How topics pass into one another from one period to the next: each period's own version of a topic, linked by cosine."""

import numpy as np
import pandas as pd

from helpers.structure import by_lineage
from helpers.topics.models import Fit
from helpers.topics.passages import weigh
from helpers.topics.reading import Reading, mixture_of
from helpers.topics.shares import groups_of

COSINE = 0.2  # two topics of adjacent periods are linked at this cosine or above
_AT_ONCE = 50_000  # units
COLUMNS = [
    "county", "county_code", "year_from", "year_to", "topic_from", "topic_to", "cosine", "flow", "share_from", "share_to",
]  # fmt: skip


def flows(prepared, reading: Reading, fitted: Fit, threshold: float = COSINE) -> pd.DataFrame:
    """Link the topics of adjacent periods of each county with two years or more.

    A topic's version in a period is the mean of the period's units, each by its share of the topic. Versions whose cosine
    reaches `threshold` are linked; `flow` parts the topic's share in the earlier year among its links by cosine. A topic's
    own pair is always listed, with flow 0 where it is not linked.
    Columns: county, county_code, year_from, year_to, topic_from, topic_to, cosine, flow, share_from, share_to.
    """
    places, rows = reading.places, []
    kept = np.flatnonzero((reading.n_by_place > 0) & places["year"].notna() & places["county"].notna())
    frame = by_lineage(places.iloc[kept].reset_index(drop=True))
    for (county, code), index in groups_of(frame, ["county", "county_code"]):
        year_of = frame["year"].iloc[index].to_numpy(dtype=int)
        years = {int(year): kept[index[year_of == year]] for year in np.unique(year_of)}
        if len(years) < 2:
            continue
        versions = {year: _version(prepared, reading, its, fitted) for year, its in years.items()}
        for earlier, later in zip(list(versions), list(versions)[1:], strict=False):
            rows.extend(
                {"county": county, "county_code": code, "year_from": earlier, "year_to": later, **link}
                for link in _links(*versions[earlier], *versions[later], threshold)
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _version(prepared, reading: Reading, places: np.ndarray, fitted: Fit) -> tuple[np.ndarray, np.ndarray]:
    """Return the topics of the units of some documents, read once more, and what share each has."""
    passages = np.sort(reading.passages_of(places))
    first, end = (np.searchsorted(reading.passage, passages, side) for side in ("left", "right"))
    rows = np.concatenate([np.arange(a, b) for a, b in zip(first, end, strict=True)])
    rows = rows[reading.topic[rows] > 0]
    topics, shares = 0.0, 0.0
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        mixed = mixture_of(prepared, fitted, some)
        topics = topics + np.asarray(weigh(prepared.unit_counts[some], fitted.idf).T @ mixed).T
        shares = shares + mixed.sum(axis=0)
    return topics / np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-12), shares / len(rows)


def _links(old, old_share, new, new_share, threshold):
    cosine = np.clip(old @ new.T, 0, 1)
    linked = cosine >= threshold
    part = np.where(linked, cosine, 0)
    part /= np.maximum(part.sum(axis=1, keepdims=True), 1e-12)
    for i, j in zip(*np.nonzero(linked | np.eye(len(cosine), dtype=bool)), strict=True):
        yield {"topic_from": i + 1, "topic_to": j + 1, "cosine": cosine[i, j], "flow": old_share[i] * part[i, j],
               "share_from": old_share[i], "share_to": new_share[j]}  # fmt: skip
