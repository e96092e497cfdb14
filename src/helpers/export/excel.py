"""One Excel workbook of all tables: a sheet a table, notes and the data dictionary first; the same tables, the same bytes."""

import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import xlsxwriter

from helpers import catalogue, store

MAX_ROWS = 1_048_575  # of a sheet, below its heading
MAX_CELL = 32_767  # characters
_WIDEST, _NARROWEST = 60, 8
_FORMATS = {"int": "#,##0", "year": "0", "float": "#,##0.00", "share": "0.0%"}
_CREATED = datetime(2025, 1, 1)  # a fixed date: the workbook must not know when it was made


def excel(
    processed_dir: str | Path, path: str | Path, max_rows: int = MAX_ROWS, views: dict[str, pd.DataFrame] | None = None,
    printed: Sequence = (),
) -> Path:  # fmt: skip
    """Write every table of `processed_dir`, and `views` that are not written there, into the workbook `path` and return it.

    `printed` are tables for reading (caption, heads, rows of text, note), which stand on the first sheet one below the other.

    Headings are frozen and can be filtered, widths follow the contents, shares are formatted as per cent. Text is always
    text: what a spreadsheet would run as a formula carries an apostrophe, as in the CSV files. A table longer than
    `max_rows` is cut there, and both the sheet of notes and the last row say so.
    """
    folder, path = store.resolve(processed_dir), store.resolve(path)
    there = {name: folder / f"{name}.parquet" for name in catalogue.tables()}
    there = {name: file for name, file in there.items() if file.exists()}
    if not there:
        raise store.MissingTable(f"no table is in {processed_dir}: run `make report` first, then export")
    return store.write_atomic(path, lambda partial: _write(partial, there | (views or {}), max_rows, printed))


def _write(partial: Path, sources: dict[str, Path | pd.DataFrame], max_rows: int, printed: Sequence) -> None:
    with tempfile.TemporaryDirectory(prefix=".excel-", dir=partial.parent) as scratch:
        options = {
            "constant_memory": True, "tmpdir": scratch,
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False,
        }  # fmt: skip
        book = xlsxwriter.Workbook(str(partial), options)
        book.set_properties({"title": "County policy notebooks: tables", "created": _CREATED})
        styles = _Styles(book)
        sizes = {n: len(s) if isinstance(s, pd.DataFrame) else pq.read_metadata(s).num_rows for n, s in sources.items()}
        if printed:
            _reading(book, styles, printed)
        _notes(book, styles, sizes, max_rows)
        _dictionary(book, styles)
        for name, source in sources.items():
            _sheet(book, styles, name, source, max_rows)
        book.close()


class _Styles:
    """The formats of one workbook, by the declared type of a column."""

    def __init__(self, book: xlsxwriter.Workbook):
        top = {"valign": "top"}
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, **top})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.caption = book.add_format({"bold": True, "bottom": 2, **top})
        self.thin = book.add_format({"bottom": 1, "text_wrap": True, **top})
        self.last = book.add_format({"num_format": "@", "text_wrap": True, "bottom": 2, **top})
        self.note = book.add_format({"font_size": 9, "text_wrap": True, **top})
        self.wrap = book.add_format({"text_wrap": True, **top})
        self.text = book.add_format({"num_format": "@", **top})
        self.long = book.add_format({"num_format": "@", "text_wrap": True, **top})
        self.of = {kind: book.add_format({"num_format": code, **top}) for kind, code in _FORMATS.items()}


