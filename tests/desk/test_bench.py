# SPDX-License-Identifier: Apache-2.0
"""The bench in a terminal: a worklist, results typed and handed to review, conflicts, files, charts."""
import os
import pathlib
import subprocess

from tests.desk.case import PROGRAM, DeskCase
from tests.support.daemon import PASSWORD


class Bench(DeskCase):
    def open_bench(self, columns=80, rows=24, english=False, who="technician", command=None):
        secret = self.directory / "password"
        secret.write_text(PASSWORD + "\n")
        subprocess.run([PROGRAM, "login", who, "--password-file", str(secret)], check=True, capture_output=True,
                       env=dict(os.environ, **self.environment))
        terminal = self.open(columns, rows, logged_in=False, english=english, command=command)
        terminal.until(who, "Worklist" if english else "待检清单", without=("正在读取", "Reading"))
        return terminal

    def seen(self, test):
        return self.people["TECHNICIAN"]("BenchService.GetTest", test_id=test.test_id).test

    def test_a_scanned_item_is_started_its_result_typed_with_a_mistake_refused_and_handed_to_review(self):
        test = self.world.claimed()
        terminal = self.open_bench()
        terminal.scan(test.item_code)
        terminal.until("开始计时", test.item_code)
        work = self.people["TECHNICIAN"]("BenchService.GetItemHistory", item_code=test.item_code).work
        self.assertEqual([(one.worker, one.HasField("stopped_at")) for one in work], [("technician", False)])
        terminal.key("Enter")
        terminal.until("读数1", "M_XRF")
        terminal.type("753,4")
        terminal.until("有逗号")
        terminal.key("Enter")
        terminal.until("改好再走")
        terminal.key("BSpace", "BSpace")
        terminal.type(".4")
        terminal.key("Enter")
        terminal.type("753.1")
        terminal.key("Enter")
        terminal.type("753.9")
        terminal.key("F8")
        terminal.until("已录入 1 项", "753.5")
        entered = self.seen(test)
        self.assertEqual([one.value for one in entered.readings], ["753.4", "753.1", "753.9"])
        self.assertEqual(entered.state, 3)
        terminal.key("F8")
        terminal.until("已提交复核 1 项")
        self.assertEqual(self.seen(test).state, 4)
