-- SPDX-License-Identifier: Apache-2.0
-- The invariants, guarded against everybody: against the business functions, and against plain SQL by the owner.
--
-- Append-only tables refuse change and deletion; nothing of a business table is deleted; states move only along
-- their arrows, and only when the paper that justifies the step exists (an entry, a judgement, a review by another
-- person, a sheet). All triggers are "enable always": session_replication_role does not switch them off.
set role touchstone_owner;

create or replace function lab.guard_append_only() returns trigger
language plpgsql volatile as $$
begin
    perform lab.refuse(9, 'APPEND_ONLY', format('%s never changes.', tg_table_name));
    return null;
end
$$;

create or replace function lab.guard_no_delete() returns trigger
language plpgsql volatile as $$
begin
    perform lab.refuse(9, 'NEVER_DELETED', format('Nothing is deleted from %s.', tg_table_name));
    return null;
end
$$;

create or replace function lab.guard_version() returns trigger
language plpgsql volatile as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;

-- A counter only counts: by one, upwards.
create or replace function lab.guard_counter() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' and new.last <> 1 or tg_op = 'UPDATE' and (to_jsonb(new) - 'last' <> to_jsonb(old) - 'last'
                                                                   or new.last <> old.last + 1) then
        perform lab.refuse(9, 'NUMBER_GAP', 'A number series has no gaps.');
    end if;
    return new;
end
$$;

-- True when old and new differ in nothing but the named columns.
create or replace function lab.only_changes(before jsonb, after jsonb, variadic columns text[]) returns boolean
language plpgsql immutable as $$
begin
    return before - columns = after - columns;
end
$$;

create or replace function lab.refuse_transition(kind text, was text, wanted text) returns void
language plpgsql volatile as $$
begin
    perform lab.refuse(9, 'ILLEGAL_TRANSITION', format(
        case when was = wanted then 'This %s is %s already.' else 'This %s is %s: it cannot become %s.' end, kind, was, wanted));
end
$$;

create or replace function lab.guard_item() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'received' or new.custody_state <> 'held' then
            perform lab.refuse_transition('item', 'new', new.state);
        end if;
        return new; -- lab.guard_item_received (25_guard_custody.sql) sees at the end that it stands in the books
    end if;
    new.version := old.version + 1;
    perform lab.guard_item_issued(old, new);
    if new.item_code <> old.item_code or new.receipt_no <> old.receipt_no or new.laboratory <> old.laboratory then
        perform lab.refuse(9, 'APPEND_ONLY', 'An item keeps its code, receipt and laboratory.');
    end if;
    if new.state <> old.state then
        perform lab.guard_item_state(old, new);
    end if;
    if new.custody_state <> old.custody_state then
        perform lab.guard_item_custody(old, new);
    end if;
    if new.mass_text <> old.mass_text then
        perform lab.guard_item_weighed(old, new);
    end if;
    if (new.holder_id, new.stored_in) is distinct from (old.holder_id, old.stored_in) then
        perform lab.guard_item_place(old, new);
    end if;
    return new;
end
$$;

create or replace function lab.guard_item_state(was lab.item, becomes lab.item) returns void
language plpgsql volatile as $$
begin
    if not (was.state = 'received' and becomes.state = 'reviewed'
                and not exists (select from lab.test where test.item_code = was.item_code
                                and test.state not in ('approved', 'cancelled', 'superseded'))
                and exists (select from lab.test where test.item_code = was.item_code and test.state = 'approved')
            -- Open again: a late change or a retest.
            or was.state = 'reviewed' and becomes.state = 'received'
                and exists (select from lab.test where test.item_code = was.item_code
                            and test.state not in ('approved', 'cancelled', 'superseded'))
            or was.state = 'reviewed' and becomes.state = 'released' and not lab.is_amended(was.item_code)
                and exists (select from lab.sheet where sheet.item_code = was.item_code
                            and sheet.sheet_no = becomes.sheet_no)
            or was.state = 'released' and becomes.state = 'reviewed' and lab.is_amended(was.item_code)
            or was.state = 'received' and becomes.state = 'rejected' and lab.is_rejected(was.item_code)
            or was.state = 'received' and becomes.state = 'released' and lab.is_withdrawn(was.sheet_no)) then
        perform lab.refuse_transition('item', was.state, becomes.state);
    end if;
