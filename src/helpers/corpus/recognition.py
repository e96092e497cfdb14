"""Text of images by RapidOCR (Apache-2.0, models in its wheel), where the extra is installed: `pip install .[ocr]`.

One thread and fixed models: the same image gives the same text on the same kind of processor. Lines are put together by their
places as the characters of a PDF are; the borders of tables are found in the image.
"""

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from helpers.corpus import isolated
from helpers.corpus.blocks import Block, Content
from helpers.corpus.laid_out import items_of
from helpers.corpus.pdf_cells import Part
from helpers.corpus.pdf_page import Char, Line
from helpers.repair import FLAGGED, Edit

DPI = 200
MAX_PAGES = 500  # recognised in one file; some five seconds of a processor each
DOUBTFUL = 0.85  # confidence of a line below which it is flagged
_MEMORY = 3 * 2**30  # bytes that models and pages may take beyond those of other readers
_TALLEST = 4000  # pixels


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page: its lines and rows, and the lines (text, confidence from 0 to 1) of which the engine is not sure."""

    items: list[Line | Block | Part]
    doubtful: list[tuple[str, float]]


@cache
def _engine():
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **threads})


def recognised(image: np.ndarray, points: float, number: int) -> Recognised:
    """Read page `number` from its image (height, width, 3), of which a pixel is `points` points wide."""
    isolated.allow_more(_MEMORY)
    found = _engine()(image)
    if found.boxes is None or not len(found.boxes):
        return Recognised([], [])
    height = image.shape[0]
    chars: list[Char] = []
    for box, text in zip(found.boxes.tolist(), found.txts, strict=True):
        chars += _characters(box, text, height, points)
    doubtful = [(text, float(score)) for text, score in zip(found.txts, found.scores, strict=True) if score < DOUBTFUL]
    return Recognised(items_of(chars, [], _borders(image, points), number), doubtful)


def marked(content: Content, pages: dict[int, Recognised]) -> Content:
    """Return a file's content with its recognised pages named and the doubtful lines on them flagged where they stand."""
    edits = list(content.left_out)
    for start, block in zip(content.starts, content.blocks, strict=True):
        if block.page not in pages or block.left_out:
            continue
        end = content.text.find("\n", start)
        line, at = content.text[start : end if end >= 0 else None], 0
        for text, score in pages[block.page].doubtful:
            found = line.find(text, at)
            if found >= 0:
                at = found + len(text)
                reason = f"recognised with a confidence of {score:.2f}"
                edits.append(Edit(start + found, start + at, text, "recognition", FLAGGED, reason))
    return replace(content, left_out=tuple(sorted(edits)), recognised=tuple(sorted(pages)))


def _characters(box: list[list[float]], text: str, height: int, points: float) -> list[Char]:
    """Spread the characters of a line over its box: a Chinese one is twice as wide as a Latin one."""
    x0, x1 = min(p[0] for p in box), max(p[0] for p in box)
    y0, y1 = min(p[1] for p in box), max(p[1] for p in box)
    weights = [1 if char.isascii() else 2 for char in text]
    unit = (x1 - x0) / max(sum(weights), 1)
    size = min(y1 - y0, 2 * unit * 1.15) if text else y1 - y0
    middle = height - (y0 + y1) / 2
    out = []
    for char, weight in zip(text, weights, strict=True):
        edges = (x0, middle - size / 2, x0 + weight * unit, middle + size / 2)
        out.append(Char(char, *(edge * points for edge in edges), size * points))
        x0 += weight * unit
    return out


def _borders(image: np.ndarray, points: float) -> list[tuple[float, float, float, float]]:
    """Return the straight lines of an image that are long enough for a border of a table."""
    import cv2

    dark = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) < 160).astype(np.uint8)
    height, out = image.shape[0], []
    least = max(40, round(18 / points))
    for across in (True, False):
        kernel = np.ones((1, least) if across else (least, 1), np.uint8)
        count, _, boxes, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel))
        for x, y, w, h, _ in boxes[1 : min(count, 5000)].tolist():
            if across and h * points < 4:
                out.append((x * points, (height - y - h / 2) * points, (x + w) * points, (height - y - h / 2) * points))
            elif not across and w * points < 4:
                out.append(((x + w / 2) * points, (height - y - h) * points, (x + w / 2) * points, (height - y) * points))
    return out


def scale(width: float, height: float) -> float:
    """Return by how much a page of so many points is enlarged to be read: 200 dots an inch, large pages less."""
    return min(DPI / 72, _TALLEST / max(width, height, 1), math.sqrt(16e6 / max(width * height, 1)))
