"""Seeded topics: words of policy fields as prior of a mixture with a background topic, fitted by expectation–maximisation.

After keyATM (Eshima, Imai & Sasaki 2024, American Journal of Political Science 68) with the posterior mode instead of Gibbs
draws (Asuncion et al. 2009): no chance in it, so the same corpus gives the same topics and no seed of a generator matters.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

PRIOR = 2_000.0  # pseudo-words a field that follow the corpus: few passages move a topic little
SEEDS = 800.0  # pseudo-words a field on its seeds
_OTHERS = 0.02  # what is left of the prior of a seed in fields that it does not seed
_ALPHA, _BACKGROUND = 0.2, 0.5  # pseudo-words of each field, and of the background, in a passage
_STEPS = 40
_ABOVE = 1.5  # standard errors above expectation from which a word is associated with a topic
_CONTEXT = 2.0  # pseudo-words of the passage in the reading of a sentence
_EPS = 1e-12


@dataclass(frozen=True)
class Seeded:
    """`words`: fields × words, rows sum to one; `background`: word frequencies; `seeds`: fields × words; `into`: each
    field's topic."""

    words: np.ndarray
    background: np.ndarray
    seeds: np.ndarray
    into: np.ndarray


def fit_seeded(counts: np.ndarray, seeds: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, Seeded]:
    """Fit one topic a row of `seeds` to counts (passages × words); return (association of topics with words, the fit).

    The association of a word is how far its expected count in the topic lies above that of independence, in standard errors,
    less one and a half; rows have length one.
    """
    counts, weights = counts.astype(np.float64), weights.astype(np.float64)
    background = weights @ counts + 0.5
    background /= background.sum()
    prior = PRIOR * np.repeat(background[None], len(seeds), axis=0)
    prior[:, seeds.any(axis=0)] *= _OTHERS
    own = seeds * background
    prior += SEEDS * own / np.maximum(own.sum(axis=1, keepdims=True), _EPS)
    words = prior / prior.sum(axis=1, keepdims=True)
    shares = np.full((len(counts), len(seeds) + 1), 1 / (len(seeds) + 1))
    for _ in range(_STEPS):
        expected, ratio = _expected(counts, shares, words, background)
        words = words * ((shares[:, :-1] * weights[:, None]).T @ ratio) + prior
        words /= words.sum(axis=1, keepdims=True)
        shares = _smoothed(expected)
    _, ratio = _expected(counts, shares, words, background)
    n = words * ((shares[:, :-1] * weights[:, None]).T @ ratio)
    chance = n.sum(axis=1, keepdims=True) * background
    above = np.maximum((n - chance) / np.sqrt(chance + 0.5) - _ABOVE, 0)
    length = np.linalg.norm(above, axis=1, keepdims=True)
    return (above / np.maximum(length, 1e-9)).astype(np.float32), Seeded(words, background, seeds, np.arange(len(seeds)))


def _expected(counts, shares, words, background) -> tuple[np.ndarray, np.ndarray]:
    every = np.vstack([words, background])
    ratio = counts / np.maximum(shares @ every, _EPS)
    return shares * (ratio @ every.T), ratio


def _smoothed(expected: np.ndarray) -> np.ndarray:
    out = expected + _ALPHA
    out[:, -1] += _BACKGROUND - _ALPHA
    return out / out.sum(axis=1, keepdims=True)


def passage_shares(counts: np.ndarray, fitted: Seeded) -> np.ndarray:
    """Return the share of each field, and last of the background, in each row of counts (rows sum to one)."""
    shares = np.full((len(counts), len(fitted.words) + 1), 1 / (len(fitted.words) + 1))
    for _ in range(_STEPS // 2):
        shares = _smoothed(_expected(counts, shares, fitted.words, fitted.background)[0])
    return shares


def sentence_shares(
    unit_counts: sparse.csr_matrix, passage: np.ndarray, passages: sparse.csr_matrix, fitted: Seeded, batch: int = 5_000
) -> np.ndarray:
    """Return the share of each topic in each unit (units × topics, rows sum to one; NaN where a unit has no known word).

    A unit is read by its own words, its passage lending them a prior of two words; the background has no share.
    """
    topics = np.zeros((len(fitted.words), fitted.into.max() + 1))
    topics[np.arange(len(fitted.words)), fitted.into] = 1
    prior = np.vstack([
        passage_shares(passages[start : start + batch].toarray().astype(np.float64), fitted)
        for start in range(0, passages.shape[0], batch)
    ])  # fmt: skip
    every, out = np.vstack([fitted.words, fitted.background]).T, []
    for start in range(0, len(passage), batch):
        rows = sparse.coo_matrix(unit_counts[start : start + batch])
        context = prior[passage[start : start + batch]]
        weight = every[rows.col] * context[rows.row]
        weight *= (rows.data / np.maximum(weight.sum(axis=1), _EPS))[:, None]
        which = sparse.csr_matrix(
            (np.ones(len(rows.row)), (rows.row, np.arange(len(rows.row)))), shape=(len(context), len(rows.row))
        )
        n = (which @ weight)[:, :-1] + _CONTEXT * context[:, :-1] / context[:, :-1].sum(axis=1, keepdims=True)
        share = (n / n.sum(axis=1, keepdims=True)) @ topics
        share[np.diff(which.indptr) == 0] = np.nan
        out.append(share)
    return np.vstack(out)
