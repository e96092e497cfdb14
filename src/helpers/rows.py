"""CSV files and spreadsheets: read whatever one saved a file as, and written so that none runs or changes a cell."""

import re
from io import StringIO
from pathlib import Path

import pandas as pd

from helpers.asked import Refused

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class RowsError(Refused):
    """A CSV file cannot be read as a table; the message names it and says what to do."""


def read(path: str | Path) -> pd.DataFrame:
    """Read a CSV file as spreadsheets save it, every cell as text: UTF-8 with or without mark, UTF-16, GBK.

    Raises RowsError naming the file where it is none of these, or no table.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise RowsError(f"{path.name}: is no regular file")  # a pipe or a device would keep its reader waiting
    data = path.read_bytes()
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            text = data.decode(encoding)
            lines = text.splitlines()
            between = max(",;\t", key=lines[0].count) if lines else ","
            return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False, sep=between)
        except UnicodeDecodeError:
            continue
        except (ValueError, pd.errors.ParserError) as error:
            raise RowsError(f"{path.name}: cannot be read as a table ({' '.join(str(error).split())[:120]})") from None
    raise RowsError(f"{path.name}: is neither UTF-8 nor GBK; save it again as “CSV UTF-8”")


def all_harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with all its texts `harmless`."""
    safe = frame.copy()
    for column, kind in frame.dtypes.items():
        if pd.api.types.is_object_dtype(kind):
            safe[column] = safe[column].map(harmless, na_action="ignore")
        elif isinstance(kind, pd.StringDtype):
            text = safe[column].str  # few cells are doubtful: most are not looked at
            doubtful = (text.match(_DOUBTFUL.pattern) | text.contains("\r", regex=False)).fillna(False).to_numpy(bool)
            if doubtful.any():
                safe.loc[doubtful, column] = safe.loc[doubtful, column].map(harmless)
    return safe


def harmless(cell):
    """Put an apostrophe before text that a spreadsheet would run as a formula (`=1+1`, `@x`) or take for a date (`1-2`, `3/4`).

    Plain numbers stay, and so do dates that begin with a year.

    A carriage return becomes a line feed: bare, it would end the row, and what follows it would be a cell.
    """
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
    return f"'{cell}" if len(cell) > 1 and _DOUBTFUL.match(cell) and not _NUMBER.fullmatch(cell) else cell


# Spreadsheets pass over blanks and marks without a width, and some read full-width signs as their plain forms.
_BLANKS = "[\\x00-\\x20\\x7f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*"
_FORMULA = re.compile(f"\\t|{_BLANKS}[=+\\-@＝＋－＠﹢﹣﹦﹫−]")
_DOUBTFUL = re.compile(rf"{_FORMULA.pattern}|\d{{1,2}}[-/]\d{{1,2}}(?:[-/]\d{{1,4}})?\s*$")  # 1-2-3 is a place in a document
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")