def _reading(book, styles: "_Styles", printed: Sequence) -> None:
    """Set the tables for reading as three-line tables: a thick rule above and below, a thin one under the head."""
    sheet, at = book.add_worksheet("Tables 主要表格"), 0
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 9, 22)
    for number, table in enumerate(printed, start=1):
        rows = [[f"{number}  {table.caption}"], table.heads, *table.rows]
        for i, row in enumerate(rows):
            look = styles.caption if i == 0 else styles.thin if i == 1 else styles.last if i == len(rows) - 1 else styles.long
            for column in range(len(table.heads)):
                cell = row[column] if column < len(row) else ""
                sheet.write_string(at, column, str(store.harmless(_storable(cell)))[:MAX_CELL], look)
            at += 1
        if table.note:
            sheet.set_row(at, 15 * (1 + len(table.note.encode()) // 180))
            sheet.merge_range(at, 0, at, max(len(table.heads) - 1, 1), _storable(table.note), styles.note)
        at += 2


def _notes(book, styles: _Styles, sizes: dict[str, int], max_rows: int) -> None:
    sheet = book.add_worksheet("Notes 说明")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 100)
    lines = [
        "One sheet a table; the sheet “Dictionary 字典” explains each column. 每表一张工作表，各列含义见“Dictionary 字典”。",
        "Shares are 0 to 1, shown as per cent. Empty cells are not known. 占比为 0 至 1，显示为百分比；空格表示未知。",
        "Text that a spreadsheet would run as a formula carries an apostrophe. 可能被当作公式执行的文字前加撇号。",
    ]
    sheet.write_string(0, 0, "Tables of the county policy notebooks 县级政策数据表", styles.title)
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line)
    for column, head in enumerate(("sheet 工作表", "rows 行数", "what it holds 内容")):
        sheet.write_string(5, column, head, styles.head)
    for row, (name, n) in enumerate(sizes.items(), start=6):
        about = catalogue.table(name).about
        if n > max_rows:
            about += f" Cut: the first {max_rows:,} of {n:,} rows are here, all are in {name}.parquet. 已截断。"
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_number(row, 1, n, styles.of["int"])
        sheet.write_string(row, 2, about, styles.wrap)


def _dictionary(book, styles: _Styles) -> None:
    sheet = book.add_worksheet("Dictionary 字典")
    sheet.freeze_panes(1, 0)
    heads = ("table", 20), ("column", 24), ("heading", 24), ("列名", 24), ("type", 28), ("may be empty", 14), ("meaning", 90)
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, styles.head)
    rows = [(name, field) for name, declared in {**catalogue.tables(), **catalogue.views()}.items() for field in declared.fields]
    for row, (name, field) in enumerate(rows, start=1):
        kind = " / ".join(field.categories) or field.type
        for i, text in enumerate((name, field.name, *field.heading, kind, "no" if field.required else "yes", field.about)):
            sheet.write_string(row, i, store.harmless(text), styles.wrap)
    sheet.autofilter(0, 0, len(rows), len(heads) - 1)


def _sheet(book, styles: _Styles, name: str, source: Path | pd.DataFrame, max_rows: int) -> None:
    declared = catalogue.table(name)
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    widths = _widths(next(_batches(source, declared.names, 500), pd.DataFrame(columns=declared.names)), declared)
    for i, column in enumerate(declared.fields):
        text = styles.long if widths[i] >= _WIDEST else styles.text
        sheet.set_column(i, i, widths[i], styles.of.get(column.type, text))
        sheet.write_string(0, i, column.name, styles.head)
        sheet.write_comment(0, i, f"{' · '.join(dict.fromkeys(column.heading))}\n{column.about}", {"author": ""})
    row = 0
    for batch in _batches(source, declared.names, 20_000):
        columns = [batch[column.name].astype(object).tolist() for column in declared.fields]
        for values in zip(*columns, strict=True):
            if row == max_rows:
                break
            row += 1
            for i, value in enumerate(values):
                _cell(sheet, row, i, value)
    sheet.autofilter(0, 0, max(row, 1), len(declared.fields) - 1)


def _batches(source: Path | pd.DataFrame, columns: list[str], size: int) -> Iterator[pd.DataFrame]:
    """Read piece by piece; a column that the run which made the table did not know yet stays empty."""
    if isinstance(source, pd.DataFrame):
        yield source.reindex(columns=columns)
        return
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(size):
            yield batch.to_pandas().reindex(columns=columns)


def _cell(sheet, row: int, column: int, value) -> None:
    if value is None or value is pd.NA or value != value:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(store.harmless(_storable(value)))[:MAX_CELL])


def _storable(text: str) -> str:
    """Name the control characters that a workbook cannot hold."""
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else f"[U+{ord(c):04X}]" for c in text)


def _widths(sample: pd.DataFrame, declared: catalogue.Table) -> list[int]:
    """Return a width for each column from its heading and its first rows; CJK characters take two places."""
    found = []
    for column in declared.fields:
        texts = (
            [column.name, *(str(v) for v in sample[column.name].dropna().astype(object))]
            if column.name in sample
            else [column.name]
        )
        if column.type in ("share", "float"):
            texts = [column.name, "000,000.00"]
        places = max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text[:_WIDEST]) for text in texts)
        found.append(min(max(places + 2, _NARROWEST), _WIDEST))
    return found
