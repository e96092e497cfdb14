"""The same codes in another list of tools."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import store
from helpers.codebook import Codebook
from helpers.shares.correction import places, raw_shares, unit_index

_CROSSWALK = ["tool", "target", "target_en", "target_zh", "target_group", "when", "relation", "note", "source"]


class CrosswalkError(ValueError):
    """A crosswalk file cannot be used; one line: file, row, reason."""


def read_crosswalk(path: str | Path, codebook: Codebook) -> pd.DataFrame:
    """Read a crosswalk file (the columns of `crosswalk_fang_li_lu.csv`); empty when it is about another codebook's tools.

    Raises CrosswalkError when a column is missing or a tool has two rows without `when`.
    """
    file = store.resolve(path)
    if not file.is_file():
        raise CrosswalkError(f"{file.name}: no such crosswalk file: give the path of a CSV file, or '' for none")
    table = pd.read_csv(file, dtype="str", keep_default_na=False)
    missing = [c for c in _CROSSWALK if c not in table]
    if missing:
        raise CrosswalkError(f"{file.name}: column {missing[0]!r} is missing; needed: {', '.join(_CROSSWALK)}")
    default = table[table["when"] == ""]
    twice = default.loc[default["tool"].duplicated(), "tool"].tolist()
    if twice:
        raise CrosswalkError(f"{file.name}: tool {twice[0]!r} has two rows without `when`: only one can be the rest")
    return table[table["tool"].isin(codebook.tools)].reset_index(drop=True)


def crosswalk(unit_tools: pd.DataFrame, units: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Translate units' tools into another list: unit_id, target, each pair once.

    A row of `table` with words in `when` (`|` between) takes the units whose text has one of them;
    the row without takes the rest.
    """
    targets, index = table["target"].unique(), unit_index(units["unit_id"])
    text, place = units["text"].to_numpy(object), places(index, unit_tools["unit_id"])
    unit, target = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for tool, rows in table.groupby("tool", sort=False):
        mine = place[(unit_tools["tool"] == tool).to_numpy(bool) & (place >= 0)]
        taken = np.zeros(len(mine), dtype=bool)
        for row in rows.sort_values("when", ascending=False, kind="stable").itertuples():  # the row without words last
            words = re.compile("|".join(map(re.escape, row.when.split("|"))))
            hit = np.fromiter((words.search(text[i]) is not None for i in mine), bool, len(mine)) if row.when else ~taken
            taken |= hit
            unit.append(mine[hit])
            target.append(np.full(np.count_nonzero(hit), np.flatnonzero(targets == row.target)[0]))
    both = pd.DataFrame({"unit": np.concatenate(unit), "target": np.concatenate(target)}).drop_duplicates()
    named = pd.Categorical.from_codes(both["target"], targets.astype(str))
    return pd.DataFrame({"unit_id": units["unit_id"].to_numpy()[both["unit"]], "target": named})


def crosswalk_shares(translated: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return, for the whole and each county-year, the share of units in each target of the other list, with its names.

    translated: as `crosswalk`.
    """
    targets = table.drop_duplicates("target")[["target", "target_en", "target_zh", "target_group"]]
    shares = raw_shares(translated.rename(columns={"target": "column"}), targets["target"].tolist(), documents, units)
    return shares.rename(columns={"column": "target"}).merge(targets, on="target", how="left")
