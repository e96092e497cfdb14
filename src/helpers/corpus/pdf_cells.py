"""The cells of tables on pages: lines put together to paragraphs, and tables that go on over a page break.

A row that the break cut goes on with the next page's lines, a heading that is printed again is left out, and a cell that reaches
over the break is continued.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from helpers.corpus.blocks import Block, LeftOut
from helpers.corpus.pdf_page import Char, Line, lines
from helpers.corpus.pdf_tables import Grid
from helpers.corpus.tables import Cell, table_blocks

ITEM = re.compile(
    r"\s*(?:[一二三四五六七八九十百]+[、.．]|[（(][一二三四五六七八九十百\d]{1,3}[)）]|\d{1,3}[.、．)）](?!\d)|第[一二三四五六七八九十百\d]+[章节条篇编部]"
    r"|[①-⑳⑴-⒇]|附\s?件|[●■◆○□▲★※•·\ue000-\uf8ff])"
)
ENDS = "。；：！？;:!?"
_BODY = re.compile(r"(?:局|委|办|中心|政府|公司|院|镇|乡|街道|银行|大队|集团|部)$")  # departments below each other in a cell
_NUMBER = re.compile(r"[\W\d一二三四五六七八九十]*")
_AGAIN = LeftOut("furniture", "heading of a table, printed again on the next page", False)
_EDGES = 3  # lines of running heads and feet that may stand between two pages of a table
_NEAR = 3.0  # points


@dataclass(slots=True)
class Piece:
    """A cell on a page: its column and width in columns, its edges, its lines, whether it only continues the one above it, and
    whether it takes several rows."""

    column: int
    columns: int
    x0: float
    x1: float
    lines: list[Line]
    continues: bool = False
    tall: bool = False


@dataclass(slots=True)
class Row:
    """A row and the page on which it begins."""

    page: int
    pieces: list[Piece]

    def filled(self) -> dict[int, Piece]:
        """Return the cells that hold text, by column."""
        return {piece.column: piece for piece in self.pieces if piece.lines}

    @property
    def text(self) -> str:
        """The words of the row."""
        return " ".join(line.text for piece in self.pieces for line in piece.lines)


@dataclass(slots=True)
class Part:
    """A table, or its part on one page: the edges of its columns, its rows, and what it is when it only frames text."""

    borders: list[float]
    rows: list[Row]
    framed: list[Line | Block]

    @property
    def text(self) -> str:
        """The words of the table."""
        return " ".join(row.text for row in self.rows)

    @property
    def is_frame(self) -> bool:
        """Whether no row has two cells with text."""
        return all(len(row.filled()) < 2 for row in self.rows)

    def blocks(self) -> list[Block]:
        """Return a block a row, or the blocks of its cells where it is a frame."""
        return table_blocks([_cell(piece, row.page) for piece in row.pieces] for row in self.rows)


def part(grid: Grid, chars: list[Char], page: int) -> Part:
    """Return the table of a grid with the characters in it, each in the cell that is nearest."""
    rows: list[dict[int, Piece]] = [{} for _ in range(grid.n_rows)]
    inside: dict[int, list[Char]] = {}
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        nearest = min(range(len(grid.slots)), key=lambda k: grid.slots[k].distance(x, y))
        inside.setdefault(nearest, []).append(char)
    for k, slot in enumerate(grid.slots):
        found = lines(inside[k]) if k in inside else []
        for row in range(slot.row, slot.row + slot.rows):
            own = found if row == slot.row else []
            piece = Piece(slot.column, slot.columns, slot.x0, slot.x1, own, row > slot.row, slot.rows > 1)
            rows[row][slot.column] = piece
    full = [Row(page, [row[column] for column in sorted(row)]) for row in rows if any(piece.lines for piece in row.values())]
    return Part(list(grid.borders), full, [])


def paragraphs(found: list[Line], left: float, right: float) -> list[Block]:
    """Put the lines of a cell together: a line that had room for the next word ends a paragraph."""
    out: list[str] = []
    for k, line in enumerate(found):
        before = found[k - 1] if k else None
        bodies = before and _BODY.search(before.text) and _BODY.search(line.text)
        room = before is None or _has_room(before, line, found, left, right)
        if before is None or room or bodies or (ITEM.match(line.text) and before.text[-1] in ENDS):
            out.append(line.text)
        else:
            out[-1] = glued(out[-1], line.text)
    return [Block(text=text) for text in out]


def glued(before: str, after: str) -> str:
    """Join two lines, with a space between Latin words."""
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return f"{before} {after}" if latin else before + after


def _has_room(before: Line, line: Line, found: list[Line], left: float, right: float) -> bool:
    margin = max(2.0, min(min(line.x0 for line in found) - left, 6.0))
    return (before.x1 - before.x0) + line.first_word < right - left - 2 * margin - 0.3 * line.size


def _cell(piece: Piece, page: int) -> Cell:
    blocks = [replace(block, page=page) for block in paragraphs(piece.lines, piece.x0, piece.x1)]
    return Cell(blocks, piece.columns, piece.continues)


def unframed(pages: list[list[Line | Block | Part]]) -> list[list[Line | Block | Part]]:
    """Give frames back as the text in them, but where they may go on with a table of the page before."""
    out: list[list[Line | Block | Part]] = []
    last: Part | None = None
    for items in pages:
        done: list[Line | Block | Part] = []
        for item in items:
            if not isinstance(item, Part) or not item.is_frame or (last and len(done) <= _EDGES and _fits(last, item)):
                done.append(item)
            else:
                done += item.framed
        tail = next((k for k, item in enumerate(reversed(done)) if isinstance(item, Part)), None)
        last = done[len(done) - 1 - tail] if tail is not None and tail <= _EDGES else None
        out.append(done)
    return out


def joined(pages: list[list[Line | Block | Part]]) -> Iterator[list[Line | Block | Part]]:
    """Yield the pages with tables that go on from the page before added to their first part."""
    last: Part | None = None
    done: list[list[Line | Block | Part]] = []
    for items in pages:
        kept: list[Line | Block | Part] = []
        for k, item in enumerate(items):
            first = all(isinstance(other, Block) and other.left_out for other in items[:k][-_EDGES - 3 :])
            if isinstance(item, Part) and last and first and k <= _EDGES + 3 and _fits(last, item):
                kept += _append(last, item)
            else:
                kept.append(item)
                left_out = isinstance(item, Block) and item.left_out
                last = item if isinstance(item, Part) else last if left_out else None
        done.append(kept)
    yield from done


def _fits(table: Part, following: Part) -> bool:
    """Tell whether a table has the columns of another, or fewer of them, between the same edges."""
    ends = [abs(table.borders[k] - following.borders[k]) <= _NEAR for k in (0, -1)]
    return all(ends) and all(min(abs(x - y) for y in table.borders) <= _NEAR for x in following.borders)


def _append(table: Part, following: Part) -> list[Block]:
    """Add the rows of the next page to a table; return the headings that are printed again."""
    for row in following.rows:
        for piece in row.pieces:
            at, end = (_nearest(table.borders, following.borders[k]) for k in (piece.column, piece.column + piece.columns))
            piece.column, piece.columns = at, max(end - at, 1)
    again = 0
    pairs = zip(table.rows[:-1], following.rows, strict=False)
    while (pair := next(pairs, None)) and pair[0].text == pair[1].text and len(pair[0].filled()) > 1:
        again += 1
    rest = following.rows[again:]
    if rest:
        _continue(table.rows[-1], rest)
        if _is_cut(table, rest[0]):
            own = {piece.column: piece for piece in table.rows[-1].pieces}
            for column, piece in rest[0].filled().items():
                own[column].lines = own[column].lines + piece.lines
            rest = rest[1:]
    table.rows += rest
    return [replace(block, left_out=_AGAIN) for block in Part(table.borders, following.rows[:again], []).blocks()]


def _nearest(places: list[float], x: float) -> int:
    return min(range(len(places)), key=lambda k: abs(places[k] - x))


def _continue(above: Row, rows: list[Row]) -> None:
    """Mark the empty cells of the first rows that continue a cell of several rows from the page before."""
    over = {piece.column for piece in above.pieces if piece.tall}
    for piece in rows[0].pieces:
        if not piece.lines and (piece.column in over or piece.tall):
            piece.continues = True


def _is_cut(table: Part, row: Row) -> bool:
    """Tell whether the first row of a page is the rest of the last row before it: cells that every row has are empty in it, and
    those that it has go on."""
    last, here = table.rows[-1].filled(), row.filled()
    if not here or any(column not in last or last[column].columns != piece.columns for column, piece in here.items()):
        return False
    words = {column: ["".join(line.text for line in cells[column].lines) for cells in (last, here)] for column in here}
    if any(_NUMBER.fullmatch(before) and _NUMBER.fullmatch(after) for before, after in words.values()):
        return False
    usual = set.intersection(*(set(other.filled()) for other in table.rows[1:][-12:] or table.rows))
    missing = usual - here.keys()
    open_ = any(
        words[column][0][-1] not in ENDS
        and len(words[column][0]) > 5
        and not _has_room(last[column].lines[-1], piece.lines[0], last[column].lines, last[column].x0, last[column].x1)
        for column, piece in here.items()
    )
    return bool(missing) and (open_ or len(table.rows) > 1 and (len(missing) > 1 or len(here) == 1))
