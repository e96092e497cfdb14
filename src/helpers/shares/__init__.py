"""Codes and gold units to shares: of tools, types and statements, corrected for coding error, crossed and counted otherwise."""

from helpers.shares.correction import UNKNOWN, best, corrected_shares, raw_shares, statement_shares
from helpers.shares.crosswalk import CrosswalkError, crosswalk, crosswalk_shares, read_crosswalk
from helpers.shares.distribution import NO_STAGE, labelled, tool_distribution, tool_stages
from helpers.shares.sensitivity import SCENARIOS, sensitivity

__all__ = [
    "NO_STAGE", "SCENARIOS", "UNKNOWN", "CrosswalkError", "best", "corrected_shares", "crosswalk", "crosswalk_shares", "labelled",
    "raw_shares", "read_crosswalk", "sensitivity", "statement_shares", "tool_distribution", "tool_stages",
]  # fmt: skip
