-- SPDX-License-Identifier: Apache-2.0
-- Who gets a test: by hand, or by rule. docs/fitness.md tells the rule, docs/decisions/assignment.md why it is this one.
set role touchstone_owner;

-- Of the records that cover the day the newest counts: a withdrawal ends an absence from its day on.
create or replace function lab.is_absent(technician text, on_day date) returns boolean
language plpgsql stable as $$
begin
    return coalesce((select not away.withdrawn from lab.fitness as away
                     where away.kind = 'absence' and away.subject = technician
                     and on_day between away.valid_from and away.valid_until
                     order by away.fitness_no desc limit 1), false);
end
$$;

-- Whether the method demands no competence of who measures, or this person has it.
create or replace function lab.is_competent(technician text, here text, of_method text, on_day date) returns boolean
language plpgsql stable as $$
begin
    return not coalesce((lab.method_checks_of(here, of_method)).competence, false)
        or lab.is_fit(here, 'competence', technician, of_method, on_day);
end
$$;

-- Who approved a result of an item enters none of it (guard_author).
create or replace function lab.has_approved(of_item text, of_staff uuid) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.test join lab.review using (test_id) where test.item_code = of_item
                   and review.reviewer = of_staff and review.decision = 'approve');
end
$$;

create or replace function lab.bench_assign_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    named text := request ->> 'technician';
    technician uuid := (select staff.staff_id from lab.staff where staff.username = named);
    today date := lab.local_time(lab.ts_now())::date;
begin
    perform lab.require_version(request, taken.version, jsonb_strip_nulls(jsonb_build_object(
        'state', taken.state, 'assigned_to', lab.username_of(taken.assigned_to))));
    perform lab.require_state(taken, 'unassigned', 'assigned', 'in_progress');
    if not lab.is_qualified(technician, taken.laboratory, taken.method_id) then
        perform lab.refuse(9, 'NOT_QUALIFIED', 'This person is not qualified for the method in this laboratory.',
                           'technician');
    elsif not lab.is_competent(named, taken.laboratory, taken.method_id, today) then
        perform lab.refuse(9, 'NOT_COMPETENT', format('%s has no valid competence for %s on %s: record it (fitness record '
                           'competence), or name another person.', named, taken.method_id, today), 'technician',
                           jsonb_build_object('method_id', taken.method_id, 'day', today::text));
    elsif lab.has_approved(taken.item_code, technician) then
        perform lab.refuse(9, 'SAME_PERSON', 'This person approved a result of the item, and may enter none of it.',
                           'technician');
    end if;
    if taken.assigned_to <> technician and btrim(coalesce(request ->> 'reason', '')) = '' then
        perform lab.refuse_field('reason', 'is required to take a test from somebody');
    end if;
    if taken.assigned_to is distinct from technician then
        perform lab.set_reason(request ->> 'reason');
        update lab.test set assigned_to = technician,
                            state = case test.state when 'unassigned' then 'assigned' else test.state end
        where test.test_id = taken.test_id;
    end if;
    return lab.test_answer(taken.test_id);
end
$$;

drop function if exists lab.technician_by_rule(text, text);
-- Everybody who may do the method on this day: qualified, competent where that is demanded, and there.
create or replace function lab.technicians_by_rule(here text, of_method text, on_day date) returns uuid[]
language plpgsql stable as $$
begin
    return array(select staff.staff_id from lab.qualification join lab.staff using (staff_id)
                 where qualification.method_id = of_method and qualification.held
                 and lab.is_qualified(staff.staff_id, here, of_method)
                 and lab.is_competent(staff.username, here, of_method, on_day)
                 and not lab.is_absent(staff.username, on_day));
end
$$;

-- The fewest open tests, in all laboratories; of equals the first by log-in.
create or replace function lab.technician_by_rule(waiting lab.test, fit uuid[]) returns uuid
language plpgsql stable as $$
begin
    return (select staff.staff_id from lab.staff
        where staff.staff_id = any (fit) and not lab.has_approved(waiting.item_code, staff.staff_id)
        order by (select count(*) from lab.test where test.assigned_to = staff.staff_id
                  and test.state in ('assigned', 'in_progress')), staff.username collate "C" limit 1);
