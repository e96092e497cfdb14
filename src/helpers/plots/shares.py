"""How shares are labelled, sorted and drawn in the figures of tools and validity."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from helpers.plots.places import place_year

MOST_GROUPS = 24


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def best(frame: pd.DataFrame) -> pd.Series:
    """Return the corrected share where there is one, else the raw one."""
    return frame["corrected_share"].where(frame["corrected_share"].notna(), frame["share"])


def group_labels(frame: pd.DataFrame, language: str) -> pd.Series:
    """Label each row's county-year."""
    county = frame["county"].where(frame["county"] != "unknown")
    return pd.Series(
        [place_year(c, y, language) for c, y in zip(county, frame["year"], strict=True)],
        index=frame.index,
        dtype="str",
    )


def largest_groups(frame: pd.DataFrame, most: int = MOST_GROUPS) -> pd.DataFrame:
    """Keep the rows of the county-years (not the whole), at most `most` of them: those with most coded units,"
    " in order of name."""
    rows = frame[frame["county"].notna()]
    size = rows.groupby(["county", "year"], dropna=False)["n_units"].sum().sort_values(ascending=False, kind="stable").head(most)
    keep = pd.MultiIndex.from_frame(rows[["county", "year"]]).isin(size.index)
    return rows[keep]


def heat(
    axes, values: np.ndarray, rows: list[str], columns: list[str], note: np.ndarray | None = None, top: float | None = None
) -> None:
    """Draw a matrix of shares with the percentage in each cell; dark cells have white text; NaN cells stay empty."""
    top = top or max(float(np.nanmax(values, initial=0)), 0.01)
    edges = [np.arange(n + 1) - 0.5 for n in values.shape]
    axes.pcolormesh(
        edges[1], edges[0], np.ma.masked_invalid(values), cmap="Blues", vmin=0, vmax=top, edgecolors="white", linewidth=0.6
    )
    axes.invert_yaxis()
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            text = (
                note[i, j]
                if note is not None
                else f"{100 * value:.0f}"
                if value >= 0.0995 or value == 0
                else f"{100 * value:.1f}"
            )
            shade = "white" if value > 0.6 * top else "#111827"
            cell = axes.text(j, i, text, ha="center", va="center", fontsize=7, color=shade)
            cell.set_in_layout(False)  # it lies inside its cell: measuring hundreds of them takes seconds
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(visible=False)
    axes.tick_params(length=0)


def fit_labels(axes, columns: list[str]) -> None:
    """Break the column labels into lines where that is enough, else turn them."""
    if len(columns) <= 7:
        axes.set_xticks(range(len(columns)), [c.replace(" ", "\n") if len(c) > 10 else c for c in columns])
    else:
        plt.setp(axes.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor")


def by_type(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort tools by type (codebook order), within a type by size."""
    order = {kind: i for i, kind in enumerate(dict.fromkeys(frame["tool_type"]))}
    return frame.assign(_type=frame["tool_type"].map(order), _size=-best(frame)).sort_values(["_type", "_size"], kind="stable")
