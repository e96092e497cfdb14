"""The per-document work, raw text to units to codes; `python -m benchmarks.stages FOLDER METHOD` prints its peak memory."""

import sys
from pathlib import Path

from benchmarks.measure import peak_memory
from helpers import codebook, coding, corpus, repair, structure


def texts(folder: Path, n_bytes: int) -> list[str]:
    """Read documents of a folder until `n_bytes` UTF-8 bytes are there."""
    found, size = [], 0
    for path in sorted(folder.glob("*.txt")):
        found.append(path.read_text(encoding="utf-8"))
        size += path.stat().st_size
        if size >= n_bytes:
            break
    return found


def sentences(documents: list[str]) -> list[str]:
    """Clean and cut documents into units."""
    return [unit.text for text in documents for unit in structure.units(repair.repair(text).text)]


def frame(units: list[str]):
    """Return units in the shape that the coder takes."""
    import pandas as pd

    return pd.DataFrame({"unit_id": [f"u:{i:07d}" for i in range(len(units))], "text": units, "heading_path": ""})


def main(folder: str, method: str) -> None:
    """Build the corpus and code it."""
    built = corpus.build(Path(folder), n_jobs=1)
    scheme = codebook.load("data/codebook/policy_tools.yml")
    coding.code_units(built.units, scheme, coding.read_labelled() if method == "learned" else None, method=method)
    print(f"peak {peak_memory():.0f}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
