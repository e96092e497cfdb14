"""Sentences of 06_commitments, written from the data: what each result shows and what it does not."""

import pandas as pd


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def tell_input(documents: pd.DataFrame, reported: pd.DataFrame, here: pd.DataFrame) -> str:
    """Say how many documents and units are reported, and what was left out."""
    out = len(documents) - len(reported)
    unknown = int(reported["county"].isna().sum())
    text = (
        f"{len(reported)} of {len(documents)} documents are reported, with {len(here):,} units; "
        f"{int(here['is_repeat'].sum())} of them repeat an earlier sentence of their "
        f""
        f""
        f""
        f""
        f"document."
    )
    text += f" {out} documents lie outside the filter or the years." if out else ""
    return text + (f" {unknown} documents have no known county and stand together under an empty name." if unknown else "")


def tell_commitments(placed: pd.DataFrame, here: pd.DataFrame) -> str:
    """Say how many commitments of each kind were lifted, from how many sentences."""
    if placed.empty:
        return "No commitment was found: no sentence of these documents promises a number, a sum of money or a date."
    kinds = placed["kind"].value_counts().reindex(["target", "money", "deadline"], fill_value=0)
    sentences = placed["unit_id"].nunique()
    return (
        f"**{len(placed)} commitments** in {sentences} sentences ({_share(sentences, len(here))} of the units "
            f"reported): {kinds['target']} targets, "
        f"{kinds['money']} sums of money, {kinds['deadline']} deadlines. {int((placed['relation'] == 'part').sum())} "
            f"targets are parts of a larger one "
        f"(其中), {int((placed['relation'] == 'cumulative').sum())} are cumulative (累计): neither may be added to "
            f"the rest. A promise without number or date is not counted."
    )  # fmt: skip


def tell_agreement(paired: pd.DataFrame, gold: pd.DataFrame) -> str:
    """Say how often the extraction agrees with the gold sentences, on which it was written."""
    found, n = int((paired["outcome"] == "found").sum()), len(paired)
    none = gold.loc[gold["kind"] == "none", "key"].nunique()
    wrong = paired.loc[paired["outcome"] == "extra", "key"].isin(gold.loc[gold["kind"] == "none", "key"]).sum()
    return (
        f"Of {n} rows coded or extracted in {gold['key'].nunique()} sentences, {found} agree in kind and value. "
            f"{none} of the sentences hold "
        f"no commitment; {int(wrong)} rows were found in them all the same. Here each sentence stands alone, without "
            f"document, neighbours or "
        "the coder's statement, which is harder than in a document; but the rules were written on these sentences, so "
            "this is training material, not a test."
    )  # fmt: skip


def tell_table(table: pd.DataFrame, shown: int) -> str:
    """Say how much of the table is shown and how much of it has a year of its own."""
    dated = int(table["due"].fillna("").ne("").sum())
    return (
        f"{min(shown, len(table))} of {len(table)} rows are shown. {dated} name a year or 每年 in the sentence; "
        f"the others may be dated by a heading, which is not "
        f""
        f""
        f""
        f""
        f"used."
    )


def tell_comparison(compared: pd.DataFrame, language: str) -> str:
    """Say which indicators can be compared across county-years, and what stands in the way."""
    if compared.empty:
        return "No comparable indicator of `indicators.yml` is named in these documents."
    groups = compared.groupby(["indicator_id", f"label_{language}", "measure"])[["county", "year"]].apply(
        lambda rows: len(rows.drop_duplicates())
    )
    shared = groups[groups > 1].sort_values(ascending=False, kind="stable")
    if shared.empty:
        return (
            f"{len(groups)} comparable indicators are named, none by more than one county-year in the same "
            f"measure: nothing can be compared across "
            f""
            f""
            f""
            f""
            f"yet."
        )
    names = ", ".join(f"{label} ({measure}, {count})" for (_, label, measure), count in shared.head(6).items())
    return (
        f"{len(shared)} of {len(groups)} indicators and measures are named by more than one county-year: {names}. "
        f"Same name does not mean same definition; check unit and year before "
        f""
        f""
        f""
        f""
        f"comparing."
    )


