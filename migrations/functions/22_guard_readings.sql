-- SPDX-License-Identifier: Apache-2.0
-- The invariants of readings apart, late changes, retests and work, against plain SQL too. The result of an identification
-- is what its readers found and nothing else; no test goes back or is superseded without its paper.
set role touchstone_owner;

-- Whether two persons read this result apart, by the catalogue.
create or replace function lab.is_read_apart(of_method text, of_parameter text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.method, lab.parameter where method.method_id = of_method
                   and parameter.parameter_id = of_parameter and method.reading = 'blind'
                   and parameter.value_type = 'categorical');
end
$$;

-- As readings are compared: without regard to capitals, blanks and the width of letters.
create or replace function lab.word_key(word text) returns text
language sql immutable as $$
    select btrim(regexp_replace(lower(normalize(word, nfkc)), '\s+', ' ', 'g'))
$$;

-- The words of a row of terms.csv: in which cell, as typed, as they are compared.
create or replace function lab.term_words(cells jsonb) returns table (cell text, word text, spelled text)
language sql immutable as $$
    select named.cell, one, lab.word_key(one)
    from unnest('{name_zh,name_en,synonyms}'::text[]) as named (cell)
    cross join string_to_table(cells ->> named.cell, ';') as one where btrim(one) <> ''
$$;

-- The term of the catalogue (terms.csv) that a reading names: by its Chinese or English name, a synonym, or two of these in a
-- row ("翡翠 Jadeite"). Null when it names none, or more than one. A row marked "check" joins nothing until it is signed off.
create or replace function lab.term_of(of_parameter text, result text) returns text
language plpgsql stable as $$
begin
    return (with word as (
        select held.key as term, word.spelled
        from lab.catalogue_row as held cross join lateral lab.term_words(held.cells) as word
        where held.file = 'terms' and held.to_revision is null and held.cells ->> 'param_id' = of_parameter
        and lab.row_unconfirmed('terms', held.key, held.cells ->> 'confidence') is null),
    named as (
        select word.term from word where word.spelled = lab.word_key(result)
        union
        select first.term from word as first join word as second using (term)
        where first.spelled || ' ' || second.spelled = lab.word_key(result))
    select min(named.term) from named having count(*) = 1);
end
$$;

-- Two readings agree when their keys are equal: both name the same term, or both are spelled the same.
create or replace function lab.reading_key(of_reading lab.identification_reading) returns text
language sql immutable as $$
    select coalesce('term ' || of_reading.term, 'text ' || of_reading.result_key)
$$;

-- How a round stands: open, third_wanted, agreed or inconclusive; when it is decided the inputs of the entry that it makes:
-- a determination by each reader who agrees, in the words of the first of them, or by each of three who differ.
create or replace function lab.identification_of(of_test uuid, of_round integer, out state text, out readings_in integer,
                                                 out inputs text)
language plpgsql stable as $$
declare
    different integer;
    agreed text;
begin
    select count(*), count(distinct lab.reading_key(reading)) into readings_in, different
    from lab.identification_reading as reading where reading.test_id = of_test and reading.round = of_round;
    state := case when readings_in < 2 then 'open' when different < readings_in then 'agreed'
                  when readings_in = 2 then 'third_wanted' else 'inconclusive' end;
    if state = 'agreed' then
        select min(btrim(reading.result)) filter (where reading.place = firsts.place) into agreed
        from lab.identification_reading as reading join (
            select lab.reading_key(same) as key, min(same.place) as place from lab.identification_reading as same
            where same.test_id = of_test and same.round = of_round group by 1 having count(*) > 1) as firsts
            on firsts.key = lab.reading_key(reading)
        where reading.test_id = of_test and reading.round = of_round;
        inputs := jsonb_build_array(jsonb_build_object('result', agreed), jsonb_build_object('result', agreed))::text;
    elsif state = 'inconclusive' then
        select jsonb_agg(jsonb_build_object('result', btrim(reading.result)) order by reading.place)::text into inputs
        from lab.identification_reading as reading where reading.test_id = of_test and reading.round = of_round;
    end if;
end
$$;

-- Those that the result of a closed identification is made of: a round that is begun is finished before it is submitted.
create or replace function lab.readings_last(of_test uuid) returns setof lab.identification_reading
language sql stable as $$
    select * from lab.identification_reading as reading where reading.test_id = of_test
    and reading.round = (select max(newest.round) from lab.identification_reading as newest where newest.test_id = of_test)
$$;

create or replace function lab.guard_identification_reading() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
    stands record;
