"""What a regex cannot do without: words of which one stands in every match, so that texts without them are never searched."""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import numpy as np

_MOST = 256  # strings that a part of a regex may stand for; beyond that it is taken to stand for anything
_GATES = 3  # sets of words kept for a regex
_BITS = 64
_SLOTS = 1 << 18
_POINTS = 1 << 16


def needed(pattern: str) -> list[frozenset[str]]:
    """Return sets of strings of one or two characters; each match of `pattern` holds a string of every set.

    The sets kept are those that look rarest. Whatever is not understood is left out: then more is searched, never less.
    """
    tree = parser.parse(pattern, re.MULTILINE)
    if tree.state.flags & re.IGNORECASE:
        return []
    # Of a word its end: a mark after a word is rarer than the word.
    sets = {frozenset(word[-2:] for word in words) for words in _needs(tree)}
    return sorted(sets, key=lambda words: (_commonness(words), sorted(words)))[:_GATES]


def anchored(pattern: str) -> bool:
    """Return whether `pattern` matches at the beginning of a line or nowhere."""
    tree = parser.parse(pattern, re.MULTILINE)
    return len(tree) > 0 and tree[0] == (op.AT, op.AT_BEGINNING)


def _commonness(words: Iterable[str]) -> float:
    """Guess how often one of the words is met: a character is met some twenty times as often as a pair."""
    return sum(1.0 if len(word) == 1 else 0.05 for word in words)


def _needs(tree: Iterable) -> list[set[str]]:
    """Return sets of which every match holds one string each."""
    found: list[set[str]] = []
    run = {""}

    def close() -> None:
        if "" not in run:
            found.append(run)

    for kind, value in tree:
        here = _stands_for([(kind, value)])
        if here is not None and len(run) * len(here) <= _MOST:
            run = {a + b for a, b in product(run, here)}
            continue
        close()
        run = here if here is not None else {""}
        if here is None:
            found += _needs_inside(kind, value)
    close()
    return found


def _needs_inside(kind, value) -> list[set[str]]:
    if kind is op.SUBPATTERN and not value[1] & re.IGNORECASE:
        return _needs(value[-1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
        return _needs(value[-1])
    if kind is op.BRANCH:
        each = [_needs(branch) for branch in value[1]]
        return [set().union(*(min(sets, key=_commonness) for sets in each))] if all(each) else []
    return []


def _stands_for(tree: Iterable) -> set[str] | None:
    """Return all strings that a part of a regex matches, None where there are too many or it is not known."""
    strings = {""}
    for kind, value in tree:
        if kind is op.LITERAL:
            here = {chr(value)}
        elif kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
            here = {""}  # no character of its own
        elif kind is op.IN and all(k is op.LITERAL for k, _ in value):
            here = {chr(v) for _, v in value}
        elif kind is op.SUBPATTERN:
            here = None if value[1] & re.IGNORECASE else _stands_for(value[-1])
        elif kind is op.BRANCH:
            each = [_stands_for(branch) for branch in value[1]]
            here = None if None in each else set().union(*each)
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[1] == 1:
            once = _stands_for(value[2])
            here = once if once is None or value[0] else once | {""}
        else:
            here = None
        if here is None or len(strings) * len(here) > _MOST:
            return None
        strings = {a + b for a, b in product(strings, here)}
    return strings


class Gates:
    """The gates of several regexes, looked up for many texts at once: a bit a gate, a table of characters and one of pairs."""

    def __init__(self, patterns: Sequence[str | None]):
        self._bits_of: list[list[int]] = []
        sets: list[frozenset[str]] = []
        for pattern in patterns:
            mine = needed(pattern) if pattern else []
            self._bits_of.append(list(range(len(sets), len(sets) + len(mine))))
            sets += mine
        n_words = -(-len(sets) // _BITS)
        self._single = np.zeros((n_words, _POINTS), dtype=np.uint64)
        self._pair = np.zeros((n_words, _SLOTS), dtype=np.uint64)
        for bit, words in enumerate(sets):
            for word in words:
                points = np.minimum([ord(c) for c in word], _POINTS - 1)
                table, place = (self._single, points[0]) if len(word) == 1 else (self._pair, _slot(points[0], points[1]))
                table[bit // _BITS, place] |= np.uint64(1 << bit % _BITS)

    def open(self, points: np.ndarray, starts: np.ndarray) -> "Opened":
        """Return which gates are open in each text; texts begin at `starts` of the code points and end before the next begins."""
        low = np.minimum(points, _POINTS - 1).astype(np.int64)
        slot = _slot(low[:-1], low[1:])
        words = []
        for single, pair in zip(self._single, self._pair, strict=True):
            mask = single[low]
            mask[:-1] |= pair[slot]
            words.append(np.bitwise_or.reduceat(mask, starts) if len(starts) else np.zeros(0, np.uint64))
        return Opened(words, self._bits_of, len(starts))


class Opened:
    """Which gates are open in each of some texts."""

    def __init__(self, words: list[np.ndarray], bits_of: list[list[int]], n_texts: int):
        self._words, self._bits_of, self._n_texts = words, bits_of, n_texts

    def texts(self, number: int) -> np.ndarray:
        """Return the numbers of the texts, ascending, that regex `number` may match."""
        may = np.ones(self._n_texts, dtype=bool)
        for bit in self._bits_of[number]:
            may &= (self._words[bit // _BITS] & np.uint64(1 << bit % _BITS)) != 0
        return np.flatnonzero(may)


def _slot(first, second):
    return (first * 40_503 + second) & (_SLOTS - 1)
