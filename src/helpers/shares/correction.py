"""Shares of tools and statements corrected for coding error, from all machine codes and a probability sample of gold units.

Counting machine codes repeats the machine's errors in every share, however many units there are. The gold units are a random
sample of each document, so they tell by how much: the corrected share is the machine's share over all units plus the mean
difference between gold and machine over the gold units, each weighted by the inverse of its inclusion probability. That is the
difference estimator of survey sampling (Särndal, Swensson & Wretman 1992, ch. 6); prediction-powered inference (Angelopoulos,
Bates, Fannjiang, Jordan & Zrnic 2023) and design-based supervised learning (Egami, Hinck, Stewart & Wei 2023) are the same idea
with machine codes as predictions. The machine's codes of gold units must be cross-fitted. How much weight the machine gets is
tuned as in PPI++ (Angelopoulos, Duchi & Zrnic 2023): λ = 1 trusts it, λ = 0 uses the gold units alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from helpers.codebook import STATEMENTS, Codebook
from helpers.coding.gold import match
from helpers.coding.labelled import speaking, tool_sets
from helpers.intervals import LEVEL, wilson

GROUP = ["county", "county_code", "year"]
UNKNOWN = "unknown"
# Added to either kind of error before the variance is taken, for one document; spread over several as its square root.
# Without it a rare tool of which the sample has no error gets an interval of width zero (cf. Agresti & Coull 1998).
# Set by simulation, see the tests.
_PSEUDO = 0.25
# λ of a column is drawn to that of all columns of the group as if by so many more coded units: alone, a tool with two or three
# gold units would have a λ of pure chance (0 where the machine was wrong twice), and an interval that is too sure of it.
_PRIOR = 3.0


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

    def members(self, group: int) -> np.ndarray:
        """Return the positions of the documents of a group."""
        return np.arange(len(self.documents)) if group == 0 else np.flatnonzero(self.group == group)


@dataclass(frozen=True)
class Sample:
    """The gold units of each document, summed up: n, effective n, and weighted shares of hits, misses and false alarms."""

    n: np.ndarray
    n_effective: np.ndarray
    hit: np.ndarray
    missed: np.ndarray
    wrong: np.ndarray
    n_positive: np.ndarray


def groups_of(documents: pd.DataFrame, units: pd.DataFrame) -> Groups:
    """Return the whole (first, its columns empty) and each county-year of the documents that have units.

    A document without a county stands under `unknown`, so that its rows are never taken for those of the whole.
    """
    has_units = documents["doc_id"].isin(units["doc_id"].unique())
    documents = documents[has_units].sort_values("doc_id", kind="stable")
    keys = documents[GROUP].assign(county=documents["county"].fillna(UNKNOWN))
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
    already matched (unit_id, doc_id). A group has a corrected share when each of its documents has gold units; its interval is
    then that of the corrected share (Student's t, strata are documents, finite population). Elsewhere corrected_share is empty
    and the interval is Wilson's for the raw share, which knows nothing of coding error.
    """
    coded = unit_tools[unit_tools["tool"].isin(codebook.tools)]
    type_of = {tool: codebook.type_of(tool) for tool in codebook.tools}
    long = pd.concat([
        coded[["unit_id"]].assign(column=coded["tool"]),
        coded[["unit_id"]].assign(column="type " + coded["tool"].map(type_of)).drop_duplicates(),
    ])  # fmt: skip
    names = [name for kind in codebook.types for name in (f"type {kind}", *codebook.tools_of(kind))]
    said = _gold_long(_gold_rows(gold, units, codebook))
    if said is not None:
        types = said[0][["unit_id"]].assign(column="type " + said[0]["column"].map(type_of)).drop_duplicates()
        said = pd.concat([said[0], types]), said[1]
    table = _shares(long, names, documents, units, said)
    kinds = {f"type {kind}": kind for kind in codebook.types}
    table["tool_type"] = table["column"].map(kinds | type_of)
    table["tool"] = table["column"].where(~table["column"].isin(set(kinds)))
    return table[[*GROUP, "tool", "tool_type", "n_units", "share", "corrected_share", "ci_low", "ci_high"]]


