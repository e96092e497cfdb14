"""The command line: `python -m helpers report`. Exit status 0: all done; 1: something was set aside; 2: could not run."""

import argparse
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from helpers import engine, pipeline, store
from helpers.pipeline import parameters


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; every mistake of the user is one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except KeyboardInterrupt:
        print("stopped; the same command goes on where this one ended", file=sys.stderr)
        sys.stderr.flush()
        os._exit(2)  # kernels end with this process; waiting for their threads would not stop anything
    except (pipeline.RunError, pipeline.NotebookError, ValueError, OSError) as error:
        print(f"helpers: {' '.join(_sentence(error).split())}", file=sys.stderr)
        return 2


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="run the notebooks and write the report")
    report.add_argument("--raw", type=Path, help="folder with the documents (default: data/raw)")
    report.add_argument("--out", type=Path, help="folder for everything written (default: the project's own folders)")
    report.add_argument("--params", type=Path, metavar="FILE.yml", help="parameters as NAME: VALUE lines")
    report.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="one parameter")
    report.add_argument("--only", default="", help="notebooks to bring up to date, e.g. 01_clean,03_tools")
    report.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help="notebooks side by side")
    report.add_argument("--backend", choices=("loky", "dask"), default="loky", help="what joblib uses inside a notebook")
    report.add_argument("--scheduler", help="address of the Dask scheduler, tcp://host:port")
    report.add_argument("--force", action="store_true", help="run everything again")
    report.set_defaults(command=_report)
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wants a whole number from 1, not {text!r}")
    return int(text)


def _report(options: argparse.Namespace) -> int:
    raw = (options.raw or store.PROJECT_ROOT / "data" / "raw").resolve()
    folders = pipeline.Folders(raw, options.out.resolve() if options.out else None)
    folders.check()
    known = {k: v for name in pipeline.NAMES for k, v in parameters.of_notebook(_notebook(name)).items()}
    given = parameters.typed({**(parameters.read_file(options.params) if options.params else {}), **dict(options.p)}, known)
    only = tuple(name.strip() for name in options.only.split(",") if name.strip())
    run = pipeline.Run(folders, given, only, options.jobs, options.force, _environment(options))
    try:
        with FileLock(folders.root / ".helpers.lock", timeout=0):
            set_aside = run()
    except Timeout:
        raise pipeline.RunError(f"another run is writing into {folders.root}; wait for it, or choose another --out") from None
    return _say_done(folders, only, set_aside)


def _notebook(name: str) -> Path:
    return store.PROJECT_ROOT / "notebooks" / f"{name}.ipynb"


def _environment(options: argparse.Namespace) -> dict[str, str]:
    if options.backend == "dask" and not options.scheduler:
        raise pipeline.RunError("--backend dask needs --scheduler tcp://host:port")
    return {engine.BACKEND: options.backend, engine.SCHEDULER: options.scheduler or ""}


def _say_done(folders: pipeline.Folders, only: tuple[str, ...], set_aside: list[tuple[str, str]]) -> int:
    page = folders.report / "index.html"
    print(f"report: {page}" if not only and page.exists() else f"tables: {folders.processed}")
    for file, reason in set_aside:
        print(f"set aside: {file}: {reason}")
    return 1 if set_aside else 0


if __name__ == "__main__":
    sys.exit(main())
