# SPDX-License-Identifier: Apache-2.0
"""Recipients are told by the hook program, with what became of it; what fails shows at the desk; and no address is in the
daemon's log."""
import os
import time
import unittest

from tests.outside.case import Outside
from tests.outside.hook import Hook
from tests.outside.world import ring
from tests.support.daemon import Daemon, PASSWORD

HOOK = """#!/bin/sh
# Writes what it got, and ends as the file "as" says.
read -r line
printf '%s\\n' "$line" >> "{folder}/told"
tr '\\0' '\\n' < /proc/$$/environ > "{folder}/environment"
case "$line" in *slow@*) sh -c 'echo $$ > "{folder}/child"; exec sleep 60' ;; esac
case "$line" in *held@*) while [ ! -e "{folder}/go" ]; do sleep 0.05; done ;; esac
case "$line" in *rude@*) exec <&- ; echo "no such mailbox: rude@example.org" >&2; echo "second line" >&2; exit 1 ;; esac
case "$line" in *busy@*) echo "try again" >&2; [ -e "{folder}/calm" ] || exit 75 ;; esac
case "$line" in *killed@*) kill -9 $$ ;; esac
case "$line" in *gbk@*) printf '\\311\\317\\272\\243 \\033[31m\\346\\262\\241\\346\\234\\211\\346\\262\n' >&2; exit 1 ;; esac
exit 0
"""

WAIT_S = 120  # for a machine that is busy with others


