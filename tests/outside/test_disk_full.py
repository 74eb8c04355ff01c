# SPDX-License-Identifier: Apache-2.0
"""Disks that run full under a load of intakes: of the tables, of everything with the WAL, and under a sheet that is about
to be stored. Calls end cleanly, and with room again everything goes on without hands."""
import contextlib
import os
import unittest

import psycopg2

from tests.outside.case import MANY_CONNECTIONS
from tests.outside.external import Cluster
from tests.outside.faults import FaultCase
from tests.outside.processes import named, stopped
from tests.outside.world import World
from tests.support.daemon import Daemon
from tests.support.small_disk import SmallDisk


class SmallTables(Cluster):
    """The tables of the database lie on a disk of their own; WAL and system have room."""

    def __enter__(self):
        self.disk = SmallDisk(64).__enter__()
        super().__enter__()
        tables = self.disk.directory / "tables"
        tables.mkdir()
        os.chown(tables, self.data.stat().st_uid, self.data.stat().st_gid)
        with contextlib.closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(f"create tablespace small location '{tables}'")
            cursor.execute("alter database touchstone set tablespace small")
        return self

    def __exit__(self, *_):
        super().__exit__()
        self.disk.__exit__()


class TablesFull(FaultCase):
    @classmethod
    def make_cluster(cls):
        return SmallTables()

    def tearDown(self):
        self.cluster.disk.free()

    def test_without_room_for_data_under_load_calls_end_cleanly_and_go_on_when_there_is_room(self):
        def fill(desks):
            self.cluster.disk.fill()
            desks.until_failed(desks.count)
            self.cluster.disk.free()
        desks = self.under_load(fill)
        self.assertEqual(set(desks.codes()), {"RESOURCE_EXHAUSTED"})

    def is_promised(self, sheet_no):
        return self.daemon.sql("select exists (select from lab.sheet_statement join lab.log_checkpoint on size > idx where sheet_no = %s)",
                               sheet_no)[0][0]

    def test_a_sheet_that_there_is_no_room_for_is_stored_when_there_is(self):
        (self.daemon.directory / "state").mkdir(exist_ok=True)  # where the demonstration's key comes to lie
        world = World(self.people)
        with stopped(*named(self.daemon.process.pid, "touchstone-render")):
            sheet = world.released()
            self.until(lambda: self.is_promised(sheet.sheet_no))  # the log, too, would wait for room
            self.cluster.disk.fill()
        self.until(lambda: any("event=sheet_not_stored" in line or "event=sheet_failed" in line for line in self.daemon.log))
        self.assertFalse(any("event=sheet_sealed" in line for line in self.daemon.log))
        self.cluster.disk.free()
        self.daemon.sql("update lab.sheet_work set leased_until = null")  # not to wait for it
        self.until(lambda: any("event=sheet_sealed" in line for line in self.daemon.log))
        self.assertEqual(self.daemon.sql("select state, (select count(*) from lab.sheet_file where sheet_file.sheet_no = "
                                         "sheet.sheet_no) from lab.sheet where sheet_no = %s", sheet.sheet_no),
                         [("sealed", 1)])


class EverythingFull(FaultCase):
    """The daemon's whole state directory with its private PostgreSQL on one disk."""

    @classmethod
    def make_cluster(cls):
        cls.disk = SmallDisk(320)
        return cls.disk

    @classmethod
    def make_daemon(cls):
        (cls.disk.directory / "daemon").mkdir()
        return Daemon(settings=MANY_CONNECTIONS, directory=cls.disk.directory / "daemon")

    def test_without_room_for_wal_the_private_postgresql_ends_and_comes_back_by_itself(self):
        def fill(desks):
            self.disk.fill()
            with contextlib.suppress(psycopg2.Error):
                while True:  # until there is no room for the next piece of WAL
                    self.daemon.sql("select pg_switch_wal()")
                    desks.until(lambda: True, "")
            desks.until_failed(desks.count)
            self.disk.free()
        desks = self.under_load(fill)
        self.assertLessEqual(set(desks.codes()), {"RESOURCE_EXHAUSTED", "UNAVAILABLE", "UNKNOWN"})
        self.daemon.says("event=database_away")


if __name__ == "__main__":
    unittest.main()
