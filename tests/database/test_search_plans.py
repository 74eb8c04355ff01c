# SPDX-License-Identifier: Apache-2.0
"""The short form of the search benchmark: the same questions in books of the same shape with 20,000 items, and as PostgreSQL chooses by
itself none of them reads a table from end to end that grows with the books."""
import re
import types
import unittest

from tests.bench import books, search, search_books
from tests.database.case import shared_cluster

ITEMS = 20_000
GROWING = {"person", "person_key", "receipt", "item", "test", "judgement", "sheet", "sheet_file", "sheet_recipient", "sheet_delivery",
           "custody_event", "booking"}


class SearchPlans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.books = types.SimpleNamespace(items=ITEMS, floor=shared_cluster().database().connect(), sql=cls.fetch)
        cls.addClassCleanup(cls.books.floor.close)
        search_books.enter_persons(cls.books.floor, ITEMS)
        cursor = cls.books.floor.cursor()
        cursor.execute(books.filling(ITEMS, "search_fill.sql"))
        cursor.execute((books.HERE / "sessions.sql").read_text(encoding="utf-8"))
        cursor.execute("vacuum analyze")
        cursor.execute("load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; "
                       "set client_min_messages = log")

    @classmethod
    def fetch(cls, statement):
        cursor = cls.books.floor.cursor()
        cursor.execute(statement)
        return cursor.fetchall()

    def test_every_question_of_reception_goes_by_index(self):
        for name, (kind, asked) in search.questions(self.books).items():
            if kind == "told":
                continue
            with self.subTest(name):
                _, function, request = next(asked)
                self.books.floor.notices.clear()
                search.asked_of_postgres(self.books, function, request)
                plans = "\n".join(self.books.floor.notices)
                self.assertIn("Query Text", plans)
                self.assertEqual(set(re.findall(r"Seq Scan on (\w+)", plans)) & GROWING, set())

    def test_pages_of_a_common_name_are_whole_and_in_order_whichever_way_they_were_found(self):
        for word, pattern in (("王", "王%"), ("w", None), ("zhang", None)):
            first, beyond = self.fetch(f"select first_key, beyond from lab.person_question('{word}')")[0]
            wanted = [one for one, in self.fetch(
                "select person_id::text from (select person_id, max(seen_at) as seen from lab.person_key "
                f"where key >= '{first}' and key < '{beyond}' group by 1) as one order by seen desc, person_id desc")]
            if pattern:
                self.assertEqual(len(wanted), self.fetch(f"select count(*) from lab.person where name like '{pattern}'")[0][0])
            found, page = [], {}
            for _ in range(6):
                answer = search.asked_of_postgres(self.books, "desk_find_persons", dict(query=word, page=page))
                found += [one["person_id"] for one in answer["persons"]]
                page = dict(page_token=answer["next_page_token"])
            self.assertEqual(found, wanted[:120], word)

    def test_items_of_last_four_are_those_of_all_who_share_them(self):
        tail = search_books.SHARED_TAIL
        wanted = [code for code, in self.fetch(
            "select item_code::text from lab.item join lab.receipt using (receipt_no) join lab.person on person_id = owner_id "
            f"where phone_last4 = '{tail}' order by item.received_at desc, item_code desc")]
        for more in ({}, dict(custody_state="returned")):
            found, page = [], {}
            while True:
                answer = search.asked_of_postgres(self.books, "desk_list_items", dict(laboratory="JEW", query=tail, page=page, **more))
                found += [one["item_code"] for one in answer["items"]]
                if not answer.get("next_page_token"):
                    break
                page = dict(page_token=answer["next_page_token"])
            self.assertEqual(found, wanted if not more else [code for code in wanted if code in set(found)])
            self.assertGreater(len(found), 100)


if __name__ == "__main__":
    unittest.main()
