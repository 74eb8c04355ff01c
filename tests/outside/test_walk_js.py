# SPDX-License-Identifier: Apache-2.0
"""The whole walk by @grpc/grpc-js against a running daemon (walk/walk.js). Each of its steps is one test
here; a step that was not reached fails."""
import hashlib
import json
import os
import re
import subprocess
import tempfile
import pathlib
import unittest

from tests.outside.world import World
from tests.support import paths
from tests.support.daemon import PASSWORD, Daemon

SCRIPT = pathlib.Path(__file__).parent / "walk" / "walk.js"
STEPS = re.findall(r"^  \['([^']+)',", SCRIPT.read_text(encoding="utf-8"), re.M)
WALK_S = 240


class WalkByGrpcJs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        daemon = Daemon().__enter__()
        cls.addClassCleanup(daemon.__exit__)
        World(daemon.people())
        cls.sheet = pathlib.Path(tempfile.mkstemp(suffix=".pdf")[1])
        cls.addClassCleanup(cls.sheet.unlink)
        env = dict(os.environ, NODE_PATH=str(paths.node_modules()), TOUCHSTONE_PASSWORD=PASSWORD)
        done = subprocess.run(["node", SCRIPT, f"localhost:{daemon.port}", daemon.certificate, paths.ROOT / "proto",
                               cls.sheet], env=env, text=True, capture_output=True, timeout=WALK_S)
        cls.walked = [json.loads(line) for line in done.stdout.splitlines()]
        cls.errors = done.stderr
        cls.code = done.returncode

    def step(self, at, name):
        self.assertLess(at, len(self.walked), f"never reached; {self.errors} {self.walked[-1:]}")
        seen = self.walked[at]
        self.assertEqual(seen["step"], name)
        self.assertTrue(seen["ok"], seen["seen"])

    def test_the_walk_ends_well_with_every_step_done(self):
        self.assertEqual(self.code, 0, self.errors)
        self.assertEqual(len(self.walked), len(STEPS))
        self.assertGreaterEqual(len(STEPS), 24)

    def test_the_sheet_on_disk_has_the_hash_that_the_daemon_told(self):
        told = [line["seen"]["sha256"] for line in self.walked if "sha256" in line["seen"]]
        self.assertEqual([hashlib.sha256(self.sheet.read_bytes()).hexdigest()], told)


def generate():
    for at, name in enumerate(STEPS):
        sentence = re.sub(r"\W+", "_", name).lower().strip("_")
        setattr(WalkByGrpcJs, f"test_step_{at + 1:02}_{sentence}",
                lambda self, at=at, name=name: self.step(at, name))


generate()

if __name__ == "__main__":
    unittest.main()
