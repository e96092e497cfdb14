"""Indicators that can be compared across counties, and purposes of money: the file that declares them, and which row is which."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers import store
from helpers.codebook import CodebookError, bounded

DEFAULT = "data/codebook/indicators.yml"
_SHARE = "占|比重|密度|强度"


@cache
def load(path: str = DEFAULT) -> dict:
    """Read the comparable indicators and purposes; raise CodebookError naming file, entry and fault."""
    file = Path(store.resolve(path))
    try:
        raw = bounded.read(file)
    except (OSError, yaml.YAMLError) as error:
        raise CodebookError(
            f"{file.name}: cannot be read ({error.__class__.__name__}); restore data/codebook/indicators.yml"
        ) from error
    for part in ("indicators", "purposes"):
        for entry in raw[part]:
            for field in ("id", "zh", "en", "note", "source"):
                if not entry.get(field):
                    raise CodebookError(f"{file.name}: entry {entry.get('id', entry)} of {part} has no {field}")
            try:
                re.compile(entry["pattern"]), re.compile(entry.get("not", ""))
            except re.error as error:
                raise CodebookError(f"{file.name}: pattern of {entry['id']} is not a regular expression: {error}") from error
    return raw


def _family(unit: pd.Series) -> pd.Series:
    return pd.Series(
        np.select(
            [unit.str.contains("元", na=False), unit.isin(["%", "个百分点", "百分点", "倍", "番", "成", "‰"])],
            ["money", "rate"],
            "count",
        ),
        unit.index,
    )


def indicator_ids(frame: pd.DataFrame) -> pd.Series:
    """Return the comparable indicator of each row, or "": a share of a quantity (占比, 比重, 强度) is never that quantity."""
    ids = pd.Series("", index=frame.index)
    words = frame["indicator"].fillna("").str.replace(r"^(?:全[县区市]|我[县区市]|年度?|[县区市](?=规))|[“”]", "", regex=True)
    family = _family(frame["unit"].fillna(""))
    share = matches(words, _SHARE)
    for entry in load()["indicators"]:
        hit = (ids == "") & (frame["kind"] == "target") & matches(words, entry["pattern"])
        if entry.get("not"):
            hit &= ~matches(words, entry["not"])
        if "money" in entry["unit"].split():
            hit &= ~share
        hit &= family.isin(entry["unit"].split()) | (frame["measure"] == "growth")
        ids[hit] = entry["id"]
    return ids


def matches(words: pd.Series, pattern: str) -> pd.Series:
    """Tell in which texts a pattern is found."""
    search, (number, different) = re.compile(pattern).search, pd.factorize(words)
    found = np.array([search(text) is not None for text in different], bool)
    return pd.Series(found[number], words.index)
