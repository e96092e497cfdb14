"""What stands where in the report: sections in reading order, each with its lead, figures and tables."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from helpers import catalogue, references
from helpers.language import count, document_labels, keys
from helpers.report import brief, changes, cleaning, evidence, facts, findings, promises, results
from helpers.report.cells import MAX_ROWS
from helpers.report.declared import crossed, declared, listing
from helpers.report.fonts import visible
from helpers.report.material import MOST, Material
from helpers.report.model import Cell, Column, Evidence, Figure, More, Prose, Report, Section, Table, number
from helpers.report.words import Words
from helpers.structure import lineages
from helpers.thresholds import LEAST_CARRIED

_FIGURES = {"document_timeline": "corpus"}  # figures that do not stand where their notebook does
_ENOUGH_GOLD = 30  # gold sentences that use a tool, from which its correction is no matter of chance
_ROWS = 100  # of a table of the second rank
# The columns that say most stand first, where a narrow screen shows them; all others follow in their order.
_FIRST = {
    "indicator_comparison": ("indicator_id", "measure", "county", "year", "comparator", "value", "unit", "due", "unit_id"),
    "target_table": ("county", "year", "indicator", "comparator", "value", "unit", "due", "text", "unit_id"),
    "differences": ("county_a", "county_b", "code", "difference", "ci_low", "p_adjusted", "differs", "share_a", "share_b"),
    "panel": ("county", "year", "tool", "tool_type", "corrected_share", "standard_error", "share"),
    "validity_errors": ("text", "gold_statement", "statement", "gold_tools", "tools", "cause", "evidence"),
    "keyword_context": ("left", "keyword", "right", "county", "year", "unit_id"),
    "topic_sentences": ("label", "text", "county", "year", "unit_id"),
    "topic_quality": ("topic", "label", "stability", "stable", "npmi", "exclusivity"),
    "document_topics": ("doc_id", "label", "effective_topics", "share"),
    "index_items": ("doc_id", "variable", "item", "value", "unit_id"),
}
# What only the file of a table has: with it the page would be wider than a screen, and no reader compares it line by line.
_ASIDE = {
    "topic_quality": ("seed_stability", "top_county_share", "n_documents"),
    "topic_sentences": ("topic", "rank", "heading_path", "stable"),
    "document_topics": ("topic",),
    "indicator_comparison": ("value_base", "n_units"),
    "differences": ("level", "dimension", "p_value", "basis", "n_documents_a", "n_documents_b"),
    "panel": ("n_chars", "doc_forms", "n_coded"),
    "validity_errors": ("heading", "severity", "evidence"),
    "keyness": ("log_likelihood", "per_thousand_rest"),
    "index_items": ("precision", "support"),
}


def _sure_and_large_first(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(size=rows["difference"].abs())
    return rows.sort_values(["differs", "size"], ascending=False, kind="stable").drop(columns="size")


_QUOTED = ("index_items",)  # shown with the sentences of their units
_OF_DOCUMENTS = {"indices": "doc_id", "validity_groups": "name"}  # tables that name documents or counties and no code
_SORTED = {"differences": _sure_and_large_first}
_ORDER = ("corpus", "repairs", "method", "tools", "topics", "describe", "commitments", "compare", "validity")


def edition(material: Material, words: Words) -> Report:
    """Return the report in one language; all its texts know the facts of the run."""
    inform(material, words)
    sections = [_section(name, material, words) for name in _ORDER]
    sections += [_evidence(material, words), _limits(material, words), _reproduce(material, words), _downloads(words)]
    for section in sections:
        section.blocks[1:1] = _figures(section.id, material, words)
    sections += [part for part in [_appendix(material, words)] if len(part.blocks) > 1]
    sections.append(_references(sections, words))
    numbers = number(sections)

    def label(anchor: str) -> str:
        kind = "figure" if anchor.startswith("figure-") else "table"
        return words(kind, n=numbers[anchor]) if anchor in numbers else ""

    found = findings.write(material, words, label)
    title, author = (str(material.run.get("parameters", {}).get(name, "")).strip() for name in ("title", "author"))
    subtitle = _subtitle(material, words)
    subtitle = words("by_author", author=author, subtitle=subtitle) if author else subtitle
    return Report(
        words.language, title or words("title"), subtitle, _facts(material, words), found, sections, brief.write(material, words)
    )


def inform(material: Material, words: Words) -> None:
    """Let the texts of `words` know the facts of the run."""
    words.facts = facts.of(material, _codebook_name(material, words)).values()
    words.topics = dict(zip(material["topics"]["topic"].astype(str), material["topics"]["label"], strict=True))
    labels = document_labels(material.documents)
    words.documents = dict(zip(labels["doc_id"], labels[f"label_{words.language}"], strict=True))


def _subtitle(material: Material, words: Words) -> str:
    return words("subtitle", n=len(material.documents), years=results.span(material.documents, words))


def _facts(material: Material, words: Words) -> list[tuple[str, str]]:
    repairs = cleaning.counts(material)
    counts = {
        "documents": len(material.documents), "counties": lineages(material.documents).nunique(), "units": material.n_units,
        "repairs": int(repairs.loc[repairs["certainty"] != "flagged", "n"].sum()),
        "commitments": int(promises.counted(material)["n"].sum()),
    }  # fmt: skip
    return [(count(n), words(f"fact_{name}", n=n)) for name, n in counts.items() if n]


def _section(name: str, material: Material, words: Words) -> Section:
    """Return a section: its lead, its own tables, then the other tables of its notebook; what is missing is said once."""
    section = Section(name, words(f"s_{name}"))
    lead = "methods_ready" if name == "method" else f"lead_{name}"
    topics = material["topics"]
    said = {"threshold": results.STABLE, "n_topics": results.tried(material), "carried": results.carried(topics)}
    section.blocks.append(Prose(words(lead, **said, enough=said["carried"] >= LEAST_CARRIED), "lead"))
    section.blocks += [block for block in _MAKERS.get(name, _nothing)(material, words) if block is not None]
    others = _others(name, material, words)
    section.blocks += [table for table in others if catalogue.table(table.source).place == "core"]
    more = [table for table in others if catalogue.table(table.source).place == "more"]
    section.blocks += [More(words("more_tables", n=len(more)), more)] if more else []
    section.blocks += _missing([*_NEEDED.get(name, ()), *_other_names(name)], material, words)
    return section


def _missing(names: list[str], material: Material, words: Words) -> list[Prose]:
    """Say which tables of a section are not made yet, and which were made and are empty."""
    notes = []
    for notebook in dict.fromkeys(catalogue.table(name).maker for name in names):
        absent = [n for n in names if catalogue.table(n).maker == notebook and n not in material.present]
        if absent:
            notes.append(Prose(words("missing", tables=words.join(absent), notebook=notebook), "notice"))
    empty = [words.about(n) for n in names if n in material.present and not material.has(n)]
    if empty:
        notes.append(Prose(words("nothing", tables=words.join(empty)), "note"))
    return notes


def _nothing(material: Material, words: Words) -> list:
    return []


def _corpus(material: Material, words: Words) -> list:
    blocks = cleaning.document_tables(material.documents, words) if len(material.documents) else []
    if material.has("quarantine"):
        blocks.append(declared(material["quarantine"], "quarantine", words))
    return blocks


def _tools(material: Material, words: Words) -> list:
    if not material.has("tool_shares"):
        return []
    return [*results.share_tables(material, words), results.statement_table(material, words)]


def _topics(material: Material, words: Words) -> list:
    return results.topic_tables(material, words) if material.has("topics") else []


def _commitments(material: Material, words: Words) -> list:
    return [*promises.tables(material, words), promises.actor_table(material, words)]


def _compare(material: Material, words: Words) -> list:
    return [changes.table(material, words)]


_MAKERS: dict[str, Callable[[Material, Words], list]] = {
    "corpus": _corpus, "repairs": cleaning.tables, "tools": _tools, "topics": _topics, "commitments": _commitments,
    "compare": _compare, "method": lambda material, words: _method(material, words),
}  # fmt: skip
_NEEDED = {
    "corpus": ["documents"], "repairs": ["repairs"], "tools": ["tool_shares", "statement_shares"],
    "topics": ["topics", "topic_shares"], "commitments": ["commitments", "actors"],
}  # fmt: skip


def _other_names(section: str) -> list[str]:
    """Return the tables of a section that no block of its own shows."""
    own = [notebook for notebook in catalogue.notebooks().values() if notebook.section == section]
    made = [name for notebook in own for name in (*notebook.writes, *notebook.shows)]
    return [name for name in made if catalogue.table(name).place in ("core", "more")]


def _others(section: str, material: Material, words: Words) -> list[Table]:
    """Return the other tables of a section's notebook; those that are two-way are shown so."""
    made = []
    for name in _other_names(section):
        if not material.has(name):
            continue
        long = material.n_rows(name) > MOST
        frame = material.head(name, _ROWS, _SORTED.get(name)) if long else material[name]
        if not len(frame):
            continue
        if name in _SORTED:
            frame = _SORTED[name](frame)
        if name in _OF_DOCUMENTS:
            frame = in_place(frame, _OF_DOCUMENTS[name], material["documents"])
        if name == "sensitivity":
            frame = frame.assign(tool=frame["tool"].fillna(frame["tool_type"]))
        if name == "indices" and not long and frame["doc_id"].nunique() <= results.MAX_GROUPS:
            variables = frame["variable"].map(partial(words.named, field="variable"))
            label = frame["index"].map(words.value) + words("arrow") + variables
            made.append(crossed(frame.assign(variable=label), name, "variable", "doc_id", "value", words))
            continue
        two_way = catalogue.table(name).crossed
        made.append(crossed(frame, name, *two_way, words) if two_way else _narrowed(frame, name, words))
        if name in _QUOTED:
            _quote(made[-1], frame["unit_id"].head(len(made[-1].rows)), material, words)
        made[-1].total = material.n_shown(name) if long else made[-1].total
    return made


