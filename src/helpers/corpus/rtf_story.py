"""A run of paragraphs in an RTF file (the body, a note, a text box) while it is read, and the tables in it."""

from dataclasses import dataclass, field

from helpers.corpus.blocks import Block, LeftOut
from helpers.corpus.tables import Cell, in_region, table_blocks


@dataclass(slots=True)
class Row:
    """Cells of a row with their right edges and what their definition says of merging."""

    cells: list[list[Block]] = field(default_factory=lambda: [[]])
    edges: list[tuple[int, bool, bool]] = field(default_factory=list)


class Story:
    """A run of paragraphs: the body, a note, a text box; tables are put together as their rows end."""

    def __init__(self, region: str = "") -> None:
        self.region = region
        self.blocks: list[Block] = []
        self.said: list[tuple[str, LeftOut | None]] = []
        self.mark: list[str] = []
        self.heading = False
        self.tables: list[list[Row]] = []  # of each depth the rows so far
        self.rows: list[Row] = []

    def paragraph(self, depth: int) -> None:
        """End a paragraph at this depth of tables."""
        text = "".join(said for said, why in self.said if not why)
        mark = "".join(self.mark).strip()
        left_out: dict[LeftOut, str] = {}
        for said, why in self.said:
            if why:
                left_out[why] = left_out.get(why, "") + said
        kind = "heading" if self.heading else "item" if mark else "paragraph"
        lines = (mark + text).split("\n") if text.strip() or (mark and depth) else []
        found = [Block(kind, line.strip()) for line in lines if line.strip()]
        found += [Block(text=said.replace("\n", " "), left_out=why) for why, said in left_out.items() if said.strip()]
        self.said, self.mark = [], []
        self.into(depth).extend(found)

    def into(self, depth: int) -> list[Block]:
        """Return the list that blocks at this depth go to: a cell, or the story itself."""
        while len(self.rows) > depth:
            self._end_table()
        while len(self.rows) < depth:
            self.rows.append(Row())
            self.tables.append([])
        return self.rows[-1].cells[-1] if self.rows else self.blocks

    def end_cell(self, depth: int) -> None:
        self.paragraph(depth)
        self.rows[-1].cells.append([])

    def end_row(self, depth: int, edges: list[tuple[int, bool, bool]]) -> None:
        self.into(depth)
        row, self.rows[-1] = self.rows[-1], Row()
        if row.cells and not row.cells[-1]:
            row.cells.pop()
        row.edges = edges
        self.tables[-1].append(row)

    def _end_table(self) -> None:
        row, rows = self.rows.pop(), self.tables.pop()
        if any(row.cells):
            rows.append(row)
        places = _places(sorted({edge for row in rows for edge, _, _ in row.edges}))
        found = table_blocks(_cells(row, places) for row in rows)
        (self.rows[-1].cells[-1] if self.rows else self.blocks).extend(found)

    def done(self) -> list[Block]:
        """End what is open and return the blocks."""
        self.paragraph(0)
        return in_region(self.blocks, self.region) if self.region else self.blocks


def _places(edges: list[int]) -> dict[int, int]:
    """Number the columns by their right edges; edges less than a millimetre apart are one."""
    numbered: dict[int, int] = {}
    column, last = 0, None
    for edge in edges:
        if last is not None and edge - last > 50:
            column += 1
        numbered[edge], last = column, edge
    return numbered


def _cells(row: Row, places: dict[int, int]) -> list[Cell]:
    out: list[Cell] = []
    column = -1
    for k, blocks in enumerate(row.cells):
        edge, down, across = row.edges[k] if k < len(row.edges) else (0, False, False)
        reached = max(places.get(edge, column + 1), column + 1)
        width, column = min(reached - column, 60), reached
        if across and out and not blocks:
            out[-1].width += width
        else:
            out.append(Cell(blocks, width, continues=down))
    return out
