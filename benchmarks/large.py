"""What must stay right and flat as a corpus grows: near duplicates, nearest documents, every SQL step over millions of rows."""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers import catalogue, engine, store
from helpers.corpus.near_duplicates import Fingerprints, fingerprint, near_duplicates
from helpers.pipeline import Folders, Run
from tests import asked
from tests.near_copies import altered_pairs

_UNITS = 3_000_000
_SOME = 20_000  # units that a step names beside the tables: as many as a report carries
_NAMES = ("doc_id", "other_doc_id", "unit_id")
_TOGETHER = 100  # copies in a row group
_ASK = """
import pickle, re, resource, sys
from pathlib import Path
from helpers import store
query, frames = pickle.load(open(sys.argv[1], "rb"))
found = store.sql(query, sys.argv[2], **frames)
here = Path("/proc/self/status")  # Linux: there `ru_maxrss` begins with what the process held that started this one
told = re.search(r"VmHWM:\\s+(\\d+)", here.read_text())[1] if here.exists() else None
print(len(found), int(told or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024)
"""


def recall(n: int = 5_000) -> list[str]:
    """Return rows: documents, hashes held, pairs planted at a Jaccard of .8 or more, share found, processor seconds."""
    pairs, rng = altered_pairs(n // 5), np.random.default_rng(0)
    others = [rng.integers(0x4E00, 0x4E00 + 3000, int(np.exp(rng.uniform(np.log(60), np.log(3000))))) for _ in range(n * 3 // 5)]
    texts = [text for pair in pairs for text in pair] + ["".join(map(chr, letters)) for letters in others]
    names, rows = [f"{i:06d}" for i in range(len(texts))], []
    for most in (4_000_000, 2_000):
        held, start = Fingerprints(most), time.process_time()
        for name, text in zip(names, texts, strict=True):
            held.add(name, fingerprint(text))
        found = near_duplicates(names, names, held)
        there = {*zip(found["doc_id"].astype(int), found["other_doc_id"].astype(int), strict=True)}
        share = np.mean([(2 * i, 2 * i + 1) in there for i in range(len(pairs))])
        rows.append(f"| {len(texts)} | {most} | {len(pairs)} | {share:.4f} | {time.process_time() - start:.1f} |")
    return rows


def grow(source: Path, target: Path, copies: int) -> None:
    """Copy the tables of a run, those of documents and units `copies` times, from the second on under other names."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(path for path in source.glob("*.parquet") if path.stem in catalogue.tables()):
        rows = pq.read_table(path)
        many = catalogue.table(path.stem).key[0] in _NAMES
        with pq.ParquetWriter(target / path.name, rows.schema, compression="zstd") as writer:
            for some in engine.batches(range(copies if many else 1), _TOGETHER):
                writer.write_table(pa.concat_tables([_renamed(rows, f"c{copy:05d}-" if copy else "") for copy in some]))


def _renamed(rows: pa.Table, before: str) -> pa.Table:
    for name in set(_NAMES) & set(rows.column_names):
        at, kind = rows.column_names.index(name), rows.schema.field(name).type
        named = pc.binary_join_element_wise(pa.scalar(before, kind), rows[name], pa.scalar("", kind))
        rows = rows.set_column(at, rows.schema.field(name), named)
    return rows


def steps(folder: Path, raw: Path = store.PROJECT_ROOT / "data" / "raw") -> tuple[Path, list[asked.Statement]]:
    """Run the report on some documents; return the folder of its tables and every statement that was asked."""
    notes = folder / "notes"
    notes.mkdir(parents=True)
    with asked.noted(notes):
        Run(Folders(raw, folder / "out"), {"coder": "linear"}, jobs=2)()
    return folder / "out" / "processed", asked.read(notes)


def queries(folder: Path) -> list[str]:
    """Return rows: who asks, rows of the answer, wall seconds, peak MiB of a process of its own, for every SQL step of a run."""
    (few, statements), large, rows = steps(folder), folder / "grown", []
    grow(few, large, -(-_UNITS // store.n_rows(few, "units")))
    for number, (step, frames) in enumerate(zip(statements, beside(statements, large), strict=True)):
        question = folder / f"{number}.pickle"
        question.write_bytes(pickle.dumps((step.query, frames)))
        start = time.perf_counter()
        found = subprocess.run(
            [sys.executable, "-c", _ASK, str(question), str(large)], capture_output=True, text=True, check=True,
            env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )  # fmt: skip
        n, peak = found.stdout.split()
        asks = " ".join(step.query.split())[:60].replace("|", "/")
        rows.append(f"| {step.by[0]}: {asks} | {n} | {time.perf_counter() - start:.1f} | {peak} |")
    return rows


def beside(statements: list[asked.Statement], large: Path) -> Iterator[dict[str, pd.DataFrame]]:
    """Yield what stood beside the tables in each, of the large corpus: its documents, or as many units as a report carries."""
    documents = store.read_table(large, "documents")
    units = store.sql(f"SELECT unit_id FROM units ORDER BY file_row_number LIMIT {_SOME}", large)
    for statement in statements:
        found = {}
        for name, frame in statement.frames.items():
            if "unit_id" in frame and len(frame):
                frame = frame.iloc[np.arange(len(units)) % len(frame)].assign(unit_id=units["unit_id"].to_numpy())
            elif "doc_id" in frame:
                frame = documents[[column for column in frame if column in documents]]
            found[name] = frame
        yield found
