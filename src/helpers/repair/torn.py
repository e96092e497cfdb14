"""Characters torn by a byte-wise replacement, put together again: a beam search over the GBK bytes before the damage.

What is seen is a reading of the bytes out of step. Every byte of it is known but those behind a `?`: a lead byte whose
second byte was an inserted `(`, `,` or another ASCII mark, or a pair that GBK does not define. An annotation `(p)` says that the
two bytes before it are a character read p, wherever the true characters begin. So the unknown bytes follow from the
readings; where they leave a choice, the page's own annotations and the frequencies of words decide.
"""

from __future__ import annotations

import re
from functools import lru_cache
from heapq import nlargest
from typing import NamedTuple

from helpers.repair import plausible
from helpers.repair.gbk import LEADS, TRAILS, characters, pair_of
from helpers.repair.readings import LETTERS, reads, syllables, toneless
from helpers.repair.traditional import only_simplified, only_traditional, simplified

LOST = "?？\ufffd"
TEAR = re.compile(rf"[{LOST}]\(?([{LETTERS}]{{1,6}})[)）]")
ANNOTATION = re.compile(rf"[（(]([{LETTERS}]{{1,6}})[)）]")
FULL_MARKS = "，？！：；（），,?!:;()"  # marks of GBK row A3, as the pages write them or as collections narrow them
_BEAM, _WIDE, _REACH = 48, 1600, 400
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
    literal: bool  # the best solution is the text as it stands
    guessed: bool  # an ASCII mark was swallowed and is a guess


class _State(NamedTuple):
    score: float
    out: str
    last: str  # last character, simplified, for the next step
    second: int  # the two bytes before this place
    first: int
    pending: int  # lead byte that waits for its second byte, or 0
    changed: bool
    guessed: bool


@lru_cache(maxsize=1)
def _undefined() -> dict[int, list[int]]:
    known = characters()
    every = {u: [v for v in LEADS if u << 8 | v not in known] for u in (0x80, *LEADS)}
    return {u: seconds for u, seconds in every.items() if seconds}


@lru_cache(maxsize=1 << 16)
def _cost(character: str, previous: str, traditional: bool) -> float:
    plain = simplified().get(character, character)
    cost = plausible.step(previous, plain)
    if traditional and character in only_simplified():
        cost -= 6.0  # the site's converter would have made it traditional
    if not traditional and character in only_traditional():
        cost -= 6.0
    return cost


class _Search:
    def __init__(self, text: str, page: Page, silent: bool) -> None:
        self.text, self.page, self.silent, self.known = text, page, silent, characters()

    def feed(self, s: _State, byte: int) -> _State | None:
        if not s.pending:
            if byte >= 0x81:
                return s._replace(second=s.first, first=byte, pending=byte)
            if byte == 0x80:
                return None
            return s._replace(score=s.score - 4.0, out=s.out + chr(byte), last="", second=s.first, first=byte)
        character = self.known.get(s.pending << 8 | byte)
        if character is None:
            return None
        last = simplified().get(character, character)
        score = s.score + _cost(character, s.last, self.page.traditional) + 2.0 * (s.last + last in self.page.pairs)
        return s._replace(score=score, out=s.out + character, last=last, second=s.first, first=byte, pending=0)

    def feed_all(self, s: _State, code: bytes, cost: float = 0.0) -> list[_State]:
        for byte in code:
            s = self.feed(s, byte)
            if s is None:
                return []
        return [s._replace(score=s.score - cost) if cost else s]

    def take(self, s: _State, c: str) -> list[_State]:
        """A character as it is seen."""
        if c.isascii():
            if not s.pending:
                return [s._replace(score=s.score - 3.0, out=s.out + c, last="", second=s.first, first=0)]
            found = self.feed_all(s, c.encode()) if 0x40 <= ord(c) < 0x7F else []
            if "!" <= c <= "~":  # a narrowed full-width mark: two bytes
                found += self.feed_all(s, bytes((0xA3, ord(c) + 0x80)), 3.0 if found else 0.5)
            if self.silent and 0x40 <= ord(c) < 0x7F:
                for gap in self.undefined_pair(s, 3, 7.0):
                    found += self.feed_all(gap, c.encode())
            return found
        code = pair_of(c)
        if code is None:
            return [] if s.pending else [s._replace(score=s.score - 12.0, out=s.out + c, last="", second=0, first=0)]
        found = self.feed_all(s, code)
        if c == "€" and s.pending:
            found += self.feed_all(s, b"\x80")
        if self.silent and s.pending:  # a pair that GBK does not define vanished without a trace
            for gap in self.undefined_pair(s, 3, 7.0):
                found += self.feed_all(gap, code)
        return found

    def undefined_pair(self, s: _State, n: int, cost: float) -> list[_State]:
        completed = [t for u in _undefined() if (t := self.feed(s, u)) is not None]
        return [
            t._replace(score=t.score - cost, second=t.first, first=v, pending=v, changed=True)
            for t in nlargest(n, completed)
            for v in _undefined()[t.first]
        ]

    def tear(self, s: _State, syllable: str) -> list[_State]:
        """`?p)`: the unknown byte makes, with the byte before it, a character read p."""
        found = []
        for byte in LEADS if not s.pending else TRAILS:
            pair = self.known.get(s.first << 8 | byte)
            if pair is None or not reads(pair, syllable):
                continue
            t = self.feed(s, byte)
            if t is None:
                continue
            weight = 2.0 * (pair in only_traditional()) - 4.0 * (pair in self.page.bare)
            if pair in self.page.table:
                weight += 3.0 if self.page.table[pair] == syllable else -2.0
            found.append(t._replace(score=t.score + weight, changed=True))
        return found

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
                start = s._replace(score=s.score - 9.0, second=s.first, changed=True)
                found += [start._replace(first=u, pending=u) for u in LEADS]
            return found
        found = self.feed_all(s, b"\xa3\xbf", 0.5)  # a full-width question mark, narrowed
        ended = not following or following in _END
        mark = "" if ended else self.swallowed(at)
        for u in TRAILS:
            t = self.feed(s, u)
            if t is None:
                continue
            found.append(t._replace(out=t.out + mark, last="" if mark else t.last, score=t.score - (0 if ended else 2.0),
                                    changed=True, guessed=s.guessed or not ended))  # fmt: skip
            if u == 0x80 and not ended:  # no lead byte: it swallows nothing
                found.append(t._replace(score=t.score - 1.0, changed=True))
        if not ended:
            found += self.undefined_pair(s, 10, 1.5)
        return found

    def swallowed(self, at: int) -> str:
        """The ASCII mark that a lone lead byte swallowed: a guess from what stands around it."""
        rest = re.split("[\r\n。]", self.text[at + 1 : at + 60], maxsplit=1)[0]
        if re.match(r"0[0-4]\d年|0[0-4]\d[-—]20", rest):
            return "2"
        if re.match(r"0(?!\.)", rest):
            return "?"  # a digit that nothing brings back
        close, open_ = rest.find(")"), rest.find("(")
        if close >= 0 and not 0 <= open_ < close and not ANNOTATION.search(rest[max(0, close - 8) : close + 1]):
            return "("
        return "" if self.page.full_width or rest[:1] in ",;:)。、" else ","

    def run(self, start: int, seed: _State) -> list[tuple[_State, int]]:
        """States at the end of the damage with the place where it ends; best first. Empty: nothing fits."""
        states, at, quiet = [seed], start, 0
        stop = min(len(self.text), start + _REACH)
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
                at, quiet = at + 1, 0
            else:
                for s in states:
                    fresh += self.take(s, self.text[at])
                at += 1
                quiet += 1
            if not fresh:
                return []
            states = nlargest(_WIDE if quiet == 0 else _BEAM if quiet > 1 else 5 * _BEAM, fresh)
            if quiet >= 3 and not any(s.pending for s in states) and not ANNOTATION.match(self.text, at):
                break
        finished = [s for s in states if not s.pending]
        if not finished and (at == len(self.text) or self.text[at] in _END):  # the last byte fell off
            for s in states:
                finished += [t._replace(score=t.score - 6.0, changed=True) for u in TRAILS if (t := self.feed(s, u))]
        return [(s, at) for s in nlargest(32, finished)]


