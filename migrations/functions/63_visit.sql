-- SPDX-License-Identifier: Apache-2.0
-- Visits of the air laboratory: rooms and areas decide the points, two samplers and their pumps are in one home at a time, and
-- readiness is confirmed or the deviation is printed. docs/open-day.md.
set role touchstone_owner;

-- Points of a room at the least. GB 50325-2020 6.0.14: 1, 2, 3, 5, then one more for each further 1000 m2 begun. GB/T 18883-2022,
-- appendix A: 1 below 25 m2, 2 below 50, 3 up to 100, 5 above (the edition of 2002 asked 1 below 50: where they differ, the more).
create or replace function lab.air_points(of_standard text, area numeric) returns integer
language plpgsql immutable as $$
begin
    if of_standard = 'GB 50325' then
        return case when area < 50 then 1 when area < 100 then 2 when area < 500 then 3 when area < 1000 then 5
                    else 5 + ceil((area - 1000) / 1000) end;
    end if;
    return case when area < 25 then 1 when area < 50 then 2 when area <= 100 then 3 else 5 end;
end
$$;

-- Hours that doors and windows are shut before: 12 by GB/T 18883; 1 by GB 50325, for radon with natural ventilation 24.
create or replace function lab.air_closed_hours(visit lab.air_visit) returns integer
language plpgsql immutable as $$
begin
    return case when visit.standard = 'GB/T 18883' then 12 when visit.radon and visit.ventilation = 'natural' then 24 else 1 end;
end
$$;

create or replace function lab.visit_view(of_code text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'booking_code', visit.booking_code, 'laboratory', visit.laboratory, 'day', slot.day,
            'local_begins', to_char(lab.local_time(slot.begins), 'HH24:MI'), 'local_ends', to_char(lab.local_time(slot.ends), 'HH24:MI'),
            'person', lab.person_masked(booking.person_id), 'address', visit.address,
            'air_standard', case visit.standard when 'GB 50325' then 'gb_50325' else 'gbt_18883' end, 'central_ventilation', visit.ventilation = 'central',
            'radon', visit.radon, 'decoration_end', visit.decoration_end, 'rooms', visit.rooms,
            'points', (select sum((room ->> 'points')::integer) from jsonb_array_elements(visit.rooms) as room),
            'closed_hours', lab.air_closed_hours(visit), 'first_sampler', lab.username_of(visit.first_sampler),
            'second_sampler', lab.username_of(visit.second_sampler), 'pumps', to_json(visit.pumps), 'route_place', visit.route_place,
            'visit_state', visit.state, 'closed_since', visit.closed_since, 'lacking', nullif(visit.lacking, ''),
            'deviation', nullif(visit.deviation, ''), 'version', visit.version)
        from lab.air_visit as visit join lab.booking using (booking_code) join lab.session_slot as slot on slot.slot_id = visit.slot_id
        where visit.booking_code = of_code);
end
$$;

-- The form that goes with the crew, filled by hand without a network, signed by three.
create or replace function lab.visit_record(of_code text) returns text[]
language plpgsql stable as $$
declare
    seen json := lab.visit_view(of_code);
    visit lab.air_visit;
    blank constant text := '__________';
