"""Codes and gold units to shares: of tools, types and statements, corrected for coding error, crossed and counted otherwise."""

from helpers.shares.correction import UNKNOWN, best, corrected_shares, raw_shares, statement_shares
from helpers.shares.crosswalk import CrosswalkError, crosswalk, crosswalk_shares, read_crosswalk
from helpers.shares.distribution import NO_STAGE, labelled, tool_distribution, tool_stages
from helpers.shares.industries import industries, named_in
from helpers.shares.panel import county_year_panel, document_outcomes, unit_outcomes
from helpers.shares.sensitivity import SCENARIOS, robustness, second_codebook, sensitivity

__all__ = [
    "NO_STAGE", "SCENARIOS", "UNKNOWN", "CrosswalkError", "best", "corrected_shares",
    "county_year_panel", "crosswalk", "crosswalk_shares", "document_outcomes", "industries", "labelled", "named_in", "raw_shares",
    "read_crosswalk", "robustness", "second_codebook",
    "sensitivity", "statement_shares", "tool_distribution", "tool_stages", "unit_outcomes",
]  # fmt: skip
