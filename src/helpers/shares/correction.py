"""Shares of tools and statements corrected for coding error, from all machine codes and a probability sample of gold units.

Counting machine codes repeats the machine's errors in every share, however many units there are. The gold units are a
probability sample, so they tell by how much; prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023)
and design-based supervised learning (Egami, Hinck, Stewart & Wei 2023) rest on the same idea. The estimator stands in
`shares.composite`. The machine's codes of gold units must be cross-fitted.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.codebook import STATEMENTS, Codebook
from helpers.coding.gold import match
from helpers.coding.labelled import speaking, tool_sets
from helpers.distinct import distinct
from helpers.language import UNKNOWN
from helpers.shares.as_coded import intervals, of_sections
from helpers.shares.composite import LEAST, Sample, composite

GROUP = ["county", "county_code", "year"]
_VALUES = ["n_units", "share", "corrected_share", "ci_low", "ci_high", "standard_error", "n_gold", "basis"]
OWN, POOLED, AS_CODED = "own gold", "pooled gold", "as coded"  # what the share of a group rests on


@dataclass(frozen=True)
class Groups:
    """Which documents make which group: `frame` has the group columns, first the whole; `group` is each document's row."""

    frame: pd.DataFrame
    documents: list[str]
    group: np.ndarray

    def totals(self, values: np.ndarray) -> np.ndarray:
        """Sum the rows of (documents, k) `values` in each group."""
        out = np.zeros((len(self.frame), values.shape[1]))
        if len(out):
            np.add.at(out, self.group, values)
            out[0] = values.sum(0)
        return out


def groups_of(documents: pd.DataFrame, units: pd.DataFrame) -> Groups:
    """Return the whole (first, its columns empty) and each county-year of the documents that have units.

    A document without a county stands under `unknown`, so that its rows are never taken for those of the whole.
    """
    has_units = documents["doc_id"].isin(units["doc_id"].unique())
    documents = documents[has_units].sort_values("doc_id", kind="stable")
    keys = documents[GROUP].assign(county=documents["county"].fillna(UNKNOWN), year=documents["year"].astype("Int64"))
    frame = keys.drop_duplicates().sort_values(GROUP, kind="stable", na_position="last").reset_index(drop=True)
    place = {tuple(_plain(row)): i for i, row in enumerate(frame.itertuples(index=False), 1)}
    group = np.array([place[tuple(_plain(row))] for row in keys.itertuples(index=False)], dtype=int)
    whole = pd.DataFrame({c: pd.Series([None] * bool(len(frame)), dtype=frame[c].dtype) for c in GROUP})
    return Groups(pd.concat([whole, frame], ignore_index=True), documents["doc_id"].tolist(), group)


def _plain(row) -> list:
    return [None if pd.isna(value) else value for value in row]


def corrected_shares(
    codes: pd.DataFrame,
    unit_tools: pd.DataFrame,
    documents: pd.DataFrame,
    units: pd.DataFrame,
    gold: pd.DataFrame,
    codebook: Codebook,
) -> pd.DataFrame:
    """Return the rows of `tool_shares`: for the whole and each county-year, each type (tool empty) and each tool.

    codes: unit_id, statement; unit_tools: unit_id, tool; documents (those to report): doc_id, county, county_code, year;
    units: unit_id, doc_id, text, heading_path; gold: as `coding.read_labelled` (rows of other sets than `gold` are ignored), or
    already matched (unit_id, doc_id). With twenty gold units or more in these documents, every group has a corrected
    share; its interval covers the error of coding and of drawing gold units, in these documents. basis: `own gold` where a
    group's own gold units have half the weight or more, `pooled gold` where those of all do. With fewer, corrected_share is
    empty, basis is `as coded`, and the interval (`shares.as_coded`) knows nothing of coding error. A type
    is nowhere less than its greatest tool, nor more than its tools together.

    Without gold units the shares are as coded:

    >>> from helpers import codebook, coding
    >>> book = codebook.load("data/codebook/policy_tools.yml")
    >>> documents = pd.DataFrame({"doc_id": ["d"], "county": ["甲县"], "county_code": ["430001"], "year": [2020]})
    >>> texts = ["对企业给予一次性奖励10万元。", "去年全县工业增长8%。"]
    >>> units = pd.DataFrame({"unit_id": ["a", "b"], "doc_id": "d", "text": texts, "heading_path": ""})
    >>> codes, unit_tools = coding.code_units(units, book)
    >>> shares = corrected_shares(codes, unit_tools, documents, units, None, book)
    >>> shares[(shares["tool"] == "funding") & shares["county"].notna()][["n_units", "share", "basis"]].values.tolist()
    [[1, 0.5, 'as coded']]
    """
    long = with_types(unit_tools, codebook)
    table = _shares(long, columns_of(codebook), documents, units, gold_columns(gold, units, codebook))
    return _agreeing(tools_and_types(table, codebook))[[*GROUP, "tool", "tool_type", *_VALUES]]


