-- SPDX-License-Identifier: Apache-2.0
-- The bench. No function here reads lab.person or lab.receipt: a technician meets item codes only.
set role touchstone_owner;

-- One test, as the message Test has it. The columns of a page's rows have the names of the message's fields, or of fields
-- of the answer beside the list (next_page_token, in the last row where more follow); where a row goes into a larger
-- answer it is a json object of the same names. Null is not there. The type, and what is made of it, is made anew each time;
-- some had other types in version 6, which answered json.
drop function if exists lab.test_view(uuid[], text);
drop function if exists lab.test_list(lab.actor, jsonb, text, uuid, text);
drop function if exists lab.bench_list_tests(lab.actor, jsonb);
drop function if exists lab.review_list_submitted_tests(lab.actor, jsonb);
drop function if exists lab.test_rows(uuid[], text, text);
drop type if exists lab.test_row;
create type lab.test_row as (
    test_id uuid, item_code lab.item_code, laboratory text, method_id text, method text, parameter_id text,
    parameter_zh text, parameter_en text, state text, assigned_to text, due_at timestamptz, readings json,
    expanded_uncertainty lab.decimal_text, coverage_factor lab.decimal_text, instrument text,
    temperature_c lab.decimal_text, humidity_percent lab.decimal_text, deviation text, judgement json, item_name text,
    item_mass_g lab.decimal_text, hallmark text, sent_back_reason text, version bigint, claimed_product_id text, inputs text,
    decision_rule text, confirmation text, blind json, readings_in integer, retest_of uuid, superseded_by uuid, judge jsonb,
    next_page_token text);

-- Tests in the given order. Pages come as ids first, and are joined only here.
-- audience: 'bench' sees everything; 'judge' beside the message's fields "judge", what the judgement engine needs of the
-- catalogue; 'desk' no results before the sheet is issued.
create or replace function lab.test_rows(ids uuid[], audience text, next_page_token text default null)
    returns setof lab.test_row
language plpgsql stable rows 50 set plan_cache_mode = force_generic_plan as $$
begin
    return query
    select test.test_id, test.item_code, test.laboratory, test.method_id, method.name_zh || ' ' || method.name_en,
        test.parameter_id, parameter.name_zh, parameter.name_en, test.state, technician.username, test.due_at,
        (select json_agg(list) from (
            select reading.value_text as value, nullif(reading.qualifier, '') as qualifier,
                   nullif(reading.position, '') as position
            from lab.reading where reading.test_id = entry.test_id and reading.entry_no = entry.entry_no
            order by reading.place) as list),
        entry.expanded_uncertainty, entry.coverage_factor, nullif(entry.instrument, ''), entry.temperature_c,
        entry.humidity_percent, nullif(entry.deviation, ''),
        case when judgement.test_id is not null then json_build_object(
            'verdict', judgement.verdict, 'mean', nullif(judgement.mean, ''), 'range', nullif(judgement.range, ''),
            'expanded_uncertainty', nullif(judgement.expanded_uncertainty, ''), 'unit', nullif(judgement.unit, ''),
            'requirement', nullif(judgement.requirement, ''), 'standard', nullif(judgement.standard, ''),
            'sentence_zh', judgement.sentence_zh, 'sentence_en', judgement.sentence_en,
            'catalogue_revision', judgement.catalogue_revision,
            'trace', case audience when 'judge' then judgement.trace end) end,
        item.name, item.mass_text, nullif(item.hallmark, ''), nullif(test.sent_back_reason, ''), test.version,
        item.claimed_product_id, case audience when 'judge' then nullif(entry.inputs, '') end,
        nullif(test.decision_rule, ''), nullif(entry.confirmation, ''),
        case when test.is_blind then 'true'::json end,
        case when test.is_blind then nullif((lab.identification_of(test.test_id, lab.round_of(test))).readings_in, 0) end,
        test.retest_of, test.superseded_by,
        case audience when 'judge' then lab.judge_facts_of(test.item_code, test.method_id, test.parameter_id,
                                                           test.chosen_limit) end,
        case page.place when cardinality(ids) then test_rows.next_page_token end
    from unnest(ids) with ordinality as page (test_id, place)
    join lab.test on test.test_id = page.test_id
    join lab.item on item.item_code = test.item_code
    join lab.method on method.method_id = test.method_id
    join lab.parameter on parameter.parameter_id = test.parameter_id
    left join lab.staff as technician on technician.staff_id = test.assigned_to
    cross join lateral (select case when audience <> 'desk' or test.state = 'released' then test.test_id end as test_id)
        as shown -- null: its results are not even looked up
    left join lab.result_entry as entry on entry.test_id = shown.test_id and entry.entry_no = test.entry_no
    left join lab.judgement on judgement.test_id = shown.test_id and judgement.submission_no = test.submission_no
        and test.state in ('submitted', 'approved', 'released', 'superseded')
    order by page.place;
