"""Which shares and which groups the figures show, and in which order."""

import pandas as pd

from helpers.shares import best

MOST_GROUPS = 24
GROUP = ["county", "county_code", "year"]


def counties_by(frame: pd.DataFrame, value: pd.Series, most: int) -> list[pd.DataFrame]:
    """Return the rows of each of the `most` counties in which `value` adds up to most, told apart by code (largest first)."""
    keys = [column for column in GROUP[:2] if column in frame]
    parts = frame.assign(_size=value).groupby(keys, dropna=False, sort=True)
    largest = parts["_size"].sum().reset_index(drop=True).sort_values(ascending=False, kind="stable").index[:most]
    rows = [part.drop(columns="_size") for _, part in parts]
    return [rows[i] for i in largest]


def group_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns that tell county-years apart."""
    return [column for column in GROUP if column in frame]


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort rows by county-year, the one order of all figures: division code, then year; what is not known comes last."""
    keys = [column for column in ("county_code", "county", "year") if column in frame]
    return frame.sort_values(keys, kind="stable", na_position="last")


def largest_groups(frame: pd.DataFrame, most: int = MOST_GROUPS, size: str = "sum", named: bool = True) -> pd.DataFrame:
    """Keep the rows of the `most` county-years with most units (`size`: how n_units adds up in a group), in the order of `in_order`.

    `named` leaves out rows without a county: those of the whole.
    """
    rows = frame[frame["county"].notna()] if named else frame
    keys = group_of(rows)
    largest = rows.groupby(keys, dropna=False)["n_units"].agg(size).sort_values(ascending=False, kind="stable").head(most)
    index = largest.index if isinstance(largest.index, pd.MultiIndex) else pd.MultiIndex.from_arrays([largest.index])
    return in_order(rows[pd.MultiIndex.from_frame(rows[keys]).isin(index)])


def n_groups(frame: pd.DataFrame) -> int:
    """Count the county-years of a frame."""
    return len(frame[group_of(frame)].drop_duplicates())


def by_type(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort tools by type (codebook order), within a type by size."""
    order = {kind: i for i, kind in enumerate(dict.fromkeys(frame["tool_type"]))}
    return frame.assign(_type=frame["tool_type"].map(order), _size=-best(frame)).sort_values(["_type", "_size"], kind="stable")
