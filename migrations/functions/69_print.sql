-- SPDX-License-Identifier: Apache-2.0
-- Printing, as the books know it: each copy is numbered before it is printed, over all desks, and from the second on with a
-- reason. What a person's own paper says in full is answered with it (69_print_paper.sql).
set role touchstone_owner;

create or replace function lab.print_view(event lab.print_event) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'print_kind', event.kind, 'number', event.number, 'copy', event.copy, 'laboratory', event.laboratory,
        'printed_by', lab.username_of(event.printed_by), 'desk', event.desk, 'printer', nullif(event.printer, ''),
        'printed_at', event.printed_at, 'reason', nullif(event.reason, ''));
end
$$;

-- Two desks that print the same thing at once are numbered one after the other: each waits for the other's act to end.
create or replace function lab.print_next(who lab.actor, of_kind text, of_number text, request jsonb) returns lab.print_event
language plpgsql volatile as $$
declare
    here text := lab.printed_laboratory(of_kind, of_number);
    last lab.print_event;
    made lab.print_event;
    why text := btrim(coalesce(request ->> 'reason', ''));
begin
    perform lab.require_seen(who, here, case when of_kind in ('item_label', 'rejection') then 'item' when of_kind = 'ticket' then 'ticket' else 'receipt' end);
    perform pg_advisory_xact_lock(hashtextextended('print ' || of_kind || ' ' || of_number, 0));
    select * into last from lab.print_event as event where event.number = of_number and event.kind = of_kind
    order by event.copy desc limit 1;
    if last.copy is not null and why = '' then
        perform lab.refuse(9, 'REPRINT_REASON', format('%s was printed before (%s, the last by %s at %s UTC). Say why it is printed again '
                                                       '(--reason).', of_number, last.copy, lab.username_of(last.printed_by),
                                                       to_char(last.printed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')),
                           'reason', jsonb_build_object('copies', last.copy::text, 'number', of_number));
    end if;
    insert into lab.print_event (kind, number, copy, laboratory, printed_by, desk, printer, printed_at, reason)
    values (of_kind, of_number, coalesce(last.copy, 0) + 1, here, who.staff_id, who.desk, coalesce(request ->> 'printer', ''),
            lab.ts_now(), why)
    returning * into made;
    return made;
end
$$;

-- "JEW/J012" is of today: JEW/2026-03-15/J012.
create or replace function lab.print_number(of_kind text, said text) returns text
language plpgsql stable as $$
begin
    return case when of_kind = 'ticket' and said ~ '^[A-Z0-9_]{1,10}/[A-Za-z]?[0-9]{1,6}$'
                then coalesce((select format('%s/%s/%s', ticket.laboratory, ticket.day, ticket.ticket_no) from lab.ticket
                               where ticket.laboratory = split_part(said, '/', 1) and ticket.day = lab.today()
                               and ticket.number = lab.ticket_number_of(ticket.laboratory, split_part(said, '/', 2))), said)
                else said end;
end
$$;

create or replace function lab.print_ticket(of_number text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
        'ticket_no', ticket.ticket_no, 'laboratory', ticket.laboratory, 'laboratory_zh', laboratory.name_zh,
        'laboratory_en', laboratory.name_en, 'day', ticket.day, 'ticket_code', ticket.ticket_code,
        'rule_zh', lab.day_rule_words(rule, true), 'rule_en', lab.day_rule_words(rule, false), 'taken_at', ticket.taken_at,
        'taken_local', lab.paper_time(ticket.taken_at), 'places', ticket.places)
        from lab.ticket join lab.laboratory using (laboratory) cross join lateral lab.day_rule(ticket.laboratory, ticket.day) as rule
        where ticket.laboratory = split_part(of_number, '/', 1) and ticket.day::text = split_part(of_number, '/', 2)
        and ticket.ticket_no = split_part(of_number, '/', 3));
end
$$;

-- All or none. The locks are taken in one order, whatever the order that was asked for.
create or replace function lab.desk_record_prints(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    one record;
    views json[] := '{}';
    paper_kind text;
    paper_of text;
    ticket_of text;
begin
    for one in select piece ->> 'print_kind' as kind, lab.print_number(piece ->> 'print_kind', piece ->> 'number') as number
        from jsonb_array_elements(request -> 'pieces') as piece order by 1, 2
    loop
        views := views || lab.print_view(lab.print_next(who, one.kind, one.number, request));
        if one.kind in ('receipt', 'agreement', 'rejection') then
            paper_kind := one.kind;
            paper_of := one.number;
        elsif one.kind = 'ticket' then
            ticket_of := one.number;
        end if;
    end loop;
    return json_build_object('prints', array_to_json(views),
                             'paper', case when paper_of is not null then lab.print_paper(paper_of, paper_kind) end,
                             'ticket', case when ticket_of is not null then lab.print_ticket(ticket_of) end);
end
$$;

-- The same call once more: its prints, as they were kept, and the paper anew. That it was shown is in the history again.
create or replace function lab.prints_told_again(kept json) returns json
language plpgsql volatile as $$
declare
    paper_kind text;
    paper_of text;
begin
    select print ->> 'print_kind', print ->> 'number' into paper_kind, paper_of
    from json_array_elements(kept -> 'prints') with ordinality as one (print, place)
    where print ->> 'print_kind' in ('receipt', 'agreement', 'rejection') order by place desc limit 1;
    return case when paper_of is null then kept
                else (kept::jsonb || jsonb_build_object('paper', json_strip_nulls(lab.print_paper(paper_of, paper_kind))))::json end;
end
$$;

create or replace function lab.desk_list_prints(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    asked text := request ->> 'number';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_seen(who, coalesce(lab.printed_laboratory('item_label', asked), lab.printed_laboratory('receipt', asked),
                                           lab.printed_laboratory('ticket', asked)), 'item, receipt or ticket');
    select array_agg(lab.print_view(page) order by page.kind, page.copy) into found
    from (select * from lab.print_event as event where event.number = asked
          and (event.kind, event.copy) > (coalesce(keys[1], ''), coalesce(keys[2]::integer, 0))
          order by event.kind, event.copy limit size + 1) as page;
    return lab.page_answer(who, 'prints', found, size, 'print_kind', 'copy');
end
$$;

reset role;
