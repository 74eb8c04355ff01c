# SPDX-License-Identifier: Apache-2.0
"""RPC x role x own or another laboratory's object, and without a session: exactly the allowed cells open.

Generated from the method descriptors, the Role enum and server/rpc/methods.csv. Every object is in the state
in which the call would succeed, so that nothing but the permission decides; the denied cells come first and the
allowed ones last, on the same object, so that a denied call that changed something would be seen.

A denied cell ends in PERMISSION_DENIED, also where the role is right and the object is another laboratory's;
the words are those for what does not exist, so that nobody learns its numbers by trying."""
import csv
import unittest

import grpc

from tests.outside import matrix_custody
from tests.outside.case import Outside
from tests.outside.world import READINGS, World, intake_fields, picture, ring
from tests.support import paths, schema
from tests.support.daemon import PASSWORD, ROLES, key

SCHEMA = schema.load()
OTHER = "TWO"  # a second laboratory
# Fields that name something that belongs to a laboratory.
BOUND = {"laboratory", "item_code", "receipt_no", "test_id", "sheet_no", "hold_id", "nonconformity_no",
         "limit_id", "worksheet_no", "attachment_id", "proficiency_id", "crm_check_id", "recipient_id", "delivery_id", "notice_id", "slot_id", "booking_code", "lease_id",
         "item_codes", "incident_no", "portion_id", "complaint_no", "number", "pieces"}
REASON = "for the table of permissions"


def read_rows():
    with open(paths.ROOT / "server" / "rpc" / "methods.csv", encoding="utf-8", newline="") as file:
        return {f"{row['service']}.{row['method']}": row for row in csv.DictReader(file)}


ROWS = read_rows()
METHODS = {f"{method.containing_service.name}.{method.name}": method for _, method in SCHEMA.methods()}
ROLE_ENUM = [value.name.removeprefix("ROLE_")
             for value in SCHEMA.pool.FindEnumTypeByName("touchstone.v1.Role").values if value.number]


def is_bound(method):
    return bool(BOUND & set(method.input_type.fields_by_name))


def is_open(short, role):
    return ROWS[short][role.lower()] == "x"


def plan(short):
    """(role or None, whose) -> is it open, of one method."""
    if ROWS[short]["session"] == "no":
        return {(None, "none"): True}
    cells = {(None, "none"): False}
    for role in ROLE_ENUM:
        cells[role, "own"] = is_open(short, role)
        if is_bound(METHODS[short]):
            cells[role, "other"] = False
    return cells


