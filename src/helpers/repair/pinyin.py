"""Undo the pinyin artefact: readings inserted behind traditional characters, and the characters that the insertion tore.

Some sites turn a page into traditional characters in GBK and replace every character c of a fixed table by c(reading), byte by
byte. A reading is taken out only when it is a reading of the character before it and the page shows that it was a machine
that put it there; honest brackets, glosses and question marks stay.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from helpers.repair import torn
from helpers.repair.edits import EXACT, FLAGGED, INFERRED, Edit
from helpers.repair.gbk import is_common
from helpers.repair.readings import HAS_TONE, LETTERS, reads, syllables, toneless
from helpers.repair.traditional import counts, only_traditional, simplified

_NOTES = re.compile(rf"(?:[（(][{LETTERS}]{{1,6}}[)）])+")
_SHIFTED = re.compile(rf"[?？]+[{torn.FULL_MARKS}]")  # a tear at full-width punctuation, as it may look
_DOUBLED = re.compile("[,，](?=[,，、。；;：:！!])")
# What the tables of these sites usually have (the annotated characters of the 2019 document, and what conversion changes most
# often in county documents): enough for a lone toneless reading.
_USUAL = (
    "來個價優內創動務勢勵區協問嚴國團執堅報場學實專對導強態應戰揚擔據擴數時書會業構標樹機測準濟無營爭獎獻現環產當發監盤"
    "礎穩競節級結絡統經網績續習聯臺萬藍術衛補見規計訓設評認說調請譽負財責費貿質購車轉農進運過達鄉醫鎮長門開關隊項預領類養驅驗點"
    "縣資爲為頭體單辦職牽與電組備園裝戶間兩積線劃員織廠總億條糧稅帶鏈極確選綠處將給圍題陰權證廣額審綜風護銷種檢約貨從險難試揮議駐"
    "庫參氣決繞記訂復際變龍減換興納壓儲籤傳斷銀輸舊邊臨連舉貸師層圖況樓雙讓療維籌冊東錄徵築編畝滿緊鐵響違屬漁蓋藥號別倉須塊噸"
)
# States that the searches of one page may look at (a torn place takes 30 as a rule, 40,000 at worst): at the start, a character
# of the text, at most. Ten times what real pages need; keeps a hostile text from taking hours.
_EFFORT = {True: (200_000, 30, 800_000), False: (60_000, 10, 400_000)}  # at tears with a reading; at other question marks
_EFFORT_OF_ONE = 200_000


class _Note(NamedTuple):
    character: str
    syllables: list[str]
    start: int  # of the first bracket
    end: int


def undo(text: str) -> list[Edit]:
    """Edits that undo the artefact; none for a text without it. Linear in the text but for the torn places."""
    if not any(mark in text for mark in "(（?？\ufffd"):
        return []
    tears = [m.start() for m in torn.TEAR.finditer(text) if HAS_TONE.search(m[1]) and toneless(m[1]) in syllables()]
    notes = [
        _Note(text[m.start() - 1], torn.ANNOTATION.findall(m[0]), m.start(), m.end())
        for m in _NOTES.finditer(text)
        if m.start() and "㐀" <= text[m.start() - 1] <= "鿿"
    ]
    notes = [n for n in notes if all(toneless(p) in syllables() for p in n.syllables)]
    shifted = [m.start() for m in _SHIFTED.finditer(text)] if "?" in text or "？" in text else []
    if not (tears or notes or shifted):
        return []
    accepted = _accepted(text, notes, bool(tears))
    garbled = bool(accepted or tears)
    many, few = counts(text)
    if not (garbled or shifted):
        return []
    page = _page(text, accepted, many > 2 * few)
    if accepted and not HAS_TONE.search("".join(p for n in accepted for p in n.syllables)):  # a toneless table
        tears += [m.start() for m in torn.TEAR.finditer(text) if toneless(m[1]) in syllables() and m.start() not in set(tears)]
    effort = {kind: min(most, least + each * len(text)) for kind, (least, each, most) in _EFFORT.items()}
    edits, done, torn_at = [], 0, set(tears)
    for at in sorted({*tears, *shifted, *_lost(text, garbled)}):
        if at < done:
            continue
        is_tear = at in torn_at
        lent = torn.Effort(min(effort[is_tear], _EFFORT_OF_ONE))
        effort[is_tear] -= lent.left
        mended = torn.mend(text, at, page, lent) if lent.left > 0 else None
        effort[is_tear] += max(0, lent.left)
        if mended is None or mended.literal or (not is_tear and not _convincing(mended, garbled)):
            if is_tear:
                edits.append(Edit(at, at + 1, text[at], "torn", FLAGGED, "a torn character for which no bytes fit"))
            continue
        start, end, new = _trimmed(text, mended)
        certain = mended.only and mended.margin > 6.0 and not mended.guessed
        reason = "bytes torn apart by the inserted reading" if is_tear else "bytes torn apart at full-width punctuation"
        if not certain:
            reason += "; what was lost there is a guess" if mended.guessed else "; the likeliest of several readings of the bytes"
        if not page.full_width:
            new = new.translate(_NARROW)
        edits.append(Edit(start, end, new, "torn", EXACT if certain else INFERRED, reason))
        done = end
    edits += _removals(text, accepted, edits)
    if garbled:
        edits += [Edit(m.start(), m.end(), "", "pinyin", INFERRED, "comma inserted before a mark by the same machine")
                  for m in _DOUBLED.finditer(text)]  # fmt: skip
    return _apart(sorted(edits))


def _convincing(mended: torn.Torn, garbled: bool) -> bool:
    """Is a tear at punctuation beyond doubt? On a page without other damage `吗?!` or `??` may be what the author wrote."""
    return mended.gain > 8.0 if garbled else mended.gain > 14.0 and mended.steps > 1


_NARROW = {0xFF01 + k: 0x21 + k for k in range(94)}


def _accepted(text: str, notes: list[_Note], torn_too: bool) -> list[_Note]:
    """Those annotations that a machine made, judged on the page as a whole."""
    read = [n for n in notes if all(reads(n.character, p) for p in n.syllables)]
    seen = Counter((n.character, tuple(n.syllables)) for n in notes)
    old = only_traditional()
    repeated = any(len(n.syllables) > 1 and len(set(map(toneless, n.syllables))) == 1 for n in read)
    many, few = counts(text)
    noted = sum(n.character in old for n in notes)
    simplified_page = few > 0 and many <= 2 * few
    everywhere = _everywhere(text, read)

    def by_machine(n: _Note) -> bool:
        toned = any(HAS_TONE.search(p) for p in n.syllables)
        fits = all(reads(n.character, p) for p in n.syllables)
        if not fits:  # a site's own reading: trusted when it comes back and the page is full of them
            return toned and n.character in old and seen[n.character, tuple(n.syllables)] > 1 and len(read) >= 5
        if repeated and (len(n.syllables) > 1 or n.character in everywhere):
            return True
        if len(everywhere) >= 4 and n.character in everywhere:
            return True
        if simplified_page and not torn_too:
            return False
        if toned:
            common = n.character in simplified() or is_common(n.character)
            return n.character in old or ((many > 0 or torn_too) and common)
        several = len({m.character for m in read if m.character in old}) > 1 or many > noted
        return n.character in simplified() and (several or (n.character in _USUAL and len(text) > 8))

    return [n for n in notes if by_machine(n)]


def _everywhere(text: str, read: list[_Note]) -> set[str]:
    """Common characters that carry their reading wherever they stand."""
    annotated = Counter(n.character for n in read)
    old = only_traditional()
    return {c for c, k in annotated.items() if (c in old or k > 1 or len(text) < 2000) and text.count(c) <= k * 1.1 + 1
            and (c in old or is_common(c))}  # fmt: skip


def _page(text: str, accepted: list[_Note], traditional: bool) -> torn.Page:
    table = {n.character: n.syllables[0] for n in accepted}
    ends = {n.start for n in accepted}
    bare = (
        frozenset(c for k, c in enumerate(text[:200_000]) if "㐀" <= c <= "鿿" and k + 1 not in ends) if accepted else frozenset()
    )
    plain = simplified()
    own = "".join(plain.get(c, c) for c in torn.ANNOTATION.sub("", text[:50_000]))
    pairs = frozenset(a + b for a, b in pairwise(own) if not a.isascii() and not b.isascii())
    return torn.Page(table, bare - frozenset(table), pairs, traditional, "，" in text or "（" in text)


def _lost(text: str, garbled: bool) -> list[int]:
    """Every other `?` of a garbled page that stands inside Chinese text."""
    return [m.start() for m in re.finditer(r"(?<=[㐀-鿿])[?？\ufffd](?=[,，?？!！])", text)] if garbled else []


def _trimmed(text: str, mended: torn.Torn) -> tuple[int, int, str]:
    """The torn place without what stands in step behind it (that is repaired, if need be, by itself)."""
    start, end, new = mended.start, mended.end, mended.text
    while end > start + 1 and new:
        behind = torn.annotation_before(text, end)
        last = end if behind is None else behind
        if last <= start + 1 or text[last - 1] != new[-1]:
            break
        end, new = last - 1, new[:-1]
    note = torn.ANNOTATION.match(text, end)
    return start, note.end() if note and note.end() <= mended.end else end, new


def _removals(text: str, accepted: list[_Note], mended: list[Edit]) -> list[Edit]:
    spans = [(e.start, e.end) for e in mended if e.certainty != FLAGGED]
    removals, k = [], 0
    for n in accepted:
        while k < len(spans) and spans[k][1] <= n.start:
            k += 1
        if k < len(spans) and spans[k][0] <= n.start:
            continue
        removals.append(Edit(n.start, n.end, "", "pinyin", EXACT, f"reading of {n.character}, inserted by the site"))
    return removals


def _apart(edits: list[Edit]) -> list[Edit]:
    kept, position = [], -1
    for e in edits:
        if e.start >= position:
            kept.append(e)
            position = e.end
    return kept
