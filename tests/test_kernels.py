"""Kernels forked from a warm process: the same environment as any kernel, and none left when the run is gone."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import pytest

from helpers.pipeline import kernels, notebooks

pytestmark = pytest.mark.skipif(not kernels.FORKS, reason="kernels are forked on Linux only")


@pytest.fixture
def notebook(tmp_path):
    """Return a function that writes a notebook of one cell."""

    def write(name: str, code: str):
        cells = [nbformat.v4.new_code_cell("", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(code)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / f"{name}.ipynb")
        return tmp_path / f"{name}.ipynb"

    return write


def test_each_kernel_is_a_fork_with_an_environment_and_folder_of_its_own(tmp_path, notebook):
    said = "import os, sys; print(os.environ['COLOUR'], os.getcwd(), 'helpers.topics' in sys.modules, 'EARLIER' in os.environ)"
    printed = []
    for name, more in (("a", {"EARLIER": "1"}), ("b", {})):
        out = tmp_path / "out" / f"{name}.ipynb"
        notebooks.execute(notebook(name, said), out, {}, {"COLOUR": name, "OMP_NUM_THREADS": "1", **more})
        printed.append(nbformat.read(out, 4).cells[-1].outputs[0].text.split())
    # what the notebooks import is there before they ask
    assert printed == [["a", str(tmp_path), "True", "True"], ["b", str(tmp_path), "True", "False"]]


def test_no_kernel_outlives_a_run_that_was_killed(tmp_path, notebook):
    written = tmp_path / "pid"
    slow = notebook("slow", f"import os, time; open({str(written)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    quick = notebook("quick", "1")
    run = textwrap.dedent(f"""
        from pathlib import Path
        from helpers.pipeline import notebooks
        for source in ({str(quick)!r}, {str(slow)!r}):
            notebooks.execute(Path(source), Path({str(tmp_path)!r}, "out", Path(source).name), {{}}, {{}})
    """)
    with subprocess.Popen([sys.executable, "-c", run]) as process:
        assert _until(lambda: written.exists() and written.read_text(), 60)
        os.kill(process.pid, signal.SIGKILL)
    assert _until(lambda: not _alive(int(written.read_text())), 10)


@pytest.mark.skipif(os.cpu_count() == 1, reason="both editions are made one after the other")
def test_no_half_of_a_report_outlives_a_run_that_was_killed(tmp_path):
    written = tmp_path / "pid"
    run = textwrap.dedent(f"""
        import os, time
        from helpers.report.beside import beside
        def edition():
            open({str(written)!r}, "w").write(str(os.getpid()))
            return b"0" * 10_000_000
        beside(edition)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", run]) as process:
        assert _until(lambda: written.exists() and written.read_text(), 60)
        os.kill(process.pid, signal.SIGKILL)
    assert _until(lambda: not _alive(int(written.read_text())), 10)


def _until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def _alive(number: int) -> bool:
    state = Path(f"/proc/{number}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_work_apart_has_what_was_read_and_its_mistakes_show_here(tmp_path, notebook):
    notebooks.execute(notebook("first", "1"), tmp_path / "out" / "first.ipynb", {}, {})  # a warm process stands by
    number, there = kernels.apart(_where)
    assert number != os.getpid() and there >= {"helpers.topics", "pypinyin"}
    with pytest.raises(ZeroDivisionError):
        kernels.apart(divmod, 1, 0)


def test_work_apart_that_ends_its_process_is_done_here(tmp_path, notebook):
    notebooks.execute(notebook("first", "1"), tmp_path / "out" / "first.ipynb", {}, {})
    assert kernels.apart(_dies_elsewhere, os.getpid()) == os.getpid()


def _where() -> tuple[int, set[str]]:
    return os.getpid(), set(sys.modules)


def _dies_elsewhere(here: int) -> int:
    if os.getpid() != here:
        os._exit(9)
    return here


def test_kernels_of_a_run_have_no_debugger_and_every_package_all_the_same(tmp_path, notebook):
    said = "import sys, gc; print('debugpy' in sys.modules, gc.get_freeze_count() > 0); import debugpy; print(debugpy.__name__)"
    notebooks.execute(notebook("a", said), tmp_path / "out" / "a.ipynb", {}, {})
    text = "".join(output.text for output in nbformat.read(tmp_path / "out" / "a.ipynb", 4).cells[-1].outputs)
    assert text.split() == ["False", "True", "debugpy"]