begin
    select * into visit from lab.air_visit as one where one.booking_code = of_code;
    return array[(select institute.name_zh from lab.institute), '室内空气现场采样原始记录  On-site sampling record',
                 format('预约号 Booking: %s    日期 Date: %s %s-%s', of_code, seen ->> 'day', seen ->> 'local_begins', seen ->> 'local_ends'),
                 format('地址 Address: %s', visit.address), format('住户 Householder: %s', seen -> 'person' ->> 'name_masked'),
                 format('标准 Standard: %s    通风 Ventilation: %s    装修完成 Decoration finished: %s', visit.standard,
                        case visit.ventilation when 'central' then '集中 central' else '自然 natural' end, coalesce(visit.decoration_end::text, blank)),
                 format('门窗关闭 Shut since: %s    要求 Needed: %s h', coalesce(to_char(lab.local_time(visit.closed_since), 'YYYY-MM-DD HH24:MI'), blank),
                        lab.air_closed_hours(visit)),
                 format('偏离 Deviation: %s', coalesce(nullif(visit.deviation, ''), '无 none')),
                 format('采样人 Samplers: %s, %s    采样泵 Pumps: %s', coalesce(seen ->> 'first_sampler', blank), coalesce(seen ->> 'second_sampler', blank),
                        array_to_string(visit.pumps, ', ')),
                 format('温度 °C: %1$s  气压 kPa: %1$s  湿度 %%: %1$s', blank), '',
                 '房间 Room | 面积 m² | 点 Point | 高度 m | 管号 Tube | 前流量 Before | 后流量 After | 起 Start | 止 End']
        || array(select format('%s | %s | %s | | | | | |', room ->> 'name', room ->> 'area_m2', point)
                 from jsonb_array_elements(visit.rooms) with ordinality as found (room, place),
                      generate_series(1, (room ->> 'points')::integer) as point order by place, point)
        || case when visit.standard = 'GB 50325' then array['室外上风向 Outdoor, upwind | | 1 | | | | | |'] else '{}'::text[] end
        || array['现场空白 Field blank | | 1 | | | | | |', '现场空白 Field blank | | 2 | | | | | |', '',
                 '点位：距墙 >0.5 m，高 ' || case visit.standard when 'GB 50325' then '0.8-1.5' else '0.5-1.5' end || ' m；流量差 >5 % 无效。 '
                 || 'Points: >0.5 m from walls; void when flows differ by >5 %.',
                 format('采样人 Sampler 1: %1$s  采样人 Sampler 2: %1$s  住户 Householder: %1$s', blank)];
end
$$;

-- The visit of a booking with its session locked, if the caller may touch it.
create or replace function lab.visit_taken(who lab.actor, request jsonb) returns lab.air_visit
language plpgsql volatile as $$
declare
    booked lab.booking := lab.booking_taken(who, request);
    visit lab.air_visit;
begin
    select * into visit from lab.air_visit as one where one.booking_code = booked.booking_code for no key update;
    if not found then
        perform lab.refuse(5, 'VISIT_NOT_PLANNED', 'No visit is planned for this booking: say address and rooms first.');
    elsif booked.state not in ('booked', 'waiting') then
        perform lab.refuse_transition('booking', booked.state, 'visit');
    end if;
    return visit;
end
$$;

