"""Sentences and small tables written from the numbers, for notebooks 03 and 04, in both languages."""

import pandas as pd

from helpers import catalogue
from helpers import language as said
from helpers.codebook import Codebook
from helpers.coding.labelled import speaking, teaches, unknown_labels
from helpers.shares.correction import UNKNOWN
from helpers.shares.distribution import NO_STAGE, labelled
from helpers.shares.sensitivity import SCENARIOS


def pick(language: str, en: str, zh: str) -> str:
    """Return the wording of one language."""
    return zh if language == "zh" else en


def readable(frame: pd.DataFrame, columns: list[str], language: str = "en", digits: int = 3) -> pd.DataFrame:
    """Return the columns with heads in `language`, numbers rounded, empty cells as a dash; intervals joined to their value.

    A column with siblings `<name>_low` and `<name>_high` becomes `value (low to high)`.
    """
    out = {}
    for name in columns:
        head = catalogue.heading("tool" if name.startswith("label_") and "tool" in frame else name, language)
        values = frame[name]
        if f"{name}_low" in frame:
            bounds = zip(values, frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
            out[head] = [spanned(*row) for row in bounds]
        elif pd.api.types.is_float_dtype(values):
            out[head] = ["–" if pd.isna(v) else f"{v:.{digits}f}" for v in values]
        else:
            out[head] = ["–" if pd.isna(v) else v for v in _said(name, values, language)]
    return pd.DataFrame(out)


def spanned(value, low, high) -> str:
    """Write a value with its interval in brackets, a dash where there is none."""
    if pd.isna(value):
        return "–"
    return f"{value:.2f}" if pd.isna(low) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def _said(name: str, values: pd.Series, language: str) -> pd.Series:
    """Write identifiers of measures and causes in words."""
    return values.map(lambda v: said.name(v, language)) if name in ("measure", "cause") else values


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def tell_input(documents, reported, here, labelled: pd.DataFrame, codebook: Codebook) -> str:
    """Say how many documents and units are reported, what is left out, and which labelled units there are."""
    left_out, unknown = len(documents) - len(reported), int(reported["county"].isna().sum() + reported["year"].isna().sum())
    text = (
        f"{len(reported)} of {len(documents)} documents are reported ({len(here):,} units); {left_out} left out by the filters. "
    )
    if unknown:
        text += f"County or year unknown in {unknown} cells: such documents stand under “{UNKNOWN}”. "
    text += f"Codebook: {codebook.name('en')} ({codebook.name('zh')}), version {codebook.version}, {len(codebook.tools)} tools. "
    if not len(labelled):
        return text + "There are no labelled units: the rules alone code, and no share can be corrected."
    spoken = speaking(labelled, codebook)
    if not len(spoken):
        return text + "The labelled units are coded with another codebook: the rules alone code, and no share can be corrected."
    sets = ", ".join(f"{n} {name}" for name, n in spoken["set"].value_counts().sort_index().items())
    text += f"Labelled units that are coded with it: {sets}."
    others = sorted(set(labelled["set"]) - set(spoken["set"]))
    text += f" Coded with another codebook and left aside: {', '.join(others)}." if others else ""
    if not (spoken["set"] == "gold").any():
        text += " None of them is gold: no share can be corrected."
    return text + tell_unknown_labels(labelled, codebook)


def tell_unknown_labels(labelled: pd.DataFrame, codebook: Codebook) -> str:
    """Say which labels of the files that speak are unknown to the codebook, by file and row; empty when none is."""
    spoken = speaking(labelled, codebook)
    strange = unknown_labels(labelled[labelled["set"].isin(spoken["set"])], codebook)
    if not len(strange):
        return ""
    named = [f"{tool} ({file}, {_rows(rows)})" for (tool, file), rows in strange.groupby(["tool", "file"])["row"]]
    return f" Labels unknown to the codebook, left out of their rows: {'; '.join(named)}."


def _rows(rows: pd.Series) -> str:
    shown = ", ".join(map(str, rows.head(5)))
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"


def tell_coding(codes: pd.DataFrame, unit_tools: pd.DataFrame, unit_stages: pd.DataFrame, spoken: pd.DataFrame) -> str:
    """Say how many units have which statement, tools and stages, and which coder gave them; `spoken`: as `coding.speaking`."""
    n = max(len(codes), 1)
    statements = ", ".join(f"{percent(k / n)} {name}" for name, k in codes["statement"].value_counts().items())
    by = codes["coder"].value_counts()
    if by.get("rules", 0) == len(codes):
        few = len(spoken) and not teaches(spoken)
        coder = "**The rules alone coded**" + (f": {len(spoken)} gold units are too few to learn from" if few else "")
    else:
        fitted = f"fitted on {len(spoken):,} labelled units"
        coder = f"**The learned coder coded**, {fitted}, {by.get('cross-fitted', 0):,} units by a model without their own label"
    with_tool, with_stage = unit_tools["unit_id"].nunique(), unit_stages["unit_id"].nunique()
    quoted = unit_tools["evidence"].notna().mean() if len(unit_tools) else 0
    return (
        f"{coder}. {len(codes):,} units: {statements}. {with_tool:,} units use a tool ({len(unit_tools):,} codes, "
        f"{percent(quoted)} of them with words of the unit as evidence); {with_stage:,} address a stage of the value chain."
    )


def tell_distribution(distribution: pd.DataFrame, language: str) -> str:
    """Say which tools lead, which type, and what the table does not show."""
    tools = distribution[distribution["tool"].notna() & (distribution["n_units"] > 0)]
    if not len(tools):
        return pick(language, "No reported unit uses a tool: there is nothing to distribute.", "没有单元使用任何工具。")
    value = tools["corrected_share"].where(tools["corrected_share"].notna(), tools["share"])
    top = tools.loc[value.sort_values(ascending=False, kind="stable").index[:3]]
    named = ", ".join(f"{label} {percent(v)}" for label, v in zip(top[f"label_{language}"], value.loc[top.index], strict=True))
    unused = distribution.loc[distribution["tool"].notna() & (distribution["n_units"] == 0), f"label_{language}"].tolist()
    none = pick(language, f" Never coded here: {', '.join(unused)}.", f"未编码到的工具:{'、'.join(unused)}。") if unused else ""
    return pick(
        language,
        f"Commonest: {named}.{none} The shares count sentences; they say nothing of money spent or of effects.",
        f"最常用:{named}。{none}占比按句子计,不反映资金多少,也不反映效果。",
    )


def name_stages(
    crossed: pd.DataFrame, unit_tools: pd.DataFrame, here: pd.DataFrame, codebook: Codebook, chain: Codebook
) -> pd.DataFrame:
    """Add names and n_tool (units of the tool) to `tool_stages`, for its figure."""
    n_tool = unit_tools.loc[unit_tools["unit_id"].isin(set(here["unit_id"])), "tool"].value_counts()
    out = labelled(crossed, codebook).assign(n_tool=crossed["tool"].map(n_tool).fillna(0).astype(int))
    for language, none in (("en", "none named"), ("zh", "未指明")):
        names = {s: chain.label(s, language) for s in chain.tools} | {NO_STAGE: none}
        out[f"stage_{language}"] = out["stage"].map(names)
    return out


def name_scenarios(choices: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Keep the rows of types and add names of types and scenarios, for the figure."""
    out = labelled(choices[choices["tool"].isna()], codebook)
    return out.assign(
        scenario_en=out["scenario"].map({k: v[0] for k, v in SCENARIOS.items()}),
        scenario_zh=out["scenario"].map({k: v[1] for k, v in SCENARIOS.items()}),
    )


def tell_crosswalk(whole: pd.DataFrame, codebook: Codebook, language: str) -> str:
    """Say what the crosswalk gives and what it cannot."""
    if not len(whole):
        return pick(
            language,
            f"The crosswalk is not about the tools of {codebook.name('en')}, or no unit is reported.",
            "对照表与此编码表无关,或无单元。",
        )
    rows = whole[whole["target"] != "none"].sort_values("share", ascending=False, kind="stable")
    empty = rows.loc[rows["n_units"] == 0, f"target_{language}"].tolist()
    top = ", ".join(f"{a} {percent(b)}" for a, b in zip(rows[f"target_{language}"].head(3), rows["share"].head(3), strict=True))
    return pick(
        language,
        f"In that list the commonest are {top}; never met: {', '.join(empty) or 'none'}. Their unit is the "
        "document, ours the sentence, and "
        "the mapping is ours: the ranks can be set beside theirs, the levels cannot.",
        f"按该分类最常用的是{top};未出现:{'、'.join(empty) or '无'}。其单元为文件,本文为句子,且对照由本文作出:"
        "可比次序,不可比高低。",
    )


def tell_sensitivity(choices: pd.DataFrame, language: str) -> str:
    """Say which choice moves the headline most, and whether the order of the types holds."""
    other = choices[choices["scenario"] != "as_coded"]
    if not len(other) or not choices["share"].any():
        return pick(language, "No tool was coded: nothing can be sensitive to a choice.", "没有编码到工具,无敏感性可言。")
    top = other.loc[other["difference"].abs().idxmax()]
    order = {
        s: tuple(g.sort_values("share", ascending=False, kind="stable")["tool_type"]) for s, g in choices.groupby("scenario")
    }
    same = sum(o == order["as_coded"] for s, o in order.items() if s != "as_coded")
    return pick(
        language,
        f"The order of the types is the same under {same} of {len(order) - 1} other choices; the largest move "
        f"is {top['label_en']} by "
        f"{100 * top['difference']:+.1f} points ({top['scenario_en'].lower()}). These are raw shares; "
        "intervals do not cover such choices.",
        f"其他{len(order) - 1}种做法中有{same}种不改变类型次序;变动最大的是{top['label_zh']},"
        f"{100 * top['difference']:+.1f}个百分点"
        f"({top['scenario_zh']})。此处为原始占比;区间不包含做法的不同。",
    )


def tell_unmatched(unmatched: pd.DataFrame, codebook: Codebook, n_units: int) -> str:
    """Say how many entries and words of the codebook find nothing."""
    entries, words = unmatched["entry"].nunique(), len(unmatched)
    return (
        f"{words:,} words or patterns of {entries:,} entries of {codebook.id} match nowhere in the {n_units:,} units "
        "searched; up to forty are shown."
    )
