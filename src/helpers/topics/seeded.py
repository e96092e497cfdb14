"""Seeded topics: words of policy fields as prior of a mixture with a background topic, fitted by expectation–maximisation.

After keyATM (Eshima, Imai & Sasaki 2024, American Journal of Political Science 68) with the posterior mode instead of Gibbs
draws (Asuncion et al. 2009): no chance in it, so the same corpus gives the same topics and no seed of a generator matters.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

PRIOR = 4_000.0  # pseudo-words a field that follow the corpus: few passages move a topic little
SEEDS = 4_000.0  # pseudo-words a field on its seeds
_OTHERS = 0.02  # what is left of the prior of a seed in fields that it does not seed
_ALPHA, _BACKGROUND = 0.2, 0.5  # pseudo-words of each field, and of the background, in a passage
_STEPS = 40
_SHUFFLES = 3  # corpora of shuffled words that say which associations are noise
_CONTEXT = 2.0  # pseudo-words of the passage in the reading of a sentence
_EPS = 1e-12
_WIDTH = 8  # rows of one to eight words are read together, of nine to sixteen, …
_CELLS = 6_000  # words of a block: what it takes stays in a core's own memory


@dataclass(frozen=True)
class Seeded:
    """`words`: fields × words, rows sum to one; `background`: word frequencies; `seeds`: fields × words; `into`: each
    field's topic; `noise`: the association that a word must exceed to be one of a topic's."""

    words: np.ndarray
    background: np.ndarray
    seeds: np.ndarray
    into: np.ndarray
    noise: float


@dataclass(frozen=True)
class _Block:
    """Some rows of counts, each with its words side by side: `at` and `n` (rows × most words, 0 behind the last), `there` marks
    them."""

    rows: np.ndarray
    at: np.ndarray
    n: np.ndarray
    there: np.ndarray

    def expected(self, shares: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how many words each topic is expected to have in each row (rows × topics), and the counts over what was
        foreseen; `of`: how often each topic has the words, at their places (rows × most words × topics)."""
        ratio = self.n / np.maximum(np.matmul(of, shares[:, :, None])[:, :, 0], _EPS)
        return shares * np.matmul(ratio[:, None, :], of)[:, 0], ratio


