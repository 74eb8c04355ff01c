# SPDX-License-Identifier: Apache-2.0
"""What the database checks of a judgement by itself, on exact numerics: it never takes the daemon's word for it."""
import decimal
import random
import unittest

from tests.database.case import PHOTO, DatabaseCase


class Judgement(DatabaseCase):
    def outcome(self, values, verdict, uncertainty="0.4", claimed="JEW_AU750", **changes):
        """None when the judgement is taken, else the reason for which it is refused."""
        request = self.intake_request()
        request["items"][0]["claimed_product_id"] = claimed
        receipt = self.write("desk_register_intake", "reception", blobs=[PHOTO], **request)["receipt"]
        test = receipt["items"][0]["tests"][0]
        test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=1)["test"]
        test = self.enter(test, values=values, uncertainty=uncertainty)
        return self.judged(test, values, verdict, **changes)

    def judged(self, test, values, verdict, **changes):
        numbers = [decimal.Decimal(value) for value in values]
        mean = sum(numbers) / len(numbers)
        found = dict(mean=str(mean.quantize(decimal.Decimal("0.1"))), range=format(max(numbers) - min(numbers), "f"))
        found.update(changes)
        try:
            self.submit(test, verdict=verdict, **found)
        except Exception as error:  # the reason is what is compared
            return error.reason
        return None

    def test_clear_of_the_limit_the_verdict_is_the_side(self):
        self.assertIsNone(self.outcome(["750.5", "750.6", "750.7"], "pass"))
        self.assertIsNone(self.outcome(["749.3", "749.4", "749.5"], "fail"))
        self.assertEqual(self.outcome(["750.5", "750.6", "750.7"], "fail"), "JUDGEMENT_REFUSED")
        self.assertEqual(self.outcome(["749.3", "749.4", "749.5"], "pass"), "JUDGEMENT_REFUSED")

    def test_within_the_uncertainty_a_screening_method_decides_nothing(self):
        for values in (["750.4", "750.4", "750.4"], ["749.6", "749.6", "749.6"], ["750.0", "750.0", "750.0"]):
            for verdict in ("pass", "fail"):
                self.assertEqual(self.outcome(values, verdict), "JUDGEMENT_REFUSED", values)
            self.assertIsNone(self.outcome(values, "to_be_confirmed"))

    def test_one_digit_beyond_the_uncertainty_decides(self):
        values = ["750.4", "750.4", "750.4000000000000000000000000000000001"]
        self.assertIsNone(self.outcome(values, "pass"))
        self.assertEqual(self.outcome(values, "to_be_confirmed"), "JUDGEMENT_REFUSED")

    def test_points_on_both_sides_or_far_apart_decide_nothing(self):
        self.assertEqual(self.outcome(["749.9", "752.0", "752.0"], "pass"), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.outcome(["749.9", "752.0", "752.0"], "to_be_confirmed"))
        self.assertEqual(self.outcome(["751.0", "751.0", "751.9"], "pass"), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.outcome(["751.0", "751.0", "751.8"], "pass"))

    def test_a_screening_method_without_uncertainty_is_not_judged(self):
        for verdict in ("pass", "to_be_confirmed"):
            self.assertEqual(self.outcome(["755", "755", "755"], verdict, uncertainty=""), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.outcome(["755", "755", "755"], "not_judged", uncertainty=""))

    def test_two_readings_are_too_few_for_xrf(self):
        for verdict in ("pass", "not_judged"):
            self.assertEqual(self.outcome(["755", "755"], verdict), "READINGS_TOO_FEW")

    def test_a_mean_or_range_that_is_not_the_readings_is_refused(self):
        values = ["750.5", "750.6", "750.7"]
        for changes in (dict(mean="750.7"), dict(mean="750.5"), dict(mean="751"), dict(mean=""), dict(mean="NaN"),
                        dict(mean="7.506e2"), dict(range="0.3"), dict(range="Infinity")):
            self.assertEqual(self.outcome(values, "pass", **changes), "JUDGEMENT_REFUSED", changes)
        for changes in (dict(mean="750.6"), dict(mean="750.60"), dict(mean="750.600"), dict(range="0.20")):
            self.assertIsNone(self.outcome(values, "pass", **changes), changes)

    def test_a_requirement_that_is_not_confirmed_judges_nothing(self):
        self.assertEqual(self.outcome(["999.9", "999.9", "999.9"], "pass", claimed="JEW_AU999"), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.outcome(["999.9", "999.9", "999.9"], "not_judged", claimed="JEW_AU999"))

    def test_without_a_requirement_nothing_is_judged(self):
        for verdict in ("pass", "fail", "to_be_confirmed"):
            self.assertEqual(self.outcome(["755"] * 3, verdict, claimed="JEW_ANY"), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.outcome(["755"] * 3, "not_judged", claimed="JEW_ANY"))

    def test_a_reading_with_a_qualifier_is_not_judged(self):
        test = self.claimed()
        test = self.write("bench_enter_result", "tech", test_id=test["test_id"], version=test["version"],
                          readings=[dict(value="755", qualifier="less_than")] + [dict(value="755")] * 2,
                          expanded_uncertainty="0.4")["test"]
        self.assertEqual(self.judged(test, ["755"] * 3, "pass"), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.judged(test, ["755"] * 3, "not_judged"))

    def test_a_reference_method_judges_at_the_limit_and_confirms_nothing(self):
        receipt = self.receive(tests=[("M_CUP", "AU")])
        test = receipt["items"][0]["tests"][0]
        test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=1)["test"]
        test = self.enter(test, values=["750.0", "750.0"], uncertainty="")
        self.assertEqual(self.judged(test, ["750.0"] * 2, "to_be_confirmed"), "JUDGEMENT_REFUSED")
        self.assertIsNone(self.judged(test, ["750.0"] * 2, "pass"))

    def test_a_judgement_on_an_older_version_or_catalogue_is_refused(self):
        test = self.entered()
        for changes in (dict(test_version=test["version"] - 1), dict(test_version=None),
                        dict(catalogue_revision=test["judge"]["catalogue_revision"] + 1), dict(catalogue_revision=None)):
            with self.refused("JUDGEMENT_STALE", status=10):
                self.submit(test, **changes)
        self.sql("update lab.requirement set note = note || ' (seen)' where limit_id = 'L003'")
        with self.refused("JUDGEMENT_STALE", status=10):
            self.submit(test)

    def test_without_the_daemons_judgement_nothing_is_submitted(self):
        test = self.entered()
        with self.refused("JUDGEMENT_STALE"):
            self.write("bench_submit_test", "tech", test_id=test["test_id"], version=test["version"])

    def test_plain_sql_cannot_judge_against_the_readings_either(self):
        test = self.entered()
        with self.sql_refused("JUDGEMENT_REFUSED"):
            self.sql("insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, "
                     "mean, range, expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, limit_id, "
                     "catalogue_revision) select test_id, 1, 1, 'JEW', assigned_to, now(), 'fail', '750.9', '0.6', '', '', "
                     "'', '', '', '', 'L003', 1 from lab.test where test_id = %s", test["test_id"])

    def test_random_readings_agree_with_exact_arithmetic(self):
        """Against an oracle in rational numbers: which of the three words may stand."""
        seed = random.SystemRandom().randrange(1 << 32)
        chance = random.Random(seed)
        for _ in range(25):
            values = [str(decimal.Decimal(chance.randrange(74900, 75100)) / 100) for _ in range(chance.randint(3, 6))]
            uncertainty = decimal.Decimal(chance.randrange(1, 120)) / 100
            numbers = [decimal.Decimal(value) for value in values]
            distance = abs(sum(numbers) - 750 * len(numbers))
            doubt = distance <= uncertainty * len(numbers) or min(numbers) < 750 < max(numbers) \
                or max(numbers) - min(numbers) > 2 * uncertainty
            side = "pass" if sum(numbers) >= 750 * len(numbers) else "fail"
            right = "to_be_confirmed" if doubt else side
            with self.subTest(seed=seed, values=values, u=str(uncertainty)):
                # Further digits, so that rounding of the mean is not what is tested.
                mean = str((sum(numbers) / len(numbers)).quantize(decimal.Decimal("1e-12")))
                test = self.enter(self.claimed(), values=values, uncertainty=str(uncertainty))
                for wrong in {"pass", "fail"} - {right}:
                    self.assertEqual(self.judged(test, values, wrong, mean=mean), "JUDGEMENT_REFUSED", wrong)
                self.assertIsNone(self.judged(test, values, right, mean=mean))


if __name__ == "__main__":
    unittest.main()
