"""One notebook run through papermill: its own kernel, its own list of files written, its error in one line."""

import json
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from helpers import catalogue, notices, store
from helpers.pipeline.absent import absent

# Which notebook needs which: its tables are read, so it runs first.
NEEDS = {name: notebook.needs for name, notebook in catalogue.notebooks().items()}
NAMES = tuple(NEEDS)


@dataclass(frozen=True)
class Reads:
    """Shipped files (below data/) that a notebook's library code reads, and the files of the gold folder among what it reads."""

    files: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()


_FITTING = ("gold.csv", "train.csv", "invented.csv")
_SHIPPED = tuple(f"gold/{name}" for name in _FITTING)
_LABELLED = (*_FITTING, "model.csv")
_LEXICON = ("codebook/lexicon.yml", "codebook/stopwords.yml")
_PROMISES = ("codebook/commitments.yml", "codebook/indicators.yml", "codebook/departments.yml")
# What a notebook reads beside tables and the files that its parameters name; a test watches which files are opened.
_ENCODER = (
    "models/encoder.safetensors",
    "models/held_out.csv",
    "models/labelled.safetensors",
    "models/linear.safetensors",
)
READS: dict[str, Reads] = {
    "01_clean": Reads(("codebook/misprints.yml", "codebook/defects.csv")),
    "02_describe": Reads(_LEXICON),
    "03_tools": Reads(
        ("codebook/policy_tools.yml", "codebook/mcdonnell_elmore.yml", "codebook/examples.csv", *_SHIPPED, *_ENCODER, *_LEXICON),
        _LABELLED,
    ),
    "04_validity": Reads(("codebook/policy_tools.yml", "codebook/examples.csv", *_SHIPPED), _LABELLED),
    "05_topics": Reads((*_LEXICON, "codebook/topic_labels.yml", "codebook/policy_fields.yml")),
    "06_commitments": Reads(
        (*_PROMISES, *_LEXICON, "codebook/policy_tools.yml", "codebook/examples.csv", "gold/commitments.csv", *_SHIPPED),
        ("commitments.csv", *_LABELLED),
    ),
    "07_compare": Reads(("codebook/policy_tools.yml", "yearbook_invented.csv")),
}
_ENGINE = "county"
# Sums in one order: same bytes on every machine. Arrow's own pool reserves a gigabyte of addresses in each process.
FIXED = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class NotebookError(RuntimeError):
    """A notebook stopped; the message says which, where and why in one line."""


class KernelDied(NotebookError):
    """The process of a notebook ended before the notebook did."""


@dataclass(frozen=True)
class Execution:
    """What one run of a notebook left: the files it wrote (tables, figures), as absolute paths, and the documents it read."""

    name: str
    written: tuple[Path, ...]
    read: dict[str, str] = field(default_factory=dict)  # {name: SHA-256 of the bytes that were read}


def requirements(name: str) -> tuple[str, ...]:
    """Return the notebooks that `name` needs, directly or not, in running order."""
    needed = {above for need in NEEDS[name] for above in (*requirements(need), need)}
    return tuple(other for other in NAMES if other in needed)


def check(path: Path) -> None:
    """Raise NotebookError where a notebook cannot take parameters, or was saved with a kernel that is not this Python's."""
    content = json.loads(path.read_text(encoding="utf-8"))
    kernel = content.get("metadata", {}).get("kernelspec", {}).get("name")
    if kernel != "python3":
        raise NotebookError(f"{path.name}: saved with the kernel {kernel!r}; choose “Python 3 (ipykernel)” and save it again")
    if not any("parameters" in cell.get("metadata", {}).get("tags", []) for cell in content["cells"]):
        raise NotebookError(
            f"{path.name}: has no cell with the tag `parameters`, so that it would run on the project's own folders; "
            "tag the cell with its parameters again (in JupyterLab: property inspector, cell tags)"
        )


