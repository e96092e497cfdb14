"""Character n-grams of many texts at once, hashed on arrays: what the learned coder reads, at megabytes a second."""

import numpy as np

from helpers.codebook.match import Haystack

BITS = 20
BUCKETS = 1 << BITS
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


def grams(hay: Haystack, sizes: tuple[int, ...], salt: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (unit, bucket, start, size) of every n-gram that lies inside one text.

    A bucket is a hash of the n-gram in 2**20 places; `start` counts code points of the haystack. Digits count as one
    digit and letters in lower case, since figures differ from place to place. The line feed before and after each text
    may be the first or the last character of an n-gram, so that the beginning and the end of a sentence are known;
    then `start` may lie one before the text.
    """
    points = np.concatenate([[np.uint64(10)], _folded(hay.points)])
    unit = np.concatenate([[np.int32(0)], hay.unit])
    breaks = points == 10
    found = []
    rolling = np.full(len(points), np.uint64(salt * 2654435761 + 97))
    for size in range(1, max(sizes) + 1):
        count = len(points) - size + 1
        if count <= 0 or not len(hay.starts):
            break
        rolling = (rolling[:count] ^ points[size - 1 : size - 1 + count]) * _MULTIPLIERS[(size - 1) % 4]
        rolling ^= rolling >> np.uint64(29)
        if size not in sizes:
            continue
        inside = ~(breaks[:count] & breaks[size - 1 : size - 1 + count])
        for shift in range(1, size - 1):
            inside &= ~breaks[shift : shift + count]
        at = np.flatnonzero(inside)
        owner = unit[np.where(breaks[at], np.minimum(at + 1, len(unit) - 1), at)]
        found.append((owner, (rolling[at] >> np.uint64(64 - BITS)).astype(np.int32), at - 1, np.full(len(at), size, np.int8)))
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int8)
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))


def _folded(points: np.ndarray) -> np.ndarray:
    """Return code points with every ASCII digit as 0 and every capital in lower case."""
    points = points.astype(np.uint64)
    points[(points >= 48) & (points <= 57)] = 48
    points[(points >= 65) & (points <= 90)] += np.uint64(32)
    return points
