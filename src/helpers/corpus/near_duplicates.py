"""Documents that are nearly the same: sampled shingles (Broder 1997), so that thousands of documents are compared quickly."""

import numpy as np
import pandas as pd
from scipy import sparse

SHINGLE = 8  # characters; long enough that set phrases of officialese do not count as likeness
_SAMPLED = np.uint64(2**64 // 8)  # keep one shingle in eight
_FEWEST = 20
_CROWD = 60
_BLOCK = 500
_MOST = 4_000_000  # hashes held of a whole corpus; above (some 100 MB of text) every second one is let go, again and again


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


class Sketches:
    """The sketches of a corpus, thinned out as it grows, so that they always fit: the hashes kept do not depend on the order."""

    def __init__(self, most: int = _MOST):
        self._most, self._below, self._held, self._n = most, _SAMPLED, {}, 0

    def add(self, name: str, hashes: np.ndarray) -> None:
        """Take in the sketch of one document (sorted)."""
        self._held[name] = self._thin(hashes)
        self._n += len(self._held[name])
        while self._n > self._most:
            self._below //= np.uint64(2)
            self._held = {name: self._thin(kept) for name, kept in self._held.items()}
            self._n = sum(map(len, self._held.values()))

    def _thin(self, hashes: np.ndarray) -> np.ndarray:
        return hashes[: np.searchsorted(hashes, self._below)].copy()

    def of(self, names: list[str]) -> list[np.ndarray]:
        """Return the sketches of documents, all sampled alike."""
        return [self._held[name] for name in names]


def near_duplicates(doc_ids: list[str], sketches: list[np.ndarray], least: float = 0.5, contained: float = 0.8) -> pd.DataFrame:
    """Return pairs of documents whose shingles overlap.

    Columns doc_id, other_doc_id, jaccard (shared part of all shingles) and containment (shared part of the smaller document);
    a pair is kept when jaccard reaches `least` or containment reaches `contained`. Documents of less than about 160
    characters are not compared. Both figures are estimates from one shingle in eight (fewer where `Sketches` thinned them out).
    """
    sizes = np.array([len(s) for s in sketches], dtype=np.int64)
    rows = []
    for first, second, shared in _shared(sketches, np.flatnonzero(sizes >= _FEWEST)):
        jaccard = shared / (sizes[first] + sizes[second] - shared)
        containment = shared / np.minimum(sizes[first], sizes[second])
        near = (jaccard >= least) | (containment >= contained)
        pairs = zip(first[near].tolist(), second[near].tolist(), jaccard[near].tolist(), containment[near].tolist(), strict=True)
        rows += [(doc_ids[a], doc_ids[b], j, c) for a, b, j, c in sorted(pairs)]
    return pd.DataFrame(rows, columns=["doc_id", "other_doc_id", "jaccard", "containment"])


def _shared(sketches: list[np.ndarray], large: np.ndarray):
    """Yield (first, second, number of hashes that both have) for pairs first < second, some hundred documents at a time."""
    if len(large) < 2:
        return
    owners = np.repeat(large, [len(sketches[i]) for i in large])
    _, column, crowd = np.unique(np.concatenate([sketches[i] for i in large]), return_inverse=True, return_counts=True)
    telling = (crowd > 1) & (crowd <= _CROWD)  # boilerplate that everybody has tells nothing
    kept = telling[column]
    shape = (len(sketches), len(crowd))
    table = sparse.csr_array((np.ones(kept.sum(), dtype=np.int32), (owners[kept], column[kept])), shape=shape)
    across = table.T.tocsr()
    for start in range(0, len(sketches), _BLOCK):
        counts = (table[start : start + _BLOCK] @ across).tocoo()
        above = counts.coords[0] + start < counts.coords[1]
        yield counts.coords[0][above] + start, counts.coords[1][above], counts.data[above]
