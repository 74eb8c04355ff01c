-- SPDX-License-Identifier: Apache-2.0
-- Batches, the holds that a rejected control puts on them, the look-back, and nonconformities. That a held batch's tests
-- do not go on is guarded in 21_guard_quality.sql.
set role touchstone_owner;

-- Nobody submits, approves or releases a test of this batch while it is decided whether it is held. Taken after the rows
-- of the tests, as lab.require_not_held does: so two acts never wait for each other.
create or replace function lab.batch_taken(here text, batch text) returns void
language plpgsql volatile as $$
begin
    if batch <> '' then
        perform pg_advisory_xact_lock(hashtextextended('batch/' || here || '/' || batch, 0));
    end if;
end
$$;

-- Adds the request's tests to the batch; those that are there already stay as they are.
create or replace function lab.batch_add(who lab.actor, here text, batch text, request jsonb) returns void
language plpgsql volatile as $$
declare
    wanted text[] := array(select distinct named from jsonb_array_elements_text(
                               coalesce(nullif(request -> 'test_ids', 'null'), '[]')) as given (named) order by named);
    id text;
    taken lab.test;
begin
    foreach id in array wanted loop
        select * into taken from lab.test
        where test.test_id = lab.uuid_of(jsonb_build_object('test_ids', id), 'test_ids') for no key update;
        perform lab.require_seen(who, taken.laboratory, 'test');
        if taken.laboratory <> here then
            perform lab.refuse_field('test_ids', 'names a test of another laboratory');
        end if;
        perform lab.require_state(taken, 'unassigned', 'assigned', 'in_progress', 'submitted', 'approved');
        insert into lab.batch_test (laboratory, batch_no, test_id, added_by, at)
        values (here, batch, taken.test_id, who.staff_id, lab.ts_now())
        on conflict on constraint batch_test_pkey do nothing;
    end loop;
end
$$;

create or replace function lab.quality_add_to_batch(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    batch text := request ->> 'batch_no';
begin
    perform lab.require_role(who, here);
    perform lab.batch_add(who, here, batch, request);
    return json_build_object(
        'batch_no', batch,
        'tests', (select count(*) from lab.batch_test as named where named.laboratory = here and named.batch_no = batch),
        'held', exists (select from lab.batch_hold as held where held.laboratory = here and held.batch_no = batch
                        and held.released_at is null));
end
$$;

create or replace function lab.hold_view(wanted uuid) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'hold_id', held.hold_id, 'laboratory', held.laboratory, 'batch_no', held.batch_no, 'chart', held.chart,
            'point', held.point, 'worksheet_no', held.worksheet_no, 'position', held.position,
            'crm_check_id', held.crm_check_id,
            'value', coalesce(failed.value_text::text, checked.value, material.value_text::text),
            'rules', coalesce((select json_agg(alarm.rule order by alarm.rule collate "C") from lab.control_alarm as alarm
                               where alarm.laboratory = held.laboratory and alarm.chart = held.chart
                               and alarm.point = held.point and alarm.rejects), json_build_array(coalesce(placed.kind, 'crm'))),
            'held_at', held.held_at, 'released_by', lab.username_of(held.released_by),
            'released_at', held.released_at, 'release_reason', nullif(held.release_reason, ''), 'version', held.version)
        from lab.batch_hold as held
        left join lab.control_result as failed on failed.laboratory = held.laboratory and failed.chart = held.chart
            and failed.point = held.point
        left join lab.worksheet_result as checked on checked.worksheet_no = held.worksheet_no
            and checked.position = held.position
        left join lab.worksheet_position as placed on placed.worksheet_no = held.worksheet_no
            and placed.position = held.position
        left join lab.crm_check as material on material.crm_check_id = held.crm_check_id
        where held.hold_id = wanted);
end
$$;

