-- SPDX-License-Identifier: Apache-2.0
-- Worksheets before they are entered: the control plan of a method and parameter, which samples are taken, and where the
-- plan puts blanks, controls, duplicates and spikes between them. What is shown of a worksheet also stands here.
set role touchstone_owner;

create or replace function lab.plan_view(of_plan lab.control_plan) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', of_plan.laboratory, 'method_id', of_plan.method_id, 'parameter_id', of_plan.parameter_id,
        'plan_no', of_plan.plan_no, 'blanks', of_plan.blanks, 'blank_limit', of_plan.blank_limit,
        'charts', to_json(of_plan.charts), 'controls_every', of_plan.controls_every,
        'duplicates_every', of_plan.duplicates_every, 'duplicate_percent', of_plan.duplicate_percent,
        'spikes_every', of_plan.spikes_every, 'spike_added', of_plan.spike_added,
        'spike_low_percent', of_plan.spike_low_percent, 'spike_high_percent', of_plan.spike_high_percent,
        'set_by', lab.username_of(of_plan.set_by), 'set_at', of_plan.set_at, 'reason', of_plan.reason);
end
$$;

-- The plan that stands, or of that number; not found: all null.
create or replace function lab.plan_of(here text, of_method text, of_parameter text, wanted integer default null)
    returns lab.control_plan
language plpgsql stable as $$
declare
    found_plan lab.control_plan;
begin
    select * into found_plan from lab.control_plan as known
    where known.laboratory = here and known.method_id = of_method and known.parameter_id = of_parameter
    and (wanted is null or known.plan_no = wanted) order by known.plan_no desc limit 1;
    return found_plan;
end
$$;

-- A number that must be more than 0 when it is given, and given when something is asked of it.
create or replace function lab.plan_number(request jsonb, field text, is_needed boolean) returns lab.decimal_text
language plpgsql volatile as $$
declare
    given lab.decimal_text := lab.decimal_of(request ->> field, field);
begin
    if given is null and is_needed then
        perform lab.refuse_field(field, 'is required by this plan');
    elsif given::text::numeric <= 0 and field <> 'spike_low_percent' then
        perform lab.refuse_field(field, 'must be more than 0');
    end if;
    return given;
end
$$;

