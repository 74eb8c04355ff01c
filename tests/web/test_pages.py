# SPDX-License-Identifier: Apache-2.0
"""The verify page in headless Chromium with its real headers: from the scanned address to the verdict, and what leaves the browser."""
import base64
import json
import pathlib
import re
import subprocess

from tests.web.pages import CODE, FOUND, Pages, REMEMBERED


class Scanned(Pages):
    def test_a_scan_leads_to_the_verdict_with_class_item_results_and_dates(self):
        self.assertEqual(self.scan("current"), "CURRENT")
        text = self.browser.text()
        for part in ("真实、现行有效", "资质认定（CMA）", "戒指（足金标称）ring", "3.52 g", "金含量", "753.5 ‰", "不小于 750 ‰", "符合要求", "JEW-2026-000123",
                     "2026-07-29", "某某市检验检测院", "不能证明您手里的就是检测过的那一件"):
            self.assertIn(part, text)
        self.assertLess(text.index("报告性质"), text.index("753.5"))
        self.assertEqual(self.browser.complaints(), [])
        self.shoot("current")

    def test_the_switch_shows_everything_in_the_other_language_and_is_remembered(self):
        self.scan("current")
        self.browser.click("#language")
        text = self.browser.text()
        for part in ("Genuine and current", "Gold content", "at least 750 ‰", "Meets the requirement", "Within the laboratory’s CMA qualification"):
            self.assertIn(part, text)
        self.assertIsNone(re.search("[\u4e00-\u9fff]", text.replace("中文", "").replace("戒指（足金标称）", "")))
        self.assertEqual(self.browser.run("return [document.documentElement.lang, document.title]"), ["en", "Verify a test sheet"])
        self.scan("current")
        self.assertEqual(self.browser.run("return document.documentElement.lang"), "en")

    def test_the_pages_speak_the_browser_s_language_and_leave_the_address_as_it_is(self):
        self.addCleanup(self.browser.languages, "zh-CN,zh")
        digits = self.site.cases["current"]["digits"]
        for accepted, lang in (("en-GB,en", "en"), ("zh-TW,zh", "zh-CN"), ("fr-FR,fr", "en"), ("ja,zh-CN,en", "zh-CN"), ("en-US,zh-CN", "en")):
            self.browser.languages(accepted)
            for address in (f"/s?n=&x=1#{digits}", "/t?from=receipt"):
                self.browser.open(self.site.address + address)
                self.browser.wait("return !document.getElementById('starting')")
                self.assertEqual(self.browser.run("return [document.documentElement.lang, location.href]"), [lang, self.site.address + address], accepted)
                self.browser.click("#language")
                self.assertEqual(self.browser.run("return location.href"), self.site.address + address)
                self.browser.run("localStorage.clear()")
            self.assertEqual(self.browser.run("return document.title"), "Track your test" if lang == "zh-CN" else "查询检测进度")

    def test_the_language_that_a_person_chose_wins_over_the_browser_s(self):
        self.addCleanup(self.browser.languages, "zh-CN,zh")
        self.browser.languages("en-GB,en")
        self.scan("current")
        self.browser.click("#language")
        self.scan("current")
        self.assertIn("真实、现行有效", self.browser.text())

    def test_where_nothing_may_be_kept_the_page_works_all_the_same(self):
        made = self.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source="Object.defineProperty(self, 'localStorage', {get() { throw new Error('forbidden'); }})")
        self.addCleanup(self.browser.cdp, "Page.removeScriptToEvaluateOnNewDocument", identifier=made["identifier"])
        self.assertEqual(self.scan("current"), "CURRENT")
        self.browser.click("#language")
        self.assertIn("Genuine and current", self.browser.text())

    def test_every_kind_of_result_is_in_words(self):
        self.assertEqual(self.scan("every"), "CURRENT")
        self.browser.click("#language")
        text = self.text_of("#results")
        for part in ("120, 95, 310, 88, 42 CFU/g", "of 5 units, at most 2 above 100 CFU/g, none above 1000 CFU/g", "Not detected (detection limit 0.005 mg/kg)",
                     "must be 水貂 Mink", "4.0 to 7.5", "within ±0.005 g", "4 or better", "must not be detected", "15.5(-) mg/kg", "at least 995 g, below 1005 g",
                     "< 38 Bq/m³", "12345678901234567890123", "Does not meet the requirement", "Not judged", "Inconclusive", "Conditional pass", "Radon *"):
            self.assertIn(part, text)
        self.shoot("every")

    def test_a_sheet_without_probative_effect_says_so_before_its_figures(self):
        self.assertEqual(self.scan("air"), "CURRENT")
        text = self.browser.text()
        self.assertLess(text.index("不具有对社会的证明作用"), text.index("0.060 mg/m³"))
        self.shoot("air")

    def test_a_specimen_is_one_over_everything(self):
        self.assertEqual(self.scan("specimen"), "CURRENT")
        text = self.browser.text()
        self.assertLess(text.index("样张，无效"), text.index("样张本身完好"))
        self.assertNotIn("真实、现行有效", text)
        self.assertIn("样张", self.text_of("#legal"))
        over = self.browser.run("const over = getComputedStyle(document.body, '::after'); return [over.position, over.pointerEvents, over.backgroundImage.length > 50]")
        self.assertEqual(over, ["fixed", "none", True])
        self.shoot("specimen")

    def test_figures_of_a_superseded_sheet_are_shown_only_after_a_tap(self):
        self.assertEqual(self.scan("superseded"), "SUPERSEDED")
        self.assertNotIn("水貂", self.browser.text())
        self.assertIn("FUR-2026-000031", self.browser.text())
        self.shoot("superseded")
        self.browser.click("#reveal")
        self.assertIn("水貂", self.browser.text())
        self.shoot("superseded-shown")

    def test_an_amended_sheet_is_current_and_says_which_amendment(self):
        self.assertEqual(self.scan("amended"), "CURRENT")
        self.assertEqual(self.text_of("#sheet-no"), "FUR-2026-000031 / 1")
        self.assertIn("第 1 次更改", self.browser.text())
        self.shoot("amended")

    def test_a_withdrawn_sheet_is_red_and_shows_no_figures(self):
        self.assertEqual(self.scan("withdrawn"), "WITHDRAWN")
        self.assertNotIn("753.5", self.browser.text())
        self.assertTrue(self.is_seen(".banner.bad"))
        self.shoot("withdrawn")

    def test_a_sheet_that_is_not_in_the_log_is_an_alarm_with_evidence_to_save(self):
        for name in ("missing", "beyond"):
            self.assertEqual(self.scan(name), "NOT_IN_LOG")
            self.assertNotIn("753.5", self.browser.text())
        self.scan("missing")
        self.shoot("missing")
        learned = re.search(r"查询时间 (\d{4}-\d\d-\d\d \d\d:\d\d UTC\+8)", self.text_of("#verdict")).group(1)
        self.browser.click("#evidence")
        told = self.saved("evidence-JEW-2026-000500.json")
        self.assertEqual((told["digits"], told["learned"]), (self.site.cases["missing"]["digits"], learned))
        self.assertLessEqual({"cose", "checkpoint", "entry"}, set(told))

    def test_a_sheet_that_is_ahead_of_the_log_s_files_gets_a_second_look(self):
        small = (self.site.root / "old-checkpoint").read_bytes()
        self.site.changed["/log/checkpoint"] = small
        self.browser.open(self.address("late"))
        self.browser.wait("return !document.getElementById('busy').hidden")
        self.site.changed.clear()
        self.assertEqual(self.browser.wait(CODE), "CURRENT")

    def test_a_partial_sheet_asks_for_its_file(self):
        self.assertEqual(self.scan("partial"), "CURRENT")
        self.assertTrue(self.is_seen("#partial"))
        self.shoot("partial")


