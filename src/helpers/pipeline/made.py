"""What a finished run was, from OUT/run.json: documents, codebook, parameters, language; and the command that comes next."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from helpers import store
from helpers.pipeline import record
from helpers.pipeline.folders import Folders, RunError
from helpers.pipeline.run import known


@dataclass(frozen=True)
class Made:
    """One finished run. `given` are the parameters that it was given (typed, files by whole path), `record` its run.json."""

    folders: Folders
    given: dict[str, object]
    record: dict

    def parameter(self, name: str) -> object:
        """Return the value that a parameter had: given, or the notebooks' default."""
        return self.given.get(name, known()[name].default)

    @property
    def codebook(self) -> Path:
        return store.resolve(self.parameter("codebook"))

    @property
    def language(self) -> str:
        return self.parameter("language")

    def readable(self) -> dict:
        """Return what a reader needs to repeat the run: versions, parameters, inputs, outputs; RunError where there was none."""
        if not self.record:
            raise RunError(f"{self.folders.run_file}: no finished run is recorded there; run `{self.next('report')}` first")
        return {key: self.record[key] for key in ("versions", "parameters", "inputs", "outputs")}

    def check(self, *read: Path) -> None:
        """Raise RunError where files of the folders `read` (default: the tables) are not as the run left them."""
        record.check(self.record, self.folders, *(read or (self.folders.processed,)))

    def next(self, name: str, *arguments: object) -> str:
        """Return the command `name` for this run's folder as it can be pasted; `report` with all that the run was given."""
        out = ("--out", self.folders.out) if self.folders.out else ()
        if name != "report":
            return command(name, *arguments, *out)
        own = () if self.folders.raw == store.PROJECT_ROOT / "data" / "raw" else ("--raw", self.folders.raw)
        named = [part for key, value in self.chosen.items() for part in ("-p", key, _written(value))]
        return command(name, *own, *out, *named, *arguments)

    @property
    def chosen(self) -> dict[str, object]:
        """What was given, without what a run finds by itself: a team's own gold file."""
        found = ("gold_dir", "coders_are") if self.folders.labels else ()
        return {key: value for key, value in self.given.items() if key not in found}


def made(out: Path | None, raw: Path | None = None, **given: object) -> Made:
    """Read what ran in a folder (None: the project's own); `raw` and `given` that are not None stand before what is recorded.

    Without a record that this program wrote, the defaults stand. Raises RunError when run.json may not be read.
    """
    folder = out.resolve() if out else None
    file = Folders(Path(), folder).run_file
    found = record.read(file)
    ran = found.get("run", {})
    documents = raw or store.PROJECT_ROOT / ran.get("raw", "data/raw")
    parameters = known()
    fitting = {key: value for key, value in ran.get("given", {}).items() if key in parameters and parameters[key].fits(value)}
    values = {key: _found(key, value) for key, value in fitting.items()}
    values |= {key: value for key, value in given.items() if value is not None}
    return Made(Folders(documents.resolve(), folder), values, found)


def _found(name: str, value: object) -> object:
    """Return a recorded value; a path within the project becomes whole again."""
    return str(store.PROJECT_ROOT / value) if known()[name].is_path and value else value


def _written(value: object) -> str:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def command(name: str, *arguments: object) -> str:
    """Return a line that runs `helpers NAME` with this Python in this shell and this folder."""
    parts = [_python(), "-m", "helpers", name, *(_shown(part) for part in arguments)]
    return subprocess.list2cmdline(parts) if os.name == "nt" else shlex.join(parts)


def _python() -> str:
    """Return `python` where that is this one, else the way to it."""
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found and Path(found).parent == Path(sys.executable).parent:
            return name
    return _shown(Path(sys.executable))


def _shown(part: object) -> str:
    if not isinstance(part, Path):
        return str(part)
    here = Path.cwd()
    return str(part.relative_to(here)) if part.is_relative_to(here) else str(part)
