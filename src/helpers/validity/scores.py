"""Precision, recall and F1 of the machine against gold: per tool, micro, macro, by document, by county left out."""

import numpy as np
import pandas as pd

from helpers.codebook import STATEMENTS, Codebook
from helpers.coding.gold import Paired
from helpers.intervals import FEWEST, draws, estimate, wilson, wilson_clustered
from helpers.validity.agreement import by_chance, cohen_kappa, percent_agreement

ENOUGH = 5  # gold units of a tool from which its F1 counts in the mean


def cells(paired: Paired) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return three (units, tools) 0/1 matrices: true positives, false positives (given wrongly), false negatives (missed)."""
    gold, machine = paired.gold_tools, paired.machine_tools
    return (gold & machine).astype(float), (~gold & machine).astype(float), (gold & ~machine).astype(float)


def micro_f1(paired: Paired, weights: np.ndarray) -> np.ndarray:
    """Return F1 over all unit-tool decisions together, for each row of `weights` (k, units)."""
    hit, wrong, missed = (weights @ m.sum(1) for m in cells(paired))
    return _f1(hit, wrong, missed)


def enough(paired: Paired) -> np.ndarray:
    """Tell which tools macro F1 is the mean of: those with five gold units or more; where none has as many, those with any."""
    support = paired.gold_tools.sum(0)
    return support >= ENOUGH if (support >= ENOUGH).any() else support > 0


def macro_f1(paired: Paired, weights: np.ndarray) -> np.ndarray:
    """Return the mean F1 over the tools with enough support (`enough`): a tool of one gold unit is right or wrong by chance."""
    hit, wrong, missed = (weights @ m for m in cells(paired))
    scores = np.where((hit + missed > 0) & enough(paired), _f1(hit, wrong, missed), np.nan)
    n = np.isfinite(scores).sum(1)
    return np.where(n > 0, np.nansum(scores, axis=1) / np.maximum(n, 1), np.nan)


def _f1(hit, wrong, missed):
    total = 2 * hit + wrong + missed
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, 2 * hit / total, np.nan)


def overall(paired: Paired, n_bootstrap: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Micro and macro F1 with intervals; rows as `agreement.machine_agreement`."""
    drawn = draws(paired.documents, n_bootstrap, seed)
    weightings = {"sample": np.ones(len(paired)), "population": paired.weights}
    measures = {"tools_micro_f1": micro_f1, "tools_macro_f1": macro_f1}
    rows = [
        (m, name, *estimate(lambda w, f=f: f(paired, w), weights, drawn), len(paired), drawn.scope)
        for name, weights in weightings.items()
        for m, f in measures.items()
    ]
    return pd.DataFrame(rows, columns=["measure", "weighting", "value", "ci_low", "ci_high", "n_units", "speaks_of"])


def tool_scores(paired: Paired, codebook: Codebook) -> pd.DataFrame:
    """Score each tool: support, n_coded, n_hit, precision, recall, f1, each with a 95 % interval.

    Precision and recall have Wilson's interval, from five documents on over documents, in which a coder errs differently; with
    fewer it speaks of these documents. F1's is that of F* = hits / (hits + wrong + missed), a plain proportion, carried over by
    F1 = 2F* / (1 + F*) (Hand, Christen & Kirielle 2021): it stays honest where support is two or three. A tool without support
    has no recall and no F1; nothing is put in their place.
    """
    hit, wrong, missed = (m.sum(0) for m in cells(paired))
    out = pd.DataFrame({"tool": paired.tools, "tool_type": [codebook.type_of(t) for t in paired.tools]})
    out["support"], out["n_coded"], out["n_hit"] = (hit + missed).astype(int), (hit + wrong).astype(int), hit.astype(int)
    with np.errstate(divide="ignore", invalid="ignore"):
        out["precision"], out["recall"] = hit / (hit + wrong), hit / (hit + missed)
    supported = hit + missed > 0
    names, at = np.unique(paired.documents.astype(str), return_inverse=True)
    document = (np.arange(len(names))[:, None] == at).astype(float) if len(names) >= FEWEST else np.ones((1, len(at)))
    hits, wrongs, misses = (document @ m for m in cells(paired))
    of = np.hstack([hits + wrongs, hits + misses, hits + wrongs + misses])
    limits = (wilson if len(document) == 1 else wilson_clustered)(np.tile(hits, 3), of)
    (low, high) = (np.split(x.ravel(), 3) for x in limits)
    out["precision_low"], out["precision_high"] = low[0], high[0]
    out["recall_low"], out["recall_high"] = low[1], high[1]
    out["f1"] = np.where(supported, _f1(hit, wrong, missed), np.nan)
    out["f1_low"], out["f1_high"] = (np.where(supported, 2 * x / (1 + x), np.nan) for x in (low[2], high[2]))
    return out


