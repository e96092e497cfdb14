"""The notebooks as a collection: their form, and each one alone under papermill."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import papermill
import pytest
import readers_eyes

from helpers import catalogue, pipeline, plots, store
from helpers.corpus import summaries
from helpers.pipeline import parameters, prose

FOLDER = store.PROJECT_ROOT / "notebooks"
COMMON = {
    "raw_dir": "data/raw", "processed_dir": "data/processed", "figures_dir": "figures",
    "codebook": "data/codebook/policy_tools.yml", "county_filter": [], "year_min": 2017, "year_max": 2025,
    "language": "en", "segmenter": "jieba",
}  # fmt: skip


def notebook(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def code_cells(name: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook(name)["cells"] if cell["cell_type"] == "code"]


def test_the_collection_is_the_seven_notebooks():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(pipeline.NAMES)


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_committed_without_outputs_and_with_a_kernel(name):
    content = notebook(name)
    assert not any(cell.get("outputs") for cell in content["cells"])
    assert content["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_cells_are_few_and_short(name):
    first, *others = (len(source.splitlines()) for source in code_cells(name))  # parameters: a line each, as papermill reads them
    lengths = [first, *others]
    assert first <= 25 and len(lengths) <= 25 and max(others) <= 15, (
        f"{name}: {len(lengths)} code cells, longest {max(lengths)} lines"
    )


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_no_class_no_long_function_no_path_surgery(name):
    for source in code_cells(name):
        assert "sys.path" not in source and "%run" not in source and "/home/" not in source
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, ast.ClassDef)
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 6, f"{name}: function {node.name} belongs in helpers"


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_papermill_can_read_every_parameter(name, caplog):
    found = papermill.inspect_notebook(FOLDER / f"{name}.ipynb")  # a `=` in a comment, for one, is more than it can parse
    assert set(found) == set(parameters.of_notebook(FOLDER / f"{name}.ipynb"))
    assert "Unable to parse" not in caplog.text


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_common_parameters_have_one_default_everywhere(name):
    known = parameters.of_notebook(FOLDER / f"{name}.ipynb")
    assert {key: known[key].default for key in COMMON} == COMMON
    assert isinstance(known["seed"].default, int)


def said_tables(name: str, verb: str) -> set[str]:
    """Return the tables that a notebook's first cell names after **Reads** or **Writes**."""
    prose = "".join(notebook(name)["cells"][0]["source"])
    part = re.search(rf"\*\*{verb}\*\*(.*?)(?:\*\*|\n\n|$)", prose, re.DOTALL)[1]
    return set(re.findall(r"`(\w+)`", part)) & {*catalogue.tables(), *catalogue.views()}


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_a_notebook_says_and_reads_what_the_catalogue_says(name):
    about = catalogue.notebooks()[name]
    assert said_tables(name, "Reads") == set(about.reads)
    assert said_tables(name, "Writes") == set(about.writes)
    cells = [cell for cell in code_cells(name) if re.search(r"store\.(read_table|iter_table|by_batches|beside|sql|n_rows)", cell)]
    words = {str(node.value) for cell in cells for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Constant)}
    words |= {table for word in words for table in re.findall(r"\b(?:FROM|JOIN) (\w+)", word)}  # of queries
    assert (words & set(catalogue.tables())) - set(about.writes) == set(about.reads)


def test_each_notebook_writes_the_tables_that_the_catalogue_says(whole_run):
    steps = json.loads((whole_run / "run.json").read_text(encoding="utf-8"))["steps"]
    for name, about in catalogue.notebooks().items():
        written = {Path(path).stem for path in steps[name]["outputs"] if path.endswith(".parquet")}
        assert written == set(about.writes), name


def test_twelve_figures_and_more_each_with_data_and_captions(whole_run):
    figures = sorted((whole_run / "figures").glob("*.json"))
    assert len(figures) >= 12
    for path in figures:
        captions = json.loads(path.read_text(encoding="utf-8"))["caption"]
        assert captions["en"] and captions["zh"]
        for suffix in (".csv", ".en.png", ".zh.png", ".en.svg", ".zh.svg"):
            assert path.with_suffix("").with_name(path.stem + suffix).stat().st_size > 0


def test_every_chart_has_a_notebook_that_draws_it():
    for name in pipeline.NAMES:
        importlib.import_module(f"helpers.plots.{name.partition('_')[2]}")
    drawn = {found for name in pipeline.NAMES for found in re.findall(r'gallery\.show\("(\w+)"', "".join(code_cells(name)))}
    assert drawn == set(plots.CHARTS)


