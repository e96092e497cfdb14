"""Which numbers of a sentence are promises, and how they are compared: at least, at most, growth, range."""

import re

from helpers.commitments.money import is_money, is_threshold
from helpers.commitments.numbers import Quantity
from helpers.commitments.place import Place
from helpers.commitments.wording import MASK

_CLASSIFIERS = frozenset(
    "家个项名件台套辆条座处所艘架份次场期户村镇头只羽株棵床张间部种类门支届篇位对组块幢栋片班课时学时款例起宗笔册枚尾口盏根"
)
_MODIFIES = rf"\s?(?:及以上|以上|以下|以内|左右|级)?的?[^,;、。:(){MASK}0-9]{{0,14}}?(?:<thing>)"
_HEAD = rf"\s?(?:及以上|以上|以下|以内|左右)?的?[^,;、。:(){MASK}0-9]{{0,16}}?(?:<total>)"
_DONE_TO = r"(?:<achieve>)(?:了|约|近|各类|总|的)?$"
_MERE = r"^(?:□|\s|要|应|将|并|、|牢牢|紧紧|坚持|主动|积极|充分)*(?:<mere>)"
_HAN_ACTS = r"(?:<act_before>)(?:各类|各|省级|市级|国家级)?$"
_NOT_THINGS = r"\s?(?:以上)?的?(?:<not_thing>)"
_THERE = r"(?:对|把|在|辖|涉及)(?:全[县区市旗镇]|辖区|现有|剩余)?(?:内|的)?$|(?:^|[,;□])全[县区市旗镇]$"
_OFTEN = r"每(?:个?月|季度?|周|半年|[两二2]个?月|天|日)[^,;]{0,14}$"
_ROUND = r"(?:<at_least>|<achieve>|实现|迈[上入过]|跨[越入上])了?$"  # 突破千亿元大关, 接待游客突破千万人次
_ROUND_AFTER = re.compile(r"(?:大关|台阶|关口|门槛|规模)?(?:[,;。]|$)")
_PROP = re.compile(r"[^,;、0-9]{0,14}为(?:支撑|网点|纽带|依托|骨干|补充|基础|龙头|核心|节点|载体|抓手|主体)(?:[,;、。]|$)")
_TERM = re.compile(
    r"(?:使用|贷款|担保|借款|还款|服务|合同|租赁|试用|公示|过桥)(?:期限?)?[^,;0-9]{0,6}$"
)  # the term of a contract
_OF_A_BASE = re.compile(r"(?<=[于过到])[^,;、0-9]{1,14}的$")  # 不低于总时长的三分之一
_OF_MANY = re.compile(r"[\d一二两三四五六七八九十][家个项名座条][^,;、0-9]{0,8}(?:超过?|过|突破)$")  # 2个产值超500亿元的集群
_DESCRIBED = (
    r"的(?!<total>|增长|增速|目标|规模|水平|比例|速度|份额|标准|额度|奖|补|[^,;、]{0,6}(?:<total>|份额|比例))[\u4e00-\u9fff]{2}"
)
_OTHER_THAN = re.compile(r"(?:以外|之外|范围(?:以?内)?|半径)")  # 1公里范围内, 92个以外
_SCORES = {"分": r"达|保持|稳定|不低于|提高|确保|力争|以上", "岁": "寿命", "年": "年限|寿命", "": r"比|系数|指数|容积率|分之"}
_STATUTORY_DAYS = ("天", "日", "小时", "分钟", "工作日", "个工作日")

_RATES = ("%", "个百分点", "百分点", "个基点", "‰", "倍", "番", "成", "")
_AT_LEAST = r"(?:(?:<at_least>)(?:了|到|人民币|□|\s)*|至少[^,;、0-9]{0,10})$"
_AT_MOST = r"(?:<at_most>)(?:人民币|每?人?|给予|奖励|奖补|补助|补贴|资助|支持|贴息|享受|可以?|可?达|一次性|再|不超过|□|\s)*$"
_AT_MOST_ANY_WAY = r"不(?:得)?(?:超过?|高于|多于|大于)[^,;、0-9]{0,4}$"
_UP = r"(?:<up>)(?:幅度)?[^,;、0-9]{0,8}$"
_DOWN = r"(?:<down>)[^,;、0-9]{0,6}$"
_LEVEL = re.compile(r"(?:提高|提升|增加|上升|增|下降|降低|减少|降|扩大)(?:了)?(?:到|至|为)[^,;、0-9]{0,6}$")
_UP_AFTER = re.compile(r"(?:以上|左右|以内)?的?(?:年均)?(?:增长|增速|增幅|速度增长|增长率|年增长)")


def is_count(number: Quantity) -> bool:
    """Tell a count of things or people, whose noun follows it, from a measure, whose noun goes before it."""
    return number.unit[:1] in _CLASSIFIERS | {"人"} and not number.unit.startswith(("个百分点", "个工作日"))


