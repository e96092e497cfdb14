"""Which documents a report is about: filters by county and year, with what they leave out."""

from collections.abc import Iterable

import pandas as pd
import yaml

from helpers.asked import Refused
from helpers.language import UNKNOWN
from helpers.structure import lineages

_ASKED = (UNKNOWN, "未知")  # how a filter names documents without a county


class SelectionError(Refused):
    """A filter names a county that is not in the corpus; the message lists those that are."""


def select(
    documents: pd.DataFrame, county_filter: Iterable[str] | str | int = (), year_min: int = 0, year_max: int = 9999
) -> pd.DataFrame:
    """Return the documents that the filters keep, in their order.

    `documents` needs the columns county, county_code and year; `county_filter` is a list of county names or codes ([] is
    all; "unknown" stands for documents without county). A document of unknown year is kept; one of a known year outside
    year_min..year_max is not.
    Raises SelectionError when a name is not in the corpus or year_min is after year_max.

    >>> documents = pd.DataFrame({"county": ["甲县", "乙县"], "county_code": ["430001", "430002"], "year": [2017, 2025]})
    >>> select(documents, ["430002"], 2017, 2025)["county"].tolist()
    ['乙县']
    """
    if year_min > year_max:
        raise SelectionError(f"year_min {year_min} is after year_max {year_max}: swap them")
    wanted = _names(county_filter)
    counties = documents["county"].fillna(UNKNOWN)
    keep = documents["year"].isna() | documents["year"].between(year_min, year_max).fillna(False)
    if wanted:
        _check_names(wanted, documents)
        names = {UNKNOWN if name in _ASKED else name for name in wanted}
        keep &= counties.isin(names) | documents["county_code"].isin(names).fillna(False)
    return documents[keep.astype(bool)].reset_index(drop=True)


def _names(county_filter: Iterable[str] | str | int) -> list[str]:
    # papermill -p county_filter "['湘阴县']" hands over that text as it stands, and -p county_filter 湘阴县 a bare name
    if isinstance(county_filter, str) and county_filter.strip().startswith("["):
        from helpers.codebook import bounded  # here, since what reads documents does not depend on codebooks

        try:
            county_filter = bounded.load(county_filter)
        except yaml.YAMLError as error:
            raise SelectionError(f"county_filter {county_filter!r} is not a list: write ['湘阴县', '中方县']") from error
    if isinstance(county_filter, int):
        county_filter = str(county_filter)  # papermill -p county_filter 430725 hands over a number
    names = county_filter.split(",") if isinstance(county_filter, str) else list(county_filter or ())
    return [str(name).strip() for name in names if str(name).strip()]


def _check_names(wanted: list[str], documents: pd.DataFrame) -> None:
    there = sorted(set(documents["county"].dropna()))
    known = {*there, *documents["county_code"].dropna(), *(_ASKED if documents["county"].isna().any() else ())}
    strange = [name for name in wanted if name not in known]
    if strange:
        listed = ", ".join(there) or "none has a known county"
        raise SelectionError(f"county_filter: {', '.join(strange)} not in the corpus; its counties: {listed}")


def reported(documents: pd.DataFrame, kept: pd.DataFrame) -> dict:
    """State how many documents the filters keep and leave out, and how many lack a county or year (text labels.reported)."""
    unknown = {f"no_{field}": int(kept[field].isna().sum()) for field in ("county", "year")}
    return {"n": len(kept), "all": len(documents), "out": len(documents) - len(kept), **unknown}


def shown(rows: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that speak of `documents`, and those that speak of all: what a filter shows of the table.

    Tables cover all documents. A row names a document (doc_id; doc_a, doc_b), a unit, a county-year or a part of one (with a
    column `level` what is empty is added up, without one it is not known); one that names two names documents on both sides.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "county": ["甲县"], "county_code": ["430001"], "year": [2017]})
    >>> rows = pd.DataFrame({"county": ["甲县", "甲县", None], "year": [2017, 2018, None], "n": [1, 2, 3]})
    >>> shown(rows, documents)["n"].tolist()
    [1, 3]
    """
    keep = pd.Series(True, rows.index)
    for side in _sides(rows):
        keep &= _names_one(rows, side, documents)
    return rows[keep].reset_index(drop=True)


def shown_again(every: pd.DataFrame, again: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return what `shown` does, but the rows of the whole from `again`, the same table made of these documents alone.

    A county-year has the numbers that it has among all; readers are told of the whole what is true of what is reported.
    """
    return pd.concat([again[_whole(again)], shown(every[~_whole(every)], documents)], ignore_index=True)


_PLACE = ("county", "county_code", "year")
_PAIRS = (("doc_a", "doc_b"), ("doc_id", "other_doc_id"))


def _sides(rows: pd.DataFrame) -> list[dict[str, str]]:
    """Return the columns in which rows name documents, side by side, each as {field of a document: column}."""
    if pair := next((pair for pair in _PAIRS if set(pair) <= set(rows)), None):
        return [{"doc_id": column} for column in pair]
    for ends in (("_a", "_b"), ("_from", "_to")):
        if f"year{ends[0]}" in rows:
            return [
                {key: key + end if key + end in rows else key for key in _PLACE if {key + end, key} & set(rows)} for end in ends
            ]
    if "county" in rows:
        return [{key: key for key in ("doc_id", *_PLACE) if key in rows}]
    return [{"doc_id": name}] if (name := next((name for name in ("doc_id", "unit_id") if name in rows), "")) else []


def _whole(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows name nothing: they speak of all documents."""
    named = [column for side in _sides(rows) for column in side.values()]
    return rows[named].isna().all(axis=1)


def _names_one(rows: pd.DataFrame, side: dict[str, str], documents: pd.DataFrame) -> pd.Series:
    """Tell which rows name one of `documents` on one side, or nothing where that means all."""
    named = rows[list(side.values())].set_axis(list(side), axis=1).astype(object)
    if "doc_id" not in side:
        return _of_places(named, documents, bool({"level", "scope"} & set(rows)))
    names = named["doc_id"].astype("str")
    names = names.str.replace(r":\d+$", "", regex=True) if side["doc_id"] == "unit_id" else names
    keep, places = names.isin(set(documents["doc_id"])), named.loc[names.isna(), [key for key in side if key != "doc_id"]]
    return keep | _of_places(places, documents, False).reindex(keep.index, fill_value=False)


def _of_places(named: pd.DataFrame, documents: pd.DataFrame, added_up: bool) -> pd.Series:
    """Tell which rows name a place of `documents`; `added_up`: what is empty in them is added up, and else not known."""
    places, keys = [tuple(row) for row in _plain(documents[list(named)])], range(named.shape[1])
    found: dict[tuple, set] = {}
    keep = []
    for row in _plain(named):
        told = tuple(i for i in keys if row[i] is not None or not added_up)
        if told not in found:
            found[told] = {tuple(place[i] for i in told) for place in places}
        whole = "year" in named and not any(value is not None for value in row)
        keep.append(whole or tuple(row[i] for i in told) in found[told])
    return pd.Series(keep, named.index, bool)


def _plain(frame: pd.DataFrame) -> list:
    if {"county", "county_code"} <= set(frame):  # a county that changed its name and code is asked for under either
        place = lineages(frame)
        frame = frame.assign(county=place, county_code=place.where(frame["county_code"].notna()))
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
