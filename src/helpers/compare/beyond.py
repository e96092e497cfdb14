"""Differences between documents like those at hand: what the documents of a group differ among themselves is the yardstick.

An interval for coding error speaks of the documents that were read. Whether other documents of the same places and years would
differ too can be told only from how documents of one group differ. How alike the sentences of one document are (the intraclass
correlation ρ of a code) is estimated from all groups of two documents or more; it raises the variance of a group's share from
p(1 − p)/n to p(1 − p)(1 + ρ(N₂/n − 1))/n, N₂ the sum of the documents' squared sizes (Donner & Klar 2000, ch. 5). One ρ for all
groups, and never less than that of all codes together: a few documents that happen to be alike are no proof, and their own
variance would be taken for one.
"""

import numpy as np
import pandas as pd
from scipy import special

from helpers.intervals import LEVEL, benjamini_hochberg

BEYOND = ("beyond_low", "beyond_high", "beyond_p", "beyond_differs")


def beyond(rows: pd.DataFrame, by_document: pd.DataFrame | None, members: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Add beyond_low, beyond_high, beyond_p (adjusted over the table, Benjamini & Hochberg 1995) and beyond_differs.

    rows: level, group_a, group_b, dimension, code; by_document: doc_id, dimension, code, n (units), as
    `counts.BY_DOCUMENT` (None: the columns stay empty); members:
    by level, doc_id, group, n_units of the documents. Filled where both groups have two documents or more; "rest" is all
    documents outside the first group.
    """
    if by_document is None:
        return rows.assign(**dict.fromkeys(BEYOND[:3], np.nan), beyond_differs=pd.array([pd.NA] * len(rows), dtype="boolean"))
    parts = [_measured(part, by_document, members[level]) for level, part in rows.groupby("level", sort=False)]
    out = pd.concat(parts).reindex(rows.index)
    out["beyond_p"] = benjamini_hochberg(out["beyond_p"])
    return out.assign(beyond_differs=(out["beyond_p"] < 0.05).where(out["beyond_p"].notna()).astype("boolean"))


def _measured(rows: pd.DataFrame, by_document: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    sums = _sums(named, by_document, rows)
    sums["rho"], freedom = _likeness(sums)
    on = ["dimension", "code"]
    whole = sums.drop(columns="rho").groupby(on).sum().join(sums.groupby(on)["rho"].first())
    a, b = (sums.reindex(pd.MultiIndex.from_frame(rows[[f"group_{side}", *on]])).reset_index(drop=True) for side in "ab")
    rest = (rows["group_b"] == "rest").to_numpy()
    other = whole.reindex(pd.MultiIndex.from_frame(rows[on])).reset_index(drop=True)
    outside = (other - a).assign(rho=other["rho"])
    b = pd.DataFrame({name: np.where(rest, outside[name], b[name]) for name in b})
    difference = a["n"] / a["N"] - b["n"] / b["N"]
    own = np.sqrt(sum(_variance(side, (side["n"] + 0.5) / (side["N"] + 1)) for side in (a, b)))
    # Tested on the scale of angles (Anscombe 1948), where the tails of rare codes are those of a normal variable.
    angle = [np.arcsin(np.sqrt((side["n"] + 0.375) / (side["N"] + 0.75))) for side in (a, b)]
    alike = np.sqrt(sum(_design(side) / (4 * side["N"]) for side in (a, b)))
    reach = special.stdtrit(max(freedom, 1), (1 + LEVEL) / 2) * own
    p = 2 * special.stdtr(max(freedom, 1), -(angle[0] - angle[1]).abs() / alike)
    values = {"beyond_low": difference - reach, "beyond_high": difference + reach, "beyond_p": p}
    several = (a["k"] > 1) & (b["k"] > 1)
    return rows.assign(**{name: value.where(several).to_numpy() for name, value in values.items()})


def _sums(named: pd.DataFrame, by_document: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Sum over the documents of each group and code: k (1), N (units), NN, NNN (powers), n (units so coded), nn, nN."""
    codes = rows[["dimension", "code"]].drop_duplicates()
    size = named.assign(k=1.0, N=named["n_units"].astype(float))
    size = size.assign(NN=size["N"] ** 2, NNN=size["N"] ** 3)
    of_group = size.groupby("group")[["k", "N", "NN", "NNN"]].sum()
    found = by_document.merge(codes, on=["dimension", "code"]).merge(size[["doc_id", "group", "N"]], on="doc_id")
    found = found.assign(n=found["n"].astype(float))
    found = found.assign(nn=found["n"] ** 2, nN=found["n"] * found["N"])
    of_code = found.groupby(["group", "dimension", "code"])[["n", "nn", "nN"]].sum()
    grid = of_group.reset_index().merge(codes, how="cross").set_index(["group", "dimension", "code"])
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
    by_code = pd.DataFrame({"above": residual - expected, "for_rho": for_rho}).groupby(["dimension", "code"]).sum()
    every = max(by_code["above"].sum() / max(by_code["for_rho"].sum(), 1e-12), 0.0)  # a code's own may be small by chance
    rho = (by_code["above"] / by_code["for_rho"].where(by_code["for_rho"] > 0)).fillna(0.0).clip(min(every, 1.0), 1)
    freedom = int((some["k"] - 1).groupby(level="group").first().sum()) if len(some) else 0
    return rho.reindex(sums.index.droplevel("group")).fillna(0.0).to_numpy(), freedom


def _design(side: pd.DataFrame) -> pd.Series:
    """Return the design effect: by how much the likeness of sentences of one document raises the variance of a group's share."""
    return 1 + side["rho"] * (side["NN"] / side["N"] - 1)


def _variance(side: pd.DataFrame, share: pd.Series) -> pd.Series:
    return share * (1 - share) / side["N"] * _design(side)
