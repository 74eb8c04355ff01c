-- SPDX-License-Identifier: Apache-2.0
-- Files of instruments. The daemon reads a file by its profile (server/instrument); here its values find their tests and
-- are entered by lab.bench_enter_result, so that whatever holds for an entry by hand holds for a file. A preview is that
-- very act, undone.
set role touchstone_owner;

-- Of the layout's codes in their order; '' where the laboratory does not measure the parameter by the method.
create or replace function lab.instrument_units(here text, layout jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_agg(case when measured.method_id is null then ''
                                           else coalesce(parameter.unit_ucum, '1') end order by listed.place), '[]')
        from jsonb_array_elements(layout -> 'codes') with ordinality as listed (code, place)
        left join (lab.param_method as measured join lab.method on method.method_id = measured.method_id)
            on method.laboratory = here and measured.method_id = code ->> 'method_id'
            and measured.parameter_id = code ->> 'parameter_id'
        left join lab.parameter on parameter.parameter_id = measured.parameter_id);
end
$$;

create or replace function lab.instrument_profile_newest(here text, wanted text) returns lab.instrument_profile
language plpgsql stable as $$
declare
    newest lab.instrument_profile;
begin
    select * into newest from lab.instrument_profile as saved
    where saved.laboratory = here and saved.profile = wanted order by saved.version desc limit 1;
    return newest;
end
$$;

-- The first stage of SaveProfile: the layout of the request, to be checked with its units.
create or replace function api.instrument_layout_context(token_hash bytea, request jsonb) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'InstrumentService.SaveProfile', '{manager}');
    here text := request ->> 'laboratory';
begin
    perform lab.require_role(who, here);
    return json_build_object('layout', request -> 'layout', 'units', lab.instrument_units(here, request -> 'layout'),
                             'unit_factors', lab.unit_factors());
end
$$;

-- The first stage of PreviewFile and ImportFile: how the file is read, and whether it has to be.
create or replace function api.instrument_file_context(token_hash bytea, request jsonb, hash text) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    who lab.actor := lab.auth_require(token_hash, 'InstrumentService.ImportFile', '{technician}');
    here text := request ->> 'laboratory';
    newest lab.instrument_profile;
begin
    perform lab.require_role(who, here);
    newest := lab.instrument_profile_newest(here, request ->> 'profile');
    if newest.version is null then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such profile in this laboratory.', 'profile');
    end if;
    return json_build_object('layout', newest.layout, 'units', lab.instrument_units(here, newest.layout), 'unit_factors', lab.unit_factors(),
        'profile_version', newest.version, 'already_imported', exists (
            select from lab.instrument_file as kept
            where kept.laboratory = here and kept.sha256 = decode(hash, 'hex')));
end
$$;

create or replace function lab.instrument_profile_view(saved lab.instrument_profile) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', saved.laboratory, 'profile', saved.profile, 'version', saved.version, 'layout', saved.layout,
        'saved_by', lab.username_of(saved.saved_by), 'saved_at', saved.saved_at);
end
$$;

-- Columns for named inputs that no formula of their codes knows; where nothing is calculated it is "result". Refused.
create or replace function lab.instrument_check_inputs(here text, layout jsonb) returns void
language plpgsql stable as $$
declare
    wrong record;
begin
    select listed.place - 1 as place, listed.one ->> 'input' as input into wrong
    from jsonb_array_elements(layout -> 'values') with ordinality as listed (one, place)
    where coalesce(listed.one ->> 'input', '') <> '' and not exists (
        select from jsonb_array_elements(layout -> 'codes') as code
        join lab.method on method.laboratory = here and method.method_id = code ->> 'method_id'
        left join lab.catalogue_row as formula on formula.file = 'formulas' and formula.to_revision is null
            and formula.key = method.calc_key
        where coalesce(listed.one ->> 'code', '') in ('', code ->> 'code')
        and coalesce(formula.cells ->> 'expression', 'result') ~ ('\m' || (listed.one ->> 'input') || '\M'))
    order by listed.place limit 1;
    if found then
        perform lab.refuse_field(format('layout.values[%s].input', wrong.place), format(
            'is ''%s'', which no formula of these codes asks for: inputs_en of formulas.csv tells what each one needs', wrong.input));
    end if;
