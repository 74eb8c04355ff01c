-- SPDX-License-Identifier: Apache-2.0
-- Custody: hand-overs that two persons make, stores, what testing consumed, incidents. No function here reads a person: the
-- bench calls them too. The rules stand in 25_guard_custody.sql.
set role touchstone_owner;

create or replace function lab.hand_over_view(paper lab.hand_over) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'hand_over_id', paper.hand_over_id, 'item_code', paper.item_code, 'laboratory', paper.laboratory,
        'holder', lab.username_of(paper.holder_id), 'offered_by', lab.username_of(paper.offered_by),
        'receiver', lab.username_of(paper.to_staff), 'offered_at', paper.offered_at, 'note', nullif(paper.note, ''),
        'disposal', nullif(paper.disposal, ''), 'state', paper.state, 'decided_by', lab.username_of(paper.decided_by),
        'decided_at', paper.decided_at, 'mass_g', paper.mass_text, 'reason', nullif(paper.reason, ''), 'consumes_g', paper.consumes,
        'expected_mass_g', case when paper.state = 'offered' then (
            select (lab.expected_mass(item) - coalesce(paper.consumes::text::numeric, 0))::text from lab.item
            where item.item_code = paper.item_code) end);
end
$$;

-- An item as the bench may see it too: what it is and where.
create or replace function lab.custody_view(of_item text) returns json
language plpgsql stable as $$
begin
    return (select json_build_object(
            'item_code', item.item_code, 'laboratory', item.laboratory, 'name', item.name, 'custody_state', item.custody_state,
            'holder', lab.username_of(item.holder_id), 'storage', item.stored_in, 'mass_g', item.mass_text,
            'expected_mass_g', lab.expected_mass(item)::text, 'incident_no', (
                select incident.incident_no from lab.incident where incident.item_code = item.item_code
                and incident.closed_at is null),
            'hand_over', (select lab.hand_over_view(paper) from lab.hand_over as paper
                          where paper.item_code = item.item_code and paper.state = 'offered'),
            'incident', (select lab.incident_view(incident) from lab.incident where incident.item_code = item.item_code
                         and incident.closed_at is null),
            'version', item.version, 'mass_tolerance_g', laboratory.mass_tolerance_g::text)
        from lab.item join lab.laboratory using (laboratory) where item.item_code = of_item);
end
$$;

create or replace function lab.custody_event_view(event lab.custody_event) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'event_no', event.event_id, 'at', event.at, 'kind', event.kind, 'giver', lab.username_of(event.from_staff),
        'receiver', lab.username_of(event.to_staff), 'mass_g', event.mass_text, 'storage', event.storage,
        'note', nullif(event.note, ''), 'hand_over_id', event.hand_over_id);
end
$$;

