"""What 05_topics says, as facts: the fields of the texts in topics.yml, taken from what was fitted."""

import numpy as np
import pandas as pd

from helpers.language import name, say
from helpers.thresholds import LEAST_CARRIED, STABLE, is_commonest
from helpers.topics.choose import bears, standing
from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit
from helpers.topics.quality import overlap
from helpers.topics.stability import Refits

_FEW = 30  # documents below which a topic is what these documents write about


def corpus(prepared: Prepared, ks: list[int], documents: pd.DataFrame) -> dict:
    """State what the size of the corpus allows: passages, words, and what cannot be read from them."""
    n = len(documents)
    return {
        "n_ks": len(ks), "fitted": len(prepared.sample), "passages": prepared.n_passages, "words": len(prepared.words), "n": n,
        "few": 1 < n < _FEW, "missing": int((documents["county"].isna() | documents["year"].isna()).sum()),
    }  # fmt: skip


def choice(quality: pd.DataFrame, chosen: int, given: bool = False, fields: int = 0) -> dict:
    """State why this number of topics, from the measures of each that was tried; `fields`: how many the file of fields has."""
    if not chosen:
        return {"k": 0}
    row = quality.loc[quality["n_topics"] == chosen].iloc[0]
    return {
        "k": chosen, "given": given, "fields": fields, "stability": row["stability"], "resamples": row["resample_stability"],
        "chance": row["shuffled_stability"], "gain": row["held_out_gain"], "noise": row["shuffled_gain"], "npmi": row["npmi"],
        "exclusivity": row["exclusivity"], "passed": int(bears(quality).sum()), "tried": len(quality), "asked": STABLE,
        "rank": standing(quality)[quality["n_topics"] == chosen].iloc[0],
    }  # fmt: skip


def carried(rows: pd.DataFrame) -> dict:
    """State first whether the corpus carries topics at all: `rows` as `per_topic`, before fields are folded."""
    n = int(rows["stable"].sum())
    return {
        "n": len(rows), "carried": n, "enough": n >= LEAST_CARRIED, "below": STABLE, "stability": rows["stability"].mean(),
        "resample": rows["resample_stability"].mean(), "chance": rows["shuffled_stability"].mean(),
        "half": rows["half_stability"].mean(),
    }  # fmt: skip


def folded(rows: pd.DataFrame, before: Prepared, language: str) -> dict:
    """State which fields of the file the corpus does not carry, each with its stability; `rows` as `per_topic` of `before`."""
    weak = [
        say("topics.weak_field", language, field=field.zh if language == "zh" else field.en, stability=row.stability)
        for field, row in zip(before.fields, rows.itertuples(), strict=False) if not row.stable
    ]  # fmt: skip
    return {
        "n": int((~rows["stable"]).sum()),
        "enough": int(rows["stable"].sum()) >= LEAST_CARRIED,
        "weak": say("labels.semicolon", language).join(weak),
    }


def stability(rows: pd.DataFrame, fitted: Fit, refitted: Refits, runs: int) -> dict:
    """State how surely topics and the topics of sentences come back, against how alike the topics of one fit are."""
    if not len(rows):
        return {"n": 0}
    return {
        "n": len(rows), "runs": runs, "overlap": overlap(fitted.topics), "agreement": refitted.agreement,
        "seed": rows["seed_stability"].mean(), "drawn": fitted.seeded is None,
    }  # fmt: skip


def comparison(rows: pd.DataFrame, language: str) -> dict:
    """State how the model does beside plain LDA."""
    values = [
        "npmi",
        "stability",
        "shuffled_stability",
        "half_stability",
        "assignment_agreement",
        "held_out_gain",
        "shuffled_gain",
    ]
    models = [
        say("topics.compared_model", language, model=name(row["model"], language), **{v: row[v] for v in values})
        for row in rows.to_dict("records")
    ]
    ours = rows.iloc[0] if len(rows) else {}
    agreement = {v: ours.get(v) for v in ("assignment_agreement", "shuffled_agreement", "learned_agreement")}
    models = say("labels.semicolon", language).join(models)
    return {"n": len(rows), "models": models, "model": name(ours["model"], language) if len(rows) else "", **agreement}


def other_numbers(rows: pd.DataFrame, n_topics: tuple[int, ...]) -> dict:
    """State how far shares move under other numbers of topics; `rows`: as `group_shares`, with label."""
    if not len(rows) or not n_topics:
        return {"n": 0}
    moved = np.maximum(rows["share"] - rows["k_low"], rows["k_high"] - rows["share"])
    top = rows.loc[moved.idxmax()]
    inside = (rows["k_low"] >= rows["ci_low"]) & (rows["k_high"] <= rows["ci_high"])
    return {
        "n": len(n_topics), "least": min(n_topics), "most": max(n_topics), "median": 100 * moved.median(),
        "max": 100 * moved.max(),
        "label": top["label"], "share": top["share"], "low": top["k_low"], "high": top["k_high"], "inside": int(inside.sum()),
        "all": len(rows),
    }  # fmt: skip


def answer(rows: pd.DataFrame) -> dict:
    """State how many topics come back and, where refits agree on it, which one most sentences belong to; `rows`: as
    `tables.topics`."""
    if not len(rows):
        return {"n": 0}
    top = rows.sort_values(["stable", "n_units", "topic"], ascending=[False, False, True], kind="stable").iloc[0]
    share = top["n_units"] / max(rows["n_units"].sum(), 1)
    n = int(rows["stable"].sum())
    return {
        "n": int(rows["stability"].notna().sum()), "stable": n, "topic": top["topic"], "label": top["label"], "share": share,
        "enough": n >= LEAST_CARRIED, "leads": is_commonest(top, n), "largest": top["largest"],
    }  # fmt: skip
