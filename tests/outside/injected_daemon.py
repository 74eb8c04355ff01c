# SPDX-License-Identifier: Apache-2.0
"""A daemon whose calls fail one by one while items walk through the laboratory: every act ends in an answer or a
clean error and at once, asked again by its key it ends well, and the books hold it once. Used by
test_injection_daemon.py with a sample of the points, and by tests/long with every one."""
import hashlib
import os
import pathlib
import shutil
import tempfile
import unittest

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # broken connections are what these tests make

import grpc  # noqa: E402

from tests.outside.case import Refusal  # noqa: E402
from tests.outside.injected import EVERY, own_leaks, spread  # noqa: E402
from tests.outside.world import READINGS, World, intake_fields  # noqa: E402
from tests.support.daemon import PASSWORD, Daemon, Failed, key  # noqa: E402
from tests.support.injection import ALL, Injection  # noqa: E402

CALL_S = 20
CLEAN = {"UNAVAILABLE", "RESOURCE_EXHAUSTED", "UNKNOWN", "INTERNAL"}
UNSETTLED = {"", "OUTCOME_UNKNOWN"}  # reasons that leave open whether it was done; "" = of the connection, not of us
AGAIN = 3
SEAL_S = 8
DRAWN = {"release", "download"}  # take seconds: only in the walks that need them


