# SPDX-License-Identifier: Apache-2.0
"""A client whose calls fail one by one, against a real daemon whose calls do not: every command ends in its exit
code and says why, what it wrote is whole, and the daemon has it once. Used by test_injection_client.py with a sample
of the points, and by tests/long with every one."""
import collections
import contextlib
import os
import re
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.outside.injected import EVERY, LEAK, InjectedCase, spread
from tests.outside.injected_daemon import BOOKS
from tests.outside.world import World, picture
from tests.support import paths
from tests.support.daemon import PASSWORD, Daemon
from tests.support.injection import FILES, FOREVER, MEMORY, PROCESS, SOCKETS, Injection

PROGRAM = paths.build() / "client" / "touchstone"
CODES = {0, 1, 2, 4, 7, 8, 9}  # of `touchstone help exit-codes`, those that a short machine may end in
OPTIONS = ":log_exe_name=0"
REACHED = 0.9  # of the runs make the call that is to fail; the others take another way than the counted one
RETRIES = "1"

# One run: the groups that fail, from which call on, and how many.
Point = collections.namedtuple("Point", "groups at count")
KINDS = (MEMORY, FILES | SOCKETS | PROCESS)


class Act:
    """One command line: what it finds, and what must be so after it."""
    profile, makes = "reception", set()
    more = 1  # times so many places of its own: for what calls no server and is quick
    reads = None  # the one output that is right, found by the run in which nothing fails

    def __init__(self, case):
        self.case = case

    def prepare(self, directory):
        pass

    def words(self, directory):
        raise NotImplementedError

    def environment(self):
        return {}

    def judge(self, ended):
        if ended.code == 0 and self.reads is not None:
            self.case.assertEqual(ended.out, self.reads, f"not all of it was told\n{ended}")


