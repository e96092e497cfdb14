"""Scans: pages without a text layer are read where the extra is installed, and named where it is not."""

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from test_roundtrip import PAPERS
from writers import as_txt, as_typst

from helpers import corpus, repair, structure
from helpers.corpus import blocks, image, installed, pdf, readers, recognition

PAPER = PAPERS["tasks"]
needs_extra = pytest.mark.skipif(not installed.recognition(), reason="the extra .[ocr] is not installed")


def pictures(noise: float = 6.0) -> list[Image.Image]:
    """The pages of the paper as a scanner sees them."""
    document, rng = pypdfium2.PdfDocument(as_typst(PAPER)), np.random.default_rng(3)
    pages = [np.asarray(document[k].render(scale=200 / 72).to_pil().convert("L"), float) for k in range(len(document))]
    return [Image.fromarray((page + rng.normal(0, noise, page.shape)).clip(0, 255).astype(np.uint8)) for page in pages]


def saved(pages: list[Image.Image], kind: str) -> bytes:
    data = io.BytesIO()
    pages[0].save(data, kind, save_all=True, append_images=pages[1:], **({"resolution": 200} if kind == "PDF" else {}))
    return data.getvalue()


def joined(*files: bytes, stamp: str = "") -> bytes:
    """The pages of several PDF files, with an ASCII stamp over the first."""
    made, data = pypdfium2.PdfDocument.new(), io.BytesIO()
    for file in files:
        made.import_pages(pypdfium2.PdfDocument(file))
    if stamp:
        import ctypes

        import pypdfium2.raw as pdfium

        page = made[0]
        text = pdfium.FPDFPageObj_NewTextObj(made, b"Helvetica", 12.0)
        said = (stamp + "\0").encode("utf-16-le")
        pdfium.FPDFText_SetText(text, (ctypes.c_ushort * (len(said) // 2)).from_buffer_copy(said))
        pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, 50, 20)
        pdfium.FPDFPage_InsertObject(page, text)
        pdfium.FPDFPage_GenerateContent(page)
    made.save(data)
    return data.getvalue()


@pytest.fixture(scope="module")
def scan() -> bytes:
    return saved(pictures(), "PDF")


def outline(content: corpus.Content) -> structure.Outline:
    return structure.outline(repair.repair(content.text, content.left_out).text)


@needs_extra
def test_a_scan_gives_the_sentences_and_cells_of_the_document(tmp_path, scan):
    (tmp_path / "scan.pdf").write_bytes(scan)
    made = corpus.build(tmp_path, n_jobs=1)
    [document] = made.documents.to_dict("records")
    assert (document["title"], document["doc_number"], document["n_ocr_pages"]) == (PAPER.title, PAPER.number, 2)
    assert document["n_tables"] == 1 and "pages_recognised" in document["codes"]
    assert made.units["is_ocr"].all() and set(made.units["page"]) == {1, 2}
    plain = [unit.text for unit in outline(readers.read_here(as_txt(PAPER), ".txt")).units]
    assert len(set(plain) & set(made.units["text"])) >= 0.8 * len(plain)
    assert not {"县教育局", "长期", "序号", "2022年6月"} & set(made.units["text"])


@needs_extra
def test_a_mixed_pdf_is_read_page_by_page_and_a_stamp_is_no_text(scan):
    found = readers.read(joined(saved(pictures()[:1], "PDF"), as_typst(PAPERS["figures"]), stamp="CamScanner 2021-03-05"), ".pdf")
    assert found.recognised == (1,)
    assert "为深入贯彻落实省委" in found.text and "规模工业总产值" in found.text
    [stamp] = [block for block in found.blocks if "CamScanner" in block.text]
    assert stamp.left_out and stamp.page == 1


@needs_extra
def test_the_same_bytes_give_the_same_text_and_images_are_read():
    first, second = (readers.read_here(saved([pictures()[1].crop((0, 100, 1654, 400))], "PNG"), ".png") for _ in range(2))
    assert first == second and "推进县人民医院新院区建设" in first.text and first.recognised == (1,)


def test_doubtful_lines_are_flagged_where_they_stand():
    said = [blocks.Block(text="支持企业技改，奖励20万元。", page=1), blocks.Block(text="未读之页。", page=2)]
    made = blocks.content(said, "pdf", "pdf")
    marked = recognition.marked(made, {1: recognition.Recognised([], [("奖励20万元。", 0.61)])})
    [edit] = marked.left_out
    assert marked.text[edit.start : edit.end] == "奖励20万元。" and edit.certainty == repair.FLAGGED and "0.61" in edit.reason
    done = repair.repair(marked.text, marked.left_out)
    assert done.text == marked.text and [r.rule for r in done.repairs] == ["recognition"]


def test_without_the_extra_pages_that_were_not_read_are_named(monkeypatch, scan):
    monkeypatch.setattr(installed, "recognition", tuple)
    with pytest.raises(blocks.Unreadable, match=r"no text layer.*\[ocr\]"):
        pdf.read_pdf(scan)
    with pytest.raises(blocks.Unreadable, match=r"image.*\[ocr\]"):
        image.read_image(saved(pictures()[:1], "PNG"))
    found = pdf.read_pdf(joined(saved(pictures()[:1], "PDF"), as_typst(PAPERS["figures"]), stamp="CamScanner"))
    assert found.recognised == () and 'pages_unread{"pages": "1"}' in found.flags


@needs_extra
@pytest.mark.parametrize("name", ["cut.png", "huge.png", "blank.jpg", "cut.tif"])
def test_images_that_are_none(tmp_path, name):
    page = Image.new("1", (30_000, 30_000)) if "huge" in name else Image.new("L", (900, 900), 255)
    data = io.BytesIO()
    page.save(data, {"png": "PNG", "jpg": "JPEG", "tif": "TIFF"}[name[-3:]])
    (tmp_path / name).write_bytes(data.getvalue()[: 300 if "cut" in name else None])
    made = corpus.build(tmp_path, n_jobs=1)
    [reason] = made.quarantine["reason"]
    assert made.documents.empty and "image" in reason and "please report" not in reason
