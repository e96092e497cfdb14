"""How far shares hang on the number of topics: the same units read by fits with fewer and with more of them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit, fit, match
from helpers.topics.reading import in_parts, sums_of_places
from helpers.topics.shares import strongest

_STEPS = (-2, -1, 1, 2)  # topics more or fewer, of a free model
_MANY, _FEW = 50_000, 6  # units from which fewer fields are left out in turn, so that memory stays flat


@dataclass(frozen=True)
class Numbers:
    """`n_topics`: topics of each other fit; `sums`: fits × documents × topics (shares of their units added up), in the order of
    the topics reported, and `largest` fits × topics, the share of units whose strongest topic it is; both empty (NaN) where a
    topic has no counterpart."""

    n_topics: tuple[int, ...]
    sums: np.ndarray
    largest: np.ndarray

    def sizes(self, topic: np.ndarray, among: np.ndarray) -> pd.DataFrame:
        """Return, for each topic, the least and the greatest share of units whose strongest topic it is (k_low, k_high; its own
        share included), and k_largest: of the other fits that have it, the share in which most units are its, of those `among`
        which topics compete. `topic`: the strongest of each unit, from 1."""
        own = np.bincount(topic, minlength=self.largest.shape[1] + 1)[1:] / max((topic > 0).sum(), 1)
        sizes = np.vstack([own, self.largest])
        competing = np.where(np.asarray(among, bool), sizes[1:], np.nan)
        first = competing == np.nanmax(competing, axis=1, keepdims=True, initial=-1)
        there = (~np.isnan(competing)).sum(axis=0)
        largest = np.divide(first.sum(axis=0), there, out=np.full(len(there), np.nan), where=there > 0)
        return pd.DataFrame({"k_low": np.nanmin(sizes, axis=0), "k_high": np.nanmax(sizes, axis=0), "k_largest": largest})


def other_numbers(prepared: Prepared, fitted: Fit, seed: int) -> Numbers:
    """Fit with other numbers of topics and read every unit again.

    Seeded: each field left out in turn, and all fields at once that the corpus does not carry. Free models: up to two topics
    fewer and two more, matched to those reported (Kuhn 1955).
    """
    k = len(fitted.topics)
    found = (_seeded(prepared, fitted) if fitted.seeded is not None else _free(prepared, fitted, seed)) if k else []
    sums, sizes = np.zeros((len(found), len(prepared.places), k)), np.zeros((len(found), k + 1), np.int64)
    for rows, read in in_parts(prepared, [again for _, again, _ in found]) if found else ():
        for at, ((_, _, there), own) in enumerate(zip(found, read, strict=True)):
            mixed = np.zeros((len(own), k), np.float32)
            mixed[:, there] = own[:, : len(there)]
            sums_of_places(prepared, rows, mixed, sums[at])
            sizes[at] += np.bincount(strongest(mixed)[0], minlength=k + 1)
    absent = np.array([~np.isin(np.arange(k), there) for _, _, there in found]).reshape(len(found), k)
    largest = sizes[:, 1:] / np.maximum(sizes[:, 1:].sum(axis=1, keepdims=True), 1)
    return Numbers(tuple(n for n, _, _ in found), np.where(absent[:, None], np.nan, sums), np.where(absent, np.nan, largest))


def _seeded(prepared: Prepared, fitted: Fit) -> list[tuple[int, Fit, np.ndarray]]:
    """Return (topics, fit, which of the topics reported its own are) of each fit."""
    seeded = fitted.seeded
    left_out = [np.array([f]) for f in range(len(seeded.into))]
    if len(prepared.passage) > _MANY:
        left_out = left_out[:: -(-len(left_out) // _FEW)]
    folded = np.flatnonzero(seeded.into == np.bincount(seeded.into).argmax())
    if len(folded) > 1:
        left_out.append(folded)
    out = []
    for fields in left_out:
        into = np.delete(seeded.into, fields)
        if len(into) < 2:
            continue
        again = fit(prepared.sample, 0, 0, "seeded", seeds=np.delete(seeded.seeds, fields, axis=0), noise=0.0)
        there, place = np.unique(into, return_inverse=True)
        out.append((len(into), replace(again, topics=fitted.topics[there], seeded=replace(again.seeded, into=place)), there))
    return out


def _free(prepared: Prepared, fitted: Fit, seed: int) -> list[tuple[int, Fit, np.ndarray]]:
    k, out = len(fitted.topics), []
    for n in (k + step for step in _STEPS if 2 <= k + step <= len(prepared.sample) // 2):
        again = fit(prepared.sample, n, seed, fitted.model, members=prepared.members)
        if n >= k:
            there, order = np.arange(k), match(fitted.topics, again.topics)[0]
            order = np.r_[order, np.setdiff1d(np.arange(n), order)]
        else:
            there, order = match(again.topics, fitted.topics)[0], np.arange(n)
        out.append((n, replace(again, topics=again.topics[order]), there))
    return out
