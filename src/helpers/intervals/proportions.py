"""Intervals of single proportions."""

import numpy as np
from scipy.special import ndtri, stdtrit

LEVEL = 0.95


def wilson(successes, trials, quantile: float = ndtri((1 + LEVEL) / 2)) -> tuple[np.ndarray, np.ndarray]:
    """Return the score interval of a proportion (Wilson 1927); NaN without trials. quantile: of the normal distribution or t.

    >>> low, high = wilson(5, 10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.237, 0.763)
    """
    x, n, z = np.asarray(successes, float), np.asarray(trials, float), quantile
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / n
        centre, half = (
            (p + z * z / (2 * n)) / (1 + z * z / n),
            z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
        )
    empty = n <= 0
    return np.where(empty, np.nan, np.clip(centre - half, 0, 1)), np.where(empty, np.nan, np.clip(centre + half, 0, 1))


def wilson_clustered(successes: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval of each column's proportion, counted in clusters: (clusters, columns) of successes and trials.

    The number of trials is divided by the design effect: the variance of the ratio linearised over clusters (Cochran 1977,
    §11), never less than that of all columns together, since a rare column's own is small by chance; Student's t (Korn &
    Graubard 1998). It speaks of clusters like these.

    >>> low, high = wilson_clustered(np.array([[4.0], [0], [5], [1]]), np.full((4, 1), 5.0))  # ten of twenty, unlike
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.08], [0.92])
    """
    total, n = successes.sum(0, keepdims=True), trials.sum(0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = ((successes - total / n * trials) ** 2).sum(0, keepdims=True)
    low, high = wilson_designed(total, n, apart, np.array([[len(trials)]]))
    return low[0], high[0]


def wilson_designed(total: np.ndarray, n: np.ndarray, apart: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the intervals of `wilson_clustered` for rows of groups: (groups, columns) successes `total` among `n` trials.

    apart: squared deviations of the clusters' successes from their share of the trials, summed; k: (groups, 1) clusters. With
    one cluster, which tells nothing of others, the trials count as independent.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = total / n
        own, alone = apart * k / np.maximum(k - 1, 1) / n**2, share * (1 - share) / n
        some = (alone > 0) & (k > 1)
        pooled = np.where(some, own, 0).sum(1, keepdims=True) / np.where(some, alone, 0).sum(1, keepdims=True)
        pooled = np.maximum(np.nan_to_num(pooled, nan=1.0), 1.0)
        effect = np.where(some, np.maximum(own / alone, pooled), pooled)
        quantile = np.where(k > 1, stdtrit(np.maximum(k - 1, 1), (1 + LEVEL) / 2), ndtri((1 + LEVEL) / 2))
    return wilson(total / effect, n / effect, quantile)


def wilson_effective(share, variance, quantile) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval of an estimated share at its effective sample size, share (1 − share) / variance.

    share: inside (0, 1); variance: of its estimator; quantile: of the normal or Student's t distribution (Korn & Graubard 1998).
    """
    n = share * (1 - share) / np.maximum(variance, 1e-15)
    centre = (share + quantile**2 / (2 * n)) / (1 + quantile**2 / n)
    half = quantile * np.sqrt(share * (1 - share) / n + quantile**2 / (4 * n**2)) / (1 + quantile**2 / n)
    return centre - half, centre + half
