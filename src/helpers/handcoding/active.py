"""Further sentences chosen by what coding them would teach: where the coder is unsure, coders differ, or a tool is rare.

Which sentences are chosen hangs on codes, so plain counts of them would be biased. Chance keeps a part in it: in each document
half of a wave is drawn from its most wanted sentences, as many as the wave takes of it, and half from all others, each at random.
A wave so drawn estimates the sentences that were left, whatever was chosen before; waves are put together with fixed weights
(Horvitz & Thompson 1952; adaptive waves as in Zrnic & Candès 2024, Active statistical inference; disagreement of coders: Seung,
Opper & Sompolinsky 1992).
"""

import numpy as np
import pandas as pd

CHANCE = "chance"  # column of a sample: how likely a unit was drawn in its wave, of what its document had left


def interest(units: pd.DataFrame, codes: pd.DataFrame, unit_tools: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Return how much each unit (index unit_id) would teach: 0 to 3, the sum of three parts from 0 to 1.

    units: unit_id; codes: unit_id, statement_score; unit_tools: unit_id, tool, score; others: unit_id, coder, tool (what other
    coders give). Unsure: one less the lowest score (none: 1). Disputed: 1 where another coder gives other tools. Rare: of the
    rarest tool that a coder gives this unit, how many units have the rarest of all for each that has it.

    >>> units = pd.DataFrame({"unit_id": ["a", "b", "c"]})
    >>> codes = units.assign(statement_score=0.9)
    >>> tools = pd.DataFrame({"unit_id": ["a", "b"], "tool": ["tax", "tax"], "score": [0.6, 0.9]})
    >>> rules = pd.DataFrame({"unit_id": ["a", "b", "b"], "coder": "rules", "tool": ["tax", "tax", "trade"]})
    >>> interest(units, codes, tools, rules).round(2).to_dict()
    {'a': 0.9, 'b': 2.1, 'c': 0.1}
    """
    index = pd.Index(units["unit_id"].to_numpy(object))
    scores = pd.concat(
        [codes[["unit_id", "statement_score"]].rename(columns={"statement_score": "score"}), unit_tools[["unit_id", "score"]]]
    )
    unsure = 1 - scores.groupby("unit_id")["score"].min().reindex(index).fillna(0.0).clip(0, 1)
    given = pd.concat([unit_tools[["unit_id", "tool"]].assign(coder=""), others[["unit_id", "coder", "tool"]]]).drop_duplicates()
    n_coders = given["coder"].nunique()
    by_all = given.groupby(["unit_id", "tool"])["coder"].nunique() == n_coders
    disputed = (~by_all.groupby("unit_id").all()).reindex(index, fill_value=False)
    n_units = given.groupby("tool")["unit_id"].nunique()
    rare = (n_units.min() / given["tool"].map(n_units)).groupby(given["unit_id"]).max().reindex(index).fillna(0.0)
    return unsure + disputed.astype(float) + rare


def choose(wanted: int, worth: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Choose `wanted` of some units by what they are worth; return their places, ascending, and how likely each was chosen."""
    n = len(worth)
    if wanted >= n or wanted < 2:
        places = np.sort(generator.choice(n, min(wanted, n), replace=False))
        return places, np.full(len(places), len(places) / max(n, 1))
    order = np.lexsort([np.arange(n), -worth])
    top, rest = order[:wanted], order[wanted:]
    n_rest = min(wanted - wanted // 2, len(rest))
    chosen = [generator.choice(top, wanted - n_rest, replace=False), generator.choice(rest, n_rest, replace=False)]
    likely = [np.full(wanted - n_rest, (wanted - n_rest) / len(top)), np.full(n_rest, n_rest / len(rest))]
    places, chances = np.concatenate(chosen), np.concatenate(likely)
    return np.sort(places), chances[np.argsort(places)]


def probabilities(sample: pd.DataFrame, doc_id: pd.Series, sizes: pd.Series) -> np.ndarray:
    """Return for each unit of a sample the inverse of its weight within its document, never above 1.

    sample: wave, chance (empty: a wave drawn with equal chances). The weights of a document estimate, without bias, the sum over
    all its units: after each wave b of it by what that wave drew (1 / chance) beside what was known before, 1 − b by the earlier
    weights. b is the wave's part of the units, or the greatest chance of it, so that no weight is below 1; it knows no codes.
    """
    weight, wave = np.ones(len(sample)), sample["wave"].to_numpy(float)
    chance = (sample[CHANCE] if CHANCE in sample else pd.Series(np.nan, sample.index)).to_numpy(float)
    for doc, rows in pd.Series(np.arange(len(sample))).groupby(doc_id.to_numpy(object)):
        rows, seen = rows.to_numpy(), np.zeros(0, int)
        for number in np.unique(wave[rows]):
            new = rows[wave[rows] == number]
            equal = len(new) / (sizes[doc] - len(seen))
            likely = np.where(np.isnan(chance[new]), equal, chance[new])
            part = max(len(new) / (len(new) + len(seen)), likely.max())
            weight[seen] = (1 - part) * weight[seen] + part
            weight[new] = part / likely
            seen = np.concatenate([seen, new])
    return 1 / weight
