"""The one label of a place and of a county-year; nothing reads it back, tables carry county, code and year."""

import csv
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from helpers.language.texts import LANGUAGES, missing, say

if TYPE_CHECKING:  # the child that reads Word and PDF files says why it cannot, and has no use for pandas
    import pandas as pd

# Last characters of a division's name and what they are called in English.
_KINDS = {
    "自治县": "Autonomous County", "自治旗": "Autonomous Banner", "自治州": "Autonomous Prefecture",
    "自治区": "Autonomous Region", "地区": "Prefecture", "县": "County", "区": "District", "市": "City",
    "旗": "Banner", "省": "Province",
}  # fmt: skip
# Divisions that maps do not call by their pinyin; without this 陕西 would be 山西.
_NAMED = {
    "陕西省": "Shaanxi Province", "内蒙古自治区": "Inner Mongolia Autonomous Region",
    "新疆维吾尔自治区": "Xinjiang Uygur Autonomous Region", "香港特别行政区": "Hong Kong Special Administrative Region",
    "澳门特别行政区": "Macao Special Administrative Region",
}  # fmt: skip
# Peoples in the names of autonomous counties as English maps write them; others are romanised.
_PEOPLES = {
    "蒙古": "Mongol", "藏": "Tibetan", "朝鲜": "Korean", "维吾尔": "Uygur", "哈萨克": "Kazakh", "柯尔克孜": "Kirgiz",
    "塔吉克": "Tajik", "锡伯": "Xibe", "达斡尔": "Daur", "鄂温克": "Evenki", "鄂伦春": "Oroqen", "撒拉": "Salar",
    "保安": "Bonan", "裕固": "Yugur",
    "布依": "Bouyei", "水": "Sui", "哈尼": "Hani", "傈僳": "Lisu", "佤": "Va", "纳西": "Naxi", "布朗": "Blang", "独龙": "Derung",
    "毛南": "Maonan", "仫佬": "Mulao", "仡佬": "Gelao", "各": "All-Peoples",
}  # fmt: skip
_ROMANISED = "土家 苗 侗 瑶 壮 彝 回 满 傣 白 拉祜 景颇 黎 畲 羌 土 东乡 怒 普米 阿昌 德昂 京".split()  # noqa: SIM905
_PEOPLE = re.compile(
    f"({'|'.join(sorted([*_PEOPLES, *_ROMANISED], key=len, reverse=True))})族|(蒙古|哈萨克|柯尔克孜|塔吉克|锡伯)$"
)


def place(name: object, language: str, county_code: object = None) -> str:
    """Return a division's name for a label: 湘阴县 stays in "zh", becomes Xiangyin County in "en"; empty is unknown.

    A county whose name several divisions bear (鼓楼区), in "en" also one that others sound like (武义县, 武邑县), is told apart
    by its city, else its province, where the code is known.
    """
    if not isinstance(name, str) or name in ("", "unknown"):
        return say("labels.unknown", language)
    named = name if language == "zh" or name.isascii() else _romanised(name)
    within = _within(name, county_code, language)
    return say("labels.within", language, place=named, within=place(within, language)) if within else named


@cache
def _romanised(name: str) -> str:
    if name in _NAMED:
        return _NAMED[name]
    kind = next((ending for ending in _KINDS if name.endswith(ending) and len(name) > len(ending) + 1), "")
    stem, peoples = name.removesuffix(kind), []
    while kind.startswith("自治") and (found := _last_people(stem)):
        stem, people = stem[: found.start()], found[1] or found[2]
        peoples.insert(0, _PEOPLES.get(people) or _pinyin(people))
    named = [_pinyin(stem), " and ".join([", ".join(peoples[:-1]), peoples[-1]] if len(peoples) > 1 else peoples)]
    return " ".join(filter(None, [*named, _KINDS.get(kind, "")]))


def _last_people(stem: str) -> re.Match | None:
    return next((m for m in _PEOPLE.finditer(stem) if m.end() == len(stem) and m.start() > 1), None)


def _pinyin(name: str) -> str:
    """Romanise a name as one word, with the apostrophe before a vowel inside it (Chun'an)."""
    from pypinyin import lazy_pinyin  # its dictionaries cost a second to load

    syllables = ["du" if s == "dou" else s for s in lazy_pinyin(name)]  # 三都, 于都
    return "".join(f"'{s}" if k and s[0] in "aoe" else s for k, s in enumerate(syllables)).capitalize()


def year_name(year: object, language: str) -> str:
    """Return a year for a label: 2017 in "en", 2017年 in "zh"; empty is said to be unknown."""
    return say("labels.no_year", language) if missing(year) else say("labels.year", language, year=int(year))


def county_year(county: object, year: object, language: str, county_code: object = None) -> str:
    """Label a county-year: Xiangyin County 2017, 湘阴县2017年; `county_code` as in `place`."""
    named = place(county, language, county_code)
    key = "labels.county_year" if not missing(year) else "labels.county_no_year"
    return say(key, language, county=named, year=year_name(year, language))


def county_years(frame: "pd.DataFrame", language: str) -> "pd.Series":
    """Label each row's county-year by its columns county, year and, where there is one, county_code."""
    import pandas as pd

    codes = frame["county_code"] if "county_code" in frame else [None] * len(frame)
    rows = zip(frame["county"], frame["year"], codes, strict=True)
    return pd.Series([county_year(c, y, language, code) for c, y, code in rows], index=frame.index, dtype="str")


def document_labels(documents: "pd.DataFrame") -> "pd.DataFrame":
    """Label each document by its county-year, numbered where several would read the same: doc_id, label_en, label_zh.

    Rows come in the one order of figures: division code, then year, then doc_id.
    """
    keys = [column for column in ("county_code", "county", "year", "doc_id") if column in documents]
    documents = documents.sort_values(keys, kind="stable", na_position="last")
    out = documents[["doc_id"]].copy()
    for language in LANGUAGES:
        label = county_years(documents, language)
        again = label.groupby(label).cumcount() + 1
        numbered = [say("labels.numbered", language, label=one, n=n) for one, n in zip(label, again, strict=True)]
        out[f"label_{language}"] = label.where(~label.duplicated(keep=False), numbered)
    return out.reset_index(drop=True)


def _within(county: object, code: object, language: str) -> str:
    if not (isinstance(county, str) and isinstance(code, str)):
        return ""
    return homonyms().get((county, code), "") or language == "en" and homophones().get((county, code), "") or ""


def homonyms() -> dict[tuple[str, str], str]:
    """Return city or province of each county whose name several divisions have borne since 1995: {(name, code): place}."""
    return _told_apart("homonyms.csv")


def homophones() -> dict[tuple[str, str], str]:
    """Return the same of counties whose name is written otherwise and romanised alike, homonyms left out."""
    return _told_apart("homophones.csv")


@cache
def _told_apart(file: str) -> dict[tuple[str, str], str]:
    with files("helpers.language").joinpath(file).open(encoding="utf-8", newline="") as rows:
        return {(row["county"], row["county_code"]): row["within"] for row in csv.DictReader(rows)}
