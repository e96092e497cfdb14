"""Work mapped over cores or over a cluster: one joblib call, whatever the backend."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from helpers import notices

T = TypeVar("T")
R = TypeVar("R")

# Set by the command line for the notebooks' kernels. They say where work runs, never what comes out,
# so they are environment and not parameters: a parameter would be part of the result's identity.
WORKERS, BACKEND, SCHEDULER = "HELPERS_WORKERS", "HELPERS_BACKEND", "HELPERS_SCHEDULER"
_FEW = 16  # below this many items starting workers costs more than it saves
_PATIENCE = 8  # seconds to wait for a scheduler and a first worker
_INSTALL = "python -m pip install dask distributed"


class EngineError(ValueError):
    """Work could not be handed out; the message says why and what to do in one line."""


def n_workers() -> int:
    """Return how many workers the run may use (1 unless the command line said otherwise)."""
    return max(1, int(os.environ.get(WORKERS, "1")))


def map(
    function: Callable[..., R], items: Iterable[T], n_jobs: int | None = None, shared: Any = None, heavy: bool = False
) -> Iterator[R]:
    """Yield `function(item)`, or `function(item, shared)` where that is given, in the order of the items, for any backend.

    `function` must be pure and importable (no closure): it may run in another process or on another machine, and again when
    a worker is lost. `shared` goes to each Dask worker once; under loky its large arrays do. `heavy`: each item takes
    seconds, so that workers pay from two items on (see `release`). Raises EngineError when the work is lost.
    """
    items = list(items)
    backend = os.environ.get(BACKEND, "loky")
    n_jobs = n_jobs or n_workers()
    also = () if shared is None else (shared,)
    if backend == "loky" and (n_jobs == 1 or len(items) < (2 if heavy else _FEW)):
        yield from (function(item, *also) for item in items)
        return
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    # Loky maps arrays of `shared` into memory once; Dask sends them to every worker, so that none is lost with a worker.
    # Nothing here may listen to the scheduler's events: a client that did lost what it had sent to two living workers.
    options = {"n_jobs": n_jobs} if backend == "loky" else {"n_jobs": -1, "scatter": list(also)}
    found = client(os.environ.get(SCHEDULER, "")) if backend == "dask" else None
    before = set(found.ncores()) if found else set()
    try:
        with parallel_config(backend=backend, **options):
            yield from Parallel(return_as="generator")(delayed(function)(item, *also) for item in items)
    except BrokenProcessPool:
        raise EngineError(
            "a worker process was killed, most often because memory ran out: try fewer --jobs; the same command goes on where "
            "this one ended"
        ) from None
    except Exception as error:
        if type(error).__name__ != "KilledWorker":  # of a package that may not be installed
            raise
        raise EngineError(f"the workers that took one piece of work died one after the other: {error}") from None
    if found:
        _tell_losses(before, found)


def release() -> None:
    """End the worker processes on this machine, if there are any: they hold memory as long as they wait for more work."""
    loky = sys.modules.get("joblib.externals.loky.reusable_executor")
    if loky and loky._executor is not None:  # asking for it by the public name would start one
        loky._executor.shutdown(wait=True)


def batches(items: Iterable[T], size: int) -> list[list[T]]:
    """Cut items into runs of at most `size`, in order."""
    items = list(items)
    return [items[start : start + size] for start in range(0, len(items), size)]


@cache
def client(scheduler: str):
    """Return this process's client of a Dask scheduler; raise EngineError like `connect`."""
    return connect(scheduler)


def connect(scheduler: str):
    """Return a new client of a Dask scheduler; raise EngineError when it does not answer or has no workers."""
    try:
        from distributed import Client
    except ImportError:
        raise EngineError(f"--backend dask needs two packages that are not installed: {_INSTALL}") from None
    try:
        found = Client(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())[:160] or type(error).__name__
        raise EngineError(
            f"no Dask scheduler answers at {scheduler}: start one (`dask scheduler`) or correct it ({said})"
        ) from None
    try:
        found.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        found.close()
        raise EngineError(f"the Dask scheduler at {scheduler} has no workers: start some (`dask worker {scheduler}`)") from None
    return found


def _tell_losses(before: set[str], found) -> None:
    """Say which workers were lost while work was done; the scheduler itself gave theirs to the others."""
    for worker in sorted(before - set(found.ncores())):
        notices.say(f"worker {worker} was lost; its unfinished work was done again by the others")
