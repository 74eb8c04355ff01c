# SPDX-License-Identifier: Apache-2.0
"""A daemon on a PostgreSQL that is not its own: a cluster that lives on when the daemon is killed."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading

import psycopg2

from tests.support.daemon import Daemon, Failed

START_S = 120


def bin_directory():
    """The newest PostgreSQL that Debian installed."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        raise Failed("there is no PostgreSQL here")
    return found[-1].parent


class Cluster:
    """As the user postgres when we are root, which PostgreSQL refuses to be."""

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="tsx-"))
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.data = self.directory / "data"
        subprocess.run([*self.as_user, bin_directory() / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8",
                        "--locale=C.UTF-8", "-A", "trust", "--no-instructions"], check=True, capture_output=True,
                       cwd="/")
        self.start()
        with contextlib.closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute("create database touchstone")
        return self

    def __exit__(self, *_):
        self.end(signal.SIGINT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def end(self, how):
        """SIGINT is a fast shutdown, SIGQUIT an immediate one, SIGKILL none."""
        self.process.send_signal(how)
        self.process.wait(60)
        self.reader.join(60)  # the last of its processes has closed the log
        self.process.stderr.close()

    def start(self):
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            [*self.as_user, bin_directory() / "postgres", "-D", self.data, "-k", self.directory, "-c",
             "listen_addresses=", "-c", "log_min_messages=log"], stderr=subprocess.PIPE, text=True, cwd="/")
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()
        if not self.ready.wait(START_S):
            raise Failed("PostgreSQL did not become ready")

    def read_log(self):
        for line in self.process.stderr:
            if "ready to accept connections" in line:
                self.ready.set()

    def url(self, user):
        return f"host={self.directory} user={user} dbname=touchstone"

    def connect(self, database="touchstone"):
        return psycopg2.connect(host=str(self.directory), user="postgres", dbname=database)


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

    def database(self, user="postgres"):
        connection = self.cluster.connect()
        connection.autocommit = True
        return connection
