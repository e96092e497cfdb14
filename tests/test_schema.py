"""Tables are declared once; what does not fit is refused with the rows that do not."""

import pandas as pd
import pytest

from helpers import schema, store

DECLARED = sorted(schema.tables())


def topics(**changes):
    row = {"topic": 1, "label": "工业", "label_en": "工业 (industry)", "label_zh": "工业", "top_words": "园区 企业", "n_units": 3}
    row |= {"stability": 0.9, "stable": True}
    return pd.DataFrame([{**row, **changes}])


@pytest.mark.parametrize("name", DECLARED)
def test_each_table_has_a_meaning_for_each_column_and_a_maker(name):
    declared = schema.table(name)
    assert set(declared.key) <= set(declared.names)
    assert all(column.about for column in declared.columns)
    assert name in store.MADE_BY, f"{name}: store.MADE_BY does not say which notebook makes it"


def test_a_frame_that_fits_comes_back_in_declared_order_and_types():
    shuffled = topics()[["stable", "stability", "n_units", "topic", "label", "label_zh", "label_en", "top_words"]]
    checked = schema.check(shuffled, "topics")
    assert list(checked.columns) == schema.table("topics").names
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
    with pytest.raises(schema.SchemaError, match=message):
        schema.check(bad, "topics")


def test_an_unknown_category_names_the_row():
    codes = pd.DataFrame([{"unit_id": "d:00007", "statement": "wish", "statement_score": 0.5, "coder": "rules"}])
    with pytest.raises(schema.SchemaError, match="d:00007"):
        schema.check(codes, "codes")


def test_the_tracked_data_dictionary_is_the_generated_one():
    tracked = (store.PROJECT_ROOT / "data" / "processed" / "DATA_DICTIONARY.md").read_text(encoding="utf-8")
    assert tracked == schema.data_dictionary(), "run `python -m helpers dictionary`"
