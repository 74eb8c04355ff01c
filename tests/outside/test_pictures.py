# SPDX-License-Identifier: Apache-2.0
"""A picture that no sheet can show is refused at every door, with words that say what to do; and one in which only decoding
shows the damage strands no sheet."""
import os
import pathlib
import subprocess
import tempfile

import psycopg2

from tests.outside.case import Outside
from tests.outside.test_documents import text_of
from tests.outside.world import bomb, intake_fields, picture, ring
from tests.support import paths
from tests.support.daemon import PASSWORD

PROGRAM = paths.build() / "client" / "touchstone"
RING = (pathlib.Path(__file__).resolve().parent.parent / "quickstart" / "ring.jpg").read_bytes()
LOSSLESS = RING.replace(b"\xff\xc0\x00\x11", b"\xff\xc3\x00\x11")
BAD = {  # what, and how its refusal begins
    "words.png": (b"these are words", "is neither a JPEG nor a PNG picture: choose"),
    "cut.png": (picture()[:-1], "is cut short: the camera"),
    "cut.jpg": (RING[:-2], "is cut short: the camera"),
    "bits.png": (picture()[:50] + bytes([picture()[50] ^ 1]) + picture()[51:], "is damaged: copy it"),
    "behind.png": (picture() + b"what nobody sees", "is damaged: copy it"),
    "bomb.png": (bomb(), "has too many pixels, at most 12000 a side"),
    "lossless.jpg": (LOSSLESS, "is a JPEG that no sheet can show"),
}


class Doors(Outside):
    def counted(self):
        return self.daemon.sql("select (select count(*) from lab.item), (select count(*) from lab.item_photo)")

    def pending(self):
        return self.world.received(items=[ring(photo=b"")]).items[0]

    def test_intake_and_the_picture_that_follows_refuse_it_by_its_field(self):
        desk, item, before = self.people["RECEPTION"], self.pending(), self.counted()
        for name, (content, said) in BAD.items():
            with self.subTest(name=name):
                with self.ends_in("INVALID_ARGUMENT", "FIELD_INVALID") as refused:
                    desk("DeskService.RegisterIntake", **intake_fields(items=[ring(), ring(photo=content)]))
                self.assertEqual(list(refused[0].fields), ["items[1].photo"])
                self.assertTrue(refused[0].fields["items[1].photo"].startswith(said), refused[0].fields)
                with self.ends_in("INVALID_ARGUMENT", "FIELD_INVALID") as refused:
                    desk("DeskService.AttachPhoto", item_code=item.item_code, version=item.version, photo=content)
                self.assertTrue(refused[0].fields["photo"].startswith(said), refused[0].fields)
        self.assertEqual(self.counted(), before)

    def test_a_file_attached_to_a_test_is_told_the_same(self):
        test = self.world.claimed()
        for name, (content, said) in BAD.items():
            if name != "words.png":  # a text, and taken as one
                with self.subTest(name=name), self.ends_in("INVALID_ARGUMENT") as refused:
                    self.people["TECHNICIAN"]("RecordService.AttachFile", test_id=test.test_id, name=name, content=content)
                self.assertTrue(refused[0].fields["content"].startswith(said), refused[0].fields)

    def test_the_command_line_says_what_is_wrong_and_what_to_do(self):
        item = self.pending()
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "secret").write_text(PASSWORD + "\n")
            (folder / "secret").chmod(0o600)
            self.command(folder, "login", "reception", "--desk", "D1", "--password-file", folder / "secret")
            for name, (content, said) in BAD.items():
                (folder / name).write_bytes(content)
                done = self.command(folder, "item", "photo", item.item_code, folder / name)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(f"photo: {said}", done.stderr)
            (folder / "ring.jpg").write_bytes(RING)
            done = self.command(folder, "item", "photo", item.item_code, folder / "ring.jpg")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(self.world.item(item.item_code).photo_pending)

    def command(self, home, *words):
        environment = dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home), XDG_STATE_HOME=str(home),
                           TOUCHSTONE_SERVER=f"localhost:{self.daemon.port}", TOUCHSTONE_CA=str(self.daemon.certificate))
        return subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True, timeout=60)

    def test_the_database_guards_head_bounds_and_end_of_photos_and_of_seal_and_marks(self):
        item = self.pending()
        seal = "insert into lab.institute_seal (picture) values (%s)"
        mark = "insert into lab.institute_mark (kind, picture) values ('cnas', %s)"
        photo = ("insert into lab.item_photo (item_code, laboratory, photo, added_by, at) "
                 f"select item_code, laboratory, %s, holder_id, received_at from lab.item where item_code = '{item.item_code}'")
        for content in (b"", *(BAD[name][0] for name in BAD if name != "bits.png"), picture(12001, 1), picture()[:33],
                        b"\xff\xd8\xff\xe0" + b"ring" * 50, b"\xff\xd8\xff" + bytes(300), RING[:300]):
            for statement in (seal, mark, photo):
                with self.subTest(content=content[:40], statement=statement[:30]), self.assertRaises(psycopg2.Error) as refused:
                    self.daemon.sql(statement, content)
                if content:
                    self.assertIn("must be a whole JPEG or PNG picture", str(refused.exception))
        for content in (picture(), RING):
            self.daemon.sql(seal, content)
            self.daemon.sql(mark, content)
        self.daemon.sql(photo, RING)

    def test_a_picture_whose_damage_only_decoding_shows_strands_no_sheet(self):
        """Its parts are whole, so it is taken; the sheet shows what is to be seen of it, or says that it cannot."""
        bits = bytearray(RING)
        at = RING.rindex(b"\xff\xda") + 300
        bits[at:at + 3] = b"\x12\x34\x56"
        for photo, told in ((bytes(bits), False), (picture(8, 8, b"too little for 64 pixels"), True), (picture(8000, 8000, bytes(100)), True)):
            with self.subTest(photo=photo[:30]):
                sheet = self.world.released(items=[ring(photo=photo)])
                pdf = b"".join(piece.data for piece in self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no))
                self.assertEqual("图片有损，无法显示" in "".join(text_of(pdf).split()), told)
