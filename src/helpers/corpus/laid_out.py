"""What stands on a page → blocks: paragraphs put together again, tables by their cells, running heads and feet left out."""

from dataclasses import replace
from statistics import median

from helpers.corpus.blocks import Block, LeftOut
from helpers.corpus.pdf_cells import ENDS, ITEM, Part, glued, joined, part, unframed
from helpers.corpus.pdf_edges import leave_out_edges
from helpers.corpus.pdf_page import Char, Line, lines
from helpers.corpus.pdf_tables import by_gaps, grids

_WATERMARK = LeftOut("furniture", "text at an angle: a watermark or stamp", False)


def items_of(
    chars: list[Char], stray: list[Char], edges: list[tuple[float, float, float, float]], number: int
) -> list[Line | Block | Part]:
    """Return the lines of page `number`, its tables among them where they stand, and what runs at an angle.

    `edges` are the lines drawn on it: x0, y0, x1, y1 in points, y upwards, like the boxes of the characters.
    """
    items: list[tuple[float, int, Line | Block | Part]] = []
    for k, grid in enumerate(grids(edges)):
        inside = [c for c in chars if grid.x0 <= (c.x0 + c.x1) / 2 <= grid.x1 and grid.y0 <= (c.y0 + c.y1) / 2 <= grid.y1]
        table = part(grid, inside, number)
        if table.rows and (not table.is_frame or not k):  # the first may be the end of a cell from the page before
            taken = set(map(id, inside))
            chars = [c for c in chars if id(c) not in taken]
            table.framed = [item if isinstance(item, Line) else item[1] for item in _text(inside)] if table.is_frame else []
            items.append((grid.y1, 0, table))
    items += [(line.y, 0, line) if isinstance(line, Line) else (y, k, line) for k, (y, line) in enumerate(_text(chars))]
    items.sort(key=lambda item: (-item[0], item[1]))
    said = "".join(char.text for char in stray).strip()
    marked = [replace(item, page=number) if isinstance(item, Block) else item for _, _, item in items]
    return marked + ([Block(text=said, page=number, left_out=_WATERMARK)] if said else [])


def _text(chars: list[Char]) -> list[tuple[float, Line | Block]]:
    """Return lines with their heights, those of two columns one column after the other, rows where gaps make a table."""
    found = lines(chars)
    middle = _gutter(found)
    if middle is None:
        return [(item.y, item) if isinstance(item, Line) else item for item in by_gaps(found)]
    apart = _beside(found, middle)
    beside = set(map(id, apart))
    whole = [line for line in found if id(line) not in beside]
    left = [half for line in apart if (half := _half(line, line.x0, middle))]
    right = [half for line in apart if (half := _half(line, middle, line.x1))]
    step = min(line.x0 for line in right) - min(line.x0 for line in left)
    columns = [*left, *(replace(line, x0=line.x0 - step, x1=line.x1 - step) for line in right)]
    top, edges = max(line.y for line in apart), (min(line.x0 for line in columns), max(line.x1 for line in columns))
    return [(line.y, line) for line in whole] + [
        (top - k * 1e-4, replace(line, y=top - k * 1e-4, column=edges)) for k, line in enumerate(columns)
    ]


def _beside(found: list[Line], middle: float) -> list[Line]:
    """Return the lines of two columns: those about the lines of the right one, heads and feet that stand apart left out."""
    apart = [not any(x0 < middle < x1 for x0, x1, _ in line.pieces) for line in found]
    right = [k for k, line in enumerate(found) if apart[k] and line.x1 > middle]
    gaps = [before.y - line.y for before, line in zip(found, found[1:], strict=False)]
    usual, width = median(gaps), max(x1 - x0 for k in right for x0, x1, _ in found[k].pieces)
    short = {k for k in right if all(x1 - x0 < 0.6 * width for x0, x1, _ in found[k].pieces)}
    while len(right) > 4 and right[0] in short and gaps[right[0]] > 1.5 * usual:
        del right[0]
    while len(right) > 4 and right[-1] in short and gaps[right[-1] - 1] > 1.5 * usual:
        del right[-1]
    first, last = right[0], right[-1]
    while first and found[first - 1].x1 < middle and gaps[first - 1] < 2.7 * found[first].size:
        first -= 1
    while last + 1 < len(found) and found[last + 1].x1 < middle and gaps[last] < 2.7 * found[last].size:
        last += 1
    return [found[k] for k in range(first, last + 1) if apart[k]]


