-- SPDX-License-Identifier: Apache-2.0
-- Incidents of items: opened by whoever sees it, which freezes the item where it is; closed by another quality person, with
-- words, which lets it go again.
set role touchstone_owner;

create or replace function lab.incident_view(of_incident lab.incident) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'incident_no', of_incident.incident_no, 'item_code', of_incident.item_code, 'laboratory', of_incident.laboratory,
        'incident_kind', of_incident.kind, 'description', of_incident.description, 'opened_at', of_incident.opened_at,
        'opened_by', lab.username_of(of_incident.opened_by), 'closed_at', of_incident.closed_at,
        'closed_by', lab.username_of(of_incident.closed_by), 'resolution', nullif(of_incident.resolution, ''),
        'accepted_mass_g', of_incident.accepted_mass_text, 'version', of_incident.version);
end
$$;

-- Freezes the item; an offer that stands ends with it. Answers the incident's number.
create or replace function lab.incident_open(who lab.actor, taken lab.item, of_kind text, description text,
                                             weighed lab.decimal_text) returns text
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    number text := lab.number_next('incident', taken.laboratory, this_moment);
begin
    insert into lab.incident (incident_no, item_code, laboratory, kind, description, opened_at, opened_by)
    values (number, taken.item_code, taken.laboratory, of_kind, description, this_moment, who.staff_id);
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, mass_text, note)
    values (taken.item_code, taken.laboratory, this_moment, 'frozen', taken.holder_id, taken.holder_id, weighed, number);
    update lab.item set custody_state = 'frozen' where item.item_code = taken.item_code;
    update lab.hand_over as one set state = 'cancelled', decided_by = who.staff_id, decided_at = this_moment, reason = number
    where one.item_code = taken.item_code and one.state = 'offered';
    return number;
end
$$;

create or replace function lab.desk_open_incident(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    said text := lab.words_of(request, 'description');
    number text;
    made lab.incident;
begin
    if taken.custody_state <> 'held' then
        perform lab.refuse(9, 'NOT_HELD', format('This item is %s.', taken.custody_state));
    elsif coalesce(request ->> 'incident_kind', 'mass_difference') = 'mass_difference' then
        perform lab.refuse_field('incident_kind', 'is required; a difference of masses is found by weighing (item accept, item return)');
    end if;
    number := lab.incident_open(who, taken, request ->> 'incident_kind', said, null);
    select * into made from lab.incident where incident.incident_no = number;
    return json_build_object('incident', lab.incident_view(made));
end
$$;

create or replace function lab.desk_close_incident(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    found lab.incident;
    taken lab.item;
    settled lab.decimal_text := lab.decimal_of(request ->> 'accepted_mass_g', 'accepted_mass_g');
begin
    select * into found from lab.incident where incident.incident_no = request ->> 'incident_no';
    perform lab.require_seen(who, found.laboratory, 'incident');
    taken := lab.item_taken(who, jsonb_build_object('item_code', found.item_code));
    select * into found from lab.incident where incident.incident_no = request ->> 'incident_no' for no key update;
    perform lab.require_version(request, found.version);
    if found.closed_at is not null then
        perform lab.refuse(9, 'ALREADY_CLOSED', 'This incident is closed.');
    elsif found.kind = 'mass_difference' and coalesce(settled::text::numeric, 0) <= 0 then
        perform lab.refuse_field('accepted_mass_g', 'is required: the mass that counts from now on');
    end if;
    update lab.incident as one set closed_at = lab.ts_now(), closed_by = who.staff_id, accepted_mass_text = settled,
        resolution = lab.words_of(request, 'resolution')
    where one.incident_no = found.incident_no returning * into found;
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, mass_text, note)
    values (taken.item_code, taken.laboratory, lab.ts_now(), 'released_from_freeze', taken.holder_id, taken.holder_id, settled,
            found.incident_no);
    update lab.item set custody_state = 'held' where item.item_code = taken.item_code;
    return json_build_object('incident', lab.incident_view(found), 'custody', lab.custody_view(taken.item_code));
end
$$;

create or replace function lab.desk_list_incidents(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.incident_view(page) order by page.opened_at, page.incident_no) into found
    from (select * from lab.incident where incident.laboratory = here
          and (incident.closed_at is null or not coalesce((request ->> 'only_open')::boolean, false))
          and (incident.opened_at, incident.incident_no)
              > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by incident.opened_at, incident.incident_no limit size + 1) as page;
    return lab.page_answer(who, 'incidents', found, size, 'opened_at', 'incident_no');
end
$$;

reset role;
