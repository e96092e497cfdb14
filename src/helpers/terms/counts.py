"""Frequencies of words and how evenly they spread over the documents."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.segment import Features

_WORDS = 5_000


@dataclass(frozen=True)
class GroupCounts:
    """Counts of `words` (columns) in `groups` (rows); `n_units` units with the word anywhere."""

    counts: sparse.csr_matrix
    groups: tuple
    words: tuple[str, ...]
    n_units: np.ndarray


def count_by(features: Features, groups: Sequence) -> GroupCounts:
    """Count the words of units by group (documents, county-years); words in alphabetical order, groups in order of
    first sight.
    """
    counts, names = features.together(groups)
    n_units = np.bincount(features.counts.indices, minlength=len(features.words))
    return GroupCounts(counts, names, features.words, n_units)


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
        "n_documents": np.asarray((counts > 0).sum(axis=0)).ravel(),
    })  # fmt: skip
    filled = size > 0
    if filled.sum() > 1:
        held, first = sparse.csc_matrix(counts[filled]), range(0, len(n), _WORDS)  # some words at a time: memory stays flat
        parts = [_dispersion(held[:, start : start + _WORDS], size[filled], n[start : start + _WORDS]) for start in first]
        frame["juilland_d"], frame["dp"] = (np.concatenate(values) for values in zip(*parts, strict=True))
    else:
        frame["juilland_d"], frame["dp"] = np.nan, np.nan
    return frame.sort_values(["n", "term"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _dispersion(counts: sparse.csc_matrix, size: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both measures over the non-empty cells only: thousands of documents times hundred thousands of words stay sparse."""
    parts, expected = len(size), size / size.sum()
    relative = counts.multiply(1 / size[:, None]).tocsc()
    mean = np.asarray(relative.sum(axis=0)).ravel() / parts
    square = np.asarray(relative.multiply(relative).sum(axis=0)).ravel() / parts
    variation = np.sqrt(np.maximum(square - mean**2, 0)) / np.maximum(mean, 1e-15)
    observed = counts.multiply(1 / np.maximum(n, 1)[None, :]).tocsc()
    column = np.repeat(np.arange(len(n)), np.diff(observed.indptr))
    here = expected[observed.indices]
    inside = np.bincount(column, np.abs(observed.data - here), len(n)) - np.bincount(column, here, len(n))
    dp = (inside + 1) / 2 / (1 - expected.min())
    return np.clip(1 - variation / np.sqrt(parts - 1), 0, 1), np.clip(dp, 0, 1)
