"""The run: typed parameters, order, what is skipped, what is said when it cannot go on."""

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from helpers import pipeline, store
from helpers.__main__ import main
from helpers.pipeline import notebooks, parameters
from helpers.pipeline.parameters import Parameter, ParameterError
from helpers.pipeline.progress import Progress

KNOWN = {
    "code": Parameter("code", ""),
    "year_min": Parameter("year_min", 2017),
    "share": Parameter("share", 0.5),
    "draw": Parameter("draw", True),
    "county_filter": Parameter("county_filter", []),
    "language": Parameter("language", "en"),
    "raw_dir": Parameter("raw_dir", "data/raw"),
}


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("code", "010101", "010101"),  # a code keeps its zeros
        ("code", "no", "no"),  # YAML would make it False
        ("year_min", "2019", 2019),
        ("share", "1", 1.0),
        ("draw", "false", False),
        ("county_filter", "['湘阴县', no]", ["湘阴县", "no"]),
        ("county_filter", ["010101"], ["010101"]),  # from a file of parameters
    ],
)
def test_parameters_take_the_type_of_their_default(name, value, typed):
    result = parameters.typed({name: value}, KNOWN)[name]
    assert result == typed and type(result) is type(typed)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("contry_filter", "[]", "valid names: code, county_filter"),  # misspelt
        ("year_min", "2019.5", "whole number"),
        ("draw", "maybe", "true or false"),
        ("county_filter", "湘阴县", "a list such as"),
        ("county_filter", "[[a]]", "a list such as"),
        ("language", "fr", "one of en, zh"),
        ("raw_dir", "elsewhere", "--raw"),
    ],
)
def test_wrong_parameters_are_refused_with_what_is_valid(name, value, message):
    with pytest.raises(ParameterError, match=message):
        parameters.typed({name: value}, KNOWN)


def test_a_file_of_parameters_keeps_text_as_typed(tmp_path):
    (tmp_path / "p.yml").write_text("code: 010101\nlanguage: no\n", encoding="utf-8")
    assert parameters.read_file(tmp_path / "p.yml") == {"code": "010101", "language": "no"}


@pytest.mark.parametrize("content", ["- a\n- b\n", "a: [1\n", "just text"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    (tmp_path / "p.yml").write_text(content, encoding="utf-8")
    with pytest.raises(ParameterError, match="p.yml"):
        parameters.read_file(tmp_path / "p.yml")


def test_every_notebook_comes_after_what_it_needs():
    for name, needs in pipeline.NEEDS.items():
        assert all(pipeline.NAMES.index(need) < pipeline.NAMES.index(name) for need in needs)
    assert notebooks.requirements("04_validity")[0] == "01_clean"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--raw", "/nowhere/at/all"], "no such folder"),
        (["-p", "nonsense", "1"], "valid names"),
        (["--only", "08_dreams"], "no notebook is called 08_dreams"),
        (["--backend", "dask"], "--scheduler"),
    ],
)
def test_what_cannot_run_is_one_line_and_status_2(arguments, message, capsys):
    assert main(["report", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said and len(said.strip().splitlines()) == 1


def test_a_defect_is_one_line_too(monkeypatch, capsys, invented_corpus, tmp_path):
    def broken(_run):
        raise KeyError("x")

    monkeypatch.setattr(pipeline.Run, "__call__", broken)
    assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path)]) == 2
    assert "a defect of this program" in capsys.readouterr().err


def test_an_empty_folder_is_one_line_and_status_2(tmp_path, capsys):
    assert main(["report", "--raw", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no documents" in capsys.readouterr().err


def test_a_second_run_into_one_folder_stops(tmp_path, invented_corpus, capsys):
    from filelock import FileLock

    with FileLock(tmp_path / ".helpers.lock"):
        assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path)]) == 2
    assert "another run" in capsys.readouterr().err


