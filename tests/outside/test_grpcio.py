# SPDX-License-Identifier: Apache-2.0
"""Python grpcio against the running daemon: unary calls, a server stream, deadlines, error details and
metadata; with raw frames where the library would hide what was sent."""
import base64
import contextlib
import hashlib
import threading
import unittest

import grpc

from tests.outside.case import Outside
from tests.outside.raw import Raw, unbase64
from tests.outside.world import intake_fields, ring
from tests.support.daemon import key
from tests.support.errors import CLASSES

WHO_AM_I = "/touchstone.v1.StaffService/WhoAmI"
LOGIN = "/touchstone.v1.StaffService/Login"
GET_ITEM = "/touchstone.v1.DeskService/GetItem"
ANSWER_S = 30


class Calls(Outside):
    @contextlib.contextmanager
    def table_locked(self, table):
        """The database is slow: nobody else gets at the table meanwhile."""
        with contextlib.closing(self.daemon.database()) as connection:
            connection.autocommit = False
            with connection.cursor() as cursor:
                cursor.execute(f"lock table lab.{table} in access exclusive mode")
            yield
            connection.rollback()

    def token(self, role="RECEPTION"):
        return self.people[role].token

    def test_a_unary_call_answers(self):
        answer = self.people["TECHNICIAN"]("StaffService.WhoAmI")
        self.assertEqual(answer.staff.username, "technician")
        self.assertEqual([(r.laboratory, list(r.roles)) for r in answer.staff.roles], [("JEW", [2])])

    def test_a_hundred_calls_on_one_connection_answer_each_its_own(self):
        desk = self.people["RECEPTION"]
        codes = [self.world.received().items[0].item_code for _ in range(4)]
        method = self.daemon.schema.method("DeskService.GetItem")
        call = desk.channel.unary_unary(GET_ITEM, response_deserializer=self.daemon.schema.message(
            method.output_type.full_name).FromString)
        flying = [(codes[n % 4], call.future(desk.request("DeskService.GetItem", item_code=codes[n % 4])
                                             .SerializeToString(), metadata=desk.metadata(), timeout=ANSWER_S))
                  for n in range(100)]
        for code, future in flying:
            self.assertEqual(future.result().item.item_code, code)

    def test_a_stream_brings_the_sealed_sheet_in_pieces(self):
        sheet = self.world.released()
        pieces = self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60)
        pdf = b"".join(piece.data for piece in pieces)
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertEqual(pieces[0].sheet.sheet_no, sheet.sheet_no)
        self.assertEqual(pieces[0].sheet.pdf_sha256, hashlib.sha256(pdf).hexdigest())
        self.assertEqual(pieces[0].sheet.pdf_bytes, len(pdf))
        self.assertFalse(any(piece.HasField("sheet") for piece in pieces[1:]))
        self.assertLessEqual(max(len(piece.data) for piece in pieces), 65536)

    def test_a_stream_that_the_client_leaves_half_way_harms_nobody(self):
        sheet = self.world.released()
        desk = self.people["RECEPTION"]
        desk("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60)
        for _ in range(20):
            call = desk.channel.unary_stream("/touchstone.v1.SheetService/DownloadSheet")
            stream = call(desk.request("SheetService.DownloadSheet", sheet_no=sheet.sheet_no).SerializeToString(),
                          metadata=desk.metadata(), timeout=ANSWER_S)
            next(stream)
            stream.cancel()
        self.still_serves()

    # ---- deadlines
    def test_a_read_past_its_deadline_ends_in_deadline_exceeded_and_the_daemon_lives(self):
        code = self.world.received().items[0].item_code
        with self.table_locked("item"):
            with self.ends_in("DEADLINE_EXCEEDED"):
                self.people["RECEPTION"]("DeskService.GetItem", item_code=code, timeout=0.4)
            self.still_serves()
        self.assertEqual(self.world.item(code).item_code, code)

    def test_the_daemon_itself_keeps_the_deadline_of_a_patient_client(self):
        code = self.world.received().items[0].item_code
        request = self.people["RECEPTION"].request("DeskService.GetItem", item_code=code).SerializeToString()
        with self.table_locked("item"), Raw(self.daemon) as raw:
            answer = raw.call(GET_ITEM, request, token=self.token(), headers=[("grpc-timeout", "300m")])
        self.assertEqual(answer.status, 4, answer.all())
        self.assertTrue(answer.trailers_only)

    def test_every_unit_of_grpc_timeout_is_understood(self):
        with Raw(self.daemon) as raw:
            for text in ("1H", "1M", "20S", "20000m", "20000000u", "99999999n", "00000020S"):
                answer = raw.call(WHO_AM_I, token=self.token(), headers=[("grpc-timeout", text)])
                self.assertEqual(answer.status, 0, (text, answer.all()))

    def test_a_malformed_grpc_timeout_is_refused(self):
        with Raw(self.daemon) as raw:
            for text in ("", "S", "1", "1s", "-1S", "1.5S", "123456789S", "1 S", "1S1S", "１S"):
                answer = raw.call(WHO_AM_I, token=self.token(), headers=[("grpc-timeout", text)])
                self.assertIn(answer.status, (3, 13), (text, answer.all()))

    def test_a_write_past_its_deadline_is_told_as_unknown_and_its_retry_books_it_once(self):
        desk, request_id = self.people["RECEPTION"], key()
        fields = intake_fields(owner=dict(name="周 慢慢", phone="13511110001"), request_id=request_id)
        with self.table_locked("receipt"):
            with self.ends_in("DEADLINE_EXCEEDED"):
                desk("DeskService.RegisterIntake", timeout=0.5, **fields)
        first = desk("DeskService.RegisterIntake", **fields).receipt
        again = desk("DeskService.RegisterIntake", **fields).receipt
        self.assertEqual(first, again)
        found = desk("DeskService.FindPersons", query="13511110001").persons
        self.assertEqual([person.item_count for person in found], [1])

    def test_a_cancelled_call_frees_the_daemon_for_others(self):
        desk = self.people["RECEPTION"]
        code = self.world.received().items[0].item_code
        request = desk.request("DeskService.GetItem", item_code=code).SerializeToString()
        with self.table_locked("item"):
            flying = [desk.channel.unary_unary(GET_ITEM).future(request, metadata=desk.metadata(), timeout=ANSWER_S)
                      for _ in range(40)]
            for future in flying:
                future.cancel()
            # Connections of another class are free of them.
            self.people["RECEPTION"]("DeskService.FindPersons", query="19900000000")
        self.assertEqual(self.world.item(code).item_code, code)

    # ---- errors
    def test_an_error_carries_reason_domain_and_the_same_text_in_its_details(self):
        with self.ends_in("NOT_FOUND") as refusal:
            self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no="D1-26-999999")
        self.assertRegex(refusal[0].reason, r"^[A-Z][A-Z0-9_]+$")
        self.assertRegex(refusal[0].domain, r"touchstone")
        self.assertEqual(refusal[0].status.code, 5)
        self.assertEqual(refusal[0].status.message, refusal[0].text)

    def test_bad_request_names_each_wrong_field_by_its_path(self):
        item = ring(mass_g="heavy", tests=[dict(method_id="M_XRF", parameter_id="")])
        with self.ends_in("INVALID_ARGUMENT", "FIELD_INVALID") as refusal:
            self.people["RECEPTION"]("DeskService.RegisterIntake", **intake_fields(items=[ring(), item], purpose=""))
        self.assertEqual(set(refusal[0].fields), {"items[1].mass_g", "items[1].tests[0].parameter_id", "purpose"})
        self.assertTrue(all(refusal[0].fields.values()))

    def test_an_error_comes_as_trailers_only_with_http_200(self):
        with Raw(self.daemon) as raw:
            answer = raw.call(GET_ITEM, b"", token=self.token())
        self.assertEqual((answer.http_status, answer.status, answer.trailers_only), (200, 3, True))
        self.assertEqual(dict(answer.headers)["content-type"], "application/grpc")
        status = CLASSES["Status"].FromString(unbase64(answer.all()["grpc-status-details-bin"]))
        self.assertEqual(status.code, 3)
        self.assertEqual(status.message, answer.message)

    def test_an_unknown_method_or_service_is_unimplemented(self):
        for path in ("/touchstone.v1.DeskService/BurnItem", "/touchstone.v1.NoService/GetItem", "/x", "/",
                     "/touchstone.v1.DeskService/GetItem/", "//touchstone.v1.DeskService/GetItem"):
            with self.ends_in("UNIMPLEMENTED", text=path):
                self.people["RECEPTION"].channel.unary_unary(path)(b"", timeout=ANSWER_S)

    def test_a_message_above_the_ceiling_is_refused(self):
        desk = self.people["RECEPTION"]
        with self.ends_in("RESOURCE_EXHAUSTED"):
            desk("DeskService.GetItem", message=b"\x0a" + b"\xff\xff\xff\x07" + b"x" * (16 << 20))
        self.still_serves()

    def test_a_length_that_lies_takes_nothing_and_is_refused(self):
        with Raw(self.daemon) as raw:
            answer = raw.call(WHO_AM_I, body=b"\0\xff\xff\xff\xff" + b"x" * 10, token=self.token())
            self.assertEqual(answer.status, 8, answer.all())
            truncated = raw.call(WHO_AM_I, body=b"\0\0\0\0\x0a" + b"x" * 4, token=self.token())
            self.assertIn(truncated.status, (3, 13), truncated.all())

    def test_a_unary_method_takes_exactly_one_message(self):
        with Raw(self.daemon) as raw:
            for body in (b"", b"\0\0\0\0\0" * 2):
                answer = raw.call(WHO_AM_I, body=body, token=self.token())
                self.assertIn(answer.status, (12, 13), (body, answer.all()))

    # ---- metadata, encodings, frames
    def test_binary_metadata_padded_or_not_does_no_harm(self):
        values = [bytes(range(size)) for size in range(8)]
        with Raw(self.daemon) as raw:
            for value in values:
                padded = base64.b64encode(value).decode()
                for text in {padded, padded.rstrip("=")}:
                    answer = raw.call(WHO_AM_I, token=self.token(), headers=[("trace-bin", text)])
                    self.assertEqual(answer.status, 0, (text, answer.all()))
        desk = self.people["RECEPTION"]
        for value in values:
            desk.channel.unary_unary(WHO_AM_I)(b"", metadata=desk.metadata([("trace-bin", value)]), timeout=ANSWER_S)

    def test_messages_in_frames_of_one_byte_are_read(self):
        code = self.world.received().items[0].item_code
        request = self.people["RECEPTION"].request("DeskService.GetItem", item_code=code).SerializeToString()
        with Raw(self.daemon) as raw:
            answer = raw.call(GET_ITEM, request, token=self.token(), piece=1)
        self.assertEqual(answer.status, 0, answer.all())
        self.assertIn(code.encode(), answer.data)

    def test_an_unknown_encoding_is_unimplemented_and_names_the_known_ones(self):
        with Raw(self.daemon) as raw:
            answer = raw.call(WHO_AM_I, body=b"\1\0\0\0\1x", token=self.token(), headers=[("grpc-encoding", "snappy")])
        self.assertEqual(answer.status, 12, answer.all())
        self.assertIn("identity", answer.all().get("grpc-accept-encoding", ""))

    def test_a_compressed_message_without_encoding_is_an_error(self):
        with Raw(self.daemon) as raw:
            answer = raw.call(WHO_AM_I, body=b"\1\0\0\0\1x", token=self.token())
        self.assertIn(answer.status, (3, 13), answer.all())

    def test_gzip_is_read_and_a_gzip_bomb_is_refused(self):
        options = [("grpc.default_compression_algorithm", 2)]  # gzip
        desk = self.daemon.client(self.token(), self.daemon.channel(options))
        code = self.world.received().items[0].item_code
        self.assertEqual(desk("DeskService.GetItem", item_code=code).item.item_code, code)
        with self.ends_in("RESOURCE_EXHAUSTED"):
            desk("DeskService.GetItem", message=b"\x0a\x80\x80\x80\x08" + b"0" * (16 << 20))
        self.still_serves()

    def test_content_types_of_grpc_are_taken(self):
        with Raw(self.daemon) as raw:
            for text in ("application/grpc", "application/grpc+proto", "application/grpc; charset=utf-8"):
                self.assertEqual(raw.call(WHO_AM_I, token=self.token(), content_type=text).status, 0, text)

    def test_other_content_types_are_answered_415(self):
        with Raw(self.daemon) as raw:
            for text in ("application/json", "application/grpcx", "text/plain", None):
                answer = raw.call(WHO_AM_I, token=self.token(), content_type=text)
                self.assertEqual(answer.http_status, 415, text)

    def test_garbage_is_refused_and_the_connection_goes_on(self):
        with Raw(self.daemon) as raw:
            for body in (b"\xff" * 40, b"\x0a\xff\xff\xff\xff\x0f", b"\x0b\x0c" * 200, b"\x0a\x02\xff\xfe"):
                answer = raw.call(LOGIN, body)
                self.assertEqual(answer.status, 3, (body, answer.all()))
            self.assertEqual(raw.call(WHO_AM_I, token=self.token()).status, 0)

    def test_many_threads_with_channels_of_their_own_are_all_served(self):
        failures = []

        def one():
            try:
                self.daemon.client(self.token(), self.own_channel())("StaffService.WhoAmI")
            except grpc.RpcError as error:
                failures.append(error)
        threads = [threading.Thread(target=one) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])

    def own_channel(self):
        return self.daemon.channel([("grpc.use_local_subchannel_pool", 1)])


if __name__ == "__main__":
    unittest.main()
