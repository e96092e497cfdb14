"""Content words counted: texts to a document-feature matrix (文档—特征矩阵), which stays small where lists of words do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.segment.content import read_distinct
from helpers.segment.lexicon import Lexicon


@dataclass(frozen=True)
class Features:
    """`counts`: texts × words, whole numbers; `words`: their names, in alphabetical order."""

    counts: sparse.csr_matrix
    words: tuple[str, ...]

    def of(self, rows: np.ndarray) -> "Features":
        """Return the chosen rows (places or marks), with the words that stand in them."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        if np.array_equal(rows, np.arange(self.counts.shape[0])):
            return self  # of a large corpus a copy would be another large corpus
        counts = self.counts[rows]
        there = np.flatnonzero(np.bincount(counts.indices, minlength=len(self.words)))
        return Features(counts[:, there], tuple(self.words[i] for i in there))

    def only(self, words: Sequence[str]) -> sparse.csr_matrix:
        """Count `words` in each row; other words are passed over, and words that no row has are counted nought times."""
        column = {word: i for i, word in enumerate(self.words)}
        known = [(place, column[word]) for place, word in enumerate(words) if word in column]
        place, source = np.array(known, dtype=np.int64).reshape(-1, 2).T
        put = sparse.csr_matrix((np.ones(len(place), np.float32), (source, place)), shape=(len(self.words), len(words)))
        out = sparse.csr_matrix(self.counts.astype(np.float32) @ put)
        out.sort_indices()
        return out


def add_up(counts: sparse.csr_matrix, number: np.ndarray, n: int) -> sparse.csr_matrix:
    """Add up the rows that have the same number, 0 to n - 1."""
    member = sparse.csr_matrix((np.ones(len(number), counts.dtype), (number, np.arange(len(number)))), shape=(n, len(number)))
    out = sparse.csr_matrix(member @ counts)
    out.sort_indices()
    return out


class Numbered(dict):
    """Word → number, in order of first sight."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


def count_words(tokens: Iterable[list[str]]) -> Features:
    """Count the words of each text; words in alphabetical order."""
    column, indices, pointers = Numbered(), [], [0]
    for words in tokens:
        indices.append(np.fromiter(map(column.__getitem__, words), np.int32, len(words)))
        pointers.append(pointers[-1] + len(words))
    places = np.concatenate(indices) if indices else np.empty(0, np.int32)
    names = np.array(list(column), dtype=object)
    order = np.argsort(names, kind="stable") if len(names) else np.empty(0, np.int64)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    shape = (len(pointers) - 1, len(names))
    counts = sparse.csr_matrix((np.ones(len(places), np.int32), rank[places], np.array(pointers)), shape=shape)
    counts.sum_duplicates()
    return Features(counts, tuple(names[order]))


def features(
    texts: Iterable[str], segmenter: str = "jieba", places: Iterable[str] = (), lexicon: Lexicon | None = None
) -> Features:
    """Count the content words (`content_words`) of each text; a sentence that stands many times is read once."""
    number, distinct = pd.factorize(np.asarray(list(texts), dtype=object), use_na_sentinel=False)
    read = count_words(read_distinct(distinct.tolist(), segmenter, places, lexicon))
    return Features(read.counts[number], read.words)
