"""run.json and the folders of a run: what a stranger or an older program left there deletes nothing, and no number is stale."""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import quick_run

from helpers import pipeline, rows, store
from helpers.__main__ import main
from helpers.export import qda_archive
from helpers.handcoding import workbook
from helpers.pipeline import Folders, RunError, fingerprint, notebooks

ALL = [*notebooks.NAMES, "report"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes")


@pytest.fixture
def quick(monkeypatch) -> quick_run.Notebooks:
    return quick_run.Notebooks(monkeypatch)


@pytest.fixture
def made(tmp_path, quick) -> tuple[Path, Path]:
    raw, out = quick_run.write_raw(tmp_path / "raw"), tmp_path / "out"
    quick_run.run(raw, out)
    quick.ran.clear()
    return raw, out


def results(out: Path) -> dict[str, dict[str, str]]:
    return {name: fingerprint.of_folder(out / name) for name in ("processed", "figures", "report")}


def record(out: Path) -> dict:
    return json.loads((out / "run.json").read_text(encoding="utf-8"))


def test_the_quick_run_is_a_run(made, quick):
    raw, out = made
    quick_run.run(raw, out)
    assert quick.ran == []
    (raw / "a3.txt").write_text(quick_run.TEXT.format(9), encoding="utf-8")
    quick_run.run(raw, out)
    assert quick.ran[0] == "01_clean" and "report" in quick.ran


@pytest.fixture
def victims(tmp_path, made) -> list[Path]:
    """Files outside the folders of results, beside and below the output folder."""
    raw, out = made
    there = [tmp_path / "victim" / "a.txt", out / "raw" / "mine.txt", out / "mine.txt", out / "handcoding" / "coder_A.xlsx",
             out / "processedx" / "a", raw / "a0.txt", out / ".helpers.lock"]  # fmt: skip
    for path in there:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return there


def test_a_record_that_names_other_files_deletes_none(made, victims, quick, tmp_path):
    raw, out = made
    before = results(out)
    names = (
        {os.path.relpath(path, out) for path in victims} | {str(path) for path in victims} | {"..\\victim\\a.txt", "~/x", "C:\\x"}
    )
    if sys.platform != "win32":
        os.symlink(tmp_path / "victim", out / "figures" / "way")
        names.add("figures/way/a.txt")
        (out / "figures" / "way").unlink()
        os.symlink(tmp_path / "victim" / "a.txt", out / "figures" / "link.csv")
        names.add("figures/link.csv")
    while names:
        crafted = record(out)
        for number, step in enumerate(crafted["steps"].values()):
            if names:
                step["outputs"][names.pop()] = ("x", hashlib.sha256(b"").hexdigest())[number % 2]
            step["fingerprint"] = "changed"
        (out / "run.json").write_text(json.dumps(crafted), encoding="utf-8")
        quick_run.run(raw, out)
        assert all(path.exists() for path in victims)
    (out / "figures" / "link.csv").unlink(missing_ok=True)
    assert results(out) == before


MALFORMED = [
    "",
    "[]",
    "5",
    "null",
    '"x"',
    "{}",
    '{"steps": 5}',
    '{"steps": {"01_clean": 5}}',
    "[" * 100_000,
    '{"steps": []}',
    "\x00",
    "{" * 50,
]
EMPTY = {"steps": {}, "versions": {}, "parameters": {}, "inputs": {}, "outputs": {}}
for change in (
    {"steps": {"01_clean": {"fingerprint": 1, "outputs": []}}},
    {"inputs": {"raw": 5}},
    {"run": []},
    {"run": {"raw": 5}},
):
    MALFORMED.append(json.dumps(EMPTY | change))


@pytest.mark.parametrize("text", MALFORMED, ids=[text[:30] for text in MALFORMED])
def test_a_record_without_its_form_is_made_again(made, quick, text, capsys):
    raw, out = made
    before = results(out)
    (out / "run.json").write_text(text, encoding="utf-8")
    assert main(["report", "--raw", str(raw), "--out", str(out), "--jobs", "1"]) == 0
    assert set(quick.ran) == set(ALL) and results(out) == before
    (out / "run.json").write_text(text, encoding="utf-8")
    for command in (["export"], ["pdf"], ["sample", "-n", "2"]):
        status = main([*command, "--out", str(out)])
        said = capsys.readouterr()
        assert status in (0, 2) and "defect" not in said.err, said.err


def test_any_part_of_a_record_may_be_wrong(made, quick, capsys):
    """Each value of a true record replaced by others: made again or one clear line."""
    raw, out = made
    true = record(out)

    def places(value, path=()):
        yield path
        for key, inner in value.items() if isinstance(value, dict) else ():
            yield from places(inner, (*path, key))

    tried = 0
    for path in [path for path in places(true) if path][::9]:
        for odd in (5, None, [], {}, "../x"):
            crafted = json.loads(json.dumps(true))
            inner = crafted
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = odd
            (out / "run.json").write_text(json.dumps(crafted), encoding="utf-8")
            status = main(["export", "--out", str(out)]) if tried % 9 == 0 else main(["sample", "--out", str(out), "--plan"])
            said = capsys.readouterr()
            assert "defect" not in said.err and status in (0, 1, 2), (path, odd, said.err)
            tried += 1
    assert tried > 50


@pytest.mark.parametrize("odd", [5, None, True, [], {}, 1e308, ["a", 5], "\ud800", "a\0b", -(10**30)], ids=ascii)
def test_recorded_parameters_of_another_type_are_as_if_not_recorded(tmp_path, odd):
    known = pipeline.known()
    given = {
        name: odd for name, parameter in known.items() if type(parameter.default) is not type(odd) or odd in ("\ud800", "a\0b")
    }
    (tmp_path / "run.json").write_text(json.dumps({**EMPTY, "run": {"given": given}}), encoding="utf-8")
    found = pipeline.made(tmp_path)
    assert all(isinstance(known[name].default, float) for name in found.given)
    assert found.codebook.is_file() and found.language == "en" and found.next("report")
    good = {
        "language": "zh",
        "seed": 7,
        "county_filter": ["湘阴县"],
        "llm_temperature": 1,
        "codebook": "data/codebook/policy_tools.yml",
    }
    (tmp_path / "run.json").write_text(json.dumps({**EMPTY, "run": {"given": good}}), encoding="utf-8")
    assert pipeline.made(tmp_path).given.keys() == good.keys()


@posix
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("report", ["export"]), ("report", ["pdf"]), ("report", ["export-qda"]), ("paper", ["paper"]), ("handcoding", ["sample"]),
        ("handcoding/gold", ["agreement"]), ("handcoding", ["preanalysis"]), ("report/latex", ["export"]),
    ],
)  # fmt: skip
def test_no_command_writes_through_a_link(made, quick, tmp_path, name, command, capsys):
    _, out = made
    (tmp_path / "victim").mkdir()
    if (out / name).exists():
        (out / name).rename(tmp_path / "kept")
    (out / name).parent.mkdir(exist_ok=True)
    os.symlink(tmp_path / "victim", out / name)
    assert main([*command, "--out", str(out)]) == 2
    assert "is a link" in capsys.readouterr().err and not list((tmp_path / "victim").iterdir())


