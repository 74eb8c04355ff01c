# SPDX-License-Identifier: Apache-2.0
"""A laboratory of production as docs/production.md sets one up: keys of its own, an institute with certificates, a scope in force, a
named signatory, a picture of the seal. What its sheets say and bear, for each legal class; and keys of the wrong kind."""
import csv
import datetime
import re
import time
import unittest

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tests.outside import http2, readers, test_production
from tests.outside.case import Outside
from tests.outside.issuing import unlooked
from tests.outside.public_files import Public, audit, findings
from tests.outside.test_documents import text_of
from tests.outside.world import picture, ring
from tests.sheet import archival
from tests.support.daemon import PASSWORD

SCOPE = "site,product_id,param_id,method_id,standard_id,cma,cnas,effective_from,effective_to,note".split(",")
SIGNATORIES = "username,domain_id,cma,cnas,effective_from,effective_to,note".split(",")
SEAL, CMA = picture(60, 60), picture(80, 30)
SPECIMEN = re.compile("样张|specimen|demonstration", re.IGNORECASE)
HEAD_RULE_PT = 49  # the line below the heads of later pages
WAIT_S = 120


def words(pdf):
    """Of each page: (text, left, top, right, bottom) in points."""
    said = readers.run("pdftotext", "-bbox", "-", "-", input=pdf).stdout.decode()
    one = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
    return [[(text, *map(float, box)) for *box, text in one.findall(page)] for page in said.split("<page ")[1:]]


