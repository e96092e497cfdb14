"""What stands where in the report: sections in reading order, each with its lead, tables and figures."""

from pathlib import Path

import pandas as pd

from helpers import schema, store
from helpers.report import evidence, findings, results
from helpers.report import material as materials
from helpers.report.cells import declared, interval_text, listing
from helpers.report.fonts import visible
from helpers.report.material import Material
from helpers.report.model import Cell, Column, Evidence, Figure, Prose, Report, Section, Table, number
from helpers.report.words import Words, count, percent

# Which part of the report a notebook's tables and figures belong to.
_PLACE = {
    "01_clean": "repairs", "02_describe": "describe", "03_tools": "tools", "04_validity": "validity",
    "05_topics": "topics", "06_commitments": "commitments", "07_compare": "compare",
}  # fmt: skip
_FIGURES = {"clean": "repairs"}
_BY_SENTENCE = {"units", "codes", "unit_tools", "unit_topics"}  # shown in the table of sentences
_PLACED = {
    "documents", "repairs", "quarantine", "tool_shares", "topics", "topic_shares", "commitments", "actors", *_BY_SENTENCE
}  # fmt: skip


def edition(material: Material, words: Words, pictures: dict[str, tuple]) -> Report:
    """Return the report in one language; `pictures` holds the images already read, by file."""
    sections = [
        _corpus(material, words), _repairs(material, words), _method(material, words),
        *(_result(name, material, words) for name in ("tools", "topics", "describe", "commitments", "compare", "validity")),
        _evidence(material, words), _limits(words), _reproduce(material, words), _downloads(words), _references(words),
    ]  # fmt: skip
    for section in sections:
        _add_figures(section, material, words, pictures)
    numbers = number(sections)

    def label(anchor: str) -> str:
        if anchor not in numbers:
            return ""
        return words("figure" if anchor.startswith("figure-") else "table", n=numbers[anchor])

    found = findings.write(material, words, label)
    return Report(words.language, words("title"), _subtitle(material, words), _facts(material, words), found, sections)


def _subtitle(material: Material, words: Words) -> str:
    years = sorted(int(y) for y in material.documents["year"].dropna().unique())
    if not years:
        span = words("unknown_year")
    else:
        span = words("years_range" if len(years) > 1 else "years_one", first=years[0], last=years[-1])
    return words("subtitle", n=len(material.documents), years=span)


def _facts(material: Material, words: Words) -> list[tuple[str, str]]:
    units, repairs = material.units, material["repairs"]
    repairs = repairs[repairs["doc_id"].isin(material.documents["doc_id"])]
    counts = {
        "documents": len(material.documents), "counties": material.documents["county"].nunique(), "units": len(units),
        "repairs": int((repairs["certainty"] != "flagged").sum()),
        "commitments": int(material["commitments"]["unit_id"].isin(units["unit_id"]).sum()),
    }  # fmt: skip
    return [(count(n), words(f"fact_{name}", n=n)) for name, n in counts.items() if n]


def _missing(name: str, material: Material, words: Words) -> list:
    """Say why a table cannot be shown: not made yet, or made and empty."""
    key = "nothing" if name in material.present else "missing"
    return [Prose(words(key, table=name, notebook=store.MADE_BY.get(name, "01_clean")), "notice")]


def _corpus(material: Material, words: Words) -> Section:
    section = Section("corpus", words("s_corpus"), blocks=[Prose(words("lead_corpus"), "lead")])
    frame = material.documents
    if not len(frame):
        section.blocks += _missing("documents", material, words)
    else:
        section.blocks.append(_documents(frame, words))
    if material.has("quarantine"):
        section.blocks.append(declared(material["quarantine"], "quarantine", words))
    return section


def _documents(frame: pd.DataFrame, words: Words) -> Table:
    """Where a field does not come from the list of documents, its source stands beside it."""
    hidden = tuple(c.name for c in schema.table("documents").columns if c.name.endswith("_source"))
    table = declared(frame, "documents", words, without=(*hidden, "doc_id"))
    shown = [c.name for c in schema.table("documents").columns if words.column(c.name) in {h.label for h in table.columns}]
    shown = [name for name in shown if name not in (*hidden, "doc_id")]
    for row, sources in zip(table.rows, frame.itertuples(), strict=False):
        for i, name in enumerate(shown):
            source = getattr(sources, f"{name}_source", None)
            if isinstance(source, str) and source not in ("manifest", "unknown") and row[i].text:
                row[i] = Cell(f"{row[i].text} ({words.value(source)})", row[i].sort)
    return table


def _repairs(material: Material, words: Words) -> Section:
    section = Section("repairs", words("s_repairs"), blocks=[Prose(words("lead_repairs"), "lead")])
    section.blocks += results.repair_tables(material, words) if material.has("repairs") else _missing("repairs", material, words)
    return section


def _method(material: Material, words: Words) -> Section:
    section = Section("method", words("s_method"), blocks=[Prose(words("methods_ready"), "lead")])
    used, repairs = material.run.get("parameters", {}), material["repairs"]
    flagged = int((repairs["certainty"] == "flagged").sum())
    n = len(material.documents)
    values = {
        "n_documents": f"{count(n)} {words('fact_documents', n=n)}" if words.language == "en" else f"{count(n)} {words('fact_documents')}",
        "n_repairs": count(len(repairs) - flagged), "n_flagged": count(flagged), "n_units": count(len(material.units)),
        "codebook": _codebook_name(material, words), "segmenter": used.get("segmenter", "jieba"), "seed": used.get("seed", ""),
    }  # fmt: skip
    for title, text in words.method():
        section.blocks.append(
            Prose(f"{title}. {text.format(**values)}" if words.language == "en" else f"{title}：{text.format(**values)}")
        )
    return section


