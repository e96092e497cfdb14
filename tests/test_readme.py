"""The commands of both READMEs as they are printed: each is known, each works in a fresh shell once the environment is active."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import test_rebuild

from helpers import store

READMES = ("README.md", "README.zh.md")
NOT_HERE = ("py -m venv", ".venv\\Scripts", "make ", "dask ", "python -m pip")  # Windows, set-up, a cluster, packages


def commands(name: str) -> list[str]:
    """Return the lines of a README's code blocks, and its inline commands, without their comments."""
    text = (store.PROJECT_ROOT / name).read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"(?ms)^```\n(.*?)^```", text) for line in block.splitlines()]
    lines += re.findall(r"`((?:python -m helpers|papermill) [^`]+)`", text)
    found = [re.split(r"\s+# ", line)[0].strip() for line in lines]
    return [line for line in found if line and not line.startswith(("#", *NOT_HERE))]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project whose .venv is this environment."""
    copy = test_rebuild.fresh_copy(tmp_path_factory.mktemp("readme") / "project")
    (copy / ".venv").mkdir()
    prefix = Path(sys.prefix)
    for part in ("lib", "pyvenv.cfg", "include"):
        if (prefix / part).exists():
            (copy / ".venv" / part).symlink_to(prefix / part)
    (copy / ".venv" / "bin").symlink_to(prefix / "bin")
    return copy


def shell(project: Path, line: str) -> subprocess.CompletedProcess:
    """Run a line as somebody would who has just opened a terminal in the project."""
    script = f". .venv/bin/activate && {line}"
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(project), "PYTHONPATH": str(project / "src"), "LANG": "C.UTF-8"}
    return subprocess.run(["bash", "-c", script], cwd=project, env=clean, capture_output=True, text=True, timeout=600)


@pytest.mark.skipif(not (Path(sys.prefix) / "bin" / "activate").exists(), reason="needs a virtual environment and bash")
def test_every_command_is_known_in_a_fresh_shell(project):
    lines = sorted({line for name in READMES for line in commands(name)})
    names = sorted({line.split()[3] for line in lines if line.startswith("python -m helpers")})
    assert set(names) >= {"new", "check", "report", "sample", "agreement"}
    asked = " && ".join([f"python -m helpers {name} --help > /dev/null" for name in names] + ["papermill --version"])
    done = shell(project, asked)
    assert done.returncode == 0, done.stderr
    done = shell(project, "python -m helpers new my && python -m helpers check my")
    assert done.returncode == 2 and "next: python -m helpers check my" in done.stdout, done.stderr  # it is empty


@pytest.mark.parametrize("name", READMES)
def test_every_option_that_is_printed_exists(name):
    import argparse

    from helpers import commands as known

    parser = argparse.ArgumentParser(exit_on_error=False)
    subparsers = parser.add_subparsers(required=True)
    for add in known.ADD:
        add(subparsers)
    for line in commands(name):
        if line.startswith("python -m helpers"):
            parser.parse_args(shlex.split(line.replace("…", "0"))[3:])