class NextSteps(Pages):
    def test_each_state_that_is_not_well_says_what_to_do_next_in_both_languages(self):
        for name, chinese, english in (("superseded", "向持有人要新版本", "Ask its holder for the newer one"), ("withdrawn", "不要再用这份报告", "Do not rely on this sheet"),
                                       ("missing", "保存下面的证据", "Save the evidence below"), ("unknown", "刷新本页再试", "Reload this page"),
                                       ("retired", "向出具机构核对", "ask the institute"), ("newer", "刷新本页再试", "Reload this page")):
            self.scan(name)
            self.assertIn("下一步：", self.text_of("#next"))
            self.assertIn(chinese, self.text_of("#next"))
            self.browser.click("#language")
            self.assertIn("Next: ", self.text_of("#next"))
            self.assertIn(english, self.text_of("#next"))
            self.assertIn("Example City Test Institute, phone 010-00000000", self.text_of("#contact"))
            self.assertEqual(self.browser.run("return document.querySelector('#contact a').href"), "tel:01000000000")
            self.browser.click("#language")

    def test_a_withdrawn_sheet_names_its_number_for_the_call_and_an_unproven_one_does_not(self):
        self.scan("withdrawn")
        self.assertIn("报告编号 JEW-2026-000077", self.text_of("#contact"))
        self.scan("unknown")
        self.assertIn("请报上纸上的编号", self.text_of("#contact"))

    def test_a_superseded_sheet_leads_to_the_newer_one(self):
        self.scan("superseded")
        self.assertEqual(self.browser.run("return [...document.querySelectorAll('#verdict a')].map(one => one.pathname)")[0], "/t")


