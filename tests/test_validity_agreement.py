"""κ, α and their bootstrap against published examples and by hand."""

import time

import numpy as np
import pytest

from helpers.intervals import draws, estimate, interval
from helpers.validity import cohen_kappa, krippendorff_alpha, percent_agreement
from helpers.validity.agreement import distances


def test_kappa_of_a_worked_table():
    # 2 × 2 table 20, 5, 10, 15: observed .70, expected .50, κ = .40.
    a = ["yes"] * 25 + ["no"] * 25
    b = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(a, b) == pytest.approx(0.40)
    assert percent_agreement(a, b) == pytest.approx(0.70)


def test_kappa_is_one_for_equal_codes_and_does_not_exist_for_a_single_category():
    assert cohen_kappa(["a", "b", "a"], ["a", "b", "a"]) == 1
    assert np.isnan(cohen_kappa(["a", "a"], ["a", "a"]))


def test_alpha_of_krippendorffs_example():
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: four observers, missing codes, nominal α = .743.
    codings = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    assert krippendorff_alpha(codings) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_coders_by_hand():
    # Krippendorff (2011), example A: 10 units, 2 observers, binary, α = .095.
    a = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    b = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha([a, b]) == pytest.approx(0.095, abs=5e-4)


def test_alpha_for_sets_counts_partial_agreement():
    tax, both, none = frozenset({"tax"}), frozenset({"tax", "talent"}), frozenset()
    a, b = [tax, both, none, tax], [both, both, none, tax]
    nominal, jaccard, masi = (krippendorff_alpha([a, b], d) for d in ("nominal", "jaccard", "masi"))
    assert nominal < masi < jaccard < 1
    assert krippendorff_alpha([a, a], "masi") == 1


def test_masi_and_jaccard_distances():
    sets = [frozenset(), frozenset("a"), frozenset("ab"), frozenset("bc")]
    jaccard, masi = distances(sets, "jaccard"), distances(sets, "masi")
    assert jaccard[0].tolist() == [0, 1, 1, 1]  # nothing against something is as far as can be, against nothing it is the same
    assert jaccard[1, 2] == pytest.approx(0.5) and masi[1, 2] == pytest.approx(1 - 0.5 * 2 / 3)  # subset (Passonneau 2006)
    assert masi[2, 3] == pytest.approx(1 - 1 / 3 * 1 / 3)  # overlap only
    with pytest.raises(ValueError, match="use nominal, jaccard or masi"):
        distances(sets, "euclid")


def test_weights_are_copies_of_units():
    a, b = ["x", "y", "x"], ["x", "x", "x"]
    doubled = cohen_kappa(["x", "y", "y", "x"], ["x", "x", "x", "x"])
    assert cohen_kappa(a, b, np.array([[1.0, 2.0, 1.0]]))[0] == pytest.approx(doubled)
    sets = [frozenset("a"), frozenset("b"), frozenset("ab")], [frozenset("a"), frozenset("ab"), frozenset("ab")]
    twice = [[s[0], s[1], s[1], s[2]] for s in sets]
    assert krippendorff_alpha(sets, "masi", np.array([[1.0, 2.0, 1.0]]))[0] == pytest.approx(krippendorff_alpha(twice, "masi"))


def test_draws_keep_the_size_of_each_stratum_and_come_back():
    strata = ["a"] * 5 + ["b"] * 3 + [None] * 2  # documents without a name are a stratum too
    drawn = draws(strata, 50, seed=1)
    assert (drawn[:, :5].sum(1) == 5).all() and (drawn[:, 5:8].sum(1) == 3).all() and (drawn[:, 8:].sum(1) == 2).all()
    assert (drawn == draws(strata, 50, seed=1)).all() and (drawn != draws(strata, 50, seed=2)).any()


def test_a_thousand_draws_of_a_thousand_units_within_a_second():
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 4, 1000).astype(str) for _ in range(2))
    start = time.perf_counter()
    value, low, high = estimate(lambda w: cohen_kappa(a, b, w), np.ones(1000), draws(["d"] * 1000, 1000, 0))
    assert low < value < high and time.perf_counter() - start < 3  # a second on a free machine


def test_interval_leaves_out_draws_in_which_the_quantity_does_not_exist():
    assert interval([np.nan, 0.5, 0.5]) == (0.5, 0.5)
    assert np.isnan(interval([np.nan])).all()