end
$$;

create or replace function lab.test_answer(of_test uuid) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('test', one) from lab.test_rows(array[of_test], 'judge') as one);
end
$$;

-- Ids of one page, soonest due first. Without a state: every test that is not released, cancelled or superseded; with an
-- item: all of the item's.
create or replace function lab.test_page(here text, wanted_state text, technician uuid, of_item text,
                                         after_due timestamptz, after_id uuid, size integer) returns uuid[]
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
    if of_item is not null then
        return array(select test.test_id from lab.test
                     where test.item_code = of_item and test.laboratory = here
                     and (wanted_state is null or test.state = wanted_state)
                     and (technician is null or test.assigned_to = technician)
                     and (test.due_at, test.test_id) > (after_due, after_id)
                     order by test.due_at, test.test_id limit size);
    elsif technician is not null and coalesce(wanted_state, '') not in ('released', 'cancelled', 'superseded') then
        return array(select test.test_id from lab.test
                     where test.assigned_to = technician
                     and test.state not in ('released', 'cancelled', 'superseded')
                     and test.laboratory = here and (wanted_state is null or test.state = wanted_state)
                     and (test.due_at, test.test_id) > (after_due, after_id)
                     order by test.due_at, test.test_id limit size);
    elsif wanted_state is not null then
        return array(select test.test_id from lab.test
                     where test.laboratory = here and test.state = wanted_state
                     and (technician is null or test.assigned_to = technician)
                     and (test.due_at, test.test_id) > (after_due, after_id)
                     order by test.due_at, test.test_id limit size);
    end if;
    return array(select test.test_id from lab.test
                 where test.laboratory = here and test.state not in ('released', 'cancelled', 'superseded')
                 and (test.due_at, test.test_id) > (after_due, after_id)
                 order by test.due_at, test.test_id limit size);
end
$$;

-- Stable: ids, token and rows are of one snapshot.
create or replace function lab.test_list(who lab.actor, request jsonb, wanted_state text, technician uuid, of_item text)
    returns setof lab.test_row
language plpgsql stable as $$
declare
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    after_id uuid := '00000000-0000-0000-0000-000000000000';
    ids uuid[];
    token text;
begin
    if keys is not null then
        after_id := lab.uuid_of(jsonb_build_object('page.page_token', keys[2]), 'page.page_token');
    end if;
    ids := lab.test_page(request ->> 'laboratory', wanted_state, technician, of_item,
                         coalesce(lab.page_key_at(keys[1]), '-infinity'), after_id, size + 1);
    if cardinality(ids) > size then
        token := lab.page_token(who, (select to_json(test.due_at) #>> '{}' from lab.test where test.test_id = ids[size]),
                                ids[size]::text);
    end if;
    return query select * from lab.test_rows(ids[:size], 'bench', token);
end
$$;

create or replace function lab.bench_list_tests(who lab.actor, request jsonb) returns setof lab.test_row
language plpgsql volatile as $$
declare
    asked text := nullif(request ->> 'assigned_to', '');
    technician uuid := (select staff.staff_id from lab.staff where staff.username = asked);
begin
    perform lab.require_role(who, request ->> 'laboratory');
    if asked is null or technician is not null then
        return query select * from lab.test_list(who, request, nullif(request ->> 'state', ''), technician,
                                                 nullif(request ->> 'item_code', ''));
    end if;
end
$$;

create or replace function lab.bench_get_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'test_id');
begin
    perform lab.require_seen(who, (select test.laboratory from lab.test where test.test_id = wanted), 'test');
    return lab.test_answer(wanted);
end
$$;

-- The first stage of SubmitTest: what is judged. Same shape as GetTest.
create or replace function api.bench_judge_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'BenchService.SubmitTest', '{technician}');
begin
    return json_strip_nulls(lab.bench_get_test(who, request));
end
$$;

-- The test, locked for this act, if the caller may touch it.
create or replace function lab.test_taken(who lab.actor, request jsonb) returns lab.test
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'test_id');
    taken lab.test;
begin
    select * into taken from lab.test where test.test_id = wanted for no key update;
    perform lab.require_seen(who, taken.laboratory, 'test');
    return taken;
end
$$;

create or replace function lab.username_of(of_staff uuid) returns text
language plpgsql stable as $$
begin
    return (select staff.username from lab.staff where staff.staff_id = of_staff);
end
$$;

