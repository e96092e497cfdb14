"""Invented rows of any declared table."""

import pandas as pd

from helpers import catalogue


def rows(name: str, **values) -> pd.DataFrame:
    """Invent rows of any table: the values given, and something of the right type in every required column."""
    something = {"str": "x", "int": 1, "year": 2020, "float": 0.5, "share": 0.5, "bool": True}
    n = max(len(v) for v in values.values())
    made = {}
    for field in catalogue.table(name).fields:
        own = values.get(field.name)
        made[field.name] = own if own is not None else [(field.categories or (something[field.type],))[0]] * n
    return pd.DataFrame(made)
