"""Coders' files as people save, copy and fill them: whose they are, what is read, what is asked again."""

import re
import shutil
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import FIXTURES

from helpers import codebook, handcoding, rows
from helpers.commands.handcoding import _told
from helpers.handcoding import files, reading, resolution, sheets
from helpers.handcoding.labels import Labels, NotACode

SCHEME = codebook.load("data/codebook/policy_tools.yml")
GOOD = ("measure 措施", ["technology 科技研发支持"])


@pytest.fixture
def sample():
    rows = [(f"a:{i:05d}", "a.txt", "湘阴县", 2019, "一、任务", f"支持企业技改{i}。", 0.5) for i in range(1, 13)]
    return pd.DataFrame(rows, columns=["unit", "source_file", "county", "year", "heading", "text", "inclusion_probability"])


def filled(path, sample, codes):
    """Write a sheet as a coder would fill it: codes are (statement, tools) in the order of the sample, None for an empty row."""
    handcoding.write_sheet(sample, SCHEME, "A", path)
    book = openpyxl.load_workbook(path)
    for row, code in enumerate(codes, start=2):
        for column, value in enumerate([code[0], *code[1]] if code else [], start=5):
            book[reading.UNITS].cell(row, column, value)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "coder_A(1).xlsx", "coder_A (2).xlsx", "coder_A - 副本.xlsx", "coder_A - 副本 (2).xlsx", "coder_A的副本.xlsx",
        "coder_A_副本.xlsx", "coder_A - Copy.xlsx", "coder_A copy 2.xlsx", "coder_A（1）.xlsx", "副本coder_A.xlsx",
        "Copy of coder_A.xlsx", "复件 coder_A.xlsx", "Coder_a(1).XLSX", "coder_A 的副本.xlsx", "副本 coder_A.xlsx",
        "coder_A 2.xlsx", "coder_A拷贝2.xlsx", "coder_A_自动恢复.xlsx", "coder_A备份.xlsx", "coder_A_final.xlsx",
        "coder_A-PC的冲突副本.xlsx", "ｃｏｄｅｒ＿Ａ.xlsx", "coder_A.xlsm",
    ],
)  # fmt: skip
def test_a_copy_is_no_further_coder(tmp_path, sample, name):
    filled(tmp_path / "coder_A.xlsx", sample, [GOOD] * 12)
    filled(tmp_path / "coder_B.xlsx", sample, [GOOD] * 12)
    shutil.copy(tmp_path / "coder_A.xlsx", tmp_path / name)
    (tmp_path / "~$coder_A.xlsx").write_bytes(b"lock")
    assert [coder.name.upper() for coder in handcoding.coders(tmp_path, SCHEME, sample)] == ["A", "B"]


def test_copies_that_contradict_are_refused_and_blank_ones_passed_over(tmp_path, sample):
    filled(tmp_path / "coder_A.xlsx", sample, [])
    filled(tmp_path / "coder_A(1).xlsx", sample, [GOOD] * 12)
    (only,) = handcoding.coders(tmp_path, SCHEME, sample)
    assert len(only.codes) == 12 and "coder_A.xlsx: empty" in only.notes[0]
    filled(tmp_path / "coder_A(2).xlsx", sample, [("goal", []), *[GOOD] * 11])
    with pytest.raises(handcoding.SampleError, match="differ on unit a:00001; move one away"):
        handcoding.coders(tmp_path, SCHEME, sample)


def test_what_may_be_a_coder_s_and_is_not_read_is_said(tmp_path, sample):
    sheet = filled(tmp_path / "coder_A.xlsx", sample, [GOOD] * 12)
    for name in ("coder_A.html", "coder_A.xlsx.bak", "~$coder_A.xlsx", "._coder_B.xlsx", "resolution(1).xlsx", "sample.csv"):
        shutil.copy(sheet, tmp_path / name)
    assert files.passed_over(tmp_path) == []
    for name in ("coder_B.numbers", "coder_C.xlsx的副本", "codings.xlsx"):
        shutil.copy(sheet, tmp_path / name)
    told = files.passed_over(tmp_path)
    assert [line.partition(":")[0] for line in told] == ["coder_B.numbers", "coder_C.xlsx的副本", "codings.xlsx"]
    assert [coder.name for coder in handcoding.coders(tmp_path, SCHEME, sample)] == ["A"]


def test_one_file_under_two_names_is_not_two_coders_in_silence(tmp_path, sample):
    for name, codes in (("coder_A", [GOOD] * 12), ("coder_Ab", [GOOD] * 12), ("coder_C", [("goal", []), *[GOOD] * 11])):
        filled(tmp_path / f"{name}.xlsx", sample, codes)
    (told,) = files.alike(handcoding.coders(tmp_path, SCHEME, sample))
    assert told.startswith("coders A and Ab gave the same codes on all 12 units; if coder_Ab.xlsx is a copy")


