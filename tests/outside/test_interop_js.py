# SPDX-License-Identifier: Apache-2.0
"""gRPC's interoperability test cases by @grpc/grpc-js (interop_js/interop.js) against the test build of the
daemon. Each case is one test here; one that did not run fails."""
import json
import os
import pathlib
import subprocess
import unittest

from tests.outside import interop
from tests.support import paths

SCRIPT = pathlib.Path(__file__).parent / "interop_js" / "interop.js"
CASES = ["empty_unary", "large_unary", "client_compressed_unary", "server_compressed_unary", "client_streaming",
         "client_compressed_streaming", "server_streaming", "server_compressed_streaming", "ping_pong", "empty_stream",
         "custom_metadata", "status_code_and_message", "special_status_message", "unimplemented_method",
         "unimplemented_service", "timeout_on_sleeping_server", "cancel_after_begin", "cancel_after_first_response"]
RUN_S = 300


class InteropByGrpcJs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        daemon = interop.daemon().__enter__()
        cls.addClassCleanup(daemon.__exit__)
        done = subprocess.run(["node", SCRIPT, f"localhost:{daemon.port}", daemon.certificate], text=True,
                              env=dict(os.environ, NODE_PATH=str(paths.node_modules())), capture_output=True,
                              timeout=RUN_S)
        cls.errors = done.stderr
        cls.seen = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}

    def passed(self, name):
        self.assertIn(name, self.seen, self.errors)
        self.assertTrue(self.seen[name]["ok"], self.seen[name]["seen"])

    def test_every_case_ran_and_no_other(self):
        self.assertEqual(sorted(self.seen), sorted(CASES), self.errors)


def generate():
    for name in CASES:
        setattr(InteropByGrpcJs, "test_" + name, lambda self, name=name: self.passed(name))


generate()

if __name__ == "__main__":
    unittest.main()
