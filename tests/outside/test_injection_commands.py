# SPDX-License-Identifier: Apache-2.0
"""Failing allocations and system calls while touchstoned starts, migrates and adds staff, on a PostgreSQL that is
not its own: it does it, or says in a sentence why not; done again, it is done once. tests/long has every point."""
import contextlib
import select
import signal
import subprocess
import time
import unittest

from tests.outside.injected import RUN_S, InjectedCase
from tests.support import paths
from tests.support.cluster import Cluster, Database
from tests.support.daemon import PASSWORD

PROGRAM = paths.build() / "server" / "touchstoned"


class CommandInjection(InjectedCase):
    """A database for each run, which judge() looks into."""
    name, limit, libraries, migrated = "touchstoned", 12, ("libcrypto",), True
    clean_codes = {0, 1, 2}  # 2: the configuration cannot be read

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)

    def its_database(self):
        return self.cluster.database(migrated=self.migrated)

    def prepare(self, directory):
        directory.chmod(0o755)
        database = self.its_database()
        (directory / "name").write_text(database.name)
        (directory / "touchstoned.conf").write_text(
            f"[listen]\naddress = 127.0.0.1\nport = 0\n[tls]\ncertificate = {self.certificate}\nkey = {self.key}\n"
            f"[state]\ndirectory = {directory / 'state'}\n[argon2]\nmemory_kib = 8192\npasses = 1\nlanes = 1\n"
            f"[postgresql]\nmode = external\nurl = {database.dsn('touchstone_daemon')}\n"
            f"migrate_url = {database.dsn()}\n")

    def setUp(self):
        super().setUp()
        self.directory.chmod(0o755)
        self.certificate, self.key = self.directory / "server.pem", self.directory / "server.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)

    def sql(self, ended, statement):
        with contextlib.closing(Database(self.cluster, (ended.directory / "name").read_text()).connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return cursor.fetchall()

    def command(self, directory):
        return [PROGRAM, *self.words, "--config", directory / "touchstoned.conf"]

    def says_why(self, ended):
        if ended.code in (1, 2):
            self.assertRegex(ended.told, r"(?m)^touchstoned: \S.*[a-z.)]$", ended)

    def again(self, ended):
        return subprocess.run(self.command(ended.directory), input=self.stdin, capture_output=True, timeout=RUN_S)


class Migration(CommandInjection):
    words, migrated, limit = ["migrate"], False, 8

    def judge(self, ended):
        self.says_why(ended)
        again = self.again(ended)
        self.assertEqual(again.returncode, 0, f"{ended}\nand again: {again.stderr.decode()}")
        ours = ("select string_agg(r::text, ' ' order by 1) from (select {} from {} join pg_namespace n on n.oid = {} "
                "where nspname in ('lab', 'api')) as r")
        found = [self.sql(ended, ours.format(*parts))[0][0] for parts in (
            ("relname, relkind", "pg_class", "relnamespace"),
            ("proname, pg_get_function_identity_arguments(pg_proc.oid)", "pg_proc", "pronamespace"))]
        type(self).schema = getattr(self, "schema", None) or [len(part) for part in found]
        self.assertEqual([len(part) for part in found], self.schema, "half a schema")

    def test_a_migration_that_fails_is_done_whole_by_the_next(self):
        self.sweep()


class StaffAdded(CommandInjection):
    words = ["staff", "add", "--username", "root.admin", "--name", "Root Admin", "--laboratory", "JEW", "--role",
             "administrator", "--password-file", "-"]
    stdin = PASSWORD.encode() + b"\n"

    def judge(self, ended):
        self.says_why(ended)
        before = self.sql(ended, "select count(*) from lab.staff where username = 'root.admin'")[0][0]
        if ended.code == 0:
            self.assertEqual(before, 1, ended)
        again = self.again(ended)
        self.assertEqual(again.returncode, before, f"{ended}\nand again: {again.stderr.decode()}")
        self.assertEqual(self.sql(ended, "select (select count(*) from lab.staff where username = 'root.admin'), "
                                         "(select count(*) from lab.staff_role)"), [(1, 1)], ended)

    def test_staff_are_added_whole_or_not_and_once(self):
        self.sweep()


class Start(CommandInjection):
    """All on one database: what starts changes nothing in it. libuv aborts when it cannot make its first pipe; the
    sanitizer then tells whose abort it was."""
    words, limit, libraries, sanitizer = ["serve"], 20, ("libcrypto", "libuv"), ":handle_abort=1"

    def setUp(self):
        super().setUp()
        self.shared = self.cluster.database(migrated=False)
        directory = self.directory / "first"
        directory.mkdir()
        self.prepare(directory)
        subprocess.run([PROGRAM, "migrate", "--config", directory / "touchstoned.conf"], check=True, capture_output=True)

    def its_database(self):
        return self.shared

    def running(self, command, environment):
        """Until it is ready, is still not ready though nothing more was failed for a while, or has ended."""
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        told, until = b"", time.monotonic() + self.run_s
        while b"event=ready" not in told and time.monotonic() < until:
            if select.select([process.stderr], [], [], 0.2)[0]:
                piece = process.stderr.read1()
                if not piece:
                    break
                told += piece
        ready = b"event=ready" in told
        if process.poll() is None and (ready or time.monotonic() >= until):
            process.send_signal(signal.SIGTERM)
        try:
            _, rest = process.communicate(timeout=RUN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return subprocess.CompletedProcess(command, "late", b"", told + process.communicate()[1])
        code = process.returncode if ready or process.returncode != 0 else "never ready"
        return subprocess.CompletedProcess(command, code, b"", told + rest)

    def run_program(self, command, environment, directory):
        return self.running(command, environment)

    def judge(self, ended):
        self.says_why(ended)

    def test_a_daemon_that_fails_while_it_starts_says_why_or_serves_and_stops_when_told(self):
        self.sweep()


del CommandInjection

if __name__ == "__main__":
    unittest.main()
