"""Within a run a figure of the same rows and code is drawn once; what a reader finds in the folder is as if it always were."""

import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import cache, notices, plots
from helpers.language import texts
from helpers.plots import charts


@pytest.fixture
def run(monkeypatch, tmp_path):
    """A chart as the library has them, and the environment of a run; the list says of which rows it was drawn."""
    monkeypatch.setattr(charts, "CHARTS", {})
    monkeypatch.setitem(texts._file("tools"), "bars", {"caption": {"en": "{n} bars", "zh": "{n} 条"}})
    seen = []

    def draw(frame: pd.DataFrame, language: str):
        seen.append((len(frame), language))
        figure, axes = plt.subplots(figsize=(2.0, 1.5))
        axes.barh(frame["name"].astype(str), frame["n"])
        return figure

    def facts(frame: pd.DataFrame, language: str) -> dict:
        return {"n": len(frame)}

    draw.__module__ = facts.__module__ = "helpers.plots.tools"
    plots.chart("bars", section="tools", facts=facts)(draw)
    monkeypatch.setenv(cache.FIGURES, str(tmp_path / "drawn"))
    monkeypatch.setenv(notices.WRITTEN, str(tmp_path / "written"))
    return seen


ROWS = pd.DataFrame({"name": ["甲", "乙"], "n": [3, 1]})
BOTH = [(2, "en"), (2, "zh")]


def show(folder, frame: pd.DataFrame) -> dict[str, bytes]:
    plots.Gallery(folder, "en", "03_tools").show("bars", frame)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_rows_are_drawn_once_and_the_pipeline_hears_of_the_files_again(run, tmp_path, capsys):
    first = show(tmp_path / "figures", ROWS)
    said, listed = capsys.readouterr().out, (tmp_path / "written").read_text(encoding="utf-8").splitlines()
    (tmp_path / "written").unlink()
    assert show(tmp_path / "figures", ROWS.copy()) == first and run == BOTH
    assert capsys.readouterr().out == said
    again = (tmp_path / "written").read_text(encoding="utf-8").splitlines()
    assert sorted(again) == sorted(line for line in listed if "/figures/" in line) and len(again) == 6


@pytest.mark.parametrize(
    "other",
    [
        ROWS.head(1), ROWS.iloc[::-1], ROWS.assign(n=[3, 2]), ROWS.astype({"n": float}), ROWS.assign(m=1), ROWS[["n", "name"]],
        ROWS.set_axis([7, 8]), ROWS.astype({"name": "category"}),
    ],
)  # fmt: skip
def test_other_rows_are_drawn(run, tmp_path, other):
    show(tmp_path / "figures", ROWS)
    show(tmp_path / "figures", other)
    assert len(run) == 4


@pytest.mark.parametrize("kind", ["en.png", "zh.svg", "csv", "json"])
@pytest.mark.parametrize("change", ["edited", "gone"])
def test_files_that_are_not_as_they_were_left_are_made_again(run, tmp_path, kind, change):
    first, file = show(tmp_path / "figures", ROWS), tmp_path / "figures" / f"bars.{kind}"
    file.unlink() if change == "gone" else file.write_bytes(file.read_bytes() + b" ")
    assert show(tmp_path / "figures", ROWS) == first and run == 2 * BOTH


def test_a_damaged_memory_is_no_memory(run, tmp_path):
    first, memory = show(tmp_path / "figures", ROWS), tmp_path / "drawn" / "bars.json"
    for damage in (b"", b"[" * 100_000, memory.read_bytes()[:-9], b"\xff", json.dumps({"a": 1}).encode()):
        memory.write_bytes(damage)
        run.clear()
        assert show(tmp_path / "figures", ROWS) == first and run == BOTH


def test_what_a_cell_of_a_notebook_draws_is_drawn_each_time(run, tmp_path):
    """Its code is in the notebook, which the mark of the library's code does not know."""
    charts.CHARTS["bars"].draw.__module__ = "__main__"
    show(tmp_path / "figures", ROWS)
    show(tmp_path / "figures", ROWS)
    assert run == 2 * BOTH


def test_a_notebook_alone_draws_each_time(run, tmp_path, monkeypatch):
    monkeypatch.delenv(cache.FIGURES)
    show(tmp_path / "figures", ROWS)
    show(tmp_path / "figures", ROWS)
    assert run == 2 * BOTH


def test_rows_that_arrow_cannot_hold_are_drawn_each_time(run, tmp_path):
    mixed = ROWS.assign(name=pd.Series(["甲", 3], dtype=object))
    show(tmp_path / "figures", mixed)
    show(tmp_path / "figures", mixed)
    assert run == 2 * BOTH


def test_what_other_code_drew_is_forgotten_and_nothing_else(tmp_path):
    old, new = (cache.figures(tmp_path / "processed", digit * 40) for digit in "ab")
    for folder in (old, new, old.parent / "mine"):
        folder.mkdir(parents=True)
        (folder / "bars.json").write_text("[]")
    (old / "thesis.docx").write_text("")
    assert cache.figures(tmp_path / "processed", "b" * 40) == new
    left = {path.relative_to(new.parent).as_posix() for path in new.parent.rglob("*") if path.is_file()}
    assert left == {f"{old.name}/thesis.docx", f"{new.name}/bars.json", "mine/bars.json"}
