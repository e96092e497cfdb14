"""How many topics: a range of K measured, each measure beside what shuffled words reach, one chosen by a stated rule, the
reason in one sentence."""

from functools import partial

import numpy as np
import pandas as pd

from helpers import engine
from helpers.thresholds import STABLE
from helpers.topics.models import MEMBERS, fit, jobs
from helpers.topics.quality import coherence, exclusivity, held_out_gain, overlap, refit_cosines
from helpers.topics.seeded import shuffled
from helpers.topics.stability import corrected

MEASURES = ("held_out_gain", "npmi", "exclusivity")
COLUMNS = ("n_topics", "held_out_gain", "shuffled_gain", "npmi", "exclusivity", "seed_stability", "resample_stability",
           "shuffled_stability", "stability", "overlap")  # fmt: skip


def sweep(
    counts: np.ndarray, ks: list[int], seed: int, model: str = "nmf", members: int = MEMBERS, seeds: int = 2, resamples: int = 4,
    seeded: np.ndarray | None = None, plain: np.ndarray | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Measure every K of `ks`: one row a K.

    `seeded`: which word seeds which topic (seeded model); `plain`: counts for held-out fit and coherence where `counts` has
    headings.
    Columns: COLUMNS; gains in nats a word, seed_stability and resample_stability the mean matched cosine over `seeds` further
    seeds and `resamples` bootstrap resamples, those named shuffled the same of one corpus of shuffled words, stability corrected
    for it. The engine spreads the work; each piece has its own seed.
    """
    plain = counts if plain is None else plain
    real, noise = (counts, plain), (shuffled(counts, seed), shuffled(plain, seed))
    kinds = [(False, run) for run in range(seeds)] + [(True, run) for run in range(resamples)]
    n_jobs = jobs(counts, 0 if seeded is not None else 2 * sum(ks) * (2 + len(kinds)), members)
    measure = partial(_measured, seed=seed, model=model, members=members, kinds=kinds, seeded=seeded)
    found = list(engine.map(measure, [(k, *of) for k in ks for of in (real, noise)], n_jobs))
    rows = []
    for k, (fitted, gain, cosines), (_, noise_gain, by_chance) in zip(ks, found[::2], found[1::2], strict=True):
        again, chance = np.mean(cosines[seeds:]), np.mean(by_chance[seeds:])
        values = (k, gain, noise_gain, coherence(fitted.topics, plain).mean(), exclusivity(fitted).mean(),
        np.mean(cosines[:seeds]),
                  again, chance, corrected(again, chance), overlap(fitted.topics))  # fmt: skip
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _measured(part, seed, model, members, kinds, seeded):
    k, counts, plain = part
    fitted = fit(counts, k, seed, model, members=members, seeds=seeded)
    again = [refit_cosines(counts, fitted, seed + 1 + run, resampled, members).mean() for resampled, run in kinds]
    return fitted, held_out_gain(plain, k, seed, model, members, seeded), again


def choose(quality: pd.DataFrame) -> int:
    """Return the chosen K: of those carried by the corpus the best mean standing in held-out gain, coherence and exclusivity.

    Carried: `bears`. Where no K is, those within 0.02 of the best stability. Standing is the rank among all K (1 best); ties go
    to the smaller K.
    """
    if not len(quality):
        return 0
    enough = bears(quality)
    if not enough.any():
        enough = quality["stability"] >= quality["stability"].max() - 0.02
    return int(quality.loc[enough].assign(rank=standing(quality)[enough]).sort_values(["rank", "n_topics"])["n_topics"].iloc[0])


def bears(quality: pd.DataFrame) -> pd.Series:
    """Tell which rows beat noise: stability corrected for chance at its threshold, held-out gain positive and above shuffled
    words."""
    return (quality["stability"] >= STABLE) & predicts(quality)


def predicts(quality: pd.DataFrame) -> pd.Series:
    """Tell which rows predict passages kept out: a held-out gain that is positive and above that of shuffled words."""
    return quality["held_out_gain"] > np.maximum(quality["shuffled_gain"], 0)


def standing(quality: pd.DataFrame) -> pd.Series:
    """Return the mean rank of each K over the three measures (1 best)."""
    return quality[list(MEASURES)].round(6).rank(ascending=False, method="average").mean(axis=1)
