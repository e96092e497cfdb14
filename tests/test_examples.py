"""The examples in the docstrings are run; those that a researcher calls by hand have one."""

import doctest
import importlib
import pkgutil

import pytest

import helpers
from helpers import codebook, coding, commitments, compare, corpus, intervals, repair, shares, store, terms

BY_HAND = [
    codebook.find, coding.code_units, coding.explain, coding.filtered, commitments.read, compare.diversity, corpus.select,
    intervals.holm, intervals.square_and_add, intervals.wilson, repair.repair, shares.corrected_shares, terms.in_context,
    terms.keyness,
]  # fmt: skip
MODULES = [m.name for m in pkgutil.walk_packages(helpers.__path__, "helpers.") if m.name != "helpers.__main__"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name, monkeypatch):
    monkeypatch.chdir(store.PROJECT_ROOT)
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("function", BY_HAND, ids=lambda function: function.__name__)
def test_what_is_called_by_hand_has_an_example(function):
    assert ">>>" in function.__doc__
