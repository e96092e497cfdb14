"""Any declared table as a reader sees it: headings and values in the report's language, intervals joined to their value."""

from dataclasses import dataclass

import pandas as pd

from helpers import schema
from helpers.language import number, points
from helpers.report.cells import MAX_ROWS, blank, evidence_link, interval_text, text
from helpers.report.fonts import visible
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words

_LONG = 400
_POINTS = ("difference", "slope", "change")  # differences of shares, told in percentage points
_TWO_PLACES = ("stability", "score", "weight", "statement_score", "kappa", "alpha", "lift", "severity", "jaccard", "containment")
_TWO_PLACES += ("micro_f1", "macro_f1", "precision", "recall", "f1", "tools", "topics", "wording", "value")
_CODES = ("tool", "tool_type", "coded_as", "index")  # identifiers that a codebook or rubric names
_NAMED = ("indicator_id", "purpose", "stage", "variable", "item")  # identifiers that another scheme names
_LISTS = ("tools", "gold_tools", "tool_types", "stages")  # identifiers joined by ;
_GROUPS = ("group", "group_a", "group_b", "name", "scope_name", "area", "province", "top_county")  # places written as one text
_UNITS = ("unit_id", "unit_a", "unit_b")


@dataclass(frozen=True)
class _Shown:
    """One column to show: its declaration and the columns of its bounds."""

    column: schema.Column
    low: str = ""
    high: str = ""
    label: str = ""


def declared(frame: pd.DataFrame, name: str, words: Words, without: tuple[str, ...] = (), limit: int = MAX_ROWS) -> Table:
    """Return a processed table with its columns in order; empty columns and those of the other language are left out."""
    shown = _columns(frame, schema.table(name), words, without)
    rows = [[_cell(row, s, words) for s in shown] for row in frame.head(limit).astype(object).itertuples(index=False)]
    heads = [
        Column(s.label or words.column(s.column.name), _kind(s.column, [row[i] for row in rows])) for i, s in enumerate(shown)
    ]
    return Table(f"table-{name.replace('_', '-')}", words.about(name), heads, rows, source=name, total=len(frame))


def _kind(column: schema.Column, cells: list[Cell]) -> str:
    """Tell how a column is set: numbers to the right, long texts with room."""
    if _is_number(column):
        return "number"
    return "long" if max((places(cell.text) for cell in cells), default=0) > 24 else "text"


def places(text: str) -> int:
    """Count the places that a text takes on a line: Chinese characters take two."""
    return sum(2 if c >= "\u2e80" else 1 for c in text)


def _columns(frame: pd.DataFrame, table: schema.Table, words: Words, without: tuple[str, ...]) -> list[_Shown]:
    names = set(table.names)
    own, other = f"_{words.language}", "_zh" if words.language == "en" else "_en"
    hidden = {*without, *(f"{base}{end}" for base in names for end in ("_low", "_high") if f"{base}_low" in names)}
    if "county" in names and table.name != "documents":
        hidden.add("county_code")  # said once, in the table of documents
    if names & {"indicator_id", "purpose"}:
        hidden |= {n for n in names if n.startswith("label_")}  # their names are shown in their place
    if "tool" in names:
        hidden |= {n for n in names if n.startswith(("label_", "type_"))}
    hidden |= {n for n in names if n.endswith(other)} | {n[: -len(own)] for n in names if n.endswith(own)}
    out = []
    for column in table.columns:
        if column.name in hidden or _empty(frame, column.name):
            continue
        if column.name == "ci_low":
            out.append(_Shown(column, "ci_low", "ci_high", words("interval_column")))
        elif column.name != "ci_high":
            bounds = (f"{column.name}_low", f"{column.name}_high") if f"{column.name}_low" in names else ("", "")
            label = words.column(column.name.removesuffix(own)) if column.name.endswith(own) else ""
            out.append(_Shown(column, *bounds, label))
    return out


