"""Differences between documents like those at hand: what the documents of a group differ among themselves is the yardstick.

An interval for coding error speaks of the documents that were read. Whether other documents of the same places and years would
differ too can be told only from how documents of one group differ. How alike the sentences of one document are (the intraclass
correlation ρ of a code) is estimated from all groups of two documents or more; it raises the variance of a group's share from
p(1 − p)/n to p(1 − p)(1 + ρ(N₂/n − 1))/n, N₂ the sum of the documents' squared sizes (Donner & Klar 2000, ch. 5). One ρ for all
groups, and never less than that of all codes together: a few documents that happen to be alike are no proof, and their own
variance would be taken for one.
"""

from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special

from helpers.intervals import LEVEL

_CODE = ["dimension", "code"]
BEYOND = ("beyond_low", "beyond_high", "beyond_p", "beyond_differs")


class Yardstick:
    """What the documents of the groups of one level differ among themselves.

    by_document: doc_id, dimension, code, n (units), as `counts.BY_DOCUMENT` (None: nothing is known); named: doc_id, group,
    n_units of the documents; codes: dimension, code.
    """

    def __init__(self, by_document: pd.DataFrame | None, named: pd.DataFrame, codes: pd.DataFrame):
        self._given = (named, by_document, codes)
        self._documents = None if by_document is None else named.groupby("group").size()

    @cached_property
    def _sums(self) -> tuple[pd.DataFrame, pd.DataFrame, int]:
        """Return the sums of each group and code, those of all groups, and the degrees of freedom."""
        sums = _sums(*self._given)
        sums["rho"], freedom = _likeness(sums)
        of_code = sums.groupby(_CODE)
        return sums, of_code[[name for name in sums if name != "rho"]].sum().join(of_code["rho"].first()), max(freedom, 1)

    def beyond(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add beyond_low, beyond_high and beyond_p (not adjusted) to rows of group_a, group_b, dimension and code.

        Filled where both groups have two documents or more; "rest" is all documents outside the first group.
        """
        values = np.full((3, len(rows)), np.nan)
        if self._documents is not None:
            first, rest = rows["group_a"].map(self._documents), rows["group_b"] == "rest"
            second = rows["group_b"].map(self._documents).where(~rest, self._documents.sum() - first)
            several = np.flatnonzero((first > 1) & (second > 1))
            if len(several):
                values[:, several] = self._measured(rows.iloc[several], rest.to_numpy()[several])
        return rows.assign(**dict(zip(BEYOND, values, strict=False)))

    def _measured(self, rows: pd.DataFrame, rest: np.ndarray) -> np.ndarray:
        sums, whole, freedom = self._sums
        a, b = (sums.reindex(pd.MultiIndex.from_frame(rows[[f"group_{side}", *_CODE]])).reset_index(drop=True) for side in "ab")
        other = whole.reindex(pd.MultiIndex.from_frame(rows[_CODE])).reset_index(drop=True)
        outside = (other - a).assign(rho=other["rho"])
        b = pd.DataFrame({name: np.where(rest, outside[name], b[name]) for name in b})
        difference = a["n"] / a["N"] - b["n"] / b["N"]
        own = np.sqrt(sum(_variance(side, (side["n"] + 0.5) / (side["N"] + 1)) for side in (a, b)))
        # Tested on the scale of angles (Anscombe 1948), where the tails of rare codes are those of a normal variable.
        angle = [np.arcsin(np.sqrt((side["n"] + 0.375) / (side["N"] + 0.75))) for side in (a, b)]
        alike = np.sqrt(sum(_design(side) / (4 * side["N"]) for side in (a, b)))
        reach = special.stdtrit(freedom, (1 + LEVEL) / 2) * own
        p = 2 * special.stdtr(freedom, -(angle[0] - angle[1]).abs() / alike)
        return np.stack([difference - reach, difference + reach, p])


def _sums(named: pd.DataFrame, by_document: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Sum over the documents of each group and code: k (1), N (units), NN, NNN (powers), n (units so coded), nn, nN."""
    size = named.assign(k=1.0, N=named["n_units"].astype(float))
    size = size.assign(NN=size["N"] ** 2, NNN=size["N"] ** 3)
    of_group = size.groupby("group")[["k", "N", "NN", "NNN"]].sum()
    found = by_document.merge(codes, on=_CODE).merge(size[["doc_id", "group", "N"]], on="doc_id")
    found = found.assign(n=found["n"].astype(float))
    found = found.assign(nn=found["n"] ** 2, nN=found["n"] * found["N"])
    of_code = found.groupby(["group", *_CODE])[["n", "nn", "nN"]].sum()
    grid = of_group.reset_index().merge(codes, how="cross").set_index(["group", *_CODE])
    return grid.join(of_code).fillna(0.0)


def _likeness(sums: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Return ρ of each row's code, by moments of the documents' residuals over the groups, and its degrees of freedom."""
    some = sums[sums["k"] > 1]
    p = some["n"] / some["N"]
    residual = some["nn"] - 2 * p * some["nN"] + p**2 * some["NN"]
    ratio = some["NN"] / some["N"] ** 2
    pairs, weighed = some["NN"] - some["N"], some["NNN"] - some["NN"]
    expected = p * (1 - p) * (some["N"] - 2 * ratio * some["N"] + ratio * some["N"])
    for_rho = p * (1 - p) * (pairs - 2 * weighed / some["N"] + ratio * pairs)
    by_code = pd.DataFrame({"above": residual - expected, "for_rho": for_rho}).groupby(_CODE).sum()
    every = max(by_code["above"].sum() / max(by_code["for_rho"].sum(), 1e-12), 0.0)  # a code's own may be small by chance
    rho = (by_code["above"] / by_code["for_rho"].where(by_code["for_rho"] > 0)).fillna(0.0).clip(min(every, 1.0), 1)
    freedom = int((some["k"] - 1).groupby(level="group").first().sum()) if len(some) else 0
    return rho.reindex(sums.index.droplevel("group")).fillna(0.0).to_numpy(), freedom


def _design(side: pd.DataFrame) -> pd.Series:
    """Return the design effect: by how much the likeness of sentences of one document raises the variance of a group's share."""
    return 1 + side["rho"] * (side["NN"] / side["N"] - 1)


def _variance(side: pd.DataFrame, share: pd.Series) -> pd.Series:
    return share * (1 - share) / side["N"] * _design(side)