def in_place(frame: pd.DataFrame, column: str, documents: pd.DataFrame) -> pd.DataFrame:
    """Sort rows by what `column` names: documents, then counties, by division code and year; what is neither comes last."""
    placed = documents.sort_values(["county_code", "year"], kind="stable")
    rank = {name: n for n, name in enumerate(dict.fromkeys([*placed["doc_id"], *placed["county"]]))}
    return frame.sort_values(column, key=lambda names: names.map(rank), kind="stable", na_position="last")


def _narrowed(frame: pd.DataFrame, name: str, words: Words) -> Table:
    """Return a table of the second rank: the columns that say most, and below it those that its file has besides."""
    aside = tuple(column for column in _ASIDE.get(name, ()) if column in frame)
    table = declared(frame, name, words, without=aside, limit=_ROWS, first=_FIRST.get(name, ()))
    if aside:
        named = words.join([words.column(column) for column in aside])
        table.note = words("columns_aside", columns=named)
    return table


def _quote(table: Table, unit_ids: pd.Series, material: Material, words: Words) -> None:
    """Put the sentences of units, which their tables do not repeat, before the column that links to them."""
    wanted = unit_ids.dropna().drop_duplicates().to_frame()
    said = material.ask("SELECT unit_id, text FROM units SEMI JOIN wanted USING (unit_id)", wanted=wanted)
    at = [column.label for column in table.columns].index(words.column("unit_id"))
    table.columns.insert(at, Column(words.column("evidence"), "long"))
    for row, text in zip(table.rows, unit_ids.map(said.set_index("unit_id")["text"]), strict=True):
        row.insert(at, Cell("" if pd.isna(text) else visible(text)))


