"""From units to a fitted model: tokens, passages, the sample that is fitted, topics in order of size."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.asked import topics_to_try
from helpers.segment import Features, add_up, division_names, features, places_of
from helpers.topics import passages
from helpers.topics.models import MEMBERS, Fit
from helpers.topics.shares import strongest, unit_mixture

SAMPLE = 1_500  # passages that are fitted; the rest of a large corpus is read with the topics found
_SAMPLE_WORDS = 1_000
_SMALL_MEMBERS = 12  # members of a consensus where the sample is large: less is left to chance there


@dataclass(frozen=True)
class Prepared:
    """Units in the shape that topics need. `sample` counts the words of the passages that are fitted (dense).

    `documents` counts all content words of the documents, by name; `unit_counts` those words that may make topics (`words`).
    """

    units: pd.DataFrame
    documents: tuple[tuple[str, ...], Features]
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
    counted = features(units["text"], segmenter, places_of(documents))
    n_passages = int(passage.max()) + 1 if len(passage) else 0
    bags = Features(add_up(counted.counts, passage, n_passages), counted.words)
    first = np.unique(passage, return_index=True)[1]
    groups = units["county"].where(units["county"].notna(), units["doc_id"]).iloc[first].tolist()
    large = n_passages > sample
    # 合作 and 港口 are counties too: where the county is unknown, the word cannot be told from the name.
    never = frozenset().union(*division_names())
    words = passages.vocabulary(bags, groups, _SAMPLE_WORDS if large else passages.MAX_WORDS, never)
    counts = passages.count(bags, words)
    usable = np.flatnonzero(np.diff(counts.indptr) >= 3)
    if large:
        usable = np.sort(np.random.default_rng([seed, 3]).permutation(usable)[:sample])
    number, names = pd.factorize(units["doc_id"], sort=True)
    return Prepared(
        units,
        (tuple(names), Features(add_up(counted.counts, number, len(names)), counted.words)),
        passage,
        passages.count(counted, words),
        words,
        counts[usable].toarray(),
        n_passages,
        _SMALL_MEMBERS if large else MEMBERS,
    )


def range_of(prepared: Prepared, k_range: str) -> list[int]:
    """Return the numbers of topics to try: `k_range` ("first:last:step") cut to what the passages can bear, five a topic.

    Empty where the corpus cannot bear two topics. Raises ValueError when the range is none.
    """
    tried = topics_to_try(k_range)
    bear = min(len(prepared.sample) // 5, len(prepared.words) // 10)
    if bear < 2:
        return []
    return [k for k in tried if k <= bear] or [min(tried[0], bear)]


def by_size(prepared: Prepared, fitted: Fit) -> tuple[Fit, np.ndarray, np.ndarray]:
    """Number the topics by falling number of units; return (fit, shares of units × topics, strongest topic of each unit
    from 1).
    """
    mixed = unit_mixture(prepared.unit_counts, prepared.passage, fitted)
    best, _ = strongest(mixed)
    n = np.bincount(best, minlength=len(fitted.topics) + 1)[1:]
    order = np.argsort(-n, kind="stable")
    mixed = mixed[:, order]
    return replace(fitted, topics=fitted.topics[order]), mixed, strongest(mixed)[0]
