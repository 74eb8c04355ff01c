-- SPDX-License-Identifier: Apache-2.0
-- The invariants of amendments, withdrawals, recipients and deliveries, against plain SQL too: a second person closes what
-- the first one opened, only the newest revision is amended or withdrawn, nothing is issued of what is withdrawn, and what
-- an issued sheet says changes by a new revision only.
set role touchstone_owner;

create or replace function lab.is_amended(of_item text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.sheet_amendment as paper where paper.item_code = of_item and paper.state = 'open');
end
$$;

create or replace function lab.is_receipt_amended(of_receipt text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.item join lab.sheet_amendment as paper using (item_code)
                   where item.receipt_no = of_receipt and paper.state = 'open');
end
$$;

create or replace function lab.is_withdrawn(of_sheet text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.sheet_withdrawal as paper where paper.sheet_no = of_sheet and paper.state = 'confirmed');
end
$$;

create or replace function lab.is_item_withdrawn(of_item text) returns boolean
language plpgsql stable as $$
begin
    return lab.is_withdrawn((select item.sheet_no from lab.item where item.item_code = of_item));
end
$$;

create or replace function lab.is_signatory(of_staff uuid, of_laboratory text) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.signatory join lab.staff using (staff_id) where signatory.staff_id = of_staff
                   and signatory.laboratory = of_laboratory and signatory.held and staff.enabled);
end
$$;

-- The results as they stand: what an amendment found when it was opened, and whether anything changed since.
create or replace function lab.amended_tests(of_item text) returns jsonb
language plpgsql stable as $$
begin
    return (select coalesce(jsonb_object_agg(test.test_id, format('%s/%s/%s', test.entry_no, test.submission_no,
                                case test.state when 'released' then 'approved' else test.state end)), '{}')
            from lab.test where test.item_code = of_item and test.state not in ('cancelled', 'superseded'));
end
$$;

-- The newest revision, or null when there is no such sheet.
create or replace function lab.newest_revision(of_sheet text) returns integer
language plpgsql stable as $$
begin
    return (select max(sheet.revision) from lab.sheet where sheet.sheet_no = of_sheet);
end
$$;

-- What was told of an item stands on its sheet: once that is issued nothing is told any more, also not while an amendment is
-- open, whose corrections have papers and a second person.
create or replace function lab.guard_item_fact() returns trigger
language plpgsql volatile as $$
begin
    if exists (select from lab.sheet where sheet.item_code = new.item_code) then
        perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued. What it says is corrected by an amendment: '
                           'sheet amend, then sheet correct.');
    end if;
    return new;
end
$$;

-- Of an item whose sheet is issued only its whereabouts change, unless an amendment is open; its number never does.
create or replace function lab.guard_item_issued(was lab.item, becomes lab.item) returns void
language plpgsql volatile as $$
begin
    if was.sheet_no is not null and not lab.is_amended(was.item_code)
       and not lab.only_changes(to_jsonb(was), to_jsonb(becomes), 'custody_state', 'holder_id', 'stored_in', 'mass_out_text',
                                'mass', 'mass_out', 'version', case when was.state <> 'released' then 'state' end) then
        perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued: its record changes by an amendment only '
                           '(sheet amend).');
    elsif was.sheet_no is distinct from becomes.sheet_no and (was.sheet_no is not null or becomes.state <> 'released') then
        perform lab.refuse(9, 'SHEET_ISSUED', 'An item keeps the number of its sheet.');
    elsif was.sheet_no is not null
       and not lab.only_changes(to_jsonb(was), to_jsonb(becomes), 'state', 'custody_state', 'holder_id', 'stored_in',
                                'mass_out_text', 'mass_out', 'version', 'name', 'pieces', 'claim_text', 'hallmark', 'mass_text', 'mass',
                                'condition', 'stones', 'seal_no') then
        perform lab.refuse(9, 'SHEET_ISSUED', 'An amendment corrects what describes the item. Another claim is another order: '
                           'take the item in anew.');
    end if;
end
$$;

-- A receipt has one owner, whatever is amended of its items. While the amendment of one corrects it, no other one does, as
-- they would undo each other's correction; and nothing is issued of another item, which would name somebody who is not the
-- owner when that amendment is cancelled. Whoever asks has locked the receipt.
drop function if exists lab.require_owner_free(lab.item);
create or replace function lab.require_owner_free(of_item text) returns void
language plpgsql volatile as $$
declare
    elsewhere text;
begin
    select other.sheet_no into elsewhere
    from lab.item as asked join lab.item as beside on beside.receipt_no = asked.receipt_no and beside.item_code <> asked.item_code
    join lab.sheet_amendment as other on other.item_code = beside.item_code and other.state = 'open'
    join lab.sheet_correction as correction using (amendment_id)
    where asked.item_code = of_item and correction.field = 'owner' limit 1;
    if elsewhere is not null then
        perform lab.refuse(9, 'OWNER_CORRECTED', format('The amendment of %s corrects the owner of this receipt already, for all '
                           'of its sheets: finish or cancel that one first.', elsewhere), 'owner');
    end if;
