"""Where a text names counties, cities and provinces, and which of these namings count as its own."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from ahocorasick_rs import AhoCorasick, MatchKind

from helpers.structure.divisions import register

_ORGAN = re.compile(
    r"(?:人民)?(?:政府|法院|检察院)|人大|人民代表大会|政协|县委|区委|市委|旗委|委员会|委(?!托)|办公室|国民经济|[“\"]?十[三四五]五|20\d\d|第十[一二三四五六七八九]|"
    r"[\u4e00-\u9fff]{2,14}?(?:局|委员会|办公室|管委会|规划|计划|方案|办法|意见)"
)
_ELSEWHERE_BEFORE = re.compile(
    r"(?:学习|借鉴|对标|赴|毗邻|接壤|相邻|连接|途经|距|距离|通往|来自|如|结对|支援|协作|对接|联合|与|和|及|、|至)$"
)
_ELSEWHERE_AFTER = re.compile(r"(?:、|域|和|与|及|以及|等[县市区地]|至|方向|经验|交界|接壤|对口|相邻)")
# What may follow a name that is also a word: an organ that is not 县级… or 县委书记, a form of document, a description, nothing.
_NOT_AFTER = re.compile(
    r"[长级域直属乡内外城情里区和]|委(?:书记|副书记|常委|全会|领导|办公会)|(?:人民)?政府(?:有关|相关|各|其他|领导)"
)
_BARE_ORGAN = re.compile(
    r"人民政府|政府|人大|人民代表大会|政协|委(?!托|员)|国民经济|[“\"]?十[三四五]五|20\d\d|第十[一二三四五六七八九]"
    r"|关于|[是位地](?!方)|$|[\s》”）)]"
)
_DEPARTMENT = re.compile(r"[\u4e00-\u9fff]{2,14}?(?:局|委员会|办公室|管委会|中心|法院|检察院)(?:(?=关于|印发|文件|[\s》”）)])|$)")
_DOCUMENT = re.compile(r"(?:(?!局|部门|单位)[^，,。；;\n]){2,40}?(?:规划|计划|方案|办法|意见|细则|措施|政策|纲要|报告|条例|要点)")
_STRONG = re.compile(r"(?:^|[\n。！？：:《〈“\"(（【]|[\u4e00-\u9fff\d][》）]?[ \t\u3000\xa0]+)$")
_ITEM = re.compile(r"[条款项章节部\d][ \t\u3000\xa0]+$")
_BLANK = re.compile(r"[^\u4e00-\u9fff]")
_VERBS = ("加快", "推进", "促进", "支持", "推动", "建设", "打造", "发展", "振兴", "位于")  # 加快资源县旅游业发展的意见
_LEADS = ("中共", "省", "市", "州", "盟", "地区", "印发", "关于", "我国", "在")


_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One naming of a county, city or province; `weight` is below 1 where another place seems meant, above 1 before an organ."""

    name: str
    kind: str
    start: int
    end: int
    weight: float


@cache
def _words(name: str) -> frozenset[str]:
    """Read one list of everyday words (`ordinary_names`, `common_short_names`) from place_words.yml."""
    lists = yaml.safe_load(files("helpers.structure").joinpath("place_words.yml").read_text(encoding="utf-8"))
    return frozenset(lists[name]["words"].split())


@cache
def _finder() -> tuple[AhoCorasick, list[tuple[str, str]]]:
    places = register()
    kinds = dict.fromkeys([*places.by_name, *places.said], "county")
    kinds |= dict.fromkeys(places.cities, "city")  # 怀化市 was a county once; today it is the city that is meant
    kinds |= dict.fromkeys(places.provinces, "province")
    entries = sorted(kinds.items())
    return AhoCorasick([name for name, _ in entries], matchkind=MatchKind.LeftmostLongest), entries


