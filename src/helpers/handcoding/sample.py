"""A probability sample of units, with the probability that each had to be drawn."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers import rows as csv_rows
from helpers.asked import Refused
from helpers.handcoding import active

COLUMNS = [
    "unit", "source_file", "county", "year", "heading", "text", "inclusion_probability", "document_probability", "wave",
    "wave_size",
]  # fmt: skip
_LEAST = 10  # units of a document, so that each document can be spoken of
_TWO = 2  # units of a document at least: from one alone nobody can tell how units of a document differ


class SampleError(Refused):
    """No sample can be drawn; the message says why and what to do."""


def draw(
    units: pd.DataFrame, documents: pd.DataFrame, n: int, seed: int, before: pd.DataFrame | None = None,
    worth: pd.Series | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Draw `n` units without replacement, and where there are many documents, documents first (Särndal et al. 1992, chs. 3–4).

    Takes `units` and `documents`. Up to n / 2 documents: all are strata; each gets ten units (or all it has), the rest is spread
    in proportion to size. More documents than that: in a first stage n / 2 of them are drawn with probabilities in proportion
    to their units (systematically, ordered by division code and year, so that counties and years are spread), then two units of
    each. `document_probability` and the probability of the unit within its document, multiplied, are `inclusion_probability`.
    before: the sample of earlier waves; its units are not drawn again, and the probabilities of all rows become those of being
    in any wave. worth: by unit_id, what coding it would teach (`active.interest`): within each document half of the units are
    drawn from those worth most. Returns both together (`COLUMNS`, and `chance` where a wave was drawn by worth; wave counted from
    1), new rows in random order, so that coders do not tire on one document. Raises SampleError when there is nothing to draw or
    n is below one.
    """
    if units.empty:
        raise SampleError("there are no units to draw from: run `python -m helpers report` on the folder first")
    if n < 1:
        raise SampleError(f"the sample needs one unit or more, not {n}")
    waves = [] if before is None else before.groupby("wave")["wave_size"].first().tolist()
    generator = np.random.default_rng([seed, len(waves)])
    left = units if before is None else units[~units["unit_id"].isin(set(before["unit"]))]
    if left.empty:
        raise SampleError(f"all {len(units)} units are in the sample already: there is nothing left to draw")
    sizes = units.groupby("doc_id").size()
    plans = [_plan(sizes, size) for size in (*waves, n)]
    free = left.groupby("doc_id").indices
    parts, chances = [], []
    for doc_id in _documents(plans[-1]["probability"], documents, generator):
        rows, wanted = free.get(doc_id, np.zeros(0, dtype=int)), int(plans[-1].at[doc_id, "wanted"])
        if worth is None:
            parts.append(np.sort(generator.choice(rows, min(wanted, len(rows)), replace=False)))
        else:
            places, likely = active.choose(wanted, worth.reindex(left["unit_id"].iloc[rows]).to_numpy(float), generator)
            parts.append(rows[places])
            chances.append(likely)
    order = generator.permutation(len(np.concatenate(parts)))
    drawn = left.iloc[np.concatenate(parts)[order]].assign(wave=len(waves) + 1, wave_size=n)
    drawn = drawn if worth is None else drawn.assign(**{active.CHANCE: np.concatenate(chances)[order].round(9)})
    drawn = drawn.merge(documents[["doc_id", "source_file", "county", "year"]], on="doc_id", how="left")
    drawn = drawn.rename(columns={"unit_id": "unit", "heading_path": "heading"})
    # A unit is drawn once at most, so that its probabilities in several waves add up; whether a document is drawn does not
    # depend on earlier waves.
    unit = sum(plan["probability"] * plan["wanted"] / sizes for plan in plans).clip(upper=1)
    document = 1 - np.prod([1 - plan["probability"] for plan in plans], axis=0)
    out = drawn if before is None else pd.concat([before, drawn], ignore_index=True)
    doc_id = out["unit"].map(units.set_index("unit_id")["doc_id"])
    by_unit = {"inclusion_probability": unit, "document_probability": pd.Series(document, index=sizes.index)}
    out = out.assign(**{name: doc_id.map(p).round(6) for name, p in by_unit.items()})
    if active.CHANCE not in out:
        return out[COLUMNS].reset_index(drop=True)
    within = active.probabilities(out, doc_id, sizes)
    whole = (doc_id.map(by_unit["document_probability"]) * within).round(9)
    return out.assign(inclusion_probability=whole)[[*COLUMNS, active.CHANCE]].reset_index(drop=True)


def expected(sizes: pd.Series, n: int) -> pd.Series:
    """Return how many units of each document a draw of `n` is expected to hold; `sizes`: units by document."""
    plan = _plan(sizes, n)
    return plan["probability"] * plan["wanted"]


def _plan(sizes: pd.Series, n: int) -> pd.DataFrame:
    """Return for each document the probability that it is drawn, and the units wanted of it if it is."""
    if 2 * len(sizes) <= n or n >= int(sizes.sum()):
        return pd.DataFrame({"probability": 1.0, "wanted": allocate(sizes, n)})
    return pd.DataFrame({"probability": first_stage(sizes, max(n // _TWO, 1)), "wanted": np.minimum(sizes, _TWO)})


def _documents(probability: pd.Series, documents: pd.DataFrame, generator: np.random.Generator) -> list[str]:
    """Draw documents systematically, in the order of division code and year."""
    about = documents.set_index("doc_id")[["county_code", "year"]].astype("str")
    order = about.reindex(probability.index).rename_axis("doc_id").sort_values(["county_code", "year", "doc_id"]).index
    ends = np.round(np.concatenate([[0.0], probability[order].cumsum()]), 9) - generator.random()
    return order[np.diff(np.floor(ends)) > 0].tolist()


def first_stage(sizes: pd.Series, n: int) -> pd.Series:
    """Return for each document the probability of being among `n`, in proportion to its units; 1 for those too large for it."""
    certain = pd.Series(False, index=sizes.index)
    while True:
        room = n - int(certain.sum())
        rest = sizes.where(~certain, 0)
        probability = (room * rest / max(int(rest.sum()), 1)).where(~certain, 1.0)
        more = (probability >= 1) & ~certain
        if not more.any():
            return probability
        certain |= more


def read_sample(path: str | Path) -> pd.DataFrame:
    """Read a sample that was drawn, whatever a spreadsheet has saved it as; raise SampleError where it is none."""
    rows = csv_rows.read(path)
    missing = [column for column in ("unit", "text", "inclusion_probability") if column not in rows]
    if missing:
        raise SampleError(f"{Path(path).name}: has no column {missing[0]}; it is not the file that `sample` wrote")
    numbers = ("inclusion_probability", "document_probability", "wave", "wave_size", active.CHANCE)
    numbers = [name for name in numbers if name in rows]
    return rows.assign(**{name: pd.to_numeric(rows[name], errors="coerce") for name in numbers})


def allocate(sizes: pd.Series, n: int) -> pd.Series:
    """Return how many units of each document: ten or all of it at least, the rest in proportion, together `n` if there are."""
    if n >= int(sizes.sum()):
        return sizes
    least = np.minimum(sizes, min(_LEAST, max(1, n // len(sizes))))
    room = sizes - least
    shares = room / room.sum() * (n - int(least.sum()))
    extra = np.floor(shares).astype(int)
    short = n - int(least.sum()) - int(extra.sum())
    extra[(shares - extra).sort_values(ascending=False, kind="stable").index[:short]] += 1
    return least + extra
