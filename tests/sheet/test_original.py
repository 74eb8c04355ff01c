# SPDX-License-Identifier: Apache-2.0
"""Original records as the renderer draws them: every section, long tables over pages, rare characters, pictures of both kinds,
and bytes that are no picture."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from tests.sheet import original, support
from tests.sheet.test_render import text_of

JPEG = pathlib.Path(__file__).resolve().parent.parent / "quickstart" / "ring.jpg"


class Original(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.photo, cls.spectrum = support.ring_photo(120), original.spectrum(300, 160)
        cls.renderer = support.Renderer()
        cls.addClassCleanup(cls.renderer.close)

    def draw(self, record, *pictures):
        drawn = original.draw(self.renderer, record, pictures)
        self.assertIsInstance(drawn, tuple, drawn)
        return drawn

    def refused(self, expected, record, *pictures):
        drawn = original.draw(self.renderer, record, pictures)
        self.assertIsInstance(drawn, str)
        self.assertIn(expected, drawn)

    def pages(self, pdf, count):
        return [" ".join(text_of(pdf, "-layout", "-f", str(n), "-l", str(n)).split()) for n in range(1, count + 1)]

    def test_every_section_stands_on_the_paper(self):
        pdf, count = self.draw(original.whole(self.photo, self.spectrum), self.photo, self.spectrum)
        text = "".join(text_of(pdf, "-layout").split())
        for wanted in ("贵金属含量检测原始记录（X射线荧光光谱法）", "JEW-QR-031", "样张", "18K 金", "GB/T 18043-2013", "XRF-01", "XRF26-0881",
                       "GBW(E)130213", "752.9", "戒圈外侧", "XRF_MEAN", "let spread = range(points);", "修约间隔 0.1", "符合", "L003",
                       "WS-JEW-2026-00017", "不可接受", "control misplaced", "复核退回", "录入时数字颠倒", "735.1", "初测", "run7.csv",
                       "已划去", "out of focus", "样品照片", "End of record", "第2次打印"):
            self.assertIn("".join(wanted.split()), text)
        for one in original.whole(self.photo, self.spectrum)["attachments"]:
            self.assertIn(one["sha256"][:32], text)
        self.assertEqual(text.count("Endofrecord"), 1)

    def test_form_number_edition_record_and_page_stand_on_every_page(self):
        pdf, count = self.draw(original.whole(self.photo, self.spectrum), self.photo, self.spectrum)
        self.assertGreater(count, 3)
        for number, page in enumerate(self.pages(pdf, count), 1):
            for wanted in ("JEW-QR-031 版次 Edition A/3", original.TEST, f"第{number}页 共{count}页 Page {number} of {count}", "样张"):
                self.assertIn(wanted, page)

    def test_a_record_without_a_form_says_so_on_every_page(self):
        pdf, count = self.draw(original.bare())
        self.assertEqual(count, 1)
        text = text_of(pdf)
        self.assertIn("未指定受控表格编号", text)
        self.assertIn("No controlled form number is set", text)
        self.assertIn("无受控表格编号 No form number", text)
        self.assertNotIn("样张", text)

    def test_a_draft_and_a_superseded_record_say_what_they_are(self):
        self.assertIn("Draft: not reviewed", text_of(self.draw(original.bare(draft=True))[0]))
        test = dict(original.bare()["test"], state="superseded", state_zh="已被复测取代", state_en="superseded by the repeat test")
        self.assertIn("Superseded by the repeat test", text_of(self.draw(original.bare(test=test))[0]))
        hold = original.whole(self.photo, self.spectrum)["holds"][0]
        self.assertNotIn("Batch held", text_of(self.draw(original.bare(holds=[hold]))[0]))
        text = text_of(self.draw(original.bare(draft=True, holds=[hold, dict(hold, released_at="", released_by="", reason="")]))[0])
        self.assertIn("Draft: not reviewed", text)
        self.assertIn("Batch held: not released", text)

    def test_long_tables_go_on_over_pages_with_their_heads(self):
        record = original.whole(self.photo, self.spectrum)
        record["readings"] = [dict(value=f"853.{n:03}", qualifier="", position=f"位置 {n}", source="") for n in range(96)]
        record["acts"] = [original.act(f"2026-11-24 {n // 60 + 8:02}:{n % 60:02}", "录入", "entered", original.TECHNICIAN, f"note {n}")
                          for n in range(100)]
        record["calculation"]["steps"] = [dict(name=f"step_{n}", value="9" * 300) for n in range(60)]
        pdf, count = self.draw(record, self.photo, self.spectrum)
        self.assertGreater(count, 8)
        pages = self.pages(pdf, count)
        for n in range(96):
            self.assertIn(f"853.{n:03}", text_of(pdf))
        for sought, head in (("853.0", "Reading, ‰"), ("note ", "Note"), ("step_", "Step")):
            on = [page for page in pages if sought in page]
            self.assertGreater(len(on), 1, sought)
            for page in on:
                self.assertIn(head, page)

    def test_the_longest_texts_fit(self):
        record = original.whole(self.photo, self.spectrum)
        wide, latin = "检" * 600, "W" * 600
        for text in (wide, latin):
            record["changes"] = [dict(record["changes"][0], old_result=text, new_result=text, reason=text[:300])] * 20
            record["inputs"] = [text + text[:200]] * 3
            record["holds"] = [dict(record["holds"][0], of=text[:120], value=text[:120], rules=text[:200], measured_again=text[:500],
                                    nonconformities=text, released_by=text[:120], reason=text[:300])]
            record["retests"] = [dict(record["retests"][0], ordered_by=text[:120], reason=text[:400], tested_by=text[:400],
                                      reviewed_by=text[:160], result=text[:200])]
            record["signatures"] = [dict(record["signatures"][0], name=text[:120], note=text[:120])] * 12
            record["attachments"][1].update(name=text[:120], caption=text[:200])
            record["form"].update(form_no=text[:40], edition=text[:20], title_zh=text[:60], title_en=text[:100])
            record["readers"] = [dict(round="1", place="1", reader=text[:120], at="2026-11-24 10:00", result=text[:200],
                                      observations=text[:500], instrument=text[:160], environment="23 ℃", deviation=text[:300])]
            with self.subTest(text=text[:3]):
                self.draw(record, self.photo, self.spectrum)

    def test_readings_say_their_qualifier_and_where_they_came_from(self):
        readings = [dict(value="0.05", qualifier="not_detected", position="", source="run7.csv 行 line 2 列 column 9：ND"),
                    dict(value="9.9", qualifier="greater_than", position="", source="")]
        text = " ".join(text_of(self.draw(original.bare(readings=readings))[0], "-layout").split())
        for wanted in ("未检出 ND (< 0.05)", "> 9.9", "run7.csv 行 line 2 列 column 9：ND"):
            self.assertIn(wanted, text)

    def test_a_rare_character_is_drawn_and_one_nobody_has_is_said_by_its_code_point(self):
        item = dict(original.bare()["item"], name="㐀㙟戒指")
        text = text_of(self.draw(original.bare(item=item))[0])
        self.assertIn("㙟", text)
        self.assertNotIn("U+", text, "nothing to explain")
        text = text_of(self.draw(original.bare(item=dict(item, name="ring \U0001F48D ok")))[0])
        self.assertIn("ring [U+1F48D] ok", text)
        self.assertIn("[U+…] is a character that the fonts lack", " ".join(text.split()))
        self.assertNotIn("U+", text_of(self.draw(original.bare())[0]), "the next record has none")

    def test_whatever_was_typed_is_drawn(self):
        """Of every block of Unicode some characters, and joined ones, in the note of an act, as its whole and within words."""
        seen = [chr(code) for code in range(0x20, 0x30000, 61) if not 0xD800 <= code < 0xE000] + [
            "\u202e", "\u200b", "\ufeff", "\x07", "\t", "\n", "\u2028", "\ue000", "\uffff", "\U000e0041",
            "\U0001F469\u200d\U0001F52C", "\u2764\ufe0f", "e\u0301\u0323", "\u0915\u094d\u0937", "\u1112\u1161\u11ab"]
        record = original.bare(acts=[original.act("2026-11-24 10:00", "录入", "entered", original.TECHNICIAN,
                                                  "x".join(seen[at:at + 25])) for at in range(0, len(seen), 25)][:100])
        _, count = self.draw(record)
        self.assertGreater(count, 1)
        for bold in ("\U0001F48D", "\u200b", "\u0e01\u0e31", "\u0f40"):
            with self.subTest(bold=bold):
                self.draw(original.bare(item=dict(record["item"], code=bold), form=dict(
                    form_no=bold, edition=bold, effective_from=bold, title_zh=(bold * 60)[:60], title_en=bold)))

    def test_a_sheet_is_still_refused(self):
        sheet = support.sample_record()
        sheet["item"]["name"] = "ring \U0001F48D"
        for _ in range(2):  # an original record with this text does not make it known
            reply = self.renderer.ask(support.field(1, json.dumps(sheet).encode()))
            self.assertIn(b"item.name", reply.get(3, b""))
            self.draw(original.bare(item=dict(original.bare()["item"], name="ring \U0001F48D")))

    def test_words_of_a_file_are_tried_before_it_is_kept(self):
        def tried(*texts):
            return self.renderer.ask(b"".join(support.field(7, support.field(1, name) + support.field(2, text))
                                              for name, text in texts))
        self.assertEqual(tried(("name", "谱图.png"), ("caption", "㐀㙟 spectrum ≥ 5 ‰")).get(3, b""), b"")
        reply = tried(("name", "谱图.png"), ("caption", "bright \U0001F600"))
        self.assertEqual(reply[5], b"caption")
        self.assertIn(b"U+1F600", reply[6])
        self.assertEqual(tried(("name", "a\u200bb"), ("caption", ""))[5], b"name")

    def test_a_png_and_a_jpeg_are_drawn_with_caption_and_hash(self):
        jpeg = JPEG.read_bytes()
        record = original.bare(attachments=[original.attachment("a.png", self.spectrum, "谱图", True),
                                            original.attachment("b.jpg", jpeg, "照片 photo", True)])
        pdf, _ = self.draw(record, self.spectrum, jpeg)
        for one in record["attachments"]:
            self.assertIn(f"SHA-256 {one['sha256']}", text_of(pdf))
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            pathlib.Path(file.name).write_bytes(pdf)
            listed = subprocess.run(["pdfimages", "-list", file.name], check=True, capture_output=True, text=True).stdout
            subprocess.run(["qpdf", "--check", file.name], check=True, capture_output=True)
        self.assertEqual(listed.count("jpeg"), 2, listed)

    def test_a_picture_that_is_not_the_one_named_is_refused(self):
        record = original.bare(attachments=[original.attachment("a.png", self.spectrum, "", True)])
        self.refused("is not the one that the record names", record, self.photo)
        self.refused("has no picture behind the record", record)
        self.refused("fewer pictures", record, self.spectrum, self.photo)

    def test_hostile_pictures_are_refused_and_the_next_record_is_drawn(self):
        bomb = bytearray(support.png(8, 8, lambda x, y: (0, 0, 0)))
        bomb[16:24] = b"\x00\x00\xff\xff\x00\x00\xff\xff"  # 65535 x 65535
        for content in (bytes(bomb), self.spectrum[:200], b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, b"\xff\xd8\xff" + bytes(300),
                        JPEG.read_bytes()[:900], b"GIF89a", b"%PDF-1.4"):
            with self.subTest(content=content[:8]):
                reply = self.renderer.ask(support.field(6, content))
                self.assertIn(b"photo", reply.get(3, b""))
        self.assertEqual(self.renderer.ask(support.field(6, self.spectrum)).get(3, b""), b"")
        self.draw(original.bare())

    def test_drawing_twice_gives_the_same_bytes(self):
        record = original.whole(self.photo, self.spectrum)
        first = self.draw(record, self.photo, self.spectrum)
        self.draw(original.bare())
        self.assertEqual(first, self.draw(record, self.photo, self.spectrum))
        with support.Renderer() as other:
            self.assertEqual(first, original.draw(other, record, (self.photo, self.spectrum)))

    def test_a_broken_record_is_named_by_its_field(self):
        for changes, field in ((dict(format="touchstone/record/1"), "format"), (dict(prints=[]), "prints"), (dict(test_id=""), "test_id"),
                               (dict(readings=[dict(value="1", qualifier="about")]), "readings[0].qualifier"),
                               (dict(prints=[dict(print_no="1", printed_by="x", at="today")]), "prints.at"),
                               (dict(inputs=["x" * 801]), "inputs[0]"), (dict(draft="yes"), "draft")):
            self.refused(field, original.bare(**changes))


if __name__ == "__main__":
    unittest.main()