end
$$;

-- Revision 0 is of an item without a sheet; a later one replaces the newest, by its open amendment and another signatory.
create or replace function lab.guard_sheet_revision(becomes lab.sheet) returns void
language plpgsql volatile as $$
declare
    paper lab.sheet_amendment;
begin
    perform lab.require_owner_free(becomes.item_code);
    if becomes.revision = 0 then
        if exists (select from lab.sheet where sheet.item_code = becomes.item_code) then
            perform lab.refuse(9, 'SHEET_ISSUED', 'The sheet of this item is issued: amend it (sheet amend).');
        end if;
        return;
    end if;
    select * into paper from lab.sheet_amendment as every where every.sheet_no = becomes.sheet_no and every.state = 'open';
    if paper.sheet_no is null or paper.revision <> becomes.revision - 1 or paper.item_code <> becomes.item_code
       or paper.revision <> lab.newest_revision(becomes.sheet_no) then
        perform lab.refuse(9, 'NOT_AMENDED', 'A new revision needs an open amendment of the newest one (sheet amend).');
    elsif lab.is_withdrawn(becomes.sheet_no) then
        perform lab.refuse(9, 'SHEET_WITHDRAWN', 'This sheet is withdrawn: nothing more is issued under its number.');
    elsif exists (select from lab.sheet_withdrawal as asked where asked.sheet_no = becomes.sheet_no
                  and asked.state = 'requested') then
        perform lab.refuse(9, 'WITHDRAWAL_REQUESTED', 'The withdrawal of this sheet is asked for: confirm or cancel it first.');
    elsif becomes.signatory = paper.opened_by
       or exists (select from lab.sheet_correction as correction where correction.amendment_id = paper.amendment_id
                  and correction.corrected_by = becomes.signatory) then
        perform lab.refuse(7, 'SAME_PERSON', 'Who opened an amendment or corrected under it does not sign it: another '
                           'signatory must.');
    end if;
end
$$;

