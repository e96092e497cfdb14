"""Finished work remembered on disk, one file a document and step: a part is believed only when it is whole.

A cache and nothing else: `processed.parts` beside a `processed` folder may be deleted at any time. A part is named for
everything that it depends on (`key`), so that a change of any of it finds no part, and it begins with a checksum, so that a
file that was cut short or damaged is made again. No pickles: Arrow streams behind a line of JSON.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from helpers import catalogue, store

FIGURES = "HELPERS_FIGURES"  # names the folder in which a run remembers what its figures were drawn from
_SIZE = 16  # bytes of a checksum
_OURS = re.compile(r"[0-9a-f]{40}|\.[0-9a-f]{40}\.\d+\.partial")  # nothing else is ever deleted
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

    @classmethod
    def of(cls, processed_dir: str | Path, step: str) -> "Parts":
        """Return the parts of a step that belong to a folder of tables."""
        processed = store.resolve(processed_dir)
        return cls(processed.with_name(f"{processed.name}.parts") / step)

    def read(self, key: str) -> Part | None:
        """Return a part, None when it is not there, not whole, or no part: then it is made again."""
        try:
            data = self._path(key).read_bytes()
            if data[:_SIZE] != _checksum(key, memoryview(data)[_SIZE:]):
                return None
            body = memoryview(data)[_SIZE:]
            facts, *names = json.loads(bytes(body[: (head := data.index(b"\n", _SIZE) - _SIZE)]))
            source = pa.BufferReader(pa.py_buffer(data).slice(_SIZE + head + 1))
            tables = {name: pa.ipc.open_stream(source, options=_READ).read_all() for name in names}
        except (OSError, ValueError, TypeError, RecursionError, pa.ArrowException):  # a checksum is no proof of who signed it
            return None
        declared = {name for name in tables if name in catalogue.tables()}
        return Part(facts, tables) if all(tables[name].schema.equals(store.arrow_schema(name)) for name in declared) else None

    def has(self, key: str, tables: Iterable[str] = ()) -> bool:
        """Return whether a part is there and whole, with these tables."""
        part = self.read(key)
        return part is not None and set(tables) <= set(part.tables)

    def write(self, key: str, part: Part) -> None:
        """Write a part, whole or not at all."""
        sink = pa.BufferOutputStream()
        sink.write(json.dumps([part.facts, *part.tables], ensure_ascii=True).encode("ascii") + b"\n")
        for table in part.tables.values():
            with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as stream:
                stream.write_table(table)
        body = sink.getvalue()
        path = self._path(key)
        partial = path.with_name(f".{key}.{os.getpid()}.partial")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(partial, "wb") as file:
                file.write(_checksum(key, body))
                file.write(body)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)  # all that bears the name of a part is the cache's
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    def sweep(self, kept: Iterable[str]) -> None:
        """Remove all parts but those named, and the rests of a run that was killed: what a whole run did not need is stale."""
        kept = set(kept)
        for path in self.folder.glob("*/*"):
            if path.name not in kept and _OURS.fullmatch(path.name) and not path.parent.is_symlink() and not path.is_dir():
                path.unlink(missing_ok=True)
        for folder in self.folder.glob("*"):
            with suppress(OSError):  # not empty
                folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


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


def _checksum(key: str, body) -> bytes:
    digest = hashlib.blake2b(key.encode("ascii"), digest_size=_SIZE)
    digest.update(body)
    return digest.digest()
