"""What `make bench` puts together: every section says what it measured, whatever a run takes."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import large, measure


@pytest.mark.parametrize("section", ["_road", "_growth", "_report"])
def test_sections_say_what_was_measured(tmp_path: Path, monkeypatch, section):
    """`_road` took a measurement apart into two values when it had three: the bench ended there."""
    monkeypatch.setattr(measure, "process", lambda *_, **__: measure.Taken(wall=12.5, peak=321.0, processor=20.5, notebook=99.0))
    monkeypatch.setattr(bench, "_SIZES", (0.01,))
    monkeypatch.setattr(bench, "_ROAD", 0.01)
    monkeypatch.setattr(bench, "_WHOLE", 0.01)
    title, _, heads, _, *rows = getattr(bench, section)(tmp_path)
    assert title.startswith("## ") and len(rows) > 2
    assert all(row.count("|") == heads.count("|") and "12.5" in row and "321" in row for row in rows if row)


def test_memory_of_a_statement_is_its_own(tmp_path: Path):
    """All statements held the same 915 MiB: what the bench held itself when it started them."""
    held = bytearray(600 * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    question = tmp_path / "question"
    question.write_bytes(pickle.dumps(("SELECT 1 AS one", {})))
    said = subprocess.run([sys.executable, "-c", large._ASK, question, tmp_path], capture_output=True, text=True, check=True)
    n, peak = said.stdout.split()
    assert n == "1" and 50 < int(peak) < 500


def test_no_corpus_of_megabytes_is_sent_through_the_encoder(tmp_path: Path, monkeypatch):
    """The bench never came to its end: it asked for the default coder, which had become the encoder's, of 100 MB."""
    asked = []
    taken = measure.Taken(wall=12.5, peak=321.0, processor=20.5, notebook=99.0)
    monkeypatch.setattr(measure, "process", lambda arguments, **_: asked.append(arguments) or taken)
    for name in ("_ROAD", "_WHOLE"):
        monkeypatch.setattr(bench, name, 0.01)
    monkeypatch.setattr(bench, "_SIZES", (0.01,))
    for section in (bench._road, bench._growth, bench._backends, bench._report):
        section(tmp_path / section.__name__)
    large = [command for command in asked if "benchmarks.stages" in command or "--raw" in command]
    assert len(large) > 5 and all({"linear", "rules"} & set(command) for command in large)


def test_the_largest_notebook_is_a_grandchild_with_all_its_own():
    """Command, server, kernel and worker: the command's and the server's own memory is not the notebook's."""

    def started(size: int, then: str) -> str:  # holds so many MiB while it runs another, or sleeps
        hold = f"held = bytearray({size} * 2**20); held[::4096] = b'x' * len(held[::4096]); import subprocess, sys, time; "
        return hold + (f"subprocess.run([sys.executable, '-c', {then!r}])" if then else "time.sleep(4)")

    taken = measure.process(["-c", started(90, started(70, started(40, started(20, ""))))])
    assert 60 < taken.notebook < 60 + 40 and 220 < taken.peak < 220 + 80
