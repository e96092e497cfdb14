"""What share the topics have: of each unit, of each document, county and year, with bootstrap intervals; and their change."""

import zlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.topics.models import Fit, mixture

LEVELS = {"corpus": [], "county": ["county", "county_code"], "year": ["year"], "county_year": ["county", "county_code", "year"]}
_BOOTSTRAP = 400
_LARGE = 2_000  # above this many units the bootstrap is its normal limit
_MANY, _LARGE_OF_MANY = 50_000, 100  # in a corpus of so many units, which has hundreds of groups, already above this many
_OWN = 0.5  # a unit is read half by its own words, half by its passage


def known_rows(mixed: np.ndarray) -> np.ndarray:
    """Tell which rows have topic shares; none has where there is no topic."""
    return ~np.isnan(mixed).any(axis=1) if mixed.shape[1] else np.zeros(len(mixed), bool)


def unit_mixture(unit_counts: sparse.csr_matrix, passage: np.ndarray, fitted: Fit) -> np.ndarray:
    """Return topic shares of each unit (units × topics), a unit read together with its passage;
    NaN where it has no known word.
    """
    if not len(passage) or not len(fitted.topics):
        return np.empty((len(passage), len(fitted.topics)))
    member = sparse.csr_matrix((np.ones(len(passage), np.float32), (passage, np.arange(len(passage)))))
    own = mixture(unit_counts, fitted)
    whole = mixture(sparse.csr_matrix(member @ unit_counts), fitted)[passage]
    return _OWN * own + (1 - _OWN) * whole