class InjectedClientCase(InjectedCase):
    name, libraries, clean_codes = "touchstone", ("libcrypto",), CODES
    limit, own = 2, 5  # places in libraries and in the client itself, of each kind, for each command
    last = 0  # instead: the last so many allocations, each alone
    alternates = True  # one call or all from there on: by turns, or each

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.world = World(cls.people)
        cls.tokens = {who.lower(): client.token for who, client in cls.people.items()}

    # ---- one run
    def prepare(self, directory):
        config = directory / "config" / "touchstone" / "config"
        config.parent.mkdir(parents=True)
        config.write_text("".join(
            f"[profile {who}]\nserver = localhost:{self.daemon.port}\nca = {self.daemon.certificate}\n"
            f"laboratory = JEW\n" + ("desk = D1\n" if who == "reception" else "") for who in self.tokens))
        self.write_session(directory, self.act.profile, self.tokens[self.act.profile])
        (directory / "password").write_text(PASSWORD + "\n")
        (directory / "ring.png").write_bytes(picture())
        self.act.prepare(directory)

    def session(self, directory):
        return directory / "state" / "touchstone" / f"{self.act.profile}.session"

    def session_text(self, profile, token):
        return f"server = localhost:{self.daemon.port}\nusername = {profile}\ntoken = {token}\n"

    def write_session(self, directory, profile, token):
        path = self.session(directory)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.session_text(profile, token))
        path.chmod(0o600)

    def environment(self, directory=None):
        return {"TZ": "UTC", "LANG": "C.UTF-8", "TOUCHSTONE_PROFILE": self.act.profile} | self.act.environment()

    def homes(self, environment, directory):
        """Nothing of who runs the tests, and one folder for all that the client may keep."""
        environment["ASAN_OPTIONS"] += OPTIONS
        return environment | {"HOME": str(directory), "XDG_CONFIG_HOME": str(directory / "config"),
                              "XDG_STATE_HOME": str(directory / "state")}

    def command(self, directory):
        return [PROGRAM, *map(str, self.act.words(directory))]

    def run_program(self, command, environment, directory):
        environment = self.homes(environment, directory)
        environment["PATH"] = f"{directory / 'bin'}:{environment['PATH']}"  # where a printer may be
        return super().run_program(command, environment, directory)

    def again(self, ended, *words):
        """The same command on a machine that is short of nothing."""
        environment = self.homes({**os.environ, **self.environment()} | {"ASAN_OPTIONS": ""}, ended.directory)
        return InjectedCase.run_program(self, self.command(ended.directory) + list(words), environment, ended.directory)

    def aim(self, point):
        return point

    # ---- what holds for every command
    def files(self, directory):
        return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}

    def judge(self, ended):
        self.noticed += ended.code != 0 or "trying again" in ended.told
        if ended.code not in (0, LEAK) and ended.code in CODES:
            self.assertRegex(ended.told, r"(?m)^touchstone: \S", f"it does not say why\n{ended}")
            self.assertNotIn("Success", ended.told, ended)
        self.assertLessEqual(self.files(ended.directory), self.found | self.act.makes, f"left behind\n{ended}")
        self.act.judge(ended)

    def count(self, groups):
        """The first call of each place, in a run in which nothing fails and which ends well."""
        ended, calls, sites = self.run_at(Point(groups, 0, 0), traces=True)
        self.assertEqual(ended.code, 0, ended)
        own = [n for site, n in sites.items() if Injection.is_own(site)]
        return ended, calls, own, sorted(set(sites.values()) - set(own))

    def points(self):
        found, told = [], []
        if self.last:
            calls = self.count(MEMORY)[1]
            return [Point(MEMORY, n, 1) for n in range(calls - self.last + 1, calls + 1)], f"the last of {calls} calls"
        for groups in KINDS:
            ended, calls, own, others = self.count(groups)
            at = range(1, calls + 1) if self.limit == EVERY else spread(own, self.own * self.act.more) + spread(others, self.limit)
            counts = [(1, FOREVER)[n % 2:][:1] if self.alternates else (1, FOREVER) for n in range(len(at))]
            found += [Point(groups, n, count) for n, which in zip(at, counts) for count in which]
            told.append(f"{calls} calls from {len(own)} places of its own and {len(others)} of libraries")
        return found, " and ".join(told)

    def reference(self):
        directory = self.directory / f"reference-{type(self.act).__name__}"
        directory.mkdir()
        self.prepare(directory)
        self.found = self.files(directory)

    def sweep_act(self, act):
        self.act = act
        self.reference()
        if act.reads is not None:
            act.reads = self.count(MEMORY)[0].out
        points, told = self.points()
        self.reached, self.noticed = [], 0
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            ends = list(pool.map(self.one, points))
        wrong = [text for _, text in ends if text]
        codes = {code: sum(end[0] == code for end in ends) for code in sorted({end[0] for end in ends}, key=str)}
        print(f"{type(act).__name__}: {told}; {len(ends)} runs, {sum(self.reached)} of them failing; exit codes {codes}")
        self.assertFalse(wrong, f"{len(wrong)} of {len(ends)}:\n" + "\n----\n".join(wrong[:8]))
        self.assertGreaterEqual(sum(self.reached), REACHED * len(ends), "the calls that were to fail did not")
        self.assertGreater(self.noticed, 0, "nothing that failed was noticed")

    def run_at(self, point, **how):
        ended, calls, sites = super().run_at(point, **how)
        if point.at and "slow" not in how:
            self.reached.append(ended.failed > 0)
        return ended, calls, sites

    # ---- the daemon's side
    def is_done(self, request_id):
        return bool(self.daemon.sql("select 1 from lab.replay where request_id = %s", request_id))

    def hold_books(self):
        books = self.daemon.sql(BOOKS)[0]
        self.assertEqual(len(set(books)), 1, books)
        numbers = self.daemon.sql(r"select substring(receipt_no from '\d+$')::int from lab.receipt order by 1")
        self.assertEqual([number for number, in numbers], list(range(1, books[0] + 1)))


class Reading(Act):
    reads = b""


class Writing(Act):
    """A write: done or not as its exit code says, and asked again with the same key it is done once."""

    def prepare(self, directory):
        (directory / "key").write_text(str(uuid.uuid4()))

    def key(self, directory):
        return (directory / "key").read_text()

    def judge(self, ended):
        case, request_id = self.case, self.key(ended.directory)
        done = case.is_done(request_id)
        if ended.code == 0:
            case.assertTrue(done, ended)
        elif ended.code in (2, 4, 7):
            case.assertFalse(done, f"it was done\n{ended}")
        elif ended.code == 1 and done:
            case.assertIn("it was done", ended.told, ended)
        version = re.search(r"--version (\d+)", ended.told)
        if not done or version:
            again = case.again(ended, *(["--version", version[1]] if version else []))
            case.assertEqual(again.returncode, 0, f"{ended}\nand again: {again.stderr.decode()}")
        self.hold(request_id)

    def hold(self, request_id):
        with contextlib.closing(self.case.daemon.database()) as connection, connection.cursor() as cursor:
            cursor.execute("select count(*) from lab.replay where request_id = %s", (request_id,))
            self.case.assertEqual(cursor.fetchone()[0], 1)


class Intake(Writing):
    def words(self, directory):
        return ["intake", "register", "--owner-name", "王小明", "--owner-phone", "13800138000", "--item", "戒指", "--product",
                "JEW_AU750", "--hallmark", "Au750", "--mass", "3.52", "--condition", "good", "--photo",
                directory / "ring.png", "--test", "M_XRF:AU", "--consent", "privacy", "--consent", "agreement",
                "--request-id", self.key(directory), "--retries", RETRIES]


