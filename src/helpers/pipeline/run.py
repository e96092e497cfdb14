"""The whole run: which step is out of date, steps side by side, one record of what went in and came out."""

import csv
import importlib.metadata
import json
import platform
import re
import sys
import tomllib
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from graphlib import TopologicalSorter
from pathlib import Path

from helpers import cache, corpus, engine, store
from helpers.pipeline import fingerprint, notebooks, parameters, prose, record
from helpers.pipeline.checksums import Checksums
from helpers.pipeline.folders import Folders, NothingToReport, RunError, portable
from helpers.pipeline.progress import Progress

REPORT = record.REPORT
_NAMED = 2_000  # documents that a record names one by one
_TOGETHER = 100_000_000  # bytes of documents up to which notebooks run side by side; what each holds of more adds up
_CHECKSUM = re.compile("[0-9a-f]{64}")


@dataclass
class Run:
    """One call of `helpers report`: `given` are the user's typed parameters, `only` the notebooks asked for (all when empty)."""

    folders: Folders
    given: Mapping[str, object] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    jobs: int = 1
    force: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self) -> list[tuple[str, str]]:
        """Bring everything up to date; return the files set aside, each with its reason."""
        wanted = self._wanted()
        for name in wanted:
            notebooks.check(source(name))
        self.folders.sweep()
        with Progress(sum(notebooks.n_cells(source(name)) for name in wanted), self.folders.log) as progress:
            self._run_notebooks(wanted, progress)
            if set(wanted) == set(notebooks.NAMES):
                self._write_report(progress)
        self._record()
        self.checksums.save()
        return quarantined(self.folders.processed)

    @cached_property
    def state(self) -> dict:
        """What the last run recorded, step by step; empty when there was none."""
        return record.steps(record.read(self.folders.run_file), self.folders)

    @cached_property
    def known_parameters(self) -> dict[str, dict[str, parameters.Parameter]]:
        return {name: parameters.of_notebook(source(name)) for name in notebooks.NAMES}

    @cached_property
    def path_names(self) -> set[str]:
        """Parameters that name a file or folder: a notebook is given them as absolute paths, a record only their names."""
        return {name for known in self.known_parameters.values() for name, p in known.items() if p.is_path}

    @cached_property
    def inputs(self) -> dict[str, dict[str, str]]:
        """Checksums of everything that is read: the documents, the codebooks, the gold units, the encoder."""
        data = store.PROJECT_ROOT / "data"
        shipped = {folder: fingerprint.of_folder(data / folder) for folder in ("codebook", "gold", "models")}
        own = {name: store.resolve(value) for name, value in self.given.items() if name in self.path_names and value}
        chosen = {name: fingerprint.of_place(path) for name, path in sorted(own.items()) if path.exists()}
        return {"raw": fingerprint.of_raw(self.folders.raw, self.checksums.of), **shipped, "parameters": chosen, **self._prompt()}

    @cached_property
    def together(self) -> int:
        """How many notebooks run side by side; workers inside a notebook are as many as jobs in any case."""
        return 1 if fingerprint.size(self.folders.raw) > _TOGETHER else self.jobs

    @cached_property
    def checksums(self) -> Checksums:
        """Checksums of documents and results by size and times."""
        processed = self.folders.processed
        return Checksums(processed.with_name(f"{processed.name}.parts") / "checksums.json")

    def _prompt(self) -> dict[str, dict[str, str]]:
        """Return the checksum of all that a language model is told beside the units, where one codes."""
        if self.given.get("coder") != "llm":
            return {}
        from helpers import codebook, coding  # slow to import, and not needed by other coders

        values = {name: self.given.get(name, p.default) for name, p in self.known_parameters["03_tools"].items()}
        labelled = coding.read_labelled(values["gold_dir"])
        return {"prompt": {"sha256": coding.llm.make(codebook.load(values["codebook"]), values["llm_prompt"], labelled).hash}}

    @cached_property
    def library(self) -> tuple[str, str]:
        return fingerprint.of_library(Path(store.__file__).parent)

    @cached_property
    def drawn(self) -> str:
        """Return the folder in which it is remembered what figures this code has drawn from."""
        return str(cache.figures(self.folders.processed, fingerprint.of_value([self.library[0], self.versions])[:40]))

    @property
    def language(self) -> str:
        return self.given.get("language", "en")

    @cached_property
    def versions(self) -> dict[str, str]:
        return versions()

    def _wanted(self) -> list[str]:
        unknown = sorted(set(self.only) - set(notebooks.NAMES))
        if unknown:
            raise RunError(f"--only: no notebook is called {', '.join(unknown)}; there are {', '.join(notebooks.NAMES)}")
        asked = set(self.only or notebooks.NAMES)
        asked |= {need for name in asked for need in notebooks.requirements(name)}
        return [name for name in notebooks.NAMES if name in asked]

    def _parameters(self, name: str) -> dict[str, object]:
        given = {key: value for key, value in self.given.items() if key in self.known_parameters[name]}
        return {key: str(store.resolve(value)) if key in self.path_names and value else value for key, value in given.items()}

    def _fingerprint(self, name: str) -> str:
        """Return the mark of what one notebook reads: what others read, and parameters that it does not use, leave it alone."""
        needed = {need: self.state[need]["outputs"] for need in notebooks.NEEDS[name]}
        used = parameters.used(source(name))
        values = {key: value for key, value in self._parameters(name).items() if key in used}
        inputs = self._read_by(name, used)
        notebook = [fingerprint.of_place(path) for path in (source(name), prose.file(source(name), self.language))]
        return fingerprint.of_value([notebook, self.library[0], values, inputs, needed, self.versions])

    def _read_by(self, name: str, used: set[str]) -> dict[str, object]:
        """Return the checksums of the files that one notebook reads: shipped ones, and those that its parameters name."""
        data, shipped = store.PROJECT_ROOT / "data", notebooks.READS.get(name, notebooks.Reads())
        found: dict[str, object] = {file: fingerprint.of_place(data / file) for file in shipped.files}
        for key in (self.path_names & used) - {"processed_dir", "figures_dir"}:
            value = self.given.get(key, self.known_parameters[name][key].default)
            if key == "raw_dir":
                found[key] = self.inputs["raw"]
            elif value:
                folder = store.resolve(value)
                parts = [folder / file for file in shipped.gold] if key == "gold_dir" else [folder]
                found[key] = [fingerprint.of_place(path) for path in parts]
        return found

    def _is_current(self, name: str, mark: str) -> bool:
        known = self.state.get(name)
        if self.force or known is None or known["fingerprint"] != mark:
            return False
        there = (self.folders.root / path for path in known["outputs"])
        return fingerprint.of_files(there, self.folders.root, self.checksums.of) == known["outputs"]

    def _run_notebooks(self, wanted: list[str], progress: Progress) -> None:
        order = TopologicalSorter({name: notebooks.NEEDS[name] for name in wanted})
        order.prepare()
        running: dict[Future, tuple[str, str]] = {}
        waiting: list[str] = []
        pool, stopped = ThreadPoolExecutor(self.jobs), False
        try:
            while order.is_active():
                waiting = sorted([*waiting, *order.get_ready()], key=self._urgency)
                while waiting and (not running or len(running) < self.together):
                    name = waiting.pop(0)
                    mark = self._fingerprint(name)
                    if self._is_current(name, mark):
                        progress.skipped(name, notebooks.n_cells(source(name)))
                        self._something_to_report(name)
                        order.done(name)
                        waiting = sorted([*waiting, *order.get_ready()], key=self._urgency)
                        continue
                    progress.started(name)
                    running[pool.submit(self._execute, name, progress)] = (name, mark)
                for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                    name, mark = running.pop(future)
                    done = future.result()
                    if done.read:  # the documents as they were when they were read, whatever they were before and are now
                        self.inputs["raw"] = _as_read(self.inputs["raw"], done.read)
                        mark = self._fingerprint(name)
                    self._keep(name, mark, done.written)
                    progress.finished(name)
                    self._something_to_report(name)
                    order.done(name)
        except KeyboardInterrupt:
            from helpers.pipeline import kernels  # slow to import, and there by now

            stopped = True
            kernels.interrupt()
            raise
        finally:
            pool.shutdown(wait=not stopped, cancel_futures=stopped)

    def _something_to_report(self, name: str) -> None:
        """Raise NothingToReport after 01_clean where no document is left: what follows would speak of nothing."""
        if name != "01_clean":
            return
        documents = store.read_table(self.folders.processed, "documents", ["county", "county_code", "year"])
        chosen = {key: self.given[key] for key in ("county_filter", "year_min", "year_max") if key in self.given}
        limits = {key: self.known_parameters[name][key].default for key in ("year_min", "year_max")} | chosen
        if len(corpus.select(documents, **limits)):
            return
        set_aside = quarantined(self.folders.processed)
        if not len(documents):
            raise NothingToReport("no document could be used; see why, mend the files and run this again", set_aside)
        years = ", ".join(str(year) for year in sorted(documents["year"].dropna().unique()))
        asked = f"none of the {len(documents)} documents is of {limits['year_min']} to {limits['year_max']}"
        raise NothingToReport(f"{asked} and of the counties asked for; they are of {years}: widen the filters", set_aside)

    @staticmethod
    def _urgency(name: str) -> tuple[int, str]:
        """Notebooks on which most others wait go first."""
        return -sum(name in notebooks.requirements(other) for other in notebooks.NAMES), name

    def _execute(self, name: str, progress: Progress) -> notebooks.Execution:
        folders = {"raw_dir": self.folders.raw, "processed_dir": self.folders.processed, "figures_dir": self.folders.figures}
        places = {key: str(path) for key, path in folders.items() if key in self.known_parameters[name]}
        environment = {engine.WORKERS: str(self.jobs), cache.FIGURES: self.drawn, **notebooks.FIXED, **self.environment}
        target = self.folders.executed / f"{name}.ipynb"
        given = {**self._parameters(name), **places}
        tell = {"on_cell": progress.tick, "on_notice": partial(progress.notice, name)}
        run = partial(notebooks.execute, source(name), target, given, **tell)
        try:
            executed = run(environment=environment)
        except notebooks.KernelDied as death:
            progress.notice(name, {"say": f"{death}; what was at hand is tried piece by piece"})
            executed = run(environment={**environment, engine.CAREFUL: "1"})
        prose.put(target, source(name), self.language)
        return executed

    def _keep(self, step: str, mark: str, written: tuple[Path, ...]) -> None:
        """Record a finished step; files that its former run wrote and this one did not are removed."""
        root = self.folders.root
        results = (path for path in written if record.is_result(self.folders, path))
        outputs = fingerprint.of_files(results, root, self.checksums.of)
        claimed = {path for name, known in self.state.items() if name != step for path in known["outputs"]}
        for path, digest in self.state.get(step, {}).get("outputs", {}).items():
            file = None if path in outputs or path in claimed else record.place(self.folders, path)
            if file and file.is_file() and fingerprint.of_file(file) == digest:  # else somebody has made it their own
                file.unlink()
        self.state[step] = {"fingerprint": mark, "outputs": outputs}
        self._record()

    def _write_report(self, progress: Progress) -> None:
        outputs = {name: self.state[name]["outputs"] for name in notebooks.NAMES}
        mark = fingerprint.of_value([self.library[1], outputs, self.inputs, dict(self.given), self.versions])
        if self._is_current(REPORT, mark):
            return
        progress.started(REPORT)
        folders = self.folders
        about = {**self.summary(), "outputs": {path: digest for step in outputs.values() for path, digest in step.items()}}
        places = (folders.processed, folders.figures, folders.executed, folders.report)
        written = apart(_report, *places, about, self.language, self._codebook())
        self._keep(REPORT, mark, tuple(Path(path) for path in written))
        progress.finished(REPORT)

    def _codebook(self) -> Path:
        return store.resolve(self.given.get("codebook", self.known_parameters["03_tools"]["codebook"].default))

    def summary(self) -> dict:
        """What a reader needs to repeat the run, without times and places: versions, parameters, input checksums."""
        defaults = {name: p.default for known in self.known_parameters.values() for name, p in known.items()}
        used = {name: value for name, value in {**defaults, **self.given}.items() if name not in parameters.FOLDERS}
        used |= {name: Path(used[name]).name for name in self.path_names & set(used)}
        return {"versions": self.versions, "parameters": dict(sorted(used.items())), "inputs": _told(self.inputs)}

    def _recorded(self, name: str) -> object:
        """Return a parameter as a later command finds it again: files and folders by their whole path."""
        value = self.given[name]
        return portable(store.resolve(value)) if name in self.path_names and value else value

    def _record(self) -> None:
        outputs = {path: digest for step in self.state.values() for path, digest in step["outputs"].items()}
        written = {
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "run": {"raw": portable(self.folders.raw), "given": {name: self._recorded(name) for name in sorted(self.given)}},
            **self.summary(),
            "outputs": dict(sorted(outputs.items())),
            "steps": dict(sorted(self.state.items())),
        }
        store.write_text(self.folders.run_file, json.dumps(written, ensure_ascii=False, indent=1) + "\n")


