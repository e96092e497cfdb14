"""From scores to codes: one statement, at most three tools, in keeping with the codebook."""

from dataclasses import dataclass

import numpy as np

from helpers.codebook import STATEMENTS, Codebook

_MEASURE, _GOAL = STATEMENTS.index("measure"), STATEMENTS.index("goal")


@dataclass(frozen=True)
class Decisions:
    """What was decided: statement (index), its score, units x tools given or not, and their scores (0 to 1)."""

    statement: np.ndarray
    statement_score: np.ndarray
    tools: np.ndarray
    tool_score: np.ndarray


def decide(codebook: Codebook, said: np.ndarray, margins: np.ndarray, steepness: float) -> Decisions:
    """Return decisions from `said` (units x statements, the greatest wins) and `margins` (units x tools, given above 0).

    Scores are logistic in the margin, rounded to four decimals, so that .5 is the border. Ties go to what the codebook
    names first. Statements without tools have none; a goal has the codebook's goal tool, and others whose margin is above 0.
    """
    said, margins = np.round(said, 6), np.round(margins, 6)
    statement = said.argmax(axis=1) if len(said) else np.zeros(0, np.int64)
    power = np.exp(steepness * (said - said.max(axis=1, keepdims=True))) if len(said) else said
    statement_score = power[np.arange(len(said)), statement] / power.sum(axis=1) if len(said) else np.zeros(0)
    score = 1 / (1 + np.exp(-np.clip(steepness * margins, -30, 30)))
    given = margins > 0
    if codebook.goal_tool:
        number = codebook.tools.index(codebook.goal_tool)
        goals = statement == _GOAL
        given[goals, number] = True
        score[goals, number] = np.maximum(score[goals, number], statement_score[goals])
    silent = np.isin(statement, [STATEMENTS.index(s) for s in codebook.without_tools])
    given[silent] = False
    given &= _rank(np.where(given, score, -1.0)) < codebook.max_tools
    return Decisions(statement, np.round(statement_score, 4), given, np.round(score, 4))


def _rank(score: np.ndarray) -> np.ndarray:
    """Return the rank of each tool within its unit, 0 for the highest; equal scores in the codebook's order."""
    order = np.argsort(-score, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(score.shape[1])[None, :], axis=1)
    return rank


def by_rules(codebook: Codebook, scores: np.ndarray) -> Decisions:
    """Return the rule coder's decisions from summed weights of entries (units x tools and statements).

    A tool is given from the codebook's threshold on. A sentence is a measure unless the patterns of another statement weigh
    more than those of a measure and 0.6: most sentences of policy texts are.
    """
    said = scores[:, len(codebook.tools) :].copy()
    said[:, _MEASURE] += 0.6
    margins = scores[:, : len(codebook.tools)] - codebook.threshold + 1e-6
    return decide(codebook, said, margins, steepness=2.0)
