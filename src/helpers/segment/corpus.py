"""The content words of all units of a corpus, counted once: remembered beside its tables, and read by whoever needs them."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from helpers import engine, store
from helpers.cache import Part, Parts, key, mark
from helpers.segment.content import left_out, read_here
from helpers.segment.features import Features, Numbered, count_words
from helpers.segment.lexicon import default_lexicon
from helpers.segment.masks import mask_names
from helpers.segment.names import places_of
from helpers.segment.tokens import check, tokenise

ROOMS = ("segment", "codebook/bounded.py", "structure", "cache.py", "store.py", "rows.py", "engine.py", "where.py", "__init__.py")
PACKAGES = ("cnloc", "jieba", "numpy", "pandas", "pyarrow", "rjieba", "scipy")


class CorpusWords:
    """The content words of `column` of the table `units`: iterated, a row group at a time, a row a unit in order.

    What `features` gives for the same texts, with the places of `documents` masked. Workers read a row group each and leave
    what they counted beside `processed_dir`, so that neither texts nor tokens of a whole corpus are ever in one process.
    """

    def __init__(self, processed_dir: str | Path, documents: pd.DataFrame, segmenter: str = "jieba", column: str = "text"):
        check(segmenter)
        places = places_of(documents)
        base = _base(places, segmenter, column)
        self._parts = Parts.of(processed_dir, f"words-{column}")
        work = partial(
            _counted, processed_dir=str(processed_dir), parts=self._parts, base=base, column=column, segmenter=segmenter
        )
        self._keys = list(engine.map(partial(work, places=places), range(store.n_groups(processed_dir, "units")), heavy=True))
        engine.release()  # each worker holds a dictionary of its own, which what comes next has no use for
        self._parts.sweep(self._keys)

    def __iter__(self) -> Iterator[Features]:
        for name in self._keys:
            part = self._parts.read(name)
            if part is None:
                raise OSError(f"{self._parts.folder}: a part is gone or damaged since it was written; run again")
            words = tuple(part.tables["words"]["word"].to_pylist())
            ends, counts = part.tables["ends"]["end"].to_numpy(), part.tables["counts"]
            matrix = (counts["n"].to_numpy(), counts["word"].to_numpy(), np.r_[0, ends])
            yield Features(sparse.csr_matrix(matrix, shape=(len(ends), len(words))), words)

    def together(self) -> Features:
        """Return the words of all units in one matrix; parts are read twice, so that no second one lies beside it."""
        column, own, ends = Numbered(), [], [np.zeros(1, np.int64)]
        for part in self:
            own.append(np.array([column[word] for word in part.words], dtype=np.int64))
            ends.append(ends[-1][-1] + part.counts.indptr[1:].astype(np.int64))
        names, pointers = np.array(list(column), dtype=object), np.concatenate(ends)
        order = np.argsort(names, kind="stable") if len(names) else np.empty(0, np.int64)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        numbers, places, start = np.empty(pointers[-1], np.int32), np.empty(pointers[-1], np.int32), 0
        for part, number in zip(self, own, strict=True):
            here = slice(start, start := start + len(part.counts.data))
            numbers[here], places[here] = part.counts.data, rank[number[part.counts.indices]]
        counts = sparse.csr_matrix((numbers, places, pointers), shape=(len(pointers) - 1, len(names)))
        counts.sort_indices()
        return Features(counts, tuple(names[order]))


def left_out_of(
    processed_dir: str | Path, texts: Iterable[str], documents: pd.DataFrame, segmenter: str = "jieba"
) -> pd.DataFrame:
    """Return `left_out` of the words of `texts`, the places of `documents` masked; remembered beside the tables."""
    check(segmenter)
    texts, places, parts = list(texts), places_of(documents), Parts.of(processed_dir, "left-out")
    name = key(_base(places, segmenter, "left out"), *texts)
    part = parts.read(name)
    if part is None or set(part.tables) != {"left_out"}:
        words = (word for sentence in tokenise(mask_names(texts, places), segmenter) for word in sentence)
        part = Part({}, {"left_out": pa.Table.from_pandas(left_out(words, places), preserve_index=False)})
        parts.write(name, part)
    parts.sweep([name])
    return part.tables["left_out"].to_pandas()


def _base(places: tuple[str, ...], segmenter: str, what: str) -> str:
    """Return the checksum of all that words depend on beside the texts."""
    lexicon = default_lexicon()
    words = (*sorted(lexicon.words.items()), *sorted(lexicon.stopwords.items()), lexicon.stems)
    exceptions = (sorted(lexicon.keep), sorted(lexicon.everyday))
    return key(mark(ROOMS, PACKAGES), repr((words, exceptions, places, segmenter, what)))


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
