"""`make bench`: speed and memory, everything against something in the same run; writes benchmarks/RESULTS.md."""

import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks import invented, measure, stages, usual
from helpers import codebook, coding, repair, store

os.environ.setdefault("OMP_NUM_THREADS", "1")
_SAMPLE = 1_000_000  # bytes for the comparisons
_SIZES = (2, 4, 8, 16)  # megabytes for growth
_TARGET = store.PROJECT_ROOT / "benchmarks" / "RESULTS.md"


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        invented.write(folder / "sample", _SAMPLE)
        lines = [*_head(), *_throughput(folder / "sample"), *_growth(folder), *_warm()]
    store.write_text(_TARGET, "\n".join(lines) + "\n")
    print(f"written: {_TARGET}")


def _head() -> list[str]:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    about = f"""
Written by `make bench` on {machine}. The corpus is invented (`benchmarks/invented.py`): coded sentences recombined and
perturbed. Medians with the range of three runs, processor seconds unless said otherwise; what counts are the ratios,
measured in turn within one run."""
    return ["# Measured speed and memory", *about.splitlines(), ""]


def _throughput(folder: Path) -> list[str]:
    documents = stages.texts(folder, _SAMPLE)
    units = stages.sentences(documents)
    megabytes = sum(len(text.encode("utf-8")) for text in units) / 1e6
    scheme = codebook.load("data/codebook/policy_tools.yml")
    words, labelled, rows = usual.words_of(scheme), coding.read_labelled(), stages.frame(units)
    rules, learned = coding.Coder(scheme, None, method="rules"), coding.Coder(scheme, labelled)
    found = measure.side_by_side({
        "usual": lambda: usual.jieba_and_pandas(units, words),
        "re": lambda: usual.plain_re(units, words),
        "clean": lambda: [repair.repair(text) for text in documents],
        "clean and cut": lambda: stages.sentences(documents),
        "rules": lambda: rules.code(rows),
        "learned": lambda: learned.code(rows),
    })  # fmt: skip
    named = {
        "usual": f"jieba, then pandas `str.contains` for {len(words)} patterns",
        "re": f"one `re` alternation of the {len(words)} patterns",
        "clean": "repair of raw text",
        "clean and cut": "repair and cutting into units",
        "rules": "rule coder (all patterns, with evidence)",
        "learned": "learned coder (with evidence; labelled sentences, most of this corpus, are coded by fold, "
        "which takes most of the time)",
    }  # fmt: skip
    base = found["usual"].median
    table = [
        f"| {named[name]} | {times} | {megabytes / times.median:.2f} | {base / times.median:.1f} |"
        for name, times in found.items()
    ]
    both = {way: found["clean and cut"].median + found[way].median for way in ("rules", "learned")}
    table += [f"| raw text to codes, {way} | {t:.2f} s | {megabytes / t:.2f} | {base / t:.1f} |" for way, t in both.items()]
    return [
        f"## Throughput on one core ({megabytes:.2f} MB of UTF-8 text, {len(units)} units)", "",
        "| what | time | MB/s | times as fast as the usual script |", "|---|---|---|---|", *table, "",
    ]  # fmt: skip


def _growth(folder: Path) -> list[str]:
    rows = []
    for size in _SIZES:
        invented.write(folder / f"size{size}", size * 1_000_000)
        seconds, peak = measure.process(["-m", "benchmarks.stages", str(folder / f"size{size}"), "rules"])
        rows.append(f"| {size} | {seconds:.1f} | {size / seconds:.2f} | {peak:.0f} |")
    return [
        "## Growth: raw text to units to codes by rules, one process, start-up included", "",
        "| MB | wall s | MB/s | peak MiB |", "|---|---|---|---|", *rows, "",
    ]  # fmt: skip


def _warm() -> list[str]:
    with tempfile.TemporaryDirectory() as out:
        whole, _ = measure.process(["-m", "helpers", "report", "--out", out])
        again, _ = measure.process(["-m", "helpers", "report", "--out", out])
    floor, _ = measure.process(["-c", _FLOOR])
    return [
        "## The whole report on the five shipped documents", "", "| what | wall s |", "|---|---|",
        f"| `make report`, set up, nothing done before | {whole:.1f} |", f"| the same again, nothing changed | {again:.1f} |",
        f"| floor: seven empty notebooks that only import, one after the other under papermill | {floor:.1f} |", "",
    ]  # fmt: skip


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
