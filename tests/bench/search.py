# SPDX-License-Identifier: Apache-2.0
"""What the one box and the evening's lists cost with a million items, asked one at a time through the real daemon by a real client, each
question followed by the same one put to PostgreSQL itself, the floor.

    BENCH="--search" meson compile -C build/release bench
    TOUCHSTONE_BUILD=build/release /usr/bin/python3 -m tests.bench --search [--scale 0.2]    # 1 = a million items

Every answer of search has its first page in 100 ms (must, p99); the evening's lists and the close of a day in a second (p99).
"""
import contextlib
import datetime
import hashlib
import itertools
import json
import random
import time

from tests.bench import books as data
from tests.bench import search_books
from tests.bench.measure import Failed, percentile
from tests.outside.external import ExternalDaemon  # noqa: F401 (what Books.daemon gives)

SEARCH_MS, EVENING_MS = (100, 50), (1000, 300)
HEAD = ["question", "p50 ms", "p99 ms", "PostgreSQL p50", "p99", "answers"]
TOKEN = bytes.fromhex(f"{1000:032}")  # the first receptionist of sessions.sql
CALLS = {"search": 60, "evening": 12, "told": 3}
WARM_UP = {"search": 3, "evening": 2, "told": 1}  # plans are made, pages come in


def person_question(query, **page):
    return "DeskService.FindPersons", "desk_find_persons", dict(query=query, **({"page": page} if page else {}))


def item_code(sql, number):
    return sql(f"select item_code::text from lab.item where item_code >= '{number:08}' limit 1")[0][0]


