"""One file → its records: the pure function that is mapped over the corpus."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from helpers import repair, store, structure
from helpers.corpus.archives import read_raw
from helpers.corpus.blocks import Content, Stopped, Unreadable
from helpers.corpus.files import MAX_BYTES, RawFile
from helpers.corpus.manifest import Row, mismatch
from helpers.corpus.near_duplicates import Fingerprint, fingerprint
from helpers.corpus.no_document import no_document
from helpers.corpus.readers import read
from helpers.engine import EngineError
from helpers.language.reasons import coded

_SHORTEST_REPEAT = 10  # letters and digits; shorter sentences (表彰先进。) come back without being a copy


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know about one file; `member` are its places in the archive at `path` and those inside it."""

    path: Path
    name: str
    doc_id: str
    row: Row | None = None
    member: tuple[int, ...] = ()

    @property
    def file(self) -> RawFile:
        """The file that it is."""
        return RawFile(self.path, self.name, member=self.member)


@dataclass(slots=True)
class Outcome:
    """What one file gives: its row of `documents` and its other tables, or the reason why it was set aside.

    Little of it comes back from another process: its tables lie in part `key`, and so does all of its row but what the manifest
    settles; without a folder of parts they come along.
    """

    name: str
    doc_id: str
    reason: str = ""
    key: str = ""
    sha256: str = ""  # of the bytes that were read
    document: dict = field(default_factory=dict)
    text_hash: str = ""
    fingerprint: Fingerprint | None = None
    tables: dict[str, pa.Table] = field(default_factory=dict)
    n_made: int = 0  # 1 when the work was done now, 0 when it was remembered
    lasting: bool = True  # another time, the same reason
    in_archive: bool = False


