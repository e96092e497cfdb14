"""Headings and titles in the reader's language."""

from helpers.catalogue.load import read, tables, views


def heading(field: str, language: str = "en") -> str:
    """Return the heading of a column; one that nobody declared is its name made readable."""
    known = read("fields.yml")
    pair = known["fields"][field][1:3] if field in known["fields"] else known["shown"].get(field)
    return pair[language == "zh"] if pair else field.replace("_", " ")


def title(table: str, language: str = "en") -> str:
    """Return the title of a table."""
    about = tables().get(table) or views().get(table)
    return about.title[language == "zh"] if about else table.replace("_", " ")