def questions(books):
    """{name: (kind, iterator of (short, function, request))}"""
    chance, sql, items = random.Random(7), books.sql, books.items
    people = sql("select name, phone from lab.person order by md5(phone) limit 300")
    phones = [phone for _, phone in people]
    codes = [item_code(sql, chance.randrange(items)) for _ in range(60)]
    receipts = [f"B{r % 64}-20-{r:07}" for r in (chance.randrange(items // 2) for _ in range(60))]
    bookings = [code for code, in sql("select booking_code from lab.booking order by md5(booking_code) limit 60")]
    sheets = [number for number, in sql("select sheet_no from lab.sheet order by md5(sheet_no) limit 60")]
    here = dict(laboratory="JEW")
    today = datetime.date.today()

    def each(made, values):
        return itertools.cycle([made(value) for value in values])

    def listed(method, function, **request):
        return itertools.repeat((method, function, dict(here, **request)))

    def year(days, **more):
        return dict(first_day=str(today - datetime.timedelta(days)), last_day=str(today), **more)

    found = {"last four digits": ("search", each(person_question, [phone[-4:] for phone in phones])),
             f"last four, {search_books.SHARING} share them": ("search", each(person_question, [search_books.SHARED_TAIL])),
             "whole phone": ("search", each(person_question, phones)),
             "phone, first seven": ("search", each(person_question, [phone[:7] for phone in phones])),
             "phone, first three": ("search", each(person_question, ["138", "150"])),
             "whole name": ("search", each(person_question, [name for name, _ in people]))}
    for word in ("王", "王小", "w", "z", "wa", "zh", "li", "zw", "wxm", "wangxm", "zhang", "zhangwei", "wang xiaoming"):
        found[f"{'name' if word[0] > 'z' else 'pinyin'} {word}"] = ("search", each(person_question, [word]))
    found["name 王, next page"] = ("search", pages(books, "王"))
    found |= {
        "item code": ("search", each(lambda code: ("DeskService.GetItem", "desk_get_item", dict(item_code=code)), codes)),
        "item code in the list": ("search", each(
            lambda code: ("DeskService.ListItems", "desk_list_items", dict(here, query=code)), codes)),
        "receipt number": ("search", each(
            lambda number: ("DeskService.GetReceipt", "desk_get_receipt", dict(receipt_no=number)), receipts)),
        "receipt number in the list": ("search", each(
            lambda number: ("DeskService.ListItems", "desk_list_items", dict(here, query=number)), receipts)),
        "items of last four": ("search", each(
            lambda tail: ("DeskService.ListItems", "desk_list_items", dict(here, query=tail)), [phone[-4:] for phone in phones])),
        f"items of last four, {search_books.SHARING} share them": (
            "search", listed("DeskService.ListItems", "desk_list_items", query=search_books.SHARED_TAIL)),
        "sheet number": ("search", each(
            lambda number: ("DeskService.ListDeliveries", "desk_list_deliveries", dict(here, sheet_no=number)), sheets)),
        "booking code": ("search", each(
            lambda code: ("OpenDayService.GetBooking", "open_day_get_booking", dict(booking_code=code)), bookings)),
        "item list": ("search", listed("DeskService.ListItems", "desk_list_items")),
        "custody uncollected": ("evening", listed("DeskService.ListUncollected", "desk_list_uncollected")),
        "custody unaccounted": ("evening", listed("DeskService.ListUnaccounted", "desk_list_unaccounted")),
    }
    for name, method in (("pass rates", "pass_rates"), ("turnaround", "turnaround"), ("load", "load")):
        short = "StatisticsService.Get" + method.title().replace("_", "")
        for days in (30, 365):
            found[f"statistics: {name}, {days} days"] = ("told", listed(short, f"statistics_get_{method}", **year(days)))
    return found


def pages(books, word):
    """The pages behind the first, as they follow one another; from the beginning again where they end."""
    token = ""
    while True:
        answer = asked_of_postgres(books, "desk_find_persons", dict(query=word, page=dict(page_token=token)))
        token = answer.get("next_page_token", "")
        yield person_question(word, page_token=token)


def asked_of_postgres(books, function, request):
    with books.floor.cursor() as cursor:
        cursor.execute(f"select answer from api.{function}(%s, %s::jsonb)", (hashlib.sha256(TOKEN).digest(), json.dumps(request)))
        return cursor.fetchone()[0]


def rows_of(answer):
    """How many rows, when the answer is a list."""
    lists = [value for field, value in answer.ListFields() if field.label == field.LABEL_REPEATED]
    return str(len(lists[0])) if lists else "0" if not answer.ListFields() else "1"


def timed(act):
    began = time.monotonic()
    answer = act()
    return (time.monotonic() - began) * 1000, answer


def measure(books, client, kind, asked):
    took, floor, rows = [], [], ""
    for number in range(CALLS[kind] + WARM_UP[kind]):
        short, function, request = next(asked)
        mine, answer = timed(lambda: client(short, timeout=120, **request))
        theirs, _ = timed(lambda: asked_of_postgres(books, function, request))
        if number >= WARM_UP[kind]:
            took.append(mine)
            floor.append(theirs)
        rows = rows_of(answer)
    return sorted(took), sorted(floor), rows


def close_day(books, client):
    """The close is refused while items are in hands, then done and undone, a few times over."""
    refused, closed = [], []
    day = dict(laboratory="JEW", day=str(datetime.date.today() - datetime.timedelta(1)))
    for _ in range(5):
        took, _ = timed(lambda: attempt(client, "DeskService.CloseDay", day))
        refused.append(took)
    books.sql("alter table lab.item disable trigger user; update lab.item set stored_in = 'BENCH' "
              "where holder_id is not null and stored_in is null; alter table lab.item enable trigger user")
    for _ in range(5):
        took, error = timed(lambda: attempt(client, "DeskService.CloseDay", day))
        if error is not None:
            raise Failed(f"the day was not closed: {error.details()}")
        closed.append(took)
        client("DeskService.ReopenDay", reason="measured again", **day)
    return {"day close, refused": sorted(refused), "day close, done": sorted(closed)}


def attempt(client, short, fields):
    import grpc
    try:
        client(short, timeout=120, **fields)
    except grpc.RpcError as error:
        return error
    return None


def run(items, tell, mark):
    """The rows of the table under HEAD, and the marks."""
    data.prepare(items, tell, search_books.SearchBooks)
    rows, marks = [], []
    with search_books.SearchBooks(items) as books, books.daemon() as daemon, contextlib.ExitStack() as stack:
        books.open_sessions()
        daemon.start()
        books.floor = stack.enter_context(contextlib.closing(books.connect()))
        books.floor.autocommit = True
        client = daemon.client(TOKEN.hex())
        limits = dict(search=SEARCH_MS, evening=EVENING_MS)
        for name, (kind, asked) in questions(books).items():
            took, floor, answers = measure(books, client, kind, asked)
            rows.append([name, *(f"{percentile(samples, share):.1f}" for samples in (took, floor) for share in (0.5, 0.99)), answers])
            if kind in limits:
                marks.append(mark(f"{name}: p99, ms", percentile(took, 0.99), limits[kind], False))
        for name, took in close_day(books, client).items():
            rows.append([name, f"{percentile(took, 0.5):.1f}", f"{took[-1]:.1f}", "", "", ""])
            marks.append(mark(f"{name}: slowest, ms", took[-1], EVENING_MS, False))
    return rows, marks
