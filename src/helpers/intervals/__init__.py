"""Intervals and adjustments that every room shares: Wilson, bootstrap draws, square-and-add, Holm."""

from helpers.intervals.bootstrap import FEWEST, SCOPES, Draws, draws, estimate
from helpers.intervals.differences import square_and_add
from helpers.intervals.lifts import crossed, crossing, lifts
from helpers.intervals.many import benjamini_hochberg, holm
from helpers.intervals.proportions import LEVEL, wilson, wilson_clustered, wilson_designed, wilson_effective

__all__ = [
    "FEWEST", "LEVEL", "SCOPES", "Draws", "benjamini_hochberg", "crossed", "crossing", "draws", "estimate", "holm", "lifts",
    "square_and_add", "wilson", "wilson_clustered", "wilson_designed", "wilson_effective",
]  # fmt: skip