def raw_bytes(task: Task) -> tuple[bytes | None, str, str]:
    """Return the bytes of a file (None where it is set aside), their SHA-256 ("" where none were read), and the reason.

    Set aside is what cannot be opened, is too large, or is not what the manifest says.
    """
    try:
        data = read_raw(task.file)
    except Unreadable as reason:
        return None, "", reason.coded
    except OSError as error:
        if not task.path.parent.is_dir():
            raise EngineError(f"{task.path.parent}: a worker does not see this folder; put it where all workers see it") from None
        return None, "", coded("cannot_open", problem=error.strerror or type(error).__name__)
    if len(data) > MAX_BYTES:
        return None, "", coded("too_large", mb=MAX_BYTES // 2**20)
    digest = hashlib.sha256(data).hexdigest()
    if task.row and (difference := mismatch(task.row, digest, len(data))):
        return None, digest, difference
    return data, digest, ""


def processed(task: Task, data: bytes) -> Outcome:
    """Process a file from its bytes and its name, not from its row; a reason stands in the outcome if it is of no use."""
    name, doc_id = task.name, task.doc_id
    out = Outcome(name, doc_id)
    try:
        _fill(out, data, task.file.suffix)
    except Unreadable as reason:
        return Outcome(name, doc_id, reason.coded, lasting=not isinstance(reason, Stopped))
    except MemoryError:
        return Outcome(name, doc_id, coded("no_memory"), lasting=False)
    except (OSError, ValueError, ArithmeticError, LookupError, RecursionError, TypeError, AttributeError) as error:
        return Outcome(name, doc_id, coded("not_processed", kind=type(error).__name__))
    return out


def _fill(out: Outcome, data: bytes, suffix: str) -> None:
    content = read(data, suffix)
    repaired = repair.repair(content.text, content.left_out)
    outline = structure.outline(repaired.text)
    if reason := no_document(content.lines(), len(outline.units)):
        raise Unreadable(reason)
    if not outline.units:
        raise Unreadable("no_sentence")
    furniture = [r.before for r in repaired.repairs if "furniture" in r.rule and r.before.strip()]
    prose = "\n".join(line for line in repaired.text.split("\n") if structure.CELL not in line)  # a cell is no title and no date
    found = structure.metadata(prose, out.name, "\n".join([content.labels, *furniture]))
    keys = [structure.statement_key(unit.text) for unit in outline.units]
    key = structure.text_key("".join(unit.text for unit in outline.units))
    out.text_hash = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    out.fingerprint = fingerprint(key)
    doc_id = out.doc_id
    out.document = {
        **found,
        "flags": [*found["flags"], *content.flags],
        "doc_id": doc_id,
        "source_file": out.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "format": content.format,
        "encoding": content.encoding,
        "n_chars": len(repaired.text),
        "n_units": len(outline.units),
        "n_tables": outline.n_tables,
        "n_ocr_pages": len(content.recognised),
    }
    out.tables["units"] = _units(doc_id, outline, keys, repaired.to_raw, content)
    out.tables["sections"] = _sections(doc_id, outline, repaired.to_raw)
    rows = [(doc_id, r.rule, r.raw_start, r.raw_end, r.before, r.after, r.certainty, r.reason) for r in repaired.repairs]
    out.tables["repairs"] = _table("repairs", rows)


def from_manifest(row: Row | None, found: dict) -> dict:
    """Return the fields that the manifest settles, and what is doubtful about them; the text's word is kept elsewhere."""
    if row is None:
        return {"origin": "", "licence": ""}
    settled: dict = {"origin": row["source"], "licence": row["licence"]}
    flags = list(found["flags"])
    if row["title"]:
        settled |= {"title": row["title"], "title_source": "manifest"}
    if row["year"]:
        if year := row.year:
            settled |= {"year": year, "year_source": "manifest"}
            flags = [f for f in flags if not f.startswith("year_")]
            if found["year"] and found["year_source"] == "text" and found["year"] != year:
                flags.append(coded("manifest_differs", text=found["year"], listed=year))
        else:
            flags.append(coded("manifest_year", row=row.line, year=row["year"]))
    if row["county"]:
        year = settled.get("year", found["year"])
        upper = row["province"] or found["province"], row["city"] or found["city"]
        place = structure.county_by_name(row["county"], year, *upper)
        city = place.city or row["city"]
        settled |= {"county": place.county, "county_code": place.code, "city": city, "county_source": "manifest"}
        province = place.province or structure.province_by_name(row["province"])
        settled |= {"province": province, "province_source": "manifest" if province else "unknown"}
        flags = [f for f in flags if not f.startswith(("county_", "of_city"))] + list(place.flags)
        if found["county"] and found["county_source"] == "text" and found["county"] != place.county:
            flags.append(coded("manifest_differs", text=found["county"], listed=place.county))
    elif row["province"]:
        settled |= {"province": structure.province_by_name(row["province"]), "province_source": "manifest"}
    return settled | {"flags": flags}


def _units(doc_id: str, outline, keys: list[str], to_raw, content: Content) -> pa.Table:
    seen: set[str] = set()
    rows = []
    for unit, key in zip(outline.units, keys, strict=True):
        repeated = len(key) >= _SHORTEST_REPEAT and key in seen
        seen.add(key)
        start, end = to_raw(unit.start, unit.end)
        name = f"{doc_id}:{unit.position:05d}"
        block = content.block_at(start) if content.format != "txt" else None
        page = block and block.page
        place = (unit.paragraph, unit.annex, unit.row, page, page in content.recognised)
        rows.append((name, doc_id, unit.position, unit.heading_path, unit.text, start, end, *place, repeated))
    return _table("units", rows)


def _sections(doc_id: str, outline, to_raw) -> pa.Table:
    """One row a heading, with the units that stand directly under it (not under a deeper heading)."""
    counts, sizes = [0] * len(outline.headings), [0] * len(outline.headings)
    latest: dict[str, int] = {}  # the units under 一、 of annex 2 belong to the last heading of that path before them
    current = 0
    for unit in outline.units:
        while current < len(outline.headings) and outline.headings[current].start < unit.start:
            latest[outline.headings[current].path] = current
            current += 1
        if (owner := latest.get(unit.heading_path)) is not None:
            counts[owner] += 1
            sizes[owner] += len(unit.text)
    rows = []
    for index, heading in enumerate(outline.headings):
        start, end = to_raw(heading.start, heading.end)
        rows.append(
            (doc_id, index + 1, heading.level, heading.text, heading.path, heading.annex, heading.run_in, start, end)
            + (counts[index], sizes[index])
        )
    return _table("sections", rows)


def _table(name: str, rows: list[tuple]) -> pa.Table:
    """Return rows, in the order of the catalogue's fields, as a table in its types."""
    schema = store.arrow_schema(name)
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
