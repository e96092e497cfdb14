"""Codings of other programs as a coder's table: one statement and some tools a unit."""

import pandas as pd

from helpers.codebook import STATEMENTS, Codebook
from helpers.export import qda


def as_coders(codings: pd.DataFrame, codebook: Codebook) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return {coder: unit, statement, tools (a;b)} as a coder's sheet gives them, and what is wrong by unit and coder."""
    coders, problems = {}, []
    for coder, own in codings[codings["code"] != qda.TO_CODE].groupby("coder", sort=True):
        rows = []
        for unit, codes in own.groupby("unit_id", sort=True)["code"]:
            said = sorted(set(codes) & set(STATEMENTS))
            tools = [tool for tool in codebook.tools if qda.tool_code(tool) in set(codes)]
            if len(said) != 1:
                what = f"has two statements ({', '.join(said)}); keep one" if said else "has tools but no statement; choose one"
                problems.append(f"coder {coder}, unit {unit}: {what}")
                continue
            if tools and said[0] in codebook.without_tools:
                problems.append(
                    f"coder {coder}, unit {unit}: a {said[0]} sentence has no tools; remove them or change the statement"
                )
                tools = []
            if len(tools) > codebook.max_tools:
                problems.append(f"coder {coder}, unit {unit}: more than {codebook.max_tools} tools ({', '.join(tools)})")
            rows.append((unit, said[0], ";".join(tools)))
        coders[coder] = pd.DataFrame(rows, columns=["unit", "statement", "tools"])
    return coders, problems
