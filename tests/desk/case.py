# SPDX-License-Identifier: Apache-2.0
"""The desk in a terminal: tmux on a private socket, the real program, a real daemon. Keys are sent one at a time like a person types,
text of a scanner at once; what is on the screen is waited for, never slept for."""
import contextlib
import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from tests.outside.domains import DomainCase
from tests.printer.printer import Printer
from tests.support import paths
from tests.support.daemon import PASSWORD

PROGRAM = paths.build() / "client" / "touchstone"
WAIT_S = 90
LEFT_S = 10  # for what ends by itself when its terminal goes
KEY_S = 0.045  # slower than a scanner, faster than a person
NUMBERS = itertools.count()


def goes_on(group):
    """Whether a process of the group has not ended yet."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group and state not in "ZX":
                return True
    return False


class Terminal:
    """One tmux server with one pane that runs the desk (or another command) in an environment of its own."""

    def __init__(self, directory, environment, columns=80, rows=24, command=None, term="tmux-256color"):
        # A socket of its own: the server before may still be going.
        self.directory, self.socket = pathlib.Path(directory), pathlib.Path(directory) / f"tmux{next(NUMBERS)}"
        self.presses = 0
        command = command or f"{PROGRAM} desk"
        # The shell stays, so that what the desk leaves behind can be seen.
        (self.directory / "start.sh").write_text(f"export TERM={term}\n{command}\necho left with $?\nexec sleep 600\n")
        self.run("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "sh", str(self.directory / "start.sh"),
                 environment=environment)
        self.run("set-option", "-g", "status", "off")
        self.run("set-option", "-g", "window-size", "manual")

    def run(self, *words, environment=None, data=None):
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TMUX", "XDG_", "LC_", "LANG"))}
        return subprocess.run(["tmux", "-u", "-S", str(self.socket), *words], env=kept | {"LC_ALL": "C.UTF-8"} | (environment or {}), check=True,
                              capture_output=True, text=True, input=data, timeout=300).stdout

    def close(self):
        """Ends what runs in it, for certain: the SIGCONT that comes with the hang-up can leave the leak check of a program that
        is just then at its end waiting for itself for ever."""
        group = subprocess.run(["tmux", "-S", str(self.socket), "display-message", "-p", "#{pane_pid}"], capture_output=True, text=True).stdout
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True)
        end = time.monotonic() + LEFT_S
        while group.strip() and goes_on(int(group)):
            if time.monotonic() > end:
                os.killpg(int(group), signal.SIGKILL)
                break
            time.sleep(0.02)

    # ---- keys
    def key(self, *names):
        for name in names:
            self.run("send-keys", name)
            self.presses += 1
            time.sleep(KEY_S)

    def type(self, text):
        """Data, letter by letter. Every four letters what they did is waited for: on a busy machine more of them could reach the desk
        at once, and six at once are a scan."""
        for begin in range(0, len(text), 4):
            before = self.state()
            for letter in text[begin:begin + 4]:
                self.run("send-keys", "-l", letter)
                time.sleep(KEY_S)
            self.settled(before)

    def state(self):
        return self.run("display-message", "-p", "#{cursor_x},#{cursor_y}", ";", "capture-pane", "-p")

    def settled(self, before):
        end, last = time.monotonic() + 2, None
        while time.monotonic() < end:
            now = self.state()
            if now != before and now == last:
                return
            last = now
            time.sleep(KEY_S)

    def scan(self, code, enter=True):
        """A scanner: all letters at once, and its Enter."""
        self.run("send-keys", "-l", code, *((";", "send-keys", "Enter") if enter else ()))

    def paste(self, text):
        path = self.directory / "pasted"
        path.write_text(text)
        self.run("load-buffer", str(path))
        self.run("paste-buffer", "-p")

    def resize(self, columns, rows):
        self.run("resize-window", "-x", str(columns), "-y", str(rows))

    def painted(self, rows):
        """The screen once its status stands on the last of so many lines, twice the same."""
        end, before = time.monotonic() + WAIT_S, ""
        while True:
            shown = self.screen()
            lines = shown.rstrip("\n").split("\n")
            if len(lines) == rows and re.search("离线 0 .*打印机 无|offline 0 .*printer none", lines[-1]) and shown == before:
                return shown
            if time.monotonic() > end:
                raise AssertionError(f"the status does not stand on line {rows}:\n{shown}")
            before = shown
            time.sleep(0.05)

    # ---- what a receptionist does often
    def log_in(self, username):
        """At the form for it; what then is shown is not waited for."""
        self.type(username)
        self.key("Tab", "Tab")
        self.type(PASSWORD)
        self.key("Enter")

    def type_item(self, product="AU750", name="戒指", mass="3.52"):
        """From the field before: what it is said to be, its name and its mass."""
        for text in (product, name, mass):
            self.key("Tab")
            self.type(text)

    def accept(self):
        """The form is registered with its ticks, whatever else might be asked; what becomes of it is not waited for."""
        self.key("F8")
        self.until("请确认后按空格打勾")
        self.key("Space", "Tab", "Space", "F8")
        self.until("再按 F8 仍登记")
        self.key("F8")

    # ---- what is seen
    def screen(self):
        return self.run("capture-pane", "-p")

    def colours(self):
        return self.run("capture-pane", "-p", "-e")

    def pane(self, what):
        return self.run("display-message", "-p", f"#{{{what}}}").strip()

    def until(self, *texts, without=()):
        """The screen once all texts are on it."""
        end = time.monotonic() + WAIT_S
        while True:
            shown = self.screen()
            if all(text in shown for text in texts) and not any(text in shown for text in without):
                return shown
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {texts} without {without}:\n{shown}")
            time.sleep(0.03)

    def wait(self, is_so):
        end = time.monotonic() + WAIT_S
        while not is_so():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain:\n{self.screen()}")
            time.sleep(0.03)

    def process(self):
        """The process id of the desk in the pane."""
        shell = self.pane("pane_pid")
        return int(subprocess.run(["pgrep", "-P", shell, "-f", "touchstone desk"], capture_output=True, text=True, check=True).stdout.split()[0])


class DeskCase(DomainCase):
    """A daemon with the whole catalogue; each test has a home of its own where `reception` is logged in at D1."""
    domains = ()

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="tsd-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.environment = {
            "HOME": str(self.directory), "XDG_CONFIG_HOME": str(self.directory / "config"), "XDG_STATE_HOME": str(self.directory / "state"),
            "TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "LC_ALL": "", "TOUCHSTONE_SERVER": f"localhost:{self.daemon.port}",
            "TOUCHSTONE_CA": str(self.daemon.certificate), "TOUCHSTONE_LABORATORY": "JEW", "TOUCHSTONE_DESK": "D1",
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""), "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", "")}

    def log_in(self, *who, **environment):
        """Before the desk is opened."""
        secret = self.directory / "password"
        secret.write_text(PASSWORD + "\n")
        subprocess.run([PROGRAM, "login", *(who or ("reception", "--desk", "D1")), "--password-file", str(secret)], check=True,
                       capture_output=True, env=os.environ | self.environment | environment)

    def open(self, columns=80, rows=24, logged_in=True, english=False, wait=True, **options):
        if logged_in:
            self.log_in()
        if english:
            self.environment["LANG"] = "en_GB.UTF-8"
        terminal = Terminal(self.directory, self.environment, columns, rows, **options)
        self.addCleanup(terminal.close)
        if wait and logged_in:
            terminal.until("reception", without=("正在读取目录", "Reading the catalogue"))
        return terminal

    def program(self, name, text, folder=""):
        """A shell script in the test's own directory."""
        path = self.directory / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def program_in_path(self, name, text):
        """As program; the desk finds it before any other of that name."""
        self.environment["PATH"] = f"{self.program(name, text, 'bin').parent}:{os.environ['PATH']}"

    def viewer(self):
        """The person's viewer keeps what it is given: shown()."""
        shown = self.directory / "shown"
        self.environment["TOUCHSTONE_VIEWER"] = str(self.program("viewer", f'cp "$1" {shown}.part\necho "$1" > {shown}.path\nmv {shown}.part {shown}\n'))

    def shown(self):
        """The path that the viewer was given, and what was there."""
        shown, end = self.directory / "shown", time.monotonic() + WAIT_S
        while not shown.exists():
            self.assertLess(time.monotonic(), end, "nothing was opened by the viewer")
            time.sleep(0.03)
        return pathlib.Path(shown.with_name("shown.path").read_text().strip()), shown.read_bytes()

    def connect_printer(self):
        self.printer = Printer()
        self.addCleanup(self.printer.close)
        self.environment["TOUCHSTONE_PRINTER"] = self.printer.name

    def known(self, name="王小明", phone="13800001234", **more):
        """A visitor who was here before."""
        return self.world.received(owner=dict(name=name, phone=phone), **more)


if __name__ == "__main__":
    unittest.main()
