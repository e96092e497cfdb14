"""Files that did not change are not read again; files that did are, whatever their size and date say."""

import hashlib
import os

import pytest

from helpers.pipeline import checksums, fingerprint, run
from helpers.pipeline.checksums import Checksums

OLD = 1_600_000_000 * 10**9


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(checksums, "_JUST_NOW", -(10**18))  # as if the file had been there for long
    path = tmp_path / "document.txt"
    path.write_text("甲县", encoding="utf-8")
    os.utime(path, ns=(OLD, OLD))
    return path


def remembered(file) -> Checksums:
    """Return what a second run knows."""
    first = Checksums(file.with_name("checksums.json"))
    assert first.of(file) == fingerprint.of_file(file)
    first.save()
    return Checksums(file.with_name("checksums.json"))


def test_an_unchanged_file_is_not_read_again(file, monkeypatch):
    digest, second = fingerprint.of_file(file), remembered(file)
    monkeypatch.setattr(fingerprint, "of_file", lambda _path: pytest.fail("read again"))
    assert second.of(file) == digest


@pytest.mark.parametrize("replace", [False, True], ids=["written over", "another file in its place"])
def test_other_bytes_of_the_same_size_and_date_are_seen(file, replace):
    second = remembered(file)
    target = file.with_name("new") if replace else file
    target.write_text("乙县", encoding="utf-8")
    os.utime(target, ns=(OLD, OLD))
    os.replace(target, file)
    assert second.of(file) == fingerprint.of_file(file)


@pytest.mark.parametrize(
    "written", ["", "[]", "{", '{"a": 1}', '{"a": [1, 2, 3, 4, "x"]}', '{"document": [true, 0, 0, 0, null]}']
)
def test_what_is_no_list_of_checksums_is_as_if_it_were_not_there(file, written):
    at = file.with_name("checksums.json")
    at.write_text(written, encoding="utf-8")
    assert Checksums(at).of(file) == fingerprint.of_file(file)


def test_a_file_of_this_moment_is_not_remembered(file, monkeypatch):
    monkeypatch.setattr(checksums, "_JUST_NOW", 2 * 10**9)
    file.write_text("丙县", encoding="utf-8")
    first = Checksums(file.with_name("checksums.json"))
    first.of(file)
    first.save()
    assert not file.with_name("checksums.json").exists()


def test_a_record_names_few_documents_one_by_one_and_many_by_one_checksum():
    few, many = ({"raw": {f"{i}.txt": "ab" * 32 for i in range(n)}, "gold": {"a": "b"}} for n in (5, run._NAMED + 1))
    assert run._told(few) == few
    told = run._told(many)
    assert len(told["raw"]) == 1 and told["gold"] == {"a": "b"}
    other = {**many, "raw": {**many["raw"], "0.txt": "cd" * 32}}
    assert run._told(other) != told


def test_each_of_many_files_has_its_own_checksum(tmp_path):
    texts = {f"{number:04d}.txt": f"第{number}份" for number in range(1_201)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = fingerprint.of_files(tmp_path.iterdir(), tmp_path)
    assert found == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
