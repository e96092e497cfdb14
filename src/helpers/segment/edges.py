"""Spans that begin and end where words and numbers do: what is marked as evidence can be read."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise

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