class InjectedDaemon(Daemon):
    def __init__(self, directory):
        self.injection = Injection(directory / "control", "touchstoned")
        self.kept = {}
        environment = self.injection.environment()
        environment["ASAN_OPTIONS"] += ":fast_unwind_on_malloc=0:malloc_context_size=24"
        super().__init__(environment=environment, from_nothing=True)

    def __exit__(self, *_):
        """Leaks of a library are not ours, see injected.py."""
        try:
            super().__exit__()
            undefined = [line for line in self.log if "runtime error:" in line]
            if undefined:
                raise AssertionError("\n".join(undefined))
        except Failed:
            log = "\n".join(self.log)
            if own_leaks(log) or "LeakSanitizer" not in log:
                raise

    def connection(self):
        return grpc.secure_channel(
            f"localhost:{self.port}", grpc.ssl_channel_credentials(self.certificate.read_bytes()),
            options=[("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)])

    def connect(self, who):
        """So that an act is swept over without the making of its connection."""
        if who not in self.kept:
            channel = self.connection()
            self.client(who.token, channel)("StaffService.WhoAmI", timeout=CALL_S)
            self.kept[who] = channel

    def once(self, short, who=None, timeout=CALL_S, **fields):
        """A call over the caller's connection, which an error ends; without a caller over a connection of its own."""
        channel = self.kept.pop(who, None) or self.connection()
        try:
            answer = self.client(who and who.token, channel)(short, timeout=timeout, **fields)
        except grpc.RpcError:
            channel.close()
            raise
        if who:
            self.kept[who] = channel
        else:
            channel.close()
        return answer

    def stop(self, kill=False):
        for channel in self.kept.values():
            channel.close()
        self.kept = {}
        return super().stop(kill)


class Walk:
    """One item on its way: what the steps before found out."""

    def __init__(self, daemon, people):
        self.daemon, self.people, self.found, self.asks_again = daemon, people, {}, False

    def call(self, short, who, **fields):
        return self.daemon.once(short, self.people[who], **fields)

    def test(self, step, short, who, request_id, **fields):
        before = self.found[step]
        before = before.receipt.items[0].tests[0] if step == "intake" else before.test
        return self.call(short, who, request_id=request_id, test_id=before.test_id, version=before.version, **fields)


class Step:
    """One act of the walk by one person. act(walk, request_id) makes the call; its answer is kept by the name."""

    def __init__(self, name, who, act, limit=EVERY):
        self.name, self.who, self.act, self.limit = name, who, act, limit
        # Whoever comes for a sheet waits for it; all else is answered at once.
        self.also_clean = {"DEADLINE_EXCEEDED"} if name == "download" else set()
        self.points, self.calls, self.places, self.failed, self.refused = None, 0, 0, 0, {}

    @property
    def is_open(self):
        return self.points is None or bool(self.points)

    def __str__(self):
        return f"{self.name}: {self.calls} calls from {self.places} places, {self.failed} failed; told {self.refused}"


def log_in(walk, _):
    return walk.daemon.once("StaffService.Login", username="reception", password=PASSWORD, desk="D1")


def log_out(walk, _):
    """Over a connection that ends with it: one address may hold only so many."""
    channel = walk.daemon.connection()
    try:
        return walk.daemon.client(walk.found["log in"].token, channel)("StaffService.Logout", timeout=CALL_S)
    finally:
        channel.close()


def intake(walk, request_id):
    return walk.call("DeskService.RegisterIntake", "RECEPTION", request_id=request_id, **intake_fields())


def get_item(walk, _):
    return walk.call("DeskService.GetItem", "RECEPTION", item_code=walk.found["intake"].receipt.items[0].item_code)


def worklist(walk, _):
    return walk.call("BenchService.ListTests", "TECHNICIAN", laboratory="JEW", page=dict(page_size=20))


def list_items(walk, _):
    return walk.call("DeskService.ListItems", "RECEPTION", laboratory="JEW", page=dict(page_size=20))


def claim(walk, request_id):
    return walk.test("intake", "BenchService.ClaimTest", "TECHNICIAN", request_id)


def entering(after, value):
    def enter(walk, request_id):
        return walk.test(after, "BenchService.EnterResult", "TECHNICIAN", request_id, expanded_uncertainty="2.0",
                         readings=[dict(value=value, position="inside"), *READINGS], instrument="XRF-01",
                         temperature_c="23.1", humidity_percent="45", reason="" if after == "claim" else "misread")
    return enter


def submit(walk, request_id):
    return walk.test("enter thrice", "BenchService.SubmitTest", "TECHNICIAN", request_id)


def approve(walk, request_id):
    return walk.test("submit", "ReviewService.ApproveTest", "REVIEWER", request_id)


def release(walk, request_id):
    item = walk.found["look up"].item
    return walk.call("SheetService.ReleaseSheet", "SIGNATORY", request_id=request_id, item_code=item.item_code,
                     version=item.version, password=PASSWORD, meaning="approved for issue")


def download(walk, _):
    """Waits for the drawing and sealing, which fail too. A sheet whose sealing failed is sealed again after a pause
    or a lease of up to a minute: cut short here."""
    walk.daemon.sql("update lab.sheet_work set leased_until = null where not done and leased_until is not null "
                    "and %s", walk.asks_again)
    pieces = walk.call("SheetService.DownloadSheet", "RECEPTION", timeout=2 * CALL_S if walk.asks_again else SEAL_S,
                       sheet_no=walk.found["release"].sheet.sheet_no)
    if hashlib.sha256(b"".join(piece.data for piece in pieces)).hexdigest() != pieces[0].sheet.pdf_sha256:
        raise AssertionError("the sheet is not what it says")
    return pieces


def history(walk, _):
    return walk.call("AuditService.ListHistory", "AUDITOR", laboratory="JEW", page=dict(page_size=20))


def steps(limit=EVERY, **limits):
    """limits: of single steps, instead of the common one."""
    rows = [("log in", None, log_in), ("log out", None, log_out), ("intake", "RECEPTION", intake), ("get item", "RECEPTION", get_item),
            ("claim", "TECHNICIAN", claim), ("enter", "TECHNICIAN", entering("claim", "753.0")),
            ("enter twice", "TECHNICIAN", entering("enter", "753.1")),
            ("enter thrice", "TECHNICIAN", entering("enter twice", "753.2")), ("submit", "TECHNICIAN", submit),
            ("approve", "REVIEWER", approve), ("look up", "RECEPTION", get_item), ("release", "SIGNATORY", release),
            ("download", "RECEPTION", download), ("worklist", "TECHNICIAN", worklist),
            ("list", "RECEPTION", list_items), ("history", "AUDITOR", history)]
    return [Step(name, who, act, limits.get(name.replace(" ", "_"), limit)) for name, who, act in rows]


BOOKS = """
select (select count(*) from lab.receipt), (select count(*) from lab.item), (select count(*) from lab.test),
       (select count(*) from lab.consent) / 2,
       (select count(*) from lab.replay where method = 'DeskService.RegisterIntake'),
       (select count(*) from lab.history where method = 'DeskService.RegisterIntake' and object_type = 'receipt')
"""


class InjectedDaemonCase(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ts-injected-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.directory.chmod(0o755)
        self.wrong = []

    def attempt(self, step, walk, request_id):
        """The answer, or the clean error."""
        try:
            return step.act(walk, request_id)
        except grpc.RpcError as error:
            return Refusal(error)

    def blame(self, step, point, text):
        self.wrong.append(f"{step.name}, call {point} failed: {text}")

    def judge(self, step, point, outcome, request_id):
        daemon = self.daemon
        if daemon.process.poll() is not None:
            self.blame(step, point, f"ended with {daemon.process.returncode}:\n" + "\n".join(daemon.log[-40:]))
            daemon.stop()
            daemon.write_config(daemon.port)
            daemon.start()
        elif isinstance(outcome, Refusal):
            told = f"{outcome.code.name} {outcome.reason}: {outcome.text}"
            step.refused[outcome.code.name] = step.refused.get(outcome.code.name, 0) + 1
            if outcome.code.name not in CLEAN | step.also_clean:
                self.blame(step, point, told)
            elif outcome.reason not in UNSETTLED:
                if daemon.sql("select 1 from lab.replay where request_id = %s", request_id):
                    self.blame(step, point, f"{told}, but it was done")

    def run_step(self, step, walk):
        """False when the walk cannot go on."""
        request_id = key()
        if step.is_open:
            outcome = self.run_failing(step, walk, request_id)
            if not isinstance(outcome, Refusal):
                walk.found[step.name] = outcome
        if step.name not in walk.found:
            outcome = walk.found[step.name] = self.ask_again(step, walk, request_id)
            if isinstance(outcome, Refusal) and not (step.name == "log out" and outcome.code.name == "UNAUTHENTICATED"):
                self.blame(step, "some", f"asked again: {outcome.code.name} {outcome.reason}: {outcome.text}")
                return False
        return True

    def ask_again(self, step, walk, request_id):
        """Without descriptors libuv turns away all who wait at the door, perhaps us too."""
        walk.asks_again = True
        for _ in range(AGAIN):
            outcome = self.attempt(step, walk, request_id)
            if not isinstance(outcome, Refusal) or outcome.code.name not in {"UNAVAILABLE", *step.also_clean}:
                break
        walk.asks_again = False
        return outcome

    def run_failing(self, step, walk, request_id):
        injection, first = self.daemon.injection, step.points is None
        if step.who:
            self.daemon.connect(walk.people[step.who])
        point = 0 if first else step.points.pop(0)
        injection.arm(ALL, point, traces=first)
        outcome = self.attempt(step, walk, request_id)
        calls, failed = injection.disarm()
        step.failed += failed
        if first:
            sites = injection.first_of_each_site(calls)
            step.calls, step.places = calls, len(sites)
            step.points = list(range(1, calls + 1)) if step.limit == EVERY else spread(sites.values(), step.limit)
        self.judge(step, point, outcome, request_id)
        return outcome

    def sweep(self, walked):
        with InjectedDaemon(self.directory) as self.daemon:
            people = self.daemon.people()
            World(people)
            rounds, intakes = 0, 0
            while any(step.is_open for step in walked):
                walk = Walk(self.daemon, people)
                last = max(at for at, step in enumerate(walked) if step.is_open)
                rounds += 1
                drawn = any(step.is_open for step in walked if step.name in DRAWN)
                needed = [step for step in walked[:last + 1] if drawn or step.name not in DRAWN]
                if not all(self.run_step(step, walk) for step in needed):
                    self.assertLess(len(self.wrong), 40, "\n".join(self.wrong))
                intakes += "intake" in walk.found
            for step in walked:
                print(step)
            print(f"{sum(step.failed for step in walked)} calls failed one by one in {rounds} walks")
            self.hold_books(intakes)
        self.assertFalse(self.wrong, f"{len(self.wrong)} in {rounds} walks:\n" + "\n".join(self.wrong[:40]))

    def hold_books(self, intakes):
        """Each act once, no receipt number missing, every sheet sealed in the end, each by its own hash."""
        self.assertEqual(set(self.daemon.sql(BOOKS)[0]), {intakes})
        numbers = self.daemon.sql(r"select substring(receipt_no from '\d+$')::int from lab.receipt order by 1")
        self.assertEqual([number for number, in numbers], list(range(1, intakes + 1)))
        reader = self.daemon.log_in("reception", "D1")
        step = Step("download", "RECEPTION", download)
        for sheet_no, in self.daemon.sql("select sheet_no from lab.sheet"):
            walk = Walk(self.daemon, {"RECEPTION": reader})
            walk.found["release"] = self.daemon.once("SheetService.GetSheet", reader, sheet_no=sheet_no)
            self.assertNotIsInstance(self.ask_again(step, walk, None), Refusal, sheet_no)
