"""A headless Chromium for the tests of pages, by Selenium and Debian's own chromedriver; nothing is downloaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.actions.action_builder import ActionBuilder

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
        options = ChromeOptions()
        options.binary_location = str(_chromium())
        for argument in (*_ARGUMENTS, *arguments, f"--user-data-dir={profile / 'profile'}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        environment = {"PATH": os.environ["PATH"], "HOME": str(profile), "TMPDIR": str(profile), "LANG": "C.UTF-8"}
        service = ChromeService(shutil.which("chromedriver"), log_output=subprocess.DEVNULL, env=environment)
        self._driver = Chrome(options=options, service=service)
        # The browser opens with a page of its own, whose requests are not ours.
        self.open("about:blank")
        self.log("performance")

    def emulate(self, **features: str) -> None:
        """Set what the page may ask of its reader's device: `prefers_color_scheme="dark"`; `media="print"` for paper."""
        media = features.pop("media", "")
        asked = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": asked})

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page, which may be narrower than any window can be."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def open(self, address: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._driver.get(address)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what the body of a function returns in the page; a promise is waited for."""
        return self._driver.execute_script(script, *arguments)

    def press(self, key: str) -> None:
        """Press and let go of a key, given as its character."""
        builder = ActionBuilder(self._driver)
        builder.key_action.send_keys(key)
        builder.perform()

    def point_at(self, x: float, y: float) -> None:
        """Move the mouse there, in pixels of the page, by way of a place near it."""
        builder = ActionBuilder(self._driver, duration=0)
        for place, height in ((x - 3, y - 3), (x, y)):
            builder.pointer_action.move_to_location(round(place), round(height))
        builder.perform()

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what was logged since the last call: `browser` (console, violations of the policy) or `performance` (DevTools events)."""
        entries: list[dict[str, Any]] = self._driver.get_log(kind)
        return entries

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def picture(self) -> bytes:
        """Return what is to be seen as PNG."""
        png: bytes = self._driver.get_screenshot_as_png()
        return png

    def close(self) -> None:
        """End the browser and its driver."""
        self._driver.quit()
