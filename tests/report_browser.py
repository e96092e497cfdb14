"""A headless Chromium for the report's tests, spoken to through a pipe: no driver, no port, no network."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip


def find() -> str | None:
    """Return the Chromium of this machine, or None where there is none or no pipe to speak through."""
    if sys.platform == "win32":
        return None
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


class Browser:
    """One browser with one page; `errors` collects what the console reports and what could not be loaded."""

    def __init__(self, program: str):
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._n, self._answers, self._events, self._buffer = 0, {}, [], b""
        self._profile = tempfile.mkdtemp(prefix="report-browser-")
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def hand_over():
            low_in, low_out = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(low_in, 3)
            os.dup2(low_out, 4)

        self._process = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={self._profile}", "about:blank"], preexec_fn=hand_over, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    _session = None

    def call(self, method: str, **params):
        """Send one command and wait for its answer."""
        self._n += 1
        message = {"id": self._n, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return self._wait(lambda: self._answers.pop(message["id"], None))

    def _wait(self, done, seconds: float = 60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (value := done()) is not None:
                return value
            self._read()
        raise TimeoutError("Chromium does not answer")

    def _read(self):
        chunk = os.read(self._in, 1 << 20)
        if not chunk:
            raise RuntimeError("Chromium has gone")
        *whole, self._buffer = (self._buffer + chunk).split(b"\0")
        for part in whole:
            self._take(json.loads(part))

    def _take(self, message: dict):
        if "id" in message:
            if "error" in message:
                raise RuntimeError(message["error"]["message"])
            self._answers[message["id"]] = message["result"]
            return
        method, params = message["method"], message.get("params", {})
        self._events.append(method)
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"])[:400])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(params["args"])[:400])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.errors.append(params["entry"]["text"][:400])
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("data:", "blob:")):
            self.requests.append(params["request"]["url"])

    def open(self, path: Path, width: int = 1280, height: int = 900, dark: bool = False, fragment: str = "", scale: float = 1):
        """Open a file at a width in CSS pixels, wait until it is loaded and its fonts are ready."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        calm = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[scheme, calm])
        self.call("Page.navigate", url="about:blank")
        self._events.clear()
        address = Path(path).resolve().as_uri()
        self.call("Page.navigate", url=address + fragment)
        self._wait(lambda: True if "Page.loadEventFired" in self._events else None)
        there = f"location.href.startsWith({json.dumps(address)}) && document.readyState === 'complete'"
        end = time.monotonic() + 30
        while not self.run(there) and time.monotonic() < end:  # the event may have been that of the blank page
            time.sleep(0.02)
        self.run("document.fonts.ready.then(() => 1)")

    def run(self, script: str):
        """Evaluate JavaScript and return its value."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:600])
        return answer["result"].get("value")

    def screenshot(self, path: Path, whole: bool = False):
        """Write a PNG of what is in view, or of the whole page."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def print(self, path: Path):
        """Write the page as it prints."""
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def close(self):
        """End the browser and remove its profile."""
        with contextlib.suppress(Exception):
            self.call("Browser.close")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)
