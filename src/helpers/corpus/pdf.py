"""Text layer of a PDF, page by page; a PDF of images is set aside."""

import re

import pypdfium2

from helpers.corpus.blocks import Block, Content, Unreadable, content

_MAX_PAGES = 3000


def read_pdf(data: bytes) -> Content:
    """Read the text layer; raise Unreadable for encrypted, broken, endless or image-only files."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = (
            "is protected by a password: save an unprotected copy" if "assword" in str(error) else "is broken: fetch it again"
        )
        raise Unreadable(f"the PDF {reason}") from error
    try:
        if len(document) > _MAX_PAGES:
            raise Unreadable(f"the PDF has more than {_MAX_PAGES} pages: split it")
        pages = [_page_text(document, number) for number in range(len(document))]
    finally:
        document.close()
    if not any(page.strip() for page in pages):
        raise Unreadable("the PDF has no text layer (scanned images): run text recognition (OCR) first")
    return content([Block(text=line, page=n) for n, page in enumerate(pages, 1) for line in page.split("\n")], "pdf", "pdf")


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        layer = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    try:
        text = layer.get_text_range()
    finally:
        layer.close()
        page.close()
    # U+FFFE marks a soft hyphen in PDFium's text; NUL an unmapped glyph.
    return re.sub(r"[\x00\ufffe]", "", text).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
