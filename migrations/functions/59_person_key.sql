-- SPDX-License-Identifier: Apache-2.0
-- What persons are found by (lab.person_key): made here from the name and the phone, by triggers, against plain SQL too.
-- docs/decisions/search.md says why it is a row for each way of typing.
set role touchstone_owner;

-- As typed in letters: small, without accents, blanks and apostrophes. ü is u here; those who read a reading type v as well.
create or replace function lab.letters_plain(typed text) returns text
language plpgsql immutable as $$
begin
    return regexp_replace(lower(normalize(typed, nfkd)), '[\u0300-\u036f\s''’`.·-]', '', 'g');
end
$$;

-- The ways of reading a name, most usual first, each a list of syllables and words; eight at the most. A sign that nobody reads is
-- left out.
create or replace function lab.name_readings(named text) returns text[]
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
    plain text := regexp_replace(lower(normalize(named, nfkd)), '[\u0300-\u036f''’`]', '', 'g');
    unit text[];
    spelled text[];
    ways text[] := '{}';
begin
    for unit in select regexp_matches(plain, '[a-z0-9]+|[^\x01-\x7f]', 'g') loop
        spelled := case when unit[1] ~ '^[a-z0-9]' then unit
                        else (select han.readings from lab.han_reading as han where han.sign = unit[1]) end;
        ways := case when spelled is null then ways when ways = '{}' then spelled else array(
            select way || ' ' || syllable from unnest(ways) with ordinality as begun (way, way_place)
            cross join unnest(spelled) with ordinality as one (syllable, place)
            order by way_place + place, way_place limit 8) end;
    end loop;
    return ways;
end
$$;

-- wang xiao ming -> wxming, wxiaoming, wangxming, wangxiaoming: what is typed is the beginning of one of them, whether syllables
-- are given whole or by their first letters. From the fourth syllable on a name that was not begun by first letters alone goes on whole.
create or replace function lab.reading_keys(syllables text[]) returns text[]
language plpgsql immutable as $$
declare
    first_letters text := '';
    begun text[] := '{""}';
begin
    for place in 1 .. cardinality(syllables) - 1 loop
        begun := array(select key || syllables[place] from unnest(begun) as key
                       union select key || left(syllables[place], 1) from unnest(begun) as key
                       where place <= 3 or key = first_letters);
        first_letters := first_letters || left(syllables[place], 1);
    end loop;
    return array(select key || syllables[cardinality(syllables)] from unnest(begun) as key);
end
$$;

-- Every key of a person: the name as it stands, the phone, its tail, the spellings, and what follows in a name of words.
create or replace function lab.person_keys(named text, phone text) returns text[]
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
    way text;
    spelled text[];
    keys text[] := array[left(named, 60), phone, chr(1) || right(phone, 4)];
begin
    foreach way in array lab.name_readings(named) loop
        spelled := string_to_array(way, ' ');
        keys := keys || lab.reading_keys(spelled);
    end loop;
    if named ~ '[A-Za-z]' then -- whole words of another script than Han are found from any of them on
        keys := keys || array(select array_to_string(spelled[place:], '') from generate_series(2, cardinality(spelled)) as place);
    end if;
    return array(select distinct left(key, 60) from unnest(keys) as key where key <> '');
end
$$;

-- All keys of a person and of those who were merged into it, made anew; those have none of their own.
create or replace function lab.person_keys_renew(of_person uuid) returns void
language plpgsql volatile as $$
declare
    every_id uuid[] := lab.person_ids(of_person);
    keys text[] := array(select distinct key from lab.person cross join lateral unnest(lab.person_keys(person.name, person.phone)) as key
                         where person.person_id = any (every_id));
    seen timestamptz := greatest(
        (select max(person.created_at) from lab.person where person.person_id = any (every_id)),
        (select max(receipt.received_at) from lab.receipt where receipt.owner_id = any (every_id)),
        (select max(receipt.received_at) from lab.receipt
         where receipt.bringer_id = any (every_id) and receipt.bringer_id <> receipt.owner_id));
