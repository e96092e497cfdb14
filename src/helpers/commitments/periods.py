"""Dates in a policy sentence: the year by which, every year, a month without its year."""

import re
from dataclasses import dataclass

from helpers.commitments.numbers import from_han, opened

_PLANS = {"二": "2015", "三": "2020", "四": "2025", "五": "2030", "六": "2035"}
_PART = (
    r"(?:第?[一二三四]季度[末底]?|[上下]半年|年中|年?[底末]|\d{1,2}月(?:\d{1,2}日|份|[底末]"
    r"|[上中下]旬)?(?:[底末])?"
    r"|[一二三四五六七八九十]{1,2}月(?:份"
    r"|[底末])?"
    r"|(?:国庆|中秋|春|元旦|劳动|端午|清明|重阳)节?(?=之?前)|(?:主?汛|供暖|采暖)[期季](?=之?前))"
)
_AFTER = r"(?P<after>之前|以前|前|起|以来|以后|后|之后|止)?"
_DATE = opened(
    "一二三四五六七八九十力争确到至在于截自从较比由“第上下年底末国中春元劳端清重主汛供采今明本当次每全",
    rf"(?P<before>力争到|争取到|确保到|到|至|在|于|截至|截止|截止到|自|从)?(?P<first>20\d\d)年?\s?(?:-{{1,2}}|~|至|到)\s?(?P<last>20\d\d)\s?年(?:期间|底|末)?"
    rf"|(?P<lead>到|至|在|于|截至|截止到?|自|从|较|比|由)?(?P<year>20\d\d|二[〇零][一二三四五六七八九〇零]{{2}})\s?年(?P<part>{_PART})?(?:(?P<span>度|内|全年|期间)|{_AFTER})"
    rf"|(?P<plan_lead>到|至)?“?十(?P<plan>[二三四五六])五”?(?P<plan_tail>规划)?(?P<plan_end>期间|时期|期末|末)"
    rf"|(?P<soft>到|至|在|于)?(?P<same>今年|明年|本年|当年|次年|每年|全年|年)?(?P<month>{_PART})(?P<soft_after>之前|以前|前|起|以来|后|内)?"
    rf"|(?P<within>(?:今年|本年度?|(?<![一二三四五六七八九十两\d])年)内)",
)  # fmt: skip
_SOFT_CUE = re.compile(r"[底末]$|半年$|季度")


@dataclass(frozen=True)
class Date:
    """A date at `start:end`; `year` is empty where only a month is named; `role` is by, in, from, past or every."""

    start: int
    end: int
    year: str
    role: str


def dates(text: str) -> list[Date]:
    """Return the dates of a folded text in order; a month without its year takes the year before it."""
    found: list[Date] = []
    for match in _DATE.finditer(text):
        date = _date(match, found[-1].year if found else "", text)
        if date is not None and not _inside(date, found, text):
            found.append(date)
    return found


def _inside(date: Date, found: list[Date], text: str) -> bool:
    """2025年完成我县2024年高标准农田建设任务: the second year names the thing, it dates no deed."""
    if date.role != "in" or not date.year or not found or date.year > found[-1].year:
        return False
    return (
        found[-1].role in ("by", "in")
        and not re.search(r"[,;。、:(]", text[found[-1].end : date.start])
        and text[found[-1].end : date.start] != ""
    )


def _date(match: re.Match, year_before: str, text: str) -> Date | None:
    start, end = match.span()
    if match["last"]:
        role = "from" if match["before"] in ("自", "从") else "range"
        return Date(start, end, match["last"], role)
    if match["year"]:
        year = match["year"] if match["year"][0] == "2" else str(from_han(match["year"]))
        return Date(start, end, year, _role(match))
    if match["plan"]:
        if match["plan_end"] == "时期" and text[end : end + 1] == "是":
            return None
        return Date(start, end, _PLANS[match["plan"]], "range" if not match["plan_lead"] else "by")
    if match["within"]:
        return Date(start, end, "", "in")
    return _soft(match, year_before, text)


def _role(match: re.Match) -> str:
    if match["lead"] in ("自", "从") or match["after"] == "起":
        return "from"
    if match["after"] in ("以来", "以后", "后", "之后") or (match["lead"] or "")[:1] in ("截", "较", "比", "由"):
        return "past"
    if match["lead"] in ("到", "至") or match["after"] or match["part"]:
        return "by"
    return "in"


def _soft(match: re.Match, year_before: str, text: str) -> Date | None:
    """A month or 年底 without a year: only where it names a limit; 每年6月底前 comes back every year."""
    start, end = match.span()
    if text[max(0, start - 1) : start] in tuple("0123456789第一二三四五六七八九十百个") or match["soft_after"] in (
        "起",
        "以来",
        "后",
    ):
        return None
    if (
        match["same"] == "每年"
        or text[max(0, start - 2) : start] in ("每年", "每月")
        or text[max(0, start - 3) : start] == "每季度"
    ):
        return Date(start, end, "", "every")
    if match["month"] in ("底", "末") and not match["same"]:
        return None  # 摸底, 彻底, 期末
    if match["same"] == "次年" or re.search(r"第[一二三四五\d]年$", text[:start]):
        return None
    if match["soft_after"] or match["soft"] or match["same"] or _SOFT_CUE.search(match["month"]):
        return Date(start, end, year_before, "by")
    return Date(start, end, year_before, "in") if match["month"].endswith("份") else None


_YEARLY = re.compile(r"每年|逐年|每一?年度|年度(?:最高|奖励|补助|不超过|累计)|每个?年度")
_MEAN = re.compile(r"年均|年平均")


def year_of(start: int, end: int, item_start: int, clause: tuple[int, int], found: list[Date], text: str) -> str:
    """Return the year by which the number at `start:end` is due: a year, `yearly`, or empty.

    年均 speaks for its own item; 每年 for all that follows until a date is named; else the last date before the number,
    else a date after it in the same clause.
    """
    if _MEAN.search(text, item_start, end) or _MEAN.match(text, end):
        return "yearly"
    due = [date for date in found if date.role in ("by", "in", "range") and date.end <= start]
    since = due[-1].end if due else 0
    if _YEARLY.search(text, since, start):
        return "yearly"
    if due:
        return due[-1].year
    after = [date for date in found if end <= date.start < clause[1] and date.role in ("by", "in") and date.year]
    return after[0].year if after else ""
