"""What is said to readers, in English and Chinese: texts by key, names of values, numbers, the label of a county-year."""

from helpers.language import reasons
from helpers.language.numbers import NOTHING, count, number, percent, points, spanned
from helpers.language.places import county_year, county_years, document_labels, homonyms, place, year_name
from helpers.language.texts import LANGUAGES, TextError, both, entries, fields, join, keys, name, named, say

# What stands in a table where a county is not known, in every language of the labels.
UNKNOWN = "unknown"

__all__ = [
    "LANGUAGES", "NOTHING", "UNKNOWN", "TextError", "both", "count", "county_year", "county_years", "document_labels", "entries",
    "fields", "homonyms", "join", "keys", "name", "named", "number", "percent", "place", "points", "reasons", "say", "spanned",
    "year_name",
]  # fmt: skip
