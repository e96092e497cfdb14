"""How the reading of commitments and departments does on invented units of other counties: `python -m benchmarks.promises`.

Two samples of `tests/fixtures`, each coded twice before the rules were touched. The rules were mended on the first and on one
half of the second (by document); the other half was only counted. F1 of kind with value, and of department with role, with
statements coded by hand and by the coder that ships; 95 % intervals by drawing documents (Efron & Tibshirani 1993).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers import codebook, coding, commitments, store
from helpers.commitments import agreement

FIXTURES = store.PROJECT_ROOT / "tests" / "fixtures"
_DRAWS, _SEED = 2000, 20250101
_KEYS = ["unit_id", "department", "role"]


def read(sample: str, fixtures: Path = FIXTURES) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return (units with document and half, documents, coded commitments, coded departments) of a sample."""
    coded, actors = (
        pd.read_csv(fixtures / f"{name}_{sample}.csv", dtype=str, keep_default_na=False) for name in ("commitments", "actors")
    )
    coded = coded.rename(columns={"unit": "key", "unit_of_value": "unit"})
    units = coded.drop_duplicates("key").rename(columns={"key": "unit_id", "heading": "heading_path"})
    units["doc_id"] = units["document"] if "document" in units else units["unit_id"]
    units["half"] = units.get("half", "tune")
    county = actors.drop_duplicates("unit").set_index("unit")["county"].replace("", None)
    units["county"] = units["unit_id"].map(county)
    documents = units.groupby("doc_id", sort=False).agg(year=("document_year", "first"), county=("county", "first")).reset_index()
    return units.reset_index(drop=True), documents.astype({"year": int}), coded, actors.rename(columns={"unit": "unit_id"})


def counts(units: pd.DataFrame, documents: pd.DataFrame, coded: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return found, missed and extra commitments of each document."""
    columns = ["unit_id", "doc_id", "text", "heading_path", "table_row"]
    paired = agreement.matches(commitments.extract(units[columns], codes, documents), coded)
    return _by_document(units, paired["key"], paired["outcome"])


def counts_of_actors(units: pd.DataFrame, documents: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Return found, missed and extra departments of each document; groups are not compared."""
    named = commitments.actors(units[["unit_id", "doc_id", "text", "table_row"]], documents)
    named = named.loc[~named["is_collective"], _KEYS]
    paired = coded.loc[coded["department"] != "", _KEYS].merge(named, how="outer", indicator=True)
    outcome = paired["_merge"].astype(str).map({"both": "found", "left_only": "missed", "right_only": "extra"})
    return _by_document(units, paired["unit_id"], outcome)


def _by_document(units: pd.DataFrame, unit: pd.Series, outcome: pd.Series) -> pd.DataFrame:
    document = unit.map(units.set_index("unit_id")["doc_id"])
    table = pd.crosstab(document.rename("doc_id"), outcome.rename("outcome"))
    return table.reindex(index=units["doc_id"].unique(), columns=["found", "missed", "extra"], fill_value=0)


def summary(table: pd.DataFrame, seed: int = _SEED) -> str:
    """Write precision, recall and F1 with its interval."""
    n, rng = table.to_numpy(float), np.random.default_rng(seed)
    drawn = n[rng.integers(len(n), size=(_DRAWS, len(n)))].sum(axis=1)
    low, high = np.quantile(_f1(drawn), [0.025, 0.975])
    found, missed, extra = n.sum(axis=0)
    return f"P {found / (found + extra):.3f} R {found / (found + missed):.3f} F1 {_f1(n.sum(axis=0)):.3f} [{low:.2f}, {high:.2f}]"


def _f1(n: np.ndarray) -> np.ndarray:
    return 2 * n[..., 0] / np.maximum(2 * n[..., 0] + n[..., 1] + n[..., 2], 1)


def main() -> None:
    """Print the figures of both samples and of the half of the second that was only counted."""
    coder = coding.Coder(codebook.load("data/codebook/policy_tools.yml"), coding.read_labelled("data/gold"), _SEED)
    for sample in ("elsewhere", "fresh"):
        units, documents, coded, actors = read(sample)
        by_hand, by_coder = units[["unit_id", "statement"]], coder.code(units)[0]
        for half in sorted(units["half"].unique()):
            own = units.loc[units["half"] == half, "doc_id"].unique()
            print(f"{sample}, {half} ({len(own)} documents, {int((units['half'] == half).sum())} units)")
            for name, codes in (("hand", by_hand), ("coder", by_coder)):
                print(f"  statements by {name}: {summary(counts(units, documents, coded, codes).loc[own])}")
            print(f"  departments: {summary(counts_of_actors(units, documents, actors).loc[own])}")


if __name__ == "__main__":
    main()
