# SPDX-License-Identifier: Apache-2.0
"""touchstone log audit on public files that another implementation wrote: good ones, and each attack by its name."""
import json
import os
import shutil
import unittest
import zlib

from tests.client.case import ClientCase
from tests.client.public_log import DAY, ISSUE, KEY_ADD, SEALED, WITHDRAW, Key, PublicLog, canonical, root_of, sha256

# Of files below 500 bytes; tests/long/test_every_byte.py flips every byte of them.
STEP = int(os.environ.get("TOUCHSTONE_FLIP_STEP", "7"))


def usual(size=700):
    """Sheets, an amendment, a withdrawal, two versions of the registry, a retired and a new key of statements."""
    log = PublicLog()
    log.registry(("analyte", 1, "gold"), ("unit", 1, "permille"))
    log.issue(20)
    log.withdraw(log.amend(8))
    log.registry(("analyte", 2, "silver"))
    old, log.keys["statement"] = log.keys["statement"], Key("statement")
    log.all_keys.append(log.keys["statement"])
    log.key_add(log.keys["statement"])
    log.key_retire(old)
    log.issue(size - len(log.entries))
    return log


class Audit(ClientCase):
    def setUp(self):
        super().setUp()
        self.folder = self.directory / "public"

    def audit(self, *words, expect=0, folder=None):
        """Codes of findings and of warnings, and the whole answer."""
        result = self.run_client("log", "audit", "--directory", folder or self.folder, "--json", *words, expect=expect)
        answer = json.loads(result.stdout)
        self.assertEqual(answer["good"], expect == 0)
        return [one["code"] for one in answer["findings"] if one["code"] != "KEYS_TAKEN"], answer

    def assert_named(self, code, where, *words):
        codes, answer = self.audit(*words, expect=1)
        self.assertIn((code, where), [(one["code"], one["where"]) for one in answer["findings"]], answer)
        return codes

    def flip(self, path, at):
        file = self.folder / path
        content = bytearray(file.read_bytes())
        content[at] ^= 1
        file.write_bytes(content)

    # ---- good ones

    def test_a_log_that_is_as_promised_is_good_at_every_size(self):
        for size in (7, 8, 31, 255, 256, 257, 511, 512, 513, 700):
            log = PublicLog()
            log.registry(("analyte", 1, "gold"))
            log.issue(size - len(log.entries)) if size > len(log.entries) else None
            with self.subTest(size=size):
                codes, answer = self.audit(folder=log.write(self.directory / f"size-{size}"))
                self.assertEqual(codes, [])
                self.assertEqual(answer["size"], str(size))

    def test_more_than_a_shard_with_amendments_and_withdrawals_in_both_is_good(self):
        log = usual()
        log.issue(66000)
        log.amend(10)
        log.withdraw(65999)
        log.withdraw(65535)
        codes, answer = self.audit(folder=log.write(self.folder))
        self.assertEqual(codes, [])
        self.assertEqual((answer["status_lists"], answer["registry_versions"], answer["keys"]), ("2", "2", "6"))
        self.assertEqual((answer["amended"], answer["withdrawn"]), ("2", "3"))

    def test_facts_and_result_are_told_in_lines_and_the_word_of_its_own_keys_is_a_warning(self):
        usual().write(self.folder)
        lines = self.run_client("log", "audit", "--directory", self.folder).stdout.splitlines()
        self.assertTrue(lines[0].startswith("warning\tKEYS_TAKEN\tkeys.json\t"), lines[0])
        self.assertIn("origin\tlab.example/log", lines)
        self.assertTrue(lines[-1].startswith("status\tGOOD"), lines[-1])
        codes, answer = self.audit("--keys", self.folder / "log/keys.json")
        self.assertEqual(answer["findings"], [])
        self.assertEqual(self.audit("--keys", self.folder / "s/data.json", folder=self.folder / "log")[0], [])

    def test_a_terminal_is_told_how_far_it_is(self):
        usual().write(self.folder)
        shown = self.on_terminal("log", "audit", "--directory", self.folder, NO_COLOR="1")
        self.assertIn("700 of 700 entries", shown)

    def test_a_saved_checkpoint_is_continued_later(self):
        log, saved = usual(), self.directory / "saved"
        self.audit("--save", saved, folder=log.write(self.folder))
        self.assertEqual(saved.read_bytes(), (self.folder / "log/checkpoint").read_bytes())
        log.issue(1000)
        codes, answer = self.audit("--since", saved, "--save", saved, folder=log.write(self.directory / "later"))
        self.assertEqual((codes, answer["since"]), ([], "700"))
        self.assertEqual(self.audit("--since", saved, folder=self.directory / "later")[0], [])

    # ---- files that were changed

    def test_a_changed_entry_is_named(self):
        usual().write(self.folder)
        self.flip("log/tile/entries/001", 66 * 44 + 2 + 30)
        self.assertEqual(self.assert_named("ENTRY_CHANGED", "entry 300"), ["ENTRY_CHANGED"])

    def test_a_changed_tile_is_named_on_every_level(self):
        usual().write(self.folder)
        for path in ("log/tile/0/001", "log/tile/0/002.p/188", "log/tile/1/000.p/2"):
            with self.subTest(path=path):
                before = (self.folder / path).read_bytes()
                self.flip(path, 33)
                self.assertEqual(self.assert_named("TILE_DIFFERS", path.removeprefix("log/")), ["TILE_DIFFERS"])
                (self.folder / path).write_bytes(before)

    def test_a_missing_or_cut_file_is_named(self):
        attacks = (("log/tile/entries/001", "BUNDLE_BROKEN"), ("log/tile/0/001", "TILE_BROKEN"),
                   ("log/tile/1/000.p/2", "TILE_DIFFERS"), ("log/status/0", "STATUS_"), ("log/registry/1.json", "REGISTRY_"),
                   ("log/keys.json", "KEYS_BROKEN"), ("log/checkpoint", "CHECKPOINT_"))
        usual().write(self.folder)
        for path, code in attacks:
            content = (self.folder / path).read_bytes()
            with self.subTest(path=path):
                (self.folder / path).write_bytes(content[:-1])
                self.assertTrue(any(one.startswith(code) for one in self.audit(expect=1)[0]))
                (self.folder / path).unlink()
                self.assertTrue(any(one.startswith(code) for one in self.audit(expect=1)[0]))
            (self.folder / path).write_bytes(content)
        self.audit()

    def test_a_bundle_whose_entries_have_another_length_is_named(self):
        usual().write(self.folder)
        self.flip("log/tile/entries/000", 1)
        self.assert_named("BUNDLE_BROKEN", "tile/entries/000")

    def test_a_shorter_tile_of_before_must_be_the_beginning_of_the_longer(self):
        log = usual(400)
        log.write(self.folder)
        log.issue(5)
        log.write(self.folder)
        self.assertEqual(self.audit()[0], [])
        for path in ("log/tile/0/001.p/144", "log/tile/entries/001.p/144"):
            before = (self.folder / path).read_bytes()
            self.flip(path, 20)
            self.assert_named("OLD_TILE_DIFFERS", path.removeprefix("log/"))
            (self.folder / path).write_bytes(before)

    def test_a_file_that_never_ends_is_read_no_further_than_it_may_be(self):
        usual().write(self.folder)
        for path, code in (("log/checkpoint", "CHECKPOINT_FORGED"), ("log/status/0", "STATUS_BROKEN"),
                           ("log/tile/entries/000", "BUNDLE_BROKEN")):
            before = (self.folder / path).read_bytes()
            (self.folder / path).write_bytes(before + bytes(100_000_000))
            self.assertIn(code, self.audit(expect=1)[0])
            (self.folder / path).write_bytes(before)

    # ---- forks

    def test_a_checkpoint_of_other_entries_is_a_fork(self):
        log = usual()
        log.write(self.folder, **{"log/checkpoint": log.checkpoint(root=sha256(b"other"))})
        self.assertIn("ROOT_DIFFERS", self.assert_named("ROOT_DIFFERS", "checkpoint"))

    def test_a_whole_other_past_is_seen_by_who_kept_a_checkpoint(self):
        log, saved = usual(), self.directory / "saved"
        self.audit("--save", saved, folder=log.write(self.folder))
        log.entries[300] = log.entries[300][:30] + b"?" + log.entries[300][31:]
        log.issue(10)
        log.write(self.folder)
        self.assertEqual(self.audit()[0], [])
        self.assertEqual(self.assert_named("FORKED", "checkpoint", "--since", saved), ["FORKED"])

    def test_a_shorter_log_is_seen_by_who_kept_a_checkpoint(self):
        log, saved = usual(), self.directory / "saved"
        self.audit("--save", saved, folder=log.write(self.folder))
        del log.entries[600:]
        log.write(self.directory / "restored")
        shutil.rmtree(self.folder)
        (self.directory / "restored").rename(self.folder)
        self.assertEqual(self.assert_named("ROLLED_BACK", "checkpoint", "--since", saved, "--save", saved), ["ROLLED_BACK"])
        self.assertIn(b"\n700\n", saved.read_bytes())

    def test_another_log_of_the_same_name_is_seen_by_who_kept_a_checkpoint_or_the_keys(self):
        log, saved, keys = usual(), self.directory / "saved", self.directory / "keys"
        self.audit("--save", saved, folder=log.write(self.folder))
        keys.write_bytes((self.folder / "log/keys.json").read_bytes())
        usual().write(self.folder)
        self.assertEqual(self.audit()[0], [])
        self.assertEqual(self.assert_named("SINCE_FOREIGN", "checkpoint", "--since", saved), ["SINCE_FOREIGN"])
        self.assertEqual(self.assert_named("CHECKPOINT_FORGED", "checkpoint", "--keys", keys), ["CHECKPOINT_FORGED"])

    # ---- status lists

    def status(self, code, note, log, **changed):
        log.write(self.folder, **{"log/status/0": note, **changed})
        return self.assert_named(code, "status/0")

    def test_a_status_list_that_lies_is_named_with_the_index(self):
        log = usual()
        index = next(iter(log.states))
        for states in ({}, log.states | {index: 2}, log.states | {11: 2}, log.states | {0: 1}):
            self.assertEqual(self.status("STATUS_LIES", log.status(0, states), log), ["STATUS_LIES"])

    def test_a_status_list_is_held_against_the_log_of_its_own_size(self):
        log = usual()
        states, size = dict(log.states), len(log.entries)
        log.withdraw(20)
        log.write(self.folder, **{"log/status/0": log.status(0, states, size)})
        self.assertEqual(self.audit()[0], [])
        self.status("STATUS_LIES", log.status(0, log.states, size), log)

    def test_a_status_list_of_entries_that_are_hidden_is_named(self):
        log = usual()
        self.status("STATUS_AHEAD", log.status(0, size=701), log)

    def test_a_status_list_by_the_wrong_keys_or_of_another_shard_is_named(self):
        log, other = usual(), usual()
        self.status("STATUS_BROKEN", other.status(0), log)
        self.status("STATUS_OF_ANOTHER", log.status_of(1, zlib.compress(b"")), log)

    def test_a_status_list_that_inflates_without_end_is_not_followed(self):
        log = usual()
        self.status("STATUS_BROKEN", log.status_of(0, zlib.compress(bytes(16385))), log)
        self.status("STATUS_BROKEN", log.status_of(0, zlib.compress(bytes(10_000_000))), log)
        self.status("STATUS_BROKEN", log.status_of(0, b"\x78\x9c" + bytes(20)), log)

    def test_an_old_status_list_or_one_that_comes_late_is_a_warning(self):
        log = usual()
        log.write(self.folder, **{"log/status/0": log.status(0, at=log.now - 8 * DAY)})
        self.assertEqual(self.audit()[0], ["STATUS_OLD"])
        log.write(self.folder, **{"log/status/0": log.status(0, at=log.now + DAY)})
        self.assertEqual(self.audit()[0], ["STATUS_TIME"])
        log.write(self.folder, **{"log/status/0": log.status(0, size=600, at=log.now + 60)})
        self.assertEqual(self.audit()[0], ["STATUS_BEHIND"])

    # ---- rules of entries

    def ruled(self, code, log, at=None):
        folder = log.write(self.directory / f"ruled-{code}-{at}")
        self.folder = folder
        return self.assert_named(code, f"entry {len(log.entries) - 1 if at is None else at}")

    def test_only_the_newest_valid_revision_may_be_amended_or_withdrawn(self):
        for code, act in (("REF_SUPERSEDED", lambda log: log.amend(8)), ("REF_WITHDRAWN", lambda log: log.amend(26)),
                          ("REF_WITHDRAWN", lambda log: log.withdraw(26)), ("REF_NOT_A_SHEET", lambda log: log.withdraw(2)),
                          ("REF_NOT_A_SHEET", lambda log: log.amend(len(log.entries))),
                          ("REF_NOT_A_SHEET", lambda log: log.add(SEALED, sha256(), 3))):
            log = usual()
            states = dict(log.states)
            act(log)
            log.states = states
            with self.subTest(code=code):
                self.assertEqual(self.ruled(code, log)[0], code)

    def test_a_key_signs_between_its_entries_only(self):
        log = usual()
        self.ruled("KEY_USED_AFTER_RETIREMENT", log, log.add(ISSUE, sha256(b"x"), kid=log.all_keys[0].kid))
        log = usual()
        self.ruled("KEY_NOT_ADDED", log, log.add(ISSUE, sha256(b"x"), kid=Key("statement").kid))
        log = usual()
        self.ruled("KEY_OF_ANOTHER_USE", log, log.add(ISSUE, sha256(b"x"), kid=log.keys["status_p256"].kid))
        log = usual()
        self.ruled("KEY_ADDED_TWICE", log, log.add(KEY_ADD, sha256(log.all_keys[0].spki), kid=log.all_keys[0].kid))
        log = usual()
        self.ruled("KEY_ENTRY_WRONG", log, log.add(KEY_ADD, sha256(b"another"), kid=Key("seal").kid))

    def test_a_retirement_that_reaches_back_is_named(self):
        log = usual()
        key = log.keys["statement"]
        key.last = 100
        self.ruled("KEY_RETIREMENT_WRONG", log, log.add(6, ref=100, kid=key.kid))

    def test_an_entry_of_an_unknown_form_is_named(self):
        log = usual()
        log.add(9)
        self.ruled("ENTRY_BROKEN", log)
        log = usual()
        log.add(WITHDRAW, sha256(b"no zeros"), 10)
        self.ruled("ENTRY_BROKEN", log)

    def test_time_that_runs_back_or_ahead_is_a_warning(self):
        log = usual()
        log.milliseconds -= 10_000
        log.issue()
        self.assertEqual(self.audit(folder=log.write(self.directory / "back"))[0], ["TIME_BACK"])
        log = usual()
        log.milliseconds += 2 * DAY * 1000
        log.issue()
        self.assertIn("TIME_AHEAD", self.audit(folder=log.write(self.directory / "ahead"))[0])

    # ---- registry and keys

    def test_a_code_cannot_get_another_meaning(self):
        swapped = [{"kind": "analyte", "code": "1", "id": "lead", "zh": "lead", "en": "lead", "since": "1"}]
        twice = swapped + [{"kind": "analyte", "code": "1", "id": "gold", "zh": "gold", "en": "gold", "since": "3"}]
        for entries, code in ((swapped, "MEANING_CHANGED"), ([], "MEANING_CHANGED"), (twice, "REGISTRY_BROKEN")):
            log = usual()
            log.log_registry(canonical({"version": "3", "entries": entries}))
            log.write(self.folder)
            with self.subTest(entries=entries):
                self.assert_named(code, "registry/3.json")

    def test_a_registry_that_the_log_does_not_hold_is_named(self):
        usual().write(self.folder)
        before = (self.folder / "log/registry/1.json").read_bytes()
        (self.folder / "log/registry/1.json").write_bytes(before.replace(b"gold", b"lead"))
        self.assert_named("REGISTRY_DIFFERS", "registry/1.json")
        (self.folder / "log/registry/1.json").write_bytes(before)
        data = (self.folder / "s/data.json").read_bytes()
        (self.folder / "s/data.json").write_bytes(data.replace(b"silver", b"copper"))
        self.assert_named("PAGE_DIFFERS", "../s/data.json")

    def test_keys_that_are_slipped_in_left_out_or_listed_otherwise_are_named(self):
        def listed(change):
            log = usual()
            key = change(log)
            log.write(self.folder)
            return f"key {key.kid.hex()}"

        def slip(log):
            log.all_keys.append(Key("statement"))
            log.all_keys[-1].first = 3
            return log.all_keys[-1]

        def leave(log):
            return log.all_keys.pop()

        def revive(log):
            log.all_keys[0].last = None
            return log.all_keys[0]
        self.assert_named("KEY_NOT_ADDED", listed(slip))
        self.assert_named("KEY_UNLISTED", listed(leave))
        self.assert_named("KEYS_DIFFER", listed(revive))

    def test_a_page_that_trusts_other_keys_is_named(self):
        log = usual()
        log.write(self.folder)
        data = json.loads((self.folder / "s/data.json").read_bytes())
        data["keys"].append(Key("statement").listed())
        (self.folder / "s/data.json").write_bytes(canonical(data))
        self.assert_named("PAGE_DIFFERS", "../s/data.json")

    # ---- every byte

    def test_no_byte_of_any_file_can_be_flipped_unseen(self):
        log = PublicLog()
        log.registry(("analyte", 1, "gold"))
        log.withdraw(log.amend(log.issue(1)))
        log.write(self.folder)
        keys = self.directory / "keys"
        keys.write_bytes((self.folder / "log/keys.json").read_bytes())
        self.assertEqual(self.audit("--keys", keys)[0], [])
        for file in sorted(self.folder.rglob("*")):
            if file.is_file():
                self.flip_all(file, keys)

    def flip_all(self, file, keys):
        content = file.read_bytes()
        skipped = range(content.index(b'"institute"'), content.index(b'"keys"')) if file.name == "data.json" else ()
        step = STEP if len(content) < 500 else 13
        for at in range(len(content)):
            if at in skipped:  # a name and a phone number, which nothing proves
                continue
            if at % step and content[at] != ord("\n"):
                continue
            changed = bytearray(content)
            changed[at] ^= 1
            file.write_bytes(changed)
            with self.subTest(file=file.name, at=at):
                self.audit("--keys", keys, expect=1)
        file.write_bytes(content)

    # ---- mistakes of who asks

    def test_what_cannot_be_asked_for_is_told_as_such(self):
        usual().write(self.folder)
        where = ["--directory", self.folder]
        self.assertIn("no folder", self.run_client("log", "audit", "--directory", "none", expect=2).stderr)
        self.assertIn("which log?", self.run_client("log", "audit", expect=2).stderr)
        self.assertIn("not both", self.run_client("log", "audit", *where, "--url", "https://a/log", expect=2).stderr)
        self.assertIn("cannot read", self.run_client("log", "audit", *where, "--since", "none", expect=2).stderr)
        self.run_client("log", "audit", *where, "--keys", self.folder / "log/checkpoint", expect=2)
        self.assertIn("https://HOST/log", self.run_client("log", "audit", "--url", "http://a/log", expect=2).stderr)
        self.run_client("log", "audit", "--url", "https://localhost:1/log", expect=7)

    def test_a_root_by_the_text_of_the_standard_is_the_one_of_its_reference(self):
        leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        root = root_of([sha256(b"\x00", bytes.fromhex(leaf)) for leaf in leaves])
        self.assertEqual(root.hex(), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")


if __name__ == "__main__":
    unittest.main()
