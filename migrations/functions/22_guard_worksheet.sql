-- SPDX-License-Identifier: Apache-2.0
-- The invariants of worksheets, against plain SQL too: positions are what the head says and never change, results come
-- once and for all positions, every check is calculated once more, and what was rejected holds the batch.
set role touchstone_owner;

create or replace function lab.guard_control_plan() returns trigger
language plpgsql volatile as $$
begin
    if exists (select from unnest(new.charts) as named (chart) where not exists (
                   select from lab.control_chart as known where known.laboratory = new.laboratory
                   and known.chart = named.chart and known.method_id = new.method_id
                   and known.parameter_id = new.parameter_id)) then
        perform lab.refuse_field('charts', 'must be charts of this method and parameter in this laboratory');
    end if;
    if new.plan_no <> 1 + (select count(*) from lab.control_plan as before where before.laboratory = new.laboratory
                           and before.method_id = new.method_id and before.parameter_id = new.parameter_id) then
        perform lab.refuse(9, 'APPEND_ONLY', 'Plans are numbered one after the other.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_worksheet() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'open' then
            perform lab.refuse_transition('worksheet', 'new', new.state);
        end if;
        return new;
    end if;
    new.version := old.version + 1;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'entered_by', 'entered_at', 'cancel_reason', 'version')
       or old.state <> 'open' and (new.entered_by, new.entered_at) is distinct from (old.entered_by, old.entered_at) then
        perform lab.refuse(9, 'APPEND_ONLY', 'A worksheet keeps what it was made of.');
    end if;
    if old.state || '>' || new.state not in ('open>entered', 'open>cancelled', 'entered>submitted') then
        perform lab.refuse_transition('worksheet', old.state, new.state);
    end if;
    if new.state = 'entered' then
        perform lab.worksheet_complete(new);
    end if;
    return new;
end
$$;

-- Entered: each position has its result, its tests are of the batch, and what was rejected has its hold.
create or replace function lab.worksheet_complete(sheet lab.worksheet) returns void
language plpgsql volatile as $$
begin
    if sheet.positions <> (select count(*) from lab.worksheet_result as found
                           where found.worksheet_no = sheet.worksheet_no) then
        perform lab.refuse(9, 'WORKSHEET_INCOMPLETE', 'A worksheet is entered with all of its positions.');
    end if;
    if exists (select from lab.worksheet_position as placed where placed.worksheet_no = sheet.worksheet_no
               and placed.kind = 'sample' and not exists (
                   select from lab.batch_test as named where named.laboratory = sheet.laboratory
                   and named.batch_no = sheet.batch_no and named.test_id = placed.test_id)) then
        perform lab.refuse(9, 'WORKSHEET_INCOMPLETE', 'The tests of a worksheet are of its batch.');
    end if;
    if exists (select from lab.worksheet_result as found where found.worksheet_no = sheet.worksheet_no
               and found.outcome = 'rejected' and not exists (
                   select from lab.batch_hold as held where held.laboratory = sheet.laboratory
                   and held.batch_no = sheet.batch_no
                   and (held.worksheet_no = found.worksheet_no and held.position = found.position
                        or held.chart = found.chart and held.point = found.point))) then
        perform lab.refuse(9, 'WORKSHEET_NOT_HELD', 'A rejected control or check holds its batch.');
    end if;
end
$$;

create or replace function lab.guard_worksheet_position() returns trigger
language plpgsql volatile as $$
declare
    sheet lab.worksheet;
