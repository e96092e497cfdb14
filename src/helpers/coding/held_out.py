"""Codes of labelled units by models that did not see them: in folds, or a whole county (document, year) at a time."""

import numpy as np
import pandas as pd

from helpers.codebook import Codebook
from helpers.coding.coder import Coder, checked
from helpers.coding.labelled import REAL


def cross_fitted(
    labelled: pd.DataFrame, codebook: Codebook, seed: int = 0, method: str = "learned"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (codes, unit_tools) of the labelled units of real documents (sets gold and train), each coded out of its fold.

    unit_id is the `unit` of `labelled`. Sentences that are the same or nearly so are in one fold.
    """
    return Coder(codebook, labelled, seed, method).code(as_units(_real(labelled)))


def leave_one_out(
    labelled: pd.DataFrame, codebook: Codebook, by: str = "county", seed: int = 0, method: str = "learned"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (codes, unit_tools) of the labelled units of real documents, each coded by a model without its county.

    `by` is a column of `labelled` (county, source_file, year). Sentences of other places that are like one of the county's
    are left out with it. This is what a folder from a new county gets.
    """
    coder = Coder(codebook, labelled, seed, method)
    return left_out_codes(coder, by) if coder.learned else coder.code(as_units(_real(labelled)))


def left_out_codes(coder: Coder, by: str = "county") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Do what `leave_one_out` does, with a coder that has learned already: fitting takes seconds."""
    labelled, real = coder.labelled, _real(coder.labelled)
    if real.empty:
        return coder.code(as_units(real))
    names, group = np.unique(real[by].fillna("").astype(str).to_numpy(dtype=object), return_inverse=True)
    like = coder.groups
    rows = np.flatnonzero(labelled["set"].isin(REAL))
    parts = []
    for number in range(len(names)):
        own = rows[group == number]
        taught = labelled["set"].eq("model") & labelled[by].fillna("").astype(str).eq(names[number])  # the same place's, too
        left_out = np.where(np.isin(like, like[own]) | taught.to_numpy(), 0, -1)
        units = checked(as_units(real.iloc[np.flatnonzero(group == number)]))
        parts.append(coder.fit([0], left_out).code(units, np.zeros(len(units), dtype=np.int64)))
    codes, unit_tools = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    place = {unit: i for i, unit in enumerate(real["unit"])}
    return tuple(
        frame.iloc[np.argsort(frame["unit_id"].map(place).to_numpy(), kind="stable")].reset_index(drop=True)
        for frame in (codes, unit_tools)
    )


def _real(labelled: pd.DataFrame) -> pd.DataFrame:
    return labelled[labelled["set"].isin(REAL)].reset_index(drop=True)


def as_units(rows: pd.DataFrame) -> pd.DataFrame:
    """Return labelled units as units to be coded."""
    return pd.DataFrame({"unit_id": rows["unit"], "text": rows["text"], "heading_path": rows["heading"]})
