-- SPDX-License-Identifier: Apache-2.0
-- A worksheet is entered, submitted or cancelled. The daemon calculates values, checks and judgements first, from what the
-- context functions tell; the acts take it over in one transaction, and refuse what was made on anything older.
--
-- Locks are taken in one order everywhere: worksheet, charts by name, tests by id, batch. Entries are written item by
-- item, because each takes the lock of its item and person.
set role touchstone_owner;

create or replace function lab.worksheet_taken(who lab.actor, request jsonb) returns lab.worksheet
language plpgsql volatile as $$
declare
    taken lab.worksheet := lab.worksheet_seen(who, request);
begin
    select * into taken from lab.worksheet as known where known.worksheet_no = taken.worksheet_no for no key update;
    perform lab.require_version(request, taken.version, jsonb_strip_nulls(jsonb_build_object(
        'state', taken.state, 'entered_by', lab.username_of(taken.entered_by))));
    return taken;
end
$$;

create or replace function lab.require_worksheet_state(taken lab.worksheet, wanted text) returns void
language plpgsql volatile as $$
begin
    if taken.state <> wanted then
        perform lab.refuse(9, case wanted when 'open' then 'WORKSHEET_NOT_OPEN' else 'WORKSHEET_NOT_ENTERED' end,
                           format('This worksheet is %s.', taken.state), '', jsonb_build_object('state', taken.state));
    end if;
end
$$;

-- The first stage of EnterWorksheet and PreviewReadings: positions, tests with what they are judged by, the charts of the
-- controls, and how a file is read. Null when there is nothing to enter: the act says why.
create or replace function api.worksheet_enter_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'WorksheetService.EnterWorksheet', '{technician}');
    sheet lab.worksheet := lab.worksheet_seen(who, request);
begin
    if sheet.state <> 'open' then
        return null;
    end if;
    return json_strip_nulls(json_build_object(
        'worksheet', lab.worksheet_view(sheet, true), 'positions', lab.worksheet_positions(sheet),
        'file', lab.worksheet_file_context(sheet, request -> 'readings_file'), 'charts', (select json_agg(json_build_object('chart', known.chart, 'context', lab.control_context(
                       known, known.points - 63, known.points, '0', sheet.batch_no)) order by known.chart)
                   from lab.control_chart as known where known.laboratory = sheet.laboratory
                   and known.chart in (select placed.chart from lab.worksheet_position as placed
                                       where placed.worksheet_no = sheet.worksheet_no))));
end
$$;

-- The first stage of SubmitWorksheet: the tests that are to be submitted.
create or replace function api.worksheet_submit_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'WorksheetService.SubmitWorksheet', '{technician}');
    sheet lab.worksheet := lab.worksheet_seen(who, request);
begin
    if sheet.state <> 'entered' then
        return null;
    end if;
    return json_strip_nulls(json_build_object(
        'worksheet', lab.worksheet_view(sheet, false),
        'positions', lab.worksheet_positions(sheet, array(select one.test_id from lab.worksheet_tests(sheet) as one
                                                          where one.state = 'in_progress'))));
end
$$;

-- The tests that were measured on the worksheet.
create or replace function lab.worksheet_tests(sheet lab.worksheet) returns setof lab.test
language plpgsql stable as $$
begin
    return query select test.* from lab.worksheet_position as placed
    join lab.test using (test_id)
    join lab.worksheet_result as found using (worksheet_no, position)
    where placed.worksheet_no = sheet.worksheet_no and found.outcome <> 'skipped' order by test.item_code, test.test_id;
end
$$;

-- A refusal again, with the position that it is about: in its words, in its metadata, and in the path of its field.
create or replace function lab.refuse_at(at_position integer, prefix text, status integer, reason text, message text, field text,
                                         metadata jsonb) returns void
language plpgsql volatile as $$
begin
    perform lab.refuse(status, reason, format('Position %s: %s', at_position, message),
                       case when field <> '' then prefix || field else field end,
                       metadata || jsonb_build_object('position', at_position::text));
end
$$;

create or replace function lab.worksheet_enter_worksheet(who lab.actor, request jsonb, blobs bytea[]) returns json
language plpgsql volatile as $$
declare
    taken lab.worksheet := lab.worksheet_taken(who, request);
    found jsonb := request -> 'daemon';
    lots text[];