create or replace function lab.worksheet_set_control_plan(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    made lab.control_plan;
begin
    perform lab.require_role(who, here);
    perform lab.require_measured(here, request ->> 'method_id', request ->> 'parameter_id');
    perform pg_advisory_xact_lock(hashtextextended(format('control-plan/%s/%s/%s', here, request ->> 'method_id',
                                                          request ->> 'parameter_id'), 0));
    made.laboratory := here;
    made.method_id := request ->> 'method_id';
    made.parameter_id := request ->> 'parameter_id';
    made.plan_no := coalesce((lab.plan_of(here, made.method_id, made.parameter_id)).plan_no, 0) + 1;
    made.charts := array(select distinct named from jsonb_array_elements_text(
                             coalesce(nullif(request -> 'charts', 'null'), '[]')) as listed (named) order by named);
    made.blanks := coalesce((request ->> 'blanks')::integer, 0);
    made.controls_every := coalesce((request ->> 'controls_every')::integer, 0);
    made.duplicates_every := coalesce((request ->> 'duplicates_every')::integer, 0);
    made.spikes_every := coalesce((request ->> 'spikes_every')::integer, 0);
    made.blank_limit := lab.plan_number(request, 'blank_limit', made.blanks > 0);
    made.duplicate_percent := lab.plan_number(request, 'duplicate_percent', made.duplicates_every > 0);
    made.spike_added := lab.plan_number(request, 'spike_added', made.spikes_every > 0);
    made.spike_low_percent := lab.plan_number(request, 'spike_low_percent', made.spikes_every > 0);
    made.spike_high_percent := lab.plan_number(request, 'spike_high_percent', made.spikes_every > 0);
    made.set_by := who.staff_id;
    made.set_at := lab.ts_now();
    made.reason := lab.words_of(request, 'reason');
    if made.spike_high_percent::text::numeric <= made.spike_low_percent::text::numeric then
        perform lab.refuse_field('spike_high_percent', 'must be more than spike_low_percent');
    elsif made.controls_every > 0 and cardinality(made.charts) = 0 then
        perform lab.refuse_field('charts', 'are required when controls are placed');
    elsif lab.worksheet_size(made, 1) > 96 then
        perform lab.refuse_field('blanks', 'leave no room for a sample');
    end if;
    perform lab.set_reason(made.reason);
    insert into lab.control_plan select made.*;
    return json_build_object('plan', lab.plan_view(made));
end
$$;

create or replace function lab.worksheet_list_control_plans(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.plan_view(page) order by page.method_id, page.parameter_id) into found
    from (select distinct on (known.method_id, known.parameter_id) known.* from lab.control_plan as known
          where known.laboratory = here
          and (known.method_id, known.parameter_id) > (coalesce(keys[1], ''), coalesce(keys[2], ''))
          order by known.method_id, known.parameter_id, known.plan_no desc limit size + 1) as page;
    return lab.page_answer(who, 'plans', found, size, 'method_id', 'parameter_id');
end
$$;

-- ---- what a plan makes of samples

-- How many positions so many samples come to.
create or replace function lab.worksheet_size(plan lab.control_plan, samples integer) returns integer
language plpgsql immutable as $$
begin
    return plan.blanks + samples
        + cardinality(plan.charts) * (1 + coalesce((samples + plan.controls_every - 1) / nullif(plan.controls_every, 0), 1))
        + coalesce((samples + plan.duplicates_every - 1) / nullif(plan.duplicates_every, 0), 0)
        + coalesce((samples + plan.spikes_every - 1) / nullif(plan.spikes_every, 0), 0);
end
$$;

-- Blanks first, then a control of each chart; samples, the first of each group followed by its duplicate and spike;
-- controls after every group and at the end: what lies between two good controls is good.
create or replace function lab.worksheet_layout(plan lab.control_plan, samples integer)
    returns table (place integer, kind text, sample integer, chart text)
language plpgsql stable as $$
begin
    return query
    select row_number() over (order by slot.behind, slot.turn, slot.nth)::integer, slot.kind, slot.sample, slot.chart
    from (select 0 as behind, 0 as turn, nth::bigint, 'blank' as kind, null::integer as sample, null::text as chart
          from generate_series(1, plan.blanks) as nth
          union all
          select 0, 1, control.nth, 'control', null, control.name
          from unnest(plan.charts) with ordinality as control (name, nth)
          union all
          select one, 0, 0, 'sample', one, null from generate_series(1, samples) as one
          union all
          select one, 1, 0, 'duplicate', one, null from generate_series(1, samples) as one
          where (one - 1) % nullif(plan.duplicates_every, 0) = 0
          union all
          select one, 2, 0, 'spike', one, null from generate_series(1, samples) as one
          where (one - 1) % nullif(plan.spikes_every, 0) = 0
          union all
          select one, 3, control.nth, 'control', null, control.name from generate_series(1, samples) as one
          cross join unnest(plan.charts) with ordinality as control (name, nth)
          where one = samples or one % nullif(plan.controls_every, 0) = 0) as slot;
end
$$;

-- The tests that are named, locked; each may be measured by the caller.
create or replace function lab.worksheet_named(who lab.actor, here text, request jsonb, wanted text[]) returns uuid[]
language plpgsql volatile as $$
declare
    one record;
    taken lab.test;
begin
    for one in select listed.id, min(listed.at) - 1 as at, count(*) as times
               from unnest(wanted) with ordinality as listed (id, at) group by listed.id order by listed.id loop
        select * into taken from lab.test
        where test.test_id = lab.uuid_of(jsonb_build_object('test_ids', one.id), 'test_ids') for no key update;
        perform lab.require_seen(who, taken.laboratory, 'test');
        if one.times > 1 or taken.laboratory <> here or taken.method_id <> request ->> 'method_id'
           or taken.parameter_id <> request ->> 'parameter_id' then
            perform lab.refuse_field(format('test_ids[%s]', one.at), case when one.times > 1 then 'is named twice'
                                     else 'is a test of another method or parameter' end);
        end if;
        perform lab.require_state(taken, 'unassigned', 'assigned', 'in_progress');
        if taken.assigned_to <> who.staff_id then
            perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.', '',
                               jsonb_build_object('assigned_to', lab.username_of(taken.assigned_to), 'test_id', one.id));
        end if;
        if taken.is_blind then
            perform lab.refuse(9, 'READ_APART', 'Two persons read this apart (test read): it stands on no worksheet.', '',
                               jsonb_build_object('test_id', one.id));
        end if;
    end loop;
    return wanted::uuid[];
