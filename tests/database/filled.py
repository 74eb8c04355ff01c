# SPDX-License-Identifier: Apache-2.0
"""Books with many rows, for plans and measurements: made in bulk by the owner, through every guard but the history
(whose rows are not what is asked for here)."""

PERSONS = """
insert into lab.person (name, phone)
select chr(19968 + n %% 5000) || chr(20000 + n / 7 %% 5000) || n %% 10, '13' || lpad((n * 7919)::text, 9, '0')
from generate_series(1, %(count)s) as n
"""
KEYS = """
insert into lab.person_key (person_id, key, seen_at)
select person_id, unnest(lab.person_keys(name, phone)), created_at from lab.person on conflict do nothing
"""
RECEIPTS = """
insert into lab.receipt (receipt_no, laboratory, desk, received_at, received_by, owner_id, bringer_id, purpose, return_choice)
select 'D6-20-' || lpad(n::text, 6, '0'), 'JEW', 'D6', now() - (n || ' minutes')::interval, staff_id, person_id, person_id,
       'filling', 'return'
from (select person_id, row_number() over () as n from lab.person limit %(count)s) as people,
     lab.staff where username = 'reception'
"""
CONSENTS = """
insert into lab.consent (receipt_no, kind, laboratory, given_by_owner, at)
select receipt_no, kind, 'JEW', true, received_at from lab.receipt, unnest('{privacy,agreement}'::text[]) as kind
where purpose = 'filling'
"""
ITEMS = """
insert into lab.item (item_code, receipt_no, place, laboratory, received_at, name, pieces, claimed_product_id, claim_text,
                      hallmark, mass_text, condition, stones, declared_value_cny, seal_no, holder_id)
select lab.item_code_next('JEW'), receipt_no, 1, 'JEW', received_at, 'ring', 1, 'JEW_AU750', '', 'Au750', '3.52', 'good', '',
       '', '', received_by from lab.receipt where purpose = 'filling'
"""
PHOTOS = """
insert into lab.item_photo (item_code, laboratory, photo, added_by, at)
select item_code, laboratory, '\\x89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082', holder_id, received_at from lab.item
where receipt_no like 'D6-20-%%'
"""
TESTS = """
insert into lab.test (item_code, laboratory, method_id, parameter_id, due_at)
select item_code, 'JEW', 'M_XRF', parameter_id, received_at + interval '1 day'
from lab.item, unnest('{AU,AG,PT,PD}'::text[]) as parameter_id where receipt_no like 'D6-20-%%'
"""
ASSIGN = """
update lab.test set state = 'assigned', assigned_to = (select staff_id from lab.staff where username = names.name)
from (select test_id, case when row_number() over () %% 2 = 0 then 'tech' else 'tech2' end as name from lab.test
      where state = 'unassigned' limit %(count)s) as names
where names.test_id = test.test_id
"""


def fill(connection, count):
    cursor = connection.cursor()
    logged = ["receipt", "item", "item_photo", "test", "consent", "person"]
    for table in logged:
        cursor.execute(f"alter table lab.{table} disable trigger user")
    for statement in (PERSONS, KEYS, RECEIPTS, CONSENTS, ITEMS, PHOTOS, TESTS, ASSIGN):
        cursor.execute(statement, dict(count=count))
    for table in logged:
        cursor.execute("select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal", (f"lab.{table}",))
        for trigger, in cursor.fetchall():
            cursor.execute(f"alter table lab.{table} enable always trigger {trigger}")
    cursor.execute("analyze")
