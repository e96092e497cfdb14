"""`helpers report`: run the notebooks and write the report."""

import argparse
import os
from pathlib import Path

from helpers import engine, pipeline, spark, store
from helpers.commands.label import with_answers
from helpers.pipeline import parameters


def add_report(commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("report", help="run the notebooks and write the report")
    parser.add_argument("--raw", type=Path, help="folder with the documents (default: that of the run in --out, or data/raw)")
    parser.add_argument("--out", type=Path, help="folder for everything written (default: the project's own folders)")
    parser.add_argument("--params", type=Path, metavar="FILE.yml", help="parameters as NAME: VALUE lines")
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="one parameter")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers of a language model that another run has kept")
    parser.add_argument("--only", default="", help="notebooks to bring up to date, e.g. 01_clean,03_tools")
    side_by_side = "notebooks side by side (above 100 MB one after the other), and workers in each"
    parser.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help=side_by_side)
    parser.add_argument("--backend", choices=("loky", "dask"), default="loky", help="what joblib uses inside a notebook")
    parser.add_argument("--scheduler", help="address of the Dask scheduler, tcp://host:port")
    parser.add_argument("--engine", choices=engine.SQL_ENGINES, default="duckdb", help="what answers SQL over the tables")
    parser.add_argument("--master", help="address of Spark, such as spark://host:7077 (default: as Spark is set up)")
    parser.add_argument("--force", action="store_true", help="run everything again")
    parser.set_defaults(command=_report)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, not {text!r}")
    return int(text)


def _report(options: argparse.Namespace) -> int:
    given = parameters.typed(
        {**(parameters.read_file(options.params) if options.params else {}), **dict(options.p)}, pipeline.known()
    )
    folders, given = _asked(options, given)
    given = with_answers(given, options.answers)
    folders.check()
    pipeline.check_parameters(given)
    if "gold_dir" in given:
        given.setdefault("coders_are", "unknown")  # the notebooks' default speaks of the gold codes that ship
    elif folders.labels:
        given["gold_dir"] = str(folders.gold)  # the team's own coders, and what a model has coded, where there are such
        if (folders.gold / "gold.csv").exists():
            from helpers import handcoding

            given.setdefault("coders_are", handcoding.coders_are(folders.handcoding))
    only = tuple(name.strip() for name in options.only.split(",") if name.strip())
    environment = _environment(options)
    run = pipeline.Run(folders, given, only, options.jobs, options.force, environment)
    try:
        with folders.alone(), engine.environment(environment):
            set_aside = run()
    except pipeline.NothingToReport as nothing:
        for file, reason in nothing.set_aside:
            print(f"set aside: {file}: {reason}")
        print(f"nothing to report: {nothing}")
        return 1
    return _say_done(folders, only, set_aside)


def _asked(options: argparse.Namespace, given: dict[str, object]) -> tuple[pipeline.Folders, dict[str, object]]:
    """Return the folders and parameters asked for: `--out DIR` alone is the run that is recorded there, once more."""
    out = options.out.resolve() if options.out else None
    if out is None or not (out / "run.json").exists():
        return pipeline.Folders((options.raw or store.PROJECT_ROOT / "data" / "raw").resolve(), out), given
    before = pipeline.made(out, options.raw)
    if options.raw is None and options.params is None and not options.p:
        return before.folders, dict(before.chosen)
    return before.folders, given


def _environment(options: argparse.Namespace) -> dict[str, str]:
    if options.backend == "dask" and not options.scheduler:
        raise pipeline.RunError("--backend dask needs --scheduler tcp://host:port")
    if options.backend == "dask":
        engine.connect(options.scheduler).close()  # before anything runs: a wrong address is a matter of seconds
    if options.engine == "spark":
        spark.check()
    elif options.master:
        raise pipeline.RunError("--master says where Spark is: it needs --engine spark")
    where = {engine.SQL: options.engine, engine.MASTER: options.master or ""}
    return {engine.BACKEND: options.backend, engine.SCHEDULER: options.scheduler or "", **where}


def _say_done(folders: pipeline.Folders, only: tuple[str, ...], set_aside: list[tuple[str, str]]) -> int:
    page = folders.report / "index.html"
    print(f"report: {page}" if not only and page.exists() else f"tables: {folders.processed}")
    for file, reason in set_aside:
        print(f"set aside: {file}: {reason}")
    ran = pipeline.made(folders.out)
    print(f"next: {ran.next(_after(folders))}")
    return 1 if set_aside else 0


def _after(folders: pipeline.Folders) -> str:
    """Return what comes after a report: a sample for coders, their agreement, or what is taken away."""
    if (folders.gold / "gold.csv").exists():
        return "export"
    return "agreement" if (folders.handcoding / "sample.csv").exists() else "sample"
