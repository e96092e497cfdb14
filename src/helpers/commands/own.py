"""`helpers new` and `helpers check`: a corpus folder of one's own."""

import argparse
from pathlib import Path

from helpers import pipeline


def add_new(commands) -> None:
    """Add `new DIR`."""
    parser = commands.add_parser("new", help="write a ready corpus folder: raw/, corpus.csv, params.yml, README")
    parser.add_argument("dir", type=Path)
    parser.set_defaults(command=_new)


def add_check(commands) -> None:
    """Add `check DIR`."""
    parser = commands.add_parser("check", help="print what is recognised in a corpus folder, and every problem with its remedy")
    parser.add_argument("dir", type=Path)
    parser.set_defaults(command=_check)


def _new(options: argparse.Namespace) -> int:
    from helpers import folder

    for path in folder.new(options.dir):
        print(path)
    print(f"next, when the documents are in {options.dir / 'raw'}: {pipeline.command('check', options.dir)}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from helpers import folder

    found = folder.check(options.dir)
    for line in folder.recognised(found):
        print(line)
    for where, remedy in found.problems:
        print(f"{where}: {remedy}")
    n_usable = len(found.documents)
    documents, problems = ("s" if n != 1 else "" for n in (n_usable, len(found.problems)))
    print(f"{n_usable} document{documents} can be used; {len(found.problems)} problem{problems}")
    print(f"next: {pipeline.command('check' if not n_usable else 'report', *_arguments(options.dir, bool(n_usable)))}")
    if not n_usable:
        return 2
    return 1 if found.problems else 0


def _arguments(target: Path, usable: bool) -> list[object]:
    """Return what `report` has to be told of a corpus folder, or `check` once more."""
    raw = target / "raw"
    if not usable:
        return [target]
    if not raw.is_dir():
        return ["--raw", target, "--out", target.with_name(f"{target.name}-report")]
    params = ["--params", target / "params.yml"] if (target / "params.yml").is_file() else []
    return ["--raw", raw, "--out", target, *params]
