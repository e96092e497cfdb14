"""Which numbers of a sentence are promises, and how they are compared: at least, at most, growth, range."""

import re

from helpers.commitments.money import is_money, is_threshold
from helpers.commitments.numbers import Quantity
from helpers.commitments.wording import AWARD, MASK, NEVER

_CLASSIFIERS = frozenset(
    "家个项名件台套辆条座处所艘架份次场期户村镇头只羽株棵床张间部种类门支届篇位对组块幢栋片班课时学时款例起宗笔册枚尾口盏根"
)
_THING = (
    r"企业|项目|单位|人才|团队|主体|个人|人员|农户|公司|机构|家庭|客户|商户|用户|车辆|排放|规模以上|国家|基地"
    r"|园区|平台|产业|工程|人群|老人"
    r"|对象"
    r"|住户"
    r"|农用地"
    r"|电站"
    r"|机组"
)
_MODIFIES = re.compile(rf"\s?(?:及以上|以上|以下|以内|左右|级)?的?[^,;、。:(){MASK}0-9]{{0,14}}?(?:{_THING})")
_HEAD = re.compile(
    rf"\s?(?:及以上|以上|以下|以内|左右)?的?[^,;、。:(){MASK}0-9]{{0,16}}?(?:资金|基金|专项债|债券|经费|补助|补贴|奖励|贷款|授信|产业集群|集群|投资(?!项目|者)|产值|税收|信贷|消费|销售额|厂房|订单|红线)"
)
_VERB = (
    r"建成|新建|建设|完成|改造|新增|打造|发展|种植|盘活|供应|出让|收储|储备|实施|落实|新改建|扩建|开工|修复|治理"
    r"|整治|流转|复垦|提质|硬化|铺设|拆除|清理|淘汰|压减|争取|到位|培育|形成|达到?|突破|超过?"
    r"|不少于"
    r"|不低于"
    r"|供地"
    r"|征收"
    r"|征拆"
    r"|腾退"
)
_DONE_TO = re.compile(rf"(?:{_VERB})(?:了|约|近|各类|总|的)?$")
_MERE = re.compile(
    r"^(?:□|\s|要|应|将|并|、|牢牢|紧紧|坚持|主动|积极|充分)*(?:围绕|依托|立足|以(?![上下内])|按照?|根据|聚焦|针对|结合|瞄准|对标|由|利用|作为|依据)"
)
_ACTS = re.compile(r"培育|引进|引入|建设|新增|打造|完成|建成|达到|实现|建立|发展|选派|新建|配备|评选|招引|开展|组建|力争|确保")
_HAN_ACTS = re.compile(
    r"(?:新增|培育|引进|引入|建成|建设|创建|打造|认定|达到?|完成|实施|申报|新建|孵化|扶持|选派|选聘|组建|招引|突破|超过?|不少于|不低于|至少|推广|举办|开展|培养|落户|转化|评选|培训|推动|争取|签约|改造|新改建|开工)(?:各类|各|省级|市级|国家级)?$"
)
_NOT_THINGS = re.compile(
    r"\s?(?:以上)?的?(?:方面|重点|环节|层面|阶段|关键|原则|坚持|统筹|维度|领域|方向|转变|结合|确保|清单|体系|机制|问题|抓手|主题|专题|必须|不|代表|县区|县市区|市州|先锋|月|小时|层次|梯队|第一|字|季度|批次)"
)
_TIME = re.compile(r"压缩|压减|缩短|办结|办理|时限|时间|以?内|最多|不超过|减[至少]|天数|优良|提速|提前|工期")
_OFTEN = re.compile(r"每(?:个?月|季度?|周|半年|[两二2]个?月|天|日)[^,;]{0,14}$")

