"""The long versions of the simulations of the tests: `make simulate` writes docs/VALIDATION.md. Twenty minutes of one core."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import covers
import numpy as np
import pandas as pd
import published
import test_compare
import test_intervals_lifts as lifted
import test_model_corrected as model
import test_shares_correction as correction
import test_shares_panel as panel
import test_topics_elsewhere as elsewhere
import test_topics_seeded as seeded
import test_validity_agreement as agreement
from numpy.random import default_rng

from helpers import compare, corpus, topics
from helpers.validity.agreement import cohen_kappa, draws, estimate

Row = tuple[str, int, str, float, str]  # design, runs, what is measured, its value, what is asked
COVER, FALSE = ".93 or more", ".06 or less"


def sizes(n: int, units: tuple[int, int], gold: tuple[int, int]) -> dict[str, tuple[int, int]]:
    rng = default_rng(n)
    return {f"d{i:03d}": (int(rng.integers(*units)), int(rng.integers(gold[0], gold[1] + 1))) for i in range(n)}


def corrected_shares(scale: float) -> Iterator[Row]:
    """Shares corrected for coding error (`tool_shares`): ten tools, truth and coder differ between documents"""
    designs = {
        "5 documents, 32 to 60 gold sentences each (as shipped)": (correction.SHIPPED, 100, {}),
        "5 documents, 4 to 6 gold sentences each": (sizes(5, (70, 300), (4, 6)), 100, {}),
        "8 documents, 20 gold sentences each, sections alike": (sizes(8, (70, 300), (20, 20)), 60, {"alike": 5}),
        "30 documents, 1 to 60 gold sentences each": (sizes(30, (70, 300), (1, 60)), 40, {}),
        "60 documents, 1 gold sentence each": (sizes(60, (70, 300), (1, 1)), 40, {}),
        "60 documents, 1 to 4 gold sentences each": (sizes(60, (70, 300), (1, 4)), 40, {}),
        "100 documents, `sample -n 200`, sections alike": (sizes(100, (20, 200), (1, 1)), 40, {"sampled": 200, "alike": 5}),
        "300 documents, `sample -n 200`": (sizes(300, (20, 200), (1, 1)), 30, {"sampled": 200}),
        "300 documents, `sample -n 600`": (sizes(300, (20, 200), (1, 1)), 20, {"sampled": 600}),
    }
    for name, (design, runs, more) in designs.items():
        runs = max(2, round(scale * runs))
        yield from _beside_codes(name, runs, correction.corpora(design, runs, 0.5, **more))


def model_codes(scale: float) -> Iterator[Row]:
    """Shares corrected where a biased language model coded (`coder: llm`, asked over HTTP): five tools, errors of their own"""
    for name, sizes_, n_gold, worlds, active in (
        ("4 documents, `sample -n 90`", [120, 90, 150, 70], 90, 6, 0),
        ("4 documents, `sample -n 60`, `--active -n 60`", [120, 90, 150, 70], 60, 6, 60),
        ("40 documents, `sample -n 80`", [40 + 7 * i % 61 for i in range(40)], 80, 4, 0),
    ):
        draws, worlds = max(2, round(scale * 50)), max(2, round(scale * worlds))
        with TemporaryDirectory() as folder:
            found = model.corrected(Path(folder), sizes_, n_gold, worlds, draws, active)
        yield from _of_shares(name, worlds * draws, found)


def chosen_sentences(scale: float) -> Iterator[Row]:
    """Shares corrected by gold sentences that were partly chosen (`sample --active`): where the coder seems to err"""
    for name, design, more in (
        ("5 documents, `sample -n 120`, `--active -n 100`", correction.SHIPPED, {"sampled": 120, "active": 100}),
        ("100 documents, `sample -n 200`, `--active -n 100`", sizes(100, (20, 200), (1, 1)), {"sampled": 200, "active": 100}),
    ):
        runs = max(2, round(scale * 60))
        yield from _of_shares(name, runs, correction.corpora(design, runs, 0.5, **more))


def _of_shares(name: str, runs: int, found: pd.DataFrame) -> Iterator[Row]:
    cells, whole = found[found["county"].notna()], found[found["county"].isna()]
    off = whole.groupby("tool")[["share", "corrected_share", "true"]].mean()
    yield name, runs, "cover of 95 % intervals, county-years", cells["covered"].mean(), COVER
    yield name, runs, "cover of 95 % intervals, the whole", whole["covered"].mean(), COVER
    yield name, runs, "mean error of the whole, corrected, worst tool", (off["corrected_share"] - off["true"]).abs().max(), ""
    yield name, runs, "the same, as coded", (off["share"] - off["true"]).abs().max(), ""


def false_differences(scale: float) -> Iterator[Row]:
    """Differences (`differences`) where there is none: tables that show one"""
    for name, design in {
        "5 documents as shipped, corrected shares, the same true shares": correction.SHIPPED,
        "20 documents of 20 gold sentences, corrected, the same true shares": sizes(20, (100, 300), (20, 20)),
        "40 documents of 1 to 6 gold sentences, corrected, the same true shares": sizes(40, (100, 300), (1, 6)),
    }.items():
        runs, shown = max(2, round(scale * 100)), 0
        docs = correction.documents(*[(d, f"县{d}", 2017) for d in design]).assign(
            n_units=[n for n, _ in design.values()], county_code=[f"43{i:04d}" for i in range(len(design))]
        )
        none = pd.DataFrame(columns=[*compare.GROUP, "topic", "share", "ci_low", "ci_high"]).astype(
            dict.fromkeys(("share", "ci_low", "ci_high"), float)
        )
        for _, rows in correction.corpora(design, runs, 0.5, even=True).groupby("run"):
            rows = rows[rows["county"].notna()]
            found = compare.pairwise(compare.shares_long(rows, none), docs)
            shown += bool(found["differs"].fillna(False).any())
        yield name, runs, "tables with a false `differs`", shown / runs, FALSE
    for counties, each in [(4, 3), (6, 6), (12, 4), (20, 5)]:
        rng, runs, shown = default_rng(5), max(2, round(scale * 150)), 0
        for _ in range(runs):
            docs, by_document, cells = test_compare.null_corpus(rng, counties, each)
            found = compare.pairwise(cells, docs, by_document=by_document)
            shown += bool(found["beyond_differs"].fillna(False).any() or found["differs"].fillna(False).any())
        yield (
            f"{counties} counties of {each} documents, one process, no gold",
            runs,
            "tables with a false `beyond_differs`",
            shown / runs,
            FALSE,
        )


def false_trends(scale: float) -> Iterator[Row]:
    """Trends (`trends`) where there is none but a shock common to a year: tests that reject"""
    for years, counties, shock in [(9, 30, 0.03), (9, 8, 0.03), (5, 12, 0.02), (9, 30, 0.0), (4, 6, 0.02), (3, 30, 0.02)]:
        rng, runs, tested, changed = default_rng(11), max(2, round(scale * 40)), [], 0
        for _ in range(runs):
            found = test_compare.campaign(rng, years, counties, shock)
            tested += (found.loc[found["scope"] == "all", "p_value"] < 0.05).tolist()
            changed += bool(found["changes"].any())
        design = f"{counties} counties, {years} years, shock of {100 * shock:.0f} points"
        yield design, runs, "single tests of five codes that reject", float(np.mean(tested)), FALSE
        yield design, runs, "tables with a false `changes`", changed / runs, FALSE


def agreement_intervals(scale: float) -> Iterator[Row]:
    """Agreement (`agreement`, `validity_agreement`): intervals of κ"""
    for n_documents, each, spread in [
        (5, 40, 0.0),
        (5, 40, 0.8),
        (12, 17, 0.8),
        (40, 5, 0.8),
        (100, 2, 0.8),
        (200, 1, 0.0),
        (300, 1, 0.8),
    ]:
        rng, runs, held = default_rng(7), max(2, round(scale * 300)), []
        _, one, two = agreement.two_codings(rng, 60_000, 8, spread)
        true = cohen_kappa(one, two)
        for run in range(runs):
            documents, one, two = agreement.two_codings(rng, n_documents, each, spread)
            drawn = draws(documents, 200, run)
            _, low, high = estimate(lambda w, a=one, b=two: cohen_kappa(a, b, w), np.ones(len(one)), drawn, -1.0)
            held.append(low <= true <= high)
        alike = "documents differ" if spread else "documents alike"
        yield (
            f"{n_documents} documents of {each} units, {alike}",
            runs,
            "cover of 95 % intervals of κ",
            float(np.mean(held)),
            COVER,
        )


def regression(scale: float) -> Iterator[Row]:
    """Regression on pseudo-outcomes (`unit_outcomes`), the coder erring with the regressor"""
    for n in (20, 40, 120):
        runs = max(2, round(scale * 200))
        found = panel.slopes(n, runs)
        for outcome, what in (("outcome", "pseudo-outcomes"), ("as_coded", "shares as coded")):
            aim = COVER if outcome == "outcome" else ""
            yield (
                f"{n} counties, 10 gold sentences each",
                runs,
                f"cover of the slope, {what}",
                float(np.mean(found[outcome])),
                aim,
            )


def topic_shares(scale: float) -> Iterator[Row]:
    """Topic shares (`topic_shares`): sections resampled and the model refitted"""
    for sections in (4, 8, 15, 40):
        runs = max(4, round(scale * 40))
        held, without = seeded.covers(sections, runs)
        design, of = f"2 county-years of {sections} sections, five fields", "of the share that the model gives on average"
        yield design, runs, f"cover of 95 % intervals {of}", held, COVER
        yield design, runs, "the same, were the model not refitted", without, ""


def no_topics(scale: float) -> Iterator[Row]:
    """Topics of shuffled words"""
    runs = max(2, round(scale * 4))
    for shuffle in (False, True):
        stable, carried = [], []
        for run in range(runs):
            _, single, _ = seeded.measured(seeded.planted(160, shuffle, 8 + run)[0])
            stable.append(single["stability"].mean())
            carried.append(single["stable"].sum())
        design = "160 passages, words shuffled" if shuffle else "160 passages, four planted fields of five"
        yield (
            design,
            runs,
            "mean stability corrected for chance",
            float(np.mean(stable)),
            ".20 or less" if shuffle else ".70 or more",
        )
        yield design, runs, "mean number of fields carried", float(np.mean(carried)), "0" if shuffle else "4"


def topics_elsewhere(scale: float) -> Iterator[Row]:
    """Default topics of invented documents (`tests/fixtures`: `counties`, `second_author`, `third_author`)"""
    counties = corpus.build(elsewhere.COUNTIES, n_jobs=1)
    designs = {f"five documents, {design}": elsewhere.prepared_of(counties, names) for design, names in elsewhere.FIVES.items()}
    designs["fifteen documents"] = elsewhere.prepared_of(counties, sum(elsewhere.FIVES.values(), ()))
    for author in elsewhere.OTHERS:
        designs[f"five documents, {author.replace('_', ' ')}, who saw no seed words"] = elsewhere.prepared_by(author)
    for documents, prepared in designs.items():
        fitted, single = elsewhere.measured(prepared, max(10, round(20 * scale)))
        carried = single.loc[single["stable"], "stability"]
        _, by_chance = elsewhere.measured(elsewhere.shuffled_words(prepared), 6)
        by_seeds, learned = topics.agreements(prepared, fitted, 1)
        settled, settled_fit, reading, _ = topics.settle(prepared, fitted, single)
        refitted = topics.refits(settled, settled_fit, reading.topic, 1, max(10, round(20 * scale)))
        yield documents, 1, "fields carried, of fifteen", float(len(carried)), ""
        yield documents, 1, "mean stability of the topics published", float(carried.mean()), ".70 or more"
        yield documents, 1, "the same of all fields", float(single["stability"].mean()), ""
        yield documents, 1, "the same of all fields, words shuffled", float(by_chance["stability"].mean()), ".20 or less"
        yield documents, 1, "agreement of sentences between refits (adjusted Rand index)", refitted.agreement, ".60 or more"
        yield documents, 1, "the same, words shuffled: what seed words give by themselves", by_seeds, ""
        yield documents, 1, "agreement of sentences without seed words, above shuffled", learned, ".60 or more"


def lift_intervals(scale: float) -> Iterator[Row]:
    """Lifts of topics and tools (`topic_tools`, `tool_stages`): sections whose sentences are alike"""
    for sections, spread in [(8, 0.8), (25, 0.8), (25, 0.0), (120, 0.8), (400, 0.8)]:
        runs, alike = max(4, round(scale * 200)), "alike" if spread else "not alike"
        held = lifted.covers(sections, spread, runs)
        yield f"{sections} sections, sentences of a section {alike}", runs, "cover of 95 % intervals of lifts", held, COVER


def scores_of_coders(scale: float) -> Iterator[Row]:
    """Scores of a coder (`validity_agreement`, `validity_tools`; those of `validity_groups`, `validity_coders` are made alike)"""
    for n_documents, each, spread in [(5, 40, 0.8), (5, 40, 0.0), (12, 17, 0.8), (40, 5, 0.8), (200, 1, 0.8), (300, 2, 0.8)]:
        runs = max(2, round(scale * 100))
        found = covers.scores_covered(n_documents, each, spread, runs)
        alike = "documents differ" if spread else "documents alike"
        for of, held in found.groupby("of")["covered"]:
            yield f"{n_documents} documents of {each} units, {alike}", runs, f"cover of 95 % intervals, {of}", held.mean(), COVER


def area_intervals(scale: float) -> Iterator[Row]:
    """Shares of provinces and years (`area_shares`): counties of unequal size that differ"""
    for n_counties in (2, 3, 5, 12, 30):
        runs = max(4, round(scale * 200))
        held = covers.areas_covered(n_counties, runs)
        yield f"{n_counties} counties", runs, "cover of 95 % intervals, for counties like these", held, COVER


def beyond_intervals(scale: float) -> Iterator[Row]:
    """Differences between documents like these (`beyond_low`, `beyond_high`): one process, no gold"""
    for counties, each in [(4, 3), (6, 6), (12, 4), (20, 5)]:
        runs = max(2, round(scale * 40))
        held = covers.contrasts_covered(test_compare.null_corpus, counties, each, runs)
        yield f"{counties} counties of {each} documents", runs, "cover of 95 % intervals", held, COVER


def coded_intervals(scale: float) -> Iterator[Row]:
    """Shares as coded, no gold (`tool_shares`): sentences of a section and of a document are alike"""
    for documents, sections in [(1, 8), (1, 25), (1, 80), (5, 15), (12, 10), (60, 6), (200, 4), (300, 4)]:
        runs = max(4, round(scale * 200))
        held = covers.as_coded_covered(documents, sections, runs)
        of = (
            f"{documents} documents of {sections} sections"
            if documents > 1
            else f"sections like those of one document with {sections}"
        )
        yield of, runs, "cover of 95 % intervals", held["covered"].mean(), COVER
        yield of, runs, "the same, were sentences independent", held["plain"].mean(), ""


def statement_intervals(scale: float) -> Iterator[Row]:
    """What sentences do (`statement_shares`): four kinds that add up to one, corrected alike"""
    for name, design in {
        "5 documents, 32 to 60 gold sentences each": correction.SHIPPED,
        "5 documents, 5 gold sentences each": sizes(5, (70, 300), (5, 5)),
        "30 documents, 1 to 4 gold sentences each": sizes(30, (70, 300), (1, 4)),
    }.items():
        runs = max(2, round(scale * 100))
        yield from _beside_codes(name, runs, covers.statements(design, runs))


def _beside_codes(name: str, runs: int, found: pd.DataFrame) -> Iterator[Row]:
    cells, whole = found[found["county"].notna()], found[found["county"].isna()]
    yield name, runs, "cover of 95 % intervals, county-years", cells["covered"].mean(), COVER
    yield name, runs, "cover of 95 % intervals, the whole", whole["covered"].mean(), COVER
    yield name, runs, "root mean square error, corrected", correction.rmse(cells, "corrected_share"), "as coded + .01 or less"
    yield name, runs, "root mean square error, as coded", correction.rmse(cells, "share"), ""
    by = "tool" if "tool" in cells else "statement"
    worse = [correction.rmse(rows, "corrected_share") - correction.rmse(rows, "share") for _, rows in cells.groupby(by)]
    yield name, runs, f"the same, corrected less as coded, worst {by}", max(worse), ".01 or less"


def as_a_user(scale: float) -> Iterator[Row]:
    """Tables of folders taken the way of a user (`report`, `sample`, gold sheet, `report`): six tools of two types"""
    for name, design in published.DESIGNS.items():
        runs = max(2, round(scale * 12))
        rows, alarms = published.pooled(design, runs)
        for what, of in published.NAMED.items() if design.gold else ():
            yield name, runs, f"cover of 95 % intervals, {of}", rows.loc[rows["what"] == what, "covered"].mean(), COVER
        cells = rows[rows["what"] == "cell"]
        errors = {column: published.rmse(cells, column) for column in ("value", "coded")}
        if design.gold:
            yield name, runs, "root mean square error, corrected", errors["value"], "as coded + .01 or less"
            yield name, runs, "root mean square error, as coded", errors["coded"], ""
        for flag in design.nothing:
            yield name, runs, f"tables with a false `{flag}`", alarms[flag].mean(), FALSE


STUDIES = (
    as_a_user,
    corrected_shares,
    coded_intervals,
    statement_intervals,
    model_codes,
    chosen_sentences,
    false_differences,
    beyond_intervals,
    false_trends,
    area_intervals,
    agreement_intervals,
    scores_of_coders,
    regression,
    topic_shares,
    lift_intervals,
    no_topics,
    topics_elsewhere,
)
HEAD = (Path(__file__).parent / "fixtures" / "validation.md").read_text(encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "docs" / "VALIDATION.md")
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer runs of each design (default 1)")
    parser.add_argument(
        "--only",
        default="",
        help="studies to run, the others stay as written; comma between: " + ", ".join(s.__name__ for s in STUDIES),
    )
    options = parser.parse_args()
    asked, found = {name for name in options.only.split(",") if name}, {}
    if asked and options.out.exists():  # sections that are not asked for stay as they are
        found = {part.partition("\n")[0]: part for part in options.out.read_text(encoding="utf-8").split("\n## ")[1:]}
    for study in STUDIES:
        if asked and study.__name__ not in asked:
            continue
        lines = [study.__doc__, "", f"At {options.scale:g} of the full length.", ""]
        lines += ["| design | runs | what | value | asked |", "|---|---|---|---|---|"]
        for design, runs, what, value, aim in study(options.scale):
            lines.append(f"| {design} | {runs} | {what} | {f'{round(value, 3) + 0.0:.3f}'.removeprefix('0')} | {aim} |")
            print(lines[-1], flush=True)
        found[study.__doc__] = "\n".join(lines) + "\n"
    parts = [found[study.__doc__] for study in STUDIES if study.__doc__ in found]
    options.out.write_text("\n## ".join([HEAD, *parts]), encoding="utf-8")


if __name__ == "__main__":
    main()
