"""`make bench`: speed and memory, everything against something in the same run; writes benchmarks/RESULTS.md.

SIZES (megabytes, "10,30,100" unless said otherwise) says how large the corpora for growth are; ROAD (21) how large that which
goes through 01 and 03 beside the usual script; WHOLE (60) that on which all notebooks and the report are timed; OTHER a folder
on which to time the report as well.
"""

import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import invented, large, measure, stages, usual
from helpers import codebook, coding, engine, repair, store, structure

_SAMPLE = 3_000_000  # bytes for the comparisons
_SIZES = tuple(int(size) for size in os.environ.get("SIZES", "10,30,100").split(","))
_ROAD = float(os.environ.get("ROAD", "21"))  # megabytes
_WHOLE = float(os.environ.get("WHOLE", "60"))
_LARGE = 300  # megabytes from which the rule coder alone is measured, so that a run ends the same hour
_BACKENDS = 10  # megabytes on which backends are compared
_READ = 200  # units that the encoder reads, some .1 s each
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_TARGET = store.PROJECT_ROOT / "benchmarks" / "RESULTS.md"


def main() -> None:
    """Measure and write."""
    os.environ.update(_THREADS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lines = [*_head(), *_throughput(folder / "sample"), *_road(folder), *_growth(folder), *_backends(folder)]
        lines += [*_large(folder), *_report(folder)]
    store.write_text(_TARGET, "\n".join(lines).rstrip() + "\n")
    print(f"written: {_TARGET}")


def _head() -> list[str]:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    about = f"""
Written by `make bench` on {machine}. The corpora are invented (`benchmarks/invented.py`): coded sentences recombined and
perturbed. Medians with the range of three runs, processor seconds unless said otherwise; what counts are the ratios,
measured in turn within one run. MB are 10^6 bytes of UTF-8 text, MiB of memory are of all processes together."""
    return ["# Measured speed and memory", *about.splitlines(), ""]


def _table(title: str, columns: str, rows: list[str]) -> list[str]:
    rule = "|".join("---" for _ in columns.split("|"))
    return [f"## {title}", "", f"| {columns} |", f"|{rule}|", *rows, ""]


def _throughput(folder: Path) -> list[str]:
    """Compare on one core, on units that are not among the labelled ones (those are coded by fold, at a fixed cost a run)."""
    invented.write(folder, _SAMPLE)
    documents = stages.texts(folder)
    scheme, labelled = codebook.load(stages.TOOLS), coding.read_labelled()
    known = set(labelled["text"].map(structure.text_key))
    units = [unit for unit in stages.sentences(documents) if structure.text_key(unit) not in known]
    raw, cut = (sum(len(text.encode("utf-8")) for text in texts) / 1e6 for texts in (documents, units))
    words, rows = usual.words_of(scheme), stages.frame(units)
    rules, linear, both = (coding.Coder(scheme, labelled, method=method) for method in ("rules", "linear", "learned"))
    found = measure.side_by_side({
        "usual": lambda: usual.jieba_and_pandas(units, words),
        "re": lambda: usual.plain_re(units, words),
        "clean": lambda: [repair.repair(text) for text in documents],
        "clean and cut": lambda: stages.sentences(documents),
        "rules": lambda: rules.code(rows),
        "linear": lambda: linear.code(rows),
    })  # fmt: skip
    fit = measure.timed(lambda: coding.Coder(scheme, labelled, method="linear").code(rows.head(1)), runs=1)
    found["encoder"] = measure.timed(lambda: both.code(rows.head(_READ)), runs=1)
    named = {
        "usual": f"jieba, then pandas `str.contains` for {len(words)} patterns",
        "re": f"one `re` alternation of the {len(words)} patterns",
        "clean": "repair of raw text",
        "clean and cut": "repair and cutting into units",
        "rules": "rule coder (all patterns, with evidence)",
        "linear": f"linear coder (with evidence), fitted before in {fit.median:.1f} s",
        "encoder": f"encoder and linear coder together, {_READ} of the units",
    }
    read = dict.fromkeys(found, cut) | {"clean": raw, "clean and cut": raw}
    read["encoder"] = sum(len(unit.encode("utf-8")) for unit in units[:_READ]) / 1e6
    speed = {name: read[name] / times.median for name, times in found.items()}
    table = [f"| {named[name]} | {found[name]} | {speed[name]:.2f} | {speed[name] / speed['usual']:.1f} |" for name in named]
    for way in ("rules", "linear"):
        seconds = found["clean and cut"].median + found[way].median
        table.append(
            f"| raw text to codes, {way} | {seconds:.2f} s | {raw / seconds:.2f} | {raw / seconds / speed['usual']:.1f} |"
        )
    title = f"Throughput on one core ({raw:.2f} MB, {len(units):,} units)"
    return _table(title, "what | time | MB/s | times as fast as the usual script", table)


def _road(folder: Path) -> list[str]:
    """Send a corpus through 01 and 03, linear coder, tables written, beside the usual script on one core, which writes none."""
    raw = folder / "road"
    invented.write(raw, round(_ROAD * 1_000_000))
    report = ["-m", "helpers", "report", "--raw", str(raw), "--jobs", "2", "-p", "coder", "linear", "--only", "01_clean,03_tools"]
    usual_script = ["-m", "benchmarks.usual", str(raw)]
    before = measure.process(usual_script)
    taken = {
        "tables of `corpus.write` and `coding.write`": _coded(raw, "linear", folder / "road tables", 2),
        "notebooks 01 and 03": measure.process([*report, "--out", str(folder / "road out")]),
    }
    usual_wall = (before.wall + measure.process(usual_script).wall) / 2  # before and after: a slow minute must not flatter
    rows = [f"| the usual script, one core, nothing written | {usual_wall:.1f} | 1.0 | {before.peak:.0f} |"]
    rows += [f"| {name}, two cores | {t.wall:.1f} | {usual_wall / t.wall:.1f} | {t.peak:.0f} |" for name, t in taken.items()]
    return _table(f"Raw files to tables: {_ROAD:g} MB", "what | wall s | times as fast as the usual script | peak MiB", rows)


def _growth(folder: Path) -> list[str]:
    rows = []
    for size in _SIZES:
        invented.write(folder / f"size{size}", round(size * 1_000_000))
        for method in ("rules", "linear") if size < _LARGE else ("rules",):
            taken = _coded(folder / f"size{size}", method, folder / f"out{size}{method}", 2)
            rows.append(f"| {size} | {method} | {taken.wall:.1f} | {size / taken.wall:.2f} | {taken.peak:.0f} |")
    title = "Growth: raw files to tables of units and codes, two workers, start-up and fitting included"
    return _table(title, "MB | coder | wall s | MB/s | peak MiB", rows)


def _coded(folder: Path, method: str, out: Path, jobs: int, **environment: str) -> measure.Taken:
    return measure.process(
        ["-m", "benchmarks.stages", str(folder), method, str(out / "processed")], **{engine.WORKERS: str(jobs)}, **environment
    )


def _backends(folder: Path) -> list[str]:
    raw = folder / "backends"
    invented.write(raw, _BACKENDS * 1_000_000)
    rows = []
    with ExitStack() as stack:
        ways: dict[str, tuple[int, dict[str, str]]] = {"one process": (1, {}), "loky, two workers": (2, {})}
        try:
            from distributed import LocalCluster

            cluster = stack.enter_context(LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None))
            ways["dask, two workers"] = (2, {engine.BACKEND: "dask", engine.SCHEDULER: cluster.scheduler_address})
        except ImportError:
            rows.append("| dask: not installed | | |")
        for name, (jobs, environment) in ways.items():
            try:
                runs = [_coded(raw, "rules", folder / f"{name} {run}", jobs, **environment)[0] for run in range(3)]
            except RuntimeError as error:  # a cluster can fail; the other measurements stand
                rows.append(f"| {name} | failed: {str(error).strip().splitlines()[-1][:100]} | |")
                continue
            times = measure.Times(tuple(runs))
            rows.append(f"| {name} | {times} | {_BACKENDS / times.median:.2f} |")
    return _table(f"Backends: {_BACKENDS} MB of raw files to codes by rules", "engine | wall time | MB/s", rows)