end
$$;

create or replace function lab.guard_test() returns trigger
language plpgsql volatile as $$
declare
    item_state text;
begin
    if tg_op = 'INSERT' then
        if new.state <> 'unassigned' or new.entry_no <> 0 or new.submission_no <> 0 then
            perform lab.refuse_transition('test', 'new', new.state);
        end if;
        item_state := (select item.state from lab.item where item.item_code = new.item_code);
        if item_state <> 'received' and not (item_state = 'reviewed' and new.retest_of is not null) then
            perform lab.refuse(9, 'SHEET_ISSUED', 'This item takes no more tests.');
        end if;
        if new.retest_of is not null then
            perform lab.guard_retest_new(new);
        end if;
        new.is_blind := lab.is_read_apart(new.method_id, new.parameter_id);
        return new;
    end if;
    new.version := old.version + 1;
    if old.state in ('cancelled', 'superseded') or old.state = 'released' and not lab.is_amended(old.item_code) then
        perform lab.refuse(9, case old.state when 'superseded' then 'TEST_SUPERSEDED' else 'SHEET_ISSUED' end,
                           format('This test is %s: it never changes.', old.state));
    end if;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'assigned_to', 'due_at', 'entry_no',
                            'submission_no', 'sent_back_reason', 'chosen_limit', 'superseded_by', 'version')
       or new.entry_no < old.entry_no or new.submission_no < old.submission_no then
        perform lab.refuse(9, 'APPEND_ONLY', 'A test keeps its item, method and entries.');
    end if;
    if old.state in ('submitted', 'approved', 'released')
       and (new.assigned_to, new.entry_no, new.submission_no, new.chosen_limit)
           is distinct from (old.assigned_to, old.entry_no, old.submission_no, old.chosen_limit) then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: its result is closed.', old.state));
    end if;
    if new.state <> old.state then
        perform lab.guard_test_state(old, new);
    end if;
    if new.assigned_to is distinct from old.assigned_to and new.assigned_to is not null then
        perform lab.guard_test_technician(new);
    end if;
    return new;
end
$$;

create or replace function lab.guard_test_state(was lab.test, becomes lab.test) returns void
language plpgsql volatile as $$
declare
    decided text := (select review.decision from lab.review where review.test_id = was.test_id
                     and review.submission_no = was.submission_no);
begin
    if not (case was.state || '>' || becomes.state
           when 'unassigned>assigned' then true
           when 'assigned>in_progress' then lab.test_may_start(becomes)
           when 'in_progress>submitted' then exists (
               select from lab.judgement where judgement.test_id = was.test_id
               and judgement.submission_no = becomes.submission_no and judgement.entry_no = becomes.entry_no)
           when 'submitted>approved' then coalesce(decided = 'approve', false)
           when 'submitted>in_progress' then coalesce(decided = 'send_back', false) or lab.is_reopened(was)
           when 'approved>in_progress' then lab.is_reopened(was)
           when 'submitted>superseded' then lab.has_retest(becomes)
           when 'approved>superseded' then lab.has_retest(becomes)
           when 'approved>released' then not lab.is_amended(was.item_code) and exists (
               select from lab.sheet where sheet.item_code = was.item_code)
           when 'released>approved' then lab.is_amended(was.item_code)
           when 'submitted>cancelled' then lab.is_item_withdrawn(was.item_code)
           when 'unassigned>cancelled' then true
           when 'assigned>cancelled' then true
           when 'in_progress>cancelled' then true
           else false end) then
        perform lab.refuse_transition('test', was.state, becomes.state);
    end if;
    if becomes.state = 'submitted' then
        perform lab.require_fit(becomes);
    end if;
    -- A hold that came after the sheet keeps nobody from amending or withdrawing it.
    if becomes.state in ('submitted', 'approved', 'released') and was.state <> 'released'
       and not lab.is_item_withdrawn(was.item_code) then
        perform lab.require_not_held(becomes);
    end if;
