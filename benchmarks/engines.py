"""Every statement of a run over a panel of 10,000 documents, on DuckDB and on Spark: the same answers, and how long they take.

`python -m benchmarks.engines [MASTER]`, with the extra `spark`. Four documents of `benchmarks.invented` go through all
notebooks and the report; their tables, each document 2,500 times under other names, are the panel.
"""

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks import invented, large
from helpers import engine, store
from tests import asked

_TIMES, _N = 2_500, 4


def main(master: str = "local-cluster[2,1,1024]") -> None:
    """Print a row a statement: who asks, rows of the answer, seconds on DuckDB and on Spark."""
    with tempfile.TemporaryDirectory() as scratch:
        raw, panel = Path(scratch) / "raw", Path(scratch) / "panel"
        invented.write(raw, _N * 18_000)
        few, statements = large.steps(Path(scratch) / "few", raw)
        large.grow(few, panel, _TIMES)
        with engine.environment({engine.MASTER: master}):
            print(*compare(statements, panel), sep="\n")


def compare(statements: list[asked.Statement], panel: Path) -> list[str]:
    """Return the rows; raises AssertionError where answers differ in a value, a type or their order."""
    taken = dict.fromkeys(engine.SQL_ENGINES, 0.0)
    n_units = store.n_rows(panel, "units")
    lines = [f"{store.n_rows(panel, 'documents')} documents, {n_units} units; {len(statements)} statements"]
    twice = [statements[0], *statements]  # the first one: starting an engine is another matter
    for one, frames in zip(twice, large.beside(twice, panel), strict=True):
        found, row = [], []
        for name in engine.SQL_ENGINES:
            start = time.perf_counter()
            with engine.environment({engine.SQL: name}):
                found.append(store.sql(one.query, panel, **frames))
            row.append(time.perf_counter() - start)
            taken[name] += row[-1]
        pd.testing.assert_frame_equal(*found, check_exact=True)
        if len(lines) == 1:
            taken = dict.fromkeys(engine.SQL_ENGINES, 0.0)
        words = " ".join(one.query.split())[:60]
        lines.append(f"| {one.by[0]} {one.by[1]} | {words} | {len(found[0])} | {row[0]:.2f} | {row[1]:.2f} |")
        print(lines[-1], file=sys.stderr, flush=True)
    return [*lines, " ".join(f"{name} {seconds:.1f} s" for name, seconds in taken.items())]


if __name__ == "__main__":
    main(*sys.argv[1:])
