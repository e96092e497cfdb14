"""Bootstrap intervals of statistics of weighted units.

Vectorised: a draw is a row of counts (how often each unit was drawn), so 1,000 draws are a few matrix products.
"""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.intervals.proportions import LEVEL


def draws(strata: Sequence, n: int, seed: int) -> np.ndarray:
    """Return an (n, units) matrix: how often each unit is in each sample, drawn within strata (Efron & Tibshirani 1993)."""
    strata = np.asarray(strata, dtype=object)
    rng = np.random.default_rng(seed)
    counts = np.zeros((n, len(strata)))
    for stratum in sorted(set(strata), key=str):
        rows = np.flatnonzero(strata == stratum)
        counts[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=n)
    return counts


def interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Return the percentile interval of bootstrap values; draws in which the quantity does not exist are left out."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, np.nan
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def estimate(statistic: Callable[[np.ndarray], np.ndarray], weights: np.ndarray, drawn: np.ndarray) -> tuple[float, float, float]:
    """Return value and 95 % bootstrap interval of a statistic that takes a (k, units) matrix of weights and gives k values."""
    value = float(statistic(weights[None, :])[0]) if weights.size else np.nan
    return value, *(interval(statistic(drawn * weights)) if weights.size else (np.nan, np.nan))
