# SPDX-License-Identifier: Apache-2.0
"""Taking in at the desk by keys alone."""
import re

from tests.desk.case import DeskCase


class Intake(DeskCase):
    def test_a_known_visitor_with_one_ring_is_taken_in_by_at_most_25_key_presses_besides_the_data(self):
        self.known()
        terminal = self.open()
        terminal.type("1234")
        terminal.key("Enter")
        terminal.until("138****1234")
        terminal.key("Enter")
        terminal.until("样品 1 / 1", "贵金属成色筛查")
        terminal.key("Tab")
        terminal.type("AU750")
        terminal.key("Tab")
        terminal.type("戒指")
        terminal.key("Tab")
        terminal.type("3.52")
        terminal.key("F8")
        terminal.until("请确认后按空格打勾")
        terminal.key("Space", "Tab", "Space", "F8")
        terminal.until("再按 F8 仍登记")
        terminal.key("F8")
        shown = terminal.until("已登记")
        number = re.search(r"D1-\d\d-\d{6}", shown).group()
        print(f"{terminal.presses} key presses besides the data")
        self.assertLessEqual(terminal.presses, 25)
        receipt = self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=number).receipt
        item = receipt.items[0]
        self.assertEqual((receipt.owner.name_masked, item.name, item.claimed_product_id, item.mass_g, item.pieces),
                         ("王**", "戒指", "JEW_AU750", "3.52", 1))
        self.assertEqual({(test.method_id, test.parameter_id) for test in item.tests},
                         {("M_XRF", parameter) for parameter in ("AU", "AG", "PT", "PD")})
        terminal.key("F10")
        terminal.until("left with 0")
