# SPDX-License-Identifier: Apache-2.0
"""The life of an issued sheet: amended, withdrawn, delivered; by acts with reasons and two persons, and held against plain
SQL by the owner."""
import concurrent.futures
import contextlib
import time
import unittest

from tests.database.case import Caller, DatabaseCase
from tests.support import cluster


class Life(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tokens["signatory2"] = cluster.add_staff(cls.owner, "signatory2", roles=["signatory"], signatory=True)

    def kept(self, sheet, revision=0):
        """Every byte of a revision: record and document."""
        return self.sql("select sheet.*::text, encode(file.pdf, 'hex') from lab.sheet left join lab.sheet_file as file "
                        "using (sheet_no, revision) where sheet.sheet_no = %s and sheet.revision = %s", sheet["sheet_no"], revision)

    def record_of(self, sheet, revision):
        return self.one("select record from lab.sheet where sheet_no = %s and revision = %s", sheet["sheet_no"], revision)

    def states(self, sheet):
        return self.one("select item.state || '/' || string_agg(test.state, ',' order by test.test_id) from lab.item "
                        "join lab.test using (item_code) where item.item_code = %s group by item.state", sheet["item_code"])


class Amendment(Life):
    def test_a_revision_that_is_not_sealed_supersedes_nothing_for_who_asks(self):
        sheet = self.sealed()
        self.amend(sheet)
        self.correct(sheet, name="手镯")
        self.release(sheet["item_code"])
        asked = lambda: self.caller.rows("select api.public_look_up_sheet(%s, '')", sheet["sheet_no"])[0][0]
        self.assertEqual((asked()["revision"], asked()["newest_revision"], asked()["standing"]), (0, 0, "current"))
        self.draw_all()
        self.assertEqual((asked()["revision"], asked()["newest_revision"], asked()["standing"]), (1, 1, "current"))

    def test_an_amended_sheet_is_a_new_revision_that_names_the_old_and_why(self):
        sheet = self.sealed()
        before = self.kept(sheet)
        opened = self.amend(sheet)
        self.assertEqual((opened["state"], opened["what"], opened["opened_by"]), ("open", "item_data", "reviewer"))
        corrected = self.correct(sheet, name="手镯", clear=["stones"])
        self.assertEqual([(one["field"], one["old_value"], one["new_value"]) for one in corrected["corrections"]],
                         [("name", "戒指", "手镯"), ("stones", "none", "")])
        again = self.release(sheet["item_code"])
        self.draw_all()
        self.assertEqual((again["sheet_no"], again["revision"]), (sheet["sheet_no"], 1))
        record = self.record_of(sheet, 1)
        self.assertEqual((record["revision"], record["item"]["name"]), ("1", "手镯"))
        self.assertEqual({key: record["amends"][key] for key in ("sheet_no", "revision", "reason_zh", "reason_en")},
                         dict(sheet_no=sheet["sheet_no"], revision="0", reason_zh="样品名称有误", reason_en="the name was wrong"))
        self.assertRegex(record["amends"]["issued"], r"^\d{4}-\d\d-\d\d$")
        first = self.one("select lab.sheet_index(%s, 0)", sheet["sheet_no"])
        self.assertEqual(record["statement"]["supersedes"], str(first))
        self.assertEqual(self.sql("select kind, ref from lab.log_request where sheet_no = %s order by revision",
                                  sheet["sheet_no"]), [(1, None), (2, first)])
        self.assertEqual(before, self.kept(sheet))
        told = self.read("sheet_get_sheet", "reviewer", sheet_no=sheet["sheet_no"])
        self.assertEqual((told["sheet"]["revision"], told["earlier"][0]["superseded_by"], told["amendments"][0]["state"]),
                         (1, 1, "issued"))
        self.assertEqual(self.states(sheet), "released/released")

    def test_a_result_is_amended_by_a_late_change_that_is_reviewed_again(self):
        sheet = self.sealed()
        test_id = self.one("select test_id from lab.test where item_code = %s", sheet["item_code"])
        self.amend(sheet, what="result")
        test = self.read("bench_get_test", "tech", test_id=test_id)["test"]
        test = self.enter(test, values=["751.5", "751.6", "751.7"], reason="the wrong file was read")
        with self.refused("ITEM_NOT_REVIEWED"):
            self.release(sheet["item_code"])
        test = self.submit(test, mean="751.6", range="0.2")
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        again = self.release(sheet["item_code"])
        self.assertEqual([self.record_of(sheet, revision)["results"][0]["mean"] for revision in (0, 1)], ["750.9", "751.6"])
        self.assertEqual(again["revision"], 1)

    def test_a_result_is_amended_by_a_retest(self):
        sheet = self.sealed()
        test_id = self.one("select test_id from lab.test where item_code = %s", sheet["item_code"])
        self.amend(sheet, what="result")
        test = self.read("bench_get_test", "tech", test_id=test_id)["test"]
        again = self.write("review_order_retest", "reviewer", test_id=test_id, version=test["version"],
                           reason="a complaint")["test"]
        again = self.write("bench_claim_test", "tech", test_id=again["test_id"], version=again["version"])["test"]
        again = self.submit(self.enter(again, values=["751.5", "751.6", "751.7"]), mean="751.6", range="0.2")
        self.write("review_approve_test", "reviewer", test_id=again["test_id"], version=again["version"])
        self.assertEqual(self.release(sheet["item_code"])["revision"], 1)
        self.assertEqual(len(self.record_of(sheet, 1)["results"]), 1)

    def test_who_opened_or_corrected_does_not_sign(self):
        sheet = self.sealed()
        self.amend(sheet, who="signatory")
        with self.refused("SAME_PERSON"):
            self.release(sheet["item_code"])
        self.assertEqual(self.release(sheet["item_code"], who="signatory2")["revision"], 1)
        sheet = self.sealed()
        self.amend(sheet)
        self.sql("insert into lab.staff_role (staff_id, laboratory, role) select staff_id, 'JEW', 'manager' from lab.staff "
                 "where username = 'signatory2' on conflict do nothing")
        self.correct(sheet, who="signatory2", name="手镯")
        with self.refused("SAME_PERSON"):
            self.release(sheet["item_code"], who="signatory2")
        self.assertEqual(self.release(sheet["item_code"])["revision"], 1)

    def test_a_cancelled_amendment_restores_everything(self):
        sheet = self.sealed()
        before = self.item(sheet["item_code"])
        owner = self.one("select owner_id from lab.receipt join lab.item using (receipt_no) where item_code = %s", sheet["item_code"])
        self.amend(sheet)
        self.correct(sheet, name="手镯", clear=["hallmark"], owner=dict(name="王小朋", phone="13800138000"))
        self.correct(sheet, name="项链")
        done = self.write("sheet_cancel_amendment", "quality", sheet_no=sheet["sheet_no"], revision=0,
                          reason="the label was right")
        self.assertEqual((done["amendment"]["state"], done["amendment"]["close_reason"]), ("cancelled", "the label was right"))
        after = self.item(sheet["item_code"])
        for one in (before, after):
            for changing in ("version", "tests"):
                one.pop(changing)
        self.assertEqual(before, after)
        self.assertEqual(self.states(sheet), "released/released")
        self.assertEqual(owner, self.one("select owner_id from lab.receipt join lab.item using (receipt_no) where item_code = %s",
                                         sheet["item_code"]))
        self.amend(sheet)
        self.assertEqual(self.release(sheet["item_code"])["revision"], 1)

    def test_a_changed_result_is_not_taken_back_by_cancelling(self):
        sheet = self.sealed()
        test_id = self.one("select test_id from lab.test where item_code = %s", sheet["item_code"])
        paper = self.amend(sheet, what="result")
        self.enter(self.read("bench_get_test", "tech", test_id=test_id)["test"], reason="read again")
        with self.refused("RESULTS_CHANGED"):
            self.write("sheet_cancel_amendment", "manager", sheet_no=sheet["sheet_no"], revision=0, reason="never mind")
        with self.sql_refused("ILLEGAL_TRANSITION"):
            self.sql("update lab.sheet_amendment set state = 'cancelled', closed_by = opened_by, closed_at = now(), "
                     "close_reason = 'x' where amendment_id = %s", paper["amendment_id"])

    def test_the_client_is_corrected_and_only_its_id_stands_in_the_papers(self):
        sheet = self.sealed()
        self.amend(sheet, what="client_data")
        self.correct(sheet, owner=dict(name="王晓明", phone="13800138000"))
        self.release(sheet["item_code"])
        self.assertEqual(self.record_of(sheet, 1)["client"]["name"], "王晓明")
        kept = self.one("select coalesce(string_agg(history::text, ' '), '') from lab.history where object_type in "
                        "('sheet_amendment', 'sheet_correction', 'receipt')")
        self.assertNotIn("晓明", kept)

    def test_one_amendment_at_a_time_corrects_whose_a_receipt_is(self):
        sheets = []
        for item in self.receive(items=2)["items"]:
            test = self.write("bench_claim_test", "tech", test_id=item["tests"][0]["test_id"], version=item["tests"][0]["version"])
            test = self.submit(self.enter(test["test"]))
            self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
            sheets.append(self.release(item["item_code"]))
        self.draw_all()
        for sheet in sheets:
            self.amend(sheet, what="client_data")
        self.correct(sheets[0], owner=dict(name="甲甲", phone="13800138001"))
        other = dict(owner=dict(name="乙乙", phone="13800138002"))
        with self.refused("OWNER_CORRECTED"):
            self.correct(sheets[1], **other)
        self.write("sheet_cancel_amendment", "quality", sheet_no=sheets[0]["sheet_no"], revision=0, reason="the client was right")
        self.correct(sheets[1], **other)
        self.release(sheets[1]["item_code"])
        self.assertEqual(self.record_of(sheets[1], 1)["client"]["name"], "乙乙")

    def test_only_the_newest_revision_is_amended_and_only_once_at_a_time(self):
        sheet = self.sealed()
        self.amend(sheet)
        with self.refused("AMENDMENT_OPEN"):
            self.amend(sheet)
        self.release(sheet["item_code"])
        with self.refused("NOT_NEWEST", status=10) as refused:
            self.amend(sheet)
        self.assertIn("revision 1 now", refused.exception.message)
        with self.refused("SHEET_NOT_READY"):
            self.amend(dict(sheet, revision=1))
        self.draw_all()
        self.amend(dict(sheet, revision=1))
        self.assertEqual(self.release(sheet["item_code"])["revision"], 2)

    def test_nothing_is_corrected_without_an_open_amendment(self):
        sheet = self.sealed()
        with self.refused("NOT_AMENDED"):
            self.correct(sheet, name="x")
        for change in ("name = 'x'", "mass_text = '9'", "claimed_product_id = 'JEW_AU585'", "sheet_no = 'JEW-2026-000099'"):
            with self.subTest(change), self.sql_refused("SHEET_ISSUED"):
                self.sql(f"update lab.item set {change} where item_code = %s", sheet["item_code"])
        self.amend(sheet)
        with self.refused("NOTHING_CORRECTED"):
            self.correct(sheet, name="戒指")
        with self.sql_refused("SHEET_ISSUED"):
            self.sql("update lab.item set claimed_product_id = 'JEW_AU585' where item_code = %s", sheet["item_code"])

    def test_plain_sql_makes_no_revision_without_its_papers(self):
        sheet = self.sealed()
        again = ("insert into lab.sheet (sheet_no, revision, item_code, laboratory, specimen, signatory, meaning, released_at, "
                 "record, record_bytes) select sheet_no, %s, item_code, laboratory, specimen, signatory, meaning, now(), record "
                 "|| jsonb_build_object('revision', %s::text), convert_to(lab.canonical(record || jsonb_build_object('revision', "
                 "%s::text)), 'UTF8') from lab.sheet where sheet_no = %s and revision = 0")
        with self.sql_refused():
            self.sql(again, 1, 1, 1, sheet["sheet_no"])
        paper = self.amend(sheet)
        with self.sql_refused("NOT_AMENDED"):
            self.sql(again, 2, 2, 2, sheet["sheet_no"])
        with self.sql_refused():
            self.sql("insert into lab.sheet_amendment (sheet_no, revision, item_code, laboratory, what, reason_zh, reason_en, "
                     "opened_by, opened_at, tests_before) select sheet_no, revision, item_code, laboratory, what, reason_zh, "
                     "reason_en, opened_by, opened_at, tests_before from lab.sheet_amendment where amendment_id = %s",
                     paper["amendment_id"])
        for change in ("revision = 1", "reason_zh = 'x'", "opened_by = closed_by", "tests_before = '{}'",
                       "state = 'issued', closed_by = opened_by, closed_at = now()",
                       "state = 'overtaken', closed_by = opened_by, closed_at = now()"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.sheet_amendment set {change} where amendment_id = %s", paper["amendment_id"])
        with self.sql_refused("ILLEGAL_TRANSITION"):
            self.sql("update lab.item set state = 'released' where item_code = %s", sheet["item_code"])
        with self.sql_refused("ILLEGAL_TRANSITION"):
            self.sql("update lab.test set state = 'released' where item_code = %s", sheet["item_code"])


class Withdrawal(Life):
    def test_a_withdrawal_needs_two_persons_and_stays(self):
        sheet = self.sealed()
        before = self.kept(sheet)
        self.assertEqual(self.ask_withdrawal(sheet, who="signatory")["state"], "requested")
        self.assertNotIn("withdrawn_at", self.read("sheet_get_sheet", "reviewer", sheet_no=sheet["sheet_no"])["sheet"])
        with self.refused("WITHDRAWAL_REQUESTED"):
            self.ask_withdrawal(sheet)
        with self.refused("WITHDRAWAL_REQUESTED"):
            self.amend(sheet)
        with self.refused("SAME_PERSON", status=7):
            self.confirm(sheet)
        told = self.confirm(sheet, who="signatory2")
        self.assertEqual((told["sheet"]["withdrawn_by"], told["sheet"]["withdrawn_code"], told["sheet"]["withdrawn_reason_en"]),
                         ("signatory2", "wrong_result", "the result was wrong"))
        self.assertTrue(self.item(sheet["item_code"])["sheet_withdrawn_at"])
        self.assertEqual(self.sql("select kind, reason from lab.log_request where ref = lab.sheet_index(%s, 0)",
                                  sheet["sheet_no"]), [(3, 1)])
        self.assertEqual(before, self.kept(sheet))
        for act in (self.ask_withdrawal, self.amend):
            with self.refused("SHEET_WITHDRAWN"):
                act(sheet)
        for statement in ("update lab.item set name = 'x' where item_code = %s",
                          "update lab.item set state = 'reviewed' where item_code = %s",
                          "update lab.test set state = 'approved' where item_code = %s"):
            with self.subTest(statement), self.sql_refused():
                self.sql(statement, sheet["item_code"])
        with self.refused("NO_WITHDRAWAL"):
            self.confirm(sheet)

    def test_an_unauthorised_signatory_does_not_confirm(self):
        sheet = self.sealed()
        paper = self.ask_withdrawal(sheet)
        self.sql("update lab.signatory set held = false where staff_id = (select staff_id from lab.staff where username = "
                 "'signatory2')")
        with self.refused("NOT_SIGNATORY", status=7):
            self.confirm(sheet, who="signatory2")
        self.sql("update lab.signatory set held = true where staff_id = (select staff_id from lab.staff where username = "
                 "'signatory2')")
        for change in ("decided_by = requested_by, decided_at = now(), meaning = 'x', state = 'confirmed'",
                       "decided_by = (select staff_id from lab.staff where username = 'tech'), decided_at = now(), "
                       "meaning = 'x', state = 'confirmed'", "code = 9", "reason_zh = 'x'", "revision = 1"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.sheet_withdrawal set {change} where withdrawal_id = %s", paper["withdrawal_id"])

    def test_a_withdrawal_can_be_cancelled_and_asked_for_again(self):
        sheet = self.sealed()
        self.ask_withdrawal(sheet)
        done = self.write("sheet_cancel_withdrawal", "signatory", sheet_no=sheet["sheet_no"], revision=0,
                          reason="the result was right")
        self.assertEqual(done["withdrawal"]["state"], "cancelled")
        self.ask_withdrawal(sheet)
        self.confirm(sheet)

    def test_a_withdrawal_ends_an_open_amendment_whatever_its_tests_do(self):
        sheet = self.sealed()
        test_id = self.one("select test_id from lab.test where item_code = %s", sheet["item_code"])
        self.amend(sheet, what="result")
        test = self.enter(self.read("bench_get_test", "tech", test_id=test_id)["test"], reason="read again")
        self.submit(test)
        self.ask_withdrawal(sheet)
        self.confirm(sheet)
        self.assertEqual(self.states(sheet), "released/cancelled")
        self.assertEqual(self.one("select state from lab.sheet_amendment where sheet_no = %s", sheet["sheet_no"]), "overtaken")
        self.assertEqual(self.read("sheet_list_sheet_changes", "manager", laboratory="JEW").get("amendments") or [],
                         [one for one in self.read("sheet_list_sheet_changes", "manager", laboratory="JEW").get("amendments") or []
                          if one["sheet_no"] != sheet["sheet_no"]])

    def test_nothing_is_issued_while_a_withdrawal_is_asked_for(self):
        sheet = self.sealed()
        self.amend(sheet)
        self.ask_withdrawal(sheet)
        with self.refused("WITHDRAWAL_REQUESTED"):
            self.release(sheet["item_code"])


class Batch(Life):
    def batch(self, codes, who="signatory", **changes):
        items = [dict(item_code=code, version=self.item(code)["version"]) for code in codes]
        return self.write("sheet_release_sheets", who, **dict(dict(releases=items, meaning="批准签发", daemon=dict(password_version=1)),
                                                             **changes))

    def test_several_are_released_under_one_signature(self):
        codes = [self.approved()["item_code"] for _ in range(3)]
        sheets = self.batch(codes)["sheets"]
        self.assertEqual(sorted(one["item_code"] for one in sheets), sorted(codes))
        self.assertEqual(len({one["sheet_no"] for one in sheets}), 3)

    def test_one_that_cannot_be_released_keeps_all_back_and_is_named(self):
        good, bad = self.approved()["item_code"], self.submitted()["item_code"]
        last = self.one("select max(last) from lab.sheet_counter")
        with self.refused("BATCH_REFUSED", status=9) as caught:
            self.batch([good, bad])
        self.assertEqual(caught.exception.metadata, {bad: "ITEM_NOT_REVIEWED"})
        self.assertIn(bad, caught.exception.message)
        self.assertEqual(self.item(good)["state"], "reviewed")
        self.assertEqual(last, self.one("select max(last) from lab.sheet_counter"))

    def waiting_for_locks(self, watcher, count):
        """So many acts wait for another one's rows."""
        end = time.monotonic() + 20
        while True:
            watcher.execute("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
            if watcher.fetchone()[0] >= count:
                return
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_a_batch_and_a_release_of_one_of_its_items_do_not_wait_for_each_other(self):
        self.released()
        codes = sorted(self.approved()["item_code"] for _ in range(2))
        items = [dict(item_code=code, version=self.item(code)["version"]) for code in codes]
        meant = dict(meaning="批准签发", daemon=dict(password_version=1))
        callers = [Caller(self.database) for _ in range(2)]
        for caller in callers:
            self.addCleanup(caller.connection.close)
        holder, watcher = self.database.connect(autocommit=False), self.database.connect()
        self.addCleanup(watcher.close)
        with concurrent.futures.ThreadPoolExecutor(2) as pool, contextlib.closing(holder):
            holder.cursor().execute("select last from lab.sheet_counter for update")
            many = pool.submit(callers[0].write, "sheet_release_sheets", self.tokens["signatory"], releases=items, **meant)
            self.waiting_for_locks(watcher.cursor(), 1)
            one = pool.submit(callers[1].write, "sheet_release_sheet", self.tokens["signatory2"], **items[1], **meant)
            self.waiting_for_locks(watcher.cursor(), 2)
            holder.rollback()
            self.assertEqual(sorted(sheet["item_code"] for sheet in many.result()["sheets"]), codes)
            with self.refused("VERSION_STALE"):
                one.result()

    def test_nobody_is_named_twice_and_no_more_than_fifty(self):
        code = self.approved()["item_code"]
        with self.refused("FIELD_INVALID", field="releases"):
            self.batch([code, code])
        with self.refused("FIELD_INVALID", field="releases"):
            self.batch([code], releases=[dict(item_code=str(n), version=1) for n in range(51)])


class Delivery(Life):
    def news(self, sheet):
        return [tuple(row) for row in self.sql(
            "select kind, revision, channel, state from lab.sheet_delivery where sheet_no = %s order by created_at, kind, channel",
            sheet["sheet_no"])]

    def take(self):
        return self.caller.rows("select delivery_id, channel, address, kind, sheet_no, attempts from api.delivery_take(60)")

    def done(self, taken, outcome, error=""):
        return self.caller.rows("select api.delivery_done(%s, %s, %s)", taken[0], outcome, error)[0][0]

    def drain(self):
        while (rows := self.take()):
            self.done(rows[0], "sent")

    def test_the_owner_is_told_by_short_message_when_nobody_is_named(self):
        self.drain()
        sheet = self.sealed()
        self.assertEqual(self.news(sheet), [("ready", 0, "sms", "waiting")])
        taken = self.take()[0]
        self.assertEqual(taken[1:5], ("sms", "13800138000", "ready", sheet["sheet_no"]))
        self.assertEqual(self.take(), [])
        self.assertTrue(self.done(taken, "sent"))
        self.assertFalse(self.done(taken, "failed", "again"))
        self.assertEqual(self.news(sheet), [("ready", 0, "sms", "sent")])

    def test_everybody_who_received_the_first_hears_of_the_amended_and_of_the_withdrawal(self):
        self.drain()
        sheet = self.sealed()
        self.drain()
        number = self.one("select receipt_no from lab.item where item_code = %s", sheet["item_code"])
        shop = self.write("desk_add_recipient", "reception", receipt_no=number, recipient=dict(
            person=dict(name="李律师", phone="13900000000"), channel="mail", address="li@example.org"))["recipient"]
        self.assertEqual((shop["name_masked"], shop["address_masked"]), ("李**", "l***@example.org"))
        self.drain()
        self.write("desk_remove_recipient", "reception", recipient_id=shop["recipient_id"], reason="no longer acts for him")
        self.amend(sheet)
        self.release(sheet["item_code"])
        self.draw_all()
        self.assertEqual(self.news(sheet)[2:], [("amended", 1, "mail", "waiting"), ("amended", 1, "sms", "waiting")])
        self.ask_withdrawal(dict(sheet, revision=1))
        self.confirm(dict(sheet, revision=1))
        self.assertEqual(self.news(sheet)[2:], [("amended", 1, "mail", "overtaken"), ("amended", 1, "sms", "overtaken"),
                                                ("withdrawn", 1, "mail", "waiting"), ("withdrawn", 1, "sms", "waiting")])

    def test_whose_the_sheet_turned_out_to_be_is_told_too(self):
        self.drain()
        sheet = self.sealed()
        self.drain()
        self.amend(sheet, what="client_data")
        self.correct(sheet, owner=dict(name="王小明", phone="13800138001"))
        self.release(sheet["item_code"])
        self.draw_all()
        told = []
        while (rows := self.take()):
            told.append(rows[0][2:4])
            self.done(rows[0], "sent")
        self.assertEqual(sorted(told), [("13800138000", "amended"), ("13800138001", "amended")])

    def test_a_later_try_backs_off_and_fails_in_the_end(self):
        self.drain()
        sheet = self.sealed()
        for attempt in range(1, 13):
            self.sql("update lab.sheet_delivery set next_at = now() where sheet_no = %s", sheet["sheet_no"])
            taken = self.take()[0]
            self.assertEqual(taken[5], attempt)
            self.done(taken, "later", "busy")
            self.assertEqual(self.take(), [])
        self.assertEqual(self.news(sheet), [("ready", 0, "sms", "failed")])
        one = self.read("desk_list_deliveries", "reception", laboratory="JEW", state="failed", sheet_no=sheet["sheet_no"])["deliveries"][0]
        self.assertEqual((one["error"], one["attempts"], one["recipient"]["address_masked"]), ("busy", 12, "138****8000"))
        self.write("desk_retry_delivery", "reception", delivery_id=one["delivery_id"], version=one["version"])
        self.done(self.take()[0], "sent")

    def test_the_desk_marks_what_it_handed_out(self):
        sheet = self.sealed()
        one = self.read("desk_list_deliveries", "reception", laboratory="JEW", sheet_no=sheet["sheet_no"])["deliveries"][0]
        printed = self.write("desk_mark_printed", "reception", delivery_id=one["delivery_id"], version=one["version"])["delivery"]
        self.assertEqual((printed["state"], printed["changed_by"]), ("printed", "reception"))
        collected = self.write("desk_mark_collected", "reception", delivery_id=one["delivery_id"], version=printed["version"])
        self.assertEqual(collected["delivery"]["state"], "collected")
        with self.refused("DELIVERY_DONE"):
            self.write("desk_mark_printed", "reception", delivery_id=one["delivery_id"],
                       version=collected["delivery"]["version"])
        for change in ("state = 'sent'", "state = 'waiting'", "kind = 'amended'", "sheet_no = 'x'", "revision = 1"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.sheet_delivery set {change} where delivery_id = %s", one["delivery_id"])

    def test_deliveries_are_paged_by_every_question(self):
        sheet = self.sealed()
        self.sealed()
        for question in (dict(), dict(state="waiting"), dict(sheet_no=sheet["sheet_no"])):
            whole = self.read("desk_list_deliveries", "reception", laboratory="JEW", page=dict(page_size=200), **question)["deliveries"]
            paged, token = [], ""
            while True:
                page = self.read("desk_list_deliveries", "reception", laboratory="JEW", page=dict(page_size=1, page_token=token),
                                 **question)
                paged += page["deliveries"]
                token = page.get("next_page_token", "")
                if not token:
                    break
            self.assertEqual(paged, whole)
        with self.refused("FIELD_INVALID", field="page.page_token"):
            self.read("desk_list_deliveries", "reception", laboratory="JEW", page=dict(page_token="nonsense"))

    def test_the_history_shows_no_address(self):
        number = self.receive(recipients=[dict(channel="mail", address="geheim@example.org")])["receipt_no"]
        self.assertEqual(self.one("select count(*) from lab.sheet_recipient where receipt_no = %s", number), 1)
        self.assertEqual(self.one("select count(*) from lab.history where history::text like '%%geheim%%'"), 0)
        code = self.one("select receipt_code from lab.receipt where receipt_no = %s", number)
        self.assertEqual(self.one("select count(*) from lab.history where history::text like %s", f"%{code}%"), 0)

    def test_a_code_that_somebody_has_is_drawn_again(self):
        number = self.receive()["receipt_no"]
        code = self.one("select receipt_code from lab.receipt where receipt_no = %s", number)
        others = {self.one("select lab.receipt_code_free(%s)", code) for _ in range(20)}
        self.assertEqual(len(others), 20)  # another draw each time
        self.assertNotIn(code, others)
        for other in others:
            self.assertRegex(other, "^[0-9A-HJKMNP-TV-Z]{8}$")
            self.assertEqual(self.one("select lab.receipt_code_free(%s)", other), other)  # nobody has it: it stays
        # Both columns draw by it, and a number's code is no receipt's either.
        self.assertEqual(self.sql("select table_name::text from information_schema.columns where table_schema = 'lab' and "
                                  "column_default like '%%new_receipt_code()%%' order by 1"), [("receipt",), ("ticket",)])
        ticket = self.write("open_day_take_ticket", "reception", laboratory="JEW", places=1)["ticket"]
        code = self.one("select ticket_code from lab.ticket where ticket_no = %s", ticket["ticket_no"])
        self.assertNotEqual(self.one("select lab.receipt_code_free(%s)", code), code)

    def test_addresses_are_checked(self):
        for recipient, field in ((dict(channel="mail", address="nobody"), "recipients[0].address"),
                                 (dict(channel="post"), "recipients[0].address"), (dict(), "recipients[0].channel"),
                                 (dict(channel="sms", address="abc"), "recipients[0].address")):
            with self.subTest(recipient), self.refused("FIELD_INVALID", field=field):
                self.receive(recipients=[recipient])


if __name__ == "__main__":
    unittest.main()
