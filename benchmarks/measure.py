"""One measurement: a function timed several times in this process, or a command as a process of its own with its peak memory."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import psutil


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


class Taken(NamedTuple):
    """What a process and all its children took together."""

    wall: float  # seconds
    peak: float  # MiB
    processor: float  # seconds
    notebook: float  # MiB of the largest process that a child of it started, with its own children: a kernel and its workers


def process(arguments: list[str], **environment: str) -> Taken:
    """Run `python ARGUMENTS` as a process and measure it.

    Memory is proportional set size where the system tells it (Linux), so that shared pages count once; looked at at the
    start and then every second and a half, since looking takes the processes' time; peaks between looks, and what is done after
    the last one, are not seen.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        running = subprocess.Popen([sys.executable, *arguments], env={**os.environ, **environment}, stdout=said, stderr=said)
        most = _looked_at(running.pid)
        while True:
            try:
                running.wait(1.5)
                break
            except subprocess.TimeoutExpired:
                most = tuple(max(pair) for pair in zip(most, _looked_at(running.pid), strict=True))
        if running.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(arguments[:3])}: {said.read()[-400:]}")
    return Taken(time.perf_counter() - start, *most)


def _looked_at(number: int) -> tuple[float, float, float]:
    """Return MiB and processor seconds of a process and its descendants, those included that have ended by now, and the MiB of
    the largest of its grandchildren with its own descendants."""
    try:
        family = [(parent := psutil.Process(number)), *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0, 0.0, 0.0
    held, above, seconds = Counter(), {}, 0.0
    for member in family:
        try:
            known = member.memory_full_info()
            above[member.pid] = member.ppid() if member is not parent else 0
            held[member.pid] = getattr(known, "pss", known.rss)
            seconds += sum(member.cpu_times()[:4])  # its own, and those of its children that have ended
        except psutil.Error:
            continue
    branches = Counter()
    for pid, size in held.items():
        line = [pid]
        while above.get(line[-1]):
            line.append(above[line[-1]])
        if len(line) > 2:  # itself, …, grandchild, child, process
            branches[line[-3]] += size
    return held.total() / 2**20, seconds, max(branches.values(), default=0) / 2**20
