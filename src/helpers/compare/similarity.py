"""Who resembles whom: documents by tools, topics and wording, and the passages that they share."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import TfidfVectorizer

MATRIX_LIMIT = 120  # up to this many documents every pair is compared, above it each with its nearest
NEAREST = 10
PASSAGE = 20  # letters and digits that a shared passage has at least
_COMMON = 20  # a string that stands in more documents than this is a formula, not a copy
_PAIRS = 10_000_000  # pairs of places compared at a time


def distribution(assigned: pd.DataFrame, units: pd.DataFrame, column: str) -> pd.DataFrame:
    """Count codes a document and divide by their sum: documents x codes, rows sum to 1; documents without any are all 0.

    Takes `assigned` (unit_id and `column`) and `units` (unit_id, doc_id).
    """
    joined = assigned.dropna(subset=[column]).merge(units[["unit_id", "doc_id"]], on="unit_id")
    counts = pd.crosstab(joined["doc_id"], joined[column])
    counts = counts.reindex(sorted(units["doc_id"].unique()), fill_value=0)
    return counts.div(counts.sum(axis=1).replace(0, 1), axis=0)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return 1 minus the Jensen-Shannon divergence in bits (Lin 1991) of paired rows: 1 same, 0 disjoint, NaN if empty."""
    middle = (p + q) / 2
    divergence = (_relative(p, middle) + _relative(q, middle)) / 2
    empty = (p.sum(axis=1) == 0) | (q.sum(axis=1) == 0)
    return np.where(empty, np.nan, 1 - np.clip(divergence, 0, 1))


def _relative(p: np.ndarray, middle: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, p * np.log2(p / middle), 0).sum(axis=1)


def words_by_document(units: pd.DataFrame, words: list[list[str]]) -> dict[str, list[str]]:
    """Join the words of each document's units, in order: doc_id to words."""
    joined: dict[str, list[str]] = {}
    for doc_id, own in zip(units["doc_id"], words, strict=True):
        joined.setdefault(doc_id, []).extend(own)
    return joined


def wording(tokens: dict[str, list[str]]):
    """Return (document ids, TF-IDF rows of length 1) from tokens by document; sublinear counts, words of one document kept."""
    names = sorted(tokens)
    if not any(tokens.values()):
        return names, None
    vectors = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    return names, vectors.fit_transform([tokens[name] for name in names])


def pairs(tools: pd.DataFrame, topics: pd.DataFrame, tokens: dict[str, list[str]]) -> pd.DataFrame:
    """Compare documents: doc_a, doc_b, tools, topics (1 - Jensen-Shannon) and wording (cosine of TF-IDF), all 0 to 1.

    Takes distributions as from `distribution` and tokens by document. Every pair up to 120 documents; above that each
    document with the ten nearest in wording.
    """
    names, rows = wording(tokens)
    a, b = _candidates(rows, len(names))
    if not len(a):
        return pd.DataFrame(columns=["doc_a", "doc_b", "tools", "topics", "wording"])
    cosine = np.asarray(rows[a].multiply(rows[b]).sum(axis=1)).ravel() if rows is not None else np.full(len(a), np.nan)
    aligned = [frame.reindex(names, fill_value=0).to_numpy(dtype=float) for frame in (tools, topics)]
    measured = [jensen_shannon(matrix[a], matrix[b]) for matrix in aligned]
    return pd.DataFrame({
        "doc_a": [names[i] for i in a], "doc_b": [names[j] for j in b],
        "tools": measured[0], "topics": measured[1], "wording": np.clip(cosine, 0, 1).astype(float),
    })  # fmt: skip


def _candidates(rows, n: int) -> tuple[np.ndarray, np.ndarray]:
    if n <= MATRIX_LIMIT or rows is None:
        found = np.array(list(combinations(range(min(n, MATRIX_LIMIT)), 2)), dtype=int).reshape(-1, 2)
        return found[:, 0], found[:, 1]
    kept = set()
    for start in range(0, n, 256):
        block = (rows[start : start + 256] @ rows.T).toarray()
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -1
        for i, nearest in enumerate(np.argsort(-block, axis=1, kind="stable")[:, :NEAREST]):
            kept |= {(min(start + i, j), max(start + i, j)) for j in nearest.tolist()}
    found = np.array(sorted(kept))
    return found[:, 0], found[:, 1]


def tree(similar: pd.DataFrame, column: str = "wording") -> tuple[list[str], np.ndarray | None]:
    """Cluster documents by average linkage on 1 - similarity; returns (ids, linkage), linkage None below three documents."""
    names = sorted(set(similar["doc_a"]) | set(similar["doc_b"]))
    if len(names) < 3 or len(similar) != len(names) * (len(names) - 1) // 2:
        return names, None
    square = (
        similar.pivot(index="doc_a", columns="doc_b", values=column).reindex(index=names, columns=names).to_numpy(dtype=float)
    )
    distance = 1 - np.where(np.isnan(square), np.where(np.isnan(square.T), 0, square.T), square)
    np.fill_diagonal(distance, 0)
    return names, hierarchy.linkage(squareform(distance, checks=False), "average")


