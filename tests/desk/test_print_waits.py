# SPDX-License-Identifier: Apache-2.0
"""A receptionist with a queue never waits for a printer: keys act while it is silent, busy, without paper or not there, and what was
asked for comes out once."""
import collections
import re
import time

from tests.desk.test_offline import OfflineCase

AT_ONCE_S = 15  # on a machine that is busy with twenty others; a busy printer takes 20 s, all of which a key would wait


class PrintWaits(OfflineCase):
    def setUp(self):
        super().setUp()
        self.connect_printer()

    def acts_at_once(self, terminal):
        """A key that changes the language, and the key back."""
        for key_words in ("printer", "打印机"):
            begin = time.monotonic()
            terminal.run("send-keys", "F2")
            while key_words not in terminal.screen().rstrip("\n").split("\n")[-1]:
                self.assertLess(time.monotonic() - begin, AT_ONCE_S, terminal.screen())
                time.sleep(0.005)

    def printed(self):
        return collections.Counter(re.search(rb"\^BCN,[^^]*\^FD(?:>:)?([^^]*)\^FS", label).group(1).decode() for label in self.printer.printed)

    def taken_in(self, terminal, **who):
        """The receipt number is on the screen, and stays there until a key is pressed."""
        self.take_in(terminal, **who)
        return re.search(r"已登记：回执 (D1-\d\d-\d{6})", terminal.until("已登记：回执")).group(1)

    def once_each(self, *numbers):
        codes = {code for number in numbers for code in self.codes_of(number)}
        return collections.Counter({*numbers, *codes})

    def test_labels_of_a_slip_that_are_stuck_in_a_printer_do_not_stop_the_keys_and_come_out_once_for_each_press(self):
        terminal = self.ready(columns=110, rows=40)
        self.cable.cut()
        self.take_in(terminal)
        code = self.kept(terminal)
        self.printer.busy = True
        terminal.key("F5")
        terminal.wait(lambda: self.printer.held)
        self.acts_at_once(terminal)
        terminal.key("F5")
        self.acts_at_once(terminal)
        self.printer.mend()
        terminal.wait(lambda: len(self.printer.printed) == 2)
        self.assertEqual(self.printed(), {code: 2})
        self.assertNotEqual(*self.printer.printed)  # the second says that it is a reprint

    def test_a_queue_is_taken_in_while_the_printer_is_silent_and_without_paper_and_away_and_every_label_comes_out_once(self):
        terminal, numbers = self.ready(columns=110, rows=40), []
        for at, (spoil, told) in enumerate(((lambda: setattr(self.printer, "silent", True), "没有应答"),
                                            (lambda: setattr(self.printer, "paper_out", True), "缺纸"), (self.printer.unplug, "离线"))):
            spoil()
            numbers.append(self.taken_in(terminal, name="王小明赵青"[at:at + 3], phone=f"1380000123{at}"))
            self.assertIn(f"已登记：回执 {numbers[-1]}", terminal.until("已保留", told))
            self.acts_at_once(terminal)
            terminal.key("F3")
            self.printer.silent = False
        terminal.until("待打 6")
        self.assertEqual(self.printer.printed, [])
        self.printer.plug_in()
        self.printer.mend()
        terminal.key("C-r")
        terminal.wait(lambda: self.printed() == self.once_each(*numbers))
        terminal.until("打印机", without=("待打",))
        self.assertEqual(self.printed(), self.once_each(*numbers))

    def test_what_is_asked_for_without_the_server_is_printed_once_it_is_back_and_no_window_opens_over_other_work(self):
        terminal = self.ready(columns=110, rows=40)
        self.printer.paper_out = True
        number = self.taken_in(terminal)
        terminal.until("Ctrl-R 续打")
        self.printer.mend()
        terminal.key("C-r")
        terminal.wait(lambda: self.printed() == self.once_each(number))
        self.cable.cut()
        terminal.key("C-l", "Right", "Tab")
        terminal.type("污损")
        terminal.key("F8")
        self.acts_at_once(terminal)
        terminal.until("恢复后自动打印")
        terminal.key("C-l", "Right", "F8", "F3")
        self.cable.mend()
        terminal.wait(lambda: len(self.printer.printed) == 4)
        terminal.until("写明原因再打", without=("补打原因",))
        self.assertEqual(self.printed(), {one: 2 for one in self.once_each(number)})
