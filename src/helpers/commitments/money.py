"""Public money in a sentence: awards, subsidies, funds, standards paid per person; and whom they go to."""

import re

from helpers.commitments.indicators import short
from helpers.commitments.lexicon import Lexicon
from helpers.commitments.numbers import mend
from helpers.commitments.place import Place
from helpers.commitments.wording import MASK

# 1000万美元以上奖励人民币10万元: the first number is a step of the scale, the second the award.
_STEP = re.compile(r"的?(?:企业|项目|单位)?(?:再|分别|一次性)*(?:给予|奖励|补助|补贴)[^\d,;]{0,10}\d")
_STANDARD_LEVEL = r"(?:低保|补[贴助]|津贴|养老金|救助|供养|抚恤|经费|扶助|生活费)[^,;]{0,6}(?:标准|水平)[^,;]{0,14}$"
_PAID_OUT = r"(?:<paid_out>)(?:资金)?(?:不少于|不低于|不超过|约)?$"
_BASE = r"(?:<metric>)[^,;、0-9]{0,3}的$"  # 不超过投资额的20%: what a rate is taken of
_SHARE = r"(?:其中|首期|首批|首年|(?<!包)含)(?![^,;]*(?:<metric>|社会|企业))[^,;]*$|(?:<own_money>)[^,;0-9]{0,4}$"
_SIZE = re.compile(r"(?<!私募)(?<!创投)(?<!社会)(?:基金|资金)(?:池)?(?:总)?规模[^,;0-9]{0,6}$")
_POINTS = ("个百分点", "百分点")
_MORE = re.compile(r"(?:另加|再加|加|提高|上浮)$")  # 按8%补助,国产设备另加2个百分点
_CUE = r"(?P<award><award>)|(?P<fund><fund>)|(?P<target><metric>)"
_OPENER = re.compile(r"[,;](?:对|凡|每(?![年人月]))|的企业|(?:达到?|(?<!不)超过?)$|以上")
_AWARD_AFTER = (
    r"(?:[、和及][^\d,;、]{0,6}\d[\d.]*(?:%|[万亿]?元))*(?:左右|以内)?(?:由[\u4e00-\u9fff]{1,8})?"
    r"(?:的标准|的比例|的额度|比例|标准|的|安排|一次性|现金|资金|经费|财政|专项|创业|用于|直接|事后|再)*(?:<award_noun>)"
)
_FUND_AFTER = re.compile(
    r"(?:以上|左右)?的?[^,;、。0-9]{0,18}?(?P<fund>资金|基金|经费|专项债|债券|补助|补贴|奖励|奖金|消费券)|(?P<thing>企业|项目|单位|产业|园区)"
)
_BY_RATE = re.compile(r"按照?|最高|不超过|给予|予以|每|奖|补")
_EACH = re.compile(r"每(?:人|户|月|年|生|床|学年)(?:每(?:月|年|学年))?$")
# 50万元以上的工程师,按…补贴; 首次突破1亿元、5亿元的楼宇,分别奖励…
_DESCRIBES = re.compile(
    r"(?:\s?(?:及以上|以上|以下|以内))?(?:[、和及或]\d[\d.]*[^\d,;、。]{0,6})*?(?:以上|以下|以内)?"
    r"的(?!标准|比例|额度|奖|补|资金|经费|基金)"
)
_REFERS = re.compile(r"\s?(?:及以上|以上|以下|以内)?的")  # 高于5%的责令停业
_STEP_OF_RULE = re.compile(r"\s?(?:以上|以下|以内|左右|及以上)?(?:[(][^()]*[)])?的(?:[,:]|$)")