end
$$;

create or replace function lab.instrument_save_profile(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    saved lab.instrument_profile;
    newest bigint;
begin
    perform lab.require_role(who, here);
    perform pg_advisory_xact_lock(hashtextextended('instrument-profile/' || here || '/' || (request ->> 'profile'), 0));
    saved := lab.instrument_profile_newest(here, request ->> 'profile');
    newest := coalesce(saved.version, 0);
    perform lab.require_version(jsonb_build_object('version', coalesce((request ->> 'version')::bigint, 0)), newest);
    if lab.instrument_units(here, request -> 'layout') ? '' then
        perform lab.refuse_field('layout.codes', 'names what is not measured by its method in this laboratory');
    end if;
    perform lab.instrument_check_inputs(here, request -> 'layout');
    insert into lab.instrument_profile (laboratory, profile, version, layout, saved_by, saved_at)
    values (here, request ->> 'profile', newest + 1, request -> 'layout', who.staff_id, lab.ts_now())
    returning * into saved;
    return json_build_object('profile', lab.instrument_profile_view(saved));
end
$$;

create or replace function lab.instrument_list_profiles(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.instrument_profile_view(lab.instrument_profile_newest(here, page.profile)) order by page.profile)
    into found
    from (select distinct saved.profile from lab.instrument_profile as saved
          where saved.laboratory = here and saved.profile > coalesce(keys[1], '')
          order by saved.profile limit size + 1) as page;
    return lab.page_answer(who, 'profiles', found, size, 'profile');
end
$$;

-- Each value with its test, and why it cannot be entered as far as that shows before an entry is tried. A test is entered
-- whole or not at all: one value of it that is none keeps back the others.
create or replace function lab.instrument_values(here text, was_read jsonb)
    returns table (place bigint, one jsonb, test_id uuid, reason text, detail text)
language plpgsql stable as $$
declare
    are_replicates boolean := coalesce((was_read ->> 'rows_are_replicates')::boolean, false);
begin
    return query
    with resolved as (
        select listed.place, listed.one, (listed.one ->> 'line')::integer as line, test.test_id as id,
            coalesce(listed.one ->> 'reason', case when item.item_code is null then 'UNKNOWN_ITEM'
                                                   when test.test_id is null then 'NO_TEST' end) as why,
            coalesce(listed.one ->> 'detail', case
                when item.item_code is null then 'This laboratory has no item of this code.'
                when test.test_id is null then 'No such test was ordered for this item.' end) as told
        from jsonb_array_elements(coalesce(was_read -> 'values', '[]')) with ordinality as listed (one, place)
        left join lab.item on item.item_code = listed.one ->> 'item_code' and item.laboratory = here
        left join lab.test on test.item_code = item.item_code and test.method_id = listed.one ->> 'method_id'
            and test.parameter_id = listed.one ->> 'parameter_id' and test.state not in ('cancelled', 'superseded')),
    together as (
        select resolved.*, count(*) over same_test as values_of_test, min(line) over same_test as first_line,
               max(line) over same_test as last_line,
               min(line) filter (where why is not null) over same_test as faulty_line
        from resolved window same_test as (partition by id))
    select together.place, together.one, together.id,
        case when why is not null or id is null then why
             when not are_replicates and first_line <> last_line then 'DUPLICATE'
             when values_of_test > 96 then 'TOO_MANY_READINGS'
             when faulty_line is not null then 'OTHER_VALUE' end,
        case when why is not null or id is null then told
             when not are_replicates and first_line <> last_line then
                 format('Lines %s and %s are of the same test, and rows of this profile are no replicates.', first_line,
                        last_line)
             when values_of_test > 96 then 'A test takes at most 96 readings.'
             when faulty_line is not null then
                 format('A value of the same test cannot be entered: line %s.', faulty_line) end
    from together order by together.place;
end
$$;

-- Named inputs of one test: each line is a determination, an input that stands there more than once a list. Null: none.
create or replace function lab.instrument_inputs(entries jsonb) returns text
language plpgsql immutable as $$
declare
    lines jsonb := (
        select jsonb_agg(made.inputs order by made.line)
        from (select named.line, jsonb_object_agg(named.input, case when jsonb_array_length(named.numbers) = 1
                                                                    then named.numbers -> 0 else named.numbers end) as inputs
              from (select (entry ->> 'line')::integer as line, entry ->> 'input' as input,
                           jsonb_agg(entry -> 'value' order by place) as numbers
                    from jsonb_array_elements(entries) with ordinality as listed (entry, place)
                    where coalesce(entry ->> 'input', '') <> '' group by 1, 2) as named
              group by named.line) as made);
begin
    return case when jsonb_array_length(lines) = 1 then lines -> 0 else lines end::text;
end
$$;

-- What lab.bench_enter_result would be asked for one test.
create or replace function lab.instrument_entry(of_test uuid, request jsonb, was_read jsonb, entries jsonb) returns jsonb
language plpgsql stable as $$
begin
    return jsonb_strip_nulls(jsonb_build_object(
        'test_id', of_test, 'version', (select test.version from lab.test where test.test_id = of_test),
        'readings', (select jsonb_agg(jsonb_build_object('value', entry ->> 'value', 'qualifier', entry ->> 'qualifier')
                                      order by place)
                     from jsonb_array_elements(entries) with ordinality as listed (entry, place)
                     where coalesce(entry ->> 'input', '') = ''),
        'inputs', lab.instrument_inputs(entries),
        'expanded_uncertainty', entries -> 0 ->> 'expanded_uncertainty',
        'coverage_factor', entries -> 0 ->> 'coverage_factor', 'instrument', was_read ->> 'instrument',
        'reason', request ->> 'reason'));
end
$$;

-- Enters every test that can be, in the order of their ids (as lab.batch_add locks them), and answers the values as the
-- messages InstrumentValue. A test that is refused says so in the words of EnterResult. A submitted one is never reopened:
-- that is decided test by test.
create or replace function lab.instrument_enter(who lab.actor, request jsonb, was_read jsonb) returns jsonb
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    resolved jsonb;
    refusals jsonb := '{}';
    wanted record;
    entry jsonb;
    taken lab.test;
    code text;
    reason text;
    message text;
begin
    select coalesce(jsonb_agg(to_jsonb(listed) order by listed.place), '[]') into resolved
    from lab.instrument_values(here, was_read) as listed;
    for wanted in select (one ->> 'test_id')::uuid as id, jsonb_agg(one -> 'one' order by (one ->> 'place')::bigint) as entries
                  from jsonb_array_elements(resolved) as one
                  where one ->> 'reason' is null group by one ->> 'test_id' order by one ->> 'test_id' loop
        begin
            entry := lab.instrument_entry(wanted.id, request, was_read, wanted.entries);
            taken := lab.test_taken(who, entry);
            perform lab.require_entry_version(entry, taken, coalesce(entry -> 'readings', '[]'));
            perform lab.entry_make(who, entry, taken, coalesce(entry -> 'readings', '[]'));
        exception when others then
            get stacked diagnostics code = returned_sqlstate, reason = constraint_name, message = message_text;
            if code not like 'TS0%' then
                raise;
            end if;
            refusals := refusals || jsonb_build_object(wanted.id, jsonb_build_object('reason', reason, 'detail', message));
        end;
    end loop;
    return (select coalesce(jsonb_agg(
            (one -> 'one') - '{expanded_uncertainty,coverage_factor}'::text[]
            || jsonb_strip_nulls(jsonb_build_object(
                'test_id', one ->> 'test_id', 'entered', coalesce(one ->> 'reason', refused ->> 'reason') is null,
                'reason', coalesce(one ->> 'reason', refused ->> 'reason'),
                'detail', coalesce(one ->> 'detail', refused ->> 'detail')))
            order by (one ->> 'place')::bigint), '[]')
        from jsonb_array_elements(resolved) as one
        left join jsonb_each(refusals) as told (id, refused) on told.id = one ->> 'test_id');
end
$$;

create or replace function lab.instrument_file_view(kept lab.instrument_file) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', kept.laboratory, 'sha256', encode(kept.sha256, 'hex'), 'name', nullif(kept.name, ''),
        'size', length(kept.content), 'profile', kept.profile, 'profile_version', kept.profile_version,
        'imported_by', lab.username_of(kept.imported_by), 'imported_at', kept.imported_at,
        'values_entered', kept.values_entered, 'values_left_out', kept.values_left_out,
        'tests_entered', kept.tests_entered);
