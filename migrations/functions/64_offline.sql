-- SPDX-License-Identifier: Apache-2.0
-- What a desk needs beforehand to go on without the server, and what its intakes bring afterwards (docs/offline.md): reserved
-- item codes, the keys of journals, the time of taking, what a person gave up.
set role touchstone_owner;

-- ---------------------------------------------------------------- reserved codes

create or replace function lab.reserved_code_view(reserved lab.reserved_code) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'item_code', reserved.item_code, 'laboratory', reserved.laboratory, 'desk', reserved.desk, 'block_id', reserved.block_id,
        'reserved_by', lab.username_of(reserved.reserved_by), 'reserved_at', reserved.reserved_at, 'receipt_no', reserved.receipt_no,
        'voided_at', reserved.voided_at, 'voided_by', lab.username_of(reserved.voided_by),
        'void_reason', nullif(reserved.void_reason, ''));
end
$$;

-- They come from the same generator as all codes: nothing else is ever given one of them.
create or replace function lab.desk_reserve_item_codes(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    wanted integer := (request ->> 'count')::integer;
    block uuid := lab.new_id();
    made text[];
    free integer;
begin
    perform lab.require_role(who, here);
    if who.desk is null then
        perform lab.refuse(9, 'DESK_REQUIRED', 'Log in at a desk: codes are reserved for a desk.');
    end if;
    -- Calls at once are counted one after the other.
    perform pg_advisory_xact_lock(hashtextextended('reserved_code ' || here || ' ' || who.desk, 0));
    free := (select count(*) from lab.reserved_code as known where known.laboratory = here and known.desk = who.desk
             and known.receipt_no is null and known.voided_at is null);
    if free + wanted > 2000 then
        perform lab.refuse(9, 'CODES_ENOUGH', format('This desk holds %s unused codes; 2000 is the most. Use them, or give them back.',
                                                     free));
    end if;
    made := array(select lab.item_code_next(here) from generate_series(1, wanted));
    insert into lab.reserved_code (item_code, laboratory, desk, block_id, reserved_by, reserved_at)
    select code, here, who.desk, block, who.staff_id, lab.ts_now() from unnest(made) as code;
    return json_build_object('block_id', block, 'item_codes', made);
end
$$;

create or replace function lab.codes_of(request jsonb) returns text[]
language plpgsql stable as $$
begin
    return array(select code from jsonb_array_elements_text(coalesce(nullif(request -> 'item_codes', 'null'), '[]')) as code);
end
$$;

create or replace function lab.desk_return_item_codes(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    codes text[] := lab.codes_of(request);
    of_desk text := coalesce(nullif(request ->> 'desk', ''), who.desk);
    said text := lab.words_of(request, 'reason');
    gone text[];
    known integer;
begin
    perform lab.require_role(who, here);
    if cardinality(codes) > 0 then
        known := (select count(*) from lab.reserved_code as known where known.item_code = any (codes) and known.laboratory = here);
        if known <> (select count(distinct code) from unnest(codes) as code) then
            perform lab.refuse_field('item_codes', 'names a code that is not reserved in this laboratory');
        end if;
    elsif of_desk is null then
        perform lab.refuse_field('desk', 'is required when you are at no desk');
    end if;
    perform lab.set_reason(said);
    with void as (
        update lab.reserved_code as known set voided_at = lab.ts_now(), voided_by = who.staff_id, void_reason = said
        where known.receipt_no is null and known.voided_at is null and known.laboratory = here
        and (known.item_code = any (codes) or cardinality(codes) = 0 and known.desk = of_desk) returning known.item_code)
    select array_agg(void.item_code::text order by void.item_code) into gone from void;
    return json_build_object('item_codes', coalesce(gone, '{}'));
end
$$;

create or replace function lab.desk_list_reserved_codes(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    of_desk text := nullif(request ->> 'desk', '');
    only_free boolean := coalesce((request ->> 'only_free')::boolean, false);
    size integer := lab.page_size(request);
    keys text[] := lab.page_keys(who, request, 2);
    found json[];
begin
    perform lab.require_role(who, here);
    select array_agg(lab.reserved_code_view(page) order by page.reserved_at desc, page.item_code desc) into found
    from (select * from lab.reserved_code as known where known.laboratory = here
          and (of_desk is null or known.desk = of_desk)
          and (not only_free or known.receipt_no is null and known.voided_at is null)
          and (known.reserved_at, known.item_code) < (coalesce(lab.page_key_at(keys[1]), 'infinity'), coalesce(keys[2], '~'))
          order by known.reserved_at desc, known.item_code desc limit size + 1) as page;
    return lab.page_answer(who, 'reserved_codes', found, size, 'reserved_at', 'item_code');
end
$$;

-- Code of an item as the intake names it, else a new one. Two intakes with the same code queue for its row.
create or replace function lab.intake_codes(request jsonb) returns text[]
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    codes text[] := array(select nullif(item ->> 'reserved_item_code', '')
                          from jsonb_array_elements(request -> 'items') with ordinality as found (item, place) order by place);
    reserved lab.reserved_code;
    field text;
begin
    for place in 1..cardinality(codes) loop
        continue when codes[place] is null;
        field := format('items[%s].reserved_item_code', place - 1);
        select * into reserved from lab.reserved_code as known
        where known.item_code = codes[place] and known.laboratory = here for no key update;
        if not found then
            perform lab.refuse_field(field, 'is no code that was reserved for this laboratory');
        elsif codes[place] = any (codes[:place - 1]) then
            perform lab.refuse_field(field, 'is named twice');
        elsif reserved.voided_at is not null then
            perform lab.refuse(9, 'CODE_VOID', format('Item code %s was given back and is void: take the item in under another, and '
                               'replace its label.', codes[place]), field);
        elsif reserved.receipt_no is not null then
            perform lab.refuse(9, 'CODE_USED', format('Item code %s is on receipt %s already: look whether this is the same intake.',
                               codes[place], reserved.receipt_no), field, jsonb_build_object('receipt_no', reserved.receipt_no));
        end if;
    end loop;
    return array(select coalesce(code, lab.item_code_next(here)) from unnest(codes) with ordinality as found (code, place)
                 order by place);
end
$$;

-- When the desk took it in, if that was without the server.
create or replace function lab.intake_taken_at(request jsonb, this_moment timestamptz) returns timestamptz
language plpgsql stable as $$
declare
    given bigint := coalesce((request ->> 'taken_offline_ms')::bigint, 0);
    taken timestamptz := to_timestamp(given / 1000.0);
begin
    if given = 0 then
        return null;
    elsif taken > this_moment + interval '5 minutes' then
        perform lab.refuse_field('taken_offline_ms', 'lies in the future: set the clock of the desk');
    elsif taken < this_moment - interval '30 days' then
        perform lab.refuse_field('taken_offline_ms', 'lies more than 30 days back: take it in anew, without this time');
    elsif exists (select from jsonb_array_elements(coalesce(nullif(request -> 'items', 'null'), '[]')) as item
                  where coalesce(item ->> 'reserved_item_code', '') = '') then
        perform lab.refuse_field('taken_offline_ms', 'is told only of items that have reserved codes: what is taken in with the server '
                                 'is taken in now');
    end if;
    return taken;
end
$$;

-- ---------------------------------------------------------------- what a person gave up

create or replace function lab.set_aside_view(given_up lab.intake_set_aside) returns json
language plpgsql stable as $$
begin
    return json_build_object(
        'entry_request_id', given_up.entry_request_id, 'laboratory', given_up.laboratory, 'desk', given_up.desk,
        'item_codes', given_up.item_codes, 'taken_offline_at', given_up.taken_offline_at,
        'set_aside_by', lab.username_of(given_up.set_aside_by), 'set_aside_at', given_up.set_aside_at, 'reason', given_up.reason);
end
$$;

-- An intake that stands in a journal and will not be booked. A copy of that journal at another desk may come with it yet: its
-- key is refused from now on. Whoever books it at this moment holds the key's lock, so it is one or the other.
create or replace function lab.desk_set_aside_intake(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    here text := request ->> 'laboratory';
    entry text := lower(request ->> 'entry_request_id');
    said text := lab.words_of(request, 'reason');
    codes text[] := lab.codes_of(request);
    taken bigint := coalesce((request ->> 'taken_offline_ms')::bigint, 0);
    given_up lab.intake_set_aside;
    booked text;
begin
    perform lab.require_role(who, here);
    perform pg_advisory_xact_lock(hashtextextended('DeskService.RegisterIntake/' || entry, 0));
    select * into given_up from lab.intake_set_aside as known where known.entry_request_id = entry;
    if found then
        perform lab.require_seen(who, given_up.laboratory, 'intake');
        return json_build_object('set_aside', lab.set_aside_view(given_up));
    end if;
    booked := (select kept.receipt_no from lab.intake_booked as kept where kept.request_id = entry);
    booked := coalesce(booked, (select min(known.receipt_no) from lab.reserved_code as known
                                where known.item_code = any (codes) and known.laboratory = here));
    if booked is not null then
        perform lab.refuse(9, 'ALREADY_BOOKED', format('This intake is booked: receipt %s. Replay the journal, then it knows.', booked), '',
                           jsonb_build_object('receipt_no', booked));
    end if;
    perform lab.set_reason(said);
    insert into lab.intake_set_aside (entry_request_id, laboratory, desk, item_codes, taken_offline_at, set_aside_by, set_aside_at, reason)
    values (entry, here, who.desk, codes, case when taken > 0 then to_timestamp(taken / 1000.0) end, who.staff_id, lab.ts_now(), said)
    returning * into given_up;
    update lab.reserved_code as known set voided_at = lab.ts_now(), voided_by = who.staff_id, void_reason = said
    where known.item_code = any (codes) and known.laboratory = here and known.voided_at is null;
    return json_build_object('set_aside', lab.set_aside_view(given_up));
end
$$;

create or replace function lab.intake_not_set_aside(request jsonb) returns void
language plpgsql stable as $$
declare
    given_up lab.intake_set_aside;
begin
    select * into given_up from lab.intake_set_aside as known where known.entry_request_id = lower(request ->> 'request_id');
    if found then
        perform lab.refuse(9, 'INTAKE_SET_ASIDE', format('%s set this intake aside: it is not booked.',
                                                         lab.username_of(given_up.set_aside_by)));
    end if;
end
$$;

-- ---------------------------------------------------------------- the keys of journals

-- 256 bits: three random UUIDs have 366, by the system's strong generator.
create or replace function lab.journal_key_make(who lab.actor, why text) returns uuid
language plpgsql volatile as $$
declare
    made uuid;
begin
    insert into lab.journal_key (key_bytes, made_at, made_by, reason)
    values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
            lab.ts_now(), who.staff_id, why) returning key_id into made;
    return made;
end
$$;

-- Each answer is an act of the history; the keys are not in it, nor kept with the request's key (lab.replay_keep).
create or replace function lab.desk_get_journal_keys(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('lab.journal_key', 0));
    if not exists (select from lab.journal_key) then
        perform lab.journal_key_make(who, 'the first');
    end if;
    perform lab.history_add('journal_key', newest.key_id::text, 'reveal', null, null, null)
    from lab.journal_key as newest order by newest.made_at desc, newest.key_id desc limit 1;
    return json_build_object(
        'keys', (select json_agg(json_build_object('key_id', page.key_id, 'key_hex', encode(page.key_bytes, 'hex'),
                                                   'made_at', page.made_at) order by page.made_at desc, page.key_id desc)
                 from (select * from lab.journal_key as known order by known.made_at desc, known.key_id desc limit 16) as page),
        'username', who.username, 'display_name', lab.name_of(who.staff_id), 'desk', who.desk,
        'time_zone', (select institute.time_zone from lab.institute),
        'laboratories', array(select held.key from jsonb_each(who.roles) as held where held.value ?| who.allowed order by held.key));
end
$$;

-- Journals of before are opened with the keys of before.
create or replace function lab.desk_rotate_journal_key(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
begin
    perform lab.set_reason(lab.words_of(request, 'reason'));
    perform pg_advisory_xact_lock(hashtextextended('lab.journal_key', 0));
    return json_build_object('key_id', lab.journal_key_make(who, request ->> 'reason'));
end
$$;

-- ---------------------------------------------------------------- the guards

-- Reserved, then used by one item or void; nothing else, and never back.
create or replace function lab.guard_reserved_code() returns trigger
language plpgsql volatile as $$
begin
    if tg_op = 'INSERT' then
        if new.receipt_no is not null or new.voided_at is not null
           or exists (select from lab.item where item.item_code = new.item_code) then
            perform lab.refuse(9, 'CODE_FIXED', 'A code is reserved before anything has it.');
        end if;
        return new;
    end if;
    if not lab.only_changes(to_jsonb(old), to_jsonb(new), 'receipt_no', 'voided_at', 'voided_by', 'void_reason')
       or old.receipt_no is not null or old.voided_at is not null
       or new.receipt_no is not null and not exists (
           select from lab.item where item.item_code = new.item_code and item.receipt_no = new.receipt_no
           and item.laboratory = new.laboratory) then
        perform lab.refuse(9, 'CODE_FIXED', 'A reserved code is used by one item of its laboratory, or void, and that for ever.');
    end if;
    return new;
end
$$;

-- An item with a reserved code uses it up, whoever writes the item.
create or replace function lab.item_uses_code() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    update lab.reserved_code as known set receipt_no = new.receipt_no where known.item_code = new.item_code;
    return null;
end
$$;

call lab.put_guard('{reserved_code}', 'before insert or update');
call lab.put_guard('{reserved_code}', 'before delete or truncate', 'guard_no_delete');
call lab.put_guard('{journal_key,intake_set_aside}', 'before update or delete or truncate', 'guard_append_only');
call lab.put_guard('{item}', 'after insert', 'item_uses_code');

reset role;