@cache
def _short_finder() -> tuple[AhoCorasick, list[str]]:
    places = register()
    upper = {name.rstrip("市州盟") for name in places.cities} | set(places.provinces)
    known = {d.short for found in places.by_lineage.values() for d in found}
    names = sorted(n for n in known if len(n) >= 2 and n not in _words("common_short_names") and n not in upper)
    return AhoCorasick(names, matchkind=MatchKind.LeftmostLongest), names


def without_halves(text: str) -> str:
    """Replace halves of characters (lone surrogates), which no search in UTF-8 can take; length is kept."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def mentions(text: str) -> list[Mention]:
    """Return the namings of counties, cities and provinces in `text`, in order."""
    finder, entries = _finder()
    text = without_halves(text)
    found = []
    for index, start, end in finder.find_matches_as_indexes(text):
        name, kind = entries[index]
        if name == "共和县" and text[max(0, start - 1) : start] == "中":  # 中共和县委: the Party of 和县
            name, start = "和县", start + 1
        if kind == "province":
            found.append(Mention(name, kind, start, end, 1.0))
        elif _is_name(text, name, start, end, found):
            found.append(Mention(register().said.get(name, name), kind, start, end, _weight(text, start, end)))
    return found


def short_counts(text: str) -> dict[str, int]:
    """Count the short names of counties (湘阴 for 湘阴县), leaving out those that are everyday words (和平, 中方)."""
    finder, names = _short_finder()
    upper, _ = _finder()
    text = without_halves(text)
    pieces, last = [], 0
    for _, start, end in upper.find_matches_as_indexes(text):  # 津市 is no word of 天津市
        pieces.append(text[last:start])
        last = end
    text = "|".join([*pieces, text[last:]])
    before: dict[str, list[str]] = {}
    for index, start, _ in finder.find_matches_as_indexes(text):
        before.setdefault(names[index], []).append(text[max(0, start - 1) : start])
    # 资中 behind 投 again and again is 投资中心: a name stands behind different characters.
    return {name: len(seen) for name, seen in sorted(before.items()) if len(set(seen)) > 1}


def _is_name(text: str, name: str, start: int, end: int, found: list[Mention]) -> bool:
    following = text[end : end + 6]
    if (name[-1] == "市" and following[:1] in "场民值容政" and following[:1]) or (
        name[-1] == "区" and following[:1] in "域间块划别级" and following[:1]
    ):
        return following.startswith(("民政局", "民委", "政协", "政府", "政务"))
    if name[-1] == "旗" and following[:1] in ("舰", "帜", "袍"):
        return False
    ordinary = name in _words("ordinary_names")
    worded = len(name) == 2 and not ordinary or name in _words("words_before_county") or name in register().said
    if not ordinary and not worded:
        return True
    before = text[max(0, start - 8) : start]
    led = bool(found) and found[-1].end == start and found[-1].kind in ("city", "province")
    if worded:
        return led or _stands_alone(text, before, end, _LEADS if len(name) == 2 else (*_LEADS, *_VERBS))
    starts = not before or bool(_BLANK.match(before[-1])) or before.endswith(_LEADS) or led
    organ = _ORGAN.match(text, end) is not None
    return led or (organ and starts)


def _stands_alone(text: str, before: str, end: int, leads: tuple[str, ...]) -> bool:
    """Is a name that is also a word a name here: at a strong start, and before something that only a county has?"""
    strong = bool(_STRONG.search(before)) and not _ITEM.search(before) or before.endswith(leads)
    if not strong or _NOT_AFTER.match(text, end):
        return False
    return any(pattern.match(text, end) for pattern in (_BARE_ORGAN, _DEPARTMENT, _DOCUMENT))


def _weight(text: str, start: int, end: int) -> float:
    if _ELSEWHERE_BEFORE.search(text, max(0, start - 4), start) and text[max(0, start - 1) : start] not in ("", "\n"):
        return 0.4
    if _ELSEWHERE_AFTER.match(text, end):
        return 0.4
    return 3.0 if _ORGAN.match(text, end) else 1.0
