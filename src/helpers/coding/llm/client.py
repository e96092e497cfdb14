"""The endpoint: one request of the OpenAI chat protocol to the configured address, repeated as the endpoint asks for it.

httpx carries it (BSD; small, and already there with JupyterLab). The vendors' own libraries bring their models, retries and
logs with them, and several speak to one vendor only.
"""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from helpers.coding.llm.settings import ModelError, Settings

_TRIES = 6
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds, doubled from try to try
_MOST_ASKED_WAIT = 600.0  # of what an endpoint may ask for
_AGAIN = {408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529}
_REDIRECTS = {301, 302, 303, 307, 308}
_SECONDS, _SECONDS_IN_ALL = 180.0, 900.0  # without a byte from the endpoint, and until its answer is whole
_BYTES, _BYTES_A_UNIT = 256 * 1024, 16 * 1024  # of an answer, at most
_MISSING = "coder llm needs httpx: pip install 'county-policy-notebooks[llm]' (in this project's folder: pip install -e '.[llm]')"


@dataclass(frozen=True)
class Reply:
    """What came back: the message, the model's own name, tokens as the endpoint counts them (0: it does not)."""

    content: object
    version: str
    tokens_in: int
    tokens_out: int


class Stopped(Exception):
    """The run ended while a request waited."""


class Client:
    """Sends requests; one for all threads. `with Client(settings) as client: client.ask(messages, schema, n)`."""

    def __init__(self, settings: Settings):
        try:
            import httpx
        except ImportError:
            raise ModelError(_MISSING) from None
        self._httpx, self._settings = httpx, settings
        self._key = settings.key()
        self._url = settings.url.rstrip("/") + "/chat/completions"
        self._with_schema = True
        self._stop = threading.Event()
        near = urlsplit(self._url).hostname in ("localhost", "127.0.0.1", "::1")
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        timeout = httpx.Timeout(_SECONDS, connect=15.0)
        self._http = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False, trust_env=not near)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_error) -> None:
        self.stop()
        self._http.close()

    def stop(self) -> None:
        """Let requests that wait give up."""
        self._stop.set()

    def ask(self, messages: list[dict], schema: dict, n_units: int, told: Callable[[str], None] = lambda _: None) -> Reply:
        """Return the reply to one request; ModelError where the endpoint refuses it, or fails again and again."""
        why, asked_wait = "", 0.0
        for number in range(_TRIES):
            if number:
                wait = max(asked_wait, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (number - 1)) * random.uniform(0.75, 1.25))
                told(f"{self._settings.host}: {why}; asked again in {wait:.0f} s")
                if self._stop.wait(wait):
                    raise Stopped
            try:
                status, headers, body = self._post(messages, schema, n_units)
            except self._httpx.HTTPError as error:
                why, asked_wait = _plain(error), 0.0
                continue
            if status in _AGAIN:
                why, asked_wait = f"HTTP {status}", _asked_wait(headers)
                continue
            if status in (400, 415, 422) and self._with_schema:
                self._with_schema = False  # an endpoint that knows no schema: plain JSON, checked all the same
                why, asked_wait = f"HTTP {status}, perhaps because of the JSON schema", 0.0
                continue
            if status != 200:
                raise ModelError(self._refused(status, body))
            if (reply := self._reply(body)) is not None:
                return reply
            why, asked_wait = "an answer that is no JSON object of the chat protocol", 0.0
        raise ModelError(f"{self._settings.host}: asked {_TRIES} times in vain ({why})")

    def _post(self, messages: list[dict], schema: dict, n_units: int) -> tuple[int, object, bytes]:
        body = {"model": self._settings.model, "messages": messages, "temperature": self._settings.temperature}
        if self._with_schema:
            form = {"name": "codes", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        data, url = json.dumps(body, ensure_ascii=False).encode("utf-8"), self._url
        for _ in range(4):
            with self._http.stream("POST", url, content=data, headers={"Content-Type": "application/json"}) as response:
                if response.status_code in _REDIRECTS:
                    url = self._same_place(url, response.headers.get("location", ""))
                    continue
                return response.status_code, response.headers, self._limited(response, _BYTES + n_units * _BYTES_A_UNIT)
        raise ModelError(f"{self._settings.host}: redirects in a circle; check llm_url")

    def _same_place(self, url: str, location: str) -> str:
        target = urljoin(url, location)
        if urlsplit(target)[:2] != urlsplit(self._url)[:2]:
            raise ModelError(f"{self._settings.host}: redirects to another place, which is not called; check llm_url")
        return target

    def _limited(self, response, most: int) -> bytes:
        parts, size, since = [], 0, time.monotonic()
        for part in response.iter_bytes():
            size += len(part)
            if size > most:
                raise ModelError(f"{self._settings.host}: an answer has more than {most // 1024:,} KB; this is no list of codes")
            if time.monotonic() - since > _SECONDS_IN_ALL:
                raise self._httpx.ReadTimeout("not whole in time")
            parts.append(part)
        return b"".join(parts)

    def _refused(self, status: int, body: bytes) -> str:
        where = f"{self._settings.host}: HTTP {status}"
        if status in (401, 403):
            return f"{where}: the endpoint does not accept the key (llm_key_env)"
        if status == 404:
            return f"{where}: the endpoint knows no such address or model; check llm_url and llm_model"
        said = self._clean(body[:2000].decode("utf-8", "replace"))
        return f"{where}: {' '.join(said.split())[:200]}"

    def _clean(self, text: str) -> str:
        """Take the key out of what an endpoint says: some repeat it."""
        return text.replace(self._key, "***") if self._key else text

    def _reply(self, body: bytes) -> Reply | None:
        try:
            found = json.loads(self._clean(body.decode("utf-8", "replace")))
            message = found["choices"][0]["message"]
            content = message.get("content")
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
            return None
        usage = found.get("usage") if isinstance(found.get("usage"), dict) else {}
        tokens = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
        version = found.get("model")
        return Reply(content, version[:100] if isinstance(version, str) else "", *tokens)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0


def _plain(error: Exception) -> str:
    """Name a failure of the connection without what the library says of it: it may hold the request."""
    kind = type(error).__name__
    return (
        "no answer in time"
        if "Timeout" in kind
        else "no connection"
        if kind == "ConnectError"
        else f"the connection broke ({kind})"
    )


def _asked_wait(headers) -> float:
    """Return the seconds that an endpoint asks for by Retry-After (a number or a date), 0 where it does not."""
    said = str(headers.get("retry-after", "")).strip()
    try:
        seconds = float(said)
    except ValueError:
        try:
            date = parsedate_to_datetime(said)
            seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return min(max(seconds, 0.0), _MOST_ASKED_WAIT) if seconds == seconds else 0.0
