# SPDX-License-Identifier: Apache-2.0
"""The renderer as the daemon runs it, its pages read by independent programs."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from tests.sheet import support

RING = pathlib.Path(__file__).resolve().parent.parent / "quickstart" / "ring.jpg"


def text_of(pdf, *options):
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


class Drawing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.photo = support.ring_photo(120)
        cls.renderer = support.Renderer()

    @classmethod
    def tearDownClass(cls):
        cls.renderer.close()

    def draw(self, photo=b"", **changes):
        return self.renderer.draw(support.sample_record(photo, **changes), photo)

    def pages(self, photo=b"", **changes):
        drawn = self.draw(photo, **changes)
        self.assertIsInstance(drawn, tuple, drawn)
        return drawn

    def refused(self, expected, record, photo=b""):
        drawn = self.renderer.draw(record, photo)
        self.assertIsInstance(drawn, str)
        self.assertIn(expected, drawn)

    def test_the_sheet_says_what_iso_17025_asks_for(self):
        text = text_of(self.pages(self.photo)[0], "-layout")
        record = support.sample_record()
        for wanted in ("检验检测报告", "TEST REPORT", record["institute"]["name_zh"], record["institute"]["name_en"],
                       record["institute"]["address_zh"], record["sheet_no"], "Place of testing", "Client",
                       record["client"]["name"], record["item"]["code"], record["item"]["condition"], "4.32 g", "Au750",
                       "Date received", "Date(s) of testing", "Date of issue", "GB/T 18043-2013", "753.1 ‰", "2.0 ‰",
                       "(k = 2, ≈ 95 %)", "金750首饰（18K）", "gold jewellery 750", record["conclusion"]["reserve_zh"],
                       "签署见第2页", "exclusions from the method: 无 none", "≥ 750 ‰", "GB 11887-2012", "752.9", "符合", "Conforms",
                       record["conclusion"]["zh"], record["conclusion"]["en"], "判定规则", "Decision rule",
                       "JEW-XRF-01", "22.5", "编制", "审核", "批准", "甲示范", "乙示范", "丙示范", record["dates"]["issued"] + " 10:15 (UTC+8)",
                       "以下空白", "End of report", "演示图"):
            self.assertIn("".join(wanted.split()), "".join(text.split()))
        for statement in record["statements"]:
            self.assertIn("".join(statement["zh"].split())[:12], "".join(text.split()))

    def test_the_legal_class_stands_before_any_figure(self):
        text = text_of(self.pages()[0])
        self.assertLess(text.index("样张，无效"), text.index("753.1"))
        self.assertLess(text.index("Specimen, not valid"), text.index("JEW-2026-000001"))
        self.assertIn("no probative effect", text)

    def test_every_page_has_number_class_and_count(self):
        results = support.sample_record()["results"] * 12
        pdf, count = self.pages(results=results)
        self.assertGreater(count, 2)
        for page in range(1, count + 1):
            text = text_of(pdf, "-f", str(page), "-l", str(page), "-layout")
            self.assertIn("No. JEW-2026-000001", text)
            self.assertIn(f"第{page}页 共{count}页", text)
            self.assertIn(f"Page {page} of {count}", text)
            self.assertIn("样张，无效", text)
            if "752.9" in text:
                self.assertIn("Test method", text, "the table's head is repeated")
        self.assertEqual(text_of(pdf).count("752.9"), 12)
        self.assertEqual(text_of(pdf).count("End of report"), 1)

    def test_a_reading_is_printed_with_its_qualifier(self):
        results = support.sample_record()["results"]
        results[0]["readings"] = [{"value": "0.50", "qualifier": "less_than"}, {"value": "9.9", "qualifier": "greater_than"},
                                  {"value": "0.05", "qualifier": "not_detected", "position": "clasp"}]
        text = text_of(self.pages(results=results)[0], "-layout")
        for wanted in ("1. < 0.50", "2. > 9.9", "3. 未检出 ND (< 0.05)", "clasp"):
            self.assertIn(wanted, " ".join(text.split()))

    def test_all_who_prepared_and_reviewed_sign(self):
        prepared, reviewed, approved = support.sample_record()["signatures"]
        second, third = dict(prepared, name="丁示范"), dict(reviewed, name="戊示范")
        text = text_of(self.pages(signatures=[prepared, second, reviewed, third, approved])[0])
        for name in ("甲示范", "乙示范", "丙示范", "丁示范", "戊示范"):
            self.assertIn(name, text)

    def test_a_sheet_that_is_no_specimen_has_no_watermark_words(self):
        record = support.sample_record(specimen=False, legal_class="none")
        drawn = self.renderer.draw(record)
        self.assertIsInstance(drawn, tuple, drawn)
        text = text_of(drawn[0])
        self.assertNotIn("样张", text)
        self.assertNotIn("Specimen", text)
        self.assertIn("No probative effect", text)

    def test_drawing_twice_gives_the_same_bytes(self):
        first = self.pages(self.photo)
        self.assertEqual(first, self.pages(self.photo))
        self.assertNotEqual(first, self.pages())  # texts are kept from sheet to sheet
        self.assertEqual(first, self.pages(self.photo))
        with support.Renderer() as other:
            self.assertEqual(first, other.draw(support.sample_record(self.photo), self.photo))

    def test_the_pdf_is_of_the_kind_that_can_be_sealed(self):
        pdf = self.pages()[0]
        self.assertTrue(pdf.startswith(b"%PDF-1.4\n"))
        start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
        self.assertEqual(pdf[start:start + 5], b"xref\n")
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            pathlib.Path(file.name).write_bytes(pdf)
            subprocess.run(["qpdf", "--check", file.name], check=True, capture_output=True)
            fonts = subprocess.run(["pdffonts", file.name], check=True, capture_output=True, text=True).stdout
        self.assertIn("TouchstoneSans-Regular", fonts)
        self.assertNotIn("Fallback", fonts)

    def test_a_rare_character_of_a_name_is_drawn_and_one_nobody_has_is_named(self):
        record = support.sample_record()
        record["client"]["name"] = "王㛃𫍯"  # beyond GB 2312, and beyond the basic plane
        drawn = self.renderer.draw(record)
        self.assertIsInstance(drawn, tuple, drawn)
        self.assertIn("王㛃𫍯", text_of(drawn[0]))
        record["client"]["name"] = "\U0001F48D"
        self.refused("client.name", record)
        self.refused("client.name", record)  # though the text is laid out already

    def test_a_character_that_the_font_leaves_out_among_others_is_not_drawn_empty(self):
        record = support.sample_record()
        record["client"]["name"] = "王龘"  # U+9F98: between two characters of GB 2312
        drawn = self.renderer.draw(record)[0]
        fonts = subprocess.run(["pdffonts", "-"], input=drawn, capture_output=True, check=True).stdout.decode()
        self.assertIn("Fallback", fonts)
        self.assertIn("王龘", text_of(drawn))

    def test_the_longest_texts_stay_on_the_page(self):
        record = support.sample_record(self.photo)
        long_zh, long_en = "检验" * 300, "Pneumonoultramicroscopicsilicovolcanoconiosis" * 30
        for part, key, size in (("item", "condition", 500), ("item", "claim", 300), ("item", "stones", 300),
                                ("item", "hallmark", 200), ("item", "mass_g", 48), ("item", "name", 200), ("client", "name", 120),
                                ("conclusion", "zh", 500), ("decision_rule", "zh", 500)):
            record[part][key] = long_zh[:size]
        record["conclusion"]["en"] = long_en[:800]
        record["institute"]["name_zh"] = long_zh[:60]
        record["institute"]["name_en"] = long_en[:120]
        result = record["results"][0]
        for key, size in (("parameter_zh", 80), ("method_zh", 120), ("requirement", 100), ("judgement_standard", 200),
                          ("clause", 100), ("verdict_zh", 60), ("mean", 60), ("expanded_uncertainty", 60)):
            result[key] = long_zh[:size]
        result["parameter_en"], result["method_en"] = long_en[:120], long_en[:160]
        result["readings"] = [{"value": "750." + "1" * 50, "position": "戒圈" * 40}] * 200
        for signature in record["signatures"]:
            signature["name"], signature["meaning"] = long_zh[:60], long_zh[:120]
        drawn = self.renderer.draw(record, self.photo)
        self.assertIsInstance(drawn, tuple, drawn)
        layout = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=drawn[0], capture_output=True,
                                check=True).stdout.decode()
        for line in layout.splitlines():
            if "<word" in line:
                box = dict(part.split("=") for part in line.split(">")[0].split()[1:])
                self.assertGreaterEqual(float(box["xMin"].strip('"')), 43)
                self.assertLessEqual(float(box["xMax"].strip('"')), 552)
                self.assertLessEqual(float(box["yMax"].strip('"')), 833)

    def test_what_is_wrong_is_named_and_the_next_sheet_is_drawn(self):
        record = support.sample_record()
        del record["signatures"][1]["name"]
        self.refused("signatures[1].name", record)
        self.refused("record", b"\xff\xfe")
        self.refused("record", b"[" * 100000)
        self.refused("record", b"")
        self.refused("photo", support.sample_record(self.photo), self.photo[:-200])
        self.refused("photo", support.sample_record(self.photo))
        self.pages(self.photo)

    def test_a_photo_that_cannot_be_decoded_strands_no_sheet_and_a_frame_says_so(self):
        """It is in the books: by old versions, or because only decoding shows that it is damaged."""
        bomb = bytearray(support.png(8, 8, lambda x, y: (1, 2, 3)))
        bomb[16:24] = (40000).to_bytes(4, "big") * 2
        tall = support.png(1, 13000, lambda x, y: (1, 2, 3))
        for photo in (b"GIF89a", self.photo[:-200], support.png(1, 1, lambda x, y: (0, 0, 0))[:40], bytes(bomb), tall):
            for document in range(4):
                with self.subTest(photo=photo[:30], document=document):
                    drawn = self.renderer.draw(support.sample_record(photo), photo, document=document)
                    self.assertIsInstance(drawn, tuple, drawn)
                    text = "".join(text_of(drawn[0]).split())
                    self.assertIn("图片有损，无法显示原文件已存档", text)
                    self.assertIn("Damaged,cannotbeshown;itsfileiskept", text)
        self.assertNotIn("图片有损", text_of(self.pages(self.photo)[0]))

    def test_a_jpeg_with_wrong_bits_is_drawn_as_far_as_it_goes(self):
        whole = RING.read_bytes()
        scan = whole.rindex(b"\xff\xda")
        for at in range(scan + 100, len(whole) - 10, (len(whole) - scan) // 7):
            photo = bytearray(whole)
            photo[at:at + 3] = b"\x12\x34\x56"
            drawn = self.pages(bytes(photo))[0]
            self.assertNotIn("图片有损", text_of(drawn))
            self.assertNotEqual(drawn, self.pages(whole)[0])

    def test_memory_stays_flat(self):
        def resident():
            status = pathlib.Path(f"/proc/{self.renderer.process.pid}/status").read_text()
            return int(next(line for line in status.splitlines() if "VmRSS" in line).split()[1])

        def draw(number):
            record = support.sample_record(self.photo, sheet_no=f"B-{number}")
            record["client"]["name"] = f"张三{number}"  # a text that no other sheet has
            self.assertIsInstance(self.renderer.draw(record, self.photo), tuple)

        for number in range(10):
            draw(number)
        before = resident()
        for number in range(10, 50):
            draw(number)
        self.assertLess(resident() - before, 8000)


class Process(unittest.TestCase):
    def test_it_ends_with_its_input(self):
        renderer = support.Renderer()
        self.assertEqual(renderer.close(), 0)

    def test_a_broken_frame_ends_it(self):
        for bytes_ in (b"\0\0", b"\0\0\0\x05ab", b"\xff\xff\xff\xff"):
            done = subprocess.run([support.program("touchstone-render")], input=bytes_, capture_output=True)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stdout, b"")

    def test_a_frame_that_is_no_message_is_answered(self):
        with support.Renderer() as renderer:
            self.assertIn("REQUEST_BROKEN", renderer.ask(b"\xff" * 9)[3].decode())
            self.assertIn("record", renderer.ask(b"")[3].decode())

    def test_without_its_fonts_it_does_not_start(self):
        done = subprocess.run([support.program("touchstone-render"), "--fonts", "/nonexistent"], input="",
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent", done.stderr)

    def test_unknown_options_are_refused(self):
        done = subprocess.run([support.program("touchstone-render"), "--colour"], input=b"", capture_output=True)
        self.assertEqual(done.returncode, 2)

    def test_the_sample_record_is_canonical_json_with_texts_only(self):
        def check(value):
            if isinstance(value, dict):
                for inner in value.values():
                    check(inner)
            elif isinstance(value, list):
                for inner in value:
                    check(inner)
            else:
                self.assertIsInstance(value, (str, bool))

        check(json.loads(support.canonical(support.sample_record())))


if __name__ == "__main__":
    unittest.main()
