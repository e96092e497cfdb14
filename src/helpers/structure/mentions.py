"""Where a text names counties, cities and provinces, and which of these namings count as its own."""

import re
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from helpers.structure.divisions import register

# Words of everyday prose that end like a division when cut from their surroundings (湖南山区, 沿海城市, 一项城市更新, 创新县).
_ORDINARY = frozenset(
    "城区 郊区 矿区 市区 新区 东区 西区 南区 北区 港区 老城区 新城区 市中区 城中区 城东区 城西区 城北区 河口区 海港区 山区 中原区 南山区 西山区 东山区 "
    "江南区 江北区 海南区 河东区 河西区 路南区 路北区 桥东区 桥西区 铁东区 铁西区 平房区 大同区 和平区 海城市 港城市 兴城市 项城市 应城市 禹城市 "
    "诸城市 丰城市 麻城市 韩城市 邹城市 合作市 东方市 南部县 公安县 通道县 合作县 友好区 前进区 向阳区 东风区 光明区 新兴区 振兴区 安居区 复兴区 "
    "红旗区 同安区 站前区 老边区 开平区 古城区 东湖区 西湖区 青山区 白云区 长安区 城关区 城厢区 临江市 中山区 金山区 东昌区 高明区 高新区".split()
)
_COMMON_SHORT = frozenset(
    "石首 资源 合作 和平 武功 比如 南部 解放 东方 动力 前进 港口 公安 友好 市区 通道 共和 城中 开封 城区 友谊 平安 中方 凤凰 安定 延长 光明 新兴 运河 四方 "
    "万年 东风 红旗 光泽 南岸 城北 会同 大名 富裕 清水 高明 前锋 复兴 长子 清新 宏伟 平定 芙蓉 洞口 太和 温泉 石门 向阳 郊区 振兴 三元 露天 石狮 大同 大方 "
    "互助 新华 威信 莲花 平和 名山 宁远 黄龙 六合 龙泉 白云 开元 矿区 全州 当阳 古田 建华 白银 三门 大观 永和 二七 台前 金山 方城 凤山 石棉 丰满 双桥 市郊 "
    "高台 九龙 小河 二道 无为 平房 同心 宝塔 元宝 小店 民权 太白 定远 灯塔 大兴 木兰 天涯 七星 海棠 来宾 博爱 回民 钟楼 江岸 红星 方正 弥勒 黑水 安居 龙凤 "
    "鼓楼 大通 白杨 麒麟 海盐 高密 新民 钟山 镇远 灵台 富民 清流 水城 龙口 老城 文成 紫金 新罗 爱民 惠民 民和 新星 升平 和顺 上高 孝义 天台 阳明 开化 金沙 "
    "白沙 玉泉 天柱 方山 新会 五台 兴化 红塔 民乐 阳春 铜鼓 兴业 大厂 大安 金牛 三台 路南 白塔 大田 双塔 政和 康乐 安福 龙华 市北 市南 安平 天元 鸡冠 集美 "
    "平原 长安 江南 中原 古城 江北 江山 太平 南湖 东湖 河口 商城 新建 东海 新城 泰山 朝阳 路桥 天山 东城 西城 天河 永安 西湖 武昌 城关 城厢 东昌 江城 江口 "
    "青山 海州 龙门 兴国 建设 东山 西山 南山 北山 昌江 高新 江东 江西 河南 河北 河东 河西 海南 山阳 南关 北关 中山 东河 临江 新抚 丛台 桥东 桥西 铁东 铁西".split()
)
_ORGAN = re.compile(
    r"(?:人民)?(?:政府|法院|检察院)|人大|人民代表大会|政协|县委|区委|市委|旗委|委员会|委(?!托)|办公室|国民经济|[“\"]?十[三四五]五|20\d\d|第十[一二三四五六七八九]|"
    r"[\u4e00-\u9fff]{2,14}?(?:局|委员会|办公室|管委会|规划|计划|方案|办法|意见)"
)
_ELSEWHERE_BEFORE = re.compile(
    r"(?:学习|借鉴|对标|赴|毗邻|接壤|相邻|连接|途经|距|距离|通往|来自|如|结对|支援|协作|对接|联合|与|和|及|、|至|,|，)$"
)
_ELSEWHERE_AFTER = re.compile(r"(?:、|和|与|及|以及|等[县市区地]|至|方向|经验|交界|接壤|对口|相邻)")
_BLANK = re.compile(r"[^\u4e00-\u9fff]")
_LEADS = ("中共", "省", "市", "州", "盟", "地区", "印发", "关于", "我国", "在")


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of a county, city or province; `weight` is below 1 where another place seems meant, above 1 before an organ."""

    name: str
    kind: str
    start: int
    end: int
    weight: float


@cache
def _finder() -> tuple[AhoCorasick, list[tuple[str, str]]]:
    places = register()
    kinds = {name: "county" for name in places.by_name}
    kinds |= {name: "city" for name in places.cities}  # 怀化市 was a county once; today it is the city that is meant
    kinds |= {name: "province" for name in places.provinces}
    entries = sorted(kinds.items())
    return AhoCorasick([name for name, _ in entries], matchkind=MatchKind.LeftmostLongest), entries


@cache
def _short_finder() -> tuple[AhoCorasick, list[str]]:
    places = register()
    upper = {name.rstrip("市州盟") for name in places.cities} | set(places.provinces)
    known = {d.short for found in places.by_lineage.values() for d in found}
    names = sorted(n for n in known if len(n) >= 2 and n not in _COMMON_SHORT and n not in upper)
    return AhoCorasick(names, matchkind=MatchKind.LeftmostLongest), names


def mentions(text: str) -> list[Mention]:
    """Return the namings of counties, cities and provinces in `text`, in order."""
    finder, entries = _finder()
    found = []
    for index, start, end in finder.find_matches_as_indexes(text):
        name, kind = entries[index]
        if name == "共和县" and text[max(0, start - 1) : start] == "中":  # 中共和县委: the Party of 和县
            name, start = "和县", start + 1
        if kind == "province":
            found.append(Mention(name, kind, start, end, 1.0))
        elif _is_name(text, name, start, end, found):
            found.append(Mention(name, kind, start, end, _weight(text, start, end)))
    return found


def short_counts(text: str) -> dict[str, int]:
    """Count the short names of counties (湘阴 for 湘阴县), leaving out those that are everyday words (和平, 中方)."""
    finder, names = _short_finder()
    counts: dict[str, int] = {}
    upper, _ = _finder()
    pieces, last = [], 0
    for _, start, end in upper.find_matches_as_indexes(text):  # 津市 is no word of 天津市
        pieces.append(text[last:start])
        last = end
    text = "|".join([*pieces, text[last:]])
    for index, _, _ in finder.find_matches_as_indexes(text):
        counts[names[index]] = counts.get(names[index], 0) + 1
    return counts


def _is_name(text: str, name: str, start: int, end: int, found: list[Mention]) -> bool:
    following = text[end : end + 6]
    if (name[-1] == "市" and following[:1] in "场民值容政" and following[:1]) or (
        name[-1] == "区" and following[:1] in "域间块划别" and following[:1]
    ):
        return following.startswith(("民政局", "民委", "政协", "政府", "政务"))
    if name[-1] == "旗" and following[:1] in ("舰", "帜", "袍"):
        return False
    if name not in _ORDINARY and len(name) > 2:
        return True
    before = text[max(0, start - 8) : start]
    led = bool(found) and found[-1].end == start and found[-1].kind in ("city", "province")
    starts = not before or bool(_BLANK.match(before[-1])) or before.endswith(_LEADS) or led
    organ = _ORGAN.match(text, end) is not None
    if name in _ORDINARY:
        return led or (organ and starts)
    return starts and (organ or led or not following or bool(_BLANK.match(following[0])))


def _weight(text: str, start: int, end: int) -> float:
    if _ELSEWHERE_BEFORE.search(text, max(0, start - 4), start) and text[max(0, start - 1) : start] not in ("", "\n"):
        return 0.4
    if _ELSEWHERE_AFTER.match(text, end):
        return 0.4
    return 3.0 if _ORGAN.match(text, end) else 1.0
