"""What is remembered is believed only when it is whole and belongs to its name."""

import pyarrow as pa
import pytest

from helpers import cache

PART = cache.Part(
    {"year": 2019, "flags": ["存疑"], "nothing": None}, {"rows": pa.table({"text": ["支持企业。", None]}), "none": pa.table({})}
)
KEY = cache.key("a", b"b")


@pytest.fixture
def folder(tmp_path) -> cache.Parts:
    return cache.Parts.of(tmp_path / "processed", "clean")


def file_of(folder: cache.Parts):
    return next(path for path in folder.folder.rglob("*") if path.is_file())


def test_a_part_comes_back_as_it_was(folder):
    assert folder.read(KEY) is None
    folder.write(KEY, PART)
    back = folder.read(KEY)
    assert back.facts == PART.facts and back.tables["rows"].equals(PART.tables["rows"]) and list(back.tables) == ["rows", "none"]


@pytest.mark.parametrize("cut", [0, 3, 16, 40, -1])
def test_a_part_cut_short_is_not_believed(folder, cut):
    folder.write(KEY, PART)
    path = file_of(folder)
    path.write_bytes(path.read_bytes()[:cut])
    assert folder.read(KEY) is None


def test_neither_is_one_with_a_changed_byte_or_under_another_name(folder):
    folder.write(KEY, PART)
    path = file_of(folder)
    data = bytearray(path.read_bytes())
    other = cache.key("other")
    (folder.folder / other[:2]).mkdir(exist_ok=True)
    (folder.folder / other[:2] / other).write_bytes(data)
    assert folder.read(other) is None
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert folder.read(KEY) is None


def test_only_what_is_kept_stays(folder):
    folder.write(KEY, PART)
    folder.write(cache.key("stale"), PART)
    (folder.folder / KEY[:2] / f".{KEY}.1.partial").write_bytes(b"half")
    folder.sweep([KEY])
    assert [path.name for path in folder.folder.rglob("*") if path.is_file()] == [KEY]
    assert folder.read(KEY) is not None


def test_names_tell_pieces_apart():
    assert cache.key("ab", "c") != cache.key("a", "bc") != cache.key("abc")
    assert cache.mark(("repair",), ("pandas",)) != cache.mark(("repair", "store.py"), ("pandas",))
