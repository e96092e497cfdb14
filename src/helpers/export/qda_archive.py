"""The archive of a REFI-QDA project: opened within limits, its XML without entities, its members in memory."""

import zipfile
from pathlib import Path

from lxml import etree

from helpers.export.qda import NAMESPACE, QdaError

MAX_ENTRIES, MAX_PROJECT, MAX_SOURCE = 100_000, 256 * 2**20, 64 * 2**20
MAX_ELEMENTS, MAX_ATTRIBUTES = 2_000_000, 10_000_000


def tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def opened(path: Path) -> zipfile.ZipFile:
    if path.exists() and not path.is_file():
        raise QdaError(f"{path}: is no regular file; give the .qdpx that the other program exported")  # a pipe keeps one waiting
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise QdaError(f"{path}: no such file; give the .qdpx that the other program exported") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise QdaError(f"{path.name}: is no REFI-QDA project (no valid zip); export it again as .qdpx") from None
    if len(archive.infolist()) > MAX_ENTRIES:
        archive.close()
        raise QdaError(f"{path.name}: holds more than {MAX_ENTRIES:,} files and was not read")
    return archive


def project_name(archive: zipfile.ZipFile, path: Path) -> str:
    names = sorted((n for n in archive.namelist() if n.lower().endswith(".qde")), key=lambda n: (n.count("/"), n))
    if not names:
        raise QdaError(f"{path.name}: holds no project.qde; export it again as a REFI-QDA project (.qdpx), not as a code book")
    return names[0]


def member(archive: zipfile.ZipFile, name: str, limit: int, path: Path) -> bytes:
    """Read one member, never more than `limit` bytes whatever its header says."""
    try:
        with archive.open(name) as file:
            data = file.read(limit + 1)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        raise QdaError(f"{path.name}: {name} in it cannot be read ({type(error).__name__}); export it again") from None
    except Exception as error:  # zlib.error, lzma.LZMAError: each decompressor has its own
        raise QdaError(f"{path.name}: {name} in it is damaged ({type(error).__name__}); export it again") from None
    if len(data) > limit:
        raise QdaError(f"{path.name}: {name} in it is larger than {limit // 2**20} MB and was not read")
    return data


def root_of(data: bytes, path: Path) -> etree._Element:
    if data.count(b"<") > 2 * MAX_ELEMENTS or data.count(b"=") > MAX_ATTRIBUTES:
        raise QdaError(f"{path.name}: project.qde has more than {MAX_ELEMENTS:,} elements and was not read; export it in parts")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise QdaError(f"{path.name}: project.qde is not valid XML ({' '.join(str(error).split())[:120]})") from None
    if root.getroottree().docinfo.doctype:
        raise QdaError(f"{path.name}: project.qde has a document type declaration and was not read")
    if root.tag != tag("Project"):
        raise QdaError(f"{path.name}: project.qde is no REFI-QDA project 1.0 (its root is {root.tag})")
    return root
