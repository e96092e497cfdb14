"""The command line: `python -m helpers report`. Exit status 0: all done; 1: something was set aside; 2: could not run."""

import argparse
import os
import sys

from helpers import commands, pipeline


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; every mistake of the user is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # what a console's code page lacks is shown as \\u…, and no run ends
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in commands.ADD:
        add(subparsers)
    options = parser.parse_args(arguments)
    try:
        status = options.command(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("stopped; the same command goes on where this one ended", file=sys.stderr)
        sys.stderr.flush()
        os._exit(2)  # kernels end with this process; waiting for their threads would not stop anything
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains at its end
        print("helpers: nobody reads what is printed (a closed pipe)", file=sys.stderr)
        return 2
    except MemoryError:
        print("helpers: there is not memory enough; try fewer --jobs, a part of the corpus or a larger machine", file=sys.stderr)
        return 2
    except (pipeline.RunError, pipeline.NotebookError, ValueError, OSError) as error:
        print(f"helpers: {' '.join(_sentence(error).split())}", file=sys.stderr)
        return 2
    except Exception as error:
        if os.environ.get("HELPERS_TRACEBACK"):
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"helpers: a defect of this program, not of your files: {said} (HELPERS_TRACEBACK=1 shows where)", file=sys.stderr)
        return 2


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