class Refused(Pages):
    def test_unknown_keys_retired_keys_and_old_pages_have_their_codes(self):
        for name, code in (("unknown", "E_KEY_UNKNOWN"), ("retired", "E_KEY_RETIRED"), ("newer", "E_REGISTRY")):
            self.assertEqual(self.scan(name), code)
            self.assertFalse(self.is_seen("#results"))
            self.assertNotIn("753.5", self.browser.text())
            self.shoot("refused-" + code)

    def test_a_tampered_statement_shows_nothing_of_itself(self):
        digits = self.site.cases["current"]["digits"]
        for at, code in ((len(digits) - 30, "E_SIG"), (400, "E_SIG")):
            other = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1:]
            self.browser.open(f"{self.site.address}/s#{other}")
            self.assertEqual(self.browser.wait(CODE), code)
            self.assertFalse(self.is_seen("#results"))
            self.assertNotIn("JEW-2026-000123", self.browser.text())
        self.shoot("tampered")

    def test_digits_that_were_cut_ask_for_another_scan(self):
        self.browser.open(f"{self.site.address}/s#{self.site.cases['current']['digits'][:-1]}")
        self.assertEqual(self.browser.wait(CODE), "E_DIGITS")
        self.shoot("cut")

    def test_notes_that_do_not_hold_leave_the_sheet_genuine_and_are_told(self):
        for path in ("/log/checkpoint", "/log/status/0"):
            good = (self.site.root / path.lstrip("/")).read_bytes()
            self.site.changed = {path: good.replace(b"\n7", b"\n8", 1)}
            self.assertEqual(self.scan("current"), "GENUINE")
            self.assertIn("E_SIG", self.browser.text())
        self.shoot("notes")

    def test_a_tile_that_does_not_fit_is_told(self):
        tile = (self.site.root / "log/tile/1/000.p/2").read_bytes()
        self.site.changed["/log/tile/1/000.p/2"] = tile[:40] + bytes([tile[40] ^ 1]) + tile[41:]  # of what stands beside the sheet
        self.assertEqual(self.scan("current"), "GENUINE")
        self.assertIn("E_LOG", self.browser.text())
        self.shoot("log-unfit")

    def test_a_log_without_its_files_leaves_the_sheet_genuine_and_says_what_was_not_checked(self):
        self.site.changed = dict.fromkeys(["/log/checkpoint", "/log/status/0"])
        self.assertEqual(self.scan("current"), "GENUINE")
        self.browser.click("#checks summary")
        self.assertIn("未能核对：更改和撤回名单", self.browser.text())
        self.shoot("unreachable")

    def test_a_log_that_was_rewritten_is_an_alarm(self):
        for kept, code in (("old-checkpoint", "CURRENT"), ("forked-checkpoint", "E_EQUIVOCATION")):
            text = base64.b64encode((self.site.root / kept).read_bytes()).decode()
            self.browser.run("localStorage.setItem(arguments[0], arguments[1])", REMEMBERED, text)
            self.assertEqual(self.scan("current"), code)
        self.assertNotIn("753.5", self.browser.text())
        self.assertRegex(self.text_of("#verdict"), r"有人改写了历史。查询时间 \d{4}-")
        self.shoot("rewritten")

    def test_a_log_that_contradicts_the_file_s_proof_is_an_alarm_whose_evidence_holds_both(self):
        self.browser.open(self.site.address + "/s")
        self.choose("#file", self.site.root / "pdf" / "forked.pdf")
        self.assertEqual(self.browser.wait(CODE), "E_EQUIVOCATION")
        self.assertNotIn("753.5", self.browser.text())
        self.browser.click("#evidence")
        told = self.saved("evidence-JEW-2026-000123.json")
        before, after = (base64.b64decode(told[name]).split(b"\n") for name in ("before", "checkpoint"))
        self.assertEqual([lines[:2] for lines in (before, after)], [[b"localhost/log", b"500"], [b"localhost/log", b"700"]])


