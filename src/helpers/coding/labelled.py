"""Labelled units: read from the gold folder, matched to units of the corpus, put into folds that keep likes together."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from helpers import notices, store
from helpers import rows as rows_of
from helpers.codebook import STATEMENTS, Codebook
from helpers.codebook.match import Haystack
from helpers.coding import ngrams
from helpers.structure import text_key

COLUMNS = [
    "unit", "source_file", "county", "year", "heading", "text", "statement", "tools", "set", "row", "inclusion_probability",
    "document_probability", "cluster", "coder_1", "coder_2", "coder_3",
]  # fmt: skip
_NUMBERS = ("inclusion_probability", "document_probability")
REAL = ("gold", "train")  # units of real documents, by which coders are measured
TAUGHT = (*REAL, "model")  # units of real documents: none is coded by a coder that learned its label
MODEL_FILE = "model.csv"  # what a language model coded for the learned coder to learn from
_SETS = {"gold": "gold.csv", "train": "train.csv", "invented": "invented.csv", "model": MODEL_FILE}
_FILES = {**_SETS, "examples": "examples.csv"}
_ENOUGH = 300  # gold units from which a coder can be learned where there are no others
_SHINGLE = 4
_ALIKE = 0.6  # at half, nearly all goals with a year and a figure would be one group
_EXAMPLES = Path("data/codebook/examples.csv")
_SHIPPED = store.PROJECT_ROOT / "data" / "gold"


def read_labelled(gold_dir: str | Path = "data/gold", examples: str | Path | None = None) -> pd.DataFrame:
    """Read gold.csv, train.csv, invented.csv, model.csv and the codebook's examples.csv, those of them that exist.

    Returns one row a labelled unit: unit, source_file, county, year, heading, text, statement, tools (joined by `;`), set
    (gold, train, invented, model, examples), row (of the file), inclusion_probability (of the unit; gold and model) and
    document_probability (of its document, within it; gold only), both float, cluster (what was drawn together: a paragraph, a
    page; empty where each unit was drawn by itself), coder_1..3 (`statement|tools`, gold only).
    Raises ValueError naming file and row when a statement is not one of the four or a text is empty.
    """
    folder = store.resolve(gold_dir)
    # A team's own gold file comes alone: what is only for fitting is then the shipped one.
    alone = any((folder / _SETS[name]).is_file() for name in ("gold", "model"))
    files = {name: _SHIPPED / file if alone and not (folder / file).is_file() else folder / file for name, file in _SETS.items()}
    files["examples"] = store.resolve(examples if examples is not None else _EXAMPLES)
    frames = []
    for name, file in files.items():
        if not file.is_file():
            continue
        rows = rows_of.read(file)
        missing = [c for c in ("text", "statement", "tools") if c not in rows]
        if missing:
            raise ValueError(f"{file.name}: column {missing[0]!r} is missing: labelled units need text, statement and tools")
        wrong = rows.index[~rows["statement"].isin(STATEMENTS) | (rows["text"].str.strip() == "")]
        if len(wrong):
            said = rows.at[wrong[0], "statement"]
            raise ValueError(f"{file.name}: row {wrong[0] + 2}: statement {said!r} is unknown or the text is empty")
        frames.append(rows.rename(columns={"uid": "unit"}).assign(set=name, row=rows.index + 2))
    if not frames:
        empty = pd.DataFrame({c: pd.Series(dtype=str) for c in COLUMNS})
        return empty.astype(dict.fromkeys(_NUMBERS, float) | {"row": int})
    labelled = pd.concat(frames, ignore_index=True).reindex(columns=COLUMNS)
    words = [c for c in COLUMNS if c not in (*_NUMBERS, "row")]
    labelled[words] = labelled[words].astype(object).where(labelled[words].notna(), "").astype(str)
    _check_units(labelled)
    return labelled.assign(**{name: pd.to_numeric(labelled[name], errors="coerce") for name in _NUMBERS})


def _check_units(labelled: pd.DataFrame) -> None:
    """Raise ValueError when units of real documents cannot be told apart."""
    real = labelled.loc[labelled["set"].isin(REAL), "unit"]
    twice = real[real.duplicated(keep=False) | (real == "")]
    if len(twice):
        raise ValueError(
            f"labelled units: the name {twice.iloc[0]!r} stands {int((real == twice.iloc[0]).sum())} times in column `unit` of "
            "gold.csv and train.csv: give each unit a name of its own"
        )


def without_probability(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows have no inclusion probability above 0: how they were drawn is not known."""
    if "inclusion_probability" not in rows:
        return pd.Series(True, index=rows.index)
    return ~(pd.to_numeric(rows["inclusion_probability"], errors="coerce") > 0)


def warn_of_design(rows: pd.DataFrame) -> None:
    """Tell whoever runs this where gold units are taken as a simple random sample because nothing says how they were drawn."""
    n = int(without_probability(rows).sum())
    if n:
        notices.say(
            f"gold.csv: {n} of {len(rows)} gold units have no inclusion_probability; they are taken as a simple random "
            "sample of each document; picked otherwise, they bias corrected shares: draw them with `sample`, or fill the column"
        )


def tool_sets(cells: pd.Series) -> list[frozenset[str]]:
    """Read the cells of a `tools` column (`a;b`, a list of ids, or empty) as sets."""
    return [frozenset(_tools(cell)) for cell in cells]


