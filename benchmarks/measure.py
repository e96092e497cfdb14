"""One measurement: a function timed several times in this process, or a command as a process of its own with its peak memory."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds of several runs."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        return f"{self.median:.2f} s ({min(self.seconds):.2f}–{max(self.seconds):.2f})"


def timed(function: Callable[[], object], runs: int = 3) -> Times:
    """Call `function` once to warm up and `runs` times to measure; processor seconds, which other programs disturb least."""
    function()
    taken = []
    for _ in range(runs):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return Times(tuple(taken))


def side_by_side(functions: dict[str, Callable[[], object]], runs: int = 3) -> dict[str, Times]:
    """Measure several functions in turn (a b c, a b c, …), so that a slow minute of the machine touches all of them."""
    for function in functions.values():
        function()
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(runs):
        for name, function in functions.items():
            start = time.process_time()
            function()
            taken[name].append(time.process_time() - start)
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


def process(arguments: list[str], **environment: str) -> tuple[float, float]:
    """Run `python ARGUMENTS` as a process; return (wall seconds, peak memory of the largest process in MiB)."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments[:3])}: {done.stderr[-400:]}")
    peak = [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("peak ")]
    return time.perf_counter() - start, peak[0] if peak else float("nan")


def peak_memory() -> float:
    """Return the peak memory of this process so far in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
