# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium by the W3C WebDriver protocol of its own chromedriver: nothing but the standard library."""
import base64
import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WAIT_S = 60


class Browser:
    """Of a person who reads Chinese; `languages` changes that from the next page on."""

    def __init__(self, *flags):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.downloads = pathlib.Path(self.folder.name) / "downloads"
        self.downloads.mkdir()
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = next(found.group(1) for line in self.driver.stdout if (found := re.search(r"successfully on port (\d+)", line)))
        self.base = f"http://127.0.0.1:{port}"
        options = {"args": [*FLAGS, *flags, f"--user-data-dir={self.folder.name}/profile"], "prefs": {"download.default_directory": str(self.downloads), "intl.accept_languages": "zh-CN,zh"}}
        made = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = "/session/" + made["sessionId"]
        self.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:600]) from None

    def close(self):
        try:
            self.ask("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait(60)
            self.folder.cleanup()

    def cdp(self, command, **parameters):
        return self.ask("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def size(self, width, height, scale=1):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)

    def languages(self, accepted):
        """navigator.languages, as in "en-GB,en"."""
        self.cdp("Emulation.setUserAgentOverride", userAgent=self.run("return navigator.userAgent"), acceptLanguage=accepted)

    def open(self, address):
        # A change of the fragment alone would not load the page again.
        self.ask("POST", self.session + "/url", {"url": "about:blank"})
        self.ask("POST", self.session + "/url", {"url": address})

    def run(self, script, *arguments):
        return self.ask("POST", self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        return self.ask("POST", self.session + "/execute/async", {"script": script, "args": list(arguments)})

    def wait(self, script, *arguments):
        """Until the script answers something true, which is returned."""
        until = time.monotonic() + WAIT_S
        while True:
            found = self.run(script, *arguments)
            if found:
                return found
            if time.monotonic() > until:
                raise AssertionError(f"not within {WAIT_S} s: {script}\n{self.text()}\n{self.complaints()}")
            time.sleep(0.05)

    def text(self):
        return self.run("return document.body.innerText").replace("\u00a0", " ")  # a number's unit stays on its line

    def element(self, selector):
        return self.ask("POST", self.session + "/element", {"using": "css selector", "value": selector})

    def type(self, selector, text):
        one = self.element(selector)[ELEMENT]
        self.ask("POST", f"{self.session}/element/{one}/value", {"text": text})

    def click(self, selector):
        one = self.element(selector)[ELEMENT]
        self.ask("POST", f"{self.session}/element/{one}/click", {})

    def picture(self, path, whole=False):
        if whole:
            shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        else:
            shot = self.ask("GET", self.session + "/screenshot")
        pathlib.Path(path).write_bytes(base64.b64decode(shot))

    def complaints(self):
        """What the console told since it was last asked: a broken policy, a script that failed."""
        told = self.ask("POST", self.session + "/se/log", {"type": "browser"})
        return [entry["message"] for entry in told if entry["level"] in ("SEVERE", "WARNING")]
