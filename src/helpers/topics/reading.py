"""All units read with the topics in one pass, some passages at a time: sums by passage and by document, not units × topics."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.topics.models import Fit
from helpers.topics.shares import known_rows, strongest, unit_mixture, unit_mixtures

_PASSAGES = 4_000  # passages that are read together
_OF_PLACE = ("doc_id", "county", "county_code", "year")


@dataclass(frozen=True)
class Reading:
    """What all units come to. `topic` and `weight`: the strongest topic of each unit (from 1; 0 where it has no known word) and
    its share; `passage`: of each unit. Of each passage `n` units with topic shares, `sums` of these (passages × topics), its
    `section`, and the row of its document in `places` (doc_id, county, county_code, year) as `place`."""

    topic: np.ndarray
    weight: np.ndarray
    passage: np.ndarray
    n: np.ndarray
    sums: np.ndarray
    section: np.ndarray
    place: np.ndarray
    places: pd.DataFrame

    @classmethod
    def of(cls, mixed: np.ndarray, units: pd.DataFrame) -> "Reading":
        """Return what shares of units × topics come to; `units`: passage, section and, where there are any, doc_id, county,
        county_code, year."""
        named = [column for column in _OF_PLACE if column in units]
        place = units.groupby(named, dropna=False, sort=False).ngroup().to_numpy()
        passage = pd.Series(list(zip(place, units["passage"], strict=True))).factorize()[0]
        first = np.unique(passage, return_index=True)[1]
        places = units.iloc[np.unique(place, return_index=True)[1]][named].reset_index(drop=True)
        known, (topic, weight) = known_rows(mixed), strongest(mixed)
        sums = np.stack([np.bincount(passage, np.where(known, column, 0), len(first)) for column in mixed.T] or [[]], axis=-1)
        n = np.bincount(passage, known, len(first)).astype(np.int64)
        sums, section = sums.reshape(len(n), mixed.shape[1]), units["section"].to_numpy()[first]
        return cls(topic, weight, passage, n, sums, section, place[first], places)

    @cached_property
    def n_by_place(self) -> np.ndarray:
        """Units with topic shares of each document."""
        return np.bincount(self.place, self.n, len(self.places)).astype(np.int64)

    @cached_property
    def by_place(self) -> np.ndarray:
        """Topic shares of the units of each document, added up (documents × topics)."""
        return summed(self.sums, self.place, len(self.places))

    @cached_property
    def _passages(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.place, kind="stable")
        return order, np.searchsorted(self.place[order], np.arange(len(self.places) + 1))

    def passages_of(self, places: np.ndarray) -> np.ndarray:
        """Return the passages with topic shares of some documents."""
        order, start = self._passages
        found = np.concatenate([order[start[p] : start[p + 1]] for p in places]) if len(places) else np.empty(0, np.int64)
        return found[self.n[found] > 0]

    def ordered(self, order: np.ndarray) -> "Reading":
        """Return the same with the topics in another order."""
        became = np.r_[0, 1 + np.argsort(order)] if len(order) else np.zeros(1, np.int64)
        return replace(self, topic=became[self.topic], sums=self.sums[:, order])


def summed(values: np.ndarray, number: np.ndarray, n: int) -> np.ndarray:
    """Add up the rows that have the same number, 0 to n - 1."""
    if not values.shape[1]:
        return np.zeros((n, 0))
    return np.stack([np.bincount(number, column, n) for column in values.T], axis=1)


def read(prepared, fitted: Fit) -> Reading:
    """Read every unit of a `Prepared` corpus, a unit together with its passage."""
    n_units, k = len(prepared.passage), len(fitted.topics)
    topic, weight = np.zeros(n_units, np.int16), np.full(n_units, np.nan)
    n, sums = np.zeros(prepared.n_passages, np.int64), np.zeros((prepared.n_passages, k))
    for rows, (mixed,) in in_parts(prepared, [fitted]):
        topic[rows], weight[rows] = strongest(mixed)
        known, passage = known_rows(mixed), prepared.passage[rows]
        first, here = passage[0], slice(passage[0], passage[-1] + 1)
        n[here] = np.bincount(passage - first, known)
        sums[here] = summed(np.where(known[:, None], mixed, 0), passage - first, passage[-1] + 1 - first)
    section, place = (prepared.where[name].to_numpy() for name in ("section", "place"))
    return Reading(topic, weight, prepared.passage, n, sums, section, place, prepared.places)


def in_parts(prepared, fits: Sequence[Fit]) -> Iterator[tuple[slice, list[np.ndarray]]]:
    """Yield (rows, topic shares of these units under each fit), some passages at a time; passages are in order."""
    for start in range(0, prepared.n_passages if len(prepared.passage) else 0, _PASSAGES):
        first, end = np.searchsorted(prepared.passage, [start, start + _PASSAGES]).tolist()
        counts, passages = prepared.unit_counts[first:end], prepared.passages[start : start + _PASSAGES]
        passage = prepared.passage[first:end] - start
        yield slice(first, end), unit_mixtures(counts, passage, passages, fits)


def mixture_of(prepared, fitted: Fit, rows: np.ndarray) -> np.ndarray:
    """Return the topic shares of some units (units × topics)."""
    passages, passage = np.unique(prepared.passage[rows], return_inverse=True)
    return unit_mixture(prepared.unit_counts[rows], passage, prepared.passages[passages], fitted)


def sums_of_places(prepared, rows: slice, mixed: np.ndarray, sums: np.ndarray) -> None:
    """Add the topic shares of some units to those of their documents (`sums`: documents × topics, changed in place)."""
    place = prepared.where["place"].to_numpy()[prepared.passage[rows]]
    known = known_rows(mixed)
    first, end = (place[0], place[-1] + 1) if len(place) else (0, 0)
    sums[first:end] += summed(np.where(known[:, None], mixed, 0), place - first, end - first)
