# SPDX-License-Identifier: Apache-2.0
"""The daily reads and writes can go by index, also under the generic plans that the daemon's connections use: with
sequential scans made dear, one that is left shows a question that no index answers."""
import re
import unittest

from tests.database.case import PHOTO, Caller, DatabaseCase
from tests.database.filled import fill

# Small or bounded whatever the books hold: a scan of these is no growth.
SMALL = {"laboratory", "desk", "institute", "policy", "staff", "staff_role", "qualification", "signatory", "product",
         "method", "parameter", "param_method", "requirement", "standard", "unit", "statement", "catalogue_head",
         "resolved_requirement", "judge_fact", "catalogue_row", "catalogue_sign_off", "schema_version", "receipt_counter", "sheet_counter", "incident_counter"}


class Plans(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fill(cls.owner, 3000)
        cls.watched = Caller(cls.database)
        cls.watched.connection.close()
        cls.watched.connection = cls.database.connect()
        cls.watched.connection.cursor().execute(
            "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; "
            "set client_min_messages = log; set plan_cache_mode = force_generic_plan; set enable_seqscan = off")
        cls.addClassCleanup(cls.watched.connection.close)

    def plans_of(self, act):
        """Text of every plan that ran while act(caller) did."""
        act()
        notices = self.watched.connection.notices
        notices.clear()
        act()
        return "\n".join(notices)

    def hold(self, act, name):
        plans = self.plans_of(act)
        self.assertIn("Query Text", plans, name)
        scanned = set(re.findall(r"Seq Scan on (\w+)", plans)) - SMALL
        self.assertEqual(scanned, set(), name)

    def test_reads_and_writes_scan_no_growing_table(self):
        code, number = self.sql("select item_code, receipt_no from lab.item offset 700 limit 1")[0]
        test = self.one("select test_id::text from lab.test where assigned_to is not null offset 300 limit 1")
        person = self.one("select person_id::text from lab.person offset 100 limit 1")
        phone, name = self.sql("select phone, name from lab.person offset 55 limit 1")[0]
        tokens, read, write = self.tokens, self.watched.read, self.watched.write
        jew = dict(laboratory="JEW")
        acts = {
            "who am I": lambda: read("staff_who_am_i", tokens["tech"]),
            "item": lambda: read("desk_get_item", tokens["reception"], item_code=code),
            "receipt": lambda: read("desk_get_receipt", tokens["reception"], receipt_no=number),
            "test": lambda: read("bench_get_test", tokens["tech"], test_id=test),
            "worklist": lambda: read("bench_list_tests", tokens["tech"], **jew),
            "own worklist": lambda: read("bench_list_tests", tokens["tech"], assigned_to="tech", **jew),
            "state worklist": lambda: read("bench_list_tests", tokens["tech"], state="assigned", **jew),
            "tests of an item": lambda: read("bench_list_tests", tokens["tech"], item_code=code, **jew),
            "submitted": lambda: read("review_list_submitted_tests", tokens["reviewer"], **jew),
            "releasable": lambda: read("sheet_list_releasable_items", tokens["signatory"], **jew),
            "items": lambda: read("desk_list_items", tokens["reception"], **jew),
            "items by state": lambda: read("desk_list_items", tokens["reception"], state="reviewed", **jew),
            "items held": lambda: read("desk_list_items", tokens["reception"], custody_state="held", **jew),
            "items by phone": lambda: read("desk_list_items", tokens["reception"], query=phone[-4:], **jew),
            "items by code": lambda: read("desk_list_items", tokens["reception"], query=code, **jew),
            "items by receipt": lambda: read("desk_list_items", tokens["reception"], query=number[:11], **jew),
            "persons by four": lambda: read("desk_find_persons", tokens["reception"], query=phone[-4:]),
            "persons by phone": lambda: read("desk_find_persons", tokens["reception"], query=phone[:8]),
            "persons by name": lambda: read("desk_find_persons", tokens["reception"], query=name[:2]),
            "persons by pinyin": lambda: read("desk_find_persons", tokens["reception"], query="wang x"),
            "reveal": lambda: write("desk_reveal_person", tokens["reception"], person_id=person, reason="for the plan"),
            "intake": lambda: write("desk_register_intake", tokens["reception"], blobs=[PHOTO],
                                    **self.intake_request()),
            "history": lambda: read("audit_list_history", tokens["auditor"], **jew),
            "history of one": lambda: read("audit_list_history", tokens["auditor"], object_type="test", object_id=test,
                                           **jew),
            "log-in": lambda: self.watched.rows("select * from api.staff_login_begin('tech', '192.0.2.77')"),
            "work": lambda: self.watched.rows("select * from api.sheet_work_take(1)"),
        }
        for name, act in acts.items():
            with self.subTest(name):
                self.hold(act, name)

    def test_a_question_about_a_few_items_reads_a_few(self):
        code, number = self.sql("select item_code, receipt_no from lab.item order by received_at offset 70 limit 1")[0]
        cursor = self.watched.connection.cursor()
        cursor.execute("set auto_explain.log_analyze = on")
        self.addCleanup(cursor.execute, "set auto_explain.log_analyze = off")
        for asked in (dict(query=code), dict(query=number), dict(query=number[:-1]), dict(query="nothing like this")):
            with self.subTest(asked):
                def act(asked=asked):
                    return self.watched.read("desk_list_items", self.tokens["reception"], laboratory="JEW", **asked)
                found = act().get("items", [])
                self.assertEqual(code in [item["item_code"] for item in found], " " not in asked["query"])
                thrown_away = [int(rows) for rows in re.findall(r"Rows Removed by Filter: (\d+)", self.plans_of(act))]
                self.assertLess(max(thrown_away, default=0), 500)

    def test_a_result_is_entered_by_index(self):
        read, write = self.watched.read, self.watched.write
        test = self.sql("select test_id::text from lab.test join lab.staff on staff_id = assigned_to where username = 'tech' "
                        "and state = 'assigned' limit 1")[0][0]

        def enter():
            version = read("bench_get_test", self.tokens["tech"], test_id=test)["test"]["version"]
            write("bench_enter_result", self.tokens["tech"], test_id=test, version=version, expanded_uncertainty="0.4",
                  readings=[dict(value="751.2")] * 3, reason="for the plan")
        self.hold(enter, "enter")


if __name__ == "__main__":
    unittest.main()
