# SPDX-License-Identifier: Apache-2.0
"""Visits to homes: points by the standard, one home at a time for samplers and pumps, readiness or a printed deviation, the form."""
import unittest

from tests.database.test_open_day import OpenDayCase

# By hand: GB 50325-2020 6.0.14 and GB/T 18883-2022 appendix A.
POINTS = {"GB 50325": {"0.5": 1, "49.9": 1, "50": 2, "99.9": 2, "100": 3, "499": 3, "500": 5, "999": 5, "1000": 5, "1001": 6, "2000": 6, "2001": 7},
          "GB/T 18883": {"10": 1, "24.9": 1, "25": 2, "49.9": 2, "50": 3, "100": 3, "100.1": 5, "400": 5}}


class Visits(OpenDayCase):
    def home(self, slot, name="住户", standard="gbt_18883", **more):
        booking = self.book(slot, name)
        fields = dict(booking_code=booking["booking_code"], address="演示路2号301", air_standard=standard,
                      rooms=[dict(name="卧室", area_m2="14.5"), dict(name="客厅", area_m2="32")])
        return self.write("open_day_plan_visit", "reception", **dict(fields, **more))["visit"]

    def crew(self, visit, first="tech", second="tech2", **more):
        return self.write("open_day_assign_crew", "manager", booking_code=visit["booking_code"], first_sampler=first, second_sampler=second,
                          **more)["visit"]

    def ready(self, visit, closed_since, **more):
        return self.write("open_day_confirm_readiness", "reception", booking_code=visit["booking_code"], closed_since=closed_since,
                          **dict(dict(someone_home=True), **more))["visit"]

    def test_points_are_those_of_the_standard(self):
        for standard, areas in POINTS.items():
            for area, points in areas.items():
                self.assertEqual(self.one("select lab.air_points(%s, %s)", standard, area), points, (standard, area))
        visit = self.home(self.new_slot())
        self.assertEqual(([room["points"] for room in visit["rooms"]], visit["points"], visit["closed_hours"]), ([1, 2], 3, 12))
        self.sql("update lab.air_visit set rooms = '[{\"name\": \"x\", \"area_m2\": \"60\", \"points\": 1}]' where booking_code = %s", visit["booking_code"])
        self.assertEqual(self.one("select rooms -> 0 ->> 'points' from lab.air_visit where booking_code = %s", visit["booking_code"]), "3")

    def test_samplers_and_pumps_are_in_one_home_at_a_time(self):
        slot = self.new_slot(booked_quota=4)
        first, second = self.home(slot), self.home(slot, "乙")
        self.crew(first, pumps=["P-1", "P-2"], route_place=2)
        with self.refused("CREW_TAKEN"):
            self.crew(second, "novice", "tech2")
        with self.refused("CREW_TAKEN"):
            self.crew(second, "novice", "allround", pumps=["P-2"])
        with self.refused("FIELD_INVALID", "second_sampler"):
            self.crew(second, "novice", "novice")
        with self.refused("FIELD_INVALID", "first_sampler"):
            self.crew(second, "reception", "novice")
        self.crew(second, "novice", "allround", pumps=["P-3"], route_place=1)
        listed = self.read("open_day_list_visits", "reception", laboratory="JEW", day=first["day"])["visits"]
        self.assertEqual([one["booking_code"] for one in listed], [second["booking_code"], first["booking_code"]])
        self.cancel(first)
        self.crew(second, "tech", "tech2", pumps=["P-1"])  # nobody is there any more

    def test_plain_sql_from_two_connections_cannot_put_one_crew_into_two_homes(self):
        slot = self.new_slot(booked_quota=4)
        homes = [self.home(slot, name)["booking_code"] for name in ("丙", "丁", "戊", "己")]
        outcomes = self.sql_at_once(*([("update lab.air_visit set first_sampler = (select staff_id from lab.staff where username = 'tech'), "
                                        "second_sampler = (select staff_id from lab.staff where username = 'tech2') where booking_code = %s",
                                        code)] for code in homes))
        self.assertEqual(sorted(outcomes), [""] + ["CREW_TAKEN"] * 3)

    def test_a_home_that_is_not_ready_is_told_why_or_the_deviation_is_printed(self):
        visit = self.home(self.new_slot())  # 09:00
        day = visit["day"]
        told = self.ready(visit, f"{day} 06:00", someone_home=False)
        self.assertEqual((told["visit_state"], told["lacking"]),
                         ("not_ready", "doors and windows must be shut for 12 h before, not 3.0 h; somebody must be at home"))
        told = self.ready(visit, f"{day} 06:00", deviation="3 h only, agreed with the householder")
        self.assertEqual(told["visit_state"], "ready")
        record = "\n".join(self.read("open_day_get_visit", "reception", booking_code=visit["booking_code"])["field_record"])
        for words in ("3 h only, agreed with the householder", "演示路2号301", "GB/T 18883", "客厅 | 32 | 2", "现场空白", "住*", visit["booking_code"]):
            self.assertIn(words, record)
        self.assertNotIn("室外", record)
        for closed_since in ("06:00", f"{day} 25:00", "2026-02-30 06:00"):
            with self.subTest(closed_since), self.refused("FIELD_INVALID", "closed_since"):
                self.ready(visit, closed_since)
        yesterday = self.one("select (%s::date - 1)::text", day)
        self.assertEqual(self.ready(visit, f"{yesterday} 21:00")["visit_state"], "ready")  # 12 h to the minute
        self.assertEqual(self.ready(visit, f"{yesterday}T21:01")["visit_state"], "not_ready")

    def test_by_gb_50325_one_hour_is_enough_radon_needs_a_day_and_decoration_a_week(self):
        slot = self.new_slot()
        self.assertEqual(self.ready(self.home(slot, standard="gb_50325"), f"{slot['day']} 08:00")["visit_state"], "ready")
        radon = self.home(slot, "乙", standard="gb_50325", radon=True)
        self.assertEqual((radon["closed_hours"], self.ready(radon, f"{slot['day']} 08:00")["visit_state"]), (24, "not_ready"))
        fresh = self.home(slot, "丙", standard="gb_50325", decoration_end=self.one("select (%s::date - 6)::text", slot["day"]))
        self.assertIn("less than 7 days", self.ready(fresh, f"{slot['day']} 08:00")["lacking"])
        record = "\n".join(self.read("open_day_get_visit", "reception", booking_code=fresh["booking_code"])["field_record"])
        self.assertIn("室外上风向", record)

    def test_each_wrong_room_is_named_and_an_address_is_masked_in_the_history(self):
        slot = self.new_slot()
        for room, field in ((dict(name=" ", area_m2="3"), "rooms[0].name"), (dict(name="x", area_m2="0"), "rooms[0].area_m2"),
                            (dict(name="x", area_m2="much"), "rooms[0].area_m2")):
            with self.subTest(field), self.refused("FIELD_INVALID", field):
                self.home(slot, rooms=[room])
        with self.refused("VISIT_NOT_PLANNED"):
            self.crew(self.book(self.new_slot()))
        self.home(self.new_slot())
        self.assertEqual(self.one("select count(*) from lab.history where new_values::text like '%%演示路%%'"), 0)


if __name__ == "__main__":
    unittest.main()
