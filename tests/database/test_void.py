# SPDX-License-Identifier: Apache-2.0
"""A released sheet that can never be entered becomes void: whoever has its request first decides, and of an amended sheet the log
learns that the revision before ended."""
from tests.database.case import DatabaseCase, Refused


class Void(DatabaseCase):
    def setUp(self):
        super().setUp()
        self.enter_all()

    def park(self, sheet):
        self.sql("update lab.log_request set parked_at = lab.ts_now() where sheet_no = %s and idx is null", sheet["sheet_no"])

    def void(self, sheet):
        self.ask_withdrawal(sheet)
        return self.confirm(sheet)["sheet"]

    def state(self, sheet, revision):
        return (self.one("select idx from lab.log_request where sheet_no = %s and revision = %s", sheet["sheet_no"], revision),
                self.one("select void_at is not null from lab.log_request where sheet_no = %s and revision = %s", sheet["sheet_no"], revision))

    def test_a_batch_that_was_taken_before_a_sheet_became_void_enters_nothing(self):
        sheet, beside = self.released(), self.released()
        taken = self.caller.rows("select head, request_no, sheet_no from api.log_take(250)")
        self.park(sheet)
        self.void(sheet)
        before = self.one("select size from lab.log_head")
        payloads = [b"\xb1" + bytes(self.one("select lab.statement_begin(sheet, %s) || sheet.record_sha256 from lab.sheet where sheet_no = %s",
                                             head + place, number)) for place, (head, _, number) in enumerate(taken)]
        with self.assertRaisesRegex(Refused, "LOG_APPEND_ONLY"):
            self.caller.rows("select api.log_append(%s, %s, %s, %s::bytea[], %s::bytea[])", before, b"\x22" * 8,
                             [row[1] for row in taken], payloads, [b"\xd2" + one for one in payloads])
        self.assertEqual(self.one("select size from lab.log_head"), before)
        self.assertEqual(self.one("select count(*) from lab.log_leaf"), before)
        self.assertEqual(self.draw_all(), [beside["sheet_no"]])
        self.assertEqual(self.state(sheet, 0), (None, True))

    def test_a_sheet_that_is_entered_in_that_moment_is_not_void(self):
        sheet = self.released()
        self.park(sheet)
        self.ask_withdrawal(sheet)
        self.sql("update lab.log_request set parked_at = null where sheet_no = %s", sheet["sheet_no"])
        self.enter_all()
        with self.refused("SHEET_NOT_READY"):
            self.confirm(sheet)
        self.draw_all()
        self.confirm(sheet)
        self.assertEqual(self.state(sheet, 0)[1], False)

    def test_a_revision_that_is_void_ends_the_one_before_in_the_log(self):
        sheet = self.sealed()
        self.amend(sheet)
        self.correct(sheet, name="手镯")
        again = self.release(sheet["item_code"])
        self.park(again)
        told = self.void(again)
        self.assertIn("withdrawn_at", told)
        self.assertEqual(self.state(sheet, 1), (None, True))
        index = self.state(sheet, 0)[0]
        self.assertEqual(self.one("select count(*) from lab.log_request where kind = 3 and ref = %s", index), 1)
        self.assertEqual(self.one("select kind from lab.sheet_delivery where sheet_no = %s and revision = 1", sheet["sheet_no"]), "withdrawn")
        self.assertEqual(self.draw_all(), [])