def mend(text: str, at: int, page: Page) -> Torn | None:
    """Undo the tear that shows at text[at] (a `?`), back to where the text is in step again; None when nothing fits."""
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
    best: list[tuple[float, _State, int]] = []
    for silent in (False, True):
        found = _Search(text, page, silent).run(at, seed)
        for s, end in found:
            words = plausible.words_score(left + "".join(plain.get(c, c) for c in s.out))
            marks = _marks(line, s.out, end == len(text) or text[end] in _END)
            best.append((s.score + words + marks, s, end))
        if best:
            best.sort(reverse=True)
            if not silent and _sound(best[0][1]):
                break
    if not best:
        return None
    score, s, end = best[0]
    rivals = [other for other, t, _ in best[1:] if t.out != s.out]
    margin = score - rivals[0] if rivals else 99.0
    return Torn(at, end, s.out, margin, score - _as_it_stands(text[at:end], seed, left, page), not s.changed, s.guessed)


def _as_it_stands(seen: str, seed: _State, left: str, page: Page) -> float:
    score, last, plain = 0.0, seed.last, simplified()
    seen = ANNOTATION.sub("", seen)
    for c in seen:
        score += -3.0 if c.isascii() else _cost(c, last, page.traditional)
        last = plain.get(c, c)
    return score + plausible.words_score(left + "".join(plain.get(c, c) for c in seen))


def _marks(line: str, out: str, ends: bool) -> float:
    """Do the punctuation marks of a solution agree with each other and with what the line has open?"""
    score, stops = 0.0, "、，。；：,;:"
    for k, c in enumerate(out):
        before = (line + out[:k])[-1:]
        if c in stops and before and before in stops + "“（《":
            score -= 8.0
        for opening, closing in ("“”", "《》", "（）"):
            if c in opening + closing:
                part = line + out[:k]
                is_open = part.rfind(opening) > part.rfind(closing)
                score += 1.5 if is_open and c == closing else -6.0 if is_open == (c == opening) else 0.0
    if ends and out and out[-1] in "、，“《（":
        score -= 6.0
    return score


def _sound(s: _State) -> bool:
    """Does the solution read like Chinese, so that no vanished pairs need to be supposed?"""
    hanzi = [c for c in s.out if "㐀" <= c <= "鿿"]
    return not s.changed or not hanzi or s.score / len(hanzi) > -10.5


def annotation_before(text: str, at: int) -> int | None:
    if at and text[at - 1] in ")）":
        start = max(text.rfind("(", max(0, at - 9), at), text.rfind("（", max(0, at - 9), at))
        if start > 0 and (m := ANNOTATION.match(text, start)) and m.end() == at and toneless(m[1]) in syllables():
            return start
    return None