create or replace function lab.desk_get_custody(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := (select item.laboratory from lab.item where item.item_code = request ->> 'item_code');
begin
    perform lab.require_seen(who, here, 'item');
    return json_build_object('custody', lab.custody_view(request ->> 'item_code'), 'events', (
        select json_agg(lab.custody_event_view(event) order by event.event_id) from lab.custody_event as event
        where event.item_code = request ->> 'item_code'));
end
$$;

create or replace function lab.staff_named(request jsonb, field text) returns uuid
language plpgsql volatile as $$
declare
    found uuid := (select staff.staff_id from lab.staff where staff.username = request ->> field);
begin
    if found is null then
        perform lab.refuse_field(field, 'is nobody of the staff: give a log-in');
    end if;
    return found;
end
$$;

-- Whose it is to give: the holder's, and of what is stored anybody's who has a part in the custody.
create or replace function lab.require_holder(who lab.actor, taken lab.item, or_stored boolean default false) returns void
language plpgsql volatile as $$
begin
    if taken.custody_state <> 'held' then
        perform lab.refuse(9, 'NOT_HELD', format('This item is %s.', taken.custody_state));
    elsif taken.holder_id <> who.staff_id and not (or_stored and taken.stored_in is not null) then
        perform lab.refuse(9, 'NOT_HOLDER', 'Another person holds this item. Take it over first: item offer by the holder, item '
                           'accept by you.', '', jsonb_build_object('holder', lab.username_of(taken.holder_id)));
    end if;
end
$$;

-- Between colleagues, of a disposal (how), or of what is used up (how much).
drop function if exists lab.hand_over_begin(lab.actor, jsonb, text, text);
create or replace function lab.hand_over_begin(who lab.actor, request jsonb, receiver text, disposal text,
                                               consumes lab.decimal_text default null) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    to_whom uuid := lab.staff_named(request, receiver);
    paper lab.hand_over;
begin
    perform lab.require_holder(who, taken, consumes is null);
    if to_whom in (who.staff_id, taken.holder_id) then
        perform lab.refuse_field(receiver, 'must be another person than the giver and the holder');
    elsif exists (select from lab.hand_over as open where open.item_code = taken.item_code and open.state = 'offered') then
        perform lab.refuse(9, 'OFFERED', 'This item is offered already: item cancel-offer takes the offer back.');
    end if;
    insert into lab.hand_over (item_code, laboratory, holder_id, offered_by, to_staff, offered_at, note, disposal, consumes)
    values (taken.item_code, taken.laboratory, taken.holder_id, who.staff_id, to_whom, lab.ts_now(),
            btrim(coalesce(request ->> 'note', '')), disposal, consumes)
    returning * into paper;
    return json_build_object('hand_over', lab.hand_over_view(paper));
end
$$;

create or replace function lab.desk_offer_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.hand_over_begin(who, request, 'receiver', '');
end
$$;

-- The witness accepts it as a receiver would: only then is the item gone.
create or replace function lab.desk_offer_disposal(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    return lab.hand_over_begin(who, request, 'witness', lab.words_of(request, 'manner'));
end
$$;

create or replace function lab.hand_over_taken(taken lab.item) returns lab.hand_over
language plpgsql volatile as $$
declare
    paper lab.hand_over;
begin
    select * into paper from lab.hand_over as open where open.item_code = taken.item_code and open.state = 'offered' for update;
    if paper.hand_over_id is null then
        perform lab.refuse(9, 'NOT_OFFERED', 'Nobody offers this item: perhaps the offer was taken back.');
    end if;
    return paper;
end
$$;

-- Holder and place change here and nowhere else. A mass that differs freezes the item where it is.
create or replace function lab.desk_accept_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    paper lab.hand_over := lab.hand_over_taken(taken);
    weighed lab.decimal_text := lab.decimal_of(request ->> 'mass_g', 'mass_g');
    this_moment timestamptz := lab.ts_now();
    number text;
begin
    if paper.to_staff <> who.staff_id then
        perform lab.refuse(7, 'NOT_YOURS', 'This item is offered to somebody else.', '',
                           jsonb_build_object('receiver', lab.username_of(paper.to_staff)));
    elsif weighed is null and (select laboratory.mass_tolerance_g from lab.laboratory
                               where laboratory.laboratory = taken.laboratory) is not null then
        perform lab.refuse_field('mass_g', 'is required: weigh the item before you accept it');
    elsif not lab.mass_agrees(taken, weighed, paper.consumes) then
        update lab.hand_over as one set state = 'differs', decided_by = who.staff_id, decided_at = this_moment, mass_text = weighed
        where one.hand_over_id = paper.hand_over_id returning * into paper;
        number := lab.incident_open(who, taken, 'mass_difference', format('Should weigh %s g, weighed %s g at the hand-over from '
            '%s to %s.', lab.expected_mass(taken) - coalesce(paper.consumes::text::numeric, 0), weighed, lab.username_of(paper.holder_id), who.username), weighed);
    else
        update lab.hand_over as one set state = 'accepted', decided_by = who.staff_id, decided_at = this_moment, mass_text = weighed
        where one.hand_over_id = paper.hand_over_id returning * into paper;
        if paper.consumes is not null then
            insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, mass_text, note, hand_over_id)
            values (taken.item_code, taken.laboratory, this_moment, 'consumed', taken.holder_id, who.staff_id, paper.consumes,
                    paper.note, paper.hand_over_id);
            return json_build_object('custody', lab.custody_view(taken.item_code), 'hand_over', lab.hand_over_view(paper));
        end if;
        insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, mass_text, note, hand_over_id)
        values (taken.item_code, taken.laboratory, this_moment, case paper.disposal when '' then 'handed_over' else 'disposed' end,
                taken.holder_id, case paper.disposal when '' then who.staff_id end, weighed,
                case paper.disposal when '' then paper.note else paper.disposal end, paper.hand_over_id);
        update lab.item set stored_in = null, holder_id = case paper.disposal when '' then who.staff_id end,
            custody_state = case paper.disposal when '' then 'held' else 'disposed' end where item.item_code = taken.item_code;
    end if;
    return json_build_object('custody', lab.custody_view(taken.item_code), 'hand_over', lab.hand_over_view(paper),
                             'incident_no', number);