def execute(
    source: Path,
    target: Path,
    parameters: dict,
    environment: dict[str, str],
    on_cell: Callable[[], None] = lambda: None,
    on_notice: Callable[[dict], None] = lambda _notice: None,
) -> Execution:
    """Run the notebook `source` with `parameters` and write the executed one to `target`, whole or not at all.

    `environment` is added to the kernel's; `on_cell` is called after each cell, `on_notice` with what long work says
    meanwhile (see `helpers.notices`), in a thread of its own. A notebook that stops is kept as
    `<name>.failed.ipynb` beside the target, and NotebookError names the cell.
    """
    with absent("rfc3987_syntax"):  # of web addresses in JSON schemas: a second to import, and no notebook has any
        import papermill  # slow to import, and not needed when nothing has to run
    from nbclient.exceptions import DeadKernelError

    _register_engine()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial, failed = target.with_name(f".{target.stem}.partial.ipynb"), target.with_suffix(".failed.ipynb")
    log, read = (target.with_name(f".{target.stem}.{kind}") for kind in ("written", "read"))
    for path in (log, read):
        path.write_bytes(b"")
    try:
        with _listening(target.with_name(f".{target.stem}.notices"), on_notice) as channel:
            papermill.execute_notebook(
                str(source), str(partial), parameters=parameters, engine_name=_ENGINE, progress_bar=False, cwd=str(source.parent),
                on_cell=on_cell,
                environment={**os.environ, **environment, **channel, notices.WRITTEN: str(log), store.READ: str(read)},
            )  # fmt: skip
        os.replace(partial, target)
        failed.unlink(missing_ok=True)
        written = log.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        return Execution(source.stem, tuple(sorted(set(map(Path, written)))), json.loads(read.read_bytes() or b"{}"))
    except papermill.PapermillExecutionError as error:
        os.replace(partial, failed)
        raise NotebookError(_one_line(source.stem, error, failed)) from None
    except DeadKernelError:
        raise KernelDied(f"{source.stem}: its kernel died, most often because memory ran out; try fewer --jobs") from None
    finally:
        for path in (log, read, partial):
            path.unlink(missing_ok=True)


@contextmanager
def _listening(path: Path, on_notice: Callable[[dict], None]) -> Iterator[dict[str, str]]:
    """Hand on what a kernel appends to a file while it works; give the environment that tells the kernel of that file."""
    path.write_bytes(b"")
    reader, ended = notices.Reader(path), threading.Event()

    def listen() -> None:
        while not ended.wait(0.3):
            for notice in reader.new():
                on_notice(notice)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield {notices.CHANNEL: str(path)}
    finally:
        ended.set()
        thread.join()
        for notice in reader.new():
            on_notice(notice)
        path.unlink(missing_ok=True)


def _one_line(name: str, error, failed: Path) -> str:
    """Say a user's mistake as the library said it; say a defect with its cell and where the traceback is."""
    message = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", str(error.evalue)).split())
    if error.ename in USER_MISTAKES:
        return f"{name}: {message}"
    return f"{name}, cell {error.cell_index}: {error.ename}: {message} (traceback in {failed})"


# Exceptions whose message is written for the user, by class name (the kernel reports no more than that).
USER_MISTAKES = frozenset(
    {
        "MissingTable",
        "SchemaError",
        "CodebookError",
        "CorpusError",
        "SelectionError",
        "ParameterError",
        "EngineError",
        "ModelError",
    }
)


def _register_engine() -> None:
    """Register a papermill engine that gives the kernel its own environment and reports each finished cell."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    from helpers.pipeline import kernels

    class CountyEngine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, environment=None, on_cell=None, **_kwargs):
            nb_man.pbar = _Ticks(on_cell)
            nb_man.output_path = None  # written once, at the end, by papermill itself
            with tempfile.TemporaryDirectory(prefix="county-", dir=kernels.short_folder()) as private:
                waits = {"startup_timeout": 120, "iopub_timeout": 600, "timeout": None}  # s; a busy machine is slow, not at fault
                client = PapermillNotebookClient(nb_man, kernel_name=kernel_name, **waits)
                if os.name == "posix":  # sockets in a folder that only this user can open: no port on the machine
                    client.config.KernelManager.update(transport="ipc", ip=f"{private}/kernel")
                kernels.choose({name: environment[name] for name in FIXED if name in environment})
                return client.execute(env=environment, stderr=subprocess.DEVNULL)

    if _ENGINE not in papermill_engines._engines:
        papermill_engines.register(_ENGINE, CountyEngine)


class _Ticks:
    """What papermill takes for its progress bar: hands each finished cell on."""

    def __init__(self, on_cell: Callable[[], None]):
        self.update = lambda _n: on_cell()

    def close(self) -> None: ...

    def set_description(self, _text: str) -> None: ...


def n_cells(path: Path) -> int:
    """Count a notebook's cells, the injected one included: the steps of its progress."""
    return len(json.loads(path.read_text(encoding="utf-8"))["cells"]) + 1
