"""The panel of counties and years: which cells are filled, and trends where three or more years exist."""

import numpy as np
import pandas as pd
from scipy import special  # not scipy.stats, whose import costs more than this notebook's arithmetic

from helpers.compare.differences import GROUP
from helpers.intervals import LEVEL, benjamini_hochberg, wilson_clustered
from helpers.structure import by_lineage, lineages

MIN_YEARS = 3


def grid(documents: pd.DataFrame) -> pd.DataFrame:
    """Return every county with every year from the first document to the last: n_documents and n_units, 0 where none is.

    A county is its lineage under its latest name: columns county, county_code, province, year, n_documents, n_units.
    """
    named = by_lineage(documents.dropna(subset=["county", "year"]))
    counties = named.drop_duplicates("place")[["place", "county", "county_code", "province"]]
    years = pd.DataFrame(
        {"year": pd.array(range(named["year"].min(), named["year"].max() + 1) if len(named) else [], dtype="Int64")}
    )
    cells = named.groupby(["place", "year"]).agg(n_documents=("doc_id", "size"), n_units=("n_units", "sum"))
    full = counties.merge(years, how="cross").merge(cells.reset_index(), on=["place", "year"], how="left")
    full[["n_documents", "n_units"]] = full[["n_documents", "n_units"]].fillna(0).astype("Int64")
    order = ["province", "county", "place", "year"]
    return full.sort_values(order, na_position="last", kind="stable").drop(columns="place").reset_index(drop=True)


