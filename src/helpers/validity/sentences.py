"""What 04_validity says: sentences written from its tables, in both languages."""

import pandas as pd

from helpers.codebook import Codebook
from helpers.coding.labelled import unknown_labels
from helpers.shares.sentences import percent, pick, spanned, tell_unknown_labels
from helpers.validity.mistakes import CAUSES

# Who made the gold codings: said wherever their agreement is shown.
CODERS = {
    "model": (
        "one large language model, each time afresh and without sight of the others, not by people: codings by one model agree "
        "more than people would, so this agreement is an upper mark",
        "编码由同一大语言模型各次独立进行,并非人工;同一模型各次之间的一致性高于人与人之间,只能视为上限",
    ),
    "people": ("people", "编码由人工完成"),
}


def tell_gold(matched: pd.DataFrame, n_paired: int, reported: pd.DataFrame, codebook: Codebook, gold: pd.DataFrame) -> str:
    """Say how many gold units speak for the reported documents, and for how many of them; and if none, why and what follows.

    gold: all rows of the gold file; matched: those that `coding.speaking` keeps, with their units.
    """
    if not len(gold):
        return (
            "**There are no gold units**: nothing here can be measured against gold codes. Agreement, "
            "precision, recall, F1 and corrected "
            "shares cannot be computed; the shares of 03_tools are as coded, and their intervals know nothing of coding error."
        )
    if not len(matched):
        strange = ", ".join(sorted(set(unknown_labels(gold, codebook)["tool"]))[:8])
        return (
            f"**The gold units are coded with another codebook** (tools unknown to {codebook.id}: {strange}). "
            "Agreement, precision, recall, "
            "F1 and corrected shares cannot be computed for this one until gold units are coded with it."
        )
    found = matched["unit_id"].notna()
    speaking = matched.loc[found & matched["doc_id"].isin(set(reported["doc_id"])), "doc_id"].nunique()
    text = f"{int(found.sum())} of {len(matched)} gold units are found in the corpus; {n_paired} of them are in "
    text += "reported documents. "
    text += f"They speak for {speaking} of {len(reported)} reported documents."
    if speaking < len(reported):
        text += " Shares of groups with a document without gold units stay uncorrected."
    if not n_paired:
        text += " **Nothing can be measured for the reported documents**: they are other documents than those of the gold units."
    lost = matched.loc[~found, "unit"].head(5).tolist() if 0 < found.sum() < len(found) else []
    return (
        text
        + tell_unknown_labels(gold, codebook)
        + (f" Not found (a sentence cut otherwise, or a document that is not here): {', '.join(map(str, lost))}." if lost else "")
    )


def tell_agreement(measured: pd.DataFrame, language: str) -> str:
    """Say the headline figures of agreement with their intervals."""
    if not len(measured):
        return pick(language, "No gold unit, no figure.", "没有金标准单元,无法计算。")
    rows = measured[measured["weighting"] == "sample"].set_index("measure")
    words = {m: spanned(rows.loc[m, "value"], rows.loc[m, "ci_low"], rows.loc[m, "ci_high"]) for m in rows.index}
    return pick(
        language,
        f"Statement κ is {words['statement_kappa']}, micro F1 over tools {words['tools_micro_f1']}, macro F1 "
        f"{words['tools_macro_f1']} "
        f"(over the tools with support) on {int(rows['n_units'].iloc[0])} gold units. These are documents "
        "whose neighbouring sentences the "
        "coder has seen; the rows of counties left out, below, are what a new folder gets.",
        f"陈述κ为{words['statement_kappa']},工具微平均F1为{words['tools_micro_f1']},宏平均F1为{words['tools_macro_f1']}"
        f"(仅计有样本的工具),依据{int(rows['n_units'].iloc[0])}个金标准单元。编码器见过这些文件的其他句子;"
        "新文件的表现应看下文“留出一县”的结果。",
    )


