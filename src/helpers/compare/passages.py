"""Passages that documents share: every string of twenty letters hashed, like ones brought together by buckets on disk."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

PASSAGE = 20  # letters and digits that a shared passage has at least
_COMMON = 20  # a string that stands in more documents than this is a formula, not a copy
_PAIRS = 2_000_000  # pairs of places compared at a time
_BUCKETS = 64  # files of hashes, one sorted at a time
_RECORD = np.dtype([("hash", "<u8"), ("place", "<i8")])


def shared_passages(
    units: pd.DataFrame | Iterable[pd.DataFrame],
    key_of: Callable[[str], str],
    limit: int = 500,
    scratch: str | Path | None = None,
) -> pd.DataFrame:
    """Find passages of twenty letters and digits or more that two documents share, the longest first.

    Takes `units` (unit_id, doc_id, text) in order, whole or some documents at a time, and `key_of(text)` that keeps letters and
    digits; what does not fit into memory lies below `scratch` meanwhile. Strings in more than twenty documents count as
    formulas and are left out. Returns doc_a, doc_b, unit_a, unit_b (first units), n_chars, passage; at most `limit` rows.
    """
    with tempfile.TemporaryDirectory(prefix=".passages-", dir=scratch) as folder:
        letters = _Letters(Path(folder), key_of)
        for part in [units] if isinstance(units, pd.DataFrame) else units:
            letters.add(part)
        start, other, n_chars = _longest_runs(letters.same(), letters.n, limit, Path(folder))
        (doc_a, unit_a), (doc_b, unit_b) = (letters.names(at) for at in (start, other))
        found = pd.DataFrame({
            "doc_a": doc_a, "doc_b": doc_b, "unit_a": unit_a, "unit_b": unit_b,
            "n_chars": n_chars, "start": start, "other": other,
        })  # fmt: skip
        order = ["n_chars", "doc_a", "doc_b", "unit_a", "unit_b"]
        found = found.sort_values(order, ascending=[False, True, True, True, True], kind="stable")
        rows = []
        for row in found.itertuples(index=False):
            if len(rows) == limit:
                break
            one, two = (letters.text(at, row.n_chars) for at in (row.start, row.other))
            if one == two:  # equal hashes are no proof
                rows.append((row.doc_a, row.doc_b, row.unit_a, row.unit_b, row.n_chars, one))
    return pd.DataFrame(rows, columns=["doc_a", "doc_b", "unit_a", "unit_b", "n_chars", "passage"])


class _Letters:
    """The letters of a corpus in one file, the hashes of its strings in others; in memory, where units and documents begin."""

    def __init__(self, folder: Path, key_of: Callable[[str], str]):
        self._folder, self._key_of, self.n = folder, key_of, 0
        self._units, self._begin_of_unit = [], []
        self._documents, self._begins = [], []

    def add(self, units: pd.DataFrame) -> None:
        """Add whole documents."""
        if not len(units):
            return
        keys = [self._key_of(text) for text in units["text"]]
        sizes = np.fromiter(map(len, keys), np.int64, len(keys))
        begin = np.cumsum(sizes) - sizes
        text = np.frombuffer("".join(keys).encode("utf-32-le"), dtype="<u4")
        names = units["doc_id"].to_numpy(object)
        first = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
        rolling = _rolling(text)
        whole = np.ones(len(rolling), dtype=bool)  # the string does not run over the end of its document
        inner = begin[first[1:]]
        for back in range(1, PASSAGE):
            whole[np.clip(inner - back, 0, len(whole) - 1)[: len(inner) * bool(len(whole))]] = False
        self._write(rolling[whole], self.n + np.flatnonzero(whole))
        with open(self._folder / "text", "ab") as file:
            text.tofile(file)
        self._units.append(units["unit_id"].array)
        self._begin_of_unit.append(self.n + begin)
        self._documents += names[first].tolist()
        self._begins.append(self.n + begin[first])
        self.n += len(text)

    def _write(self, rolling: np.ndarray, places: np.ndarray) -> None:
        bucket = (rolling >> np.uint64(64 - _BUCKETS.bit_length() + 1)).astype(np.uint8)
        order = np.argsort(bucket, kind="stable")
        records = np.empty(len(order), _RECORD)
        records["hash"], records["place"] = rolling[order], places[order]
        ends = np.cumsum(np.bincount(bucket, minlength=_BUCKETS))
        for number, part in enumerate(np.split(records, ends[:-1])):
            if len(part):
                with open(self._folder / f"{number:02d}", "ab") as file:
                    part.tofile(file)

    def same(self) -> "_Same":
        """Bring the places together whose string stands in 2 to _COMMON documents."""
        same, begins = _Same(self._folder), np.concatenate([np.zeros(0, np.int64), *self._begins])
        for path in sorted(self._folder.glob("[0-9][0-9]")):
            records = np.fromfile(path, _RECORD)
            path.unlink()
            same.add(*_shared(records["hash"], records["place"], np.searchsorted(begins, records["place"], side="right")))
        return same

    def names(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the documents and the units of places."""
        if not len(at):
            return np.empty(0, object), np.empty(0, object)
        ids = pd.concat([pd.Series(part) for part in self._units], ignore_index=True)
        unit = np.searchsorted(np.concatenate(self._begin_of_unit), at, side="right") - 1
        document = np.searchsorted(np.concatenate(self._begins), at, side="right") - 1
        return np.array(self._documents, dtype=object)[document], ids.iloc[unit].to_numpy(object)

    def text(self, at: int, n: int) -> str:
        """Return `n` letters from a place on."""
        with open(self._folder / "text", "rb") as file:
            file.seek(4 * int(at))
            return file.read(4 * int(n)).decode("utf-32-le")


