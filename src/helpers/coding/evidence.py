"""Which words are the evidence: the pattern that weighs most, else the stretch of text on which the learned score rests."""

import numpy as np

from helpers.codebook import Codebook, Hits
from helpers.codebook.match import Haystack
from helpers.coding import ngrams
from helpers.coding.features import SIZES, Features

_EXACT = 1e9


def from_rules(codebook: Codebook, hits: Hits, unit: np.ndarray, tool: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (start, end) of the best hit for each pair of unit and tool, -1 where no entry of the tool hit the text.

    Best is the entry with most weight, then the longest hit, then the earliest.
    """
    entries = codebook.entries
    owner = np.array([codebook.tools.index(e.owner) for e in entries] + [-1] * len(codebook.statement_entries), dtype=np.int64)
    weight = np.array([e.weight for e in entries] + [0.0] * len(codebook.statement_entries))
    fit = np.flatnonzero((hits.start >= 0) & (owner[hits.entry] >= 0) & (weight[hits.entry] > 0)) if len(hits) else []
    n_tools = len(codebook.tools)
    if not len(fit) or not len(unit):
        return np.full(len(unit), -1), np.full(len(unit), -1)
    pair = hits.unit[fit] * n_tools + owner[hits.entry[fit]]
    length = hits.end[fit] - hits.start[fit]
    order = np.lexsort((hits.start[fit], -length, -weight[hits.entry[fit]], pair))
    pair, best = pair[order], fit[order]
    wanted = unit * n_tools + tool
    at = np.minimum(np.searchsorted(pair, wanted), len(pair) - 1)
    found = pair[at] == wanted
    return np.where(found, hits.start[best[at]], -1), np.where(found, hits.end[best[at]], -1)


def from_ngrams(features: Features, weights: np.ndarray, texts: list[str], tool: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (start, end) of the stretch of each text whose n-grams add most to the score of its tool.

    One text and one tool a row; `weights` are features x outputs. The stretch is the maximal sum of a run of characters,
    each character bearing its share of the n-grams that cover it, less a little so that the run stays short.
    """
    if not texts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    hay = Haystack(texts)
    unit, bucket, start, size = ngrams.grams(hay, SIZES, 0)
    vocabulary = features.vocabularies["text"]
    column = vocabulary.column[bucket]
    known = column >= 0
    unit, start, size, column = unit[known], start[known], size[known].astype(np.int64), column[known]
    # In whole billionths: sums of whole numbers are exact, so that no text's evidence hangs on the texts before it.
    share = np.rint(weights[column, tool[unit]] * vocabulary.idf[column] / size * _EXACT)
    gained = np.bincount(np.maximum(start, 0), weights=share, minlength=len(hay.points) + 1)
    lost = np.bincount(np.minimum(start + size, len(hay.points)), weights=share, minlength=len(hay.points) + 1)
    return _best_runs(np.cumsum((gained - lost).astype(np.int64))[: len(hay.points)], hay)


def _best_runs(value: np.ndarray, hay: Haystack) -> tuple[np.ndarray, np.ndarray]:
    """Return for each text the run of characters with the greatest sum over half the mean positive value.

    At least two characters where there are two; all texts at once, by running sums that start anew at each text.
    """
    unit, breaks = hay.unit, hay.starts + hay.lengths
    value = value.copy()
    value[breaks] = 0  # the line feed belongs to no run, and n-grams of two texts share it
    sums = np.add.reduceat(np.maximum(value, 0), hay.starts)
    level = sums // (2 * np.maximum(np.add.reduceat((value > 0).astype(np.int64), hay.starts), 1))
    excess = value - level[unit]
    excess[breaks] = 0
    running = np.cumsum(excess)
    before = np.concatenate([[0], running[:-1]])
    # Each text is put far below the one before it, so that the lowest point so far never lies in an earlier text.
    depth = (max(running.max(), 0) - min(running.min(), 0) + 1) * 2 * unit.astype(np.int64)
    lowest = np.minimum.accumulate(before - depth)
    gain = running - depth - lowest
    gain[breaks] = -1
    best = np.maximum.reduceat(gain, hay.starts)
    ends = _first_in_each(gain >= best[unit], hay)
    floor = lowest[hay.starts + ends]
    starts = _first_in_each((before - depth) <= floor[unit], hay)
    starts, ends = starts, ends + 1
    short = ends - starts < 2
    starts = np.where(short, np.clip(starts, 0, np.maximum(hay.lengths - 2, 0)), starts)
    ends = np.where(short, np.minimum(np.maximum(ends, starts + 2), hay.lengths), ends)
    return np.minimum(starts, hay.lengths), ends


def _first_in_each(mark: np.ndarray, hay: Haystack) -> np.ndarray:
    """Return the offset of the first marked character of each text."""
    at = np.flatnonzero(mark)
    return at[np.searchsorted(at, hay.starts)] - hay.starts
