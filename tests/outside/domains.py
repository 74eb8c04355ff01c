# SPDX-License-Identifier: Apache-2.0
"""Laboratories of several domains over one daemon, with the whole catalogue and people of every role: what the walks from
numbers to verdicts begin with."""
import decimal
import json
import os
import pathlib
import subprocess

from tests.outside.case import Outside
from tests.outside.world import intake_fields, ring
from tests.support.cluster import ROOT
from tests.support.daemon import PASSWORD

CONSENTS = [dict(kind=f"CONSENT_KIND_{kind}", given_by_owner=True) for kind in ("PRIVACY", "AGREEMENT", "DESTRUCTIVE")]


def digits(number):
    return decimal.Decimal(number)


class DomainCase(Outside):
    domains = ("FUR", "FOOD", "AIR")
    methods = ()  # (domain, method): what the technicians are qualified for

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        done = subprocess.run([cls.daemon.program, "catalogue", "import", ROOT / "migrations" / "catalogue", "--author", "amy",
                               "--config", cls.daemon.config], capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise AssertionError(done.stderr)
        for domain in cls.domains:
            cls.open_laboratory(domain)
        for domain, method in cls.methods:
            cls.qualify(domain, method)

    @classmethod
    def open_laboratory(cls, domain):
        done = cls.daemon.admin_command("staff", "add", "--username", f"root.{domain.lower()}", "--name", "Root",
                                        "--laboratory", domain, "--role", "administrator")
        if done.returncode:
            raise AssertionError(done.stderr)
        admin = cls.daemon.log_in(f"root.{domain.lower()}")
        for role in ("RECEPTION", "TECHNICIAN", "REVIEWER", "MANAGER", "SIGNATORY"):
            admin.staff(f"{role.lower()}.{domain.lower()}", [role], domain)
            cls.people[role, domain] = cls.daemon.log_in(f"{role.lower()}.{domain.lower()}",
                                                         "D2" if role == "RECEPTION" else "")
        cls.people["ADMINISTRATOR", domain] = admin
        for role in ("RECEPTION", "TECHNICIAN", "REVIEWER", "MANAGER", "SIGNATORY", "ADMINISTRATOR"):
            cls.people[role, "JEW"] = cls.people[role]
        signatory = cls.member(f"signatory.{domain.lower()}", domain)
        admin("StaffService.SetSignatory", username=signatory.username, version=signatory.version, laboratory=domain,
              authorised=True, reason="authorised signatory of the domain")

    @classmethod
    def member(cls, username, domain):
        return next(one for one in cls.people["ADMINISTRATOR", domain]("StaffService.ListStaff", laboratory=domain).staff
                    if one.username == username)

    @classmethod
    def qualify(cls, domain, method):
        member = cls.member(cls.people["TECHNICIAN", domain].username, domain)
        cls.people["MANAGER", domain]("StaffService.SetQualification", username=member.username, version=member.version,
                                      laboratory=domain, method_id=method, qualified=True, reason="trained and examined")

    def ordered(self, domain, product, method, parameter, rule="", **more):
        return self.ordered_all(domain, product, [(method, parameter)], rule, **more)[0]

    def ordered_all(self, domain, product, orders, rule="", **more):
        """Several tests of one item, all taken by the technician."""
        item = ring(**dict(dict(name="样品 sample", claimed_product_id=product, claim_text="", hallmark="", mass_g="100",
                                declared_value_cny="", tests=[dict(method_id=method, parameter_id=parameter, decision_rule=rule)
                                                              for method, parameter in orders]), **more))
        receipt = self.people["RECEPTION", domain]("DeskService.RegisterIntake", **intake_fields(
            laboratory=domain, items=[item], consents=CONSENTS)).receipt
        tests = {(test.method_id, test.parameter_id): test for test in receipt.items[0].tests}
        return [self.people["TECHNICIAN", domain]("BenchService.ClaimTest", test_id=tests[order].test_id,
                                                  version=tests[order].version).test for order in orders]

    def enter(self, test, **fields):
        if "inputs" in fields:
            fields["inputs"] = json.dumps(fields["inputs"])
        return self.people["TECHNICIAN", test.laboratory]("BenchService.EnterResult", test_id=test.test_id,
                                                          version=test.version, **fields).test

    def submit(self, test):
        return self.people["TECHNICIAN", test.laboratory]("BenchService.SubmitTest", test_id=test.test_id,
                                                          version=test.version).test

    def verdict(self, test):
        name = test.judgement.DESCRIPTOR.fields_by_name["verdict"].enum_type.values_by_number[test.judgement.verdict].name
        return name.removeprefix("VERDICT_").lower()

    def judged(self, test, verdict, mean=None):
        """What was previewed is what was submitted and what is read again, with its trace."""
        done = self.submit(test)
        again = self.people["TECHNICIAN", test.laboratory]("BenchService.GetTest", test_id=test.test_id).test
        self.assertEqual((self.verdict(done), done.judgement.mean), (verdict, mean or done.judgement.mean),
                         done.judgement.sentence_en)
        self.assertEqual(done.judgement.SerializeToString(), test.judgement.SerializeToString())
        self.assertEqual(again.judgement.SerializeToString(), done.judgement.SerializeToString())
        return done.judgement

    # What a report of the domain must say of the item beside its intake (report_fields.csv).
    FACTS = {"FOOD": ("mfr", "batch"), "FIB": ("mfr", "batch"), "MET": ("valid_until", "authorisation", "measurement_standard"),
             "AIR": ("sampling_place", "sampling_plan", "closing", "air_state")}
    TOLD = {"mfr": "示例制造有限公司 Example Works", "batch": "20260801", "valid_until": "2027-11-29", "sampling_place": "客厅中央 middle of the room",
            "sampling_plan": "GB/T 18883-2022, 1 点 1 point", "closing": "12 h", "air_state": "25 ℃, 101.325 kPa", "authorisation": "（示）法计（2024）0001 Example No. 0001",
            "measurement_standard": "F2 等级砝码组 weights of class F2, 证书 No. M24-0101, 有效期至 valid until 2027-05-31"}

    def told(self, code, domain, **facts):
        """Everything of FACTS, or what is given for it; None is not told."""
        for field in self.FACTS.get(domain, ()):
            value = facts.get(field, self.TOLD[field])
            if value:
                desk = self.people["RECEPTION", domain]
                version = desk("DeskService.GetItem", item_code=code).item.version
                desk("DeskService.TellItem", item_code=code, version=version, field=field, value=value)

    def released(self, code, domain):
        """The sheet of an item whose tests are submitted: (sheet, its PDF)."""
        technician, reviewer = self.people["TECHNICIAN", domain], self.people["REVIEWER", domain]
        for test in technician("BenchService.ListTests", laboratory=domain, item_code=code).tests:
            reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        self.told(code, domain)
        item = self.people["RECEPTION", domain]("DeskService.GetItem", item_code=code).item
        sheet = self.people["SIGNATORY", domain]("SheetService.ReleaseSheet", item_code=code, version=item.version,
                                                 password=PASSWORD, meaning="approved for issue").sheet
        pieces = self.people["RECEPTION", domain]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60)
        pdf = b"".join(piece.data for piece in pieces)
        self.assertTrue(pdf.startswith(b"%PDF-"))
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{self.id().rpartition('.')[2]}.pdf").write_bytes(pdf)
        record = self.daemon.sql("select record from lab.sheet where sheet_no = %s", sheet.sheet_no)[0][0]
        return record, pdf
