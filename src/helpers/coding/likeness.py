"""Which labelled sentences lie nearest to a unit: by the encoder's sentence vectors where it read both, else by n-grams.

A sentence vector is the mean of the encoder's last layer over the sentence's pieces, on the first principal directions of the
labelled sentences, of length one, in steps of 1/127. Those of labelled sentences ship beside the weights.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.codebook.match import Haystack
from helpers.coding import ngrams, weights
from helpers.coding.features import SIZES, Vocabulary
from helpers.structure import text_key

FILE = "labelled.safetensors"  # beside the weights of the encoder
WIDTH = 64
NEAREST = 3
SETS = ("gold", "train", "model", "invented")  # of the codebook's examples there are so many that no other would be shown
MOST_UNITS = 20_000  # units that get nearest sentences: as many as a report carries, evenly spread
_FULL = 127
_AT_ONCE = 500
_COLUMNS = ["unit_id", "rank", "labelled_text", "statement", "tools", "labelled_set", "likeness"]


@dataclass(frozen=True)
class Space:
    """The directions of sentence vectors, and the vectors of the labelled sentences by their checksum."""

    mean: np.ndarray
    directions: np.ndarray
    known: dict[str, np.ndarray]

    def vectors(self, means: np.ndarray) -> np.ndarray:
        """Return texts x WIDTH whole numbers of -127 to 127."""
        turned = (means.astype(np.float64) - self.mean) @ self.directions.T
        length = np.linalg.norm(turned, axis=1, keepdims=True)
        return np.rint(_FULL * turned / np.where(length == 0, 1, length)).astype(np.int8)


def text_sum(text: str) -> str:
    """Return the checksum by which a labelled unit is known: of its letters and digits."""
    return hashlib.sha256(text_key(text).encode()).hexdigest()[:16]


def load(path: Path) -> Space | None:
    """Read the labelled sentences that ship beside the weights at `path`; None where they do not."""
    file = path.parent / FILE
    if not file.is_file():
        return None
    tensors, _ = weights.read(file)
    keys = [row.tobytes().hex() for row in tensors["key"]]
    return Space(tensors["mean"], tensors["directions"], dict(zip(keys, tensors["vector"], strict=True)))


def save(path: Path, keys: list[str], means: np.ndarray) -> None:
    """Write the vectors of labelled sentences (`keys`: their checksums), given their means, beside the weights at `path`."""
    centre = means.mean(axis=0)
    _, _, directions = np.linalg.svd(means.astype(np.float64) - centre, full_matrices=False)
    signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])  # svd leaves the sign open
    directions = (directions * signs[:, None])[:WIDTH]
    vectors = Space(centre.astype(np.float32), directions.astype(np.float32), {}).vectors(means)
    tensors = {
        "key": np.array([list(bytes.fromhex(key)) for key in keys], dtype=np.uint8), "vector": vectors,
        "mean": centre.astype(np.float32), "directions": directions.astype(np.float32),
    }  # fmt: skip
    weights.write(path.parent / FILE, tensors, {})


def table(unit_ids: np.ndarray, vectors: np.ndarray) -> pd.DataFrame:
    """Return the table `unit_vectors`."""
    said = [base64.b64encode(row.tobytes()).decode() for row in vectors]
    return pd.DataFrame({"unit_id": unit_ids, "vector": said}, dtype=object)


def unpacked(frame: pd.DataFrame) -> np.ndarray:
    """Return rows of `unit_vectors` as rows x WIDTH whole numbers."""
    joined = b"".join(map(base64.b64decode, frame["vector"]))
    return np.frombuffer(joined, np.int8).reshape(len(frame), -1) if len(frame) else np.zeros((0, WIDTH), np.int8)


def nearest(units: pd.DataFrame, vectors: pd.DataFrame, labelled: pd.DataFrame | None, space: Space | None) -> pd.DataFrame:
    """Return the NEAREST labelled sentences of each unit, other than itself, as the catalogue declares `near_labelled`.

    Requires unit_id, text of `units`, `unit_vectors`, labelled units that speak for the codebook. likeness: cosine of sentence
    vectors, of n-grams for units that have none.
    """
    labelled = labelled[labelled["set"].isin(SETS)] if labelled is not None else pd.DataFrame()
    if labelled.empty:
        return pd.DataFrame(columns=_COLUMNS)
    labelled = labelled.assign(key=list(map(text_key, labelled["text"]))).drop_duplicates("key", keep="last")
    units = units.assign(key=list(map(text_key, units["text"])))
    own = dict(zip(vectors["unit_id"], unpacked(vectors), strict=True))
    of_unit = [own.get(unit) for unit in units["unit_id"]]
    read = np.array([vector is not None for vector in of_unit], dtype=bool)
    seen = dict(zip(units["key"][read], (v for v in of_unit if v is not None), strict=True))
    known = [_vector(text, key, space, seen) for text, key in zip(labelled["text"], labelled["key"], strict=True)]
    there = np.array([vector is not None for vector in known])
    read = read & there.any()
    found = [_by_ngrams(units[~read], labelled)]
    if read.any():
        mine, theirs = (_unit_rows(np.array([v for v in some if v is not None])) for some in (of_unit, known))
        found.append(_best(units[read], labelled[there], lambda rows: mine[rows] @ theirs.T))
    out = pd.concat(found, ignore_index=True)
    place = {unit: i for i, unit in enumerate(units["unit_id"])}
    return out.iloc[np.argsort(out["unit_id"].map(place), kind="stable")].reset_index(drop=True)


def _vector(text: str, key: str, space: Space | None, seen: dict[str, np.ndarray]) -> np.ndarray | None:
    """Return the vector of a labelled sentence: as it ships, else of the unit that it is; None where there is none."""
    shipped = space.known.get(text_sum(text)) if space else None
    return seen.get(key) if shipped is None else shipped


def _unit_rows(vectors: np.ndarray) -> np.ndarray:
    vectors = vectors.astype(np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length == 0, 1, length)


def _by_ngrams(units: pd.DataFrame, labelled: pd.DataFrame) -> pd.DataFrame:
    """Compare by the pieces of text that the linear learner sees, rare ones weighing more."""
    parts = [ngrams.grams(Haystack(frame["text"].tolist()), SIZES, 0)[:2] if len(frame) else None for frame in (units, labelled)]
    if parts[0] is None:
        return pd.DataFrame(columns=_COLUMNS)
    vocabulary = Vocabulary.of(*parts[1], len(labelled))
    mine, theirs = (vocabulary.matrix(*part, len(frame)) for part, frame in zip(parts, (units, labelled), strict=True))
    theirs = theirs.T.tocsr()  # once: a product turns it for each run of units
    return _best(units, labelled, lambda rows: (mine[rows] @ theirs).toarray())


def _best(units: pd.DataFrame, labelled: pd.DataFrame, likeness) -> pd.DataFrame:
    """Return the best rows of `labelled` for each unit, ties in their order; `likeness(rows)` compares some units with all."""
    most, itself = min(NEAREST, len(labelled)), pd.Index(labelled["key"]).get_indexer(units["key"])
    found = [(np.zeros(0, int), np.zeros(0, int), np.zeros(0))]
    for at in range(0, len(units), _AT_ONCE):
        rows = np.arange(at, min(at + _AT_ONCE, len(units)))
        like, same = np.round(likeness(rows), 4), itself[rows]
        like[np.flatnonzero(same >= 0), same[same >= 0]] = -2.0
        least = np.partition(like, -most, axis=1)[:, -most, None]
        row, label = np.nonzero((like >= least) & (like > 0))
        value = like[row, label]
        order = np.lexsort((label, -value, row))
        found.append((rows[row][order], label[order], value[order]))
    unit, label, value = map(np.concatenate, zip(*found, strict=True))
    rank = np.arange(len(unit)) - np.searchsorted(unit, unit)
    unit, label, value, rank = (column[rank < NEAREST] for column in (unit, label, value, rank))
    chosen = labelled.iloc[label]
    return pd.DataFrame({
        "unit_id": units["unit_id"].to_numpy(object)[unit], "rank": rank + 1,
        "labelled_text": chosen["text"].to_numpy(object), "statement": chosen["statement"].to_numpy(object),
        "tools": chosen["tools"].to_numpy(object), "labelled_set": chosen["set"].to_numpy(object), "likeness": value,
    })  # fmt: skip
