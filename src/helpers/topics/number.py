"""How far shares hang on the number of topics: the same units read by fits with fewer and with more of them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit, fit, match
from helpers.topics.shares import strongest, unit_mixture

_STEPS = (-2, -1, 1, 2)  # topics more or fewer, of a free model
_MANY, _FEW = 50_000, 6  # units from which fewer fields are left out in turn, so that memory stays flat


@dataclass(frozen=True)
class Numbers:
    """`n_topics`: topics of each other fit; `mixed`: fits × units × topics, in the order of the topics reported, empty (NaN)
    where a topic has no counterpart."""

    n_topics: tuple[int, ...]
    mixed: np.ndarray

    def sizes(self, mixed: np.ndarray, among: np.ndarray) -> pd.DataFrame:
        """Return, for each topic, the least and the greatest share of units whose strongest topic it is (k_low, k_high; its own
        share included), and k_largest: of the other fits that have it, the share in which most units are its, of those `among`
        which topics compete."""
        sizes = np.stack([_sizes(one) for one in (mixed, *self.mixed)])
        competing = np.where(np.asarray(among, bool), sizes[1:], np.nan)
        first = competing == np.nanmax(competing, axis=1, keepdims=True, initial=-1)
        there = (~np.isnan(competing)).sum(axis=0)
        largest = np.divide(first.sum(axis=0), there, out=np.full(len(there), np.nan), where=there > 0)
        return pd.DataFrame({"k_low": np.nanmin(sizes, axis=0), "k_high": np.nanmax(sizes, axis=0), "k_largest": largest})


def other_numbers(prepared: Prepared, fitted: Fit, mixed: np.ndarray, seed: int) -> Numbers:
    """Fit with other numbers of topics and read every unit again.

    Seeded: each field left out in turn, and all fields at once that the corpus does not carry. Free models: up to two topics
    fewer and two more, matched to those reported (Kuhn 1955).
    """
    if not mixed.shape[1]:
        return Numbers((), np.empty((0, *mixed.shape)))
    found = _seeded(prepared, fitted, mixed) if fitted.seeded is not None else _free(prepared, fitted, mixed, seed)
    return Numbers(tuple(n for n, _ in found), np.array([one for _, one in found], np.float32).reshape(len(found), *mixed.shape))


def _seeded(prepared: Prepared, fitted: Fit, mixed: np.ndarray) -> list[tuple[int, np.ndarray]]:
    seeded, n_topics = fitted.seeded, mixed.shape[1]
    left_out = [np.array([f]) for f in range(len(seeded.into))]
    if len(mixed) > _MANY:
        left_out = left_out[:: -(-len(left_out) // _FEW)]
    folded = np.flatnonzero(seeded.into == np.bincount(seeded.into).argmax())
    if len(folded) > 1:
        left_out.append(folded)
    out = []
    for fields in left_out:
        into = np.delete(seeded.into, fields)
        if len(into) < 2:
            continue
        again = fit(prepared.sample, 0, 0, "seeded", seeds=np.delete(seeded.seeds, fields, axis=0))
        there, place = np.unique(into, return_inverse=True)
        again = replace(again, topics=fitted.topics[there], seeded=replace(again.seeded, into=place))
        read = unit_mixture(prepared.unit_counts, prepared.passage, prepared.passages, again)
        out.append((len(into), _wide(read, there, n_topics)))
    return out


def _free(prepared: Prepared, fitted: Fit, mixed: np.ndarray, seed: int) -> list[tuple[int, np.ndarray]]:
    k, out = mixed.shape[1], []
    for n in (k + step for step in _STEPS if 2 <= k + step <= len(prepared.sample) // 2):
        again = fit(prepared.sample, n, seed, fitted.model, members=prepared.members)
        if n >= k:
            there, order = np.arange(k), match(fitted.topics, again.topics)[0]
            order = np.r_[order, np.setdiff1d(np.arange(n), order)]
        else:
            there, order = match(again.topics, fitted.topics)[0], np.arange(n)
        read = unit_mixture(prepared.unit_counts, prepared.passage, prepared.passages, replace(again, topics=again.topics[order]))
        out.append((n, _wide(read[:, : len(there)], there, k)))
    return out


def _wide(mixed: np.ndarray, there: np.ndarray, n_topics: int) -> np.ndarray:
    out = np.full((len(mixed), n_topics), np.nan)
    out[:, there] = mixed
    return out


def _sizes(mixed: np.ndarray) -> np.ndarray:
    """Return the share of units whose strongest topic each is; NaN for topics without a counterpart."""
    there = ~np.isnan(mixed).all(axis=0)
    best = strongest(np.where(there, mixed, 0.0) if not there.all() else mixed)[0]
    sizes = np.bincount(best, minlength=mixed.shape[1] + 1)[1:] / max((best > 0).sum(), 1)
    return np.where(there, sizes, np.nan)
