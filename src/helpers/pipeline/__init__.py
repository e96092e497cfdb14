"""Which notebook needs what; runs them through papermill; what need not run again does not.

Engines compared first: pytask with pytask-parallel, doit, Snakemake. Each would order, skip and parallelise; each leaves
to us what this module is made of, typed parameters, one-line errors, exit statuses, a kernel's environment and the
record of checksums, and brings a dozen packages (SQLAlchemy with pytask) and a state file of its own. What they would
take over is the standard library's graphlib and a thread pool here, some thirty lines.
"""

from helpers.pipeline.beforehand import check as check_parameters
from helpers.pipeline.folders import Folders, NothingToReport, RunError
from helpers.pipeline.made import Made, command, made
from helpers.pipeline.notebooks import NAMES, NEEDS, NotebookError
from helpers.pipeline.parameters import ParameterError
from helpers.pipeline.run import Run, known, quarantined, versions

__all__ = [
    "NAMES", "NEEDS", "Folders", "Made", "NotebookError", "NothingToReport", "ParameterError", "Run", "RunError",
    "check_parameters", "command", "known", "made", "quarantined", "versions",
]  # fmt: skip
