"""The topics beside those of other models on the same passages, by the same measures; and what the passages bear at all."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import store
from helpers.topics.agreement import agreements
from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit, fit
from helpers.topics.quality import coherence, held_out_gain
from helpers.topics.reading import read
from helpers.topics.seeded import shuffled
from helpers.topics.stability import Refits, per_topic, refits

COLUMNS = ("model", "n_topics", "npmi", "seed_stability", "resample_stability", "shuffled_stability", "half_stability",
           "stability", "assignment_agreement", "shuffled_agreement", "learned_agreement", "held_out_gain",
           "shuffled_gain")  # fmt: skip
NAMES = {"seeded": "seeded topics", "nmf": "consensus NMF", "lda": "plain LDA, one run"}
_RUNS, _MEMBERS = {"nmf": 3, "lda": 1}, 12  # rivals are measured more lightly than the model that is reported
_SAMPLE = 500  # passages, evenly spread over those of a large corpus, on which rivals are fitted and measured


def gains(prepared: Prepared, fitted: Fit, seed: int) -> tuple[float, float]:
    """Return the held-out gain of the model on the sample and on the sample shuffled (nats a word); headings have no part in
    it."""
    seeds = fitted.seeded.seeds if fitted.seeded else None
    k = len(fitted.topics)
    return tuple(
        held_out_gain(counts, k, seed, fitted.model, prepared.members, seeds)
        for counts in (prepared.plain, shuffled(prepared.plain, seed))
    )


def compare(prepared: Prepared, fitted: Fit, stability: pd.DataFrame, refitted: Refits, seed: int) -> pd.DataFrame:
    """Set the model beside the free ones at the same K: consensus NMF, and LDA in one run of ten passes.

    Of a corpus of which a sample is fitted, the rivals are fitted on 500 passages of it, and read the sentences of these alone.
    Columns: COLUMNS; stabilities are means over topics, gains in nats a word, assignment_agreement the adjusted Rand index of the
    sentences' strongest topics over refits; shuffled_agreement and learned_agreement as `agreements`, of the reported model only.
    Empty where there is no topic.
    """
    if not len(fitted.topics):
        return pd.DataFrame(columns=list(COLUMNS))
    whole, learned = agreements(_some(prepared) if prepared.is_sampled else prepared, fitted, seed)
    both = {"shuffled_agreement": whole, "learned_agreement": learned}
    rows = [_row(prepared, fitted, stability, refitted.agreement, seed) | both]
    for model in ("nmf", "lda"):
        if model != fitted.model:
            light = _light(prepared)
            rival = fit(light.sample, len(fitted.topics), seed, model, members=_MEMBERS)
            again = refits(light, rival, read(light, rival).topic, seed, _RUNS[model])
            its = per_topic(light.sample, rival, seed, _RUNS[model], _MEMBERS, shuffles=1)
            rows.append(_row(light, rival, its, again.agreement, seed))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _light(prepared: Prepared) -> Prepared:
    """Return what the rivals are fitted on and read: no fields, and of a large corpus some passages with their units."""
    light = replace(prepared, sample=prepared.plain, members=_MEMBERS, seeds=None, fields=())
    return _some(light) if prepared.is_sampled else light


def _some(prepared: Prepared) -> Prepared:
    """Return some passages of the sample with their units."""
    chosen = store.spread(len(prepared.drawn), _SAMPLE)
    drawn = prepared.drawn[chosen]
    number = np.full(prepared.n_passages, -1)
    number[drawn] = np.arange(len(drawn))
    rows = np.flatnonzero(number[prepared.passage] >= 0)
    return replace(
        prepared, sample=prepared.sample[chosen], plain=prepared.plain[chosen], drawn=np.arange(len(drawn)),
        n_passages=len(drawn), passages=prepared.passages[drawn], passage=number[prepared.passage[rows]],
        unit_counts=prepared.unit_counts[rows], where=prepared.where.iloc[drawn],
    )  # fmt: skip


def _row(prepared: Prepared, fitted: Fit, stability: pd.DataFrame, agreement: float, seed: int) -> dict:
    gain, noise = gains(prepared, fitted, seed)
    means = {column: stability[column].mean() for column in COLUMNS if column in stability}
    return {
        "model": NAMES[fitted.model], "n_topics": len(fitted.topics), "npmi": np.mean(coherence(fitted.topics, prepared.plain)),
        **means, "assignment_agreement": agreement, "held_out_gain": gain, "shuffled_gain": noise,
    }  # fmt: skip
