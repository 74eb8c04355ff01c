-- SPDX-License-Identifier: Apache-2.0
-- The one page of an open day, drawn from the books alone: part, place within it, what, and what is told of it.
with minutes as (
    select ticket.laboratory, extract(epoch from called_at - taken_at) / 60 as waited, extract(epoch from ended_at - started_at) / 60 as served
    from lab.ticket where state = 'done'),
at_clock as (select time_zone as zone from lab.institute),
part as (
select 1 as part, 0 as place, 'Open day 开放日' as what, string_agg(format('%s, %s %s: %s booked, then %s walk-ins%s', day, name_zh, laboratory,
    booked_turns, walk_in_turns, case when elders_first then ', elders first' else '' end), '; ') as told from lab.visit_day
union all select 1, 1, 'Sessions 场次', format('%s, %s to %s', count(*), to_char(min(begins) at time zone zone, 'HH24:MI'),
    to_char(max(ends) at time zone zone, 'HH24:MI')) from lab.session_slot, at_clock group by zone
union all select 1, 2, 'Intakes 收样', format('%s receipts, first %s, last %s', count(*), to_char(min(received_at) at time zone zone, 'HH24:MI'),
    to_char(max(received_at) at time zone zone, 'HH24:MI')) from lab.receipt, at_clock group by zone
union all select 1, 3, 'Closed 日结', coalesce(string_agg(format('%s act %s at %s by %s', day_close.laboratory, act_no,
    to_char(closed_at at time zone zone, 'HH24:MI'), username), '; ') filter (where act_no is not null), 'not closed')
    from at_clock left join lab.day_close on true left join lab.staff on staff_id = closed_by group by zone
union all select 2, 0, 'People 人', format('%s with a number: %s booked, %s walked in; %s with priority', count(*),
    count(*) filter (where kind = 'booked'), count(*) filter (where kind = 'walk_in'), count(*) filter (where priority)) from lab.ticket
union all select 2, 1, 'Bookings 预约', format('%s: %s served, %s cancelled, %s did not come, %s waited for a place', count(*),
    count(*) filter (where state = 'served'), count(*) filter (where state = 'cancelled'), count(*) filter (where state = 'no_show'),
    count(*) filter (where waiting_since is not null)) from lab.booking
union all select 2, 2, 'Numbers 排队号', format('%s served, %s gone without, %s called again', count(*) filter (where state = 'done'),
    count(*) filter (where state = 'left'), count(*) filter (where calls > 1)) from lab.ticket
union all select 2, 3, 'Desks 窗口', 'receipts: ' || string_agg(format('%s %s', desk, number), ', ' order by desk)
    from (select desk, count(*) as number from lab.receipt group by desk) as taken
union all select 3, 0, 'Items 样品', format('%s: %s handed back, %s in stores, %s frozen', count(*), count(*) filter (where custody_state = 'returned'),
    count(*) filter (where stored_in is not null), count(*) filter (where custody_state = 'frozen')) from lab.item
union all select 3, 1, 'Hand-overs 交接', format('%s accepted, %s with another mass', count(*) filter (where state = 'accepted'),
    count(*) filter (where state = 'differs')) from lab.hand_over
union all select 3, 2, 'Tests 检测', string_agg(format('%s %s', number, state), ', ' order by state)
    from (select state, count(*) as number from lab.test group by state) as states
union all select 3, 3, 'Sheets 报告', format('%s released, %s sealed', count(*), count(*) filter (where state = 'sealed')) from lab.sheet
union all select 4, row_number() over (order by laboratory)::int, 'Laboratory 实验室 ' || laboratory, format(
    '%s receipts, %s items, %s tests, %s sheets', (select count(*) from lab.receipt where receipt.laboratory = here.laboratory),
    (select count(*) from lab.item where item.laboratory = here.laboratory), (select count(*) from lab.test where test.laboratory = here.laboratory),
    (select count(*) from lab.sheet where sheet.laboratory = here.laboratory))
    from lab.laboratory as here where exists (select from lab.receipt where receipt.laboratory = here.laboratory)
union all select 5, row_number() over (order by laboratory)::int, 'Wait 等候 ' || laboratory, format(
    'median %s min, 95 of 100 below %s min, longest %s min; at the counter median %s min',
    round(percentile_cont(0.5) within group (order by waited)::numeric, 1), round(percentile_cont(0.95) within group (order by waited)::numeric, 1),
    round(max(waited), 1), round(percentile_cont(0.5) within group (order by served)::numeric, 1)) from minutes group by laboratory
union all select 6, row_number() over (order by begins)::int, format('Session 场次 %s %s', laboratory, to_char(begins at time zone zone, 'HH24:MI')),
    format('booked %s of %s, walk-ins %s of %s%s', booked_taken, booked_quota - given_to_walk_ins, walk_in_taken, walk_in_quota + given_to_walk_ins,
    case when given_to_walk_ins > 0 then format(' (%s given to them)', given_to_walk_ins) else '' end) from lab.session_slot, at_clock
union all select 7, 0, 'Incidents 异常', format('%s opened, %s still open', count(*), count(*) filter (where closed_at is null)) from lab.incident
union all select 7, 1, 'Refused acts 被拒', coalesce(string_agg(format('%s %s', number, reason), ', ' order by reason), 'none')
    from (select coalesce(refusal ->> 'reason', 'without a reason') as reason, count(*) as number from lab.replay
          where refusal is not null group by 1) as refusals)
select part, place, what, told from part order by part, place;
