"""run.json read back: what has not its form, or speaks of files outside the folders of results, is as if it were not there."""

import json
from pathlib import Path

from helpers.pipeline import fingerprint, notebooks
from helpers.pipeline.folders import Folders, RunError
from helpers.within import within

REPORT = "report"
_LARGEST = 64 * 2**20  # bytes; a record of 200,000 documents has some 30 MB


def read(file: Path) -> dict:
    """Return the record in a file; empty where there is none or none that this program wrote. Raises RunError for no access."""
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return {}
        record = json.loads(file.read_bytes())
    except OSError as error:
        raise RunError(f"{file}: cannot be read ({error.strerror}); check its permissions") from None
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) and _fits(record) else {}


def _fits(record: dict) -> bool:
    ran = record.get("run", {})
    maps = ("versions", "parameters", "inputs", "outputs", "steps")
    return (
        all(isinstance(record.get(name), dict) for name in maps)
        and isinstance(ran, dict)
        and isinstance(ran.get("raw", ""), str)
        and isinstance(ran.get("given", {}), dict)
        and all(isinstance(found, dict) for found in record["inputs"].values())
    )


def steps(record: dict, folders: Folders) -> dict[str, dict]:
    """Return what is recorded of each step, without steps that name a file outside the folders of results: they run again."""
    found = record.get("steps", {})
    return {name: found[name] for name in (*notebooks.NAMES, REPORT) if _is_step(found.get(name), folders)}


def _is_step(step: object, folders: Folders) -> bool:
    if not isinstance(step, dict) or not isinstance(step.get("fingerprint"), str) or not isinstance(step.get("outputs"), dict):
        return False
    return all(isinstance(digest, str) and place(folders, name) for name, digest in step["outputs"].items())


def place(folders: Folders, name: object) -> Path | None:
    """Return the file of results that a record names, None where that is any other file."""
    path = within(folders.root, name)
    return path if path and is_result(folders, path) else None


def is_result(folders: Folders, path: Path) -> bool:
    """Tell whether a file lies in a folder of results."""
    return any(path.is_relative_to(folder) for folder in folders.results)


def check(record: dict, folders: Folders, *read: Path) -> None:
    """Raise RunError where files in the folders `read` are not as the run of the record left them."""
    known = {name: digest for step in steps(record, folders).values() for name, digest in step["outputs"].items()}
    if not known:
        return
    wanted = {path for name in known if (path := place(folders, name)) and any(path.is_relative_to(folder) for folder in read)}
    wanted |= {path for folder in read for path in folder.glob("*.parquet")}
    there = fingerprint.of_files(wanted, folders.root)
    for name in sorted({path.relative_to(folders.root).as_posix() for path in wanted}):
        if there.get(name) != known.get(name):
            what = "of no run" if name not in known else "gone" if name not in there else "not as the run left it"
            raise RunError(f"{folders.root / name}: is {what}; run `python -m helpers report` again")
