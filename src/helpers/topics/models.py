"""Topic models: seeded by policy fields (the default), the consensus of many factorisations, latent Dirichlet allocation."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from helpers.topics.factorise import ensemble, solve_rows, spectral_start
from helpers.topics.passages import inverse_frequency, weigh
from helpers.topics.seeded import Seeded, fit_seeded

MODELS = ("seeded", "nmf", "lda")
NEIGHBOUR_SHARE = 0.85  # how much of a passage is read from the passages that resemble it
MEMBERS = 40  # factorisations in a consensus
_SWEEPS = 18
_LDA_PASSES, _LDA_BATCH = 10, 32  # as good a fit as fifty passes over all at once, in a fifth of the time
_LITTLE = 2e10  # words × passages × topics × members up to which starting workers costs more than it saves


@dataclass(frozen=True)
class Fit:
    """`topics`: topics × words, rows of length one; `idf` the weights under which they were fitted; `model` one of MODELS.

    Of the seeded model `topics` are associations with words and `seeded` is what it reads passages with.
    """

    topics: np.ndarray
    idf: np.ndarray
    model: str
    seeded: Seeded | None = None


def fit(
    counts: np.ndarray, topics: int, seed: int, model: str = "nmf", weights: np.ndarray | None = None, members: int = MEMBERS,
    seeds: np.ndarray | None = None, noise: float | None = None,
) -> Fit:  # fmt: skip
    """Fit `topics` topics (none where 0) to a dense matrix of counts (passages × words), each passage counted `weights` times.

    The seeded model has a topic a row of `seeds` (topics × words, which word seeds which); `noise` as in `fit_seeded`. Raises
    ValueError when `model` is none of MODELS. Runs on one thread, so that the bytes do not depend on the machine's cores.
    """
    if model not in MODELS:
        raise ValueError(f"model {model!r} is none of {', '.join(MODELS)}: set the parameter `model` to one of them")
    if topics == 0 and (seeds is None or not len(seeds)):
        return Fit(np.empty((0, counts.shape[1]), np.float32), np.ones(counts.shape[1], np.float32), model)
    weights = np.ones(len(counts), np.float32) if weights is None else weights.astype(np.float32)
    with threadpool_limits(1):
        if model == "seeded":
            associated, seeded = fit_seeded(counts, seeds, weights, noise)
            return Fit(associated, np.ones(counts.shape[1], np.float32), model, seeded)
        return (_consensus if model == "nmf" else _lda)(counts, topics, seed, weights, members)


def refit(counts: np.ndarray, reference: Fit, seed: int, members: int, weights: np.ndarray | None = None) -> Fit:
    """Fit the model of `reference` again, nothing of its topics being known; what counts as noise stays the same."""
    seeds, noise = (reference.seeded.seeds, reference.seeded.noise) if reference.seeded else (None, None)
    return fit(counts, len(reference.topics), seed, reference.model, weights, members, seeds, noise)


def _consensus(counts: np.ndarray, topics: int, seed: int, weights: np.ndarray, members: int) -> Fit:
    """Factorise `members` bootstrap resamples from random starts, match their topics to one fit of all passages, average them.

    After the ensembles of Belford, Mac Namee & Greene (2018), Expert Systems with Applications 91. The one fit of all passages
    starts without chance, so it is the same for every seed; it only says which topic of a member is which.
    """
    rng = np.random.default_rng([seed, topics])
    idf, x, yardstick = _without_chance(_Same(counts), _Same(weights), topics)
    chance = weights.astype(np.float64)
    drawn = rng.multinomial(int(chance.sum()), chance / chance.sum(), size=members).astype(np.float32)
    found = ensemble(x, drawn, rng.random((members, topics, x.shape[1]), dtype=np.float32), _SWEEPS)
    mean = np.mean([member[match(yardstick, member)[0]] for member in found], axis=0)
    return Fit((mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)).astype(np.float32), idf, "nmf")


class _Same:
    """An array as a key: the same where its bytes are."""

    def __init__(self, array: np.ndarray):
        self.array = array
        self._key = array.shape, blake2b(np.ascontiguousarray(array).data).digest()

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._key == other._key


@lru_cache(4)
def _without_chance(counts: _Same, weights: _Same, topics: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (idf, passages read with their neighbours, one fit of them): no seed changes these, so twenty seeds share them."""
    idf = inverse_frequency(counts.array, weights.array)
    x = with_neighbours(weigh(sparse.csr_matrix(counts.array), idf).toarray(), weights.array)
    return idf, x, ensemble(x, weights.array[None], spectral_start(x, weights.array, topics), 2 * _SWEEPS)[0]


