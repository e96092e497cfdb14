"""Tables are written whole or not at all, and read back as they were."""

import pandas as pd
import pytest

from helpers import catalogue, store

_LABELS = {"label": "=1+1", "label_en": "=1+1", "label_zh": "=1+1"}
TOPIC = pd.DataFrame(
    [
        {
            "topic": 1,
            **_LABELS,
            "top_words": "园区 企业",
            "n_units": 3,
            "stability": 1 / 3,
            "stable": True,
            "shuffled_stability": 0.1,
            "largest": 0.5,
            "k_low": 0.1,
            "k_high": 0.2,
            "k_largest": 1.0,
        }
    ]
)


def test_a_table_comes_back_rounded_and_typed(tmp_path):
    written = store.write_table(tmp_path, "topics", TOPIC)
    pd.testing.assert_frame_equal(store.read_table(tmp_path, "topics"), written)
    assert written["stability"].item() == 0.333333


@pytest.mark.parametrize("name", sorted(catalogue.views()))
def test_a_table_that_only_puts_names_on_others_is_not_written(tmp_path, name):
    with pytest.raises(catalogue.SchemaError, match="is not written: it is made from"):
        store.write_table(tmp_path, name, catalogue.empty(name))


def test_same_table_same_bytes(tmp_path):
    store.write_table(tmp_path / "a", "topics", TOPIC)
    store.write_table(tmp_path / "b", "topics", TOPIC)
    assert (tmp_path / "a/topics.parquet").read_bytes() == (tmp_path / "b/topics.parquet").read_bytes()


def test_no_csv_cell_can_start_a_formula(tmp_path):
    store.write_table(tmp_path, "topics", TOPIC)
    assert "'=1+1" in (tmp_path / "topics.csv").read_text(encoding="utf-8")
    assert store.read_table(tmp_path, "topics")["label"].item() == "=1+1"  # the Parquet file keeps the text as it is


@pytest.mark.parametrize("cell", ["-3.5", "+12", "-8%", "-", "工业", "", 4, None])
def test_harmless_cells_stay(cell):
    assert store.harmless(cell) == cell


def test_a_missing_table_names_the_notebook_that_makes_it(tmp_path):
    with pytest.raises(store.MissingTable, match="03_tools"):
        store.read_table(tmp_path, "tool_shares")


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path):
    store.write_text(tmp_path / "x.txt", "old")

    def fail(partial):
        partial.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.write_atomic(tmp_path / "x.txt", fail)
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]
    assert (tmp_path / "x.txt").read_text() == "old"


def test_relative_paths_start_at_the_project(monkeypatch, tmp_path):
    monkeypatch.chdir(store.PROJECT_ROOT / "notebooks")
    assert store.resolve("data/raw") == store.PROJECT_ROOT / "data/raw"
    monkeypatch.chdir(tmp_path)
    assert store.resolve("mine") == tmp_path / "mine"
    assert store.resolve("data/codebook") == store.PROJECT_ROOT / "data/codebook"  # shipped, and not here


@pytest.mark.parametrize("name", sorted(catalogue.tables()))
def test_an_empty_table_can_be_written_and_read(tmp_path, name):
    store.write_table(tmp_path, name, catalogue.empty(name))
    assert store.read_table(tmp_path, name).empty


def repairs(n: int, doc: str) -> pd.DataFrame:
    """`n` rows of the table `repairs` for one document; one cell looks like a formula, one is empty."""
    rows = [(doc, "dash", i, i + 1, "=1+1" if i == 0 else "—", None if i == 1 else "-", "exact", "为何") for i in range(n)]
    return pd.DataFrame(rows, columns=catalogue.table("repairs").names)


