# SPDX-License-Identifier: Apache-2.0
"""A day at an LC-MS/MS: aflatoxin M1 in sterilised milk by GB 5009.24, 96 positions on one worksheet, with the people, the
records and the figures that a laboratory would have. The walk test goes through it, and docs/worksheet.png is drawn from it:

    TOUCHSTONE_KEEP_SHEETS=/tmp/seen python3 -m unittest tests.outside.test_worksheet_walk
    rsvg-convert --zoom 1.5 /tmp/seen/worksheet-released.svg -o docs/worksheet.png
"""
import datetime
import decimal
import math
import os
import pathlib
import random

from tests.outside.domains import CONSENTS, DomainCase
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.world import intake_fields, ring
from tests.support.daemon import PASSWORD

CHART = "AFM1-MILK-QC"
INSTRUMENT = "LC-MS/MS-02"
PROFILE = "LCMS-02-AFM1"
# Lot, until when, what its certificate or preparation says.
LOTS = {"AFM1标准、加标液 STD-2609": ("2027-01-15", ""), "校准系列 CAL-1208": ("2026-12-15", "r² 0.9996"),
        "¹³C-AFM1内标 IS-2604": ("2027-08-31", ""), "免疫亲和柱 IAC-2411": ("2027-03-31", ""),
        "质控乳 QC-2026-07": ("2027-02-28", "")}
PEOPLE = {"TECHNICIAN": ("chen.jing", "陈静"), "REVIEWER": ("li.min", "李敏"), "QUALITY": ("wang.hai", "王海"),
          "MANAGER": ("zhao.lei", "赵磊")}
# Control sample of 0.200 ug/kg, one on each of 24 days before.
POINTS = """0.2031 0.1958 0.2012 0.2087 0.1946 0.1993 0.2064 0.1921 0.2005 0.1979 0.2048 0.2019 0.1937 0.2076 0.1990 0.1962
0.2027 0.2003 0.1951 0.2069 0.1984 0.2040 0.1975 0.2010""".split()
PLAN = dict(blanks=2, blank_limit="0.005", charts=[CHART], controls_every=20, duplicates_every=10, duplicate_percent="20",
            spikes_every=20, spike_added="0.25", spike_low_percent="70", spike_high_percent="110",
            reason="method validation AFM1-2026-02")
# Of the five controls the third is high.
CONTROLS = ["0.2034", "0.1967", "0.2236", "0.2051", "0.1978"]
# Where in the worksheet, counted in samples, something other than a trace was found.
FINDINGS = {8: 0.4622, 23: 0.4871, 41: 0.3105, 52: 0.4978, 57: 0.5362, 70: 0.2714}
REPEAT = "0.2013"
RELEASE = ("隔垫漏气，内标响应为均值的 62 %，其余各位 85–112 %；换新瓶重测可接受，样品结果不受影响。Septum leaked: response of the "
           "internal standard 62 % of its mean, others 85–112 %; repeat from a new vial accepted, samples not affected.")