def tell_money(money: pd.DataFrame) -> str:
    """Say how many sums are named and what may be added."""
    if money.empty:
        return "No sum of public money is named in these documents."
    fixed = money[money["form"] == "sum"]
    return (
        f"{int(money['n_sums'].sum())} sums are named; {int(fixed['n_sums'].sum())} are fixed amounts in yuan and add "
        f"up to {fixed['total_yuan'].sum() / 1e4:,.0f} × 10 000 yuan. "
        "Awards are paid per case and funds per year, so this is what is named, not what will be spent; limits, "
        "standards and rates are not added."
    )


def tell_due(due: pd.DataFrame) -> str:
    """Say how many commitments can be dated."""
    if due.empty:
        return "There is nothing that could fall due."
    dated = due[due["due"].str.fullmatch(r"20\d\d")]
    total = int(due["n_commitments"].sum())
    if dated.empty:
        return f"None of {total} commitments names a year."
    return (
        f"{int(dated['n_commitments'].sum())} of {total} commitments name a year "
        f"({dated['due'].min()}–{dated['due'].max()}). Whether they were kept is not in these "
        f""
        f""
        f""
        f""
        f"documents."
    )


def tell_conflicts(conflicts: pd.DataFrame) -> str:
    """Name the metrics for which one document gives several values."""
    if conflicts.empty:
        return "No document names two values for one metric and year."
    said = "; ".join(f"{row.indicator} {row.values.replace(';', ' / ')} {row.unit}" for row in conflicts.head(8).itertuples())
    return (
        f"{len(conflicts)} metrics carry different values within one document: {said}. Some differ in scope (whose "
        f"rate, which projects), which the sentences below "
        f""
        f""
        f""
        f""
        f"show."
    )


def tell_actors(actors: pd.DataFrame, here: pd.DataFrame) -> str:
    """Say how many departments are named, and for how many units no one is."""
    own = actors.merge(here[["unit_id"]], on="unit_id")
    if own.empty:
        return "No unit of these documents names a department that must act."
    unknown = own.loc[(own["body"].fillna("") == "") & ~own["is_collective"], "department"].nunique()
    return (
        f"{own['department'].nunique()} names in {own['unit_id'].nunique()} units "
        f"({_share(own['unit_id'].nunique(), len(here))}); {int((own['role'] == 'lead').sum())} as lead, "
        f"{int((own['role'] == 'responsible').sum())} as responsible. {unknown} names (companies, towns) are not in "
        f"`departments.yml` and stand as written. "
        "Units without a name are no one's in the text, not in fact."
    )


def tell_centrality(centrality: pd.DataFrame) -> str:
    """Name the best-linked department of each county."""
    if centrality.empty:
        return "No department is named, so there is no network."
    first = centrality[centrality["degree"] > 0].drop_duplicates("county")
    if first.empty:
        return "No two departments are named together, so there is no network."
    said = "; ".join(
        f"{row.county if isinstance(row.county, str) else 'unknown county'}: {row.department} "
        f"(betweenness {row.betweenness:.2f}, {row.degree} partners)"
        for row in first.itertuples()
    )
    return (
        f"Best linked: {said}. The network shows who is named together on paper, and only in counties whose documents name "
        "departments together."
    )


def tell_led(led: pd.DataFrame) -> str:
    """Say which department leads the widest range of tools."""
    if led.empty:
        return "No coded unit names a lead department, so tools cannot be laid beside departments."
    breadth = led.groupby("department")["tool"].nunique().sort_values(ascending=False, kind="stable")
    return (
        f"{led['department'].nunique()} departments lead units with a tool; {breadth.index[0]} leads the widest "
        f"range ({int(breadth.iloc[0])} tools). A department that leads many units need not spend or decide "
        f""
        f""
        f""
        f""
        f"most."
    )
