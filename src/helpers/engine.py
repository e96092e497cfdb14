"""Per-document work mapped over cores or over a cluster: one joblib call, whatever the backend."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# Set by the command line for the notebooks' kernels. They say where work runs, never what comes out,
# so they are environment and not parameters: a parameter would be part of the result's identity.
WORKERS, BACKEND, SCHEDULER = "HELPERS_WORKERS", "HELPERS_BACKEND", "HELPERS_SCHEDULER"
_FEW = 16  # below this many items starting workers costs more than it saves


def n_workers() -> int:
    """Return how many workers the run may use (1 unless the command line said otherwise)."""
    return max(1, int(os.environ.get(WORKERS, "1")))


def map(function: Callable[[T], R], items: Iterable[T], n_jobs: int | None = None) -> Iterator[R]:
    """Yield `function(item)` for each item, in the order of the items, for any number of workers and any backend.

    `function` must be pure and importable (no closure): it may run in another process or on another machine.
    """
    items = list(items)
    backend = os.environ.get(BACKEND, "loky")
    n_jobs = n_jobs or n_workers()
    if backend == "loky" and (n_jobs == 1 or len(items) < _FEW):
        yield from (function(item) for item in items)
        return
    from joblib import Parallel, delayed, parallel_config

    with _connected(backend), parallel_config(backend=backend, n_jobs=n_jobs if backend == "loky" else -1):
        yield from Parallel(return_as="generator")(delayed(function)(item) for item in items)


def batches(items: Iterable[T], size: int) -> list[list[T]]:
    """Cut items into runs of at most `size`, in order."""
    items = list(items)
    return [items[start : start + size] for start in range(0, len(items), size)]


def _connected(backend: str):
    """Return the context in which joblib's backend works: a Dask client for "dask", nothing for the rest."""
    from contextlib import nullcontext

    if backend != "dask":
        return nullcontext()
    from distributed import Client

    return Client(os.environ[SCHEDULER])
