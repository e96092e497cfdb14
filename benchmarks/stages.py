"""The per-document work, raw text to units to codes; `python -m benchmarks.stages FOLDER METHOD OUT` writes its tables."""

import sys
from pathlib import Path

from helpers import codebook, coding, corpus, repair, structure
from helpers.pipeline import run

TOOLS, STAGES = "data/codebook/policy_tools.yml", "data/codebook/value_chain.yml"


def texts(folder: Path) -> list[str]:
    """Read the documents of a folder."""
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]


def sentences(documents: list[str]) -> list[str]:
    """Clean and cut documents into units."""
    return [unit.text for text in documents for unit in structure.units(repair.repair(text).text)]


def frame(units: list[str]):
    """Return units in the shape that the coder takes."""
    import pandas as pd

    return pd.DataFrame({"unit_id": [f"u:{i:07d}" for i in range(len(units))], "text": units, "heading_path": ""})


def main(folder: str, method: str, out: str) -> None:
    """Clean, cut and code a folder, as `01_clean` and `03_tools` do; workers and backend are those of the environment."""
    corpus.write(folder, out)
    labelled = coding.read_labelled() if method != "rules" else None
    seed = run.known()["seed"].default  # the notebooks': for it the learner of the shipped sentences is solved
    coding.write(out, codebook.load(TOOLS), codebook.load(STAGES), labelled, seed, method)


if __name__ == "__main__":
    main(*sys.argv[1:4])
