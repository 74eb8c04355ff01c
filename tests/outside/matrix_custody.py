# SPDX-License-Identifier: Apache-2.0
"""What test_matrix asks of the RPCs of custody so that they succeed. Some succeed only for the person who holds an item or to
whom it is offered: `f.role` is the role that is tried next."""
import datetime

from tests.support.daemon import key

JEW = dict(laboratory="JEW")
REASON = "for the table of permissions"
AGREED = [dict(kind=f"CONSENT_KIND_{kind}", given_by_owner=True) for kind in ("PRIVACY", "AGREEMENT", "DESTRUCTIVE")]


def call(f, method, who="RECEPTION", **fields):
    return f.world.people[who](f"DeskService.{method}", **fields)


def held(f, **more):
    """An item in the hand of whoever is tried."""
    code = f.world.received(consents=AGREED).items[0].item_code
    if f.role != "RECEPTION":
        offer(f, code)
        call(f, "AcceptItem", f.role, item_code=code, mass_g="3.52")
    return dict(item_code=code, **more)


def offer(f, code):
    call(f, "OfferItem", item_code=code, receiver=f.role.lower())


def stored(f):
    item = held(f)
    call(f, "StoreItems", f.role, item_codes=[item["item_code"]], storage="SAFE")
    return item


def offered(f, **more):
    """To whoever is tried; reception's own items are offered by the manager, who holds them."""
    item = dict(item_code=f.world.received().items[0].item_code)
    if f.role == "RECEPTION":
        call(f, "OfferItem", receiver="manager", **item)
        call(f, "AcceptItem", "MANAGER", mass_g="3.52", **item)
        call(f, "OfferItem", "MANAGER", receiver="reception", **item)
    else:
        offer(f, item["item_code"])
    return dict(item, **more)


def to_somebody(f, field, **more):
    return dict(held(f), **{field: f.member("MANAGER")["username"]}, **more)


def disposable(f):
    f.world.people["MANAGER"].daemon.sql("update lab.policy set uncollected_kept = '0 days'")
    code = f.world.released().item_code
    f.world.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=f.world.item(code).sheet_no)
    if f.role != "RECEPTION":
        offer(f, code)
        call(f, "AcceptItem", f.role, item_code=code, mass_g="3.52")
    return dict(item_code=code, witness=f.member("MANAGER")["username"], manner=REASON)


def portion(f):
    """Kept by another person than who is tried, and due."""
    code = f.world.received(consents=AGREED).items[0].item_code
    keeper = "MANAGER" if f.role == "RECEPTION" else "RECEPTION"
    if keeper == "MANAGER":
        call(f, "OfferItem", item_code=code, receiver="manager")
        call(f, "AcceptItem", "MANAGER", item_code=code, mass_g="3.52")
    kept = call(f, "RetainPortion", keeper, item_code=code, mass_g="0.1", storage="SAFE").portion
    sql = f.world.people["MANAGER"].daemon.sql
    sql("alter table lab.retained_portion disable trigger guard_retained_portion")
    sql("update lab.retained_portion set keep_until = '2020-01-01' where portion_id = %s", kept.portion_id)
    sql("alter table lab.retained_portion enable always trigger guard_retained_portion")
    return dict(portion_id=kept.portion_id, version=kept.version, witness=f.member("MANAGER")["username"], manner=REASON)


def incident(f, **more):
    made = call(f, "OpenIncident", **unwell(f)).incident
    return dict(incident_no=made.incident_no, version=made.version, resolution=REASON, **more)


def unwell(f):
    return dict(item_code=f.world.received().items[0].item_code, incident_kind="INCIDENT_KIND_DAMAGED", description=REASON)


def evening(f):
    """A day of long ago, in a laboratory where nothing is offered and who holds something is at work."""
    f.days = getattr(f, "days", 0) + 1
    sql = f.world.people["MANAGER"].daemon.sql
    sql("update lab.laboratory set stored_at_night = false where laboratory = 'JEW'")
    sql("update lab.hand_over set state = 'cancelled', decided_by = to_staff, decided_at = now(), reason = 'evening' "
        "where state = 'offered'")
    return dict(JEW, day=f"2020-{1 + f.days // 28:02}-{1 + f.days % 28:02}")


def closed_day(f):
    day = evening(f)
    call(f, "CloseDay", **day)
    return dict(day, reason=REASON)


def proxy(f):
    receipt = dict(receipt_no=f.world.received().receipt_no)
    call(f, "AskProxyCode", **receipt)
    return dict(receipt, code="00000000")


