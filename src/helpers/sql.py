"""SQL over a run's tables: they stay on disk, what a query needs is read, what does not fit is spilled beside them.

DuckDB answers, in this process. On Spark (`helpers.spark`) the same statement runs: DuckDB still reads it against the tables,
which says what is wrong with it and of which types the answer is, and Spark computes.
"""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from helpers import catalogue, engine
from helpers.asked import Refused

if TYPE_CHECKING:
    import duckdb

ROW = "file_row_number"
_AT_ONCE = 100_000  # rows
_SMALL = 5_000_000  # bytes of tables after which an engine is asked again


class QueryError(Refused):
    """A query cannot be answered; the message is the engine's own first sentence."""


def ask(query: str, folder: Path, memory: str = "300MB", categories: bool = False, **frames: pd.DataFrame) -> pd.DataFrame:
    """Return the answer of `query` over the Parquet tables of `folder` (each by its name) and over `frames` (by theirs).

    One thread, so that sums of floats come out the same; rows without an ORDER BY of the query are ordered by all columns. Whole
    numbers with empty cells are Int64. Only files of `folder` are read; of `memory` ("300MB") no more is held. A query that
    names `file_row_number` finds that column, the place of a row in its file, in each table. With `categories` texts come as
    categories, so that millions of rows stay small. Where HELPERS_ENGINE is "spark"
    Spark computes, in its own memory: an ORDER BY must then leave no ties and a sum be of whole numbers, or the bytes may be
    others. Raises QueryError, and EngineError where there is no such engine.
    """
    import duckdb  # what asks nothing does not load it

    spark = _on_spark()
    there = sorted(path.stem for path in folder.glob("*.parquet") if path.stem in catalogue.tables())
    files = {name: folder / f"{name}.parquet" for name in there if name not in frames and re.search(rf"\b{name}\b", query)}
    with _asking(folder, memory, sum(file.stat().st_size for file in files.values())) as (duck, spilled):
        for name, file in files.items():
            duck.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet({_text(file)}, file_row_number={ROW in query})")
        for name, frame in frames.items():
            duck.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        ordered = re.search(r"\border\s+by\b[^()]*(\blimit\b[^()]*)?$", query.strip(), re.IGNORECASE)
        try:
            answer = duck.sql(query if ordered else f"FROM ({query.strip().rstrip(';')}) ORDER BY ALL")
            if spark is None:
                return _typed(_encoded(answer.to_arrow_reader(_AT_ONCE)) if categories else answer.to_arrow_table())
            shape = answer.limit(0).to_arrow_table().schema
            spilled.mkdir(exist_ok=True)
            for name in frames:
                duck.execute(f"COPY (FROM {name}) TO {_text(spilled / name)} (FORMAT parquet)")
        except duckdb.CatalogException as error:
            raise QueryError(f"{_first(error)}; the tables of {folder}: {', '.join(there) or 'none yet'}") from error
        except duckdb.Error as error:
            raise QueryError(f"the query has no answer: {_first(error)}") from error
        sent = {name: spilled / name for name in frames}
        try:
            found = spark.answer(query, bool(ordered), files, sent, ROW if ROW in query else None)
        except spark.Failed as error:
            raise QueryError(f"Spark has no answer to what DuckDB reads as a query: {error}") from error
    if set(found.column_names) == set(shape.names):  # of a join with USING Spark puts the columns that it joins by first
        found = found.select(shape.names)
    found = found.rename_columns(shape.names).cast(shape)
    return _typed(_encoded(found.to_reader(_AT_ONCE)) if categories else found)


@contextmanager
def _asking(folder: Path, memory: str, size: int) -> Iterator[tuple["duckdb.DuckDBPyConnection", Path]]:
    """Give a connection of its own to a query of tables of `size` bytes, and the folder in which it may spill, then removed."""
    opened, spilled = _opened(folder, memory)
    try:
        with opened.cursor() as duck:
            yield duck, spilled
    finally:
        if size > _SMALL or spilled.exists():  # what it has once held the engine keeps until it ends
            _opened.cache_clear()
            del opened
            shutil.rmtree(spilled, ignore_errors=True)


@lru_cache(maxsize=2)
def _opened(folder: Path, memory: str) -> tuple["duckdb.DuckDBPyConnection", Path]:
    """Return an engine that may read one folder, and its folder for spilling: to start one takes as long as ten small queries."""
    import duckdb

    spilled = (folder if folder.is_dir() else Path(tempfile.gettempdir())) / f".sql-{secrets.token_hex(4)}"
    allowed = ", ".join(_text(path) for path in (folder, spilled))
    settings = {
        "memory_limit": _text(memory), "threads": 1, "temp_directory": _text(spilled), "allowed_directories": f"[{allowed}]",
        "autoinstall_known_extensions": "false", "enable_external_access": "false",
    }  # fmt: skip
    duck = duckdb.connect()
    for name, value in settings.items():
        duck.execute(f"SET {name} = {value}")
    return duck, spilled


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_opened.cache_clear)  # an engine has threads, which a fork would not have


def _encoded(batches: pa.RecordBatchReader) -> pa.Table:
    """Return a table whose texts are numbers and a list of what they stand for, made some rows at a time."""
    texts, tables = [i for i, field in enumerate(batches.schema) if pa.types.is_string(field.type)], []
    for table in (batches.schema.empty_table(), *(pa.Table.from_batches([batch]) for batch in batches)):
        for i in texts:
            table = table.set_column(i, table.field(i).name, table.column(i).dictionary_encode())
        tables.append(table)
    return pa.concat_tables(tables).unify_dictionaries()


def _on_spark():
    """Return the module that asks Spark where the environment says so; None for DuckDB. Raises EngineError for another name."""
    named = os.environ.get(engine.SQL) or engine.SQL_ENGINES[0]
    if named not in engine.SQL_ENGINES:
        raise engine.EngineError(f"{engine.SQL} is one of {', '.join(engine.SQL_ENGINES)}, not {named!r}")
    if named == "duckdb":
        return None
    from helpers import spark

    return spark


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
