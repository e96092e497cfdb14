"""What a document of another length would show: counts of kinds at an equal number of units (rarefaction, Hurlbert 1971)."""

import numpy as np
from scipy.special import gammaln

LEAST = 30  # units below which a document does not set the length that all are compared at


def common_length(sizes) -> int:
    """Return at how many units all are compared: those of the shortest document of thirty or more, else of the shortest.

    >>> common_length([648, 15, 101])
    101
    """
    sizes = np.asarray(sizes, dtype=int)
    long = sizes[sizes >= LEAST]
    return int(long.min() if len(long) else sizes.min()) if len(sizes) else 0


def still_there(n_hits, n_units, length: int, least: int = 1) -> np.ndarray:
    """Return the probability that `least` of the hits or more are among `length` units drawn from a document without replacement.

    n_hits of n_units; NaN where the document has fewer units than `length`. Summed over kinds (tools, indicators) it is the
    number of kinds expected at that length; the mean of a 0/1 item.

    >>> still_there([1, 2, 4], 4, 2).round(3).tolist()
    [0.5, 0.833, 1.0]
    """
    k, n = np.broadcast_arrays(np.asarray(n_hits, float), np.asarray(n_units, float))
    missing = np.zeros(k.shape)
    with np.errstate(invalid="ignore"):
        for j in range(least):
            possible = (j <= k) & (length - j <= n - k) & (j <= length)
            log = _choose(k, j) + _choose(n - k, length - j) - _choose(n, length)
            missing += np.where(possible, np.exp(np.where(possible, log, 0)), 0)
    return np.where(n >= length, np.clip(1 - missing, 0, 1), np.nan)


def _choose(n, k):
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
