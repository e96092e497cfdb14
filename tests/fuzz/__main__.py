"""Coverage-guided fuzzing with atheris: `make fuzz`, or `python tests/fuzz TARGET SECONDS`; crashes are kept in found/."""

import contextlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGETS = (
    "repair_text", "decode_bytes", "cut_text", "code_texts", "read_commitments",
    "read_document", "read_manifest", "load_codebook", "read_sheet", "read_project", "read_record", "read_part",
    "read_format",
)  # fmt: skip


def fuzz(target: str, seconds: int) -> None:
    """Run one target in this process; atheris ends the process itself."""
    import atheris

    with atheris.instrument_imports(include=["helpers"]):
        import targets

    function = getattr(targets, target)

    def once(data: bytes) -> None:
        if target in ("repair_text", "cut_text"):
            function(data.decode("utf-8", "replace"))
        elif target in ("code_texts", "read_commitments"):
            function(data.decode("utf-8", "replace").split("\n"))
        elif target == "read_document":
            function(data[1:], targets.SUFFIXES[data[0] % len(targets.SUFFIXES)] if data else ".txt")
        elif target == "read_format":
            function(data[1:], sorted(targets.READ_BY)[data[0] % len(targets.READ_BY)] if data else ".rtf")
        else:
            function(data)

    options = [f"-max_total_time={seconds}", "-max_len=2000", "-timeout=20", f"-artifact_prefix={HERE / 'found' / target}--"]
    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()


def main(arguments: list[str]) -> int:
    """Fuzz the target that is named, or each for its share of the time in a process of its own."""
    if len(arguments) == 2 and arguments[0] in TARGETS:
        fuzz(arguments[0], int(arguments[1]))
        return 0
    seconds = int(arguments[0]) if arguments else 60
    failed = [t for t in TARGETS if subprocess.run([sys.executable, str(HERE), t, str(seconds)], check=False).returncode]
    with contextlib.suppress(OSError):
        print(f"found: {', '.join(failed) or 'nothing'}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
