"""Every table and every field once: types, keys, headings, makers, places in the report; checked here, described for readers."""

from helpers.catalogue.check import SchemaError, check, declared, empty, fits, pandas_type, table
from helpers.catalogue.dictionary import data_dictionary
from helpers.catalogue.load import SafeLoader, notebooks, tables, views
from helpers.catalogue.model import Field, Notebook, Table
from helpers.catalogue.names import heading, kind, title

__all__ = [
    "Field", "Notebook", "SafeLoader", "SchemaError", "Table", "check", "data_dictionary", "declared", "empty", "fits", "heading",
    "kind", "notebooks", "pandas_type", "table", "tables", "title", "views",
]  # fmt: skip
