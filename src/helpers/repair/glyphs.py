"""Lost glyphs: dates without 年月日, ranges without their dash, brackets and quotation marks without their partner.

What the context settles is repaired (inferred, with the reason); what it does not settle is flagged and left.
"""

from __future__ import annotations

import re
from datetime import date

from helpers.repair.edits import FLAGGED, INFERRED, Edit

_BARE_DATE = re.compile(r"^[ \t]*(20[0-4]\d)(\d{2,4})[ \t]*$", re.M)
_NUMBER_LEFT_OPEN = re.compile(r"([〔\[【(（])(20[0-4]\d)(\d{1,3})(?=号)")
_NUMBER_BRACKETS = re.compile(r"[【\[［](20[0-4]\d)[】\]］](?=\s?(?:第\s?)?\d{1,4}\s?号)")
_JOINED = re.compile(r"(\d{5,9})(?=[万亿]?[美欧日]?元|万|亿|名|人|家|户|亩|个|件|吨|平方米)")
_PAIR = re.compile(
    r"(?P<verb>配备|安排|选派|评选|推荐|确定|明确|培育|选树|聘请|派驻)(?:[\u4e00-\u9fff]{0,3})(?<!\d)(?P<pair>12|23|34|45|56|35|13|24)(?=(?:名|个|人|家|位|支|户))"
)
_OPEN_YEARS = re.compile(r"([(（])(20[0-4]\d ?[-—–－~～至]{1,2} ?20[0-4]\d年?)[ \t]*$", re.M)
_PUBLISHED = re.compile(r"(20[0-4]\d)\s?[-年/.]\s?(\d{1,2})\s?[-月/.]\s?(\d{1,2})")
_DELIMITER = re.compile(r"[及和与、，,：:；;《（(“”]|等|为|的|以及")


def restore(text: str, published: str = "") -> list[Edit]:
    """Edits for lost glyphs; `published` is what the furniture said (its dates settle a date that can be read in two ways)."""
    edits = _numbers(text) + _dates(text, published)
    if "”" in text or "“" in text:
        edits += _quotes(text)
    ranges = _ranges(text)
    edits += ranges
    edits += _pairs(text, bool(ranges))
    return sorted(edits)


def _numbers(text: str) -> list[Edit]:
    edits = []
    if "号" in text:
        for m in _NUMBER_LEFT_OPEN.finditer(text):
            edits.append(
                Edit(
                    m.start(),
                    m.end(),
                    f"〔{m[2]}〕{m[3]}",
                    "glyph",
                    INFERRED,
                    "year and number of a document number run together",
                )
            )
        for m in _NUMBER_BRACKETS.finditer(text):
            if not "㐀" <= text[m.start() - 1 : m.start()] <= "鿿":
                continue
            edits.append(
                Edit(m.start(), m.end(), f"〔{m[1]}〕", "glyph", INFERRED, "the year in a document number stands in 〔〕")
            )
    for m in _OPEN_YEARS.finditer(text):
        end = m.end(2)
        closing = ")" if m[1] == "(" else "）"
        edits.append(
            Edit(m.start(1), end, m[1] + m[2] + closing, "glyph", INFERRED, "bracket round the years of a title is left open")
        )
    return edits


def _dates(text: str, published: str) -> list[Edit]:
    edits = []
    known = [d for y, m, d_ in _PUBLISHED.findall(published) if (d := _day(int(y), int(m), int(d_)))]
    for found in _BARE_DATE.finditer(text):
        year, rest = int(found[1]), found[2]
        readings = [d for k in (1, 2) if len(rest) - k in (1, 2) and rest[0] != "0" or len(rest) == 4
                    if (len(rest) < 4 or k == 2) and (d := _day(year, int(rest[:k]), int(rest[k:] or 0)))]  # fmt: skip
        if len(rest) < 4:
            readings = [d for d in readings if not rest[len(str(d.month)) :].startswith("0")]
        readings = sorted(set(readings))
        if not readings:
            continue
        reason = f"{found[0].strip()} can be no other day"
        if len(readings) > 1:
            earlier = [d for d in readings if any(d <= p for p in known)]
            if len(earlier) == 1 and len(known) > 0:
                readings, reason = earlier, "the other reading lies after the publication date"
            else:
                names = " or ".join(d.isoformat() for d in readings)
                edits.append(
                    Edit(found.start(1), found.end(2), found[1] + rest, "glyph", FLAGGED, f"年, 月 and 日 are lost: {names}")
                )
                continue
        d = readings[0]
        start, end = found.start(1), found.end(2)
        edits.append(Edit(start, end, f"{d.year}年{d.month}月{d.day}日", "glyph", INFERRED, f"年, 月 and 日 are lost; {reason}"))
    return edits


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _round(n: str) -> bool:
    return len(n) >= 2 and len(n.rstrip("0")) <= 2 and n.endswith("0")