end
$$;

-- The papers of a late change and of a retest.
create or replace function lab.is_reopened(was lab.test) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.result_reopening as paper where paper.test_id = was.test_id
                   and paper.submission_no = was.submission_no);
end
$$;

create or replace function lab.has_retest(becomes lab.test) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.retest as paper where paper.test_id = becomes.test_id
                   and paper.retest_id = becomes.superseded_by);
end
$$;

-- An entry, a photograph, and the consents: before that nobody tests.
create or replace function lab.test_may_start(of_test lab.test) returns boolean
language plpgsql stable as $$
declare
    given text[] := array(select consent.kind from lab.consent join lab.item using (receipt_no)
                          where item.item_code = of_test.item_code);
begin
    return of_test.entry_no > 0
        and exists (select from lab.item_photo where item_photo.item_code = of_test.item_code)
        and given @> '{privacy,agreement}'
        and (given @> '{destructive}' or not (select lab.is_destructive(method.destructive) from lab.method
                                              where method.method_id = of_test.method_id));
end
$$;

-- Whether a method consumes or marks the item, by the catalogue's words: the one place that says which.
create or replace function lab.is_destructive(means text) returns boolean
language plpgsql immutable as $$
begin
    return means not in ('none', 'n-a');
end
$$;

create or replace function lab.guard_test_technician(of_test lab.test) returns void
language plpgsql volatile as $$
begin
    if not lab.is_qualified(of_test.assigned_to, of_test.laboratory, of_test.method_id) then
        perform lab.refuse(9, 'NOT_QUALIFIED', 'This person is not qualified for the method in this laboratory.');
    end if;
end
$$;

-- An enabled technician of the laboratory with a standing qualification for the method.
create or replace function lab.is_qualified(of_staff uuid, of_laboratory text, of_method text) returns boolean
language plpgsql stable as $$
begin
    return exists (
        select from lab.staff join lab.staff_role using (staff_id) join lab.qualification using (staff_id)
        where staff.staff_id = of_staff and staff.enabled
        and staff_role.laboratory = of_laboratory and staff_role.role = 'technician' and staff_role.held
        and qualification.method_id = of_method and qualification.held);
end
$$;

-- A sheet names who prepared and who reviewed it, and nobody twice: so the rule holds for all tests of an item. The lock
-- keeps one person from doing both at the same moment.
create or replace function lab.part_taken(of_item text, of_staff uuid) returns void
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('part/' || of_item || '/' || of_staff, 0));
end
$$;

create or replace function lab.guard_author(of_item text, of_staff uuid) returns void
language plpgsql volatile as $$
begin
    perform lab.part_taken(of_item, of_staff);
    if exists (select from lab.test join lab.review using (test_id)
               where test.item_code = of_item and review.reviewer = of_staff and review.decision = 'approve') then
        perform lab.refuse(7, 'SAME_PERSON', 'Who approved a result of this item cannot enter or submit another one.');
    end if;
end
$$;

create or replace function lab.guard_entry() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
begin
    select * into of_test from lab.test where test.test_id = new.test_id;
    if of_test.state not in ('assigned', 'in_progress') then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: its result is closed.', of_test.state));
    end if;
    if new.entry_no <> of_test.entry_no + 1 then
        perform lab.refuse(9, 'APPEND_ONLY', 'A later entry never changes an earlier one.');
    end if;
    if tg_table_name = 'result_entry' then
        perform lab.guard_author(of_test.item_code, new.entered_by);
        if of_test.is_blind then
            perform lab.guard_entry_read_apart(of_test, new);
        end if;
    elsif of_test.is_blind then
        perform lab.refuse(9, 'READ_APART', 'Two persons read this apart (test read): their readings make its result.');
    elsif exists (select from lab.reading as other where other.test_id = new.test_id and other.entry_no = new.entry_no
                  and (other.value_text || new.value_text::text) like '%(%') then
        perform lab.refuse(3, 'ROUNDED_ALREADY', 'What was rounded already is not averaged: enter it alone, or what was not '
                           'rounded.', 'readings');
    end if;
    return new;
