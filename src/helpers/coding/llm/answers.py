"""Answers of models, kept for ever: one file to which lines are only added, each with its checksum.

A line is a JSON object, a tab and the first 16 digits of its SHA-256. It says what was asked (key: model, temperature, prompt,
unit and its context), the codes or the fault, when it came, by which version of the model and for how many tokens. A line that
was cut or changed is passed over, so files may be cut, copied and put one behind the other: of several answers to one
question the earliest counts, wherever it stands.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from filelock import FileLock

from helpers.coding.llm.check import FAULTS, Coded
from helpers.coding.llm.settings import ModelError

ATTEMPTS = 2  # in company, and once more alone
_LONGEST = 1 << 20  # bytes of a line


@dataclass(frozen=True)
class Answer:
    """One answer about one unit. Tokens are the unit's part of its request's; `version` is what the endpoint calls its model."""

    key: str
    model: str
    temperature: float
    prompt: str
    unit: str
    statement: str
    tools: tuple[str, ...]
    evidence: str
    fault: str
    attempt: int
    asked: str
    version: str
    tokens_in: float
    tokens_out: float

    @property
    def coded(self) -> Coded:
        return Coded(self.statement, self.tools, self.evidence, self.fault)

    def line(self) -> bytes:
        """Return the answer as it is kept."""
        said = json.dumps(asdict(self), ensure_ascii=True, sort_keys=True).encode()
        return said + b"\t" + _sum(said) + b"\n"


_TYPES = {f.name: (float, int) if f.type is float else (list,) if f.name == "tools" else (f.type,) for f in fields(Answer)}


def _sum(said: bytes) -> bytes:
    return hashlib.sha256(said).hexdigest()[:16].encode()


def key(model: str, temperature: float, prompt: str, item: dict) -> str:
    """Return the key of a question: the unit's id is none of it, so that the same unit in another folder is not asked again."""
    asked = [model, float(temperature), prompt, {name: value for name, value in item.items() if name != "id"}]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()[:32]


class Answers:
    """The answers of one file (or of all files of a folder), read when first asked, and again what was added since."""

    def __init__(self, path: Path):
        self.path, self.n_damaged = path, 0
        self._good: dict[str, Answer] = {}
        self._faulty: dict[str, Answer] = {}
        self._at: dict[Path, int] = {}

    def refresh(self) -> "Answers":
        """Read what was added since the last time."""
        files = sorted(p for p in self.path.rglob("*") if p.is_file()) if self.path.is_dir() else [self.path]
        for path in files:
            if path.is_file():
                self._read(path)
        return self

    def _read(self, path: Path) -> None:
        try:
            with open(path, "rb") as file:
                file.seek(self._at.get(path, 0))
                while line := file.readline(_LONGEST):
                    if not line.endswith(b"\n"):
                        if parsed(line):
                            self._take(line)  # whole but for its end
                        break  # half written yet, or cut off
                    self._at[path] = file.tell()
                    self._take(line)
        except OSError as error:
            raise ModelError(f"{path}: answers cannot be read ({error.strerror}); check its permissions") from None

    def _take(self, line: bytes) -> None:
        found = parsed(line)
        if found is None:
            self.n_damaged += bool(_plain(line).strip())
            return
        kept = self._faulty if found.fault else self._good
        before = kept.get(found.key)
        if before is None or _rank(found) < _rank(before):
            kept[found.key] = found

    def get(self, key: str) -> Answer | None:
        """Return the answer to a question, a faulty one where there is no other."""
        return self._good.get(key) or self._faulty.get(key)

    def settled(self, key: str) -> bool:
        """Tell whether a question is not asked again: it was answered, or answered badly as often as it is asked."""
        found = self.get(key)
        return found is not None and (not found.fault or found.attempt >= ATTEMPTS)

    def knows(self, prompt: str) -> bool:
        """Tell whether any question with this prompt was answered."""
        return any(answer.prompt == prompt for answer in self._good.values())

    def __len__(self) -> int:
        return len(self._good.keys() | self._faulty.keys())

    def add(self, answers: Iterable[Answer]) -> None:
        """Add answers behind what is there, on the disk before this returns; whatever a killed run left half is ended first."""
        if lines := b"".join(answer.line() for answer in answers):
            self._append(lines)
            self.refresh()

    def check(self) -> None:
        """Raise ModelError where nothing can be kept: before an answer is paid for."""
        self._append(b"")

    def _append(self, lines: bytes) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.name}.lock")), open(self.path, "ab+") as file:
                size = file.seek(0, os.SEEK_END)
                if size:
                    file.seek(size - 1)
                    lines = lines if not lines or file.read(1) == b"\n" else b"\n" + lines
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ModelError(f"{self.path}: answers cannot be kept ({error.strerror}); make room, then run again") from None


def _rank(answer: Answer) -> tuple:
    """Return what decides between answers to one question: of faulty ones the last attempt, then the earliest."""
    return -answer.attempt if answer.fault else 0, answer.asked, answer.line()


def _plain(line: bytes) -> bytes:
    """Return a line as it was kept: lines are ASCII, so that what editors and shells have put around it can be told from it."""
    return line.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").rstrip(b"\r\n")


def parsed(line: bytes) -> Answer | None:
    """Return the answer in a line, None where it is damaged or none."""
    said, _, checksum = _plain(line).rpartition(b"\t")
    if not said or _sum(said) != checksum:
        return None
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.keys() != _TYPES.keys():
        return None
    if not all(isinstance(found[name], kinds) for name, kinds in _TYPES.items()):
        return None
    tools = tuple(found["tools"])
    good = all(isinstance(tool, str) for tool in tools) and (not found["fault"] or found["fault"] in FAULTS)
    return Answer(**{**found, "tools": tools}) if good else None
