-- SPDX-License-Identifier: Apache-2.0
-- Days and sessions of a laboratory: the working calendar, open days, quotas, the rule of calling. docs/open-day.md.
set role touchstone_owner;

create or replace function lab.today() returns date
language plpgsql volatile as $$
begin
    return lab.local_time(lab.ts_now())::date;
end
$$;

-- What holds on a day: its row, else the ordinary rule. Without a row the version is 0.
create or replace function lab.day_rule(here text, of_day date) returns lab.visit_day
language plpgsql stable as $$
declare
    rule lab.visit_day;
begin
    select * into rule from lab.visit_day as set_down where set_down.laboratory = here and set_down.day = of_day;
    if not found then
        rule.laboratory := here;
        rule.day := of_day;
        rule.kind := case when extract(isodow from of_day) <= 5 then 'working' else 'closed' end;
        rule.booked_turns := 2;
        rule.walk_in_turns := 1;
        rule.elders_first := false;
        rule.ticket_minutes := 6;
        rule.version := 0;
    end if;
    return rule;
end
$$;

-- The published rule in words; nothing else says it, so that the board and the list cannot differ.
create or replace function lab.day_rule_words(rule lab.visit_day, chinese boolean) returns text
language plpgsql immutable as $$
begin
    if chinese then
        return case when rule.elders_first then '长者优先；' else '' end
            || case when rule.booked_turns = 0 then '依次叫现场号，无现场号时叫预约号'
                    when rule.walk_in_turns = 0 then '依次叫预约号，无预约号时叫现场号'
                    else format('每叫 %s 个预约号，叫 %s 个现场号', rule.booked_turns, rule.walk_in_turns) end
            || '；一方无人等候时，由另一方递补。';
    end if;
    return case when rule.elders_first then 'Elders first. ' else '' end
        || case when rule.booked_turns = 0 then 'Walk-ins first, then booked'
                when rule.walk_in_turns = 0 then 'Booked first, then walk-ins'
                else format('%s booked, then %s walk-in%s, in turn', rule.booked_turns, rule.walk_in_turns,
                            case when rule.walk_in_turns > 1 then 's' else '' end) end
        || '; where nobody waits, the others go on.';
end
$$;

create or replace function lab.day_view(rule lab.visit_day) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'laboratory', rule.laboratory, 'day', rule.day, 'day_kind', rule.kind, 'name_zh', nullif(rule.name_zh, ''),
        'name_en', nullif(rule.name_en, ''), 'booked_turns', rule.booked_turns, 'walk_in_turns', rule.walk_in_turns,
        'elders_first', rule.elders_first, 'ticket_minutes', rule.ticket_minutes,
        'rule_zh', lab.day_rule_words(rule, true), 'rule_en', lab.day_rule_words(rule, false),
        'advice_zh', nullif(rule.advice_zh, ''), 'advice_en', nullif(rule.advice_en, ''),
        'set_by', lab.username_of(rule.set_by), 'set_at', rule.set_at, 'reason', nullif(rule.reason, ''), 'version', rule.version);
end
$$;