begin
    perform lab.require_worksheet_state(taken, 'open');
    lots := lab.lots_named(taken.laboratory, request);
    if found is null then
        perform lab.refuse(10, 'WORKSHEET_STALE', 'The worksheet moved while it was calculated. Enter it again.');
    end if;
    if found ? 'readings' then
        request := request || jsonb_build_object('results', found -> 'results');
    end if;
    perform lab.worksheet_charts_taken(taken, coalesce(found -> 'charts', '[]'));
    perform from lab.test where test.test_id in (select placed.test_id from lab.worksheet_position as placed
                                                 where placed.worksheet_no = taken.worksheet_no)
        order by test.test_id::text for no key update;
    perform lab.worksheet_enter_samples(who, request, taken, found -> 'positions');
    if cardinality(lots) > 0 then
        perform lab.lots_used(who, array(select one.test_id from lab.worksheet_tests(taken) as one), lots);
    end if;
    if found ? 'readings' then
        perform lab.worksheet_keep_file(who, request -> 'readings_file', taken, found -> 'readings', blobs);
    end if;
    perform lab.batch_taken(taken.laboratory, taken.batch_no);
    perform lab.worksheet_enter_controls(who, request, taken, found -> 'positions');
    perform lab.worksheet_enter_checks(request, taken, found -> 'positions');
    update lab.worksheet as known set state = 'entered', entered_by = who.staff_id, entered_at = lab.ts_now()
    where known.worksheet_no = taken.worksheet_no returning * into taken;
    return lab.worksheet_answer(taken);
end
$$;

create or replace function lab.worksheet_charts_taken(taken lab.worksheet, told jsonb) returns void
language plpgsql volatile as $$
declare
    chart lab.control_chart;
begin
    for chart in select * from lab.control_chart as known where known.laboratory = taken.laboratory
                 and known.chart in (select placed.chart from lab.worksheet_position as placed
                                     where placed.worksheet_no = taken.worksheet_no)
                 order by known.chart for no key update loop
        perform lab.require_chart_version(chart, (select one from jsonb_array_elements(told) as one
                                                  where one ->> 'chart' = chart.chart));
        perform lab.require_rules_revision(chart, (select one from jsonb_array_elements(told) as one
                                                   where one ->> 'chart' = chart.chart));
    end loop;
end
$$;

-- What was typed at each position, beside what the daemon found of it.
create or replace function lab.worksheet_typed(request jsonb, taken lab.worksheet, told jsonb)
    returns table ("position" integer, kind text, test_id uuid, chart text, place integer, result jsonb, decided jsonb)
language plpgsql stable as $$
begin
    return query
    select placed.position, placed.kind, placed.test_id, placed.chart, (typed.place - 1)::integer, typed.result, one.decided
    from lab.worksheet_position as placed
    join jsonb_array_elements(request -> 'results') with ordinality as typed (result, place)
        on (typed.result ->> 'position')::integer = placed.position
    join jsonb_array_elements(told) as one (decided) on (one.decided ->> 'position')::integer = placed.position
    where placed.worksheet_no = taken.worksheet_no;
end
$$;

-- Each sample's result is an entry of its test, as EnterResult makes it.
create or replace function lab.worksheet_enter_samples(who lab.actor, request jsonb, taken lab.worksheet, told jsonb)
    returns void
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
declare
    common jsonb := jsonb_build_object(
        'coverage_factor', request -> 'coverage_factor', 'temperature_c', request -> 'temperature_c',
        'humidity_percent', request -> 'humidity_percent', 'deviation', request -> 'deviation',
        'instrument', coalesce(nullif(taken.instrument, ''), request -> 'daemon' -> 'readings' ->> 'instrument', ''), 'reason', format('measured on worksheet %s', taken.worksheet_no));
    one record;
    at_position integer;
    at_place integer;
    code text;
    reason text;
    field text;
    message text;
    metadata text;
begin
    for one in select typed.position, typed.place, typed.result, typed.decided, test from
               lab.worksheet_typed(request, taken, told) as typed join lab.test as test on test.test_id = typed.test_id
               order by test.item_code, test.test_id loop
        if one.decided ->> 'outcome' = 'skipped' then
            continue;
        end if;
        at_position := one.position;
        at_place := one.place;
        perform lab.entry_make(who, common || one.result, one.test, coalesce(nullif(one.result -> 'readings', 'null'), '[]'));
    end loop;
    insert into lab.worksheet_result (worksheet_no, position, laboratory, entry_no, value, qualifier, outcome, reason)
    select taken.worksheet_no, typed.position, taken.laboratory,
           case when typed.decided ->> 'outcome' = 'none' then test.entry_no end, coalesce(typed.decided ->> 'value', ''),
           coalesce(typed.decided ->> 'qualifier', ''), typed.decided ->> 'outcome',
           btrim(coalesce(typed.result ->> 'skipped', ''))
    from lab.worksheet_typed(request, taken, told) as typed join lab.test as test on test.test_id = typed.test_id;
exception when others then
    get stacked diagnostics code = returned_sqlstate, reason = constraint_name, field = column_name,
                            message = message_text, metadata = pg_exception_detail;
    if code not like 'TS0%' or at_position is null or metadata::jsonb ? 'position' then
        raise;
    end if;
    perform lab.refuse_at(at_position, case when field ~ '^(readings|inputs|expanded_uncertainty|confirmation)'
                                            then format('results[%s].', at_place) else '' end,
                          right(code, 2)::integer, reason, message, field, metadata::jsonb);
end
$$;

-- Controls go to their charts in the order of the worksheet; one that a rule rejects holds the batch.
create or replace function lab.worksheet_enter_controls(who lab.actor, request jsonb, taken lab.worksheet, told jsonb)
    returns void
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
declare
    one record;
    chart lab.control_chart;
    entered lab.control_result;
