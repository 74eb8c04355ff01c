# SPDX-License-Identifier: Apache-2.0
"""The history: who, when, which desk, old, new and why, of every change, without personal data."""
import json
import unittest

from tests.database.case import GOOD, PHOTO, DatabaseCase


class History(DatabaseCase):
    def entries(self, object_type, object_id, who="auditor", **more):
        return self.read("audit_list_history", who, laboratory="JEW", object_type=object_type, object_id=object_id,
                         **more)["entries"]

    def test_a_replaced_result_stands_with_old_new_who_and_why(self):
        test = self.entered()
        self.enter(test, values=["751.0", "751.10", "751.2"], reason="wrong position")
        changed = [one for one in self.entries("test", test["test_id"]) if "readings" in one.get("new_values", "")]
        newest = changed[0]
        old, new = json.loads(newest["old_values"]), json.loads(newest["new_values"])
        self.assertEqual([reading["value"] for reading in old["readings"]], GOOD)
        self.assertEqual([reading["value"] for reading in new["readings"]], ["751.0", "751.10", "751.2"])
        self.assertEqual((newest["actor"], newest["reason"], newest["method"], newest["operation"], newest["laboratory"]),
                         ("tech", "wrong position", "BenchService.EnterResult", "update", "JEW"))
        self.assertNotIn("old_values", changed[1])

    def test_a_reassignment_stands_with_both_technicians_and_the_reason(self):
        test = self.claimed()
        self.write("bench_assign_test", "manager", test_id=test["test_id"], version=test["version"], technician="tech2",
                   reason="ill today")
        newest = self.entries("test", test["test_id"])[0]
        ids = {name: str(staff) for name, staff in self.sql("select username, staff_id from lab.staff")}
        self.assertEqual((json.loads(newest["old_values"]), json.loads(newest["new_values"])),
                         (dict(assigned_to=ids["tech"]), dict(assigned_to=ids["tech2"])))
        self.assertEqual((newest["actor"], newest["reason"]), ("manager", "ill today"))

    def collector(self, receipt_no):
        """Who shows the code that the owner was told."""
        self.write("desk_ask_proxy_code", "reception", receipt_no=receipt_no)
        code = self.one("select secret from lab.notice where reference = %s and secret <> ''", receipt_no)
        self.assertTrue(self.write("desk_present_proxy_code", "reception", receipt_no=receipt_no, code=code)["code_is_right"])

    def test_the_whole_walk_of_an_item_is_told(self):
        sheet = self.sealed()
        code = sheet["item_code"]
        item = self.item(code)
        self.write("desk_collect_receipt", "reception", receipt_no=item["receipt_no"], version=1, collected_by="李四代领")
        self.collector(item["receipt_no"])
        self.write("desk_return_item", "reception", item_code=code, version=item["version"], mass_out_g="3.52",
                   returned_to="李四")
        test = item["tests"][0]["test_id"]
        told = self.sql("select object_type, operation, actor, desk, method from lab.history where object_id in "
                        "(%s, %s, %s, %s) or object_id like %s or object_id like %s or object_id like %s or object_id "
                        "like %s order by entry_id", code, test, item["receipt_no"], sheet["sheet_no"],
                        code + "/%", test + "/%", item["receipt_no"] + "/%", sheet["sheet_no"] + "/%")
        kinds = {(one[0], one[1], one[2]) for one in told}
        self.assertLessEqual({
            ("receipt", "insert", "reception"), ("consent", "insert", "reception"), ("item", "insert", "reception"),
            ("item_photo", "insert", "reception"), ("custody_event", "insert", "reception"),
            ("test", "insert", "reception"), ("test", "update", "tech"), ("judgement", "insert", "tech"),
            ("review", "insert", "reviewer"), ("test", "update", "reviewer"), ("item", "update", "reviewer"),
            ("sheet", "insert", "signatory"), ("item", "update", "signatory"), ("test", "update", "signatory"),
            ("sheet_file", "insert", "touchstoned"), ("sheet", "update", "touchstoned"),
            ("receipt", "update", "reception"), ("item", "update", "reception")}, kinds)
        for kind, _, actor, desk, method in told:
            self.assertTrue(method, kind)
            self.assertEqual(desk, "D1" if actor == "reception" else "", kind)

    def test_history_and_every_technicians_answer_hold_no_personal_data(self):
        secrets = ["13712345678", "欧阳独特", "李四独特", "代领独特"]
        receipt = self.write("desk_register_intake", "reception", blobs=[PHOTO], **dict(
            self.intake_request(), owner=dict(name=secrets[1], phone=secrets[0]),
            bringer=dict(name=secrets[2], phone="13787654321")))["receipt"]
        test = receipt["items"][0]["tests"][0]
        test = self.write("bench_claim_test", "tech", test_id=test["test_id"], version=1)["test"]
        test = self.submit(self.enter(test))
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        self.release(test["item_code"])
        self.draw_all()
        item = self.item(test["item_code"])
        self.write("desk_collect_receipt", "reception", receipt_no=item["receipt_no"], version=1, collected_by=secrets[3])
        self.collector(item["receipt_no"])
        self.write("desk_return_item", "reception", item_code=item["item_code"], version=item["version"],
                   mass_out_g="3.52", returned_to=secrets[3])
        texts = [text for text, in self.sql("select history::text from lab.history")]
        texts += [text for text, in self.sql("select replay::text from lab.replay")]
        for who, function in (("tech", "bench_list_tests"), ("reviewer", "review_list_submitted_tests"),
                              ("signatory", "sheet_list_releasable_items"), ("auditor", "audit_list_history"),
                              ("reception", "desk_list_items")):
            texts.append(json.dumps(self.read(function, who, laboratory="JEW", page=dict(page_size=200)),
                                    ensure_ascii=False))
        texts.append(json.dumps(self.read("bench_get_test", "tech", test_id=test["test_id"]), ensure_ascii=False))
        for text in texts:
            for secret in secrets + ["13787654321"]:
                self.assertNotIn(secret, text)

    def test_persons_have_a_history_of_their_own(self):
        person = self.receive(owner=dict(name="张三丰", phone="13600000001"))["owner"]["person_id"]
        self.sql("update lab.person set name = '张三' where person_id = %s", person)
        rows = self.sql("select old_values ->> 'name', new_values ->> 'name', actor from lab.person_history "
                        "where person_id = %s order by entry_id", person)
        self.assertEqual(rows[0], (None, "张三丰", "reception"))
        self.assertEqual(rows[1][:2], ("张三丰", "张三"))
        shown = self.entries("person", person)
        self.assertEqual(json.loads(shown[0]["new_values"]), dict(name="***"))

    def test_a_change_behind_the_daemons_back_names_the_database_role(self):
        self.sql("update lab.requirement set note = 'changed by hand' where limit_id = 'L005'")
        row = self.sql("select actor, old_values, new_values from lab.history where object_type = 'requirement' and "
                       "object_id = 'L005'")[0]
        self.assertEqual(row, ("database:postgres", dict(note="minimum, no negative tolerance"),
                               dict(note="changed by hand")))

    def test_password_hashes_and_tokens_are_not_in_the_history(self):
        self.write("staff_create_staff", "admin", username="hidden", name="Hidden", laboratory="JEW", roles=["quality"],
                   daemon=dict(password_hash="$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$SECRETHASH"))
        for text, in self.sql("select history::text from lab.history"):
            self.assertNotIn("argon2id", text)
            self.assertNotIn("token_hash", text)

    def test_looking_at_a_person_is_history_with_its_reason(self):
        person = self.receive()["owner"]["person_id"]
        self.write("desk_reveal_person", "reception", person_id=person, reason="wants to be called")
        newest = self.entries("person", person)[0]
        self.assertEqual((newest["operation"], newest["actor"], newest["desk"], newest["reason"]),
                         ("reveal", "reception", "D1", "wants to be called"))

    def test_a_refused_act_leaves_no_history(self):
        test = self.claimed()
        before = self.one("select count(*) from lab.history")
        with self.refused("TEST_NOT_YOURS"):
            self.enter(test, who="tech2")
        self.assertEqual(self.one("select count(*) from lab.history"), before)

    def test_the_list_pages_newest_first_without_loss_or_repeat(self):
        for _ in range(3):
            self.receive()
        seen, token = [], ""
        while True:
            answer = self.read("audit_list_history", "quality", laboratory="JEW", page=dict(page_size=7, page_token=token))
            seen += [one["entry_id"] for one in answer["entries"]]
            token = answer.get("next_page_token", "")
            if not token:
                break
        self.assertEqual(seen, [entry for entry, in self.sql(
            "select entry_id from lab.history where laboratory in ('JEW', '') order by entry_id desc")])
        with self.refused("FIELD_INVALID", "page.page_token"):
            self.read("audit_list_history", "quality", laboratory="JEW", page=dict(page_token="rubbish"))

    def test_each_row_of_a_statement_has_its_entry(self):
        self.receive(items=5)
        code = self.receive(items=20)["items"][0]["item_code"]
        number = self.one("select receipt_no from lab.item where item_code = %s", code)
        for table, count in (("item", 20), ("test", 20)):
            self.assertEqual(self.one(
                f"select count(*) from lab.history where object_type = '{table}' and object_id in (select "
                f"{'item_code' if table == 'item' else 'test_id::text'} from lab.{table} "
                f"{'' if table == 'item' else 'join lab.item using (item_code)'} where receipt_no = %s)", number), count)


if __name__ == "__main__":
    unittest.main()
