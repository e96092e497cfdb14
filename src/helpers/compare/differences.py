"""Differences between groups of documents, with intervals that come from the published shares and their intervals alone."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.compare.beyond import BEYOND, Yardstick
from helpers.intervals import LEVEL, benjamini_hochberg, square_and_add
from helpers.shares import best
from helpers.shares.correction import AS_CODED
from helpers.structure import by_lineage, lineages

GROUP = ["county", "county_code", "year"]
LEVELS = ("county-year", "county", "year")
_MANY = 12  # above this many groups, each is set against the rest; of pairs, only those of one county's years are compared
_AT_ONCE = 100_000  # pairs
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
        basis=np.where(tool_shares["corrected_share"].isna(), AS_CODED, "corrected"),
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
    parts = list(pairs_in_parts(shares, documents, levels, by_document))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def pairs_in_parts(
    shares: pd.DataFrame, documents: pd.DataFrame, levels: Iterable[str] = LEVELS, by_document: pd.DataFrame | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the rows of `pairwise` some at a time: the years of three thousand counties make millions of pairs.

    p-values are adjusted over all of them, so that every pair is reckoned twice, the first time for these alone.
    """
    levels = [_Level(shares, documents, by_document, level, told=at > 0) for at, level in enumerate(levels)]

    def measured() -> Iterator[pd.DataFrame]:
        for level in levels:
            yield from (level.yardstick.beyond(_differing(rows)) for rows in level.parts())

    tested = [rows[["p_value", "beyond_p"]] for rows in measured()]
    if not tested:
        return
    adjusted = pd.concat(tested, ignore_index=True).apply(benjamini_hochberg)
    start = 0
    for rows in measured():
        rows["p_adjusted"], rows["beyond_p"] = adjusted.iloc[start : start + len(rows)].to_numpy().T
        start += len(rows)
        carried = rows["difference_as_coded"] * np.sign(rows["difference"]) >= _CARRIED * rows["difference"].abs()
        clear = {"differs": (rows["p_adjusted"] < 0.05) & carried, "beyond_differs": rows["beyond_p"] < 0.05}
        known = {"differs": rows["basis"] != AS_CODED, "beyond_differs": rows["beyond_p"].notna()}
        yield rows.assign(**{name: clear[name].where(known[name]).astype("boolean") for name in clear})[_COLUMNS]


def _differing(rows: pd.DataFrame) -> pd.DataFrame:
    """Add basis, difference, ci_low, ci_high, p_value (not adjusted) and difference_as_coded to pairs."""
    basis = np.minimum(rows["basis_a"], rows["basis_b"])  # in the order of the alphabet: as coded, corrected, resampled
    sides = ((rows[f"share_{side}"], np.sqrt(rows[f"below_{side}"]), np.sqrt(rows[f"above_{side}"])) for side in "ab")
    difference, low, high, p_value = (pd.Series(values, index=rows.index) for values in square_and_add(*sides))
    known = basis != AS_CODED
    return rows.assign(
        basis=basis, difference=difference, ci_low=low.clip(-1, 1).where(known), ci_high=high.clip(-1, 1).where(known),
        p_value=p_value.where(known), difference_as_coded=rows["as_coded_a"] - rows["as_coded_b"],
    )  # fmt: skip


_SIDE = {"county": "str", "county_code": "str", "year": "Int64"}
_CODE = ["dimension", "code"]
_COLUMNS = [
    "level", *(f"{name}_{side}" for side in "ab" for name in _SIDE), "dimension", "code", "share_a",
    "share_b", "difference", "ci_low", "ci_high", "p_value", "p_adjusted", "difference_as_coded", "differs", "basis",
    "n_documents_a", "n_documents_b", *BEYOND,
]  # fmt: skip
_KEPT = {"county-year": list(_SIDE), "county": ["county", "county_code"], "year": ["year"]}  # what all documents of a group share


class _Level:
    """The groups of one level, and the pairs of them, some at a time."""

    def __init__(
        self, shares: pd.DataFrame, documents: pd.DataFrame, by_document: pd.DataFrame | None, name: str, told: bool
    ):  # fmt: skip
        self.name, self.cells = name, groups(documents, name)
        joined = shares.merge(self.cells, on=GROUP, how="inner")
        self._joined = joined if "as_coded" in joined else joined.assign(as_coded=joined["estimate"])
        named = documents.merge(self.cells[[*GROUP, "group"]], on=GROUP)
        self.yardstick = Yardstick(by_document, named, self._joined[_CODE].drop_duplicates())
        n_cells = self.cells.groupby("group").size()
        self._single = n_cells.index[n_cells == 1] if told else []  # between such groups the contrast is that of another level

    def parts(self) -> Iterator[pd.DataFrame]:
        if self.cells["group"].nunique() < 2 or self._joined.empty:
            return
        for rows in self._pairs(_sides(self._joined, self.cells, self.name)):
            if len(rows):
                yield rows.reset_index(drop=True).assign(level=self.name)

    def _pairs(self, sides: pd.DataFrame) -> Iterator[pd.DataFrame]:
        if self.cells["group"].nunique() <= _MANY:
            for rows in _paired(sides, _CODE):
                yield rows[~(rows["group_a"].isin(self._single) & rows["group_b"].isin(self._single))]
            return
        for rows in _against_the_rest(self._joined, self.cells, sides):
            yield rows[~rows["group_a"].isin(self._single)]
        if self.name == "county-year":
            yield from _paired(sides.assign(place=lineages(sides)), ["place", *_CODE])


