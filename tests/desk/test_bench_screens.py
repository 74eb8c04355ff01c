# SPDX-License-Identifier: Apache-2.0
"""The screens of the bench at 80x24 and 160x50 in Chinese and English. TOUCHSTONE_SHOTS=DIR keeps what was seen."""
from tests.desk.case import PROGRAM
from tests.desk.test_screens import SIZES, Seen
from tests.outside.world import instrument_layout
from tests.support.daemon import PASSWORD


class BenchScreens(Seen):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["MANAGER"]("InstrumentService.SaveProfile", laboratory="JEW", profile="XRF-1",
                              layout=instrument_layout(rows_are_replicates=True))
        cls.sheet = cls.world.worksheet(12).worksheet.worksheet_no
        cls.tests = [cls.world.claimed() for _ in range(4)]

    def walk(self, english, size):
        self.english, self.size = english, size
        say = lambda zh, en: en if english else zh
        file = self.directory / "run7.csv"
        file.write_text("Item,Code,Value\n" + "".join(f"NOBODY{at},Au,1\n" for at in range(60)))
        terminal = self.open(*size, logged_in=False, english=english, command=f"{PROGRAM} bench")
        terminal.until(say("登录到", "Log in to"))
        terminal.type("technician")
        terminal.key("Tab", "Tab")
        terminal.type(PASSWORD)
        terminal.key("Enter")
        terminal.until("technician", say("待检清单", "Worklist"), self.tests[0].item_code[:4], without=("正在读取", "Reading"))
        self.keep(terminal, "70-worklist")
        terminal.key("F1")
        terminal.until(say("任意键关闭", "any key"))
        self.keep(terminal, "71-help")
        terminal.key("Escape", "F7")
        terminal.until("XRF-01")
        terminal.paste(str(file))
        terminal.key("F5")
        terminal.until("NOBODY0")
        # More of them than the screen has rows: the last one in sight says so.
        self.assertRegex(self.keep(terminal, "72-preview"), r"\n  v!\d+ +NOBODY")
        terminal.key(*["PPage"] * 2, *["NPage"] * 8)
        terminal.until("NOBODY59")
        self.assertRegex(self.keep(terminal, "73-preview-end"), r"\n  \^!\d+ +NOBODY")
        terminal.key("F11")
        terminal.until("+3s")
        self.keep(terminal, "74-charts")
        terminal.key("F6")
        terminal.until(self.sheet)
        self.keep(terminal, "75-sheets")
        terminal.key("Enter")
        terminal.until(say("读数1", "Read 1"), say("空白", "BLK"))
        # Signs that terminals differ on the width of are written in letters.
        terminal.until("degC", "o/oo")
        shown = self.keep(terminal, "76-sheet")
        self.assertEqual(bool("\n  v" in shown), size == SIZES[0])
        terminal.key("F3")
        terminal.scan(self.tests[1].item_code)
        terminal.until(say("开始计时", "begun"), self.tests[1].item_code)
        terminal.key("Enter")
        terminal.until(say("读数1", "Read 1"), say("试剂批号", "Reagent lots"))
        terminal.type("753,4")
        terminal.until(say("有逗号", "has a comma"))
        self.keep(terminal, "77-grid")
        terminal.key("Escape", "F3", "C-g")
        terminal.until(say("[待我接收]", "[Offered to me]"), say("检测台 - 保管", "bench - Custody"))
        self.keep(terminal, "78-custody")
        terminal.close()

    def test_in_chinese_at_80_by_24(self):
        self.walk(False, SIZES[0])

    def test_in_chinese_at_160_by_50(self):
        self.walk(False, SIZES[1])

    def test_in_english_at_80_by_24(self):
        self.walk(True, SIZES[0])

    def test_in_english_at_160_by_50(self):
        self.walk(True, SIZES[1])