def strongest(mixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the strongest topic of each row (from 1; 0 where unknown) and its share."""
    known = known_rows(mixed)
    filled = np.where(known[:, None], mixed, 0.0)
    best = filled.argmax(axis=1) if mixed.size else np.zeros(len(mixed), int)
    weight = np.where(known, filled[np.arange(len(mixed)), best] if mixed.size else np.nan, np.nan)
    return np.where(known, best + 1, 0), weight


def group_shares(mixed: np.ndarray, units: pd.DataFrame, level: str, seed: int, n_corpus: int = 0) -> pd.DataFrame:
    """Return the mean topic share of each group of `level`, with a 95 % bootstrap interval over units.

    `units` has county, county_code, year in the order of `mixed`; an unknown county or year is a group of its own.
    `n_corpus`: how many units the corpus has, when these are only some of it.
    Columns: the group columns of all levels (empty where the level does not split by them), topic, n_units, share, ci_low,
    ci_high.
    """
    rows = []
    keep = known_rows(mixed)
    frame = units.loc[keep, LEVELS["county_year"]].reset_index(drop=True)
    mixed = mixed[keep]
    large = _LARGE if max(n_corpus, len(mixed)) <= _MANY else _LARGE_OF_MANY
    for key, index in _groups(frame, LEVELS[level]):
        low, high = interval(mixed[index], _rng(seed, level, key), large)
        group = dict(zip(LEVELS[level], key, strict=True))
        share = mixed[index].mean(axis=0)
        rows.extend(
            {**group, "topic": t + 1, "n_units": len(index), "share": share[t], "ci_low": low[t], "ci_high": high[t]}
            for t in range(mixed.shape[1])
        )
    columns = [*LEVELS["county_year"], "topic", "n_units", "share", "ci_low", "ci_high"]
    return pd.DataFrame(rows).reindex(columns=columns)


def _groups(frame: pd.DataFrame, columns: list[str]):
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


def _rng(seed: int, *key: object) -> np.random.Generator:
    """Give each group its own stream, so that a result does not depend on which other groups there are."""
    return np.random.default_rng([seed, zlib.crc32(repr(key).encode("utf-8"))])


def resampled_means(values: np.ndarray, rng: np.random.Generator, large: int = _LARGE, runs: int = _BOOTSTRAP) -> np.ndarray:
    """Return `runs` bootstrap means of the rows of `values` (runs × columns)."""
    n = len(values)
    if n > large:
        spread = values.std(axis=0) / np.sqrt(n)
        return values.mean(axis=0) + spread * rng.standard_normal((runs, values.shape[1]))
    return rng.multinomial(n, np.full(n, 1 / n), size=runs) @ values / n


def interval(values: np.ndarray, rng: np.random.Generator, large: int = _LARGE) -> tuple[np.ndarray, np.ndarray]:
    """Return the 2.5th and 97.5th percentile of the bootstrap means (Efron 1979), held within 0 and 1."""
    low, high = np.percentile(resampled_means(values, rng, large), [2.5, 97.5], axis=0)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def change(mixed: np.ndarray, units: pd.DataFrame, seed: int, n_corpus: int = 0) -> pd.DataFrame:
    """Return for each county with two years or more the change of each topic's share from its first to its last year.

    Columns: county, county_code, year_from, year_to, topic, share_from, share_to, change, ci_low, ci_high (bootstrap over
    units of both years).
    """
    keep = known_rows(mixed) & units["year"].notna().to_numpy() & units["county"].notna().to_numpy()
    frame, mixed, rows = units.loc[keep].reset_index(drop=True), mixed[keep], []
    large = _LARGE if max(n_corpus, len(mixed)) <= _MANY else _LARGE_OF_MANY
    for (county,), index in _groups(frame, ["county"]):
        years = frame["year"].iloc[index].to_numpy(dtype=int)
        first, last = years.min(), years.max()
        if first == last:
            continue
        old, new = mixed[index[years == first]], mixed[index[years == last]]
        difference = new.mean(axis=0) - old.mean(axis=0)
        runs = resampled_means(new, _rng(seed, county, "to"), large) - resampled_means(old, _rng(seed, county, "from"), large)
        low, high = np.percentile(runs, [2.5, 97.5], axis=0)
        code = frame["county_code"].iloc[index[years == last][0]]
        rows.extend(
            {"county": county, "county_code": code, "year_from": int(first), "year_to": int(last), "topic": t + 1,
             "share_from": old[:, t].mean(), "share_to": new[:, t].mean(), "change": difference[t],
             "ci_low": low[t], "ci_high": high[t]}
            for t in range(mixed.shape[1])
        )  # fmt: skip
    columns = ["county", "county_code", "year_from", "year_to", "topic", "share_from", "share_to", "change", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


def document_topics(mixed: np.ndarray, units: pd.DataFrame) -> pd.DataFrame:
    """Return how many topics each document really has: one row a document.

    Columns: doc_id, n_units (with a known word), topic (strongest), share (its), entropy (Shannon 1948, over its maximum:
    0 one topic,
    1 all alike), concentration (Herfindahl–Hirschman: sum of squared shares), effective_topics (exp of the entropy).
    """
    keep = known_rows(mixed)
    columns = ["doc_id", "n_units", "topic", "share", "entropy", "concentration", "effective_topics"]
    if not keep.any():
        return pd.DataFrame(columns=columns)
    docs, inverse = np.unique(units.loc[keep, "doc_id"].to_numpy(dtype=str), return_inverse=True)
    n = np.bincount(inverse)
    means = np.stack([np.bincount(inverse, mixed[keep][:, t]) / n for t in range(mixed.shape[1])], axis=1)
    entropy = -(means * np.log(np.maximum(means, 1e-12))).sum(axis=1)
    top = means.argmax(axis=1)
    values = (
        docs,
        n,
        top + 1,
        means.max(axis=1),
        entropy / np.log(max(2, means.shape[1])),
        (means**2).sum(axis=1),
        np.exp(entropy),
    )
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


def topic_tools(topic: np.ndarray, unit_ids: Sequence[str], unit_tools: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Cross the strongest topic of each unit with the policy tools that it uses.

    Columns: topic, tool, n_units, share (of the topic's units), lift (that share over the tool's share of all units with a
    topic).
    """
    where = pd.Series(topic, index=list(unit_ids))
    where = where[where > 0]
    pairs = unit_tools[["unit_id", "tool"]].drop_duplicates()
    pairs = pairs.assign(topic=pairs["unit_id"].map(where)).dropna(subset=["topic"])
    tools = sorted(pairs["tool"].unique())
    table = pd.crosstab(pairs["topic"].astype(int), pairs["tool"]).reindex(
        index=range(1, len(labels) + 1), columns=tools, fill_value=0
    )
    size = where.value_counts().reindex(table.index, fill_value=0).to_numpy()[:, None]
    share = table.to_numpy() / np.maximum(size, 1)
    overall = table.to_numpy().sum(axis=0) / max(1, len(where))
    index = pd.MultiIndex.from_product([table.index, tools], names=["topic", "tool"]).to_frame(index=False)
    return index.assign(n_units=table.to_numpy().ravel(), share=share.ravel(), lift=(share / np.maximum(overall, 1e-12)).ravel())
