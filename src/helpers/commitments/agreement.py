"""How well the extraction agrees with the gold sentences of `commitments.csv`."""

from pathlib import Path

import pandas as pd

from helpers import rows as rows_of
from helpers import store

COLUMNS = ["kind", "indicator", "comparator", "value", "unit", "year", "condition"]


def read_gold(gold_dir: str | Path) -> pd.DataFrame:
    """Read `commitments.csv`: one row a commitment, `kind` none for sentences without one; `key` identifies the sentence.

    A team's folder without such a file is served by the shipped one: its sentences try the grammar, whatever is reported.
    """
    frame = rows_of.read(store.or_shipped(gold_dir, "commitments.csv"))
    return frame.rename(columns={"unit": "key", "unit_of_value": "unit"})


def units_of(gold: pd.DataFrame) -> pd.DataFrame:
    """Return the coded sentences as units, one each, every one its own document."""
    first = gold.drop_duplicates("key")
    return pd.DataFrame({"unit_id": first["key"], "doc_id": first["key"], "text": first["text"]}).reset_index(drop=True)


def matches(extracted: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Pair extracted rows with coded rows of the same sentence, kind and value, in order; `outcome` is found, missed or extra.

    Rows of a kind and value that occurs twice in a sentence pair up one to one. Deadlines have no value: they pair in order.
    """
    got = extracted.rename(columns={"unit_id": "key"})[["key", *COLUMNS]].copy()
    got[COLUMNS] = got[COLUMNS].astype(object).fillna("")
    want = gold.loc[gold["kind"] != "none", ["key", *COLUMNS]].copy()
    for frame in (got, want):
        frame["turn"] = frame.groupby(["key", "kind", "value"]).cumcount()
    paired = want.merge(got, on=["key", "kind", "value", "turn"], how="outer", suffixes=("_gold", ""), indicator=True)
    names = {"both": "found", "left_only": "missed", "right_only": "extra"}
    return paired.assign(outcome=paired["_merge"].astype(str).map(names)).drop(columns=["_merge", "turn"])


def scores(paired: pd.DataFrame) -> pd.DataFrame:
    """Return precision, recall and F1 of kind with value, over all kinds and each, and how often unit and year are right."""
    rows = [_score("all", paired)] + [_score(kind, group) for kind, group in paired.groupby("kind", sort=True)]
    return pd.DataFrame(rows)


def _score(name: str, paired: pd.DataFrame) -> dict:
    found = paired[paired["outcome"] == "found"]
    n, missed, extra = len(found), int((paired["outcome"] == "missed").sum()), int((paired["outcome"] == "extra").sum())
    precision, recall = n / max(1, n + extra), n / max(1, n + missed)
    right = {f"{column}_right_share": float((found[column] == found[f"{column}_gold"]).mean()) if n else float("nan")
             for column in ("unit", "year", "comparator")}  # fmt: skip
    return {"kind": name, "n_coded": n + missed, "n_extracted": n + extra, "precision_share": precision, "recall_share": recall,
            "f1_share": 2 * precision * recall / max(1e-9, precision + recall), **right}  # fmt: skip


def errors(paired: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """List what was missed, found too much, or found with another unit or year, with the sentence."""
    texts = gold.drop_duplicates("key").set_index("key")["text"]
    other = (paired["outcome"] == "found") & ((paired["unit"] != paired["unit_gold"]) | (paired["year"] != paired["year_gold"]))
    wrong = paired[(paired["outcome"] != "found") | other].copy()
    wrong["outcome"] = wrong["outcome"].where(wrong["outcome"] != "found", "other unit or year")
    wrong["indicator"] = wrong["indicator"].fillna(wrong["indicator_gold"])
    wrong["text"] = wrong["key"].map(texts)
    return wrong[["outcome", "kind", "value", "indicator", "text"]].reset_index(drop=True)
