"""The straight lines drawn on the pages of an OFD file: the borders of its tables, which ofdkit does not give."""

import io
import math
import zipfile

from lxml import etree

from helpers.corpus.pdf_page import strokes

_POINT = 72 / 25.4
_MOST, _DEEPEST = 50_000, 20
_NUMBERS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


class Paths:
    """The paths of the pages of one file."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))

    def edges(self, location: str | None, height: float) -> list[tuple[float, float, float, float]]:
        """Return the lines of the page that lies at `location` (points, y upwards); none where it cannot be read."""
        try:
            root = etree.fromstring(
                self._archive.read(location or ""), etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
            )
        except (KeyError, etree.XMLSyntaxError, ValueError, zipfile.BadZipFile, OSError, RuntimeError):
            return []
        out: list[tuple[float, float, float, float]] = []
        for k, node in enumerate(root.iter("{*}PathObject") if root is not None else ()):
            if k > _MOST:
                break
            out += strokes(_points(node, height), node.get("Stroke") != "false")
        return out


def _points(node: etree._Element, height: float) -> list[tuple[float, float, bool]]:
    left, top = (_floats(node.get("Boundary")) + [0.0, 0.0])[:2]
    matrix = _floats(node.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    drawn = node.find("{*}AbbreviatedData")
    tokens = ((drawn.text or "") if drawn is not None else "").split()[:20_000]
    out: list[tuple[float, float, bool]] = []
    first, k = None, 0
    while k < len(tokens):
        command = tokens[k]
        n = _NUMBERS.get(command, 0)
        numbers = _floats(" ".join(tokens[k + 1 : k + 1 + n]))
        k += 1 + n
        if command == "C" and first:
            out.append((*first, True))
        elif n and len(numbers) == n:
            x, y = numbers[-2:]
            at = ((a * x + c * y + e + left) * _POINT, (height - (b * x + d * y + f + top)) * _POINT)
            first = at if command in "MS" else first
            out.append((*at, command == "L"))
    return out


def _floats(text: str | None) -> list[float]:
    try:
        found = [float(part) for part in (text or "").split()]
    except ValueError:
        return []
    return found if all(map(math.isfinite, found)) else []
