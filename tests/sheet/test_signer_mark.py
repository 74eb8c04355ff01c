# SPDX-License-Identifier: Apache-2.0
"""The signer as a process: its mark when it is killed, and the keys that it makes for production."""
import pathlib
import random
import subprocess
import tempfile
import unittest

from tests.sheet import independent, support

LEAVES = [independent.sha256(b"\x00", bytes([number])) for number in range(200)]


def checkpoint(size, old, root=None):
    proof = independent.growth(old, LEAVES[:size]) if 0 < old <= size else []
    return support.field(4, support.field(1, size) + support.field(2, root or independent.root(LEAVES[:size])) +
                         b"".join(support.field(3, one) for one in proof))


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))


class Logged(Folder):
    def signer(self):
        return support.Signer("--channel", "--demonstration", str(self.folder / "keys"), "--origin", "lab.example/log")


class Mark(Logged):
    def mark(self):
        with self.signer() as signer:
            answer = signer.identity()
        self.assertEqual(answer[7], b"lab.example/log")
        return answer.get(9, 0), answer[10]

    def test_the_mark_survives_a_signer_that_is_killed_at_any_moment(self):
        dice, size = random.Random(5), 0
        for _ in range(25):
            asked = size + dice.randrange(8)
            signer = self.signer()
            signer.process.stdin.write(support.frame(checkpoint(asked, size)))
            signer.process.stdin.flush()
            answered = dice.random() < 0.5 and support.read_frame(signer.process.stdout)
            if not answered and dice.random() < 0.5:
                signer.process.stdout.read(1)  # the answer has begun to leave
                answered = True
            signer.process.kill()
            signer.close()
            now, root = self.mark()
            self.assertIn(now, (asked,) if answered else (size, asked))
            self.assertEqual(root, independent.root(LEAVES[:now]))
            size = now
        self.assertGreater(size, 20)

    def test_a_restored_database_and_a_second_history_are_refused_after_a_restart(self):
        with self.signer() as signer:
            self.assertIn(6, signer.ask(checkpoint(20, 0)))
        with self.signer() as signer:
            self.assertIn("MARK_AHEAD", signer.ask(checkpoint(12, 0))[1].decode())
            self.assertIn("NOT_CONSISTENT", signer.ask(checkpoint(20, 0, bytes(32)))[1].decode())
            self.assertIn("NOT_CONSISTENT", signer.ask(checkpoint(30, 12))[1].decode())
            self.assertIn(6, signer.ask(checkpoint(30, 20)))

    def test_a_log_keeps_its_name(self):
        with self.signer() as signer:
            self.assertIn(6, signer.ask(checkpoint(20, 0)))
        with support.Signer("--channel", "--demonstration", str(self.folder / "keys"), "--origin", "b.example/log") as signer:
            self.assertIn("MARK_BROKEN", signer.ask(checkpoint(21, 20))[1].decode())


class Lost(Logged):
    def recover(self, note, origin="lab.example/log"):
        path = self.folder / "checkpoint"
        path.write_bytes(note)
        done = subprocess.run([support.program("touchstone-signer"), "--demonstration", str(self.folder / "keys"), "--origin",
                               origin, "--mark-from", str(path)], capture_output=True, text=True)
        return done.stdout + done.stderr

    def test_a_lost_mark_is_made_again_from_the_newest_checkpoint(self):
        with self.signer() as signer:
            older = signer.ask(checkpoint(12, 0))[6]
            newest = signer.ask(checkpoint(20, 12))[6]
        mark = self.folder / "keys" / "demonstration-mark"
        self.assertIn("MARK_AHEAD", self.recover(older))
        self.assertIn("MARK_AHEAD", self.recover(newest))
        for lose in (mark.unlink, lambda: mark.write_text("touchstone-signer-mark/1\nlab.ex")):
            lose()
            with self.signer() as signer:
                refused = signer.ask(checkpoint(20, 0))[1].decode()
                self.assertIn("MARK_BROKEN", refused)
                self.assertIn("--mark-from", refused)
            self.assertIn("the mark is at 20 entries", self.recover(newest))
            with self.signer() as signer:
                self.assertIn("MARK_AHEAD", signer.ask(checkpoint(12, 0))[1].decode())
                self.assertIn(6, signer.ask(checkpoint(20, 0)))

    def test_a_mark_is_made_from_nothing_but_a_checkpoint_of_this_log(self):
        with self.signer() as signer:
            note = signer.ask(checkpoint(20, 0))[6]
        (self.folder / "keys" / "demonstration-mark").unlink()
        text, lines = note.split(b"\n\n")
        one_line = text + b"\n\n" + lines.split(b"\n")[0] + b"\n"
        for wrong in (b"", text + b"\n", one_line, note.replace(b"\n20\n", b"\n21\n"), note[:-1]):
            self.assertIn("CHECKPOINT_BROKEN", self.recover(wrong))
        self.assertIn("CHECKPOINT_BROKEN", self.recover(note, "b.example/log"))
        self.assertFalse((self.folder / "keys" / "demonstration-mark").exists())


