# SPDX-License-Identifier: Apache-2.0
"""What tests of worksheets through the daemon begin with: a technician and a second one, a chart, a plan, rings that wait, and good
results of whatever stands at a position."""
import math

from tests.outside.case import Outside
from tests.outside.world import ring

REASON = "as the method's validation found"
PLAN = dict(blanks=1, blank_limit="0.5", controls_every=20, duplicates_every=10, duplicate_percent="0.5", spikes_every=20,
            spike_added="10", spike_low_percent="80", spike_high_percent="120")


def name_of(message, field):
    return message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[getattr(message, field)].name


def kind_of(position):
    return name_of(position, "kind").removeprefix("POSITION_KIND_").lower()


def outcome_of(position):
    return name_of(position, "outcome").removeprefix("POSITION_OUTCOME_").lower()


def state_of(test):
    return name_of(test, "state").removeprefix("TEST_STATE_").lower()


def size(samples, plan=None, charts=1):
    """Positions that so many samples come to, counted one by one."""
    plan = plan or PLAN
    groups = math.ceil(samples / plan["controls_every"]) if plan["controls_every"] else 1
    return (plan["blanks"] + samples + charts * (1 + groups) +
            sum(math.ceil(samples / plan[every]) for every in ("duplicates_every", "spikes_every") if plan[every]))


class WorksheetCase(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["ADMINISTRATOR"].staff("technician2", ["TECHNICIAN"])
        cls.people["MANAGER"]("StaffService.SetQualification", username="technician2", laboratory="JEW",
                              version=cls.world.member("technician2").version, method_id="M_XRF", qualified=True,
                              reason="authorised by the manager")
        cls.second = cls.daemon.log_in("technician2")
        cls.technician = cls.people["TECHNICIAN"]
        cls.chart = cls.world.frozen().chart  # around 750.2, all within 0.2 of it

    # ---- words
    def plan(self, **changes):
        fields = dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", charts=[self.chart], reason=REASON, **PLAN)
        return self.people["QUALITY"]("WorksheetService.SetControlPlan", **dict(fields, **changes)).plan

    def rings(self, count):
        """Tests that wait, of so many rings."""
        tests = []
        while len(tests) < count:
            batch = min(20, count - len(tests))
            receipt = self.world.received(items=[ring() for _ in range(batch)])
            tests += [item.tests[0].test_id for item in receipt.items]
        return tests

    def create(self, who=None, **changes):
        fields = dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", instrument="XRF-01")
        return (who or self.technician)("WorksheetService.CreateWorksheet", **dict(fields, **changes))

    def of_rings(self, count, **changes):
        return self.create(test_ids=self.rings(count), **changes)

    def read(self, sheet, who="QUALITY"):
        return self.people[who]("WorksheetService.GetWorksheet", worksheet_no=sheet.worksheet.worksheet_no)

    @staticmethod
    def result(position, **changes):
        """A good result of whatever stands at the position."""
        readings = {"sample": ["753.1", "753.5", "753.4"], "blank": ["0.1"], "control": ["750.3"], "duplicate": ["753.5"],
                    "spike": ["763.4"]}[kind_of(position)]
        fields = dict(position=position.position, readings=[dict(value=value) for value in readings])
        if kind_of(position) == "sample":
            fields["expanded_uncertainty"] = "2.0"
        return dict(fields, **changes)

    def results(self, sheet, **changes):
        """All good, but for position N that is named pN: dict of changes, or a text as its one reading."""
        made, controls = [], 0
        for position in sheet.positions:
            change = changes.get(f"p{position.position}", {})
            if isinstance(change, str):
                change = dict(readings=[dict(value=change)])
            if kind_of(position) == "control" and not change:
                controls += 1  # below and above in turn, or they would all lie on one side
                change = dict(readings=[dict(value=("750.3", "750.1")[controls % 2])])
            made.append(self.result(position, **change))
        return made

    def enter(self, sheet, results=None, who=None, **more):
        fields = dict(worksheet_no=sheet.worksheet.worksheet_no, version=sheet.worksheet.version,
                      results=results or self.results(sheet), temperature_c="23.1", humidity_percent="45")
        return (who or self.technician)("WorksheetService.EnterWorksheet", timeout=60, **dict(fields, **more))

    def submit(self, sheet, who=None, **more):
        return (who or self.technician)("WorksheetService.SubmitWorksheet", timeout=60, worksheet_no=sheet.worksheet.worksheet_no,
                                        version=sheet.worksheet.version, **more)

    def places(self, sheet, kind):
        return [position.position for position in sheet.positions if kind_of(position) == kind]

    def points(self):
        return self.people["QUALITY"]("QualityService.GetChart", laboratory="JEW", chart=self.chart).chart.points
