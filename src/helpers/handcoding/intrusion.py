"""Tests of topics by people: sheets out, answers back, scored against the key that the run keeps apart.

Chang, Boyd-Graber, Gerrish, Wang & Blei (2009), NIPS 22: who finds the word that does not belong has understood the topic.
"""

import unicodedata
from pathlib import Path

import pandas as pd

from helpers import intervals, rows, store
from helpers.handcoding.sample import SampleError

TESTS = ("word_intrusion", "topic_intrusion")
_SHOWN = ("word_", "option_")


def sheets(folder: Path, test: str) -> dict[str, Path]:
    """Return who has a sheet of a test, and where: `word_intrusion_A.csv` is A's."""
    return {path.stem.removeprefix(f"{test}_"): path for path in sorted(folder.glob(f"{test}_*.csv"))}


def write(folder: Path, tables: dict[str, pd.DataFrame], people: list[str]) -> list[Path]:
    """Write one sheet a test and person; SampleError where one is there already, and nothing is written."""
    paths = {folder / f"{test}_{name}.csv": test for test in TESTS if len(tables[test]) for name in people}
    if kept := [path.name for path in paths if path.exists()]:
        raise SampleError(f"{folder}: {kept[0]} is there already and may hold answers; move it away first")
    return [store.write_csv(path, tables[test]) for path, test in paths.items()]


def read(path: Path, sheet: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    """Return (number that was answered, by item; what could not be read, a sentence each).

    An answer is the number of a word or option, or the word itself; an empty cell is no answer. Raises SampleError where the
    file is no sheet of these topics.
    """
    found = rows.read(path)
    shown = [column for column in sheet.columns if column.startswith(_SHOWN)]
    if not {"item", "answer", *shown} <= set(found.columns):
        raise SampleError(f"{path.name}: is no sheet of this test; use the file that `intrusion` wrote")
    asked = sheet.assign(item=sheet["item"].astype(str)).set_index("item")
    answers, problems = {}, []
    for line, row in enumerate(found.to_dict("records"), start=2):
        item, said = row["item"].strip(), _plain(row["answer"])
        if item not in asked.index or [_plain(row[c]) for c in shown] != [_plain(asked.at[item, c]) for c in shown]:
            raise SampleError(f"{path.name}, row {line}: is of other topics than those of the run; move the file away")
        options = [_plain(row[column]) for column in shown]
        number = options.index(said) + 1 if said in options else int(said) if said.isdecimal() else 0
        if 1 <= number <= len(options):
            answers[int(item)] = number
        elif said:
            problems.append(f"{path.name}, row {line}: “{row['answer']}” is none of the {len(options)} that are asked about")
    return pd.Series(answers, dtype=int), problems


def scored(answers: pd.Series, sheet: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Return a row a topic and one for all (topic 0): n answered, n_hit, share, ci_low and ci_high (Wilson, 95%)."""
    joined = key.merge(sheet, on="item").assign(answer=lambda f: f["item"].map(answers)).dropna(subset="answer")
    hit = [_right(row) == int(row["answer"]) for row in joined.to_dict("records")]
    counted = pd.DataFrame({"topic": joined["topic"], "hit": pd.Series(hit, index=joined.index, dtype=bool)})
    counted = pd.concat([counted, counted.assign(topic=0)])
    found = counted.groupby("topic")["hit"].agg(n="size", n_hit="sum").reset_index()
    low, high = intervals.wilson(found["n_hit"], found["n"])
    return found.assign(share=found["n_hit"] / found["n"], ci_low=low, ci_high=high)


def _right(row: dict) -> int:
    """Return the number of what does not belong; the key names the word, or the number of the option."""
    words = [row[column] for column in row if column.startswith("word_")]
    return words.index(row["intruder"]) + 1 if words else int(row["intruder"])


def _plain(cell) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip().lstrip("'")
