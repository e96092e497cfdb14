"""What stands in an output folder of a stranger, and names that stand in files, lead nowhere else and end no run."""

import errno
import hashlib
import os
import random
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from helpers import cache, corpus, store, structure
from helpers.corpus import files, manifest
from helpers.language.reasons import said
from helpers.pipeline import fingerprint
from helpers.within import steps, within

TEXT = "平江县人民政府关于加快工业发展的意见\n支持企业技术改造。\n"
AWAY = ["../a", "a/../../b", "/etc/passwd", "\\\\host\\x", "\\x", "C:\\x", "c:x", "~/x", "~", "..", "", ".", "a/..",
        "a\\..\\..\\b", "a\0b", None, 5, ["a"], {"a": 1}, "./../x"]  # fmt: skip


@pytest.mark.parametrize("written", AWAY, ids=repr)
def test_no_name_leads_out_of_its_folder(tmp_path, written):
    assert steps(written) is None and within(tmp_path, written) is None


def test_neither_does_a_link(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x")
    assert within(tmp_path / "in", "sub/a.txt") == tmp_path / "in" / "sub" / "a.txt"
    if sys.platform != "win32":
        os.symlink(tmp_path, tmp_path / "in" / "up")
        os.symlink("round", tmp_path / "in" / "round")
        assert within(tmp_path / "in", "up/secret") is None and within(tmp_path / "in", "round/x") is None
        os.symlink("sub", tmp_path / "in" / "down")
        assert within(tmp_path / "in", "down/a") is not None


@pytest.fixture
def made(tmp_path) -> tuple[Path, Path]:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(3):
        (raw / f"a{number}.txt").write_text(f"{TEXT}建设园区{number}处。\n", encoding="utf-8")
    corpus.write(raw, tmp_path / "out" / "processed")
    return raw, tmp_path / "out" / "processed"


def parts(processed: Path) -> list[Path]:
    return sorted(path for path in processed.with_name("processed.parts").rglob("*") if path.is_file())


def signed(path: Path, body: bytes) -> bytes:
    return cache._checksum(path.name, body) + body


def stream(**columns: list) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, (table := pa.table(columns)).schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


BODIES = [
    b"", b"\n", b"{}", b"[]\n", b"5\n", b"[5]\n", b"null\n", b'[{"reason": ""}]\n', b'[{"reason": 5}]\n', b'["x", 5]\n',
    b"[" * 100_000 + b"\n", b'[{"reason": "", "document": {}, "text_hash": "x"}, "units"]\n',
    b'[{"reason": ""}, "units"]\n' + stream(unit_id=["a"]),
    b'[{"reason": "", "document": {"flags": []}, "text_hash": "x"}, "signature"]\n' + stream(bin=[1]),
    b"\xff\xfe\n", b'[{}, "a", "a"]\n',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:30].decode("latin-1"))
def test_a_part_that_is_signed_but_no_part_is_made_again(made, body):
    raw, processed = made
    before = fingerprint.of_folder(processed)
    for path in parts(processed):
        path.write_bytes(signed(path, body))
    assert corpus.write(raw, processed).n_made == 3
    assert fingerprint.of_folder(processed) == before


def test_any_damage_of_parts_is_made_good(made):
    """Bytes changed, cut, folders and links in their place: the same tables, and no file of somebody else is touched."""
    raw, processed = made
    before, generator = fingerprint.of_folder(processed), random.Random(20250101)
    foreign = processed.with_name("processed.parts") / "clean" / "mine" / "thesis.docx"
    foreign.parent.mkdir()
    foreign.write_bytes(b"mine")
    for turn in range(12):
        path = generator.choice([path for path in parts(processed) if path != foreign])
        data = path.read_bytes()
        match turn % 4:
            case 0:
                path.write_bytes(data[: generator.randrange(len(data))])
            case 1:
                path.write_bytes(bytes(byte ^ (generator.random() < 0.01) for byte in data))
            case 2:
                path.unlink()
                (path / "deep").mkdir(parents=True)
            case 3 if sys.platform != "win32":
                path.unlink()
                path.symlink_to(foreign)
        corpus.write(raw, processed)
        assert fingerprint.of_folder(processed) == before and foreign.read_bytes() == b"mine"


