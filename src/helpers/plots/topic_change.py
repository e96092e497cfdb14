"""Figures of 05_topics that compare: years of one county, topics with tools, documents with documents."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.language import place, say
from helpers.language.topic_names import mark, short_names, topic_names
from helpers.plots.charts import chart
from helpers.plots.forms import heat, intervals
from helpers.plots.shares import counties_by
from helpers.plots.style import INK, NEUTRAL, PALETTE

MOST_COUNTIES = 3


def first_counties(frame: pd.DataFrame, most: int = MOST_COUNTIES) -> list[pd.DataFrame]:
    """Return the rows of the counties whose topics moved most (half the sum of absolute changes), at most `most`."""
    return counties_by(frame, frame["change"].abs(), most)


def _county(frame: pd.DataFrame, language: str) -> str:
    first = frame.iloc[0]
    return place(first["county"], language, first.get("county_code"))


def _change_facts(frame: pd.DataFrame, language: str) -> dict:
    mine, n = first_counties(frame)[0], len(first_counties(frame, len(frame)))
    up, down, row = mine.loc[mine["change"].idxmax()], mine.loc[mine["change"].idxmin()], mine.iloc[0]
    return {
        "county": _county(mine, language), "first": row["year_from"], "last": row["year_to"], "n": len(mine),
        "sure": int(((mine["ci_low"] > 0) | (mine["ci_high"] < 0)).sum()), "up": up["topic"], "rise": 100 * up["change"],
        "down": down["topic"], "fall": 100 * down["change"], "cut": n > MOST_COUNTIES, "shown": MOST_COUNTIES, "all": n,
        "mark": mark(frame, language),
    }  # fmt: skip


@chart("topic_change", section="topics", facts=_change_facts, table="topic_change")
def topic_change(frame: pd.DataFrame, language: str) -> Figure:
    """Draw the change of each topic with its interval, one panel a county."""
    counties, names = first_counties(frame), topic_names(frame, language)
    order = counties[0].sort_values(["change", "topic"], kind="stable")["topic"].tolist()
    size = (7.8 if len(counties) > 1 else 7.0, 0.36 * len(order) + 1.2)
    figure, axes = plt.subplots(1, len(counties), figsize=size, sharey=True, squeeze=False)
    for ax, mine in zip(axes[0], counties, strict=True):
        mine = mine.set_index("topic").loc[order]
        sure = (mine["ci_low"] > 0) | (mine["ci_high"] < 0)
        ax.axvline(0, color=INK, linewidth=0.8)
        colours = np.where(~sure, NEUTRAL, np.where(mine["change"] > 0, PALETTE[0], PALETTE[5]))
        intervals(ax, mine, "change", colours, labels=[names[t] for t in order])
        ax.tick_params(axis="y", labelsize=7.5)
        years = {"first": mine["year_from"].iloc[0], "last": mine["year_to"].iloc[0]}
        ax.set_xlabel(say("topics.topic_change.x", language, county=_county(mine, language), **years))
    return figure


def _tools_facts(frame: pd.DataFrame, language: str) -> dict:
    clear = (frame["lift_low"] > 1) | (frame["lift_high"] < 1)
    top = frame.sort_values(["lift_low", "topic", "tool"], ascending=[False, True, True], kind="stable").iloc[0]
    return {
        "tool": top[f"tool_{language}"], "topic": top["topic"], "n": top["n_units"], "lift": top["lift"], "low": top["lift_low"],
        "high": top["lift_high"], "above": bool(top["lift_low"] > 1), "clear": int(clear.sum()), "cells": len(frame),
        "mark": mark(frame, language),
    }  # fmt: skip


@chart("topic_tools", section="topics", facts=_tools_facts, table="topic_tools")
def topic_tools(frame: pd.DataFrame, language: str) -> Figure:
    """Draw topics × tools as a heat map of shares, commonest tool first."""
    tools = frame.groupby("tool")["n_units"].sum().sort_values(ascending=False, kind="stable").index
    grid = frame.pivot(index="topic", columns="tool", values="share")[tools].rename(index=short_names(frame, language))
    grid = grid.rename(columns=frame.drop_duplicates("tool").set_index("tool")[f"tool_{language}"])
    size = (7.8, 0.3 * len(grid) + 1.9)
    figure, ax = heat(grid, size, write=lambda share: f"{100 * share:.0f}" if share >= 0.005 else "", turned=True)
    ax.tick_params(labelsize=7)
    ax.set(xlabel=say("topics.topic_tools.x", language), ylabel="")
    return figure
