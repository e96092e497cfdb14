"""Numbers as a reader sees them: cells with their text, what they sort by, their interval and the sentences behind them."""

from urllib.parse import quote

import pandas as pd

from helpers import schema
from helpers.report.fonts import visible
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words, count, percent

MAX_ROWS = 300  # of one table on the page; the whole of it is in the download
NONE = "-"  # in a link: the county or year that is not known
_LONG = 400


def evidence_link(**filters) -> str:
    """Return the address of the table of sentences with filters set: county, year, tool, statement, topic, unit, q."""
    chosen = {name: NONE if blank(value) else value for name, value in filters.items()}
    return "#evidence?" + "&".join(f"{name}={quote(str(value))}" for name, value in chosen.items())


def blank(value) -> bool:
    """Tell whether a cell has no value."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value) or value == ""


def text(value, kind: str, words: Words) -> str:
    """Write one value by its declared type: share, int, float, year, bool, str or category."""
    if blank(value):
        return ""
    if kind == "share":
        return percent(value)
    if kind == "int":
        return count(value)
    if kind == "float":
        return f"{value:,.0f}" if abs(value) >= 1000 and value == int(value) else f"{value:.4g}"
    return visible(words.value(str(value)))


def plain(value, kind: str, words: Words, name: str = "") -> Cell:
    """Return the cell of one value, cut when it is very long."""
    shown = text(value, kind, words)
    if name in ("tool", "tool_type") and shown:
        shown = words.tool(str(value))
    if name in ("stability", "score", "weight", "statement_score") and not blank(value):
        shown = f"{value:.2f}"
    if name == "county" and shown:
        shown = words.county(str(value))
    if name == "sha256":
        shown = f"{shown[:12]}…"
    if len(shown) > _LONG:
        shown = f"{shown[:_LONG]}…"
    href = evidence_link(unit=value) if name == "unit_id" else ""
    sort = None if blank(value) or kind not in ("int", "float", "share", "year") else float(value)
    return Cell(shown, sort=sort, href=href)


def estimate(row, words: Words, scale: float, href: str = "") -> Cell:
    """Return a share with its interval: the corrected one when there is one, else the share as coded."""
    value = best(row)
    if blank(value):
        return Cell("", sort=-1.0)
    if blank(row.ci_low) or blank(row.ci_high):
        return Cell(percent(value), sort=value, href=href)
    low, high = interval_text(row.ci_low, row.ci_high)
    drawn = tuple(min(max(v / scale, 0.0), 1.0) for v in (row.ci_low, value, row.ci_high))
    return Cell(percent(value), sort=value, href=href, interval=drawn, aside=words("in_interval", low=low, high=high))


def best(row) -> float | None:
    """Return the share to report: corrected where it could be, else as coded."""
    corrected = getattr(row, "corrected_share", None)
    return row.share if blank(corrected) else corrected


def interval_text(low: float, high: float) -> tuple[str, str]:
    """Write the two bounds of an interval of shares, in per cent without the sign."""
    return f"{100 * low:.1f}", f"{100 * high:.1f}"


def declared(frame: pd.DataFrame, name: str, words: Words, without: tuple[str, ...] = (), limit: int = MAX_ROWS) -> Table:
    """Return a processed table as it is declared: its columns in order, headed in the report's language."""
    columns = [c for c in schema.table(name).columns if c.name not in without and not _nothing(frame, c.name)]
    heads = [Column(words.column(c.name), _kind(c.type), "") for c in columns]
    shown = frame.head(limit)
    values = [shown[c.name].astype(object).tolist() for c in columns]
    rows = [
        [plain(value, c.type, words, c.name) for value, c in zip(row, columns, strict=True)] for row in zip(*values, strict=True)
    ]
    return Table(f"table-{name.replace('_', '-')}", words.about(name), heads, rows, source=name, total=len(frame))


def _kind(declared_type: str) -> str:
    return "number" if declared_type in ("int", "float", "share", "year") else "text"


def _nothing(frame: pd.DataFrame, name: str) -> bool:
    """A column without any value tells a reader nothing."""
    return len(frame) > 0 and (frame[name].isna() | (frame[name].astype(object) == "")).all()


def listing(id: str, caption: str, heads: list[str], rows: list[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> Table:
    """Return a table of plain texts; `numbers` are the columns that hold numbers."""
    columns = [Column(head, "number" if i in numbers else "text") for i, head in enumerate(heads)]
    return Table(id, caption, columns, [[Cell(visible(str(value))) for value in row] for row in rows])
