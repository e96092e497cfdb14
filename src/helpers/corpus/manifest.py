"""The manifest corpus.csv: one row a file with checksum and what is known about it; checked before anything is read."""

import csv
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from helpers.corpus.files import MANIFEST, read_regular
from helpers.language.reasons import coded
from helpers.within import steps

COLUMNS = ("path", "sha256", "bytes", "county", "province", "year", "title", "source", "licence")
_NUMERALS = str.maketrans("〇○零Ｏ一二三四五六七八九", "0000123456789")
_LARGEST = 64 * 1024 * 1024
_LISTED = 1_000  # missing files that are named one by one


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the manifest: line number in the file (2 is the first) and its cells, blanks stripped."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def year(self) -> int | None:
        """The year as people and spreadsheets write it (2018, 2018.0, 2018年, ２０１８, 二〇一八), None where it is none."""
        written = unicodedata.normalize("NFKC", self["year"]).translate(_NUMERALS)
        found = re.fullmatch(r"(19[4-9]\d|20\d\d|2100)(?:\.0+)?\s*年?度?", written.replace(" ", ""))
        return int(found.group(1)) if found else None


@dataclass(slots=True)
class Manifest:
    """Rows by file name below the raw folder, and what is wrong as (source_file, reason)."""

    rows: dict[str, Row] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    found: bool = False
    digest: tuple[str, str] | None = None  # (name, SHA-256) of the file as it was read


def read_manifest(raw_dir: Path) -> Manifest:
    """Read corpus.csv of a raw folder (in it, or beside it when it has a column path); without one, an empty manifest.

    A column `city` may stand beside the others: it settles which of several counties of one name is meant. Files named that
    are not there, paths that lead out of the folder and rows that cannot be read become problems: one sentence each, with the
    row. Checksums are compared when the files are read.
    """
    path, manifest = manifest_file(raw_dir), Manifest()
    if path is None:
        return manifest
    try:
        data = read_regular(path, _LARGEST)
    except OSError as error:
        manifest.problems.append((MANIFEST, coded("cannot_open", problem=error.strerror)))
        return manifest
    manifest.digest = recorded_name(path, raw_dir), hashlib.sha256(data).hexdigest()
    text = _decode(data)
    if text is None:
        manifest.problems.append((MANIFEST, coded("manifest_text")))
        return manifest
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        manifest.problems.append((MANIFEST, coded("manifest_csv", problem=str(error))))
        return manifest
    header = [name.strip().lower() for name in lines[0]] if lines else []
    if "path" not in header:
        if path.parent == raw_dir:
            manifest.problems.append((MANIFEST, coded("manifest_path", columns=",".join(COLUMNS))))
        return manifest
    manifest.found = True
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            _add(manifest, Row(number, {c: v.strip() for c, v in zip(header, cells, strict=False)}), raw_dir)
    if (more := len(manifest.problems) - _LISTED) > 0:
        manifest.problems[_LISTED:] = [(MANIFEST, coded("manifest_more", n=more))]
    return manifest


def manifest_file(raw_dir: Path) -> Path | None:
    """Return the manifest that belongs to a raw folder: in it, else beside it; links are not followed."""
    places = (raw_dir / MANIFEST, raw_dir.parent / MANIFEST)
    return next((path for path in places if path.is_file() and not path.is_symlink()), None)


def recorded_name(path: Path, raw_dir: Path) -> str:
    """Return what a record calls a manifest: one beside the folder is another file than one in it."""
    return MANIFEST if path.parent == raw_dir else f"{MANIFEST} beside the folder"


def _decode(data: bytes) -> str | None:
    if len(data) > _LARGEST:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _add(manifest: Manifest, row: Row, raw_dir: Path) -> None:
    written = row["path"]
    name = inside(written, raw_dir)
    if not written:
        manifest.problems.append((f"{MANIFEST} row {row.line}", coded("row_empty")))
    elif name is None:
        manifest.problems.append((written, coded("row_outside", row=row.line)))
    elif name in manifest.rows:
        first = manifest.rows[name].line
        manifest.problems.append((f"{MANIFEST} row {row.line}", coded("row_twice", name=name, first=first)))
    else:
        manifest.rows[name] = row


def inside(written: str, raw_dir: Path) -> str | None:
    """Return a manifest path as the file's name below the raw folder, or None when it leads out of it."""
    found = steps(written)
    if found is None:
        return None
    parts = list(found)
    for prefix in (raw_dir.name, f"data/{raw_dir.name}"):  # corpus.csv beside raw/ may write raw/name.txt
        lead = prefix.split("/")
        if parts[: len(lead)] == lead and len(parts) > len(lead) and not (raw_dir / "/".join(parts)).exists():
            parts = parts[len(lead) :]
            break
    return "/".join(parts)


def missing_files(manifest: Manifest, names: set[str]) -> list[tuple[str, str]]:
    """Return a problem for each row whose file is not in the folder."""
    missing = [(name, row) for name, row in sorted(manifest.rows.items()) if name not in names]
    if len(missing) > _LISTED:
        first = missing[0][1].line
        return [(MANIFEST, coded("rows_missing", n=len(missing), first=first))]
    return [(name, coded("row_missing", row=row.line)) for name, row in missing]


def mismatch(row: Row, sha256: str, size: int) -> str:
    """Say how a file differs from its row's checksum or size; '' when it does not."""
    written = row["sha256"].lower().removeprefix("sha256:")
    if written and written != sha256:
        return coded("checksum_differs", row=row.line, file=f"{sha256[:12]}…", listed=f"{written[:12]}…")
    if not written and re.fullmatch("[0-9]{1,18}", row["bytes"]) and int(row["bytes"]) != size:
        return coded("size_differs", row=row.line, size=size, listed=row["bytes"])
    return ""