def columns_of(codebook: Codebook) -> list[str]:
    """Return the columns that are estimated: each type ("type x"), then its tools."""
    return [name for kind in codebook.types for name in (f"type {kind}", *codebook.tools_of(kind))]


def places(index: pd.Index, values: pd.Series) -> np.ndarray:
    """Return the place of each value in an index, -1 where it has none; of categories each is looked up once."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.append(index.get_indexer(values.cat.categories.to_numpy(object)), -1)[values.cat.codes.to_numpy()]
    whole = pd.api.types.is_integer_dtype(values.dtype)
    return index.get_indexer(values.to_numpy(np.int64) if whole else values.to_numpy(object))


def unit_index(unit_ids: pd.Series) -> pd.Index:
    """Return the index of units by their id, or by their number (`store.iter_table`), which of a whole table takes no memory."""
    if not pd.api.types.is_integer_dtype(unit_ids.dtype):
        return pd.Index(unit_ids.to_numpy(object))
    numbers = unit_ids.to_numpy(np.int64)
    return pd.RangeIndex(len(numbers)) if np.array_equal(numbers, np.arange(len(numbers))) else pd.Index(numbers)


def with_types(unit_tools: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return unit_id, column: each unit with its tools, and once with each of their types."""
    names = columns_of(codebook)
    type_of = np.array([names.index(f"type {codebook.type_of(tool)}") for tool in codebook.tools], dtype=np.int64)
    number = places(pd.Index(codebook.tools), unit_tools["tool"])
    unit, number = unit_tools["unit_id"][number >= 0], number[number >= 0]
    place, known = pd.factorize(unit)
    typed, types = np.divmod(distinct(place * len(names) + type_of[number]), len(names))
    column = np.concatenate([places(pd.Index(names), pd.Series(codebook.tools))[number], types])
    unit_id = pd.concat([unit, pd.Series(known.take(typed))], ignore_index=True)
    return pd.DataFrame({"unit_id": unit_id, "column": pd.Categorical.from_codes(column, names)})


