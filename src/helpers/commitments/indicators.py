"""The words that name what is counted, paid or done, cut out of the sentence around a number."""

import re

from helpers.commitments.wording import MASK

_LEAD = re.compile(
    r"^(?:□+|内(?=[引培建完招新])|[\s、:]+|其中|并|且|或|及|和|含|同时|进一步|积极|大力|着力|全面|加快|重点|基本|初步|成功|高质量|奋力|努力|扎实|力争|争取|确保|力促|实现|使(?!用)|"
    r"到20\d\d年底?|至20\d\d年底?|20\d\d年底?|20\d\d年|全[县区市省]|我[县区市]|每年|全年|年内|三年内|[三五]年|未来\d年|要|将|应(?!用)|\d年|[一二三五]年内|累计|新增(?!出让)|完成|建成|培育|引进|引入|新引进|"
    r"打造|建设|建立|创建|推动|促进|推进|发展|有|达到?|发布|认定|推广(?!应用)|支持|年度|年(?=纳税|实现|产值|税收|销售|货物|旅游)|县?政府|县财政|设立|安排|给予|一次性|上述部门|分别|每|“十四五”期间|通过五年努力|期间|总|在|"
    r"开展|实施|组织|从各?|扶持|选拔|选派|评选|配备|举办|入库|申报|招引|招引到?|争创|保持|稳定|常年|并由)+"
)
_TAIL = re.compile(
    r"(?:[\s□、:]|(?:年均)?保持(?:在)?|年均|同比|增长率?(?:达到?|保持在?)?|增速(?:达到?|保持在?)?|增幅(?:达到?)?|提高|提升|增加|下降|降低|减少|压缩|压减|缩短|控制|稳定|降|升"
    r"|达到?|突破|超过?|过|不少于|不低于|不超过|至少|最高|最多|高于|低于|力争|确保|实现|分别|共|约|为|到|至|在|有|须|应|不|人民币|现金|合计|总计|累计|新增|均|个人|标准?为|按照?|各|再)+$"
)
_NOUN_STOP = re.compile(
    r"[,;。:!?、(]|(?:以上|左右)|(?:落地|开工|投产|达效|竣工|上市|实现|达到?|申报|年内|建成|挂牌|给予|奖励|入园|落户|签约|参加|开展|进行|,)"
)
_BARE = re.compile(
    r"^(?:年?产值|创税|实?现?产值|税收|年?税收|全年产值|销售收入|年?纳税|税收过|利润|入库税收|增加值|面积|总产值|总建筑面积|投资|总投资|营业收入|规划占地|产能|收入)?$"
)


def name(text: str, item: tuple[int, int], number: tuple[int, int], tail: int, subject: str, counted: bool) -> str:
    """Name what a number counts: the noun after it (20家以上的商贸旗舰企业), else the words before it, else the subject so far.

    `item` is the piece between two commas or 、 that holds the number, `tail` is where 以上 and the like end, `counted` tells
    a count of things (家, 个) from a sum or a rate.
    """
    before = cut(text[item[0] : number[0]])
    after = _noun_after(text[tail:])
    described = text[tail : tail + 1] in ("的", "”") and len(before) >= 2 and not counted
    if len(after) >= 2 and not described:
        return after
    if len(before) >= 2 and not _BARE.match(before):
        return before
    if _BARE.match(before) and subject and before not in subject:
        return f"{subject}{before}"
    return before or subject or after


def _noun_after(words: str) -> str:
    """Cut the noun that follows a count: of 高质量、高规格的学习培训班 the part after the last 的 of its clause."""
    clause = re.split(r"[,;。:!?(]", words, maxsplit=1)[0].lstrip("的 ")
    head, mark, last = clause.rpartition("的")
    if mark and "、" in head and not re.search(r"\d", head):
        clause = last
    return _NOUN_STOP.split(clause, maxsplit=1)[0].strip(" □的”“")


def cut(words: str) -> str:
    """Strip the verbs, adverbs and dates around a noun phrase."""
    words = words.replace(MASK, "").strip(" 、,;:()“”")
    words = re.sub(r"[由从]\d[\d.]*[^,;、\d]{0,4}$", "", _TAIL.sub("", words))  # 由35%提高到70%
    return _LEAD.sub("", words).strip(" 、,;:()“”的")


def balanced(words: str) -> str:
    """Drop quotation marks of which the other half was cut away."""
    return words if words.count("“") == words.count("”") else re.sub("[“”]", "", words)


def short(words: str, limit: int = 60) -> str:
    """Shorten a clause that names a deed, for the indicator of a deadline or the condition of an award."""
    words = words.replace(MASK, "").strip(" 、,;:。")
    return words if len(words) <= limit else words[:limit] + "…"


_METRIC = re.compile(r"(?:率|收入|额|值|量|数|数量|人次|投资|占比|比重|税收|利润|面积|出口|浓度|强度|水平)$")


def coordinated(words: str) -> list[str]:
    """Split metrics that share one number: 接待游客数量和旅游收入 (增长15%) are two, 工程技术中心或企业技术中心 (5个) are one."""
    parts = [part.strip() for part in re.split(r"[、和及与]|以及", words) if part.strip()]
    if len(parts) > 1 and all(_METRIC.search(part) for part in parts) and all(len(part) >= 2 for part in parts):
        return parts
    return [words]


def paid(left: str, words: str) -> str:
    """Name what money is paid for: the award's own clause, with the clause before it where it says too little (一次性奖励)."""
    clauses = [cut(part) for part in re.split(r"[,:;]", left) if part.strip(MASK + " ")]
    clauses = [clause for clause in clauses if clause]
    own = re.sub(r"人民币|现金|^\d+[名个家]", "", clauses[-1]) if clauses else words
    if len(own) >= 6 or len(clauses) < 2:
        return own or words
    head = re.sub("的$", "", clauses[-2])
    return own if head in own else f"{head}{own}"
