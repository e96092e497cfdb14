"""Topics as labels: number, label in the language of the figure, a star where the topic is unstable."""

import textwrap

import pandas as pd

from helpers.language import say


def topic_names(frame: pd.DataFrame, language: str, width: int = 34) -> dict[int, str]:
    """Return {topic: label for an axis}: number, label in the language of the figure, * where unstable."""
    names = {}
    for row in frame.drop_duplicates("topic").sort_values("topic").itertuples():
        text = textwrap.shorten(getattr(row, f"label_{language}"), width=3 * width, placeholder="…")
        if language == "en" and " (" in text and len(text) > width:
            chinese, english = text.split(" (", 1)
            text = chinese + "\n(" + textwrap.shorten(english, width=width + 10, placeholder="…)")
        names[row.topic] = f"{_number(row)} {text}"
    return names


def short_names(frame: pd.DataFrame, language: str) -> dict[int, str]:
    """Labels for narrow places: number and the first two words."""
    rows = frame.drop_duplicates("topic").sort_values("topic")
    return {row.topic: f"{_number(row)} {_short(row, language)}" for row in rows.itertuples()}


def _number(row) -> str:
    return f"T{row.topic}{'' if row.stable else '*'}"


def _short(row, language: str) -> str:
    """Two words of the topic: in English those of its gloss, where it has one."""
    gloss = row.label_en.partition(" (")[2].removesuffix(")")
    if language == "en" and gloss:
        return ", ".join(gloss.split(", ")[:2])
    return "·".join(row.label_zh.split("·")[:2])


def mark(frame: pd.DataFrame, language: str) -> str:
    """Return the sentence that explains the star, where there is one."""
    return "" if frame["stable"].all() else say("topics.mark", language)
