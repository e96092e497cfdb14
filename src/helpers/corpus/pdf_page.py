"""What stands on a page of a PDF: its characters with their places, put together to lines, and the borders drawn on it."""

import ctypes
import math
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import pylopdf_fonts_zh_cn
import pypdfium2
import pypdfium2.raw as pdfium

_THIN, _SHORT, _NEAR = 2.5, 6.0, 3.0  # points: a line's width, too short for a border, far enough to touch
_FONTS: list = []  # PDFium keeps the addresses
_MOST_OBJECTS, _DEEPEST = 50_000, 4
_STARTS_NO_LINE = "，。、；：？！”’）》〉】〕％%,.;:?!)]"


@dataclass(slots=True)
class Char:
    """A character of the page and the box round it (points, y upwards)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, in pieces that stand apart by a gap of more than a character (left, right, text); `first_word` is the
    width that would have had to fit on the line before, `size` the width of a Chinese character, `column` the edges of its
    column where the page has two."""

    text: str
    pieces: tuple[tuple[float, float, str], ...]
    x0: float
    x1: float
    y: float
    size: float
    first_word: float
    column: tuple[float, float] | None = None


def _line(chars: list[Char]) -> Line:
    chars = sorted(chars, key=lambda c: c.x0)
    shown = [c for c in chars if not c.text.isspace()]
    wide = [c.x1 - c.x0 for c in shown if c.text > "\u2e80"]
    size = median(wide) if wide else 0.7 * median(c.size for c in shown)
    pieces, start = [], 0
    for k in range(1, len(shown) + 1):
        if k == len(shown) or shown[k].x0 - shown[k - 1].x1 > 1.4 * size:
            run = [c for c in chars if shown[start].x0 <= c.x0 <= shown[k - 1].x0]
            pieces.append((shown[start].x0, shown[k - 1].x1, _joined(run)))
            start = k
    text = " ".join(piece for _, _, piece in pieces)
    n = len(re.match(r"[A-Za-z0-9.%-]+|.", text)[0]) if text else 0
    while n < len(text) and text[n] in _STARTS_NO_LINE:
        n += 1
    first = shown[min(max(n, 1), len(shown)) - 1].x1 - shown[0].x0
    return Line(text, tuple(pieces), shown[0].x0, shown[-1].x1, median((c.y0 + c.y1) / 2 for c in shown), size, first)


def _joined(run: list[Char]) -> str:
    text = run[0].text
    for before, char in zip(run, run[1:], strict=False):
        wide = char.x0 - before.x1 > 0.18 * char.size and before.text.isascii() and char.text.isascii()
        text += (" " if wide and text[-1] != " " else "") + char.text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()


@cache
def give_fonts() -> None:
    """Let PDFium measure with the font that comes with this package what a PDF sets in a font that it does not hold.

    Without a Chinese font it gives such characters no width, and drops those that stand alone; with the fonts of the system
    the same file would read otherwise on another machine. Once a process, before a document is opened.
    """
    folder = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
    _FONTS[:] = [ctypes.create_string_buffer(os.fsencode(folder)), (ctypes.POINTER(ctypes.c_char) * 2)()]
    _FONTS[1][0] = ctypes.cast(_FONTS[0], ctypes.POINTER(ctypes.c_char))
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=_FONTS[1]))


def characters(page: pypdfium2.PdfPage) -> tuple[list[Char], list[Char], int]:
    """Return the characters of a page as it is turned for reading, those at another angle, and its turn in degrees."""
    layer = page.get_textpage()
    try:
        found: dict[int, list[Char]] = {}
        box = [ctypes.c_double() for _ in range(4)]
        for k in range(layer.count_chars()):
            code = pdfium.FPDFText_GetUnicode(layer, k)
            if code in (0, 0xFFFE, 0xFFFF, 13, 10) or pdfium.FPDFText_IsGenerated(layer, k) == 1:
                continue
            text = chr(code)
            pdfium.FPDFText_GetCharBox(layer, k, *map(ctypes.byref, (box[0], box[2], box[1], box[3])))
            x0, y0, x1, y1 = (value.value for value in box)
            size = pdfium.FPDFText_GetFontSize(layer, k)
            loose = pdfium.FS_RECTF()
            if pdfium.FPDFText_GetLooseCharBox(layer, k, ctypes.byref(loose)):
                x0, x1, y0, y1 = loose.left, loose.right, min(loose.bottom, loose.top), max(loose.bottom, loose.top)
            turn = round(math.degrees(max(pdfium.FPDFText_GetCharAngle(layer, k), 0)) / 15) * 15 % 360
            found.setdefault(turn, []).append(Char(text, x0, y0, x1, y1, max(y1 - y0, 1.0) if turn in (0, 180) else size or 10))
    finally:
        layer.close()
    if not found:
        return [], [], 0
    main = max(found, key=lambda turn: (len(found[turn]), -turn))
    upright = [Char(c.text, *turned((c.x0, c.y0, c.x1, c.y1), main), c.size) for c in found.pop(main)]
    return upright, [char for chars in found.values() for char in chars], main


