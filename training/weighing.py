"""How linear learner and encoder are weighed: learned on units of train.csv, each scored without its county."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score, f1_score

from helpers.codebook import STATEMENTS
from helpers.coding import decide
from helpers.coding.coder import Coder, checked
from helpers.coding.held_out import as_units
from helpers.coding.labelled import REAL

PARTS = np.arange(0, 11) / 10
BORDERS = np.arange(-10, 1) * 0.06
EVEN = {"statement": 0.5, "tool": 0.5, "border": -0.3}
_DRAWS = 100


def learn(coder: Coder, labelled: pd.DataFrame, held: np.ndarray) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Return the weights that `combine.Partner` takes, and figures of each learner: kappa, micro F1, macro F1 on train.csv.

    The weights are the most even ones that are as good as the best.

    Of a grid those count that reach the best within one standard error (Breiman et al. 1984): kappa for statements, the mean
    of micro and macro F1 for tools. The patterns of the codebook were written after reading train.csv, which favours the
    linear learner there; hence the even ones. `held`: rows x outputs (statements, tools) as logits, each without its county.
    """
    rows = np.flatnonzero(labelled["set"].eq("train"))
    book, n = coder.codebook, len(STATEMENTS)
    linear, encoder = linear_without_county(coder, labelled)[rows], certain(held[rows])
    n_tools = len(book.tools)
    said = np.array([STATEMENTS.index(s) for s in labelled["statement"].iloc[rows]])
    used = np.array([[t in cell.split(";") for t in book.tools] for cell in labelled["tools"].iloc[rows]])

    def statements(part: float) -> np.ndarray:
        return (1 - part) * linear[:, n_tools:] + part * encoder[:, :n]

    given = {(part,): statements(part).argmax(axis=1) for part in PARTS.tolist()}
    (part,) = _most_even(given, lambda codes, at: cohen_kappa_score(said[at], codes[at]), (EVEN["statement"],))

    def tools(share: float, border: float) -> np.ndarray:
        margins = (1 - share) * linear[:, :n_tools] + share * (encoder[:, n:] - border)
        return decide.decide(book, statements(part), margins, 5.0).tools

    def f1(codes: np.ndarray, at: np.ndarray) -> float:
        return np.mean([f1_score(used[at], codes[at], average=a, zero_division=0) for a in ("micro", "macro")])

    choices = {choice: tools(*choice) for choice in product(PARTS.tolist(), BORDERS.tolist())}
    share, border = _most_even(choices, f1, (EVEN["tool"], EVEN["border"]))

    def figures(part: float, share: float) -> list[float]:
        score = statements(part)
        margins = (1 - share) * linear[:, :n_tools] + share * (encoder[:, n:] - border)
        decided = decide.decide(book, score, margins, 5.0)
        f1s = (f1_score(used, decided.tools, average=a, zero_division=0) for a in ("micro", "macro"))
        return [round(float(v), 3) for v in (cohen_kappa_score(said, decided.statement), *f1s)]

    told = {"linear": figures(0, 0), "encoder": figures(1, 1), "together": figures(part, share)}
    return {"statement": part, "tool": share, "border": round(border, 2)}, told


def _most_even(given: dict[tuple, np.ndarray], measure: Callable, even: tuple) -> tuple:
    """Return the choice nearest to `even` whose measure is within a standard error (bootstrap over units) of the best."""
    n = len(next(iter(given.values())))
    value = {choice: measure(codes, np.arange(n)) for choice, codes in given.items()}
    best = max(value, key=value.get)
    rng = np.random.default_rng(0)
    error = np.std([measure(given[best], rng.integers(0, n, n)) for _ in range(_DRAWS)])
    good = [choice for choice in given if value[choice] >= value[best] - error]
    return min(good, key=lambda choice: (round(sum((a - b) ** 2 for a, b in zip(choice, even, strict=True)), 6), -value[choice]))


def certain(logits: np.ndarray) -> np.ndarray:
    """Return scores of -1 to 1 (statements, then tools) from logits, as `Encoder.score` gives them."""
    n = len(STATEMENTS)
    said = np.exp(logits[:, :n] - logits[:, :n].max(axis=1, keepdims=True))
    tools = 1 / (1 + np.exp(-np.clip(logits[:, n:], -30, 30)))
    return np.round(2 * np.hstack([said / said.sum(axis=1, keepdims=True), tools]) - 1, 4)


def linear_without_county(coder: Coder, labelled: pd.DataFrame) -> np.ndarray:
    """Return rows x outputs (tools, then statements) of the linear learner for units of documents, each without its county."""
    found = np.full((len(labelled), len(coder.codebook.tools) + len(STATEMENTS)), np.nan)
    real = labelled["set"].isin(REAL).to_numpy()
    for county in sorted(set(labelled["county"][real])):
        own = np.flatnonzero(real & labelled["county"].eq(county).to_numpy())
        left_out = np.where(np.isin(coder.groups, coder.groups[own]), 0, -1)
        fitted, units = coder.fit([0], left_out), checked(as_units(labelled.iloc[own]))
        found[own] = fitted.linear(units, fitted.hits(units), 0)
    return found