def kind_of(place: Place) -> str:
    """Tell `money`, `target` or "" (a name, a threshold, a count that nobody promises)."""
    number = place.number
    if (
        place.find("<never>", place.begin, place.clause[1])
        or place.find("<tax_rule>", *place.clause)
        or (number.han and not _han_counts(place))
    ):
        return ""
    if _starting_point(place):
        return ""
    if is_money(place):
        return "money"
    if number.is_ratio or is_threshold(place) or _is_modifier(place) or _is_idle(place):
        return ""
    return "target"


def _starting_point(place: Place) -> bool:
    """由每月650元提高到700元, 在2020年88家的基础上: where it starts from, not what is promised."""
    after = place.text[place.tail : place.tail + 16]
    return bool(
        re.search(r"[由从](?![^,;]*(?:抽调|选))[^,;]{0,14}$", place.own)
        and re.match(
            r"(?:提高|增加|提升|提|上升|上调|下调|下降|降|扩大|扩|缩短|压缩|压减|减少|增长|调整|缩小|核减|精简|压降|压)[至到为]?",
            after,
        )
    ) or bool(re.match(r"[^,;]{0,10}基础上", after))


def _han_counts(place: Place) -> bool:
    """Chinese numerals name things as often as they count: only a verb of achievement or 以上 makes them a promise."""
    number, text, left = place.number, place.text, place.own
    if text[number.start] in "百千" and place.words(_ROUND).search(left) and _ROUND_AFTER.match(text, place.tail):
        return True
    if number.is_money:
        return text[number.start] not in "十百千" or not re.match(r"[\u4e00-\u9fff]", text[place.tail : place.tail + 1])
    if number.unit in ("", "番", "%", "成", "倍"):
        return number.unit != "成" or bool(re.search(r"[到达占过低高增降升长约的按担销补付给于在为]$|比例$", left.rstrip(MASK)))
    if number.unit.endswith("百分点"):
        return bool(place.words(_UP).search(left) or place.words(_DOWN).search(left))
    if number.high < 2 or not re.match(r"[家个项名件台套座所条户人处场期辆位亩]|万|人次|亿", number.unit):
        return False
    if text[number.start] in "百千" or place.words(_NOT_THINGS).match(text, number.end):
        return False
    return bool(number.high >= 10 or place.more.strip() or place.words(_HAN_ACTS).search(left) or _ends_its_item(place))


def _ends_its_item(place: Place) -> bool:
    """培育百亿级企业两家、独角兽企业三家: a count behind its noun."""
    before = place.text[place.item : place.number.start]
    return bool(
        place.number.unit[0] in "家个座所条处名项支栋台辆"
        and re.match(r"[、,;。和]|$", place.text[place.tail :])
        and re.search("[\u4e00-\u9fff]{2}$", before)
        and not re.search("[这那前后各第每等]$", before)
        and place.words("<act_before>").search(place.own)
    )


def _is_modifier(place: Place) -> bool:
    """年产值过10亿元的龙头企业, 30万吨的储备基地: the number describes a thing and is not itself promised."""
    number, text, left, words = place.number, place.text, place.own, place.words
    if re.match(r"\s?(?:及以上|以上|以下)的?\d+[家个户名项]", text[number.end : number.end + 12]):
        return True
    if is_count(number) or number.unit.lstrip("十百千万亿") in ("名", "户", "家"):
        return bool(
            re.match(r"(?:以上|以下)的(?:企业|单位|项目|个人|团队|的)(?:[,;:]|$)", text[number.end : number.end + 12])
        ) and bool(re.search(r"拥有|具有|具备|吸纳|带动|满", left))
    if _OF_MANY.search(left) and text.startswith("的", place.tail):
        return True
    if (
        number.unit not in _RATES
        and not is_count(number)
        and place.more.strip() in ("以上", "及以上", "以下", "以内")
        and words(_DESCRIBED).match(text, place.tail)
    ):
        return not words(_DONE_TO).search(left)
    match = words(_MODIFIES).match(text, number.end)
    bare_noun = re.match(r"[\u4e00-\u9fff]{2}", text[place.tail : place.tail + 2]) and number.end == place.tail
    if match is None and bare_noun and re.search(r"瓦|MW|GW|吨$|Wh", number.unit):
        return not words(r"年产|产能|(?:<achieve>)$").search(left)
    if match is None:
        return False
    if re.search(r"[过超]$", left):
        return True
    if re.search(r"(?:打造|建|建设|培育|发展)(?:成|成为|为)[^,;]{0,12}$", left):
        return False
    if number.unit.endswith(("公里", "米", "亩")) and re.search(r"(?:完成|建成|新建|改造|启动)[^,;、]{0,12}$", left):
        return False
    head = words(_HEAD).match(text, number.end)
    if (
        head is not None
        and (
            head.end() <= match.end() + 2
            or not re.match("[\u4e00-\u9fff]", text[head.end() : head.end() + 1].strip("等的尽及和"))
        )
        and (words(_DONE_TO).search(left) or words(r"(?:<achieve>|守牢|、)[^,;]{0,12}$").search(left))
    ):
        return False
    if number.is_money:
        return True
    if number.unit in ("%", "个百分点", ""):
        return bool(re.match(r"\s?以上的?(?:企业|农户|用户|项目)[,;]?(?:$|给予|奖励|可)", text[number.end : number.end + 12]))
    return not words(_DONE_TO).search(left)


