"""Which model is asked, where and how: the parameters `llm_*` of 03_tools, and what is wrong with them."""

import math
import os
import re
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from helpers.asked import ParameterError, Refused

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
# A name that is not set here must look like one, not like a key.
_CONVENTION = re.compile(r"(?=.{3,64}$)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MOST = {"batch": 200, "concurrency": 64}


class ModelError(Refused):
    """The language model could not be asked to the end; one line: what, where, what to do."""


@dataclass(frozen=True)
class Settings:
    """The parameters `llm_*`: `url` of the endpoint ("": nobody is asked, answers are replayed), `model`, `key_env` (the name
    of the environment variable that holds the key), units a request, requests at once, tokens a run may use (0: any number),
    temperature, the template file of the prompt, a file of answers of another run."""

    url: str = ""
    model: str = ""
    key_env: str = ""
    batch: int = 10
    concurrency: int = 4
    budget: int = 5_000_000
    temperature: float = 0.0
    prompt: str = "data/codebook/llm_prompt.yml"
    answers: str = ""

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise ParameterError("coder llm needs the parameter llm_model: the model's name as the endpoint knows it")
        self._check_numbers()
        self._check_url()
        self._check_key()

    def _check_numbers(self) -> None:
        for name, most in _MOST.items():
            if not 1 <= getattr(self, name) <= most:
                raise ParameterError(f"parameter llm_{name} must be from 1 to {most}, not {getattr(self, name)}")
        if self.budget < 0:
            raise ParameterError(f"parameter llm_budget is a number of tokens, 0 for no limit, not {self.budget}")
        if not (math.isfinite(self.temperature) and 0 <= self.temperature <= 2):
            raise ParameterError(f"parameter llm_temperature must be from 0 to 2, not {self.temperature}")

    def _check_url(self) -> None:
        if not self.url:
            return
        try:
            parts = urlsplit(self.url)
            good = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and (parts.port or 1) > 0
            good = good and self.url.isprintable() and " " not in self.url
        except ValueError:
            good = False
        if not good:
            raise ParameterError("parameter llm_url must be an address such as http://localhost:11434/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ParameterError(
                "parameter llm_url must hold no user, password or query: it is recorded; a key goes by llm_key_env"
            )

    def _check_key(self) -> None:
        name = self.key_env  # never said: somebody may have put the key itself there
        if name and not (_NAME.fullmatch(name) and (name in os.environ or _CONVENTION.fullmatch(name))):
            raise ParameterError(
                "parameter llm_key_env must be the name of an environment variable that holds the key, not the key"
            )

    @property
    def host(self) -> str:
        """Return the endpoint's host and port, as it is named in messages."""
        return urlsplit(self.url).netloc

    def key(self) -> str:
        """Return the key; ModelError where its variable is empty."""
        if not self.key_env:
            return ""
        found = os.environ.get(self.key_env, "").strip()
        if not found or not found.isascii() or not found.isprintable():
            raise ModelError(f"the environment variable {self.key_env} holds no key: set it, or leave llm_key_env empty")
        return found


def _is_host(name: str) -> bool:
    """Tell whether a name can be that of a machine: words with points between, or an address of IPv6."""
    if ":" in name:
        return bool(re.fullmatch(r"[0-9a-f:.]+(?:%[\w.-]+)?", name))
    return all(re.fullmatch(r"[\w-]{1,63}", part) for part in name.removesuffix(".").split("."))


def of_parameters(values: dict[str, object]) -> Settings:
    """Return the settings among parameters (`llm_url` …); raise ParameterError where one cannot be met."""
    return Settings(**{f.name: values[f"llm_{f.name}"] for f in fields(Settings) if f"llm_{f.name}" in values})
