# SPDX-License-Identifier: Apache-2.0
"""Every fuzzer for FUZZ_SECONDS seconds (default 300), one after the other; 1800 is what docs/fuzzing.md asks of a
release. With FUZZ_ENGINE=afl by AFL++ instead of libFuzzer."""
import os
import unittest

from tests.support import fuzzers

SECONDS = int(os.environ.get("FUZZ_SECONDS", "300"))
ENGINE = os.environ.get("FUZZ_ENGINE", "libfuzzer")


class FuzzersForLong(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if why := fuzzers.missing(ENGINE):
            raise unittest.SkipTest(why)
        cls.folder = fuzzers.ROOT / "build" / ENGINE
        fuzzers.build(cls.folder, ENGINE)

    def test_no_fuzzer_finds_anything(self):
        for target in fuzzers.targets(self.folder):
            with self.subTest(target):
                done = fuzzers.run(self.folder, target, SECONDS, ENGINE)
                print(f"| {target} | {done.executions} | {done.seconds:.0f} s | {done.finding or 'none'} |", flush=True)
                self.assertEqual("", done.finding)


if __name__ == "__main__":
    unittest.main()
