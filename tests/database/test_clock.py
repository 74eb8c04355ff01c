# SPDX-License-Identifier: Apache-2.0
"""The clock of the database set ahead and back while the laboratory works: sessions, keys, leases, throttles and the
order of the history stay right."""
import datetime
import unittest
import uuid

from tests.database.case import DatabaseCase
from tests.support import cluster
from tests.support.clock import sql_clock

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


class ClockJumps(DatabaseCase):
    def setUp(self):
        self.clock = self.enterContext(sql_clock(self.owner))
        self.addCleanup(self.tokens.update, dict(self.tokens))
        self.start = self.one("select clock_timestamp()")

    def turn(self, ahead):
        self.clock.turn(self.caller.connection, self.start + ahead)

    def who(self, token):
        return self.caller.read("staff_who_am_i", token)["staff"]["username"]

    def log_in(self):
        """By a person with a password, on the turned clock; answers the token's hash."""
        token = cluster.token_hash(uuid.uuid4().bytes)
        staff, version = self.sql("select staff_id, password_version from lab.staff where username = 'reception'")[0]
        self.caller.rows("select api.staff_login_finish(%s, %s, true, %s, 'D1', '192.0.2.1:1')", staff, version, token)
        return token

    # ---- sessions
    def test_a_session_ends_when_the_clock_is_ahead_of_it_and_stands_when_the_clock_is_right_again(self):
        token = self.log_in()
        for ahead, stands in ((0 * HOUR, True), (2 * HOUR, False), (400 * DAY, False), (0 * HOUR, True)):
            self.turn(ahead)
            if stands:
                self.assertEqual(self.who(token), "reception")
            else:
                with self.refused("SESSION_INVALID"):
                    self.who(token)

    def test_a_clock_set_back_by_moments_or_hours_ends_no_session_that_began_before(self):
        token = self.log_in()
        self.sql("update lab.session set created_at = created_at - interval '6 hours' where token_hash = %s", token)
        for back in (datetime.timedelta(minutes=2), 5 * HOUR):
            self.turn(-back)
            self.assertEqual(self.who(token), "reception")

    def test_a_session_opened_by_a_clock_that_was_ahead_does_not_outlive_its_setting_back(self):
        self.turn(400 * DAY)
        token = self.log_in()
        self.assertEqual(self.who(token), "reception")
        self.turn(0 * HOUR)
        with self.refused("SESSION_INVALID"):
            self.who(token)

    def test_guesses_by_a_clock_that_was_ahead_lock_nobody_out_when_it_is_set_back(self):
        def begin():
            return self.caller.rows("select wait_ms from api.staff_login_begin('reception', '192.0.2.77:1')")[0][0]
        self.turn(DAY)
        waits = [begin() for _ in range(5)]
        self.assertGreater(waits[-1], 0)
        self.turn(0 * HOUR)
        self.assertLess(begin(), 10000)

    # ---- keys
    def intake(self, key):
        return self.receive(request_id=key)

    def test_a_key_gives_its_answer_on_any_clock(self):
        key = str(uuid.uuid4())
        first = self.intake(key)
        for ahead in (-400 * DAY, -HOUR, datetime.timedelta(minutes=2)):
            self.tokens["reception"] = cluster.add_session(self.owner, "reception", "D1")
            self.sql("update lab.session set created_at = %s, idle_expires_at = %s, expires_at = %s where token_hash = %s",
                     self.start + ahead, self.start + ahead + HOUR, self.start + ahead + HOUR, self.tokens["reception"])
            self.turn(ahead)
            self.assertEqual(self.intake(key), first)
        self.assertEqual(self.one("select count(*) from lab.replay where request_id = %s", key), 1)

    def test_a_clock_that_is_a_year_ahead_for_a_while_forgets_no_key(self):
        key = str(uuid.uuid4())
        first = self.intake(key)
        for ahead in (365 * DAY, 366 * DAY, 367 * DAY):
            self.turn(ahead)
            self.caller.rows("select api.housekeeping()")
        self.turn(0 * HOUR)
        self.caller.rows("select api.housekeeping()")
        self.assertEqual(self.intake(key), first)

    # ---- the history and the books
    def test_the_history_keeps_its_order_when_the_clock_goes_back_in_the_middle_of_it(self):
        receipt = self.receive()
        test = receipt["items"][0]["tests"][0]
        self.turn(-3 * HOUR)
        self.tokens["tech"] = cluster.add_session(self.owner, "tech")
        self.sql("update lab.session set created_at = %s where token_hash = %s", self.start - 4 * HOUR, self.tokens["tech"])
        self.write("bench_claim_test", "tech", test_id=test["test_id"], version=test["version"])
        rows = self.sql("select at, operation from lab.history where object_type = 'test' and object_id = %s order by "
                        "entry_id", test["test_id"])
        self.assertEqual([operation for _, operation in rows], ["insert", "update"])
        self.assertLess(rows[1][0], rows[0][0])  # each tells its own clock
        self.turn(0 * HOUR)
        told = self.read("audit_list_history", "auditor", laboratory="JEW", object_type="test",
                         object_id=test["test_id"])["entries"]
        self.assertEqual([entry["operation"] for entry in told], ["update", "insert"])  # newest first

    def test_a_receipt_is_collected_on_a_clock_that_was_set_back_and_never_before_it_was_received(self):
        sheet = self.sealed()
        number = self.item(sheet["item_code"])["receipt_no"]
        self.sql("update lab.session set created_at = created_at - interval '1 day'")
        self.turn(-3 * HOUR)
        self.write("desk_collect_receipt", "reception", receipt_no=number, version=1, collected_by="owner")
        self.assertEqual(self.one("select collected_at = received_at from lab.receipt where receipt_no = %s", number), True)

    # ---- leases
    def test_a_sheet_taken_by_a_clock_that_was_ahead_is_drawn_when_it_is_set_back(self):
        sheet = self.released()
        self.enter_all()
        take = "select sheet_no from api.sheet_work_take(60)"
        self.turn(DAY)
        self.assertEqual(self.caller.rows(take), [(sheet["sheet_no"],)])
        self.assertEqual(self.caller.rows(take), [])
        self.turn(0 * HOUR)
        self.assertEqual(self.caller.rows(take), [(sheet["sheet_no"],)])
        self.assertEqual(self.caller.rows(take), [])

    # ---- the public log
    def taken(self):
        return [sheet_no for sheet_no, in self.caller.rows("select sheet_no from api.log_take(250)") if sheet_no]

    def test_a_sheet_dated_by_a_clock_that_was_ahead_holds_up_no_other_in_the_log(self):
        self.draw_all()
        test = self.approved()
        self.sql("update lab.session set expires_at = expires_at + interval '3 days', "
                 "idle_expires_at = idle_expires_at + interval '3 days'")
        self.turn(2 * DAY)
        ahead = self.release(test["item_code"])
        self.turn(0 * HOUR)
        self.assertEqual(self.taken(), [])
        right = self.released()
        self.assertEqual(self.taken(), [right["sheet_no"]])
        self.draw_all()
        self.assertFalse(self.caller.rows("select waiting from api.log_look(gen_random_uuid(), 0)")[0][0])
        self.turn(2 * DAY)
        self.assertEqual(self.taken(), [ahead["sheet_no"]])
        self.draw_all()

    def test_a_withdrawal_is_published_and_signed_after_a_clock_that_was_ahead_is_set_back(self):
        self.sealed()
        sign = f"select api.log_status_done(0, {self.one('select max(size) from lab.log_checkpoint')}, %s)"
        due = "select shard from api.log_look(gen_random_uuid(), 0)"
        self.turn(2 * DAY)
        self.caller.rows(sign, "ahead")
        written = self.one("select at from lab.log_status")
        self.turn(0 * HOUR)
        self.assertEqual(self.caller.rows(due), [(0,)])
        self.caller.rows(sign, "right again")
        self.assertEqual(self.caller.rows(due), [(None,)])
        told = self.caller.rows("select convert_from(content, 'UTF8') from api.log_public_heads('h', %s, 0) where path = 'status/0'",
                                written)
        self.assertEqual(told, [("right again",)])


if __name__ == "__main__":
    unittest.main()
