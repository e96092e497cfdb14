"""The SQL of `store.sql` on Spark: ibis and sqlglot say it in Spark's dialect, executors read the tables where they lie."""

import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pyarrow as pa

from helpers.engine import MASTER, EngineError

_INSTALL = "python -m pip install '.[spark]'"
_CAUSE = "Caused by: "
_SETTINGS = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF",
    # A table is sent whole to every executor if it is seen to be small, not if its file is: ours hold many times their size.
    "spark.sql.autoBroadcastJoinThreshold": "-1", "spark.sql.adaptive.autoBroadcastJoinThreshold": "10MB",
}  # fmt: skip


class Failed(Exception):
    """Spark has no answer; the message is its own first sentence."""


def answer(query: str, ordered: bool, tables: Mapping[str, Path], frames: Mapping[str, Path], row: str | None = None) -> pa.Table:
    """Return what Spark answers to a query in DuckDB's dialect, ordered by all columns where it says no order.

    `tables` and `frames` are Parquet files by the names that the query calls them, on a file system that all executors see;
    with `row` each table has a column of that name, the place of a row in its file. Raises Failed, and EngineError as `check`
    does or where Spark does not start.
    """
    connection = connected(os.environ.get(MASTER, ""))
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from sqlglot.errors import SqlglotError

    session = connection._session
    try:
        for name, file in {**tables, **frames}.items():
            columns = ["*", f"_metadata.row_index AS {row}"] if row and name in tables else ["*"]
            session.read.parquet(str(file)).selectExpr(*columns).createOrReplaceTempView(name)
        return connection.raw_sql(translated(query, ordered, connection.dialect)).toArrow()
    except (PySparkException, Py4JError, SqlglotError) as error:
        raise Failed(cause(error)) from error


def cause(error: Exception) -> str:
    """Return the sentence that says what went wrong: of a failure in Java that of its first cause, else the error's own first."""
    said = str(error).strip().splitlines()
    return [said[0], *(line.removeprefix(_CAUSE) for line in said if line.startswith(_CAUSE))][-1]


def translated(query: str, ordered: bool = True, dialect: object = "spark") -> str:
    """Return a query of DuckDB's dialect in Spark's, ordered by all columns unless it is `ordered`.

    Empty cells come last in any order, as with DuckDB. Raises sqlglot's errors for what Spark cannot say.

    >>> translated("FROM codes SELECT statement, count(*) AS n GROUP BY ALL", ordered=False)
    'SELECT * FROM (SELECT statement, COUNT(*) AS n FROM codes GROUP BY ALL) ORDER BY ALL NULLS LAST'
    """
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(query if ordered else f"FROM ({query.strip().rstrip(';')}) ORDER BY ALL", read="duckdb")
    for node in tree.find_all(exp.RegexpLike, exp.RegexpReplace, exp.RegexpExtract):
        if isinstance(pattern := node.expression, exp.Literal):
            pattern.replace(exp.Literal.string(_of_java(pattern.this)))
        once = isinstance(node, exp.RegexpReplace) and "g" not in str(node.args.get("modifiers") or "")
        if once and not re.match(r"\^|.*(?<!\\)\$$", pattern.name, re.DOTALL):
            raise sqlglot.errors.UnsupportedError("regexp_replace without 'g' or an anchor: Spark replaces all that is found")
    return tree.sql(dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _of_java(pattern: str) -> str:
    """Return a regular expression of DuckDB (RE2) as Java reads it the same: `$` is the end alone, `.` all but a line feed."""

    def part(found: re.Match) -> str:
        if found[0] == "$":
            return r"\z"
        return found[0] if found[0][0] == "\\" else "[" + found[0][1:].replace("&&", r"&\&").replace("[", r"\[")

    return "(?d)" + re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", part, pattern, flags=re.DOTALL)


def check() -> None:
    """Raise EngineError where a package or Java is missing."""
    try:
        with _quiet():
            import ibis.backends.pyspark  # noqa: F401
            import pyspark  # noqa: F401
    except ImportError as error:
        raise EngineError(f"--engine spark needs packages that are not installed ({error.name}): {_INSTALL}") from None
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java", path=f"{home}/bin" if home else None):
        where = f"JAVA_HOME ({home}) has none" if home else "there is none on the PATH"
        raise EngineError(f"--engine spark needs Java 17 or later, and {where}: install it, or set JAVA_HOME")


@cache
def connected(master: str):
    """Return this process's ibis connection to Spark at `master` (empty: as its own settings say, else on this machine)."""
    check()
    import ibis
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("county-policy-notebooks")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)  # what went wrong is told once, by Failed
    with _quiet(), _own_stderr() as said:
        try:
            session = (builder.master(master) if master else builder).getOrCreate()
        except Exception as error:  # of any kind: the JVM's own, Py4J's, a socket's
            told = [line for line in (*said(), *str(error).splitlines()) if line.strip()]
            at = f" at {master}" if master else ""
            raise EngineError(f"Spark does not start{at}: {told[-1].strip() if told else type(error).__name__}") from None
        return ibis.pyspark.connect(session)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the packages' remarks about each other's versions from the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _own_stderr() -> Iterator[object]:
    """Let a process that is started meanwhile write its log into a file of its own; yields what reads its lines."""
    with tempfile.TemporaryFile() as log:
        sys.stderr.flush()
        before = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            yield lambda: log.seek(0) or log.read().decode("utf-8", "replace").splitlines()
        finally:
            os.dup2(before, 2)
            os.close(before)
