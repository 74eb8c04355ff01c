-- SPDX-License-Identifier: Apache-2.0
-- The data set of the benchmark, run by the superuser between fill_begin.sql and fill_end.sql: bench.items items, every
-- second one released, the others open with four tests each. Past the guards and the history, in bulk; what stands here
-- is what the acts would have left.
-- Numbers make the ids, so that load and floor can name any row by arithmetic alone:
--   item n          item code of its eight digits; person n / 2
--   open test j     of item 2 * (j / 4), held by technician j % 64; in its own order on disk as intake leaves it
--   session n       token 000...n; technicians 0-63, receptionists 1000-1063 at desks B0-B63
do $fill$
declare
    items constant bigint := current_setting('bench.items')::bigint;
begin
    insert into lab.staff_role (staff_id, laboratory, role)
    select staff_id, 'JEW', case left(username, 4) when 'tech' then 'technician' when 'desk' then 'reception'
                            else 'reviewer' end
    from lab.staff where username ~ '^(tech|desk|review)[0-9]+$';
    insert into lab.qualification (staff_id, laboratory, method_id)
    select staff_id, 'JEW', 'M_XRF' from lab.staff where username ~ '^tech[0-9]+$';

    insert into lab.person (person_id, name, phone)
    select ('00000000-0000-7000-8001-' || lpad(m::text, 12, '0'))::uuid, '王' || m,
           '13' || lpad((m * 7919 % 1000000000)::text, 9, '0')
    from generate_series(0, (items - 1) / 2) as m;
    insert into lab.person_key (person_id, key, seen_at)
    select person_id, keyed.key, created_at from lab.person cross join lateral unnest(lab.person_keys(name, phone)) as keyed (key);
    insert into lab.receipt (receipt_no, laboratory, desk, received_at, received_by, owner_id, bringer_id, purpose,
                             return_choice, receipt_code)
    select 'B' || n % 64 || '-20-' || lpad(n::text, 7, '0'), 'JEW', 'B' || n % 64, now() - (items - n) * interval '1 minute',
           staff.staff_id, person_id, person_id, 'consumer reference', 'return',
           upper(lpad(to_hex(n * 2654435761 & 4294967295), 8, '0'))
    from generate_series(0, items - 1) as n
    join lab.staff on username = 'desk' || n % 64
    cross join lateral (select ('00000000-0000-7000-8001-' || lpad((n / 2)::text, 12, '0'))::uuid as person_id) as owner;
    insert into lab.consent (receipt_no, kind, laboratory, given_by_owner, at)
    select receipt_no, kind, 'JEW', true, received_at from lab.receipt, unnest('{privacy,agreement}'::text[]) as kind;
    insert into lab.item (item_code, receipt_no, place, laboratory, received_at, name, pieces, claimed_product_id,
                          claim_text, hallmark, mass_text, condition, stones, declared_value_cny, seal_no, holder_id, state,
                          sheet_no, version)
    select lpad(n::text, 8, '0') || lab.item_code_check_character(lpad(n::text, 8, '0')), receipt_no, 1, 'JEW', received_at,
           '戒指', 1, 'JEW_AU750', '18K 金', 'Au750', '3.52', 'good', '', '2600', '', received_by,
           case n % 2 when 0 then 'received' else 'released' end,
           case n % 2 when 1 then 'JEW-2020-' || lpad(n::text, 7, '0') end, 1
    from lab.receipt cross join lateral (select right(receipt_no, 7)::bigint as n) as number
    order by n;
    insert into lab.item_photo (item_code, laboratory, photo, added_by, at)
    select item_code, 'JEW', '\xffd8ffe000112233', holder_id, received_at from lab.item;
    insert into lab.custody_event (item_code, laboratory, at, kind, to_staff, mass_text)
    select item_code, 'JEW', received_at, 'received', holder_id, mass_text from lab.item;

    insert into lab.test (test_id, item_code, laboratory, method_id, parameter_id, state, assigned_to, due_at, entry_no,
                          submission_no, version)
    select ('00000000-0000-7000-' || case n % 2 when 0 then '8000-' else '9000-' end
            || lpad((n / 2 * 4 + k)::text, 12, '0'))::uuid,
           item.item_code, 'JEW', 'M_XRF', ('{AU,AG,PT,PD}'::text[])[k + 1],
           case when n % 2 = 1 then 'released' when k % 2 = 0 then 'in_progress' else 'assigned' end, staff.staff_id,
           item.received_at + interval '7 days', case when n % 2 = 1 or k % 2 = 0 then 1 else 0 end, n % 2, 2
    from lab.item cross join lateral (select left(item_code, 8)::bigint as n) as number
    cross join generate_series(0, 3) as k
    join lab.staff on username = 'tech' || (n / 2 * 4 + k) % 64
    order by n, k;
    insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, expanded_uncertainty, coverage_factor,
                                  instrument, temperature_c, humidity_percent, reason)
    select test_id, 1, 'JEW', assigned_to, due_at - interval '6 days', '2.0', '2', 'XRF-01', '23.1', '45', ''
    from lab.test where entry_no = 1 order by test_id;
    insert into lab.reading (test_id, entry_no, place, value_text, position)
    select test_id, 1, place, (case parameter_id when 'AU' then 750 else 20 end + round(random()::numeric * 6, 1))::text,
           'shank'
    from lab.test cross join generate_series(1, 4) as place
    where entry_no = 1 and (place <= 3 or state = 'released') order by test_id, place;
    insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean, range,
                               expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en,
                               catalogue_revision)
    select test_id, 1, 1, 'JEW', assigned_to, due_at - interval '5 days', 'pass', '753.1', '2.2', '2.0', '‰', '≥ 750',
           'GB 11887-2012', '平均值 753.1 ‰ 不低于 750 ‰。', 'The mean 753.1 ‰ is not below 750 ‰.', 1
    from lab.test where state = 'released' order by test_id;
    insert into lab.review (test_id, submission_no, laboratory, reviewer, decision, comment, at)
    select test_id, 1, 'JEW', (select staff_id from lab.staff where username = 'review0'), 'approve', '',
           due_at - interval '4 days' from lab.test where state = 'released' order by test_id;
end
$fill$;
