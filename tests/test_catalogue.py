"""Tables are declared once; what does not fit is refused with the rows that do not."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from invented_rows import rows

from helpers import catalogue, language, store
from helpers.catalogue import load
from helpers.catalogue.check import n_different

DECLARED = sorted([*catalogue.tables(), *catalogue.views()])


def topics(**changes):
    row = {"topic": 1, "label": "工业", "label_en": "工业 (industry)", "label_zh": "工业", "top_words": "园区 企业", "n_units": 3}
    row |= {"stability": 0.9, "stable": True, "shuffled_stability": 0.1, "largest": 0.5}
    row |= {"k_low": 0.1, "k_high": 0.2, "k_largest": 1.0}
    return pd.DataFrame([{**row, **changes}])


@pytest.mark.parametrize("name", DECLARED)
def test_each_table_has_a_meaning_for_each_column_and_a_maker(name):
    declared = catalogue.table(name)
    assert set(declared.key) <= set(declared.names)
    assert all(field.about and all(field.heading) for field in declared.fields) and all(declared.title)
    assert (store.PROJECT_ROOT / "notebooks" / f"{declared.maker}.ipynb").exists()
    assert set(declared.crossed) <= set(declared.names) and (not declared.covers or catalogue.table(declared.covers))


def test_each_field_is_used_and_each_category_has_a_name():
    used = {field.name for name in DECLARED for field in catalogue.table(name).fields}
    assert set(load.read("fields.yml")["fields"]) == used
    named = language.named("values")
    assert {value for name in DECLARED for field in catalogue.table(name).fields for value in field.categories} <= set(named)


def test_a_frame_that_fits_comes_back_in_declared_order_and_types():
    shuffled = topics()[[*reversed(list(topics()))]]
    checked = catalogue.check(shuffled, "topics")
    assert list(checked.columns) == catalogue.table("topics").names
    assert str(checked["topic"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (topics(stability=1.2), "outside 0 to 1"),  # a percentage where a share belongs
        (topics(label=None), "is empty"),  # a required cell
        (topics(topic="one"), "not int"),
        (pd.concat([topics(), topics()]), "not unique"),
        (topics().drop(columns="label"), "missing columns"),
        (topics(extra=1), "undeclared columns"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(bad, message):
    with pytest.raises(catalogue.SchemaError, match=message):
        catalogue.check(bad, "topics")


@pytest.mark.parametrize(("name", "low", "high"), [(name, *pair) for name in DECLARED for pair in catalogue.table(name).ranges])
def test_a_range_turned_round_is_refused(name, low, high):
    frame = rows(name, **{low: [1], high: [0]})
    with pytest.raises(catalogue.SchemaError, match=f"{low} is above {high}"):
        catalogue.check(frame, name)
    catalogue.check(rows(name, **{low: [0], high: [1]}), name)


def test_an_unknown_category_names_the_row():
    codes = pd.DataFrame([{"unit_id": "d:00007", "statement": "wish", "statement_score": 0.5, "coder": "rules"}])
    with pytest.raises(catalogue.SchemaError, match="d:00007"):
        catalogue.check(codes, "codes")


def test_the_tracked_data_dictionary_is_the_generated_one():
    tracked = (store.PROJECT_ROOT / "data" / "processed" / "DATA_DICTIONARY.md").read_text(encoding="utf-8")
    assert tracked == catalogue.data_dictionary(), "run `python -m helpers dictionary`"


@pytest.mark.parametrize("n_columns", [1, 2, 9])  # of nine columns the numbers are begun anew, else they would not fit
def test_rows_are_told_apart_as_pandas_does(n_columns):
    draw = np.random.default_rng(n_columns)
    texts = np.array([None, "", "县", "区", *map(str, range(200))], dtype=object)
    frame = pd.DataFrame({str(c): texts[draw.integers(0, 200 if c else 3, 500)] for c in range(n_columns)})
    frame = pd.concat([frame, frame.iloc[:7]], ignore_index=True)
    columns = [
        pa.chunked_array([pa.array(values[:300], from_pandas=True), pa.array(values[300:], from_pandas=True)])
        for values in map(list, map(frame.get, frame))
    ]
    assert n_different(columns) == len(frame.drop_duplicates())
    assert n_different([column.slice(0, 0) for column in columns]) == 0
