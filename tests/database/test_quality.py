# SPDX-License-Identifier: Apache-2.0
"""Quality control in the database: frozen limits never change, a failed control holds its batch, only the quality
manager releases it, and what is found on an older chart is refused."""
import json
import threading
import unittest

from tests.database.case import Caller, DatabaseCase, Refused


class Charts(DatabaseCase):
    def test_a_chart_is_of_a_method_that_measures_its_parameter(self):
        with self.refused("FIELD_INVALID", "parameter_id"):
            self.chart("WRONG-PAIR", method_id="M_NI", parameter_id="AU")
        with self.refused("FIELD_INVALID", "rule_set"):
            self.chart("WRONG-RULES", rule_set="mine")
        self.chart("TWICE")
        with self.refused("CHART_EXISTS", "chart", 6):
            self.chart("TWICE")

    def test_a_control_keeps_what_was_typed_and_names_the_limits_it_was_judged_by(self):
        self.frozen_chart("TYPED")
        value = "750." + "1234567890" * 3 + "1234567"
        point = self.control("TYPED", value, note="new lamp")["point"]
        self.assertEqual((point["point"], point["value"], point["limits_version"], point["note"]),
                         (21, value, 1, "new lamp"))
        self.assertEqual(str(self.one("select value from lab.control_result where chart = 'TYPED' and point = 21")), value)
        first = self.read("quality_get_chart", "tech", laboratory="JEW", chart="TYPED", newest=21)["points"][0]
        self.assertEqual((first["point"], first.get("limits_version", 0)), (1, 0))

    def test_limits_need_twenty_points(self):
        self.chart("NINETEEN")
        for _ in range(19):
            self.control("NINETEEN")
        with self.refused("CONTROL_TOO_FEW_POINTS", status=9):
            self.freeze("NINETEEN")
        self.control("NINETEEN")
        self.assertEqual(self.freeze("NINETEEN")["limits"]["last_point"], 20)
        with self.refused("CONTROL_TOO_FEW_POINTS"):
            self.freeze("NINETEEN", first_point=2)
        with self.refused("FIELD_INVALID", "last_point"):
            self.freeze("NINETEEN", last_point=21)

    def test_new_limits_are_a_new_version_and_the_old_one_stays(self):
        self.frozen_chart("VERSIONS")
        before = self.sql("select * from lab.control_limits where chart = 'VERSIONS'")
        for _ in range(20):
            self.control("VERSIONS", "750.4")
        self.assertEqual(self.chart_now("VERSIONS")["limits"]["centre"], "750.2")
        self.assertEqual(self.freeze("VERSIONS", mean="750.3", reason="a year later")["limits"]["limits_version"], 2)
        self.assertEqual(self.sql("select * from lab.control_limits where chart = 'VERSIONS' and limits_version = 1"), before)
        versions = self.read("quality_get_chart", "auditor", laboratory="JEW", chart="VERSIONS")["versions"]
        self.assertEqual([(one["limits_version"], one["centre"], one["reason"]) for one in versions],
                         [(2, "750.3", "a year later"), (1, "750.2", "twenty points")])
        self.assertEqual(self.control("VERSIONS")["point"]["limits_version"], 2)

    def test_a_mean_that_is_not_that_of_the_points_is_refused(self):
        self.chart("MEAN")
        for _ in range(20):
            self.control("MEAN")
        with self.refused("LIMITS_REFUSED"):
            self.freeze("MEAN", mean="750.3")
        self.assertNotIn("limits", self.chart_now("MEAN"))

    def test_what_was_found_on_an_older_chart_is_refused_and_writes_nothing(self):
        self.frozen_chart("STALE")
        version = self.chart_now("STALE")["version"]
        self.control("STALE")
        with self.refused("CONTROL_STALE", status=10):
            self.control("STALE", chart_version=version)
        with self.refused("VERSION_STALE", "version", 10):
            self.freeze("STALE", version=version)
        with self.refused("CONTROL_STALE", status=10):
            self.freeze("STALE", daemon=dict(mean="750.2", sigma="0.1", chart_version=version))
        self.assertEqual(self.chart_now("STALE")["points"], 21)

    def import_rules(self, *rows):
        head = "set,name,place,kind,count,of,sigma,side,scope,effect,confidence,source,note"
        pack = [dict(file="control_rules.csv", line=n + 1, cells=line.split(",")) for n, line in enumerate([head, *rows])]
        return self.sql("select * from lab.catalogue_import(%s, 'amy', 'add', false)", json.dumps(pack))

    def test_what_was_judged_by_rules_that_changed_meanwhile_is_refused_and_keeps_no_other_revision(self):
        self.import_rules("shifts,one,1,beyond,1,1,3,any,,reject,certain,,")
        self.frozen_chart("SHIFTS", rule_set="shifts")
        first = self.control("SHIFTS", rules_revision=self.rules_of("SHIFTS"))["point"]
        before = self.rules_of("SHIFTS")
        self.assertEqual(first["rules_revision"], before)
        self.import_rules("shifts,one,1,beyond,1,1,2,any,,reject,certain,,")
        with self.refused("CONTROL_STALE", status=10):
            self.control("SHIFTS", rules_revision=before)
        self.assertEqual(self.chart_now("SHIFTS")["points"], 21)
        after = self.control("SHIFTS", rules_revision=self.rules_of("SHIFTS"), alarms=[("one", True)])["point"]
        self.assertGreater(after["rules_revision"], before)
        with self.refused("ALARM_WITHOUT_RULE"):
            self.control("SHIFTS", rules_revision=self.rules_of("SHIFTS"), alarms=[("1-3s", True)])
        with self.refused("ALARM_WITHOUT_RULE"):
            self.control("SHIFTS", rules_revision=self.rules_of("SHIFTS"), alarms=[("one", False)])

    def rules_of(self, chart):
        return self.read("quality_get_chart", "quality", laboratory="JEW", chart=chart)["rules_revision"]

    def test_the_context_of_a_control_is_the_newest_points_with_the_one_that_is_entered(self):
        self.frozen_chart("CONTEXT")
        for n in range(60):
            self.control("CONTEXT", f"750.{n:02}")
        context = self.caller.rows("select api.quality_control_context(%s, %s)", self.tokens["tech"],
                                   '{"laboratory": "JEW", "chart": "CONTEXT", "value": "751", "batch_no": "B9"}')[0][0]
        self.assertEqual([one["value"] for one in context["values"]],
                         ["750.2"] * 4 + [f"750.{n:02}" for n in range(60)] + ["751"])
        self.assertEqual(len({one["run"] for one in context["values"]}), 2)
        self.assertEqual((context["mean"], context["sigma"], context["limits_version"], context["limits_points"]),
                         ("750.2", "0.1", 1, 20))

    def test_plain_sql_changes_neither_points_nor_limits_nor_alarms(self):
        self.frozen_chart("PLAIN")
        self.control("PLAIN", alarms=[("1-2s", False)])
        for statement in ("update lab.control_limits set mean = '751'", "update lab.control_result set value_text = '1'",
                          "update lab.control_alarm set rejects = true", "delete from lab.control_alarm",
                          "update lab.control_chart set points = 5 where chart = 'PLAIN'",
                          "update lab.control_chart set material = 'other' where chart = 'PLAIN'",
                          "insert into lab.control_limits select laboratory, chart, 2, '751', '1', estimator, 1, 20, "
                          "frozen_by, frozen_at, reason from lab.control_limits where chart = 'PLAIN'",
                          "insert into lab.control_alarm values ('JEW', 'PLAIN', 3, '1-3s', true)"):
            with self.subTest(statement), self.sql_refused("APPEND_ONLY"):
                self.sql(statement)

    def test_charts_are_listed_by_pages(self):
        for n in range(3):
            self.chart(f"PAGE-{n}")
        seen, token = [], ""
        while True:
            answer = self.read("quality_list_charts", "manager", laboratory="JEW", page=dict(page_size=2, page_token=token))
            seen += [one["chart"] for one in answer["charts"]]
            token = answer.get("next_page_token", "")
            if not token:
                break
        self.assertEqual(seen, sorted(set(seen)))
        self.assertTrue({f"PAGE-{n}" for n in range(3)} <= set(seen))


