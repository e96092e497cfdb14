"""Differences between groups of documents, with intervals that come from the published shares and their intervals alone."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from helpers.intervals import holm

GROUP = ["county", "county_code", "year"]
LEVELS = ("county-year", "county", "year")
_Z = special.ndtri(0.975)
_MANY = 12  # above this many groups, each is set against the rest instead of against each other


def shares_long(tool_shares: pd.DataFrame, topic_shares: pd.DataFrame) -> pd.DataFrame:
    """Stack tool, type and topic shares of the county-years.

    Takes the tables `tool_shares` and `topic_shares`; returns county, county_code, year, dimension (tool, type, topic), code,
    estimate, low, high (shares, 0-1) and basis ("corrected" for coding error, or "as coded" where no gold unit speaks).
    Rows of the whole corpus (no county, no year) are left out unless there is nothing else.
    """
    tools = tool_shares.assign(
        dimension=np.where(tool_shares["tool"].isna(), "type", "tool"),
        code=tool_shares["tool"].fillna(tool_shares["tool_type"]),
        estimate=tool_shares["corrected_share"].fillna(tool_shares["share"]),
        basis=np.where(tool_shares["corrected_share"].isna(), "as coded", "corrected"),
    )
    topics = topic_shares.assign(
        dimension="topic", code=topic_shares["topic"].astype("str"), estimate=topic_shares["share"], basis="as coded"
    )
    columns = [*GROUP, "dimension", "code", "estimate", "ci_low", "ci_high", "basis"]
    stacked = pd.concat([tools[columns], topics[columns]], ignore_index=True).rename(columns={"ci_low": "low", "ci_high": "high"})
    stacked["low"] = stacked["low"].fillna(stacked["estimate"])
    stacked["high"] = stacked["high"].fillna(stacked["estimate"])
    return stacked


def groups(documents: pd.DataFrame, level: str) -> pd.DataFrame:
    """Name the group of each county-year at a level.

    Takes `documents` (county, county_code, year, n_units); returns one row a county-year with `group` (its name at
    `level`), n_documents and n_units. County-years without a county or year that the level needs are left out.
    """
    cells = documents.groupby(GROUP, dropna=False).agg(n_documents=("doc_id", "size"), n_units=("n_units", "sum")).reset_index()
    needs = {"county-year": ["county", "year"], "county": ["county"], "year": ["year"]}[level]
    cells = cells.dropna(subset=needs)
    county, year = cells["county"].astype("str"), cells["year"].astype("str")
    names = {"county-year": county + " " + year, "county": county, "year": year}
    return cells.assign(group=names[level])


def document_labels(documents: pd.DataFrame) -> pd.Series:
    """Name documents for tables and figures: "湘阴县 2017", with a, b … where a county has several that year, else the doc_id.

    Takes `documents`; returns the labels indexed by doc_id.
    """
    named = documents["county"].astype("str") + " " + documents["year"].astype("str")
    named = named.where(documents["county"].notna() & documents["year"].notna(), documents["doc_id"].astype("str"))
    number = named.groupby(named).cumcount()
    several = named.groupby(named).transform("size") > 1
    suffix = number.map(lambda n: chr(ord("a") + n) if n < 26 else f"-{n + 1}").where(several, "")
    return (named + suffix).set_axis(documents["doc_id"])


def pairwise(shares: pd.DataFrame, documents: pd.DataFrame, levels: Iterable[str] = LEVELS) -> pd.DataFrame:
    """Compare every two groups on every share, at each level.

    Takes `shares` as from `shares_long` and the selected `documents`. Up to twelve groups are compared pairwise, more are
    each compared with the rest. Intervals: square-and-add (MOVER) from the intervals of the two shares (Zou & Donner
    2008); p-values from the distance of zero in that interval; adjusted by Holm (1979) over the
    codes of one dimension in one pair: the family is what a reader asks of two groups.
    Returns one row a pair and code, in the shape of the table `differences`.
    """
    found = [_pairs_of_level(shares, documents, level) for level in levels]
    found = [frame for frame in found if not frame.empty]
    if not found:
        return pd.DataFrame(columns=_COLUMNS)
    out = pd.concat(found, ignore_index=True)
    out["p_adjusted"] = out.groupby(["level", "group_a", "group_b", "dimension"])["p_value"].transform(holm)
    out["differs"] = out["p_adjusted"] < 0.05
    return out[_COLUMNS]


_COLUMNS = [
    "level", "group_a", "group_b", "dimension", "code", "share_a", "share_b", "difference", "ci_low", "ci_high",
    "p_value", "p_adjusted", "differs", "basis", "n_documents_a", "n_documents_b",
]  # fmt: skip


def _pairs_of_level(shares: pd.DataFrame, documents: pd.DataFrame, level: str) -> pd.DataFrame:
    cells = groups(documents, level)
    names = sorted(cells["group"].unique())
    if len(names) < 2:
        return pd.DataFrame()
    joined = shares.merge(cells, on=GROUP, how="inner")
    if len(names) > _MANY:
        return _against_the_rest(level, joined, cells)
    sides = [_side(joined, cells, [name]) for name in names]
    pairs = [(names[i], names[j], sides[i], sides[j]) for i, j in combinations(range(len(names)), 2)]
    return pd.concat([_compare(level, *pair) for pair in pairs], ignore_index=True)


def _against_the_rest(level: str, joined: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Compare each group with all others together: the sums of all less its own, for any number of groups in one pass."""
    weight = joined["n_units"].astype(float)
    parts = joined.assign(
        weight=weight, sum=weight * joined["estimate"], coded=(joined["basis"] == "as coded").astype(int),
        below=(weight * (joined["estimate"] - joined["low"])) ** 2, above=(weight * (joined["high"] - joined["estimate"])) ** 2,
    )  # fmt: skip
    columns = ["weight", "sum", "below", "above", "coded"]
    own = parts.groupby(["group", "dimension", "code"])[[*columns]].sum()
    n_own = parts.groupby(["group", "dimension", "code"]).size()
    rest = (own.groupby(["dimension", "code"]).transform("sum") - own).clip(lower=0)
    there = (n_own.groupby(["dimension", "code"]).transform("sum") > n_own) & (rest["weight"] > 0)
    sides = {"a": own[there], "b": rest[there]}
    both = pd.concat([_pooled(side).add_suffix(f"_{name}") for name, side in sides.items()], axis=1).reset_index()
    n_documents = both["group"].map(cells.groupby("group")["n_documents"].sum())
    both = both.assign(n_documents_a=n_documents, n_documents_b=cells["n_documents"].sum() - n_documents)
    return _measured(both).assign(level=level, group_a=both["group"], group_b="rest")