create or replace function lab.open_day_plan_visit(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    booked lab.booking := lab.booking_taken(who, request);
    rooms jsonb := coalesce(nullif(request -> 'rooms', 'null'), '[]');
    room jsonb;
    at integer := 0;
    finished date := case when coalesce(request ->> 'decoration_end', '') <> '' then lab.day_of(request, 'decoration_end') end;
begin
    if booked.state not in ('booked', 'waiting') then
        perform lab.refuse_transition('booking', booked.state, 'visit');
    end if;
    for room in select * from jsonb_array_elements(rooms) loop
        if btrim(coalesce(room ->> 'name', '')) = '' then
            perform lab.refuse_field(format('rooms[%s].name', at), 'is required');
        elsif coalesce(lab.decimal_of(room ->> 'area_m2', format('rooms[%s].area_m2', at))::text::numeric, 0) not between 0.1 and 100000 then
            perform lab.refuse_field(format('rooms[%s].area_m2', at), 'must lie between 0.1 and 100000 m2');
        end if;
        at := at + 1;
    end loop;
    insert into lab.air_visit as kept (booking_code, slot_id, laboratory, address, standard, ventilation, radon, decoration_end, rooms,
                                       planned_by, planned_at)
    values (booked.booking_code, booked.slot_id, booked.laboratory, lab.words_of(request, 'address'),
            case request ->> 'air_standard' when 'gb_50325' then 'GB 50325' else 'GB/T 18883' end,
            case when coalesce((request ->> 'central_ventilation')::boolean, false) then 'central' else 'natural' end,
            coalesce((request ->> 'radon')::boolean, false), finished, rooms, who.staff_id, lab.ts_now())
    on conflict (booking_code) do update set address = excluded.address, standard = excluded.standard, ventilation = excluded.ventilation,
        radon = excluded.radon, decoration_end = excluded.decoration_end, rooms = excluded.rooms, state = 'planned', closed_since = null,
        lacking = '', deviation = '', planned_by = excluded.planned_by, planned_at = excluded.planned_at;
    return json_build_object('visit', lab.visit_view(booked.booking_code));
end
$$;

create or replace function lab.sampler_of(here text, username text, field text) returns uuid
language plpgsql volatile as $$
declare
    found_one uuid := (select staff.staff_id from lab.staff join lab.staff_role using (staff_id) where staff.username = sampler_of.username
                       and staff.enabled and staff_role.laboratory = here and staff_role.role = 'technician' and staff_role.held);
begin
    if found_one is null then
        perform lab.refuse_field(field, 'is no technician of this laboratory');
    end if;
    return found_one;
end
$$;

create or replace function lab.open_day_assign_crew(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    visit lab.air_visit := lab.visit_taken(who, request);
    first uuid := lab.sampler_of(visit.laboratory, request ->> 'first_sampler', 'first_sampler');
    second uuid := lab.sampler_of(visit.laboratory, request ->> 'second_sampler', 'second_sampler');
begin
    if first = second then
        perform lab.refuse_field('second_sampler', 'is the first sampler: two persons sign the record');
    end if;
    update lab.air_visit set first_sampler = first, second_sampler = second, route_place = coalesce((request ->> 'route_place')::integer, 0),
        pumps = array(select jsonb_array_elements_text(coalesce(nullif(request -> 'pumps', 'null'), '[]')))
    where air_visit.booking_code = visit.booking_code;
    return json_build_object('visit', lab.visit_view(visit.booking_code));
end
$$;

-- What lacks is told; then the visit is booked anew, or the deviation is agreed and printed.
create or replace function lab.open_day_confirm_readiness(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    visit lab.air_visit := lab.visit_taken(who, request);
    slot lab.session_slot;
    said text := btrim(coalesce(request ->> 'closed_since', ''));
    shut timestamptz;
    wrong text[] := '{}';
    agreed text := btrim(coalesce(request ->> 'deviation', ''));
begin
    select * into slot from lab.session_slot as one where one.slot_id = visit.slot_id;
    if said !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9]$' or lab.catalogue_date_fault(left(said, 10)) is not null then
        perform lab.refuse_field('closed_since', 'is not a moment: write YYYY-MM-DD HH:MM');
    end if;
    shut := said::timestamp at time zone (select institute.time_zone from lab.institute);
    if shut > slot.begins - make_interval(hours => lab.air_closed_hours(visit)) then
        wrong := wrong || format('doors and windows must be shut for %s h before, not %s h', lab.air_closed_hours(visit),
                                 greatest(trunc(extract(epoch from slot.begins - shut) / 3600, 1), 0));
    end if;
    if visit.standard = 'GB 50325' and visit.decoration_end > slot.day - 7 then
        wrong := wrong || format('the decoration was finished on %s, less than 7 days before', visit.decoration_end);
    end if;
    if not coalesce((request ->> 'someone_home')::boolean, false) then
        wrong := wrong || 'somebody must be at home'::text;
    end if;
    update lab.air_visit set closed_since = shut, lacking = array_to_string(wrong, '; '), deviation = agreed,
        state = case when cardinality(wrong) = 0 or agreed <> '' then 'ready' else 'not_ready' end
    where air_visit.booking_code = visit.booking_code;
    return json_build_object('visit', lab.visit_view(visit.booking_code));
end
$$;

-- Booked anew in one act: another code in another session, with the same person, places and, of a visit, address and rooms; the
-- old one is cancelled for the reason, and its places go to who waits. Crew and readiness are of a day, so they are not kept.
create or replace function lab.open_day_move_booking(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    code text := lab.booking_code_of(request);
    target uuid := lab.uuid_of(request, 'slot_id');
    taken lab.booking;
    made json;
begin
    select * into taken from lab.booking where booking.booking_code = code;
    perform lab.require_seen(who, taken.laboratory, 'booking');
    if taken.slot_id = target then
        perform lab.refuse_field('slot_id', 'is the session that it is booked for already');
    end if;
    -- Both sessions in one order, so that two who change places do not wait for each other.
    perform lab.slot_locked(least(taken.slot_id, target));
    perform lab.slot_locked(greatest(taken.slot_id, target));
    made := lab.open_day_make_booking(who, jsonb_build_object('slot_id', target, 'person', jsonb_build_object('person_id', taken.person_id),
        'places', taken.places, 'tour_seats', taken.tour_seats, 'note', taken.note, 'or_wait', request -> 'or_wait'));
    if made -> 'booking' ->> 'laboratory' <> taken.laboratory then
        perform lab.refuse_field('slot_id', 'is another laboratory''s session');
    end if;
    insert into lab.air_visit (booking_code, slot_id, laboratory, address, standard, ventilation, radon, decoration_end, rooms,
                               planned_by, planned_at)
    select made -> 'booking' ->> 'booking_code', target, visit.laboratory, visit.address, visit.standard, visit.ventilation, visit.radon,
           visit.decoration_end, visit.rooms, who.staff_id, lab.ts_now()
    from lab.air_visit as visit where visit.booking_code = code;
    return json_build_object('booking', made -> 'booking', 'promoted', lab.open_day_cancel_booking(who, request) -> 'promoted');
end
$$;

create or replace function lab.open_day_get_visit(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    code text := lab.booking_code_of(request);
begin
    perform lab.require_seen(who, (select visit.laboratory from lab.air_visit as visit where visit.booking_code = code), 'visit');
    return json_build_object('visit', lab.visit_view(code), 'field_record', to_json(lab.visit_record(code)));
end
$$;

-- A day's round: by session, then as the route goes.
create or replace function lab.open_day_list_visits(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_day date := case when coalesce(request ->> 'day', '') = '' then lab.today() else lab.day_of(request, 'day') end;
begin
    perform lab.require_role(who, here);
    return json_build_object('visits', (
        select coalesce(json_agg(lab.visit_view(visit.booking_code) order by slot.begins, visit.route_place, visit.booking_code), '[]')
        from lab.session_slot as slot join lab.air_visit as visit using (slot_id) join lab.booking using (booking_code)
        where slot.laboratory = here and slot.day = of_day and booking.state not in ('cancelled', 'no_show')));
end
$$;

-- Points are the standard's; nobody and no pump is in two homes at once. The session's lock makes the looking safe.
create or replace function lab.guard_air_visit() returns trigger
language plpgsql volatile as $$
declare
    slot lab.session_slot := lab.slot_locked(new.slot_id);
begin
    if tg_op = 'UPDATE' then
        new.version := old.version + 1;
    end if;
    if tg_op = 'UPDATE' and (new.booking_code, new.laboratory, new.slot_id) <> (old.booking_code, old.laboratory, old.slot_id)
       or not exists (select from lab.booking where booking.booking_code = new.booking_code and booking.slot_id = new.slot_id
                      and booking.laboratory = new.laboratory) then
        perform lab.refuse(9, 'VISIT_FIXED', 'A visit is of its booking.');
    elsif jsonb_array_length(new.rooms) not between 1 and 40 then
        perform lab.refuse(9, 'ROOMS_NEEDED', 'A visit has 1 to 40 rooms.');
    end if;
    new.rooms := (select jsonb_agg(jsonb_build_object('name', room ->> 'name', 'area_m2', room ->> 'area_m2', 'points',
                         lab.air_points(new.standard, (room ->> 'area_m2')::numeric)) order by place)
                  from jsonb_array_elements(new.rooms) with ordinality as found (room, place));
    if exists (select from lab.air_visit as other join lab.booking using (booking_code) where other.slot_id = slot.slot_id
               and other.booking_code <> new.booking_code and booking.state not in ('cancelled', 'no_show')
               and (array[other.first_sampler, other.second_sampler] && array[new.first_sampler, new.second_sampler]
                    or other.pumps && new.pumps)) then
        perform lab.refuse(9, 'CREW_TAKEN', 'One of the samplers or pumps is in another home during this session.');
    end if;
    return new;
end
$$;

call lab.put_guard('{air_visit}', 'before insert or update');
call lab.put_guard('{air_visit}', 'before delete or truncate', 'guard_no_delete');

reset role;
