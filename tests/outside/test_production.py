# SPDX-License-Identifier: Apache-2.0
"""A laboratory with keys of its own, encrypted, and a certificate by an authority: its sheets are no specimens, and a reader of
PDF that knows the authority trusts them."""
import datetime
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.outside import http2, readers
from tests.outside.case import Outside
from tests.outside.threats import CLIENT
from tests.sheet import support
from tests.support.daemon import Daemon

HOST = "localhost:8443"
PASSPHRASE = "correct horse battery"


def new_folder(of_class):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-production-"))
    of_class.addClassCleanup(shutil.rmtree, folder)
    folder.chmod(0o711)
    return folder


class Production(Outside):
    @classmethod
    def setUpClass(cls):
        cls.folder = new_folder(cls)
        cls.make_seal()
        super().setUpClass()
        cls.await_refusal(True)
        cls.open_institute()
        cls.await_refusal(False)
        cls.number = cls.world.released().sheet_no
        pieces = cls.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=cls.number, timeout=60)
        cls.path = cls.folder / "sheet.pdf"
        cls.path.write_bytes(b"".join(piece.data for piece in pieces))
        cls.parts = readers.attached(cls.path)
        cls.data = (cls.daemon.directory / "state" / "public" / "s" / "data.json").read_bytes()

    @classmethod
    def open_institute(cls):
        cls.daemon.sql("update lab.institute set production = true")

    @classmethod
    def await_refusal(cls, wanted):
        """Until the daemon has seen that the institute is, or no longer is, of another kind than the keys."""
        until = time.monotonic() + 30
        while ("not in production" in (said := http2.ask(cls.daemon, "/readyz").body.decode())) != wanted:
            if time.monotonic() > until:
                raise AssertionError(said)
            time.sleep(0.05)

    @classmethod
    def make_seal(cls):
        (cls.folder / "passphrase").write_text(PASSPHRASE + "\n")
        (cls.folder / "passphrase").chmod(0o600)
        root, seal = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        cls.root = root
        for name, subject, key, is_authority in (("root", "Root", root, True), ("seal", "Seal", seal, False)):
            made = cls.certificate(subject, key, root, is_authority)
            (cls.folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (cls.folder / "seal.key").touch(0o600)
        (cls.folder / "seal.key").write_bytes(seal.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                                 serialization.BestAvailableEncryption(PASSPHRASE.encode())))
        subprocess.run([support.program("touchstone-signer"), "--keys", cls.folder / "keys", "--passphrase-file", cls.folder / "passphrase",
                        "--origin", f"{HOST}/log", "--make-keys"], check=True, capture_output=True)

    @staticmethod
    def certificate(subject, key, root, is_authority):
        """Valid since yesterday: a sheet names the minute of its sealing, which may have begun before the certificate was made."""
        def name(one):
            return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, one)])
        now = datetime.datetime.utcnow()
        usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                               "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
        usage.update(dict(key_cert_sign=True, crl_sign=True) if is_authority else dict(digital_signature=True, content_commitment=True))
        return x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("Root")).public_key(key.public_key()).serial_number(
            x509.random_serial_number()).not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(30)).add_extension(
            x509.BasicConstraints(is_authority, None), critical=True).add_extension(x509.KeyUsage(**usage), critical=True).add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False).sign(root, hashes.SHA256())

    @classmethod
    def make_daemon(cls):
        return Daemon(settings=f"[signer]\nkey = {cls.folder / 'seal.key'}\npassphrase = {cls.folder / 'passphrase'}\n"
                      f"certificate = {cls.folder / 'seal.pem'}\nkeys = {cls.folder / 'keys'}\nuser =\n")

    def test_pdfsig_trusts_it_by_the_authority(self):
        trust = readers.Trust(self.folder / "root.pem", self.folder, is_authority=True)
        self.assertIsNone(readers.pdfsig(self.path, trust))
        self.assertIsNone(readers.openssl(self.path, trust))
        self.assertIsNone(readers.mutool(self.path))
        self.assertIsNone(readers.qpdf(self.path))

    def test_the_statement_is_no_demonstration_and_node_verifies_it(self):
        said, why = readers.node(readers.text_of(self.parts, HOST), self.parts, self.data)
        self.assertIsNone(why)
        self.assertNotEqual(said["18"], 6)
        self.assertFalse(any(key["demonstration"] for key in json.loads(self.data)["keys"]))
        self.assertNotIn("样张", readers.run("pdftotext", self.path, "-").stdout)

    def test_the_command_line_says_trusted_and_no_specimen(self):
        keys = self.folder / "data.json"
        keys.write_bytes(self.data)
        said = readers.run(CLIENT, "verify", self.path, "--keys", keys, "--trust", self.folder / "root.pem", "--json")
        found = json.loads(said.stdout)
        self.assertEqual((found["good"], found["specimen"], found["status"]), (True, False, "INTACT, TRUSTED, IN THE LOG"))

    def test_no_key_lies_readable_in_a_file(self):
        for path in [self.folder / "seal.key", *(self.folder / "keys").glob("*.pem")]:
            text = path.read_text()
            self.assertIn("BEGIN ENCRYPTED PRIVATE KEY", text, path)
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


if __name__ == "__main__":
    unittest.main()