end
$$;

create or replace function lab.guard_judgement() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
begin
    select * into of_test from lab.test where test.test_id = new.test_id;
    if of_test.state <> 'in_progress' or new.submission_no <> of_test.submission_no + 1
       or new.entry_no <> of_test.entry_no then
        perform lab.refuse(9, 'TEST_NOT_OPEN', format('This test is %s: it cannot be judged now.', of_test.state));
    end if;
    perform lab.guard_author(of_test.item_code, new.submitted_by);
    if of_test.is_blind then
        perform lab.guard_judgement_read_apart(of_test);
    end if;
    perform lab.judgement_check(new, of_test);
    if new.entry_no > 1 then
        perform lab.judgement_check_worksheet(new, of_test);
    end if;
    return new;
end
$$;

-- Whoever entered or read any result of the test or submitted it, ever.
create or replace function lab.is_author(of_test uuid, of_staff uuid) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.result_entry where result_entry.test_id = of_test
                   and result_entry.entered_by = of_staff)
        or exists (select from lab.judgement where judgement.test_id = of_test
                   and judgement.submitted_by = of_staff)
        or exists (select from lab.identification_reading as reading where reading.test_id = of_test
                   and reading.reader = of_staff);
end
$$;

create or replace function lab.guard_review() returns trigger
language plpgsql volatile as $$
declare
    of_test lab.test;
begin
    select * into of_test from lab.test where test.test_id = new.test_id;
    if of_test.state <> 'submitted' or new.submission_no <> of_test.submission_no then
        perform lab.refuse(9, 'TEST_NOT_SUBMITTED', format('This test is %s: it cannot be reviewed.', of_test.state));
    end if;
    perform lab.part_taken(of_test.item_code, new.reviewer);
    if exists (select from lab.test where test.item_code = of_test.item_code
               and lab.is_author(test.test_id, new.reviewer)) then
        perform lab.refuse(7, 'SAME_PERSON', 'Who entered or submitted a result of this item cannot review it.');
    end if;
    perform lab.guard_review_of_screening(new, of_test);
    return new;
end
$$;

