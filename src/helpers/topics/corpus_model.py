"""From units to a fitted model: tokens, passages, the sample that is fitted, topics in order of size."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.asked import topics_to_try
from helpers.segment import Features, add_up, division_names, features, places_of
from helpers.structure import lineages
from helpers.thresholds import LEAST_CARRIED
from helpers.topics import passages
from helpers.topics.fields import OTHER, Field, seeded_words
from helpers.topics.models import MEMBERS, Fit
from helpers.topics.shares import strongest, unit_mixture

SAMPLE = 1_500  # passages that are fitted; the rest of a large corpus is read with the topics found
_SAMPLE_WORDS = 1_000
_HEADINGS = 2  # how often a heading's words count in a passage under it, where fields seed the topics
_SMALL_MEMBERS = 12  # members of a consensus where the sample is large: less is left to chance there


@dataclass(frozen=True)
class Prepared:
    """Units in the shape that topics need. `sample` counts the words of the passages that are fitted (dense), those numbered
    `drawn`;
    `passages` those of all passages. With policy fields the words of headings count in both; `plain` is the sample without them.

    `documents` counts all content words of the documents, by name; `unit_counts` those words that may make topics (`words`).
    """

    units: pd.DataFrame = field(compare=False)
    documents: tuple[tuple[str, ...], Features] = field(compare=False)
    passage: np.ndarray
    unit_counts: sparse.csr_matrix
    words: tuple[str, ...]
    sample: np.ndarray
    n_passages: int
    members: int
    drawn: np.ndarray
    passages: sparse.csr_matrix
    plain: np.ndarray
    fields: tuple[Field, ...] = ()
    seeds: np.ndarray | None = None

    @property
    def is_sampled(self) -> bool:
        """Whether the corpus has more passages than are fitted."""
        return self.n_passages > SAMPLE and len(self.drawn) == SAMPLE


def prepare(
    units: pd.DataFrame, documents: pd.DataFrame, segmenter: str = "jieba", seed: int = 0, sample: int = SAMPLE,
    fields: Sequence[Field] = (), words: tuple[Features, Features] | None = None,
) -> Prepared:  # fmt: skip
    """Segment the units, group them into passages, choose the vocabulary, draw the passages to fit.

    `units` and `documents` as their tables say. Of more than `sample` passages a random sample is fitted, the same for the same
    seed. `fields` are needed by the seeded model; those of whose seeds the corpus uses fewer than two are left out. County
    and year of the document stand in `Prepared.units` beside each unit. `words`: the words of the units and of their headings,
    where they are counted already, a row a row of `units`.
    """
    columns = ["doc_id", "county", "county_code", "year"]
    units = units.reset_index(drop=True).sort_values(["doc_id", "position"], kind="stable")
    order, units = units.index.to_numpy(), units.reset_index(drop=True)
    units = units.merge(documents[columns], on="doc_id", how="left", validate="many_to_one")
    passage = passages.passage_of(units)
    units = units.assign(passage=passage, section=passages.section_of(units, passage))
    counted = features(units["text"], segmenter, places_of(documents)) if words is None else words[0].of(order)
    n_passages = int(passage.max()) + 1 if len(passage) else 0
    bags = Features(add_up(counted.counts, passage, n_passages), counted.words)
    first = np.unique(passage, return_index=True)[1]
    places = lineages(units.iloc[first])
    groups = places.where(places.notna(), units["doc_id"].iloc[first]).tolist()
    large = n_passages > sample
    # 合作 and 港口 are counties too: where the county is unknown, the word cannot be told from the name.
    never = frozenset().union(*division_names())
    vocabulary = passages.vocabulary(bags, groups, _SAMPLE_WORDS if large else passages.MAX_WORDS, never)
    counts = passages.count(bags, vocabulary)
    usable = np.flatnonzero(np.diff(counts.indptr) >= 3)
    if large:
        usable = np.sort(np.random.default_rng([seed, 3]).permutation(usable)[:sample])
    number, names = pd.factorize(units["doc_id"], sort=True)
    fields, seeds = seeded_words(fields, vocabulary) if fields else ((), None)
    whole = counts
    if fields:
        above = units["heading_path"].fillna("")
        headings = features(above, segmenter, places_of(documents)) if words is None else words[1].of(order)
        present = add_up(passages.count(headings, vocabulary), passage, n_passages) > 0
        whole = sparse.csr_matrix(counts + _HEADINGS * present.astype(np.float32))
    return Prepared(
        units,
        (tuple(names), Features(add_up(counted.counts, number, len(names)), counted.words)),
        passage,
        passages.count(counted, vocabulary),
        vocabulary,
        whole[usable].toarray(),
        n_passages,
        _SMALL_MEMBERS if large else MEMBERS,
        usable,
        whole,
        counts[usable].toarray(),
        fields,
        seeds,
    )


def range_of(prepared: Prepared, k_range: str) -> list[int]:
    """Return the numbers of topics to try: `k_range` ("first:last:step") cut to what the passages can bear, five a topic.

    With policy fields it is their number. Empty where the corpus cannot bear two topics. Raises ValueError when the range is
    none.
    """
    tried = topics_to_try(k_range)
    bear = min(len(prepared.sample) // 5, len(prepared.words) // 10)
    if bear < 2 or (prepared.seeds is not None and len(prepared.fields) < LEAST_CARRIED):
        return []
    if prepared.seeds is not None:
        return [len(prepared.fields)]
    return [k for k in tried if k <= bear] or [min(tried[0], bear)]


def settle(
    prepared: Prepared, fitted: Fit, stability: pd.DataFrame
) -> tuple[Prepared, Fit, np.ndarray, np.ndarray, pd.DataFrame]:
    """Fold the fields that are not stable into one last topic, "other", and number the topics by falling number of units.

    Nothing is folded unless three fields or more are stable. Returns (prepared, fit, shares of units × topics, strongest topic of
    each unit from 1, stability: one row a topic, of "other" the means of its fields).
    """
    stable = stability["stable"].to_numpy(dtype=bool)
    if fitted.seeded is not None and LEAST_CARRIED <= stable.sum() < len(stable):
        rest = fitted.topics[~stable].mean(axis=0)
        into = np.where(stable, np.cumsum(stable) - 1, stable.sum())
        topics = np.vstack([fitted.topics[stable], rest / max(np.linalg.norm(rest), 1e-9)]).astype(np.float32)
        kept = tuple(field for field, one in zip(prepared.fields, stable, strict=True) if one)
        prepared = replace(prepared, fields=(*kept, OTHER))
        fitted = replace(fitted, topics=topics, seeded=replace(fitted.seeded, into=into))
        stability = stability.groupby(into).mean().assign(stable=np.arange(len(topics)) < stable.sum())
    prepared, fitted, mixed, topic, order = by_size(prepared, fitted)
    stability = stability.iloc[order].reset_index(drop=True).assign(topic=np.arange(1, len(order) + 1))
    return prepared, fitted, mixed, topic, stability


def by_size(prepared: Prepared, fitted: Fit) -> tuple[Prepared, Fit, np.ndarray, np.ndarray, np.ndarray]:
    """Number the topics by falling number of units, "other" last.

    Returns (prepared, fit, shares of units × topics, strongest topic of each unit from 1, the order of the topics before).
    """
    mixed = unit_mixture(prepared.unit_counts, prepared.passage, prepared.passages, fitted)
    best, _ = strongest(mixed)
    n = np.bincount(best, minlength=len(fitted.topics) + 1)[1:]
    last = np.array([field is OTHER for field in prepared.fields] if prepared.seeds is not None else [False] * len(n))
    order = np.lexsort((np.arange(len(n)), -n, last)) if len(n) else np.empty(0, np.int64)
    seeded = fitted.seeded
    if seeded is not None:
        prepared = replace(prepared, fields=tuple(prepared.fields[t] for t in order))
        seeded = replace(seeded, into=np.argsort(order)[seeded.into])
    mixed = mixed[:, order]
    return prepared, replace(fitted, topics=fitted.topics[order], seeded=seeded), mixed, strongest(mixed)[0], order