begin
    select * into sheet from lab.worksheet where worksheet.worksheet_no = new.worksheet_no;
    if sheet.state <> 'open' or new.laboratory <> sheet.laboratory or new.position > sheet.positions then
        perform lab.refuse(9, 'APPEND_ONLY', 'A worksheet keeps its positions.');
    end if;
    if new.kind = 'sample' then
        perform lab.guard_worksheet_sample(sheet, new.test_id);
    elsif new.kind = 'control' and not exists (
        select from lab.control_chart as known where known.laboratory = sheet.laboratory and known.chart = new.chart
        and known.method_id = sheet.method_id and known.parameter_id = sheet.parameter_id) then
        perform lab.refuse(9, 'WORKSHEET_MIXED', 'A control of a worksheet is of its method and parameter.');
    elsif new.of_position is not null and not exists (
        select from lab.worksheet_position as placed where placed.worksheet_no = new.worksheet_no
        and placed.position = new.of_position and placed.kind = 'sample') then
        perform lab.refuse(9, 'WORKSHEET_MIXED', 'A duplicate or a spike is of a sample of the same worksheet.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_worksheet_sample(sheet lab.worksheet, of_test uuid) returns void
language plpgsql volatile as $$
begin
    if not exists (select from lab.test where test.test_id = of_test and test.laboratory = sheet.laboratory
                   and test.method_id = sheet.method_id and test.parameter_id = sheet.parameter_id) then
        perform lab.refuse(9, 'WORKSHEET_MIXED', 'A worksheet is of one method and one parameter.');
    end if;
    if exists (select from lab.test where test.test_id = of_test and test.is_blind) then
        perform lab.refuse(9, 'READ_APART', 'Two persons read this apart (test read): it stands on no worksheet.');
    end if;
    if exists (select from lab.worksheet_position as placed join lab.worksheet as other using (worksheet_no)
               where placed.test_id = of_test and other.state = 'open' and other.worksheet_no <> sheet.worksheet_no) then
        perform lab.refuse(9, 'TEST_ON_WORKSHEET', 'This test stands on another open worksheet.', 'test_ids');
    end if;
end
$$;

-- The database does not take the daemon's word: the outcome of every check is found again on numeric, without dividing.
create or replace function lab.guard_worksheet_result() returns trigger
language plpgsql volatile as $$
declare
    sheet lab.worksheet;
    placed lab.worksheet_position;
begin
    select * into sheet from lab.worksheet where worksheet.worksheet_no = new.worksheet_no;
    select * into placed from lab.worksheet_position as known
    where known.worksheet_no = new.worksheet_no and known.position = new.position;
    if sheet.state <> 'open' or new.laboratory <> sheet.laboratory then
        perform lab.refuse(9, 'APPEND_ONLY', 'A worksheet is entered once.');
    end if;
    if new.outcome is distinct from lab.worksheet_outcome(sheet, placed, new) then
        perform lab.refuse(9, 'CHECK_REFUSED', format('Position %s: the numbers say otherwise.', new.position), '',
                           jsonb_build_object('position', new.position::text));
    end if;
    return new;
end
$$;

create or replace function lab.worksheet_outcome(sheet lab.worksheet, placed lab.worksheet_position,
                                                 result lab.worksheet_result) returns text
language plpgsql stable as $$
declare
    plan lab.control_plan;
    base lab.worksheet_result;
begin
    if placed.kind = 'sample' then
        return case when result.entry_no is null and result.outcome = 'skipped' then 'skipped'
                    when result.entry_no is not null and result.outcome = 'none' then 'none' end;
    elsif placed.kind = 'control' then
        return lab.worksheet_control_outcome(sheet, placed, result);
    end if;
    select * into plan from lab.control_plan as known where known.laboratory = sheet.laboratory
    and known.method_id = sheet.method_id and known.parameter_id = sheet.parameter_id and known.plan_no = sheet.plan_no;
    if placed.kind = 'blank' then
        return lab.accepted_or_rejected(case result.qualifier
            when '' then result.value::numeric < plan.blank_limit::text::numeric
            when 'greater_than' then false else result.value::numeric <= plan.blank_limit::text::numeric end);
    end if;
    select * into base from lab.worksheet_result as known
    where known.worksheet_no = placed.worksheet_no and known.position = placed.of_position;
    if base.outcome = 'skipped' then -- there is nothing to hold it against
        return 'skipped';
    end if;
    return lab.accepted_or_rejected(lab.sample_check_holds(plan, placed, base, result));
end
$$;

-- Whether a duplicate or a spike is accepted beside what its sample came to.
create or replace function lab.sample_check_holds(plan lab.control_plan, placed lab.worksheet_position,
                                                  base lab.worksheet_result, result lab.worksheet_result) returns boolean
language plpgsql immutable as $$
begin
    if placed.kind = 'duplicate' then
        return lab.duplicates_agree(base, result, plan.duplicate_percent::text::numeric);
    end if;
    return 'greater_than' not in (base.qualifier, result.qualifier) and
        100 * (lab.worksheet_number(result) - lab.worksheet_number(base)) between
        plan.spike_low_percent::text::numeric * placed.spike_added::text::numeric
        and plan.spike_high_percent::text::numeric * placed.spike_added::text::numeric;
end
$$;

-- What a sample's result is by a judgement that came after its worksheet was entered.
create or replace function lab.worksheet_result_by(base lab.worksheet_result, judged lab.judgement)
    returns lab.worksheet_result
language plpgsql immutable as $$
begin
    base.qualifier := case when judged.mean like 'ND%' then 'not_detected' when judged.mean like '<%' then 'less_than'
                           when judged.mean like '>%' then 'greater_than' else '' end;
    base.value := case base.qualifier when 'not_detected' then nullif(judged.trace ->> 'lod', '')
                                      else lab.calculated(judged)::text end;
    return base;
end
$$;

-- A result that is changed after its worksheet was entered must still agree with the duplicate and the spike that were
-- accepted beside what it was: else a correction would undo what they proved.
create or replace function lab.judgement_check_worksheet(judged lab.judgement, of_test lab.test) returns void
language plpgsql stable as $$
declare
    one record;
    changed lab.worksheet_result;
begin
    for one in select placed, plan, base, checked
        from lab.worksheet_position as sample
        join lab.worksheet_result as base using (worksheet_no, position)
        join lab.worksheet as sheet on sheet.worksheet_no = sample.worksheet_no
        join lab.control_plan as plan on plan.laboratory = sheet.laboratory and plan.method_id = sheet.method_id
            and plan.parameter_id = sheet.parameter_id and plan.plan_no = sheet.plan_no
        join lab.worksheet_position as placed on placed.worksheet_no = sample.worksheet_no
            and placed.of_position = sample.position
        join lab.worksheet_result as checked on checked.worksheet_no = placed.worksheet_no
            and checked.position = placed.position and checked.outcome = 'accepted'
        where sample.test_id = of_test.test_id and base.entry_no < of_test.entry_no and base.entry_no = (
            select max(found.entry_no) from lab.worksheet_position as stood
            join lab.worksheet_result as found using (worksheet_no, position) where stood.test_id = of_test.test_id)
    loop
        changed := lab.worksheet_result_by(one.base, judged);
        if not coalesce(lab.sample_check_holds(one.plan, one.placed, changed, one.checked), false) then
            perform lab.refuse(9, 'CHECK_CONTRADICTED', format(
                'Beside this result the %s at position %s of %s, which was accepted, is not: measure it again on a new worksheet.',
                (one.placed).kind, (one.placed).position, (one.placed).worksheet_no), 'readings');
        end if;
    end loop;
end
$$;

create or replace function lab.accepted_or_rejected(is_accepted boolean) returns text
language plpgsql immutable as $$
begin
    return case when is_accepted then 'accepted' when not is_accepted then 'rejected' end;
end
$$;

create or replace function lab.worksheet_control_outcome(sheet lab.worksheet, placed lab.worksheet_position,
                                                         result lab.worksheet_result) returns text
language plpgsql stable as $$
begin
    if result.chart is distinct from placed.chart or not exists (
           select from lab.control_result as point where point.laboratory = sheet.laboratory
           and point.chart = result.chart and point.point = result.point and point.batch_no = sheet.batch_no
           and point.value_text::text = result.value) then
        return null;
    end if;
    return lab.accepted_or_rejected(not exists (
        select from lab.control_alarm as alarm where alarm.laboratory = sheet.laboratory and alarm.chart = result.chart
        and alarm.point = result.point and alarm.rejects));
end
$$;

-- |a - b| <= p % of the mean. Two that were both not seen agree; one that was not seen stands at its bound. Of what lies
-- beyond its range nobody knows how far: it agrees with nothing.
create or replace function lab.duplicates_agree(a lab.worksheet_result, b lab.worksheet_result, percent numeric)
    returns boolean
language plpgsql immutable as $$
begin
    return 'greater_than' not in (a.qualifier, b.qualifier)
        and (a.qualifier <> '' and a.qualifier = b.qualifier
             or abs(a.value::numeric - b.value::numeric) * 200 <= percent * abs(a.value::numeric + b.value::numeric));
end
$$;

-- In a recovery what was not detected counts as 0.
create or replace function lab.worksheet_number(result lab.worksheet_result) returns numeric
language plpgsql immutable as $$
begin
    return case when result.qualifier in ('less_than', 'not_detected') then 0 else result.value::numeric end;
end
$$;

call lab.put_guard('{control_plan,worksheet_position,worksheet_result}', 'before insert');
call lab.put_guard('{worksheet}', 'before insert or update');

reset role;
