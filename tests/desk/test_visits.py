# SPDX-License-Identifier: Apache-2.0
"""Bookings by telephone, arrivals and the queue at the desk."""
import re

from tests.desk.case import DeskCase


class Visits(DeskCase):
    def booking(self, code):
        return self.people["RECEPTION"]("OpenDayService.GetBooking", booking_code=code).booking

    def tickets(self):
        return {one.ticket_no: one for one in self.people["RECEPTION"]("OpenDayService.ListTickets", laboratory="JEW", with_ended=True).tickets}

    def test_a_caller_is_booked_and_the_code_read_back(self):
        self.world.session()
        terminal = self.open()
        terminal.type("13712340001")
        terminal.key("Enter")
        terminal.until("没有找到")
        terminal.key("F8")
        terminal.until("电话预约", "5000", "全天")
        terminal.key("Enter")
        terminal.until("预约这一场", "13712340001")
        terminal.type("司马青云")
        terminal.key("Tab", "Tab", "C-u")
        terminal.type("2")
        terminal.key("F8")
        shown = terminal.until("预约码", "请念")
        code = "".join(re.search(r"预约码\s+(\w{3}) (\w{3})", shown).groups())
        booking = self.booking(code)
        self.assertEqual((booking.places, booking.booking_state), (2, 1))
        # The lists mask whom it is for.
        self.assertNotIn("司马青云", shown)

    def test_a_booked_visitor_arrives_is_called_and_the_intake_ends_the_ticket(self):
        code = self.world.booked(person=dict(name="王小明", phone="13800001234")).booking_code
        terminal = self.open()
        terminal.scan(code)
        terminal.until("已约", code[:3] + " " + code[3:])
        terminal.key("Enter")
        number = re.search(r"已到：排队号 (\w+)", terminal.until("已到：排队号")).group(1)
        terminal.key("F11")
        terminal.until(number, "等候")
        terminal.key("F5")
        terminal.until("叫下一位")
        terminal.key("F8")
        terminal.until("到 D1", "已叫")
        called = next(one for one in self.tickets().values() if one.ticket_state == 2)
        self.assertEqual(called.ticket_no, number)
        terminal.key("Enter")
        terminal.until(f"{number} 在办理")
        terminal.key("F3")
        terminal.type("13800001234")
        terminal.key("Enter")
        terminal.until("138****1234")
        terminal.key("Enter")
        terminal.until(f"排队 {number}")
        terminal.key("Tab")
        terminal.type("AU750")
        terminal.key("Tab")
        terminal.type("戒指")
        terminal.key("Tab")
        terminal.type("3.52")
        terminal.key("F8")
        terminal.until("按空格打勾")
        terminal.key("Space", "Tab", "Space", "F8", "F8")
        terminal.until("已登记")
        self.assertEqual(self.tickets()[number].ticket_state, 4)
        self.assertEqual(self.booking(code).booking_state, 4)

    def test_a_walk_in_gets_a_number_and_one_that_does_not_come_is_skipped(self):
        self.world.session()
        terminal = self.open()
        terminal.key("F11")
        terminal.until("预计")
        before = set(self.tickets())
        terminal.key("F8")
        terminal.until("现场取号")
        terminal.key("Tab")
        terminal.type("elder")
        terminal.key("F8")
        number = re.search(r"取号 (\w+)", terminal.until("取号 J")).group(1)
        self.assertEqual(set(self.tickets()) - before, {number})
        self.assertTrue(self.tickets()[number].priority)
        terminal.key("F5", "F8")
        terminal.until("已叫")
        called = next(one.ticket_no for one in self.tickets().values() if one.ticket_state == 2)
        while not re.search(rf"> {called}", terminal.screen()):
            terminal.key("Down")
        terminal.key("F12")
        terminal.until("过号")
        self.assertEqual(self.tickets()[called].ticket_state, 5)

    def test_a_booking_is_cancelled_with_a_reason_and_a_mistyped_code_named(self):
        code = self.world.booked().booking_code
        terminal = self.open()
        wrong = code[:-1] + ("7" if code[-1] != "7" else "8")
        terminal.scan(wrong)
        terminal.until(wrong, "预约码，校验位不符")
        terminal.type(code.lower())
        terminal.until("预约码")
        terminal.key("Enter")
        terminal.until("已约")
        terminal.key("F12")
        terminal.until("位子立即放出")
        terminal.type("caller asked")
        terminal.key("F8")
        terminal.until("已取消")
        self.assertEqual(self.booking(code).booking_state, 5)
