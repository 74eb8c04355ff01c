# SPDX-License-Identifier: Apache-2.0
"""A laboratory that nobody has thought of: its domain, product, parameters, methods, formulas, unit and limits come by
files alone, and what it measures is judged, released and validated like any other."""
import csv
import pathlib
import subprocess
import tempfile

from tests.outside.domains import DomainCase, digits
from tests.support.cluster import ROOT

PACK = ROOT / "migrations" / "catalogue"
# A row of the starting pack, and what is else in the new one.
ROWS = {
    "domains": [("FOOD", dict(domain_id="TEA", name_zh="茶叶", name_en="Tea"))],
    "products": [("FOOD_RICE", dict(product_id="TEA_GREEN", domain_id="TEA", parent_id="", name_zh="绿茶", name_en="Green tea",
                                    date_basis="receipt"))],
    "parameters": [("CD", dict(param_id=param, domain_id="TEA", name_zh=zh, name_en=en, unit_ucum="%", round_rule="decimals",
                               round_value="1", lod_typical="", loq_typical="", lod_unit="", cas=""))
                   for param, zh, en in (("TEA_DUST", "粉末", "Dust"), ("TEA_STALK", "茶梗", "Stalks"))],
    "formula_units": [("%", dict(unit_ucum="g/hg", display="g/hg", dimension="mass fraction", factor_to_base="0.01"))],
    "formulas": [("AIR_TUBE", dict(calc_key="TEA_SIEVE", expression="mean(dust_g / sample_hg)", unit="g/hg")),
                 ("AIR_TUBE", dict(calc_key="TEA_PICK", expression="convert(stalk_g / sample_hg, 'g/hg', '%')", unit="%"))],
    "methods": [("M_PROT", dict(method_id="M_SIEVE", domain_id="TEA", calc_key="TEA_SIEVE", min_replicates="1")),
                ("M_PROT", dict(method_id="M_PICK", domain_id="TEA", calc_key="TEA_PICK", min_replicates="1"))],
    "param_methods": [(None, dict(param_id="TEA_DUST", method_id="M_SIEVE", preference="1")),
                      (None, dict(param_id="TEA_STALK", method_id="M_PICK", preference="1"))],
    "limits": [("L084", dict(limit_id="L901", product_id="TEA_GREEN", param_id="TEA_DUST", unit_ucum="%", limit_high="2.0")),
               ("L084", dict(limit_id="L902", product_id="TEA_GREEN", param_id="TEA_STALK", unit_ucum="%", limit_high="5.0"))],
}


def write_pack(folder):
    for name, wanted in ROWS.items():
        with open(PACK / f"{name}.csv", encoding="utf-8", newline="") as file:
            known = {next(iter(row.values())): row for row in csv.DictReader(file)}
        rows = [dict(known[old] if old else {}, **changes) for old, changes in wanted]
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


class NewLaboratory(DomainCase):
    domains = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with tempfile.TemporaryDirectory() as folder:
            write_pack(pathlib.Path(folder))
            cls.imported = cls.catalogue("import", folder, "--author", "amy")
        cls.open_laboratory("TEA")
        for method in ("M_SIEVE", "M_PICK"):
            cls.qualify("TEA", method)

    @classmethod
    def catalogue(cls, *words):
        done = subprocess.run([cls.daemon.program, "catalogue", *words, "--config", cls.daemon.config], capture_output=True,
                              text=True, timeout=120)
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout

    def tea(self, *orders):
        return self.ordered_all("TEA", "TEA_GREEN", orders, name="绿茶 green tea")

    def test_its_results_are_judged_and_released(self):
        self.assertIn("limits.csv: added L901\n", self.imported)
        self.assertNotIn("removed", self.imported)
        dust, stalks = self.tea(("M_SIEVE", "TEA_DUST"), ("M_PICK", "TEA_STALK"))
        # 0.82 g and 0.86 g of 50 g, which are 0.5 hg: mean 1.68 g/hg, and one of these is one per cent.
        dust = self.enter(dust, inputs={"dust_g": ["0.82", "0.86"], "sample_hg": ["0.5", "0.5"]})
        found = self.judged(dust, "pass", "1.7")
        self.assertEqual((digits(found.trace.calculated), found.trace.limit_id, found.trace.high, found.trace.calc_key),
                         (digits("1.68"), "L901", "2.0", "TEA_SIEVE"))
        self.assertIn("粉末", found.sentence_zh)
        # 5.1 of 100 g: above 5.0.
        stalks = self.enter(stalks, inputs={"stalk_g": "5.1", "sample_hg": "1"})
        self.assertEqual(self.judged(stalks, "fail", "5.1").trace.limit_id, "L902")
        record, _ = self.released(dust.item_code, "TEA")
        self.assertEqual({result["parameter_en"]: result["verdict"] for result in record["results"]},
                         dict(Dust="pass", Stalks="fail"))

    def test_a_unit_that_the_catalogue_lost_is_asked_for_by_name(self):
        dust, = self.tea(("M_SIEVE", "TEA_DUST"))
        with tempfile.TemporaryDirectory() as folder:
            self.catalogue("export", folder)
            units = pathlib.Path(folder) / "formula_units.csv"
            kept = units.read_text(encoding="utf-8")
            units.write_text("".join(line for line in kept.splitlines(True) if not line.startswith("g/hg,")), encoding="utf-8")
            with self.assertRaisesRegex(AssertionError, "unit 'g/hg' is in formula_units.csv neither"):
                self.catalogue("import", folder)
            for path in pathlib.Path(folder).iterdir():
                if path != units:
                    path.unlink()
            self.catalogue("import", "--replace", folder)  # this file alone
            self.addCleanup(self.catalogue, "import", self.tea_pack())
        entered = self.enter(dust, inputs={"dust_g": ["0.82"], "sample_hg": ["0.5"]})
        self.assertEqual(self.verdict(entered), "not_judged")
        self.assertIn('no unit "g/hg"', entered.judgement.sentence_en)

    def tea_pack(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        write_pack(pathlib.Path(holder.name))
        return holder.name

    def test_its_own_formulas_are_validated_by_the_folder_that_was_exported(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.catalogue("export", folder / "catalogue")
            rows = folder / "rows.csv"
            rows.write_text('id,calc_key,inputs_json,expected,unit,tolerance\n'
                            'T1,TEA_SIEVE,"{""dust_g"": [""0.82"", ""0.86""], ""sample_hg"": [""0.5"", ""0.5""]}",1.68,g/hg,0\n'
                            'T2,TEA_PICK,"{""stalk_g"": ""5.1"", ""sample_hg"": ""1""}",5.1,%,0\n', encoding="utf-8")
            done = subprocess.run([self.daemon.program, "validate", rows, "--catalogue", folder / "catalogue"],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "2 passed, 0 failed\n", ""))
            alone = subprocess.run([self.daemon.program, "validate", rows], capture_output=True, text=True, timeout=60)
            self.assertEqual(alone.stdout.splitlines()[-1], "0 passed, 2 failed")
