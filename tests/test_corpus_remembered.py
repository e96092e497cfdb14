"""What has been read is not read again, whatever happened in between: the tables are those of a first run, byte for byte."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import cache, corpus, store
from helpers.corpus import remember
from helpers.pipeline import fingerprint
from helpers.repair import misprints

WORDS = ["支持企业技术改造", "建设园区标准厂房", "到2025年培育规模以上企业", "设立产业引导基金", "引进高层次人才", "优化营商环境"]


@pytest.fixture
def raw(tmp_path) -> Path:
    """Twenty short documents, one file that is no document, and no manifest."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for number in range(20):
        lines = [f"平江县第{number}号方案", "一、主要任务", *(f"{word}{number}项。" for word in WORDS)]
        (folder / f"d{number:02d}.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "english.txt").write_text("no Chinese at all", encoding="utf-8")
    return folder


@pytest.fixture
def out(raw, tmp_path) -> Path:
    corpus.write(raw, tmp_path / "out" / "processed")
    return tmp_path / "out"


def fresh(raw: Path, folder: Path) -> dict[str, str]:
    """Return the checksums of everything, parts included, that a first run leaves."""
    corpus.write(raw, folder / "processed")
    return fingerprint.of_folder(folder)


def files(out: Path) -> list[Path]:
    return sorted(path for path in (out / "processed.parts").rglob("*") if path.is_file())


def test_an_unchanged_folder_is_no_work(raw, out, tmp_path):
    assert corpus.write(raw, out / "processed").n_made == 0
    assert fingerprint.of_folder(out) == fresh(raw, tmp_path / "fresh")


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_only_what_is_new_is_worked_on(raw, out, tmp_path, n_jobs):
    (raw / "d03.txt").write_text("平江县意见\n一、总则\n发展装备制造业。", encoding="utf-8")
    (raw / "new.txt").write_text("平江县通知\n建设物流园区。", encoding="utf-8")
    (raw / "d07.txt").unlink()
    written = corpus.write(raw, out / "processed", n_jobs=n_jobs)
    assert (written.n_made, written.n_documents, written.n_set_aside) == (2, 20, 1)
    assert fingerprint.of_folder(out) == fresh(raw, tmp_path / "fresh")  # and what is gone has left no part


def test_a_row_in_the_manifest_is_no_work_but_counts(raw, out):
    (raw / "corpus.csv").write_text("path,county,year\nd05.txt,湘阴县,2019\n", encoding="utf-8")
    assert corpus.write(raw, out / "processed").n_made == 0
    documents = corpus.build(raw).documents.set_index("doc_id")
    assert documents.at["d05", "county"] == "湘阴县" and documents.at["d05", "county_source"] == "manifest"


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data[:-30] + b"x" * 30])
def test_a_damaged_part_is_made_again(raw, out, tmp_path, damage):
    for path in files(out)[:2]:
        path.write_bytes(damage(path.read_bytes()))
    assert corpus.write(raw, out / "processed").n_made == 2
    assert fingerprint.of_folder(out) == fresh(raw, tmp_path / "fresh")


def test_stopped_half_way_it_goes_on(raw, tmp_path, monkeypatch):
    done = []

    def stop(self, key, part, write=cache.Parts.write):
        if len(done) == 9:
            raise OSError(28, "No space left on device")
        done.append(key)
        write(self, key, part)

    with monkeypatch.context() as patch:
        patch.setattr(cache.Parts, "write", stop)
        with pytest.raises(OSError, match="No space left"):
            corpus.write(raw, tmp_path / "out" / "processed")
    assert not (tmp_path / "out" / "processed").exists()  # no half table
    assert corpus.write(raw, tmp_path / "out" / "processed").n_made == 21 - 9
    assert fingerprint.of_folder(tmp_path / "out") == fresh(raw, tmp_path / "fresh")


@pytest.fixture
def forgetful(monkeypatch):
    """Let the checksum of what records come from be taken anew, before and after."""
    remember._mark.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    remember._mark.cache_clear()