end
$$;

-- Those that wait: with a picture, not read apart by two persons, held by nobody or by the caller, never entered, on no open
-- worksheet. Soonest due first.
create or replace function lab.worksheet_waiting(who lab.actor, here text, request jsonb, most integer) returns uuid[]
language plpgsql volatile as $$
declare
    waiting uuid[];
begin
    with taken as (
        select test.test_id, test.due_at from lab.test
        where test.laboratory = here and test.method_id = request ->> 'method_id'
        and test.parameter_id = request ->> 'parameter_id'
        and not test.is_blind and (test.state = 'unassigned' or test.state = 'assigned' and test.assigned_to = who.staff_id)
        and exists (select from lab.item_photo where item_photo.item_code = test.item_code)
        and not exists (select from lab.worksheet_position as placed join lab.worksheet as sheet using (worksheet_no)
                        where placed.test_id = test.test_id and sheet.state = 'open')
        order by test.due_at, test.test_id limit most for no key update of test skip locked)
    select array_agg(taken.test_id order by taken.due_at, taken.test_id) into waiting from taken;
    return coalesce(waiting, '{}');
end
$$;

-- How many samples fit, of those that there are.
create or replace function lab.worksheet_fitting(plan lab.control_plan, available integer) returns integer
language plpgsql stable as $$
begin
    return (select coalesce(max(samples), 0) from generate_series(1, least(available, 96)) as samples
            where lab.worksheet_size(plan, samples) <= 96);
end
$$;

create or replace function lab.worksheet_create_worksheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    wanted text[] := array(select lower(named) from jsonb_array_elements_text(
                               coalesce(nullif(request -> 'test_ids', 'null'), '[]')) with ordinality as given (named, place)
                           order by given.place);
    plan lab.control_plan;
    most integer;
    samples uuid[];
    made lab.worksheet;
begin
    perform lab.require_role(who, here);
    if not lab.is_qualified(who.staff_id, here, request ->> 'method_id') then
        perform lab.refuse(7, 'NOT_QUALIFIED', 'You are not qualified for this method in this laboratory.');
    end if;
    plan := lab.plan_of(here, request ->> 'method_id', request ->> 'parameter_id');
    if plan.plan_no is null then
        perform lab.refuse(9, 'NO_CONTROL_PLAN', 'This method and parameter have no control plan: the quality manager must '
                           'set one first.', 'method_id');
    end if;
    -- One at a time, so that two do not fill their worksheets with the same tests.
    perform pg_advisory_xact_lock(hashtextextended(format('worksheet/%s/%s/%s', here, plan.method_id, plan.parameter_id), 0));
    most := coalesce(nullif(nullif(request ->> 'samples', '')::integer, 0), 96);
    if cardinality(wanted) > 0 then
        samples := lab.worksheet_named(who, here, request, wanted);
        most := lab.worksheet_fitting(plan, 96);
        if cardinality(samples) > most then
            perform lab.refuse_field('test_ids', format('are too many: with its controls a worksheet holds %s samples', most));
        end if;
    else
        samples := lab.worksheet_waiting(who, here, request, lab.worksheet_fitting(plan, most));
    end if;
    if cardinality(samples) = 0 then
        perform lab.refuse(9, 'NOTHING_WAITING', 'No test of this method and parameter waits for you.');
    end if;
    made := lab.worksheet_make(who, request, plan, samples);
    return lab.worksheet_answer(made);
