"""A table as readers of a notebook see it: headings and values in one language, intervals beside their value, few rows."""

import html
from functools import partial

import pandas as pd

from helpers import catalogue
from helpers.codebook import Codebook
from helpers.language import NOTHING, count, name, number, percent, place, points

_LONG = 90  # characters of a cell
_BOUNDS = ("ci_low", "ci_high")
_COEFFICIENTS = ("f1", "precision", "recall", "kappa", "stability")  # between 0 and 1, and no shares
_VALUES = ("corrected_share", "share", "difference", "change", "slope", "value")  # whose interval ci_low and ci_high are


def laid_out(frame: pd.DataFrame, columns: list[str], language: str, codebook: Codebook | None = None) -> pd.DataFrame:
    """Return the columns as text, with their headings in `language`; what is missing is a dash.

    Columns `<name>_low` and `<name>_high`, or `ci_low` and `ci_high`, stand in brackets behind their value and need not be named.

    >>> frame = pd.DataFrame({"year": [2017], "share": [0.25], "ci_low": [0.2], "ci_high": [0.31]})
    >>> laid_out(frame, ["year", "share"], "en").values.tolist()
    [['2017', '25.0% [20.0, 31.0]']]
    """
    owner = next((column for column in _VALUES if column in columns and set(_BOUNDS) <= set(frame)), "")
    out: dict[str, list[str]] = {}
    for column in (c for c in columns if c not in _BOUNDS):
        write = partial(_written, column=column, kinds=_kinds(column, frame), language=language, codebook=codebook)
        low, high = _BOUNDS if column == owner else (f"{column}_low", f"{column}_high")
        cells = [write(value) for value in frame[column].astype(object)]
        if column == "county" and "county_code" in frame:  # counties of one name are told apart
            codes = frame["county_code"].astype(object).where(frame["county_code"].notna(), None)
            cells = [
                c if c == NOTHING else place(v, language, code) for c, v, code in zip(cells, frame[column], codes, strict=True)
            ]
        if low in frame:
            bounds = zip(frame[low].astype(object), frame[high].astype(object), strict=True)
            cells = [cell + _interval(*pair, write) for cell, pair in zip(cells, bounds, strict=True)]
        head = _heading(column, frame, language)
        out[head if head not in out else f"{head} ({column})"] = cells
    return pd.DataFrame(out)


def as_html(table: pd.DataFrame) -> str:
    """Return a table of texts as HTML that needs no style of its own; columns of numbers stand right."""
    sides = ["right" if all(map(_is_number, table.iloc[:, k])) and len(table) else "left" for k in range(table.shape[1])]
    heads = "".join(f'<th style="text-align:{s}">{html.escape(str(head))}</th>' for head, s in zip(table, sides, strict=True))
    rows = []
    for row in table.itertuples(index=False):
        cells = (f'<td style="text-align:{s}">{html.escape(c)}</td>' for c, s in zip(row, sides, strict=True))
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _heading(column: str, frame: pd.DataFrame, language: str) -> str:
    if {column, "goal", "background"} <= set(frame):  # statements across the top; a column may be called measure otherwise
        return name(column, language) if column != "statement" else catalogue.heading(column, language)
    if column in ("label_en", "label_zh"):
        column = "tool" if "tool" in frame or "code" in frame else "label"
    head = catalogue.heading("tool_type" if column.startswith("type_") else column, language)
    return name(column, language) if head == column.replace("_", " ") else head  # values across the top: exact, measure


def _kinds(column: str, frame: pd.DataFrame) -> tuple[str, str]:
    """Return type and look of a column, as the catalogue has them; of a column that nobody declared what its values tell."""
    kind, look = catalogue.kind(column)
    if not kind:
        values = frame[column]
        kind = (
            "share"
            if column.endswith("_share")
            else "float"
            if pd.api.types.is_float_dtype(values)
            else "int"
            if pd.api.types.is_integer_dtype(values)
            else "str"
        )
    return kind, look


def _missing(value) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value) or value == ""


def _written(value, column: str, kinds: tuple[str, str], language: str, codebook: Codebook | None) -> str:
    kind, look = kinds
    if _missing(value):
        return NOTHING
    if isinstance(value, bool):
        return name(str(value), language)
    if isinstance(value, str):
        return _said(value, column, look, language, codebook)
    if look == "points":
        return points(value)
    if look == "p":
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if look == "two" or column.endswith(_COEFFICIENTS):
        return number(value, ".2f")
    if kind == "share":
        return percent(value)
    if kind == "year":
        return str(int(value))
    return count(value) if float(value).is_integer() else number(value, ",.0f" if abs(value) >= 1000 else ".2f")


def _said(value: str, column: str, look: str, language: str, codebook: Codebook | None) -> str:
    label = partial(_label, language=language, codebook=codebook)
    if look == "tools":
        return ", ".join(label(part) for part in value.split(";") if part)
    if look in ("tool", "code"):
        return label(value)
    if column == "rule":
        return " + ".join(name(part, language, "rules") for part in value.split("+"))
    if column == "county" or look == "county":
        return place(value, language)
    said = name(value, language) if " " not in value and value.isascii() and column not in ("doc_id", "unit_id") else value
    said = " ".join(said.split())
    return said if len(said) <= _LONG else f"{said[: _LONG - 1]}…"


def _label(id: str, language: str, codebook: Codebook | None) -> str:
    try:
        return codebook.label(id, language)
    except (AttributeError, KeyError):
        return name(id, language)


def _interval(low, high, write) -> str:
    return "" if _missing(low) or _missing(high) else f" [{write(low).rstrip('%')}, {write(high).rstrip('%')}]"


def _is_number(cell: str) -> bool:
    return cell == NOTHING or cell[:1].isdigit() or (cell[:1] in "+−<" and len(cell) > 1)