create or replace function lab.quality_list_holds(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    before timestamptz;
    before_id uuid;
    found json[];
begin
    perform lab.require_role(who, here);
    before := coalesce(lab.page_key_at(keys[1]), 'infinity');
    before_id := coalesce(lab.uuid_of(jsonb_build_object('page.page_token', coalesce(keys[2],
                          'ffffffff-ffff-ffff-ffff-ffffffffffff')), 'page.page_token'));
    select array_agg(lab.hold_view(page.hold_id) order by page.held_at desc, page.hold_id desc) into found
    from (select held.hold_id, held.held_at from lab.batch_hold as held
          where held.laboratory = here and (held.held_at, held.hold_id) < (before, before_id)
          and (held.released_at is null or not coalesce((request ->> 'only_open')::boolean, false))
          order by held.held_at desc, held.hold_id desc limit size + 1) as page;
    return lab.page_answer(who, 'holds', found, size, 'held_at', 'hold_id');
end
$$;

create or replace function lab.hold_seen(who lab.actor, request jsonb) returns lab.batch_hold
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'hold_id');
    seen lab.batch_hold;
begin
    select * into seen from lab.batch_hold as held where held.hold_id = wanted;
    perform lab.require_seen(who, seen.laboratory, 'hold');
    return seen;
end
$$;

-- The newest control of the chart before the one that failed that was judged and that no rule rejected, or that is one
-- of those which the limits come from.
create or replace function lab.last_good_control(seen lab.batch_hold) returns lab.control_result
language plpgsql stable as $$
declare
    limits lab.control_limits := lab.limits_of(seen.laboratory, seen.chart, (
        select failed.limits_version from lab.control_result as failed where failed.laboratory = seen.laboratory
        and failed.chart = seen.chart and failed.point = seen.point));
    good lab.control_result;
begin
    select * into good from lab.control_result as earlier
    where earlier.laboratory = seen.laboratory and earlier.chart = seen.chart and earlier.point < seen.point
    and (earlier.limits_version > 0 or earlier.point between limits.first_point and limits.last_point)
    and earlier.point <> all (coalesce(limits.left_out, '{}'))
    and not exists (select from lab.control_alarm as alarm where alarm.laboratory = earlier.laboratory
                    and alarm.chart = earlier.chart and alarm.point = earlier.point and alarm.rejects)
    order by earlier.point desc limit 1;
    return good;
end
$$;

-- The look-back: tests of the batch, and those of the chart's method and parameter with readings after the last good
-- control (or since the chart was opened) up to the failed one. The batch's come first.
create or replace function lab.look_back(seen lab.batch_hold, most integer) returns json[]
language plpgsql volatile as $$
declare
    of_chart lab.control_chart;
    since timestamptz;
begin
    select * into of_chart from lab.control_chart as known
    where known.laboratory = seen.laboratory and known.chart = seen.chart;
    since := coalesce((lab.last_good_control(seen)).at, of_chart.opened_at);
    return array(
        select json_build_object('test_id', test.test_id, 'item_code', test.item_code, 'method_id', test.method_id,
                                 'parameter_id', test.parameter_id, 'state', test.state,
                                 'measured_at', touched.measured_at, 'in_batch', nullif(touched.in_batch, false))
        from (select one.test_id, bool_or(one.in_batch) as in_batch, min(one.measured_at) as measured_at
              from (select named.test_id, true as in_batch, null::timestamptz as measured_at
                    from lab.batch_test as named
                    where named.laboratory = seen.laboratory and named.batch_no = seen.batch_no
                    union all
                    select entry.test_id, false, entry.at from lab.result_entry as entry
                    join lab.test as measured on measured.test_id = entry.test_id
                    where entry.at > since and entry.at <= seen.held_at and entry.laboratory = seen.laboratory
                    and measured.method_id = of_chart.method_id
                    and measured.parameter_id = of_chart.parameter_id) as one
              group by one.test_id) as touched
        join lab.test on test.test_id = touched.test_id
        order by touched.in_batch desc, touched.measured_at, test.test_id limit most);
end
$$;

