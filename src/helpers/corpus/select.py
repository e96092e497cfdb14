"""Which documents a report is about: filters by county and year, with what they leave out."""

from collections.abc import Iterable

import pandas as pd
import yaml

from helpers.asked import Refused
from helpers.language import UNKNOWN

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
    """Return the rows of the county-years of `documents`, and those of the whole; rows: county, year, maybe county_code.

    Tables cover all documents; this is what a filter shows of them.
    """
    keys = [key for key in ("county_code", "county", "year") if key in rows]
    groups = {tuple(row) for row in documents[keys].astype(object).where(documents[keys].notna(), None).to_numpy()}
    mine = pd.Series(
        [tuple(row) in groups for row in rows[keys].astype(object).where(rows[keys].notna(), None).to_numpy()], rows.index, bool
    )
    whole = rows[["county", "year"]].isna().all(axis=1)
    return rows[whole | mine].reset_index(drop=True)
