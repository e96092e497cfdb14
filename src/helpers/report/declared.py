"""Any declared table as a reader sees it: headings and values in the report's language, intervals joined to their value."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from helpers import catalogue
from helpers.catalogue import Field
from helpers.language import number, percent, points, reasons
from helpers.report.cells import MAX_ROWS, blank, evidence_link, interval_text, known, listed, side, text
from helpers.report.fonts import visible
from helpers.report.model import Cell, Column, Table
from helpers.report.words import Words

_LONG = 400
_DOCUMENTS = ("doc_id", "doc_a", "doc_b")
_BY_DOCUMENT = ("documents", "target_table", "keyword_context", "document_topics")  # sorted by county-year as well
_WHOLE = ("tool_shares", "statement_shares", "crosswalk_shares", "topic_group_shares")  # without county: the whole corpus
_SET = {"issued_date": "date", "left": "before", "evidence": "long"} | dict.fromkeys(
    ("unit_id", "unit_ids", "unit_a", "unit_b", "doc_id"), "id"
)


@dataclass(frozen=True)
class _Shown:
    """One column to show: its field, its heading, and the columns of its bounds with how they are written."""

    field: Field
    label: str
    low: str = ""
    high: str = ""
    bounds: str = ""


def declared(
    frame: pd.DataFrame, name: str, words: Words, without: tuple[str, ...] = (), limit: int = MAX_ROWS,
    first: tuple[str, ...] = (),
) -> Table:  # fmt: skip
    """Return a processed table, the columns `first` before the others in their order.

    Empty columns, places of evidence and columns of the other language are left out.
    """
    frame, shown = _in_order(frame, catalogue.table(name)), _columns(frame, catalogue.table(name), words, without)
    shown.sort(key=lambda s: first.index(s.field.name) if s.field.name in first else len(first))
    rows = [[_cell(row, s, words) for s in shown] for row in frame.head(limit).astype(object).itertuples(index=False)]
    heads = [Column(s.label, _kind(s.field, [row[i] for row in rows])) for i, s in enumerate(shown)]
    return Table(f"table-{name.replace('_', '-')}", words.about(name), heads, rows, source=name, total=len(frame))


def _kind(field: Field, cells: list[Cell]) -> str:
    """Tell how a column is set, by what it holds: numbers, long texts, whole sentences, ids, dates."""
    if _is_number(field):
        return "number"
    if field.name in _SET:
        return _SET[field.name]
    longest = max((places(cell.text) for cell in cells), default=0)
    return "sentence" if longest > 120 else "long" if longest > 24 else "text"


def _in_order(frame: pd.DataFrame, table: catalogue.Table) -> pd.DataFrame:
    """Sort rows by division code and year, the one order of all figures; what a table groups by first keeps its order."""
    if "county" not in table.key and table.name not in _BY_DOCUMENT or not {"county_code", "year"} <= set(frame):
        return frame
    above = [name for name in ("level", "indicator_id", "measure") if name in table.key and name in frame]
    rank = {f"_{name}": pd.factorize(frame[name])[0] for name in above}
    whole = frame["county"].notna() if table.name in _WHOLE else True  # the whole corpus first, as it is written
    by = [*rank, "_part", "county_code", "year"]
    return frame.assign(**rank, _part=whole).sort_values(by, kind="stable", na_position="last").drop(columns=[*rank, "_part"])


def places(text: str) -> int:
    """Count the places that a text takes on a line: Chinese characters take two."""
    return sum(2 if c >= "\u2e80" else 1 for c in text)


def _columns(frame: pd.DataFrame, table: catalogue.Table, words: Words, without: tuple[str, ...]) -> list[_Shown]:
    names = set(table.names)
    own, other = f"_{words.language}", "_zh" if words.language == "en" else "_en"
    hidden = {
        "codes",
        "evidence_start",
        "evidence_end",
        *without,
        *(f"{base}{end}" for base in names for end in ("_low", "_high") if f"{base}_low" in names),
    }
    if "county" in names and table.name != "documents":
        hidden |= {"county_code"}  # said once, in the table of documents
    hidden |= {"top_county_code"}
    if names & {"indicator_id", "purpose"}:
        hidden |= {n for n in names if n.startswith("label_")}  # their names are shown in their place
    if "unit_id" in names:
        hidden |= {"doc_id", "source_file", "raw_start", "raw_end"}  # the sentence leads to its place
    if "tool" in names:
        hidden |= {n for n in names if n.startswith(("label_", "type_"))}
    sides = {field.name[-1] for field in table.fields if field.shown == "side"}
    hidden |= {f"{part}_{side}" for side in sides for part in ("county_code", "year")}  # said with the county
    hidden |= {n for n in names if n.endswith(other)} | {n[: -len(own)] for n in names if n.endswith(own)}
    of_interval = next((f.shown for f in table.fields if f.shown == "points" or f.name == "value"), "")
    out = []
    for field in table.fields:
        name = field.name
        if field.shown == "side":
            out.append(_Shown(field, words.column(f"side_{name[-1]}")))
            continue
        if name in hidden or name not in frame or _empty(frame, name):
            continue
        if name == "ci_low":
            out.append(_Shown(field, words("interval_column"), "ci_low", "ci_high", of_interval))
        elif name != "ci_high":
            bounds = (f"{name}_low", f"{name}_high", field.shown) if f"{name}_low" in names else ()
            out.append(_Shown(field, words.column(name.removesuffix(own)), *bounds))
    return out


def _empty(frame: pd.DataFrame, name: str) -> bool:
    """A column without any value tells a reader nothing."""
    return len(frame) > 0 and not (frame[name].notna() & (frame[name].astype(object) != "")).any()


def _is_number(field: Field) -> bool:
    return field.type in ("int", "float", "share", "year")


def _cell(row, shown: _Shown, words: Words) -> Cell:
    field = shown.field
    aside = _bounds(getattr(row, shown.low), getattr(row, shown.high), shown.bounds, words) if shown.low else ""
    if field.name == "ci_low":
        return Cell(aside)
    if field.shown == "side":
        return Cell(visible(side(row, field.name[-1], words)))
    value = getattr(row, field.name)
    if blank(value):
        return Cell(_whole(field, row, words), sort=-1e18 if _is_number(field) else None)
    of_document = field.name in _DOCUMENTS or field.name == "name" and known(row, "kind") == "document"
    href = evidence_link(unit=value) if field.shown == "unit" else evidence_link(doc=value) if of_document else ""
    return Cell(_cut(_written(value, field, row, words)), float(value) if _is_number(field) else None, href, aside=aside)


def _whole(field: Field, row, words: Words) -> str:
    """Say what an empty cell stands for where it is no gap: the whole corpus, any tool of a type."""
    if field.name == "tool" and known(row, "tool_type"):
        return words("paper.whole_type")
    return words("whole_corpus") if field.name == "county" and hasattr(row, "n_units") and not known(row, "year") else ""


def _written(value, field: Field, row, words: Words) -> str:
    """Write one value as the catalogue says that a reader sees it."""
    match field.shown:
        case "points":
            return points(value)
        case "p":
            return "<0.001" if value < 0.001 else f"{value:.3f}"
        case "two":
            return number(value, ".2f")
        case "checksum":
            return f"{value[:12]}…"
        case "tools":
            return ", ".join(words.tool(part) for part in str(value).split(";") if part)
        case "code" if getattr(row, "dimension", "") == "topic":
            return visible(words.numbered(str(value)))
        case "reason" if not blank(codes := getattr(row, "codes", None)):
            return visible(reasons.all_said(codes, words.language))
        case "bilingual":
            return visible(words.part(str(value)))
        case "county":
            both = hasattr(row, "title")  # said once, in the table of documents
            return visible(words.county(str(value), both=both, code=known(row, "county_code")))
        case "place" if getattr(row, "kind", "") != "document":
            return visible(words.county(words.value(str(value)), code=known(row, f"{field.name}_code")))
    if field.name in ("values", "unit_ids"):
        return visible(listed(str(value)))
    if field.name == "topic" and not hasattr(row, "label"):
        return visible(words.numbered(str(int(value))))
    write = {
        "code": words.tool, "tool": words.tool, "named": partial(words.named, field=field.name), "topic": words.topic,
        "coded": words.coded,
    }.get(field.shown)  # fmt: skip
    return visible(write(str(value))) if write else text(value, field.type, words)


def _bounds(low, high, shown: str, words: Words) -> str:
    if blank(low) or blank(high) or low == high:
        return ""
    if shown == "points":
        low, high = points(low), points(high)
    elif shown == "two":
        low, high = number(low, ".2f"), number(high, ".2f")
    else:
        low, high = interval_text(low, high)
    return words("in_interval", low=low, high=high)


def _cut(shown: str) -> str:
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]}…"


def crossed(frame: pd.DataFrame, name: str, rows: str, columns: str, value: str, words: Words) -> Table:
    """Return a long table as a two-way one: `rows` down, `columns` across, `value` in the cells, both in their first order."""

    def named(field: str, value) -> str:
        return words.named(str(value), field) if f"{field}:{value}" in words.names else words.tool(str(value))

    across = list(dict.fromkeys(frame[columns]))
    cells = {(getattr(r, rows), getattr(r, columns)): getattr(r, value) for r in frame.itertuples()}
    share, body = catalogue.kind(value)[0] == "share", []
    for down in dict.fromkeys(frame[rows]):
        found = [cells.get((down, c)) for c in across]
        first = Cell(named(rows, down), href=evidence_link(tool=down) if rows == "tool" and down != "none" else "")
        write = percent if share else _alike(found)
        body.append([first, *(Cell("" if blank(v) else write(v), sort=-1.0 if blank(v) else float(v)) for v in found)])
    of_document = columns == "doc_id"
    heads = [Column(words.document(c) if of_document else named(columns, c), "number") for c in across]
    heads.insert(0, Column(words.column(rows)))
    return Table(f"table-{name.replace('_', '-')}", words.about(name), heads, body, source=name)


def _alike(values: list) -> Callable[[float], str]:
    """Return how the numbers of one row are written: all whole, or all with two decimals."""
    whole = all(float(value).is_integer() for value in values if not blank(value))
    return partial(number, form=",.0f" if whole else ",.2f")


def listing(id: str, caption: str, heads: list[str], rows: list[tuple[str, ...]]) -> Table:
    """Return a table of plain texts."""
    return Table(id, caption, [Column(h) for h in heads], [[Cell(visible(str(value))) for value in row] for row in rows])
