# SPDX-License-Identifier: Apache-2.0
"""What a record says in words: both languages of what the catalogue has in one, the rule behind each verdict, which sentences
apply, and what a report of a domain must say."""
import json
import unittest

from tests.database.case import DatabaseCase

CHINESE = "[\u2e80-\u9fff]"


class Words(DatabaseCase):
    def record(self, **how):
        sheet = self.released(**how)
        return json.loads(bytes(self.one("select record_bytes from lab.sheet where sheet_no = %s", sheet["sheet_no"])))

    # ---- both languages
    def test_every_unit_of_the_catalogue_has_an_english_name(self):
        for unit, english in (("级", "grade"), ("% (体积分数)", "% (volume fraction)"), ("ppm (体积)", "ppm (volume)"),
                              ("m³/(h·人)", "m³/(h·person)"), ("µg/(cm²·周)", "µg/(cm²·week)"), ("周", "week"), ("mg/kg", "mg/kg")):
            self.assertEqual(self.one("select lab.unit_en(%s)", unit), english)
        self.assertEqual(self.sql("select display from lab.unit where lab.unit_en(display) ~ %s", CHINESE), [])

    def test_a_ph_has_no_unit_behind_it(self):
        self.assertEqual(self.sql("select lab.unit_printed('pH'), lab.unit_printed('—'), lab.unit_printed('‰')"), [("", "", "‰")])

    def test_an_announcement_is_cited_by_its_number_in_both_languages(self):
        for number, year, chinese, english in (
                ("五部门公告2011年第10号", "2011", "五部门公告2011年第10号", "Announcement No. 10 of 2011"),
                ("农业农村部公告第250号", "2019", "农业农村部公告第250号-2019", "Announcement No. 250 of 2019"),
                ("市场监管总局令第39号", "2021", "市场监管总局令第39号-2021", "Order No. 39 of 2021"),
                ("GB 11887", "2012", "GB 11887-2012", "GB 11887-2012"), ("GB/T 18043", "", "GB/T 18043", "GB/T 18043")):
            self.assertEqual(self.sql("select lab.standard_cited(%s, %s), lab.standard_cited_en(%s, %s)", number, year, number, year),
                             [(chinese, english)])
        for cited, edition in (("五部门公告2011年第10号 关于三聚氰胺", "五部门公告2011年第10号"),
                               ("Announcement No. 10 of 2011 Announcement on melamine limits", "Announcement No. 10 of 2011")):
            self.assertEqual(self.one("select lab.edition_cited(%s)", cited), edition)

    def test_clauses_that_are_a_word_are_told_in_both_languages(self):
        for clause, told in (("total", "总量 total content"), ("label", "标识 labelling"), ("Table 1", "表1 Table 1"), ("5", "第5条 Clause 5"),
                             ("6.0.4", "第6.0.4条 Clause 6.0.4"), ("entry 47", "第47项 Entry 47"), ("附录A Annex A", "附录A Annex A"), ("", "")):
            self.assertEqual(self.one("select lab.clause_told(%s)", clause), told)

    def test_a_grade_has_its_direction_and_one_that_was_judged_before_gets_it_on_paper(self):
        self.assertEqual(self.one("select lab.requirement_text('grade_ge', '3-4', '')"), "≥ 3-4")
        self.assertEqual(self.sql("select * from lab.need_told('grade_ge', '3', '', '级')"), [("≥ 3 级", "not below grade 3")])
        self.assertEqual(self.sql("select * from lab.need_told('not_detected', '', '', 'µg/kg')"), [("不得检出", "not detected")])
        self.assertEqual(self.sql("select * from lab.need_told('eq', 'none', '', '')"), [("无", "none")])
        self.assertEqual(self.sql("select * from lab.need_told('between', '4.0', '8.5', 'pH')"), [("4.0–8.5", "4.0–8.5")])
        self.assertEqual(self.sql("select * from lab.need_told('le', '', '0.10', '% (体积分数)')"),
                         [("≤ 0.10 % (体积分数)", "≤ 0.10 % (volume fraction)")])
        rule = json.dumps(dict(operator="grade_ge", limit_low="3"))
        for judged in ("3", "≥ 3"):  # before, and now
            self.assertEqual(self.one("select lab.requirement_printed(%s, %s)", judged, rule), "≥ 3")
        self.assertEqual(self.one("select lab.requirement_printed('≥ 750', %s)", json.dumps(dict(operator="ge", limit_low="750"))), "≥ 750")

    def test_inputs_are_told_by_the_words_and_units_of_the_formula(self):
        words = json.dumps(dict(inputs_zh="m_mg 样品质量 [mg]；V0_mL 空白 [mL]（0）；x 比值（以甲苯计）（1）；t 时间 [周]",
                                inputs_en="m_mg mass of the sample [mg]; V0_mL blank [mL] (0); x ratio (1); t time [周]"))
        told = self.sql("select * from lab.inputs_told(%s, %s)", json.dumps(
            dict(m_mg=["250.0", "251.0"], V0_mL="0.05", x="2", t="1", other={"0.01": ["3", "4"]}, result="5")), words)
        self.assertEqual(told, [("样品质量 = 250.0, 251.0 mg；空白 = 0.05 mL；比值（以甲苯计） = 2；时间 = 1 周；other = 0.01: 3, 4",
                                 "mass of the sample = 250.0, 251.0 mg; blank = 0.05 mL; ratio = 2; time = 1 week; other = 0.01: 3, 4")])

    def test_the_words_of_before_0035_are_told_without_units(self):
        self.assertEqual(self.sql("select * from lab.input_told('V_mL 滴定体积；V0_mL 空白（0）', 'V0_mL')"), [("空白", "")])
        self.assertEqual(self.sql("select * from lab.input_told('sample_mg; cornet_mg', 'cornet_mg')"), [(None, "")])

    def test_a_database_of_its_own_begins_with_the_inputs_of_the_pack(self):
        cells = self.one("select cells from lab.catalogue_row where file = 'formulas' and key = 'CUPELLATION' and to_revision is null")
        self.assertIn("sample_mg mass of the sample [mg]", cells["inputs_en"])
        self.assertEqual(self.sql("select * from lab.catalogue_revision"), [])

    # ---- the rule behind each verdict
    def rules(self, *judgements):
        """The kind of each (verdict, plan, trace)."""
        return [self.one("select lab.rule_kind(jsonb_populate_record(null::lab.judgement, %s), jsonb_populate_record(null::lab.test, "
                         "'{\"decision_rule\": \"\"}'))", json.dumps(dict(verdict=verdict, plan_id=plan, trace=trace)))
                for verdict, plan, trace in judgements]

    def test_every_kind_of_verdict_has_a_rule_in_words(self):
        kinds = self.rules(("pass", "", dict(rule="screening_U")), ("fail", "", dict(rule="simple", reason="BY_VALUE")),
                           ("pass", "", dict(rule="simple", comparison="rounded")), ("pass", "MP01", dict(rule="simple", reason="BY_COUNT")),
                           ("pass", "", dict(rule="simple", reason="BY_GRADE")), ("inconclusive", "", dict(reason="UNCONFIRMED")),
                           ("pass", "", dict(rule="guard_accept_U")), ("not_judged", "", dict(rule="prob", reason="PROBABILITY")),
                           ("conditional_pass", "", dict(rule="nonbinary_U")), ("pass", "", dict(rule="prob95")), ("not_judged", "", dict(reason="CHECK")))
        self.assertEqual(kinds, ["screening", "simple", "rounded", "plan", "direct", "direct", "guard_accept_U", "prob", "nonbinary_U", "prob95", None])
        told = {kind: (zh, en) for _, kind, zh, en in self.sql("select * from lab.rules_told()")}
        for kind in (*filter(None, kinds), *(name for name, in self.sql("select id from lab.rules_known()"))):
            self.assertTrue(all(told[kind]), kind)
            self.assertNotRegex(told[kind][1], CHINESE)

    def test_a_sheet_with_one_rule_says_it_without_a_number(self):
        rule = self.record()["decision_rule"]
        self.assertTrue(rule["zh"].startswith("筛选方法："), rule["zh"])
        self.assertNotIn("@", rule["zh"] + rule["en"])

    # ---- sentences
    def reserve(self, results, free=False):
        return self.sql("select * from lab.scope_reserve(%s, %s)", json.dumps(results), free)[0]

    def test_the_star_is_explained_whatever_is_outside_the_scope(self):
        inside, outside = dict(in_scope=True), dict(in_scope=False)
        for results, free in (([outside], False), ([outside], True), ([inside, outside], False), ([inside, outside], True)):
            zh, en = self.reserve(results, free)
            self.assertIn("*", zh)
            self.assertIn("*", en)
        self.assertEqual(self.reserve([inside]), ("", ""))

    def test_the_subcontractor_is_named_where_its_mark_is_explained(self):
        zh, en = self.reserve([dict(in_scope=True, subcontractor="示例检测 Example Labs, CMA 1234"), dict(in_scope=True)])
        self.assertEqual((zh, en), ("标“#”的项目由分包方检测：示例检测 Example Labs, CMA 1234。",
                                    "Items marked # were tested by a subcontractor: 示例检测 Example Labs, CMA 1234."))

    def test_a_method_of_a_subcontractor_marks_its_results_and_brings_the_sentence(self):
        self.sql("update lab.method set subcontractor = '示例检测 Example Labs, CMA 1234' where method_id = 'M_XRF'")
        try:
            record = self.record()
        finally:
            self.sql("update lab.method set subcontractor = '' where method_id = 'M_XRF'")
        self.assertEqual(record["results"][0]["subcontractor"], "示例检测 Example Labs, CMA 1234")
        self.assertIn("STM10", [one["id"] for one in record["statements"]])
        self.assertIn("标“#”", record["conclusion"]["reserve_zh"])
        self.assertNotIn("STM10", [one["id"] for one in self.record()["statements"]])
        self.assertNotIn("said", record["results"][0])

    def test_not_detected_says_where_its_limit_stands(self):
        zh, en = self.sql("select text_zh, text_en from lab.statement where statement_id = 'STM14'")[0]
        self.assertNotIn("备注", zh)
        self.assertNotIn("remarks", en)
        self.assertNotIn("STM14", [one["id"] for one in self.record()["statements"]])

    def test_the_blanks_of_a_sentence_are_filled_and_the_state_of_the_volume_is_checked(self):
        self.assertEqual(self.one("select lab.blanks_filled('已换算至____℃、____kPa。', '{25,101.325}')"), "已换算至25℃、101.325kPa。")
        self.assertEqual(self.one("select lab.blanks_filled('已换算至____℃', null)"), "已换算至____℃")
        item = self.receive()["items"][0]
        with self.refused("FIELD_INVALID", "value"):
            self.write("desk_tell_item", "reception", item_code=item["item_code"], version=item["version"], field="air_state", value="normal")
        self.write("desk_tell_item", "reception", item_code=item["item_code"], version=item["version"], field="air_state",
                   value="25 ℃, 101.325 kPa")
        self.assertEqual(self.one("select lab.air_state(item) from lab.item where item_code = %s", item["item_code"]), ["25", "101.325"])

    def test_a_mass_is_signed_only_as_exactly_as_the_sheet_prints_it(self):
        for mass, signed in (("3.52", ["3", "3520"]), ("3.5205", ["4", "0123456789abcdef"])):
            item = json.dumps(dict(mass=mass, seal_no=""))
            self.assertEqual(self.one("select lab.statement_sample_id((jsonb_populate_record(item, %s)), %s) from lab.item limit 1", item,
                                      "0123456789abcdef" * 4), signed)

    # ---- what a report must say
    def asked(self, domain, **item):
        code = self.approved()["item_code"]
        item = json.dumps(dict(dict(laboratory=domain), **item))
        return code, ("select lab.record_facts_check(taken, %s) from (select (jsonb_populate_record(item, %s)).* from lab.item where "
                      "item_code = %s) as taken"), item

    def test_a_report_of_food_or_fibre_without_producer_and_batch_is_refused_with_what_to_do(self):
        for domain in ("FOOD", "FIB"):
            code, check, item = self.asked(domain)
            with self.sql_refused("REPORT_FIELD_MISSING"):
                self.sql(check, "{}", item, code)
            code, check, item = self.asked(domain, produced_on="2026-10-01")  # says which batch it is
            for field, words in (("mfr", dict(reason="no label")),):
                version = self.item(code)["version"]
                self.write("desk_tell_item", "reception", item_code=code, version=version, field=field, **words)
            self.sql(check, "{}", item, code)

    def test_the_refusal_names_field_and_command(self):
        code, check, item = self.asked("FOOD")
        with self.assertRaises(Exception) as caught:
            self.sql(check, "{}", item, code)
        for part in ("Producer, declared", "touchstone item tell", code, "mfr, batch"):
            self.assertIn(part, str(caught.exception))

    def test_a_certificate_says_until_when_and_a_notice_need_not(self):
        code, check, item = self.asked("MET")
        for title, until in (("检定证书", True), ("检定结果通知书", False)):
            with self.subTest(title), self.assertRaises(Exception) as caught:
                self.sql(check, json.dumps(dict(title_zh=title)), item, code)
            self.assertEqual("Valid until" in str(caught.exception), until)
            for part in ("Metrology authorisation", "Measurement standard"):
                self.assertIn(part, str(caught.exception))

    def test_an_item_of_an_issued_sheet_is_asked_nothing_more(self):
        self.assertEqual(self.record()["missing_reasons"], [])

    def test_the_refusals_of_required_fields_say_what_to_do(self):
        required = [field for field, in self.sql("select distinct field from (values ('lab'), ('client'), ('sample_photo'), ('method'), ('judge'), "
                                                 "('rule'), ('sampling'), ('decl'), ('sign'), ('sample_state')) as one (field)")]
        for field in required:
            self.assertTrue(self.one("select lab.field_remedy(%s)", field), field)


if __name__ == "__main__":
    unittest.main()
