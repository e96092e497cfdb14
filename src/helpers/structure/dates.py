"""Year and date of a document itself: signature, document number, title, period, deadlines; never the web page's date."""

import re
from dataclasses import dataclass

from helpers.language.reasons import coded

_DIGITS = str.maketrans("〇○零ＯO一二三四五六七八九", "00000123456789")
_ZERO = "〇○零ＯO0"
_YEAR = rf"(?:(?:19|20)\d\d|二[{_ZERO}][{_ZERO}一二][{_ZERO}一二三四五六七八九])"
_DATE = re.compile(
    rf"({_YEAR})\s?年\s?(\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?月(?:\s?(\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?日)?"
)
_NUMERIC = re.compile(r"((?:19|20)\d\d)[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_PAGE = re.compile(r"发布(?:时间|日期|于)|更新(?:时间|日期)|来源|浏览|点击|阅读|访问|时间[:：]|字号|打印|录入|编辑")
_AMENDED = re.compile(r"^[\s\u3000]*[(（]?[^。\n]{0,20}?(?:19|20)\d\d\s?年[^。\n]{0,400}(?:修订|修正|修改)", re.M)
_AMENDED_YEAR = re.compile(  # in a title (2020年修订), or by the number of the act: 县政发〔2021〕8号修订
    r"[(（\[【](20\d\d)\s?年?[^)）]{0,8}(?:修订|修正|修改|版\s?[)）\]】])|〔(20\d\d)〕\s?\d{1,4}\s?号(?:文件?)?\s?(?:予以|第.次)?(?:修订|修正|修改)"
)
_LOOKS_BACK = re.compile(r"(20\d\d)\s?年(?:(?!20\d\d)[^。，,；\n]){0,24}?(?:回顾|总结|执行情况|完成情况|工作情况|主要工作)")
_PLANS = re.compile(r"(20\d\d)\s?年(?:(?!20\d\d)[^。，,；\n]){0,24}?(?:安排|打算|计划|目标|任务|重点|思路|草案|建议)")
_PRINTED = re.compile(r"印发[)）\s]*$")
_PASSED = re.compile(r"通过|修订|修正|审议|批准")
_DELIVERED = re.compile(rf"^[\s—\-(（]*({_YEAR})\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?日\s*在?.{{0,60}}(?:会议|大会)")
_EFFECT = re.compile(rf"(?:自|从)\s?({_YEAR})\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日\s?(?:起|开始)?\s?(?:施行|实施|执行|生效)")
_PERIOD = re.compile(r"((?:19|20)\d\d)\s?年?\s?[-—–－~～至到]+\s?((?:19|20)\d\d)")
_FIVE_YEARS = {"十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
_FIVE = re.compile(r"[“\"”‘']?(十[一二三四五]五)[”\"“’']?|第十([一二三四五])个五年")
_DEADLINE = re.compile(r"(?<!到)(?<!至)(20\d\d)年\s?\d{1,2}月(?:\d{1,2}日|份)?\s?(?:底|末|底?前|之前|启动|开工|动工|完成)")
_LOST = re.compile(r"^[(（\s]*((?:19|20)\d\d)年?(\d{3,4})日[)）\s]*$")  # 2023925日: 年 and 月 are lost
_FIRST, _LAST = 1990, 2035


@dataclass(frozen=True, slots=True)
class Dated:
    """Year (None if unknown) and date (YYYY-MM-DD or YYYY-MM, empty if unknown), with what is doubtful about them."""

    year: int | None = None
    date: str = ""
    flags: tuple[str, ...] = ()


def number(text: str) -> int | None:
    """Read a year, month or day in digits or Chinese numerals (二〇一九, 十二, 二十六)."""
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return int((tens or "一").translate(_DIGITS)) * 10 + int((ones or "零").translate(_DIGITS))
    digits = text.translate(_DIGITS)
    return int(digits) if digits.isdigit() else None


def date_of(text: str) -> str:
    """Return the first date in `text` as YYYY-MM-DD or YYYY-MM, empty where there is none that the calendar knows."""
    if lost := _LOST.match(text):
        digits = lost.group(2)
        splits = [(int(digits[:i]), int(digits[i:])) for i in (1, 2) if digits[i] != "0"]
        likely = [(month, day) for month, day in splits if 1 <= month <= 12 and 1 <= day <= 31]
        return f"{lost.group(1)}-{likely[0][0]:02d}-{likely[0][1]:02d}" if len(likely) == 1 else ""
    for pattern in (_DATE, _NUMERIC):
        if found := pattern.search(text):
            year, month, day = (number(part) if part else None for part in found.groups())
            if year and month and _FIRST <= year <= _LAST and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
                return f"{year}-{month:02d}" + (f"-{day:02d}" if day else "")
    return ""


def is_signature_date(line: str) -> bool:
    """Tell whether a line is a date of signature: nothing else in it than perhaps the issuer before it."""
    stripped = line.strip(" \t\u3000\xa0()（）")
    if "\t" in stripped or "|" in stripped:  # 县住建局 and 2021年6月 in two cells: who is to do it, and until when
        return False
    if _LOST.match(stripped):
        return True
    found = _DATE.search(stripped)
    if not found or _PASSED.search(stripped) or _PAGE.search(stripped):
        return False
    before, after = stripped[: found.start()].strip(), stripped[found.end() :].strip(" \t\u3000)）")
    issuer = len(before) <= 30 and before.endswith(
        ("政府", "委员会", "办公室", "局", "委", "部", "办", "中心", "组", "会", "院", "厅")
    )
    return after in ("", "印发") and (not before or issuer)


def date_document(title: str, doc_number: str, labelled: dict, head: list[str], tail: list[str], body: str) -> Dated:
    """Date a document from its own words.

    `labelled` are the values of the page's labels by field (`repair.labels`), `head` the document's first lines, `tail` its
    last. Order: latest amendment, of the title too (flagged), signature in the head, labelled date (成文日期), signature at the
    end, day on which a report was delivered, day of print, document number, year in the title, first year of the plan's period
    (flagged), day of effect (flagged), first year of its deadlines (flagged). A number of another year is flagged, and so is a
    report that looks back on one year and plans the next without saying when it was given.
    """
    numbered = re.search(r"〔(\d{4})〕", doc_number)
    signed = _signature(head) or date_of(labelled.get("dated", "")) or _signature(tail[::-1]) or _delivered(head)
    amended = _amended(body)
    named = max((a or b for a, b in _AMENDED_YEAR.findall("\n".join([title, *head[:6]]))), default="")
    if named > max(amended, signed)[:4]:
        return Dated(int(named), "", (coded("year_amended"),))
    if amended > signed:
        return Dated(int(amended[:4]), amended, (coded("year_amended"),))
    reports = "报告" in title or "总结" in title
    if date := signed or _printed([*tail[::-1], *head]) or date_of(labelled.get("printed", "")):
        apart = numbered and numbered.group(1) != date[:4]
        doubt = (coded("year_number", date=date[:4], number=numbered.group(1)),) if apart else ()
        dated = Dated(int(date[:4]), date, doubt)
        return _with_plan(dated, title, body) if reports else dated
    if numbered:
        return Dated(int(numbered.group(1)))
    dated = _from_title(title, "") if title else _from_title("\n".join(head[:6]), coded("year_head"))
    if not dated and (found := _EFFECT.search(body)):
        dated = Dated(number(found.group(1)), "", (coded("year_effect"),))
    deadlines = sorted(int(y) for y in _DEADLINE.findall(body))
    if not dated and len(deadlines) >= 2 and deadlines[0] == deadlines[1]:
        dated = Dated(deadlines[0], "", (coded("year_deadlines"),))
    dated = dated or Dated()
    return _with_plan(dated, title, body) if reports else dated


def _amended(body: str) -> str:
    """Return the date of the latest amendment in the note under the title of a regulation, or ''."""
    found = [m for line in body[:1500].split("\n")[:15] if (m := _AMENDED.match(line))]
    return max((d for m in found for k in _DATE.finditer(m[0]) if (d := date_of(k[0]))), default="")


def _with_plan(dated: Dated, title: str, body: str) -> Dated:
    """A report of one year that plans the next may belong to either: what its title plans, else what it says, with the doubt."""
    for text in (title, "\n".join(line for line in body.split("\n") if len(line) <= 45)):
        back, plans = ({int(y) for y in pattern.findall(text)} for pattern in (_LOOKS_BACK, _PLANS))
        settles = text == title and not dated.date
        if both := sorted(year for year in plans if year - 1 in back and (settles or year != dated.year)):
            doubt = coded("year_looks_back", back=both[-1] - 1, plans=both[-1])
            return Dated(both[-1] if settles else dated.year or both[-1], dated.date, (*dated.flags, doubt))
    return dated


def _signature(lines: list[str]) -> str:
    own = [line for line in lines if len(line) <= 60 and not _PRINTED.search(line) and is_signature_date(line)]
    return next((date for line in own if (date := date_of(line))), "")


def _printed(lines: list[str]) -> str:
    """Return the day of print: the last line of an official document is 县政府办公室 2019年9月2日印发."""
    return next((d for line in lines if len(line) <= 60 and _PRINTED.search(line) and (d := date_of(line))), "")


def _delivered(head: list[str]) -> str:
    return next((date_of(line) for line in head[:8] if len(line) <= 90 and _DELIVERED.match(line)), "")


def _from_title(title: str, doubt: str) -> Dated | None:
    flags = (doubt,) if doubt else ()
    period = _PERIOD.search(title)
    years = [
        number(y)
        for y in re.findall(rf"({_YEAR})(?=\s?年)", title[: period.start()] + title[period.end() :] if period else title)
    ]
    years = [y for y in years if y and _FIRST <= y <= _LAST]
    if years and not doubt and "远景" not in title:
        return Dated(years[0], "", flags)
    if period:
        return Dated(int(period.group(1)), "", (*flags, coded("year_period")))
    if (found := _FIVE.search(title)) and not doubt:
        name = found.group(1) or f"十{found.group(2)}五"
        return Dated(_FIVE_YEARS[name], "", (*flags, coded("year_period")))
    return None
