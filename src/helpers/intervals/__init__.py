"""Intervals and adjustments that every room shares: Wilson, bootstrap draws, square-and-add, Holm."""

from helpers.intervals.bootstrap import draws, estimate, interval
from helpers.intervals.many import holm
from helpers.intervals.proportions import LEVEL, wilson

__all__ = ["LEVEL", "draws", "estimate", "holm", "interval", "wilson"]