class Production(Folder):
    def setUp(self):
        super().setUp()
        self.passphrase = self.folder / "passphrase"
        self.passphrase.write_text("a long secret\n")
        self.passphrase.chmod(0o600)

    def run_signer(self, *options):
        done = subprocess.run([support.program("touchstone-signer"), "--keys", str(self.folder / "keys"),
                               "--passphrase-file", str(self.passphrase), *options], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_keys_are_made_renewed_and_read_by_the_signer(self):
        code, first = self.run_signer("--make-keys", "--origin", "lab.example/log")
        self.assertEqual(code, 0, first)
        self.assertEqual(self.run_signer("--make-keys"), (code, first))  # nothing is made again
        code, second = self.run_signer("--new-statement-key")
        self.assertEqual(code, 0, second)
        self.assertNotEqual(first.split()[-1], second.split(";")[0].split()[-1])
        key, certificate = self.folder / "seal.key", self.folder / "seal.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", key,
                        "-passout", f"file:{self.passphrase}", "-out", certificate, "-subj", "/O=Laboratory", "-days", "9",
                        "-addext", "keyUsage=digitalSignature"], check=True, capture_output=True)
        key.chmod(0o600)
        with support.Signer("--channel", "--key", str(key), "--certificate", str(certificate), "--passphrase-file",
                            str(self.passphrase), "--keys", str(self.folder / "keys"), "--origin",
                            "lab.example/log") as signer:
            self.assertNotIn(4, signer.identity())
            self.assertIn(6, signer.ask(checkpoint(20, 0)))
        for path in (self.folder / "keys").glob("*.pem"):
            self.assertIn("BEGIN ENCRYPTED PRIVATE KEY", path.read_text())

    def test_openssl_reads_the_keys(self):
        self.run_signer("--make-keys")
        for path in sorted((self.folder / "keys").glob("*.pem")):
            done = subprocess.run(["openssl", "pkey", "-in", path, "-passin", f"file:{self.passphrase}", "-noout", "-text"],
                                  capture_output=True, text=True, check=True)
            self.assertIn("ED25519" if path.stem in ("log", "status") else "P-256", done.stdout)

    def test_a_wrong_passphrase_or_half_a_command_makes_nothing(self):
        self.run_signer("--make-keys")
        self.passphrase.write_text("another secret\n")
        self.assertIn("KEY_FILE", self.run_signer("--new-statement-key")[1])
        self.assertEqual([path.name for path in (self.folder / "keys").glob("statement*")], ["statement.pem"])
        self.assertEqual(self.run_signer()[0], 2)
        self.assertEqual(self.run_signer("--make-keys", "--new-statement-key")[0], 2)
        self.assertEqual(self.run_signer("--make-keys", "--channel")[0], 2)
        self.assertEqual(self.run_signer("--make-keys", "--origin", "two words")[0], 2)


if __name__ == "__main__":
    unittest.main()