-- Refuses unless the test is in one of these states.
create or replace function lab.require_state(taken lab.test, variadic states text[]) returns void
language plpgsql volatile as $$
begin
    if taken.state <> all (states) then
        perform lab.refuse(9, case when states = '{submitted}' then 'TEST_NOT_SUBMITTED' else 'TEST_NOT_OPEN' end,
                           format('This test is %s.', replace(taken.state, '_', ' ')) || case when states = '{in_progress}'
                               and taken.state in ('unassigned', 'assigned') then ' Enter its readings first.' else '' end, '',
                           jsonb_build_object('state', taken.state));
    end if;
end
$$;

create or replace function lab.bench_claim_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
begin
    perform lab.require_version(request, taken.version, jsonb_strip_nulls(jsonb_build_object(
        'state', taken.state, 'assigned_to', lab.username_of(taken.assigned_to))));
    if taken.state <> 'unassigned' then
        perform lab.refuse(9, 'ALREADY_ASSIGNED', 'Somebody holds this test already.', '', jsonb_strip_nulls(
            jsonb_build_object('state', taken.state, 'assigned_to', lab.username_of(taken.assigned_to))));
    end if;
    perform lab.require_qualified(who, taken);
    update lab.test set state = 'assigned', assigned_to = who.staff_id where test.test_id = taken.test_id;
    return lab.test_answer(taken.test_id);
end
$$;

