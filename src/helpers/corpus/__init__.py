"""Files on disk → documents, units, repairs and quarantine; the only module that opens raw files."""

from helpers.corpus import summaries
from helpers.corpus.blocks import Block, Content, LeftOut, Unreadable
from helpers.corpus.build import Corpus, Written, build, write
from helpers.corpus.files import document_ids, list_files
from helpers.corpus.manifest import COLUMNS as MANIFEST_COLUMNS
from helpers.corpus.manifest import Row as ManifestRow
from helpers.corpus.manifest import manifest_file, read_manifest, recorded_name
from helpers.corpus.near_duplicates import near_duplicates
from helpers.corpus.process import Task
from helpers.corpus.readers import read
from helpers.corpus.remember import outcome
from helpers.corpus.select import SelectionError, reported, select, shown, shown_again

__all__ = [
    "MANIFEST_COLUMNS",
    "Block",
    "Content",
    "Corpus",
    "LeftOut",
    "ManifestRow",
    "SelectionError",
    "Task",
    "Unreadable",
    "Written",
    "build",
    "document_ids",
    "list_files",
    "manifest_file",
    "near_duplicates",
    "outcome",
    "read",
    "read_manifest",
    "recorded_name",
    "reported",
    "summaries",
    "select",
    "shown",
    "shown_again",
    "write",
]