def mistaken(f):
    receipt = f.world.received()
    return dict(receipt_no=receipt.receipt_no, version=receipt.version, reason=REASON)


def complained(f, assigned=True, **more):
    """Handled by whoever is tried, who had no part in it."""
    ask = lambda method, **fields: f.world.people["QUALITY"](f"ComplaintService.{method}", **fields).complaint  # noqa: E731
    made = ask("FileComplaint", laboratory="JEW", complaint_kind="COMPLAINT_KIND_SERVICE", statement=REASON)
    if assigned:
        made = ask("AssignComplaint", complaint_no=made.complaint_no, version=made.version, handler=f.role.lower())
    return dict(complaint_no=made.complaint_no, version=made.version, **more)


def retested(f):
    test = f.world.submitted()
    made = f.world.people["QUALITY"]("ComplaintService.FileComplaint", laboratory="JEW", complaint_kind="COMPLAINT_KIND_RESULT",
                                     statement=REASON, item_codes=[test.item_code]).complaint
    f.world.people["QUALITY"]("ComplaintService.AssignComplaint", complaint_no=made.complaint_no, version=made.version,
                              handler=f.role.lower())
    again = f.world.people["REVIEWER"]("ReviewService.OrderRetest", test_id=test.test_id, version=test.version, reason=REASON)
    return dict(complaint_no=made.complaint_no, retest_id=again.test.test_id)


def entries(f):
    """Two entries of one person."""
    f.twins = getattr(f, "twins", 0) + 1
    return [f.world.received(owner=dict(name=f"{name}{f.twins}", phone="13700009999")).owner.person_id for name in ("陈一", "陈乙")]


def person(f, **more):
    known = entries(f)[0]
    shown = call(f, "RevealPerson", person_id=known, reason=REASON)
    return dict(person_id=known, version=shown.version, name=f"陈{f.twins}改", reason=REASON, **more)


def merged(f):
    kept, gone = entries(f)
    return dict(merge_id=call(f, "MergePersons", kept_id=kept, gone_id=gone, reason=REASON).merge.merge_id, reason=REASON)


def reserved(f):
    return list(call(f, "ReserveItemCodes", laboratory="JEW", count=1).item_codes)


def new_item(f, **more):
    item = f.world.received().items[0]
    return dict(item_code=item.item_code, version=item.version, **more)


def publishable(f):
    """A day of long ago, each once."""
    f.days = getattr(f, "days", 0) + 1
    day = (datetime.date(2001, 1, 1) + datetime.timedelta(days=f.days)).isoformat()
    return dict(JEW, first_day=day, last_day=day, reason=REASON)


def published(f):
    day = publishable(f)
    f.world.people["MANAGER"]("StatisticsService.PublishStatistics", **day)
    return dict(JEW, first_day=day["first_day"])


def noticed(f):
    """The notice of a complaint, which did not arrive."""
    made = f.world.received()
    f.world.people["RECEPTION"]("ComplaintService.FileComplaint", laboratory="JEW", complaint_kind="COMPLAINT_KIND_DELAY", statement=REASON,
                                receipt_no=made.receipt_no)
    f.world.people["MANAGER"].daemon.sql("update lab.notice set state = 'failed', secret = '', last_error = 'by hand' where state = 'waiting'")
    one = f.world.people["RECEPTION"]("DeskService.ListNotices", laboratory="JEW", state="DELIVERY_STATE_FAILED").notices[-1]
    return dict(notice_id=one.notice_id, version=one.version)


