"""SQL on Spark: every statement of the notebooks and the report has the same answer there, and a run writes the same bytes."""

import ast
import os
import sys
from types import ModuleType

import asked
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers import engine, spark, sql, store
from helpers.__main__ import main
from helpers.report import cleaning
from tests.invented_rows import rows

OF_REPAIRS = {("cleaning.py", name) for name in ("_by_rule", "_by_document", "_listed")}  # the invented documents need none
_INSTALL = "python -m pip install '.[spark]'"


@pytest.fixture(scope="module")
def statements(whole_run, asked_in_run) -> list[asked.Statement]:
    return asked.read(asked_in_run)


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory):
    """A local Spark with two executors, or the one that HELPERS_MASTER names; skipped with a line where there is none."""
    for package in ("ibis", "pyspark"):
        pytest.importorskip(package, reason=f"no Spark here: {_INSTALL}")
    own = tmp_path_factory.mktemp("spark")
    (own / "spark-defaults.conf").write_text("spark.sql.shuffle.partitions 2\n", encoding="utf-8")  # of few rows
    where = {engine.SQL: "spark", engine.MASTER: os.environ.get(engine.MASTER) or "local-cluster[2,1,1024]"}
    with engine.environment({**where, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(own)}):
        yield where


def both(query: str, folder, **frames: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the answers of DuckDB and of Spark."""
    return [answered(name, query, folder, **frames) for name in engine.SQL_ENGINES]


def answered(name: str, query: str, folder, **frames: pd.DataFrame) -> pd.DataFrame:
    with engine.environment({engine.SQL: name}):
        return store.sql(query, folder, **frames)


def callers() -> set[tuple[str, str]]:
    """Return the file and function of every call of `store.sql` and `material.ask` in the library, but for these two's own."""
    found = set()
    for path in (p for p in (store.PROJECT_ROOT / "src" / "helpers").rglob("*.py") if p.name not in asked.THROUGH):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if ast.unparse(call.func) in ("store.sql", "material.ask"):
                    found.add((path.name, function.name))
    return found


def test_every_statement_is_said_in_sparks_dialect(statements):
    pytest.importorskip("sqlglot")
    assert len(statements) > 10
    for one in statements:
        assert spark.translated(one.query, ordered=False)


def test_what_spark_would_do_otherwise_is_not_asked():
    sqlglot = pytest.importorskip("sqlglot")
    with pytest.raises(sqlglot.errors.UnsupportedError, match="anchor"):
        spark.translated("SELECT regexp_replace(text, 'a', 'b') AS t FROM units")
    assert spark.translated("SELECT regexp_replace(text, 'a', 'b', 'g') AS t FROM units")


def test_every_place_that_asks_was_heard(statements):
    missing = callers() - {one.by for one in statements}
    assert len(callers()) > 5 and missing <= {
        ("cleaning.py", name) for name in ("_by_rule", "_by_document", "_listed")
    }  # no repairs here


def test_what_is_asked_of_repairs_is_said_in_sparks_dialect():
    pytest.importorskip("sqlglot")
    assert all("JOIN" in spark.translated(query) for query in (cleaning._EXAMPLES, cleaning._FAIR))


def test_every_statement_has_the_same_answer(statements, whole_run, on_spark):
    for one in statements:
        here, there = both(one.query, whole_run / "processed", **one.frames)
        pd.testing.assert_frame_equal(here, there, check_exact=True, obj=one.query)


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    """Units in three row groups, empty cells, letters beyond the basic plane, line ends, texts that sort by bytes only."""
    folder = tmp_path_factory.mktemp("awkward")
    texts = ["甲乙", "", "𠮷野家", "a\\b", "É", "e", "Z", "’", "两行\n一句", "尾\n"]
    n = 50_000
    ids, docs = [f"d{i % 7}:{i:05d}" for i in range(n)], [f"d{i % 7}" for i in range(n)]
    long = rows("units", unit_id=ids, doc_id=docs, position=range(n), text=[texts[i % len(texts)] for i in range(n)])
    store.write_parts(folder, "units", (long.iloc[i : i + 20_000] for i in range(0, n, 20_000)))
    years = pd.array([2020, None, 2021, 2019, 2020, 2020, None], "Int64")
    counties = ["甲县", None, "乙县", "Zz", "a", "甲县", "乙县"]
    store.write_table(folder, "documents", rows("documents", doc_id=[f"d{i}" for i in range(7)], county=counties, year=years))
    return folder


@pytest.mark.parametrize("query", [
    "SELECT county, year FROM documents",
    "SELECT county, year, doc_id FROM documents ORDER BY county DESC, year, doc_id",
    "SELECT unit_id, file_row_number FROM units WHERE position % 9999 = 0 ORDER BY file_row_number DESC LIMIT 4",
    "SELECT DISTINCT text, length(text) AS n, substring(text, 2, 1) AS second FROM units",
    "SELECT DISTINCT regexp_replace(text, '\\n$', '') AS t, regexp_matches(text, '^[^\\n]+$') AS one FROM units",
    "SELECT DISTINCT text, regexp_matches(text, '^.+$') AS a, regexp_matches(text, '[[\\\\&&]|é$') AS b FROM units",
    "SELECT DISTINCT contains(text, '\\') AS back, text = '两行\n一句' AS two FROM units",
    """SELECT year, count(*) AS n, count(*) FILTER (position > 30000) AS late, sum(position) AS s, avg(position) AS a
    FROM units JOIN documents USING (doc_id) GROUP BY ALL""",
    "SELECT county, string_agg(doc_id, ';' ORDER BY doc_id DESC) AS ids FROM documents GROUP BY county",
    "SELECT u.* EXCLUDE (text) FROM units u ANTI JOIN (FROM documents WHERE year IS NULL) USING (doc_id) WHERE position < 50",
    "SELECT doc_id, position, row_number() OVER (PARTITION BY doc_id ORDER BY position) - 1 AS i FROM units QUALIFY i < 3",
    "SELECT county IS NULL AS none, 7 // 2 AS whole, 7 / 2 AS half, year::VARCHAR AS y FROM documents ORDER BY y LIMIT 5",
    "SELECT mine.k, mine.x, count(year) AS n FROM documents JOIN mine ON documents.year = mine.k GROUP BY ALL",
    "SELECT count(*) AS n, sum(position) AS s FROM units WHERE text = 'nowhere'",
    "SELECT county FROM documents WHERE year = 1",
])  # fmt: skip
def test_what_engines_do_differently_comes_out_the_same(query, awkward, on_spark):
    mine = pd.DataFrame({"k": pd.array([2020, 2021, None], "Int64"), "x": [0.1, np.nan, 2.5], "nothing": [None] * 3})
    here, there = both(query, awkward, mine=mine)
    pd.testing.assert_frame_equal(here, there, check_exact=True)
    assert [path for path in awkward.iterdir() if path.name.startswith(".sql")] == []


def test_a_table_many_times_its_file_is_not_sent_whole_to_every_executor(tmp_path, on_spark):
    """400,000 texts of 4 kB, all the same, make a file of half a megabyte: a table that any driver can hold, it would seem."""
    ids, n = pa.array([f"d:{i:06d}" for i in range(400_000)]), 400_000
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), ["由发展改革局牵头。" * 150])
    pq.write_table(pa.table({"unit_id": ids, "text": text}), tmp_path / "units.parquet", compression="zstd")
    pq.write_table(pa.table({"unit_id": pa.concat_arrays([ids] * 6)}), tmp_path / "codes.parquet", compression="zstd")
    here, there = both("SELECT text, count(*) AS n FROM codes JOIN units USING (unit_id) GROUP BY text", tmp_path)
    assert there["n"].tolist() == [6 * n]
    pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_what_java_lacks_is_told_by_its_cause():
    class Lost(Exception):
        def __str__(self):
            return "An error occurred while calling o1.getResult.\n: E: in awaitResult\n\tat x\nCaused by: org.x.E: No memory"

    assert spark.cause(Lost()) == "org.x.E: No memory"


