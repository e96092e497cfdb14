"""Intervals of single proportions."""

import numpy as np
from scipy.special import ndtri

LEVEL = 0.95


def wilson(successes, trials, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Return the score interval of a proportion (Wilson 1927); NaN without trials."""
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