def with_neighbours(x: np.ndarray, weights: np.ndarray, share: float = NEIGHBOUR_SHARE) -> np.ndarray:
    """Read each passage together with those that resemble it: short passages alone are too sparse to fit a topic twice alike.

    Rows become (1 - share) × own words + share × mean of the others, weighted by squared cosine; length one again.
    """
    similar = x @ x.T
    np.fill_diagonal(similar, 0)
    similar = similar**2 * weights[None, :]
    similar /= np.maximum(similar.sum(axis=1, keepdims=True), 1e-9)
    mixed = (1 - share) * x + share * (similar @ x)
    return (mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _lda(counts: np.ndarray, topics: int, seed: int, weights: np.ndarray, members: int) -> Fit:
    """One run (Blei, Ng & Jordan 2003) of scikit-learn's online variational fit (Hoffman, Blei & Bach 2010): ten passes, 32
    passages at a time."""
    from sklearn.decomposition import LatentDirichletAllocation

    rows = sparse.csr_matrix(counts[np.repeat(np.arange(len(counts)), weights.astype(int))])
    online = {"learning_method": "online", "batch_size": _LDA_BATCH, "max_iter": _LDA_PASSES}
    run = LatentDirichletAllocation(topics, **online, random_state=seed % (2**31), n_jobs=1).fit(rows)
    h = run.components_ / np.linalg.norm(run.components_, axis=1, keepdims=True)
    return Fit(h.astype(np.float32), np.ones(counts.shape[1], np.float32), "lda")


def jobs(counts: np.ndarray, topics: int, members: int) -> int | None:
    """Return how many workers fits of `topics` topics in all deserve: one where they are little work, else all there are."""
    return 1 if counts.size * topics * members < _LITTLE else None


def match(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pair the topics of `other` with those of `one` (Hungarian method, Kuhn 1955, on cosine): (their order, the cosines)."""
    cosine = one @ other.T
    rows, order = linear_sum_assignment(-cosine)
    return order, np.clip(cosine[rows, order], 0, 1)


def mixture(counts: sparse.csr_matrix, fitted: Fit, batch: int = 20_000) -> np.ndarray:
    """Return the share of each topic in each row (rows × topics, summing to one; NaN where a row has no known word).

    Non-negative least squares on the fitted topics, in batches: any number of rows in flat memory.
    """
    h = fitted.topics
    h_ht = (h @ h.T)[None]
    out = np.full((counts.shape[0], len(h)), np.nan)
    with threadpool_limits(1):
        for start in range(0, counts.shape[0], batch):
            x = weigh(counts[start : start + batch], fitted.idf)
            w = solve_rows(np.ascontiguousarray(x @ h.T)[None], h_ht, 30)[0].astype(np.float64)
            total = w.sum(axis=1, keepdims=True)
            known = np.asarray(x.getnnz(axis=1) > 0)
            out[start : start + batch][known] = (w / np.maximum(total, 1e-12))[known]
    return out


def word_probabilities(fitted: Fit) -> np.ndarray:
    """Return topics as distributions over words (rows sum to one), the weight of rare words undone."""
    p = fitted.topics.astype(np.float64) / np.maximum(fitted.idf, 1e-9)
    return p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12)
