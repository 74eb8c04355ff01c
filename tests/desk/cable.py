# SPDX-License-Identifier: Apache-2.0
"""The cable between a desk and its server: pulled (nothing arrives, nobody is told; what was on its way arrives when it is back), or
cut (connections break, new ones are refused)."""
import contextlib
import os
import signal

from tests.support.proxy import ChaosProxy


class Cable:
    def __init__(self, port):
        self.there, self.port, self.proxy = port, 0, None
        self.mend()

    def mend(self):
        self.proxy = ChaosProxy(self.there, port=self.port)
        self.port = self.proxy.port

    def pull(self):
        os.kill(self.proxy.process.pid, signal.SIGSTOP)

    def plug(self):
        os.kill(self.proxy.process.pid, signal.SIGCONT)

    def cut(self):
        if self.proxy is None:
            return
        self.proxy.process.kill()
        with contextlib.suppress(OSError):
            self.proxy.close()
        self.proxy = None
