# SPDX-License-Identifier: Apache-2.0
"""Packs of the catalogue as lab.catalogue_import takes them: whole or not at all, with revisions that stay readable."""
import csv
import io
import json
import unittest

from tests.database.case import DatabaseCase
from tests.support import cluster

FOLDER = cluster.ROOT / "migrations" / "catalogue"


def read_pack(folder=FOLDER):
    """{"limits.csv": [["limit_id", ...], ...]} of every file of the starting packs. Here a row's line is its number."""
    pack = {}
    for path in sorted(folder.glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            pack[path.name] = list(csv.reader(file))
    return pack


def lines(pack):
    return json.dumps([dict(file=name, line=number, cells=cells) for name, rows in pack.items()
                       for number, cells in enumerate(rows, 1)])


class CatalogueCase(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pack = read_pack()
        cls.first = cls("imported").imported(cls.pack)

    def imported(self, pack, mode="auto", preview=False, author="amy"):
        return self.sql("select kind, file, line, place, message from lab.catalogue_import(%s, %s, %s, %s)",
                        lines(pack), author, mode, preview)

    def only(self, *names):
        return {name: [list(row) for row in self.pack[name]] for name in names}

    def row(self, pack, name, key):
        """A row by its first cell, or its first cells as 'A B', and its line."""
        for number, cells in enumerate(pack[name], 1):
            if key in (cells[0], " ".join(cells[:2])):
                return cells, number
        raise KeyError(key)

    def edited(self, name, key, **cells):
        """A pack of one file, with some cells of one row changed; the line of that row."""
        pack = self.only(name)
        row, line = self.row(pack, name, key)
        for column, value in cells.items():
            row[pack[name][0].index(column)] = value
        return pack, line

    def revision(self):
        return self.one("select revision from lab.catalogue_head")


class WholeCatalogue(CatalogueCase):
    def test_all_of_it_is_taken_and_told_row_by_row(self):
        self.assertEqual(self.first[-1][0], "revision")
        self.assertRegex(self.first[-1][4], r"^revision 2: .*limits\.csv \+245 ~0 -0.*micro_plans\.csv \+26 ~0 -0")
        self.assertIn(("added", "products.csv", "FOOD_MILK_PAST"), [(kind, file, told) for kind, file, _, _, told in self.first])
        self.assertEqual(self.sql("select revision, author from lab.catalogue_revision"), [(2, "amy")])

    def test_every_cell_is_kept_as_it_was_typed(self):
        held = {(file, key): cells for file, key, cells in
                self.sql("select file, key, cells from lab.catalogue_row where to_revision is null")}
        keys = dict(self.sql("select file, keys from lab.catalogue_files()"))
        count = 0
        for name, (head, *rows) in self.pack.items():
            for row in rows:
                told = dict(zip(head, row))
                cells = held[name[:-4], " ".join(told[key] for key in keys[name[:-4]])]
                self.assertEqual({column: cells[column] for column in head}, told)
                count += 1
        self.assertEqual(count, len(held))

    def test_the_same_again_is_no_change_and_no_revision(self):
        before = self.revision()
        self.assertEqual(self.imported(self.pack), [("summary", "", 0, 0, f"no change: the catalogue stays at revision {before}")])
        self.assertEqual(self.revision(), before)

    def test_what_is_exported_is_canonical_and_the_same_content(self):
        files = dict(self.sql("select file, content from lab.catalogue_export()"))
        self.assertEqual({name for name, rows in self.pack.items() if len(rows) > 1}, set(files))
        exported = {name: list(csv.reader(io.StringIO(content, newline=""))) for name, content in files.items()}
        self.assertEqual(self.imported(exported)[-1][4], f"no change: the catalogue stays at revision {self.revision()}")
        for name, content in files.items():
            self.assertNotIn("\r", content)
            self.assertTrue(content.endswith("\n"))
            written = io.StringIO()
            csv.writer(written, lineterminator="\n").writerows(exported[name])
            self.assertEqual(content, written.getvalue(), name)  # quotes only where they must be
            keep = [exported[name][0].index(column) for column in self.pack[name][0]]
            self.assertEqual(sorted([row[at] for at in keep] for row in exported[name][1:]), sorted(self.pack[name][1:]), name)

    def test_a_preview_tells_what_changes_and_writes_nothing(self):
        before = self.revision()
        pack, line = self.edited("limits.csv", "L173", limit_high="0.07")
        told = self.imported(pack, preview=True)
        self.assertEqual(told[0], ("changed", "limits.csv", line, 0, "L173: limit_high '0.08' -> '0.07'"))
        self.assertRegex(told[1][4], "^preview: limits.csv \\+0 ~1 -0; nothing was written")
        self.assertEqual(self.revision(), before)
        self.assertEqual(self.one("select limit_high from lab.requirement where limit_id = 'L173'"), "0.08")
        self.assertEqual(self.one("select count(*) from lab.catalogue_draft"), 0)

    def test_rows_that_hold_now_can_be_read_as_tables(self):
        self.assertEqual(self.sql('select n, c, m, "M" from lab.micro_plan where plan_id = %s', "MP01"),
                         [("5", "2", "50000", "100000")])
        self.assertEqual(self.one("select ordered_codes_low_to_high from lab.scale where scale_id = 'PRESENCE'"),
                         "not detected|detected")
        self.assertEqual(self.one("select count(*) from lab.intake_field"), len(self.pack["intake_fields.csv"]) - 1)


# Each pack is broken in one place: the file, the row's key, what is changed in it, where the fault is told (the column;
# None: the head) and words of the message.
BROKEN = [
    ("limits.csv", "L173", dict(limit_high="0,08"), "limit_high", "not a decimal"),
    ("limits.csv", "L173", dict(limit_high="8e-2"), "limit_high", "not a decimal"),
    ("limits.csv", "L173", dict(limit_high="0." + "1" * 40), "limit_high", "more than 40 digits"),
    ("limits.csv", "L173", dict(limit_high=""), "limit_high", "operator 'le' needs it"),
    ("limits.csv", "L173", dict(limit_low="0.01"), "limit_low", "means nothing with operator 'le'"),
    ("limits.csv", "L173", dict(operator="lte"), "operator", "is none of: le, lt"),
    ("limits.csv", "L173", dict(operator=""), "operator", "is empty"),
    ("limits.csv", "L070", dict(limit_low="7.5"), "limit_high", "less than limit_low"),
    ("limits.csv", "L272", dict(limit_high="-0.5"), "limit_high", "absolute limit is 0 or more"),
    ("limits.csv", "L071", dict(limit_low="3.5"), "limit_low", "no code of any scale"),
    ("limits.csv", "L143", dict(limit_high="1"), "limit_high", "means nothing"),
    ("limits.csv", "L173", dict(unit_ucum="ug/m3"), "unit_ucum", "not the unit of parameter HCHO"),
    ("limits.csv", "L173", dict(unit_ucum="mg/m4"), "unit_ucum", "is not in units.csv"),
    ("limits.csv", "L173", dict(product_id="AIR_HUT"), "product_id", "is not in products.csv"),
    ("limits.csv", "L173", dict(param_id="HCHOO"), "param_id", "is not in parameters.csv"),
    ("limits.csv", "L173", dict(standard_id="GBT18883-2032"), "standard_id", "is not in standards.csv"),
    ("limits.csv", "L174", dict(limit_id="L173"), "limit_id", "stands already in line"),
    ("limits.csv", "L161", dict(condition="summer"), "condition", "the same as in limit L160"),
    ("limits.csv", "L173", dict(comparison="half"), "comparison", "is none of"),
    ("limits.csv", "L173", dict(confidence="sure"), "confidence", "is none of: verified"),
    ("limits.csv", "L173", dict(source="S99"), "source", "not in sources.csv"),
    ("limits.csv", "L173", dict(note=" see clause 5"), "note", "begins or ends with a space"),
    ("limits.csv", "L173", dict(note="see\nclause 5"), "note", "control character"),
    ("standards.csv", "GBT18883-2022", dict(effective_from="2023-02-30"), "effective_from", "no day of the calendar"),
    ("standards.csv", "GBT18883-2022", dict(effective_from="2023/02/01"), "effective_from", "is not a date"),
    ("standards.csv", "GBT18883-2022", dict(effective_from="2023-13"), "effective_from", "no day of the calendar"),
    ("standards.csv", "GBT18883-2002", dict(effective_to="2001"), "effective_to", "not after effective_from"),
    ("standards.csv", "GBT18883-2022", dict(year="22"), "year", "is not a year"),
    ("standards.csv", "GBT18883-2022", dict(type="law"), "type", "is none of: limit"),
    ("standards.csv", "GBT18883-2022", dict(title_en=""), "title_en", "is empty"),
    ("products.csv", "FOOD_RICE", dict(parent_id="FOOD_CERIAL"), "parent_id", "is not in products.csv"),
    ("products.csv", "FOOD_ANY", dict(parent_id="FOOD_RICE"), "parent_id", "leads back to this product"),
    ("products.csv", "FOOD_RICE", dict(parent_id="JEW_ANY"), "parent_id", "inherits within its domain"),
    ("products.csv", "FOOD_RICE", dict(domain_id="FOO"), "domain_id", "is not in domains.csv"),
    ("products.csv", "FOOD_RICE", dict(attributes_to_record="batch;;storage"), "attributes_to_record", "empty entry"),
    ("products.csv", "FOOD_RICE", dict(retain_days_typical="90 days"), "retain_days_typical", "not a whole number"),
    ("methods.csv", "M_XRF", dict(min_replicates="0"), "min_replicates", "write at least 1"),
    ("methods.csv", "M_XRF", dict(min_replicates="97"), "min_replicates", "more than 96"),
    ("methods.csv", "M_XRF", dict(role="usual"), "role", "is none of: screening"),
    ("methods.csv", "M_XRF", dict(destructive="a bit"), "destructive", "is none of: none, micro"),
    ("parameters.csv", "AU", dict(cas="7440-57-6"), "cas", "not a CAS number"),
    ("parameters.csv", "AU", dict(round_value="a"), "round_value", "must be an interval"),
    ("parameters.csv", "AU", dict(round_rule="decimals", round_value="2.5"), "round_value", "number of decimals"),
    ("parameters.csv", "AU", dict(unit_ucum=""), "unit_ucum", "needs its unit"),
    ("parameters.csv", "J_PB", dict(loq_typical="2"), "loq_typical", "less than lod_typical"),
    ("parameters.csv", "AU", dict(value_type="number"), "value_type", "is none of: numeric"),
    ("param_methods.csv", "AU M_XRF", dict(preference="first"), "preference", "not a whole number"),
    ("param_methods.csv", "AU M_XRF", dict(method_id="M_XRD"), "method_id", "is not in methods.csv"),
    ("micro_plans.csv", "MP01", dict(c="6"), "c", "more than n"),
    ("micro_plans.csv", "MP01", dict(M="50000"), "M", "more than m"),
    ("micro_plans.csv", "MP03", {"M": "10"}, "M", "must be empty in a plan of class 2"),
    ("scales.csv", "GREY5", dict(ordered_codes_low_to_high="1|2|2|3"), "ordered_codes_low_to_high", "none twice"),
    ("gem_properties.csv", "钻石", dict(ri_high="2.2"), "ri_high", "less than ri_low"),
    ("units.csv", "ug/m3", dict(factor_to_base="0"), "factor_to_base", "is 0"),
    ("terms.csv", "G_RUBY", dict(synonyms="corundum;  Spinel"), "synonyms", "'  Spinel' is also a name of term G_SPINEL"),
    ("terms.csv", "G_RUBY", dict(name_en="黄玉"), "name_en", "also a name of term G_TOPAZ"),
    ("domains.csv", "JEW", dict(kind="side"), "kind", "is none of: main, extra"),
    ("formula_units.csv", "mg", dict(factor_to_base="0"), "factor_to_base", "'0' is 0: write a factor above 0"),
    ("formula_units.csv", "mg", dict(factor_to_base="0.00"), "factor_to_base", "'0.00' is 0: write a factor above 0"),
    ("formula_units.csv", "mg", dict(factor_to_base="-0.001"), "factor_to_base", "is negative"),
    ("formula_units.csv", "mg", dict(offset="-0"), "offset", "zero with a minus: write 0"),
    ("limits.csv", "L173", dict(limit_high="-0"), "limit_high", "'-0' is zero with a minus: write 0"),
    ("limits.csv", "L173", dict(limit_high="-0.00"), "limit_high", "zero with a minus: write 0.00"),
    ("limits.csv", "L173", dict(limit_high="-0.08"), "limit_high", "is negative: mass concentration of parameter HCHO"),
    ("limits.csv", "L183", dict(limit_high="-1"), "limit_high", "is negative: count per volume of air"),
    ("micro_plans.csv", "MP01", dict(m="-1"), "m", "is negative: write a number of 0 or more"),
    ("micro_plans.csv", "MP01", dict(m="-0"), "m", "zero with a minus: write 0"),
    ("micro_plans.csv", "MP01", {"m": "-2", "M": "-1"}, "M", "is negative: write a number of 0 or more"),
    ("products.csv", "FOOD_RICE", dict(product_id="FOOD_\u200bRICE"), "product_id", "invisible character U+200B as its character 6"),
    ("products.csv", "FOOD_RICE", dict(product_id="\ufeffFOOD_RICE"), "product_id", "invisible character U+FEFF"),
    ("products.csv", "FOOD_RICE", dict(product_id="FOOD\u00a0RICE"), "product_id", "is no identifier"),
    ("products.csv", "FOOD_RICE", dict(name_en="ecir \u202erice"), "name_en", "invisible character U+202E"),
    ("products.csv", "FOOD_RICE", dict(name_en="rice\u2066"), "name_en", "invisible character U+2066"),
    ("products.csv", "FOOD_RICE", dict(name_zh="大\u00ad米"), "name_zh", "invisible character U+00AD"),
    ("terms.csv", "G_RUBY", dict(synonyms="corun\u200ddum"), "synonyms", "invisible character U+200D"),
    ("products.csv", "FOOD_RICE", dict(hazards="a\U000e0041"), "hazards", "invisible character U+E0041"),
    ("formulas.csv", "MEAN", dict(replicates="points|vales"), "replicates", "names 'vales', which is no input"),
    ("formulas.csv", "XRF_MEAN", dict(replicates="spread"), "replicates", "names 'spread', which is no input"),
    ("formulas.csv", "XRF_MEAN", dict(replicates="fewer"), "replicates", "names 'fewer', which is no input"),
    ("formulas.csv", "XRF_MEAN", dict(replicates="points|"), "replicates", "names '', which is no input"),
    ("formulas.csv", "MEAN", dict(replicates="mean"), "replicates", "names 'mean', which is no input"),
    ("formulas.csv", "GRAV", dict(unit="‰‰"), "unit", "'‰‰' is in formula_units.csv neither"),
    ("formulas.csv", "TITRATION_ACID", dict(unit="degX"), "unit", "calc_key 'TITRATION_ACID' has it"),
    ("formulas.csv", "SCALE_ERR", dict(unit="{d}"), "unit", "no parameter"),
]


class BrokenPacks(CatalogueCase):
    def test_each_is_refused_whole_with_the_right_place_named(self):
        before = self.revision()
        for name, key, cells, column, words in BROKEN:
            with self.subTest(name, key=key, **{"cell_" + cell: value for cell, value in cells.items()}):
                pack, line = self.edited(name, key, **cells)
                # A second file that would change something by itself: nothing of it is taken either.
                pack["sources.csv"] = self.pack["sources.csv"] + [["S500", "a shelf", "A book", "", ""]]
                found = self.imported(pack)
                self.assertEqual({kind for kind, *_ in found}, {"error"}, found)
                place = self.pack[name][0].index(column) + 1
                told = [message for _, file, at, cell, message in found if (file, at, cell) == (name, line, place)]
                self.assertTrue(any(words in message for message in told), found)
        self.assertEqual(self.revision(), before)
        self.assertEqual(self.one("select count(*) from lab.source where source_id = 'S500'"), 0)
        self.assertGreaterEqual(len(BROKEN), 50)

    def test_a_head_that_is_not_the_files_is_refused(self):
        for change, words in ((lambda head: head.remove("clause"), "column 'clause' is missing"),
                              (lambda head: head.append("colour"), "column 'colour' is not known"),
                              (lambda head: head.__setitem__(2, "note"), "stands here twice")):
            pack = self.only("limits.csv")
            pack["limits.csv"] = [pack["limits.csv"][0]]
            change(pack["limits.csv"][0])
            found = self.imported(pack)
            self.assertEqual({(kind, file, line) for kind, file, line, _, _ in found}, {("error", "limits.csv", 1)})
            self.assertTrue(any(words in message for *_, message in found), found)

    def test_empty_columns_are_told_by_their_number_and_empty_rows_are_no_rows(self):
        pack = self.only("scales.csv")
        for row in pack["scales.csv"]:
            row += ["", "", ""]
        self.assertEqual(self.imported(pack), [("error", "scales.csv", 1, 6, "column 6 has no name: delete the empty columns")])
        pack = self.only("scales.csv")
        pack["scales.csv"] += [[""] * 5] * 3
        self.assertRegex(self.imported(pack)[0][4], "^no change")

    def test_an_invisible_character_in_a_head_is_told(self):
        pack = self.only("scales.csv")
        pack["scales.csv"][0][2] = "\ufeffnote"
        found = self.imported(pack)
        self.assertIn(("error", "scales.csv", 1, 3, "the name of this column has the invisible character U+FEFF as its character 1: "
                       "delete it"), found)
        self.assertFalse([message for *_, message in found if "not known" in message], found)

    def test_limits_of_deviations_may_be_negative(self):
        for key, cells in (("L279", dict(limit_low="-2")), ("L070", dict(limit_low="-1")), ("L084", dict(limit_high="0"))):
            pack, _ = self.edited("limits.csv", key, **cells)
            with self.subTest(key):
                self.assertEqual([row[0] for row in self.imported(pack, preview=True)], ["changed", "summary"])

    def test_a_count_is_never_limited_below_nothing(self):
        pack, line = self.edited("limits.csv", "L084", param_id="VPARA", unit_ucum="{MPN}/g", limit_high="-100")
        self.assertEqual([(row[2], row[4]) for row in self.imported(pack)],
                         [(line, "limit_high '-100' is negative: most probable count per mass of parameter VPARA is never less than 0")])

    def test_a_file_of_a_head_alone_withdraws_nothing_by_accident(self):
        for name in ("limits.csv", "products.csv", "methods.csv", "parameters.csv", "standards.csv", "formulas.csv", "micro_plans.csv"):
            pack = dict(self.pack, **{name: self.pack[name][:1]})
            held = self.one("select count(*) from lab.catalogue_row where file = %s and to_revision is null", name[:-4])
            with self.subTest(name):
                self.assertEqual(self.imported(pack), [("error", name, 1, 1, f"{name} has no rows: all {held} would be withdrawn; "
                                                        "say --replace if that is meant")])
        pack = dict(self.pack, **{"limits.csv": self.pack["limits.csv"][:1]})
        self.assertEqual({row[0] for row in self.imported(pack, mode="replace", preview=True)}, {"removed", "summary"})
        self.assertRegex(self.imported(pack, mode="add")[-1][4], "^no change")

    def test_a_file_that_the_catalogue_does_not_know_is_refused(self):
        found = self.imported({"limit.csv": [["limit_id"], ["L001"]]})
        self.assertEqual([row[:4] for row in found], [("error", "limit.csv", 1, 1)])

    def test_a_line_with_a_cell_too_many_is_refused(self):
        pack = self.only("scales.csv")
        pack["scales.csv"][2].append("more")
        self.assertEqual([row[:3] for row in self.imported(pack)], [("error", "scales.csv", 3)])

    def test_all_faults_are_told_at_once(self):
        pack, _ = self.edited("limits.csv", "L173", limit_high="x", comparison="y", confidence="z")
        self.assertEqual(len(self.imported(pack)), 3)

    def test_a_row_that_others_need_is_not_taken_away(self):
        pack = self.only("products.csv")
        pack["products.csv"] = [row for row in pack["products.csv"] if row[0] != "AIR_HOME"]
        found = self.imported(pack, mode="replace")
        self.assertIn(("limits.csv", "limits 'L173' in the catalogue still names 'AIR_HOME' of products.csv, which this pack "
                       "leaves out: leave that row in, or change both files"), [(row[1], row[4]) for row in found])


class Revisions(CatalogueCase):
    def test_a_result_keeps_the_revision_it_was_judged_with(self):
        test = self.submitted()
        old = self.revision()
        pack, _ = self.edited("limits.csv", "L003", limit_low="755", clause="Table 1a")
        self.assertEqual(self.imported(pack)[-1][4], f"revision {old + 1}: limits.csv +0 ~1 -0")
        self.assertEqual(self.sql("select catalogue_revision, requirement from lab.judgement where test_id = %s",
                                  test["test_id"]), [(old, "≥ 750")])
        then = "select cells ->> 'limit_low' from lab.catalogue_at('limits', %s) where key = 'L003'"
        self.assertEqual((self.one(then, old), self.one(then, old + 1)), ("750", "755"))
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        self.release(test["item_code"])
        result = self.one("select record from lab.sheet where item_code = %s", test["item_code"])["results"][0]
        self.assertEqual((result["requirement"], result["clause"]), ("≥ 750", "表1 Table 1"))
        self.imported(self.only("limits.csv"))

    def test_a_catalogue_that_moved_while_somebody_judged_is_noticed(self):
        test = self.entered()
        pack, _ = self.edited("limits.csv", "L003", note="read again")
        self.imported(pack)
        with self.refused("JUDGEMENT_STALE"):
            self.submit(test)
        self.imported(self.only("limits.csv"))

    def test_plain_sql_is_noted_like_an_import(self):
        before = self.revision()
        self.sql("update lab.requirement set note = 'by hand' where limit_id = 'L005'")
        self.assertEqual(self.sql("select from_revision, cells ->> 'note' from lab.catalogue_row where file = 'limits' and "
                                  "key = 'L005' and to_revision is null"), [(before + 1, "by hand")])
        self.assertEqual(self.sql("select author, what from lab.catalogue_revision where revision = %s", before + 1),
                         [("database:postgres", "plain SQL on requirement")])
        self.imported(self.only("limits.csv"))

    def test_rows_of_the_past_are_not_deleted(self):
        with self.sql_refused("NEVER_DELETED"):
            self.sql("delete from lab.catalogue_row where to_revision is not null")

    def test_what_leaves_the_catalogue_is_withdrawn_and_may_come_back(self):
        pack = self.only("limits.csv", "param_methods.csv")
        pack["limits.csv"] = [row for row in pack["limits.csv"] if row[0] != "L198"]
        self.assertIn(("removed", "limits.csv", "L198"), [(row[0], row[1], row[4]) for row in self.imported(pack, "replace")])
        self.assertEqual(self.one("select withdrawn from lab.requirement where limit_id = 'L198'"), True)
        self.imported(self.only("limits.csv"))
        self.assertEqual(self.one("select withdrawn from lab.requirement where limit_id = 'L198'"), False)

    def test_a_small_pack_adds_without_taking_anything_away(self):
        pack = self.only("products.csv", "limits.csv")
        like_product, like_limit = self.row(pack, "products.csv", "FOOD_RICE")[0], self.row(pack, "limits.csv", "L084")[0]
        small = {"products.csv": [pack["products.csv"][0], ["FOOD_RICE_CAKE", *like_product[1:2], "FOOD_RICE", *like_product[3:]]],
                 "limits.csv": [pack["limits.csv"][0], ["L900", *like_limit[1:3], "FOOD_RICE_CAKE", *like_limit[4:]]]}
        told = self.imported(small)
        self.assertEqual([row[0] for row in told], ["added", "added", "revision"])
        self.assertEqual(self.resolved("FOOD_RICE_CAKE", "CD"), [("L900", 1)])
        self.assertEqual(self.resolved("FOOD_RICE_CAKE", "IAS"), [("L096", 1)])  # inherited from rice
        self.assertEqual(self.one("select count(*) from lab.product where withdrawn"), 0)
        self.imported(self.pack)
        self.assertEqual(self.one("select withdrawn from lab.product where product_id = 'FOOD_RICE_CAKE'"), True)

    def resolved(self, product, parameter, day="2026-11-29"):
        return self.sql("select limit_id, candidates from lab.resolved_requirement where product_id = %s and parameter_id = %s "
                        "and valid_from <= %s and valid_to > %s", product, parameter, day, day)

    def test_the_edition_in_force_on_the_day_counts(self):
        for day, limit in (("2002-12-31", []), ("2003-03-01", [("L198", 1)]), ("2023-01-31", [("L198", 1)]),
                           ("2023-02-01", [("L173", 1)])):
            self.assertEqual(self.resolved("AIR_HOME", "HCHO", day), limit, day)
        self.assertEqual(self.resolved("AIR_OFFICE", "HCHO", "2023-02-01"), [("L173", 1)])
        self.assertEqual(self.resolved("FIB_PLUSH", "MIG_PB", "2026-10-31"), [("L052", 1)])
        self.assertEqual(self.resolved("FIB_PLUSH", "MIG_PB", "2026-11-01"), [("L053", 1)])

    def test_several_conditions_mean_that_somebody_must_choose(self):
        self.assertEqual(self.resolved("AIR_HOME", "TEMP"), [(None, 2)])
        facts = self.one("select facts from lab.judge_fact where product_id = 'AIR_HOME' and parameter_id = 'TEMP' and "
                         "chosen_limit = '' and valid_from = '2023-02-01'")
        self.assertEqual(facts["not_judged"], "condition_not_chosen")
        self.assertEqual([one["condition"] for one in facts["choices"]], ["summer", "winter heating"])
        chosen = self.one("select facts from lab.judge_fact where product_id = 'AIR_HOME' and parameter_id = 'TEMP' and "
                          "chosen_limit = 'L161' and valid_from = '2023-02-01'")
        self.assertEqual((chosen["limit_low"], chosen["limit_high"], chosen["operator"]), ("16", "24", "between"))

    def test_a_sampling_plan_comes_with_its_edition(self):
        read = ("select facts -> 'plan' ->> 'plan_id' from lab.judge_fact where product_id = 'FOOD_COOKMEAT' and "
                "parameter_id = 'SALM' and valid_from <= %s and valid_to > %s")
        self.assertEqual((self.one(read, "2021-11-21", "2021-11-21"), self.one(read, "2021-11-22", "2021-11-22")),
                         ("MP05", "MP09"))

    def test_partial_dates_leave_room_and_never_guess(self):
        dates = "select lab.date_first(%s)::text, lab.date_end(%s)::text"
        self.assertEqual(self.sql(dates, "2014", "2021"), [("2014-01-01", "2022-01-01")])
        self.assertEqual(self.sql(dates, "2010-11", "2020-12"), [("2010-11-01", "2021-01-01")])
        self.assertEqual(self.sql(dates, "2016-05-04", "2023-02-01"), [("2016-05-04", "2023-02-01")])
        self.assertEqual(self.sql(dates, "", ""), [("-infinity", "infinity")])


class Items(CatalogueCase):
    """Items of other laboratories, and what is asked of them by class, day and condition."""
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for laboratory, method in (("AIR", "M_AHMT"), ("FUR", "M_FHPLC")):
            cls.tokens.update({f"{laboratory}.{name}": cluster.add_staff(cls.owner, f"{laboratory.lower()}.{name}", **dict(
                how, laboratory=laboratory)) for name, how in (("reception", dict(roles=["reception"], desk="D1")),
                                                               ("tech", dict(roles=["technician"], methods=[method])),
                                                               ("manager", dict(roles=["manager"])))})

    def received(self, laboratory, product, tests, **item):
        request = self.intake_request(tests=tests, photo=False, laboratory=laboratory)
        request["items"][0].update(item, claimed_product_id=product)
        return self.write("desk_register_intake", laboratory + ".reception", **request)["receipt"]["items"][0]

    def judge(self, item, laboratory="AIR"):
        return self.read("bench_get_test", laboratory + ".tech", test_id=item["tests"][0]["test_id"])["test"]["judge"]

    def test_the_day_of_sampling_chooses_the_edition_of_an_air_test(self):
        for day, standard, limit in (("2022-06-01", "GB/T 18883-2002", "0.10"), ("2026-06-01", "GB/T 18883-2022", "0.08")):
            item = self.received("AIR", "AIR_OFFICE", [("M_AHMT", "HCHO")], sampled_on=day)
            self.assertEqual(item["sampled_on"], day)
            judge = self.judge(item)
            self.assertEqual((judge["standard"], judge["limit"]), (standard, limit))

    def test_without_the_day_nobody_guesses_the_edition(self):
        judge = self.judge(self.received("AIR", "AIR_OFFICE", [("M_AHMT", "HCHO")]))
        self.assertEqual(judge["not_judged"], "edition_unknown")
        self.assertNotIn("limit", judge)

    def test_a_day_that_is_none_or_lies_ahead_is_refused(self):
        for day, words in (("2026-06", "is not a day"), ("2026-02-30", "is not a day"), ("2199-01-01", "lies in the future")):
            with self.subTest(day), self.refused("FIELD_INVALID", "items[0].sampled_on") as caught:
                self.received("AIR", "AIR_HOME", [("M_AHMT", "HCHO")], sampled_on=day)
            self.assertIn(words, caught.exception.message)

    def test_a_fur_collar_is_judged_by_its_further_class(self):
        item = self.received("FUR", "FUR_GARM", [("M_FHPLC", "F_HCHO")], produced_on="2026-01-01", further_product_ids=["FUR_B"])
        self.assertEqual(item["further_product_ids"], ["FUR_B"])
        judge = self.judge(item, "FUR")
        self.assertEqual((judge["limit_id"], judge["limit"]), ("L063", "75"))
        alone = self.received("FUR", "FUR_GARM", [("M_FHPLC", "F_HCHO")], produced_on="2026-01-01")
        self.assertEqual(self.judge(alone, "FUR")["candidates"], 0)
        with self.refused("FIELD_INVALID", "items[0].further_product_ids"):
            self.received("FUR", "FUR_GARM", [("M_FHPLC", "F_HCHO")], further_product_ids=["FOOD_RICE"])

    def test_two_classes_that_ask_for_the_same_wait_for_a_choice(self):
        item = self.received("FUR", "FUR_B", [("M_FHPLC", "F_HCHO")], produced_on="2026-01-01", further_product_ids=["FUR_C"])
        judge = self.judge(item, "FUR")
        self.assertEqual((judge["not_judged"], [one["limit_id"] for one in judge["choices"]]),
                         ("condition_not_chosen", ["L063", "L064"]))
        test = self.write("bench_choose_limit", "FUR.manager", test_id=item["tests"][0]["test_id"], version=1,
                          limit_id="L063", reason="worn on the skin")["test"]
        self.assertEqual((test["judge"]["limit"], test["version"]), ("75", 2))

    def test_a_requirement_that_does_not_hold_cannot_be_chosen(self):
        item = self.received("AIR", "AIR_HOME", [("M_AHMT", "HCHO")], sampled_on="2026-06-01")
        with self.refused("LIMIT_NOT_OFFERED", status=9) as caught:
            self.write("bench_choose_limit", "AIR.manager", test_id=item["tests"][0]["test_id"], version=1, limit_id="L198",
                       reason="the old one")
        self.assertEqual(caught.exception.metadata, {"offered": "L173"})
        with self.refused("TEST_NOT_YOURS", status=7):
            self.write("bench_choose_limit", "AIR.tech", test_id=item["tests"][0]["test_id"], version=1, limit_id="L173",
                       reason="not mine yet")


class SignOff(CatalogueCase):
    def sign(self, limit, who="manager", **more):
        request = dict(laboratory="JEW", file="limits", key=limit, reason="GB 28480-2012 table 1, read", catalogue_revision=str(self.revision()))
        return self.write("catalogue_sign_off_row", who, **dict(request, **more))

    def limit_in_doubt(self):
        return self.sql("select limit_id from lab.requirement join lab.product using (product_id) where laboratory = 'JEW' and "
                        "requirement.confidence = 'check' order by limit_id")[0][0]

    def test_a_row_marked_check_is_signed_off_by_a_manager_until_its_wording_changes(self):
        limit = self.limit_in_doubt()
        before = self.revision()
        self.assertEqual(self.sign(limit), dict(file="limits", key=limit, catalogue_revision=before + 1))
        listed = {one["limit_id"]: one for one in
                  self.read("catalogue_list_limits", "tech", laboratory="JEW", page=dict(page_size=200))["limits"]}
        self.assertEqual((listed[limit]["confidence"], listed[limit]["signed_by"]), ("signed", "manager"))
        told = self.sql("select distinct facts ->> 'confidence' from lab.judge_fact where facts ->> 'limit_id' = %s", limit)
        self.assertIn(told, ([], [("signed",)]))
        with self.refused("SIGNED_OFF_ALREADY"):
            self.sign(limit)
        pack, _ = self.edited("limits.csv", limit, clause="another")
        self.imported(pack)
        self.assertFalse(self.one("select lab.catalogue_signed('limits', %s)", limit))
        self.imported(self.only("limits.csv"))
        self.assertFalse(self.one("select lab.catalogue_signed('limits', %s)", limit))  # a new row, to be read again

    def test_only_what_waits_is_listed_when_asked_so(self):
        waiting = self.read("catalogue_list_limits", "tech", laboratory="JEW", only_check=True,
                            page=dict(page_size=200))["limits"]
        self.assertEqual({one["confidence"] for one in waiting}, {"check"})

    def test_a_sign_off_that_is_not_meant_is_refused(self):
        limit = self.limit_in_doubt()
        with self.refused("NOT_IN_DOUBT"):
            self.sign("L003")
        with self.refused("CATALOGUE_MOVED", status=10):
            self.sign(limit, catalogue_revision=str(self.revision() - 1))
        with self.refused("ROLE_REQUIRED"):
            self.sign(limit, who="tech")
        with self.refused("FIELD_INVALID", "reason"):
            self.sign(limit, reason=" ")


if __name__ == "__main__":
    unittest.main()