def trends(shares: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Estimate the yearly change of every share: all counties, each province, each county with three years or more.

    Takes `shares` as from `differences.shares_long` and the selected `documents`. One observation is one county-year; of a
    share that is not corrected in all of them, all are taken as coded, since a step from one to the other is no trend.
    Several counties: least squares with fixed effects of county and of the document form that the county-year has most; errors
    clustered by county and by year, since a campaign of one year is common to all counties (Cameron, Gelbach & Miller 2011),
    each by the jackknife over clusters, t with (fewer clusters - 1) degrees of freedom. One county: least squares over its
    years. P-values adjusted over the table (Benjamini & Hochberg 1995). Returns the table `trends`; empty when no county has
    three years.
    """
    where = documents.drop_duplicates(GROUP)[[*GROUP, "province"]]
    where = where.merge(_forms(documents), on=GROUP, how="left")
    cells = shares.dropna(subset=["county", "year"]).merge(where, on=GROUP, how="inner")
    mixed = cells["basis"].eq("as coded").groupby([cells["dimension"], cells["code"]]).transform("any")
    if "as_coded" in cells:
        cells = cells.assign(estimate=cells["estimate"].where(~mixed, cells["as_coded"]))
    cells = by_lineage(cells.assign(time=cells["year"].astype(float)))
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
    out["p_adjusted"] = benjamini_hochberg(out["p_value"].astype(float))
    return out.assign(changes=out["p_adjusted"] < 0.05)[_COLUMNS]


def _forms(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the commonest document form of each county-year (of several alike the first in order), '' where none is known."""
    form = documents["doc_form"].fillna("") if "doc_form" in documents else pd.Series("", index=documents.index)
    counted = documents[GROUP].assign(form=form).groupby([*GROUP, "form"], dropna=False).size().rename("n").reset_index()
    return counted.sort_values(["n", "form"], ascending=[False, True], kind="stable").drop_duplicates(GROUP)[[*GROUP, "form"]]


_COLUMNS = [
    "scope", "province", "county", "county_code", "dimension", "code", "slope", "ci_low", "ci_high", "p_value", "n_counties",
    "n_cells", "first_year", "last_year", "p_adjusted", "changes",
]  # fmt: skip


def _slope(cells: pd.DataFrame) -> dict:
    """Slope within counties and forms, its standard error and interval; a constant share has slope 0 and p 1."""
    county, year, form = (pd.factorize(cells[name], sort=True)[0] for name in ("place", "year", "form"))
    y, x = cells["estimate"].to_numpy(float), cells["time"].to_numpy(float)
    k, n_years, every = int(county.max()) + 1, int(year.max()) + 1, np.ones(len(y), bool)
    slope, residual, across = _fit(y, x, county, form, every)
    if k > 1:
        by_county = _spread(_without_each(across * (residual + slope * across), across**2, county), slope)
        by_year = _spread(np.array([_fit(y, x, county, form, year != name)[0] for name in range(n_years)]), slope)
        by_cell = float(residual**2 @ across**2 / max(across @ across, 1e-12) ** 2)
        variance, df = max(by_county, by_year, by_county + by_year - by_cell), min(k, n_years) - 1
    else:
        df = len(y) - 1 - len(np.unique(form))
        variance = float(residual @ residual / df / (across @ across)) if df > 0 and across @ across > 1e-9 else np.inf
    error = float(np.sqrt(variance))
    reach = special.stdtrit(df, (1 + LEVEL) / 2) * error
    # Points that lie on a line by chance, as shares of few units often do, have no error to be measured by.
    p_value = float(2 * special.stdtr(df, -abs(slope) / error)) if error > 1e-9 else 1.0 if abs(slope) < 1e-12 else np.nan
    known = bool(np.isfinite(error))
    years = cells["year"]
    return {
        "slope": slope if known else np.nan, "ci_low": slope - reach if known else np.nan,
        "ci_high": slope + reach if known else np.nan, "p_value": p_value if known else np.nan, "n_counties": k,
        "n_cells": len(y), "first_year": int(years.min()), "last_year": int(years.max()),
    }  # fmt: skip


def _fit(
    y: np.ndarray, x: np.ndarray, county: np.ndarray, form: np.ndarray, rows: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the slope of y on x over some rows, residuals, and what county and form leave of x (Frisch & Waugh 1933)."""
    county, forms = np.unique(county[rows], return_inverse=True)[1], np.unique(form[rows])[1:]
    columns = np.column_stack([y[rows], x[rows], *(form[rows] == f for f in forms)]).astype(float)
    n = np.bincount(county)
    columns -= np.stack([np.bincount(county, weights=values) / n for values in columns.T], axis=1)[county]
    both, rest = columns[:, :2], columns[:, 2:]
    y_own, x_own = (both - rest @ np.linalg.lstsq(rest, both, rcond=None)[0]).T if len(forms) else both.T
    spread = float(x_own @ x_own)
    slope = float(x_own @ y_own) / spread if spread > 1e-9 else 0.0
    return slope, y_own - slope * x_own, x_own


def _without_each(product: np.ndarray, square: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the slopes that the rows without each cluster give."""
    products, squares = (np.bincount(clusters, weights=values) for values in (product, square))
    return (products.sum() - products) / np.maximum(squares.sum() - squares, 1e-12)


def _spread(left_out: np.ndarray, slope: float) -> float:
    """Return the variance of a slope from fits that leave a cluster out each: the jackknife, CR3 (Bell & McCaffrey 2002)."""
    return float((len(left_out) - 1) / len(left_out) * ((left_out - slope) ** 2).sum())


def by_area(shares: pd.DataFrame, documents: pd.DataFrame, area: str = "province") -> pd.DataFrame:
    """Pool county-years by `area` (province or city) and year, weighted by their units.

    Returns the area, year, dimension, code, share (0-1), ci_low, ci_high and n_counties. The interval speaks of counties like
    these (`intervals.wilson_clustered`, all codes of a dimension together); empty where there is only one.
    """
    cells = documents.groupby([*GROUP, area], dropna=False)["n_units"].sum().reset_index()
    keys = [area, "year", "dimension", "code"]
    joined = shares.merge(cells, on=GROUP, how="inner").dropna(subset=keys)
    number = {name: pd.factorize(values, sort=True) for name, values in (("k", lineages(joined)), ("code", joined["code"]))}
    size = joined["n_units"].to_numpy(float)
    values = np.stack([np.nan_to_num(joined["estimate"].to_numpy(float) * size), size, np.ones(len(joined))])
    found = []
    for key, rows in joined.groupby(keys[:3]).indices.items():
        (_, county), (code, column) = (np.unique(number[name][0][rows], return_inverse=True) for name in ("k", "code"))
        grid = np.zeros((3, county.max() + 1, len(code)))
        np.add.at(grid, (slice(None), county, column), values[:, rows])
        low, high = wilson_clustered(grid[0], grid[1]) if len(grid[0]) > 1 else np.full((2, len(code)), np.nan)
        named = dict(zip(keys, (*key, number["code"][1][code]), strict=True))
        share, n_counties = grid[0].sum(0) / grid[1].sum(0), (grid[2] > 0).sum(0)
        found.append(pd.DataFrame({**named, "share": share, "ci_low": low, "ci_high": high, "n_counties": n_counties}))
    columns = [*keys, "share", "ci_low", "ci_high", "n_counties"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
