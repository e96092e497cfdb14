"""Sheets with which people test topics by hand: find the word, find the topic, that does not belong. Keys stand apart."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.topics.corpus_model import Prepared
from helpers.topics.models import Fit
from helpers.topics.quality import top_words
from helpers.topics.reading import mixture_of

_SHOWN = 5
_OPTIONS = 4


def word_intrusion(fitted: Fit, words: Sequence[str], seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (sheet, key): five of a topic's heaviest words and one that is heavy elsewhere and light here, shuffled.

    Chang, Boyd-Graber, Gerrish, Wang & Blei (2009), NIPS 22. Sheet: item, word_1 … word_6, answer (empty); key: item,
    topic, intruder.
    """
    rng = np.random.default_rng([seed, 11])
    heavy = top_words(fitted.topics)
    sheet, key = [], []
    for item, topic in enumerate(rng.permutation(len(heavy)).tolist(), start=1):
        light = fitted.topics[topic] <= np.median(fitted.topics[topic])
        others = [c for t, row in enumerate(heavy) if t != topic for c in row if light[c]]
        if not others:
            continue
        intruder = int(rng.choice(sorted(set(others))))
        shown = rng.permutation([*heavy[topic][:_SHOWN], intruder])
        sheet.append({"item": item, **{f"word_{i}": words[c] for i, c in enumerate(shown, start=1)}, "answer": None})
        key.append({"item": item, "topic": topic + 1, "intruder": words[intruder]})
    columns = ["item", *(f"word_{i}" for i in range(1, _SHOWN + 2)), "answer"]
    return pd.DataFrame(sheet, columns=columns), pd.DataFrame(key, columns=["item", "topic", "intruder"])


def topic_intrusion(
    prepared: Prepared, topic: np.ndarray, fitted: Fit, seed: int, n: int = 20
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (sheet, key): a sentence, its three strongest topics and one of its weakest as word lists, shuffled; `topic`: the
    strongest of each unit, 0 where there is none.

    Sheet: item, unit_id, text, option_1 … option_4 (words), answer (empty); key: item, intruder (number of the option), topic.
    """
    options = [f"option_{i}" for i in range(1, _OPTIONS + 1)]
    columns = ["item", "unit_id", "text", *options, "answer"]
    length, k = prepared.units["n_chars"].to_numpy(), len(fitted.topics)
    usable = np.flatnonzero((topic > 0) & (length >= 15) & (length <= 200))
    if k <= _OPTIONS or not len(usable):
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=["item", "intruder", "topic"])
    rng = np.random.default_rng([seed, 13])
    heavy = top_words(fitted.topics)
    sheet, key = [], []
    rows = rng.permutation(usable)[:n]
    units, mixed = prepared.shown(rows), mixture_of(prepared, fitted, rows)
    for item, (unit, share) in enumerate(zip(units.to_dict("records"), mixed, strict=True), start=1):
        order = np.argsort(-share, kind="stable")
        intruder = int(rng.choice(order[k // 2 + 1 :]))
        shown = rng.permutation([*order[: _OPTIONS - 1], intruder]).tolist()
        text = dict(zip(options, (" ".join(prepared.words[c] for c in heavy[t][:6]) for t in shown), strict=True))
        sheet.append({"item": item, "unit_id": unit["unit_id"], "text": unit["text"], **text, "answer": None})
        key.append({"item": item, "intruder": shown.index(intruder) + 1, "topic": intruder + 1})
    return pd.DataFrame(sheet, columns=columns), pd.DataFrame(key, columns=["item", "intruder", "topic"])
