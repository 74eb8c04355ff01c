# SPDX-License-Identifier: Apache-2.0
"""Calls against a real gRPC server: what is sent, how answers end, retries, trust."""
import csv
import hashlib
import os
import pty
import signal
import socket
import subprocess
import threading
import uuid

import grpc

from tests.client import details
from tests.client.case import PROGRAM, Cutter, Server, ServerCase, make_authority
from tests.client.commands import COMMANDS, ITEM, TEST
from tests.support import paths

PASSWORD = "correct horse battery"


class Calls(ServerCase):
    def setUp(self):
        super().setUp()
        self.password = self.directory / "password"
        self.password.write_text(PASSWORD + "\n")
        self.server.answers["RecordService.PrintOriginalRecord"] = lambda request, context: self.server.message(
            "PrintOriginalRecordResponse", test_id=request.test_id, print_no=1)
        pdf = b"%PDF-"
        self.server.answers["PublicService.FetchSheet"] = lambda request, context: iter([self.server.message(
            "FetchSheetResponse", sheet=dict(pdf_bytes=len(pdf), pdf_sha256=hashlib.sha256(pdf).hexdigest()), data=pdf)])
        self.server.answers["SheetService.DownloadSlip"] = lambda request, context: iter(
            [self.server.message("DownloadSlipResponse", data=b"%PDF-")])
        self.server.answers["RecordService.DownloadOriginalRecord"] = lambda request, context: iter(
            [self.server.message("DownloadOriginalRecordResponse", data=b"%PDF-")])

    def words(self, line):
        return [str(self.password) if word == "PASSWORD" else word for word in line.split()]

    def test_every_rpc_has_a_command_that_calls_it(self):
        for line, method in COMMANDS:
            self.write_session(self.address)
            before = len(self.server.calls)
            self.run_client(*self.words(line))
            self.assertIn(method, [call.method for call in self.server.calls[before:]], line)
        with open(paths.ROOT / "server" / "rpc" / "methods.csv", encoding="utf-8") as file:
            known = {f"{row['service']}.{row['method']}" for row in csv.DictReader(file)}
        # By what prints, and with a journal (tests/outside/test_journal.py).
        self.assertEqual(known, {method for _, method in COMMANDS} | {"SheetService.DownloadSheet", "DeskService.RecordPrints",
                                                                    "DeskService.SetAsideIntake", "DeskService.GetJournalKeys"})

    def test_every_write_carries_a_fresh_request_id(self):
        for line, method in COMMANDS:
            self.write_session(self.address)
            before = len(self.server.calls)
            self.run_client(*self.words(line))
            request = next(call.request for call in self.server.calls[before:] if call.method == method)
            if "request_id" in request.DESCRIPTOR.fields_by_name:
                self.assertEqual(str(uuid.UUID(request.request_id)), request.request_id, method)
        ids = [call.request.request_id for call in self.server.calls if hasattr(call.request, "request_id")]
        self.assertEqual(len(ids), len(set(ids)))

    def test_the_session_goes_as_bearer_and_names_the_client(self):
        self.run_client("whoami")
        metadata = self.server.calls[0].metadata
        self.assertEqual(metadata["authorization"], "Bearer 00112233445566778899aabbccddeeff")
        self.assertIn("touchstone/", metadata["user-agent"])

    def test_log_in_goes_without_a_session(self):
        self.run_client("login", "amy", "--password-file", self.password)
        self.assertNotIn("authorization", self.server.calls[0].metadata)

    def test_the_deadline_reaches_the_server(self):
        found = []
        self.server.answers["StaffService.WhoAmI"] = lambda request, context: (
            found.append(context.time_remaining()), self.message("WhoAmIResponse"))[1]
        self.run_client("whoami", "--timeout", "7")
        self.assertTrue(5 < found[0] <= 7, found)

    def test_log_in_keeps_the_token_and_never_shows_it(self):
        token = "ffeeddccbbaa99887766554433221100"
        self.session().unlink()
        self.server.answers["StaffService.Login"] = lambda request, context: self.message(
            "LoginResponse", token=token, staff={"username": "amy", "name": "Amy"})
        for words in ([], ["--json"], ["--field", "token"]):
            result = self.run_client("login", "amy", "--desk", "D2", "--password-file", "-", *words, stdin=PASSWORD + "\n")
            self.assertNotIn(token, result.stdout + result.stderr)
        self.assertEqual(self.server.calls[0].request.password, PASSWORD)
        self.assertEqual(self.server.calls[0].request.desk, "D2")
        self.assertIn(token, self.session().read_text())
        self.assertEqual(self.session().stat().st_mode & 0o777, 0o600)
        self.run_client("whoami")
        self.assertEqual(self.server.calls[-1].metadata["authorization"], f"Bearer {token}")

    def test_log_out_forgets_the_session(self):
        self.run_client("logout")
        self.assertFalse(self.session().exists())
        told = self.run_client("whoami", expect=4).stderr
        self.assertIn("touchstone login USERNAME", told)

    def test_log_out_forgets_a_session_that_the_server_no_longer_knows(self):
        self.server.answers["StaffService.Logout"] = details.refuse(grpc.StatusCode.UNAUTHENTICATED, "ended")
        self.run_client("logout", expect=4)
        self.assertFalse(self.session().exists())

    def test_intake_fills_every_field_of_the_request_in_order(self):
        (self.directory / "ring.png").write_bytes(b"\x89PNG")
        self.run_client(
            "intake", "register", "--owner-name", "王小明", "--owner-phone", "13800001234", "--bringer-name", "李四",
            "--bringer-phone", "13900001234", "--item", "戒指", "--product", "JEW_AU750", "--mass", "3.520",
            "--condition", "good", "--photo", "ring.png", "--test", "M_XRF:AU", "--item", "项链", "--product", "JEW_AU999",
            "--mass", "10.01", "--pieces", "2", "--test", "M_XRF:AU", "--test", "M_FIRE:AU", "--stones", "none",
            "--seal", "S1", "--value", "900", "--hallmark", "足金", "--claim", "label", "--condition", "worn",
            "--consent", "privacy", "--consent", "agreement:letter of 3 May", "--return", "retain", "--purpose", "dispute",
            "--fee", "50.00", "--waiver", "open day")
        got = self.server.calls[0].request
        self.assertEqual((got.laboratory, got.owner.name, got.owner.phone), ("JEW", "王小明", "13800001234"))
        self.assertEqual((got.bringer.name, got.bringer.phone), ("李四", "13900001234"))
        ring, chain = got.items
        self.assertEqual((ring.name, ring.claimed_product_id, ring.mass_g, ring.pieces, ring.photo),
                         ("戒指", "JEW_AU750", "3.520", 1, b"\x89PNG"))
        self.assertEqual([(t.method_id, t.parameter_id) for t in ring.tests], [("M_XRF", "AU")])
        self.assertEqual([(t.method_id, t.parameter_id) for t in chain.tests], [("M_XRF", "AU"), ("M_FIRE", "AU")])
        self.assertEqual((chain.mass_g, chain.pieces, chain.stones, chain.seal_no, chain.declared_value_cny,
                          chain.hallmark, chain.claim_text, chain.condition),
                         ("10.01", 2, "none", "S1", "900", "足金", "label", "worn"))
        self.assertEqual([(c.kind, c.given_by_owner, c.authorisation) for c in got.consents],
                         [(1, True, ""), (2, False, "letter of 3 May")])
        self.assertEqual((got.return_choice, got.purpose, got.fee_cny, got.waiver), (2, "dispute", "50.00", "open day"))

    def test_intake_takes_a_json_file_and_flags_change_it(self):
        (self.directory / "intake.json").write_text(
            '{"laboratory":"FUR","owner":{"name":"A","phone":"12345"},"return_choice":"discard","purpose":"p",'
            '"items":[{"name":"ring","mass_g":"1.50","photo":"iVBORw==","tests":[{"method_id":"M","parameter_id":"P"}]}]}',
            encoding="utf-8")
        self.run_client("intake", "register", "--file", "intake.json", "--owner-phone", "67890")
        got = self.server.calls[0].request
        self.assertEqual((got.laboratory, got.owner.name, got.owner.phone), ("FUR", "A", "67890"))
        self.assertEqual((got.return_choice, got.purpose, got.items[0].photo), (3, "p", b"\x89PNG"))
        self.assertEqual((got.items[0].mass_g, got.items[0].pieces), ("1.50", 1))

    def test_a_picture_of_two_megabytes_arrives_whole(self):
        picture = os.urandom(2 * 1024 * 1024)
        (self.directory / "big.jpg").write_bytes(picture)
        self.run_client("item", "photo", ITEM, "big.jpg", "--version", "1")
        self.assertEqual(self.server.calls[0].request.photo, picture)

    def test_a_broken_json_file_is_told(self):
        told = self.run_client("intake", "register", "--file", "-", stdin='{"laboratory":', expect=2).stderr
        self.assertNotEqual(told, "")
        self.assertEqual(self.server.calls, [])

    def test_readings_keep_every_digit_position_and_qualifier(self):
        self.run_client("test", "enter", TEST, "--version", "3", "--reading", "750.0@shank", "--reading", "<0.5",
                        "--reading", "-1.25@in side", "--uncertainty", "0.60", "--k", "2.0", "--instrument", "XRF-1",
                        "--temperature", "-5", "--humidity", "45", "--deviation", "only two points")
        got = self.server.calls[0].request
        self.assertEqual([(r.value, r.qualifier, r.position) for r in got.readings],
                         [("750.0", 0, "shank"), ("0.5", 1, ""), ("-1.25", 0, "in side")])
        self.assertEqual((got.expanded_uncertainty, got.coverage_factor, got.instrument, got.temperature_c,
                          got.humidity_percent, got.deviation, got.version),
                         ("0.60", "2.0", "XRF-1", "-5", "45", "only two points", 3))

    def test_item_codes_go_in_their_canonical_form(self):
        self.run_client("item", "show", "ooo-ooo-ooo")
        self.assertEqual(self.server.calls[0].request.item_code, ITEM)

    def test_staff_words_become_enums_and_bools(self):
        self.run_client("staff", "create", "amy", "--name", "Amy", "--role", "technician", "--role", "REVIEWER",
                        "--password-file", self.password)
        self.assertEqual(list(self.server.calls[-1].request.roles), [2, 3])
        self.run_client("staff", "qualify", "amy", "M_XRF", "--qualified", "no", "--reason", "left", "--version", "2")
        self.assertFalse(self.server.calls[-1].request.qualified)
        self.run_client("staff", "qualify", "amy", "M_XRF", "--reason", "came", "--version", "2")
        self.assertTrue(self.server.calls[-1].request.qualified)
        for verb, enabled in (("enable", True), ("disable", False)):
            self.run_client("staff", verb, "amy", "--reason", "because", "--version", "2")
            self.assertEqual(self.server.calls[-1].request.enabled, enabled)

    def test_two_passwords_can_come_through_one_standard_input(self):
        self.run_client("staff", "password", "--password-file", "-", "--new-password-file", "-",
                        stdin="old one\nnew password\n")
        got = self.server.calls[0].request
        self.assertEqual((got.old_password, got.new_password), ("old one", "new password"))

    def test_a_password_is_asked_without_echo(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.directory)
            os.execve(PROGRAM, ["touchstone", "login", "amy"], self.environment)
        shown = b""
        while b"password: " not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, PASSWORD.encode() + b"\n")
        try:
            while more := os.read(terminal, 1000):
                shown += more
        except OSError:
            pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, shown)
        self.assertNotIn(PASSWORD.encode(), shown)
        self.assertEqual(self.server.calls[0].request.password, PASSWORD)

    def test_giving_up_at_the_password_ends_with_130(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.directory)
            os.execve(PROGRAM, ["touchstone", "login", "amy"], self.environment)
        shown = b""
        while b"password: " not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, b"\x03")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 130)
        self.assertEqual(self.server.calls, [])

    def test_without_terminal_and_file_the_password_is_missing(self):
        result = self.run_client("login", "amy", expect=2, start_new_session=True)
        self.assertIn("no terminal to ask", result.stderr)


