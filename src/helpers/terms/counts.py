"""Frequencies of words and how evenly they spread over the documents."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.segment import Features, Numbered, add_up

_ROWS = 2_000  # documents, or other groups, whose words are reckoned at a time


@dataclass(frozen=True)
class GroupCounts:
    """Counts of `words` (columns) in `groups` (rows); `n_units` units with the word anywhere; `lengths`: words of each unit."""

    counts: sparse.csr_matrix
    groups: tuple
    words: tuple[str, ...]
    n_units: np.ndarray
    lengths: np.ndarray

    def by(self, groups: Sequence) -> "GroupCounts":
        """Put groups together: `groups` names the larger group of each; they come in order of first sight."""
        number, distinct = pd.factorize(np.asarray(groups, dtype=object), use_na_sentinel=False)
        return replace(self, counts=add_up(self.counts, number, len(distinct)), groups=tuple(distinct))


def in_parts(words: Features | Iterable[Features], groups: Sequence) -> tuple[Iterator[tuple[Features, np.ndarray]], tuple]:
    """Return (the words of some units after others with the number of each unit's group, the groups in order of first sight).

    Units whose group is empty (None, NaN) are left out.
    """
    number, distinct = pd.factorize(groups if isinstance(groups, pd.Series) else np.asarray(groups, dtype=object))

    def parts() -> Iterator[tuple[Features, np.ndarray]]:
        start = 0
        for part in [words] if isinstance(words, Features) else words:
            here = number[start : (start := start + part.counts.shape[0])]
            kept = here >= 0
            yield (part, here) if kept.all() else (Features(part.counts[kept], part.words), here[kept])

    return parts(), tuple(distinct)


def count_by(words: Features | Iterable[Features], groups: Sequence) -> GroupCounts:
    """Count the words of units by group (documents, county-years); words in alphabetical order, groups in order of
    first sight.

    words: of all units, or of some after others (`segment.CorpusWords`), so that a row a unit is never held. Units of no group
    (None, NaN) are left out.
    """
    column, n_units = Numbered(), np.zeros(0, np.int64)
    lengths, rows, ends, places, numbers = ([np.empty(0, np.int32)] for _ in range(5))
    parts, names = in_parts(words, groups)
    for part, number in parts:
        own = np.array([column[word] for word in part.words], dtype=np.int32)
        n_units = np.r_[n_units, np.zeros(len(column) - len(n_units), np.int64)]
        n_units += np.bincount(own[part.counts.indices], minlength=len(column))
        here, local = np.unique(number, return_inverse=True)
        added = add_up(part.counts, local, len(here))
        for held, more in (
            (lengths, np.asarray(part.counts.sum(axis=1), np.int32).ravel()), (rows, here), (ends, np.diff(added.indptr)),
            (places, own[added.indices]), (numbers, added.data),
        ):  # fmt: skip
            held.append(more)
    known = np.array(list(column), dtype=object)
    there = np.flatnonzero(n_units)
    order = there[np.argsort(known[there], kind="stable")] if len(there) else there
    rank = np.empty(len(known), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    rows, ends = np.concatenate(rows), np.r_[0, np.cumsum(np.concatenate(ends))]
    counts = sparse.csr_matrix((np.concatenate(numbers), rank[np.concatenate(places)], ends), shape=(len(rows), len(order)))
    if not np.array_equal(rows, np.arange(len(names))):
        counts = add_up(counts, rows, len(names))
    counts.sort_indices()
    return GroupCounts(counts, names, tuple(known[order]), n_units[order], np.concatenate(lengths))


def frequencies(counted: GroupCounts) -> pd.DataFrame:
    """Return one row a word: how often, in how many units and documents, how evenly over the documents.

    Columns: term, n, per_thousand, n_units, n_documents, juilland_d (Juilland & Chang-Rodriguez 1964, over relative
    frequencies: 1 even),
    dp (Gries 2008, deviation of proportions, normalised by Lijffijt & Gries 2012: 0 even, 1 in the smallest part alone). With one
    document both are empty. Sorted by n.
    """
    counts = counted.counts
    n = np.asarray(counts.sum(axis=0)).ravel()
    size = np.asarray(counts.sum(axis=1)).ravel().astype(float)
    frame = pd.DataFrame({
        "term": list(counted.words), "n": n, "per_thousand": 1000 * n / max(1.0, size.sum()), "n_units": counted.n_units,
        "n_documents": np.bincount(counts.indices, minlength=len(n)),
    })  # fmt: skip
    frame["juilland_d"], frame["dp"] = _dispersion(counts, size, n) if np.count_nonzero(size) > 1 else (np.nan, np.nan)
    return frame.sort_values(["n", "term"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _dispersion(counts: sparse.csr_matrix, size: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both measures over the non-empty cells only, some documents at a time: what is reckoned of a large corpus stays small."""
    parts, expected = np.count_nonzero(size), size / size.sum()
    sums, squares, inside = (np.zeros(len(n)) for _ in range(3))
    for part, row in in_rows(counts):
        relative, here = part.data / size[row], expected[row]
        sums += np.bincount(part.indices, relative, len(n))
        squares += np.bincount(part.indices, relative**2, len(n))
        inside += np.bincount(part.indices, np.abs(part.data / np.maximum(n, 1)[part.indices] - here) - here, len(n))
    mean = sums / parts
    variation = np.sqrt(np.maximum(squares / parts - mean**2, 0)) / np.maximum(mean, 1e-15)
    dp = (inside + 1) / 2 / (1 - expected[size > 0].min())
    return np.clip(1 - variation / np.sqrt(parts - 1), 0, 1), np.clip(dp, 0, 1)


def in_rows(counts: sparse.csr_matrix) -> Iterator[tuple[sparse.csr_matrix, np.ndarray]]:
    """Yield some rows after others, with the row of `counts` in which each of their cells stands."""
    for start in range(0, counts.shape[0], _ROWS):
        part = counts[start : start + _ROWS]
        yield part, np.repeat(np.arange(start, start + part.shape[0]), np.diff(part.indptr))
