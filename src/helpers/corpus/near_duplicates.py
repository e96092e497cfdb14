"""Documents that are nearly the same: sampled shingles (Broder 1997), so that thousands of documents are compared quickly."""

from itertools import combinations

import numpy as np
import pandas as pd

SHINGLE = 8  # characters; long enough that set phrases of officialese do not count as likeness
_SAMPLED = np.uint64(2**64 // 8)  # keep one shingle in eight
_FEWEST = 20
_CROWD = 60


def sketch(key: str) -> np.ndarray:
    """Return the sampled shingle hashes of a document's letters and digits, sorted and unique (uint64)."""
    points = np.frombuffer(key.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(points) < SHINGLE:
        return np.empty(0, dtype=np.uint64)
    n = len(points) - SHINGLE + 1
    value = np.zeros(n, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(SHINGLE):
            value = value * np.uint64(0x100000001B3) ^ points[offset : offset + n]
        value ^= value >> np.uint64(33)  # the finaliser of MurmurHash3 spreads the bits before sampling
        value *= np.uint64(0xFF51AFD7ED558CCD)
        value ^= value >> np.uint64(33)
        value *= np.uint64(0xC4CEB9FE1A85EC53)
        value ^= value >> np.uint64(33)
    return np.unique(value[value < _SAMPLED])


def near_duplicates(doc_ids: list[str], sketches: list[np.ndarray], least: float = 0.5, contained: float = 0.8) -> pd.DataFrame:
    """Return pairs of documents whose shingles overlap.

    Columns doc_id, other_doc_id, jaccard (shared part of all shingles) and containment (shared part of the smaller document);
    a pair is kept when jaccard reaches `least` or containment reaches `contained`. Documents of less than about 160
    characters are not compared. Both figures are estimates from one shingle in eight.
    """
    sizes = np.array([len(s) for s in sketches], dtype=np.int64)
    large = np.flatnonzero(sizes >= _FEWEST)
    shared: dict[tuple[int, int], int] = {}
    if len(large) > 1:
        hashes = np.concatenate([sketches[i] for i in large])
        owners = np.repeat(large, sizes[large])
        order = np.lexsort((owners, hashes))
        hashes, owners = hashes[order], owners[order]
        borders = np.flatnonzero(np.diff(hashes)) + 1
        starts, ends = np.r_[0, borders], np.r_[borders, len(hashes)]
        several = (ends - starts > 1) & (ends - starts <= _CROWD)  # boilerplate that everybody has tells nothing
        for start, end in zip(starts[several], ends[several], strict=True):
            for pair in combinations(owners[start:end].tolist(), 2):
                shared[pair] = shared.get(pair, 0) + 1
    rows = []
    for (first, second), count in sorted(shared.items()):
        jaccard = count / (sizes[first] + sizes[second] - count)
        containment = count / min(sizes[first], sizes[second])
        if jaccard >= least or containment >= contained:
            rows.append((doc_ids[first], doc_ids[second], float(jaccard), float(containment)))
    return pd.DataFrame(rows, columns=["doc_id", "other_doc_id", "jaccard", "containment"])
