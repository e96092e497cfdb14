"""Do the topics come back: over seeds, over resamples of the passages, and next to plain single-run models."""

from functools import partial

import numpy as np
import pandas as pd

from helpers import engine
from helpers.thresholds import STABLE
from helpers.topics.models import MEMBERS, Fit, fit, jobs, match
from helpers.topics.quality import coherence, refit_cosines


def per_topic(counts: np.ndarray, reference: Fit, seed: int, runs: int = 20, members: int = MEMBERS, below: float = STABLE):
    """Fit the whole procedure again with `runs` other seeds and on `runs` bootstrap resamples; one row a topic.

    Columns: topic (from 1), seed_stability, resample_stability (mean matched cosine, 0–1), resample_low (the worst resample),
    stable (resample_stability is at least `below`).
    """
    if not len(reference.topics):
        return pd.DataFrame(columns=["topic", "seed_stability", "resample_stability", "resample_low", "stable"]).astype(
            {"stable": bool}
        )
    parts = [(resampled, run) for resampled in (False, True) for run in range(runs)]
    n_jobs = jobs(counts, len(reference.topics) * len(parts), members)
    cosines = list(engine.map(partial(_again, counts, reference, seed=seed, members=members), parts, n_jobs))
    seeds, resamples = np.array(cosines[:runs]), np.array(cosines[runs:])
    frame = pd.DataFrame({
        "topic": np.arange(1, len(reference.topics) + 1), "seed_stability": seeds.mean(axis=0),
        "resample_stability": resamples.mean(axis=0), "resample_low": resamples.min(axis=0),
    })  # fmt: skip
    return frame.assign(stable=frame["resample_stability"] >= below)


def _again(counts, reference, part, seed, members):
    resampled, run = part
    return refit_cosines(counts, reference, seed + 1_000 + run, resampled, members)


def compare(counts: np.ndarray, reference: Fit, stability: pd.DataFrame, seed: int, runs: int = 2) -> pd.DataFrame:
    """Set the chosen model beside plain single-run LDA at the usual settings, at the same K, on the same passages.

    Columns: model, runs, npmi (mean over runs), seed_stability, resample_stability.
    """
    k = len(reference.topics)
    if not k:
        return pd.DataFrame(columns=["model", "n_topics", "npmi", "seed_stability", "resample_stability"])
    plain = list(engine.map(partial(_plain, counts, k), [seed + run for run in range(runs + 1)]))
    npmi = [coherence(one.topics, counts).mean() for one in plain]
    seeds = [match(plain[0].topics, one.topics)[1].mean() for one in plain[1:]]
    resamples = [
        c.mean()
        for c in engine.map(partial(_again, counts, plain[0], seed=seed, members=1), [(True, run) for run in range(runs)])
    ]
    return pd.DataFrame([
        {"model": f"consensus {reference.model.upper()}" if reference.model == "nmf" else "LDA", "n_topics": k,
         "npmi": coherence(reference.topics, counts).mean(), "seed_stability": stability["seed_stability"].mean(),
         "resample_stability": stability["resample_stability"].mean()},
        {"model": "plain LDA, one run", "n_topics": k, "npmi": float(np.mean(npmi)), "seed_stability": float(np.mean(seeds)),
         "resample_stability": float(np.mean(resamples))},
    ])  # fmt: skip


def _plain(counts, k, seed):
    return fit(counts, k, seed, "lda")
