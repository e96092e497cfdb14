"""What the words around a number say: a name, a report of the past, a condition of eligibility, a promise."""

import re

from helpers.commitments.lexicon import Lexicon
from helpers.commitments.numbers import opened

MASK = "□"
_ENUMERATION = re.compile(
    r"^\s*(?:[(]?\d{1,2}[).、](?!\d)|[(][一二三四五六七八九十]{1,3}[)]|[一二三四五六七八九十]{1,3}、|[①-⑳]|\d{1,2}\.(?=\D))\s*"
)
_DUTY = r"牵头|责任单位|职责|职能分工|负责|配合单位|责任部门|主办|协办"
BRACKET = re.compile(rf"[(]((?:[^()]|[(][^()]*[)])*?(?:{_DUTY})(?:[^()]|[(][^()]*[)])*)[)]")
_PROMISE_IN_QUOTES = re.compile(
    r"(?:资金|基金|经费|补贴|补助|消费券|惠民券)$|\d\s?(?:万|亿)?元|\d\s?%|\d+个?(?:天|工作日|小时|亩)(?!圈|攻坚|行动|会战|工程|计划)|\d+(?:家|个|项|名)以上"
)
_QUOTED = re.compile(r"“([^“”]{1,60})”|‘([^‘’]{1,60})’|\"([^\"]{1,40})\"")
_NAMES = opened(
    r"A-Za-z《〔\[【一二三四五六七八九十百千前第如见附图表海东西南北经",
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|[〔\[【]\s?20\d\d\s?[〕\]】]\s?\d*号?"
    r"|[A-Za-z][A-Za-z.\-]*\d[A-Za-z0-9.\-]*"  # G240, IPV6, PM2.5
    r"|(?<![\d.])\d+(?:\.\d+)?(?:[A-Z]级|[A-OQ-Z](?![A-Za-z])|星级|D打印|K|Mbps)"  # 5G, 4A级
    r"|\d+\.\d+(?=平台|版|时代|模式|系统|阶段|工程|行动|计划)|(?:前|第)[\d一二三四五六七八九十]+(?!产业|季度)(?:名|位|家|个|强|批|期|次|部分|条|款|项|章|年)?"
    r"|\d+强(?!度)|\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+(?![^,;。]{0,8}(?:配套|匹配|配比|奖补|补助))|\d+(?:\+\d+)+(?:\+[A-Zn])?|\d+千伏(?:安)?|\d{1,2}:\d\d"
    r"|[如见附]?图\s?\d+(?:[-.]\d+)?(?:所示)?|[如见附]表\s?\d+(?:[-.]\d+)?(?:所示)?|附件\d+|海拔\d+米|[一二三四五六七八九十百千\d]+[万亿]元?级"
    r"|[东西南北]?经?\d+号|\d+(?:路|街|条(?:措施|政策|意见|规定|禁令)|号)(?!公里)|\d+大(?=[\u4e00-\u9fff])"
    r"|\d+(?:个|大|项)?(?:方面|重点(?:领域|任务|工作|产业链)(?=[,;]|$)|环节)|20[123]\d(?=[\u4e00-\u9fff])(?![年月万亿元家个项名人亩件台套辆座处至到户吨公米平立次场期余多])",
)  # fmt: skip


def without_furniture(text: str) -> str:
    """Blank out the numbering before a sentence and the duty brackets in it; length is kept."""
    return _ENUMERATION.sub(_blank, BRACKET.sub(_blank, text) if ")" in text else text)


def mask(text: str) -> str:
    """Blank out what can hold no promise: titles, names, quoted slogans; length is kept."""
    text = _QUOTED.sub(_unquoted, text)
    return _NAMES.sub(_blank, text)


def _unquoted(match: re.Match) -> str:
    """Keep a quoted promise (“最多90天”) and the name of a plan period (“十四五”); blank out slogans."""
    words = match[0][1:-1]
    return (
        match[0]
        if re.fullmatch("十[二三四五六]五", words) or (_PROMISE_IN_QUOTES.search(words) and "+" not in words)
        else _blank(match)
    )


def _blank(match: re.Match) -> str:
    return MASK * len(match[0])