-- Which of several requirements holds: by whoever tests, or the manager. Not after submission.
create or replace function lab.bench_choose_limit(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    chosen text := coalesce(request ->> 'limit_id', '');
    facts jsonb;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    perform lab.require_state(taken, 'unassigned', 'assigned', 'in_progress');
    if taken.assigned_to is distinct from who.staff_id and not coalesce((who.roles -> taken.laboratory) ? 'manager', false) then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.');
    end if;
    facts := lab.judge_facts_of(taken.item_code, taken.method_id, taken.parameter_id, chosen);
    if facts ->> 'limit_id' is distinct from chosen then
        facts := lab.judge_facts_of(taken.item_code, taken.method_id, taken.parameter_id, '');
        perform lab.refuse(9, 'LIMIT_NOT_OFFERED', 'This requirement does not hold for the item on its day.', 'limit_id',
            jsonb_build_object('offered', coalesce((
                select string_agg(format('%s %s', choice ->> 'limit_id', choice ->> 'condition'), '; ')
                from jsonb_array_elements(facts -> 'choices') as choice), coalesce(facts ->> 'limit_id', ''))));
    end if;
    perform lab.set_reason(request ->> 'reason');
    update lab.test set chosen_limit = chosen where test.test_id = taken.test_id;
    return lab.test_answer(taken.test_id);
end
$$;

create or replace function lab.require_qualified(who lab.actor, taken lab.test) returns void
language plpgsql volatile as $$
begin
    if not lab.is_qualified(who.staff_id, taken.laboratory, taken.method_id) then
        perform lab.refuse(7, 'NOT_QUALIFIED', 'You are not qualified for this method in this laboratory.');
    end if;
end
$$;

-- "750.1, 750.3": what stands, short enough to be told in an error.
create or replace function lab.readings_told(values_told text[]) returns text
language plpgsql immutable as $$
begin
    return (select case when length(told) > 120 then left(told, 117) || '...' else told end
        from (select array_to_string(values_told, ', ') as told) as joined);
end
$$;

create or replace function lab.bench_enter_result(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    readings jsonb := coalesce(nullif(request -> 'readings', 'null'), '[]');
begin
    perform lab.require_entry_version(request, taken, readings);
    if taken.state not in ('submitted', 'approved') or taken.assigned_to is distinct from who.staff_id
        or taken.is_blind then
        perform lab.entry_make(who, request, taken, readings);
        return lab.test_answer(taken.test_id);
    end if;
    perform lab.result_reopen(who, request, taken);
    taken.state := 'in_progress';
    perform lab.entry_make(who, request, taken, readings);
    return (select json_build_object('test', one, 'change', lab.change_view(taken.test_id, taken.entry_no + 1))
            from lab.test_rows(array[taken.test_id], 'judge') as one);
end
$$;

-- The entry of one test, alone or of a worksheet: the test is locked and what the caller saw of it stands.
create or replace function lab.entry_make(who lab.actor, request jsonb, taken lab.test, readings jsonb) returns void
language plpgsql volatile as $$
begin
    perform lab.require_state(taken, 'assigned', 'in_progress');
    if taken.assigned_to <> who.staff_id then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.', '',
                           jsonb_build_object('assigned_to', lab.username_of(taken.assigned_to)));
    end if;
    perform lab.require_qualified(who, taken);
    if not exists (select from lab.item_photo where item_photo.item_code = taken.item_code) then
        perform lab.refuse(9, 'PHOTO_PENDING', 'The picture of this item is missing: reception must attach it first.');
    end if;
    if taken.entry_no > 0 and btrim(coalesce(request ->> 'reason', '')) = '' then
        perform lab.refuse_field('reason', 'is required when readings are replaced');
    end if;
    if taken.is_blind then
        perform lab.refuse(9, 'READ_APART', 'Two persons read this apart (test read): their readings make its result.');
    end if;
    perform lab.entry_check(request, taken, readings);
    perform lab.set_reason(request ->> 'reason');
    perform lab.entry_add(who, request, taken, readings);
end
$$;

-- Two at one result: the second is told what stands and what they typed; nothing is overwritten silently.
create or replace function lab.require_entry_version(request jsonb, taken lab.test, readings jsonb) returns void
language plpgsql volatile as $$
begin
    if (request ->> 'version')::bigint = taken.version then
        return;
    end if;
    perform lab.require_version(request, taken.version, jsonb_strip_nulls(jsonb_build_object(
        'state', taken.state,
        'current_readings', nullif(lab.readings_told(array(
            select reading.value_text::text from lab.reading where reading.test_id = taken.test_id
            and reading.entry_no = taken.entry_no order by reading.place)), ''),
        'current_by', (select lab.username_of(entry.entered_by) from lab.result_entry as entry
                       where entry.test_id = taken.test_id and entry.entry_no = taken.entry_no),
        'assigned_to', lab.username_of(taken.assigned_to),
        'your_readings', lab.readings_told(array(
            select reading ->> 'value' from jsonb_array_elements(readings) with ordinality as typed (reading, place)
            order by place)))));
end
$$;

create or replace function lab.entry_check(request jsonb, taken lab.test, readings jsonb) returns void
language plpgsql volatile as $$
declare
    per_mille boolean := (select parameter.unit_ucum = '[ppth]' from lab.parameter
                          where parameter.parameter_id = taken.parameter_id);
    reading jsonb;
    at integer;
    value text;
    number numeric;
begin
    if jsonb_array_length(readings) not between 1 and 96
       and (jsonb_array_length(readings) > 96 or btrim(coalesce(request ->> 'inputs', '')) = '') then
        perform lab.refuse_field('readings', 'needs between 1 and 96 readings');
    end if;
    perform lab.entry_check_inputs(btrim(coalesce(request ->> 'inputs', '')));
    for reading, at in select typed.reading, typed.place - 1
        from jsonb_array_elements(readings) with ordinality as typed (reading, place)
    loop
        value := reading ->> 'value';
        if value ~ '\([+-]\)$' then -- rounded already
            value := left(value, -3);
            if jsonb_array_length(readings) > 1 or coalesce(reading ->> 'qualifier', '') <> '' then
                perform lab.refuse(3, 'ROUNDED_ALREADY', 'What was rounded already is neither averaged nor qualified: enter it '
                                   'alone, or what was not rounded.', format('readings[%s].value', at));
            end if;
        end if;
        number := lab.decimal_of(value, format('readings[%s].value', at))::text::numeric;
        if number is null then
            perform lab.refuse_field(format('readings[%s].value', at), 'is required');
        elsif per_mille and number not between 0 and 1000 then
            perform lab.refuse_field(format('readings[%s].value', at), 'must lie between 0 and 1000 per mille');
        end if;
        if coalesce(reading ->> 'qualifier', '') not in ('', 'less_than', 'greater_than', 'not_detected') then
            perform lab.refuse_field(format('readings[%s].qualifier', at), 'is not a qualifier');
        end if;
    end loop;
    if lab.decimal_of(request ->> 'expanded_uncertainty', 'expanded_uncertainty')::text::numeric <= 0 then
        perform lab.refuse_field('expanded_uncertainty', 'must be more than 0');
    end if;
    if lab.decimal_of(request ->> 'coverage_factor', 'coverage_factor')::text::numeric <= 0 then
        perform lab.refuse_field('coverage_factor', 'must be more than 0');
    end if;
    if lab.decimal_of(request ->> 'humidity_percent', 'humidity_percent')::text::numeric not between 0 and 100 then
        perform lab.refuse_field('humidity_percent', 'must lie between 0 and 100');
    end if;
    perform lab.decimal_of(request ->> 'temperature_c', 'temperature_c');
end
$$;

-- A JSON object, or a list of them. What the formula makes of it is the daemon's.
create or replace function lab.entry_check_inputs(inputs text) returns void
language plpgsql volatile as $$
declare
    kind text;
begin
    if inputs = '' then
        return;
    end if;
    begin
        kind := jsonb_typeof(inputs::jsonb);
        if kind = 'array' and not exists (select from jsonb_array_elements(inputs::jsonb) as one
                                          where jsonb_typeof(one) <> 'object')
           and jsonb_array_length(inputs::jsonb) between 1 and 96 then
            kind := 'object';
        end if;
    exception when data_exception then
        kind := '';
    end;
    if kind <> 'object' then
        perform lab.refuse_field('inputs', 'must be a JSON object, or a list of at most 96 of them');
    end if;
end
$$;

create or replace function lab.entry_add(who lab.actor, request jsonb, taken lab.test, readings jsonb) returns void
language plpgsql volatile as $$
declare
    entry integer := taken.entry_no + 1;
begin
    insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, expanded_uncertainty, coverage_factor,
                                  instrument, temperature_c, humidity_percent, deviation, reason, inputs, confirmation)
    values (taken.test_id, entry, taken.laboratory, who.staff_id, lab.ts_now(),
            nullif(request ->> 'expanded_uncertainty', ''), coalesce(nullif(request ->> 'coverage_factor', ''), '2'),
            coalesce(request ->> 'instrument', ''), nullif(request ->> 'temperature_c', ''),
            nullif(request ->> 'humidity_percent', ''), btrim(coalesce(request ->> 'deviation', '')),
            coalesce(request ->> 'reason', ''), btrim(coalesce(request ->> 'inputs', '')),
            btrim(coalesce(request ->> 'confirmation', '')));
    insert into lab.reading (test_id, entry_no, place, value_text, qualifier, position)
    select taken.test_id, entry, typed.place, typed.reading ->> 'value', coalesce(typed.reading ->> 'qualifier', ''),
           coalesce(typed.reading ->> 'position', '')
    from jsonb_array_elements(readings) with ordinality as typed (reading, place);
    update lab.test set entry_no = entry, state = 'in_progress' where test.test_id = taken.test_id;
