"""Who resembles whom: documents by tools, topics and wording."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

MATRIX_LIMIT = 120  # up to this many documents every pair is compared, above it each with its nearest
EXACT_LIMIT = 5_000  # up to this many documents the nearest are looked for among all, above it among those that share rare words
NEAREST = 10
_TELLING, _SPREAD, _TRIED = 48, 400, 100
_BLOCK = 256  # documents, and pairs of documents, compared at a time
_AT_ONCE = 4_000_000  # words of documents weighed at a time
_DENSE = 1 / 12  # a word in a larger share of the documents is multiplied faster in a full matrix


def distribution(counts: pd.DataFrame, dimension: str, doc_ids: Iterable[str]) -> pd.DataFrame:
    """Divide the units of each code by the sum over codes: documents x codes, rows sum to 1; documents without any are all 0.

    Takes counts as `counts.BY_DOCUMENT` answers, their dimension (tool, type, topic) and the documents, sorted.
    """
    own, names = counts[counts["dimension"] == dimension], pd.Index(doc_ids, name="doc_id", dtype="str")
    code, codes = pd.factorize(own["code"].astype(int) if dimension == "topic" else own["code"], sort=True)
    n = np.zeros((len(names), len(codes)), dtype=np.int64)
    n[names.get_indexer(own["doc_id"]), code] = own["n"]
    shares = n / np.maximum(n.sum(axis=1, keepdims=True), 1)
    return pd.DataFrame(shares, index=names, columns=pd.Index(codes, name=dimension))


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
        place = np.array([number.setdefault(term, len(number)) for term in terms], dtype=np.int32)
        parts.append((row[row >= 0].astype(np.int32), place[code], part["n"].to_numpy(dtype=np.int32)[row >= 0]))
    if not number:
        return None
    row, column, n = _put_together(parts)
    order = np.argsort(np.argsort(np.array(list(number), dtype=object))).astype(np.int32)  # words in alphabetical order
    for here in _slices(len(n)):
        column[here] = order[column[here]]
    spread = np.log((1 + len(names)) / (1 + np.bincount(column))) + 1
    square = np.zeros(len(names))
    for here in _slices(len(n)):
        square += np.bincount(row[here], _weights(n[here], column[here], spread) ** 2, minlength=len(names))
    length, values = np.sqrt(square), np.empty(len(n), np.float32)
    for here in _slices(len(n)):
        values[here] = _weights(n[here], column[here], spread) / length[row[here]]
    out = sparse.csr_matrix((values, (row, column)), shape=(len(names), len(number)))
    out.sort_indices()
    return out


def _weights(n: np.ndarray, column: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return (1 + np.log(n)) * spread[column]


def _put_together(parts: list[tuple[np.ndarray, ...]]) -> list[np.ndarray]:
    """Join the columns of parts, of which each is let go when it is copied."""
    size = sum(len(part[0]) for part in parts)
    out, end = [np.empty(size, column.dtype) for column in parts[0]], size
    while parts:
        part = parts.pop()
        for whole, column in zip(out, part, strict=True):
            whole[end - len(column) : end] = column
        end -= len(part[0])
    return out


def _slices(n: int) -> list[slice]:
    return [slice(start, start + _AT_ONCE) for start in range(0, n, _AT_ONCE)]


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
