# SPDX-License-Identifier: Apache-2.0
"""Idempotency keys, and number series without gaps, under many at once and under aborts."""
import concurrent.futures
import json
import threading
import unittest
import uuid

import psycopg2

from tests.database.case import Caller, DatabaseCase, Refused
from tests.support import cluster
from tests.support.clock import sql_clock


class Crowd(DatabaseCase):
    def at_once(self, acts):
        """Runs each act(caller) on a connection of its own, all started together."""
        callers = [Caller(self.database) for _ in acts]
        gate = threading.Barrier(len(acts))

        def run(act, caller):
            gate.wait()
            try:
                return act(caller)
            except (Refused, psycopg2.Error) as error:
                return error
        try:
            with concurrent.futures.ThreadPoolExecutor(len(acts)) as threads:
                return list(threads.map(run, acts, callers))
        finally:
            for caller in callers:
                caller.connection.close()

    def counted(self, desk):
        return [int(number.split("-")[2]) for number, in
                self.sql("select receipt_no from lab.receipt where desk = %s order by 1", desk)]

    def intake(self, token, key=None, **changes):
        request = self.intake_request(photo=False, **changes)
        return lambda caller: caller.write("desk_register_intake", token, request_id=key, **request)


class Replay(Crowd):
    def test_one_key_from_fifty_connections_makes_one_intake(self):
        key, before = str(uuid.uuid4()), len(self.counted("D1"))
        answers = self.at_once([self.intake(self.tokens["reception"], key)] * 50)
        self.assertEqual({json.dumps(answer, sort_keys=True) for answer in answers}, {json.dumps(answers[0], sort_keys=True)})
        self.assertEqual(len(self.counted("D1")), before + 1)
        self.assertEqual(self.one("select count(*) from lab.replay where request_id = %s", key), 1)

    def test_one_key_with_fifty_bodies_makes_one_and_refuses_the_rest(self):
        key, before = str(uuid.uuid4()), len(self.counted("D1"))
        answers = self.at_once([self.intake(self.tokens["reception"], key, purpose=f"p{n}") for n in range(50)])
        refused = [answer.reason for answer in answers if isinstance(answer, Refused)]
        self.assertEqual(refused, ["REQUEST_ID_REUSED"] * 49)
        self.assertEqual(len(self.counted("D1")), before + 1)

    def test_the_same_key_from_another_desk_gives_the_same_answer(self):
        key = str(uuid.uuid4())
        first = self.intake(self.tokens["reception"], key)(self.caller)
        self.assertEqual(self.intake(self.tokens["reception2"], key)(self.caller), first)
        self.assertEqual(first["receipt"]["desk"], "D1")

    def test_a_key_in_capitals_is_the_same_key(self):
        key, before = str(uuid.uuid4()), len(self.counted("D1"))
        self.intake(self.tokens["reception"], key)(self.caller)
        with self.refused("REQUEST_ID_REUSED", "request_id"):  # the request is another by its letters
            self.intake(self.tokens["reception"], key.upper())(self.caller)
        self.assertEqual(len(self.counted("D1")), before + 1)

    def test_another_body_is_refused_and_the_first_answer_stays(self):
        key = str(uuid.uuid4())
        first = self.intake(self.tokens["reception"], key)(self.caller)
        with self.refused("REQUEST_ID_REUSED", "request_id", 3):
            self.intake(self.tokens["reception"], key, purpose="other")(self.caller)
        self.assertEqual(self.intake(self.tokens["reception"], key)(self.caller), first)

    def test_a_key_is_free_for_another_method(self):
        key = str(uuid.uuid4())
        test = self.intake(self.tokens["reception"], key)(self.caller)["receipt"]["items"][0]["tests"][0]
        self.write("bench_claim_test", "tech", request_id=key, test_id=test["test_id"], version=1)

    def test_a_refusal_is_an_answer_and_is_kept(self):
        test, key, told = self.claimed("tech"), str(uuid.uuid4()), []
        for _ in range(2):
            with self.assertRaises(Refused) as caught:
                self.write("bench_enter_result", "tech2", request_id=key, test_id=test["test_id"],
                           version=test["version"], readings=[dict(value="751")])
            told.append(str(caught.exception))
            if len(told) == 1:
                self.write("bench_assign_test", "manager", test_id=test["test_id"], version=test["version"],
                           technician="tech2", reason="changes nothing for the key")
        self.assertEqual(told[0], told[1])
        self.assertIn("TEST_NOT_YOURS", told[0])

    def test_a_refusal_leaves_nothing_of_the_act(self):
        people = self.one("select count(*) from lab.person")
        request = self.intake_request(photo=False, owner=dict(name="Nobody", phone="5555555"))
        request["items"].append(dict(request["items"][0], claimed_product_id="JEW_NONE"))
        with self.refused("FIELD_INVALID", "items[1].claimed_product_id"):
            self.write("desk_register_intake", "reception", **request)
        self.assertEqual(self.one("select count(*) from lab.person"), people)

    def test_an_unexpected_error_is_no_answer_and_is_not_kept(self):
        key = str(uuid.uuid4())
        with self.assertRaises(psycopg2.Error) as caught:
            self.write("desk_register_intake", "reception", request_id=key, **dict(self.intake_request(), items="none"))
        self.assertFalse(isinstance(caught.exception, Refused))
        self.assertEqual(self.one("select count(*) from lab.replay where request_id = %s", key), 0)
        self.intake(self.tokens["reception"], key)(self.caller)

    def test_a_session_that_ended_is_not_answered_from_the_key(self):
        token, key = cluster.add_session(self.owner, "reception", "D1"), str(uuid.uuid4())
        self.intake(token, key)(self.caller)
        self.caller.write("staff_logout", token, request_id="")
        with self.refused("SESSION_INVALID"):
            self.intake(token, key)(self.caller)

    def test_keys_are_kept_for_thirty_days_and_not_longer(self):
        self.sql("insert into lab.housekeeping_day select current_date - n from generate_series(1, 40) as n "
                 "on conflict do nothing")
        key = str(uuid.uuid4())
        self.intake(self.tokens["reception"], key)(self.caller)
        with self.sql_refused("APPEND_ONLY"):
            self.sql("delete from lab.replay where request_id = %s", key)
        with self.sql_refused("APPEND_ONLY"):
            self.sql("update lab.replay set answer = '{}' where request_id = %s", key)
        self.caller.rows("select api.housekeeping()")
        self.assertEqual(self.one("select count(*) from lab.replay where request_id = %s", key), 1)
        self.sql("insert into lab.replay (method, request_id, staff_id, request_hash, laboratory, at) select 'x', 'old', "
                 "staff_id, '', '', now() - interval '31 days' from lab.staff limit 1")
        self.assertGreaterEqual(self.caller.rows("select api.housekeeping()")[0][0], 1)
        self.assertEqual(self.one("select count(*) from lab.replay where request_id = 'old'"), 0)

    def test_personal_data_is_not_kept_with_a_key(self):
        person, key = self.receive()["owner"]["person_id"], str(uuid.uuid4())
        ask = dict(request_id=key, person_id=person, reason="calls back")
        first = self.write("desk_reveal_person", "reception", **ask)
        self.assertEqual((first["name"], first["phone"]), ("王小明", "13800138000"))
        self.assertEqual(self.write("desk_reveal_person", "reception", **ask), first)
        self.assertEqual(self.one("select count(*) from lab.history where operation = 'reveal' and object_id = %s", person), 2)
        number, again = self.receive()["receipt_no"], str(uuid.uuid4())
        pieces = dict(request_id=again, pieces=[dict(print_kind="agreement", number=number)])
        printed = self.write("desk_record_prints", "reception", **pieces)
        self.assertEqual(printed["paper"]["owner_phone"], "13800138000")
        self.assertEqual(self.write("desk_record_prints", "reception", **pieces), printed)
        self.assertEqual(self.one("select count(*) from lab.print_event where number = %s", number), 1)
        self.assertEqual(self.one("select count(*) from lab.history where operation = 'reveal' and reason = %s",
                                  f"printed agreement {number}"), 2)
        for text, in self.sql("select replay::text from lab.replay"):
            self.assertNotIn("13800138000", text)
            self.assertNotIn("王小明", text)


