# SPDX-License-Identifier: Apache-2.0
"""Sessions, roles per laboratory, log-in and its throttle; and that the daemon's role has no way around them."""
import base64
import csv
import pathlib
import re
import unittest
import uuid

import psycopg2

from tests.database.case import PEOPLE, Caller, DatabaseCase, Refused
from tests.support import cluster

ARGON = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$bmV3aGFzaA"


class Rights(DatabaseCase):
    def test_the_daemons_role_reads_and_writes_no_table(self):
        for name, in self.sql("select relname from pg_class where relnamespace = 'lab'::regnamespace and relkind in "
                              "('r', 'S')"):
            for statement in (f"select * from lab.{name}", f"delete from lab.{name}"):
                with self.assertRaises(psycopg2.errors.InsufficientPrivilege):
                    self.caller.rows(statement)
        with self.assertRaises(psycopg2.errors.InsufficientPrivilege):
            self.caller.rows("insert into lab.history select * from lab.history")

    def test_the_daemons_role_executes_functions_of_api_only(self):
        rows = self.sql("select p.oid::regprocedure::text, n.nspname, has_function_privilege('touchstone_daemon', p.oid, "
                        "'execute') from pg_proc p join pg_namespace n on n.oid = pronamespace "
                        "where nspname in ('lab', 'api')")
        for name, schema, allowed in rows:
            self.assertEqual(allowed, schema == "api", name)

    def test_every_function_is_the_owners_and_what_runs_with_its_rights_pins_the_search_path(self):
        for name, owner, config, definer, schema in self.sql(
                "select p.oid::regprocedure::text, rolname, coalesce(proconfig, '{}'), prosecdef, nspname from pg_proc p "
                "join pg_roles r on r.oid = proowner join pg_namespace n on n.oid = pronamespace "
                "where nspname in ('lab', 'api')"):
            self.assertEqual(owner, "touchstone_owner", name)
            self.assertTrue(definer or schema == "lab", name)
            if definer:
                self.assertTrue(any(re.fullmatch(r"search_path=(lab, )?pg_catalog, pg_temp", one) for one in config), name)

    def test_every_table_belongs_to_the_owner_and_public_has_nothing(self):
        self.assertEqual(self.sql("select relname from pg_class join pg_roles r on r.oid = relowner where relnamespace = "
                                  "'lab'::regnamespace and rolname <> 'touchstone_owner'"), [])
        for statement in ("create table api.x (a int)", "create table lab.x (a int)", "create schema x",
                          "set role touchstone_owner", "alter role touchstone_daemon superuser"):
            with self.subTest(statement), self.assertRaises(psycopg2.errors.InsufficientPrivilege):
                self.caller.rows(statement)

    def test_the_daemon_cannot_speak_in_anothers_name(self):
        """Settings that the history reads are overwritten by every call."""
        daemon = Caller(self.database)
        daemon.connection.cursor().execute("set touchstone.who = '{\"actor\":\"admin\"}'; "
                                           "set touchstone.reason = 'forged'; set touchstone.test_now = '2001-01-01'")
        receipt = daemon.write("desk_register_intake", self.tokens["reception"], blobs=[], **self.intake_request(photo=False))
        rows = self.sql("select distinct actor, reason, at > '2026-01-01' from lab.history where object_type = 'receipt' "
                        "and object_id = %s", receipt["receipt"]["receipt_no"])
        self.assertEqual(rows, [("reception", "", True)])
        daemon.connection.close()


