"""A raw folder → the tables of the corpus, every file either a document or a row of the quarantine."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from helpers import catalogue, engine, notices, store
from helpers.cache import PACKED, Parts
from helpers.corpus.archives import unfolded
from helpers.corpus.files import document_ids, list_files
from helpers.corpus.manifest import missing_files, read_manifest
from helpers.corpus.near_duplicates import Fingerprints, near_duplicates
from helpers.corpus.process import Outcome, Task
from helpers.corpus.remember import TABLES, one_by_one, process_batch
from helpers.language import reasons

_AT_ONCE = 200  # documents whose tables are put together at a time
_LEAST, _BATCH = 8, 64  # documents that a worker reads at a time, and remembers in one file, in a large corpus


@dataclass(frozen=True)
class Corpus:
    """The tables made from a raw folder, each in the shape that the catalogue declares."""

    documents: pd.DataFrame
    units: pd.DataFrame
    repairs: pd.DataFrame
    sections: pd.DataFrame
    near_duplicates: pd.DataFrame
    quarantine: pd.DataFrame


@dataclass(frozen=True)
class Written:
    """What `write` did: documents written, files set aside, rows by table, and how many files had to be worked on anew."""

    n_documents: int
    n_set_aside: int
    n_rows: dict[str, int]
    n_made: int


@dataclass(frozen=True)
class _Read:
    """All files of a folder, read: those kept, by name, and what was set aside."""

    kept: list[Outcome]
    set_aside: list[tuple[str, str]]
    fingerprints: Fingerprints
    keys: list[str]
    n_made: int
    digests: dict[str, str]  # of each file of which bytes were read, the manifest included

    def small_tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables with a few rows."""
        return {
            "near_duplicates": catalogue.check(
                near_duplicates([r.doc_id for r in self.kept], [r.name for r in self.kept], self.fingerprints), "near_duplicates"
            ),
            "quarantine": _quarantine(self.set_aside),
        }


def build(raw_dir: str | Path, n_jobs: int | None = None) -> Corpus:
    """Read every file below `raw_dir` and return the tables; nothing is written and nothing outside is read.

    A file that cannot be used gets one row in `quarantine` with the reason. Raises FileNotFoundError without the folder.
    """
    read = _read(Path(raw_dir), None, n_jobs)
    large = {name: catalogue.check(_joined(name, [r.tables[name] for r in read.kept]), name) for name in TABLES}
    return Corpus(documents=_documents([r.document for r in read.kept]), **large, **read.small_tables())


def write(raw_dir: str | Path, processed_dir: str | Path, n_jobs: int | None = None) -> Written:
    """Read every file below `raw_dir` and write the tables of the corpus into `processed_dir`, in little memory at any size.

    What a document gives is remembered beside `processed_dir` (see `helpers.cache`), so that a run that was stopped goes on and
    a new document is the only one to be worked on. The tables are the same, byte for byte, for any number of workers and
    whatever was remembered. Raises FileNotFoundError without the folder.
    """
    folder = Parts.of(processed_dir, "clean")
    read = _read(Path(raw_dir), folder, n_jobs)
    engine.release()
    small = read.small_tables()
    with ExitStack() as stack:
        # documents last, so that it is finished first: the others refer to it
        writers = {name: stack.enter_context(store.TableWriter(processed_dir, name)) for name in (*TABLES, "documents")}
        for rows, tables in _parts(folder, read.kept):
            writers["documents"].add(_documents(rows))
            for part in tables:
                for name in TABLES:
                    writers[name].add(part[name])
    for name, frame in small.items():
        store.write_table(processed_dir, name, frame)
    folder.sweep(read.keys)
    if store.READ in os.environ:
        Path(os.environ[store.READ]).write_text(json.dumps(read.digests), encoding="ascii")
    n_rows = {name: writer.n_rows for name, writer in writers.items()}
    return Written(len(read.kept), len(read.set_aside), n_rows, read.n_made)