PERIOD = dict(JEW, first_day="2026-01-01", last_day="2026-12-31")
MAKE = {
    "ComplaintService.FileComplaint": lambda f: dict(JEW, complaint_kind="COMPLAINT_KIND_DELAY", statement=REASON),
    "ComplaintService.GetComplaint": lambda f: dict(complaint_no=complained(f, assigned=False)["complaint_no"]),
    "ComplaintService.ListComplaints": lambda f: JEW,
    "ComplaintService.AssignComplaint": lambda f: complained(f, assigned=False, handler="manager"),
    "ComplaintService.LinkRetest": retested,
    "ComplaintService.CloseComplaint": lambda f: complained(f, outcome="COMPLAINT_OUTCOME_NOT_UPHELD", finding=REASON),
    "PublicService.SendComplaint": lambda f: dict(f.tracked(), about="delay", statement=REASON),
    "StatisticsService.GetPassRates": lambda f: PERIOD,
    "StatisticsService.GetTurnaround": lambda f: PERIOD,
    "StatisticsService.GetLoad": lambda f: PERIOD,
    "StatisticsService.DrawStatistics": lambda f: (f.world.received(), dict(PERIOD, statistic="STATISTIC_LOAD"))[1],
    "StatisticsService.PublishStatistics": publishable,
    "PublicService.ShowStatistics": published,
    "DeskService.ListNotices": lambda f: JEW,
    "DeskService.RetryNotice": noticed,
    "DeskService.GetCustody": lambda f: dict(item_code=f.world.received().items[0].item_code),
    "DeskService.OfferItem": lambda f: to_somebody(f, "receiver"),
    "DeskService.AcceptItem": lambda f: offered(f, mass_g="3.52"),
    "DeskService.CancelOffer": lambda f: offered(f, reason=REASON),
    "DeskService.ListOffers": lambda f: JEW,
    "DeskService.SetStorage": lambda f: dict(JEW, storage="SHELF", name="shelf", in_use=True),
    "DeskService.ListStorages": lambda f: JEW,
    "DeskService.ListItemHolders": lambda f: JEW,
    "DeskService.StoreItems": lambda f: dict(item_codes=[held(f)["item_code"]], storage="SAFE"),
    "DeskService.TakeOutItem": stored,
    "DeskService.RecordConsumption": lambda f: held(f, mass_g="0.01", note=REASON),
    "DeskService.OfferDisposal": disposable,
    "DeskService.OpenIncident": unwell,
    "DeskService.CloseIncident": incident,
    "DeskService.ListIncidents": lambda f: JEW,
    "DeskService.ListUncollected": lambda f: JEW,
    "DeskService.RetainPortion": lambda f: held(f, mass_g="0.1", storage="SAFE"),
    "DeskService.DisposePortion": portion,
    "DeskService.ListPortions": lambda f: JEW,
    "DeskService.AskProxyCode": lambda f: dict(receipt_no=f.world.received().receipt_no),
    "DeskService.PresentProxyCode": proxy,
    "DeskService.ListUnaccounted": lambda f: JEW,
    "DeskService.CloseDay": evening,
    "DeskService.ReopenDay": closed_day,
    "DeskService.ListDayCloses": lambda f: JEW,
    "DeskService.SetFeeRule": lambda f: dict(JEW, method_id="M_CUP", fee_cny="300", valid_from="2020-01-01", reason=REASON),
    "DeskService.ListFeeRules": lambda f: JEW,
    "DeskService.SetFeeWaiver": lambda f: dict(JEW, campaign="nobody's day", first_day="2020-03-15", last_day="2020-03-15",
                                               reason=REASON),
    "DeskService.ListFeeWaivers": lambda f: JEW,
    "DeskService.QuoteFee": lambda f: dict(JEW, product_id="JEW_AU750", method_ids=["M_XRF"]),
    "DeskService.VoidReceipt": mistaken,
    "DeskService.RejectItem": lambda f: new_item(f, reason_id="AMOUNT", words=REASON),
    "DeskService.CorrectIntake": lambda f: new_item(f, name="银戒指", reason=REASON),
    "DeskService.CorrectPerson": person,
    "DeskService.MergePersons": lambda f: dict(zip(("kept_id", "gone_id"), entries(f)), reason=REASON),
    "DeskService.UndoMerge": merged,
    "DeskService.GetCorrections": lambda f: dict(item_code=new_item(f)["item_code"]),
    "DeskService.ReserveItemCodes": lambda f: dict(JEW, count=3),
    "DeskService.ReturnItemCodes": lambda f: dict(JEW, item_codes=reserved(f), reason=REASON),
    "DeskService.ListReservedCodes": lambda f: JEW,
    "DeskService.GetJournalKeys": lambda f: {},
    "DeskService.RotateJournalKey": lambda f: dict(reason=REASON),
    "DeskService.SetAsideIntake": lambda f: dict(JEW, entry_request_id=key(), item_codes=reserved(f), reason=REASON),
    "DeskService.ListReceipts": lambda f: dict(JEW, day="2026-03-15"),
    "DeskService.RecordPrints": lambda f: dict(pieces=[dict(print_kind="PRINT_KIND_AGREEMENT", number=f.world.received().receipt_no)]),
    "DeskService.ListPrints": lambda f: dict(number=f.world.received().receipt_no),
}
