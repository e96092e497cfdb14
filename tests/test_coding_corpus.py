"""A whole corpus coded: the codes of `code_units`, whoever does the work and whatever was remembered."""

import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from helpers import cache, codebook, coding, corpus, segment, store
from helpers.coding import corpus as coded
from helpers.pipeline import fingerprint


@pytest.fixture(scope="module")
def books():
    return [codebook.load(f"data/codebook/{name}.yml") for name in ("policy_tools", "value_chain")]


@pytest.fixture(scope="module")
def labelled() -> pd.DataFrame:
    """A few hundred of the shipped units: enough to learn from, quick to learn."""
    return coding.read_labelled().sample(300, random_state=3).reset_index(drop=True)


@pytest.fixture
def raw(tmp_path, invented_corpus, labelled):
    """The invented documents, and one that holds labelled sentences."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for path in invented_corpus.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "labelled.txt").write_text("平江县办法\n一、总则\n" + "\n".join(labelled["text"].head(40)), encoding="utf-8")
    return folder


def code(raw, out, books, labelled=None, n_jobs=1) -> coded.Written:
    corpus.write(raw, out, n_jobs=1)
    return coding.write(out, *books, labelled, seed=1, n_jobs=n_jobs)


def left(folder) -> tuple[dict[str, str], list[str]]:
    """Return the checksums of the tables and the names of the parts that a run left."""
    return fingerprint.of_folder(folder / "processed"), sorted(p.name for p in (folder / "processed.parts").rglob("*"))


@pytest.mark.parametrize("method", ["learned", "linear", "rules"])
def test_the_codes_are_those_of_code_units(raw, tmp_path, books, labelled, method):
    out = tmp_path / "out" / "processed"
    corpus.write(raw, out)
    written = coding.write(out, *books, labelled, seed=1, method=method)
    units = store.read_table(out, "units")
    codes, unit_tools = coding.code_units(units, books[0], labelled, seed=1, method=method)
    for name, frame in (
        ("codes", codes),
        ("unit_tools", unit_tools),
        ("unit_stages", coding.unit_stages(units, codes, books[1])),
    ):
        pd.testing.assert_frame_equal(store.read_table(out, name), store.write_table(tmp_path / "whole", name, frame))
    alone = coding.code_units(units, books[0], method="rules")[1].assign(coder="rules")
    rules = store.read_table(out, "other_tools")
    assert len(rules) == (0 if method == "rules" else len(alone)) == written.n_rows["other_tools"]
    assert written.n_asked == (len(units) if method == "learned" else 0)
    if method != "rules":
        assert {method, "cross-fitted"} == set(codes["coder"])
        pd.testing.assert_frame_equal(rules, store.write_table(tmp_path / "whole", "other_tools", alone[rules.columns]))
    assert len(store.read_table(out, "coding_table")) == len(units) == written.n_units
    left_out = store.read_table(out, "left_out_codes").set_index("labelled_unit")
    if method != "rules":
        codes, unit_tools = coding.leave_one_out(labelled, books[0], seed=1, method=method)
        assert left_out["statement"].to_dict() == codes.set_index("unit_id")["statement"].to_dict()
        assert left_out["tools"].str.split(";").explode().ne("").sum() == len(unit_tools)
    else:
        assert left_out.empty


def test_only_what_is_new_is_coded(raw, tmp_path, books, monkeypatch):
    monkeypatch.setattr(store, "_GROUP", 10)  # several row groups
    out = tmp_path / "out" / "processed"
    n_documents = len(list(raw.iterdir()))
    assert code(raw, out, books).n_made == n_documents
    assert code(raw, out, books).n_made == 0
    (raw / "new.txt").write_text("平江县通知\n建设物流园区。", encoding="utf-8")
    assert code(raw, out, books).n_made == 1
    parts = (path for path in (out.with_name("processed.parts") / "codes").rglob("*") if path.is_file())
    part = max(parts, key=lambda path: (path.stat().st_size, path.name))  # a document's; the one of left-out codes is empty here
    part.write_bytes(part.read_bytes()[:100])
    assert code(raw, out, books).n_made == 1
    code(raw, tmp_path / "fresh" / "processed", books)
    assert left(out.parent) == left(tmp_path / "fresh")


def test_packed_codes_are_remembered_as_others_are(raw, tmp_path, books, monkeypatch):
    monkeypatch.setattr(coded, "PACKED", 2)
    for number in range(9):
        (raw / f"more{number}.txt").write_text(f"平江县意见\n建设园区{number}处。" * 9, encoding="utf-8")
    monkeypatch.setattr(store, "_GROUP", 40)
    out = tmp_path / "out" / "processed"
    n_documents = code(raw, out, books).n_made
    packs = list((out.with_name("processed.parts") / "codes" / cache._PACKS).iterdir())
    assert 0 < len(packs) < n_documents
    assert code(raw, out, books).n_made == 0
    (raw / "new.txt").write_text("平江县通知\n建设物流园区。", encoding="utf-8")
    assert code(raw, out, books).n_made == 1
    packs[0].write_bytes(packs[0].read_bytes()[:100])
    assert 1 < code(raw, out, books).n_made < n_documents
    code(raw, tmp_path / "fresh" / "processed", books)
    assert fingerprint.of_folder(out) == fingerprint.of_folder(tmp_path / "fresh" / "processed")


def test_new_labelled_sentences_concern_those_that_were_left_out_by_folds(raw, tmp_path, books, labelled):
    out = tmp_path / "out" / "processed"
    code(raw, out, books, labelled)
    # an invented sentence that was in every fit so far is now coded without itself
    invented = labelled.loc[labelled["set"] == "invented", "text"].iloc[-1]
    (raw / "new.txt").write_text(f"平江县通知\n{invented}", encoding="utf-8")
    assert code(raw, out, books, labelled).n_made == 2  # the new one and labelled.txt
    code(raw, tmp_path / "fresh" / "processed", books, labelled)
    assert left(out.parent) == left(tmp_path / "fresh")


def test_of_many_units_the_encoder_reads_the_least_sure(raw, tmp_path, books, labelled, monkeypatch):
    monkeypatch.setattr(store, "_GROUP", 10)
    out = tmp_path / "out" / "processed"
    corpus.write(raw, out, n_jobs=1)
    all_read = coding.write(out, *books, labelled, seed=1, n_jobs=1, method="learned:all")
    together = store.read_table(out, "codes")
    few = coding.write(out, *books, labelled, seed=1, n_jobs=1, method="learned:7")
    codes = store.read_table(out, "codes")
    assert all_read.n_asked == few.n_units and few.n_asked == 7
    assert (codes["coder"] == "linear").sum() >= few.n_units - 7 - (codes["coder"] == "cross-fitted").sum() > 0
    assert coding.write(out, *books, labelled, seed=1, n_jobs=1, method="learned:7").n_made == 0  # remembered
    coding.write(out, *books, labelled, seed=1, n_jobs=1, method="linear")
    linear = store.read_table(out, "codes")
    changed = (codes["statement_score"] != linear["statement_score"]).to_numpy()
    assert 0 < changed.sum() <= 7 and (codes[changed]["statement_score"] == together[changed]["statement_score"]).all()
    for wrong in ("learned:most", "learned:", "linear:7"):
        with pytest.raises(ValueError, match="a whole number of units, or all"):
            coding.write(out, *books, labelled, method=wrong)


def test_another_codebook_or_seed_remembers_nothing(raw, tmp_path, books):
    out = tmp_path / "processed"
    n_documents = code(raw, out, books).n_made
    assert coding.write(out, *books, seed=2).n_made == n_documents
    assert coding.write(out, books[0], books[0], seed=2).n_made == n_documents


def test_another_lexicon_remembers_nothing(raw, tmp_path, books, monkeypatch):
    n_documents = code(raw, tmp_path / "processed", books).n_made
    own = segment.default_lexicon()
    monkeypatch.setattr(coded, "default_lexicon", lambda: replace(own, words={**own.words, "一个新词": "policy"}))
    assert code(raw, tmp_path / "processed", books).n_made == n_documents


def test_two_workers_give_the_same_bytes(raw, tmp_path, books, labelled, monkeypatch):
    monkeypatch.setattr(store, "_GROUP", 10)
    for n_jobs in (1, 2):
        code(raw, tmp_path / str(n_jobs) / "processed", books, labelled, n_jobs)
    assert left(tmp_path / "1") == left(tmp_path / "2")


def test_a_corpus_without_documents(tmp_path, books, labelled):
    (tmp_path / "raw").mkdir()
    written = code(tmp_path / "raw", tmp_path / "processed", books, labelled)
    assert (written.n_units, written.n_made) == (0, 0) and not any(written.n_rows.values())


def test_a_long_table_is_no_file_for_a_spreadsheet(raw, tmp_path, books, monkeypatch):
    out = tmp_path / "processed"
    code(raw, out, books)
    assert (out / "coding_table.csv").exists()
    monkeypatch.setattr(store, "CSV_ROWS", 3)
    coding.write(out, *books)
    assert not (out / "coding_table.csv").exists() and len(store.read_table(out, "coding_table")) > 3


def test_all_code_that_makes_a_part_is_in_its_name():
    code = "import sys; from helpers.coding import coder; from helpers.codebook import load; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("helpers.")}
    assert rooms <= {room.partition("/")[0].partition(".")[0] for room in coded.ROOMS}