def group_scores(paired: Paired, groups: pd.Series, n_bootstrap: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Score each group of gold units (a document, a county): κ, micro and macro F1 with intervals, tools that macro F1 counts."""
    rows = []
    for name in sorted(groups.dropna().unique()):
        part = paired.take((groups == name).to_numpy())
        drawn = draws(part.documents, n_bootstrap, seed)
        plain = np.ones(len(part))
        kappa = estimate(
            lambda w, p=part: cohen_kappa(p.gold, p.machine, w), plain, drawn, -1.0, by_chance(part.gold, part.machine)
        )
        micro = estimate(lambda w, p=part: micro_f1(p, w), plain, drawn)
        macro = estimate(lambda w, p=part: macro_f1(p, w), plain, drawn)
        rows.append((name, len(part), *kappa, *micro, *macro, int(enough(part).sum())))
    names = [f"{m}{end}" for m in ("kappa", "micro_f1", "macro_f1") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["name", "n_units", *names, "n_tools"])


def statement_confusion(paired: Paired) -> pd.DataFrame:
    """Count gold statements against the machine's: statement, coded_as, n_units (all sixteen cells)."""
    grid = pd.crosstab(pd.Categorical(paired.gold, STATEMENTS), pd.Categorical(paired.machine, STATEMENTS), dropna=False)
    long = grid.rename_axis("statement").rename_axis("coded_as", axis=1).stack().rename("n_units").reset_index()
    return long.astype({"statement": "str", "coded_as": "str"})


def coder_agreement(gold: pd.DataFrame, coded: dict, tools: list[str], n_bootstrap: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Compare the single codings with each other and with the resolved gold, pair by pair.

    coded: as `gold.codings` returns it, name → (statements, tool sets). Returns coder_a, coder_b, n_units, percent, kappa,
    same_sets (share of units with identical tool sets), micro_f1, each of kappa and micro_f1 with an interval.
    """
    names = [*coded]
    drawn = draws(gold["source_file"].fillna(""), n_bootstrap, seed)
    plain, rows = np.ones(len(gold)), []
    for a, b in [(x, y) for i, x in enumerate(names) for y in names[i + 1 :]]:
        (said_a, sets_a), (said_b, sets_b) = coded[a], coded[b]
        both = np.array([isinstance(x, str) and isinstance(y, str) for x, y in zip(said_a, said_b, strict=True)])
        if not both.any():
            continue
        one, two = (np.array([[t in s for t in tools] for s in sets], bool)[both] for sets in (sets_a, sets_b))
        couple = Paired(gold[both], tools, said_a[both], said_b[both], one, two)
        mine, chance = drawn.take(both), by_chance(couple.gold, couple.machine)
        kappa = estimate(lambda w, c=couple: cohen_kappa(c.gold, c.machine, w), plain[both], mine, -1.0, chance)
        micro = estimate(lambda w, c=couple: micro_f1(c, w), plain[both], mine)
        same = float((one == two).all(1).mean())
        rows.append((a, b, int(both.sum()), percent_agreement(couple.gold, couple.machine), same, *kappa, *micro))
    score_names = [f"{m}{end}" for m in ("kappa", "micro_f1") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["coder_a", "coder_b", "n_units", "percent", "same_sets", *score_names])
