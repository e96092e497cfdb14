"""Shares to what a regression takes: the panel of counties and years; the units' outcomes with the design of the gold sample."""

import numpy as np
import pandas as pd

from helpers.codebook import Codebook
from helpers.distinct import distinct
from helpers.language import UNKNOWN
from helpers.shares.correction import GROUP, columns_of, gold_columns, tools_and_types, weights, with_types

_ABOUT = ["n_documents", "n_units", "n_chars", "doc_forms"]
_OUTCOME = ["tool", "tool_type", "coded", "gold", "inclusion_probability", "pseudo_outcome"]


def county_year_panel(tool_shares: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return the table `panel`: a row a county-year and tool or type (tool empty), ready for a regression.

    tool_shares: as `corrected_shares`; documents (those of the shares): county, county_code, year, n_units, n_chars, doc_form.
    n_documents, n_units, n_chars and doc_forms (joined by ;) are the county-year's, n_coded its units so coded. It joins a
    yearbook by county_code (six digits, text) and year. share is as coded, corrected_share and standard_error know coding error.
    """
    keyed = documents.assign(county=documents["county"].fillna(UNKNOWN), year=documents["year"].astype("Int64"))
    cells = keyed.groupby(GROUP, dropna=False).agg(
        n_documents=("doc_id", "size"), n_units=("n_units", "sum"), n_chars=("n_chars", "sum"),
        doc_forms=("doc_form", lambda forms: ";".join(sorted(set(forms.dropna()))) or None),
    )  # fmt: skip
    rows = tool_shares[tool_shares["county"].notna()].rename(columns={"n_units": "n_coded"})
    out = rows.assign(year=rows["year"].astype("Int64")).merge(cells.reset_index(), on=GROUP, how="inner")
    values = ["n_coded", "share", "corrected_share", "standard_error", "n_gold", "basis"]
    return out[[*GROUP, *_ABOUT, "tool", "tool_type", *values]].reset_index(drop=True)


def unit_outcomes(
    unit_tools: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame, gold: pd.DataFrame | None, codebook: Codebook
) -> pd.DataFrame:
    """Return the table `unit_outcomes`: what stands for each unit in a regression that coding error does not bias.

    The pseudo-outcome of design-based supervised learning (Egami, Hinck, Stewart & Wei 2023): the machine's code f; for a gold
    unit f + (y − f)/π, y the gold code and π the probability with which the unit came into the sample. Its mean is that of y,
    however the machine errs. Takes what `corrected_shares` takes. A row a unit and tool or type (tool empty) that is coded so,
    and all of them for each gold unit; of the pairs without a row all is 0. Where a gold file gives no probabilities, π is that
    of a simple random sample of the document.
    """
    index = pd.Index(units["unit_id"].to_numpy(object))
    names, about = columns_of(codebook), documents.set_index("doc_id")
    document = pd.Index(about.index).get_indexer(units["doc_id"].to_numpy(object))
    coded, gold_units = _cells(with_types(unit_tools, codebook), index, names), np.zeros(0, dtype=int)
    positive, probability = np.zeros(0, dtype=int), np.zeros(0)
    said = gold_columns(gold, units, codebook)
    if said is not None:
        rows = said[1].drop_duplicates("unit_id")
        rows = rows[np.append(document, -1)[index.get_indexer(rows["unit_id"].to_numpy(object))] >= 0]
        gold_units = index.get_indexer(rows["unit_id"].to_numpy(object))
        sizes = np.bincount(document[document >= 0], minlength=len(about)).astype(float)
        probability = 1 / weights(rows, document[gold_units], sizes)
        positive = _cells(said[0], index, names)
    cells = np.union1d(coded, (gold_units[:, None] * len(names) + np.arange(len(names))).ravel())
    unit, column = cells // len(names), cells % len(names)
    inside = document[unit] >= 0
    cells, unit, column = cells[inside], unit[inside], column[inside]
    of_unit = np.full(len(index), np.nan)
    of_unit[gold_units] = probability
    pi, f, y = of_unit[unit], np.isin(cells, coded), np.isin(cells, positive)
    pseudo = np.where(np.isnan(pi), f, f + (y * 1.0 - f) / np.where(np.isnan(pi), 1, pi))
    out = pd.DataFrame({
        "unit_id": index.to_numpy()[unit], "doc_id": units["doc_id"].to_numpy(object)[unit],
        "column": np.array(names, dtype=object)[column], "coded": f, "gold": pd.array(y, dtype="boolean"),
        "inclusion_probability": pi, "pseudo_outcome": pseudo,
    })  # fmt: skip
    out = tools_and_types(out, codebook).join(about[GROUP], on="doc_id")
    return out.assign(gold=out["gold"].mask(np.isnan(pi)))[["unit_id", "doc_id", *GROUP, *_OUTCOME]]


def _cells(long: pd.DataFrame, index: pd.Index, names: list[str]) -> np.ndarray:
    """Return the numbers of the cells (unit × column) that `long` (unit_id, column) names."""
    unit = index.get_indexer(long["unit_id"].to_numpy(object))
    column = pd.Index(names).get_indexer(long["column"].to_numpy(object))
    there = (unit >= 0) & (column >= 0)
    return distinct(unit[there] * len(names) + column[there])


def document_outcomes(outcomes: pd.DataFrame, documents: pd.DataFrame, tool_type: str, tool: str | None = None) -> pd.DataFrame:
    """Return the mean outcomes of each document for one tool or type: doc_id, the group, n_units, as_coded, outcome (0-1).

    outcomes: as `unit_outcomes`; documents: with n_units. outcome: mean pseudo-outcome, weighted by n_units as good as the units
    themselves in a regression on what is known of documents, counties and years.
    """
    rows = outcomes[
        (outcomes["tool_type"] == tool_type) & (outcomes["tool"].isna() if tool is None else outcomes["tool"] == tool)
    ]
    sums = rows.astype({"coded": float}).groupby("doc_id")[["coded", "pseudo_outcome"]].sum()
    found = documents.loc[documents["n_units"] > 0, ["doc_id", *GROUP, "n_units"]].reset_index(drop=True)
    means = sums.reindex(found["doc_id"]).fillna(0.0).to_numpy() / found[["n_units"]].to_numpy(dtype=float)
    return found.assign(as_coded=means[:, 0], outcome=means[:, 1])
