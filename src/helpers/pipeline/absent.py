"""Imports without a package that another one only looks for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(name: str) -> Iterator[None]:
    """Let what is imported meanwhile find no package `name`, if nobody has imported it yet; afterwards all find it again."""
    hidden = name not in sys.modules
    if hidden:
        sys.modules[name] = None
    try:
        yield
    finally:
        if hidden:
            sys.modules.pop(name, None)
