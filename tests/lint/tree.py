# SPDX-License-Identifier: Apache-2.0
"""The files of the checkout, and small trees in a temporary folder for showing that a lint can fail."""
import contextlib
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__"}


def files(root=ROOT):
    """Paths relative to root: what git knows or would add; outside git, everything but build folders."""
    told = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"], capture_output=True)
    if told.returncode == 0:
        names = [pathlib.PurePosixPath(name) for name in told.stdout.decode().split("\0") if name]
    else:
        names = [pathlib.PurePosixPath(path.relative_to(root)) for path in root.rglob("*")]
    return sorted(name for name in names
                  if not SKIPPED_FOLDERS.intersection(name.parts) and (root / name).is_file())


def sources(root, *suffixes):
    return [name for name in files(root) if name.suffix in suffixes]


def text(root, name):
    return (root / name).read_text(encoding="utf-8", errors="replace")


def lines(root, name):
    return text(root, name).splitlines()


@contextlib.contextmanager
def made_of(contents):
    """A temporary tree: {"server/core/log.c": "text", ...}."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, content in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf-8")
        yield root


def report(findings):
    return "\n" + "\n".join(findings)
