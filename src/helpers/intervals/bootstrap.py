"""Bootstrap intervals of statistics of weighted units that lie in documents.

Vectorised: a draw is a row of weights, so 1,000 draws are a few matrix products. What is said of a coder is said of documents
like these, not of the five at hand; so documents are what is drawn, as the first-stage units of a sample, and a document on
which coders agree less widens the interval. Below `FEWEST` documents they cannot tell how documents differ; units are then drawn
within them, and the interval speaks of these documents only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from helpers.intervals.proportions import LEVEL

FEWEST = 5  # documents from which they are the units drawn
SCOPES = ("documents like these", "these documents")
_ENOUGH = 12  # documents from which their variance is seldom far too small by chance
_SMALL = 5  # units of a document below which it is pooled with other small ones: one unit has no variance


@dataclass(frozen=True)
class Draws:
    """Rescaled bootstrap weights (n, units) (Rao & Wu 1988), degrees of freedom, and what the interval speaks of (`SCOPES`).

    `within`: with few documents, units drawn within them: no interval is narrower than theirs.
    """

    weights: np.ndarray
    freedom: int
    scope: str
    within: np.ndarray | None = None

    def take(self, units: np.ndarray) -> "Draws":
        """Return the draws of some units."""
        return Draws(self.weights[:, units], self.freedom, self.scope, None if self.within is None else self.within[:, units])


def draws(documents: Sequence, n: int, seed: int) -> Draws:
    """Draw `n` rescaled bootstrap samples: one unit fewer than there are in each stratum, weights raised to make up for it.

    documents: the document of each unit. With five or more, documents are drawn, all their units with them; with fewer, units
    within each document, those of small documents together.
    """
    names, at = np.unique(np.asarray(documents, dtype=object).astype(str), return_inverse=True)
    rng = np.random.default_rng(seed)
    of_documents = _drawn(len(names), n, rng)[:, at] if len(names) >= FEWEST else None
    if len(names) >= _ENOUGH:
        return Draws(of_documents, len(names) - 1, SCOPES[0])
    strata = np.where(np.bincount(at, minlength=len(names))[at] < _SMALL, -1, at) if len(at) else at
    weights = np.ones((n, len(at)))
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        weights[:, rows] = _drawn(len(rows), n, rng)
    if of_documents is not None:
        return Draws(of_documents, len(names) - 1, SCOPES[0], weights)
    return Draws(weights, max(len(at) - len(np.unique(strata)), 1), SCOPES[1])


def _drawn(size: int, n: int, rng: np.random.Generator) -> np.ndarray:
    if size < 2:
        return np.ones((n, size))
    return rng.multinomial(size - 1, np.full(size, 1 / size), size=n) * (size / (size - 1))


def estimate(
    statistic: Callable[[np.ndarray], np.ndarray], weights: np.ndarray, drawn: Draws, least: float = 0.0, chance: float = 0.0
) -> tuple[float, float, float]:
    """Return value and 95 % interval of a statistic that takes a (k, units) matrix of weights and gives k values up to 1.

    least: the lowest value that it can have (0 for shares and F1, −1 for κ and α). The interval is Student's t on the scale of
    Fisher's z, from the variance of the draws: it stays inside the bounds and is wider on the side away from 1. Where agreement
    is perfect no draw can show less; the lower bound is then the least share of agreement that would still have shown none in
    as many units (Clopper & Pearson 1934), less `chance`, the agreement that chance alone would give. Where all draws give one
    other value (κ of a coder who uses one category only is 0) they tell nothing of its error: no interval.
    """
    if not weights.size:
        return np.nan, np.nan, np.nan
    value = float(statistic(weights[None, :])[0])
    if not np.isfinite(value):
        return np.nan, np.nan, np.nan
    if value > 1 - 1e-12:
        missed = 1 - ((1 - LEVEL) / 2) ** (1 / weights.size)
        return value, max(1 - missed / max(1 - chance, 1e-12), least), 1.0
    ways = [(drawn.weights, drawn.freedom), (drawn.within, max(weights.size - 1, 1))]
    reach = max(
        stdtrit(freedom, (1 + LEVEL) / 2) * _error(statistic, w * weights) for w, freedom in ways if w is not None
    )  # fmt: skip
    if not reach > 1e-12:
        return value, np.nan, np.nan
    scale = 2 / (1 - least)
    at = min(max((value - least) * scale - 1, -1 + 1e-9), 1 - 1e-9)
    half = reach * scale / (1 - at**2)
    low, high = ((np.tanh(np.arctanh(at) + step) + 1) / scale + least for step in (-half, half))
    return value, float(low), float(high)


def _error(statistic: Callable[[np.ndarray], np.ndarray], weights: np.ndarray) -> float:
    values = statistic(weights)
    values = values[np.isfinite(values)]
    return float(values.std()) if len(values) > 1 else 0.0