begin
    select * into of_test from lab.test where test.test_id = new.test_id for no key update; -- one reading after the other
    if not of_test.is_blind then
        perform lab.refuse(9, 'NOT_READ_APART', 'The result of this test is entered, not read by two persons apart.');
    elsif of_test.state not in ('assigned', 'in_progress') then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: its result is closed.', of_test.state));
    end if;
    select * into stands from lab.identification_of(new.test_id, of_test.submission_no + 1);
    if stands.inputs is not null then
        perform lab.refuse(9, 'READINGS_COMPLETE', 'This identification is decided. Submit it; review can send it back.');
    elsif new.round <> of_test.submission_no + 1 or new.place <> stands.readings_in + 1 then
        perform lab.refuse(9, 'APPEND_ONLY', 'A reading is the next one of its round.');
    elsif exists (select from lab.identification_reading as reading where reading.test_id = new.test_id
                  and reading.round = new.round and reading.reader = new.reader) then
        perform lab.refuse(7, 'SAME_PERSON', 'You have read this. Another person must read it too, without your reading.');
    elsif of_test.entry_no > 0 and btrim(new.reason) = '' then
        perform lab.refuse_field('reason', 'is required when a result is read again');
    elsif not lab.is_qualified(new.reader, of_test.laboratory, of_test.method_id) then
        perform lab.refuse(7, 'NOT_QUALIFIED', 'You are not qualified for this method in this laboratory.');
    end if;
    perform lab.guard_author(of_test.item_code, new.reader);
    new.term := lab.term_of(of_test.parameter_id, new.result); -- of this day: a later catalogue changes no reading
    return new;
end
$$;

-- Called by guard_entry: what stands as the result of an identification.
create or replace function lab.guard_entry_read_apart(of_test lab.test, entered lab.result_entry) returns void
language plpgsql volatile as $$
begin
    if (lab.identification_of(of_test.test_id, of_test.submission_no + 1)).inputs is distinct from entered.inputs
       or not exists (select from lab.identification_reading as reading where reading.test_id = of_test.test_id
                      and reading.round = of_test.submission_no + 1 and reading.reader = entered.entered_by) then
        perform lab.refuse(9, 'READ_APART', 'Two persons read this apart (test read): their readings make its result.');
    end if;
end
$$;

-- Called by guard_judgement: a round that was begun is finished before it is submitted.
create or replace function lab.guard_judgement_read_apart(of_test lab.test) returns void
language plpgsql volatile as $$
declare
    stands record;
begin
    select * into stands from lab.identification_of(of_test.test_id, of_test.submission_no + 1);
    if stands.readings_in > 0 and stands.inputs is null then
        perform lab.refuse(9, 'READINGS_PENDING', case stands.state
            when 'open' then 'A second person must read this before it is submitted.'
            else 'The two readings differ: a third person must read this before it is submitted.' end);
    end if;
end
$$;

create or replace function lab.guard_result_reopening() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
begin
    select * into of_test from lab.test where test.test_id = new.test_id;
    if of_test.state not in ('submitted', 'approved') or new.from_state <> of_test.state
       or new.submission_no <> of_test.submission_no then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: its result is closed.', of_test.state));
    elsif not lab.is_qualified(new.reopened_by, of_test.laboratory, of_test.method_id) then
        perform lab.refuse(7, 'NOT_QUALIFIED', 'You are not qualified for this method in this laboratory.');
    elsif of_test.assigned_to is distinct from new.reopened_by then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.');
    end if;
    perform lab.guard_author(of_test.item_code, new.reopened_by);
    return new;
end
$$;

-- A screening method (GB/T 18043 by its own scope) found this too near the limit, or points that contradict each other. Who
-- screens until it passes has decided what only the reference method may.
create or replace function lab.is_left_open(of_test lab.test) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.method join lab.judgement as judged on judged.test_id = of_test.test_id
                   and judged.submission_no = of_test.submission_no
                   where method.method_id = of_test.method_id and method.role = 'screening'
                   and judged.verdict = 'to_be_confirmed');
end
$$;

-- Called by guard_review: what screening left open at first and decides now is a correction, or it is a second measurement; the
-- system cannot tell them apart, so the reviewer says it.
create or replace function lab.guard_review_of_screening(decided lab.review, of_test lab.test) returns void
language plpgsql volatile as $$
begin
    if decided.decision = 'approve' and btrim(decided.comment) = '' and not lab.is_left_open(of_test)
       and exists (select from lab.judgement as earlier join lab.method on method.method_id = of_test.method_id
                   where earlier.test_id = of_test.test_id and earlier.submission_no < of_test.submission_no
                   and earlier.verdict = 'to_be_confirmed' and method.role = 'screening') then
        perform lab.refuse_field('comment', 'is required: an earlier submission left this to the reference method. Say by what you '
                                 'know that this one corrects it and is no second measurement');
    end if;
