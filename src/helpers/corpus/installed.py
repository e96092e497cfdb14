"""Whether text can be recognised here: the extra `.[ocr]` is not required."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("rapidocr", "onnxruntime")


@cache
def recognition() -> tuple[str, ...]:
    """Return the versions of the packages that recognise text; () where the extra is not installed."""
    try:
        return tuple(f"{name} {version(name)}" for name in _PACKAGES)
    except PackageNotFoundError:
        return ()
