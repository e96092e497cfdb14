"""Mapping gives the same answers in the same order, however many workers there are."""

import pytest

from helpers import engine


def square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(n_jobs):
    assert list(engine.map(square, range(40), n_jobs=n_jobs)) == [n * n for n in range(40)]


def test_workers_come_from_the_environment(monkeypatch):
    monkeypatch.setenv(engine.WORKERS, "3")
    assert engine.n_workers() == 3
    monkeypatch.setenv(engine.WORKERS, "0")  # nonsense still means one
    assert engine.n_workers() == 1


def test_batches_keep_order_and_lose_nothing():
    assert engine.batches(range(7), 3) == [[0, 1, 2], [3, 4, 5], [6]]
    assert engine.batches([], 3) == []
