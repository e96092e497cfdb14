"""What must stay right and flat as a corpus grows: near duplicates, nearest documents, SQL over millions of rows."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import store
from helpers.corpus.near_duplicates import Fingerprints, fingerprint, near_duplicates
from tests.near_copies import altered_pairs

_STATEMENTS = np.array(["measure", "goal", "background", "other"])
_QUERIES = {
    "statements counted": "SELECT statement, count(*) AS n FROM codes GROUP BY statement",
    "statements by document, joined":
        "SELECT doc_id, statement, count(*) AS n FROM codes JOIN units USING (unit_id) GROUP BY ALL",
}  # fmt: skip
_ASK = """
import resource, sys
from helpers import store
store.sql(sys.argv[1], sys.argv[2], memory='500MB')
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
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


def write_rows(folder: Path, n: int = 3_000_000, at_a_time: int = 100_000) -> None:
    """Write `codes` and `units` of so many invented units."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, writers = np.random.default_rng(0), {}
    for start in range(0, n, at_a_time):
        docs = [f"d{i // 55:06d}" for i in range(start, start + at_a_time)]
        ids = pa.array([f"{doc}:{i % 55:05d}" for i, doc in enumerate(docs, start)], pa.large_string())
        statement = pa.array(_STATEMENTS[rng.integers(0, 4, at_a_time)], pa.large_string())
        made = {"codes": pa.table({"unit_id": ids, "statement": statement})}
        made["units"] = pa.table({"unit_id": ids, "doc_id": pa.array(docs, pa.large_string())})
        for name, table in made.items():
            if name not in writers:
                writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd")
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()


def queries(folder: Path) -> list[str]:
    """Return rows: query, wall seconds and peak MiB of a process of its own with a limit of 500 MB."""
    write_rows(folder)
    rows = []
    for name, query in _QUERIES.items():
        start = time.perf_counter()
        said = subprocess.run([sys.executable, "-c", _ASK, query, str(folder)], capture_output=True, text=True, check=True)
        wall = time.perf_counter() - start
        rows.append(f"| {name} | {store.n_rows(folder, 'codes')} | {wall:.1f} | {said.stdout.strip()} |")
    return rows
