"""Units and a codebook to codes: what each sentence does, which policy tools it uses, and the words that show it."""

import pandas as pd

from helpers.codebook import Codebook
from helpers.coding.coder import METHODS, Coder
from helpers.coding.explain import explain
from helpers.coding.held_out import cross_fitted, leave_one_out
from helpers.coding.labelled import read_labelled

__all__ = ["METHODS", "Coder", "code_units", "cross_fitted", "explain", "leave_one_out", "read_labelled"]


def code_units(
    units: pd.DataFrame, codebook: Codebook, labelled: pd.DataFrame | None = None, seed: int = 0, method: str = "learned"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code every unit: return the tables `codes` and `unit_tools` of the schema.

    `units` needs unit_id, text and, where there is one, heading_path; `labelled` is what `read_labelled` returns. Units
    that were labelled are coded by a model that saw neither their label nor that of a sentence like them (cross-fitted).
    `method="rules"`, no labelled units, or labels of another scheme: the rule coder alone.
    """
    return Coder(codebook, labelled, seed, method).code(units)
