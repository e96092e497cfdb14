"""The forms that figures share: heat map, points with intervals, small multiples; and the colours of text on them."""

import re
import textwrap
import unicodedata
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import NEUTRAL, SHADES

_WIDE = 1.8  # Latin letters in the room of a Chinese one
_STRAIGHT = 7  # column labels up to this number stand upright, broken into lines; more are turned


def in_percent(share: float) -> str:
    """Write a share in a cell: whole per cent, one decimal below ten."""
    return f"{100 * share:.0f}" if share >= 0.0995 or share == 0 else f"{100 * share:.1f}"


def broken(label: str, width: int) -> str:
    """Break a label into lines of `width` letters, Chinese ones being wider: between words, and before a year.

    >>> broken("新宾满族自治县2019年", 14), broken("Xinbin Man Autonomous County 2019", 14)
    ('新宾满族自治县\\n2019年', 'Xinbin Man\\nAutonomous\\nCounty 2019')
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in label)
    if len(label) + (_WIDE - 1) * wide <= width:
        return label
    parts = re.split(r"(?<=\S)(?=\d{4}年)", label)
    return "\n".join(
        line for part in parts for line in textwrap.wrap(part, int(width / _WIDE) if wide else width, break_long_words=wide > 0)
    )


def heat(
    grid: pd.DataFrame, size: tuple[float, float], write: Callable[[float], str] = in_percent, notes: np.ndarray | None = None,
    top: float | None = None, turned: bool | None = None,
) -> tuple[Figure, Axes]:  # fmt: skip
    """Draw a frame of numbers as a heat map from 0 to `top`, each cell with its number (`write`) or its note; NaN stays empty.

    Row and column labels are those of the frame; `turned` says whether those of the columns are turned.
    """
    values = grid.to_numpy(dtype=float)
    if notes is None:
        notes = np.array([[write(value) if np.isfinite(value) else "" for value in row] for row in values], dtype=object)
    figure = Figure(figsize=size)  # with a canvas that draws nothing: seaborn draws once to see whether labels overlap
    axes = figure.subplots()
    top = top or max(float(np.nanmax(values, initial=0)), 0.01)
    sns.heatmap(
        values, annot=notes.reshape(values.shape), fmt="", cmap=SHADES, vmin=0, vmax=top, cbar=False, linewidths=0.6,
        linecolor="white", annot_kws={"size": 7}, xticklabels=False, yticklabels=False, ax=axes,
    )  # fmt: skip
    for text in axes.texts:
        text.set_in_layout(False)  # it lies inside its cell: measuring hundreds of them takes seconds
    axes.set_xticks(np.arange(grid.shape[1]) + 0.5, [str(name) for name in grid.columns])
    axes.set_yticks(np.arange(grid.shape[0]) + 0.5, [str(name) for name in grid.index])
    if grid.shape[1] > _STRAIGHT if turned is None else turned:
        plt.setp(axes.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")
    else:
        axes.set_xticklabels([broken(str(name), 13) for name in grid.columns])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    return figure, axes


def intervals(axes: Axes, rows: pd.DataFrame, value: str, colour, filled=True, scale: float = 100, labels=None, **dots) -> None:
    """Draw points with their intervals (ci_low, ci_high), a row each from below; open where `filled` is false.

    Values are multiplied by `scale`: shares are drawn in per cent.
    """
    y = np.arange(len(rows))
    shade = np.broadcast_to(np.asarray(colour, dtype=object), len(rows)).tolist()
    face = np.where(np.broadcast_to(np.asarray(filled, dtype=bool), len(rows)), shade, "white").tolist()
    axes.hlines(y, scale * rows["ci_low"], scale * rows["ci_high"], color=shade, linewidth=2, alpha=0.6)
    axes.scatter(scale * rows[value], y, c=face, edgecolors=shade, s=30, zorder=3, **dots)
    lines(axes, rows.index if labels is None else labels)


def lines(axes: Axes, labels) -> None:
    """Label the rows of a figure of points or bars from below, with room at both ends and no lines across."""
    labels = list(labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.grid(axis="y", visible=False)


def panels(n: int, columns: int, size: tuple[float, float], sharex: bool = False, **margins) -> tuple[Figure, list[Axes]]:
    """Return a figure of `n` alike panels, `size` the width of all and the height of one.

    Their places are given (inches), which saves the layout engine the measuring of every label.
    """
    columns = max(1, min(columns, n))
    rows = -(-n // columns)
    height = size[1] * rows
    figure, axes = plt.subplots(rows, columns, figsize=(size[0], height), squeeze=False, sharex=sharex, layout="none")
    top, bottom = margins.pop("top", 0.22), margins.pop("bottom", 0.48)
    figure.subplots_adjust(top=1 - top / height, bottom=bottom / height, **margins)
    for spare in list(axes.flat)[n:]:
        spare.axis("off")
    for lowest in list(axes.flat)[max(0, n - columns) : n]:
        lowest.tick_params(labelbottom=True)  # the lowest of its column, where the last row is not full
    return figure, list(axes.flat)[:n]


def quiet(axes: Axes, text: str, x: float, y: float, **more) -> None:
    """Write a small grey note at a place of the axes."""
    axes.annotate(text, (x, y), va="center", fontsize=8, color=NEUTRAL, **more)
