# SPDX-License-Identifier: Apache-2.0
"""The main job through SQL: a ring from intake to its sealed sheet and back into its owner's hand."""
import hashlib
import json
import unittest

from tests.database.case import GOOD, PHOTO, DatabaseCase


class Walk(DatabaseCase):
    def test_a_ring_walks_from_intake_to_its_sheet_and_home(self):
        receipt = self.receive()
        self.assertRegex(receipt["receipt_no"], r"^D1-26-\d{6}$")
        self.assertEqual(receipt["owner"]["name_masked"], "王**")
        self.assertEqual(receipt["owner"]["phone_masked"], "138****8000")
        item = receipt["items"][0]
        self.assertEqual((item["mass_g"], item["state"], item["custody_state"], item["holder"]),
                         ("3.520", "received", "held", "reception"))
        self.assertEqual(item["photo_sha256"], hashlib.sha256(PHOTO).hexdigest())
        test = item["tests"][0]
        test = self.write("bench_assign_test", "manager", test_id=test["test_id"], version=test["version"],
                          technician="tech")["test"]
        self.assertEqual((test["state"], test["assigned_to"]), ("assigned", "tech"))
        test = self.enter(test)
        self.assertEqual([reading["value"] for reading in test["readings"]], GOOD)
        self.assertEqual((test["state"], test["coverage_factor"]), ("in_progress", "2"))
        context = self.caller.rows("select api.bench_judge_context(%s, %s)", self.tokens["tech"],
                                   json.dumps(dict(test_id=test["test_id"])))[0][0]["test"]
        self.assertEqual(context, test)
        test = self.submit(test)
        self.assertEqual((test["state"], test["judgement"]["verdict"]), ("submitted", "pass"))
        test = self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"],
                          comment="checked")["test"]
        self.assertEqual(test["state"], "approved")
        releasable = self.read("sheet_list_releasable_items", "signatory", laboratory="JEW")["items"]
        self.assertIn(item["item_code"], [one["item_code"] for one in releasable])
        sheet = self.release(item["item_code"])
        self.assertRegex(sheet["sheet_no"], r"^JEW-2026-\d{6}$")
        self.assertEqual((sheet["state"], sheet["specimen"], sheet["signatory"]), ("frozen", True, "signatory"))
        self.assertIn(sheet["sheet_no"], self.draw_all())
        answer, blob = self.caller.rows("select answer, blob from api.sheet_download_sheet(%s, %s)",
                                        self.tokens["reception"], json.dumps(dict(sheet_no=sheet["sheet_no"])))[0]
        self.assertEqual(answer["sheet"]["state"], "sealed")
        self.assertEqual(hashlib.sha256(blob).hexdigest(), answer["sheet"]["pdf_sha256"])
        self.assertEqual(len(blob), answer["sheet"]["pdf_bytes"])
        receipt = self.write("desk_collect_receipt", "reception", receipt_no=receipt["receipt_no"],
                             version=receipt["version"])["receipt"]
        self.assertTrue(receipt["collected_at"])
        item = receipt["items"][0]
        self.assertEqual(item["tests"][0]["judgement"]["verdict"], "pass")
        returned = self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                              mass_out_g="3.51")
        self.assertEqual(returned["item"]["custody_state"], "returned")
        self.assertNotIn("incident_no", returned)
        self.assertNotIn("holder", returned["item"])

    def test_what_the_judge_needs_comes_from_the_catalogue(self):
        judge = self.claimed()["judge"]
        self.assertEqual({key: judge[key] for key in ("limit", "operator", "comparison", "screening", "min_replicates",
                                                      "unit", "requirement", "standard", "clause", "confidence")},
                         dict(limit="750", operator="ge", comparison="full", screening=True, min_replicates=3, unit="‰",
                              requirement="≥ 750", standard="GB 11887-2012", clause="Table 1", confidence="verified"))

    def test_reception_sees_no_result_before_the_sheet_is_issued(self):
        test = self.submitted()
        seen = self.item(test["item_code"])["tests"][0]
        self.assertEqual({"readings", "judgement", "judge", "expanded_uncertainty"} & set(seen), set())
        self.assertEqual(seen["state"], "submitted")

    def test_a_sheet_that_was_sent_back_is_entered_again_with_a_reason_and_judged_again(self):
        test = self.submitted()
        test = self.write("review_send_back_test", "reviewer", test_id=test["test_id"], version=test["version"],
                          reason="positions missing")["test"]
        self.assertEqual((test["state"], test["sent_back_reason"]), ("in_progress", "positions missing"))
        self.assertNotIn("judgement", test)
        with self.refused("FIELD_INVALID", "reason"):
            self.enter(test)
        test = self.enter(test, values=["751.0", "751.1", "751.2"], reason="positions added")
        test = self.submit(test, mean="751.1", range="0.2")
        test = self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])["test"]
        self.assertEqual(test["judgement"]["mean"], "751.1")
        self.assertEqual(self.one("select count(*) from lab.reading where test_id = %s", test["test_id"]), 6)

    def test_a_sent_back_test_may_be_submitted_again_only_by_who_holds_it(self):
        test = self.entered()
        test = self.write("bench_assign_test", "manager", test_id=test["test_id"], version=test["version"],
                          technician="tech2", reason="ill")["test"]
        self.assertEqual((test["state"], test["assigned_to"]), ("in_progress", "tech2"))
        with self.refused("TEST_NOT_YOURS", status=7):
            self.submit(test, "tech")
        self.submit(test, "tech2")

    def test_masses_that_disagree_freeze_the_item_and_open_an_incident(self):
        test = self.approved()
        item = self.item(test["item_code"])
        answer = self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                            mass_out_g="3.49")
        self.assertRegex(answer["incident_no"], r"^INC-JEW-2026-\d{4}$")
        self.assertEqual(answer["item"]["custody_state"], "frozen")
        with self.refused("NOT_HELD"):
            self.write("desk_return_item", "reception", item_code=item["item_code"],
                       version=answer["item"]["version"], mass_out_g="3.520")
        with self.refused("INCIDENT_OPEN"):
            self.release(item["item_code"])

    def test_the_tolerance_of_the_scale_is_allowed_to_the_last_digit(self):
        for mass, state in (("3.50", "returned"), ("3.540", "returned"), ("3.4999", "frozen"), ("3.5401", "frozen")):
            item = self.item(self.approved()["item_code"])
            answer = self.write("desk_return_item", "reception", item_code=item["item_code"],
                                version=item["version"], mass_out_g=mass)
            self.assertEqual(answer["item"]["custody_state"], state, mass)

    def test_an_item_is_not_returned_while_it_is_tested(self):
        item = self.item(self.entered()["item_code"])
        with self.refused("TESTS_OPEN"):
            self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                       mass_out_g="3.52")

    def test_a_receipt_is_not_collected_before_its_sheets_are_sealed(self):
        item = self.item(self.approved()["item_code"])
        with self.refused("SHEETS_NOT_READY"):
            self.write("desk_collect_receipt", "reception", receipt_no=item["receipt_no"], version=1)
        self.release(item["item_code"])
        with self.refused("SHEETS_NOT_READY"):
            self.write("desk_collect_receipt", "reception", receipt_no=item["receipt_no"], version=1)
        self.draw_all()
        self.write("desk_collect_receipt", "reception", receipt_no=item["receipt_no"], version=1, collected_by="wife")
        with self.refused("ALREADY_COLLECTED"):
            self.write("desk_collect_receipt", "reception", receipt_no=item["receipt_no"], version=2)

    def test_a_missing_photo_blocks_testing_and_not_the_queue(self):
        receipt = self.receive(photo=False, blobs=())
        item = receipt["items"][0]
        self.assertTrue(item["photo_pending"])
        test = item["tests"][0]
        test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=test["version"])["test"]
        with self.refused("PHOTO_PENDING"):
            self.enter(test)
        with self.refused("FIELD_INVALID", "photo"):
            self.write("desk_attach_photo", "reception", item_code=item["item_code"], version=item["version"],
                       photo=1, blobs=[b"<svg onload=alert(1)>"])
        item = self.write("desk_attach_photo", "reception", item_code=item["item_code"], version=item["version"],
                          photo=1, blobs=[PHOTO])["item"]
        self.assertFalse(item["photo_pending"])
        with self.refused("PHOTO_PRESENT"):
            self.write("desk_attach_photo", "reception", item_code=item["item_code"], version=item["version"],
                       photo=1, blobs=[PHOTO])
        self.enter(test)

    def test_auto_assignment_gives_each_test_to_the_least_loaded_qualified_technician(self):
        self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        loads = dict(self.sql("select username, count(test_id) from lab.staff left join lab.test on assigned_to = staff_id "
                              "and state in ('assigned', 'in_progress') where username in ('tech', 'tech2', 'allround') "
                              "group by username"))
        for _ in range(6):
            self.receive()
        answer = self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        self.assertEqual(len(answer["assigned"]), 6)
        for test in answer["assigned"]:
            least = min(loads, key=lambda name: (loads[name], name))
            self.assertEqual(test["assigned_to"], least)
            loads[least] += 1

    def test_a_test_for_which_nobody_is_qualified_stays_unassigned_and_is_counted(self):
        self.receive(tests=[("M_ICPPM", "AU")])
        answer = self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        self.assertGreaterEqual(answer["left_unassigned"], 1)

    def test_tests_that_nobody_can_do_do_not_keep_the_others_waiting(self):
        for _ in range(11):
            self.receive(tests=[("M_ICPPM", "AU")], items=20, photo=False, blobs=())
        self.sql("update lab.test set due_at = due_at - interval '9 days' where method_id = 'M_ICPPM'")
        test = self.received_test()
        answer = self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        self.assertIn(test["test_id"], [one["test_id"] for one in answer["assigned"]])
        self.assertGreaterEqual(answer["left_unassigned"], 220)

    def test_what_one_assignment_leaves_is_counted_and_the_next_one_takes_it(self):
        self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        for _ in range(11):
            self.receive(items=20, photo=False, blobs=())
        first = self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        second = self.write("bench_auto_assign_tests", "manager", laboratory="JEW")
        self.assertEqual((len(first["assigned"]), len(second["assigned"])), (200, 20))
        self.assertEqual(first["left_unassigned"], second["left_unassigned"] + 20)

    def test_an_item_with_two_tests_is_reviewed_when_both_are(self):
        receipt = self.receive(tests=[("M_XRF", "AU"), ("M_XRF", "AG")])
        code, tests = receipt["items"][0]["item_code"], receipt["items"][0]["tests"]
        for n, test in enumerate(tests):
            test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=test["version"])["test"]
            test = self.enter(test)
            test = self.submit(test, verdict="pass" if test["parameter_id"] == "AU" else "not_judged")
            self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
            self.assertEqual(self.item(code)["state"], ["received", "reviewed"][n])
        self.release(code)