class Holds(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls("test_a_warning_holds_nothing").frozen_chart("HOLD")

    def release_hold(self, hold, who="quality", **changes):
        fields = dict(hold_id=hold["hold_id"], version=hold["version"], reason="rerun of the control was good")
        return self.write("quality_release_hold", who, **dict(fields, **changes))["hold"]

    def version(self, test):
        return dict(test_id=test["test_id"], version=self.read("bench_get_test", "tech",
                                                               test_id=test["test_id"])["test"]["version"])

    def test_a_warning_holds_nothing(self):
        test = self.entered()
        answer = self.control("HOLD", alarms=[("1-2s", False)], batch_no="WARN", test_ids=[test["test_id"]])
        self.assertNotIn("hold", answer)
        self.submit(test)

    def test_a_held_test_is_not_submitted_and_then_it_is(self):
        test = self.entered()
        hold = self.held("HOLD", test, batch="SUBMIT")
        self.assertEqual((hold["batch_no"], hold["value"], hold["rules"]), ("SUBMIT", "751.0", ["1-3s"]))
        with self.refused("BATCH_HELD", status=9) as refusal:
            self.submit(test)
        self.assertEqual(refusal.exception.metadata,
                         {"batch_no": "SUBMIT", "chart": "HOLD", "hold_id": hold["hold_id"]})
        self.release_hold(hold)
        self.assertEqual(self.submit(test)["state"], "submitted")

    def test_a_submitted_test_that_is_held_later_is_not_approved_but_may_be_sent_back(self):
        test = self.submitted()
        self.held("HOLD", test, batch="APPROVE")
        with self.refused("BATCH_HELD"):
            self.write("review_approve_test", "reviewer", **self.version(test))
        self.write("review_send_back_test", "reviewer", reason="after the hold", **self.version(test))

    def test_an_approved_test_that_is_held_later_is_not_released(self):
        test = self.approved()
        hold = self.held("HOLD", test, batch="RELEASE")
        with self.refused("BATCH_HELD"):
            self.release(test["item_code"])
        self.assertEqual(self.one("select count(*) from lab.sheet where item_code = %s", test["item_code"]), 0)
        self.release_hold(hold)
        self.release(test["item_code"])

    def test_a_test_that_joins_a_held_batch_is_held(self):
        test = self.entered()
        self.held("HOLD", batch="JOIN")
        answer = self.write("quality_add_to_batch", "tech", laboratory="JEW", batch_no="JOIN", test_ids=[test["test_id"]])
        self.assertEqual(answer, {"batch_no": "JOIN", "tests": 1, "held": True})
        with self.refused("BATCH_HELD"):
            self.submit(test)

    def test_a_batch_with_two_holds_goes_on_after_both_are_released(self):
        test = self.entered()
        holds = [self.held("HOLD", test, batch="TWO"), self.held("HOLD", batch="TWO")]
        self.release_hold(holds[0])
        with self.refused("BATCH_HELD"):
            self.submit(test)
        self.release_hold(holds[1])
        self.submit(test)

    def test_plain_sql_does_not_get_a_held_test_on(self):
        test = self.approved()
        hold = self.held("HOLD", test, batch="BEHIND")
        with self.sql_refused("APPEND_ONLY"):
            self.sql("delete from lab.batch_test where batch_no = 'BEHIND'")
        with self.sql_refused():
            self.sql("update lab.test set state = 'released' where test_id = %s", test["test_id"])
        for who in ("tech", "manager", "reviewer"):
            with self.subTest(who), self.sql_refused("ROLE_REQUIRED"):
                self.sql("update lab.batch_hold set released_at = now(), release_reason = 'x', released_by = "
                         "(select staff_id from lab.staff where username = %s) where hold_id = %s", who, hold["hold_id"])

    def test_a_retest_does_not_leave_a_held_batch(self):
        order = ("insert into lab.retest select %s, lab.new_id(), 'JEW', staff_id, now(), %s, 'measured again', '' "
                 "from lab.staff where username = 'quality'")
        for test in (self.submitted(), self.approved()):
            hold = self.held("HOLD", test, batch=f"RETEST-{test['state']}")
            for who in ("reviewer", "manager", "quality"):
                with self.subTest(test["state"], who=who), self.refused("BATCH_HELD", status=9) as refusal:
                    self.write("review_order_retest", who, reason="the lamp was old", **self.version(test))
            self.assertEqual((refusal.exception.metadata["batch_no"], refusal.exception.metadata["hold_id"]),
                             (hold["batch_no"], hold["hold_id"]))
            self.assertIn("after the quality manager has released the hold", refusal.exception.message)
            with self.sql_refused("BATCH_HELD"):
                self.sql(order, test["test_id"], test["state"])
            self.assertEqual(self.one("select state from lab.test where test_id = %s", test["test_id"]), test["state"])
            self.release_hold(hold)
            self.write("review_order_retest", "reviewer", reason="the lamp was old", **self.version(test))

    def test_only_the_quality_manager_releases_and_says_why(self):
        hold = self.held("HOLD", batch="WHO")
        for who in ("tech", "reviewer", "signatory", "manager", "auditor", "admin"):
            with self.subTest(who), self.refused("ROLE_REQUIRED", status=7):
                self.release_hold(hold, who)
        with self.refused("VERSION_STALE"):
            self.release_hold(hold, version=9)
        done = self.release_hold(hold)
        self.assertEqual((done["released_by"], done["release_reason"]), ("quality", "rerun of the control was good"))
        with self.refused("HOLD_RELEASED"):
            self.release_hold(done)
        self.assertEqual(self.sql("select actor, reason, new_values ->> 'release_reason' from lab.history where "
                                  "object_type = 'batch_hold' and object_id = %s and operation = 'update'",
                                  hold["hold_id"]), [("quality",) + ("rerun of the control was good",) * 2])

    def test_the_look_back_names_what_was_measured_since_the_last_good_control(self):
        self.frozen_chart("BACK")
        before = self.entered()
        good = self.control("BACK")["point"]
        between, of_other_method = self.entered(), self.claimed()
        in_batch = self.claimed()
        hold = self.held("BACK", in_batch)
        after = self.entered()
        told = self.read("quality_get_hold", "quality", hold_id=hold["hold_id"])
        self.assertEqual(told["last_good"]["point"], good["point"])
        self.assertEqual([(one["test_id"], one.get("in_batch", False)) for one in told["tests"]],
                         [(in_batch["test_id"], True), (between["test_id"], False)])
        again = self.held("BACK", batch="AGAIN")  # the failed one before is no good control
        told = self.read("quality_get_hold", "quality", hold_id=again["hold_id"])
        self.assertEqual([one["test_id"] for one in told["tests"]], [between["test_id"], after["test_id"]])
        self.assertNotIn(before["test_id"], [one["test_id"] for one in told["tests"]])
        self.assertNotIn(of_other_method["test_id"], [one["test_id"] for one in told["tests"]])

    def test_open_holds_are_listed_apart_and_by_pages(self):
        holds = [self.held("HOLD", batch=f"LIST-{n}") for n in range(3)]
        self.release_hold(holds[1])

        def listed(**how):
            seen, token = [], ""
            while True:
                answer = self.read("quality_list_holds", "tech", laboratory="JEW",
                                   page=dict(page_size=2, page_token=token), **how)
                seen += [one["hold_id"] for one in answer["holds"]]
                token = answer.get("next_page_token", "")
                if not token:
                    return seen
        ids = [hold["hold_id"] for hold in reversed(holds)]
        self.assertEqual(listed()[:3], ids)
        self.assertEqual(listed(only_open=True)[:2], [ids[0], ids[2]])

    def test_a_hold_without_a_rejected_control_is_none(self):
        self.control("HOLD", alarms=[("1-2s", False)], batch_no="NONE")
        with self.sql_refused("HOLD_WITHOUT_ALARM"):
            self.sql("insert into lab.batch_hold (laboratory, batch_no, chart, point, held_at) select laboratory, batch_no, "
                     "chart, point, at from lab.control_result where batch_no = 'NONE'")

    def test_a_test_is_submitted_before_the_control_fails_or_not_at_all(self):
        """A control that fails while a test is being submitted: whoever comes second sees the other."""
        test = self.entered()
        self.write("quality_add_to_batch", "tech", laboratory="JEW", batch_no="RACE", test_ids=[test["test_id"]])
        with self.database.connect(autocommit=False) as connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('batch/JEW/RACE', 0))")
            ended = []

            def submit():
                caller = Caller(self.database)
                try:
                    ended.append(caller.write("bench_submit_test", self.tokens["tech"], test_id=test["test_id"],
                                              version=test["version"], daemon=dict(judgement=self.judgement(test))))
                except Refused as refusal:
                    ended.append(refusal.reason)
                caller.connection.close()
            thread = threading.Thread(target=submit)
            thread.start()
            while not self.one("select count(*) from pg_locks where locktype = 'advisory' and not granted"):
                self.assertTrue(thread.is_alive())
            cursor.execute("set role touchstone_owner")
            cursor.execute("update lab.control_chart set points = points + 1 where chart = 'HOLD' returning points, "
                           "limits_version")
            point, limits_version = cursor.fetchone()
            cursor.execute("insert into lab.control_result (laboratory, chart, point, value_text, batch_no, run, entered_by, "
                           "at, limits_version) select 'JEW', 'HOLD', %s, '752', 'RACE', 'RACE', staff_id, now(), %s from "
                           "lab.staff where username = 'tech'", (point, limits_version))
            cursor.execute("insert into lab.control_alarm values ('JEW', 'HOLD', %s, '1-3s', true)", (point,))
            cursor.execute("insert into lab.batch_hold (laboratory, batch_no, chart, point, held_at) values "
                           "('JEW', 'RACE', 'HOLD', %s, now())", (point,))
            connection.commit()
            thread.join(20)
        connection.close()
        self.assertEqual(ended, ["BATCH_HELD"])


