"""What the planner says of a number of units is what draws of that number show."""

import numpy as np
import pandas as pd
import pytest

from helpers.handcoding import plan, sample


def corpus(sizes: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = [f"d{i:04d}" for i in range(len(sizes))]
    units = pd.DataFrame({"doc_id": np.repeat(ids, sizes)}).assign(heading_path="", text="x", position=0)
    units["unit_id"] = [f"{doc}:{i}" for i, doc in enumerate(units["doc_id"])]
    codes = [str(430001 + i) for i in range(len(sizes))]
    return units, pd.DataFrame({"doc_id": ids, "source_file": ids, "county": codes, "county_code": codes, "year": 2019})


@pytest.mark.parametrize("n", [200, 800, 1150])
@pytest.mark.parametrize("share", [0.1, 0.2])
def test_half_of_the_interval_and_the_smallest_difference_are_those_of_draws(n, share):
    """A fixed corpus of two groups, 600 units each; the difference is planned, and found in some four of five draws."""
    random = np.random.default_rng(7)
    half, least = plan.half_width(share, n, 1200), plan.smallest_difference(share, n / 2, 600)
    groups = [np.zeros(600) for _ in range(2)]
    for group, middle in zip(groups, (share + least / 2, share - least / 2), strict=True):
        group[: round(600 * middle)] = 1
    found = np.array([[random.choice(group, n // 2, replace=False).mean() for group in groups] for _ in range(800)])
    assert 1.96 * found.mean(axis=1).std() == pytest.approx(half, rel=0.2)
    error = 1.96 * np.sqrt(sum((found[:, i] * (1 - found[:, i])) for i in (0, 1)) / (n / 2) * (1 - n / 1200))
    assert 0.7 < (np.abs(found[:, 0] - found[:, 1]) > error).mean() < 0.9


def test_units_of_a_county_year_are_those_that_a_draw_gives():
    """With more documents than half the units the draw has two stages; a share of a group with a unit or none is not planned."""
    units, documents = corpus([80] * 120)
    planned = plan.table(units, documents, 200).set_index(["n_units", "share"])
    drawn = [sample.draw(units, documents, 200, seed)["unit"].str[:5].value_counts() for seed in range(20)]
    mean = pd.concat(drawn, axis=1).reindex(documents["doc_id"]).fillna(0).mean(axis=1)
    assert planned.loc[(200, 0.1), "n_group"] == pytest.approx(mean.mean(), rel=0.05)
    assert np.isnan(planned.loc[(200, 0.1), "smallest_difference"]) and planned.loc[(800, 0.1), "smallest_difference"] > 0
    units, documents = corpus([20, 25])
    whole = plan.table(units, documents, 200)  # all are coded: nothing is left to chance
    assert set(whole["n_units"]) == {45} and (whole[["half_width", "smallest_difference"]] == 0).all(axis=None)
