# SPDX-License-Identifier: Apache-2.0
"""Failing calls in the two helpers: the signer ends in an error or answers, and its keys are never half
written; the renderer's libraries may abort it by design (glib), but what it answers is whole."""
import hashlib
import json
import signal
import subprocess
import unittest

from tests.outside.injected import RUN_S, Ended, InjectedCase
from tests.sheet.support import field, frame, parse, program, sample_record
from tests.support.injection import MEMORY

KEYS = ["demonstration-log-p256.pem", "demonstration-log.pem", "demonstration-mark", "demonstration-seal.pem",
        "demonstration-statement.pem", "demonstration-status-p256.pem", "demonstration-status.pem", "seal-certificate.pem"]
DIGEST = hashlib.sha256(b"a sheet").digest()


class HelperInjection(InjectedCase):
    def reply(self, ended):
        """The one reply, whole, or none."""
        if not ended.out:
            return None
        self.assertEqual(int.from_bytes(ended.out[:4], "big"), len(ended.out) - 4, ended)
        return parse(ended.out[4:])


class SignerInjection(HelperInjection):
    name, libraries = "touchstone-signer", ("libcrypto",)
    stdin = frame(field(1, field(1, "JEW-2026-000001") + field(3, DIGEST) + field(4, True)))

    def command(self, directory):
        return [program(self.name), "--demonstration", directory / "keys", "--channel"]

    def run_again(self, directory):
        return Ended(0, subprocess.run(self.command(directory), input=self.stdin, capture_output=True,
                                       timeout=RUN_S), directory)

    def judge(self, ended):
        reply = self.reply(ended)
        self.assertTrue(reply is None or reply.get(1) or (reply.get(2) and reply.get(3)), ended)
        again = self.run_again(ended.directory)
        sealed = self.reply(again)
        self.assertTrue(again.code == 0 and sealed and sealed.get(2) and not sealed.get(1),
                        f"{ended}\nand the next start: {sealed}\n{again}")
        keys = sorted(path.name for path in (ended.directory / "keys").iterdir())
        self.assertEqual(keys, KEYS, ended)


class SignerFirstStart(SignerInjection):
    def test_a_signer_that_fails_while_it_makes_its_keys_leaves_none_or_good_ones(self):
        self.sweep()


class SignerLaterStart(SignerInjection):
    def prepare(self, directory):
        self.run_again(directory)

    def test_a_signer_that_fails_with_its_keys_made_answers_whole_or_not_and_keeps_them(self):
        self.sweep()


class RendererInjection(HelperInjection):
    name = "touchstone-render"
    groups = MEMORY
    libraries = ("libfontconfig", "libpangoft2-1.0", "libpangocairo-1.0", "libpango-1.0", "libcairo", "libglib-2.0",
                 "libgobject-2.0", "libfreetype", "libharfbuzz", "libcrypto")
    limit, run_s = 8, 20  # the daemon waits no longer for a drawing
    clean_codes = {0, 1, "late", -signal.SIGABRT, -signal.SIGTRAP}
    stdin = frame(field(1, json.dumps(sample_record(), ensure_ascii=False).encode()))

    def command(self, directory):
        return [program(self.name)]

    def judge(self, ended):
        reply = None if ended.code == "late" else self.reply(ended)
        if reply and not reply.get(3):
            self.assertTrue(reply[1].startswith(b"%PDF-") and reply[1].rstrip().endswith(b"%%EOF"), ended)

    def test_a_renderer_without_memory_draws_whole_refuses_or_is_ended_by_its_libraries(self):
        self.sweep()


if __name__ == "__main__":
    unittest.main()
