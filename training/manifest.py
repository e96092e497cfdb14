"""Checksums by which the shipped files are held against what they were made from."""

import hashlib
from pathlib import Path

import pandas as pd

FITTED_ON = ("set", "heading", "text", "statement", "tools")


def rows_sum(labelled: pd.DataFrame) -> str:
    """Return the checksum of what was learned from, whatever the order of the rows."""
    lines = sorted("\t".join(row) for row in labelled[list(FITTED_ON)].itertuples(index=False))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def file_sum(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
