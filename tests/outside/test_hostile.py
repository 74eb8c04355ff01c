# SPDX-License-Identifier: Apache-2.0
"""Messages that no client of ours would send, to the real daemon: each is refused in time, nothing is written, and the
connection goes on. (Every field of every request with bad values: test_bad_input.py.)"""
import time
import unittest

from tests.outside.case import Outside
from tests.outside.flooding import BOMB, memory_most, resident
from tests.outside.raw import Raw, frame
from tests.outside.world import READINGS, intake_fields
from tests.support.daemon import key
from tests.support.wire import length_delimited, varint

INVALID, EXHAUSTED, DEADLINE = 3, 8, 4
INTAKE = "/touchstone.v1.DeskService/RegisterIntake"
CLAIM = "/touchstone.v1.BenchService/ClaimTest"
ITEMS = 5  # the field of RegisterIntakeRequest that holds the items
ANSWER_S = 60  # what is thought about for ever is found; a busy machine is not
MEMORY_MOST = 32 << 20


class Hostile(Outside):
    def refused(self, path, message, role="RECEPTION", statuses=(INVALID,)):
        began = time.monotonic()
        with Raw(self.daemon) as raw:
            answer = raw.call(path, message, token=self.people[role].token)
            self.assertIn(answer.status, statuses, answer.all())
            self.assertLess(time.monotonic() - began, ANSWER_S)
            self.assertEqual(raw.call("/livez", method="GET", content_type=None, body=b"").http_status, 200)

    def receipts(self):
        return self.daemon.sql("select count(*) from lab.receipt")[0][0]

    def request(self, **changes):
        return self.people["RECEPTION"].request("DeskService.RegisterIntake", **intake_fields(**changes))

    def test_an_intake_cut_after_any_byte_is_refused(self):
        request = self.request()
        request.items[0].photo = b""
        identity = length_delimited(1, request.request_id.encode())
        request.ClearField("request_id")
        whole = request.SerializeToString() + identity  # its last byte is one that must be there
        before = self.receipts()
        with Raw(self.daemon) as raw:
            for cut in range(len(whole)):
                answer = raw.call(INTAKE, whole[:cut], token=self.people["RECEPTION"].token)
                self.assertEqual(answer.status, INVALID, (cut, answer.all()))
        self.assertEqual(self.receipts(), before)

    def test_groups_and_messages_nested_a_hundred_thousand_deep_are_refused(self):
        self.refused(INTAKE, varint(100 << 3 | 3) * 100000)
        inner = b""
        for _ in range(2000):
            inner = length_delimited(ITEMS, inner)
        self.refused(INTAKE, inner)

    def test_a_million_elements_are_refused_without_their_memory(self):
        base = resident(self.daemon.process.pid)
        for number in range(1, 12):
            self.refused(INTAKE, length_delimited(number, b"") * 1000000)
        self.assertLess(resident(self.daemon.process.pid) - base, memory_most(self.daemon, MEMORY_MOST))

    def test_a_million_elements_inside_an_element_are_refused_without_their_memory(self):
        base = resident(self.daemon.process.pid)
        for number in range(1, 16):
            self.refused(INTAKE, length_delimited(ITEMS, length_delimited(number, b"") * 1000000))
        self.assertLess(resident(self.daemon.process.pid) - base, memory_most(self.daemon, MEMORY_MOST))

    def test_extreme_integers_as_versions_are_refused(self):
        test = self.world.received().items[0].tests[0]
        head = length_delimited(1, key().encode()) + length_delimited(2, test.test_id.encode())
        for number in (0, -1, 2**63 - 1, -2**63, 2**53, 2**32, 2**31):
            self.refused(CLAIM, head + varint(3 << 3) + varint(number), "TECHNICIAN", (INVALID, 9, 10))
        for overlong in (b"\xff" * 10 + b"\x01", b"\x80" * 20 + b"\x01"):
            self.refused(CLAIM, head + varint(3 << 3) + overlong, "TECHNICIAN")

    def test_what_is_no_decimal_is_no_result(self):
        test = self.world.claimed()
        for value in ("NaN", "-nan", "inf", "Infinity", "７５３.４", "٧٥٣", "7e2", "0x2f1", "753,4", "7 53", "", "9" * 10000,
                      "0." + "3" * 10000, "1" * 49, "\u2212753"):
            readings = [dict(READINGS[0], value=value), *READINGS[1:]]
            with self.subTest(value=value[:12]), self.ends_in("INVALID_ARGUMENT", text=value[:12]) as refusal:
                self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                          readings=readings, expanded_uncertainty="2.0", instrument="XRF-01",
                                          temperature_c="23.1", humidity_percent="45")
            self.assertTrue(refusal and any(name.startswith("readings[0].value") for name in refusal[0].fields), value[:12])
        entered = self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                            readings=READINGS, expanded_uncertainty="2.0", instrument="XRF-01",
                                            temperature_c="23.1", humidity_percent="45").test
        self.assertEqual([reading.value for reading in entered.readings], [reading["value"] for reading in READINGS])

    def test_a_call_whose_message_never_ends_is_ended_at_its_deadline(self):
        with Raw(self.daemon) as raw:
            stream = raw.open(INTAKE, headers=[("grpc-timeout", "300m")], token=self.people["RECEPTION"].token)
            raw.send(stream, frame(bytes(1000))[:500])
            self.assertEqual(raw.finish(stream).status, DEADLINE)
            self.assertEqual(raw.call("/livez", method="GET", content_type=None, body=b"").http_status, 200)

    def test_many_gzip_bombs_on_one_connection_cost_their_ceiling_only(self):
        base = resident(self.daemon.process.pid)
        with Raw(self.daemon) as raw:
            for _ in range(10):
                body = b"\1" + len(BOMB).to_bytes(4, "big") + BOMB
                answer = raw.call(INTAKE, body=body, headers=[("grpc-encoding", "gzip")], token=self.people["RECEPTION"].token)
                self.assertEqual(answer.status, EXHAUSTED, answer.all())
        self.assertLess(resident(self.daemon.process.pid) - base, memory_most(self.daemon, MEMORY_MOST))


if __name__ == "__main__":
    unittest.main()
