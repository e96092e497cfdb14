"""Labelled units: read from the gold folder, matched to units of the corpus, put into folds that keep likes together."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers import store
from helpers.codebook import STATEMENTS
from helpers.structure import text_key

COLUMNS = [
    "unit", "source_file", "county", "year", "heading", "text", "statement", "tools", "set", "inclusion_probability",
    "coder_1", "coder_2", "coder_3",
]  # fmt: skip
REAL = ("gold", "train")  # units of real documents; the other sets are sentences written for fitting
_SETS = {"gold": "gold.csv", "train": "train.csv", "invented": "invented.csv"}
_SHINGLE = 4
_EXAMPLES = Path("data/codebook/examples.csv")


def read_labelled(gold_dir: str | Path = "data/gold", examples: str | Path | None = None) -> pd.DataFrame:
    """Read gold.csv, train.csv, invented.csv and the codebook's examples.csv, those of them that exist.

    Returns one row a labelled unit: unit, source_file, county, year, heading, text, statement, tools (joined by `;`), set
    (gold, train, invented, examples), inclusion_probability (float, gold only), coder_1..3 (`statement|tools`, gold only).
    Raises ValueError naming file and row when a statement is not one of the four or a text is empty.
    """
    folder = store.resolve(gold_dir)
    files = {name: folder / file for name, file in _SETS.items()}
    files["examples"] = store.resolve(examples if examples is not None else _EXAMPLES)
    frames = []
    for name, file in files.items():
        if not file.is_file():
            continue
        rows = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        missing = [c for c in ("text", "statement", "tools") if c not in rows]
        if missing:
            raise ValueError(f"{file.name}: column {missing[0]!r} is missing: labelled units need text, statement and tools")
        wrong = rows.index[~rows["statement"].isin(STATEMENTS) | (rows["text"].str.strip() == "")]
        if len(wrong):
            said = rows.at[wrong[0], "statement"]
            raise ValueError(f"{file.name}: row {wrong[0] + 2}: statement {said!r} is unknown or the text is empty")
        frames.append(rows.rename(columns={"uid": "unit"}).assign(set=name))
    if not frames:
        return pd.DataFrame({c: pd.Series(dtype=str) for c in COLUMNS}).astype({"inclusion_probability": float})
    labelled = pd.concat(frames, ignore_index=True).reindex(columns=COLUMNS)
    labelled["inclusion_probability"] = pd.to_numeric(labelled["inclusion_probability"], errors="coerce")
    return labelled.fillna({c: "" for c in COLUMNS if c != "inclusion_probability"})


def speaks_of(labelled: pd.DataFrame | None, tools: list[str]) -> bool:
    """Return whether the labels are those of this scheme, so that it can be learned from them."""
    if labelled is None or labelled.empty:
        return False
    used = set(labelled["tools"].str.split(";").explode()) - {""}
    return bool(used) and used <= set(tools)


def likeness_groups(texts: list[str]) -> np.ndarray:
    """Return a group for each text: the same, or half of the shorter one's 4-grams shared, means the same group."""
    keys = [text_key(t) for t in texts]
    parent = list(range(len(keys)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    shingles = [frozenset(k[i : i + _SHINGLE] for i in range(max(len(k) - _SHINGLE + 1, 1))) for k in keys]
    holders: dict[str, list[int]] = {}
    for number, grams in enumerate(shingles):
        shared: dict[int, int] = {}
        for gram in grams:
            earlier = holders.setdefault(gram, [])
            for other in earlier:
                shared[other] = shared.get(other, 0) + 1
            earlier.append(number)
        for other, count in shared.items():
            if count >= 0.5 * min(len(grams), len(shingles[other])):
                parent[root(number)] = root(other)
    return np.array([root(i) for i in range(len(keys))], dtype=np.int64)


def folds(texts: list[str], held: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """Return a fold for each labelled text, -1 for those that stay in every fit.

    `held` marks the texts that must be coded by a model that did not see them; whoever is like one of them goes with it.
    """
    groups = likeness_groups(texts)
    named: dict[int, str] = {}
    for group, text in zip(groups.tolist(), texts, strict=True):
        key = text_key(text)
        named[group] = min(named.get(group, key), key)
    order = sorted(set(groups[held].tolist()), key=lambda g: named[g])  # by text: the order of rows does not matter
    dealt = np.random.default_rng(seed).permutation(len(order)) % n_folds
    fold_of = dict(zip(order, dealt.tolist(), strict=True))
    return np.array([fold_of.get(g, -1) for g in groups.tolist()], dtype=np.int64)
