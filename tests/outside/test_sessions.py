# SPDX-License-Identifier: Apache-2.0
"""Who is let in: no session, a made-up, expired, revoked or logged-out one, a role taken away while the
session is open, a disabled person, a changed password. All of it holds from the next call on."""
import secrets
import unittest

import grpc

from tests.outside.case import Outside
from tests.outside.processes import named, stopped
from tests.outside.raw import Raw
from tests.outside.world import good_request, good_values
from tests.support.daemon import PASSWORD, key

WHO_AM_I = "/touchstone.v1.StaffService/WhoAmI"


class Sessions(Outside):
    counter = 0

    def newcomer(self, *roles, desk=""):
        """A person of this test alone, logged in."""
        Sessions.counter += 1
        name = f"person{Sessions.counter}"
        self.people["ADMINISTRATOR"].staff(name, roles or ["TECHNICIAN"])
        return self.daemon.log_in(name, desk)

    def version(self, client):
        return self.world.member(client.username).version

    def admin(self, short, client, **fields):
        return self.people["ADMINISTRATOR"](short, username=client.username, laboratory="JEW",
                                            reason="asked by the manager", **fields)

    def is_out(self, client, reason=None):
        with self.ends_in("UNAUTHENTICATED", reason):
            client("StaffService.WhoAmI")

    def test_every_method_but_login_and_the_public_ones_wants_a_session(self):
        values = good_values(self.world)
        nobody = self.daemon.client()
        asked = 0
        for _, method in self.daemon.schema.methods():
            short = f"{method.containing_service.name}.{method.name}"
            if short == "StaffService.Login" or short.startswith("PublicService."):
                continue
            with self.ends_in("UNAUTHENTICATED", "SESSION_MISSING", short):
                nobody(short, message=good_request(self.daemon.schema, method, values))
            asked += 1
        self.assertGreaterEqual(asked, 38)

    def test_a_token_that_nobody_was_given_opens_nothing(self):
        for token in (secrets.token_hex(16), "0" * 32, "f" * 31, "F" * 32, "x" * 32, "a" * 5000, "' or true --"):
            with self.ends_in("UNAUTHENTICATED", text=token[:40]):
                self.daemon.client(token)("StaffService.WhoAmI")

    def test_the_authorization_header_is_read_strictly(self):
        token = self.people["REVIEWER"].token
        with Raw(self.daemon) as raw:
            for text in (token, f"Basic {token}", f"Bearer{token}", f"Bearer {token}x", "Bearer",
                         f"Bearer {token[:-1]}", f"Bearer {token} {token}"):
                answer = raw.call(WHO_AM_I, headers=[("authorization", text)])
                self.assertEqual(answer.status, 16, text)
            self.assertEqual(raw.call(WHO_AM_I, headers=[("authorization", f"bearer {token}")]).status, 0)

    def test_one_flipped_character_of_a_token_opens_nothing(self):
        token = self.people["REVIEWER"].token
        for at in range(0, 32, 5):
            other = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1:]
            self.is_out(self.daemon.client(other))

    def test_a_wrong_password_and_an_unknown_name_are_told_alike(self):
        told = []
        for username, password in (("technician", "wrong password"), ("nobody.at.all", "wrong password")):
            with self.ends_in("UNAUTHENTICATED", "LOGIN_FAILED") as refusal:
                self.daemon.client()("StaffService.Login", username=username, password=password)
            told.append((refusal[0].text, refusal[0].reason, refusal[0].metadata))
        self.assertEqual(told[0], told[1])

    def test_an_unknown_desk_is_refused_by_name_of_the_field(self):
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.daemon.client()("StaffService.Login", username="reception", password=PASSWORD, desk="D99")
        self.assertIn("desk", refusal[0].fields)

    def test_log_out_ends_this_session_and_no_other(self):
        client = self.newcomer()
        other = self.daemon.log_in(client.username)
        client("StaffService.Logout")
        self.is_out(client)
        self.assertEqual(other("StaffService.WhoAmI").staff.username, client.username)

    def test_an_idle_session_expires(self):
        client = self.newcomer()
        self.daemon.sql("update lab.session set idle_expires_at = now() - interval '1 second' from lab.staff s "
                        "where s.staff_id = session.staff_id and s.username = %s", client.username)
        self.is_out(client)

    def test_a_session_in_use_expires_absolutely(self):
        client = self.newcomer()
        client("StaffService.WhoAmI")
        self.daemon.sql("update lab.session set expires_at = now() - interval '1 second' from lab.staff s "
                        "where s.staff_id = session.staff_id and s.username = %s", client.username)
        self.is_out(client)

    def test_revoked_sessions_are_out_at_once(self):
        client = self.newcomer()
        again = self.daemon.log_in(client.username)
        self.assertEqual(self.admin("StaffService.RevokeSessions", client).revoked, 2)
        self.is_out(client)
        self.is_out(again)
        self.assertEqual(self.daemon.log_in(client.username)("StaffService.WhoAmI").staff.username, client.username)

    def test_a_role_taken_away_holds_for_the_open_session(self):
        client = self.newcomer("TECHNICIAN")
        client("BenchService.ListTests", laboratory="JEW")
        self.admin("StaffService.SetRoles", client, version=self.version(client), roles=["ROLE_RECEPTION"])
        with self.ends_in("PERMISSION_DENIED"):
            client("BenchService.ListTests", laboratory="JEW")
        client("DeskService.ListItems", laboratory="JEW")
        self.admin("StaffService.SetRoles", client, version=self.version(client), roles=[])
        with self.ends_in("PERMISSION_DENIED"):
            client("DeskService.ListItems", laboratory="JEW")

    def test_a_disabled_person_is_out_and_cannot_come_back_until_enabled(self):
        client = self.newcomer()
        self.admin("StaffService.SetStaffEnabled", client, version=self.version(client), enabled=False)
        self.is_out(client)
        with self.ends_in("UNAUTHENTICATED", "LOGIN_FAILED"):
            self.daemon.log_in(client.username)
        self.admin("StaffService.SetStaffEnabled", client, version=self.version(client), enabled=True)
        self.is_out(client)
        self.daemon.log_in(client.username)("StaffService.WhoAmI")

    def test_a_changed_password_ends_the_other_sessions_only(self):
        client = self.newcomer()
        other = self.daemon.log_in(client.username)
        client("StaffService.ChangePassword", old_password=PASSWORD, new_password="another long password")
        self.is_out(other)
        client("StaffService.WhoAmI")
        with self.ends_in("UNAUTHENTICATED", "LOGIN_FAILED"):
            self.daemon.log_in(client.username)
        self.daemon.log_in(client.username, password="another long password")

    def test_a_password_is_not_changed_without_the_old_one(self):
        client = self.newcomer()
        with self.ends_in("UNAUTHENTICATED", "PASSWORD_WRONG"):
            client("StaffService.ChangePassword", old_password="not the password", new_password="another long one")
        self.daemon.log_in(client.username)

    def test_a_password_changed_by_a_call_whose_answer_was_lost_is_told_as_changed(self):
        client = self.newcomer()
        same = dict(request_id=key(), old_password=PASSWORD, new_password="another long password")
        first = client("StaffService.ChangePassword", **same)
        self.assertEqual(client("StaffService.ChangePassword", **same), first)
        self.daemon.log_in(client.username, password="another long password")

    def test_a_mistyped_old_password_may_be_corrected_under_the_same_request_id(self):
        client = self.newcomer()
        same = dict(request_id=key(), new_password="another long password")
        with self.ends_in("UNAUTHENTICATED", "PASSWORD_WRONG"):
            client("StaffService.ChangePassword", old_password="not the password", **same)
        client("StaffService.ChangePassword", old_password=PASSWORD, **same)
        self.daemon.log_in(client.username, password="another long password")

    def test_nobody_is_told_that_their_password_changed_when_it_was_anothers(self):
        one, other = self.newcomer(), self.newcomer()
        same = dict(request_id=key(), old_password=PASSWORD, new_password="another long password")
        one("StaffService.ChangePassword", **same)
        with self.ends_in("INVALID_ARGUMENT", "REQUEST_ID_REUSED"):
            other("StaffService.ChangePassword", **same)
        self.daemon.log_in(other.username)

    def test_guessing_the_password_of_an_open_session_is_refused_even_when_the_guess_is_right(self):
        client = self.newcomer()
        self.daemon.sql("insert into lab.login_throttle values (%s, 1000, now(), now() + interval '1 minute')",
                        f"own {client.username}")
        with self.ends_in("RESOURCE_EXHAUSTED", "PASSWORD_THROTTLED"):
            client("StaffService.ChangePassword", old_password=PASSWORD, new_password="another long password")
        self.daemon.log_in(client.username)

    def test_a_reset_password_ends_every_session(self):
        client = self.newcomer()
        self.admin("StaffService.ResetPassword", client, new_password="given by the administrator")
        self.is_out(client)
        self.daemon.log_in(client.username, password="given by the administrator")

    def download_meanwhile(self, act):
        """A download waits for its sheet, `act` happens, then the sheet is drawn: what the download ends in."""
        client = self.newcomer("RECEPTION", desk="D2")
        with stopped(*named(self.daemon.process.pid, "touchstone-render")):
            sheet = self.world.released()
            call = client.channel.unary_stream("/touchstone.v1.SheetService/DownloadSheet")
            stream = call(client.request("SheetService.DownloadSheet", sheet_no=sheet.sheet_no).SerializeToString(),
                          metadata=client.metadata(), timeout=60)
            client("SheetService.GetSheet", sheet_no=sheet.sheet_no)  # answered after it: the download has begun
            act(client)
        with self.assertRaises(grpc.RpcError) as caught:
            self.fail(f"{len(next(stream))} bytes came")
        return caught.exception.code().name

    def test_a_download_that_waits_ends_when_its_session_is_revoked(self):
        self.assertEqual(self.download_meanwhile(lambda client: self.admin("StaffService.RevokeSessions", client)),
                         "UNAUTHENTICATED")

    def test_a_download_that_waits_ends_when_the_role_is_taken_away(self):
        self.assertEqual(self.download_meanwhile(lambda client: self.admin(
            "StaffService.SetRoles", client, version=self.version(client), roles=["ROLE_TECHNICIAN"])),
            "PERMISSION_DENIED")

    def test_passwords_and_tokens_are_nowhere_in_the_log_or_the_database(self):
        client = self.newcomer()
        log = "\n".join(self.daemon.log)
        for secret in (PASSWORD, client.token, "wrong password"):
            self.assertNotIn(secret, log)
        tables = [row[0] for row in self.daemon.sql("select relname from pg_class c join pg_namespace n on n.oid = "
                                                     "relnamespace where nspname = 'lab' and relkind in ('r', 'p')")]
        self.assertGreater(len(tables), 20)
        for table in tables:
            for secret in (PASSWORD, client.token):
                rows = self.daemon.sql(f"select 1 from lab.{table} as t where t::text like %s limit 1", f"%{secret}%")
                self.assertEqual(rows, [], f"a secret stands in lab.{table}")


if __name__ == "__main__":
    unittest.main()
