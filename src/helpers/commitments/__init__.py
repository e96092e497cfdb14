"""Commitments in policy sentences (承诺): what was promised, how much, by when, and who must do it."""

from helpers.commitments.extraction import extract, read

__all__ = ["extract", "read"]
