"""Differences between groups of documents, with intervals that come from the published shares and their intervals alone."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.compare.beyond import BEYOND, beyond
from helpers.intervals import LEVEL, benjamini_hochberg, square_and_add
from helpers.shares import best
from helpers.structure import by_lineage, lineages

GROUP = ["county", "county_code", "year"]
LEVELS = ("county-year", "county", "year")
_MANY = 12  # above this many groups, each is set against the rest; of pairs, only those of one county's years are compared
_POWER = 0.8
_CARRIED = 0.5  # of a clear difference, what the shares as coded must show of it too


def shares_long(tool_shares: pd.DataFrame, topic_shares: pd.DataFrame) -> pd.DataFrame:
    """Stack tool, type and topic shares of the county-years.

    Takes the tables `tool_shares` and `topic_shares`; returns county, county_code, year, dimension (tool, type, topic), code,
    estimate, low, high, as_coded (shares, 0-1; the last before correction) and basis: "corrected" for coding error, "as coded"
    where no gold unit speaks, "resampled" for topics, whose intervals come from resampled passages.
    Rows of the whole corpus (no county, no year) are left out unless there is nothing else.
    """
    tools = tool_shares.assign(
        dimension=np.where(tool_shares["tool"].isna(), "type", "tool"),
        code=tool_shares["tool"].fillna(tool_shares["tool_type"]),
        estimate=best(tool_shares),
        as_coded=tool_shares["share"],
        basis=np.where(tool_shares["corrected_share"].isna(), "as coded", "corrected"),
    )
    topics = topic_shares.assign(
        dimension="topic", code=topic_shares["topic"].astype("str"), estimate=topic_shares["share"],
        as_coded=topic_shares["share"], basis="resampled",
    )  # fmt: skip
    columns = [*GROUP, "dimension", "code", "estimate", "ci_low", "ci_high", "as_coded", "basis"]
    stacked = pd.concat([tools[columns], topics[columns]], ignore_index=True).rename(columns={"ci_low": "low", "ci_high": "high"})
    stacked["low"] = stacked["low"].fillna(stacked["estimate"])
    stacked["high"] = stacked["high"].fillna(stacked["estimate"])
    return stacked


def groups(documents: pd.DataFrame, level: str) -> pd.DataFrame:
    """Name the group of each county-year at a level.

    Takes `documents` (county, county_code, year, n_units); returns one row a county-year with `group` (its name at
    `level`; with the county's code where several counties bear its name), n_documents and n_units. At level county a county is
    its lineage under its latest name. County-years without a county or year that the level needs are left out.
    """
    cells = documents.groupby(GROUP, dropna=False).agg(n_documents=("doc_id", "size"), n_units=("n_units", "sum")).reset_index()
    needs = {"county-year": ["county", "year"], "county": ["county"], "year": ["year"]}[level]
    cells = cells.dropna(subset=needs)
    named = by_lineage(cells) if level == "county" else cells.assign(place=lineages(cells))
    county, year, code = named["county"].astype("str"), named["year"].astype("str"), named["county_code"].astype("str")
    homonymous = named.groupby("county", dropna=False)["place"].transform("nunique") > 1
    county = county.where(~homonymous | named["county_code"].isna(), county + " (" + code + ")")
    names = {"county-year": county + " " + year, "county": county, "year": year}
    return cells.assign(group=names[level])


def pairwise(
    shares: pd.DataFrame, documents: pd.DataFrame, levels: Iterable[str] = LEVELS, by_document: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Compare every two groups on every share, at each level.

    Takes `shares` as from `shares_long` and the selected `documents`. Up to twelve groups are compared pairwise, more are
    each compared with the rest; the years of one county are compared pairwise always. A contrast between two county-years
    stands once, at the first level. Intervals: square-and-add from the intervals of the two shares (Zou & Donner 2008); p-values
    adjusted over the whole table (Benjamini & Hochberg 1995). `differs`, the one rule of a clear difference: the adjusted
    p-value is below .05, and the shares as coded differ the same way by half as much at least (a correction that makes a
    difference by itself rests on very few gold sentences). Shares as coded are descriptions: they have no interval, and nothing
    is said of whether they differ. All this speaks of the documents at hand; with `by_document` (`counts.BY_DOCUMENT`)
    the columns beyond_… speak of documents like them (`compare.beyond`).
    Returns one row a pair and code, in the shape of the table `differences`.
    """
    found = [_pairs_of_level(shares, documents, level, told=at > 0) for at, level in enumerate(levels)]
    found = [frame for frame in found if not frame.empty]
    if not found:
        return pd.DataFrame(columns=_COLUMNS)
    out = pd.concat(found, ignore_index=True)
    out["basis"] = np.minimum(out["basis_a"], out["basis_b"])  # in the order of the alphabet: as coded, corrected, resampled
    sides = ((out[f"share_{side}"], np.sqrt(out[f"below_{side}"]), np.sqrt(out[f"above_{side}"])) for side in "ab")
    difference, low, high, p_value = (pd.Series(values, index=out.index) for values in square_and_add(*sides))
    known = out["basis"] != "as coded"
    out = out.assign(
        difference=difference, ci_low=low.clip(-1, 1).where(known), ci_high=high.clip(-1, 1).where(known),
        p_value=p_value.where(known),
    )  # fmt: skip
    out["p_adjusted"] = benjamini_hochberg(out["p_value"])
    out["difference_as_coded"] = out["as_coded_a"] - out["as_coded_b"]
    carried = out["difference_as_coded"] * np.sign(out["difference"]) >= _CARRIED * out["difference"].abs()
    out["differs"] = ((out["p_adjusted"] < 0.05) & carried).where(known).astype("boolean")
    members = {level: documents.merge(groups(documents, level)[[*GROUP, "group"]], on=GROUP) for level in levels}
    return beyond(out, by_document, members)[_COLUMNS]


_SIDE = ["county", "county_code", "year"]
_COLUMNS = [
    "level", *(f"{name}_{side}" for side in "ab" for name in _SIDE), "dimension", "code", "share_a",
    "share_b", "difference", "ci_low", "ci_high", "p_value", "p_adjusted", "difference_as_coded", "differs", "basis",
    "n_documents_a", "n_documents_b", *BEYOND,
]  # fmt: skip
_KEPT = {"county-year": _SIDE, "county": ["county", "county_code"], "year": ["year"]}  # what all documents of a group share


def _pairs_of_level(shares: pd.DataFrame, documents: pd.DataFrame, level: str, told: bool) -> pd.DataFrame:
    cells = groups(documents, level)
    joined = shares.merge(cells, on=GROUP, how="inner")
    if cells["group"].nunique() < 2 or joined.empty:
        return pd.DataFrame()
    joined = joined if "as_coded" in joined else joined.assign(as_coded=joined["estimate"])
    sides, on = _sides(joined, cells, level), ["dimension", "code"]
    n_cells = cells.groupby("group").size()
    single = set(n_cells.index[n_cells == 1]) if told else set()  # between such groups the contrast is that of another level
    if cells["group"].nunique() <= _MANY:
        pairs = _paired(sides, on)
        return pairs[~(pairs["group_a"].isin(single) & pairs["group_b"].isin(single))].assign(level=level)
    rest = _against_the_rest(joined, cells, sides)
    rest = rest[~rest["group_a"].isin(single)]
    if level == "county-year":
        rest = pd.concat([rest, _paired(sides.assign(place=lineages(sides)), ["place", *on])])
    return rest.assign(level=level)


def _paired(sides: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    pairs = sides.merge(sides, on=on, suffixes=("_a", "_b"))
    return pairs[pairs["group_a"] < pairs["group_b"]].sort_values(["group_a", "group_b", "dimension", "code"], kind="stable")


def _sides(joined: pd.DataFrame, cells: pd.DataFrame, level: str) -> pd.DataFrame:
    """Pool the county-years of each group, weighted by their units; half-widths add in squares."""
    keys = ["group", "dimension", "code"]
    weight = joined["n_units"] / joined.groupby(keys)["n_units"].transform("sum")
    parts = joined.assign(
        share=weight * joined["estimate"], as_coded=weight * joined["as_coded"],
        below=(weight * (joined["estimate"] - joined["low"])) ** 2, above=(weight * (joined["high"] - joined["estimate"])) ** 2,
    )  # fmt: skip
    sums = {name: (name, "sum") for name in ("share", "as_coded", "below", "above")}
    pooled = parts.groupby(keys).agg(**sums, basis=("basis", "min")).reset_index()
    latest = cells.sort_values("year", kind="stable", na_position="first")
    about = latest.groupby("group").agg({"n_documents": "sum", **dict.fromkeys(_KEPT[level], "last")})
    pooled = pooled.merge(about.reset_index(), on="group")
    return pooled.assign(**{name: None for name in _SIDE if name not in _KEPT[level]})


def _against_the_rest(joined: pd.DataFrame, cells: pd.DataFrame, sides: pd.DataFrame) -> pd.DataFrame:
    """Set each group beside all others together: the sums of all less its own, for any number of groups in one pass."""
    weight = joined["n_units"].astype(float)
    parts = joined.assign(
        weight=weight, sum=weight * joined["estimate"], raw=weight * joined["as_coded"],
        coded=(joined["basis"] == "as coded").astype(int), n=1,
        below=(weight * (joined["estimate"] - joined["low"])) ** 2, above=(weight * (joined["high"] - joined["estimate"])) ** 2,
    )  # fmt: skip
    own = parts.groupby(["group", "dimension", "code"])[["weight", "sum", "raw", "below", "above", "coded", "n"]].sum()
    rest = (own.groupby(["dimension", "code"]).transform("sum") - own).clip(lower=0)
    there = (rest["n"] > 0) & (rest["weight"] > 0)
    pooled = [_pooled(side[there]).add_suffix(f"_{name}") for name, side in (("a", own), ("b", rest))]
    both = pd.concat(pooled, axis=1).reset_index()
    about = sides.drop_duplicates("group").set_index("group")
    columns = {f"{name}_a": both["group"].map(about[name]) for name in (*_SIDE, "n_documents")}
    both = both.assign(**columns, **{f"{name}_b": None for name in _SIDE}, group_b="rest")
    return both.assign(n_documents_b=cells["n_documents"].sum() - both["n_documents_a"]).rename(columns={"group": "group_a"})


def _pooled(sums: pd.DataFrame) -> pd.DataFrame:
    measured = np.where(sums.index.get_level_values("dimension") == "topic", "resampled", "corrected")
    basis = np.where(sums["coded"] > 0, "as coded", measured)
    squared = sums["weight"] ** 2
    return pd.DataFrame({
        "share": sums["sum"] / sums["weight"], "as_coded": sums["raw"] / sums["weight"], "below": sums["below"] / squared,
        "above": sums["above"] / squared, "basis": basis,
    })  # fmt: skip


def changes(differences: pd.DataFrame) -> pd.DataFrame:
    """Return what changed between two years of one county, later minus earlier, from the table `differences`.

    Columns: county, county_code (of the later year), first_county, first_county_code, first_year, last_year, dimension, code,
    before, after, difference, ci_low, ci_high, difference_as_coded, p_adjusted, differs, basis. Other pairs are no change and
    left out.
    """
    rows = differences[(differences["level"] == "county-year") & differences["year_b"].notna()]
    place_a, place_b = (
        lineages(pd.DataFrame({name: rows[f"{name}_{side}"] for name in ("county", "county_code")})) for side in "ab"
    )
    rows = rows[(place_a == place_b).fillna(False).astype(bool)]
    later = (rows["year_a"] > rows["year_b"]).to_numpy(bool)  # whether the pair lies as it is read
    sign = np.where(later, 1.0, -1.0)

    def either(first: str, second: str) -> pd.Series:
        return rows[first].where(later, rows[second])

    return pd.DataFrame({
        "county": either("county_a", "county_b"), "county_code": either("county_code_a", "county_code_b"),
        "first_county": either("county_b", "county_a"), "first_county_code": either("county_code_b", "county_code_a"),
        "first_year": either("year_b", "year_a"), "last_year": either("year_a", "year_b"),
        "dimension": rows["dimension"], "code": rows["code"], "before": either("share_b", "share_a"),
        "after": either("share_a", "share_b"), "difference": sign * rows["difference"],
        "ci_low": rows["ci_low"].where(later, -rows["ci_high"]), "ci_high": rows["ci_high"].where(later, -rows["ci_low"]),
        "difference_as_coded": sign * rows["difference_as_coded"], "p_adjusted": rows["p_adjusted"],
        "differs": rows["differs"].fillna(False).astype(bool), "basis": rows["basis"],
    }).reset_index(drop=True)  # fmt: skip


def detectable(differences: pd.DataFrame, ci_low: float, ci_high: float) -> float:
    """Return the smallest true difference that a comparison with this interval would call different four times in five.

    differences: the table, whose adjustment sets the p-value to be reached: the largest that was called different, else that of a
    Bonferroni test. NaN where the interval is not known (shares as coded).
    """
    tested = differences["p_value"].dropna()
    passed = tested[differences.loc[tested.index, "p_adjusted"] < 1 - LEVEL]
    reached = passed.max() if len(passed) else (1 - LEVEL) / max(len(tested), 1)
    error = (ci_high - ci_low) / 2 / ndtri((1 + LEVEL) / 2)
    return float((ndtri(1 - max(reached, 1e-12) / 2) + ndtri(_POWER)) * error)


def widest(changes: pd.DataFrame) -> pd.DataFrame:
    """Keep of the changes of each county those between the two years that lie furthest apart (the latest where equal)."""
    span = changes["last_year"] - changes["first_year"]
    place = lineages(changes)
    ranked = span * 10_000 + changes["last_year"]
    return changes[ranked == ranked.groupby(place).transform("max")].reset_index(drop=True)
