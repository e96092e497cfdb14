"""Reads files in a child process with limits of memory and time: what ends the reader ends no run.

Libraries for binary formats can be led to take all memory, to abort or never to come back, which no exception tells. One child
serves a process for all its files; after a death the next file gets a new one. Frames of bytes and JSON go to and fro, no
pickles. Windows cannot limit memory in this way: there only the time is limited.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from threading import Event, Lock, Timer
from typing import Any, BinaryIO, Literal, get_args, get_origin, get_type_hints

from helpers.corpus.blocks import Content, Stopped, Unreadable

MEMORY = 1024 * 2**20  # bytes that the child may take beyond what it takes when it starts
SECONDS = 120  # for one file, by the clock and of processor time
_ANSWER = 512 * 2**20  # bytes; 20 million characters as JSON are a quarter of it


class _Child:
    """The reading process of this process, or none yet."""

    def __init__(self):
        self._process: subprocess.Popen | None = None
        self._owner = self._n_read = 0
        self._lock = Lock()

    def ask(self, data: bytes, suffix: str) -> Content:
        """Return what the child read; a death of a child that had read other files before says nothing about this one."""
        with self._lock:
            reused = self._start()
            answer, late = self._answer(data, suffix)
            if answer is None and reused and not late:
                self._start()
                answer, late = self._answer(data, suffix)
        if answer is None:
            raise Stopped("took_time", seconds=SECONDS) if late else Stopped("took_memory", mb=MEMORY // 2**20)
        said = json.loads(answer)
        if "reason" in said:
            raise Unreadable(said["reason"])
        return unpacked(Content, said["content"])

    def _answer(self, data: bytes, suffix: str) -> tuple[bytes | None, bool]:
        """Return the child's answer, None when it died (it is then gone), and whether that was for its time."""
        process, late = self._process, Event()

        def end() -> None:
            late.set()
            process.kill()

        def clock() -> Timer:
            timer = Timer(SECONDS, end)
            timer.daemon = True
            timer.start()
            return timer

        timer = clock()
        answer = None
        try:
            _send(process.stdin, suffix.encode("ascii", "replace"))
            _send(process.stdin, data)
            while (answer := _receive(process.stdout, _ANSWER)) == b"":
                timer.cancel()
                timer = clock()
        except OSError:
            pass  # it died while it was written to
        finally:
            timer.cancel()
            self._n_read += 1
            if answer is None:
                process.kill()
                process.communicate()
                self._process = None
        return answer, late.is_set() or process.returncode == -_CPU_SIGNAL

    def _start(self) -> bool:
        """Start a child where there is none; return whether there was one that had read files."""
        if self._process and self._owner == os.getpid() and self._process.poll() is None:
            return self._n_read > 0
        serving = f"isolated.serve(readers.read_here, {MEMORY}, {SECONDS})"
        command = [sys.executable, "-c", f"from helpers.corpus import isolated, readers; {serving}"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=-1,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self._owner, self._n_read = os.getpid(), 0
        return False


_CHILD = _Child()
_CPU_SIGNAL = 24  # SIGXCPU


def read(data: bytes, suffix: str) -> Content:
    """Read a file in the child; raise Unreadable as the reader there does, Stopped when the child had to be ended or died."""
    return _CHILD.ask(data, suffix)


_more: Callable[[int], None] | None = None  # in the child: what `allow_more` does


def allow_more(memory: int) -> None:
    """Give the file that is being read its time again and this much more memory (bytes): for each page that is recognised."""
    if _more:
        _more(memory)


def serve(read_file: Callable[[bytes, str], Content], memory: int, seconds: float) -> None:
    """Be the child: answer one file after the other with what `read_file` makes of it, until the parent is gone."""
    channel_in, channel_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)  # what a library prints is no answer
    start = _limit_memory(memory)

    def more(beyond: int) -> None:
        with suppress(ImportError, OSError, ValueError):
            import resource

            _lower(resource.RLIMIT_AS, start + memory + beyond)
        _limit_time(seconds)
        _send(channel_out, b"")  # the parent's clock begins anew

    global _more
    _more = more
    while (suffix := _receive(channel_in, 100)) is not None:
        data = _receive(channel_in, 2**40)
        if data is None:
            return
        _limit_time(seconds)
        try:
            said = {"content": packed(read_file(data, suffix.decode("ascii")))}
        except Unreadable as reason:
            said = {"reason": reason.coded}
        except MemoryError:
            os._exit(1)
        _send(channel_out, json.dumps(said).encode("ascii"))


def _limit_memory(memory: int) -> int:
    """Limit the memory beyond what is taken now; return that, in bytes (0 where it is not known)."""
    with suppress(ImportError, OSError, ValueError):  # not on this system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, taken + memory)
        return taken
    return 0


def _limit_time(seconds: float) -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)


def _lower(kind: int, wanted: int) -> None:
    """Set a soft limit, below the hard one that is there."""
    import resource

    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _send(channel: BinaryIO, data: bytes) -> None:
    channel.write(len(data).to_bytes(8, "big"))
    channel.write(data)
    channel.flush()


def _receive(channel: BinaryIO, largest: int) -> bytes | None:
    """Return the next frame, None when the other side is gone or the frame is larger than it may be."""
    head = channel.read(8)
    size = int.from_bytes(head, "big")
    if len(head) < 8 or size > largest:
        return None
    data = channel.read(size)
    return data if len(data) == size else None


def packed(value: Any) -> Any:
    """Return what a reader returned (dataclasses, tuples, texts, numbers) as JSON holds it: records as lists of their fields."""
    if is_dataclass(value):
        return [packed(getattr(value, field.name)) for field in fields(value)]
    return [packed(item) for item in value] if isinstance(value, tuple | list) else value


def unpacked(kind: Any, value: Any) -> Any:
    """Return a value of the annotated type `kind` from what `packed` made of it."""
    if value is None:
        return None
    if isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, tuple)) and (kinds := _kinds(kind)):
        return kind(*map(unpacked, kinds, value))
    options = get_args(kind)
    if get_origin(kind) is tuple:
        return tuple(unpacked(options[0], item) for item in value) if options[-1] is ... else tuple(map(unpacked, options, value))
    return unpacked(options[0], value) if options and get_origin(kind) is not Literal else value


@cache
def _kinds(kind: type) -> list[Any]:
    """Return the types of a record's fields."""
    return list(get_type_hints(kind).values())
