# SPDX-License-Identifier: Apache-2.0
"""Real sheets of every domain, each walked from the desk to the download through the daemon: what every reader, every flip and
every attack is tried on. A sheet is made when it is first asked for.

    class Something(SheetsOfAll):
        def test_it(self):
            self.assertTrue(self.sheet("ring").pdf)
"""
import collections
import os
import pathlib
import re
import shutil
import tempfile

from tests.outside import readers
from tests.outside.domains import CONSENTS, DomainCase
from tests.outside.test_domains_food import UNITS
from tests.outside.world import intake_fields, ring
from tests.sheet.support import ring_photo
from tests.support.daemon import PASSWORD

SEALED_S = 120
# Characters of GB 18030 that GB 2312 lacks: U+20BB7 (outside of the first plane), U+3402, U+3647, U+9F98, U+5586, U+5803.
OWNER = dict(name="𠮷㐂㙇龘喆堃", phone="13800001234")
NOT_DETECTED = "QUALIFIER_NOT_DETECTED"
ATTACHMENTS = ("results.json", "sheet.cose", "sheet.tlog-proof")

Sheet = collections.namedtuple("Sheet", "name number record pdf attached pages")

AIR = {"HCHO": ("M_MBTH", ["0.046"]), "NH3": ("M_NH3", ["0.21"]), "BENZENE": ("M_BTX", ["0.012"]), "TOL": ("M_BTX", ["0.06"]),
       "XYL": ("M_BTX", ["0.09"]), "TVOC": ("M_TVOC", ["0.555"]), "TCE": ("M_TVOC", ["0.002"]), "PCE": ("M_TVOC", ["0.01"]),
       "CO2": ("M_CO2", ["0.08"]), "CO": ("M_CO", ["1.2"]), "PM10": ("M_PM", ["0.06"]), "PM25": ("M_PM", ["0.04"]),
       "RN": ("M_RN", ["342", "338"]), "BACT": ("M_BACTA", ["860"]), "TEMP": ("M_PHYS", ["23.4"]), "RH": ("M_PHYS", ["45"]),
       "AIRV": ("M_PHYS", ["0.12"]), "FRESH": ("M_PHYS", ["36"])}
TRACES = ("J_PB", "J_CD", "J_AS", "J_HG")