class Nonconformities(DatabaseCase):
    CLOSING = dict(cause="the lamp aged", correction="measured again", corrective_action="lamp hours are logged")

    def reported(self, **more):
        return self.write("quality_open_nonconformity", "tech", laboratory="JEW", description="the control drifts",
                          **more)["nonconformity"]

    def close(self, seen, who="quality", **changes):
        fields = dict(nonconformity_no=seen["nonconformity_no"], version=seen["version"], **self.CLOSING)
        return self.write("quality_close_nonconformity", who, **dict(fields, **changes))["nonconformity"]

    def test_numbers_have_no_gaps_and_the_hold_is_named(self):
        self.frozen_chart("NC")
        hold = self.held("NC")
        numbers = [self.reported(hold_id=hold["hold_id"])["nonconformity_no"] for _ in range(2)]
        self.assertRegex(numbers[0], r"^NC-JEW-\d{4}-\d{4}$")
        self.assertEqual(int(numbers[1][-4:]), int(numbers[0][-4:]) + 1)

    def test_only_the_quality_manager_closes_and_closed_it_never_changes(self):
        seen = self.reported()
        for who in ("tech", "manager", "auditor"):
            with self.subTest(who), self.refused("ROLE_REQUIRED"):
                self.close(seen, who)
        done = self.close(seen)
        self.assertEqual({name: done[name] for name in self.CLOSING}, self.CLOSING)
        self.assertEqual(done["closed_by"], "quality")
        with self.refused("NONCONFORMITY_CLOSED"):
            self.close(done)
        with self.sql_refused("APPEND_ONLY"):
            self.sql("update lab.nonconformity set cause = 'x' where nonconformity_no = %s", done["nonconformity_no"])
        open_ones = self.read("quality_list_nonconformities", "tech", laboratory="JEW", only_open=True)["nonconformities"]
        self.assertNotIn(done["nonconformity_no"], [one["nonconformity_no"] for one in open_ones])

    def test_it_is_not_closed_without_a_corrective_action(self):
        seen = self.reported()
        with self.refused("FIELD_INVALID", "corrective_action"):
            self.close(seen, corrective_action="    ")


if __name__ == "__main__":
    unittest.main()