def turned(box: tuple[float, float, float, float], degrees: int) -> tuple[float, float, float, float]:
    """Turn a box of a landscape page upright (quarter turns only)."""
    x0, y0, x1, y1 = box
    if degrees == 90:
        return y0, -x1, y1, -x0
    if degrees == 270:
        return -y1, x0, -y0, x1
    return (-x1, -y1, -x0, -y0) if degrees == 180 else box


def lines(chars: list[Char]) -> list[Line]:
    """Return characters as lines from the top to the bottom; a character belongs to the line at the height of its middle."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (-(c.y0 + c.y1), c.x0)):
        middle = (char.y0 + char.y1) / 2
        near = next(
            (row for row in rows[-3:] if abs(row[0].y0 + row[0].y1 - 2 * middle) < 0.8 * max(row[0].size, char.size) * 0.9), None
        )
        if near is None:
            rows.append([char])
        else:
            near.append(char)
    return [_line(row) for row in rows if any(not c.text.isspace() for c in row)]


def borders(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float]]:
    """Return the horizontal and vertical lines that are drawn on a page: x0, y0, x1, y1."""
    found: list[tuple[float, float, float, float]] = []
    stack = [(pdfium.FPDFPage_GetObject(page, k), (1, 0, 0, 1, 0, 0), 0) for k in range(pdfium.FPDFPage_CountObjects(page))]
    seen = 0
    while stack and seen < _MOST_OBJECTS:
        item, outer, depth = stack.pop()
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM):
            continue
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
        inner = _times((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), outer)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            found += _edges(item, inner)
        elif depth < _DEEPEST:
            stack += [
                (pdfium.FPDFFormObj_GetObject(item, k), inner, depth + 1) for k in range(pdfium.FPDFFormObj_CountObjects(item))
            ]
    return found


def _times(m: tuple, n: tuple) -> tuple:
    a, b, c, d, e, f = m
    return (a * n[0] + b * n[2], a * n[1] + b * n[3], c * n[0] + d * n[2], c * n[1] + d * n[3],
            e * n[0] + f * n[2] + n[4], e * n[1] + f * n[3] + n[5])  # fmt: skip


def _edges(path, matrix: tuple) -> list[tuple[float, float, float, float]]:
    points: list[tuple[float, float, bool]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    n = pdfium.FPDFPath_CountSegments(path)
    if n > 2000:
        return []
    a, b, c, d, e, f = matrix
    first = None
    for k in range(n):
        segment = pdfium.FPDFPath_GetPathSegment(path, k)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        at = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        first = at if kind == pdfium.FPDF_SEGMENT_MOVETO else first
        points.append((*at, kind == pdfium.FPDF_SEGMENT_LINETO))
        if pdfium.FPDFPathSegment_GetClose(segment) and first:
            points.append((*first, True))
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    return strokes(points, bool(stroke.value))


def strokes(points: list[tuple[float, float, bool]], drawn: bool) -> list[tuple[float, float, float, float]]:
    """Return the horizontal and vertical lines of a path of points (x, y, does a line lead there); `drawn`: not only filled."""
    if not points:
        return []
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    if min(width, height) < _THIN:  # a line, or a rectangle as thin as one
        middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        if max(width, height) < _SHORT:
            return []
        return [(min(xs), middle_y, max(xs), middle_y)] if width > height else [(middle_x, min(ys), middle_x, max(ys))]
    if not drawn:
        return []
    out = []
    for (x0, y0, _), (x1, y1, straight) in zip(points, points[1:], strict=False):
        if straight and max(abs(x1 - x0), abs(y1 - y0)) >= _SHORT:
            if abs(y1 - y0) < _THIN:
                out.append((min(x0, x1), (y0 + y1) / 2, max(x0, x1), (y0 + y1) / 2))
            elif abs(x1 - x0) < _THIN:
                out.append(((x0 + x1) / 2, min(y0, y1), (x0 + x1) / 2, max(y0, y1)))
    return out
