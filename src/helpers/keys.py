"""Tables of one folder against each other: keys that a table names must be there, rows that it must have must not be missing."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers import catalogue
from helpers.catalogue import SchemaError, Table
from helpers.distinct import distinct


def check(path: Path, name: str, folder: Path, remedy: str = "") -> None:
    """Hold the table `name` in the file `path` against those of `folder` that the catalogue says it refers to or covers.

    Raises SchemaError that names up to five keys and the notebook to run (`remedy`, else the maker of the other table). What
    `folder` does not have yet is not asked. Memory: eight bytes a key.
    """
    about = catalogue.table(name)
    fields = {field.name for field in about.fields} & set(pq.read_schema(path).names)
    for field in about.fields:
        if field.name in fields and (other := _there(folder, field.refers)):
            key = catalogue.table(field.refers).key[0]
            strangers = _without(_keys(path, field.name), _known(other, key, _written(other)))
            if len(strangers):
                named = _named(path, field.name, strangers)
                problem = f"{field.name} has values that {field.refers} does not have ({len(strangers)}): {named}"
                raise SchemaError(f"table {name}: {problem}; {remedy or _run(field.refers, about)}")
    if other := _there(folder, about.covers):
        key = catalogue.table(about.covers).key[0]
        lost = _without(_known(other, key, _written(other)), _keys(path, key))
        if len(lost):
            problem = f"rows of {about.covers} that have none here ({len(lost)}): {_named(other, key, lost)}"
            raise SchemaError(f"table {name}: {problem}; {remedy or _run(about.covers, about)}")


def check_if_older(path: Path, name: str) -> None:
    """Check a table that is read when one that it refers to or covers was written after it; the remedy is its own notebook."""
    about = catalogue.table(name)
    others = {about.covers, *(field.refers for field in about.fields)}
    written = _written(path)
    if any(_written(other) > written for table in others if (other := _there(path.parent, table))):
        check(path, name, path.parent, f"run notebooks/{about.maker}.ipynb again")


def _run(other: str, about: Table) -> str:
    maker = catalogue.table(other).maker
    return f"run notebooks/{maker}.ipynb again" + (f", then {about.maker}" if maker != about.maker else "")


def _there(folder: Path, name: str) -> Path | None:
    path = folder / f"{name}.parquet"
    return path if name and path.exists() else None


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


@lru_cache(maxsize=4)
def _known(path: Path, column: str, _written: int) -> np.ndarray:
    """Return the keys of a table to which many refer; they are remembered until it is written again."""
    return _keys(path, column)


def _keys(path: Path, column: str) -> np.ndarray:
    """Return the distinct values of a column as sorted hashes of 64 bits, read one row group after the other."""
    found, n = np.empty(pq.read_metadata(path).num_rows, np.uint64), 0
    for values in _groups(path, column):
        found[n : n + len(values)] = _hashed(values)
        n += len(values)
    found = found[:n]
    found.sort()  # in place: there are millions
    return found if (found[1:] != found[:-1]).all() else distinct(found)


def _without(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the hashes of `some` that are none of `others`, both sorted."""
    if not len(others):
        return some
    return some[others[np.minimum(np.searchsorted(others, some), len(others) - 1)] != some]


def _groups(path: Path, column: str):
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield pc.unique(file.read_row_group(group, columns=[column])[column].drop_null())


def _hashed(values: pa.Array) -> np.ndarray:
    return pd.util.hash_array(values.to_numpy(zero_copy_only=False), categorize=False)


def _named(path: Path, column: str, hashes: np.ndarray) -> str:
    """Return the first five values of a column that have one of the hashes."""
    found: list[str] = []
    for values in _groups(path, column):
        mask = np.isin(_hashed(values), hashes)
        found += [str(value) for value in values.filter(pa.array(mask)).to_pylist()]
        if len(found) >= 5:
            break
    return ", ".join(found[:5])
