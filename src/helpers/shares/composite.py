"""The estimator behind corrected shares: what all gold units say of the coder, and what a group's own gold units add to it.

Two rates carry what the gold units know of a coder: how many of the units that it gives a tool have it (positive predictive
value), and how many of the others have it too (false omission). Over all documents they give the post-stratified estimator
(Särndal, Swensson & Wretman 1992, ch. 7), whose weighted errors add up to nothing: design-based, no model needed. A county-year
with few gold units of its own would take chance for error; it takes the rates of all gold units, and its own mean error with
the weight γ = ρn / (ρn + 1) that the unit-level model of small area estimation gives it (Battese, Harter & Fuller 1988; Rao &
Molina 2015, ch. 7). ρ is the share of the error's variance that lies between groups, estimated from the groups themselves.
At n = 25 a group's own gold units have half the weight or more.

Twenty gold units can err by more than the codes do, and where a coder is good two hundred can. The value is therefore drawn
towards the codes by what the corrections of all columns are beside their errors (`shares.shrinkage`). The interval is not: it
stands about the correction that the gold units give, which has no bias, and reaches to the value where that lies outside.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from helpers.intervals import LEVEL, wilson_effective
from helpers.shares.shrinkage import taken

LEAST = 20  # gold units below which nothing is corrected: two rates cannot be told from fewer
# ρ is never taken to be smaller. With fewer than some thirty groups it cannot be told from 0, and an interval that believed
# in 0 would not cover where coders err differently from document to document. Set by simulation (docs/VALIDATION.md).
_RHO = 0.04
_SPREAD = 0.03  # standard deviation of ρ between columns, by which a column's own ρ is drawn to that of all columns
_PRIOR = 2.0  # units by which the predictive value of a column is drawn to that of all columns: many tools have one or two hits
_PSEUDO = 0.5  # errors added before a variance is taken: a rare tool without an error in the sample is not free of error


@dataclass(frozen=True)
class Sample:
    """Gold units, in rows: document (number), its and the machine's codes (units, columns), weight (inverse probability).

    `document_probability`: for each document, the probability with which it came into the sample; 1 where all documents are in.
    `cluster`: number of what each unit was drawn together with; a cluster tells no more than one unit (None: drawn one by one).
    """

    document: np.ndarray
    gold: np.ndarray
    machine: np.ndarray
    weight: np.ndarray
    document_probability: np.ndarray
    cluster: np.ndarray | None = None

    def squares(self, weight: np.ndarray, by: np.ndarray, n: int) -> np.ndarray:
        """Sum the squared weights of the units, or of the clusters, in each of `n` groups `by`."""
        if self.cluster is None:
            return np.bincount(by, weights=weight**2, minlength=n)
        pairs, at = np.unique(np.stack([by, self.cluster]), axis=1, return_inverse=True)
        return np.bincount(pairs[0], weights=np.bincount(at.ravel(), weights=weight) ** 2, minlength=n)


@dataclass(frozen=True)
class Estimates:
    """Corrected shares (groups, columns) with 95 % interval and standard error, and the weight of each group's own gold units."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    own_weight: np.ndarray
    n_gold: np.ndarray


@dataclass(frozen=True)
class _Rates:
    """Positive predictive value and false omission of each column, with their variances and those of a single unit."""

    hit: np.ndarray
    missed: np.ndarray
    unit_hit: np.ndarray
    unit_missed: np.ndarray
    variance_hit: np.ndarray
    variance_missed: np.ndarray


