"""How many sentences to code: what a number of units would show, before anybody codes one.

A corrected share is the coder's share plus the mean difference between people and coder in the sample; with power tuning its
variance is p(1-p)(1-ρ²)/n, less the finite population correction (Cochran 1977; Angelopoulos et al. 2023), where ρ is the
correlation of the coder's code with the right one. Without gold units ρ is unknown and taken as 0, the careful side.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.handcoding.sample import expected

SHARES = (0.05, 0.10, 0.20)
SIZES = (100, 200, 400, 800)
_LEAST = 2  # units of a county-year below which nothing can be told of it
_SURE, _POWER = 1.96, 0.84  # two-sided 5 %, power 80 %


def correlation(share: float, precision: float, recall: float) -> float:
    """Return the correlation of a coder's 0/1 code with the right one, of a code with this share, precision and recall."""
    said = share * recall / precision if precision > 0 else 0.0
    if not 0 < said < 1 or not 0 < share < 1:
        return 0.0
    together = share * recall - share * said
    return float(np.clip(together / np.sqrt(share * (1 - share) * said * (1 - said)), 0, 1))


def half_width(share: float, n: float, n_all: float, rho: float = 0.0) -> float:
    """Return half the 95 % interval of a share from `n` of `n_all` units."""
    left = max(0.0, 1 - n / n_all) if n_all else 0.0
    return _SURE * float(np.sqrt(share * (1 - share) * (1 - rho**2) / max(n, 1) * left))


def smallest_difference(share: float, n: float, n_all: float, rho: float = 0.0) -> float:
    """Return the difference of two groups' shares that `n` of `n_all` units in each find four times in five (at 95 %)."""
    return (_SURE + _POWER) / _SURE * float(np.sqrt(2)) * half_width(share, n, n_all, rho)


def table(units: pd.DataFrame, documents: pd.DataFrame, n: int, quality: tuple[float, float] | None = None) -> pd.DataFrame:
    """Return a row a number of units: n_units, share, half_width, n_group, smallest_difference (all as shares).

    units: doc_id; documents: doc_id, county_code, county, year. `quality`: precision and recall of the present coder on gold
    units. `n_group`: units of the median county-year when the sample is spread as `draw` spreads it.
    """
    groups = documents.assign(code=documents["county_code"].fillna(documents["county"])).fillna({"code": "unknown"})
    group_of = groups.set_index("doc_id")[["code", "year"]].astype(object).fillna("unknown").astype(str).agg("\x1f".join, axis=1)
    sizes, rows = units.groupby("doc_id").size(), []
    for wanted in sorted({*(size for size in SIZES if size < len(units)), min(n, len(units))}):
        here, whole = expected(sizes, wanted).groupby(group_of).sum(), sizes.groupby(group_of).sum()
        for share in SHARES:
            rho = correlation(share, *quality) if quality else 0.0
            middle = float(here.median())
            enough = len(here) > 1 and middle >= _LEAST
            difference = smallest_difference(share, middle, float(whole.median()), rho) if enough else np.nan
            rows.append((wanted, share, half_width(share, wanted, len(units), rho), middle, difference))
    return pd.DataFrame(rows, columns=["n_units", "share", "half_width", "n_group", "smallest_difference"])


def tell(units: pd.DataFrame, documents: pd.DataFrame, quality: tuple[float, float] | None, n: int) -> Iterator[str]:
    """Say in lines what each number of units would show."""
    planned = table(units, documents, n, quality)
    n_docs = units["doc_id"].nunique()
    yield f"{len(units):,} sentences in {n_docs:,} document{'s' if n_docs != 1 else ''}. 95 % interval of a share in the whole"
    yield "corpus, in points; and the smallest difference of two county-years of middling size that would show four times in"
    yield "five, were it the only comparison (a table of many asks for more)."
    yield f"{'units':>7} {'a county-year':>14}" + "".join(f"{f'share {s:.0%}':>18}" for s in SHARES)
    for size, rows in planned.groupby("n_units", sort=True):
        cells = [_cell(row.half_width, row.smallest_difference) for row in rows.itertuples()]
        yield f"{size:>7} {rows['n_group'].iloc[0]:>14.0f}" + "".join(f"{cell:>18}" for cell in cells)
    if quality:
        yield f"The present coder helps: precision {quality[0]:.2f}, recall {quality[1]:.2f} on the gold units of this run."
    else:
        yield "No gold unit speaks for these documents yet: reckoned as if the coder were of no help; it will be narrower."
    yield "Neighbouring sentences are alike: within one document the true intervals are somewhat wider."


def _cell(width: float, difference: float) -> str:
    return f"±{100 * width:.1f}" + ("" if np.isnan(difference) else f", differs {100 * difference:.0f}")