def _codebook_name(material: Material, words: Words) -> str:
    if material.codebook is not None:
        return f"{material.codebook.name(words.language)} {material.codebook.version}"
    return Path(str(material.run.get("parameters", {}).get("codebook", "policy_tools.yml"))).stem


def _result(name: str, material: Material, words: Words) -> Section:
    """One section of results: its lead, its own tables, then every other table of its notebook."""
    section = Section(name, words(f"s_{name}"), blocks=[Prose(words(f"lead_{name}", threshold=results.STABLE), "lead")])
    makers = {"tools": _tools, "topics": _topics, "commitments": _commitments, "compare": _compare}
    if name in makers:
        section.blocks += makers[name](material, words)
    notebooks = [notebook for notebook, place in _PLACE.items() if place == name]
    for table in schema.tables():
        if table not in _PLACED and store.MADE_BY.get(table) in notebooks:
            shown = declared(material[table], table, words) if material.has(table) else None
            section.blocks += [shown] if shown else _missing(table, material, words)
    return section


def _tools(material: Material, words: Words) -> list:
    if not material.has("tool_shares"):
        return _missing("tool_shares", material, words)
    mix = results.statement_table(material, words)
    return [*results.share_tables(material, words), *([mix] if mix else [])]


def _topics(material: Material, words: Words) -> list:
    return results.topic_tables(material, words) if material.has("topics") else _missing("topics", material, words)


def _commitments(material: Material, words: Words) -> list:
    blocks = _missing("commitments", material, words)
    if material.has("commitments"):
        blocks = results.commitment_tables(material, words)
    if material.has("actors"):
        blocks.append(results.actor_table(material, words))
    return blocks


def _compare(material: Material, words: Words) -> list:
    frame = findings.changes(material)
    if not len(frame):
        return []
    rows = []
    for row in frame.head(300).itertuples():
        low, high = interval_text(row.low, row.high)
        rows.append([
            Cell(words.county(row.county)), Cell(words.tool(row.tool)), Cell(str(row.first_year)), Cell(str(row.last_year)),
            Cell(percent(row.before), row.before, results.link((row.county, row.first_year), tool=row.tool)),
            Cell(percent(row.after), row.after, results.link((row.county, row.last_year), tool=row.tool)),
            Cell(f"{100 * row.difference:+.1f}", row.difference), Cell(words("in_interval", low=low, high=high), row.low),
        ])  # fmt: skip
    names = ("county", "tool", "first_year", "last_year", "before_share", "after_share", "difference", "interval")
    heads = [Column(words.column(n), "text" if n in ("county", "tool") else "number") for n in names]
    return [Table("table-changes", words("changes_table"), heads, rows, total=len(frame), note=words("changes_note"))]


def _evidence(material: Material, words: Words) -> Section:
    section = Section("evidence", words("s_evidence"), blocks=[Prose(words("lead_evidence"), "lead")])
    if not len(material.units):
        section.blocks += _missing("units", material, words)
        return section
    shown, step = evidence.sample(material.units)
    note = words("e_sample", all=count(len(material.units)), shown=count(len(shown)), step=step) if step > 1 else ""
    section.blocks.append(Evidence(len(material.units), len(shown), note))
    return section


def _limits(words: Words) -> Section:
    return Section("limits", words("s_limits"), blocks=[Prose(text, "item") for text in words.limits()])


def _reproduce(material: Material, words: Words) -> Section:
    run = material.run
    section = Section("reproducibility", words("s_reproduce"), blocks=[Prose(words("lead_reproduce"), "lead")])
    about = run.get("versions", {})
    cite = words("cite_text", version=about.get("county-policy-notebooks", ""), n=count(len(material.documents)))
    section.blocks.append(Prose(f"{words('cite')}{words('colon')}{cite}"))
    listed = (("versions", "version"), ("parameters", "setting"), ("inputs", "checksum"), ("outputs", "checksum"))
    for key, second in listed:
        rows = list(_flat(run.get(key, {})))
        if rows:
            first = {"parameters": "parameter", "versions": "name"}.get(key, "file")
            table = listing(f"table-{key}", words(f"{key}_table"), [words(first), words(second)], rows)
            section.blocks.append(table)
    return section


def _flat(values: dict, above: str = "") -> list[tuple[str, str]]:
    """Flatten nested records: {"raw": {"a.txt": "ab12"}} gives ("raw/a.txt", "ab12")."""
    rows = []
    for name, value in values.items():
        path = f"{above}/{name}" if above else str(name)
        rows += _flat(value, path) if isinstance(value, dict) else [(path, str(value))]
    return rows


def _downloads(words: Words) -> Section:
    return Section("downloads", words("s_downloads"), blocks=[Prose(words("lead_downloads"), "lead"), "downloads"])


def _references(words: Words) -> Section:
    return Section("references", words("s_references"), blocks=[Prose(text, "reference") for text in words.references])


def _add_figures(section: Section, material: Material, words: Words, pictures: dict[str, tuple]) -> None:
    """Figures stand after the lead and before the tables."""
    made = []
    for picture in material.pictures:
        if _FIGURES.get(picture.section, picture.section) != section.id:
            continue
        path = picture.images.get(words.language) or next(iter(picture.images.values()))
        if str(path) not in pictures:
            pictures[str(path)] = materials.image(path)
        data, size = pictures[str(path)]
        caption = visible(picture.caption.get(words.language, ""))
        figure = Figure(f"figure-{picture.name}", picture.name, caption, data, size, picture.notebook, picture.code, picture.csv)
        made.append(figure)
    section.blocks[1:1] = made
