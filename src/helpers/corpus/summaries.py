"""What 01_clean shows of tables of any size: read some rows at a time, summed or cut as they come."""

import pandas as pd

from helpers import repair, store
from helpers.language import document_labels, reasons, say

_COUNTED = ["doc_id", "rule", "certainty"]
CERTAINTIES = ("exact", "inferred", "flagged")
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


def by_format(documents: pd.DataFrame, quarantine: pd.DataFrame) -> pd.DataFrame:
    """Return one row a format: documents, tables in them, pages read by OCR, and files set aside (by extension)."""
    sums = {name: (name, "sum") for name in ("n_tables", "n_ocr_pages")}
    read = documents.groupby("format").agg(n_documents=("doc_id", "size"), **sums)
    suffix = quarantine["source_file"].str.extract(r"\.(\w{1,5})$", expand=False).str.lower()
    aside = suffix.replace(["htm", "xhtml", "shtml"], "html").fillna("other").value_counts().rename("n_set_aside")
    return read.join(aside, how="outer").fillna(0).astype(int).rename_axis("format").reset_index()


def formats(documents: pd.DataFrame, quarantine: pd.DataFrame, language: str) -> list[str]:
    """Say of each format how many documents, tables in them, pages read by OCR and files set aside there are."""
    return [say("clean.of_format", language, **row) for row in by_format(documents, quarantine).to_dict("records")]


def repair_counts(processed_dir, doc_ids) -> pd.DataFrame:
    """Count the repairs of the documents: doc_id, rule, certainty, n."""

    def count(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.groupby(_COUNTED).size().rename("n").reset_index()

    return store.by_batches(count, processed_dir, "repairs", _COUNTED, doc_ids)


def by_rule(counts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rule with the number of its repairs by certainty: columns rule, exact, inferred, flagged, n_repairs."""
    table = counts.groupby(["rule", "certainty"], dropna=False)["n"].sum().unstack(fill_value=0)
    table = table.reindex(columns=list(CERTAINTIES), fill_value=0).astype(int)
    table["n_repairs"] = table.sum(axis=1)
    return table.sort_values(["n_repairs"], ascending=False, kind="stable").reset_index()


def repair_examples(processed_dir, doc_ids) -> pd.DataFrame:
    """Return the first repair of every rule: rule, doc_id, raw_start, before, after, certainty, reason."""

    def first(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["certainty"] != "flagged"].drop_duplicates(["rule"])

    found = store.by_batches(first, processed_dir, "repairs", None, doc_ids).drop_duplicates(["rule"])
    return found[["rule", "doc_id", "raw_start", "before", "after", "certainty", "reason"]].reset_index(drop=True)


def defect_fates(processed_dir, documents: pd.DataFrame) -> pd.DataFrame:
    """Say what became of each defect that was listed by hand (`data/codebook/defects.csv`), for the documents given."""
    known = pd.read_csv(store.resolve("data/codebook/defects.csv"))
    known = known[known["source_file"].isin(documents["source_file"])]
    listed = documents.loc[documents["source_file"].isin(known["source_file"]), ["doc_id", "source_file"]]

    def located(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.merge(listed, on="doc_id")

    fates = repair.defect_table(known, store.by_batches(located, processed_dir, "repairs", None, listed["doc_id"]))
    columns = ["source_file", "offset", "defect", "before", "after", "outcome", "treatment", "as_expected", "remark"]
    return fates[columns].reset_index(drop=True)


def anatomy(processed_dir, documents: pd.DataFrame) -> pd.DataFrame:
    """Return for each document in how many units a tenth of its text falls apart and under how deep a heading they stand.

    Columns: doc_id, label_en, label_zh, tenth (1 to 10), depth (mean number of headings above a unit), n_units.
    """

    def tenths(rows: pd.DataFrame) -> pd.DataFrame:
        path = rows["heading_path"].fillna("")
        size = rows.groupby("doc_id")["position"].transform("max")
        tenth = ((rows["position"] - 1) * 10 // size + 1).astype(int)
        frame = rows.assign(depth=path.str.count(" > ") + (path != ""), tenth=tenth)
        return frame.groupby(["doc_id", "tenth"]).agg(depth=("depth", "mean"), n_units=("depth", "size")).reset_index()

    columns = ["doc_id", "heading_path", "position"]
    found = store.by_batches(tenths, processed_dir, "units", columns, documents["doc_id"])
    return document_labels(documents).merge(found, on="doc_id")


def unit_lengths(processed_dir, documents: pd.DataFrame) -> pd.DataFrame:
    """Return one row a document with quartiles and 5th and 95th percentile of its units' lengths, in characters.

    Columns: doc_id, label_en, label_zh, p05, p25, median, p75, p95, n_units.
    """

    def spread(rows: pd.DataFrame) -> pd.DataFrame:
        size = rows.assign(n=rows["text"].str.len()).groupby("doc_id")["n"]
        points = list(_QUANTILES.values())
        out = size.quantile(points).unstack().reindex(columns=points).set_axis(list(_QUANTILES), axis=1)
        return out.assign(n_units=size.size()).reset_index()

    found = store.by_batches(spread, processed_dir, "units", ["doc_id", "text"], documents["doc_id"])
    return document_labels(documents).merge(found, on="doc_id")


def repeats(processed_dir, doc_ids) -> pd.DataFrame:
    """Return the units that repeat an earlier sentence of their document: unit_id, heading_path, text."""

    def repeated(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["is_repeat"]]

    columns = ["doc_id", "unit_id", "heading_path", "text", "is_repeat"]
    return store.by_batches(repeated, processed_dir, "units", columns, doc_ids)[["unit_id", "heading_path", "text"]]


def in_language(frame: pd.DataFrame, column: str, language: str) -> pd.DataFrame:
    """Return doc_id or source_file and `column` (reason, flags) of rows with codes, said in the language."""
    rows = frame[frame["codes"].notna()]
    name = "doc_id" if "doc_id" in rows else "source_file"
    return rows[[name]].assign(**{column: [reasons.all_said(codes, language) for codes in rows["codes"]]}).reset_index(drop=True)


def answer(rules: pd.DataFrame, reported: pd.DataFrame) -> dict:
    """State what became of the documents: places repaired and left, sentences (text clean.answer)."""
    sums = {certainty: int(rules[certainty].sum()) for certainty in CERTAINTIES}
    repairs = sums["exact"] + sums["inferred"]
    return {"repairs": repairs, "documents": len(reported), "units": int(reported["n_units"].sum()), **sums}


def outcomes(fates: pd.DataFrame) -> dict:
    """State how the known defects ended (text clean.defects)."""
    counts = fates["outcome"].value_counts().sort_index().items()
    return {
        "n": len(fates), "outcomes": ", ".join(f"{n:,} {outcome}" for outcome, n in counts),
        "strange": int((~fates["as_expected"].astype(bool)).sum()),
    }  # fmt: skip
