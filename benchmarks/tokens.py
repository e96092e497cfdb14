"""What a language model as coder reads and writes for a folder of tables: `python -m benchmarks.tokens [PROCESSED]`.

Every request is made as `coder: llm` makes it, and counted by tiktoken's o200k_base (not among this project's packages:
`pip install tiktoken`); the answers are those of the coder that coded the folder, in the form that is demanded.
"""

import json
import sys

from helpers import codebook, coding, store
from helpers.coding.llm import ask, items_of, make
from helpers.coding.llm.settings import Settings


def count(processed: str = "data/processed", batch: int = Settings.batch) -> dict[str, int]:
    """Return units, requests, tokens read and written, and what the run itself estimates beforehand."""
    import tiktoken

    scheme = codebook.load("data/codebook/policy_tools.yml")
    prompt = make(scheme, Settings.prompt, coding.read_labelled("data/gold"))
    items, n = list(items_of(processed)), tiktoken.get_encoding("o200k_base")
    requests = [items[at : at + batch] for at in range(0, len(items), batch)]
    read = [sum(len(n.encode(m["content"], disallowed_special=())) for m in prompt.messages(r)) for r in requests]
    schema = len(n.encode(json.dumps(prompt.schema)))
    written = sum(len(n.encode(json.dumps({"codes": codes}, ensure_ascii=False))) for codes in _answers(processed, requests))
    guessed = sum(ask.cost(prompt, request) for request in requests)
    return {
        "units": len(items), "requests": len(requests), "of the prompt, each request": read[0] - _units(n, requests[0]),
        "schema, each request": schema, "read": sum(read) + schema * len(requests), "written": written, "estimated": guessed,
    }  # fmt: skip


def _units(n, request: list[dict]) -> int:
    return len(n.encode(json.dumps({"units": request}, ensure_ascii=False)))


def _answers(processed: str, requests: list[list[dict]]) -> list[list[dict]]:
    codes = store.read_table(processed, "codes").set_index("unit_id")["statement"]
    rows = store.read_table(processed, "unit_tools")
    tools = rows.groupby("unit_id")["tool"].agg(list).to_dict()
    words = rows.drop_duplicates("unit_id").set_index("unit_id")["evidence"].fillna("").to_dict()
    form = ("id", "statement", "tools", "evidence")
    return [
        [
            dict(zip(form, (u, codes[u], tools.get(u, []), words.get(u, "")), strict=True))
            for u in (item["id"] for item in request)
        ]
        for request in requests
    ]


if __name__ == "__main__":
    for name, number in count(*sys.argv[1:2]).items():
        print(f"{number:>12,} {name}")
