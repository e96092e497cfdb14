"""A real Dask cluster of two workers over loopback, one of them killed in the middle: the bytes of a run in one process."""

import json
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import longer_work
import pytest

from helpers import codebook, coding, corpus, engine
from helpers.__main__ import main
from helpers.pipeline import fingerprint


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    return longer_work.write(tmp_path_factory.mktemp("raw"))


@pytest.fixture
def cluster(tmp_path):
    """Yield (address, workers); skipped with a line where the extra `dask` is not installed."""
    pytest.importorskip("distributed", reason="no Dask here: python -m pip install dask distributed")
    place = {"cwd": tmp_path, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    told = tmp_path / "scheduler.json"
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    started = [subprocess.Popen([*scheduler, "--scheduler-file", str(told)], **place)]
    try:
        address = wait_for(lambda: told.exists() and told.stat().st_size and json.loads(told.read_text())["address"])
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1"]
        started += [subprocess.Popen([*worker, "--no-nanny", "--no-dashboard"], **place) for _ in range(2)]
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_for(question, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return answer


@pytest.mark.skipif(sys.platform == "win32", reason="kills a worker with a signal that Windows does not have")
def test_a_worker_killed_in_the_middle_changes_no_byte(cluster, raw, tmp_path):
    address, workers = cluster
    out = tmp_path / "out" / "processed"
    environment = {**os.environ, engine.BACKEND: "dask", engine.SCHEDULER: address, "OMP_NUM_THREADS": "1"}
    run = subprocess.Popen(
        [sys.executable, "-c", longer_work.WORK, str(raw), str(out)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: run.poll() is not None or longer_work.parts(out, "clean") > 3)
    os.kill(workers[0].pid, signal.SIGKILL)
    assert longer_work.parts(out, "clean") < longer_work.N_DOCUMENTS, "the worker was killed too late to tell anything"
    said, told = run.communicate(timeout=120)
    assert run.returncode == 0, told[-2000:]
    assert "was lost" in told and "done again" in told
    assert int(said.split()[1]) == longer_work.N_DOCUMENTS
    alone = tmp_path / "alone" / "processed"
    corpus.write(raw, alone, n_jobs=1)
    books = [codebook.load(f"data/codebook/{name}.yml") for name in ("policy_tools", "value_chain")]
    coding.write(alone, *books, method="rules", n_jobs=1)
    assert fingerprint.of_folder(out) == fingerprint.of_folder(alone)


def test_without_a_scheduler_or_workers_it_is_one_line_and_status_2(monkeypatch, tmp_path, invented_corpus, capsys):
    pytest.importorskip("distributed", reason="no Dask here: python -m pip install dask distributed")
    monkeypatch.setattr(engine, "_PATIENCE", 1)
    begun = time.monotonic()
    command = ["report", "--raw", str(invented_corpus), "--out", str(tmp_path), "--backend", "dask"]
    assert main([*command, "--scheduler", "tcp://127.0.0.1:9"]) == 2
    said = capsys.readouterr().err
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in said and len(said.strip().splitlines()) == 1
    assert time.monotonic() - begun < 10


def test_what_is_shared_reaches_every_worker(cluster, monkeypatch):
    address, _ = cluster
    monkeypatch.setenv(engine.BACKEND, "dask")
    monkeypatch.setenv(engine.SCHEDULER, address)
    wait_for(lambda: len(engine.client(address).ncores()) == 2)
    assert list(engine.map(operator.mul, range(20), 2, 3)) == [3 * i for i in range(20)]
    engine.client(address).close()
    engine.client.cache_clear()