_AT_LEAST = re.compile(
    r"(?:不少于|不低于|不小于|不得少于|不得低于|至少|超过|突破|高于|多于|大于|过|超|>=|≥|>)(?:了|到|人民币|□|\s)*$"
)
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不多于|不大于|不得超过|不超|控制在|压缩至|压缩到|压减至|缩短至|缩短到|下降[至到]|降[至到]|降低[至到]|减[至到]|减少[至到]|最高|最多|至多|低于|少于|封顶|上限为?|<=|≤|<)(?:人民币|每?人?|给予|奖励|补助|可?达|不超过|□|\s)*$"
)
_AT_MOST_ANY_WAY = re.compile(r"不(?:得)?(?:超过?|高于|多于|大于)[^,;、0-9]{0,4}$")
_UP = re.compile(r"(?:增长率?|增速|增幅|增加|增(?!加值|长)|递增|提高|提升|上升|上涨|增收)(?:幅度)?[^,;、0-9]{0,8}$")
_DOWN = re.compile(r"(?:下降|降低|减少|压减|压降|下调|削减|递减)[^,;、0-9]{0,6}$")
_LEVEL = re.compile(r"(?:提高|提升|增加|上升|增|下降|降低|减少|降|扩大)(?:了)?(?:到|至|为)[^,;、0-9]{0,6}$")
_UP_AFTER = re.compile(r"(?:以上|左右|以内)?的?(?:年均)?(?:增长|增速|增幅|速度增长|增长率|年增长)")


def is_count(number: Quantity) -> bool:
    """Tell a count of things or people, whose noun follows it, from a measure, whose noun goes before it."""
    return number.unit[:1] in _CLASSIFIERS | {"人"} and not number.unit.startswith(("个百分点", "个工作日"))


def kind_of(
    number: Quantity, text: str, begin: int, clause: tuple[int, int], item_start: int, tail: int, joined: str, last_kind: str
) -> str:
    """Tell `money`, `target` or "" (a name, a threshold, a count that nobody promises)."""
    left = text[clause[0] : number.start]
    if NEVER.search(text, begin, clause[1]) or (number.han and not _han_counts(number, left, text, tail)):
        return ""
    if _starting_point(text, left, tail):
        return ""
    if is_money(number, text, begin, clause, tail, joined, last_kind):
        return "money"
    if AWARD.search(text) and is_threshold(number, text, begin, clause, tail):
        return ""
    if not AWARD.search(text) and is_threshold(number, text, begin, clause, tail):
        return ""
    if _is_modifier(number, text, left, tail) or _is_idle(number, text, left, tail, clause):
        return ""
    return "target"


def _starting_point(text: str, left: str, tail: int) -> bool:
    """由每月650元提高到700元, 在2020年88家的基础上: where it starts from, not what is promised."""
    after = text[tail : tail + 16]
    return bool(
        re.search(r"[由从](?![^,;]*(?:抽调|选))[^,;]{0,14}$", left)
        and re.match(r"(?:提高|增加|提升|上升|下降|降|扩大|缩短|压缩|压减|减少|增长|调整|缩小)[至到为]?", after)
    ) or bool(re.match(r"[^,;]{0,10}基础上", after))


def _han_counts(number: Quantity, left: str, text: str, tail: int) -> bool:
    """Chinese numerals name things as often as they count: only a verb of achievement or 以上 makes them a promise."""
    if number.is_money:
        return text[number.start] not in "十百千" or not re.match(r"[\u4e00-\u9fff]", text[tail : tail + 1])
    if number.unit in ("", "番", "%", "成", "倍"):
        return number.unit != "成" or bool(re.search(r"[到达占过低高增降升约的按]$|比例$", left.rstrip(MASK)))
    if number.high < 2 or not re.match(r"[家个项名件台套座所条户人处场期辆位亩]|万|人次|亿", number.unit):
        return False
    if text[number.start] in "百千" or _NOT_THINGS.match(text, number.end):
        return False
    return bool(number.high >= 10 or text[number.end : tail].strip() or _HAN_ACTS.search(left))


