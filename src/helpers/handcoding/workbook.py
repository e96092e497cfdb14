"""The rows of a workbook that somebody sent, within limits: none is opened that would unpack to more than memory holds."""

import zipfile
from itertools import islice
from pathlib import Path

import openpyxl

from helpers.asked import Refused

MAX_BYTES, MAX_PARTS, MAX_ROWS = 64 * 2**20, 2_000, 100_000
MAX_STYLES = 4 * 2**20  # and other parts that are held as objects, a hundred times their size
_TEXTS = ("xl/worksheets/", "xl/sharedstrings.xml")
_OLD = b"\xd0\xcf\x11\xe0"  # how .xls files begin


class SheetError(Refused):
    """A coder's file cannot be read at all; the message names the file and what to do."""


def rows(path: str | Path, sheet: str, n_columns: int, first: int = 2) -> list[tuple]:
    """Return the cells of a sheet's rows from row `first` on, each of the first `n_columns` values (formulas as their results).

    Reads .xlsx, .xls and .ods; the cells that are there, whatever a sheet says its size is. Raises SheetError when the file is no
    workbook with this sheet, unpacks to more than 64 MB (its styles to more than 4 MB), or goes on below row 100,000.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise SheetError(f"{path.name}: is no regular file; use the file that `sample` wrote")  # a pipe would keep us waiting
    with open(path, "rb") as file:
        old = file.read(4) == _OLD
    if not old:
        _check(path)
    elif path.stat().st_size > MAX_BYTES:
        raise SheetError(f"{path.name}: larger than {MAX_BYTES // 2**20} MB; use the file that `sample` wrote")
    try:
        read = _old_rows if old or path.suffix.lower() == ".ods" else _rows
        found = list(islice(read(path, sheet, n_columns, first), MAX_ROWS + 1))
    except Exception as error:  # the readers raise whatever their parsers raise
        raise SheetError(
            f"{path.name}: cannot be read as a coder's sheet ({type(error).__name__}); use the file that `sample` wrote"
        ) from None
    if len(found) > MAX_ROWS:
        raise SheetError(f"{path.name}: has rows below {MAX_ROWS:,}; use the file that `sample` wrote")
    return found


def _rows(path: Path, sheet: str, n_columns: int, first: int):
    with open(path, "rb") as file:  # a file object: openpyxl takes no .XLSX by its name
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            page = book[sheet]
            page.reset_dimensions()  # some programs write A1 there, whatever the sheet holds
            yield from page.iter_rows(min_row=first, max_col=n_columns, values_only=True)
        finally:
            book.close()


def _old_rows(path: Path, sheet: str, n_columns: int, first: int):
    import python_calamine  # .xls holds 65,536 rows of 256 cells at most, .ods is checked as .xlsx is

    with open(path, "rb") as file:
        for row in python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet).to_python(False)[first - 1 :]:
            yield tuple(cell if cell != "" else None for cell in row[:n_columns])


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise SheetError(f"{path.name}: cannot be read as a coder's sheet; use the file that `sample` wrote") from None
    if len(parts) > MAX_PARTS:
        raise SheetError(f"{path.name}: has more than {MAX_PARTS:,} parts and was not opened; use the file that `sample` wrote")
    largest = max((part.file_size for part in parts if not part.filename.lower().startswith(_TEXTS)), default=0)
    if sum(part.file_size for part in parts) > MAX_BYTES or largest > MAX_STYLES:
        most = f"{MAX_BYTES // 2**20} MB, or {MAX_STYLES // 2**20} MB of styles"
        raise SheetError(f"{path.name}: would unpack to more than {most}, and was not opened; use the file that `sample` wrote")
