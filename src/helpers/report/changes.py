"""What changed between the years of one county: from the table of differences."""

import pandas as pd

from helpers import compare
from helpers.language import percent, points
from helpers.report.cells import MAX_ROWS, blank
from helpers.report.material import Material
from helpers.report.model import Cell, Column, Table
from helpers.report.results import link
from helpers.report.words import Words


def changes(material: Material) -> pd.DataFrame:
    """Return the change of each tool in each county with several years, the last against the first, clear ones first.

    The columns of `compare.changes`, with the rule of "clear" that the comparison uses: its column `differs`.
    """
    frame = material.compared.changes.assign(size=lambda f: f["difference"].abs())
    order = ["differs", "size", "county", "county_code", "code"]
    frame = frame.sort_values(order, ascending=[False, False, True, True, True], kind="stable")
    return frame.drop(columns="size").reset_index(drop=True)


def several_forms(documents: pd.DataFrame) -> bool:
    """Tell whether documents are of different form (文种)."""
    return documents["doc_form"].nunique() > 1


def table(material: Material, words: Words) -> Table | None:
    """Return the changes as a table; None where no county has two years."""
    frame = changes(material)
    if not len(frame):
        return None
    rows = []
    for row in frame.head(MAX_ROWS).itertuples():
        sides = (row.first_county, row.first_year, row.first_county_code), (row.county, row.last_year, row.county_code)
        first, last = (link(side, tool=row.code) for side in sides)
        judged = not blank(row.ci_low)  # of a folder for which no gold sentences speak none is
        bounds = words("in_interval", low=points(row.ci_low), high=points(row.ci_high)) if judged else ""
        rows.append([
            Cell(words.tool(row.code)), Cell(words.county(row.county, code=row.county_code)),
            Cell(str(row.first_year), row.first_year), Cell(str(row.last_year), row.last_year),
            Cell(percent(row.before), row.before, first),
            Cell(percent(row.after), row.after, last), Cell(points(row.difference), row.difference, aside=bounds),
            Cell(points(row.difference_as_coded), row.difference_as_coded), _least(material, row),
            Cell(words("yes" if row.differs else "no") if judged else ""),
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
        "detectable_points",
        "clear",
    )
    heads = [Column(words.column(n), "text" if n in ("county", "tool", "clear") else "number") for n in names]
    note = words("changes_note" if frame["ci_low"].notna().any() else "changes_unjudged")
    return Table("table-changes", words("changes_table"), heads, rows, note, total=len(frame))


def _least(material: Material, row) -> Cell:
    """Return the smallest difference that would be shown as clear, in points."""
    least = compare.detectable(material.compared.reached, row.ci_low, row.ci_high)
    return Cell(points(least).lstrip("+"), None if least != least else least)
