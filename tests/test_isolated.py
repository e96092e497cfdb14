"""What ends a reader ends no run: its child process dies, the file has a sentence, the next file is read."""

import os
import signal
import sys
from dataclasses import dataclass
from typing import Literal, NamedTuple

import hostile_binary
import pytest

from helpers import corpus
from helpers.corpus import blocks, isolated, readers

GOOD = hostile_binary.word("平江县人民政府关于加快工业发展的意见", "支持企业技术改造。")
limits_memory = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")


@limits_memory
@pytest.mark.parametrize("data", [hostile_binary.drawn_by_itself(), hostile_binary.nested_forms(9, 12)], ids=["itself", "nested"])
def test_a_file_that_takes_all_memory_is_set_aside_and_the_next_is_read(tmp_path, monkeypatch, data):
    monkeypatch.setattr(isolated, "MEMORY", 300 * 2**20)  # sooner there
    monkeypatch.setattr(isolated, "_CHILD", isolated._Child())
    (tmp_path / "bad.pdf").write_bytes(data)
    (tmp_path / "good.docx").write_bytes(GOOD)
    made = corpus.build(tmp_path)
    assert made.documents["source_file"].tolist() == ["good.docx"]
    [[name, reason, _]] = made.quarantine.values.tolist()
    assert name == "bad.pdf" and "MB" in reason and "\n" not in reason


def test_a_file_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(isolated, "SECONDS", 0.5)
    with pytest.raises(blocks.Stopped, match=r"longer than 0\.5 seconds"):
        readers.read(hostile_binary.nested_forms(20, 3), ".pdf")
    monkeypatch.undo()
    assert "技术改造" in readers.read(GOOD, ".docx").text


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_one_child_reads_all_and_a_child_that_was_killed_is_replaced():
    readers.read(GOOD, ".docx")
    first = isolated._CHILD._process.pid
    readers.read(GOOD, ".docx")
    assert isolated._CHILD._process.pid == first
    os.kill(first, signal.SIGKILL)  # by the system, say: no fault of the next file
    assert "技术改造" in readers.read(GOOD, ".docx").text
    assert isolated._CHILD._process.pid != first


def test_what_stopped_is_tried_again_another_time(tmp_path, monkeypatch):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "good.docx").write_bytes(GOOD)
    calls = []

    def stopped(data, suffix):
        calls.append(suffix)
        raise blocks.Stopped("took_time", seconds=120)

    monkeypatch.setattr(isolated, "read", stopped)
    for _ in range(2):
        assert corpus.write(tmp_path / "raw", tmp_path / "processed").n_set_aside == 1
    assert len(calls) == 2
    monkeypatch.undo()
    assert corpus.write(tmp_path / "raw", tmp_path / "processed").n_documents == 1


def test_bad_files_say_in_the_child_what_they_say_here():
    with pytest.raises(blocks.Unreadable, match="broken") as error:
        readers.read(GOOD[: len(GOOD) // 2], ".docx")
    assert not isinstance(error.value, blocks.Stopped)


class Pair(NamedTuple):
    a: int
    b: str


@dataclass(frozen=True)
class Inner:
    kind: Literal["x", "y"]
    cells: tuple[str, ...] = ()
    pair: Pair | None = None


@dataclass(frozen=True)
class Outer:
    text: str
    parts: tuple[Inner, ...]
    pairs: tuple[Pair, ...] = ()


def test_records_come_through_the_channel_as_they_were():
    value = Outer("半\ud800", (Inner("x", ("一", ""), Pair(1, "b")), Inner("y")), (Pair(2, "c"),))
    assert isolated.unpacked(Outer, isolated.packed(value)) == value
