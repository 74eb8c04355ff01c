# SPDX-License-Identifier: Apache-2.0
"""Real sheets before `touchstone verify --keys`, which has nothing but the file and the log's public list of keys; and the
statement key renewed between two of them."""
import json
import os
import subprocess
import unittest

from tests.outside.issuing import Issuing
from tests.sheet import support
from tests.support import paths
from tests.support.daemon import Daemon

CLIENT = paths.build() / "client" / "touchstone"
STRIDE = int(os.environ.get("TOUCHSTONE_FLIP_STEP", "97"))
ALL = ["form", "content", "signature", "validity", "kind", "trust", "statement", "log", "keys"]


class StatementKeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Daemon())
        cls.issuing = Issuing(cls(), cls.daemon)
        cls.waiting = cls.issuing.reviewed(2)
        cls.first = cls.issue("first")
        cls.state = cls.daemon.directory / "state"
        cls.keys = cls.listed("first")
        cls.renew()
        cls.second = cls.issue("second")
        cls.renewed = cls.listed("second")

    @classmethod
    def issue(cls, name):
        cls.issuing.release([cls.waiting.pop()])
        cls.issuing.until_sealed()
        reception = cls.daemon.client(cls.issuing.people["RECEPTION"].token)  # of this life of the daemon
        pieces = reception("SheetService.DownloadSheet", sheet_no=cls.issuing.numbers[-1], timeout=60)
        path = cls.daemon.directory / f"{name}.pdf"
        path.write_bytes(b"".join(piece.data for piece in pieces))
        return path

    @classmethod
    def listed(cls, name):
        """A copy of the list as it is now."""
        path = cls.daemon.directory / f"{name}.json"
        path.write_bytes((cls.state / "public" / "log" / "keys.json").read_bytes())
        return path

    @classmethod
    def renew(cls):
        cls.daemon.write_config(cls.daemon.port)
        cls.daemon.stop()
        subprocess.run([support.program("touchstone-signer"), "--demonstration", cls.state / "signer", "--new-statement-key"],
                       check=True, capture_output=True)
        cls.daemon.start()

    def verified(self, sheet, keys, expect=0):
        done = subprocess.run([CLIENT, "verify", sheet, "--keys", keys, "--json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    def changed(self, change, path=None):
        keys = json.loads((path or self.renewed).read_text())
        change(keys)
        changed = self.daemon.directory / "changed.json"
        changed.write_text(json.dumps(keys))
        return changed

    def statement_keys(self, path):
        return [key["kid"] for key in json.loads(path.read_text())["keys"] if key["use"] == "statement"]

    def test_a_sheet_is_checked_whole_with_nothing_but_the_file_and_the_list(self):
        found = self.verified(self.first, self.keys)
        self.assertEqual(found["checks"], {check: "passed" for check in ALL})
        self.assertEqual(found["status"], "INTACT, TRUSTED, IN THE LOG, SPECIMEN 样张，无效")
        index, = self.daemon.sql("select idx from lab.sheet_statement order by idx limit 1")[0]
        self.assertEqual(found["log_index"], str(index))

    def test_without_a_list_it_says_what_was_not_checked(self):
        done = subprocess.run([CLIENT, "verify", self.first], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        for words in ("whose seal it is was not checked", "who signed its statement and the log was not checked",
                      "amended or withdrawn"):
            self.assertIn(words, done.stderr)

    def test_after_a_renewal_both_sheets_hold_and_the_newest_key_signs(self):
        self.assertEqual(len(self.statement_keys(self.keys)), 1)
        self.assertEqual(len(self.statement_keys(self.renewed)), 2)
        for sheet in (self.first, self.second):
            self.assertTrue(self.verified(sheet, self.renewed)["good"])
        old, new = (next(key for key in json.loads(self.renewed.read_text())["keys"] if key["kid"] == kid)
                    for kid in (self.statement_keys(self.keys)[0],
                                (set(self.statement_keys(self.renewed)) - set(self.statement_keys(self.keys))).pop()))
        self.assertGreaterEqual(int(old["last"]), int(self.verified(self.first, self.renewed)["log_index"]))
        self.assertLess(int(old["last"]), int(self.verified(self.second, self.renewed)["log_index"]))
        self.assertIsNone(new["last"])
        # Who has only the old list cannot know the new key.
        self.assertEqual(self.verified(self.second, self.keys, 1)["code"], "E_KEY_UNKNOWN")

    def test_the_log_with_its_renewed_key_stands_an_audit(self):
        done = subprocess.run([CLIENT, "log", "audit", "--directory", self.state / "public", "--keys", self.renewed, "--json"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_retired_key_is_good_up_to_its_last_index_only(self):
        old = self.statement_keys(self.keys)[0]
        index = int(self.verified(self.first, self.renewed)["log_index"])

        def retire(last):
            def change(keys):
                for key in keys["keys"]:
                    if key["kid"] == old:
                        key["last"] = str(last)
            return self.changed(change)
        self.assertTrue(self.verified(self.first, retire(index))["good"])
        self.assertEqual(self.verified(self.first, retire(index - 1), 1)["code"], "E_KEY_RETIRED")

    def test_each_key_that_is_not_listed_is_missed(self):
        for use, code in (("statement", "E_KEY_UNKNOWN"), ("seal", "NOT_TRUSTED")):
            without = self.changed(lambda keys: keys.update(keys=[key for key in keys["keys"] if key["use"] != use]))
            self.assertEqual(self.verified(self.first, without, 1)["code"], code)
        none = self.changed(lambda keys: keys.update(keys=[key for key in keys["keys"] if not key["use"].startswith("log")]))
        self.assertEqual(self.verified(self.first, none, 1)["code"], "E_KEY_UNKNOWN")
        other = self.changed(lambda keys: keys.update(origin="other.example/log"))
        self.assertEqual(self.verified(self.first, other, 1)["code"], "E_CHECKPOINT")

    def test_a_list_that_is_none_is_told(self):
        self.assertIn("list of keys", self.verified(self.first, self.first, 1))

    def test_no_flipped_byte_of_a_real_sheet_is_accepted(self):
        code, said = support.tool("sweep", self.first, STRIDE, "0x01", "0xff")
        self.assertEqual(code, 0, said)
        self.assertIn(", 0 accepted", said)


if __name__ == "__main__":
    unittest.main()
