# SPDX-License-Identifier: Apache-2.0
"""A scheduler of CUPS of the test's own: the real cupsd on a socket file, with a back end that prints into a folder and is out of
paper while a file "empty" lies there."""
import grp
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time

SCHEDULER = "/usr/sbin/cupsd"
WAIT_S = 60

CONF = """LogLevel warn
Listen {folder}/cups.sock
DefaultAuthType None
Browsing Off
WebInterface No
PreserveJobHistory Yes
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
FILES = """User {user}
Group {group}
SystemGroup root
ServerRoot {folder}
ServerBin {folder}/bin
CacheDir {folder}/cache
StateDir {folder}/state
RequestRoot {folder}/spool
TempDir {folder}/tmp
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
Sandboxing relaxed
"""
BACKEND = """#!/bin/sh
[ $# -eq 0 ] && exit 0
folder=${DEVICE_URI#test:}
while [ -e "$folder/empty" ]; do echo "STATE: +media-empty-error" >&2; sleep 0.1; done
echo "STATE: -media-empty-error" >&2
[ -e "$folder/broken" ] && exit 4
cat "${6:--}" > "$folder/printed.$1"
"""


class Cups:
    def __init__(self):
        # A socket's path is short; who runs as root has it printed by nobody, as CUPS does.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-cups-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
        for name in ("cache", "state", "spool", "tmp", "out", "bin/backend", "bin/filter", "bin/daemon", "bin/monitor", "bin/notifier",
                     "bin/driver", "bin/cgi-bin"):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)
        self.out = self.folder / "out"
        self.out.chmod(0o777)
        backend = self.folder / "bin" / "backend" / "test"
        backend.write_text(BACKEND)
        backend.chmod(0o755)
        for program in pathlib.Path("/usr/lib/cups/daemon").iterdir():
            (self.folder / "bin" / "daemon" / program.name).symlink_to(program)
        user, group = ("nobody", "nogroup") if os.geteuid() == 0 else (pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name)
        words = dict(folder=self.folder, user=user, group=group)
        (self.folder / "cupsd.conf").write_text(CONF.format(**words))
        (self.folder / "cups-files.conf").write_text(FILES.format(**words))
        self.environment = {"CUPS_SERVER": str(self.folder / "cups.sock")}
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([SCHEDULER, "-f", "-c", str(self.folder / "cupsd.conf"), "-s", str(self.folder / "cups-files.conf")],
                                            stdout=log, stderr=log)
        self.wait(lambda: self.ask("lpstat", "-r").stdout.startswith("scheduler is running"))
        for name in ("zebra", "office"):
            self.ask("/usr/sbin/lpadmin", "-p", name, "-E", "-v", f"test:{self.out}", "-m", "raw", check=True)

    def close(self):
        self.process.terminate()
        self.process.wait(WAIT_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *words, check=False):
        return subprocess.run(words, env=dict(os.environ, LC_ALL="C", **self.environment), capture_output=True, text=True, check=check,
                              timeout=WAIT_S)

    def wait(self, is_so):
        until = time.monotonic() + WAIT_S
        while not is_so():
            if time.monotonic() > until or self.process.poll() is not None:
                raise TimeoutError("".join(path.read_text() for path in (self.folder / "log", self.folder / "error_log") if path.exists()))
            time.sleep(0.05)

    def printed(self):
        """What came out, in the order of the jobs."""
        return [path.read_bytes() for path in sorted(self.out.glob("printed.*"), key=lambda path: int(path.suffix[1:]))]

    def clear(self):
        """As it was in the beginning."""
        self.ask("cancel", "-a", "-x")
        for path in self.out.iterdir():
            path.unlink()
        for name in ("zebra", "office"):
            self.ask("/usr/sbin/cupsenable", name, check=True)

    def empty(self, is_empty):
        if is_empty:
            (self.out / "empty").touch()
        else:
            (self.out / "empty").unlink()
