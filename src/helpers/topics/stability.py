"""Do the topics come back more than noise does: over resamples, halves and seeds, against the same corpus with its words
shuffled."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from helpers import engine
from helpers.thresholds import STABLE
from helpers.topics.corpus_model import Prepared
from helpers.topics.models import MEMBERS, Fit, jobs, match, refit
from helpers.topics.quality import refit_cosines, together
from helpers.topics.reading import in_parts, sums_of_places
from helpers.topics.seeded import shuffled
from helpers.topics.shares import strongest

SHUFFLES, _RUNS_EACH, _HALVES = 3, 3, 4  # the last two never more than the resamples asked for
_COLUMNS = ("seed_stability", "resample_stability", "resample_low", "shuffled_stability", "half_stability", "stability")
_MANY, _FEW_RUNS = 50_000, 6  # units from which the refits are fewer, so that memory stays flat


def corrected(value: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return (value - chance) / (1 - chance), held within 0 and 1: 0 no better than shuffled words, 1 identical.

    The form of chance correction of Cohen's κ (1960) and of the adjusted Rand index (Hubert & Arabie 1985).
    """
    return np.clip((value - chance) / np.maximum(1 - chance, 1e-9), 0, 1)


def per_topic(
    counts: np.ndarray, reference: Fit, seed: int, runs: int = 20, members: int = MEMBERS, below: float = STABLE,
    shuffles: int = SHUFFLES,
) -> pd.DataFrame:  # fmt: skip
    """Fit the whole procedure again: other seeds, bootstrap resamples, halves, and resamples of `shuffles` shuffled corpora.

    One row a topic: topic (from 1), seed_stability, resample_stability, resample_low (the worst resample), half_stability
    (between the topics of two halves of the passages), shuffled_stability (resamples of shuffled words), all mean matched
    cosines from 0 to 1; stability (resample_stability corrected for shuffled_stability); stable (it is at least `below`).
    Seeded topics are compared without the seed words, which were put in; free ones have one shuffled value.
    """
    k = len(reference.topics)
    if not k:
        return pd.DataFrame(columns=["topic", *_COLUMNS, "stable"]).astype({"stable": bool})
    parts = [(kind, run) for kind, n in (("seed", runs), ("resample", runs), ("half", min(_HALVES, runs))) for run in range(n)]
    parts = [part for part in parts if part[0] != "seed" or reference.seeded is None]  # no chance in the seeded model
    parts += [("shuffled", run) for run in range(shuffles)]
    n_jobs = jobs(counts, 0 if reference.seeded else k * (len(parts) + shuffles * min(_RUNS_EACH, runs)), members)
    found: dict[str, list] = {"seed": [], "resample": [], "half": [], "shuffled": []}
    for part, cosines in zip(
        parts, engine.map(partial(_again, counts, reference, seed, members, runs), parts, n_jobs), strict=True
    ):
        found[part[0]].append(cosines)
    seeds = np.mean(found["seed"], axis=0) if found["seed"] else np.ones(k)
    resamples, chance = np.array(found["resample"]), np.mean(found["shuffled"], axis=0)
    if reference.seeded is None:
        chance = np.full(k, chance.mean())
    mean = resamples.mean(axis=0)
    values = (seeds, mean, resamples.min(axis=0), chance, np.mean(found["half"], axis=0), corrected(mean, chance))
    frame = pd.DataFrame({"topic": np.arange(1, k + 1), **dict(zip(_COLUMNS, values, strict=True))})
    return frame.assign(stable=frame["stability"] >= below)


def _again(counts: np.ndarray, reference: Fit, seed: int, members: int, runs: int, part: tuple[str, int]) -> np.ndarray:
    kind, run = part
    if kind in ("seed", "resample"):
        return refit_cosines(counts, reference, seed + 1_000 + run, kind == "resample", members)
    if kind == "half":
        first = np.random.default_rng([seed, run, 78]).permutation(len(counts)) < len(counts) // 2
        return together(*(refit(counts, reference, seed + run, members, 2 * half.astype(np.float32)) for half in (first, ~first)))
    noise = shuffled(counts, seed + run)
    fitted = refit(noise, reference, seed + run, members)
    return np.mean([refit_cosines(noise, fitted, seed + 2_000 + i, True, members) for i in range(min(_RUNS_EACH, runs))], axis=0)


