"""Spans that begin and end where words and numbers do: what is marked as evidence can be read."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np

from helpers.segment.lexicon import Lexicon, default_lexicon
from helpers.segment.tokens import HAN_RUN, cutter, mixed_words

_NUMBER = re.compile(
    r"\d+(?:[.,．，]\d+)*(?:\s?[-—–－~～至]\s?\d+(?:[.,．，]\d+)*)*(?:\s?[%％‰])?[余多]?[十百千万亿]*|[A-Za-z][A-Za-z0-9]*(?:[.+-][A-Za-z0-9]+)*"
)
_PAIRS = {")": "(", "）": "（", "”": "“", "’": "‘", "》": "《", "〉": "〈", "】": "【", "〕": "〔", "]": "[", "」": "「"}
_PER = "%％‰℃°"
_STOCK = 100  # units whose words a worker remembers: the spans of one unit come one after the other


def snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without punctuation at its ends, widened until it cuts no word and no number.

    Words are those of the fast segmenter and the project's lexicon. A closing mark stays where its opening one is inside.
    A span without any word in it becomes the word after it, else the one before it; a text without words keeps its span.

    >>> text = "新增股份制改造企业15家;新产品认定100项;"
    >>> [text[slice(*snapped(text, start, end))] for start, end in ((10, 13), (16, 20), (12, 13))]
    ['15家', '认定100', '新']
    """
    first, last = _trimmed(text, max(start, 0), min(end, len(text)))
    if first >= last:
        letters = _letters(text)
        if not letters:
            return start, end
        first = letters[min(bisect_left(letters, end), len(letters) - 1)]
        last = first + 1
    parts = list(_around(text, first)) + list(_around(text, last))
    before = None
    while before != (first, last):  # 10万 is a number and 万元 a word: what overlaps is taken whole
        before = first, last
        first = min((a for a, b in parts if a < first < b), default=first)
        last = max((b for a, b in parts if a < last < b), default=last)
        parts += [] if before == (first, last) else [*_around(text, first), *_around(text, last)]
    return first, last


