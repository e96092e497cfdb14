"""What the words around a number say: a name, a report of the past, a condition of eligibility, a promise."""

import re

MASK = "□"
_ENUMERATION = re.compile(
    r"^\s*(?:[(]?\d{1,2}[).、](?!\d)|[(][一二三四五六七八九十]{1,3}[)]|[一二三四五六七八九十]{1,3}、|[①-⑳]|\d{1,2}\.(?=\D))\s*"
)
_DUTY = r"牵头|责任单位|职责|职能分工|负责|配合单位|责任部门|主办|协办"
BRACKET = re.compile(rf"[(]((?:[^()]|[(][^()]*[)])*?(?:{_DUTY})(?:[^()]|[(][^()]*[)])*)[)]")
_PROMISE_IN_QUOTES = re.compile(
    r"\d\s?(?:万|亿)?元|\d\s?%|\d+个?(?:天|工作日|小时|亩)(?!圈|攻坚|行动|会战|工程|计划)|\d+(?:家|个|项|名)以上"
)
_QUOTED = re.compile(r"“([^“”]{1,60})”|‘([^‘’]{1,60})’|\"([^\"]{1,40})\"")
_NAMES = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|[〔\[【]\s?20\d\d\s?[〕\]】]\s?\d*号?"
    r"|[A-Za-z][A-Za-z.\-]*\d[A-Za-z0-9.\-]*"  # G240, IPV6, PM2.5
    r"|(?<![\d.])\d+(?:\.\d+)?(?:[A-Z]级|[A-Z](?![A-Za-z])|星级|D打印|K|Mbps)"  # 5G, 4A级
    r"|\d+\.\d+(?=平台|版|时代|模式|系统|阶段|工程|行动|计划)|(?:前|第)[\d一二三四五六七八九十]+(?!产业|季度)(?:名|位|家|个|强|批|期|次|部分|条|款|项|章|年)?"
    r"|\d+强(?!度)|\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+|\d+(?:\+\d+)+(?:\+[A-Zn])?|\d+千伏(?:安)?|\d{1,2}:\d\d"
    r"|[东西南北]?经?\d+号|\d+(?:路|街|条(?:措施|政策|意见|规定|禁令)|号)(?!公里)|\d+大(?=[\u4e00-\u9fff])"
    r"|\d+(?:个|大|项)?(?:方面|重点(?:领域|任务|工作|产业链)(?=[,;]|$)|环节)|20[123]\d(?=[\u4e00-\u9fff])(?![年月万亿元家个项名人亩件台套辆座处至到户吨公米平立次场期余多])"
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
_FUTURE = (
    r"力争|争取|确保|力促|奋力|努力|目标(?!完成情况)|预期|计划(?=[到在新投引完建实])|(?<![即必])将(?!军)|(?<![主重需只首纪概简摘])要(?![素求点闻])"
    r"|(?<![供响适效反对])应(?![用急对检有])|不低于|不少于|不超过|每年|年均(?=.{0,8}以上)|未来|[三五]年内|年内|全年(?!完成了)"
    r"|(?:到|至)20\d\d年|“?十[四五六]五”?(?:期间|末)|20\d\d年(?:\d+月|年?底|年?末|上半年)?[底末]?前"
)
_WEAK_FUTURE = (
    r"(?:提高|提升|压缩|下降|降|增加|扩大|控制|稳定)(?:到|至|在)|以上(?=[,;。、)]|$)|推动|培育|建设|新建"
    r"|打造|支持|鼓励|给予|奖励|补[助贴]|安排|设立"
    r"|实施"
    r"|推进"
    r"|加快"
    r"|选[拔派]"
    r"|开展"
)
_PAST = (
    r"年来|以来|先后|(?<![过用托对将活合])现有(?=[^,;]{0,16}\d)|现已|目前(?![期置景沿])|曾(?!都)|上年|去年|历年|前三年|评估数|统计数?据?显示|[实出]现了|完成了|取得了?|增长了|达到了|突破了|新增了|提高了|下降了|建成了"
    r"|提供了|奠定了|打下了|形成了|保持了|得到了|引进了|培育了|荣获|位居|位列|居全[市省国]|排名第|过去|近[三五两几\d]年|[五三一]年间|比上年|已(?=[经有建完达实引形成累突超连获全])"
    r"|截至|截止|成功纳入|被评为|被认定为|回顾|“?十[一二三]五”?(?:期间|时期|末)"
)
_CUE = re.compile(
    f"(?P<future>{_FUTURE})|(?P<past>{_PAST})|(?P<weak>{_WEAK_FUTURE})|(?P<year>20\\d\\d)(?=年(?!度?目标)(?!.{{0,6}}前))"
)
_THAN_BEFORE = re.compile(r"是“?十[一二三四]五”?(?:时期|期间|末)?的?\s?[\d.]+倍|相当于20\d\d年的|比“?十[一二三]五”?末?")
_AIM = re.compile(r"力争|争取|确保|目标|到20[23]\d年")
_RESULT = re.compile(
    r"^\s*20\d\d年.*(?:同比|排名|位居|净增|比20\d\d年)|\d\.\d\d(?!\d*\s?元)|累计(?:完成|达到?|引进|实现)[^,;]*\d\.\d"
)


