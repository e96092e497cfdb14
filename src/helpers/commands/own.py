"""`helpers new` and `helpers check`: a corpus folder of one's own."""

import argparse
from pathlib import Path


def add_new(commands) -> None:
    """Add `new DIR`."""
    parser = commands.add_parser("new", help="write a ready corpus folder: raw/, corpus.csv, params.yml, README")
    parser.add_argument("dir", type=Path)
    parser.set_defaults(command=_new)


def add_check(commands) -> None:
    """Add `check DIR`."""
    parser = commands.add_parser("check", help="list every problem of a corpus folder with its remedy")
    parser.add_argument("dir", type=Path)
    parser.set_defaults(command=_check)


def _new(options: argparse.Namespace) -> int:
    from helpers import folder

    for path in folder.new(options.dir):
        print(path)
    return 0


def _check(options: argparse.Namespace) -> int:
    from helpers import folder

    n_usable, problems = folder.check(options.dir)
    for where, remedy in problems:
        print(f"{where}: {remedy}")
    print(f"{n_usable} documents can be used; {len(problems)} problems")
    if not n_usable:
        return 2
    return 1 if problems else 0
