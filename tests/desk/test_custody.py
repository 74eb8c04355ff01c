# SPDX-License-Identifier: Apache-2.0
"""Custody at the desk: a hand-over between two desks, a tray scanned into the safe, a return whose difference is told beforehand, a
collector with the one-time code, and a day that closes only when everything is accounted for."""
import contextlib
import pathlib
import re
import shutil
import tempfile

from tests.desk.case import DeskCase, Terminal
from tests.outside.hook import Hook
from tests.outside.test_custody import AGREED
from tests.outside.world import picture, ring
from tests.support.daemon import Daemon

HELD, RETURNED, FROZEN = 1, 2, 3


class Custody(DeskCase):
    @classmethod
    def make_daemon(cls):
        cls.hook = Hook()
        cls.addClassCleanup(cls.hook.remove)
        return Daemon(settings=cls.hook.settings)

    def custody(self, code):
        return self.desk("GetCustody", item_code=code).custody

    def other(self, username, columns=80, rows=24):
        """A second desk where a colleague is logged in."""
        home = pathlib.Path(tempfile.mkdtemp(prefix="tsd-"))
        self.addCleanup(shutil.rmtree, home)
        environment = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state"), "TOUCHSTONE_DESK": "D2"}
        self.log_in(username, "--desk", "D2", **environment)
        terminal = Terminal(home, self.environment | environment, columns, rows)
        self.addCleanup(terminal.close)
        terminal.until(username)
        return terminal

    def voided(self, **more):
        """A receipt that may go back at once."""
        receipt = self.world.received(**more)
        return self.desk("VoidReceipt", "MANAGER", receipt_no=receipt.receipt_no, version=receipt.version, reason="taken in by mistake").receipt

    def act(self, terminal, words):
        """Chooses the act with these words from the list."""
        terminal.key("Enter")
        shown = terminal.until(words)
        terminal.key(re.search(rf"(\d)  {words}", shown).group(1))

    def book(self, terminal, code):
        terminal.key("F3")
        terminal.scan(code)
        terminal.until(f"样品 {code}", "声明价值")
        terminal.key("Tab")
        terminal.until("应有质量", "收样 ")

    def test_a_colleague_at_another_desk_takes_it_over_and_both_see_it_by_themselves(self):
        code = self.known().items[0].item_code
        first, second = self.open(), self.other("technician")
        second.key("C-g")  # from the bench
        second.until("[待我接收]", "没有待您接收的样品")
        self.book(first, code)
        self.act(first, "移交同事")
        first.until("对方称重接收后才转移", "移交给")
        first.type("tech")
        first.until("> ", "technician")
        first.key("Tab")
        first.type("for M_XRF")
        first.key("F8")
        first.until("已提出移交", "移交中：reception 交给 technician")
        # Without a key: the list of the other desk.
        second.until(code, "for M_XRF")
        second.key("Enter")
        second.until("移交中")
        self.act(second, "称重并接收")
        second.until("称重并接收", "质量 g")
        second.type("3.40")
        second.until("比应有的 3.52 g 少 0.12 g", "将冻结样品")
        second.key("C-u")
        second.type("3.52")
        second.until("与应有质量一致")
        second.key("F8")
        second.until("已接收，由您保管")
        first.until("保管人", "technician", without=("移交中",))
        self.assertEqual(self.custody(code).holder, "technician")

    def test_an_offer_is_declined_and_something_wrong_freezes_it_in_words(self):
        code = self.known().items[0].item_code
        self.desk("OfferItem", item_code=code, receiver="technician")
        terminal = self.open()
        self.book(terminal, code)
        self.act(terminal, "撤回或拒绝移交")
        terminal.type("not today")
        terminal.key("F8")
        terminal.until("移交已撤销")
        self.act(terminal, "登记事件并冻结")
        terminal.until("样品随即冻结")
        terminal.key("Tab")
        terminal.type("a stone is loose")
        terminal.key("F8")
        terminal.until("冻结：损坏", "a stone is loose", "reception 登记")
        self.assertEqual(self.custody(code).custody_state, FROZEN)

    def test_what_testing_used_up_and_a_portion_are_kept_and_lessen_what_it_should_weigh(self):
        code = self.known(consents=AGREED).items[0].item_code
        terminal = self.open()
        self.book(terminal, code)
        self.act(terminal, "登记检测消耗")
        terminal.type("0.50")
        terminal.key("Tab")
        terminal.type("cupellation")
        terminal.key("F8")
        terminal.until("消耗已登记", "3.02")
        self.act(terminal, "留样")
        terminal.type("0.30")
        terminal.key("Tab")
        terminal.until("SAFE")
        terminal.key("F8")
        terminal.until("留样已登记", "2.72")
        self.assertEqual(self.custody(code).expected_mass_g, "2.72")

    def test_all_of_an_item_is_used_up_when_the_witness_at_another_desk_has_weighed_nothing(self):
        code = self.known(consents=AGREED).items[0].item_code
        first, second = self.open(), self.other("technician")
        second.key("C-g")  # from the bench
        second.until("[待我接收]", "没有待您接收的样品")
        self.book(first, code)
        self.act(first, "登记检测消耗")
        first.until("见证人（用完或用去多时）")
        first.type("3.52")
        first.key("Tab")
        first.type("cupellation")
        first.key("F8")
        first.until("样品将全部或大部分用完：请选一位见证人")
        first.key("Tab")
        first.type("tech")
        first.until("> ", "technician")
        first.key("F8")
        first.until("等见证人 technician 称重确认", "等见证：reception 登记用去 3.52 g（cupellation），应剩 0.00 g")
        second.until(code, "用去 3.52 g")
        second.key("Enter")
        second.until("等见证")
        self.act(second, "称重并接收")
        second.until("质量 g")
        second.type("3.52")
        second.until("比应有的 0.00 g 多 3.52 g", "将冻结样品")
        second.key("C-u")
        second.type("0")
        second.until("与应有质量一致")
        second.key("F8")
        second.until("已见证：用去 3.52 g")
        self.assertEqual((self.custody(code).holder, self.custody(code).expected_mass_g), ("reception", "0.00"))

    def test_a_tray_is_scanned_into_the_safe_and_what_is_not_mine_is_told_before(self):
        codes = [self.known().items[0].item_code for _ in range(3)]
        theirs = self.known().items[0].item_code
        self.desk("OfferItem", item_code=theirs, receiver="technician")
        self.desk("AcceptItem", "TECHNICIAN", item_code=theirs, mass_g="3.52")
        terminal = self.open()
        terminal.key("Tab", "F12")
        terminal.until("入柜： SAFE")
        for code in (*codes, theirs):
            terminal.scan(code)
            terminal.until(code)
        terminal.until("由 technician 保管", without=("...",))
        terminal.key("F8")
        terminal.until("3 件已入柜")
        self.assertEqual([self.custody(code).storage for code in (*codes, theirs)], ["SAFE"] * 3 + [""])
        terminal.key("F12", "Tab")  # the one that is not mine leaves the list; then the other way
        terminal.until("出柜：", "可办理", without=("...",))
        terminal.key("F8")
        terminal.until("全部已出柜")
        self.assertEqual([self.custody(code).storage for code in codes], [""] * 3)

    def test_a_whole_receipt_goes_back_and_a_difference_is_told_before_it_freezes(self):
        receipt = self.voided(items=[ring(), ring(), ring()])
        codes = [item.item_code for item in receipt.items]
        terminal = self.open()
        terminal.scan(receipt.receipt_no)
        terminal.until(receipt.receipt_code)
        terminal.key("Tab")
        terminal.until("全部交还")
        terminal.key("1")
        terminal.until("当面称重", *(f"{code}" for code in codes))
        terminal.until("应有 3.52 g")
        for mass in ("3.52", "3.21", "3.53"):
            terminal.type(mass)
            terminal.key("Tab", "Space", "Tab")
        terminal.until("与应有质量一致", "比应有的 3.52 g 少 0.31 g，超出允差 0.02 g：将冻结样品", "多 0.01 g，未超允差")
        terminal.key("F8")
        terminal.until("委托人须出示收样回执")
        terminal.key("Space", "F8")
        terminal.until(codes[1], "再按 F8 即冻结")
        self.assertEqual([self.custody(code).custody_state for code in codes], [HELD] * 3)
        terminal.key("F8")
        terminal.until("样品已冻结，未交还：1 件；已交还 2 件", "已冻结，不得交出")
        self.assertEqual([self.custody(code).custody_state for code in codes], [RETURNED, FROZEN, RETURNED])

    def told(self, reference):
        return self.hook.wait(reference=reference)["code"]

    def test_somebody_else_fetches_it_with_the_code_that_the_owner_was_told(self):
        receipt = self.voided()
        terminal = self.open()
        terminal.scan(receipt.receipt_no)
        terminal.until(receipt.receipt_code)
        terminal.key("Tab")
        terminal.until("2  向委托人发送代领码")
        terminal.key("2", "F8")
        terminal.until("代领码发往 138****1234")
        code = self.told(receipt.receipt_no)
        terminal.key("Tab")
        terminal.until("全部交还")
        terminal.key("1")
        terminal.until("应有 3.52 g")
        terminal.type("3.52")
        terminal.key("Tab", "Space", "Tab", "Right", "F8")
        terminal.until("请填代领人姓名")
        terminal.type("李明")
        terminal.key("Tab")
        terminal.type(f"{(int(code) + 1) % 10**8:08}")
        terminal.key("F8")
        terminal.until("代领码不对，还可试 4 次")
        terminal.key("C-u")
        terminal.type(code)
        terminal.key("F8")
        terminal.until("已交还 1 件")
        self.assertEqual(self.custody(receipt.items[0].item_code).custody_state, RETURNED)

    def test_the_collector_named_at_intake_fetches_it_by_their_own_digits(self):
        receipt = self.voided(collector=dict(name="赵云", phone="13700004321"))
        terminal = self.open()
        terminal.scan(receipt.receipt_no)
        terminal.until("授权领取人", "137****4321")
        terminal.key("Tab", "1")
        terminal.until("应有 3.52 g")
        terminal.type("3.52")
        terminal.key("Tab", "Space", "Tab", "Left", "F8")
        terminal.until("授权领取人须报手机后四位")
        terminal.type("1234")
        terminal.key("F8")
        terminal.until("授权领取人的手机")
        terminal.key("C-u")
        terminal.type("4321")
        terminal.key("F8")
        terminal.until("已交还 1 件")

    def test_the_picture_of_the_intake_is_opened_to_compare_with(self):
        receipt = self.voided(items=[ring(photo=picture())])
        self.viewer()
        self.environment["XDG_RUNTIME_DIR"] = str(self.directory)
        terminal = self.open()
        terminal.scan(receipt.items[0].item_code)
        terminal.until("声明价值")
        terminal.key("F8")
        terminal.until("应有 3.52 g")
        terminal.key("F5")
        terminal.until("照片已打开")
        self.assertEqual(self.shown()[1], picture())


