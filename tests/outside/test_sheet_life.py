# SPDX-License-Identifier: Apache-2.0
"""The life of an issued sheet through the daemon: amended to a new revision, withdrawn by two persons, released fifty at a
time; the public log and the public look-up tell the same."""
import time
import unittest

from tests.outside.case import Outside, Refusal, at_once
from tests.outside.test_documents import text_of
from tests.outside.world import ring
from tests.support.daemon import PASSWORD

MEANING = dict(password=PASSWORD, meaning="approved for issue")
WHY = dict(reason="样品名称有误", reason_en="the name was wrong")


class Life(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["ADMINISTRATOR"].staff("signatory2", ["SIGNATORY"])
        member = cls.world.member("signatory2")
        cls.people["ADMINISTRATOR"]("StaffService.SetSignatory", username="signatory2", version=member.version, laboratory="JEW",
                                    authorised=True, reason="authorised signatory of the domain")
        cls.people["SECOND"] = cls.daemon.log_in("signatory2")
        cls.anybody = cls.daemon.client()

    def act(self, who, short, **fields):
        return self.people[who](f"SheetService.{short}", **fields)

    def pdf(self, sheet):
        return b"".join(piece.data for piece in self.act("RECEPTION", "DownloadSheet", sheet_no=sheet.sheet_no))

    def sealed(self):
        sheet = self.world.released()
        return sheet, self.pdf(sheet)

    def shown(self, sheet, who="QUALITY"):
        return self.act(who, "GetSheet", sheet_no=sheet.sheet_no)

    def amend(self, sheet, who="QUALITY", **changes):
        newest = self.shown(sheet).sheet
        fields = dict(sheet_no=sheet.sheet_no, revision=newest.revision, version=newest.item_version,
                      what="AMENDMENT_WHAT_ITEM_DATA", **WHY)
        return self.act(who, "RequestAmendment", **dict(fields, **changes)).amendment

    def correct(self, sheet, **fields):
        return self.act("MANAGER", "CorrectItem", item_code=sheet.item_code, version=self.shown(sheet).sheet.item_version,
                        **fields).amendment

    def release(self, sheet, who="SIGNATORY"):
        return self.act(who, "ReleaseSheet", item_code=sheet.item_code, version=self.shown(sheet).sheet.item_version, **MEANING).sheet

    def kept(self, sheet, revision):
        return self.daemon.sql("select encode(record_bytes, 'hex'), state, signatory, released_at, encode(pdf, 'hex') from lab.sheet "
                               "join lab.sheet_file using (sheet_no, revision) where sheet_no = %s and revision = %s",
                               sheet.sheet_no, revision)

    def standing(self, sheet, **more):
        return self.anybody("PublicService.LookUpSheet", sheet_no=sheet.sheet_no, **more)

    def test_an_amended_sheet_replaces_the_first_and_changes_no_byte_of_it(self):
        sheet, first = self.sealed()
        before = self.kept(sheet, 0)
        self.amend(sheet)
        self.assertTrue(self.shown(sheet).sheet.amendment_open)
        self.assertEqual(self.standing(sheet).standing, 1)
        paper = self.correct(sheet, name="手镯 bracelet", clear=["hallmark"])
        self.assertEqual([(one.field, one.old_value, one.new_value) for one in paper.corrections],
                         [("hallmark", "Au750", ""), ("name", "戒指 ring", "手镯 bracelet")])
        again = self.release(sheet)
        self.assertEqual((again.sheet_no, again.revision), (sheet.sheet_no, 1))
        second = self.pdf(again)
        self.assertNotEqual(first, second)
        amends = self.daemon.sql("select record -> 'amends' from lab.sheet where sheet_no = %s and revision = 1", sheet.sheet_no)[0][0]
        self.assertEqual((amends["changes_zh"], amends["changes_en"]),
                         ("样品名称 戒指 ring → 手镯 bracelet；印记 Au750 → （无）",
                          "sample name 戒指 ring → 手镯 bracelet; mark on it Au750 → (none)"))
        self.assertIn("变更内容", text_of(second))
        self.assertEqual(before, self.kept(sheet, 0))
        told = self.shown(sheet)
        self.assertEqual((told.sheet.revision, [one.superseded_by for one in told.earlier], told.amendments[0].state),
                         (1, [1], 2))
        entry = self.daemon.sql("select kind, ref from lab.log_request where sheet_no = %s and revision = 1", sheet.sheet_no)[0]
        self.assertEqual(entry, (2, self.daemon.sql("select lab.sheet_index(%s, 0)", sheet.sheet_no)[0][0]))
        self.assertEqual((self.standing(sheet).revision, self.standing(sheet).standing), (1, 1))
        code = self.daemon.sql("select lab.sheet_code(sid) from lab.sheet_statement where sheet_no = %s and revision = 0",
                               sheet.sheet_no)[0][0]
        old = self.standing(sheet, code=code)
        self.assertEqual((old.revision, old.standing, old.newest_revision, old.code_is_right), (0, 2, 1, True))

    def drawn(self, sheet, **wanted):
        pieces = list(self.act("RECEPTION", "DownloadSheet", sheet_no=sheet.sheet_no, timeout=60, **wanted))
        return b"".join(piece.data for piece in pieces), pieces[0].sheet

    def test_an_earlier_revision_is_downloaded_as_it_was_sealed_and_its_copies_say_superseded(self):
        sheet, first = self.sealed()
        self.amend(sheet)
        self.assertNotIn("SUPERSEDED", text_of(self.drawn(sheet, revision=0, document="SHEET_DOCUMENT_CARD")[0]))
        second = self.pdf(self.release(sheet))
        pdf, told = self.drawn(sheet, revision=0)
        self.assertEqual((pdf, told.revision, told.superseded_by), (first, 0, 1))
        pdf, told = self.drawn(sheet, revision=1)
        self.assertEqual((pdf, told.revision, told.superseded_by), (second, 1, 0))
        for document in ("SHEET_DOCUMENT_CARD", "SHEET_DOCUMENT_SHARE"):
            told = text_of(self.drawn(sheet, revision=0, document=document)[0])
            self.assertIn("SUPERSEDED, do not use", told)
            for page in told.split("\f")[1:-1]:
                self.assertIn("已被代替", page)
            for newest in ({}, dict(revision=1)):
                self.assertNotIn("SUPERSEDED", text_of(self.drawn(sheet, document=document, **newest)[0]))
        with self.ends_in("NOT_FOUND", "REVISION_UNKNOWN"):
            self.drawn(sheet, revision=2)
        with self.ends_in("INVALID_ARGUMENT"):
            self.drawn(sheet, revision=-1)

    def test_who_opened_an_amendment_does_not_sign_it(self):
        sheet, _ = self.sealed()
        self.amend(sheet, who="SIGNATORY")
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.release(sheet)
        self.assertEqual(self.release(sheet, "SECOND").revision, 1)

    def test_only_one_of_two_amendments_at_once_is_opened(self):
        sheet, _ = self.sealed()
        version = self.shown(sheet).sheet.item_version
        results = at_once([lambda who=who: self.act(who, "RequestAmendment", sheet_no=sheet.sheet_no, version=version,
                                                    what="AMENDMENT_WHAT_OTHER", **WHY)
                           for who in ("QUALITY", "MANAGER", "REVIEWER", "SIGNATORY")])
        self.assertEqual(sum(not isinstance(one, Refusal) for one in results), 1)
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet_amendment where sheet_no = %s", sheet.sheet_no), [(1,)])

    def test_a_result_is_amended_by_a_late_change_and_its_review(self):
        sheet, _ = self.sealed()
        self.amend(sheet, what="AMENDMENT_WHAT_RESULT")
        test_id = self.world.item(sheet.item_code).tests[0].test_id
        test = self.people["REVIEWER"]("BenchService.GetTest", test_id=test_id).test
        technician = self.people["TECHNICIAN"]
        test = technician("BenchService.EnterResult", test_id=test_id, version=test.version, expanded_uncertainty="1.0",
                          readings=[dict(value=value) for value in ("751.9", "751.2", "751.6")], reason="the wrong ring").test
        with self.ends_in("FAILED_PRECONDITION", "RESULTS_CHANGED"):
            self.act("QUALITY", "CancelAmendment", sheet_no=sheet.sheet_no, reason="never mind")
        with self.ends_in("FAILED_PRECONDITION", "ITEM_NOT_REVIEWED"):
            self.release(sheet)
        test = technician("BenchService.SubmitTest", test_id=test_id, version=test.version).test
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test_id, version=test.version)
        self.release(sheet)
        means = [self.daemon.sql("select record -> 'results' -> 0 ->> 'mean' from lab.sheet where sheet_no = %s and revision = %s",
                                 sheet.sheet_no, revision)[0][0] for revision in (0, 1)]
        self.assertEqual(means, ["753.5", "751.6"])

    def test_a_cancelled_amendment_leaves_the_sheet_as_it_was(self):
        sheet, first = self.sealed()
        before = self.world.item(sheet.item_code)
        self.amend(sheet)
        self.correct(sheet, name="x y", owner=dict(name="王晓明", phone="13800001234"))
        done = self.act("QUALITY", "CancelAmendment", sheet_no=sheet.sheet_no, reason="the label was right")
        self.assertEqual((done.amendment.state, done.sheet.amendment_open), (3, False))
        after = self.world.item(sheet.item_code)
        self.assertEqual((after.name, after.state, after.sheet_no), (before.name, before.state, before.sheet_no))
        self.assertEqual(self.pdf(sheet), first)
        self.assertEqual(self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=before.receipt_no).receipt.owner.name_masked,
                         "王**")

    def test_a_withdrawal_takes_two_persons_and_is_told_everywhere(self):
        sheet, first = self.sealed()
        before = self.kept(sheet, 0)
        self.act("SIGNATORY", "RequestWithdrawal", sheet_no=sheet.sheet_no, withdrawal_code="WITHDRAWAL_CODE_WRONG_RESULT",
                 reason="结果有误", reason_en="the result was wrong")
        self.assertIn(sheet.sheet_no, [one.sheet_no for one in self.act("RECEPTION", "ListSheetChanges", laboratory="JEW").withdrawals])
        self.assertEqual(self.standing(sheet).standing, 1)
        confirm = dict(sheet_no=sheet.sheet_no, password=PASSWORD, meaning="同意撤回")
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.act("SIGNATORY", "ConfirmWithdrawal", **confirm)
        with self.ends_in("UNAUTHENTICATED", "PASSWORD_WRONG"):
            self.act("SECOND", "ConfirmWithdrawal", **dict(confirm, password="not the password"))
        self.act("SECOND", "ConfirmWithdrawal", **confirm)
        told = self.shown(sheet).sheet
        self.assertEqual((told.withdrawn_by, told.withdrawn_code, told.withdrawn_reason_zh), ("signatory2", 1, "结果有误"))
        self.assertTrue(self.world.item(sheet.item_code).HasField("sheet_withdrawn_at"))
        found = self.standing(sheet)
        self.assertEqual((found.standing, found.withdrawn_code), (3, 1))
        self.assertEqual(self.kept(sheet, 0), before)
        item = self.world.item(sheet.item_code)
        code = self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=item.receipt_no).receipt.receipt_code
        tracked = self.anybody("PublicService.Track", receipt_code=code, phone_last4="1234").items[0]
        self.assertEqual((tracked.standing, tracked.HasField("withdrawn_at")), (3, True))
        with self.ends_in("FAILED_PRECONDITION", "SHEET_WITHDRAWN"):
            list(self.anybody("PublicService.FetchSheet", receipt_code=code, phone_last4="1234"))
        request = "select reason, idx from lab.log_request where kind = 3 and ref = lab.sheet_index(%s, 0)"
        end = time.monotonic() + 20
        while self.daemon.sql(request, sheet.sheet_no)[0][1] is None and time.monotonic() < end:
            time.sleep(0.1)
        reason, index = self.daemon.sql(request, sheet.sheet_no)[0]
        self.assertEqual((reason, index is not None), (1, True))
        for short, more in (("RequestAmendment", dict(version=told.item_version, what="AMENDMENT_WHAT_OTHER", **WHY)),
                            ("RequestWithdrawal", dict(withdrawal_code="WITHDRAWAL_CODE_OTHER", **WHY))):
            with self.ends_in("FAILED_PRECONDITION", "SHEET_WITHDRAWN"):
                self.act("QUALITY", short, sheet_no=sheet.sheet_no, **more)

    def test_ten_confirm_at_once_and_it_is_withdrawn_once(self):
        sheet, _ = self.sealed()
        self.act("MANAGER", "RequestWithdrawal", sheet_no=sheet.sheet_no, withdrawal_code="WITHDRAWAL_CODE_OTHER", **WHY)
        results = at_once([lambda who=who: self.act(who, "ConfirmWithdrawal", sheet_no=sheet.sheet_no, password=PASSWORD,
                                                    meaning="withdrawn") for who in ("SIGNATORY", "SECOND") * 5])
        self.assertEqual(sum(not isinstance(one, Refusal) for one in results), 1)
        self.assertEqual(self.daemon.sql("select count(*) from lab.log_request where kind = 3 and ref = lab.sheet_index(%s, 0)",
                                         sheet.sheet_no), [(1,)])

    # ---- many at once
    def approved(self, count):
        receipt = self.world.received(items=[ring() for _ in range(count)])
        technician, reviewer = self.people["TECHNICIAN"], self.people["REVIEWER"]
        for item in receipt.items:
            test = item.tests[0]
            test = technician("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
            test = technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, instrument="XRF-01",
                              readings=[dict(value=value) for value in ("753.4", "753.1", "753.9")],
                              expanded_uncertainty="2.0").test
            test = technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
            reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        return [self.world.item(item.item_code) for item in receipt.items]

    def batch(self, items):
        return self.act("SIGNATORY", "ReleaseSheets", releases=[dict(item_code=item.item_code, version=item.version) for item in items],
                        **MEANING).sheets

    def test_fifty_are_released_under_one_signature(self):
        items = [item for count in (20, 20, 10) for item in self.approved(count)]
        sheets = self.batch(items)
        self.assertEqual({sheet.item_code for sheet in sheets}, {item.item_code for item in items})
        numbers = sorted(int(sheet.sheet_no[-6:]) for sheet in sheets)
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 50)))
        for sheet in sheets[::17]:
            self.assertTrue(self.pdf(sheet).startswith(b"%PDF"))

    def test_one_that_cannot_be_released_keeps_all_back_and_is_named(self):
        items = self.approved(2)
        bad = self.world.item(self.world.submitted().item_code)
        with self.ends_in("FAILED_PRECONDITION", "BATCH_REFUSED") as refusal:
            self.batch([*items, bad])
        self.assertEqual(refusal[0].metadata, {bad.item_code: "ITEM_NOT_REVIEWED"})
        self.assertEqual([self.world.item(item.item_code).sheet_no for item in items], ["", ""])
        with self.ends_in("INVALID_ARGUMENT"):
            self.batch([])
        with self.ends_in("UNAUTHENTICATED", "PASSWORD_WRONG"):
            self.act("SIGNATORY", "ReleaseSheets", releases=[dict(item_code=items[0].item_code, version=items[0].version)],
                     password="not the password", meaning="approved")
        self.assertEqual(len(self.batch(items)), 2)

    def test_no_sheet_is_released_with_an_owner_whose_correction_may_still_be_cancelled(self):
        first, second = self.approved(2)
        sheet, = self.batch([first])
        self.pdf(sheet)
        self.amend(sheet, what="AMENDMENT_WHAT_CLIENT_DATA")
        self.correct(sheet, owner=dict(name="李四", phone="13800005678"))
        with self.ends_in("FAILED_PRECONDITION", "OWNER_CORRECTED"):
            self.act("SIGNATORY", "ReleaseSheet", item_code=second.item_code, version=second.version, **MEANING)
        with self.ends_in("FAILED_PRECONDITION", "BATCH_REFUSED"):
            self.batch([second])
        self.act("QUALITY", "CancelAmendment", sheet_no=sheet.sheet_no, reason="the receipt was right")
        again, = self.batch([second])
        owners = self.daemon.sql("select record #>> '{client,name}' from lab.sheet where sheet_no in (%s, %s)", sheet.sheet_no, again.sheet_no)
        self.assertEqual(owners, [("王小明",)] * 2)

    def test_a_batch_that_is_repeated_gives_the_same_sheets(self):
        items = [dict(item_code=item.item_code, version=item.version) for item in self.approved(2)]
        fields = dict(releases=items, request_id="7b0e1c2a-0000-4000-8000-000000000001", **MEANING)
        first, second = (self.act("SIGNATORY", "ReleaseSheets", **fields).sheets for _ in range(2))
        self.assertEqual([sheet.sheet_no for sheet in first], [sheet.sheet_no for sheet in second])


if __name__ == "__main__":
    unittest.main()
