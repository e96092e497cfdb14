"""The one label of a place and of a county-year; nothing reads it back, tables carry county, code and year."""

import csv
from functools import cache
from importlib.resources import files

import pandas as pd

from helpers.language.texts import say

# Last characters of a division's name and what they are called in English.
_KINDS = {
    "自治县": "Autonomous County", "地区": "Prefecture", "县": "County", "区": "District", "市": "City", "旗": "Banner",
    "省": "Province",
}  # fmt: skip


def place(name: object, language: str) -> str:
    """Return a division's name for a label: 湘阴县 stays in "zh", becomes Xiangyin County in "en"; empty is unknown."""
    if not isinstance(name, str) or name in ("", "unknown"):
        return say("labels.unknown", language)
    return name if language == "zh" or name.isascii() else _romanised(name)


@cache
def _romanised(name: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionaries cost a second to load

    kind = next((ending for ending in _KINDS if name.endswith(ending) and len(name) > len(ending) + 1), "")
    stem = "".join(lazy_pinyin(name.removesuffix(kind))).capitalize()
    return f"{stem} {_KINDS[kind]}" if kind else stem


def year_name(year: object, language: str) -> str:
    """Return a year for a label: 2017 in "en", 2017年 in "zh"; empty is said to be unknown."""
    return say("labels.no_year", language) if pd.isna(year) else say("labels.year", language, year=int(year))


def county_year(county: object, year: object, language: str, county_code: object = None) -> str:
    """Label a county-year: Xiangyin County 2017, 湘阴县2017年.

    A county whose name several divisions bear (鼓楼区) is told apart by its city, else its province, where the code is known.
    """
    named, within = place(county, language), _within(county, county_code)
    if within:
        named = say("labels.within", language, place=named, within=place(within, language))
    key = "labels.county_year" if not pd.isna(year) else "labels.county_no_year"
    return say(key, language, county=named, year=year_name(year, language))


def county_years(frame: pd.DataFrame, language: str) -> pd.Series:
    """Label each row's county-year by its columns county, year and, where there is one, county_code."""
    codes = frame["county_code"] if "county_code" in frame else [None] * len(frame)
    rows = zip(frame["county"], frame["year"], codes, strict=True)
    return pd.Series([county_year(c, y, language, code) for c, y, code in rows], index=frame.index, dtype="str")


def _within(county: object, code: object) -> str:
    return homonyms().get((county, code), "") if isinstance(county, str) and isinstance(code, str) else ""


@cache
def homonyms() -> dict[tuple[str, str], str]:
    """Return city or province of each county whose name several divisions have borne since 1995: {(name, code): place}."""
    with files("helpers.language").joinpath("homonyms.csv").open(encoding="utf-8", newline="") as file:
        return {(row["county"], row["county_code"]): row["within"] for row in csv.DictReader(file)}
