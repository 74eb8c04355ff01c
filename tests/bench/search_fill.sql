-- SPDX-License-Identifier: Apache-2.0
-- The books that search is measured in, run by the superuser between fill_begin.sql and fill_end.sql, behind bench.persons (which
-- search_books.py fills): bench.items items over five years, two a receipt, and what reception asks about. Past the guards and
-- the history, in bulk.
--   item n          item code of its eight digits; on receipt n / 2; the last 2 % are still here
--   receipt r       of person r * 7919 % persons; each hundredth of person 0, a jeweller
--   here            a quarter of it under test, the rest ready and not fetched; of a hundred one is in somebody's hand
do $fill$
declare
    items constant bigint := current_setting('bench.items')::bigint;
    persons bigint;
begin
    insert into lab.staff_role (staff_id, laboratory, role)
    select staff_id, 'JEW', role from lab.staff cross join lateral unnest(case left(username, 4) when 'tech' then '{technician}'
        when 'desk' then '{reception,manager}' else '{reviewer}' end::text[]) as role
    where username ~ '^(tech|desk|review)[0-9]+$';
    insert into lab.storage_place (laboratory, storage, name) values ('JEW', 'BENCH', 'the safe of the benchmark');

    insert into lab.person (person_id, name, phone, created_at)
    select ('00000000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, name, phone, now() - interval '6 years' from bench.persons
    order by n;
    persons := (select count(*) from lab.person);
    insert into lab.receipt (receipt_no, laboratory, desk, received_at, received_by, owner_id, bringer_id, purpose, return_choice, receipt_code)
    select 'B' || r % 64 || '-20-' || lpad(r::text, 7, '0'), 'JEW', 'B' || r % 64, now() - (items / 2 - r) * interval '5 minutes',
           staff.staff_id, person_id, person_id, 'consumer reference', 'return',
           upper(lpad(to_hex(r * 2654435761 & 4294967295), 8, '0'))
    from generate_series(0, items / 2 - 1) as r join lab.staff on username = 'desk' || r % 64
    cross join lateral (select ('00000000-0000-7000-8001-' || lpad((case when r % 100 = 0 then 0 else r * 7919 % persons end)::text,
                                                                  12, '0'))::uuid as person_id) as owner;
    insert into lab.person_key (person_id, key, seen_at)
    select person.person_id, keyed.key, coalesce(last.at, person.created_at) from lab.person
    left join (select owner_id, max(received_at) as at from lab.receipt group by 1) as last on owner_id = person_id
    cross join lateral unnest(lab.person_keys(person.name, person.phone)) as keyed (key);

    insert into lab.item (item_code, receipt_no, place, laboratory, received_at, name, pieces, claimed_product_id, claim_text, hallmark,
                          mass_text, condition, stones, declared_value_cny, seal_no, state, custody_state, holder_id, stored_in,
                          sheet_no, version)
    select lpad(n::text, 8, '0') || lab.item_code_check_character(lpad(n::text, 8, '0')), receipt.receipt_no, n % 2 + 1, 'JEW',
           receipt.received_at, '戒指', 1, 'JEW_AU750', '18K 金', 'Au750', '3.52', 'good', '', '2600', '',
           case when n % 4 = 0 and is_here then 'received' else 'released' end, case when is_here then 'held' else 'returned' end,
           case when is_here then receipt.received_by end, case when is_here and n % 100 <> 1 then 'BENCH' end,
           case when n % 4 <> 0 or not is_here then 'JEW-2020-' || lpad(n::text, 7, '0') end, 1
    from generate_series(0, items - 1) as n cross join lateral (select n >= items * 0.98 as is_here) as late
    join lab.receipt on receipt_no = 'B' || n / 2 % 64 || '-20-' || lpad((n / 2)::text, 7, '0') order by n;
    insert into lab.custody_event (item_code, laboratory, at, kind, to_staff, mass_text)
    select item_code, 'JEW', received_at, 'received', receipt.received_by, mass_text
    from lab.item join lab.receipt using (laboratory, receipt_no, received_at);
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text)
    select item_code, 'JEW', received_at + interval '8 days', 'returned', (select staff_id from lab.staff where username = 'desk0'),
           mass_text from lab.item where custody_state = 'returned';

    insert into lab.test (item_code, laboratory, method_id, parameter_id, state, assigned_to, due_at, entry_no, submission_no, version)
    select item.item_code, 'JEW', 'M_XRF', 'AU', case when item.state = 'released' then 'released' else 'assigned' end, staff.staff_id,
           item.received_at + interval '7 days', (item.state = 'released')::integer, (item.state = 'released')::integer, 2
    from lab.item join lab.staff on username = 'tech' || left(item_code, 8)::bigint % 64;
    insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean, range, expanded_uncertainty,
                               unit, requirement, standard, sentence_zh, sentence_en, catalogue_revision)
    select test_id, 1, 1, 'JEW', assigned_to, due_at - interval '5 days', case when due_at::time < '02:00' then 'fail' else 'pass' end,
           '753.1', '2.2', '2.0', '‰', '≥ 750', 'GB 11887-2012', '平均值 753.1 ‰ 不低于 750 ‰。',
           'The mean 753.1 ‰ is not below 750 ‰.', 1 from lab.test where state = 'released';
    insert into lab.sheet (sheet_no, item_code, laboratory, state, specimen, signatory, meaning, released_at, record, record_bytes)
    select sheet_no, item_code, 'JEW', 'sealed', true, (select staff_id from lab.staff where username = 'review0'), 'bench',
           received_at + interval '4 days', '{}', '{}' from lab.item where sheet_no is not null;
    insert into lab.sheet_file (sheet_no, revision, pdf, sha256, at)
    select sheet_no, 0, '%PDF-', sha256('%PDF-'), released_at from lab.sheet;
    insert into lab.sheet_recipient (receipt_no, laboratory, person_id, channel, added_by, added_at)
    select receipt_no, 'JEW', owner_id, 'sms', received_by, received_at from lab.receipt;
    insert into lab.sheet_delivery (sheet_no, revision, recipient_id, laboratory, kind, channel, state, created_at, changed_at, next_at)
    select sheet.sheet_no, 0, recipient_id, 'JEW', 'ready', 'sms', 'sent', released_at, released_at, released_at
    from lab.sheet join lab.item using (item_code) join lab.sheet_recipient using (receipt_no);

    insert into lab.session_slot (laboratory, day, begins, ends, booked_quota, walk_in_quota, person_cap, releases_at, made_by)
    select 'JEW', at::date, at, at + interval '2 hours', 300, 10, 3, at, staff_id
    from lab.staff, generate_series(date_trunc('day', now()) - interval '400 days', now(), interval '1 day') as at where username = 'desk0';
    insert into lab.booking (booking_code, slot_id, laboratory, person_id, places, state, booked_at, booked_by, changed_at)
    select lab.booking_code_next(), slot_id, 'JEW', ('00000000-0000-7000-8001-' || lpad((n * 31 % persons)::text, 12, '0'))::uuid, 1,
           'served', begins - interval '3 days', made_by, begins
    from lab.session_slot, generate_series(1, greatest(1, items / 4000)) as n;
end
$fill$;
drop schema bench cascade;
