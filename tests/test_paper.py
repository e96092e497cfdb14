"""What goes into a thesis: Word and LaTeX say the same, in one language, true to the run; the same run gives the same bytes."""

import io
import re
import shutil
import zipfile

import openpyxl
import pandas as pd
import pytest
import report_fixture
from docx import Document
from docx.oxml.ns import qn

from helpers import catalogue, coding, export, paper, store
from helpers.__main__ import main
from helpers.codebook import load
from helpers.export.latex import escape
from helpers.paper.cited import in_order

_FIELD = re.compile(r"\{[^{}\n]{1,40}\}|\bnan\b|\bNone\b|<NA>|[\x00-\x08]")
_RAW = {field.name for table in catalogue.tables().values() for field in table.fields if "_" in field.name}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The invented tables, with those of the whole corpus and of the gold sentences beside them."""
    folder = tmp_path_factory.mktemp("run")
    processed = report_fixture.write(folder, n=20)[0]
    made = report_fixture.tables(20)
    whole = made["tool_shares"].drop_duplicates(["tool", "tool_type"]).assign(county=None, county_code=None, year=None)
    made["tool_shares"] = pd.concat([whole, made["tool_shares"]])
    about = coding.listing.numbered(made["documents"])
    rows = (made["units"], made["codes"], made["unit_tools"], made["unit_stages"], about, load("data/codebook/policy_tools.yml"))
    made["coding_table"] = coding.listing.coding_table(*rows)
    measures = ("statement_kappa", "tools_micro_f1")
    made["validity_agreement"] = pd.DataFrame([
        {"measure": m, "weighting": w, "value": 0.8, "ci_low": 0.7, "ci_high": 0.9, "n_units": 40,
         "speaks_of": "documents like these"}
        for m in measures for w in ("sample", "population")
    ])  # fmt: skip
    for name in ("tool_shares", "coding_table", "validity_agreement"):
        store.write_table(processed, name, report_fixture.complete(name, made[name]))
    return folder


def write(run, folder, language="en", style=None):
    paper.write(run / "processed", run / "figures", run / "executed", folder, report_fixture.RUN, language, style=style)
    return folder


@pytest.fixture(scope="module", params=["en", "zh"])
def made(request, run, tmp_path_factory):
    return write(run, tmp_path_factory.mktemp("paper"), request.param), request.param


def texts(book) -> list[str]:
    cells = [cell.text for table in book.tables for row in table.rows[:30] for cell in row.cells]
    return [*(paragraph.text for paragraph in book.paragraphs), *cells]


def test_word_has_the_tables_that_count_as_three_line_tables(made):
    folder, language = made
    book = Document(folder / f"paper-{language}.docx")
    captions = [
        p for p in book.paragraphs if p.style.name == "Caption" and (p.text.startswith("Table") or p.text.startswith("表"))
    ]
    assert 5 <= len(captions) == len(book.tables)
    for table in book.tables:
        borders = table._tbl.tblPr.find(qn("w:tblBorders"))
        rules = {border.tag.rpartition("}")[2]: int(border.get(qn("w:sz"))) for border in borders}
        assert set(rules) == {"top", "bottom"}
        for number, row in enumerate(table.rows):
            under = [int(b.get(qn("w:sz"))) for b in row._tr.iter(qn("w:bottom")) if b.getparent().tag == qn("w:tcBorders")]
            assert (len(under) == len(row.cells) and max(under) < rules["top"]) if number == 0 else not under
    assert all(paragraph._p.findall(qn("w:fldSimple")) for paragraph in captions)  # Word numbers them itself


def test_no_open_field_no_raw_heading_and_no_half_width_chinese_punctuation(made):
    folder, language = made
    said = texts(Document(folder / f"paper-{language}.docx"))
    assert [text for text in said if _FIELD.search(text)] == []
    heads = [cell.text for table in Document(folder / f"paper-{language}.docx").tables for cell in table.rows[0].cells]
    assert not set(heads) & _RAW and all(heads)
    if language == "zh":
        own = [text for text in said if not any(nasty in text for nasty in report_fixture.NASTY)]
        assert [text for text in own if re.search(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\(", text)] == []


def test_coding_table_is_numbered_1_2_3(made):
    folder, language = made
    table = Document(folder / f"paper-{language}.docx").tables[-1]
    numbers = [row.cells[0].text for row in table.rows[1:40]]
    assert numbers and all(re.fullmatch(r"\d+-\d+-\d+", number) for number in numbers)


def test_latex_is_whole(made):
    folder, language = made
    text = (folder / f"paper-{language}.tex").read_text(encoding="utf-8")
    bib, bbl = (
        (folder / "references.bib").read_text(encoding="utf-8"),
        (folder / f"paper-{language}.bbl").read_text(encoding="utf-8"),
    )
    assert sorted(re.findall(r"\\begin\{(\w+)\}", text)) == sorted(re.findall(r"\\end\{(\w+)\}", text))
    plain = re.sub(r"\\[{}\\]", "", text)
    assert plain.count("{") == plain.count("}")
    labels = set(re.findall(r"\\label\{([^}]+)\}", text))
    assert set(re.findall(r"\\ref\{([^}]+)\}", text)) <= labels and len(labels) >= 5
    cited = {key for keys in re.findall(r"\\(?:no)?cite\{([^}]+)\}", text) for key in keys.split(",")}
    assert cited == set(re.findall(r"@\w+\{(\w+),", bib)) == set(re.findall(r"\\bibitem\[[^]]*\]\{(\w+)\}", bbl))
    for picture in re.findall(r"\\includegraphics\[[^]]*\]\{([^}]+)\}", text):
        assert (folder / picture).stat().st_size
    for row in re.findall(r"(?s)\\begin\{tabular\}\{(.*?)\}\n(.*?)\\end\{tabular\}", text):
        widths = {len(re.findall(r"(?<!\\)&", line)) for line in row[1].splitlines() if line.endswith(r"\\")}
        assert len(widths) == 1


def test_shares_stand_with_their_interval(made):
    folder, language = made
    cells = [
        cell.text
        for table in Document(folder / f"paper-{language}.docx").tables[1:3]
        for row in table.rows[1:]
        for cell in row.cells
    ]
    assert sum(bool(re.search(r"\d%\s\[[\d.]+, [\d.]+\]$", cell)) for cell in cells) > 5


def test_the_same_run_gives_the_same_bytes(made, run, tmp_path):
    first, second = made[0], write(run, tmp_path, made[1])
    files = {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert files == {path.relative_to(second): path.read_bytes() for path in second.rglob("*") if path.is_file()}
    with zipfile.ZipFile(io.BytesIO((first / f"paper-{made[1]}.docx").read_bytes())) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {2025}


@pytest.mark.parametrize("missing", [("validity_agreement", "differences"), ("topics", "coding_table", "tool_shares")])
def test_what_was_not_made_is_left_out(run, tmp_path, missing):
    shutil.copytree(run, tmp_path / "run")
    for name in missing:
        (tmp_path / "run" / "processed" / f"{name}.parquet").unlink()
    folder = write(tmp_path / "run", tmp_path, "zh")
    assert all(not _FIELD.search(text) for text in texts(Document(folder / "paper-zh.docx")))
    assert (folder / "paper-zh.tex").read_text(encoding="utf-8").endswith("\\end{document}\n")


def test_references_in_the_style_asked_for(run, tmp_path):
    numbered = write(run, tmp_path / "a", "en", style="gbt")
    text = (numbered / "paper-en.tex").read_text(encoding="utf-8")
    first = re.search(r"\\cite\{(\w+)", text)[1]
    assert f"]{{{first}}}" in (numbered / "paper-en.bbl").read_text(encoding="utf-8").split("\\bibitem")[1]  # in order of mention
    assert "[J]" in "".join(p.text for p in Document(numbered / "paper-en.docx").paragraphs)
    apa = write(run, tmp_path / "b", "zh", style="apa")
    assert "[J]" not in "".join(p.text for p in Document(apa / "paper-zh.docx").paragraphs)


def test_works_are_numbered_as_they_are_mentioned():
    texts = ["差异（Zou & Donner, 2008）", "κ（Cohen, 1960）与（Zou & Donner, 2008）"]
    assert [work.key for work in in_order(texts)] == ["zou2008", "cohen1960"]


def test_the_workbook_opens_with_the_tables_as_printed(run, tmp_path):
    printed = paper.printed(run / "processed", report_fixture.RUN, "zh")
    book = openpyxl.load_workbook(export.excel(run / "processed", tmp_path / "x.xlsx", printed=printed))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert book.sheetnames[1] == "Notes 说明" and len(printed) >= 5
    assert {head for table in printed for head in table.heads} <= set(cells) and not set(cells) & _RAW
    assert [cell for cell in cells if _FIELD.search(str(cell))] == []
    again = export.excel(run / "processed", tmp_path / "y.xlsx", printed=printed)
    assert again.read_bytes() == (tmp_path / "x.xlsx").read_bytes()


@pytest.mark.parametrize("sign", ["κ", "α", "−", "≥", "≤", "×"])
def test_signs_that_latin_fonts_lack_are_mathematics(sign):
    assert escape(sign).startswith("$") and escape(sign).endswith("$")


def test_command_writes_into_the_folder_of_the_run(whole_run, capsys):
    assert main(["paper", "--out", str(whole_run), "--language", "zh"]) == 0
    out = capsys.readouterr().out
    assert str(whole_run / "paper" / "paper-zh.docx") in out and out.splitlines()[-1].startswith("next: ")
    assert [text for text in texts(Document(whole_run / "paper" / "paper-zh.docx")) if _FIELD.search(text)] == []