def _is_modifier(number: Quantity, text: str, left: str, tail: int) -> bool:
    """年产值过10亿元的龙头企业, 30万吨的储备基地: the number describes a thing and is not itself promised."""
    if number.unit and number.unit[0] in _CLASSIFIERS and not number.unit.startswith(("个百分点", "个工作日")):
        return bool(
            re.match(r"(?:以上|以下)的(?:企业|单位|项目|个人|团队|的)(?:[,;:]|$)", text[number.end : number.end + 12])
        ) and bool(re.search(r"拥有|具有|具备|吸纳|带动|满", left))
    match = _MODIFIES.match(text, number.end)
    if (
        match is None
        and re.search(r"瓦|MW|GW|吨$|Wh", number.unit)
        and re.match(r"[\u4e00-\u9fff]{2}", text[tail : tail + 2])
        and number.end == tail
    ):
        return not re.search(rf"年产|产能|(?:{_VERB})$", left)
    if match is None:
        return False
    if re.search(r"[过超]$", left):
        return True
    if re.search(r"(?:打造|建|建设|培育|发展)(?:成|成为|为)[^,;]{0,12}$", left):
        return False
    if number.unit.endswith(("公里", "米", "亩")) and re.search(r"(?:完成|建成|新建|改造|启动)[^,;、]{0,12}$", left):
        return False
    head = _HEAD.match(text, number.end)
    if (
        head is not None
        and (
            head.end() <= match.end() + 2
            or not re.match("[\u4e00-\u9fff]", text[head.end() : head.end() + 1].strip("等的尽及和"))
        )
        and (_DONE_TO.search(left) or re.search(rf"(?:{_VERB}|守牢|、)[^,;]{{0,12}}$", left))
    ):
        return False
    if number.is_money:
        return True
    if number.unit in ("%", "个百分点", ""):
        return bool(re.match(r"\s?以上的?(?:企业|农户|用户|项目)[,;]?(?:$|给予|奖励|可)", text[number.end : number.end + 12]))
    return not _DONE_TO.search(left)


def _is_idle(number: Quantity, text: str, left: str, tail: int, clause: tuple[int, int]) -> bool:
    """Counts that no one promises: what is already there (围绕3条产业链), how often, kinds, hours of service, sums of a list."""
    if text[number.end : number.end + 1] == "月" or re.search(r"[A-Za-z+×]$", text[: number.start]):
        return True
    if re.match(r"\s?(?:方面|环节|层面|阶段|月|县区|县市区|市州|字|季度|层次)", text[tail : tail + 4]):
        return True
    if number.unit in ("种", "类") and not re.search(r"新增|引进|推广|研发|开发|达到?|超过|不少于|不低于", left):
        return True
    if number.unit.startswith(("天", "日", "小时", "分钟", "工作日", "个工作日")) and not _TIME.search(
        text, clause[0], clause[1]
    ):
        return True
    if number.unit in ("次", "场", "期", "场次") and _OFTEN.search(left):
        return True
    if number.unit in ("元", "万元", "亿元") and re.search(r"每$", left):
        return True
    if _MERE.match(left) and not _ACTS.search(left):
        return not re.search(r"以上|左右", text[number.end : tail])
    if re.search(r"(?:严格控制|禁止|严禁|不予|淘汰)[^,]*(?:超|低于|不足|高于)[^,]{0,3}$", left):
        return True
    if number.value == "1" and re.search(
        r"的[^,;、]{0,8}(?:机制|模式|制度|体系|方式|格局|要求|标准)$", text[clause[0] : clause[1]].rstrip(MASK)
    ):
        return True
    return _sums_up_a_list(number, text, left, tail, clause)


def _sums_up_a_list(number: Quantity, text: str, left: str, tail: int, clause: tuple[int, int]) -> bool:
    """建设先进装备、新材料、绿色食品3条重点产业链: the number only says how many were named."""
    named = left.count("、")
    if not named or number.unit not in ("条", "个", "项", "家") or not named <= number.high <= named + 2:
        return False
    if "等" in left[-3:] or re.search(r"\d", left) or text[number.end : tail].strip() or tail >= clause[1]:
        return False
    return bool(re.search(r"[\u4e00-\u9fff]$", left)) and not _ACTS.search(left[left.rfind("、") :])


def comparator(number: Quantity, left: str, after: str, kind: str) -> str:
    """Return one of >= = <= growth decrease range for a number with the words to its left and the 以上, 左右 after it."""
    rate = number.unit in ("%", "个百分点", "百分点", "‰", "倍", "番", "成", "")
    tail = left[-24:]
    if number.unit == "番":
        return "growth"
    if rate and kind == "target" and not _LEVEL.search(tail):
        if _DOWN.search(tail):
            return "decrease"
        if _UP.search(tail) or _UP_AFTER.match(after):
            return "growth"
    if number.is_range:
        return "range"
    if re.match(r"\s?(?:人民币)?(?:及以上|以上)", after):
        return ">="
    if re.match(r"\s?(?:左右|上下)", after):
        return "="
    if _AT_LEAST.search(tail) and not _AT_MOST_ANY_WAY.search(tail):
        return ">="
    if re.match(r"\s?(?:人民币)?(?:以内|以下|内)", after) or _AT_MOST.search(tail):
        return "<="
    return ">=" if number.more else "="
