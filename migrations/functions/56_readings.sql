-- SPDX-License-Identifier: Apache-2.0
-- Identifications that two persons read apart, and results that are changed after submission. Who reads sees nothing of
-- another's reading before the identification is decided: not here, not in a test, a list, a refusal or the history.
set role touchstone_owner;

-- The round that counts: of an open test the one that is read now, of a closed one its last.
create or replace function lab.round_of(of_test lab.test) returns integer
language plpgsql stable as $$
begin
    if of_test.state in ('submitted', 'approved', 'released', 'superseded') then
        return (select max(reading.round) from lab.identification_reading as reading
                where reading.test_id = of_test.test_id);
    end if;
    return of_test.submission_no + 1;
end
$$;

-- Whether the round has begun and is not decided: what its readers found, and why they read again, is nobody else's yet.
create or replace function lab.is_reading_apart(of_test uuid, of_round integer) returns boolean
language plpgsql stable as $$
declare
    stands record;
begin
    select * into stands from lab.identification_of(of_test, of_round);
    return stands.readings_in > 0 and stands.inputs is null;
end
$$;

-- One's own readings, and all of decided rounds.
create or replace function lab.readings_shown(who lab.actor, of_test uuid) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object(
                'round', reading.round, 'place', reading.place, 'reader', lab.username_of(reading.reader),
                'at', reading.at, 'result', reading.result, 'observations', to_json(reading.observations),
                'instrument', nullif(reading.instrument, ''), 'temperature_c', reading.temperature_c,
                'humidity_percent', reading.humidity_percent, 'deviation', nullif(reading.deviation, ''),
                'reason', nullif(reading.reason, '')) order by reading.round, reading.place)
        from lab.identification_reading as reading where reading.test_id = of_test
        and (reading.reader = who.staff_id
             or (lab.identification_of(reading.test_id, reading.round)).inputs is not null));
end
$$;

create or replace function lab.bench_get_readings(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'test_id');
    seen lab.test;
    stands record;
begin
    select * into seen from lab.test where test.test_id = wanted;
    perform lab.require_seen(who, seen.laboratory, 'test');
    if not seen.is_blind then
        return '{}';
    end if;
    select * into stands from lab.identification_of(wanted, lab.round_of(seen));
    return json_build_object('state', stands.state, 'readings_in', nullif(stands.readings_in, 0),
                             'readings', lab.readings_shown(who, wanted));
end
$$;

drop function if exists lab.result_reopen(lab.actor, jsonb, lab.test);
-- A submitted or approved test is open again, with the reason; its item waits for its tests again. Where it is opened by who
-- reads it again apart, the history is not told why before the round is decided: "not nephrite after all" is a reading.
create or replace function lab.result_reopen(who lab.actor, request jsonb, taken lab.test, apart boolean default false)
    returns void
language plpgsql volatile as $$
begin
    if length(btrim(coalesce(request ->> 'reason', ''))) < 4 then
        perform lab.refuse_field('reason', 'is required to change a result after submission: at least 4 characters');
    end if;
    if not apart then
        perform lab.set_reason(btrim(request ->> 'reason'));
    end if;
    insert into lab.result_reopening (test_id, submission_no, laboratory, reopened_by, at, from_state, reason)
    values (taken.test_id, taken.submission_no, taken.laboratory, who.staff_id, lab.ts_now(), taken.state,
            btrim(request ->> 'reason'));
    update lab.test set state = 'in_progress' where test.test_id = taken.test_id;
    update lab.item set state = 'received' where item.item_code = taken.item_code and item.state = 'reviewed';
end
$$;

create or replace function lab.bench_enter_reading(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    stands record;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    perform lab.require_state(taken, 'assigned', 'in_progress', 'submitted', 'approved');
    if not taken.is_blind then
        perform lab.refuse(9, 'NOT_READ_APART', 'The result of this test is entered (test enter), not read by two persons apart.');
    end if;
    perform lab.require_qualified(who, taken);
    perform lab.reading_check(request, taken);
    if taken.state in ('submitted', 'approved') then
        if taken.assigned_to is distinct from who.staff_id then
            perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test, and opens it again.', '',
                               jsonb_build_object('assigned_to', lab.username_of(taken.assigned_to)));
        end if;
        perform lab.result_reopen(who, request, taken, apart := true);
    end if;
    insert into lab.identification_reading (test_id, round, place, laboratory, reader, at, result, observations,
                                            instrument, temperature_c, humidity_percent, deviation, reason)
    values (taken.test_id, taken.submission_no + 1,
            least((lab.identification_of(taken.test_id, taken.submission_no + 1)).readings_in + 1, 3), taken.laboratory,
            who.staff_id, lab.ts_now(), btrim(request ->> 'result'),
            array(select jsonb_array_elements_text(coalesce(nullif(request -> 'observations', 'null'), '[]'))),
            coalesce(request ->> 'instrument', ''), nullif(request ->> 'temperature_c', ''),
            nullif(request ->> 'humidity_percent', ''), btrim(coalesce(request ->> 'deviation', '')),
            btrim(coalesce(request ->> 'reason', '')));
    select * into stands from lab.identification_of(taken.test_id, taken.submission_no + 1);
    if stands.inputs is not null then
        perform lab.set_reason(request ->> 'reason'); -- not before: the history would tell it to who reads next
        perform lab.identification_enter(who, taken, stands.inputs);
    end if;
    return (select json_build_object('test', one, 'state', stands.state, 'readings', lab.readings_shown(who, taken.test_id))
            from lab.test_rows(array[taken.test_id], 'judge') as one);
end
$$;

create or replace function lab.reading_check(request jsonb, taken lab.test) returns void
language plpgsql volatile as $$
begin
    if not exists (select from lab.item_photo where item_photo.item_code = taken.item_code) then
        perform lab.refuse(9, 'PHOTO_PENDING', 'The picture of this item is missing: reception must attach it first.');
    end if;
    perform lab.words_of(request, 'result');
    if taken.entry_no > 0 and btrim(coalesce(request ->> 'reason', '')) = ''
       and (lab.identification_of(taken.test_id, taken.submission_no + 1)).inputs is null then -- else it is complete
        perform lab.refuse_field('reason', 'is required when a result is read again');
    end if;
    if lab.decimal_of(request ->> 'humidity_percent', 'humidity_percent')::text::numeric not between 0 and 100 then
        perform lab.refuse_field('humidity_percent', 'must lie between 0 and 100');
    end if;
    perform lab.decimal_of(request ->> 'temperature_c', 'temperature_c');
end
$$;

-- The round is decided: its readings are the test's result. The conditions are those of the reading that decided.
create or replace function lab.identification_enter(who lab.actor, taken lab.test, outcome text) returns void
language plpgsql volatile as $$
begin
    insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, coverage_factor, instrument, temperature_c,
                                  humidity_percent, deviation, reason, inputs)
    select taken.test_id, taken.entry_no + 1, taken.laboratory, who.staff_id, last.at, '2', used.instruments,
           last.temperature_c, last.humidity_percent, used.deviations, last.reason, outcome
    from lab.identification_reading as last
    cross join lateral (
        select coalesce(string_agg(distinct nullif(every.instrument, ''), '; '), '') as instruments,
               coalesce(string_agg(distinct nullif(every.deviation, ''), '; '), '') as deviations
        from lab.identification_reading as every
        where every.test_id = last.test_id and every.round = last.round) as used
    where last.test_id = taken.test_id and last.round = taken.submission_no + 1 and last.reader = who.staff_id;
    update lab.test set entry_no = taken.entry_no + 1, state = 'in_progress' where test.test_id = taken.test_id;
end
$$;

reset role;