create or replace function lab.open_day_set_day(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date;
    wanted lab.visit_day;
begin
    perform lab.require_role(who, here);
    of_day := lab.day_of(request, 'day');
    if coalesce(request ->> 'day_kind', '') = '' then
        perform lab.refuse_field('day_kind', 'is required');
    elsif request ->> 'day_kind' = 'open_day' and btrim(coalesce(request ->> 'name_zh', '')) = '' then
        perform lab.refuse_field('name_zh', 'is required of an open day: the campaign''s name');
    elsif coalesce((request ->> 'booked_turns')::integer, 0) + coalesce((request ->> 'walk_in_turns')::integer, 0) = 0 then
        perform lab.refuse_field('booked_turns', 'booked_turns and walk_in_turns cannot both be 0: nobody would be called');
    elsif request ->> 'day_kind' = 'closed' and exists (select from lab.session_slot as slot where slot.laboratory = here
            and slot.day = of_day and (slot.booked_taken > 0 or slot.walk_in_taken > 0)) then
        perform lab.refuse(9, 'DAY_IS_BOOKED', 'Somebody is booked on this day: cancel the bookings first.');
    end if;
    perform pg_advisory_xact_lock(hashtextextended('visit-day/' || here || '/' || of_day, 0));
    wanted := lab.day_rule(here, of_day);
    perform lab.require_version(request || jsonb_build_object('version', coalesce((request ->> 'day_version')::bigint, 0)), wanted.version);
    perform lab.set_reason(lab.words_of(request, 'reason'));
    insert into lab.visit_day as kept (laboratory, day, kind, name_zh, name_en, booked_turns, walk_in_turns, elders_first,
                                       ticket_minutes, advice_zh, advice_en, set_by, set_at, reason)
    values (here, of_day, request ->> 'day_kind', btrim(coalesce(request ->> 'name_zh', '')),
            btrim(coalesce(request ->> 'name_en', '')), coalesce((request ->> 'booked_turns')::integer, 0),
            coalesce((request ->> 'walk_in_turns')::integer, 0), coalesce((request ->> 'elders_first')::boolean, false),
            coalesce(nullif((request ->> 'ticket_minutes')::integer, 0), 6), btrim(coalesce(request ->> 'advice_zh', '')),
            btrim(coalesce(request ->> 'advice_en', '')), who.staff_id, lab.ts_now(), lab.words_of(request, 'reason'))
    on conflict (laboratory, day) do update set kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en,
        booked_turns = excluded.booked_turns, walk_in_turns = excluded.walk_in_turns, elders_first = excluded.elders_first,
        ticket_minutes = excluded.ticket_minutes, advice_zh = excluded.advice_zh, advice_en = excluded.advice_en,
        set_by = excluded.set_by, set_at = excluded.set_at, reason = excluded.reason
    returning * into wanted;
    return json_build_object('visit_day', lab.day_view(wanted));
end
$$;

-- So many days from one on, with what holds on each; a calendar, so the days without a row are told too.
create or replace function lab.open_day_list_days(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    from_day date := case when coalesce(request ->> 'day', '') = '' then lab.today() else lab.day_of(request, 'day') end;
begin
    perform lab.require_role(who, here);
    return json_build_object('visit_days', (
        select json_agg(lab.day_view(lab.day_rule(here, from_day + ahead)) order by ahead)
        from generate_series(0, coalesce(nullif((request ->> 'days')::integer, 0), 14) - 1) as ahead));
end
$$;

-- ---------------------------------------------------------------- sessions

create or replace function lab.slot_view(slot lab.session_slot) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'slot_id', slot.slot_id, 'laboratory', slot.laboratory, 'day', slot.day, 'begins', slot.begins, 'ends', slot.ends,
        'local_begins', to_char(lab.local_time(slot.begins), 'HH24:MI'), 'local_ends', to_char(lab.local_time(slot.ends), 'HH24:MI'),
        'booked_quota', slot.booked_quota, 'booked_taken', slot.booked_taken, 'walk_in_quota', slot.walk_in_quota,
        'walk_in_taken', slot.walk_in_taken, 'given_to_walk_ins', slot.given_to_walk_ins, 'tour_seats', slot.tour_seats,
        'tour_taken', slot.tour_taken, 'person_cap', slot.person_cap, 'releases_at', slot.releases_at,
        'grace_minutes', slot.grace_minutes,
        'waiting', (select coalesce(sum(booking.places), 0) from lab.booking
                    where booking.slot_id = slot.slot_id and booking.state = 'waiting'),
        'version', slot.version);
end
$$;

-- HH:MM of the day as a moment; 24:00 is its end.
create or replace function lab.moment_of(request jsonb, field text, of_day date) returns timestamptz
language plpgsql volatile as $$
declare
    said text := btrim(coalesce(request ->> field, ''));
begin
    if said !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' and said <> '24:00' then
        perform lab.refuse_field(field, 'is not a time of day: write HH:MM');
    end if;
    return (of_day + said::interval) at time zone (select institute.time_zone from lab.institute);
end
$$;

-- Sessions one after another, of so many minutes each.
create or replace function lab.open_day_create_slots(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date;
    rule lab.visit_day;
    length interval := make_interval(mins => (request ->> 'minutes')::integer);
    first timestamptz;
    last timestamptz;
    made lab.session_slot[];
begin
    perform lab.require_role(who, here);
    of_day := lab.day_of(request, 'day');
    first := lab.moment_of(request, 'begins', of_day);
    last := lab.moment_of(request, 'ends', of_day);
    rule := lab.day_rule(here, of_day);
    if rule.kind = 'closed' then
        perform lab.refuse(9, 'DAY_CLOSED', 'The laboratory is closed on this day: set it as a working or an open day first.');
    elsif last < lab.ts_now() then
        perform lab.refuse_field('day', format('is over at %s: here it is %s', request ->> 'ends', lab.paper_time(lab.ts_now())));
    elsif last < first + length then
        perform lab.refuse_field('ends', 'leaves no room for one session of this length');
    elsif last - first > 48 * length then
        perform lab.refuse_field('minutes', 'makes more than 48 sessions of a day');
    end if;
    perform pg_advisory_xact_lock(hashtextextended('visit-day/' || here || '/' || of_day, 0));
    if exists (select from lab.session_slot as slot where slot.laboratory = here and slot.begins < last and slot.ends > first) then
        perform lab.refuse(6, 'SLOT_OVERLAPS', 'There are sessions at this time already: look at slot list.');
    end if;
    with added as (
        insert into lab.session_slot (laboratory, day, begins, ends, booked_quota, walk_in_quota, person_cap, tour_seats,
                                      releases_at, grace_minutes, made_by)
        select here, of_day, at, at + length, coalesce((request ->> 'booked_quota')::integer, 0),
               coalesce((request ->> 'walk_in_quota')::integer, 0), (request ->> 'person_cap')::integer,
               coalesce((request ->> 'tour_seats')::integer, 0),
               at - make_interval(mins => coalesce((request ->> 'release_minutes')::integer, 0)),
               coalesce((request ->> 'grace_minutes')::integer, 0), who.staff_id
        from generate_series(first, last - length, length) as at
        returning session_slot)
    select array_agg(session_slot order by (session_slot).begins) into made from added;
    return json_build_object('slots', (select json_agg(lab.slot_view(slot) order by slot.begins) from unnest(made) as slot));
end
$$;

-- The slot, locked: from here on nobody else takes or frees a place of it.
create or replace function lab.slot_locked(of_slot uuid) returns lab.session_slot
language plpgsql volatile as $$
declare
    slot lab.session_slot;
begin
    select * into slot from lab.session_slot as one where one.slot_id = of_slot for no key update;
    return slot;
end
$$;

create or replace function lab.open_day_change_slot(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    slot lab.session_slot := lab.slot_locked(lab.uuid_of(request, 'slot_id'));
    booked integer := coalesce((request ->> 'booked_quota')::integer, 0);
    walk_in integer := coalesce((request ->> 'walk_in_quota')::integer, 0);
    seats integer := coalesce((request ->> 'tour_seats')::integer, 0);
    called uuid[];
begin
    perform lab.require_seen(who, slot.laboratory, 'session');
    perform lab.require_version(request, slot.version);
    if booked - slot.given_to_walk_ins < slot.booked_taken then
        perform lab.refuse_field('booked_quota', format('%s places are booked already%s', slot.booked_taken, case
            when slot.given_to_walk_ins > 0 then format(' and %s were given to walk-ins', slot.given_to_walk_ins) else '' end));
    elsif walk_in + slot.given_to_walk_ins < slot.walk_in_taken then
        perform lab.refuse_field('walk_in_quota', format('%s walk-ins have a ticket already', slot.walk_in_taken));
    elsif seats < slot.tour_taken then
        perform lab.refuse_field('tour_seats', format('%s seats are booked already', slot.tour_taken));
    end if;
    perform lab.set_reason(lab.words_of(request, 'reason'));
    update lab.session_slot set booked_quota = booked, walk_in_quota = walk_in, tour_seats = seats,
        person_cap = (request ->> 'person_cap')::integer, reason = lab.words_of(request, 'reason')
    where session_slot.slot_id = slot.slot_id;
    perform lab.slot_promote(slot.slot_id);
    select * into slot from lab.session_slot as one where one.slot_id = slot.slot_id;
    return json_build_object('slot', lab.slot_view(slot));
end
$$;

create or replace function lab.open_day_list_slots(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date := case when coalesce(request ->> 'day', '') = '' then lab.today() else lab.day_of(request, 'day') end;
    until date := of_day + coalesce(nullif((request ->> 'days')::integer, 0), 1) - 1;
begin
    perform lab.require_role(who, here);
    return json_build_object('slots', (
        select coalesce(json_agg(lab.slot_view(slot) order by slot.begins), '[]') from (
            select * from lab.session_slot as one where one.laboratory = here and one.day between of_day and until
            and (not coalesce((request ->> 'only_free')::boolean, false)
                 or one.booked_taken < one.booked_quota - one.given_to_walk_ins and one.ends > lab.ts_now())
            order by one.begins limit 200) as slot));
end
$$;

-- What is taken is moved by the triggers of lab.booking and lab.ticket and by nobody else; places are given to walk-ins from
-- the release on, once, and never taken back.
create or replace function lab.guard_session_slot() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.booked_taken <> 0 or new.walk_in_taken <> 0 or new.tour_taken <> 0 or new.given_to_walk_ins <> 0 then
            perform lab.refuse(9, 'QUOTA_COUNTED', 'A new session has nothing taken.');
        elsif (lab.day_rule(new.laboratory, new.day)).kind = 'closed' then
            perform lab.refuse(9, 'DAY_CLOSED', 'The laboratory is closed on this day.');
        end if;
        return new;
    end if;
    if row (new.booked_taken, new.walk_in_taken, new.tour_taken) <> row (old.booked_taken, old.walk_in_taken, old.tour_taken)
       and pg_trigger_depth() < 2 then
        perform lab.refuse(9, 'QUOTA_COUNTED', 'What is taken is counted by bookings and tickets alone.');
    elsif new.given_to_walk_ins < old.given_to_walk_ins
          or new.given_to_walk_ins > old.given_to_walk_ins and lab.ts_now() < new.releases_at then
        perform lab.refuse(9, 'NOT_RELEASED_YET', 'Booked places go to walk-ins when their time has come, and stay theirs.');
    elsif new.slot_id <> old.slot_id or new.laboratory <> old.laboratory or new.day <> old.day or new.begins <> old.begins
          or new.ends <> old.ends then
        perform lab.refuse(9, 'SLOT_FIXED', 'A session keeps its laboratory and its time: people are booked by it.');
    end if;
    if row (new.booked_taken, new.walk_in_taken, new.tour_taken, new.given_to_walk_ins)
       = row (old.booked_taken, old.walk_in_taken, old.tour_taken, old.given_to_walk_ins) then
        new.version := old.version + 1; -- what a manager changes; the counting is nobody's conflict
    end if;
    return new;
end
$$;

call lab.put_guard('{session_slot}', 'before insert or update');
call lab.put_guard('{visit_day}', 'before update', 'guard_version');
call lab.put_guard('{visit_advice,visit_day,session_slot}', 'before delete or truncate', 'guard_no_delete');

reset role;
