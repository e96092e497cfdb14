"""A stratified probability sample of units, with the probability that each had to be drawn."""

import numpy as np
import pandas as pd

COLUMNS = ["unit", "source_file", "county", "year", "heading", "text", "inclusion_probability"]
_LEAST = 10  # units of a document, so that each document can be spoken of


class SampleError(ValueError):
    """No sample can be drawn; the message says why and what to do."""


def draw(units: pd.DataFrame, documents: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Draw `n` units, stratified by document, without replacement (Särndal, Swensson & Wretman 1992).

    Takes `units` and `documents`; repeated sentences stand for themselves. Every document gets ten units (or all it has),
    the rest is spread in proportion to size. Returns unit, source_file, county, year, heading, text and
    inclusion_probability (units drawn / units of the document), in random order within the sample so that coders do not
    tire on one document. Raises SampleError when there is nothing to draw or n is below one.
    """
    if units.empty:
        raise SampleError("there are no units to draw from: run `python -m helpers report` on the folder first")
    if n < 1:
        raise SampleError(f"the sample wants one unit or more, not {n}")
    sizes = units.groupby("doc_id").size()
    wanted = allocate(sizes, n)
    generator = np.random.default_rng(seed)
    parts = []
    for doc_id, size in wanted.items():
        rows = units[units["doc_id"] == doc_id]
        chosen = np.sort(generator.choice(len(rows), size, replace=False))
        parts.append(rows.iloc[chosen].assign(inclusion_probability=size / len(rows)))
    sample = pd.concat(parts, ignore_index=True).iloc[generator.permutation(int(wanted.sum()))]
    sample = sample.merge(documents[["doc_id", "source_file", "county", "year"]], on="doc_id", how="left")
    return sample.rename(columns={"unit_id": "unit", "heading_path": "heading"})[COLUMNS].reset_index(drop=True)


def allocate(sizes: pd.Series, n: int) -> pd.Series:
    """Return how many units of each document: ten or all of it at least, the rest in proportion, together `n` if there are."""
    if n >= int(sizes.sum()):
        return sizes
    least = np.minimum(sizes, min(_LEAST, max(1, n // len(sizes))))
    if int(least.sum()) > n:  # more documents than units wanted: the largest documents first
        order = sizes.sort_values(ascending=False, kind="stable").index[:n]
        return pd.Series(1, index=sizes.index).where(sizes.index.isin(order), 0)[lambda s: s > 0]
    room = sizes - least
    shares = room / room.sum() * (n - int(least.sum()))
    extra = np.floor(shares).astype(int)
    short = n - int(least.sum()) - int(extra.sum())
    extra[(shares - extra).sort_values(ascending=False, kind="stable").index[:short]] += 1
    return least + extra
