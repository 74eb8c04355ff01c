-- SPDX-License-Identifier: Apache-2.0
-- The wall board and a person's own number, for anybody: numbers, rooms and counts; no name, phone, item, code or booking.
set role touchstone_owner;

-- One laboratory's queue as the board shows it. Nothing in it changes unless the queue does: the daemon tells it anew only then.
create or replace function lab.board_queue(here text, of_day date) returns json
language plpgsql stable as $$
declare
    rule lab.visit_day := lab.day_rule(here, of_day);
    waiting integer := (select count(*) from lab.ticket where ticket.laboratory = here and ticket.day = of_day and ticket.state = 'waiting');
begin
    return (select json_build_object(
        'laboratory', laboratory.laboratory, 'laboratory_zh', laboratory.name_zh, 'laboratory_en', laboratory.name_en,
        'rule_zh', lab.day_rule_words(rule, true), 'rule_en', lab.day_rule_words(rule, false),
        'name_zh', nullif(rule.name_zh, ''), 'name_en', nullif(rule.name_en, ''), 'waiting', waiting,
        'wait_minutes', lab.wait_minutes(waiting + 1, lab.service_time(here, of_day), lab.rooms_open(here, of_day)),
        'calls', (select coalesce(json_agg(json_build_object('ticket_no', one.ticket_no, 'room', one.room, 'times', one.calls)
                                           order by one.called_at desc, one.number), '[]')
                  from (select * from lab.ticket where ticket.laboratory = here and ticket.day = of_day
                        and ticket.state in ('called', 'serving') order by ticket.called_at desc, ticket.number limit 5) as one),
        'next', (select coalesce(json_agg(ticket.ticket_no order by ahead.place), '[]')
                 from lab.queue_order(here, of_day, 8) as ahead join lab.ticket using (ticket_id)),
        'skipped', (select coalesce(json_agg(one.ticket_no order by one.number), '[]')
                    from (select ticket.ticket_no, ticket.number from lab.ticket where ticket.laboratory = here and ticket.day = of_day
                          and ticket.state = 'skipped' order by ticket.called_at desc limit 8) as one))
        from lab.laboratory where laboratory.laboratory = here);
end
$$;

-- Of one laboratory, or with '' of all that have a queue today.
create or replace function api.public_board(laboratory text) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    of_day date := lab.today();
begin
    return json_build_object('day', of_day, 'institute_zh', institute.name_zh, 'institute_en', institute.name_en, 'queues', (
        select coalesce(json_agg(lab.board_queue(queue.laboratory, of_day) order by queue.laboratory), '[]')
        from lab.queue_day as queue where queue.day = of_day
        and (public_board.laboratory = '' or queue.laboratory = public_board.laboratory))) from lab.institute;
end
$$;

-- By the code on the slip, today only.
create or replace function api.public_follow_ticket(ticket_code text) returns json
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
declare
    known lab.ticket;
begin
    select * into known from lab.ticket where ticket.ticket_code = lab.code_plain(public_follow_ticket.ticket_code)
    and ticket.day = lab.today();
    if not found then
        perform lab.refuse(5, 'TICKET_UNKNOWN', 'This is no number of today. Look at the slip again, or ask at the desk. '
                           '不是今天的号码，请核对小票或咨询工作人员。');
    end if;
    return (select json_strip_nulls(json_build_object('ticket_no', known.ticket_no, 'ticket_state', known.state,
            'room', nullif(known.room, ''), 'laboratory_zh', laboratory.name_zh, 'laboratory_en', laboratory.name_en,
            'place', found.place, 'wait_minutes', lab.wait_minutes(found.place, lab.service_time(known.laboratory, known.day),
                                                                   lab.rooms_open(known.laboratory, known.day))))
        from lab.laboratory left join lateral (select ahead.place from lab.queue_order(known.laboratory, known.day) as ahead
            where known.state = 'waiting' and ahead.ticket_id = known.ticket_id) as found on true
        where laboratory.laboratory = known.laboratory);
end
$$;

reset role;