class SheetsOfAll(DomainCase):
    domains = ("FUR", "FOOD", "AIR", "FIB", "MET")
    methods = [("JEW", "M_CUP"), ("JEW", "M_BAN"), ("FUR", "M_FUV"), ("FOOD", "M_APC"), ("FOOD", "M_AFM"), ("FOOD", "M_MEL"),
               *(("FIB", method) for method in ("M_THCHO", "M_TPH", "M_TRUB", "M_TPILL", "M_TODOR")), ("MET", "M_JJG539"),
               *(("AIR", method) for method in sorted({method for method, _ in AIR.values()}))]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made, cls.readers = {}, {}
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-sheets-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        for domain, method in (("JEW", "M_GEM"), ("FUR", "M_FURMIC")):
            cls.readers[domain] = [cls.reader(domain, method, number) for number in (1, 2)]

    @classmethod
    def reader(cls, domain, method, number):
        name = f"reader{number}.{domain.lower()}"
        cls.people["ADMINISTRATOR", domain].staff(name, ["TECHNICIAN"], domain)
        cls.people["MANAGER", domain]("StaffService.SetQualification", username=name, laboratory=domain, method_id=method,
                                      version=cls.member(name, domain).version, qualified=True, reason="trained and examined")
        return cls.daemon.log_in(name)

    # ---- sheets
    def sheet(self, name):
        if name not in self.made:
            self.made[name] = self.make(name, *getattr(self, name)())
        return self.made[name]

    def sheets(self):
        """All of them, one after the other."""
        for name in ALL:
            yield self.sheet(name)

    def make(self, name, code, domain):
        number = self.issue(code, domain)
        pdf = self.download(number, domain)
        record = self.daemon.sql("select record from lab.sheet where sheet_no = %s", number)[0][0]
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{name}.pdf").write_bytes(pdf)
        path = self.folder / f"{name}.pdf"
        path.write_bytes(pdf)
        pages = int(re.search(r"Pages:\s+(\d+)", readers.run("pdfinfo", path).stdout)[1])
        return Sheet(name, number, record, pdf, readers.attached(path), pages)

    def issue(self, code, domain):
        technician, reviewer = self.people["TECHNICIAN", domain], self.people["REVIEWER", domain]
        for test in technician("BenchService.ListTests", laboratory=domain, item_code=code).tests:
            reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        self.told(code, domain)
        item = self.people["RECEPTION", domain]("DeskService.GetItem", item_code=code).item
        return self.people["SIGNATORY", domain]("SheetService.ReleaseSheet", item_code=code, version=item.version,
                                                password=PASSWORD, meaning="approved for issue").sheet.sheet_no

    def download(self, number, domain="JEW"):
        pieces = self.people["RECEPTION", domain]("SheetService.DownloadSheet", sheet_no=number, timeout=SEALED_S)
        return b"".join(piece.data for piece in pieces)

    # ---- steps of the walks
    def received(self, domain, product, orders, owner=OWNER, **more):
        """The tests of one item, in the order asked, claimed by the technician."""
        item = ring(**dict(dict(claimed_product_id=product, claim_text="", hallmark="", mass_g="100", declared_value_cny="",
                                tests=[dict(method_id=method, parameter_id=parameter) for method, parameter in orders]), **more))
        receipt = self.people["RECEPTION", domain]("DeskService.RegisterIntake", **intake_fields(
            laboratory=domain, owner=owner, items=[item], consents=CONSENTS)).receipt
        tests = {(test.method_id, test.parameter_id): test for test in receipt.items[0].tests}
        claimed = []
        for order in orders:
            blind = order[0] in ("M_GEM", "M_FURMIC")
            who = self.readers[domain][0] if blind else self.people["TECHNICIAN", domain]
            claimed.append(who("BenchService.ClaimTest", test_id=tests[order].test_id, version=tests[order].version).test)
        return claimed

    def measured(self, test, values, **more):
        readings = [value if isinstance(value, dict) else dict(value=value) for value in values]
        return self.submit(self.enter(test, readings=readings, **more))

    def read_apart(self, test, *results):
        for reader, (result, seen) in zip(self.readers[test.laboratory], results):
            version = reader("BenchService.GetTest", test_id=test.test_id).test.version
            reader("BenchService.EnterReading", test_id=test.test_id, version=version, result=result, observations=seen,
                   instrument="R-2", temperature_c="23.0", humidity_percent="45")
        first = self.readers[test.laboratory][0]
        version = first("BenchService.GetTest", test_id=test.test_id).test.version
        first("BenchService.SubmitTest", test_id=test.test_id, version=version)

    # ---- jewellery
    def ring(self):
        """Near the mark: XRF does not decide it, cupellation does; with a photograph."""
        surface, whole = self.received("JEW", "JEW_AU750", [("M_XRF", "AU"), ("M_CUP", "AU")], name="戒指 ring 𠮷字纹",
                                       claim_text="18K 金", hallmark="Au750", mass_g="3.52", photo=ring_photo(120))
        self.measured(surface, ["750.6", "749.9", "750.3"], expanded_uncertainty="2.0", instrument="XRF-01")
        self.submit(self.enter(whole, inputs=dict(
            sample_mg=["250.00", "251.00"], cornet_mg=["187.40", "188.20"], proof_gold_mg=["188.00", "188.00"],
            proof_purity="0.9999", proof_recovered_mg=["187.86", "187.88"]), expanded_uncertainty="0.4"))
        return surface.item_code, "JEW"

    def screened(self):
        """XRF alone, near the mark: to be confirmed."""
        test, = self.received("JEW", "JEW_AU750", [("M_XRF", "AU")], name="吊坠 pendant", hallmark="Au750", mass_g="2.10")
        self.measured(test, ["750.6", "749.9", "750.3"], expanded_uncertainty="2.0", instrument="XRF-01")
        return test.item_code, "JEW"

    def jadeite(self):
        test, = self.received("JEW", "JEW_ANY", [("M_GEM", "GEMID")], name="手镯 bangle", mass_g="52.31", stones="无 none",
                              claim_text="翡翠 A 货 jadeite, untreated")
        self.read_apart(test, ("翡翠 Jadeite", ["折射率点测 1.66 RI 1.66 (spot)", "密度 3.33 g/cm³", "437 nm 吸收线 line at 437 nm"]),
                        ("jadeite", ["密度 3.34 g/cm³", "拉曼 374、699、1039 cm-1 Raman"]))
        return test.item_code, "JEW"

    def child(self):
        """A child's bracelet: elements that are not there, and one that is."""
        tests = self.received("JEW", "JEW_CHILD", [("M_BAN", one) for one in TRACES], name="儿童手链 child's bracelet", mass_g="8.40")
        for test in tests[1:]:
            self.measured(test, [dict(value="5", qualifier=NOT_DETECTED)] * 2)
        self.measured(tests[0], ["412", "420"], expanded_uncertainty="20")
        return tests[0].item_code, "JEW"

    # ---- fur
    def fur(self):
        """What it is, by two readers, and formaldehyde that is not there."""
        kind, formaldehyde = self.received("FUR", "FUR_GARM", [("M_FURMIC", "SPECIES"), ("M_FUV", "F_HCHO")], produced_on="2026-03-01",
                                           further_product_ids=["FUR_B"], name="毛皮领 fur collar", claim_text="蓝狐 arctic fox")
        self.read_apart(kind, ("蓝狐", ["鳞片 scales", "髓质 medulla"]), ("蓝狐", ["髓质指数 0.83 medullary index"]))
        self.measured(formaldehyde, [dict(value="5", qualifier=NOT_DETECTED)] * 2)
        return kind.item_code, "FUR"

    # ---- food
    def milk(self):
        """A sampling plan n/c/m/M beside what was not detected."""
        count, toxin, melamine = self.received("FOOD", "FOOD_MILK_PAST", [("M_APC", "APC"), ("M_AFM", "AFM1"), ("M_MEL", "MEL")],
                                               name="巴氏杀菌乳 pasteurised milk", produced_on="2026-10-01")
        self.submit(self.enter(count, inputs=UNITS))
        self.measured(toxin, [dict(value="0.005", qualifier=NOT_DETECTED)] * 2)
        self.measured(melamine, [dict(value="0.01", qualifier=NOT_DETECTED)] * 2)
        return count.item_code, "FOOD"

    def failing(self):
        """Aflatoxin M1 just above its limit: the figure shows why."""
        test, = self.received("FOOD", "FOOD_MILK_UHT", [("M_AFM", "AFM1")], name="灭菌乳 UHT milk", produced_on="2026-10-01")
        self.measured(test, ["0.5003", "0.5001"])
        return test.item_code, "FOOD"

    # ---- indoor air
    def air(self):
        """Everything that GB/T 18883 asks of a flat."""
        tests = self.received("AIR", "AIR_HOME", [(method, parameter) for parameter, (method, _) in AIR.items()],
                              name="住宅客厅 living room, 28 m2", sampled_on="2026-10-01")
        for test, (_, values) in zip(tests, AIR.values()):
            self.measured(test, values)
        return tests[0].item_code, "AIR"

    # ---- fibre
    def uniform(self):
        """Grades, a category, figures, and something that no requirement is known for."""
        acidity, formaldehyde, rubbing, odour, pilling = self.received(
            "FIB", "FIB_UNIF", [("M_TPH", "T_PH"), ("M_THCHO", "T_HCHO"), ("M_TRUB", "T_RUBD"), ("M_TODOR", "T_ODOUR"),
                                ("M_TPILL", "PILL")], name="小学生校服 school uniform", produced_on="2026-08-15")
        self.measured(acidity, ["6.83", "6.91"])
        self.measured(formaldehyde, [dict(value="20", qualifier=NOT_DETECTED)] * 2)
        for test, grade in ((rubbing, "3-4"), (odour, "none"), (pilling, "4")):
            self.submit(self.enter(test, inputs=[{"result": grade}, {"result": grade}]))
        return acidity.item_code, "FIB"

    # ---- metrology
    def scale(self):
        test, = self.received("MET", "MET_SCALE3", [("M_JJG539", "SC_ERR")], name="电子计价秤 price scale, Max 15 kg, e = 5 g")
        test = self.enter(test, inputs=dict(I="2500", e="5", dm="2.0", m="2500"))
        test = self.people["TECHNICIAN", "MET"]("BenchService.ChooseLimit", test_id=test.test_id, version=test.version,
                                                limit_id="L272", reason="subsequent verification at 2500 g").test
        self.submit(test)
        return test.item_code, "MET"


ALL = ("ring", "screened", "jadeite", "child", "fur", "milk", "failing", "air", "uniform", "scale")
