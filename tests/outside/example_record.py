# SPDX-License-Identifier: Apache-2.0
"""The original record that docs/original-record.png shows: a walk through a real daemon on a day of November 2026, so that the
picture cannot say what the system does not allow. Run as a program it makes the picture anew:

    python3 -m tests.outside.example_record docs/original-record.png [RECORD.pdf]

A ring was tested; on the next morning the instrument's calibration was found to have drifted, and a repeat test was ordered. Its
record is shown: a control failed, the batch was held and released after the control and the sample were measured again; digits
were swapped and corrected after submission; a blurred picture was struck out and taken anew; another person reviewed, a third
approved the report. Its numbers, its instrument and its days are those of no other picture of docs/."""
import contextlib
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile

from tests.outside.external import Cluster, ExternalDaemon
from tests.support import paint, paths
from tests.support.daemon import PASSWORD

CHINA = datetime.timezone(datetime.timedelta(hours=8))
SHANK_OUT, SHANK_IN, SETTING = "戒圈外侧 shank, outside", "戒圈内侧 shank, inside", "镶口 setting"
STAFF = {"root": ("管示范", "ADMINISTRATOR"), "desk": ("前示范", "RECEPTION"), "wang": ("王示范", "TECHNICIAN"),
         "li": ("李示范", "TECHNICIAN"), "zhao": ("赵示范", "REVIEWER"), "qian": ("钱示范", "QUALITY"), "sun": ("孙示范", "SIGNATORY"),
         "zhou": ("周示范", "MANAGER")}
CHART = "XRF-03-AU750"
XRF, CRM = "XRF-03", "CRM-AU750-11"
SPOTS = (("shank outside", "752.9,147.1,88.6,11.4"), ("shank inside", "753.2,146.8,88.7,11.3"), ("setting", "753.1,146.9,88.6,11.4"))
AGAIN = (("shank outside", "752.8,147.2,88.6,11.4"), ("shank inside", "753.3,146.7,88.7,11.3"), ("setting", "753.0,147.0,88.6,11.4"))


# Twenty days of the control.
POINTS = "750.2 749.9 750.1 750.4 750.0 749.8 750.2 750.3 749.9 750.1 749.7 750.0 750.3 750.1 749.9 750.2 750.0 750.4 749.8 750.1"


def export(code, minutes, rows):
    """What the instrument writes: its conditions, then a line for each measurement."""
    lines = ["# XRF-03  2026-10-13  operator li  software EDX-Quant 3.2  calibration AU18K-7 of 2026-10-13 08:30",
             "# tube 45 kV, 400 µA; live time 60 s; spot 1.0 mm; air", "time,item,spot,Au,Cu,Ag,Zn"]
    for minute, (item, spot, values) in zip(minutes, rows):
        lines.append(f"{minute},{item or code},{spot},{values}")
    return ("\r\n".join(lines) + "\r\n").encode()


