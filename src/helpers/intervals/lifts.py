"""How much more often two codes meet than apart, with intervals that know that the sentences of a section are alike."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import gammaincinv, stdtrit

from helpers.intervals.proportions import LEVEL


def crossing(first: sparse.csr_matrix, second: sparse.csr_matrix, clusters: Sequence, **codes: Sequence) -> pd.DataFrame:
    """Return a row a pair of codes: n_units with both, share (of the first code's units), lift, lift_low, lift_high (`lifts`).

    codes: the columns of names and what they hold, of `first` and of `second`. A first code without units has lift 0.
    """
    return crossed(*_counted(first, second, clusters), **codes)


def crossed(
    sizes: np.ndarray, first: sparse.csr_matrix, second: sparse.csr_matrix, both: sparse.csr_matrix, **codes: Sequence
) -> pd.DataFrame:
    """Return what `crossing` does from numbers of units by cluster.

    sizes: units of each cluster; first, second: (clusters, codes); both: (clusters, codes of `first` × codes of `second`).
    """
    n_units = _summed(both).reshape(first.shape[1], second.shape[1]).astype(int)
    lift, low, high = _lifts(sizes, first, second, both)
    lift = np.where(np.isnan(lift) & (_summed(second) > 0), 0.0, lift)
    share = n_units / np.maximum(_summed(first).reshape(-1, 1), 1)
    values = {"n_units": n_units, "share": share, "lift": lift, "lift_low": low, "lift_high": high}
    pairs = pd.MultiIndex.from_product(codes.values(), names=codes).to_frame(index=False)
    return pairs.assign(**{name: value.ravel() for name, value in values.items()})


def lifts(first: np.ndarray, second: np.ndarray, clusters: Sequence) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lift, lower and upper 95 % limit (codes of `first` × codes of `second`); NaN where a code has no unit.

    first, second: (units, codes) 0/1, dense or sparse; clusters: of each unit, what was written together (a section). Lift is
    the share of the first code's units that have the second, over the second's share of all units. The variance of its
    logarithm is linearised over clusters, never less than that of independent units times the design effect of all cells
    together (a rare cell's own is small by chance); the limits are those of a count that has this variance (Garwood 1936; Korn
    & Graubard 1998), which hold where a cell is empty too. They speak of sections like these, not of coding error.

    >>> value, low, high = lifts(np.eye(2)[[0] * 8 + [1] * 8], np.eye(2)[[0] * 6 + [1] * 10], range(16))
    >>> value.round(2).tolist(), bool((low <= value).all() and (value < high).all())
    ([[2.0, 0.4], [0.0, 1.6]], True)
    """
    return _lifts(*_counted(first, second, clusters))


def _counted(first, second, clusters: Sequence) -> tuple[np.ndarray, sparse.csr_matrix, sparse.csr_matrix, sparse.csr_matrix]:
    """Count the units of each cluster: all, those with each code, and those with both codes of each pair."""
    first, second = (sparse.csr_matrix(codes, dtype=float) for codes in (first, second))
    clusters = np.asarray(clusters)
    clusters = clusters if clusters.dtype.kind in "iu" else clusters.astype(object).astype(str)
    number = np.unique(clusters, return_inverse=True)[1]
    n, k = len(number), int(number.max(initial=-1)) + 1
    of = sparse.csr_matrix((np.ones(n), (number, np.arange(n))), shape=(k, n))
    pairs = [of @ second.multiply(first[:, [t]].toarray()).tocsr() for t in range(first.shape[1])]
    both = sparse.hstack(pairs, format="csr") if pairs else sparse.csr_matrix((k, 0))
    return np.bincount(number, minlength=k), of @ first, of @ second, both


def _lifts(sizes: np.ndarray, first, second, both) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b, n, k = _summed(first), _summed(second), sizes.sum(), len(sizes)
    met, pairs = _summed(both).reshape(len(a), len(b)), both.tocsc()
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(np.outer(a, b) > 0, np.outer(a, b) / max(n, 1), np.nan)
        value, per = met / expected, np.outer(1 / a, 1 / b)
        alone = 1 / met - (1 / a)[:, None] - 1 / b - 1 / max(n, 1) + 2 * met * per
        parts = (pairs[:, t * len(b) : (t + 1) * len(b)] for t in range(len(a)))
        own = [_spread(sizes, first[:, [t]], second, part, met[t]) for t, part in enumerate(parts)]
        own = np.stack(own) if own else met
        there = met > 0
        effect = max(own[there].sum() / alone[there].sum(), 1.0) if alone[there].sum() > 1e-9 else 1.0
        wider = (stdtrit(max(k - 1, 1), (1 + LEVEL) / 2) / stdtrit(1e9, (1 + LEVEL) / 2)) ** 2
        variance = np.maximum(own, effect * alone) * wider
        certain = there & (variance < 1e-9)  # a code that all units have: of it nothing is left to chance but rounding
        counts = np.where(there, 1 / np.where(certain, 1.0, variance), 0.0)
        tail = (1 - LEVEL) / 2
        low = np.where(there, value * gammaincinv(counts, tail) / counts, 0.0)
        high = gammaincinv(counts + 1, 1 - tail) * np.where(there, value / counts, effect * wider / expected)
    low, high = np.where(certain, value, low), np.where(certain, value, high)
    known = np.isfinite(expected) & (k > 1)
    return value, np.where(known, low, np.nan), np.where(known, high, np.nan)


def _spread(sizes: np.ndarray, code: sparse.csr_matrix, second: sparse.csr_matrix, pairs, both: np.ndarray) -> np.ndarray:
    """Return the variance of the logarithms of one code's lifts, linearised over clusters."""
    k = len(sizes)
    apart = code.toarray() / code.sum() + second.toarray() / _summed(second)
    return ((pairs.toarray() / both - apart + sizes[:, None] / sizes.sum()) ** 2).sum(axis=0) * k / max(k - 1, 1)


def _summed(counts: sparse.csr_matrix) -> np.ndarray:
    return np.asarray(counts.sum(axis=0)).ravel()