class Numbers(Crowd):
    def test_receipt_numbers_have_no_gaps_under_many_desks_and_aborts(self):
        """Good intakes, refused ones, and transactions that are rolled back after they took a number."""
        tokens = [cluster.add_session(self.owner, "reception", f"D{n % 3 + 1}") for n in range(24)]

        def aborted(caller, token):
            caller.connection.autocommit = False
            answer = self.intake(token)(caller)
            caller.connection.rollback()
            return answer

        def refused(token):
            request = self.intake_request(photo=False)
            return lambda caller: caller.write("desk_register_intake", token, **dict(request, purpose=""))
        acts = []
        for n, token in enumerate(tokens):
            kind = n % 4
            acts.append(self.intake(token) if kind < 2 else refused(token) if kind == 2 else
                        lambda caller, token=token: aborted(caller, token))
        answers = self.at_once(acts)
        self.assertFalse([answer for answer in answers if isinstance(answer, psycopg2.Error)])
        for desk in ("D1", "D2", "D3"):
            numbers = self.counted(desk)
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)), desk)
        self.assertGreaterEqual(sum(len(self.counted(desk)) for desk in ("D1", "D2", "D3")), 12)

    def test_of_one_desks_blocks_that_are_asked_for_at_once_none_is_too_many(self):
        def block(caller):
            return caller.write("desk_reserve_item_codes", self.tokens["reception"], laboratory="JEW", count=500)
        answers = self.at_once([block] * 8)
        self.assertEqual([answer.reason for answer in answers if isinstance(answer, Refused)], ["CODES_ENOUGH"] * 4)

    def test_sheet_numbers_have_no_gaps_when_releases_run_at_once_and_some_fail(self):
        codes = [self.approved()["item_code"] for _ in range(8)]
        versions = {code: self.item(code)["version"] for code in codes}

        def release(code, version):
            return lambda caller: caller.write("sheet_release_sheet", self.tokens["signatory"], item_code=code,
                                               version=version, meaning="approved", daemon=dict(password_version=1))
        answers = self.at_once([release(code, versions[code]) for code in codes] +
                               [release(code, versions[code] + 1) for code in codes] +
                               [release(code, versions[code]) for code in codes])
        good = [answer for answer in answers if isinstance(answer, dict)]
        self.assertEqual(len(good), 8)
        self.assertEqual({answer.reason for answer in answers if isinstance(answer, Refused)}, {"VERSION_STALE", "SHEET_ISSUED"})
        numbers = sorted(int(number.split("-")[2]) for number, in self.sql("select sheet_no from lab.sheet"))
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def test_a_counter_only_counts(self):
        self.receive()
        for change in ("last = last + 2", "last = 0", "desk = 'D6'"):
            with self.sql_refused("NUMBER_GAP"):
                self.sql(f"update lab.receipt_counter set {change}")
        with self.sql_refused("NUMBER_GAP"):
            self.sql("insert into lab.receipt_counter values ('D6', 2030, 5)")

    def test_a_new_year_begins_a_new_series_by_the_institutes_clock(self):
        with sql_clock(self.owner) as clock:
            for at, number in (("2029-12-31 15:59:59+00", "D5-29-000001"), ("2029-12-31 16:00:00+00", "D5-30-000001")):
                clock.turn(self.caller.connection, at)
                token = cluster.token_hash(at.encode())
                self.sql("insert into lab.session (token_hash, staff_id, desk, address, created_at, idle_expires_at, "
                         "expires_at) select %s, staff_id, 'D5', 't', %s, %s::timestamptz + interval '1 hour', "
                         "%s::timestamptz + interval '1 hour' from lab.staff where username = 'reception'",
                         token, at, at, at)
                self.assertEqual(self.intake(token)(self.caller)["receipt"]["receipt_no"], number)

    def test_two_reviewers_of_one_items_two_tests_close_the_item(self):
        for _ in range(5):
            receipt = self.receive(tests=[("M_XRF", "AU"), ("M_XRF", "AG")])
            done = []
            for test in receipt["items"][0]["tests"]:
                test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=1)["test"]
                done.append(self.submit(self.enter(test), verdict="not_judged"))
            token = self.tokens["reviewer"]
            answers = self.at_once([lambda caller, test=test: caller.write(
                "review_approve_test", token, test_id=test["test_id"], version=test["version"]) for test in done])
            self.assertTrue(all(isinstance(answer, dict) for answer in answers), answers)
            self.assertEqual(self.item(receipt["items"][0]["item_code"])["state"], "reviewed")

    def test_two_technicians_at_one_result_and_the_second_is_told_both_values(self):
        test = self.claimed()
        values = (["751.10", "751.2", "751.3"], ["768.1", "768.2", "768.30"])
        answers = self.at_once([lambda caller, v=v: caller.write(
            "bench_enter_result", self.tokens["tech"], test_id=test["test_id"], version=test["version"],
            readings=[dict(value=one) for one in v]) for v in values])
        lost, = [answer for answer in answers if isinstance(answer, Refused)]
        won, = [answer for answer in answers if isinstance(answer, dict)]
        winner = [reading["value"] for reading in won["test"]["readings"]]
        loser, = [v for v in values if v != winner]
        self.assertEqual((lost.status, lost.reason), (10, "VERSION_STALE"))
        self.assertEqual((lost.metadata["current_readings"], lost.metadata["your_readings"], lost.metadata["current_by"],
                          lost.metadata["current_version"]),
                         (", ".join(winner), ", ".join(loser), "tech", str(won["test"]["version"])))

    def test_two_claims_of_one_test_and_one_wins(self):
        test = self.received_test()
        answers = self.at_once([lambda caller, name=name: caller.write(
            "bench_claim_test", self.tokens[name], test_id=test["test_id"], version=1) for name in ("tech", "tech2")])
        lost, = [answer for answer in answers if isinstance(answer, Refused)]
        won, = [answer for answer in answers if isinstance(answer, dict)]
        self.assertEqual((lost.reason, lost.metadata["assigned_to"]), ("VERSION_STALE", won["test"]["assigned_to"]))

    def test_the_same_new_person_from_many_desks_is_one_person(self):
        owner = dict(name="新来的", phone="13911112222")
        answers = self.at_once([self.intake(self.tokens["reception"], owner=owner) for _ in range(12)])
        self.assertEqual(len({answer["receipt"]["owner"]["person_id"] for answer in answers}), 1)


