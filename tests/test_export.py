"""What leaves the project for a spreadsheet or a thesis: text stays text, the same tables give the same bytes."""

import openpyxl
import pandas as pd
import pytest
import report_fixture

from helpers import catalogue, export, report, store
from helpers.export.latex import escape, table


@pytest.fixture(scope="module")
def processed(tmp_path_factory):
    return report_fixture.write(tmp_path_factory.mktemp("export"))[0]


@pytest.fixture(scope="module")
def book(processed, tmp_path_factory):
    return openpyxl.load_workbook(export.excel(processed, tmp_path_factory.mktemp("book") / "tables.xlsx"))


def test_workbook_has_notes_dictionary_and_a_sheet_a_table(book):
    assert book.sheetnames == ["Notes 说明", "Dictionary 字典", *catalogue.tables()]


def test_tables_that_are_not_written_have_their_sheet_and_their_file(processed, tmp_path):
    views = report.views_of(processed, report_fixture.RUN)
    made = openpyxl.load_workbook(export.excel(processed, tmp_path / "x.xlsx", views=views))
    assert set(catalogue.views()) <= set(made.sheetnames) and made["duties"].max_row == 1 + len(views["duties"])
    export.latex(processed, tmp_path / "tex", views=views)
    assert "duties" in (tmp_path / "tex" / "tables.tex").read_text(encoding="utf-8") and (tmp_path / "tex/duties.tex").exists()


def test_headings_are_frozen_and_widths_set(book):
    sheet = book["units"]
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref
    assert sheet.column_dimensions["E"].width > sheet.column_dimensions["C"].width


def test_no_cell_is_a_formula_or_could_become_one(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=@" and len(cell.value) > 1]
    assert "'=1+1" in {cell.value for cell in book["documents"]["I"]} | {cell.value for cell in book["documents"]["G"]}


def test_numbers_are_numbers_with_formats_and_codes_are_text(book):
    head = [cell.value for cell in book["tool_shares"][1]]
    row = dict(zip(head, book["tool_shares"][2], strict=True))
    assert row["share"].data_type == "n" and 0 < row["share"].value < 1
    assert row["county_code"].data_type == "s"
    assert book["tool_shares"].column_dimensions["G"].width >= 8


def test_same_tables_same_bytes(processed, tmp_path):
    first = export.excel(processed, tmp_path / "a" / "x.xlsx").read_bytes()
    assert export.excel(processed, tmp_path / "b" / "y.xlsx").read_bytes() == first
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["x.xlsx"]  # no scratch left


def test_a_table_beyond_a_sheet_is_cut_and_said_so(processed, tmp_path):
    book = openpyxl.load_workbook(export.excel(processed, tmp_path / "x.xlsx", max_rows=10))
    assert book["units"].max_row == 11
    notes = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("first 10 of 200" in str(note) for note in notes)


def test_nothing_to_export_is_one_sentence(tmp_path):
    with pytest.raises(store.MissingTable, match="make report"):
        export.excel(tmp_path, tmp_path / "x.xlsx")
    with pytest.raises(store.MissingTable, match="make report"):
        export.latex(tmp_path, tmp_path / "tex")


def test_latex_of_every_printable_table(processed, tmp_path):
    names = {path.stem for path in export.latex(processed, tmp_path)}
    assert {"tables", "documents", "tool_shares", "commitments"} <= names
    assert "units" not in names
    text = (tmp_path / "tool_shares.tex").read_text(encoding="utf-8")
    assert text.count(r"\toprule") == 2 and r"\bottomrule" in text and "甲山县" in text


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("50%_of $x & #1~^", r"50\%\_of \$x \& \#1\textasciitilde{}\textasciicircum{}"),
        ("[1pt] a\nb", "{[}1pt{]} a b"),  # a bracket after \\ would be read as a length
        ("甲\x07乙", "甲 乙"),
    ],
)
def test_latex_cells_are_no_commands(raw, safe):
    assert escape(raw) == safe


def test_latex_says_when_rows_are_left_out():
    frame = pd.DataFrame({"source_file": [f"{i}.txt" for i in range(5)], "reason": "empty"})
    assert "First 3 of 5 rows" in table(frame, "quarantine", max_rows=3)
    assert "First" not in table(frame, "quarantine")