def test_a_folder_or_file_that_cannot_be_opened_is_set_aside(made, monkeypatch):
    raw, processed = made
    (raw / "locked").mkdir()
    real, real_open = os.scandir, os.open

    def refuse(kind, name):
        def call(path, *arguments, **keywords):
            if Path(path).name == name:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return kind(path, *arguments, **keywords)

        return call

    monkeypatch.setattr(os, "scandir", refuse(real, "locked"))
    monkeypatch.setattr(os, "open", refuse(real_open, "a1.txt"))
    built = corpus.build(raw)
    assert built.documents["source_file"].tolist() == ["a0.txt", "a2.txt"]
    reasons = dict(built.quarantine[["source_file", "reason"]].itertuples(index=False, name=None))
    assert set(reasons) == {"locked", "a1.txt"} and all("permissions" in reason for reason in reasons.values())


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_a_file_that_became_a_pipe_is_no_wait(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(OSError, match="not a regular file"):
        files.read_regular(tmp_path / "a.txt", 100)


def test_thousands_of_missing_files_are_one_sentence(tmp_path):
    rows = "\n".join(f"gone{number}.txt" for number in range(20_000))
    (tmp_path / "corpus.csv").write_text(f"path\n{rows}\n" + "../x\n" * 2_000, encoding="utf-8")
    found = manifest.read_manifest(tmp_path)
    missing = manifest.missing_files(found, set())
    assert len(missing) == 1 and "20,000 rows" in said(missing[0][1], "en")
    assert len(found.problems) <= 1_001 and "more rows" in said(found.problems[-1][1], "en")


@pytest.mark.parametrize("cell", ["²0²0", "9" * 5000, "２０２０", "-1", "1e3", "0x10", "٢٠٢٠"])
def test_odd_digits_in_a_manifest_end_nothing(tmp_path, cell):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "corpus.csv").write_text(f"path,bytes,year\na.txt,{cell},{cell}\n", encoding="utf-8")
    built = corpus.build(tmp_path)
    assert len(built.documents) + len(built.quarantine) == 1


def test_a_manifest_is_known_by_the_bytes_that_were_read(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "corpus.csv").write_text("path\n", encoding="utf-8")
    digest = hashlib.sha256(b"path\n").hexdigest()
    assert corpus.read_manifest(raw).digest == ("corpus.csv beside the folder", digest)
    (raw / "corpus.csv").write_bytes(b"path\n")
    assert corpus.read_manifest(raw).digest == ("corpus.csv", digest)


@pytest.mark.parametrize("text", ["\ud800湘阴县人民政府关于\udc00的意见\n2017年3月1日", "\ud83d", "甲\udfff县\n乙"])
def test_halves_of_characters(text):
    found = structure.metadata(text, "x\ud800.txt")
    assert found["year"] in (None, 2017)
    structure.outline(text)


FORMULAS = ["=1+1", "+x", "-x", "@x", "＝1+1", "＋x", "－x", "＠x", " =1", "\u3000=1", "\xa0＝1", "\t=1", "\ufeff=1",
            "\u200b@x", "  \u3000＋x", "\n=1", "\r=1", "\tx", "−x",
            "\xad=1", "\u200e=1", "\u202d=1", "\u2066＝1", "\u180e@x", "\x7f=1", "\x85=1"]  # fmt: skip


def test_no_cell_starts_a_formula(tmp_path):
    plain = ["-5", "+3.5%", "x=1", "", " x"]
    frame = pd.DataFrame({"a": FORMULAS, "b": pd.Series(FORMULAS, dtype="str"), "c": plain + ["y"] * (len(FORMULAS) - 5)})
    store.write_csv(tmp_path / "a.csv", frame)
    back = pd.read_csv(tmp_path / "a.csv", dtype=str, keep_default_na=False)
    assert all(cell.startswith("'") for column in "ab" for cell in back[column])
    assert len(back) == len(frame)
    assert back["c"].tolist()[:5] == ["-5", "+3.5%", "x=1", "", " x"]
    assert [store.harmless(cell)[0] for cell in FORMULAS] == ["'"] * len(FORMULAS)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.parametrize("mask", [0o077, 0o022, 0o002])
def test_files_keep_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        store.write_text(tmp_path / "a.txt", "x")
        store.write_csv(tmp_path / "a.csv", pd.DataFrame({"a": [1]}))
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o666 & ~mask}
