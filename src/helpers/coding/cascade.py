"""Which units the encoder reads where there are more than it has time for: those of which the linear learner is least sure."""

import numpy as np

from helpers.asked import ParameterError

ENCODED = 20_000  # units that it reads by default: some ten minutes of one core


def parted(method: str) -> tuple[str, int | None]:
    """Return (the coder's name, the number of units that the encoder may read, None for all): `learned:all`, `learned:5000`.

    Raises ParameterError where what stands behind the name is neither.
    """
    name, mark, said = method.partition(":")
    if mark and not (name == "learned" and (said == "all" or (said.isascii() and said.isdigit()))):
        raise ParameterError(f"coder is {method!r}: behind `learned:` stands a whole number of units, or all")
    return name, None if said == "all" else int(said or ENCODED)


def least_sure(sureness: dict[str, np.ndarray], most: int) -> dict[str, np.ndarray]:
    """Return for each document which of its units are among the `most` least sure of all; of equals the first ones.

    >>> least_sure({"a": np.array([0.3, 0.1]), "b": np.array([0.2, 0.1])}, 2)
    {'a': array([False,  True]), 'b': array([False,  True])}
    """
    together = np.concatenate(list(sureness.values())) if sureness else np.zeros(0)
    asked = np.zeros(len(together), dtype=bool)
    asked[np.argsort(together, kind="stable")[:most]] = True
    ends = np.cumsum([len(values) for values in sureness.values()])
    return dict(zip(sureness, np.split(asked, ends[:-1]), strict=True))
