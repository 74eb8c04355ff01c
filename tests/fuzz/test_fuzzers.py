# SPDX-License-Identifier: Apache-2.0
"""The fuzzers of tests/fuzz, built for real and run for a moment each; tests/long runs them for longer.
Without clang's runtime the replays of the corpora, which are cmocka tests, stand alone."""
import unittest

from tests.support import fuzzers

SECONDS = 1  # after the whole corpus


class Fuzzers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if why := fuzzers.missing():
            raise unittest.SkipTest(why)
        cls.folder = fuzzers.ROOT / "build" / "libfuzzer"
        fuzzers.build(cls.folder)

    def test_every_target_has_a_corpus_and_is_built(self):
        named = sorted(path.stem for path in fuzzers.CORPUS.glob("*.hex"))
        self.assertEqual(named, fuzzers.targets(self.folder))

    def test_every_target_runs_for_a_moment_without_a_finding(self):
        for target in fuzzers.targets(self.folder):
            with self.subTest(target):
                done = fuzzers.run(self.folder, target, SECONDS)
                self.assertEqual("", done.finding)
                self.assertGreater(done.executions, 0)


if __name__ == "__main__":
    unittest.main()