class Versions(ServerCase):
    def test_the_version_is_read_first_and_nothing_extra_is_said(self):
        self.server.answers["BenchService.GetTest"] = lambda request, context: self.message(
            "GetTestResponse", test={"version": 41})
        result = self.run_client("test", "claim", TEST)
        self.assertEqual([call.method for call in self.server.calls], ["BenchService.GetTest", "BenchService.ClaimTest"])
        self.assertEqual(self.server.calls[1].request.version, 41)
        self.assertEqual(result.stderr, "")

    def test_a_given_version_is_used_as_it_is(self):
        self.run_client("test", "claim", TEST, "--version", "7")
        self.assertEqual([call.method for call in self.server.calls], ["BenchService.ClaimTest"])
        self.assertEqual(self.server.calls[0].request.version, 7)

    def test_items_and_receipts_are_read_by_their_own_call(self):
        self.server.answers["DeskService.GetItem"] = lambda request, context: self.message(
            "GetItemResponse", item={"version": 5})
        self.server.answers["DeskService.GetReceipt"] = lambda request, context: self.message(
            "GetReceiptResponse", receipt={"version": 6})
        self.run_client("item", "return", ITEM, "--mass", "1.00")
        self.assertEqual(self.server.calls[-1].request.version, 5)
        self.run_client("receipt", "collect", "D1-000001")
        self.assertEqual(self.server.calls[-1].request.version, 6)

    def test_a_person_is_found_on_the_second_page_of_the_staff(self):
        def staff(request, context):
            if request.page.page_token == "":
                return self.message("ListStaffResponse", staff=[{"username": "bob", "version": 8}], next_page_token="more")
            return self.message("ListStaffResponse", staff=[{"username": "amy", "version": 9}])
        self.server.answers["StaffService.ListStaff"] = staff
        self.run_client("staff", "roles", "amy", "--role", "reviewer", "--reason", "because")
        self.assertEqual(self.server.calls[-1].request.version, 9)

    def test_a_signatory_reads_the_version_from_what_waits(self):
        self.server.answers["SheetService.ListReleasableItems"] = lambda request, context: self.message(
            "ListReleasableItemsResponse", items=[{"item_code": ITEM, "version": 12}])
        self.run_client("sheet", "release", ITEM, "--meaning", "approved", "--password-file", "-", stdin="secret\n")
        self.assertEqual(self.calls("SheetService.ListReleasableItems")[0].request.laboratory, "JEW")
        got = self.server.calls[-1].request
        self.assertEqual((got.version, got.password, got.meaning), (12, "secret", "approved"))

    def test_an_object_that_is_not_listed_is_not_found(self):
        told = self.run_client("staff", "roles", "amy", "--reason", "because", expect=3).stderr
        self.assertIn("'amy' is nobody's log-in; touchstone staff list", told)

    def test_a_refused_read_ends_the_write_before_it_begins(self):
        self.server.answers["BenchService.GetTest"] = details.refuse(grpc.StatusCode.NOT_FOUND, "There is no such test.")
        self.run_client("test", "claim", TEST, expect=3)
        self.assertEqual(len(self.server.calls), 1)


