"""The grid of a table from the lines drawn on a page, and from the gaps between columns where none are drawn."""

from dataclasses import dataclass

from helpers.corpus.blocks import Block
from helpers.corpus.pdf_page import Line

_NEAR = 3.0  # points


@dataclass(slots=True)
class Slot:
    """A cell: the rows and columns of the grid that it takes, and its box on the page."""

    row: int
    column: int
    rows: int
    columns: int
    x0: float
    y0: float
    x1: float
    y1: float

    def distance(self, x: float, y: float) -> float:
        """Return how far a place is from the cell, 0 inside."""
        return max(self.x0 - x, x - self.x1, 0.0) + max(self.y0 - y, y - self.y1, 0.0)


@dataclass(slots=True)
class Grid:
    """A table on a page: its box, the number of its rows, the borders of its columns, and its cells."""

    x0: float
    y0: float
    x1: float
    y1: float
    n_rows: int
    borders: list[float]  # of its columns, from the left
    slots: list[Slot]


def grids(edges: list[tuple[float, float, float, float]]) -> list[Grid]:
    """Return the tables that drawn lines make; a box with one column is a frame, no table."""
    flat = _merged([(y0, x0, x1) for x0, y0, x1, y1 in edges if y0 == y1])
    steep = _merged([(x0, y0, y1) for x0, y0, x1, y1 in edges if y0 != y1])
    found = []
    for group_flat, group_steep in _groups(flat, steep):
        ys = _places([y for y, _, _ in group_flat] + [y for _, a, b in group_steep for y in (a, b)])
        xs = _places([x for x, _, _ in group_steep] + [x for _, a, b in group_flat for x in (a, b)])
        if len(xs) > 2 and len(ys) > 1 and len(xs) < 80 and len(ys) < 400:
            found.append(_grid(xs, ys[::-1], group_flat, group_steep))
    return sorted(found, key=lambda grid: -grid.y1)


def _merged(strokes: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Join strokes at one place that touch: a border is often drawn cell by cell."""
    out: list[tuple[float, float, float]] = []
    for at, low, high in sorted(strokes):
        near = (k for k in range(len(out) - 1, max(len(out) - 60, -1), -1) if at - out[k][0] <= 1.6)
        k = next((k for k in near if low <= out[k][2] + _NEAR and high >= out[k][1] - _NEAR), None)
        if k is None:
            out.append((at, low, high))
        else:
            out[k] = (out[k][0], min(low, out[k][1]), max(high, out[k][2]))
    return out


def _groups(flat: list, steep: list) -> list[tuple[list, list]]:
    """Return the lines that hang together, as lists of flat and of steep ones."""
    owner = list(range(len(flat) + len(steep)))

    def root(k: int) -> int:
        while owner[k] != k:
            owner[k] = owner[owner[k]]
            k = owner[k]
        return k

    for i, (y, x0, x1) in enumerate(flat):
        for j, (x, y0, y1) in enumerate(steep):
            if x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR:
                owner[root(i)] = root(len(flat) + j)
    groups: dict[int, tuple[list, list]] = {}
    for k, stroke in enumerate([*flat, *steep]):
        groups.setdefault(root(k), ([], []))[k >= len(flat)].append(stroke)
    return [group for group in groups.values() if group[0] and group[1]]


def _places(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


def _grid(xs: list[float], ys: list[float], flat: list, steep: list) -> Grid:
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    owner = {(r, c): (r, c) for r in range(n_rows) for c in range(n_columns)}

    def root(slot: tuple[int, int]) -> tuple[int, int]:
        while owner[slot] != slot:
            slot = owner[slot]
        return slot

    for r in range(n_rows):
        middle_y = (ys[r] + ys[r + 1]) / 2
        for c in range(n_columns):
            middle_x = (xs[c] + xs[c + 1]) / 2
            beside = any(abs(x - xs[c + 1]) <= _NEAR and a <= middle_y <= b for x, a, b in steep)
            below = any(abs(y - ys[r + 1]) <= _NEAR and a <= middle_x <= b for y, a, b in flat)
            if c + 1 < n_columns and not beside:
                owner[root((r, c + 1))] = root((r, c))
            if r + 1 < n_rows and not below:
                owner[root((r + 1, c))] = root((r, c))
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for slot in owner:
        cells.setdefault(root(slot), []).append(slot)
    slots = []
    for members in cells.values():
        r0, r1 = min(r for r, _ in members), max(r for r, _ in members)
        c0, c1 = min(c for _, c in members), max(c for _, c in members)
        slots.append(Slot(r0, c0, r1 - r0 + 1, c1 - c0 + 1, xs[c0], ys[r1 + 1], xs[c1 + 1], ys[r0]))
    return Grid(xs[0], ys[-1], xs[-1], ys[0], n_rows, xs, sorted(slots, key=lambda s: (s.row, s.column)))


def by_gaps(found: list[Line]) -> list[Line | tuple[float, Block]]:
    """Return lines, and rows (with their height) where three and more lines below each other have columns at the same places.

    A line without a piece in the first column goes on with the row above it.
    """
    out: list[Line | tuple[float, Block]] = []
    k = 0
    while k < len(found):
        run = _run(found, k)
        columns = _columns(found[k : k + run]) if run > 2 else []
        if len(columns) < 2:
            out.append(found[k])
            k += 1
            continue
        rows: list[tuple[float, list[str]]] = []
        for line in found[k : k + run]:
            cells = [""] * len(columns)
            for x0, x1, text in line.pieces:
                at = min(range(len(columns)), key=lambda c: _distance(columns[c], x0, x1))
                cells[at] = f"{cells[at]} {text}".strip()
            if rows and not cells[0]:
                rows[-1] = (rows[-1][0], [a + b for a, b in zip(rows[-1][1], cells, strict=True)])
            else:
                rows.append((line.y, cells))
        out += [(y, Block("row", cells=tuple(cells))) for y, cells in rows]
        k += run
    return out


def _run(found: list[Line], start: int) -> int:
    """Count the lines from `start` on that may be rows of one table: pieces apart, evenly spaced, or continuing such a line."""
    n = 0
    for k in range(start, len(found)):
        line = found[k]
        if k > start and found[k - 1].y - line.y > 4 * line.size:
            break
        if len(line.pieces) > 1:
            n = k - start + 1
        elif k == start or k - start + 1 - n > 2:
            break
    return n


def _columns(run: list[Line]) -> list[tuple[float, float]]:
    """Return the stretches that pieces share, if most lines have two and more of them and no piece bridges the gaps."""
    pieces = sorted((x0, x1) for line in run for x0, x1, _ in line.pieces)
    merged: list[list[float]] = []
    for x0, x1 in pieces:
        if merged and x0 <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], x1)
        else:
            merged.append([x0, x1])
    several = sum(len(line.pieces) > 1 for line in run)
    return [(a, b) for a, b in merged] if several >= 3 and several >= 0.6 * len(run) else []


def _distance(column: tuple[float, float], x0: float, x1: float) -> float:
    return max(column[0] - x1, x0 - column[1], 0.0)
