"""Numbers as a reader sees them: cells with their text, what they sort by, their interval and the sentences behind them."""

from urllib.parse import quote

import pandas as pd

from helpers.language import UNKNOWN, count, homonyms, number, percent
from helpers.report.fonts import visible
from helpers.report.model import Cell
from helpers.report.words import Words
from helpers.shares import best

MAX_ROWS = 300  # of one table on the page; the whole of it is in the download
NONE = "-"  # in a link: the county or year that is not known


def county_key(county, code) -> str | None:
    """Return how links and the table of sentences call a county: by its name, and its code where several bear that name."""
    return f"{county} {code}" if (county, code) in homonyms() else county


def evidence_link(**filters) -> str:
    """Return the address of the table of sentences with filters set: county, year, tool, statement, topic, unit, q."""
    chosen = {name: NONE if blank(value) or (name == "county" and value == UNKNOWN) else value for name, value in filters.items()}
    return "#evidence?" + "&".join(f"{name}={quote(str(value))}" for name, value in chosen.items())


def blank(value) -> bool:
    """Tell whether a cell has no value."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value) or value == ""


def known(row, name: str):
    """Return a row's value, None where it has none."""
    return None if blank(value := getattr(row, name, None)) else value


def listed(value: str) -> str:
    """Write what a table joins by ; as a reader expects a list: with room behind each.

    >>> listed("8;6")
    '8; 6'
    """
    return "; ".join(part.strip() for part in value.split(";"))


def side(row, end: str, words: Words) -> str:
    """Return the label of side `end` (a or b) of a comparison."""
    return words.side(*(known(row, f"{part}_{end}") for part in ("county", "county_code", "year")))


def text(value, kind: str, words: Words) -> str:
    """Write one value by its declared type: share, int, float, year, bool, str or category."""
    if blank(value):
        return ""
    if kind == "share":
        return percent(value)
    if kind == "int":
        return count(value)
    if kind == "float":
        return number(value, ",.0f" if abs(value) >= 1000 and value == int(value) else ".4g")
    return visible(words.value(str(value)))


def estimate(row, words: Words, scale: float, href: str = "") -> Cell:
    """Return a share with its interval: the corrected one when there is one, else the share as coded."""
    value = best(row)
    if blank(value):
        return Cell("", sort=-1.0)
    if blank(row.ci_low) or blank(row.ci_high):
        return Cell(percent(value), sort=value, href=href)
    low, high = interval_text(row.ci_low, row.ci_high)
    drawn = tuple(min(max(v / scale, 0.0), 1.0) for v in (row.ci_low, value, row.ci_high))
    coded = ""
    if not blank(getattr(row, "corrected_share", None)) and hasattr(row, "n_units"):
        coded = words("as_coded", share=percent(row.share), n=count(row.n_units))
    return Cell(
        percent(value), sort=value, href=href, interval=drawn, aside=words("in_interval", low=low, high=high), coded=coded
    )


def interval_text(low: float, high: float) -> tuple[str, str]:
    """Write the two bounds of an interval of shares, in per cent without the sign."""
    return number(100 * low, ".1f"), number(100 * high, ".1f")
