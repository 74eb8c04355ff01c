# SPDX-License-Identifier: Apache-2.0
"""Released sheets that can never be sealed: told where an operator looks, and ended by two persons with a reason; the number
stays, explained. And a database whose log belongs to other keys."""
import shutil
import time
import unittest

from tests.outside import http2
from tests.outside.case import Outside
from tests.outside.issuing import unlooked
from tests.support.daemon import PASSWORD

WHY = dict(withdrawal_code="WITHDRAWAL_CODE_OTHER", reason="试运行样张", reason_en="a specimen of the trial")
WAIT_S = 60


class Told(Outside):
    def ready_says(self, *words):
        end = time.monotonic() + WAIT_S
        while not all(word in (said := http2.ask(self.daemon, "/readyz").body.decode()) for word in words):
            self.assertLess(time.monotonic(), end, said)
            time.sleep(0.1)

    def log_in(self):
        self.people.update({role: self.daemon.log_in(role.lower(), "D1" if role == "RECEPTION" else "") for role in self.people})


class Stuck(Told):
    def of_the_other_kind(self):
        """Released for production by demonstration keys, in the moment in which the daemon does not know it."""
        with unlooked(self.daemon):
            self.daemon.sql("update lab.institute set production = true")
            sheet = self.world.released()
            self.daemon.sql("update lab.institute set production = false")
        self.stuck(sheet)
        return sheet

    def stuck(self, sheet):
        end = time.monotonic() + WAIT_S
        while sheet.sheet_no not in self.listed():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)

    def listed(self):
        return [one.sheet_no for one in self.people["RECEPTION"]("SheetService.ListSheetChanges", laboratory="JEW").stuck]

    def void(self, sheet, revision=0):
        asked = dict(sheet_no=sheet.sheet_no, revision=revision)
        self.people["QUALITY"]("SheetService.RequestWithdrawal", **asked, **WHY)
        confirm = dict(asked, password=PASSWORD, meaning="作废 void")
        return self.people["SIGNATORY"]("SheetService.ConfirmWithdrawal", **confirm).sheet

    def is_void(self, sheet):
        self.assertEqual(self.listed(), [])
        with self.ends_in("NOT_FOUND", "SHEET_VOID"):
            self.daemon.client()("PublicService.LookUpSheet", sheet_no=sheet.sheet_no)
        for more in ({}, dict(document="SHEET_DOCUMENT_CARD"), dict(revision=0)):
            with self.ends_in("FAILED_PRECONDITION", "SHEET_VOID") as refused:
                list(self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60, **more))
            self.assertIn("a specimen of the trial", refused[0].text)
        told = self.people["RECEPTION"]("SheetService.GetSheet", sheet_no=sheet.sheet_no).sheet
        self.assertEqual((told.withdrawn_by, told.withdrawn_reason_en), ("signatory", "a specimen of the trial"))
        self.assertEqual(self.daemon.sql("select idx, void_at is not null from lab.log_request where sheet_no = %s", sheet.sheet_no), [(None, True)])
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet_delivery where sheet_no = %s", sheet.sheet_no), [(0,)])

    def goes_on_behind(self, sheet):
        after = self.world.released()
        self.assertEqual(int(after.sheet_no[-6:]), int(sheet.sheet_no[-6:]) + 1)
        list(self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=after.sheet_no, timeout=60))

    def test_a_sheet_of_the_other_kind_is_told_and_made_void_by_two_persons(self):
        sheet = self.of_the_other_kind()
        self.ready_says("1 released sheets can never be entered", "touchstone sheet changes")
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet_work where not done"), [(1,)])
        self.assertIsNotNone(self.void(sheet).withdrawn_at)
        self.is_void(sheet)
        self.ready_says("ready\n")
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet_work where not done"), [(0,)])
        receipt = self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=self.world.item(sheet.item_code).receipt_no).receipt
        item = self.daemon.client()("PublicService.Track", receipt_code=receipt.receipt_code, phone_last4="1234").items[0]
        self.assertEqual((item.standing, item.HasField("withdrawn_at")), (3, True))
        self.people["RECEPTION"]("DeskService.CollectReceipt", receipt_no=receipt.receipt_no, version=receipt.version)
        self.goes_on_behind(sheet)

    def test_a_sheet_on_its_way_to_the_seal_is_not_made_void(self):
        with unlooked(self.daemon):
            sheet = self.world.released()
            with self.ends_in("FAILED_PRECONDITION", "SHEET_NOT_READY"):
                self.people["QUALITY"]("SheetService.RequestWithdrawal", sheet_no=sheet.sheet_no, **WHY)
        list(self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60))

    def test_one_that_was_asked_for_and_is_sealed_meanwhile_is_withdrawn_in_the_log(self):
        sheet = self.of_the_other_kind()
        self.people["QUALITY"]("SheetService.RequestWithdrawal", sheet_no=sheet.sheet_no, **WHY)
        self.daemon.sql("update lab.log_request set parked_at = null where sheet_no = %s", sheet.sheet_no)
        with unlooked(self.daemon), self.ends_in("FAILED_PRECONDITION", "SHEET_NOT_READY"):
            self.people["SIGNATORY"]("SheetService.ConfirmWithdrawal", sheet_no=sheet.sheet_no, password=PASSWORD, meaning="void")
        self.people["SIGNATORY"]("SheetService.CancelWithdrawal", sheet_no=sheet.sheet_no, reason="wait for it")
        self.stuck(sheet)
        self.void(sheet)

    def test_the_database_keeps_what_is_void_out_of_the_log(self):
        sheet = self.of_the_other_kind()
        with self.assertRaisesRegex(Exception, "stays as it was asked"):
            self.daemon.sql("update lab.log_request set void_at = now() where sheet_no = %s", sheet.sheet_no)
        self.void(sheet)
        for change in ("idx = 0", "void_at = null", "parked_at = null"):
            with self.assertRaisesRegex(Exception, "stays as it was asked"):
                self.daemon.sql(f"update lab.log_request set {change} where sheet_no = %s", sheet.sheet_no)

    def test_a_sheet_dated_a_year_ahead_is_made_void(self):
        item = self.world.item(self.world.approved().item_code)
        self.turn("(now() + interval '370 days')")
        item = self.people["RECEPTION"]("DeskService.GetItem", item_code=item.item_code).item
        sheet = self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                                         meaning="approved for issue").sheet
        self.turn(None)
        self.stuck(sheet)
        self.ready_says("1 released sheets can never be entered")
        self.void(sheet)
        self.is_void(sheet)
        self.ready_says("ready\n")

    def turn(self, moment):
        """The database's clock, for the daemon's next life."""
        self.daemon.sql("update lab.policy set test_clock = %s", moment is not None)
        self.daemon.sql("alter role touchstone_daemon " + (f"set touchstone.test_now = '{self.daemon.sql('select ' + moment)[0][0]}'" if moment
                                                            else "reset touchstone.test_now"))
        self.daemon.write_config(self.daemon.port)
        self.daemon.stop()
        self.daemon.start()
        self.log_in()


class OtherKeys(Told):
    def test_a_log_of_other_keys_that_nobody_keeps_refuses_issuing_in_words(self):
        before = self.world.released()
        list(self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=before.sheet_no, timeout=60))
        self.daemon.stop()
        shutil.rmtree(self.daemon.directory / "state" / "signer")
        self.daemon.start()
        self.log_in()
        self.ready_says("SheetService cannot do its work", "begun with other keys", "docs/production.md")
        with self.ends_in("FAILED_PRECONDITION", "ISSUING_HALTED") as refused:
            self.world.released()
        self.assertIn("begun with other keys", refused[0].text)
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet"), [(1,)])


if __name__ == "__main__":
    unittest.main()
