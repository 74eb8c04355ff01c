# SPDX-License-Identifier: Apache-2.0
"""A desk of a replayed day in a terminal: `touchstone desk` in tmux, worked by keys alone as a receptionist works it: calls the
next, finds or takes down the person, takes in, reads the receipt number off the screen."""
import re
import time

from tests.desk.case import Terminal
from tests.open_day.clients import Program

PRODUCT = "AU750"
EMPTY_S, LOOK_S = 5, 0.1


class Keys:
    """One desk on its screen. Every step waits for what it must show."""

    def __init__(self, program: Program, username):
        self.terminal = Terminal(program.directory, program.environment, 110, 40)
        self.terminal.until(username, without=("正在读取目录",))

    def close(self):
        self.terminal.close()

    def call(self, called_here):
        """The number that was called here; None when nobody waits. The words for an empty list and for an empty call are the
        same, so that who was called is asked of called_here."""
        self.terminal.key("F11")
        self.terminal.until("预计")
        self.terminal.key("F5")
        self.terminal.until("叫下一位", "叫到")
        self.terminal.key("F8")
        end, number = time.monotonic() + EMPTY_S, None
        while number is None and time.monotonic() < end:
            time.sleep(LOOK_S)
            number = called_here()
        if number is not None:
            self.terminal.until(f"请 {number} 到")
        return number

    def skip(self, number):
        self.terminal.until(f"> {number}")
        self.terminal.key("F12")
        self.terminal.until("过号")

    def take_in(self, number, person):
        """The receipt number."""
        terminal = self.terminal
        terminal.until(f"> {number}")
        terminal.key("Enter")
        terminal.until(f"{number} 在办理")
        terminal.key("F3", "C-u")
        self.find(person)
        terminal.until(f"排队 {number}")
        self.first_item(person)
        for _ in range(person.items - 1):
            terminal.key("F5", "Tab", "Tab", "C-u")
            terminal.type("戒指")
            terminal.key("Tab")
            terminal.type("3.52")
        terminal.key("F8")
        terminal.until("请确认后按空格打勾")
        terminal.key("Space", "Tab", "Space", "F8")
        terminal.until("再按 F8 仍登记")
        terminal.key("F8")
        return re.search(r"D\d-\d\d-\d{6}", terminal.until("已登记")).group()

    def find(self, person):
        """Who booked is known by the phone; who walked in is taken down."""
        terminal = self.terminal
        if person.booking:
            terminal.type(person.phone)
            terminal.key("Enter")
            terminal.until(f"{person.phone[:3]}****{person.phone[-4:]}")
            terminal.key("Enter")
            return
        terminal.type(person.name)
        terminal.key("Enter")
        terminal.until("没有找到")
        terminal.key("Enter")
        terminal.until("新委托人", person.name)
        terminal.type(person.phone)
        terminal.key("Tab", "Tab", "Tab", "Tab")

    def first_item(self, person):
        self.terminal.key("Tab")
        self.terminal.type(PRODUCT)
        self.terminal.key("Tab")
        self.terminal.type("戒指")
        self.terminal.key("Tab")
        self.terminal.type("3.52")
