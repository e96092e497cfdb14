"""Tables as readers find them: the cells of a row side by side, a frame round text told from a table, nested tables read once."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from helpers.corpus.blocks import DITTO, Block

_LONGEST_CELL = 40  # blocks; a cell that holds more is a column of the page


@dataclass(slots=True)
class Cell:
    """A cell: its blocks in order (rows among them are those of a table inside it), its width in columns, and whether it
    only continues the cell above."""

    blocks: list[Block] = field(default_factory=list)
    width: int = 1
    continues: bool = False

    def own(self) -> list[Block]:
        """Return the blocks that are text of this cell, not of a table inside it and not left out."""
        return [b for b in self.blocks if b.kind != "row" and not b.left_out]


def table_blocks(rows: Iterable[list[Cell]]) -> list[Block]:
    """Return a block a row; a table that only frames text (one column, one filled cell a row, whole columns of the page)
    gives the blocks of its cells in order."""
    rows = list(rows)
    framed = all(sum(bool(cell.own()) for cell in row) < 2 for row in rows)
    out: list[Block] = []
    for row in rows:
        filled = sum(bool(cell.own()) for cell in row)
        nested = any(b.kind == "row" for cell in row for b in cell.blocks)
        if framed or (nested and filled < 2) or any(len(cell.own()) > _LONGEST_CELL for cell in row):
            out += [block for cell in row for block in cell.blocks]
            continue
        cells = [text for cell in row for text in (_text(cell), *[""] * (cell.width - 1))]
        page = next((b.page for cell in row for b in cell.blocks if b.page), None)
        region = next((b.region for cell in row for b in cell.blocks if b.region), "")
        out.append(Block("row", cells=tuple(cells), page=page, region=region))
        out += [b for cell in row for b in cell.blocks if b.kind == "row" or b.left_out]
    return out


def _text(cell: Cell) -> str:
    text = "\n".join(block.text for block in cell.own())
    return DITTO if cell.continues and not text else text


def in_region(blocks: list[Block], region: str) -> list[Block]:
    """Return the blocks marked as standing off the main text."""
    return [replace(block, region=block.region or region) for block in blocks]
