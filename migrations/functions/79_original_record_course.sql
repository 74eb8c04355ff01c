-- SPDX-License-Identifier: Apache-2.0
-- The course of work of an original record: every act on the test and about it, oldest first, each with its person.
set role touchstone_owner;

-- The holds of the batches that name the test.
create or replace function lab.holds_of(of_test uuid) returns setof lab.batch_hold
language plpgsql stable as $$
begin
    return query select held.* from lab.batch_hold as held
    where exists (select from lab.batch_test as named where named.test_id = of_test
                  and named.laboratory = held.laboratory and named.batch_no = held.batch_no);
end
$$;

-- "XRF-AU750  752.6  1-3s": what a hold was for.
create or replace function lab.hold_line(held lab.batch_hold) returns text
language plpgsql stable as $$
declare
    shown json := lab.hold_view(held.hold_id);
begin
    return concat_ws('  ', held.batch_no, coalesce(held.chart, held.worksheet_no || ' / ' || held.position), shown ->> 'value',
                     (select string_agg(rule, ', ') from json_array_elements_text(shown -> 'rules') as rule));
end
$$;

-- A hold is the system's; its person is who entered the control, the check or the material that failed.
create or replace function lab.hold_acts(of_test lab.test)
    returns table (at timestamptz, turn integer, zh text, en text, staff_id uuid, note text)
language plpgsql stable as $$
begin
    return query
    select held.held_at, 2, '批次冻结（自动）', 'batch held (by the system)',
           coalesce(point.entered_by, sheet.entered_by, material.recorded_by), lab.hold_line(held)
    from lab.holds_of(of_test.test_id) as held
    left join lab.control_result as point on point.laboratory = held.laboratory and point.chart = held.chart
        and point.point = held.point
    left join lab.worksheet as sheet on sheet.worksheet_no = held.worksheet_no
    left join lab.crm_check as material on material.crm_check_id = held.crm_check_id
    union all
    select opened.opened_at, 4, '登记不符合工作', 'nonconforming work found', opened.opened_by, opened.nonconformity_no
    from lab.holds_of(of_test.test_id) as held join lab.nonconformity as opened on opened.hold_id = held.hold_id
    union all
    select opened.closed_at, 5, '关闭不符合工作', 'nonconforming work closed', opened.closed_by, opened.nonconformity_no
    from lab.holds_of(of_test.test_id) as held join lab.nonconformity as opened on opened.hold_id = held.hold_id
    where opened.closed_at is not null
    union all
    select held.released_at, 6, '批次放行', 'hold released', held.released_by, held.release_reason
    from lab.holds_of(of_test.test_id) as held where held.released_at is not null
    union all
    select again.at, 3, '质控重测', 'control measured again', again.entered_by,
           concat_ws('  ', again.chart, again.value_text::text, words.zh, words.en)
    from lab.control_result as again
    cross join lateral lab.outcome_words(case when exists (
        select from lab.control_alarm as alarm where alarm.laboratory = again.laboratory and alarm.chart = again.chart
        and alarm.point = again.point and alarm.rejects) then 'rejected' else 'accepted' end) as words
    where exists (select from lab.holds_of(of_test.test_id) as held where again.laboratory = held.laboratory
                  and again.batch_no = held.batch_no and again.chart = held.chart and again.point > held.point);
end
$$;

create or replace function lab.acts_about(of_test lab.test)
    returns table (at timestamptz, turn integer, zh text, en text, staff_id uuid, note text)
language plpgsql stable as $$
begin
    return query
    select * from lab.hold_acts(of_test)
    union all
    select paper.at, 7, '下达复测', 'repeat test ordered', paper.ordered_by,
           concat_ws('；', case when paper.retest_id = of_test.test_id then '取代初测 in place of the first test'
                           else '本次被取代 this one is superseded' end, paper.reason)
    from lab.retest as paper where of_test.test_id in (paper.test_id, paper.retest_id)
    union all
    select sheet.released_at, 8, '批准报告', 'report approved', sheet.signatory, format('报告编号 report No. %s', sheet.sheet_no)
    from lab.sheet where sheet.item_code = of_test.item_code and of_test.state = 'released';
end
$$;

-- Who did what, in the order of time: worked, entered, read, submitted, reviewed, opened again; and what others did about this
-- test: a batch held and released, a control measured again, nonconforming work, the order of a repeat test, the report. The
-- newest 100.
create or replace function lab.original_acts(who lab.actor, of_test lab.test) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_agg(jsonb_build_object('at', lab.local_minute(newest.at), 'act_zh', newest.zh, 'act_en', newest.en,
                                                'name', lab.name_of(newest.staff_id), 'note', lab.told(newest.note, 300))
                             order by newest.at, newest.turn)
        from (select * from (
            select entry.at, 1 as turn, '录入' as zh, 'entered' as en, entry.entered_by as staff_id,
                   format('第%1$s次录入 entry %1$s', entry.entry_no) as note
            from lab.result_entry as entry where entry.test_id = of_test.test_id and not of_test.is_blind
            union all
            select reading.at, 1, '鉴别', 'read', reading.reader,
                   format('第%1$s轮第%2$s人 round %1$s, reader %2$s', reading.round, reading.place)
            from lab.identification_reading as reading where reading.test_id = of_test.test_id
            and (reading.reader = who.staff_id or (lab.identification_of(reading.test_id, reading.round)).inputs is not null)
            union all
            select judged.at, 2, '提交', 'submitted', judged.submitted_by,
                   format('第%1$s次提交 submission %1$s', judged.submission_no)
            from lab.judgement as judged where judged.test_id = of_test.test_id
            union all
            select review.at, 3, case review.decision when 'approve' then '复核通过' else '复核退回' end,
                   case review.decision when 'approve' then 'approved' else 'sent back' end, review.reviewer, review.comment
            from lab.review where review.test_id = of_test.test_id
            union all
            select paper.at, 4, '重新打开', 'opened again', paper.reopened_by,
                   case when paper.reopened_by = who.staff_id or not lab.is_reading_apart(paper.test_id, paper.submission_no + 1)
                   then paper.reason else '理由待鉴别完成后显示 the reason is shown when the round is decided' end
            from lab.result_reopening as paper where paper.test_id = of_test.test_id
            union all
            select span.started_at, -1, '检测开始', 'work began', span.worker, ''
            from lab.work_span as span where span.test_id = of_test.test_id
            union all
            select span.stopped_at, 0, '检测结束', 'work ended', span.worker, ''
            from lab.work_span as span where span.test_id = of_test.test_id and span.stopped_at is not null
            union all
            select other.at, other.turn, other.zh, other.en, other.staff_id, other.note from lab.acts_about(of_test) as other) as every
            order by every.at desc, every.turn desc limit 100) as newest);
end
$$;

reset role;
