"""An endpoint of the OpenAI chat protocol on the loopback, which answers from known codes with chosen errors and faults."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zlib import crc32

KEY = "sk-Test0nly-9f3a7c5e1b"


def by_chance(text: str, salt: str) -> float:
    """Return a number from 0 to 1 that hangs on a text and nothing else."""
    return crc32(f"{salt}\0{text}".encode()) / 2**32


def by_words(unit: dict) -> dict:
    """Code a unit as its words say: the least that a coder could do."""
    text = unit["text"]
    if crc32(text.encode()) % 3 == 0:
        return {"statement": "background", "tools": [], "evidence": ""}
    return {"statement": "measure", "tools": ["funding"], "evidence": text[:6]}


# How a coder of the second typology would read a tool of the first; what is not here has no counterpart.
READ_AS = {
    "mandates": ["regulation"], "inducements": ["funding", "tax", "finance"],
    "capacity_building": ["talent", "technology", "infrastructure", "factors", "services", "demonstration"],
    "system_changing": ["organisation", "business_env", "outsourcing"],
}  # fmt: skip


def read_as(tools: list[str]) -> list[str]:
    """Return the tools of mcdonnell_elmore.yml that stand for these of policy_tools.yml."""
    return [own for own, theirs in READ_AS.items() if set(theirs) & set(tools)]


class Endpoint:
    """What the server knows and remembers. `fault(unit, times asked)` names a fault, or is empty; `before(n)` may act first."""

    def __init__(self, code: Callable[[dict], dict] = by_words):
        self.code, self.fault, self.before = code, lambda unit, times: "", lambda handler, n: False
        self.asked: Counter = Counter()  # by text
        self.requests: list[dict] = []
        self.keys: set[str] = set()
        self.url, self.lock = "", threading.Lock()

    def answer(self, body: dict) -> dict:
        said = body["messages"][-1]["content"]
        units = json.loads(said[said.rindex('{"units"') :])
        codes, wrap = [], lambda text: text
        for unit in units["units"]:
            with self.lock:
                self.asked[unit["text"]] += 1
                times = self.asked[unit["text"]]
            fault, code = self.fault(unit, times), {"id": unit["id"], **self.code(unit)}
            if fault == "wrapped":
                wrap = lambda text: f"<think>{{hm}}</think>Here you are:\n```json\n{text}\n```\nBye."  # noqa: E731
            elif fault == "cut":
                wrap = lambda text: text[: len(text) * 2 // 3]  # noqa: E731
            elif fault == "prose":
                wrap = lambda text: "I cannot do that."  # noqa: E731
            codes += {"missing": [], "other id": [{**code, "id": "no-such-unit"}]}.get(fault, [{**code, **FAULTY.get(fault, {})}])
            codes += [{**code, "statement": "goal", "tools": []}] if fault == "twice" else []
        content = wrap(json.dumps({"codes": codes}, ensure_ascii=False))
        usage = {"prompt_tokens": 1000, "completion_tokens": 40 * len(codes)}
        return {
            "model": "test-model-0001",
            "choices": [{"message": {"content": content}, "finish_reason": "stop"}],
            "usage": usage,
        }


FAULTY = {
    "statement": {"statement": "policy"},
    "tool": {"statement": "measure", "tools": ["nonsense"], "evidence": ""},
    "background": {"statement": "background", "tools": ["funding"]},
    "evidence": {"tools": ["funding"], "statement": "measure", "evidence": "不在句中的词语"},
    "silent": {"statement": "measure", "tools": ["funding"], "evidence": ""},
    "types": {"statement": 7, "tools": "funding", "evidence": []},
    "many": {"statement": "measure", "tools": ["funding", "talent", "tax", "finance"]},
}


@contextmanager
def serving(endpoint: Endpoint, host: str = "127.0.0.1"):
    """Serve an endpoint on a free port of the loopback; give it its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with endpoint.lock:
                endpoint.requests.append(body)
                n = len(endpoint.requests)
            endpoint.keys.add(self.headers.get("Authorization", ""))
            if not endpoint.before(self, n):
                self.reply(200, json.dumps(endpoint.answer(body)).encode())

        def reply(self, status: int, data: bytes, **headers: str):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_): ...

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    server = Server((host, 0), Handler)
    server.daemon_threads, server.handle_error = True, lambda *_: None  # clients hang up on answers that are too long
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    endpoint.url = f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


def slowly(seconds: float):
    """Return a `before` that waits, so that requests overlap."""
    return lambda handler, n: bool(time.sleep(seconds))
