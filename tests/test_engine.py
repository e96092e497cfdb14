"""Mapping gives the same answers in the same order, however many workers there are."""

import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest
from joblib.externals.loky.backend import context

from helpers import corpus, engine


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(n_jobs):
    assert list(engine.map(square, range(40), n_jobs=n_jobs)) == [n * n for n in range(40)]


def test_workers_come_from_the_environment(monkeypatch):
    monkeypatch.setenv(engine.WORKERS, "3")
    assert engine.n_workers() == 3
    monkeypatch.setenv(engine.WORKERS, "0")  # nonsense still means one
    assert engine.n_workers() == 1


def test_batches_keep_order_and_lose_nothing():
    assert engine.batches(range(7), 3) == [[0, 1, 2], [3, 4, 5], [6]]
    assert engine.batches([], 3) == []


def deadly(number: int, shared: frozenset) -> int:
    if number in shared:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def greedy(number: int) -> int:
    if number == 3:
        raise MemoryError
    return number


def killed_once(number: int, folder: Path) -> int:
    """End this worker the first time that a number is worked on, as the system may end any."""
    if number in (5,):
        try:
            (folder / str(number)).touch(exist_ok=False)
        except FileExistsError:
            return number
        os.kill(os.getpid(), signal.SIGKILL)
    return number


signals = pytest.mark.skipif(sys.platform == "win32", reason="kills a process by a signal")


@signals
@pytest.mark.parametrize("careful", ["", "1"])
def test_what_ends_its_worker_is_found_and_the_rest_is_done(monkeypatch, careful):
    monkeypatch.setenv(engine.CAREFUL, careful)
    done = engine.map(deadly, range(20), n_jobs=2, shared=frozenset({3}), lost=lambda number: -number)
    assert list(done) == [-n if n == 3 else n for n in range(20)]


@signals
def test_without_another_result_the_culprit_is_named():
    with pytest.raises(engine.EngineError, match=r"at 15:") as error:
        list(engine.map(deadly, range(20), n_jobs=2, shared=frozenset({15})))
    assert "\n" not in str(error.value)


@signals
def test_workers_that_were_killed_once_change_nothing(tmp_path):
    assert list(engine.map(partial(killed_once, folder=tmp_path), range(40), n_jobs=2)) == list(range(40))


@pytest.mark.parametrize("n_jobs", [1, 2], ids=["here", "workers"])
def test_so_is_what_takes_all_memory(n_jobs):
    assert list(engine.map(greedy, range(20), n_jobs=n_jobs, lost=lambda _: None)) == [None if n == 3 else n for n in range(20)]
    with pytest.raises(engine.EngineError, match="at 3:"):
        list(engine.map(greedy, range(20), n_jobs=n_jobs))


def whereabouts(_: int) -> tuple[int, bool]:
    return os.getppid(), HERE


HERE = False  # a fork finds what this process set, a new Python does not


@signals
@pytest.mark.parametrize("forks", [True, False])
def test_workers_are_forks_where_that_is_safe(monkeypatch, forks):
    engine.release()
    monkeypatch.setattr(engine, "forks", lambda: forks)
    monkeypatch.setattr(sys.modules[__name__], "HERE", True)
    assert set(engine.map(whereabouts, range(20), n_jobs=2)) == {(os.getpid(), forks)}
    engine.release()
    assert context.get_start_method() is None  # what else uses joblib in this process starts its workers as ever


# In every Python that is started from here on, opening this file ends the process.
DEADLY = """
import os, sys
def _hook(event, arguments):
    if event == "open" and str(arguments[0]).endswith("b07.txt"):
        os.kill(os.getpid(), 9)
sys.addaudithook(_hook)
"""


@signals
def test_a_file_that_ends_its_worker_is_set_aside_by_name(tmp_path, monkeypatch):
    engine.release()
    monkeypatch.setattr(engine, "forks", lambda: False)
    (tmp_path / "sitecustomize.py").write_text(DEADLY, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(20):
        text = f"平江县人民政府关于加快工业发展的第{number}号意见\n支持企业技术改造{number}项。"
        (raw / f"b{number:02d}.txt").write_text(text, encoding="utf-8")
    made = corpus.build(raw, n_jobs=2)
    engine.release()
    assert len(made.documents) == 19
    [[name, reason]] = made.quarantine[["source_file", "reason"]].values.tolist()
    assert name == "b07.txt" and "memory" in reason