def _around(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield the words and numbers that lie across an offset."""
    if not (0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])):
        return
    lexicon = default_lexicon()
    *kinds, runs = _pieces(text, lexicon)
    for spans in kinds:
        yield from _across(spans, at)
    for run in _across(runs, at):
        yield from _across(_words(text, run, lexicon), at)


def _across(spans: list[tuple[int, int]], at: int) -> list[tuple[int, int]]:
    """Return the one of the spans, which stand in order and apart, that an offset cuts."""
    place = bisect_left(spans, (at,)) - 1
    return [spans[place]] if place >= 0 and at < spans[place][1] else []


@lru_cache(_STOCK)
def _pieces(text: str, lexicon: Lexicon) -> list[list[tuple[int, int]]]:
    """Return the spans of the numbers, of the lexicon's words with signs in them and of the runs of Chinese characters.

    Remembered, as is the next one: a long unit with many spans of evidence is cut once, not once for each of them.
    """
    patterns = (_NUMBER, mixed_words(lexicon), HAN_RUN)
    return [[found.span() for found in pattern.finditer(text)] if pattern else [] for pattern in patterns]


@lru_cache(_STOCK)
def _words(text: str, run: tuple[int, int], lexicon: Lexicon) -> list[tuple[int, int]]:
    ends = accumulate(map(len, cutter("rjieba", lexicon)(text[slice(*run)])), initial=run[0])
    return list(pairwise(ends))


@lru_cache(_STOCK)
def _letters(text: str) -> list[int]:
    return [at for at, character in enumerate(text) if character.isalnum()]


def _in_word(character: str) -> bool:
    return character.isalnum() or character in _PER or character in ".,．，-—–－~～+ "


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum() and text[start] not in _PAIRS.values():
        start += 1
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in _PER:
        if text[end - 1] in _PAIRS and _PAIRS[text[end - 1]] in text[start : end - 1]:
            break
        end -= 1
    while start < end and text[start] in _PAIRS.values() and not _closed(text, start, end):
        start += 1
    return start, end


def _closed(text: str, start: int, end: int) -> bool:
    return any(_PAIRS.get(character) == text[start] for character in text[start + 1 : end])


def snapped_all(texts: Sequence[str], number: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (starts, ends) of what `snapped` makes of many spans, each of the text of that number, all cut at once.

    >>> texts = ["新增股份制改造企业15家;", "新产品认定100项。"]
    >>> [row.tolist() for row in snapped_all(texts, np.array([0, 1]), np.array([10, 4]), np.array([11, 7]))]
    [[9, 3], [11, 8]]
    """
    used, own = np.unique(np.asarray(number, dtype=np.int64), return_inverse=True)
    ground = _Ground([texts[i] for i in used.tolist()])
    begin, stop = ground.starts[own], ground.starts[own] + ground.lengths[own]
    first = begin + np.clip(start, 0, None)
    last = np.minimum(begin + end, stop)
    plain = (first < last) & (first < stop)
    plain[plain] &= ground.alnum[first[plain]] & ground.alnum[last[plain] - 1]
    for row in np.flatnonzero(~plain).tolist():  # punctuation at an end, or no word at all
        spans = snapped(texts[number[row]], int(start[row]), int(end[row]))
        first[row], last[row] = begin[row] + spans[0], begin[row] + spans[1]
    rows = np.flatnonzero(plain)
    parts = np.concatenate([ground.around(first[rows]), ground.around(last[rows])])
    while len(rows):
        a, b = first[rows], last[rows]
        first[rows] = np.where((parts[:, 0] < a) & (a < parts[:, 1]), parts[:, 0], a).min(axis=0)
        last[rows] = np.where((parts[:, 0] < b) & (b < parts[:, 1]), parts[:, 1], b).max(axis=0)
        wider = (first[rows] != a) | (last[rows] != b)
        rows = rows[wider]
        parts = np.concatenate([parts[:, :, wider], ground.around(first[rows]), ground.around(last[rows])])
    return first - begin, last - begin


class _Ground:
    """Texts side by side, with the spans of their numbers and words; a NUL between them belongs to none."""

    def __init__(self, texts: list[str]):
        self._lexicon = default_lexicon()
        joined = "\0".join([*texts, ""])
        self._joined = joined
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self.starts = np.cumsum(self.lengths + 1) - self.lengths - 1
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        there = np.flatnonzero(np.bincount(points)) if len(points) else np.zeros(0, np.int64)
        tables = np.zeros((3, int(there.max(initial=0)) + 1), dtype=bool)
        for character in map(chr, there.tolist()):
            tables[:, ord(character)] = character.isalnum(), _in_word(character), HAN_RUN.match(character) is not None
        self.alnum, in_word, han = (table[points] for table in tables)
        self._within = np.append(in_word[:-1] & in_word[1:], False)  # by the offset before: between two parts of a word
        self._numbers, self._mixed = (
            np.array([m.span() for m in pattern.finditer(joined)] if pattern else [], np.int64).reshape(-1, 2).T
            for pattern in (_NUMBER, mixed_words(self._lexicon))
        )
        self._runs = np.flatnonzero(np.diff(han, prepend=False, append=False)).reshape(-1, 2).T

    def around(self, at: np.ndarray) -> np.ndarray:
        """Return the spans of number, mixed word and word that each offset cuts (3 x 2 x offsets), (0, 0) where it cuts none."""
        found = np.zeros((3, 2, len(at)), dtype=np.int64)
        inside = np.flatnonzero((at > 0) & self._within[np.maximum(at - 1, 0)]) if len(at) else at
        some = at[inside]
        found[0][:, inside], found[1][:, inside] = _cut(self._numbers, some), _cut(self._mixed, some)
        found[2][:, inside] = self._words(some)
        return found

    def _words(self, at: np.ndarray) -> np.ndarray:
        """Return the words that the offsets cut: only the runs of Chinese characters around them are segmented."""
        found = np.zeros((2, len(at)), dtype=np.int64)
        run = np.searchsorted(self._runs[0], at) - 1
        inside = np.flatnonzero((run >= 0) & (at < self._runs[1][np.maximum(run, 0)]) if self._runs.size else at < 0)
        some, own = np.unique(run[inside], return_inverse=True)
        begin, end = self._runs[:, some]
        cut = cutter("rjieba", self._lexicon).__wrapped__  # what is given at once need not be remembered
        words = cut("\0".join([self._joined[a:b] for a, b in zip(begin.tolist(), end.tolist(), strict=True)]))
        ends = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))
        shift = begin - (np.cumsum(end - begin + 1) - (end - begin + 1))
        spans = _cut(np.stack([np.concatenate([[0], ends[:-1]]), ends]), at[inside] - shift[own]) if len(words) else found[:, :0]
        found[:, inside] = np.where(spans[1] > 0, spans + shift[own], 0)
        return found


def _cut(spans: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return for each offset the one of the spans (2 x n, in order and apart) that it cuts, (0, 0) where none."""
    if not spans.size:
        return np.zeros((2, len(at)), dtype=np.int64)
    place = np.searchsorted(spans[0], at) - 1
    cut = (place >= 0) & (at < spans[1][place])
    return np.where(cut, spans[:, place], 0)
