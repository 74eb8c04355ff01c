# SPDX-License-Identifier: Apache-2.0
"""The tracking page in headless Chromium: steps in words, the sheet with its revision, without a network, and what is kept."""
import re

from tests.web.pages import ITEMS, Pages, TIMES, tracked


class Tracking(Pages):
    def track_one(self, done, **more):
        self.site.calls["Track"] = {"received_at": TIMES[0], "items": [tracked(done, **more)]}
        self.track()
        return self.text_of("#found")

    def downloaded(self, name, size):
        path = self.browser.downloads / name
        for _ in range(400):
            if path.exists() and path.stat().st_size == size:
                break
            self.browser.wait("return true")
        return path.read_bytes()

    def test_steps_are_shown_with_their_times_and_the_sheet_is_downloaded(self):
        whole = (self.site.root / "pdf" / "current.pdf").read_bytes()
        self.site.calls.update(Track=ITEMS, FetchSheet=whole)
        self.track()
        text = self.text_of("#found")
        for part in ("已收样", "2026-07-29 09:00", "报告可取", "下载报告 JEW-2026-000123"):
            self.assertIn(part, text)
        self.shoot("track")
        self.browser.click("#found button")
        self.browser.wait("return document.querySelector('#found .good a')")
        self.assertEqual(self.downloaded("JEW-2026-000123.pdf", len(whole)), whole)
        self.shoot("track-downloaded")

    def test_a_step_is_told_in_words_before_during_and_after(self):
        for done, name, told, here in ((1, "waiting", "等待检测", "等待检测"), (2, "testing", "检测中", "检测中"), (3, "review", "检测完成", "审核中"),
                                       (5, "ready", "审核完成", "物品待取回"), (6, "fetched", "物品已取回", None)):
            text = self.track_one(done, **({"sheet_no": "JEW-2026-000123", "standing": "STANDING_CURRENT"} if done > 4 else {}))
            self.assertIn(told, text)
            self.assertEqual("检测中" in text, done == 2)
            self.assertEqual(self.browser.run("const one = document.querySelector('[aria-current=step] strong'); return one && one.innerText"), here)
            self.shoot("track-" + name)
            self.browser.click("#language")
            self.assertIsNone(re.search("[\u4e00-\u9fff]", self.text_of("#found")))
            self.browser.click("#language")

    def test_an_amended_sheet_is_named_with_its_revision_as_the_paper_prints_it(self):
        whole = (self.site.root / "pdf" / "current.pdf").read_bytes()
        self.site.calls["FetchSheet"] = whole
        self.assertIn("下载报告 JEW-2026-000123 / 1", self.track_one(5, sheet_no="JEW-2026-000123", revision=1, standing="STANDING_CURRENT", amendment_open=True))
        self.assertIn("正在更改", self.text_of("#found"))
        self.shoot("track-amended")
        self.browser.click("#found button")
        self.assertEqual(self.downloaded("JEW-2026-000123_1.pdf", len(whole)), whole)

    def test_a_withdrawn_sheet_is_not_offered_and_says_where_to_ask(self):
        text = self.track_one(5, sheet_no="JEW-2026-000123", standing="STANDING_WITHDRAWN")
        self.assertNotIn("下载报告", text)
        self.assertIn("带回执到受理窗口", text)
        self.shoot("track-withdrawn")

    def test_the_receipt_s_code_is_filled_in_by_its_qr_and_stays_in_no_address(self):
        self.site.calls["Track"] = ITEMS
        self.browser.open(self.site.address + "/t#7K3M9QX2")
        self.browser.wait("return document.getElementById('receipt-code').value === '7K3M9QX2'")
        self.assertEqual(self.browser.run("return [location.pathname, location.hash, document.activeElement.id]"), ["/t", "", "last4"])
        self.browser.type("#last4", "1234")
        self.browser.click("#track-form button")
        self.browser.wait("return document.getElementById('found').childElementCount > 1")

    def test_the_page_opens_without_a_network_and_says_that_nothing_is_known(self):
        self.browser.open(self.site.address + "/t")
        self.browser.wait("return navigator.serviceWorker.ready.then(() => true)")
        self.site.stop()
        self.addCleanup(self.browser.cdp, "Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        try:
            self.browser.cdp("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
            self.ask_progress()
            self.browser.wait("return document.querySelector('#found .warn')")
            self.assertTrue(self.is_seen("#offline"))
            self.assertIn("以前查到的内容不留在这台设备上", self.text_of("#offline"))
            self.assertIn("连不上服务器", self.text_of("#found"))
            self.shoot("track-offline")
        finally:
            self.site.start()

    def test_what_is_on_the_page_stays_with_its_time_when_the_network_goes(self):
        self.site.calls["Track"] = ITEMS
        self.track()
        self.assertIn("查询时间 ", self.text_of("#found"))
        self.site.stop()
        try:
            self.browser.click("#track-form button")
            self.browser.wait("return document.getElementById('missed').childElementCount")
            self.assertIn("以下是上次查到的进度", self.text_of("#missed"))
            self.assertRegex(self.text_of("#found"), r"查询时间 \d{4}-\d\d-\d\d \d\d:\d\d UTC\+8")
            self.assertIn("已收样", self.text_of("#found"))
            self.shoot("track-stale")
            self.browser.run("document.getElementById('last4').value = '9999'")
            self.browser.click("#track-form button")
            self.browser.wait("return document.querySelector('#found .warn')")
            self.assertNotIn("已收样", self.text_of("#found"))  # another receipt's answer is not this one's
        finally:
            self.site.start()

    def test_the_consumer_chooses_between_sheet_card_and_copy_to_share(self):
        asked = []
        self.site.calls.update(Track=ITEMS, FetchSheet=lambda body: asked.append(body) or (200, b"%PDF-1.4"))
        self.track()
        for nth in (1, 2, 3):
            self.browser.click(f"#found p:nth-of-type({nth}) button")
            self.browser.wait(f"return document.querySelectorAll('#found .good a').length == {int(nth == 1)} && !document.querySelector('button[disabled]')")
        self.assertEqual([one.get("document") for one in asked], [None, "card", "share"])
        self.assertIn("可分享的副本", self.text_of("#found"))
        self.shoot("track-copies")

    def test_nothing_typed_is_in_an_address_or_kept(self):
        self.site.calls["Track"] = ITEMS
        self.track("ABCD-2345", "9876")
        lines = "\n".join(line for line, _, _ in self.site.requests)
        self.assertNotIn("2345", lines)
        self.assertNotIn("9876", lines)
        kept = self.browser.run("return location.href + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie")
        self.assertNotIn("2345", kept)
        self.assertNotIn("9876", kept)

    def test_a_lock_names_the_way_out(self):
        self.site.calls["Track"] = lambda _: (429, {"code": "RESOURCE_EXHAUSTED", "reason": "RECEIPT_LOCKED", "message": "locked", "metadata": {"retry_after_s": "840"}})
        self.track()
        self.assertIn("到受理窗口，当场解锁", self.text_of("#found"))
        self.assertIn("约 14 分钟后", self.text_of("#found"))
        self.shoot("locked")

    def test_wrong_digits_say_so_without_telling_which_was_wrong(self):
        self.site.calls["Track"] = lambda _: (404, {"code": "NOT_FOUND", "reason": "RECEIPT_UNKNOWN", "message": "wrong"})
        self.track()
        self.assertIn("回执查询码或手机后四位不对", self.text_of("#found"))
        self.shoot("track-wrong")

    def test_an_opened_page_asks_for_two_things_and_says_what_to_do_without_them(self):
        self.browser.open(self.site.address + "/t")
        self.browser.wait("return !document.getElementById('starting')")
        self.assertIn("带身份证明到受理窗口", self.browser.text())
        self.shoot("track-empty")

    def test_a_sheet_that_cannot_be_fetched_says_why(self):
        for reason, told in (("SHEET_NOT_READY", "报告还没有出来"), ("SHEET_WITHDRAWN", "不再提供下载")):
            self.site.calls.update(Track=ITEMS, FetchSheet=lambda _, reason=reason: (409, {"code": "FAILED_PRECONDITION", "reason": reason, "message": "no"}))
            self.track()
            self.browser.click("#found button")
            self.browser.wait("return document.querySelector('#found .warn')")
            self.assertIn(told, self.text_of("#found"))
            self.shoot("track-refused-" + reason)