def is_money(place: Place) -> bool:
    """Tell whether a sum or rate is public money."""
    number, text, left = place.number, place.text, place.left
    if number.is_ratio:
        return True
    if not (number.is_money or number.unit in ("%", "倍", "‰", "成", *_POINTS) or "/" in number.value):
        return False
    if number.unit in _POINTS:
        return bool(re.match(r"[^,;、0-9]{0,4}贴息", text[number.end :])) or (
            place.before == "money" and bool(_MORE.search(left))
        )
    if number.unit == "%" and re.search(r"(?:提取|计提|切出|划出)(?:不低于|不少于)?$", left):
        return True
    if place.joined:
        return place.joined == "money"
    if _STEP.match(text, place.tail) and not re.search(r"按照?[^,;]*$", left):
        return False
    if _is_standard(place) or (number.is_money and place.words(_PAID_OUT).search(left) and not re.search("争取|向上", left)):
        return True
    if number.is_money and place.before == "money" and _of_the_sum_before(place):
        return True
    if _awarded_after(place) or (number.is_money and _SIZE.search(left)):
        return True
    base = None if number.is_money else place.words(_BASE).search(left)
    cues = list(place.words(_CUE).finditer(left, 0, base.start() if base else len(left)))
    while len(cues) > 1 and cues[-1][0] in ("总额", "额", "额度") and cues[-1].start() == cues[-2].end():
        cues.pop()  # 补助总额
    cue = cues[-1] if cues else None
    if cue is None:
        return number.is_money and _fund_after(place)
    between = left[cue.end() :]
    if cue["award"]:
        if number.unit == "‰" or (number.unit == "倍" and "不超过" not in between) or _OPENER.search(between):
            return False
        return (
            "," not in between
            or (number.is_money and _goes_on(between, place.before))
            or bool(place.words("<cap>").search(between))
            or (number.is_money and _fund_after(place))
        )
    if cue["fund"]:
        return number.is_money and _public_fund(place)
    if number.is_money and re.search(r"^(?:安排|设立|拨付|发放|列支)", place.own.lstrip(MASK + " ")):
        return _fund_after(place)
    return False


def _of_the_sum_before(place: Place) -> bool:
    """给予10%补助,最高不超过50万元; 每亩补助1500元,其中省级资金1000元: the cap or a part of what is paid."""
    if re.search(r"(?:最高|不超过|封顶|上限)[^,;]{0,6}$", place.left) and not re.search(r"[对凡]", place.own):
        return True
    return bool(place.words(_SHARE).search(place.own))


def _is_standard(place: Place) -> bool:
    """不低于99元/人, 每人每月138元, 低保标准提高到700元: what each person gets."""
    number, left = place.number, place.left
    if place.words("<earned>").search(left[-16:]):
        return False
    each = "/" in number.unit or (number.is_money and _EACH.search(left))
    return bool(each and place.words("<standard>").search(left)) or (number.is_money and bool(re.search(_STANDARD_LEVEL, left)))


def _goes_on(between: str, last_kind: str) -> bool:
    """给予100万元奖励,省长质量奖50万元; 购房补贴政策,博士20万元: the award goes on after a comma."""
    own = between.rsplit(",", 1)[1]
    if re.search(r"力争|培育|完成|实现|带动|争取|引进|总额|建设|新建", own):
        return False
    return last_kind == "money" or bool(re.fullmatch(r"[\u4e00-\u9fff]{1,8}", own))


def _awarded_after(place: Place) -> bool:
    """给予投资额10%的补贴, 按每亩500元补助: money; 1000万美元以上奖励…10万元, 500万元以上的给予奖励: a threshold."""
    match = place.words(_AWARD_AFTER).match(place.text, place.tail)
    if match is None or match.end() > place.clause[1]:
        return False
    rest = place.text[match.end() : place.clause[1]]
    if re.match(r"\D{0,8}\d", rest):
        return bool(re.search(r"按照?[^,]*$", place.own)) and place.number.unit == "%"
    if place.more and "不" not in place.own:
        return False
    return bool(_BY_RATE.search(place.own))


def _fund_after(place: Place) -> bool:
    """设立3000万元的工业创新基金 is public money, 争取10.8亿元专项债 is won from above."""
    match = _FUND_AFTER.match(place.text, place.tail)
    if not match or not match["fund"] or match["fund"] in ("专项债", "债券"):
        return False
    return bool(place.words("<government>|<award>|投入").search(place.own)) and not place.words("<won>").search(place.own)


def fund_named_after(text: str, tail: int) -> str:
    """Return the fund that a sum stands before: 3000万元的工业创新基金; "" where none follows."""
    match = _FUND_AFTER.match(text, tail)
    return re.sub(r"^(?:以上|左右)?的?", "", match[0]) if match and match["fund"] in ("资金", "基金", "经费") else ""


def _public_fund(place: Place) -> bool:
    left, words = place.own, place.words
    if re.search(r"争取|向上|拿到", left):
        return False
    if words("<government>|<own_money>|<award>").search(left):
        return True
    earlier = place.text[place.begin : place.clause[0]]
    return not words("<won>").search(left) and bool(words("<government>").search(earlier))


