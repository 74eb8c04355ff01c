# SPDX-License-Identifier: Apache-2.0
"""clang-format decides the layout of C."""
import subprocess
import unittest

from tests.lint import tree


def misformatted(root, style=tree.ROOT / ".clang-format"):
    names = [str(name) for name in tree.sources(root, ".c", ".h")]
    if not names:
        return []
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", f"--style=file:{style}", *names], cwd=root,
                          capture_output=True, text=True)
    places = {}
    for line in done.stderr.splitlines():
        if ": error: " in line:
            name, number = line.split(":")[:2]
            places.setdefault(name, number)
    if done.returncode and not places:
        return [done.stderr]
    return [f"{name}:{number}: not as clang-format lays it out: clang-format -i {name}" for name, number in places.items()]


class Format(unittest.TestCase):
    def test_clang_format_would_change_nothing(self):
        found = misformatted(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_a_bad_layout_is_found(self):
        with tree.made_of({"a.c": "int  a( void ){return 1;}\n", "b.c": "int b;\n"}) as root:
            self.assertEqual([f.split(": ")[0] for f in misformatted(root)], ["a.c:1"])
