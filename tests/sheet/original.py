# SPDX-License-Identifier: Apache-2.0
"""An original record with everything in it, made up, as the renderer takes it (docs/original-record.md); run as a program it
is drawn: python3 -m tests.sheet.original OUTPUT.pdf. One of a real walk: tests.outside.example_record."""
import hashlib
import json
import math
import pathlib
import sys

from tests.sheet import support

TEST = "01938f2e-77aa-7c31-9f42-6b1d1f5b0e7c"
TECHNICIAN, SECOND, REVIEWER, QUALITY = ("金示范 (tech.jin)", "罗示范 (tech.luo)", "乙示范 (reviewer.yi)", "钱示范 (quality.qian)")


def spectrum(width=1200, height=620):
    """An XRF spectrum of a gold alloy, painted by arithmetic."""
    peaks = [(0.16, 0.30), (0.21, 0.22), (0.48, 0.98), (0.57, 0.80), (0.67, 0.25), (0.83, 0.12)]
    line = []
    for x in range(width):
        at = x / width
        value = 0.03 + sum(high * math.exp(-((at - centre) / 0.008) ** 2) for centre, high in peaks)
        line.append(int((1 - min(1, value)) * (height - 60)) + 30)

    def pixel(x, y):
        low, high = sorted((line[x], line[max(0, x - 1)]))
        if low - 1 <= y <= high + 1:
            return 17, 51, 92
        if y == height - 30 or x == 40:
            return 60, 60, 60
        if x % 120 == 40 or y % 110 == 30:
            return 226, 230, 236
        return 255, 255, 255

    return support.png(width, height, pixel)


def attachment(name, content, caption="", picture=False, **more):
    kinds = {"png": "image/png", "jpg": "image/jpeg", "csv": "text/csv"}
    return dict(dict(attachment_id=TEST, name=name, media_type=kinds[name[-3:]], size=str(len(content)),
                     sha256=hashlib.sha256(content).hexdigest(), caption=caption, attached_by=TECHNICIAN,
                     at="2026-11-24 09:44"), **({"picture": True} if picture else {}), **more)


def bare(**changes):
    """The least that can be printed."""
    record = dict(format="touchstone/original-record/1", test_id=TEST, specimen=False, draft=False,
                  institute=dict(name_zh="试金石产品质量检验检测研究院", name_en="Touchstone Product Quality Inspection and Testing Institute"),
                  laboratory=dict(code="JEW", name_zh="金银珠宝检测室", name_en="Jewellery Laboratory"),
                  item=dict(code="D1000174K", name="黄金戒指 Gold ring"),
                  test=dict(parameter_zh="金含量", method_id="M_XRF", method_standard="GB/T 18043-2013 首饰 贵金属含量的测定 X射线荧光光谱法",
                            state="approved", state_zh="复核通过", state_en="approved"),
                  prints=[dict(print_no="1", printed_by=QUALITY, at="2026-11-25 10:15")])
    record.update(changes)
    return record


