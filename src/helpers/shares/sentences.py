"""Sentences and small tables written from the numbers, for notebooks 03 and 04, in both languages."""

import pandas as pd

from helpers import catalogue
from helpers.codebook import Codebook
from helpers.language import LANGUAGES, NOTHING, name, say, spanned
from helpers.shares.distribution import NO_STAGE, labelled
from helpers.shares.sensitivity import SECOND


def readable(frame: pd.DataFrame, columns: list[str], language: str = "en", digits: int = 3) -> pd.DataFrame:
    """Return the columns with heads in `language`, numbers rounded, empty cells as a dash; intervals joined to their value.

    A column with siblings `<name>_low` and `<name>_high` becomes `value (low to high)`.
    """
    out = {}
    for column in columns:
        head = catalogue.heading("tool" if column.startswith("label_") and "tool" in frame else column, language)
        values = frame[column]
        if f"{column}_low" in frame:
            out[head] = [spanned(*row) for row in zip(values, frame[f"{column}_low"], frame[f"{column}_high"], strict=True)]
        elif pd.api.types.is_float_dtype(values):
            out[head] = [NOTHING if pd.isna(v) else f"{v:.{digits}f}" for v in values]
        else:
            out[head] = [NOTHING if pd.isna(v) else v for v in _said(column, values, language)]
    return pd.DataFrame(out)


def _said(column: str, values: pd.Series, language: str) -> pd.Series:
    """Write the values of a category in words."""
    named = column in ("measure", "cause", "statement", "kind", "weighting")
    return values.map(lambda value: name(value, language), na_action="ignore") if named else values


def name_stages(
    crossed: pd.DataFrame, unit_tools: pd.DataFrame, here: pd.DataFrame, codebook: Codebook, chain: Codebook
) -> pd.DataFrame:
    """Add names and n_tool (units of the tool) to `tool_stages`, for its figure."""
    n_tool = unit_tools.loc[unit_tools["unit_id"].isin(here["unit_id"]), "tool"].astype(object).value_counts()
    out = labelled(crossed, codebook).assign(n_tool=crossed["tool"].map(n_tool).fillna(0).astype(int))
    for language in LANGUAGES:
        names = {s: chain.label(s, language) for s in chain.tools} | {NO_STAGE: say("tools.tools_by_stage.none", language)}
        out[f"stage_{language}"] = out["stage"].map(names)
    return out


def name_scenarios(choices: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Keep the rows of types and add names of types and scenarios, for the figure."""
    out = labelled(choices[choices["tool"].isna()], codebook)
    return out.assign(**{f"scenario_{language}": [name(s, language) for s in out["scenario"]] for language in LANGUAGES})


def robustness(table: pd.DataFrame, codebook: Codebook, language: str, second: Codebook | None = None) -> pd.DataFrame:
    """Lay out `robustness` for readers: a row a choice, for each type its share and in how many county-years it comes first.

    The types of the `second` codebook are named in their cells; where there are more of them, several share the last cell.
    """
    scenarios = table["scenario"].drop_duplicates()
    rows = []
    for scenario, part in table.groupby("scenario", sort=False):
        led = [say("tools.leads", language, share=r.share, n=r.n_first, all=r.n_cells) for r in part.itertuples()]
        if scenario == SECOND:
            of = [say("tools.leads_named", language, type=second.label(kind, language)) for kind in part["tool_type"]]
            led = [kind + text for kind, text in zip(of, led, strict=True)]
        n = len(codebook.types)
        led = [*led[: n - 1], say("labels.semicolon", language).join(led[n - 1 :])] + [""] * (n - len(led))
        rows.append(led)
    out = pd.DataFrame(rows, columns=[codebook.label(kind, language) for kind in codebook.types])
    out.insert(0, catalogue.heading("scenario", language), [name(s, language) for s in scenarios])
    return out
