"""Invented rows of any declared table."""

import pandas as pd

from helpers import catalogue

_SOMETHING = {"str": "x", "int": 1, "year": 2020, "float": 0.5, "share": 0.5, "bool": True, "maybe": True}


def something(field: catalogue.Field):
    """Return a value that the field allows."""
    return (field.categories or (_SOMETHING[field.type],))[0]


def rows(name: str, **values) -> pd.DataFrame:
    """Invent rows of a table: the values given, and something of the right type in every other column."""
    n = max(len(v) for v in values.values())
    return pd.DataFrame({f.name: values.get(f.name, [something(f)] * n) for f in catalogue.table(name).fields})
