"""Work mapped over cores or over a cluster: one joblib call, whatever the backend."""

import ctypes
import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

from helpers import notices

T = TypeVar("T")
R = TypeVar("R")

# Set by the command line for the notebooks' kernels. They say where work runs, never what comes out,
# so they are environment and not parameters: a parameter would be part of the result's identity.
WORKERS, BACKEND, SCHEDULER = "HELPERS_WORKERS", "HELPERS_BACKEND", "HELPERS_SCHEDULER"
SQL, MASTER = "HELPERS_ENGINE", "HELPERS_MASTER"  # what answers SQL, and where Spark is
SQL_ENGINES = ("duckdb", "spark")
CAREFUL = "HELPERS_CAREFUL"  # set after a kernel died: each piece of work in a process of its own, one at a time
_FEW = 16  # below this many items starting workers costs more than it saves
_PATIENCE = 8  # seconds to wait for a scheduler and a first worker
_INSTALL = "python -m pip install dask distributed"


class EngineError(ValueError):
    """Work could not be handed out; the message says why and what to do in one line."""


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a time."""
    before = {name: os.environ[name] for name in values if name in os.environ}
    os.environ.update(values)
    try:
        yield
    finally:
        for name in set(values) - set(before):
            del os.environ[name]
        os.environ.update(before)


def n_workers() -> int:
    """Return how many workers the run may use (1 unless the command line said otherwise)."""
    return max(1, int(os.environ.get(WORKERS, "1")))


def give_back() -> None:
    """Let the C library (glibc) return to the system what was freed: it would keep some hundred MB, and forks would hold them."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def forks() -> bool:
    """Tell whether a process may be a fork of this one, there at once with all that it has loaded: not beside Spark, nor
    on macOS and Windows."""
    return sys.platform == "linux" and os.environ.get(SQL) != "spark"


def map(
    function: Callable[..., R],
    items: Iterable[T],
    n_jobs: int | None = None,
    shared: Any = None,
    heavy: bool = False,
    lost: Callable[[T], R] | None = None,
) -> Iterator[R]:
    """Yield `function(item)`, or `function(item, shared)` where that is given, in the order of the items, for any backend.

    `function` must be pure and importable (no closure): it may run in another process or on another machine, and again when
    a worker is lost. `shared` goes to each Dask worker once; under loky its large arrays do. `heavy`: each item takes
    seconds, so that workers pay from two items on (see `release`). `lost(item)` gives the result of an item that ends its
    process even alone; without it EngineError names the item.
    """
    items = list(items)
    n_jobs = n_jobs or n_workers()
    also = () if shared is None else (shared,)
    if os.environ.get(BACKEND, "loky") != "loky":
        yield from _on_cluster(function, items, also)
    elif os.environ.get(CAREFUL):
        yield from alone(function, items, also, lost)
    elif n_jobs == 1 or len(items) < (2 if heavy else _FEW):
        for item in items:
            try:
                yield function(item, *also)
            except MemoryError:
                yield _lost(item, lost)
    else:
        yield from _over_cores(function, items, also, n_jobs, lost)


def _over_cores(function, items: list, also: tuple, n_jobs: int, lost) -> Iterator:
    """Map over worker processes; when one dies, what was at hand is tried one by one, and the rest goes on."""
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    n_done = 0
    while n_done < len(items):
        try:
            with _start(), parallel_config(backend="loky", n_jobs=n_jobs, initializer=gc.freeze):
                for result in Parallel(return_as="generator")(delayed(function)(item, *also) for item in items[n_done:]):
                    yield result
                    n_done += 1
        except (BrokenProcessPool, MemoryError):
            notices.say(
                "a worker process was killed, most often because memory ran out; what was at hand is tried piece by piece"
            )
            at_hand = items[n_done : n_done + 2 * n_jobs]
            yield from alone(function, at_hand, also, lost)
            n_done += len(at_hand)


@contextmanager
def _start() -> Iterator[None]:
    """Let worker processes begin as forks where that is safe; a new Python imports for a second what this one has at hand."""
    from joblib.externals.loky.backend import context

    give_back()
    before = context.get_start_method()
    warnings.filterwarnings("ignore", message="`fork` start method")  # of loky, which cannot know what else runs here
    context.set_start_method("fork" if forks() else before, force=True)
    try:
        yield
    finally:
        context.set_start_method(before, force=True)


def alone(function: Callable[..., R], items: Iterable[T], also: tuple = (), lost: Callable[[T], R] | None = None) -> Iterator[R]:
    """Yield `function(item, *also)` of each item, one at a time, in a process that may die of it (see `map` for `lost`)."""
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import BrokenProcessPool

    pool = ProcessPoolExecutor(1)
    try:
        for item in items:
            try:
                result = pool.submit(function, item, *also).result()
            except (BrokenProcessPool, MemoryError):
                pool.shutdown(kill_workers=True)
                pool = ProcessPoolExecutor(1)
                result = _lost(item, lost)
            yield result
    finally:
        pool.shutdown(kill_workers=True)


def _lost(item: T, lost: Callable[[T], R] | None) -> R:
    if lost is None:
        raise EngineError(
            f"memory ran out, or the process was killed, at {str(item)[:200]}: take that out, or use a larger machine"
        )
    return lost(item)


def _on_cluster(function, items: list, also: tuple) -> Iterator:
    """Map over the workers of a Dask cluster.

    It sends arrays of `shared` to every worker, so that none is lost with a worker. Nothing here may listen to the scheduler's
    events: a client that did lost what it had sent to two living workers.
    """
    from joblib import Parallel, delayed, parallel_config

    found = client(os.environ.get(SCHEDULER, ""))
    before = set(found.ncores())
    try:
        with parallel_config(backend="dask", n_jobs=-1, scatter=list(also)):
            yield from Parallel(return_as="generator")(delayed(function)(item, *also) for item in items)
    except Exception as error:
        if type(error).__name__ != "KilledWorker":  # of a package that may not be installed
            raise
        raise EngineError(f"the workers that took one piece of work died one after the other: {error}") from None
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