def shared_passages(units: pd.DataFrame, key_of, limit: int = 500) -> pd.DataFrame:
    """Find passages of twenty letters and digits or more that two documents share, the longest first.

    Takes `units` (unit_id, doc_id, text) in order and `key_of(text)` that keeps letters and digits. Strings in more than
    twenty documents count as formulas and are left out. Returns doc_a, doc_b, unit_a, unit_b (first units), n_chars, passage;
    at most `limit` rows.
    """
    keys = [key_of(text) for text in units["text"]]
    lengths = np.array([len(key) for key in keys], dtype=np.int64)
    text = np.frombuffer("".join(keys).encode("utf-32-le"), dtype=np.uint32)
    unit_at = np.repeat(np.arange(len(keys), dtype=np.int32), lengths)
    documents, doc_of_unit = np.unique(units["doc_id"].to_numpy(dtype=str), return_inverse=True)
    doc_at = doc_of_unit[unit_at].astype(np.int32) if len(unit_at) else np.array([], dtype=np.int32)
    start, other, n_chars = _longest_runs(text, doc_at, limit)
    unit_a, unit_b = unit_at[start], unit_at[other]
    ids, names = units["unit_id"].to_numpy(dtype=object), documents.astype(object)
    found = pd.DataFrame({
        "doc_a": names[doc_of_unit[unit_a]], "doc_b": names[doc_of_unit[unit_b]],
        "unit_a": ids[unit_a], "unit_b": ids[unit_b], "n_chars": n_chars, "start": start, "other": other,
    })  # fmt: skip
    order = ["n_chars", "doc_a", "doc_b", "unit_a", "unit_b"]
    found = found.sort_values(order, ascending=[False, True, True, True, True], kind="stable")
    rows = []
    for row in found.itertuples(index=False):
        if len(rows) == limit:
            break
        one, two = (text[at : at + row.n_chars] for at in (row.start, row.other))
        if np.array_equal(one, two):  # equal hashes are no proof
            rows.append((row.doc_a, row.doc_b, row.unit_a, row.unit_b, row.n_chars, one.tobytes().decode("utf-32-le")))
    return pd.DataFrame(rows, columns=["doc_a", "doc_b", "unit_a", "unit_b", "n_chars", "passage"])


def _longest_runs(text: np.ndarray, doc_at: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (starts, other starts, lengths) of maximal equal runs between two documents, by equal hashes of PASSAGE characters.

    Runs shorter than the `limit` longest are left out. A run lies on one diagonal (distance of its two places), so diagonals
    are searched a share at a time: any number of pairs of places in flat memory.
    """
    empty = np.zeros(0, np.int64)
    if len(text) < PASSAGE:
        return empty, empty, empty
    order, group_end = _same_strings(text, doc_at)
    width, n_pairs = len(text) + 1, 0
    for step in range(1, _COMMON):
        n_pairs += int((np.arange(len(order)) + step < group_end).sum())
    shares, kept = max(1, -(-n_pairs // _PAIRS)), [(empty, empty, empty)]
    for share in range(shares):
        keys = [empty]
        for step in range(1, _COMMON):
            at = np.flatnonzero(np.arange(len(order)) + step < group_end)
            i, distance = order[at], order[at + step] - order[at]
            mine = distance % shares == share
            keys.append(distance[mine] * width + i[mine])
        key = np.sort(np.concatenate(keys))
        begins = np.flatnonzero(np.diff(key, prepend=-2) != 1)
        n_chars = np.diff(np.append(begins, len(key))) + PASSAGE - 1
        distance, i = np.divmod(key[begins], width)
        kept = [_longest([*kept, (i, i + distance, n_chars)], limit)]
    i, j, n_chars = kept[0]
    in_order = np.lexsort((j, i))
    return i[in_order], j[in_order], n_chars[in_order]


def _same_strings(text: np.ndarray, doc_at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places whose PASSAGE characters stand in 2 to _COMMON documents, like ones together, and where each group ends."""
    rolling = np.zeros(len(text) - PASSAGE + 1, dtype=np.uint64)
    for offset in range(PASSAGE):
        rolling *= np.uint64(1_000_003)
        rolling += text[offset : offset + len(rolling)]
    places = np.flatnonzero(doc_at[: len(rolling)] == doc_at[PASSAGE - 1 :])
    rolling = rolling[places]
    order = np.argsort(rolling, kind="stable")
    rolling, places = rolling[order], places[order]
    docs = doc_at[places]
    first = np.ones(len(places), dtype=bool)  # one place a document and string is enough
    first[1:] = (rolling[1:] != rolling[:-1]) | (docs[1:] != docs[:-1])
    rolling, places = rolling[first], places[first]
    borders = np.flatnonzero(np.diff(rolling)) + 1
    starts, ends = np.append(0, borders), np.append(borders, len(rolling))
    size = ends - starts
    shared = np.repeat((size > 1) & (size <= _COMMON), size)
    size = size[(size > 1) & (size <= _COMMON)]
    return places[shared], np.repeat(np.cumsum(size), size)


def _longest(parts: list[tuple[np.ndarray, ...]], limit: int) -> tuple[np.ndarray, ...]:
    """Put runs together and keep twice the `limit` longest (some may fail the check of characters), with all of equal length."""
    i, j, n_chars = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(n_chars) <= 2 * limit:
        return i, j, n_chars
    least = np.partition(n_chars, len(n_chars) - 2 * limit)[len(n_chars) - 2 * limit]
    long = n_chars >= least
    return i[long], j[long], n_chars[long]
