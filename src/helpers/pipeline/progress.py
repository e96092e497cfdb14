"""Progress of a run: a bar on a terminal that says what the notebooks at work have done, one line a notebook in a log.

The same lines, each with its time, are added to a log file: what a nightly run did is read there.
"""

import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from helpers import notices


class Progress:
    """Counts cells done. Thread-safe as far as tqdm is; nothing of it reaches a result."""

    def __init__(self, total: int, log: Path | None = None):
        self._log = log
        self._bar = tqdm(total=total, unit="cell", file=sys.stderr, disable=None, leave=False, dynamic_ncols=True)
        self._since: dict[str, float] = {}
        self._counts: dict[str, str] = {}

    def __enter__(self) -> "Progress":
        self._write("run begins")
        return self

    def __exit__(self, kind, wrong, _trace) -> None:
        self._bar.close()
        self._write("run ends" if kind is None else f"run stops: {' '.join(str(wrong).split()) or kind.__name__}")

    def tick(self) -> None:
        """Count one finished cell."""
        self._bar.update(1)

    def started(self, name: str) -> None:
        """Name a notebook among those at work."""
        self._since[name] = time.monotonic()
        self._write(f"{name}: begins")
        self._describe()

    def finished(self, name: str) -> None:
        """Say that a notebook is done and how long it took."""
        self._say(f"{name}: done in {time.monotonic() - self._since.pop(name):.1f} s")
        self._describe()

    def notice(self, name: str, notice: dict) -> None:
        """Show how far a notebook's long work is (on a terminal), or tell what it has to say (in a log too)."""
        if "say" in notice:
            self._say(f"{name}: {notice['say']}")
            return
        self._counts[name] = f" ({notices.told(notice)})" if notice["done"] < notice["of"] else ""
        self._describe()

    def skipped(self, name: str, cells: int) -> None:
        """Say that a notebook need not run again."""
        self._bar.update(cells)
        self._say(f"{name}: unchanged")

    def _write(self, line: str) -> None:
        """Add a line with the time to the log file; a log that cannot be written stops no run."""
        if self._log is None or self._log.is_symlink():
            return
        with suppress(OSError), open(self._log, "a", encoding="utf-8") as file:
            file.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {line}\n")

    def _describe(self) -> None:
        self._bar.set_description(", ".join(f"{name}{self._counts.get(name, '')}" for name in list(self._since)))

    def _say(self, line: str) -> None:
        self._write(line)
        with suppress(OSError):  # whoever read the progress has gone; the run goes on
            self._bar.write(line, file=sys.stderr)
