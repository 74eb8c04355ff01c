# SPDX-License-Identifier: Apache-2.0
"""The stage of a replayed day: a daemon and its PostgreSQL whose wall clock can be turned ahead, staff, the day and its sessions,
and a proxy between the desks and the daemon that spoils connections when it is told to."""
import contextlib
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from tests.open_day.clients import Line, Program
from tests.open_day.plan import BEGIN_H, CAP, SESSION_MINUTES
from tests.open_day.terminal import Keys
from tests.outside.case import MANY_CONNECTIONS
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.world import World, picture
from tests.support.cluster import ROOT

ZONE = datetime.timezone(datetime.timedelta(hours=8))
GRACE_MINUTES = 15


class Stage:
    def __init__(self, plan, desks, technicians, terminals):
        self.plan, self.desk_count, self.technician_count, self.terminal_count = plan, desks, technicians, terminals

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ts-day-"))
            stack.callback(shutil.rmtree, self.directory)
            self.cluster = stack.enter_context(Cluster(clock=True))
            self.turn_to_the_morning()
            self.daemon = stack.enter_context(ExternalDaemon(self.cluster, MANY_CONNECTIONS, environment=self.cluster.clock.environment()))
            self.catalogue()
            self.start_proxy(stack)
            # Nobody is logged out because an hour is turned over.
            self.daemon.sql("update lab.policy set session_idle = '24 hours'")
            self.staff()
            stack.callback(self.close_lines)
            self.sessions()
            self.screens(stack)
            self.end = stack.pop_all().close
        return self

    def __exit__(self, *_):
        self.end()

    def start_proxy(self, stack):
        self.proxy = subprocess.Popen([sys.executable, ROOT / "tests" / "support" / "chaos_proxy.py", "localhost:0", f"localhost:{self.daemon.port}"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(self.proxy.stdout.close)
        stack.callback(self.proxy.wait)
        stack.callback(self.proxy.stdin.close)
        self.proxy_port = int(self.proxy.stdout.readline().split(":")[-1])

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
    def staff(self):
        self.people = self.daemon.people()
        World(self.people)  # who may sign
        admin, manager = self.people["ADMINISTRATOR"], self.people["MANAGER"]
        self.technicians, self.desks = [], []
        for number in range(1, self.technician_count + 1):
            admin.staff(f"bench{number:02}", ["TECHNICIAN"])
            manager("StaffService.SetQualification", username=f"bench{number:02}", laboratory="JEW", version=1, method_id="M_XRF",
                    qualified=True, reason="trained and examined")
        for number in range(1, self.desk_count + 1):
            admin.staff(f"desk{number}", ["RECEPTION"])
        self.technicians = [(f"bench{number:02}", self.line(f"bench{number:02}")) for number in range(1, self.technician_count + 1)]
        self.desks = [Program(self.directory / f"desk{number}", f"desk{number}", f"D{number}", self.port_of(number), self.daemon.certificate)
                      for number in range(1, self.desk_count + 1)]
        self.backs = [(f"desk{number}", self.line(f"desk{number}", f"D{number}")) for number in range(1, self.desk_count + 1)]
        self.manager = Program(self.directory / "manager", "manager", "", self.daemon.port, self.daemon.certificate)
        self.greeter = Program(self.directory / "greeter", "reception", "", self.proxy_port, self.daemon.certificate)
        self.reviewer, self.signatory, self.quality = (Line(self.daemon, self.people[role].token) for role in ("REVIEWER", "SIGNATORY", "QUALITY"))

    def port_of(self, number):
        """The first desks are screens, and stand at the daemon itself; the processes of the others go through the proxy."""
        return self.daemon.port if number <= self.terminal_count else self.proxy_port

    def screens(self, stack):
        self.keys, self.at_work = {}, [threading.Lock() for _ in self.desks]
        for at in range(self.terminal_count):
            self.keys[at] = Keys(self.desks[at], f"desk{at + 1}")
            stack.callback(self.keys[at].close)
        self.photo = self.directory / "photo.png"
        self.photo.write_bytes(picture())

    def line(self, username, desk=""):
        return Line(self.daemon, self.daemon.log_in(username, desk).token)

    def close_lines(self):
        for line in [line for _, line in self.technicians + self.backs] + [self.reviewer, self.signatory, self.quality]:
            line.close()

    # ---- the day
    def sessions(self):
        day = self.day.date().isoformat()
        self.manager.write("day", "set", day, "--kind", "open-day", "--name", "3·15实验室开放日", "--name-en", "Open laboratory day",
                           "--booked", "2", "--walk-ins", "1", "--elders-first", "--reason", "plan of the year")
        self.slots = []
        for session in range(self.plan.sessions):
            begin = BEGIN_H * 60 + session * SESSION_MINUTES
            made = self.manager.write("slot", "create", day, "--from", f"{begin // 60:02}:{begin % 60:02}",
                                      "--to", f"{(begin + SESSION_MINUTES) // 60:02}:{(begin + SESSION_MINUTES) % 60:02}",
                                      "--minutes", str(SESSION_MINUTES), "--booked", str(self.plan.booked_quota(session)),
                                      "--walk-ins", str(self.plan.walk_in_quota(session)), "--cap", str(CAP), "--tour", "20",
                                      "--grace", str(GRACE_MINUTES))
            self.slots.append(made["slots"][0]["slot_id"])

    # ---- what goes wrong
    def spoil(self, *words):
        """A mode of chaos_proxy.py for the connections from now on."""
        print(*words, file=self.proxy.stdin, flush=True)
        self.proxy.stdout.readline()

    def kill_and_restart(self):
        port = self.daemon.port
        self.daemon.stop(kill=True)
        self.daemon.write_config(port)
        self.daemon.start()
