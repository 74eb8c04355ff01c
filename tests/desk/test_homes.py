# SPDX-License-Identifier: Apache-2.0
"""Visits to homes at the desk: rooms with their points as typed, crew, readiness, the field record, and another session in one act."""
import re

from tests.desk.case import DeskCase


class Homes(DeskCase):
    def visit(self, code):
        return self.people["RECEPTION"]("OpenDayService.GetVisit", booking_code=code).visit

    def test_a_home_is_planned_by_keys_and_goes_into_another_session_with_its_rooms(self):
        self.viewer()
        code = self.world.booked().booking_code
        self.world.later()
        terminal = self.open()
        terminal.scan(code)
        terminal.until("已约", "上门")
        terminal.key("F5")
        terminal.until("还没有安排")
        terminal.key("Enter")
        terminal.until("地址与房间", "采样点")
        terminal.type("演示路2号301")
        terminal.key(*["Tab"] * 5)
        terminal.type("卧室 14.5")
        terminal.until("采样点共 1:  卧室 1")
        terminal.key("Tab")
        terminal.type("客厅")
        terminal.key("F8")
        terminal.until("房间写作")
        terminal.type(" 32")
        terminal.until("采样点共 3:  卧室 1  客厅 2")
        terminal.key("F8")
        terminal.until("演示路2号301", "采样点共", "GB/T 18883  门窗关闭 12 h")
        self.assertEqual([(room.name, room.points) for room in self.visit(code).rooms], [("卧室", 1), ("客厅", 2)])
        terminal.key("F8")
        terminal.until("采样条件")
        terminal.type("2026-01-01 08:00")
        terminal.key("F8")
        terminal.until("条件不符!", "somebody must be at home")
        terminal.key("C-v")
        terminal.until("现场记录表已交给")
        self.assertIn("演示路2号301", self.shown()[1].decode())
        terminal.key("Tab")
        terminal.until("改约到哪一场", code)
        terminal.key("Down", "Enter")
        terminal.until("旧位放出")
        terminal.type("家中无人")
        terminal.key("F8")
        shown = terminal.until("预约码", "请念")
        new = "".join(re.search(r"预约码\s+(\w{3}) (\w{3})", shown).groups())
        self.assertNotEqual(new, code)
        self.assertEqual((self.visit(new).address, self.visit(new).points), ("演示路2号301", 3))
        self.assertEqual(self.people["RECEPTION"]("OpenDayService.GetBooking", booking_code=code).booking.booking_state, 5)
