# SPDX-License-Identifier: Apache-2.0
"""What the attacks of docs/threats.md begin with: a daemon with real sheets, copies of what it published at each moment, the keys
that an attacker may have stolen, and the verifiers that must not be deceived."""
import base64
import hashlib
import json
import pathlib
import shutil
import tempfile

from tests.outside import readers
from tests.outside.case import Outside
from tests.outside.counterfeit import Laboratory
from tests.outside.flips import by_command_line
from tests.outside.world import ring
from tests.sheet import support
from tests.support import paths
from tests.support.daemon import PASSWORD

CLIENT = paths.build() / "client" / "touchstone"
PAGE = paths.ROOT / "tests" / "outside" / "page.mjs"
NAMES = {"status": "/status", "status_p256": "/status"}
HOST = "localhost:8443"
SECRETS = dict(name="张不公开", phone="13912345678")


def base64_of(content):
    return base64.b64encode(content).decode()


class Case(Outside):
    """One ring of 753.5, sealed; more as the test wants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-threats-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.public = cls.daemon.directory / "state" / "public"
        cls.signer_keys = cls.daemon.directory / "state" / "signer"
        cls.people["ADMINISTRATOR"].staff("signatory2", ["SIGNATORY"])
        cls.people["ADMINISTRATOR"]("StaffService.SetSignatory", username="signatory2", laboratory="JEW", authorised=True,
                                    version=cls.world.member("signatory2").version, reason="authorised signatory of the domain")
        cls.people["SECOND"] = cls.daemon.log_in("signatory2")
        cls.first = cls.sealed("first")
        cls.trust = readers.Trust(next(cls.daemon.directory.rglob("seal-certificate.pem")), cls.folder)

    # ---- real sheets
    @classmethod
    def sealed(cls, name, **item):
        """(number, its file, its parts)."""
        receipt = cls.world.received(owner=SECRETS, items=[ring(**item)])
        code, test = receipt.items[0].item_code, receipt.items[0].tests[0]
        technician, reviewer = cls.people["TECHNICIAN"], cls.people["REVIEWER"]
        test = technician("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        test = technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, expanded_uncertainty="2.0",
                          readings=[dict(value=value) for value in ("753.4", "753.1", "753.9")], instrument="XRF-01").test
        test = technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        return cls.released(code, name)

    @classmethod
    def released(cls, code, name, who="SIGNATORY"):
        version = cls.world.item(code).version
        sheet = cls.people[who]("SheetService.ReleaseSheet", item_code=code, version=version, password=PASSWORD,
                                meaning="approved for issue").sheet
        return cls.downloaded(sheet.sheet_no, name)

    @classmethod
    def downloaded(cls, number, name):
        pieces = cls.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=number, timeout=60)
        path = cls.folder / f"{name}.pdf"
        path.write_bytes(b"".join(piece.data for piece in pieces))
        return number, path, readers.attached(path)

    # ---- what is published
    def data(self):
        return (self.public / "s" / "data.json").read_bytes()

    def copy(self, name):
        """The public files as they are now."""
        kept = self.folder / name
        shutil.copytree(self.public, kept)
        return kept

    # ---- what an attacker has
    def laboratory(self, *uses):
        """A laboratory that has stolen the keys of these uses, and knows all that is public."""
        lab = Laboratory(HOST, self.signer_keys, uses, {use: f"{HOST}/log{end}" for use, end in NAMES.items()})
        lab.entries = [bytes(entry) for entry, in self.daemon.sql("select entry from lab.log_leaf order by idx")]
        return lab

    def signer(self, is_stolen):
        """One that seals files: with the institute's key or with its own."""
        folder = self.folder / ("stolen seal" if is_stolen else "own seal")
        if is_stolen and not folder.exists():
            folder.mkdir(mode=0o700)
            for path in self.signer_keys.glob("*seal*"):
                shutil.copy2(path, folder)
        return support.Signer("--channel", "--demonstration", str(folder))

    def forged(self, lab, record, name, is_stolen=False, **parts):
        """The path of a file that the laboratory drew, signed, entered and sealed."""
        record = dict(record, item={key: value for key, value in record["item"].items() if key != "photo_sha256"})
        with support.Renderer() as renderer, self.signer(is_stolen) as signer:
            return lab.sheet(support.canonical(record), b"", renderer, signer, self.folder, f"{name}.pdf", **parts)

    def resealed(self, path, name, change, is_stolen=True):
        """The sheet with other bytes of the same length around its hole, and a good seal over them."""
        content = bytearray(path.read_bytes())
        change(content)
        start = content.rindex(b"/Contents <") + len(b"/Contents <")
        end = content.index(b">", start)
        digest = hashlib.sha256(content[:start - 1] + content[end + 1:]).digest()
        with self.signer(is_stolen) as signer:
            content[start:end] = signer.seal("JEW-1", digest)[2].hex().encode().ljust(end - start, b"0")
        changed = self.folder / f"{name}.pdf"
        changed.write_bytes(content)
        return changed

    def record(self, **statement):
        """That of the first sheet, with other words."""
        record = json.loads(self.first[2]["results.json"])
        record["statement"] = dict(record["statement"], **statement)
        return record

    # ---- the verifiers
    def page(self, data=None, log=None, **given):
        """What the verify page says: of cose=, or of pdf=."""
        asked = {name: base64_of(value) if isinstance(value, bytes) else value for name, value in given.items()}
        asked["changed"] = {name: None if value is None else base64_of(value) for name, value in given.get("changed", {}).items()}
        asked.update(data=base64_of(data or self.data()), log=str((log or self.public) / "log"))
        said = readers.run("node", PAGE, input=json.dumps(asked).encode())
        self.assertEqual(said.returncode, 0, said.stderr.decode()[-3000:])
        return json.loads(said.stdout)

    def offline(self, **given):
        return self.page(log=self.folder / "nothing here", **given)

    def command_line(self, path, data=None):
        """The code of `touchstone verify`, or nothing."""
        keys = self.folder / "data.json"
        keys.write_bytes(data or self.data())
        said = readers.run(CLIENT, "verify", path, "--keys", keys, "--json")
        found = json.loads(said.stdout)
        self.assertEqual(said.returncode == 0, found["good"], said.stderr)
        return found["code"]

    def by_c(self, part, content, data=None, parts=None):
        """The code of the command line's verifier for a statement, proof, checkpoint or status by itself."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        for name, value in dict(parts or self.first[2], **{"data.json": data or self.data(), part: content}).items():
            (folder / name).write_bytes(value)
        return by_command_line(folder, part, bits="none")[0].code

    def audit(self, directory, *more):
        return readers.run(CLIENT, "log", "audit", "--directory", directory, *more)

    def sids(self):
        return [bytes(sid) for sid, in self.daemon.sql("select sid from lab.sheet_statement order by idx")]


def sid_of(payload):
    return hashlib.sha256(b"touchstone/sheet/1\n" + payload).digest()