create or replace function lab.guard_sheet_amendment() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'UPDATE' then
        if old.state <> 'open' or new.state = 'open'
           or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'closed_by', 'closed_at', 'close_reason')
           or new.state = 'issued' and not exists (select from lab.sheet where sheet.sheet_no = old.sheet_no
               and sheet.revision = old.revision + 1 and sheet.signatory = new.closed_by)
           or new.state = 'overtaken' and not lab.is_withdrawn(old.sheet_no)
           or new.state = 'cancelled' and old.tests_before <> lab.amended_tests(old.item_code) then
            perform lab.refuse(9, 'ILLEGAL_TRANSITION', 'An amendment is closed once: by its new revision, by a withdrawal, or '
                               'cancelled while no result was changed.');
        end if;
        return new;
    end if;
    perform from lab.sheet where sheet.sheet_no = new.sheet_no and sheet.revision = new.revision for no key update;
    if new.state <> 'open' or new.revision <> lab.newest_revision(new.sheet_no) then
        perform lab.refuse(10, 'NOT_NEWEST', 'Only the newest revision of a sheet is amended. Look at it again.');
    elsif not exists (select from lab.sheet where sheet.sheet_no = new.sheet_no and sheet.revision = new.revision
                      and sheet.item_code = new.item_code and sheet.laboratory = new.laboratory and sheet.state = 'sealed') then
        perform lab.refuse(9, 'SHEET_NOT_READY', 'This sheet is still being drawn and sealed. Try again in a moment.');
    elsif exists (select from lab.sheet_withdrawal as paper where paper.sheet_no = new.sheet_no
                  and paper.state <> 'cancelled') then
        perform lab.refuse(9, case when lab.is_withdrawn(new.sheet_no) then 'SHEET_WITHDRAWN' else 'WITHDRAWAL_REQUESTED' end,
                           'This sheet is withdrawn, or its withdrawal is asked for: it is not amended.');
    elsif new.tests_before <> lab.amended_tests(new.item_code) then
        perform lab.refuse(9, 'APPEND_ONLY', 'An amendment keeps the results as they are when it is opened.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_sheet_correction() returns trigger
language plpgsql volatile as $$
declare
    paper lab.sheet_amendment;
begin
    select * into paper from lab.sheet_amendment as every where every.amendment_id = new.amendment_id for no key update;
    if paper.state <> 'open' then
        perform lab.refuse(9, 'NOT_AMENDED', 'This amendment is closed: nothing is corrected under it.');
    elsif new.laboratory <> paper.laboratory or new.correction_no <> 1 + coalesce(
              (select max(one.correction_no) from lab.sheet_correction as one where one.amendment_id = new.amendment_id), 0) then
        perform lab.refuse(9, 'NUMBER_GAP', 'Corrections are counted without gaps.');
    end if;
    return new;
end
$$;

-- What is sealed is withdrawn; what can never be sealed becomes void by the same act (73_sheet_void.sql).
create or replace function lab.sheet_can_end(of_sheet text, of_revision integer) returns boolean
language plpgsql stable as $$
begin
    return exists (select from lab.sheet where sheet.sheet_no = of_sheet and sheet.revision = of_revision
                   and sheet.state = 'sealed') or lab.sheet_is_stuck(of_sheet, of_revision);
end
$$;

create or replace function lab.guard_sheet_withdrawal() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'UPDATE' then
        if old.state <> 'requested' or new.state = 'requested'
           or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'decided_by', 'decided_at', 'meaning') then
            perform lab.refuse(9, 'ILLEGAL_TRANSITION', 'A withdrawal is decided once.');
        elsif new.state = 'confirmed' and new.decided_by = old.requested_by then
            perform lab.refuse(7, 'SAME_PERSON', 'Who asked for a withdrawal does not confirm it: another signatory must.');
        elsif new.state = 'confirmed' and not lab.is_signatory(new.decided_by, new.laboratory) then
            perform lab.refuse(7, 'NOT_SIGNATORY', 'You are not an authorised signatory of this laboratory.');
        elsif new.state = 'confirmed' and old.revision <> lab.newest_revision(old.sheet_no) then
            perform lab.refuse(10, 'NOT_NEWEST', 'Only the newest revision of a sheet is withdrawn. Look at it again.');
        elsif new.state = 'confirmed' and not lab.sheet_can_end(new.sheet_no, new.revision) then
            perform lab.refuse(9, 'SHEET_NOT_READY', 'This sheet is still being drawn and sealed. Try again in a moment.');
        elsif new.state = 'confirmed' then
            perform lab.check_signatory(new.decided_by, new.laboratory, sheet.record, lab.local_time(new.decided_at)::date)
            from lab.sheet where sheet.sheet_no = new.sheet_no and sheet.revision = new.revision;
        end if;
        return new;
    end if;
    perform from lab.sheet where sheet.sheet_no = new.sheet_no and sheet.revision = new.revision for no key update;
    if new.state <> 'requested' or new.revision <> lab.newest_revision(new.sheet_no) then
        perform lab.refuse(10, 'NOT_NEWEST', 'Only the newest revision of a sheet is withdrawn. Look at it again.');
    elsif not lab.sheet_can_end(new.sheet_no, new.revision)
       or not exists (select from lab.sheet where sheet.sheet_no = new.sheet_no and sheet.revision = new.revision
                      and sheet.laboratory = new.laboratory) then
        perform lab.refuse(9, 'SHEET_NOT_READY', 'This sheet is still being drawn and sealed. Try again in a moment.');
    end if;
    return new;
end
$$;

-- A recipient stays as it was agreed and is taken off once: those who received a sheet hear of what becomes of it.
create or replace function lab.guard_sheet_recipient() returns trigger
language plpgsql volatile as $$
begin
    if old.removed_at is not null or new.removed_at is null
       or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'removed_at', 'removed_by') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A recipient is taken off once, and never changes otherwise: add another.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_sheet_delivery() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'waiting' or new.kind = 'withdrawn' and not lab.is_withdrawn(new.sheet_no)
           or new.kind <> 'withdrawn' and (new.kind = 'ready') <> (new.revision = 0) then
            perform lab.refuse_transition('delivery', 'new', new.state);
        end if;
        return new;
    end if;
    new.version := old.version + case when new.state <> old.state then 1 else 0 end; -- a try changes nothing for the desk
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'changed_at', 'changed_by', 'attempts', 'next_at',
                            'leased_until', 'last_error', 'version')
       or new.state is distinct from old.state and not (old.state || '>' || new.state = any (array['waiting>sent',
           'waiting>failed', 'failed>waiting', 'waiting>collected', 'waiting>printed', 'sent>collected', 'sent>printed',
           'failed>collected', 'failed>printed', 'printed>collected', 'waiting>overtaken', 'failed>overtaken',
           'overtaken>sent'])) then
        perform lab.refuse_transition('delivery', old.state, new.state);
    end if;
    return new;
end
$$;

call lab.put_guard('{item_fact}', 'before insert');
call lab.put_guard('{sheet_amendment,sheet_withdrawal,sheet_delivery}', 'before insert or update');
call lab.put_guard('{sheet_correction}', 'before insert');
call lab.put_guard('{sheet_recipient}', 'before update');
call lab.put_guard('{sheet_correction}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{sheet_amendment,sheet_withdrawal,sheet_recipient,sheet_delivery}', 'before delete or truncate',
                   'guard_no_delete');

reset role;