def _half(line: Line, x0: float, x1: float) -> Line | None:
    """Return the part of a line between two places, None where nothing stands there."""
    pieces = tuple(piece for piece in line.pieces if x0 <= (piece[0] + piece[1]) / 2 <= x1)
    text = " ".join(piece[2] for piece in pieces)
    return replace(line, text=text, pieces=pieces, x0=pieces[0][0], x1=pieces[-1][1], first_word=line.size) if pieces else None


def _gutter(found: list[Line]) -> float | None:
    """Return the middle of the gap between two columns of prose, None where the page has one; their lines need not stand at the
    same heights."""
    pieces = [(x0, x1) for line in found for x0, x1, _ in line.pieces]
    if len(pieces) < 16:
        return None
    edge, far = sorted(x0 for x0, _ in pieces)[len(pieces) // 20], sorted(x1 for _, x1 in pieces)[-1 - len(pieces) // 20]
    places = [edge + (far - edge) * k / 100 for k in range(35, 66)]
    crossed = [sum(x0 < place < x1 for x0, x1 in pieces) for place in places]
    best = [place for place, n in zip(places, crossed, strict=True) if n == min(crossed)]
    middle = best[len(best) // 2]
    lefts, rights = [p for p in pieces if p[1] <= middle], [p for p in pieces if p[0] >= middle]
    if len(lefts) < 8 or len(rights) < 3 or min(crossed) >= 0.3 * len(found):
        return None
    end, start = sorted(x1 for _, x1 in lefts)[-1 - len(lefts) // 20], sorted(x0 for x0, _ in lefts)[len(lefts) // 8]
    width = end - start
    full = sum(x1 - x0 > 0.85 * width for x0, x1 in lefts) > 0.5 * len(lefts)
    return middle if full and median(x1 - x0 for x0, x1 in rights) > 0.7 * width else None


def blocks_of(pages: list[list[Line | Block | Part]]) -> list[Block]:
    """Put lines together to paragraphs and rows to tables, across pages too, running heads and feet between them left out."""
    out: list[Block] = []
    last: Line | None = None  # the line that the paragraph at `open_` ends with
    open_ = -1
    pages = list(joined(leave_out_edges(unframed(pages))))
    whole = [[item for item in items if isinstance(item, Line)] for items in pages]
    usual = _column([line for found in whole for line in found])
    for number, (items, text) in enumerate(zip(pages, whole, strict=True), 1):
        left, right = _column(text) if len(text) > 7 else usual
        first = True
        for item in items:
            if isinstance(item, Part):
                out += item.blocks()
                last = None
                continue
            if isinstance(item, Block):
                out.append(item if item.page else replace(item, page=number))
                last = None if item.kind == "row" else last
                continue
            within = last.column if last and last.column and item.x1 < last.column[1] + item.size / 2 else None
            column = item.column or within or (left, right)  # the end of two columns may stand alone on the next page
            if last is not None and _goes_on(last, item, *column, first):
                if open_ == len(out) - 1 and not first:
                    out[open_] = replace(out[open_], text=glued(out[open_].text, item.text))
                else:
                    out[open_] = replace(out[open_], goes_on=True)
                    out.append(Block(text=item.text, page=number))
            else:
                out.append(Block(text=item.text, page=number))
            room, column = column[1] - item.x1, item.column or within
            open_, last, first = len(out) - 1, replace(item, first_word=room, column=column), False
    return out


def _column(found: list[Line]) -> tuple[float, float]:
    """Return the left and right edge of the text of a page."""
    if not found:
        return 0.0, 0.0
    lefts, rights = sorted(line.x0 for line in found), sorted(line.x1 for line in found)
    return lefts[len(lefts) // 5], rights[-1 - len(rights) // 20]


def _goes_on(last: Line, line: Line, left: float, right: float, across: bool) -> bool:
    """Tell whether a line continues the paragraph of the line before (whose `first_word` is the room left on it)."""
    em, width = line.size, right - left
    if abs(last.size - em) > 0.15 * em or not across and last.y - line.y > 2.7 * max(last.size, em):
        return False
    if ITEM.match(line.text) and (last.text[-1:] in ENDS or line.x0 > left + 1.3 * em):
        return False
    if last.x0 > left + 0.25 * width and line.x0 < last.x0 - 1.3 * em:  # behind a signature or a line in the middle
        return False
    if last.first_word > line.first_word + 0.6 * last.size:
        return False
    flush = line.x0 < left + 1.3 * em
    return flush or abs(line.x0 - last.x0) < 0.5 * em and line.x0 < left + 0.3 * width