def _method(material: Material, words: Words) -> list[Prose]:
    told = {
        "n_units": count(material.n_units), "who": words("gold.who"), "shares": words("gold.shares"),
        "coders": words("coders.method"), "words": words("method_words") if material.has("keyness") else "",
        **_sources(material.documents, words),
    }  # fmt: skip
    return [Prose(words(f"method.{part}.text", **told), title=words(f"method.{part}.title")) for part in keys("method")]


def _sources(documents: pd.DataFrame, words: Words) -> dict[str, object]:
    """Return where places, years and numbers of documents come from, as one says it, and of how many kinds that is."""
    fields = [f"{name}_source" for name in ("county", "year", "doc_number") if f"{name}_source" in documents]
    there = {source for field in fields for source in documents[field].dropna()}
    known = [source for source in ("manifest", "text", "filename") if source in there]
    return {"sources": words.join([words(f"report.source_of.{source}") for source in known or ["unknown"]]), "known": len(known)}


def _codebook_name(material: Material, words: Words) -> str:
    if material.codebook is not None:
        return f"{material.codebook.name(words.language)} {material.codebook.version}".strip()
    return Path(str(material.run.get("parameters", {}).get("codebook", "policy_tools.yml"))).stem


def _evidence(material: Material, words: Words) -> Section:
    section = Section("evidence", words("s_evidence"), blocks=[Prose(words("lead_evidence"), "lead")])
    if material.n_units:
        n, shown = material.n_units, evidence.n_carried(material)
        note = words("e_sample", all=count(n), shown=count(shown)) if shown < n else ""
        section.blocks.append(Evidence(n, note))
    section.blocks += _missing(["units", "codes", "unit_tools"], material, words)
    return section


