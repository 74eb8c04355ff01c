# SPDX-License-Identifier: Apache-2.0
"""The program that tells recipients, as the tests have it: it writes down what it is told, a line each."""
import json
import pathlib
import shutil
import tempfile
import time

WRITES = """#!/bin/sh
read -r line
printf '%s\\n' "$line" >> "{folder}/told"
"""


class Hook:
    """The program in a folder of its own, and the settings that name it to a daemon."""

    def __init__(self, program=WRITES, deadline="2s"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-hook-"))
        self.folder.chmod(0o755)
        path = self.folder / "hook"
        path.write_text(program.format(folder=self.folder))
        path.chmod(0o755)
        self.settings = f"[hook]\nprogram = {path}\ndeadline = {deadline}\n"

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def told(self, **what):
        """All news so far that have these fields."""
        path = self.folder / "told"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [news for news in map(json.loads, lines) if what.items() <= news.items()]

    def wait(self, seconds=60, **what):
        """The newest of them, once there is one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if news := self.told(**what):
                return news[-1]
            time.sleep(0.1)
        raise AssertionError("nobody was told")
