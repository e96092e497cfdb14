"""The endpoint: one request of the OpenAI chat protocol to the configured address, repeated as the endpoint asks for it.

httpx carries it (BSD; small, and already there with JupyterLab). The vendors' own libraries bring their models, retries and
logs with them, and several speak to one vendor only.
"""

import json
import math
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from helpers.coding.llm import reply
from helpers.coding.llm.settings import ModelError, Settings

_TRIES, _TRIES_OF_NOTHING = 6, 3  # of a request; of one that is answered with nothing of use
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds, doubled from try to try
_MOST_ASKED_WAIT = 600.0  # of what an endpoint may ask for
_AGAIN = {408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529}
_THIS_ONE = {400, 403, 413, 415, 422, 451}  # may be said of the sentences of one request
_REDIRECTS = {301, 302, 303, 307, 308}
_SECONDS, _SECONDS_IN_ALL = 180.0, 900.0  # without a byte from the endpoint, and until its answer is whole
_BYTES, _BYTES_A_UNIT = 256 * 1024, 16 * 1024  # of an answer, at most
_PATH = "/chat/completions"
_FORMATS = 3  # the JSON schema of the codebook, any JSON object, whatever the model writes
_MISSING = "coder llm needs httpx: pip install 'county-policy-notebooks[llm]' (in this project's folder: pip install -e '.[llm]')"