@dataclass(frozen=True)
class Refits:
    """The topics of all units under refits on resampled passages: `sums` runs × documents × topics (shares of their units added
    up), `sizes` runs × topics (units whose strongest topic it is, as often as their passage was drawn), `agreement` the mean
    adjusted Rand index of the units' strongest topics."""

    sums: np.ndarray
    sizes: np.ndarray
    agreement: float

    def largest(self, among: np.ndarray | None = None) -> np.ndarray:
        """Return in which share of refits each topic is the strongest topic of most units; `among`: topics that compete."""
        runs, k = self.sizes.shape
        sizes = np.where(among, self.sizes, -1) if among is not None and np.any(among) else self.sizes
        return np.bincount(np.argmax(sizes, axis=1), minlength=k) / runs if k else np.empty(0)


def refits(prepared: Prepared, fitted: Fit, topic: np.ndarray, seed: int, runs: int = 20) -> Refits:
    """Fit on `runs` resamples of the passages and read every unit again (Hubert & Arabie 1985 for the agreement); `topic`: the
    strongest of each unit, from 1."""
    runs, k = min(runs, _FEW_RUNS) if len(topic) > _MANY else runs, len(fitted.topics)
    fits, weights = [], []
    for run in range(runs if k else 0):
        draw = np.random.default_rng([seed, run, 79])
        drawn = np.bincount(draw.integers(0, prepared.n_passages, prepared.n_passages), minlength=prepared.n_passages)
        fits.append(refitted(prepared, fitted, seed + 1_000 + run, drawn[prepared.drawn]))
        weights.append(drawn.astype(np.int32))
    sums, sizes = np.zeros((len(fits), len(prepared.places), k)), np.zeros((len(fits), k + 1))
    both = np.zeros((len(fits), k + 1, k + 1), np.int64)
    for rows, found in in_parts(prepared, fits) if fits else ():
        for run, mixed in enumerate(found):
            mixed = mixed.astype(np.float32)
            best = strongest(mixed)[0]
            sums_of_places(prepared, rows, mixed, sums[run])
            sizes[run] += np.bincount(best, weights[run][prepared.passage[rows]], k + 1)
            both[run] += np.bincount(topic[rows].astype(np.int64) * (k + 1) + best, minlength=(k + 1) ** 2).reshape(k + 1, k + 1)
    return Refits(sums, sizes[:, 1:], float(np.mean([adjusted_rand(table) for table in both])) if fits else np.nan)


def adjusted_rand(table: np.ndarray) -> float:
    """Return the adjusted Rand index of two partitions from how often their parts meet (Hubert & Arabie 1985)."""
    n, one, two = int(table.sum()), table.sum(axis=1), table.sum(axis=0)
    same = int((table**2).sum())
    together, first, second = same - n, int((one**2).sum()) - same, int((two**2).sum()) - same
    if not first and not second:
        return 1.0
    apart = n * n - first - second - same
    return (
        2 * (together * apart - first * second) / ((together + second) * (second + apart) + (together + first) * (first + apart))
    )


def refitted(prepared: Prepared, fitted: Fit, seed: int, weights: np.ndarray) -> Fit:
    """Fit again with passages counted `weights` times; the topics in the order of `fitted`, its fields put together as there."""
    again = refit(prepared.sample, fitted, seed, prepared.members, weights)
    if fitted.seeded is not None:
        return replace(again, topics=fitted.topics, seeded=replace(again.seeded, into=fitted.seeded.into))
    return replace(again, topics=again.topics[match(fitted.topics, again.topics)[0]])
