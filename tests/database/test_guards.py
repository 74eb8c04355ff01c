# SPDX-License-Identifier: Apache-2.0
"""The invariants hold against plain SQL by the owner: states, three persons, append-only books, issued sheets."""
import itertools
import threading
import unittest

from tests.database.case import PHOTO, Caller, DatabaseCase, Refused

TEST_STATES = ["unassigned", "assigned", "in_progress", "submitted", "approved", "released", "cancelled", "superseded"]


class AppendOnly(DatabaseCase):
    TABLES = ["fee_rule", "complaint_item", "complaint_retest", "sheet_void", "item_fact", "institute_seal", "institute_mark",
              "history", "person_history", "custody_event", "consent", "item_photo", "result_entry", "reading",
              "judgement", "review", "sheet_file", "catalogue_revision", "catalogue_sign_off",
              "control_limits", "control_result", "control_alarm", "batch_test", "control_plan", "worksheet_position",
              "worksheet_result", "worksheet_file",
              "instrument_profile", "instrument_file", "instrument_reading", "method_check", "fitness", "reagent_use",
              "identification_reading", "result_reopening", "retest", "proficiency", "proficiency_score", "crm_check",
              "record_form", "test_attachment", "attachment_strike", "record_print", "sheet_correction", "item_rejection",
              "journal_key", "intake_set_aside", "intake_booked", "print_event", "statistics_publication"]
    KEPT = ["institute", "laboratory", "desk", "staff", "staff_role", "qualification", "signatory", "session", "person",
            "receipt", "item", "incident", "test", "sheet", "receipt_counter", "sheet_counter", "incident_counter",
            "catalogue_row", "item_class", "control_chart", "batch_hold", "nonconformity", "nonconformity_counter",
            "worksheet", "worksheet_counter", "work_span", "sheet_amendment", "sheet_withdrawal", "sheet_recipient",
            "sheet_delivery", "visit_advice", "visit_day", "session_slot", "booking", "queue_day", "ticket", "air_visit", "walk_in_lease",
            "storage_place", "hand_over", "retained_portion", "notice", "proxy_code", "day_close", "fee_waiver", "complaint",
            "complaint_counter", "person_merge", "reserved_code"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls("test_nothing_of_the_books_is_deleted").signed_off()
        cls("test_nothing_of_the_books_is_deleted").quality_books()
        cls("test_nothing_of_the_books_is_deleted").imported()
        cls("test_nothing_of_the_books_is_deleted").reagents_used()
        cls("test_nothing_of_the_books_is_deleted").changed()
        cls("test_nothing_of_the_books_is_deleted").printed()
        cls.sheet = cls("test_nothing_of_the_books_is_deleted").sealed()
        cls("test_nothing_of_the_books_is_deleted").amended()
        cls("test_nothing_of_the_books_is_deleted").profiled()
        cls("test_nothing_of_the_books_is_deleted").voided()
        cls("test_nothing_of_the_books_is_deleted").kept()

    def voided(self):
        self.sql("insert into lab.sheet_void select lab.number_next('sheet', 'JEW', lab.ts_now()), 'void: lost', lab.ts_now()")

    def kept(self):
        self.write("desk_get_journal_keys", "reception")
        codes = self.write("desk_reserve_item_codes", "reception", laboratory="JEW", count=1)["item_codes"]
        self.write("desk_set_aside_intake", "reception", laboratory="JEW", entry_request_id="7d444840-9dc0-11d1-b245-5ffdce74fad2",
                   item_codes=codes, reason="given up")
        receipt = self.receive(consents=[dict(kind=kind, given_by_owner=True) for kind in ("privacy", "agreement", "destructive")])
        item = dict(item_code=receipt["items"][0]["item_code"])
        self.write("desk_record_prints", "reception", pieces=[dict(print_kind="item_label", number=item["item_code"])])
        self.write("desk_offer_item", "reception", receiver="tech", **item)
        self.write("desk_cancel_offer", "reception", reason="not today", **item)
        self.write("desk_retain_portion", "reception", mass_g="0.1", storage="SAFE", **item)
        self.write("desk_ask_proxy_code", "reception", receipt_no=receipt["receipt_no"])
        self.write("desk_set_fee_rule", "manager", laboratory="JEW", method_id="M_CUP", fee_cny="100", valid_from="2020-01-01",
                   reason="price list")
        self.write("statistics_publish_statistics", "manager", laboratory="JEW", first_day="2020-01-01", last_day="2020-01-31",
                   reason="report of January")
        self.write("desk_set_fee_waiver", "manager", laboratory="JEW", campaign="open day", first_day="2020-01-01",
                   last_day="2020-01-02", reason="open day")
        refused = self.receive()["items"][0]
        self.write("desk_reject_item", "reception", item_code=refused["item_code"], version=refused["version"], reason_id="AMOUNT",
                   words="too little")
        one, other = (self.one("insert into lab.person (name, phone) values (%s, '13700000001') returning person_id", name)
                      for name in ("陈一", "陈乙"))
        self.write("desk_merge_persons", "reception", kept_id=str(one), gone_id=str(other), reason="the same")
        self.complained()
        self.sql("update lab.laboratory set stored_at_night = false")
        self.write("desk_close_day", "reception", laboratory="JEW", day="2020-01-01")

    def complained(self):
        test = self.submitted()
        made = self.write("complaint_file_complaint", "quality", laboratory="JEW", complaint_kind="result", statement="too low",
                          item_codes=[test["item_code"]])["complaint"]
        again = self.write("review_order_retest", "reviewer", test_id=test["test_id"], version=test["version"], reason="too low")
        self.write("complaint_assign_complaint", "quality", complaint_no=made["complaint_no"], version=made["version"],
                   handler="manager")
        self.write("complaint_link_retest", "manager", complaint_no=made["complaint_no"],
                   retest_id=again["test"]["test_id"])

    def profiled(self):
        self.sql("insert into lab.institute_seal (picture) values (%s)", PHOTO)
        self.sql("insert into lab.institute_mark (kind, picture) values ('cma', %s)", PHOTO)
        item = self.receive()["items"][0]
        self.write("desk_tell_item", "reception", item_code=item["item_code"], version=item["version"], field="model", value="R-7")

    def quality_books(self):
        self.frozen_chart("GUARD")
        self.held("GUARD", self.claimed())
        self.write("quality_open_nonconformity", "tech", laboratory="JEW", description="the lamp flickers")
        self.worksheet_entered()
        self.worksheet_from_file()
        self.proficiency()
        self.crm()

    def changed(self):
        self.sql("insert into lab.qualification (staff_id, laboratory, method_id) select staff_id, 'JEW', 'M_GEM' "
                 "from lab.staff where username = 'tech'")
        stone = self.claimed(tests=(("M_GEM", "GEMID"),))
        self.write("bench_start_work", "tech", item_code=stone["item_code"])
        self.write("bench_enter_reading", "tech", test_id=stone["test_id"], version=stone["version"], result="jadeite")
        test = self.enter(self.submitted(), reason="the wrong ring")
        test = self.submit(test)
        self.write("review_order_retest", "reviewer", test_id=test["test_id"], version=test["version"],
                   reason="the lamp was old")

    def signed_off(self):
        row = self.one("select doubtful.key from lab.doubtful_rows('JEW') as doubtful where doubtful.file = 'limits' limit 1")
        self.write("catalogue_sign_off_row", "manager", laboratory="JEW", file="limits", key=row, reason="read in the gazette",
                   catalogue_revision=str(self.one("select revision from lab.catalogue_head")))

    def test_append_only_tables_refuse_update_delete_and_truncate(self):
        for table in self.TABLES:
            column = self.one("select column_name from information_schema.columns where table_schema = 'lab' and "
                              "table_name = %s and is_generated = 'NEVER' and is_identity = 'NO' limit 1", table)
            for statement in (f"update lab.{table} set {column} = {column}", f"delete from lab.{table}",
                              f"truncate lab.{table} cascade"):
                with self.subTest(statement), self.sql_refused():
                    self.sql(statement)
            self.assertGreater(self.one(f"select count(*) from lab.{table}"), 0, table)

    def test_nothing_of_the_books_is_deleted(self):
        for table in self.KEPT:
            for statement in (f"delete from lab.{table}", f"truncate lab.{table} cascade"):
                with self.subTest(statement), self.sql_refused():
                    self.sql(statement)

    def test_every_table_is_kept_logged_or_known_as_neither(self):
        tables = {name for name, in self.sql("select relname from pg_class where relnamespace = 'lab'::regnamespace "
                                             "and relkind = 'r'")}
        catalogue = {"unit", "standard", "product", "parameter", "method", "param_method", "requirement", "statement"}
        machinery = {"schema_version", "policy", "housekeeping_day", "login_throttle", "login_known", "replay", "catalogue_head",
                     "resolved_requirement", "judge_fact", "sheet_work", "catalogue_draft_head", "catalogue_draft_line", "catalogue_draft",
                     "catalogue_draft_change", "catalogue_coming", "log_sequencer", "log_status", "public_lock", "han_reading",
                     "person_key"}  # the last: made of lab.person by its triggers
        proof = {"code", "code_registry", "log_head", "log_leaf", "log_node", "log_checkpoint", "log_request", "log_key",
                 "sheet_statement"} # it is its own history; test_log guards it
        self.assertEqual(tables, set(self.TABLES) | set(self.KEPT) | catalogue | machinery | proof)
        logged = {name for name, in self.sql("select distinct relname from pg_trigger join pg_class c on c.oid = tgrelid "
                                             "where tgname like 'history%'")}
        silent = {"history", "person_history", "instrument_reading", "receipt_counter", "sheet_counter", "incident_counter",
                  "nonconformity_counter", "worksheet_counter", "complaint_counter", "catalogue_row", "catalogue_revision", "queue_day",
                  "sheet_void", # its reason and time stand in it
                  "intake_booked"} # the history has its receipt, with the request id
        self.assertEqual(logged, (tables - silent - machinery - proof) | {"policy"})

    def test_guards_stand_even_when_replication_role_is_switched(self):
        connection = self.database.connect()
        with connection.cursor() as cursor:  # each statement by itself: after a refused one a transaction refuses everything
            cursor.execute("set session_replication_role = replica")
            for statement in ("delete from lab.item", "update lab.sheet_file set pdf = pdf",
                              "update lab.test set state = 'assigned' where state = 'released'"):
                with self.subTest(statement), self.sql_refused():
                    cursor.execute(statement)
        connection.close()

    def test_only_a_number_that_was_counted_and_never_issued_can_be_void(self):
        for number in (self.sheet["sheet_no"], "JEW-2026-999999", "NONE-2026-000001"):
            with self.subTest(number), self.sql_refused():
                self.sql("insert into lab.sheet_void values (%s, 'void', lab.ts_now())", number)

    def test_an_issued_sheet_never_changes(self):
        for change in ("record = record || '{\"a\":\"b\"}'", "record_bytes = '\\x00'", "specimen = false",
                       "meaning = 'x'", "state = 'frozen'", "signatory = (select staff_id from lab.staff limit 1)",
                       "revision = 1", "sheet_no = 'JEW-2026-999999'"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.sheet set {change} where sheet_no = %s", self.sheet["sheet_no"])

    def test_nothing_of_an_issued_record_changes(self):
        code = self.sheet["item_code"]
        for statement in ("update lab.item set name = 'x' where item_code = %s",
                          "update lab.item set mass_text = '4' where item_code = %s",
                          "update lab.item set claimed_product_id = 'JEW_AU585' where item_code = %s",
                          "update lab.item set state = 'reviewed', sheet_no = null where item_code = %s",
                          "update lab.item set sheet_no = 'JEW-2026-000999' where item_code = %s",
                          "update lab.test set due_at = now() where item_code = %s",
                          "update lab.test set state = 'in_progress' where item_code = %s",
                          "update lab.test set assigned_to = null where item_code = %s",
                          "insert into lab.test (item_code, laboratory, method_id, parameter_id, due_at) "
                          "values (%s, 'JEW', 'M_XRF', 'AG', now())",
                          "insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, coverage_factor, "
                          "instrument, reason) select test_id, entry_no + 1, 'JEW', assigned_to, now(), '2', '', 'x' "
                          "from lab.test where item_code = %s",
                          "insert into lab.reading (test_id, entry_no, place, value_text) "
                          "select test_id, entry_no, 9, '999' from lab.test where item_code = %s",
                          "insert into lab.judgement select test_id, 2, entry_no, laboratory, submitted_by, at, 'fail', "
                          "mean, range, expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, "
                          "limit_id, catalogue_revision from lab.judgement join lab.test using (test_id, entry_no, laboratory) "
                          "where item_code = %s"):
            with self.subTest(statement), self.sql_refused():
                self.sql(statement, code)

    def test_custody_goes_on_after_the_sheet_is_issued(self):
        item = self.item(self.sheet["item_code"])
        self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                   mass_out_g="3.52")

    def test_the_receipts_agreement_never_changes(self):
        for change in ("purpose = 'x'", "owner_id = bringer_id, return_choice = 'discard'", "desk = 'D2'",
                       "receipt_no = 'D9-26-000001'"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.receipt set {change}")


class Transitions(DatabaseCase):
    def stage(self, state):
        """A test in this state, by the ordinary way."""
        if state == "unassigned":
            return self.received_test()["test_id"]
        if state == "cancelled":
            test = self.received_test()["test_id"]
            self.sql("update lab.test set state = 'cancelled' where test_id = %s", test)
            return test
        if state == "superseded":
            test = self.submitted()
            self.write("review_order_retest", "reviewer", test_id=test["test_id"], version=test["version"],
                       reason="the lamp was old")
            return test["test_id"]
        if state == "released":
            return self.one("select test_id from lab.test where item_code = %s", self.released()["item_code"])
        return {"assigned": self.claimed, "in_progress": self.entered, "submitted": self.submitted,
                "approved": self.approved}[state]()["test_id"]

    def test_plain_sql_moves_a_test_only_to_cancelled(self):
        """Every other arrow needs the paper that justifies it: entry, judgement, review, sheet."""
        technician = self.one("select staff_id from lab.staff where username = 'tech'")
        for was, wanted in itertools.permutations(TEST_STATES, 2):
            allowed = wanted == "cancelled" and was in ("unassigned", "assigned", "in_progress") \
                or (was, wanted) == ("unassigned", "assigned")
            test = self.stage(was)
            with self.subTest(was=was, wanted=wanted):
                def move():
                    self.sql("update lab.test set state = %s, assigned_to = case when %s = 'unassigned' then null else "
                             "coalesce(assigned_to, %s) end where test_id = %s", wanted, wanted, technician, test)
                if allowed:
                    move()
                else:
                    with self.sql_refused():
                        move()

    def test_a_new_test_or_item_begins_at_the_beginning(self):
        code = self.receive()["items"][0]["item_code"]
        technician = self.one("select staff_id from lab.staff where username = 'tech'")
        for state in TEST_STATES[1:]:
            with self.subTest(state), self.sql_refused():
                self.sql("insert into lab.test (item_code, laboratory, method_id, parameter_id, due_at, state, assigned_to) "
                         "values (%s, 'JEW', 'M_XRF', 'AG', now(), %s, %s)", code, state, technician)
        with self.sql_refused("ILLEGAL_TRANSITION"):
            self.sql("insert into lab.item (item_code, receipt_no, place, laboratory, received_at, name, pieces, "
                     "claimed_product_id, claim_text, hallmark, mass_text, condition, stones, declared_value_cny, seal_no, "
                     "state, holder_id) select lab.item_code_next('JEW'), receipt_no, 2, laboratory, received_at, name, "
                     "pieces, claimed_product_id, claim_text, hallmark, mass_text, condition, stones, declared_value_cny, "
                     "seal_no, 'reviewed', holder_id from lab.item where item_code = %s", code)

    def test_an_item_is_not_reviewed_released_returned_or_frozen_without_the_paper(self):
        code = self.entered()["item_code"]
        for change in ("state = 'reviewed'", "state = 'released', sheet_no = 'JEW-2026-000001'",
                       "custody_state = 'returned', holder_id = null", "custody_state = 'frozen'"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.item set {change} where item_code = %s", code)

    def test_a_returned_item_stays_returned(self):
        item = self.item(self.approved()["item_code"])
        self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                   mass_out_g="3.52")
        holder = self.one("select staff_id from lab.staff where username = 'reception'")
        for state in ("held", "frozen"):
            with self.sql_refused():
                self.sql("update lab.item set custody_state = %s, holder_id = %s where item_code = %s", state, holder,
                         item["item_code"])

    def test_a_frozen_item_is_held_again_only_after_the_incident_is_closed(self):
        item = self.item(self.approved()["item_code"])
        number = self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                            mass_out_g="1")["incident_no"]
        code = item["item_code"]
        unfreeze = "update lab.item set custody_state = 'held' where item_code = %s"
        with self.sql_refused():
            self.sql(unfreeze, code)
        self.sql("insert into lab.custody_event (item_code, laboratory, at, kind) values (%s, 'JEW', now(), "
                 "'released_from_freeze')", code)
        with self.sql_refused():
            self.sql(unfreeze, code)
        self.sql("update lab.incident set closed_at = now(), closed_by = (select staff_id from lab.staff where username = "
                 "'quality'), resolution = 'wrong scale' where incident_no = %s", number)
        self.sql(unfreeze, code)

    def test_versions_count_by_themselves(self):
        test = self.claimed()
        self.sql("update lab.test set due_at = due_at, version = 99 where test_id = %s", test["test_id"])
        self.assertEqual(self.one("select version from lab.test where test_id = %s", test["test_id"]),
                         test["version"] + 1)

    def test_a_test_keeps_its_item_method_and_entries(self):
        test = self.entered()
        for change in ("method_id = 'M_CUP'", "parameter_id = 'AG'", "laboratory = 'TWO'", "entry_no = 0",
                       "item_code = (select item_code from lab.item order by received_at limit 1)"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.test set {change} where test_id = %s", test["test_id"])

    def test_an_unqualified_person_cannot_be_given_a_test_even_by_plain_sql(self):
        test = self.received_test()
        for name in ("novice", "reception", "manager"):
            with self.subTest(name), self.sql_refused("NOT_QUALIFIED"):
                self.sql("update lab.test set state = 'assigned', assigned_to = (select staff_id from lab.staff where "
                         "username = %s) where test_id = %s", name, test["test_id"])

    def test_no_test_starts_without_photo_and_consent(self):
        receipt = self.receive(photo=False, blobs=())
        test = receipt["items"][0]["tests"][0]
        self.write("bench_claim_test", "tech", test_id=test["test_id"], version=1)
        self.sql("insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, coverage_factor, instrument, "
                 "reason) select %s, 1, 'JEW', staff_id, now(), '2', '', '' from lab.staff where username = 'tech'",
                 test["test_id"])
        with self.sql_refused("ILLEGAL_TRANSITION"):
            self.sql("update lab.test set state = 'in_progress', entry_no = 1 where test_id = %s", test["test_id"])

    def test_a_method_that_destroys_nothing_starts_without_consent_to_destruction(self):
        self.sql("update lab.method set destructive = 'n-a' where method_id = 'M_XRF'")
        self.addCleanup(self.sql, "update lab.method set destructive = 'none' where method_id = 'M_XRF'")
        self.assertEqual(self.entered()["state"], "in_progress")


class ThreePersons(DatabaseCase):
    def test_nobody_reviews_what_they_entered(self):
        test = self.submit(self.entered("allround"), "allround")
        for function, more in (("review_approve_test", {}), ("review_send_back_test", dict(reason="again"))):
            with self.refused("SAME_PERSON", status=7):
                self.write(function, "allround", test_id=test["test_id"], version=test["version"], **more)

    def test_nobody_reviews_what_they_once_entered_although_another_submitted_it(self):
        test = self.entered("allround")
        test = self.write("bench_assign_test", "manager", test_id=test["test_id"], version=test["version"],
                          technician="tech", reason="shift ended")["test"]
        test = self.enter(test, reason="measured again")
        test = self.submit(test)
        with self.refused("SAME_PERSON", status=7):
            self.write("review_approve_test", "allround", test_id=test["test_id"], version=test["version"])

    def two_tests(self, one, other):
        """The two tests of one item, in the hands of these."""
        tests = self.receive(tests=[("M_XRF", "AU"), ("M_XRF", "AG")])["items"][0]["tests"]
        return [self.write("bench_claim_test", who, test_id=test["test_id"], version=test["version"])["test"]
                for who, test in zip((one, other), sorted(tests, key=lambda test: test["parameter_id"]))]

    def approve(self, test, who):
        return self.write("review_approve_test", who, test_id=test["test_id"], version=test["version"])["test"]

    def test_nobody_is_author_and_reviewer_of_one_sheet_by_two_tests_of_an_item(self):
        silver, gold = self.two_tests("tech", "allround")
        gold = self.submit(self.enter(gold, "allround"), "allround")
        silver = self.submit(self.enter(silver), verdict="not_judged")
        with self.refused("SAME_PERSON", status=7):
            self.approve(silver, "allround")
        for test in (silver, gold):
            self.approve(test, "reviewer")
        self.release(gold["item_code"])

    def test_who_approved_a_test_of_an_item_enters_and_submits_no_other(self):
        silver, gold = self.two_tests("tech", "allround")
        silver = self.submit(self.enter(silver), verdict="not_judged")
        self.approve(silver, "allround")
        with self.refused("SAME_PERSON", status=7):
            self.enter(gold, "allround")
        gold = self.write("bench_assign_test", "manager", test_id=gold["test_id"], version=gold["version"],
                          technician="tech", reason="a third person is needed")["test"]
        gold = self.enter(gold)
        with self.refused("SAME_PERSON", status=9):
            self.write("bench_assign_test", "manager", test_id=gold["test_id"], version=gold["version"],
                       technician="allround", reason="shift ended")
        self.sql("update lab.test set assigned_to = (select staff_id from lab.staff where username = 'allround') "
                 "where test_id = %s", gold["test_id"])  # behind the acts
        gold = self.read("bench_get_test", "allround", test_id=gold["test_id"])["test"]
        with self.refused("SAME_PERSON", status=7):
            self.submit(gold, "allround")

    def test_author_and_reviewer_at_the_same_moment_are_not_one_person(self):
        silver, gold = self.two_tests("tech", "allround")
        silver = self.submit(self.enter(silver), verdict="not_judged")
        other = Caller(self.database)
        self.addCleanup(other.connection.close)
        other.connection.autocommit = False
        other.write("review_approve_test", self.tokens["allround"], test_id=silver["test_id"], version=silver["version"])
        waiting = threading.Thread(target=self.late_entry, args=(gold,))
        waiting.start()
        while waiting.is_alive() and not self.one("select count(*) from pg_locks where not granted and locktype = 'advisory'"):
            pass
        other.connection.commit()
        waiting.join()
        self.assertEqual(self.told, "SAME_PERSON")

    def late_entry(self, test):
        caller = Caller(self.database)
        try:
            self.told = "entered"
            caller.write("bench_enter_result", self.tokens["allround"], test_id=test["test_id"], version=test["version"],
                         readings=[dict(value="750.9")] * 3)
        except Refused as refused:
            self.told = refused.reason
        finally:
            caller.connection.close()

    def test_nobody_signs_what_they_entered_or_reviewed(self):
        entered = self.submit(self.entered("allround"), "allround")
        self.write("review_approve_test", "reviewer", test_id=entered["test_id"], version=entered["version"])
        reviewed = self.submitted()
        self.write("review_approve_test", "allround", test_id=reviewed["test_id"], version=reviewed["version"])
        for test in (entered, reviewed):
            with self.refused("SAME_PERSON", status=7):
                self.release(test["item_code"], "allround")

    def test_a_signatory_without_authorisation_signs_nothing(self):
        code = self.approved()["item_code"]
        self.sql("update lab.signatory set held = false where staff_id = (select staff_id from lab.staff where "
                 "username = 'signatory')")
        try:
            with self.refused("NOT_SIGNATORY", status=7):
                self.release(code)
        finally:
            self.sql("update lab.signatory set held = true")

    def test_plain_sql_reviews_and_signs_under_the_same_rule(self):
        test = self.submit(self.entered("allround"), "allround")
        with self.sql_refused("SAME_PERSON"):
            self.sql("insert into lab.review (test_id, submission_no, laboratory, reviewer, decision, comment, at) "
                     "select %s, 1, 'JEW', staff_id, 'approve', '', now() from lab.staff where username = 'allround'",
                     test["test_id"])
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        for name, reason in (("allround", "SAME_PERSON"), ("reviewer", "NOT_SIGNATORY"), ("manager", "NOT_SIGNATORY")):
            with self.sql_refused(reason):
                self.sql("insert into lab.sheet (sheet_no, item_code, laboratory, specimen, signatory, meaning, released_at, "
                         "record, record_bytes) select 'JEW-2026-900000', %s, 'JEW', true, staff_id, 'x', now(), '{}', '{}' "
                         "from lab.staff where username = %s", test["item_code"], name)


if __name__ == "__main__":
    unittest.main()
