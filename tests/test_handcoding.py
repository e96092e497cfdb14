"""Out to coders and back: the sample's probabilities, the sheets cell by cell, agreement by hand, the gold file."""

import openpyxl
import pandas as pd
import pytest

from helpers import codebook, handcoding, store
from helpers.__main__ import main
from helpers.handcoding import sheets

SCHEME = codebook.load("data/codebook/policy_tools.yml")


@pytest.fixture
def corpus_tables():
    """Two documents of 60 and 20 units; one text would be a formula in a spreadsheet."""
    rows = [(f"{d}:{i:05d}", d, i, "一、任务", f"支持企业技改{i}。") for d, n in (("a", 60), ("b", 20)) for i in range(1, n + 1)]
    units = pd.DataFrame(rows, columns=["unit_id", "doc_id", "position", "heading_path", "text"])
    units.loc[0, "text"] = "=1+1支持企业。"
    documents = pd.DataFrame(
        {
            "doc_id": ["a", "b"],
            "source_file": ["a.txt", "b.txt"],
            "county": ["甲县", None],
            "county_code": ["430001", None],
            "year": [2017, pd.NA],
        }
    )
    return units, documents


def test_the_sample_keeps_each_unit_s_probability(corpus_tables):
    sample = handcoding.draw(*corpus_tables, n=40, seed=1)
    sizes = sample.groupby("source_file").size()
    assert sizes.to_dict() == {"a.txt": 27, "b.txt": 13}  # ten each, the other twenty in proportion 50 : 10, largest remainder
    expected = {"a.txt": 27 / 60, "b.txt": 13 / 20}
    assert sample["inclusion_probability"].tolist() == pytest.approx([expected[name] for name in sample["source_file"]])
    assert sample["unit"].is_unique
    # weights give back the size of the corpus
    assert (1 / sample["inclusion_probability"]).sum() == pytest.approx(80)
    pd.testing.assert_frame_equal(sample, handcoding.draw(*corpus_tables, n=40, seed=1))


def test_more_units_wanted_than_there_are_takes_all(corpus_tables):
    assert (handcoding.draw(*corpus_tables, n=500, seed=1)["inclusion_probability"] == 1).all()


@pytest.fixture(scope="module")
def many_documents():
    """Sixty documents of 8 to 40 units and one of 300: more than a sample of forty can have two units of."""
    sizes = [*(8 + 7 * i % 33 for i in range(60)), 300]
    rows = [(f"d{d:02d}:{i:05d}", f"d{d:02d}", "", f"支持企业技改{i}。") for d, n in enumerate(sizes) for i in range(n)]
    units = pd.DataFrame(rows, columns=["unit_id", "doc_id", "heading_path", "text"])
    names = [f"d{d:02d}" for d in range(len(sizes))]
    documents = pd.DataFrame({"doc_id": names, "source_file": names, "county": "甲县", "county_code": "430001", "year": 2017})
    return units, documents


@pytest.mark.parametrize("waves", [(40,), (40, 30), (200, 60), (40, 150)])
def test_every_unit_is_drawn_as_often_as_its_probability_says(many_documents, waves):
    units, documents = many_documents
    runs, times, total = 80, pd.Series(0, index=units["unit_id"]), 0.0
    for seed in range(runs):
        sample = None
        for n in waves:
            sample = handcoding.draw(units, documents, n, seed, sample)
        assert sample["unit"].is_unique and sample["wave"].max() == len(waves)
        times[sample["unit"]] += 1
        total += (1 / sample["inclusion_probability"]).sum() / runs
    assert total == pytest.approx(len(units), rel=0.05)
    probability = sample.groupby("source_file")["inclusion_probability"].first()
    often = (times / runs).groupby(units.set_index("unit_id")["doc_id"]).mean()
    assert (often > 0).all()  # drawing the largest documents whatever the seed left the others out for ever
    assert (often - probability).abs().max() < 0.2 and (often - probability).abs().mean() < 0.03


