"""What an endpoint sent, understood: one answer of the chat protocol, whole or as a stream of events."""

import json
from dataclasses import dataclass

_THOUGHTS = ("reasoning_content", "reasoning")  # where some servers put all that a model says


@dataclass(frozen=True)
class Reply:
    """What came back: the message, the model's own name, tokens as the endpoint counts them (0: it does not)."""

    content: object
    version: str
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True)
class Failure:
    """A body that is no answer: what it says, and the HTTP status that it means (0: none)."""

    said: str
    status: int = 0


def read(text: str) -> Reply | Failure:
    """Return the answer in the body of a response, or what it says instead."""
    found = _joined(text) if text.lstrip().startswith((":", "data:", "event:", "id:")) else _json(text)
    if not isinstance(found, dict):
        return Failure("an answer that is no JSON object of the chat protocol")
    choice = _first(found.get("choices"))
    error = found.get("error") or choice.get("error")
    if error:
        return _failure(error)
    message = choice.get("message", choice if "text" in choice else None)
    if not isinstance(message, dict):
        return Failure("an answer without a message")
    content = message.get("content", message.get("text"))
    if not content and choice.get("finish_reason") != "length":
        content = next((message[name] for name in _THOUGHTS if message.get(name)), content)
    usage = found.get("usage") if isinstance(found.get("usage"), dict) else {}
    version = found.get("model")
    tokens = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
    return Reply(content, version[:100] if isinstance(version, str) else "", *tokens)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _first(values: object) -> dict:
    return values[0] if isinstance(values, list) and values and isinstance(values[0], dict) else {}


def _failure(error: object) -> Failure:
    known = error if isinstance(error, dict) else {"message": error}
    status = known.get("code")
    number = int(status) if isinstance(status, int | str) and str(status).isdecimal() and len(str(status)) == 3 else 0
    return Failure(str(known.get("message") or error)[:2000], number)


def _joined(text: str) -> dict | None:
    """Put the events of a stream together as one answer; None where there is none among them."""
    whole, message, reason = {}, {}, None
    for line in text.splitlines():
        event = _json(line.removeprefix("data:")) if line.startswith("data:") else None
        if not isinstance(event, dict):
            continue
        if event.get("error"):
            return event
        choice = _first(event.get("choices"))
        part = choice.get("delta") or choice.get("message")
        for name, said in part.items() if isinstance(part, dict) else ():
            if isinstance(said, str) and name != "role":
                message[name] = message.get(name, "") + said
        reason = choice.get("finish_reason") or reason
        whole |= {name: event[name] for name in ("model", "usage") if event.get(name)}
    return {**whole, "choices": [{"message": message, "finish_reason": reason}]} if message else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else 0