def _report(*given) -> list[Path]:
    from helpers import report  # slow to import, and not needed when nothing has changed

    return report.build(*given)


def apart(function, *arguments):
    """Return `function(*arguments)`; where notebooks ran, a process that has read it all stands by and works it out."""
    kernels = sys.modules.get("helpers.pipeline.kernels")
    return kernels.apart(function, *arguments) if kernels else function(*arguments)


def _told(inputs: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the inputs as a record names them: of many documents one checksum, since each stands in the table of documents."""
    raw = inputs["raw"]
    if len(raw) <= _NAMED:
        return inputs
    return {**inputs, "raw": {f"{len(raw)} files; each by its checksum: processed/documents.csv": fingerprint.of_value(raw)}}


def _as_read(before: Mapping[str, str], read: Mapping[str, str]) -> dict[str, str]:
    """Return the checksums of a raw folder with those of the bytes that were read; files that were not keep their reason."""
    unread = {name: fingerprint.UNREAD if _CHECKSUM.fullmatch(said) else said for name, said in before.items()}
    return dict(sorted({**unread, **read}.items()))


def source(name: str) -> Path:
    """Return the path of a notebook as it is committed."""
    return store.PROJECT_ROOT / "notebooks" / f"{name}.ipynb"


def known() -> dict[str, parameters.Parameter]:
    """Return every parameter of every notebook, by name."""
    return {key: value for name in notebooks.NAMES for key, value in parameters.of_notebook(source(name)).items()}


def versions() -> dict[str, str]:
    """Return the versions of Python, of this library and of each dependency that pyproject.toml names."""
    project = tomllib.loads((store.PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = {name: importlib.metadata.version(name) for name in sorted(project["dependencies"])}
    return {"python": platform.python_version(), "county-policy-notebooks": project["version"], **found}


def quarantined(processed: Path) -> list[tuple[str, str]]:
    """Return (file, reason) of everything that was set aside."""
    path = processed / "quarantine.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [(row["source_file"], row["reason"]) for row in csv.DictReader(file)]
