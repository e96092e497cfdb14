"""How many topics: a range of K measured four ways, one chosen by a stated rule, the reason in one sentence."""

from functools import partial

import numpy as np
import pandas as pd

from helpers import engine
from helpers.thresholds import STABLE, STABLE_OVER_SEEDS
from helpers.topics.models import MEMBERS, fit, jobs
from helpers.topics.quality import coherence, exclusivity, held_out_gain, overlap, refit_cosines

MEASURES = ("held_out_gain", "npmi", "exclusivity")


def sweep(
    counts: np.ndarray, ks: list[int], seed: int, model: str = "nmf", members: int = MEMBERS, seeds: int = 2, resamples: int = 4
) -> pd.DataFrame:
    """Measure every K of `ks`: one row a K.

    Columns: n_topics, held_out_gain (nats a word), npmi, exclusivity, seed_stability and resample_stability (mean matched
    cosine over `seeds` further seeds and `resamples` bootstrap resamples), overlap. The engine spreads the work; each piece
    has its own seed.
    """
    parts = [(k, part) for k in ks for part in ("reference", "held_out")]
    n_jobs = jobs(counts, sum(ks) * (2 + seeds + resamples), members)
    first = partial(_first, counts, seed=seed, model=model, members=members)
    done = dict(zip(parts, engine.map(first, parts, n_jobs), strict=True))
    kinds = [(False, run) for run in range(seeds)] + [(True, run) for run in range(resamples)]
    again = [(done[k, "reference"], *kind) for k in ks for kind in kinds]
    cosines = [c.mean() for c in engine.map(partial(_again, counts, seed=seed, members=members), again, n_jobs)]
    rows = []
    for i, k in enumerate(ks):
        reference, mine = done[k, "reference"], cosines[i * len(kinds) : (i + 1) * len(kinds)]
        rows.append({
            "n_topics": k, "held_out_gain": done[k, "held_out"], "npmi": coherence(reference.topics, counts).mean(),
            "exclusivity": exclusivity(reference).mean(), "seed_stability": np.mean(mine[:seeds]),
            "resample_stability": np.mean(mine[seeds:]), "overlap": overlap(reference.topics),
        })  # fmt: skip
    columns = ["n_topics", "held_out_gain", "npmi", "exclusivity", "seed_stability", "resample_stability", "overlap"]
    return pd.DataFrame(rows, columns=columns)


def _first(counts, part, seed, model, members):
    k, what = part
    if what == "held_out":
        return held_out_gain(counts, k, seed, model, members)
    return fit(counts, k, seed, model, members=members)


def _again(counts, part, seed, members):
    reference, resampled, run = part
    return refit_cosines(counts, reference, seed + 1 + run, resampled, members)


def choose(quality: pd.DataFrame) -> int:
    """Return the chosen K: of those stable enough the best mean standing in held-out gain, coherence and exclusivity.

    Stable enough: both stabilities at their thresholds; where no K is, those within 0.02 of the best resample stability.
    Standing is the rank among all K (1 best); ties go to the smaller K.
    """
    if not len(quality):
        return 0
    enough = (quality["seed_stability"] >= STABLE_OVER_SEEDS) & (quality["resample_stability"] >= STABLE)
    if not enough.any():
        enough = quality["resample_stability"] >= quality["resample_stability"].max() - 0.02
    return int(quality.loc[enough].assign(rank=standing(quality)[enough]).sort_values(["rank", "n_topics"])["n_topics"].iloc[0])


def standing(quality: pd.DataFrame) -> pd.Series:
    """Return the mean rank of each K over the three measures (1 best)."""
    return quality[list(MEASURES)].round(6).rank(ascending=False, method="average").mean(axis=1)
