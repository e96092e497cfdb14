"""From units to a fitted model: tokens, passages, the sample that is fitted, topics in order of size."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from helpers import store
from helpers.asked import topics_to_try
from helpers.segment import CorpusWords, Features, add_up, division_names, features, places_of
from helpers.structure import lineages
from helpers.thresholds import LEAST_CARRIED
from helpers.topics import passages
from helpers.topics.fields import OTHER, Field, seeded_words
from helpers.topics.models import MEMBERS, Fit
from helpers.topics.reading import Reading, read

SAMPLE = 1_500  # passages that are fitted; the rest of a large corpus is read with the topics found
_SAMPLE_WORDS = 1_000
_HEADINGS = 2  # how often a heading's words count in a passage under it, where fields seed the topics
_SMALL_MEMBERS = 12  # members of a consensus where the sample is large: less is left to chance there
_SHOWN = ["unit_id", "doc_id", "heading_path", "text"]


@dataclass(frozen=True)
class Prepared:
    """Units in the shape that topics need. `sample` counts the words of the passages that are fitted (dense), those numbered
    `drawn`; `passages` those of all passages. With policy fields the words of headings count in both; `plain` is the sample
    without them. `unit_counts` counts those words that may make topics (`words`) in each unit.

    `units`: n_chars and is_repeat of each unit, `passage` its passage; `places`: doc_id, county, county_code, year of each
    document; `where`: section and place (row of `places`) of each passage. `shown(rows, columns)` reads
    some units (unit_id, doc_id, heading_path, text); `content` are all content words of the units, some documents at a time.
    Units and passages are in order of document and position.
    """

    units: pd.DataFrame = field(compare=False)
    places: pd.DataFrame = field(compare=False)
    where: pd.DataFrame = field(compare=False)
    shown: Callable[..., pd.DataFrame] = field(compare=False)
    content: Iterable[Features] = field(compare=False)
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
    fields: Sequence[Field] = (),
) -> Prepared:  # fmt: skip
    """Segment the units, group them into passages, choose the vocabulary, draw the passages to fit.

    `units` and `documents` as their tables say. Of more than `sample` passages a random sample is fitted, the same for the same
    seed. `fields` are needed by the seeded model; those of whose seeds the corpus uses fewer than two are left out.
    """
    units = units.sort_values(["doc_id", "position"], kind="stable").reset_index(drop=True)
    words = [features(units[column].fillna(""), segmenter, places_of(documents)) for column in ("text", "heading_path")]
    parts = ([one] for one in (_slim(units), *words))
    return _prepared(*parts, documents, seed, sample, fields, lambda rows, columns=_SHOWN: units.iloc[rows][columns])


def prepare_corpus(
    processed_dir: str | Path, documents: pd.DataFrame, segmenter: str = "jieba", seed: int = 0, sample: int = SAMPLE,
    fields: Sequence[Field] = (),
) -> Prepared:  # fmt: skip
    """Do what `prepare` does with the table `units` of a folder, a row group at a time: texts are never held whole."""
    words = [CorpusWords(processed_dir, documents, segmenter, column) for column in ("text", "heading_path")]
    columns = ["doc_id", "position", "heading_path", "text", "is_repeat"]
    groups = range(store.n_groups(processed_dir, "units"))
    parts, order = (_slim(store.read_group(processed_dir, "units", group, columns)) for group in groups), None
    if not documents["doc_id"].is_monotonic_increasing:  # then the table is not in the order of names, and is sorted whole
        units = pd.concat(parts, ignore_index=True).sort_values(["doc_id", "position"], kind="stable")
        order, parts = units.index.to_numpy(), [units.reset_index(drop=True)]
        words = [[one.together().of(order)] for one in words]
    return _prepared(parts, *words, documents, seed, sample, fields, partial(_shown, processed_dir, order))


def _slim(units: pd.DataFrame) -> pd.DataFrame:
    repeat = units["is_repeat"].fillna(False).to_numpy(dtype=bool) if "is_repeat" in units else False
    n_chars = units["text"].str.len().to_numpy(dtype=np.int32)
    return units[["doc_id", "position", "heading_path"]].assign(n_chars=n_chars, is_repeat=repeat)


def _shown(processed_dir: str | Path, order: np.ndarray | None, rows: np.ndarray, columns=_SHOWN) -> pd.DataFrame:
    """Read some units; row groups without any are not read."""
    rows = np.asarray(rows if order is None else order[rows], dtype=np.int64)
    ends = np.cumsum([0, *store.group_rows(processed_dir, "units")])
    wanted = np.unique(rows)
    group = np.searchsorted(ends, wanted, side="right") - 1
    found = [
        store.read_group(processed_dir, "units", int(g), columns).iloc[wanted[group == g] - ends[g]].set_axis(wanted[group == g])
        for g in (np.unique(group) if len(rows) else [0])
    ]
    return pd.concat(found).loc[rows].reset_index(drop=True)


def _prepared(
    parts: Iterable[pd.DataFrame], content: Iterable[Features], headings: Iterable[Features], documents: pd.DataFrame, seed: int,
    sample: int, fields: Sequence[Field], shown: Callable[..., pd.DataFrame],
) -> Prepared:  # fmt: skip
    """Put together what comes in parts of whole documents: units as `_slim` leaves them, their words, those of their headings."""
    columns = ["doc_id", "county", "county_code", "year"]
    places = documents[columns].sort_values("doc_id", kind="stable").reset_index(drop=True)
    group = lineages(places)
    group = pd.factorize(group.where(group.notna(), places["doc_id"]))[0]
    units, where, spread = [], [], passages.Spread()
    for units_, text in zip(parts, content, strict=True):
        passage = passages.passage_of(units_, passages.FIELD_UNITS if fields else passages.PASSAGE_UNITS)
        first = np.unique(passage, return_index=True)[1]
        place = places["doc_id"].searchsorted(units_["doc_id"].iloc[first])
        section = passages.section_of(units_, passage)[first] + (where[-1]["section"].iloc[-1] + 1 if where else 0)
        units.append(units_[["n_chars", "is_repeat"]].assign(passage=(passage + sum(map(len, where))).astype(np.int32)))
        where.append(pd.DataFrame({"place": place.astype(np.int32), "section": section.astype(np.int32)}))
        spread.add(Features(add_up(text.counts, passage, len(first)), text.words), group[place])
    units, where = (pd.concat(parts, ignore_index=True) for parts in (units, where))
    passage, n_passages = units.pop("passage").to_numpy(), len(where)
    large = n_passages > sample
    # 合作 and 港口 are counties too: where the county is unknown, the word cannot be told from the name.
    never = frozenset().union(*division_names())
    vocabulary = spread.vocabulary(_SAMPLE_WORDS if large else passages.MAX_WORDS, never)
    fields, seeds = seeded_words(fields, vocabulary) if fields else ((), None)
    counted, whole, known, start = [], [], [], 0
    for text, above in zip(content, headings, strict=True):
        counts = text.only(vocabulary)
        counted.append(_narrow(counts))
        here = passage[start : start + text.counts.shape[0]]
        number = here - here.min(initial=n_passages)
        n = number.max(initial=-1) + 1
        bags, start = add_up(counts, number, n), start + len(here)
        known.append(np.diff(bags.indptr))
        present = add_up(above.only(vocabulary), number, n) > 0 if seeds is not None else 0
        bags = sparse.csr_matrix(bags + _HEADINGS * present.astype(np.float32)) if seeds is not None else bags
        whole.append(_narrow(bags))
    unit_counts, whole = _stacked(counted, len(vocabulary)), _stacked(whole, len(vocabulary))
    usable = np.flatnonzero(np.concatenate(known) >= 3)
    if large:
        usable = np.sort(np.random.default_rng([seed, 3]).permutation(usable)[:sample])
    number = np.full(n_passages, -1)
    number[usable] = np.arange(len(usable))
    rows = np.flatnonzero(number[passage] >= 0)
    plain = add_up(unit_counts[rows].astype(np.float32), number[passage[rows]], len(usable)).toarray()
    drawn = whole[usable].astype(np.float32).toarray() if seeds is not None else plain
    return Prepared(units, places, where, shown, content, passage, unit_counts, vocabulary, drawn, n_passages,
                    _SMALL_MEMBERS if large else MEMBERS, usable, whole, plain, fields, seeds)  # fmt: skip


def _narrow(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return counts in 16 bits, since of millions of units there is no room for wider numbers; what is higher is the most."""
    return counts.minimum(np.iinfo(np.uint16).max).astype(np.uint16)


