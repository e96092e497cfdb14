"""What 04_validity says, as facts: the fields of the texts in validity.yml, taken from what ran."""

import pandas as pd

from helpers.codebook import Codebook
from helpers.coding.labelled import unknown_labels, without_probability
from helpers.language import name, place, say, spanned
from helpers.shares.facts import unknown
from helpers.validity.scores import ENOUGH


def gold(matched: pd.DataFrame, n_paired: int, reported: pd.DataFrame, codebook: Codebook, rows: pd.DataFrame, language) -> dict:
    """State how many gold units measure the coder, how many lie in the reported documents, and in how many of these.

    rows: all rows of the gold file; matched: those that `coding.speaking` keeps, with their units; n_paired: of these, the
    ones in reported documents.
    """
    found = matched["unit_id"].notna()
    speaking = matched.loc[found & matched["doc_id"].isin(set(reported["doc_id"])), "doc_id"].nunique()
    strange = unknown_labels(rows, codebook)["tool"] if len(rows) and not len(matched) else pd.Series(dtype="str")
    lost = matched.loc[~found, "unit"].head(5).astype(str).tolist() if 0 < found.sum() < len(found) else []
    assumed = int((found & without_probability(matched)).sum())
    return {
        "assumed": assumed, "rows": len(rows), "n": len(matched), "codebook": codebook.id, "strange": sorted(set(strange))[:8],
        "found": int(found.sum()), "paired": n_paired, "documents": len(reported), "lost": lost, "speaking": speaking,
        "unknown": unknown(rows, codebook, language) if len(matched) else "", "silent": speaking < len(reported),
    }  # fmt: skip


def agreement(measured: pd.DataFrame, groups: pd.DataFrame) -> dict:
    """State the headline figures of agreement with their intervals; first, of `groups`, those of counties left out."""
    unseen = groups[groups["kind"] == "all_left_out"]
    left_out = {
        f"unseen_{m}": spanned(*unseen[[m, f"{m}_low", f"{m}_high"]].iloc[0]) if len(unseen) else ""
        for m in ("kappa", "micro_f1", "macro_f1")
    }
    tools = int(unseen["n_tools"].iloc[0]) if len(unseen) else 0
    rows = measured[measured["weighting"] == "sample"].set_index("measure")
    words = {m: spanned(*rows.loc[m, ["value", "ci_low", "ci_high"]]) for m in rows.index}
    n = int(rows["n_units"].iloc[0]) if len(rows) else 0
    return {"n": n, "unseen": len(unseen) > 0, "least": ENOUGH, "n_tools": tools, **words, **left_out}


def left_out(groups: pd.DataFrame, language: str) -> dict:
    """State what a county gets that the coder has never seen."""
    rows = groups[groups["kind"] == "county_left_out"]
    known = rows[rows["micro_f1"].notna()]
    if not len(known):
        return {"n": 0}
    low, high = known.loc[known["micro_f1"].idxmin()], known.loc[known["micro_f1"].idxmax()]
    return {
        "n": len(known), "low": low["micro_f1"], "low_county": place(low["name"], language), "high": high["micro_f1"],
        "high_county": place(high["name"], language), "kappa_low": rows["kappa"].min(), "kappa_high": rows["kappa"].max(),
    }  # fmt: skip


def errors(found: pd.DataFrame, n: int, language: str) -> dict:
    """State how many gold units have an error and what the commonest cause is. found: as `mistakes.causes`."""
    first = found.iloc[0] if len(found) else {"cause": "", "n_units": 0}
    wrong = int(found["n_units"].sum())
    return {"n": n, "wrong": wrong, "cause": name(first["cause"], language), "often": int(first["n_units"])}


def coders(pairs: pd.DataFrame, codes: pd.DataFrame, coders_are: str, language: str, taught: bool = False) -> dict:
    """State how far the codings agree and what kind of coders made them; `coders_are`: model, people, mixed or unknown.

    taught: whether the coder learned from a model's codes. A model is not judged by a model's codes without a word. Raises
    TextError for another kind.
    """
    who = say("validity.coders_are", language, coders_are=coders_are)
    ends = {f"{m}_{end}": getattr(pairs[m], end)() for m in ("kappa", "micro_f1", "same_sets") for end in ("min", "max")}
    by_model = bool(codes["coder"].eq("llm").any()) or (taught and not codes["coder"].eq("rules").all())
    return {"n": len(pairs), "who": who, "judged": coders_are in ("model", "mixed") and by_model, **ends}


def corrected(shares: pd.DataFrame) -> dict:
    """State how many county-years have corrected shares and how often the raw share lies outside the interval."""
    keys, rows = ["county", "county_code", "year"], shares[shares["corrected_share"].notna()]
    all_, spoken = (len(part.loc[part["county"].notna(), keys].drop_duplicates()) for part in (shares, rows))
    outside = int(((rows["share"] < rows["ci_low"]) | (rows["share"] > rows["ci_high"])).sum())
    return {"n": len(rows), "groups": all_, "spoken": spoken, "outside": outside}
