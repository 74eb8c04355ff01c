# SPDX-License-Identifier: Apache-2.0
"""What `touchstoned log recover` does inside the database: entries that were lost are made here, as another daemon had made
them, and put back."""
import base64
import contextlib
import hashlib
import json
import struct
import unittest

from tests.database.case import DatabaseCase
from tests.database.test_log import root, sha

NONE = 2**64 - 1
MS = 1785542400000  # 2026-08-01 in Shanghai


def entry(kind, digest=bytes(32), ref=NONE, kid=b"\x22" * 8, ms=MS):
    return b"TSL1" + struct.pack(">BBHQQ", kind, 1, 0, ms, ref) + digest + kid


class Recover(DatabaseCase):
    """Every test puts something back on top of what the one before has left, so each looks at its own entries only."""

    def head(self):
        return self.one("select size from lab.log_head")

    def leaves(self):
        return [bytes(row[0]) for row in self.sql("select leaf from lab.log_leaf order by idx")]

    def recover(self, *entries, registries=(), keys=None, promised=None):
        """All in one transaction, as the command does it; what is told of the books."""
        head = self.head()
        promised = promised or root(self.leaves() + [sha(b"\0", one) for one in entries])
        with contextlib.closing(self.database.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute("set role touchstone_owner")
            cursor.execute("select lab.log_recover_entries(%s, %s, %s, 'a note')", (head, b"".join(entries), promised))
            for one in registries:
                cursor.execute("select lab.log_recover_registry(%s)", (one,))
            if keys:
                cursor.execute("select lab.log_recover_keys(%s, %s)", (head, json.dumps({"keys": keys})))
            cursor.execute("select what from lab.log_recover_books(%s)", (head,))
            return head, [row[0] for row in cursor.fetchall()]

    def request(self, kind, **columns):
        names = ", ".join(columns)
        places = ", ".join(["%s"] * len(columns))
        return self.one(f"insert into lab.log_request (kind, {names}, requested_at) values (%s, {places}, lab.ts_now()) "
                        "returning request_no", kind, *columns.values())

    def index_of(self, number):
        return self.one("select idx from lab.log_request where request_no = %s", number)

    def next_registry(self, code):
        newest = self.one("select coalesce(lab.registry_version(), 0)")
        added = {"kind": "analyte", "code": str(code), "id": f"X{code}", "zh": "新", "en": "new", "since": str(newest + 1)}
        return json.dumps({"version": str(newest + 1), "entries": [added]}, separators=(",", ":")).encode()

    def test_entries_come_back_and_the_root_is_the_promised_one(self):
        before = self.leaves()
        lost = [entry(4, sha(b"x%d" % i)) for i in range(300)]
        head, told = self.recover(*lost)
        self.assertEqual(self.head(), head + 300)
        self.assertIn(f"300 entries are put back: the log has {head + 300} again", told[0])
        everything = before + [sha(b"\0", one) for one in lost]
        self.assertEqual(bytes(self.one("select lab.log_range(0, %s)", head + 300)), root(everything))
        self.assertEqual(self.one("select max(size) from lab.log_checkpoint"), head + 300)

    def test_entries_of_another_root_leave_everything_as_it_was(self):
        before = self.head()
        with self.sql_refused("CHECKPOINT_DIFFERS"):
            self.recover(entry(4), promised=sha(b"another"))
        self.assertEqual(self.head(), before)

    def test_a_sheet_issued_in_the_lost_time_makes_a_number_void_in_every_laboratory(self):
        void = self.one("select count(*) from lab.sheet_void")
        head, told = self.recover(entry(1, sha(b"a")), entry(1, sha(b"b")), entry(2, sha(b"c"), 1))
        laboratories = self.one("select count(*) from lab.laboratory")
        self.assertEqual(self.one("select count(*) from lab.sheet_void"), void + 2 * laboratories)
        self.assertIn(f"{2 * laboratories} numbers of sheets are void", " ".join(told))
        self.assertEqual(self.one("select min(split_part(sheet_no, '-', 2)) from lab.sheet_void"), "2026")

    def test_what_waited_is_found_among_what_is_put_back_and_not_entered_again(self):
        digest, spki = sha(b"registry"), b"key of the test"
        waiting = {4: self.request(4, digest=digest), 5: self.request(5, digest=sha(spki), kid=sha(spki)[:8]),
                   3: self.request(3, ref=77)}
        other = self.request(4, digest=sha(b"not lost"))
        head, _ = self.recover(entry(3, ref=77), entry(5, sha(spki), kid=sha(spki)[:8]), entry(4, digest))
        self.assertEqual([self.index_of(waiting[kind]) for kind in (3, 5, 4)], [head, head + 1, head + 2])
        self.assertIsNone(self.index_of(other))

    def test_keys_of_the_lost_time_come_back_with_their_first_and_last_index(self):
        spki, stranger = b"a statement key of the lost time", b"a key that no entry adds"
        listed = [{"use": "statement", "spki": base64.b64encode(one).decode(), "name": "", "demonstration": False} for one in (spki, stranger)]
        kid = hashlib.sha256(spki).digest()[:8]
        head, _ = self.recover(entry(5, sha(spki), kid=kid), entry(1, sha(b"k"), kid=kid), entry(6, ref=self.head() + 1, kid=kid),
                               keys=listed)
        self.assertEqual(self.one("select last_idx from lab.log_key where kid = %s", kid), head + 1)
        told = {one["kid"]: one for one in self.one("select lab.keys_told()")}
        self.assertEqual((told[kid.hex()]["from"], told[kid.hex()]["last"]), (str(head), str(head + 1)))
        self.assertNotIn(sha(stranger)[:8].hex(), told)

    def test_a_registry_of_the_lost_time_comes_back_with_its_codes(self):
        content = self.next_registry(9001)
        self.recover(entry(4, sha(content)), registries=[content])
        self.assertEqual(bytes(self.one("select bytes from lab.code_registry order by version desc limit 1")), content)
        self.assertEqual(self.one("select lab.code_of('analyte', 'X9001')"), "#9001")

    def test_a_registry_that_the_log_does_not_hold_is_left_out_and_one_of_another_line_refused(self):
        newest = self.one("select lab.registry_version()")
        self.recover(entry(4, sha(b"something else")), registries=[self.next_registry(9002)])
        self.assertEqual(self.one("select lab.registry_version()"), newest)
        leap = self.next_registry(9003).replace(b'"version":"', b'"version":"9')
        with self.sql_refused("REGISTRY_DIFFERS"):
            self.recover(entry(4, sha(leap)), registries=[leap])

    def test_an_index_is_amended_or_withdrawn_once_whoever_remembers_it(self):
        self.recover(entry(1, sha(b"m")), entry(3, ref=self.head()))
        index = self.head() - 2
        with self.sql_refused("NO_LONGER_VALID"):
            self.request(3, ref=index)

    def test_a_sheet_released_after_the_entry_is_refused_and_one_released_before_is_that_entry(self):
        parked, sheet, before = self.released(), self.released(), self.head()
        self.sql("update lab.log_request set parked_at = requested_at - interval '1 hour' where sheet_no = %s", parked["sheet_no"])
        with self.sql_refused("RELEASED_TOO_EARLY"):
            self.recover(entry(1, sha(b"r"), ms=MS))
        self.assertEqual(self.head(), before)
        void = self.one("select count(*) from lab.sheet_void")
        now_ms = self.one("select (extract(epoch from lab.ts_now()) * 1000)::bigint")
        _, told = self.recover(entry(1, sha(b"r"), ms=now_ms))
        self.assertIn(f"sheet {sheet['sheet_no']}, revision 0 (log index {before}) was issued in the lost time", told[0])
        self.assertIn(f"sheet {parked['sheet_no']} could not be stated when the backup was made", told[1])
        self.assertIsNone(self.one("select lab.sheet_index(%s, 0)", parked["sheet_no"]))
        self.assertEqual(self.one("select lab.sheet_index(%s, 0)", sheet["sheet_no"]), before)
        self.assertEqual(self.one("select count(*) from lab.sheet_void"), void)
        self.sql("update lab.log_request set parked_at = null where sheet_no = %s", parked["sheet_no"])
        self.recover(entry(1, sha(b"p"), ms=now_ms)) # nothing is left to the other tests


if __name__ == "__main__":
    unittest.main()