begin
    delete from lab.person_key as kept where kept.person_id = any (every_id)
    and (kept.person_id <> of_person or kept.key <> all (keys));
    insert into lab.person_key as kept (person_id, key, seen_at) select of_person, key, seen from unnest(keys) as key
    on conflict (person_id, key) do update set seen_at = excluded.seen_at where kept.seen_at <> excluded.seen_at;
end
$$;

create or replace function lab.person_key_keep() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        perform lab.person_keys_renew(lab.person_now(new.person_id));
    else
        insert into lab.person_key (person_id, key, seen_at)
        select new.person_id, key, new.created_at from unnest(lab.person_keys(new.name, new.phone)) as key;
    end if;
    return null;
end
$$;

create or replace function lab.person_key_merged() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $$
begin
    perform lab.person_keys_renew(lab.person_now(new.kept_id)), lab.person_keys_renew(lab.person_now(new.gone_id));
    return null;
end
$$;

-- Owner and bringer were here. Always in one order: two desks never wait for each other.
create or replace function lab.person_seen_keep() returns trigger
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
    persons uuid[] := array[lab.person_now(new.owner_id), lab.person_now(new.bringer_id)];
begin
    with here as materialized (
        select kept.person_id, kept.key from lab.person_key as kept
        where kept.person_id = any (persons) and kept.seen_at < new.received_at
        order by kept.person_id, kept.key for no key update)
    update lab.person_key as kept set seen_at = new.received_at from here
    where kept.person_id = here.person_id and kept.key = here.key;
    return null;
end
$$;

create or replace trigger person_key_new after insert on lab.person
    for each row execute function lab.person_key_keep();
alter table lab.person enable always trigger person_key_new;
create or replace trigger person_key_changed after update on lab.person
    for each row when ((old.name, old.phone) is distinct from (new.name, new.phone)) execute function lab.person_key_keep();
alter table lab.person enable always trigger person_key_changed;
create or replace trigger person_key_merged after insert or update on lab.person_merge
    for each row execute function lab.person_key_merged();
alter table lab.person_merge enable always trigger person_key_merged;
create or replace trigger person_seen after insert on lab.receipt
    for each row execute function lab.person_seen_keep();
alter table lab.receipt enable always trigger person_seen;

-- Whoever came before there were keys, or past the triggers.
do $keys$
begin
    perform lab.person_keys_renew(person.person_id) from lab.person
    where not exists (select from lab.person_key as kept where kept.person_id = person.person_id)
    and not exists (select from lab.person_merge as paper where paper.gone_id = person.person_id and paper.undone_at is null);
end
$keys$;

-- ---------------------------------------------------------------- asking

-- Which keys a question means, and as what it was read. '' = it asks nothing.
create or replace function lab.person_question(asked text, out matched_by text, out first_key text, out beyond text)
language plpgsql stable as $$
declare
    phone text := lab.phone_plain(normalize(asked, nfkc));
    letters text := left(lab.letters_plain(asked), 60);
begin
    if phone ~ '^[0-9]{4}$' then
        matched_by := 'last_four';
        first_key := chr(1) || phone;
    elsif phone ~ '^\+?[0-9]+$' then
        matched_by := 'phone';
        first_key := phone;
    elsif letters ~ '^[a-z0-9]+$' then
        matched_by := 'pinyin';
        first_key := letters;
    else
        matched_by := case when asked <> '' then 'name' else '' end;
        first_key := left(asked, 60);
    end if;
    beyond := first_key || chr(1114109);
end
$$;

-- Keys in a range as (person, when), newest first, so many of them. A few are sorted; what thousands share is met on a walk through
-- who was here last, before it has gone far. Where it is not, all of the range is sorted after all.
create or replace function lab.person_keys_newest(first_key text, beyond text, before_at timestamptz, before_id uuid, wide integer)
    returns table (person_id uuid, seen_at timestamptz)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
    persons uuid[];
    moments timestamptz[];
