# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/threats.md on what the log says: by who serves it, who restores it, who has its keys, who may write the
database, who reads it all. Everything with a real daemon's log."""
import hashlib
import json
import re
import time
import unittest

import psycopg2

from tests.outside import readers
from tests.outside.threats import HOST, SECRETS, Case, sid_of
from tests.sheet import independent
from tests.support.daemon import PASSWORD

DAY_S = 86400
WAIT_S = 60
WHY = dict(reason="结果有误", reason_en="the result was wrong")


class ThreatsToTheLog(Case):
    def until(self, asked, what):
        """What it answered, as soon as that is true."""
        began = time.monotonic()
        while not (found := asked()):
            self.assertLess(time.monotonic() - began, WAIT_S, what + "\n" + "\n".join(self.daemon.log[-12:]))
            time.sleep(0.1)
        return found

    def until_state(self, state, cose, **more):
        self.until(lambda: self.page(cose=cose, **more)["state"] == state, f"it never became {state}")

    def withdraw(self, number):
        self.people["SIGNATORY"]("SheetService.RequestWithdrawal", sheet_no=number, withdrawal_code="WITHDRAWAL_CODE_WRONG_RESULT", **WHY)
        self.people["SECOND"]("SheetService.ConfirmWithdrawal", sheet_no=number, password=PASSWORD, meaning="同意撤回")

    def amend(self, number, name):
        """The second revision: (number, file, parts)."""
        sheet = self.people["QUALITY"]("SheetService.GetSheet", sheet_no=number).sheet
        self.people["QUALITY"]("SheetService.RequestAmendment", sheet_no=number, revision=sheet.revision, version=sheet.item_version,
                               what="AMENDMENT_WHAT_ITEM_DATA", **WHY)
        self.people["MANAGER"]("SheetService.CorrectItem", item_code=sheet.item_code, name="手镯 bracelet",
                               version=self.world.item(sheet.item_code).version)
        return self.released(sheet.item_code, name)

    # ---- amended or withdrawn, and shown as if it stood
    def test_an_amended_sheet_is_superseded_and_its_successor_stands(self):
        number, _, old = self.sealed("amended")
        self.until_state("CURRENT", old["sheet.cose"])
        before = self.copy("before the amendment")
        _, path, new = self.amend(number, "its successor")
        self.until_state("SUPERSEDED", old["sheet.cose"])
        self.until_state("CURRENT", new["sheet.cose"])
        self.assertEqual(self.command_line(path), "")
        self.assertEqual(self.page(pdf=path.read_bytes())["state"], "CURRENT")
        # The entry of the first is where it was.
        entries = [(copy / "log").glob("tile/entries/*") for copy in (before, self.public)]
        self.assertTrue(all(any(one) for one in entries))
        self.assertIn("bracelet", readers.run("pdftotext", path, "-").stdout)

    def test_a_withdrawn_sheet_is_withdrawn_for_who_asks(self):
        number, path, parts = self.sealed("withdrawn")
        self.until_state("CURRENT", parts["sheet.cose"])
        self.withdraw(number)
        self.until_state("WITHDRAWN", parts["sheet.cose"])
        self.assertEqual(self.page(pdf=path.read_bytes())["state"], "WITHDRAWN")
        self.assertEqual(self.offline(cose=parts["sheet.cose"])["state"], "GENUINE")  # as of its issue, and told so

    def test_a_revision_that_hides_whom_it_supersedes_is_refused(self):
        lab = self.laboratory("statement")
        for revision, supersedes in ((1, None), (0, "3")):
            record = self.record(**({"supersedes": supersedes} if supersedes else {}))
            record["revision"] = str(revision)
            cose = lab.envelope(lab.statement(json.dumps(record, ensure_ascii=False).encode(), 9))
            self.assertEqual(self.offline(cose=cose)["code"], "E_SCHEMA")
            self.assertEqual(self.by_c("sheet.cose", cose), "E_SCHEMA")

    # ---- an old status list, served again
    def test_a_status_list_of_before_the_withdrawal_is_told_to_be_old_after_seven_days(self):
        number, _, parts = self.sealed("stale")
        self.until_state("CURRENT", parts["sheet.cose"])
        before = self.copy("before the withdrawal")
        self.withdraw(number)
        self.until_state("WITHDRAWN", parts["sheet.cose"])
        stale = {"status/0": (before / "log" / "status" / "0").read_bytes()}
        said = self.page(cose=parts["sheet.cose"], changed=stale)
        self.assertEqual((said["state"], said["isOld"]), ("CURRENT", False))  # that window is known: docs/threats.md
        self.assertTrue(self.page(cose=parts["sheet.cose"], changed=stale, ahead=8 * DAY_S)["isOld"])
        self.assertFalse(self.page(cose=parts["sheet.cose"], changed=stale, ahead=6 * DAY_S)["isOld"])

    def test_a_status_list_of_before_the_issue_says_nothing_of_a_sheet(self):
        before = self.copy("before the issue")
        _, _, parts = self.sealed("younger")
        self.until_state("CURRENT", parts["sheet.cose"])
        stale = {"status/0": (before / "log" / "status" / "0").read_bytes()}
        self.assertEqual(self.page(cose=parts["sheet.cose"], changed=stale)["state"], "GENUINE")

    def test_a_status_list_with_another_time_shard_or_signer_is_not_believed(self):
        cose = self.first[2]["sheet.cose"]
        lab = self.laboratory()
        genuine = (self.public / "log" / "status" / "0").read_bytes()
        moment = genuine.split(b"\n")[4]
        newer = genuine.replace(moment, str(int(moment) + 30 * DAY_S).encode())
        other_shard = self.laboratory("status", "status_p256").status(shard=1)
        for name, status, code in (("time", newer, "E_SIG"), ("signer", lab.status(), "E_SIG"), ("shard", other_shard, "E_STATUS")):
            with self.subTest(name):
                said = self.page(cose=cose, changed={"status/0": status})
                self.assertEqual((said["state"], said["alarms"]), ("GENUINE", [code]))
                self.assertEqual(self.by_c("status", status), code)

    # ---- two histories
    def test_two_checkpoints_of_one_size_are_an_alarm_to_who_has_seen_the_other(self):
        """The log's own keys sign another tree: each half of the world sees a good log, until somebody compares."""
        cose, proof = self.first[2]["sheet.cose"], self.first[2]["sheet.tlog-proof"]
        seen = proof.split(b"\n\n", 1)[1]  # every consumer holds one
        lab = self.laboratory("log", "log_p256")
        self.assertEqual(self.page(cose=cose, seen=seen)["state"], "CURRENT")
        size = int(seen.split(b"\n")[1])
        other = lab.checkpoint(size, independent.sha256(b"another history"))
        self.assertEqual(self.page(cose=cose, seen=other)["state"], "E_EQUIVOCATION")
        self.assertEqual(self.by_c("checkpoint", other), "accepted")  # by itself nothing is wrong with it

    def test_a_log_that_goes_on_from_another_past_is_seen_by_who_kept_a_checkpoint(self):
        saved = self.folder / "kept"
        self.assertEqual(self.audit(self.public, "--save", saved).returncode, 0)
        lab = self.laboratory("log", "log_p256")
        lab.entries[-1] = lab.entry(1, independent.sha256(b"never issued"))
        saved.write_bytes(lab.checkpoint())
        said = self.audit(self.public, "--since", saved)
        self.assertEqual(said.returncode, 1, said.stdout)

    # ---- results changed in silence
    def test_a_record_changed_in_the_database_is_not_the_one_that_was_signed(self):
        """By who may do everything there: what people hold refuses it."""
        number, path, parts = self.first
        record = self.record()
        record["statement"]["results"][0]["value"] = "699.9"
        changed = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        with self.assertRaisesRegex(psycopg2.Error, "frozen|change|append"):  # nor its owner, unless he takes the guard away
            self.daemon.sql("update lab.sheet set record_bytes = %s where sheet_no = %s", changed, number)
        lab = self.laboratory()
        forged = self.forged(lab, record, "changed", True, cose=parts["sheet.cose"], proof=parts["sheet.tlog-proof"], payload=b"x")
        self.assertEqual(self.command_line(forged), "E_RECORD")

    def test_a_record_that_was_signed_with_other_results_is_refused_though_its_hash_holds(self):
        """The laboratory itself signs a file whose data say something else than the statement."""
        index = self.daemon.sql("select idx from lab.sheet_statement order by idx limit 1")[0][0]
        lab = self.laboratory("statement", "log", "log_p256")
        record = self.record()
        lie = json.loads(json.dumps(record))
        lie["statement"]["results"][0]["value"] = "999.9"
        honest = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        told = json.dumps(lie, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        payload = lab.statement(honest, index).replace(independent.sha256(honest), independent.sha256(told))
        path = self.forged(lab, lie, "a lie", True, payload=payload)
        parts = dict(readers.attached(path))
        self.assertEqual(self.command_line(path), "E_RECORD" if parts["results.json"] != told else "E_FIELDS")
        self.assertEqual(self.page(pdf=path.read_bytes())["code"], self.command_line(path))

    # ---- what the log tells of people
    def test_nothing_of_a_client_or_a_result_is_in_any_public_file(self):
        code = self.world.item(self.daemon.sql("select item_code from lab.sheet where sheet_no = %s", self.first[0])[0][0]).item_code
        secrets = [SECRETS["name"], SECRETS["phone"], "753.5", "戒指 ring", code, self.first[0], "reception", "technician"]
        self.assertEqual(len(secrets), len([one for one in secrets if one]))
        for path in self.public.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self.assertEqual([one for one in secrets if one.encode() in content], [], path)
        sid = self.sids()[0]
        entries = b"".join(path.read_bytes() for path in (self.public / "log" / "tile" / "entries").rglob("*") if path.is_file())
        self.assertIn(sid, entries)

    def test_two_sheets_of_equal_results_have_entries_that_cannot_be_linked(self):
        """Who knows a result, a name and a day, and would like to know whether this entry is it."""
        _, _, first = self.sealed("alike 1")
        _, _, second = self.sealed("alike 2")
        said = [readers.node(readers.text_of(parts, HOST), parts, self.data())[0] for parts in (first, second)]
        self.assertEqual(said[0]["10"], said[1]["10"])
        self.assertNotEqual(said[0]["5"], said[1]["5"])
        self.assertEqual({len(one["5"]) for one in said}, {32})
        lab = self.laboratory()
        for parts, one in zip((first, second), said):
            guesses = {sid_of(lab.statement(parts["results.json"], one["4"], salt)) for salt in (bytes(16), b"\1" * 16)}
            self.assertFalse(guesses & set(self.sids()))
            self.assertIn(sid_of(lab.statement(parts["results.json"], one["4"], bytes.fromhex(one["5"]))), self.sids())

    # ---- codes that mean something else tomorrow
    def registry(self):
        path = max((self.public / "log" / "registry").glob("*.json"), key=lambda one: int(one.stem))
        return path, path.read_bytes()

    def test_a_registry_with_swapped_meanings_is_not_the_one_of_the_log(self):
        path, content = self.registry()
        logged = {bytes(entry)[24:56] for entry, in self.daemon.sql("select entry from lab.log_leaf where kind = 4")}
        self.assertIn(hashlib.sha256(content).digest(), logged)
        names = re.findall(r'"id":"(\w+)"', content.decode())
        swapped = content.replace(f'"id":"{names[0]}"'.encode(), b'"id":"?"').replace(f'"id":"{names[1]}"'.encode(), f'"id":"{names[0]}"'.encode())
        self.assertNotIn(hashlib.sha256(swapped).digest(), logged)
        mirror = self.copy("mirror with another registry")
        self.assertEqual(self.audit(mirror).returncode, 0)
        (mirror / "log" / "registry" / path.name).write_bytes(swapped)
        said = self.audit(mirror)
        self.assertEqual(said.returncode, 1)
        self.assertIn("registry", said.stdout + said.stderr)

    def test_a_page_older_than_the_statement_guesses_no_meaning(self):
        data = json.loads(self.data())
        newest = int(data["registry"]["version"])
        data["registry"].update(version=str(newest - 1))
        self.assertEqual(self.offline(cose=self.first[2]["sheet.cose"], data=json.dumps(data).encode())["code"], "E_REGISTRY")
        data = json.loads(self.data())
        used = self.daemon.sql("select record #>> '{statement,results,0,analyte}' from lab.sheet where sheet_no = %s", self.first[0])[0][0]
        data["registry"]["entries"] = [one for one in data["registry"]["entries"]
                                       if (one["kind"], f"#{one['code']}") != ("analyte", used)]
        self.assertEqual(self.offline(cose=self.first[2]["sheet.cose"], data=json.dumps(data).encode())["code"], "E_REGISTRY")

    # ---- the whole, by who trusts nobody
    def test_the_log_of_all_this_is_good_by_its_public_files_alone(self):
        keys = self.folder / "keys kept from the day of opening"
        keys.write_bytes((self.public / "log" / "keys.json").read_bytes())
        said = self.audit(self.copy("mirror"), "--keys", keys)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_a_mirror_with_one_entry_changed_is_named(self):
        mirror = self.copy("mirror with an entry changed")
        path = max(((one.stat().st_size, one) for one in (mirror / "log" / "tile" / "entries").rglob("*") if one.is_file()),
                   key=lambda pair: pair[0])[1]
        content = bytearray(path.read_bytes())
        content[-20] ^= 1
        path.write_bytes(content)
        self.assertEqual(self.audit(mirror).returncode, 1)


if __name__ == "__main__":
    unittest.main()
