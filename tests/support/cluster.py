# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL cluster for tests: its own temporary directory, a Unix socket, no TCP.

    with Cluster() as cluster:
        database = cluster.database()          # migrated, as `touchstoned migrate` would leave it
        owner = database.connect()             # superuser
        daemon = database.connect("touchstone_daemon")

Migrated databases are copies of one template, and the data directory with that template is itself a copy of
one kept below build/ for as long as the migrations stay the same, so that a cluster is up in about a second.
PostgreSQL refuses to run as root: as root the server runs as the user postgres.
"""
import atexit
import fcntl
import glob
import hashlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

import psycopg2

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))[-1])
SETTINGS = {
    "listen_addresses": "''", "fsync": "off", "max_connections": "200", "shared_buffers": "64MB",
    "deadlock_timeout": "200ms", "jit": "off", "log_min_messages": "fatal", "timezone": "UTC",
}


def migration_files():
    """Numbered migrations, then functions, in the order in which the daemon applies them."""
    folder = ROOT / "migrations"
    return sorted(folder.glob("[0-9]*.sql")) + sorted((folder / "functions").glob("*.sql"))


def wrappers_sql():
    """The api wrappers, as the build generates them from the method table."""
    rpc = ROOT / "server" / "rpc"
    return subprocess.run([sys.executable, str(rpc / "methods.py"), "--sql", str(rpc / "methods.csv")],
                          check=True, capture_output=True, text=True).stdout


class Database:
    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name

    def dsn(self, user=None):
        return f"host={self.cluster.socket} dbname={self.name} user={user or self.cluster.superuser}"

    def connect(self, user=None, autocommit=True):
        connection = psycopg2.connect(self.dsn(user))
        connection.autocommit = autocommit
        return connection


class Cluster:
    def __init__(self, kept="make", **settings):
        """kept: a data directory to begin from, None for an empty cluster."""
        self.settings = {**SETTINGS, **settings}
        self.kept = kept_data() if kept == "make" else kept
        self.superuser = "postgres"
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ts-pg-"))
        self.data = self.directory / "data"
        self.socket = self.directory
        self.process = None
        self.count = 0
        self.migrated = None if self.kept is None else "migrated"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def _as_server_user(self):
        """Keywords for subprocess so that the server does not run as root."""
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("postgres")
        shutil.chown(self.directory, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def start(self):
        who = self._as_server_user()
        if not self.data.exists() and self.kept is None:
            subprocess.run([BIN / "initdb", "-D", self.data, "-E", "UTF8", "--locale=C.UTF-8", "-U", self.superuser,
                            "--auth=trust", "-N", "--no-instructions"], check=True, stdout=subprocess.DEVNULL, **who)
        elif not self.data.exists():
            subprocess.run(["cp", "-a", self.kept, self.data], check=True)
            if who:
                subprocess.run(["chown", "-R", f"{who['user']}:{who['group']}", self.data], check=True)
        options = [argument for name, value in {**self.settings, "unix_socket_directories": f"'{self.socket}'"}.items()
                   for argument in ("-c", f"{name}={value.strip(chr(39))}")]
        self.process = subprocess.Popen([BIN / "postgres", "-D", self.data, *options],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
        atexit.register(self.stop)
        deadline = time.monotonic() + 120
        while True:
            try:
                psycopg2.connect(f"host={self.socket} dbname=postgres user={self.superuser}").close()
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self, keep_as=None):
        if self.process is not None:
            self.process.send_signal(2)  # SIGINT: fast shutdown
            self.process.wait(timeout=300)
            self.process = None
            if keep_as is not None:
                shutil.move(self.data, keep_as)
            shutil.rmtree(self.directory, ignore_errors=True)

    def _admin(self, sql):
        connection = psycopg2.connect(f"host={self.socket} dbname=postgres user={self.superuser}")
        connection.autocommit = True
        try:
            connection.cursor().execute(sql)
        finally:
            connection.close()

    def _template(self):
        if self.migrated is None:
            self._admin("create database migrated")
            migrate(Database(self, "migrated"))
            self.migrated = "migrated"
        return self.migrated

    def database(self, migrated=True):
        self.count += 1
        name = f"test{self.count}"
        self._admin(f"create database {name}" + (f" template {self._template()}" if migrated else ""))
        return Database(self, name)


def kept_data():
    """The data directory to copy, made by whoever comes first. Its name is the hash of what went into it."""
    parts = [str(BIN)] + [path.read_text(encoding="utf-8") for path in migration_files()] + [wrappers_sql()]
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    folder = ROOT / "build" / "test-cluster"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            for old in folder.glob("*-data"):
                (folder / old.name.removesuffix("-data")).unlink(missing_ok=True)
                shutil.rmtree(old, ignore_errors=True)
            cluster = Cluster(kept=None)
            cluster.start()
            cluster._template()
            cluster.stop(keep_as=folder / f"{name}-data")
            (folder / name).touch()
    return folder / f"{name}-data"


def migrate(database):
    """What `touchstoned migrate` does: each numbered file a transaction of its own, the rest together."""
    connection = database.connect(autocommit=False)
    cursor = connection.cursor()
    for path in migration_files():
        try:
            cursor.execute(path.read_text(encoding="utf-8"))
        except psycopg2.Error as error:
            raise RuntimeError(f"{path.name}: {error}") from error
        if path.parent.name == "migrations":
            connection.commit()
    cursor.execute(wrappers_sql())
    connection.commit()
    connection.close()


def token_hash(token):
    return hashlib.sha256(token).digest()


def add_staff(connection, username, roles, name=None, laboratory="JEW", methods=(), signatory=False, desk=None,
              password_hash="$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"):
    """A person on the staff with an open session, made directly. Answers the session's token hash."""
    cursor = connection.cursor()
    cursor.execute("insert into lab.staff (username, name, home_laboratory, password_hash) values (%s, %s, %s, %s) "
                   "returning staff_id", (username, name or username.title(), laboratory, password_hash))
    staff_id = cursor.fetchone()[0]
    for role in roles:
        cursor.execute("insert into lab.staff_role (staff_id, laboratory, role) values (%s, %s, %s)",
                       (staff_id, laboratory, role))
    for method in methods:
        cursor.execute("insert into lab.qualification (staff_id, laboratory, method_id) values (%s, %s, %s)",
                       (staff_id, laboratory, method))
    if signatory:
        cursor.execute("insert into lab.signatory (staff_id, laboratory) values (%s, %s)", (staff_id, laboratory))
    return add_session(connection, username, desk)


def add_session(connection, username, desk=None):
    hashed = token_hash(uuid.uuid4().bytes)
    connection.cursor().execute(
        "insert into lab.session (token_hash, staff_id, desk, address, created_at, idle_expires_at, expires_at) "
        "select %s, staff_id, %s, 'test', lab.ts_now(), lab.ts_now() + interval '1 hour', "
        "lab.ts_now() + interval '12 hours' from lab.staff where username = %s", (hashed, desk, username))
    return hashed