def whole(photo, picture):
    """A record with every section."""
    record = bare(
        specimen=True,
        form=dict(form_no="JEW-QR-031", edition="A/3", effective_from="2026-01-01", title_zh="贵金属含量检测原始记录（X射线荧光光谱法）",
                  title_en="ORIGINAL RECORD: PRECIOUS METALS BY XRF"),
        item=dict(code="D1000174K", name="黄金戒指 Gold ring", pieces="1", mass_g="4.32", hallmark="Au750", claim="18K 金 18 ct gold",
                  claimed_product_zh="金750首饰（18K）", claimed_product_en="gold jewellery 750", condition="内圈有轻微划痕 Light scratches inside",
                  stones="无色石 1 粒 one colourless stone", seal_no="S-2026-004411", received="2026-11-24", sampled_on="", produced_on="",
                  photo_sha256=hashlib.sha256(photo).hexdigest(), photo_by="前示范 (desk)", photo_at="2026-11-23 14:08",
                  photo_size=str(len(photo))),
        test=dict(parameter_zh="金含量", parameter_en="Gold fineness", method_id="M_XRF", method_zh="X射线荧光光谱法", method_en="XRF",
                  method_standard="GB/T 18043-2013 首饰 贵金属含量的测定 X射线荧光光谱法", unit="‰", state="approved", state_zh="复核通过",
                  state_en="approved", technician=TECHNICIAN, decision_rule_zh="简单接受（w = 0）",
                  decision_rule_en="simple acceptance (w = 0)"),
        entry=dict(entry_no="2", entered_by=TECHNICIAN, at="2026-11-24 10:31", expanded_uncertainty="2.0", coverage_factor="2",
                   temperature_c="23.1", humidity_percent="45", deviation="", confirmation=""),
        readings=[dict(value=value, qualifier="", position=position, source="") for value, position in
                  (("752.9", "戒圈外侧 shank, outside"), ("753.2", "戒圈内侧 shank, inside"), ("753.1", "镶口 setting"))],
        instruments=[dict(name="XRF-01", valid_from="2026-03-02", valid_until="2027-03-01", evidence="校准证书 No. XRF26-0881",
                          state_zh="有效", state_en="valid")],
        reagents=[dict(name="CRM GBW(E)130213 批 07", valid_from="2026-05-01", valid_until="2026-12-31", evidence="标准物质 Au 750",
                       state_zh="有效", state_en="valid")],
        calculation=dict(calc_key="XRF_MEAN", expression=["let spread = range(points);",
                         "let agreeing = check(spread <= default(max_spread, spread), points, 'points: they lie further apart than max_spread; plating, solder or a stone, so no mean is made.');",
                         "check(count(points) >= 3, mean(agreeing), 'points: fewer than three.')"],
                         steps=[dict(name="points", value="752.9, 753.2, 753.1"), dict(name="spread", value="0.3"),
                                dict(name="agreeing", value="752.9, 753.2, 753.1")],
                         determinations=["753.0666666666666666666666666666666667"], calculated="753.0666666666666666666666666666666667",
                         rounding_zh="修约间隔 0.1（GB/T 8170）", rounding_en="to the interval 0.1 (GB/T 8170)", rounded="753.1",
                         compared="753.0666666666666666666666666666666667", lod="", loq=""),
        judgement=dict(verdict="pass", verdict_zh="符合", verdict_en="Conforms", mean="753.1", range="0.3", expanded_uncertainty="2.0",
                       unit="‰", requirement="≥ 750", standard="GB 11887-2012（含第1号修改单） 首饰 贵金属纯度的规定及命名方法 Table 1",
                       limit_id="L003", catalogue_revision="4", comparison_zh="全数值比较法", comparison_en="full-value comparison",
                       probability="", sentence_zh="金含量平均值 753.1 ‰，U = 2.0 ‰（k = 2），高出限值 750 ‰ 多于 U：符合。",
                       sentence_en="Gold fineness: mean 753.1 ‰, U = 2.0 ‰ (k = 2), above the limit of 750 ‰ by more than U: conforms."),
        worksheet=dict(worksheet_no="WS-JEW-2026-00017", position="3", batch_no="WS-JEW-2026-00017", controls=[
            control("1", "空白", "blank", "", "< 0.1", ""), control("2", "质控样", "control", "XRF-AU750", "750.2", ""),
            control("4", "平行样", "duplicate", "3", "753.4", "0.04 %"), control("5", "质控样", "control", "XRF-AU750", "761.0", "", "rejected")]),
        holds=[dict(batch_no="WS-JEW-2026-00017", held_at="2026-11-24 10:32", rules="1-3s", released_at="2026-11-24 11:02",
                    released_by=QUALITY, reason="质控样位置放错，重测合格 control misplaced; measured again, within limits", of="XRF-AU750",
                    value="761.0", measured_again=f"2026-11-24 10:50  750.2  可接受 accepted  {TECHNICIAN}",
                    nonconformities="NC-JEW-2026-0001 后置质控超限 control beyond 3s；原因 cause 放错 misplaced")],
        acts=[act("2026-11-24 09:31", "开始", "work began", TECHNICIAN), act("2026-11-24 09:52", "录入", "entered", TECHNICIAN, "第1次录入 entry 1"),
              act("2026-11-24 09:58", "提交", "submitted", TECHNICIAN, "第1次提交 submission 1"),
              act("2026-11-24 10:10", "复核退回", "sent back", REVIEWER, "镶口读数与谱图不符 the setting's reading is not that of its spectrum"),
              act("2026-11-24 10:31", "录入", "entered", TECHNICIAN, "第2次录入 entry 2"),
              act("2026-11-24 11:05", "提交", "submitted", TECHNICIAN, "第2次提交 submission 2"),
              act("2026-11-24 11:20", "复核通过", "approved", REVIEWER, "")],
        changes=[dict(at="2026-11-24 10:31", kind_zh="更正", kind_en="corrected", name=TECHNICIAN,
                      old_result="752.9 (戒圈外侧 shank, outside), 753.2 (戒圈内侧 shank, inside), 735.1 (镶口 setting)；U 2.0；XRF-01；23.1 ℃；45 %",
                      new_result="752.9 (戒圈外侧 shank, outside), 753.2 (戒圈内侧 shank, inside), 753.1 (镶口 setting)；U 2.0；XRF-01；23.1 ℃；45 %",
                      reason="录入时数字颠倒 digits were swapped")],
        retests=[dict(test_id="01938f2e-1111-7c31-9f42-6b1d1f5b0e7c", relation_zh="初测", relation_en="first test", ordered_by=REVIEWER,
                      at="2026-11-24 09:10", reason="灯丝老化 the lamp was old", result="754.6 ‰ ≥ 750 符合 Conforms",
                      tested_by=f"{SECOND} 2026-11-23 15:10", reviewed_by=f"{REVIEWER} 2026-11-23 16:02")],
        time_zone="Asia/Shanghai, UTC+8",
        signatures=[dict(role_zh="检测、录入", role_en="Tested and entered by", name=TECHNICIAN, at="2026-11-24 10:31", note=""),
                    dict(role_zh="提交", role_en="Submitted by", name=TECHNICIAN, at="2026-11-24 11:05", note=""),
                    dict(role_zh="复核", role_en="Reviewed by", name=REVIEWER, at="2026-11-24 11:20", note="")],
        attachments=[attachment("XRF-01_2026-11-24_D1000174K_shank-outside.png", picture, "XRF 谱图，戒圈外侧 spectrum, shank outside", True),
                     attachment("run7.csv", b"Item,Code,Value\n", "仪器导出 export of the instrument"),
                     attachment("blurred.jpg", b"\xff\xd8\xff", "照片 photo", struck_by=TECHNICIAN, struck_at="2026-11-24 09:50",
                                struck_reason="模糊 out of focus")],
        prints=[dict(print_no="1", printed_by=TECHNICIAN, at="2026-11-24 11:30"), dict(print_no="2", printed_by=QUALITY, at="2026-11-25 10:15")])
    return record


