"""Stores of answers: copied, cut anywhere, merged, converted, locked away; and what is recorded of a key."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from model_server import KEY, Endpoint, serving, slowly
from test_llm_servers import PROMPT, SCHEME, items, right, said

from helpers import store
from helpers.__main__ import main
from helpers.coding import llm
from helpers.coding.llm import answers, client

KILLS = int(os.environ.get("HELPERS_KILLS", "2"))  # `make fuzz`: twenty
TEXTS = tuple(f"支持第{n}家企业建设标准厂房。" for n in range(9))


@pytest.fixture
def endpoint(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_WAIT", 0.01)
    with serving(Endpoint()) as server:
        yield server


@pytest.fixture
def kept(endpoint, tmp_path) -> Path:
    """A store that holds all answers."""
    said(endpoint, tmp_path / "kept", TEXTS)
    endpoint.asked.clear()
    return tmp_path / "kept"


def replayed(file: Path, into: Path) -> list:
    settings = llm.Settings(model="m", answers=str(file))
    return llm.complete(llm.Asking(settings, PROMPT, SCHEME, into), items(TEXTS))


def test_a_store_cut_at_any_byte_keeps_every_answer_that_is_whole(kept, tmp_path):
    data = kept.read_bytes()
    ends = [at for at in range(len(data)) if data[at : at + 1] == b"\n"]
    for at in range(len(data) + 1):
        kept.write_bytes(data[:at])
        assert len(llm.Answers(kept).refresh()) == sum(end <= at for end in ends), at  # the end of its line or not


def test_what_a_cut_took_is_asked_again_and_nothing_else(endpoint, kept):
    data, whole = kept.read_bytes(), said(endpoint, kept, TEXTS)
    cuts = random.Random(3)
    for at in [0, 1, len(data) - 1, *(cuts.randrange(len(data)) for _ in range(6))]:
        kept.write_bytes(data[:at])
        lost = len(TEXTS) - len(llm.Answers(kept).refresh())
        endpoint.asked.clear()
        found = said(endpoint, kept, TEXTS)
        assert [a.coded for a in found] == [a.coded for a in whole] and endpoint.asked.total() == lost
        assert said(endpoint, kept, TEXTS) == found and endpoint.asked.total() == lost


CONVERTED = {
    "line ends of Windows": lambda data: data.replace(b"\n", b"\r\n"),
    "a mark of byte order": lambda data: b"\xef\xbb\xbf" + data,
    "both": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
    "UTF-16, as PowerShell writes it": lambda data: data.decode().replace("\n", "\r\n").encode("utf-16"),
    "UTF-16, the other way round": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "no line end at the end": lambda data: data.rstrip(b"\n"),
    "blank lines": lambda data: b"\n\n" + data.replace(b"\n", b"\n\n"),
    "lines in another order": lambda data: b"".join(reversed(data.splitlines(keepends=True))),
    "each line twice": lambda data: data * 2,
    "two files with marks": lambda data: b"\xef\xbb\xbf" + data[: len(data) // 2] + b"\n\xef\xbb\xbf" + data,
}


@pytest.mark.parametrize("kind", CONVERTED)
def test_a_store_is_read_whatever_copying_made_of_it(endpoint, kept, tmp_path, kind):
    sent = tmp_path / "sent"
    sent.write_bytes(CONVERTED[kind](kept.read_bytes()))
    assert right(replayed(sent, tmp_path / "own"), TEXTS)
    kept.write_bytes(sent.read_bytes())  # and where it is the run's own
    assert right(said(endpoint, kept, [*TEXTS, "支持新企业。"])[:-1], TEXTS) and endpoint.asked.total() == 1
    assert right(said(endpoint, kept, TEXTS), TEXTS) and endpoint.asked.total() == 1


def test_stores_that_contradict_give_the_same_in_whatever_order_they_are_merged(kept, tmp_path):
    """The earliest answer counts; what was answered badly counts only where nothing good is, wherever it stands."""
    lines = kept.read_bytes().splitlines(keepends=True)
    first = [answers.parsed(line) for line in lines]
    other = [llm.Answer(**{**vars(a), "tools": ("talent",), "statement": "measure", "asked": "2999-01-01"}).line() for a in first]
    worse = [llm.Answer(**{**vars(a), "tools": (), "fault": "missing", "asked": "1999-01-01"}).line() for a in first]
    found = []
    for seed in range(5):
        mixed = [*lines, *other, *worse]
        random.Random(seed).shuffle(mixed)
        (tmp_path / f"m{seed}").write_bytes(b"".join(mixed))
        found.append([a.coded for a in replayed(tmp_path / f"m{seed}", tmp_path / f"own{seed}")])
    assert all(codes == [a.coded for a in first] for codes in found)


@pytest.mark.parametrize(
    "forged",
    [
        {"tools": ("nonsense",)}, {"statement": "background", "tools": ("funding",)}, {"statement": "policy"},
        {"evidence": "不在句中"}, {"statement": "measure", "tools": ("funding", "tax", "talent", "finance")},
        {"statement": "measure", "tools": ("tax",), "evidence": ""},
    ],
)  # fmt: skip
def test_a_store_of_somebody_else_is_checked_as_an_answer_is(kept, tmp_path, forged):
    """A checksum says that a line is whole, not who wrote it."""
    lines = [answers.parsed(line) for line in kept.read_bytes().splitlines(keepends=True)]
    kept.write_bytes(b"".join(llm.Answer(**{**vars(line), **forged}).line() for line in lines))
    found = replayed(kept, tmp_path / "own")
    assert all(a.fault and not a.tools for a in found)


@pytest.mark.parametrize("kind", ["folder", "not there", "no store", "empty"])
def test_a_file_of_answers_that_is_none_is_said_in_a_line(tmp_path, kind, endpoint):
    file = tmp_path / "file"
    if kind == "folder":
        file.mkdir()
    elif kind != "not there":
        file.write_bytes(b"\x00\xff" * 5000 if kind == "no store" else b"")
    with pytest.raises(llm.ModelError, match="no such file|holds no answer"):
        replayed(file, tmp_path / "own")


@pytest.mark.parametrize("what", ["store", ".own.asking", ".own.lock"])
def test_a_place_where_nothing_can_be_kept_is_said_before_anything_is_asked(endpoint, tmp_path, what):
    (tmp_path / ("own" if what == "store" else what)).mkdir()
    with pytest.raises(llm.ModelError, match="cannot be (read|kept)"):
        said(endpoint, tmp_path / "own", TEXTS)
    assert not endpoint.requests


def test_a_full_store_in_a_place_that_cannot_be_written_is_enough(endpoint, kept, tmp_path, monkeypatch):
    def refuses(*_args, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(answers, "FileLock", refuses)
    monkeypatch.setattr(llm.ask, "FileLock", refuses)
    assert right(said(endpoint, kept, TEXTS), TEXTS) and right(replayed(kept, kept), TEXTS)
    with pytest.raises(llm.ModelError, match="cannot be kept"):
        said(endpoint, kept, [*TEXTS, "支持新企业。"])


def test_killed_at_random_moments_a_run_asks_nothing_twice(endpoint, tmp_path):
    """What was under way when one came is all that may be asked again: at most what runs at once."""
    texts = [f"支持第{n}家企业建设厂房。" for n in range(120)]
    endpoint.before = slowly(0.02)
    script = (
        "import sys, json, pathlib\nfrom helpers import codebook\nfrom helpers.coding import llm\n"
        "b = codebook.load(sys.argv[3])\n"
        "s = llm.Settings(url=sys.argv[1], model='m', batch=4, concurrency=2)\n"
        "llm.complete(llm.Asking(s, llm.make(b, s.prompt), b, pathlib.Path(sys.argv[2])), json.loads(sys.stdin.read()))\n"
    )
    own, kills = tmp_path / "own", random.Random(11)
    for _ in range(KILLS):
        n = len(endpoint.requests)
        command = [sys.executable, "-c", script, endpoint.url, str(own), "data/codebook/policy_tools.yml"]
        process = subprocess.Popen(command, cwd=store.PROJECT_ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdin.write(json.dumps(items(texts)).encode())
        process.stdin.close()
        for _ in range(3000):
            if len(endpoint.requests) > n + 1:
                break
            time.sleep(0.01)
        time.sleep(kills.random() / 5)
        process.send_signal(signal.SIGKILL)
        process.wait()
    first = said(endpoint, own, texts, batch=7)
    again = sum(times - 1 for times in endpoint.asked.values())
    assert right(first, texts) and again <= KILLS * 2 * 4
    n = len(endpoint.requests)
    assert said(endpoint, own, texts) == first and len(endpoint.requests) == n


# ---------------------------------------------------------------- a key by mistake


def leaks(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


MISTAKES = {
    "user": ["llm_url", f"https://user:{KEY}@host.example/v1"], "query": ["llm_url", f"https://host.example/v1?api_key={KEY}"],
    "fragment": ["llm_url", f"https://host.example/v1#{KEY}"], "name": ["llm_key_env", KEY],
    "capitals": ["llm_key_env", "AKIAIOSFODNN7EXAMPLE"],
}  # fmt: skip


@pytest.mark.parametrize("coder", ["llm", "rules"])
@pytest.mark.parametrize("kind", MISTAKES)
def test_a_key_in_the_wrong_place_is_refused_whoever_codes_and_written_nowhere(invented_corpus, tmp_path, capfd, kind, coder):
    """Before anything runs: a run writes its parameters into run.json and into each executed notebook."""
    out = tmp_path / "out"
    params = tmp_path / "params.yml"
    params.write_text(f"coder: {coder}\nllm_model: m\n", encoding="utf-8")
    status = main(["report", "--raw", str(invented_corpus), "--out", str(out), "--params", str(params), "-p", *MISTAKES[kind]])
    told = "".join(capfd.readouterr())
    assert status == 2 and MISTAKES[kind][0] in told and "Traceback" not in told
    assert KEY not in told and "AKIA" not in told and not leaks(tmp_path) and not (out / "run.json").exists()
    shutil.rmtree(out, ignore_errors=True)


def test_an_endpoint_that_repeats_the_key_in_other_signs_does_not_get_it_written(endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("MODEL_KEY", "sk/Test-key")
    answer = endpoint.answer
    endpoint.answer = lambda body: {**answer(body), "model": "m-sk/Test-key"}
    endpoint.before = lambda handler, n: (
        not handler.reply(
            200, json.dumps(endpoint.answer(endpoint.requests[-1])).replace("sk/Test-key", "\\u0073k\\/Test-key").encode()
        )
    )
    found = said(endpoint, tmp_path / "a", TEXTS, key_env="MODEL_KEY")
    assert right(found, TEXTS) and found[0].version == "m-***" and b"Test-key" not in (tmp_path / "a").read_bytes()
