"""What the learned coder sees of a unit: n-grams of its text and headings, and what the rules found in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from helpers import codebook as codebooks
from helpers.codebook import STATEMENTS, Codebook
from helpers.codebook.match import Haystack
from helpers.coding import ngrams

# Weights of the parts, chosen on train.csv by cross-validation and leave-one-county-out; gold.csv was only looked at.
SIZES = (1, 2, 3)
_PARTS = {"text": 1.0, "last_heading": 0.3, "headings": 0.15, "entries": 0.4, "pairs": 0.4, "scores": 0.2}
_SALTS = {"text": 0, "last_heading": 1, "headings": 2}
_MOST_SCORE = 3.0
_MOST_HITS = 2


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams that stand in at least two texts, as a table from bucket to column, with their rarity (idf)."""

    column: np.ndarray
    idf: np.ndarray

    @classmethod
    def of(cls, unit: np.ndarray, bucket: np.ndarray, n_texts: int) -> "Vocabulary":
        """Return the vocabulary of n-grams given by their text and bucket."""
        pairs = np.sort(unit.astype(np.int64) * ngrams.BUCKETS + bucket)
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
        in_texts = np.bincount(pairs % ngrams.BUCKETS, minlength=ngrams.BUCKETS)
        kept = np.flatnonzero(in_texts >= 2)
        column = np.full(ngrams.BUCKETS, -1, dtype=np.int32)
        column[kept] = np.arange(len(kept), dtype=np.int32)
        return cls(column, np.log((1 + n_texts) / (1 + in_texts[kept])) + 1)

    def matrix(self, unit: np.ndarray, bucket: np.ndarray, n_texts: int) -> sparse.csr_matrix:
        """Return texts x n-grams: (1 + log count) x idf, rows of length one."""
        column = self.column[bucket]
        known = column >= 0
        width = max(len(self.idf), 1)
        key = unit[known].astype(np.int64) * width + column[known]
        key.sort()
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, np.int64)
        count = np.diff(np.append(first, len(key)))
        key = key[first]
        rows = np.searchsorted(key, np.arange(n_texts + 1) * width)
        weight = (1 + np.log(count)) * self.idf[key % width] if len(key) else np.zeros(0)
        return _unit_rows(sparse.csr_matrix((weight, key % width, rows), shape=(n_texts, width)))


def _unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the matrix with every row of length one (empty rows stay empty)."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    length[length == 0] = 1
    scaled = matrix.data / np.repeat(length, np.diff(matrix.indptr))
    return sparse.csr_matrix((scaled, matrix.indices, matrix.indptr), matrix.shape)


def rule_scores(codebook: Codebook, hits: codebooks.Hits, n_units: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return (units x entries: how often each hit, at most twice; units x outputs: summed weights, tools then statements)."""
    entries = (*codebook.entries, *codebook.statement_entries)
    outputs = [*codebook.tools, *STATEMENTS]
    counts = sparse.csr_matrix((np.ones(len(hits)), (hits.unit, hits.entry)), shape=(n_units, len(entries)))
    counts.sum_duplicates()
    counts.data = np.minimum(counts.data, _MOST_HITS)
    weights = np.zeros((len(entries), len(outputs)))
    for row, entry in enumerate(entries):
        weights[row, outputs.index(entry.owner)] = entry.weight
    return counts, np.asarray(counts @ weights)


def _pairs(counts: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (row, place of the first, number of the pair, place of the second) of all pairs of entries within a row."""
    counts.sort_indices()
    after = np.repeat(counts.indptr[1:], np.diff(counts.indptr)) - np.arange(counts.nnz) - 1  # entries that follow in the row
    first = np.repeat(np.arange(counts.nnz), after)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))[first]
    pair = counts.indices[first].astype(np.int64) * counts.shape[1] + counts.indices[second]
    return row, first, pair, second


class Features:
    """Turns texts and headings into one sparse matrix; what it knows comes from the texts it was made with, not from labels."""

    def __init__(self, codebook: Codebook, texts: Sequence[str], headings: Sequence[str], hits: codebooks.Hits):
        self.codebook = codebook
        self.vocabularies = {}
        for part, rows in _readings(texts, headings).items():
            unit, bucket, _, _ = ngrams.grams(Haystack(rows), SIZES, _SALTS[part])
            self.vocabularies[part] = Vocabulary.of(unit, bucket, len(rows))
        counts, _ = rule_scores(codebook, hits, len(texts))
        in_texts = np.bincount(counts.indices, minlength=counts.shape[1])
        self.entry_idf = np.log((1 + len(texts)) / (1 + in_texts)) + 1
        _, _, pair, _ = _pairs(counts)
        seen = np.bincount(pair, minlength=counts.shape[1] ** 2)
        kept = np.flatnonzero(seen >= 2)
        self.pair_column = np.full(len(seen), -1, dtype=np.int32)
        self.pair_column[kept] = np.arange(len(kept), dtype=np.int32)
        self.n_pairs = max(len(kept), 1)

    def matrix(self, texts: Sequence[str], headings: Sequence[str], hits: codebooks.Hits) -> sparse.csr_matrix:
        """Return units x features; `hits` are those of the codebook's entries in the same texts."""
        blocks = []
        for part, rows in _readings(texts, headings).items():
            distinct, which = (rows, None) if part == "text" else _distinct(rows)
            unit, bucket, _, _ = ngrams.grams(Haystack(distinct), SIZES, _SALTS[part])
            block = self.vocabularies[part].matrix(unit, bucket, len(distinct))
            blocks.append(np.sqrt(_PARTS[part]) * (block if which is None else block[which]))
        counts, scores = rule_scores(self.codebook, hits, len(texts))
        counts.data = counts.data * self.entry_idf[counts.indices]
        counts = _unit_rows(counts)
        blocks.append(np.sqrt(_PARTS["entries"]) * counts)
        blocks.append(np.sqrt(_PARTS["pairs"]) * self._together(counts))
        blocks.append(np.sqrt(_PARTS["scores"]) * sparse.csr_matrix(np.clip(scores, -_MOST_SCORE, _MOST_SCORE)))
        return sparse.hstack(blocks, format="csr")

    def _together(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return units x pairs of entries that hit together, weighted by the product of the two."""
        row, place, pair, partner = _pairs(counts)
        column = self.pair_column[pair]
        known = column >= 0
        ends = np.concatenate([[0], np.cumsum(np.bincount(row[known], minlength=counts.shape[0]))])
        weight = (counts.data[place] * counts.data[partner])[known]
        return sparse.csr_matrix((weight, column[known], ends), shape=(counts.shape[0], self.n_pairs))


def _readings(texts: Sequence[str], headings: Sequence[str]) -> dict[str, list[str]]:
    """Return what is read of each unit: its text, the heading right above it, all headings."""
    return {"text": list(texts), "last_heading": [h.rsplit(" > ", 1)[-1] for h in headings], "headings": list(headings)}


def _distinct(rows: list[str]) -> tuple[list[str], np.ndarray]:
    """Return the different rows and which of them each row is: a heading is read once for all units under it."""
    place = {row: i for i, row in enumerate(dict.fromkeys(rows))}
    return list(place), np.fromiter((place[r] for r in rows), dtype=np.int64, count=len(rows))