def is_threshold(place: Place) -> bool:
    """Tell whether a number that is not money decides who is eligible: 对…的, 每投资50万美元, …以上的给予奖励."""
    number, text, clause = place.number, place.text, place.clause
    words = text[clause[0] : clause[1]].strip(MASK + " ")
    if words.endswith("的") or _STEP_OF_RULE.match(text[number.end : clause[1] + 1]):
        return True
    if _opens_a_rule(place, words):
        return True
    award = place.find("<award>", place.tail)
    if award and (_DESCRIBES.match(text, number.end) or (number.value == "1" and re.search("每[^,;]{0,14}$", place.own))):
        return True
    if re.search(r"[(][^()]*(?:须|需|应|不低于)[^()]*$", place.left) and award:
        return True
    if re.search(r"(?:^|[,;:、□]|凡)每(?:投资|新增|引进|增加|进口|出口|完成)?$", place.own):
        return True
    if _REFERS.match(text, number.end) and (
        place.words(r"[^,;、0-9]{0,16}(?:<sanction>)").match(text, place.tail)
        or re.search(r"(?<!不)(?:低于|高于|不足|未达到?)$", place.own)
    ):
        return True
    if award is None:
        return bool(re.match(r"[(]?(?:对于?|凡)(?!接|标)", words)) and bool(
            re.search(r"(?:以上|以下|以内|超过|突破|达到|不足|低于|高于)[^,]*(?:企业|项目|单位|个人|团队|的)$", words)
        )
    if award.start() < clause[1]:
        return number.value == "1" or not re.search(r"(?:力争|培育|引进|建设|评选|选派|新增)[^,]{0,4}$", place.own)
    if re.match(r"(?:对于?|凡|年度|当年|首次|上年|新[获评认])", words):
        return True
    follows = re.match(
        r"[^,;]*,(?:(?:县|区|市)?(?:政府|财政)?(?:每年|分别|一次性|可|将|再|另)*)(?:按照?[^,;]{0,24}?)?(?:给予|予以|奖|补|资助|兑现|享受)",
        text[place.tail :],
    )
    if follows and re.search(r"以上[^,;]*的[^,;、的]{0,10}(?:主体|企业|合作社|农户|农场|单位|个人|项目|机构|经营者)$", words):
        return True
    aimed = re.search(r"力争|争取|确保|20\d\d|每年|评选|培育|推动|建成|新建|建设|打造|完成|引进", place.left)
    return bool(follows) and (not aimed or number.value == "1")


def _opens_a_rule(place: Place, clause: str) -> bool:
    """从业人员不足5人的小餐饮,可免于办理许可; 涉及两个以上部门的事项: the number says to whom a rule applies."""
    if re.search(r"(?:涉及|跨)$", place.own):
        return True
    described = re.search(r"\d[^\d,]{0,6}(?:以上|以下|以内)?的?[\u4e00-\u9fff]{1,16}$", clause)
    conditional = re.search(r"不足|不满|未满|低于|以上|以下|以内|满", clause)
    return bool(described and conditional and place.words("[,](?:<rule_after>)").match(place.text, place.clause[1]))


def condition(place: Place) -> str:
    """Return who gets the money or for what: the clause of eligibility, or the head of the award's own clause."""
    parts = [part.strip(MASK + " ") for part in re.split(r"[,:]", place.shown[place.begin : place.number.start])]
    conditions = [part for part in parts[:-1] if re.search(r"的$|^(?:对|凡|每)|以上|企业|达到", part)]
    own = place.words("<award>").split(parts[-1])[0]
    if len(own) >= 3 and (not conditions or re.search(r"\d|的$|^对", own)):
        conditions.append(own)
    return eligible(mend(conditions[-1])) if conditions else ""


def eligible(words: str) -> str:
    """Strip the opening and the verbs of payment from the words that say who gets money."""
    ends = r"^(?:对于?|凡是?)|的$|(?:县|区|市)?(?:政府|财政)?(?:每年|一次性|分别|达到?|提高到|不低于)*$"
    return short(re.sub(ends, "", words))


def purpose(shown: str, tail: int, words: Lexicon) -> str:
    """Return what a part of a fund is for: 500万元用于产业路建设; "" where the sentence does not say so."""
    said = words(r"(?:元)?(?:<used_for>)(?P<purpose>[^,;。、(]{2,24})").match(shown, tail)
    return said["purpose"] if said else ""
