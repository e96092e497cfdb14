"""Words that tell one group from the rest: log-likelihood with effect size, and log-odds with an informative prior."""

import numpy as np
import pandas as pd

from helpers.language import county_year
from helpers.terms.counts import GroupCounts, in_rows

COLUMNS = ["group", "term", "n", "n_rest", "per_thousand", "per_thousand_rest", "log_likelihood", "log_ratio", "log_odds", "z"]


def county_years(units: pd.DataFrame) -> pd.Series:
    """Number the county-years of units (county, county_code, year) in order; what is unknown is a group of its own."""
    return units.groupby(["county", "county_code", "year"], dropna=False, sort=True).ngroup().rename("group")


def keyness(counted: GroupCounts, minimum: int = 3, keep: int = 100, above: float = -np.inf) -> pd.DataFrame:
    """Compare each group with all other groups together; the `keep` words of highest z of each group, in order.

    log_likelihood: G² of the 2 × 2 table (Dunning 1993; Rayson & Garside 2000), signed by direction; log_ratio: its effect
    size, binary
    logarithm of the ratio of relative frequencies, 0.5 added to each count (Hardie 2014); log_odds and z: Monroe, Colaresi
    & Quinn (2008),
    with the corpus' own frequencies as prior, scaled to the size of the smaller side at most. Words under `minimum` in the
    group, and those whose z is not above `above`, are left out.
    One group has no rest: no rows.

    >>> from helpers import segment, terms
    >>> counted = terms.count_by(segment.count_words([["园区"] * 5, ["水稻"] * 9]), ["甲县", "乙县"])
    >>> keyness(counted)[["group", "term", "n", "n_rest"]].values.tolist()
    [['甲县', '园区', 5, 0], ['乙县', '水稻', 9, 0]]
    """
    counts = counted.counts
    total = np.asarray(counts.sum(axis=0)).ravel().astype(float)
    if counts.shape[0] < 2 or not total.sum():
        return pd.DataFrame(columns=COLUMNS)
    size = np.asarray(counts.sum(axis=1)).ravel().astype(float)
    rest_size = total.sum() - size
    groups, words = pd.Series(list(counted.groups)), np.array(counted.words, dtype=object)
    found = []
    for some, row in in_rows(counts):
        often = (some.data >= minimum) & (rest_size[row] > 0)
        row, at, n = row[often], some.indices[often], some.data[often].astype(float)
        part = _measures(n, total[at] - n, size[row], rest_size[row], total[at] / total.sum(), np.count_nonzero(total))
        order = np.lexsort((at, -part["z"], row))  # columns are words in alphabetical order: ties go by the word
        first = np.searchsorted(row[order], np.arange(counts.shape[0]))
        order = order[(np.arange(len(order)) - first[row[order]] < keep) & (part["z"][order] > above)]
        values = {"n": n.astype(int), "n_rest": (total[at] - n).astype(int), **part}
        own = {"group": groups.to_numpy()[row[order]], "term": words[at[order]]}
        found.append(pd.DataFrame(own | {name: column[order] for name, column in values.items()}))
    return pd.concat(found, ignore_index=True)[COLUMNS]


def _measures(n, rest, size, rest_size, prior, n_words) -> dict[str, np.ndarray]:
    both = (n + rest) / (size + rest_size)
    g2 = 2 * (n * np.log(n / (size * both)) + np.where(rest > 0, rest * np.log(np.maximum(rest, 1) / (rest_size * both)), 0))
    ratio = np.log2(((n + 0.5) / (size + 0.5)) / ((rest + 0.5) / (rest_size + 0.5)))
    strength = np.minimum(np.minimum(size, rest_size), float(n_words))
    a = prior * strength
    odds = np.log((n + a) / (size + strength - n - a)) - np.log((rest + a) / (rest_size + strength - rest - a))
    z = odds / np.sqrt(1 / (n + a) + 1 / (rest + a))
    return {
        "per_thousand": 1000 * n / size, "per_thousand_rest": 1000 * rest / rest_size,
        "log_likelihood": np.sign(ratio) * np.maximum(g2, 0), "log_ratio": ratio, "log_odds": odds, "z": z,
    }  # fmt: skip


def largest_groups(keys: pd.DataFrame, counted: GroupCounts, most: int) -> pd.DataFrame:
    """Keep the rows of the `most` groups with most words, in order of group, for a figure; n_groups says of how many."""
    size = dict(zip(counted.groups, np.asarray(counted.counts.sum(axis=1)).ravel().tolist(), strict=True))
    groups = sorted(set(keys["group"]))
    kept = sorted(sorted(groups, key=lambda g: (-size[g], g))[:most])
    return keys[keys["group"].isin(kept)].sort_values("group", kind="stable").assign(n_groups=len(groups)).reset_index(drop=True)


def answer(counted: GroupCounts, mine: GroupCounts, keys: pd.DataFrame, language: str) -> dict:
    """State how many words there are, and which word tells which county-year most surely from the others.

    `counted`: all county-years; `mine`: the reported units; `keys`: as `keyness`, with county, county_code, year.
    """
    top = keys.loc[keys["z"].idxmax()] if len(keys) else dict.fromkeys(("term", "z", "county", "county_code", "year"))
    words = np.asarray(mine.counts.sum(axis=0)).ravel()
    first = sorted(range(len(words)), key=lambda i: (-words[i], mine.words[i]))[:5]
    return {
        "words": int(words.sum()), "units": len(mine.lengths), "empty": int((mine.lengths == 0).sum()),
        "commonest": [mine.words[i] for i in first], "term": top["term"], "z": top["z"], "groups": keys["group"].nunique(),
        "where": county_year(top["county"], top["year"], language, top["county_code"]), "all": len(counted.groups),
    }  # fmt: skip
