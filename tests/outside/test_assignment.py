# SPDX-License-Identifier: Apache-2.0
"""Who gets a test: by rule of those who are fit on the day the least loaded, by hand a person who is named; and what is told
of tests that nobody got."""
import contextlib
import threading
import unittest

from tests.outside.case import MANY_CONNECTIONS, Outside, at_once
from tests.outside.test_fitness import day
from tests.outside.world import ring

CALLERS = 8


class Assignment(Outside):
    settings = MANY_CONNECTIONS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = ["technician", "anna", "bert"]
        for name in cls.staff[1:]:
            cls.people["ADMINISTRATOR"].staff(name, ["TECHNICIAN"])
            cls.qualify(name)

    @classmethod
    def qualify(cls, name, qualified=True):
        cls.people["MANAGER"]("StaffService.SetQualification", username=name, laboratory="JEW", method_id="M_XRF",
                              version=cls.world.member(name).version, qualified=qualified, reason="as the training showed")

    def setUp(self):
        self.auto()  # what other tests left
        self.daemon.sql("update lab.test set state = 'cancelled' where state in ('assigned', 'in_progress')")

    def auto(self, **more):
        return self.people["MANAGER"]("BenchService.AutoAssignTests", laboratory="JEW", **more)

    def demand(self, competence=True):
        self.people["MANAGER"]("FitnessService.SetMethodChecks", laboratory="JEW", method_id="M_XRF", competence=competence,
                               reason="quality manual 6.2")
        self.addCleanup(self.people["MANAGER"], "FitnessService.SetMethodChecks", laboratory="JEW", method_id="M_XRF",
                        reason="end of the test")

    def record(self, kind, subject, first=-1, last=1, **more):
        self.people["MANAGER"]("FitnessService.RecordFitness", **self.world.fitness(
            f"FITNESS_KIND_{kind}", subject, day(first), day(last), **more))

    def waiting(self, count=1):
        """Tests that nobody holds, one item each."""
        items = self.world.received(items=[ring() for _ in range(count)]).items
        return [item.tests[0] for item in items]

    def loads(self):
        return dict(self.daemon.sql("select username, count(test_id) from lab.staff left join lab.test on assigned_to = staff_id "
                                    "and state in ('assigned', 'in_progress') where username = any (%s) group by 1", self.staff))

    # ---- by rule
    def test_the_least_loaded_gets_the_next_and_of_equals_the_first_by_log_in(self):
        self.waiting(4)
        self.assertEqual([test.assigned_to for test in self.auto().assigned], ["anna", "bert", "technician", "anna"])
        self.waiting(2)
        self.assertEqual([test.assigned_to for test in self.auto().assigned], ["bert", "technician"])

    def test_what_is_due_first_goes_first(self):
        late, soon = self.waiting(2)
        self.daemon.sql("update lab.test set due_at = due_at - interval '3 days' where test_id = %s", soon.test_id)
        self.assertEqual([test.test_id for test in self.auto().assigned], [soon.test_id, late.test_id])

    def test_one_item_can_be_named_and_the_others_wait(self):
        first, second = self.waiting(2)
        answer = self.auto(item_code=second.item_code)
        self.assertEqual([test.test_id for test in answer.assigned], [second.test_id])
        self.assertEqual((answer.left_unassigned, len(answer.left_tests)), (0, 0))
        self.assertEqual([test.test_id for test in self.auto().assigned], [first.test_id])

    def test_only_who_is_competent_on_the_day_gets_it_and_when_nobody_is_the_answer_says_who_lacks_what(self):
        self.demand()
        self.record("COMPETENCE", "bert", -400, -1, competence_for="M_XRF")  # ended yesterday
        test, = self.waiting()
        answer = self.auto()
        self.assertEqual((len(answer.assigned), answer.left_unassigned), (0, 1))
        left, = answer.left_tests
        self.assertEqual((left.test_id, left.item_code, left.method_id, left.parameter_id),
                         (test.test_id, test.item_code, "M_XRF", "AU"))
        self.assertEqual(left.reason, "; ".join(f"{name} has no valid competence on {day(0)}" for name in sorted(self.staff)))
        self.record("COMPETENCE", "bert", 0, 0, competence_for="M_XRF")
        self.assertEqual([test.assigned_to for test in self.auto().assigned], ["bert"])

    def test_who_is_away_gets_nothing_and_an_absence_that_is_withdrawn_ends(self):
        for name in self.staff:
            self.record("ABSENCE", name, -3, 3)
        self.waiting()
        self.assertEqual(self.auto().left_tests[0].reason, "anna is away; bert is away; technician is away")
        self.record("ABSENCE", "bert", 0, 3, withdrawn=True)
        self.assertEqual([test.assigned_to for test in self.auto().assigned], ["bert"])
        self.record("ABSENCE", "bert", 2, 9)  # a later one says nothing of today
        self.waiting()
        self.assertEqual([test.assigned_to for test in self.auto().assigned], ["bert"])
        for name in self.staff:
            self.record("ABSENCE", name, -3, 9, withdrawn=True)

    def test_an_absence_is_of_a_technician_of_the_laboratory(self):
        with self.ends_in("INVALID_ARGUMENT"):
            self.record("ABSENCE", "reviewer")
        with self.ends_in("INVALID_ARGUMENT"):
            self.record("ABSENCE", "bert", competence_for="M_XRF")

    def test_who_is_disabled_or_no_longer_qualified_gets_nothing(self):
        admin = self.people["ADMINISTRATOR"]
        admin("StaffService.SetStaffEnabled", username="anna", version=self.world.member("anna").version, enabled=False,
              laboratory="JEW", reason="left the house")
        self.qualify("bert", False)
        self.waiting(2)
        self.assertEqual([test.assigned_to for test in self.auto().assigned], ["technician"] * 2)
        admin("StaffService.SetStaffEnabled", username="anna", version=self.world.member("anna").version, enabled=True,
              laboratory="JEW", reason="came back")
        self.qualify("bert")

    def test_who_approved_a_result_of_the_item_gets_none_of_it(self):
        self.people["ADMINISTRATOR"].staff("both", ["TECHNICIAN", "REVIEWER"])
        self.qualify("both")
        self.staff.append("both")
        self.addCleanup(self.staff.remove, "both")
        self.addCleanup(self.qualify, "both", False)
        both = self.daemon.log_in("both")
        item = self.world.received(items=[ring(tests=[dict(method_id="M_XRF", parameter_id=name) for name in ("AU", "AG")])]).items[0]
        gold, silver = sorted(item.tests, key=lambda test: test.parameter_id, reverse=True)
        technician = self.people["TECHNICIAN"]
        gold = technician("BenchService.ClaimTest", test_id=gold.test_id, version=gold.version).test
        gold = technician("BenchService.EnterResult", test_id=gold.test_id, version=gold.version, expanded_uncertainty="2.0",
                          readings=[dict(value=value) for value in ("753.1", "753.2", "753.3")]).test
        gold = technician("BenchService.SubmitTest", test_id=gold.test_id, version=gold.version).test
        both("ReviewService.ApproveTest", test_id=gold.test_id, version=gold.version)
        for name in self.staff[:3]:
            self.record("ABSENCE", name, 0, 0)
        self.assertIn("both approved a result of this item", self.auto(item_code=item.item_code).left_tests[0].reason)
        for name in self.staff[:3]:
            self.record("ABSENCE", name, 0, 0, withdrawn=True)
        with self.ends_in("FAILED_PRECONDITION", "SAME_PERSON"):
            self.assign(silver, "both")
        self.assertEqual(self.auto(item_code=item.item_code).assigned[0].assigned_to, "anna")

    def test_assigners_at_once_give_each_test_once_and_overload_nobody(self):
        tests = {test.test_id for _ in range(3) for test in self.waiting(20)}
        clients = [self.daemon.client(self.people["MANAGER"].token,
                                      self.daemon.channel([("grpc.use_local_subchannel_pool", 1)])) for _ in range(CALLERS)]
        desk = [lambda n=n: self.waiting(3) for n in range(CALLERS)]  # what comes in meanwhile
        answers = at_once([lambda c=c: c("BenchService.AutoAssignTests", laboratory="JEW", timeout=60) for c in clients] + desk)
        given = [test.test_id for answer in answers[:CALLERS] for test in answer.assigned]
        tests |= {test.test_id for made in answers[CALLERS:] for test in made}
        given += [test.test_id for test in self.auto().assigned]
        self.assertEqual(len(given), len(set(given)))
        self.assertEqual(set(given), tests)
        loads = self.loads()
        self.assertEqual(sum(loads.values()), len(tests))
        self.assertLessEqual(max(loads.values()) - min(loads.values()), 1, loads)

    def test_an_assigner_counts_what_another_gave_that_has_not_ended_yet(self):
        first, second = self.waiting(2)
        with contextlib.closing(self.daemon.database()) as connection, connection.cursor() as cursor:
            connection.autocommit = False
            cursor.execute("lock table lab.history in share mode")  # the first stops at its first change
            answers, callers = {}, []
            for place, test in enumerate((first, second), 1):
                callers.append(threading.Thread(target=lambda t=test: answers.update({t.test_id: self.auto(item_code=t.item_code)})))
                callers[-1].start()
                while self.daemon.sql("select count(distinct pid) from pg_locks where not granted") != [(place,)]:
                    pass
            connection.rollback()
            for caller in callers:
                caller.join()
        self.assertEqual([answers[test.test_id].assigned[0].assigned_to for test in (first, second)], ["anna", "bert"])

    # ---- by hand
    def assign(self, test, name, **more):
        now = self.people["MANAGER"]("BenchService.GetTest", test_id=test.test_id).test
        return self.people["MANAGER"]("BenchService.AssignTest", test_id=test.test_id, version=now.version, technician=name,
                                      **more).test

    def test_by_hand_only_to_who_is_competent_and_the_refusal_says_what_is_lacking(self):
        self.demand()
        test, = self.waiting()
        with self.ends_in("FAILED_PRECONDITION", "NOT_COMPETENT") as refusal:
            self.assign(test, "anna")
        self.assertEqual((refusal[0].metadata["method_id"], refusal[0].metadata["day"]), ("M_XRF", day(0)))
        self.assertIn("record it", refusal[0].text)
        self.record("COMPETENCE", "anna", competence_for="M_XRF")
        self.assertEqual(self.assign(test, "anna").assigned_to, "anna")
        self.record("COMPETENCE", "anna", withdrawn=True, competence_for="M_XRF")

    def test_work_that_began_changes_hands_by_the_manager_with_a_reason_and_the_history_shows_both(self):
        test, = self.waiting()
        technician = self.people["TECHNICIAN"]
        now = technician("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        now = technician("BenchService.EnterResult", test_id=test.test_id, version=now.version, readings=[dict(value="753.1")]).test
        with self.ends_in("PERMISSION_DENIED"):
            technician("BenchService.AssignTest", test_id=test.test_id, version=now.version, technician="bert", reason="take it")
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.assign(test, "bert")
        self.assertEqual(list(refusal[0].fields), ["reason"])
        self.assertEqual(self.assign(test, "bert", reason="technician fell ill").assigned_to, "bert")
        self.assertEqual(len(self.auto().assigned), 0)  # by rule nothing is taken from anybody
        row = self.daemon.sql("select old_values ->> 'assigned_to', new_values ->> 'assigned_to', reason from lab.history "
                              "where object_type = 'test' and object_id = %s order by entry_id desc limit 1", test.test_id)
        ids = dict(self.daemon.sql("select username, staff_id::text from lab.staff"))
        self.assertEqual(row, [(ids["technician"], ids["bert"], "technician fell ill")])


if __name__ == "__main__":
    unittest.main()