@pytest.mark.parametrize("n", [0, -3])
def test_a_sample_of_nothing_is_refused(corpus_tables, n):
    with pytest.raises(handcoding.SampleError, match="needs one unit or more"):
        handcoding.draw(*corpus_tables, n=n, seed=1)


@pytest.fixture
def sample(corpus_tables):
    return handcoding.draw(*corpus_tables, n=12, seed=3)


def filled(path, sample, codes):
    """Write a sheet as a coder would fill it: codes are (statement, tools) in the order of the sample."""
    handcoding.write_sheet(sample, SCHEME, "A", path)
    book = openpyxl.load_workbook(path)
    for row, (statement, tools) in enumerate(codes, start=2):
        book[sheets.UNITS].cell(row, 5, statement)
        for column, tool in enumerate(tools, start=6):
            book[sheets.UNITS].cell(row, column, tool)
    book.save(path)
    return path


GOOD = [("measure 措施", ["technology 科技研发支持"])] * 12


def test_a_sheet_has_lists_and_no_formula(tmp_path, sample):
    path = handcoding.write_sheet(sample.assign(text="=1+1"), SCHEME, "A", tmp_path / "coder_A.xlsx")
    sheet = openpyxl.load_workbook(path)[sheets.UNITS]
    assert sheet["D2"].value == "=1+1" and sheet["D2"].data_type == "s"
    assert {str(v.sqref) for v in sheet.data_validations.dataValidation} == {"E2:E13", "F2:H13"}


def test_same_sample_same_bytes(tmp_path, sample):
    a, b = (handcoding.write_sheet(sample, SCHEME, "A", tmp_path / f"{n}.xlsx") for n in "ab")
    assert a.read_bytes() == b.read_bytes()


def test_a_filled_sheet_comes_back(tmp_path, sample):
    coded, problems = handcoding.read_sheet(filled(tmp_path / "coder_A.xlsx", sample, GOOD), SCHEME, sample)
    assert problems == []
    assert coded["unit"].tolist() == sample["unit"].tolist() and set(coded["tools"]) == {"technology"}


@pytest.mark.parametrize(
    ("code", "cell", "message"),
    [
        (("mesure", []), "E2", "did you mean measure"),  # misspelt statement
        (("measure", ["tecnology"]), "F2", "did you mean technology"),
        (("measure", ["funding", "funding"]), "G2", "chosen twice"),
        (("background 背景", ["funding"]), "F2", "has no tools"),
        ((None, []), "E2", "no statement"),
    ],
)
def test_what_is_wrong_is_said_with_its_cell(tmp_path, sample, code, cell, message):
    path = filled(tmp_path / "coder_A.xlsx", sample, [code, *GOOD[1:]])
    _, problems = handcoding.read_sheet(path, SCHEME, sample)
    assert len(problems) == 1 and f"coder_A.xlsx, cell {cell}:" in problems[0] and message in problems[0]


def test_a_deleted_row_is_missed(tmp_path, sample):
    path = filled(tmp_path / "coder_A.xlsx", sample, GOOD)
    book = openpyxl.load_workbook(path)
    book[sheets.UNITS].delete_rows(3)
    book.save(path)
    _, problems = handcoding.read_sheet(path, SCHEME, sample)
    assert problems == [f"coder_A.xlsx: unit {sample['unit'][1]} is missing; restore its row from sample.csv"]


def test_a_file_that_is_no_sheet_is_one_sentence(tmp_path, sample):
    (tmp_path / "coder_A.xlsx").write_text("not a workbook")
    with pytest.raises(handcoding.SheetError, match="coder_A.xlsx: cannot be read"):
        handcoding.read_sheet(tmp_path / "coder_A.xlsx", SCHEME, sample)


def coded(sample, codes):
    return pd.DataFrame({"unit": sample["unit"], "statement": [s for s, _ in codes], "tools": [t for _, t in codes]})


