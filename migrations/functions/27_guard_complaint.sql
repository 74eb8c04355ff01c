-- SPDX-License-Identifier: Apache-2.0
-- The invariants of complaints, against plain SQL too: who tested, reviewed, signed or took in what it is about does not handle it
-- (ISO/IEC 17025 7.9.6), a closed one never changes, and a linked retest is one.
set role touchstone_owner;

-- What part somebody had in the items of a complaint; '' = none.
create or replace function lab.complaint_part(of_complaint text, of_staff uuid) returns text
language plpgsql stable as $$
begin
    return coalesce((
        select case when exists (select from lab.test where test.item_code = concerned.item_code
                                 and lab.is_author(test.test_id, of_staff)) then 'tested'
                    when exists (select from lab.test join lab.review using (test_id)
                                 where test.item_code = concerned.item_code and review.reviewer = of_staff) then 'reviewed'
                    when exists (select from lab.sheet where sheet.item_code = concerned.item_code
                                 and sheet.signatory = of_staff) then 'signed' end as part
        from lab.complaint_item as concerned where concerned.complaint_no = of_complaint order by part limit 1), '');
end
$$;

create or replace function lab.guard_independent(of_complaint text, of_staff uuid, here text) returns void
language plpgsql volatile as $$
declare
    part text := lab.complaint_part(of_complaint, of_staff);
begin
    if part <> '' then
        perform lab.refuse(7, 'NOT_INDEPENDENT', format('This person %s what the complaint is about: somebody else handles it.', part),
                           'handler', jsonb_build_object('part', part));
    elsif not exists (select from lab.staff join lab.staff_role as held using (staff_id) where held.staff_id = of_staff
                      and staff.enabled and held.laboratory = here and held.role in ('quality', 'manager') and held.held) then
        perform lab.refuse(9, 'MAY_NOT_HANDLE', 'A quality manager or manager of the laboratory handles complaints.', 'handler');
    end if;
end
$$;

create or replace function lab.guard_complaint() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'received' then
            perform lab.refuse_transition('complaint', 'new', new.state);
        end if;
        return new;
    end if;
    new.version := old.version + 1;
    if old.state = 'closed' or not lab.only_changes(to_jsonb(old), to_jsonb(new), 'state', 'handler_id', 'assigned_by', 'assigned_at',
                                                    'finding', 'outcome', 'closed_at', 'version') then
        perform lab.refuse(9, 'APPEND_ONLY', 'A complaint keeps what was filed; closed, it never changes.');
    elsif new.state = 'received' or old.state = 'received' and new.state = 'closed' then
        perform lab.refuse_transition('complaint', old.state, new.state);
    end if;
    -- At the end too: the handler may have had a part since.
    perform lab.guard_independent(new.complaint_no, new.handler_id, new.laboratory);
    return new;
end
$$;

create or replace function lab.guard_complaint_item() returns trigger
language plpgsql volatile as $$
declare
    of_complaint lab.complaint;
begin
    select * into of_complaint from lab.complaint where complaint.complaint_no = new.complaint_no;
    if of_complaint.state <> 'received' or (select item.laboratory from lab.item where item.item_code = new.item_code)
                                           is distinct from of_complaint.laboratory then
        perform lab.refuse(9, 'COMPLAINT_ITEMS', 'A complaint is about items of one laboratory, named when it is filed.');
    end if;
    return new;
end
$$;

create or replace function lab.guard_complaint_retest() returns trigger
language plpgsql volatile as $$
begin
    if not exists (select from lab.retest join lab.test on test.test_id = retest.test_id
                   join lab.complaint_item as concerned on concerned.item_code = test.item_code
                   where retest.retest_id = new.retest_id and concerned.complaint_no = new.complaint_no) then
        perform lab.refuse(9, 'NO_SUCH_RETEST', 'This is no retest of an item that the complaint is about (test retest).');
    elsif (select complaint.state from lab.complaint where complaint.complaint_no = new.complaint_no) <> 'assigned' then
        perform lab.refuse(9, 'COMPLAINT_NOT_OPEN', 'A retest is linked while somebody handles the complaint.');
    end if;
    return new;
end
$$;

call lab.put_guard('{complaint_item,complaint_retest}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{complaint,complaint_counter}', 'before delete or truncate', 'guard_no_delete');
call lab.put_guard('{complaint_counter}', 'before insert or update', 'guard_counter');
call lab.put_guard('{complaint}', 'before insert or update');
call lab.put_guard('{complaint_item,complaint_retest}', 'before insert');

reset role;
