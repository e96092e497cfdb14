"""Characters torn by a byte-wise replacement, put together again: a beam search over the GBK bytes before the damage.

What is seen is a reading of the bytes out of step. Every byte of it is known but those behind a `?`: a lead byte whose
second byte was an inserted `(`, `,` or another ASCII mark, or a pair that GBK does not define. An annotation `(p)` says that the
two bytes before it are a character read p, wherever the true characters begin. So the unknown bytes follow from the
readings; where they leave a choice, the page's own annotations and the frequencies of words decide.
"""

from __future__ import annotations

import re
from heapq import nlargest
from typing import NamedTuple

from helpers.repair import plausible
from helpers.repair.candidates import cost_of, likely, undefined
from helpers.repair.gbk import LEADS, TRAILS, characters, pair_of
from helpers.repair.readings import LETTERS, reads, syllables, toneless
from helpers.repair.traditional import only_traditional, simplified

LOST = "?？\ufffd"
TEAR = re.compile(rf"[{LOST}]\(?([{LETTERS}]{{1,6}})[)）]")
ANNOTATION = re.compile(rf"[（(]([{LETTERS}]{{1,6}})[)）]")
FULL_MARKS = "，？！：；（），,?!:;()"  # marks of GBK row A3, as the pages write them or as collections narrow them
_BEAM, _WIDE, _REACH = 48, 400, 300
_UNKNOWN = 0x100  # added to a byte: a lead byte is pending of which only this is known, that GBK makes no pair of the two
_END = "\r\n"


class Page(NamedTuple):
    """What the page itself says: character → reading annotated, characters that stand without, and how it is written."""

    table: dict[str, str]
    bare: frozenset[str]
    pairs: frozenset[str]  # of neighbouring characters, simplified: the page's own vocabulary
    traditional: bool
    full_width: bool


class Torn(NamedTuple):
    """text[start:end] was `text`; `margin` is the log odds against the next best solution."""

    start: int
    end: int
    text: str
    margin: float
    gain: float  # log odds against the text as it stands
    steps: int  # characters that were seen out of step
    literal: bool  # the best solution is the text as it stands
    guessed: bool  # an ASCII mark was swallowed, or a vanished pair supposed: a guess
    only: bool  # no other solution in characters that are in use fits the bytes and the readings


class _State(NamedTuple):
    score: float
    out: str
    last: str  # last character, simplified, for the next step
    second: int  # the two bytes before this place
    first: int
    pending: int  # lead byte that waits for its second byte, or 0
    changed: bool
    guessed: bool
    marked: bool = False  # a full-width mark must follow: the lead byte was cut off before one


class Effort:
    """How many states may still be looked at: a bound that does not depend on the machine, unlike a clock."""

    def __init__(self, left: int) -> None:
        self.left = left


