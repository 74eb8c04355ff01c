# SPDX-License-Identifier: Apache-2.0
"""The stage of a replayed day: a daemon and its PostgreSQL whose wall clock can be turned ahead, the laboratories with their staff,
days, sessions and desks, and a proxy between all desks and the daemon that spoils connections when it is told to."""
import contextlib
import datetime
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

from tests.open_day.clients import Line, Program
from tests.open_day.offline import OfflineDesk
from tests.open_day.plan import BEGIN_H, CAP, SESSION_MINUTES
from tests.open_day.printing import DeskPrinter
from tests.open_day.terminal import Keys
from tests.open_day.work import WORKS
from tests.outside.case import MANY_CONNECTIONS
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.world import picture
from tests.support.cluster import ROOT
from tests.support.proxy import ChaosProxy

ZONE = datetime.timezone(datetime.timedelta(hours=8))
GRACE_MINUTES = 15
ROLES = ("RECEPTION", "REVIEWER", "SIGNATORY", "MANAGER", "QUALITY")


class Laboratory:
    """Its people, its sessions of the day, and which desks and benches are its."""

    def __init__(self, code):
        self.code, self.work, self.slots, self.desks, self.benches = code, WORKS[code], [], [], []

    def login(self, name):
        return f"{name}.{self.code.lower()}"


class Desk:
    """A place at the counter: its person with a home directory, that person's connection for what goes on behind, its printer, and
    the screen when it is one."""

    def __init__(self, at, laboratory, program, line):
        self.at, self.laboratory, self.program, self.line = at, laboratory, program, line
        self.username, self.name = f"desk{at + 1}", f"D{at + 1}"
        self.keys = self.lease = self.offline = None
        self.lease_left = 0
        self.printer = DeskPrinter(program)


class TurnedDaemon(ExternalDaemon):
    """Its clients' clocks are turned as its own is: their journals say when something was taken in."""

    def make_certificate(self):
        super().make_certificate(**self.cluster.clock.environment())


class Proxy(ChaosProxy):
    """Between desks and the daemon."""

    def __init__(self, port):
        super().__init__(port)
        self.is_pulled, self.lock = False, threading.Lock()

    def spoil(self, *words):
        with self.lock:
            if not self.is_pulled:
                self.mode(*words)

    def pull(self):
        """Nobody answers, until it is plugged in; the weather does not change that."""
        with self.lock:
            self.is_pulled = True
            self.mode("reset")

    def plug_in(self):
        with self.lock:
            self.is_pulled = False
            self.mode("pass")


