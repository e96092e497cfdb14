"""What is solved already is not solved again, and gives the same numbers."""

import numpy as np
import pytest
from scipy import sparse

from helpers import codebook, coding
from helpers.coding import solutions
from helpers.coding.ridge import Ridge


def regression(seed: int = 0, penalty: float = 0.3) -> Ridge:
    rng = np.random.default_rng(seed)
    rows = sparse.random(60, 40, 0.2, "csr", random_state=seed)
    return Ridge(rows, rng.choice([-1.0, 1.0], (60, 3)), np.array([True, True, False]), penalty, np.arange(60) >= 40)


def test_a_known_solution_is_the_one_that_would_be_solved(monkeypatch):
    monkeypatch.setattr(solutions, "made", {})
    first, left_out = regression(), (None, np.array([3]), np.array([3, 50]), np.arange(40, 60))
    solved = [first.weights(out) for out in left_out]
    assert len(solutions.made) == len(left_out)
    again = regression()
    monkeypatch.setattr(Ridge, "_factor", property(lambda _self: pytest.fail("solved again")))
    for (weights, prior), out in zip(solved, left_out, strict=True):
        found = again.weights(out)
        assert np.array_equal(found[0], weights) and np.array_equal(found[1], prior)


@pytest.mark.parametrize("other", [regression(1), regression(penalty=0.31)], ids=["other rows", "other penalty"])
def test_another_regression_has_other_names(other, monkeypatch):
    monkeypatch.setattr(solutions, "made", {})
    regression().weights()
    other.weights()
    assert len(solutions.made) == 2


def test_the_shipped_solution_is_that_of_the_shipped_labelled_units(monkeypatch):
    monkeypatch.setattr(solutions, "made", {})
    scheme = codebook.load("data/codebook/policy_tools.yml")
    coding.Coder(scheme, coding.read_labelled(), method="linear").fit()
    assert not solutions.made, "labelled units, codebook or features changed: run `python -m training.linear`"
