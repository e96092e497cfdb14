"""The coding page: one self-contained HTML file a coder, which works from a folder, without server, network or account.

What is coded stays in the browser (local storage) and is saved as `coder_NAME.csv`, which `agreement` reads like a sheet.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from helpers import colours, store
from helpers.codebook import STATEMENTS, Codebook
from helpers.handcoding.labels import STATEMENT_NAMES

_FACE = '@font-face {{ font-family: "County {face}"; src: url(data:font/woff2;base64,{data}) format("woff2"); }}\n'
_NEIGHBOURS = 2  # sentences of the document shown before and after
_ABOUT = {
    "measure": ("states what will, must or may be done", "写明将做、须做或可做的事"),
    "goal": ("states a result to be reached, not by what means", "写明要达到的结果，不写手段"),
    "background": ("reports what is or was; principles that name no action", "叙述现状或过去；不含行动的原则"),
    "other": ("addressees, dates, signatures, scope, lists of annexes", "主送、落款、日期、适用范围、附件目录等"),
}


def write_page(
    sample: pd.DataFrame, units: pd.DataFrame, codebook: Codebook, coder: str, path: str | Path, saves: str = "",
    faces: Callable[[str, str], dict[str, str]] | None = None,
) -> Path:  # fmt: skip
    """Write the page of one coder for `sample` (as from `sample.draw`).

    units: unit_id, doc_id, position, text; from there come the sentences beside each one. `saves`: the file's name that the
    page saves (default: coder_NAME.csv); `faces`: cuts the fonts (as `report.fonts.faces`) that no reader's machine need have.
    """
    content = {
        "coder": coder, "saves": saves or f"coder_{coder}.csv", "key": _key(sample, codebook, coder),
        "codebook": codebook.name("en"), "codebook_zh": codebook.name("zh"),
        "max_tools": codebook.max_tools, "without_tools": list(codebook.without_tools),
        "statements": [
            {"id": name, "en": name, "zh": STATEMENT_NAMES[name], "counts": _ABOUT[name][0], "counts_zh": _ABOUT[name][1]}
            for name in STATEMENTS
        ],
        "types": [
            {"id": kind, "en": codebook.label(kind, "en"), "zh": codebook.label(kind, "zh"), "colour": i % len(colours.ON_PAGE)}
            for i, kind in enumerate(codebook.types)
        ],
        "tools": [
            {"id": t.id, "type": t.type, **t.names, "counts": t.counts, "not": t.does_not_count, "counts_zh": t.counts_zh,
             "not_zh": t.does_not_count_zh}
            for t in codebook.tool_list
        ],
        "units": _asked(sample, units),
    }  # fmt: skip
    return store.write_text(path, _rendered(content, coder, faces))


def _key(sample: pd.DataFrame, codebook: Codebook, coder: str) -> str:
    """Return the name under which a browser keeps the codes: another sample, codebook or coder is another one."""
    told = "\n".join([coder, codebook.id, *codebook.tools, *sample["unit"]])
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:16]


def _asked(sample: pd.DataFrame, units: pd.DataFrame) -> list[dict]:
    """Return each unit of the sample with its headings and the sentences beside it."""
    wanted = set(units.loc[units["unit_id"].isin(set(sample["unit"])), "doc_id"])
    there = units[units["doc_id"].isin(wanted)].sort_values(["doc_id", "position"], kind="stable")
    texts, docs = there["text"].tolist(), there["doc_id"].tolist()
    place = {unit: i for i, unit in enumerate(there["unit_id"])}

    def beside(at: int, steps: range) -> list[str]:
        return [texts[at + s] for s in steps if 0 <= at + s < len(docs) and docs[at + s] == docs[at]]

    asked = []
    for row in sample.itertuples(index=False):
        at = place.get(row.unit)
        before, after = range(-_NEIGHBOURS, 0), range(1, _NEIGHBOURS + 1)
        about = {"unit": row.unit, "file": row.source_file, "heading": row.heading if isinstance(row.heading, str) else ""}
        near = {} if at is None else {"before": beside(at, before), "after": beside(at, after)}
        asked.append({**about, "text": row.text, "before": [], "after": [], **near})
    return asked


def _rendered(content: dict, coder: str, faces: Callable | None) -> str:
    folder = files("helpers.handcoding").joinpath("templates")
    style, script = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    style = colours.in_style(style)
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    script = f'"use strict";\nconst DATA = {data};\n{script}'
    if faces:
        cut = faces(data + script, data)
        style = "".join(_FACE.format(face=face.title(), data=cut[face]) for face in ("sans", "serif")) + style
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    environment = Environment(loader=PackageLoader("helpers.handcoding", "templates"), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("page.html.j2")
    return template.render(coder=coder, policy=policy, style=Markup(style), script=Markup(script))


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
