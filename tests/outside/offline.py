# SPDX-License-Identifier: Apache-2.0
"""A desk that is a state folder and processes of `touchstone`, behind a proxy that can pull the network; and the books
held against what each process said. Nothing here knows what is in a journal."""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

from tests.support import paths
from tests.support.daemon import PASSWORD

PROGRAM = paths.build() / "client" / "touchstone"
LONG_S = 120
QUEUED, CONFLICT, UNAVAILABLE = 8, 6, 7


class Desk:
    def __init__(self, daemon, network=None, name="D1", user="reception"):
        self.daemon, self.name, self.user = daemon, name, user
        self.port = network.port if network else daemon.port
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="desk-"))
        self.password = self.folder / "password"
        self.password.write_text(PASSWORD + "\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"),
                            "XDG_CONFIG_HOME": str(self.folder / "config"), "LANG": "C.UTF-8",
                            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=1")}

    def command(self, *words):
        return [PROGRAM, *map(str, words), "--server", f"localhost:{self.port}", "--ca", self.daemon.certificate]

    def run(self, *words, **more):
        return subprocess.run(self.command(*words), env=self.environment | more, capture_output=True, text=True, timeout=LONG_S)

    def done(self, *words, code=0):
        result = self.run(*words)
        assert result.returncode == code, f"{words} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        return result

    def log_in(self):
        return self.done("login", self.user, "--desk", self.name, "--password-file", self.password)

    def prepare(self, codes=50, *more):
        self.log_in()
        return self.done("journal", "prepare", "--laboratory", "JEW", "--codes", codes, *more, "--password-file", self.password)

    @property
    def journal(self):
        return next(self.folder.glob("state/touchstone/journal/*/intake.journal"))

    def intake_words(self, request_id=None, phone="13812340000", *more):
        return ("intake", "register", "--offline", "--password-file", self.password, "--laboratory", "JEW", "--owner-name", "孙 三",
                "--owner-phone", phone, "--item", "戒指", "--product", "JEW_AU750", "--mass", "3.52", "--condition", "good",
                "--test", "M_XRF:AU", "--consent", "privacy", "--consent", "agreement", "--return", "return",
                "--purpose", "reference", "--timeout", "3", "--retries", "0",
                *(("--request-id", request_id) if request_id else ()), *more)

    def intake(self, request_id=None, phone="13812340000", *more):
        return self.run(*self.intake_words(request_id, phone, *more))

    def listed(self, *more):
        lines = self.done("journal", "list", "--password-file", self.password, *more).stdout.splitlines()
        return [line.split("\t") for line in lines]

    def replay(self, *more):
        return self.run("journal", "replay", "--password-file", self.password, "--retries", "0", *more)

    def copy_journal(self, other):
        """As a technician carries it over on a stick."""
        target = other.folder / f"copy-{uuid.uuid4().hex}.journal"
        shutil.copy(self.journal, target)
        return target

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Spoiled:
    """Intakes of one desk, each a process, while the network is pulled at a random moment or the process is killed."""

    def __init__(self, desk, network, seed):
        self.desk, self.network, self.random = desk, network, random.Random(seed)
        self.sent = {}  # request id: (phone, exit code)
        self.told = {}  # request id: what standard output said
        self.span_s = None  # how long an intake takes from its first instruction to its last word

    def moment(self, kills=False):
        request_id, phone = str(uuid.uuid4()), f"136{len(self.sent):04}{self.random.randrange(10000):04}"
        way = self.random.choice(("cut up", "cut down", "half-open", "reset", "blackhole", "pass"))
        self.network.mode(way, *([self.random.randrange(1, 9000)] if way in ("cut up", "cut down", "half-open") else ()))
        if kills and self.span_s is None:
            self.network.mode("pass")
            began = time.monotonic()
            self.desk.done(*self.desk.intake_words(None, "13600000000"))
            self.span_s = time.monotonic() - began
        if kills:
            process = subprocess.Popen(self.desk.command(*self.desk.intake_words(request_id, phone)), env=self.desk.environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                process.wait(self.random.uniform(0, 1.3 * self.span_s))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            told = process.communicate()[0]
            self.sent[request_id] = (phone, process.returncode)
        else:
            done = self.desk.intake(request_id, phone)
            told = done.stdout
            self.sent[request_id] = (phone, done.returncode)
        self.told[request_id] = told

    def heal(self):
        self.network.mode("pass")

    def hold_books(self, test):
        """Each is booked exactly once, or was never said to be saved (a process that was killed before)."""
        books = dict(self.desk.daemon.sql("select person.phone, count(*) from lab.receipt join lab.person on person_id = owner_id group by 1"))
        codes = self.desk.daemon.sql("select item_code, count(*) from lab.item group by 1 having count(*) > 1")
        test.assertEqual(codes, [])
        for request_id, (phone, code) in self.sent.items():
            booked = books.get(phone, 0)
            if code in (0, QUEUED) or self.told[request_id]:
                test.assertEqual(booked, 1, f"{request_id} ended with {code}")
            else:
                test.assertIn(booked, (0, 1), f"{request_id} ended with {code}")
                test.assertEqual(code, -signal.SIGKILL, request_id)
        keys = self.desk.daemon.sql("select count(*) from lab.replay where method = 'DeskService.RegisterIntake' and answer is not null")
        return sum(books.values()), keys[0][0]
