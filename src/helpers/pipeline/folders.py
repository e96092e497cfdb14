"""Where the things of a run are."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import store


class RunError(RuntimeError):
    """The run cannot go on; the message says why and what to do in one line."""


class NothingToReport(RunError):
    """No document is left; the message says what to do, `set_aside` lists the files that could not be used with reasons."""

    def __init__(self, message: str, set_aside: list[tuple[str, str]]):
        super().__init__(message)
        self.set_aside = set_aside


def portable(path: Path) -> str:
    """Return a path as a record keeps it: within the project from its root, elsewhere in full."""
    return path.relative_to(store.PROJECT_ROOT).as_posix() if path.is_relative_to(store.PROJECT_ROOT) else str(path)


@dataclass(frozen=True)
class Folders:
    """Where things are: `raw` is read, all others are written. Without `out` the project's own folders are used."""

    raw: Path
    out: Path | None = None

    @property
    def root(self) -> Path:
        return self.out or store.PROJECT_ROOT

    @property
    def processed(self) -> Path:
        return self.out / "processed" if self.out else self.root / "data" / "processed"

    @property
    def figures(self) -> Path:
        return self.root / "figures"

    @property
    def report(self) -> Path:
        return self.root / "report"

    @property
    def paper(self) -> Path:
        return self.root / "paper"

    @property
    def executed(self) -> Path:
        return self.out / "notebooks" if self.out else self.report / "notebooks"

    @property
    def handcoding(self) -> Path:
        return self.root / "handcoding"

    @property
    def gold(self) -> Path:
        """Where `agreement` writes the gold file of the team's own coders."""
        return self.handcoding / "gold"

    @property
    def labels(self) -> tuple[Path, ...]:
        """The files of labelled units that commands have written there: of coders, and of a language model."""
        return tuple(path for name in ("gold.csv", "model.csv") if (path := self.gold / name).exists())

    @property
    def run_file(self) -> Path:
        return self.root / "run.json"

    @property
    def log(self) -> Path:
        """The file to which each run adds what it did and when; a link is not followed."""
        return self.root / "run.log"

    @property
    def results(self) -> tuple[Path, ...]:
        """The folders of what runs write; no run changes or deletes a file elsewhere, but run.json."""
        return self.processed, self.figures, self.report, self.executed

    @property
    def generated(self) -> tuple[Path, ...]:
        """All folders that are written: results, what is remembered of finished work, and the coders' files."""
        kept = (self.processed.with_name(f"{self.processed.name}.{kind}") for kind in ("parts", "answers"))
        return (*self.results, *kept, self.paper, self.handcoding)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other command write into these folders meanwhile; raise RunError when one does."""
        lock = self.root / ".helpers.lock"
        if lock.is_symlink():
            raise RunError(f"{lock}: is a link; delete it")
        try:
            with FileLock(lock, timeout=0):
                yield
        except Timeout:
            raise RunError(f"another run is writing into {self.root}; wait for it, or choose another --out") from None

    def sweep(self) -> None:
        """Remove the half-written rests of a run that was killed, known by the names that they are given; nothing else."""
        places = [(self.root, [path.name for path in self.root.glob(".run.json.*")])]
        places += [(folder, names) for top in (*self.results, self.paper, self.handcoding) for folder, names in _below(top)]
        for folder, names in places:
            for rest in (folder / name for name in names if _REST.fullmatch(name)):
                if rest.is_dir() and not rest.is_symlink():
                    if _SCRATCH.fullmatch(rest.name):
                        shutil.rmtree(rest, ignore_errors=True)
                else:
                    rest.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise RunError when there is nothing to read, no place to write, or one would be in the other's place."""
        if not self.raw.is_dir():
            raise RunError(f"{self.raw}: no such folder; --raw must name the folder with the documents")
        if not any(path.is_file() and path.name != "corpus.csv" for path in self.raw.rglob("*")):
            raise RunError(f"{self.raw}: no documents in this folder; put text, HTML, Word or PDF files there")
        for folder in self.generated:
            if _meet(self.raw, folder):
                raise RunError(
                    f"{self.raw}: the raw folder and the folder of results {folder} lie one in the other, so that results "
                    "would be read as documents; choose another --out"
                )
        self.root.mkdir(parents=True, exist_ok=True)
        self.refuse_links()

    def refuse_links(self) -> None:
        """Raise RunError when a folder that is written is a link, or holds one to a folder: what it leads to is not ours."""
        for folder in self.generated:
            if link := next((path for path in (folder, *_links(folder)) if path.is_symlink()), None):
                raise RunError(f"{link}: is a link in the folder of results, which are written here only; put a folder there")


_TEMPORARY = r"\..+\.[0-9a-z_]{8}\.partial"  # see store.write_atomic
_SCRATCH = re.compile(r"\.(?:excel|pdf|sql)-[0-9a-z_]{8}")
_REST = re.compile(rf"{_TEMPORARY}|{_SCRATCH.pattern}|\.\d\d_[a-z]+\.(?:partial\.ipynb|written|notices|read)")


def _below(top: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder at and below `top`, links not followed, with the names in it."""
    if not top.is_symlink():
        for folder, folders, files in os.walk(top):
            yield Path(folder), [*folders, *files]


def _links(top: Path) -> Iterator[Path]:
    """Yield the links to folders below a folder; no file is looked at, of which parts of a large corpus are many."""
    pending = [] if top.is_symlink() else [top]
    while pending:
        with suppress(OSError), os.scandir(pending.pop()) as entries:  # a folder that is not there, or closed
            for entry in entries:
                if entry.is_symlink():
                    if entry.is_dir():
                        yield Path(entry.path)
                elif entry.is_dir():
                    pending.append(Path(entry.path))


def _meet(one: Path, other: Path) -> bool:
    """Tell whether two folders are the same or one holds the other, also under other names of the same place."""
    one, other = one.resolve(), other.resolve()
    return _holds(one, other) or _holds(other, one)


def _holds(outer: Path, inner: Path) -> bool:
    if inner.is_relative_to(outer):
        return True
    return outer.exists() and any(path.exists() and path.samefile(outer) for path in (inner, *inner.parents))