end
$$;

create or replace function lab.reference_methods_of(of_parameter text) returns text
language plpgsql stable as $$
begin
    return coalesce((select string_agg(method.method_id, ', ' order by method.method_id)
                     from lab.param_method join lab.method using (method_id)
                     where param_method.parameter_id = of_parameter and method.role in ('reference', 'arbitration')), '');
end
$$;

-- Domain rule: microbiology is not retested. Counts that are judged by a sampling plan n/c/m/M are of living things.
create or replace function lab.is_judged_by_plan(of_test lab.test) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.judgement as judged where judged.test_id = of_test.test_id
                   and judged.submission_no = of_test.submission_no and judged.plan_id <> '');
end
$$;

create or replace function lab.guard_retest() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
begin
    select * into of_test from lab.test where test.test_id = new.test_id;
    if of_test.state not in ('submitted', 'approved') or new.from_state <> of_test.state then
        perform lab.refuse(9, 'TEST_NOT_DONE', format('This test is %s: a retest is of one that is submitted or approved.',
                                                      replace(of_test.state, '_', ' ')));
    elsif not exists (select from lab.staff_role as held where held.staff_id = new.ordered_by
                      and held.laboratory = of_test.laboratory and held.role in ('reviewer', 'manager', 'quality')
                      and held.held) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'A reviewer, the manager or the quality manager orders a retest.');
    elsif lab.is_left_open(of_test) then
        perform lab.refuse(9, 'REFERENCE_METHOD_REQUIRED', 'A screening method could not decide this, so it is not asked '
                           'again until it does: the reference method decides. Issue the sheet as it stands, or take the '
                           'item in anew for the reference method.', '',
                           jsonb_build_object('reference_methods', lab.reference_methods_of(of_test.parameter_id)));
    elsif lab.is_judged_by_plan(of_test) then
        perform lab.refuse(9, 'MICROBIOLOGY_NOT_RETESTED', 'Microbiology is not retested (微生物项目不复检): what lives in the '
                           'remaining portion is no longer what was tested. A new sample, taken in anew, is a new test.', '',
                           jsonb_build_object('plan_id', (select judged.plan_id from lab.judgement as judged
                               where judged.test_id = of_test.test_id and judged.submission_no = of_test.submission_no)));
    end if;
    perform lab.require_not_held(of_test, ' A retest would leave the hold behind: it is ordered after the quality manager '
                                 'has released the hold, with the reason (quality release).');
    return new;
end
$$;

-- Called by guard_test for a test that comes in place of another: the same thing once more, by its paper.
create or replace function lab.guard_retest_new(of_test lab.test) returns void
language plpgsql volatile as $$
begin
    if not exists (select from lab.retest join lab.test as first using (test_id)
                   where retest.test_id = of_test.retest_of and retest.retest_id = of_test.test_id
                   and first.superseded_by = of_test.test_id and first.item_code = of_test.item_code
                   and first.method_id = of_test.method_id and first.parameter_id = of_test.parameter_id
                   and first.decision_rule = of_test.decision_rule) then
        perform lab.refuse(9, 'ILLEGAL_TRANSITION', 'A retest is of the same item, method and parameter, and has its order.');
    end if;
end
$$;

create or replace function lab.guard_work_span() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
begin
    if tg_op = 'UPDATE' then
        new.version := old.version + 1;
        if old.stopped_at is not null or new.stopped_at is null
           or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'stopped_at', 'version') then
            perform lab.refuse(9, 'APPEND_ONLY', 'Work is stopped once, and never changes otherwise.');
        end if;
        return new;
    end if;
    select * into of_test from lab.test where test.test_id = new.test_id;
    if new.stopped_at is not null or of_test.state not in ('assigned', 'in_progress') then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: no work on it begins.', of_test.state));
    elsif not lab.is_qualified(new.worker, of_test.laboratory, of_test.method_id) then
        perform lab.refuse(7, 'NOT_QUALIFIED', 'You are not qualified for this method in this laboratory.');
    end if;
    return new;
end
$$;

call lab.put_guard('{identification_reading,result_reopening,retest}', 'before insert');
call lab.put_guard('{identification_reading,result_reopening,retest}',
                   'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{work_span}', 'before insert or update');
call lab.put_guard('{work_span}', 'before delete or truncate', 'guard_no_delete');

reset role;
