# SPDX-License-Identifier: Apache-2.0
"""Statistics: the counts of the books, and what is published of them: no count below five, and none that the rest gives away."""
import itertools
import json
import os
import random
import unittest
from xml.etree import ElementTree

from tests.outside import http2
from tests.outside.case import Outside
from tests.outside.test_custody import today
from tests.outside.world import intake_fields, ring
from tests.support.daemon import PASSWORD

PASS, FAIL = ("753.4", "753.1", "753.9"), ("700.1", "700.2", "700.3")


def candidates(table, counts):
    """Hidden counts of a column with its total: those that fit what is published. More than one for each, or it is told."""
    left = sum(counts) - sum(count for count, hidden in zip(counts, table) if not hidden)
    return left, sum(table)


class Statistics(Outside):
    def issued(self, values, **item):
        world, people = self.world, self.people
        receipt = people["RECEPTION"]("DeskService.RegisterIntake", **intake_fields(items=[ring(**item)])).receipt
        one = receipt.items[0]
        test = one.tests[0]
        test = people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        test = people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version, instrument="XRF-01",
                                    readings=[dict(value=value) for value in values], expanded_uncertainty="2.0").test
        test = people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        item = world.item(one.item_code)
        people["RECEPTION"]("DeskService.TellItem", item_code=item.item_code, version=item.version, field="seller_type", value="online")
        item = world.item(one.item_code)
        people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                            meaning="approved for issue")

    def ask(self, method, **more):
        return self.people["MANAGER"](f"StatisticsService.{method}", **dict(dict(laboratory="JEW", first_day=today(),
                                                                                 last_day=today()), **more))

    @staticmethod
    def shot(name, png):
        if os.environ.get("TOUCHSTONE_SHOTS"):
            with open(os.path.join(os.environ["TOUCHSTONE_SHOTS"], f"{name}.png"), "wb") as file:
                file.write(png)

    def test_what_passed_by_product_claim_seller_and_domain(self):
        for values, claim, product in ((PASS, "18K 金", "JEW_AU750"), (PASS, "18K 金", "JEW_AU750"), (FAIL, "18K 金", "JEW_AU750"),
                                       (PASS, "Au750", "JEW_AU750")):
            self.issued(values, claim_text=claim, claimed_product_id=product)
        rows = {row.key: (row.items, row.passed, row.failed, row.pass_percent) for row in self.ask("GetPassRates").rows}
        self.assertEqual(rows, {"JEW_AU750": (4, 3, 1, "75.0")})
        rows = {row.key: (row.items, row.passed, row.failed, row.pass_percent) for row in
                self.ask("GetPassRates", pass_group="PASS_GROUP_CLAIM").rows}
        self.assertEqual(rows, {"18K 金": (3, 2, 1, "66.7"), "Au750": (1, 1, 0, "100.0")})
        self.assertEqual([(row.key, row.items) for row in self.ask("GetPassRates", pass_group="PASS_GROUP_SELLER_TYPE").rows],
                         [("online", 4)])
        domain = self.ask("GetPassRates", pass_group="PASS_GROUP_DOMAIN")
        self.assertEqual([(row.key, row.items) for row in domain.rows], [("JEW", 4)])
        self.assertEqual((domain.total.items, domain.total.passed), (4, 3))
        public = self.ask("GetPassRates", for_publication=True)
        self.assertEqual([(row.items, row.passed, row.pass_percent, row.hidden) for row in [*public.rows, public.total]],
                         [(0, 0, "", True)] * 2)
        turnaround = self.ask("GetTurnaround").rows
        self.assertEqual([(row.method_id, row.tests, row.in_time, row.late, row.in_time_percent, row.median_hours)
                          for row in turnaround], [("M_XRF", 4, 4, 0, "100.0", "0.0")])
        load = self.ask("GetLoad").rows
        self.assertEqual((sum(row.receipts for row in load), {row.desk for row in load}), (4, {"D1"}))
        self.assertTrue(all(row.hidden for row in self.ask("GetLoad", for_publication=True).rows))
        for statistic in ("PASS_RATES", "TURNAROUND", "LOAD"):
            svg = self.ask("DrawStatistics", statistic=f"STATISTIC_{statistic}").picture
            self.assertEqual(ElementTree.fromstring(svg).tag, "{http://www.w3.org/2000/svg}svg")
            png = self.ask("DrawStatistics", statistic=f"STATISTIC_{statistic}", format="PICTURE_FORMAT_PNG").picture
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
            self.shot(statistic, png)
        self.assertIn("3 / 1 / 0  75.0 %", self.ask("DrawStatistics").picture.decode())
        hidden = self.ask("DrawStatistics", for_publication=True).picture.decode()
        self.assertIn("not published", hidden)
        self.assertNotIn("75.0", hidden)
        with self.ends_in("INVALID_ARGUMENT", "BAR_CHART"):
            self.ask("DrawStatistics", first_day="2020-01-01", last_day="2020-01-02")
        with self.ends_in("INVALID_ARGUMENT"):
            self.ask("GetLoad", first_day="2026-02-30")
        with self.ends_in("PERMISSION_DENIED"):
            self.people["RECEPTION"]("StatisticsService.GetLoad", laboratory="JEW", first_day=today(), last_day=today())

    def test_anybody_reads_what_the_manager_published(self):
        self.assertEqual(http2.ask(self.daemon, "/v1/PublicService/ShowStatistics?laboratory=FUR").json()["reason"], "NOT_PUBLISHED")
        period = dict(first_day="2020-03-01", last_day="2020-03-31")
        made = self.ask("PublishStatistics", reason="report of March", **period).publication
        self.assertEqual((made.first_day, made.last_day), ("2020-03-01", "2020-03-31"))
        # A row as it would stand there, for the way to a reader.
        self.daemon.sql("insert into lab.statistics_publication (laboratory, first_day, last_day, published_by, published_at, reason, tables) "
                        "select 'JEW', '2020-04-01', '2020-04-30', staff_id, now(), 'x', %s from lab.staff limit 1", json.dumps(dict(
                            pass_rates=dict(product=dict(rows=[dict(key="JEW_AU750", items=1234567890123), dict(key="JEW_PT950", hidden=True)],
                                                         total=dict(items=1234567890130))),
                            turnaround=dict(rows=[
                                dict(method_id="M_XRF", name_zh="X射线荧光光谱法", in_time_percent="83.3", median_hours="5.1", hidden=True),
                                dict(method_id="M_CUP", name_zh="火试金法", median_hours="48.0", hidden=True)]), load=dict(rows=None))))
        answer = http2.ask(self.daemon, "/v1/PublicService/ShowStatistics?laboratory=JEW").json()
        self.assertEqual(answer["shown"]["first_day"], "2020-04-01")
        self.assertEqual([(row["key"], row.get("items"), row.get("hidden")) for row in answer["pass_rates"]],
                         [("JEW_AU750", 1234567890123, None), ("JEW_PT950", None, True)])
        self.assertEqual((answer["turnaround"][0]["in_time_percent"], answer["total"]["items"]), ("83.3", 1234567890130))
        self.assertEqual([one["first_day"] for one in answer["periods"]], ["2020-04-01", "2020-03-01"])
        self.assertNotIn("published_by", json.dumps(answer))
        earlier = http2.ask(self.daemon, "/v1/PublicService/ShowStatistics?laboratory=JEW&first_day=2020-03-01&pass_group=claim").json()
        self.assertEqual(earlier["shown"]["last_day"], "2020-03-31")
        drawn = dict(first_day="2020-04-01", last_day="2020-04-30", for_publication=True, statistic="STATISTIC_TURNAROUND")
        self.assertIn("83.3 %  5.1 h", self.ask("DrawStatistics", **drawn).picture.decode())
        self.shot("PUBLISHED_TURNAROUND", self.ask("DrawStatistics", format="PICTURE_FORMAT_PNG", **drawn).picture)
        with self.ends_in("FAILED_PRECONDITION", "PERIOD_OVERLAPS"):
            self.ask("GetLoad", for_publication=True, first_day="2020-03-15", last_day="2020-03-15")
        self.assertEqual(len(self.ask("GetLoad", first_day="2020-03-15", last_day="2020-03-15").rows), 0)
        with self.ends_in("PERMISSION_DENIED"):
            self.people["AUDITOR"]("StatisticsService.PublishStatistics", laboratory="JEW", reason="x", **period)

    def small(self, counts):
        return self.daemon.sql("select lab.small_cells(%s::bigint[])", list(counts))[0][0]

    def test_no_small_count_is_published_and_none_follows_from_the_total(self):
        random.seed(6)
        tables = [list(table) for size in (1, 2, 3) for table in itertools.product((0, 1, 4, 5, 30), repeat=size)]
        tables += [[random.choice((0, 1, 2, 3, 4, 5, 6, 40, 900)) for _ in range(random.randint(4, 9))] for _ in range(60)]
        for counts in tables:
            hidden = self.small(counts)
            with self.subTest(counts=counts, hidden=hidden):
                self.assertFalse([count for count, is_hidden in zip(counts, hidden) if 1 <= count <= 4 and not is_hidden])
                if not any(1 <= count <= 4 for count in counts):
                    self.assertFalse(any(hidden))
                left, cells = candidates(hidden, counts)
                if any(hidden) and not all(hidden):  # else the total itself is what is small
                    self.assertGreaterEqual(cells, 2)
                    self.assertGreaterEqual(left, 5)

    def test_hidden_parts_do_not_follow_from_the_totals_parts(self):
        random.seed(7)
        for _ in range(60):
            groups = []
            for _ in range(random.randint(1, 6)):
                parts = [random.choice((0, 0, 1, 3, 5, 8, 60)) for _ in range(3)]
                groups.append(dict(zip(("passed", "failed", "other"), parts), items=sum(parts)))
            groups = [group for group in groups if group["items"]]
            if not groups:
                continue
            small = self.small([group["items"] for group in groups])
            from psycopg2.extras import Json
            hidden = self.daemon.sql("select lab.small_parts(%s::jsonb, %s::boolean[])", Json(groups), small)[0][0]
            rows, total = hidden[:-1], hidden[-1]
            with self.subTest(groups=groups, hidden=hidden):
                for group, is_hidden in zip(groups, rows):
                    if any(1 <= group[part] <= 4 for part in ("passed", "failed", "other")):
                        self.assertTrue(is_hidden)
                if any(rows) and not total:
                    self.assertGreaterEqual(sum(rows), 2)
                    for part in ("passed", "failed", "other"):
                        left = sum(group[part] for group, is_hidden in zip(groups, rows) if is_hidden)
                        self.assertFalse(1 <= left <= 4, part)


if __name__ == "__main__":
    unittest.main()
