# SPDX-License-Identifier: Apache-2.0
"""Receptionists who take in one visitor after the other while the cable is pulled, cut, or the desk killed, at random moments: each
intake is booked exactly once, or was never told to be saved. Several desks go on at once, each with a cable and a home of its own,
against one daemon. The dice are printed, and can be set by TOUCHSTONE_DICE."""
import concurrent.futures
import os
import pathlib
import random
import shutil
import signal
import tempfile
import threading
import time

from tests.desk.cable import Cable
from tests.desk.case import DeskCase, Terminal
from tests.support.daemon import PASSWORD

DONE, WAIT_S, DESKS = ("已登记：回执", "尚未入账", "已入账", "登记报告已领取"), 120, 3


class Receptionist:
    """One desk, from its first log-in on."""

    def __init__(self, case, desk, dice):
        self.case, self.dice, self.number = case, random.Random(f"{dice} {desk}"), 0
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="tsd-"))
        case.addCleanup(shutil.rmtree, self.directory)
        self.cable = Cable(case.daemon.port)
        case.addCleanup(self.cable.cut)
        self.environment = case.environment | {
            "HOME": str(self.directory), "XDG_CONFIG_HOME": str(self.directory / "config"), "XDG_STATE_HOME": str(self.directory / "state"),
            "XDG_CACHE_HOME": str(self.directory / "cache"), "TOUCHSTONE_SERVER": f"localhost:{self.cable.port}", "TOUCHSTONE_DESK": desk}
        self.desk, self.told, self.lost, self.kept = desk, set(), set(), set()
        # How long an intake took that nothing befell: within so long the moment falls.
        self.takes_s = 4.0

    def fail(self, what):
        raise AssertionError(f"dice {self.case.seed}, desk {self.desk}, moment {self.number}: {what}:\n{self.terminal.screen()}")

    def seen(self, *texts):
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            shown = self.terminal.screen()
            if any(text in shown for text in texts):
                return shown
            if "left with" in shown:
                break
            time.sleep(0.02)
        return self.fail(f"waited in vain for {texts}")

    def start(self):
        self.terminal = Terminal(self.directory, self.environment)
        self.case.addCleanup(self.terminal.close)

    def prepare(self):
        """Keys, codes, catalogue."""
        self.start()
        self.seen("用户名")
        self.terminal.paste("reception")
        self.terminal.key("Tab", "Tab")
        self.terminal.paste(PASSWORD)
        self.terminal.key("Enter")
        self.seen("码60")
        self.process = self.terminal.process()

    def reopen(self):
        """Started again, without a server: the password opens it."""
        self.terminal.close()
        self.cable.cut()
        self.start()
        self.seen("输入密码，可离线收样")
        self.terminal.paste(PASSWORD)
        self.terminal.key("Enter")
        self.seen("只能离线收样")
        self.process = self.terminal.process()

    def spoil(self, how):
        if how == "kill":
            try:
                os.kill(self.process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        else:
            getattr(self.cable, how)()

    def heal(self):
        if self.cable.proxy is None:
            self.cable.mend()
        else:
            self.cable.plug()

    def take(self, name):
        terminal = self.terminal
        terminal.key("F4")
        self.seen("新委托人")
        for text, keys in ((f"来客{name}", ("Tab",)), ("13800001234", ("Tab",) * 5), ("AU750", ("Tab",)), (name, ("Tab",)), ("3.52", ())):
            terminal.paste(text)
            terminal.key(*keys)
        terminal.key("F8")
        self.seen("请确认后按空格打勾")
        terminal.key("Space", "Tab", "Space", "F8")
        self.seen("再按 F8 仍登记")
        terminal.key("F8")
        # As long as it waits for a server that is away: a queue stands there.
        end = time.monotonic() + WAIT_S
        while not any(text in (shown := terminal.screen()) for text in DONE):
            if time.monotonic() > end or "left with" in shown:
                self.fail("neither booked nor kept")
            if "正在登记" in shown or "仍收" in shown:
                terminal.key("F8")
            time.sleep(0.1)
        if "尚未入账" in shown:
            self.kept.add(name)

    def moment(self, how):
        name = f"戒指{self.desk}{self.number:03}"
        timer = threading.Timer(self.dice.uniform(0, 1.1 * self.takes_s), self.spoil, (how,))
        begun = time.monotonic()
        timer.start()
        try:
            self.take(name)
            self.told.add(name)
            if timer.is_alive():
                self.takes_s = time.monotonic() - begun
        except (AssertionError, OSError):
            timer.join()
            if how != "kill":
                raise
            # What was on the screen last counts.
            self.lost.add(name)
        timer.join()
        if how == "kill":
            self.reopen()
        self.heal()
        self.seen("离线 0 ")
        # The second F8 may have met the receipt, which it opens a window of.
        self.terminal.key("Escape", "F3")

    def go_on(self, count):
        self.prepare()
        for self.number in range(count):
            self.moment(self.dice.choice(("pull", "pull", "cut", "kill")))


class Pulled(DeskCase):
    def setUp(self):
        super().setUp()
        self.seed = os.environ.get("TOUCHSTONE_DICE", str(random.randrange(10 ** 9)))
        self.daemon.sql("insert into lab.desk (desk, name) values ('D2', 'second'), ('D3', 'third') on conflict do nothing")

    def moments(self, count, desks=DESKS):
        print(f"dice {self.seed}", flush=True)
        begun = time.monotonic()
        receptionists = [Receptionist(self, f"D{number + 1}", self.seed) for number in range(desks)]
        shares = [(count + number) // desks for number in range(desks)]
        with concurrent.futures.ThreadPoolExecutor(desks) as pool:
            for going in [pool.submit(one.go_on, share) for one, share in zip(receptionists, shares)]:
                going.result()
        booked = dict(self.daemon.sql("select name, count(*)::int from lab.item where starts_with(name, '戒指D') group by name"))
        told, lost = (set().union(*(getattr(one, what) for one in receptionists)) for what in ("told", "lost"))
        kept = sum(len(one.kept) for one in receptionists)
        self.assertEqual(len(told | lost), count)
        for name in told | lost:
            self.assertIn(booked.pop(name, 0), (1,) if name in told else (0, 1), f"dice {self.seed}: how often {name} is booked")
        self.assertEqual(booked, {}, f"dice {self.seed}: booked, and taken in by nobody")
        print(f"{count} moments at {desks} desks in {time.monotonic() - begun:.0f} s: {len(told)} told ({kept} of them kept here "
              f"first), {len(lost)} killed before it was told", flush=True)
