"""A raw folder → the tables of the corpus, every file either a document or a row of the quarantine."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from helpers import engine, schema
from helpers.corpus.files import document_ids, list_files
from helpers.corpus.manifest import missing_files, read_manifest
from helpers.corpus.near_duplicates import near_duplicates
from helpers.corpus.process import Records, Task, process_batch

_BATCH = 16


@dataclass(frozen=True)
class Corpus:
    """The tables made from a raw folder, each in the shape that `schema.yml` declares."""

    documents: pd.DataFrame
    units: pd.DataFrame
    repairs: pd.DataFrame
    sections: pd.DataFrame
    near_duplicates: pd.DataFrame
    quarantine: pd.DataFrame


def build(raw_dir: str | Path, n_jobs: int | None = None) -> Corpus:
    """Read every file below `raw_dir` and return the tables; nothing is written and nothing outside is read.

    A file that cannot be used gets one row in `quarantine` with the reason. Raises FileNotFoundError without the folder.
    """
    raw_dir = Path(raw_dir)
    files = list_files(raw_dir)
    manifest = read_manifest(raw_dir)
    set_aside = [(f.name, f.refused) for f in files if f.refused]
    set_aside += manifest.problems + missing_files(manifest, {f.name for f in files})
    readable = [f for f in files if not f.refused]
    ids = document_ids([f.name for f in readable])
    tasks = [Task(f.path, f.name, ids[f.name], manifest.rows.get(f.name)) for f in readable]
    tasks.sort(key=lambda task: task.row is None)  # of two copies the one with a row in the manifest is kept
    size = max(1, min(_BATCH, len(tasks) // 16))
    done = chain.from_iterable(engine.map(process_batch, engine.batches(tasks, size), n_jobs))
    kept = _once_each(done, set_aside)
    return _tables(kept, set_aside)


def _once_each(done, set_aside: list[tuple[str, str]]) -> list[Records]:
    """Keep the first of documents with the same letters and digits; the later ones are set aside, naming it."""
    kept: list[Records] = []
    first: dict[str, str] = {}
    for records in done:
        if records.reason:
            set_aside.append((records.name, records.reason))
        elif records.text_hash in first:
            set_aside.append((records.name, f"the same document as {first[records.text_hash]}: delete one of them"))
        else:
            first[records.text_hash] = records.name
            kept.append(records)
    return sorted(kept, key=lambda records: records.name)


def _tables(kept: list[Records], set_aside: list[tuple[str, str]]) -> Corpus:
    return Corpus(
        documents=_documents(kept),
        units=_table("units", [r.units for r in kept]),
        repairs=_table("repairs", [r.repairs for r in kept]),
        sections=_table("sections", [r.sections for r in kept]),
        near_duplicates=schema.check(near_duplicates([r.doc_id for r in kept], [r.sketch for r in kept]), "near_duplicates"),
        quarantine=_quarantine(set_aside),
    )


def _documents(kept: list[Records]) -> pd.DataFrame:
    if not kept:
        return schema.empty("documents")
    rows = [r.document | {"flags": ";".join(dict.fromkeys(r.document["flags"]))} for r in kept]
    frame = pd.DataFrame(rows, columns=schema.table("documents").names)
    text = [c.name for c in schema.table("documents").columns if c.type == "str" and not c.required]
    frame[text] = frame[text].astype("str").where(frame[text].notna() & (frame[text] != ""))
    return schema.check(frame, "documents")


def _table(name: str, parts: list[dict[str, list]]) -> pd.DataFrame:
    if not parts:
        return schema.empty(name)
    columns = schema.table(name).names
    return schema.check(pd.DataFrame({c: list(chain.from_iterable(part[c] for part in parts)) for c in columns}), name)


def _quarantine(set_aside: list[tuple[str, str]]) -> pd.DataFrame:
    reasons: dict[str, list[str]] = {}
    for name, reason in set_aside:
        reasons.setdefault(name, []).append(reason)
    rows = [(name, "; ".join(dict.fromkeys(found))) for name, found in sorted(reasons.items())]
    return schema.check(pd.DataFrame(rows, columns=["source_file", "reason"]), "quarantine")
