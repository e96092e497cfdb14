"""SQL over the tables of a folder: typed as the tables are, in one order, within a limit of memory, of that folder only."""

import os

import numpy as np
import pandas as pd
import pytest

from helpers import sql, store
from helpers.sql import QueryError
from tests.invented_rows import rows


@pytest.fixture
def folder(tmp_path):
    years = pd.array([2020, None, 2021], "Int64")
    store.write_table(tmp_path, "documents", rows("documents", doc_id=["b", "a", "c"], county=["甲县", "甲县", None], year=years))
    return tmp_path


def test_a_cell_asks_the_folder_that_its_notebook_works_in(folder):
    found = store.sql("SELECT county, count(*) AS n, sum(year) AS years FROM documents GROUP BY county")
    assert found["county"].tolist()[:1] == ["甲县"] and found["county"].isna().tolist() == [False, True]
    assert found[["n", "years"]].values.tolist() == [[2, 2020], [1, 2021]]
    assert str(found["n"].dtype) == "int64" and str(found["county"].dtype) == "str"
    assert str(store.sql("SELECT year FROM documents", folder)["year"].dtype) == "Int64"


def test_rows_come_in_one_order_and_in_the_one_that_is_asked_for(folder):
    assert store.sql("SELECT doc_id FROM documents", folder)["doc_id"].tolist() == ["a", "b", "c"]
    assert store.sql("SELECT doc_id FROM documents ORDER BY doc_id DESC LIMIT 2", folder)["doc_id"].tolist() == ["c", "b"]
    nested = "SELECT doc_id FROM (SELECT doc_id FROM documents ORDER BY doc_id DESC)"
    assert store.sql(nested, folder)["doc_id"].tolist() == ["a", "b", "c"]


def test_frames_are_asked_beside_tables(folder):
    mine = pd.DataFrame({"doc_id": ["a"], "n": [5]})
    assert store.sql("FROM documents JOIN mine USING (doc_id) SELECT doc_id, n", folder, mine=mine).values.tolist() == [["a", 5]]


def test_sums_of_floats_are_the_same_bytes_again(folder):
    frame = pd.DataFrame({"x": np.random.default_rng(1).normal(size=200_000), "g": np.arange(200_000) % 7})
    one, two = (store.sql("SELECT g, sum(x) AS s FROM frame GROUP BY g", folder, frame=frame) for _ in range(2))
    assert one["s"].to_numpy().tobytes() == two["s"].to_numpy().tobytes()


def test_what_does_not_fit_is_spilled_and_nothing_is_left(folder):
    query = "SELECT DISTINCT md5(i::VARCHAR) AS h FROM range(600000) t(i) ORDER BY h LIMIT 3"
    assert len(store.sql(query, folder, memory="60MB")) == 3
    assert [path.name for path in folder.iterdir() if path.name.startswith(".sql")] == []


@pytest.mark.parametrize(("query", "told"), [
    ("SELECT nothing FROM documents", "nothing"), ("SELEC", "SELEC|syntax"), ("FROM unknown_table", "documents"),
    ("FROM read_csv('/etc/hostname')", "Permission"), ("COPY documents TO 'x.csv'", "syntax|no answer"),
])  # fmt: skip
def test_what_has_no_answer_is_told_in_one_line(folder, query, told):
    with pytest.raises(QueryError, match=told) as error:
        store.sql(query, folder)
    assert "\n" not in str(error.value)


def test_an_engine_that_is_asked_again_knows_nothing_of_the_question_before(folder):
    mine = pd.DataFrame({"doc_id": ["a"], "n": [5]})
    asked = [store.sql("SELECT n FROM mine", folder, mine=mine.assign(n=n))["n"].tolist() for n in (5, 6)]
    assert asked == [[5], [6]]
    with pytest.raises(QueryError, match="mine"):
        store.sql("SELECT n FROM mine", folder)
    before = store.sql("SELECT count(*) AS n FROM documents", folder)["n"].tolist()
    changed = store.read_table(folder, "documents").iloc[:1]
    store.write_table(folder, "documents", changed)
    assert before != [1] and store.sql("SELECT count(*) AS n FROM documents", folder)["n"].tolist() == [1]


def test_no_engine_lives_in_a_fork(folder):
    store.sql("SELECT count(*) AS n FROM documents", folder)
    assert sql._opened.cache_info().currsize
    child = os.fork()
    if not child:
        os._exit(sql._opened.cache_info().currsize)
    assert os.waitpid(child, 0)[1] == 0 and store.sql("SELECT 1 AS n", folder)["n"].tolist() == [1]
