# SPDX-License-Identifier: Apache-2.0
"""Identifications that two persons read apart, with a third where they differ: jadeite, fur. Nobody gets another's
reading before the identification is decided, by whatever call; what came in is kept, and the guards hold against SQL."""
import json
import unittest

import grpc
import psycopg2

from tests.outside.case import at_once
from tests.outside.domains import DomainCase
from tests.outside.world import good_request, good_values
from tests.support.daemon import PASSWORD, STREAMS, key

SECRET = "chalcedony-of-the-first-reader"


class Readings(DomainCase):
    domains = ("FUR",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.readers = {}
        for domain, method in (("JEW", "M_GEM"), ("FUR", "M_FURMIC")):
            admin = cls.people["ADMINISTRATOR", domain]
            names = [f"reader{n}.{domain.lower()}" for n in (1, 2, 3, 4)]
            for name in names:
                admin.staff(name, ["TECHNICIAN"] if name[6] != "4" else ["TECHNICIAN", "REVIEWER", "QUALITY", "AUDITOR"],
                            domain)
                cls.people["MANAGER", domain]("StaffService.SetQualification", username=name, laboratory=domain,
                                              version=cls.member(name, domain).version, method_id=method, qualified=True,
                                              reason="trained and examined")
            cls.readers[domain] = [cls.daemon.log_in(name) for name in names]

    def claimed(self, domain="JEW", product="JEW_ANY", method="M_GEM", parameter="GEMID"):
        technician, self.people["TECHNICIAN", domain] = self.people["TECHNICIAN", domain], self.readers[domain][0]
        try:
            return self.ordered(domain, product, method, parameter)
        finally:
            self.people["TECHNICIAN", domain] = technician

    def read(self, test, reader, result, **more):
        client = self.readers[test.laboratory][reader - 1]
        fields = dict(test_id=test.test_id, version=self.now(test, client).version, result=result)
        return client("BenchService.EnterReading", **dict(fields, **more))

    def now(self, test, client=None):
        return (client or self.readers[test.laboratory][0])("BenchService.GetTest", test_id=test.test_id).test

    def readings(self, test, client):
        return client("BenchService.GetReadings", test_id=test.test_id)

    def state(self, answer):
        return answer.DESCRIPTOR.fields_by_name["state"].enum_type.values_by_number[answer.state].name.removeprefix(
            "IDENTIFICATION_STATE_")

    def submit_it(self, test, reader=1):
        client = self.readers[test.laboratory][reader - 1]
        return client("BenchService.SubmitTest", test_id=test.test_id, version=self.now(test).version).test

    def approve(self, test):
        return self.people["REVIEWER", test.laboratory]("ReviewService.ApproveTest", test_id=test.test_id,
                                                        version=self.now(test).version).test

    JADEITE = ["refractive index 1.66 (spot)", "density 3.33 g/cm3", "437 nm line in the spectrum"]

    # ---- the walks
    def test_jadeite_is_what_two_readers_find_apart(self):
        test = self.claimed()
        self.assertTrue(test.blind)
        first = self.read(test, 1, "翡翠 Jadeite", observations=self.JADEITE, instrument="refractometer R-2",
                          temperature_c="23.0", humidity_percent="45")
        self.assertEqual((self.state(first), len(first.readings), first.test.readings_in), ("OPEN", 1, 1))
        self.assertEqual(first.test.judgement.mean, "")
        listed = self.readers["JEW"][1]("BenchService.ListTests", laboratory="JEW", item_code=test.item_code).tests
        self.assertEqual([(one.blind, one.readings_in) for one in listed], [(True, 1)])
        second = self.read(test, 2, "翡翠  jadeite", observations=["density 3.34 g/cm3"], instrument="balance B-1")
        self.assertEqual(self.state(second), "AGREED")
        self.assertEqual([(one.place, one.reader, one.result) for one in second.readings],
                         [(1, "reader1.jew", "翡翠 Jadeite"), (2, "reader2.jew", "翡翠  jadeite")])
        self.assertEqual(list(second.readings[0].observations), self.JADEITE)
        done = self.submit_it(test)
        self.assertEqual((self.verdict(done), done.judgement.mean, done.instrument),
                         ("not_judged", "翡翠 Jadeite", "balance B-1; refractometer R-2"))
        self.approve(test)

    def test_one_term_of_the_catalogue_is_one_finding_in_whatever_words(self):
        for first, second in (("翡翠", "jadeite"), ("Jadeite Jade", "翡翠  ＪＡＤＥＩＴＥ"), ("软玉", "Nephrite"), ("Feicui", "硬玉")):
            with self.subTest(first=first, second=second):
                test = self.claimed()
                self.assertEqual(self.state(self.read(test, 1, first)), "OPEN")
                answer = self.read(test, 2, second)
                self.assertEqual(self.state(answer), "AGREED")
                self.assertEqual([one.result for one in answer.readings], [first, second])  # as typed
                self.assertEqual(self.submit_it(test).judgement.mean, first)

    def test_what_is_no_term_or_another_term_is_another_finding(self):
        for first, second in (("翡翠", "nephrite"), ("翡翠", "翡翠（处理）"), ("翡翠 软玉", "jadeite"), ("gemstone 7", "翡翠"),
                              ("红宝石", "Sapphire")):
            with self.subTest(first=first, second=second):
                test = self.claimed()
                self.read(test, 1, first)
                self.assertEqual(self.state(self.read(test, 2, second)), "THIRD_WANTED")
        self.assertEqual(self.state(self.read(test, 3, "ruby")), "AGREED")
        self.assertEqual(self.submit_it(test).judgement.mean, "红宝石")
        test = self.claimed()
        self.read(test, 1, "gemstone 7")
        self.assertEqual(self.state(self.read(test, 2, "Gemstone  7")), "AGREED")  # unknown: as typed

    def test_a_term_is_that_of_the_day_and_of_its_parameter(self):
        self.assertEqual(self.daemon.sql("select lab.term_of('GEMID', '翡翠'), lab.term_of('SPECIES', '翡翠'), "
                                         "lab.term_of('SPECIES', '蓝狐'), lab.term_of('GEMID', '')"),
                         [("G_JADEITE", None, "F_ARCTIC_FOX", None)])
        test = self.claimed()
        self.read(test, 1, "翡翠")
        with self.assertRaisesRegex(psycopg2.Error, "identification_reading never changes"):  # nothing of a reading changes, so its term does not either
            self.daemon.sql("update lab.identification_reading set term = 'G_RUBY' where test_id = %s", test.test_id)

    def test_two_readers_who_differ_need_a_third_who_decides(self):
        test = self.claimed()
        self.read(test, 1, "jadeite")
        second = self.read(test, 2, "omphacite")
        self.assertEqual((self.state(second), [one.result for one in second.readings]), ("THIRD_WANTED", ["omphacite"]))
        with self.ends_in("FAILED_PRECONDITION"):  # nothing stands yet
            self.submit_it(test)
        third = self.read(test, 3, "Omphacite")
        self.assertEqual((self.state(third), [one.result for one in third.readings]),
                         ("AGREED", ["jadeite", "omphacite", "Omphacite"]))
        self.assertEqual(self.submit_it(test).judgement.mean, "omphacite")

    def test_three_readers_who_all_differ_are_inconclusive(self):
        test = self.claimed()
        for reader, result in ((1, "jadeite"), (2, "nephrite"), (3, "serpentine")):
            answer = self.read(test, reader, result)
        self.assertEqual(self.state(answer), "INCONCLUSIVE")
        with self.ends_in("FAILED_PRECONDITION", "READINGS_COMPLETE"):
            self.read(test, 4, "jadeite")
        done = self.submit_it(test)
        self.assertEqual((self.verdict(done), done.judgement.trace.reason), ("inconclusive", "READERS_DIFFER"))
        self.assertIn("三人", done.judgement.sentence_zh)
        self.assertEqual([one.result for one in self.readings(test, self.readers["JEW"][3]).readings],
                         ["jadeite", "nephrite", "serpentine"])

    def test_the_species_of_a_fur_collar_is_read_the_same_way(self):
        test = self.claimed("FUR", "FUR_GARM", "M_FURMIC", "SPECIES")
        self.read(test, 1, "Vulpes lagopus", observations=["imbricate scales, medulla broad"], instrument="microscope M-1")
        self.assertEqual(self.state(self.read(test, 2, "Nyctereutes procyonoides")), "THIRD_WANTED")
        self.assertEqual(self.state(self.read(test, 3, "vulpes lagopus")), "AGREED")
        done = self.submit_it(test)
        self.assertEqual(done.judgement.mean, "Vulpes lagopus")
        test = self.claimed("FUR", "FUR_GARM", "M_FURMIC", "SPECIES")
        self.read(test, 1, "Neovison vison")
        self.assertEqual(self.state(self.read(test, 2, "Neovison vison")), "AGREED")

    def test_the_sheet_names_every_reader_and_none_of_them_signs(self):
        test = self.claimed()
        for reader in (1, 2):
            self.read(test, reader, "jadeite")
        self.submit_it(test)
        self.approve(test)
        item = self.world.item(test.item_code)
        self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                 password=PASSWORD, meaning="approved for issue")
        record = self.daemon.sql("select record from lab.sheet where item_code = %s", test.item_code)[0][0]
        self.assertEqual(sorted(one["name"] for one in record["signatures"] if one["role"] == "prepared"),
                         ["Reader1.Jew", "Reader2.Jew"])
        self.assertEqual([one["mean"] for one in record["results"]], ["jadeite"])

    def test_the_longest_that_is_taken_of_three_readers_fits_on_the_sheet(self):
        test = self.claimed()
        for reader, one in enumerate("abc", 1):
            self.read(test, reader, one * 60, instrument=one * 80, deviation=one * 150)
        self.submit_it(test)
        record, _ = self.released(test.item_code, "JEW")  # drawn and sealed
        self.assertEqual([one["name"] for one in record["equipment"]], ["a" * 80, "b" * 80, "c" * 80])
        self.assertEqual([one["value"] for one in record["results"][0]["determinations"]], ["a" * 60, "b" * 60, "c" * 60])
        self.assertEqual(len(record["results"][0]["deviation_zh"]), 454)

    def test_readers_of_a_round_that_does_not_count_prepared_nothing(self):
        test = self.claimed()
        for reader in (1, 2):
            self.read(test, reader, "jadeite")
        self.submit_it(test)
        self.people["REVIEWER", "JEW"]("ReviewService.SendBackTest", test_id=test.test_id, version=self.now(test).version,
                                       reason="look at the spectrum again")
        for reader in (1, 3):
            self.read(test, reader, "jadeite", reason="sent back")
        self.submit_it(test)
        self.approve(test)
        signed = self.daemon.sql("select lab.record_signatures(item, null::lab.actor, 'x', now()) from lab.item "
                                 "where item_code = %s", test.item_code)[0][0]
        self.assertEqual(sorted(one["name"] for one in signed if one["role"] == "prepared"), ["Reader1.Jew", "Reader3.Jew"])

    def test_each_reader_is_fit_and_each_instrument_calibrated_on_the_day(self):
        today = self.daemon.sql("select lab.local_time(now())::date::text")[0][0]
        manager = self.people["MANAGER", "JEW"]
        checks = dict(laboratory="JEW", method_id="M_GEM", reason="quality manual 6.2")
        manager("FitnessService.SetMethodChecks", competence=True, calibration=True, **checks)
        self.addCleanup(manager, "FitnessService.SetMethodChecks", **checks)
        test, bare = self.claimed(), self.claimed()
        for reader, instrument in ((1, "R-2"), (2, "B-1")):
            self.read(test, reader, "jadeite", instrument=instrument)
        for reader, instrument in ((1, ""), (2, "B-1")):
            self.read(bare, reader, "jadeite", instrument=instrument)
        for kind, subject, more in (("CALIBRATION", "B-1", {}), ("COMPETENCE", "reader2.jew", dict(competence_for="M_GEM"))):
            manager("FitnessService.RecordFitness", **self.world.fitness(f"FITNESS_KIND_{kind}", subject, today, today, **more))
        for one, unfit in ((test, "competence of reader1.jew for M_GEM; calibration of R-2"),
                           (bare, "competence of reader1.jew for M_GEM; no instrument is named by reader1.jew")):
            with self.ends_in("FAILED_PRECONDITION", "NOT_FIT_ON_DAY") as refusal:
                self.submit_it(one)
            self.assertEqual(refusal[0].metadata["unfit"], unfit)
        for kind, subject, more in (("CALIBRATION", "R-2", {}), ("COMPETENCE", "reader1.jew", dict(competence_for="M_GEM"))):
            manager("FitnessService.RecordFitness", **self.world.fitness(f"FITNESS_KIND_{kind}", subject, today, today, **more))
        self.submit_it(test)

    # ---- attempts to cheat
    def test_one_person_is_not_two_readers(self):
        test, request_id = self.claimed(), key()
        self.read(test, 1, "jadeite", request_id=request_id)
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.read(test, 1, "jadeite")
        with self.ends_in("INVALID_ARGUMENT", "REQUEST_ID_REUSED"):  # nor does the first one's key answer the second
            self.read(test, 2, "jadeite", request_id=request_id)
        self.assertEqual(self.readings(test, self.readers["JEW"][1]).readings_in, 1)
        self.read(test, 2, "nephrite")
        for reader in (1, 2):
            with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
                self.read(test, reader, "nephrite")

    def test_who_is_not_competent_does_not_read(self):
        test = self.claimed()
        with self.ends_in("PERMISSION_DENIED", "NOT_QUALIFIED"):
            self.people["TECHNICIAN", "JEW"]("BenchService.EnterReading", test_id=test.test_id, version=test.version,
                                             result="jadeite")
        with self.ends_in("PERMISSION_DENIED"):
            self.readers["FUR"][0]("BenchService.EnterReading", test_id=test.test_id, version=test.version, result="jadeite")

    def test_the_result_is_not_entered_past_the_readers(self):
        test = self.claimed()
        with self.ends_in("FAILED_PRECONDITION", "READ_APART"):
            self.readers["JEW"][0]("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                   inputs=json.dumps(dict(result="jadeite")))
        with self.ends_in("FAILED_PRECONDITION", "NOT_READ_APART"):
            ring = self.ordered("JEW", "JEW_AU750", "M_XRF", "AU")
            self.people["TECHNICIAN", "JEW"]("BenchService.EnterReading", test_id=ring.test_id, version=ring.version,
                                             result="gold")

    def test_readers_at_the_same_moment_are_all_heard_and_no_more_than_needed(self):
        test = self.claimed()
        ended = at_once([lambda reader=reader: self.read(test, reader, "jadeite") for reader in (1, 2, 3, 4)])
        states = sorted(self.state(one) if hasattr(one, "readings") else one.code.name for one in ended)
        self.assertEqual(states[-1], "OPEN")
        self.assertEqual(states.count("AGREED"), 1)
        self.assertEqual(self.readings(test, self.readers["JEW"][3]).readings_in, 2)

    def bytes_of(self, client, method, request):
        """Everything that a call brought."""
        path = f"/{method.containing_service.full_name}/{method.name}"
        raw = request.SerializeToString()
        try:
            if f"{method.containing_service.name}.{method.name}" in STREAMS:
                return b"".join(client.channel.unary_stream(path)(raw, metadata=client.metadata(), timeout=60))
            answer, call = client.channel.unary_unary(path).with_call(raw, metadata=client.metadata(), timeout=60)
            return answer + repr((call.trailing_metadata(), call.initial_metadata())).encode()
        except grpc.RpcError as error:
            return (error.details() or "").encode() + repr((error.initial_metadata(), error.trailing_metadata())).encode()

    def test_no_call_tells_the_second_reader_what_the_first_one_found(self):
        """The second reader is reviewer, quality manager and auditor too, and asks every RPC for this test."""
        test = self.claimed()
        self.read(test, 1, SECRET, observations=[SECRET + " seen"], deviation=SECRET, instrument=SECRET, reason=SECRET,
                  temperature_c="23.1", humidity_percent="45")
        second, asked = self.readers["JEW"][3], 0
        values = dict(good_values(self.world), test_id=test.test_id, item_code=test.item_code, object_type="", object_id="",
                      laboratory="JEW", version=self.now(test).version, state=0, assigned_to="", username=second.username,
                      result="nephrite", observations=["density 2.95"], complaint="", page=dict(page_size=200))
        for _, method in self.daemon.schema.methods():
            if method.name in ("Login", "Logout", "ChangePassword", "EnterReading"):
                continue
            for more in ({}, dict(object_type="test", object_id=test.test_id), dict(state=2, assigned_to="reader1.jew")):
                known = {name for name in more if name in method.input_type.fields_by_name}
                if more and not known:
                    continue
                request = good_request(self.daemon.schema, method, dict(values, **{name: more[name] for name in known}))
                self.assertNotIn(SECRET.encode(), self.bytes_of(second, method, request), f"{method.name} {more}")
                asked += 1
        self.assertGreater(asked, 55)
        told = [json.loads(one.new_values) for one in second("AuditService.ListHistory", laboratory="JEW",
                object_type="identification_reading", object_id=f"{test.test_id}/1/1").entries]
        self.assertEqual([[one[name] for name in ("instrument", "temperature_c", "humidity_percent", "reason")]
                          for one in told], [["***"] * 4])
        told = self.read(test, 4, "nephrite")
        self.assertEqual([one.reader for one in told.readings], ["reader4.jew"])
        self.assertNotIn(SECRET.encode(), told.SerializeToString())
        self.assertNotIn(SECRET, "\n".join(self.daemon.log))
        self.read(test, 3, SECRET)  # decided: now the search above finds it
        for name, more in (("GetReadings", {}), ("GetTest", {}), ("ListHistory", dict(object_type="test",
                                                                                      object_id=test.test_id))):
            method = next(one for _, one in self.daemon.schema.methods() if one.name == name)
            request = good_request(self.daemon.schema, method, dict(values, **more))
            self.assertIn(SECRET.encode(), self.bytes_of(second, method, request), name)

    def test_why_the_first_reader_reads_again_late_is_told_when_the_round_is_decided(self):
        test, why = self.claimed(), "the line at 437 nm says SECRET-OF-ROUND-TWO"
        for reader in (1, 2):
            self.read(test, reader, "nephrite")
        self.submit_it(test)
        self.read(test, 1, "jadeite", reason=why)
        second = self.readers["JEW"][3]
        values = dict(good_values(self.world), test_id=test.test_id, item_code=test.item_code, object_type="", object_id="",
                      laboratory="JEW", version=self.now(test).version, state=0, assigned_to="", username=second.username,
                      result="nephrite", observations=["density 2.95"], complaint="", page=dict(page_size=200))

        def heard():
            return [name for name in ("GetItemHistory", "GetOriginalRecord", "GetReadings", "GetTest", "ListHistory", "ListTests",
                                      "PrintOriginalRecord") if b"SECRET-OF-ROUND-TWO" in self.bytes_of(
                    second, *[(one, good_request(self.daemon.schema, one, values))
                              for _, one in self.daemon.schema.methods() if one.name == name][0])]
        self.assertEqual(heard(), [])
        own = self.readers["JEW"][0]("RecordService.GetOriginalRecord", test_id=test.test_id).record
        self.assertIn(why, [act.note for act in own.acts])
        self.read(test, 2, "jadeite", reason="asked to read again")
        self.assertEqual(heard(), ["GetItemHistory", "GetOriginalRecord", "GetReadings", "ListHistory"])

    def refused_by_database(self, reason, statement, *values):
        with self.assertRaises(psycopg2.Error) as caught:
            self.daemon.sql(statement, *values)
        self.assertEqual(caught.exception.diag.constraint_name, reason, str(caught.exception))

    INSERT = ("insert into lab.identification_reading (test_id, round, place, laboratory, reader, at, result) "
              "select %s, 1, %s, 'JEW', staff_id, now(), 'jadeite' from lab.staff where username = %s")
    ENTER = ("insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, coverage_factor, instrument, reason, "
             "inputs) select %s, 1, 'JEW', staff_id, now(), '2', '', '', %s from lab.staff where username = %s")

    def test_the_database_keeps_readers_apart_against_plain_sql(self):
        test = self.claimed()
        self.read(test, 1, "jadeite")
        for reason, place, who in (("SAME_PERSON", 2, "reader1.jew"), ("APPEND_ONLY", 3, "reader2.jew"),
                                   ("NOT_QUALIFIED", 2, "technician")):
            self.refused_by_database(reason, self.INSERT, test.test_id, place, who)
        self.refused_by_database("READ_APART", self.ENTER, test.test_id, '{"result": "jadeite"}', "reader1.jew")
        self.read(test, 2, "nephrite")
        self.refused_by_database("READ_APART", self.ENTER, test.test_id, '{"result": "jadeite"}', "reader1.jew")
        for change in ("update lab.identification_reading set result = 'x'", "delete from lab.identification_reading",
                       "truncate lab.identification_reading"):
            self.refused_by_database("APPEND_ONLY", change)
        self.refused_by_database("APPEND_ONLY", "update lab.test set is_blind = false where test_id = %s", test.test_id)

    def test_the_database_takes_differing_readers_only_of_a_test_that_is_read_apart(self):
        ring = self.world.entered()
        self.refused_by_database("JUDGEMENT_REFUSED", """
            insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean, range,
                expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, catalogue_revision, trace)
            select test_id, 1, entry_no, laboratory, assigned_to, now(), 'inconclusive', '', '', '', '', '', '', '-', '-',
                (select revision from lab.catalogue_head), '{"reason": "READERS_DIFFER"}' from lab.test
            where test_id = %s""", ring.test_id)

    def test_a_reader_does_not_review_what_was_read(self):
        test = self.claimed()
        self.read(test, 1, "jadeite")
        self.read(test, 4, "jadeite")
        self.submit_it(test)
        for short, more in (("ReviewService.ApproveTest", {}), ("ReviewService.SendBackTest", dict(reason="look again"))):
            with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
                self.readers["JEW"][3](short, test_id=test.test_id, version=self.now(test).version, **more)

    # ---- once more
    def test_what_was_sent_back_is_read_again_by_two_and_the_first_readings_stay(self):
        test = self.claimed()
        for reader in (1, 2):
            self.read(test, reader, "jadeite")
        self.submit_it(test)
        self.people["REVIEWER", "JEW"]("ReviewService.SendBackTest", test_id=test.test_id, version=self.now(test).version,
                                       reason="look at the spectrum again")
        with self.ends_in("INVALID_ARGUMENT"):
            self.read(test, 2, "omphacite")
        self.assertEqual(self.state(self.read(test, 2, "omphacite", reason="sent back")), "OPEN")
        with self.ends_in("FAILED_PRECONDITION", "READINGS_PENDING"):
            self.submit_it(test)
        self.read(test, 3, "omphacite", reason="sent back")
        self.assertEqual(self.submit_it(test).judgement.mean, "omphacite")
        shown = self.readings(test, self.people["REVIEWER", "JEW"])
        self.assertEqual([(one.round, one.place, one.result) for one in shown.readings],
                         [(1, 1, "jadeite"), (1, 2, "jadeite"), (2, 1, "omphacite"), (2, 2, "omphacite")])

    def test_an_approved_identification_is_read_again_late_only_with_a_reason(self):
        test = self.claimed()
        for reader in (1, 2):
            self.read(test, reader, "jadeite")
        self.submit_it(test)
        self.approve(test)
        with self.ends_in("INVALID_ARGUMENT"):
            self.read(test, 3, "omphacite")
        why = "the spectrum was of another stone"
        with self.ends_in("PERMISSION_DENIED", "TEST_NOT_YOURS"):  # qualified, but another's
            self.read(test, 3, "omphacite", reason=why)
        paper = ("insert into lab.result_reopening select %s, 1, 'JEW', staff_id, now(), 'approved', %s from lab.staff "
                 "where username = 'reader3.jew'")
        self.refused_by_database("TEST_NOT_YOURS", paper, test.test_id, why)
        self.assertEqual(self.now(test).state, 5)  # approved
        self.read(test, 1, "omphacite", reason=why)
        self.assertEqual(self.world.item(test.item_code).state, 1)  # received: no sheet meanwhile
        self.read(test, 2, "omphacite", reason=why)
        self.submit_it(test)
        self.approve(test)
        change = self.people["MANAGER", "JEW"]("BenchService.GetItemHistory", item_code=test.item_code).changes[0]
        self.assertEqual((change.old_result.mean, change.new_result.mean, change.reason),
                         ("jadeite", "omphacite", why))


if __name__ == "__main__":
    unittest.main()
