-- SPDX-License-Identifier: Apache-2.0
-- The persons whom reception serves: found again by number or name and telephone, made, searched, and shown in full for a reason.
-- 60_desk_intake.sql takes in what they bring, 60_desk_item.sql shows it.
set role touchstone_owner;

-- One spelling per phone: digits only, a leading + for foreign ones, none for the country's own.
create or replace function lab.phone_plain(phone text) returns text
language plpgsql immutable as $$
begin
    return regexp_replace(translate(coalesce(phone, ''), ' -', ''), '^(\+86|0086)(1[0-9]{10})$', '\2');
end
$$;

create or replace function lab.person_masked(of_person uuid) returns json
language plpgsql stable as $$
begin
    return (select json_build_object('person_id', person.person_id, 'name_masked', lab.mask_name(person.name),
                                  'phone_masked', lab.mask_phone(person.phone),
                                  'item_count', (select count(*) from (
                                      select from lab.receipt join lab.item using (receipt_no)
                                      where receipt.owner_id = any (lab.person_ids(person.person_id)) limit 1000) as counted))
        from lab.person where person.person_id = lab.person_now(of_person));
end
$$;

-- The person a PersonRef means: known by id, found again by name and phone, or made.
create or replace function lab.person_of(ref jsonb, field text) returns uuid
language plpgsql volatile as $$
declare
    plain text := lab.phone_plain(ref ->> 'phone');
    named text := lab.trimmed(coalesce(ref ->> 'name', ''));
    wanted uuid;
    found uuid;
begin
    if coalesce(ref ->> 'person_id', '') <> '' then
        wanted := lab.uuid_of(ref, 'person_id');
        select person.person_id into found from lab.person where person.person_id = wanted;
        if found is null then
            perform lab.refuse_field(field || '.person_id', 'is not a person known here');
        end if;
        return lab.person_now(found);
    end if;
    if not lab.shows(named) then
        perform lab.refuse_field(field || '.name', 'is required for a new person');
    end if;
    if plain !~ '^\+?[0-9]{5,20}$' then
        perform lab.refuse_field(field || '.phone', 'must be a telephone number of at least 5 digits');
    end if;
    select person.person_id into found from lab.person where person.phone = plain and person.name = named;
    if found is null then
        insert into lab.person (name, phone) values (named, plain) on conflict (phone, name) do nothing
        returning person.person_id into found;
    end if;
    if found is null then -- somebody else made the same person a moment ago
        select person.person_id into found from lab.person where person.phone = plain and person.name = named;
    end if;
    return lab.person_now(found);
end
$$;

-- One as a search shows it: why it was found, and when it was here last. Letters found a name that has them, or the reading of one.
create or replace function lab.person_matched(of_person uuid, matched_by text, seen timestamptz) returns json
language plpgsql stable as $$
begin
    return (lab.person_masked(of_person)::jsonb || jsonb_build_object('last_here_at', seen, 'matched_by', case
        when matched_by = 'pinyin' and (select person.name ~ '[A-Za-z]' from lab.person where person.person_id = of_person)
            then 'name' else matched_by end))::json;
end
$$;

create or replace function lab.desk_find_persons(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    question record := lab.person_question(btrim(coalesce(request ->> 'query', '')));
    size integer := case when coalesce((request -> 'page' ->> 'page_size')::integer, 0) = 0 then 20 else lab.page_size(request) end;
    keys text[] := lab.page_keys(who, request, 2);
    before_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    found json[];
begin
    if question.matched_by = '' then
        return '{"persons": []}'::json;
    elsif keys is not null then
        before_id := lab.uuid_of(jsonb_build_object('page.page_token', keys[2]), 'page.page_token');
    end if;
    select array_agg(lab.person_matched(one.person_id, question.matched_by, one.seen_at)
                     order by one.seen_at desc, one.person_id desc) into found
    from lab.persons_found(question.first_key, question.beyond, coalesce(lab.page_key_at(keys[1]), 'infinity'), before_id,
                           size + 1) as one;
    return lab.page_answer(who, 'persons', found, size, 'last_here_at', 'person_id');
end
$$;

create or replace function lab.desk_reveal_person(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    wanted uuid := lab.uuid_of(request, 'person_id');
    shown lab.person;
begin
    if not lab.shows(coalesce(request ->> 'reason', '')) then
        perform lab.refuse_field('reason', 'is required');
    end if;
    select * into shown from lab.person where person.person_id = lab.person_now(wanted);
    if not found then
        perform lab.refuse(5, 'NOT_FOUND', 'There is no such person.');
    end if;
    perform lab.set_reason(request ->> 'reason');
    perform lab.history_add('person', shown.person_id::text, 'reveal', lab.reception_of(who, shown.person_id), null, null);
    return json_build_object('person_id', shown.person_id, 'name', shown.name, 'phone', shown.phone, 'version', shown.version);
end
$$;

-- In which laboratory's history a look at a person stands: one where the person has a receipt, else the caller's first.
create or replace function lab.reception_of(who lab.actor, of_person uuid) returns text
language plpgsql stable as $$
begin
    return coalesce((select receipt.laboratory from lab.receipt
                     where receipt.owner_id = any (lab.person_ids(of_person)) and lab.may(who, receipt.laboratory)
                     order by receipt.received_at desc limit 1),
                    (select min(held.key) from jsonb_each(who.roles) as held where held.value ?| who.allowed), '');
end
$$;

reset role;
