"""The log of repairs: edits on the raw text, composed pass by pass, applied and traced back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

EXACT, INFERRED, FLAGGED = "exact", "inferred", "flagged"


class Repair(NamedTuple):
    """One row of the log: raw[raw_start:raw_end] == before becomes after. Flagged: after == before."""

    rule: str
    raw_start: int
    raw_end: int
    before: str
    after: str
    certainty: str
    reason: str


class Edit(NamedTuple):
    """What one pass wants to change in the text it was given: text[start:end] becomes after; start < end."""

    start: int
    end: int
    after: str
    rule: str
    certainty: str
    reason: str


def apply(raw: str, repairs: Iterable[Repair]) -> str:
    """Apply a log to the raw text it belongs to; returns the clean text. Raises ValueError where the log does not fit."""
    parts, position = [], 0
    for repair in repairs:
        if repair.raw_start < position or raw[repair.raw_start : repair.raw_end] != repair.before:
            raise ValueError(f"repair {repair.rule} does not fit the raw text at offset {repair.raw_start}: wrong text or order")
        parts += (raw[position : repair.raw_start], repair.after)
        position = repair.raw_end
    parts.append(raw[position:])
    return "".join(parts)


class Draft:
    """A text on its way from raw to clean, with the edits so far as edits of the raw text."""

    def __init__(self, raw: str) -> None:
        self.raw, self.text, self.edits = raw, raw, []

    def revise(self, edits: list[Edit]) -> None:
        """Apply one pass: its edits, sorted and apart from each other, of the present text."""
        if not edits:
            return
        self.edits = _compose(self.edits, edits, self.text) if self.edits else list(edits)
        self.text = _applied(self.text, edits)

    def repairs(self) -> list[Repair]:
        """The log, with what the passes undid again left out."""
        log = []
        for e in self.edits:
            before = self.raw[e.start : e.end]
            if before == e.after and e.certainty != FLAGGED:
                continue
            log.append(Repair(e.rule, e.start, e.end, before, e.after, e.certainty, e.reason))
        return log


def _applied(text: str, edits: list[Edit], start: int = 0, end: int | None = None) -> str:
    parts, position = [], start
    for e in edits:
        parts += (text[position : e.start], e.after)
        position = e.end
    parts.append(text[position:end])
    return "".join(parts)


def _compose(first: list[Edit], second: list[Edit], middle: str) -> list[Edit]:
    """Edits raw → middle, then edits middle → new, as one list raw → new. Linear in the number of edits."""
    out: list[Edit] = []
    i = j = shift = 0  # shift: raw offset minus middle offset, behind the edits done
    while i < len(first) or j < len(second):
        if j == len(second):
            out.extend(first[i:])
            break
        b = second[j]
        if i == len(first):
            out.append(b._replace(start=b.start + shift, end=b.end + shift))
            j += 1
            continue
        a = first[i]
        a_start = a.start - shift
        a_end = a_start + len(a.after)
        if a_end <= b.start:
            out.append(a)
            shift += (a.end - a.start) - len(a.after)
            i += 1
        elif b.end <= a_start:
            out.append(b._replace(start=b.start + shift, end=b.end + shift))
            j += 1
        else:
            low, high, raw_low = min(a_start, b.start), max(a_end, b.end), min(a_start, b.start) + shift
            olds, news = [], []
            while True:
                if i < len(first) and first[i].start - shift < high:
                    a = first[i]
                    high = max(high, a.start - shift + len(a.after))
                    shift += (a.end - a.start) - len(a.after)
                    olds.append(a)
                    i += 1
                elif j < len(second) and second[j].start < high:
                    high = max(high, second[j].end)
                    news.append(second[j])
                    j += 1
                else:
                    break
            out.append(_merged(raw_low, high + shift, _applied(middle, news, low, high), olds + news))
    return out


def _merged(start: int, end: int, after: str, edits: list[Edit]) -> Edit:
    real = [e for e in edits if e.certainty != FLAGGED]
    certainty = INFERRED if any(e.certainty == INFERRED for e in real) else EXACT if real else FLAGGED
    reasons = ["open: " + e.reason if real and e.certainty == FLAGGED else e.reason for e in edits if e.reason]
    rules = "+".join(dict.fromkeys(part for e in edits for part in e.rule.split("+")))
    return Edit(start, end, after, rules, certainty, "; ".join(dict.fromkeys(reasons)))


@dataclass(frozen=True)
class RawOffsets:
    """Callable: (clean_start, clean_end) → (raw_start, raw_end). Inside a repair of unequal length the whole repair answers."""

    repairs: list[Repair]
    starts: list[int]  # of each repair in the clean text
    ends: list[int]

    @classmethod
    def of(cls, repairs: list[Repair]) -> RawOffsets:
        starts, ends, shift = [], [], 0
        for r in repairs:
            starts.append(r.raw_start - shift)
            ends.append(r.raw_start - shift + len(r.after))
            shift += (r.raw_end - r.raw_start) - len(r.after)
        return cls(repairs, starts, ends)

    def __call__(self, start: int, end: int) -> tuple[int, int]:
        return self._first(start), max(self._last(end), self._first(start))

    def _first(self, position: int) -> int:
        """Raw place of the clean character at `position`: what was deleted before it is left out."""
        k = bisect_right(self.starts, position) - 1
        if k < 0:
            return position
        r = self.repairs[k]
        if position >= self.ends[k]:
            return r.raw_end + position - self.ends[k]
        return r.raw_start + (position - self.starts[k] if len(r.after) == len(r.before) else 0)

    def _last(self, position: int) -> int:
        """Raw place just behind the clean character that ends at `position`: what was deleted behind it is left out."""
        k = bisect_left(self.starts, position) - 1  # last repair that begins before the place
        if k < 0:
            return position
        r = self.repairs[k]
        if position >= self.ends[k]:
            return r.raw_end + position - self.ends[k]
        return r.raw_start + position - self.starts[k] if len(r.after) == len(r.before) else r.raw_end
