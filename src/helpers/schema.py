"""Every table's columns, types, units and categories: declared once in `schema.yml`, checked here, described for readers."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd
import yaml

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # what yaml.safe_load does, in C: seven times as fast
_PANDAS = {"str": "str", "int": "Int64", "year": "Int64", "float": "float64", "share": "float64", "bool": "bool"}


class SchemaError(ValueError):
    """A table does not have the declared shape; the message names the table, the column and the offending rows."""


@dataclass(frozen=True)
class Column:
    """One declared column: `type` is a word of the schema file, `categories` lists the values allowed (or none)."""

    name: str
    type: str
    about: str
    categories: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One declared table with its columns in order; `csv` tells whether a .csv is written beside the Parquet file."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    csv: bool = False

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


@cache
def tables() -> dict[str, Table]:
    """Read the declared tables, by name."""
    raw = SafeLoader(files("helpers").joinpath("schema.yml").read_text(encoding="utf-8")).get_single_data()
    return {name: _table(name, entry) for name, entry in raw.items()}


def _table(name: str, entry: dict) -> Table:
    columns = tuple(_column(column, *spec) for column, spec in entry["columns"].items())
    return Table(name, entry["about"], columns, tuple(entry["key"]), entry.get("csv", False))


def _column(name: str, type_: str | list[str], about: str, required: str = "") -> Column:
    if isinstance(type_, list):
        return Column(name, "str", about, tuple(type_), bool(required))
    return Column(name, type_, about, (), bool(required))


def table(name: str) -> Table:
    """Return the declaration of one table; raise SchemaError with the known names when there is none."""
    if name not in tables():
        raise SchemaError(f"no table is called {name!r}; known tables: {', '.join(sorted(tables()))}")
    return tables()[name]


def empty(name: str) -> pd.DataFrame:
    """Return a frame without rows in the declared shape."""
    return pd.DataFrame({c.name: pd.Series(dtype=_PANDAS[c.type]) for c in table(name).columns})


def declared(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the declared columns of `frame`, in order; a frame without rows gets the declared types."""
    return frame[table(name).names] if len(frame) else empty(name)


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `frame` with the declared columns, in order and in the declared types.

    Raises SchemaError when a column is missing or undeclared, a required cell is empty, a category is unknown,
    a share lies outside 0 to 1, or the key is not unique; the message names up to five offending rows.
    """
    declared = table(name)
    missing = [c for c in declared.names if c not in frame.columns]
    extra = [c for c in frame.columns if c not in declared.names]
    if missing or extra:
        raise SchemaError(f"table {name}: missing columns {missing}, undeclared columns {extra}")
    out = frame[declared.names].reset_index(drop=True)
    for column in declared.columns:
        out[column.name] = _cast(out[column.name], column, name)
    for column in declared.columns:
        _check_column(out, column, declared)
    duplicated = out.duplicated(list(declared.key), keep=False)
    if duplicated.any():
        raise SchemaError(f"table {name}: key {list(declared.key)} is not unique in {_rows(out, duplicated, declared)}")
    return out


def _cast(values: pd.Series, column: Column, name: str) -> pd.Series:
    try:
        return values.astype(_PANDAS[column.type])
    except (TypeError, ValueError) as error:
        raise SchemaError(f"table {name}, column {column.name}: not {column.type}: {error}") from error


def _check_column(frame: pd.DataFrame, column: Column, declared: Table) -> None:
    values = frame[column.name]
    bad = {"is empty": values.isna()} if column.required else {}
    if column.categories:
        bad[f"is none of {', '.join(column.categories)}"] = values.notna() & ~values.isin(column.categories)
    if column.type == "share":
        bad["is outside 0 to 1"] = values.notna() & ~values.between(-1e-9, 1 + 1e-9)
    for problem, rows in bad.items():
        if rows.any():
            where = _rows(frame, rows, declared)
            raise SchemaError(f"table {declared.name}, column {column.name} {problem} in {int(rows.sum())} rows: {where}")


def _rows(frame: pd.DataFrame, rows: pd.Series, declared: Table) -> str:
    return "; ".join(str(tuple(row)) for row in frame.loc[rows, list(declared.key)].head(5).itertuples(index=False))


def data_dictionary() -> str:
    """Describe every table and column in Markdown."""
    lines = ["# Data dictionary", "", "Generated from `src/helpers/schema.yml`; do not edit by hand.", ""]
    lines += [
        "Beside the folder of these tables lies one that ends in `.parts`. It is a cache, one file a document and step: what was",
        "read and coded is not done again in the next run. No table depends on it, and it may be deleted at any time.",
        "",
    ]
    for declared in tables().values():
        kind = "Parquet and CSV" if declared.csv else "Parquet"
        lines += [f"## {declared.name}", "", f"{declared.about.strip()} Key: {', '.join(declared.key)}. {kind}.", ""]
        lines += ["| column | type | may be empty | meaning |", "|---|---|---|---|"]
        for column in declared.columns:
            type_ = " / ".join(column.categories) or column.type
            lines.append(f"| {column.name} | {type_} | {'no' if column.required else 'yes'} | {column.about} |")
        lines.append("")
    return "\n".join(lines)
