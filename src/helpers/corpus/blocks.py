"""A document as its reader saw it: blocks in reading order; and the one place where blocks become text with offsets.

A reader returns `content(blocks, …)`. Each block is a line of the raw text; the cells of a table row stand apart by a tab, the
paragraphs of one cell by U+2028. A block that is no part of the document (page number, navigation, hidden text) is written
into the raw text like any other and named in `left_out`, so that it is taken out where every repair is made and logged:
no letter is lost before the log begins.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from helpers.language.reasons import coded, said
from helpers.repair import EXACT, INFERRED, Edit

CELL, BREAK, DITTO = "\t", "\u2028", "〃"
Kind = Literal["heading", "paragraph", "item", "row"]


class Unreadable(ValueError):
    """A file that cannot be used: a reason of the language room with its arguments, said in English as the message."""

    def __init__(self, code: str, **arguments):
        self.coded = coded(code, **arguments)
        super().__init__(said(self.coded, "en"))


class Stopped(Unreadable):
    """A file whose reading had to be stopped, or ended its process: another time or another machine may do better."""


class LeftOut(NamedTuple):
    """Why a block is no part of the document: the rule and the reason for the log; certain where the file itself says so."""

    rule: str
    reason: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a heading, paragraph or list item with `text`, or the row of a table with `cells`.

    Row: a cell that is merged with the one to its left is '', one that is merged with the one above it is 〃 (DITTO); a cell of
    several paragraphs holds line feeds. `page` counts from 1 (None where the format has no pages); `region` says where off the
    main text it stands (`text box`, `footnote`, `endnote`, …). `goes_on`: its last sentence continues in the next block.
    """

    kind: Kind = "paragraph"
    text: str = ""
    cells: tuple[str, ...] = ()
    page: int | None = None
    region: str = ""
    left_out: LeftOut | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A file as read: raw text, its encoding and format, the page's labels (title, meta) that are no part of the text,
    the blocks with the offset of each, what the repair has to take out, and what is doubtful about the reading (`flags`)."""

    text: str
    encoding: str
    labels: str = ""
    format: str = "txt"
    blocks: tuple[Block, ...] = ()
    starts: tuple[int, ...] = ()
    left_out: tuple[Edit, ...] = ()
    flags: tuple[str, ...] = field(default=())
    recognised: tuple[int, ...] = field(default=())  # pages that were read from an image

    def lines(self) -> list[str]:
        """Return the lines of the blocks that are part of the document."""
        return [_line(block) for block in self.blocks if not block.left_out]

    def block_at(self, offset: int) -> Block | None:
        """Return the block that holds the character at `offset` of the raw text."""
        return self.blocks[max(bisect_right(self.starts, offset) - 1, 0)] if self.blocks else None


def content(blocks: list[Block], encoding: str, format: str, labels: str = "", flags: tuple[str, ...] = ()) -> Content:
    """Write blocks as text, one a line; those left out become edits of that text. Blocks without a letter are passed over."""
    kept = [(block, line) for block in blocks if (line := _line(block)).strip()]
    starts, edits, position = [], [], 0
    for index, (block, line) in enumerate(kept):
        end, last = position + len(line), index + 1 == len(kept)
        starts.append(position)
        if block.left_out:
            rule, reason, certain = block.left_out
            edits.append(Edit(position, end + (not last), "", rule, EXACT if certain else INFERRED, reason))
        elif block.goes_on and not last:
            following = next((text for other, text in kept[index + 1 :] if not other.left_out), "")
            gap = " " if line[-1].isascii() and line[-1].isalpha() and following[:1].isascii() and following[:1].isalpha() else ""
            edits.append(Edit(end, end + 1, gap, "wrap", INFERRED, "the paragraph goes on in the next block"))
        position = end + 1
    text = "\n".join(line for _, line in kept)
    return Content(text, encoding, labels, format, tuple(block for block, _ in kept), tuple(starts), tuple(edits), flags)


def plain(text: str, encoding: str, format: str = "txt", flags: tuple[str, ...] = ()) -> Content:
    """Return a text that is its own raw text, a block a line; a line with tabs is the row of a table."""
    blocks = [
        Block("row", cells=tuple(line.split(CELL))) if CELL in line.strip() else Block(text=line) for line in text.split("\n")
    ]
    starts, position = [], 0
    for line in text.split("\n"):
        starts.append(position)
        position += len(line) + 1
    return Content(text, encoding, "", format, tuple(blocks), tuple(starts), (), flags)


def _line(block: Block) -> str:
    if block.kind != "row":
        return block.text.replace("\n", " ").strip()
    return CELL.join(_cell(cell) for cell in block.cells)


def _cell(text: str) -> str:
    lines = (line.replace(CELL, " ").strip() for line in text.split("\n"))
    return BREAK.join(line for line in lines if line)
