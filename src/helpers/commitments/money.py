"""Public money in a sentence: awards, subsidies, funds, standards paid per person; and whom they go to."""

import re

from helpers.commitments.indicators import short
from helpers.commitments.numbers import Quantity, mend
from helpers.commitments.wording import AWARD, AWARD_AFTER, MASK

_FUND = r"资金|经费|基金|低保|救助金|(?:保障|供养|补助|补贴|发放|抚养|生活|资助|扶助|救助|奖励)标准|养老金|优抚|抚恤|消费券"
_GOVERNMENT = re.compile(
    r"安排|设立|拨付|列支|列入|预算|财政(?:投入|统筹|出资|筹集|支出)|(?:县|区|市|乡镇)?政府出资|投入(?=.{0,20}(?:资金|经费))|发放|组建|整合"
)
_OWN_MONEY = re.compile(
    r"专项资金|专项经费|工作经费|服务经费|补助经费|资助经费|低保|标准|养老金|优抚|抚恤|救助金|扶持资金|奖补资金|奖励资金|消费券|财政资金"
)
_WON = re.compile(r"争取|向上|到位|上级|引进|引资|省外|市外|境外|社会资[金本]|自筹|争资|撬动|带动|吸引|筹措社会")
_TARGET = (
    r"投资|产值|税收|纳税|创税|收入|营收|进出口|出口|贷款|融资|授信|总额|增加值|利润|交易额|成交额|销售|零售额|专项债|债券|GDP|生产总值"
    r"|外资|存款|保费(?!用)|信贷|资产|注册资本|额度?(?=[达为超在到约共突的]*$)|可支配|最低工资|亩均|增长|增幅|增速|占比|比重|提高|下降|降低|比例(?=达)"
)
_STANDARD = re.compile(r"标准|经费|补[贴助]|低保|津贴|养老金|救助|抚恤|资助|奖励")
# 1000万美元以上奖励人民币10万元: the first number is a step of the scale, the second the award.
_STEP = re.compile(r"的?(?:企业|项目|单位)?(?:再|分别|一次性)*(?:给予|奖励|补助|补贴)[^\d,;]{0,10}\d")
_STANDARD_LEVEL = re.compile(r"(?:低保|补[贴助]|津贴|养老金|救助|供养|抚恤|经费|扶助|生活费)[^,;]{0,6}(?:标准|水平)[^,;]{0,14}$")
_PAID_OUT = re.compile(r"(?:列支|拨付|安排|拿出|下达)(?:资金)?(?:不少于|不低于|不超过|约)?$")
_EARNED = re.compile(r"收入|工资|收费|产值|税收|投资|产出")
_CUE = re.compile(f"(?P<award>{AWARD.pattern})|(?P<fund>{_FUND})|(?P<target>{_TARGET})")
_CAP = re.compile(r"最高|不超过|封顶|累计|总额|上限|最多|再|另")
_OPENER = re.compile(r"[,;](?:对|凡|每(?![年人月]))|的企业|(?:达到?|(?<!不)超过?)$|以上")
_FUND_AFTER = re.compile(
    r"(?:以上|左右)?的?[^,;、。0-9]{0,18}?(?P<fund>资金|基金|经费|专项债|债券|补助|补贴|奖励|奖金|消费券)|(?P<thing>企业|项目|单位|产业|园区)"
)
_BY_RATE = re.compile(r"按照?|最高|不超过|给予|予以|每|奖|补")


def is_money(number: Quantity, text: str, begin: int, clause: tuple[int, int], tail: int, before: str, last_kind: str) -> bool:
    """Tell whether a sum or rate is public money.

    `begin` is where the sentence part (after the last ;) starts, `tail` where 以上 and the like end, `before` the kind of the
    number before this one when only 、 or 和 stands between ("" otherwise), `last_kind` its kind in any case.
    """
    if not (number.is_money or number.unit in ("%", "倍", "‰")):
        return False
    if before:
        return before == "money"
    left = text[begin : number.start]
    if _STEP.match(text, tail) and not re.search(r"按照?[^,;]*$", left):
        return False
    if _is_standard(number, left) or (number.is_money and _PAID_OUT.search(left) and not re.search("争取|向上", left)):
        return True
    if (
        last_kind == "money"
        and number.is_money
        and re.search(r"(?:最高|不超过|封顶|上限)[^,;]{0,6}$", left)
        and not re.search(r"[对凡]", text[clause[0] : number.start])
    ):
        return True
    if _awarded_after(number, text, clause, tail):
        return True
    cues = list(_CUE.finditer(left))
    cue = cues[-1] if cues else None
    if cue is None:
        return number.is_money and _fund_after(text, tail, text[clause[0] : number.start])
    between = left[cue.end() :]
    if cue["award"]:
        if number.unit in ("倍", "‰") or _OPENER.search(between):
            return False
        return (
            "," not in between
            or (number.is_money and _goes_on(between, last_kind))
            or bool(_CAP.search(between))
            or (number.is_money and _fund_after(text, tail, text[clause[0] : number.start]))
        )
    if cue["fund"]:
        return number.is_money and _public_fund(text[clause[0] : number.start], text[begin : clause[0]])
    if number.is_money and re.search(r"^(?:安排|设立|拨付|发放|列支)", text[clause[0] : number.start].lstrip(MASK + " ")):
        return _fund_after(text, tail, text[clause[0] : number.start])
    return False


