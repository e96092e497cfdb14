"""What a topic is about: a label from its most distinctive words, its most typical sentences, sheets to test it by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers import store
from helpers.codebook import bounded
from helpers.topics.corpus_model import Prepared
from helpers.topics.fields import Field
from helpers.topics.models import Fit, word_probabilities
from helpers.topics.passages import weigh
from helpers.topics.quality import top_words

LABELS = "data/codebook/topic_labels.yml"
_LABEL_WORDS = 3
_AT_ONCE = 50_000  # units


class LabelError(ValueError):
    """The file of labels cannot be used; the message says which entry and why."""


@dataclass(frozen=True)
class Labels:
    """`overrides`: (words that a topic must have among its ten, Chinese label, English label); `glosses`: word → English."""

    overrides: tuple[tuple[frozenset[str], str, str], ...]
    glosses: dict[str, str]


def read_labels(path: str | Path = LABELS) -> Labels:
    """Read the label file; raise LabelError naming the entry that is wrong. No file: no overrides."""
    path = store.resolve(path)
    if not path.exists():
        return Labels((), {})
    try:
        raw = bounded.read(path) or {}
    except yaml.YAMLError as error:
        raise LabelError(f"{path.name}: not a YAML file: {str(error).splitlines()[0]}") from error
    overrides = []
    for number, entry in enumerate(raw.get("labels") or [], start=1):
        if not isinstance(entry, dict) or not entry.get("words") or not entry.get("label"):
            raise LabelError(f"{path.name}, labels, entry {number}: needs `words` (a list) and `label`")
        overrides.append((frozenset(map(str, entry["words"])), str(entry["label"]), str(entry.get("label_en") or "")))
    return Labels(tuple(overrides), {str(k): str(v) for k, v in (raw.get("glosses") or {}).items()})


def label(fitted: Fit, words: Sequence[str], labels: Labels, fields: Sequence[Field] = ()) -> pd.DataFrame:
    """Name the topics: one row a topic with label_zh, label_en, top_words.

    A seeded topic has the names of its field. Otherwise the label is the three of the twenty heaviest words that are most
    distinctive: harmonic mean of a word's standing by weight
    in the topic and by the share of its probability that lies there (FREX, Bischof & Airoldi 2012). English labels quote it
    with glosses. An override of the file whose words are all among the topic's ten wins, the one with most words first.
    """
    p = word_probabilities(fitted)
    share = p / np.maximum(p.sum(axis=0, keepdims=True), 1e-12)
    rows = []
    for t, columns in enumerate(top_words(fitted.topics, 20)):
        weight = fitted.topics[t, columns] / max(fitted.topics[t, columns].max(), 1e-9)
        frex = 2 / (1 / np.maximum(weight, 1e-9) + 1 / np.maximum(share[t, columns] / max(share[t, columns].max(), 1e-9), 1e-9))
        distinctive = [words[c] for c in columns[np.argsort(-frex, kind="stable")][:_LABEL_WORDS]]
        ten = [words[c] for c in columns[:10]]
        zh, en = (fields[t].zh, f"{fields[t].zh} ({fields[t].en})") if fields else _named(distinctive, ten, labels)
        rows.append({"topic": t + 1, "label_zh": zh, "label_en": en, "top_words": " ".join(ten)})
    return pd.DataFrame(rows, columns=["topic", "label_zh", "label_en", "top_words"])


def _named(distinctive: list[str], ten: list[str], labels: Labels) -> tuple[str, str]:
    fitting = [o for o in labels.overrides if o[0] <= set(ten)]
    if fitting:
        _, zh, en = max(fitting, key=lambda o: (len(o[0]), o[1]))
        return zh, f"{zh} ({en})" if en else zh
    zh = "·".join(distinctive)
    glosses = [labels.glosses[w] for w in distinctive if w in labels.glosses]
    return zh, f"{zh} ({', '.join(glosses)})" if glosses else zh


def typical_sentences(prepared: Prepared, topic: np.ndarray, fitted: Fit, n: int = 5) -> pd.DataFrame:
    """Return the `n` units that lie closest to each topic among those whose strongest topic it is (`topic`, from 1).

    A sentence must have four known words or more, be no repeat, and not run on (15 to 200 characters). Columns: topic,
    rank, unit_id, doc_id, heading_path, text, cosine.
    """
    counts, length = prepared.unit_counts, prepared.units["n_chars"].to_numpy()
    usable = (topic > 0) & (np.diff(counts.indptr) >= 4) & (length >= 15) & (length <= 200)
    usable &= ~prepared.units["is_repeat"].to_numpy()
    columns, closest, some = ["topic", "rank", "unit_id", "doc_id", "heading_path", "text", "cosine"], [], 4 * n
    for t in range(len(fitted.topics)):
        mine = np.flatnonzero(usable & (topic == t + 1))
        parts = (mine[start : start + _AT_ONCE] for start in range(0, len(mine), _AT_ONCE))
        cosines = [np.asarray(weigh(counts[rows], fitted.idf) @ fitted.topics[t]).ravel() for rows in parts]
        cosine = np.concatenate(cosines) if cosines else np.empty(0)
        order = np.argsort(-cosine, kind="stable")
        closest.append(pd.DataFrame({"row": mine[order], "cosine": cosine[order]}))
    while closest:  # documents copy sentences from one another: more are read where so many are too few
        tried = pd.concat([one.head(some).assign(topic=t) for t, one in enumerate(closest, start=1)], ignore_index=True)
        tried = pd.concat([tried, prepared.shown(tried["row"].to_numpy()).reset_index(drop=True)], axis=1)
        found = tried.drop_duplicates(["topic", "text"]).groupby("topic").head(n)
        if all(len(one) <= some or (found["topic"] == t).sum() == n for t, one in enumerate(closest, start=1)):
            return found.assign(rank=found.groupby("topic").cumcount() + 1)[columns].reset_index(drop=True)
        some *= 4
    return pd.DataFrame(columns=columns)