create or replace function lab.guard_sheet() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'UPDATE' then
        if old.state <> 'frozen' or new.state <> 'sealed'
           or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'record_sha256')
           or not exists (select from lab.sheet_file where sheet_file.sheet_no = old.sheet_no
                          and sheet_file.revision = old.revision) then
            perform lab.refuse(9, 'SHEET_ISSUED', 'An issued sheet never changes.');
        end if;
        return new;
    end if;
    if new.state <> 'frozen' or (select item.state from lab.item where item.item_code = new.item_code) <> 'reviewed' then
        perform lab.refuse(9, 'ITEM_NOT_REVIEWED', 'A sheet is issued for an item whose tests are all approved.');
    end if;
    perform lab.guard_sheet_revision(new);
    if exists (select from lab.incident where incident.item_code = new.item_code and incident.closed_at is null) then
        perform lab.refuse(9, 'INCIDENT_OPEN', 'An incident of this item is open.');
    end if;
    if not exists (select from lab.signatory where signatory.staff_id = new.signatory
                   and signatory.laboratory = new.laboratory and signatory.held) then
        perform lab.refuse(7, 'NOT_SIGNATORY', 'You are not an authorised signatory of this laboratory.');
    end if;
    perform lab.check_signatory(new.signatory, new.laboratory, new.record, lab.local_time(new.released_at)::date);
    if exists (select from lab.test where test.item_code = new.item_code
               and (lab.is_author(test.test_id, new.signatory)
                    or exists (select from lab.review where review.test_id = test.test_id
                               and review.reviewer = new.signatory))) then
        perform lab.refuse(7, 'SAME_PERSON', 'Author, reviewer and signatory are three different persons.');
    end if;
    if new.record_bytes <> convert_to(lab.canonical(new.record), 'UTF8') then
        perform lab.refuse(9, 'RECORD_DIFFERS', 'The bytes are not those of the record.');
    elsif (new.sheet_no, new.revision::text) is distinct from (new.record ->> 'sheet_no', new.record ->> 'revision') then
        perform lab.refuse(9, 'RECORD_DIFFERS', 'The record is of another sheet or revision.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_receipt() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        perform lab.guard_receipt_new(new);
        return new;
    end if;
    new.version := old.version + 1;
    if lab.only_changes(to_jsonb(old), to_jsonb(new), 'owner_id', 'version') and lab.is_receipt_amended(old.receipt_no) then
        return new;
    elsif new.voided_at is distinct from old.voided_at and lab.guard_receipt_void(old, new) then
        return new;
    elsif (new.fee_cny, new.fee_rule_cny) <> (old.fee_cny, old.fee_rule_cny) and lab.guard_receipt_fee(old, new) then
        return new;
    elsif not lab.only_changes(to_jsonb(old), to_jsonb(new), 'collected_at', 'collected_desk', 'collected_by', 'version')
       or old.collected_at is not null then
        perform lab.refuse(9, 'APPEND_ONLY', 'A receipt keeps what was agreed at intake.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_replay() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'UPDATE' or old.at > lab.ts_now() - (select policy.replay_kept from lab.policy) then
        perform lab.refuse(9, 'APPEND_ONLY', 'An idempotency key is kept for its whole time.');
    end if;
    return old;
end
$$;

-- Puts a guard on tables; it also runs where triggers are switched off for a replica. Without a name each table has
-- its own, guard_<table>.
create or replace procedure lab.put_guard(tables text[], events text, guard text default null)
language plpgsql as $$
declare
    one text;
    named text;
begin
    foreach one in array tables loop
        named := coalesce(guard, 'guard_' || one);
        execute format('create or replace trigger %1$I %2$s on lab.%3$I for each %4$s execute function lab.%1$I()', named,
                       events, one, case when events like '%truncate%' then 'statement' else 'row' end);
        execute format('alter table lab.%I enable always trigger %I', one, named);
    end loop;
end
$$;

call lab.put_guard('{history,person_history,custody_event,consent,item_photo,result_entry,reading,judgement,review,
                     sheet_file,catalogue_sign_off,catalogue_revision,control_limits,control_result,control_alarm,
                     batch_test,control_plan,worksheet_position,worksheet_result,worksheet_file,instrument_profile,instrument_file,
                     instrument_reading,method_check,fitness,reagent_use,proficiency,proficiency_score,crm_check,item_fact,institute_seal,
                     institute_mark}',
                   'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{institute,laboratory,desk,staff,staff_role,qualification,signatory,session,person,receipt,item,
                     incident,test,sheet,receipt_counter,sheet_counter,incident_counter,catalogue_row,item_class,
                     control_chart,batch_hold,nonconformity,nonconformity_counter,worksheet,worksheet_counter}',
                   'before delete or truncate', 'guard_no_delete');
call lab.put_guard('{staff,person,incident}', 'before update', 'guard_version');
call lab.put_guard('{receipt_counter,sheet_counter,incident_counter,nonconformity_counter,worksheet_counter}',
                   'before insert or update', 'guard_counter');

call lab.put_guard('{item,test}', 'before insert or update');
call lab.put_guard('{result_entry,reading}', 'before insert', 'guard_entry');
call lab.put_guard('{judgement,review}', 'before insert');
call lab.put_guard('{sheet}', 'before insert or update');
call lab.put_guard('{receipt}', 'before insert or update');
call lab.put_guard('{replay}', 'before update or delete');

reset role;
