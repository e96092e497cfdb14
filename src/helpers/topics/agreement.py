"""Do sentences keep their topics because the corpus says so, or because the seed words do: agreement over refits, without seed
words and on shuffled words."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit
from helpers.topics.seeded import shuffled
from helpers.topics.shares import strongest, unit_mixture
from helpers.topics.stability import adjusted_rand, corrected, refitted

_RUNS = 5


def agreements(prepared: Prepared, fitted: Fit, seed: int, runs: int = _RUNS) -> tuple[float, float]:
    """Return (agreement of sentences of shuffled words, agreement above chance of sentences read without their seed words).

    Both are mean adjusted Rand indices (Hubert & Arabie 1985) of the sentences' strongest topics over `runs` refits on resampled
    passages. The first is what seed words give by themselves. For the second, sentences and passages are read by other words
    than seeds, and what shuffled words reach that way is taken off, (agreement - shuffled) / (1 - shuffled). NaN without a topic.
    """
    if not len(fitted.topics):
        return np.nan, np.nan
    if fitted.seeded is not None:  # by fields: where some are put together, these would win all sentences that say nothing
        fitted = replace(fitted, seeded=replace(fitted.seeded, into=np.arange(len(fitted.seeded.seeds))))
    noise = without_order(prepared, seed)
    runs = max(min(runs, _RUNS), 1)
    learned = _over_refits(prepared, fitted, seed, runs, seeds=False)
    fit_of_noise = refitted(noise, fitted, seed, np.ones(len(noise.sample), np.float32))
    whole, chance = (_over_refits(noise, fit_of_noise, seed, runs, seeds) for seeds in (True, False))
    return whole, float(corrected(learned, max(chance, 0.0)))


def _over_refits(prepared: Prepared, fitted: Fit, seed: int, runs: int, seeds: bool) -> float:
    units, passages = prepared.unit_counts, prepared.passages
    if not seeds and fitted.seeded is not None:
        others = sparse.diags((~fitted.seeded.seeds.any(axis=0)).astype(np.float32))
        units, passages = (sparse.csr_matrix(counts @ others) for counts in (units, passages))
        for counts in (units, passages):
            counts.eliminate_zeros()

    def read(fit: Fit) -> np.ndarray:
        return strongest(unit_mixture(units, prepared.passage, passages, fit))[0]

    best, n, found = read(fitted), len(prepared.sample), []
    for run in range(runs):
        weights = np.bincount(np.random.default_rng([seed, run, 80]).integers(0, n, n), minlength=n)
        again = read(refitted(prepared, fitted, seed + run, weights))
        found.append(adjusted_rand(pd.crosstab(best[best > 0], again[best > 0]).to_numpy()))
    return float(np.mean(found))


def without_order(prepared: Prepared, seed: int) -> Prepared:
    """Return the corpus with the words of its sentences shuffled."""
    units = sparse.csr_matrix(shuffled(prepared.unit_counts.toarray(), seed + 5_000))
    number = np.arange(len(prepared.passage))
    within = sparse.csr_matrix((np.ones(len(number), np.float32), (prepared.passage, number)), (prepared.n_passages, len(number)))
    passages = sparse.csr_matrix(within @ units)
    sample = passages[prepared.drawn].toarray()
    return replace(prepared, unit_counts=units, passages=passages, sample=sample, plain=sample)
