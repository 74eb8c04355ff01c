-- SPDX-License-Identifier: Apache-2.0
-- Competence, calibration and reagent lots are checked when a test becomes submitted, whatever act it is and against plain
-- SQL too. The day is that of the entry: what expired between measuring and submitting was fit when it was used.
set role touchstone_owner;

-- Whether it was fit on the day: of the records that begin on it or before the one that begins last holds, of two that
-- begin alike the later. So a correction is a record that begins on the same day, and one may be added for years ago.
create or replace function lab.is_fit(here text, of_kind text, of_subject text, of_method text, on_day date) returns boolean
language plpgsql stable as $$
begin
    return coalesce((select not known.withdrawn and known.valid_until >= on_day from lab.fitness as known
                     where known.laboratory = here and known.kind = of_kind and known.subject = of_subject
                     and known.method_id is not distinct from of_method and known.valid_from <= on_day
                     order by known.valid_from desc, known.fitness_no desc limit 1), false);
end
$$;

-- What was not valid of who measured and with what, in words.
create or replace function lab.unfit_measuring(demanded lab.method_check, technician text, instrument text, on_day date,
                                               by_whom text) returns text[]
language plpgsql stable as $$
declare
    here text := demanded.laboratory;
    told text[] := '{}';
begin
    if demanded.competence and not lab.is_fit(here, 'competence', technician, demanded.method_id, on_day) then
        told := told || format('competence of %s for %s', technician, demanded.method_id);
    end if;
    if demanded.calibration and instrument = '' then
        told := told || format('no instrument is named%s', by_whom);
    elsif demanded.calibration and not lab.is_fit(here, 'calibration', instrument, null, on_day) then
        told := told || format('calibration of %s', instrument);
    end if;
    return told;
end
$$;

-- Called by guard_test_state. All that is wrong is told at once.
create or replace function lab.require_fit(of_test lab.test) returns void
language plpgsql volatile as $$
declare
    here text := of_test.laboratory;
    demanded lab.method_check;
    entry lab.result_entry;
    used_by record;
    on_day date;
    used text[];
    expired text[];
    told text[] := '{}';
begin
    select * into demanded from lab.method_check as known
    where known.laboratory = here and known.method_id = of_test.method_id order by known.check_no desc limit 1;
    if not found then
        return;
    end if;
    select * into entry from lab.result_entry as newest
    where newest.test_id = of_test.test_id and newest.entry_no = of_test.entry_no;
    on_day := lab.local_time(entry.at)::date;
    for used_by in
        select lab.username_of(entry.entered_by) as technician, entry.instrument, on_day as at_day, '' as by_whom
        where not of_test.is_blind
        union all -- read by persons apart: each of them, with what each used
        select lab.username_of(one.reader), one.instrument, lab.local_time(one.at)::date, ' by ' || lab.username_of(one.reader)
        from lab.readings_last(of_test.test_id) as one where of_test.is_blind
    loop
        told := told || lab.unfit_measuring(demanded, used_by.technician, used_by.instrument, used_by.at_day, used_by.by_whom);
    end loop;
    told := array(select one from unnest(told) with ordinality as every (one, place) group by one order by min(place));
    if demanded.reagents then
        select stated.lots into used from lab.reagent_use as stated
        where stated.test_id = of_test.test_id and stated.entry_no = of_test.entry_no order by stated.use_no desc limit 1;
        expired := array(select lot from unnest(used) as lot where not lab.is_fit(here, 'reagent_lot', lot, null, on_day));
        if used is null then
            told := told || 'no reagent lot is named'::text;
        elsif cardinality(expired) > 0 then
            told := told || format('reagent lot %s', array_to_string(expired, ', '));
        end if;
    end if;
    if cardinality(told) > 0 then
        perform lab.refuse(9, 'NOT_FIT_ON_DAY', left(format('Not valid on %s: %s.', on_day, array_to_string(told, '; ')), 250),
                           '', jsonb_build_object('day', on_day::text, 'unfit', left(array_to_string(told, '; '), 300)));
    end if;
end
$$;

-- Nobody attests what they can themselves.
create or replace function lab.guard_fitness() returns trigger
language plpgsql volatile as $$
begin
    if new.kind = 'competence' and new.subject = lab.username_of(new.recorded_by) then
        perform lab.refuse(7, 'SAME_PERSON', 'Nobody records their own competence.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_reagent_use() returns trigger
language plpgsql volatile as $$
begin
    if not exists (select from lab.test where test.test_id = new.test_id and test.laboratory = new.laboratory
                   and test.entry_no = new.entry_no and test.state = 'in_progress') then
        perform lab.refuse(9, 'TEST_NOT_OPEN', 'Lots are named for the entry of an open test.');
    end if;
    return new;
end
$$;

call lab.put_guard('{fitness,reagent_use}', 'before insert');

reset role;