def test_01_says_what_each_format_gave(whole_run):
    assert "By format: txt 4." in readers_eyes.sentences(whole_run)["01_clean.ipynb"]
    documents = pd.DataFrame({"doc_id": ["a", "b"], "format": "docx", "n_tables": [1, 2], "n_ocr_pages": 0})
    aside = pd.DataFrame({"source_file": ["c.PDF", "d.docx"]})
    said = {edition: summaries.formats(documents, aside, edition) for edition in ("en", "zh")}
    assert said == {
        "en": ["docx 2 (3 tables) (one set aside)", "pdf 0 (one set aside)"],
        "zh": ["docx 2 份（表格 3 个）（搁置 1 份）", "pdf 0 份（搁置 1 份）"],
    }


def test_no_open_field_no_nan_and_no_empty_sentence_reaches_a_reader(whole_run):
    said = readers_eyes.sentences(whole_run)
    assert {f"{name}.ipynb" for name in pipeline.NAMES} <= set(said) and len(readers_eyes.pages(whole_run)) == 2
    assert readers_eyes.strange(whole_run) == []


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_the_results_open_with_their_answer(whole_run, name):
    assert len(readers_eyes.sentences(whole_run)[f"{name}.ipynb"]) > 2
    first = next(source for source in code_cells(name) if "gallery.s" in source)
    assert "gallery.say" in first.partition("gallery.show")[0], f"{name}: a figure stands before the first sentence"


def run_alone(cwd: Path, source: str, target: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "papermill", source, str(target), "--no-progress-bar", *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, timeout=300
    )


def test_a_notebook_without_its_tables_says_which_notebook_makes_them(tmp_path):
    done = run_alone(
        store.PROJECT_ROOT, "notebooks/04_validity.ipynb", tmp_path / "04.ipynb", "-p", "processed_dir", str(tmp_path / "empty")
    )
    assert done.returncode != 0 and "MissingTable" in done.stderr and "notebooks/" in done.stderr


def markdown(name: str) -> dict[str, str]:
    return {cell["id"]: "".join(cell["source"]) for cell in notebook(name)["cells"] if cell["cell_type"] == "markdown"}


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_the_prose_is_complete_in_chinese(name):
    english, chinese = markdown(name), prose.read(FOLDER / f"{name}.ipynb", "zh")
    assert list(chinese) == list(english), "cells are named alike and in one order"
    for id, text in english.items():
        assert set(re.findall(r"`([^`]+)`", text)) == set(re.findall(r"`([^`]+)`", chinese[id])), id
        assert re.search(r"[\u4e00-\u9fff]", chinese[id]) and text.count("\n#") == chinese[id].count("\n#"), id
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]", chinese[id]), id


def test_an_executed_notebook_takes_the_prose_of_its_language(tmp_path):
    executed = tmp_path / "01_clean.ipynb"
    content = notebook("01_clean")
    executed.write_text(json.dumps(content), encoding="utf-8")
    prose.put(executed, FOLDER / "01_clean.ipynb", "en")
    assert json.loads(executed.read_text(encoding="utf-8")) == content
    prose.put(executed, FOLDER / "01_clean.ipynb", "zh")
    made = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    assert "".join(made[0]["source"]).startswith("# 01 · 从网页原文")
    kept = [cell["source"] for cell in content["cells"] if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in made if cell["cell_type"] == "code"] == kept


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_no_cell_shows_a_raw_frame(name):
    for source in code_cells(name):
        last = ast.parse(source).body[-1]
        assert not isinstance(last, ast.Expr) or ast.unparse(last).startswith("gallery."), ast.unparse(last)


def outputs(out: Path, name: str) -> list[dict]:
    cells = json.loads((out / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("name", pipeline.NAMES)
def test_the_first_output_is_the_answer_and_tables_are_read_without_scrolling(whole_run, name):
    shown = outputs(whole_run, name)
    tables = ["".join(data["text/html"]) for data in shown if "text/html" in data]
    assert "text/markdown" in shown[0] and " reported, " not in "".join(shown[0]["text/markdown"]).split(".")[0]
    assert all(table.count("<tr>") <= 41 for table in tables) and len(tables) <= (3 if name == "01_clean" else 12)
    cells = [cell for table in tables for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", table)]
    assert not [cell for cell in cells if re.fullmatch(r"nan|None|NaT|<NA>|&lt;NA&gt;|\w+_(low|high|share|source|code)", cell)]
