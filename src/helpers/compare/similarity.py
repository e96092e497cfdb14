"""Who resembles whom: documents by tools, topics and wording, and the passages that they share."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

MATRIX_LIMIT = 120  # up to this many documents every pair is compared, above it each with its nearest
EXACT_LIMIT = 5_000  # up to this many documents the nearest are looked for among all, above it among those that share rare words
NEAREST = 10
_TELLING, _SPREAD, _TRIED = 48, 400, 100
PASSAGE = 20  # letters and digits that a shared passage has at least
_COMMON = 20  # a string that stands in more documents than this is a formula, not a copy
_PAIRS = 4_000_000  # pairs of places compared at a time
_BLOCK = 256  # documents, and pairs of documents, compared at a time
_DENSE = 1 / 12  # a word in a larger share of the documents is multiplied faster in a full matrix


def distribution(assigned: pd.DataFrame, units: pd.DataFrame, column: str) -> pd.DataFrame:
    """Count codes a document and divide by their sum: documents x codes, rows sum to 1; documents without any are all 0.

    Takes `assigned` (unit_id and `column`) and `units` (unit_id, doc_id).
    """
    names = sorted(units["doc_id"].unique())
    assigned = assigned.dropna(subset=[column])
    unit = pd.Index(units["unit_id"]).get_indexer(assigned["unit_id"])
    row = pd.Index(names).get_indexer(units["doc_id"])[unit[unit >= 0]]
    code, codes = pd.factorize(assigned[column][unit >= 0], sort=True)
    counts = np.bincount(row * len(codes) + code, minlength=len(names) * len(codes)).reshape(len(names), len(codes))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return pd.DataFrame(shares, index=pd.Index(names, name="doc_id", dtype="str"), columns=pd.Index(codes, name=column))


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return 1 minus the Jensen-Shannon divergence in bits (Lin 1991) of paired rows: 1 same, 0 disjoint, NaN if empty."""
    middle = (p + q) / 2
    divergence = (_relative(p, middle) + _relative(q, middle)) / 2
    empty = (p.sum(axis=1) == 0) | (q.sum(axis=1) == 0)
    return np.where(empty, np.nan, 1 - np.clip(divergence, 0, 1))


def _relative(p: np.ndarray, middle: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, p * np.log2(p / middle), 0).sum(axis=1)


def wording(words: Iterable[pd.DataFrame], names: list[str]) -> sparse.csr_matrix | None:
    """Return a TF-IDF row of length 1 for each document of `names`, None where no word is known.

    Takes `document_words` (doc_id, term, n) in parts. Sublinear counts, 1 + log n (Salton & Buckley 1988), and smoothed
    inverse document frequency, log((1 + documents) / (1 + documents with the word)) + 1; words of one document are kept.
    """
    documents, number, parts = pd.Index(names), {}, []
    for part in words:
        row = documents.get_indexer(part["doc_id"])
        code, terms = pd.factorize(part["term"][row >= 0])
        place = np.array([number.setdefault(term, len(number)) for term in terms], dtype=np.int64)
        parts.append((row[row >= 0], place[code], part["n"].to_numpy(dtype=float)[row >= 0]))
    if not number:
        return None
    row, column, n = (np.concatenate(values) for values in zip(*parts, strict=True))
    column = np.argsort(np.argsort(np.array(list(number), dtype=object)))[column]  # words in alphabetical order
    spread = np.log((1 + len(names)) / (1 + np.bincount(column))) + 1
    values = (1 + np.log(n)) * spread[column]
    length = np.sqrt(np.bincount(row, values**2, minlength=len(names)))
    out = sparse.csr_matrix(((values / length[row]).astype(np.float32), (row, column)), shape=(len(names), len(number)))
    out.sort_indices()
    return out


