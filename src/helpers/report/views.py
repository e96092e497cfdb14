"""Tables that are only other tables with names on: made where they are shown, from what was written."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from helpers import catalogue
from helpers.commitments import network, summaries
from helpers.shares import tool_distribution

if TYPE_CHECKING:
    from helpers.report.material import Material


def _distribution(material: "Material") -> pd.DataFrame:
    if material.codebook is None or not material.has("tool_shares"):
        return catalogue.empty("tool_distribution")
    return tool_distribution(material["tool_shares"], material.codebook)


def _targets(material: "Material") -> pd.DataFrame:
    if not material.has("commitments"):
        return catalogue.empty("target_table")
    return summaries.target_table(summaries.placed(material["commitments"], material["units"], material.documents))


def _duties(material: "Material") -> pd.DataFrame:
    return network.joined(material["actors"], material["unit_tools"], material["unit_topics"])


MADE: dict[str, Callable[["Material"], pd.DataFrame]] = {
    "tool_distribution": _distribution,
    "target_table": _targets,
    "duties": _duties,
}


def make(name: str, material: "Material") -> pd.DataFrame:
    """Return one view in its declared shape, rounded as written tables are."""
    return catalogue.check(catalogue.declared(MADE[name](material), name), name).round(6)
