# SPDX-License-Identifier: Apache-2.0
"""A consumer's name and phone: no technician gets them by any RPC, in any state of the item, in any byte of
any answer or refusal; and no error text or log line carries them for anybody."""
import unittest

import grpc

from tests.outside.case import Outside
from tests.outside.world import good_request, good_values, intake_fields, ring
from tests.support.daemon import PASSWORD, STREAMS, key

OWNER = dict(name="司马青云", phone="13612349876")
BRINGER = dict(name="欧阳 拂晓", phone="+8613587651234")
SECRETS = ["司马", "青云", "13612349876", "12349876", "136****9876", "欧阳", "拂晓", "13587651234", "87651234",
           "135****1234"]


# What a technician may call: each of them answered at least once below.
MAY = {"OpenDayService.ListTickets", "OpenDayService.CallNextTicket", "OpenDayService.RecallTicket",
       "OpenDayService.SkipTicket", "BenchService.ListTests", "BenchService.GetTest", "BenchService.ClaimTest", "BenchService.EnterResult",
       "BenchService.ChooseLimit", "BenchService.SubmitTest", "BenchService.GetReadings", "BenchService.StartWork",
       "BenchService.StopWork", "BenchService.GetItemHistory", "StaffService.WhoAmI", "CatalogueService.ListLaboratories",
       "CatalogueService.ListProducts", "CatalogueService.ListMethods", "CatalogueService.ListLimits",
       "CatalogueService.GetIntakeForm", "BenchService.GetEntryForm",
       "QualityService.ListCharts", "QualityService.GetChart", "QualityService.DrawChart", "QualityService.EnterControl",
       "QualityService.AddToBatch", "QualityService.ListHolds", "QualityService.GetHold",
       "FitnessService.ListMethodChecks", "FitnessService.RecordFitness", "FitnessService.ListFitness",
       "FitnessService.UseReagents", "InstrumentService.ListProfiles", "InstrumentService.PreviewFile", "InstrumentService.ImportFile",
       "InstrumentService.ListFiles", "InstrumentService.GetFile", "RecordService.ListForms", "RecordService.AttachFile",
       "RecordService.StrikeAttachment", "RecordService.GetAttachment", "RecordService.GetOriginalRecord",
       "RecordService.PrintOriginalRecord", "RecordService.DownloadOriginalRecord", "SheetService.DownloadSlip",
       "WorksheetService.ListControlPlans", "WorksheetService.CreateWorksheet", "WorksheetService.GetWorksheet",
       "WorksheetService.ListWorksheets", "WorksheetService.PreviewReadings",
       "WorksheetService.EnterWorksheet", "WorksheetService.DrawWorksheet",
       "QualityService.OpenNonconformity", "QualityService.ListNonconformities", "QualityService.ListProficiency",
       "QualityService.GetProficiency", "QualityService.DrawProficiency", "QualityService.RecordCrmCheck",
       "QualityService.ListCrmChecks", "QualityService.GetCrmCheck", "CatalogueService.ListDoubtfulRows",
       "DeskService.GetCustody", "DeskService.ListOffers", "DeskService.ListStorages", "DeskService.ListItemHolders", "DeskService.OpenIncident",
       "DeskService.ListIncidents", "DeskService.ListPortions", "DeskService.ListUnaccounted",
       "PublicService.LookUpSheet", "PublicService.ShowBoard", "PublicService.FollowTicket", "PublicService.ShowStatistics"}
# What a technician types of a control comes back to whoever reads it, like a reading.
TYPED = {"room", "subject", "evidence", "value", "batch_no", "run", "note", "description", "result"}
# A reason that the history is to keep, of an act that succeeds here whatever it says.
KEPT = {("RecordFitness", "reason"), *(("RecordCrmCheck", field) for field in (
    "material", "instrument", "unit", "certified_value", "certified_uncertainty", "expanded_uncertainty"))}


def found_in(data):
    return [secret for secret in SECRETS if secret.encode() in data]


