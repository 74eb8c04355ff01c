# SPDX-License-Identifier: Apache-2.0
"""A daemon on a PostgreSQL that is not its own: a cluster that lives on when the daemon is killed."""
import collections
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading

import psycopg2

from tests.support import kept_state, paths
from tests.support.clock import SystemClock
from tests.support.daemon import Daemon, Failed

START_S, END_S = 120, 300
LOG_LINES = 20000


def bin_directory():
    """The newest PostgreSQL that Debian installed."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        raise Failed("there is no PostgreSQL here")
    return found[-1].parent


class Cluster:
    """As the user postgres when we are root, which PostgreSQL refuses to be."""

    def __init__(self, clock=False, **settings):
        """clock: PostgreSQL's wall clock can be turned."""
        self.settings, self.clock, self.log = settings, clock, collections.deque(maxlen=LOG_LINES)

    def __enter__(self):
        self.make_directory()
        self.clock = self.clock and SystemClock(self.directory / "clock")
        kept = kept_state.once(paths.build() / "external.kept", f"{bin_directory()} {os.geteuid()}", self.keep)
        subprocess.run(["cp", "-a", kept, self.data], check=True)
        self.start()
        with contextlib.closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute("create database touchstone")
        return self

    def keep(self, folder):
        """What initdb makes is the same each time."""
        self.run("initdb", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-instructions")
        subprocess.run(["cp", "-a", self.data, folder / "data"], check=True)  # a move to another disk would change the owner
        shutil.rmtree(self.data)

    def make_directory(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="tsx-"))
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.data = self.directory / "data"

    def run(self, program, *arguments):
        """A program of PostgreSQL that makes the data directory."""
        done = subprocess.run([*self.as_user, bin_directory() / program, "-D", self.data, *arguments],
                              capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise Failed(done.stderr)

    def __exit__(self, *_):
        self.end(signal.SIGINT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def end(self, how):
        """SIGINT is a fast shutdown, SIGQUIT an immediate one, SIGKILL none."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(END_S)
        self.reader.join(END_S)  # the last of its processes has closed the log
        self.process.stderr.close()

    def start(self):
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            [*self.as_user, bin_directory() / "postgres", "-D", self.data, "-k", self.directory, "-c",
             "listen_addresses=", "-c", "log_min_messages=log",
             *(word for name, value in self.settings.items() for word in ("-c", f"{name}={value}"))], stderr=subprocess.PIPE, text=True, cwd="/",
            env=dict(os.environ, **self.clock.environment()) if self.clock else None)
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()
        if not self.ready.wait(START_S):
            raise Failed("PostgreSQL did not become ready")

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line.rstrip("\n"))
            if "ready to accept" in line:  # connections, or read-only connections
                self.ready.set()

    def url(self, user):
        return f"host={self.directory} user={user} dbname=touchstone"

    def connect(self, database="touchstone"):
        return psycopg2.connect(host=str(self.directory), user="postgres", dbname=database)


class Standby(Cluster):
    """A streaming copy of another cluster."""

    def __init__(self, primary, **settings):
        super().__init__(**settings)
        self.primary = primary

    def __enter__(self):
        self.make_directory()
        self.run("pg_basebackup", "-h", self.primary.directory, "-U", "postgres", "-R", "-X", "stream", "-c", "fast")
        self.start()
        return self


class Pair:
    """A primary that commits nothing before its standby has it, and that standby; told to a daemon as one address."""

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.primary = stack.enter_context(Cluster())
            self.standby = stack.enter_context(Standby(self.primary))
            self.close = stack.pop_all().close
        with contextlib.closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("alter system set synchronous_standby_names = '*'")
            cursor.execute("select pg_reload_conf()")
        return self

    def __exit__(self, *_):
        self.close()

    def promote(self):
        with contextlib.closing(self.standby.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("select pg_promote()")
        self.primary, self.standby = self.standby, self.primary

    def url(self, user):
        hosts = ",".join(sorted(str(one.directory) for one in (self.primary, self.standby)))
        return f"host={hosts} user={user} dbname=touchstone target_session_attrs=read-write"

    def connect(self, database="touchstone"):
        return self.primary.connect(database)


class ExternalDaemon(Daemon):
    def __init__(self, cluster, settings="", **more):
        super().__init__(settings=f"[postgresql]\nmode = external\nurl = {cluster.url('touchstone_daemon')}\n"
                         f"migrate_url = {cluster.url('postgres')}\n" + settings, **more)
        self.cluster = cluster

    def prepare(self):
        super().prepare()
        done = subprocess.run([self.program, "migrate", "--config", self.config], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(done.stderr)
        self.migrated = done.stderr

    def database(self, user="postgres"):
        connection = self.cluster.connect()
        connection.autocommit = True
        return connection
