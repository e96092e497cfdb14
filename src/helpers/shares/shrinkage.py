"""How much of a correction is taken: what all columns err by, and what each one's correction is beside its error.

A correction errs by itself, and beside a good coder, or with few gold units, by more than the codes do. Its size in standard
errors, z, shows the coder's bias with an error of 1. Of a bias with standard deviation s empirical Bayes (Efron & Morris 1973)
takes s² / (1 + s²) of z. How large s is differs between the columns, in a few of which a coder may err by much, so that s has
a long tail about a size common to all columns (after the horseshoe of Carvalho, Polson & Scott 2010), and that is learned from
all of them. The mean would leave much of a bias that is certain, and take much of what is none. So a correction is taken as a
decision is, by a power of the odds that it has for it, and at longer odds the larger its own error: what one may lose by it.
"""

import numpy as np

_OF_COLUMN = np.geomspace(0.05, 60, 40)  # sizes s of a column's bias, in standard errors of its correction
_OF_ALL = np.geomspace(0.1, 20, 20)  # the size common to all columns; on the scale of logarithms none is likelier than another
_TAIL = 2.0  # degrees of freedom of s about it: half of the columns within .8, one in twenty above 4.3 of it
_ODDS, _POWER = 0.1, 3.0  # half is taken at even odds where the error is ten points; set by simulation (docs/VALIDATION.md)
_FAR = 400.0  # z² from which more is no other evidence

_ratio = _OF_COLUMN / _OF_ALL[:, None]
_PRIOR = _ratio * (1 + _ratio**2 / _TAIL) ** (-(_TAIL + 1) / 2)  # half-t, in steps of logarithms
_PRIOR /= _PRIOR.sum(axis=1, keepdims=True)
_PART = _OF_COLUMN**2 / (1 + _OF_COLUMN**2)


def taken(correction: np.ndarray, variance: np.ndarray, alike: bool = False) -> np.ndarray:
    """Return by how much each column's correction is taken, 0 to 1, from the corrections of all columns and their variances.

    alike: the least of all columns for each, so that shares that add up to one still do.

    >>> taken(np.array([0.05, 0.05, 0.05]), np.full(3, 0.0025)).round(2).tolist()  # no larger than its error of five points
    [0.17, 0.17, 0.17]
    >>> taken(np.array([0.30, 0.00, 0.05]), np.full(3, 0.0025)).round(2).tolist()  # one column's bias makes others likelier
    [1.0, 0.87, 0.92]
    """
    variance = np.maximum(variance, 1e-12)
    square = np.minimum(correction**2 / variance, _FAR)
    spread = 1 + _OF_COLUMN**2
    seen = np.exp(-square[:, None] / (2 * spread)) / np.sqrt(spread)  # (columns, sizes of a column)
    under = seen @ _PRIOR.T  # (columns, sizes of all)
    of_all = np.log(under).sum(axis=0)
    of_all = np.exp(of_all - of_all.max())
    part = (seen * _PART) @ _PRIOR.T / under @ (of_all / of_all.sum())
    odds = part / np.maximum(1 - part, 1e-12)
    out = 1 / (1 + (np.sqrt(variance) / _ODDS / np.maximum(odds, 1e-12)) ** _POWER)
    heard = np.minimum(2 * np.sqrt(square), 1)  # a column with next to no correction loses nothing by the others' share
    return np.full(len(out), 1 - ((1 - out) * heard).max()) if alike else out
