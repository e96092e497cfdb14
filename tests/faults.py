"""A disk that fails at its n-th call: opening for writing, writing a table, renaming, making or removing a file or folder."""

import builtins
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest


class Disk:
    """Counts the calls that change the folder `below`; the call number `n` fails with `error` (None: none fails)."""

    def __init__(self, below: Path, n: int | None = None, error: int = errno.ENOSPC, lasting: bool = False):
        self.below, self.n, self.error, self.lasting = str(below), n, error, lasting
        self.calls: list[str] = []

    def touched(self, what: str, path: object) -> None:
        if not str(path).startswith(self.below):
            return
        self.calls.append(f"{what} {Path(str(path)).name}")
        if self.n is not None and (len(self.calls) == self.n or (self.lasting and len(self.calls) > self.n)):
            raise OSError(self.error, os.strerror(self.error), str(path))

    @contextmanager
    def at_work(self) -> Iterator["Disk"]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("mkdir", "replace", "rename", "unlink", "remove", "rmdir"):
                patch.setattr(os, name, self._watched(name, getattr(os, name)))
            real_open, real_os_open = builtins.open, os.open

            def opened(file, mode="r", *arguments, **keywords):
                if set(mode) & set("wax+"):
                    self.touched("open", file)
                return real_open(file, mode, *arguments, **keywords)

            def os_opened(path, flags, *arguments, **keywords):
                if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                    self.touched("create", path)
                return real_os_open(path, flags, *arguments, **keywords)

            patch.setattr(builtins, "open", opened)
            patch.setattr(os, "open", os_opened)
            for owner, name in ((pq, "write_table"), (pq.ParquetWriter, "write_table")):
                patch.setattr(owner, name, self._table(owner, name))
            yield self

    def _watched(self, name: str, real):
        def call(path, *arguments, **keywords):
            self.touched(name, path)
            return real(path, *arguments, **keywords)

        return call

    def _table(self, owner, name: str):
        real = getattr(owner, name)

        def call(first, *arguments, **keywords):
            """Write half of a table before the disk is full."""
            path = first.where if owner is pq.ParquetWriter else arguments[0]
            done = real(first, *arguments, **keywords)
            self.touched("table", path)
            return done

        return call
