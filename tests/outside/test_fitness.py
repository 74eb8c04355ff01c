# SPDX-License-Identifier: Apache-2.0
"""Competence, calibration and reagent lots at submission: a method says what is checked, the refusal names what was not
valid on the day, and what is not demanded is not asked."""
import contextlib
import datetime
import unittest

import psycopg2

from tests.outside.case import Outside

TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


class Fitness(Outside):
    def demand(self, **checks):
        return self.people["MANAGER"]("FitnessService.SetMethodChecks", laboratory="JEW", method_id="M_XRF",
                                      reason="quality manual 6.2 to 6.6", **checks).checks

    def record(self, kind, subject, first, last, who="MANAGER", **more):
        return self.people[who]("FitnessService.RecordFitness", **self.world.fitness(
            f"FITNESS_KIND_{kind}", subject, day(first), day(last), **more)).record

    def submit(self, test):
        return self.people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test

    def unfit(self, test):
        with self.ends_in("FAILED_PRECONDITION", "NOT_FIT_ON_DAY") as refusal:
            self.submit(test)
        self.assertEqual(refusal[0].metadata["day"], day(0))
        return refusal[0].metadata["unfit"]

    def measured(self, instrument=""):
        test = self.world.claimed()
        return self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                         readings=[dict(value=value) for value in ("753.1", "753.2", "753.3")],
                                         expanded_uncertainty="2.0", instrument=instrument).test

    def tearDown(self):
        self.demand()

    def test_without_checks_nothing_is_asked(self):
        self.submit(self.world.entered())

    def test_all_that_is_not_valid_is_named_at_once_and_when_it_is_mended_the_test_goes_on(self):
        self.demand(competence=True, calibration=True, reagents=True)
        test = self.world.entered()
        self.record("CALIBRATION", "XRF-01", -400, -36)
        self.assertEqual(self.unfit(test), "competence of technician for M_XRF; calibration of XRF-01; no reagent lot is named")
        self.record("COMPETENCE", "technician", -10, 10, competence_for="M_XRF")
        self.record("CALIBRATION", "XRF-01", -35, 330, who="QUALITY")
        self.record("REAGENT_LOT", "OLD", -90, -1, who="TECHNICIAN")
        self.record("REAGENT_LOT", "NEW", -5, 90, who="TECHNICIAN")
        use = dict(test_id=test.test_id, version=test.version)
        self.people["TECHNICIAN"]("FitnessService.UseReagents", lots=["NEW", "OLD"], **use)
        self.assertEqual(self.unfit(test), "reagent lot OLD")
        self.assertEqual(list(self.people["TECHNICIAN"]("FitnessService.UseReagents", lots=["NEW"], **use).lots), ["NEW"])
        self.assertEqual(self.submit(test).state, 4)  # submitted

    def test_the_first_and_the_last_day_count_and_those_beside_them_do_not(self):
        self.demand(calibration=True)
        for first, last, is_fit in ((0, 0, True), (-9, 0, True), (0, 9, True), (-9, -1, False), (1, 9, False)):
            instrument = f"BALANCE {first} {last}"
            self.record("CALIBRATION", instrument, first, last)
            test = self.measured(instrument)
            with self.subTest(first=first, last=last):
                if is_fit:
                    self.submit(test)
                else:
                    self.assertEqual(self.unfit(test), f"calibration of {instrument}")

    def test_of_several_records_the_one_that_begins_last_holds_and_a_withdrawal_ends_it(self):
        self.demand(calibration=True)
        for first, last, more, is_fit in ((-300, -200, {}, False), (-100, 100, {}, True), (-400, -390, {}, True),
                                          (-50, 100, dict(withdrawn=True), False), (-50, 100, {}, True)):
            self.record("CALIBRATION", "SERIES", first, last, **more)
            with self.subTest(first=first, last=last, **more):
                test = self.measured("SERIES")
                if is_fit:
                    self.submit(test)
                else:
                    self.assertEqual(self.unfit(test), "calibration of SERIES")

    def test_an_instrument_that_is_not_named_cannot_be_calibrated(self):
        self.demand(calibration=True)
        test = self.measured()
        self.assertEqual(self.unfit(test), "no instrument is named")

    def test_the_database_refuses_it_also_behind_the_daemons_back(self):
        self.demand(calibration=True)
        test = self.measured("NEVER CALIBRATED")
        with contextlib.closing(self.daemon.database()) as connection, connection.cursor() as cursor:
            connection.autocommit = False
            cursor.execute("""
                insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean,
                    range, expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, catalogue_revision)
                select test_id, 1, entry_no, laboratory, assigned_to, now(), 'not_judged', '', '', '', '', '', '', '-', '-',
                    (select revision from lab.catalogue_head) from lab.test where test_id = %s""", (test.test_id,))
            with self.assertRaises(psycopg2.Error) as caught:
                cursor.execute("update lab.test set state = 'submitted', submission_no = 1 where test_id = %s", (test.test_id,))
            self.assertEqual(caught.exception.diag.constraint_name, "NOT_FIT_ON_DAY", str(caught.exception))
            connection.rollback()

    def test_who_records_what(self):
        with self.ends_in("PERMISSION_DENIED", "ROLE_REQUIRED"):
            self.record("CALIBRATION", "XRF-01", 0, 9, who="TECHNICIAN")
        for changes, field in ((dict(valid_from="2026-02-30"), "valid_from"), (dict(valid_until=day(-99)), "valid_until"),
                               (dict(subject="nobody"), "subject"), (dict(competence_for="M_NONE"), "competence_for")):
            fields = self.world.fitness("FITNESS_KIND_COMPETENCE", "technician", day(0), day(9), competence_for="M_XRF")
            with self.ends_in("INVALID_ARGUMENT") as refusal:
                self.people["MANAGER"]("FitnessService.RecordFitness", **dict(fields, **changes))
            self.assertIn(field, refusal[0].fields)
        test = self.world.entered()
        with self.ends_in("INVALID_ARGUMENT"):
            self.people["TECHNICIAN"]("FitnessService.UseReagents", test_id=test.test_id, version=test.version, lots=["?"])
        self.people["ADMINISTRATOR"].staff("both", ["TECHNICIAN", "MANAGER"])
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.daemon.log_in("both")("FitnessService.RecordFitness", **self.world.fitness(
                "FITNESS_KIND_COMPETENCE", "both", day(0), day(9), competence_for="M_XRF"))

    def test_what_was_recorded_is_listed(self):
        done = self.record("CALIBRATION", "TITRATOR-2", -1, 364, evidence="certificate 881")
        listed = self.people["AUDITOR"]("FitnessService.ListFitness", laboratory="JEW",
                                        fitness_kind="FITNESS_KIND_CALIBRATION", subject="TITRATOR-2").records
        self.assertEqual(list(listed), [done])
        self.assertEqual((done.recorded_by, done.valid_from, done.evidence), ("manager", day(-1), "certificate 881"))
        checks = self.demand(competence=True)
        listed = self.people["TECHNICIAN"]("FitnessService.ListMethodChecks", laboratory="JEW").checks
        self.assertEqual(list(listed), [checks])


if __name__ == "__main__":
    unittest.main()
