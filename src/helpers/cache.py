"""Finished work remembered on disk, a part a document and step: a part is believed only when it is whole.

A cache and nothing else: `processed.parts` beside a `processed` folder may be deleted at any time. A part is named for
everything that it depends on (`key`), so that a change of any of it finds no part, and it begins with a checksum, so that a
file that was cut short or damaged is made again. No pickles: Arrow streams behind a line of JSON. A part is a file; those of a
large corpus lie many in a file (`write_all`), behind a line of JSON that says where.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa

from helpers import catalogue, store

FIGURES = "HELPERS_FIGURES"  # names the folder in which a run remembers what its figures were drawn from
PACKED = 256  # documents from which the parts of a corpus lie many in a file: millions of small files are slow to list
_PACKS = "packs"
_HEAD, _LARGEST = 2**24, 2**40  # bytes that the line at the head of a pack may have, and a part
_SIZE = 16  # bytes of a checksum
_NAME = re.compile("[0-9a-f]{40}")
_OURS = re.compile(rf"{_NAME.pattern}|\.{_NAME.pattern}\.\d+\.partial")  # nothing else is ever deleted
_PACKAGE = Path(__file__).parent
# Parts are small: handing their buffers to threads costs more than it saves.
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_READ = pa.ipc.IpcReadOptions(use_threads=False)


@dataclass(frozen=True)
class Part:
    """What one document gave: facts (anything that JSON holds) and tables."""

    facts: dict
    tables: dict[str, pa.Table]


@dataclass(frozen=True)
class Parts:
    """The parts of one step (`clean`, `codes`) beside a folder of tables."""

    folder: Path
    opened: int = 0  # when; packs are looked through once

    @classmethod
    def of(cls, processed_dir: str | Path, step: str) -> "Parts":
        """Return the parts of a step that belong to a folder of tables."""
        processed = store.resolve(processed_dir)
        return cls(processed.with_name(f"{processed.name}.parts") / step, time.monotonic_ns())

    def again(self) -> "Parts":
        """Return the same, with the packs that other processes have written since."""
        return replace(self, opened=time.monotonic_ns())

    def read(self, key: str) -> Part | None:
        """Return a part, None when it is not there, not whole, or no part: then it is made again."""
        found = (part for data in self._copies(key) if (part := _part(key, data)))
        return next(found, None)

    def _copies(self, key: str) -> Iterator[bytes]:
        """Yield what lies there as a part: a file of its own, or what packs say they hold; one that is damaged stays a while."""
        with suppress(OSError):
            yield self._path(key).read_bytes()
        for path, start, size in _index(self.folder / _PACKS, self.opened).places(key):
            with suppress(OSError), open(path, "rb") as file:
                file.seek(start)
                yield file.read(size)

    def has(self, key: str, tables: Iterable[str] = ()) -> bool:
        """Return whether a part is there and whole, with these tables."""
        part = self.read(key)
        return part is not None and set(tables) <= set(part.tables)

    def write(self, key: str, part: Part) -> None:
        """Write a part, whole or not at all."""
        self._put(self._path(key), _signed(key, part))

    def write_all(self, parts: Mapping[str, Part]) -> None:
        """Write parts into one file, whole or not at all."""
        if len(parts) < 2:
            for name, part in parts.items():
                self.write(name, part)
            return
        signed = {name: _signed(name, part) for name, part in parts.items()}
        head = json.dumps([[name, len(data)] for name, data in signed.items()]).encode("ascii") + b"\n"
        self._put(self.folder / _PACKS / key(*signed), head, *signed.values())

    def _put(self, path: Path, *pieces: bytes) -> None:
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(partial, "wb") as file:
                file.writelines(pieces)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)  # all that bears the name of a part is the cache's
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    def sweep(self, kept: Iterable[str]) -> None:
        """Remove all parts but those named, and the rests of a run that was killed: what a whole run did not need is stale.

        Of a part that lies there twice the newer copy stays: it was made since the other was damaged.
        """
        left, here = set(kept), self.again()
        ours = [path for path in self.folder.glob("*/*") if _OURS.fullmatch(path.name) and not path.parent.is_symlink()]
        for path in sorted(ours, key=lambda path: (path.parent.name == _PACKS, -path.lstat().st_mtime_ns, path.name)):
            if path.is_dir():
                continue
            own = [name for name, _, _ in _contents(path)] if path.parent.name == _PACKS else [path.name]
            still = [name for name in own if name in left]
            left.difference_update(still)
            if len(still) < len(own):
                here.write_all({name: part for name in still if (part := here.read(name))})
            if not own or len(still) < len(own):
                path.unlink(missing_ok=True)
        for folder in self.folder.glob("*"):
            with suppress(OSError):  # not empty
                folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


@dataclass(frozen=True)
class _Index:
    """Where the parts of some packs are: names (ascending), and of each the number of its pack, where it begins and its size."""

    paths: list[Path]
    names: np.ndarray
    where: np.ndarray

    def places(self, name: str) -> list[tuple[Path, int, int]]:
        first, end = (np.searchsorted(self.names, name.encode("ascii"), side) for side in ("left", "right"))
        return [(self.paths[pack], start, size) for pack, start, size in self.where[first:end].tolist()]


@lru_cache(maxsize=4)
def _index(folder: Path, _opened: int) -> _Index:
    paths = sorted(folder.glob("*")) if not folder.is_symlink() else []
    found = [(name, pack, start, size) for pack, path in enumerate(paths) for name, start, size in _contents(path)]
    names = np.array([name for name, *_ in found], dtype="S40")
    order = np.argsort(names, kind="stable")
    return _Index(paths, names[order], np.array([place for _, *place in found], np.int64).reshape(-1, 3)[order])


def _contents(path: Path) -> list[tuple[str, int, int]]:
    """Return (name, first byte, size) of each part of a pack; none of what is no pack."""
    try:
        with open(path, "rb") as file:
            head = file.readline(_HEAD)
        listed = [(str(name), int(size)) for name, size in json.loads(head)]
    except (OSError, ValueError, TypeError, OverflowError, RecursionError):
        return []
    if any(not (0 <= size < _LARGEST and _NAME.fullmatch(name)) for name, size in listed):
        return []
    places = accumulate((size for _, size in listed), initial=len(head))
    return [(name, start, size) for (name, size), start in zip(listed, places, strict=False)]


def figures(processed_dir: str | Path, code: str) -> Path:
    """Return the folder that remembers what figures were drawn from by `code` (40 hexadecimal digits); those of other code go."""
    top = Parts.of(processed_dir, "figures").folder
    for path in top.glob("*/*.json"):
        if path.parent.name != code and re.fullmatch("[0-9a-f]{40}", path.parent.name) and not path.parent.is_symlink():
            path.unlink(missing_ok=True)
    for folder in top.glob("*"):
        with suppress(OSError):  # not empty, or no folder
            folder.rmdir()
    return top / code


def key(*pieces: str | bytes) -> str:
    """Return the name of a part from all that it depends on; where one piece ends and the next begins makes a difference."""
    digest = hashlib.sha256()
    for piece in pieces:
        data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:40]


@cache
def mark(rooms: tuple[str, ...], packages: tuple[str, ...]) -> str:
    """Return the checksum of the code that a step's parts come from: rooms of this library, and versions of packages."""
    files = [path for room in rooms for path in ([_PACKAGE / room] if "." in room else (_PACKAGE / room).rglob("*"))]
    code = [
        piece
        for path in sorted(files)
        if path.is_file() and path.suffix != ".pyc"
        for piece in (path.relative_to(_PACKAGE).as_posix(), path.read_bytes())
    ]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    return key(platform.python_version(), *versions, *code)


