# SPDX-License-Identifier: Apache-2.0
"""What the tests of the pages share: a site, a browser that was never there, and pictures of every state when TOUCHSTONE_SHOTS
names a folder."""
import json
import os
import pathlib
import time
import unittest

from tests.web.browser import Browser, ELEMENT
from tests.web.site import Site

CODE = "const code = document.getElementById('code'); return code && code.textContent"
SEEN = "const one = document.querySelector(arguments[0]); return Boolean(one) && one.checkVisibility()"
SHOTS = os.environ.get("TOUCHSTONE_SHOTS")
PHONE, DESK = (390, 844), (1280, 900)
REMEMBERED = "touchstone-checkpoint:localhost/log"

# What PublicService answers: to a number, and to a receipt.
FOUND = {"sheet_no": "JEW-2026-000123", "revision": 0, "issued_on": "2026-08-01", "kind_zh": "首饰珠宝", "kind_en": "Jewellery", "standing": "STANDING_CURRENT",
         "newest_revision": 0, "specimen": False, "code_given": True, "code_is_right": True}
NAMES = ("RECEIVED", "TESTING", "REVIEW", "RELEASED", "READY", "COLLECTED")
TIMES = ("2026-07-29T01:00:00Z", "2026-07-30T02:30:00Z", "2026-07-31T02:30:00Z", "2026-08-01T00:00:00Z", "2026-08-01T00:01:00Z", "2026-08-02T03:00:00Z")


def tracked(done, **more):
    """One item of which the first `done` steps have begun."""
    return {"place": 1, "kind_zh": "戒指", "kind_en": "Ring", "steps": [{"step": "STEP_" + name, **({"at": at} if i < done else {})} for i, (name, at) in enumerate(zip(NAMES, TIMES))], **more}


READY = tracked(5, sheet_no="JEW-2026-000123", revision=0, standing="STANDING_CURRENT")
ITEMS = {"received_at": TIMES[0], "items": [READY, {**tracked(1), "place": 2, "kind_zh": "皮草", "kind_en": "Fur"}]}


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.site.changed.clear()
        self.site.calls.clear()
        self.browser.size(*PHONE)
        self.browser.open(self.site.address + "/t")  # it has an icon of its own; its worker is forgotten
        self.forget()
        self.site.requests.clear()
        self.browser.complaints()

    def forget(self):
        """As a browser that was never here: no worker, no cache, nothing kept."""
        self.browser.run_async(
            "const done = arguments[0]; localStorage.clear(); Promise.all([navigator.serviceWorker.getRegistrations()"
            ".then(all => Promise.all(all.map(one => one.unregister()))), caches.keys()"
            ".then(names => Promise.all(names.map(name => caches.delete(name))))]).then(() => done(true))")

    def address(self, name):
        return f"{self.site.address}/s#{self.site.cases[name]['digits']}"

    def scan(self, name):
        """Opens the address of a sheet's QR as a camera does; the code of the verdict."""
        self.browser.open(self.address(name))
        return self.browser.wait(CODE)

    def is_seen(self, selector):
        return self.browser.run(SEEN, selector)

    def text_of(self, selector):
        return self.browser.run("return document.querySelector(arguments[0]).innerText", selector).replace("\u00a0", " ")

    def shoot(self, name):
        """Keeps pictures in both languages on a phone and a desk, when asked for."""
        if SHOTS:
            for lang in ("zh", "en"):
                self.browser.run("if (document.documentElement.lang.slice(0, 2) !== arguments[0]) document.getElementById('language').click()", lang)
                for kind, size in (("phone", PHONE), ("desk", DESK)):
                    self.browser.size(*size)
                    self.browser.picture(pathlib.Path(SHOTS) / f"{name}-{kind}-{lang}.png", whole=True)
            self.browser.size(*PHONE)
            self.browser.run("if (document.documentElement.lang === 'en') document.getElementById('language').click()")

    def saved(self, name):
        """What the page handed over as this file; the browser may still be writing it."""
        path, until = self.browser.downloads / name, time.monotonic() + 60
        while True:
            try:
                return json.loads(path.read_text())
            except (FileNotFoundError, ValueError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def choose(self, selector, path):
        one = self.browser.element(selector)[ELEMENT]
        self.browser.ask("POST", f"{self.browser.session}/element/{one}/value", {"text": str(path)})

    def ask_progress(self, code="ABCD-2345", last4="1234"):
        self.browser.open(self.site.address + "/t")
        self.browser.type("#receipt-code", code)
        self.browser.type("#last4", last4)
        self.browser.click("#track-form button")

    def track(self, *asked):
        self.ask_progress(*asked)
        self.browser.wait("return document.getElementById('found').childElementCount")
