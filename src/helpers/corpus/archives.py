"""Archives of documents: each member is a document `archive.zip/member`; no path of a member is ever used as a path on disk."""

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO

from helpers.corpus.blocks import Unreadable
from helpers.corpus.docx import check_archive
from helpers.corpus.files import MAX_BYTES, RawFile, is_leftover, open_regular, printable, read_regular, refused_kind
from helpers.corpus.kinds import ARCHIVE, members_of, office_kind
from helpers.language.reasons import coded
from helpers.within import steps

_DEEPEST = 3  # archives in one another
_INSIDE = 300 * 2**20  # bytes of archives in an archive that are looked into
_PLAIN = frozenset({".txt", ".md", ".html", ".htm", ".xhtml", ".shtml"})  # not looked into: they would all have to be opened
_FAILURES = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, LookupError, ValueError)


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Files with the members of archives in the place of the archives, and the SHA-256 of each archive that was opened."""

    files: list[RawFile]
    digests: dict[str, str]


def unfolded(files: Iterable[RawFile]) -> Unfolded:
    """Put the members of archives, whatever these are called, in their place, sorted by name; what cannot be opened says why."""
    out: list[RawFile] = []
    digests: dict[str, str] = {}
    for file in files:
        packed = file.suffix not in _PLAIN and file.refused in ("", coded("not_readable", what="@archive"))
        try:
            found = _opened(file) if packed else None
        except OSError as error:
            out.append(replace(file, refused=coded("cannot_open", problem=error.strerror or type(error).__name__)))
            continue
        except Unreadable as reason:
            out.append(replace(file, refused=reason.coded))
            continue
        if found is None:
            out.append(file)
            continue
        members, data = found
        out += members
        if members and members[0].member:
            digests[file.name] = hashlib.sha256(data).hexdigest()
    return Unfolded(sorted(out, key=lambda f: f.name), digests)


def read_raw(file: RawFile) -> bytes:
    """Return the bytes of a file or of an archive's member, at most MAX_BYTES + 1 of them.

    Raises OSError where the file cannot be opened, Unreadable where the member cannot be unpacked.
    """
    if not file.member:
        return read_regular(file.path, MAX_BYTES)
    with open_regular(file.path) as handle:
        inside: BinaryIO = handle
        for place in file.member:
            inside = io.BytesIO(_unpacked(inside, place))
        return inside.read()


def _unpacked(file: BinaryIO, place: int) -> bytes:
    try:
        with members_of(file) as archive, archive.open(archive.infolist()[place]) as member:
            return member.read(MAX_BYTES + 1)
    except _FAILURES as error:
        raise Unreadable("member_broken") from error


def _opened(file: RawFile) -> tuple[list[RawFile], bytes] | None:
    """Return the members of an archive and its bytes; a document that is called an archive alone; None for what is neither."""
    with open_regular(file.path) as handle:
        if handle.read(4) not in ARCHIVE:
            return None
        if (size := os.fstat(handle.fileno()).st_size) > MAX_BYTES:
            raise Unreadable("too_large", mb=MAX_BYTES // 2**20)
        if _kind(handle, file.suffix) != ".zip":
            return [replace(file, refused="")], b""
        handle.seek(0)
        data = handle.read(size)
    return _members(file, data, [_INSIDE]) or [replace(file, refused=coded("archive_empty"))], data


def _kind(file: BinaryIO, suffix: str) -> str:
    """Return what an archive is; one that its reader has to judge is what its name says."""
    try:
        with members_of(file) as archive:
            return office_kind(archive, suffix)
    except Unreadable:
        if suffix == ".zip":
            raise
        return suffix


def _members(file: RawFile, data: bytes, left: list[int]) -> list[RawFile]:
    """Return the documents in an archive, those of archives inside it too; `left` are the bytes of these that may be opened."""
    check_archive(data, "zip_file")
    out: list[RawFile] = []
    taken: set[str] = set()
    with members_of(io.BytesIO(data)) as archive:
        for index, entry in enumerate(archive.infolist()):
            name = _name(entry).replace("\\", "/")
            inner = [part for part in name.split("/") if part not in ("", ".", "..")]
            if entry.is_dir() or name.endswith("/") or not inner or any(map(is_leftover, inner)):
                continue
            shown = f"{file.name}/{printable(name.lstrip('/'))}"
            member = RawFile(file.path, shown, "" if shown not in taken else coded("member_twice"), (*file.member, index))
            taken.add(shown)
            refused = member.refused or _refusal(entry, name)
            packed = refused in ("", coded("not_readable", what="@archive")) and member.suffix not in _PLAIN
            inside = _inside(member, archive, entry, left) if packed else None
            out += [replace(member, refused=refused)] if inside is None else inside
    return out


def _inside(member: RawFile, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: list[int]) -> list[RawFile] | None:
    """Return what an archive in an archive holds, the member itself where it is a document of that form, None for others."""
    try:
        with archive.open(entry) as file:
            if (head := file.read(4)) not in ARCHIVE:
                return None
            data = head + file.read(MAX_BYTES)
        kind = _kind(io.BytesIO(data), member.suffix)
        if kind != ".zip":
            return [replace(member, refused="")]
        left[0] -= entry.file_size
        if len(member.member) >= _DEEPEST or left[0] < 0:
            return [replace(member, refused=coded("member_archive"))]
        return _members(member, data, left) or [replace(member, refused=coded("archive_empty"))]
    except Unreadable as reason:
        return [replace(member, refused=reason.coded)]
    except (*_FAILURES, OSError):
        return None  # its reader says what is wrong


def _refusal(entry: zipfile.ZipInfo, name: str) -> str:
    if steps(name) is None:
        return coded("member_outside")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return coded("member_link")
    if entry.flag_bits & 1:
        return coded("locked")
    if entry.file_size == 0:
        return coded("empty")
    if entry.file_size > MAX_BYTES:
        return coded("too_large", mb=MAX_BYTES // 2**20)
    suffix = PurePosixPath(name).suffix.lower()
    return refused_kind(suffix)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return a member's name: programs that do not say so write it in UTF-8 or GBK, which zipfile takes for code page 437."""
    if not entry.flag_bits & 0x800:
        try:
            written = entry.filename.encode("cp437")
        except UnicodeEncodeError:
            return entry.filename
        for encoding in ("utf-8", "gb18030"):
            try:
                return written.decode(encoding)
            except UnicodeDecodeError:
                continue
    return entry.filename