def _large(folder: Path) -> list[str]:
    """Show that near duplicates are found whatever the size of the corpus, and how SQL does over three million rows."""
    found = "documents | hashes held of samples | pairs at a Jaccard of .8 or more | found | processor s"
    return [
        *_table("Near duplicates, texts of 60 to 3,000 letters", found, large.recall()),
        *_table(
            "Every SQL step over three million units", "step | rows found | wall s | peak MiB", large.queries(folder / "rows")
        ),
    ]


def _report(folder: Path) -> list[str]:
    rows = []

    def row(what: str, arguments: list[str]) -> None:
        taken = measure.process(arguments)
        notebook = f"{taken.notebook:.0f}" if taken.notebook else ""  # none was run, or none under a server
        rows.append(f"| {what} | {taken.processor:.1f} | {taken.wall:.1f} | {taken.peak:.0f} | {notebook} |")

    def twice(what: str, *arguments: str) -> None:
        row(what, [*report, *arguments])
        row("the same again, nothing changed", [*report, *arguments])

    report = ["-m", "helpers", "report", "--jobs", "2", "--out"]
    linear = (str(folder / "linear"), "-p", "coder", "linear")
    twice("`make report` on the five shipped documents, set up, nothing done before", str(folder / "five"))
    row("the same with the linear coder, nothing done before", [*report, *linear])
    row("the same again, everything run again with what is remembered (`--force`)", [*report, *linear, "--force"])
    row("floor: seven empty notebooks that only import, one after the other under papermill", ["-c", _FLOOR])
    invented.write(folder / "whole raw", round(_WHOLE * 1_000_000))
    whole = (str(folder / "whole"), "--raw", str(folder / "whole raw"), "-p", "coder", "linear")
    twice(f"{_WHOLE:g} MB, {len(list((folder / 'whole raw').iterdir())):,} documents, linear coder, nothing done before", *whole)
    if "OTHER" in os.environ:
        size = sum(path.stat().st_size for path in Path(os.environ["OTHER"]).rglob("*") if path.is_file()) / 1e6
        twice(f"the whole report on another folder of {size:.0f} MB", str(folder / "other"), "--raw", os.environ["OTHER"])
    heads = "what | processor s | wall s | peak of all, MiB | of the largest notebook with its workers, MiB"
    return _table("The whole report, two notebooks at a time", heads, rows)


_FLOOR = """
import nbformat, papermill, tempfile, os
with tempfile.TemporaryDirectory() as folder:
    for number in range(7):
        cell = nbformat.v4.new_code_cell("import pandas, matplotlib.pyplot; from helpers import corpus, plots, store")
        path = os.path.join(folder, f"{number}.ipynb")
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), path)
        papermill.execute_notebook(path, path, progress_bar=False)
"""

if __name__ == "__main__":
    sys.exit(main())
