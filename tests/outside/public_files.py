# SPDX-License-Identifier: Apache-2.0
"""What tests of the daemon's public files share: a log that has come to rest, and the client's audit of it."""
import json
import subprocess
import time

from tests.support import paths
from tests.support.daemon import Failed

CLIENT = paths.build() / "client" / "touchstone"
REST_S = 120


def audit(*words, home, expect=0):
    """The audit's answer as JSON."""
    done = subprocess.run([CLIENT, "log", "audit", "--json", *map(str, words)], capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}, timeout=120)
    if done.returncode != expect:
        raise Failed(f"{words} ended with {done.returncode}, not {expect}:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout) if done.stdout else done.stderr


def findings(answer):
    return [one["code"] for one in answer["findings"] if one["level"] == "finding"]


class Public:
    """The public folder of a daemon."""

    def __init__(self, daemon):
        self.daemon, self.folder = daemon, daemon.directory / "state" / "public"
        self.url = f"https://localhost:{daemon.port}/log"

    def size(self):
        file = self.folder / "log" / "checkpoint"
        return int(file.read_text().split("\n")[1]) if file.exists() else 0

    def is_at_rest(self):
        """Everything that was asked of the log is entered, promised, told in status lists, and published."""
        rows = self.daemon.sql("select (select count(*) from lab.log_request where idx is null), (select size from lab.log_head), "
                               "(select count(*) from lab.sheet where state <> 'sealed'), (select min(size) from lab.log_status)")
        waiting, head, unsealed, told = rows[0]
        status = self.folder / "log" / "status" / "0"
        return (waiting == unsealed == 0 and self.size() == head and told is not None and status.exists()
                and status.read_text() == self.daemon.sql("select note from lab.log_status where shard = 0")[0][0])

    def rest(self):
        end = time.monotonic() + REST_S
        while not self.is_at_rest():
            if time.monotonic() > end:
                raise Failed("the log did not come to rest:\n" + "\n".join(self.daemon.log[-30:]))
            time.sleep(0.1)
        return self
