"""Commitments in policy sentences (承诺): what was promised, how much, by when, and who must do it."""

from helpers.commitments import agreement, departments, facts, network, summaries
from helpers.commitments.actors import NAMING, actors
from helpers.commitments.extraction import extract, read

__all__ = ["NAMING", "actors", "agreement", "departments", "extract", "facts", "network", "read", "summaries"]
