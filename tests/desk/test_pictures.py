# SPDX-License-Identifier: Apache-2.0
"""Pictures at the desk: the newest of a watched folder, a document camera, a file; looked at and checked before they are sent."""
import os
import pathlib
import time

from tests.desk.case import PROGRAM, DeskCase
from tests.outside.world import bomb, picture, ring


class Pictures(DeskCase):
    def setUp(self):
        super().setUp()
        self.folder = self.directory / "pictures"
        self.folder.mkdir()
        (self.folder / "old.jpg").write_bytes(picture())

    def photographed(self, **options):
        return self.open(command=f"{PROGRAM} desk --pictures {self.folder} {options.pop('camera', '')}", **options)

    def pending(self, terminal):
        item = self.world.received(items=[ring(photo=b"")]).items[0]
        terminal.scan(item.item_code)
        terminal.until("看回执", item.item_code, "待补")
        return item

    def has_picture(self, item):
        return not self.world.item(item.item_code).photo_pending

    def test_a_new_picture_of_the_folder_appears_by_itself_and_is_attached_by_two_keys(self):
        terminal = self.photographed()
        item = self.pending(terminal)
        self.assertNotIn("新照片", terminal.screen())
        (self.folder / "ring-1.jpg").write_bytes(picture())
        terminal.until("新照片 1 ^P", "ring-1.jpg")
        terminal.presses = 0
        terminal.key("C-p")
        terminal.until("ring-1.jpg", "F8 存入")
        terminal.key("F8")
        terminal.until("照片已存", without=("新照片",))
        self.assertEqual(terminal.presses, 2)
        self.assertTrue(self.has_picture(item))

    def test_a_new_picture_goes_into_the_intake_that_is_filled_in(self):
        terminal = self.photographed()
        self.known()
        terminal.type("13800001234")
        terminal.key("Enter")
        terminal.until("138****1234")
        terminal.key("Enter")
        terminal.until("委托检测协议")
        (self.folder / "ring-2.png").write_bytes(picture(20, 10))
        terminal.until("新照片 1 ^P")
        terminal.key("C-p")
        terminal.until("第 1 件用照片 ring-2.png")

    def test_a_pipe_or_a_terminal_is_no_picture_and_holds_nobody_up(self):
        os.mkfifo(self.directory / "pipe.png")
        terminal = self.photographed()
        self.pending(terminal)
        for path in (self.directory / "pipe.png", pathlib.Path("/dev/tty")):
            terminal.key("F5")
            terminal.until("F8")
            terminal.key("C-u")
            terminal.type(str(path))
            terminal.key("F8")
            terminal.until(f"{path.name} 不是 JPEG 或 PNG")
            terminal.key("Escape")

    def test_what_is_no_picture_or_too_large_is_named_and_not_sent(self):
        terminal = self.photographed()
        item = self.pending(terminal)
        (self.folder / "words.jpg").write_bytes(b"these are words, no picture")
        terminal.until("words.jpg")
        terminal.key("C-p")
        terminal.until("words.jpg 不是 JPEG 或 PNG")
        (self.folder / "large.jpg").write_bytes(picture() + bytes(3 * 1024 * 1024))
        terminal.until("large.jpg")
        terminal.key("C-p")
        terminal.until("large.jpg 有 3", "最多 2048")
        (self.folder / "cut.jpg").write_bytes(picture()[:-60])
        terminal.until("cut.jpg")
        terminal.key("C-p")
        terminal.until("cut.jpg 不完整")
        (self.folder / "bits.jpg").write_bytes(picture().replace(b"IDAT", b"IDAT\0", 1)[:-1])
        terminal.until("bits.jpg")
        terminal.key("C-p")
        terminal.until("bits.jpg 已损坏", "重拍")
        (self.folder / "bomb.png").write_bytes(bomb())
        terminal.until("bomb.png")
        terminal.key("C-p")
        terminal.until("bomb.png 像素太多", "12000")
        self.assertFalse(self.has_picture(item))

    def test_the_camera_takes_one_without_a_shell_and_a_viewer_shows_it(self):
        source = self.directory / "source.jpg"
        source.write_bytes(picture())
        camera = self.program("camera", f'printf "%s|" "$@" > {self.directory}/words\ncp {source} "$3"\n')
        self.viewer()
        terminal = self.photographed(camera=f"--camera '{camera} -r $HOME;ls {{}}'")
        item = self.pending(terminal)
        terminal.key("C-p")
        terminal.until("新照片 1 ^P")
        self.assertTrue((self.directory / "words").read_text().startswith("-r|$HOME;ls|/"))
        terminal.key("C-v")
        terminal.until("正在打开照片")
        terminal.key("C-p")
        terminal.until("F8 存入")
        terminal.key("F8")
        terminal.until("照片已存")
        self.assertTrue(self.has_picture(item))
        path, shown = self.shown()
        self.assertRegex(str(path), r"/\d+\.jpg$")
        self.assertEqual(shown, picture())

    def test_a_camera_that_hangs_is_stopped_by_esc_and_one_that_fails_says_why(self):
        camera = self.program("camera", f"echo $$ > {self.directory}/pid\n[ -e {self.directory}/broken ] && echo 没有相机 && exit 1\nsleep 600\n")
        terminal = self.photographed(camera=f"--camera {camera}")
        self.pending(terminal)
        terminal.key("C-p")
        terminal.until("正在拍照")
        end = time.monotonic() + 30
        while not (self.directory / "pid").exists() and time.monotonic() < end:
            time.sleep(0.05)
        terminal.key("Escape")
        terminal.until("不拍了", "看回执")
        (self.directory / "broken").touch()
        terminal.key("C-p")
        terminal.until("没有拍成：没有相机")