# What to ask of each method so that it would succeed: fields, made anew for each call that may change something.
class Fresh:
    def __init__(self, world):
        self.world = world
        self.count = 0
        self.role = None  # what is made for, where it must be hers

    def test(self, stage, **more):
        test = getattr(self.world, stage)()
        if stage == "received":
            test = test.items[0].tests[0]
        return dict(test_id=test.test_id, version=test.version, **more)

    def member(self, *roles, **more):
        self.count += 1
        name = f"target{self.count}"
        self.world.people["ADMINISTRATOR"].staff(name, roles or ["TECHNICIAN"])
        return dict(username=name, laboratory="JEW", reason=REASON, **more)

    def member_version(self, *roles, **more):
        fields = self.member(*roles, **more)
        return dict(fields, version=self.world.member(fields["username"]).version)

    def released_receipt(self):
        sheet = self.world.released()
        self.world.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)  # waits for the seal
        item = self.world.item(sheet.item_code)
        receipt = self.world.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=item.receipt_no).receipt
        return dict(receipt_no=receipt.receipt_no, version=receipt.version)

    def item(self, **changes):
        item = self.world.received(**changes).items[0]
        return dict(item_code=item.item_code, version=item.version)

    def released_item(self):
        item = self.world.item(self.world.released().item_code)
        return dict(item_code=item.item_code, version=item.version, mass_out_g="3.52")

    def batch(self):
        item = self.approved_item()
        return dict(releases=[dict(item_code=item["item_code"], version=item["version"])], password=item["password"],
                    meaning=item["meaning"])

    def approved_item(self):
        item = self.world.item(self.world.approved().item_code)
        return dict(item_code=item.item_code, version=item.version, password=PASSWORD, meaning="approved for issue")

    def sealed(self, **more):
        """A sheet that is drawn and sealed."""
        sheet = self.world.released()
        self.world.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)
        return dict(sheet_no=sheet.sheet_no, **more)

    def amending(self, **more):
        sheet = self.sealed()
        version = self.world.people["QUALITY"]("SheetService.GetSheet", **sheet).sheet.item_version
        self.world.people["QUALITY"]("SheetService.RequestAmendment", version=version, what="AMENDMENT_WHAT_ITEM_DATA",
                                     reason=REASON, **sheet)
        return dict(sheet, **more)

    def amended_item(self, **more):
        told = self.world.people["QUALITY"]("SheetService.GetSheet", **self.amending()).sheet
        return dict(item_code=told.item_code, version=told.item_version, **more)

    def withdrawing(self, **more):
        sheet = self.sealed()
        self.world.people["MANAGER"]("SheetService.RequestWithdrawal", withdrawal_code="WITHDRAWAL_CODE_OTHER", reason=REASON, **sheet)
        return dict(sheet, **more)

    def amendable(self):
        sheet = self.sealed(what="AMENDMENT_WHAT_OTHER", reason=REASON)
        return dict(sheet, version=self.world.people["QUALITY"]("SheetService.GetSheet",
                                                                sheet_no=sheet["sheet_no"]).sheet.item_version)

    def recipient(self):
        return dict(recipient_id=self.world.received().recipients[0].recipient_id, reason=REASON)

    def delivery(self, failed=False):
        sheet = self.sealed()
        if failed:
            self.world.people["MANAGER"].daemon.sql("update lab.sheet_delivery set state = 'failed', last_error = 'by hand' "
                                                    "where sheet_no = %s", sheet["sheet_no"])
        one = self.world.people["RECEPTION"]("DeskService.ListDeliveries", laboratory="JEW", **sheet).deliveries[0]
        return dict(delivery_id=one.delivery_id, version=one.version)

    def tracked(self):
        return dict(receipt_code=self.world.received().receipt_code, phone_last4="1234")

    def fetched(self):
        sheet = self.sealed()
        code = self.world.people["MANAGER"].daemon.sql(
            "select receipt_code from lab.receipt join lab.item using (receipt_no) where sheet_no = %s", sheet["sheet_no"])[0][0]
        return dict(receipt_code=code, phone_last4="1234")

    def doubtful(self):
        """A row that has just come into doubt."""
        manager = self.world.people["MANAGER"]
        manager.daemon.sql("update lab.requirement set confidence = 'check', note = note || '.' where limit_id = 'L002'")
        listed = manager("CatalogueService.ListDoubtfulRows", laboratory="JEW", only_check=True)
        row = next(row for row in listed.doubtful if row.key == "L002")
        return dict(laboratory="JEW", file=row.file, key=row.key, catalogue_revision=listed.catalogue_revision, reason=REASON)

    def judged_before(self):
        """A submitted test, and a catalogue that moved since."""
        test = self.test("submitted", reason=REASON)
        self.doubtful()
        return test

    def signed_off(self):
        row = self.doubtful()
        done = self.world.people["MANAGER"]("CatalogueService.SignOffRow", **row)
        return dict(row, catalogue_revision=done.catalogue_revision)

    def chosen_limit(self):
        listed = self.world.people["MANAGER"]("CatalogueService.ListLimits", laboratory="JEW")
        limit = next(limit for limit in listed.limits if (limit.product_id, limit.parameter_id) == ("JEW_AU750", "AU"))
        return self.test("claimed", limit_id=limit.limit_id, reason=REASON)

    def stone(self, **more):
        """An identification that two persons read apart, taken by the technician."""
        self.world.qualified("M_GEM")
        test = self.world.received(items=[ring(tests=[dict(method_id="M_GEM", parameter_id="GEMID")])]).items[0].tests[0]
        test = self.world.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        return dict(test_id=test.test_id, version=test.version, **more)

    def started(self):
        test = dict(test_id=self.test("claimed")["test_id"])
        self.world.people["TECHNICIAN"]("BenchService.StartWork", **test)
        return test

    def chart(self, points=0, **more):
        chart = self.world.chart(points)
        return dict(laboratory="JEW", chart=chart.chart, **more)

    def held(self, **more):
        hold = self.world.held()
        return dict(hold_id=hold.hold_id, version=hold.version, **more)

    def nonconformity(self, **more):
        made = self.world.people["TECHNICIAN"]("QualityService.OpenNonconformity", laboratory="JEW",
                                                    description=REASON).nonconformity
        return dict(nonconformity_no=made.nonconformity_no, version=made.version, **more)

    def scored(self):
        self.world.proficiency()
        return dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU")

    def waiting(self):
        self.world.control_plan()
        return dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", test_ids=[self.test("received")["test_id"]])

    def worksheet(self, stage="worksheet", **more):
        sheet = getattr(self.world, stage)().worksheet
        return dict(worksheet_no=sheet.worksheet_no, version=sheet.version, **more)

    def drawn(self):
        return dict(worksheet_no=self.worksheet()["worksheet_no"])

    def control_plan(self):
        plan = self.world.control_plan()
        return dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", charts=list(plan.charts), reason=REASON)

    # ---- open days
    def slot_version(self, **more):
        slot = self.world.new_slot()
        return dict(slot_id=slot.slot_id, version=slot.version, booked_quota=10, person_cap=3, tour_seats=2, reason=REASON, **more)

    def caller(self):
        self.count += 1
        return dict(slot_id=self.world.session().slot_id, places=1, person=dict(name=f"来电 {self.count}", phone="13700000002"))

    def booking(self, **more):
        return dict(booking_code=self.world.booked().booking_code, **more)

    def home(self):
        return dict(booking_code=self.world.visit().booking_code)

    def crew(self):
        return dict(self.home(), first_sampler=self.member()["username"], second_sampler=self.member()["username"])

    def walk_in(self):
        self.world.session()
        return dict(laboratory="JEW", places=1)

    def new_staff(self):
        self.count += 1
        return dict(username=f"hired{self.count}", name="Hired", password=PASSWORD, laboratory="JEW",
                    roles=["ROLE_TECHNICIAN"])


