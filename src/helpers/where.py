"""Where the project is, and what a relative path means."""

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]


def resolve(path: str | Path) -> Path:
    """Return an absolute path: relative ones start at the project when the working folder lies in it, else at that folder.

    So `data/raw` means the same from the root and from `notebooks/`. A relative path that is not found from a foreign
    working folder but exists in the project (a shipped codebook, say) is the project's.
    """
    path = Path(path).expanduser()
    if path.is_absolute():
        return path
    here = Path.cwd()
    if here.is_relative_to(PROJECT_ROOT):
        return PROJECT_ROOT / path
    return PROJECT_ROOT / path if not (here / path).exists() and (PROJECT_ROOT / path).exists() else here / path
