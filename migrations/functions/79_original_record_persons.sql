-- SPDX-License-Identifier: Apache-2.0
-- What an original record says of others than its own numbers: who answers for it, which tests it replaced or was replaced by,
-- and what became of a batch whose control failed.
set role touchstone_owner;

-- "Asia/Shanghai, UTC+8": in which all times of a record are.
create or replace function lab.time_zone_told() returns text
language plpgsql stable as $$
declare
    this_moment timestamptz := lab.ts_now();
    ahead numeric := extract(epoch from lab.local_time(this_moment) - this_moment at time zone 'UTC') / 3600;
begin
    return (select format('%s, UTC%s%s', institute.time_zone, case when ahead < 0 then '' else '+' end, trim_scale(ahead))
            from lab.institute);
end
$$;

-- Who found the result that stands: the newest entry's person, or every reader of the round that it came of. Nobody while a
-- round is open.
create or replace function lab.testers_of(of_test lab.test) returns table (staff_id uuid, at timestamptz, place integer)
language plpgsql stable as $$
begin
    if not of_test.is_blind then
        return query select entry.entered_by, entry.at, 1 from lab.result_entry as entry
                     where entry.test_id = of_test.test_id and entry.entry_no = of_test.entry_no;
    elsif not exists (select from lab.readings_last(of_test.test_id) as reading
                      where lab.is_reading_apart(reading.test_id, reading.round)) then
        return query select reading.reader, reading.at, reading.place from lab.readings_last(of_test.test_id) as reading;
    end if;
end
$$;

-- Whether the readers of the last round agree, once it is decided.
create or replace function lab.identification_words(of_test lab.test, out zh text, out en text)
language plpgsql stable as $$
declare
    stands record;
begin
    select * into stands from lab.identification_of(of_test.test_id, (
        select max(reading.round) from lab.identification_reading as reading where reading.test_id = of_test.test_id));
    if stands.state = 'agreed' then
        zh := case stands.readings_in when 2 then '两人结论一致' else '三人中两人结论一致' end;
        en := case stands.readings_in when 2 then 'the two readers agree' else 'two of three readers agree' end;
    elsif stands.state = 'inconclusive' then
        zh := '三人结论各不相同，不能判定';
        en := 'all three readers differ: inconclusive';
    end if;
end
$$;

-- The approval of the newest submission.
create or replace function lab.approval_of(of_test lab.test) returns lab.review
language plpgsql stable as $$
declare
    found lab.review;
begin
    select * into found from lab.review
    where review.test_id = of_test.test_id and review.submission_no = of_test.submission_no and review.decision = 'approve';
    return found;
end
$$;

-- ISO/IEC 17025 7.5.1: who did the work and who checked it, each with the time. Of a test that is open again what was signed
-- before does not count.
create or replace function lab.original_signatures(of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object('role_zh', role.zh, 'role_en', role.en, 'name', lab.name_of(signed.staff_id),
                                                'at', lab.local_minute(signed.at), 'note', lab.told(signed.note, 120))
                             order by signed.turn, signed.place)
        from (select 1 as turn, tester.place, tester.staff_id, tester.at,
                     case when of_test.is_blind then format('第%1$s人 reader %1$s', tester.place)
                     else format('第%1$s次录入 entry %1$s', of_test.entry_no) end as note
              from lab.testers_of(of_test) as tester
              union all
              select 2, 1, judged.submitted_by, judged.at, '' from lab.judgement as judged
              where judged.test_id = of_test.test_id and judged.submission_no = of_test.submission_no
              and of_test.state in ('submitted', 'approved', 'released', 'superseded')
              union all
              select 3, 1, approval.reviewer, approval.at, approval.comment from lab.approval_of(of_test) as approval
              where approval.test_id is not null and of_test.state in ('approved', 'released', 'superseded')
              union all
              select 4, 1, sheet.signatory, sheet.released_at, format('报告编号 sheet No. %s', sheet.sheet_no) from lab.sheet
              where sheet.item_code = of_test.item_code and of_test.state = 'released') as signed
        join (values (1, '检测、录入', 'Tested and entered by'), (2, '提交', 'Submitted by'), (3, '复核', 'Reviewed by'),
                     (4, '报告批准', 'Sheet approved by')) as role (turn, zh, en) using (turn));
