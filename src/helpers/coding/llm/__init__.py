"""A language model as coder: the prompt as data, answers kept for ever, every answer checked, one address called."""

from helpers.coding.llm.answers import Answer, Answers
from helpers.coding.llm.ask import Asking, complete
from helpers.coding.llm.given import CODER, DOUBTS, Given, given, items_of, store_of
from helpers.coding.llm.prompt import Prompt, make
from helpers.coding.llm.settings import ModelError, Settings, of_parameters

__all__ = [
    "CODER", "DOUBTS", "Answer", "Answers", "Asking", "Given", "ModelError", "Prompt", "Settings", "complete", "given",
    "items_of", "make", "of_parameters", "store_of",
]  # fmt: skip
