"""A headless Chromium by the W3C WebDriver protocol: JSON over HTTP to chromedriver, for which the standard library is enough."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64decode
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing of the browser's own may use the network: what then leaves is the page's. The proxy is a port on which nobody listens.
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
)


def missing() -> str | None:
    """Return None, or what of the browser and its driver is not installed."""
    lacking = [name for name, path in (("chromium", _chromium()), ("chromedriver", shutil.which("chromedriver"))) if path is None]
    return f"no {' and no '.join(lacking)} on PATH (Debian: apt-get install chromium chromium-driver)" if lacking else None


def _chromium() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Browser:
    """A session of its own process and profile; `close` ends both."""

    def __init__(self, profile: Path, *arguments: str) -> None:
        driver = shutil.which("chromedriver")
        assert driver is not None
        # Port 0: the driver takes a free one and says which.
        environment = {"PATH": os.environ["PATH"], "HOME": str(profile), "TMPDIR": str(profile), "LANG": "C.UTF-8"}
        self._process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        self._session = ""
        try:
            self._connection = HTTPConnection("127.0.0.1", self._port(), timeout=60)
            self._session = str(
                self._call("POST", "/session", {"capabilities": {"alwaysMatch": self._wanted(profile, arguments)}})["sessionId"]
            )
            # The browser opens with a page of its own, whose requests are not ours.
            self.open("about:blank")
            self.log("performance")
        except BaseException:
            self.close()
            raise

    @staticmethod
    def _wanted(profile: Path, arguments: tuple[str, ...]) -> dict[str, Any]:
        options = {"binary": _chromium(), "args": [*_ARGUMENTS, *arguments, f"--user-data-dir={profile / 'profile'}"]}
        return {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}

    def _port(self) -> int:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return int(found[1])
        raise RuntimeError("chromedriver did not start")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        where = f"/session/{self._session}{path}" if self._session else path
        text = None if method in ("GET", "DELETE") else json.dumps(body or {})
        self._connection.request(method, where, text, {"Content-Type": "application/json"})
        value = json.loads(self._connection.getresponse().read())["value"]
        if isinstance(value, dict) and value.get("error"):
            raise RuntimeError(f"{method} {path}: {value['error']}: {value['message'].splitlines()[0]}")
        return value

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page, which may be narrower than any window can be."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics})

    def open(self, address: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._call("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what the body of a function returns in the page; a promise is waited for."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def point_at(self, x: float, y: float) -> None:
        """Move the mouse there, in pixels of the page, by way of a place near it."""
        moves = [
            {"type": "pointerMove", "duration": 0, "x": round(place), "y": round(height), "origin": "viewport"}
            for place, height in ((x - 3, y - 3), (x, y))
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves}
        self._call("POST", "/actions", {"actions": [mouse]})

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what was logged since the last call: `browser` (console, violations of the policy) or `performance` (DevTools events)."""
        entries: list[dict[str, Any]] = self._call("POST", "/se/log", {"type": kind})
        return entries

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def picture(self) -> bytes:
        """Return what is to be seen as PNG."""
        return b64decode(self._call("GET", "/screenshot"))

    def close(self) -> None:
        """End the browser and its driver."""
        try:
            if self._session:
                self._call("DELETE", "")
                self._connection.close()
        finally:
            self._process.terminate()
            self._process.wait(timeout=20)
            if self._process.stdout is not None:
                self._process.stdout.close()
