-- SPDX-License-Identifier: Apache-2.0
-- Records of competence, calibration and reagent lots, and what a method demands of them. That a submission keeps to it is
-- guarded in 23_guard_fitness.sql.
set role touchstone_owner;

create or replace function lab.day_of(request jsonb, field text) returns date
language plpgsql volatile as $$
begin
    if length(coalesce(request ->> field, '')) <> 10 or lab.catalogue_date_fault(request ->> field) is not null then
        perform lab.refuse_field(field, 'is not a day: write YYYY-MM-DD');
    end if;
    return (request ->> field)::date;
end
$$;

create or replace function lab.method_checks_of(here text, of_method text) returns lab.method_check
language plpgsql stable as $$
declare
    standing lab.method_check;
begin
    select * into standing from lab.method_check as known
    where known.laboratory = here and known.method_id = of_method order by known.check_no desc limit 1;
    return standing;
end
$$;

create or replace function lab.method_checks_view(standing lab.method_check) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', standing.laboratory, 'method_id', standing.method_id, 'competence', standing.competence,
        'calibration', standing.calibration, 'reagents', standing.reagents, 'set_by', lab.username_of(standing.set_by),
        'set_at', standing.set_at, 'reason', standing.reason);
end
$$;

create or replace function lab.fitness_set_method_checks(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    standing lab.method_check;
begin
    perform lab.require_role(who, here);
    if not exists (select from lab.method where method.method_id = request ->> 'method_id'
                   and method.laboratory = here) then
        perform lab.refuse_field('method_id', 'is not a method of this laboratory');
    end if;
    perform pg_advisory_xact_lock(hashtextextended('method-check/' || here || '/' || (request ->> 'method_id'), 0));
    standing := lab.method_checks_of(here, request ->> 'method_id');
    insert into lab.method_check (laboratory, method_id, check_no, competence, calibration, reagents, set_by, set_at, reason)
    values (here, request ->> 'method_id', coalesce(standing.check_no, 0) + 1,
            coalesce((request ->> 'competence')::boolean, false), coalesce((request ->> 'calibration')::boolean, false),
            coalesce((request ->> 'reagents')::boolean, false), who.staff_id, lab.ts_now(),
            lab.words_of(request, 'reason'))
    returning * into standing;
    return json_build_object('checks', lab.method_checks_view(standing));
end
$$;

create or replace function lab.fitness_list_method_checks(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.method_checks_view(lab.method_checks_of(here, page.method_id)) order by page.method_id) into found
    from (select distinct known.method_id from lab.method_check as known
          where known.laboratory = here and known.method_id > coalesce(keys[1], '')
          order by known.method_id limit size + 1) as page;
    return lab.page_answer(who, 'checks', found, size, 'method_id');
end
$$;

create or replace function lab.fitness_view(known lab.fitness) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', known.laboratory, 'fitness_kind', known.kind, 'subject', known.subject,
        'competence_for', known.method_id, 'valid_from', known.valid_from, 'valid_until', known.valid_until,
        'withdrawn', known.withdrawn, 'evidence', nullif(known.evidence, ''),
        'recorded_by', lab.username_of(known.recorded_by), 'recorded_at', known.recorded_at);
end
$$;

