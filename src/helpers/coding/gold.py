"""Gold units and the machine's codes of the same units, side by side."""

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from helpers.codebook import STATEMENTS, Codebook
from helpers.coding.labelled import REAL, tool_sets
from helpers.structure import text_key

# A gold file speaks for a document when at least this share of its sentences stands in it: one shared stock phrase is not enough.
_SAME_DOCUMENT = 0.5
# Two sentences are one when their letters and digits agree so far (a repair more or less).
_SAME_SENTENCE = 0.9


@dataclass(frozen=True)
class Paired:
    """Gold and machine codes of the same units, row by row.

    `rows` has unit_id, doc_id, text, heading, inclusion_probability (and whatever else the gold file has);
    `gold`, `machine` are statements; `gold_tools`, `machine_tools` boolean matrices, a column a tool of `tools`.
    """

    rows: pd.DataFrame
    tools: list[str]
    gold: np.ndarray
    machine: np.ndarray
    gold_tools: np.ndarray
    machine_tools: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: np.ndarray) -> "Paired":
        """Return the rows at a boolean mask or at positions."""
        arrays = (self.gold[rows], self.machine[rows], self.gold_tools[rows], self.machine_tools[rows])
        return Paired(self.rows[rows] if rows.dtype == bool else self.rows.iloc[rows], self.tools, *arrays)

    @property
    def documents(self) -> np.ndarray:
        """Return the stratum of each row: its document."""
        return self.rows["doc_id"].to_numpy(object)

    @property
    def weights(self) -> np.ndarray:
        """Return the inverse inclusion probabilities; 1 where the gold file gives none."""
        probability = pd.to_numeric(self.rows["inclusion_probability"], errors="coerce").to_numpy(float)
        return 1 / np.where(probability > 0, probability, np.nan) if (probability > 0).all() else np.ones(len(self.rows))