def _blocks(counts: sparse.csr_matrix) -> Iterator[_Block]:
    """Yield all rows, those with about as many words together: how a row is read depends on that row alone."""
    width = -(-np.diff(counts.indptr) // _WIDTH) * _WIDTH
    order = np.argsort(width, kind="stable")
    ends = np.flatnonzero(np.diff(width[order], append=-1)) + 1
    for first, end in zip(np.r_[0, ends][:-1], ends, strict=True):
        m = max(int(width[order[first]]), 1)
        for start in range(first, end, max(1, _CELLS // m)):
            rows = order[start : min(start + max(1, _CELLS // m), end)]
            some, there = counts[rows], np.arange(m) < np.diff(counts.indptr)[rows][:, None]
            at, n = np.zeros(there.shape, np.int32), np.zeros(there.shape)
            at[there], n[there] = some.indices, some.data
            yield _Block(rows, at, n, there)


def fit_seeded(
    counts: np.ndarray, seeds: np.ndarray, weights: np.ndarray, noise: float | None = None
) -> tuple[np.ndarray, Seeded]:
    """Fit one topic a row of `seeds` to counts (passages × words); return (association of topics with words, the fit).

    The association of a word is how far its expected count in the topic lies above that of independence, in standard errors;
    it is nought where it is not above `noise` (by default what shuffled words reach). Rows have length one.
    """
    noise = noise_of(counts, seeds, weights) if noise is None else noise
    above, words, background = _associations(counts, seeds, weights)
    above = np.where(above > noise, above, 0)
    length = np.linalg.norm(above, axis=1, keepdims=True)
    fitted = Seeded(words, background, seeds, np.arange(len(seeds)), noise)
    return (above / np.maximum(length, 1e-9)).astype(np.float32), fitted


def noise_of(counts: np.ndarray, seeds: np.ndarray, weights: np.ndarray) -> float:
    """Return the greatest association that a word other than its seeds has with a topic where the words are shuffled over the
    passages (mean of three shuffles): the permutation's own threshold for all pairs at once (Westfall & Young 1993)."""
    free, found = ~seeds, []
    for number in range(_SHUFFLES):
        above, *_ = _associations(shuffled(counts, number), seeds, weights)
        found.append(max(above[free].max(initial=0.0), 0.0))
    return float(np.mean(found))


def shuffled(counts: np.ndarray, seed: int) -> np.ndarray:
    """Return counts with the words permuted over all tokens: passages keep their length, words their total."""
    n = counts.astype(np.int64)
    words = np.repeat(np.tile(np.arange(n.shape[1]), len(n)), n.ravel())
    rows = np.repeat(np.arange(len(n)), n.sum(axis=1))
    out = np.zeros(n.shape, np.float32)
    np.add.at(out, (rows, np.random.default_rng([seed, 91]).permutation(words)), 1)
    return out


def _associations(counts: np.ndarray, seeds: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (associations in standard errors, words of the topics, word frequencies)."""
    counts, weights = sparse.csr_matrix(counts, dtype=np.float64), weights.astype(np.float64)
    counts, weights = counts[weights > 0], weights[weights > 0]
    background = counts.T @ weights + 0.5
    background /= background.sum()
    prior = PRIOR * np.repeat(background[None], len(seeds), axis=0)
    prior[:, seeds.any(axis=0)] *= _OTHERS
    own = seeds * background
    prior += SEEDS * own / np.maximum(own.sum(axis=1, keepdims=True), _EPS)
    words = prior / prior.sum(axis=1, keepdims=True)
    shares = np.full((len(weights), len(seeds) + 1), 1 / (len(seeds) + 1))
    blocks = list(_blocks(counts))
    order = np.concatenate([block.rows for block in blocks]) if blocks else np.empty(0, np.int64)
    counts, ratio = counts[order], counts[order]

    def drawn(moves: bool) -> np.ndarray:
        """Return the count of each word that each topic is expected to have; `moves` the shares of the rows too."""
        every, weighted, end = _every(words, background), (shares[order, :-1] * weights[order][:, None]), 0
        for block in blocks:
            expected, over = block.expected(shares[block.rows], every[block.at])
            start, end = end, end + np.count_nonzero(block.there)
            ratio.data[start:end] = over[block.there]
            if moves:
                shares[block.rows] = _smoothed(expected)
        return words * (ratio.T @ weighted).T

    for _ in range(_STEPS):
        words = drawn(True) + prior
        words /= words.sum(axis=1, keepdims=True)
    n = drawn(False)
    chance = n.sum(axis=1, keepdims=True) * background
    return (n - chance) / np.sqrt(chance + 0.5), words, background


def _every(words: np.ndarray, background: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.vstack([words, background]).T)


def _smoothed(expected: np.ndarray) -> np.ndarray:
    out = expected + _ALPHA
    out[:, -1] += _BACKGROUND - _ALPHA
    return out / out.sum(axis=1, keepdims=True)


def passage_shares(counts: np.ndarray | sparse.csr_matrix, fitted: Seeded) -> np.ndarray:
    """Return the share of each field, and last of the background, in each row of counts (rows sum to one)."""
    return _shares(_blocks(sparse.csr_matrix(counts)), counts.shape[0], fitted)


def _shares(blocks: Iterable[_Block], n: int, fitted: Seeded) -> np.ndarray:
    every, out = _every(fitted.words, fitted.background), np.empty((n, len(fitted.words) + 1))
    for block in blocks:
        shares, of = np.full((len(block.rows), out.shape[1]), 1 / out.shape[1]), every[block.at]
        for _ in range(_STEPS // 2):
            shares = _smoothed(block.expected(shares, of)[0])
        out[block.rows] = shares
    return out


def sentence_shares(
    unit_counts: sparse.csr_matrix, passage: np.ndarray, passages: sparse.csr_matrix, fits: Iterable[Seeded]
) -> list[np.ndarray]:
    """Return under each fit the share of each topic in each unit (units × topics, rows sum to one; NaN where a unit has no known
    word).

    A unit is read by its own words, its passage lending them a prior of two words; the background has no share.
    """
    units, whole = list(_blocks(unit_counts)), list(_blocks(passages))  # laid out once for all fits
    silent, found = np.diff(unit_counts.indptr) == 0, []
    for fitted in fits:
        topics = np.zeros((len(fitted.words), fitted.into.max() + 1))
        topics[np.arange(len(fitted.words)), fitted.into] = 1
        every, prior = _every(fitted.words, fitted.background), _shares(whole, passages.shape[0], fitted)
        out = np.empty((len(passage), topics.shape[1]))
        for block in units:
            context = prior[passage[block.rows]]
            own = context[:, :-1]
            n = block.expected(context, every[block.at])[0][:, :-1] + _CONTEXT * own / own.sum(axis=1, keepdims=True)
            out[block.rows] = (n / n.sum(axis=1, keepdims=True)) @ topics
        out[silent] = np.nan
        found.append(out)
    return found
