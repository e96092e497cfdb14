"""The edge between tables and files: where folders are, and tables written whole or not at all."""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import catalogue, engine, keys, notices
from helpers.asked import Refused
from helpers.rows import all_harmless, harmless
from helpers.where import PROJECT_ROOT, resolve

READ = "HELPERS_READ"  # names the file in which a notebook says which raw documents it read, with their checksums
CSV_ROWS = 100_000  # rows up to which a table is a CSV file too: a spreadsheet of more helps nobody
DECIMALS = 6
_LAST: dict[str, Path] = {}  # the folder whose tables were last read or written: that of the notebook


class MissingTable(Refused, FileNotFoundError):
    """A table is not there yet; the message names the notebook that makes it."""


def or_shipped(folder: str | Path, name: str) -> Path:
    """Return the file `name` of a gold folder; where a team's folder lacks it, the file that ships."""
    own = resolve(folder) / name
    return own if own.is_file() else PROJECT_ROOT / "data" / "gold" / name


def write_atomic(path: str | Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a temporary file beside `path`, then put it in place in one step."""
    path = Path(path)
    partial = _beside(path)
    try:
        write(partial)
        _put(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))  # as the user's umask has it
    return partial


def _put(partial: Path, path: Path) -> None:
    os.replace(partial, path)
    notices.written(path)


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text with line feeds, whole or not at all."""
    return write_atomic(path, lambda partial: partial.write_bytes(text.encode("utf-8")))


def write_table(processed_dir: str | Path, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Check `frame` against the catalogue, round its floats, write Parquet (and CSV where declared), return what was written.

    Raises SchemaError where columns, types, categories or the key do not fit, or keys of other tables in the folder are named
    that are not there (see `helpers.keys`).
    """
    if sources := catalogue.table(name).made_from:
        raise catalogue.SchemaError(f"table {name} is not written: it is made from {', '.join(sources)} where it is shown")
    frame = catalogue.check(frame, name).round(DECIMALS)
    folder = _LAST["folder"] = resolve(processed_dir)

    def write(partial: Path) -> None:  # in row groups of which `beside` reads the few that it needs
        pq.write_table(_described(_arrow(frame), name), partial, row_group_size=CSV_ROWS, compression="zstd")
        keys.check(partial, name, folder)

    write_atomic(folder / f"{name}.parquet", write)
    if catalogue.table(name).csv and len(frame) <= CSV_ROWS:
        write_csv(folder / f"{name}.csv", frame)
    elif catalogue.table(name).csv:
        without_csv(folder, name, len(frame))
    return frame


def without_csv(folder: Path, name: str, n: int) -> None:
    """Take away the CSV file of a former run, and say why there is none."""
    (folder / f"{name}.csv").unlink(missing_ok=True)
    notices.say(f"{name}: {n:,} rows, as Parquet only ({name}.parquet); tables of more than {CSV_ROWS:,} have no CSV file")


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _described(rows: pa.Table, name: str) -> pa.Table:
    """Let the file say what it holds: the table's description, its key and the notebook that makes it."""
    about = catalogue.table(name)
    return rows.replace_schema_metadata({"description": about.about, "key": ", ".join(about.key), "made_by": about.maker})


def write_csv(path: str | Path, frame: pd.DataFrame) -> Path:
    """Write UTF-8 CSV (with a mark) and line feeds in which no cell becomes a formula or a date in a spreadsheet."""
    return write_atomic(path, lambda partial: all_harmless(frame.round(DECIMALS)).to_csv(partial, **_CSV))


# A mark first: without it Excel on a Chinese Windows takes UTF-8 for GBK.
_CSV = {"index": False, "lineterminator": "\n", "encoding": "utf-8-sig"}


class TableWriter:
    """Writes a table piece by piece, so that it need not fit into memory: `with TableWriter(folder, name) as t: t.add(frame)`.

    What is added is gathered into row groups of at least 20,000 rows, each checked against the catalogue (the key within the
    group; what is added must not share keys); keys of other tables are checked at the end. Files appear then, whole; after an
    error the old ones stay.
    """

    def __init__(self, processed_dir: str | Path, name: str):
        self.name, self.n_rows = name, 0
        self._table = resolve(processed_dir) / f"{name}.parquet"
        self._csv = resolve(processed_dir) / f"{name}.csv" if catalogue.table(name).csv else None
        self._gathered: list[pa.Table] = []
        self._n_gathered = 0

    def __enter__(self) -> "TableWriter":
        self._partials = {path: _beside(path) for path in (self._table, self._csv) if path}
        self._writer = None
        return self

    def add(self, rows: pd.DataFrame | pa.Table) -> None:
        """Add rows, as a frame or as an Arrow table."""
        if isinstance(rows, pd.DataFrame):
            rows = to_arrow(rows, self.name)
        if rows.num_rows:
            self._gathered.append(rows)
            self._n_gathered += rows.num_rows
        if self._n_gathered >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        rows = pa.concat_tables(self._gathered).combine_chunks() if self._gathered else _arrow(catalogue.empty(self.name))
        arrow = _described(_sound(rows, self.name), self.name)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._partials[self._table], arrow.schema, compression="zstd")
        self._writer.write_table(arrow, row_group_size=max(len(arrow), 1))
        self.n_rows += len(arrow)
        self._gathered, self._n_gathered = [], 0

    def __exit__(self, kind, *_error) -> None:
        try:
            if kind is None:
                if self._gathered or self._writer is None:
                    self._flush()
                self._writer.close()
                keys.check(self._partials[self._table], self.name, self._table.parent)
                if self._csv and self.n_rows <= CSV_ROWS:
                    self._write_csv()
                elif self._csv:
                    self._partials.pop(self._csv).unlink(missing_ok=True)
                for path, partial in self._partials.items():
                    _put(partial, path)
                if self._csv and self._csv not in self._partials:
                    without_csv(self._table.parent, self.name, self.n_rows)
        finally:
            if kind is not None and self._writer is not None:
                with suppress(OSError):  # a full disk is told once, by what failed first
                    self._writer.close()
            for partial in self._partials.values():
                partial.unlink(missing_ok=True)

    def _write_csv(self) -> None:
        """Write the CSV file from the finished table: of one that grew too long for it nothing is written in vain."""
        with pq.ParquetFile(self._partials[self._table]) as file:
            for group in range(max(file.num_row_groups, 1)):
                rows = file.read_row_group(group).to_pandas() if file.num_row_groups else catalogue.empty(self.name)
                more = {"mode": "a", "header": False, "encoding": "utf-8"} if group else {}  # one mark a file
                all_harmless(_typed(rows, self.name)).to_csv(self._partials[self._csv], **{**_CSV, **more})


def _sound(rows: pa.Table, name: str) -> pa.Table:
    """Return rows as they are written: checked against the catalogue, floats rounded; frames are made only of unsound ones."""
    if rows.schema.equals(arrow_schema(name)) and catalogue.fits(rows, name):
        floats = [i for i, field in enumerate(rows.schema) if pa.types.is_floating(field.type)]
        for i in floats:
            values = np.round(rows.column(i).to_numpy(), DECIMALS)
            rows = rows.set_column(i, rows.schema.field(i), pa.array(values, from_pandas=True))
        return rows
    return _arrow(catalogue.check(rows.to_pandas(), name).round(DECIMALS))


def write_parts(processed_dir: str | Path, name: str, frames: Iterable[pd.DataFrame | pa.Table]) -> int:
    """Write a table from frames that come one after the other; return its number of rows."""
    with TableWriter(processed_dir, name) as table:
        for frame in frames:
            table.add(frame)
    return table.n_rows


def to_arrow(frame: pd.DataFrame, name: str) -> pa.Table:
    """Return the declared columns of a frame in the Arrow types of the table; they are checked when they are written."""
    return _arrow(frame[catalogue.table(name).names]).cast(arrow_schema(name))


def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow types of a declared table."""
    return pa.schema([(c.name, _ARROW[c.type]) for c in catalogue.table(name).fields])


_ARROW = {
    "str": pa.large_string(), "int": pa.int64(), "year": pa.int64(), "float": pa.float64(), "share": pa.float64(),
    "bool": pa.bool_(), "maybe": pa.bool_(),
}  # fmt: skip
_GROUP = 20_000


def read_table(processed_dir: str | Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table in its declared types; raise MissingTable naming the notebook that makes it."""
    return _typed(pd.read_parquet(_there(processed_dir, name), columns=columns), name)


def require(processed_dir: str | Path, *names: str) -> None:
    """Raise MissingTable where a table is not there, SchemaError where one speaks of other rows than those that it refers to."""
    for name in names:
        _there(processed_dir, name)


def sql(
    query: str, processed_dir: str | Path | None = None, memory: str = "300MB", categories: bool = False, **frames: pd.DataFrame
) -> pd.DataFrame:
    """Return the answer of an SQL query over the tables of a run, in any cell: `store.sql("FROM documents")`.

    Without `processed_dir`, of the folder whose tables were last read or written here. See `helpers.sql.ask`.
    """
    folder = resolve(processed_dir) if processed_dir else _LAST.get("folder", resolve("data/processed"))
    from helpers import sql as engine_of_sql  # workers that only write tables do not load it

    return engine_of_sql.ask(query, folder, memory, categories, **frames)


def iter_table(
    processed_dir: str | Path, name: str, columns: list[str] | None = None, batch_rows: int = 100_000, numbered: bool = False
) -> Iterator[pd.DataFrame]:
    """Read a table some rows at a time: frames of `batch_rows` rows or a little more, cut where row groups end.

    `numbered`: unit_id is the number of the row, as `file_row_number` in `sql`: what is kept of millions of units stays small.
    In `units` and what follows from it a row group holds whole documents. Raises MissingTable as `read_table` does.
    """
    with pq.ParquetFile(_there(processed_dir, name)) as file:
        run, done = [], 0
        for group in range(file.num_row_groups):
            run.append(group)
            if sum(file.metadata.row_group(g).num_rows for g in run) >= batch_rows or group == file.num_row_groups - 1:
                frame = file.read_row_groups(run, columns=columns).to_pandas()
                run = []
                if len(frame):
                    frame = _typed(frame if columns is None else frame[columns], name)
                    yield frame.assign(unit_id=np.arange(done, done + len(frame))) if numbered else frame
                done += len(frame)


def group_rows(processed_dir: str | Path, name: str) -> list[int]:
    """Return how many rows each row group of a table has."""
    about = pq.read_metadata(_there(processed_dir, name))
    return [about.row_group(group).num_rows for group in range(about.num_row_groups)]


def n_groups(processed_dir: str | Path, name: str) -> int:
    """Return the number of row groups of a table."""
    return pq.read_metadata(_there(processed_dir, name)).num_row_groups


def n_rows(processed_dir: str | Path, name: str) -> int | None:
    """Return the number of rows of a table, None where it is not made yet."""
    path = resolve(processed_dir) / f"{name}.parquet"
    return pq.read_metadata(path).num_rows if path.exists() else None


def read_group(processed_dir: str | Path, name: str, group: int, columns: list[str]) -> pd.DataFrame:
    """Read one row group of a table."""
    with pq.ParquetFile(_there(processed_dir, name)) as file:
        return _typed(file.read_row_group(group, columns=columns).to_pandas()[columns], name)


def by_batches(
    function: Callable[[pd.DataFrame], pd.DataFrame], processed_dir: str | Path, name: str,
    columns: list[str] | None = None, doc_ids: Iterable[str] | None = None, numbered: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Give `function` a table some rows at a time (see `iter_table`) and return its answers in one frame, for small answers.

    With `doc_ids`, only the rows of those documents (`columns` must hold doc_id).
    """
    wanted = None if doc_ids is None else set(doc_ids)
    answers = []
    for frame in iter_table(processed_dir, name, columns, numbered=numbered):
        answers.append(function(frame if wanted is None else frame[frame["doc_id"].isin(wanted)].reset_index(drop=True)))
        engine.give_back()
    answers = [answer for answer in answers if len(answer)]
    if not answers:
        return function(catalogue.empty(name) if columns is None else catalogue.empty(name)[columns])
    return pd.concat(answers, ignore_index=True)


def spread(n: int, most: int) -> np.ndarray:
    """Return the places of `most` rows evenly spread over `n`; of fewer, all.

    >>> spread(10, 4).tolist(), spread(3, 4).tolist()
    ([0, 2, 5, 7], [0, 1, 2])
    """
    some = min(n, most)
    return np.arange(some) * n // max(some, 1)


def some(processed_dir: str | Path, name: str, columns: list[str], most: int) -> pd.DataFrame:
    """Read `most` rows of a table, evenly spread over it; of fewer, all."""
    places = pd.DataFrame({"place": spread(n_rows(processed_dir, name) or 0, most)})
    query = f"SELECT {', '.join(columns)} FROM {name} JOIN places ON {name}.file_row_number = places.place ORDER BY place"
    return sql(query, processed_dir, places=places)


def beside(rows: pd.DataFrame, processed_dir: str | Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Return what another table says of the units of `rows` (unit_id); of a table in that order few row groups are read."""
    ids = rows["unit_id"]
    if not len(rows):
        return catalogue.empty(name)[columns or catalogue.table(name).names]
    there = [("unit_id", ">=", ids.min()), ("unit_id", "<=", ids.max())]
    found = pd.read_parquet(_there(processed_dir, name), columns=columns, filters=there)
    own = found[pd.Index(ids.unique()).get_indexer(found["unit_id"]) >= 0]  # `isin` compares texts one by one
    return _typed(own.reset_index(drop=True), name)


def _there(processed_dir: str | Path, name: str) -> Path:
    maker = catalogue.table(name).maker
    _LAST["folder"] = resolve(processed_dir)
    path = _LAST["folder"] / f"{name}.parquet"
    if not path.exists():
        raise MissingTable(f"table {name} is not in {processed_dir}: run notebooks/{maker}.ipynb first (or `make report`)")
    keys.check_if_older(path, name)
    return path


def _typed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    types = {c.name: catalogue.pandas_type(c) for c in catalogue.table(name).fields}
    return frame.astype({c: types[c] for c in frame.columns})


def csv_text(frame: pd.DataFrame) -> str:
    """Return `frame` as the CSV text that `write_csv` would write, for tests and downloads."""
    return frame.round(DECIMALS).map(harmless).to_csv(index=False, lineterminator="\n")
