-- SPDX-License-Identifier: Apache-2.0
-- The one page of an open day, drawn from the books alone. Each row: part, place within it, what it is (Chinese, English), what is told
-- of it (Chinese, English), and of a session whose it is with its bars: booked, their quota, walk-ins, their quota.
with at_clock as (select time_zone as zone from lab.institute),
minutes as (
    select ticket.laboratory, extract(epoch from called_at - taken_at) / 60 as waited from lab.ticket where called_at is not null and state = 'done'),
refusals as (
    select coalesce(refusal ->> 'reason', 'without a reason') as reason, count(*) as number from lab.replay where refusal is not null group by 1),
words (reason, zh, en) as (values
    ('WALK_IN_FULL', '现场名额已满', 'no place for walk-ins left'), ('SLOT_FULL', '预约已满', 'no booked place left'),
    ('PERSON_CAP', '超过每人名额', 'beyond the cap of a person'), ('LEASE_USED_UP', '窗口预留名额已用完', 'lease used up'),
    ('ILLEGAL_TRANSITION', '状态不允许', 'not in this state'), ('NOT_ARRIVED', '尚未到场', 'not arrived')),
part (part, place, what_zh, what_en, told_zh, told_en, laboratory, bars) as (
select 1, 0, '开放', 'Open', string_agg(distinct to_char(day, 'YYYY-MM-DD') || ' ' || name_zh, '、'),
    string_agg(distinct to_char(day, 'YYYY-MM-DD') || ' ' || name_en, ', '), '', null::bigint[]
    from lab.visit_day
union all select 1, 1, '场次', 'Sessions', format('%s 至 %s，每场 %s 分钟；预约 %s 个、现场 %s 个轮流叫号%s', first, last, minutes, booked_turns, walk_in_turns,
    case when elders_first then '，长者优先' else '' end), format('%s to %s, %s minutes each; called by turns, %s booked, then %s walk-in%s', first, last, minutes,
    booked_turns, walk_in_turns, case when elders_first then '; elders first' else '' end), '', null
    from (select to_char(min(begins) at time zone zone, 'HH24:MI') as first, to_char(max(ends) at time zone zone, 'HH24:MI') as last,
          (min(extract(epoch from ends - begins)) / 60)::int as minutes from lab.session_slot, at_clock group by zone) as times,
         (select booked_turns, walk_in_turns, elders_first from lab.visit_day order by laboratory limit 1) as rule
union all select 1, 1 + row_number() over (order by receipts desc)::int, '实验室 ' || laboratory, 'Laboratory ' || laboratory,
    format('%s：回执 %s 份，样品 %s 件，检测 %s 项，报告 %s 份', name_zh, receipts, items, tests, sheets),
    format('%s receipts, %s items, %s tests, %s sheets', receipts, items, tests, sheets), '', null
    from (select here.laboratory, name_zh, (select count(*) from lab.receipt where receipt.laboratory = here.laboratory) as receipts,
          (select count(*) from lab.item where item.laboratory = here.laboratory) as items,
          (select count(*) from lab.test where test.laboratory = here.laboratory) as tests,
          (select count(*) from lab.sheet where sheet.laboratory = here.laboratory) as sheets from lab.laboratory as here) as counted where receipts > 0
union all select 1, 8, '日结', 'Closed', coalesce(string_agg(format('%s %s 第 %s 号（%s）', day_close.laboratory, to_char(closed_at at time zone zone, 'HH24:MI'),
    act_no, username), '；' order by day_close.laboratory) filter (where act_no is not null), '未日结'),
    coalesce(string_agg(format('%s at %s, act %s', day_close.laboratory, to_char(closed_at at time zone zone, 'HH24:MI'), act_no), '; '
    order by day_close.laboratory) filter (where act_no is not null), 'not closed'), '', null
    from at_clock left join lab.day_close on true left join lab.staff on staff_id = closed_by group by zone

union all select 2, 0, '取号', 'Numbers', format('%s 人：预约 %s，现场 %s；优先 %s', count(*), count(*) filter (where kind = 'booked'),
    count(*) filter (where kind = 'walk_in'), count(*) filter (where priority)), format('%s: %s booked, %s walked in; %s with priority', count(*),
    count(*) filter (where kind = 'booked'), count(*) filter (where kind = 'walk_in'), count(*) filter (where priority)), '', null from lab.ticket
union all select 2, 1, '叫号', 'Called', format('办理 %s，未办离开 %s，重新叫过 %s，仍开着 %s', count(*) filter (where state = 'done'), count(*) filter (where state = 'left'),
    count(*) filter (where calls > 1), count(*) filter (where state not in ('done', 'left'))), format('%s served, %s left without, %s called again, %s still open',
    count(*) filter (where state = 'done'), count(*) filter (where state = 'left'), count(*) filter (where calls > 1),
    count(*) filter (where state not in ('done', 'left'))), '', null from lab.ticket
union all select 2, 2, '预约', 'Bookings', format('%s：到场 %s，取消 %s，未到 %s；候补过 %s', count(*), count(*) filter (where state = 'served'),
    count(*) filter (where state = 'cancelled'), count(*) filter (where state = 'no_show'), count(*) filter (where waiting_since is not null)),
    format('%s: %s served, %s cancelled, %s did not come; %s had waited for a place', count(*), count(*) filter (where state = 'served'),
    count(*) filter (where state = 'cancelled'), count(*) filter (where state = 'no_show'), count(*) filter (where waiting_since is not null)), '', null from lab.booking
union all select 2, 3, '未接受', 'Refused', coalesce(string_agg(format('%s %s', coalesce(zh, reason), number), '，' order by reason), '无'),
    coalesce(string_agg(format('%s %s', number, coalesce(en, reason)), ', ' order by reason), 'nothing'), '', null from refusals left join words using (reason)
union all select 2, 3 + row_number() over (order by laboratory)::int, '等候 ' || laboratory, 'Waited ' || laboratory,
    format('中位 %s 分钟，95 %% 在 %s 分钟内，最长 %s 分钟', half, most, longest), format('median %s min, 95 %% within %s min, longest %s min', half, most, longest), '', null
    from (select laboratory, round(percentile_cont(0.5) within group (order by waited)::numeric) as half, round(max(waited)) as longest,
          round(percentile_cont(0.95) within group (order by waited)::numeric) as most from minutes group by laboratory) as waits

union all select 3, 0, '收样', 'Taken in', format('回执 %s 份，%s 至 %s；离线收样后补登 %s 份', count(*), to_char(min(received_at) at time zone zone, 'HH24:MI'),
    to_char(max(received_at) at time zone zone, 'HH24:MI'), count(taken_offline_at)), format('%s receipts, %s to %s; %s of them offline and booked later', count(*),
    to_char(min(received_at) at time zone zone, 'HH24:MI'), to_char(max(received_at) at time zone zone, 'HH24:MI'), count(taken_offline_at)), '', null
    from lab.receipt, at_clock group by zone
union all select 3, 1, '窗口', 'Desks', string_agg(format('%s %s 份', desk, number), '，' order by desk), string_agg(format('%s %s', desk, number), ', ' order by desk)
    || ' receipts', '', null from (select desk, count(*) as number from lab.receipt group by desk) as taken
union all select 3, 2, '预留名额', 'Leases', format('窗口预留 %s 个现场名额，用去 %s，退回 %s', coalesce(sum(places), 0), coalesce(sum(used), 0),
    coalesce(sum(places - used) filter (where returned_at is not null), 0)), format('%s walk-in places leased to desks, %s used, %s given back',
    coalesce(sum(places), 0), coalesce(sum(used), 0), coalesce(sum(places - used) filter (where returned_at is not null), 0)), '', null from lab.walk_in_lease
union all select 3, 3, '样品', 'Items', format('%s 件：交还 %s，在库 %s，冻结 %s', count(*), count(*) filter (where custody_state = 'returned'),
    count(*) filter (where stored_in is not null), count(*) filter (where custody_state = 'frozen')), format('%s: %s handed back, %s in stores, %s frozen', count(*),
    count(*) filter (where custody_state = 'returned'), count(*) filter (where stored_in is not null), count(*) filter (where custody_state = 'frozen')), '', null from lab.item
union all select 3, 4, '交接', 'Hand-overs', format('%s 次相符，%s 次质量不符', count(*) filter (where state = 'accepted'), count(*) filter (where state = 'differs')),
    format('%s agreed, %s with another mass', count(*) filter (where state = 'accepted'), count(*) filter (where state = 'differs')), '', null from lab.hand_over
union all select 3, 5, '异常', 'Incidents', format('%s 起，未结 %s', count(*), count(*) filter (where closed_at is null)), format('%s opened, %s still open', count(*),
    count(*) filter (where closed_at is null)), '', null from lab.incident
union all select 3, 6, '标签', 'Labels', format('样品标签 %s 张，袋标签 %s 张；其中补打 %s 张', count(*) filter (where kind = 'item_label'),
    count(*) filter (where kind = 'bag_label'), count(*) filter (where copy > 1)), format('%s of items, %s of bags; %s of them printed again',
    count(*) filter (where kind = 'item_label'), count(*) filter (where kind = 'bag_label'), count(*) filter (where copy > 1)), '', null from lab.print_event
union all select 3, 7, '报告', 'Sheets', format('签发 %s，已封存 %s', count(*), count(*) filter (where state = 'sealed')), format('%s released, %s sealed', count(*),
    count(*) filter (where state = 'sealed')), '', null from lab.sheet

union all select 4, row_number() over (order by begins)::int, to_char(begins at time zone zone, 'HH24:MI'), '',
    format('%s/%s · %s/%s', booked_taken, booked_quota - given_to_walk_ins, walk_in_taken, walk_in_quota + given_to_walk_ins), '', laboratory,
    array[booked_taken, booked_quota - given_to_walk_ins, walk_in_taken, walk_in_quota + given_to_walk_ins]::bigint[] from lab.session_slot, at_clock)
select part, place, what_zh, what_en, told_zh, told_en, laboratory, bars from part order by part, place, laboratory;
