"""Shares of documents on what a yearbook says of their counties: join by code and year, least squares, errors by county."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from helpers import rows, store
from helpers.asked import Refused
from helpers.intervals import LEVEL

KEY = ["county_code", "year"]
INVENTED = "data/yearbook_invented.csv"  # ships to show the form; never joined with anybody's documents
FEW = 30  # counties below which an interval clustered by county is a rough one
_COLUMNS = ["term", "estimate", "standard_error", "ci_low", "ci_high", "p_value", "n_clusters", "n_rows"]


class YearbookError(Refused):
    """A yearbook cannot be joined; the message names the file, the row and what to do."""


def read_yearbook(path: str | Path) -> pd.DataFrame:
    """Read a yearbook (CSV): county_code (six digits), year, and columns of numbers; cells that are no number are empty.

    Raises YearbookError where a key column is missing, a code has not six digits, or a county-year stands twice.
    """
    path = Path(path)
    try:
        frame = rows.read(path)
    except FileNotFoundError:
        raise YearbookError(f"{path}: no such file; parameter yearbook names a CSV file with county_code and year") from None
    for name in KEY:
        if name not in frame:
            raise YearbookError(f"{path.name}: column {name!r} is missing; a yearbook needs {' and '.join(KEY)}")
    code, year = frame["county_code"].str.strip(), pd.to_numeric(frame["year"], errors="coerce")
    bad = np.flatnonzero(~code.str.fullmatch(r"[0-9]{6}") | year.isna() | (year % 1 != 0))
    if len(bad):
        said = f"{frame['county_code'].iloc[bad[0]]!r}, {frame['year'].iloc[bad[0]]!r}"
        raise YearbookError(f"{path.name}: row {bad[0] + 2}: {said} is not a six-digit code and a year")
    numbers = frame.drop(columns=KEY).apply(pd.to_numeric, errors="coerce")
    out = pd.concat([code, year.astype("Int64"), numbers], axis=1)
    twice = np.flatnonzero(out.duplicated(KEY))
    if len(twice):
        raise YearbookError(f"{path.name}: row {twice[0] + 2}: {code.iloc[twice[0]]} stands twice for {year.iloc[twice[0]]:.0f}")
    return out


def regress(frame: pd.DataFrame, outcome: str, on: list[str], cluster: str, weight: str | None = None) -> pd.DataFrame:
    """Regress `outcome` on the numbers `on` by (weighted) least squares with a constant, errors clustered by `cluster`.

    Rows with an empty cell are left out. Standard errors by the jackknife over clusters, CR3 (Bell & McCaffrey 2002), t with
    clusters − 1 degrees of freedom; empty where a fit without one cluster cannot be made. With pseudo-outcomes
    (`shares.document_outcomes`) they know coding error and the draw of gold units: both are in the spread between clusters.
    Returns a row a term: term, estimate, standard_error, ci_low, ci_high, p_value, n_clusters, n_rows.

    >>> frame = pd.DataFrame({"y": [1.0, 2.1, 2.9, 4.2, 5.0, 5.9], "x": range(6), "county": list("aabbcd")})
    >>> regress(frame, "y", ["x"], "county")[["term", "estimate", "n_clusters"]].round(2).values.tolist()
    [['x', 0.99, 4]]
    """
    used = frame.dropna(subset=[outcome, *on, cluster])
    w = used[weight].to_numpy(float) if weight else np.ones(len(used))
    x, y = used[on].to_numpy(float), used[outcome].to_numpy(float)
    groups = np.unique(used[cluster].astype(str), return_inverse=True)[1] if len(used) else np.zeros(0, int)
    n_clusters, k = int(groups.max(initial=-1)) + 1, len(on) + 1
    values = np.full((3, len(on)), np.nan)
    if n_clusters:
        centre, scale = np.average(x, axis=0, weights=w), np.maximum(x.std(axis=0), 1e-12)
        design = np.column_stack([np.ones(len(y)), (x - centre) / scale])
        square, product = np.zeros((n_clusters, k, k)), np.zeros((n_clusters, k))
        np.add.at(square, groups, w[:, None, None] * design[:, :, None] * design[:, None, :])
        np.add.at(product, groups, w[:, None] * design * y[:, None])
        left = square.sum(0) - square
        if np.linalg.matrix_rank(square.sum(0)) == k:
            beta = np.linalg.solve(square.sum(0), product.sum(0))
            values[0] = beta[1:] / scale
            if n_clusters > 1 and (np.linalg.matrix_rank(left) == k).all():
                without = np.linalg.solve(left, (product.sum(0) - product)[:, :, None])[:, :, 0]
                values[1] = np.sqrt((n_clusters - 1) / n_clusters * ((without - beta) ** 2).sum(0))[1:] / scale
                values[2] = special.stdtrit(n_clusters - 1, (1 + LEVEL) / 2) * values[1]
    estimate, error, reach = values
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.stdtr(max(n_clusters - 1, 1), -np.abs(estimate) / error)
    told = [on, estimate, error, estimate - reach, estimate + reach, p_value, [n_clusters] * len(on), [len(used)] * len(on)]
    return pd.DataFrame(dict(zip(_COLUMNS, told, strict=True)))


def is_invented(path: str | Path) -> bool:
    """Tell whether a yearbook is the invented one that ships, or none is named: then an invented panel stands in for the corpus.

    >>> is_invented(""), is_invented("gdp.csv")
    (True, False)
    """
    return not str(path) or store.resolve(path).resolve() == store.resolve(INVENTED).resolve()


def invented(book: pd.DataFrame, kinds: list[str]) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return a panel and documents' outcomes (as `shares.document_outcomes`) of counties that do not exist.

    Shares are drawn at random; nothing in them depends on the yearbook.
    """
    rng, parts, outcomes = np.random.default_rng(20250101), [], {}
    cells = book[KEY].assign(county="invented county " + book["county_code"], n_units=rng.integers(60, 200, len(book)))
    for kind in kinds:
        hits = rng.binomial(cells["n_units"], 0.15 + 0.2 * rng.random())
        parts.append(cells.assign(tool=None, tool_type=kind, share=hits / cells["n_units"]))
        outcomes[kind] = cells.assign(outcome=parts[-1]["share"])
    panel = pd.concat(parts, ignore_index=True) if parts else cells.assign(tool=None, tool_type=None, share=np.nan)
    return panel[["county", *KEY, "n_units", "tool", "tool_type", "share"]], outcomes


def said(found: pd.DataFrame, joined: pd.DataFrame, invented: bool) -> dict:
    """State what the regressions found: fields of text compare.regression. joined: the panel with the yearbook's columns."""
    cells = joined.drop_duplicates(["county", *KEY])
    terms = [name for name in found["term"].unique() if name in joined]
    there = cells[terms].notna().any(axis=1) if terms else pd.Series(False, index=cells.index)
    sure = found[found["p_value"] < 0.05]
    return {
        "n": len(found) if there.any() else 0, "cells": len(cells), "joined": int(there.sum()), "invented": invented,
        "clusters": int(found["n_clusters"].max()) if len(found) else 0, "sure": len(sure), "few": FEW,
        "too_few": not len(found) or found["n_clusters"].max() < FEW,
    }  # fmt: skip