class Record(DatabaseCase):
    def record(self, sheet):
        data = self.one("select record_bytes from lab.sheet where sheet_no = %s", sheet["sheet_no"])
        return bytes(data), json.loads(bytes(data))

    def test_the_record_tells_of_the_environment_its_range_as_typed(self):
        for typed, told in (("{}", ""), ("{NULL}", ""), ("{23.1,23.1}", "23.1"), ("{23.4,22.8,NULL,23.10}", "22.8–23.4"),
                            ("{9,-1.5,10.0}", "-1.5–10.0")):
            self.assertEqual(self.one("select lab.range_told(%s)", typed), told)

    def test_the_record_holds_every_field_as_text(self):
        sheet = self.released()
        data, record = self.record(sheet)
        self.assertEqual(hashlib.sha256(data).hexdigest(), sheet["record_sha256"])
        self.assertEqual((record["format"], record["sheet_no"], record["revision"], record["specimen"]),
                         ("touchstone/record/1", sheet["sheet_no"], "0", True))
        result = record["results"][0]
        self.assertEqual([reading["value"] for reading in result["readings"]], GOOD)
        self.assertEqual((result["mean"], result["verdict"], result["verdict_zh"], result["requirement"],
                          result["method_standard"], result["unit"]),
                         ("750.9", "pass", "符合", "≥ 750", "GB/T 18043-2013", "‰"))
        self.assertTrue(result["judgement_standard"].startswith("GB 11887-2012 "))
        self.assertEqual([(one["role"], one["name"]) for one in record["signatures"]],
                         [("prepared", "Tech"), ("reviewed", "Reviewer"), ("approved", "Signatory")])
        self.assertEqual(record["conclusion"]["zh"], "所测表层的金含量符合 GB 11887-2012（含第1号修改单）对金750首饰（18K）的要求。")
        self.assertEqual(record["client"], dict(name="王小明", contact="138****8000"))
        self.assertEqual(record["item"]["mass_g"], "3.520")

        def scalars(value):
            if isinstance(value, dict):
                return [x for member in value.values() for x in scalars(member)]
            if isinstance(value, list):
                return [x for member in value for x in scalars(member)]
            return [value]
        statement = record.pop("statement")
        self.assertEqual({type(value) for value in scalars(record)}, {str, bool})
        self.assertEqual({type(value) for value in scalars(statement)}, {str, type(None)})

    def test_the_conclusion_says_each_verdict(self):
        receipt = self.receive(tests=[("M_XRF", "AU"), ("M_XRF", "AG")])
        for test in receipt["items"][0]["tests"]:
            test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=test["version"])["test"]
            test = self.submit(self.enter(test), verdict="pass" if test["parameter_id"] == "AU" else "not_judged")
            self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        _, record = self.record(self.release(receipt["items"][0]["item_code"]))
        conclusion = record["conclusion"]
        self.assertEqual((conclusion["verdict"], conclusion["zh"]),
                         ("not_judged", "所测表层的银含量不作判定，仅报告检测结果。"
                          "所测表层的金含量符合 GB 11887-2012（含第1号修改单）对金750首饰（18K）的要求。"))
        self.assertIn("The gold fineness of the measured surface layer conforms to GB 11887-2012 (incl. Amd 1) for gold jewellery 750.", conclusion["en"])

    def test_a_deviation_from_the_method_is_on_record(self):
        test = self.submit(self.entered(deviation="2 点，戒面不可测"))
        self.assertEqual(test["deviation"], "2 点，戒面不可测")
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        _, record = self.record(self.release(test["item_code"]))
        self.assertEqual(record["results"][0]["deviation_zh"], "2 点，戒面不可测")

    def test_who_measured_and_who_submitted_are_both_named(self):
        test = self.entered()
        test = self.write("bench_assign_test", "manager", test_id=test["test_id"], version=test["version"],
                          technician="tech2", reason="ill today")["test"]
        test = self.submit(test, "tech2")
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        _, record = self.record(self.release(test["item_code"]))
        self.assertEqual({one["name"] for one in record["signatures"] if one["role"] == "prepared"}, {"Tech", "Tech2"})

    def test_the_sentences_are_those_that_apply(self):
        _, record = self.record(self.released())
        self.assertEqual([one["id"] for one in record["statements"]],
                         ["STM01", "STM02", "STM04", "STM05", "STM06", "STM07", "STM08", "STM15", "STM16", "STM20",
                          "STM24"])

    def test_the_bytes_are_canonical(self):
        data, record = self.record(self.released())
        canonical = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        self.assertEqual(data, canonical)

    def test_canonical_form_escapes_as_rfc_8785_says(self):
        nasty = {"b": "\u20ac$\u000f\nA'B\"\\\\\"/\u007f", "a": [True, {"\u00f6": "", "o": "\u2028"}], "": False}
        made = self.one("select lab.canonical(%s::jsonb)", json.dumps(nasty))
        self.assertEqual(made, json.dumps(nasty, sort_keys=True, separators=(",", ":"), ensure_ascii=False))

    def test_a_sheet_to_be_confirmed_says_so_in_both_languages(self):
        test = self.submit(self.entered(values=["750.1", "750.3", "749.9"]), verdict="to_be_confirmed", mean="750.1",
                           range="0.4")
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        _, record = self.record(self.release(test["item_code"]))
        self.assertEqual(record["conclusion"]["verdict"], "to_be_confirmed")
        self.assertIn("仲裁", record["conclusion"]["zh"])
        self.assertIn("reference method", record["conclusion"]["en"])


if __name__ == "__main__":
    unittest.main()
