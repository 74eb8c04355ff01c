# SPDX-License-Identifier: Apache-2.0
"""Rejecting an item, correcting what was typed, merging two entries of a person: by keys, each with a reason that is kept."""

from tests.desk.case import DeskCase


class Corrections(DeskCase):
    def item_opened(self, terminal):
        item = self.known().items[0]
        terminal.scan(item.item_code)
        terminal.until("看回执", item.item_code)
        return item

    def find(self, terminal, phone):
        terminal.key("F3")
        terminal.type(phone)
        terminal.key("Enter")
        terminal.until(phone[:3] + "****" + phone[-4:])

    def act(self, terminal, words):
        """Opens the list of corrections and chooses by its digit."""
        terminal.key("C-k")
        shown = terminal.until("数字或回车选择", words)
        line = next(line for line in shown.split("\n") if words in line)
        terminal.key(line.replace(">", " ").split()[0])

    def test_a_mistyped_mass_is_corrected_and_old_and_new_stand_there_before_it_is_sent(self):
        terminal = self.open()
        item = self.item_opened(terminal)
        self.act(terminal, "更正录入")
        terminal.until("还没有", "更正理由")
        terminal.key("F8")
        terminal.until("还没有改动")
        terminal.key("Tab", "C-u")
        terminal.type("35.2")
        terminal.until("总质量 g: 3.52 -> 35.2")
        terminal.key("F8")
        terminal.until("理由至少")
        terminal.type("多打一位")
        terminal.key("F8")
        terminal.until("已更正", "35.2")
        self.assertEqual(self.desk("GetItem", item_code=item.item_code).item.mass_g, "35.2")
        self.act(terminal, "更正记录")
        terminal.until("质量 g", "3.52", "35.2", "多打一位", "reception")
        terminal.key("Escape")
        terminal.until("看回执")

    def test_only_what_differs_is_sent_and_an_emptied_hallmark_is_cleared(self):
        terminal = self.open()
        item = self.item_opened(terminal)
        self.act(terminal, "更正录入")
        terminal.until("更正理由")
        terminal.key("Tab", "Tab", "Tab", "Tab", "C-u")
        terminal.until("印记: Au750 -> （空）")
        terminal.key("Up", "Up", "Up", "Up", "Up")
        for _ in range(20):
            if "> " in terminal.screen() and terminal.screen().count("更正理由") and self.at_reason(terminal):
                break
            terminal.key("Tab")
        terminal.type("标签看错")
        terminal.key("F8")
        terminal.until("已更正")
        now = self.desk("GetItem", item_code=item.item_code).item
        self.assertEqual((now.hallmark, now.name, now.version), ("", item.name, item.version + 1))

    @staticmethod
    def at_reason(terminal):
        row = int(terminal.pane("cursor_y"))
        return "更正理由" in terminal.screen().split("\n")[row][:int(terminal.pane("cursor_x")) + 2]

    def test_an_item_is_rejected_by_a_coded_reason_and_its_notice_is_printed(self):
        self.program_in_path("lp", f"cat > {self.directory}/notice.pdf\n")
        terminal = self.open()
        item = self.item_opened(terminal)
        self.act(terminal, "拒收样品")
        terminal.until("检测取消", "样品量不足")
        terminal.type("封签")
        terminal.until("> 封签破损或编号不符")
        terminal.key("Tab")
        terminal.type("号码 77")
        terminal.key("F8")
        terminal.until("已拒收!", "封签破损或编号不符 号码 77", "已取消")
        self.act(terminal, "打印拒收通知单")
        terminal.until("已送打印")
        self.assertEqual((self.directory / "notice.pdf").read_bytes()[:5], b"%PDF-")
        self.assertEqual(self.desk("GetItem", item_code=item.item_code).item.state, 4)

    def test_a_mistyped_name_is_shown_for_a_reason_and_corrected(self):
        self.known("欧阳小青", "13700000061")
        terminal = self.open()
        self.find(terminal, "13700000061")
        self.act(terminal, "更正姓名或电话")
        terminal.until("理由留痕")
        terminal.type("名字打错")
        terminal.key("F8")
        terminal.until("欧阳小青", "更正理由")
        terminal.key("C-u")
        terminal.type("欧阳晓青")
        terminal.until("姓名: 欧阳小青 -> 欧阳晓青")
        terminal.key("F8")
        terminal.until("已更正", without=("欧阳小青", "欧阳晓青"))
        found = self.desk("FindPersons", query="13700000061").persons
        shown = self.desk("RevealPerson", person_id=found[0].person_id, reason="look at it")
        self.assertEqual(shown.name, "欧阳晓青")

    def test_two_entries_are_merged_and_the_merge_undone(self):
        kept, gone = (self.known(name, phone).owner.person_id for name, phone in (("陈一", "13700000071"), ("陈乙", "13700000072")))
        terminal = self.open()
        self.find(terminal, "13700000071")
        self.act(terminal, "合并：保留这一条")
        terminal.until("保留 陈* 137****0071")
        self.find(terminal, "13700000072")
        self.act(terminal, "合并：将此条并入")
        terminal.until("保留：", "并入它：", "137****0071", "137****0072")
        terminal.type("同一位女士")
        terminal.key("F8")
        terminal.until("已合并：回执 1 份", without=("137****0072",))
        self.assertEqual([one.person_id for one in self.desk("FindPersons", query="13700000072").persons], [kept])
        self.act(terminal, "更正与合并记录")
        terminal.until("合并", "同一位女士")
        terminal.key("F12")
        terminal.until("撤销合并：两条各自独立")
        terminal.type("是两姐妹")
        terminal.key("F8")
        terminal.until("是两姐妹", "合并已撤销")
        self.assertEqual([one.person_id for one in self.desk("FindPersons", query="13700000072").persons], [gone])
