"""The coding table of the field: every unit with its number, its codes and the words that are the evidence."""

import numpy as np
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
    document, known = pd.factorize(out["doc_id"].to_numpy(object))
    top = [path.partition(" > ")[0] if isinstance(path, str) else "" for path in out["heading_path"].to_numpy(object)]
    top = pd.factorize(np.array(top, dtype=object))[0]
    new_doc = np.append(True, document[1:] != document[:-1])[: len(out)]
    new = new_doc | np.append(True, top[1:] != top[:-1])[: len(out)]
    section, within = _run(new, new_doc), _run(np.ones(len(out), dtype=np.int64), new)
    numbers = about["number"].reindex(known).tolist()
    cells = zip(document.tolist(), section.tolist(), within.tolist(), strict=True)
    out["number"] = [f"{numbers[d]}-S{s:02d}-U{u:03d}" for d, s, u in cells]
    out["county"], out["year"] = (about[name].reindex(known).array.take(document) for name in ("county", "year"))
    index = pd.Index(out["unit_id"].to_numpy(object))
    out["statement"] = _at(index, codes["unit_id"], codes["statement"].to_numpy(object))
    order = {tool: i for i, tool in enumerate(codebook.tools)}
    rows = unit_tools.assign(_order=unit_tools["tool"].map(order)).sort_values("_order", kind="stable")
    quoted = [e if isinstance(e, str) and e else "…" for e in rows["evidence"].to_numpy(object)]
    out["tools"] = _joined(index, rows["unit_id"], rows["tool"].to_numpy(object))
    out["tool_types"] = _joined(index, rows["unit_id"], rows["tool_type"].to_numpy(object), once=True)
    out["stages"] = _joined(index, unit_stages["unit_id"], unit_stages["stage"].to_numpy(object))
    out["evidence"] = _joined(index, rows["unit_id"], np.array(quoted, dtype=object))
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


def _run(step: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the running sum of `step`, begun anew wherever `new` is true."""
    total = np.cumsum(step)
    begin = np.flatnonzero(new)
    return total - np.repeat(total[begin] - step[begin], np.diff(np.append(begin, len(new))))


def _at(index: pd.Index, unit_ids: pd.Series, values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Return the value of each unit of `index`, empty where it has none."""
    place, out = index.get_indexer(unit_ids.to_numpy(object)), np.full(len(index), None, dtype=object)
    out[place[place >= 0]] = values[place >= 0]
    return pd.array(out, dtype="str")


def _joined(index: pd.Index, unit_ids: pd.Series, values: np.ndarray, once: bool = False) -> pd.api.extensions.ExtensionArray:
    """Return the values of each unit of `index`, joined in their order; `once`: each value only once."""
    place, out = index.get_indexer(unit_ids.to_numpy(object)), np.full(len(index), "", dtype=object)
    kept = np.flatnonzero(place >= 0)
    kept = kept[np.argsort(place[kept], kind="stable")]
    first = np.flatnonzero(np.diff(place[kept], prepend=-1))
    values, ends = values[kept].tolist(), np.append(first, len(kept))[1:].tolist()
    join = (lambda some: _JOIN.join(dict.fromkeys(some))) if once else _JOIN.join
    out[place[kept[first]]] = [join(values[a:b]) for a, b in zip(first.tolist(), ends, strict=True)]
    return pd.array(out, dtype="str")


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