def _read(raw_dir: Path, folder: Parts | None, n_jobs: int | None) -> _Read:
    listed, manifest = list_files(raw_dir), read_manifest(raw_dir)
    found = unfolded(listed)
    files = found.files
    set_aside = [(f.name, f.refused) for f in files if f.refused]
    set_aside += manifest.problems + missing_files(manifest, {f.name for f in (*listed, *files)})
    readable = [f for f in files if not f.refused]
    ids = document_ids([f.name for f in readable])
    tasks = [Task(f.path, f.name, ids[f.name], manifest.rows.get(f.name), f.member) for f in readable]
    tasks.sort(key=lambda task: task.row is None)  # of two copies the one with a row in the manifest is kept
    size = min(_BATCH, max(_LEAST, len(tasks) // 32)) if len(tasks) >= PACKED else 1
    done = engine.map(
        partial(process_batch, folder=folder), engine.batches(tasks, size), n_jobs, lost=partial(one_by_one, folder=folder)
    )
    return _once_each(_counted(done, len(tasks)), set_aside, found.digests | dict([manifest.digest] if manifest.digest else []))


def _counted(done: Iterable[list[Outcome]], total: int) -> Iterator[Outcome]:
    with notices.counting("documents", total) as count:
        for outcomes in done:
            count.add(len(outcomes))
            yield from outcomes


def _once_each(done: Iterable[Outcome], set_aside: list[tuple[str, str]], digests: dict[str, str]) -> _Read:
    """Keep the first of documents with the same letters and digits; the later ones are set aside, naming it."""
    kept: list[Outcome] = []
    keys: list[str] = []
    first: dict[str, str] = {}
    fingerprints, n_made = Fingerprints(), 0
    for found in done:
        keys.append(found.key)
        digests |= {found.name: found.sha256} if found.sha256 and not found.in_archive else {}
        n_made += found.n_made
        if found.reason:
            set_aside.append((found.name, found.reason))
        elif found.text_hash in first:
            set_aside.append((found.name, reasons.coded("same_document", name=first[found.text_hash])))
        else:
            first[found.text_hash] = found.name
            fingerprints.add(found.name, found.fingerprint)
            found.fingerprint = None
            kept.append(found)
    return _Read(sorted(kept, key=lambda r: r.name), set_aside, fingerprints, keys, n_made, digests)


def _parts(folder: Parts, kept: list[Outcome]) -> Iterator[tuple[list[dict], list[dict[str, pa.Table]]]]:
    """Read the rows in `documents` and the tables of the documents kept, some documents at a time."""
    folder = folder.again()
    for some in engine.batches(kept, _AT_ONCE):
        parts = [folder.read(found.key) for found in some]
        if None in parts:
            name = some[parts.index(None)].name
            raise OSError(f"{folder.folder}: a part of {name} is gone or damaged since it was written; run again")
        rows = [part.facts["document"] | found.document for part, found in zip(parts, some, strict=True)]
        yield rows, [part.tables for part in parts]


def _documents(rows: list[dict]) -> pd.DataFrame:
    if not rows:
        return catalogue.empty("documents")
    frame = pd.DataFrame([row | _doubts(row["flags"]) for row in rows], columns=catalogue.table("documents").names)
    text = [c.name for c in catalogue.table("documents").fields if c.type == "str" and not c.required]
    frame[text] = frame[text].astype("str").where(frame[text].notna() & (frame[text] != ""))
    return catalogue.check(frame, "documents")


def _doubts(flags: list[str]) -> dict[str, str]:
    codes = reasons.kept(flags)
    return {"flags": reasons.all_said(codes, "en"), "codes": codes} if flags else {"flags": "", "codes": ""}


def _joined(name: str, tables: list[pa.Table]) -> pd.DataFrame:
    return pa.concat_tables(tables).to_pandas() if tables else catalogue.empty(name)


def _quarantine(set_aside: list[tuple[str, str]]) -> pd.DataFrame:
    found: dict[str, list[str]] = {}
    for name, reason in set_aside:
        found.setdefault(name, []).append(reason)
    codes = {name: reasons.kept(own) for name, own in sorted(found.items())}
    rows = [(name, reasons.all_said(own, "en"), own) for name, own in codes.items()]
    return catalogue.check(pd.DataFrame(rows, columns=["source_file", "reason", "codes"]), "quarantine")
