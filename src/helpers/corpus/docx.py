"""Text of a Word document in reading order, with the numbers that Word makes itself."""

import io
import zipfile

import docx as word
from docx.oxml.ns import qn
from lxml import etree

from helpers.corpus.numbering import Numbering
from helpers.corpus.readers import Content, Unreadable

_MAX_ENTRIES, _MAX_EXPANDED, _MAX_RATIO, _MAX_NESTED = 5000, 300 * 2**20, 200, 12
_TEXT, _TAB, _BREAKS = qn("w:t"), qn("w:tab"), (qn("w:br"), qn("w:cr"))
_SKIPPED = (qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:instrText"), qn("w:pict"), qn("w:drawing"))


def read_docx(data: bytes) -> Content:
    """Read paragraphs and tables (a line a row, cells apart by tabs) in order; raise Unreadable for broken files and bombs."""
    _check_archive(data)
    try:
        document = word.Document(io.BytesIO(data))
    except Exception as error:  # python-docx raises KeyError, ValueError and its own errors for broken packages
        raise Unreadable("the Word file is broken or not a document: open it in Word and save it again") from error
    numbering = Numbering(document)
    lines: list[str] = []
    _walk(document.element.body, numbering, lines, 0)
    return Content("\n".join(lines), "docx")


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("the Word file is broken (no valid archive): fetch it again") from error
    expanded = sum(entry.file_size for entry in entries)
    bomb = any(e.file_size > 2**20 and e.file_size > _MAX_RATIO * max(1, e.compress_size) for e in entries)
    if len(entries) > _MAX_ENTRIES or expanded > _MAX_EXPANDED or bomb:
        raise Unreadable("the Word file would expand beyond all measure (zip bomb?) and was not opened")


def _walk(parent: etree._Element, numbering: Numbering, lines: list[str], depth: int) -> None:
    for child in parent:
        if child.tag == qn("w:p"):
            text = paragraph_text(child)
            if text.strip():
                lines.extend((numbering.mark(child) + text).split("\n"))
        elif child.tag == qn("w:tbl") and depth < _MAX_NESTED:
            for row in child.iter(qn("w:tr")):
                cells = [
                    " ".join(filter(None, (paragraph_text(p).strip() for p in cell.iter(qn("w:p")))))
                    for cell in row.iter(qn("w:tc"))
                ]
                lines.extend(["\t".join(cells)] if any(cells) else [])
        elif (
            child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag"))
            and depth < _MAX_NESTED
        ):
            _walk(child, numbering, lines, depth + 1)


def paragraph_text(paragraph: etree._Element) -> str:
    """Return the text of a w:p element: insertions in, deletions, fields' codes and pictures out."""
    pieces: list[str] = []
    stack = [paragraph]
    while stack:
        node = stack.pop()
        if node.tag in _SKIPPED:
            continue
        if node.tag == _TEXT:
            pieces.append(node.text or "")
        elif node.tag == _TAB:
            pieces.append("\t")
        elif node.tag in _BREAKS:
            pieces.append("\n")
        else:
            stack.extend(reversed(node))
    return "".join(pieces)
