# SPDX-License-Identifier: Apache-2.0
"""Every bit of a real sheet and of what proves it, turned one after the other, before both verifiers: that of the command line
(tests/unit/sheet/flip_tool.c) and that of the pages (flips.mjs). Used with steps by test_flips.py, with all by tests/long."""
import collections
import pathlib
import shutil

from tests.outside import readers
from tests.outside.sheets_of_all import SheetsOfAll
from tests.support import paths

TOOL = paths.build() / "tests" / "unit" / "sheet" / "flip_tool"
FLIPS = paths.ROOT / "tests" / "outside" / "flips.mjs"
LIMIT_S = 3600
NOTES = {"E_NOTE", "E_SIG", "E_KEY_UNKNOWN", "E_CHECKPOINT", "E_STATUS"}
# What each part may be refused with. A changed key id in a note's line makes it a stranger's, so that ours is missing.
CODES = {"sheet.cose": {"E_CBOR", "E_COSE", "E_ALG", "E_KEY_UNKNOWN", "E_SIG"}, "sheet.tlog-proof": {"E_PROOF"} | NOTES,
         "checkpoint": NOTES, "status": NOTES}

Told = collections.namedtuple("Told", "kind at bit code")


def told(said):
    if said.returncode:
        raise AssertionError(said.stderr[-4000:])
    return [Told(kind, int(at), int(bit), code) for kind, at, bit, code in map(str.split, said.stdout.splitlines())]


def by_command_line(folder, part, first=0, step=1, bits="all"):
    return told(readers.run(TOOL, folder, part, first, step, bits, timeout=LIMIT_S))


def by_page(folder, part, first=0, step=1, bits="all"):
    return told(readers.run("node", FLIPS, folder, part, first, step, bits, timeout=LIMIT_S))


def counted(found):
    return dict(collections.Counter((one.kind, one.code) for one in found))


class Flips(SheetsOfAll):
    def laid_out(self, name):
        """The folder with a sheet's parts and what is published of the log."""
        sheet = self.sheet(name)
        folder = self.folder / f"parts of {name}"
        if not folder.exists():
            folder.mkdir()
            for part, content in dict(sheet.attached, **{"sheet.pdf": sheet.pdf}).items():
                (folder / part).write_bytes(content)
            public = next(self.daemon.directory.rglob("public"))
            for part in ("s/data.json", "log/checkpoint"):
                shutil.copy(public / part, folder)
            shutil.copy(public / "log" / "status" / "0", folder / "status")
        return folder

    def refused(self, found, codes, content=None):
        """All but the whole one, each with one of the codes. A good line of a note that stands there twice says nothing new."""
        self.assertEqual(found[0], Told("whole", 0, 0, "accepted"))
        lines = {len(b"".join(content.splitlines(keepends=True)[-count:])) for count in (1, 2)} if content else set()
        wrong = [one for one in found[1:] if one.code not in codes and not (
            one.kind == "again" and one.at in lines and one.code == "accepted")]
        self.assertEqual(wrong, [])

    def hold_part(self, name, part, bits="all"):
        """Every flip, cut and addition is refused by both, and with the same code."""
        folder = self.laid_out(name)
        both = [by_command_line(folder, part, bits=bits), by_page(folder, part, bits=bits)]
        content = None if part == "sheet.cose" else (folder / part).read_bytes()
        for found in both:
            print(part, counted(found), flush=True)
            self.refused(found, CODES[part], content)
        self.assertEqual([one[:3] for one in both[0]], [one[:3] for one in both[1]])
        self.assertEqual([pair for pair in zip(*both) if pair[0] != pair[1]], [])

    def hold_file(self, name, first=0, step=1, page_step=1):
        folder = self.laid_out(name)
        for found, codes in ((by_command_line(folder, "sheet.pdf", first, step, "one"), None),
                             (by_page(folder, "sheet.pdf", first, page_step, "one"), None)):
            print("sheet.pdf", counted(found), flush=True)
            self.assertEqual(found[0], Told("whole", 0, 0, "accepted"))
            self.assertEqual([one for one in found[1:] if one.code == "accepted"], [])
        return found


def seal_of(path):
    """(where the hole begins, its bytes, how many of them the DER has)."""
    content = pathlib.Path(path).read_bytes()
    signed, hole = readers.hole_of(content)
    return content.rindex(b"/Contents <") + len(b"/Contents <"), hole, readers.der_length(hole)
