# SPDX-License-Identifier: Apache-2.0
"""The desk without its server: the cable between them is a proxy that the test pulls."""
import os
import re
import signal
import time
import unittest

from tests.desk.cable import Cable
from tests.desk.case import KEY_S, WAIT_S, DeskCase
from tests.support.daemon import PASSWORD


class OfflineCase(DeskCase):
    def setUp(self):
        super().setUp()
        self.cable = Cable(self.daemon.port)
        self.addCleanup(self.cable.cut)
        self.environment["TOUCHSTONE_SERVER"] = f"localhost:{self.cable.port}"
        self.booked = self.receipts()

    def receipts(self):
        return {number for number, in self.daemon.sql("select receipt_no from lab.receipt")}

    def new_receipts(self):
        return self.receipts() - self.booked

    def codes_of(self, number):
        return {code for code, in self.daemon.sql("select item_code from lab.item where receipt_no = %s", number)}

    def log_in_by_password(self, **options):
        terminal = self.open(logged_in=False, **options)
        terminal.until("用户名")
        terminal.log_in("reception")
        return terminal

    def ready(self, **options):
        """Prepared: keys, codes, catalogue."""
        terminal = self.log_in_by_password(**options)
        terminal.until("码60", without=("正在读取目录",))
        return terminal

    def begin(self, terminal, name="王小明", phone="13800001234"):
        terminal.key("F4")
        terminal.until("新委托人")
        terminal.type(name)
        terminal.key("Tab")
        terminal.type(phone)
        terminal.key("Tab", "Tab", "Tab", "Tab")

    def agree(self, terminal):
        terminal.accept()
        end = time.monotonic() + WAIT_S
        while not re.search("已登记|尚未入账|正在登记|存在本机", shown := terminal.screen()) and time.monotonic() < end:
            if "仍收" in shown:
                terminal.key("F8")
            time.sleep(KEY_S)

    def kept(self, terminal):
        """The provisional number, once the screen says that it is saved."""
        return re.search(r"暂用号 (\w{9})", terminal.until("已存在本机，尚未入账", "暂用号")).group(1)

    def take_in(self, terminal, **who):
        self.begin(terminal, **who)
        terminal.type_item()
        self.agree(terminal)


class Offline(OfflineCase):
    def test_a_cable_pulled_in_the_middle_of_an_intake_stops_nobody(self):
        self.connect_printer()
        self.program_in_path("lp", "exit 0\n")  # lp without a printer would tell that beside the labels
        terminal = self.ready()
        self.begin(terminal)
        self.cable.pull()
        terminal.type_item()
        self.agree(terminal)
        # It is not known yet that nobody is there: either it gives up by itself or at the second press.
        shown = terminal.until("F8")
        if "尚未入账" not in shown:
            terminal.key("F8")
        code = self.kept(terminal)
        self.assertIn("离线 1", terminal.screen())
        terminal.key("F5")
        terminal.until("标签已打出")
        self.assertIn(code.encode(), self.printer.printed[0])
        self.cable.plug()
        number = re.search(r"回执 (D1-\d\d-\d{6})", terminal.until("已入账")).group(1)
        self.assertEqual(self.new_receipts(), {number})
        self.assertEqual(self.codes_of(number), {code})
        terminal.until("离线 0")
        terminal.key("F10")
        terminal.until("left with 0")

    def test_a_desk_killed_without_a_server_is_opened_by_the_password_and_has_lost_nothing(self):
        terminal = self.ready()
        self.cable.cut()
        self.take_in(terminal)
        code = self.kept(terminal)
        os.kill(terminal.process(), signal.SIGKILL)
        terminal.close()
        terminal = self.open(logged_in=False)
        terminal.until("输入密码，可离线收样")
        terminal.type(PASSWORD)
        terminal.key("Enter")
        terminal.until("只能离线收样", "离线 1")
        terminal.key("C-o")
        terminal.until(code, "王** 1 件 戒指", "待入账")
        terminal.key("F3")
        self.take_in(terminal, name="司马青云", phone="13612349876")
        other = self.kept(terminal)
        self.cable.mend()
        terminal.until("离线 0")
        numbers = self.new_receipts()
        self.assertEqual(len(numbers), 2)
        self.assertEqual({code for number in numbers for code in self.codes_of(number)}, {code, other})

    def test_a_refusal_is_shown_and_changed_and_nothing_behind_it_overtakes(self):
        self.world.session()
        terminal = self.ready()
        terminal.until("位2")
        self.cable.cut()
        self.take_in(terminal)
        first = self.kept(terminal)
        terminal.key("F3")
        self.take_in(terminal, name="司马青云", phone="13612349876")
        second = self.kept(terminal)
        lease, = self.daemon.sql("select lease_id::text from lab.walk_in_lease where returned_at is null and desk = 'D1' order by leased_at desc limit 1")
        self.people["MANAGER"]("OpenDayService.ReturnLease", lease_id=lease[0])
        self.cable.mend()
        terminal.until("不能入账", "离线 2!")
        self.assertEqual(self.new_receipts(), set())
        terminal.key("C-o")
        terminal.until("冲突!", first, second, "待入账")
        terminal.key("F8")
        terminal.until("改好后 F8 重新入账", "王小明", "3.52")
        terminal.key("F8")
        terminal.until("离线 1!")
        terminal.key("C-o")
        terminal.until("冲突!", second)
        terminal.key("F12")
        terminal.until("搁置这一份")
        terminal.type("gave it back by hand")
        terminal.key("Enter")
        terminal.until("离线 0 ")
        number, = self.new_receipts()
        self.assertEqual(self.codes_of(number), {first})
        terminal.key("Tab")
        terminal.until("已搁置")
        terminal.key("Down", "Down")
        terminal.until("已搁置", "gave it back by hand")

    def test_another_desks_journal_is_opened_and_booked_here(self):
        terminal = self.ready()
        self.cable.cut()
        self.take_in(terminal)
        code = self.kept(terminal)
        os.kill(terminal.process(), signal.SIGKILL)
        terminal.close()
        journal, = (self.directory / "state").rglob("*.journal")
        copied = journal.rename(self.directory / "d1.journal")
        self.cable.mend()
        self.environment["TOUCHSTONE_DESK"] = "D2"
        for session in (self.directory / "state").rglob("*.session"):
            session.unlink()
        terminal = self.ready()
        terminal.key("C-o")
        terminal.until("没有等待入账")
        terminal.key("o")
        terminal.until("打开另一工位的日志")
        terminal.type(str(copied))
        terminal.key("Enter")
        terminal.until("已入账")
        number, = self.new_receipts()
        self.assertEqual(self.codes_of(number), {code})
        # Opened again it has nothing left to do.
        terminal.key("Escape", "o")
        terminal.until("打开另一工位的日志")
        terminal.type(str(copied))
        terminal.key("Enter")
        terminal.until("0 份等待")
        self.assertEqual(self.new_receipts(), {number})


if __name__ == "__main__":
    unittest.main()
