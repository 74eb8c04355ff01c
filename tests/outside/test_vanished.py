# SPDX-License-Identifier: Apache-2.0
"""Public files that somebody removed, one or all, are written anew from the database: while the daemon runs, and at its start."""
import shutil
import time
import unittest

from tests.outside.case import Outside

ENTRIES = 600  # two whole tiles and a partial one
WAIT_S = 60


class Vanished(Outside):
    walked = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.write_config(cls.daemon.port)
        cls.public = cls.daemon.directory / "state" / "public"
        cls.daemon.sql("insert into lab.log_request (kind, digest, requested_at) select 4, sha256(i::text::bytea), now() "
                       "from generate_series(1, %s) as i", ENTRIES)
        end = time.monotonic() + WAIT_S
        while cls.size() < ENTRIES or cls.size() != cls.daemon.sql("select size from lab.log_head")[0][0]:
            if time.monotonic() > end:
                raise AssertionError(cls.size())
            time.sleep(0.2)
        cls.files = {path: path.read_bytes() for path in cls.public.rglob("*") if path.is_file() and cls.counts(path)}

    @staticmethod
    def counts(path):
        """Of the partial tiles those of the newest checkpoint: what an older one needed is left where it is."""
        return not path.parent.name.endswith(".p") or int(path.name) == max(int(one.name) for one in path.parent.iterdir())

    @classmethod
    def size(cls):
        path = cls.public / "log" / "checkpoint"
        return int(path.read_text().splitlines()[1]) if path.exists() else 0

    def come_back(self):
        end = time.monotonic() + WAIT_S
        while missing := [path for path in self.files if not path.exists()]:
            self.assertLess(time.monotonic(), end, missing)
            time.sleep(0.2)
        for path, was in self.files.items():
            if path.parent.name not in ("status",):  # signed anew each hour
                self.assertEqual(path.read_bytes(), was, path)

    def remove(self, *names):
        for name in names:
            path = self.public / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def test_one_whole_tile_comes_back_while_the_daemon_runs(self):
        self.remove("log/tile/0/001", "log/tile/entries/000")
        self.come_back()
        self.daemon.says("event=public_files_vanished")

    def test_a_tile_that_was_cut_comes_back(self):
        (self.public / "log/tile/0/000").write_bytes(b"short")
        end = time.monotonic() + WAIT_S
        while (self.public / "log/tile/0/000").read_bytes() == b"short":
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)
        self.come_back()

    def test_registry_and_status_lists_come_back(self):
        self.remove("log/registry", "log/status", "log/keys.json", "s/data.json")
        self.come_back()

    def test_all_of_it_comes_back(self):
        self.remove("log", "s")
        self.come_back()

    def test_what_vanished_while_no_daemon_ran_comes_back_at_the_start(self):
        self.daemon.stop()
        self.remove("log/tile/1", "log/tile/0/000", "log/registry")
        self.daemon.start()
        self.come_back()


if __name__ == "__main__":
    unittest.main()
