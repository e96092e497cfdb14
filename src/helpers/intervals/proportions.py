"""Intervals of single proportions."""

import numpy as np
from scipy.special import ndtri

LEVEL = 0.95


def wilson(successes, trials, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Return the score interval of a proportion (Wilson 1927); NaN without trials.

    >>> low, high = wilson(5, 10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.237, 0.763)
    """
    x, n = np.asarray(successes, float), np.asarray(trials, float)
    z = ndtri((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        centre, half = (
            (p + z * z / (2 * n)) / (1 + z * z / n),
            z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
        )
    empty = n <= 0
    return np.where(empty, np.nan, np.clip(centre - half, 0, 1)), np.where(empty, np.nan, np.clip(centre + half, 0, 1))


def wilson_effective(share, variance, quantile) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval of an estimated share at its effective sample size, share (1 − share) / variance.

    share: inside (0, 1); variance: of its estimator; quantile: of the normal or Student's t distribution (Korn & Graubard 1998).
    """
    n = share * (1 - share) / np.maximum(variance, 1e-15)
    centre = (share + quantile**2 / (2 * n)) / (1 + quantile**2 / n)
    half = quantile * np.sqrt(share * (1 - share) / n + quantile**2 / (4 * n**2)) / (1 + quantile**2 / n)
    return centre - half, centre + half
