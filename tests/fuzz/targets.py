"""What must hold for any input: one function a target, used by hypothesis (`make test`) and by atheris (`make fuzz`)."""

import os
import tempfile
from pathlib import Path

import pandas as pd

from helpers import codebook, coding, corpus, repair, store, structure
from helpers.commitments import extract
from helpers.commitments.actors import named_in

SCHEME = codebook.load(store.PROJECT_ROOT / "data/codebook/policy_tools.yml")
SUFFIXES = (".txt", ".html", ".docx", ".pdf")


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