def _stacked(parts: list[sparse.csr_matrix], width: int) -> sparse.csr_matrix:
    """Put rows below one another and empty `parts` on the way: both would not fit side by side."""
    n = [np.diff(part.indptr) for part in parts]
    data = np.concatenate([part.data for part in parts])
    indices = [part.indices for part in parts]
    parts.clear()
    return sparse.csr_matrix((data, np.concatenate(indices), np.cumsum([0, *np.concatenate(n)])), shape=(sum(map(len, n)), width))


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


def settle(prepared: Prepared, fitted: Fit, stability: pd.DataFrame) -> tuple[Prepared, Fit, Reading, pd.DataFrame]:
    """Fold the fields that are not stable into one last topic, "other", and number the topics by falling number of units.

    Nothing is folded unless three fields or more are stable. Returns (prepared, fit, what all units come to, stability: one row a
    topic; of "other" the means of its fields, but no `stability`).
    """
    stable = stability["stable"].to_numpy(dtype=bool)
    if fitted.seeded is not None and LEAST_CARRIED <= stable.sum() < len(stable):
        rest = fitted.topics[~stable].mean(axis=0)
        into = np.where(stable, np.cumsum(stable) - 1, stable.sum())
        topics = np.vstack([fitted.topics[stable], rest / max(np.linalg.norm(rest), 1e-9)]).astype(np.float32)
        kept = tuple(field for field, one in zip(prepared.fields, stable, strict=True) if one)
        prepared = replace(prepared, fields=(*kept, OTHER))
        fitted = replace(fitted, topics=topics, seeded=replace(fitted.seeded, into=into))
        carried = np.arange(len(topics)) < stable.sum()
        stability = stability.groupby(into).mean().assign(stable=carried)
        stability["stability"] = stability["stability"].where(carried)  # what is put together is no topic that could come back
    prepared, fitted, reading, order = by_size(prepared, fitted)
    stability = stability.iloc[order].reset_index(drop=True).assign(topic=np.arange(1, len(order) + 1))
    return prepared, fitted, reading, stability


def by_size(prepared: Prepared, fitted: Fit) -> tuple[Prepared, Fit, Reading, np.ndarray]:
    """Number the topics by falling number of units, "other" last.

    Returns (prepared, fit, what all units come to, the order of the topics before).
    """
    reading = read(prepared, fitted)
    n = np.bincount(reading.topic, minlength=len(fitted.topics) + 1)[1:]
    last = np.array([field is OTHER for field in prepared.fields] if prepared.seeds is not None else [False] * len(n))
    order = np.lexsort((np.arange(len(n)), -n, last)) if len(n) else np.empty(0, np.int64)
    seeded = fitted.seeded
    if seeded is not None:
        prepared = replace(prepared, fields=tuple(prepared.fields[t] for t in order))
        seeded = replace(seeded, into=np.argsort(order)[seeded.into])
    return prepared, replace(fitted, topics=fitted.topics[order], seeded=seeded), reading.ordered(order), order
