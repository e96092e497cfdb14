"""Commitments in policy sentences (承诺): what was promised, how much, by when, and who must do it."""

from helpers.commitments import agreement, departments, facts, network, summaries
from helpers.commitments.actors import actors, named, normalised
from helpers.commitments.extraction import extract, read

__all__ = [
    "actors", "agreement", "departments", "extract", "facts", "named", "network", "normalised", "read", "summaries",
]  # fmt: skip
