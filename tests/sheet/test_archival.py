# SPDX-License-Identifier: Apache-2.0
"""Sealed sheets are what ISO 19005-3 asks for (tests/sheet/archival.py), and what breaks one of its rules is found."""
import pathlib
import shutil
import tempfile
import unittest

from tests.sheet import archival, support
from tests.sheet.test_documents import SMALL, statement_code

RARE = "𠮷㐂㙇龘喆堃 & <Sons>"
# What is altered (the last of it in the file), into what of the same length, and the clause that forbids it.
BROKEN = ((b"%PDF-1.4\n%", b"%PDF-1.4\nx", "6.1.2"), (b" /ID [", b" /IX [", "6.1.3"), (b"/Interpolate false", b"/Interpolate true ", "6.2.8"),
          (b"<pdfaid:part>3", b"<pdfaid:part>2", "6.6.4"), (b"conformance>U<", b"conformance>A<", "6.6.4"),
          (b"<pdf:Producer>Touchstone</pdf:Producer>", b"<pdf:Produces>Touchstone</pdf:Produces>", "6.6.2.3"),
          (b"/S /GTS_PDFA1", b"/S /GTS_PDFX1", "6.2.3"), (b"/F 132", b"/F 134", "6.3.2"), (b"/Rect [0 0 0 0]", b"/Rect [0 0 9 9]", "6.3.3"),
          (b"/AFRelationship /Data", b"/AFRelationship /Date", "6.1-6.2"), (b"/AFRelationship", b"/AFRelationshio", "6.8"),
          (b"/Params <<", b"/Parums <<", "6.8"), (b"/UF (sheet.cose)", b"/UF (sheet.cosy)", "6.8"), (b"/AF [", b"/AX [", "6.8"),
          (b"/FontFile3 ", b"/FontFile9 ", "6.2.11.4.1"), (b"/ToUnicode ", b"/ToUnicorn ", "6.2.11.7.2"), (b"/W [0 [ ", b"/W [9 [ ", "6.2.11.5"),
          (b"/SigFlags 3", b"/XFA (abcd)", "6.1-6.5"), (b"/ColorSpace /DeviceRGB", b"/ColorSpace /DeviceCMY", "6.1-6.2"),
          (b"/Lang (zh-CN)", b"/Long (zh-CN)", "6.7.4"))


class Archival(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-archival-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.photo = support.ring_photo(120)
        cls.renderer = support.Renderer()
        cls.addClassCleanup(cls.renderer.close)
        cls.signer = support.Signer("--channel", "--demonstration", str(cls.folder / "key"))
        cls.addClassCleanup(cls.signer.close)

    def sealed(self, name, photo=b"", **changes):
        record = support.sample_record(photo, **changes)
        if not photo:
            record["item"].pop("photo_sha256", None)
        drawn = self.renderer.draw(record, photo, qr=statement_code(409), small_qr=SMALL)
        self.assertIsInstance(drawn, tuple, drawn)
        return support.seal(drawn[0], record, self.signer, self.folder, name, evidence=(b"a statement", b"a proof"))

    def test_sheets_are_of_the_standard(self):
        client = dict(support.sample_record()["client"], name=RARE)
        institute = dict(support.sample_record()["institute"], name_zh="研究院 A & B <堃>")
        for name, given in (("photo.pdf", dict(photo=self.photo)), ("damaged.pdf", dict(photo=self.photo[:200])),
                            ("rare.pdf", dict(client=client, institute=institute))):
            with self.subTest(name):
                self.assertEqual(archival.faults(self.sealed(name, **given)), [])

    def test_what_is_not_is_found(self):
        sheet = self.sealed("whole.pdf", self.photo).read_bytes()
        for was, becomes, clause in BROKEN:
            with self.subTest(was):
                self.assertEqual(len(was), len(becomes))
                begin, found, end = sheet.rpartition(was)
                self.assertTrue(found)
                path = self.folder / "broken.pdf"
                path.write_bytes(begin + becomes + end)
                faults = archival.faults(path)
                self.assertTrue([fault for fault in faults if fault.startswith(clause)], faults)

    def test_bytes_behind_the_end_are_found(self):
        path = self.folder / "longer.pdf"
        path.write_bytes(self.sealed("short.pdf").read_bytes() + b"% more\n")
        self.assertTrue([fault for fault in archival.faults(path) if fault.startswith("6.1.3")])


if __name__ == "__main__":
    unittest.main()
