# SPDX-License-Identifier: Apache-2.0
"""The attack of docs/threats.md by who may do everything in the database: he changes results and everything that he can reach of
what was signed for them. The signer's mark, the promises in the files and the readers of the log do not follow."""
import hashlib
import json
import unittest

import grpc

from tests.outside.threats import Case
from tests.outside.world import ring
from tests.support.daemon import PASSWORD

TABLES = ("sheet", "log_leaf", "log_node", "sheet_statement")


class WhoOwnsTheDatabase(Case):
    """One daemon, which is wrong for good after the last step: one test."""

    def tamper(self, number, lab):
        """Another result, its statement signed with the stolen key, its entry and the tree's hashes: all that the tables hold."""
        index, stated = self.daemon.sql("select idx, payload from lab.sheet_statement where sheet_no = %s", number)[0]
        salt = bytes(stated).split(b"\x05\x50", 1)[1][:16]  # key 5, 16 bytes
        record = json.loads(self.first[2]["results.json"])
        record["statement"]["results"][0]["value"] = "699.9"
        changed = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        payload = lab.statement(changed, index, salt)
        entry = lab.entries[index][:24] + hashlib.sha256(b"touchstone/sheet/1\n" + payload).digest() + lab.entries[index][56:]
        self.daemon.sql("".join(f"alter table lab.{table} disable trigger all; " for table in TABLES) +  # no guard speaks
                        "update lab.sheet set record_bytes = %s, record = %s where sheet_no = %s; "
                        "update lab.log_leaf set entry = %s where idx = %s; "
                        "update lab.sheet_statement set payload = %s, cose = %s where sheet_no = %s; "
                        "delete from lab.log_node", changed, json.dumps(record), number, entry, index, payload, lab.envelope(payload), number)
        for level in range(1, 8):
            for at in range(len(lab.entries) >> level):
                below = [bytes(one) for one, in self.daemon.sql(
                    f"select {'leaf' if level == 1 else 'hash'} from lab.{'log_leaf' if level == 1 else 'log_node'} "
                    f"where {'' if level == 1 else f'level = {level - 1} and '}idx in (%s, %s) order by idx", 2 * at, 2 * at + 1)]
                self.daemon.sql("insert into lab.log_node values (%s, %s, %s)", level, at, hashlib.sha256(b"\1" + b"".join(below)).digest())
        self.daemon.sql("".join(f"alter table lab.{table} enable trigger all; " for table in TABLES))
        return index, lab.envelope(payload)

    def test_the_signer_does_not_go_on_from_a_changed_log_and_every_reader_sees_it(self):
        number, path, _ = self.first
        before = self.copy("before")
        self.assertEqual(self.audit(before, "--save", self.folder / "kept").returncode, 0)
        lab = self.laboratory("statement")
        index, cose = self.tamper(number, lab)
        # What people hold is what was signed; the new statement is nowhere in what was promised.
        self.assertEqual(self.command_line(path), "")
        self.assertEqual(self.page(cose=cose, log=before)["state"], "NOT_IN_LOG")
        # The next sheet wants a checkpoint, and the signer has promised another tree.
        item = self.world.received(items=[ring()]).items[0]
        test = self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=item.tests[0].test_id, version=item.tests[0].version).test
        test = self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version, instrument="XRF-01",
                                         expanded_uncertainty="2.0", readings=[dict(value=one) for one in ("753.4", "753.1", "753.9")]).test
        test = self.people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        sheet = self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, password=PASSWORD,
                                         version=self.world.item(item.item_code).version, meaning="approved for issue").sheet
        with self.assertRaises(grpc.RpcError) as refused:
            self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=8)
        self.assertEqual(refused.exception.code().name, "DEADLINE_EXCEEDED")
        # Nobody gets it, and in the end the reason is told.
        self.daemon.says("NOT_CONSISTENT", seconds=120)
        promised, = self.daemon.sql("select max(size) from lab.log_checkpoint")[0]
        self.assertEqual(promised, len(lab.entries))
        self.assertIn(b"\n%d\n" % promised, (self.public / "log" / "checkpoint").read_bytes())
        self.assertLess(index, promised)


if __name__ == "__main__":
    unittest.main()