def test_names_that_only_look_like_copies_stay_apart():
    from pathlib import Path

    names = ["A2", "张三", "copyright", "A_2", "Newman", "副本", "grandfinal", "copy"]
    assert [files.name_of(Path(f"coder_{name}.xlsx")) for name in names] == names


@pytest.mark.parametrize(
    ("typed", "tools"),
    [
        ("technology 科技研发支持", ["technology"]), ("科技研发支持", ["technology"]),
        ("Research and technology", ["technology"]),
        ("ＴＥＣＨＮＯＬＯＧＹ", ["technology"]), ("\u00a0technology\u3000科技研发支持 ", ["technology"]),
        ("Technology", ["technology"]),
        ("科技研发支持、财政资金投入", ["technology", "funding"]), ("technology；funding", ["technology", "funding"]),
        ("technology,funding", ["technology", "funding"]),
        ("technology，税费优惠;talent", ["technology", "tax", "talent"]),
        ("Quality, brands and intellectual property", ["quality"]), ("", []),
        ("无", []), ("none", []), ("/", []), ("无工具", []), ("N/A", []), ("——", []),
        ("technology＋funding", ["technology", "funding"]),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(typed, tools):
    assert Labels(SCHEME).tools(typed) == tools


@pytest.mark.parametrize("typed", ["tecnology", "finance or funding", "科技", "technology、啊", "?", "？", "technology、？", "0"])
def test_what_is_no_code_is_not_guessed(typed):
    with pytest.raises(NotACode):
        Labels(SCHEME).tools(typed)


def test_a_unit_with_a_cell_that_cannot_be_read_is_not_coded(tmp_path, sample):
    path = filled(tmp_path / "coder_A.xlsx", sample, [("measure", ["tecnology"]), *[GOOD] * 11])
    coded, problems = handcoding.read_sheet(path, SCHEME, sample)
    assert "a:00001" not in set(coded["unit"]) and len(coded) == 11 and "cell F2" in problems[0]
    other, _ = handcoding.read_sheet(filled(tmp_path / "coder_B.xlsx", sample, [("measure", []), *[GOOD] * 11]), SCHEME, sample)
    found = handcoding.agree(sample, {"A": coded, "B": other}, SCHEME, n_bootstrap=10)
    assert handcoding.resolve(sample, found)["resolved_by"].tolist() == ["", *["unanimous"] * 11]


def test_blank_sheets_are_one_line(tmp_path, sample):
    _, problems = handcoding.read_sheet(filled(tmp_path / "coder_B.xlsx", sample, []), SCHEME, sample)
    assert problems == ["coder_B.xlsx: 12 of 12 rows are empty"]


def test_workbooks_of_other_programs(tmp_path, sample):
    path = filled(tmp_path / "coder_A.xlsx", sample, [GOOD] * 12)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "coder_A1.XLSX", "w") as out:
        for name in archive.namelist():
            content = archive.read(name)
            out.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content))
    assert len(handcoding.read_sheet(tmp_path / "coder_A1.XLSX", SCHEME, sample)[0]) == 12
    old, problems = handcoding.read_sheet(FIXTURES / "coder_old.xls", SCHEME, sample.head(3))
    assert old["tools"].tolist() == ["technology"] * 3 and problems == []


