"""Topics as labels: number, name in the language of the figure, a star where the topic is unstable."""

import textwrap

import pandas as pd

from helpers.language import say


def topic_names(frame: pd.DataFrame, language: str, width: int = 40) -> dict[int, str]:
    """Return {topic: label for an axis}: number, name in one language, * where unstable."""
    rows = frame.drop_duplicates("topic").sort_values("topic")
    return {
        row.topic: f"{_number(row)} {textwrap.shorten(_name(row, language), width=width, placeholder='…')}"
        for row in rows.itertuples()
    }


def short_names(frame: pd.DataFrame, language: str) -> dict[int, str]:
    """Labels for narrow places: number and the first two parts of the name."""
    rows, comma = frame.drop_duplicates("topic").sort_values("topic"), ", " if language == "en" else "·"
    return {row.topic: f"{_number(row)} {comma.join(_name(row, language).split(comma)[:2])}" for row in rows.itertuples()}


def _number(row) -> str:
    return f"T{row.topic}{'' if row.stable else '*'}"


def _name(row, language: str) -> str:
    """Return the name of a topic: in English its gloss, where it has one; topics that are words keep them."""
    gloss = row.label_en.partition(" (")[2].removesuffix(")")
    return row.label_zh if language == "zh" else gloss or row.label_en


def mark(frame: pd.DataFrame, language: str) -> str:
    """Return the sentence that explains the star, where there is one."""
    return "" if frame["stable"].all() else say("topics.mark", language)