begin
    if (select count(*) from (select from lab.person_key as kept where kept.key >= first_key and kept.key < beyond limit 8000)
        as few) = 8000 then
        select array_agg(met.person_id), array_agg(met.seen_at) into persons, moments
        from (select recent.person_id, recent.seen_at
              from (select kept.person_id, kept.seen_at, kept.key from lab.person_key as kept
                    where (kept.seen_at, kept.person_id) < (before_at, before_id)
                    order by kept.seen_at desc, kept.person_id desc limit 30000) as recent
              where recent.key >= first_key and recent.key < beyond limit wide) as met;
        if cardinality(persons) = wide then
            return query select met.id, met.at from unnest(persons, moments) as met (id, at);
            return;
        end if;
    end if;
    return query select kept.person_id, kept.seen_at from lab.person_key as kept
    where kept.key >= first_key and kept.key < beyond and (kept.seen_at, kept.person_id) < (before_at, before_id)
    order by kept.seen_at desc, kept.person_id desc limit wide;
end
$$;

-- One page of those found, who was here last first. A person may have many keys in the range: they are taken wide, and wider until
-- the page is full.
create or replace function lab.persons_found(first_key text, beyond text, before_at timestamptz, before_id uuid, size integer)
    returns table (person_id uuid, seen_at timestamptz)
language plpgsql stable as $$
declare
    wide integer := size * 6;
    persons uuid[];
    moments timestamptz[];
    taken_keys bigint;
begin
    loop
        select array_agg(one.person_id order by one.seen_at desc, one.person_id desc),
               array_agg(one.seen_at order by one.seen_at desc, one.person_id desc), sum(one.keys)
        into persons, moments, taken_keys
        from (select taken.person_id, max(taken.seen_at) as seen_at, count(*) as keys
              from lab.person_keys_newest(first_key, beyond, before_at, before_id, wide) as taken group by taken.person_id) as one;
        exit when cardinality(persons) >= size or coalesce(taken_keys, 0) < wide;
        wide := wide * 8;
    end loop;
    return query select found.id, found.at from unnest(persons[:size], moments[:size]) as found (id, at);
end
$$;

-- Items of the owners whose phones end like this, newest first. No item is newer than its owner was here (lab.person_key): so the
-- items of those who were here last are all there is, once the page's last one is newer than anybody else. An item comes in with
-- its receipt, at the same moment.
create or replace function lab.items_of_last_four(here text, wanted_state text, wanted_custody text, asked text,
                                                  before_at timestamptz, before_code text, size integer) returns text[]
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
    nobody constant uuid := '00000000-0000-0000-0000-000000000000';
    each_receipts integer := case when wanted_state is null and wanted_custody is null then size + 1 end;
    wide integer := 2 * size;
    persons uuid[];
    next_seen timestamptz;
    page text[];
    oldest timestamptz;
begin
    loop
        select array_agg(one.person_id order by one.seen_at desc, one.person_id desc), min(one.seen_at)
        into persons, next_seen
        from lab.persons_found(chr(1) || asked, chr(1) || asked || '~', 'infinity', nobody, wide) as one;
        select array_agg(newest.item_code::text order by newest.received_at desc, newest.item_code desc), min(newest.received_at)
        into page, oldest
        from (select item.item_code, item.received_at from unnest(persons) as found (person_id)
              cross join lateral unnest(lab.person_ids(found.person_id)) as owner (person_id)
              cross join lateral (select receipt.receipt_no from lab.receipt where receipt.owner_id = owner.person_id
                                  and receipt.received_at <= before_at
                                  order by receipt.received_at desc limit each_receipts) as charged
              join lab.item on item.receipt_no = charged.receipt_no
              where item.laboratory = here and (wanted_state is null or item.state = wanted_state)
              and (wanted_custody is null or item.custody_state = wanted_custody)
              and (item.received_at, item.item_code) < (before_at, before_code)
              order by item.received_at desc, item.item_code desc limit size) as newest;
        exit when coalesce(cardinality(persons), 0) < wide or cardinality(page) = size and oldest > next_seen;
        wide := wide * 8;
    end loop;
    return coalesce(page, '{}');
end
$$;

reset role;
