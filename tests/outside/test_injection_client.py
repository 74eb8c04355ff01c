# SPDX-License-Identifier: Apache-2.0
"""Failing allocations and system calls in the client, see injected_client.py; tests/long has every point."""
import shutil
import unittest

from tests.outside import injected_client as client
from tests.outside.public_files import Public


class ClientInjection(client.InjectedClientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.world.released()
        pieces = cls.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=cls.sheet.sheet_no)
        cls.pdf = b"".join(piece.data for piece in pieces)
        cls.seal = (cls.daemon.directory / "state" / "signer" / "seal-certificate.pem").read_bytes()
        cls.keys = (cls.daemon.directory / "state" / "public" / "log" / "keys.json").read_bytes()

        Public(cls.daemon).rest()
        cls.public = cls.daemon.directory / "public-copy"
        shutil.copytree(cls.daemon.directory / "state" / "public", cls.public)

    def tearDown(self):
        self.hold_books()

    def test_a_log_in_keeps_the_old_session_or_the_new_one(self):
        self.sweep_act(client.LogIn(self))

    def test_a_log_out_leaves_no_half_session(self):
        self.sweep_act(client.LogOut(self))

    def test_an_intake_is_booked_once(self):
        self.sweep_act(client.Intake(self))

    def test_an_intake_by_way_of_the_journal_is_booked_once(self):
        self.sweep_act(client.OfflineIntake(self))

    def test_a_result_is_entered_once(self):
        self.sweep_act(client.Entering(self))

    def test_what_is_read_is_told_whole_or_not_with_success(self):
        for act in (client.WhoAmI, client.Worklist, client.WorklistJson, client.ItemField, client.ProfileList,
                    client.ProfileListJson, client.Help):
            with self.subTest(act=act.__name__):
                self.sweep_act(act(self))

    def test_a_call_whose_answer_lacked_memory_is_made_again_on_a_connection_of_its_own(self):
        self.last = 60  # where nghttp2 takes the answer
        self.sweep_act(client.WorklistJson(self))

    def test_a_sheet_in_a_file_is_whole_or_the_file_before_it(self):
        self.sweep_act(client.Fetch(self))

    def test_a_sheet_on_standard_output_is_whole_or_an_error(self):
        self.sweep_act(client.FetchOut(self))

    def test_a_sheet_is_printed_whole_once_or_not(self):
        self.sweep_act(client.Print(self))

    def test_a_good_sheet_is_never_called_altered(self):
        for act in (client.Verify, client.VerifyJson, client.VerifyKeys):
            with self.subTest(act=act.__name__):
                self.sweep_act(act(self))

    def test_a_good_log_is_never_called_otherwise(self):
        self.sweep_act(client.AuditLog(self))

    def test_the_configuration_is_the_old_or_the_new(self):
        for act in (client.ProfileSet, client.ProfileUse):
            with self.subTest(act=act.__name__):
                self.sweep_act(act(self))


if __name__ == "__main__":
    unittest.main()
