"""Agreement between codings: percent agreement, Cohen's κ, Krippendorff's α for categories and sets, with bootstrap intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.intervals import draws, estimate


def percent_agreement(a: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray | float:
    """Return the (weighted) share of units coded alike; `weights` (k, units) gives k values."""
    same = np.asarray(a, object) == np.asarray(b, object)
    return _single(lambda w: _divide(w @ same, w.sum(1)), len(same), weights)


def cohen_kappa(a: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray | float:
    """Return Cohen's κ (Cohen 1960): agreement beyond what the two coders' own frequencies give by chance.

    NaN where both coders use one category only: chance then explains everything and κ does not exist. 0 where one of them does,
    whatever the other codes.
    """
    labels = sorted({*a, *b}, key=str)
    one, two = _onehot(a, labels), _onehot(b, labels)

    def kappa(w):
        total = w.sum(1)
        observed = _divide(w @ (one * two).sum(1), total)
        expected = _divide(((w @ one) * (w @ two)).sum(1), total**2)
        beyond = np.where(np.abs(observed - expected) < 1e-12, 0.0, observed - expected)
        return _divide(beyond, np.where(1 - expected < 1e-12, 0, 1 - expected))

    return _single(kappa, len(one), weights)


def krippendorff_alpha(codings: Sequence[Sequence], distance: str = "nominal", weights: np.ndarray | None = None):
    """Return Krippendorff's α (Krippendorff 2011) of two or more codings of the same units; None is a missing code.

    distance: `nominal` for categories; `jaccard` or `masi` (Passonneau 2006) for sets.
    Units with fewer than two codes do not count.
    """
    values, margin, sums = _coincidences(codings, distance)
    if not len(values):
        return _single(lambda w: np.full(len(w), np.nan), len(margin), weights)
    delta = distances(values, distance)

    def alpha(w):
        n_c = w @ margin
        expected = _divide(((n_c @ delta) * n_c).sum(1), n_c.sum(1) - 1)
        value = 1 - _divide(w @ sums, np.where(expected < 1e-12, 0, expected))
        return np.where(np.abs(value) < 1e-12, 0.0, value)

    return _single(alpha, len(margin), weights)


def distances(values: Sequence, distance: str) -> np.ndarray:
    """Return the matrix of distances δ between codes: nominal 0/1, Jaccard, or MASI (1 - Jaccard × monotonicity)."""
    if distance == "nominal":
        return 1.0 - np.eye(len(values))
    if distance not in ("jaccard", "masi"):
        raise ValueError(f"distance {distance!r} is not known: use nominal, jaccard or masi")
    return np.array([[1 - _overlap(a, b, distance == "masi") for b in values] for a in values])


def _overlap(a: frozenset, b: frozenset, masi: bool) -> float:
    if a == b:
        return 1.0
    common = len(a & b)
    monotone = (2 / 3 if a <= b or b <= a else 1 / 3) if masi else 1.0
    return monotone * common / len(a | b)


def _coincidences(codings: Sequence[Sequence], distance: str) -> tuple[list, np.ndarray, np.ndarray]:
    """Return the values in use; how often each unit has each value; and each unit's sum of distances over pairs / (codes - 1)."""
    table = [[None if _missing(c) else c for c in coding] for coding in codings]
    values = sorted(
        {c for coding in table for c in coding if c is not None}, key=lambda c: sorted(c) if isinstance(c, frozenset) else [c]
    )
    place, delta = {value: i for i, value in enumerate(values)}, distances(values, distance)
    units = list(zip(*table, strict=True))
    margin, sums = np.zeros((len(units), len(values))), np.zeros(len(units))
    for unit, codes in enumerate(units):
        present = [place[c] for c in codes if c is not None]
        if len(present) > 1:
            np.add.at(margin[unit], present, 1.0)
            sums[unit] = delta[np.ix_(present, present)].sum() / (len(present) - 1)
    return values, margin, sums


def _missing(code) -> bool:
    return code is None or (isinstance(code, float) and np.isnan(code))


def _onehot(values, labels: list) -> np.ndarray:
    return (np.asarray(values, object)[:, None] == np.asarray(labels, object)[None, :]).astype(float)


def _divide(a, b):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(b) == 0, np.nan, np.asarray(a, float) / b)


def _single(statistic, n: int, weights):
    """Apply a statistic of (k, units) weights; without weights every unit counts once and one number comes back."""
    if weights is None:
        return float(statistic(np.ones((1, n)))[0])
    return statistic(np.asarray(weights, float))


def by_chance(*codings: Sequence) -> float:
    """Return the share of units on which coders would agree who give each code as often as these do, at random."""
    codes = [code for coding in codings for code in coding if not _missing(code)]
    _, times = np.unique(np.array([str(sorted(c)) if isinstance(c, frozenset) else str(c) for c in codes]), return_counts=True)
    return float(((times / times.sum()) ** 2).sum()) if len(codes) else 0.0


def machine_agreement(paired, n_bootstrap: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Measure how far machine and gold agree; one row a measure: measure, weighting, value, ci_low, ci_high, n_units, speaks_of.

    weighting `sample` counts each gold unit once; `population` weights it by its inverse inclusion probability, so that the
    value speaks for all units of the documents. speaks_of: what the interval speaks of (`intervals.SCOPES`).
    """
    drawn = draws(paired.documents, n_bootstrap, seed)
    sets = [tuple_sets(paired.gold_tools, paired.tools), tuple_sets(paired.machine_tools, paired.tools)]
    statements = by_chance(paired.gold, paired.machine)
    measures = {
        "statement_percent": (lambda w: percent_agreement(paired.gold, paired.machine, w), 0.0, 0.0),
        "statement_kappa": (lambda w: cohen_kappa(paired.gold, paired.machine, w), -1.0, statements),
        "statement_alpha": (lambda w: krippendorff_alpha([paired.gold, paired.machine], "nominal", w), -1.0, statements),
        "tools_percent": (lambda w: percent_agreement(*sets, w), 0.0, 0.0),
        "tools_alpha_masi": (lambda w: krippendorff_alpha(sets, "masi", w), -1.0, by_chance(*sets)),
        "tools_alpha_jaccard": (lambda w: krippendorff_alpha(sets, "jaccard", w), -1.0, by_chance(*sets)),
    }
    weightings = {
        "sample": np.ones(len(paired)),
        "population": paired.weights / max(paired.weights.mean(), 1e-12) if len(paired) else paired.weights,
    }
    rows = [
        (m, name, *estimate(f, w, drawn, least, chance), len(paired), drawn.scope)
        for name, w in weightings.items()
        for m, (f, least, chance) in measures.items()
    ]
    return pd.DataFrame(rows, columns=["measure", "weighting", "value", "ci_low", "ci_high", "n_units", "speaks_of"])


def tuple_sets(matrix: np.ndarray, tools: list[str]) -> np.ndarray:
    """Return the tool sets of a boolean matrix as an object array of frozensets."""
    out = np.empty(len(matrix), dtype=object)
    out[:] = [frozenset(tool for tool, on in zip(tools, row, strict=True) if on) for row in matrix]
    return out