class InForce(test_production.Production):
    """What a laboratory without a scope is asked, is asked of this one too."""

    @classmethod
    def open_institute(cls):
        cls.daemon.sql("update lab.institute set production = true, name_zh = '滨海市质量检验院', name_en = 'Binhai Institute', "
                       "address_zh = '滨海市海港路88号', address_en = '88 Haigang Road, Binhai', phone = '0532-5550-0188', "
                       "issuer = 'CN-BH01', cma_no = '230512340567', cnas_no = 'CNAS L12345'")
        cls.daemon.sql("insert into lab.institute_seal (picture) values (%s)", SEAL)
        cls.daemon.sql("insert into lab.institute_mark (kind, picture) values ('cma', %s)", CMA)
        cls.bring("signatories", SIGNATORIES, ("signatory", "JEW", "Y", "Y", "2020-01-01", "", ""))
        cls.scope("Y", "N")

    @classmethod
    def bring(cls, name, columns, *rows):
        folder = cls.folder / name
        folder.mkdir(exist_ok=True)
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns, *rows])
        done = cls.daemon.admin_command("catalogue", "import", "--add", "--author", "amy", folder)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    @classmethod
    def scope(cls, cma, cnas):
        cls.bring("scope", SCOPE, ("MAIN", "JEW_ANY", "AU", "M_XRF", "GBT18043-2013", cma, cnas, "2020-01-01", "", ""))

    def fetched(self, number, document="UNSPECIFIED"):
        return b"".join(piece.data for piece in self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=number, timeout=60,
                                                                         document="SHEET_DOCUMENT_" + document))

    def two_tests(self):
        """A sheet of gold and silver, of which gold only is in scope."""
        item = self.world.received(items=[ring(tests=[dict(method_id="M_XRF", parameter_id=one) for one in ("AU", "AG")])]).items[0]
        technician, told = self.people["TECHNICIAN"], [dict(value=value) for value in ("753.4", "753.1", "753.9")]
        for test in item.tests:
            test = technician("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
            test = technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, readings=told,
                              expanded_uncertainty="2.0", instrument="XRF-01").test
            test = technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
            self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        item = self.world.item(item.item_code)
        return self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                        password=PASSWORD, meaning="approved for issue").sheet

    def said(self, pdf):
        """The statement, verified with the published keys."""
        path = self.folder / "one.pdf"
        path.write_bytes(pdf)
        parts = readers.attached(path)
        data = (self.daemon.directory / "state" / "public" / "s" / "data.json").read_bytes()
        said, why = readers.node(readers.text_of(parts, test_production.HOST), parts, data)
        self.assertIsNone(why)
        return said

    def test_each_legal_class_is_signed_and_printed_with_its_marks(self):
        self.addCleanup(self.scope, "Y", "N")
        for cma, cnas, number in (("Y", "N", 1), ("N", "Y", 2), ("Y", "Y", 3), ("Y", "N", 4)):
            with self.subTest(legal_class=number):
                self.scope(cma, cnas)
                pdf = self.fetched((self.two_tests() if number == 4 else self.world.released()).sheet_no)
                said, text = self.said(pdf), text_of(pdf)
                self.assertEqual((said["18"], said["1"]), (number, "CN-BH01"))
                self.assertEqual(("230512340567" in text, "CNAS L12345" in text), (cma == "Y", cnas == "Y"))
                self.assertIsNone(SPECIMEN.search(text))
                self.assertLess(text.index("范围内"), text.index("753.5"), "the class stands before any figure")
                self.heads_take_one_line(pdf)

    def heads_take_one_line(self, pdf):
        for page in words(pdf)[1:]:
            for text, _, top, _, bottom in page:
                self.assertFalse(top < HEAD_RULE_PT < bottom, text)

    def test_card_and_copy_bear_the_mark_clear_of_the_class_and_no_specimen(self):
        for document in ("UNSPECIFIED", "CARD", "SHARE"):
            with self.subTest(document=document):
                pdf = self.fetched(self.number, document)
                self.assertIsNone(SPECIMEN.search(text_of(pdf)))
                first = words(pdf)[0]
                mark = next(bottom for text, _, _, _, bottom in first if text == "230512340567")
                legal = next(top for text, _, top, _, _ in first if text.startswith("资质认定（CMA）范围内"))
                self.assertLess(mark + 2, legal, "the class is drawn over the mark")
                self.heads_take_one_line(pdf)

    def test_its_pages_are_drawn_again_with_the_pictures_of_seal_and_mark(self):
        for name, what in (("ring.png", picture()), ("seal.png", SEAL), ("cma.png", CMA)):
            (self.folder / name).write_bytes(what)
        command = (self.daemon.program, "verify", "--redraw", "--photo", self.folder / "ring.png",
                   "--seal-picture", self.folder / "seal.png")
        said = readers.run(*command, "--cma-picture", self.folder / "cma.png", self.path)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        for given in ((), ("--cma-picture", self.folder / "seal.png")):
            said = readers.run(*command, *given, self.path)
            self.assertNotEqual(said.returncode, 0)
            self.assertIn("cma_picture", said.stderr)
        self.assertEqual(archival.faults(self.path), [])

    def test_its_log_is_good_for_who_has_the_keys(self):
        public = Public(self.daemon).rest()
        answer = audit("--directory", public.folder, "--keys", public.folder / "log" / "keys.json", home=self.folder)
        self.assertEqual(findings(answer), [])

    def test_a_signatory_who_is_not_named_for_the_mark_releases_nothing(self):
        self.bring("signatories", SIGNATORIES, ("signatory", "JEW", "N", "Y", "2020-01-01", "", ""))
        self.addCleanup(self.bring, "signatories", SIGNATORIES, ("signatory", "JEW", "Y", "Y", "2020-01-01", "", ""))
        with self.ends_in("PERMISSION_DENIED", "NOT_SIGNATORY"):
            self.world.released()


class WrongKind:
    """Refused at once, in words. What is released before the daemon knows is never sealed: the log says why."""

    def institute(self, production):
        self.daemon.sql("update lab.institute set production = %s", production)

    def is_refused(self, words):
        self.ready_says(words)
        with self.ends_in("FAILED_PRECONDITION", "ISSUING_HALTED") as refused:
            self.world.released()
        self.assertIn(words, refused[0].text)
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet")[0][0], 0)

    def ready_says(self, words):
        end = time.monotonic() + WAIT_S
        while words not in (said := http2.ask(self.daemon, "/readyz").body.decode()):
            self.assertLess(time.monotonic(), end, said)
            time.sleep(0.1)

    def stays_frozen(self, production):
        """Of an institute that is said to be the other kind than the keys, for as long as nobody looks."""
        with unlooked(self.daemon):
            self.institute(production)
            number = self.world.released().sheet_no
            self.institute(not production)
        end = time.monotonic() + WAIT_S
        while not any("KEY_KIND" in line for line in self.daemon.log):
            self.assertLess(time.monotonic(), end, "\n".join(self.daemon.log[-20:]))
            time.sleep(0.05)
        self.assertEqual(self.daemon.sql("select state, record ->> 'legal_class' from lab.sheet where sheet_no = %s", number),
                         [("frozen", self.legal_class)])
        self.assertEqual(self.daemon.sql("select count(*) from lab.sheet_statement")[0][0], 0)


