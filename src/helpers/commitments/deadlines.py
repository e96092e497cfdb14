"""Deeds that are to be done by a date, without a number as their result."""

import re

from helpers.commitments.indicators import short
from helpers.commitments.lexicon import Lexicon
from helpers.commitments.periods import Date
from helpers.commitments.wording import MASK

_VAGUE = re.compile(r"^(?:一批|显著|明显|大幅|不断|持续|进一步)|翻[一两二]?番|倍增|取得[^,]{0,8}(?:进展|成效|突破)")
_CONDITION = re.compile(r"^(?:对于?|凡)[^,;]*的[^,;]{0,14}(?:企业|项目|单位|个人|主体)$|的$")


def deadline_rows(
    text: str, found: list[Date], clauses: list[tuple[int, int]], taken: list[int], past, words: Lexicon
) -> list[dict]:
    """Return one row a date whose clauses name a deed and hold no number of their own.

    `taken` are the starts of the numbers already read as targets or money; `past(position)` tells a report of the past.
    """
    rows = []
    due = [date for date in found if date.role in ("by", "in", "range", "every")]
    for index, date in enumerate(due):
        if past(date.start) or date.role == "every":
            continue
        until = due[index + 1].start if index + 1 < len(due) else len(text)
        deed = _deed(text, date, until, clauses, taken, words)
        if deed is not None:
            start, end, named = deed
            rows.append({"kind": "deadline", "indicator": named, "comparator": "", "value": "", "unit": "", "year": date.year,
                         "condition": "", "start": min(date.start, start), "end": max(end, date.end)})  # fmt: skip
    return rows


def _deed(
    text: str, date: Date, until: int, clauses: list[tuple[int, int]], taken: list[int], lexicon: Lexicon
) -> tuple[int, int, str] | None:
    """Find the first clause of the date's stretch that names a deed; the clause of the date itself counts from its start."""
    firm = lexicon("<firm>")
    wanted = lexicon("<done>") if date.role == "by" else firm
    before = 0
    for start, end in clauses:
        if end <= date.start or start >= until:
            before = start
            continue
        if any(start <= number < end for number in taken):
            continue
        own = start <= date.start < end
        begin = start if own else max(start, date.end)
        stop = min(end, until)
        words = text[begin:stop].replace(text[date.start : date.end], "") if own else text[begin:stop]
        words = words.strip(MASK + " 、,:")
        if own and 2 <= len(re.sub("^[于在]", "", words)) < 4 and wanted.search(words) and before < start:
            begin, words = before, text[before : start - 1].strip(MASK + " 、,:") + words  # 制定细则,于9月底前印发
        if lexicon("<not_mine>").search(words) or _CONDITION.search(words):
            continue
        if not own and date.role != "by" and not firm.search(words):
            continue
        if len(words) >= 4 and wanted.search(words) and not _VAGUE.search(words):
            return begin, stop, short(re.sub(r"^(?:力争|争取|确保|并|要|应|将|在|于|务必|全面)+", "", words))
    return None
