"""Files of parameters, codebooks, sheets and projects that would take all memory or never end: one line, at once."""

import io
import os
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from helpers import codebook, store
from helpers.__main__ import main
from helpers.codebook import bounded
from helpers.export import qda, qda_read
from helpers.handcoding import workbook

MERGED = "a: &k0 {x: 1}\n" + "".join(f"b{i}: &k{i}\n  <<: [{', '.join([f'*k{i - 1}'] * 10)}]\n" for i in range(1, 20))
ALIASES = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
BOMBS = ["[" * 100_000, "{" * 100_000, "- " * 100_000, "? " * 100_000, "- [" * 50_000, MERGED, ALIASES, "&a [*a]",
         "a: &a\n  b: *a\n", "- x\n" * 600_000, "!!merge x: {a: b}\n", "&a " * 100_000]  # fmt: skip


@pytest.mark.parametrize("text", BOMBS, ids=[text[:12].strip() for text in BOMBS])
def test_yaml_is_counted_before_it_is_built(tmp_path, text):
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    begin = time.process_time()
    with pytest.raises(codebook.CodebookError, match="x.yml") as error:
        codebook.load(tmp_path / "x.yml")
    assert "\n" not in str(error.value) and time.process_time() - begin < 5
    with pytest.raises(yaml.YAMLError):
        bounded.load(text)


def test_what_is_no_bomb_is_read():
    assert bounded.load("a: &x [1, 2]\nb: *x\nc: '<<'\n") == {"a": [1, 2], "b": [1, 2], "c": "<<"}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices")
def test_a_file_of_parameters_that_never_ends(tmp_path, invented_corpus, capsys):
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "deep.yml").write_text("county_filter: " + "[" * 100_000, encoding="utf-8")
    files = [("--params", str(path)) for path in (tmp_path / "pipe.yml", tmp_path / "deep.yml", Path("/dev/zero"))]
    for arguments in (*files, ("-p", "county_filter", "[" * 50_000), ("-p", "seed", "9" * 30)):
        assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path / "out"), *arguments]) == 2
        said = capsys.readouterr().err
        assert Path(arguments[1]).name in said and len(said.strip().splitlines()) == 1, said


def sheet(rows: str, **parts: bytes) -> bytes:
    """Return a workbook with the rows as they stand, without <dimension>."""
    office = "http://schemas.openxmlformats.org"
    main, relations = f'xmlns="{office}/spreadsheetml/2006/main"', f"{office}/officeDocument/2006/relationships"
    kind, package = "application/vnd.openxmlformats-officedocument.spreadsheetml", f"{office}/package/2006"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
            f'"{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{kind}.worksheet+xml"/></Types>',
        )
        for place, target, name in (
            ("_rels/.rels", "xl/workbook.xml", "officeDocument"),
            ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheet"),
        ):
            archive.writestr(
                place,
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                f'Type="{relations}/{name}" Target="{target}"/></Relationships>',
            )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{relations}"><sheets><sheet name="Units" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>")
        for name, content in parts.items():
            archive.writestr(f"xl/{name}.xml", content)
    return data.getvalue()  # fmt: skip


def cell(row: int) -> str:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>d:{row}</t></is></c></row>'


def test_a_sheet_without_dimension_is_read(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(sheet(cell(1) + cell(2) + cell(5)))
    assert [row[0] for row in workbook.rows(tmp_path / "a.xlsx", "Units", 2)] == ["d:2", None, None, "d:5"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sheet(cell(1) + cell(9_000_000)), "100,000"),
        (sheet("<row/>" * 110_000), "100,000"),
        (sheet("", styles=b" " * 5_000_000), "unpack"),
        (sheet("", **{"worksheets/sheet2": b" " * 70_000_000}), "unpack"),
        (sheet("", **{f"media/{n}": b"" for n in range(2_100)}), "parts"),
        (b"PK\x03\x04" + b"\0" * 99, "cannot be read"),
    ],
    ids=["far row", "rows", "styles", "size", "parts", "no zip"],
)
def test_a_sheet_beyond_measure_is_not_opened(tmp_path, data, said):
    (tmp_path / "a.xlsx").write_bytes(data)
    begin = time.process_time()
    with pytest.raises(workbook.SheetError, match=said) as error:
        workbook.rows(tmp_path / "a.xlsx", "Units", 2)
    assert "\n" not in str(error.value) and "a.xlsx" in str(error.value) and time.process_time() - begin < 5


@pytest.mark.parametrize("inside", [b"<Code/>", b"<Code a='b' c='d'/>"], ids=["elements", "attributes"])
def test_a_project_of_millions_of_elements_is_not_built(tmp_path, inside):
    project = b"<Project xmlns='urn:QDA-XML:project:1.0'>" + inside * (9_000_000 // inside.count(b"<")) + b"</Project>"
    with zipfile.ZipFile(tmp_path / "a.qdpx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", project)
    scheme = codebook.load(store.PROJECT_ROOT / "data/codebook/policy_tools.yml")
    with pytest.raises(qda.QdaError, match="2,000,000 elements"):
        qda_read.read_qdpx(
            tmp_path / "a.qdpx", pd.DataFrame(columns=["doc_id", "source_file"]), {}, pd.DataFrame(columns=["doc_id"]), scheme
        )
