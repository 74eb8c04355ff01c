# SPDX-License-Identifier: Apache-2.0
"""A desk that loses the server: what it took in is booked exactly once, whatever is pulled, killed or copied, or it waits
for a person where everybody sees it. Real processes of `touchstone`, a real daemon, a proxy in between."""
import json
import re
import shutil
import time
import unittest

from tests.outside.case import Outside
from tests.outside.offline import CONFLICT, QUEUED, UNAVAILABLE, Desk, Spoiled
from tests.support.daemon import key
from tests.support.proxy import ChaosProxy

MOMENTS = 15


class JournalCase(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = ChaosProxy(cls.daemon.port)
        cls.addClassCleanup(cls.network.close)
        cls.daemon.sql("insert into lab.desk (desk, name) values ('D8', 'second desk'), ('D9', 'third desk') on conflict do nothing")
        cls.people["ADMINISTRATOR"].staff("reception2", ["RECEPTION"])

    def new_desk(self, codes=20, **how):
        desk = Desk(self.daemon, self.network, **how)
        self.addCleanup(desk.remove)
        self.network.mode("pass")
        desk.prepare(codes)
        return desk

    def taken(self, desk, **how):
        """Without the network."""
        self.network.mode("reset")
        done = desk.intake(**how)
        self.network.mode("pass")
        self.assertEqual(done.returncode, QUEUED, done.stderr)
        self.assertIn("saved here, not yet booked", done.stderr)
        return done.stdout.strip()

    def receipts(self, phone):
        return self.daemon.sql("select receipt_no from lab.receipt join lab.person on person_id = owner_id where phone = %s", phone)

    def spoil(self, moments, kills):
        desk, other = self.new_desk(codes=200), self.new_desk(name="D8", user="reception2")
        seed = time.time_ns()
        print(f"seed {seed}", flush=True) if moments > MOMENTS else None
        spoiled = Spoiled(desk, self.network, seed)
        with self.subTest(seed=seed):
            for number in range(moments):
                spoiled.moment(kills)
                if number == moments // 2:
                    copy = desk.copy_journal(other)
            spoiled.heal()
            self.assertEqual(other.replay("--journal", copy).returncode, 0)
            done = desk.replay()
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(all(row[1] == "booked" for row in desk.listed()))
            self.assertEqual(other.replay("--journal", desk.copy_journal(other)).returncode, 0)
            receipts, keys = spoiled.hold_books(self)
            self.assertGreaterEqual(receipts, keys)


class Journals(JournalCase):
    # ---- the thinnest path
    def test_an_intake_without_the_server_is_booked_later_under_its_label(self):
        desk = self.new_desk()
        code = self.taken(desk, phone="13500000001")
        self.assertEqual(self.receipts("13500000001"), [])
        self.assertEqual([row[1] for row in desk.listed()], ["waiting"])
        done = desk.replay()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split("\t")[0], code)
        # The number of the provisional slip finds the receipt.
        item = self.people["RECEPTION"]("DeskService.GetItem", item_code=code).item
        receipt = self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=item.receipt_no).receipt
        self.assertEqual(done.stdout.strip().split("\t")[1], receipt.receipt_no)
        self.assertGreater(receipt.taken_offline_at.seconds, 0)
        self.assertLessEqual(receipt.taken_offline_at.seconds, receipt.received_at.seconds)
        self.assertEqual([row[1] for row in desk.listed()], ["booked"])
        self.assertEqual(desk.replay().stdout, "")

    def test_with_the_server_the_journal_books_at_once(self):
        desk = self.new_desk()
        request_id = key()
        done = desk.intake(request_id, "13500000002")
        self.assertEqual(done.returncode, 0, done.stderr)
        again = desk.intake(request_id, "13500000002")
        self.assertEqual((again.returncode, again.stdout), (0, done.stdout))
        self.assertEqual(len(self.receipts("13500000002")), 1)

    def test_order_is_kept_and_a_conflict_holds_up_what_is_behind_it(self):
        desk = self.new_desk()
        first, second, third = (self.taken(desk, phone=f"1350000001{n}") for n in range(3))
        self.people["MANAGER"]("DeskService.ReturnItemCodes", laboratory="JEW", item_codes=[second], reason="given back by mistake")
        done = desk.replay()
        self.assertEqual(done.returncode, CONFLICT, done.stderr)
        self.assertIn(second, done.stderr)
        self.assertEqual(desk.replay().returncode, CONFLICT)
        self.assertEqual([row[1] for row in desk.listed()], ["booked", "conflict", "waiting"])
        self.assertEqual([len(self.receipts(f"1350000001{n}")) for n in range(3)], [1, 0, 0])
        # The person corrects it: it goes under a code that the server makes.
        shown = json.loads(desk.done("journal", "export", "--password-file", desk.password).stdout.splitlines()[0])
        self.assertEqual(shown["items"][0]["reserved_item_code"], second)
        other = self.people["RECEPTION"]("DeskService.ReserveItemCodes", laboratory="JEW", count=1).item_codes[0]
        shown["items"][0]["reserved_item_code"] = other
        changed = desk.folder / "changed.json"
        changed.write_text(json.dumps(shown))
        done = desk.run("journal", "resolve", second, "--file", changed, "--reason", "its code was void", "--password-file", desk.password)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([len(self.receipts(f"1350000001{n}")) for n in range(3)], [1, 1, 1])
        numbers = [self.receipts(f"1350000001{n}")[0][0] for n in range(3)]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual([row[1] for row in desk.listed()], ["booked", "replaced", "booked", "booked"])
        self.assertEqual([first, third], [row[0].replace("-", "") for row in desk.listed()][::3])

    def test_a_refusal_whose_reason_is_gone_is_sent_again_under_a_new_key(self):
        desk = self.new_desk()
        code = self.taken(desk, phone="13500000021")
        withdraw = "set session_replication_role = replica; update lab.product set withdrawn = %s where product_id = 'JEW_AU750'"
        self.daemon.sql(withdraw, True)
        self.assertEqual(desk.replay().returncode, CONFLICT)
        self.daemon.sql(withdraw, False)
        # The server has kept its refusal with the key.
        self.assertEqual(desk.replay().returncode, CONFLICT)
        done = desk.run("journal", "resolve", code, "--retry", "--reason", "the product is back", "--password-file", desk.password)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.receipts("13500000021")), 1)

    def test_a_copy_meets_its_receipt_when_the_server_keeps_the_answer_no_more(self):
        desk = self.new_desk()
        self.taken(desk, phone="13500000071")
        copy = desk.copy_journal(desk)
        self.assertEqual(desk.replay().returncode, 0)
        ((booked,),) = self.receipts("13500000071")
        self.daemon.sql("alter table lab.replay disable trigger guard_replay")
        self.daemon.sql("delete from lab.replay where answer -> 'receipt' ->> 'receipt_no' = %s", booked)
        self.daemon.sql("alter table lab.replay enable always trigger guard_replay")
        done = desk.replay("--journal", copy)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(booked, done.stdout)
        self.assertEqual(self.receipts("13500000071"), [(booked,)])

    def test_what_is_set_aside_is_never_booked_by_a_copy_either(self):
        desk = self.new_desk()
        code = self.taken(desk, phone="13500000031")
        self.people["MANAGER"]("DeskService.ReturnItemCodes", laboratory="JEW", item_codes=[code], reason="given back by mistake")
        copy = desk.copy_journal(desk)
        self.assertEqual(desk.replay().returncode, CONFLICT)
        done = desk.run("journal", "resolve", code, "--set-aside", "--reason", "the consumer went home", "--password-file", desk.password)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(desk.listed()[0][1], "set aside")
        self.assertEqual(desk.replay("--journal", copy).returncode, CONFLICT)
        self.assertEqual(self.receipts("13500000031"), [])
        kept = self.daemon.sql("select reason, item_codes from lab.intake_set_aside where item_codes = %s", [code])
        self.assertEqual(kept, [("the consumer went home", [code])])

    # ---- what is left of it
    def free_codes(self):
        return self.daemon.sql("select count(*)::int from lab.reserved_code where desk = 'D9' and receipt_no is null and voided_at is null")[0][0]

    def retire(self, desk):
        done = desk.run("journal", "retire", "--password-file", desk.password, "--timeout", "3", "--retries", "0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(list(desk.folder.glob("state/touchstone/journal/*/intake.journal")), [])
        return done.stderr

    def test_what_a_retired_journal_held_goes_back_to_the_server(self):
        slot, before = self.world.new_slot(walk_in_quota=5), self.free_codes()
        desk = self.new_desk(name="D9", codes=6)
        desk.done("journal", "prepare", "--laboratory", "JEW", "--codes", 6, "--slot", slot.slot_id, "--places", 2, "--password-file",
                  desk.password)
        code = self.taken(desk, phone="13500000061")
        refused = desk.run("journal", "retire", "--password-file", desk.password)
        self.assertEqual(refused.returncode, CONFLICT)
        self.assertEqual(desk.replay().returncode, 0)
        self.assertEqual(self.free_codes(), before + 5)
        told = self.retire(desk)
        self.assertIn("given back: 5 reserved codes (they are void) and 1 leases", told)
        self.assertNotIn("stay with this desk", told)
        self.assertEqual(self.free_codes(), before)
        self.assertEqual(self.daemon.sql("select count(*)::int from lab.walk_in_lease where slot_id = %s and returned_at is null",
                                         slot.slot_id), [(0,)])
        # What was booked stays booked, and the desk goes on with a new journal.
        self.assertEqual(len(self.receipts("13500000061")), 1)
        desk.prepare(3)
        self.assertNotEqual(self.taken(desk, phone="13500000062"), code)
        self.assertEqual(desk.replay().returncode, 0)

    def test_without_the_server_a_retired_journal_says_what_stays(self):
        desk = self.new_desk(name="D9", codes=4)
        free = self.free_codes()
        self.network.mode("reset")
        told = self.retire(desk)
        self.network.mode("pass")
        self.assertIn("4 reserved codes and 0 leases of walk-in places stay with this desk", told)
        self.assertEqual(self.free_codes(), free)
        done = desk.done("code", "return", "--laboratory", "JEW", "--reason", "the journal is gone")
        self.assertGreaterEqual(len(re.findall(r"[0-9A-Z]{9}|[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}", done.stdout)), 4)
        self.assertEqual(self.free_codes(), 0)

    def test_a_damaged_journal_makes_no_code_void(self):
        desk = self.new_desk(name="D9", codes=4)
        free = self.free_codes()
        self.taken(desk, phone="13500000071")
        bytes_ = bytearray(desk.journal.read_bytes())
        bytes_[-20] ^= 1
        desk.journal.write_bytes(bytes_)
        self.assertIn("the journal is damaged, and no reserved code is made void", self.retire(desk))
        self.assertEqual(self.free_codes(), free)

    def test_a_returned_lease_waits_for_a_person(self):
        slot = self.world.new_slot(walk_in_quota=5)
        desk = self.new_desk()
        desk.done("journal", "prepare", "--laboratory", "JEW", "--slot", slot.slot_id, "--places", 2, "--password-file", desk.password)
        self.taken(desk, phone="13500000041")
        lease = self.daemon.sql("select lease_id from lab.walk_in_lease where slot_id = %s", slot.slot_id)[0][0]
        self.taken(desk, phone="13500000042")
        self.assertEqual(desk.replay().returncode, 0)
        self.assertEqual(self.daemon.sql("select used from lab.walk_in_lease where lease_id = %s", lease), [(2,)])
        desk.done("journal", "prepare", "--laboratory", "JEW", "--slot", slot.slot_id, "--places", 1, "--password-file", desk.password)
        self.taken(desk, phone="13500000043")
        for (given,) in self.daemon.sql("select lease_id from lab.walk_in_lease where slot_id = %s and used = 0", slot.slot_id):
            self.people["MANAGER"]("OpenDayService.ReturnLease", lease_id=given)
        done = desk.replay()
        self.assertEqual(done.returncode, CONFLICT)
        self.assertIn("given back", done.stderr)

    # ---- other desks, other persons
    def test_a_copied_journal_is_replayed_by_another_desk_and_by_the_first(self):
        desk, other = self.new_desk(), self.new_desk(name="D8", user="reception2")
        codes = [self.taken(desk, phone=f"1350000005{n}") for n in range(3)]
        copy = desk.copy_journal(other)
        done = other.replay("--journal", copy)
        self.assertEqual(done.returncode, 0, done.stderr)
        by_other = dict(line.split("\t") for line in done.stdout.splitlines())
        done = desk.replay()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(dict(line.split("\t") for line in done.stdout.splitlines()), by_other)
        self.assertEqual(sorted(by_other), sorted(codes))
        self.assertEqual([len(self.receipts(f"1350000005{n}")) for n in range(3)], [1, 1, 1])
        self.assertTrue(all(number.startswith("D8-") for number in by_other.values()))

    def test_who_may_not_book_leaves_no_trace_under_the_key(self):
        desk = self.new_desk()
        self.taken(desk, phone="13500000061")
        token = next(desk.folder.glob("state/touchstone/*.session"))
        mine = token.read_text()
        token.write_text("\n".join(line for line in mine.splitlines() if not line.startswith("token")) + f"\ntoken = {self.people['TECHNICIAN'].token}\n")
        self.assertEqual(desk.replay().returncode, 5)
        desk_less = self.daemon.log_in("reception2")
        token.write_text("\n".join(line for line in mine.splitlines() if not line.startswith("token")) + f"\ntoken = {desk_less.token}\n")
        self.assertEqual(desk.replay().returncode, CONFLICT)
        self.assertEqual(desk.listed()[0][1], "waiting")
        token.write_text(mine)
        self.assertEqual(desk.replay().returncode, 0)

    def test_the_disk_says_nothing_without_the_password(self):
        desk = self.new_desk()
        self.taken(desk, phone="13500000071")
        written = b"".join(path.read_bytes() for path in desk.folder.glob("state/touchstone/journal/**/*") if path.is_file())
        for secret in ("13500000071".encode(), "孙 三".encode(), b"JEW_AU750"):
            self.assertNotIn(secret, written)
        for key_hex, in self.daemon.sql("select encode(key_bytes, 'hex') from lab.journal_key"):
            self.assertNotIn(bytes.fromhex(key_hex), written)
            self.assertNotIn(key_hex.encode(), written)
        desk.password.write_text("not the password\n")
        done = desk.run("journal", "list", "--password-file", desk.password)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(done.stdout, "")

    def test_after_a_rotation_old_journals_open_and_the_history_knows_who_has_keys(self):
        desk = self.new_desk()
        self.taken(desk, phone="13500000081")
        self.people["ADMINISTRATOR"]("DeskService.RotateJournalKey", reason="a desk was stolen")
        desk.log_in()
        self.assertEqual(desk.replay().returncode, 0)
        told = self.daemon.sql("select count(*), count(new_values), count(old_values) from lab.history where object_type = 'journal_key' "
                               "and operation = 'reveal' and actor = 'reception'")[0]
        self.assertGreaterEqual(told[0], 2)
        self.assertEqual(told[1:], (0, 0))
        self.assertEqual(self.daemon.sql("select count(*) from lab.history where coalesce(new_values::text, '') like '%%key_bytes%%'"), [(0,)])

    # ---- no codes, two programs, time
    def test_without_codes_it_says_what_is_missing_and_takes_nothing(self):
        desk = self.new_desk(codes=1)
        self.taken(desk, phone="13500000091")
        self.network.mode("reset")
        done = desk.intake(None, "13500000092")
        self.network.mode("pass")
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertIn("journal prepare", done.stderr)
        self.assertEqual(len(desk.listed()), 1)

    def test_a_damaged_journal_is_told_exported_and_retired(self):
        desk = self.new_desk()
        for n in range(3):
            self.taken(desk, phone=f"1350000010{n}")
        whole = desk.journal.read_bytes()
        desk.journal.write_bytes(whole[:-700] + bytes([whole[-700] ^ 1]) + whole[-699:])
        done = desk.replay()
        self.assertEqual(done.returncode, 1)
        self.assertIn("damaged", done.stderr)
        lines = desk.done("journal", "export", "--password-file", desk.password).stdout.splitlines()
        self.assertGreaterEqual(len(lines), 1)
        file = desk.folder / "one.json"
        file.write_text(lines[0])
        desk.done("intake", "register", "--file", file)
        self.assertEqual(len(self.receipts("13500000100")), 1)
        desk.done("journal", "retire", "--password-file", desk.password)
        desk.prepare(5)
        self.taken(desk, phone="13500000109")
        self.assertEqual(desk.replay().returncode, 0)

    def test_a_torn_tail_is_set_aside_and_what_was_saved_is_booked(self):
        desk = self.new_desk()
        self.taken(desk, phone="13500000111")
        whole = desk.journal.read_bytes()
        self.taken(desk, phone="13500000112")
        torn = desk.journal.read_bytes()
        desk.journal.write_bytes(torn[:len(whole) + 100])
        done = desk.replay()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("100 bytes", done.stderr)
        self.assertEqual([len(self.receipts(f"1350000011{n}")) for n in (1, 2)], [1, 0])
        aside = list(desk.journal.parent.glob("*.torn-*"))
        self.assertEqual([path.stat().st_size for path in aside], [100])

    # ---- any moment
    def test_the_network_is_pulled_at_random_moments(self):
        self.spoil(MOMENTS, kills=False)

    def test_the_client_is_killed_at_random_moments_while_it_journals(self):
        self.spoil(MOMENTS, kills=True)


if __name__ == "__main__":
    unittest.main()