class HandingOut(ServerCase):
    def test_a_frozen_item_is_no_success(self):
        self.server.answers["DeskService.ReturnItem"] = lambda request, context: self.message(
            "ReturnItemResponse", item={"custody_state": 3}, incident_no="JEW-I-1")
        result = self.run_client("item", "return", ITEM, "--mass", "9.99", "--version", "1", expect=6)
        self.assertIn("do not hand it out", result.stderr)
        self.assertIn("JEW-I-1", result.stdout)


class TestNames(ServerCase):
    def listing(self, *tests):
        self.server.answers["BenchService.ListTests"] = lambda request, context: self.message(
            "ListTestsResponse", tests=tests)
        self.server.answers["BenchService.GetTest"] = lambda request, context: self.message(
            "GetTestResponse", test={"version": 3})

    def test_the_only_test_of_an_item_is_named_by_the_item_code(self):
        self.listing({"test_id": "old", "state": 7}, {"test_id": TEST, "state": 2})
        self.run_client("test", "claim", "000-000-000")
        asked = self.calls("BenchService.ListTests")[0].request
        self.assertEqual((asked.laboratory, asked.item_code), ("JEW", ITEM))
        got = self.server.calls[-1].request
        self.assertEqual((got.test_id, got.version), (TEST, 3))

    def test_one_of_several_tests_must_be_named_by_its_id(self):
        self.listing({"test_id": TEST}, {"test_id": "other"})
        told = self.run_client("test", "claim", ITEM, expect=2).stderr
        self.assertIn("has several tests", told)
        self.assertEqual(self.calls("BenchService.ClaimTest"), [])

    def test_an_item_without_tests_is_not_found(self):
        self.listing()
        self.run_client("test", "claim", ITEM, expect=3)


