"""Nothing lost, nothing let in: bad and odd files among good ones, through the reader and through the whole run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import hostile_binary
import hostile_folder
import pytest
import readers_eyes
from hostile_folder import LIVE, SECRET

from helpers import codebook, corpus, store

# Reports every file that Python opens for writing, and every one below a folder, from this process and all it starts.
WATCH = """
import os, sys
_log, _folder = os.environ["WATCH_LOG"], os.environ["WATCH_FOLDER"]
_out = os.open(_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def _hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        mode, flags = arguments[1] or "", arguments[2] or 0
        written = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or any(c in mode for c in "wax+")
        if written or path.startswith(_folder):
            os.write(_out, f"{'w' if written else 'r'} {path!r}\\n".encode("utf-8", "surrogatepass"))
sys.addaudithook(_hook)
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return folder, hostile_folder.make(folder)


def three_gigabytes() -> None:
    """Limit the memory of this process, and of each that it starts, to 3 GiB."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))


def run(folder: Path, *arguments: str, **environment: str) -> tuple[subprocess.CompletedProcess, list[tuple[str, str]]]:
    """Run Python with `arguments` under the watch; return what it said and the files opened as (r or w, path)."""
    watch = folder / "watch"
    watch.mkdir(exist_ok=True)
    (watch / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log = folder / "opened.log"
    log.unlink(missing_ok=True)
    path = os.pathsep.join((str(watch), str(store.PROJECT_ROOT / "src")))
    own = {"WATCH_LOG": str(log), "WATCH_FOLDER": str(folder), "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], env={**os.environ, **own, **environment}, capture_output=True, text=True, timeout=400,
        cwd=store.PROJECT_ROOT, errors="backslashreplace", preexec_fn=three_gigabytes if sys.platform == "linux" else None,
    )  # fmt: skip
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return done, [(line[0], line[3:-1]) for line in lines]


def reasons(made) -> dict[str, str]:
    return dict(zip(made.quarantine["source_file"], made.quarantine["reason"], strict=True))


def test_good_ones_are_done_and_bad_ones_set_aside_each_with_a_sentence(hostile):
    folder, expected = hostile
    before = hostile_folder.state(folder / "raw")
    made = corpus.build(folder / "raw")
    assert set(made.documents["source_file"]) == hostile_folder.good(expected)
    said = reasons(made)
    assert set(said) == set(expected)
    for name, words in expected.items():
        assert words in said[name] and "\n" not in said[name] and len(said[name]) > 20, (name, said[name])
    assert hostile_folder.state(folder / "raw") == before  # bytes and times
    assert SECRET not in made.units.to_string() + made.documents.to_string()


@pytest.mark.parametrize("alone", sorted(hostile_folder.BAD))
def test_one_bad_file_is_no_corpus_and_no_crash(tmp_path, alone):
    (tmp_path / alone).write_bytes(hostile_folder.BAD[alone][0])
    made = corpus.build(tmp_path)
    assert made.documents.empty and made.units.empty and list(reasons(made)) == [alone]


def test_nothing_outside_of_the_folder_is_opened(hostile):
    folder, _ = hostile
    code = "import sys; from helpers import corpus; print(len(corpus.build(sys.argv[1]).documents))"
    done, opened = run(folder, "-c", code, str(folder / "raw"))
    assert done.returncode == 0 and int(done.stdout) > 4, done.stderr
    assert len([p for how, p in opened if how == "r" and "/raw/" in p]) > 20  # the watch sees what is read
    assert not [p for _, p in opened if "secret" in p or "/etc/passwd" in p]
    written = [p for how, p in opened if how == "w" and not p.startswith(("/dev/", str(folder / "watch"))) and ".pyc" not in p]
    own = re.compile(r"/(?:[a-z0-9_]{8}|tmp[a-z0-9_]{8}/\.?a\.docx?[\w.]*)$")  # an old Word file: a folder of its own
    assert not [p for p in written if not own.search(p)]


@pytest.mark.parametrize(
    "source",
    [
        "!!python/object/apply:os.system ['touch {canary}']",
        "id: !!python/object/new:os.system ['touch {canary}']",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "- " * 5000,
        "\x00\x01",
        "id: \ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "{" * 10_000,
        "",
        "types: {a: &x {b: *x}}",
    ],
)
def test_a_codebook_builds_no_objects_and_fails_in_one_line(tmp_path, source):
    canary = tmp_path / "canary"
    (tmp_path / "bad.yml").write_bytes(source.replace("{canary}", str(canary)).encode("latin-1", "replace"))
    with pytest.raises(codebook.CodebookError, match="bad.yml") as error:
        codebook.load(tmp_path / "bad.yml")
    assert "\n" not in str(error.value) and not canary.exists()


LIVE_MARKUP = re.compile(
    r"<script>alert|<img src=x|<svg onload|<a href=[\"']?javascript:|<body onload=alert", re.IGNORECASE
)  # with a real <: as text they may stand there


def test_the_whole_run_on_the_hostile_folder(hostile):
    folder, expected = hostile
    if sys.platform == "linux":
        (folder / "raw" / "deadly.pdf").write_bytes(hostile_binary.drawn_by_itself())
        (folder / "raw" / "nested.pdf").write_bytes(hostile_binary.nested_forms(9, 12))
        expected |= {"deadly.pdf": "MB", "nested.pdf": "MB"}
    before = hostile_folder.state(folder / "raw")
    done, opened = run(
        folder, "-m", "helpers", "report", "--raw", str(folder / "raw"), "--out", str(folder / "out"), "--jobs", "2",
        "-p", "language", "zh",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    assert hostile_folder.state(folder / "raw") == before
    quarantine = store.read_table(folder / "out" / "processed", "quarantine")
    assert set(quarantine["source_file"]) == set(expected)
    assert [name for name in expected if f"set aside: {store.harmless(name)}" not in done.stdout] == []
    documents = store.read_table(folder / "out" / "processed", "documents")
    assert set(documents["source_file"]) == hostile_folder.good(expected)
    pages = [*(folder / "out" / "report").glob("*.html")]
    assert len(pages) >= 2
    for page in pages:
        content = page.read_text(encoding="utf-8")
        assert not LIVE_MARKUP.search(content), LIVE_MARKUP.search(content)
        assert SECRET not in content and LIVE not in content
    # Braces may be the documents' own; a number that is none is ours.
    assert [found for found in readers_eyes.strange(folder / "out") if re.search(r"\bnan\b", found[1])] == []
    for table in (folder / "out" / "processed").glob("*.csv"):
        for line in table.read_text(encoding="utf-8").splitlines():
            assert not line.startswith(("=", "@")), (table.name, line[:80])
    allowed = (str(folder / "out"), str(folder / "watch"), str(folder / "opened.log"), "/dev/", "/proc/")
    elsewhere = {p for how, p in opened if how == "w" and not p.startswith(allowed) and "__pycache__" not in p}
    # Jupyter's connection files, and the folder that holds a kernel's sockets, lie in the system's temporary folder
    strangers = {p for p in elsewhere if not re.search(r"/(jupyter/|\.ipython/|county-|tmp[a-z0-9_]{8}|[a-z0-9_]{8}$)", p)}
    assert not strangers, sorted(strangers)[:20]
    assert not [p for _, p in opened if "secret.txt" in p]
    assert json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))["outputs"]


def test_no_code_is_made_of_data():
    """No pickle, no eval, no YAML that builds objects, no shell, anywhere in the library and the notebooks."""
    forbidden = re.compile(
        r"import (?:pickle|marshal|shelve)|read_pickle|joblib\.(?:dump|load)|(?<![\w.])(?:eval|exec)\("
        r"|yaml\.(?:unsafe_|full_)?load\((?!.*BaseLoader)"
        r"|shell=True|os\.system|os\.popen|tempfile\.mktemp\("
    )
    sources = [*(store.PROJECT_ROOT / "src").rglob("*.py"), *(store.PROJECT_ROOT / "notebooks").glob("*.ipynb")]
    lines = [
        f"{p.name}: {line}" for p in sources for line in p.read_text(encoding="utf-8").splitlines() if forbidden.search(line)
    ]
    assert len(sources) > 50 and not lines