class DayClose(DeskCase):
    """In a daemon of its own: everything of the laboratory counts."""

    def test_a_day_is_refused_with_the_item_named_then_closed_and_opened_again_by_a_manager(self):
        code = self.known().items[0].item_code
        terminal = self.open()
        terminal.key("Tab", "F8")
        terminal.until("还有 1 件未交清", code, "在 reception 手中：入柜")
        terminal.key("F8")
        terminal.until("日结：当天的保管账随即封存")
        terminal.key("F8")
        terminal.until("还有样品未交清", code)
        terminal.key("Escape", "Enter")
        terminal.until("应有质量")
        terminal.key("Enter")
        terminal.until("2  入柜")
        terminal.key("2", "F8")
        terminal.until("已入柜")
        terminal.key("Escape")
        terminal.until("全部交清：F8 日结")
        terminal.key("F8", "F8")
        terminal.until("已日结，第 1 次", "已日结：reception")
        with contextlib.closing(self.daemon.database()) as connection, connection, connection.cursor() as cursor:
            cursor.execute("select items_stored, items_received from lab.day_close")
            self.assertEqual(cursor.fetchall(), [(1, 1)])
        terminal.key("F12")
        terminal.until("撤销日结（管理员）")
        terminal.type("a late visitor")
        terminal.key("F8")
        terminal.until("您的角色不允许这样做")