def tell_left_out(groups: pd.DataFrame, language: str) -> str:
    """Say what a county gets that the coder has never seen."""
    rows = groups[groups["kind"] == "county_left_out"]
    if not len(rows):
        return pick(
            language,
            "Leave-one-county-out needs gold units of two counties and a learned coder.",
            "“留出一县”需要至少两个县的金标准单元和学习编码器。",
        )
    low, high = rows.loc[rows["micro_f1"].idxmin()], rows.loc[rows["micro_f1"].idxmax()]
    return pick(
        language,
        f"Fitted without the county, the coder reaches micro F1 {low['micro_f1']:.2f} ({low['name']}) to "
        f"{high['micro_f1']:.2f} "
        f"({high['name']}) and κ {rows['kappa'].min():.2f} to {rows['kappa'].max():.2f}. A handful of counties "
        "does not bound what another one would get.",
        "不用该县数据训练时,"
        f"微平均F1为{low['micro_f1']:.2f}({low['name']})至{high['micro_f1']:.2f}({high['name']}),κ为{rows['kappa'].min():.2f}至"
        f"{rows['kappa'].max():.2f}。县数很少,不能据此断定其他县的上下限。",
    )


def tell_errors(found: pd.DataFrame, n: int, language: str) -> str:
    """Say how many gold units have an error and what the commonest cause is. found: as `mistakes.causes`."""
    wrong = int(found["n_units"].sum())
    if not n:
        return pick(language, "No gold unit, no error to show.", "没有金标准单元,无错误可列。")
    if not wrong:
        return pick(language, "No gold unit is coded otherwise by the machine.", "没有与金标准不同的单元。")
    top = found.iloc[0]
    return pick(
        language,
        f"{wrong} of {n} gold units differ in statement or tools; the commonest cause is "
        f"“{CAUSES[top['cause']][0]}” ({int(top['n_units'])} units).",
        f"{n}个金标准单元中有{wrong}个的陈述或工具不同;最常见的原因是“{CAUSES[top['cause']][1]}”({int(top['n_units'])}个)。",
    )


def tell_coders(coders: pd.DataFrame, coders_are: str, language: str) -> str:
    """Say how far the codings agree and what kind of coders made them (a key of CODERS; ValueError for another)."""
    if coders_are not in CODERS:
        raise ValueError(f"coders_are {coders_are!r} is unknown: use one of {', '.join(CODERS)}")
    if not len(coders):
        return pick(
            language,
            "There are no repeated codings: the coders' own agreement is unknown.",
            "没有重复编码,编码者之间的一致性未知。",
        )
    return pick(
        language,
        f"The codings were made by **{CODERS[coders_are][0]}**. Pairs of codings agree on "
        f"statements with κ {coders['kappa'].min():.2f} to "
        f"{coders['kappa'].max():.2f}, give the same set of tools to "
        f"{percent(coders['same_sets'].min())} to {percent(coders['same_sets'].max())} of units, and have "
        f"micro F1 {coders['micro_f1'].min():.2f} "
        f"to {coders['micro_f1'].max():.2f}.",
        f"**{CODERS[coders_are][1]}**。编码两两之间陈述κ为{coders['kappa'].min():.2f}至{coders['kappa'].max():.2f},"
        f"工具集合相同的单元占{percent(coders['same_sets'].min())}至"
        f"{percent(coders['same_sets'].max())},微平均F1为{coders['micro_f1'].min():.2f}至{coders['micro_f1'].max():.2f}。",
    )


def tell_corrected(shares: pd.DataFrame, language: str) -> str:
    """Say how many groups have corrected shares and how often the raw share lies outside the interval."""
    rows = shares[shares["corrected_share"].notna()]
    groups = shares[shares["county"].notna()][["county", "county_code", "year"]].drop_duplicates()
    spoken = rows[rows["county"].notna()][["county", "county_code", "year"]].drop_duplicates()
    if not len(rows):
        return pick(
            language,
            f"No gold unit speaks for any of the {len(groups)} county-years: no share is corrected; the "
            "intervals are Wilson's for the raw "
            "shares and know nothing of coding error.",
            f"{len(groups)}个县年均无金标准单元:未作校正;区间为原始占比的Wilson区间,不含编码误差。",
        )
    outside = int(((rows["share"] < rows["ci_low"]) | (rows["share"] > rows["ci_high"])).sum())
    return pick(
        language,
        f"{len(spoken)} of {len(groups)} county-years have corrected shares; {outside} of {len(rows)} raw "
        "shares of tools and types {'lies' if outside == 1 else 'lie'} outside "
        "the interval of the corrected one. The interval covers the error of coding and of sampling gold "
        "units in these documents; it does not "
        "reach beyond the documents.",
        f"{len(groups)}个县年中有{len(spoken)}个可校正;{len(rows)}个原始占比中有{outside}个落在校正区间之外。"
        "区间涵盖编码误差和金标准单元抽样误差,不能外推到这些文件之外。",
    )
