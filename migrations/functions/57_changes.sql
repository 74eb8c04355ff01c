-- SPDX-License-Identifier: Apache-2.0
-- What became of an item's results: each change with old and new, retests as new tests, and when somebody worked.
set role touchstone_owner;

drop function if exists lab.entry_view(uuid, integer);
-- An entry with its judgement: of that submission, or the newest.
create or replace function lab.entry_view(of_test uuid, of_entry integer, of_submission integer default null) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'entry_no', entry.entry_no, 'entered_by', lab.username_of(entry.entered_by), 'at', entry.at,
            'readings', (select json_agg(list) from (
                select reading.value_text as value, nullif(reading.qualifier, '') as qualifier,
                       nullif(reading.position, '') as position
                from lab.reading where reading.test_id = entry.test_id and reading.entry_no = entry.entry_no
                order by reading.place) as list),
            'inputs', nullif(entry.inputs, ''), 'expanded_uncertainty', entry.expanded_uncertainty,
            'coverage_factor', entry.coverage_factor, 'instrument', nullif(entry.instrument, ''),
            'temperature_c', entry.temperature_c, 'humidity_percent', entry.humidity_percent,
            'deviation', nullif(entry.deviation, ''), 'mean', nullif(judged.mean, ''), 'unit', nullif(judged.unit, ''),
            'verdict', judged.verdict, 'confirmation', nullif(entry.confirmation, ''),
            'requirement', nullif(judged.requirement, ''), 'standard', nullif(judged.standard, ''),
            'catalogue_revision', judged.catalogue_revision)
        from lab.result_entry as entry
        left join lateral (select judgement.* from lab.judgement
                           where judgement.test_id = entry.test_id and judgement.entry_no = entry.entry_no
                           and (of_submission is null or judgement.submission_no = of_submission)
                           order by judgement.submission_no desc limit 1) as judged on true
        where entry.test_id = of_test and entry.entry_no = of_entry);
end
$$;

-- What an entry changed of the one before it. A judged entry that was opened again was changed late.
create or replace function lab.change_view(of_test uuid, of_entry integer) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'kind', case when paper.reason is null then 'corrected' else 'late' end, 'at', entry.at,
            'changed_by', lab.username_of(entry.entered_by), 'reason', coalesce(paper.reason, entry.reason),
            'test_id', test.test_id, 'method_id', test.method_id, 'parameter_id', test.parameter_id,
            'state_before', coalesce(paper.from_state, 'in_progress'),
            'old_result', lab.entry_view(of_test, of_entry - 1), 'new_result', lab.entry_view(of_test, of_entry))
        from lab.result_entry as entry join lab.test using (test_id)
        left join lateral (
            select reopened.reason, reopened.from_state
            from lab.judgement join lab.result_reopening as reopened using (test_id, submission_no)
            where judgement.test_id = of_test and judgement.entry_no = of_entry - 1
            order by judgement.submission_no desc limit 1) as paper on true
        where entry.test_id = of_test and entry.entry_no = of_entry and of_entry > 1);
end
$$;

create or replace function lab.retest_view(paper lab.retest) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'kind', 'retest', 'at', paper.at, 'changed_by', lab.username_of(paper.ordered_by), 'reason', paper.reason,
            'test_id', first.test_id, 'method_id', first.method_id, 'parameter_id', first.parameter_id,
            'state_before', paper.from_state, 'old_result', lab.entry_view(first.test_id, first.entry_no),
            'new_result', lab.entry_view(again.test_id, again.entry_no), 'retest_id', again.test_id,
            'complaint', nullif(paper.complaint, ''))
        from lab.test as first, lab.test as again
        where first.test_id = paper.test_id and again.test_id = paper.retest_id);
end
$$;

-- The same entry judged once more: opened by its technician (RejudgeTest) or sent back by review.
create or replace function lab.rejudgement_view(judged lab.judgement) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'kind', 'rejudged', 'at', judged.at, 'changed_by', lab.username_of(judged.submitted_by),
            'reason', coalesce(paper.reason, sent.comment), 'test_id', test.test_id, 'method_id', test.method_id,
            'parameter_id', test.parameter_id, 'state_before', coalesce(paper.from_state, 'submitted'),
            'old_result', lab.entry_view(test.test_id, judged.entry_no, judged.submission_no - 1),
            'new_result', lab.entry_view(test.test_id, judged.entry_no, judged.submission_no))
        from lab.test
        left join lab.result_reopening as paper on paper.test_id = test.test_id
            and paper.submission_no = judged.submission_no - 1
        left join lab.review as sent on sent.test_id = test.test_id and sent.submission_no = judged.submission_no - 1
            and sent.decision = 'send_back'
        where test.test_id = judged.test_id);
