"""Names of places as an English reader can say them; Chinese editions show them as they are."""

from functools import cache

import pandas as pd

# Last characters of a division's name and what they are called in English.
_KINDS = {"自治县": "Autonomous County", "县": "County", "区": "District", "市": "City", "旗": "Banner", "省": "Province"}
UNKNOWN = {"en": "unknown", "zh": "未知"}


def place(name: object, language: str) -> str:
    """Return a division's name for a label: 湘阴县 stays in "zh", becomes Xiangyin County in "en"; empty is unknown."""
    if not isinstance(name, str) or not name:
        return UNKNOWN[language]
    return name if language == "zh" else _romanised(name)


@cache
def _romanised(name: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionaries cost a second to load

    kind = next((ending for ending in _KINDS if name.endswith(ending) and len(name) > len(ending) + 1), "")
    stem = "".join(lazy_pinyin(name.removesuffix(kind))).capitalize()
    return f"{stem} {_KINDS[kind]}" if kind else stem


def year_name(year: object, language: str) -> str:
    """Return a year for a label: 2017 in "en", 2017年 in "zh"; empty is said to be unknown."""
    if pd.isna(year):
        return "n.d." if language == "en" else "年份不详"
    return str(int(year)) if language == "en" else f"{int(year)}年"


def place_year(county: object, year: object, language: str) -> str:
    """Label a county-year: Xiangyin County 2017, 湘阴县2017年; an unknown part is said to be unknown, once."""
    between = " " if language == "en" or pd.isna(year) else ""
    return f"{place(county, language)}{between}{year_name(year, language)}"