def test_a_table_written_in_parts_is_the_table_written_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_GROUP", 5)
    parts = [repairs(3, "a"), repairs(4, "b"), catalogue.empty("repairs"), repairs(1, "c")]
    assert store.write_parts(tmp_path / "parts", "repairs", parts) == 8
    store.write_table(tmp_path / "whole", "repairs", pd.concat(parts, ignore_index=True))
    assert (tmp_path / "parts/repairs.csv").read_bytes() == (tmp_path / "whole/repairs.csv").read_bytes()
    pd.testing.assert_frame_equal(
        store.read_table(tmp_path / "parts", "repairs"), store.read_table(tmp_path / "whole", "repairs")
    )
    assert [len(frame) for frame in store.iter_table(tmp_path / "parts", "repairs", batch_rows=1)] == [7, 1]  # groups
    read = pd.concat(store.iter_table(tmp_path / "parts", "repairs", ["after", "doc_id"]), ignore_index=True)
    pd.testing.assert_frame_equal(read, store.read_table(tmp_path / "whole", "repairs", ["after", "doc_id"]))


def test_rows_that_do_not_fit_leave_the_old_table_and_no_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_GROUP", 1)
    store.write_parts(tmp_path, "repairs", [repairs(2, "a")])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(catalogue.SchemaError, match="certainty"):  # the first group is good
        store.write_parts(tmp_path, "repairs", [repairs(2, "a"), repairs(2, "b").assign(certainty="sure")])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_no_parts_are_an_empty_table(tmp_path):
    store.write_parts(tmp_path, "repairs", [])
    assert store.read_table(tmp_path, "repairs").empty and not list(store.iter_table(tmp_path, "repairs"))
    store.write_table(tmp_path / "whole", "repairs", catalogue.empty("repairs"))
    assert (tmp_path / "repairs.csv").read_bytes() == (tmp_path / "whole/repairs.csv").read_bytes()


@pytest.mark.parametrize("piecewise", [False, True], ids=["at once", "piece by piece"])
def test_a_table_too_long_for_a_spreadsheet_is_parquet_only_and_says_so(tmp_path, monkeypatch, capsys, piecewise):
    frame = pd.DataFrame({"source_file": [f"{i}.txt" for i in range(9)]}).assign(reason="no", codes="no")

    def write():
        return (
            store.write_parts(tmp_path, "quarantine", [frame]) if piecewise else store.write_table(tmp_path, "quarantine", frame)
        )

    write()
    assert (tmp_path / "quarantine.csv").exists()
    monkeypatch.setattr(store, "CSV_ROWS", 8)
    write()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["quarantine.parquet"]
    assert "quarantine: 9 rows, as Parquet only" in capsys.readouterr().err


def test_what_another_table_says_of_some_units(tmp_path):
    ids = [f"d{i // 3}:{i % 3:05d}" for i in range(9)]
    codes = pd.DataFrame({"unit_id": ids, "statement": "goal", "statement_score": 0.5, "coder": "rules"})
    store.write_table(tmp_path, "codes", codes)
    some = pd.DataFrame({"unit_id": [ids[4], ids[1], "none"]})
    assert store.beside(some, tmp_path, "codes", ["unit_id", "statement"])["unit_id"].tolist() == [ids[1], ids[4]]
    assert store.beside(some.head(0), tmp_path, "codes", ["unit_id"]).empty


def test_rows_checked_as_arrow_are_written_as_rows_checked_as_a_frame(tmp_path):
    frame = pd.concat([TOPIC, TOPIC.assign(topic=2, stability=2 / 3)], ignore_index=True)
    store.write_parts(tmp_path / "a", "topics", [frame])
    store.write_table(tmp_path / "b", "topics", frame)
    for suffix in ("parquet", "csv"):
        assert (tmp_path / f"a/topics.{suffix}").read_bytes() == (tmp_path / f"b/topics.{suffix}").read_bytes()


@pytest.mark.parametrize("wrong", [{"stability": 1.5}, {"topic": 1}, {"top_words": None}, {"k_low": 0.9}])
def test_rows_are_refused_however_they_are_checked(tmp_path, wrong):
    frame = pd.concat([TOPIC, TOPIC.assign(topic=2, **{k: v for k, v in wrong.items() if k != "topic"})], ignore_index=True)
    frame["topic"] = 1 if "topic" in wrong else frame["topic"]
    fits = catalogue.fits(store.to_arrow(frame, "topics"), "topics")
    try:
        catalogue.check(frame, "topics")
    except catalogue.SchemaError:
        assert not fits
    else:
        assert fits
