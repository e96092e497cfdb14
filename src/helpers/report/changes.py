"""What changed between the years of one county: from the table of differences, else from the shares themselves."""

import pandas as pd

from helpers.language import percent, points
from helpers.report.material import Material
from helpers.report.model import Cell, Column, Table
from helpers.report.results import MAX_ROWS, link
from helpers.report.words import Words

_COLUMNS = [
    "county",
    "tool",
    "first_year",
    "last_year",
    "before",
    "after",
    "difference",
    "low",
    "high",
    "raw",
    "clear",
    "adjusted",
]


def changes(material: Material) -> pd.DataFrame:
    """Return the change of each tool in each county with several years, the last against the first, clear ones first.

    Columns: county, tool, first_year, last_year, before, after, difference, low, high, raw (the
    difference of shares as coded), clear (the interval without zero, or, where `adjusted`, the p-value adjusted for many
    comparisons below .05; and the shares as coded differ the same way by half as much at least: a correction that makes a
    difference by itself rests on very few gold sentences).
    """
    frame = _compared(material["differences"]) if material.has("differences") else pd.DataFrame(columns=_COLUMNS)
    if not len(frame):
        frame = _from_shares(material["tool_shares"])
    span = frame["last_year"] - frame["first_year"]
    frame = frame[span == span.groupby(frame["county"]).transform("max")] if len(frame) else frame
    frame = frame.assign(raw=_as_coded(frame, material["tool_shares"]))
    carried = frame["raw"] * frame["difference"].map(lambda d: 1 if d > 0 else -1) >= 0.5 * frame["difference"].abs()
    frame = frame.assign(clear=frame["clear"] & carried)
    order = frame.assign(size=frame["difference"].abs())
    order = order.sort_values(["clear", "size", "county", "tool"], ascending=[False, False, True, True], kind="stable")
    return order[_COLUMNS].reset_index(drop=True)


def _as_coded(frame: pd.DataFrame, shares: pd.DataFrame) -> pd.Series:
    """Return the difference of the shares as coded for each row of changes."""
    known = shares[shares["tool"].notna() & shares["county"].notna() & shares["year"].notna()]
    share = {(r.county, int(r.year), r.tool): r.share for r in known.itertuples()}
    rows = frame.itertuples()
    raw = [share.get((r.county, r.last_year, r.tool), 0.0) - share.get((r.county, r.first_year, r.tool), 0.0) for r in rows]
    return pd.Series(raw, index=frame.index, dtype=float)


def _compared(differences: pd.DataFrame) -> pd.DataFrame:
    """Pick the pairs of one county's years out of the table of differences and turn each to later minus earlier."""
    frame = differences[(differences["level"] == "county-year") & (differences["dimension"] == "tool")]
    frame = frame[frame["ci_low"].notna() & frame["ci_high"].notna()]
    a, b = (frame[side].str.extract(r"^(?P<county>.+) (?P<year>\d{4})$") for side in ("group_a", "group_b"))
    same = (a["county"] == b["county"]).fillna(False) & a["year"].notna() & b["year"].notna()
    frame, a, b = frame[same], a[same], b[same]
    later = (a["year"].astype(int) > b["year"].astype(int)).to_numpy()

    def either(first: str, second: str) -> pd.Series:
        return frame[first].where(later, frame[second])

    sign = pd.Series(later, index=frame.index).map({True: 1.0, False: -1.0}).astype(float)
    return pd.DataFrame({
        "county": a["county"], "tool": frame["code"], "first_year": b["year"].where(later, a["year"]).astype(int),
        "last_year": a["year"].where(later, b["year"]).astype(int), "before": either("share_b", "share_a"),
        "after": either("share_a", "share_b"), "difference": sign * frame["difference"],
        "low": frame["ci_low"].where(later, -frame["ci_high"]), "high": frame["ci_high"].where(later, -frame["ci_low"]),
        "clear": frame["differs"].fillna(False).astype(bool), "adjusted": True,
    })  # fmt: skip


def _from_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """Interval of a difference of two independent shares from their own limits (Zou & Donner, 2008)."""
    frame = shares[shares["tool"].notna() & shares["county"].notna() & shares["year"].notna()]
    frame = frame[frame["ci_low"].notna() & frame["ci_high"].notna()]
    frame = frame.assign(best=frame["corrected_share"].fillna(frame["share"]))[
        ["county", "tool", "year", "best", "ci_low", "ci_high"]
    ]
    years = frame.groupby("county", observed=True)["year"].agg(["min", "max"])
    ends = years[years["min"] < years["max"]].reset_index()
    first = ends.merge(frame, left_on=["county", "min"], right_on=["county", "year"])
    pair = first.merge(frame, left_on=["county", "tool", "max"], right_on=["county", "tool", "year"], suffixes=("_1", "_2"))
    difference = pair["best_2"] - pair["best_1"]
    down = ((pair["best_2"] - pair["ci_low_2"]) ** 2 + (pair["ci_high_1"] - pair["best_1"]) ** 2) ** 0.5
    up = ((pair["ci_high_2"] - pair["best_2"]) ** 2 + (pair["best_1"] - pair["ci_low_1"]) ** 2) ** 0.5
    low, high = difference - down, difference + up
    return pd.DataFrame({
        "county": pair["county"], "tool": pair["tool"],
        "first_year": pair["min"].astype(int), "last_year": pair["max"].astype(int),
        "before": pair["best_1"], "after": pair["best_2"], "difference": difference, "low": low, "high": high,
        "clear": (low > 0) | (high < 0), "adjusted": False,
    })  # fmt: skip


def table(material: Material, words: Words) -> Table | None:
    """Return the changes as a table; None where no county has two years."""
    frame = changes(material)
    if not len(frame):
        return None
    rows = []
    for row in frame.head(MAX_ROWS).itertuples():
        first, last = (link((row.county, year), tool=row.tool) for year in (row.first_year, row.last_year))
        bounds = words("in_interval", low=points(row.low), high=points(row.high))
        rows.append([
            Cell(words.tool(row.tool)), Cell(words.county(row.county)), Cell(str(row.first_year), row.first_year),
            Cell(str(row.last_year), row.last_year), Cell(percent(row.before), row.before, first),
            Cell(percent(row.after), row.after, last), Cell(points(row.difference), row.difference, aside=bounds),
            Cell(points(row.raw), row.raw), Cell(words("yes") if row.clear else words("no")),
        ])  # fmt: skip
    names = (
        "tool",
        "county",
        "first_year",
        "last_year",
        "before_share",
        "after_share",
        "difference_points",
        "difference_as_coded",
        "clear",
    )
    heads = [Column(words.column(n), "text" if n in ("county", "tool", "clear") else "number") for n in names]
    note = words("changes_note_adjusted" if frame["adjusted"].all() else "changes_note")
    return Table("table-changes", words("changes_table"), heads, rows, note, total=len(frame))