def _part(key: str, data: bytes) -> Part | None:
    """Return the part that the bytes are, None where they are none."""
    if data[:_SIZE] != _checksum(key, memoryview(data)[_SIZE:]):
        return None
    body = memoryview(data)[_SIZE:]
    try:
        facts, *names = json.loads(bytes(body[: (head := data.index(b"\n", _SIZE) - _SIZE)]))
        source = pa.BufferReader(pa.py_buffer(data).slice(_SIZE + head + 1))
        tables = {name: pa.ipc.open_stream(source, options=_READ).read_all() for name in names}
    except (OSError, ValueError, TypeError, RecursionError, pa.ArrowException):  # a checksum is no proof of who signed it
        return None
    declared = {name for name in tables if name in catalogue.tables()}
    return Part(facts, tables) if all(tables[name].schema.equals(store.arrow_schema(name)) for name in declared) else None


def _signed(key: str, part: Part) -> bytes:
    """Return a part as it is written, with its checksum before it."""
    sink = pa.BufferOutputStream()
    sink.write(json.dumps([part.facts, *part.tables], ensure_ascii=True).encode("ascii") + b"\n")
    for table in part.tables.values():
        with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as stream:
            stream.write_table(table)
    body = sink.getvalue()
    return _checksum(key, body) + body.to_pybytes()


def _checksum(key: str, body) -> bytes:
    digest = hashlib.blake2b(key.encode("ascii"), digest_size=_SIZE)
    digest.update(body)
    return digest.digest()