def composite(sizes: np.ndarray, counts: np.ndarray, sample: Sample, totals) -> Estimates:
    """Return the corrected shares of the whole and of each group.

    sizes: units of each document; counts: (documents, columns) units to which the machine gives each column; totals: sums rows
    of documents into groups, the whole first. Documents without gold units take part by the rates of all.
    """
    n_documents, n = len(sizes), np.bincount(sample.document, minlength=len(sizes)).astype(float)
    rates = _rates(sample)

    def by_document(matrix: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(sample.document, weights=c, minlength=n_documents) for c in matrix.T.astype(float)], axis=1)

    def column(vector: np.ndarray) -> np.ndarray:
        return totals(vector[:, None])

    error = sample.gold - np.where(sample.machine, rates.hit, rates.missed)
    within = sample.weight / np.bincount(sample.document, weights=sample.weight, minlength=n_documents)[sample.document]
    squares = sample.squares(within, sample.document, n_documents)
    effective = np.divide(1, squares, out=np.zeros(n_documents), where=squares > 0)
    mean_error = by_document(within[:, None] * error)
    coded = counts / sizes[:, None]
    unit_variance = coded * rates.unit_hit + (1 - coded) * rates.unit_missed

    total, drawn = column(sizes), (n > 0) * sizes / sample.document_probability  # drawn: what a sampled document stands for
    stands_for = np.maximum(column(drawn), 1e-12)
    own_error = totals(drawn[:, None] * mean_error) / stands_for
    noise = np.divide(1, effective, out=np.zeros(n_documents), where=n > 0)
    plain = totals((drawn**2 * noise)[:, None] * unit_variance) / stands_for**2
    unseen = np.maximum(1 - n / sizes, 0)
    sampling = totals((drawn**2 * noise * unseen)[:, None] * unit_variance) / stands_for**2
    spread = totals(sizes[:, None] * unit_variance) / total

    n_gold = column(n)
    rho = _between(own_error[1:], plain[1:], spread[1:], n_gold[1:, 0] > 0)
    ratio = rho * np.divide(spread, plain, out=np.zeros_like(plain), where=plain > 0)
    weight = ratio / (ratio + 1)
    weight[0] = 1.0
    predicted = totals(counts * rates.hit + (sizes[:, None] - counts) * rates.missed) / total
    seen = totals(by_document(error)) / total  # the errors of gold units are known, whatever the weight
    value = predicted + (1 - weight) * seen + weight * own_error

    fraction = n_gold / total
    off = totals(((drawn[:, None] / stands_for[0] - (sizes / total[0])[:, None]) ** 2) * unit_variance * rho)
    absent = totals(((n == 0) * sizes**2)[:, None] * unit_variance * rho) / total**2
    absent[0] = off[0]
    crowding = 1 + rho * (n[n > 0].mean() - 1)
    share = totals(counts) / total
    of_rates = (share**2 * rates.variance_hit + (1 - share) ** 2 * rates.variance_missed) * crowding
    unknown = (1 - fraction) ** 2 * (rho * spread + of_rates) + (1 - fraction) * spread / total
    variance = weight**2 * sampling + (1 - weight) ** 2 * unknown + absent
    spare = n_gold - column((n > 0).astype(float))
    freedom = np.where(weight > 0.5, spare, spare[0])
    exclusive = all((codes.sum(1) == 1).all() for codes in (sample.gold, sample.machine))
    part = taken((value - share)[0], variance[0], exclusive)
    positive = totals(by_document(sample.gold))
    floor, ceiling = positive / total, 1 - (n_gold - positive) / total
    whole, value = (np.clip(share + by * (value - share), floor, ceiling) for by in (1, part))
    low, high = _bounds(whole, variance, np.maximum(freedom, 4), n_gold, total)
    known = np.broadcast_to(fraction >= 1, value.shape)
    low, high = np.where(known, value, np.clip(low, floor, value)), np.where(known, value, np.clip(high, value, ceiling))
    return Estimates(value, low, high, np.where(known, 0, np.sqrt(variance)), weight, n_gold[:, 0].astype(int))


def _rates(sample: Sample) -> _Rates:
    squares = sample.squares(sample.weight, np.zeros(len(sample.weight), dtype=int), 1)[0]
    weight = sample.weight * sample.weight.sum() / squares  # adds up to the effective number of units
    hit = weight @ (sample.gold & sample.machine)
    missed = weight @ (sample.gold & ~sample.machine)
    coded = weight @ sample.machine
    rest = np.maximum(weight.sum() - coded, 1e-9)
    every = hit.sum() / coded.sum() if coded.sum() > 0 else 0.5
    n_coded = coded + _PRIOR
    value = (hit + _PRIOR * every) / n_coded
    inside = np.clip(value, _PSEUDO / (n_coded + 1), 1 - _PSEUDO / (n_coded + 1))
    outside = (missed + _PSEUDO) / (rest + 2 * _PSEUDO)
    of_hit, of_missed = inside * (1 - inside), outside * (1 - outside)
    return _Rates(value, missed / rest, of_hit, of_missed, of_hit / n_coded, of_missed / np.maximum(rest, 1))


def _between(own_error: np.ndarray, plain: np.ndarray, spread: np.ndarray, has_gold: np.ndarray) -> np.ndarray:
    """Return ρ of each column by moments over the groups, drawn to that of all columns, and never below `_RHO`."""
    n_groups, n_columns = int(has_gold.sum()), own_error.shape[1]
    if n_groups < 2:
        return np.full(n_columns, _RHO)
    chance = plain[has_gold] / spread[has_gold]
    found = own_error[has_gold] ** 2 / spread[has_gold] * n_groups / (n_groups - 1) - chance
    precision = 1 / (2 * (chance + _SPREAD) ** 2)
    together = max((precision * found).sum() / precision.sum(), 0.0)
    prior = 1 / _SPREAD**2
    own = ((precision * found).sum(0) + prior * together) / (precision.sum(0) + prior)
    return np.clip(own, _RHO, 0.9)


def _bounds(value, variance, freedom, n_gold, total) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval at the effective sample size (Korn & Graubard 1998), widened to whole units of the group."""
    least = 0.25 / (n_gold + LEAST)
    low, high = wilson_effective(np.clip(value, least, 1 - least), variance, stdtrit(freedom, (1 + LEVEL) / 2))
    return np.floor(low * total + 1e-9) / total, np.ceil(high * total - 1e-9) / total
