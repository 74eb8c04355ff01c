# SPDX-License-Identifier: Apache-2.0
"""Original records of other kinds than readings of one instrument: an identification that three persons read apart, plate counts
of five units, a calibration curve, air with its volume reduced. Each is printed, and what was typed is found on paper."""
import os
import pathlib
import subprocess
import unittest

from tests.outside.domains import DomainCase
from tests.outside.test_domains_food import UNITS

CURVE = {"x": ["0", "0.05", "0.1", "0.2", "0.5"], "y": ["0.0002", "0.0511", "0.1019", "0.2043", "0.5102"], "V_mL": "1.0"}


class RecordKinds(DomainCase):
    domains = ("FOOD", "AIR")
    methods = (("FOOD", "M_APC"), ("FOOD", "M_AFM"), ("AIR", "M_MBTH"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin, cls.readers = cls.people["ADMINISTRATOR", "JEW"], []
        for name in ("reader1", "reader2", "reader3"):
            admin.staff(name, ["TECHNICIAN"], "JEW")
            cls.people["MANAGER", "JEW"]("StaffService.SetQualification", username=name, laboratory="JEW", method_id="M_GEM",
                                         version=cls.member(name, "JEW").version, qualified=True, reason="trained and examined")
            cls.readers.append(cls.daemon.log_in(name))

    def printed(self, test):
        """(record, what is on paper in one line) of the test, reviewed."""
        who = self.people["REVIEWER", test.laboratory]
        now = who("BenchService.GetTest", test_id=test.test_id).test
        who("ReviewService.ApproveTest", test_id=test.test_id, version=now.version)
        made = who("RecordService.PrintOriginalRecord", test_id=test.test_id)
        pdf = b"".join(piece.data for piece in who("RecordService.DownloadOriginalRecord", test_id=test.test_id, print_no=made.print_no))
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{self.id().rpartition('.')[2]}.pdf").write_bytes(pdf)
        text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        return who("RecordService.GetOriginalRecord", test_id=test.test_id).record, " ".join(text.split())

    def test_jadeite_that_three_persons_read(self):
        technician, self.people["TECHNICIAN", "JEW"] = self.people["TECHNICIAN", "JEW"], self.readers[0]
        try:
            test = self.ordered("JEW", "JEW_ANY", "M_GEM", "GEMID", name="手镯 bangle", mass_g="52.31", condition="完好 good",
                                stones="无 none", claim_text="翡翠 A 货 jadeite, untreated")
        finally:
            self.people["TECHNICIAN", "JEW"] = technician
        for reader, result, seen, instrument in (
                (0, "翡翠 Jadeite", ["折射率点测 1.66 RI 1.66 (spot)", "密度 3.33 g/cm³", "437 nm 吸收线 line at 437 nm"], "R-2"),
                (1, "绿辉石 omphacite", ["折射率点测 1.67 RI 1.67 (spot)", "437 nm 不明显 not distinct"], "R-2"),
                (2, "jadeite", ["拉曼 374、699、1039 cm-1 Raman", "无有机物峰 no peak of organic matter"], "RAMAN-1")):
            client = self.readers[reader]
            version = client("BenchService.GetTest", test_id=test.test_id).test.version
            client("BenchService.EnterReading", test_id=test.test_id, version=version, result=result, observations=seen,
                   instrument=instrument, temperature_c="23.0", humidity_percent="45")
        version = self.readers[0]("BenchService.GetTest", test_id=test.test_id).test.version
        self.readers[0]("BenchService.SubmitTest", test_id=test.test_id, version=version)
        record, text = self.printed(test)
        self.assertEqual([one.result for one in record.readers], ["翡翠 Jadeite", "绿辉石 omphacite", "jadeite"])
        self.assertEqual([(one.role_en, one.name, one.note) for one in record.signatures][:3], [
            ("Tested and entered by", f"Reader{n} (reader{n})", f"第{n}人 reader {n}") for n in (1, 2, 3)])
        self.assertEqual(record.test.identification_en, "two of three readers agree")
        for wanted in ("独立鉴别", "三人中两人结论一致 two of three readers agree", "437 nm 吸收线", "1039 cm-1", "Reader3 (reader3)", "RAMAN-1", "翡翠 Jadeite"):
            self.assertIn(wanted, text)
        for unwanted in ("Inputs, as entered", "Compared", "Rounded"):  # nobody typed or calculated anything
            self.assertNotIn(unwanted, text)
        self.assertNotIn("[U+", text)

    def test_five_units_of_milk_with_their_plates(self):
        test = self.submit(self.enter(self.ordered("FOOD", "FOOD_MILK_PAST", "M_APC", "APC", name="巴氏杀菌乳 pasteurised milk",
                                                   produced_on="2026-10-01", condition="冷藏到样 4 ℃ chilled"), inputs=UNITS))
        record, text = self.printed(test)
        self.assertEqual(len(record.inputs), 5)
        for wanted in ("dilutions = 0.01: 232, 244 / 0.001: 33, 35", "25000", "59000", "13000", "n = 5, c = 2, m = 50000, M = 100000",
                       "2 > m, 0 > M", "符合"):
            self.assertIn(wanted, text)

    def test_aflatoxin_by_a_curve(self):
        inputs = [dict(CURVE, sample_y="0.0432", m_g="2.000"), dict(CURVE, sample_y="0.0441", m_g="2.003")]
        test = self.submit(self.enter(self.ordered("FOOD", "FOOD_MILK_UHT", "M_AFM", "AFM1", name="灭菌乳 UHT milk",
                                                   produced_on="2026-10-01"), inputs=inputs, expanded_uncertainty="0.004"))
        record, text = self.printed(test)
        self.assertEqual(len(record.inputs), 2)
        self.assertEqual([one.name for one in record.calculation.steps if one.name.startswith("line_a")], ["line_a (1)", "line_a (2)"])
        self.assertIn("the calculated value is their mean in µg/kg", text)
        for wanted in ("0.0432", "0.0441", "2.003", "0.5102", record.calculation.calculated):
            self.assertIn(wanted, text)

    def test_air_with_its_volume_reduced(self):
        inputs = dict(A="0.1800", A0="0.0100", Bs_ug_per_abs="4.10", Vt_L="10", t_C="25", p_kPa="89")
        test = self.submit(self.enter(self.ordered("AIR", "AIR_HOME", "M_MBTH", "HCHO", name="住宅空气 air of a flat",
                                                   sampled_on="2026-10-01"), inputs=inputs))
        record, text = self.printed(test)
        self.assertIn("2026-10-01", record.item.sampled_on)
        self.assertEqual(text.count(record.calculation.calculated), 1)
        for wanted in ("p_kPa = 89", "Vt_L = 10", "不符合"):
            self.assertIn(wanted, text)


if __name__ == "__main__":
    unittest.main()