JEW = dict(laboratory="JEW")
MAKE = {
    "DeskService.FindPersons": lambda f: dict(query="13800001234"),
    "DeskService.RevealPerson": lambda f: dict(person_id=f.world.received().owner.person_id, reason=REASON),
    "DeskService.RegisterIntake": lambda f: intake_fields(),
    "DeskService.GetReceipt": lambda f: dict(receipt_no=f.world.received().receipt_no),
    "DeskService.GetItem": lambda f: dict(item_code=f.item()["item_code"]),
    "DeskService.ListItems": lambda f: JEW,
    "DeskService.TellItem": lambda f: dict(f.item(), field="mfr", value="maker"),
    "DeskService.GetPhoto": lambda f: dict(item_code=f.world.received().items[0].item_code),
    "DeskService.AttachPhoto": lambda f: dict(f.item(items=[ring(photo=b"")]), photo=picture()),
    "DeskService.CollectReceipt": lambda f: f.released_receipt(),
    "DeskService.ReturnItem": lambda f: f.released_item(),
    "OpenDayService.SetDay": lambda f: f.world.new_day(),
    "OpenDayService.ListDays": lambda f: JEW,
    "OpenDayService.CreateSlots": lambda f: f.world.new_session(),
    "OpenDayService.ChangeSlot": lambda f: f.slot_version(),
    "OpenDayService.ListSlots": lambda f: JEW,
    "OpenDayService.MakeBooking": lambda f: f.caller(),
    "OpenDayService.GetBooking": lambda f: f.booking(),
    "OpenDayService.ListBookings": lambda f: JEW,
    "OpenDayService.CancelBooking": lambda f: f.booking(reason=REASON),
    "OpenDayService.MarkNoShow": lambda f: f.booking(),
    "OpenDayService.ReleaseNoShows": lambda f: dict(slot_id=f.world.session().slot_id),
    "OpenDayService.ArriveBooking": lambda f: f.booking(),
    "OpenDayService.TakeTicket": lambda f: f.walk_in(),
    "OpenDayService.CallNextTicket": lambda f: dict(JEW, room="3"),
    "OpenDayService.RecallTicket": lambda f: f.world.ticket("called"),
    "OpenDayService.SkipTicket": lambda f: f.world.ticket("called"),
    "OpenDayService.MoveTicket": lambda f: dict(f.world.ticket(), reason=REASON),
    "OpenDayService.PrioritiseTicket": lambda f: dict(f.world.ticket(), priority=True, reason=REASON),
    "OpenDayService.StartTicket": lambda f: f.world.ticket("called"),
    "OpenDayService.FinishTicket": lambda f: f.world.ticket("called"),
    "OpenDayService.ListTickets": lambda f: JEW,
    "OpenDayService.LeaseWalkIns": lambda f: dict(slot_id=f.world.new_slot().slot_id, places=2),
    "OpenDayService.ReturnLease": lambda f: dict(lease_id=f.world.lease()),
    "OpenDayService.ListLeases": lambda f: JEW,
    "OpenDayService.MoveBooking": lambda f: dict(booking_code=f.world.booked().booking_code, slot_id=f.world.later().slot_id, reason=REASON),
    "OpenDayService.PlanVisit": lambda f: f.world.home(f.world.booked()),
    "OpenDayService.AssignCrew": lambda f: f.crew(),
    "OpenDayService.ConfirmReadiness": lambda f: dict(f.home(), closed_since="2026-01-01 08:00", someone_home=True),
    "OpenDayService.GetVisit": lambda f: f.home(),
    "OpenDayService.ListVisits": lambda f: JEW,
    "BenchService.ListTests": lambda f: JEW,
    "BenchService.GetTest": lambda f: dict(test_id=f.test("received")["test_id"]),
    "BenchService.AssignTest": lambda f: f.test("received", technician="technician"),
    "BenchService.AutoAssignTests": lambda f: JEW,
    "BenchService.ClaimTest": lambda f: f.test("received"),
    "BenchService.ChooseLimit": lambda f: f.chosen_limit(),
    "BenchService.EnterResult": lambda f: f.test("claimed", readings=READINGS, expanded_uncertainty="2.0"),
    "BenchService.EnterReading": lambda f: f.stone(result="jadeite"),
    "BenchService.GetReadings": lambda f: dict(test_id=f.stone()["test_id"]),
    "BenchService.StartWork": lambda f: dict(test_id=f.test("claimed")["test_id"]),
    "BenchService.StopWork": lambda f: f.started(),
    "BenchService.GetItemHistory": lambda f: dict(item_code=f.item()["item_code"]),
    "BenchService.SubmitTest": lambda f: f.test("entered"),
    "BenchService.RejudgeTest": lambda f: f.judged_before(),
    "ReviewService.ListSubmittedTests": lambda f: JEW,
    "ReviewService.ApproveTest": lambda f: f.test("submitted"),
    "ReviewService.SendBackTest": lambda f: f.test("submitted", reason=REASON),
    "ReviewService.OrderRetest": lambda f: f.test("submitted", reason=REASON),
    "SheetService.ListReleasableItems": lambda f: JEW,
    "SheetService.ReleaseSheet": lambda f: f.approved_item(),
    "DeskService.AddRecipient": lambda f: dict(receipt_no=f.world.received().receipt_no,
                                               recipient=dict(channel="CHANNEL_COUNTER")),
    "DeskService.RemoveRecipient": lambda f: f.recipient(),
    "DeskService.ListDeliveries": lambda f: JEW,
    "DeskService.MarkCollected": lambda f: f.delivery(),
    "DeskService.MarkPrinted": lambda f: f.delivery(),
    "DeskService.RetryDelivery": lambda f: f.delivery(failed=True),
    "DeskService.UnlockReceipt": lambda f: dict(receipt_no=f.world.received().receipt_no, reason=REASON),
    "PublicService.LookUpSheet": lambda f: f.sealed(),
    "PublicService.Track": lambda f: f.tracked(),
    "PublicService.ShowBoard": lambda f: {},
    "PublicService.FollowTicket": lambda f: dict(ticket_code=f.world.ticket_code()),
    "PublicService.FetchSheet": lambda f: f.fetched(),
    "SheetService.ReleaseSheets": lambda f: f.batch(),
    "SheetService.RequestAmendment": lambda f: f.amendable(),
    "SheetService.CorrectItem": lambda f: f.amended_item(name="手镯"),
    "SheetService.CancelAmendment": lambda f: f.amending(reason=REASON),
    "SheetService.RequestWithdrawal": lambda f: f.sealed(withdrawal_code="WITHDRAWAL_CODE_OTHER", reason=REASON),
    "SheetService.ConfirmWithdrawal": lambda f: f.withdrawing(password=PASSWORD, meaning="withdrawn"),
    "SheetService.CancelWithdrawal": lambda f: f.withdrawing(reason=REASON),
    "SheetService.ListSheetChanges": lambda f: JEW,
    "SheetService.GetSheet": lambda f: dict(sheet_no=f.world.released().sheet_no),
    "SheetService.DownloadSheet": lambda f: dict(sheet_no=f.world.released().sheet_no, revision=0),
    "SheetService.DownloadSlip": lambda f: dict(item_code=f.world.approved().item_code),
    "StaffService.Login": lambda f: dict(username="technician", password=PASSWORD),
    "StaffService.Logout": lambda f: {},
    "StaffService.WhoAmI": lambda f: {},
    "StaffService.ChangePassword": lambda f: dict(old_password=PASSWORD, new_password="another long password"),
    "StaffService.ListStaff": lambda f: JEW,
    "StaffService.CreateStaff": lambda f: f.new_staff(),
    "StaffService.SetRoles": lambda f: f.member_version(roles=["ROLE_REVIEWER"]),
    "StaffService.SetQualification": lambda f: f.member_version(method_id="M_XRF", qualified=True),
    "StaffService.SetSignatory": lambda f: f.member_version("SIGNATORY", authorised=True),
    "StaffService.ResetPassword": lambda f: f.member(new_password="another long password"),
    "StaffService.RevokeSessions": lambda f: f.member(),
    "StaffService.SetStaffEnabled": lambda f: f.member_version(enabled=False),
    "CatalogueService.ListLaboratories": lambda f: {},
    "CatalogueService.ListProducts": lambda f: JEW,
    "CatalogueService.ListMethods": lambda f: JEW,
    "CatalogueService.ListLimits": lambda f: JEW,
    "CatalogueService.GetIntakeForm": lambda f: JEW,
    "BenchService.GetEntryForm": lambda f: dict(JEW, method_id="M_XRF", parameter_id="AU"),
    "CatalogueService.ListDoubtfulRows": lambda f: JEW,
    "CatalogueService.SignOffRow": lambda f: f.doubtful(),
    "CatalogueService.WithdrawSignOff": lambda f: f.signed_off(),
    "QualityService.CreateChart": lambda f: f.world.new_chart(),
    "QualityService.ListCharts": lambda f: JEW,
    "QualityService.GetChart": lambda f: f.chart(),
    "QualityService.DrawChart": lambda f: f.chart(20),
    "QualityService.EnterControl": lambda f: f.chart(value="750.2"),
    "QualityService.FreezeLimits": lambda f: f.chart(20, version=21, estimator="ESTIMATOR_MOVING_RANGE", reason=REASON),
    "QualityService.AddToBatch": lambda f: dict(laboratory="JEW", batch_no="B-1", test_ids=[f.test("received")["test_id"]]),
    "QualityService.ListHolds": lambda f: JEW,
    "QualityService.GetHold": lambda f: dict(hold_id=f.held()["hold_id"]),
    "QualityService.ReleaseHold": lambda f: f.held(reason=REASON),
    "QualityService.OpenNonconformity": lambda f: dict(laboratory="JEW", description=REASON),
    "QualityService.CloseNonconformity": lambda f: f.nonconformity(cause=REASON, correction=REASON,
                                                                   corrective_action=REASON),
    "QualityService.ListNonconformities": lambda f: JEW,
    "QualityService.RecordProficiency": lambda f: f.world.new_proficiency(),
    "QualityService.ListProficiency": lambda f: JEW,
    "QualityService.GetProficiency": lambda f: dict(proficiency_id=f.world.proficiency().proficiency_id),
    "QualityService.DrawProficiency": lambda f: f.scored(),
    "QualityService.RecordCrmCheck": lambda f: f.world.new_crm(),
    "QualityService.ListCrmChecks": lambda f: JEW,
    "QualityService.GetCrmCheck": lambda f: dict(crm_check_id=f.world.crm().crm_check_id),
    "WorksheetService.SetControlPlan": lambda f: f.control_plan(),
    "WorksheetService.ListControlPlans": lambda f: JEW,
    "WorksheetService.CreateWorksheet": lambda f: f.waiting(),
    "WorksheetService.GetWorksheet": lambda f: f.drawn(),
    "WorksheetService.ListWorksheets": lambda f: JEW,
    "WorksheetService.PreviewReadings": lambda f: f.world.worksheet_to_preview(),
    "WorksheetService.EnterWorksheet": lambda f: f.world.worksheet_to_enter(),
    "WorksheetService.SubmitWorksheet": lambda f: f.worksheet("worksheet_entered"),
    "WorksheetService.CancelWorksheet": lambda f: f.worksheet(reason=REASON),
    "WorksheetService.DrawWorksheet": lambda f: f.drawn(),
    "FitnessService.SetMethodChecks": lambda f: dict(laboratory="JEW", method_id="M_CUP", reason=REASON),
    "FitnessService.ListMethodChecks": lambda f: JEW,
    "FitnessService.RecordFitness": lambda f: f.world.fitness("FITNESS_KIND_REAGENT_LOT", "LOT-1"),
    "FitnessService.ListFitness": lambda f: JEW,
    "FitnessService.UseReagents": lambda f: f.test("entered", lots=[f.world.lot()]),
    "InstrumentService.SaveProfile": lambda f: f.world.new_profile(),
    "InstrumentService.ListProfiles": lambda f: JEW,
    "InstrumentService.PreviewFile": lambda f: f.world.file(),
    "InstrumentService.ImportFile": lambda f: f.world.file(),
    "InstrumentService.ListFiles": lambda f: JEW,
    "InstrumentService.GetFile": lambda f: dict(laboratory="JEW", sha256=f.world.imported().file.sha256),
    "RecordService.SetForm": lambda f: f.world.form(),
    "RecordService.ListForms": lambda f: JEW,
    "RecordService.AttachFile": lambda f: dict(test_id=f.test("claimed")["test_id"], name="spectrum.png", content=picture()),
    "RecordService.StrikeAttachment": lambda f: dict(attachment_id=f.world.attached().attachment_id, reason=REASON),
    "RecordService.GetAttachment": lambda f: dict(attachment_id=f.world.attached().attachment_id),
    "RecordService.GetOriginalRecord": lambda f: dict(test_id=f.test("entered")["test_id"]),
    "RecordService.PrintOriginalRecord": lambda f: dict(test_id=f.test("entered")["test_id"]),
    "RecordService.DownloadOriginalRecord": lambda f: f.world.printed(),
    "AuditService.ListHistory": lambda f: JEW,
    **matrix_custody.MAKE,
}


