# SPDX-License-Identifier: Apache-2.0
"""A receptionist who takes in one visitor after the other while the cable is pulled, cut, or the desk killed, at random moments: each
intake is booked exactly once, or was never told to be saved. The dice are printed, and can be set by TOUCHSTONE_DICE."""
import os
import random
import signal
import threading
import time

from tests.desk.test_offline import OfflineCase
from tests.support.daemon import PASSWORD

DONE, WAIT_S = ("已登记：回执", "尚未入账", "已入账", "登记报告已领取"), 60


class Pulled(OfflineCase):
    def setUp(self):
        super().setUp()
        self.seed = os.environ.get("TOUCHSTONE_DICE", str(random.randrange(10 ** 9)))
        self.dice = random.Random(self.seed)
        self.told, self.lost = set(), set()

    def seen(self, terminal, *texts, seconds=WAIT_S):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = terminal.screen()
            if any(text in shown for text in texts):
                return shown
            if "left with" in shown:
                break
            time.sleep(0.02)
        raise AssertionError(f"dice {self.seed}: waited in vain for {texts}:\n{terminal.screen()}")

    def spoil(self, terminal, how):
        if how == "kill":
            try:
                os.kill(self.desk, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            getattr(self.cable, how)()

    def heal(self):
        if self.cable.process is None:
            self.cable.mend()
        else:
            self.cable.plug()

    def reopen(self, terminal):
        """Started again, without a server: the password opens it."""
        terminal.close()
        self.cable.cut()
        terminal = self.open(logged_in=False)
        self.seen(terminal, "输入密码，可离线收样")
        terminal.paste(PASSWORD)
        terminal.key("Enter")
        self.seen(terminal, "只能离线收样")
        self.desk = terminal.process()
        return terminal

    def take(self, terminal, number):
        terminal.key("F4")
        self.seen(terminal, "新委托人")
        for text, keys in ((f"来客{number}", ("Tab",)), ("13800001234", ("Tab",) * 5), ("AU750", ("Tab",)), (f"戒指{number:04}", ("Tab",)), ("3.52", ())):
            terminal.paste(text)
            terminal.key(*keys)
        terminal.key("F8")
        self.seen(terminal, "请确认后按空格打勾")
        terminal.key("Space", "Tab", "Space", "F8")
        self.seen(terminal, "再按 F8 仍登记")
        terminal.key("F8")
        # As long as it waits for a server that is away: a queue stands there.
        end = time.monotonic() + WAIT_S
        while not any(text in (shown := terminal.screen()) for text in DONE):
            if time.monotonic() > end or "left with" in shown:
                raise AssertionError(f"dice {self.seed}: neither booked nor kept:\n{shown}")
            if "正在登记" in shown or "仍收" in shown:
                terminal.key("F8")
            time.sleep(0.2)

    def one(self, terminal, number, how):
        timer = threading.Timer(self.dice.uniform(0, 4.5), self.spoil, (terminal, how))
        timer.start()
        try:
            self.take(terminal, number)
            self.told.add(number)
        except (AssertionError, OSError):
            timer.join()
            if how != "kill":
                raise
            # What was on the screen last counts.
            self.lost.add(number)
        timer.join()
        if how == "kill":
            terminal = self.reopen(terminal)
        self.heal()
        self.seen(terminal, "离线 0 ")
        # The second F8 may have met the receipt, which it opens a window of.
        terminal.key("Escape", "F3")
        return terminal

    def moments(self, count):
        print(f"dice {self.seed}")
        terminal = self.ready()
        self.desk = terminal.process()
        for number in range(count):
            terminal = self.one(terminal, number, self.dice.choice(("pull", "pull", "cut", "kill")))
        booked = dict(self.daemon.sql("select name, count(*)::int from lab.item where name like '戒指____' group by name"))
        for number in range(count):
            times = booked.get(f"戒指{number:04}", 0)
            self.assertIn(times, (1,) if number in self.told else (0, 1), f"dice {self.seed}: intake {number} is booked {times} times")
        waiting = self.daemon.sql("select count(*)::int from lab.item where name like '戒指____'")[0][0]
        self.assertEqual(waiting, sum(booked.values()))
        print(f"{count} moments: {len(self.told)} told, {len(self.lost)} killed before it was told, {sum(booked.values())} booked")
