"""Thresholds that tables, captions and the report share, so that they cannot disagree."""

from collections.abc import Mapping

STABLE = 0.7  # stability over resamples, corrected for chance, from which a topic counts as carried by the corpus
LEADS = 0.95  # share of refits in which a topic must be the largest before it is called the commonest
LEAST_CARRIED = 3  # topics that must be stable before a corpus is said to carry topics


def is_commonest(topic: Mapping, n_stable: int) -> bool:
    """Tell whether the largest topic (a row of `topics`) may be called the commonest, where `n_stable` topics come back.

    It must come back itself, be the largest in refits, and under every other number of topics that was tried.
    """
    known = bool(topic.get("stable", True)) and topic.get("largest", 0) >= LEADS
    return n_stable >= LEAST_CARRIED and known and not topic.get("k_largest", 1) < 1
