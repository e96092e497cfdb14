"""The panel of counties and years: which cells are filled, and trends where three or more years exist."""

import numpy as np
import pandas as pd
from scipy import special  # not scipy.stats, whose import costs more than this notebook's arithmetic

from helpers.compare.differences import GROUP
from helpers.intervals import holm

MIN_YEARS = 3


def grid(documents: pd.DataFrame, year_min: int, year_max: int) -> pd.DataFrame:
    """Return every county with every year from `year_min` to `year_max`: n_documents and n_units, 0 where none is there."""
    named = documents.dropna(subset=["county", "year"])
    counties = named.drop_duplicates(["county", "province"])[["county", "province"]]
    years = pd.DataFrame({"year": pd.array(range(year_min, year_max + 1), dtype="Int64")})
    cells = named.groupby(["county", "province", "year"], dropna=False).agg(
        n_documents=("doc_id", "size"), n_units=("n_units", "sum")
    )
    full = counties.merge(years, how="cross").merge(cells.reset_index(), on=["county", "province", "year"], how="left")
    full[["n_documents", "n_units"]] = full[["n_documents", "n_units"]].fillna(0).astype("Int64")
    return full.sort_values(["province", "county", "year"], na_position="last", kind="stable").reset_index(drop=True)


def trends(shares: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Estimate the yearly change of every share: all counties, each province, each county with three years or more.

    Takes `shares` as from `differences.shares_long` and the selected `documents`. One observation is one county-year.
    Several counties: least squares with county fixed effects, errors clustered by county, t with (counties - 1) degrees of
    freedom (Cameron & Miller 2015). One county: least squares over its years. P-values adjusted by Holm (1979) within scope
    kind and dimension. Returns the table `trends`; empty when no county has three years.
    """
    where = documents.drop_duplicates(GROUP)[[*GROUP, "province"]]
    cells = shares.dropna(subset=["county", "year"]).merge(where, on=GROUP, how="inner")
    cells = cells.assign(time=cells["year"].astype(float), place=cells["county_code"].fillna(cells["county"]))
    cells = cells[cells.groupby("place")["year"].transform("nunique") >= MIN_YEARS]
    scopes = {"all": ([], [("all", cells)] if len(cells) else []), "province": (["province"], cells.groupby("province"))}
    scopes["county"] = (["county", "county_code", "province"], cells.groupby(["county", "place"]))
    found = []
    for kind, (told_by, parts) in scopes.items():
        for _, frame in parts:
            if kind != "county" and frame["place"].nunique() < 2:
                continue
            about = {"scope": kind, **frame[told_by].iloc[0].to_dict()}
            found += [
                {**about, "dimension": dimension, "code": code, **_slope(part)}
                for (dimension, code), part in frame.groupby(["dimension", "code"])
            ]
    out = pd.DataFrame(found, columns=_COLUMNS[:-2])
    if not out.empty:
        out["p_adjusted"] = out.groupby(["scope", "dimension"])["p_value"].transform(holm)
    else:
        out["p_adjusted"] = pd.Series(dtype="float64")
    return out.assign(changes=out["p_adjusted"] < 0.05)[_COLUMNS]


_COLUMNS = [
    "scope", "province", "county", "county_code", "dimension", "code", "slope", "ci_low", "ci_high", "p_value", "n_counties",
    "n_cells", "first_year", "last_year", "p_adjusted", "changes",
]  # fmt: skip


def _slope(cells: pd.DataFrame) -> dict:
    """Slope within counties, its standard error and interval; a constant share has slope 0 and p 1."""
    counties, index = np.unique(cells["place"].to_numpy(dtype=str), return_inverse=True)
    y, x = cells["estimate"].to_numpy(), cells["time"].to_numpy()
    y, x = y - _means(y, index)[index], x - _means(x, index)[index]
    slope = float(x @ y / (x @ x))
    residual = y - slope * x
    n, k = len(y), len(counties)
    if k > 1:
        score = np.bincount(index, weights=x * residual)
        variance = k / (k - 1) * (n - 1) / (n - k - 1) * (score @ score) / (x @ x) ** 2
        df = k - 1
    else:
        df = n - 2
        variance = (residual @ residual) / df / (x @ x)
    error = float(np.sqrt(variance))
    reach = special.stdtrit(df, 0.975) * error
    p_value = float(2 * special.stdtr(df, -abs(slope) / error)) if error > 1e-12 else float(abs(slope) < 1e-12)
    years = cells["year"]
    return {
        "slope": slope, "ci_low": slope - reach, "ci_high": slope + reach, "p_value": p_value, "n_counties": k, "n_cells": n,
        "first_year": int(years.min()), "last_year": int(years.max()),
    }  # fmt: skip


def _means(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.bincount(index, weights=values) / np.bincount(index)


def by_area(shares: pd.DataFrame, documents: pd.DataFrame, area: str = "province") -> pd.DataFrame:
    """Pool county-years by `area` (province or city) and year, weighted by their units.

    Returns the area, year, dimension, code, share (0-1) and n_counties.
    """
    cells = documents.groupby([*GROUP, area], dropna=False)["n_units"].sum().reset_index()
    joined = shares.merge(cells, on=GROUP, how="inner").dropna(subset=[area, "year"])
    keys = [area, "year", "dimension", "code"]
    weighted = joined.assign(weighted=joined["estimate"] * joined["n_units"])
    pooled = weighted.groupby(keys).agg(
        weighted=("weighted", "sum"), n_units=("n_units", "sum"), n_counties=("county", "nunique")
    )
    pooled["share"] = pooled["weighted"] / pooled["n_units"]
    return pooled.reset_index()[[*keys, "share", "n_counties"]]
