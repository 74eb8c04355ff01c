# SPDX-License-Identifier: Apache-2.0
"""What persons are found by: readings of names, ways of typing them, and in which order. The readings that are expected are those of
the surnames as every dictionary of names has them."""
import unittest

import psycopg2

from tests.database.case import DatabaseCase
from tests.support.cluster import ROOT


class PersonKeys(DatabaseCase):
    number = 0

    def person(self, name, phone=None, seen="2026-01-01"):
        type(self).number += 1
        return self.one("insert into lab.person (name, phone, created_at) values (%s, %s, %s) returning person_id::text", name,
                        phone or f"1510000{self.number:04}", seen)

    def find(self, query, **page):
        return self.read("desk_find_persons", "reception", query=query, **page)["persons"]

    def ids(self, query):
        return [one["person_id"] for one in self.find(query)]

    def test_first_letters_whole_syllables_and_mixed_find_the_name(self):
        person = self.person("王晓鸣")
        for query in ("wxm", "WXM", "w x m", "wxming", "wangxm", "wang xm", "wang xiaom", "wangxiaoming", "wang xiao ming", "wxiaoming",
                      "wangxi", "wang", "w", "王", "王晓", "ｗｘｍ"):
            self.assertIn(person, self.ids(query), query)
        for query in ("xm", "xiaoming", "wxmg", "wangxn", "ang", "晓鸣", "mxw", "wanx"):
            self.assertNotIn(person, self.ids(query), query)

    def test_every_reading_of_a_surname_finds_it(self):
        for name, queries in {"单田芳": ("shantf", "dantianfang", "ctf"), "解晓东": ("xiexd", "jie"), "曾国藩": ("zenggf", "cengguofan"),
                              "仇英": ("qiuy", "chouying"), "翟志刚": ("zhaizg", "dizhigang"), "吕布": ("lvbu", "lubu", "lb", "lüb", "lü bu"),
                              "查良镛": ("zhaly", "chaliangyong"), "区楚良": ("oucl", "quchuliang"), "任贤齐": ("renxq",),
                              "乐嘉": ("yuej", "lejia"), "朴树": ("piaos", "pushu"), "长孙无忌": ("zhangsunwj", "changswj"),
                              "万俟卨": ("moqi", "mq"), "尉迟恭": ("yuchig", "wcg", "ycg"), "女娲": ("nvwa", "nuwa"),
                              "欧阳娜娜": ("ouyangnana", "oynn", "ouynn", "ouyangnn"), "覃辉": ("qinh", "tanhui"),
                              "華國鋒": ("huagf", "hgf"), "張偉": ("zw", "zhangw"), "冯𠮷": ("fengji", "fj")}.items():
            person = self.person(name)
            for query in queries:
                with self.subTest(name, query=query):
                    self.assertIn(person, self.ids(query))

    def test_a_long_name_and_one_with_many_readings_have_few_keys_and_are_found(self):
        person = self.person("阿卜杜热合曼·买买提")
        for query in ("abdrhmmmt", "abudurehemanmaimaiti", "abudur", "abdrhm", "阿卜杜"):
            self.assertIn(person, self.ids(query), query)
        self.person("单乐曾行长重朴")
        self.assertLess(self.one("select max(count) from (select count(*) from lab.person_key group by person_id) as one"), 120)

    def test_a_name_in_letters_is_found_by_each_of_its_words_whatever_their_case_and_accents(self):
        person = self.person("Anna-Maria Müller")
        for query in ("anna", "ANNA", "Anna Maria", "maria", "müller", "Muller", "amm", "annamariamuller"):
            self.assertIn(person, self.ids(query), query)
        self.assertEqual({one["matched_by"] for one in self.find("muller")}, {"name"})
        self.assertIn(self.person("O'Neil"), self.ids("o'neil"))

    def test_who_was_here_last_comes_first_and_pages_follow_one_another(self):
        persons = [self.person("翁百川", seen=f"2026-02-{day:02}") for day in range(1, 26)]
        pages = [self.read("desk_find_persons", "reception", query="wengb")]
        while token := pages[-1].get("next_page_token"):
            pages.append(self.read("desk_find_persons", "reception", query="wengb", page=dict(page_token=token)))
        found = [one["person_id"] for page in pages for one in page["persons"]]
        self.assertEqual(found, persons[::-1])
        self.assertEqual([len(page["persons"]) for page in pages], [20, 5])
        self.receive(owner=dict(person_id=persons[3]))
        self.assertEqual(self.ids("wbc")[0], persons[3])
        self.receive(owner=dict(person_id=persons[4]), bringer=dict(person_id=persons[5]))
        self.assertEqual(set(self.ids("翁百")[:2]), {persons[4], persons[5]})
        self.assertEqual(len(self.find("翁", page=dict(page_size=7))), 7)
        with self.refused("FIELD_INVALID", "page.page_token"):
            self.read("desk_find_persons", "reception", query="wengb", page=dict(page_token="nonsense"))

    def test_an_answer_says_why_and_masks_all_the_same(self):
        self.person("卓不凡", "13955557788")
        for query, why in (("7788", "last_four"), ("139555", "phone"), ("卓不", "name"), ("zbf", "pinyin"), ("zhuobufan", "pinyin")):
            one = self.find(query)[0]
            self.assertEqual((one["matched_by"], one["name_masked"], one["phone_masked"]), (why, "卓**", "139****7788"), query)
            self.assertNotIn("bu", str(one))

    def test_another_name_or_phone_is_found_and_the_old_one_is_not(self):
        person = self.person("司徒雷登", "13611112222", seen="2026-03-03")
        self.sql("update lab.person set name = '司马雷登', phone = '13611113333' where person_id = %s", person)
        for query in ("simald", "司马", "3333", "13611113"):
            self.assertIn(person, self.ids(query), query)
        for query in ("situ", "司徒", "2222", "136111122"):
            self.assertNotIn(person, self.ids(query), query)
        self.assertEqual(self.sql("select distinct seen_at::date::text from lab.person_key where person_id = %s", person),
                         [("2026-03-03",)])

    def test_a_merged_person_is_found_by_both_names_until_the_merge_is_undone(self):
        kept, gone = self.person("公孙策", "13511119999"), self.person("公孙册", "13511118888")
        self.receive(owner=dict(person_id=gone))
        made = self.one("insert into lab.person_merge (kept_id, gone_id, reason, merged_by, merged_at) select %s, %s, 'the same one', "
                        "staff_id, lab.ts_now() from lab.staff where username = 'manager' returning merge_id::text", kept, gone)
        for query in ("9999", "8888", "公孙", "gongsunce", "公孙册", "gsc"):
            self.assertEqual(self.ids(query), [kept], query)
        self.assertEqual(len(self.read("desk_list_items", "reception", laboratory="JEW", query="9999")["items"]), 1)
        self.receive(owner=dict(person_id=gone))
        self.assertEqual(self.ids("8888"), [kept])
        self.sql("update lab.person_merge set undone_at = lab.ts_now(), undone_by = merged_by, undo_reason = 'two after all' "
                 "where merge_id = %s", made)
        self.assertEqual((self.ids("9999"), self.ids("8888"), self.ids("公孙")), ([kept], [gone], [kept, gone]))  # what came after the merge is the kept one's

    def test_signs_of_patterns_and_of_sql_mean_themselves(self):
        percent, person = self.person("%_\\"), self.person("宫本武")
        for query in ("%", "_", "\\", "%%", "gong%", "gong_", "g%b", "宫_武", "宫%", "' or ''='", "'; drop table lab.person; --", "[a-z]*",
                      "\u200b", "chr(1)3333", "?", "*", ".", "--", "😀", "\uffff"):
            self.assertNotIn(person, self.ids(query), query)
        self.assertEqual(self.ids("%"), [percent])
        self.assertIn(person, self.ids("gbw"))
        self.assertEqual(self.ids("g" * 5000), [])
        self.assertEqual(self.ids("宫" * 5000), [])
        with self.assertRaises(psycopg2.errors.UntranslatableCharacter):
            self.ids("gong\0")

    def test_a_technician_finds_nobody_and_the_history_keeps_no_key(self):
        for who in ("tech", "reviewer", "signatory", "quality", "auditor", "admin"):
            with self.subTest(who), self.refused("ROLE_REQUIRED"):
                self.read("desk_find_persons", who, query="wxm")
        person = self.receive(owner=dict(name="诸葛孔明", phone="13877776666"))["owner"]["person_id"]
        before = self.one("select count(*) from lab.history")
        self.assertEqual(self.ids("zgkm"), [person])
        self.assertEqual(self.one("select count(*) from lab.history"), before)
        self.assertEqual(self.one("select count(*) from lab.history where object_type like 'person_key%%' or "
                                  "concat(old_values, new_values, reason) ~ 'zhuge|zgkm|诸葛'"), 0)
        self.write("desk_reveal_person", "reception", person_id=person, reason="asked by telephone")
        self.assertEqual(self.one("select count(*) from lab.history where operation = 'reveal' and object_id = %s", person), 1)

    def test_the_daemon_itself_may_not_read_the_keys(self):
        with self.assertRaises(psycopg2.errors.InsufficientPrivilege):
            self.caller.execute("select * from lab.person_key")
        with self.assertRaises(psycopg2.errors.InsufficientPrivilege):
            self.caller.execute("select lab.persons_found('', '~', now(), null, 1)")

    def test_keys_go_with_the_person(self):
        self.assertEqual(self.one("select confdeltype from pg_constraint where conrelid = 'lab.person_key'::regclass and contype = 'f'"),
                         "c")


class Readings(unittest.TestCase):
    def test_the_migration_says_what_unihan_says(self):
        import importlib.util
        spec = importlib.util.spec_from_file_location("pinyin", ROOT / "migrations" / "pinyin.py")
        pinyin = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(pinyin)
        if not pinyin.SOURCE.exists():
            self.skipTest("unicode-data is not installed")
        kept = pinyin.TARGET.read_text(encoding="utf-8").partition(pinyin.BEGIN)[2].partition(pinyin.END)[0]
        self.assertEqual(kept, "".join(f"{line}\n" for line in pinyin.lines(pinyin.readings(pinyin.SOURCE))))


if __name__ == "__main__":
    unittest.main()
