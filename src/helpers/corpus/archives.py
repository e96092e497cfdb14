"""Archives of documents: each member is a document `archive.zip/member`; no path of a member is ever used as a path on disk."""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from helpers.corpus.blocks import Unreadable
from helpers.corpus.docx import check_archive
from helpers.corpus.files import MAX_BYTES, RawFile, is_leftover, printable, read_regular, refused_kind
from helpers.corpus.kinds import members_of, office_kind
from helpers.language.reasons import coded
from helpers.within import steps


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Files with the members of archives in the place of the archives, and the SHA-256 of each archive that was opened."""

    files: list[RawFile]
    digests: dict[str, str]


def unfolded(files: Iterable[RawFile]) -> Unfolded:
    """Open the files named .zip and put their members in their place, sorted by name; those that cannot be opened say why."""
    out: list[RawFile] = []
    digests: dict[str, str] = {}
    for file in files:
        if file.refused or not file.name.lower().endswith(".zip"):
            out.append(file)
            continue
        try:
            data = read_regular(file.path, MAX_BYTES)
            members = _members(file, data)
        except OSError as error:
            members = [replace(file, refused=coded("cannot_open", problem=error.strerror or type(error).__name__))]
        except Unreadable as reason:
            members = [replace(file, refused=reason.coded)]
        else:
            if members and members[0] is not file:
                digests[file.name] = hashlib.sha256(data).hexdigest()
        out += members
    return Unfolded(sorted(out, key=lambda f: f.name), digests)


def read_raw(file: RawFile) -> bytes:
    """Return the bytes of a file or of an archive's member, at most MAX_BYTES + 1 of them.

    Raises OSError where the file cannot be opened, Unreadable where the member cannot be unpacked.
    """
    data = read_regular(file.path, MAX_BYTES)
    if file.member is None:
        return data
    try:
        with members_of(io.BytesIO(data)) as archive, archive.open(archive.infolist()[file.member]) as member:
            return member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, LookupError, ValueError) as error:
        raise Unreadable("member_broken") from error


def _members(file: RawFile, data: bytes) -> list[RawFile]:
    with members_of(io.BytesIO(data)) as archive:
        if office_kind(archive, ".zip") != ".zip":
            return [file]  # a document that is called an archive
        check_archive(data, "zip_file")
        out: list[RawFile] = []
        taken: set[str] = set()
        for index, entry in enumerate(archive.infolist()):
            name = _name(entry).replace("\\", "/")
            inner = [part for part in name.split("/") if part not in ("", ".", "..")]
            if entry.is_dir() or name.endswith("/") or not inner or any(map(is_leftover, inner)):
                continue
            shown = f"{file.name}/{printable(name.lstrip('/'))}"
            out.append(RawFile(file.path, shown, "" if shown not in taken else coded("member_twice"), index))
            if not out[-1].refused:
                out[-1] = replace(out[-1], refused=_refusal(entry, name))
            taken.add(shown)
    return out or [replace(file, refused=coded("archive_empty"))]


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
    return coded("member_archive") if suffix == ".zip" else refused_kind(suffix)


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