class Kept(Pages):
    def test_no_request_names_the_statement_and_no_result_is_kept(self):
        for name in ("current", "every", "superseded", "unknown"):
            self.scan(name)
        self.browser.open(self.site.address + "/s")
        self.choose("#file", self.site.root / "pdf" / "current.pdf")
        self.browser.wait(CODE)
        self.assertEqual([(line, body) for line, body, _ in self.site.requests if body or not line.startswith("GET ")], [])
        told = "\n".join("\n".join(parts) for parts in self.site.requests)
        self.assertIn("/log/checkpoint", told)
        for name in ("current", "every", "superseded", "unknown"):
            digits = self.site.cases[name]["digits"]
            for at in range(0, len(digits) - 20, 20):
                self.assertNotIn(digits[at:at + 20], told)
            self.assertNotIn(self.site.cases[name]["no"], told)
        self.assertNotIn("753", re.sub(r"\d+\.\d+\.\d+\.\d+|:\d+", "", "\n".join(line for line, _, _ in self.site.requests)))
        kept = self.browser.run("return JSON.stringify(localStorage) + document.cookie")
        self.assertEqual(set(self.browser.run("return Object.keys(localStorage)")) - {"touchstone-language"}, {REMEMBERED})
        self.assertNotIn("JEW", kept)

    def test_the_page_opens_without_a_network_after_the_first_visit(self):
        self.browser.open(self.site.address + "/s")
        self.browser.wait("return navigator.serviceWorker.ready.then(() => true)")
        self.scan("current")
        self.site.stop()
        try:
            self.assertEqual(self.scan("every"), "GENUINE")
            self.assertIn("12345678901234567890123", self.browser.text())
            self.assertIn("没有被更改或撤回；日志中的位置这次未能核对", self.browser.text())
            self.shoot("offline")
            self.assertEqual(self.scan("withdrawn"), "WITHDRAWN")
            self.shoot("offline-withdrawn")
            self.assertEqual(self.scan("beyond"), "GENUINE")  # an old copy of the log accuses nobody
        finally:
            self.site.start()

    def test_a_network_that_answers_nothing_counts_as_none(self):
        self.browser.open(self.site.address + "/s")
        self.browser.wait("return navigator.serviceWorker.ready.then(() => true)")
        self.scan("current")
        self.site.stalled.update(["/s/data.json", "/log/status/0"])
        self.addCleanup(self.site.stalled.clear)
        self.addCleanup(self.site.go_on.set)
        self.assertEqual(self.scan("withdrawn"), "WITHDRAWN")

    def test_a_printed_page_is_the_verdict_alone_and_a_specimen_one_on_paper_too(self):
        for name in ("current", "specimen"):
            self.scan(name)
            path = pathlib.Path(self.browser.folder.name) / f"{name}.pdf"
            # As it is set when nobody asks for backgrounds.
            path.write_bytes(base64.b64decode(self.browser.cdp("Page.printToPDF", printBackground=False)["data"]))
            told = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True, timeout=60).stdout
            self.assertIn("报告性质", told)
            self.assertNotIn("扫二维码（推荐）", told)
            drawn = subprocess.run(["pdftoppm", "-r", "30", "-f", "1", "-l", "1", path], capture_output=True, check=True, timeout=60).stdout
            pixels = drawn.split(b"255\n", 1)[1]
            colours = list(zip(pixels[::3], pixels[1::3], pixels[2::3]))
            pink = sum(red > green + 12 and blue > green + 6 for red, green, blue in colours)
            self.assertGreater(sum(max(one) < 160 for one in colours), 300, "the paper is blank")
            self.assertEqual(pink > len(colours) // 100, name == "specimen", pink)

    def test_the_worker_keeps_no_file_that_tells_which_sheet_was_looked_at(self):
        self.browser.open(self.site.address + "/s")
        self.browser.wait("return navigator.serviceWorker.ready.then(() => true)")
        self.scan("current")
        kept = self.browser.run_async("const done = arguments[0]; caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()))))"
                                      ".then(lists => done(lists.flat().map(one => new URL(one.url).pathname)))")
        self.assertIn("/log/status/0", kept)
        self.assertEqual([path for path in kept if "tile" in path], [])

    def test_the_page_saved_as_one_file_verifies_and_says_what_it_cannot(self):
        saved = pathlib.Path(self.browser.folder.name) / "verify.html"
        saved.write_bytes(self.site.offline_page())
        self.site.requests.clear()
        self.browser.open(f"file://{saved}#{self.site.cases['current']['digits']}")
        self.assertEqual(self.browser.wait(CODE), "GENUINE")
        self.assertIn("753.5 ‰", self.browser.text())
        self.assertIn("这里没有网络", self.browser.run("return document.getElementById('checks').textContent"))
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.site.requests, [])
        self.assertIn("点报告下面的链接", self.text_of("#next"))
        link = self.browser.run("return document.querySelector('#sheet > p > a').href")
        self.assertEqual(link, "https://localhost/s#" + self.site.cases["current"]["digits"])
        self.shoot("saved")
        self.browser.open(f"file://{saved}")
        self.browser.type("#paste", "https://localhost/s#" + self.site.cases["specimen"]["digits"])
        self.browser.click("#paste-form button")
        self.assertEqual(self.browser.wait(CODE), "GENUINE")