end
$$;

-- The judgement of the daemon's engine, taken over only when it was made on this version and this catalogue, and
-- when plain numeric arithmetic agrees (guard_judgement).
create or replace function lab.bench_submit_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    found jsonb := request -> 'daemon' -> 'judgement';
    judged_version bigint := coalesce(request -> 'daemon' ->> 'test_version', found ->> 'test_version')::bigint;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    perform lab.submission_make(who, taken, found, judged_version);
    return lab.test_answer(taken.test_id);
end
$$;

-- The submission of one test, alone or of a worksheet.
create or replace function lab.submission_make(who lab.actor, taken lab.test, made jsonb, judged_version bigint) returns void
language plpgsql volatile as $$
declare
    facts jsonb;
begin
    perform lab.require_state(taken, 'in_progress');
    if taken.assigned_to <> who.staff_id then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.', '',
                           jsonb_build_object('assigned_to', lab.username_of(taken.assigned_to)));
    end if;
    perform lab.require_qualified(who, taken);
    perform pg_advisory_xact_lock_shared(hashtextextended('catalogue', 0)); -- lab.catalogue_lock
    if judged_version is distinct from taken.version
       or (made ->> 'catalogue_revision')::bigint is distinct from (select head.revision
                                                                     from lab.catalogue_head as head) then
        perform lab.refuse(10, 'JUDGEMENT_STALE', 'The test or the catalogue moved while it was judged. Submit again.');
    end if;
    facts := lab.judge_facts_of(taken.item_code, taken.method_id, taken.parameter_id, taken.chosen_limit);
    insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean, range,
                               expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, limit_id,
                               plan_id, catalogue_revision, trace)
    values (taken.test_id, taken.submission_no + 1, taken.entry_no, taken.laboratory, who.staff_id, lab.ts_now(),
            made ->> 'verdict', coalesce(made ->> 'mean', ''), coalesce(made ->> 'range', ''),
            coalesce(made ->> 'expanded_uncertainty', ''), coalesce(made ->> 'unit', ''),
            coalesce(made ->> 'requirement', ''), coalesce(made ->> 'standard', ''),
            coalesce(made ->> 'sentence_zh', ''), coalesce(made ->> 'sentence_en', ''),
            facts ->> 'limit_id', coalesce(facts #>> '{plan,plan_id}', ''), (made ->> 'catalogue_revision')::bigint, made -> 'trace');
    update lab.test set state = 'submitted', submission_no = taken.submission_no + 1, sent_back_reason = ''
    where test.test_id = taken.test_id;
end
$$;

drop function if exists lab.test_limit(lab.test);

reset role;