class Endings(ServerCase):
    def refused(self, expect, code, message="Refused.", words=("test", "submit", TEST, "--version", "1"), **fields):
        self.server.answers["BenchService.SubmitTest"] = details.refuse(code, message, **fields)
        self.server.answers["StaffService.WhoAmI"] = details.refuse(code, message, **fields)
        return self.run_client(*words, "--retries", "0", expect=expect)

    def test_every_status_has_its_exit_code(self):
        code = grpc.StatusCode
        for status, expected in [
                (code.INVALID_ARGUMENT, 2), (code.OUT_OF_RANGE, 2), (code.NOT_FOUND, 3), (code.UNAUTHENTICATED, 4),
                (code.PERMISSION_DENIED, 5), (code.ALREADY_EXISTS, 6), (code.FAILED_PRECONDITION, 6), (code.ABORTED, 6),
                (code.UNAVAILABLE, 7), (code.RESOURCE_EXHAUSTED, 7), (code.UNKNOWN, 9), (code.DEADLINE_EXCEEDED, 9),
                (code.CANCELLED, 9), (code.INTERNAL, 1), (code.UNIMPLEMENTED, 1), (code.DATA_LOSS, 1)]:
            self.refused(expected, status)

    def test_a_read_is_never_of_unknown_outcome(self):
        for status in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED):
            self.refused(7, status, words=("whoami",))

    def test_an_error_is_told_with_its_fields_and_what_to_do(self):
        result = self.refused(2, grpc.StatusCode.INVALID_ARGUMENT, "readings[0].value: is no decimal", reason="FIELD_INVALID",
                              violations=[("readings[0].value", "is no decimal"), ("instrument", "is too long")])
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.splitlines(), [
            "touchstone: readings[0].value: is no decimal", "  instrument: is too long", "correct the values and repeat; nothing was changed"])

    def test_a_stale_version_tells_both_values(self):
        told = self.refused(6, grpc.StatusCode.ABORTED, "Somebody changed this test.", reason="VERSION_STALE",
                            metadata={"current_version": "8", "current_readings": "750.1", "your_readings": "751.2",
                                      "current_by": "bob"}).stderr
        for line in ("  current readings: 750.1", "  your readings: 751.2", "  current by: bob", "look at it again"):
            self.assertIn(line, told)

    def test_a_message_without_details_is_told_decoded(self):
        self.server.answers["StaffService.WhoAmI"] = lambda request, context: context.abort(
            grpc.StatusCode.NOT_FOUND, "没有这个 100% sure")
        self.assertIn("没有这个 100% sure", self.run_client("whoami", expect=3).stderr)

    def test_escapes_in_an_error_reach_no_terminal(self):
        told = self.refused(3, grpc.StatusCode.NOT_FOUND, "gone\x1b[2J\u202e\x9b31m", reason="R\x1b",
                            metadata={"a\x1b]0;x": "b\x07"}).stderr
        for bad in ("\x1b", "\u202e", "\x9b", "\x07"):
            self.assertNotIn(bad, told)
        self.assertIn("gone\\x1b[2J\\u{202e}", told)

    def test_a_method_the_server_lacks_is_told(self):
        self.server.answers["StaffService.WhoAmI"] = lambda request, context: context.abort(
            grpc.StatusCode.UNIMPLEMENTED, "no such method")
        self.assertIn("different versions", self.run_client("whoami", expect=1).stderr)


