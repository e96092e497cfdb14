"""The words of a corpus, remembered beside its tables, are those that its texts have."""

import numpy as np
import pandas as pd
import pytest

from helpers import catalogue, segment, store, topics
from helpers.cache import Parts
from helpers.segment import corpus as remembered
from helpers.topics import tables

TEXTS = ("支持企业技术改造，安排专项资金。", "建设工业园区，引进龙头企业。", "", "发展全域旅游与民宿。", "甲山县设立产业基金。")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twelve documents of seven units in row groups of two documents each."""
    monkeypatch.setattr(store, "_GROUP", 14)
    docs = [f"d{i:02d}" for i in range(12)]
    documents = pd.DataFrame({"doc_id": docs}).assign(county="甲山县", source_file=docs)
    rows = [(f"{doc}:{k:05d}", doc, k, TEXTS[(i + k) % len(TEXTS)], None if k % 2 else f"第{k}章 产业发展")
            for i, doc in enumerate(docs) for k in range(1, 8)]  # fmt: skip
    units = pd.DataFrame(rows, columns=["unit_id", "doc_id", "position", "text", "heading_path"])
    for name, frame in (("documents", documents), ("units", units)):
        whole = pd.concat([catalogue.empty(name), frame]).reindex(columns=catalogue.table(name).names)
        bools = [f.name for f in catalogue.table(name).fields if f.type == "bool"]
        whole[bools] = False
        monkeypatch.setattr(catalogue, "check", lambda frame, _name: frame.reset_index(drop=True))
        with store.TableWriter(tmp_path / "processed", name) as table:
            for _, part in whole.groupby("doc_id", sort=False):
                table.add(part)
    return tmp_path / "processed", units, documents


@pytest.mark.parametrize("column", ["text", "heading_path"])
def test_remembered_words_are_those_of_the_texts(folder, column, monkeypatch):
    processed, units, documents = folder
    assert store.n_groups(processed, "units") > 3
    expected = segment.features(units[column].fillna(""), "rjieba", segment.places_of(documents))
    for _ in range(2):
        found = segment.CorpusWords(processed, documents, "rjieba", column).together()
        assert found.words == expected.words and (found.counts != expected.counts).nnz == 0
        assert np.array_equal(found.counts.indices, expected.counts.indices)
        monkeypatch.setattr(remembered, "count_words", lambda _read: pytest.fail("counted again"))


def test_a_damaged_part_is_counted_again(folder):
    processed, units, documents = folder
    first = segment.CorpusWords(processed, documents, "rjieba").together()
    for path in Parts.of(processed, "words-text").folder.glob("*/*"):
        path.write_bytes(path.read_bytes()[:-3])
    again = segment.CorpusWords(processed, documents, "rjieba").together()
    assert again.words == first.words and (again.counts != first.counts).nnz == 0


@pytest.mark.parametrize("in_order", [True, False])
def test_topics_are_prepared_row_group_by_row_group_as_from_all_texts_at_once(folder, in_order):
    processed, units, documents = folder
    documents = documents.assign(
        county_code=None, year=pd.array([2020] * len(documents), dtype="Int64"), city=None, province=None
    )
    fields = tuple(topics.Field(f"f{i}", f"f{i}", f"f{i}", seeds) for i, seeds in enumerate((("企业", "产业"), ("园区", "发展"))))
    whole = topics.prepare(units.assign(is_repeat=False), documents, "rjieba", fields=fields)
    given = documents if in_order else documents.iloc[::-1].reset_index(drop=True)  # as if the table were in another order
    parted = topics.prepare_corpus(processed, given, "rjieba", fields=fields)
    assert parted.words == whole.words and len(whole.words) > 5 and whole.n_passages == parted.n_passages > 12
    for name in ("passage", "sample", "plain", "drawn", "seeds"):
        assert np.array_equal(getattr(parted, name), getattr(whole, name)), name
    for name in ("unit_counts", "passages"):
        assert (getattr(parted, name) != getattr(whole, name)).nnz == 0, name
    for name in ("units", "places", "where"):
        pd.testing.assert_frame_equal(getattr(parted, name), getattr(whole, name), check_dtype=False)
    rows = np.array([80, 3, 3, 41])
    assert parted.shown(rows)["text"].tolist() == whole.shown(rows)["text"].tolist() == units["text"].iloc[rows].tolist()
    words = [pd.concat(tables.document_words(one), ignore_index=True) for one in (parted, whole)]
    pd.testing.assert_frame_equal(*words, check_dtype=False)


def test_what_is_left_out_is_read_once_and_is_that_of_the_texts(folder, monkeypatch):
    processed, units, documents = folder
    texts, places = units["text"].iloc[:9], segment.places_of(documents)
    words = [word for sentence in segment.tokenise(segment.mask_names(texts, places), "rjieba") for word in sentence]
    expected = segment.left_out(words, places)
    assert len(expected)
    first = segment.left_out_of(processed, texts, documents, "rjieba")
    with monkeypatch.context() as patch:
        patch.setattr(remembered, "tokenise", lambda *_: pytest.fail("read again"))
        again = segment.left_out_of(processed, texts, documents, "rjieba")
    for found in (first, again):
        pd.testing.assert_frame_equal(found, expected)
    for path in Parts.of(processed, "left-out").folder.glob("*/*"):
        path.write_bytes(path.read_bytes()[:-3])
    pd.testing.assert_frame_equal(segment.left_out_of(processed, texts, documents, "rjieba"), expected)
