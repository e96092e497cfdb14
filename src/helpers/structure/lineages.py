"""One county over the years: its lineage outlives a change of name or code (宁乡县 430124 and 宁乡市 430182 are one)."""

import csv
from functools import cache
from importlib.resources import files

import pandas as pd


@cache
def of_codes() -> dict[str, str]:
    """Return the lineage of each code since 1995 that is not its own lineage: 1,177 codes, from the register (`divisions`)."""
    with files("helpers.structure").joinpath("lineages.csv").open(encoding="utf-8", newline="") as file:
        return {row["county_code"]: row["lineage"] for row in csv.DictReader(file)}


def lineages(frame: pd.DataFrame) -> pd.Series:
    """Return what tells counties apart over the years: the lineage of county_code, without a code the name, None without either.

    frame: county and, where it is known, county_code.

    >>> lineages(pd.DataFrame({"county": ["宁乡县", "宁乡市", "某县"], "county_code": ["430124", "430182", None]})).tolist()
    ['430182', '430182', '某县']
    """
    codes = (frame["county_code"] if "county_code" in frame else pd.Series(None, index=frame.index, dtype=object)).astype(object)
    place = codes.map(lambda code: of_codes().get(code, code)).where(codes.notna(), frame["county"].astype(object))
    return place.where(place.notna(), None).rename("place")


def by_lineage(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `place`, the lineage of each row's county, and write all rows of a lineage under its name and code of the latest year.

    frame: county, county_code, year and, where there are any, city and province, which follow. Rows keep their order.
    """
    out = frame.assign(place=lineages(frame))
    if not out["place"].duplicated().any():
        return out
    named = [column for column in ("county", "county_code", "city", "province") if column in frame]
    known = out["place"].notna()
    latest = out[known].sort_values("year", kind="stable", na_position="first").drop_duplicates("place", keep="last")
    for column in named:
        newest = out["place"].map(latest.set_index("place")[column])
        out[column] = out[column].where(~known, newest).astype(frame[column].dtype)
    return out