end
$$;

create or replace function lab.work_view(span lab.work_span) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'test_id', test.test_id, 'item_code', test.item_code, 'method_id', test.method_id,
            'parameter_id', test.parameter_id, 'worker', lab.username_of(span.worker), 'started_at', span.started_at,
            'stopped_at', span.stopped_at)
        from lab.test where test.test_id = span.test_id);
end
$$;

create or replace function lab.bench_get_item_history(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    code text := request ->> 'item_code';
begin
    perform lab.require_seen(who, (select item.laboratory from lab.item where item.item_code = code), 'item');
    return json_build_object(
        'changes', (select json_agg(newest.change order by newest.at, newest.entry_no) from (
            select * from (
                select entry.at, entry.entry_no, lab.change_view(entry.test_id, entry.entry_no) as change
                from lab.test join lab.result_entry as entry using (test_id)
                where test.item_code = code and entry.entry_no > 1
                union all
                select again.at, again.entry_no, lab.rejudgement_view(again)
                from lab.test join lab.judgement as again using (test_id) join lab.judgement as earlier
                    on earlier.test_id = again.test_id and earlier.submission_no = again.submission_no - 1
                    and earlier.entry_no = again.entry_no
                where test.item_code = code
                union all
                select paper.at, 0, lab.retest_view(paper) from lab.test join lab.retest as paper using (test_id)
                where test.item_code = code) as every
            order by every.at desc, every.entry_no desc limit 200) as newest),
        'work', (select json_agg(lab.work_view(newest) order by newest.started_at, newest.test_id) from (
            select span.* from lab.test join lab.work_span as span using (test_id) where test.item_code = code
            order by span.started_at desc, span.test_id desc limit 200) as newest));
end
$$;

-- ---------------------------------------------------------------- judged anew

-- The paper of a late change opens the test, and the same act closes it with the new judgement: the review comes again.
create or replace function lab.bench_rejudge_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    found jsonb := request -> 'daemon' -> 'judgement';
    before bigint;
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    if taken.state = 'released' then
        perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued: its record changes by an amendment only '
                           '(sheet amend).');
    elsif taken.state not in ('submitted', 'approved') then
        perform lab.refuse(9, 'TEST_NOT_DONE', format('This test is %s: judged anew is one that is submitted or approved.',
                                                      replace(taken.state, '_', ' ')), '',
                           jsonb_build_object('state', taken.state));
    elsif taken.assigned_to is distinct from who.staff_id then
        perform lab.refuse(7, 'TEST_NOT_YOURS', 'Another technician holds this test.', '',
                           jsonb_build_object('assigned_to', lab.username_of(taken.assigned_to)));
    end if;
    select judged.catalogue_revision into before from lab.judgement as judged
    where judged.test_id = taken.test_id and judged.submission_no = taken.submission_no;
    if before = (select head.revision from lab.catalogue_head as head) then
        perform lab.refuse(9, 'CATALOGUE_SAME', 'The catalogue did not change since this was judged: there is nothing to '
                           'judge anew.', '', jsonb_build_object('catalogue_revision', before::text));
    end if;
    perform lab.result_reopen(who, request, taken);
    taken.state := 'in_progress';
    perform lab.submission_make(who, taken, found,
        coalesce(request -> 'daemon' ->> 'test_version', found ->> 'test_version')::bigint);
    return lab.test_answer(taken.test_id);
end
$$;

-- ---------------------------------------------------------------- retest

