"""Figures remembered: one of the same rows and the same code, whose files lie there as they were left, is not drawn again.

A run names a folder for this (`cache.FIGURES`), one for each state of the code; a notebook that is run alone draws.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from helpers import cache, notices, store


@dataclass(frozen=True)
class Drawn:
    """What one figure is made from (`key`), its files, and the file that remembers what they were made from."""

    place: Path
    key: str
    files: tuple[Path, ...]

    def stands(self) -> bool:
        """Return whether the files lie there as they were drawn from this; the pipeline then hears of them as of written ones."""
        try:
            same = json.loads(self.place.read_bytes()) == self._state()
        except (OSError, ValueError, RecursionError):
            return False
        for path in self.files if same else ():
            notices.written(path)
        return same

    def keep(self) -> None:
        """Remember the files as they are now."""
        store.write_text(self.place, json.dumps(self._state()))

    def _state(self) -> list[str]:
        return [self.key, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in self.files)]


def of(name: str, notebook: str, frame: pd.DataFrame, files: Iterable[Path], code: Iterable[Callable]) -> Drawn | None:
    """Return what figure `name` is drawn from; None outside a run, for `code` of no module of ours, or rows that Arrow cannot hold."""
    if cache.FIGURES not in os.environ or not all(getattr(part, "__module__", "").startswith("helpers.") for part in code):
        return None
    try:
        rows = pa.Table.from_pandas(frame).combine_chunks()  # its metadata hold the types, the index and the attributes
    except (pa.ArrowException, TypeError, ValueError):
        return None
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return Drawn(
        Path(os.environ[cache.FIGURES], f"{name}.json"), cache.key(name, notebook, sink.getvalue().to_pybytes()), tuple(files)
    )
