"""All tables of 04_validity at once; where no gold unit speaks for the documents they are empty."""

import numpy as np
import pandas as pd

from helpers import catalogue
from helpers.codebook import Codebook, CodebookError
from helpers.coding.gold import Paired, codings
from helpers.coding.labelled import without_probability
from helpers.language import LANGUAGES, both, say
from helpers.shares.distribution import labelled as named
from helpers.validity import agreement, mistakes, scores

TABLES = ["agreement", "tools", "groups", "confusion", "statements", "errors", "coders"]


def tables(
    paired: Paired,
    left_out: Paired | None,
    gold: pd.DataFrame,
    codes: pd.DataFrame,
    unit_tools: pd.DataFrame,
    codebook: Codebook,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> dict[str, pd.DataFrame]:
    """Return the tables `validity_…`: agreement, tools, groups, confusion, statements, errors, coders.

    paired: gold units found in the corpus beside the machine's (cross-fitted) codes; left_out: all gold units, coded by
    coders fitted without their county (rows with a column `county`), or None; gold: the gold rows with the single codings.
    The last two are about the coder and the coders: a folder without gold units of its own has them all the same.
    Raises CodebookError when the codes are those of another codebook.
    """
    if strange := sorted(set(unit_tools["tool"]) - set(codebook.tools)):
        tools = ", ".join(strange[:5])
        raise CodebookError(f"unit_tools has tools that {codebook.id} does not: {tools}; run 03_tools with the same codebook")
    out = {f"validity_{name}": catalogue.empty(f"validity_{name}") for name in TABLES}
    boot = {"n_bootstrap": n_bootstrap, "seed": seed}
    coded = codings(gold) if len(gold) else {}
    if len(coded) > 1:
        out["validity_coders"] = scores.coder_agreement(gold, coded, codebook.tools, **boot)
    groups = []
    if len(paired):
        groups.append(scores.group_scores(paired, paired.rows["doc_id"], **boot).assign(kind="document"))
    if left_out is not None and len(left_out):
        county = left_out.rows["county"].replace("", np.nan).fillna("unknown")
        groups.append(scores.group_scores(left_out, county, **boot).assign(kind="county_left_out"))
        whole = pd.Series("all", index=left_out.rows.index)
        groups.append(scores.group_scores(left_out, whole, **boot).assign(kind="all_left_out"))
    if groups:
        out["validity_groups"] = pd.concat(groups, ignore_index=True)
    if not len(paired):
        return out
    measured = [agreement.machine_agreement(paired, **boot), scores.overall(paired, **boot)]
    assumed = without_probability(paired.rows).any()
    out["validity_agreement"] = pd.concat(measured, ignore_index=True).assign(design="assumed" if assumed else "given")
    out["validity_tools"] = named(scores.tool_scores(paired, codebook), codebook)
    out["validity_confusion"] = mistakes.confusion(paired)
    out["validity_statements"] = scores.statement_confusion(paired)
    out["validity_errors"] = mistakes.worst(paired, codes, unit_tools)
    return out


def with_labels(confusion: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Add names of both tools and their places in the codebook to `validity_confusion`, for its figure."""
    place = {tool: i for i, tool in enumerate([*codebook.tools, mistakes.NONE])}
    out = confusion.assign(order=confusion["tool"].map(place), coded_order=confusion["coded_as"].map(place))
    for language in LANGUAGES:
        names = {t: codebook.label(t, language) for t in codebook.tools} | {mistakes.NONE: say("validity.nothing", language)}
        out[f"label_{language}"], out[f"coded_label_{language}"] = out["tool"].map(names), out["coded_as"].map(names)
    return out


def beside(coders: pd.DataFrame, measured: pd.DataFrame, groups: pd.DataFrame, coders_are: str = "model") -> pd.DataFrame:
    """Return coders, machine and counties left out, a row a dot of the figure `coders_and_machine`."""
    rows = []
    for pair in coders.itertuples():
        a, b = (name.removeprefix("coder_") for name in (pair.coder_a, pair.coder_b))
        label = both("validity.coders_and_machine.coders", a=a, b=b).values()
        rows.append((*label, "coders", "kappa", pair.kappa, pair.kappa_low, pair.kappa_high))
        rows.append((*label, "coders", "micro_f1", pair.micro_f1, pair.micro_f1_low, pair.micro_f1_high))
    sample = measured[measured["weighting"] == "sample"].set_index("measure")
    for name, measure in (("statement_kappa", "kappa"), ("tools_micro_f1", "micro_f1")):
        if name in sample.index:
            value = sample.loc[name, ["value", "ci_low", "ci_high"]]
            rows.append((*both("validity.coders_and_machine.machine").values(), "machine", measure, *value))
    for row in groups[groups["kind"] == "all_left_out"].itertuples():
        label = both("validity.coders_and_machine.left_out").values()
        rows.append((*label, "left_out", "kappa", row.kappa, row.kappa_low, row.kappa_high))
        rows.append((*label, "left_out", "micro_f1", row.micro_f1, row.micro_f1_low, row.micro_f1_high))
    table = pd.DataFrame(rows, columns=["row_en", "row_zh", "kind", "measure", "value", "ci_low", "ci_high"])
    return table.assign(coders_are=coders_are)
