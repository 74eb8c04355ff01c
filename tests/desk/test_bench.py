# SPDX-License-Identifier: Apache-2.0
"""The bench in a terminal: a worklist, results typed and handed to review, conflicts, files of instruments, charts."""
import json
import os
import time

from tests.desk.case import PROGRAM, WAIT_S, DeskCase
from tests.outside.world import instrument_layout
from tests.support.daemon import PASSWORD

TYPED = ["753.4", "753.1", "753.9"]


class Bench(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["ADMINISTRATOR"].staff("both", ["RECEPTION", "TECHNICIAN"])
        cls.technician = cls.people["TECHNICIAN"]
        for role in ("RECEPTION", "TECHNICIAN"):
            cls.people[role, "JEW"] = cls.people[role]

    def open_bench(self, columns=80, rows=24, english=False, who="technician", command=None):
        self.log_in(who)
        terminal = self.open(columns, rows, logged_in=False, english=english, command=command)
        terminal.until(who, "Worklist" if english else "待检清单", without=("正在读取", "Reading"))
        return terminal

    def seen(self, test):
        return self.technician("BenchService.GetTest", test_id=test.test_id).test

    def grid_at(self, test, **how):
        terminal = self.open_bench(**how)
        terminal.scan(test.item_code)
        terminal.until("开始计时", test.item_code)
        terminal.key("Enter")
        terminal.until("读数1", "M_XRF")
        return terminal

    def fill(self, terminal, values=TYPED):
        for value in values:
            terminal.type(value)
            terminal.key("Tab")

    def choose(self, terminal, code):
        """The cursor to the row of the item, a key at a time."""
        end = time.monotonic() + WAIT_S
        terminal.key("Home")
        while "> " + code not in terminal.screen() and time.monotonic() < end:
            before = terminal.state()
            terminal.key("Down")
            terminal.settled(before)

    def readings(self, test):
        return [one.value for one in self.seen(test).readings]

    def test_a_scanned_item_is_started_its_result_typed_with_a_mistake_refused_and_handed_to_review(self):
        test = self.world.claimed()
        terminal = self.grid_at(test)
        work = self.technician("BenchService.GetItemHistory", item_code=test.item_code).work
        self.assertEqual([(one.worker, one.HasField("stopped_at")) for one in work], [("technician", False)])
        terminal.type("753,4")
        terminal.until("有逗号")
        terminal.key("Enter")
        terminal.until("改好再走")
        terminal.key("BSpace", "BSpace")
        terminal.type(".4")
        terminal.key("Tab")
        self.fill(terminal, TYPED[1:])
        terminal.key("F8")
        terminal.until("已录入 1 项", "753.5")
        self.assertEqual((self.readings(test), self.seen(test).state), (TYPED, 3))
        terminal.key("F8")
        terminal.until("已提交复核 1 项")
        self.assertEqual(self.seen(test).state, 4)

    def test_the_lots_of_reagents_go_with_the_result_and_an_unknown_one_holds_it_back(self):
        self.world.lot("LOT-7")
        test = self.world.claimed()
        terminal = self.grid_at(test)
        self.fill(terminal)
        # Up to the form above the rows, and to its last field.
        while int(terminal.pane("cursor_y")) > 5:
            before = terminal.state()
            terminal.key("Up")
            terminal.settled(before)
        terminal.key(*["Tab"] * 6)
        terminal.type("LOT-7, LOT-8")
        terminal.key("F8")
        terminal.until("试剂批号没有登记或写错")
        self.assertEqual(self.readings(test), TYPED)
        terminal.key("C-u")
        terminal.type("LOT-7")
        terminal.key("F8")
        terminal.until("已提交复核")
        self.assertEqual((self.seen(test).state, self.daemon.sql("select lots from lab.reagent_use where test_id = %s", test.test_id)),
                         (4, [(["LOT-7"],)]))

    def test_work_ends_when_the_item_is_scanned_again(self):
        test = self.world.claimed()
        terminal = self.open_bench()
        terminal.scan(test.item_code)
        terminal.until("开始计时")
        terminal.scan(test.item_code)
        terminal.until("已停止计时")
        work = self.technician("BenchService.GetItemHistory", item_code=test.item_code).work
        self.assertEqual([one.HasField("stopped_at") for one in work], [True])

    def test_a_test_that_nobody_holds_is_claimed_from_the_list(self):
        test = self.world.received().items[0].tests[0]
        terminal = self.open_bench()
        terminal.scan(test.item_code)
        terminal.until("没有您的待检任务", "未分配")
        terminal.key("Enter")
        terminal.until("已领取 " + test.item_code)
        self.assertEqual(self.seen(test).assigned_to, "technician")

    def test_who_was_slower_is_told_what_stands_and_overwrites_nothing_until_a_reason_is_given(self):
        test = self.world.claimed()
        terminal = self.grid_at(test)
        self.fill(terminal)
        first = self.technician("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                readings=[dict(value=value) for value in ("750.1", "750.2", "750.3")], expanded_uncertainty="2.0").test
        terminal.key("F8")
        terminal.until("technician 先录入了: 750.1, 750.2, 750.3", "753.4", "!冲突")
        self.assertEqual((self.readings(test), self.seen(test).version), (["750.1", "750.2", "750.3"], first.version))
        terminal.key("F8")
        terminal.until("在这里写理由")
        terminal.type("gauge was dirty")
        terminal.key("F8")
        terminal.until("已录入 1 项")
        self.assertEqual(self.readings(test), TYPED)
        change = self.technician("BenchService.GetItemHistory", item_code=test.item_code).changes[-1]
        self.assertEqual((change.reason, change.old_result.mean), ("gauge was dirty", ""))

    def test_what_is_typed_survives_the_lock_and_a_session_that_ended(self):
        test = self.world.claimed()
        terminal = self.grid_at(test)
        self.fill(terminal)
        terminal.key("F9")
        terminal.until("已锁屏", without=("753.4",))
        terminal.type(PASSWORD)
        terminal.key("Enter")
        terminal.until("753.4", "未提交")
        self.daemon.sql("update lab.session set revoked_at = now() where revoked_at is null and staff_id = "
                        "(select staff_id from lab.staff where username = 'technician')")
        self.addCleanup(self.log_in_again)
        terminal.until("会话已结束", "登录到")
        terminal.type(PASSWORD)
        terminal.key("Enter")
        terminal.until("753.4", "753.9", "未提交")
        terminal.key("F8")
        terminal.until("已录入 1 项")
        self.log_in_again()
        self.assertEqual(self.readings(test), TYPED)

    def log_in_again(self):
        type(self).technician = self.people["TECHNICIAN"] = self.world.people["TECHNICIAN"] = self.daemon.log_in("technician")

    def test_what_looks_like_a_slip_is_marked_and_qualifiers_are_read(self):
        test = self.world.claimed()
        terminal = self.grid_at(test)
        terminal.type("75.1")
        terminal.key("Tab")
        terminal.type("7510")
        terminal.until("超出范围", "0 到 1000")
        terminal.key("C-u")
        terminal.type("751.0")
        terminal.until("相差超过十分之一")
        terminal.key("Tab")
        terminal.type("ND")
        terminal.until("ND0.01")
        terminal.type("0.5")
        terminal.key("Home", "C-u")
        terminal.run("send-keys", "-l", "７")
        terminal.until("全角")

    def test_a_scale_that_types_fills_the_cell(self):
        test = self.world.claimed()
        terminal = self.grid_at(test)
        terminal.scan("753.41")
        terminal.until("仪器送来 753.41")
        self.assertEqual(self.readings(test), [])

    def test_a_file_is_previewed_imported_and_named_the_second_time(self):
        test = self.world.claimed()
        self.people["MANAGER"]("InstrumentService.SaveProfile", laboratory="JEW", profile="XRF-1", layout=instrument_layout(rows_are_replicates=True))
        folder = self.directory / "xrf"
        folder.mkdir()
        (folder / "old.csv").write_text("Item,Code,Value\n")
        os.utime(folder / "old.csv", (1, 1))
        rows = "".join(f"{test.item_code},Au,{value}\n" for value in ("75.34", "75.31", "75.39"))
        (folder / "run 7.csv").write_text("Item,Code,Value\n" + rows + "NOBODY,Au,1\n")
        terminal = self.open_bench()
        terminal.key("F7")
        terminal.until("XRF-01")
        terminal.paste(str(folder))
        terminal.until("xrf")
        terminal.key("F5")
        terminal.until("run 7.csv", "753.4", "! 将录入 3 个值，1 个录不进", "不是本实验室的样品码")
        self.assertEqual(self.readings(test), [])
        terminal.key("F8")
        terminal.until("勾选略去")
        terminal.key("Tab", "Tab", "Tab", "Space", "F8")
        terminal.until("已导入 3 个值，1 项检测")
        self.assertEqual(self.readings(test), ["753.4", "753.1", "753.9"])
        terminal.key("F5")
        terminal.until("这个文件已由 technician 导入过")

    def test_a_chart_is_drawn_in_letters_and_opened_as_a_picture(self):
        chart = self.world.frozen().chart
        self.world.control(chart, "752.9")
        self.viewer()
        self.environment["XDG_RUNTIME_DIR"] = str(self.directory)
        terminal = self.open_bench()
        terminal.key("F11")
        terminal.until(chart, "+3s", "最近 752.9", "X")
        terminal.key("Enter")
        terminal.until("图已打开")
        path, picture = self.shown()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_without_a_display_the_path_of_the_picture_is_shown(self):
        self.world.chart()
        self.environment["XDG_RUNTIME_DIR"] = str(self.directory)
        self.environment |= {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
        terminal = self.open_bench(160, 50)
        terminal.key("F11")
        terminal.until("CHART-")
        terminal.key("Enter")
        terminal.until("图在", f"touchstone-{os.getuid()}", "TOUCHSTONE_VIEWER")

    def test_a_worksheet_is_entered_as_a_whole(self):
        chart = self.world.frozen().chart
        self.people["QUALITY"]("WorksheetService.SetControlPlan", laboratory="JEW", method_id="M_XRF", parameter_id="AU", charts=[chart],
                               reason="as the method's validation found", blanks=1, blank_limit="0.5")
        tests = [self.world.received().items[0].tests[0].test_id for _ in range(2)]
        made = self.technician("WorksheetService.CreateWorksheet", laboratory="JEW", method_id="M_XRF", parameter_id="AU",
                               instrument="XRF-01", test_ids=tests)
        terminal = self.open_bench()
        terminal.key("F6")
        terminal.until(made.worksheet.worksheet_no)
        terminal.key("Enter")
        terminal.until("空白", "质控", "读数1")
        # Three readings, the input max_spread; of samples U and why it was not measured.
        for position in made.positions:
            if position.kind == 1:
                self.fill(terminal, TYPED)
                terminal.key("Tab", "Tab", "Tab")
            else:
                self.fill(terminal, [{2: "0.1", 3: "750.3"}[position.kind]])
                terminal.key("Tab", "Tab", "Tab")
        terminal.key("F8")
        terminal.until("整张已录入")
        terminal.key("F8")
        terminal.until("整张已提交复核")
        state = self.technician("WorksheetService.GetWorksheet", worksheet_no=made.worksheet.worksheet_no).worksheet.state
        self.assertEqual(state, 3)

    def test_a_formula_gets_its_inputs_and_gives_each_determination(self):
        self.world.qualified("M_AGTITR")
        test = self.ordered("JEW", "JEW_AG925", "M_AGTITR", "AG")
        terminal = self.open_bench()
        terminal.scan(test.item_code)
        terminal.until("开始计时")
        terminal.key("Enter")
        terminal.until("滴定体积", "mL")
        # Volumes of two determinations, no blank, the titrant, the molar mass as it is, two masses.
        terminal.type("23.15 23.17")
        terminal.key("Tab", "Tab")
        terminal.type("0.1000")
        terminal.key("Tab", "Tab")
        terminal.type("270.0 270.1")
        terminal.key("F8")
        terminal.until("已录入 1 项")
        entered = self.seen(test)
        self.assertEqual(json.loads(entered.inputs), {"V_mL": ["23.15", "23.17"], "c_mol_L": "0.1000", "m_mg": ["270.0", "270.1"]})
        # 23.15 x 0.1 x 107.868 / 270.0 x 1000 = 924.868 and 23.17 x 0.1 x 107.868 / 270.1 x 1000 = 925.324
        self.assertEqual([one[:7] for one in entered.judgement.trace.determinations], ["924.868", "925.324"])

    def test_a_held_batch_is_told_and_not_handed_over(self):
        test = self.world.entered()
        self.world.held(test.test_id)
        terminal = self.open_bench()
        terminal.until("批冻结!")
        self.choose(terminal, test.item_code)
        terminal.until("待质量负责人放行")
        terminal.key("Enter")
        terminal.until("!批冻结", "753.4")
        # What other tests entered is handed over first.
        end = time.monotonic() + WAIT_S
        while "1 项所在的批已冻结" not in terminal.screen() and time.monotonic() < end:
            before = terminal.state()
            terminal.key("F8")
            terminal.settled(before)
        terminal.until("1 项所在的批已冻结")
        self.assertEqual(self.seen(test).state, 3)

    def test_who_has_both_roles_changes_between_the_views(self):
        self.log_in("both", "--desk", "D1")
        terminal = self.open(logged_in=False)
        terminal.until("收样台 - 查询", "both", without=("正在读取目录",))
        terminal.key("C-t")
        terminal.until("检测台 - 待检清单", "Ctrl-T 收样台")
        terminal.key("C-t")
        terminal.until("收样台 - 查询")
        terminal.close()
        terminal = self.open(logged_in=False, command=f"{PROGRAM} bench")
        terminal.until("检测台 - 待检清单")

    def test_nothing_of_a_consumer_is_shown(self):
        test = self.world.claimed()
        terminal = self.grid_at(test, columns=160, rows=50)
        self.assertFalse({"王小明", "王*", "13800001234", "1234"} & set(terminal.screen().split()))
        terminal.key("F3")
        shown = terminal.until("待检清单")
        self.assertFalse({"王小明", "王*", "13800001234"} & set(shown.split()))
