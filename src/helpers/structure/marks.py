"""Enumeration marks of Chinese official documents: 附件1, 第一章, 一、 (一) 1. (1) ① and how deep each stands."""

import re
import unicodedata
from dataclasses import dataclass

from helpers.structure.dates import number

ANNEX, PART, CHAPTER, SECTION, ARTICLE, FIRST, SECOND, THIRD, DECIMAL, DEEP_DECIMAL, FOURTH, FIFTH = range(12)

_HAN = "一二三四五六七八九十百零〇"
# One alternative a kind of mark, in the order in which they are tried. GB/T 9704-2012 fixes 一、 (一) 1. (1);
# the lookaheads keep quantities (1.5亿元) and bare series (一、二、三产业; 1、2号机组) out.
_KINDS = (
    (PART, rf"第\s?[{_HAN}\d]{{1,4}}\s?(?:编|篇|部分)(?![{_HAN}])"),
    (CHAPTER, rf"第\s?[{_HAN}\d]{{1,4}}\s?章"),
    (SECTION, rf"第\s?[{_HAN}\d]{{1,4}}\s?节"),
    (ARTICLE, rf"第\s?[{_HAN}\d]{{1,5}}\s?条(?![例款件约])"),
    (FIRST, rf"[{_HAN}]{{1,3}}\s?[、．.](?!\s?[{_HAN}]{{1,2}}[、产线季级批])"),
    (SECOND, rf"[(（〔][{_HAN}]{{1,3}}[)）〕]\s?[、.．]?"),
    (DEEP_DECIMAL, r"\d{1,2}[.．]\d{1,2}[.．]\d{1,2}[.．、]?(?![\d%％])(?=\s?[^\W\d_])"),
    (DECIMAL, r"\d{1,2}[.．]\d{1,2}[.．、]?\s(?![\d%％])(?=\s?[^\W\d_])"),
    (THIRD, r"(?:\d{1,2}\s?[.．、](?!\s?\d)|[⒈-⒛])"),
    (FOURTH, r"(?:[(（]\d{1,2}[)）]、?|\d{1,2}[)）]|[⑴-⒇])"),
    (FIFTH, r"[①-⑳㉑-㉟❶-❿]"),
)
_MARK = re.compile(
    "[ \t\u3000\xa0]*(?:" + "|".join(f"(?P<k{level}>{pattern})" for level, pattern in _KINDS) + r")[ \t\u3000\xa0]*"
)
_ANNEX = re.compile(
    rf"\s*附\s{{0,3}}([件表录])\s{{0,3}}([\d０-９]{{1,2}}|[{_HAN}]{{1,3}})?\s{{0,3}}([:：、.．\-—])?\s*(.{{0,80}})$"
)
_OPENERS = frozenset("第(（〔附❶❷❸❹❺❻❼❽❾❿ \t\u3000\xa0" + _HAN + "".join(map(chr, range(0x2460, 0x249C)))
                     + "".join(map(chr, range(0x3251, 0x3260))) + "0123456789")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """An enumeration mark: its depth, and where the words after it begin."""

    level: int
    end: int


def mark_at(text: str, start: int = 0, end: int | None = None) -> Mark | None:
    """Return the enumeration mark that opens `text[start:end]`, or None."""
    if start >= len(text) or text[start] not in _OPENERS:
        return None
    found = _MARK.match(text, start, len(text) if end is None else end)
    return Mark(int(found.lastgroup[1:]), found.end()) if found and found.lastgroup else None


def number_of(mark: str) -> int:
    """Return the number in an enumeration mark (第十二章, (三), 2.1, ④: 12, 3, 1, 4); 0 where it cannot be read."""
    numerals = re.findall(rf"\d+|[{_HAN}]+", unicodedata.normalize("NFKC", mark))
    try:
        return number(numerals[-1]) or 0
    except (IndexError, ValueError):  # ❷, 第一百零二条
        return 0


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """A line that begins with 附件: its name (附件1), whether it bears a number, and the words after it."""

    name: str
    numbered: bool
    rest: str


def annex_at(line: str) -> AnnexLine | None:
    """Read a line such as 附件1, 附件：, 附件2：任务分解表; None when the line does not begin with 附件/附表/附录."""
    if "附" not in line[:12]:
        return None
    found = _ANNEX.match(line)
    if not found:
        return None
    kind, number, colon, rest = found.groups()
    if rest and not number and not colon:  # 附件材料由企业提供: a sentence
        return None
    number = unicodedata.normalize("NFKC", number or "")
    return AnnexLine(f"附{kind}{number}", bool(number), rest.strip())
