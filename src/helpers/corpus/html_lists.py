"""Numbers that a browser writes before the items of an <ol>, worked out from start, reversed, value, type and list-style.

What a style sheet says is not read: a list that only its style sheet leaves without numbers gets them here, unless its items
bear marks of their own or are links.
"""

import re

from lxml import etree

from helpers.corpus.numbering import written
from helpers.structure.marks import mark_at

LISTS = frozenset({"ol", "ul", "menu", "dir"})
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]*)", re.IGNORECASE)
_KINDS = (
    ("", re.compile(r"\b(?:none|disc|circle|square)\b")),
    ("chineseCounting", re.compile(r"cjk-ideographic|(?:simp|trad)-chinese|japanese|cjk-decimal|korean-hanja")),
    ("lowerLetter", re.compile(r"lower-(?:alpha|latin)")),
    ("upperLetter", re.compile(r"upper-(?:alpha|latin)")),
    ("lowerRoman", re.compile("lower-roman")),
    ("upperRoman", re.compile("upper-roman")),
    ("decimal", re.compile("decimal")),
)
_TYPES = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_OWN = re.compile(r"[(（【]?\d{1,3}[.．、)）】]|[•●■◆·]")
_INTEGER = re.compile(r"\s*([+-]?\d{1,6})\s*")


class Lists:
    """The lists that are open while a page is walked, and the number that the next text begins with."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int, int]] = []  # kind of number ('' for none), the next one, the step
        self._mark = ""

    def begin(self, node: etree._Element, counted: bool) -> None:
        """Open a list; one that is not `counted` (navigation) has no numbers."""
        kind = _kind(node, "decimal") if node.tag == "ol" and counted else ""
        step = 1 if node.get("reversed") is None else -1
        first = _integer(node.get("start"), 1 if step > 0 else sum(item.tag == "li" for item in node))
        self._open.append((kind, first, step))
        self._mark = ""

    def end(self) -> None:
        """Close the innermost list."""
        if self._open:
            self._open.pop()
        self._mark = ""

    def item(self, node: etree._Element) -> None:
        """Count an item."""
        self._mark = ""
        if self._open:
            kind, number, step = self._open[-1]
            number = _integer(node.get("value"), number)
            self._open[-1] = (kind, number + step, step)
            own = _kind(node, kind) if kind else ""
            self._mark = written(number, own) + ("、" if own == "chineseCounting" else ".") if own else ""

    def end_item(self) -> None:
        """Forget the number of an item without text."""
        self._mark = ""

    def take(self, text: str, linked: bool) -> str:
        """Return the number that stands before the next text, once: '' before a link or a mark of its own."""
        mark, self._mark = self._mark, ""
        return "" if linked or not mark or mark_at(text) or _OWN.match(text) else mark


def _kind(node: etree._Element, otherwise: str) -> str:
    if styled := _STYLE.search(node.get("style") or ""):
        said = styled[1].lower()
        return next((kind for kind, pattern in _KINDS if pattern.search(said)), otherwise)
    return _TYPES.get((node.get("type") or "").strip(), otherwise)


def _integer(text: str | None, otherwise: int) -> int:
    found = _INTEGER.fullmatch(text or "")
    return int(found[1]) if found else otherwise
