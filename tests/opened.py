"""Which shipped files a notebook opens: `python opened.py PROCESSED FIGURES RAW` prints {notebook: [files]}."""

import json
import os
import sys
from pathlib import Path

import cells
import pytest

from helpers import pipeline, store

DATA = store.PROJECT_ROOT / "data"


def opened_by(name: str, processed: Path, figures: Path, raw: str) -> list[str]:
    """Run one notebook in a fork of this process, which has read nothing yet, and return what it opened."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader) as told:
            return json.loads(told.read())
    seen: set[str] = set()
    sys.addaudithook(lambda event, values: event == "open" and seen.add(os.fsdecode(values[0])) if _is_path(values) else None)
    cells.run(pytest.MonkeyPatch(), name, processed, figures, raw_dir=raw)
    files = {Path(path).absolute() for path in seen}
    below = sorted(path.relative_to(DATA).as_posix() for path in files if path.is_relative_to(DATA) and path.is_file())
    with os.fdopen(writer, "w") as told:
        told.write(json.dumps(below))
    os._exit(0)


def _is_path(values: tuple) -> bool:
    return bool(values) and isinstance(values[0], str | bytes | os.PathLike)


if __name__ == "__main__":
    places = Path(sys.argv[1]), Path(sys.argv[2])
    print(json.dumps({name: opened_by(name, *places, sys.argv[3]) for name in pipeline.NAMES}))
