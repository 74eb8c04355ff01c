# SPDX-License-Identifier: Apache-2.0
"""Both pages for everybody: narrow windows, large text, contrast, headings, languages for a reader of the screen, fingers, keys."""
import pathlib

from tests.web.pages import CODE, FOUND, ITEMS, Pages, SHOTS, tracked

class Access(Pages):
    def everything(self):
        """Every kind of what the two pages can show, one after the other."""
        for name in ("every", "specimen", "withdrawn", "superseded", "missing", "unknown", "retired", "newer", "partial"):
            self.scan(name)
            yield name
        self.browser.open(self.site.address + "/s")
        self.choose("#file", self.site.root / "pdf" / "current.pdf")
        self.browser.wait(CODE)
        yield "file"
        for name, more in (("number", {}), ("wrong", {"code_is_right": False}), ("gone", {"standing": "STANDING_WITHDRAWN"}), ("old", {"standing": "STANDING_SUPERSEDED", "newest_revision": 1})):
            self.site.calls["LookUpSheet"] = {**FOUND, **more}
            self.browser.open(self.site.address + "/s?n=JEW-2026-000123&c=ABCD2345")
            self.browser.wait("return document.getElementById('standing')")
            yield name
        for answer in (ITEMS, {"items": [tracked(2, amendment_open=True)]}, {"items": [tracked(5, sheet_no="JEW-2026-000123", standing="STANDING_WITHDRAWN")]},
                       lambda _: (404, {"code": "NOT_FOUND", "reason": "RECEIPT_UNKNOWN", "message": "wrong"})):
            self.site.calls["Track"] = answer
            self.track()
            yield "track"

    def test_every_field_has_a_label_and_every_page_its_landmarks(self):
        for page in ("/s", "/t"):
            self.browser.open(self.site.address + page)
            self.assertEqual(self.browser.run("return [...document.querySelectorAll('input, textarea')].filter(one => !one.labels.length).map(one => one.id)"), [])
            self.assertEqual(self.browser.run("return ['header', 'main', 'footer', 'h1'].map(name => document.querySelectorAll(name).length)"), [1, 1, 1, 1])

    def test_nothing_is_cut_at_320_pixels_or_with_text_of_twice_the_size(self):
        for width, scale in ((320, 100), (390, 200)):
            self.browser.size(width, 700)
            for name in self.everything():
                self.browser.run("document.documentElement.style.setProperty('font-size', arguments[0] + '%'); for (const one of document.querySelectorAll('details')) one.open = true;", scale)
                for lang in ("zh", "en"):
                    self.assertEqual(self.browser.run("return document.documentElement.scrollWidth"), width, (name, lang))
                    self.assertEqual(self.browser.run(CUT), [], (name, lang, width))
                    if SHOTS and name in ("every", "withdrawn", "old", "track"):
                        self.browser.picture(pathlib.Path(SHOTS) / f"narrow-{name}-{width}-{lang}.png", whole=True)
                    self.browser.run("document.getElementById('language').click()")

    def test_text_stands_out_headings_are_in_order_and_what_is_tapped_is_large(self):
        for name in self.everything():
            self.assertEqual(self.browser.run(CONTRAST), [], name)
            levels = self.browser.run("return [...document.querySelectorAll('h1,h2,h3,h4')].filter(one => one.checkVisibility()).map(one => Number(one.tagName[1]))")
            self.assertEqual([pair for pair in zip([0, *levels], levels) if pair[1] > pair[0] + 1], [], (name, levels))
            self.assertEqual(self.browser.run(SMALL), [], name)
            self.browser.click("#language")
            self.assertEqual(self.browser.run(UNMARKED), [], name)
            self.browser.click("#language")

    def test_the_focus_is_seen_on_all_that_takes_it(self):
        self.scan("withdrawn")
        self.browser.run("document.getElementById('language').focus()")
        for _ in range(14):
            self.browser.cdp("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
            name, outline = self.browser.run("const one = document.activeElement; return [one.id || one.tagName, getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth]")
            self.assertTrue(name == "BODY" or outline == "solid3px", (name, outline))

    def test_the_verdict_takes_the_focus_and_is_announced(self):
        self.scan("current")
        self.assertEqual(self.browser.run("return [document.activeElement.id, document.getElementById('verdict').getAttribute('aria-live')]"), ["verdict-title", "polite"])
        self.assertEqual(self.browser.run("return ['busy', 'lookup'].map(id => document.getElementById(id)).map(one => one.getAttribute('role') || one.getAttribute('aria-live'))"), ["status", "polite"])
        self.browser.open(self.site.address + "/t")
        self.assertEqual(self.browser.run("return ['offline', 'missed', 'found'].map(id => document.getElementById(id)).map(one => one.getAttribute('role') || one.getAttribute('aria-live'))"), ["status", "polite", "polite"])


# What a finger has to hit and is lower than 44 pixels; links within a sentence are excepted (WCAG 2.2, 2.5.8).
SMALL = """return [...document.querySelectorAll('button, input, textarea, summary')].filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)
  .map(one => one.id + one.tagName + one.getBoundingClientRect().height)"""
# Elements with text that sticks out of their own box or of the window.
CUT = """return [...document.querySelectorAll('main *, header *, footer *')].filter(one => one.checkVisibility() && one.textContent.trim() &&
  (one.getBoundingClientRect().right > innerWidth + 1 || (getComputedStyle(one).display !== 'inline' && one.clientWidth && one.scrollWidth > one.clientWidth + 1)))
  .map(one => one.tagName + one.className + one.textContent.slice(0, 30))"""
# Chinese words on the English page without a language of their own.
UNMARKED = r"""const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
while (texts.nextNode()) {
  const one = texts.currentNode;
  if (/[\u4e00-\u9fff]/.test(one.data) && one.parentElement.checkVisibility() && !one.parentElement.closest('[lang]').lang.startsWith('zh')) found.push(one.data);
}
return found;"""
# Contrast of every visible text with the ground that it stands on (WCAG 2.1, 1.4.3): what is below 4.5.
CONTRAST = r"""
const parse = colour => colour.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(one => one / 255).map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
  .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
const ground = one => { for (; one; one = one.parentElement) { const colour = parse(getComputedStyle(one).backgroundColor); if (colour[3] !== 0) return colour; } return [255, 255, 255]; };
const weak = [];
for (const one of document.querySelectorAll('body *')) {
  if (!one.checkVisibility() || ![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
  const [a, b] = [light(parse(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) weak.push(one.textContent.trim().slice(0, 40));
}
return weak;
"""
