# SPDX-License-Identifier: Apache-2.0
"""Every screen at 80x24 and 160x50 in Chinese and English. TOUCHSTONE_SHOTS=DIR keeps what was seen."""
import os
import pathlib
import re
import unicodedata

from tests.desk.case import DeskCase

SIZES = ((80, 24), (160, 50))


def columns(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 0 if unicodedata.combining(letter) else 1 for letter in text)


class Seen(DeskCase):
    """Keeps what a screen shows, and holds what every screen must."""

    def keep(self, terminal, name):
        # The keys and the status stand on the last two lines whatever the screen.
        shown = terminal.painted(self.size[1])
        for line in shown.splitlines():
            self.assertLessEqual(columns(line), self.size[0], (name, line))
        self.assertNotIn("\ufffd", shown, name)
        # Terminals differ on how wide these are.
        self.assertEqual([letter for letter in shown if unicodedata.east_asian_width(letter) == "A"], [], name)
        if shots := os.environ.get("TOUCHSTONE_SHOTS"):
            stem = f"{name}.{self.size[0]}.{'en' if self.english else 'zh'}"
            pathlib.Path(shots, stem + ".txt").write_text(shown)
            pathlib.Path(shots, stem + ".ansi").write_text(terminal.colours())
        return shown


class BothSizes:
    """What walk(english, size) goes through, in both languages at both sizes."""

    def test_in_chinese_at_80_by_24(self):
        self.walk(False, SIZES[0])

    def test_in_english_at_80_by_24(self):
        self.walk(True, SIZES[0])

    def test_in_chinese_at_160_by_50(self):
        self.walk(False, SIZES[1])

    def test_in_english_at_160_by_50(self):
        self.walk(True, SIZES[1])


class Screens(BothSizes, Seen):
    def setUp(self):
        super().setUp()
        for name, phone in (("欧阳 拂晓", "13900001234"), ("王小明", "13800001234")):  # who was here last comes first
            self.receipt = self.known(name, phone)
        self.booking = self.world.booked(person=dict(name="王小明", phone="13800001234"), note="brings two rings and the invoice")
        self.world.ticket()

    def walk(self, english, size):
        self.english, self.size = english, size
        terminal = self.open(*size, logged_in=False, english=english)
        terminal.until("Log in to" if english else "登录到")
        self.keep(terminal, "01-login")
        terminal.log_in("reception")
        terminal.until("reception", "D1-26-000012", without=("正在读取目录", "Reading the catalogue"))
        self.keep(terminal, "02-home")
        terminal.type("1234")
        terminal.key("Enter")
        terminal.until("138****1234")
        self.keep(terminal, "03-persons")
        terminal.key("F5")
        terminal.until("留痕" if not english else "kept in the history")
        self.keep(terminal, "04-reveal")
        terminal.type("visitor asks")
        terminal.key("Enter")
        terminal.until("13800001234")
        self.keep(terminal, "05-revealed")
        terminal.key("Enter")
        terminal.until("Item 1 of 1" if english else "样品 1 / 1")
        self.keep(terminal, "06-intake")
        terminal.key("Tab")
        terminal.type("750")
        self.keep(terminal, "07-choice")
        terminal.key("Tab")
        terminal.type("一枚镶嵌红宝石的足金戒指，附原厂鉴定证书，内圈刻有姓名")
        terminal.key("Tab")
        terminal.type("3.52")
        terminal.key("F8")
        terminal.until("space bar" if english else "按空格打勾")
        self.keep(terminal, "08-agreement")
        terminal.key("Space", "Tab", "Space", "F8")
        terminal.until("F8 again" if english else "再按 F8")
        self.keep(terminal, "09-gaps")
        terminal.key(*["Up"] * 11, "Space")
        terminal.until("Space orders" if english else "空格选择或取消")
        self.keep(terminal, "10-tests")
        terminal.key("Escape", "F8")
        shown = terminal.until("Registered" if english else "已登记")
        self.keep(terminal, "11-receipt")
        self.number = re.search(r"D1-\d\d-\d{6}", shown).group()
        terminal.key("Enter")
        terminal.until("M_XRF")
        self.keep(terminal, "12-item")
        terminal.key("F8")
        terminal.until("Weigh each" if english else "当面称重")
        self.keep(terminal, "13-return")
        terminal.key("Escape", "F6")
        terminal.until("JEW_AU750", "F5")
        self.keep(terminal, "14-items")
        terminal.key("F7")
        terminal.until("F5 state" if english else "F5 状态")
        self.keep(terminal, "15-deliveries")
        terminal.key("F1")
        terminal.until("any key" if english else "任意键关闭")
        self.keep(terminal, "16-help")
        terminal.key("Escape", "F3", "F4")
        terminal.until("A new person" if english else "新委托人")
        self.keep(terminal, "17-new-person")
        terminal.key("F5")
        terminal.until("Item 2 of 2" if english else "样品 2 / 2")
        self.keep(terminal, "18-second-item")
        terminal.key("F3")
        terminal.scan(self.booking.booking_code)
        terminal.until("Read out" if english else "请念")
        self.keep(terminal, "20-booking")
        terminal.key("F11")
        terminal.until("Wait min" if english else "预计 分", "J001")
        self.keep(terminal, "21-queue")
        terminal.key("F8")
        terminal.until("walk-in" if english else "现场取号")
        self.keep(terminal, "22-ticket")
        terminal.key("Escape", "F3")
        terminal.type("13800001234")
        terminal.key("Enter")
        terminal.until("138****1234")
        terminal.key("F8")
        terminal.until("Booking for" if english else "电话预约", "all day" if english else "全天")
        self.keep(terminal, "23-sessions")
        terminal.key("Enter")
        terminal.until("Waits when" if english else "满了就候补")
        self.keep(terminal, "24-book")
        terminal.key("Escape", "F9")
        terminal.until("Locked by" if english else "锁定")
        self.keep(terminal, "19-locked")
        terminal.close()