def _pooled(sums: pd.DataFrame) -> pd.DataFrame:
    basis = np.where(sums["coded"] > 0, "as coded", "corrected")
    squared = sums["weight"] ** 2
    return pd.DataFrame({
        "share": sums["sum"] / sums["weight"], "below": sums["below"] / squared, "above": sums["above"] / squared, "basis": basis,
    })  # fmt: skip


def _side(joined: pd.DataFrame, cells: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Pool the county-years of one side, weighted by their units; half-widths add in squares."""
    inside = joined[joined["group"].isin(names)]
    weight = inside["n_units"] / inside.groupby(["dimension", "code"])["n_units"].transform("sum")
    parts = inside.assign(
        share=weight * inside["estimate"],
        below=(weight * (inside["estimate"] - inside["low"])) ** 2,
        above=(weight * (inside["high"] - inside["estimate"])) ** 2,
    )
    pooled = parts.groupby(["dimension", "code"]).agg(
        share=("share", "sum"), below=("below", "sum"), above=("above", "sum"), basis=("basis", "min")
    )
    return pooled.assign(n_documents=int(cells.loc[cells["group"].isin(names), "n_documents"].sum()))


def _compare(level: str, name_a: str, name_b: str, a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    both = a.merge(b, left_index=True, right_index=True, suffixes=("_a", "_b")).reset_index()
    return _measured(both).assign(level=level, group_a=name_a, group_b=name_b)


def _measured(both: pd.DataFrame) -> pd.DataFrame:
    """Add difference, interval and p-value to rows that hold share, below and above of both sides."""
    difference = both["share_a"] - both["share_b"]
    down, up = np.sqrt(both["below_a"] + both["above_b"]), np.sqrt(both["above_a"] + both["below_b"])
    towards_zero = np.where(difference > 0, down, up)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(towards_zero > 0, np.abs(difference) / (towards_zero / _Z), np.where(difference == 0, 0.0, np.inf))
    return both.assign(
        difference=difference, ci_low=(difference - down).clip(-1, 1), ci_high=(difference + up).clip(-1, 1),
        p_value=2 * special.ndtr(-z), basis=np.minimum(both["basis_a"], both["basis_b"]),
    )  # fmt: skip