class Secrecy(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world = cls.world
        # One item in every state, all of the same two persons.
        received = world.received
        world.received = lambda **changes: received(owner=OWNER, bringer=BRINGER, **changes)
        cls.receipts = [world.received()]
        cls.tests = [cls.receipts[0].items[0].tests[0], world.claimed(), world.entered(), world.submitted(),
                     world.approved()]
        cls.sheet = world.released()
        cls.values = dict(good_values(world), sheet_no=cls.sheet.sheet_no,
                          person_id=cls.receipts[0].owner.person_id)
        cls.people["MANAGER"]("StatisticsService.PublishStatistics", laboratory="JEW", first_day=cls.values["first_day"],
                              last_day=cls.values["last_day"], reason="for this test")

    def bytes_of(self, client, short, raw):
        """Everything a call brought: metadata, messages, trailers."""
        method = self.daemon.schema.method(short)
        path = f"/{method.containing_service.full_name}/{method.name}"
        streams = short in STREAMS
        make = client.channel.unary_stream if streams else client.channel.unary_unary
        parts, code = [], grpc.StatusCode.OK
        try:
            if streams:
                parts += list(make(path)(raw, metadata=client.metadata(), timeout=60))
            else:
                answer, call = make(path).with_call(raw, metadata=client.metadata(), timeout=60)
                parts += [answer, repr(call.trailing_metadata()).encode(), repr(call.initial_metadata()).encode()]
        except grpc.RpcError as error:
            code = error.code()
            parts.append((error.details() or "").encode())
            for name, value in [*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())]:
                parts += [name.encode(), value if isinstance(value, bytes) else value.encode()]
        return code, b"\n".join(parts)

    def requests(self, method):
        """The good request, and it again with each text field asking for the persons."""
        yield good_request(self.daemon.schema, method, self.values)
        for field in method.input_type.fields:
            if field.type != field.TYPE_STRING or field.label == field.LABEL_REPEATED or field.name in {"password", *TYPED} or \
                    (method.name, field.name) in KEPT:
                continue
            for text in [OWNER["phone"], OWNER["name"], self.receipts[0].receipt_no, self.values["person_id"], "%"]:
                request = good_request(self.daemon.schema, method, self.values)
                setattr(request, field.name, text)
                yield request
        if method.name == "DownloadSlip":  # of what is reviewed and not released
            yield method.input_type._concrete_class(item_code=self.world.approved().item_code)
        if "test_id" in method.input_type.fields_by_name:
            for test in [*self.tests, self.world.claimed(), self.world.entered()]:
                request = good_request(self.daemon.schema, method, self.values)
                request.test_id = test.test_id
                if "item_code" in method.input_type.fields_by_name:
                    request.item_code = test.item_code
                if "version" in method.input_type.fields_by_name:
                    request.version = test.version
                yield request
        elif "item_code" in method.input_type.fields_by_name:
            request = good_request(self.daemon.schema, method, self.values)
            request.item_code = self.world.approved().item_code
            yield request

    def test_a_technician_never_sees_a_name_or_a_phone_in_any_answer(self):
        technician = self.people["TECHNICIAN"]
        asked, answered = 0, set()
        for _, method in self.daemon.schema.methods():
            short = f"{method.containing_service.name}.{method.name}"
            if short in ("StaffService.Login", "StaffService.Logout", "StaffService.ChangePassword"):
                continue
            for request in self.requests(method):
                code, data = self.bytes_of(technician, short, request.SerializeToString())
                self.assertEqual(found_in(data), [], f"{short} {code} {request}")
                asked += 1
                answered |= {short} if code == grpc.StatusCode.OK else set()
        self.assertGreater(asked, 150)
        self.assertEqual(answered, MAY)

    def test_every_list_a_technician_may_read_is_not_empty_here(self):
        technician = self.people["TECHNICIAN"]
        tests = technician("BenchService.ListTests", laboratory="JEW").tests
        self.assertGreaterEqual(len({test.state for test in tests}), 4)

    def test_reception_does_see_the_masked_person_so_the_search_above_can_find(self):
        code, data = self.bytes_of(self.people["RECEPTION"], "DeskService.GetReceipt",
                                   self.people["RECEPTION"].request("DeskService.GetReceipt",
                                                                    receipt_no=self.receipts[0].receipt_no)
                                   .SerializeToString())
        self.assertEqual(code, grpc.StatusCode.OK)
        self.assertIn("136****9876", found_in(data))
        self.assertNotIn("13612349876", found_in(data))

    def test_the_audit_trail_shows_that_a_person_changed_and_not_what(self):
        auditor = self.people["AUDITOR"]
        token, pages = "", 0
        while pages == 0 or token:
            raw = auditor.request("AuditService.ListHistory", laboratory="JEW",
                                  page=dict(page_size=200, page_token=token)).SerializeToString()
            code, data = self.bytes_of(auditor, "AuditService.ListHistory", raw)
            self.assertEqual(code, grpc.StatusCode.OK)
            self.assertEqual(found_in(data), [])
            answer = self.daemon.schema.message("touchstone.v1.ListHistoryResponse")
            token = auditor("AuditService.ListHistory", message=raw).next_page_token
            self.assertIsNotNone(answer)
            pages += 1
        self.assertGreater(pages, 0)

    def bad_intakes(self):
        owner = lambda **changes: dict(OWNER, **changes)  # noqa: E731
        yield "phone too long", dict(owner=owner(phone=OWNER["phone"] * 2))
        yield "letters in the phone", dict(owner=owner(phone=OWNER["phone"] + "x"))
        yield "a tab in the name", dict(owner=owner(name=OWNER["name"] + "\t"))
        yield "a very long name", dict(owner=owner(name=OWNER["name"] * 40))
        yield "no phone", dict(owner=dict(name=OWNER["name"]))
        yield "no name", dict(owner=dict(phone=OWNER["phone"]))
        yield "an unknown person_id beside the name", dict(owner=owner(person_id=key()))
        yield "no consent", dict(consents=[])
        yield "the bringer without authorisation", dict(bringer=BRINGER, consents=[
            dict(kind="CONSENT_KIND_PRIVACY"), dict(kind="CONSENT_KIND_AGREEMENT")])
        yield "an unknown product", dict(items=[ring(claimed_product_id="JEW_NONE")])
        yield "an unknown laboratory", dict(laboratory="NOPE")
        yield "the name as a picture", dict(items=[ring(photo=OWNER["name"].encode())])
        yield "the name as a mass", dict(items=[ring(mass_g=OWNER["name"])])
        yield "the phone as a product", dict(items=[ring(claimed_product_id=OWNER["phone"])])

    def test_no_error_text_carries_what_the_request_said_of_a_person(self):
        desk = self.people["RECEPTION"]
        for what, changes in self.bad_intakes():
            raw = desk.request("DeskService.RegisterIntake", **intake_fields(**{"owner": OWNER, **changes}))
            code, data = self.bytes_of(desk, "DeskService.RegisterIntake", raw.SerializeToString())
            self.assertNotEqual(code, grpc.StatusCode.OK, what)
            self.assertEqual(found_in(data), [], what)

    def test_a_reused_key_does_not_tell_what_the_first_request_held(self):
        desk, request_id = self.people["RECEPTION"], key()
        desk("DeskService.RegisterIntake", **intake_fields(owner=OWNER, request_id=request_id))
        raw = desk.request("DeskService.RegisterIntake", **intake_fields(
            owner=dict(OWNER, phone="13612340000"), request_id=request_id)).SerializeToString()
        code, data = self.bytes_of(desk, "DeskService.RegisterIntake", raw)
        self.assertEqual(code, grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(found_in(data), [])

    def test_refusals_to_other_roles_carry_no_person(self):
        tried = 0
        for role, client in self.people.items():
            if role in ("RECEPTION", "TECHNICIAN"):
                continue
            for short in ("DeskService.FindPersons", "DeskService.RevealPerson", "DeskService.RegisterIntake"):
                request = good_request(self.daemon.schema, self.daemon.schema.method(short),
                                       dict(self.values, query=OWNER["phone"], owner=OWNER, bringer=BRINGER))
                code, data = self.bytes_of(client, short, request.SerializeToString())
                self.assertEqual(code, grpc.StatusCode.PERMISSION_DENIED, (role, short))
                self.assertEqual(found_in(data), [], (role, short))
                tried += 1
        self.assertEqual(tried, 18)

    def test_the_log_carries_no_person_and_no_password(self):
        log = "\n".join(self.daemon.log)
        self.assertGreater(len(log), 0)
        self.assertEqual(found_in(log.encode()), [])
        self.assertNotIn(PASSWORD, log)


if __name__ == "__main__":
    unittest.main()
