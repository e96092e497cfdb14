"""From units to a fitted model: tokens, passages, the sample that is fitted, topics in order of size."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.segment import content_words, places_of
from helpers.topics import passages
from helpers.topics.models import MEMBERS, Fit
from helpers.topics.shares import strongest, unit_mixture

SAMPLE = 1_500  # passages that are fitted; the rest of a large corpus is read with the topics found
_SAMPLE_WORDS = 1_000
_SMALL_MEMBERS = 16  # members of a consensus where the sample is large: less is left to chance there


class TooSmall(ValueError):
    """The corpus is too small for topics; the message says how small and what is lost."""


@dataclass(frozen=True)
class Prepared:
    """Units in the shape that topics need. `sample` counts the words of the passages that are fitted (dense)."""

    units: pd.DataFrame
    passage: np.ndarray
    unit_counts: sparse.csr_matrix
    words: tuple[str, ...]
    sample: np.ndarray
    n_passages: int
    members: int


def prepare(
    units: pd.DataFrame, documents: pd.DataFrame, segmenter: str = "jieba", seed: int = 0, sample: int = SAMPLE
) -> Prepared:
    """Segment the units, group them into passages, choose the vocabulary, draw the passages to fit.

    `units` and `documents` as their tables say. Of more than `sample` passages a random sample is fitted, the same for the same
    seed. County and year of the document stand in `Prepared.units` beside each unit.
    """
    columns = ["doc_id", "county", "county_code", "year"]
    units = units.sort_values(["doc_id", "position"], kind="stable").reset_index(drop=True)
    units = units.merge(documents[columns], on="doc_id", how="left", validate="many_to_one")
    passage = passages.passage_of(units)
    tokens = content_words(units["text"], segmenter, places_of(documents))
    bags = passages.bags(tokens, passage)
    first = np.unique(passage, return_index=True)[1]
    groups = units["county"].where(units["county"].notna(), units["doc_id"]).to_numpy()[first].tolist()
    large = len(bags) > sample
    words = passages.vocabulary(bags, groups, _SAMPLE_WORDS if large else passages.MAX_WORDS)
    counts = passages.count(bags, words)
    usable = np.flatnonzero(np.diff(counts.indptr) >= 3)
    if large:
        usable = np.sort(np.random.default_rng([seed, 3]).permutation(usable)[:sample])
    return Prepared(
        units,
        passage,
        passages.count(tokens, words),
        words,
        counts[usable].toarray(),
        len(bags),
        _SMALL_MEMBERS if large else MEMBERS,
    )


def range_of(prepared: Prepared, k_min: int, k_max: int, k_step: int) -> list[int]:
    """Return the numbers of topics to try: the range asked for, cut to what the passages can bear (five passages a topic).

    Raises TooSmall when the corpus cannot bear two topics.
    """
    bear = min(len(prepared.sample) // 5, len(prepared.words) // 10)
    if bear < 2:
        raise TooSmall(
            f"{len(prepared.sample)} passages with {len(prepared.words)} usable words are too few for topics (10 and 20 at least): "
            "no topic, share or change of topics is reported"
        )
    if k_min < 2 or k_max < k_min or k_step < 1:
        raise ValueError(f"k_min {k_min}, k_max {k_max}, k_step {k_step}: needs 2 ≤ k_min ≤ k_max and a step of 1 or more")
    asked = [k for k in range(k_min, k_max + 1, k_step) if k <= bear]
    return asked or [max(2, min(k_min, bear))]


def by_size(prepared: Prepared, fitted: Fit) -> tuple[Fit, np.ndarray, np.ndarray]:
    """Number the topics by falling number of units; return (fit, shares of units × topics, strongest topic of each unit from 1)."""
    mixed = unit_mixture(prepared.unit_counts, prepared.passage, fitted)
    best, _ = strongest(mixed)
    n = np.bincount(best, minlength=len(fitted.topics) + 1)[1:]
    order = np.argsort(-n, kind="stable")
    mixed = mixed[:, order]
    return replace(fitted, topics=fitted.topics[order]), mixed, strongest(mixed)[0]
