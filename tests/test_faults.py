"""Whatever fails at whatever moment: the same bytes, or one clear line and the same bytes after the next run."""

import errno
import os
import random
import shutil
import sys
import time
from pathlib import Path

import faults
import pytest
import quick_run

from helpers import store
from helpers.__main__ import main
from helpers.pipeline import fingerprint

EVERY = int(os.environ.get("HELPERS_FAULTS", "16"))  # each so many-th call fails; `make fuzz` lets every one fail, in three ways
FOLDERS = ("processed", "figures", "report")


def results(out: Path) -> dict[str, dict[str, str]]:
    return {name: fingerprint.of_folder(out / name) for name in FOLDERS}


def rests(out: Path) -> list[Path]:
    return [path for path in out.rglob(".*") if path.suffix in (".partial", ".written", ".read") or ".partial." in path.name]


@pytest.fixture
def quick(monkeypatch) -> quick_run.Notebooks:
    return quick_run.Notebooks(monkeypatch)


@pytest.fixture
def raw(tmp_path) -> Path:
    return quick_run.write_raw(tmp_path / "raw", 2)


@pytest.fixture
def undisturbed(tmp_path, raw, quick) -> dict[str, dict[str, str]]:
    quick_run.run(raw, tmp_path / "undisturbed")
    return results(tmp_path / "undisturbed")


def report(raw: Path, out: Path) -> int:
    return main(["report", "--raw", str(raw), "--out", str(out), "--jobs", "1"])


def whole(out: Path) -> None:
    for path in (out / "processed").glob("*.parquet"):
        store.read_table(out / "processed", path.stem)


def test_a_write_that_fails_at_any_call(tmp_path, raw, undisturbed, capsys):
    with faults.Disk(tmp_path / "count").at_work() as disk:
        assert report(raw, tmp_path / "count") == 0
    assert len(disk.calls) > 100
    ways = [(errno.ENOSPC, False), (errno.EIO, True), (errno.EACCES, False)] if EVERY == 1 else [(errno.ENOSPC, False)]
    survived = told = 0
    for error, lasting in ways:
        for n in range(1, len(disk.calls) + 1, EVERY):
            out = tmp_path / f"out{n}"
            capsys.readouterr()
            with faults.Disk(out, n, error, lasting).at_work() as failing:
                status = report(raw, out)
            said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("helpers:")]
            what = (n, failing.calls[-1], said)
            assert status in (0, 2) and len(said) == (status == 2) and not any("defect" in line for line in said), what
            whole(out)
            survived, told = survived + (status == 0), told + (status == 2)
            if status == 0:
                assert results(out) == undisturbed, what
            assert report(raw, out) == 0, what
            assert results(out) == undisturbed and not rests(out), what
            shutil.rmtree(out)
    print(f"{survived + told} failing calls: {told} told in one line, {survived} without harm")


def test_a_later_run_that_fails_leaves_the_former_results_whole(tmp_path, raw, undisturbed, capsys):
    out, before = tmp_path / "out", undisturbed
    quick_run.run(raw, out)
    (raw / "a9.txt").write_text(quick_run.TEXT.format(9), encoding="utf-8")
    quick_run.run(raw, tmp_path / "other")
    wanted = results(tmp_path / "other")
    shutil.copytree(out, tmp_path / "former")
    with faults.Disk(tmp_path / "former").at_work() as disk:
        assert report(raw, tmp_path / "former") == 0
    for n in range(2, len(disk.calls) + 1, EVERY * 2):
        shutil.rmtree(out)
        shutil.copytree(tmp_path / "former", out) if n % 2 else quick_run.run(raw, out)
        with faults.Disk(out, n).at_work():
            status = report(raw, out)
        assert status in (0, 2)
        whole(out)
        assert report(raw, out) == 0 and results(out) == wanted and wanted != before


def test_the_clock_set_back_changes_nothing(tmp_path, raw, quick, undisturbed, monkeypatch):
    out = tmp_path / "out"
    quick_run.run(raw, out)
    for path in out.rglob("*"):
        os.utime(path, (4e9, 4e9))  # made in the year 2096
    for path in raw.iterdir():
        os.utime(path, (0, 0))
    quick.ran.clear()
    quick_run.run(raw, out)
    assert quick.ran == []
    ticking = iter(range(10**9, 0, -7))
    monkeypatch.setattr(time, "time", lambda: float(next(ticking)))
    monkeypatch.setattr(time, "monotonic", lambda real=time.monotonic: real())
    quick_run.run(raw, out, force=True)
    assert results(out) == undisturbed


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
def test_files_that_change_while_they_are_read(tmp_path, raw, quick, capsys):
    """What was read in the middle of a change is recorded as it was read: the next run ends with what is there."""
    generator, out = random.Random(20250101), tmp_path / "out"
    for turn in range(6):

        def change(name: str, turn=turn) -> None:
            if name == "01_clean":
                path = raw / f"a{generator.randrange(2)}.txt"
                match turn % 3:
                    case 0:
                        path.write_text(quick_run.TEXT.format(turn) * 3, encoding="utf-8")
                    case 1:
                        path.write_bytes(path.read_bytes()[: generator.randrange(100)])
                    case 2:
                        path.unlink(missing_ok=True)

        quick.before = change
        assert report(raw, out) in (0, 1)
        quick.before = lambda name: None
        for number in range(2):
            (raw / f"a{number}.txt").write_text(quick_run.TEXT.format(number), encoding="utf-8")
        assert report(raw, out) == 0
        quick_run.run(raw, tmp_path / f"new{turn}")
        assert results(out) == results(tmp_path / f"new{turn}")
