"""What kernels find ready beside imported modules: texts, a font, word lists, the shipped codebook, read once for all.

The process that kernels are forked from imports this module last, with WARM in its environment (see `pipeline.kernels`).
"""

import gc
import os
from contextlib import suppress

from helpers.pipeline.absent import absent

WARM = "HELPERS_WARM"


def ready() -> None:
    """Read what most notebooks read, then set all of it apart from what kernels clean up, so that they share its memory."""
    from helpers import codebook, language, plots, segment, store
    from helpers.codebook.match import matcher

    def scheme() -> None:
        read = codebook.load(store.PROJECT_ROOT / codebook.loader.SHIPPED)
        matcher(read.entries), matcher(read.statement_entries)

    for reads in (
        _without_debugger,
        lambda: [None for _ in language.entries()],
        lambda: language.place("湘阴县", "en"),
        plots.use_style,
        lambda: segment.tokens.cutter("rjieba", segment.default_lexicon()),
        scheme,
    ):
        with suppress(Exception):  # what cannot be read is said by the notebook that reads it
            reads()
    gc.collect()
    gc.freeze()


def _without_debugger() -> None:
    """Let kernels start without a debugger: nobody can attach to those of a run."""
    with absent("debugpy"):
        import ipykernel.debugger  # noqa: F401


if WARM in os.environ:
    ready()
