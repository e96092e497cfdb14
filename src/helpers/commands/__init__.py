"""What each command of the command line does; `__main__` only parses and catches."""

from helpers.commands.handcoding import add_agreement, add_sample
from helpers.commands.intrusion import add_intrusion
from helpers.commands.label import add_label
from helpers.commands.own import add_check, add_new
from helpers.commands.preanalysis import add_preanalysis
from helpers.commands.qda import add_export_qda, add_import_qda
from helpers.commands.render import add_dictionary, add_docs, add_export, add_paper, add_pdf
from helpers.commands.report import add_report

ADD = (
    add_report,
    add_new,
    add_check,
    add_sample,
    add_preanalysis,
    add_agreement,
    add_intrusion,
    add_label,
    add_export_qda,
    add_import_qda,
    add_export,
    add_pdf,
    add_paper,
    add_docs,
    add_dictionary,
)

__all__ = ["ADD"]
