"""Running heads, feet and page numbers: told by comparing the first and last lines of the pages."""

import re
import unicodedata
from collections import defaultdict

from helpers.corpus.blocks import Block, LeftOut
from helpers.corpus.pdf_cells import Part
from helpers.corpus.pdf_page import Line

_HEAD = LeftOut("furniture", "running head or foot of the pages", False)
_NUMBER = LeftOut("furniture", "page number", False)
_DEPTH = 3  # lines at the top and at the bottom that are looked at
_PAGE = re.compile(r"[-—–－~·.\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*[,，/／]?\s*共?\s*\d{1,4}\s*页?)?[-—–－~·.\s]*")


def leave_out_edges(pages: list[list[Line | Block | Part]]) -> list[list[Line | Block | Part]]:
    """Replace the lines that come again at the same height of several pages, and page numbers, by blocks left out."""
    places: dict[tuple[str, bool, int], set[int]] = defaultdict(set)
    edges: dict[tuple[int, int], list[tuple[str, bool, int]]] = defaultdict(list)  # a page of a few lines: top and bottom
    numbers: dict[tuple[int, int], int] = {}
    for p, items in enumerate(pages):
        found = [k for k, item in enumerate(items) if isinstance(item, Line)]
        for top in (True, False):
            for depth, k in enumerate(found[:_DEPTH] if top else found[::-1][:_DEPTH]):
                line = items[k]
                text = unicodedata.normalize("NFKC", line.text)
                if (number := _PAGE.fullmatch(text)) and depth < 2:
                    numbers[p, k] = int(number[1]) - p
                key = (re.sub(r"\d+|\s+", lambda m: "#" if m[0].isdigit() else "", text), top, round(line.y / 6))
                edges[p, k].append(key)
                places[key].add(p)
    many = max(2, round(0.3 * len(pages)))
    steps = list(numbers.values())
    out = []
    for p, items in enumerate(pages):
        done: list[Line | Block | Part] = []
        for k, item in enumerate(items):
            why = None
            if (p, k) in numbers and (steps.count(numbers[p, k]) >= 2 or not item.text.strip().isdigit()):
                why = _NUMBER
            for text, top, height in edges.get((p, k), ()) if why is None else ():
                again = {q for shift in (-1, 0, 1) for q in places.get((text, top, height + shift), ())}
                if len(again) >= many and len(pages) > 1 and re.search(r"[^#\W]", text):
                    why = _HEAD
            done.append(Block(text=item.text, page=p + 1, left_out=why) if why else item)
        out.append(done)
    return out
