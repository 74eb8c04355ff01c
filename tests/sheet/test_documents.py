# SPDX-License-Identifier: Apache-2.0
"""The documents of one record: full sheet, card, copy to share, slip; and their codes, read back by zbarimg from pictures of the
page."""
import hashlib
import pathlib
import random
import subprocess
import tempfile
import unittest

from tests.sheet import support
from tests.sheet.test_render import text_of

HOST = "https://sheets.lab.example:8443/s"
SMALL = HOST + "?n=JEW-2026-000001&c=7K3M9QXA"
FULL, CARD, SHARE, SLIP = range(4)
DIGITS = {7: 17, 6: 15, 5: 13, 4: 10, 3: 8, 2: 5, 1: 3}  # of a group of so many bytes


def statement_code(size):
    """The text of a code that holds so many bytes."""
    content = random.Random(size).randbytes(size)
    groups = [content[i:i + 7] for i in range(0, size, 7)]
    return HOST + "#" + "".join(str(int.from_bytes(one, "little")).zfill(DIGITS[len(one)]) for one in groups)


def codes_of(pdf, dpi):
    """Every code that zbarimg finds on any page."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-", folder + "/p"], input=pdf, check=True)
        found = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable",  # else it sees DataBar in some codes
                                *map(str, sorted(pathlib.Path(folder).iterdir()))], capture_output=True, text=True, check=False)
    return found.stdout.split()


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.photo = support.ring_photo(120)
        cls.renderer = support.Renderer()
        cls.addClassCleanup(cls.renderer.close)

    def draw(self, document=FULL, size=409, photo=True, standing=0, since="", codes=True, **changes):
        photo = self.photo if photo else b""
        record = support.sample_record(photo, **changes)
        drawn = self.renderer.draw(record, photo, qr=statement_code(size) if codes else "", small_qr=SMALL if codes else "",
                                   document=document, standing=standing, since=since)
        self.assertIsInstance(drawn, tuple, drawn)
        return drawn

    def test_both_codes_of_the_sheet_read_at_150_dpi_and_at_72_up_to_version_16(self):
        for document in (FULL, CARD, SHARE):
            pdf, _ = self.draw(document)
            for dpi in (72, 150):
                with self.subTest(document=document, dpi=dpi):
                    found = codes_of(pdf, dpi)
                    self.assertIn(statement_code(409), found)
                    if dpi == 150:
                        self.assertIn(SMALL, found)

    def test_the_largest_statement_reads_at_150_dpi(self):
        self.assertIn(statement_code(900), codes_of(self.draw(size=900)[0], 150))

    def test_a_code_above_version_25_is_refused(self):
        drawn = self.renderer.draw(support.sample_record(), b"", qr=statement_code(1200), small_qr=SMALL)
        self.assertIn("qr", drawn)
        self.assertIn("version", drawn)

    def test_a_code_is_a_picture_of_one_bit_a_square(self):
        pdf = self.draw()[0]
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            listed = subprocess.run(["pdfimages", "-list", file.name], capture_output=True, text=True, check=True).stdout
        self.assertEqual(sum("stencil" in line for line in listed.splitlines()), 2)

    def test_without_a_statement_the_page_says_so(self):
        text = text_of(self.draw(codes=False)[0])
        self.assertIn("此件无验证码", text)

    def test_the_words_tell_to_open_the_host_oneself(self):
        for document in (FULL, CARD, SHARE):
            text = "".join(text_of(self.draw(document)[0]).split())
            self.assertIn("sheets.lab.example:8443/s", text)
            self.assertIn("自行打开", text)
            self.assertIn("asthatpagetellsyou", text)

    def test_the_address_to_be_typed_is_not_broken(self):
        for document in (FULL, CARD, SHARE):
            self.assertIn(HOST, text_of(self.draw(document)[0]).split())

    def test_a_long_figure_is_not_broken(self):
        for mean in ("1234567.8901", "0.0000012345"):
            one = dict(support.sample_record()["results"][0], mean=mean)
            for document in (FULL, CARD, SHARE):
                self.assertIn(mean, text_of(self.draw(document, results=[one])[0]).split())

    def test_card_and_share_say_nothing_of_the_client(self):
        record = support.sample_record()
        for document in (CARD, SHARE):
            text = text_of(self.draw(document, sampling=dict(place="示范小区 301"))[0])
            for secret in (record["client"]["name"], record["client"]["contact"], record["receipt_no"], "示范小区"):
                self.assertNotIn(secret, text)
        text = text_of(self.draw(FULL, sampling=dict(place="示范小区 301"))[0])
        self.assertIn(record["client"]["name"], text)
        self.assertIn("示范小区", text)

    def test_the_legal_class_is_before_any_figure_on_every_document(self):
        for document in (FULL, CARD, SHARE):
            text = text_of(self.draw(document)[0])
            self.assertLess(text.index("样张，无效"), text.index("753.1"))

    def test_the_card_is_one_page_whatever_was_tested(self):
        results = support.sample_record()["results"]
        many = [dict(results[0], parameter_zh=f"项目{n}", parameter_en=f"Parameter {n}", readings=[]) for n in range(40)]
        many[39].update(verdict="fail", verdict_zh="不符合", verdict_en="Does not conform")
        for photo in (True, False):
            pdf, pages = self.draw(CARD, photo=photo, results=many)
            text = text_of(pdf)
            self.assertEqual(pages, 1)
            self.assertIn("Parameter 39", text, "what does not conform comes first")
            self.assertIn("more in the full document", text)

    def test_the_card_ends_with_what_it_means_does_not_prove_and_what_comes_next(self):
        for verdict in ("pass", "fail", "to_be_confirmed", "inconclusive", "conditional_pass", "conditional_fail", "not_judged"):
            conclusion = dict(support.sample_record()["conclusion"], verdict=verdict)
            text = text_of(self.draw(CARD, conclusion=conclusion)[0])
            for heading in ("What this means", "What it does not prove", "What you can do next"):
                self.assertIn(heading, text)

    def advised(self, *verdicts, concluded="", document=CARD, **changes):
        """The card of one gold fineness after another, each [verdict, method_role]; the sheet's verdict is told or the first."""
        sample = support.sample_record()
        results = [dict(sample["results"][0], verdict=verdict, method_role=role) for verdict, role in verdicts]
        return "".join(text_of(self.draw(document, results=results, conclusion=dict(sample["conclusion"], verdict=concluded or verdicts[0][0]), **changes)[0]).split())

    def test_the_card_advises_by_what_stands_on_it(self):
        by_screening, by_reference = ("to_be_confirmed", "screening"), ("pass", "reference")
        self.assertIn("可委托用仲裁方法", self.advised(by_screening))
        settled = self.advised(by_screening, by_reference, concluded="pass")
        self.assertIn("以仲裁方法的结果为准", settled)
        self.assertNotIn("可委托用仲裁方法", settled)
        self.assertIn("没有作出符合与否的判定", self.advised(("not_judged", "reference")))
        in_part = self.advised(("not_judged", "reference"), by_reference)
        self.assertIn("有的项目只报告结果", in_part)
        self.assertNotIn("没有作出符合与否的判定", in_part)
        self.assertIn("与销售者协商", self.advised(("fail", "reference")))
        laboratory = dict(support.sample_record()["laboratory"], code="AIR")
        self.assertIn("加强通风", self.advised(("fail", "reference"), laboratory=laboratory))
        for standing in (1, 2):
            gone = self.advised(by_reference, standing=standing, since="2026-11-30")
            self.assertIn("不要再出示或转发本件", gone)
            self.assertNotIn("保存好原件", gone)

    def test_the_card_of_an_amended_report_has_room_for_the_rows_that_its_conclusion_speaks_of(self):
        amends = dict(sheet_no="JEW-2026-000001", revision="0", issued="2026-11-20", reason_zh="样品名称有误，客户出示购货单", reason_en="the name was wrong; the client showed the bill of the shop and the tag")
        text = self.advised(("to_be_confirmed", "screening"), ("pass", "reference"), revision="1", amends=amends)
        self.assertNotIn("2moreinthefullreport", text)

    def test_the_check_code_of_the_small_one_can_be_typed(self):
        for document in (FULL, CARD, SHARE):
            self.assertIn("核验码7K3M9QXA", "".join(text_of(self.draw(document)[0]).split()))

    def test_an_amended_report_says_in_whose_place_it_stands(self):
        amends = dict(sheet_no="JEW-2026-000001", revision="0", issued="2026-11-20", reason_zh="重量更正",
                      reason_en="mass corrected")
        text = "".join(text_of(self.draw(revision="1", amends=amends)[0]).split())
        for wanted in ("修订报告", "2026-11-20", "修订原因：重量更正", "Reason:masscorrected", "No.JEW-2026-000001/1"):
            self.assertIn(wanted, text)

    def test_a_copy_of_what_no_longer_stands_says_since_when(self):
        for standing, words in ((1, "SUPERSEDED, do not use"), (2, "WITHDRAWN, do not use")):
            for document in (CARD, SHARE):
                text = text_of(self.draw(document, standing=standing, since="2026-11-30")[0])
                self.assertIn(words, text)
                self.assertIn("2026-11-30", text)

    def coloured(self, pdf, like):
        """Whether any pixel of a page is of the ink of a verdict: green that is neither grey nor the blue of the heads."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["pdftoppm", "-r", "50", "-", folder + "/p"], input=pdf, check=True)
            for page in pathlib.Path(folder).iterdir():
                *_, pixels = page.read_bytes().split(b"\n", 3)
                if any(like(*pixels[at:at + 3]) for at in range(0, len(pixels) - 2, 3)):
                    return True
        return False

    def test_a_copy_of_what_no_longer_stands_has_neither_word_nor_colour_of_a_verdict(self):
        def green(red, green, blue):
            return green > red + 40 and green > blue + 20

        for document in (CARD, SHARE):
            drawn = dict(document=document, photo=False, codes=False)
            self.assertTrue(self.coloured(self.draw(**drawn)[0], green), "as long as it stands")
            for standing, word in ((1, "已被代替 Superseded"), (2, "已撤回 Withdrawn")):
                pdf, _ = self.draw(standing=standing, since="2026-11-30", **drawn)
                text = " ".join(text_of(pdf).split())
                for part in (*word.split(), "conclusion no longer stands"):
                    self.assertIn(part, text)
                for gone in ("Conforms", "符合 Conforms", "判定：符合"):
                    self.assertNotIn(gone, text)
                self.assertFalse(self.coloured(pdf, green), (document, standing))

    def test_what_has_chinese_in_its_unit_says_so_in_english_too(self):
        one = dict(support.sample_record()["results"][0], mean="3-4", unit="级", unit_en="grade", mean_en="grade 3-4", requirement="≥ 3",
                   requirement_en="not below grade 3", readings=[], determinations=[dict(value="3-4", inputs="样品 = 1 g", inputs_en="sample = 1 g")],
                   subcontractor="示例检测 Example Labs, CMA 1")
        for document in (FULL, CARD):
            text = " ".join(text_of(self.draw(document, results=[one])[0]).split())
            self.assertIn("GB 11887-2012", text)
            for wanted in ("grade 3-4", "not below grade 3", "#") + (("sample = 1 g", "(级, grade)") if document == FULL else ()):
                self.assertIn(wanted, text)

    def test_what_was_not_detected_says_so_in_words(self):
        one = dict(support.sample_record()["results"][0], mean="ND < 5", readings=[])
        for document in (FULL, CARD):
            self.assertIn("未检出" + ("notdetected" if document == FULL else ""), "".join(text_of(self.draw(document, results=[one])[0]).split()))

    def test_marks_are_of_production_only(self):
        marks = [dict(kind="cma", number="230512340567"), dict(kind="cnas", number="CNAS L12345")]
        self.assertIn("marks", self.renderer.draw(support.sample_record(marks=marks)))
        text = text_of(self.draw(specimen=False, legal_class="mixed", marks=marks)[0])
        self.assertIn("230512340567", text)
        self.assertIn("In scope in part", text)
        self.assertNotIn("Specimen", text)

    def test_a_mark_is_drawn_as_the_picture_that_the_record_names_and_no_other(self):
        picture = support.png(90, 36, lambda x, y: (30, 60, 160))
        cma = dict(kind="cma", number="230512340567", picture_sha256=hashlib.sha256(picture).hexdigest())
        record = support.sample_record(specimen=False, legal_class="both", marks=[cma, dict(kind="cnas", number="CNAS L12345")])
        for document in (FULL, CARD, SHARE):
            drawn = self.renderer.draw(record, cma=picture, document=document)
            self.assertIsInstance(drawn, tuple, drawn)
            text = text_of(drawn[0])
            self.assertIn("230512340567", text)
            self.assertNotIn("资质认定证书编号", text, "the picture stands in place of the words")
            self.assertIn("认可注册号", text, "no picture was brought of this one")
            self.assertTrue(self.coloured(drawn[0], lambda red, green, blue: blue > 140 and red < 60 and green < 90))
        for given in (dict(), dict(cnas=picture), dict(cma=support.png(90, 36, lambda x, y: (0, 0, 0)))):
            self.assertIn("cma_picture", self.renderer.draw(record, **given))
        self.assertIn("marks", self.renderer.draw(support.sample_record(marks=[cma]), cma=picture))

    def test_the_heads_of_later_pages_have_room_for_every_class(self):
        for legal_class, words in (("cma", "In CMA scope"), ("cnas", "In CNAS scope"), ("both", "In scope"),
                                   ("mixed", "In scope in part"), ("none", "No probative effect")):
            pdf, pages = self.draw(specimen=False, legal_class=legal_class)
            for page in range(2, pages + 1):
                head = text_of(pdf, "-layout", "-f", str(page), "-l", str(page)).strip().splitlines()[0]
                self.assertIn(words, head)
                self.assertIn("No. JEW-2026-000001", head)

    def test_a_seal_that_is_not_the_recorded_one_is_refused(self):
        seal = support.ring_photo(64)
        record = support.sample_record(specimen=False, legal_class="none", seal_sha256="0" * 64)
        self.assertIn("seal_picture", self.renderer.draw(record))
        self.assertIn("seal_picture", self.renderer.draw(record, seal=seal))

    def test_what_was_not_told_is_printed_with_its_reason(self):
        missing = [dict(field="mfr", label_zh="标称生产单位", label_en="Producer", zh="委托方未提供。", en="Not told by the client.")]
        text = text_of(self.draw(missing_reasons=missing)[0])
        for wanted in ("未提供的信息", "Information not given", "标称生产单位 Producer：委托方未提供。 Not told by the client."):
            self.assertIn(wanted, text)

    def test_a_slip_is_no_report_and_needs_no_approval(self):
        record = support.sample_record(format="touchstone/slip/1")
        record["signatures"] = record["signatures"][:2]
        drawn = self.renderer.draw(record, document=SLIP)
        self.assertIsInstance(drawn, tuple, drawn)
        text = text_of(drawn[0])
        self.assertIn("not a test report", text)
        self.assertNotIn("End of report", text)
        self.assertIn("signatures", self.renderer.draw(dict(record, format="touchstone/record/1")))

    def test_a_verification_certificate_has_its_own_title(self):
        text = text_of(self.draw(title_zh="检定证书", title_en="VERIFICATION CERTIFICATE")[0])
        self.assertIn("检定证书", text)
        self.assertNotIn("TEST REPORT", text)

    def test_every_document_has_the_same_bytes_twice(self):
        for document in (FULL, CARD, SHARE):
            self.assertEqual(self.draw(document), self.draw(document))


if __name__ == "__main__":
    unittest.main()