@pytest.mark.parametrize(("encoding", "between"), [("utf-8", ","), ("gbk", ","), ("utf-16", "\t"), ("utf-8-sig", ";")])
def test_a_sheet_that_is_saved_as_a_table(tmp_path, sample, encoding, between):
    two = ("措施", ["科技研发支持、财政资金投入"])
    path = filled(tmp_path / "coder_A.xlsx", sample, [("其它", []), *[two] * 10, ("目标", ["？"])])
    grid = pd.DataFrame(openpyxl.load_workbook(path)[reading.UNITS].values)
    grid.to_csv(tmp_path / "coder_B.csv", index=False, header=False, sep=between, encoding=encoding)
    coded, problems = handcoding.read_codings(tmp_path / "coder_B.csv", SCHEME, sample)
    assert coded["statement"].tolist() == ["other", *["measure"] * 10] and coded["tools"].iloc[1] == "funding;technology"
    assert problems == ["coder_B.csv, line 13: '？' is not a tool of the codebook"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_tables_that_a_spreadsheet_has_saved(tmp_path, sample, encoding):
    sample.to_csv(tmp_path / "sample.csv", index=False, encoding=encoding)
    assert handcoding.read_sample(tmp_path / "sample.csv")["text"].tolist() == sample["text"].tolist()
    (tmp_path / "coder_A.csv").write_text("unit,statement,tools\na:00001,措施,科技研发支持\n", encoding=encoding)
    assert handcoding.read_codings(tmp_path / "coder_A.csv", SCHEME, sample)[0]["tools"].tolist() == ["technology"]
    (tmp_path / "x.csv").write_bytes(b"\x81\x00\xff" * 9)
    with pytest.raises(rows.RowsError, match="x.csv"):
        rows.read(tmp_path / "x.csv")


def test_one_category_only_says_why_there_is_no_kappa(sample):
    same = pd.DataFrame({"unit": sample["unit"], "statement": "measure", "tools": ""})
    measures = handcoding.agree(sample, {"A": same, "B": same}, SCHEME, n_bootstrap=10).measures.set_index(["measure", "code"])
    assert measures.loc[("kappa", "statement, A and B"), "note"].startswith("not defined: all units were given one")
    assert measures.loc[("percent", "statement, A and B"), "value"] == 1


def test_a_coder_of_one_category_has_kappa_zero_without_interval_and_it_says_why(sample):
    """It printed −0.0 between −0.0 and −0.0."""
    same = pd.DataFrame({"unit": sample["unit"], "statement": "measure", "tools": ""})
    for n in (3, 7, 11):
        other = same.assign(statement=["goal"] * n + ["measure"] * (12 - n))
        measures = handcoding.agree(sample, {"A": same, "B": other}, SCHEME, n_bootstrap=50).measures
        row = measures.set_index(["measure", "code"]).loc[("kappa", "statement, A and B")]
        assert row["value"] == 0 and not np.signbit(row["value"]) and row[["ci_low", "ci_high"]].isna().all()
        assert row["note"].startswith("0 by definition: one coder gave all units the same code")
        assert not re.search(r"[-−]0(\.0+)?(?![.\d])", _told(measures))


def test_the_resolution_grows_and_keeps_what_is_decided(tmp_path, sample):
    def found(differing):
        codes = [("goal", "planning") if i in differing else ("measure", "tax") for i in range(12)]
        frames = {
            name: pd.DataFrame(said, columns=["statement", "tools"]).assign(unit=sample["unit"])
            for name, said in (("A", [("measure", "tax")] * 12), ("B", codes))
        }
        return handcoding.agree(sample, frames, SCHEME, n_bootstrap=5)

    units = sample["unit"].tolist()
    path = resolution.ask(tmp_path, sample, SCHEME, found({0, 1}), units[:2])
    book = openpyxl.load_workbook(path)
    assert book[reading.UNITS]["J1"].value == "coder A" and book[reading.UNITS]["K2"].value == "goal|planning"
    book[reading.UNITS]["E2"], book[reading.UNITS]["I2"] = "措施", "我们的理由"
    book.save(path)
    resolution.ask(tmp_path, sample, SCHEME, found({0, 1, 5}), [units[1], units[5]])  # a unit opens later
    read = resolution.resolution_of(tmp_path, SCHEME, sample)
    assert read.asked == [units[0], units[1], units[5]] and read.codes.values.tolist() == [[units[0], "measure", ""]]
    sheet = openpyxl.load_workbook(path)[reading.UNITS]
    assert sheet["I2"].value == "我们的理由"
    assert {"E4", "F4:H4"} <= {str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    told = handcoding.resolution_problems(read, found({1, 5}), sample, units[1:2])
    assert told == [f"resolution: unit {units[0]} stands as decided (measure|), although the coders now agree on measure|tax"]


def test_decisions_stand_in_whatever_file_they_came_back(tmp_path, sample):
    units, opened = sample["unit"].tolist(), sample.head(3)
    filled(tmp_path / "resolution.xlsx", opened, [GOOD])
    shutil.copy(filled(tmp_path / "x.xlsx", opened, [None, GOOD]), tmp_path / "resolution(1).xlsx")
    shutil.copy(FIXTURES / "coder_old.xls", tmp_path / "resolution.xls")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(resolution.resolution_of(tmp_path, SCHEME, sample).codes["unit"]) == set(units[:3])
    same = pd.DataFrame({"unit": units, "statement": "measure", "tools": ""})
    found = handcoding.agree(sample, {"A": same, "B": same}, SCHEME, n_bootstrap=5)
    assert resolution.ask(tmp_path, sample, SCHEME, found, units[:3]).name == "resolution.xlsx"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    resolution.ask(tmp_path, sample, SCHEME, found, units[:5])
    assert resolution.resolution_of(tmp_path, SCHEME, sample).asked == units[:5]
    filled(tmp_path / "resolution(2).xlsx", opened, [("goal", [])])
    with pytest.raises(handcoding.SampleError, match="resolution: there are codes in both .* move one away"):
        resolution.resolution_of(tmp_path, SCHEME, sample)


def test_a_sheet_has_room_for_the_codebook_s_number_of_tools(tmp_path, sample):
    from dataclasses import replace

    path = handcoding.write_sheet(sample, replace(SCHEME, max_tools=5), "A", tmp_path / "coder_A.xlsx")
    heads = [cell.value for cell in openpyxl.load_workbook(path)[reading.UNITS][1]]
    assert heads[9] == "tool_5 工具" and sheets.choices(SCHEME)[0][0] == "measure 措施"