create or replace function lab.review_order_retest(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
    here lab.item;
    again uuid := lab.new_id();
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    select * into here from lab.item where item.item_code = taken.item_code for no key update;
    if here.state = 'released' then
        perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued: its record changes by an amendment only '
                           '(sheet amend).');
    elsif taken.state not in ('submitted', 'approved') then
        perform lab.refuse(9, 'TEST_NOT_DONE', format('This test is %s: a retest is of one that is submitted or approved.',
                                                      replace(taken.state, '_', ' ')), '',
                           jsonb_build_object('state', taken.state));
    elsif here.custody_state = 'returned' then
        perform lab.refuse(9, 'NOT_HELD', 'This item went back to its owner: take it in anew to test it again.');
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.retest (test_id, retest_id, laboratory, ordered_by, at, from_state, reason, complaint)
    values (taken.test_id, again, taken.laboratory, who.staff_id, lab.ts_now(), taken.state, lab.words_of(request, 'reason'),
            btrim(coalesce(request ->> 'complaint', '')));
    update lab.test set state = 'superseded', superseded_by = again where test.test_id = taken.test_id;
    insert into lab.test (test_id, item_code, laboratory, method_id, parameter_id, due_at, decision_rule, chosen_limit,
                          retest_of)
    select again, taken.item_code, taken.laboratory, taken.method_id, taken.parameter_id,
           lab.ts_now() + make_interval(days => coalesce(nullif(method.tat_days_typical, '')::integer, 0)),
           taken.decision_rule, taken.chosen_limit, taken.test_id
    from lab.method where method.method_id = taken.method_id;
    update lab.item set state = 'received' where item.item_code = taken.item_code and item.state = 'reviewed';
    return json_build_object('test', (select to_json(one) from lab.test_rows(array[again], 'bench') as one),
                             'superseded', (select to_json(one) from lab.test_rows(array[taken.test_id], 'bench') as one));
end
$$;

-- ---------------------------------------------------------------- work by the code on the label

-- What was scanned means for the caller: the one test that is named, or every test of the item that the caller holds.
create or replace function lab.work_tests(who lab.actor, request jsonb) returns uuid[]
language plpgsql volatile as $$
declare
    code text := coalesce(request ->> 'item_code', '');
    taken lab.test;
begin
    if coalesce(request ->> 'test_id', '') <> '' then
        taken := lab.test_taken(who, request);
        if code not in ('', taken.item_code) then
            perform lab.refuse_field('test_id', 'is a test of another item');
        end if;
        return array[taken.test_id];
    elsif code = '' then
        perform lab.refuse_field('item_code', 'or test_id is required');
    end if;
    perform lab.require_seen(who, (select item.laboratory from lab.item where item.item_code = code), 'item');
    return array(select test.test_id from lab.test where test.item_code = code and test.assigned_to = who.staff_id
                 order by test.test_id for no key update);
end
$$;

create or replace function lab.work_answer(ids uuid[], who lab.actor) returns json
language plpgsql stable as $$
begin
    return json_build_object('work', (
        select json_agg(lab.work_view(newest) order by newest.test_id) from (
            select distinct on (span.test_id) span.* from lab.work_span as span
            where span.test_id = any (ids) and span.worker = who.staff_id
            order by span.test_id, span.span_no desc) as newest));
end
$$;

create or replace function lab.bench_start_work(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    ids uuid[] := lab.work_tests(who, request);
begin
    ids := array(select test.test_id from lab.test where test.test_id = any (ids)
                 and test.state in ('assigned', 'in_progress') and (test.assigned_to = who.staff_id or test.is_blind)
                 order by test.test_id);
    if cardinality(ids) = 0 then
        perform lab.refuse(9, 'NOTHING_TO_START', 'You hold no open test here: claim it first (test claim).');
    end if;
    insert into lab.work_span (test_id, span_no, laboratory, worker, started_at)
    select test.test_id, coalesce((select max(span.span_no) from lab.work_span as span
                                   where span.test_id = test.test_id), 0) + 1, test.laboratory, who.staff_id, lab.ts_now()
    from lab.test where test.test_id = any (ids)
    and not exists (select from lab.work_span as span where span.test_id = test.test_id
                    and span.worker = who.staff_id and span.stopped_at is null);
    return lab.work_answer(ids, who);
end
$$;

create or replace function lab.bench_stop_work(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    ids uuid[] := lab.work_tests(who, request);
begin
    ids := array(select span.test_id from lab.work_span as span where span.test_id = any (ids)
                 and span.worker = who.staff_id and span.stopped_at is null order by span.test_id);
    if cardinality(ids) = 0 then
        perform lab.refuse(9, 'NOTHING_RUNNING', 'No work of yours is running here: start it first (test start).');
    end if;
    -- Not before it began, also when the clock was set back meanwhile.
    update lab.work_span as span set stopped_at = greatest(lab.ts_now(), span.started_at)
    where span.test_id = any (ids) and span.worker = who.staff_id and span.stopped_at is null;
    return lab.work_answer(ids, who);
end
$$;

reset role;
