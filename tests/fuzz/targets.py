"""What must hold for any input: one function a target, used by hypothesis (`make test`) and by atheris (`make fuzz`)."""

import contextlib
import io
import os
import tempfile
import zipfile
from importlib import import_module
from pathlib import Path

import pandas as pd

from helpers import cache, codebook, coding, corpus, pipeline, repair, store, structure
from helpers.commitments import extract
from helpers.commitments.actors import named_in
from helpers.corpus.blocks import Unreadable
from helpers.export import qda, qda_read
from helpers.handcoding import workbook
from helpers.pipeline import record

SCHEME = codebook.load(store.PROJECT_ROOT / "data/codebook/policy_tools.yml")
SUFFIXES = (".txt", ".html", ".docx", ".pdf", ".doc", ".rtf", ".odt", ".ofd", ".mht", ".zip")
READ_BY = {".doc": "word97", ".rtf": "rtf", ".odt": "odt", ".ofd": "ofd", ".mht": "mht"}


def repair_text(text: str) -> None:
    """The log gives the clean text, its spans lie apart and in order, every place leads back into the raw text."""
    done = repair.repair(text)
    assert repair.apply(text, done.repairs) == done.text
    last = 0
    for r in done.repairs:
        assert last <= r.raw_start <= r.raw_end <= len(text) and text[r.raw_start : r.raw_end] == r.before
        last = r.raw_end
    for start in range(0, len(done.text), max(1, len(done.text) // 7)):
        first, end = done.to_raw(start, min(start + 3, len(done.text)))
        assert 0 <= first <= end <= len(text)


def decode_bytes(data: bytes) -> None:
    """Bytes are text in some encoding, or one clear error."""
    try:
        repair_text(repair.decode(data).text)
    except repair.DecodeError as error:
        assert str(error) and "\n" not in str(error)


def cut_text(text: str) -> None:
    """Units, headings and cells are slices of the text, apart, in order, and lose no letter; metadata never fails."""
    outline = structure.outline(text)
    assert all(text[u.start : u.end] == u.text for u in outline.units)
    spans = sorted((part.start, part.end) for part in [*outline.units, *outline.headings, *outline.cells])
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
    assert structure.text_key("".join(text[a:b] for a, b in spans)) == structure.text_key(text)
    found = structure.metadata(text, "name.txt")
    assert found["year"] is None or 1949 <= found["year"] <= 2100


def code_texts(texts: list[str]) -> None:
    """Every unit gets one statement of the four and at most three tools, each with words of its own text as evidence."""
    ids = [f"d:{i:05d}" for i in range(len(texts))]
    units = pd.DataFrame({"unit_id": ids, "doc_id": "d", "position": range(len(texts)), "text": texts, "heading_path": ""})
    codes, unit_tools = coding.code_units(units, SCHEME, None)
    assert codes["unit_id"].tolist() == ids and set(codes["statement"]) <= set(codebook.STATEMENTS)
    text_of = dict(zip(ids, texts, strict=True))
    for row in unit_tools.itertuples(index=False):
        assert row.tool in SCHEME.tools and text_of[row.unit_id][row.evidence_start : row.evidence_end] == row.evidence
    assert unit_tools.groupby("unit_id").size().max() <= SCHEME.max_tools if len(unit_tools) else True


def read_commitments(texts: list[str]) -> None:
    """What is promised stands in the text; whoever is named as responsible has a name."""
    ids = [f"d:{i:05d}" for i in range(len(texts))]
    text_of = dict(zip(ids, texts, strict=True))
    for row in extract(pd.DataFrame({"unit_id": ids, "doc_id": "d", "text": texts})).itertuples(index=False):
        assert 0 <= row.evidence_start < row.evidence_end <= len(text_of[row.unit_id])
    for text in texts:
        for name, role in named_in(text):
            assert name.strip() and role in ("lead", "responsible")


def read_document(data: bytes, suffix: str) -> None:
    """A file of any bytes is a document or has a sentence that says why not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"x{suffix}")
        path.write_bytes(data)
        done = corpus.outcome(corpus.Task(path, path.name, "x"), None)
    assert done.tables or done.reason, "neither text nor reason"
    assert "\n" not in done.reason and "please report" not in done.reason, done.reason  # the catch-all names a defect


def read_format(data: bytes, suffix: str) -> None:
    """So is one that is given to the reader of its kind, whatever its first bytes say."""
    reader = getattr(import_module(f"helpers.corpus.{READ_BY[suffix]}"), f"read_{READ_BY[suffix]}")
    with contextlib.suppress(Unreadable):
        found = reader(data)
        assert len(found.starts) == len(found.blocks)


def read_manifest(data: bytes) -> None:
    """A manifest of any bytes is rows and problems; no row leads out of the folder."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "corpus.csv").write_bytes(data)
        found = corpus.read_manifest(Path(folder))
        for name in found.rows:
            assert not os.path.isabs(name) and ".." not in name.split("/")
    assert all(reason and "\n" not in reason for _, reason in found.problems)


def load_codebook(data: bytes) -> None:
    """A codebook of any bytes is a codebook or one line that says where it is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.yml")
        path.write_bytes(data)
        try:
            codebook.load(path)
        except codebook.CodebookError as error:
            assert "\n" not in str(error) and str(error).startswith("x.yml")


def parse_codebook(content: object) -> None:
    """So is any value that YAML can give."""
    try:
        codebook.parse(content)
    except codebook.CodebookError as error:
        assert "\n" not in str(error)


def read_sheet(data: bytes) -> None:
    """A workbook of any bytes, and one whose sheet is any bytes, is rows or one line that names it."""
    for content in (data, _zip(data, "xl/worksheets/sheet1.xml")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.xlsx")
            path.write_bytes(content)
            try:
                assert len(workbook.rows(path, "Units", 4)) <= workbook.MAX_ROWS
            except workbook.SheetError as error:
                assert "\n" not in str(error) and str(error).startswith("x.xlsx")


def read_project(data: bytes) -> None:
    """A REFI-QDA project of any bytes, and one whose project.qde is any bytes, is codings or one line."""
    nothing = pd.DataFrame(columns=["doc_id", "source_file", "unit_id", "start", "end"])
    for content in (data, _zip(data, "project.qde"), _zip(b"<Project xmlns='urn:QDA-XML:project:1.0'>" + data, "project.qde")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.qdpx")
            path.write_bytes(content)
            try:
                found = qda_read.read_qdpx(path, nothing, {}, nothing, SCHEME)
                assert all("\n" not in problem for problem in found.problems)
            except qda.QdaError as error:
                assert "\n" not in str(error) and "x.qdpx" in str(error)


def read_record(data: bytes) -> None:
    """A run.json of any bytes is a record, or none; no step names a file outside the folders of results."""
    with tempfile.TemporaryDirectory() as folder:
        folders = pipeline.Folders(Path(folder, "raw"), Path(folder))
        for content in (data, b'{"versions":{},"parameters":{},"inputs":{},"outputs":{},"steps":{"01_clean":' + data + b"}}"):
            folders.run_file.write_bytes(content)
            for step in record.steps(record.read(folders.run_file), folders).values():
                for name in step["outputs"]:
                    path = (Path(folder) / name).resolve()
                    assert any(path.is_relative_to(results.resolve()) for results in folders.results), name


def read_part(data: bytes) -> None:
    """A part of any bytes, also under a right checksum, is a part or none."""
    with tempfile.TemporaryDirectory() as folder:
        parts, key = cache.Parts(Path(folder)), cache.key("x")
        for content in (data, cache._checksum(key, data) + data):
            (Path(folder) / key[:2]).mkdir(exist_ok=True)
            (Path(folder) / key[:2] / key).write_bytes(content)
            found = parts.read(key)
            assert found is None or isinstance(found.tables, dict)


def _zip(data: bytes, name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, data)
    return made.getvalue()
