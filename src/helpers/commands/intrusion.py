"""`helpers intrusion`: people test the topics; the first call writes their sheets, the next one scores what they answered."""

import argparse

from helpers import store
from helpers.commands.handcoding import people
from helpers.commands.ran import of_run, read_run


def add_intrusion(commands) -> None:
    """Add `intrusion`."""
    parser = commands.add_parser("intrusion", help="write sheets with which people test the topics; later, score their answers")
    of_run(parser)
    parser.add_argument("--coders", default="A", help="names of those who answer, comma between (default: A)")
    parser.set_defaults(command=_intrusion)


def _intrusion(options: argparse.Namespace) -> int:
    import pandas as pd

    from helpers.handcoding import intrusion

    ran = read_run(options)
    folder, names = ran.folders.handcoding, people(options.coders)
    ran.check()
    tables = {name: store.read_table(ran.folders.processed, name) for test in intrusion.TESTS for name in (test, f"{test}_key")}
    there = [(test, who, path) for test in intrusion.TESTS for who, path in intrusion.sheets(folder, test).items()]
    if not any(len(tables[test]) for test in intrusion.TESTS):
        print("the run has no topics that people could be asked about: there are too few passages")
        return 1
    if not there:
        for path in intrusion.write(folder, tables, names):
            print(path)
        print("answer: the number of the word, or of the option, that does not belong (1, 2, …)")
        print(f"next, when they are filled in: {ran.next('intrusion')}")
        return 0
    found, problems = [], []
    for test, who, path in there:
        answers, unread = intrusion.read(path, tables[test])
        problems += unread
        result = intrusion.scored(answers, tables[test], tables[f"{test}_key"])
        found.append(result.assign(coder=who, test=test)[["coder", "test", *result.columns]])
        of = f"{len(answers)} of {len(tables[test])} answered"
        for row in result[result["topic"] == 0].to_dict("records"):
            of += f", {row['n_hit']} found: {row['share']:.2f} [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
        print(f"{path.name}: {of}")
    for line in problems:
        print(line)
    print(store.write_csv(folder / "intrusion.csv", pd.concat(found, ignore_index=True)))
    print("by guessing, a word is found in one of six and a topic in one of four")
    print(f"next: {ran.next('report')}")
    return 1 if problems else 0
