# SPDX-License-Identifier: Apache-2.0
"""A small disk of its own that a test fills and frees. Mounting needs root: without it the test is skipped and says so."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PIECE = 1 << 20


class SmallDisk:
    def __init__(self, megabytes):
        self.megabytes = megabytes

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ts-disk-"))
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m", "none", self.directory],
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.directory.rmdir()
            raise unittest.SkipTest(f"a disk of our own cannot be mounted here: {done.stderr.strip()}")
        self.directory.chmod(0o755)
        self.ballast = self.directory / "ballast"
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.directory], check=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def fill(self):
        """Not one page is left; once more for what was freed meanwhile."""
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (PIECE, 4096):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError as error:
                    if error.errno != 28:  # ENOSPC
                        raise

    def free(self):
        os.truncate(self.ballast, 0)
