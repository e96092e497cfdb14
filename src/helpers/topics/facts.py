"""What 05_topics says, as facts: the fields of the texts in topics.yml, taken from what was fitted."""

import pandas as pd

from helpers.language import name, say
from helpers.thresholds import STABLE, STABLE_OVER_SEEDS
from helpers.topics.choose import standing
from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit
from helpers.topics.quality import overlap

_FEW = 30  # documents below which a topic is what these documents write about


def corpus(prepared: Prepared, ks: list[int], documents: pd.DataFrame) -> dict:
    """State what the size of the corpus allows: passages, words, and what cannot be read from them."""
    n = len(documents)
    return {
        "n_ks": len(ks), "fitted": len(prepared.sample), "passages": prepared.n_passages, "words": len(prepared.words), "n": n,
        "few": 1 < n < _FEW, "missing": int((documents["county"].isna() | documents["year"].isna()).sum()),
    }  # fmt: skip


def choice(quality: pd.DataFrame, chosen: int, given: bool = False) -> dict:
    """State why this number of topics, from the measures of each that was tried."""
    if not chosen:
        return {"k": 0}
    row = quality.loc[quality["n_topics"] == chosen].iloc[0]
    passed = (quality["seed_stability"] >= STABLE_OVER_SEEDS) & (quality["resample_stability"] >= STABLE)
    return {
        "k": chosen, "given": given, "seeds": row["seed_stability"], "resamples": row["resample_stability"],
        "gain": row["held_out_gain"], "npmi": row["npmi"], "exclusivity": row["exclusivity"], "passed": int(passed.sum()),
        "tried": len(quality), "rank": standing(quality)[quality["n_topics"] == chosen].iloc[0], "asked": STABLE_OVER_SEEDS,
        "asked_again": STABLE,
    }  # fmt: skip


def stability(rows: pd.DataFrame, fitted: Fit, runs: int, below: float) -> dict:
    """State how surely the topics come back, against how alike the topics of one fit are."""
    if not len(rows):
        return {"n": 0}
    means = {which: rows[f"{which}_stability"].mean() for which in ("seed", "resample")}
    unstable = int((~rows["stable"]).sum())
    return {"n": len(rows), "runs": runs, "overlap": overlap(fitted.topics), "below": below, "unstable": unstable, **means}


def comparison(rows: pd.DataFrame, language: str) -> dict:
    """State how the model does beside plain LDA."""
    values = ["npmi", "seed_stability", "resample_stability"]
    models = [
        say("topics.compared_model", language, model=name(row["model"], language), **{v: row[v] for v in values})
        for row in rows.to_dict("records")
    ]
    return {"n": len(rows), "models": say("labels.semicolon", language).join(models)}


def answer(rows: pd.DataFrame) -> dict:
    """State how many topics come back and which one most sentences belong to; `rows`: as `tables.topics`."""
    if not len(rows):
        return {"n": 0}
    top = rows.sort_values(["n_units", "topic"], ascending=[False, True], kind="stable").iloc[0]
    share = top["n_units"] / max(rows["n_units"].sum(), 1)
    return {"n": len(rows), "stable": int(rows["stable"].sum()), "topic": top["topic"], "label": top["label"], "share": share}
