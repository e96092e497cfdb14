"""What share the topics have: of each unit, of each document, county and year, with intervals over sections and refits; and their
change."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import stdtrit

from helpers.intervals import LEVEL, crossed, square_and_add, wilson_effective
from helpers.structure import by_lineage
from helpers.topics.models import Fit, mixture
from helpers.topics.seeded import sentence_shares

LEVELS = {"corpus": [], "county": ["county", "county_code"], "year": ["year"], "county_year": ["county", "county_code", "year"]}
_OWN = 0.5  # a unit is read half by its own words, half by its passage
_SECTIONS = 4  # sections of a group from which they, and not passages, are what is drawn
_BORROWED = (
    4  # degrees of freedom that the variance of all groups, and the likeness common to all topics, lend to each (Smyth 2004)
)


def known_rows(mixed: np.ndarray) -> np.ndarray:
    """Tell which rows have topic shares; none has where there is no topic."""
    return ~np.isnan(mixed).any(axis=1) if mixed.shape[1] else np.zeros(len(mixed), bool)


def unit_mixture(unit_counts: sparse.csr_matrix, passage: np.ndarray, passages: sparse.csr_matrix, fitted: Fit) -> np.ndarray:
    """Return topic shares of each unit (units × topics), a unit read together with its passage;
    NaN where it has no known word.
    """
    return unit_mixtures(unit_counts, passage, passages, [fitted])[0]


def unit_mixtures(
    unit_counts: sparse.csr_matrix, passage: np.ndarray, passages: sparse.csr_matrix, fits: Sequence[Fit]
) -> list[np.ndarray]:
    """Return what `unit_mixture` does, under each of several fits of one model."""
    if not len(passage) or not all(len(fitted.topics) for fitted in fits):
        return [np.full((len(passage), len(fitted.topics)), np.nan) for fitted in fits]
    if all(fitted.seeded is not None for fitted in fits):
        return sentence_shares(unit_counts, passage, passages, [fitted.seeded for fitted in fits])
    return [_OWN * mixture(unit_counts, fitted) + (1 - _OWN) * mixture(passages, fitted)[passage] for fitted in fits]


def strongest(mixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the strongest topic of each row (from 1; 0 where unknown) and its share."""
    known = known_rows(mixed)
    filled = np.where(known[:, None], mixed, 0.0)
    best = filled.argmax(axis=1) if mixed.size else np.zeros(len(mixed), int)
    weight = np.where(known, filled[np.arange(len(mixed)), best] if mixed.size else np.nan, np.nan)
    return np.where(known, best + 1, 0), weight


def group_shares(reading, level: str, refitted: np.ndarray | None = None, others: np.ndarray | None = None) -> pd.DataFrame:
    """Return the mean topic share of each group of `level`, with a 95 % interval.

    `reading`: a `topics.Reading`; an unknown county or year is a group of its own. `refitted`: the shares of the units of each
    document added up under refits (runs × documents × topics); what they move a share by is part of its interval.
    `others`: the same under other numbers of topics (`topics.Numbers`). Columns: the group columns of all levels (empty where
    the level does not split by them), topic, n_units, share, ci_low, ci_high, k_low, k_high (the least and greatest share under
    other numbers of topics).
    """
    kept, rows = np.flatnonzero(reading.n_by_place > 0), []
    frame = reading.places.iloc[kept].reset_index(drop=True)
    frame = by_lineage(frame) if level == "county" else frame  # under another name it is still that county
    keyed = [(key, kept[index]) for key, index in groups_of(frame, LEVELS[level])]
    again, elsewhere = (None if fits is None or not len(fits) else fits for fits in (refitted, others))
    for (key, index), (share, low, high) in zip(keyed, estimates(reading, [i for _, i in keyed], again), strict=True):
        group, n = dict(zip(LEVELS[level], key, strict=True)), int(reading.n_by_place[index].sum())
        means = np.full((1, len(share)), np.nan) if elsewhere is None else elsewhere[:, index].sum(axis=1) / n
        few, many = (of(np.vstack([share, means]), axis=0) for of in (np.nanmin, np.nanmax))
        rows.extend(
            {**group, "topic": t + 1, "n_units": n, "share": share[t], "ci_low": low[t], "ci_high": high[t],
             "k_low": few[t], "k_high": many[t]}
            for t in range(len(share))
        )  # fmt: skip
    columns = [*LEVELS["county_year"], "topic", "n_units", "share", "ci_low", "ci_high", "k_low", "k_high"]
    return pd.DataFrame(rows).reindex(columns=columns)


