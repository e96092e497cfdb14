"""Blocks of a PDF: from its text layer as PDFium gives it, from the image of the page where there is none or only a stamp."""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium

from helpers.corpus import installed, recognition
from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable, content
from helpers.corpus.laid_out import blocks_of, items_of
from helpers.corpus.pdf_cells import Part
from helpers.corpus.pdf_page import Line, borders, characters, give_fonts, turned
from helpers.language.reasons import coded

_MAX_PAGES = 3000
_STAMP = 60  # letters and digits; more are no stamp
_STAMPED = LeftOut("furniture", "stamp over the image of the page", False)


def read_pdf(data: bytes) -> Content:
    """Read the text layer, and the images of pages without one where text can be recognised here.

    Raises Unreadable for encrypted, broken and endless files, and for those of images alone that cannot be read.
    """
    give_fonts()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("pdf_locked" if "assword" in str(error) else "pdf_broken") from error
    try:
        if len(document) > _MAX_PAGES:
            raise Unreadable("pdf_pages", n=_MAX_PAGES)
        layers = [_layer(document, number) for number in range(len(document))]
        images = [number for number, (_, scanned) in enumerate(layers, 1) if scanned]
        wanted = images[: recognition.MAX_PAGES] if installed.recognition() else []
        read = {number: _recognised(document, number) for number in wanted}
    finally:
        document.close()
    pages = [_whole(items, number, read.get(number)) for number, (items, _) in enumerate(layers, 1)]
    if not any(items for number, items in enumerate(pages, 1) if number in read or number not in images):
        raise Unreadable("nothing_recognised" if read else "pdf_images")
    left = {number for number, items in enumerate(pages, 1) if not items} | set(images)
    unread = [str(number) for number in sorted(left - set(read))]
    flags = [coded("pages_unread", pages=_shown(unread))] if unread else []
    made = content(blocks_of(pages), "pdf", "pdf", flags=(*flags, *([coded("pages_recognised", n=len(read))] if read else [])))
    return recognition.marked(made, read)


def _shown(numbers: list[str]) -> str:
    return ", ".join(numbers[:20]) + (" …" if len(numbers) > 20 else "")


def _whole(items: list[Line | Block | Part], number: int, read: recognition.Recognised | None) -> list[Line | Block | Part]:
    """Put what was recognised in the place of a stamp, which is left out."""
    if read is None:
        return items
    said = [" ".join(item.cells) if isinstance(item, Block) and item.cells else item.text for item in items]
    stamp = _key("".join(said))
    own = [item for item in read.items if not isinstance(item, Line) or len(key := _key(item.text)) < 4 or key not in stamp]
    return own + [Block(text=text, page=number, left_out=_STAMPED) for text in said if text.strip()]


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _layer(document: pypdfium2.PdfDocument, number: int) -> tuple[list[Line | Block | Part], bool]:
    """Return the lines of a page, the rows of its tables among them, and whether the page is an image with a stamp at most."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return [], False
    try:
        chars, stray, turn = characters(page)
        if not chars:
            return [], pdfium.FPDFPage_CountObjects(page) > 0
        scanned = sum(char.text.isalnum() for char in chars) <= _STAMP and _imaged(page)
        return items_of(chars, stray, [turned(edge, turn) for edge in borders(page)], number + 1), scanned
    except pypdfium2.PdfiumError:
        return [], False
    finally:
        page.close()


def _imaged(page: pypdfium2.PdfPage) -> bool:
    """Tell whether one image covers more than half of a page."""
    width, height = page.get_size()
    box = [ctypes.c_float() for _ in range(4)]
    for k in range(min(pdfium.FPDFPage_CountObjects(page), 2000)):
        item = pdfium.FPDFPage_GetObject(page, k)
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_IMAGE:
            pdfium.FPDFPageObj_GetBounds(item, *map(ctypes.byref, box))
            x0, y0, x1, y1 = (value.value for value in box)
            if abs((x1 - x0) * (y1 - y0)) > 0.5 * width * height:
                return True
    return False


def _recognised(document: pypdfium2.PdfDocument, number: int) -> recognition.Recognised:
    try:
        page = document[number - 1]
        scale = recognition.scale(*page.get_size())
        image = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False).to_numpy()
        page.close()
    except pypdfium2.PdfiumError:
        return recognition.Recognised([], [])
    coloured = image[:, :, :3].copy() if image.ndim == 3 else image[:, :, None].repeat(3, 2)
    return recognition.recognised(coloured, 1 / scale, number)
