# SPDX-License-Identifier: Apache-2.0
"""The verifier that the pages run, in Node, against statements, logs and files of an independent signer (tests/web/maker)."""
import json
import subprocess
import unittest

from tests.support import paths

HERE = paths.ROOT / "tests" / "web"


def check(name):
    """Runs one check of core.js; it stops by itself when something is not as expected. Returns what it counted."""
    done = subprocess.run(["node", HERE / "core.js", name], capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


class Formats(unittest.TestCase):
    def test_digits_are_those_of_the_known_answers_and_nothing_else_is_read(self):
        check("digits")

    def test_only_deterministic_cbor_is_read(self):
        check("cbor")

    def test_what_zlib_packs_comes_out_and_never_more_than_the_ceiling(self):
        check("inflate")

    def test_words_keep_the_digits_that_were_reported(self):
        check("words")


class Statements(unittest.TestCase):
    def test_each_sheet_opens_or_is_refused_with_its_code(self):
        codes = check("genuine")
        refused = {name: code for name, code in codes.items() if code != "none"}
        self.assertEqual(refused, {"unknown": "E_KEY_UNKNOWN", "retired": "E_KEY_RETIRED", "newer": "E_REGISTRY"})

    def test_no_flip_of_a_bit_and_no_cut_of_the_envelope_is_accepted(self):
        codes = check("every_flip_of_the_cose")
        self.assertNotIn("none", codes)
        self.assertEqual(set(codes), {"E_CBOR", "E_COSE", "E_ALG", "E_KEY_UNKNOWN", "E_SIG"})
        self.assertGreater(sum(codes.values()), 1500)

    def test_signed_nonsense_is_told_by_a_code_and_never_by_a_fault(self):
        self.assertLessEqual(set(check("signed_nonsense")), {"none", "E_CBOR", "E_SCHEMA", "E_REGISTRY", "E_KEY_UNKNOWN"})

    def test_other_algorithms_domains_keys_headers_and_contents_have_their_codes(self):
        check("other_envelopes")


class Logs(unittest.TestCase):
    def test_the_log_says_current_superseded_withdrawn_or_not_in_it(self):
        self.assertEqual(check("states"), {
            "current": "CURRENT", "amended": "CURRENT", "specimen": "CURRENT", "every": "CURRENT", "rightful": "CURRENT",
            "partial": "CURRENT", "superseded": "SUPERSEDED", "withdrawn": "WITHDRAWN", "missing": "NOT_IN_LOG", "beyond": "NOT_IN_LOG"})

    def test_no_flip_of_the_checkpoint_is_believed(self):
        self.assertEqual(set(check("every_flip_of_the_checkpoint")), {"E_NOTE", "E_SIG"})

    def test_no_flip_of_the_status_list_is_believed(self):
        self.assertEqual(set(check("every_flip_of_the_status")), {"E_NOTE", "E_SIG"})

    def test_an_entry_or_a_tile_that_the_checkpoint_does_not_vouch_for_accuses_nobody(self):
        self.assertEqual(set(check("every_flip_of_the_entry_and_its_tile")), {"E_LOG"})

    def test_an_entry_of_another_kind_time_or_key_is_not_the_sheet_s(self):
        check("entries_of_other_kinds_are_not_the_sheet")

    def test_a_status_of_another_key_or_shard_is_not_believed(self):
        check("a_withdrawal_is_not_hidden_by_a_status_that_does_not_hold")

    def test_a_browser_without_ed25519_goes_by_the_p256_line(self):
        check("without_ed25519")

    def test_a_status_older_than_seven_days_is_told(self):
        check("an_old_status_is_told")

    def test_a_log_that_does_not_continue_what_was_seen_is_an_alarm(self):
        check("memory")

    def test_a_log_that_went_back_is_held_against_what_was_seen(self):
        check("a_log_that_went_back_is_held_against_what_was_seen")

    def test_proofs_from_tiles_are_those_of_the_definition(self):
        self.assertEqual(check("trees")["proofs"], 240)


class Files(unittest.TestCase):
    def test_a_sealed_file_opens_with_its_record_and_proof(self):
        check("pdf")

    def test_no_flip_of_a_bit_of_the_file_and_nothing_behind_it_is_accepted(self):
        codes = check("every_flip_of_the_pdf")
        self.assertEqual(set(codes), {"E_FILE", "E_SEAL", "E_SEAL_RANGE", "E_SEAL_CONTENT"})

    def test_files_of_nonsense_are_refused_by_a_code_and_never_by_a_fault(self):
        self.assertLessEqual(set(check("files_of_nonsense")), {"E_FILE", "E_SEAL", "E_SEAL_RANGE", "E_SEAL_CONTENT"})

    def test_parts_of_other_sheets_are_refused_with_their_codes(self):
        check("parts_of_other_sheets")

    def test_no_flip_of_the_proof_is_accepted(self):
        self.assertEqual(set(check("every_flip_of_the_proof")), {"E_PROOF", "E_NOTE", "E_SIG"})
