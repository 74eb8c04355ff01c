# SPDX-License-Identifier: Apache-2.0
"""A desk of a replayed day in a terminal: `touchstone desk` in tmux, worked by keys alone as a receptionist works it: calls the
next, finds or takes down the person, takes in, reads the receipt number off the screen. Where the screen says that the server was not
reached or did not answer, the receptionist waits and presses again, as the screen says."""
import re
import time

from tests.desk.case import Terminal
from tests.open_day.printing import SCREEN

LOOK_S, AGAIN_S, SILENT_S, PATIENCE_S = 0.1, 1, 15, 180
CUT_OFF = ("连不上服务器", "没有答复", "不知道是否")
WINDOW, CALLED, NOBODY = "F8 提交，Esc 关闭", re.compile(r"请 ([A-Z]\d+) 到"), "没有人在等"
UNFINISHED, UNSERVED = "有一份未完成的收样", "没有登记任何物品"


class Keys:
    """One desk on its screen. Every step waits for what it must show. state_of(number) is what became of a number: a person would
    see it in the list on the screen or in front of the counter."""
    again = 0

    def __init__(self, program, username, state_of):
        """Logged in by the password, which opens the journal: codes are reserved, so that an intake goes on without an answer."""
        environment = program.environment | {"XDG_STATE_HOME": str(program.directory / SCREEN)}
        self.terminal, self.state_of = Terminal(program.directory, environment, 110, 40), state_of
        self.terminal.until("用户名")
        self.terminal.log_in(username)
        self.terminal.until("码60", without=("正在读取目录",))

    def close(self):
        self.terminal.close()

    def until(self, is_so, *keys, again=None):
        """Until is_so(screen): pressed again, or done again, where the screen says that nobody answered."""
        end, quiet = time.monotonic() + PATIENCE_S, time.monotonic() + AGAIN_S
        while not (found := is_so(shown := self.terminal.screen())):
            if time.monotonic() > end:
                raise AssertionError(f"pressed {keys} in vain:\n{shown}")
            # What it said may be gone again: that the server is back is news, too.
            if time.monotonic() > quiet and any(words in shown for words in CUT_OFF) or time.monotonic() > quiet + SILENT_S:
                Keys.again += 1
                again() if again else self.terminal.key(*keys)
                quiet = time.monotonic() + AGAIN_S
            time.sleep(LOOK_S)
        return found

    def press(self, *keys, shows=()):
        self.terminal.key(*keys)
        return self.until(lambda shown: all(words in shown for words in shows) and shown, *keys)

    # ---- the queue
    def call(self):
        """The number that was called here; None when nobody waits. The window is closed by the answer."""
        self.press("F11", shows=("预计",))
        self.terminal.key("F5")
        self.terminal.until(WINDOW)
        self.terminal.key("F8")
        shown = self.until(lambda shown: WINDOW not in shown and (CALLED.search(shown) or NOBODY in shown) and shown, "F8")
        called = CALLED.search(shown)
        if called is None:
            return None
        self.terminal.until(f"> {called[1]}")
        return called[1]

    def skip(self, number):
        self.terminal.key("F12")
        self.until(lambda _: self.state_of(number) in ("skipped", "left"), "F12")

    # ---- an intake
    def take_in(self, number, person):
        """The receipt number; or, where nobody answered and it was kept here, the provisional number."""
        terminal = self.terminal
        terminal.key("Enter")
        self.until(lambda shown: f"{number} 在办理" in shown or f"{number} 仍在办理" in shown, again=self.starts)
        self.find(number, person)
        terminal.type_item()
        for _ in range(person.items - 1):
            terminal.key("F5", "Tab", "Tab", "C-u")
            terminal.type("戒指")
            terminal.key("Tab")
            terminal.type("3.52")
        terminal.accept()
        return self.until(lambda shown: re.search(r"已登记：回执 (D\d-\d\d-\d{6})|暂用号 (\w{9})", shown), "F8").group(1, 2)

    def starts(self):
        """Where the start was not seen to be answered: asked again, and the question whether that number is finished is denied."""
        if UNSERVED in self.terminal.screen():
            self.terminal.type("n")
        else:
            self.terminal.key("Enter")

    def find(self, number, person):
        """Until the form of this number is there, and its person in it: who booked is known by the phone, who walked in is taken
        down. Without an answer the desk opens the form for what was typed; the server may be back before that was seen."""
        form, text = f"排队 {number}", person.phone if person.booking else person.name
        words = f"{person.phone[:3]}****{person.phone[-4:]}" if person.booking else "没有找到"

        def look():
            self.look_for(text)
        look()
        shown = self.until(lambda shown: any(one in shown for one in (form, words, UNFINISHED)) and shown, again=look)
        if form not in shown:
            self.terminal.key("F4" if UNFINISHED in shown else "Enter")
            shown = self.until(lambda shown: any(one in shown for one in (form, UNFINISHED)) and shown, again=look)
        if form not in shown:
            self.terminal.key("F4")
            shown = self.terminal.until(form)
        if "新委托人" in shown:
            self.take_down(person)

    def take_down(self, person):
        """The cursor stands on the phone, where the name is known; on the name, where the phone is."""
        if person.booking:
            self.terminal.type(person.name)
            self.terminal.key("Tab")
        else:
            self.terminal.type(person.phone)
        self.terminal.key("Tab", "Tab", "Tab", "Tab")

    def look_for(self, text):
        self.terminal.key("F3", "C-u")
        self.terminal.type(text)
        self.terminal.key("Enter")

