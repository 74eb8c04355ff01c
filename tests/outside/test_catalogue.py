# SPDX-License-Identifier: Apache-2.0
"""`touchstoned catalogue`: packs of CSV files go in whole or not at all, come out in canonical form, and each fault is
told as file:line:column."""
import contextlib
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tests.support import paths
from tests.support.cluster import ROOT, Cluster

PACK = ROOT / "migrations" / "catalogue"


class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-catalogue-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.database = self.cluster.database()
        self.config = self.directory / "touchstoned.conf"
        self.config.write_text(f"[state]\ndirectory = {self.directory / 'state'}\n[postgresql]\nmode = external\n"
                               f"url = {self.database.dsn('touchstone_daemon')}\nmigrate_url = {self.database.dsn()}\n")
        self.pack = self.directory / "pack"
        shutil.copytree(PACK, self.pack, ignore=shutil.ignore_patterns("0003*"))

    def run_catalogue(self, *words):
        done = subprocess.run([paths.build() / "server" / "touchstoned", "catalogue", *words, "--config", self.config],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def revision(self):
        with contextlib.closing(self.database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("select revision from lab.catalogue_head")
            return cursor.fetchone()[0]

    def edit(self, name, old, new, times=1):
        path = self.pack / name
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), times, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def test_the_whole_catalogue_goes_in_comes_out_and_is_no_change(self):
        code, out, err = self.run_catalogue("import", self.pack, "--preview")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("products.csv: added FOOD_MILK_PAST\n", out)
        self.assertIn("nothing was written", out)
        self.assertEqual(self.revision(), 1)
        code, out, err = self.run_catalogue("import", self.pack, "--author", "amy")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out.splitlines()[-1], "^revision 2: ")
        code, out, err = self.run_catalogue("import", self.pack)
        self.assertEqual((code, out, err), (0, "no change: the catalogue stays at revision 2\n", ""))
        code, out, err = self.run_catalogue("export", self.directory / "out")
        self.assertEqual((code, err), (0, ""))
        code, out, err = self.run_catalogue("import", self.directory / "out")
        self.assertEqual((code, out, err), (0, "no change: the catalogue stays at revision 2\n", ""))
        first = {path.name: path.read_bytes() for path in (self.directory / "out").iterdir()}
        self.run_catalogue("export", self.directory / "out")
        self.assertEqual({path.name: path.read_bytes() for path in (self.directory / "out").iterdir()}, first)

    def test_a_whole_pack_whose_formulas_are_still_to_come_is_taken_and_comes_out_as_no_change(self):
        for name in ("formulas", "formula_units", "control_rules", "packages", "terms", "scope", "signatories"):
            (self.pack / f"{name}.csv").unlink()
        code, out, err = self.run_catalogue("import", self.pack)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out.splitlines()[-1], "^revision 2: ")
        exported = self.directory / "exported"
        self.assertEqual(self.run_catalogue("export", exported)[0], 0)
        self.assertEqual(self.run_catalogue("import", exported), (0, "no change: the catalogue stays at revision 2\n", ""))
        # Once formulas are there a method must find its own.
        self.edit("methods.csv", ",MOISTURE,", ",MOISTURES,", times=2)
        (self.pack / "domains.csv").unlink()
        code, _, err = self.run_catalogue("import", self.pack)
        self.assertEqual(code, 1)
        self.assertIn("'MOISTURES' has no formula", err)

    def test_what_a_new_database_exports_is_no_change(self):
        exported = self.directory / "exported"
        self.assertEqual(self.run_catalogue("export", exported)[0], 0)
        self.assertEqual(self.run_catalogue("import", exported), (0, "no change: the catalogue stays at revision 1\n", ""))

    def test_faults_are_told_with_file_line_and_column_and_nothing_is_taken(self):
        self.edit("limits.csv", "L173,GBT18883-2022,Table 1,AIR_HOME,HCHO,le,,0.08", "L173,GBT18883-2022,Table 1,AIR_HUT,HCHO,le,,0.o8")
        line = 1 + next(n for n, text in enumerate((self.pack / "limits.csv").read_text(encoding="utf-8").splitlines())
                        if text.startswith("L173,"))
        code, out, err = self.run_catalogue("import", self.pack)
        self.assertEqual((code, out), (1, ""))
        self.assertIn(f"limits.csv:{line}:{1 + len('L173,GBT18883-2022,Table 1,')}: product_id 'AIR_HUT' is not in products.csv", err)
        self.assertIn(f"limits.csv:{line}:{1 + len('L173,GBT18883-2022,Table 1,AIR_HUT,HCHO,le,,')}: limit_high '0.o8' is not a "
                      "decimal number", err)
        self.assertIn("nothing of the pack was taken", err)
        self.assertEqual(self.revision(), 1)

    def test_a_formula_that_cannot_be_read_is_told_with_its_place_beside_all_other_faults(self):
        self.edit("formulas.csv", "AIR_TUBE,\"(m_ug - default(m0_ug, 0)) / ", "AIR_TUBE,\"(m_ug - / ")
        self.edit("scales.csv", "GREY5,1|1-2|2|", "GREY5,1||2|")
        line = 1 + next(n for n, text in enumerate((self.pack / "formulas.csv").read_text(encoding="utf-8").splitlines())
                        if text.startswith("AIR_TUBE,"))
        code, out, err = self.run_catalogue("import", self.pack)
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(err, rf"formulas\.csv:{line}:10: expression: line 1, column \d+: ")
        self.assertIn("scales.csv:2:7: ordered_codes_low_to_high needs at least two different codes", err)
        self.assertIn("2 faults: nothing of the pack was taken", err)
        self.assertEqual(self.revision(), 1)

    def test_files_that_are_no_csv_are_told_all_of_them(self):
        (self.pack / "scales.csv").write_text('scale_id,note\nA,"open\n', encoding="utf-8")
        (self.pack / "units.csv").write_bytes(b"unit_ucum\n\xff\n")
        code, out, err = self.run_catalogue("import", self.pack)
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(err, r"scales\.csv:\d+:\d+: ")
        self.assertRegex(err, r"units\.csv:2:1: ")
        self.assertEqual(self.revision(), 1)

    def test_a_file_that_a_spreadsheet_parted_by_semicolons_says_so(self):
        text = (self.pack / "scales.csv").read_text(encoding="utf-8")
        (self.pack / "scales.csv").write_text(text.replace(",", ";"), encoding="utf-8")
        code, _, err = self.run_catalogue("import", self.pack)
        self.assertEqual(code, 1)
        self.assertIn("scales.csv:1:1: the file is separated by semicolons; save it with commas (CSV UTF-8)", err)

    def test_empty_rows_and_columns_of_a_spreadsheet(self):
        text = (self.pack / "scales.csv").read_text(encoding="utf-8")
        (self.pack / "scales.csv").write_text(text + ",,,,\n,,,,\n", encoding="utf-8")
        formulas = (self.pack / "formulas.csv").read_text(encoding="utf-8")
        (self.pack / "formulas.csv").write_text(formulas + "," * 10 + "\n", encoding="utf-8")
        code, _, err = self.run_catalogue("import", self.pack, "--preview")
        self.assertEqual((code, err), (0, ""))
        (self.pack / "scales.csv").write_text("".join(line + ",,\n" for line in text.splitlines()), encoding="utf-8")
        code, _, err = self.run_catalogue("import", self.pack)
        self.assertEqual(code, 1)
        self.assertIn(f"scales.csv:1:{len(text.splitlines()[0]) + 2}: column 6 has no name: delete the empty columns", err)

    def test_a_file_of_a_head_alone_wants_the_word_replace(self):
        self.run_catalogue("import", self.pack)
        head = (self.pack / "limits.csv").read_text(encoding="utf-8").splitlines()
        (self.pack / "limits.csv").write_text(head[0] + "\n", encoding="utf-8")
        code, _, err = self.run_catalogue("import", self.pack)
        self.assertEqual(code, 1)
        self.assertIn(f"limits.csv:1:1: limits.csv has no rows: all {len(head) - 1} would be withdrawn; say --replace if that is "
                      "meant", err)
        self.assertEqual(self.run_catalogue("import", self.pack, "--replace", "--preview")[0], 0)

    def test_a_folder_without_packs_and_an_unknown_word_are_refused(self):
        (self.directory / "empty").mkdir()
        self.assertEqual(self.run_catalogue("import", self.directory / "empty")[0], 1)
        self.assertEqual(self.run_catalogue("import", self.directory / "nowhere")[0], 1)
        self.assertEqual(self.run_catalogue("import")[0], 2)
        self.assertEqual(self.run_catalogue("drop", self.pack)[0], 2)


if __name__ == "__main__":
    unittest.main()
