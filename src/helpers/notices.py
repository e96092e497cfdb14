"""What long work says while it runs: how much is done, how fast, how long yet; and what went wrong and was mended.

Below the pipeline a notebook's kernel has no terminal. It appends its notices, a line of JSON each, to the file that
HELPERS_NOTICES names, and the pipeline shows them. Without that file they go to a terminal, if there is one: a log gets no
line a tick. Nothing of this reaches a result.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CHANNEL = "HELPERS_NOTICES"
WRITTEN = "HELPERS_WRITTEN"  # names the file in which a notebook's writes are listed, when the pipeline runs it
_EVERY = 0.5  # seconds between two notices of the same count


def say(sentence: str) -> None:
    """Tell one sentence that a person should read, in a log too."""
    if not _send({"say": sentence}):
        print(sentence, file=sys.stderr, flush=True)


def written(path: Path) -> None:
    """List a file among those of this notebook: one that it wrote, or that stands as it would have been written."""
    if WRITTEN in os.environ:
        with open(os.environ[WRITTEN], "a", encoding="utf-8", errors="surrogateescape") as log:
            log.write(f"{path}\n")


@contextmanager
def counting(what: str, total: int) -> Iterator["Count"]:
    """Count work of `total` pieces, named `what` ("documents"): `with counting(…) as count: count.add(16)`."""
    if CHANNEL in os.environ or not sys.stderr.isatty():
        yield Count(what, total)
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=f" {what}", desc=what, leave=False, file=sys.stderr, dynamic_ncols=True) as bar:
        yield Count(what, total, bar.update)


@dataclass
class Count:
    """How much of some work is done."""

    what: str
    total: int
    show: Callable[[int], object] = int  # of a bar, where there is one
    done: int = 0
    _since: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def add(self, n: int = 1) -> None:
        """Count `n` more pieces, and say so now and then."""
        self.done += n
        self.show(n)
        now = time.monotonic()
        if now - self._told >= _EVERY or self.done >= self.total:
            self._told = now
            _send({"what": self.what, "done": self.done, "of": self.total, "seconds": round(now - self._since, 2)})


def told(notice: dict) -> str:
    """Put a count into words: `documents 1,200 of 3,889, 95/s, 0:28 left`."""
    done, total, seconds = notice["done"], notice["of"], notice["seconds"]
    words = f"{notice['what']} {done:,} of {total:,}"
    if not seconds or not done:
        return words
    left = round((total - done) * seconds / done)
    return f"{words}, {done / seconds:,.0f}/s, {left // 60}:{left % 60:02d} left"


class Reader:
    """Reads the notices that have been appended to a file since it was last asked."""

    def __init__(self, path: Path):
        self._path, self._at = path, 0

    def new(self) -> list[dict]:
        """Return the notices since the last call; a line that is only half there yet waits."""
        try:
            with open(self._path, "rb") as file:
                file.seek(self._at)
                data = file.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        found = []
        for line in whole.splitlines():
            with suppress(ValueError):  # a torn line; progress is no reason to stop
                found.append(json.loads(line))
        return found


def _send(notice: dict) -> bool:
    if CHANNEL not in os.environ:
        return False
    try:
        with open(os.environ[CHANNEL], "a", encoding="utf-8") as file:
            file.write(json.dumps(notice) + "\n")
    except OSError:
        return False  # progress is no reason to stop
    return True