def test_agreement_by_hand(sample):
    a = [("measure", "tax")] * 6 + [("goal", "planning")] * 6
    b = [("measure", "tax")] * 5 + [("goal", "planning")] * 7
    found = handcoding.agree(sample, {"A": coded(sample, a), "B": coded(sample, b)}, SCHEME, n_bootstrap=200)
    values = found.measures.set_index(["measure", "code"])["value"]
    observed, chance = 11 / 12, (6 * 5 + 6 * 7) / 144
    assert values["kappa", "statement, A and B"] == pytest.approx((observed - chance) / (1 - chance))
    # Krippendorff: 24 codes, 11 measure and 13 goal; one unit of disagreement is two coincidences
    assert values["alpha", "statement"] == pytest.approx(1 - (2 / 24) / (2 * 11 * 13 / (24 * 23)))
    assert values["alpha", "tax"] == pytest.approx(values["alpha", "statement"])  # the same units, so the same agreement
    rows = found.measures
    assert ((rows["ci_low"] <= rows["value"] + 1e-9) & (rows["value"] <= rows["ci_high"] + 1e-9)).all()


def test_two_coders_who_differ_leave_a_unit_open_three_settle_it(sample):
    same, other = [("measure", "tax")] * 12, [("measure", "tax")] * 11 + [("measure", "funding;tax")]
    two = handcoding.agree(sample, {"A": coded(sample, same), "B": coded(sample, other)}, SCHEME, n_bootstrap=10)
    resolved = handcoding.resolve(sample, two)
    assert resolved["resolved_by"].tolist() == ["unanimous"] * 11 + [""]
    assert len(handcoding.disagreements(sample, two, resolved)) == 1
    decided = pd.DataFrame({"unit": [sample["unit"][11]], "statement": ["measure"], "tools": ["funding"]})
    assert handcoding.resolve(sample, two, decided).iloc[11][["tools", "resolved_by"]].tolist() == ["funding", "discussion"]
    coders = {"A": coded(sample, same), "B": coded(sample, other), "C": coded(sample, other)}
    three = handcoding.resolve(sample, handcoding.agree(sample, coders, SCHEME, n_bootstrap=10))
    assert three.iloc[11][["tools", "resolved_by"]].tolist() == ["funding;tax", "majority"]


def test_the_walk_through(tmp_path, corpus_tables, capsys):
    """`sample`, two coders, `agreement` with one unit open, the decision, and the gold file that the next report reads."""
    units, documents = corpus_tables
    units = units.assign(annex=None, is_ocr=False, is_repeat=False, paragraph=1, raw_start=0)
    units = units.assign(raw_end=1, table_row=None, page=None)
    store.write_table(tmp_path / "processed", "units", units)
    shape = store.catalogue.empty("documents")
    documents = documents.assign(sha256="0", **{c: None for c in shape.columns if c not in (*documents.columns, "sha256")})
    store.write_table(tmp_path / "processed", "documents", documents)
    assert main(["sample", "--out", str(tmp_path), "-n", "12"]) == 0
    drawn = pd.read_csv(tmp_path / "handcoding" / "sample.csv")
    filled(tmp_path / "handcoding" / "coder_A.xlsx", drawn, GOOD)
    filled(tmp_path / "handcoding" / "coder_B.xlsx", drawn, [("goal 目标", ["planning"]), *GOOD[1:]])
    assert main(["agreement", "--out", str(tmp_path)]) == 1
    assert "1 units are open" in capsys.readouterr().out
    filled(tmp_path / "handcoding" / "resolution.xlsx", drawn.head(1), [("measure 措施", [])])
    assert main(["agreement", "--out", str(tmp_path)]) == 0
    gold = pd.read_csv(tmp_path / "handcoding" / "gold" / "gold.csv", keep_default_na=False)
    assert len(gold) == 12 and gold["resolved_by"].value_counts().to_dict() == {"unanimous": 11, "discussion": 1}
    assert main(["sample", "--out", str(tmp_path)]) == 2  # nobody's codes are written over