def test_a_mistake_is_told_as_duckdb_tells_it(awkward, on_spark):
    for query in ("SELECT nothing FROM documents", "FROM read_csv('/etc/hostname')", "FROM unknown_table"):
        said = []
        for name in engine.SQL_ENGINES:
            with pytest.raises(sql.QueryError) as error:
                answered(name, query, awkward)
            said.append(str(error.value))
        assert said[0] == said[1]


def test_a_run_on_spark_writes_the_same_bytes(whole_run, invented_corpus, tmp_path, on_spark):
    where = ["--engine", "spark", "--master", on_spark[engine.MASTER]]
    assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path), "--jobs", "1", *where]) == 0
    kinds = {".parquet", ".csv", ".html", ".png", ".json"}
    names = [path.relative_to(whole_run) for path in sorted(whole_run.rglob("*")) if path.suffix in kinds]
    names = [name for name in names if name.parts[0] in ("processed", "figures", "report")]
    assert len(names) > 100
    assert [str(name) for name in names if (whole_run / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_an_engine_that_is_not_there_is_told(monkeypatch, invented_corpus, tmp_path, capsys):
    monkeypatch.setenv(engine.SQL, "flink")
    with pytest.raises(engine.EngineError, match="duckdb, spark, not 'flink'"):
        store.sql("FROM documents", tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(["report", "--engine", "flink"])
    assert stopped.value.code == 2 and "flink" in capsys.readouterr().err
    assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path), "--master", "local[2]"]) == 2
    assert "--engine spark" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["ibis", "pyspark", "java"])
def test_what_spark_needs_is_told_before_anything_runs(missing, monkeypatch, invented_corpus, tmp_path, capsys):
    for name in ("ibis", "ibis.backends", "ibis.backends.pyspark", "pyspark"):
        monkeypatch.setitem(sys.modules, name, None if name == missing else ModuleType(name))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path / "out"), "--engine", "spark"]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and ("Java 17" in said[0] if missing == "java" else missing in said[0] and _INSTALL in said[0])
    assert not (tmp_path / "out" / "processed").exists()
