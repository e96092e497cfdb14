"""What a report is made of, apart from how it looks: sections of prose, tables and figures, in one language."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Column:
    """One column of a shown table; `kind` decides alignment, room and sorting: text, long (needs room), sentence (needs more), id
    (small), date (in one piece), before (text that ends at the next column) or number."""

    label: str
    kind: str = "text"
    about: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the value to sort by, where a click leads, and the interval to draw (low, point, high as 0 to 1).

    `aside` is a smaller text after it (the interval in figures), `struck` what stood there before (a repair),
    `coded` the share as coded under a corrected one.
    """

    text: str
    sort: float | str | None = None
    href: str = ""
    interval: tuple[float, float, float] | None = None
    aside: str = ""
    colour: int | None = None
    struck: str = ""
    coded: str = ""


@dataclass
class Table:
    """A numbered table; `source` names the processed table behind it, `total` the rows that table has when fewer are shown."""

    id: str
    caption: str
    columns: list[Column]
    rows: list[list[Cell]]
    note: str = ""
    source: str = ""
    total: int | None = None
    number: int = 0

    @property
    def n_cut(self) -> int:
        return max((self.total or 0) - len(self.rows), 0)


@dataclass
class Figure:
    """A numbered figure: where its PNG lies, caption, the cell that made it and the data that it draws."""

    id: str
    name: str
    caption: str
    path: Path
    notebook: str = ""
    code: str = ""
    csv: str = ""
    number: int = 0

    @property
    def alt(self) -> str:
        return self.caption if len(self.caption) <= 400 else f"{self.caption[:399]}…"


@dataclass(frozen=True)
class Prose:
    """A paragraph in our own words; `kind` is text, lead, notice (something is missing) or reference."""

    text: str
    kind: str = "text"
    title: str = ""


@dataclass(frozen=True)
class Evidence:
    """The place where the table of units stands."""

    n_units: int
    note: str = ""


@dataclass
class More:
    """Tables that are one click away."""

    title: str
    tables: list[Table]


@dataclass
class Section:
    """A heading with blocks under it; `id` is its anchor."""

    id: str
    title: str
    level: int = 2
    blocks: list = field(default_factory=list)


@dataclass(frozen=True)
class Finding:
    """One of the answers at the opening: a headline, what supports it, and links to the evidence (text, anchor)."""

    id: str
    headline: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, tuple[tuple[str, Cell, int], ...]], ...] = ()  # group: (tool, its share, number of its colour)
    scale: str = ""  # from where to where the bars of `rows` run


@dataclass
class Report:
    """One edition: everything that a template needs and nothing that it must compute."""

    language: str
    title: str
    subtitle: str
    facts: list[tuple[str, str]]
    findings: list[Finding]
    sections: list[Section]
    brief: list[str] = field(default_factory=list)  # the answer, and what to beware of


def number(sections: list[Section]) -> dict[str, int]:
    """Give every table and every figure its running number; return the numbers by anchor."""
    numbers: dict[str, int] = {}
    blocks = [
        part
        for section in sections
        for block in section.blocks
        for part in (block.tables if isinstance(block, More) else [block])
    ]
    for kind in (Table, Figure):
        found = [block for block in blocks if isinstance(block, kind)]
        for running, block in enumerate(found, start=1):
            block.number = numbers[block.id] = running
    return numbers
