"""Blocks of an OFD file (GB/T 33190): ofdkit (Apache-2.0) gives the text with its places, which are put together as in a PDF.

Its own text in reading order was compared: it has neither cells nor paragraphs, since OFD knows none either.
"""

import ofdkit
from ofdkit.errors import OFDError

from helpers.corpus.blocks import Block, Content, Unreadable, content
from helpers.corpus.docx import check_archive
from helpers.corpus.laid_out import blocks_of, items_of
from helpers.corpus.ofd_paths import Paths
from helpers.corpus.pdf_cells import Part
from helpers.corpus.pdf_page import Char, Line
from helpers.language.reasons import coded

POINT = 72 / 25.4  # points in a millimetre
_MAX_PAGES = 3000
_FAILURES = (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError, OSError)


def read_ofd(data: bytes) -> Content:
    """Read the text of the pages; raise Unreadable for broken, endless and image-only files."""
    check_archive(data, "ofd_file")
    try:
        with ofdkit.open(data) as document:
            if len(document.pages) > _MAX_PAGES:
                raise Unreadable("pdf_pages", n=_MAX_PAGES)
            paths = Paths(data)
            pages = [_page(page, paths, number) for number, page in enumerate(document.pages, 1)]
    except (OFDError, *_FAILURES) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("ofd_broken") from error
    if not any(pages):
        raise Unreadable("ofd_images")
    unread = [str(number) for number, page in enumerate(pages, 1) if not page]
    flags = (coded("pages_unread", pages=", ".join(unread[:20]) + (" …" if len(unread) > 20 else "")),) if unread else ()
    return content(blocks_of(pages), "ofd", "ofd", flags=flags)


def _page(page: ofdkit.Page, paths: Paths, number: int) -> list[Line | Block | Part]:
    height, seen, chars = page.height, set(), []
    for run in page.runs:
        place = (run.text, round(run.x * 4), round(run.y * 4))
        if place not in seen:  # drawn twice to look bold
            seen.add(place)
            chars += _characters(run, height)
    return items_of(chars, [], paths.edges(page.location, height), number) if chars else []


def _characters(run: ofdkit.TextRun, height: float) -> list[Char]:
    """Spread the characters of a run over its width: a Chinese one is twice as wide as a Latin one."""
    weights = [1 if char.isascii() else 2 for char in run.text]
    size = max(run.size, 0.5) * POINT
    unit = run.width * POINT / max(sum(weights), 1)
    x, base = run.x * POINT, (height - run.y) * POINT
    out = []
    for char, weight in zip(run.text, weights, strict=True):
        out.append(Char(char, x, base - 0.12 * size, x + weight * unit, base + 0.88 * size, size))
        x += weight * unit
    return out
