# SPDX-License-Identifier: Apache-2.0
"""A running chaos_proxy.py: what tests that spoil connections drive."""
import subprocess
import sys

from tests.support import paths


class ChaosProxy:
    """Before the port `there`; `port` is its own (0: the kernel's choice)."""

    def __init__(self, there, *mode, port=0):
        self.process = subprocess.Popen([sys.executable, paths.ROOT / "tests" / "support" / "chaos_proxy.py", f"127.0.0.1:{port}",
                                         f"localhost:{there}", *mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def mode(self, *words):
        """Of the connections from now on."""
        print(*words, file=self.process.stdin, flush=True)
        self.process.stdout.readline()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
