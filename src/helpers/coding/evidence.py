"""Which words are the evidence: the pattern that weighs most, else the stretch of text on which the learned score rests."""

import numpy as np

from helpers.codebook import Codebook, Hits
from helpers.codebook.match import Haystack
from helpers.coding import ngrams
from helpers.coding.features import SIZES, Features


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
    share = weights[column, tool[unit]] * vocabulary.idf[column] / size
    total = np.zeros(len(hay.points) + 2)
    np.add.at(total, np.maximum(start, 0), share)
    np.add.at(total, np.minimum(start + size, len(hay.points)), -share)
    at = np.cumsum(total)[: len(hay.points)]
    starts, ends = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    for row, text in enumerate(texts):
        first, length = hay.starts[row], hay.lengths[row]
        starts[row], ends[row] = _best_run(at[first : first + length], len(text))
    return starts, ends


def _best_run(value: np.ndarray, length: int) -> tuple[int, int]:
    """Return the run with the greatest sum over the mean positive value, at least two characters where there are two."""
    if not length:
        return 0, 0
    positive = value[value > 0]
    level = value - (positive.mean() * 0.5 if len(positive) else 0.0)
    running = np.concatenate([[0.0], np.cumsum(np.round(level, 9))])
    lowest = np.minimum.accumulate(running[:-1])
    end = int(np.argmax(running[1:] - lowest)) + 1
    start = int(np.argmin(running[:end]))
    if end - start < 2:
        start, end = max(0, min(start, length - 2)), min(length, max(end, start + 2))
    return start, end