end
$$;

-- Soonest due first. One assigner at a time, because a person may work in several laboratories and nobody shall count the
-- same empty bench twice. At most 200 in one act; tests that nobody can do stand in nobody's way.
create or replace function lab.bench_auto_assign_tests(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_item text := nullif(request ->> 'item_code', '');
    today date := lab.local_time(lab.ts_now())::date;
    fit jsonb; -- who may, by method
    waiting lab.test;
    technician uuid;
    assigned uuid[] := '{}';
begin
    perform lab.require_role(who, here);
    perform pg_advisory_xact_lock(hashtextextended('auto-assign', 0));
    perform lab.set_reason('assigned by rule: fit on the day, fewest open tests');
    select coalesce(jsonb_object_agg(known.method_id, to_jsonb(known.fit)), '{}') into fit
    from (select method.method_id, lab.technicians_by_rule(here, method.method_id, today) as fit from lab.method
          where method.laboratory = here) as known where cardinality(known.fit) > 0;
    for waiting in select * from lab.test where test.laboratory = here and test.state = 'unassigned'
                   and fit ? test.method_id and (of_item is null or test.item_code = of_item)
                   order by test.due_at, test.test_id limit 200 for no key update skip locked loop
        technician := lab.technician_by_rule(waiting, array(select jsonb_array_elements_text(fit -> waiting.method_id)::uuid));
        if technician is not null then
            update lab.test set state = 'assigned', assigned_to = technician where test.test_id = waiting.test_id;
            assigned := assigned || waiting.test_id;
        end if;
    end loop;
    return json_build_object(
        'assigned', (select coalesce(json_agg(one), '[]') from lab.test_rows(assigned, 'bench') as one),
        'left_unassigned', (select count(*) from lab.test where test.laboratory = here and test.state = 'unassigned'
                            and (of_item is null or test.item_code = of_item)),
        'left_tests', lab.assignment_left(here, of_item, today));
end
$$;

-- The first 100 that nobody got, each with the reason.
create or replace function lab.assignment_left(here text, of_item text, on_day date) returns json
language plpgsql stable as $$
begin
    return (select json_agg(json_build_object(
                'test_id', waiting.test_id, 'item_code', waiting.item_code, 'method_id', waiting.method_id,
                'parameter_id', waiting.parameter_id, 'reason', lab.assignment_lack(waiting, on_day))
                order by waiting.due_at, waiting.test_id)
        from (select * from lab.test where test.laboratory = here and test.state = 'unassigned'
              and (of_item is null or test.item_code = of_item)
              order by test.due_at, test.test_id limit 100) as waiting);
end
$$;

-- Why a test stays unassigned, in words: what each qualified person lacks.
create or replace function lab.assignment_lack(waiting lab.test, on_day date) returns text
language plpgsql stable as $$
declare
    told text;
begin
    if lab.technician_by_rule(waiting, lab.technicians_by_rule(waiting.laboratory, waiting.method_id, on_day)) is not null then
        return 'somebody was at it, or 200 were assigned: ask again';
    end if;
    select string_agg(staff.username || ' ' || case
               when not lab.is_competent(staff.username, waiting.laboratory, waiting.method_id, on_day)
                   then format('has no valid competence on %s', on_day)
               when lab.is_absent(staff.username, on_day) then 'is away'
               else 'approved a result of this item' end, '; ' order by staff.username collate "C") into told
    from lab.qualification join lab.staff using (staff_id)
    where qualification.method_id = waiting.method_id and qualification.held
    and lab.is_qualified(staff.staff_id, waiting.laboratory, waiting.method_id);
    return left(coalesce(told, format('nobody is qualified for %s', waiting.method_id)), 300);
end
$$;

reset role;
