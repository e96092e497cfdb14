"""Every statement of a run over a panel of 10,000 documents, on DuckDB and on Spark: the same answers, and how long they take.

`python -m benchmarks.engines [MASTER]`, with the extra `spark`. Four documents of `benchmarks.invented` go through all
notebooks and the report; their tables, each document 2,500 times under other names, are the panel.
"""

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import invented
from helpers import engine, pipeline, store
from tests import asked

_TIMES, _N = 2_500, 4
_DOCUMENT, _UNIT = ("doc_id", "other_doc_id"), ("unit_id",)
_MOST = 20_000  # units that a report carries, and so asks for by name


def main(master: str = "local-cluster[2,1,1024]") -> None:
    """Print a row a statement: who asks, rows of the answer, seconds on DuckDB and on Spark."""
    with tempfile.TemporaryDirectory() as scratch:
        out, noted, panel = (Path(scratch) / name for name in ("out", "asked", "panel"))
        raw = Path(scratch) / "raw"
        invented.write(raw, _N * 18_000)
        with asked.noted(noted):
            pipeline.Run(pipeline.Folders(raw, out), {"coder": "linear"}, jobs=2)()
        multiply(out / "processed", panel)
        with engine.environment({engine.MASTER: master}):
            print(*compare(asked.read(noted), panel), sep="\n")


def multiply(processed: Path, panel: Path) -> None:
    """Write each table with each document under 2,500 names."""
    panel.mkdir(parents=True)
    for file in sorted(processed.glob("*.parquet")):
        table = pq.read_table(file)
        with pq.ParquetWriter(panel / file.name, table.schema, compression="zstd") as writer:
            for copies in engine.batches(range(_TIMES), 100) if _ids(table.column_names) else [[0]]:
                writer.write_table(pa.concat_tables([_renamed(table, copy) for copy in copies]))


def _ids(columns) -> list[str]:
    return [name for name in columns if name in _DOCUMENT + _UNIT]


def _renamed(table: pa.Table, copy: int) -> pa.Table:
    """Put the number of the copy behind each document's name; a unit is named by its document and its place."""
    for name in _ids(table.column_names):
        pattern = "^(.*):" if name in _UNIT else "^(.*)$"
        put = rf"\1-{copy:05d}:" if name in _UNIT else rf"\1-{copy:05d}"
        column = pc.replace_substring_regex(table[name].cast(pa.large_string()), pattern, put)
        table = table.set_column(table.column_names.index(name), name, column.cast(table[name].type))
    return table


def _frames(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return what stands beside the tables, of the panel: all its documents, as many of its units as a report asks for."""
    found = {}
    for name, frame in frames.items():
        if _ids(frame):
            table, most = pa.Table.from_pandas(frame, preserve_index=False), _MOST if "unit_id" in frame else None
            frame = pa.concat_tables([_renamed(table, copy) for copy in range(_TIMES)]).to_pandas()[:most]
        found[name] = frame
    return found


def compare(statements: list[asked.Statement], panel: Path) -> list[str]:
    """Return the rows; raises AssertionError where answers differ in a value, a type or their order."""
    taken = dict.fromkeys(engine.SQL_ENGINES, 0.0)
    n_units = store.n_rows(panel, "units")
    lines = [f"{store.n_rows(panel, 'documents')} documents, {n_units} units; {len(statements)} statements"]
    for one in [statements[0], *statements]:  # the first one twice: starting an engine is another matter
        found, row = [], []
        frames = _frames(one.frames)
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