class Stage:
    def __init__(self, plan, desks, technicians, terminals):
        self.plan, self.desk_count, self.technician_count, self.terminal_count = plan, desks, technicians, terminals

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ts-day-"))
            stack.callback(shutil.rmtree, self.directory)
            self.cluster = stack.enter_context(Cluster(clock=True))
            self.turn_to_the_morning()
            self.daemon = stack.enter_context(TurnedDaemon(self.cluster, MANY_CONNECTIONS, environment=self.cluster.clock.environment()))
            self.catalogue()
            self.proxy, self.own_proxy = (stack.enter_context(Proxy(self.daemon.port)) for _ in range(2))
            # Nobody is logged out because an hour is turned over.
            self.daemon.sql("update lab.policy set session_idle = '24 hours'")
            self.photo = self.directory / "photo.png"
            self.photo.write_bytes(picture())
            self.lines, self.desks, self.benches = [], [], []
            stack.callback(self.close_lines)
            self.laboratories = {code: self.open(code) for code in self.plan.laboratories}
            self.open_desks(stack)
            self.open_benches()
            for laboratory in self.laboratories.values():
                self.sessions(laboratory)
            self.end = stack.pop_all().close
        return self

    def __exit__(self, *_):
        self.end()

    def catalogue(self):
        """With the packages that preset what a desk asks for."""
        subprocess.run([self.daemon.program, "catalogue", "import", ROOT / "migrations" / "catalogue", "--author", "amy", "--config", self.daemon.config],
                       check=True, capture_output=True, env=dict(os.environ, **self.cluster.clock.environment()))

    # ---- the clock
    def turn_to_the_morning(self):
        """Of yesterday: the signer keeps the real time, and states nothing that is issued in its future."""
        now = datetime.datetime.now(ZONE)
        self.day = now.replace(hour=BEGIN_H - 1, minute=0, second=0, microsecond=0) - datetime.timedelta(days=1)
        self.turn(0)

    def turn(self, minutes):
        """So many minutes after the first session begins, less an hour: 0 is 08:00."""
        ahead = self.day + datetime.timedelta(minutes=minutes) - datetime.datetime.now(ZONE)
        self.cluster.clock.turn(seconds=int(ahead.total_seconds()))

    def turn_to_session(self, session, minute=0):
        self.turn(60 + session * SESSION_MINUTES + minute)

    # ---- people
    def open(self, code):
        laboratory = Laboratory(code)
        root = laboratory.login("root")
        done = self.daemon.admin_command("staff", "add", "--username", root, "--name", "Root", "--laboratory", code, "--role", "administrator")
        if done.returncode:
            raise AssertionError(done.stderr)
        laboratory.admin = self.daemon.log_in(root)
        for role in ROLES:
            laboratory.admin.staff(laboratory.login(role.lower()), [role], code)
        signatory = next(one for one in laboratory.admin("StaffService.ListStaff", laboratory=code).staff
                         if one.username == laboratory.login("signatory"))
        laboratory.admin("StaffService.SetSignatory", username=signatory.username, version=signatory.version, laboratory=code,
                         authorised=True, reason="authorised signatory of the domain")
        laboratory.reviewer, laboratory.signatory, laboratory.quality = (
            self.line(laboratory.login(role)) for role in ("reviewer", "signatory", "quality"))
        laboratory.manager = self.program(laboratory.login("manager"), "", code, self.daemon.port)
        laboratory.greeter = self.program(laboratory.login("reception"), "", code, self.proxy.port)
        return laboratory

    def open_desks(self, stack):
        """The last desk is the second laboratory's, the first are screens, and the one behind them loses the network for an hour."""
        laboratories = list(self.laboratories.values())
        for at in range(self.desk_count):
            laboratory, name = laboratories[-1 if at == self.desk_count - 1 else 0], f"desk{at + 1}"
            laboratory.admin.staff(name, ["RECEPTION"], laboratory.code)
            proxy = self.own_proxy if at == self.terminal_count else self.proxy
            desk = Desk(at, laboratory, self.program(name, f"D{at + 1}", laboratory.code, proxy.port), self.line(name, f"D{at + 1}"))
            if proxy is self.own_proxy:
                self.offline = desk.offline = OfflineDesk(desk, proxy)
                self.offline.prepare()
            stack.callback(desk.printer.close)
            if at < self.terminal_count:
                desk.keys = Keys(desk.program, name, self.state_of)
                stack.callback(desk.keys.close)
            laboratory.desks.append(desk)
            self.desks.append(desk)

    def open_benches(self):
        """One of six is the second laboratory's."""
        laboratories = list(self.laboratories.values())
        for at in range(self.technician_count):
            laboratory, name = laboratories[-1 if at % 6 == 5 or at == self.technician_count - 1 else 0], f"bench{at + 1:02}"
            laboratory.admin.staff(name, ["TECHNICIAN"], laboratory.code)
            laboratory.manager.write("staff", "qualify", name, laboratory.work.method, "--version", "1", "--reason", "trained and examined")
            self.benches.append((name, self.line(name)))
            laboratory.benches.append(at)

    def program(self, username, desk, laboratory, port):
        return Program(self.directory / username, username, desk, laboratory, port, self.daemon.certificate,
                       self.cluster.clock.environment())

    def line(self, username, desk=""):
        self.lines.append(Line(self.daemon, self.daemon.log_in(username, desk).token))
        return self.lines[-1]

    def close_lines(self):
        for line in self.lines:
            line.close()

    def state_of(self, number):
        """What became of a number of the first laboratory, whose desks are on screens: a person there would see it in the list."""
        found = self.daemon.sql("select state from lab.ticket where ticket_no = %s", number)
        return found[0][0] if found else None

    # ---- the day
    def sessions(self, laboratory):
        day, write = self.day.date().isoformat(), laboratory.manager.write
        write("day", "set", day, "--kind", "open-day", "--name", "3·15实验室开放日", "--name-en", "Open laboratory day",
              "--booked", "2", "--walk-ins", "1", "--elders-first", "--reason", "plan of the year")
        for session in range(self.plan.sessions):
            begin = BEGIN_H * 60 + session * SESSION_MINUTES
            made = write("slot", "create", day, "--from", f"{begin // 60:02}:{begin % 60:02}",
                         "--to", f"{(begin + SESSION_MINUTES) // 60:02}:{(begin + SESSION_MINUTES) % 60:02}",
                         "--minutes", str(SESSION_MINUTES), "--booked", str(self.plan.booked_quota(laboratory.code, session)),
                         "--walk-ins", str(self.plan.walk_in_quota(laboratory.code, session)), "--cap", str(CAP), "--tour", "20",
                         "--grace", str(GRACE_MINUTES))
            laboratory.slots.append(made["slots"][0]["slot_id"])

    # ---- what goes wrong
    def spoil(self, *words):
        """A mode of chaos_proxy.py for the connections from now on."""
        for proxy in (self.proxy, self.own_proxy):
            proxy.spoil(*words)

    def kill_and_restart(self):
        port = self.daemon.port
        self.daemon.stop(kill=True)
        self.daemon.write_config(port)
        self.daemon.start()
