"""The rows of a workbook that somebody sent, within limits: none is opened that would unpack to more than memory holds."""

import zipfile
from pathlib import Path

import openpyxl

MAX_BYTES, MAX_PARTS, MAX_ROWS = 64 * 2**20, 2_000, 100_000
MAX_STYLES = 4 * 2**20  # and other parts that are held as objects, a hundred times their size
_TEXTS = ("xl/worksheets/", "xl/sharedstrings.xml")


class SheetError(ValueError):
    """A coder's file cannot be read at all; the message names the file and what to do."""


def rows(path: str | Path, sheet: str, n_columns: int, first: int = 2) -> list[tuple]:
    """Return the cells of a sheet's rows from row `first` on, each of the first `n_columns` values (formulas as their results).

    Raises SheetError when the file is no workbook with this sheet, unpacks to more than 64 MB (its styles to more than 4 MB), or
    goes on below row 100,000.
    """
    path = Path(path)
    _check(path)
    found: list[tuple] = []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            for row in book[sheet].iter_rows(min_row=first, max_col=n_columns, values_only=True):
                found.append(row)
                if len(found) > MAX_ROWS:
                    break
        finally:
            book.close()
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise SheetError(
            f"{path.name}: cannot be read as a coder's sheet ({type(error).__name__}); use the file that `sample` wrote"
        ) from None
    if len(found) > MAX_ROWS:
        raise SheetError(f"{path.name}: has rows below {MAX_ROWS:,}; use the file that `sample` wrote")
    return found


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
