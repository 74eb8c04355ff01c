# SPDX-License-Identifier: Apache-2.0
"""Walk-in places that desks hold beforehand: counted once, when they are leased; used by tickets and intakes; given back."""
import unittest

from tests.database.test_open_day import OpenDayCase


class Leases(OpenDayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        one = cls("test_what_is_leased_is_taken_and_used_once")
        day = one.write("open_day_set_day", "manager", laboratory="JEW", day=str(cls.today), day_kind="open_day", name_zh="今天",
                        booked_turns=2, walk_in_turns=1, reason="for this test")["visit_day"]["day"]
        cls.open = one.new_slot(day=day, begins="00:00", ends="24:00", minutes=1440, booked_quota=0, walk_in_quota=1000)

    def lease(self, places=2, slot=None, who="reception"):
        return self.write("open_day_lease_walk_ins", who, slot_id=(slot or self.open)["slot_id"], places=places)["lease"]

    def give_back(self, lease):
        return self.write("open_day_return_lease", "reception", lease_id=lease["lease_id"])["lease"]

    def take(self, lease=None, places=1):
        return self.write("open_day_take_ticket", "reception", laboratory="JEW", places=places,
                          **(dict(from_lease_id=lease["lease_id"]) if lease else {}))["ticket"]

    def taken(self, slot=None):
        return self.slot((slot or self.open)["slot_id"])["walk_in_taken"]

    def used(self, lease):
        return self.one("select used from lab.walk_in_lease where lease_id = %s", lease["lease_id"])

    def test_what_is_leased_is_taken_and_used_once(self):
        before = self.taken()
        lease = self.lease(5)
        self.assertEqual((lease["desk"], self.taken()), ("D1", before + 5))
        self.take(lease, 2)
        receipt = self.receive(from_lease_id=lease["lease_id"], items=2)
        self.assertEqual((len(receipt["items"]), self.used(lease), self.taken()), (2, 4, before + 5))
        with self.refused("LEASE_USED_UP", status=9):
            self.receive(from_lease_id=lease["lease_id"], items=2)
        self.assertEqual(self.give_back(lease)["used"], 4)
        self.assertEqual(self.taken(), before + 4)
        for act in (lambda: self.give_back(lease), lambda: self.take(lease), lambda: self.receive(from_lease_id=lease["lease_id"])):
            with self.refused("LEASE_RETURNED", status=9):
                act()
        listed = self.read("open_day_list_leases", "reception", laboratory="JEW")["leases"]
        self.assertIn(lease["lease_id"], [one["lease_id"] for one in listed])

    def test_no_more_is_leased_than_there_is_and_a_replay_uses_a_place_once(self):
        slot = self.new_slot(walk_in_quota=3)
        self.lease(2, slot)
        with self.refused("WALK_IN_FULL", status=9):
            self.lease(2, slot, "reception2")
        self.lease(1, slot, "reception2")
        lease, key = self.lease(2), "7d444840-9dc0-11d1-b245-5ffdce74fad2"
        first = self.receive(request_id=key, from_lease_id=lease["lease_id"])
        self.assertEqual(self.receive(request_id=key, from_lease_id=lease["lease_id"])["receipt_no"], first["receipt_no"])
        self.assertEqual(self.used(lease), 1)

    def test_twenty_desks_leasing_the_last_places_at_once_get_no_more_than_there_are(self):
        slot = self.new_slot(walk_in_quota=10)
        outcomes = self.sql_at_once([("insert into lab.walk_in_lease (laboratory, slot_id, desk, places, leased_by, leased_at) "
                                      "values ('JEW', %s, 'D1', 3, %s, lab.ts_now())", slot["slot_id"], self.manager)], times=20)
        self.assertEqual(sorted(outcomes), [""] * 3 + ["slot_walk_in_quota"] * 17)
        self.assertEqual(self.taken(slot), 9)

    def test_plain_sql_cannot_use_a_lease_beyond_what_it_holds_nor_take_it_back(self):
        lease = self.lease(1)
        self.take(lease)
        for change in ("used = 2", "used = 0", "places = 5", "desk = 'D2'", "leased_at = now()"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.walk_in_lease set {change} where lease_id = %s", lease["lease_id"])
        with self.sql_refused("lease_places"):
            self.sql("update lab.queue_day set last_number = last_number + 1; insert into lab.ticket (laboratory, day, number, ticket_no, kind, "
                     "slot_id, lease_id, places, rank, taken_at, taken_by) select 'JEW', day, last_number, 'J900', 'walk_in', %s, %s, 1, 1, "
                     "lab.ts_now(), %s from lab.queue_day", self.open["slot_id"], lease["lease_id"], self.manager)
        self.give_back(lease)
        with self.sql_refused("LEASE_FIXED"):
            self.sql("update lab.walk_in_lease set returned_at = null where lease_id = %s", lease["lease_id"])
        with self.sql_refused("NEVER_DELETED"):
            self.sql("delete from lab.walk_in_lease")


if __name__ == "__main__":
    unittest.main()
