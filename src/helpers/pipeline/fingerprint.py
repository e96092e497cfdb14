"""What a step's result depends on, as one checksum: so that what need not run again does not."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

_CHUNK = 1 << 20
UNREAD = "not read"  # where a checksum would stand
_THREADS = 4  # hashing and reading leave Python's lock alone
_TOGETHER = 500  # files that a thread takes at a time
# Rooms that only arrange results: a change in them renders the report anew and leaves the notebooks alone.
_ABOVE_NOTEBOOKS = ("report", "paper", "references", "pipeline", "export", "handcoding", "folder.py", "commands", "__main__.py")


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def of_files(paths: Iterable[Path], base: Path, of: Callable[[Path], str] = of_file) -> dict[str, str]:
    """Return {path relative to `base`: SHA-256} of the files that exist, sorted; thousands of them are read side by side.

    `of` gives the checksum of one, where it may be known without reading (`checksums`).
    """
    there = [path for path in sorted(paths) if path.is_file()]
    digests = _side_by_side(there, of)
    return {_readable(path.relative_to(base).as_posix()): digest for path, digest in zip(there, digests, strict=True)}


def _side_by_side(paths: list[Path], of: Callable[[Path], str]) -> list[str]:
    size = max(1, min(_TOGETHER, len(paths) // (4 * _THREADS)))  # handing a known checksum over costs more than finding it
    with ThreadPoolExecutor(_THREADS) as pool:
        found = pool.map(partial(_of_some, of=of), [paths[start : start + size] for start in range(0, len(paths), size)])
        return [digest for some in found for digest in some]


def _of_some(paths: list[Path], of: Callable[[Path], str]) -> list[str]:
    return [_of_any(path, of) for path in paths]


def _of_any(path: Path, of: Callable[[Path], str]) -> str:
    try:
        return of(path)
    except OSError:
        return UNREAD


def of_raw(raw: Path, of: Callable[[Path], str] = of_file) -> dict[str, str]:
    """Return {name: SHA-256} of the documents that can be read and of their manifest, and why each other file is not read."""
    from helpers import corpus

    files = corpus.list_files(raw)
    readable = [file for file in files if not file.refused]
    found = {file.name: file.refused for file in files if file.refused}
    found |= dict(zip((f.name for f in readable), _side_by_side([f.path for f in readable], of), strict=True))
    if path := corpus.manifest_file(raw):
        found[corpus.recorded_name(path, raw)] = _of_any(path, of)
    return dict(sorted(found.items()))


def _readable(name: str) -> str:
    """A name whose bytes are no UTF-8 must not stop the record of the run."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def size(folder: Path) -> int:
    """Return how many bytes the files of a folder have, all levels, links not followed."""
    total = 0
    for at, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # gone in the meantime
                total += os.lstat(os.path.join(at, name)).st_size
    return total


def of_folder(folder: Path) -> dict[str, str]:
    """Return the checksums of a folder's files, all levels, links not followed."""
    return of_files((p for p in folder.rglob("*") if not p.is_symlink() and "__pycache__" not in p.parts), folder)


def of_place(path: Path) -> str | None:
    """Return one checksum of a file, or of a folder with all that is in it; None where there is neither."""
    if path.is_dir():
        return of_value(of_folder(path))
    return of_file(path) if path.is_file() else None


def of_value(value: object) -> str:
    """Return the SHA-256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def of_library(package: Path) -> tuple[str, str]:
    """Return two checksums of the library's code: of what notebooks can use, and of all of it."""
    files = of_folder(package)
    lower = {name: digest for name, digest in files.items() if name.split("/")[0] not in _ABOVE_NOTEBOOKS}
    return of_value(lower), of_value(files)