class Retries(ServerCase):
    def test_a_write_is_repeated_with_the_same_request_id(self):
        tries = []

        def busy_twice(request, context):
            tries.append(request.request_id)
            if len(tries) < 3:
                context.abort(grpc.StatusCode.UNAVAILABLE, "The database is away.")
            return self.message("ClaimTestResponse", test={"version": 2})
        self.server.answers["BenchService.ClaimTest"] = busy_twice
        result = self.run_client("test", "claim", TEST, "--version", "1")
        self.assertEqual(len(tries), 3)
        self.assertEqual(len(set(tries)), 1)
        self.assertIn("trying again with the same request id (2 of 4)", result.stderr)

    def test_an_unknown_outcome_is_settled_by_asking_again(self):
        tries = []

        def lost_once(request, context):
            tries.append(request)
            if len(tries) == 1:
                context.set_trailing_metadata((("grpc-status-details-bin", details.status(
                    2, "The commit was not confirmed.", reason="OUTCOME_UNKNOWN")),))
                context.abort(grpc.StatusCode.UNKNOWN, "The commit was not confirmed.")
            return self.message("ClaimTestResponse", test={"version": 2})
        self.server.answers["BenchService.ClaimTest"] = lost_once
        self.run_client("test", "claim", TEST, "--version", "1")
        self.assertEqual(tries[0].SerializeToString(), tries[1].SerializeToString())

    def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(self):
        cutter = Cutter(self.server.port)
        self.addCleanup(cutter.stop)
        self.use(cutter.port)
        tries = []

        def done_but_cut(request, context):
            tries.append(request.request_id)
            if len(tries) == 1:
                cutter.cut()
            return self.message("ClaimTestResponse", test={"version": 2})
        self.server.answers["BenchService.ClaimTest"] = done_but_cut
        result = self.run_client("test", "claim", TEST, "--version", "1")
        self.assertEqual((len(tries), len(set(tries))), (2, 1))
        self.assertIn("no answer", result.stderr)

    def test_an_outcome_that_stays_unknown_ends_with_9_and_tells_how_to_repeat(self):
        cutter = Cutter(self.server.port)
        self.addCleanup(cutter.stop)
        self.use(cutter.port)
        tries = []

        def always_cut(request, context):
            tries.append(request.request_id)
            cutter.cut()
            return self.message("ClaimTestResponse")
        self.server.answers["BenchService.ClaimTest"] = always_cut
        told = self.run_client("test", "claim", TEST, "--version", "4", "--retries", "1", expect=9).stderr
        self.assertEqual((len(tries), len(set(tries))), (2, 1))
        self.assertIn(f"--request-id {tries[0]} --version 4", told)

    def test_the_told_request_id_repeats_the_same_request(self):
        key = str(uuid.uuid4())
        self.run_client("test", "claim", TEST, "--version", "4", "--request-id", key)
        self.assertEqual(self.server.calls[0].request.request_id, key)

    def test_a_lost_server_after_an_unknown_outcome_does_not_make_it_known(self):
        cutter = Cutter(self.server.port)
        self.addCleanup(cutter.stop)
        self.use(cutter.port)

        def die(request, context):
            cutter.stop()
            return self.message("ClaimTestResponse")
        self.server.answers["BenchService.ClaimTest"] = die
        told = self.run_client("test", "claim", TEST, "--version", "4", expect=9).stderr
        self.assertIn("it may have been done or not", told)

    def test_an_ended_session_after_an_unknown_outcome_does_not_make_it_known(self):
        tries = []

        def unknown_then_out(request, context):
            tries.append(request)
            context.abort(grpc.StatusCode.UNKNOWN if len(tries) == 1 else grpc.StatusCode.UNAUTHENTICATED, "No.")
        self.server.answers["BenchService.ClaimTest"] = unknown_then_out
        told = self.run_client("test", "claim", TEST, "--version", "4", expect=9).stderr
        self.assertIn("it may have been done or not", told)

    def test_a_refusal_is_not_repeated(self):
        self.server.answers["BenchService.ClaimTest"] = details.refuse(grpc.StatusCode.FAILED_PRECONDITION, "No.")
        self.run_client("test", "claim", TEST, "--version", "1", expect=6)
        self.assertEqual(len(self.server.calls), 1)

    def test_a_log_in_without_answer_is_not_repeated_by_itself(self):
        self.server.answers["StaffService.Login"] = lambda request, context: context.abort(grpc.StatusCode.UNKNOWN, "lost")
        self.run_client("login", "amy", "--password-file", "-", stdin="x\n", expect=7)
        self.assertEqual(len(self.server.calls), 1)

    def test_no_server_is_unavailable_and_nothing_was_done(self):
        with socket.create_server(("localhost", 0)) as gone:
            port = gone.getsockname()[1]
        self.use(port)
        told = self.run_client("test", "claim", TEST, "--version", "1", "--retries", "1", expect=7).stderr
        self.assertIn("cannot be reached", told)
        self.assertIn("nothing was done", told)

    def test_a_server_that_hangs_up_in_the_handshake_is_unavailable(self):
        with socket.create_server(("localhost", 0)) as listener:
            def hang_up():
                while True:
                    try:
                        listener.accept()[0].close()
                    except OSError:
                        return
            threading.Thread(target=hang_up, daemon=True).start()
            self.use(listener.getsockname()[1])
            self.run_client("test", "claim", TEST, "--version", "1", "--retries", "1", expect=7)
            listener.shutdown(socket.SHUT_RDWR)

    def test_an_interrupted_write_ends_with_130_and_tells_how_to_repeat(self):
        begun, ended = threading.Event(), threading.Event()

        def hang(request, context):
            begun.set()
            ended.wait(120)
            return self.message("ClaimTestResponse")
        self.server.answers["BenchService.ClaimTest"] = hang
        process = subprocess.Popen([PROGRAM, "test", "claim", TEST, "--version", "1"], env=self.environment,
                                   stderr=subprocess.PIPE, text=True)
        self.assertTrue(begun.wait(60))
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
        ended.set()
        self.assertEqual(process.returncode, 130, told)
        self.assertIn("--request-id", told)

    def test_a_deadline_that_passes_on_a_write_is_an_unknown_outcome(self):
        ended = threading.Event()
        self.server.answers["BenchService.ClaimTest"] = lambda request, context: (
            ended.wait(60), self.message("ClaimTestResponse"))[1]
        self.run_client("test", "claim", TEST, "--version", "1", "--timeout", "4", "--retries", "0", expect=9)
        ended.set()


