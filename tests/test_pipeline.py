"""The run: typed parameters, order, what is skipped, what is said when it cannot go on."""

import json
import os
import subprocess
import sys
import tempfile

import pytest

from helpers import pipeline, store
from helpers.__main__ import main
from helpers.pipeline import notebooks, parameters
from helpers.pipeline.parameters import Parameter, ParameterError

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
    before = {path: path.stat().st_mtime_ns for path in whole_run.rglob("*") if path.is_file() and path.name != "run.json"}

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


@pytest.mark.skipif(sys.platform == "win32", reason="sockets in files")
def test_a_long_folder_for_temporary_files_is_one_line(tmp_path, invented_corpus, capsys, monkeypatch):
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert main(["report", "--raw", str(invented_corpus), "--out", str(tmp_path / "out")]) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("helpers:")]
    assert len(said) == 1 and "TMPDIR" in said[0]
