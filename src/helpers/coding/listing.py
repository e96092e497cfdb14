"""The coding table of the field: every unit with its number, its codes and the words that are the evidence."""

import pandas as pd

from helpers.codebook import Codebook

_JOIN = ";"


def numbered(documents: pd.DataFrame) -> pd.DataFrame:
    """Return number (D01, D02, … in the order of their ids), county and year of all documents, by doc_id."""
    about = documents.set_index("doc_id")[["county", "year"]].sort_index()
    digits = max(2, len(str(len(about))))
    return about.assign(number=[f"D{n:0{digits}d}" for n in range(1, len(about) + 1)])


def coding_table(
    units: pd.DataFrame,
    codes: pd.DataFrame,
    unit_tools: pd.DataFrame,
    unit_stages: pd.DataFrame,
    about: pd.DataFrame,
    codebook: Codebook,
) -> pd.DataFrame:
    """Return one row a unit, in the columns of the table `coding_table`; `about`: the documents as `numbered` gives them.

    number: document, section (run of units under one top heading) and unit in the section, as D01-S02-U003; the letters keep
    spreadsheets from reading a date. tools, tool_types, stages: joined by `;`, tools in codebook order; evidence: the words,
    one entry a tool in the same order, `…` for a tool whose evidence is not in the unit's own words.
    """
    out = units[["unit_id", "doc_id", "position", "heading_path", "text"]].sort_values(["doc_id", "position"], kind="stable")
    top = out["heading_path"].fillna("").str.partition(" > ")[0]
    new_doc = out["doc_id"].ne(out["doc_id"].shift())
    section = (new_doc | top.ne(top.shift())).groupby(out["doc_id"]).cumsum()
    within = out.groupby(["doc_id", section.rename("section")]).cumcount() + 1
    out["number"] = (
        out["doc_id"].map(about["number"])
        + "-S" + section.astype("int64").astype("str").str.zfill(2) + "-U" + within.astype("str").str.zfill(3)
    )  # fmt: skip
    out["county"], out["year"] = out["doc_id"].map(about["county"]), out["doc_id"].map(about["year"])
    (ids,) = _cells(out, "unit_id")
    statement = dict(zip(*_cells(codes, "unit_id", "statement"), strict=True))
    out["statement"] = pd.Series([statement.get(unit) for unit in ids], index=out.index, dtype="str")
    tools, types, evidence = _joined(unit_tools, codebook)
    stages: dict[str, str] = {}
    for unit, stage in zip(*_cells(unit_stages, "unit_id", "stage"), strict=True):
        stages[unit] = f"{stages[unit]}{_JOIN}{stage}" if unit in stages else stage
    for name, cells in (("tools", tools), ("tool_types", types), ("evidence", evidence), ("stages", stages)):
        out[name] = pd.Series([cells.get(unit, "") for unit in ids], index=out.index, dtype="str")
    columns = [
        "number",
        "unit_id",
        "doc_id",
        "county",
        "year",
        "heading_path",
        "text",
        "statement",
        "tools",
        "tool_types",
        "stages",
        "evidence",
    ]
    return out[columns].reset_index(drop=True)


def _joined(unit_tools: pd.DataFrame, codebook: Codebook) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return for each unit its tools, their types (each once) and the evidence, joined."""
    order = {tool: i for i, tool in enumerate(codebook.tools)}
    rows = unit_tools.assign(_order=unit_tools["tool"].map(order)).sort_values("_order", kind="stable")
    found: dict[str, list[tuple[str, str, str]]] = {}
    for unit, tool, kind, evidence in zip(*_cells(rows, "unit_id", "tool", "tool_type", "evidence"), strict=True):
        found.setdefault(unit, []).append((tool, kind, evidence if isinstance(evidence, str) and evidence else "…"))
    tools = {u: _JOIN.join(t for t, _, _ in r) for u, r in found.items()}
    types = {u: _JOIN.join(dict.fromkeys(k for _, k, _ in r)) for u, r in found.items()}
    return tools, types, {u: _JOIN.join(e for _, _, e in r) for u, r in found.items()}


def _cells(frame: pd.DataFrame, *columns: str) -> list[list]:
    """Return columns as lists: going through them cell by cell is many times slower in Arrow's arrays."""
    return [frame[column].to_numpy(object).tolist() for column in columns]


def filtered(table: pd.DataFrame, text: str = "", **wanted: list[str]) -> pd.DataFrame:
    """Return the rows whose text holds `text` and that have, for each column named, one of the values wanted (empty: any).

    `filtered(table, "专项资金", tools=["funding", "tax"], statement=["measure"])`; columns of several values are joined by `;`.

    >>> table = pd.DataFrame({"text": ["设立专项资金", "减免税费"], "tools": ["funding;finance", "tax"]})
    >>> filtered(table, "资金", tools=["funding", "tax"])["text"].tolist()
    ['设立专项资金']
    """
    keep = pd.Series(True, index=table.index)
    for column, values in wanted.items():
        if len(values):
            cells = _JOIN + table[column].fillna("").astype("str") + _JOIN
            keep &= pd.concat([cells.str.contains(f"{_JOIN}{v}{_JOIN}", regex=False) for v in values], axis=1).any(axis=1)
    if text:
        keep &= table["text"].str.contains(text, regex=False)
    return table[keep].reset_index(drop=True)