end
$$;

-- The test that this one is a retest of, and the one that stands in its place: who ordered it and why, who tested and who
-- reviewed the other one, and what that came to.
create or replace function lab.original_retests(of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'test_id', other.test_id::text, 'relation_zh', case when other.test_id = paper.test_id then '初检' else '复检' end,
            'relation_en', case when other.test_id = paper.test_id then 'first test' else 'retest' end,
            'ordered_by', lab.name_of(paper.ordered_by), 'at', lab.local_minute(paper.at),
            'reason', lab.told(concat_ws('；', paper.reason, nullif(paper.complaint, '')), 400),
            'tested_by', lab.told((select string_agg(concat(lab.name_of(tester.staff_id), ' ', lab.local_minute(tester.at)), '；'
                                                     order by tester.place)
                                   from lab.testers_of(other) as tester), 400),
            'reviewed_by', coalesce((select concat(lab.name_of(approval.reviewer), ' ', lab.local_minute(approval.at))
                                     from lab.approval_of(other) as approval where approval.test_id is not null), ''),
            'result', coalesce(lab.judgement_told(other.test_id, other.submission_no), ''))
            order by paper.at)
        from lab.retest as paper join lab.test as other
            on other.test_id in (paper.test_id, paper.retest_id) and other.test_id <> of_test.test_id
        where of_test.test_id in (paper.test_id, paper.retest_id));
end
$$;

-- The controls of the same chart and batch that came after the one that failed, the first five: a release that says "measured
-- again" stands beside what was measured.
create or replace function lab.measured_again(held lab.batch_hold) returns text
language plpgsql stable as $$
begin
    return coalesce((select string_agg(format('%s  %s  %s  %s', lab.local_minute(later.at), later.value_text,
                                              case when later.rejected then '不合格 rejected' else '合格 accepted' end,
                                              lab.name_of(later.entered_by)), '；' order by later.point)
        from (select again.*, exists (select from lab.control_alarm as alarm where alarm.laboratory = again.laboratory
                                      and alarm.chart = again.chart and alarm.point = again.point and alarm.rejects) as rejected
              from lab.control_result as again
              where again.laboratory = held.laboratory and again.batch_no = held.batch_no and again.chart = held.chart
              and again.point > held.point order by again.point limit 5) as later), '');
end
$$;

create or replace function lab.original_holds(of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'batch_no', held.batch_no, 'held_at', lab.local_minute(held.held_at),
            'of', coalesce(held.chart, held.worksheet_no || ' / ' || held.position, ''),
            'value', lab.told(lab.hold_view(held.hold_id) ->> 'value', 120),
            'rules', lab.told((select string_agg(rule, ', ')
                               from json_array_elements_text(lab.hold_view(held.hold_id) -> 'rules') as rule), 200),
            'measured_again', lab.told(lab.measured_again(held), 500),
            'nonconformities', lab.told((
                select string_agg(concat_ws('；', opened.nonconformity_no || ' ' || opened.description,
                                            '原因 cause ' || nullif(opened.cause, ''), '纠正 correction ' || nullif(opened.correction, ''),
                                            '措施 action ' || nullif(opened.corrective_action, '')), '；' order by opened.nonconformity_no)
                from lab.nonconformity as opened where opened.hold_id = held.hold_id), 600),
            'released_at', coalesce(lab.local_minute(held.released_at), ''),
            'released_by', coalesce(lab.name_of(held.released_by), ''),
            'reason', lab.told(held.release_reason, 300)) order by held.held_at, held.hold_id)
        from lab.batch_hold as held
        where exists (select from lab.batch_test as named where named.test_id = of_test.test_id
                      and named.laboratory = held.laboratory and named.batch_no = held.batch_no));
end
$$;

reset role;