def _is_standard(number: Quantity, left: str) -> bool:
    """不低于99元/人, 每人每月138元, 低保标准提高到700元: what each person gets."""
    if _EARNED.search(left[-16:]):
        return False
    each = "/" in number.unit or (number.is_money and re.search(r"每(?:人|户|月|年|生|床|学年)(?:每(?:月|年|学年))?$", left))
    return bool(each and _STANDARD.search(left)) or (number.is_money and bool(_STANDARD_LEVEL.search(left)))


def _goes_on(between: str, last_kind: str) -> bool:
    """给予100万元奖励,省长质量奖50万元; 购房补贴政策,博士20万元: the award goes on after a comma."""
    own = between.rsplit(",", 1)[1]
    if re.search(r"力争|培育|完成|实现|带动|争取|引进|总额|建设|新建", own):
        return False
    return last_kind == "money" or bool(re.fullmatch(r"[\u4e00-\u9fff]{1,8}", own))


def _awarded_after(number: Quantity, text: str, clause: tuple[int, int], tail: int) -> bool:
    """给予投资额10%的补贴, 按每亩500元补助: money; 1000万美元以上奖励…10万元, 500万元以上的给予奖励: a threshold."""
    match = AWARD_AFTER.match(text, tail)
    if match is None or match.end() > clause[1]:
        return False
    rest = text[match.end() : clause[1]]
    if re.match(r"\D{0,8}\d", rest):
        return bool(re.search(r"按照?[^,]*$", text[clause[0] : number.start])) and number.unit == "%"
    if text[number.end : tail] and "不" not in text[clause[0] : number.start]:
        return False
    return bool(_BY_RATE.search(text[clause[0] : number.start]))


def _fund_after(text: str, tail: int, left: str) -> bool:
    """设立3000万元的工业创新基金 is public money, 争取10.8亿元专项债 is won from above."""
    match = _FUND_AFTER.match(text, tail)
    if not match or not match["fund"] or match["fund"] in ("专项债", "债券"):
        return False
    return bool(_GOVERNMENT.search(left) or AWARD.search(left) or "投入" in left) and not _WON.search(left)


def fund_named_after(text: str, tail: int) -> str:
    """Return the fund that a sum stands before: 3000万元的工业创新基金; "" where none follows."""
    match = _FUND_AFTER.match(text, tail)
    return re.sub(r"^(?:以上|左右)?的?", "", match[0]) if match and match["fund"] in ("资金", "基金", "经费") else ""


def _public_fund(left: str, earlier: str) -> bool:
    if re.search(r"争取|向上", left):
        return False
    if _GOVERNMENT.search(left) or _OWN_MONEY.search(left) or AWARD.search(left):
        return True
    return not _WON.search(left) and bool(_GOVERNMENT.search(earlier))


def is_threshold(number: Quantity, text: str, begin: int, clause: tuple[int, int], tail: int) -> bool:
    """Tell whether a number that is not money decides who is eligible: 对…的, 每投资50万美元, …以上的给予奖励."""
    words = text[clause[0] : clause[1]].strip(MASK + " ")
    if words.endswith("的") or re.match(
        r"\s?(?:以上|以下|以内|左右|及以上)?(?:[(][^()]*[)])?的(?:[,:]|$)", text[number.end : clause[1] + 1]
    ):
        return True
    left = text[begin : number.start]
    if re.search(r"[(][^()]*(?:须|需|应|不低于)[^()]*$", left) and AWARD.search(text, tail):
        return True
    if re.search(r"(?:^|[,;:、□]|凡)每(?:投资|新增|引进|增加|进口|出口|完成)?$", text[clause[0] : number.start]):
        return True
    award = AWARD.search(text, tail)
    if award is None:
        return bool(re.match(r"[(]?(?:对于?|凡)(?!接|标)", words)) and bool(
            re.search(r"以上的?[^,]{0,12}(?:企业|项目|单位|个人|团队|的)$", words)
        )
    if award.start() < clause[1]:
        return not re.search(r"(?:力争|培育|引进|建设|评选|选派|新增)[^,]{0,4}$", text[clause[0] : number.start])
    if re.match(r"(?:对于?|凡|年度|当年|首次|上年|新[获评认])", words):
        return True
    follows = re.match(
        r"[^,;]*,(?:(?:县|区|市)?(?:政府|财政)?(?:每年|分别|一次性|按照?|可|将|再|另)*)(?:给予|予以|奖|补|资助|兑现|享受)",
        text[tail:],
    )
    aimed = re.search(r"力争|争取|确保|20\d\d|每年|评选|培育|推动|建成|新建|建设|打造|完成|引进", text[begin : number.start])
    return bool(follows) and not aimed


def condition(number: Quantity, text: str, begin: int, clause: tuple[int, int]) -> str:
    """Return who gets the money or for what: the clause of eligibility, or the head of the award's own clause."""
    parts = [part.strip(MASK + " ") for part in re.split(r"[,:]", text[begin : number.start])]
    conditions = [part for part in parts[:-1] if re.search(r"的$|^(?:对|凡|每)|以上|企业|达到", part)]
    own = re.split(AWARD.pattern, parts[-1])[0]
    if len(own) >= 3 and (not conditions or re.search(r"\d|的$|^对", own)):
        conditions.append(own)
    words = mend(conditions[-1]) if conditions else ""
    return short(re.sub(r"^(?:对于?|凡是?)|的$|(?:县|区|市)?(?:政府|财政)?(?:每年|一次性|分别|达到?|提高到|不低于)*$", "", words))
