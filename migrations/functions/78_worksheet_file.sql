-- SPDX-License-Identifier: Apache-2.0
-- A worksheet that is entered from the file of an instrument. The daemon reads it by a saved profile and puts its values at
-- positions (server/lab/worksheet_readings.c); from there on they are results as any other. The file is kept, and of each
-- reading its line, column and text.
set role touchstone_owner;

create or replace function lab.worksheet_file_context(sheet lab.worksheet, file jsonb) returns json
language plpgsql volatile as $$
declare
    newest lab.instrument_profile;
begin
    if coalesce(file ->> 'profile', '') = '' then
        return null;
    end if;
    newest := lab.instrument_profile_newest(sheet.laboratory, file ->> 'profile');
    if newest.version is null then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such profile in this laboratory.', 'readings_file.profile');
    end if;
    return json_build_object('layout', newest.layout, 'units', lab.instrument_units(sheet.laboratory, newest.layout),
                             'unit_factors', lab.unit_factors(), 'profile_version', newest.version, 'takes_any_item', true);
end
$$;

create or replace function lab.worksheet_preview_readings(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    found jsonb := request -> 'daemon' -> 'readings';
begin
    perform lab.require_worksheet_state(lab.worksheet_seen(who, request), 'open');
    if found is null then
        perform lab.refuse(10, 'WORKSHEET_STALE', 'The worksheet moved while the file was read. Preview it again.');
    end if;
    return json_build_object('values', found -> 'values', 'results', found -> 'results', 'missing', found -> 'missing');
end
$$;

-- After the samples are entered: the bytes once, that this worksheet was entered from them, and where each reading stands.
create or replace function lab.worksheet_keep_file(who lab.actor, file jsonb, taken lab.worksheet, was_read jsonb, blobs bytea[])
    returns void
language plpgsql volatile as $$
declare
    file_bytes bytea := blobs[(file ->> 'content')::integer];
    hash bytea := sha256(file_bytes);
    outcome jsonb := coalesce(was_read -> 'values', '[]');
    entered integer := (select count(*) from jsonb_array_elements(coalesce(was_read -> 'values', '[]')) as one
                        where (one ->> 'entered')::boolean);
begin
    perform pg_advisory_xact_lock(hashtextextended(format('instrument-file/%s/%s', taken.laboratory, encode(hash, 'hex')), 0));
    if (was_read ->> 'profile_version')::bigint is distinct from
       (lab.instrument_profile_newest(taken.laboratory, file ->> 'profile')).version then
        perform lab.refuse(10, 'PROFILE_STALE', 'Somebody saved this profile in the meantime. Preview the file again.');
    elsif entered = 0 then
        perform lab.refuse(9, 'NOTHING_TO_ENTER', 'No value of this file stands at a position of this worksheet.');
    end if;
    insert into lab.instrument_file (laboratory, content, name, profile, profile_version, imported_by, imported_at, outcome,
                                     values_entered, values_left_out, tests_entered)
    select taken.laboratory, file_bytes, btrim(coalesce(file ->> 'name', '')), file ->> 'profile',
           (was_read ->> 'profile_version')::bigint, who.staff_id, lab.ts_now(), outcome, entered,
           jsonb_array_length(outcome) - entered,
           greatest(1, (select count(distinct one ->> 'position') from jsonb_array_elements(outcome) as one
                        where (one ->> 'entered')::boolean))
    where (lab.instrument_file_kept(taken.laboratory, hash)).laboratory is null;
    insert into lab.worksheet_file (worksheet_no, laboratory, sha256, name, profile, profile_version, outcome, entered_by, at)
    values (taken.worksheet_no, taken.laboratory, hash, btrim(coalesce(file ->> 'name', '')), file ->> 'profile',
            (was_read ->> 'profile_version')::bigint, outcome, who.staff_id, lab.ts_now());
    insert into lab.instrument_reading (test_id, entry_no, place, laboratory, sha256, line, column_no, raw)
    select placed.test_id, result.entry_no, row_number() over (partition by placed.position order by listed.place),
           taken.laboratory, hash, (one ->> 'line')::integer, (one ->> 'column')::integer, coalesce(one ->> 'raw', '')
    from jsonb_array_elements(outcome) with ordinality as listed (one, place)
    join lab.worksheet_position as placed
        on placed.worksheet_no = taken.worksheet_no and placed.position = (one ->> 'position')::integer
    join lab.worksheet_result as result
        on result.worksheet_no = placed.worksheet_no and result.position = placed.position
    where (one ->> 'entered')::boolean and placed.kind = 'sample';
end
$$;

reset role;