def tools_and_types(table: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Add tool (empty for a type) and tool_type to a table with `column`."""
    kinds = {f"type {kind}": kind for kind in codebook.types}
    named = table["column"].map(kinds | {tool: codebook.type_of(tool) for tool in codebook.tools})
    return table.assign(tool=table["column"].where(~table["column"].isin(set(kinds))), tool_type=named)


def gold_columns(gold: pd.DataFrame | None, units: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return the gold units' tools and types (unit_id, column) and the gold rows; None when there are none."""
    rows = _gold_rows(gold, units, codebook)
    if rows is None:
        return None
    pairs = [
        (unit, tool) for unit, tools in zip(rows["unit_id"], tool_sets(rows["tools"]), strict=True) for tool in sorted(tools)
    ]
    return with_types(pd.DataFrame(pairs, columns=["unit_id", "tool"]), codebook), rows


def _agreeing(table: pd.DataFrame) -> pd.DataFrame:
    """Keep each type between its greatest tool and the sum of its tools, which are estimated apart; its interval goes along."""
    block = (table["tool"].isna()).cumsum()  # a type, then its tools
    tools = table["corrected_share"].where(table["tool"].notna()).groupby(block)
    least, most = tools.transform("max"), tools.transform("sum", min_count=1)
    value = table["corrected_share"].clip(least, most).where(table["tool"].isna(), table["corrected_share"])
    low, high = (
        table["ci_low"].where(~(value < table["ci_low"]), value),
        table["ci_high"].where(~(value > table["ci_high"]), value),
    )
    return table.assign(corrected_share=value, ci_low=low, ci_high=high)


def best(rows):
    """Return the share to report: corrected where there is one, else as coded; of a frame, or of one row of its itertuples().

    >>> best(pd.DataFrame({"share": [0.2, 0.4], "corrected_share": [0.1, None]})).tolist()
    [0.1, 0.4]
    """
    corrected = getattr(rows, "corrected_share", None)
    if isinstance(corrected, pd.Series):
        return corrected.where(corrected.notna(), rows.share)
    return rows.share if pd.isna(corrected) else corrected


def statement_shares(
    codes: pd.DataFrame, documents: pd.DataFrame, units: pd.DataFrame, gold: pd.DataFrame, codebook: Codebook
) -> pd.DataFrame:
    """Return shares of the four statements, raw and corrected, for the same groups and in the same way as `corrected_shares`."""
    found = _gold_rows(gold, units, codebook)
    said = None if found is None else (found[["unit_id"]].assign(column=found["statement"]), found)
    table = _shares(codes[["unit_id"]].assign(column=codes["statement"]), list(STATEMENTS), documents, units, said)
    return table.rename(columns={"column": "statement"})[[*GROUP, "statement", *_VALUES]]


def raw_shares(long: pd.DataFrame, names: list[str], documents: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return raw shares of any yes/no property of units, with the intervals of `shares.as_coded`.

    long: unit_id, column, each pair once.
    """
    return _shares(long, names, documents, units, None)[[*GROUP, "column", "n_units", "share", "ci_low", "ci_high"]]


def _gold_rows(gold: pd.DataFrame | None, units: pd.DataFrame, codebook: Codebook) -> pd.DataFrame | None:
    """Return the gold rows that are coded with this codebook and are units of this corpus; None when there are none."""
    rows = speaking(gold, codebook)
    if not len(rows):
        return None
    rows = rows[rows["set"] == "gold"] if "set" in rows else rows
    rows = rows if "doc_id" in rows else match(rows, units)
    rows = rows[rows["unit_id"].notna()]
    return rows if len(rows) else None


def _shares(long: pd.DataFrame, names: list[str], documents: pd.DataFrame, units: pd.DataFrame, said) -> pd.DataFrame:
    """Estimate each column of `names` in each group. long: unit_id, column as coded; said: the same as gold, and gold rows."""
    groups = groups_of(documents, units)
    n_documents = len(groups.documents)
    known = pd.Index(np.array(groups.documents, dtype=object))
    index, document = unit_index(units["unit_id"]), places(known, units["doc_id"])
    sizes = np.bincount(document[document >= 0], minlength=n_documents).astype(float)
    at = places(index, long["unit_id"])
    counts = _count(_through(at, document), long["column"], names, n_documents)
    n_coded, total = groups.totals(counts), groups.totals(sizes[:, None])[:, 0]
    share = n_coded / np.maximum(total, 1)[:, None]
    corrected, error = np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    basis, n_gold = np.full(share.shape, AS_CODED, dtype=object), np.zeros(len(total), dtype=int)
    sample = None if said is None else _sample(said, long["column"], at, index, document, names, sizes)
    if sample is not None and 0 < len(sample.document) >= min(LEAST, int(total[:1].sum())):  # a census is enough, however small
        found = composite(sizes, counts, sample, groups.totals)
        corrected, low, high, error, n_gold = found.value, found.low, found.high, found.error, found.n_gold
        basis = np.where(found.own_weight >= 0.5, OWN, POOLED)
    else:
        column = places(pd.Index(np.array(names, dtype=object)), long["column"])
        known = "heading_path" in units
        sections = of_sections(units["heading_path"], document, at, column, counts.shape) if known else None
        low, high = intervals(groups.totals, counts, sizes, sections)
    values = {
        "n_units": n_coded.astype(int), "share": share, "corrected_share": corrected, "ci_low": low, "ci_high": high,
        "standard_error": error, "n_gold": np.broadcast_to(n_gold[:, None], share.shape), "basis": basis,
    }  # fmt: skip
    keys = groups.frame.loc[np.repeat(np.arange(len(groups.frame)), len(names))].reset_index(drop=True)
    columns = {"column": np.tile(np.array(names, dtype=object), len(groups.frame)), **{k: v.ravel() for k, v in values.items()}}
    return keys.assign(**columns)


def _through(at: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return `target[at]`, and -1 where `at` is -1."""
    return np.where(at >= 0, target[at], -1) if len(target) else np.full(len(at), -1)


def _count(at: np.ndarray, column: pd.Series, names: list[str], n_rows: int) -> np.ndarray:
    """Return how often each column stands in each row; `at` is the row of each entry, -1 for none."""
    j = places(pd.Index(np.array(names, dtype=object)), column)
    ok = (at >= 0) & (j >= 0)
    flat = at[ok] * len(names) + j[ok]
    return np.bincount(flat, minlength=n_rows * len(names)).reshape(n_rows, len(names)).astype(float)


def _sample(
    said, column: pd.Series, at: np.ndarray, index: pd.Index, document: np.ndarray, names: list[str], sizes: np.ndarray
) -> Sample:
    """Put gold and machine codes of the gold units side by side. `at` is the unit of each coded `column`."""
    gold, rows = said
    unit = places(index, rows["unit_id"])
    keep = (_through(unit, document) >= 0) & ~rows["unit_id"].duplicated().to_numpy()
    rows, unit = rows[keep], unit[keep]
    doc, place = document[unit], np.full(len(index), -1)
    place[unit] = np.arange(len(rows))
    y = _count(_through(places(index, gold["unit_id"]), place), gold["column"], names, len(rows)) > 0
    f = _count(_through(at, place), column, names, len(rows)) > 0
    of_document = np.ones(len(sizes))
    of_document[doc] = _probability(rows, "document_probability")
    together = rows["cluster"].fillna("").astype(str).to_numpy(object) if "cluster" in rows else np.array([""], dtype=object)
    alone = np.array([f"\0{i}" for i in range(len(rows))], dtype=object)
    named = pd.factorize(np.where(together == "", alone, together))[0] if (together != "").any() else None
    return Sample(doc, y, f, weights(rows, doc, sizes), np.where(of_document > 0, of_document, 1.0), named)


def weights(rows: pd.DataFrame, doc: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return inverse inclusion probabilities; in a document without them, those of a simple random sample of it."""
    probability = _probability(rows, "inclusion_probability")
    bad = np.bincount(doc, weights=~(probability > 0), minlength=len(sizes))[doc] > 0
    simple = sizes[doc] / np.bincount(doc, minlength=len(sizes))[doc]
    return np.where(bad, simple, 1 / np.where(probability > 0, probability, 1.0))


def _probability(rows: pd.DataFrame, column: str) -> np.ndarray:
    given = rows[column] if column in rows else pd.Series(np.nan, index=rows.index)
    return np.nan_to_num(pd.to_numeric(given, errors="coerce").to_numpy(float))
