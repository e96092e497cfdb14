"""Long units cut into windows, so that reading one takes time in proportion to its length."""

import re
from collections.abc import Iterator

LONGEST = 400  # characters; the longest of 1,284 shipped units has 337, so that sentences are read whole
_MARKS = (";；。", ",，", "、 ")  # the strongest mark in the second half of a window ends it
_DIGITS = re.compile(r"[0-9０-９]{25,}|[一二两三四五六七八九十百千零〇]{25,}")  # no number that a policy names


def without_endless_numbers(text: str) -> str:
    """Blank out runs of 25 digits or numerals and more; length is kept."""
    return _DIGITS.sub(lambda match: "□" * len(match[0]), text)


def windows(text: str) -> Iterator[tuple[int, str]]:
    """Yield (start, piece) of a unit: the whole of an ordinary sentence, pieces of at most `LONGEST` characters of others."""
    start = 0
    while len(text) - start > LONGEST:
        end = _border(text, start + LONGEST // 2, start + LONGEST)
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _border(text: str, first: int, last: int) -> int:
    for marks in _MARKS:
        found = max(text.rfind(mark, first, last) for mark in marks)
        if found >= 0:
            return found + 1
    while last > first and text[last - 1].isalnum() and text[last - 1].isascii():  # not within a number or a name
        last -= 1
    return last if last > first else first + LONGEST // 2
