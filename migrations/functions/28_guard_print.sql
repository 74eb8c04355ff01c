-- SPDX-License-Identifier: Apache-2.0
-- The invariants of prints, against plain SQL too: copies of one thing are numbered without a gap, the thing is there, and what
-- was printed stays told.
set role touchstone_owner;

-- Whose the thing is; null when there is none. A ticket is told as laboratory/day/number: JEW/2026-03-15/J012.
create or replace function lab.printed_laboratory(of_kind text, of_number text) returns text
language plpgsql stable as $$
begin
    return case when of_kind in ('item_label', 'rejection') then (select item.laboratory from lab.item where item.item_code = of_number)
        when of_kind = 'ticket' then (select ticket.laboratory from lab.ticket
                            where of_number ~ '^[A-Z0-9_]{1,10}/[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Z][0-9]{3,}$'
                            and ticket.laboratory = split_part(of_number, '/', 1)
                            and ticket.day::text = split_part(of_number, '/', 2) and ticket.ticket_no = split_part(of_number, '/', 3))
        else (select receipt.laboratory from lab.receipt where receipt.receipt_no = of_number) end;
end
$$;

create or replace function lab.guard_print_event() returns trigger
language plpgsql volatile as $$
begin
    if lab.printed_laboratory(new.kind, new.number) is distinct from new.laboratory then
        perform lab.refuse(9, 'NO_SUCH_THING', 'What is printed is not known in this laboratory.', 'number');
    elsif new.copy <> 1 + (select coalesce(max(event.copy), 0) from lab.print_event as event
                           where event.number = new.number and event.kind = new.kind) then
        perform lab.refuse(9, 'COPY_NUMBER', 'Copies of one thing are numbered one after the other.', 'copy');
    end if;
    return new;
end
$$;

call lab.put_guard('{print_event}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{print_event}', 'before insert');

reset role;
