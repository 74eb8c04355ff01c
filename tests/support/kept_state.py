# SPDX-License-Identifier: Apache-2.0
"""The data of a daemon's private PostgreSQL, made once by `touchstoned migrate` and then copied.

initdb and the migrations are most of what a first start costs, and each of a hundred test classes has a daemon of its
own. Everything else of a state directory (keys, log, public files) is made by each daemon itself. One copy is kept in
each build directory, for as long as that touchstoned is not built anew. Starts from nothing are tests of their own.
"""
import fcntl
import os
import pathlib
import shutil
import subprocess
import tempfile


def make(program, folder):
    with tempfile.TemporaryDirectory(prefix="ts-kept-") as made:
        os.chmod(made, 0o755)
        config = pathlib.Path(made) / "touchstoned.conf"
        config.write_text(f"[state]\ndirectory = {made}/state\n")
        done = subprocess.run([program, "migrate", "--config", config], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        subprocess.run(["cp", "-a", pathlib.Path(made) / "state/postgres/data", folder / "data"], check=True)


def once(folder, wanted, fill):
    """The directory FOLDER/data as fill(FOLDER) made it for what is wanted. Whoever comes first makes it; the others wait."""
    stamp = folder / "made-for"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            shutil.rmtree(folder / "data", ignore_errors=True)
            fill(folder)
            stamp.write_text(wanted)
    return folder / "data"


def data(program):
    facts = program.stat()
    wanted = f"{facts.st_size} {facts.st_mtime_ns} {os.geteuid()}"
    return once(program.parent / f"{program.name}.kept", wanted, lambda folder: make(program, folder))


def lay(program, state):
    """Below a state directory that has no PostgreSQL yet, with the owner that the daemon itself would give it."""
    home = state / "postgres"
    if home.exists():
        return
    source = data(program)
    owner = source.stat()
    home.mkdir(parents=True)
    home.chmod(0o700)
    os.chown(home, owner.st_uid, owner.st_gid)
    subprocess.run(["cp", "-a", source, home / "data"], check=True)
