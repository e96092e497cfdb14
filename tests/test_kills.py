"""Killed at any moment, a run goes on and ends with the bytes of an undisturbed one; without a place to write, one line."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import longer_work
import pytest

from helpers import engine, store
from helpers.pipeline import fingerprint

KILLS = int(os.environ.get("HELPERS_KILLS", "3"))  # `make fuzz` does twenty
FOLDERS = ("processed", "figures", "report")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills a group of processes, which needs POSIX")


def start(raw: Path, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "helpers", "report", "--raw", str(raw), "--out", str(out), "--jobs", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=store.PROJECT_ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def partial_files(out: Path) -> list[Path]:
    return [path for folder in (out, *(out / name for name in FOLDERS)) for path in folder.glob(".*.partial")]


def test_kills_at_random_moments_leave_no_trace(whole_run, invented_corpus, tmp_path):
    generator, out = random.Random(20250101), tmp_path / "out"
    for number in range(KILLS):
        run = start(invented_corpus, out)
        moment = generator.uniform(0.5, 25)
        try:
            run.wait(moment)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        if number == 0:
            # whatever stands under its name is whole: it can be read
            for path in (out / "processed").glob("*.parquet"):
                store.read_table(out / "processed", path.stem)
    last = start(invented_corpus, out)
    _, said = last.communicate(timeout=400)
    assert last.returncode == 0, said[-2000:]
    for folder in FOLDERS:
        assert fingerprint.of_folder(out / folder) == fingerprint.of_folder(whole_run / folder), folder
    assert not partial_files(out)


def work(raw: Path, processed: Path) -> subprocess.Popen:
    command = [sys.executable, "-c", longer_work.WORK, str(raw), str(processed)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", engine.WORKERS: "2"}
    return subprocess.Popen(
        command, cwd=store.PROJECT_ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def test_killed_while_reading_and_while_coding_only_the_rest_is_done(tmp_path):
    (tmp_path / "raw").mkdir()
    raw, out = longer_work.write(tmp_path / "raw"), tmp_path / "out" / "processed"
    done = {}
    for step in ("clean", "codes"):
        run = work(raw, out)
        while run.poll() is None and not longer_work.parts(out, step):
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        done[step] = longer_work.parts(out, step)
    assert 0 < done["clean"] < longer_work.N_DOCUMENTS
    assert not (out / "codes.parquet").exists() and not list(out.glob("*.csv.*"))
    last, other = work(raw, out), work(raw, tmp_path / "undisturbed" / "processed")
    said = [run.communicate(timeout=200)[0].split() for run in (last, other)]
    assert said == [["0", str(longer_work.N_DOCUMENTS - done["codes"])], [str(longer_work.N_DOCUMENTS)] * 2]
    assert fingerprint.of_folder(out) == fingerprint.of_folder(tmp_path / "undisturbed" / "processed")


def test_of_two_runs_at_once_the_second_says_so(invented_corpus, tmp_path):
    first = start(invented_corpus, tmp_path)
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "processed").exists() and not (tmp_path / "notebooks").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        second = start(invented_corpus, tmp_path)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 2 and "another run" in said and len(said.strip().splitlines()) == 1
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()


def one_line(done: subprocess.Popen) -> str:
    _, said = done.communicate(timeout=120)
    assert done.returncode == 2, said
    assert "Traceback" not in said
    lines = [line for line in said.strip().splitlines() if line.startswith("helpers:")]
    assert len(lines) == 1, said
    return lines[0]


def test_a_file_where_the_folder_should_be(invented_corpus, tmp_path):
    (tmp_path / "out").write_text("a file")
    assert "out" in one_line(start(invented_corpus, tmp_path / "out"))


def test_a_folder_that_may_not_be_written(invented_corpus, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere: the permission bits say nothing")
    (tmp_path / "out").mkdir(mode=0o555)
    assert "ermission" in one_line(start(invented_corpus, tmp_path / "out"))


def test_a_full_disk(invented_corpus, tmp_path):
    """A disk of one megabyte: where no such disk may be mounted, there is nothing to test with."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("no small disk can be mounted here (not root, or a container without the right)")
    try:
        assert "pace left" in one_line(start(invented_corpus, disk / "out"))
        left = [path for path in disk.rglob("*") if path.is_file() and path.suffix == ".parquet"]
        for path in left:  # what stands there is whole
            store.read_table(path.parent, path.stem)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