class ItemCodes(DatabaseCase):
    SIGNS = "0123456789ABCDEFGHJKMNPQRTUVWXY"

    def test_any_wrong_character_and_any_swap_of_neighbours_is_caught(self):
        codes = [code for code, in self.sql("select lab.item_code_next('JEW') from generate_series(1, 40)")]
        wrong = []
        for code in codes:
            wrong += [code[:at] + sign + code[at + 1:] for at in range(9) for sign in self.SIGNS if sign != code[at]]
            wrong += [code[:at] + code[at + 1] + code[at] + code[at + 2:] for at in range(8) if code[at] != code[at + 1]]
        self.assertEqual(self.one("select count(*) from unnest(%s) as code where lab.item_code_valid(code)", wrong), 0)
        self.assertEqual(self.one("select count(*) from unnest(%s) as code where lab.item_code_valid(code)", codes), 40)

    def test_the_check_is_the_published_sum(self):
        for code, in self.sql("select lab.item_code_next('JEW') from generate_series(1, 200)"):
            values = [self.SIGNS.index(sign) for sign in code]
            self.assertEqual(sum((i + 2) * v for i, v in enumerate(values[:8])) % 31, -values[8] % 31)

    def test_codes_do_not_repeat_and_neighbours_do_not_look_alike(self):
        codes = [code for code, in self.sql("select lab.item_code_next('JEW') from generate_series(1, 20000)")]
        self.assertEqual(len(set(codes)), 20000)
        alike = [sum(a == b for a, b in zip(one, two)) for one, two in zip(codes, codes[1:])]
        self.assertLess(max(alike), 7)

    def test_what_is_no_code_is_not_stored(self):
        code = self.receive()["items"][0]["item_code"]
        bad = [code.lower() if code.lower() != code else "abcdefghj", code[:8], code + "0", "IIIIIIIII", "",
               code[:8] + ("1" if code[8] == "0" else "0")]
        for value in bad:
            with self.subTest(value), self.sql_refused():
                self.sql("select %s::lab.item_code", value)


if __name__ == "__main__":
    unittest.main()
