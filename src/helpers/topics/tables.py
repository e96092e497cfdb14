"""The tables of 05_topics in the shape that the catalogue declares: labels and marks of instability beside every topic."""

from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np
import pandas as pd

from helpers.distinct import distinct
from helpers.segment import add_up
from helpers.structure import by_lineage
from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit, word_probabilities
from helpers.topics.quality import coherence, coherence_interval, exclusivity, top_words
from helpers.topics.reading import Reading
from helpers.topics.shares import topic_tools

_QUALITY = ("npmi", "npmi_low", "npmi_high", "exclusivity", "top_county", "top_county_code", "top_county_share", "n_documents")


def marked(frame: pd.DataFrame, names: pd.DataFrame, language: str) -> pd.DataFrame:
    """Add label (in `language`), label_en, label_zh and stable to a frame with a column topic. `names`:
    topic, label_en, label_zh, stable.
    """
    known = names[["topic", "label_en", "label_zh", "stable"]].assign(label=names[f"label_{language}"])
    frame, known = (table.astype({"topic": "int64"}) for table in (frame, known))  # without a topic, columns have no type
    out = frame.merge(known, on="topic", how="left", validate="many_to_one")
    return out.assign(stable=out["stable"].fillna(False).astype(bool))


def renumbered(tried: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Give the topics that were tried the numbers of those that they became; those that were put together come after.

    >>> tried = pd.DataFrame({"topic": [1, 2, 3], "label_zh": ["甲", "乙", "丙"]})
    >>> renumbered(tried, pd.DataFrame({"topic": [1, 2], "label_zh": ["丙", "其他"]}))["topic"].tolist()
    [3, 4, 1]
    """
    became, after = dict(zip(names["label_zh"], names["topic"], strict=True)), count(len(names) + 1)
    return tried.assign(topic=[became.pop(label, None) or next(after) for label in tried["label_zh"]])


def quality(fitted: Fit, sample: np.ndarray, stability: pd.DataFrame, reading: Reading, seed: int = 0) -> pd.DataFrame:
    """Return how good each topic is: coherence with its interval, exclusivity, stability, and whether one county holds it
    (topic_quality without label).

    top_county_share gives each county the same weight, however long its documents: 1 over the number of counties is no
    leaning at all.
    """
    if not len(fitted.topics):
        return stability.assign(**dict.fromkeys(_QUALITY, []))
    kept, places = reading.n_by_place > 0, reading.places
    here = by_lineage(places.loc[kept, ["county", "county_code", "year"]].reset_index(drop=True))
    both = pd.DataFrame(np.c_[reading.by_place, reading.n_by_place][kept]).groupby([here["county"], here["place"]]).sum()
    means = both.iloc[:, :-1].div(both.iloc[:, -1], axis=0)  # in the order of names
    leaning = means / means.sum()
    code = here.drop_duplicates("place").set_index("place")["county_code"]
    most = leaning.idxmax().tolist() if len(leaning) else []
    document = pd.factorize(places["doc_id"])[0][reading.place[reading.passage]].astype(np.int64)
    holding = distinct(document * (len(fitted.topics) + 1) + reading.topic) % (len(fitted.topics) + 1)
    documents = np.bincount(holding, minlength=len(fitted.topics) + 1)[1:]
    low, high = coherence_interval(fitted.topics, sample, seed)
    return stability.assign(
        npmi=coherence(fitted.topics, sample), npmi_low=low, npmi_high=high, exclusivity=exclusivity(fitted),
        n_documents=documents,
        top_county=[county for county, _ in most] or None, top_county_code=[code[place] for _, place in most] or None,
        top_county_share=leaning.max().to_numpy() if len(leaning) else np.nan,
    )  # fmt: skip


def topics(
    names: pd.DataFrame, topic: np.ndarray, stability: pd.DataFrame, language: str, largest: np.ndarray, sizes: pd.DataFrame
) -> pd.DataFrame:
    """Return the table `topics`; `largest`: in how many refits (share) each is the strongest topic of most units; `sizes`: as
    `Numbers.sizes`."""
    n = np.bincount(topic, minlength=len(names) + 1)[1:]
    columns = stability[["topic", "stability", "shuffled_stability"]]
    out = names.merge(columns, on="topic").assign(label=names[f"label_{language}"], n_units=n, largest=largest)
    out = out.assign(**{name: sizes[name].to_numpy() for name in sizes})
    wanted = ["topic", "label", "label_en", "label_zh", "top_words", "n_units", "stability", "stable", "shuffled_stability"]
    return out[[*wanted, "largest", *sizes]].astype({"topic": "int64"})


def unit_topics(prepared: Prepared, reading: Reading, names: pd.DataFrame, at_a_time: int = 20_000) -> Iterator[pd.DataFrame]:
    """Yield the table `unit_topics`, some units at a time: every unit, topic empty where it has no known word."""
    stable = np.r_[False, names.sort_values("topic")["stable"].to_numpy(dtype=bool)]
    for start in range(0, len(reading.topic), at_a_time):
        topic, weight = (of[start : start + at_a_time] for of in (reading.topic, reading.weight))
        number = pd.array(topic, dtype="Int64")
        number[topic == 0] = pd.NA
        units = prepared.shown(np.arange(start, start + len(topic)), ["unit_id"])
        yield pd.DataFrame({"unit_id": units["unit_id"].array, "topic": number, "weight": weight, "stable": stable[topic]})


def document_words(prepared: Prepared) -> Iterator[pd.DataFrame]:
    """Yield how often each content word stands in each document (document_words), some documents at a time."""
    place, start = prepared.where["place"].to_numpy(), 0
    for text in prepared.content:
        of = place[prepared.passage[start : start + text.counts.shape[0]]]
        first, start = of.min(initial=len(prepared.places)), start + len(of)
        counts = add_up(text.counts, of - first, of.max(initial=first - 1) + 1 - first)
        rows = first + np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        doc_ids, terms = prepared.places["doc_id"].take(rows).array, pd.Series(text.words, dtype="str").take(counts.indices).array
        yield pd.DataFrame({"doc_id": doc_ids, "term": terms, "n": counts.data})


def word_weights(fitted: Fit, words: Sequence[str], names: pd.DataFrame) -> pd.DataFrame:
    """Return the ten words of each topic with their weight (1 the heaviest) and whether they are its own:
    more than half lies there.
    """
    share = word_probabilities(fitted)
    share = share / np.maximum(share.sum(axis=0, keepdims=True), 1e-12)
    heaviest = fitted.topics.max(axis=1) if len(fitted.topics) else fitted.topics
    rows = [
        {"topic": t + 1, "rank": rank, "term": words[c], "weight": fitted.topics[t, c] / max(heaviest[t], 1e-9),
         "own": share[t, c] > 0.5}
        for t, columns in enumerate(top_words(fitted.topics)) for rank, c in enumerate(columns, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["topic", "rank", "term", "weight", "own"]).merge(names, on="topic", how="left")


def all_levels(groups: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the shares of the levels above county-years, which are in topic_shares, under one another (topic_group_shares)."""
    filled = [frame.assign(level=level) for level, frame in groups.items() if len(frame) and level != "county_year"]
    return pd.concat(filled, ignore_index=True) if filled else next(iter(groups.values())).assign(level=[])


def flow_labels(flow: pd.DataFrame, names: pd.DataFrame, language: str) -> pd.DataFrame:
    """Add the labels of both ends of each link; a link is stable where both topics are."""
    known = names.set_index("topic")
    out = flow.copy()
    for side in ("from", "to"):
        for column in ("label_en", "label_zh", "stable"):
            out[f"{column}_{side}"] = out[f"topic_{side}"].map(known[column])
        out[f"label_{side}"] = out[f"label_{language}_{side}"]
    return out.assign(stable=out["stable_from"].astype(bool) & out["stable_to"].astype(bool))


def crossed(counted: pd.DataFrame, names: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return topic_tools with labels; no rows where there is no topic, or no tool. counted: as `topic_tools` takes it."""
    if not len(names) or not counted["tool"].notna().any():
        numbers = ["n_units", "share", "lift", "lift_low", "lift_high"]
        return pd.DataFrame(columns=["topic", "tool", *numbers, "label", "label_en", "label_zh", "stable"])
    return marked(topic_tools(counted, np.arange(1, len(names) + 1)), names, language)