-- Lots are opened at the bench; who is competent and what is calibrated, the manager or the quality manager says.
create or replace function lab.fitness_record_fitness(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_kind text := request ->> 'fitness_kind';
    of_method text := nullif(request ->> 'competence_for', '');
    from_day date;
    until_day date;
    recorded lab.fitness;
begin
    perform lab.require_role(who, here);
    if of_kind is distinct from 'reagent_lot' then
        perform lab.require_role(who, here, '{manager,quality}');
    end if;
    from_day := lab.day_of(request, 'valid_from');
    until_day := lab.day_of(request, 'valid_until');
    if until_day < from_day then
        perform lab.refuse_field('valid_until', 'lies before valid_from');
    elsif of_kind <> 'competence' and of_method is not null then
        perform lab.refuse_field('competence_for', 'belongs to the competence of persons');
    elsif of_kind = 'competence' and not exists (select from lab.method where method.method_id = of_method
                                                 and method.laboratory = here) then
        perform lab.refuse_field('competence_for', 'is not a method of this laboratory');
    elsif of_kind in ('competence', 'absence') and not exists (
            select from lab.staff join lab.staff_role using (staff_id) where staff.username = request ->> 'subject'
            and staff_role.laboratory = here and staff_role.role = 'technician' and staff_role.held) then
        perform lab.refuse_field('subject', 'is no technician of this laboratory');
    end if;
    insert into lab.fitness (laboratory, kind, subject, method_id, valid_from, valid_until, withdrawn, evidence, recorded_by,
                             recorded_at, reason)
    values (here, of_kind, lab.words_of(request, 'subject'), of_method, from_day, until_day,
            coalesce((request ->> 'withdrawn')::boolean, false), btrim(coalesce(request ->> 'evidence', '')), who.staff_id,
            lab.ts_now(), lab.words_of(request, 'reason'))
    returning * into recorded;
    return json_build_object('record', lab.fitness_view(recorded));
end
$$;

create or replace function lab.fitness_list_fitness(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 1);
    of_kind text := nullif(request ->> 'fitness_kind', '');
    of_subject text := nullif(btrim(coalesce(request ->> 'subject', '')), '');
    ids bigint[];
    found json[];
    token text;
begin
    perform lab.require_role(who, here);
    if keys[1] !~ '^[0-9]{1,18}$' then
        perform lab.refuse_field('page.page_token', 'is not a token of this list');
    end if;
    ids := array(select known.fitness_no from lab.fitness as known
                 where known.laboratory = here and known.fitness_no < coalesce(keys[1]::bigint, 9223372036854775807)
                 and (of_kind is null or known.kind = of_kind) and (of_subject is null or known.subject = of_subject)
                 order by known.fitness_no desc limit size + 1);
    if cardinality(ids) > size then
        token := lab.page_token(who, ids[size]::text);
    end if;
    select array_agg(lab.fitness_view(known) order by known.fitness_no desc) into found
    from lab.fitness as known where known.fitness_no = any (ids[:size]);
    return json_build_object('records', coalesce(to_json(found), '[]'), 'next_page_token', token);
end
$$;

-- The lots of a request, each once; refused when one of them was never recorded.
create or replace function lab.lots_named(here text, request jsonb) returns text[]
language plpgsql volatile as $$
declare
    used text[] := array(select distinct btrim(named) from jsonb_array_elements_text(
                             coalesce(nullif(request -> 'lots', 'null'), '[]')) as given (named) order by 1);
    lot text;
begin
    foreach lot in array used loop
        if not exists (select from lab.fitness as known where known.laboratory = here
                       and known.kind = 'reagent_lot' and known.subject = lot) then
            perform lab.refuse_field('lots', 'names a lot that this laboratory has no record of');
        end if;
    end loop;
    return used;
end
$$;

create or replace function lab.lots_used(who lab.actor, of_tests uuid[], used text[]) returns void
language plpgsql volatile as $$
begin
    insert into lab.reagent_use (test_id, entry_no, use_no, laboratory, lots, stated_by, at)
    select test.test_id, test.entry_no,
           1 + coalesce((select max(stated.use_no) from lab.reagent_use as stated where stated.test_id = test.test_id
                         and stated.entry_no = test.entry_no), 0), test.laboratory, used, who.staff_id, lab.ts_now()
    from lab.test where test.test_id = any (of_tests);
end
$$;

create or replace function lab.fitness_use_reagents(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    used text[];
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    perform lab.require_state(taken, 'in_progress');
    if taken.assigned_to <> who.staff_id then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.', '',
                           jsonb_build_object('assigned_to', lab.username_of(taken.assigned_to)));
    end if;
    used := lab.lots_named(taken.laboratory, request);
    perform lab.lots_used(who, array[taken.test_id], used);
    return json_build_object('test_id', taken.test_id, 'lots', used);
end
$$;

reset role;
