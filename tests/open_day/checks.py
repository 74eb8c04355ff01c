# SPDX-License-Identifier: Apache-2.0
"""What must be so after a replayed day, read from the database alone: quotas, the order of calling, intakes, custody, the close."""
import collections

from tests.database.test_queue import Model

ACTS = """select method, operation, split_part(object_id, '/', 3), old_values, new_values from lab.history
    where object_type = 'ticket' and object_id like %s order by entry_id"""


def same(what, found, wanted):
    if found != wanted:
        raise AssertionError(f"{what}: {found}, not {wanted}")
    return f"{what}: {found}"


def zero(daemon, what, query, *values):
    return same(what, daemon.sql(query, *values)[0][0], 0)


def quotas(daemon):
    """The counters of a session are what its rows say, and none is above its quota."""
    yield zero(daemon, "sessions beyond a quota", """select count(*) from lab.session_slot where booked_taken > booked_quota - given_to_walk_ins
        or walk_in_taken > walk_in_quota + given_to_walk_ins or tour_taken > tour_seats""")
    yield zero(daemon, "sessions whose counters differ from bookings and tickets", """select count(*) from lab.session_slot as slot where
        booked_taken <> (select coalesce(sum(places), 0) from lab.booking as one where one.slot_id = slot.slot_id
                         and one.state in ('booked', 'arrived', 'served'))
        or walk_in_taken <> (select coalesce(sum(places), 0) from lab.ticket as one where one.slot_id = slot.slot_id
                             and one.kind = 'walk_in' and one.state <> 'left' and one.lease_id is null)
                          + (select coalesce(sum(case when returned_at is null then places else used end), 0)
                             from lab.walk_in_lease as lease where lease.slot_id = slot.slot_id)""")
    yield zero(daemon, "leases used beyond what they hold", "select count(*) from lab.walk_in_lease where used > places")
    yield zero(daemon, "laboratories whose leases differ from the numbers and the offline intakes that used them", """select count(*) from lab.laboratory
        where (select coalesce(sum(used), 0) from lab.walk_in_lease as lease where lease.laboratory = laboratory.laboratory)
        <> (select coalesce(sum(ticket.places), 0) from lab.ticket where lease_id is not null and ticket.laboratory = laboratory.laboratory)
         + (select count(*) from lab.item join lab.receipt using (receipt_no) where taken_offline_at is not null
            and receipt.laboratory = laboratory.laboratory and not exists (select from lab.ticket where ticket.receipt_no = receipt.receipt_no))""")
    yield zero(daemon, "bookings beyond the cap of a person", """select count(*) from (select from lab.booking join lab.session_slot using (slot_id)
        where state in ('booked', 'waiting', 'arrived', 'served') group by slot_id, person_id, person_cap having sum(places) > person_cap) as beyond""")


class Replayed(Model):
    """The independent model of the rule, walked through the history of the tickets."""

    def __init__(self, rule):
        super().__init__(*rule)
        self.all, self.calls, self.wrong = [], 0, []

    def act(self, method, operation, number, old, new):
        if operation == "insert":
            self.all.append(number)
            self.take(number, new["kind"], new["priority"])
        elif method == "OpenDayService.CallNextTicket":
            self.calls += 1
            wanted = self.call()
            if wanted != number:
                self.wrong.append((number, wanted))
        elif method == "OpenDayService.MoveTicket":
            self.moved(number)
        elif new.get("state") == "left" and old.get("state") == "waiting":
            self.gone(number)

    def moved(self, number):
        """To the end, which is all that the desks of the replay ask for."""
        for line in (self.all, self.lines[self.kind[number]]):
            if number in line:
                line.remove(number)
            line.append(number)


def order(daemon):
    """Every call of the day, one after the other, against the model."""
    for laboratory, day, *rule in daemon.sql("select laboratory, day, booked_turns, walk_in_turns, elders_first from lab.visit_day order by 1, 2"):
        model = Replayed(rule)
        for method, operation, number, old, new in daemon.sql(ACTS, f"{laboratory}/{day}/%"):
            model.act(method, operation, number, old or {}, new or {})
        called = daemon.sql("select count(*) from lab.ticket where laboratory = %s and day = %s and called_at is not null", laboratory, day)[0][0]
        if not model.calls >= called > 0:
            raise AssertionError(f"the history has {model.calls} calls, {called} numbers were called")
        yield same(f"calls of {laboratory} against the rule ({model.calls} calls)", model.wrong, [])


