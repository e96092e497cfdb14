"""Documents that are nearly the same: signatures of one size a document, so that as many are found in any corpus (Broder 1997).

Two estimates of shared shingles work together. One permutation MinHash (Li, Owen & Zhang 2012; densified as Shrivastava 2017) in
bands (Indyk & Motwani 1998) finds what is alike as a whole, for every length of text and size of corpus; a sample of the
shingles, which is thinned out in a large corpus, also finds a document that stands inside a longer one.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.distinct import distinct

SHINGLE = 8  # characters; long enough that set phrases of officialese do not count as likeness
BINS, _ROWS = 128, 4  # of a signature, of a band: at a Jaccard of .8 a pair shares one of 32 bands with p > .99999, of .5 .87
_SAMPLED = np.uint64(2**64 // 8)  # keep one shingle in eight
_FEWEST = 20  # shingles, and of the sample hashes, that are compared
_CROWD = 60
_BLOCK = 500
_MOST = 4_000_000  # hashes held of a whole corpus; above (some 100 MB of text) every second one is let go, again and again
_EMPTY = np.uint32(2**32 - 1)
_LENDERS = np.random.default_rng(2017).integers(0, BINS, (64, BINS))  # whom an empty bin asks, one after the other


class Fingerprint(NamedTuple):
    """What is kept of a document: `sample` of its shingles' hashes (uint64, sorted), `signature` (uint32, BINS and the number of
    shingles).
    """

    sample: np.ndarray
    signature: np.ndarray


def fingerprint(key: str) -> Fingerprint:
    """Return the fingerprint of a document's letters and digits."""
    points = np.frombuffer(key.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    n = max(len(points) - SHINGLE + 1, 0)
    value = np.zeros(n, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(SHINGLE):
            value = value * np.uint64(0x100000001B3) ^ points[offset : offset + n]
        value ^= value >> np.uint64(33)  # the finaliser of MurmurHash3 spreads the bits before sampling
        value *= np.uint64(0xFF51AFD7ED558CCD)
        value ^= value >> np.uint64(33)
        value *= np.uint64(0xC4CEB9FE1A85EC53)
        value ^= value >> np.uint64(33)
    return Fingerprint(distinct(value[value < _SAMPLED]), _signature(value))


def _signature(value: np.ndarray) -> np.ndarray:
    """Return the least hash of each bin; an empty bin borrows that of another, the same in every document."""
    own = np.full(BINS, _EMPTY, dtype=np.uint32)
    np.minimum.at(own, (value & np.uint64(BINS - 1)).astype(np.intp), (value >> np.uint64(32)).astype(np.uint32))
    lent = own[_LENDERS]
    first = (lent != _EMPTY).argmax(axis=0)
    full = np.where(own == _EMPTY, lent[first, np.arange(BINS)], own)
    return np.append(full, np.uint32(len(value)))


class Fingerprints:
    """The fingerprints of a corpus: all signatures, and samples thinned out as it grows, the same in whatever order they come."""

    def __init__(self, most: int = _MOST):
        self._most, self._below, self._held, self._n = most, _SAMPLED, {}, 0
        self._signatures: dict[str, np.ndarray] = {}

    @property
    def whole(self) -> bool:
        """Tell whether no sample was thinned out."""
        return self._below == _SAMPLED

    def add(self, name: str, own: Fingerprint) -> None:
        """Take in the fingerprint of one document."""
        self._signatures[name], self._held[name] = own.signature, self._thin(own.sample)
        self._n += len(self._held[name])
        while self._n > self._most:
            self._below //= np.uint64(2)
            self._held = {name: self._thin(kept) for name, kept in self._held.items()}
            self._n = sum(map(len, self._held.values()))

    def _thin(self, hashes: np.ndarray) -> np.ndarray:
        return hashes[: np.searchsorted(hashes, self._below)].copy()

    def samples(self, names: list[str]) -> list[np.ndarray]:
        """Return the samples of documents, all thinned out alike."""
        return [self._held[name] for name in names]

    def signatures(self, names: list[str]) -> np.ndarray:
        """Return the signatures of documents, a row each."""
        return np.array([self._signatures[name] for name in names], dtype=np.uint32).reshape(-1, BINS + 1)


def near_duplicates(
    doc_ids: list[str], names: list[str], held: Fingerprints, least: float = 0.5, contained: float = 0.8
) -> pd.DataFrame:
    """Return pairs of documents whose shingles overlap; `names`: under which `held` knows the documents of `doc_ids`.

    Columns doc_id, other_doc_id, jaccard (shared part of all shingles) and containment (shared part of the smaller document);
    a pair is kept when jaccard reaches `least` or containment reaches `contained`. Texts under 27 letters are not compared. Both
    figures are estimates: from one shingle in eight where a document has 160 letters and the corpus less than some 100 MB,
    else from the signature (standard error .04). Of more than sixty documents that are all alike, each stands with the first
    and with the next of them.
    """
    rows: dict[tuple[int, int], tuple[float, float]] = {}
    for estimate in (_by_signature(held.signatures(names), min(least, contained)), _by_sample(held.samples(names))):
        for first, second, jaccard, containment, sure in estimate:
            near = (jaccard >= least) | (containment >= contained)
            pairs = zip(*(values[near].tolist() for values in (first, second, jaccard, containment)), strict=True)
            for a, b, j, c in pairs:
                if sure and held.whole or (a, b) not in rows:
                    rows[a, b] = j, c
    found = [(doc_ids[a], doc_ids[b], *rows[a, b]) for a, b in sorted(rows)]
    return pd.DataFrame(found, columns=["doc_id", "other_doc_id", "jaccard", "containment"])


def _by_signature(signatures: np.ndarray, least: float):
    """Yield (first, second, jaccard, containment, False) of pairs that share a band, estimated from all bins."""
    large = np.flatnonzero(signatures[:, -1] >= _FEWEST)
    bins, n = signatures[large, :-1], signatures[large, -1].astype(float)
    for band in range(0, BINS, _ROWS):
        key = np.zeros(len(large), dtype=np.uint64)
        with np.errstate(over="ignore"):
            for column in range(band, band + _ROWS):
                key = (key ^ bins[:, column]) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(29)
        for a, b in _together(key):
            jaccard = np.concatenate([(bins[a[at : at + 65536]] == bins[b[at : at + 65536]]).mean(axis=1)
                                      for at in range(0, len(a), 65536)] or [np.zeros(0)])  # fmt: skip
            near = jaccard >= least / 2
            a, b, jaccard = a[near], b[near], jaccard[near]
            shared = jaccard / (1 + jaccard) * (n[a] + n[b])
            containment = np.minimum(shared / np.minimum(n[a], n[b]), 1.0)
            yield large[np.minimum(a, b)], large[np.maximum(a, b)], jaccard, containment, False


def _together(key: np.ndarray):
    """Yield arrays (a, b) of places with equal keys: all pairs of up to _CROWD, of more each with the first and the next."""
    order = np.argsort(key, kind="stable")
    begin = np.flatnonzero(np.diff(key[order], prepend=~key[order[:1]]))
    size = np.diff(np.append(begin, len(order)))
    group, end = np.repeat(begin, size), np.repeat(begin + size, size)
    place, crowd = np.arange(len(order)), np.repeat(size > _CROWD, size)
    for step in range(1, min(int(size.max(initial=1)), _CROWD)):
        at = place[(place + step < end) & (~crowd if step > 1 else True)]
        yield order[at], order[at + step]
    at = place[crowd & (place > group)]
    yield order[group[at]], order[at]


def _by_sample(samples: list[np.ndarray]):
    """Yield (first, second, jaccard, containment, True) of pairs that share hashes, some hundred documents at a time."""
    sizes = np.array([len(s) for s in samples], dtype=np.int64)
    for first, second, shared in _shared(samples, np.flatnonzero(sizes >= _FEWEST)):
        jaccard = shared / (sizes[first] + sizes[second] - shared)
        yield first, second, jaccard, shared / np.minimum(sizes[first], sizes[second]), True


def _shared(samples: list[np.ndarray], large: np.ndarray):
    """Yield (first, second, number of hashes that both have) for pairs first < second, some hundred documents at a time."""
    if len(large) < 2:
        return
    owners = np.repeat(large, [len(samples[i]) for i in large])
    _, column, crowd = np.unique(np.concatenate([samples[i] for i in large]), return_inverse=True, return_counts=True)
    telling = (crowd > 1) & (crowd <= _CROWD)  # boilerplate that everybody has tells nothing
    kept = telling[column]
    shape = (len(samples), len(crowd))
    table = sparse.csr_array((np.ones(kept.sum(), dtype=np.int32), (owners[kept], column[kept])), shape=shape)
    across = table.T.tocsr()
    for start in range(0, len(samples), _BLOCK):
        counts = (table[start : start + _BLOCK] @ across).tocoo()
        above = counts.coords[0] + start < counts.coords[1]
        yield counts.coords[0][above] + start, counts.coords[1][above], counts.data[above]