def estimates(
    reading, groups: list[np.ndarray], refitted: np.ndarray | None = None
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return (share, lower, upper) of each topic for each group of documents (rows of `reading.places`).

    Sentences of a section are alike, so sections are the draws (passages where a group has fewer than four sections): the
    variance of a ratio over clusters (Cochran 1977, §11), shrunk towards that of all groups and towards the likeness within
    sections that all topics have together (a rare topic's own variance is small by chance; Smyth 2004), plus the mean square by
    which refits move the share; Wilson's interval at the effective size, Student's t (Korn & Graubard 1998).
    """
    found = [_clusters(reading, index) for index in groups]
    spare = sum(n - 1 for _, _, _, n in found)
    pooled = sum((n - 1) * spread for _, spread, _, n in found) / spare if spare else None
    apart = sum((n - 1) * (share * (1 - share)).sum() for share, _, _, n in found)
    alike = spare * pooled.sum() / apart if spare and apart > 0 else 1.0
    out = []
    for index, (share, spread, factor, n) in zip(groups, found, strict=True):
        chance = np.clip(share * (1 - share), 0, None)
        common = chance if pooled is None else pooled
        variance = ((n - 1) * spread + _BORROWED * (common + alike * chance)) / (n - 1 + 2 * _BORROWED) * factor
        if refitted is not None:
            again = refitted[:, index].sum(axis=1) / reading.n_by_place[index].sum()
            variance = variance + ((again - share) ** 2).mean(axis=0)
        quantile = stdtrit(n - 1 + _BORROWED, 0.5 + LEVEL / 2)
        inside = np.clip(share, 1e-6, 1 - 1e-6)
        low, high = wilson_effective(inside, variance, quantile)
        out.append((share, np.minimum(low, share), np.maximum(high, share)))
    return out


def _clusters(reading, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, int]:
    """Return (share, variance of a cluster's share, factor that makes it the variance of the mean, clusters)."""
    passages = reading.passages_of(places)
    section, units, sums = reading.section[passages], reading.n[passages], reading.sums[passages]
    cluster = section if len(np.unique(section)) >= _SECTIONS else passages
    number = np.unique(cluster, return_inverse=True)[1]
    size, share = np.bincount(number, units), sums.sum(axis=0) / units.sum()
    total = np.stack([np.bincount(number, column) for column in sums.T], axis=1)
    n, squared = len(size), (size**2).mean()
    spread = ((total - size[:, None] * share) ** 2).sum(axis=0) / max(n - 1, 1) / squared
    return share, spread, n * squared / size.sum() ** 2, n


def groups_of(frame: pd.DataFrame, columns: list[str]):
    """Yield (key, row positions) of each group, in order of the key; missing values are keys like others."""
    if not columns:
        if len(frame):
            yield (), np.arange(len(frame))
        return
    found = frame.groupby(columns, dropna=False, observed=True, sort=True).indices
    text = {key: tuple("" if pd.isna(k) else str(k) for k in (key if isinstance(key, tuple) else (key,))) for key in found}
    for key in sorted(found, key=text.__getitem__):
        parts = key if isinstance(key, tuple) else (key,)
        yield tuple(None if pd.isna(k) else k for k in parts), found[key]


def change(reading, refitted: np.ndarray | None = None) -> pd.DataFrame:
    """Return for each county with two years or more the change of each topic's share from its first to its last year.

    Columns: county, county_code (of the last year), year_from, year_to, topic, share_from, share_to, change, ci_low, ci_high
    (square-and-add of the intervals of both years, Zou & Donner 2008).
    """
    places, rows, pairs = reading.places, [], []
    kept = np.flatnonzero((reading.n_by_place > 0) & places["year"].notna() & places["county"].notna())
    frame = by_lineage(places.iloc[kept].reset_index(drop=True))
    for (county, code), index in groups_of(frame, ["county", "county_code"]):
        years = frame["year"].iloc[index].to_numpy(dtype=int)
        first, last = years.min(), years.max()
        if first < last:
            named = {"county": county, "county_code": code, "year_from": int(first), "year_to": int(last)}
            pairs.append((named, kept[index[years == first]], kept[index[years == last]]))
    again = None if refitted is None or not len(refitted) else refitted
    found = estimates(reading, [index for _, *both in pairs for index in both], again)
    for (named, *_), old, new in zip(pairs, found[::2], found[1::2], strict=True):
        difference, low, high, _p = square_and_add(*((share, share - lo, hi - share) for share, lo, hi in (new, old)))
        rows.extend(
            {**named, "topic": t + 1, "share_from": old[0][t], "share_to": new[0][t], "change": difference[t],
             "ci_low": low[t], "ci_high": high[t]}
            for t in range(len(difference))
        )  # fmt: skip
    columns = ["county", "county_code", "year_from", "year_to", "topic", "share_from", "share_to", "change", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


def document_topics(reading) -> pd.DataFrame:
    """Return how many topics each document really has: one row a document.

    Columns: doc_id, n_units (with a known word), topic (strongest), share (its), entropy (Shannon 1948, over its maximum:
    0 one topic, 1 all alike), concentration (Herfindahl–Hirschman: sum of squared shares), effective_topics (exp of the entropy).
    """
    kept = reading.n_by_place > 0
    columns = ["doc_id", "n_units", "topic", "share", "entropy", "concentration", "effective_topics"]
    if not kept.any():
        return pd.DataFrame(columns=columns)
    docs, inverse = np.unique(reading.places.loc[kept, "doc_id"].to_numpy(dtype=object), return_inverse=True)
    n = np.bincount(inverse, reading.n_by_place[kept]).astype(np.int64)
    means = np.stack([np.bincount(inverse, column) / n for column in reading.by_place[kept].T], axis=1)
    entropy = -(means * np.log(np.maximum(means, 1e-12))).sum(axis=1)
    most, even = means.argmax(axis=1) + 1, entropy / np.log(max(2, means.shape[1]))
    values = (docs, n, most, means.max(axis=1), even, (means**2).sum(axis=1), np.exp(entropy))
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


def topic_tools(counted: pd.DataFrame, topics: Sequence[int]) -> pd.DataFrame:
    """Cross the strongest topic of the units with the policy tools that they use.

    counted: section (numbers from 0: what units were written with), topic, tool (empty for all units of the topic), n (units).
    Columns: topic, tool, n_units, share (of the topic's units), lift (that share over the tool's share of all units with a
    topic), lift_low, lift_high (95 %, `intervals.lifts`).
    """
    alone = counted["tool"].isna()
    tools = sorted(counted["tool"].dropna().unique())
    section, topic, n = (counted[name].to_numpy(int) for name in ("section", "topic", "n"))
    tool, k = pd.Index(tools).get_indexer(counted["tool"]), int(section.max(initial=-1)) + 1

    def by_section(rows: np.ndarray, code: np.ndarray, n_codes: int) -> sparse.csr_matrix:
        return sparse.csr_matrix((n[rows].astype(float), (section[rows], code[rows])), shape=(k, n_codes))

    about = by_section(alone, topic - 1, len(topics))
    used = by_section(~alone, tool, len(tools))
    both = by_section(~alone, (topic - 1) * len(tools) + tool, len(topics) * len(tools))
    return crossed(np.asarray(about.sum(axis=1)).ravel(), about, used, both, topic=np.asarray(topics, int), tool=tools)
