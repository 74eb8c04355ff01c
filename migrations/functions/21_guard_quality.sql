-- SPDX-License-Identifier: Apache-2.0
-- The invariants of quality control, against plain SQL too: controls, limits and alarms only add up, a held batch lets
-- none of its tests go on, and only the quality manager releases it. What is only added to or never deleted is named in
-- 20_guard.sql.
set role touchstone_owner;

-- Called by guard_test_state for every step forward, and by guard_retest. but: what else is told. The lock is the other side of lab.batch_taken: a control that fails
-- at the same moment either waits for this act or is seen by it.
drop function if exists lab.require_not_held(lab.test);
create or replace function lab.require_not_held(of_test lab.test, but text default '') returns void
language plpgsql volatile as $$
declare
    batch lab.batch_test;
    held lab.batch_hold;
begin
    for batch in select * from lab.batch_test where batch_test.test_id = of_test.test_id
                 order by batch_test.batch_no loop
        perform pg_advisory_xact_lock_shared(hashtextextended('batch/' || batch.laboratory || '/' || batch.batch_no, 0));
        select * into held from lab.batch_hold
        where batch_hold.laboratory = batch.laboratory and batch_hold.batch_no = batch.batch_no
        and batch_hold.released_at is null order by batch_hold.held_at limit 1;
        if found then
            perform lab.refuse(9, 'BATCH_HELD', 'A control of this test''s batch failed: the batch is held until the '
                               'quality manager releases it.' || but, '',
                               jsonb_strip_nulls(jsonb_build_object(
                                   'batch_no', batch.batch_no, 'chart', held.chart, 'worksheet_no', held.worksheet_no,
                                   'position', held.position::text, 'crm_check_id', held.crm_check_id,
                                   'hold_id', held.hold_id)));
        end if;
    end loop;
end
$$;

create or replace function lab.guard_control_chart() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.points <> 0 or new.limits_version <> 0 then
            perform lab.refuse(9, 'APPEND_ONLY', 'A new chart has neither points nor limits.');
        end if;
        return new;
    end if;
    new.version := old.version + 1;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'points', 'limits_version', 'version')
       or new.points - old.points + new.limits_version - old.limits_version <> 1
       or new.points < old.points or new.limits_version < old.limits_version then
        perform lab.refuse(9, 'APPEND_ONLY', 'A chart keeps what it is of; it gains a point or a version of its limits.');
    end if;
    return new;
end
$$;

-- The chart counts first, then the row comes: in order, without a gap, and never into the past.
create or replace function lab.guard_control_row() returns trigger
language plpgsql volatile as $$
declare
    of_chart lab.control_chart;
begin
    select * into of_chart from lab.control_chart
    where control_chart.laboratory = new.laboratory and control_chart.chart = new.chart;
    if tg_table_name = 'control_limits' then
        if new.limits_version <> of_chart.limits_version or new.last_point > of_chart.points then
            perform lab.refuse(9, 'APPEND_ONLY', 'Limits are frozen from points that are there, version after version.');
        end if;
        if exists (select from unnest(new.left_out, new.left_out_reasons) as left_out (point, reason)
                   where coalesce(left_out.point not between new.first_point and new.last_point, true)
                   or btrim(coalesce(left_out.reason, '')) = '')
           or (select count(distinct point) from unnest(new.left_out) as point) < cardinality(new.left_out) then
            perform lab.refuse(9, 'LIMITS_REFUSED', 'A point that is left out is one of those from first to last, once, with '
                               'its reason.');
        end if;
    elsif tg_table_name = 'control_result' then
        if new.point <> of_chart.points or new.limits_version <> of_chart.limits_version then
            perform lab.refuse(9, 'APPEND_ONLY', 'A control is the next point, judged by the limits that stand.');
        end if;
        if new.rules_revision <> lab.chart_rules_revision(of_chart) then
            perform lab.refuse(9, 'APPEND_ONLY', 'A control is judged by the rules that are in force, and keeps their revision.');
        end if;
    elsif new.point <> of_chart.points or of_chart.limits_version = 0 then
        perform lab.refuse(9, 'APPEND_ONLY', 'An alarm is of the newest point and of frozen limits.');
    elsif not lab.is_control_rule(of_chart, new.rule, new.rejects) then
        perform lab.refuse(9, 'ALARM_WITHOUT_RULE', 'An alarm is of a rule of the chart''s set, with the effect that it has.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_batch_hold() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.released_at is not null or not exists (
               select from lab.control_result as failed join lab.control_alarm using (laboratory, chart, point)
               where failed.laboratory = new.laboratory and failed.chart = new.chart and failed.point = new.point
               and failed.batch_no = new.batch_no and control_alarm.rejects
               union all
               select from lab.worksheet_result as failed join lab.worksheet as sheet using (worksheet_no)
               where failed.worksheet_no = new.worksheet_no and failed.position = new.position
               and sheet.laboratory = new.laboratory and sheet.batch_no = new.batch_no
               and failed.chart is null and failed.outcome = 'rejected'
               union all
               select from lab.crm_check as failed where failed.crm_check_id = new.crm_check_id
               and failed.laboratory = new.laboratory and failed.batch_no = new.batch_no and not failed.accepted) then
            perform lab.refuse(9, 'HOLD_WITHOUT_ALARM', 'A batch is held for a control of its own that was rejected.');
        end if;
        return new;
    end if;
    new.version := old.version + 1;
    if old.released_at is not null or new.released_at is null
       or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'released_at', 'released_by', 'release_reason', 'version') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A hold is released once, and never changes otherwise.');
    end if;
    if not lab.is_quality_manager(new.released_by, new.laboratory) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'Only the quality manager of the laboratory releases a batch.');
    end if;
    return new;
end
$$;

create or replace function lab.is_quality_manager(of_staff uuid, of_laboratory text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.staff_role where staff_role.staff_id = of_staff
                   and staff_role.laboratory = of_laboratory and staff_role.role = 'quality' and staff_role.held);
end
$$;

create or replace function lab.guard_nonconformity() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.closed_at is not null then
            perform lab.refuse_transition('nonconformity', 'new', 'closed');
        end if;
        return new;
    end if;
    new.version := old.version + 1;
    if old.closed_at is not null
       or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'cause', 'correction', 'corrective_action', 'closed_by',
                               'closed_at', 'version') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A nonconformity keeps what was found; closed, it never changes.');
    end if;
    if new.closed_at is not null and not lab.is_quality_manager(new.closed_by, new.laboratory) then
        perform lab.refuse(7, 'ROLE_REQUIRED', 'Only the quality manager of the laboratory closes a nonconformity.');
    end if;
    return new;
end
$$;

call lab.put_guard('{control_limits,control_result,control_alarm}', 'before insert', 'guard_control_row');
call lab.put_guard('{control_chart,batch_hold,nonconformity}', 'before insert or update');

reset role;
