"""A text that was copied into one line: its line breaks come back before its marks, where these stand in order."""

from __future__ import annotations

import re

from helpers.repair.edits import FLAGGED, INFERRED, Edit

_SHORTEST = 400  # characters; a shorter line is a paragraph
_HAN = "一二三四五六七八九十"
_FORMS = "通知|意见|决定|办法|方案|规划|计划|措施|细则|政策|公告|函"
_BLANKS = "[ \t\u3000\xa0]"
_KINDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!第)(?<![{_HAN}])([{_HAN}]{{1,3}})、",
        rf"[(（]([{_HAN}]{{1,3}})[)）]",
        rf"第([{_HAN}百]{{1,5}})条",
        rf"第([{_HAN}]{{1,3}})章",
        r"(?<![\d.．])(\d{1,2})[.．、](?!\d)",
    )
)
_NUMBER = r"[\u4e00-\u9fff]{2,10}[〔\[（(【](?:19|20)\d\d[〕\]）)】]\d{1,4}号"
_DATE = r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日"
# Places in the head and at the signature where a line ends, whatever stands there.
_TITLE_END = re.compile(rf"(?:{_FORMS})(?={_BLANKS}*{_NUMBER})")
_ENDS = re.compile(
    rf"{_NUMBER}(?![)）])|(?<=[\u4e00-\u9fff])[:：](?=[\u4e00-\u9fff《])"
    rf"|。(?=[\u4e00-\u9fff]{{4,20}}(?:政府|办公室|委员会|局){_BLANKS}*{_DATE})|(?:政府|办公室|委员会|局){_BLANKS}*{_DATE}"
)
_HEAD = 300
_GAP = re.compile(rf"{_BLANKS}+")
_BEHIND_MARK = re.compile(rf"(?:第[{_HAN}百]+[条章节]|[{_HAN}]{{1,3}}、|[(（][{_HAN}\d]{{1,3}}[)）]|\d[.．、])$")


def restore(text: str) -> list[Edit]:
    """Edits that put line breaks into a text of one long line; without marks in order the text is flagged."""
    start, end = _longest_line(text)
    if end - start < _SHORTEST or end - start < 0.9 * len(text.strip()):
        return []
    marks = sorted({place for kind in _KINDS for place in _in_order(kind, text, start, end)})
    gaps = [m.span() for m in _GAP.finditer(text, start, end)]
    before_marks = {e for _, e in gaps} & set(marks)
    places = set(marks)
    if len(before_marks) * 2 >= len(marks) > 0 or len(gaps) * 60 > end - start > 0 and not marks:
        places |= {e for s, e in gaps if _breaks(text, s, e)}
    if len(places) >= 2:
        places |= {m.end() for m in _TITLE_END.finditer(text, start, start + _HEAD)}
        places |= {m.end() for m in _ENDS.finditer(text, start, end) if m[0][-1] not in ":：" or m.start() < start + _HEAD}
    places = {place for place in places if start < place < end}
    if len(places) < 2:
        reason = "the text stands in one line and has no marks in order: its headings are lost"
        return [Edit(start, start + 1, text[start], "line breaks", FLAGGED, reason)]
    return [_broken(text, place) for place in sorted(places)]


def _longest_line(text: str) -> tuple[int, int]:
    best, start = (0, 0), 0
    for line in text.split("\n"):
        best = max(best, (start, start + len(line)), key=lambda span: span[1] - span[0])
        start += len(line) + 1
    return best


def _in_order(kind: re.Pattern, text: str, start: int, end: int) -> list[int]:
    """Places of the marks of one kind that count on from the one before, or begin again; one alone is none."""
    found, last = [], 0
    for m in kind.finditer(text, start, end):
        number = _value(m[1])
        if number == last + 1 or number == 1:
            found.append(m.start())
            last = number
    return found if len(found) > 1 else []


def _value(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    units = _HAN.find(ones or "") + 1 if ones else 0
    return (_HAN.find(hundreds) + 1 if hundreds else 0) * 100 + ((_HAN.find(tens) + 1 if tens else 1) * 10 if ten else 0) + units


def _breaks(text: str, start: int, end: int) -> bool:
    """Was a blank a line break? Not inside 2020 年, GDP 增长, 第一条 为."""
    beside = text[start - 1 : start], text[end : end + 1]
    return not any(c.isascii() and c.isalnum() for c in beside) and not _BEHIND_MARK.search(text, max(0, start - 8), start)


def _broken(text: str, place: int) -> Edit:
    reason = "the text stands in one line: a line break where its marks or blanks show one"
    start = place
    while start and text[start - 1] in " \t\u3000\xa0":
        start -= 1
    if start < place:
        return Edit(start, place, "\n", "line breaks", INFERRED, reason)
    return Edit(place - 1, place, f"{text[place - 1]}\n", "line breaks", INFERRED, reason)