def _ranges(text: str) -> list[Edit]:
    """`200500万` is 200-500万 where both are round, the second is larger, and a neighbouring step has one of them too."""
    edits = []
    for m in _JOINED.finditer(text):
        digits = m[1]
        if digits[0] == "0" or text[m.start() - 1 : m.start()] in tuple("0123456789.,"):
            continue
        cuts = [(digits[:k], digits[k:]) for k in range(2, len(digits) - 1) if digits[k] != "0"]
        cuts = [(a, b) for a, b in cuts if _round(a) and _round(b) and int(a) < int(b) <= 20 * int(a)]
        if len(cuts) != 1:
            continue
        a, b = cuts[0]
        around = text[max(0, m.start() - 80) : m.start()] + "|" + text[m.end() : m.end() + 80]
        steps = re.search(rf"(?<!\d)(?:{a}|{b})(?!\d)|(?<!\d){b}[1-9]|\d{a}(?!\d)", around)
        if steps:
            edits.append(
                Edit(
                    m.start(1),
                    m.end(1),
                    f"{a}-{b}",
                    "glyph",
                    INFERRED,
                    f"two steps of a scale run together; {steps[0]} stands beside it",
                )
            )
    return edits


def _pairs(text: str, dashes_lost: bool) -> list[Edit]:
    """`配备34名专职人员`: 3-4 where the page lost dashes elsewhere too and it is people for one office; else a flag."""
    edits = []
    for m in _PAIR.finditer(text):
        pair, start, end = m["pair"], m.start("pair"), m.end("pair")
        office = re.match(r"名(?:专职|专门|兼职|工作|专干)", text[end : end + 6]) and int(pair[1]) - int(pair[0]) == 1
        if office and dashes_lost:
            edits.append(
                Edit(
                    start,
                    end,
                    f"{pair[0]}-{pair[1]}",
                    "glyph",
                    INFERRED,
                    "a few people for one office; the page lost its dashes elsewhere too",
                )
            )
        elif (office or dashes_lost) and int(pair[1]) - int(pair[0]) == 1:
            edits.append(Edit(start, end, pair, "glyph", FLAGGED, f"perhaps {pair[0]}-{pair[1]}: a dash may be lost"))
    return edits


def _quotes(text: str) -> list[Edit]:
    """Quotation marks that do not pair up within their line."""
    edits, start = [], 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text.count("“", start, end) != text.count("”", start, end) or text.find("”", start, end) < (
            text.find("“", start, end) % (end + 1)
        ):
            edits += _line_quotes(text, start, end)
        start = end + 1
    return edits


def _line_quotes(text: str, start: int, end: int) -> list[Edit]:
    marks = [(m.start(), m[0]) for m in re.finditer("[“”]", text[start:end])]
    edits, opened, k = [], None, 0
    while k < len(marks):
        at, mark = marks[k][0] + start, marks[k][1]
        if mark == "“":
            if opened is not None:
                edits += _unclosed(text, opened, at)
            opened = at
        elif opened is not None:
            opened = None
        else:
            after = marks[k + 1] if k + 1 < len(marks) else None
            if (
                after
                and after[1] == "”"
                and 2 <= after[0] + start - at <= 12
                and not re.search("[，。；]", text[at : after[0] + start])
            ):
                edits.append(Edit(at, at + 1, "“", "glyph", INFERRED, "a closing mark where a quotation opens"))
                opened = at
            else:
                edits += _unopened(text, max(start, at - 10), at)
        k += 1
    return edits


def _unopened(text: str, low: int, at: int) -> list[Edit]:
    places = [m.end() + low for m in _DELIMITER.finditer(text[low:at])]
    quoted = text[places[-1] : at] if places else ""
    if 2 <= len(quoted) <= 8 and text[places[-1] - 1] in "及和与、，,：:":
        first = places[-1]
        return [Edit(first, first + 1, "“" + text[first], "glyph", INFERRED, f"{quoted}” has lost its opening mark")]
    return [Edit(at, at + 1, "”", "glyph", FLAGGED, "no quotation is open here")]


def _unclosed(text: str, opened: int, at: int) -> list[Edit]:
    return [Edit(opened, opened + 1, "“", "glyph", FLAGGED, "this quotation is not closed")]
