# SPDX-License-Identifier: Apache-2.0
"""Processes below a daemon of ours, from /proc, and stopping some of them for a while."""
import contextlib
import os
import pathlib
import signal


def tree(pid):
    """A process and its descendants."""
    children = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def program(pid):
    """The name of what a process runs; None when it has ended, as a zombie has too, whose link leads nowhere."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    return None


def named(pid, name):
    """Those below `pid` that run the program `name`."""
    return [one for one in tree(pid) if program(one) == name]


@contextlib.contextmanager
def stopped(*pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