def match(gold: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Find the unit of each gold row; return the gold rows with `unit_id` and `doc_id` (empty where there is none).

    gold: source_file, heading, text; units: unit_id, doc_id, heading_path, text. Sentences are compared by their letters
    and digits. A gold file belongs to the one document in which most of its sentences stand, if that is at least half of them;
    so a stock phrase that another county shares is never taken for the coded sentence. Repeated sentences are told apart
    by their headings.
    """
    rows, keyed, known = _keyed(gold, units)
    found = pd.Series(None, index=rows.index, dtype=object)
    document = pd.Series(None, index=rows.index, dtype=object)
    inside = keyed.groupby("doc_id", sort=False).indices
    for source, doc in _documents_of(rows, known).items():
        mine, here = rows[rows["source_file"] == source], keyed.iloc[inside[doc]]
        for at, unit in _units_of(mine, here).items():
            found[at], document[at] = unit, doc
    return rows.drop(columns="_key").assign(unit_id=found.astype("str"), doc_id=document.astype("str"))


def in_documents_with(gold: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return the units of the documents that a gold file may belong to: of a large corpus, all that `match` looks at.

    units: of whole documents.
    """
    rows, _, known = _keyed(gold, units)
    return units[units["doc_id"].isin(_enough(rows, known)["doc_id"])].reset_index(drop=True)


def with_labels(codes: pd.DataFrame, units: pd.DataFrame, labelled: pd.DataFrame) -> pd.DataFrame:
    """Return `codes` with the labelled statement of each unit of a real document (sets gold and train) in the machine's place.

    For what leans on statements and measures no coder: what people said of a sentence goes before the code of a machine.
    """
    matched = match(labelled[labelled["set"].isin(REAL)], units).dropna(subset=["unit_id"])
    said = matched.drop_duplicates("unit_id", keep="last").set_index("unit_id")["statement"]
    statement = codes["statement"]
    return codes.assign(statement=codes["unit_id"].map(said).astype(statement.dtype).fillna(statement))


def _keyed(gold: pd.DataFrame, units: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return gold rows and units with the letters and digits of their texts (_key), and the units that stand in the gold rows."""
    rows = gold.reset_index(drop=True).assign(_key=pd.Series(map(text_key, gold["text"]), dtype="str"))
    keys = pd.Series(map(text_key, units["text"]) if len(rows) else "", index=units.index, dtype="str")
    keyed = units[["unit_id", "doc_id", "heading_path"]].assign(_key=keys)
    return rows, keyed, keyed[keyed["_key"].isin(set(rows["_key"]))]


def _documents_of(rows: pd.DataFrame, known: pd.DataFrame) -> dict[str, str]:
    """Return for each gold source the document that holds most of its sentences; no document twice."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    counts = _enough(rows, known).sort_values(["n", "source_file", "doc_id"], ascending=[False, True, True])
    for row in counts.itertuples():
        if row.source_file not in chosen and row.doc_id not in taken:
            chosen[row.source_file] = row.doc_id
            taken.add(row.doc_id)
    return chosen


def _enough(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return source_file, doc_id, n of documents that hold enough sentences of a gold file to be the one it was coded from."""
    pairs = rows[["source_file", "_key"]].merge(known[["doc_id", "_key"]].drop_duplicates(), on="_key")
    counts = pairs.groupby(["source_file", "doc_id"], sort=True).size().reset_index(name="n")
    size = rows["source_file"].value_counts().reindex(counts["source_file"]).to_numpy()
    return counts[counts["n"] >= _SAME_DOCUMENT * size]


def _units_of(mine: pd.DataFrame, here: pd.DataFrame) -> dict[int, str]:
    """Return the unit of each gold row within its document: same letters and digits, nearest heading; else nearly the same."""
    free: dict[str, list[tuple[str, str]]] = {}
    for unit_id, key, heading in zip(here["unit_id"], here["_key"], here["heading_path"].fillna(""), strict=True):
        free.setdefault(key, []).append((unit_id, text_key(heading)))
    out, left = {}, []
    for at, key, heading in zip(mine.index, mine["_key"], mine["heading"].fillna(""), strict=True):
        if not free.get(key):
            left.append((at, key))
            continue
        wanted = text_key(heading)
        best = max(range(len(free[key])), key=lambda i: (_alike(wanted, free[key][i][1]), -i)) if len(free[key]) > 1 else 0
        out[at] = free[key].pop(best)[0]
    for at, key in left:
        near = [
            (_alike(key, other), unit[0]) for other, units in free.items() if units and _close(key, other) for unit in units[:1]
        ]
        score, unit = max(near, default=(0.0, ""), key=lambda pair: (pair[0], pair[1]))
        if score >= _SAME_SENTENCE:
            out[at] = unit
            free = {k: [u for u in v if u[0] != unit] for k, v in free.items()}
    return out


def _close(a: str, b: str) -> bool:
    return bool(a) and abs(len(a) - len(b)) <= 0.2 * len(a)


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if a or b else 1.0


def pair(matched: pd.DataFrame, codes: pd.DataFrame, unit_tools: pd.DataFrame, codebook: Codebook, by: str = "unit_id") -> Paired:
    """Put gold rows beside the machine's codes of the same units; rows without a code are left out.

    matched: `by`, doc_id, statement, tools, inclusion_probability; codes: `by`, statement; unit_tools: `by`, tool.
    Tools that the codebook does not have are left out of the comparison (`unknown_labels` lists them).
    """
    codes = codes[codes[by].isin(matched[by].dropna())].drop_duplicates(by)
    rows = matched[matched[by].isin(codes[by])].reset_index(drop=True)
    if "inclusion_probability" not in rows:
        rows = rows.assign(inclusion_probability=np.nan)
    machine = rows[by].map(codes.set_index(by)["statement"]).to_numpy(object)
    place = {unit: i for i, unit in enumerate(rows[by])}
    said = unit_tools[unit_tools[by].isin(rows[by]) & unit_tools["tool"].isin(codebook.tools)]
    column = {tool: j for j, tool in enumerate(codebook.tools)}
    machine_tools = np.zeros((len(rows), len(column)), dtype=bool)
    machine_tools[said[by].map(place).to_numpy(int), said["tool"].map(column).to_numpy(int)] = True
    return Paired(
        rows,
        codebook.tools,
        rows["statement"].to_numpy(object),
        machine,
        tool_matrix(rows["tools"], codebook.tools),
        machine_tools,
    )


def tool_matrix(cells: pd.Series, tools: list[str]) -> np.ndarray:
    """Return a boolean matrix, a row a cell of a `tools` column, a column a tool."""
    sets = tool_sets(cells)
    return np.array([[tool in found for tool in tools] for found in sets], dtype=bool).reshape(len(sets), len(tools))


def codings(gold: pd.DataFrame) -> dict[str, tuple[np.ndarray, list[frozenset[str]]]]:
    """Read the single codings (`coder_1` …, cells `statement|a;b`); coders whose column is absent or empty are left out."""
    out = {}
    for name in [c for c in gold.columns if c.startswith("coder_")]:
        cells = gold[name].fillna("").astype(str)
        statement = cells.str.partition("|")[0].where(cells.str.partition("|")[0].isin(STATEMENTS))
        if statement.notna().any():
            out[name] = (statement.to_numpy(object), tool_sets(cells.str.partition("|")[2]))
    return out
