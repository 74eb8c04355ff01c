# SPDX-License-Identifier: Apache-2.0
"""The log's tree as the database makes it, against RFC 6962 written down a second time here; and what nobody may do."""
import base64
import hashlib
import json
import random
import uuid

import psycopg2

from tests.database.case import DatabaseCase


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def split(n):
    return 1 << ((n - 1).bit_length() - 1)


def root(leaves):
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha(b"\1", root(leaves[:k]), root(leaves[k:]))


def path(m, leaves):
    if len(leaves) <= 1:
        return []
    k = split(len(leaves))
    return path(m, leaves[:k]) + [root(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [root(leaves[:k])]


def proof(m, leaves, whole=True):
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    return (proof(m, leaves[:k], whole) + [root(leaves[k:])] if m <= k
            else proof(m - k, leaves[k:], False) + [root(leaves[:k])])


class Log(DatabaseCase):
    def daemon(self, function, *values):
        places = ", ".join(["%s"] * len(values))
        with self.database.connect("touchstone_daemon") as connection, connection.cursor() as cursor:
            cursor.execute(f"select * from api.{function}({places})", values)
            return cursor.fetchall()

    def ask(self, count):
        """So many requests that need no sheet."""
        self.sql("insert into lab.log_request (kind, digest, requested_at) "
                 "select 4, sha256(n::text::bytea), lab.ts_now() from generate_series(1, %s) as n", count)

    def append(self, most=500):
        rows = self.daemon("log_take", most)
        head, numbers = rows[0][0], [row[1] for row in rows]
        empty = [b""] * len(numbers)
        with self.database.connect("touchstone_daemon") as connection, connection.cursor() as cursor:
            cursor.execute("select api.log_append(%s, %s, %s, %s::bytea[], %s::bytea[])",
                           (head, b"\x22" * 8, numbers, empty, empty))
            return cursor.fetchone()[0]

    def leaves(self):
        return [bytes(row[0]) for row in self.sql("select leaf from lab.log_leaf order by idx")]

    def head(self):
        return self.one("select size from lab.log_head")

    def test_tree_agrees_with_the_rfc_for_every_size(self):
        for batch in (1, 1, 1, 2, 3, 5, 8, 13, 40):
            self.ask(batch)
            self.append(batch)
            leaves = self.leaves()
            self.assertEqual(len(leaves), self.head())
            self.assertEqual(bytes(self.one("select lab.log_range(0, %s)", len(leaves))), root(leaves))
        chosen = random.Random(7)
        for _ in range(60):
            size = chosen.randrange(1, len(leaves) + 1)
            index, old = chosen.randrange(size), chosen.randrange(size + 1)
            self.assertEqual([bytes(one) for one in self.one("select lab.log_path(%s, %s)", index, size)],
                             path(index, leaves[:size]))
            self.assertEqual(bytes(self.one("select lab.log_consistency(%s, %s)", old, size)),
                             b"".join(proof(old, leaves[:size])) if old else b"")

    def test_public_tiles_hold_the_tree(self):
        self.ask(700)
        while self.daemon("log_take", 500):
            old = self.head()
            self.append(500)
        leaves = self.leaves()
        size = len(leaves)
        files = {name: bytes(content) for name, content in self.daemon("log_public_tiles", 0, size)}
        self.assertEqual(files["tile/0/000"], b"".join(leaves[:256]))
        self.assertEqual(files[f"tile/0/002.p/{size - 512}"], b"".join(leaves[512:]))
        self.assertEqual(files["tile/1/000.p/2"], root(leaves[:256]) + root(leaves[256:512]))
        entries = files["tile/entries/001"]
        self.assertEqual(len(entries), 256 * 66)
        self.assertEqual([sha(b"\0", entries[66 * n + 2:66 * n + 66]) for n in range(256)], leaves[256:512])
        later = {name for name, _ in self.daemon("log_public_tiles", old, size)}
        self.assertEqual(later, {"tile/0/001", "tile/1/000.p/2", f"tile/0/002.p/{size - 512}", "tile/entries/001",
                                 f"tile/entries/002.p/{size - 512}"})

    def test_tile_numbers_are_those_of_the_specification(self):
        self.assertEqual(self.one("select lab.tile_number(1234067)"), "x001/x234/067")
        self.assertEqual(self.one("select lab.tile_number(5)"), "005")

    def test_two_daemons_do_not_enter_the_same_twice(self):
        self.ask(3)
        rows = self.daemon("log_take", 500)
        self.append()
        with self.database.connect("touchstone_daemon") as connection, connection.cursor() as cursor:
            cursor.execute("select api.log_append(%s, %s, %s, %s::bytea[], %s::bytea[])",
                           (rows[0][0], b"\x22" * 8, [row[1] for row in rows], [b""] * len(rows), [b""] * len(rows)))
            self.assertIsNone(cursor.fetchone()[0])

    def test_only_one_daemon_keeps_the_log(self):
        self.sql("update lab.log_sequencer set holder = null, until = null")
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        self.assertTrue(self.daemon("log_look", first, 10)[0][0])
        self.assertFalse(self.daemon("log_look", second, 10)[0][0])
        self.sql("update lab.log_sequencer set until = lab.ts_now() - interval '1 second'")
        self.assertTrue(self.daemon("log_look", second, 10)[0][0])

    def test_what_is_in_the_log_never_changes(self):
        self.ask(2)
        self.append()
        for statement in ("update lab.log_leaf set entry = entry", "delete from lab.log_leaf", "truncate lab.log_node",
                          "delete from lab.log_request", "update lab.log_request set kind = 4, digest = '\\x00'",
                          "update lab.log_head set size = size - 1", "update lab.log_head set size = size + 1",
                          "delete from lab.log_head", "update lab.code set zh = 'x'",
                          "insert into lab.log_leaf (idx, entry) select idx + 2, entry from lab.log_leaf order by idx desc limit 1",
                          "insert into lab.log_checkpoint values (1, sha256('x'), 'note', lab.ts_now())"):
            with self.subTest(statement):
                self.assertRefused(statement)

    def assertRefused(self, statement):
        with self.assertRaises(psycopg2.Error) as caught:
            self.sql(statement)
        self.assertRegex(str(caught.exception), "LOG_APPEND_ONLY|never changes|Nothing is deleted|stays|only grows|checkpoint|"
                                                "without a gap|check constraint")

    def test_registry_grows_and_keeps_what_was(self):
        before = self.one("select lab.registry_renew()")
        self.assertEqual(self.one("select lab.registry_renew()"), before)
        code = self.one("select lab.code_of('analyte', 'AU')")
        self.sql("update lab.parameter set name_zh = '金（纯度）' where parameter_id = 'AU'")
        self.assertEqual(self.one("select lab.registry_renew()"), before + 1)
        self.assertNotEqual(self.one("select lab.code_of('analyte', 'AU')"), code)
        registry = json.loads(bytes(self.one("select bytes from lab.code_registry order by version desc limit 1")))
        names = {entry["code"]: entry["zh"] for entry in registry["entries"] if entry["kind"] == "analyte"}
        self.assertNotEqual(names[code[1:]], "金（纯度）")
        self.sql("update lab.parameter set name_zh = %s where parameter_id = 'AU'", names[code[1:]])
        self.assertEqual(self.one("select lab.registry_renew()"), before + 1)
        self.assertEqual(self.one("select lab.code_of('analyte', 'AU')"), code)  # the old name means the old code
        self.assertEqual(self.one("select lab.code_of('analyte', 'no such')"), "no such")

    def test_keys_are_entered_once_and_foreign_ones_are_named(self):
        keys = [dict(use="log", spki=base64.b64encode(b"log key").decode(), name="localhost/log", demonstration=True),
                dict(use="statement", spki=base64.b64encode(b"statement key").decode(), name="", demonstration=True)]
        self.assertEqual(self.daemon("log_keys", json.dumps(keys)), [("",)])
        self.assertEqual(self.daemon("log_keys", json.dumps(keys)), [("",)])
        self.assertEqual(self.one("select count(*) from lab.log_request where kind = 5 and kid = %s", sha(b"log key")[:8]), 1)
        keys[0]["spki"] = base64.b64encode(b"another").decode()
        self.assertEqual(self.daemon("log_keys", json.dumps(keys)), [("LOG_KEYS_FOREIGN",)])

    def test_a_statement_key_that_was_renewed_retires_and_enters_nothing_more(self):
        old, new = (dict(use="statement", spki=base64.b64encode(key).decode(), name="", demonstration=True)
                    for key in (b"the old statement key", b"the new statement key"))
        retired = sha(b"the old statement key")[:8]
        self.assertEqual(self.daemon("log_keys", json.dumps([old])), [("",)])
        self.assertEqual(self.daemon("log_keys", json.dumps([new, old])), [("",)])
        self.assertEqual(self.daemon("log_keys", json.dumps([new, old])), [("",)])
        kinds = "select kind from lab.log_request where kid = %s order by request_no"
        self.assertEqual(self.sql(kinds, retired), [(5,), (6,)])
        self.assertEqual(self.sql(kinds, sha(b"the new statement key")[:8]), [(5,)])
        # A daemon whose signer knows only the old key keeps off, also when it was asked before.
        self.assertEqual(self.daemon("log_keys", json.dumps([old])), [("STATEMENT_KEY_RETIRED",)])
        with self.assertRaises(psycopg2.Error) as caught:
            self.daemon("log_append", self.head(), retired, [], [], [])
        self.assertIn("STATEMENT_KEY_RETIRED", str(caught.exception))
        while self.daemon("log_take", 500):
            self.append()
        index, last = self.one("select idx from lab.log_request where kind = 6 and kid = %s", retired), self.one(
            "select last_idx from lab.log_key where kid = %s", retired)
        self.assertEqual(last, index - 1)

    def test_a_new_key_is_entered_before_what_waited_for_it(self):
        self.ask(2)
        key = dict(use="statement", spki=base64.b64encode(b"renewed key").decode(), name="", demonstration=True)
        self.daemon("log_keys", json.dumps([key]))
        while self.daemon("log_take", 500):
            self.append(1)
        added = self.one("select idx from lab.log_request where kind = 5 and kid = %s", sha(b"renewed key")[:8])
        waited, = self.sql("select max(idx) from lab.log_request where kind <> 5")[0]
        self.assertLess(added, waited - 1)

    def test_a_key_that_retired_in_the_lost_time_does_not_retire_again(self):
        old, new = (dict(use="statement", spki=base64.b64encode(key).decode(), name="", demonstration=True)
                    for key in (b"a key of before", b"a key of the lost time"))
        before, after = sha(b"a key of before")[:8], sha(b"a key of the lost time")
        self.daemon("log_keys", json.dumps([old]))
        while self.daemon("log_take", 500):
            self.append()
        head, leaves = self.head(), self.leaves()
        entries = [b"TSL1" + bytes([kind, 0, 0, 0]) + (10 ** 12).to_bytes(8, "big") + ref.to_bytes(8, "big") + digest + kid
                   for kind, ref, digest, kid in ((5, 2 ** 64 - 1, after, after[:8]), (6, head, bytes(32), before))]
        self.sql("select lab.log_recover_entries(%s, %s, %s, 'a note')", head, b"".join(entries),
                 root(leaves + [sha(b"\0", entry) for entry in entries]))
        self.sql("select lab.log_recover_keys(%s, %s)", head, json.dumps(dict(keys=[new, old])))
        self.sql("select * from lab.log_recover_waiting(%s)", head)
        self.daemon("log_keys", json.dumps([new, old]))
        self.ask(1)
        while self.daemon("log_take", 500):
            self.append()
        self.assertEqual(self.sql("select kind, idx from lab.log_request where kid = %s and kind = 6", before), [(6, head + 1)])
        self.assertEqual(self.one("select last_idx from lab.log_key where kid = %s", before), head)

    def test_what_waits_is_seen_as_its_caller_sees_it(self):
        """A volatile function would look anew, and see a request whose sheet the query around it does not see yet."""
        self.assertEqual(self.one("select provolatile::text from pg_proc where oid = 'lab.log_waits'::regproc"), "s")

    def test_what_cannot_be_stated_waits_apart_and_is_tried_again_later(self):
        while self.daemon("log_take", 500):
            self.append()
        self.ask(2)
        first, second = (row[1] for row in self.daemon("log_take", 500))
        self.daemon("log_park", [first])
        self.assertEqual([row[1] for row in self.daemon("log_take", 500)], [second])
        self.append()
        self.assertFalse(self.daemon("log_look", str(uuid.uuid4()), 0)[0][3])
        self.sql("update lab.log_request set parked_at = parked_at - interval '5 minutes' where request_no = %s", first)
        self.assertTrue(self.daemon("log_look", str(uuid.uuid4()), 0)[0][3])
        self.assertEqual([row[1] for row in self.daemon("log_take", 500)], [first])
        self.append()

    def test_status_list_has_two_bits_for_each_index(self):
        self.ask(10)
        while self.daemon("log_take", 500):
            self.append()
        size = self.head()
        self.sql("insert into lab.log_request (kind, reason, ref, requested_at) values (3, 1, 6, lab.ts_now())")
        self.append()
        size += 1
        self.daemon("log_checkpoint_done", size, bytes(self.one("select lab.log_range(0, %s)", size)), "a note")
        self.assertEqual(self.daemon("log_look", str(uuid.uuid4()), 10)[0][4], 0)
        told, bits = self.daemon("log_status_ask", 0)[0]
        self.assertEqual(told, size)
        self.assertEqual(bytes(bits), bytes([0, 2 << 4]) + bytes((size + 3) // 4 - 2))
