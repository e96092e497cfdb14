"""The catalogue in Markdown, for those who use the tables: DATA_DICTIONARY.md."""

from helpers.catalogue.load import notebooks, tables, views

_HEAD = """# Data dictionary

Generated from `src/helpers/catalogue`; do not edit by hand.

Beside the folder of these tables lies one that ends in `.parts`. It is a cache, one file a document and step, or of a
large corpus one file for many documents: what was read and coded is not done again in the next run. No table depends on
it, and it may be deleted at any time.

CSV files are UTF-8 with a byte-order mark, so that Excel opens them with a double click: `pandas.read_csv(file)` passes over the
mark, R wants `read.csv(file, fileEncoding = "UTF-8-BOM")`, Stata `import delimited, encoding("utf-8")`. Text that a spreadsheet
would run as a formula or take for a date (`=1+1`, `1-2`) has an apostrophe before it there; the Parquet files have it as it is.
"""


def data_dictionary() -> str:
    """Describe every table and field in Markdown, under the notebook that makes it."""
    lines = [_HEAD]
    for notebook in notebooks().values():
        for name in (*notebook.writes, *notebook.shows):
            about = tables().get(name) or views()[name]
            kind = "Parquet and CSV" if about.csv else "Parquet"
            if about.made_from:
                kind = f"Not written: made from {', '.join(about.made_from)} for the report, the workbook and LaTeX"
            lines += [f"## {name}", "", f"{about.about} Made by `{about.maker}`. Key: {', '.join(about.key)}. {kind}.", ""]
            lines += ["| column | heading | type | may be empty | meaning |", "|---|---|---|---|---|"]
            for field in about.fields:
                type_ = " / ".join(field.categories) or field.type
                also = f" A key of `{field.refers}`." if field.refers else ""
                heads = " · ".join(dict.fromkeys(field.heading))
                lines.append(f"| {field.name} | {heads} | {type_} | {'no' if field.required else 'yes'} | {field.about}{also} |")
            lines.append("")
    return "\n".join(lines)
