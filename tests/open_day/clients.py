# SPDX-License-Identifier: Apache-2.0
"""The two kinds of client of a replayed day. A Program is a process of `touchstone` for every act, as a desk would type it; a Line
is a grpcio connection that stays, for the acts of which there are thousands. Both go on with the same request id until they are
told, whatever happens to the network or the daemon; a refusal is raised."""
import collections
import json
import os
import subprocess
import threading
import time

import grpc

from tests.support import paths
from tests.support.daemon import PASSWORD, key
from tests.support.errors import Details

PROGRAM = paths.build() / "client" / "touchstone"
PATIENCE_S = 120
PAUSE_S, BACK_MS, CONNECT_MS = 0.1, 300, 10000
AGAIN = {"UNAVAILABLE", "UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED"}
PROGRAM_AGAIN = (4, 7, 9)  # no handshake, nothing done, outcome unknown


class Refused(Exception):
    def __init__(self, reason, text, told=""):
        super().__init__(f"{reason}: {text}")
        self.reason, self.told = reason, told


class Tries:
    """How often an act had to be repeated: for the driver's own output only."""
    lock, processes, calls, why = threading.Lock(), 0, 0, collections.Counter()

    @classmethod
    def note(cls, **more):
        with cls.lock:
            for name, by in more.items():
                setattr(cls, name, getattr(cls, name) + by)

    @classmethod
    def again(cls, why):
        with cls.lock:
            cls.why[why] += 1
        time.sleep(PAUSE_S)


class Program:
    """A person at a place with a home directory of its own, logged in."""

    def __init__(self, directory, username, desk, laboratory, port, certificate, environment):
        directory.mkdir()
        self.directory, self.desk = directory, desk
        self.environment = {
            "HOME": str(directory), "XDG_CONFIG_HOME": str(directory / "config"), "XDG_STATE_HOME": str(directory / "state"),
            "TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "LC_ALL": "", "TOUCHSTONE_SERVER": f"localhost:{port}",
            "TOUCHSTONE_CA": str(certificate), "TOUCHSTONE_LABORATORY": laboratory, "TOUCHSTONE_DESK": desk, **environment}
        secret = directory / "password"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o600)
        self.read("login", username, *(("--desk", desk) if desk else ()), "--password-file", str(secret), plain=True)

    def read(self, *words, data=None, plain=False, **environment):
        """The answer as JSON, once there is one."""
        end = time.monotonic() + PATIENCE_S
        while True:
            done = subprocess.run([PROGRAM, *words, *(() if plain else ("--json",)), *(() if "--timeout" in words else ("--timeout", "10"))], input=data, capture_output=True,
                                  text=True, env=dict(os.environ, **self.environment | environment), timeout=PATIENCE_S)
            Tries.note(processes=1)
            if done.returncode == 0:
                return {} if plain else json.loads(done.stdout or "{}")
            if done.returncode not in PROGRAM_AGAIN or time.monotonic() > end:
                raise Refused(done.returncode, f"{' '.join(words)}: {done.stderr}", done.stdout)
            Tries.again(f"exit {done.returncode}")

    def write(self, *words, data=None, plain=False):
        return self.read(*words, "--request-id", key(), data=data, plain=plain)


class Line:
    """A log-in with a connection that stays."""

    def __init__(self, daemon, token):
        self.daemon = daemon
        # The least back-off is also how long an attempt may take: a handshake takes longer on a busy machine.
        channel = daemon.channel([("grpc.use_local_subchannel_pool", 1), ("grpc.initial_reconnect_backoff_ms", BACK_MS),
                                  ("grpc.max_reconnect_backoff_ms", BACK_MS), ("grpc.min_reconnect_backoff_ms", CONNECT_MS)])
        daemon.channels.remove(channel)  # the restart of the daemon does not close it
        self.client = daemon.client(token, channel)

    def __call__(self, short, **fields):
        message, end = self.client.request(short, **fields), time.monotonic() + PATIENCE_S
        while True:
            Tries.note(calls=1)
            try:
                return self.client(short, message=message, timeout=20)
            except grpc.RpcError as error:
                reason = Details(error).reason
                if error.code().name not in AGAIN or time.monotonic() > end:
                    raise Refused(reason, f"{short} {error.details()}") from error
                why = f"{short.split('.')[1]} {error.code().name} {reason or error.details()}"
            Tries.again(why)

    def close(self):
        self.client.channel.close()
