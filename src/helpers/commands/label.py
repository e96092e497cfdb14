"""`helpers label`: a sample coded by a language model, for the learned coder to learn from or as one more coder."""

import argparse
import re
from pathlib import Path

from helpers import pipeline, store
from helpers.commands.handcoding import worth_of
from helpers.commands.ran import of_run, read_run

_OWN_SEED = 1_000_003  # added to the run's: what people code is another sample


def add_label(commands) -> None:
    """Add `label`."""
    parser = commands.add_parser("label", help="let a language model code a sample: the learned coder then learns from it")
    of_run(parser, "codebook", "seed")
    parser.add_argument("-n", type=int, default=2000, help="units to draw (default: 2000)")
    parser.add_argument("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="one parameter, llm_…")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers that another run has kept")
    parser.add_argument("--more", action="store_true", help="draw a further wave beside the sample that is there")
    parser.add_argument(
        "--active", action="store_true", help="as --more, of sentences that the coder is unsure of, and rare tools"
    )
    parser.add_argument(
        "--sample", action="store_true", help="code the units of handcoding/sample.csv instead, as one coder beside the people"
    )
    parser.set_defaults(command=_label)


def with_answers(given: dict[str, object], answers: Path | None) -> dict[str, object]:
    """Return the parameters with the file of answers that `--answers` names; RunError where there is none."""
    if answers is None:
        return given
    if not answers.is_file():
        raise pipeline.RunError(f"{answers}: no such file; --answers must name the answers that a run has kept")
    return {**given, "llm_answers": str(answers.resolve())}


def _label(options: argparse.Namespace) -> int:
    from helpers import codebook, coding, handcoding
    from helpers.coding import llm
    from helpers.pipeline import parameters

    ran = read_run(options)
    typed = with_answers(parameters.typed(dict(options.p), pipeline.known()), options.answers)
    values = {name: typed.get(name, ran.parameter(name)) for name in pipeline.known()}
    settings, scheme = llm.of_parameters(values), codebook.load(ran.codebook)
    ran.check()
    sample = handcoding.read_sample(_people(ran)) if options.sample else _draw(ran, options, scheme)
    items = list(llm.items_of(ran.folders.processed, set(sample["unit"])))
    prompt = llm.make(scheme, settings.prompt, coding.read_labelled(values["gold_dir"]))
    with ran.folders.alone():
        answers = llm.complete(llm.Asking(settings, prompt, scheme, llm.store_of(ran.folders.processed)), items)
        coded = {item["id"]: a for item, a in zip(items, answers, strict=True) if a is not None and not a.fault}
        lost = len(sample) - len(coded)
        if lost:
            print(f"{lost} of {len(sample)} units have no answer that counts and are left out")
        rows = sample[sample["unit"].isin(coded)].reset_index(drop=True)
        said = [coded[unit] for unit in rows["unit"]]
        rows = rows.assign(statement=[a.statement for a in said], tools=[";".join(a.tools) for a in said], model=settings.model)
        if options.sample:
            path = store.write_csv(_coder_file(ran, settings), rows[["unit", "statement", "tools", "model"]])
            print(f"{path}: {len(rows)} units coded by {settings.model}\nnext: {ran.next('agreement')}")
        else:
            path = store.write_csv(ran.folders.gold / coding.MODEL_FILE, rows)
            print(f"{path}: {len(rows)} units coded by {settings.model}; the learned coder of the next report learns from them")
            print(f"next: {ran.next('report', *_learned(ran))}")
    return 1 if lost else 0


def _learned(ran: pipeline.Made) -> tuple[str, ...]:
    """Return what makes the next report use the learned coder where the run had another."""
    return () if ran.parameter("coder") == "learned" else ("-p", "coder", "learned")


def _people(ran: pipeline.Made) -> Path:
    from helpers import handcoding

    path = ran.folders.handcoding / "sample.csv"
    if not path.exists():
        raise handcoding.SampleError(f"{path}: there is no sample; run `{ran.next('sample')}` first")
    return path


def _draw(ran: pipeline.Made, options: argparse.Namespace, scheme):
    """Return the sample to be coded, with the probability of each unit."""
    from helpers import coding, handcoding

    path, before, worth, more = ran.folders.gold / coding.MODEL_FILE, None, None, options.more or options.active
    if path.exists() != more:
        said = (
            "is there already; move it away, or draw a further wave with --more"
            if path.exists()
            else f"is not there; leave out {'--active' if options.active else '--more'}"
        )
        raise handcoding.SampleError(f"{path}: {said}")
    if more:
        before = handcoding.read_sample(path).drop(columns=["statement", "tools", "model"])
    units, documents = (store.read_table(ran.folders.processed, name) for name in ("units", "documents"))
    worth = worth_of(ran, units, scheme) if options.active else None
    return handcoding.draw(units, documents, options.n, int(ran.parameter("seed")) + _OWN_SEED, before, worth)


def _coder_file(ran: pipeline.Made, settings) -> Path:
    """Return the coder's file of a model; another temperature or prompt of it is another coder (a replicate)."""
    other = [f"t{settings.temperature:g}"] if settings.temperature else []
    other += [Path(settings.prompt).stem] if Path(settings.prompt).name != Path(type(settings).prompt).name else []
    words = [re.sub(r"[^0-9A-Za-z]+", "", word)[:40] for word in (settings.model, *other)]
    return ran.folders.handcoding / f"coder_{'_'.join(filter(None, words)) or 'model'}.csv"