def pairs(tools: pd.DataFrame, topics: pd.DataFrame, words: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Compare documents: doc_a, doc_b, tools, topics (1 - Jensen-Shannon) and wording (cosine of TF-IDF), all 0 to 1.

    Takes distributions as from `distribution`, whose rows say which documents, and `document_words` in parts. Every pair up to
    120 documents; above that each document with the ten nearest in wording, above 5,000 those of the documents with which it
    shares rare words.
    """
    names = sorted(set(tools.index) | set(topics.index))
    rows = wording(words, names)
    a, b = _candidates(rows, len(names))
    if not len(a):
        return pd.DataFrame(columns=["doc_a", "doc_b", "tools", "topics", "wording"])
    cosine = np.full(len(a), np.nan)
    for start in range(0, len(a), _BLOCK if rows is not None else len(a)):
        i, j = a[start : start + _BLOCK], b[start : start + _BLOCK]
        if rows is not None:
            cosine[start : start + _BLOCK] = np.asarray(rows[i].multiply(rows[j]).sum(axis=1)).ravel()
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
    blocks = _every(rows) if n <= EXACT_LIMIT else _sharing_rare_words(rows)
    found = np.unique(np.concatenate([_nearest(*block) for block in blocks]), axis=0)
    return found[:, 0], found[:, 1]


def _nearest(first: np.ndarray, second: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """Return the pairs (smaller place first) of each of `first` with the NEAREST of `second`, of equals the first by name."""
    cosine = np.round(cosine, 5)  # equal is equal, in whatever order a machine adds up
    order = np.lexsort((second, -cosine, first))
    first, second = first[order], second[order]
    begin = np.flatnonzero(np.diff(first, prepend=-1))
    rank = np.arange(len(first)) - np.repeat(begin, np.diff(np.append(begin, len(first))))
    return np.sort(np.stack([first, second], axis=1)[rank < NEAREST], axis=1)


def _every(rows: sparse.csr_matrix):
    """Yield (documents, others, cosines) of some documents with those of all that are as near as the NEAREST are."""
    common = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]) > _DENSE * rows.shape[0])
    full, rest = rows[:, common].toarray(), rows[:, np.setdiff1d(np.arange(rows.shape[1]), common)]
    turned = sparse.csc_matrix(rest.T)
    for start in range(0, rows.shape[0], _BLOCK):
        block = np.round(full[start : start + _BLOCK] @ full.T + (rest[start : start + _BLOCK] @ turned).toarray(), 5)
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -1
        i, j = np.nonzero(block >= np.partition(block, -NEAREST, axis=1)[:, -NEAREST, None])
        yield start + i, j, block[i, j]


def _sharing_rare_words(rows: sparse.csr_matrix):
    """Yield (documents, others, cosines) of documents that share rare words; the work grows with their number, not its square.

    Looked at are, for each document, the _TRIED that share most weight in its _TELLING heaviest words of _SPREAD documents at
    most; their cosines are exact.
    """
    spread = np.bincount(rows.indices, minlength=rows.shape[1])
    rare = rows[:, np.flatnonzero((spread > 1) & (spread <= _SPREAD))].tocoo()
    order = np.lexsort((rare.col, -rare.data, rare.row))
    begin = np.searchsorted(rare.row[order], np.arange(rows.shape[0]))
    telling = order[np.arange(len(order)) - begin[rare.row[order]] < _TELLING]
    told = sparse.csr_matrix((rare.data[telling], (rare.row[telling], rare.col[telling])), shape=rare.shape)
    turned = told.T.tocsr()
    for start in range(0, rows.shape[0], _BLOCK):
        shared = (told[start : start + _BLOCK] @ turned).tocoo()
        i, j, weight = start + shared.row, shared.col, np.round(shared.data, 5)
        order = np.lexsort((j, -weight, i))[: len(i)]
        i, j = i[order][i[order] != j[order]], j[order][i[order] != j[order]]
        first = np.searchsorted(i, i)
        tried = np.arange(len(i)) - first < _TRIED
        i, j = i[tried], j[tried]
        if len(i):
            yield i, j, np.asarray(rows[i].multiply(rows[j]).sum(axis=1)).ravel()


def shared_passages(units: pd.DataFrame, key_of, limit: int = 500) -> pd.DataFrame:
    """Find passages of twenty letters and digits or more that two documents share, the longest first.

    Takes `units` (unit_id, doc_id, text) in order and `key_of(text)` that keeps letters and digits. Strings in more than
    twenty documents count as formulas and are left out. Returns doc_a, doc_b, unit_a, unit_b (first units), n_chars, passage;
    at most `limit` rows.
    """
    keys = [key_of(text) for text in units["text"]]
    begin_of_unit = np.cumsum([0, *map(len, keys)])
    text = np.frombuffer("".join(keys).encode("utf-32-le"), dtype=np.uint32)
    del keys
    documents, doc_of_unit = np.unique(units["doc_id"].to_numpy(dtype=str), return_inverse=True)
    begins = (
        begin_of_unit[np.flatnonzero(np.append(True, doc_of_unit[1:] != doc_of_unit[:-1]))] if len(units) else np.zeros(1, int)
    )
    start, other, n_chars = _longest_runs(text, begins, limit)
    unit_a, unit_b = (np.searchsorted(begin_of_unit, at, side="right") - 1 for at in (start, other))
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


def _longest_runs(text: np.ndarray, begins: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (starts, other starts, lengths) of maximal equal runs between two documents, by equal hashes of PASSAGE characters.

    `begins` says where documents begin. Runs shorter than the `limit` longest are left out. A run lies on one diagonal
    (distance of its two places), so diagonals are searched a share at a time: any number of pairs in flat memory.
    """
    empty = np.zeros(0, np.int64)
    if len(text) < PASSAGE:
        return empty, empty, empty
    order, group_end = _same_strings(text, begins)
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


def _same_strings(text: np.ndarray, begins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places whose PASSAGE characters stand in 2 to _COMMON documents, like ones together, and where each group ends."""
    rolling = _rolling(text)
    whole = np.ones(len(text), dtype=bool)  # the string does not run over the end of its document
    for back in range(1, PASSAGE):
        whole[np.maximum(begins[begins > 0] - back, 0)] = False
    share = (rolling >> np.uint64(60)).astype(np.uint8)  # sixteen shares, one sorted at a time
    found = []
    for part in range(16):
        places = np.flatnonzero(whole[: len(rolling)] & (share == part))
        found.append(_shared(rolling[places], places, np.searchsorted(begins, places, side="right")))
    sizes = np.concatenate([size for _, size in found])
    return np.concatenate([places for places, _ in found]), np.repeat(np.cumsum(sizes), sizes)


def _rolling(text: np.ndarray) -> np.ndarray:
    """Return a hash of the PASSAGE characters from each place on."""
    out = np.zeros(len(text) - PASSAGE + 1, dtype=np.uint64)
    for start in range(0, len(out), 1 << 16):  # what fits the processor's cache
        part = out[start : start + (1 << 16)]
        for offset in range(start, start + PASSAGE):
            part *= np.uint64(1_000_003)
            part += text[offset : offset + len(part)]
    return out


def _shared(rolling: np.ndarray, places: np.ndarray, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the strings that stand in 2 to _COMMON documents, like ones together, and the sizes of the groups."""
    order = np.argsort(rolling, kind="stable")
    rolling, places, docs = rolling[order], places[order], docs[order]
    first = np.ones(len(places), dtype=bool)  # one place a document and string is enough
    first[1:] = (rolling[1:] != rolling[:-1]) | (docs[1:] != docs[:-1])
    rolling, places = rolling[first], places[first]
    borders = np.flatnonzero(np.diff(rolling)) + 1
    size = np.diff(np.concatenate([[0], borders, [len(rolling)]]))
    fitting = (size > 1) & (size <= _COMMON)
    return places[np.repeat(fitting, size)], size[fitting]


def _longest(parts: list[tuple[np.ndarray, ...]], limit: int) -> tuple[np.ndarray, ...]:
    """Put runs together and keep twice the `limit` longest (some may fail the check of characters), with all of equal length."""
    i, j, n_chars = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(n_chars) <= 2 * limit:
        return i, j, n_chars
    least = np.partition(n_chars, len(n_chars) - 2 * limit)[len(n_chars) - 2 * limit]
    long = n_chars >= least
    return i[long], j[long], n_chars[long]
