"""Where a selection of another program stands: which way of counting it used, and which of our units lie there.

Programs count the line break as one character or as two, a byte-order mark or not, code points or UTF-16 units, and not always
as the file that they write. A selection carries its text as its name, which tells.
"""

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import product

import pandas as pd

from helpers import structure

_BREAK = re.compile(r"\r*\n|\r")
_MARK = "\ufeff"
_CUT = 0.05  # part of the names of a source that only begin as their texts do, above which its program cuts names


class Uncounted(ValueError):
    """No selection's name fits any way of counting."""


def plain(raw: str) -> str:
    """Return the text without its byte-order mark, every line break as one character."""
    return _BREAK.sub("\n", raw.removeprefix(_MARK))


@dataclass(frozen=True)
class Selection:
    """A selection as it is written: name, first position, one past the last."""

    name: str
    start: int
    end: int


class Countings:
    """All ways of counting one text: each maps positions of a selection to places in the plain text."""

    def __init__(self, raw: str):
        self.text = plain(raw)
        ways = [_positions(self.text, *way) for way in product((1, 2), (False, True))]
        self._ways = [(positions, mark) for mark in (0, 1) for positions in ways]
        self._likely = len(self._ways) if raw.startswith(_MARK) else len(ways)  # without names, a mark counts where one stands

    def places(self, selection: Selection) -> list[tuple[int, int]]:
        """Return the place in the plain text under each way, (-1, -1) where it lies outside."""
        return [self._place(way, selection) for way in self._ways]

    @staticmethod
    def _place(way: tuple[list[int], int], selection: Selection) -> tuple[int, int]:
        positions, mark = way
        start, end = selection.start - mark, selection.end - mark
        if not 0 <= start < end <= positions[-1]:
            return -1, -1
        return bisect_right(positions, start) - 1, bisect_right(positions, end - 1)

    def placed(self, selections: list[Selection]) -> list[tuple[int, int]]:
        """Return each selection's place: where its text is its name, else as most selections of this text count.

        Raises Uncounted where the ways differ and no name decides between them.
        """
        everywhere = [self.places(selection) for selection in selections]
        fits = [[_fits(s.name, self.text, place) for place in places] for s, places in zip(selections, everywhere, strict=True)]
        votes = Counter(way for scores in fits for way, score in enumerate(scores) if score and score == max(scores))
        usual = max(range(len(self._ways)), key=lambda way: (votes[way], -way))
        if not votes and any(len(set(places[: self._likely])) > 1 for places in everywhere):
            raise Uncounted
        # Where this program cuts names, a shorter text under another way may be the name by chance: the usual way speaks first.
        there = [scores[usual] for scores in fits if scores[usual]]
        cut = there.count(1) > _CUT * len(there)
        return [places[_best(scores, votes, usual, cut)] for places, scores in zip(everywhere, fits, strict=True)]


def _best(scores: list[int], votes: Counter, usual: int, cut: bool) -> int:
    if not max(scores) or (cut and scores[usual]):
        return usual
    return max((way for way, score in enumerate(scores) if score == max(scores)), key=lambda way: (votes[way], -way))


def _positions(text: str, line_break: int, utf16: bool) -> list[int]:
    """Return the position of each character of the plain text under one way of counting, and that of its end."""
    at = [0]
    for char in text:
        at.append(at[-1] + (line_break if char == "\n" else 2 if utf16 and char > "\uffff" else 1))
    return at


def _fits(name: str, text: str, place: tuple[int, int]) -> int:
    """Return 2 where the text at a place is the name, 1 where it begins so (names are cut), else 0; blanks do not count."""
    wanted = "".join(name.split()).rstrip("…").removesuffix("...")
    there = "".join(text[place[0] : place[1]].split())
    if not wanted or place[0] < 0:
        return 0
    return 2 if there == wanted else 1 if there.startswith(wanted) else 0


@dataclass
class Placed:
    """The units of our document within the text of another program; `lost` are those that are not in it any more."""

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)  # of our unit: offsets never go beyond it
    lost: list[str] = field(default_factory=list)

    def unit_at(self, start: int, end: int) -> tuple[str, int, int] | str:
        """Return the unit and the place in it, or what is wrong. Blanks and marks over the edge of a unit do no harm."""
        touched = []
        for i in range(max(bisect_right(self.starts, start) - 1, 0), len(self.starts)):
            if self.starts[i] >= end:
                break
            low, high = max(start, self.starts[i]), min(end, self.ends[i])
            if low < high:
                touched.append((i, low, high))
        said = [t for t in touched if structure.text_key(self.text[t[1] : t[2]])] or touched[:1]
        if not said:
            return "is in no unit (a heading, or text that was changed)"
        if len(said) > 1:
            return f"spans {len(said)} units; code each of them"
        i, low, high = said[0]
        outside = self.text[start:low] + self.text[high:end]
        if len(structure.text_key(outside)) > len(structure.text_key(self.text[low:high])):
            return "lies mostly outside of any unit (a heading, or text that was changed)"
        first = min(low - self.starts[i], self.lengths[i] - 1)
        return self.units[i], first, max(first + 1, min(high - self.starts[i], self.lengths[i]))


def locate(text: str, ours: str, spans: pd.DataFrame) -> Placed:
    """Find our units (unit_id, start, end in `ours`) in `text`: in their places where it is ours, else as far as it is alike."""
    starts, ends, units = spans["start"].tolist(), spans["end"].tolist(), spans["unit_id"].tolist()
    if text == ours:
        return Placed(text, starts, ends, units, [end - start for start, end in zip(starts, ends, strict=True)])
    there = structure.units(text)
    keys = [structure.text_key(ours[start:end]) for start, end in zip(starts, ends, strict=True)]
    alike = SequenceMatcher(None, keys, [structure.text_key(u.text) for u in there], autojunk=False)
    place, found = Placed(text), set()
    for block in alike.get_matching_blocks():
        for i, j in zip(range(block.a, block.a + block.size), range(block.b, block.b + block.size), strict=True):
            place.starts.append(there[j].start)
            place.ends.append(there[j].end)
            place.units.append(units[i])
            place.lengths.append(ends[i] - starts[i])
            found.add(i)
    place.lost = [unit for i, unit in enumerate(units) if i not in found]
    return place
