"""Checksums of files remembered by size and times, so that a run in which nothing changed does not read gigabytes again."""

import json
import os
import re
import time
from contextlib import suppress
from pathlib import Path

from helpers import store
from helpers.pipeline import fingerprint

_JUST_NOW = 2 * 10**9  # ns; a file changed so lately could change again within one tick of its clock, and is not remembered
_DIGEST = re.compile("[0-9a-f]{64}")
_LARGEST = 512 * 2**20  # bytes


class Checksums:
    """SHA-256 of files by path, size, inode and times of change; a cache beside the parts, which may be deleted at any time.

    The time of the inode's change is among them: a file that was written and given its old date back is read again.
    """

    def __init__(self, file: Path):
        self._file, self._known, self._changed = file, _read(file), False

    def of(self, path: Path) -> str:
        """Return the checksum of a file, from memory where size and times are those that it had. Raises OSError."""
        about, name = path.stat(), os.fspath(path)
        seen = [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
        if (entry := self._known.get(name)) and entry[:4] == seen:
            return entry[4]
        digest = fingerprint.of_file(path)
        if max(seen[1:3]) < time.time_ns() - _JUST_NOW:
            self._known[name], self._changed = [*seen, digest], True
        return digest

    def save(self) -> None:
        """Write what was learned; files that are gone are forgotten."""
        if not self._changed:
            return
        with suppress(OSError):  # without it the next run reads the files again
            there = {name: entry for name, entry in self._known.items() if os.path.exists(name)}
            store.write_text(self._file, json.dumps(there, ensure_ascii=True))
            self._changed = False


def _read(file: Path) -> dict[str, list]:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return {}
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: entry for name, entry in found.items() if _fits(entry)} if isinstance(found, dict) else {}


def _fits(entry: object) -> bool:
    if not isinstance(entry, list) or len(entry) != 5:
        return False
    *numbers, digest = entry
    return all(type(n) is int for n in numbers) and isinstance(digest, str) and bool(_DIGEST.fullmatch(digest))
