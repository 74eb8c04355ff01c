# SPDX-License-Identifier: Apache-2.0
"""What anybody may ask without a session: a sheet by its number, a receipt by its two secrets, over gRPC and as JSON; and
what nobody can find out by trying."""
import hashlib
import re
import unittest

from tests.outside import http2
from tests.outside.case import Outside
from tests.outside.test_documents import text_of
from tests.outside.world import READINGS, ring
from tests.support.daemon import PASSWORD

CODE = re.compile(r"^[0-9A-HJKMNP-TV-Z]{8}$")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Public(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anybody = cls.daemon.client()
        test = cls.world.approved()
        item = cls.world.item(test.item_code)
        cls.receipt = cls.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=item.receipt_no).receipt
        cls.sheet = cls.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                            password=PASSWORD, meaning="approved for issue").sheet
        cls.pdf = b"".join(piece.data for piece in
                           cls.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=cls.sheet.sheet_no))

    def secrets(self, **changes):
        return dict(dict(receipt_code=self.receipt.receipt_code, phone_last4="1234"), **changes)

    def code(self):
        sid = self.daemon.sql("select sid from lab.sheet_statement where sheet_no = %s and revision = 0", self.sheet.sheet_no)[0][0]
        bits = int.from_bytes(bytes(sid)[:5], "big")
        return "".join(CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(8)))

    def post(self, method, body, **more):
        return http2.ask(self.daemon, f"/v1/PublicService/{method}", body, **more)

    # ---- a sheet by its number
    def test_a_number_alone_tells_number_date_kind_and_standing_and_nothing_more(self):
        told = self.anybody("PublicService.LookUpSheet", sheet_no=self.sheet.sheet_no)
        self.assertEqual((told.sheet_no, told.kind_en != "", told.standing, told.code_given, told.code_is_right, told.specimen),
                         (self.sheet.sheet_no, True, 1, False, False, True))
        self.assertRegex(told.issued_on, r"^\d{4}-\d\d-\d\d$")
        answer = self.post("LookUpSheet", dict(sheet_no=self.sheet.sheet_no)).json()
        self.assertEqual(set(answer), {"sheet_no", "issued_on", "kind_zh", "kind_en", "standing", "specimen"})
        self.assertEqual(answer["standing"], "current")

    def test_the_code_says_whether_it_is_this_sheets(self):
        code = self.code()
        for told, right in ((code, True), (code.lower(), True), (f"{code[:4]}-{code[4:]}", True), ("00000000", False)):
            answer = self.anybody("PublicService.LookUpSheet", sheet_no=self.sheet.sheet_no, code=told)
            self.assertEqual((answer.code_given, answer.code_is_right), (True, right), told)
        answer = http2.ask(self.daemon, f"/v1/PublicService/LookUpSheet?sheet_no={self.sheet.sheet_no}&code={code}")
        self.assertEqual((answer.status, answer.json()["code_is_right"]), (200, True))

    def test_a_query_is_read_as_browsers_write_it(self):
        number = self.sheet.sheet_no
        for query in (f"sheet_no={number}", f"&&sheet_no={number}&", f"sheet_no=%{ord(number[0]):02x}{number[1:]}",
                      f"other=1&sheet_no={number}&code", f"code=&sheet_no={number}"):
            answer = http2.ask(self.daemon, f"/v1/PublicService/LookUpSheet?{query}")
            self.assertEqual((answer.status, answer.json().get("sheet_no")), (200, number), query)
        for query in ("", "?", "?=&=", "?sheet_no", "?sheet_no=", "?sheet_no=%zz", "?sheet_no=%", "?sheet_no=a%00b", "?sheet_no=%ff%fe",
                      "?sheet_no=" + "A" * 3000, "?sheet_no=JEW 2026"):
            answer = http2.ask(self.daemon, f"/v1/PublicService/LookUpSheet{query.replace(' ', '+')}")
            self.assertIn(answer.status, (400, 404), query)
            self.assertIn("reason", answer.json())
        self.still_serves()

    def test_an_unknown_number_is_not_found(self):
        with self.ends_in("NOT_FOUND", "SHEET_UNKNOWN"):
            self.anybody("PublicService.LookUpSheet", sheet_no="JEW-2026-999999")
        answer = http2.ask(self.daemon, "/v1/PublicService/LookUpSheet?sheet_no=JEW-2026-999999")
        self.assertEqual((answer.status, answer.json()["code"], answer.json()["reason"]), (404, "NOT_FOUND", "SHEET_UNKNOWN"))

    # ---- a receipt by its two secrets
    def test_the_code_of_a_receipt_is_random_and_printed_for_reception_only(self):
        codes = {self.world.received().receipt_code for _ in range(5)}
        self.assertEqual(len(codes), 5)
        for code in codes:
            self.assertRegex(code, CODE)

    def test_tracking_shows_the_steps_and_no_person(self):
        answer = self.anybody("PublicService.Track", **self.secrets())
        item = answer.items[0]
        self.assertEqual([step.step for step in item.steps], [1, 2, 3, 4, 5, 6])
        self.assertEqual([step.HasField("at") for step in item.steps], [True] * 5 + [False])
        self.assertEqual((item.sheet_no, item.standing), (self.sheet.sheet_no, 1))
        for secret in ("王", "小明", "1234", self.receipt.receipt_code, self.receipt.receipt_no):
            self.assertNotIn(secret, str(answer).replace(self.sheet.sheet_no, ""))

    def test_tracking_begins_at_the_receipt(self):
        receipt = self.world.received()
        answer = self.anybody("PublicService.Track", receipt_code=receipt.receipt_code, phone_last4="1234")
        self.assertEqual([step.HasField("at") for step in answer.items[0].steps], [True] + [False] * 5)
        self.assertEqual(answer.items[0].sheet_no, "")

    def test_an_item_is_being_tested_until_none_of_its_tests_is_open(self):
        receipt = self.world.received(items=[ring(tests=[dict(method_id="M_XRF", parameter_id=name) for name in ("AU", "AG")])])
        begun = []
        for test in receipt.items[0].tests:
            test = self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
            test = self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version, readings=READINGS, expanded_uncertainty="2.0",
                                             instrument="XRF-01", temperature_c="23.1", humidity_percent="45").test
            self.people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id, version=test.version)
            steps = self.anybody("PublicService.Track", receipt_code=receipt.receipt_code, phone_last4="1234").items[0].steps
            begun.append([step.HasField("at") for step in steps[:3]])
        self.assertEqual(begun, [[True, True, False], [True, True, True]])

    def test_the_code_is_read_as_people_write_it(self):
        code = self.receipt.receipt_code
        for told in (code.lower(), f"{code[:4]}-{code[4:]}", code.replace("0", "o").replace("1", "l")):
            self.assertTrue(self.anybody("PublicService.Track", **self.secrets(receipt_code=told)).items)

    def test_the_sheet_is_fetched_by_the_same_two_secrets(self):
        pieces = list(self.anybody("PublicService.FetchSheet", **self.secrets()))
        data = b"".join(piece.data for piece in pieces)
        self.assertEqual(data, self.pdf)
        self.assertEqual((pieces[0].sheet.sheet_no, pieces[0].sheet.pdf_sha256, pieces[0].sheet.signatory),
                         (self.sheet.sheet_no, hashlib.sha256(data).hexdigest(), ""))
        answer = self.post("FetchSheet", self.secrets())
        self.assertEqual((answer.status, answer.headers["content-type"], answer.body), (200, "application/pdf", self.pdf))
        self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_card_and_copy_to_share_are_fetched_by_the_same_two_secrets(self):
        for word in ("card", "share"):
            wanted = "SHEET_DOCUMENT_" + word.upper()
            pieces = list(self.anybody("PublicService.FetchSheet", **self.secrets(document=wanted)))
            data = b"".join(piece.data for piece in pieces)
            staff = b"".join(piece.data for piece in self.people["RECEPTION"](
                "SheetService.DownloadSheet", sheet_no=self.sheet.sheet_no, document=wanted))
            self.assertEqual((data, pieces[0].sheet.sheet_no), (staff, ""), word)
            self.assertNotIn("王小明", text_of(data))
            answer = self.post("FetchSheet", self.secrets(document=word))
            self.assertEqual((answer.status, answer.headers["content-type"], answer.body), (200, "application/pdf", data))
        answer = self.post("FetchSheet", self.secrets(document="sheet.cose"))
        self.assertEqual(answer.status, 400)

    def test_a_sheet_of_another_receipt_is_not_fetched(self):
        other = self.world.received()
        for fields in (dict(receipt_code=other.receipt_code, phone_last4="1234", sheet_no=self.sheet.sheet_no),
                       dict(receipt_code=other.receipt_code, phone_last4="1234", document="SHEET_DOCUMENT_CARD"),
                       dict(receipt_code=other.receipt_code, phone_last4="1234")):
            with self.ends_in("NOT_FOUND", "SHEET_NOT_READY"):
                list(self.anybody("PublicService.FetchSheet", **fields))

    # ---- trying
    def wrong(self, code, last4="0000", method="Track"):
        return self.post(method, dict(receipt_code=code, phone_last4=last4))

    def test_a_wrong_code_and_wrong_digits_cannot_be_told_apart(self):
        known, unknown = self.world.received().receipt_code, "ZZZZZZZ0"
        self.daemon.sql("delete from lab.public_lock")
        for attempt in range(8):
            one, two = self.wrong(known), self.wrong(unknown)
            for answer in (one, two):
                answer.headers.pop("date", None)
            told = [re.sub(r'"retry_after_s":"\d+"', "", answer.body.decode()) for answer in (one, two)]
            self.assertEqual((one.status, told[0], set(one.headers)), (two.status, told[1], set(two.headers)), attempt)
        self.assertEqual(self.daemon.sql("select failures, locks, locked_until is not null from lab.public_lock where "
                                         "receipt_code in (%s, %s)", known, unknown), [(5, 1, True)] * 2)

    def test_five_wrong_tries_lock_a_receipt_and_the_desk_opens_it(self):
        receipt = self.world.received()
        for _ in range(5):
            with self.ends_in("NOT_FOUND", "RECEIPT_UNKNOWN"):
                self.anybody("PublicService.Track", receipt_code=receipt.receipt_code, phone_last4="0000")
        for method, more in (("Track", {}), ("FetchSheet", {}), ("FetchSheet", dict(document="card")), ("FetchSheet", dict(document="share"))):
            answer = self.post(method, dict(more, receipt_code=receipt.receipt_code, phone_last4="1234"))
            self.assertEqual((answer.status, answer.json()["reason"]), (429, "RECEIPT_LOCKED"))
            self.assertIn("desk", answer.json()["message"])
            self.assertLessEqual(int(answer.json()["metadata"]["retry_after_s"]), 900)
        self.people["RECEPTION"]("DeskService.UnlockReceipt", receipt_no=receipt.receipt_no, reason="he showed the receipt")
        self.assertTrue(self.anybody("PublicService.Track", receipt_code=receipt.receipt_code, phone_last4="1234").items)
        entry = next(one for one in self.people["AUDITOR"]("AuditService.ListHistory", laboratory="JEW", object_type="receipt",
                                                           object_id=receipt.receipt_no).entries if "tracking" in one.new_values)
        self.assertEqual(entry.reason, "he showed the receipt")

    def test_each_further_lock_lasts_twice_as_long_and_right_digits_forget_it(self):
        code = self.world.received().receipt_code
        lasted = []
        for _ in range(3):
            for _ in range(5):
                self.assertEqual(self.wrong(code).status, 404)
            lasted.append(int(self.wrong(code).json()["metadata"]["retry_after_s"]))
            self.daemon.sql("update lab.public_lock set locked_until = now() where receipt_code = %s", code)
        for minutes, seconds in zip((15, 30, 60), lasted):
            self.assertTrue(minutes * 60 - 30 <= seconds <= minutes * 60, lasted)
        self.assertEqual(self.wrong(code, "1234").status, 200)
        self.assertEqual(self.daemon.sql("select count(*) from lab.public_lock where receipt_code = %s", code), [(0,)])

    def test_the_right_digits_count_only_before_the_fifth_wrong_try(self):
        code = self.world.received().receipt_code
        for _ in range(4):
            self.wrong(code)
        self.assertEqual(self.wrong(code, "1234").status, 200)
        for _ in range(4):
            self.assertEqual(self.wrong(code).status, 404)
        self.assertEqual(self.wrong(code, "1234").status, 200)

    # ---- the gateway
    def test_only_methods_of_the_public_service_are_reachable(self):
        for path in ("/v1/DeskService/GetReceipt", "/v1/StaffService/Login", "/v1/PublicService/GetSheet", "/v1/", "/v1/PublicService/",
                     "/v1/PublicService/Track/x", "/v1/PublicService/../DeskService/GetReceipt", "/v1/PublicService/Track%20"):
            answer = http2.ask(self.daemon, path, {})
            self.assertEqual((answer.status, answer.json()["reason"]), (404, "METHOD_UNKNOWN"), path)

    def test_secrets_do_not_go_into_addresses(self):
        for method in ("Track", "FetchSheet"):
            answer = http2.ask(self.daemon, f"/v1/PublicService/{method}?receipt_code=00000000&phone_last4=1234")
            self.assertEqual((answer.status, answer.json()["reason"]), (405, "POST_ONLY"))

    def test_a_head_of_what_is_not_there_has_no_body(self):
        for path, status in (("/log/nothing", 404), ("/nothing", 404), ("/v1/PublicService/LookUpSheet", 405), ("/v1/x", 404)):
            self.assertEqual(http2.ask(self.daemon, path, method="HEAD").status, status, path)

    def test_bad_requests_are_told_in_json(self):
        for raw, status, reason in ((b"", 400, "MESSAGE_MISSING"), (b"{", 400, "JSON_INVALID"), (b"[]", 400, "JSON_INVALID"),
                                    (b'{"receipt_code": 5}', 400, None), (b"{}", 400, "FIELD_INVALID"),
                                    (b'{"receipt_code": "' + b"A" * 5000 + b'"}', 429, "MESSAGE_TOO_LARGE"),
                                    (b'{"receipt_code": "\xff\xfe", "phone_last4": "1234"}', 400, None),
                                    (b'{"a":' * 500 + b"1" + b"}" * 500, 400, None)):
            answer = self.post("Track", None, raw=raw)
            self.assertEqual(answer.status, status, (raw[:40], answer.body))
            self.assertEqual(answer.headers["content-type"], "application/json")
            if reason:
                self.assertEqual(answer.json()["reason"], reason)
        self.assertEqual(self.post("Track", None, raw=b"{}", content_type="text/plain").status, 415)
        self.assertEqual(http2.ask(self.daemon, "/v1/PublicService/Track", {}, method="PUT").status, 405)
        self.still_serves()

    def test_no_secret_and_no_person_is_in_the_log(self):
        self.post("Track", self.secrets())
        log = "\n".join(self.daemon.log)
        for secret in (self.receipt.receipt_code, "13800001234", "王小明"):
            self.assertNotIn(secret, log)


if __name__ == "__main__":
    unittest.main()