def _is_idle(place: Place) -> bool:
    """Counts that no one promises: what is already there (围绕3条产业链), how often, kinds, hours of service, sums of a list."""
    number, text, left = place.number, place.text, place.own
    if text[number.end : number.end + 1] == "月" or re.search(r"[A-Za-z+×]$", text[: number.start]):
        return True
    if re.match(r"\s?(?:方面|环节|层面|阶段|月|县区|县市区|市州|字|季度|层次)", text[place.tail : place.tail + 4]):
        return True
    if number.unit in ("种", "类") and not re.search(r"新增|引进|推广|研发|开发|达到?|超过|不少于|不低于", left):
        return True
    if number.unit.startswith(_STATUTORY_DAYS) and (_TERM.search(left) or not _is_promised_time(place)):
        return True
    if number.unit in ("次", "场", "期", "场次") and re.search(_OFTEN, left) and not re.search(r"不少于|不低于|至少", left[-14:]):
        return not place.more.strip()
    if number.unit in ("元", "万元", "亿元") and re.search(r"每$", left):
        return True
    if _PROP.match(text, place.tail) or "涉及" in left or (number.unit == "P" and "算力" not in left):
        return True
    if _OTHER_THAN.match(text, number.end) or re.search(r"(?:[已现原]有|剩余|其余|剩下|限[补报额])的?(?:这)?$", left):
        return True
    if "满足" in left and re.search(r"的(?:需求|需要|要求)$", text[place.clause[0] : place.clause[1]].rstrip(MASK)):
        return True
    if number.unit in _SCORES and not number.han and not re.search(_SCORES[number.unit], left[-24:] + place.more):
        return True
    if number.unit == "分" and re.match(r"以?[上下]?为", text[number.end :].lstrip()):
        return True
    if place.words(_MERE).match(left) and not place.words("<act>").search(left):
        return not re.search(r"以上|左右", place.more)
    if re.search(r"(?:严格控制|禁止|严禁|不予|淘汰|消除)[^,]*(?:超|低于|不足|高于)[^,]{0,3}$", left):
        return True
    if number.value == "1" and re.search(
        r"的[^,;、]{0,8}(?:机制|模式|制度|体系|方式|格局|要求|标准)$", text[place.clause[0] : place.clause[1]].rstrip(MASK)
    ):
        return True
    if is_count(number) and re.search(_THERE, left) and not place.more.strip():
        return True
    return text.startswith("的部分", place.tail) or _sums_up_a_list(place)


def _is_promised_time(place: Place) -> bool:
    """Tell 审批时限压缩至3个工作日 from a period that procedure sets: 自受理之日起20个工作日内."""
    if not place.find("<duration>", *place.clause):
        return False
    return not place.words("<statutory>").search(place.left) or bool(place.find("<shorten>", place.begin, place.clause[1]))


def _sums_up_a_list(place: Place) -> bool:
    """建设先进装备、新材料、绿色食品3条重点产业链: the number only says how many were named."""
    number, _text, left = place.number, place.text, place.own
    named = left.count("、")
    if not named or number.unit not in ("条", "个", "项", "家") or not named <= number.high <= named + 2:
        return False
    if "等" in left[-3:] or re.search(r"\d", left) or place.more.strip() or place.tail >= place.clause[1]:
        return False
    return bool(re.search(r"[\u4e00-\u9fff]$", left)) and not place.words("<act>").search(left[left.rfind("、") :])


def comparator(place: Place, kind: str) -> str:
    """Return one of >= = <= growth decrease range for a number, from the words before it and the 以上, 左右 after it."""
    number, words, after = place.number, place.words, place.text[place.number.end :]
    rate = number.unit in _RATES
    left = place.left[-24:]
    left = _OF_A_BASE.sub("", left) if rate else left
    if number.unit == "番":
        return "growth"
    if rate and kind == "target" and not _LEVEL.search(left):
        if words(_DOWN).search(left):
            return "decrease"
        if words(_UP).search(left) or _UP_AFTER.match(after):
            return "growth"
    if number.is_range:
        return "range"
    if re.match(r"\s?(?:人民币)?(?:及以上|以上)", after):
        return ">="
    if re.match(r"\s?(?:左右|上下)", after):
        return "="
    if re.match(r"\s?(?:人民币)?(?:封顶|为(?:最高)?(?:上限|限))", after):
        return "<="
    if words(_AT_LEAST).search(left) and not re.search(_AT_MOST_ANY_WAY, left):
        return ">="
    if re.match(r"\s?(?:人民币)?(?:以内|以下|内)", after) or words(_AT_MOST).search(left):
        return "<="
    return ">=" if number.more else "="