class Files(Pages):
    def test_a_chosen_file_shows_all_results_of_the_record(self):
        self.browser.open(self.site.address + "/s")
        self.choose("#file", self.site.root / "pdf" / "partial.pdf")
        self.assertEqual(self.browser.wait(CODE), "CURRENT")
        self.assertEqual(self.browser.run("return document.querySelectorAll('.result').length"), 60)
        self.assertFalse(self.is_seen("#partial"))
        self.assertIn("封签盖住整个文件", self.browser.run("return document.getElementById('checks').textContent"))
        self.assertIn("文件自带的日志证明成立", self.browser.run("return document.getElementById('checks').textContent"))
        self.assertEqual(self.browser.complaints(), [])
        self.shoot("file")

    def test_a_sealed_file_whose_proof_is_no_note_is_refused_in_words(self):
        self.browser.open(self.site.address + "/s")
        self.choose("#file", self.site.root / "pdf" / "note.pdf")
        self.assertEqual(self.browser.wait(CODE), "E_NOTE")
        self.assertIn("日志证明不成立", self.browser.text())
        self.assertFalse(self.is_seen("#results"))
        self.shoot("file-note")

    def drop(self, content):
        self.browser.open(self.site.address + "/s")
        self.browser.wait("return document.getElementById('institute').textContent")
        self.browser.run("const bytes = Uint8Array.from(atob(arguments[0]), one => one.charCodeAt(0)); const held = new DataTransfer();"
                         "held.items.add(new File([bytes], 'sheet.pdf')); document.body.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: held}))",
                         base64.b64encode(content).decode())
        return self.browser.wait(CODE)

    def test_a_dropped_file_leads_to_its_verdict(self):
        whole = (self.site.root / "pdf" / "current.pdf").read_bytes()
        self.assertEqual(self.drop(whole), "CURRENT")
        self.assertEqual(self.text_of("#sample-id"), "3.520 g")  # of the file, as the sheet prints it
        self.shoot("dropped")
        self.assertEqual(self.drop((self.site.root / "pdf" / "superseded.pdf").read_bytes()), "SUPERSEDED")
        self.assertNotIn("753.5", self.browser.text())
        self.shoot("dropped-superseded")

    def test_a_dropped_file_that_was_changed_shows_nothing(self):
        whole = (self.site.root / "pdf" / "current.pdf").read_bytes()
        at = whole.index(b'"value":"753.5"') + 9
        for content, code in ((whole[:at] + b"8" + whole[at + 1:], "E_SEAL_CONTENT"), (whole + b"% more\n%%EOF\n", "E_FILE"), (b"not a PDF" * 200, "E_FILE")):
            self.assertEqual(self.drop(content), code)
            self.assertFalse(self.is_seen("#results"))
            self.shoot("changed-file-" + code)


