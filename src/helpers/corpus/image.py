"""Blocks of an image, or of the pages of a .tif, by text recognition."""

import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers.corpus import installed, recognition
from helpers.corpus.blocks import Content, Unreadable, content
from helpers.corpus.laid_out import blocks_of
from helpers.language.reasons import coded

_MOST_PIXELS = 120_000_000  # of one page
_A4 = 595  # points: how wide a page is taken to be


def read_image(data: bytes) -> Content:
    """Recognise the text; raise Unreadable for broken and huge images, and where the extra for recognition is missing."""
    if not installed.recognition():
        raise Unreadable("not_document", what="@image")
    pages: dict[int, recognition.Recognised] = {}
    try:
        with Image.open(io.BytesIO(data)) as image:
            n = getattr(image, "n_frames", 1)
            for k in range(min(n, recognition.MAX_PAGES)):
                image.seek(k)
                pages[k + 1] = _page(image, k + 1)
    except Image.DecompressionBombError as error:
        raise Unreadable("image_large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("image_broken") from error
    if not any(page.items for page in pages.values()):
        raise Unreadable("nothing_recognised")
    flags = (coded("pages_unread", pages=f"{recognition.MAX_PAGES + 1} …"),) if n > recognition.MAX_PAGES else ()
    made = content(blocks_of([page.items for page in pages.values()]), "image", "image", flags=flags)
    return recognition.marked(made, pages)


def _page(image: Image.Image, number: int) -> recognition.Recognised:
    if image.width * image.height > _MOST_PIXELS:
        raise Unreadable("image_large")
    upright = ImageOps.exif_transpose(image).convert("RGB")
    points = _A4 / upright.width
    ratio = min(recognition.scale(_A4, upright.height * points) * points, 3.0)
    if ratio < 0.9 or ratio > 1.5:  # smaller where it is larger than print at 200 dots an inch, larger where letters are tiny
        upright = upright.resize((max(1, round(upright.width * ratio)), max(1, round(upright.height * ratio))))
    return recognition.recognised(np.asarray(upright), _A4 / upright.width, number)