def test_an_edited_list_of_misprints_is_noticed(raw, out, tmp_path, forgetful):
    edited = tmp_path / "misprints.yml"
    edited.write_text(misprints.LIST.read_text(encoding="utf-8") + "# one more\n", encoding="utf-8")
    forgetful.setattr(misprints, "LIST", edited)
    assert corpus.write(raw, out / "processed").n_made == 21


def test_other_code_remembers_nothing(raw, out, forgetful):
    forgetful.setattr(remember, "ROOMS", ("corpus",))
    assert corpus.write(raw, out / "processed").n_made == 21


def test_all_code_that_makes_a_part_is_in_its_name():
    code = "import sys; from helpers.corpus import html, docx, pdf, remember; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("helpers.")}
    assert rooms <= {room.partition("/")[0].partition(".")[0] for room in remember.ROOMS}


def test_samples_are_thinned_alike_in_any_order():
    import numpy as np

    from helpers.corpus.near_duplicates import Fingerprint, Fingerprints

    generator = np.random.default_rng(1)
    hashes = {str(n): np.unique(generator.integers(0, 2**61, 300, dtype=np.uint64)) for n in range(9)}
    held = []
    for names in (sorted(hashes), sorted(hashes, reverse=True)):
        held_now = Fingerprints(most=1000)
        for name in names:
            held_now.add(name, Fingerprint(hashes[name], np.zeros(129, np.uint32)))
        held.append(held_now.samples(sorted(hashes)))
    assert 300 < sum(map(len, held[0])) <= 1000
    assert all((a == b).all() for a, b in zip(*held, strict=True))


@pytest.fixture
def packed(monkeypatch):
    """Let the parts of a corpus of four documents lie many in a file, as those of a large one do."""
    for name, value in (("PACKED", 4), ("_LEAST", 6), ("_AT_ONCE", 1)):
        monkeypatch.setattr(sys.modules["helpers.corpus.build"], name, value)


def tables(out: Path) -> dict[str, str]:
    return fingerprint.of_folder(out / "processed")


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_packed_parts_are_remembered_as_others_are(raw, tmp_path, packed, n_jobs):
    out, processed = tmp_path / "out", tmp_path / "out" / "processed"
    assert corpus.write(raw, processed, n_jobs=n_jobs).n_made == 21
    assert len(files(out)) == 4  # of 21 parts
    built = corpus.build(raw).documents
    pd.testing.assert_frame_equal(store.read_table(processed, "documents"), built.round(6))
    assert corpus.write(raw, processed, n_jobs=n_jobs).n_made == 0
    (raw / "d03.txt").write_text("平江县意见\n一、总则\n发展装备制造业。", encoding="utf-8")
    (raw / "d07.txt").unlink()
    assert corpus.write(raw, processed, n_jobs=n_jobs).n_made == 1
    corpus.write(raw, tmp_path / "fresh" / "processed")
    assert tables(out) == tables(tmp_path / "fresh")
    kept = [name for path in files(out) for name in names_in(path)]
    assert len(kept) == len(set(kept)) == 20  # what is gone or has changed has left no part


def names_in(path: Path) -> list[str]:
    return [name for name, *_ in cache._contents(path)] if path.parent.name == cache._PACKS else [path.name]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-30] + b"x" * 30,
        lambda data: b"[]\n" + data,
        lambda data: b'[["' + b"a" * 40 + b'", -5]]\n',
        lambda data: b'[["' + b"a" * 40 + b'", 1e999]]\n',
        lambda data: b"[" * 100_000,
    ],
)
def test_a_damaged_pack_is_made_again(raw, tmp_path, packed, damage):
    out, processed = tmp_path / "out", tmp_path / "out" / "processed"
    corpus.write(raw, processed)
    first = files(out)[0]
    first.write_bytes(damage(first.read_bytes()))
    assert 0 < corpus.write(raw, processed).n_made <= 6
    assert corpus.write(raw, processed).n_made == 0
    kept = [name for path in files(out) for name in names_in(path)]
    assert len(kept) == len(set(kept)) == 21
    corpus.write(raw, tmp_path / "fresh" / "processed")
    assert tables(out) == tables(tmp_path / "fresh")
