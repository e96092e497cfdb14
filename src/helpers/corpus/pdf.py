"""Blocks of a PDF from its text layer, as PDFium gives it: limits, broken and image-only files."""

import pypdfium2

from helpers.corpus.blocks import Block, Content, Unreadable, content
from helpers.corpus.laid_out import blocks_of, items_of
from helpers.corpus.pdf_page import Line, borders, characters, give_fonts, turned
from helpers.language.reasons import coded

_MAX_PAGES = 3000


def read_pdf(data: bytes) -> Content:
    """Read the text layer; raise Unreadable for encrypted, broken, endless or image-only files."""
    give_fonts()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("pdf_locked" if "assword" in str(error) else "pdf_broken") from error
    try:
        if len(document) > _MAX_PAGES:
            raise Unreadable("pdf_pages", n=_MAX_PAGES)
        pages = [_page(document, number) for number in range(len(document))]
    finally:
        document.close()
    if not any(pages):
        raise Unreadable("pdf_images")
    unread = [str(number) for number, page in enumerate(pages, 1) if not page]
    shown = ", ".join(unread[:20]) + (" …" if len(unread) > 20 else "")
    flags = (coded("pages_unread", pages=shown),) if unread else ()
    return content(blocks_of(pages), "pdf", "pdf", flags=flags)


def _page(document: pypdfium2.PdfDocument, number: int) -> list[Line | Block]:
    """Return the lines of a page, the rows of its tables among them where they stand."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []
    try:
        chars, stray, turn = characters(page)
        if not chars:
            return []
        return items_of(chars, stray, [turned(edge, turn) for edge in borders(page)], number + 1)
    except pypdfium2.PdfiumError:
        return []
    finally:
        page.close()
