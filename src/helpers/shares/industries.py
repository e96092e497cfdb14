"""Which industries the sentences name, counted by county-year: known by the words of a codebook, and no code of a coder."""

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, find
from helpers.language import LANGUAGES

_KEY = ["county", "county_code", "year"]
_BATCH = 20_000


def named_in(units: pd.DataFrame, scheme: Codebook) -> pd.DataFrame:
    """Return how many units (doc_id, text) of each document name each industry of `scheme`, n_any and n_all; by doc_id."""
    entries = [entry for entry in scheme.entries if entry.weight > 0]
    owner = np.array([scheme.tools.index(entry.owner) for entry in entries], dtype=np.int64)
    named = np.zeros((len(units), len(scheme.tools)), dtype=bool)
    for at in range(0, len(units), _BATCH):
        texts = units["text"].iloc[at : at + _BATCH].tolist()
        hits = find(entries, texts, [""] * len(texts))
        named[at + hits.unit, owner[hits.entry]] = True
    flags = pd.DataFrame(named, columns=list(scheme.tools), index=units["doc_id"]).assign(n_any=named.any(axis=1), n_all=True)
    return flags.groupby(level=0).sum().reset_index()


def industries(named: pd.DataFrame, documents: pd.DataFrame, scheme: Codebook) -> pd.DataFrame:
    """Return how many units of each county-year name each industry of `scheme`; headings do not count.

    named: as `named_in`; documents: doc_id, county, county_code, year. Columns: county, county_code, year, industry, label_en,
    label_zh, n_units, n_any (units that name any), n_all (all units), share (of all units).
    """
    counts = documents[["doc_id", *_KEY]].merge(named, on="doc_id")
    counts = counts.drop(columns="doc_id").groupby(_KEY, dropna=False, sort=True).sum().reset_index()
    out = counts.melt([*_KEY, "n_any", "n_all"], list(scheme.tools), "industry", "n_units")
    labels = {f"label_{edition}": [scheme.label(tool, edition) for tool in out["industry"]] for edition in LANGUAGES}
    return out.assign(**labels, share=out["n_units"] / out["n_all"].clip(lower=1))
