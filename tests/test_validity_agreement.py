"""κ, α and their bootstrap against published examples and by hand."""

import time

import numpy as np
import pytest

from helpers.intervals import draws, estimate
from helpers.validity import by_chance, cohen_kappa, krippendorff_alpha, percent_agreement
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


def test_draws_are_of_documents_where_there_are_five_and_of_units_within_them_where_there_are_fewer():
    few = draws(["a"] * 9 + ["b"] * 6 + [None] * 2 + ["c"], 50, seed=1)  # the last three are pooled
    assert few.scope == "these documents" and few.freedom == 18 - 3
    assert np.allclose([few.weights[:, part].sum(1) for part in (slice(9), slice(9, 15), slice(15, 18))], [[9.0], [6.0], [3.0]])
    many = draws([*"aabbccddee"], 50, seed=1)
    assert many.scope == "documents like these" and many.freedom == 4
    assert (many.weights[:, ::2] == many.weights[:, 1::2]).all() and np.allclose(many.weights.sum(1), 10)
    assert (many.weights == draws([*"aabbccddee"], 50, seed=1).weights).all()
    assert (many.weights != draws([*"aabbccddee"], 50, seed=2).weights).any()


def test_a_thousand_draws_of_a_thousand_units_within_a_second():
    rng = np.random.default_rng(0)
    a, b = (rng.integers(0, 4, 1000).astype(str) for _ in range(2))
    start = time.perf_counter()
    value, low, high = estimate(lambda w: cohen_kappa(a, b, w), np.ones(1000), draws(["d"] * 1000, 1000, 0), -1.0)
    assert low < value < high and time.perf_counter() - start < 3  # a second on a free machine


def test_perfect_agreement_has_a_lower_bound_that_more_units_raise():
    def bounds(n):
        codes = ["goal", "measure"] * (n // 2)
        chance = by_chance(codes, codes)
        return estimate(lambda w: cohen_kappa(codes, codes, w), np.ones(n), draws(range(n), 200, 0), -1.0, chance)

    assert bounds(40)[0] == bounds(40)[2] == 1 and bounds(40)[1] == pytest.approx(1 - 2 * (1 - 0.025 ** (1 / 40)))
    assert bounds(40)[1] < bounds(200)[1] < 0.97


def test_no_interval_where_the_quantity_does_not_exist():
    one = ["goal"] * 30
    assert np.isnan(estimate(lambda w: cohen_kappa(one, one, w), np.ones(30), draws(range(30), 50, 0), -1.0)).all()
    assert np.isnan(estimate(lambda w: w.sum(1), np.ones(0), draws([], 50, 0))).all()


# ---------------------------------------------------------------------------------------------------------------- simulation
def two_codings(rng, n_documents: int, per_document: int, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Code units twice; how surely a coder is right, and which statements there are, differ from document to document."""
    documents, often = np.repeat(np.arange(n_documents), per_document), np.array([0.5, 0.2, 0.25, 0.05])
    mix = rng.dirichlet(4 * often, n_documents) if spread else np.tile(often, (n_documents, 1))
    truth = (rng.random((len(documents), 1)) > mix.cumsum(1)[documents]).sum(1).clip(0, 3)
    right = 1 / (1 + np.exp(-(1.9 + spread * rng.standard_normal(n_documents))))

    def code():
        return np.where(rng.random(len(documents)) < right[documents], truth, rng.choice(4, len(documents), p=often))

    return documents, code(), code()


@pytest.mark.parametrize(
    ("n_documents", "per_document", "spread"), [(5, 40, 0.0), (5, 40, 0.8), (40, 5, 0.8), (200, 1, 0.0), (200, 1, 0.8)]
)
def test_intervals_of_kappa_cover_in_few_and_in_many_documents(n_documents, per_document, spread):
    rng, covered = np.random.default_rng(7), []
    _, one, two = two_codings(rng, 20_000, 8, spread)
    true = cohen_kappa(one, two)
    for run in range(150):
        documents, one, two = two_codings(rng, n_documents, per_document, spread)
        drawn = draws(documents, 200, run)
        _, low, high = estimate(lambda w, a=one, b=two: cohen_kappa(a, b, w), np.ones(len(one)), drawn, -1.0)
        covered.append(low <= true <= high)
    assert 0.90 <= np.mean(covered) <= 0.995  # .95 but for 150 runs; resampling units within documents gives 0 to .83 here
