# SPDX-License-Identifier: Apache-2.0
"""What must not hurt the desk: scanners, pastes, resizing, signals, a bad terminal, a server that is gone."""
import os
import signal
import subprocess
import time

from tests.client.case import Cutter
from tests.desk.case import PROGRAM, WAIT_S, DeskCase
from tests.outside.world import ring

# That the desk waits, is told so, or has given up; the first of each is Chinese.
WAITS = ("等待服务器", "waiting for the server", "正在取消", "Cancelling")
GAVE_UP = ("连不上服务器", "没有答复", "cannot be reached", "No answer")
LEFT = (*WAITS, *GAVE_UP, "!连不上", "!NO SERVER", "已取消", "Cancelled")


class OnTheTerminal(DeskCase):
    def item_code(self):
        return self.known().items[0].item_code

    def test_a_scan_opens_the_item_wherever_the_screen_is_and_its_enter_submits_nothing(self):
        code = self.item_code()
        terminal = self.open()
        terminal.scan(code)
        terminal.until(f"样品 {code}")
        terminal.key("F7")
        terminal.until("F5 状态")
        terminal.scan(code)
        terminal.until(f"样品 {code}")

    def test_forty_scans_in_two_seconds_end_with_the_last(self):
        codes = [item.item_code for item in self.world.received(items=[ring() for _ in range(20)]).items] * 2
        terminal = self.open()
        begin = time.monotonic()
        for code in codes:
            terminal.scan(code)
        spent = time.monotonic() - begin
        terminal.until(f"样品 {codes[-1]}")
        print(f"40 scans in {spent:.2f} s")

    def test_wrong_codes_are_named_and_lead_nowhere(self):
        code = self.item_code()
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        terminal = self.open()
        terminal.scan(wrong)
        terminal.until(wrong, "校验位不符")
        terminal.scan("J012ABC/99")
        terminal.until("J012ABC/99", "不是本机构的码")
        terminal.scan("https://lims.example/x")
        terminal.until("网址二维码")
        terminal.type(wrong)
        terminal.until("校验位不符：有一位输错")
        terminal.key("Enter")
        terminal.until("此处不能用")

    def test_a_scan_in_the_middle_of_an_intake_is_named_and_changes_nothing(self):
        code = self.item_code()
        terminal = self.open()
        terminal.key("F4")
        terminal.until("新委托人")
        terminal.type("Anna")
        before = self.calls()
        terminal.scan(code)
        terminal.until(f"样品码 {code}", "表单保留", "Anna")
        self.assertNotIn(f"Anna{code}", terminal.screen())
        self.assertEqual(self.calls(), before)

    def calls(self):
        return self.daemon.sql("select count(*) from lab.receipt")

    def test_a_seal_is_scanned_into_its_field(self):
        terminal = self.open(160, 50)
        terminal.key("F4")
        terminal.until("新委托人")
        # Its rule stands beside the form while the cursor is in it.
        for _ in range(40):
            if "same number checked" in terminal.screen():
                break
            terminal.key("Tab")
        terminal.scan("SEAL-2026/77")
        terminal.until("扫入封样编号：SEAL-2026/77")
        # Its Enter went nowhere: the next field has the cursor, and not the one after it.
        self.assertIn("样品量足够", terminal.screen().splitlines()[1][-48:])

    def test_a_pasted_megabyte_is_refused_and_named(self):
        terminal = self.open()
        terminal.paste("0123456789abcdef" * 65536)
        terminal.until("粘贴了 1048576 个字符")
        terminal.paste("王小明\n")
        terminal.until("王小明", "姓名")

    def test_chinese_is_typed_and_edited(self):
        terminal = self.open()
        terminal.type("王小明")
        terminal.key("Left", "BSpace")
        terminal.until("查询     王明")
        # The field begins at column 11, and the letter before the cursor is two columns wide.
        self.assertEqual(terminal.pane("cursor_x"), "13")

    def test_40_by_10_and_back_keeps_the_form(self):
        terminal = self.open()
        terminal.key("F4")
        terminal.until("新委托人")
        terminal.type("Anna")
        terminal.resize(40, 10)
        small = terminal.until("窗口太小：40x10")
        self.assertNotIn("Anna", small)
        terminal.type("B")
        terminal.resize(160, 50)
        terminal.until("AnnaB", "样品 1 / 1")
        terminal.resize(80, 24)
        terminal.until("AnnaB", "样品 1 / 1", without=("窗口太小",))

    def test_every_signal_that_can_be_caught_gives_the_terminal_back(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            terminal = self.open()
            before = terminal.pane("alternate_on")
            os.kill(terminal.process(), number)
            terminal.until("left with 130")
            # The other screen is gone, the cursor is seen, and lines are echoed and cut as before.
            self.assertEqual((before, terminal.pane("alternate_on"), terminal.pane("cursor_flag")), ("1", "0", "1"))
            tty = terminal.pane("pane_tty")
            settings = subprocess.run(["stty", "-a", "-F", tty], capture_output=True, text=True, check=True).stdout
            for word in ("icanon", "echo", "isig", "icrnl", "opost", "onlcr"):
                self.assertRegex(settings, rf"(?<![-\w]){word}\b", (number, settings))
            terminal.close()

    def test_ctrl_c_asks_before_an_intake_is_lost(self):
        terminal = self.open()
        terminal.key("F4")
        terminal.until("新委托人")
        terminal.key("C-c")
        terminal.until("仍退出")
        terminal.key("n")
        terminal.until("新委托人", without=("仍退出",))
        terminal.key("C-c", "y")
        terminal.until("left with 0")
        self.assertEqual(terminal.pane("alternate_on"), "0")

    def test_a_terminal_that_cannot_is_refused_with_a_sentence(self):
        terminal = self.open(wait=False, term="dumb")
        terminal.until("the terminal 'dumb' (TERM) cannot show full screens", "left with 2")
        terminal.close()
        refused = subprocess.run([PROGRAM, "desk"], env=dict(os.environ, **self.environment), capture_output=True, text=True)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("the desk needs a terminal", refused.stderr)

    def test_without_colour_everything_is_said_by_signs(self):
        self.environment["NO_COLOR"] = "1"
        terminal = self.open()
        terminal.scan("AB/CD*12")
        terminal.until("! 「AB/CD*12」")
        self.assertNotRegex(terminal.colours(), r"\x1b\[[0-9;]*3[0-7]m")

    def calm(self, terminal):
        """As before any search: the server is there, and nothing is left of the last one."""
        def is_calm():
            terminal.key("C-u")
            return not any(sign in terminal.screen() for sign in LEFT)
        terminal.wait(is_calm)

    def while_it_waits(self, terminal, act):
        """A search whose server does not answer, and what `act` does meanwhile: it is given the screen that waits, and gives the texts
        that one screen shall show then. The desk gives a search up by itself after some seconds: where a machine was too slow for
        that, all begins anew, as a search that is over proves nothing."""
        end = time.monotonic() + 4 * WAIT_S
        while True:
            self.calm(terminal)
            terminal.type("1234")
            os.kill(self.daemon.process.pid, signal.SIGSTOP)
            try:
                terminal.key("Enter")
                terminal.wait(lambda: any(sign in terminal.screen() for sign in (*WAITS, *GAVE_UP)))
                texts = act(terminal.screen())
                while True:
                    shown = terminal.screen()
                    if all(text in shown for text in texts):
                        return
                    if not any(sign in shown for sign in WAITS):
                        break
                self.assertLess(time.monotonic(), end, f"{texts} never seen while the server was waited for:\n{shown}")
            finally:
                terminal.key("Escape")
                os.kill(self.daemon.process.pid, signal.SIGCONT)

    def test_the_screen_goes_on_while_the_server_does_not_answer(self):
        relay = Cutter(self.daemon.port)
        self.addCleanup(relay.stop)
        self.known()
        self.environment["TOUCHSTONE_SERVER"] = f"localhost:{relay.port}"
        terminal = self.open()

        def typed(_):
            terminal.run("send-keys", "-l", "56")
            return "123456", "等待服务器"

        def turned(shown):
            terminal.key("F2")
            return "1234", WAITS[1] if WAITS[0] in shown else WAITS[0]

        def cancelled(shown):
            terminal.key("Escape")
            return ("已取消" if WAITS[0] in shown else "Cancelled"),

        for act in (typed, turned, cancelled):
            self.while_it_waits(terminal, act)
        self.calm(terminal)
        terminal.type("1234")
        terminal.key("Enter")
        terminal.until("138****1234")
