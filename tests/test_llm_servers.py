"""Other servers of the chat protocol: how they wrap, cut, stream, refuse and redirect; none stops a run for one sentence."""

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from model_server import KEY, Endpoint, by_words, serving

from helpers import codebook, store
from helpers.asked import ParameterError
from helpers.coding import llm
from helpers.coding.llm import answers, ask, check, client

TEXTS = [f"支持第{n}家企业建设标准厂房{n}平方米。" for n in range(1, 13)]
SCHEME = codebook.load("data/codebook/policy_tools.yml")
PROMPT = llm.make(SCHEME, llm.Settings.prompt)


@pytest.fixture
def endpoint(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)
    with serving(Endpoint()) as server:
        yield server


def items(texts=tuple(TEXTS)) -> list[dict]:
    around = {"heading": "", "before": "", "after": "", "form": "plan", "year": 2020}
    return [{"id": f"doc:{n:05d}", "text": text, **around} for n, text in enumerate(texts)]


def said(server: Endpoint, path, texts=tuple(TEXTS), **more) -> list:
    settings = llm.Settings(**{"url": server.url, "model": "m", "batch": 4, "concurrency": 1, **more})
    return llm.complete(llm.Asking(settings, PROMPT, SCHEME, path), items(texts))


def right(found: list, texts=tuple(TEXTS)) -> bool:
    wanted = [by_words({"text": text}) for text in texts]
    return [(a.statement, list(a.tools), a.evidence) for a in found] == [tuple(w.values()) for w in wanted]


# ---------------------------------------------------------------- how an answer is written


def codes(content: str) -> list[dict]:
    return json.loads(content)["codes"]


def python_like(content: str) -> str:
    return repr(json.loads(content))


def unquoted(content: str) -> str:
    return re.sub(r'"(\w+)":', r"\1:", content)