def intakes(daemon):
    """No intake lost or doubled: keys, receipts, served tickets and their places agree one to one."""
    kept, receipts, keys = daemon.sql("""select (select count(*) from lab.replay where method = 'DeskService.RegisterIntake' and refusal is null),
        (select count(*) from lab.receipt), (select count(distinct request_id) from lab.history where object_type = 'receipt'
        and operation = 'insert' and method = 'DeskService.RegisterIntake')""")[0]
    yield same("intakes kept by key, receipts, keys of receipts", (kept, receipts, keys), (receipts,) * 3)
    yield zero(daemon, "tickets done without one receipt of their places", """select count(*) from lab.ticket where state = 'done'
        and places is distinct from (select count(*) from lab.item where item.receipt_no = ticket.receipt_no)""")
    yield zero(daemon, "receipts of more than one ticket, or of none and not taken in offline", """select count(*) from (select from lab.receipt
        left join lab.ticket using (receipt_no) group by receipt_no, taken_offline_at
        having count(ticket_id) > 1 or count(ticket_id) = 0 and taken_offline_at is null) as wrong""")
    yield zero(daemon, "intakes taken in offline that were booked before, or out of their order", """select count(*) from (select taken_offline_at,
        received_at, lag(taken_offline_at) over (partition by desk order by receipt_no) as before from lab.receipt
        where taken_offline_at is not null) as one where taken_offline_at > received_at or taken_offline_at < before""")
    yield zero(daemon, "tickets still open", "select count(*) from lab.ticket where state not in ('done', 'left')")
    yield zero(daemon, "gaps in the receipt numbers of the desks", r"""select count(*) from (select from lab.receipt group by desk
        having max(substring(receipt_no from '\d+$')::int) <> count(*)) as gap""")


def items(daemon):
    """Everything that came is gone back or lies in a store; every item has its sheet; the book of custody agrees with the items."""
    yield zero(daemon, "items unaccounted for", "select count(*) from lab.laboratory cross join lab.unaccounted(laboratory)")
    yield zero(daemon, "items neither returned nor in a store", "select count(*) from lab.item where custody_state <> 'returned' and stored_in is null")
    yield zero(daemon, "items not received once, or given back twice", """select count(*) from (select from lab.item left join lab.custody_event as event
        using (item_code) group by item_code, custody_state having count(*) filter (where event.kind = 'received') <> 1
        or count(*) filter (where event.kind = 'returned') <> (custody_state = 'returned')::int) as wrong""")
    yield zero(daemon, "items without exactly one sheet", """select count(*) from (select from lab.item left join lab.sheet using (item_code)
        group by item_code having count(sheet.sheet_no) <> 1) as wrong""")


def close(daemon):
    """The act that closed the day says what the books say."""
    acts = daemon.sql("select receipts, items_received, items_returned, items_stored, items_with_holders from lab.day_close order by laboratory")
    books = daemon.sql("""select (select count(*) from lab.receipt where receipt.laboratory = item.laboratory), count(*),
        count(*) filter (where custody_state = 'returned'), count(*) filter (where stored_in is not null), 0 from lab.item
        group by laboratory order by laboratory""")
    yield same("the act of each laboratory's close (receipts, received, returned, stored, in hand)", [tuple(map(int, row)) for row in acts],
               [tuple(map(int, row)) for row in books])


def locks(daemon):
    """Acts that lock the same rows lock them in one order: nobody was told to try again because two of them met."""
    yield zero(daemon, "deadlocks in the database", "select deadlocks from pg_stat_database where datname = current_database()")


def told(daemon, receipts, saved):
    """What a client was told is there, and nothing else is: the one thing that only the clients know. saved: the codes of each that was taken in offline."""
    yield same("receipts that clients were told and the database has not, or the other way",
               sorted({one for one, in daemon.sql("select receipt_no from lab.receipt")} ^ set(receipts)), [])
    yield same("intakes saved offline that are not booked once under their codes", [codes for codes in saved if daemon.sql(
        """select count(*), count(distinct receipt_no), count(taken_offline_at) from lab.item join lab.receipt using (receipt_no)
        where item_code = any(%s)""", codes) != [(len(codes), 1, len(codes))]], [])
    yield same("intakes without a number that are booked later, and saved offline", daemon.sql(
        "select count(taken_offline_at) from lab.receipt where receipt_no not in (select receipt_no from lab.ticket where receipt_no is not null)")[0][0],
        len(saved))
    yield same("receipts told twice", len(receipts) - len(set(receipts)), 0)


def labels(daemon, printers):
    """Every item's label came out as often as it was asked for: once, or once more for each reprint. The database has numbered each,
    but for those that a cut-off desk counted by itself."""
    copies = {code: int(number) for code, number in daemon.sql("""select item_code, count(print_id) from lab.item left join lab.print_event
        on number = item_code and kind = 'item_label' group by item_code""")}
    came, asked, here = (sum((getattr(printer, what) if what == "asked" else getattr(printer, what)() for printer in printers), collections.Counter())
                         for what in ("printed", "asked", "counted_here"))
    yield same("items without a label", len(set(copies) - set(came)), 0)
    yield same("labels that came out more or less often than they were asked for", [code for code in copies if came[code] != asked[code]], [])
    yield same("labels that neither the server nor a desk has counted", [code for code in copies if came[code] > copies[code] + here[code]], [])
    yield same("labels that the server has counted and that never came out", [code for code in copies if copies[code] > came[code]], [])
    yield same("labels still kept for a printer", sum(1 for printer in printers for _ in printer.kept()), 0)
    yield f"labels: {sum(came[code] for code in copies)} of {len(copies)} items, {sum(here.values())} of them counted at a desk that was cut off"


def all_of(stage, day):
    """stage and day for what only the printers and the clients know; the rest is read from the database alone."""
    for check in (locks, quotas, order, intakes, items, close):
        yield from check(stage.daemon)
    yield from told(stage.daemon, day.behind.receipts, [codes for codes, _ in stage.offline.saved])
    yield from labels(stage.daemon, [desk.printer for desk in stage.desks])