def _paired(sides: pd.DataFrame, on: list[str]) -> Iterator[pd.DataFrame]:
    """Yield all pairs of groups that have the same values of `on`, in the order of their names and codes."""
    sides = sides.sort_values(["group", *_CODE], kind="stable").reset_index(drop=True)
    group, number = pd.factorize(sides["group"])[0], sides.groupby(on, sort=False).ngroup().to_numpy()
    order = np.argsort(number, kind="stable")
    begin = np.flatnonzero(np.diff(number[order], prepend=-1))
    size = np.diff(np.append(begin, len(order)))
    after = np.repeat(begin + size, size) - np.arange(len(order)) - 1  # with how many that come later a row is paired
    first = np.repeat(np.arange(len(order)), after)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
    a, b = order[first], order[second]
    in_order = np.lexsort((a, group[b], group[a]))
    own = [name for name in sides if name not in _CODE]
    for start in range(0, len(a), _AT_ONCE):
        some = in_order[start : start + _AT_ONCE]
        left, right = (sides.take(rows[some]).reset_index(drop=True) for rows in (a, b))
        yield pd.concat([left[own].add_suffix("_a"), right[own].add_suffix("_b"), left[_CODE]], axis=1)


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
    return pooled.assign(**{name: pd.array([pd.NA] * len(pooled), _SIDE[name]) for name in _SIDE if name not in _KEPT[level]})


def _against_the_rest(joined: pd.DataFrame, cells: pd.DataFrame, sides: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Set each group beside all others together: the sums of all less its own, for any number of groups."""
    weight = joined["n_units"].astype(float)
    parts = joined[["group", *_CODE]].assign(
        weight=weight, sum=weight * joined["estimate"], raw=weight * joined["as_coded"],
        coded=(joined["basis"] == AS_CODED).astype(int), n=1,
        below=(weight * (joined["estimate"] - joined["low"])) ** 2, above=(weight * (joined["high"] - joined["estimate"])) ** 2,
    )  # fmt: skip
    own = parts.groupby(["group", *_CODE])[["weight", "sum", "raw", "below", "above", "coded", "n"]].sum()
    rest = (own.groupby(_CODE).transform("sum") - own).clip(lower=0)
    there = np.flatnonzero((rest["n"] > 0) & (rest["weight"] > 0))
    about = sides.drop_duplicates("group").set_index("group")
    for start in range(0, len(there), _AT_ONCE):
        some = there[start : start + _AT_ONCE]
        pooled = [_pooled(side.iloc[some]).add_suffix(f"_{name}") for name, side in (("a", own), ("b", rest))]
        both = pd.concat(pooled, axis=1).reset_index()
        columns = {f"{name}_a": both["group"].map(about[name]) for name in (*_SIDE, "n_documents")}
        nobody = {f"{name}_b": pd.array([pd.NA] * len(both), dtype) for name, dtype in _SIDE.items()}
        both = both.assign(**columns, **nobody, group_b="rest")
        yield both.assign(n_documents_b=cells["n_documents"].sum() - both["n_documents_a"]).rename(columns={"group": "group_a"})


def _pooled(sums: pd.DataFrame) -> pd.DataFrame:
    measured = np.where(sums.index.get_level_values("dimension") == "topic", "resampled", "corrected")
    basis = np.where(sums["coded"] > 0, AS_CODED, measured)
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


class Outcome(NamedTuple):
    """What the table `differences` comes to: its rows, the clear ones and the first of these, in how many county-years each tool
    differs clearly, the tools' changes of each county between its two years furthest apart, and the p-value that a difference
    must reach: the largest that was called different, else that of a Bonferroni test."""

    n: int
    n_clear: int
    clear: pd.DataFrame
    tools: pd.Series
    changes: pd.DataFrame
    reached: float


def outcome(parts: Iterable[pd.DataFrame], most: int = 100) -> Outcome:
    """Go through `differences` once, some rows at a time; `most` clear rows are kept."""
    n, n_clear, n_tested, passed, clear, tools, changed = 0, 0, 0, [], [], [], []
    for rows in parts:
        sure = rows[rows["differs"].astype("boolean").fillna(False)]
        n, n_clear, n_tested = n + len(rows), n_clear + len(sure), n_tested + int(rows["p_value"].notna().sum())
        passed.append(rows["p_value"].where(rows["p_adjusted"] < 1 - LEVEL).max())
        clear = [pd.concat([*clear, sure]).head(most)]
        tools.append(sure[(sure["level"] == "county-year") & (sure["dimension"] == "tool")]["code"].value_counts())
        changed = [widest(pd.concat([*changed, changes(rows[rows["dimension"] == "tool"])]))]
    counted = pd.concat(tools).groupby(level=0).sum() if tools else pd.Series(dtype=int)
    largest = pd.Series(passed, dtype=float).max()
    reached = (1 - LEVEL) / max(n_tested, 1) if np.isnan(largest) else float(largest)
    empty = pd.DataFrame(columns=_COLUMNS)
    return Outcome(n, n_clear, *(clear or [empty]), counted, *(changed or [changes(empty)]), reached)


def detectable(reached: float, ci_low: float, ci_high: float) -> float:
    """Return the smallest true difference that a comparison with this interval would call different four times in five.

    reached: the p-value that a difference must reach (`Outcome`). NaN where the interval is not known (shares as coded).
    """
    error = (ci_high - ci_low) / 2 / ndtri((1 + LEVEL) / 2)
    return float((ndtri(1 - max(reached, 1e-12) / 2) + ndtri(_POWER)) * error)


def widest(changes: pd.DataFrame) -> pd.DataFrame:
    """Keep of the changes of each county those between the two years that lie furthest apart (the latest where equal)."""
    span = changes["last_year"] - changes["first_year"]
    place = lineages(changes)
    ranked = span * 10_000 + changes["last_year"]
    return changes[ranked == ranked.groupby(place).transform("max")].reset_index(drop=True)
