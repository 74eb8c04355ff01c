# SPDX-License-Identifier: Apache-2.0
"""Proficiency tests and reference materials in the database: a score is that of its numbers whatever the daemon says, what
fails has its nonconformity and holds its batch, and a record is corrected by a new one only."""
import unittest

from tests.database.case import DatabaseCase


def score(value, verdict, kind="z"):
    return [dict(score_kind=kind, score=value, verdict=verdict, trace="by hand")]


class Proficiency(DatabaseCase):
    def test_a_score_that_is_not_that_of_its_numbers_is_refused(self):
        # (751.8 - 750) / 0.6 = 3: exactly on the line of action.
        for value, wrong in (("751.8", score("3.00", "questionable")), ("751.8", score("2.98", "unsatisfactory")),
                             ("751.8", score("-3.00", "unsatisfactory")), ("751.2", score("2.00", "questionable")),
                             ("751.2001", score("2.0002", "satisfactory")), ("750.6", score("1.01", "satisfactory"))):
            with self.subTest(value=value, scores=wrong), self.refused("SCORE_REFUSED", status=9):
                self.proficiency(value=value, scores=wrong)
        self.assertEqual(self.proficiency(value="751.2", scores=score("2.00", "satisfactory"))["verdict"], "satisfactory")
        self.assertEqual(self.proficiency(value="751.2001", scores=score("2.0002", "questionable"))["verdict"], "questionable")

    def test_zeta_and_en_are_compared_as_squares(self):
        # |x - ref| = 0.5, uncertainties 0.3 and 0.4: En = 1 exactly, zeta = 1.
        numbers = dict(value="750.5", sigma_pt=None, standard_uncertainty="0.3", assigned_standard_uncertainty="0.4",
                       expanded_uncertainty="0.3", assigned_expanded_uncertainty="0.4")
        both = score("1.000", "satisfactory", "zeta") + score("1.000", "satisfactory", "en")
        self.assertEqual(self.proficiency(scores=both, **numbers)["verdict"], "satisfactory")
        numbers["value"] = "750.5000001"
        with self.refused("SCORE_REFUSED"):
            self.proficiency(scores=both, **numbers)

    def test_a_score_needs_its_numbers_and_a_record_its_scores(self):
        with self.refused("SCORE_REFUSED"):
            self.proficiency(scores=score("1.00", "satisfactory", "en"))
        made = self.proficiency()
        for statement in ("insert into lab.proficiency_score select proficiency_id, 'zeta', laboratory, '0', verdict, 'x' "
                          "from lab.proficiency where proficiency_id = %s",
                          "insert into lab.proficiency (laboratory, provider, scheme, round, method_id, parameter_id, value_text, "
                          "assigned_value, scored_against, scored_sigma, verdict, recorded_by, recorded_at) select laboratory, "
                          "provider, scheme, round, method_id, parameter_id, value_text, assigned_value, scored_against, "
                          "scored_sigma, verdict, recorded_by, recorded_at from lab.proficiency where proficiency_id = %s"):
            with self.subTest(statement), self.sql_refused("SCORE_REFUSED"):
                self.sql(statement, made["proficiency_id"])

    def test_an_unsatisfactory_round_opens_a_nonconformity_that_names_it(self):
        made = self.proficiency(value="751.8", scores=score("3.00", "unsatisfactory"))
        told = self.sql("select proficiency_id::text, description from lab.nonconformity where nonconformity_no = %s",
                        made["nonconformity_no"])[0]
        self.assertEqual(told[0], made["proficiency_id"])
        self.assertIn("z = 3.00", told[1])
        self.assertIn("不满意", told[1])

    def test_a_record_is_corrected_once_by_one_of_the_same_that_says_why(self):
        first = self.proficiency()
        second = self.proficiency(replaces=first["proficiency_id"], note="750.0 was the other level")
        self.assertEqual(self.read("quality_get_proficiency", "auditor",
                                   proficiency_id=first["proficiency_id"])["proficiency"]["replaced_by"], second["proficiency_id"])
        with self.refused("PROFICIENCY_REPLACED", "replaces"):
            self.proficiency(replaces=first["proficiency_id"], note="again")
        with self.refused("FIELD_INVALID", "note"):
            self.proficiency(replaces=second["proficiency_id"])
        with self.refused("FIELD_INVALID", "replaces"):
            self.proficiency(replaces=second["proficiency_id"], note="of silver", parameter_id="AG")

    def test_what_is_not_measured_here_is_refused(self):
        for write in (self.proficiency, self.crm):
            with self.subTest(write), self.refused("FIELD_INVALID", "parameter_id"):
                write(method_id="M_NI", parameter_id="AU")

    def test_records_are_listed_newest_first_by_pages(self):
        made = [self.proficiency(round=f"P{n}")["proficiency_id"] for n in range(3)]
        seen, token = [], ""
        while True:
            answer = self.read("quality_list_proficiency", "tech", laboratory="JEW", parameter_id="AU",
                               page=dict(page_size=2, page_token=token))
            seen += [one["proficiency_id"] for one in answer["proficiency"]]
            token = answer.get("next_page_token", "")
            if not token:
                break
        self.assertEqual(seen[:3], made[::-1])
        self.assertEqual(len(seen), len(set(seen)))


