# SPDX-License-Identifier: Apache-2.0
"""Copies of labels and papers, numbered over all desks; the second with a reason; papers that name their person in full, and the
history that tells who had them printed."""
import unittest

import psycopg2

from tests.outside.case import Outside, Refusal, at_once
from tests.outside.world import ring
from tests.support.daemon import key

LABEL, BAG, RECEIPT, AGREEMENT = (f"PRINT_KIND_{word}" for word in ("ITEM_LABEL", "BAG_LABEL", "RECEIPT", "AGREEMENT"))


class Prints(Outside):
    def record(self, *pieces, who="RECEPTION", **more):
        return self.people[who]("DeskService.RecordPrints", pieces=[dict(print_kind=kind, number=number) for kind, number in pieces], **more)

    def history(self, number, who="AUDITOR"):
        return self.people[who]("DeskService.ListPrints", number=number).prints

    def item(self):
        return self.world.received().items[0].item_code

    def test_the_second_copy_needs_a_reason_and_is_numbered_at_every_desk(self):
        code = self.item()
        self.assertEqual(self.record((LABEL, code)).prints[0].copy, 1)
        with self.ends_in("FAILED_PRECONDITION", "REPRINT_REASON") as refusal:
            self.record((LABEL, code), who="MANAGER")
        self.assertEqual(refusal[0].metadata["copies"], "1")
        self.assertIn("--reason", refusal[0].text)
        self.assertEqual(self.record((LABEL, code), who="MANAGER", reason="the first was smudged").prints[0].copy, 2)
        told = [(one.copy, one.printed_by, one.desk, one.reason) for one in self.history(code)]
        self.assertEqual(told, [(1, "reception", "D1", ""), (2, "manager", "", "the first was smudged")])

    def test_kinds_are_counted_apart_and_a_bag_is_all_or_none(self):
        receipt = self.world.received(items=[ring(), ring()])
        codes = [item.item_code for item in receipt.items]
        self.record((LABEL, codes[1]))
        pieces = [(BAG, receipt.receipt_no), *((LABEL, code) for code in codes)]
        with self.ends_in("FAILED_PRECONDITION", "REPRINT_REASON"):
            self.record(*pieces)
        self.assertEqual((len(self.history(codes[0])), len(self.history(receipt.receipt_no))), (0, 0))
        prints = self.record(*pieces, reason="all of it again").prints
        self.assertEqual({(one.print_kind, one.number): one.copy for one in prints},
                         {(2, receipt.receipt_no): 1, (1, codes[0]): 1, (1, codes[1]): 2})

    def test_the_same_call_twice_is_one_print(self):
        code, once = self.item(), key()
        first = self.record((LABEL, code), request_id=once)
        self.assertEqual(self.record((LABEL, code), request_id=once), first)
        self.assertEqual(len(self.history(code)), 1)

    def test_many_at_once_are_numbered_without_a_gap(self):
        code = self.item()
        done = at_once([lambda: self.record((LABEL, code), reason="at once")] * 8)
        self.assertEqual([one for one in done if isinstance(one, Refusal)], [])
        self.assertEqual(sorted(one.prints[0].copy for one in done), list(range(1, 9)))

    def test_what_is_not_there_is_not_printed_and_not_every_role_prints(self):
        with self.ends_in("NOT_FOUND"):
            self.record((LABEL, "7K3-M9Q-X23"))
        with self.ends_in("NOT_FOUND"):
            self.record((RECEIPT, self.item()))
        with self.ends_in("PERMISSION_DENIED"):
            self.record((AGREEMENT, self.world.received().receipt_no), who="TECHNICIAN")

    def test_a_ticket_s_slip_is_counted(self):
        ticket = self.people["RECEPTION"]("OpenDayService.TakeTicket", laboratory="JEW", places=1).ticket
        number = f"{ticket.laboratory}/{ticket.day}/{ticket.ticket_no}"
        self.assertEqual(self.record(("PRINT_KIND_TICKET", number)).prints[0].copy, 1)
        self.assertEqual(self.history(number)[0].number, number)

    def test_the_agreement_names_standards_rules_losses_money_and_the_person_in_full(self):
        receipt = self.world.received(items=[ring(tests=[dict(method_id="M_CUP", parameter_id="AU"),
                                                         dict(method_id="M_XRF", parameter_id="AU")])],
                                      consents=[dict(kind=f"CONSENT_KIND_{kind}", given_by_owner=True)
                                                for kind in ("PRIVACY", "AGREEMENT", "DESTRUCTIVE")])
        paper = self.record((AGREEMENT, receipt.receipt_no)).paper
        self.assertEqual((paper.owner_name, paper.owner_phone), ("王小明", "13800001234"))
        tests = {test.standard: test for test in paper.tests}
        self.assertEqual(set(tests), {"GB/T 9288-2019", "GB/T 18043-2013"})
        self.assertIn("GB 11887-2012", tests["GB/T 9288-2019"].judged_by)
        # 250 mg twice is 0.5 g of 3.52 g that are worth CNY 2600: 369.32, and no more than 370.
        self.assertEqual(paper.items[0].loss, "至多 at most 0.5 g，折合不超过 up to CNY 370")
        self.assertIn("免费", paper.fee)
        self.assertIn("退还", paper.disposal)
        self.assertIn("短信", paper.delivery)
        rules = {rule.rule_no: rule.en for rule in paper.rules}
        self.assertIn("simple acceptance", rules[tests["GB/T 9288-2019"].rule_no])
        self.assertIn("screening", rules[tests["GB/T 18043-2013"].rule_no])
        seen = self.daemon.sql("select object_type, operation from lab.history where reason = %s", f"printed agreement {receipt.receipt_no}")
        self.assertEqual(seen, [("person", "reveal")])

    def test_the_receipt_names_the_person_and_masks_the_phone(self):
        paper = self.record((RECEIPT, self.world.received().receipt_no)).paper
        self.assertEqual((paper.owner_name, paper.owner_phone), ("王小明", "138****1234"))

    def test_what_was_printed_stays_told_against_plain_sql_too(self):
        code = self.item()
        self.record((LABEL, code))
        staff = self.daemon.sql("select staff_id from lab.staff where username = 'reception'")[0][0]
        for statement, why in (("delete from lab.print_event", "never changes"), ("update lab.print_event set copy = 9", "never changes"),
                               (f"insert into lab.print_event (kind, number, copy, laboratory, printed_by, printed_at, reason) "
                                f"values ('item_label', '{code}', 3, 'JEW', '{staff}', now(), 'x')", "numbered one after the other"),
                               (f"insert into lab.print_event (kind, number, copy, laboratory, printed_by, printed_at) "
                                f"values ('item_label', '{code}', 2, 'JEW', '{staff}', now())", "print_again_has_reason")):
            with self.subTest(statement=statement), self.assertRaisesRegex(psycopg2.Error, why):
                self.daemon.sql(statement)


if __name__ == "__main__":
    unittest.main()