class _Same:
    """Places of like strings on disk, like ones together, each with the row at which its group ends."""

    def __init__(self, folder: Path):
        self._places, self._ends, self._n, self.n_pairs = folder / "places", folder / "ends", 0, 0

    def add(self, places: np.ndarray, sizes: np.ndarray) -> None:
        """Add the places of some groups, as `_shared` gives them."""
        with open(self._places, "ab") as file, open(self._ends, "ab") as ends:
            places.tofile(file)
            np.repeat(self._n + np.cumsum(sizes), sizes).tofile(ends)
        self._n += len(places)
        self.n_pairs += int((sizes * (sizes - 1) // 2).sum())

    def pairs(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (places, places of like strings further on) of all pairs, some at a time."""
        for start in range(0, self._n, _PAIRS):
            ends = np.fromfile(self._ends, np.int64, _PAIRS, offset=8 * start) - start
            places = np.fromfile(self._places, np.int64, _PAIRS + _COMMON, offset=8 * start)
            for step in range(1, _COMMON):
                at = np.flatnonzero(np.arange(step, step + len(ends)) < ends)
                yield places[at], places[at + step]


def _longest_runs(same: _Same, n_letters: int, limit: int, scratch: Path) -> tuple[np.ndarray, ...]:
    """Return (starts, other starts, lengths) of maximal equal runs between two documents, by equal hashes of PASSAGE characters.

    Runs shorter than the `limit` longest are left out. A run lies on one diagonal (distance of its two places), so diagonals are
    dealt out to files below `scratch` and searched one file after the other: any number of pairs in flat memory, and each pair
    is looked at once.
    """
    empty, width = np.zeros(0, np.int64), n_letters + 1
    files = [scratch / f"diagonals{share}" for share in range(max(1, -(-same.n_pairs // _PAIRS)))]
    for one, other in same.pairs():
        key, share = (other - one) * width + one, (other - one) % len(files)
        dealt = np.argsort(share, kind="stable")
        bounds = np.searchsorted(share[dealt], np.arange(len(files) + 1))
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            with open(files[number], "ab") as file:
                key[dealt[bounds[number] : bounds[number + 1]]].tofile(file)
    kept = (empty, empty, empty)
    for path in filter(Path.exists, files):
        key = np.sort(np.fromfile(path, np.int64))
        path.unlink()
        begins = np.flatnonzero(np.diff(key, prepend=-2) != 1)
        n_chars = np.diff(np.append(begins, len(key))) + PASSAGE - 1
        distance, i = np.divmod(key[begins], width)
        kept = _longest([kept, (i, i + distance, n_chars)], limit)
    i, j, n_chars = kept
    in_order = np.lexsort((j, i))
    return i[in_order], j[in_order], n_chars[in_order]


def _rolling(text: np.ndarray) -> np.ndarray:
    """Return a hash of the PASSAGE characters from each place on."""
    out = np.zeros(max(len(text) - PASSAGE + 1, 0), dtype=np.uint64)
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