def test_figures_that_were_changed_since_are_not_titled(made, quick, capsys):
    _, out = made
    (out / "figures" / "03_tools.csv").write_text("other", encoding="utf-8")
    assert main(["export", "--figures", "--out", str(out)]) == 2
    assert "03_tools.csv: is not as the run left it" in capsys.readouterr().err


@posix
def test_devices_in_the_place_of_coders_files_are_no_wait(tmp_path):
    for name in ("coder_A.xlsx", "sample.csv", "x.qdpx"):
        (tmp_path / name).symlink_to("/dev/null")
    for read in (
        lambda: workbook.rows(tmp_path / "coder_A.xlsx", "x", 5), lambda: rows.read(tmp_path / "sample.csv"),
        lambda: qda_archive.opened(tmp_path / "x.qdpx"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="is no regular file"):
            read()


def test_a_file_that_somebody_made_their_own_is_kept(made, quick):
    raw, out = made
    mine = out / "figures" / "old.csv"
    mine.write_text("mine", encoding="utf-8")
    for digest, kept in (("0" * 64, True), (hashlib.sha256(b"mine").hexdigest(), False)):
        crafted = record(out)
        crafted["steps"]["02_describe"] = {"fingerprint": "old", "outputs": {"figures/old.csv": digest}}
        (out / "run.json").write_text(json.dumps(crafted), encoding="utf-8")
        quick_run.run(raw, out)
        assert mine.exists() == kept


INSIDE = [
    "",
    "processed",
    "processed/x",
    "processed.parts/a",
    "report",
    "report/latex",
    "figures",
    "notebooks",
    "handcoding/gold",
]


@pytest.mark.parametrize("where", INSIDE)
def test_raw_and_results_may_not_meet(tmp_path, quick, where, capsys):
    out = tmp_path / "out"
    raw = quick_run.write_raw(out / where)
    assert main(["report", "--raw", str(raw), "--out", str(out)]) == 2
    assert "another --out" in capsys.readouterr().err and quick.ran == []


def test_neither_may_results_lie_in_raw(tmp_path, quick, capsys, monkeypatch):
    raw = quick_run.write_raw(tmp_path / "raw")
    monkeypatch.chdir(raw)
    outs = [raw / "out", raw / "a" / ".." / "b", raw, Path("deep/er")]
    if sys.platform != "win32":
        os.symlink(raw, tmp_path / "alias")
        outs += [tmp_path / "alias", tmp_path / "alias" / "out"]
    for out in outs:
        assert main(["report", "--raw", str(raw), "--out", str(out)]) == 2
        assert "another --out" in capsys.readouterr().err
    assert sorted(path.name for path in raw.iterdir()) == ["a0.txt", "a1.txt", "a2.txt"] and quick.ran == []


def test_beside_each_other_they_may_lie(tmp_path, quick):
    raw = quick_run.write_raw(tmp_path / "mine" / "raw")
    (raw / ".download.partial").write_bytes(b"half")
    quick_run.run(raw, tmp_path / "mine")
    assert (raw / ".download.partial").exists() and set(quick.ran) == set(ALL)


@posix
@pytest.mark.parametrize(
    "name", ["processed", "figures", "report", "processed.parts", "processed.parts/clean", "handcoding", ".helpers.lock"]
)
def test_results_are_written_through_no_link(tmp_path, quick, name, capsys):
    raw, out, victim = quick_run.write_raw(tmp_path / "raw"), tmp_path / "out", tmp_path / "victim"
    (victim / "clean" / "ab").mkdir(parents=True)
    (victim / "clean" / "ab" / ("ab" + "0" * 38)).write_bytes(b"mine")
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    os.symlink(victim, out / name)
    before = fingerprint.of_folder(victim)
    assert main(["report", "--raw", str(raw), "--out", str(out)]) == 2
    assert "is a link" in capsys.readouterr().err and fingerprint.of_folder(victim) == before


RESTS = [
    ".run.json.ab12cd34.partial",
    "processed/.units.parquet.ab12cd34.partial",
    "figures/.a.csv.deadbeef.partial",
    "report/.index.html.a_b1c2d3.partial",
    "report/latex/.units.tex.ab12cd34.partial",
    "handcoding/.coder_A.xlsx.ab12cd34.partial",
    "handcoding/gold/.gold.csv.ab12cd34.partial",
    "notebooks/.01_clean.partial.ipynb",
    "notebooks/.03_tools.written",
    "notebooks/.03_tools.notices",
    "notebooks/.03_tools.read",
]
MINE = [
    ".download.partial",
    ".x.partial",
    "processed/.mine.partial",
    "report/notes.partial",
    "handcoding/.coder_A.partial",
    ".git.written",
    "notebooks/.mine.written",
    "report/excel-ab12cd34/x",
    "report/.excel-mine-notes/x",
    "processed/.units.parquet.ab12cd34.partial.bak",
]


def test_rests_are_swept_and_nothing_else(made, quick):
    raw, out = made
    for name in (*RESTS, *MINE, "report/.excel-ab12cd34/x.xml", "report/.pdf-ab12cd34/x.typ", "processed/.sql-ab12cd34/x"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"x")
    (out / "processed" / ".folder.ab12cd34.partial").mkdir()
    quick_run.run(raw, out)
    assert [name for name in RESTS if (out / name).exists()] == []
    assert not (out / "report" / ".excel-ab12cd34").exists() and not (out / "report" / ".pdf-ab12cd34").exists()
    assert not (out / "processed" / ".sql-ab12cd34").exists()
    assert [name for name in MINE if not (out / name).exists()] == []
    assert (out / "processed" / ".folder.ab12cd34.partial").is_dir()


def test_a_manifest_beside_the_folder_is_fingerprinted(made, quick):
    raw, out = made
    beside = raw.parent / "corpus.csv"
    for county, year in (("临湘市", "2019"), ("汨罗市", "2020")):
        beside.write_text(f"path,county,year\na0.txt,{county},{year}\n", encoding="utf-8")
        quick_run.run(raw, out)
        documents = store.read_table(out / "processed", "documents").set_index("source_file")
        assert (documents.at["a0.txt", "county"], documents.at["a0.txt", "year"]) == (county, int(year))
        assert record(out)["inputs"]["raw"]["corpus.csv beside the folder"] == fingerprint.of_file(beside)
    beside.unlink()
    quick.ran.clear()
    quick_run.run(raw, out)
    assert quick.ran[0] == "01_clean"


def test_what_was_read_is_what_is_recorded(made, quick):
    """A file replaced after its checksum was taken, and restored after the run."""
    raw, out = made
    before, own = results(out), (raw / "a1.txt").read_bytes()
    (raw / "a2.txt").write_text(quick_run.TEXT.format(77), encoding="utf-8")  # so that there is something to do

    def replace(name: str) -> None:
        if name == "01_clean":
            (raw / "a1.txt").write_text(quick_run.TEXT.format(55), encoding="utf-8")
            (raw / "a9.txt").write_text(quick_run.TEXT.format(99), encoding="utf-8")
            (raw / "a0.txt").unlink()

    quick.before = replace
    quick_run.run(raw, out)
    quick.before = lambda name: None
    documents = store.read_table(out / "processed", "documents").set_index("source_file")["sha256"]
    recorded = record(out)["inputs"]["raw"]
    assert {name: recorded[name] for name in documents.index} == documents.to_dict()
    assert documents["a1.txt"] != hashlib.sha256(own).hexdigest() and recorded["a0.txt"] == fingerprint.UNREAD
    (raw / "a1.txt").write_bytes(own)
    (raw / "a9.txt").unlink()
    for number in (0, 2):
        (raw / f"a{number}.txt").write_text(quick_run.TEXT.format(number), encoding="utf-8")
    quick_run.run(raw, out)
    assert results(out) == before
    quick.ran.clear()
    quick_run.run(raw, out)
    assert quick.ran == []


def test_a_file_that_cannot_be_read_is_no_new_work_each_time(made, quick, monkeypatch):
    raw, out = made
    real = os.open

    def refuse(path, *arguments, **keywords):
        if Path(path).name == "a1.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **keywords)

    of_file = fingerprint.of_file
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(
        fingerprint, "of_file", lambda path: refuse(path, os.O_RDONLY) if path.name == "a1.txt" else of_file(path)
    )
    assert [name for name, _ in quick_run.run(raw, out)] == ["a1.txt"]
    quick.ran.clear()
    assert [name for name, _ in quick_run.run(raw, out)] == ["a1.txt"]
    assert quick.ran == []


def test_a_kernel_that_died_is_followed_by_one_that_looks_piece_by_piece(made, quick, monkeypatch):
    raw, out = made
    seen = []
    real = notebooks.execute

    def dying(source, target, given, environment, **tell):
        seen.append((source.stem, environment.get("HELPERS_CAREFUL")))
        if source.stem == "03_tools" and len(seen) == 2:
            raise notebooks.KernelDied("03_tools: its kernel died")
        return real(source, target, given, environment, **tell)

    monkeypatch.setattr(notebooks, "execute", dying)
    quick_run.run(raw, out, only=("03_tools",), force=True)
    assert ("03_tools", "1") in seen


@pytest.mark.parametrize("command", [["export"], ["pdf"], ["sample", "-n", "2"], ["export-qda"]], ids=lambda c: c[0])
def test_tables_that_were_changed_since_are_not_passed_on(made, quick, command, capsys):
    _, out = made
    table = out / "processed" / "units.parquet"
    data = table.read_bytes()
    for change in (
        lambda: table.write_bytes(data[: len(data) // 2]),
        table.unlink,
        lambda: shutil.copy(out / "processed" / "documents.parquet", table),
    ):
        change()
        assert main([*command, "--out", str(out)]) == 2
        said = capsys.readouterr().err
        assert "units.parquet" in said and len(said.strip().splitlines()) == 1, said
        table.write_bytes(data)
    (out / "processed" / "panel.parquet").write_bytes(data)
    assert main([*command, "--out", str(out)]) == 2 and "of no run" in capsys.readouterr().err


def test_names_of_coders_are_names(made, quick, capsys):
    _, out = made
    for name in ("x" * 300, "../x", "a/b", "=1", "a\0b"):
        assert main(["sample", "-n", "2", "--coders", f"A,{name}", "--out", str(out)]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not list(out.glob("handcoding/*"))


def test_two_commands_do_not_write_at_once(made, quick, capsys):
    raw, out = made
    with Folders(raw, out).alone():
        for command in (["export"], ["report", "--raw", str(raw)]):
            assert main([*command, "--out", str(out)]) == 2
            assert "another run" in capsys.readouterr().err
    with pytest.raises(RunError), pipeline.Folders(raw, out).alone(), pipeline.Folders(raw, out).alone():
        pass
