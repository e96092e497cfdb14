"""The SQL statements that a run asks, each noted with its frames: kernels note them too, by a start-up file of IPython."""

import contextlib
import pickle
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import engine, sql
from helpers.pipeline import run

THROUGH = ("asked.py", "store.py", "material.py")  # a statement is asked by who calls these
_START = """
import importlib.util
spec = importlib.util.spec_from_file_location("asked", {here!r})
asked = importlib.util.module_from_spec(spec)
__import__("sys").modules["asked"] = asked
spec.loader.exec_module(asked)
asked.note({folder!r})
del spec, asked
"""


@dataclass(frozen=True)
class Statement:
    """One statement: its text, the frames beside the tables, and the file and function that asked."""

    query: str
    frames: dict[str, pd.DataFrame]
    by: tuple[str, str]


@contextlib.contextmanager
def noted(folder: Path) -> Iterator[None]:
    """Let every statement that this process and the kernels started meanwhile ask be noted in `folder`."""
    start_up = folder / "ipython" / "profile_default" / "startup"
    start_up.mkdir(parents=True)
    (start_up / "00-asked.py").write_text(_START.format(here=__file__, folder=str(folder)), encoding="utf-8")
    ask, apart = sql.ask, run.apart
    note(folder)
    run.apart = lambda function, *arguments: function(*arguments)  # the process that builds the report elsewhere hears nothing
    try:
        with engine.environment({"IPYTHONDIR": str(folder / "ipython")}):
            yield
    finally:
        sql.ask, run.apart = ask, apart


def note(folder: str | Path) -> None:
    """Note every statement from now on."""
    ask = sql.ask

    def heard(query: str, tables: Path, *settings, **given) -> pd.DataFrame:
        frames = {name: value for name, value in given.items() if isinstance(value, pd.DataFrame)}
        frame = sys._getframe(1)
        while Path(frame.f_code.co_filename).name in THROUGH:
            frame = frame.f_back
        by = (Path(frame.f_code.co_filename).name, frame.f_code.co_name)
        with open(Path(folder) / f"{secrets.token_hex(8)}.pickle", "wb") as file:
            pickle.dump((query, frames, by), file)
        return ask(query, tables, *settings, **given)

    sql.ask = heard


def read(folder: Path) -> list[Statement]:
    """Return the statements noted in a folder, each once."""
    found = [Statement(*pickle.loads(path.read_bytes())) for path in sorted(folder.glob("*.pickle"))]
    once = {(s.query, s.by, *((n, f.to_csv()) for n, f in sorted(s.frames.items()))): s for s in found}
    return [once[key] for key in sorted(once)]