class DemonstrationKey(WrongKind, Outside):
    legal_class = "none"

    def test_it_seals_no_sheet_of_production(self):
        self.institute(True)
        self.is_refused("the signer has demonstration keys")
        self.institute(False)
        self.ready_says("ready\n")
        self.stays_frozen(True)


class Renewed(test_production.Production):
    """A certificate that begins after the release: sheets that waited for it say when they were sealed, and hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.write_config(cls.daemon.port)
        now = datetime.datetime.utcnow().replace(microsecond=0)
        cls.soon = "\n".join(cls.daemon.log), http2.ask(cls.daemon, "/readyz").body.decode()
        with unlooked(cls.daemon):  # it is stopped before it is entered
            cls.number = cls.world.released().sheet_no
            cls.put_certificate(now - datetime.timedelta(2), now - datetime.timedelta(1))
        cls.await_line("CERTIFICATE_EXPIRED")
        cls.warned = "\n".join(cls.daemon.log)
        cls.ended = http2.ask(cls.daemon, "/readyz").body.decode()
        try:
            cls.world.released()
            cls.refused = None
        except grpc.RpcError as error:
            cls.refused = error.details()
        cls.put_certificate(datetime.datetime.utcnow().replace(microsecond=0), now + datetime.timedelta(60))
        cls.await_line("event=sheet_sealed")
        cls.people["RECEPTION"] = cls.daemon.log_in("reception", "D1")
        pieces = cls.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=cls.number, timeout=60)
        cls.path.write_bytes(b"".join(piece.data for piece in pieces))
        cls.parts = readers.attached(cls.path)
        cls.data = (cls.daemon.directory / "state" / "public" / "s" / "data.json").read_bytes()

    @classmethod
    def put_certificate(cls, begin, end):
        """Another certificate of the same key, and the daemon started anew with it."""
        cls.daemon.stop()
        seal, root = (x509.load_pem_x509_certificate((cls.folder / f"{name}.pem").read_bytes()) for name in ("seal", "root"))
        made = x509.CertificateBuilder(subject_name=seal.subject, issuer_name=root.subject, public_key=seal.public_key(),
                                       serial_number=x509.random_serial_number(), not_valid_before=begin, not_valid_after=end,
                                       extensions=list(seal.extensions)).sign(cls.root, hashes.SHA256())
        (cls.folder / "seal.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        cls.daemon.start()
        people = {role: cls.daemon.log_in(role.lower(), "D1" if role == "RECEPTION" else "") for role in cls.people}
        cls.people.update(people)

    @classmethod
    def await_line(cls, text):
        end = time.monotonic() + WAIT_S
        while not any(text in line for line in cls.daemon.log):
            if time.monotonic() > end:
                raise AssertionError("\n".join(cls.daemon.log[-20:]))
            time.sleep(0.05)

    def test_a_certificate_that_has_ended_is_told_at_the_start(self):
        self.assertIn("the sealing certificate has ended", self.warned)

    def test_one_that_has_ended_refuses_what_is_released_and_says_so(self):
        words = "The certificate of the seal ended on"
        self.assertIn(words, self.refused or "")
        self.assertIn("cannot do its work: " + words, self.ended)
        self.assertTrue(any("event=issuing_refused" in line and words in line for line in self.warned.splitlines()))

    def test_one_that_ends_within_thirty_days_is_told_before(self):
        log, ready = self.soon
        self.assertIn("ready. The certificate of the seal ends on", ready)
        self.assertIn("event=certificate_ends", log)
        self.assertIn("days=29", log)


class ProductionKey(WrongKind, Outside):
    legal_class = "demonstration"
    certificate, make_seal, make_daemon = (test_production.Production.__dict__[name] for name in ("certificate", "make_seal", "make_daemon"))

    @classmethod
    def setUpClass(cls):
        cls.folder = test_production.new_folder(cls)
        cls.make_seal()
        super().setUpClass()

    def test_it_seals_no_specimen(self):
        self.is_refused("the institute is not in production")
        self.institute(True)
        self.ready_says("ready. The certificate of the seal ends on")
        self.stays_frozen(False)


if __name__ == "__main__":
    unittest.main()
