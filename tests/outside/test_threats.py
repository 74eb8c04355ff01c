# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/threats.md on sheets: each is made as the attacker would make it, with real sheets and real verifiers."""
import json
import unittest

from tests.outside import readers
from tests.outside.threats import HOST, Case, sid_of
from tests.outside.world import picture
from tests.sheet import independent, support

PRETTY = [{"analyte": "#1", "qual": "0", "value": "999.9", "unit": "#1", "u": None, "limop": "2", "limit": "990", "method": "#1",
           "verdict": "1", "rule": None, "scope": "0"}]


class Threats(Case):
    # ---- a forger: right in every form, by somebody else
    def test_a_sheet_of_a_laboratory_of_ones_own_is_refused_for_its_keys(self):
        lab = self.laboratory()
        path = self.forged(lab, self.record(overall="1"), "own")
        cose = readers.attached(path)["sheet.cose"]
        self.assertEqual(self.page(cose=cose)["code"], "E_KEY_UNKNOWN")
        self.assertEqual(self.page(pdf=path.read_bytes())["code"], "E_SEAL")
        self.assertEqual(self.by_c("sheet.cose", cose), "E_KEY_UNKNOWN")
        self.assertEqual(self.command_line(path), "NOT_TRUSTED")

    def test_a_statement_that_names_the_institute_s_key_is_refused_for_its_signature(self):
        lab = self.laboratory()
        lab.keys["statement"].kid = bytes.fromhex(next(key["kid"] for key in json.loads(self.data())["keys"]
                                                       if key["use"] == "statement"))
        cose = lab.envelope(lab.statement(self.first[2]["results.json"]))
        self.assertEqual(self.page(cose=cose)["code"], "E_SIG")
        self.assertEqual(self.by_c("sheet.cose", cose), "E_SIG")

    def test_the_page_the_camera_opens_refuses_it_whatever_it_says(self):
        """The printed page of a forger carries a code of the institute's address and a statement of his own."""
        lab = self.laboratory()
        path = self.forged(lab, self.record(results=PRETTY), "printed")
        text = readers.text_of(readers.attached(path), HOST)
        self.assertIn(text, readers.codes(path, 150))
        cose = readers.undigits(text.split("#")[1])
        self.assertEqual(self.page(cose=cose), {"code": "E_KEY_UNKNOWN"})

    # ---- a page of the forger's that calls genuine whatever he signed
    def test_what_a_look_alike_page_calls_genuine_every_other_verifier_refuses(self):
        lab = self.laboratory()
        path = self.forged(lab, self.record(), "phished")
        parts = readers.attached(path)
        registry = json.loads(self.data())["registry"]
        theirs = lab.data(registry=registry)
        self.assertEqual(self.offline(cose=parts["sheet.cose"], data=theirs)["state"], "GENUINE")  # it says so, and it is a lie
        self.assertEqual(self.page(cose=parts["sheet.cose"])["code"], "E_KEY_UNKNOWN")
        self.assertEqual(readers.node(readers.text_of(parts, HOST), parts, self.data()), (None, "cose: key"))
        self.assertNotEqual(self.command_line(path), "")

    def test_a_code_with_another_address_is_not_the_institute_s(self):
        _, path, parts = self.first
        text = readers.text_of(parts, HOST)
        self.assertIsNone(readers.node(text, parts, self.data())[1])
        self.assertEqual(readers.node(text.replace("localhost", "loca1host"), parts, self.data())[1], "text: host")
        self.assertEqual({one.split("/s")[0] for one in readers.codes(path, 150)}, {f"https://{HOST}"})
        words = " ".join(readers.run("pdftotext", path, "-").stdout.split())
        self.assertIn(f"{HOST}/s", words)

    # ---- an altered file
    def test_other_results_in_the_file_are_refused_with_whoever_s_seal(self):
        number, _, parts = self.first
        record = self.record()
        record["results"][0]["mean"] = "999.9"
        lab = self.laboratory()
        for is_stolen, code, page in ((False, "NOT_TRUSTED", "E_SEAL"), (True, "E_RECORD", "E_RECORD")):
            with self.subTest(is_stolen=is_stolen):
                path = self.forged(lab, record, "other results", is_stolen, cose=parts["sheet.cose"],
                                   proof=parts["sheet.tlog-proof"], payload=b"x")
                self.assertEqual(self.command_line(path), code)
                self.assertEqual(self.page(pdf=path.read_bytes())["code"], page)

    def test_every_reader_sees_a_page_that_was_painted_over(self):
        """What an editor of PDF does: one more revision behind the last."""
        _, path, _ = self.first
        painted = self.folder / "painted.pdf"
        content = path.read_bytes()
        start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
        at = len(content)
        extra = b"9999 0 obj\n<< /Type /Annot >>\nendobj\n"
        extra += b"xref\n9999 1\n%010d 00000 n \n" % at + b"trailer\n<< /Size 10000 /Prev %d /Root 1 0 R >>\n" % start
        painted.write_bytes(content + extra + b"startxref\n%d\n%%%%EOF\n" % (at + len(extra)))
        self.assertIsNone(readers.pdfsig(path, self.trust))
        self.assertIsNotNone(readers.pdfsig(painted, self.trust))
        self.assertIsNotNone(readers.mutool(painted))
        self.assertNotEqual(self.command_line(painted), "")
        self.assertRegex(self.page(pdf=painted.read_bytes())["code"], "^E_")

    def redrawn(self, path, *more):
        said = readers.run(self.daemon.program, "verify", "--redraw", *more, path)
        return said.returncode, said.stdout + said.stderr

    def test_a_genuine_sheet_is_drawn_again_byte_for_byte(self):
        photo = self.folder / "photo.png"
        photo.write_bytes(picture())
        found, told = self.redrawn(self.first[1], "--photo", photo)
        self.assertEqual(found, 0, told)

    def test_a_laboratory_that_paints_another_figure_than_its_data_is_found_out(self):
        """All its keys, its own data, its own log: every other check holds. Only the picture says 999.9."""
        lab = self.laboratory("statement", "log", "log_p256")
        record = self.record()
        record["item"].pop("photo_sha256")
        record["sheet_no"] = "JEW-2026-000777"
        lie = json.loads(json.dumps(record).replace("753.5", "999.9"))
        honest = support.canonical(record)
        payload = lab.statement(honest)
        cose = lab.envelope(payload)
        with support.Renderer() as renderer:
            painted = self.drawn_as_the_daemon_does(renderer, lie, cose, payload)
            true = self.drawn_as_the_daemon_does(renderer, record, cose, payload)
        self.assertNotEqual(painted, true)
        entered = list(lab.entries)
        for name, drawn, code in (("painted", painted, 1), ("true", true, 0)):
            with self.subTest(name):
                lab.entries = list(entered)
                path = self.forged(lab, record, name, True, payload=payload, cose=cose, drawn=drawn)
                self.assertEqual(self.command_line(path), "")
                found, told = self.redrawn(path)
                self.assertEqual(found, code, told)

    def test_a_laboratory_that_seals_another_page_over_the_drawn_one_is_found_out(self):
        """The drawn pages stay as they are; what the seal adds shows another content in their place, or tells another name."""
        photo = self.folder / "photo.png"
        photo.write_bytes(picture())

        def other_page(content):
            at = content.index(b"/Contents ", content.index(b"startxref"))
            number = content[at + 10:content.index(b" ", at + 10)]
            content[at + 10:at + 10 + len(number)] = str(int(number) + 1).encode().rjust(len(number), b"0")

        def other_title(content):
            at = content.rindex(b"/Title <") + 12
            content[at] = ord("1") if content[at] != ord("1") else ord("2")

        for name, change in (("over", other_page), ("title", other_title)):
            with self.subTest(name):
                path = self.resealed(self.first[1], name, change)
                self.assertEqual(self.command_line(path), "")
                self.assertIsNone(readers.pdfsig(path, self.trust))
                found, told = self.redrawn(path, "--photo", photo)
                self.assertEqual(found, 1, told)
                self.assertIn("sealed behind them", told)

    @staticmethod
    def drawn_as_the_daemon_does(renderer, record, cose, payload):
        code = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(sid_of(payload).hex()[:10], 16) >> at & 31] for at in range(35, -1, -5))
        drawn = renderer.draw(record, b"", qr=f"https://{HOST}/s#{independent.digits(cose)}",
                              small_qr=f"https://{HOST}/s?n={record['sheet_no']}&c={code}")
        return drawn[0]

    # ---- a genuine sheet beside an object that it was not made for
    def test_statement_page_and_paper_name_the_object(self):
        number, path, parts = self.first
        said, _ = readers.node(readers.text_of(parts, HOST), parts, self.data())
        self.assertEqual(said["15"], [3, "3520"])
        self.assertEqual(self.page(cose=parts["sheet.cose"])["id"], [3, "3520"])
        text = readers.run("pdftotext", "-layout", path, "-").stdout
        self.assertIn("3.52", text)
        self.assertIn("Au750", text)

    def test_two_alike_rings_have_sheets_that_tell_them_apart(self):
        _, _, light = self.first
        _, _, heavy = self.sealed("heavier", mass_g="3.53")
        ids = [self.page(cose=parts["sheet.cose"])["id"] for parts in (light, heavy)]
        self.assertEqual(ids, [[3, "3520"], [3, "3530"]])

    def test_the_photo_is_bound_by_its_hash(self):
        number, _, parts = self.first
        photo, = self.daemon.sql("select photo from lab.item_photo join lab.sheet using (item_code) where sheet_no = %s", number)[0]
        self.assertEqual(json.loads(parts["results.json"])["item"]["photo_sha256"], independent.sha256(bytes(photo)).hex())

    # ---- the code of a genuine sheet on a page that says something else
    def test_the_page_shows_the_number_and_results_of_the_sheet_that_was_signed(self):
        number, _, parts = self.first
        fake = self.record(sample="足金手镯 gold bangle", results=PRETTY)
        fake["sheet_no"] = "JEW-2026-000999"
        lab = self.laboratory()
        path = self.forged(lab, fake, "replayed", drawn=self.drawn_with(lab, fake, parts["sheet.cose"]))
        found = [text for text in readers.codes(path, 150) if "#" in text]
        said = self.page(cose=readers.undigits(found[0].split("#")[1]))
        self.assertEqual((said["number"], said["sample"], said["id"]), (number, "戒指 ring", [3, "3520"]))

    def drawn_with(self, lab, record, cose):
        record = dict(record, item={key: value for key, value in record["item"].items() if key != "photo_sha256"})
        with support.Renderer() as renderer:
            return lab.drawn(record, b"", renderer, cose)

    def test_the_statement_of_another_sheet_in_a_file_is_refused(self):
        _, _, other = self.sealed("another")
        lab = self.laboratory()
        path = self.forged(lab, self.record(), "swapped", True, cose=other["sheet.cose"], proof=other["sheet.tlog-proof"], payload=b"x")
        self.assertEqual(self.command_line(path), "E_RECORD")
        self.assertEqual(self.page(pdf=path.read_bytes())["code"], "E_RECORD")

    def test_the_proof_of_another_sheet_in_a_file_is_refused(self):
        _, _, other = self.sealed("proved")
        self.assertEqual(self.by_c("sheet.tlog-proof", other["sheet.tlog-proof"]), "E_PROOF")

    # ---- whoever has the key of the seal has not that of the statement
    def test_a_file_that_lists_other_parts_by_name_than_by_reference_is_refused(self):
        """Readers take attachments from the list of names; one more field of the form would be one more signature."""
        def other_name(content):
            at = content.rindex(b"/Names [(results.json) ") + len(b"/Names [(results.json) ")
            content[at:at + 2] = b"%02d" % (int(content[at:at + 2]) - 1)

        def name_twice(content):
            at = content.index(b"(sheet.tlog-proof) ", content.rindex(b"/Names ["))
            content[at:at + 19] = b"(sheet.cose)       "

        def second_field(content):
            at = content.rindex(b"0 R] /SigFlags 3 >>")
            content[at:at + 19] = b"0 R 1 0 R]       >>"

        for name, change, code in (("other name", other_name, "NO_STATEMENT"), ("name twice", name_twice, "NO_STATEMENT"),
                                   ("second field", second_field, "NO_SEAL")):
            with self.subTest(name):
                path = self.resealed(self.first[1], name, change)
                self.assertEqual(self.command_line(path), code)
                self.assertEqual(self.page(pdf=path.read_bytes())["code"], "E_FILE")

    def test_a_demonstration_s_key_seals_nothing_but_specimens(self):
        """It lies open, and whoever copies it can make any certificate for it: the list says what the key is."""
        data = json.loads(self.data())
        for key in data["keys"]:
            if key["use"] == "seal":
                key["demonstration"] = not key["demonstration"]
        other = json.dumps(data).encode()
        self.assertEqual(self.command_line(self.first[1]), "")
        self.assertEqual(self.command_line(self.first[1], other), "NOT_TRUSTED")
        self.assertEqual(self.page(pdf=self.first[1].read_bytes(), data=other)["code"], "E_SEAL")

    def test_a_file_sealed_with_the_stolen_key_still_lacks_the_statement_s_key(self):
        path = self.forged(self.laboratory(), self.record(results=PRETTY), "sealed", is_stolen=True)
        self.assertIsNone(readers.pdfsig(path, self.trust))  # a reader of PDF is deceived
        self.assertEqual(self.command_line(path), "E_KEY_UNKNOWN")
        self.assertEqual(self.page(pdf=path.read_bytes())["code"], "E_KEY_UNKNOWN")

    def test_statement_and_seal_without_the_log_s_key_have_no_proof(self):
        path = self.forged(self.laboratory("statement"), self.record(), "unproved", is_stolen=True)
        self.assertEqual(self.command_line(path), "E_SIG")
        self.assertRegex(self.page(pdf=path.read_bytes())["code"], "^E_")
        cose = readers.attached(path)["sheet.cose"]
        self.assertEqual(self.page(cose=cose)["state"], "NOT_IN_LOG")

    # ---- a statement with a good signature that the laboratory never made
    def forge(self, index, **words):
        lab = self.laboratory("statement")
        payload = lab.statement(json.dumps(self.record(**words), ensure_ascii=False).encode(), index)
        return lab.envelope(payload), payload

    def test_a_back_dated_forgery_at_the_index_of_another_sheet_is_not_in_the_log(self):
        index = self.daemon.sql("select idx from lab.sheet_statement order by idx limit 1")[0][0]
        cose, payload = self.forge(index, results=PRETTY)
        self.assertNotIn(sid_of(payload), self.sids())
        self.assertEqual(self.offline(cose=cose)["state"], "GENUINE")  # without a network nobody can know
        self.assertEqual(self.page(cose=cose)["state"], "NOT_IN_LOG")

    def test_a_forgery_at_an_index_that_the_log_has_not_is_not_in_it(self):
        size, = self.daemon.sql("select size from lab.log_head")[0]
        for index in (size, size + 1000, (1 << 48) - 1):
            self.assertEqual(self.page(cose=self.forge(index)[0])["state"], "NOT_IN_LOG", index)

    def test_at_the_index_of_a_key_s_entry_stands_no_sheet(self):
        self.assertEqual(self.page(cose=self.forge(0)[0])["state"], "NOT_IN_LOG")

    def test_nothing_holds_beyond_the_last_index_of_a_retired_key(self):
        data = json.loads(self.data())
        last = self.daemon.sql("select idx from lab.sheet_statement order by idx limit 1")[0][0]
        for key in data["keys"]:
            if key["use"] == "statement":
                key["last"] = str(last)
        retired = json.dumps(data).encode()
        self.assertEqual(self.offline(cose=self.first[2]["sheet.cose"], data=retired)["state"], "GENUINE")
        cose, _ = self.forge(last + 1)
        self.assertEqual(self.offline(cose=cose, data=retired)["code"], "E_KEY_RETIRED")
        self.assertEqual(self.by_c("sheet.cose", cose, retired), "E_KEY_RETIRED")


if __name__ == "__main__":
    unittest.main()