class Matrix(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.sql("insert into lab.laboratory (laboratory, name_zh, name_en) values (%s, '第二实验室', 'Second')",
                       OTHER)
        done = cls.daemon.admin_command("staff", "add", "--username", "other.root", "--name", "Other Root",
                                        "--laboratory", OTHER, "--role", "administrator")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        admin = cls.daemon.log_in("other.root")
        for role in ROLES:
            admin.staff(f"other.{role.lower()}", [role], laboratory=OTHER)
        cls.others = {role: cls.daemon.log_in(f"other.{role.lower()}", "D2" if role == "RECEPTION" else "")
                      for role in ROLES}
        cls.fresh = Fresh(cls.world)
        cls.stranger = cls.daemon.client()  # one connection for all that nobody asks

    def client(self, short, role, whose):
        if role is None:
            return self.stranger
        people = self.people if whose == "own" else self.others
        if short == "StaffService.ChangePassword":  # it ends sessions: by somebody for this alone
            return self.daemon.log_in(self.fresh.member(role)["username"])
        if short == "StaffService.Logout":
            return self.daemon.log_in(people[role].username, "D1" if role == "RECEPTION" else "")
        return people[role]

    def try_cell(self, short, role, whose, fields):
        try:
            self.client(short, role, whose)(short, timeout=60, **fields)
            return "OK"
        except grpc.RpcError as error:
            return error.code().name

    @staticmethod
    def wanted(role, is_allowed):
        return "OK" if is_allowed else "UNAUTHENTICATED" if role is None else "PERMISSION_DENIED"

    def walk_cells(self, short):
        cells = plan(short)
        self.fresh.role = next((role for role in ROLE_ENUM if cells.get((role, "own"))), None)
        fields, used, tried = MAKE[short](self.fresh), False, 0
        for (role, whose), is_allowed in sorted(cells.items(), key=lambda cell: cell[1]):
            if is_allowed and used and ROWS[short]["effect"] == "write":
                self.fresh.role = role
                fields = MAKE[short](self.fresh)
            with self.subTest(role=role, whose=whose):
                self.assertEqual(self.try_cell(short, role, whose, fields), self.wanted(role, is_allowed))
            used = used or is_allowed
            tried += 1
        self.assertEqual(tried, len(cells))

    # ---- the table itself
    def test_every_rpc_has_a_row_and_every_role_a_column(self):
        self.assertEqual(set(ROWS), set(METHODS))
        self.assertEqual(set(MAKE), set(METHODS))
        self.assertEqual(ROLE_ENUM, ROLES)
        for short, row in ROWS.items():
            self.assertTrue(all(row[role.lower()] in ("", "x") for role in ROLE_ENUM), short)

    def test_the_number_of_cells_is_known(self):
        cells = [is_allowed for short in METHODS for is_allowed in plan(short).values()]
        open_to_all = [short for short in METHODS if ROWS[short]["session"] == "no"]
        bound = sum(is_bound(method) for short, method in METHODS.items() if short not in open_to_all)
        self.assertEqual(len(METHODS), 216)
        self.assertEqual(open_to_all, ["PublicService.LookUpSheet", "PublicService.Track", "PublicService.ShowBoard",
                                       "PublicService.FollowTicket", "PublicService.SendComplaint", "PublicService.ShowStatistics",
                                       "PublicService.FetchSheet",
                                       "StaffService.Login"])
        self.assertEqual(bound, 196)
        # 208 methods with a session, 8 roles; the bound ones again from another laboratory; 216 without a session.
        self.assertEqual(len(cells), 208 * 8 + 196 * 8 + 216)
        self.assertEqual(sum(cells), sum(row[role.lower()] == "x" for row in ROWS.values() for role in ROLE_ENUM) + 8)

    def test_what_belongs_to_another_laboratory_is_refused_in_the_same_words_as_what_does_not_exist(self):
        told = []
        for code in (self.fresh.item()["item_code"], "00000000" + "0"):
            with self.ends_in("PERMISSION_DENIED") as refusal:
                self.others["RECEPTION"]("DeskService.GetItem", item_code=code)
            told.append((refusal[0].text, refusal[0].reason, refusal[0].metadata))
        self.assertEqual(told[0], told[1])

    # ---- whose object within one laboratory
    def second_technician(self):
        if "technician2" not in [member.username for member in
                                 self.people["ADMINISTRATOR"]("StaffService.ListStaff", laboratory="JEW").staff]:
            self.people["ADMINISTRATOR"].staff("technician2", ["TECHNICIAN"])
            self.people["MANAGER"]("StaffService.SetQualification", username="technician2", laboratory="JEW",
                                   version=self.world.member("technician2").version, method_id="M_XRF",
                                   qualified=True, reason=REASON)
        return self.daemon.log_in("technician2")

    def test_a_technician_may_not_touch_a_test_that_another_holds(self):
        second = self.second_technician()
        for short, stage in (("BenchService.EnterResult", "claimed"), ("BenchService.SubmitTest", "entered")):
            fields = MAKE[short](self.fresh)
            with self.ends_in("PERMISSION_DENIED", text=short):
                second(short, **fields)
            self.people["TECHNICIAN"](short, **fields)

    def test_a_technician_may_not_claim_what_another_holds(self):
        fields = self.fresh.test("claimed")
        with self.assertRaises(grpc.RpcError) as caught:
            self.second_technician()("BenchService.ClaimTest", **fields)
        self.assertIn(caught.exception.code().name, ("PERMISSION_DENIED", "FAILED_PRECONDITION"))
        test = self.people["TECHNICIAN"]("BenchService.GetTest", test_id=fields["test_id"]).test
        self.assertEqual((test.assigned_to, test.version), ("technician", fields["version"]))

    def test_an_unqualified_technician_may_not_claim_or_be_given_a_test(self):
        name = self.fresh.member("TECHNICIAN")["username"]
        fields = self.fresh.test("received")
        for client, short, more in ((self.daemon.log_in(name), "BenchService.ClaimTest", {}),
                                    (self.people["MANAGER"], "BenchService.AssignTest", dict(technician=name))):
            with self.assertRaises(grpc.RpcError) as caught:
                client(short, **fields, **more)
            self.assertIn(caught.exception.code().name, ("PERMISSION_DENIED", "FAILED_PRECONDITION"), short)

    def many_roles(self, *roles):
        """One person who may do everything, and a world in which she does it all."""
        name = self.fresh.member(*roles)["username"]
        for short, who, more in (("StaffService.SetQualification", "MANAGER", dict(method_id="M_XRF", qualified=True)),
                                 ("StaffService.SetSignatory", "ADMINISTRATOR", dict(authorised=True))):
            self.people[who](short, username=name, laboratory="JEW", reason=REASON,
                             version=self.world.member(name).version, **more)
        return self.daemon.log_in(name)

    def world_of(self, **people):
        world = World.__new__(World)
        world.people = dict(self.people, **people)
        return world

    def test_nobody_reviews_what_they_entered_themselves(self):
        one = self.many_roles("TECHNICIAN", "REVIEWER", "SIGNATORY")
        test = self.world_of(TECHNICIAN=one).submitted()
        for short, more in (("ReviewService.ApproveTest", {}), ("ReviewService.SendBackTest", dict(reason=REASON))):
            with self.assertRaises(grpc.RpcError) as caught:
                one(short, test_id=test.test_id, version=test.version, **more)
            self.assertIn(caught.exception.code().name, ("PERMISSION_DENIED", "FAILED_PRECONDITION"), short)

    def test_nobody_releases_what_they_entered_or_reviewed_themselves(self):
        one = self.many_roles("TECHNICIAN", "REVIEWER", "SIGNATORY")
        for role in ("TECHNICIAN", "REVIEWER"):
            item = self.world.item(self.world_of(**{role: one}).approved().item_code)
            with self.assertRaises(grpc.RpcError, msg=role) as caught:
                one("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                    meaning="approved for issue")
            self.assertIn(caught.exception.code().name, ("PERMISSION_DENIED", "FAILED_PRECONDITION"), role)

    def test_a_signatory_who_is_not_authorised_may_not_release(self):
        one = self.daemon.log_in(self.fresh.member("SIGNATORY")["username"])
        with self.assertRaises(grpc.RpcError) as caught:
            one("SheetService.ReleaseSheet", **self.fresh.approved_item())
        self.assertIn(caught.exception.code().name, ("PERMISSION_DENIED", "FAILED_PRECONDITION"))

    def test_naming_ones_own_laboratory_does_not_open_anothers_person(self):
        admin = self.others["ADMINISTRATOR"]
        for short in ("StaffService.ResetPassword", "StaffService.RevokeSessions", "StaffService.SetStaffEnabled"):
            fields = dict(MAKE[short](self.fresh), laboratory=OTHER)
            with self.assertRaises(grpc.RpcError, msg=short) as caught:
                admin(short, **fields)
            self.assertIn(caught.exception.code().name, ("PERMISSION_DENIED", "NOT_FOUND"), short)
            self.daemon.log_in(fields["username"])

    def test_the_staff_of_another_laboratory_is_not_listed(self):
        listed = self.others["ADMINISTRATOR"]("StaffService.ListStaff").staff
        self.assertEqual([member.username for member in listed if not member.username.startswith("other.")], [])

    def test_a_key_used_by_one_person_gives_another_nothing_she_may_not_do(self):
        request_id = key()
        self.people["RECEPTION"]("DeskService.RegisterIntake", **intake_fields(request_id=request_id))
        with self.ends_in("PERMISSION_DENIED"):
            self.people["TECHNICIAN"]("DeskService.RegisterIntake", **intake_fields(request_id=request_id))
        with self.ends_in("PERMISSION_DENIED"):
            self.others["RECEPTION"]("DeskService.RegisterIntake", **intake_fields(request_id=request_id))


def generate():
    for short in METHODS:
        name = f"test_cells_of_{short.replace('.', '_')}_open_exactly_where_allowed"
        setattr(Matrix, name, lambda self, short=short: self.walk_cells(short))


generate()

if __name__ == "__main__":
    unittest.main()
