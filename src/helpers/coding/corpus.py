"""Units of a corpus → its codes, over all workers and in little memory; what a document was given is remembered.

The one place that codes a whole corpus. A document is coded again when
its units, the codebooks, the labelled units, the seed or the code have changed, or when another document brought sentences
that are labelled, since those are left out by folds.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers import catalogue, engine, notices, store
from helpers.cache import PACKED, Part, Parts, key, mark
from helpers.codebook import Codebook
from helpers.coding import likeness, llm
from helpers.coding.cascade import least_sure, parted
from helpers.coding.coder import Coder, FittedCoder, checked, fold_of_units, rows_with
from helpers.coding.combine import Partner
from helpers.coding.held_out import left_out_codes
from helpers.coding.listing import coding_table, numbered
from helpers.coding.stages import unit_stages
from helpers.distinct import distinct
from helpers.segment import default_lexicon

TABLES = ("codes", "unit_tools", "unit_stages", "unit_vectors", "other_tools")  # the last where another coder stands beside
_NEAR = "near_labelled"
ROOMS = (
    "codebook",
    "coding",
    "segment",
    "structure",
    "repair",
    "cache.py",
    "store.py",
    "asked.py",
    "rows.py",
    "where.py",
    "keys.py",
    "catalogue/check.py",
    "distinct.py",
    "language/reasons.py",
    "engine.py",
    "notices.py",
    "__init__.py",
)
PACKAGES = ("ahocorasick-rs", "numpy", "pandas", "pyarrow", "rjieba", "scipy", "threadpoolctl")
_COLUMNS = ["unit_id", "doc_id", "heading_path", "text"]
_LEFT_OUT = "left_out_codes"
_AT_ONCE = 10_000  # units coded at once
_READ_AT_ONCE = 1_000  # where the encoder reads all, which takes half a minute
_SURENESS = "sureness"


@dataclass(frozen=True)
class Written:
    """What `write` did: units coded, rows by table, how many documents had to be coded anew."""

    n_units: int
    n_rows: dict[str, int]
    n_made: int
    n_asked: int = 0  # units that the encoder read


@dataclass(frozen=True, slots=True)
class _Document:
    """What must be known of a document before it is coded: where it is, and which labelled units stand in it."""

    doc_id: str
    group: int
    n_units: int
    digest: str
    rows: np.ndarray  # the labelled rows that stand in it, each once, ascending; -1 first where a unit is none of them
    unit_ids: list[str]  # where a language model codes, else none: those of millions of units would fill the memory


@dataclass(frozen=True)
class _Shared:
    """What every worker gets once."""

    processed_dir: str
    parts: Parts
    coder: FittedCoder
    rules: FittedCoder | None
    row_of: dict[str, int]
    left_out: np.ndarray
    chain: Codebook
    asked: dict[str, np.ndarray] | None = None  # by document, the units that the encoder reads; None: all
    given: llm.Given | None = None  # what a language model said
    packed: bool = False  # whether parts lie many in a file


def write(
    processed_dir: str | Path,
    codebook: Codebook,
    chain: Codebook,
    labelled: pd.DataFrame | None = None,
    seed: int = 0,
    method: str = "learned",
    n_jobs: int | None = None,
    model: llm.Settings | None = None,
) -> Written:
    """Code the tables `documents` and `units` of a folder; write its codes, unit_tools, unit_stages, coding_table and four more.

    `chain` is the codebook of the stages. other_tools: what other coders would give, the rules
    alone and, beside a language model, the linear learner; empty where the rules alone code.
    left_out_codes: those of the labelled units by models that saw nothing of their county, from the same fit. unit_vectors and
    near_labelled: sentence vectors of the encoder, and the labelled sentences nearest to each unit. Of more than
    20,000 units (or another number: `method="learned:5000"`, `learned:all`) the encoder reads those of which the linear
    learner is least sure, so many. The bytes are the same for any number of workers, any backend and whatever was remembered.
    `method` llm: the language model of `model` codes, and another coder the units for which no answer of it counts (table
    model_doubts says why).
    """
    processed_dir = str(store.resolve(processed_dir))
    given = None
    if method == llm.CODER:
        given = llm.given(processed_dir, codebook, labelled, model)
        method = "learned" if given.n_lost else "linear"  # the encoder reads no more than what the model lost
    store.write_table(processed_dir, llm.DOUBTS, given.doubts if given else catalogue.empty(llm.DOUBTS))
    method, most = parted(method)
    coder, parts = Coder(codebook, labelled, seed, method), Parts.of(processed_dir, "codes")
    spoken, partner = coder.labelled, coder.partner
    groups = range(store.n_groups(processed_dir, "units"))
    survey = engine.map(partial(_survey, processed_dir=processed_dir, named=given is not None), groups, n_jobs, coder.row_of)
    found = [document for group in survey for document in group]
    left_out = coder.left_out(_together(found))
    base = key(
        mark(ROOMS, PACKAGES),
        repr((codebook, chain, seed, coder.learned)),
        coder.labelled.to_csv() if coder.learned else "",
        coder.partner.key if coder.partner else "",
        "\n".join(sorted(default_lexicon().words)),  # evidence ends where its words do
        *(str(store.arrow_schema(name)) for name in TABLES),
    )
    keys = {d.doc_id: key(base, d.digest, left_out.tobytes() if d.rows[-1] >= 0 else b"") for d in found}
    if len(keys) < len(found):
        raise ValueError("table units: the rows of a document do not stand together in one row group; run 01_clean again")
    if coder.learned:
        engine.release()  # learning needs for a moment the memory that waiting workers hold
    packed = len(found) >= PACKED
    shared = _Shared(processed_dir, parts, FittedCoder(codebook), None, coder.row_of, left_out, chain, packed=packed)
    n_units = sum(d.n_units for d in found)
    n_asked, sure = n_units if coder.partner else 0, {}
    if given:
        keys = {d.doc_id: key(keys[d.doc_id], given.mark(d.unit_ids)) for d in found}
        asked = {d.doc_id: np.array([unit not in given.codes for unit in d.unit_ids]) for d in found}
        shared, n_asked = replace(shared, given=given, asked=asked), given.n_lost if coder.partner else 0
    elif most is not None and n_asked > most:
        sure = {doc_id: key(name, _SURENESS) for doc_id, name in keys.items()}
        shared = replace(shared, asked=_least_sure(found, sure, coder, shared, most, n_jobs))
        keys = {doc_id: key(name, shared.asked[doc_id].tobytes()) for doc_id, name in keys.items()}
        n_asked = most
    alone = not coder.learned and given is None  # the rules and nothing else
    missing = [d for d in found if not parts.has(keys[d.doc_id], TABLES[:-1] if alone else TABLES)]
    keys[_LEFT_OUT] = key(base, _LEFT_OUT, "" if given is None else llm.CODER)
    held = None if parts.has(keys[_LEFT_OUT], [_LEFT_OUT]) else _left_out(coder, given is None)
    if missing:
        fitted = coder.fit(fold_of_units(_together(missing), left_out), left_out)
        shared = replace(shared, coder=fitted, rules=None if alone else FittedCoder(codebook))
        del coder  # what it was fitted from need not wait beside the workers
        _work(missing, keys, shared, n_jobs, _tables)
    engine.release()
    if held is not None:
        parts.write(keys[_LEFT_OUT], Part({}, {_LEFT_OUT: held}))
    parts = parts.again()
    written = _assemble(processed_dir, parts, keys, codebook)
    store.write_table(processed_dir, _NEAR, _nearest(processed_dir, spoken, partner))
    store.write_table(processed_dir, _LEFT_OUT, _joined(parts, [keys[_LEFT_OUT]])[_LEFT_OUT].to_pandas())
    parts.sweep([*keys.values(), *sure.values()])
    return Written(n_units, written, len(missing), n_asked)


def _nearest(processed_dir: str, spoken: pd.DataFrame | None, partner: Partner | None) -> pd.DataFrame:
    """Return the labelled sentences nearest to as many units as a report carries."""
    if spoken is None:
        return catalogue.empty(_NEAR)
    units = checked(store.some(processed_dir, "units", ["unit_id", "text"], likeness.MOST_UNITS))
    own = "SELECT unit_vectors.* FROM unit_vectors SEMI JOIN units_here USING (unit_id)"
    vectors = store.sql(own, processed_dir, units_here=units[["unit_id"]])
    return likeness.nearest(units, vectors, spoken, partner and partner.space)


def _least_sure(
    found: list[_Document], keys: dict[str, str], coder: Coder, shared: _Shared, most: int, n_jobs: int | None
) -> dict[str, np.ndarray]:
    """Return for each document the units that the encoder reads; how sure the linear learner is of them is remembered."""
    unread = [d for d in found if not shared.parts.has(keys[d.doc_id], [_SURENESS])]
    if unread:
        fitted = coder.fit(fold_of_units(_together(unread), shared.left_out), shared.left_out)
        _work(unread, keys, replace(shared, coder=fitted), n_jobs, _sureness)
    parts = shared.parts.again()
    return least_sure({d.doc_id: _joined(parts, [keys[d.doc_id]])[_SURENESS][_SURENESS].to_numpy() for d in found}, most)


def _left_out(coder: Coder, wanted: bool) -> pa.Table:
    """Code the labelled units of real documents, each without its county; none where rules or a language model code."""
    if not (coder.learned and wanted):
        return store.to_arrow(catalogue.empty(_LEFT_OUT), _LEFT_OUT)
    codes, unit_tools = left_out_codes(coder)
    tools = unit_tools.groupby("unit_id", sort=False)["tool"].agg(";".join)
    frame = codes[["unit_id", "statement"]].assign(tools=codes["unit_id"].map(tools).fillna(""))
    return store.to_arrow(frame.rename(columns={"unit_id": "labelled_unit"}), _LEFT_OUT)


def _survey(group: int, row_of: dict[str, int], processed_dir: str, named: bool) -> list[_Document]:
    """Look at one row group of `units`."""
    units = checked(store.read_group(processed_dir, "units", group, _COLUMNS))
    rows = rows_with(row_of, units["text"])
    columns = [units[name].tolist() for name in ("unit_id", "heading_path", "text")]
    documents = []
    for doc_id, start, end in _documents(units["doc_id"].to_numpy(object)):
        digest = key(*("\0".join(column[start:end]) for column in columns))  # no text holds that character
        unit_ids = columns[0][start:end] if named else []
        documents.append(_Document(doc_id, group, end - start, digest, distinct(rows[start:end]), unit_ids))
    return documents


def _together(documents: list[_Document]) -> np.ndarray:
    return distinct(np.concatenate([d.rows for d in documents])) if documents else np.zeros(0, np.int64)


def _documents(doc_ids: np.ndarray) -> Iterator[tuple[str, int, int]]:
    """Yield (doc_id, first row, one past the last) of each run of rows of one document."""
    starts = [0, *(np.flatnonzero(doc_ids[1:] != doc_ids[:-1]) + 1).tolist()] if len(doc_ids) else []
    for start, end in zip(starts, [*starts[1:], len(doc_ids)], strict=False):
        yield doc_ids[start], start, end


def _work(missing: list[_Document], keys: dict[str, str], shared: _Shared, n_jobs: int | None, make: Callable) -> None:
    """Let workers make tables of documents and write their parts, some documents of a row group of `units` at a time."""
    items: list[tuple[int, dict[str, str]]] = []
    size, most = 0, _READ_AT_ONCE if shared.coder.partner and shared.asked is None and make is _tables else _AT_ONCE
    for document in missing:
        if not items or items[-1][0] != document.group or size >= most:
            items.append((document.group, {}))
            size = 0
        items[-1][1][document.doc_id] = keys[document.doc_id]
        size += document.n_units
    with notices.counting("units", sum(d.n_units for d in missing)) as count:
        for n_units in engine.map(partial(_some, make=make), items, n_jobs, shared, heavy=True):
            count.add(n_units)


def _some(item: tuple[int, dict[str, str]], shared: _Shared, make: Callable) -> int:
    """Make the tables of some documents of a row group and write their parts; return how many units they have."""
    group, keys = item
    units = store.read_group(shared.processed_dir, "units", group, _COLUMNS)
    units = checked(units[units["doc_id"].isin(keys)]).reset_index(drop=True)
    tables, made = make(units, shared), {}
    for doc_id, start, end in _documents(units["doc_id"].to_numpy(object)):
        made[keys[doc_id]] = Part({}, {name: _rows(table, at, start, end) for name, (table, at) in tables.items()})
    for pack in [made] if shared.packed else [{name: part} for name, part in made.items()]:
        shared.parts.write_all(pack)
    return len(units)


def _sureness(units: pd.DataFrame, shared: _Shared) -> dict[str, tuple[pa.Table, np.ndarray]]:
    """Return how sure the linear learner is of each unit, as `_tables` does."""
    sure = shared.coder.sureness(units, fold_of_units(rows_with(shared.row_of, units["text"]), shared.left_out))
    return {_SURENESS: (pa.table({_SURENESS: sure}), np.arange(len(units)))}


def _tables(units: pd.DataFrame, shared: _Shared) -> dict[str, tuple[pa.Table, np.ndarray]]:
    """Return the tables of whole documents, each with the number of the unit of every row (ascending)."""
    fold = fold_of_units(rows_with(shared.row_of, units["text"]), shared.left_out)
    hits = shared.coder.hits(units)
    asked = None if shared.asked is None else np.concatenate([shared.asked[d] for d in units["doc_id"].unique()])
    codes, unit_tools = shared.coder.code(units, fold, hits, asked)
    beside = [unit_tools.assign(coder="linear")] if shared.given and (codes["coder"] != "rules").any() else []
    if shared.given:
        codes, unit_tools = shared.given.over(units, codes, unit_tools, shared.coder.codebook)
    read = np.full(len(units), True) if asked is None else asked
    frames = {"codes": codes, "unit_tools": unit_tools, "unit_stages": unit_stages(units, codes, shared.chain)}
    frames["unit_vectors"] = _vectors(units[read], shared.coder.partner)
    index = pd.Index(units["unit_id"].to_numpy(object))
    if shared.rules:
        plain = {"tool": object, "tool_type": object}
        others = pd.concat([*beside, shared.rules.by_rules(units, hits).astype(plain).assign(coder="rules")])
        others = others.iloc[np.argsort(index.get_indexer(others["unit_id"].to_numpy(object)), kind="stable")]
        frames["other_tools"] = others[["unit_id", "coder", "tool", "tool_type"]]
    return {name: (store.to_arrow(f, name), index.get_indexer(f["unit_id"].to_numpy(object))) for name, f in frames.items()}


def _vectors(units: pd.DataFrame, partner: Partner | None) -> pd.DataFrame:
    """Return the sentence vectors of the units that the encoder read; none where it did not."""
    if partner is None or partner.space is None:
        return catalogue.empty("unit_vectors")
    vectors = partner.vectors(units["text"].tolist(), units["heading_path"].tolist())
    return likeness.table(units["unit_id"].to_numpy(object), vectors)


def _rows(table: pa.Table, at: np.ndarray, start: int, end: int) -> pa.Table:
    first, last = np.searchsorted(at, [start, end])
    return table.slice(first, last - first)


def _assemble(processed_dir: str, parts: Parts, keys: dict[str, str], codebook: Codebook) -> dict[str, int]:
    """Write the tables from the parts, in the order of `units`."""
    documents = store.read_table(processed_dir, "documents")
    about = numbered(documents)
    with ExitStack() as stack:
        writers = {name: stack.enter_context(store.TableWriter(processed_dir, name)) for name in TABLES}
        listing = stack.enter_context(store.TableWriter(processed_dir, "coding_table"))
        for units in store.iter_table(processed_dir, "units", [*_COLUMNS, "position"], batch_rows=1):
            tables = _joined(parts, [keys[doc_id] for doc_id in units["doc_id"].unique()])
            for name, table in tables.items():
                writers[name].add(table)
            frames = (tables[name].to_pandas() for name in ("codes", "unit_tools", "unit_stages"))
            listing.add(coding_table(units, *frames, about, codebook))
    return {name: writer.n_rows for name, writer in {**writers, "coding_table": listing}.items()}


def _joined(parts: Parts, keys: Iterable[str]) -> dict[str, pa.Table]:
    found = [parts.read(k) for k in keys]
    if None in found:
        raise OSError(f"{parts.folder}: a part is gone or damaged since it was written; run again")
    return {name: pa.concat_tables([part.tables[name] for part in found if name in part.tables]) for name in found[0].tables}
