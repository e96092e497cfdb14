"""Intervals of shares as coded: sentences of one section are alike, and so are those of one document.

From five documents on, documents are the clusters, and an interval speaks of documents like these; with fewer, sections are, and
it speaks of sections like these. Where neither is known, sentences count as independent. None of them holds coding error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.distinct import distinct
from helpers.intervals import FEWEST, wilson_designed


@dataclass(frozen=True)
class Clusters:
    """Sums over the clusters of each document: of squared counts and counts × units (documents × columns), of squared units,
    and how many they are (documents)."""

    squares: np.ndarray
    crossed: np.ndarray
    units: np.ndarray
    n: np.ndarray


def of_sections(
    headings: pd.Series, document: np.ndarray, at: np.ndarray, column: np.ndarray, shape: tuple[int, int]
) -> Clusters:
    """Return the sections of `shape` (documents, columns); headings, document: of each unit, -1 for none.

    at, column: the unit (-1 for none) and the column of each code.
    """
    number = pd.factorize(headings)[0].astype(np.int64) + 1
    key = np.where(document >= 0, document * (number.max(initial=0) + 1) + number, -1)
    names = distinct(key[key >= 0])
    section = np.where(key >= 0, np.searchsorted(names, key), -1)
    own = names // (number.max(initial=0) + 1)  # the document of each section
    size = np.bincount(section[section >= 0], minlength=len(names)).astype(float)
    of = np.where(at >= 0, section[at], -1) if len(section) else np.full(len(at), -1)
    pairs = np.sort(of[(of >= 0) & (column >= 0)] * shape[1] + column[(of >= 0) & (column >= 0)])
    first = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)])
    there, which = np.divmod(pairs[first], shape[1])
    count, flat = np.diff(np.append(first, len(pairs))).astype(float), own[there] * shape[1] + which
    squares, crossed = (
        np.bincount(flat, values, minlength=shape[0] * shape[1]).reshape(shape) for values in (count**2, count * size[there])
    )
    return Clusters(squares, crossed, np.bincount(own, size**2, minlength=shape[0]), np.bincount(own, minlength=shape[0]))


def intervals(
    totals: Callable[[np.ndarray], np.ndarray], counts: np.ndarray, sizes: np.ndarray, sections: Clusters | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % intervals of the shares of groups (groups × columns).

    totals: sums over the documents of each group; counts, sizes: of documents. Wilson's interval at the effective size, the
    variance linearised over clusters, Student's t (Korn & Graubard 1998).
    """
    documents = Clusters(counts**2, counts * sizes[:, None], sizes**2, np.ones(len(sizes)))
    n, total = totals(sizes[:, None]), totals(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(total / n)

    def moments(of: Clusters) -> tuple[np.ndarray, np.ndarray]:
        apart = totals(of.squares) - 2 * share * totals(of.crossed) + share**2 * totals(of.units[:, None])
        return np.maximum(apart, 0), totals(of.n[:, None])

    apart, k = moments(documents)
    if sections is not None:
        few = k < FEWEST
        apart, k = (np.where(few, *both) for both in zip(moments(sections), (apart, k), strict=True))
    return wilson_designed(total, n, apart, k)