WRITTEN = {
    "fences": lambda c: f"Here:\n```json\n{c}\n```",
    "a mark of byte order": lambda c: "\ufeff" + c,
    "trailing commas": lambda c: c.replace("}", ",}").replace("]", ",]").replace("[,]", "[]"),
    "single quotes": python_like,
    "full-width signs": lambda c: (
        c.replace('"', "＂").replace(": ", "：").replace(", ", "，").replace("{", "｛").replace("}", "｝")
    ),
    "curly quotes": lambda c: re.sub('"([^"]*)"', "“\\1”", c).replace(":", "："),
    "names without quotes": unquoted,
    "comments": lambda c: c.replace('{"id"', '// next\n{"id"').replace('"tools"', '/* set */ "tools"'),
    "a list alone": lambda c: json.dumps(codes(c), ensure_ascii=False),
    "an object a line": lambda c: "\n".join(json.dumps(code, ensure_ascii=False) for code in codes(c)),
    "JSON in a string": json.dumps,
    "a closed thought": lambda c: f'<think>perhaps {{"id": "doc:00000", "statement": "other", "tools": []}}</think>\n{c}',
    "a thought that the template opened": lambda c: f'maybe {{"id": "doc:00000", "statement": "goal"}} no</think>{c}',
    "channels": lambda c: f'<|channel|>analysis<|message|>{{"id": "doc:00000"}}<|end|><|channel|>final<|message|>{c}',
    "other keys": lambda c: c.replace('{"id"', '{"confidence": 0.9, "reason": null, "id"'),
    "line breaks in strings": lambda c: c.replace("支持第", "支持第\n"),
    "no tools as null": lambda c: c.replace('"tools": []', '"tools": null').replace('"evidence": ""', '"evidence": null'),
    "each code twice": lambda c: json.dumps({"codes": codes(c) * 2}),
    "codes of another batch": lambda c: json.dumps({"codes": [*codes(c), {**codes(c)[0], "id": "other:00001"}]}),
    "statements in capitals": lambda c: c.replace('"measure"', '"Measure "'),
    "a tool as text": lambda c: c.replace('"tools": ["funding"]', '"tools": "funding"').replace('"tools": []', '"tools": ""'),
    "words in a list": lambda c: re.sub(r'"evidence": ("[^"]+")', r'"evidence": [\1]', c),
    "an object of ids": lambda c: json.dumps({"codes": {code.pop("id"): code for code in codes(c)}}),
    "ids at the top": lambda c: json.dumps({code.pop("id"): code for code in codes(c)}),
    "another name": lambda c: json.dumps({"results": codes(c), "note": "done"}),
    "quotes within": lambda c: c.replace("支持第", '支"持"第'),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_an_answer_counts_however_it_is_written(endpoint, tmp_path, kind):
    answer = endpoint.answer

    def written(body: dict) -> dict:
        found = answer(body)
        message = found["choices"][0]["message"]
        message["content"] = WRITTEN[kind](message["content"])
        return found

    endpoint.answer = written
    assert right(said(endpoint, tmp_path / "a")) and set(endpoint.asked.values()) == {1}


@pytest.mark.parametrize("kind", ["open thought", "cut"])
def test_what_was_cut_off_is_no_code(endpoint, tmp_path, kind):
    """What a model has not ended to say is not taken for its answer: neither a thought nor half an object."""
    wrong = '{"id": "doc:00001", "statement": "other", "tools": [], "evidence": ""}'
    text = {
        "open thought": f'<think>first {wrong} but then {{"id": "doc:00002"',
        "cut": "{'id': 'doc:00001', 'statement': 'measure', 'tools': ['funding', 'tal",
    }[kind]
    assert {c.fault for c in check.check(text, items(), SCHEME).values()} == {"missing"}


@pytest.mark.parametrize(
    "text", ['{"' * 100_000, "{'a': " * 50_000, '{"id": "x' * 30_000, "[{" * 60_000, "{“" * 90_000, "{a:" * 90_000]
)
def test_no_answer_takes_long_to_read(text):
    started = time.process_time()
    assert {c.fault for c in check.check(text, items(), SCHEME).values()} == {"missing"}
    assert time.process_time() - started < 5


def test_numbers_as_ids_are_the_ids_that_they_show():
    units = [{"id": str(n), "text": TEXTS[n]} for n in range(3)]
    content = json.dumps([{"id": n, "statement": "other", "tools": [], "evidence": ""} for n in (0, 1, 2)])
    assert not any(c.fault for c in check.check(content, units, SCHEME).values())


# ---------------------------------------------------------------- how it is sent


def events(data: bytes) -> bytes:
    """The same answer as a stream of events that nobody asked for, with comments between."""
    found = json.loads(data)
    content = found["choices"][0]["message"]["content"]
    parts = [{"role": "assistant"}, *({"content": content[i : i + 9]} for i in range(0, len(content), 9)), {}]
    chunks = [{"model": found["model"], "choices": [{"index": 0, "delta": part}]} for part in parts]
    chunks += [{"model": found["model"], "choices": [], "usage": found["usage"]}]
    lines = [f"data: {json.dumps(chunk, ensure_ascii=False)}\r\n\r\n" for chunk in chunks]
    return (": PROCESSING\r\n\r\n" + "".join(lines) + "data: [DONE]\r\n\r\n").encode()


def edited(data: bytes, **more) -> bytes:
    found = json.loads(data)
    found["choices"][0]["message"].update(more.pop("message", {}))
    return json.dumps({**found, **more}).encode()


def in_reasoning(data: bytes, name: str) -> bytes:
    content = json.loads(data)["choices"][0]["message"]["content"]
    return edited(data, message={"content": None, name: content})


SENT = {
    "another type": lambda data: (data, {"Content_Type": "text/html; charset=gbk"}),
    "gzip": lambda data: (gzip.compress(data), {"Content_Encoding": "gzip"}),
    "deflate": lambda data: (zlib.compress(data), {"Content_Encoding": "deflate"}),
    "byte order and blanks": lambda data: (b"\xef\xbb\xbf\n\n  " + data + b"\n\n", {}),
    "events": lambda data: (events(data), {"Content_Type": "text/event-stream"}),
    "events as JSON": lambda data: (events(data), {"Content_Type": "application/json"}),
    "reasoning_content": lambda data: (in_reasoning(data, "reasoning_content"), {}),
    "reasoning": lambda data: (in_reasoning(data, "reasoning"), {}),
    "no usage": lambda data: (edited(data, usage=None), {}),
    "odd usage": lambda data: (edited(data, usage={"prompt_tokens": "7", "completion_tokens": -1e99}), {}),
    "no model": lambda data: (edited(data, model=None), {}),
    "parts": lambda data: (
        edited(data, message={"content": [{"type": "text", "text": json.loads(data)["choices"][0]["message"]["content"]}]}), {}
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SENT)
def test_an_answer_counts_however_it_is_sent(endpoint, tmp_path, kind):
    def sends(handler, n: int) -> bool:
        data, headers = SENT[kind](json.dumps(endpoint.answer(endpoint.requests[-1]), ensure_ascii=False).encode())
        handler.reply(200, data, **headers)
        return True

    endpoint.before = sends
    found = said(endpoint, tmp_path / "a")
    assert right(found) and set(endpoint.asked.values()) == {1} and all(a.tokens_in > 0 and a.tokens_out > 0 for a in found)


def test_a_chunked_answer_that_drips_is_waited_for(endpoint, tmp_path):
    def sends(handler, n: int) -> bool:
        data = json.dumps(endpoint.answer(endpoint.requests[-1])).encode()
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for at in range(0, len(data), 200):
            part = data[at : at + 200]
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            time.sleep(0.005)
        handler.wfile.write(b"0\r\n\r\n")
        return True

    endpoint.before = sends
    assert right(said(endpoint, tmp_path / "a"))


def test_an_answer_that_drips_for_ever_ends(endpoint, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "_SECONDS_IN_ALL", 0.3)
    monkeypatch.setattr(client, "_TRIES", 2)

    def sends(handler, n: int) -> bool:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.02)
        return True

    endpoint.before = sends
    with pytest.raises(llm.ModelError, match="no answer in time"):
        said(endpoint, tmp_path / "a", batch=50)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_address_of_the_sixth_version_is_called(tmp_path):
    try:
        with serving(Endpoint(), "::1") as server:
            assert server.url.startswith("http://[::1]:") and right(said(server, tmp_path / "a"))
    except OSError:
        pytest.skip("no ::1 here")


@pytest.mark.parametrize("tail", ["/v1", "/v1/", "/v1//", "", "/", "/v1/chat/completions", "/v1/chat/completions/"])
def test_an_address_is_understood_with_and_without_its_tail(endpoint, tmp_path, tail):
    endpoint.before = lambda handler, n: handler.path != "/v1/chat/completions" and not handler.reply(404, b"no such page")
    endpoint.url = endpoint.url.removesuffix("/v1") + tail
    assert right(said(endpoint, tmp_path / "a"))


@pytest.mark.parametrize(
    "url",
    [
        "http://a b/v1", "http://[::1/v1", "http://host:99999/v1", "http://host\n/v1", f"http://{'a' * 70}.org/v1", "http://..",
        "http://%zz/v1",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_asked(url):
    with pytest.raises(ParameterError, match="llm_url"):
        llm.Settings(url=url, model="m")


@pytest.mark.parametrize(
    "target", ["http://[", "//%zz", "http://a b/", "", "ftp://127.0.0.1/", "http://user:pass@{host}/v1/chat/completions"]
)
def test_redirects_that_lead_nowhere_are_said_in_a_line(endpoint, tmp_path, target):
    target = target.replace("{host}", endpoint.url.split("/")[2])
    endpoint.before = lambda handler, n: not handler.reply(307, b"", Location=target)
    with pytest.raises(llm.ModelError, match="redirects"):
        said(endpoint, tmp_path / "a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_host_is_followed_with_the_question(endpoint, tmp_path, status):
    here = endpoint.url.replace("/v1", "/api/v1/chat/completions")
    endpoint.before = lambda handler, n: "/api/" not in handler.path and not handler.reply(status, b"", Location=here)
    assert right(said(endpoint, tmp_path / "a"))


# ---------------------------------------------------------------- what an endpoint refuses


@pytest.mark.parametrize("refused", ["json_schema", "response_format", "temperature", "both", "json_schema 500"])
@pytest.mark.parametrize("named", [True, False])
def test_what_an_endpoint_does_not_take_is_left_out(endpoint, tmp_path, capsys, refused, named):
    def picky(handler, n: int) -> bool:
        body = endpoint.requests[-1]
        kind = body.get("response_format", {}).get("type", "")
        wrong = {
            "json_schema": kind == "json_schema", "json_schema 500": kind == "json_schema", "response_format": bool(kind),
            "temperature": "temperature" in body, "both": bool(kind) or "temperature" in body,
        }[refused]  # fmt: skip
        name = "temperature" if "temperature" in body and refused in ("temperature", "both") and not kind else refused.split()[0]
        if wrong:
            handler.reply(500 if "500" in refused else 400, json.dumps({"error": name if named else "bad request"}).encode())
        return wrong

    endpoint.before = picky
    assert right(said(endpoint, tmp_path / "a")) and set(endpoint.asked.values()) == {1}
    last = endpoint.requests[-1]
    assert ("temperature" in last) == (refused not in ("temperature", "both"))
    if refused.startswith("json_schema"):
        assert last["response_format"] == {"type": "json_object"}
    if refused == "temperature":
        assert ("response_format" in last) == named and "temperature" in capsys.readouterr().err


POISON = TEXTS[5]


def about_poison(server: Endpoint) -> bool:
    body = server.requests[-1]["messages"][-1]["content"]
    return POISON in body[body.rindex('{"units"') :]


@pytest.mark.parametrize(
    "reply",
    [
        (400, b'{"error": {"code": "content_filter", "message": "no"}}'), (403, b"flagged"), (413, b"too large"), (422, b"[]"),
        (451, b""), (500, b"crashed"), (200, b'{"choices": []}'), (200, b'{"error": {"message": "context length exceeded"}}'),
        (200, b"<html>"), (200, b" " * 3_000_000), (200, b'{"choices": [{"finish_reason": "content_filter"}]}'),
        (200, b'{"choices": [{"message": {"content": null, "refusal": "I cannot"}, "finish_reason": "stop"}]}'),
        (200, b'{"choices": [{"message": {"content": ""}, "finish_reason": "length"}]}'),
    ],
)  # fmt: skip
def test_one_sentence_that_an_endpoint_refuses_costs_no_other(endpoint, tmp_path, reply):
    """The others are answered, the one is lost, listed and not asked again by the next run."""
    endpoint.before = lambda handler, n: about_poison(endpoint) and not handler.reply(*reply)
    for _ in range(2):
        found = said(endpoint, tmp_path / "a")
        others = [a for a, text in zip(found, TEXTS, strict=True) if text != POISON]
        assert right(others, [text for text in TEXTS if text != POISON])
        assert found[5].fault in ("refused", "missing")
        n = len(endpoint.requests)
    assert len(endpoint.requests) == n and set(endpoint.asked.values()) == {1}


@pytest.mark.parametrize("status", [400, 422, 500])
def test_an_endpoint_that_refuses_all_is_left_after_a_few_questions(endpoint, tmp_path, status):
    endpoint.before = lambda handler, n: not handler.reply(status, b'{"error": "unknown model m"}')
    texts = [f"支持第{n}家企业。" for n in range(100)]
    with pytest.raises(llm.ModelError, match="unknown model m"):
        said(endpoint, tmp_path / "a", texts)
    assert len(endpoint.requests) < 40 and not len(llm.Answers(tmp_path / "a").refresh())


def test_an_endpoint_that_begins_to_refuse_all_is_left_and_costs_no_sentence(endpoint, tmp_path):
    endpoint.before = lambda handler, n: n > 5 and not handler.reply(400, b"quota")
    texts = [f"支持第{n}家企业。" for n in range(200)]
    with pytest.raises(llm.ModelError, match="quota"):
        said(endpoint, tmp_path / "a", texts)
    assert len(endpoint.requests) < 120
    endpoint.before = lambda handler, n: False
    assert right(said(endpoint, tmp_path / "a", texts), texts)


def test_an_error_with_status_200_is_waited_for_as_its_code_says(endpoint, tmp_path):
    endpoint.before = lambda handler, n: n % 2 and not handler.reply(200, b'{"error": {"code": 429, "message": "slow down"}}')
    assert right(said(endpoint, tmp_path / "a")) and set(endpoint.asked.values()) == {1}


@pytest.mark.parametrize("form", ["date", "zoned"])
def test_a_date_to_come_again_is_kept(endpoint, tmp_path, form):
    def busy(handler, n: int) -> bool:
        when = datetime.now(UTC) + timedelta(seconds=2)
        date = format_datetime(when, usegmt=True) if form == "date" else format_datetime(when)
        return n == 1 and not handler.reply(429, b"", Retry_After=date)

    endpoint.before = busy
    started = time.monotonic()
    assert right(said(endpoint, tmp_path / "a")) and time.monotonic() - started > 0.9


@pytest.mark.parametrize("asked", ["86400", "1e9"])
def test_a_wait_of_hours_is_said_and_not_waited_for(endpoint, tmp_path, asked):
    endpoint.before = lambda handler, n: n == 2 and not handler.reply(429, b"", Retry_After=asked)
    with pytest.raises(llm.ModelError, match="wait"):
        said(endpoint, tmp_path / "a")
    assert len(endpoint.requests) == 2 and len(llm.Answers(tmp_path / "a").refresh()) == 4


@pytest.mark.parametrize("asked", ["nan", "-5", "inf", "soon", "9" * 400, "Thu, 99 Foo 2020"])
def test_a_wait_that_means_nothing_is_passed_over(endpoint, tmp_path, asked):
    endpoint.before = lambda handler, n: n == 1 and not handler.reply(503, b"", Retry_After=asked)
    assert right(said(endpoint, tmp_path / "a"))


# ---------------------------------------------------------------- ending early


def test_ctrl_c_ends_at_once_though_an_answer_hangs_and_keeps_what_came(endpoint, tmp_path):
    endpoint.before = lambda handler, n: n > 2 and bool(time.sleep(60))
    script = (
        "import sys\nfrom helpers import codebook\nfrom helpers.coding import llm\n"
        "s = llm.Settings(url=sys.argv[1], model='m', batch=4, concurrency=2)\nb = codebook.load(sys.argv[3])\n"
        "texts = sys.argv[4].split('|')\nitems = [dict(id=str(n), text=t, heading='') for n, t in enumerate(texts)]\n"
        "try:\n    llm.complete(llm.Asking(s, llm.make(b, s.prompt), b, __import__('pathlib').Path(sys.argv[2])), items)\n"
        "except KeyboardInterrupt:\n    sys.exit(130)\n"
    )
    texts = "|".join(f"支持第{n}家企业。" for n in range(40))
    arguments = [endpoint.url, str(tmp_path / "a"), "data/codebook/policy_tools.yml", texts]
    process = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=store.PROJECT_ROOT)
    for _ in range(3000):
        if len(endpoint.requests) >= 4:
            break
        time.sleep(0.02)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130 and time.monotonic() - started < 10
    assert len(llm.Answers(tmp_path / "a").refresh()) == 8


def test_no_key_stands_in_a_traceback_with_its_variables(endpoint, tmp_path, monkeypatch):
    """IPython's and rich's reports of errors show local variables: the settings and the client may be among them."""
    monkeypatch.setenv("MODEL_KEY", KEY)
    settings = llm.Settings(url=endpoint.url, model="m", key_env="MODEL_KEY")
    with client.Client(settings) as found:
        assert KEY not in f"{settings!r} {found!r} {vars(found)!r}" and os.environ["MODEL_KEY"] == KEY
        assert not [name for name, value in vars(found).items() if isinstance(value, str) and KEY in value]


# ---------------------------------------------------------------- the budget


def used(path) -> float:
    kept = llm.Answers(path).refresh()
    return sum(a.tokens_in + a.tokens_out for a in map(kept.get, {answers.parsed(x).key for x in path.read_bytes().splitlines()}))


@pytest.mark.parametrize("factor", [0.2, 1.0, 4.0])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_budget_is_kept_whatever_an_endpoint_takes_for_a_token(endpoint, tmp_path, capsys, factor, concurrency):
    """Until its first answers nobody knows how it counts: only what is under way then may go beyond."""
    texts = [f"支持第{n}家企业。" for n in range(80)]
    one = ask.cost(PROMPT, items(texts)[:4])
    answer = endpoint.answer
    endpoint.answer = lambda body: {**answer(body), "usage": {"prompt_tokens": int(one * factor) - 9, "completion_tokens": 9}}
    budget = 8 * one
    limits = {"budget": budget, "concurrency": concurrency}
    if factor < 0.4:
        assert right(said(endpoint, tmp_path / "a", texts, **limits), texts)
    else:
        with pytest.raises(llm.ModelError, match=f"budget of {budget:,} tokens ends here: [0-9]+ of 80 units"):
            said(endpoint, tmp_path / "a", texts, **limits)
    assert used(tmp_path / "a") <= max(budget, concurrency * one * factor) + one
    assert f"80 units will be asked of m at {endpoint.url.split('/')[2]} in 20 requests" in capsys.readouterr().err
    for _ in range(30):  # a run that ended so goes on, each with its budget
        try:
            found = said(endpoint, tmp_path / "a", texts, **limits)
        except llm.ModelError:
            continue
        break
    assert right(found, texts) and set(endpoint.asked.values()) == {1}


def test_a_budget_that_is_just_enough_is_enough_and_one_of_nothing_asks_nothing(endpoint, tmp_path, capsys):
    answer, one = endpoint.answer, ask.cost(PROMPT, items()[:4])
    endpoint.answer = lambda body: {**answer(body), "usage": {"prompt_tokens": one - 1, "completion_tokens": 1}}
    with pytest.raises(llm.ModelError, match="0 of 12 units were answered for 0 tokens"):
        said(endpoint, tmp_path / "a", budget=1)
    told = capsys.readouterr().err
    assert not endpoint.requests and "12 units will be asked" in told and "the budget is 1" in told
    assert right(said(endpoint, tmp_path / "a", budget=3 * one + 3)) and len(endpoint.requests) == 3
