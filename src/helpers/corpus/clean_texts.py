"""The clean texts again, from the raw files and the log of repairs: nothing is stored twice."""

import hashlib
from pathlib import Path

import pandas as pd

from helpers import repair
from helpers.corpus.archives import read_raw, unfolded
from helpers.corpus.blocks import Unreadable
from helpers.corpus.files import RawFile, list_files
from helpers.corpus.readers import read


class ChangedSource(ValueError):
    """A raw file is not the one that the tables were made from; the message names it and says what to do."""


def clean_texts(raw_dir: str | Path, documents: pd.DataFrame, repairs: pd.DataFrame) -> dict[str, str]:
    """Return {doc_id: clean text}: each raw file is read again and its rows of `repairs` are applied.

    Raises ChangedSource when a file is gone or has another checksum than `documents` says.
    """
    log = dict(list(repairs.groupby("doc_id", sort=False)))
    there = {file.name: file for file in unfolded(list_files(Path(raw_dir))).files if not file.refused}  # no other path is opened
    return {
        row.doc_id: repair.apply(_raw_text(there.get(row.source_file), row), _log(log.get(row.doc_id)))
        for row in documents.itertuples(index=False)
    }


def _raw_text(file: RawFile | None, row) -> str:
    try:
        data = read_raw(file) if file else None
    except (OSError, Unreadable):
        data = None
    if data is None:
        raise ChangedSource(f"{row.source_file}: is not in the raw folder any more; restore it, or give --raw")
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise ChangedSource(f"{row.source_file}: has changed since the tables were made; run `python -m helpers report` again")
    return read(data, file.suffix).text


def _log(rows: pd.DataFrame | None) -> list[repair.Repair]:
    if rows is None:
        return []
    text = rows[["before", "after", "reason"]].astype(object).where(rows[["before", "after", "reason"]].notna(), "")
    columns = (rows["rule"], rows["raw_start"], rows["raw_end"], text["before"], text["after"], rows["certainty"], text["reason"])
    return [repair.Repair(*values) for values in zip(*columns, strict=True)]