def _tools(cell) -> list[str]:
    if isinstance(cell, str):
        return [part.strip() for part in cell.split(";") if part.strip()]
    return sorted(cell) if isinstance(cell, list | tuple | set | frozenset | np.ndarray) else []


def speaking(labelled: pd.DataFrame | None, codebook: Codebook) -> pd.DataFrame:
    """Return the labelled units that are coded with this codebook, without the labels that it does not have.

    The one definition of which labelled units count: for learning, for measuring and for correcting. Each file (column `set`;
    a frame without it is one file) is asked by itself. It speaks for a codebook when more than half of its labels are tools
    of the codebook, or more than half of the codebook's tools are among its labels: a tool taken out or misspelt costs its
    own labels (`unknown_labels` names them), and a file of another scheme that shares a name or two says nothing. A tool
    that goes by another name has the labels that it is `learned_from`.
    """
    if labelled is None or labelled.empty:
        return pd.DataFrame(columns=COLUMNS) if labelled is None else labelled.reset_index(drop=True)
    found, names = list(map(_tools, labelled["tools"])), _names(codebook)
    file = labelled["set"].to_numpy(object) if "set" in labelled else np.full(len(labelled), "", dtype=object)
    keep = np.zeros(len(labelled), dtype=bool)
    for name in dict.fromkeys(file):
        rows = np.flatnonzero(file == name)
        labels = [tool for row in rows.tolist() for tool in found[row]]
        n_known = sum(tool in names for tool in labels)
        of_codebook = len({tool for label in labels for tool in names.get(label, ())})
        keep[rows] = 2 * n_known > len(labels) or (n_known > 0 and 2 * of_codebook > len(codebook.tools))
    tools = [";".join(dict.fromkeys(tool for label in cell for tool in names.get(label, ()))) for cell in found]
    return labelled.assign(tools=tools)[keep].reset_index(drop=True)


def _names(codebook: Codebook) -> dict[str, list[str]]:
    """Return the tools that a label stands for: the one of that id, and any that says it is `learned_from` it."""
    names: dict[str, list[str]] = {}
    for tool in codebook.tool_list:
        for name in dict.fromkeys((tool.id, tool.learned_from or tool.id)):
            names.setdefault(name, []).append(tool.id)
    return names


def teaches(spoken: pd.DataFrame) -> bool:
    """Say whether a coder can be learned from labelled units that speak: a file for fitting, or enough other ones.

    Gold units without others measure and correct; fewer than three hundred teach worse than the rules know already
    (micro F1 over tools on random parts of train.csv: 0.71 learned and 0.73 by rules on 150 units, 0.71 and 0.67 on 300).
    """
    return bool((~spoken["set"].isin(("gold", "model"))).any()) or len(spoken) >= _ENOUGH


def unknown_labels(labelled: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return each label that the codebook does not have: file, row, tool, in the order of the rows."""
    known = frozenset(_names(codebook))
    sets = labelled["set"] if "set" in labelled else pd.Series("gold", index=labelled.index)
    rows = labelled["row"] if "row" in labelled else pd.Series(range(2, len(labelled) + 2), index=labelled.index)
    strange = [
        (_FILES.get(name, name), int(row), tool)
        for name, row, tools in zip(sets, rows, tool_sets(labelled["tools"]), strict=True)
        for tool in sorted(tools - known)
    ]
    return pd.DataFrame(strange, columns=["file", "row", "tool"])


def likeness_groups(texts: list[str]) -> np.ndarray:
    """Return a group for each text: the same, or three fifths of the shorter one's 4-grams shared, means the same group."""
    if not texts:
        return np.zeros(0, np.int64)
    unit, bucket, _, _ = ngrams.grams(Haystack(text_key(t) for t in texts), (_SHINGLE,))
    pair = np.sort(unit.astype(np.int64) * ngrams.BUCKETS + bucket)
    pair = pair[np.concatenate([[True], pair[1:] != pair[:-1]])] if len(pair) else pair
    unit, bucket = pair // ngrams.BUCKETS, pair % ngrams.BUCKETS
    has = sparse.csr_matrix((np.ones(len(pair)), (unit, bucket)), shape=(len(texts), ngrams.BUCKETS))
    size = np.bincount(unit, minlength=len(texts))
    shared = (has @ has.T).tocoo()
    alike = shared.data >= _ALIKE * np.minimum(size[shared.row], size[shared.col])
    graph = sparse.csr_matrix((np.ones(alike.sum()), (shared.row[alike], shared.col[alike])), shape=(len(texts),) * 2)
    return connected_components(graph, directed=False)[1].astype(np.int64)


def folds(texts: list[str], groups: np.ndarray, held: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """Return a fold for each labelled text, -1 for those that stay in every fit.

    `held` marks the texts that must be coded by a model that did not see them; who is in one group with them goes with them. All
    groups are dealt, so that no fold hangs on which others are held.
    """
    named: dict[int, str] = {}
    for group, text in zip(groups.tolist(), texts, strict=True):
        key = text_key(text)
        named[group] = min(named.get(group, key), key)
    order = sorted(named, key=lambda g: named[g])  # by text: the order of rows does not matter
    fold_of = np.empty(max(order, default=-1) + 1, np.int64)
    fold_of[order] = np.random.default_rng(seed).permutation(len(order)) % n_folds
    return np.where(np.isin(groups, groups[held]), fold_of[groups], -1)
