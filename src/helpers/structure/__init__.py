"""Clean text → headings, units of coding and metadata (pure functions; every place is an offset in the clean text)."""

from helpers.structure.headings import Heading, Outline, Unit, outline, paragraphs, sections
from helpers.structure.lineages import by_lineage, lineages
from helpers.structure.metadata import metadata
from helpers.structure.places import county_by_name, province_by_name
from helpers.structure.sentences import statement_key, text_key
from helpers.structure.tables import CELL

__all__ = [
    "CELL",
    "Heading",
    "Outline",
    "Unit",
    "by_lineage",
    "county_by_name",
    "lineages",
    "metadata",
    "outline",
    "paragraphs",
    "province_by_name",
    "sections",
    "statement_key",
    "text_key",
    "units",
]


def units(clean_text: str) -> list[Unit]:
    """Return the units of coding of a clean text, in order."""
    return outline(clean_text).units
