# SPDX-License-Identifier: Apache-2.0
"""The public log of a real daemon, audited from its files: in the folder and over HTTPS the same, with nothing found; and
any byte of any file that is changed is found."""
import shutil
import unittest

from tests.outside.case import Outside
from tests.outside.public_files import Public, audit, findings

SHEETS = 3


class PublicLog(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _ in range(SHEETS):
            cls.world.released()
        cls.public = Public(cls.daemon).rest()
        cls.keys = cls.daemon.directory / "keys.json"
        shutil.copy(cls.public.folder / "log" / "keys.json", cls.keys)

    def audit(self, *words, **how):
        return audit(*words, home=self.daemon.directory, **how)

    def test_folder_and_https_agree_and_are_good(self):
        here = self.audit("--directory", self.public.folder, "--keys", self.keys)
        there = self.audit("--url", self.public.url, "--ca", self.daemon.certificate, "--keys", self.keys)
        self.assertEqual(here, there)
        self.assertEqual(here["findings"], [])
        self.assertEqual(int(here["issued"]), self.daemon.sql("select count(*) from lab.sheet")[0][0])
        self.assertEqual(int(here["size"]), self.daemon.sql("select size from lab.log_head")[0][0])

    def test_the_server_of_the_profile_is_audited_without_an_address(self):
        answer = self.audit("--server", f"localhost:{self.daemon.port}", "--ca", self.daemon.certificate)
        self.assertEqual(findings(answer), [])

    def test_a_log_that_grows_while_it_is_read_is_good(self):
        saved = self.daemon.directory / "saved"
        for _ in range(3):
            self.world.released()
            words = ["--since", saved] if saved.exists() else []
            answer = self.audit("--url", self.public.url, "--ca", self.daemon.certificate, "--save", saved, *words)
            self.assertEqual(findings(answer), [])
        self.public.rest()

    def test_no_byte_of_a_public_file_can_be_changed_unseen(self):
        copy = self.daemon.directory / "copy"
        shutil.copytree(self.public.folder, copy)
        self.addCleanup(shutil.rmtree, copy)
        self.assertEqual(findings(self.audit("--directory", copy, "--keys", self.keys)), [])
        for file in sorted(one for one in copy.rglob("*") if one.is_file()):
            content = file.read_bytes()
            skipped = range(content.index(b'"institute":'), content.index(b'"keys":')) if file.name == "data.json" else ()
            for at in {0, *range(7, len(content), max(1, len(content) // 12)), len(content) - 1}:
                if at in skipped:  # the institute's name and phone, which nothing proves
                    continue
                changed = bytearray(content)
                changed[at] ^= 1
                file.write_bytes(changed)
                with self.subTest(file=file.relative_to(copy), at=at):
                    self.assertTrue(findings(self.audit("--directory", copy, "--keys", self.keys, expect=1)))
            file.write_bytes(content)


if __name__ == "__main__":
    unittest.main()
