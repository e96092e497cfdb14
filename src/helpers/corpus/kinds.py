"""What a file really is, by its bytes and not by its name: the suffix of the reader that can read it."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

from helpers.corpus.blocks import Unreadable
from helpers.corpus.files import READABLE

IMAGES = {
    b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"II*\0": ".tif", b"MM\0*": ".tif", b"BM": ".bmp", b"GIF8": ".gif",
}  # fmt: skip
MARKUP = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_AS_NAMED = MARKUP | {".txt", ".md"}  # kinds of text, which their readers tell apart
_OLE, ARCHIVE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = {
    b"\x1f\x8b": "archive", b"Rar!": "archive", b"7z\xbc\xaf": "archive",
    b"\x7fELF": "program", b"MZ\x90": "program", b"SQLite": "database",
}  # fmt: skip
_STREAMS = (
    ("EncryptedPackage", "locked"), ("WordDocument", ""), ("Workbook", "sheet"), ("PowerPoint Document", "slides"),
    ("__properties_version1.0", "mail"),
)  # fmt: skip
# What stands in an Office file, by the beginning of a member's name.
_MEMBERS = (
    ("word/", ".docx"), ("OFD.xml", ".ofd"), ("xl/", "sheet"), ("ppt/", "slides"), ("Doc_0/", ".ofd"), ("docProps/", ".docx"),
)  # fmt: skip
_MAIL = re.compile(rb"(?:[A-Za-z-]{2,40}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_PACKED = frozenset({".docx", ".odt", ".ofd"})
_DIRECTORY = 4 * 2**20  # bytes; the list of 5,000 members takes half a megabyte


def kind_of_file(data: bytes, suffix: str) -> str:
    """Return the suffix of the kind that the bytes are; raise Unreadable for what is no document and says so itself.

    A text keeps its own suffix where that is one of text, else it is '.txt'.

    >>> kind_of_file(b"%PDF-1.7 ...", ".txt"), kind_of_file("<html>".encode(), ".doc")
    ('.pdf', '.txt')
    """
    head = data[:1024]
    if data.startswith(b"%PDF") or (suffix == ".pdf" and b"%PDF-" in head):
        return ".pdf"
    if data.startswith(ARCHIVE):
        return _office(data, ".docx" if suffix == ".docm" else suffix)
    if data.startswith(_OLE[:4]):
        return _compound(data)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return ".rtf"
    for mark, what in _OTHERS.items():
        if data.startswith(mark):
            raise Unreadable("not_document", what=f"@{what}")
    for mark, kind in IMAGES.items():
        if data.startswith(mark) and (len(mark) > 2 or b"\0" in head):
            return kind
    mail = _MAIL.match(data[:8192].lstrip(b"\r\n"))
    if mail and re.search(rb"(?im)^content-type:\s*(?:multipart/related|multipart/alternative|text/html)", mail[0]):
        return ".mht"
    if b"urn:oasis:names:tc:opendocument:xmlns:office" in data[:4096] and b"<office:document" in data[:16384]:
        return ".odt"
    return suffix if suffix in _AS_NAMED else ".txt"


def members_of(file: BinaryIO) -> zipfile.ZipFile:
    """Open an archive whose list of members is of a reasonable length; raise Unreadable for others."""
    try:
        file.seek(0, io.SEEK_END)
        tail = min(file.tell(), 66_000)
        file.seek(-tail, io.SEEK_END)
        end = (last := file.read(tail)).rfind(b"PK\x05\x06")
        if end < 0 or int.from_bytes(last[end + 12 : end + 16], "little") <= _DIRECTORY:
            return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("archive_broken", what="@zip_file") from error
    raise Unreadable("archive_many")


def office_kind(archive: zipfile.ZipFile, suffix: str) -> str:
    """Return the kind of an archive by its members: an Office file's, or '.zip'; raise Unreadable for sheets and slides."""
    names = archive.namelist()
    try:
        said = archive.open("mimetype").read(200) if "mimetype" in names else b""
    except (RuntimeError, zipfile.BadZipFile, OSError, NotImplementedError, EOFError, ValueError):
        said = b""
    if said.startswith(b"application/vnd.oasis.opendocument."):
        if b".spreadsheet" in said or b".presentation" in said:
            raise Unreadable("not_document", what="@sheet" if b".spreadsheet" in said else "@slides")
        return ".odt"
    for start, kind in _MEMBERS:
        if any(name.startswith(start) for name in names):
            if not kind.startswith("."):
                raise Unreadable("not_document", what=f"@{kind}")
            return kind
    if "[Content_Types].xml" in names:
        return ".docx"
    documents = any(PurePosixPath(name).suffix.lower() in READABLE for name in names)
    return suffix if suffix in _PACKED and not documents else ".zip"


def _office(data: bytes, suffix: str) -> str:
    try:
        with members_of(io.BytesIO(data)) as archive:
            return office_kind(archive, suffix)
    except Unreadable as reason:
        if not reason.coded.startswith("archive_broken"):
            raise
    first = data[30 : 30 + min(int.from_bytes(data[26:28], "little"), 200)].decode("utf-8", "replace")
    if first in ("[Content_Types].xml", "_rels/.rels"):  # the first member of every Office file
        return ".docx"
    return ".odt" if first == "mimetype" else suffix if suffix in _PACKED else ".zip"


def _compound(data: bytes) -> str:
    for name, reason in _STREAMS:
        if name.encode("utf-16-le") + b"\0\0" in data:
            if reason:
                raise Unreadable("locked") if reason == "locked" else Unreadable("not_document", what=f"@{reason}")
            return ".doc"
    return ".doc"
