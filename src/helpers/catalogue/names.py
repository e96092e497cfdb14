"""Headings and titles in the reader's language."""

from helpers.catalogue.load import read, tables, views


def heading(field: str, language: str = "en") -> str:
    """Return the heading of a column; one that nobody declared is its name made readable."""
    known = read("fields.yml")
    pair = known["fields"][field][1:3] if field in known["fields"] else known["shown"].get(field)
    return pair[language == "zh"] if pair else field.replace("_", " ")


def kind(field: str) -> tuple[str, str]:
    """Return type of a field and how a reader sees it; both empty for one that nobody declared."""
    type_, _, _, _, *shown = read("fields.yml")["fields"].get(field, ("",) * 4)
    return ("str" if isinstance(type_, list) else type_), "".join(shown)


def title(table: str, language: str = "en") -> str:
    """Return the title of a table."""
    about = tables().get(table) or views().get(table)
    return about.title[language == "zh"] if about else table.replace("_", " ")