class Materials(DatabaseCase):
    def test_what_the_daemon_says_is_compared_once_more(self):
        # 0.5 is the root of 0.3 squared and 0.4 squared.
        self.assertTrue(self.crm(value="750.7")["accepted"])
        for value, accepted in (("750.7", False), ("750.70001", True), ("749.69999", True)):
            with self.subTest(value), self.sql_refused():
                self.sql("insert into lab.crm_check (laboratory, material, method_id, parameter_id, certified_value, "
                         "certified_uncertainty, certified_coverage, value_text, expanded_uncertainty, coverage_factor, accepted, "
                         "trace, recorded_by, recorded_at) select 'JEW', 'CRM', 'M_XRF', 'AU', '750.2', '0.3', '2', %s, '0.4', '2', "
                         "%s, 'x', staff_id, now() from lab.staff where username = 'tech'", value, accepted)

    def test_a_failed_one_opens_a_nonconformity_and_holds_its_batch(self):
        test = self.entered()
        failed = self.crm(value="750.71", accepted=False, batch_no="CRM-1", test_ids=[test["test_id"]])
        with self.refused("BATCH_HELD") as refusal:
            self.submit(test)
        self.assertEqual(refusal.exception.metadata,
                         dict(batch_no="CRM-1", hold_id=failed["hold_id"], crm_check_id=failed["crm_check_id"]))
        hold = self.read("quality_get_hold", "quality", hold_id=failed["hold_id"])
        self.assertEqual((hold["hold"]["rules"], hold["hold"]["value"]), (["crm"], "750.71"))
        self.assertEqual([one["test_id"] for one in hold["tests"]], [test["test_id"]])
        self.assertEqual(self.one("select crm_check_id::text from lab.nonconformity where nonconformity_no = %s",
                                  failed["nonconformity_no"]), failed["crm_check_id"])

    def test_a_failed_one_without_an_answer_is_no_record(self):
        with self.sql_refused("CRM_UNANSWERED"):
            self.sql("insert into lab.crm_check (laboratory, material, method_id, parameter_id, certified_value, "
                     "certified_uncertainty, certified_coverage, value_text, expanded_uncertainty, coverage_factor, accepted, "
                     "trace, recorded_by, recorded_at) select 'JEW', 'CRM', 'M_XRF', 'AU', '750.2', '0.3', '2', '760', '0.4', '2', "
                     "false, 'x', staff_id, now() from lab.staff where username = 'tech'")

    def test_a_good_one_holds_nothing(self):
        made = self.crm(batch_no="CRM-2")
        self.assertNotIn("hold_id", made)
        with self.sql_refused("HOLD_WITHOUT_ALARM"):
            self.sql("insert into lab.batch_hold (laboratory, batch_no, crm_check_id, held_at) values ('JEW', 'CRM-2', %s, now())",
                     made["crm_check_id"])


if __name__ == "__main__":
    unittest.main()