def _empty(frame: pd.DataFrame, name: str) -> bool:
    """A column without any value tells a reader nothing."""
    return len(frame) > 0 and not (frame[name].notna() & (frame[name].astype(object) != "")).any()


def _is_number(column: schema.Column) -> bool:
    return column.type in ("int", "float", "share", "year") or column.name in ("ci_low",)


def _cell(row, shown: _Shown, words: Words) -> Cell:
    name, kind = shown.column.name, shown.column.type
    value = getattr(row, name)
    if name == "ci_low":
        points = any(hasattr(row, p) for p in _POINTS)
        return Cell(
            _bounds(row.ci_low, row.ci_high, "value" if hasattr(row, "value") else "difference" if points else "share", words)
        )
    if blank(value):
        return Cell("", sort=-1e18 if _is_number(shown.column) else None)
    sort = float(value) if kind in ("int", "float", "share", "year") else None
    aside = _bounds(getattr(row, shown.low), getattr(row, shown.high), name, words) if shown.low else ""
    href = evidence_link(unit=value) if name in _UNITS else ""
    return Cell(_cut(_written(value, name, kind, row, words)), sort, href, aside=aside)


def _written(value, name: str, kind: str, row, words: Words) -> str:
    if name in _POINTS:
        return points(value)
    if name in ("p_value", "p_adjusted"):
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if kind in ("float", "share") and name in _TWO_PLACES:
        return number(value, ".2f")
    if name == "code":
        return visible(str(value)) if getattr(row, "dimension", "") == "topic" else words.tool(str(value))
    if name in _NAMED:
        return visible(words.named(str(value)))
    if name in _CODES:
        return visible(words.tool(str(value)))
    if name in _LISTS and kind == "str":
        return ", ".join(words.tool(part) for part in str(value).split(";") if part)
    if name in ("label", "label_from", "label_to"):
        return visible(words.topic(str(value)))
    if name == "county":
        return visible(words.county(str(value), both=True))
    if name in _GROUPS:
        return visible(words.group_name(words.value(str(value))))
    if name in ("reason", "flags"):
        return visible(words.reason(str(value)))
    if name == "evidence" and hasattr(row, "gold_tools"):  # evidence by tool
        return visible(words.coded(str(value)))
    if name == "sha256":
        return f"{value[:12]}…"
    return text(value, kind, words)


def _bounds(low, high, name: str, words: Words) -> str:
    if blank(low) or blank(high) or low == high:
        return ""
    if name in _POINTS:
        return words("in_interval", low=points(low), high=points(high))
    if name in _TWO_PLACES:
        return words("in_interval", low=number(low, ".2f"), high=number(high, ".2f"))
    low, high = interval_text(low, high)
    return words("in_interval", low=low, high=high)


def _cut(shown: str) -> str:
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]}…"


def crossed(frame: pd.DataFrame, name: str, rows: str, columns: str, value: str, words: Words) -> Table:
    """Return a long table as a two-way one: `rows` down, `columns` across, `value` in the cells, both in their first order."""
    across = list(dict.fromkeys(frame[columns]))
    cells = {(getattr(r, rows), getattr(r, columns)): getattr(r, value) for r in frame.itertuples()}
    body = []
    for down in dict.fromkeys(frame[rows]):
        found = [cells.get((down, c)) for c in across]
        first = Cell(words.tool(str(down)), href=evidence_link(tool=down) if rows == "tool" and down != "none" else "")
        body.append([first, *(Cell("" if blank(v) else _short(v), sort=-1.0 if blank(v) else float(v)) for v in found)])
    heads = [Column(words.column(rows)), *(Column(words.tool(str(c)), "number") for c in across)]
    return Table(f"table-{name.replace('_', '-')}", words.about(name), heads, body, source=name)


def _short(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.2f}"


def listing(id: str, caption: str, heads: list[str], rows: list[tuple[str, ...]]) -> Table:
    """Return a table of plain texts."""
    return Table(id, caption, [Column(h) for h in heads], [[Cell(visible(str(value))) for value in row] for row in rows])
