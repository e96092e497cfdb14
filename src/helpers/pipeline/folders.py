"""Where the things of a run are."""

from dataclasses import dataclass
from pathlib import Path

from helpers import store


class RunError(RuntimeError):
    """The run cannot go on; the message says why and what to do in one line."""


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
    def run_file(self) -> Path:
        return self.root / "run.json"

    def sweep(self) -> None:
        """Remove the half-written rests of a run that was killed."""
        for folder in (self.root, self.processed, self.figures, self.executed, self.report):
            for pattern in (".*.partial", ".*.partial.ipynb", ".*.written", ".*.notices"):
                for rest in folder.glob(pattern):
                    rest.unlink()

    def check(self) -> None:
        """Raise RunError when there is nothing to read or no place to write."""
        if not self.raw.is_dir():
            raise RunError(f"{self.raw}: no such folder; --raw must name the folder with the documents")
        if not any(path.is_file() and path.name != "corpus.csv" for path in self.raw.rglob("*")):
            raise RunError(f"{self.raw}: no documents in this folder; put .txt, .html, .docx or .pdf files there")
        if self.out and self.raw.is_relative_to(self.out / "processed"):
            raise RunError(f"{self.raw}: the raw folder lies inside the output folder's processed/; choose another --out")
        self.root.mkdir(parents=True, exist_ok=True)
