"""Which run a command is about: OUT/run.json says it, options of the command line stand before it."""

import argparse
from pathlib import Path

from helpers import pipeline, store
from helpers.language import LANGUAGES

_OPTIONS = {
    "raw": {"type": Path, "help": "folder with the documents (default: that of the run)"},
    "codebook": {"help": "the typology (default: that of the run)"},
    "language": {"choices": LANGUAGES, "help": "language (default: that of the run)"},
    "seed": {"type": int, "help": "seed of every draw (default: that of the run)"},
}


def of_run(parser: argparse.ArgumentParser, *options: str) -> None:
    """Add `--out`, and those of --raw, --codebook, --language, --seed that the command can be told otherwise."""
    parser.add_argument("--out", type=Path, help="the report's folder (default: the project's own)")
    for name in options:
        parser.add_argument(f"--{name}", **_OPTIONS[name])


def read_run(options: argparse.Namespace) -> pipeline.Made:
    """Return the run that the options name; RunError where its folder is not there."""
    given = {name: getattr(options, name, None) for name in ("codebook", "language", "seed")}
    given["codebook"] = given["codebook"] and str(store.resolve(given["codebook"]))
    out = getattr(options, "out", None)
    if out is not None and not out.is_dir():
        raise pipeline.RunError(f"{out}: no such folder; --out must name the folder that `report --out` wrote")
    ran = pipeline.made(out, getattr(options, "raw", None), **given)
    ran.folders.refuse_links()
    return ran
