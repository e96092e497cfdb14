"""What kernels find ready: modules imported, texts, a font, word lists and the shipped codebook read, once for all.

The process that kernels are forked from imports this module, with WARM in its environment (see `pipeline.kernels`).
"""

import gc
import os
from contextlib import ExitStack, suppress
from importlib import import_module

from helpers.pipeline.absent import absent

WARM = "HELPERS_WARM"
# Not one of them starts a thread or opens a socket when it is imported.
_IMPORTED = (
    "IPython.display", "ipykernel.ipkernel", "ipykernel.kernelapp", "pypinyin", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "pandas", "pyarrow.parquet",
    "pyarrow.dataset", "duckdb", "seaborn",
    "helpers.coding", "helpers.commitments", "helpers.compare", "helpers.corpus", "helpers.plots", "helpers.topics",
    "helpers.shares", "helpers.terms", "helpers.validity", "helpers.pipeline.kernels", "ipykernel.debugger",
)  # fmt: skip
# Nobody can attach a debugger to the kernels of a run; seaborn's density curves, of which there are none, alone want the other.
_UNUSED = ("debugpy", "scipy.stats")


def ready() -> None:
    """Import what notebooks import, read what most read, and set it apart from what kernels clean up: they share its memory."""
    with ExitStack() as hidden:
        for name in _UNUSED:
            hidden.enter_context(absent(name))
        for name in _IMPORTED:
            with suppress(ImportError):  # what cannot be imported is said by the notebook that needs it
                import_module(name)

    from helpers import codebook, language, plots, segment, store
    from helpers.codebook.match import matcher

    def scheme() -> None:
        read = codebook.load(store.PROJECT_ROOT / codebook.loader.SHIPPED)
        matcher(read.entries), matcher(read.statement_entries)

    for reads in (
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


if WARM in os.environ:
    ready()