class Delivery(Outside):
    deadline = "5s"  # a busy machine begins and ends a small script within it

    @classmethod
    def make_daemon(cls):
        cls.hook = Hook(HOOK, cls.deadline)
        cls.addClassCleanup(cls.hook.remove)
        return Daemon(settings=f"{cls.hook.settings}[public]\nhost = lab.example.org\n", environment={"TOUCHSTONE_SECRET": "of the daemon"})

    def told(self, sheet_no):
        return self.hook.told(sheet_no=sheet_no)

    def sealed(self, **intake):
        receipt = self.world.received(items=[ring()], **intake)
        test = receipt.items[0].tests[0]
        technician = self.people["TECHNICIAN"]
        test = technician("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        test = technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, instrument="XRF-01",
                          readings=[dict(value=value) for value in ("753.4", "753.1", "753.9")], expanded_uncertainty="2.0").test
        test = technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        item = self.world.item(test.item_code)
        sheet = self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                         password=PASSWORD, meaning="approved for issue").sheet
        self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)
        return sheet

    def deliveries(self, sheet):
        return self.people["RECEPTION"]("DeskService.ListDeliveries", laboratory="JEW", sheet_no=sheet.sheet_no).deliveries

    def becomes(self, sheet, *states):
        """Waits until the deliveries of the sheet are in these states."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            found = self.deliveries(sheet)
            if sorted(one.state for one in found) == sorted(states):
                return found
            time.sleep(0.1)
        self.fail(str(self.deliveries(sheet)))

    @staticmethod
    def mail(name):
        return dict(recipients=[dict(channel="CHANNEL_MAIL", address=f"{name}@example.org")])

    def amended(self, sheet):
        quality = self.people["QUALITY"]
        version = quality("SheetService.GetSheet", sheet_no=sheet.sheet_no).sheet.item_version
        quality("SheetService.RequestAmendment", sheet_no=sheet.sheet_no, version=version, what="AMENDMENT_WHAT_ITEM_DATA",
                reason="样品名称有误")
        item = self.world.item(sheet.item_code)
        quality("SheetService.CorrectItem", item_code=item.item_code, version=item.version, name="手镯 bracelet")
        item = self.world.item(sheet.item_code)
        return self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                        password=PASSWORD, meaning="approved for issue").sheet


class Delivered(Delivery):
    def test_the_owner_is_told_that_the_sheet_is_ready(self):
        sheet = self.sealed()
        self.becomes(sheet, 2)
        self.assertEqual(self.told(sheet.sheet_no), [dict(channel="sms", address="13800001234", kind="ready",
                                                          sheet_no=sheet.sheet_no, link="https://lab.example.org/t")])

    def test_everybody_hears_of_the_amended_sheet_and_of_its_withdrawal(self):
        sheet = self.sealed(recipients=[dict(channel="CHANNEL_SMS"), dict(channel="CHANNEL_MAIL", address="wang@example.org"),
                                        dict(channel="CHANNEL_COUNTER")])
        self.becomes(sheet, 2, 2, 1)
        quality = self.people["QUALITY"]
        self.assertEqual(self.amended(sheet).revision, 1)
        self.becomes(sheet, 2, 2, 6, 2, 2, 1)  # at the counter the first is overtaken
        quality("SheetService.RequestWithdrawal", sheet_no=sheet.sheet_no, revision=1, withdrawal_code="WITHDRAWAL_CODE_WRONG_SAMPLE",
                reason="样品混淆")
        self.people["SIGNATORY"]("SheetService.ConfirmWithdrawal", sheet_no=sheet.sheet_no, revision=1, password=PASSWORD,
                                 meaning="withdrawn")
        self.becomes(sheet, 2, 2, 6, 2, 2, 6, 2, 2, 1)
        self.assertEqual(sorted((news["channel"], news["kind"]) for news in self.told(sheet.sheet_no)),
                         sorted((channel, kind) for channel in ("sms", "mail") for kind in ("ready", "amended", "withdrawn")))

    def test_a_failure_keeps_the_first_line_of_what_the_program_said_and_is_tried_again_by_the_desk(self):
        sheet = self.sealed(**self.mail("rude"))
        one = self.becomes(sheet, 3)[0]
        self.assertEqual((one.error, one.attempts), ("no such mailbox: rude@example.org", 1))
        self.assertEqual(one.recipient.address_masked, "r***@example.org")
        self.assertIn(one.delivery_id, [listed.delivery_id for listed in self.people["RECEPTION"](
            "DeskService.ListDeliveries", laboratory="JEW", state="DELIVERY_STATE_FAILED").deliveries])
        self.people["RECEPTION"]("DeskService.RetryDelivery", delivery_id=one.delivery_id, version=one.version)
        end = time.monotonic() + WAIT_S
        while len(self.told(sheet.sheet_no)) < 2 and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(len(self.told(sheet.sheet_no)), 2)

    def waits_with(self, sheet, error):
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            one = self.deliveries(sheet)[0]
            if one.error:
                self.assertEqual((one.error, one.state), (error, 1))
                return one
            time.sleep(0.1)
        self.fail("never tried")

    def test_exit_status_75_is_tried_later(self):
        sheet = self.sealed(**self.mail("busy"))
        one = self.waits_with(sheet, "try again")
        self.assertGreater(one.next_at.seconds, one.created_at.seconds + 30)
        open(os.path.join(self.hook.folder, "calm"), "w").close()
        self.daemon.sql("update lab.sheet_delivery set next_at = now() where sheet_no = %s", sheet.sheet_no)
        self.becomes(sheet, 2)

    def test_a_program_that_hangs_is_ended_with_what_it_started(self):
        sheet = self.sealed(**self.mail("slow"))
        self.waits_with(sheet, "the hook program did not end in time")
        with open(os.path.join(self.hook.folder, "child"), encoding="utf-8") as file:
            child = int(file.read())
        end = time.monotonic() + WAIT_S
        while self.runs(child):
            self.assertLess(time.monotonic(), end, "what the program had started goes on")
            time.sleep(0.05)

    @staticmethod
    def runs(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                return file.read().rpartition(")")[2].split()[0] not in "ZX"  # ended, and nobody has asked how
        except FileNotFoundError:
            return False

    def test_a_program_gets_a_small_environment_and_nothing_of_the_daemons(self):
        self.becomes(self.sealed(), 2)
        with open(os.path.join(self.hook.folder, "environment"), encoding="utf-8") as file:
            names = {line.partition("=")[0] for line in file.read().splitlines()}
        self.assertEqual(names, {"PATH", "LANG"})

    def test_a_program_that_is_killed_has_failed(self):
        sheet = self.sealed(**self.mail("killed"))
        self.assertEqual(self.becomes(sheet, 3)[0].error, "killed by signal 9")

    def test_words_that_are_no_text_fail_the_delivery_all_the_same(self):
        sheet = self.sealed(**self.mail("gbk"))
        self.assertEqual(self.becomes(sheet, 3)[0].error, "?Ϻ? ?[31m没有??")

    def test_collecting_the_receipt_ends_what_waits(self):
        sheet = self.sealed(recipients=[dict(channel="CHANNEL_COUNTER")])
        self.becomes(sheet, 1)
        number = self.world.item(sheet.item_code).receipt_no
        receipt = self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=number).receipt
        self.people["RECEPTION"]("DeskService.CollectReceipt", receipt_no=number, version=receipt.version)
        self.assertEqual([(one.state, one.changed_by) for one in self.deliveries(sheet)], [(4, "reception")])

    def test_many_are_told_each_once(self):
        sheet = self.sealed(recipients=[dict(channel="CHANNEL_MAIL", address=f"one{n}@example.org") for n in range(5)])
        self.becomes(sheet, *[2] * 5)
        self.assertEqual(sorted(news["address"] for news in self.told(sheet.sheet_no)),
                         [f"one{n}@example.org" for n in range(5)])

    def test_no_address_and_no_words_of_the_program_are_in_the_log(self):
        self.becomes(self.sealed(**self.mail("rude")), 3)
        log = "\n".join(self.daemon.log)
        self.assertIn("event=delivery", log)
        for secret in ("example.org", "13800001234", "no such mailbox", "王小明"):
            self.assertNotIn(secret, log.replace("lab.example.org", ""))


class Reminded(Delivery):
    def becomes(self, reference, state, tries=1):
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            one, = [notice for notice in self.people["RECEPTION"]("DeskService.ListNotices", laboratory="JEW").notices
                    if notice.reference == reference]
            if one.state == state and one.attempts == tries:
                return one
            time.sleep(0.05)
        self.fail(f"{reference} is {one}")

    def remind(self, **intake):
        receipt = self.world.received(items=[ring()], **intake)
        self.daemon.sql("select lab.reminder_begin('JEW', 'uncollected', receipt_no, owner_id, receipt_no, "
                        "(lab.today() + time '08:30') at time zone 'Asia/Shanghai') from lab.receipt where receipt_no = %s", receipt.receipt_no)
        return receipt.receipt_no

    def test_a_reminder_goes_through_the_program_and_a_failed_one_is_listed_and_tried_again(self):
        reached = self.remind()
        self.becomes(reached, 2)
        news, = [news for news in self.hook.told(reference=reached)]
        self.assertEqual((news["kind"], news["channel"], news["address"]), ("uncollected", "sms", "13800001234"))
        self.assertEqual(news["at"], self.daemon.sql("select to_char(lab.today(), 'YYYY-MM-DD') || ' 08:30'")[0][0])
        rude = self.remind(recipients=[dict(channel="CHANNEL_MAIL", address="rude@example.org")])
        failed = self.becomes(rude, 3)
        self.assertEqual((failed.error, failed.address_masked), ("no such mailbox: rude@example.org", "r***@example.org"))
        self.people["RECEPTION"]("DeskService.RetryNotice", notice_id=failed.notice_id, version=failed.version)
        again = self.becomes(rude, 3)
        self.assertEqual((again.changed_by, len(self.hook.told(reference=rude))), ("reception", 2))
        self.assertFalse(any("rude@" in line for line in self.daemon.log))


class Held(Delivery):
    """The program takes its time, and meanwhile things happen."""
    deadline = "60s"

    def told_first(self, sheet):
        end = time.monotonic() + WAIT_S
        while not self.told(sheet.sheet_no):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_who_was_told_while_taken_off_the_list_hears_of_the_amendment_too(self):
        sheet = self.sealed(**self.mail("held"))
        self.told_first(sheet)
        one, = self.deliveries(sheet)
        self.people["RECEPTION"]("DeskService.RemoveRecipient", recipient_id=one.recipient.recipient_id, reason="moved away")
        self.amended(sheet)
        self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)
        self.assertEqual([one.state for one in self.becomes(sheet, 6)], [6])
        open(os.path.join(self.hook.folder, "go"), "w", encoding="utf-8").close()
        self.becomes(sheet, 2, 2)
        self.assertEqual([(news["address"], news["kind"]) for news in self.told(sheet.sheet_no)],
                         [("held@example.org", "ready"), ("held@example.org", "amended")])


class WithoutAProgram(Outside):
    settings = "[hook]\nprogram = /nonexistent/hook\n"

    def test_a_program_that_is_not_there_is_told_and_the_delivery_waits(self):
        sheet = self.world.released()
        self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)
        end = time.monotonic() + WAIT_S
        while not any("hook_not_started" in line for line in self.daemon.log) and time.monotonic() < end:
            time.sleep(0.1)
        while time.monotonic() < end:
            one = self.people["RECEPTION"]("DeskService.ListDeliveries", laboratory="JEW").deliveries[0]
            if one.error:
                break
            time.sleep(0.1)
        self.assertEqual((one.state, one.error), (1, "the hook program cannot be started: no such file or directory"))


if __name__ == "__main__":
    unittest.main()
