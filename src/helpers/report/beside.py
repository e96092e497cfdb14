"""Work done in a forked process beside this one, where that is safe: parts of a report do not wait for each other."""

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from helpers import engine

R = TypeVar("R")


def beside(call: Callable[[], R]) -> Callable[[], R]:
    """Begin `call` in a fork of this process; return a function that waits for its result.

    Where nothing is gained or forking is not safe (one core, macOS, Windows, a connection to Spark), the call is made when its
    result is asked for.
    """
    if not engine.forks() or os.cpu_count() == 1:
        return call
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def work() -> None:
        ours.close()  # else a run that is killed would leave this process waiting for itself to read
        with suppress(Exception):  # called again where the result is asked for, what is wrong shows there
            theirs.send(call())

    engine.give_back()
    process = context.Process(target=work, daemon=True)
    process.start()
    theirs.close()

    def result() -> R:
        try:
            return ours.recv()
        except EOFError:
            return call()
        finally:
            process.join()

    return result