# ---- past and future -------------------------------------------------------------------------------------------------
_CUE = (
    r"“?十(?P<period>[四五六])五”?(?:期间|末)|(?P<future><future>)|(?P<soft><soft_future>)|(?P<either><either>)|(?P<past><past>)|(?P<compared><compared>)|(?P<weak><weak_future>)"
    r"|(?:<base>)(?P<base>20\d\d)年|(?P<year>20\d\d)(?=年(?!度?目标)(?!.{0,6}前))"
)
PLAN_ENDS = {"四": 2025, "五": 2030, "六": 2035}
_CLOSING = r"[\d%家个项名人亩元]\s?(?:及以上|以上)(?=[,;。、)]|$)"


def reports(heading_path: str, words: Lexicon) -> bool:
    """Tell whether a sentence stands in a section that reports: 一、2023年工作回顾; not where the heading also plans."""
    parts = heading_path.split(" > ")
    return any(words("<report_heading>").search(part) and not words("<plan_heading>").search(part) for part in parts)


def past_spans(text: str, reference: int, statement: str, weak: bool, words: Lexicon) -> list[tuple[int, int, bool]]:
    """Return (start, end, past) stretches of a folded text.

    A report of the past runs from its cue (先后, 现有, 五年来, a year before `reference`) to the next word of promise.
    `reference` is the year of the document, 0 where unknown; `statement` is the coder's word, "" where there is none; `weak`
    says that the sentences before this one in its paragraph report the past. Where no word decides, those two do.
    Background promises nothing without a word of the future or a closing 以上.
    """
    everything = [(0, len(text), True)]
    aims = words("<aim>").search(text)
    if words("<than_before>").search(text) and not aims:
        return everything
    cues = list(words(_CUE).finditer(text))
    kinds = {match.lastgroup for match in cues}
    at_least = bool(re.search(_CLOSING, text))
    if statement == "background" and not at_least and not any(_is_to_come(match, reference) for match in cues):
        return everything
    promised = statement in ("goal", "measure")
    future = not kinds.isdisjoint(("future", "soft", "period"))
    trusted = promised and (at_least or statement == "goal" or "weak" in kinds)
    compared = "compared" in kinds and not trusted and not words("<award>").search(text)
    if not future and (compared or (not kinds.isdisjoint(("past", "either")) and not promised)):
        return everything
    awards = [match.start() for match in words("<award>|<paid_out>").finditer(text)] if statement == "measure" else []
    state = not promised and (weak or bool(words("<result>").search(text)))
    explicit = False
    spans, begin = [], 0
    for match in cues:
        past = _reports(match, reference, statement)
        if past and awards and match.end() <= awards[-1]:
            past = None  # 取得证书的,按每人3000元发放: who is paid, no report
        if past is None or (match["weak"] and explicit):
            continue
        if past and statement == "background" and not aims:
            return everything
        explicit = explicit and not (match["future"] or match["soft"] or match["period"]) or past
        if past != state:
            spans.append((begin, match.start(), state))
            begin, state = match.start(), past
    return [*spans, (begin, len(text), state)]


def _is_to_come(match: re.Match, reference: int) -> bool:
    """Tell a word of the future, or a plan period that ends after the year of the document."""
    period = match["period"]
    return bool(match["future"]) or bool(period and PLAN_ENDS[period] > reference)


def _reports(match: re.Match, reference: int, statement: str) -> bool | None:
    """Tell whether a cue reports the past; None where it says nothing (a year to come, a base of comparison in a promise)."""
    promised = statement in ("goal", "measure")
    if match["compared"] or (promised and (match["base"] or match["either"])):
        return None
    year = match["year"] or match["base"]
    if year:
        before = int(year) < reference if reference else statement == "background" or int(year) <= 2016
        return True if before else None
    return bool(match["past"] or match["either"])


# ---- clauses ---------------------------------------------------------------------------------------------------------
CLAUSE_MARK = re.compile(r"[,;。:!?]")


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the clauses of a sentence as (start, end); a bracketed remark and a thousands comma do not end one."""
    spans, begin = [], 0
    for match in CLAUSE_MARK.finditer(text):
        at = match.start()
        if match[0] == "," and text[at - 1 : at].isdigit() and re.match(r"\d{3}(?!\d)", text[at + 1 :]):
            continue
        spans.append((begin, at))
        begin = at + 1
    spans.append((begin, len(text)))
    return [span for span in spans if span[1] > span[0]]