class Forms(Seen):
    """The form of each laboratory is what its catalogue says."""
    domains = ("FUR", "FOOD", "AIR")

    def form(self, domain, english, size):
        self.english, self.size = english, size
        self.environment |= {"TOUCHSTONE_LABORATORY": domain}
        terminal = self.open(*size, logged_in=False, english=english)
        terminal.until("Log in to" if english else "登录到")
        terminal.log_in(f"reception.{domain.lower()}")
        terminal.until("D1-26-000012", without=("正在读取目录", "Reading the catalogue"))
        terminal.key("F4")
        terminal.until("Item 1 of 1" if english else "样品 1 / 1")
        return terminal

    def test_a_form_longer_than_the_screen_follows_the_cursor(self):
        terminal = self.form("AIR", False, SIZES[0])
        self.assertIn("还有", self.keep(terminal, "30-air"))
        seen = set()
        for _ in range(50):
            terminal.key("Tab")
            shown = terminal.screen()
            seen |= {word for word in ("房间用途", "吸附管编号", "检测项目") if word in shown}
        self.assertEqual(len(seen), 3)
        terminal.close()

    def test_every_domain(self):
        for domain in self.domains:
            terminal = self.form(domain, False, SIZES[1])
            for english in (False, True):
                for self.english, self.size in ((english, SIZES[1]), (english, SIZES[0])):
                    terminal.resize(*self.size)
                    terminal.until("Item 1 of 1" if english else "样品 1 / 1")
                    self.keep(terminal, f"31-{domain.lower()}")
                terminal.key("F2")
            terminal.close()
            # The next one logs in for itself.
            (self.directory / "state" / "touchstone" / "default.session").unlink()

    def test_milk_is_taken_in_with_what_its_report_will_need(self):
        terminal = self.form("FOOD", False, SIZES[1])
        terminal.type("Anna")
        terminal.key("Tab")
        terminal.type("13500002222")
        terminal.key(*["Tab"] * 6)
        terminal.type("巴氏杀菌乳")
        terminal.key("Tab")
        terminal.type("1000")
        terminal.key(*["Tab"] * 3)
        terminal.type("L240")
        terminal.key("F8")
        terminal.until("按空格打勾")
        terminal.key("Space", "Tab", "Space", "Tab", "Space", "F8")
        terminal.until("再按 F8 仍登记")
        terminal.key("F8")
        terminal.until("已登记")
        terminal.key("Enter")
        terminal.until("批号           L240")
        self.assertEqual(self.daemon.sql("select field, value from lab.item_fact where field = 'batch'"), [("batch", "L240")])
        terminal.close()
