# SPDX-License-Identifier: Apache-2.0
"""Complaints: anybody files one and is told its number at once; nobody handles what he tested, reviewed or signed; it ends with an
outcome that the complainant is told."""
import contextlib
import unittest

import psycopg2

from tests.outside import http2
from tests.outside.case import Outside
from tests.outside.hook import Hook
from tests.support.daemon import Daemon

RECEIVED, ASSIGNED, CLOSED = 1, 2, 3


class Complaints(Outside):
    @classmethod
    def make_daemon(cls):
        cls.hook = Hook()
        cls.addClassCleanup(cls.hook.remove)
        return Daemon(settings=cls.hook.settings)

    def act(self, method, who="QUALITY", **fields):
        return self.people[who](f"ComplaintService.{method}", **fields).complaint

    def filed(self, **more):
        return self.act("FileComplaint", "RECEPTION", **dict(dict(laboratory="JEW", complaint_kind="COMPLAINT_KIND_RESULT",
                                                                  statement="it is 18K, you say 14K"), **more))

    def assign(self, made, handler, who="QUALITY"):
        return self.act("AssignComplaint", who, complaint_no=made.complaint_no, version=made.version, handler=handler)

    def close(self, made, who, **more):
        return self.act("CloseComplaint", who, **dict(dict(complaint_no=made.complaint_no, version=made.version,
                        outcome="COMPLAINT_OUTCOME_NOT_UPHELD", finding="the reference method agrees"), **more))

    def told(self, reference, kind):
        return self.hook.wait(reference=reference, kind=kind)

    def test_it_is_acknowledged_at_once_and_the_outcome_is_told(self):
        receipt = self.world.received()
        made = self.filed(receipt_no=receipt.receipt_no)
        self.assertRegex(made.complaint_no, r"^CMP-JEW-\d{4}-\d{4}$")
        self.assertEqual((made.state, made.filed_by, made.filed_at, list(made.item_codes), made.complainant.phone_masked),
                         (RECEIVED, "reception", made.acknowledged_at, [receipt.items[0].item_code], "138****1234"))
        self.assertEqual(self.told(made.complaint_no, "complaint_received")["address"], "13800001234")
        made = self.assign(made, "manager")
        self.assertEqual((made.state, made.handler, made.assigned_by), (ASSIGNED, "manager", "quality"))
        with self.ends_in("PERMISSION_DENIED", "NOT_YOURS"):
            self.close(made, "QUALITY")
        done = self.close(made, "MANAGER")
        self.assertEqual((done.state, done.outcome, done.finding), (CLOSED, 3, "the reference method agrees"))
        self.told(made.complaint_no, "complaint_closed")
        with self.ends_in("FAILED_PRECONDITION", "COMPLAINT_NOT_OPEN"):
            self.close(done, "MANAGER")
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.assign(made, "quality")
        with self.assertRaisesRegex(psycopg2.Error, "keeps what was filed"):
            self.daemon.sql("update lab.complaint set finding = 'x' where complaint_no = %s", made.complaint_no)

    def many(self, name, *roles):
        self.people["ADMINISTRATOR"].staff(name, [*roles, "QUALITY"])
        for short, who, more in (("StaffService.SetQualification", "MANAGER", dict(method_id="M_XRF", qualified=True)),
                                 ("StaffService.SetSignatory", "ADMINISTRATOR", dict(authorised=True))):
            with contextlib.suppress(Exception):
                self.people[who](short, username=name, laboratory="JEW", version=self.world.member(name).version,
                                 reason="for the test", **more)
        return self.daemon.log_in(name)

    def test_who_tested_reviewed_or_signed_does_not_handle_it(self):
        world, people = self.world, self.world.people
        parts = {}
        for role, name in (("TECHNICIAN", "tests"), ("REVIEWER", "reviews"), ("SIGNATORY", "signs")):
            parts[name] = people[role]
            people[role] = self.many(name, role)
        code = world.released().item_code
        for role, name in (("TECHNICIAN", "tests"), ("REVIEWER", "reviews"), ("SIGNATORY", "signs")):
            people[role] = parts[name]
        made = self.filed(item_codes=[code])
        for name, part in (("tests", "tested"), ("reviews", "reviewed"), ("signs", "signed")):
            with self.ends_in("PERMISSION_DENIED", "NOT_INDEPENDENT") as refusal:
                self.assign(made, name)
            self.assertEqual(refusal[0].metadata["part"], part)
            with self.assertRaises(psycopg2.Error) as caught:
                self.daemon.sql("update lab.complaint set state = 'assigned', handler_id = staff.staff_id, assigned_by = staff.staff_id, "
                                "assigned_at = now() from lab.staff where username = %s and complaint_no = %s", name, made.complaint_no)
            self.assertEqual(caught.exception.diag.constraint_name, "NOT_INDEPENDENT")
        with self.ends_in("FAILED_PRECONDITION", "MAY_NOT_HANDLE"):
            self.assign(made, "reception")
        self.assertEqual(self.assign(made, "quality").handler, "quality")

    def test_a_handler_who_takes_part_later_does_not_close_it(self):
        test = self.world.submitted()
        late = self.many("late", "REVIEWER")
        made = self.assign(self.filed(item_codes=[test.item_code]), "late")
        late("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        with self.ends_in("PERMISSION_DENIED", "NOT_INDEPENDENT"):
            late("ComplaintService.CloseComplaint", complaint_no=made.complaint_no, version=made.version, finding="none",
                 outcome="COMPLAINT_OUTCOME_UPHELD")

    def test_a_linked_retest_is_one_of_its_items_and_ends_first(self):
        test, other = self.world.submitted(), self.world.submitted()
        made = self.assign(self.filed(item_codes=[test.item_code]), "manager")
        again, elsewhere = (self.people["REVIEWER"]("ReviewService.OrderRetest", test_id=one.test_id, version=one.version,
                                                    reason="the owner complains").test for one in (test, other))
        for wrong in (test.test_id, elsewhere.test_id):
            with self.ends_in("FAILED_PRECONDITION", "NO_SUCH_RETEST"):
                self.act("LinkRetest", "MANAGER", complaint_no=made.complaint_no, retest_id=wrong)
        linked = self.act("LinkRetest", "MANAGER", complaint_no=made.complaint_no, retest_id=again.test_id)
        self.assertEqual(list(linked.retest_ids), [again.test_id])
        with self.ends_in("FAILED_PRECONDITION", "RETEST_OPEN"):
            self.close(linked, "MANAGER")

    def test_a_list_names_neither_words_nor_persons(self):
        made = self.filed(person=dict(name="赵 丽", phone="13911112222"))
        self.assertEqual(self.act("GetComplaint", complaint_no=made.complaint_no).complainant.name_masked, "赵**")
        listed = self.people["AUDITOR"]("ComplaintService.ListComplaints", laboratory="JEW",
                                        complaint_state="COMPLAINT_STATE_RECEIVED").complaints
        one = next(one for one in listed if one.complaint_no == made.complaint_no)
        self.assertEqual((one.statement, one.HasField("complainant"), one.state), ("", False, RECEIVED))

    # ---- anybody
    def test_anybody_with_the_two_secrets_files_one_and_the_same_words_are_the_same_complaint(self):
        receipt = self.world.received()
        body = dict(receipt_code=receipt.receipt_code, phone_last4="1234", about="damage", statement="a stone is loose")
        answer = http2.ask(self.daemon, "/v1/PublicService/SendComplaint", body)
        self.assertEqual((answer.status, answer.json()["state"]), (200, "received"))
        number = answer.json()["complaint_no"]
        anybody = self.daemon.client()
        self.assertEqual(anybody("PublicService.SendComplaint", **body).complaint_no, number)
        made = self.act("GetComplaint", complaint_no=number)
        self.assertEqual((made.filed_by, made.statement, made.complaint_kind), ("", "a stone is loose", 3))
        self.told(number, "complaint_received")
        for at in range(4):
            anybody("PublicService.SendComplaint", **dict(body, statement=f"and another thing {at}"))
        with self.ends_in("RESOURCE_EXHAUSTED", "COMPLAINTS_ENOUGH"):
            anybody("PublicService.SendComplaint", **dict(body, statement="and one more"))
        with self.ends_in("INVALID_ARGUMENT", "ABOUT_UNKNOWN"):
            anybody("PublicService.SendComplaint", **dict(body, about="nothing"))

    def test_wrong_secrets_file_nothing_and_lock(self):
        receipt = self.world.received()
        body = dict(receipt_code=receipt.receipt_code, phone_last4="9999", about="delay", statement="where is it")
        anybody = self.daemon.client()
        for _ in range(5):
            with self.ends_in("NOT_FOUND", "RECEIPT_UNKNOWN"):
                anybody("PublicService.SendComplaint", **body)
        with self.ends_in("RESOURCE_EXHAUSTED", "RECEIPT_LOCKED"):
            anybody("PublicService.SendComplaint", **dict(body, phone_last4="1234"))
        self.assertEqual(self.daemon.sql("select count(*) from lab.complaint where receipt_no = %s", receipt.receipt_no), [(0,)])


if __name__ == "__main__":
    unittest.main()