class _Search:
    def __init__(self, text: str, page: Page, silent: bool, effort: Effort) -> None:
        self.text, self.page, self.silent, self.effort, self.known = text, page, silent, effort, characters()

    def feed(self, s: _State, byte: int) -> list[_State]:
        """One byte of the true text: nothing when it cannot follow, several states when the lead byte before it is unknown."""
        if not s.pending:
            if byte >= 0x81:
                return [s._replace(second=s.first, first=byte, pending=byte)]
            if byte == 0x80:
                return []
            return [s._replace(score=s.score - 4.0, out=s.out + chr(byte), last="", second=s.first, first=byte)]
        if s.pending < _UNKNOWN:
            t = self.completed(s, s.pending, byte)
            return [] if t is None else [t]
        found = [t for lead in undefined()[s.pending - _UNKNOWN] if (t := self.completed(s, lead, byte)) is not None]
        return nlargest(16, found)

    def completed(self, s: _State, lead: int, byte: int) -> _State | None:
        character = self.known.get(lead << 8 | byte)
        if character is None:
            return None
        last = simplified().get(character, character)
        score = s.score + cost_of(character, s.last, self.page.traditional) + 2.0 * (s.last + last in self.page.pairs)
        return _State(score, s.out + character, last, lead, byte, 0, s.changed, s.guessed)

    def feed_all(self, s: _State, code: bytes, cost: float = 0.0) -> list[_State]:
        states = [s._replace(score=s.score - cost)]
        for byte in code:
            states = [t for state in states for t in self.feed(state, byte)]
        return states

    def second_bytes(self, s: _State) -> list[_State]:
        """Every completion of a pending lead byte, known or not, by an unknown byte; the 0x80 too."""
        if s.pending < _UNKNOWN:
            return [t for u in (*TRAILS, 0x80) if (t := self.completed(s, s.pending, u)) is not None]
        leads, found = set(undefined()[s.pending - _UNKNOWN]), []
        for code in likely(s.last):
            if code[0] in leads and (t := self.completed(s, code[0], code[1])) is not None:
                found.append(t)
        return found

    def take(self, s: _State, c: str) -> list[_State]:
        """A character as it is seen."""
        if s.marked:
            wide = c if not c.isascii() else chr(ord(c) + 0xFEE0)
            return self.feed_all(s, pair_of(wide)) if c in FULL_MARKS else []
        if c.isascii():
            if not s.pending:
                return [s._replace(score=s.score - 3.0, out=s.out + c, last="", second=s.first, first=0)]
            found = self.feed_all(s, c.encode()) if 0x40 <= ord(c) < 0x7F else []
            if "!" <= c <= "~":  # a narrowed full-width mark: two bytes
                found += self.feed_all(s, bytes((0xA3, ord(c) + 0x80)), 3.0 if found else 0.5)
            if self.silent and 0x40 <= ord(c) < 0x7F:
                for gap in self.undefined_pair(s, 2, 7.0):
                    found += self.feed_all(gap, c.encode())
            return found
        code = pair_of(c)
        if code is None:
            return [] if s.pending else [s._replace(score=s.score - 12.0, out=s.out + c, last="", second=0, first=0)]
        found = self.feed_all(s, code)
        if c == "€" and s.pending:
            found += self.feed_all(s, b"\x80")
        if self.silent and s.pending:  # a pair that GBK does not define vanished without a trace
            for gap in self.undefined_pair(s, 2, 7.0):
                found += self.feed_all(gap, code)
        return found

    def undefined_pair(self, s: _State, n: int, cost: float) -> list[_State]:
        """The unknown byte was followed by a lead byte with which GBK makes no pair: both are gone."""
        found = [t for t in self.second_bytes(s) if t.first in undefined()]
        return [
            t._replace(score=t.score - cost, second=t.first, first=0, pending=_UNKNOWN + t.first, changed=True)
            for t in nlargest(n, found)
        ]

    def tear(self, s: _State, syllable: str) -> list[_State]:
        """`?p)`: the unknown byte makes, with the byte before it, a character read p."""
        found = []
        for byte, t in self.next_bytes(s):
            pair = self.known.get(t.second << 8 | byte)
            if pair is None or not reads(pair, syllable):
                continue
            weight = 2.0 * (pair in only_traditional()) - 4.0 * (pair in self.page.bare)
            if pair in self.page.table:
                weight += 3.0 if self.page.table[pair] == syllable else -2.0
            found.append(t._replace(score=t.score + weight, changed=True))
        return found

    def next_bytes(self, s: _State) -> list[tuple[int, _State]]:
        if s.pending:
            return [(t.first, t) for t in self.second_bytes(s)]
        return [(u, t) for u in LEADS for t in self.feed(s, u)]

    def annotation(self, s: _State, syllable: str, literal: str) -> list[_State]:
        pair = self.known.get(s.second << 8 | s.first)
        if pair is not None and reads(pair, syllable):
            return [s._replace(changed=True)]
        return [] if s.pending else [s._replace(score=s.score - 12.0, out=s.out + literal, last="")]

    def lost(self, s: _State, at: int) -> list[_State]:
        """A bare `?`: a mark of the text, an unknown byte, an unknown byte that swallowed ASCII, or an undefined pair."""
        following = self.text[at + 1 : at + 2]
        if not s.pending:
            found = [s._replace(score=s.score - 3.0, out=s.out + self.text[at], last="", second=s.first, first=0)]
            if following and following in FULL_MARKS:
                start = s._replace(score=s.score - 9.0, second=s.first, changed=True, marked=True)
                found += [start._replace(first=u, pending=u) for u in LEADS]
            return found
        found = self.feed_all(s, b"\xa3\xbf", 0.5)  # a full-width question mark, narrowed
        if s.marked:
            return found
        ended = not following or following in _END
        mark = "" if ended else self.swallowed(at)
        for t in self.second_bytes(s):
            cost = 0.0 if ended else 2.0
            lost = t._replace(score=t.score - cost, changed=True, guessed=s.guessed or not ended)
            found.append(lost._replace(out=t.out + mark, last="") if mark else lost)
            if t.first == 0x80 and not ended:  # no lead byte: it swallows nothing
                found.append(t._replace(score=t.score - 1.0, changed=True))
        if not ended:
            found += self.undefined_pair(s, 30, 1.5)
        return found

    def swallowed(self, at: int) -> str:
        """The ASCII mark that a lone lead byte swallowed: a guess from what stands around it."""
        rest = re.split("[\r\n。]", self.text[at + 1 : at + 60], maxsplit=1)[0]
        rest = ANNOTATION.sub("", TEAR.sub("", rest))
        if re.match(r"0[0-4]\d年|0[0-4]\d[-—]20", rest):
            return "2"
        if re.match(r"0(?!\.)", rest):
            return "?"  # a digit that nothing brings back
        close, open_ = rest.find(")"), rest.find("(")
        if close >= 0 and not 0 <= open_ < close:
            return "("
        return "" if self.page.full_width or rest[:1] in ",;:)。、" else ","

    def run(self, start: int, seed: _State) -> list[tuple[_State, int]]:
        """States at the end of the damage with the place where it ends; best first. Empty: nothing fits."""
        states, at, quiet, losses = [seed], start, 0, 0
        stop = min(len(self.text), start + (_REACH // 5 if self.silent else _REACH))
        beam = _BEAM // 2 if self.silent else _BEAM
        while at < stop and self.text[at] not in _END:
            tear, note = TEAR.match(self.text, at), ANNOTATION.match(self.text, at)
            fresh: list[_State] = []
            if tear and toneless(tear[1]) in syllables():
                for s in states:
                    fresh += self.tear(s, tear[1])
                at, quiet = tear.end(), 0
            elif note and toneless(note[1]) in syllables():
                for s in states:
                    fresh += self.annotation(s, note[1], note[0])
                at = note.end()
            elif self.text[at] in LOST:
                for s in states:
                    fresh += self.lost(s, at)
                losses = losses + 1 if quiet else losses + 3
                at, quiet = at + 1, 0
                if losses > 12:  # not a torn text but a row of question marks
                    return []
            else:
                for s in states:
                    fresh += self.take(s, self.text[at])
                at += 1
                quiet += 1
            self.effort.left -= len(fresh) + len(states)
            if not fresh or self.effort.left < 0:
                return []
            states = nlargest(beam if quiet > 1 else _WIDE if losses < 5 else 2 * beam, fresh)
            if quiet >= 3 and not any(s.pending for s in states) and not ANNOTATION.match(self.text, at):
                break
        finished = [s for s in states if not s.pending]
        if not finished and (at == len(self.text) or self.text[at] in _END):  # the last byte fell off
            for s in states:
                finished += [t._replace(score=t.score - 6.0, changed=True) for t in self.second_bytes(s)]
        return [(s, at) for s in nlargest(32, finished)]


def mend(text: str, at: int, page: Page, effort: Effort) -> Torn | None:
    """Undo the tear that shows at text[at] (a `?`), back to where the text is in step again; None when nothing fits.

    `effort` is used up by the search; where it does not suffice, nothing fits.
    """
    start = at
    while (note := annotation_before(text, start)) is not None:
        start = note
    before = text[start - 1 : start]
    code = pair_of(before) if before and before not in _END else None
    first = code[1] if code else 0
    plain = simplified()
    seed = _State(0.0, "", plain.get(before, before) if code else "", 0, first, 0, False, False)
    left = "".join(plain.get(c, c) for c in ANNOTATION.sub("", text[max(0, start - 24) : start])[-4:])
    line = text[max(0, start - 200) : start].rpartition("\n")[2]
    best: list[tuple[float, _State, int, bool]] = []
    for silent in (False, True):
        found = _Search(text, page, silent, effort).run(at, seed)
        for s, end in found:
            words = plausible.words_score(left + "".join(plain.get(c, c) for c in s.out))
            marks = _marks(line, s.out, end == len(text) or text[end] in _END)
            best.append((s.score + words + marks, s, end, silent))
        if best:
            best.sort(reverse=True)
            if not silent and _sound(best[0][1], seed.last, page.traditional):
                break
    if not best:
        return None
    score, s, end, silent = best[0]
    rivals = [(other, t.out) for other, t, *_ in best[1:] if t.out != s.out]
    only = not any(plausible.in_use("".join(plain.get(c, c) for c in out)) for _, out in rivals)
    steps = sum(1 for c in ANNOTATION.sub("", text[at:end]) if c not in s.out and c not in LOST + FULL_MARKS)
    margin = score - rivals[0][0] if rivals else 99.0
    gain = score - _as_it_stands(text[at:end], seed, left, page)
    return Torn(at, end, s.out, margin, gain, steps, not s.changed, s.guessed or silent, only)


def _as_it_stands(seen: str, seed: _State, left: str, page: Page) -> float:
    score, last, plain = 0.0, seed.last, simplified()
    seen = ANNOTATION.sub("", seen)
    for c in seen:
        score += -3.0 if c.isascii() else cost_of(c, last, page.traditional)
        last = plain.get(c, c)
    return score + plausible.words_score(left + "".join(plain.get(c, c) for c in seen))


def _marks(line: str, out: str, ends: bool) -> float:
    """Do the punctuation marks of a solution agree with each other and with what the line has open?"""
    score, stops = 0.0, "、，。；：,;:"
    for k, c in enumerate(out):
        before = (line + out[:k])[-1:]
        if c in stops and before and before in stops + "“（《":
            score -= 14.0
        if (
            c == "。"
            and (quote := (line + out[:k]).rpartition("“")[2])
            and len(quote) < (5 if "“" in line + out[:k] else 2)
            and "。" not in quote
        ):
            score -= 8.0  # a sentence of four characters, or a full stop in a quoted word
        for opening, closing in ("“”", "《》", "（）"):
            if c in opening + closing:
                part = line + out[:k]
                is_open = part.rfind(opening) > part.rfind(closing)
                score += 1.5 if is_open and c == closing else -6.0 if is_open == (c == opening) else 0.0
    if ends and out and out[-1] in "、，“《（":
        score -= 6.0
    return score


def _sound(s: _State, last: str, traditional: bool) -> bool:
    """Does the solution read like Chinese, so that no vanished pairs need to be supposed?"""
    worst = 0.0
    for c in s.out if s.changed else "":
        worst = min(worst, cost_of(c, last, traditional) if not c.isascii() else 0.0)
        last = simplified().get(c, c)
    return worst > -12.0


def annotation_before(text: str, at: int) -> int | None:
    if at and text[at - 1] in ")）":
        start = max(text.rfind("(", max(0, at - 9), at), text.rfind("（", max(0, at - 9), at))
        if start > 0 and (m := ANNOTATION.match(text, start)) and m.end() == at and toneless(m[1]) in syllables():
            return start
    return None
