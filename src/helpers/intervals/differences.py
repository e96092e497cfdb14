"""Differences of two independent estimates, from their own limits."""

import numpy as np
from scipy.special import ndtr, ndtri

from helpers.intervals.proportions import LEVEL


def square_and_add(first: tuple, second: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return difference (first minus second), its bounds and a two-sided p-value; sides are (value, below, above).

    below and above: how far the limits of a value lie from it. Square-and-add, or MOVER (Zou & Donner 2008); the p-value is
    that of the distance of zero in the interval.

    >>> difference, low, high, p = square_and_add((0.5, 0.03, 0.03), (0.2, 0.04, 0.04))
    >>> round(float(difference), 3), round(float(low), 3), round(float(high), 3)
    (0.3, 0.25, 0.35)
    """
    (a, below_a, above_a), (b, below_b, above_b) = (tuple(np.asarray(part, float) for part in side) for side in (first, second))
    difference = a - b
    down, up = np.sqrt(below_a**2 + above_b**2), np.sqrt(above_a**2 + below_b**2)
    towards_zero = np.where(difference > 0, down, up)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(
            towards_zero > 0, np.abs(difference) / (towards_zero / ndtri((1 + LEVEL) / 2)), np.where(difference == 0, 0.0, np.inf)
        )
    return difference, difference - down, difference + up, 2 * ndtr(-z)