class Example:
    """with Example() as walk: walk.all(); walk.print("record.pdf")"""

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ts-example-")))
            cluster = stack.enter_context(Cluster(clock=True))
            self.clock = cluster.clock
            self.at("2026-08-31 08:00")
            self.daemon = stack.enter_context(ExternalDaemon(cluster, environment=self.clock.environment()))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *ended):
        self.stack.__exit__(*ended)

    # ---- the clock, and who is at work
    def at(self, moment):
        wanted = datetime.datetime.fromisoformat(moment).replace(tzinfo=CHINA)
        ahead = wanted - datetime.datetime.now(datetime.timezone.utc)
        self.clock.turn(seconds=round(ahead.total_seconds()) + 1)
        self.clients = {}  # sessions end with their day

    def __call__(self, who, short, **fields):
        if who not in self.clients:
            self.clients[who] = self.daemon.log_in(who, "D1" if who == "desk" else "")
        return self.clients[who](short, **fields)

    def version(self, test):
        return self("zhao", "BenchService.GetTest", test_id=test).test.version

    # ---- what was there before
    def laboratory(self):
        done = self.daemon.admin_command("staff", "add", "--username", "root", "--name", "管示范", "--laboratory", "JEW",
                                         "--role", "administrator")
        assert done.returncode == 0, done.stderr
        for username, (name, role) in STAFF.items():
            if username != "root":
                self("root", "StaffService.CreateStaff", username=username, name=name, password=PASSWORD, laboratory="JEW",
                     roles=[f"ROLE_{role}"])
        versions = {one.username: one.version for one in self("root", "StaffService.ListStaff", laboratory="JEW").staff}
        for username in ("wang", "li"):
            self("zhou", "StaffService.SetQualification", username=username, laboratory="JEW", version=versions[username],
                 method_id="M_XRF", qualified=True, reason="培训考核合格 trained and examined")
        self("root", "StaffService.SetSignatory", username="sun", laboratory="JEW", version=versions["sun"], authorised=True,
             reason="授权签字人 authorised signatory")
        self("qian", "RecordService.SetForm", laboratory="JEW", method_id="M_XRF", form_no="JEW-QR-031", edition="A/3",
             effective_from="2026-01-01", title_zh="贵金属含量检测原始记录（X射线荧光光谱法）",
             title_en="ORIGINAL RECORD: PRECIOUS METALS BY XRF", reason="管理评审 management review")
        for kind, subject, first, last, evidence, more in (
                ("CALIBRATION", XRF, "2026-03-02", "2027-03-01", "校准证书 certificate XRF26-0913", {}),
                ("REAGENT_LOT", CRM, "2026-05-01", "2027-04-30", "金合金标准物质 CRM, Au 750 ‰, U = 0.3 ‰", {}),
                ("COMPETENCE", "wang", "2026-01-05", "2027-01-04", "考核 examination 2026-01", dict(competence_for="M_XRF")),
                ("COMPETENCE", "li", "2026-01-05", "2027-01-04", "考核 examination 2026-01", dict(competence_for="M_XRF"))):
            self("zhou", "FitnessService.RecordFitness", laboratory="JEW", fitness_kind=f"FITNESS_KIND_{kind}", subject=subject,
                 valid_from=first, valid_until=last, evidence=evidence, reason="按证书登记 as certified", **more)
        self("zhou", "FitnessService.SetMethodChecks", laboratory="JEW", method_id="M_XRF", competence=True, calibration=True,
             reagents=True, reason="质量手册 quality manual 6.4")

    def controls(self):
        """Twenty days of the control, then its limits; what a worksheet has besides samples."""
        self("qian", "QualityService.CreateChart", laboratory="JEW", chart=CHART, method_id="M_XRF", parameter_id="AU",
             material="CRM Au 750, lot 11", kind="CHART_KIND_INDIVIDUALS", rule_set="westgard")
        for day, value in enumerate(POINTS.split()):
            self.at(f"{datetime.date(2026, 9, 1) + datetime.timedelta(days=day)} 08:50")
            self("wang", "QualityService.EnterControl", laboratory="JEW", chart=CHART, value=value)
        chart = self("qian", "QualityService.GetChart", laboratory="JEW", chart=CHART).chart
        self("qian", "QualityService.FreezeLimits", laboratory="JEW", chart=CHART, version=chart.version,
             estimator="ESTIMATOR_MOVING_RANGE", reason="二十点受控 twenty points in control")
        self("qian", "WorksheetService.SetControlPlan", laboratory="JEW", method_id="M_XRF", parameter_id="AU", charts=[CHART],
             controls_every=10, duplicates_every=10, duplicate_percent="0.2", reason="作业指导书 JEW-WI-031")

    # ---- what went before, so that no number here is that of another picture
    def earlier(self):
        self.at("2026-09-24 09:00")
        for _ in range(12):
            receipt = self.intake([dict(name="戒指 ring", claimed_product_id="JEW_AU750", hallmark="Au750", mass_g="3.10", condition="完好 good",
                                        pieces=1, tests=[dict(method_id="M_XRF", parameter_id="AU")]) for _ in range(20)])
        for _ in range(11):
            made = self("wang", "WorksheetService.CreateWorksheet", laboratory="JEW", method_id="M_XRF", parameter_id="AU",
                        instrument=XRF, test_ids=[receipt.items[0].tests[0].test_id]).worksheet
            self("wang", "WorksheetService.CancelWorksheet", worksheet_no=made.worksheet_no, version=made.version,
                 reason="样品推迟 samples postponed")
        for _ in range(6):
            self("qian", "QualityService.OpenNonconformity", laboratory="JEW", description="内审发现 found at an internal audit")

    def intake(self, items):
        return self("desk", "DeskService.RegisterIntake", laboratory="JEW", purpose="消费参考 consumer reference",
                    owner=dict(name="顾 客", phone="13800001234"), return_choice="RETURN_CHOICE_RETURN",
                    consents=[dict(kind="CONSENT_KIND_PRIVACY", given_by_owner=True),
                              dict(kind="CONSENT_KIND_AGREEMENT", given_by_owner=True)], items=items).receipt

    # ---- the first test
    def received(self):
        self.at("2026-10-12 14:05")
        self.item = self.intake([dict(
            name="镶石戒指 ring with a stone", claimed_product_id="JEW_AU750", claim_text="18K 金 18 ct gold", hallmark="Au750", mass_g="4.32",
            condition="内圈轻微划痕，天平 BAL-03 light scratches inside; balance BAL-03", pieces=1,
            stones="1 粒未拆 one stone, left in", seal_no="S-2026-004411", declared_value_cny="2600",
            tests=[dict(method_id="M_XRF", parameter_id="AU")])]).items[0]
        self.photo = paint.ring(self.item.item_code)
        self.at("2026-10-12 14:08")
        self("desk", "DeskService.AttachPhoto", item_code=self.item.item_code, version=self.item.version, photo=self.photo)
        self.first = self.item.tests[0].test_id

    def tested_first(self):
        self.at("2026-10-12 15:10")
        self("wang", "BenchService.ClaimTest", test_id=self.first, version=self.version(self.first))
        self("wang", "BenchService.EnterResult", test_id=self.first, version=self.version(self.first), instrument=XRF,
             readings=[dict(value=value, position=position) for value, position in
                       (("754.6", SHANK_OUT), ("754.9", SHANK_IN), ("754.4", SETTING))],
             expanded_uncertainty="2.0", coverage_factor="2", temperature_c="23.4", humidity_percent="47")
        self("wang", "FitnessService.UseReagents", test_id=self.first, version=self.version(self.first), lots=[CRM])
        self.at("2026-10-12 15:20")
        self("wang", "BenchService.SubmitTest", test_id=self.first, version=self.version(self.first))
        self.at("2026-10-12 16:02")
        self("zhao", "ReviewService.ApproveTest", test_id=self.first, version=self.version(self.first))
        self.at("2026-10-13 08:45")
        self.test = self("qian", "ReviewService.OrderRetest", test_id=self.first, version=self.version(self.first),
                         reason="次日核查发现能量刻度漂移，已重新校正 energy scale had drifted, found on the next morning and corrected").test.test_id

    # ---- the repeat test, whose record is shown
    def attach(self, minute, name, content, caption):
        self.at(f"2026-10-13 {minute}")
        return self("li", "RecordService.AttachFile", test_id=self.test, name=name, content=content, caption=caption).attachment

    def worksheet(self):
        code = self.item.item_code
        self.at("2026-10-13 09:20")
        sheet = self("li", "WorksheetService.CreateWorksheet", laboratory="JEW", method_id="M_XRF", parameter_id="AU",
                     instrument=XRF, test_ids=[self.test])
        self.at("2026-10-13 09:26")
        self("li", "BenchService.StartWork", test_id=self.test)
        for minute, spot, told, factor, seed in (("09:36", "shank outside", SHANK_OUT, 1.0, 7), ("09:39", "shank inside", SHANK_IN, 0.97, 5),
                                                 ("09:43", "setting", SETTING, 0.94, 11)):
            self.attach(minute, f"XRF-03_20261013_{spot.replace(' ', '-')}.png",
                        paint.spectrum(f"XRF-03  2026-10-13 {minute}  {code}  {spot}", factor, seed=seed),
                        f"谱图 spectrum：{told}；45 kV, 400 µA, 60 s, 1.0 mm")
        blurred = self.attach("09:45", "setting_photo.png", paint.ring(code, 300, 1.7), "镶口测点照片 photo of the spot at the setting")
        self.at("2026-10-13 09:46")
        self("li", "RecordService.StrikeAttachment", attachment_id=blurred.attachment_id,
             reason="模糊，看不清测点 blurred, the spot is not seen")
        self.attach("09:47", "setting_photo_2.png", paint.ring(code, 460, 1.7, spot=True),
                    "镶口测点照片，重拍，十字为测点 photo of the setting, taken anew; the cross is the spot")
        rows = [(CRM, "disc", "750.1,125.0,124.9,0.0"), *((None, *spot) for spot in SPOTS), (None, "shank outside (duplicate)", "753.4,146.6,88.6,11.4"),
                (CRM, "disc", "752.6,123.8,123.6,0.0")]
        self.attach("09:51", "XRF-03_20261013_0930.csv", export(code, ("09:31", "09:36", "09:39", "09:43", "09:48", "09:50"), rows),
                    "仪器导出，含测定条件 export of the instrument with its conditions")
        self.at("2026-10-13 09:52")
        self("li", "BenchService.StopWork", test_id=self.test)
        self.at("2026-10-13 09:55")
        values = {"SAMPLE": [("752.9", SHANK_OUT), ("753.2", SHANK_IN), ("751.3", SETTING)], "DUPLICATE": [("753.4", SHANK_OUT)]}
        controls, results = iter(("750.1", "752.6")), []
        for place in sheet.positions:
            kind = place.DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_number[place.kind].name.removeprefix("POSITION_KIND_")
            readings = values.get(kind) or [(next(controls), "")]
            results.append(dict(position=place.position, readings=[dict(value=value, position=position) for value, position in readings],
                                **(dict(expanded_uncertainty="2.0") if kind == "SAMPLE" else {})))
        self.sheet = self("li", "WorksheetService.EnterWorksheet", worksheet_no=sheet.worksheet.worksheet_no,
                          version=sheet.worksheet.version, results=results, coverage_factor="2", temperature_c="23.1",
                          humidity_percent="45")

    def held(self):
        batch, code = self.sheet.worksheet.batch_no, self.item.item_code
        self.at("2026-10-13 10:03")
        self("li", "BenchService.StartWork", test_id=self.test)
        self.at("2026-10-13 10:05")
        self("li", "QualityService.EnterControl", laboratory="JEW", chart=CHART, value="750.2", batch_no=batch, run=f"{batch}-2",
             note="标样擦净、重新放置后 cleaned and placed anew")
        self.attach("10:15", "XRF-03_20261013_1004.csv",
                    export(code, ("10:04", "10:07", "10:10", "10:13"), [(CRM, "disc", "750.2,125.0,124.8,0.0"), *((None, *spot) for spot in AGAIN)]),
                    "仪器导出，质控合格后三个测点重测 export: the three spots measured again after the control was in")
        self.at("2026-10-13 10:16")
        self("li", "BenchService.StopWork", test_id=self.test)
        self.at("2026-10-13 10:20")
        hold = next(one for one in self("qian", "QualityService.ListHolds", laboratory="JEW").holds if one.batch_no == batch)
        opened = self("qian", "QualityService.OpenNonconformity", laboratory="JEW", hold_id=hold.hold_id,
                      description="后置质控超出 3s 控制限 the control after the samples lay beyond 3s").nonconformity
        self.at("2026-10-13 10:38")
        self("qian", "QualityService.CloseNonconformity", nonconformity_no=opened.nonconformity_no, version=opened.version,
             cause="标样未放平 the standard did not lie flat", correction="重新放置后重测 placed anew and measured again",
             corrective_action="作业指导书增加放置照片 a photo of the placing goes into the instruction")
        self.at("2026-10-13 10:40")
        self("qian", "QualityService.ReleaseHold", hold_id=hold.hold_id, version=hold.version,
             reason="质控重测在限内；其间唯一样品三个测点重测 752.8、753.3、753.0，与原读数差不大于 0.1（附件 7） control repeated within "
                    "limits; the one sample between, repeated at its three spots, lies within 0.1 of its readings (attachment 7)")

    def corrected(self):
        self.at("2026-10-13 10:48")
        self("li", "FitnessService.UseReagents", test_id=self.test, version=self.version(self.test), lots=[CRM])
        self("li", "BenchService.SubmitTest", test_id=self.test, version=self.version(self.test))
        self.at("2026-10-13 10:55")
        self("li", "BenchService.EnterResult", test_id=self.test, version=self.version(self.test), instrument=XRF,
             readings=[dict(value=value, position=position) for value, position in
                       (("752.9", SHANK_OUT), ("753.2", SHANK_IN), ("753.1", SETTING))],
             expanded_uncertainty="2.0", coverage_factor="2", temperature_c="23.1", humidity_percent="45",
             reason="录入时数字颠倒，应为 753.1，见仪器导出 digits were swapped: 753.1 by the export of the instrument")
        self("li", "FitnessService.UseReagents", test_id=self.test, version=self.version(self.test), lots=[CRM])
        self.at("2026-10-13 10:58")
        self("li", "BenchService.SubmitTest", test_id=self.test, version=self.version(self.test))

    def issued(self):
        self.at("2026-10-13 11:20")
        self("zhao", "ReviewService.ApproveTest", test_id=self.test, version=self.version(self.test),
             comment="已核对谱图与导出数据（附件 1–3、6、7） checked against spectra and exports (attachments 1–3, 6, 7)")
        self.at("2026-10-13 14:30")
        item = self("desk", "DeskService.GetItem", item_code=self.item.item_code).item
        self("sun", "SheetService.ReleaseSheet", item_code=self.item.item_code, version=item.version, password=PASSWORD,
             meaning="同意签发 approved for issue")

    def all(self):
        for part in (self.laboratory, self.controls, self.earlier, self.received, self.tested_first, self.worksheet, self.held, self.corrected,
                     self.issued):
            part()
        self.at("2026-10-14 10:15")

    # ---- paper
    def client(self, who, *words):
        """The real client, as somebody."""
        home = self.folder / "client"
        (home / "touchstone").mkdir(parents=True, exist_ok=True)
        (home / "password").write_text(PASSWORD + "\n")
        (home / "password").chmod(0o600)
        (home / "touchstone" / "config").write_text(
            f"[profile {who}]\nserver = localhost:{self.daemon.port}\nca = {self.daemon.certificate}\nlaboratory = JEW\n")
        environment = dict(os.environ, TOUCHSTONE_PROFILE=who, XDG_CONFIG_HOME=str(home), XDG_STATE_HOME=str(home / "state"),
                           XDG_CACHE_HOME=str(home / "cache"))
        done = subprocess.run([paths.build() / "client" / "touchstone", *map(str, words)], env=environment, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def print(self, target, who="qian"):
        self.client(who, "login", who, "--password-file", self.folder / "client" / "password")
        self.client(who, "record", "print", self.test, "--output", target)


def pages(pdf, dots_per_inch=110):
    """[(width, height, rows of RGB)] by pdftoppm."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dots_per_inch), pdf, f"{folder}/page"], check=True)
        found = []
        for path in sorted(pathlib.Path(folder).glob("page*.ppm")):
            kind, size, _, dots = path.read_bytes().split(b"\n", 3)
            width, height = map(int, size.split())
            assert kind == b"P6"
            found.append((width, height, [dots[y * width * 3:(y + 1) * width * 3] for y in range(height)]))
        return found


def one_picture(pages, across=2, gap=16):
    """All pages on one grey table, as PNG."""
    width, height = pages[0][0] + gap, pages[0][1] + gap
    picture = paint.Picture(across * width + gap, -(-len(pages) // across) * height + gap, (182, 188, 196))
    for place, (wide, _, rows) in enumerate(pages):
        left, top = gap + place % across * width, gap + place // across * height
        for y, row in enumerate(rows):
            picture.rows[top + y][3 * left:3 * (left + wide)] = row
    return picture.png()


def main():
    target = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder, Example() as walk:
        pdf = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else f"{folder}/record.pdf").resolve()
        walk.all()
        pdf.unlink(missing_ok=True)
        walk.print(pdf)
        drawn = pages(pdf)
    target.write_bytes(one_picture(drawn))
    print(f"{target}: {len(drawn)} pages")


if __name__ == "__main__":
    main()
