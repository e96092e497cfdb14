"""A fresh copy of the project, rebuilt in a temporary folder: the same bytes with another hash seed and other jobs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from helpers import store
from helpers.pipeline import fingerprint

PARTS = ("src", "notebooks", "data", "pyproject.toml")
GENERATED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "processed*")


def fresh_copy(target: Path) -> Path:
    for part in PARTS:
        source = store.PROJECT_ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=GENERATED)
        else:
            shutil.copy(source, target / part)
    return target


def test_a_fresh_copy_gives_the_same_bytes(whole_run, invented_corpus, tmp_path):
    copy = fresh_copy(tmp_path / "copy")
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONHASHSEED": "4711", "LC_ALL": "C"}
    command = [
        sys.executable,
        "-m",
        "helpers",
        "report",
        "--raw",
        str(invented_corpus),
        "--out",
        str(tmp_path / "out"),
        "--jobs",
        "1",
    ]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    for folder in ("processed", "figures", "report"):
        assert fingerprint.of_folder(tmp_path / "out" / folder) == fingerprint.of_folder(whole_run / folder), folder
