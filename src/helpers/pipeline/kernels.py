"""Kernels forked from one process that has imported what the notebooks import: seven starts for the price of one.

The standard library's fork server does the work; this is only its bridge to jupyter_client. Where forking is not safe
(macOS, Windows), kernels start in the ordinary way; what they compute is the same.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from threading import Lock, Thread
from typing import TypeVar

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from helpers import engine
from helpers.pipeline import warm

R = TypeVar("R")
_NAME = "county-forked"
FORKS = sys.platform == "linux"
_LONGEST = 50  # bytes of a folder that sockets are made in
_CHOOSING = Lock()
_STARTED: list["_Forked"] = []
_GRACE = 4.0  # seconds that kernels have when the user stops a run
_BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # as every kernel sets it, but before the import


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the warm process; all else is as for any local kernel."""

    async def launch_kernel(self, cmd, **kwargs):
        """Fork where the command is this Python's own kernel, start it in the ordinary way where it is not."""
        if cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        self.cwd = str(kwargs.get("cwd") or os.getcwd())
        self.process = _Forked(cmd[3:], dict(kwargs["env"]), self.cwd)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class _Forked:
    """What LocalProvisioner expects of a process, for a forked one."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], environment: dict[str, str], folder: str):
        self._process = _context().Process(target=_kernel, args=(arguments, environment, folder))
        self._process.start()
        self.pid = self._process.pid
        _STARTED.append(self)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


def choose(environment: Mapping[str, str]) -> None:
    """Let kernels start as forks of the warm process, and start that one if it is not there yet.

    `environment` is what has to be there before numpy is imported (numbers of threads).
    """
    factory = KernelProvisionerFactory.instance()
    with _CHOOSING:
        if not FORKS or factory.default_provisioner_name == _NAME:
            return
        factory.provisioners[_NAME] = EntryPoint(_NAME, f"{__name__}:ForkedProvisioner", factory.GROUP_NAME)
        with engine.environment({**_BACKEND, **environment, warm.WARM: "1"}), _short_sockets():
            _context().set_forkserver_preload([warm.__name__])
            forkserver.ensure_running()
        factory.default_provisioner_name = _NAME


def interrupt() -> None:
    """Tell all kernels that the user has stopped the run, and give them a moment: what was paid for is kept by then."""
    for process in _STARTED:
        process.send_signal(signal.SIGINT)
    ended = time.monotonic() + _GRACE
    while time.monotonic() < ended and any(process.poll() is None for process in _STARTED):
        time.sleep(0.1)


def short_folder() -> str | None:
    """Return a folder for sockets whose names stay under the system's limit of some hundred bytes; None: the usual one does."""
    usual = tempfile.gettempdir()
    if os.name != "posix" or len(os.fsencode(usual)) <= _LONGEST:
        return None
    others = (os.environ.get("XDG_RUNTIME_DIR"), "/tmp", "/var/tmp")
    return next((folder for folder in others if folder and len(folder) <= _LONGEST and os.access(folder, os.W_OK)), None)


@contextmanager
def _short_sockets():
    """Let the fork server put its socket into a short folder, where the usual one is too long for a socket's name."""
    before = tempfile.tempdir
    tempfile.tempdir = short_folder() or before
    try:
        yield
    finally:
        tempfile.tempdir = before


def _context() -> multiprocessing.context.BaseContext:
    return multiprocessing.get_context("forkserver")


def apart(function: Callable[..., R], *arguments: object) -> R:
    """Return `function(*arguments)`, worked out in a fork of the warm process where there is one, else in this process.

    The function must be importable, its arguments and its answer such as go through a pipe. It is called here where that process
    has no answer, so that what is wrong shows here.
    """
    if KernelProvisionerFactory.instance().default_provisioner_name != _NAME:
        return function(*arguments)
    ours, theirs = _context().Pipe(duplex=False)
    process = _context().Process(target=_work, args=(theirs, function, arguments, dict(os.environ), os.getcwd()))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return function(*arguments)
    finally:
        process.join()


def _work(pipe: Connection, function: Callable, arguments: tuple, environment: dict[str, str], folder: str) -> None:
    """Answer `apart`; the user's Ctrl-C is for the process that asks, with which this one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _as_if_in(environment, folder)
    with suppress(Exception):
        pipe.send(function(*arguments))


def _as_if_in(environment: dict[str, str], folder: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    Thread(target=_end_with_the_run, daemon=True).start()


def _kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Become the kernel: a session, an environment and a folder of its own, and an end with the run's."""
    os.setsid()
    _as_if_in(environment, folder)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance(argv=arguments)


def _end_with_the_run() -> None:
    """End this kernel when the process that asked for it is gone, however it went."""
    multiprocessing.parent_process().join()
    os._exit(1)
