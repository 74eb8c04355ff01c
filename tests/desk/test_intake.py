# SPDX-License-Identifier: Apache-2.0
"""Taking in at the desk by keys alone."""
import re

from tests.desk.case import DeskCase
from tests.outside.world import picture, ring
from tests.support.daemon import PASSWORD


class Intake(DeskCase):
    def test_a_known_visitor_with_one_ring_is_taken_in_by_at_most_25_key_presses_besides_the_data(self):
        self.known()
        terminal = self.open()
        terminal.type("1234")
        terminal.key("Enter")
        terminal.until("138****1234")
        terminal.key("Enter")
        terminal.until("样品 1 / 1", "贵金属成色筛查")
        terminal.type_item()
        terminal.accept()
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

    def receipt(self, number):
        return self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=number).receipt

    def test_somebody_new_with_three_things(self):
        terminal = self.open()
        terminal.type("司马青云")
        terminal.key("Enter")
        terminal.until("没有找到")
        terminal.key("Enter")
        terminal.until("新委托人", "司马青云")
        terminal.type("13612349876")
        terminal.key("Tab", "Tab", "Tab", "Tab")
        terminal.type_item()
        for name, mass in (("项链", "12.10"), ("手镯", "20.00")):
            terminal.key("F5", "Tab", "Tab", "C-u")
            terminal.type(name)
            terminal.key("Tab")
            terminal.type(mass)
        terminal.key("PPage", "PPage")
        terminal.until("样品 1 / 3", "戒指")
        terminal.accept()
        receipt = self.receipt(re.search(r"D1-\d\d-\d{6}", terminal.until("已登记")).group())
        self.assertEqual([(item.name, item.mass_g, item.claimed_product_id) for item in receipt.items],
                         [("戒指", "3.52", "JEW_AU750"), ("项链", "12.10", "JEW_AU750"), ("手镯", "20.00", "JEW_AU750")])
        shown = self.people["RECEPTION"]("DeskService.RevealPerson", person_id=receipt.owner.person_id, reason="the test looks")
        self.assertEqual((shown.name, shown.phone), ("司马青云", "13612349876"))

    def test_a_new_persons_form_prefers_what_the_box_was_given_and_names_what_is_missing(self):
        terminal = self.open()
        terminal.type("15900007777")
        terminal.key("Enter", "Enter")
        terminal.until("新委托人", "15900007777")
        terminal.key("F8")
        terminal.until("委托人还没有填")

    def test_an_item_is_weighed_out_and_one_that_disagrees_is_frozen(self):
        good, bad = self.world.released().item_code, self.world.released().item_code
        terminal = self.open()
        for code, mass, told in ((good, "3.52", "已交还"), (bad, "3.01", "样品已冻结")):
            terminal.scan(code)
            terminal.until(f"样品 {code}")
            terminal.key("F8")
            terminal.until("当面称重")
            terminal.type(mass)
            # Compared with the picture, and the owner shows the receipt.
            terminal.key("Tab", "Space", "Tab", "Tab", "Space", "F8")
            if code == bad:
                terminal.until("再按 F8 即冻结")
                terminal.key("F8")
            terminal.until(told)
        states = dict(self.daemon.sql("select item_code, custody_state from lab.item where item_code in (%s, %s)", good, bad))
        self.assertEqual(states, {good: "returned", bad: "frozen"})

    def test_a_person_is_shown_in_full_with_a_reason_that_is_kept(self):
        self.known("欧阳拂晓", "13587651234")
        terminal = self.open()
        terminal.type("13587651234")
        terminal.key("Enter")
        terminal.until("135****1234")
        terminal.key("F5")
        terminal.type("x")
        terminal.key("Enter")
        terminal.until("理由至少 4 个字")
        terminal.type(" asks by phone")
        terminal.key("Enter")
        terminal.until("欧阳拂晓  13587651234")
        kept = self.daemon.sql("select reason from lab.history where object_type = 'person' and operation = 'reveal' order by entry_id desc limit 1")
        self.assertEqual(kept[0][0], "x asks by phone")

    def test_pinyin_finds_a_person_and_the_list_says_so_without_the_name(self):
        self.known("单解放", "13587650315")
        terminal = self.open()
        for typed in ("sjf", "shan jief", "danjiefang", "djf"):
            terminal.type(typed)
            terminal.until("拼音（首字母、全拼或混用）")
            terminal.key("Enter")
            shown = terminal.until("135****0315")
            self.assertRegex(next(line for line in shown.splitlines() if "135****0315" in line), r"单\*\* .* 拼音 ")
            self.assertNotIn("解放", shown)
            terminal.key("Escape")
            terminal.until("姓名开头")
        terminal.type("xyzzy")
        terminal.key("Enter", "Enter")
        terminal.until("新委托人", without=("xyzzy",))  # pinyin is nobody's name

    def test_the_lock_keeps_the_form_and_only_the_password_opens_it(self):
        terminal = self.open()
        terminal.key("F4")
        terminal.until("新委托人")
        terminal.type("Anna")
        terminal.key("F9")
        terminal.until("锁定", without=("Anna",))
        terminal.type("wrong password")
        terminal.key("Enter")
        terminal.until("用户名或密码不对", without=("Anna",))
        terminal.type(PASSWORD)
        terminal.key("Enter")
        terminal.until("Anna", "样品 1 / 1")

    def test_another_desks_change_appears_without_a_key(self):
        receipt = self.world.received(items=[ring(photo=b"")])
        terminal = self.open()
        terminal.scan(receipt.receipt_no)
        terminal.until(receipt.receipt_no, "待补!")
        item = receipt.items[0]
        self.people["RECEPTION"]("DeskService.AttachPhoto", item_code=item.item_code, version=item.version, photo=picture())
        terminal.until(receipt.receipt_no, without=("待补!",))