class Trust(ServerCase):
    def untrusted(self, environment=None, *words):
        result = self.run_client("whoami", *words, expect=4, environment=environment)
        self.assertEqual(self.server.calls, [])
        return result.stderr

    def test_another_authority_is_not_trusted(self):
        other, _, _ = make_authority(self.directory, "other")
        told = self.untrusted({"TOUCHSTONE_CA": str(other)})
        self.assertIn("no trusted connection", told)
        self.assertIn("--ca FILE", told)

    def test_a_private_authority_is_not_in_the_systems_store(self):
        self.untrusted({"TOUCHSTONE_CA": ""})

    def test_with_a_ca_file_the_systems_store_is_not_trusted(self):
        # The system's store is what OpenSSL finds by this variable.
        other, _, _ = make_authority(self.directory, "other")
        self.untrusted({"TOUCHSTONE_CA": str(other), "SSL_CERT_FILE": str(self.authority)})

    def test_another_host_name_is_not_trusted(self):
        self.server.calls.clear()
        self.write_session(f"127.0.0.1:{self.server.port}")
        self.untrusted({"TOUCHSTONE_SERVER": f"127.0.0.1:{self.server.port}"})

    def test_an_expired_certificate_is_not_trusted(self):
        authority, certificate, key = make_authority(self.directory, "late")
        subprocess.run(["openssl", "x509", "-req", "-in", "late-server.csr", "-CA", "late.pem", "-CAkey", "late.key",
                        "-days", "-1", "-extfile", "late.ext", "-out", "late-server.pem"], cwd=self.directory,
                       check=True, capture_output=True)
        server = Server(certificate, key, self.schema)
        self.addCleanup(server.stop)
        self.write_session(f"localhost:{server.port}")
        told = self.untrusted({"TOUCHSTONE_SERVER": f"localhost:{server.port}", "TOUCHSTONE_CA": str(authority)})
        self.assertIn("expired", told)

    def test_a_ca_file_that_is_missing_is_told(self):
        self.untrusted({"TOUCHSTONE_CA": str(self.directory / "none.pem")})

    def test_a_plaintext_port_is_not_spoken_to(self):
        with socket.create_server(("localhost", 0)) as listener:
            def answer():
                peer, _ = listener.accept()
                with peer:
                    peer.recv(1000)
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            threading.Thread(target=answer, daemon=True).start()
            address = f"localhost:{listener.getsockname()[1]}"
            self.write_session(address)
            self.untrusted({"TOUCHSTONE_SERVER": address}, "--retries", "0")

    def test_a_token_is_not_sent_to_another_server(self):
        self.write_session("elsewhere:1")
        self.untrusted()

    def test_a_session_that_others_can_read_is_refused(self):
        self.session().chmod(0o644)
        self.assertIn("can be read by others", self.untrusted())
