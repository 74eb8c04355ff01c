# SPDX-License-Identifier: Apache-2.0
"""Two and more at once: one intake key from fifty connections, two technicians on one test, desks numbering
their receipts side by side. Each caller has a connection of its own; a barrier lets them go together."""
import unittest

import grpc

from tests.outside.case import MANY_CONNECTIONS, Outside, Refusal, at_once
from tests.outside.world import READINGS, intake_fields, ring
from tests.support.daemon import key

CONNECTIONS = 50


class Concurrency(Outside):
    settings = MANY_CONNECTIONS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["ADMINISTRATOR"].staff("technician2", ["TECHNICIAN"])
        cls.people["MANAGER"]("StaffService.SetQualification", username="technician2", laboratory="JEW",
                              version=cls.world.member("technician2").version, method_id="M_XRF", qualified=True,
                              reason="authorised by the manager")
        cls.second = cls.connected(cls.daemon.log_in("technician2").token)

    @classmethod
    def connected(cls, token):
        """A client on a connection of its own, already open."""
        client = cls.daemon.client(token, cls.daemon.channel([("grpc.use_local_subchannel_pool", 1)]))
        client("StaffService.WhoAmI")
        return client

    def item_count(self, phone):
        return [person.item_count for person in
                self.people["RECEPTION"]("DeskService.FindPersons", query=phone).persons]

    def receipts(self, desk):
        return self.daemon.sql("select count(*), max(substring(receipt_no from '\\d+$')::int) from lab.receipt "
                               "where desk = %s", desk)[0]

    # ---- one key
    def test_one_key_from_fifty_connections_makes_one_receipt_and_one_answer(self):
        phone, fields = "13400000001", dict(intake_fields(owner=dict(name="赵 一", phone="13400000001")))
        before = self.receipts("D1")
        desk = self.people["RECEPTION"]
        request = desk.request("DeskService.RegisterIntake", **fields)
        clients = [self.connected(desk.token) for _ in range(CONNECTIONS)]
        answers = at_once([lambda c=c: c("DeskService.RegisterIntake", message=request, timeout=60) for c in clients])
        self.assertEqual([a.text for a in answers if isinstance(a, Refusal)], [])
        self.assertEqual(len({answer.SerializeToString(deterministic=True) for answer in answers}), 1)
        self.assertEqual(self.receipts("D1"), (before[0] + 1, (before[1] or 0) + 1))
        self.assertEqual(self.item_count(phone), [1])

    def test_the_same_key_from_another_desk_gives_the_same_answer(self):
        request = self.people["RECEPTION"].request("DeskService.RegisterIntake", **intake_fields())
        self.people["ADMINISTRATOR"].staff("reception2", ["RECEPTION"])
        first = self.people["RECEPTION"]("DeskService.RegisterIntake", message=request)
        second = self.daemon.log_in("reception2", "D2")("DeskService.RegisterIntake", message=request)
        self.assertEqual(first, second)

    def test_the_same_key_with_another_body_is_refused_and_the_first_answer_stays(self):
        desk, request_id = self.people["RECEPTION"], key()
        first = desk("DeskService.RegisterIntake", **intake_fields(request_id=request_id))
        for changes in (dict(purpose="dispute"), dict(items=[ring(mass_g="3.520")]), dict(items=[ring(), ring()]),
                        dict(items=[ring(photo=b"")]), dict(owner=dict(name="王小明", phone="13800001235"))):
            with self.ends_in("INVALID_ARGUMENT", "REQUEST_ID_REUSED", str(changes)[:60]):
                desk("DeskService.RegisterIntake", **intake_fields(request_id=request_id, **changes))
        self.assertEqual(desk("DeskService.RegisterIntake", **intake_fields(request_id=request_id)), first)

    def test_one_key_is_free_for_another_method(self):
        request_id = key()
        receipt = self.people["RECEPTION"]("DeskService.RegisterIntake",
                                           **intake_fields(request_id=request_id)).receipt
        test = receipt.items[0].tests[0]
        self.people["TECHNICIAN"]("BenchService.ClaimTest", request_id=request_id, test_id=test.test_id,
                                  version=test.version)

    def test_fifty_bodies_under_one_key_make_one_and_refuse_the_rest(self):
        desk, request_id = self.people["RECEPTION"], key()
        clients = [self.connected(desk.token) for _ in range(CONNECTIONS)]
        answers = at_once([lambda n=n, c=c: c("DeskService.RegisterIntake", timeout=60, **intake_fields(
            request_id=request_id, purpose=f"purpose {n}", owner=dict(name="钱 二", phone="13400000002")))
            for n, c in enumerate(clients)])
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        self.assertEqual({answer.reason for answer in refused}, {"REQUEST_ID_REUSED"})
        self.assertEqual(len(refused), CONNECTIONS - 1)
        self.assertEqual(self.item_count("13400000002"), [1])

    def test_a_refusal_by_state_is_kept_under_its_key(self):
        test = self.world.claimed()
        second, request_id = self.second, key()
        fields = dict(request_id=request_id, test_id=test.test_id, version=test.version, readings=READINGS)
        told = []
        for _ in range(2):
            with self.ends_in("PERMISSION_DENIED") as refusal:
                second("BenchService.EnterResult", **fields)
            told.append((refusal[0].reason, refusal[0].text))
            self.people["MANAGER"]("BenchService.AssignTest", test_id=test.test_id, technician="technician2",
                                   version=self.now(test).version, reason="to see whether the answer changes") \
                if len(told) == 1 else None
        self.assertEqual(told[0], told[1])

    # ---- two technicians
    def now(self, test):
        return self.people["TECHNICIAN"]("BenchService.GetTest", test_id=test.test_id).test

    def one_wins(self, answers):
        won = [answer for answer in answers if not isinstance(answer, Refusal)]
        lost = [answer for answer in answers if isinstance(answer, Refusal)]
        self.assertEqual((len(won), len(lost)), (1, len(answers) - 1), [vars(answer) for answer in lost])
        return won[0], lost

    def test_two_technicians_claim_one_test_and_one_wins(self):
        first = self.connected(self.people["TECHNICIAN"].token)
        for _ in range(5):
            test = self.world.received().items[0].tests[0]
            answers = at_once([lambda c=c: c("BenchService.ClaimTest", test_id=test.test_id, version=test.version)
                               for c in (first, self.second)])
            won, lost = self.one_wins(answers)
            self.assertEqual((lost[0].code.name, lost[0].reason), ("ABORTED", "VERSION_STALE"))
            self.assertEqual(self.now(test), won.test)

    def test_two_results_for_one_test_and_one_wins_and_the_other_is_told_both_values(self):
        test = self.world.claimed()
        clients = [self.connected(self.people["TECHNICIAN"].token) for _ in range(2)]
        values = (["751.10", "751.2", "751.3"], ["768.1", "768.2", "768.30"])
        answers = at_once([lambda c=c, v=v: c("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                              readings=[dict(value=one) for one in v]) for c, v in zip(clients, values)])
        won, lost = self.one_wins(answers)
        told = lost[0]
        self.assertEqual((told.code.name, told.reason), ("ABORTED", "VERSION_STALE"))
        winner = [reading.value for reading in won.test.readings]
        loser, = [v for v in values if v != winner]
        self.assert_told(told, winner, loser, "technician", won.test.version)

    def assert_told(self, told, current, yours, by, version):
        for value in current:
            self.assertIn(value, told.metadata["current_readings"])
        for value in yours:
            self.assertIn(value, told.metadata["your_readings"])
            self.assertNotIn(value, told.metadata["current_readings"])
        self.assertEqual(told.metadata["current_by"], by)
        self.assertIn(str(version), told.metadata.values())

    def test_a_technician_whose_test_went_to_another_is_told_what_the_other_wrote(self):
        mine = self.world.claimed()
        given = self.people["MANAGER"]("BenchService.AssignTest", test_id=mine.test_id, version=mine.version,
                                       technician="technician2", reason="the first one went home").test
        theirs = self.second("BenchService.EnterResult", test_id=given.test_id, version=given.version,
                             readings=[dict(value="744.44")] * 3).test
        with self.assertRaises(grpc.RpcError) as caught:
            self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=mine.test_id, version=mine.version,
                                      readings=[dict(value="755.55")] * 3)
        told = Refusal(caught.exception)
        self.assertEqual((told.code.name, told.reason), ("ABORTED", "VERSION_STALE"))
        self.assert_told(told, ["744.44"], ["755.55"], "technician2", theirs.version)
        self.assertEqual([reading.value for reading in self.now(mine).readings], ["744.44"] * 3)

    def test_review_and_re_entry_at_once_leave_one_truth(self):
        test = self.world.submitted()
        reviewer = self.people["REVIEWER"]
        acts = [lambda: reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=test.version),
                lambda: reviewer("ReviewService.SendBackTest", test_id=test.test_id, version=test.version,
                                 reason="measure again")]
        won, lost = self.one_wins(at_once(acts))
        self.assertEqual((lost[0].code.name, lost[0].reason), ("ABORTED", "VERSION_STALE"))
        self.assertEqual(self.now(test), won.test)

    def test_one_item_is_released_once(self):
        item = self.world.item(self.world.approved().item_code)
        from tests.support.daemon import PASSWORD
        token = self.people["SIGNATORY"].token
        answers = at_once([lambda c=c: c("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                         password=PASSWORD, meaning="approved for issue", timeout=60)
                           for c in [self.connected(token) for _ in range(5)]])
        self.one_wins(answers)
        rows = self.daemon.sql("select count(*) from lab.sheet where item_code = %s", item.item_code)
        self.assertEqual(rows, [(1,)])

    # ---- receipts without gaps
    def test_receipts_of_each_desk_have_no_gap_under_load_with_refusals_between(self):
        desks = {}
        for number in (3, 4, 5):
            self.people["ADMINISTRATOR"].staff(f"desk{number}", ["RECEPTION"])
            desks[f"D{number}"] = self.daemon.log_in(f"desk{number}", f"D{number}").token
        clients = [(desk, self.connected(token)) for desk, token in desks.items() for _ in range(4)]

        def work(desk, client):
            numbers = []
            for n in range(10):
                bad = n % 3 == 2  # a refused intake must not use up a number
                item = ring(claimed_product_id="JEW_NONE") if bad else ring(photo=b"")
                try:
                    numbers.append(client("DeskService.RegisterIntake", timeout=60,
                                          **intake_fields(items=[item])).receipt.receipt_no)
                except grpc.RpcError as error:
                    if not bad:
                        raise
                    del error
            return desk, numbers
        answers = at_once([lambda d=d, c=c: work(d, c) for d, c in clients])
        self.assertEqual([vars(answer) for answer in answers if isinstance(answer, Refusal)], [])
        for desk in desks:
            numbers = sorted(int(text.rpartition("-")[2]) for d, texts in answers if d == desk for text in texts)
            self.assertEqual(numbers, list(range(1, 29)), desk)
            self.assertTrue(all(text.startswith(desk + "-") for d, texts in answers if d == desk for text in texts))


if __name__ == "__main__":
    unittest.main()
