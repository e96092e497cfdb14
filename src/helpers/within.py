"""Paths that stand in files: none is used before it is known to stay inside the folder that the file may speak of."""

import re
from pathlib import Path, PurePosixPath


def steps(written: object) -> tuple[str, ...] | None:
    """Return the steps of a relative path below a folder (`sub/a.txt`, also with backslashes), None where it may lead out of it.

    Refused: what is no text or empty, absolute paths, drives, `~`, `..` and NUL.
    """
    if not isinstance(written, str):
        return None
    slashed = written.replace("\\", "/")
    if not slashed or slashed.startswith(("/", "~")) or re.match(r"[A-Za-z]:", slashed) or "\0" in slashed:
        return None
    found = tuple(part for part in PurePosixPath(slashed).parts if part != ".")
    return None if not found or ".." in found else found


def within(folder: Path, written: object) -> Path | None:
    """Return the file below `folder` that a name read from a file stands for, None where it leads out, by itself or by a link."""
    found = steps(written)
    if found is None:
        return None
    try:
        path = folder.joinpath(*found)
        return path if path.resolve().is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError, ValueError):  # a circle of links, a name too long
        return None