def statement_shares(
    codes: pd.DataFrame, documents: pd.DataFrame, units: pd.DataFrame, gold: pd.DataFrame, codebook: Codebook
) -> pd.DataFrame:
    """Return shares of the four statements, raw and corrected, for the same groups and in the same way as `corrected_shares`."""
    found = _gold_rows(gold, units, codebook)
    said = None if found is None else (found[["unit_id"]].assign(column=found["statement"]), found)
    table = _shares(codes[["unit_id"]].assign(column=codes["statement"]), list(STATEMENTS), documents, units, said)
    return table.rename(columns={"column": "statement"})


def raw_shares(long: pd.DataFrame, names: list[str], documents: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return raw shares of any yes/no property of units (`long`: unit_id, column, each pair once), with Wilson's interval."""
    return _shares(long, names, documents, units, None).drop(columns="corrected_share")


def _gold_rows(gold: pd.DataFrame | None, units: pd.DataFrame, codebook: Codebook) -> pd.DataFrame | None:
    """Return the gold rows that are coded with this codebook and are units of this corpus; None when there are none."""
    rows = speaking(gold, codebook)
    if not len(rows):
        return None
    rows = rows[rows["set"] == "gold"] if "set" in rows else rows
    rows = rows if "doc_id" in rows else match(rows, units)
    rows = rows[rows["unit_id"].notna()]
    return rows if len(rows) else None


def _gold_long(rows: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return the gold tools in long form (unit_id, column) and the gold rows."""
    if rows is None:
        return None
    pairs = [
        (unit, tool) for unit, tools in zip(rows["unit_id"], tool_sets(rows["tools"]), strict=True) for tool in sorted(tools)
    ]
    return pd.DataFrame(pairs, columns=["unit_id", "column"]), rows


def _shares(long: pd.DataFrame, names: list[str], documents: pd.DataFrame, units: pd.DataFrame, said) -> pd.DataFrame:
    """Estimate each column of `names` in each group. long: unit_id, column as coded; said: the same as gold, and gold rows."""
    groups = groups_of(documents, units)
    n_documents = len(groups.documents)
    index = pd.Index(units["unit_id"].to_numpy(object))
    document = pd.Index(np.array(groups.documents, dtype=object)).get_indexer(units["doc_id"].to_numpy(object))
    sizes = np.bincount(document[document >= 0], minlength=n_documents).astype(float)
    at = index.get_indexer(long["unit_id"].to_numpy(object))
    counts = _count(_through(at, document), long["column"], names, n_documents)
    sample = _sample(said, long["column"], at, index, document, names, n_documents)
    n_coded, total = groups.totals(counts), groups.totals(sizes[:, None])[:, 0]
    share = n_coded / np.maximum(total, 1)[:, None]
    low, high = wilson(n_coded, np.broadcast_to(total[:, None], share.shape))
    corrected = np.full(share.shape, np.nan)
    if sample is not None:
        covered = groups.totals((sample.n == 0).astype(float)[:, None])[:, 0] == 0
        for i in np.flatnonzero(covered):
            docs = groups.members(i)
            corrected[i], low[i], high[i] = _estimate(sizes[docs], counts[docs], sample, docs)
    keys = groups.frame.loc[np.repeat(np.arange(len(groups.frame)), len(names))].reset_index(drop=True)
    values = {"n_units": n_coded.astype(int), "share": share, "corrected_share": corrected, "ci_low": low, "ci_high": high}
    columns = {"column": np.tile(np.array(names, dtype=object), len(groups.frame)), **{k: v.ravel() for k, v in values.items()}}
    return keys.assign(**columns)


def _through(at: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return `target[at]`, and -1 where `at` is -1."""
    return np.where(at >= 0, target[at], -1) if len(target) else np.full(len(at), -1)


def _count(at: np.ndarray, column: pd.Series, names: list[str], n_rows: int) -> np.ndarray:
    """Return how often each column stands in each row; `at` is the row of each entry, -1 for none."""
    j = pd.Index(np.array(names, dtype=object)).get_indexer(column.to_numpy(object))
    ok = (at >= 0) & (j >= 0)
    flat = at[ok] * len(names) + j[ok]
    return np.bincount(flat, minlength=n_rows * len(names)).reshape(n_rows, len(names)).astype(float)


def _sample(said, column: pd.Series, at: np.ndarray, index: pd.Index, document: np.ndarray, names: list[str], n_documents: int):
    """Sum up the gold units of each document as a Sample; None without gold. `at` is the unit of each coded `column`."""
    if said is None:
        return None
    gold, rows = said
    unit = index.get_indexer(rows["unit_id"].to_numpy(object))
    keep = (_through(unit, document) >= 0) & ~rows["unit_id"].duplicated().to_numpy()
    rows, unit = rows[keep], unit[keep]
    if not len(rows):
        return None
    doc, place = document[unit], np.full(len(index), -1)
    place[unit] = np.arange(len(rows))
    y = _count(_through(index.get_indexer(gold["unit_id"].to_numpy(object)), place), gold["column"], names, len(rows)) > 0
    f = _count(_through(at, place), column, names, len(rows)) > 0
    weight = _weights(rows, doc, n_documents)

    def by_document(matrix):
        columns = np.asarray(matrix, float).T
        return np.stack([np.bincount(doc, weights=values, minlength=n_documents) for values in columns], axis=1)

    squares = np.bincount(doc, weights=weight**2, minlength=n_documents)
    hit, missed, wrong = (by_document(weight[:, None] * m) for m in (y & f, y & ~f, ~y & f))
    effective = np.divide(1, squares, out=np.zeros(n_documents), where=squares > 0)
    return Sample(np.bincount(doc, minlength=n_documents), effective, hit, missed, wrong, by_document(y))


def _weights(rows: pd.DataFrame, doc: np.ndarray, n_documents: int) -> np.ndarray:
    """Return inverse inclusion probabilities that sum to 1 in each document (Hájek); equal ones where none are given."""
    given = rows["inclusion_probability"] if "inclusion_probability" in rows else pd.Series(np.nan, index=rows.index)
    probability = pd.to_numeric(given, errors="coerce").to_numpy(float)
    usable = np.isfinite(probability) & (probability > 0)
    bad = np.bincount(doc, weights=~usable, minlength=n_documents)[doc] > 0
    weight = np.where(bad, 1.0, 1 / np.where(usable, probability, 1.0))
    return weight / np.bincount(doc, weights=weight, minlength=n_documents)[doc]


def _estimate(
    sizes: np.ndarray, counts: np.ndarray, sample: Sample, docs: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return corrected share, lower and upper bound of each column in one group of documents (the strata)."""
    n, effective = sample.n[docs].astype(float), np.maximum(sample.n_effective[docs], 1.0)
    hit, missed, wrong = sample.hit[docs], sample.missed[docs], sample.wrong[docs]
    total = sizes.sum()
    part = (sizes / total)[:, None]
    leverage = part**2 * (np.maximum(1 - n / sizes, 0) / effective)[:, None]
    truth, coded = hit + missed, hit + wrong
    spread = (leverage * coded * (1 - coded)).sum(0)
    covariance = (leverage * (hit - truth * coded)).sum(0)
    pooled = np.clip(covariance.sum() / spread.sum(), 0, 1) if spread.sum() > 1e-15 else 1.0
    prior = _PRIOR * (leverage / effective[:, None]).sum(0)
    tuned = np.clip((covariance + pooled * prior) / np.maximum(spread + prior, 1e-300), 0, 1)
    value = (part * (truth + tuned * (counts / sizes[:, None] - coded))).sum(0)

    pseudo = _PSEUDO / np.sqrt(len(docs)) / effective[:, None]
    missed, wrong, mass = missed + pseudo, wrong + pseudo, 1 + 2 * pseudo
    mean = (hit * (1 - tuned) + missed - wrong * tuned) / mass
    square = (hit * (1 - tuned) ** 2 + missed + wrong * tuned**2) / mass
    bessel = (effective / np.maximum(effective - 1, 1))[:, None]
    half = stdtrit(max(n.sum() - len(docs), 1), (1 + LEVEL) / 2) * np.sqrt((leverage * bessel * (square - mean**2)).sum(0))
    # What the coders saw is certain: the share cannot be below the gold positives, nor above all but the gold negatives.
    positive = sample.n_positive[docs].sum(0)
    floor, ceiling = positive / total, 1 - (n.sum() - positive) / total
    value = np.clip(value, floor, ceiling)
    return value, np.clip(value - half, floor, value), np.clip(value + half, value, ceiling)
