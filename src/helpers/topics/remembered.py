"""What fits came to, remembered beside the tables by the content that they were made from: the same with it and without."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from helpers.cache import Part, Parts, key, mark

ROOMS = ("topics", "thresholds.py", "engine.py", "store.py", "cache.py")
PACKAGES = ("numpy", "pandas", "pyarrow", "scikit-learn", "scipy")


class Remembered:
    """Calls functions that return a frame, or reads what they returned before to the same arguments with the same code and
    packages: `remember = Remembered(processed_dir)`, `remember(topics.per_topic, counts, fitted, seed)`."""

    def __init__(self, processed_dir: str | Path):
        self._parts, self._used = Parts.of(processed_dir, "topics"), []

    def __call__(self, function: Callable[..., pd.DataFrame], *given, **named) -> pd.DataFrame:
        """Return `function(*given, **named)`."""
        name = key(mark(ROOMS, PACKAGES), function.__qualname__, *_pieces(given), *_pieces(named))
        self._used.append(name)
        part = self._parts.read(name)
        if part is None or set(part.tables) != {"frame"}:
            found = function(*given, **named)
            self._parts.write(name, Part({}, {"frame": pa.Table.from_pandas(found, preserve_index=False)}))
            return found
        return part.tables["frame"].to_pandas()

    def sweep(self) -> None:
        """Remove what no call of this run asked for."""
        self._parts.sweep(self._used)


def _pieces(value: object) -> Iterator[str | bytes]:
    """Yield all that makes a value what it is; fields of dataclasses that do not count in comparisons do not count here."""
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        yield f"{value.dtype} {value.shape}"
        yield np.ascontiguousarray(value).tobytes()
    elif sparse.issparse(value):
        yield from _pieces((value.shape, value.data, value.indices, value.indptr))
    elif isinstance(value, pd.DataFrame):
        yield from _pieces({name: column.tolist() for name, column in value.items()})
    elif is_dataclass(value):
        yield from _pieces({field.name: getattr(value, field.name) for field in fields(value) if field.compare})
    elif isinstance(value, dict):
        yield from (piece for name, one in value.items() for piece in (repr(name), *_pieces(one)))
    elif isinstance(value, tuple):
        yield from (piece for one in (len(value), *value) for piece in _pieces(one))
    else:
        yield repr(value)
