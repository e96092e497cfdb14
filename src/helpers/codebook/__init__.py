"""Codebooks: which tools there are, what counts as each, which patterns find them. The docstring of `loader` is the format."""

from helpers.codebook.loader import CodebookError, load, parse
from helpers.codebook.match import Hits, find, unmatched
from helpers.codebook.model import STATEMENTS, Codebook, Entry, Tool, ToolType

__all__ = [
    "STATEMENTS", "Codebook", "CodebookError", "Entry", "Hits", "Tool", "ToolType", "find", "load", "parse", "unmatched",
]  # fmt: skip