class MilkCase(DomainCase):
    domains = ("FOOD",)
    day = datetime.datetime(2026, 12, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))

    @classmethod
    def make_daemon(cls):
        cls.cluster = Cluster(clock=True).__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)
        return ExternalDaemon(cls.cluster, cls.settings, environment=cls.cluster.clock.environment())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.people["ADMINISTRATOR", "FOOD"]
        for role, (username, name) in PEOPLE.items():
            cls.admin("StaffService.CreateStaff", username=username, name=name, password=PASSWORD, laboratory="FOOD",
                      roles=[f"ROLE_{role}"])
        member = cls.member("chen.jing", "FOOD")
        cls.at("08:20")
        cls.manager("StaffService.SetQualification", username="chen.jing", version=member.version, laboratory="FOOD",
                    method_id="M_AFM", qualified=True, reason="trained and examined")
        cls.records()
        cls.control_chart()
        cls.manager("InstrumentService.SaveProfile", laboratory="FOOD", profile=PROFILE, layout=dict(
            instrument=INSTRUMENT, kind="FILE_KIND_CSV", skip_lines=1, has_header=True, item=dict(heading="Vial"),
            parameter=dict(heading="Compound"), values=[dict(column=dict(heading="Final Conc. (ng/kg)"))],
            codes=[dict(code="AFM1", method_id="M_AFM", parameter_id="AFM1", unit="ng/kg", detection_limit="5",
                        quantification_limit="15")],
            spellings=[dict(text="N.D.", qualifier="QUALIFIER_NOT_DETECTED"), dict(text="<LOQ", qualifier="QUALIFIER_LESS_THAN")],
            rows_are_replicates=True))

    # ---- the clock on the wall
    @classmethod
    def at(cls, clock, days=0):
        """It is that time of the day, and everybody has logged in."""
        hours, minutes = map(int, clock.split(":"))
        cls.cluster.clock.turn()
        wanted = cls.day + datetime.timedelta(days=days, hours=hours, minutes=minutes)
        real = datetime.datetime.now(datetime.timezone.utc)
        cls.cluster.clock.turn(seconds=math.ceil((wanted - real).total_seconds()))
        cls.technician, cls.reviewer, cls.quality, cls.manager = (
            cls.daemon.log_in(PEOPLE[role][0]) for role in ("TECHNICIAN", "REVIEWER", "QUALITY", "MANAGER"))
        cls.reception = cls.daemon.log_in("reception.food", "D2")

    # ---- what stood before the day
    @classmethod
    def records(cls):
        cls.daemon.sql("update lab.laboratory set name_zh = '食品实验室', name_en = 'Food Laboratory' where laboratory = 'FOOD'")

        def record(kind, subject, evidence, **more):
            cls.manager("FitnessService.RecordFitness", **dict(dict(
                laboratory="FOOD", fitness_kind=f"FITNESS_KIND_{kind}", subject=subject, valid_from="2026-06-01",
                valid_until="2027-05-31", evidence=evidence, reason="as the certificate says"), **more))
        record("COMPETENCE", "chen.jing", "培训记录 TR-2026-118", competence_for="M_AFM")
        record("CALIBRATION", INSTRUMENT, "证书 cert. FX2026-0387")
        for lot, (until, evidence) in LOTS.items():
            record("REAGENT_LOT", lot, evidence, valid_until=until)
        cls.manager("FitnessService.SetMethodChecks", laboratory="FOOD", method_id="M_AFM", competence=True, calibration=True,
                    reagents=True, reason="quality manual 6.4")
        for document, form, title in (("RECORD", "FOOD-QR-024", {}), ("WORKSHEET", "FOOD-QR-025", dict(
                method_id="M_AFM", title_zh="检测工作单（第一法）", title_en="Worksheet (method 1)"))):
            cls.quality("RecordService.SetForm", laboratory="FOOD", document=f"FORM_DOCUMENT_{document}", form_no=form,
                        edition="B/1", effective_from="2026-01-01", reason="management review 2025", **title)

    @classmethod
    def control_chart(cls):
        chart = cls.quality("QualityService.CreateChart", laboratory="FOOD", chart=CHART, method_id="M_AFM", parameter_id="AFM1",
                            material="质控乳 QC milk 0.200 µg/kg", kind="CHART_KIND_INDIVIDUALS",
                            rule_set="westgard").chart
        for number, value in enumerate(POINTS, 1):
            cls.technician("QualityService.EnterControl", laboratory="FOOD", chart=CHART, value=value, run=f"R{number:02}")
        chart = cls.quality("QualityService.GetChart", laboratory="FOOD", chart=CHART).chart
        cls.quality("QualityService.FreezeLimits", laboratory="FOOD", chart=CHART, version=chart.version,
                    estimator="ESTIMATOR_MOVING_RANGE", reason="24 points in control")
        cls.quality("WorksheetService.SetControlPlan", laboratory="FOOD", method_id="M_AFM", parameter_id="AFM1", **PLAN)

    # ---- the day
    def earlier(self):
        """What the laboratory did before in the year, so that no number here is that of another example."""
        for number in range(1, 4):
            self.quality("QualityService.OpenNonconformity", laboratory="FOOD", description=f"一支移液器未按期校准 pipette {number} overdue")
        for test in self.milks(6):
            sheet = self.created([test])
            self.technician("WorksheetService.CancelWorksheet", worksheet_no=sheet.worksheet.worksheet_no,
                            version=sheet.worksheet.version, reason="样品量不足 not enough of the sample")

    def milks(self, count):
        """Tests that wait, of so many cartons."""
        tests = []
        while len(tests) < count:
            items = [ring(name="灭菌乳 UHT milk 250 mL", claimed_product_id="FOOD_MILK_UHT", claim_text="", hallmark="", mass_g="250",
                          declared_value_cny="", produced_on="2026-11-12",
                          tests=[dict(method_id="M_AFM", parameter_id="AFM1")]) for _ in range(min(20, count - len(tests)))]
            receipt = self.reception("DeskService.RegisterIntake", **intake_fields(laboratory="FOOD", items=items, consents=CONSENTS)).receipt
            tests += [item.tests[0].test_id for item in receipt.items]
        return tests

    def created(self, tests):
        return self.technician("WorksheetService.CreateWorksheet", laboratory="FOOD", method_id="M_AFM", parameter_id="AFM1",
                               instrument=INSTRUMENT, test_ids=tests)

    def work(self, tests, act):
        for test in tests:
            self.technician(f"BenchService.{act}", test_id=test)

    def results(self, sheet):
        """What the instrument showed: the same every time."""
        chance = random.Random(24)
        controls, contents, results = iter(CONTROLS), {}, []
        for place, position in enumerate(sheet.positions):
            kind = position.DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_number[position.kind].name.rpartition("_")[2]
            if kind == "SAMPLE":
                contents[position.position] = FINDINGS.get(len(contents) + 1, chance.lognormvariate(-3.3, 0.9))
                readings = [self.reading(chance, contents[position.position]) for _ in range(2)]
                if readings[0].get("qualifier") != readings[1].get("qualifier"):
                    readings[1] = readings[0]
                if "qualifier" not in readings[0]:
                    readings[1] = self.beside(*(decimal.Decimal(one["value"]) for one in readings))
            elif kind == "BLANK":
                readings = [dict(value="0.005", qualifier="QUALIFIER_NOT_DETECTED")]
            elif kind == "CONTROL":
                readings = [dict(value=next(controls))]
            elif kind == "DUPLICATE":
                readings = [self.reading(chance, contents[position.of_position], beside=results[place - 1]["readings"][0])]
            else:
                readings = [dict(value=f"{max(contents[position.of_position], 0) + 0.25 * chance.uniform(0.84, 0.99):.4f}")]
            results.append(dict(position=position.position, readings=readings))
        return results

    @staticmethod
    def beside(one, other):
        """So that the mean of the two has as many decimals as each."""
        odd = (one + other) * 10000 % 2
        return dict(value=f"{other - odd / 10000:.4f}")

    @staticmethod
    def reading(chance, content, beside=None):
        """LOD 0.005, LOQ 0.015; repeatability of some 3 %."""
        seen = content * chance.gauss(1, 0.028)
        if beside is not None and "qualifier" in beside or beside is None and content < 0.016:
            return beside or dict(value="0.005", qualifier="QUALIFIER_NOT_DETECTED") if content < 0.009 or beside else \
                dict(value="0.015", qualifier="QUALIFIER_LESS_THAN")
        return dict(value=f"{seen:.4f}")

    def file(self, sheet):
        """As the instrument writes it: a line of every injection, by the number of the vial, which is that of the position."""
        spelt = {"QUALIFIER_NOT_DETECTED": "N.D.", "QUALIFIER_LESS_THAN": "<LOQ"}
        lines = ["Batch 20261208_AFM1", "Vial,Compound,Final Conc. (ng/kg)"]
        for result in self.results(sheet):
            for reading in result["readings"]:
                value = spelt.get(reading.get("qualifier")) or f"{decimal.Decimal(reading['value']) * 1000:.1f}"
                lines.append(f"{result['position']},AFM1,{value}")
        return dict(profile=PROFILE, name="20261208_AFM1.csv", content=("\r\n".join(lines) + "\r\n").encode())

    def entered(self, sheet):
        return self.technician("WorksheetService.EnterWorksheet", timeout=60, worksheet_no=sheet.worksheet.worksheet_no,
                               version=sheet.worksheet.version, readings_file=self.file(sheet), temperature_c="22.4",
                               humidity_percent="46", lots=list(LOTS))

    def drawn(self, sheet, name):
        picture = self.quality("WorksheetService.DrawWorksheet", worksheet_no=sheet.worksheet.worksheet_no).picture
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{name}.svg").write_bytes(picture)
        return picture
