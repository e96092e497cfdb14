"""Solve the linear learner of the shipped labelled units and write it: `python -m training.linear`.

Every solution that the shipped documents and the left-out counties need, by the checksum of what it solves: a changed label,
codebook or feature finds none and is solved anew at run time, until this is run again.
"""

import tempfile

from helpers import codebook, coding, corpus, store
from helpers.coding import solutions, weights
from helpers.pipeline import run

ABOUT = {"holds": "dual solutions of helpers.coding.ridge, rows x outputs, named by the checksum of what they solve"}


def main() -> None:
    """Code the shipped documents as `03_tools` does, and write what was solved for it."""
    defaults = {name: parameter.default for name, parameter in run.known().items()}
    solutions.SHIPPED.unlink(missing_ok=True)
    solutions.made = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus.write(store.resolve("data/raw"), folder)
        books = [codebook.load(store.resolve(defaults[name])) for name in ("codebook", "chain")]
        coding.write(
            folder, *books, coding.read_labelled(store.resolve(defaults["gold_dir"])), defaults["seed"], "linear", n_jobs=1
        )
    weights.write(solutions.SHIPPED, solutions.made, ABOUT)


if __name__ == "__main__":
    main()
