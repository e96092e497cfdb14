"""What 03_tools says, as facts: the fields of the texts in tools.yml, taken from what ran."""

import pandas as pd

from helpers.codebook import Codebook
from helpers.coding.labelled import speaking, teaches, unknown_labels
from helpers.language import name, say
from helpers.shares.correction import best


def labelled(rows: pd.DataFrame, codebook: Codebook, language: str) -> dict:
    """State which labelled units speak for the codebook; `rows`: as `coding.read_labelled`."""
    spoken = speaking(rows, codebook)
    sets = spoken["set"].value_counts().sort_index()
    return {
        "codebook": codebook.name(language), "version": codebook.version, "n_tools": len(codebook.tools), "n": len(rows),
        "spoken": len(spoken), "gold": bool((spoken["set"] == "gold").any()),
        "sets": [f"{n:,} {which}" for which, n in sets.items()], "others": sorted(set(rows["set"]) - set(spoken["set"])),
        "unknown": unknown(rows[rows["set"].isin(sets.index)], codebook, language),
    }  # fmt: skip


def unknown(rows: pd.DataFrame, codebook: Codebook, language: str) -> str:
    """Name the labels that are unknown to the codebook, by file and row; empty when none is."""
    strange = unknown_labels(rows, codebook) if len(rows) else pd.DataFrame(columns=["tool", "file", "row"])
    found = []
    for (tool, file), numbers in strange.groupby(["tool", "file"])["row"]:
        place = {"file": file, "rows": ", ".join(map(str, numbers.head(5))), "n": len(numbers), "more": max(len(numbers) - 5, 0)}
        found.append(say("tools.unknown_label", language, tool=tool, **place))
    return say("labels.semicolon", language).join(found)


def coding(
    codes: pd.DataFrame, unit_tools: pd.DataFrame, unit_stages: pd.DataFrame, spoken: pd.DataFrame, coder: str, language: str
) -> dict:
    """State how many units have which statement, tools and stages, and which coder gave them.

    unit_tools: unit_id, quoted (whether it has evidence); spoken: as `coding.speaking`; coder: the one that was asked for.
    """
    by, statements = codes["coder"].value_counts(), codes["statement"].value_counts(normalize=True)
    return {
        "n": len(codes), "llm": "llm" in by, "given": int(by.get("llm", 0)), "others": len(codes) - int(by.get("llm", 0)),
        "rules_alone": by.get("rules", 0) == len(codes), "few": coder != "rules" and len(spoken) > 0 and not teaches(spoken),
        "alone": "linear" in by and "learned" not in by, "some": {"linear", "learned"} <= set(by.index),
        "left": int(by.get("linear", 0)),
        "labelled": len(spoken), "crossed": int(by.get("cross-fitted", 0)), "codes": len(unit_tools),
        "statements": [say("labels.with_share", language, label=name(s, language), share=v) for s, v in statements.items()],
        "with_tool": unit_tools["unit_id"].nunique(), "with_stage": unit_stages["unit_id"].nunique(),
        "quoted": unit_tools["quoted"].mean() if len(unit_tools) else 0.0,
    }  # fmt: skip


def model(codes: pd.DataFrame, doubts: pd.DataFrame, name: str, language: str) -> dict:
    """State which language model coded, why answers did not count, and what looks like an instruction; `doubts`: model_doubts."""
    flagged = doubts.loc[doubts["doubt"] == "instruction", "unit_id"]
    why = doubts.loc[doubts["doubt"] != "instruction", "doubt"].value_counts().sort_index()
    reasons = [say("labels.with_count", language, label=say(f"tools.doubt.{doubt}", language), n=n) for doubt, n in why.items()]
    return {
        "model": name, "lost": int((codes["coder"] != "llm").sum()), "reasons": reasons, "flagged": len(flagged),
        "ids": flagged.head(5).tolist(),
    }  # fmt: skip


def distribution(table: pd.DataFrame, language: str) -> dict:
    """State which tools lead and which never occur; `table`: as `tool_distribution`."""
    tools = table[table["tool"].notna()]
    value = best(tools)
    used = tools["n_units"] > 0
    top = value[used].sort_values(ascending=False, kind="stable").head(3)
    label = tools[f"label_{language}"]
    return {
        "n": int(used.sum()), "top": [say("labels.with_share", language, label=label[i], share=v) for i, v in top.items()],
        "unused": label[~used].tolist(),
    }  # fmt: skip


def crosswalk(whole: pd.DataFrame, codebook: Codebook, language: str) -> dict:
    """State what the codes are in another list of tools."""
    rows = whole[whole["target"] != "none"].sort_values("share", ascending=False, kind="stable")
    label = rows[f"target_{language}"]
    top = zip(label.head(3), rows["share"].head(3), strict=True)
    return {
        "n": len(whole), "codebook": codebook.name(language), "never": label[rows["n_units"] == 0].tolist(),
        "top": [say("labels.with_share", language, label=a, share=b) for a, b in top],
    }  # fmt: skip


def sensitivity(choices: pd.DataFrame, language: str) -> dict:
    """State which choice moves a share most, and how often the order of the types holds; `choices` with names."""
    other = choices[choices["scenario"] != "as_coded"]
    if not len(other) or not choices["share"].any():
        return {"n": 0}
    top = other.loc[other["difference"].abs().idxmax()]
    ranked = choices.sort_values("share", ascending=False, kind="stable")
    order = {scenario: tuple(part["tool_type"]) for scenario, part in ranked.groupby("scenario")}
    own = order.pop("as_coded")
    return {
        "n": len(order), "same": sum(other == own for other in order.values()), "type": top[f"label_{language}"],
        "difference": top["difference"], "scenario": top[f"scenario_{language}"],
    }  # fmt: skip


def unmatched(missed: pd.DataFrame, codebook: Codebook, n_units: int) -> dict:
    """State how many entries and words of the codebook find nothing."""
    return {"words": len(missed), "entries": missed["entry"].nunique(), "codebook": codebook.id, "n": n_units}