create or replace function lab.quality_get_hold(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.batch_hold := lab.hold_seen(who, request);
    tests json[] := lab.look_back(seen, 201);
begin
    return json_build_object('hold', lab.hold_view(seen.hold_id),
                             'last_good', lab.control_view(lab.last_good_control(seen)),
                             'tests', array_to_json(tests[:200]),
                             'tests_cut', nullif(cardinality(tests) > 200, false));
end
$$;

create or replace function lab.quality_release_hold(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    seen lab.batch_hold := lab.hold_seen(who, request);
begin
    select * into seen from lab.batch_hold as held where held.hold_id = seen.hold_id for no key update;
    perform lab.require_version(request, seen.version);
    if seen.released_at is not null then
        perform lab.refuse(9, 'HOLD_RELEASED', 'This hold is released already.');
    end if;
    perform lab.set_reason(request ->> 'reason');
    update lab.batch_hold as held set released_at = lab.ts_now(), released_by = who.staff_id,
                                      release_reason = lab.words_of(request, 'reason')
    where held.hold_id = seen.hold_id;
    return json_build_object('hold', lab.hold_view(seen.hold_id));
end
$$;

create or replace function lab.nonconformity_view(seen lab.nonconformity) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'nonconformity_no', seen.nonconformity_no, 'laboratory', seen.laboratory, 'description', seen.description,
        'hold_id', seen.hold_id, 'proficiency_id', seen.proficiency_id, 'crm_check_id', seen.crm_check_id, 'opened_by', lab.username_of(seen.opened_by), 'opened_at', seen.opened_at,
        'cause', nullif(seen.cause, ''), 'correction', nullif(seen.correction, ''),
        'corrective_action', nullif(seen.corrective_action, ''), 'closed_by', lab.username_of(seen.closed_by),
        'closed_at', seen.closed_at, 'version', seen.version);
end
$$;

-- The next number; opened by a person, or with what failed.
create or replace function lab.nonconformity_add(who lab.actor, here text, what text, of_hold uuid default null,
                                                 of_proficiency uuid default null, of_crm_check uuid default null)
    returns lab.nonconformity
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    number_year integer := extract(year from lab.local_time(this_moment));
    number integer;
    made lab.nonconformity;
begin
    insert into lab.nonconformity_counter as counter (laboratory, year, last) values (here, number_year, 1)
    on conflict (laboratory, year) do update set last = counter.last + 1 returning counter.last into number;
    insert into lab.nonconformity (nonconformity_no, laboratory, description, hold_id, proficiency_id, crm_check_id,
                                   opened_by, opened_at)
    values (format('NC-%s-%s-%s', here, number_year, lpad(number::text, greatest(length(number::text), 4), '0')), here,
            what, of_hold, of_proficiency, of_crm_check, who.staff_id, this_moment)
    returning * into made;
    return made;
end
$$;

create or replace function lab.quality_open_nonconformity(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_hold lab.batch_hold;
begin
    perform lab.require_role(who, here);
    if coalesce(request ->> 'hold_id', '') <> '' then
        of_hold := lab.hold_seen(who, request);
        if of_hold.laboratory <> here then
            perform lab.refuse_field('hold_id', 'is a hold of another laboratory');
        end if;
    end if;
    return json_build_object('nonconformity', lab.nonconformity_view(
        lab.nonconformity_add(who, here, lab.words_of(request, 'description'), of_hold.hold_id)));
end
$$;

create or replace function lab.quality_close_nonconformity(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.nonconformity;
begin
    select * into taken from lab.nonconformity as known
    where known.nonconformity_no = request ->> 'nonconformity_no' for no key update;
    perform lab.require_seen(who, taken.laboratory, 'nonconformity');
    perform lab.require_version(request, taken.version);
    if taken.closed_at is not null then
        perform lab.refuse(9, 'NONCONFORMITY_CLOSED', 'This nonconformity is closed already.');
    end if;
    update lab.nonconformity as known
    set cause = lab.words_of(request, 'cause'), correction = lab.words_of(request, 'correction'),
        corrective_action = lab.words_of(request, 'corrective_action'), closed_by = who.staff_id, closed_at = lab.ts_now()
    where known.nonconformity_no = taken.nonconformity_no returning * into taken;
    return json_build_object('nonconformity', lab.nonconformity_view(taken));
end
$$;

create or replace function lab.quality_list_nonconformities(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.nonconformity_view(page) order by page.nonconformity_no) into found
    from (select * from lab.nonconformity as known
          where known.laboratory = here and known.nonconformity_no > coalesce(keys[1], '')
          and (known.closed_at is null or not coalesce((request ->> 'only_open')::boolean, false))
          order by known.nonconformity_no limit size + 1) as page;
    return lab.page_answer(who, 'nonconformities', found, size, 'nonconformity_no');
end
$$;

reset role;
