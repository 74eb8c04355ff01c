# SPDX-License-Identifier: Apache-2.0
"""The books that are measured: a private PostgreSQL with fsync on and the settings that the daemon's own would have,
filled once by fill.sql, between fill_begin.sql and fill_end.sql, and kept below build/ for the next run."""
import contextlib
import hashlib
import os
import pathlib
import shutil
import time

from tests.outside.external import ExternalDaemon
from tests.support import cluster as support
from tests.support.cluster import BIN, ROOT, Cluster

HERE = ROOT / "tests" / "bench"
DATABASE = "touchstone"
# As in server/db/cluster_files.c.
SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "128MB",
            "wal_compression": "lz4", "checkpoint_timeout": "30min", "max_wal_size": "4GB", "jit": "off", "autovacuum_naptime": "15s",
            "client_connection_check_interval": "2s", "max_connections": "100", "deadlock_timeout": "1s"}


class Books:
    """What tests.outside.external.ExternalDaemon asks of a cluster."""
    FILL = "fill.sql"

    def __init__(self, items):
        self.items = items
        self.kept = kept_path(items, self.FILL)
        self.cluster = Cluster(kept=self.kept if self.kept.exists() else None, **SETTINGS)

    def url(self, user):
        return f"host={self.cluster.socket} user={user} dbname={DATABASE}"

    def connect(self):
        return support.Database(self.cluster, DATABASE).connect()

    def sql(self, statement):
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def __enter__(self):
        self.cluster.start()
        if self.cluster.kept is None:
            self.cluster._admin(f"create database {DATABASE}")
        return self

    def __exit__(self, *_):
        self.cluster.stop()

    def fill(self):
        self.sql("set synchronous_commit = off; " + filling(self.items, self.FILL))

    def keep(self):
        """Fills the migrated database and puts the whole cluster aside; the next Books begins from it."""
        self.fill()
        self.sql("vacuum analyze")
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        self.cluster.stop(keep_as=self.kept)

    @contextlib.contextmanager
    def daemon(self):
        """A daemon that is not started yet, for which these books are migrated; stopped and removed at the end."""
        daemon = ExternalDaemon(self)
        try:
            daemon.prepare()
            yield daemon
        finally:
            daemon.stop()
            shutil.rmtree(daemon.directory)

    def open_sessions(self):
        self.sql((HERE / "sessions.sql").read_text(encoding="utf-8"))
        self.sql("checkpoint")


def filling(items, fill):
    """The statements that fill migrated books."""
    return f"set bench.items = {items}; " + "".join((HERE / name).read_text(encoding="utf-8")
                                                    for name in ("fill_begin.sql", fill, "fill_end.sql"))


def kept_path(items, fill):
    """Named by what went into it. Functions are no part of it: the daemon's migration renews them."""
    parts = [path for path in support.migration_files() if path.parent.name == "migrations"]
    text = str(BIN) + "".join(path.read_text(encoding="utf-8") for path in parts) + filling(items, fill)
    kind = pathlib.PurePath(fill).stem.removesuffix("fill").strip("_")
    return ROOT / "build" / "bench" / f"{kind}{items}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def prepare(items, tell, kind=Books):
    """A kept cluster of so many items, made when there is none."""
    path = kept_path(items, kind.FILL)
    if path.exists():
        return
    for old in path.parent.glob(f"{path.name.rpartition('-')[0]}-*"):
        shutil.rmtree(old)
    tell(f"filling {items} items, kept in {path.relative_to(ROOT)} for the next run ...")
    with kind(items) as books:
        with books.daemon():
            pass  # its tables are made
        books.keep()


def fsync_ms(directory, count=100):
    """Median milliseconds of one 8 KiB write made durable, where the write-ahead log lies."""
    path = directory / "fsync-probe"
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    took = []
    try:
        for _ in range(count):
            began = time.monotonic()
            os.pwrite(file, b"\0" * 8192, 0)
            os.fdatasync(file)
            took.append((time.monotonic() - began) * 1000)
    finally:
        os.close(file)
        path.unlink()
    return sorted(took)[count // 2]
