"""CSV files that people have had open in a spreadsheet: read whatever it saved them as."""

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
