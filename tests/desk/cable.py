# SPDX-License-Identifier: Apache-2.0
"""The cable between a desk and its server: pulled (nothing arrives, nobody is told; what was on its way arrives when it is back), or
cut (connections break, new ones are refused)."""
import contextlib
import os
import signal
import subprocess
import sys

from tests.support import paths


class Cable:
    def __init__(self, port):
        self.there, self.port, self.process = port, 0, None
        self.mend()

    def mend(self):
        self.process = subprocess.Popen([sys.executable, paths.ROOT / "tests" / "support" / "chaos_proxy.py", f"localhost:{self.port}",
                                         f"localhost:{self.there}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def mode(self, *words):
        """For connections from now on."""
        print(*words, file=self.process.stdin, flush=True)
        self.process.stdout.readline()

    def pull(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def plug(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def cut(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for end in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                end.close()
        self.process = None
