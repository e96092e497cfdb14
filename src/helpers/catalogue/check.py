"""Frames against the catalogue: the declared columns in the declared types, or one sentence that names the rows."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.catalogue.load import tables, views
from helpers.catalogue.model import Field, Table
from helpers.distinct import distinct

_PANDAS = {
    "str": "str", "int": "Int64", "year": "Int64", "float": "float64", "share": "float64", "bool": "bool", "maybe": "boolean",
}  # fmt: skip


class SchemaError(ValueError):
    """A table does not have the declared shape; the message names the table, the column and the offending rows."""


def table(name: str) -> Table:
    """Return the declaration of one table; raise SchemaError with the known names when there is none."""
    known = tables() if name in tables() else views()
    if name not in known:
        raise SchemaError(f"no table is called {name!r}; known tables: {', '.join(sorted(tables()))}")
    return known[name]


def pandas_type(field: Field) -> str:
    """Return the pandas type of a field."""
    return _PANDAS[field.type]


def empty(name: str) -> pd.DataFrame:
    """Return a frame without rows in the declared shape."""
    return pd.DataFrame({field.name: pd.Series(dtype=_PANDAS[field.type]) for field in table(name).fields})


def declared(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the declared columns of `frame`, in order; a frame without rows gets the declared types."""
    return frame[table(name).names] if len(frame) else empty(name)


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `frame` with the declared columns, in order and in the declared types.

    Raises SchemaError when a column is missing or undeclared, a required cell is empty, a category is unknown,
    a share lies outside 0 to 1, a lower bound or a start lies above its upper bound or end, or the key is not unique; the message
    names up to five offending rows.
    """
    about = table(name)
    missing = [field for field in about.names if field not in frame.columns]
    extra = [column for column in frame.columns if column not in about.names]
    if missing or extra:
        raise SchemaError(f"table {name}: missing columns {missing}, undeclared columns {extra}")
    out = frame[about.names].reset_index(drop=True)
    for field in about.fields:
        out[field.name] = _cast(out[field.name], field, name)
    for field in about.fields:
        _check_field(out, field, about)
    for low, high in about.ranges:
        turned = (out[low] > out[high]).fillna(False).astype(bool)
        if turned.any():
            raise SchemaError(f"table {name}: {low} is above {high} in {int(turned.sum())} rows: {_rows(out, turned, about)}")
    if n_different(pa.Table.from_pandas(out[list(about.key)], preserve_index=False).columns) < len(out):
        duplicated = out.duplicated(list(about.key), keep=False)
        raise SchemaError(f"table {name}: key {list(about.key)} is not unique in {_rows(out, duplicated, about)}")
    return out


def fits(rows: pa.Table, name: str) -> bool:
    """Tell whether Arrow rows in the declared columns and types pass `check`, without making a frame of them."""
    about = table(name)
    for field in about.fields:
        values = rows[field.name]
        floats = pa.types.is_floating(values.type)
        if field.required and (values.null_count or floats and pc.any(pc.is_nan(values)).as_py()):
            return False
        if field.categories and not set(pc.unique(values).to_pylist()) <= {*field.categories, None}:
            return False
        if field.type == "share" and pc.any(pc.or_(pc.less(values, -1e-9), pc.greater(values, 1 + 1e-9))).as_py():
            return False
    if any(pc.any(pc.greater(rows[low], rows[high])).as_py() for low, high in about.ranges):
        return False
    return n_different([rows[name] for name in about.key]) == rows.num_rows


def n_different(columns: list[pa.ChunkedArray]) -> int:
    """Count the different rows of some columns by the numbers of their values: grouping by texts takes ten times as long."""
    number, n = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        values = column.combine_chunks().dictionary_encode(null_encoding="encode")
        if n * len(values.dictionary) >= 2**62:
            number, n = np.unique(number, return_inverse=True)[1], len(number)
        number, n = number * len(values.dictionary) + values.indices.to_numpy(), n * len(values.dictionary)
    return len(distinct(number))


def _cast(values: pd.Series, field: Field, name: str) -> pd.Series:
    try:
        return values.astype(_PANDAS[field.type])
    except (TypeError, ValueError) as error:
        raise SchemaError(f"table {name}, column {field.name}: not {field.type}: {error}") from error


def _check_field(frame: pd.DataFrame, field: Field, about: Table) -> None:
    values = frame[field.name]
    bad = {"is empty": values.isna()} if field.required else {}
    if field.categories:
        bad[f"is none of {', '.join(field.categories)}"] = values.notna() & ~values.isin(field.categories)
    if field.type == "share":
        bad["is outside 0 to 1"] = values.notna() & ~values.between(-1e-9, 1 + 1e-9)
    for problem, rows in bad.items():
        if rows.any():
            where = _rows(frame, rows, about)
            raise SchemaError(f"table {about.name}, column {field.name} {problem} in {int(rows.sum())} rows: {where}")


def _rows(frame: pd.DataFrame, rows: pd.Series, about: Table) -> str:
    return "; ".join(str(tuple(row)) for row in frame.loc[rows, list(about.key)].head(5).itertuples(index=False))