def past_spans(text: str, reference: int, statement: str, weak: bool) -> list[tuple[int, int, bool]]:
    """Return (start, end, past) stretches of a folded text.

    A report of the past runs from its cue (先后, 现有, 五年来, a year before `reference`) to the next word of promise.
    `reference` is the year of the document, 0 where unknown; `statement` is the coder's word, "" where there is none; `weak`
    says that the sentences before this one in its paragraph report the past. Where no word decides, those two do.
    """
    aims = _AIM.search(text)
    if _THAN_BEFORE.search(text) and not aims:
        return [(0, len(text), True)]
    promised = statement in ("goal", "measure")
    state = not promised and (weak or bool(_RESULT.search(text)))
    explicit = False
    cues = list(_CUE.finditer(text))
    kinds = {match.lastgroup for match in cues}
    if "past" in kinds and "future" not in kinds and not promised:
        return [(0, len(text), True)]
    spans, begin = [], 0
    for match in cues:
        past = _reports(match, reference, statement)
        if past is None or (match["weak"] and explicit):
            continue
        if past and statement == "background" and not aims:
            return [(0, len(text), True)]
        explicit = explicit and not match["future"] or past
        if past != state:
            spans.append((begin, match.start(), state))
            begin, state = match.start(), past
    return [*spans, (begin, len(text), state)]


def _reports(match: re.Match, reference: int, statement: str) -> bool | None:
    """Tell whether a cue reports the past; None where a year says nothing."""
    if match["year"]:
        before = int(match["year"]) < reference if reference else statement == "background" or int(match["year"]) <= 2016
        return True if before else None
    return bool(match["past"])


# ---- conditions, penalties, definitions ------------------------------------------------------------------------------
AWARD = re.compile(
    r"奖励|奖补|补助|补贴|资助|贴息|奖金|给予|予以|兑现|津贴|补偿|安家费|生活费|扶持资金|配套支持|支持资金|租金减免|一次性奖|[再另]奖|各奖|免租"
)
AWARD_AFTER = re.compile(
    r"(?:左右|以内)?(?:的标准|的比例|的额度|比例|标准|的|一次性|现金|资金|经费|财政|专项|创业|用于)*(?:奖励|奖补|补助|补贴|资助|奖金|补偿|贴息|津贴|扶持|支持|给予|予以|安家费|激励)"
)
NEVER = re.compile(
    r"罚款|减按|罚金|处以|滞纳金|是指|有效期|收费标准|评奖条件:(?!.*奖励)|注册资本|(?:应当|应|需|须|必须)?具备(?:下列|以下)|申报条件|申请条件|认定条件|资格条件|准入条件|准入门槛"
)
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