end
$$;

create or replace function lab.worksheet_make(who lab.actor, request jsonb, plan lab.control_plan, samples uuid[])
    returns lab.worksheet
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    number_year integer := extract(year from lab.local_time(this_moment));
    number integer;
    made lab.worksheet;
begin
    update lab.test set state = 'assigned', assigned_to = who.staff_id
    where test.test_id = any (samples) and test.state = 'unassigned';
    insert into lab.worksheet_counter as counter (laboratory, year, last) values (plan.laboratory, number_year, 1)
    on conflict (laboratory, year) do update set last = counter.last + 1 returning counter.last into number;
    made.worksheet_no := format('WS-%s-%s-%s', plan.laboratory, number_year,
                                lpad(number::text, greatest(length(number::text), 5), '0'));
    insert into lab.worksheet (worksheet_no, laboratory, method_id, parameter_id, plan_no, batch_no, instrument, positions,
                               analyst, made_at)
    values (made.worksheet_no, plan.laboratory, plan.method_id, plan.parameter_id, plan.plan_no,
            coalesce(nullif(request ->> 'batch_no', ''), made.worksheet_no), btrim(coalesce(request ->> 'instrument', '')),
            lab.worksheet_size(plan, cardinality(samples)), who.staff_id, this_moment)
    returning * into made;
    -- Samples first: the guard of a duplicate looks for its own.
    insert into lab.worksheet_position (worksheet_no, position, laboratory, kind, test_id, chart, of_position, spike_added)
    select made.worksheet_no, slot.place, plan.laboratory, slot.kind,
           case slot.kind when 'sample' then samples[slot.sample] end, slot.chart,
           case when slot.kind in ('duplicate', 'spike') then base.place end,
           case slot.kind when 'spike' then plan.spike_added end
    from lab.worksheet_layout(plan, cardinality(samples)) as slot
    left join lab.worksheet_layout(plan, cardinality(samples)) as base
        on base.kind = 'sample' and base.sample = slot.sample
    order by slot.kind <> 'sample', slot.place;
    insert into lab.batch_test (laboratory, batch_no, test_id, added_by, at)
    select made.laboratory, made.batch_no, one, who.staff_id, this_moment from unnest(samples) as one
    on conflict on constraint batch_test_pkey do nothing;
    return made;
end
$$;

-- ---- what is shown

create or replace function lab.worksheet_view(sheet lab.worksheet, with_plan boolean) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'worksheet_no', sheet.worksheet_no, 'laboratory', sheet.laboratory, 'method_id', sheet.method_id,
            'method', method.name_zh || ' ' || method.name_en, 'parameter_id', sheet.parameter_id,
            'parameter_zh', parameter.name_zh, 'parameter_en', parameter.name_en, 'unit', unit.display,
            'batch_no', sheet.batch_no, 'instrument', nullif(sheet.instrument, ''), 'positions', sheet.positions,
            'samples', (select count(*) from lab.worksheet_position as placed
                        where placed.worksheet_no = sheet.worksheet_no and placed.kind = 'sample'),
            'state', sheet.state, 'analyst', lab.username_of(sheet.analyst), 'made_at', sheet.made_at,
            'entered_by', lab.username_of(sheet.entered_by), 'entered_at', sheet.entered_at,
            'cancel_reason', nullif(sheet.cancel_reason, ''),
            'held', nullif(exists (select from lab.batch_hold as held where held.laboratory = sheet.laboratory
                                   and held.batch_no = sheet.batch_no and held.released_at is null), false),
            'plan', case when with_plan then lab.plan_view(lab.plan_of(sheet.laboratory, sheet.method_id,
                                                                       sheet.parameter_id, sheet.plan_no)) end,
            'version', sheet.version, 'file_name', nullif(kept.name, ''), 'file_sha256', encode(kept.sha256, 'hex'))
        from lab.method, lab.parameter left join lab.unit using (unit_ucum)
        left join lab.worksheet_file as kept on kept.worksheet_no = sheet.worksheet_no
        where method.method_id = sheet.method_id and parameter.parameter_id = sheet.parameter_id);