end
$$;

create or replace function lab.desk_cancel_offer(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    paper lab.hand_over := lab.hand_over_taken(taken);
begin
    update lab.hand_over as one set state = 'cancelled', decided_by = who.staff_id, decided_at = lab.ts_now(),
        reason = lab.words_of(request, 'reason')
    where one.hand_over_id = paper.hand_over_id returning * into paper;
    return json_build_object('hand_over', lab.hand_over_view(paper));
end
$$;

-- What is offered and not accepted, oldest first; of one receiver, or of all.
create or replace function lab.desk_list_offers(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    receiver uuid;
    found json[];
begin
    perform lab.require_role(who, here);
    if coalesce(request ->> 'receiver', '') <> '' then
        receiver := lab.staff_named(request, 'receiver');
    end if;
    select array_agg(lab.hand_over_view(page) order by page.offered_at, page.hand_over_id) into found
    from (select * from lab.hand_over as open where open.laboratory = here and open.state = 'offered'
          and (receiver is null or open.to_staff = receiver)
          and (open.offered_at, open.hand_over_id::text)
              > (coalesce(lab.page_key_at(keys[1]), '-infinity'), coalesce(keys[2], ''))
          order by open.offered_at, open.hand_over_id limit size + 1) as page;
    return lab.page_answer(who, 'hand_overs', found, size, 'offered_at', 'hand_over_id');
end
$$;

-- ---------------------------------------------------------------- stores

create or replace function lab.storage_view(of_place lab.storage_place) returns json
language plpgsql stable as $$
begin
    return json_build_object('laboratory', of_place.laboratory, 'storage', of_place.storage, 'name', of_place.name,
        'in_use', of_place.in_use, 'version', of_place.version, 'item_count', (
            select count(*) from lab.item where item.laboratory = of_place.laboratory and item.holder_id is not null
            and item.stored_in = of_place.storage));
end
$$;

create or replace function lab.desk_set_storage(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    made lab.storage_place;
begin
    perform lab.require_role(who, here);
    if request ->> 'storage' !~ '^[A-Z0-9_-]{1,20}$' then
        perform lab.refuse_field('storage', 'must be capitals, digits, _ and -, at most 20');
    end if;
    insert into lab.storage_place as known (laboratory, storage, name, in_use)
    values (here, request ->> 'storage', lab.words_of(request, 'name'), coalesce((request ->> 'in_use')::boolean, false))
    on conflict (laboratory, storage) do update set name = excluded.name, in_use = excluded.in_use returning * into made;
    if not made.in_use and exists (select from lab.item where item.laboratory = here and item.holder_id is not null
                                   and item.stored_in = made.storage) then
        perform lab.refuse(9, 'STORE_NOT_EMPTY', 'Items are in this store: take them out first.');
    end if;
    return json_build_object('storage', lab.storage_view(made));
end
$$;

create or replace function lab.desk_list_storages(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
begin
    perform lab.require_role(who, here);
    return json_build_object('storages', (select coalesce(json_agg(lab.storage_view(known) order by known.storage), '[]')
                                          from lab.storage_place as known where known.laboratory = here));
end
$$;

-- Who may be offered an item here, those at work first.
create or replace function lab.desk_list_item_holders(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
begin
    perform lab.require_role(who, here);
    return json_build_object('holders', (
        select coalesce(json_agg(json_build_object('username', one.username, 'name', one.name, 'is_off', one.off, 'item_count', (
                   select count(*) from lab.item where item.laboratory = here and item.holder_id = one.staff_id))
                   order by one.off, one.username), '[]')
        from (select staff.staff_id, staff.username, staff.name, lab.is_off(staff.staff_id, here) as off from lab.staff
              where lab.may_hold(staff.staff_id, here)) as one));
end
$$;

-- Codes of one page of what lies in a store, newest first.
create or replace function lab.items_stored(here text, wanted_store text, wanted_state text, wanted_custody text, before_at timestamptz,
                                            before_code text, size integer) returns text[]
language plpgsql stable as $$
begin
    return array(select item.item_code::text from lab.item
                 where item.laboratory = here and item.holder_id is not null and item.stored_in = wanted_store
                 and (wanted_state is null or item.state = wanted_state)
                 and (wanted_custody is null or item.custody_state = wanted_custody)
                 and (item.received_at, item.item_code) < (before_at, before_code)
                 order by item.received_at desc, item.item_code desc limit size);
end
$$;

-- Up to a hundred at once: the evening's tray goes into the safe by scanning. All or none.
create or replace function lab.desk_store_items(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    codes text[] := array(select distinct code from jsonb_array_elements_text(request -> 'item_codes') as code order by code);
    place lab.storage_place;
    taken lab.item;
    code text;
begin
    foreach code in array codes loop
        taken := lab.item_taken(who, jsonb_build_object('item_code', code));
        if taken.holder_id is distinct from who.staff_id then
            perform lab.require_holder(who, taken);
        elsif taken.stored_in is not null then
            perform lab.refuse(9, 'STORED', format('%s is in %s already.', code, taken.stored_in));
        end if;
        select * into place from lab.storage_place as known where known.laboratory = taken.laboratory
        and known.storage = request ->> 'storage' and known.in_use for share;
        if place.storage is null then
            perform lab.refuse_field('storage', 'is not a store of the item''s laboratory that is in use (custody stores)');
        end if;
        insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, storage)
        values (code, taken.laboratory, lab.ts_now(), 'stored', who.staff_id, who.staff_id, place.storage);
        update lab.item set stored_in = place.storage where item.item_code = code;
    end loop;
    return json_build_object('custodies', (select json_agg(lab.custody_view(one) order by one) from unnest(codes) as one));
end
$$;

create or replace function lab.desk_take_out_item(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
begin
    if taken.holder_id is distinct from who.staff_id then
        perform lab.require_holder(who, taken);
    elsif taken.stored_in is null then
        perform lab.refuse(9, 'NOT_STORED', 'This item is in no store.');
    end if;
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, storage)
    values (taken.item_code, taken.laboratory, lab.ts_now(), 'taken_out', who.staff_id, who.staff_id, taken.stored_in);
    update lab.item set stored_in = null where item.item_code = taken.item_code;
    return json_build_object('custody', lab.custody_view(taken.item_code));
end
$$;

-- What testing used up: the item weighs so much less from now on. Before a witness it does so when the witness accepts.
create or replace function lab.desk_record_consumption(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.item := lab.item_taken(who, request);
    used lab.decimal_text := lab.decimal_of(request ->> 'mass_g', 'mass_g');
begin
    perform lab.require_holder(who, taken);
    if coalesce(used::text::numeric, 0) <= 0 or used::text::numeric > lab.expected_mass(taken) then
        perform lab.refuse_field('mass_g', 'must be more than 0 g and no more than is there');
    elsif coalesce(request ->> 'witness', '') <> '' then
        return (lab.hand_over_begin(who, request || jsonb_build_object('note', lab.words_of(request, 'note')), 'witness', '',
                                    used)::jsonb
                || jsonb_build_object('custody', lab.custody_view(taken.item_code)))::json;
    end if;
    insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text, note)
    values (taken.item_code, taken.laboratory, lab.ts_now(), 'consumed', who.staff_id, used, lab.words_of(request, 'note'));
    return json_build_object('custody', lab.custody_view(taken.item_code));
end
$$;

reset role;
