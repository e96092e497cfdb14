"""Filters choose what is shown: whatever is asked for, every table holds all documents, byte for byte."""

import shutil

import cells
import pandas as pd
import pytest
import readers_eyes

from helpers import corpus, pipeline


@pytest.fixture
def tables(whole_run, tmp_path):
    """A copy of the whole run's tables, and of what is remembered beside them."""
    for name in ("processed", "processed.parts"):
        shutil.copytree(whole_run / name, tmp_path / name)
    return tmp_path / "processed"


@pytest.mark.parametrize("asked", [{"county_filter": ["泰和县"]}, {"year_min": 2022, "year_max": 2023}], ids=str)
def test_tables_cover_all_documents_whatever_is_shown(tables, whole_run, monkeypatch, asked):
    for name in pipeline.NAMES[1:]:
        said = cells.run(monkeypatch, name, tables, tables.with_name("figures"), **asked)
        for path in sorted(tables.glob("*.parquet")):
            assert path.read_bytes() == (whole_run / "processed" / path.name).read_bytes(), (name, path.name)
        assert said and not [text for text in said if readers_eyes.STRANGE.search(text)]


DOCUMENTS = pd.DataFrame({"doc_id": ["a"], "county": ["甲县"], "county_code": ["430001"], "year": [2017]})


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ({"doc_a": ["a", "a"], "doc_b": ["a", "b"]}, [0]),
        ({"unit_id": ["a:00001", "b:00001"]}, [0]),
        ({"doc_id": [None, None, "b"], "county": ["甲县", "乙县", None], "year": [2017, 2017, 2017]}, [0]),
        ({"county": ["甲县", "甲县", None, None], "year": [2017, 2018, 2017, None]}, [0, 3]),  # a county unknown; the whole
        ({"level": ["county", "county", "year", "corpus"], "county": ["甲县", "乙县", None, None],
          "year": [None, None, 2017, None]}, [0, 2, 3]),
        ({"county_a": ["甲县", "甲县"], "county_code_a": ["430001"] * 2, "year_a": [2017] * 2, "level": "county-year",
          "county_b": [None, "乙县"], "county_code_b": [None, "430002"], "year_b": [None, 2017]}, [0]),  # against all others
        ({"county": ["甲县", "甲县"], "year_from": [2017, 2017], "year_to": [2017, 2025]}, [0]),
        ({"county": ["甲县", None], "lead": ["县发改局"] * 2}, [0]),  # no year: an empty county is not known
        ({"topic": [1, 2]}, [0, 1]),
    ],
)  # fmt: skip
def test_what_a_filter_shows_of_a_table(rows, kept):
    frame = pd.DataFrame(rows).assign(row=lambda f: range(len(f)))
    assert corpus.shown(frame, DOCUMENTS)["row"].tolist() == kept
    assert corpus.shown(frame.head(0), DOCUMENTS).empty


def test_a_county_has_the_numbers_that_it_has_among_all():
    every = pd.DataFrame({"county": [None, "甲县", "乙县"], "year": [None, 2017, 2017], "share": [0.2, 0.3, 0.1]})
    again = pd.DataFrame({"county": [None, "甲县"], "year": [None, 2017], "share": [0.31, 0.31]})
    assert corpus.shown_again(every, again, DOCUMENTS)["share"].tolist() == [0.31, 0.3]