def _limits(material: Material, words: Words) -> Section:
    """Return the limits that are limits of this run."""
    ran, forms = words.facts, material.documents["doc_form"].dropna()
    without = {
        "few_gold": ran["corrected"] == "none" or not ran["tool_gold"] < _ENOUGH_GOLD,
        "forms": not changes.several_forms(material.documents),
        "repairs": not ran["n_inferred"], "topics": not ran["n_topics"],
    }  # fmt: skip
    told = {"forms": words.join([words.form(form) for form in sorted(set(forms))])}
    shown = [limit for limit in keys("limits") if not without.get(limit)]
    return Section("limits", words("s_limits"), blocks=[Prose(words(f"limits.{limit}", **told), "item") for limit in shown])


def _reproduce(material: Material, words: Words) -> Section:
    run = material.run
    section = Section("reproducibility", words("s_reproduce"), blocks=[Prose(words("lead_reproduce"), "lead")])
    about = run.get("versions", {})
    cite = words(
        "cite_text", version=about.get("county-policy-notebooks", ""), documents=words("n_documents", n=len(material.documents))
    )
    section.blocks.append(Prose(cite, title=words("cite")))
    for key, second in (("versions", "version"), ("parameters", "setting"), ("inputs", "checksum"), ("outputs", "checksum")):
        rows = list(_flat(run.get(key, {})))
        if rows:
            first = {"parameters": "parameter", "versions": "name"}.get(key, "file")
            table = listing(f"table-{key}", words(f"{key}_table"), [words(first), words(second)], rows[:MAX_ROWS])
            table.total = len(rows)
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


def _references(sections: list[Section], words: Words) -> Section:
    """Return the works that something in this report names."""
    said = " ".join(_said(block) for section in sections for block in section.blocks)
    named = [words.reference(work) for work in references.cited(said)]
    return Section("references", words("s_references"), blocks=[Prose(text, "reference") for text in named])


def _said(block) -> str:
    parts = (getattr(block, name, "") or "" for name in ("text", "title", "caption", "note"))
    return " ".join([*map(str, parts), *(_said(table) for table in getattr(block, "tables", ()))])


def _appendix(material: Material, words: Words) -> Section:
    """Return the figures that a reader of the body does not need, section by section."""
    section = Section("appendix", words("s_appendix"), blocks=[Prose(words("lead_appendix"), "lead")])
    for name in _ORDER:
        section.blocks += _figures(name, material, words, "appendix")
    return section


def _figures(section: str, material: Material, words: Words, place: str = "body") -> list[Figure]:
    """Return the figures of a section; they stand after its lead and before its tables, those of the appendix there."""
    made, section_of = [], {name.partition("_")[2]: book.section for name, book in catalogue.notebooks().items()}
    for picture in material.pictures:
        stands = _FIGURES.get(picture.name) or section_of.get(picture.section, picture.section)
        if stands != section or picture.place != place:
            continue
        path = picture.images.get(words.language) or next(iter(picture.images.values()))
        caption = visible(picture.caption.get(words.language, ""))
        own = (picture.notebook, picture.code, picture.csv)
        made.append(Figure(f"figure-{picture.name}", picture.name, caption, path, *own))
    return made