begin
    for one in select * from lab.worksheet_typed(request, taken, told) as typed where typed.kind = 'control'
               order by typed.position loop
        select * into chart from lab.control_chart as known
        where known.laboratory = taken.laboratory and known.chart = one.chart;
        entered := lab.control_add(who, chart, one.decided ->> 'value', taken.batch_no, taken.batch_no,
                                   format('%s position %s', taken.worksheet_no, one.position), one.decided -> 'alarms');
        insert into lab.worksheet_result (worksheet_no, position, laboratory, chart, point, readings, inputs, value, outcome)
        values (taken.worksheet_no, one.position, taken.laboratory, entered.chart, entered.point,
                coalesce(nullif(one.result -> 'readings', 'null'), '[]'), coalesce(one.result ->> 'inputs', ''),
                entered.value_text, one.decided ->> 'outcome');
    end loop;
end
$$;

-- Blanks, duplicates and spikes. What is rejected holds the batch as a rejected control does.
create or replace function lab.worksheet_enter_checks(request jsonb, taken lab.worksheet, told jsonb) returns void
language plpgsql volatile as $$
begin
    insert into lab.worksheet_result (worksheet_no, position, laboratory, readings, inputs, value, qualifier, figure, outcome,
                                      reason)
    select taken.worksheet_no, typed.position, taken.laboratory, coalesce(nullif(typed.result -> 'readings', 'null'), '[]'),
           coalesce(typed.result ->> 'inputs', ''), coalesce(typed.decided ->> 'value', ''),
           coalesce(typed.decided ->> 'qualifier', ''), nullif(typed.decided ->> 'figure', ''), typed.decided ->> 'outcome',
           case typed.decided ->> 'outcome' when 'skipped' then coalesce(nullif(btrim(typed.result ->> 'skipped'), ''),
                                                                         'its sample was skipped') else '' end
    from lab.worksheet_typed(request, taken, told) as typed where typed.kind in ('blank', 'duplicate', 'spike');
    insert into lab.batch_hold (laboratory, batch_no, worksheet_no, position, held_at)
    select taken.laboratory, taken.batch_no, failed.worksheet_no, failed.position, lab.ts_now()
    from lab.worksheet_result as failed
    where failed.worksheet_no = taken.worksheet_no and failed.chart is null and failed.outcome = 'rejected';
end
$$;

-- Every test of the worksheet that is still open is submitted, by the judgement that the daemon made of it.
create or replace function lab.worksheet_submit_worksheet(who lab.actor, request jsonb) returns json
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
declare
    taken lab.worksheet := lab.worksheet_taken(who, request);
    one record;
    at_position integer;
    at_place integer;
    code text;
    reason text;
    field text;
    message text;
    metadata text;
begin
    perform lab.require_worksheet_state(taken, 'entered');
    perform from lab.test where test.test_id in (select placed.test_id from lab.worksheet_position as placed
                                                 where placed.worksheet_no = taken.worksheet_no)
        order by test.test_id::text for no key update;
    -- Of the whole worksheet, so of no position.
    perform lab.require_not_held(test) from lab.worksheet_tests(taken) as test limit 1;
    begin
        for one in select placed.position, test, told.found from lab.worksheet_tests(taken) as test
                   join lab.worksheet_position as placed
                       on placed.worksheet_no = taken.worksheet_no and placed.test_id = test.test_id
                   left join jsonb_array_elements(coalesce(request -> 'daemon' -> 'judgements', '[]')) as told (found)
                       on told.found ->> 'test_id' = test.test_id::text
                   where test.state = 'in_progress' order by test.item_code, test.test_id loop
            at_position := one.position;
            perform lab.submission_make(who, one.test, one.found -> 'judgement', (one.found ->> 'test_version')::bigint);
        end loop;
    exception when others then
        get stacked diagnostics code = returned_sqlstate, reason = constraint_name, field = column_name,
                                message = message_text, metadata = pg_exception_detail;
        if code not like 'TS0%' or reason = 'BATCH_HELD' or at_position is null then
            raise;
        end if;
        perform lab.refuse_at(at_position, '', right(code, 2)::integer, reason, message, field, metadata::jsonb);
    end;
    update lab.worksheet as known set state = 'submitted' where known.worksheet_no = taken.worksheet_no
    returning * into taken;
    return lab.worksheet_answer(taken);
end
$$;

create or replace function lab.worksheet_cancel_worksheet(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.worksheet := lab.worksheet_taken(who, request);
begin
    perform lab.require_worksheet_state(taken, 'open');
    perform lab.set_reason(request ->> 'reason');
    update lab.worksheet as known set state = 'cancelled', cancel_reason = lab.words_of(request, 'reason')
    where known.worksheet_no = taken.worksheet_no returning * into taken;
    return json_build_object('worksheet', lab.worksheet_view(taken, false));
end
$$;

reset role;
