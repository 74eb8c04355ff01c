# SPDX-License-Identifier: Apache-2.0
"""Published statistics: frozen, without a day in common, and no hidden count follows from what stands beside it."""
import contextlib
import datetime
import random

from psycopg2.extras import Json

from tests.database.case import PEOPLE, DatabaseCase
from tests.support import cluster

PARTS = ("passed", "failed", "other")


def days_ago(days):
    return (datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) - datetime.timedelta(days=days)).date().isoformat()


class Publication(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sql(cls, "update lab.policy set test_clock = true")

    def issued(self, count, days):
        """Taken in and released at noon of a day before today."""
        with self.noon_of(days):
            for _ in range(count):
                self.released()

    @contextlib.contextmanager
    def noon_of(self, days):
        turn = "select set_config('touchstone.test_now', %s, false)"
        self.caller.execute(turn, f"{days_ago(days)} 04:00+00")
        self.sql(turn, f"{days_ago(days)} 04:00+00")
        self.tokens = {name: cluster.add_session(self.owner, name, how.get("desk")) for name, how in PEOPLE.items()}
        try:
            yield
        finally:
            del self.tokens  # those of the class again
            self.caller.execute(turn, "")
            self.sql(turn, "")

    def publish(self, first, last, who="manager"):
        return self.write("statistics_publish_statistics", who, laboratory="JEW", first_day=days_ago(first), last_day=days_ago(last),
                          reason="report of the open day")["publication"]

    def shown(self, first="", by="product"):
        return self.caller.rows("select api.public_show_statistics('JEW', %s, %s)", first, by)[0][0]

    def public(self, first, last, **more):
        return self.read("statistics_get_pass_rates", "manager", laboratory="JEW", first_day=days_ago(first), last_day=days_ago(last),
                         for_publication=True, **more)

    def test_what_is_published_is_frozen_and_shares_no_day(self):
        with self.refused("NOT_PUBLISHED", status=5):
            self.shown(days_ago(21))
        self.issued(6, days=20)
        self.publish(21, 19)
        self.assertEqual([(row["key"], row["items"], row["passed"]) for row in self.shown()["pass_rates"]], [("JEW_AU750", 6, 6)])
        claims = self.shown(days_ago(21), "claim")["pass_rates"]
        self.assertEqual([(row["key"], row["name_zh"], row["items"]) for row in claims], [("18K 金", self.name_of("JEW_AU750"), 6)])
        turned = self.shown()["turnaround"][0]
        self.assertEqual((turned["in_time_percent"], turned.get("tests"), turned.get("in_time"), turned.get("late")),
                         ("100.0", None, None, None))
        self.assertEqual(sum(row["receipts"] for row in self.shown()["load"]), 6)
        # One more of these days: the books have it, what is published has not, also not in a picture.
        self.issued(1, days=20)
        self.assertEqual(self.shown(days_ago(21))["total"]["items"], 6)
        self.assertEqual(self.public(21, 19)["total"]["items"], 6)
        drawn = self.read("statistics_draw_statistics", "manager", laboratory="JEW", first_day=days_ago(21), last_day=days_ago(19),
                          for_publication=True)
        self.assertEqual(drawn["bars"][0]["values"], [6, 0, 0])
        with self.refused("PUBLISHED_BEFORE", status=6):
            self.publish(21, 19)
        for first, last in ((22, 18), (20, 20), (19, 10), (30, 21)):
            with self.subTest(first=first, last=last):
                with self.refused("PERIOD_OVERLAPS", status=9):
                    self.publish(first, last)
                with self.refused("PERIOD_OVERLAPS"):  # looked at by who could publish it by hand
                    self.public(first, last)
                with self.sql_refused("PERIOD_OVERLAPS"):
                    self.sql("insert into lab.statistics_publication (laboratory, first_day, last_day, published_by, published_at, reason, "
                             "tables) select 'JEW', %s, %s, staff_id, now(), 'x', '{}' from lab.staff limit 1", days_ago(first),
                             days_ago(last))
        self.publish(18, 18)
        self.publish(30, 22)
        self.assertEqual([one["first_day"] for one in self.shown()["periods"]][:3], [days_ago(18), days_ago(21), days_ago(30)])

    def test_only_days_that_are_over_are_published_and_only_by_the_manager_and_for_good(self):
        with self.refused("FIELD_INVALID", "last_day"):
            self.publish(3, 0)
        with self.refused("ROLE_REQUIRED"):
            self.publish(50, 50, who="quality")
        self.publish(50, 50)
        for change in ("update lab.statistics_publication set reason = 'y'", "delete from lab.statistics_publication",
                       "truncate lab.statistics_publication"):
            with self.subTest(change), self.sql_refused("APPEND_ONLY"):
                self.sql(change)
        with self.sql_refused("FIELD_INVALID"):
            self.sql("insert into lab.statistics_publication (laboratory, first_day, last_day, published_by, published_at, reason, tables) "
                     "select 'JEW', '2099-01-01', '2099-01-01', staff_id, now(), 'x', '{}' from lab.staff limit 1")
        with self.refused("FIELD_INVALID", "pass_group"):
            self.shown(by="person_id")

    # ---- what hides

    @staticmethod
    def some_cells():
        cells = []
        for product in random.sample(("JEW_AU750", "JEW_AU990", "JEW_PT950", "JEW_AG925"), random.randint(1, 4)):
            for claim in random.sample("abcdef", random.randint(1, 4)):
                parts = [random.choice((0, 0, 1, 2, 4, 5, 7, 60)) for _ in PARTS]
                if sum(parts):
                    cells.append(dict(zip(PARTS, parts), product=product, key=claim, items=sum(parts)))
        return sorted(cells, key=lambda cell: -cell["items"])

    @staticmethod
    def summed(cells):
        groups = {}
        for cell in cells:
            one = groups.setdefault(cell["product"], dict(key=cell["product"], items=0, passed=0, failed=0, other=0))
            for part in ("items", *PARTS):
                one[part] += cell[part]
        return sorted(groups.values(), key=lambda one: (-one["items"], one["key"]))

    def name_of(self, product):
        return self.one("select name_zh from lab.product where product_id = %s", product)

    def holds(self, whole, shown, cells_hidden, what):
        """A column with its total and what is shown of it: what is left over is nothing, or many of at least two."""
        left = whole - sum(shown)
        self.assertTrue(left == 0 or left >= 5 and cells_hidden >= 2, (what, whole, shown, cells_hidden))

    def test_claims_are_hidden_within_their_product_so_that_neither_table_tells_of_the_other(self):
        random.seed(11)
        hidden_words = set()
        for _ in range(150):
            cells = self.some_cells()
            products = self.summed(cells)
            by_product = self.one("select lab.pass_rows(%s::jsonb, 'product', true)", Json(products))
            by_claim = self.one("select lab.public_claims_told(%s::jsonb)", Json(cells))
            with self.subTest(cells=cells):
                self.assertEqual(by_product["total"], by_claim["total"])
                shown = {row["key"]: row for row in by_product["rows"] if row["items"] is not None}
                self.assertFalse([row for row in by_claim["rows"] + by_product["rows"]
                                  for part in ("items", *PARTS) if 1 <= (row[part] or 0) <= 4])
                if by_product["total"]["items"] is not None:
                    self.holds(by_product["total"]["items"], [row["items"] for row in shown.values()], len(products) - len(shown), "products")
                names = {self.name_of(product["key"]): product["key"] for product in products}
                for product in products:
                    of_it = [row for row in by_claim["rows"] if names[row["name_zh"]] == product["key"]]
                    claims = [cell for cell in cells if cell["product"] == product["key"]]
                    told = [row for row in of_it if row["items"] is not None]
                    hidden_words |= {cell["key"] for cell in claims} - {row["key"] for row in told}
                    self.assertTrue(all(row["key"] is None for row in of_it if row["items"] is None))
                    if product["key"] not in shown:
                        self.assertEqual(told, [])
                        continue
                    self.holds(product["items"], [row["items"] for row in told], len(claims) - len(told), product)
                    for part in PARTS:
                        parted = [row[part] for row in told if row[part] is not None]
                        if shown[product["key"]][part] is None:
                            self.assertEqual(parted, [])
                        else:
                            left = product[part] - sum(parted)
                            self.assertTrue(left == 0 or left >= 5 and len(claims) - len(parted) >= 2, (part, product, told))
        self.assertTrue(hidden_words)

    def test_hidden_groups_stand_in_the_order_of_their_keys(self):
        cells = [dict(key=key, items=items, passed=items, failed=0, other=0)
                 for key, items in (("JEW_AU750", 30), ("JEW_PT950", 7), ("JEW_AG925", 3))]
        rows = self.one("select lab.pass_rows(%s::jsonb, 'product', true)", Json(cells))["rows"]
        self.assertEqual([(row["key"], row["items"]) for row in rows], [("JEW_AU750", 30), ("JEW_AG925", None), ("JEW_PT950", None)])
