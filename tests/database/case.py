# SPDX-License-Identifier: Apache-2.0
"""The test case that database tests begin with: one cluster per process, one migrated database per class, a small
laboratory in it, and the words for calling a function as the daemon would."""
import concurrent.futures
import contextlib
import hashlib
import json
import threading
import unittest
import uuid

import psycopg2
from psycopg2.extras import Json

from tests.support import cluster
from tests.support.paint import Picture

PHOTO = Picture(1, 1).png()
GOOD = ["750.9", "751.2", "750.6"]  # clear of 750 with U = 0.4


class Refused(Exception):
    def __init__(self, status, reason, field, message, metadata):
        super().__init__(f"{status} {reason} {field}: {message} {metadata}")
        self.status, self.reason, self.field, self.message, self.metadata = status, reason, field, message, metadata


_cluster = None


def shared_cluster():
    global _cluster
    if _cluster is None:
        _cluster = cluster.Cluster()
        _cluster.start()
    return _cluster


def refused_by(error):
    """The refusal that an error of class TS0 carries; the error itself when it is another."""
    if not (error.pgcode or "").startswith("TS0"):
        return error
    diag = error.diag
    return Refused(int(error.pgcode[3:]), diag.constraint_name, diag.column_name or "", diag.message_primary,
                   json.loads(diag.message_detail or "{}"))


class Caller:
    """The daemon's side of one connection as touchstone_daemon."""

    def __init__(self, database):
        self.connection = database.connect("touchstone_daemon")

    def execute(self, sql, *values):
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql, values or None)
            return cursor
        except psycopg2.Error as error:
            raise refused_by(error) from None

    def rows(self, sql, *values):
        return self.execute(sql, *values).fetchall()

    def read(self, function, token, **request):
        return self.rows(f"select answer, blob from api.{function}(%s, %s)", token, Json(request))[0][0]

    def read_rows(self, function, token, **request):
        """What the daemon reads of a list that is answered as rows."""
        cursor = self.execute(f"select * from api.{function}_rows(%s, %s)", token, Json(request))
        return [dict(zip([column.name for column in cursor.description], row)) for row in cursor.fetchall()]

    def write(self, function, token, request_id=None, blobs=(), daemon=None, **request):
        request_id = request_id or str(uuid.uuid4())
        request = dict(request, request_id=request_id)
        plain = json.dumps(request, sort_keys=True).encode() + b"".join(blobs)
        if daemon:
            request["daemon"] = daemon
        answer, refusal = self.rows(f"select answer, refusal from api.{function}(%s, %s, %s, %s, %s::bytea[])", token,
                                    request_id, hashlib.sha256(plain).digest(), Json(request), list(blobs))[0]
        if refusal:
            metadata = refusal["metadata"]
            raise Refused(refusal["status"], refusal["reason"], refusal["field"], refusal["message"],
                          json.loads(metadata) if isinstance(metadata, str) else metadata)
        return answer


PEOPLE = {
    "reception": dict(roles=["reception"], desk="D1"), "reception2": dict(roles=["reception"], desk="D2"),
    "tech": dict(roles=["technician"], methods=["M_XRF", "M_CUP"]), "tech2": dict(roles=["technician"], methods=["M_XRF"]),
    "novice": dict(roles=["technician"]), "reviewer": dict(roles=["reviewer"]),
    "signatory": dict(roles=["signatory"], signatory=True), "manager": dict(roles=["manager"]),
    "quality": dict(roles=["quality"]), "auditor": dict(roles=["auditor"]), "admin": dict(roles=["administrator"]),
    "allround": dict(roles=["technician", "reviewer", "signatory"], methods=["M_XRF"], signatory=True),
}


class DatabaseCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = shared_cluster().database()
        cls.owner = cls.database.connect()
        cls.owner.cursor().execute("set role touchstone_owner")
        cls.addClassCleanup(cls.owner.close)
        cls.caller = Caller(cls.database)
        cls.addClassCleanup(cls.caller.connection.close)
        cls.tokens = {name: cluster.add_staff(cls.owner, name, **how) for name, how in PEOPLE.items()}

    # ---- words
    def sql(self, text, *values):
        """Plain SQL as the owner: what somebody behind the daemon's back could do."""
        cursor = self.owner.cursor()
        cursor.execute(text, values or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount

    def one(self, text, *values):
        return self.sql(text, *values)[0][0]

    def read(self, function, who, **request):
        return self.caller.read(function, self.tokens[who], **request)

    def read_rows(self, function, who, **request):
        return self.caller.read_rows(function, self.tokens[who], **request)

    def write(self, function, who, **request):
        return self.caller.write(function, self.tokens[who], **request)

    @contextlib.contextmanager
    def refused(self, reason, field=None, status=None):
        with self.assertRaises(Refused) as caught:
            yield caught
        self.assertEqual(caught.exception.reason, reason, str(caught.exception))
        if field is not None:
            self.assertEqual(caught.exception.field, field, str(caught.exception))
        if status is not None:
            self.assertEqual(caught.exception.status, status, str(caught.exception))

    @contextlib.contextmanager
    def sql_refused(self, reason=None):
        """A guard stops plain SQL, and nothing of the statement stays."""
        with self.assertRaises(psycopg2.Error) as caught:
            yield
        if reason:
            self.assertEqual(caught.exception.diag.constraint_name, reason, str(caught.exception))
        else:  # by a guard or a constraint, and not because the statement is wrong
            self.assertRegex(caught.exception.pgcode, "^(TS0|23)", str(caught.exception))

    def sql_at_once(self, *acts, times=1):
        """Each act ((statement, values ...), ...), so many times: in one transaction on a connection of its own, all started together.
        For each what refused it, or ""."""
        acts = acts * times
        gate = threading.Barrier(len(acts))

        def run(act):
            with contextlib.closing(self.database.connect()) as connection:
                connection.autocommit = False
                cursor = connection.cursor()
                cursor.execute("set role touchstone_owner")
                gate.wait(60)
                try:
                    for statement, *values in act:
                        cursor.execute(statement, values)
                    connection.commit()
                except psycopg2.Error as error:
                    return error.diag.constraint_name
            return ""
        with concurrent.futures.ThreadPoolExecutor(len(acts)) as threads:
            return list(threads.map(run, acts))

    # ---- the walk, stage by stage
    def intake_request(self, tests=(("M_XRF", "AU"),), photo=True, items=1, **changes):
        item = dict(name="戒指", claimed_product_id="JEW_AU750", claim_text="18K 金", hallmark="Au750", mass_g="3.520",
                    condition="good", stones="none", declared_value_cny="2600", pieces=1,
                    tests=[dict(method_id=m, parameter_id=p) for m, p in tests])
        if photo:
            item["photo"] = 1
        kinds = ["privacy", "agreement"] + (["destructive"] if any(m != "M_XRF" for m, _ in tests) else [])
        request = dict(laboratory="JEW", owner=dict(name="王小明", phone="138 0013-8000"),
                       items=[dict(item) for _ in range(items)], return_choice="return", purpose="consumer reference",
                       consents=[dict(kind=kind, given_by_owner=True) for kind in kinds])
        request.update(changes)
        return request

    def receive(self, who="reception", blobs=(PHOTO,), request_id=None, **how):
        return self.write("desk_register_intake", who, blobs=blobs, request_id=request_id,
                          **self.intake_request(**how))["receipt"]

    def received_test(self, **how):
        return self.receive(**how)["items"][0]["tests"][0]

    def claimed(self, who="tech", **how):
        test = self.received_test(**how)
        return self.write("bench_claim_test", who, test_id=test["test_id"], version=test["version"])["test"]

    def enter(self, test, who="tech", values=GOOD, uncertainty="0.4", **more):
        fields = dict(expanded_uncertainty=uncertainty, instrument="XRF-01", temperature_c="23.1", humidity_percent="45")
        return self.write("bench_enter_result", who, test_id=test["test_id"], version=test["version"],
                          readings=[dict(value=value, position=f"p{n}") for n, value in enumerate(values)],
                          **dict(fields, **more))["test"]

    def entered(self, who="tech", **how):
        return self.enter(self.claimed(who), who, **how)

    def judgement(self, test, verdict="pass", mean="750.9", range="0.6", **changes):
        judge = test["judge"]
        found = dict(verdict=verdict, mean=mean, range=range, expanded_uncertainty="0.4", unit=judge["unit"],
                     requirement=judge.get("requirement", ""), standard=judge.get("standard", ""),
                     sentence_zh="符合。", sentence_en="Conforms.", catalogue_revision=judge["catalogue_revision"],
                     test_version=test["version"])
        found.update(changes)
        return found

    def submit(self, test, who="tech", **how):
        return self.write("bench_submit_test", who, test_id=test["test_id"], version=test["version"],
                          daemon=dict(judgement=self.judgement(test, **how)))["test"]

    def submitted(self, **how):
        return self.submit(self.entered(), **how)

    def approved(self):
        test = self.submitted()
        return self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])["test"]

    def item(self, code):
        return self.read("desk_get_item", "reception", item_code=code)["item"]

    def release(self, code, who="signatory", **changes):
        request = dict(item_code=code, version=self.item(code)["version"], meaning="批准签发 / approved for issue",
                       daemon=dict(password_version=1))
        request.update(changes)
        return self.write("sheet_release_sheet", who, **request)["sheet"]

    def released(self):
        return self.release(self.approved()["item_code"])

    def enter_all(self):
        """What the daemon does for the log, with signatures of nobody: the database looks at the payloads only."""
        while rows := self.caller.rows("select head, request_no, sheet_no from api.log_take(250)"):
            payloads = [b"" if sheet_no is None else b"\xb1" + bytes(self.one(
                "select lab.statement_begin(sheet, %s) || sha256(%s::text::bytea) || sheet.record_sha256 from lab.sheet "
                "where sheet_no = %s and revision = (select request.revision from lab.log_request as request where "
                "request.request_no = %s)", head + place, number, sheet_no, number))
                for place, (head, number, sheet_no) in enumerate(rows)]
            coses = [payload and b"\xd2" + payload for payload in payloads]
            self.caller.rows("select api.log_append(%s, %s, %s, %s::bytea[], %s::bytea[])", rows[0][0], b"\x22" * 8,
                             [row[1] for row in rows], payloads, coses)
        if self.one("select size from lab.log_head") > 0:
            self.caller.rows("select api.log_checkpoint_done(size, root, 'a note' || chr(10)) "
                             "from api.log_checkpoint_ask(0)")

    def draw_all(self):
        """What the daemon's background work does, without a picture."""
        drawn = []
        self.enter_all()
        while True:
            rows = self.caller.rows("select sheet_no, revision, record_bytes, photo from api.sheet_work_take(60)")
            if not rows:
                return drawn
            pdf = b"%PDF-1.4 " + bytes(rows[0][2])
            self.caller.rows("select api.sheet_work_done(%s, %s, %s, %s)", rows[0][0], rows[0][1], pdf,
                             hashlib.sha256(pdf).digest())
            drawn.append(rows[0][0])

    def sealed(self):
        sheet = self.released()
        self.draw_all()
        return sheet

    # ---- the life of a sheet
    def amend(self, sheet, who="reviewer", **changes):
        request = dict(sheet_no=sheet["sheet_no"], revision=sheet["revision"], what="item_data",
                       version=self.item(sheet["item_code"])["version"], reason="样品名称有误", reason_en="the name was wrong")
        return self.write("sheet_request_amendment", who, **dict(request, **changes))["amendment"]

    def correct(self, sheet, who="manager", **changes):
        return self.write("sheet_correct_item", who, item_code=sheet["item_code"],
                          version=self.item(sheet["item_code"])["version"], **changes)["amendment"]

    def amended(self):
        """A sheet whose next revision is released, and drawn."""
        sheet = self.sealed()
        self.amend(sheet)
        self.correct(sheet, name="手镯")
        sheet = self.release(sheet["item_code"])
        self.draw_all()
        return sheet

    def ask_withdrawal(self, sheet, who="manager", **changes):
        request = dict(sheet_no=sheet["sheet_no"], revision=sheet["revision"], withdrawal_code="wrong_result", reason="结果有误",
                       reason_en="the result was wrong")
        return self.write("sheet_request_withdrawal", who, **dict(request, **changes))["withdrawal"]

    def confirm(self, sheet, who="signatory", **changes):
        request = dict(sheet_no=sheet["sheet_no"], revision=sheet["revision"], meaning="同意撤回",
                       daemon=dict(password_version=1))
        return self.write("sheet_confirm_withdrawal", who, **dict(request, **changes))

    def withdrawn(self):
        sheet = self.sealed()
        self.ask_withdrawal(sheet)
        self.confirm(sheet)
        return sheet

    # ---- fitness
    def record(self, kind, subject, valid_from="2020-01-01", valid_until="2099-12-31", who="manager", **more):
        return self.write("fitness_record_fitness", who, laboratory="JEW", fitness_kind=kind, subject=subject,
                          valid_from=valid_from, valid_until=valid_until, reason="as the books say", **more)["record"]

    # ---- original records
    def attached(self, test, content=b"counts 18200", name="run7.csv", who="tech", **more):
        return self.write("record_attach_file", who, test_id=test["test_id"], name=name, content=1, blobs=[content],
                          **more)["attachment"]

    def printed(self):
        """A form, a file that is struck out, a print."""
        self.write("record_set_form", "quality", laboratory="JEW", form_no="JEW-QR-001", edition="A/0",
                   effective_from="2020-01-01", reason="the list of forms")
        test = self.entered()
        kept = self.attached(test)
        self.write("record_strike_attachment", "tech", attachment_id=kept["attachment_id"], reason="of another item")
        return self.write("record_print_original_record", "tech", test_id=test["test_id"])

    def reagents_used(self):
        """What the guards of these tables stand before; the checks demand nothing."""
        self.write("fitness_set_method_checks", "manager", laboratory="JEW", method_id="M_CUP", reason="nothing to check")
        self.record("reagent_lot", "LOT-1", who="tech")
        test = self.enter(self.claimed())
        return self.write("fitness_use_reagents", "tech", test_id=test["test_id"], version=test["version"], lots=["LOT-1"])

    # ---- files of instruments
    def profile(self, name="XRF-1", **more):
        layout = dict(instrument="XRF-01", kind="csv", codes=[dict(code="Au", method_id="M_XRF", parameter_id="AU", unit="%")])
        return self.write("instrument_save_profile", "manager", laboratory="JEW", profile=name,
                          **dict(dict(layout=layout), **more))["profile"]

    def read_file(self, *codes, line=2, version=1, **changes):
        """What the daemon's reader found: a value for each item, one line each."""
        one = dict(column=10, code="Au", raw="75.31", method_id="M_XRF", parameter_id="AU", value="753.1")
        return dict(values=[dict(one, item=code, item_code=code, line=line + place, **changes)
                            for place, code in enumerate(codes)],
                    profile_version=version, instrument="XRF-01")

    def imported(self, name="XRF-1", who="tech", **more):
        """One result of a test that was just claimed; the bytes are made up."""
        version = self.profile(name)["version"]
        code = self.claimed()["item_code"]
        return self.write("instrument_import_file", who, laboratory="JEW", profile=name, content=1, blobs=[code.encode()],
                          daemon=self.read_file(code, version=version), **more)

    # ---- quality control
    def chart(self, name, who="quality", **changes):
        fields = dict(chart=name, laboratory="JEW", method_id="M_XRF", parameter_id="AU", material="Au 750 CRM, lot 7",
                      kind="individuals", rule_set="westgard")
        return self.write("quality_create_chart", who, **dict(fields, **changes))["chart"]

    def control(self, name, value="750.2", who="tech", alarms=(), **more):
        """A control as the daemon writes it: alarms are (rule, rejects) that its engine found."""
        version = more.pop("chart_version", None) or self.chart_now(name)["version"]
        found = dict(chart_version=version, rules_revision=more.pop("rules_revision", 0),
                     alarms=[dict(rule=rule, rejects=rejects) for rule, rejects in alarms])
        return self.write("quality_enter_control", who, laboratory="JEW", chart=name, value=value, daemon=found, **more)

    def chart_now(self, name):
        return self.read("quality_get_chart", "quality", laboratory="JEW", chart=name)["chart"]

    def freeze(self, name, who="quality", mean="750.2", sigma="0.1", **more):
        version = self.chart_now(name)["version"]
        fields = dict(laboratory="JEW", chart=name, version=version, estimator="moving_range", reason="twenty points",
                      daemon=dict(mean=mean, sigma=sigma, chart_version=version))
        return self.write("quality_freeze_limits", who, **dict(fields, **more))["chart"]

    def frozen_chart(self, name, **changes):
        self.chart(name, **changes)
        for _ in range(20):
            self.control(name)
        return self.freeze(name)

    def held(self, name, *tests, batch=None):
        """The hold that a control beyond 3s puts on a batch with these tests."""
        return self.control(name, "751.0", alarms=[("1-2s", False), ("1-3s", True)], batch_no=batch or f"B-{name}",
                            test_ids=[test["test_id"] for test in tests])["hold"]

    # ---- proficiency tests and reference materials
    def proficiency(self, who="quality", scores=None, **changes):
        """As the daemon writes it: z = (750.6 - 750.0) / 0.6."""
        scores = scores or [dict(score_kind="z", score="1.00", verdict="satisfactory", trace="by hand")]
        fields = dict(laboratory="JEW", provider="CNAS", scheme="T0812", round="1", method_id="M_XRF", parameter_id="AU",
                      value="750.6", assigned_value="750.0", sigma_pt="0.6")
        fields.update(changes)
        found = dict(scores=scores, scored_against=fields["assigned_value"], scored_sigma=fields["sigma_pt"])
        return self.write("quality_record_proficiency", who, daemon=found, **fields)["proficiency"]

    def crm(self, who="tech", accepted=True, **changes):
        """As the daemon writes it: 0.2 from 750.2, U_ref = 0.3 and U_lab = 0.4."""
        fields = dict(laboratory="JEW", material="CRM, lot 3", method_id="M_XRF", parameter_id="AU", value="750.4",
                      certified_value="750.2", certified_uncertainty="0.3", expanded_uncertainty="0.4")
        return self.write("quality_record_crm_check", who, daemon=dict(accepted=accepted, trace="by hand"),
                          **dict(fields, **changes))["crm_check"]

    # ---- worksheets
    def control_plan(self, **changes):
        fields = dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", blanks=1, blank_limit="0.5", duplicates_every=10,
                      duplicate_percent="10", spikes_every=10, spike_added="10", spike_low_percent="80", spike_high_percent="120",
                      reason="as the validation found")
        return self.write("worksheet_set_control_plan", "quality", **dict(fields, **changes))["plan"]

    def worksheet(self, who="tech", plan=None, **changes):
        """Open: blank 1, sample 2, duplicate 3, spike 4."""
        self.control_plan(**plan or {})
        test = self.received_test()
        return self.write("worksheet_create_worksheet", who, laboratory="JEW", method_id="M_XRF", parameter_id="AU",
                          test_ids=[test["test_id"]], **changes)

    def found(self, **changes):
        """As the daemon finds it; p3=dict(...) changes what stands at position 3."""
        values = {1: ("0.1", "accepted"), 2: ("750.9", "none"), 3: ("751.1", "accepted"), 4: ("760.9", "accepted")}
        return [dict(dict(position=at, value=value, outcome=outcome), **changes.get(f"p{at}", {}))
                for at, (value, outcome) in values.items()]

    def enter_worksheet(self, sheet, who="tech", positions=None, charts=(), results=None, **more):
        head = sheet["worksheet"]
        typed = results or [dict(position=one["position"], readings=[dict(value=one.get("value", ""))] * (3 if at == 1 else 1))
                            for at, one in enumerate(positions or self.found())]
        daemon = dict(positions=positions or self.found(), charts=list(charts))
        if "readings" in more:
            daemon.update(results=typed, readings=more.pop("readings"))
            typed = []
        return self.write("worksheet_enter_worksheet", who, worksheet_no=head["worksheet_no"], version=more.pop("version", head["version"]),
                          results=typed, daemon=daemon, **more)

    def worksheet_entered(self, **how):
        return self.enter_worksheet(self.worksheet(), **how)

    def worksheet_from_file(self, name="LCMS", content=b"made up", **more):
        """What stands in line 2 is the sample's first reading."""
        version = self.profile(name)["version"]
        values = [dict(line=2, column=1, raw="750.9", position=2, value="750.9", entered=True)]
        return self.enter_worksheet(self.worksheet(), readings=dict(values=values, profile_version=version, instrument="XRF-01"),
                                    readings_file=dict(profile=name, content=1, name="run7.csv"), blobs=[content], **more)
