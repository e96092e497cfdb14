"""How good a set of topics is: coherence, exclusivity, held-out fit, and whether it comes back."""

import numpy as np
from scipy import sparse

from helpers.topics.models import MEMBERS, Fit, fit, match, mixture, refit, word_probabilities
from helpers.topics.seeded import passage_shares

TOP = 10
_DRAWS = 100
_KEPT_OUT = 300  # passages that tell a gain well enough
_WEIGHTS = np.arange(10) / 10  # of topics beside word frequencies, tried in held-out fit


def top_words(topics: np.ndarray, n: int = TOP) -> np.ndarray:
    """Return the columns of the `n` words with most weight in each topic, heaviest first (ties: the first in the alphabet)."""
    return np.argsort(-topics, axis=1, kind="stable")[:, :n]


def coherence(topics: np.ndarray, counts: np.ndarray | sparse.csr_matrix) -> np.ndarray:
    """Return each topic's mean normalised pointwise mutual information of the pairs of its ten words over passages (-1 to 1).

    Lau, Newman & Baldwin (2014), EACL. A pair that never meets counts -1.
    """
    present, place = _present(topics, counts)
    return _coherence(present, place, np.ones(len(present)))


def coherence_interval(topics: np.ndarray, counts: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of each topic's coherence over passages, its ten words given: normal, with the standard error of
    a hundred bootstrap draws of the passages (Efron & Tibshirani 1993)."""
    present, place = _present(topics, counts)
    rng, n, value = np.random.default_rng([seed, 6]), len(present), coherence(topics, counts)
    drawn = [_coherence(present, place, np.bincount(rng.integers(0, n, n), minlength=n)) for _ in range(_DRAWS)]
    wide = 1.96 * np.std(drawn, axis=0, ddof=1)
    return np.maximum(value - wide, -1), np.minimum(value + wide, 1)


def _present(topics: np.ndarray, counts: np.ndarray | sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    top = top_words(topics)
    columns = np.unique(top)
    return (sparse.csc_matrix(counts)[:, columns].toarray() > 0).astype(np.float64), np.searchsorted(columns, top)


def _coherence(present: np.ndarray, place: np.ndarray, weights: np.ndarray) -> np.ndarray:
    together = (present * weights[:, None]).T @ present / weights.sum()
    return np.array([_npmi(together[np.ix_(p, p)]) for p in place])


def _npmi(p: np.ndarray) -> float:
    alone, upper = np.diag(p), np.triu_indices(len(p), 1)
    both, product = p[upper], np.outer(alone, alone)[upper]
    met = both > 0  # a word that a draw lacks meets none
    score = np.full(len(both), -1.0)
    score[met] = np.log(both[met] / product[met]) / np.maximum(-np.log(both[met]), 1e-12)
    return float(np.clip(score, -1, 1).mean()) if len(both) else 0.0


def exclusivity(fitted: Fit) -> np.ndarray:
    """Return each topic's mean share, over its ten words, of the word's probability that lies in this topic (0 to 1).

    The exclusivity half of Bischof & Airoldi's (2012) FREX.
    """
    p = word_probabilities(fitted)
    share = p / np.maximum(p.sum(axis=0, keepdims=True), 1e-12)
    return np.take_along_axis(share, top_words(fitted.topics), axis=1).mean(axis=1)


def held_out_gain(
    counts: np.ndarray, topics: int, seed: int, model: str = "nmf", members: int = MEMBERS, seeds: np.ndarray | None = None
) -> float:
    """Return the gain in log-likelihood a word (nats) over word frequencies alone, on passages kept out: a fifth after another,
    five at most, until there are _KEPT_OUT.

    Document completion (Wallach et al. 2009): the mixture is read from one half of a kept-out passage, scored on the other.
    Few words tell a mixture badly, so it is interpolated with the word frequencies (Jelinek & Mercer 1980): every other kept-out
    passage sets the weight for the rest, from 0 to .9, so that no word is impossible and topics that tell nothing gain nothing.
    """
    rng = np.random.default_rng([seed, topics, 5])
    order, fifth = rng.permutation(len(counts)), max(1, len(counts) // 5)
    gains, n = [], []
    for part in range(min(5, -(-_KEPT_OUT // fifth))):
        out = (order >= part * fifth) & (order < (part + 1) * fifth)
        fitted = fit(counts[~out], topics, seed, model, members=members, seeds=seeds, noise=0.0)  # no associations asked
        kept = counts[out].astype(int)
        half = rng.binomial(kept, 0.5)
        rest = kept - half
        base = (counts[~out].sum(axis=0) + 0.5) / (counts[~out] + 0.5 / len(counts[~out])).sum()
        if fitted.seeded is not None:
            predicted = passage_shares(half, fitted.seeded) @ np.vstack([fitted.seeded.words, fitted.seeded.background])
        else:
            predicted = mixture(sparse.csr_matrix(half.astype(np.float32)), fitted) @ word_probabilities(fitted)
        known = ~np.isnan(predicted[:, 0])
        rest, predicted = rest[known], predicted[known]
        tried = [(rest * (np.log(w * predicted + (1 - w) * base) - np.log(base))).sum(axis=1) for w in _WEIGHTS]
        gains.append(np.stack(tried))
        n.append(rest.sum())
    gains = np.hstack(gains)
    odd = np.arange(gains.shape[1]) % 2 == 1
    scored = sum(gains[gains[:, other].sum(axis=1).argmax(), ~other].sum() for other in (odd, ~odd))
    return float(scored / max(sum(n), 1))


def refit_cosines(counts: np.ndarray, reference: Fit, seed: int, resampled: bool, members: int = MEMBERS) -> np.ndarray:
    """Fit once more with `seed` (on a bootstrap resample of the passages if `resampled`); return each topic's matched cosine.

    The whole procedure runs again, resampling within the resample included; nothing of the reference is known to it.
    """
    if reference.seeded is not None and not resampled:
        return together(reference, reference)  # no chance in that model: another seed gives the same fit
    weights = None
    if resampled:
        draw = np.random.default_rng([seed, 77])
        weights = np.bincount(draw.integers(0, len(counts), len(counts)), minlength=len(counts))
    return together(reference, refit(counts, reference, seed, members, weights))


def together(one: Fit, other: Fit) -> np.ndarray:
    """Return the cosine of each topic of `one` with its match in `other`; a seeded topic's match is itself, without its seeds."""
    if one.seeded is None:
        return match(one.topics, other.topics)[1]
    a, b = (np.where(one.seeded.seeds, 0, side.topics).astype(np.float64) for side in (one, other))
    length = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.clip((a * b).sum(axis=1) / np.maximum(length, 1e-9), 0, 1)


def overlap(topics: np.ndarray) -> float:
    """Return the mean cosine between different topics of one fit: what a stability must be read against."""
    cosine = topics @ topics.T
    k = len(topics)
    return float((cosine.sum() - np.trace(cosine)) / (k * k - k)) if k > 1 else 0.0
