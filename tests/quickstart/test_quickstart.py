# SPDX-License-Identifier: Apache-2.0
"""./quickstart on a fresh copy, in a path with a space and Chinese characters, as root and as a user.

The copy holds what git knows and nothing of this checkout's build. As root the same copy is afterwards given
to an ordinary user, who runs it again; without root the user's part is all there is.
"""
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from tests.lint import tree

USER = "nobody"
LINES = ["1 Intake", "2 Assigned", "3 Tested", "4 Reviewed", "5 Released", "6 Sealed", "7 Returned"]


def state_of(copy):
    config = copy / "build/quickstart/touchstoned.conf"
    return re.search(r"directory = (.*)", config.read_text()).group(1) if config.exists() else str(copy)


def processes_of(copy):
    """Command lines of processes that name the copy, or the state of its daemon: PostgreSQL names that."""
    found, names = [], (str(copy), state_of(copy))
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if any(name in words for name in names) and "unittest_job" not in words:
            found.append(words)
    return found


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="试金石 quickstart "))
        cls.folder.chmod(0o755)
        cls.copy = cls.folder / "fresh clone"
        cls.states = set()
        for name in tree.files():
            (cls.copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(tree.ROOT / name, cls.copy / name)
        cls.environment = {"PATH": os.environ["PATH"], "HOME": str(cls.folder), "LANG": "C"}

    @classmethod
    def tearDownClass(cls):
        for state in cls.states:
            shutil.rmtree(state, ignore_errors=True)
        shutil.rmtree(cls.folder, ignore_errors=True)

    def run_once(self, **user):
        began = time.monotonic()
        done = subprocess.run([self.copy / "quickstart", "--once"], cwd="/", env=self.environment, **user,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.states.add(state_of(self.copy))
        log = self.copy / "build/quickstart/walk.log"
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr + (log.read_text()[-2000:] if log.exists() else ""))
        for line in LINES:
            self.assertIn(f"\n{line}", done.stdout)
        self.assertEqual(processes_of(self.copy), [], "something is still running")
        return done.stdout, time.monotonic() - began

    def check_sheet(self, output):
        sheet = self.copy / "build/quickstart/sheet.pdf"
        signed = subprocess.run(["pdfsig", sheet], capture_output=True, text=True).stdout
        self.assertIn("Signature is Valid", signed)
        self.assertIn("Total document signed", signed)
        self.assertEqual(subprocess.run(["qpdf", "--check", sheet], capture_output=True).returncode, 0)
        text = subprocess.run(["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True).stdout
        item = re.search(r"item code (\S+)", output).group(1)
        # Printed with hyphens on the sheet, or without in the API's answer.
        self.assertIn(item.replace("-", ""), text.replace("-", ""))
        for words in ("样张", "符合", "Conforms", "753.5"):
            self.assertIn(words, text)

    def test_1_a_fresh_clone_walks_the_ring(self):
        output, _ = self.run_once()
        self.check_sheet(output)

    def test_2_a_second_run_is_quick_and_makes_another_sheet(self):
        first = (self.copy / "build/quickstart/sheet.pdf").read_bytes()
        output, seconds = self.run_once()
        self.check_sheet(output)
        self.assertNotEqual((self.copy / "build/quickstart/sheet.pdf").read_bytes(), first)
        # 10 s on a quiet machine; this one runs other tests meanwhile.
        self.assertLess(seconds, 40)

    def test_3_it_stays_up_until_told_and_leaves_nothing_behind(self):
        # Who runs the tests in the background ignores SIGINT, and a shell cannot take back what it inherits so.
        child = subprocess.Popen([self.copy / "quickstart"], env=self.environment, stdout=subprocess.PIPE, text=True,
                                 stdin=subprocess.DEVNULL,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(lambda: child.poll() is None and (child.terminate(), child.wait(60)))
        lines = []
        for line in child.stdout:
            lines.append(line)
            if "quickstart/touchstone help" in line:
                break
        address = re.search(r"https://localhost:\d+", "".join(lines))
        self.assertTrue(address, "".join(lines))
        # What is told to be tried next works as it is told: the history is there to be read.
        tried = re.search(r"^  (build/quickstart/touchstone .* history list .*)$", "".join(lines), re.M).group(1).split()
        history = subprocess.run(tried, cwd=self.copy, env=self.environment, capture_output=True, text=True)
        self.assertEqual(history.returncode, 0, history.stderr)
        self.assertIn("custody_state: held -> returned", history.stdout)
        ready = subprocess.run(["curl", "-sS", "--fail", "--http2", "--cacert", self.copy / "build/quickstart/tls/ca.pem",
                                f"{address.group(0)}/readyz"], capture_output=True)
        self.assertEqual(ready.returncode, 0, ready.stderr)
        second = subprocess.run([self.copy / "quickstart", "--once"], env=self.environment, capture_output=True, text=True)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another ./quickstart is running", second.stderr)
        child.send_signal(signal.SIGINT)
        child.stdout.close()
        self.assertEqual(child.wait(60), 130)
        self.assertEqual(processes_of(self.copy), [], "something is still running")

    def test_4_root_s_copy_given_to_a_user_works_for_the_user(self):
        if os.getuid() != 0:
            self.assertIn(str(self.copy), (self.copy / "build/quickstart/touchstoned.conf").read_text())
            return
        entry = pwd.getpwnam(USER)
        shutil.rmtree(self.copy / "build/quickstart")
        for path in [self.folder, *self.folder.rglob("*")]:
            os.lchown(path, entry.pw_uid, entry.pw_gid)
        output, _ = self.run_once(user=entry.pw_uid, group=entry.pw_gid, extra_groups=[])
        self.check_sheet(output)

    def test_5_a_wrong_flag_tells_the_usage(self):
        done = subprocess.run([self.copy / "quickstart", "--twice"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("Usage: ./quickstart [--once] [--fresh]", done.stdout)