class Pictures(Pages):
    def before(self, script):
        """Runs before the page's own scripts, from the next page on."""
        made = self.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.addCleanup(self.browser.cdp, "Page.removeScriptToEvaluateOnNewDocument", identifier=made["identifier"])

    def test_a_picture_of_the_code_is_read_where_the_browser_can(self):
        link = f"https://elsewhere.example/s#{self.site.cases['current']['digits']}"
        self.before(f"self.BarcodeDetector = class {{ async detect() {{ return [{{rawValue: 'https://x/'}}, {{rawValue: '{link}'}}]; }} }};")
        self.browser.open(self.site.address + "/s")
        picture = pathlib.Path(self.browser.folder.name) / "photo.png"
        self.browser.picture(picture)
        self.choose("#photo", picture)
        self.assertEqual(self.browser.wait(CODE), "CURRENT")

    def test_without_a_reader_of_codes_the_page_does_not_offer_it(self):
        self.before("delete self.BarcodeDetector")
        self.browser.open(self.site.address + "/s")
        self.assertFalse(self.is_seen("#photo"))

    def test_a_browser_that_cannot_verify_says_so_and_shows_nothing(self):
        self.before("Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})")
        self.assertEqual(self.scan("current"), "E_BROWSER")
        self.assertNotIn("753.5", self.browser.text())
        self.shoot("refused-E_BROWSER")

    def test_a_page_whose_script_does_not_run_says_so(self):
        self.site.changed["/s/verify.js"] = b"this is no script"
        self.browser.open(self.address("current"))
        self.assertTrue(self.is_seen("#starting"))
        self.assertIn("请换一个浏览器", self.browser.text())