class Sessions(DatabaseCase):
    def call(self, token):
        return self.caller.read("staff_who_am_i", token)

    def newcomer(self, name, **how):
        return cluster.add_staff(self.owner, name, **{**dict(roles=["technician"]), **how})

    def test_a_session_answers_who_it_is(self):
        staff = self.call(self.tokens["tech"])["staff"]
        self.assertEqual((staff["username"], staff["roles"], staff["qualifications"]),
                         ("tech", [dict(laboratory="JEW", roles=["technician"])], ["JEW/M_CUP", "JEW/M_XRF"]))

    def test_unknown_expired_idle_revoked_and_disabled_are_told_alike(self):
        told = set()
        tokens = [b"\x00" * 32, b"", None]
        for name, change in (("s1", "revoked_at = now()"), ("s2", "expires_at = now() - interval '1 ms'"),
                             ("s3", "idle_expires_at = now() - interval '1 ms'")):
            tokens.append(self.newcomer(name))
            self.sql(f"update lab.session set {change} where token_hash = %s", tokens[-1])
        tokens.append(self.newcomer("s4"))
        self.sql("update lab.staff set enabled = false where username = 's4'")
        for token in tokens:
            with self.assertRaises(Refused) as caught:
                self.call(token)
            told.add(str(caught.exception))
        self.assertEqual(len(told), 1, told)
        self.assertEqual((caught.exception.status, caught.exception.reason), (16, "SESSION_INVALID"))

    def test_idle_expiry_moves_at_most_once_a_minute_and_never_past_the_absolute_one(self):
        token = self.newcomer("slider")
        read = "select idle_expires_at, xmin::text from lab.session where token_hash = %s"
        self.call(token)
        first = self.sql(read, token)
        for _ in range(3):
            self.call(token)
        self.assertEqual(self.sql(read, token), first)
        self.sql("update lab.session set idle_expires_at = now() + interval '5 minutes' where token_hash = %s", token)
        self.call(token)
        self.assertTrue(self.one("select idle_expires_at > now() + interval '59 minutes' from lab.session "
                                 "where token_hash = %s", token))
        self.sql("update lab.session set idle_expires_at = now() + interval '5 minutes', expires_at = now() + "
                 "interval '10 minutes' where token_hash = %s", token)
        self.call(token)
        self.assertTrue(self.one("select idle_expires_at = expires_at from lab.session where token_hash = %s", token))

    def test_the_slide_leaves_no_history(self):
        token = self.newcomer("silent")
        before = self.one("select count(*) from lab.history")
        self.sql("update lab.session set idle_expires_at = now() + interval '5 minutes' where token_hash = %s", token)
        self.call(token)
        self.assertEqual(self.one("select count(*) from lab.history"), before)

    def test_roles_hold_at_once_for_open_sessions(self):
        token = self.newcomer("changer")
        with self.refused("ROLE_REQUIRED", status=7):
            self.caller.read("audit_list_history", token, laboratory="JEW")
        self.write("staff_set_roles", "admin", username="changer", version=1, laboratory="JEW", roles=["auditor"],
                   reason="new duty")
        self.caller.read("audit_list_history", token, laboratory="JEW")
        with self.refused("ROLE_REQUIRED", status=7):
            self.caller.read("bench_list_tests", token, laboratory="JEW")

    def test_log_out_ends_this_session_and_no_other(self):
        token = self.newcomer("leaver")
        other = cluster.add_session(self.owner, "leaver")
        self.caller.write("staff_logout", token, request_id="")
        with self.refused("SESSION_INVALID"):
            self.call(token)
        self.call(other)

    def test_exactly_the_roles_of_the_table_open_each_method(self):
        """Every RPC x every role: a closed cell is refused for its role before anything is read."""
        table = pathlib.Path(cluster.ROOT / "server/rpc/methods.csv")
        people = {role: self.newcomer(f"only.{role}", roles=[role]) for role in
                  ("reception", "technician", "reviewer", "signatory", "manager", "quality", "auditor", "administrator")}
        def snake(name):
            return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        cells = 0
        with open(table, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["session"] != "yes":
                    continue
                function = f"{snake(row['service'].removesuffix('Service'))}_{snake(row['method'])}"
                for role, token in people.items():
                    if row["method"] in ("Logout",):
                        continue
                    with self.subTest(function=function, role=role):
                        call = self.caller.read if row["effect"] == "read" else self.caller.write
                        try:
                            call(function, token)
                            reason = None
                        except Refused as refused:
                            reason = refused.reason
                        except psycopg2.Error as error:
                            self.fail(f"{function}: {error}")
                        if row[role] != "x":
                            self.assertEqual(reason, "ROLE_REQUIRED")
                        cells += 1
        self.assertEqual(cells, 8 * (len(re.findall("^[A-Za-z]+,[A-Za-z]+,yes", table.read_text(), re.MULTILINE)) - 1))


class OtherLaboratory(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cursor = cls.owner.cursor()
        cursor.execute("insert into lab.laboratory (laboratory, name_zh, name_en) values ('TWO', '二', 'Two')")
        for name, how in PEOPLE.items():
            cls.tokens["two." + name] = cluster.add_staff(cls.owner, "two." + name,
                                                          **{**how, "methods": (), "laboratory": "TWO"})

    def test_foreign_and_missing_objects_are_told_alike(self):
        test = self.submitted()
        receipt = self.receive()
        item = receipt["items"][0]
        sheet = self.sealed()
        uuid = "00000000-0000-7000-8000-000000000000"
        version = dict(version=1)
        self.frozen_chart("ALIKE")
        hold = self.held("ALIKE")["hold_id"]
        number = self.write("quality_open_nonconformity", "tech", laboratory="JEW",
                            description="the lamp flickers")["nonconformity"]["nonconformity_no"]
        daemon = dict(daemon=dict(password_version=1))
        file = self.attached(self.claimed())
        calls = [("read", "desk_get_receipt", "reception", "receipt_no", receipt["receipt_no"], "D1-26-999999", {}),
                 ("read", "desk_get_item", "reception", "item_code", item["item_code"], "000000000", {}),
                 ("read", "bench_get_test", "tech", "test_id", test["test_id"], uuid, {}),
                 ("read", "sheet_get_sheet", "reception", "sheet_no", sheet["sheet_no"], "JEW-2026-999999", {}),
                 ("read", "sheet_download_sheet", "reception", "sheet_no", sheet["sheet_no"], "JEW-2026-999999", {}),
                 ("write", "desk_collect_receipt", "reception", "receipt_no", receipt["receipt_no"], "D1-26-999999", version),
                 ("write", "desk_tell_item", "reception", "item_code", item["item_code"], "000000000",
                  dict(version, field="mfr", value="x")),
                 ("write", "desk_attach_photo", "reception", "item_code", item["item_code"], "000000000", version),
                 ("write", "desk_return_item", "reception", "item_code", item["item_code"], "000000000",
                  dict(version, mass_out_g="3.52")),
                 ("write", "bench_assign_test", "manager", "test_id", test["test_id"], uuid, dict(version, technician="tech")),
                 ("write", "bench_claim_test", "tech", "test_id", test["test_id"], uuid, version),
                 ("write", "bench_choose_limit", "tech", "test_id", test["test_id"], uuid, dict(version, limit_id="L003", reason="once")),
                 ("write", "bench_enter_result", "tech", "test_id", test["test_id"], uuid,
                  dict(version, readings=[dict(value="1")])),
                 ("write", "bench_submit_test", "tech", "test_id", test["test_id"], uuid, version),
                 ("write", "review_approve_test", "reviewer", "test_id", test["test_id"], uuid, version),
                 ("write", "review_send_back_test", "reviewer", "test_id", test["test_id"], uuid, dict(version, reason="again")),
                 ("write", "fitness_use_reagents", "tech", "test_id", test["test_id"], uuid, dict(version, lots=["L"])),
                 ("write", "record_attach_file", "tech", "test_id", test["test_id"], uuid,
                  dict(name="a.txt", content=1, blobs=[b"text"])),
                 ("write", "record_strike_attachment", "tech", "attachment_id", file["attachment_id"], uuid, dict(reason="again")),
                 ("read", "record_get_attachment", "tech", "attachment_id", file["attachment_id"], uuid, {}),
                 ("read", "record_get_original_record", "tech", "test_id", test["test_id"], uuid, {}),
                 ("write", "record_print_original_record", "tech", "test_id", test["test_id"], uuid, {}),
                 ("read", "record_download_original_record", "tech", "test_id", test["test_id"], uuid, dict(print_no=1)),
                 ("read", "quality_get_hold", "tech", "hold_id", hold, uuid, {}),
                 ("write", "quality_release_hold", "quality", "hold_id", hold, uuid, dict(version, reason="again")),
                 ("write", "quality_close_nonconformity", "quality", "nonconformity_no", number, "NC-JEW-2026-9999",
                  dict(version, cause="x", correction="x", corrective_action="x")),
                 ("write", "sheet_release_sheet", "signatory", "item_code", item["item_code"], "000000000",
                  dict(version, meaning="x", **daemon))]
        for kind, function, person, key, foreign, missing, more in calls:
            told = []
            for value in (foreign, missing):
                with self.assertRaises(Refused) as caught:
                    getattr(self, kind)(function, "two." + person, **{key: value}, **more)
                told.append(str(caught.exception))
                self.assertEqual(caught.exception.status, 7, function)
            self.assertEqual(told[0], told[1], function)

    def test_another_laboratorys_lists_and_acts_are_closed(self):
        closed = [("read", "desk_list_items", "reception", {}), ("read", "bench_list_tests", "tech", {}),
                  ("read", "review_list_submitted_tests", "reviewer", {}),
                  ("read", "sheet_list_releasable_items", "signatory", {}), ("read", "staff_list_staff", "admin", {}),
                  ("read", "catalogue_list_products", "tech", {}), ("read", "catalogue_list_methods", "tech", {}),
                  ("read", "catalogue_list_limits", "tech", {}),
                  ("read", "quality_list_charts", "tech", {}), ("read", "quality_list_holds", "tech", {}),
                  ("read", "quality_get_chart", "tech", dict(chart="ALIKE")),
                  ("read", "quality_draw_chart", "tech", dict(chart="ALIKE")),
                  ("read", "quality_list_nonconformities", "tech", {}),
                  ("write", "quality_create_chart", "quality", dict(chart="ALIKE")),
                  ("write", "quality_enter_control", "tech", dict(chart="ALIKE", value="1")),
                  ("write", "quality_freeze_limits", "quality", dict(chart="ALIKE", version=1)),
                  ("write", "quality_add_to_batch", "tech", dict(batch_no="B", test_ids=[])),
                  ("write", "quality_open_nonconformity", "tech", dict(description="none")),
                  ("write", "fitness_set_method_checks", "manager", {}), ("write", "fitness_record_fitness", "tech", {}),
                  ("write", "record_set_form", "quality", {}), ("read", "record_list_forms", "tech", {}),
                  ("read", "fitness_list_method_checks", "tech", {}), ("read", "fitness_list_fitness", "tech", {}),
                  ("read", "instrument_list_profiles", "tech", {}), ("read", "instrument_list_files", "tech", {}),
                  ("read", "instrument_preview_file", "tech", dict(profile="P", daemon={})),
                  ("read", "instrument_get_file", "tech", dict(sha256="0" * 64)),
                  ("write", "instrument_save_profile", "manager", dict(profile="P", layout={})),
                  ("write", "instrument_import_file", "tech", dict(profile="P", daemon={})),
                  ("read", "audit_list_history", "auditor", {}), ("write", "bench_auto_assign_tests", "manager", {}),
                  ("write", "desk_register_intake", "reception", self.intake_request(photo=False)),
                  ("write", "staff_set_roles", "admin", dict(username="tech", version=1, roles=[], reason="none")),
                  ("write", "staff_create_staff", "admin", dict(username="new", name="N", roles=[],
                                                                daemon=dict(password_hash=ARGON)))]
        for kind, function, person, more in closed:
            with self.subTest(function), self.refused("ROLE_REQUIRED", status=7):
                getattr(self, kind)(function, "two." + person, **{**more, "laboratory": "JEW"})

    def test_one_sees_ones_own_laboratories_only(self):
        self.assertEqual([one["laboratory"] for one in
                          self.read("catalogue_list_laboratories", "two.tech")["laboratories"]], ["TWO"])
        listed = self.read("staff_list_staff", "two.admin", page=dict(page_size=200))["staff"]
        self.assertEqual({one["username"][:4] for one in listed}, {"two."})

    def test_one_administrator_cannot_take_over_a_person_of_another_laboratory(self):
        for function, more in (("staff_reset_password", dict(daemon=dict(password_hash=ARGON))),
                               ("staff_revoke_sessions", {}), ("staff_set_staff_enabled", dict(version=1, enabled=False))):
            with self.assertRaises(Refused) as caught:
                self.write(function, "two.admin", username="tech", laboratory="TWO", reason="just because", **more)
            self.assertEqual(caught.exception.status, 7)
        self.write("staff_set_roles", "two.admin", username="two.tech", version=1, laboratory="TWO",
                   roles=["technician"], reason="same as before")
        cluster.add_staff(self.owner, "two.both", ["technician"], laboratory="TWO")
        self.sql("insert into lab.staff_role select staff_id, 'JEW', 'auditor' from lab.staff where username = 'two.both'")
        with self.refused("ROLE_REQUIRED"):
            self.write("staff_reset_password", "two.admin", username="two.both", laboratory="TWO", reason="takeover",
                       daemon=dict(password_hash=ARGON))

    def test_a_reply_kept_for_one_laboratory_is_not_given_to_another(self):
        key = "11111111-1111-4111-8111-111111111111"
        request = self.intake_request(photo=False)
        self.write("desk_register_intake", "reception", request_id=key, **request)
        with self.refused("ROLE_REQUIRED", status=7):
            self.write("desk_register_intake", "two.reception", request_id=key, **request)


class Login(DatabaseCase):
    def begin(self, username, address="192.0.2.1:1000"):
        return self.caller.rows("select staff_id, password_hash, password_version, wait_ms from "
                                "api.staff_login_begin(%s, %s)", username, address)[0]

    def finish(self, begun, ok=True, desk=None, address="192.0.2.1:1001", version=None):
        token = cluster.token_hash(uuid.uuid4().bytes)
        answer = self.caller.rows("select api.staff_login_finish(%s, %s, %s, %s, %s, %s)", begun[0],
                                  version or begun[2], ok, token, desk, address)[0][0]
        return answer, token

    def newcomer(self, name):
        cluster.add_staff(self.owner, name, ["reception"])
        return name

    def test_a_log_in_opens_a_session_at_a_desk(self):
        answer, token = self.finish(self.begin(self.newcomer("login1")), desk="D3")
        self.assertEqual(answer["staff"]["username"], "login1")
        who = self.caller.read("staff_who_am_i", token)
        self.assertEqual((who["desk"], who["time_zone"]), ("D3", "Asia/Shanghai"))

    def test_a_wrong_password_opens_nothing(self):
        begun = self.begin(self.newcomer("login2"))
        self.assertIsNone(self.finish(begun, ok=False)[0])
        self.assertIsNone(self.finish(begun, ok=None)[0])
        self.assertIsNone(self.finish(begun, version=2)[0])

    def test_an_unknown_desk_is_named(self):
        with self.refused("FIELD_INVALID", "desk"):
            self.finish(self.begin(self.newcomer("login3")), desk="D9")

    def test_unknown_and_disabled_persons_get_a_decoy_of_the_same_cost(self):
        cluster.add_staff(self.owner, "costly", ["reception"],
                          password_hash="$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA")
        self.newcomer("login4")
        self.sql("update lab.staff set enabled = false where username = 'login4'")
        newest = self.one("select password_hash from lab.staff order by staff_id desc limit 1")
        for name in ("nobody.at.all", "login4"):
            staff_id, decoy, version, _ = self.begin(name)
            self.assertIsNone(staff_id)
            parts = decoy.split("$")
            self.assertEqual("$".join(parts[:4]), "$".join(newest.split("$")[:4]))
            salt, key = (base64.b64decode(part + "=" * (-len(part) % 4), validate=True) for part in parts[4:])
            self.assertEqual((len(salt), len(key)), (16, 32))
            self.assertIsNone(self.finish((staff_id, decoy, version), ok=True)[0])

    def test_guessing_is_slowed_and_then_refused(self):
        name = self.newcomer("login5")
        waits = []
        with self.refused("LOGIN_THROTTLED", status=8):
            for _ in range(40):
                waits.append(self.begin(name, "198.51.100.7:1")[3])
        self.assertEqual(waits[:3], [0, 0, 0])
        self.assertEqual(waits, sorted(waits))
        self.assertLess(len(waits), 15)

    def test_an_unknown_name_is_slowed_alike(self):
        known = [self.begin(self.newcomer("login6"), "198.51.100.8:1")[3] for _ in range(1)]

        def slow(name, address):
            return [self.begin(name, address)[3] for _ in range(5)]
        for one, other in zip(slow("login6", "198.51.100.9:1"), slow("nobody.here", "198.51.100.10:1")):
            self.assertAlmostEqual(one, other, delta=300)
        self.assertEqual(known, [0])

    def test_others_guessing_does_not_lock_out_the_true_desk(self):
        name = self.newcomer("login7")
        self.finish(self.begin(name, "192.0.2.50:1"), address="192.0.2.50:2")
        for host in range(30):
            for _ in range(3):
                try:
                    self.begin(name, f"198.51.100.{100 + host}:9")
                except Refused:
                    pass
        self.assertEqual(self.begin(name, "192.0.2.50:3")[3], 0)

    def test_success_clears_the_pair(self):
        name = self.newcomer("login8")
        for _ in range(5):
            begun = self.begin(name, "192.0.2.60:1")
        self.assertGreater(begun[3], 0)
        self.finish(begun, address="192.0.2.60:1")
        self.assertEqual(self.begin(name, "192.0.2.60:1")[3], 0)

    def test_the_password_context_is_ones_own(self):
        rows = self.caller.rows("select password_hash, password_version from api.staff_password_context(%s)",
                                self.tokens["tech"])
        self.assertEqual(rows, [("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA", 1)])
        with self.refused("SESSION_INVALID"):
            self.caller.rows("select * from api.staff_password_context(%s)", b"\x01" * 32)

    def own_password(self, token):
        return self.caller.rows("select wait_ms from api.staff_password_context(%s)", token)[0][0]

    def test_an_open_session_is_no_place_to_guess_its_password(self):
        token = cluster.add_staff(self.owner, "guessed", ["signatory"])
        waits = []
        with self.refused("PASSWORD_THROTTLED", status=8):
            for _ in range(60):
                waits.append(self.own_password(token))
        self.assertEqual(waits[:20], [0] * 20)
        self.assertGreater(waits[20], 0)
        self.assertLess(len(waits), 40)
        self.assertEqual(self.own_password(self.tokens["signatory"]), 0)

    def test_a_password_that_fits_clears_the_count(self):
        item = self.approved()["item_code"]
        for _ in range(21):
            self.own_password(self.tokens["signatory"])
        self.assertGreater(self.own_password(self.tokens["signatory"]), 0)
        self.release(item)
        self.assertEqual(self.own_password(self.tokens["signatory"]), 0)
        token = cluster.add_staff(self.owner, "changing", ["signatory"])
        for _ in range(21):
            self.own_password(token)
        with self.refused("PASSWORD_WRONG", status=16):
            self.caller.write("staff_change_password", token, daemon=dict(password_wrong=True))
        self.assertGreater(self.own_password(token), 0)
        self.caller.write("staff_change_password", token, daemon=dict(password_version=1, new_password_hash=ARGON))
        self.assertEqual(self.own_password(token), 0)


if __name__ == "__main__":
    unittest.main()