def control(position, zh, en, of, value, figure, outcome="accepted"):
    words = {"accepted": ("可接受", "accepted"), "rejected": ("不可接受", "rejected")}[outcome]
    return dict(position=position, kind_zh=zh, kind_en=en, of=of, value=value, figure=figure, outcome=outcome, outcome_zh=words[0],
                outcome_en=words[1])


def act(at, zh, en, name, note=""):
    return dict(at=at, act_zh=zh, act_en=en, name=name, note=note)


def draw(renderer, record, pictures=()):
    """The PDF and the number of pages, or the error as a text."""
    request = support.field(4, json.dumps(record, ensure_ascii=False).encode())
    reply = renderer.ask(request + b"".join(support.field(5, picture) for picture in pictures))
    if reply is None:
        return None
    return reply[3].decode() if reply.get(3) else (reply[1], reply[2])


def main():
    photo, picture = support.ring_photo(), spectrum()
    with support.Renderer() as renderer:
        drawn = draw(renderer, whole(photo, picture), (photo, picture))
    if not isinstance(drawn, tuple):
        sys.exit(drawn or "the renderer ended without an answer")
    pathlib.Path(sys.argv[1]).write_bytes(drawn[0])
    print(f"{sys.argv[1]}: {drawn[1]} page(s), {len(drawn[0])} bytes")


if __name__ == "__main__":
    main()