class OfflineIntake(Intake):
    """By way of the journal: in it or not as the exit code says, and booked once in the end."""

    def prepare(self, directory):
        super().prepare(directory)
        environment = self.case.homes(dict(os.environ, **self.case.environment()) | {"ASAN_OPTIONS": ""}, directory)
        done = InjectedCase.run_program(self.case, [PROGRAM, "journal", "prepare", "--codes", "2", "--password-file", directory / "password"],
                                        environment, directory)
        self.case.assertEqual(done.returncode, 0, done.stderr)

    def words(self, directory):
        return super().words(directory) + ["--offline", "--password-file", directory / "password"]

    def judge(self, ended):
        case, request_id = self.case, self.key(ended.directory)
        done = case.is_done(request_id)
        if ended.code == 0:
            case.assertTrue(done, ended)
        elif ended.code != 8:
            case.assertTrue(not done or "it was done" in ended.told, ended)
        if ended.code == 8:
            case.assertIn("saved here", ended.told, ended)
        again = case.again(ended)
        case.assertEqual(again.returncode, 0, f"{ended}\nand again: {again.stderr.decode()}")
        self.hold(request_id)


class Entering(Writing):
    """By the item's code: the client finds the test and its version itself."""
    profile = "technician"

    def prepare(self, directory):
        super().prepare(directory)
        test = self.case.world.claimed()
        (directory / "item").write_text(test.item_code)
        (directory / "test").write_text(test.test_id)

    def words(self, directory):
        return ["test", "enter", (directory / "item").read_text(), "--reading", "753.4@shank", "--reading", "753.1@shank",
                "--uncertainty", "2.0", "--instrument", "XRF-01", "--request-id", self.key(directory), "--retries",
                RETRIES]

    def judge(self, ended):
        super().judge(ended)
        test_id = (ended.directory / "test").read_text()
        counts = [self.case.daemon.sql(f"select count(*) from lab.{table} where test_id = %s::uuid", test_id)[0][0]
                  for table in ("result_entry", "reading")]
        self.case.assertEqual(counts, [1, 2], ended)


class LogIn(Act):
    """The session file is the old or the new, whole; where it is the new, the token in it is good."""
    makes = {"state/touchstone/journal/reception/reception.keys"}

    def words(self, directory):
        return ["login", "reception", "--password-file", directory / "password", "--retries", RETRIES]

    def judge(self, ended):
        case, path = self.case, self.case.session(ended.directory)
        text, old = path.read_text(), case.session_text("reception", case.tokens["reception"])
        case.assertEqual(path.stat().st_mode & 0o777, 0o600)
        if ended.code == 0:
            case.assertNotEqual(text, old, ended)
        if text != old:
            case.assertRegex(text, rf"\Aserver = localhost:{case.daemon.port}\nusername = reception\n"
                                   r"token = [0-9a-f]{32}\n\Z", ended)
            token = text.rpartition(" ")[2].strip()
            case.assertEqual(case.daemon.client(token, case.people["RECEPTION"].channel)("StaffService.WhoAmI")
                             .staff.username, "reception")


class LogOut(Act):
    """Of a session of its own; what is left of it is nothing, or all."""

    def prepare(self, directory):
        session = self.case.daemon.client(None, self.case.people["RECEPTION"].channel)(
            "StaffService.Login", username="reception", password=PASSWORD, desk="D1")
        self.case.write_session(directory, "reception", session.token)
        (directory / "token").write_text(session.token)

    def words(self, directory):
        return ["logout", "--retries", RETRIES]

    def judge(self, ended):
        path = self.case.session(ended.directory)
        if ended.code == 0:
            self.case.assertFalse(path.exists(), ended)
        if path.exists():
            token = (ended.directory / "token").read_text()
            self.case.assertEqual(path.read_text(), self.case.session_text("reception", token), ended)


class WhoAmI(Reading):
    def words(self, directory):
        return ["whoami"]


class Worklist(Reading):
    profile = "technician"

    def words(self, directory):
        return ["test", "list", "--item", self.case.sheet.item_code, "--retries", RETRIES]


class WorklistJson(Worklist):
    def words(self, directory):
        return [*super().words(directory), "--json"]


class ItemField(Reading):
    def words(self, directory):
        return ["item", "show", self.case.sheet.item_code, "--field", "item.name", "--retries", RETRIES]


