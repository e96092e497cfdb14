"""The edge between tables and files: where folders are, and tables written whole or not at all."""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import schema

PROJECT_ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "HELPERS_WRITTEN"  # names the file in which a notebook's writes are listed, when the pipeline runs it
_DECIMALS = 6

# Which notebook makes which table: so that a missing table can say what to run.
MADE_BY = {
    "documents": "01_clean", "units": "01_clean", "repairs": "01_clean", "quarantine": "01_clean",
    "sections": "01_clean", "near_duplicates": "01_clean",
    "codes": "03_tools", "unit_tools": "03_tools", "tool_shares": "03_tools",
    "unit_stages": "03_tools", "tool_distribution": "03_tools", "tool_stages": "03_tools", "statement_shares": "03_tools",
    "coding_table": "03_tools", "crosswalk_shares": "03_tools", "sensitivity": "03_tools",
    "validity_agreement": "04_validity", "validity_tools": "04_validity", "validity_groups": "04_validity",
    "validity_confusion": "04_validity", "validity_statements": "04_validity", "validity_errors": "04_validity",
    "validity_coders": "04_validity",
    "topics": "05_topics", "topic_shares": "05_topics", "unit_topics": "05_topics",
    "topic_quality": "05_topics", "topic_sweep": "05_topics", "topic_comparison": "05_topics",
    "topic_sentences": "05_topics", "topic_group_shares": "05_topics", "topic_change": "05_topics",
    "topic_flow": "05_topics", "topic_tools": "07_compare", "document_topics": "05_topics",
    "word_intrusion": "05_topics", "word_intrusion_key": "05_topics", "topic_intrusion": "05_topics",
    "topic_intrusion_key": "05_topics",
    "term_frequencies": "02_describe", "keyness": "02_describe", "document_keyness": "02_describe",
    "keyword_context": "02_describe", "cooccurrence": "02_describe", "term_centrality": "02_describe",
    "commitments": "06_commitments", "actors": "06_commitments",
    "target_table": "06_commitments", "indicator_comparison": "06_commitments", "money_by_purpose": "06_commitments",
    "deadlines": "06_commitments", "commitment_conflicts": "06_commitments", "department_links": "06_commitments",
    "department_centrality": "06_commitments", "tool_departments": "06_commitments",
    "differences": "07_compare", "panel": "07_compare", "trends": "07_compare", "area_shares": "07_compare",
    "document_similarity": "07_compare", "shared_passages": "07_compare", "indices": "07_compare", "index_items": "07_compare",
    "duties": "07_compare",
}  # fmt: skip


class MissingTable(FileNotFoundError):
    """A table is not there yet; the message names the notebook that makes it."""


def resolve(path: str | Path) -> Path:
    """Return an absolute path: relative ones start at the project when the working folder lies in it, else at that folder.

    So `data/raw` means the same from the root and from `notebooks/`. A relative path that is not found from a foreign
    working folder but exists in the project (a shipped codebook, say) is the project's.
    """
    path = Path(path).expanduser()
    if path.is_absolute():
        return path
    here = Path.cwd()
    if here.is_relative_to(PROJECT_ROOT):
        return PROJECT_ROOT / path
    return PROJECT_ROOT / path if not (here / path).exists() and (PROJECT_ROOT / path).exists() else here / path


def write_atomic(path: str | Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a temporary file beside `path`, then put it in place in one step."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        write(partial)
        partial.chmod(0o644)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    if WRITTEN in os.environ:
        with open(os.environ[WRITTEN], "a", encoding="utf-8") as log:
            log.write(f"{path}\n")
    return path


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text with line feeds, whole or not at all."""
    return write_atomic(path, lambda partial: partial.write_bytes(text.encode("utf-8")))


def write_table(processed_dir: str | Path, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Check `frame` against the schema, round its floats, write Parquet (and CSV where declared), return what was written."""
    frame = schema.check(frame, name).round(_DECIMALS)
    folder = resolve(processed_dir)
    arrow = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    write_atomic(folder / f"{name}.parquet", lambda partial: pq.write_table(arrow, partial, compression="zstd"))
    if schema.table(name).csv:
        write_csv(folder / f"{name}.csv", frame)
    return frame


def write_csv(path: str | Path, frame: pd.DataFrame) -> Path:
    """Write UTF-8 CSV with line feeds in which no cell can start a formula in a spreadsheet."""
    safe = frame.round(_DECIMALS).copy()
    for column in safe.select_dtypes(include=["str", "object"]).columns:
        safe[column] = safe[column].map(harmless, na_action="ignore")
    return write_atomic(path, lambda partial: safe.to_csv(partial, index=False, lineterminator="\n", encoding="utf-8"))


def harmless(cell):
    """Put an apostrophe before text that a spreadsheet would run as a formula (`=1+1`, `@x`); plain numbers stay."""
    if isinstance(cell, str) and len(cell) > 1 and cell[0] in "=+-@\t\r" and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")


def read_table(processed_dir: str | Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table in its declared types; raise MissingTable naming the notebook that makes it."""
    schema.table(name)
    path = resolve(processed_dir) / f"{name}.parquet"
    if not path.exists():
        maker = MADE_BY.get(name, "another notebook")
        raise MissingTable(f"table {name} is not in {processed_dir}: run notebooks/{maker}.ipynb first (or `make report`)")
    frame = pd.read_parquet(path, columns=columns)
    types = {c.name: c.type for c in schema.table(name).columns}
    return frame.astype({c: schema._PANDAS[types[c]] for c in frame.columns})


def csv_text(frame: pd.DataFrame) -> str:
    """Return `frame` as the CSV text that `write_csv` would write, for tests and downloads."""
    return frame.round(_DECIMALS).map(harmless).to_csv(index=False, lineterminator="\n")