class Numbers(Pages):
    def test_the_small_code_fills_the_form_and_tells_status_without_results(self):
        self.site.calls["LookUpSheet"] = FOUND
        self.browser.open(self.site.address + "/s?n=JEW-2026-000123&c=ABCD2345")
        self.browser.wait("return document.getElementById('standing')")
        self.assertIn("现行有效", self.text_of("#lookup"))
        self.assertIn("核验码和这份报告一致", self.text_of("#lookup"))
        self.assertIn('{"sheet_no":"JEW-2026-000123","code":"ABCD2345"}', [body for _, body, _ in self.site.requests])
        self.shoot("number")

    def test_a_wrong_code_is_told_in_red(self):
        self.site.calls["LookUpSheet"] = {**FOUND, "code_is_right": False}
        self.browser.open(self.site.address + "/s?n=JEW-2026-000123&c=ABCD2346")
        self.browser.wait("return document.getElementById('code-wrong')")
        self.shoot("number-wrong")

    def test_a_number_that_is_not_current_says_what_to_do_and_which_is_the_newest(self):
        for standing, newest, told in (("SUPERSEDED", 2, "不要再用这一版"), ("WITHDRAWN", 1, "不要再用这份报告")):
            self.site.calls["LookUpSheet"] = {**FOUND, "revision": 1, "newest_revision": newest, "standing": "STANDING_" + standing}
            self.browser.open(self.site.address + "/s?n=JEW-2026-000123&c=ABCD2345")
            self.browser.wait("return document.getElementById('standing')")
            self.assertIn(told, self.text_of("#lookup"))
            self.assertIn("JEW-2026-000123 / 1", self.text_of("#lookup"))
            self.assertEqual("JEW-2026-000123 / 2" in self.text_of("#lookup"), newest == 2)
            self.shoot("number-" + standing.lower())

    def test_a_number_is_taken_as_it_is_printed_and_as_an_input_method_writes_it(self):
        self.site.calls["LookUpSheet"] = {**FOUND, "revision": 1, "newest_revision": 1, "code_given": False, "code_is_right": False}
        self.browser.open(self.site.address + "/s")
        for number, told, date in (("jew-2026-000123", "现行有效", True), ("ＪＥＷ－2026—000123 ／ 1", "现行有效", True), ("JEW-2026-000123 / 0", "已被新版本代替", False),
                                   ("JEW-2026-000123 / 2", "没有这个编号的报告", False)):
            self.browser.run("document.getElementById('lookup').replaceChildren(); document.getElementById('number').value = arguments[0]", number)
            self.browser.click("#number-form button")
            self.browser.wait("return document.getElementById('lookup').childElementCount")
            self.assertIn(told, self.text_of("#lookup"), number)
            self.assertEqual("2026-08-01" in self.text_of("#lookup"), date, number)  # the day is the newest revision's
            self.assertEqual(json.loads(self.site.requests[-1][1])["sheet_no"], "JEW-2026-000123")

    def test_an_unknown_number_says_what_to_do(self):
        self.browser.open(self.site.address + "/s")
        self.browser.type("#number", "JEW-2026-999999")
        self.browser.click("#number-form button")
        self.browser.wait("return document.querySelector('#lookup .warn')")
        self.assertIn("没有这个编号的报告", self.text_of("#lookup"))
        self.shoot("number-unknown")

    def test_a_number_alone_or_of_a_specimen_tells_no_more_than_it_knows(self):
        for name, more, told in (("alone", {"code_given": False, "code_is_right": False}, "现行有效"), ("specimen", {"specimen": True, "sheet_no": "JEW-2026-000001"}, "样张，无效")):
            self.site.calls["LookUpSheet"] = {**FOUND, **more}
            self.browser.open(self.site.address + "/s?n=JEW-2026-000123")
            self.browser.wait("return document.getElementById('standing')")
            self.assertIn(told, self.text_of("#lookup"))
            self.shoot("number-" + name)

    def test_a_lost_record_too_many_requests_and_no_server_are_told_apart(self):
        self.site.calls["LookUpSheet"] = lambda _: (404, {"code": "NOT_FOUND", "reason": "SHEET_LOST", "message": "lost"})
        for name, told in (("lost", "数据库已丢失其记录"), ("busy", "请过几分钟再试"), ("unreachable", "现在连不上服务器")):
            self.browser.open(self.site.address + "/s?n=JEW-2026-000123")
            if name == "unreachable":
                self.browser.wait("return document.querySelector('#lookup .warn')")
                self.site.stop()
                self.addCleanup(self.site.start)
                self.browser.run("document.getElementById('lookup').replaceChildren()")
                self.browser.click("#number-form button")
            self.browser.wait("return document.querySelector('#lookup .warn')")
            self.assertIn(told, self.text_of("#lookup"))
            self.shoot("number-" + name)
            self.site.calls["LookUpSheet"] = lambda _: (429, {"code": "RESOURCE_EXHAUSTED", "reason": "TOO_MANY", "message": "busy"})


class Empty(Pages):
    def test_an_opened_page_without_a_sheet_names_the_ways(self):
        self.browser.open(self.site.address + "/s")
        self.browser.wait("return document.getElementById('institute').textContent")
        self.browser.click("#paste-part summary")
        self.shoot("ways")
        self.assertIn("扫二维码（推荐）", self.browser.text())

    def test_a_page_that_has_no_list_of_keys_asks_for_a_network(self):
        self.site.changed["/s/data.json"] = None
        self.assertEqual(self.scan("current"), "E_DATA")
        self.assertFalse(self.is_seen("#results"))
        self.shoot("refused-E_DATA")