class Refusal(ModelError):
    """One request was refused, perhaps for what stands in it."""


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
        settings.key()  # a key that is not there is said before anything else
        self._url = settings.url.rstrip("/").removesuffix(_PATH).rstrip("/") + _PATH
        self._form = (0, True)  # which format is demanded, and whether a temperature is
        self._stop, self._sockets = threading.Event(), set()
        near = urlsplit(self._url).hostname in ("localhost", "127.0.0.1", "::1")
        timeout = httpx.Timeout(_SECONDS, connect=15.0)
        self._http = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not near)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_error) -> None:
        self.stop()
        for stream in list(self._sockets):  # a thread that waits for bytes wakes up: Ctrl-C does not wait for an answer
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
        self._http.close()

    def stop(self) -> None:
        """Let requests that wait give up."""
        self._stop.set()

    def ask(self, messages: list[dict], schema: dict, n_units: int, told: Callable[[str], None] = lambda _: None) -> reply.Reply:
        """Return the reply to one request.

        Raises Refusal where the endpoint takes this request in no form or answers it with nothing of use, ModelError where it
        is not to be had at all.
        """
        found, asked_wait, form = reply.Failure("nothing was asked"), 0.0, self._form
        for number in range(_TRIES):
            wait = max(asked_wait, min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (number - 1)) * random.uniform(0.75, 1.25))
            if number:
                told(f"{self._settings.host}: {self._short(_why(found))}; asked again in {wait:.0f} s")
            if self._stop.wait(wait if number else 0):
                raise Stopped
            try:
                found, asked_wait, form = self._in_some_form(messages, schema, n_units, form, number)
            except self._httpx.HTTPError as error:
                found, asked_wait = reply.Failure(_plain(error)), 0.0
                continue
            if isinstance(found, reply.Reply):
                self._keep(form, told)
                return replace(found, version=self._clean(found.version))
            if found.status in _THIS_ONE:
                raise Refusal(self._refused(found))
            if found.status not in (0, 200) and found.status not in _AGAIN:
                raise ModelError(self._refused(found))
            if found.status == 200 and number + 1 >= _TRIES_OF_NOTHING:
                break
            if asked_wait > _MOST_ASKED_WAIT:
                raise ModelError(f"{self._settings.host}: HTTP {found.status}, asks to wait {asked_wait:,.0f} s; run again then")
        kind = Refusal if found.status in (200, 500) else ModelError
        raise kind(f"{self._settings.host}: asked {number + 1} times in vain ({self._short(_why(found))})")

    def _in_some_form(self, messages: list[dict], schema: dict, n_units: int, form: tuple, number: int) -> tuple:
        """Ask in a form, and where it is not taken in the next ones; return what came, the wait asked for and the last form."""
        while True:
            status, headers, body = self._post(self._body(messages, schema, form), n_units)
            text = self._clean(body.decode("utf-8-sig", "replace"))
            found = reply.read(text) if status == 200 else reply.Failure(text[:2000], status)
            if isinstance(found, reply.Failure) and status == 200:
                found = reply.Failure(found.said, found.status or 200)
            wait = _asked_wait(headers) if isinstance(found, reply.Failure) else 0.0
            following = _next(form, found, number) if isinstance(found, reply.Failure) else None
            if following is None:
                return found, wait, form
            form = following

    def _keep(self, form: tuple[int, bool], told: Callable[[str], None]) -> None:
        if form != self._form and not form[1] and self._form[1]:
            told(f"{self._settings.host}: takes no temperature; the endpoint's own is used instead of llm_temperature")
        self._form = form

    def _body(self, messages: list[dict], schema: dict, form: tuple[int, bool]) -> bytes:
        body = {"model": self._settings.model, "messages": messages}
        if form[1]:
            body["temperature"] = self._settings.temperature
        if form[0] == 0:
            codes = {"name": "codes", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": codes}
        elif form[0] == 1:
            body["response_format"] = {"type": "json_object"}
        return json.dumps(body, ensure_ascii=False).encode("utf-8")

    def _post(self, data: bytes, n_units: int) -> tuple[int, object, bytes]:
        url, key = self._url, self._settings.key()
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        for _ in range(4):
            with self._http.stream("POST", url, content=data, headers=headers, extensions={"trace": self._watch}) as response:
                if response.status_code in _REDIRECTS:
                    url = self._same_place(url, response.headers.get("location", ""))
                    continue
                if response.status_code == 404 and not urlsplit(url).path.removesuffix(_PATH):
                    self._url = url = url.removesuffix(_PATH) + "/v1" + _PATH  # most addresses end so; only this host is asked
                    continue
                return response.status_code, response.headers, self._limited(response, _BYTES + n_units * _BYTES_A_UNIT)
        raise ModelError(f"{self._settings.host}: redirects in a circle; check llm_url")

    def _watch(self, event: str, info: dict) -> None:
        """Remember the sockets that are opened."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")) and (stream := info.get("return_value")):
            self._sockets.add(stream.get_extra_info("socket"))

    def _same_place(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            same = bool(location) and urlsplit(target)[:2] == urlsplit(self._url)[:2] and self._httpx.URL(target).host
        except (ValueError, self._httpx.InvalidURL):
            same = False
        if not same:
            raise ModelError(f"{self._settings.host}: redirects to another place, which is not called; check llm_url")
        return target

    def _limited(self, response, most: int) -> bytes:
        parts, size, since = [], 0, time.monotonic()
        for part in response.iter_bytes():
            size += len(part)
            if size > most:
                raise Refusal(f"{self._settings.host}: an answer has more than {most // 1024:,} KB; this is no list of codes")
            if time.monotonic() - since > _SECONDS_IN_ALL:
                raise self._httpx.ReadTimeout("not whole in time")
            parts.append(part)
        return b"".join(parts)

    def _refused(self, found: reply.Failure) -> str:
        where = f"{self._settings.host}: HTTP {found.status}"
        if found.status == 401 or (found.status == 403 and not found.said.strip()):
            return f"{where}: the endpoint does not accept the key (llm_key_env)"
        if found.status == 404:
            return f"{where}: the endpoint knows no such address or model; check llm_url (most end in /v1) and llm_model"
        return f"{where}: {self._short(found.said)}".rstrip(": ")

    def _short(self, text: str) -> str:
        return " ".join(self._clean(text).split())[:200]

    def _clean(self, text: str) -> str:
        """Take the key out of what an endpoint says: some repeat it."""
        key = self._settings.key()
        return text.replace(key, "***") if key else text


def _next(form: tuple[int, bool], found: reply.Failure, number: int) -> tuple[int, bool] | None:
    """Return the form to try after one that was not taken: what the endpoint names is left out first; None where none is left.

    Some break (500) over a schema: that is tried from the third time on, and never taken for a word against the temperature.
    """
    (which, warm), refused = form, found.status in (400, 415, 422, 501)
    if refused and warm and "temperature" in found.said.casefold():
        return which, False
    if which + 1 < _FORMATS and (refused or (found.status == 500 and number > 1)):
        return which + 1, warm
    return (which, False) if refused and warm else None


def _why(found: reply.Failure) -> str:
    return found.said if found.status in (0, 200) else f"HTTP {found.status}: {found.said}".rstrip(": ")


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
        except (ValueError, TypeError, OverflowError, IndexError):
            return 0.0
    return max(seconds, 0.0) if math.isfinite(seconds) else 0.0
