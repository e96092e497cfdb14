"""Units grouped into passages, passages as rows of a document-feature matrix: what topics are fitted on."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.segment import Features, Numbered

PASSAGE_UNITS = 5
FIELD_UNITS = 3  # with policy fields: a plan's point is some three sentences, and the next is of another field
MIN_PASSAGES = 4  # a word in fewer passages says nothing of what goes with what; two or three where there are few passages
MAX_PASSAGE_SHARE = 0.25  # a word in more passages belongs to every topic
MAX_WORDS = 1_500


def passage_of(units: pd.DataFrame, size: int = PASSAGE_UNITS) -> np.ndarray:
    """Return the number of the passage of each unit: about `size` neighbours of one document, under one heading where it is long.

    `units` has doc_id and heading_path and is in order of document and position. A run of units under one heading is cut
    into equal parts of about `size`; runs too short to stand alone join their neighbour.
    """
    if not len(units):
        return np.empty(0, dtype=np.int64)
    doc = units["doc_id"].to_numpy()
    heading = units["heading_path"].fillna("").to_numpy()
    new_doc = np.r_[True, doc[1:] != doc[:-1]]
    new_run = new_doc | np.r_[True, heading[1:] != heading[:-1]]
    starts = np.flatnonzero(new_run)
    lengths = np.diff(np.r_[starts, len(doc)])
    out, number, filled = np.empty(len(doc), dtype=np.int64), -1, 0
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        joins = filled and not new_doc[start] and filled + min(length, size) <= size + 1
        if joins and length <= size:
            out[start : start + length], filled = number, filled + length
            continue
        parts = max(1, round(length / size))
        out[start : start + length] = number + 1 + np.arange(length) * parts // length
        number, filled = number + parts, length if parts == 1 else size
    return out


def section_of(units: pd.DataFrame, passage: np.ndarray) -> np.ndarray:
    """Return the number of the section of each unit: passages in a row whose first units stand under one heading of a
    document."""
    first = np.unique(passage, return_index=True)[1]
    place = units[["doc_id", "heading_path"]].iloc[first].fillna("")
    return (place != place.shift()).any(axis=1).cumsum().to_numpy()[passage] - 1


class Spread:
    """In how many passages and groups (counties; documents where the county is unknown) each word stands, counted bit by bit."""

    def __init__(self):
        self._column, self._n, self._groups = Numbered(), 0, set()
        self._frequency, self._least, self._most = (np.empty(0, np.int64) for _ in range(3))

    def add(self, passages: Features, groups: Sequence[int]) -> None:
        """Count some passages; `groups`: the number of the group of each."""
        column = np.array([self._column[word] for word in passages.words], dtype=np.int64)
        more, groups = len(self._column) - len(self._frequency), np.asarray(groups, dtype=np.int64)
        fills = (0, np.iinfo(np.int64).max, -1)
        held = (self._frequency, self._least, self._most)
        self._frequency, self._least, self._most = (np.r_[a, np.full(more, b)] for a, b in zip(held, fills, strict=True))
        at, group = column[passages.counts.indices], np.repeat(groups, np.diff(passages.counts.indptr))
        self._frequency += np.bincount(at, minlength=len(self._column))
        np.minimum.at(self._least, at, group)
        np.maximum.at(self._most, at, group)
        self._n += len(groups)
        self._groups.update(np.unique(groups).tolist())

    def vocabulary(self, max_words: int = MAX_WORDS, never: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return the words that may make topics, sorted.

        A word must stand in at least MIN_PASSAGES passages (3 below 192 passages, 2 below 128), in at most MAX_PASSAGE_SHARE of
        them, and in at least two groups if there are two: a word that one county alone uses would tell the county and not the
        matter; nor may it stand in `never`. Of more than `max_words` the most frequent are kept.
        """
        least, limit = min(MIN_PASSAGES, max(2, 1 + self._n // 64)), MAX_PASSAGE_SHARE * self._n if self._n >= 40 else self._n
        fitting = (self._frequency >= least) & (self._frequency <= limit)
        fitting &= (self._least < self._most) | (len(self._groups) < 2)
        kept = [(word, int(self._frequency[i])) for word, i in self._column.items() if fitting[i] and word not in never]
        return tuple(sorted(word for word, _ in sorted(kept, key=lambda one: (-one[1], one[0]))[:max_words]))


def inverse_frequency(counts: sparse.csr_matrix | np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return log(1 + passages / passages with the word), passages counted with `weights`."""
    weights = np.ones(counts.shape[0], np.float32) if weights is None else weights
    present = np.asarray((counts > 0).astype(np.float32).T @ weights).ravel()
    return np.log(1 + weights.sum() / np.maximum(present, 1)).astype(np.float32)


def weigh(counts: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_matrix:
    """Return log(1 + count) × idf with rows of length one (Salton & Buckley 1988)."""
    out = counts.astype(np.float32).copy()
    out.data = np.log1p(out.data)
    out = sparse.csr_matrix(out @ sparse.diags(idf.astype(np.float32)), dtype=np.float32)
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-9)) @ out, dtype=np.float32)
