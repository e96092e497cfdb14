"""Tables of one folder fit each other: what is named is there, what must be there is not missing, or one sentence says so."""

import os

import pandas as pd
import pyarrow.parquet as pq
import pytest
from invented_rows import rows

from helpers import catalogue, keys, store

REFERRING = sorted(
    (name, field.name, field.refers) for name, about in catalogue.tables().items() for field in about.fields if field.refers
)


def ids(table: str, field: str, *numbers: int) -> list:
    kind = next(f.type for f in catalogue.table(table).fields if f.name == field)
    return [n if kind == "int" else f"d:{n:05}" for n in numbers]


@pytest.mark.parametrize(("name", "field", "other"), REFERRING)
def test_every_declared_reference_is_held_where_the_table_is_written(tmp_path, name, field, other):
    key = catalogue.table(other).key[0]
    there = ids(other, key, 1, 2) + (["x"] if key.endswith("_id") or key == "term" else [])  # what `rows` puts elsewhere
    store.write_table(tmp_path, other, rows(other, **{key: there}))
    stranger = rows(name, **{field: ids(name, field, 1, 7)}).drop_duplicates(list(catalogue.table(name).key))
    stranger = stranger if len(stranger) == 2 else rows(name, **{field: ids(name, field, 7)})
    with pytest.raises(
        catalogue.SchemaError,
        match=rf"{field} has values that {other} does not have \(1\): (d:0000)?7; run notebooks/{catalogue.table(other).maker}",
    ):
        store.write_table(tmp_path, name, stranger)
    assert not (tmp_path / f"{name}.parquet").exists() and not list(tmp_path.glob(".*"))


def test_what_is_written_piece_by_piece_is_held_too(tmp_path):
    store.write_table(tmp_path, "documents", rows("documents", doc_id=["a"]))
    with pytest.raises(catalogue.SchemaError, match=r"doc_id has values that documents does not have \(1\): b"):
        store.write_parts(tmp_path, "repairs", [rows("repairs", doc_id=["a"]), rows("repairs", doc_id=["b"])])
    assert not (tmp_path / "repairs.parquet").exists()


@pytest.mark.parametrize("name", [name for name, about in catalogue.tables().items() if about.covers])
def test_a_table_that_must_have_a_row_for_each_is_refused_without_one(tmp_path, name):
    other = catalogue.table(name).covers
    key = catalogue.table(other).key[0]
    store.write_table(tmp_path, other, rows(other, **{key: ["d:1", "d:2"]}))
    with pytest.raises(catalogue.SchemaError, match=rf"rows of {other} that have none here \(1\): d:2"):
        store.write_table(tmp_path, name, rows(name, **{key: ["d:1"]}))


def test_a_table_older_than_what_it_refers_to_is_looked_at_when_it_is_read(tmp_path):
    store.write_table(tmp_path, "units", rows("units", unit_id=["d:1"]))
    codes = store.write_table(tmp_path, "codes", rows("codes", unit_id=["d:1"]))
    store.write_table(tmp_path, "units", rows("units", unit_id=["d:1"]))  # 01 ran again and nothing changed
    pd.testing.assert_frame_equal(store.read_table(tmp_path, "codes"), codes)
    store.write_table(tmp_path, "units", rows("units", unit_id=["d:1", "d:2"]))
    os.utime(tmp_path / "codes.parquet", ns=(1, 1))
    with pytest.raises(
        catalogue.SchemaError, match=r"rows of units that have none here \(1\): d:2; run notebooks/03_tools.ipynb again"
    ):
        store.read_table(tmp_path, "codes")


def test_empty_cells_name_nothing(tmp_path):
    store.write_table(tmp_path, "topics", rows("topics", topic=[1]))
    store.write_table(tmp_path, "unit_topics", rows("unit_topics", unit_id=["a", "b"], topic=[1, None]))


def test_a_file_says_what_it_holds(tmp_path):
    store.write_table(tmp_path, "tool_shares", catalogue.empty("tool_shares"))
    store.write_parts(tmp_path, "units", [rows("units", unit_id=["a"])])
    for name in ("tool_shares", "units"):
        about = pq.read_schema(tmp_path / f"{name}.parquet").metadata
        assert about[b"description"].decode() == catalogue.table(name).about
        assert about[b"key"].decode() == ", ".join(catalogue.table(name).key)


def test_keys_are_compared_group_by_group(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_GROUP", 2)
    many = [rows("units", unit_id=[f"d:{i}"]) for i in range(7)]
    store.write_parts(tmp_path, "units", many)
    assert len(keys._keys(tmp_path / "units.parquet", "unit_id")) == 7