end
$$;

-- A hold is open on a batch that names the test: no verdict of it is told.
create or replace function lab.is_held(of_test uuid) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.batch_test as named join lab.batch_hold as held
                       on held.laboratory = named.laboratory and held.batch_no = named.batch_no
                   where named.test_id = of_test and held.released_at is null);
end
$$;

-- All positions in order, or only those of these tests. Of samples the test with what the daemon judges it by.
create or replace function lab.worksheet_positions(sheet lab.worksheet, only_tests uuid[] default null) returns json
language plpgsql stable as $$
declare
    ids uuid[] := coalesce(only_tests, array(
        select placed.test_id from lab.worksheet_position as placed
        where placed.worksheet_no = sheet.worksheet_no and placed.kind = 'sample'));
begin
    return (
        with shown as (select one.test_id, to_json(one) as test from lab.test_rows(ids, 'judge') as one)
        select json_agg(json_build_object(
            'position', placed.position, 'kind', placed.kind, 'test', shown.test, 'chart', placed.chart,
            'of_position', placed.of_position, 'added', placed.spike_added,
            'readings', case when found.readings <> '[]' then found.readings end, 'inputs', nullif(found.inputs, ''),
            'value', nullif(found.value, ''), 'qualifier', nullif(found.qualifier, ''), 'figure', found.figure,
            'outcome', found.outcome, 'reason', nullif(found.reason, ''), 'point', found.point,
            'rules', (select json_agg(alarm.rule order by alarm.rule collate "C") from lab.control_alarm as alarm
                      where alarm.laboratory = found.laboratory and alarm.chart = found.chart
                      and alarm.point = found.point),
            'held', nullif(lab.is_held(placed.test_id), false)) order by placed.position)
        from lab.worksheet_position as placed
        left join lab.worksheet_result as found using (worksheet_no, position)
        left join shown on shown.test_id = placed.test_id
        where placed.worksheet_no = sheet.worksheet_no and (only_tests is null or shown.test_id is not null));
end
$$;

create or replace function lab.worksheet_answer(sheet lab.worksheet) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'worksheet', lab.worksheet_view(sheet, true), 'positions', lab.worksheet_positions(sheet),
        'holds', (select json_agg(lab.hold_view(held.hold_id) order by held.held_at desc, held.hold_id desc)
                  from lab.batch_hold as held
                  where held.laboratory = sheet.laboratory and held.batch_no = sheet.batch_no));
end
$$;

create or replace function lab.worksheet_seen(who lab.actor, request jsonb) returns lab.worksheet
language plpgsql volatile as $$
declare
    seen lab.worksheet;
begin
    select * into seen from lab.worksheet as known where known.worksheet_no = request ->> 'worksheet_no';
    perform lab.require_seen(who, seen.laboratory, 'worksheet');
    return seen;
end
$$;

create or replace function lab.worksheet_get_worksheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.worksheet_answer(lab.worksheet_seen(who, request));
end
$$;

create or replace function lab.worksheet_list_worksheets(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.worksheet_view(page, false) order by page.worksheet_no desc) into found
    from (select * from lab.worksheet as known
          where known.laboratory = here and (keys is null or known.worksheet_no < keys[1])
          and (nullif(request ->> 'state', '') is null or known.state = request ->> 'state')
          order by known.worksheet_no desc limit size + 1) as page;
    return lab.page_answer(who, 'worksheets', found, size, 'worksheet_no');
end
$$;

reset role;
