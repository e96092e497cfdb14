"""SQL over a run's tables (DuckDB): they stay on disk, what a query needs is read, what does not fit is spilled beside them."""

import re
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa

from helpers import catalogue
from helpers.asked import Refused

ROW = "file_row_number"


class QueryError(Refused):
    """A query cannot be answered; the message is the engine's own first sentence."""


def ask(query: str, folder: Path, memory: str = "1GB", **frames: pd.DataFrame) -> pd.DataFrame:
    """Return the answer of `query` over the Parquet tables of `folder` (each by its name) and over `frames` (by theirs).

    One thread, so that sums of floats come out the same; rows without an ORDER BY of the query are ordered by all columns. Whole
    numbers with empty cells are Int64. Only files of `folder` are read; of `memory` ("500MB") no more is held. A query that
    names `file_row_number` finds that column, the place of a row in its file, in each table. Raises QueryError.
    """
    import duckdb  # what asks nothing does not load it

    there = sorted(path.stem for path in folder.glob("*.parquet") if path.stem in catalogue.tables())
    beside = folder if folder.is_dir() else None
    with tempfile.TemporaryDirectory(prefix=".sql-", dir=beside) as spilled, duckdb.connect() as engine:
        allowed = ", ".join(_text(path) for path in (folder, spilled))
        settings = {
            "memory_limit": _text(memory), "threads": 1, "temp_directory": _text(spilled), "allowed_directories": f"[{allowed}]",
            "autoinstall_known_extensions": "false", "enable_external_access": "false",
        }  # fmt: skip
        for name, value in settings.items():
            engine.execute(f"SET {name} = {value}")
        for name in set(there) - set(frames):
            if re.search(rf"\b{name}\b", query):
                file = _text(folder / f"{name}.parquet")
                engine.execute(f"CREATE VIEW {name} AS FROM read_parquet({file}, file_row_number={ROW in query})")
        for name, frame in frames.items():
            engine.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        ordered = re.search(r"\border\s+by\b[^()]*(\blimit\b[^()]*)?$", query.strip(), re.IGNORECASE)
        try:
            found = engine.sql(query if ordered else f"FROM ({query.strip().rstrip(';')}) ORDER BY ALL").to_arrow_table()
        except duckdb.CatalogException as error:
            raise QueryError(f"{_first(error)}; the tables of {folder}: {', '.join(there) or 'none yet'}") from error
        except duckdb.Error as error:
            raise QueryError(f"the query has no answer: {_first(error)}") from error
    return _typed(found)


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]


def _text(value: object) -> str:
    """Quote a text as SQL wants it."""
    return "'" + str(value).replace("'", "''") + "'"


def _typed(found: pa.Table) -> pd.DataFrame:
    """Return text as text, counts (also of the engine's widest type) as whole numbers, Int64 where cells are empty."""
    fields = [field.with_type(pa.int64()) if pa.types.is_decimal(field.type) else field for field in found.schema]
    frame = found.cast(pa.schema(fields)).to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=float("nan"))}.get)
    for column, field in zip(frame, found.schema, strict=True):
        if found[column].null_count and (pa.types.is_integer(field.type) or pa.types.is_decimal(field.type)):
            frame[column] = pd.array(found[column].cast(pa.int64()).to_pandas(integer_object_nulls=True), dtype="Int64")
    return frame