def test_a_run_that_changed_nothing_runs_nothing(whole_run, invented_corpus, monkeypatch):
    # Checksums of what was written a moment before a run ended are remembered by the next one only.
    files = [
        path for path in whole_run.rglob("*") if path.is_file() and path.name not in ("run.json", "run.log", "checksums.json")
    ]
    before = {path: path.stat().st_mtime_ns for path in files}

    def never(*_args, **_kwargs):
        raise AssertionError("a notebook ran")

    monkeypatch.setattr(notebooks, "execute", never)
    pipeline.Run(pipeline.Folders(invented_corpus, whole_run), {}, jobs=1)()
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_the_record_names_every_output_and_input(whole_run, invented_corpus):
    record = json.loads((whole_run / "run.json").read_text(encoding="utf-8"))
    on_disk = {
        p.relative_to(whole_run).as_posix() for d in ("processed", "figures", "report") for p in (whole_run / d).rglob("*")
    }
    files = {path for path in on_disk if (whole_run / path).is_file()}
    assert files <= set(record["outputs"]), sorted(files - set(record["outputs"]))
    assert set(record["inputs"]["raw"]) == set(os.listdir(invented_corpus))
    assert record["versions"]["python"] and record["parameters"]["year_min"] == 2017


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_console_that_lacks_a_character_ends_nothing(tmp_path, encoding):
    """Names and sentences beyond the console's characters are printed with their numbers; the exit status is that of the work."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "ṩ湘阴😀.txt").write_text("湘阴县人民政府关于工业的意见\n支持企业技术改造。\n", encoding="utf-8")
    (tmp_path / "raw" / "ṩ甲😀.png").write_bytes(b"\x89PNG")
    command = [sys.executable, "-m", "helpers", "check", str(tmp_path)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False, cwd=store.PROJECT_ROOT)
    assert done.returncode == 1 and done.stdout.strip() and not done.stderr, done.stderr[-500:]


def test_the_reader_of_the_output_may_go(tmp_path):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    closed = "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1)"
    code = f"{closed}; from helpers.__main__ import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", code, "check", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1


def test_names_are_the_same_in_any_locale(tmp_path):
    (tmp_path / "湘阴县工业.txt").write_text("湘阴县人民政府关于工业的意见\n支持企业技术改造。\n", encoding="utf-8")
    code = "import sys; from helpers import corpus; print(ascii(corpus.build(sys.argv[1]).documents.values[0]))"
    said = set()
    for locale in ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"LC_ALL": "C.UTF-8"}):
        own = {**os.environ, **locale}
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=own, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert len(said) == 1 and "\\u6e58" in said.pop()


@pytest.fixture
def documents(tmp_path, invented_corpus):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_bytes((invented_corpus / "ningyuan-2018-plan.txt").read_bytes())
    return folder


def test_a_report_on_nothing_says_why_and_ends(documents, tmp_path, capsys):
    """All files set aside, then filters that leave none: a line each, no notebook after the first."""
    (documents / "a.txt").unlink()
    (documents / "scan.txt").write_bytes(b"\x00" * 64)
    assert main(["report", "--raw", str(documents), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().out
    assert "set aside: scan.txt" in said and "nothing to report: no document could be used" in said
    assert not (tmp_path / "out" / "processed" / "codes.parquet").exists()


def test_filters_without_a_match_and_a_temporary_folder_with_a_long_name(documents, tmp_path, capsys, monkeypatch):
    long = tmp_path / ("x" * 60) / ("y" * 40)
    long.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(long))  # as TMPDIR would set it
    run = ["report", "--raw", str(documents), "--out", str(tmp_path / "out"), "-p", "year_min", "2023"]
    assert main(run) == 1
    assert "they are of 2018: widen the filters" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("codebook", "nowhere.yml", "no such file"),
        ("k_range", "6-16", "first:last:step"),
        ("language", "de", "one of en, zh"),
        ("coder", "magic", "one of learned, linear, rules"),
        ("year_min", "2030", "swap them"),
        ("gold_dir", "no/such/folder", "no such file or folder"),
        ("gold_dir", "data/codebook/policy_tools.yml", "is no folder"),
        ("codebook", "data/codebook", "is no file"),
        ("yearbook", "nowhere.csv", "no such file"),
        ("k_range", "3:99999999999999999999:1", "first ≤ last ≤ 1,000"),
        ("fields", "data/codebook/EXAMPLES.md", "EXAMPLES.md"),
        ("rubrics", "data/codebook/EXAMPLES.md", "EXAMPLES.md"),
        ("commitment_words", "data/codebook/EXAMPLES.md", "EXAMPLES.md"),
        ("seed", "-1", "whole number from 0"),
        ("n_bootstrap", "0", "whole number from 1"),
        ("n_runs", "-3", "whole number from 1"),
        ("title", "a\udcff", "must be text"),
        ("county_filter", "['\udcff']", "must be a list"),
    ],
)
def test_what_can_be_known_beforehand_is_said_before_anything_runs(documents, tmp_path, capsys, name, value, said):
    assert main(["report", "--raw", str(documents), "--out", str(tmp_path / "out"), "-p", name, value]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "out" / "processed").exists()


@pytest.mark.parametrize("notebook", pipeline.NAMES)
@pytest.mark.parametrize("values", [{"language": "fr"}, {"year_min": "abc"}, {"year_min": 2030}, {"segmenter": "x"}])
def test_a_notebook_alone_gives_one_line_too(notebook, values):
    cells = json.loads((store.PROJECT_ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    scope = {}
    exec(code[0], scope)
    with pytest.raises(ParameterError) as error:
        exec(code[1].partition("asked.check(globals())")[0] + "asked.check(globals())", {**scope, **values})
    assert error.value._render_traceback_() == [f"ParameterError: {error.value}"] and "\n" not in str(error.value)


@pytest.mark.parametrize(("change", "said"), [("kernel", "kernel 'conda-base'"), ("tag", "no cell with the tag")])
def test_a_notebook_saved_otherwise_is_named_and_not_run(tmp_path, change, said):
    content = json.loads((store.PROJECT_ROOT / "notebooks" / "03_tools.ipynb").read_text(encoding="utf-8"))
    if change == "kernel":
        content["metadata"]["kernelspec"]["name"] = "conda-base"
    for cell in content["cells"] if change == "tag" else ():
        cell["metadata"].pop("tags", None)
    (tmp_path / "03_tools.ipynb").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(pipeline.NotebookError, match=said):
        notebooks.check(tmp_path / "03_tools.ipynb")


def test_output_to_a_narrow_console_never_ends_a_run(documents, tmp_path):
    (documents / "县 κ½.txt").write_bytes((documents / "a.txt").read_bytes())
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(store.PROJECT_ROOT / "src")}
    done = subprocess.run([sys.executable, "-m", "helpers", "check", str(documents)], env=narrow, capture_output=True, text=True)
    assert done.returncode in (0, 1) and "\\u53bf" in done.stdout


def test_a_notebook_s_mark_holds_what_it_reads_and_nothing_else(documents, tmp_path):
    def marks(**given):
        run = pipeline.Run(pipeline.Folders(documents, tmp_path / "out"), given)
        run.__dict__["state"] = {name: {"outputs": {}} for name in pipeline.NAMES}
        return {name: run._fingerprint(name) for name in pipeline.NAMES}

    plain, other = marks(), marks(codebook=str(store.PROJECT_ROOT / "data" / "codebook" / "mcdonnell_elmore.yml"))
    assert {name for name in plain if plain[name] != other[name]} == {"03_tools", "04_validity", "06_commitments", "07_compare"}
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "gold.csv").write_text("unit,text,statement,tools\n", encoding="utf-8")
    gold = marks(gold_dir=str(tmp_path / "gold"))
    assert {name for name in plain if plain[name] != gold[name]} >= {"03_tools", "04_validity"}
    assert all(plain[name] == gold[name] for name in ("01_clean", "02_describe", "05_topics", "07_compare"))
    (tmp_path / "book.csv").write_text("county_code,year,gdp\n430624,2017,1\n", encoding="utf-8")
    before = marks(yearbook=str(tmp_path / "book.csv"))
    (tmp_path / "book.csv").write_text("county_code,year,gdp\n430624,2017,2\n", encoding="utf-8")
    assert {name for name, mark in marks(yearbook=str(tmp_path / "book.csv")).items() if mark != before[name]} == {"07_compare"}


@pytest.mark.parametrize(("limit", "at_once"), [(0, 1), (1_000_000, 2)])
def test_notebooks_of_a_large_corpus_run_one_after_the_other(tmp_path, monkeypatch, limit, at_once):
    """Side by side on 300 MB they held 3 GB; what each holds alone is half of that, and its workers fill the cores."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("甲县支持企业。", encoding="utf-8")
    running, most = [], []

    def execute(_run, name, _progress):
        running.append(name)
        time.sleep(0.2)
        most.append(len(running))
        running.remove(name)
        return SimpleNamespace(read={}, written=[])

    for name, does in {"_execute": execute, "_fingerprint": lambda *_: "", "_is_current": lambda *_: False}.items():
        monkeypatch.setattr(pipeline.Run, name, does)
    for name in ("_keep", "_something_to_report"):
        monkeypatch.setattr(pipeline.Run, name, lambda *_: None)
    monkeypatch.setattr("helpers.pipeline.run._TOGETHER", limit)
    run = pipeline.Run(pipeline.Folders(tmp_path / "raw", tmp_path / "out"), jobs=2)
    run._run_notebooks(list(notebooks.NAMES), Progress(1))
    assert len(most) == len(notebooks.NAMES) and max(most) == at_once
