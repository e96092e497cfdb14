"""Deeds that are to be done by a date, without a number as their result."""

import re

from helpers.commitments.indicators import short
from helpers.commitments.periods import Date
from helpers.commitments.wording import MASK

_DONE = re.compile(
    r"完成|建成|获批|获评|入选|建立|启动|竣工|投产|投用|投入使用|投入运营|通车|开工|动工|复工|实现|形成|创建|争创|创成|出台|印发|发布|落地|挂牌|签约|验收|全覆盖|到位|交付|开业|开园|运营|整改|清零"
    r"|销号|办结|拆除|关停|退出|淘汰|上线|开通|设立|成立|组建|取得|达到|达标|通过|全面(?:推行|实施|推开|完成|普及)|基本普及|普及|消除|解决|制定|编制|兑现|拨付|审批|报送|见效|贯通|接入|合龙|摘牌|搬迁"
)
_FIRM = re.compile(
    r"完成|建成|获批|获评|入选|启动|竣工|投产|投用|投入使用|投入运营|通车|开工|动工|复工|实现|形成|创建|争创|创成|出台|落地|挂牌|开园|上线|开通|全覆盖|验收|达标|基本普及|全面(?:推行|实施|推开|完成|普及)|设立|组建"
)
_VAGUE = re.compile(r"^(?:一批|显著|明显|大幅|不断|持续|进一步)")
_NOT_MINE = re.compile(r"申请|申报|报名|提交|有效期|起施行|施行之日|评为|公示|递交|奖励|给予|补[助贴]")


def deadline_rows(text: str, found: list[Date], clauses: list[tuple[int, int]], taken: list[int], past) -> list[dict]:
    """Return one row a date whose clauses name a deed and hold no number of their own.

    `taken` are the starts of the numbers already read as targets or money; `past(position)` tells a report of the past.
    """
    rows = []
    due = [date for date in found if date.role in ("by", "in", "range", "every")]
    for index, date in enumerate(due):
        if past(date.start) or date.role == "every":
            continue
        until = due[index + 1].start if index + 1 < len(due) else len(text)
        deed = _deed(text, date, until, clauses, taken)
        if deed is not None:
            start, end, words = deed
            rows.append({"kind": "deadline", "indicator": words, "comparator": "", "value": "", "unit": "", "year": date.year,
                         "condition": "", "start": min(date.start, start), "end": max(end, date.end)})  # fmt: skip
    return rows


def _deed(text: str, date: Date, until: int, clauses: list[tuple[int, int]], taken: list[int]) -> tuple[int, int, str] | None:
    """Find the first clause of the date's stretch that names a deed; the clause of the date itself counts from its start."""
    wanted = _DONE if date.role == "by" else _FIRM
    for start, end in clauses:
        if end <= date.start or start >= until:
            continue
        if any(start <= number < end for number in taken):
            continue
        own = start <= date.start < end
        begin = start if own else max(start, date.end)
        stop = min(end, until)
        words = text[begin:stop].replace(text[date.start : date.end], "") if own else text[begin:stop]
        words = words.strip(MASK + " 、,:")
        if _NOT_MINE.search(words):
            continue
        if not own and date.role != "by" and not re.search(_FIRM, words):
            continue
        if len(words) >= 4 and wanted.search(words) and not _VAGUE.match(words):
            return begin, stop, short(re.sub(r"^(?:力争|争取|确保|并|要|应|将|在|于|务必|全面)+", "", words))
    return None
