# SPDX-License-Identifier: Apache-2.0
"""A small laboratory for outside tests: what a receptionist and her colleagues did before the test began,
and a good request for every method of the schema, built by field name."""
import datetime
import struct
import zlib

from tests.support.daemon import key


def picture(width=8, height=8, rows=None):
    """A small valid PNG; with rows of its own, what they are."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = b"".join(b"\0" + b"\xd4\xaf\x37" * width for _ in range(height)) if rows is None else rows
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def bomb(side=30000):
    """Whole as a file, and of as many pixels as no renderer has memory for."""
    return picture(side, side, bytes(100))


def ring(**changes):
    item = dict(name="戒指 ring", claimed_product_id="JEW_AU750", claim_text="18K 金", hallmark="Au750", mass_g="3.52",
                condition="good", declared_value_cny="2600", photo=picture(), pieces=1,
                tests=[dict(method_id="M_XRF", parameter_id="AU")])
    item.update(changes)
    return item


def intake_fields(**changes):
    fields = dict(laboratory="JEW", owner=dict(name="王小明", phone="13800001234"), items=[ring()],
                  consents=[dict(kind="CONSENT_KIND_PRIVACY", given_by_owner=True),
                            dict(kind="CONSENT_KIND_AGREEMENT", given_by_owner=True)],
                  return_choice="RETURN_CHOICE_RETURN", purpose="consumer reference")
    fields.update(changes)
    return fields


READINGS = [dict(value="753.4", position="shank"), dict(value="753.1", position="shank"),
            dict(value="753.9", position="setting")]


def instrument_layout(**changes):
    """How a file with commas is read: columns Item, Au %, and what it means."""
    fields = dict(instrument="XRF-01", kind="FILE_KIND_CSV", delimiter="DELIMITER_COMMA", decimal_mark="DECIMAL_MARK_POINT",
                  has_header=True, item=dict(heading="Item"), parameter=dict(heading="Code"),
                  values=[dict(column=dict(heading="Value"))],
                  codes=[dict(code="Au", method_id="M_XRF", parameter_id="AU", unit="%", detection_limit="0.01",
                              quantification_limit="0.03", expanded_uncertainty="2.0", coverage_factor="2")],
                  spellings=[dict(text="ND", qualifier="QUALIFIER_NOT_DETECTED")], skipped=["#"])
    return dict(fields, **changes)


class World:
    """Walks items through the stages that tests start from."""

    def __init__(self, people):
        self.people = people
        admin = people["ADMINISTRATOR"]
        self.qualified("M_XRF")
        signatory = self.member("signatory")
        admin("StaffService.SetSignatory", username="signatory", version=signatory.version, laboratory="JEW",
              authorised=True, reason="authorised signatory of the domain")

    def member(self, username):
        for member in self.people["ADMINISTRATOR"]("StaffService.ListStaff", laboratory="JEW").staff:
            if member.username == username:
                return member
        raise KeyError(username)

    def qualified(self, method):
        self.people["MANAGER"]("StaffService.SetQualification", username="technician", laboratory="JEW",
                               version=self.member("technician").version, method_id=method, qualified=True,
                               reason="authorised by the manager")

    def received(self, **changes):
        return self.people["RECEPTION"]("DeskService.RegisterIntake", **intake_fields(**changes)).receipt

    def claimed(self, **intake):
        item = self.received(**intake).items[0]
        test = item.tests[0]
        return self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test

    def entered(self, readings=None, uncertainty="2.0", **intake):
        test = self.claimed(**intake)
        return self.people["TECHNICIAN"]("BenchService.EnterResult", test_id=test.test_id, version=test.version,
                                         readings=readings or READINGS, expanded_uncertainty=uncertainty,
                                         instrument="XRF-01", temperature_c="23.1", humidity_percent="45").test

    def submitted(self, **how):
        test = self.entered(**how)
        return self.people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test

    def approved(self, **how):
        test = self.submitted(**how)
        return self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version).test

    # ---- quality control
    def new_chart(self, **changes):
        self.charts = getattr(self, "charts", 0) + 1
        fields = dict(laboratory="JEW", chart=f"CHART-{self.charts}", method_id="M_XRF", parameter_id="AU",
                      material="Au 750 CRM, lot 7", kind="CHART_KIND_INDIVIDUALS", rule_set="westgard")
        return dict(fields, **changes)

    def control(self, chart, value, **more):
        return self.people["TECHNICIAN"]("QualityService.EnterControl", laboratory="JEW", chart=chart, value=value, **more)

    def chart(self, points=0, **changes):
        """A chart with so many controls around 750.2, all within 0.2 of it."""
        chart = self.people["QUALITY"]("QualityService.CreateChart", **self.new_chart(**changes)).chart
        for n in range(points):
            self.control(chart.chart, f"750.{2 + (-1) ** n * (n % 3)}")
        return self.people["QUALITY"]("QualityService.GetChart", laboratory="JEW", chart=chart.chart).chart

    def frozen(self, **changes):
        chart = self.chart(20, **changes)
        return self.people["QUALITY"]("QualityService.FreezeLimits", laboratory="JEW", chart=chart.chart,
                                      version=chart.version, estimator="ESTIMATOR_MOVING_RANGE",
                                      reason="twenty points in control").chart

    def held(self, *test_ids, chart=None):
        """The hold that a control far beyond 3s puts on a batch with these tests."""
        if chart is None:
            self.held_chart = chart = getattr(self, "held_chart", None) or self.frozen().chart
        self.batches = getattr(self, "batches", 0) + 1
        return self.control(chart, "761.0", batch_no=f"BATCH-{self.batches}", test_ids=test_ids).hold

    # ---- proficiency tests and reference materials
    def new_proficiency(self, value="750.6", **changes):
        """z = (750.6 - 750.0) / 0.6 = 1 by itself."""
        self.rounds = getattr(self, "rounds", 0) + 1
        fields = dict(laboratory="JEW", provider="CNAS", scheme="T0812 gold", round=f"2026-{self.rounds}", method_id="M_XRF",
                      parameter_id="AU", value=value, assigned_value="750.0", sigma_pt="0.6")
        return dict(fields, **changes)

    def proficiency(self, value="750.6", **changes):
        return self.people["QUALITY"]("QualityService.RecordProficiency", **self.new_proficiency(value, **changes)).proficiency

    @staticmethod
    def new_crm(value="750.4", **changes):
        """0.2 from 750.2: within the root of 0.3 squared and 0.4 squared, which is 0.5."""
        fields = dict(laboratory="JEW", material="GBW(E)130101, lot 3", method_id="M_XRF", parameter_id="AU", value=value,
                      certified_value="750.2", certified_uncertainty="0.3", expanded_uncertainty="0.4")
        return dict(fields, **changes)

    def crm(self, value="750.4", **changes):
        return self.people["TECHNICIAN"]("QualityService.RecordCrmCheck", **self.new_crm(value, **changes)).crm_check

    # ---- worksheets
    def control_plan(self, **changes):
        """A plan for gold by XRF, with a chart of its own at the first time."""
        self.plan_chart = getattr(self, "plan_chart", None) or self.frozen().chart
        fields = dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", blanks=1, blank_limit="0.5",
                      charts=[self.plan_chart], controls_every=20, duplicates_every=10, duplicate_percent="0.5", spikes_every=20,
                      spike_added="10", spike_low_percent="80", spike_high_percent="120", reason="as the validation found")
        return self.people["QUALITY"]("WorksheetService.SetControlPlan", **dict(fields, **changes)).plan

    def worksheet(self, samples=1):
        """An open one, of tests of its own."""
        self.control_plan()
        tests = [item.tests[0].test_id for item in self.received(items=[ring() for _ in range(samples)]).items]
        return self.people["TECHNICIAN"]("WorksheetService.CreateWorksheet", laboratory="JEW", method_id="M_XRF",
                                         parameter_id="AU", instrument="XRF-01", test_ids=tests)

    @staticmethod
    def good_result(position, control="750.2"):
        """What is accepted of whatever stands at the position."""
        kind = position.DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_number[position.kind].name.removeprefix("POSITION_KIND_")
        values = {"SAMPLE": ["753.1", "753.5", "753.4"], "BLANK": ["0.1"], "CONTROL": [control], "DUPLICATE": ["753.5"],
                  "SPIKE": ["763.4"]}[kind]
        fields = dict(position=position.position, readings=[dict(value=value) for value in values])
        return dict(fields, expanded_uncertainty="2.0") if kind == "SAMPLE" else fields

    def worksheet_to_enter(self, samples=1):
        sheet = self.worksheet(samples)
        controls = iter(["750.3", "750.1"] * 48)  # below and above in turn, or they would all lie on one side
        return dict(worksheet_no=sheet.worksheet.worksheet_no, version=sheet.worksheet.version, results=[
            self.good_result(position, next(controls) if position.chart else "") for position in sheet.positions])

    def worksheet_entered(self, samples=1):
        return self.people["TECHNICIAN"]("WorksheetService.EnterWorksheet", **self.worksheet_to_enter(samples))

    # ---- open days and the queue
    def session(self):
        """Of today, from midnight to midnight, with room for everybody."""
        if not hasattr(self, "open_slot"):
            manager = self.people["MANAGER"]
            today = manager("OpenDayService.ListDays", laboratory="JEW", days=1).visit_days[0]
            manager("OpenDayService.SetDay", **self.new_day(day=today.day, day_version=today.version))
            self.open_slot = manager("OpenDayService.CreateSlots", **self.new_session(
                day=today.day, begins="00:00", ends="24:00", minutes=1440, booked_quota=5000, walk_in_quota=5000)).slots[0]
        return self.open_slot

    def later(self):
        """Another session, of tomorrow, with room for everybody."""
        if not hasattr(self, "later_slot"):
            manager = self.people["MANAGER"]
            day = manager("OpenDayService.ListDays", laboratory="JEW", days=2).visit_days[1]
            manager("OpenDayService.SetDay", **self.new_day(day=day.day, day_version=day.version))
            self.later_slot = manager("OpenDayService.CreateSlots", **self.new_session(
                day=day.day, begins="00:00", ends="24:00", minutes=1440, booked_quota=5000, walk_in_quota=5000)).slots[0]
        return self.later_slot

    def new_day(self, **changes):
        """A far one, each its own."""
        self.days = getattr(self, "days", 0) + 1
        fields = dict(laboratory="JEW", day=str(datetime.date(2040, 1, 1) + datetime.timedelta(days=self.days)), name_zh="开放日",
                      day_kind="DAY_KIND_OPEN_DAY", booked_turns=2, walk_in_turns=1, reason="plan of the year")
        return dict(fields, **changes)

    def new_session(self, **changes):
        fields = dict(laboratory="JEW", begins="09:00", ends="10:00", minutes=60, booked_quota=10, walk_in_quota=5, person_cap=100, tour_seats=2)
        if "day" not in changes:
            fields["day"] = self.people["MANAGER"]("OpenDayService.SetDay", **self.new_day()).visit_day.day
        return dict(fields, **changes)

    def new_slot(self, **changes):
        return self.people["MANAGER"]("OpenDayService.CreateSlots", **self.new_session(**changes)).slots[0]

    def booked(self, slot=None, **more):
        self.callers = getattr(self, "callers", 0) + 1
        fields = dict(slot_id=(slot or self.session()).slot_id, places=1, person=dict(name=f"来电{self.callers}", phone="13700000001"))
        return self.people["RECEPTION"]("OpenDayService.MakeBooking", **dict(fields, **more)).booking

    def ticket(self, state="waiting", **more):
        self.session()
        reception, where = self.people["RECEPTION"], dict(laboratory="JEW")
        ticket = reception("OpenDayService.TakeTicket", places=1, **dict(where, **more)).ticket
        one = dict(where, ticket_no=ticket.ticket_no)
        if state != "waiting":
            reception("OpenDayService.MoveTicket", to_front=True, reason="called by hand", **one)
            reception("OpenDayService.PrioritiseTicket", priority=True, reason="called by hand", **one)
            called = ticket
            while called.ticket_no != ticket.ticket_no or called.ticket_state != 2:
                called = reception("OpenDayService.CallNextTicket", room="3", **where).ticket
        if state == "skipped":
            reception("OpenDayService.SkipTicket", **one)
        return one

    @staticmethod
    def home(booking, **changes):
        fields = dict(booking_code=booking.booking_code, address="演示路2号301", air_standard="AIR_STANDARD_GBT_18883",
                      rooms=[dict(name="卧室", area_m2="14.5"), dict(name="客厅", area_m2="32")])
        return dict(fields, **changes)

    def visit(self, **changes):
        return self.people["RECEPTION"]("OpenDayService.PlanVisit", **self.home(self.booked(), **changes)).visit

    def lease(self, places=2):
        return self.people["RECEPTION"]("OpenDayService.LeaseWalkIns", slot_id=self.new_slot().slot_id, places=places).lease.lease_id

    def ticket_code(self):
        self.session()
        return self.people["RECEPTION"]("OpenDayService.TakeTicket", laboratory="JEW", places=1).ticket.ticket_code

    # ---- fitness
    @staticmethod
    def fitness(kind, subject, valid_from="2020-01-01", valid_until="2099-12-31", **more):
        return dict(laboratory="JEW", fitness_kind=kind, subject=subject, valid_from=valid_from, valid_until=valid_until,
                    reason="as the books say", **more)

    def lot(self, name="LOT-1"):
        self.people["TECHNICIAN"]("FitnessService.RecordFitness", **self.fitness("FITNESS_KIND_REAGENT_LOT", name))
        return name

    # ---- files of instruments
    def new_profile(self, **changes):
        self.profiles = getattr(self, "profiles", 0) + 1
        return dict(laboratory="JEW", profile=f"PROFILE-{self.profiles}", layout=instrument_layout(**changes))

    def profile(self, **changes):
        return self.people["MANAGER"]("InstrumentService.SaveProfile", **self.new_profile(**changes)).profile.profile

    def file(self, **more):
        """A file with one result of a test that was just claimed."""
        code = self.claimed().item_code
        return dict(laboratory="JEW", profile=self.profile(), content=f"Item,Code,Value\n{code},Au,75.31\n".encode(), **more)

    def imported(self, **more):
        return self.people["TECHNICIAN"]("InstrumentService.ImportFile", **self.file(name="run7.csv", **more))

    # ---- original records
    @staticmethod
    def form(**more):
        return dict(dict(laboratory="JEW", method_id="M_XRF", form_no="JEW-QR-031", edition="A/3", effective_from="2020-01-01",
                         title_zh="检测原始记录", reason="as the list of forms says"), **more)

    def attached(self):
        return self.people["TECHNICIAN"]("RecordService.AttachFile", test_id=self.claimed().test_id, name="spectrum.png",
                                         content=picture()).attachment

    def printed(self):
        made = self.people["REVIEWER"]("RecordService.PrintOriginalRecord", test_id=self.entered().test_id)
        return dict(test_id=made.test_id, print_no=made.print_no)

    def readings_file(self, results, **more):
        """A file with the readings of these positions."""
        lines = ["Item,Code,Value", *(f"{result['position']},Au,{reading['value']}"
                                      for result in results for reading in result["readings"])]
        layout = instrument_layout(rows_are_replicates=True, codes=[dict(code="Au", method_id="M_XRF", parameter_id="AU",
                                                                         expanded_uncertainty="2.0")])
        self.read_by = getattr(self, "read_by", None) or self.people["MANAGER"](
            "InstrumentService.SaveProfile", **dict(self.new_profile(), layout=layout)).profile.profile
        return dict(dict(profile=self.read_by, content="\n".join(lines).encode() + b"\n", name="run7.csv"), **more)

    def worksheet_to_preview(self):
        sheet = self.worksheet()
        return dict(worksheet_no=sheet.worksheet.worksheet_no, readings_file=self.readings_file(
            [self.good_result(position) for position in sheet.positions]))

    def item(self, code):
        return self.people["RECEPTION"]("DeskService.GetItem", item_code=code).item

    def released(self, **how):
        test = self.approved(**how)
        item = self.item(test.item_code)
        from tests.support.daemon import PASSWORD
        return self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                        password=PASSWORD, meaning="approved for issue").sheet


# A good value for every field name of every request; a request is its fields looked up here.
def good_values(world):
    from tests.support.daemon import PASSWORD
    receipt = world.received()
    item = receipt.items[0]
    test = item.tests[0]
    intake = intake_fields()
    return dict(
        request_id=key(), query="13800001234", person_id=receipt.owner.person_id, reason="asked by the customer",
        receipt_no=receipt.receipt_no, item_code=item.item_code, version=item.version, photo=picture(),
        collected_by="owner", mass_out_g="3.52", returned_to="owner", test_id=test.test_id, technician="technician",
        readings=READINGS, expanded_uncertainty="2.0", coverage_factor="2", instrument="XRF-01", temperature_c="23",
        humidity_percent="45", deviation="", inputs="", confirmation="", comment="checked", password=PASSWORD, meaning="approved for issue",
        sheet_no="JEW-2026-999999", username="technician", desk="", old_password=PASSWORD,
        new_password="another long password", name="Somebody", roles=["ROLE_TECHNICIAN"], method_id="M_XRF",
        qualified=True, authorised=True, enabled=True, object_type="test", object_id=test.test_id, state=0,
        custody_state=0, assigned_to="technician", laboratory="JEW", owner=intake["owner"],
        bringer=dict(name="李 明", phone="13900005678"), items=[ring(facts=[dict(field="model", value="R-7")])], consents=intake["consents"],
        return_choice=intake["return_choice"], purpose=intake["purpose"], fee_cny="0", waiver="open day",
        result="jadeite", observations=["density 3.33"], complaint="", limit_id="L003", only_check=False, catalogue_revision=1,
        file="limits", key="L014",
        page=dict(page_size=10), releases=[dict(item_code=item.item_code, version=item.version)], revision=0, what=1,
        reason_en="asked by the customer", pieces=1, claim_text="18K", hallmark="Au750", mass_g="3.52", condition="good", stones="none",
        seal_no="S-1", clear=[], withdrawal_code=9, recipients=[dict(channel=3)], recipient=dict(channel=3),
        recipient_id=receipt.recipients[0].recipient_id, delivery_id=key(), notice_id=key(), receipt_code=receipt.receipt_code, phone_last4="1234",
        code="00000000", field="mfr",
        receiver="manager", witness="manager", manner="melted down", storage="SAFE", item_codes=[item.item_code], in_use=True,
        incident_kind=6, accepted_mass_g="3.52", resolution="the scale was not levelled", incident_no="INC-JEW-2026-9999",
        product_id="JEW_AU750", ended=False, campaign="nobody's day", first_day="2020-03-15", last_day="2020-03-15", quota=5,
        method_ids=["M_XRF"], fee_reason="agreed", complaint_kind=1, statement="it took too long", complaint_state=0, outcome=3,
        complaint_no="CMP-JEW-2026-9999", handler="manager", finding="it did", retest_id=key(), about="delay", pass_group=2, statistic=1,
        for_publication=True, minimum_days=0, keep_until="2026-01-01", portion_id=key(), only_due=True, photo_compared=True,
        **good_quality_values(world, test), **good_proficiency_values(world), **good_worksheet_values(world),
        **good_instrument_values(world),
        fitness_kind=3, subject=world.lot(), competence_for="", valid_from="2020-01-01", valid_until="2099-12-31",
        document=1, form_no="JEW-QR-031", edition="A/3", effective_from="2020-01-01", title_zh="检测原始记录", title_en="Original record",
        caption="of the shank", attachment_id=world.attached().attachment_id, print_no=1,
        **good_queue_values(world), **good_offline_values(world), **good_reception_values(),
        withdrawn=False, evidence="certificate", competence=False, calibration=False, reagents=False, lots=["LOT-1"])


def good_reception_values():
    return {"ShowStatistics.pass_group": "product", "declared_value_cny": "100", "phone": "13800001234", "kept_id": key(), "gone_id": key(), "merge_id": key(), "reason_id": "AMOUNT",
            "words": "too little", "collector": dict(name="李 明", phone="13900005678"), "to_collector": False, "printer": "",
            "number": "D1-26-000001", "facts": [dict(field="model", value="R-7")], "RecordPrints.pieces": [dict(print_kind=1, number="D1-26-000001")]}


def good_offline_values(world):
    code = world.people["RECEPTION"]("DeskService.ReserveItemCodes", laboratory="JEW", count=1).item_codes[0]
    return dict(count=3, entry_request_id=key(), taken_offline_ms=0, reserved_item_code=code)


def good_queue_values(world):
    booking, ticket = world.booked(), world.ticket()
    return dict(day=world.new_day()["day"], day_kind="DAY_KIND_OPEN_DAY", name_zh="开放日", name_en="Open day", booked_turns=2, walk_in_turns=1,
                elders_first=True, ticket_minutes=6, advice_zh="请带样品", advice_en="Bring it", day_version=0, days=3, begins="09:00",
                ends="10:00", minutes=30, booked_quota=5, walk_in_quota=5, person_cap=3, tour_seats=0, release_minutes=0, grace_minutes=0,
                slot_id=booking.slot_id, only_free=False, person=dict(name="来电", phone="13700000009"), places=1, or_wait=False,
                booking_code=booking.booking_code, booking_state=0, priority=True, priority_reason="elder", room="3",
                ticket_no=ticket["ticket_no"], behind="", to_front=True, left_queue=False, with_ended=True, serves_booking_code="", ticket_code=world.ticket_code(), **good_visit_values(), lease_id=world.lease(), from_lease_id="",
                serves_ticket_no="")


def good_visit_values():
    return dict(address="演示路2号301", air_standard="AIR_STANDARD_GB_50325", central_ventilation=True, radon=False, decoration_end="2026-01-01",
                rooms=[dict(name="卧室", area_m2="14.5")], first_sampler="technician", second_sampler="technician", pumps=["P-1"],
                route_place=1, closed_since="2026-01-01 08:00", someone_home=True)


def good_quality_values(world, test):
    hold = world.held(test.test_id)
    return dict(chart=hold.chart, parameter_id="AU", material="Au 750 CRM, lot 7", kind=1, rule_set="westgard",
                newest=50, format=1, value="750.2", batch_no=hold.batch_no, run="R-1", note="new lamp", test_ids=[test.test_id],
                estimator=1, first_point=1, last_point=20, left_out=[dict(point=2, reason="the lamp was off")], only_open=True, hold_id=hold.hold_id,
                description="the control drifts", nonconformity_no="NC-JEW-2026-9999", cause="the lamp aged",
                correction="measured again", corrective_action="lamp hours are logged")


def good_proficiency_values(world):
    return dict(provider="CNAS", scheme="T0812 gold", round="2026-99", sample="A", unit="‰", standard_uncertainty="0.2",
                assigned_value="750.0", sigma_pt="0.6", assigned_standard_uncertainty="0.1", assigned_expanded_uncertainty="0.2",
                participants=[], replaces="", proficiency_id=world.proficiency().proficiency_id, certified_value="750.2",
                certified_uncertainty="0.3", certified_coverage="2", crm_check_id=world.crm().crm_check_id)


def good_worksheet_values(world):
    entry = world.worksheet_to_enter()
    return dict(blanks=1, blank_limit="0.5", charts=[world.plan_chart], controls_every=20, duplicates_every=10,
                duplicate_percent="10", spikes_every=20, spike_added="10", spike_low_percent="80", spike_high_percent="120",
                samples=1, worksheet_no=entry["worksheet_no"], results=entry["results"][1:],
                readings_file=world.readings_file(entry["results"][:1]))


def good_instrument_values(world):
    file = world.file()
    done = world.people["TECHNICIAN"]("InstrumentService.ImportFile", **file)
    return dict(profile=file["profile"], layout=instrument_layout(), content=file["content"], leave_out=True,
                sha256=done.file.sha256)


def good_request(schema, method, values):
    fields = {field.name: values.get(f"{method.name}.{field.name}", values.get(field.name)) for field in method.input_type.fields}
    if "request_id" in fields:
        fields["request_id"] = key()
    return schema.message(method.input_type.full_name)(**fields)
