"""What a run publishes of documents with a known truth, the way of a user: report, sample, gold sheet, report."""

import published
import pytest


@pytest.fixture(scope="module")
def brought():
    return published.pooled(published.Design(counties=4, years=2, sentences=(40, 80), gold=120), 1)[0]


@pytest.mark.parametrize("what", ["cell", "panel", "difference"])
def test_published_intervals_hold_the_truth(brought, what):
    """Without a stage of the value chain in any sentence such a run did not end at all: limits of lifts crossed by rounding."""
    mine = brought[brought["what"] == what]
    assert len(mine) >= 64 and mine["covered"].mean() >= 0.9  # of one draw: rows err together


def test_published_shares_err_by_no_more_than_the_codes(brought):
    cells = brought[brought["what"] == "cell"]
    assert published.rmse(cells, "value") <= published.rmse(cells, "coded") + 0.01
