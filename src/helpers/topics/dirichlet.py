"""Latent Dirichlet allocation by variational Bayes (Blei, Ng & Jordan 2003; Hoffman, Blei & Bach 2010), all rows at a time.

The algorithm and the draws of scikit-learn's batch fit, whose components it gives but for rounding in less than half of the time:
there each row goes through Python by itself.
"""

import numpy as np
from scipy import sparse
from sklearn.decomposition._online_lda_fast import _dirichlet_expectation_2d as expectation

_MOST, _CLOSE = 100, 1e-3  # steps of a row within a pass; mean change of its shares at which it stands still
_WIDTH = 8  # rows of one to eight words are read together, of nine to sixteen, …
_FEW = 0.8  # share of rows still moving at which the others are put away


def components(counts: sparse.csr_matrix, topics: int, seed: int, passes: int) -> np.ndarray:
    """Return the pseudo-counts of words in topics (topics × words) after `passes` passes over counts (rows × words, float32)."""
    rng, prior, eps = np.random.RandomState(seed), np.float32(1 / topics), np.finfo(np.float32).eps
    order = np.argsort(np.diff(counts.indptr), kind="stable")  # rows of as many words stand together
    back = np.argsort(order)
    x = counts[order]
    size = -(-np.diff(x.indptr) // _WIDTH) * _WIDTH
    there = np.arange(size.max(initial=1)) < np.diff(x.indptr)[:, None]
    at, n = np.zeros(there.shape, np.int32), np.zeros(there.shape, np.float32)
    at[there], n[there] = x.indices, x.data
    found = rng.gamma(100.0, 0.01, (topics, x.shape[1])).astype(np.float32)
    for _ in range(passes):
        words = np.exp(expectation(found))
        shares = rng.gamma(100.0, 0.01, (x.shape[0], topics)).astype(np.float32)[order]
        of = np.ascontiguousarray(words.T)[at]
        theta = _settled(shares, of, n, size, prior, eps)
        for a, b, m in _runs(size):
            ratio = n[a:b, :m] / _foreseen(theta[a:b], of[a:b, :m], eps)
            x.data[x.indptr[a] : x.indptr[b]] = ratio[there[a:b, :m]]
        found = np.ascontiguousarray(prior + (x[back].T @ theta[back]).T * words)
    return found


def _settled(shares: np.ndarray, of: np.ndarray, n: np.ndarray, size: np.ndarray, prior: np.float32, eps: float) -> np.ndarray:
    """Return what each row's topics weigh where they stand still; rows that do are not looked at further."""
    theta = np.exp(expectation(shares))
    out, live, moves = theta.copy(), np.arange(len(theta)), np.ones(len(theta), bool)
    for _ in range(_MOST):
        if moves.mean() < _FEW:
            live, shares, theta, of, n, size = (one[moves] for one in (live, shares, theta, of, n, size))
            moves = np.ones(len(live), bool)
        if not len(live):
            break
        drawn = np.empty_like(theta)
        for a, b, m in _runs(size):
            ratio = n[a:b, :m] / _foreseen(theta[a:b], of[a:b, :m], eps)
            drawn[a:b] = np.matmul(ratio[:, None, :], of[a:b, :m])[:, 0]
        new = theta * drawn + prior
        theta = np.exp(expectation(new))
        out[live[moves]] = theta[moves]
        moves &= np.abs(shares - new).mean(axis=1) >= _CLOSE
        shares = new
    return out


def _foreseen(theta: np.ndarray, of: np.ndarray, eps: float) -> np.ndarray:
    return np.matmul(theta[:, None, :], of.transpose(0, 2, 1))[:, 0] + eps


def _runs(size: np.ndarray) -> list[tuple[int, int, int]]:
    """Return (first, end, words) of the runs of rows that have as many words."""
    ends = np.flatnonzero(np.diff(size, append=-1)) + 1
    return [(int(a), int(b), int(size[a])) for a, b in zip(np.r_[0, ends][:-1], ends, strict=True)]
