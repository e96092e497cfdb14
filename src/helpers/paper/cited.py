"""Where a text names a work: the order of first mention, and the place behind which its number stands."""

import re

from helpers import references
from helpers.references import Work

_BRACKET = re.compile(r"[（(][^（）()]*?\d{4}[^（）()]*[）)]")
_BEFORE = 60  # characters before a bracket with a year alone, where the authors stand


def places(text: str) -> list[tuple[int, list[Work]]]:
    """Return for each bracket that cites (Cohen, 1960), or follows the authors (Rothwell and Zegveld (1985)), its end and works.

    >>> [(end, [work.key for work in found]) for end, found in places("κ（Cohen, 1960）与 Rothwell 与 Zegveld（1985）的框架")]
    [(14, ['cohen1960']), (40, ['rothwell1985'])]
    """
    found, before = [], 0
    for bracket in _BRACKET.finditer(text):
        works = references.cited(bracket[0]) or references.cited(text[max(before, bracket.start() - _BEFORE) : bracket.end()])
        works = [work for work in works if str(work.year) in bracket[0]]
        if works:
            found.append((bracket.end(), works))
        before = bracket.end()
    return found


def in_order(texts: list[str]) -> list[Work]:
    """Return the works that texts cite, in the order of first mention."""
    found: dict[str, Work] = {}
    for text in texts:
        for _, works in places(text):
            found |= {work.key: work for work in works if work.key not in found}
        found |= {work.key: work for work in references.cited(text) if work.key not in found}
    return list(found.values())


def runs(text: str, works: list[Work]) -> list[tuple[str, list[Work]]]:
    """Cut a text behind each citation: pieces, each with the works whose numbers follow it."""
    cut, before, known = [], 0, {work.key for work in works}
    for end, named in places(text):
        cut.append((text[before:end], [work for work in named if work.key in known]))
        before = end
    return [*cut, (text[before:], [])]
