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

-- "2026-11-24 09:26 – 09:52": the day is said once.
create or replace function lab.span_told(began timestamptz, ended timestamptz) returns text
language plpgsql stable as $$
begin
    return concat(lab.local_minute(began), ' – ', case when ended is null then '…' when lab.local_date(began) = lab.local_date(ended)
                  then right(lab.local_minute(ended), 5) else lab.local_minute(ended) end);
end
$$;

-- When who worked: each span of up to six, of more one row for each person.
create or replace function lab.spans_told(of_test uuid)
    returns table (worker uuid, began timestamptz, ended timestamptz, times bigint)
language plpgsql stable as $$
declare
    most integer := 6;
    count_all integer := (select count(*) from lab.work_span as span where span.test_id = of_test);
begin
    return query
    select span.worker, min(span.started_at), case when bool_and(span.stopped_at is not null) then max(span.stopped_at) end,
           count(*)
    from lab.work_span as span where span.test_id = of_test
    group by span.worker, case when count_all <= most then span.span_no end;
end
$$;

-- ISO/IEC 17025 7.5.1: who did the work and who checked it, each with the time. Who worked by code tested then, and entered
-- later; else who entered answers for both, and only the time of the entry is known. Of a test that is open again what was
-- signed before does not count.
create or replace function lab.original_signatures(of_test lab.test) returns jsonb
language plpgsql stable as $$
declare
    worked boolean := not of_test.is_blind and exists (select from lab.work_span as span where span.test_id = of_test.test_id);
begin
    return (select jsonb_agg(jsonb_build_object('role_zh', role.zh, 'role_en', role.en, 'name', lab.name_of(signed.staff_id),
                                                'at', signed.at, 'note', lab.told(signed.note, 120))
                             order by signed.turn, signed.place)
        from (select 1 as turn, row_number() over (order by span.began) as place, span.worker as staff_id,
                     lab.span_told(span.began, span.ended) as at,
                     case when span.times > 1 then format('共 %1$s 段 in %1$s spans', span.times) else '' end as note
              from lab.spans_told(of_test.test_id) as span where worked
              union all
              select case when worked then 3 else 2 end, tester.place, tester.staff_id, lab.local_minute(tester.at),
                     case when of_test.is_blind then format('第%1$s人 reader %1$s', tester.place)
                     else format('第%1$s次录入 entry %1$s', of_test.entry_no) end
              from lab.testers_of(of_test) as tester
              union all
              select 4, 1, judged.submitted_by, lab.local_minute(judged.at), '' from lab.judgement as judged
              where judged.test_id = of_test.test_id and judged.submission_no = of_test.submission_no
              and of_test.state in ('submitted', 'approved', 'released', 'superseded')
              union all
              select 5, 1, approval.reviewer, lab.local_minute(approval.at), approval.comment
              from lab.approval_of(of_test) as approval
              where approval.test_id is not null and of_test.state in ('approved', 'released', 'superseded')
              union all
              select 6, 1, sheet.signatory, lab.local_minute(sheet.released_at), format('报告编号 report No. %s', sheet.sheet_no)
              from lab.sheet where sheet.item_code = of_test.item_code and of_test.state = 'released') as signed
        join (values (1, '检测', 'Tested by'), (2, '检测、录入', 'Tested and entered by'), (3, '录入', 'Entered by'),
                     (4, '提交', 'Submitted by'), (5, '复核', 'Reviewed by'), (6, '报告批准', 'Report approved by'))
            as role (turn, zh, en) using (turn));
end
$$;

-- What the other test came to. Of one that was superseded the figure is told and no verdict: the one that stands counts. What
-- screening left open, and what stands in a held batch, takes no repeat test since guard_retest says so; of one that was
-- ordered before, this is said.
create or replace function lab.retest_result_told(other lab.test) returns text
language plpgsql stable as $$
begin
    return coalesce((select case when other.state <> 'superseded' then lab.judgement_told(other.test_id, other.submission_no)
            else lab.told(concat_ws('；', concat_ws(' ', nullif(judged.mean, ''), nullif(judged.unit, ''), nullif(judged.requirement, '')),
                '已被复测取代，其判定无效 superseded by the repeat test: its verdict does not count',
                case when lab.is_left_open(other) then
                    '筛选未能判定，现行规则须用仲裁方法 screening left it open: by the rule of today the reference method decides' end,
                case when exists (select from lab.holds_of(other.test_id) as held where held.released_at is null) then
                    '其批次冻结，未放行 its batch is held, not released' end), 300) end
        from lab.judgement as judged
        where judged.test_id = other.test_id and judged.submission_no = other.submission_no), '');
end
$$;

-- The test that this one is a retest of, and the one that stands in its place: who ordered it and why, who tested and who
-- reviewed the other one, and what that came to.
create or replace function lab.original_retests(of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object(
            'test_id', other.test_id::text, 'relation_zh', case when other.test_id = paper.test_id then '初测' else '复测' end,
            'relation_en', case when other.test_id = paper.test_id then 'first test' else 'repeat test' end,
            'ordered_by', lab.name_of(paper.ordered_by), 'at', lab.local_minute(paper.at),
            'reason', lab.told(concat_ws('；', paper.reason, nullif(paper.complaint, '')), 400),
            'tested_by', lab.told((select string_agg(concat(lab.name_of(tester.staff_id), ' ', lab.local_minute(tester.at)), '；'
                                                     order by tester.place)
                                   from lab.testers_of(other) as tester), 400),
            'reviewed_by', coalesce((select concat(lab.name_of(approval.reviewer), ' ', lab.local_minute(approval.at))
                                     from lab.approval_of(other) as approval where approval.test_id is not null), ''),
            'result', lab.retest_result_told(other))
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
                                              case when later.rejected then '不可接受 rejected' else '可接受 accepted' end,
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
                                            format('发现 found by %s %s', lab.name_of(opened.opened_by), lab.local_minute(opened.opened_at)),
                                            '原因 cause：' || nullif(opened.cause, ''), '纠正 correction：' || nullif(opened.correction, ''),
                                            '纠正措施 corrective action：' || nullif(opened.corrective_action, ''),
                                            case when opened.closed_at is null then '未关闭 open' else format('已关闭 closed by %s %s',
                                                lab.name_of(opened.closed_by), lab.local_minute(opened.closed_at)) end),
                                  '；' order by opened.nonconformity_no)
                from lab.nonconformity as opened where opened.hold_id = held.hold_id), 900),
            'released_at', coalesce(lab.local_minute(held.released_at), ''),
            'released_by', coalesce(lab.name_of(held.released_by), ''),
            'reason', lab.told(held.release_reason, 300)) order by held.held_at, held.hold_id)
        from lab.holds_of(of_test.test_id) as held);
end
$$;

reset role;
