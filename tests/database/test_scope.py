# SPDX-License-Identifier: Apache-2.0
"""What the scope table and the table of signatories decide: in or out by site, product, edition and day; the legal class; marks only
on a sheet of production that is in scope; who may release."""
import hashlib
import itertools
import json
import unittest

from tests.database.case import PHOTO, DatabaseCase

ROW = dict(site="MAIN", product_id="JEW_ANY", param_id="AU", method_id="M_XRF", standard_id="GBT18043-2013", cma="Y", cnas="Y",
           effective_from="2020-01-01", effective_to="", note="")
REVISIONS = itertools.count(1000, 2)


class Scope(DatabaseCase):
    def setUp(self):
        self.clear()
        self.addCleanup(self.clear)

    def clear(self):
        self.sql("update lab.catalogue_row set to_revision = from_revision + 1 "
                 "where file in ('scope', 'signatories') and to_revision is null")
        self.sql("update lab.institute set production = false, cma_no = '', cnas_no = ''")

    def scope(self, **changes):
        cells = dict(ROW, **changes)
        key = " ".join(cells[name] for name in ("site", "product_id", "param_id", "method_id", "effective_from"))
        self.sql("insert into lab.catalogue_row (file, key, cells, from_revision) values ('scope', %s, %s, %s)", key, json.dumps(cells), next(REVISIONS))

    def named(self, username="signatory", **changes):
        cells = dict(dict(username=username, domain_id="JEW", cma="Y", cnas="Y", effective_from="2020-01-01", effective_to="", note=""),
                     **changes)
        self.sql("insert into lab.catalogue_row (file, key, cells, from_revision) values ('signatories', %s, %s, %s)",
                 cells["username"] + " JEW", json.dumps(cells), next(REVISIONS))

    def production(self, cma="230512340567", cnas="CNAS L12345"):
        self.sql("update lab.institute set production = true, cma_no = %s, cnas_no = %s", cma, cnas)

    def frozen(self, **how):
        receipt = self.receive(**how)
        item = receipt["items"][0]
        for test in item["tests"]:
            test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=test["version"])["test"]
            test = self.submit(self.enter(test), verdict="pass" if test["parameter_id"] == "AU" else "not_judged")
            self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        sheet = self.release(item["item_code"])
        return json.loads(bytes(self.one("select record_bytes from lab.sheet where sheet_no = %s", sheet["sheet_no"])))

    def ids(self, record):
        return {one["id"] for one in record["statements"]}

    def test_without_a_scope_table_nothing_is_in_scope_and_it_is_judged_all_the_same(self):
        record = self.frozen()
        self.assertEqual((record["results"][0]["in_scope"], record["results"][0]["verdict"]), (False, "pass"))
        self.assertEqual(record["statement"]["results"][0]["scope"], "0")
        self.assertIn("STM08", self.ids(record))

    def test_a_row_of_a_class_above_the_product_puts_it_in_scope(self):
        self.scope()
        record = self.frozen()
        self.assertEqual((record["results"][0]["in_scope"], record["results"][0]["scope"]), (True, "CMA CNAS"))
        self.assertEqual(record["statement"]["results"][0]["scope"], "1")
        self.assertNotIn("STM08", self.ids(record))
        self.assertIn("STM11", self.ids(record))

    def test_another_edition_parameter_site_or_time_does_not(self):
        for changes in (dict(standard_id="GB11887-2012A1"), dict(param_id="AG"), dict(effective_from="2099-01-01"),
                        dict(effective_from="2019-01-01", effective_to="2020-01-01"), dict(product_id="JEW_AU375")):
            with self.subTest(changes):
                self.clear()
                self.scope(**changes)
                self.assertFalse(self.frozen()["results"][0]["in_scope"])
        self.clear()
        self.scope()
        self.scope(site="ANNEX", param_id="AG")
        self.assertFalse(self.frozen()["results"][0]["in_scope"], "two sites, and nobody says at which one this laboratory works")
        self.sql("update lab.laboratory set site = 'MAIN' where laboratory = 'JEW'")
        self.addCleanup(self.sql, "update lab.laboratory set site = '' where laboratory = 'JEW'")
        self.assertTrue(self.frozen()["results"][0]["in_scope"])

    def test_a_specimen_bears_no_marks_whatever_its_scope(self):
        self.scope()
        record = self.frozen()
        self.assertEqual((record["legal_class"], record["marks"], record["seal_sha256"]), ("demonstration", [], ""))
        self.assertEqual(record["statement"]["legal_class"], "6")

    def test_a_sheet_of_production_in_scope_bears_its_marks_with_their_numbers(self):
        self.scope()
        self.named()
        self.production()
        record = self.frozen()
        self.assertEqual(record["legal_class"], "both")
        self.assertEqual(record["marks"], [dict(kind="cma", number="230512340567"), dict(kind="cnas", number="CNAS L12345")])
        self.assertEqual(record["statement"]["legal_class"], "3")
        self.sql("insert into lab.institute_mark (kind, picture) values ('cma', %s)", PHOTO)
        drawn, words = self.frozen()["marks"]
        self.assertEqual(drawn, dict(kind="cma", number="230512340567", picture_sha256=hashlib.sha256(PHOTO).hexdigest()))
        self.assertEqual(words, dict(kind="cnas", number="CNAS L12345"))

    def test_the_class_is_what_the_results_are(self):
        for scopes, expected in ((["CMA"], "cma"), (["CNAS"], "cnas"), (["CMA CNAS"] * 2, "both"), (["CMA", ""], "mixed"),
                                 (["CMA CNAS", "CMA"], "mixed"), (["CMA", "CNAS"], "mixed"), (["", ""], "none")):
            results = json.dumps([dict(scope=one) for one in scopes])
            self.assertEqual(self.one("select lab.legal_class_of(%s, true, false)", results), expected, scopes)
            self.assertEqual(self.one("select lab.legal_class_of(%s, true, true)", results), "none")
            self.assertEqual(self.one("select lab.legal_class_of(%s, false, false)", results), "demonstration")

    def test_a_free_test_proves_nothing_to_society(self):
        self.scope()
        self.named()
        self.production()
        record = self.frozen(waiver="3·15 开放日")
        self.assertEqual((record["legal_class"], record["marks"]), ("none", []))
        self.assertIn("免费", record["conclusion"]["reserve_zh"])
        self.assertIn("STM23", self.ids(record))

    def test_a_mixed_sheet_says_which_items_are_outside(self):
        self.scope()
        self.named()
        self.production()
        record = self.frozen(tests=(("M_XRF", "AU"), ("M_XRF", "AG")))
        self.assertEqual([one["in_scope"] for one in record["results"]], [False, True])
        self.assertEqual(record["legal_class"], "mixed")
        self.assertIn("STM09", self.ids(record))
        self.assertNotIn("STM08", self.ids(record))

    def test_a_mark_without_the_number_of_its_certificate_is_refused_by_name(self):
        self.scope()
        self.named()
        self.production(cma="")
        with self.refused("REPORT_FIELD_MISSING", "cma"):
            self.frozen()

    def test_who_is_not_named_for_the_domain_today_does_not_release(self):
        self.named(username="somebody")
        with self.refused("NOT_SIGNATORY"):
            self.frozen()
        self.named(effective_to="2021-01-01")
        with self.refused("NOT_SIGNATORY"):
            self.frozen()

    def test_who_is_named_without_a_mark_does_not_release_a_sheet_that_bears_it(self):
        self.scope()
        self.production()
        with self.refused("NOT_SIGNATORY"):
            self.frozen()
        self.named(cma="N")
        with self.refused("NOT_SIGNATORY"):
            self.frozen()

    def test_a_seal_is_drawn_on_sheets_of_production_with_a_scope_only(self):
        self.sql("insert into lab.institute_seal (picture) values (%s) on conflict do nothing", PHOTO)
        self.production()
        self.assertEqual(self.frozen()["seal_sha256"], "")
        self.scope(param_id="AG")
        self.assertEqual(len(self.frozen()["seal_sha256"]), 64)

    def test_a_report_that_lacks_what_every_report_has_is_refused_by_the_fields_name(self):
        self.sql("update lab.institute set phone = ''")
        self.addCleanup(self.sql, "update lab.institute set phone = '0471-0000000'")
        with self.refused("REPORT_FIELD_MISSING", "lab"):
            self.frozen()


if __name__ == "__main__":
    unittest.main()
