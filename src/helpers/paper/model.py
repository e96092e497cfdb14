"""What a paper is made of, apart from how it is set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.references import Work
from helpers.report.words import Words


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a chapter's part, 2 a section of it. An appendix has no number and begins a page."""

    text: str
    level: int = 1
    appendix: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Running text; `see` names the tables and figures that it refers to, in brackets at its end."""

    text: str
    see: tuple[str, ...] = ()


@dataclass
class Table:
    """A three-line table; `widths` share the line among the columns, `numbers` are the columns set to the right.

    A cell is text; what stands behind a line break in it (an interval) goes under it. `long`: over many pages.
    """

    key: str
    caption: str
    heads: list[str]
    rows: list[list[str]]
    widths: list[float]
    numbers: frozenset[int] = frozenset()
    note: str = ""
    long: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure with its caption."""

    key: str
    name: str
    caption: str
    path: Path


@dataclass(frozen=True)
class References:
    """The place of the list of references."""


@dataclass
class Paper:
    """Blocks in order; `works` are cited in the order in which the style lists them, `references` their entries."""

    words: Words
    style: str
    title: str
    author: str
    blocks: list = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    @property
    def language(self) -> str:
        return self.words.language

    @property
    def figures(self) -> list[Figure]:
        return [block for block in self.blocks if isinstance(block, Figure)]

    @property
    def numbers(self) -> dict[str, int]:
        """The running number of each table and figure, by key."""
        found = {}
        for kind in (Table, Figure):
            own = [block for block in self.blocks if isinstance(block, kind)]
            found |= {block.key: running for running, block in enumerate(own, start=1)}
        return found

    def referring(self, paragraph: Paragraph, label: Callable[[str], str]) -> str:
        """Return a paragraph's text; before its full stop the tables and figures that it refers to, as `label` calls them."""
        named = [label(key) for key in paragraph.see if key in self.numbers]
        if not named:
            return paragraph.text
        text, stop = (paragraph.text[:-1], paragraph.text[-1]) if paragraph.text[-1:] in (".", "。") else (paragraph.text, "")
        comma = self.words("labels.list_comma")
        return text + self.words("paper.see", all=comma.join(named)) + stop