class Fetch(Act):
    """Over an older file: that, or the sheet."""
    OLD = b"an older file"

    def prepare(self, directory):
        (directory / "sheet.pdf").write_bytes(self.OLD)

    def words(self, directory):
        return ["sheet", "fetch", self.case.sheet.sheet_no, "--output", directory / "sheet.pdf"]

    def judge(self, ended):
        found = (ended.directory / "sheet.pdf").read_bytes()
        self.case.assertIn(found, (self.OLD, self.case.pdf), f"a file of {len(found)} bytes\n{ended}")
        if ended.code == 0:
            self.case.assertEqual(found, self.case.pdf, ended)


class FetchOut(Act):
    """To standard output: all of it, or an error."""

    def words(self, directory):
        return ["sheet", "fetch", self.case.sheet.sheet_no, "--output", "-"]

    def judge(self, ended):
        if ended.code == 0:
            self.case.assertEqual(ended.out, self.case.pdf, ended)
        self.case.assertTrue(self.case.pdf.startswith(ended.out), ended)


class Print(Act):
    """A printer that keeps what it gets: the sheet, or nothing."""
    makes = {"printed"}

    def prepare(self, directory):
        program = directory / "bin" / "lp"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\nexec cat >>'{directory}/printed'\n")
        program.chmod(0o755)

    def words(self, directory):
        return ["sheet", "print", self.case.sheet.sheet_no]

    def judge(self, ended):
        path = ended.directory / "printed"
        printed = path.read_bytes() if path.exists() else b""
        self.case.assertIn(printed, (b"", self.case.pdf), f"{len(printed)} bytes were printed\n{ended}")
        if ended.code == 0:
            self.case.assertEqual(printed, self.case.pdf, ended)


class Verify(Reading):
    """A good sheet is never called altered because memory is short."""
    more = 5

    def prepare(self, directory):
        (directory / "sheet.pdf").write_bytes(self.case.pdf)
        (directory / "seal.pem").write_bytes(self.case.seal)

    def words(self, directory):
        return ["verify", directory / "sheet.pdf", "--trust", directory / "seal.pem"]

    def judge(self, ended):
        super().judge(ended)
        told = ended.out.decode() + ended.told
        self.case.assertNotRegex(told, "REFUSED|NOT ACCEPTED|refused: ", f"a good sheet\n{ended}\n{ended.out.decode()}")


class VerifyJson(Verify):
    more = 1

    def words(self, directory):
        return [*super().words(directory), "--json"]


class VerifyKeys(Verify):
    """Statement, record and log by a list of keys."""
    more = 3

    def prepare(self, directory):
        super().prepare(directory)
        (directory / "keys.json").write_bytes(self.case.keys)

    def words(self, directory):
        return ["verify", directory / "sheet.pdf", "--keys", directory / "keys.json"]


class AuditLog(Reading):
    """A good log is never called otherwise because memory is short."""
    more = 3

    def prepare(self, directory):
        shutil.copytree(self.case.public, directory / "public")

    def words(self, directory):
        return ["log", "audit", "--directory", directory / "public", "--keys", directory / "public" / "log" / "keys.json"]

    def judge(self, ended):
        super().judge(ended)
        told = ended.out.decode() + ended.told
        self.case.assertNotRegex(told, "FINDING|NOT GOOD", f"a good log\n{ended}\n{ended.out.decode()}")


class ProfileSet(Act):
    """The configuration is the old or the new, whole."""
    more = 5

    def prepare(self, directory):
        (directory / "config" / "old").write_text(self.path(directory).read_text())

    def path(self, directory):
        return directory / "config" / "touchstone" / "config"

    def words(self, directory):
        return ["profile", "set", "manager", "--desk", "D2"]

    def judge(self, ended):
        old = (ended.directory / "config" / "old").read_text()
        before, manager, after = re.split(r"(\[profile manager\]\n(?:\w.*\n)+)", old)
        new, text = before + manager + "desk = D2\n" + after, self.path(ended.directory).read_text()
        self.case.assertIn(text, (old, new), ended)
        if ended.code == 0:
            self.case.assertEqual(text, new, ended)


class ProfileUse(ProfileSet):
    def words(self, directory):
        return ["profile", "use", "manager"]

    def judge(self, ended):
        old, text = (ended.directory / "config" / "old").read_text(), self.path(ended.directory).read_text()
        self.case.assertTrue(text == old or sorted(text.split()) == sorted(old.split() + ["current", "=", "manager"]), ended)
        if ended.code != LEAK:
            self.case.assertEqual(text != old, ended.code == 0, ended)


class ProfileList(Reading):
    more = 5

    def words(self, directory):
        return ["profile", "list"]


class ProfileListJson(Reading):
    def words(self, directory):
        return ["profile", "list", "--json"]


class Help(Reading):
    more = 5

    def words(self, directory):
        return ["help", "intake", "register"]