end
$$;

create or replace function lab.instrument_file_kept(here text, hash bytea) returns lab.instrument_file
language plpgsql stable as $$
declare
    kept lab.instrument_file;
begin
    select * into kept from lab.instrument_file as known where known.laboratory = here and known.sha256 = hash;
    return kept;
end
$$;

create or replace function lab.instrument_file_again(kept lab.instrument_file) returns json
language plpgsql stable as $$
begin
    return json_build_object('values', kept.outcome, 'file', lab.instrument_file_view(kept), 'already_imported', true);
end
$$;

-- The act, and back again: errors of the inner block undo it, variables stay.
create or replace function lab.instrument_preview_file(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    found jsonb := request -> 'daemon';
    kept lab.instrument_file;
    outcome jsonb;
    entered integer;
begin
    perform lab.require_role(who, here);
    kept := lab.instrument_file_kept(here, decode(found ->> 'sha256', 'hex'));
    if kept.laboratory is not null then
        return lab.instrument_file_again(kept);
    end if;
    begin
        outcome := lab.instrument_enter(who, request, found);
        raise exception using errcode = 'TSPRE', message = 'undone: it was a preview';
    exception when sqlstate 'TSPRE' then
        null;
    end;
    entered := (select count(*) from jsonb_array_elements(outcome) as one where (one ->> 'entered')::boolean);
    return json_build_object('values', outcome, 'file', json_build_object(
        'laboratory', here, 'sha256', found ->> 'sha256', 'size', found -> 'size', 'profile', request ->> 'profile',
        'profile_version', found -> 'profile_version', 'values_entered', entered,
        'values_left_out', jsonb_array_length(outcome) - entered,
        'tests_entered', (select count(distinct one ->> 'test_id') from jsonb_array_elements(outcome) as one
                          where (one ->> 'entered')::boolean)));
end
$$;

-- "line 7: UNKNOWN_ITEM; ...", the first of them.
create or replace function lab.instrument_left_out(outcome jsonb) returns text
language plpgsql immutable as $$
begin
    return (select left(string_agg(format('line %s: %s', one ->> 'line', one ->> 'reason'), '; ' order by place), 200)
            from (select listed.one, listed.place from jsonb_array_elements(outcome) with ordinality as listed (one, place)
                  where not (listed.one ->> 'entered')::boolean order by listed.place limit 8) as first_ones);
end
$$;

create or replace function lab.instrument_import_file(who lab.actor, request jsonb, blobs bytea[]) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    found jsonb := request -> 'daemon';
    file_bytes bytea := blobs[(request ->> 'content')::integer];
    hash bytea := sha256(file_bytes);
    kept lab.instrument_file;
    outcome jsonb;
    entered integer;
begin
    perform lab.require_role(who, here);
    -- Two who bring the same file: the second waits, and is told of the first.
    perform pg_advisory_xact_lock(hashtextextended('instrument-file/' || here || '/' || encode(hash, 'hex'), 0));
    kept := lab.instrument_file_kept(here, hash);
    if kept.laboratory is not null then
        return lab.instrument_file_again(kept);
    end if;
    if (found ->> 'profile_version')::bigint is distinct from
       (lab.instrument_profile_newest(here, request ->> 'profile')).version then
        perform lab.refuse(10, 'PROFILE_STALE', 'Somebody saved this profile in the meantime. Preview the file again.');
    end if;
    outcome := lab.instrument_enter(who, request, found);
    entered := (select count(*) from jsonb_array_elements(outcome) as one where (one ->> 'entered')::boolean);
    if entered = 0 then
        perform lab.refuse(9, 'NOTHING_TO_ENTER', 'No value of this file can be entered: its preview says why.', '',
            jsonb_strip_nulls(jsonb_build_object('left_out', lab.instrument_left_out(outcome))));
    elsif entered < jsonb_array_length(outcome) and not coalesce((request ->> 'leave_out')::boolean, false) then
        perform lab.refuse(9, 'VALUES_LEFT_OUT', format('%s of %s values cannot be entered: the preview says why. Mend that, '
            'or leave them out.', jsonb_array_length(outcome) - entered, jsonb_array_length(outcome)), 'leave_out',
            jsonb_build_object('left_out', lab.instrument_left_out(outcome)));
    end if;
    insert into lab.instrument_file (laboratory, content, name, profile, profile_version, imported_by, imported_at, outcome,
                                     values_entered, values_left_out, tests_entered)
    values (here, file_bytes, btrim(coalesce(request ->> 'name', '')), request ->> 'profile',
            (found ->> 'profile_version')::bigint, who.staff_id, lab.ts_now(), outcome, entered,
            jsonb_array_length(outcome) - entered,
            (select count(distinct one ->> 'test_id') from jsonb_array_elements(outcome) as one
             where (one ->> 'entered')::boolean))
    returning * into kept;
    insert into lab.instrument_reading (test_id, entry_no, place, laboratory, sha256, line, column_no, raw)
    select test.test_id, test.entry_no, row_number() over (partition by test.test_id order by listed.place), here, hash,
           (one ->> 'line')::integer, (one ->> 'column')::integer, coalesce(one ->> 'raw', '')
    from jsonb_array_elements(outcome) with ordinality as listed (one, place)
    join lab.test on test.test_id = (one ->> 'test_id')::uuid
    where (one ->> 'entered')::boolean and coalesce(one ->> 'input', '') = '';
    return json_build_object('values', outcome, 'file', lab.instrument_file_view(kept));
end
$$;

create or replace function lab.instrument_list_files(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    before timestamptz := coalesce(lab.page_key_at(keys[1]), 'infinity');
    before_hash bytea := '\x';
    wanted uuid;
    found json[];
begin
    perform lab.require_role(who, here);
    if coalesce(request ->> 'test_id', '') <> '' then
        wanted := lab.uuid_of(request, 'test_id');
    end if;
    if keys[2] is not null then
        if keys[2] !~ '^[0-9a-f]{64}$' then
            perform lab.refuse_field('page.page_token', 'is not a token of this list');
        end if;
        before_hash := decode(keys[2], 'hex');
    end if;
    select array_agg(lab.instrument_file_view(lab.instrument_file_kept(here, page.sha256))
                     order by page.imported_at desc, page.sha256 desc) into found
    from (select kept.sha256, kept.imported_at from lab.instrument_file as kept
          where kept.laboratory = here and (kept.imported_at, kept.sha256) < (before, before_hash)
          and (wanted is null or exists (select from lab.instrument_reading as given where given.laboratory = here
                                         and given.sha256 = kept.sha256 and given.test_id = wanted))
          order by kept.imported_at desc, kept.sha256 desc limit size + 1) as page;
    return lab.page_answer(who, 'files', found, size, 'imported_at', 'sha256');
end
$$;

create or replace function lab.instrument_get_file(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    kept lab.instrument_file;
begin
    perform lab.require_role(who, here);
    if request ->> 'sha256' !~ '^[0-9a-f]{64}$' then
        perform lab.refuse_field('sha256', 'must be 64 digits of hex, in lower case');
    end if;
    kept := lab.instrument_file_kept(here, decode(request ->> 'sha256', 'hex'));
    if kept.laboratory is null then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such file in this laboratory.');
    end if;
    return json_build_object('file', lab.instrument_file_view(kept), 'values', kept.outcome,
                             'content', translate(encode(kept.content, 'base64'), chr(10), ''));
end
$$;

reset role;
