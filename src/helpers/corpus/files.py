"""The files of a raw folder: which may be read, which not and why, and a safe name for each document."""

import errno
import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from helpers.language.reasons import coded

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 12
MAX_FILES = 200_000
MANIFEST = "corpus.csv"
READABLE = frozenset(
    ".txt .md .html .htm .xhtml .shtml .mht .mhtml .docx .docm .dotx .doc .wps .rtf .odt .fodt .ofd .pdf .zip "  # noqa: SIM905
    ".jpg .jpeg .png .tif .tiff .bmp".split()
)
_KINDS = {
    ".csv": "csv", ".xls": "sheet", ".xlsx": "sheet", ".et": "sheet",
    **dict.fromkeys((".gif", ".webp"), "image"),
    **dict.fromkeys((".rar", ".7z", ".gz", ".tar"), "archive"),
}  # fmt: skip
# Left behind by systems and editors; they are nobody's documents.
_NAMED = "|".join(suffix[1:] for suffix in sorted(READABLE))
_DOTTED = rf"\._.*|\.~lock\..*|\.(?!.*\.(?:{_NAMED})$).*"  # but a hidden document is not passed over in silence
_IGNORED = re.compile(rf"^(?:{_DOTTED}|~\$.*|Thumbs\.db|desktop\.ini|__MACOSX)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of the raw folder: where it is, its name below the folder (with /), and why it must not be read (or '').

    A member of an archive has the archive's path, the name `archive.zip/member` and its place in the archive's list; of an
    archive in an archive, both places.
    """

    path: Path
    name: str
    refused: str = ""
    member: tuple[int, ...] = ()

    @property
    def suffix(self) -> str:
        """The extension, in small letters."""
        return Path(self.name).suffix.lower() if self.member else self.path.suffix.lower()


def list_files(raw_dir: Path) -> list[RawFile]:
    """Return all files below `raw_dir`, sorted by name, without opening any.

    Links that lead out of the folder, links to folders, devices and pipes, empty and huge files and unknown kinds come with
    the reason why they are refused. Raises FileNotFoundError when there is no such folder.
    """
    if not raw_dir.is_dir():
        raise FileNotFoundError(f"there is no folder {raw_dir.name!r} to read documents from: check raw_dir (--raw)")
    root = raw_dir.resolve()
    found: list[RawFile] = []
    pending = [(raw_dir, "", 0)]
    while pending:
        folder, above, depth = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda e: os.fsencode(e.name))
        except OSError as error:
            if folder == raw_dir:
                raise
            reason = coded("folder_closed", problem=error.strerror)
            found.append(RawFile(folder, printable(folder.relative_to(raw_dir).as_posix()), reason))
            continue
        for entry in entries:
            written = above + entry.name
            name = printable(written)
            if is_leftover(entry.name) or (entry.name == MANIFEST and depth == 0):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth + 1 > MAX_DEPTH:
                    found.append(RawFile(Path(entry.path), name, coded("too_deep", n=MAX_DEPTH)))
                else:
                    pending.append((Path(entry.path), f"{written}/", depth + 1))
                continue
            path = Path(entry.path)
            found.append(RawFile(path, name, _refusal(entry, path, root, written)))
            if len(found) > MAX_FILES:
                raise ValueError(f"more than {MAX_FILES:,} files in {raw_dir.name!r}: split the corpus")
    return sorted(found, key=lambda f: f.name)


def _refusal(entry: os.DirEntry, path: Path, root: Path, name: str) -> str:
    try:
        if entry.is_symlink():
            target = path.resolve()
            if not target.is_relative_to(root):
                return coded("link_out")
            if target.is_dir():
                return coded("link_folder")
        status = entry.stat()
    except (OSError, RuntimeError):
        return coded("link_dead")
    if not stat.S_ISREG(status.st_mode):
        return coded("not_regular")
    if path.name.startswith("."):
        return coded("hidden")
    if os.sep == "/" and "\\" in name:
        return coded("backslash")
    if refused := refused_kind(path.suffix.lower()):
        return refused
    if status.st_size == 0:
        return coded("empty")
    if status.st_size > MAX_BYTES:
        return coded("too_large", mb=MAX_BYTES // 2**20)
    return ""


def refused_kind(suffix: str) -> str:
    """Say why a file with this extension is not read; '' where it is."""
    if suffix in READABLE:
        return ""
    if suffix in _KINDS:
        return coded("not_readable", what=f"@{_KINDS[suffix]}")
    return coded("unknown_kind", suffix=repr(suffix) if suffix else "@without")


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; raise OSError for what became a pipe or a device."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    file = open(descriptor, "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return file


def read_regular(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file, at most `most` + 1 of them; raise OSError for what became a pipe or a device."""
    with open_regular(path) as file:
        return file.read(most + 1)


def is_leftover(name: str) -> bool:
    """Tell whether a system or an editor left a file of this name behind."""
    return bool(_IGNORED.match(name))


def printable(name: str) -> str:
    """Make a file name that may hold undecodable bytes or control characters fit for tables, the same in any locale."""
    text = os.fsencode(name).decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def document_ids(names: list[str]) -> dict[str, str]:
    """Give each file name an identifier: its stem with letters, digits and hyphens, unique without regard to case."""
    taken: dict[str, str] = {}
    given: dict[str, str] = {}
    for name in sorted(names):
        stem = unicodedata.normalize("NFKC", name.rsplit("/", 1)[-1].rsplit(".", 1)[0])
        safe = re.sub(r"[^\w]+", "-", stem).strip("-_") or "document"
        mark = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:6]
        safe = safe if len(safe) <= 60 else f"{safe[:53]}-{mark}"
        safe = safe if safe.casefold() not in taken else f"{safe[:53]}-{mark}"
        taken[safe.casefold()] = given[name] = safe
    return given
